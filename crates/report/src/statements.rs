//! Drafts of statements that people must sign: what the report knows is filled in, everything else is a
//! blank, and nothing is concluded.

use std::fmt::Write as _;

use cellsweep_policy::{Status, Verdict};

use crate::cyclonedx::module_name;
use crate::model::{Report, ReportFinding};
use crate::sanitise::shortened;
use crate::standing::is_there;

/// A blank for a person to fill in.
const BLANK: &str = "______________";

/// Kinds of statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// FAR 52.204-24, -25 and -26: representation, disclosure, report after discovery.
    Far889,
    /// Screening against the list of s.1260H.
    Section1260h,
    /// Due-diligence file for connected vehicles (15 CFR part 791 subpart D).
    ConnectedVehicle,
    /// Component record under the Cyber Resilience Act.
    CraComponent,
}

/// The draft in Markdown.
pub fn draft(report: &Report, kind: Kind) -> String {
    let mut out = String::new();
    let (title, packs, sources): (&str, &[&str], &[&str]) = match kind {
        Kind::Far889 => (
            "Section 889: representation, disclosure and report (FAR 52.204-24, 52.204-25, 52.204-26)",
            &["us-ndaa19-889a", "us-ndaa19-889b"],
            &[
                "FAR 52.204-24 (Nov 2021), 52.204-25, 52.204-26; contracts on the overhauled FAR text use 52.240-91",
                "Pub. L. 115-232 s.889",
            ],
        ),
        Kind::Section1260h => (
            "Screening against the list of section 1260H",
            &["us-1260h", "us-ndaa24-805-a", "us-ndaa24-805-b"],
            &["Pub. L. 116-283 s.1260H; Pub. L. 118-31 s.805"],
        ),
        Kind::ConnectedVehicle => (
            "Connected vehicles: due-diligence file (15 CFR part 791 subpart D)",
            &["us-icts-cv-hw", "us-icts-cv-sw"],
            &[
                "90 FR 5360; 15 CFR 791.300-.315. 15 CFR 791.301 and 791.305 were not read for this draft",
                "Records are kept at least 10 years (15 CFR 791.312)",
            ],
        ),
        Kind::CraComponent => (
            "Component record (Regulation (EU) 2024/2847, Art. 13(5))",
            &["eu-cra"],
            &[
                "OJ L 2024/2847; kept 10 years after placing on the market, or the support period if longer (Art. 13(13))",
            ],
        ),
    };
    let _ = writeln!(
        out,
        "# DRAFT: {title}\n\nNot signed, not legal advice. Filled in from a report of {} on {}; blanks are for the signer.\n",
        report.generated_at.get(..10).unwrap_or_default(),
        report.date
    );
    let _ = writeln!(
        out,
        "- Organisation: {}\n- Signer, role, date: {BLANK}\n- Contract or order no.: {BLANK}",
        report
            .organisation
            .as_deref()
            .map_or_else(|| BLANK.to_owned(), |o| shortened(o, 120))
    );
    let c = &report.coverage;
    let _ = writeln!(
        out,
        "- Looked at: {} sources read, {} in part, {} failed, {} not recognised; {} assets, of them {} not assessed. What was not looked at is not covered by this draft.",
        c.sources_read, c.partial, c.failed, c.unrecognised, c.assets_total, c.not_assessed
    );
    for id in packs {
        match report.packs.iter().find(|p| p.id.as_deref() == Some(id)) {
            Some(p) => {
                let _ = writeln!(
                    out,
                    "- Judged by {id}, edition {}, as of {}",
                    p.version, p.as_of
                );
            }
            None => {
                let _ = writeln!(
                    out,
                    "- Not judged by {id}: run `cellsweep assess --policy {id}` first"
                );
            }
        }
    }
    let asked = |v: &&Verdict| packs.contains(&v.pack.as_str());
    let there: Vec<&ReportFinding> = report
        .findings
        .iter()
        .filter(|f| is_there(f.finding.presence))
        .collect();
    let by = |wanted: &[Status]| -> Vec<&ReportFinding> {
        there
            .iter()
            .copied()
            .filter(|f| {
                f.verdicts
                    .iter()
                    .filter(asked)
                    .any(|v| wanted.contains(&v.status))
            })
            .collect()
    };
    let met = by(&[
        Status::Prohibited,
        Status::RestrictedFrom,
        Status::DutyApplies,
        Status::Advisory,
    ]);
    let open = by(&[Status::NeedsLegalReading, Status::InsufficientEvidence]);
    match kind {
        Kind::Far889 => {
            let _ = writeln!(
                out,
                "\n## Representations\n\n- 52.204-24(d)(1): the offeror [ ] will [ ] will not provide covered equipment or services\n- 52.204-24(d)(2): after a reasonable inquiry the offeror [ ] does [ ] does not use them\n- 52.204-26(c)(1): [ ] does [ ] does not provide; (c)(2): [ ] does [ ] does not use\n- SAM exclusions looked at on {BLANK}, result {BLANK}\n\nA reasonable inquiry looks at information in the entity's possession. This report is such information from the day it was made.\n\n## After discovery (52.204-25(d))\n\n- Discovered on {BLANK}; within 1 business day: {BLANK}; within 10 business days: {BLANK}\n- Mitigation at hand: {BLANK}\n- Efforts to prevent use or submission, and future efforts: {BLANK}"
            );
        }
        Kind::Section1260h => {
            let _ = writeln!(
                out,
                "\n## Statement\n\n- The party to the contract and its parents: {BLANK}\n- Contract [ ] with [ ] including; existing contract [ ] yes [ ] no; waiver {BLANK}\n- Each item below is [ ] an end product [ ] a component (41 U.S.C. 105)"
            );
        }
        Kind::ConnectedVehicle => {
            let _ = writeln!(
                out,
                "\n## File\n\n- Importer or maker: {BLANK}; vehicle make, model, trim, model year: {BLANK}\n- FCC ID of each item: {BLANK}; import date: {BLANK}\n- Places of design, development, manufacture and supply of each item, with evidence: {BLANK}\n- Third-party assessor and its owners: {BLANK}\n- Keep until (transaction date plus 10 years): {BLANK}"
            );
        }
        Kind::CraComponent => {
            let _ = writeln!(
                out,
                "\n## Record\n\n- Product with digital elements: {BLANK}; placed on the market on {BLANK}\n- For each module: support period {BLANK}, contact for vulnerabilities {BLANK}, SBOM received {BLANK}"
            );
        }
    }
    if kind == Kind::CraComponent {
        table(&mut out, "Modules in the report", &there, packs);
    } else {
        table(&mut out, "Met by a rule", &met, packs);
        table(
            &mut out,
            "Not decided: a legal reading or evidence is missing",
            &open,
            packs,
        );
        let listed = |all: &[&ReportFinding], f: &ReportFinding| {
            all.iter().any(|m| m.finding.id == f.finding.id)
        };
        let (mut none, mut unreached) = (0u64, 0u64);
        for f in there
            .iter()
            .filter(|f| !listed(&met, f) && !listed(&open, f))
        {
            // A rule that does not reach a finding has not found it without a match.
            if f.verdicts
                .iter()
                .filter(asked)
                .any(|v| matches!(v.status, Status::Allowed | Status::Exempt))
            {
                none += 1;
            } else {
                unreached += 1;
            }
        }
        let _ = writeln!(
            out,
            "\n{none} more findings: no match on the editions above by the names and owners that are recorded, or an exception stated."
        );
        if unreached > 0 {
            let _ = writeln!(
                out,
                "\n{unreached} more findings were not tested: the packs above are not chosen, or their rules do not reach them as the report describes them (an installed unit whose day of purchase is not stated). Nothing is said about them."
            );
        }
    }
    if !open.is_empty() && kind != Kind::CraComponent {
        let _ = writeln!(
            out,
            "\n**{} findings are not decided. A statement about all items cannot rest on this report until they are.**",
            open.len()
        );
    }
    out.push_str("\n## Sources\n\n");
    for s in sources {
        let _ = writeln!(out, "- {s}");
    }
    out
}

