//! Every statement carries every finding it should, and the same blanks in Markdown, HTML and DOCX.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use cellsweep_policy::Status;
use cellsweep_report::model::Report;
use cellsweep_report::statements::{
    BLANK, CHOICE, Draft, Given, Kind, docx, draft, html, markdown,
};

#[allow(dead_code)] // shared with another test
mod fixture;
use fixture::{HOSTILE, report};

/// The packs that the statements ask about, in place of the invented ones.
fn judged() -> Report {
    let mut r = report();
    let packs = [
        "us-ndaa19-889b",
        "us-ndaa24-805-b",
        "us-icts-cv-hw",
        "us-fcc-25-71",
        "eu-cra",
        "in-mtcte",
    ];
    for f in &mut r.findings {
        let before = f.verdicts.clone();
        f.verdicts.clear();
        for pack in packs {
            for mut v in before.clone() {
                v.pack = pack.to_owned();
                f.verdicts.push(v);
            }
        }
    }
    r
}

/// Text as a reader sees it: entities and escapes undone.
fn plain(text: &str) -> String {
    let mut out = text.replace("&quot;", "\"").replace("&apos;", "'");
    for (entity, c) in [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&#34;", "\""),
        ("&#39;", "'"),
        ("&#60;", "<"),
        ("&#62;", ">"),
        ("&#38;", "&"),
        ("&amp;", "&"),
    ] {
        out = out.replace(entity, c);
    }
    out
}

/// The text of a DOCX file: its parts are not compressed.
fn document(d: &Draft) -> String {
    let bytes = docx(d).unwrap();
    let text = String::from_utf8_lossy(&bytes);
    let from = text.find("<w:document").unwrap();
    let to = text.find("</w:document>").unwrap();
    text[from..to].to_owned()
}

