//! Which statement says what. Every finding that shows a module stands in the paper that asks for it, by
//! its id; what was not looked at is said to be not covered; nothing is concluded.

use std::collections::{BTreeMap, BTreeSet};

use cellsweep_policy::dates::business_days_after;
use cellsweep_policy::{Packs, Status, Verdict};
use jiff::civil::Date;

use super::draft::{Draft, Line};
use crate::cyclonedx::module_name;
use crate::makers::NOT_SETTLED;
use crate::model::{Report, ReportFinding};
use crate::standing::{gravity, is_there, verdict_says};

/// Kinds of statements.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// FAR 52.204-24, -25 and -26: representation, disclosure, report after discovery.
    Far889,
    /// Screening against the list of s.1260H.
    Section1260h,
    /// Due-diligence file for connected vehicles (15 CFR part 791 subpart D).
    ConnectedVehicle,
    /// Aid to an attestation that no covered component is inside (47 CFR part 2).
    FccAttestation,
    /// Component record under the Cyber Resilience Act.
    CraComponent,
    /// Which module is in which model of meter, vehicle or other product.
    ModuleList,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Far889,
        Self::Section1260h,
        Self::ConnectedVehicle,
        Self::FccAttestation,
        Self::CraComponent,
        Self::ModuleList,
    ];

    const fn title(self) -> &'static str {
        match self {
            Self::Far889 => {
                "Section 889: representation, disclosure and report (FAR 52.204-24, 52.204-25, 52.204-26)"
            }
            Self::Section1260h => "Screening against the list of section 1260H",
            Self::ConnectedVehicle => {
                "Connected vehicles: due-diligence file (15 CFR part 791 subpart D)"
            }
            Self::FccAttestation => "Covered components: aid to an FCC attestation (FCC 25-71)",
            Self::CraComponent => "Component record (Regulation (EU) 2024/2847, Art. 13(5))",
            Self::ModuleList => "Communication modules by product model",
        }
    }

    /// Packs that the statement asks about.
    pub const fn packs(self) -> &'static [&'static str] {
        match self {
            Self::Far889 => &["us-ndaa19-889a", "us-ndaa19-889b"],
            Self::Section1260h => &["us-1260h", "us-ndaa24-805-a", "us-ndaa24-805-b"],
            Self::ConnectedVehicle => &["us-icts-cv-hw", "us-icts-cv-sw"],
            Self::FccAttestation => &[
                "us-fcc-covered-list",
                "us-fcc-25-71",
                "us-fcc-routers",
                "us-fcc-inverters",
                "us-fcc-uas",
            ],
            Self::CraComponent => &["eu-cra"],
            Self::ModuleList => &["in-mtcte", "in-nsdts"],
        }
    }

    /// Citation and, where it can be read, its address.
    const fn sources(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Far889 => &[
                (
                    "FAR 52.204-24 (Nov 2021), 52.204-25, 52.204-26; contracts on the overhauled FAR text use 52.240-91 instead",
                    "https://github.com/GSA/GSA-Acquisition-FAR",
                ),
                (
                    "Text of 52.240-91",
                    "https://part52.dev/context/clauses/52.240-91/index.html",
                ),
                ("Pub. L. 115-232 s.889", ""),
            ],
            Self::Section1260h => &[
                ("Pub. L. 116-283 s.1260H (10 U.S.C. 113 note)", ""),
                (
                    "Pub. L. 118-31 s.805",
                    "https://wifcon.com/dodauth24/dod24_805.htm",
                ),
                (
                    "41 U.S.C. 105 (component). That s.805 reaches end products and not components is a secondary source's reading",
                    "",
                ),
            ],
            Self::ConnectedVehicle => &[
                (
                    "90 FR 5360; 15 CFR 791.300-.315. 15 CFR 791.301 and 791.305 were not read for this draft",
                    "https://www.govinfo.gov/content/pkg/FR-2025-01-16/html/2025-00592.htm",
                ),
                ("Records are kept at least 10 years (15 CFR 791.312)", ""),
                (
                    "Dates of application (15 CFR 791.308)",
                    "https://self-law.org/code/us/cfr/t15/s%C2%A7%20791.308",
                ),
            ],
            Self::FccAttestation => &[
                (
                    "90 FR 53227 (FCC 25-71, ET Docket 21-232): modular transmitters and hosts that include one",
                    "https://www.govinfo.gov/content/pkg/FR-2025-11-25/html/2025-21001.htm",
                ),
                (
                    "DA 26-48",
                    "https://docs.fcc.gov/public/attachments/DA-26-48A1.txt",
                ),
                (
                    "47 U.S.C. 1601; 47 CFR 1.50002 (Covered List). The paragraphs of 47 CFR part 2 with the wording of attestations were not read for this draft",
                    "",
                ),
            ],
            Self::CraComponent => &[(
                "OJ L 2024/2847; kept 10 years after placing on the market, or the support period if longer (Art. 13(13))",
                "https://eur-lex.europa.eu/eli/reg/2024/2847/oj",
            )],
            Self::ModuleList => &[
                (
                    "India, MTCTE: test reports of smart meters name the communication module's model (since 2025-06-12), as reported",
                    "https://globalvalidity.com/india-tec-clarifies-communication-module-rules-for-smart-meter-certification",
                ),
                (
                    "15 CFR 791.305, 791.312: identification of VCS hardware by vehicle make, model, trim and model year",
                    "https://www.govinfo.gov/content/pkg/FR-2025-01-16/html/2025-00592.htm",
                ),
            ],
        }
    }
}