fn cell(text: &str) -> String {
    shortened(text, 120)
        .replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('<', "&lt;")
        .replace('[', "\\[")
}

fn table(out: &mut String, title: &str, findings: &[&ReportFinding], packs: &[&str]) {
    let _ = writeln!(out, "\n## {title}: {}\n", findings.len());
    if findings.is_empty() {
        return;
    }
    out.push_str("| asset | producing entity | brand | model | quantity | seen | rule | UEI, CAGE, proposed use |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
    for f in findings {
        let m = &f.finding.module;
        let rule = f
            .verdicts
            .iter()
            .filter(|v| packs.contains(&v.pack.as_str()))
            .min_by_key(|v| crate::standing::gravity(v.status))
            .map(|v| format!("{}/{}: {}", v.pack, v.rule, v.status.as_str()))
            .unwrap_or_default();
        let product = f
            .finding
            .product
            .as_ref()
            .map(|p| {
                format!(
                    "{} {}",
                    p.maker.as_deref().unwrap_or(""),
                    p.model.as_deref().unwrap_or("")
                )
            })
            .unwrap_or_default();
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} | {BLANK} |",
            cell(f.finding.subject.asset.as_deref().unwrap_or(&f.finding.id)),
            cell(m.maker_name.as_deref().unwrap_or("not settled")),
            cell(m.brand.as_deref().unwrap_or(product.trim())),
            cell(&module_name(f)),
            f.finding.quantity,
            f.finding.presence.as_str(),
            cell(&rule),
        );
    }
}