fn renderings(d: &Draft) -> [(&'static str, String); 3] {
    [
        ("markdown", {
            let text = markdown(d);
            let mut out = String::new();
            let mut chars = text.chars();
            while let Some(c) = chars.next() {
                out.push(if c == '\\' { chars.next().unwrap() } else { c });
            }
            plain(&out)
        }),
        ("html", plain(&html(d).unwrap())),
        ("docx", plain(&document(d))),
    ]
}

#[test]
fn every_statement_carries_every_finding_it_should() {
    let r = judged();
    let there: Vec<&str> = r
        .findings
        .iter()
        .filter(|f| ["observed", "declared", "implied"].contains(&f.finding.presence.as_str()))
        .map(|f| f.finding.id.as_str())
        .collect();
    assert!(there.len() >= 6 && there.len() < r.findings.len());
    for kind in Kind::ALL {
        let d = draft(&r, kind, Given::default());
        for (name, text) in renderings(&d) {
            for id in &there {
                assert!(text.contains(id), "{kind:?} as {name} lacks {id}");
            }
            // What shows no module is counted.
            let left = r.findings.len() - there.len();
            assert!(
                text.contains(&format!(
                    "{left} findings of the report are not listed here"
                )),
                "{kind:?} as {name}"
            );
        }
    }
}

#[test]
fn findings_stand_under_what_was_said_of_them() {
    let r = judged();
    let text = markdown(&draft(&r, Kind::Far889, Given::default()));
    let part = |title: &str| {
        let from = text.find(&format!("## {title}")).unwrap();
        let rest = &text[from + 3..];
        rest.split("\n## ").next().unwrap().to_owned()
    };
    let (met, open) = (part("Met by a rule"), part("Not decided"));
    let (none, unreached) = (part("Tested without"), part("Not tested"));
    for f in &r.findings {
        if !["observed", "declared", "implied"].contains(&f.finding.presence.as_str()) {
            continue;
        }
        let id = format!("| {} |", f.finding.id);
        let has = |wanted: &[Status]| {
            f.verdicts
                .iter()
                .any(|v| v.pack == "us-ndaa19-889b" && wanted.contains(&v.status))
        };
        let is_met = has(&[
            Status::Prohibited,
            Status::RestrictedFrom,
            Status::DutyApplies,
            Status::Advisory,
        ]);
        let is_open = has(&[Status::NeedsLegalReading, Status::InsufficientEvidence]);
        assert_eq!(met.contains(&id), is_met, "{id}");
        assert_eq!(open.contains(&id), is_open, "{id}");
        assert_eq!(
            none.contains(&id) || unreached.contains(&id),
            !is_met && !is_open,
            "{id}"
        );
    }
}

#[test]
fn the_three_renderings_have_the_same_blanks_and_boxes() {
    for r in [report(), judged()] {
        for kind in Kind::ALL {
            let d = draft(&r, kind, Given::default());
            let (blanks, boxes) = d.blanks();
            assert!(blanks >= 3, "{kind:?}");
            for (name, text) in renderings(&d) {
                assert_eq!(text.matches(BLANK).count(), blanks, "{kind:?} as {name}");
                assert_eq!(text.matches(CHOICE).count(), boxes, "{kind:?} as {name}");
            }
        }
    }
}

#[test]
fn drafts_conclude_nothing_and_are_the_same_each_time() {
    let r = judged();
    for kind in Kind::ALL {
        let d = draft(&r, kind, Given::default());
        assert_eq!(docx(&d).unwrap(), docx(&d).unwrap());
        for (name, text) in renderings(&d) {
            assert!(text.contains("DRAFT"), "{kind:?} as {name}");
            assert!(text.contains("What was not looked at is not covered"));
            let lower = text.to_lowercase();
            for word in ["compliant", "complies", "certified", "we confirm"] {
                assert!(!lower.contains(word), "{kind:?} as {name}: {word}");
            }
        }
    }
}

#[test]
fn outside_text_neither_acts_nor_looks_like_a_blank() {
    let mut r = judged();
    let d = draft(&r, Kind::ConnectedVehicle, Given::default());
    let before = d.blanks();
    r.findings[0].finding.module.maker_name = Some(format!("{BLANK} {CHOICE} **x** | <b> ___"));
    r.organisation = Some(HOSTILE.concat());
    let d = draft(&r, Kind::ConnectedVehicle, Given::default());
    assert_eq!(d.blanks(), before);
    for (name, text) in renderings(&d) {
        assert_eq!(text.matches(BLANK).count(), before.0, "{name}");
        assert_eq!(text.matches(CHOICE).count(), before.1, "{name}");
    }
    let page = html(&d).unwrap();
    assert!(!page.contains("<script") && !page.contains("<img") && !page.contains("<b>"));
    let text = markdown(&d);
    assert!(!text.contains("<script") && !text.contains("<img"));
    let table: Vec<&str> = text.lines().filter(|l| l.starts_with('|')).collect();
    let columns = |line: &str| line.replace("\\|", "").matches('|').count();
    assert!(
        table.iter().all(|l| columns(l) == columns(table[0])),
        "{text}"
    );
    for wrong in ["\u{202e}", "\u{1b}"] {
        assert!(!text.contains(wrong) && !page.contains(wrong));
        assert!(!document(&d).contains(wrong));
    }
}

#[test]
fn the_clock_of_section_889_runs_over_business_days() {
    let given = |day: &str| Given {
        discovered: day.parse().ok(),
        stage: None,
    };
    // A Friday: the first report is due on Monday, the second ten business days after that.
    let text = markdown(&draft(&judged(), Kind::Far889, given("2026-11-20")));
    assert!(
        text.contains("Discovered on 2026-11-20: **1 business day** ends 2026-11-23; **10 business days** from the first report, if that is made on its last day, end 2026-12-07"),
        "{text}"
    );
    // Nothing met, no day stated: no clock.
    let text = markdown(&draft(&report(), Kind::Far889, Given::default()));
    assert!(!text.contains("1 business day"), "{text}");
}

#[test]
fn an_unsettled_producer_blocks_the_fcc_statement() {
    let text = markdown(&draft(&judged(), Kind::FccAttestation, Given::default()));
    assert!(
        text.contains("cannot be attested from this report"),
        "{text}"
    );
}

#[test]
fn what_a_rule_does_not_reach_is_not_said_to_be_without_a_match() {
    let mut r = judged();
    for f in &mut r.findings {
        for v in &mut f.verdicts {
            v.status = Status::NotApplicable;
            v.basis = "Reaches new purchases.".to_owned();
        }
    }
    for kind in Kind::ALL {
        let text = markdown(&draft(&r, kind, Given::default()));
        // The record of components has no column for rules: it lists all, whatever is said of them.
        assert!(
            kind == Kind::CraComponent || text.contains("not tested: Reaches new purchases."),
            "{kind:?}"
        );
        let mut rows = text.lines().filter(|l| l.starts_with('|'));
        assert!(!rows.any(|l| l.contains("no match")), "{kind:?}");
    }
}

/// Dates of effect are those by which the report was judged, or the built-in packs', never the program's.
#[test]
fn dates_of_effect_come_from_packs() {
    let line = |r: &Report| {
        let text = markdown(&draft(r, Kind::Section1260h, Given::default()));
        let line = text.lines().find(|l| l.contains("Effective date"));
        line.unwrap().to_owned()
    };
    // Not judged by either pack: as they are built in.
    let mut r = report();
    for f in &mut r.findings {
        f.verdicts.clear();
    }
    let packs = cellsweep_policy::Packs::embedded().unwrap();
    for pack in ["us-ndaa24-805-a", "us-ndaa24-805-b"] {
        let rules = packs.get(pack).unwrap().rules.iter();
        let first = rules.filter_map(|r| r.effective).min().unwrap();
        assert!(line(&r).contains(&first.to_string()), "{}", line(&r));
    }
    // Judged by an edition with another date.
    let mut v = report()
        .findings
        .iter()
        .find_map(|f| f.verdicts.first().cloned())
        .unwrap();
    v.pack = "us-ndaa24-805-b".to_owned();
    v.effective = Some("2029-03-04".to_owned());
    r.findings[0].verdicts.push(v);
    assert!(line(&r).contains("2029-03-04 (including)"), "{}", line(&r));
}