/// What a person states beside the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Given {
    /// The day on which covered equipment was discovered: the clock of 52.204-25(d) runs from it.
    pub discovered: Option<Date>,
    /// The stage at which the report's findings were judged for this paper, in words (`imports`,
    /// `new equipment authorizations`); absent: as the report has them, in place.
    pub stage: Option<&'static str>,
}

/// The draft.
pub fn draft(report: &Report, kind: Kind, given: Given) -> Draft {
    let mut d = Draft {
        title: kind.title(),
        made: report.generated_at.clone(),
        blocks: Vec::new(),
    };
    let packs = kind.packs();
    let sorted = Sorted::of(report, packs);
    head(&mut d, report, packs, given);
    match kind {
        Kind::Far889 => far_889(&mut d, report, &sorted, given),
        Kind::Section1260h => section_1260h(&mut d, report, &sorted),
        Kind::ConnectedVehicle => connected_vehicle(&mut d, &sorted),
        Kind::FccAttestation => fcc_attestation(&mut d, &sorted),
        Kind::CraComponent => cra_component(&mut d, &sorted),
        Kind::ModuleList => module_list(&mut d, &sorted),
    }
    tail(&mut d, report, kind, &sorted);
    d
}

/// The findings that show a module, by what the packs asked about say.
struct Sorted<'a> {
    packs: &'a [&'static str],
    /// All of them.
    there: Vec<&'a ReportFinding>,
    /// Findings of software that could drive a module, and of text.
    elsewhere: usize,
    /// A rule meets them.
    met: Vec<&'a ReportFinding>,
    /// A legal reading or evidence is missing.
    open: Vec<&'a ReportFinding>,
    /// Tested without a match, or an exception is stated.
    none: Vec<&'a ReportFinding>,
    /// Not tested: no pack, or no rule reaches them.
    unreached: Vec<&'a ReportFinding>,
}

impl<'a> Sorted<'a> {
    fn of(report: &'a Report, packs: &'a [&'static str]) -> Self {
        let mut sorted = Self {
            packs,
            there: Vec::new(),
            elsewhere: 0,
            met: Vec::new(),
            open: Vec::new(),
            none: Vec::new(),
            unreached: Vec::new(),
        };
        for f in &report.findings {
            if !is_there(f.finding.presence) {
                sorted.elsewhere += 1;
                continue;
            }
            sorted.there.push(f);
            let any = |wanted: &[Status]| {
                f.verdicts
                    .iter()
                    .filter(|v| packs.contains(&v.pack.as_str()))
                    .any(|v| wanted.contains(&v.status))
            };
            let met = any(&[
                Status::Prohibited,
                Status::RestrictedFrom,
                Status::DutyApplies,
                Status::Advisory,
            ]);
            let open = any(&[Status::NeedsLegalReading, Status::InsufficientEvidence]);
            if met {
                sorted.met.push(f);
            }
            if open {
                sorted.open.push(f);
            }
            if !met && !open {
                // A rule that does not reach a finding has not found it without a match.
                if any(&[Status::Allowed, Status::Exempt]) {
                    sorted.none.push(f);
                } else {
                    sorted.unreached.push(f);
                }
            }
        }
        sorted
    }

    /// The gravest verdict of the packs asked about.
    fn verdict<'f>(&self, f: &'f ReportFinding) -> Option<&'f Verdict> {
        f.verdicts
            .iter()
            .filter(|v| self.packs.contains(&v.pack.as_str()))
            .min_by_key(|v| gravity(v.status))
    }

    /// That verdict in words.
    fn rule(&self, f: &ReportFinding) -> Line {
        self.verdict(f).map_or_else(
            || Line::fixed("not judged"),
            |v| {
                let says = match v.status {
                    // No match is not what was found: the rule was not asked.
                    Status::NotApplicable => format!("not tested: {}", v.basis),
                    _ => verdict_says(v),
                };
                Line::outside(&format!("{}/{}: {says}", v.pack, v.rule))
            },
        )
    }
}

fn head(d: &mut Draft, report: &Report, packs: &[&str], given: Given) {
    d.text(
        Line::fixed("**Not signed, not legal advice.** Filled in from a report made on ")
            .say(report.generated_at.get(..10).unwrap_or_default())
            .fix(" about ")
            .say(&report.date)
            .fix("; blanks are for the signer."),
    );
    let c = &report.coverage;
    let mut items = vec![
        Line::fixed("Organisation: ").then(Line::or_blank(report.organisation.as_deref())),
        Line::fixed("Signer, role, date: ___"),
        Line::fixed("Contract or order no.: ___"),
        Line::outside(&format!(
            "Looked at: {} sources read, {} in part, {} failed, {} not recognised; {} assets, of them {} not assessed. ",
            c.sources_read, c.partial, c.failed, c.unrecognised, c.assets_total, c.not_assessed
        ))
        .fix("What was not looked at is not covered by this draft."),
        Line::fixed("Catalogue ")
            .say(&report.catalog.version)
            .fix(" as of ")
            .say(&report.catalog.as_of),
    ];
    for id in packs {
        items.push(
            match report.packs.iter().find(|p| p.id.as_deref() == Some(id)) {
                Some(p) => Line::fixed("Judged by ")
                    .say(id)
                    .fix(", edition ")
                    .say(&p.version)
                    .fix(", as of ")
                    .say(&p.as_of),
                None => Line::fixed("Not judged by ")
                    .say(id)
                    .fix(": cellsweep assess --policy ")
                    .say(id)
                    .fix(" does it"),
            },
        );
    }
    items.push(match given.stage {
        Some(stage) => Line::fixed("Each item was judged as one of: ").say(stage),
        None => Line::fixed("Each item was judged as one in place; --stage judges it as one that is bought, imported, authorised or placed on the market"),
    });
    d.items(items);
}

fn tail(d: &mut Draft, report: &Report, kind: Kind, sorted: &Sorted<'_>) {
    if matches!(kind, Kind::Far889 | Kind::Section1260h) {
        d.heading(format!(
            "Tested without a match, or an exception stated: {}",
            sorted.none.len()
        ));
        d.text(
            Line::outside(&format!("{} more findings: ", sorted.none.len())).fix(
                "no match on the editions above by the names and owners that are recorded, or an exception stated.",
            ),
        );
        short_table(d, sorted, &sorted.none);
        d.heading(format!("Not tested: {}", sorted.unreached.len()));
        if !sorted.unreached.is_empty() {
            d.text(
                Line::outside(&format!(
                    "{} more findings were not tested: ",
                    sorted.unreached.len()
                ))
                .fix("the packs above are not chosen, or their rules do not reach them as the report describes them (an installed unit whose day of purchase is not stated). Nothing is said about them."),
            );
            short_table(d, sorted, &sorted.unreached);
        }
    }
    if !sorted.open.is_empty()
        && matches!(
            kind,
            Kind::Far889 | Kind::Section1260h | Kind::ConnectedVehicle | Kind::FccAttestation
        )
    {
        d.text(
            Line::fixed("**A statement about all items cannot rest on this report yet:** ")
                .say(&sorted.open.len().to_string())
                .fix(" findings are not decided."),
        );
    }
    if sorted.elsewhere > 0 {
        d.text(
            Line::outside(&sorted.elsewhere.to_string()).fix(
                " findings of the report are not listed here: software that could drive a module, or text that names one. They show no module.",
            ),
        );
    }
    d.heading("Sources");
    let mut items: Vec<Line> = kind
        .sources()
        .iter()
        .map(|(says, url)| {
            let line = Line::fixed(says);
            if url.is_empty() {
                line
            } else {
                line.fix(": ").link(url)
            }
        })
        .collect();
    let named: BTreeSet<&str> = sorted
        .there
        .iter()
        .flat_map(|f| &f.verdicts)
        .filter(|v| sorted.packs.contains(&v.pack.as_str()))
        .flat_map(|v| &v.sources)
        .map(String::as_str)
        .filter(|s| !kind.sources().iter().any(|(_, url)| url == s))
        .collect();
    items.extend(
        named
            .into_iter()
            .map(|s| Line::fixed("Named by a pack: ").link(s)),
    );
    items.push(
        Line::fixed("Report: ")
            .say(&report.tool.name)
            .fix(" ")
            .say(&report.tool.version)
            .fix(", catalogue digest ")
            .say(&report.catalog.digest),
    );
    d.items(items);
}

fn id(f: &ReportFinding) -> Line {
    Line::outside(&f.finding.id)
}

fn asset(f: &ReportFinding) -> Line {
    Line::outside(f.finding.subject.asset.as_deref().unwrap_or("no asset"))
}

/// The module's maker, or who it may be.
fn maker_text(f: &ReportFinding) -> String {
    if let Some(name) = &f.finding.module.maker_name {
        return name.clone();
    }
    let candidates: Vec<&str> = f
        .finding
        .candidates
        .iter()
        .map(|c| c.maker.as_str())
        .collect();
    match candidates.as_slice() {
        [] => NOT_SETTLED.to_owned(),
        some => format!("{NOT_SETTLED}; one of: {}", some.join(", ")),
    }
}

fn product_text(f: &ReportFinding) -> Option<String> {
    let p = f.finding.product.as_ref()?;
    let text = [p.maker.as_deref(), p.model.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    Some(text).filter(|t| !t.trim().is_empty())
}

fn seen(f: &ReportFinding) -> Line {
    Line::outside(&format!(
        "{}, {}",
        f.finding.quantity,
        f.finding.presence.as_str()
    ))
}

/// FCC ids that the evidence states.
fn fcc_ids(f: &ReportFinding) -> Option<String> {
    let ids: BTreeSet<&str> = f
        .finding
        .evidence
        .iter()
        .filter(|e| e.clue == "fcc_id")
        .map(|e| e.value.trim())
        .collect();
    (!ids.is_empty()).then(|| ids.into_iter().collect::<Vec<_>>().join(", "))
}

fn short_table(d: &mut Draft, sorted: &Sorted<'_>, findings: &[&ReportFinding]) {
    d.table(
        vec![
            "finding",
            "asset",
            "maker of the module",
            "module",
            "quantity, seen",
            "rule",
        ],
        findings
            .iter()
            .map(|f| {
                vec![
                    id(f),
                    asset(f),
                    Line::outside(&maker_text(f)),
                    Line::outside(&module_name(f)),
                    seen(f),
                    sorted.rule(f),
                ]
            })
            .collect(),
    );
}

fn far_889(d: &mut Draft, report: &Report, sorted: &Sorted<'_>, given: Given) {
    d.heading("Representations");
    d.items(vec![
        Line::fixed("SAM exclusions looked at first, on ___, result ___"),
        Line::fixed("52.204-26(c)(1): [ ] does [ ] does not provide; (c)(2), after a reasonable inquiry: [ ] does [ ] does not use"),
        Line::fixed("52.204-24(d)(1): the offeror [ ] will [ ] will not provide covered equipment or services"),
        Line::fixed("52.204-24(d)(2): after a reasonable inquiry the offeror [ ] does [ ] does not use them"),
        Line::fixed("The clause of this contract, if another (52.240-91 in contracts on the overhauled text): ___"),
        Line::fixed("Services (maintained item, or product service code and explanation): ___"),
    ]);
    d.text(Line::fixed("A reasonable inquiry looks at information in the entity's possession. This report is such information from the day it was made."));
    d.heading("After discovery (52.204-25(d))");
    let day: Option<Date> = given.discovered.or_else(|| {
        // Where a rule is met, the report itself may be the discovery.
        let met = !sorted.met.is_empty();
        report
            .generated_at
            .get(..10)
            .filter(|_| met)
            .and_then(|d| d.parse().ok())
    });
    let mut items = Vec::new();
    if let Some(day) = day {
        let first = business_days_after(day, 1);
        let second = business_days_after(first, 10);
        items.push(
            Line::fixed(if given.discovered.is_some() {
                "Discovered on "
            } else {
                "If the report is the discovery, it was on "
            })
            .say(&day.to_string())
            .fix(": **1 business day** ends ")
            .say(&first.to_string())
            .fix("; **10 business days** from the first report, if that is made on its last day, end ")
            .say(&second.to_string())
            .fix(". Counted Monday to Friday; public holidays can only move a day later."),
        );
    }
    items.extend([
        Line::fixed("Discovered on ___ by ___; first report due ___, made ___; second report due ___, made ___"),
        Line::fixed("Reported to (for the Department of Defense: https://dibnet.dod.mil): ___"),
        Line::fixed("First report: contract no. ___, order no. ___, supplier ___, UEI ___, CAGE ___; brand, model no. and description as in the table; mitigation at hand: ___"),
        Line::fixed("Second report: further mitigation: ___; efforts to prevent use or submission: ___; future efforts: ___"),
    ]);
    d.items(items);
    for (title, findings) in [
        ("Met by a rule", &sorted.met),
        (
            "Not decided: a legal reading or evidence is missing",
            &sorted.open,
        ),
    ] {
        d.heading(format!("{title}: {}", findings.len()));
        d.table(
            vec![
                "finding",
                "asset",
                "entity that produced it",
                "UEI, CAGE; OEM or distributor",
                "brand",
                "model no.",
                "item",
                "quantity, seen",
                "rule",
                "use, factors on whether it is permitted",
            ],
            findings
                .iter()
                .map(|f| {
                    let m = &f.finding.module;
                    vec![
                        id(f),
                        asset(f),
                        Line::outside(&maker_text(f)),
                        Line::fixed("___"),
                        Line::or_blank(m.brand.as_deref()),
                        Line::outside(&module_name(f)),
                        Line::outside(&product_text(f).map_or_else(
                            || "cellular module".to_owned(),
                            |p| format!("cellular module in {p}"),
                        )),
                        seen(f),
                        sorted.rule(f),
                        Line::fixed("___"),
                    ]
                })
                .collect(),
        );
    }
}

/// First day of effect of a pack's rules: as the report's verdicts have it, else as the built-in edition has
/// it, in case the report was not judged by the pack.
fn effective(report: &Report, pack: &str) -> Option<String> {
    let judged = report
        .findings
        .iter()
        .flat_map(|f| &f.verdicts)
        .filter(|v| v.pack == pack)
        .filter_map(|v| v.effective.clone())
        .min();
    judged.or_else(|| {
        let packs = Packs::embedded().ok()?;
        let rules = packs.get(pack)?.rules.iter();
        let first = rules.filter_map(|r| r.effective).min()?;
        Some(first.to_string())
    })
}

fn section_1260h(d: &mut Draft, report: &Report, sorted: &Sorted<'_>) {
    d.heading("Statement");
    d.items(vec![
        Line::fixed("The party to the contract and its parents, and whether one is listed: ___"),
        Line::fixed("Contract [ ] with a party [ ] including goods or services; existing contract [ ] yes [ ] no; waiver ___"),
        Line::fixed("Effective date that applies: [ ] ")
            .then(Line::or_blank(effective(report, "us-ndaa24-805-a").as_deref()))
            .fix(" (contract with) [ ] ")
            .then(Line::or_blank(effective(report, "us-ndaa24-805-b").as_deref()))
            .fix(" (including)"),
        Line::fixed("Edition of the list used and where it was read: ___"),
    ]);
    for (title, findings) in [
        ("Met by a rule", &sorted.met),
        (
            "Not decided: a legal reading or evidence is missing",
            &sorted.open,
        ),
    ] {
        d.heading(format!("{title}: {}", findings.len()));
        d.table(
            vec![
                "finding",
                "asset",
                "producing entity",
                "owner on the date",
                "module",
                "in",
                "quantity, seen",
                "rule",
                "end product or component (41 U.S.C. 105)",
            ],
            findings
                .iter()
                .map(|f| {
                    vec![
                        id(f),
                        asset(f),
                        Line::outside(&maker_text(f)),
                        Line::or_blank(f.finding.module.owner.as_deref()),
                        Line::outside(&module_name(f)),
                        Line::or_blank(product_text(f).as_deref()),
                        seen(f),
                        sorted.rule(f),
                        Line::fixed("[ ] end product [ ] component"),
                    ]
                })
                .collect(),
        );
    }
}

fn connected_vehicle(d: &mut Draft, sorted: &Sorted<'_>) {
    d.heading("File");
    d.items(vec![
        Line::fixed("Declarant: name ___, address ___, contact ___; [ ] importer of VCS hardware [ ] maker of connected vehicles"),
        Line::fixed("Vehicle make ___, model ___, trim ___, model year ___, gross vehicle weight ___; or hardware without a model year, import date ___"),
        Line::fixed("Declaration of Conformity: due 60 days before the first import or sale of the model or calendar year: ___; filed on ___; next update after a change: ___"),
        Line::fixed("Third-party assessor and its owners: ___. This report was made by running a program; who ran it, and their owners: ___"),
        Line::fixed("General or specific authorization relied on: ___"),
    ]);
    d.heading("Records kept, at least 10 years (15 CFR 791.312)");
    d.items(vec![
        Line::fixed("Date of the transaction ___; keep until ___ (that date plus 10 years); kept at ___ by ___"),
        Line::fixed("[ ] contracts [ ] import records [ ] commercial invoices [ ] bills of sale [ ] policy documents [ ] third-party reports [ ] hardware bill of materials [ ] this report as a signed bundle (`cellsweep bundle`)"),
    ]);
    d.heading(format!("Modules in the report: {}", sorted.there.len()));
    d.text(Line::fixed("The rule names no company: it asks who designed, developed, manufactured and supplied each item. What a report can say of that is the maker and its owner on the date; the rest is for the file."));
    d.table(
        vec![
            "finding",
            "asset",
            "in",
            "maker of the module",
            "owner on the date",
            "module, firmware",
            "FCC ID",
            "quantity, seen",
            "rule",
            "places of design, development, manufacture, supply, with evidence",
        ],
        sorted
            .there
            .iter()
            .map(|f| {
                let m = &f.finding.module;
                vec![
                    id(f),
                    asset(f),
                    Line::or_blank(product_text(f).as_deref()),
                    Line::outside(&maker_text(f)),
                    Line::or_blank(m.owner.as_deref()),
                    Line::outside(&match &m.firmware {
                        Some(firmware) => format!("{}, {firmware}", module_name(f)),
                        None => module_name(f),
                    }),
                    Line::or_blank(fcc_ids(f).as_deref()),
                    seen(f),
                    sorted.rule(f),
                    Line::fixed("___"),
                ]
            })
            .collect(),
    );
}

fn fcc_attestation(d: &mut Draft, sorted: &Sorted<'_>) {
    d.heading("Attestation");
    let unnamed = sorted
        .there
        .iter()
        .filter(|f| f.finding.module.maker.is_none())
        .count();
    d.text(
        Line::outside(&format!(
            "{} modular transmitters are in the report. A rule meets {}; {} were tested without a match; {} are not decided; {} were not tested, and nothing is said about them. Of {unnamed} the producer is not settled.",
            sorted.there.len(),
            sorted.met.len(),
            sorted.none.len(),
            sorted.open.len(),
            sorted.unreached.len(),
        ))
        .fix(if unnamed > 0 || !sorted.unreached.is_empty() {
            " **As long as one is not tested or its producer is not settled, \"no covered modular transmitter\" cannot be attested from this report.**"
        } else {
            ""
        }),
    );
    d.items(vec![
        Line::fixed("Applicant or responsible party: ___; host device, make and model: ___; FCC ID of the host: ___"),
        Line::fixed("Covered List read on ___; Conditional Approval, if relied on: ___"),
        Line::fixed("Certification body ___ and test laboratory ___; owned, controlled or directed by a prohibited entity: [ ] yes [ ] no"),
        Line::fixed("Product category: [ ] consumer router [ ] uncrewed aircraft or part [ ] power inverter or robot [ ] none of these; place of each production stage: ___"),
    ]);
    d.heading(format!("Modular transmitters: {}", sorted.there.len()));
    d.table(
        vec![
            "finding",
            "asset",
            "host device",
            "host's FCC ID",
            "contains FCC ID",
            "module",
            "producer, affiliation",
            "quantity, seen",
            "rule",
        ],
        sorted
            .there
            .iter()
            .map(|f| {
                vec![
                    id(f),
                    asset(f),
                    Line::or_blank(product_text(f).as_deref()),
                    Line::fixed("___"),
                    Line::or_blank(fcc_ids(f).as_deref()),
                    Line::outside(&module_name(f)),
                    Line::outside(&match &f.finding.module.owner {
                        Some(owner) => format!("{}; owner: {owner}", maker_text(f)),
                        None => maker_text(f),
                    }),
                    seen(f),
                    sorted.rule(f),
                ]
            })
            .collect(),
    );
}

fn cra_component(d: &mut Draft, sorted: &Sorted<'_>) {
    d.heading("Record");
    d.items(vec![
        Line::fixed("Product with digital elements: ___; maker ___; placed on the market on ___; support period until ___"),
        Line::fixed("Keep this record until ___ (10 years after placing on the market, or the support period if longer)"),
        Line::fixed("Reporting, for makers: early warning within 24 hours, notification within 72 hours, final report within 14 days or 1 month; contact at the CSIRT: ___"),
    ]);
    d.heading(format!("Components: {}", sorted.there.len()));
    d.table(
        vec![
            "finding",
            "asset",
            "in",
            "maker of the module",
            "module",
            "firmware",
            "quantity, seen",
            "support period of the component",
            "contact for vulnerabilities",
            "SBOM received",
            "due diligence done, by whom, on",
        ],
        sorted
            .there
            .iter()
            .map(|f| {
                vec![
                    id(f),
                    asset(f),
                    Line::or_blank(product_text(f).as_deref()),
                    Line::outside(&maker_text(f)),
                    Line::outside(&module_name(f)),
                    Line::or_blank(f.finding.module.firmware.as_deref()),
                    seen(f),
                    Line::fixed("___"),
                    Line::fixed("___"),
                    Line::fixed("[ ]"),
                    Line::fixed("___"),
                ]
            })
            .collect(),
    );
}

/// Product model, order code, module's maker and model.
type Model = (String, String, String, String);

fn module_list(d: &mut Draft, sorted: &Sorted<'_>) {
    d.heading("List");
    d.items(vec![
        Line::fixed("For: [ ] meters [ ] vehicles [ ] other: ___; asked for by ___, reference ___"),
        Line::fixed("Trusted-source reference or approval, where one is asked for: ___"),
    ]);
    let mut rows: BTreeMap<Model, (u64, BTreeSet<&str>, Vec<&ReportFinding>)> = BTreeMap::new();
    for f in &sorted.there {
        let product = product_text(f).unwrap_or_default();
        let code = f
            .finding
            .product
            .as_ref()
            .and_then(|p| p.order_code.clone())
            .unwrap_or_default();
        let row = rows
            .entry((product, code, maker_text(f), module_name(f)))
            .or_default();
        row.0 = row.0.saturating_add(f.finding.quantity);
        row.1.extend(f.finding.subject.asset.as_deref());
        row.2.push(f);
    }
    d.heading(format!("By product model: {} rows", rows.len()));
    d.table(
        vec![
            "product model",
            "order code",
            "module's maker",
            "module's model",
            "modules",
            "assets",
            "findings",
            "model year, trim or hardware revision",
            "certificate or test report",
        ],
        rows.iter()
            .map(
                |((product, code, maker, module), (quantity, assets, findings))| {
                    vec![
                        Line::or_blank(Some(product)),
                        Line::or_blank(Some(code)),
                        Line::outside(maker),
                        Line::outside(module),
                        Line::outside(&quantity.to_string()),
                        Line::outside(&assets.len().to_string()),
                        Line::outside(&findings.len().to_string()),
                        Line::fixed("___"),
                        Line::fixed("___"),
                    ]
                },
            )
            .collect(),
    );
    d.heading(format!("By finding: {}", sorted.there.len()));
    short_table(d, sorted, &sorted.there);
}
