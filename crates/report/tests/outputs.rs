//! Every output of the invented estate, read again by somebody else's reader.

use std::collections::BTreeSet;
use std::io::Cursor;

use calamine::{Data, Reader, Xlsx};
use cellsweep_report::exit::{codes, exit_code};
use cellsweep_report::json::{Layout, json, ndjson};
use cellsweep_report::model::{Report, SiteState};
use cellsweep_report::redact::{Masking, redact};
use cellsweep_report::sanitise::acts;
use cellsweep_report::{assemble, html, markdown, questions, risk, tables};
use cellsweep_risk::{Change, Sensitivity};
use serde_json::Value;

mod fixture;
use fixture::{HOSTILE, ICCID, IMEI, MAC, SERIAL, large, report};

fn ids(report: &Report) -> BTreeSet<String> {
    report
        .findings
        .iter()
        .map(|f| f.finding.id.clone())
        .collect()
}

/// Rows of a sheet; none if the workbook or the sheet cannot be read (no test expects that).
fn sheet(bytes: &[u8], name: &str) -> Vec<Vec<Data>> {
    Xlsx::new(Cursor::new(bytes.to_vec()))
        .and_then(|mut book: Xlsx<_>| book.worksheet_range(name))
        .map(|range| range.rows().map(<[Data]>::to_vec).collect())
        .unwrap_or_default()
}

fn text(cell: Option<&Data>) -> String {
    cell.map(ToString::to_string).unwrap_or_default()
}

// -- what is counted -----------------------------------------------------------------------------

#[test]
fn counts_of_the_small_estate() {
    let r = report();
    // 1 observed + 2 sets + 12 trackers + 1 hostile + 1 stick + 1 unsettled; supported and mentioned
    // are not counted.
    assert_eq!(r.summary.modules, 18);
    let by: Vec<(Option<&str>, u64)> = r
        .summary
        .by_maker
        .iter()
        .map(|m| (m.maker.as_deref(), m.modules))
        .collect();
    assert_eq!(
        by,
        [
            (Some("tamarind"), 12),
            (None, 3),
            (Some("nordlicht"), 2),
            (Some("kestrel"), 1)
        ]
    );
    assert_eq!(r.summary.by_presence.get("supported"), Some(&1));
    assert_eq!(r.summary.by_status.get("prohibited"), Some(&1));
    assert_eq!(r.summary.by_status.get("insufficient_evidence"), Some(&2));
    assert_eq!(r.summary.by_status.get("not_applicable"), Some(&1));
    // Prohibited since 2026-07-01 lies behind the date asked about; the duty comes first.
    assert_eq!(r.summary.next_deadline.as_deref(), Some("2027-01-31"));
    let c = &r.coverage;
    assert_eq!(
        (c.assets_total, c.found, c.clear, c.not_assessed),
        (11, 5, 2, 4)
    );
    assert_eq!(
        (c.sources_read, c.partial, c.failed, c.unrecognised),
        (2, 1, 1, 1)
    );
    assert_eq!(r.exit, [1, 5, 3]);
    assert_eq!(exit_code(&r.exit), 1);
}

#[test]
fn exit_codes_of_other_runs() {
    use cellsweep_report::model::ReadStatus;
    let empty = assemble(fixture::empty());
    assert_eq!(empty.exit, [4], "nothing was given to read");

    let mut parts = fixture::parts();
    parts.findings.clear();
    parts.assets.clear();
    parts.sources.truncate(2);
    let done = assemble(parts.clone());
    assert_eq!(done.exit, [0]);

    if let Some(s) = parts.sources.get_mut(1) {
        s.status = ReadStatus::Unrecognised;
    }
    assert_eq!(
        assemble(parts.clone()).exit,
        [3],
        "a file nobody knows is not read"
    );
    if let Some(s) = parts.sources.get_mut(1) {
        s.path = "images/hr.bin!etc/motd".to_owned();
    }
    assert_eq!(
        assemble(parts.clone()).exit,
        [0],
        "a member nobody knows is the normal case"
    );

    parts.assets = fixture::parts().assets;
    let unassessed = assemble(parts);
    assert_eq!(unassessed.exit, [5], "not assessed is not nothing");
    assert_eq!(codes(&unassessed), unassessed.exit);
}

// -- nothing is lost -------------------------------------------------------------------------------

#[test]
fn no_format_drops_a_finding() {
    for r in [report(), large(400)] {
        let wanted = ids(&r);

        let value: Value = serde_json::from_str(&json(&r, Layout::Pretty).unwrap()).unwrap();
        let found: BTreeSet<String> = value["findings"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found, wanted, "json");

        let lines: Vec<Value> = ndjson(&r)
            .unwrap()
            .lines()
            .map(|l| serde_json::from_str(l).unwrap())
            .collect();
        let found: BTreeSet<String> = lines
            .iter()
            .filter(|l| l["record"] == "finding")
            .map(|f| f["id"].as_str().unwrap().to_owned())
            .collect();
        assert_eq!(found, wanted, "ndjson");
        assert_eq!(
            lines.iter().filter(|l| l["record"] == "asset").count(),
            r.assets.len()
        );

        let bytes = tables::csv(&r, None).unwrap();
        let mut csv = csv::Reader::from_reader(bytes.as_slice());
        let found: BTreeSet<String> = csv.records().map(|x| x.unwrap()[0].to_owned()).collect();
        assert_eq!(found, wanted, "csv");

        let bytes = tables::xlsx(&r, None).unwrap();
        let rows = sheet(&bytes, "findings");
        let found: BTreeSet<String> = rows.iter().skip(1).map(|x| text(x.first())).collect();
        assert_eq!(found, wanted, "xlsx");
        assert_eq!(sheet(&bytes, "assets").len(), r.assets.len() + 1);
        assert_eq!(sheet(&bytes, "sources").len(), r.sources.len() + 1);
        assert_eq!(sheet(&bytes, "remarks").len(), r.remarks.len() + 1);

        let found: BTreeSet<String> = tables::table(&r, None).into_iter().map(|x| x.id).collect();
        assert_eq!(found, wanted, "table");

        let page = html(&r, None).unwrap();
        let summary = markdown::markdown(&r, None);
        for id in &wanted {
            assert!(page.contains(&format!("Id {id}<")), "page: {id}");
            assert!(
                summary.contains(&format!("| {} |", id.replace(':', "&#58;"))),
                "summary: {id}"
            );
        }
    }
}

#[test]
fn the_same_report_gives_the_same_bytes() {
    let r = report();
    assert_eq!(html(&r, None).unwrap(), html(&r, None).unwrap());
    assert_eq!(
        tables::xlsx(&r, None).unwrap(),
        tables::xlsx(&r, None).unwrap()
    );
    assert_eq!(
        questions::xlsx(&r, None).unwrap(),
        questions::xlsx(&r, None).unwrap()
    );
}

#[test]
fn json_comes_back_as_it_was() {
    let r = report();
    for layout in [Layout::Compact, Layout::Pretty] {
        let text = json(&r, layout).unwrap();
        assert!(
            !text.trim_end().chars().any(|c| acts(c) && c != '\n'),
            "nothing that acts on a terminal"
        );
        let back: Report = serde_json::from_str(&text).unwrap();
        assert_eq!(back, r);
    }
}

// -- hostile text -----------------------------------------------------------------------------------

#[test]
fn the_page_holds_no_markup_from_outside() {
    let page = html(&report(), None).unwrap();
    assert_eq!(page.matches("<script").count(), 1, "only the page's own");
    assert!(!page.contains("<img"));
    assert!(!page.contains("href=\"javascript:"));
    assert!(!page.contains("\"><img"), "no broken attribute");
    assert!(!page.chars().any(|c| acts(c) && c != '\n'));
    // Shown, though: hostile evidence is evidence.
    assert!(page.contains("&#60;script&#62;alert(&#39;x&#39;)&#60;/script&#62;"));
    assert!(page.contains("[U+202E]"));
}

#[test]
fn the_page_loads_nothing() {
    let page = html(&report(), None).unwrap();
    assert!(page.contains("default-src &#39;none&#39;"));
    for attribute in ["url(http", "@import", "<link", "fetch(", "XMLHttpRequest"] {
        assert!(!page.contains(attribute), "{attribute}");
    }
    // ` src=` stands in the hostile text only, where it is no attribute.
    for (at, _) in page.match_indices(" src=") {
        let before = &page[..at];
        assert!(
            before.ends_with("&#60;img") || before.ends_with("&lt;img"),
            "{}",
            &page[at - 40..at + 10]
        );
    }
    // Links that a reader may follow are web addresses.
    for (at, _) in page.match_indices(" href=\"") {
        let target = &page[at + 7..];
        assert!(
            target.starts_with('#') || target.starts_with("https://"),
            "{}",
            &target[..30]
        );
    }
}

#[test]
fn tables_hold_no_formula() {
    let r = report();
    let bytes = tables::csv(&r, None).unwrap();
    let mut csv = csv::ReaderBuilder::new()
        .has_headers(false)
        .from_reader(bytes.as_slice());
    for record in csv.records() {
        for cell in &record.unwrap() {
            assert!(
                !cell.starts_with(['=', '+', '-', '@', '\t', '\r']),
                "{cell}"
            );
            assert!(!cell.chars().any(acts), "{cell}");
        }
    }
    for (bytes, names) in [
        (
            tables::xlsx(&r, None).unwrap(),
            vec!["findings", "assets", "sources", "remarks"],
        ),
        (questions::xlsx(&r, None).unwrap(), vec!["questions"]),
    ] {
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        for name in names {
            assert_eq!(
                book.worksheet_formula(name).unwrap().used_cells().count(),
                0,
                "{name}"
            );
            assert!(book.worksheet_range(name).unwrap().height() > 1, "{name}");
        }
    }
    // In a workbook the text is text, unchanged.
    let rows = sheet(&tables::xlsx(&r, None).unwrap(), "assets");
    assert!(
        rows.iter()
            .any(|x| text(x.first()) == "=A11" && text(x.get(4)) == "@SUM(A1:A9)")
    );
}

#[test]
fn terminal_and_summary_are_plain() {
    let r = report();
    for row in tables::table(&r, None) {
        let all = format!("{row:?}");
        assert!(!all.chars().any(acts), "{all}");
    }
    let summary = markdown::markdown(&r, None);
    assert!(!summary.chars().any(|c| acts(c) && c != '\n'));
    assert!(!summary.contains('<'));
    assert!(!summary.contains("](j"));
}

// -- wording ------------------------------------------------------------------------------------------

#[test]
fn words_stay_neutral() {
    for r in [report(), large(60), assemble(fixture::empty())] {
        for out in [html(&r, None).unwrap(), markdown::markdown(&r, None)] {
            let lower = out.to_lowercase();
            for word in ["compliant", "banned", "unsafe", "chinese"] {
                assert!(!lower.contains(word), "{word}");
            }
        }
    }
    let page = html(&report(), None).unwrap();
    assert!(page.contains("no match on edition 2026-06"));
    assert!(page.contains("4 assets were not assessed and may hold more"));
}

#[test]
fn an_empty_report_says_what_it_does_not_know() {
    let page = html(&assemble(fixture::empty()), None).unwrap();
    assert!(page.contains("No list of assets was given"));
    assert!(page.contains("No policy pack was asked"));
    assert!(page.contains("not a statement about what was not read"));
}

#[test]
fn two_thousand_assets_fit_a_page() {
    let r = large(2000);
    let page = html(&r, None).unwrap();
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    assert!(page.contains("further makers"));
}

#[test]
fn evidence_left_out_is_counted() {
    let page = html(&report(), None).unwrap();
    // 38 pieces, 12 shown.
    assert!(page.contains("38 pieces of evidence"));
    assert!(page.contains("26 more in report.json"));
    // A contradiction is among what is shown even when little is.
    let page = html(&large(2400), None).unwrap();
    assert!(page.contains("against: <code>declared module Tamarind TM750"));
}

// -- risk -------------------------------------------------------------------------------------------------

#[test]
fn risk_is_counted_by_outcome_and_area() {
    let r = report();
    let c = risk::counts(&r);
    // Pumps; two routers; a hostile one; software support and a mention. The tracker, the stick and
    // the unsettled module have none.
    let outcomes: Vec<(u64, u64, u64)> = c
        .outcomes
        .iter()
        .map(|o| (o.findings, o.modules, o.up_to))
        .collect();
    assert_eq!(
        outcomes,
        [(0, 0, 1), (1, 1, 2), (2, 2, 1), (1, 1, 0), (2, 0, 2)]
    );
    assert_eq!((c.all.findings, c.not_stated), (6, 3));
    let [ns, ec, pr, vr] = c.all.cells;
    assert_eq!((ns.levels, ns.no_basis, ns.open), ([0, 1, 2, 1], 2, 4));
    assert_eq!(ns.highest, Some((1, 0)));
    assert_eq!((ec.levels, ec.no_basis, ec.open), ([0, 1, 0, 1], 4, 1));
    assert_eq!((pr.levels, pr.no_basis, pr.open), ([0, 0, 2, 2], 2, 1));
    assert_eq!((vr.levels, vr.no_basis, vr.open), ([0, 0, 0, 2], 4, 2));
    // Of the two routers one stands in each department; what has no department is last.
    let water = c
        .departments
        .iter()
        .find(|d| d.name == "Water and sewage")
        .unwrap();
    assert_eq!(water.findings, 2);
    assert_eq!(water.cells[0].levels, [0, 1, 1, 0]);
    let last = c.departments.last().unwrap();
    assert_eq!((last.name.as_str(), last.findings), ("", 2));
    assert_eq!(last.cells[2].highest, None);
}

#[test]
fn many_departments_are_one_line_and_none_is_lost() {
    let mut r = large(300);
    for (n, f) in r.findings.iter_mut().enumerate() {
        f.finding.subject.department = Some(format!("Department {n:03}"));
    }
    let c = risk::counts(&r);
    let (further, rest) = c.further.clone().unwrap();
    assert_eq!(c.departments.len() as u64 + further, c.all.findings);
    let shown: u64 = c.departments.iter().map(|d| d.findings).sum();
    assert_eq!(shown + rest.findings, c.all.findings);
    for n in 0..4 {
        let sum: u64 = c.departments.iter().map(|d| d.cells[n].no_basis).sum();
        assert_eq!(sum + rest.cells[n].no_basis, c.all.cells[n].no_basis);
    }
    assert!(html(&r, None).unwrap().contains("further departments"));
}

#[test]
fn the_page_shows_risk_in_words() {
    let page = html(&report(), None).unwrap();
    for words in [
        "<h2>What it puts at risk</h2>",
        "Risk and legal standing are two different things",
        "is not multiplied in",
        "docs/risk.md",
        // The cell of the pumping station's department.
        "<b>high, up to very high</b>",
        "1 high, 1 medium; of these 2 may be higher",
        "3 findings have no stated risk",
        // The finding itself: range, level, drivers; where a driver comes from stands in the note.
        "Risk: <b>out of cycle, up to immediate</b> (row out-1, table risk-1)",
        "National security: <b>high, up to very high</b>; criticality: critical; sector: essential; not known: exposure, reach, <a href=#r",
        "Values and rights: <b>no basis</b>",
        "no basis in any of the four areas",
        "not known: exposure, reach (AB-2026-1 (inferred): a hostile SIM; https://flaw.example/1)",
        "Risk: <b>not stated</b>",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(
        !page.contains("href=\"docs/"),
        "no link that breaks offline"
    );
    // A colour never stands without its word.
    for class in ["h0", "h1", "h2", "h3"] {
        for (at, _) in page.match_indices(&format!("<td class=\"heat {class}\"")) {
            let cell = &page[at..];
            let cell = &cell[..cell.find("</td>").unwrap()];
            let word = ["very high", "high", "medium", "low"][class[1..].parse::<usize>().unwrap()];
            assert!(cell.contains(&format!("<b>{word}")), "{cell}");
        }
    }
}

#[test]
fn a_large_page_writes_equal_risks_once_and_links_to_them() {
    let page = html(&large(2000), None).unwrap();
    let ids: BTreeSet<&str> = page
        .match_indices("<li id=\"k")
        .map(|(at, _)| page[at + 8..].split('"').next().unwrap())
        .collect();
    assert!(ids.len() > 50 && ids.len() < 400, "{}", ids.len());
    let links: Vec<&str> = page
        .match_indices("<a href=#k")
        .map(|(at, _)| page[at + 9..].split('>').next().unwrap())
        .collect();
    // 2,000 of the estate and 4 of the small one with a basis.
    assert_eq!(links.len(), 2004);
    assert!(links.iter().all(|l| ids.contains(l)));
}

#[test]
fn tables_have_risk_columns() {
    let r = report();
    let bytes = tables::csv(&r, None).unwrap();
    let mut csv = csv::Reader::from_reader(bytes.as_slice());
    let header = csv.headers().unwrap().clone();
    let at = header.iter().position(|h| h == "outcome").unwrap();
    let columns = [
        "outcome",
        "outcome_up_to",
        "national_security",
        "national_security_up_to",
        "economic",
        "economic_up_to",
        "privacy",
        "privacy_up_to",
        "values_rights",
        "values_rights_up_to",
    ];
    assert_eq!(header.iter().skip(at).collect::<Vec<_>>(), columns);
    let rows: Vec<Vec<String>> = csv
        .records()
        .map(|x| x.unwrap().iter().skip(at).map(str::to_owned).collect())
        .collect();
    assert_eq!(
        rows[0],
        [
            "out_of_cycle",
            "immediate",
            "high",
            "very_high",
            "high",
            "high",
            "low",
            "low",
            "no_basis",
            "no_basis"
        ]
    );
    assert!(rows[3].iter().all(String::is_empty), "not stated");
    assert!(rows[7].iter().all(|c| c == "no_basis"));
    let sheet = sheet(&tables::xlsx(&r, None).unwrap(), "findings");
    let wanted: Vec<String> = columns.iter().map(|c| (*c).to_owned()).collect();
    let found: Vec<String> = sheet[0].iter().skip(at).map(|c| text(Some(c))).collect();
    assert_eq!(found, wanted);
    assert_eq!(text(sheet[1].get(at + 3)), "very_high");

    let summary = markdown::markdown(&r, None);
    assert!(summary.contains("| out of cycle | 1 | 1 | 2 |"));
    assert!(summary.contains("| National security | 0 | 1 | 2 | 1 | 2 | 4 |"));
    assert!(summary.contains(
        "| out of cycle, up to immediate | high, up to very high | high | low | no basis |"
    ));
}

#[test]
fn risk_that_is_not_in_the_contracts_words_is_not_stated() {
    let good = report().findings[0].clone();
    assert!(risk::reading(&good).is_some());
    for (at, bad) in [
        ("/outcome", Value::from("defer!")),
        ("/outcome_up_to", 1.into()),
        ("/privacy", "low".into()),
        ("/privacy/level", "none".into()),
        ("/economic/interval/1", "medium".into()),
        ("/economic/interval", serde_json::json!(["high"])),
        ("/national_security/drivers", Value::Null),
    ] {
        let mut f = good.clone();
        *f.risk.as_mut().and_then(|r| r.pointer_mut(at)).unwrap() = bad;
        assert_eq!(risk::reading(&f), None, "{at}");
        let mut r = report();
        r.findings[0] = f;
        let page = html(&r, None).unwrap();
        assert!(page.contains("4 findings have no stated risk"), "{at}");
    }
}

#[test]
fn hostile_drivers_stay_text_on_a_large_page_too() {
    let mut r = large(700);
    let nasty = report().findings[4].risk.clone();
    for f in &mut r.findings {
        f.risk.clone_from(&nasty);
    }
    for page in [html(&r, None).unwrap(), html(&report(), None).unwrap()] {
        assert_eq!(page.matches("<script").count(), 1);
        assert!(!page.contains("<img"));
        assert!(!page.chars().any(|c| acts(c) && c != '\n'));
        assert!(
            page.contains("37 more in report.json"),
            "49 drivers, 12 shown"
        );
    }
    // Every finding with drivers of its own: bounded.
    for (n, f) in r.findings.iter_mut().enumerate() {
        let long = format!("{n} {}", "x".repeat(700));
        f.risk = fixture::risk(
            "defer",
            "defer",
            std::array::from_fn(|_| fixture::area("low", "low", &long, &[long.as_str(); 13])),
        );
    }
    let page = html(&r, None).unwrap();
    assert!(page.len() < 9_000_000, "{}", page.len());
    assert!(page.contains("its areas are in report.json"));
}

// -- questions ------------------------------------------------------------------------------------------

#[test]
fn questions_are_one_a_product_and_ranked() {
    let r = report();
    let all = questions::questions(&r, None);
    let short: Vec<(String, u64, u64)> = all
        .iter()
        .map(|q| (q.product(), q.count, q.weight))
        .collect();
    // Two routers of one order code (high: 3 each), two gateways, one of each other.
    assert_eq!(
        short.iter().take(2).map(|q| q.2).collect::<Vec<_>>(),
        [6, 6],
        "{short:?}"
    );
    let set = all
        .iter()
        .find(|q| q.order_code.as_deref() == Some("HR240-06E"))
        .unwrap();
    assert_eq!(set.count, 2);
    assert_eq!(
        set.candidates,
        ["Kestrel Wireless KW25", "tamarind TM750"].map(|c| { c.replace("tamarind", "Tamarind") })
    );
    assert_eq!(set.sites, ["Depot East", "Reservoir"]);
    assert!(set.words.contains("FCC ID"));
    assert!(set.words.contains("HR240-06E"));
    assert!(set.words.contains("manufacturer"));
    assert!(set.words.contains("firmware"));
    let unknown = all
        .iter()
        .find(|q| q.model.as_deref() == Some("Owl meter gateway MG2"))
        .unwrap();
    assert!(unknown.candidates.is_empty());
    assert!(unknown.words.contains("whether it contains"));
    // An asset without a product has no supplier to ask; it stays in the list of what is not assessed.
    assert!(!all.iter().any(|q| q.assets.iter().any(|a| a == "A-0010")));
    // The same product has the same id in another run.
    let again = questions::questions(&large(10), None);
    assert!(again.iter().any(|q| q.id == set.id));
}

#[test]
fn questions_workbook() {
    let r = report();
    let rows = sheet(&questions::xlsx(&r, None).unwrap(), "questions");
    let header: Vec<String> = rows[0].iter().map(|c| text(Some(c))).collect();
    assert_eq!(header, questions::COLUMNS);
    assert_eq!(rows.len(), questions::questions(&r, None).len() + 1);
    assert!(
        matches!(rows[1][1], Data::Float(_) | Data::Int(_)),
        "counts are numbers"
    );
    for row in rows.iter().skip(1) {
        assert!(
            row[9..].iter().all(|c| text(Some(c)).is_empty()),
            "answers are empty"
        );
    }
}

// -- schema ------------------------------------------------------------------------------------------------

fn schema() -> Value {
    serde_json::from_str(include_str!("../../../schema/report-1.schema.json")).unwrap_or_default()
}

#[test]
fn reports_keep_to_the_schema() {
    let v = jsonschema::draft202012::new(&schema()).unwrap();
    assert!(schema().is_object());
    let mut redacted = report();
    redact(&mut redacted, Masking { sites: true }).unwrap();
    for r in [
        report(),
        large(20),
        assemble(fixture::empty()),
        redacted,
        pictured(),
    ] {
        let value: Value = serde_json::from_str(&json(&r, Layout::Compact).unwrap()).unwrap();
        let errors: Vec<String> = v
            .iter_errors(&value)
            .map(|e| format!("{} at {}", e, e.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{errors:#?}");
    }
}

#[test]
fn the_schema_refuses_what_is_not_in_the_contract() {
    let v = jsonschema::draft202012::new(&schema()).unwrap();
    assert!(schema().is_object());
    let good = serde_json::to_value(report()).unwrap();
    assert!(v.is_valid(&good));
    let cases: [(&str, Value); 25] = [
        ("/findings/0/verdicts/0/status", "compliant".into()),
        ("/findings/1/verdicts/0/if/0/status", "maybe".into()),
        ("/findings/0/presence", "guessed".into()),
        ("/findings/0/confidence", 1.2.into()),
        ("/findings/0/role", "phone".into()),
        ("/findings/0/subject/keys/0/kind", "name".into()),
        ("/findings/0/evidence/0/role", "decisive".into()),
        ("/assets/0/status", "ok".into()),
        ("/sources/0/status", "skipped".into()),
        ("/exit/0", 9.into()),
        ("/schema", "another".into()),
        ("/date", "22.11.2026".into()),
        ("/remarks/0/code", "Not Kebab".into()),
        ("/findings/0/risk", "no_basis".into()),
        ("/findings/0/risk/outcome", "urgent".into()),
        ("/findings/0/risk/outcome_up_to", Value::Null),
        ("/findings/0/risk/row", "".into()),
        ("/findings/0/risk/table", 1.into()),
        ("/findings/0/risk/values_rights", "low".into()),
        ("/findings/0/risk/values_rights", Value::Null),
        ("/findings/0/risk/privacy/level", "critical".into()),
        ("/findings/0/risk/privacy/interval/0", "no_basis".into()),
        (
            "/findings/0/risk/privacy/interval",
            serde_json::json!(["low"]),
        ),
        (
            "/findings/0/risk/privacy/interval",
            serde_json::json!(["low", "low", "low"]),
        ),
        ("/findings/0/risk/privacy/drivers/0", 1.into()),
    ];
    for (at, bad) in cases {
        let mut value = good.clone();
        *value
            .pointer_mut(at)
            .unwrap_or_else(|| panic!("{at} is there")) = bad;
        assert!(!v.is_valid(&value), "{at}");
    }
    for at in [
        "",
        "/findings/0",
        "/findings/0/module",
        "/assets/0",
        "/summary",
        "/summary/by_status",
        "/findings/0/risk",
        "/findings/0/risk/economic",
    ] {
        let mut value = good.clone();
        let object = value
            .pointer_mut(at)
            .and_then(Value::as_object_mut)
            .unwrap();
        object.insert("unheard_of".to_owned(), 1.into());
        assert!(!v.is_valid(&value), "a field more at {at:?}");
    }
    for at in [
        "packs", "exit", "sources", "assets", "findings", "coverage", "summary",
    ] {
        let mut value = good.clone();
        value.as_object_mut().unwrap().remove(at);
        assert!(!v.is_valid(&value), "without {at}");
    }
    let risk = good.pointer("/findings/0/risk").and_then(Value::as_object);
    let area = good
        .pointer("/findings/0/risk/economic")
        .and_then(Value::as_object);
    for (place, object) in [
        ("/findings/0/risk", risk.unwrap()),
        ("/findings/0/risk/economic", area.unwrap()),
    ] {
        for name in object.keys() {
            let mut value = good.clone();
            value
                .pointer_mut(place)
                .and_then(Value::as_object_mut)
                .unwrap()
                .remove(name);
            assert!(!v.is_valid(&value), "without {place}/{name}");
        }
    }
}

// -- redaction -----------------------------------------------------------------------------------------------

#[test]
fn redaction_reaches_every_place() {
    let mut r = report();
    r.effective_config = serde_json::json!({"only": format!("imei {IMEI}, sn {SERIAL}"), MAC: 1});
    r.sources[0].path = format!("hosts/{IMEI}/at.log");
    r.findings[0].finding.evidence[0].locator = format!("line 12 of {}", "49-015420-000000-8");
    r.findings[0].finding.evidence[1].source = format!("at-{ICCID}.log");
    r.findings[0].risk =
        Some(serde_json::json!({"drivers": [format!("IMEISV {}", "4901542000000001")]}));
    r.assets[0].why = format!("SIM {ICCID} at {MAC}");
    let before = r.clone();
    redact(&mut r, Masking::default()).unwrap();

    let text = json(&r, Layout::Compact).unwrap();
    for secret in [
        IMEI,
        "49015420000000",
        "000000-8",
        ICCID,
        SERIAL,
        MAC,
        "4417",
    ] {
        assert!(!text.contains(secret), "{secret}");
    }
    for stays in [
        "49015420*******",
        "00:00:5e:**:**:**",
        "Depot East",
        "A-0001",
    ] {
        assert!(text.contains(stays), "{stays}");
    }
    // Every output follows.
    for out in [
        html(&r, None).unwrap(),
        markdown::markdown(&r, None),
        String::from_utf8(tables::csv(&r, None).unwrap()).unwrap(),
    ] {
        assert!(!out.contains(IMEI) && !out.contains(SERIAL) && !out.contains(MAC));
    }
    // Nothing else changed: counts, verdicts, order; remarks still point at their findings.
    assert_eq!(r.summary, before.summary);
    assert_eq!(r.coverage, before.coverage);
    assert_eq!(r.findings.len(), before.findings.len());
    assert_eq!(r.remarks[0].findings, [r.findings[0].finding.id.clone()]);
    assert_eq!(r.generated_at, before.generated_at);
    assert_eq!(r.packs, before.packs);
    assert_eq!(
        r.sources[1], before.sources[1],
        "digests are not numbers of devices"
    );
}

#[test]
fn redacted_values_stay_different_and_sites_go_on_request() {
    let mut r = report();
    r.findings[1].finding.module.imei = vec!["490154200000016".to_owned()];
    r.findings[2].finding.module.imei = vec![IMEI.to_owned()];
    redact(&mut r, Masking { sites: true }).unwrap();
    let imei = |n: usize| r.findings[n].finding.module.imei[0].clone();
    assert_eq!(imei(0), imei(2), "one number, one mask");
    assert_ne!(imei(0), imei(1), "two numbers, two masks");
    let text = json(&r, Layout::Compact).unwrap();
    for site in [
        "Depot East",
        "Reservoir",
        "Town hall",
        "Pumping station North",
    ] {
        assert!(!text.contains(site), "{site}");
    }
    assert!(r.assets[2].site.as_deref().unwrap().starts_with("site-"));
    assert_eq!(r.assets[2].site, r.assets[3].site);
}

#[test]
fn redaction_leaves_what_is_no_identity() {
    let mut r = report();
    r.remarks[0].message =
        "2026-11-22 09:30:00 to 2026-11-23, 192.0.2.10 - 192.0.2.200, 12345678 bytes, EC25-E"
            .to_owned();
    let before = r.remarks[0].message.clone();
    redact(&mut r, Masking::default()).unwrap();
    assert_eq!(r.remarks[0].message, before);
}

// -- hostile shapes --------------------------------------------------------------------------------------------

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig::with_cases(40))]

    #[test]
    fn any_text_is_only_text(any in ".{0,80}", pick in 0usize..8) {
        let mut r = report();
        let nasty = format!("{any}{}", HOSTILE[pick]);
        let f = &mut r.findings[0].finding;
        f.module.variant = Some(nasty.clone());
        f.id.clone_from(&nasty);
        f.evidence[0].value.clone_from(&nasty);
        r.assets[7].why.clone_from(&nasty);
        r.date.clone_from(&nasty);
        r.organisation = Some(nasty.clone());
        r.findings[0].verdicts[0].sources = vec![nasty.clone(), format!("https://{nasty}")];
        let page = html(&r, None).unwrap();
        proptest::prop_assert_eq!(page.matches("<script").count(), 1);
        proptest::prop_assert!(!page.contains("<img"));
        proptest::prop_assert!(!page.chars().any(|c| acts(c) && c != '\n'));
        let back: Report = serde_json::from_str(&json(&r, Layout::Compact).unwrap()).unwrap();
        proptest::prop_assert_eq!(&back, &r);
        tables::xlsx(&r, None).unwrap();
        questions::xlsx(&r, None).unwrap();
        let mut masked = r.clone();
        redact(&mut masked, Masking { sites: true }).unwrap();
        proptest::prop_assert_eq!(masked.findings.len(), r.findings.len());
    }
}

#[test]
fn the_schema_knows_every_status() {
    let schema = schema();
    let words: BTreeSet<&str> = schema["$defs"]["status"]["enum"]
        .as_array()
        .unwrap()
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let wanted: BTreeSet<&str> = cellsweep_policy::Status::ALL
        .iter()
        .map(|s| s.as_str())
        .collect();
    assert_eq!(words, wanted);
}

/// The small estate with axes, sites and sensitivity.
fn pictured() -> Report {
    let mut r = report();
    let mut id = String::new();
    if let Some(first) = r.findings.first_mut() {
        id.clone_from(&first.finding.id);
        if let Some(risk) = first.risk.as_mut() {
            risk["flaws"] = serde_json::json!({
                "interval": ["local", "remote"],
                "drivers": ["AB-2026-2: a shell on the host; https://flaw.example/2"],
            });
            risk["control"] = "no_basis".into();
            risk["counter_evidence"] = serde_json::json!([
                {"axis": "flaws", "says": "Patched in <June>.", "sources": ["https://fix.example/1", "javascript:alert(1)"]},
            ]);
        }
    }
    let site = |id: &str, at: Option<(f64, f64)>| SiteState {
        id: id.to_owned(),
        name: id.to_owned(),
        department: Some("Water and sewage".to_owned()),
        latitude: at.map(|(latitude, _)| latitude),
        longitude: at.map(|(_, longitude)| longitude),
    };
    r.sites = vec![
        site("Pumping station North", Some((54.8, -2.6))),
        site("Reservoir", Some((54.7, -2.5))),
        site("Old works", Some((54.7, -2.1))),
        site("Depot East", None),
    ];
    r.risk_sensitivity = Some(Sensitivity {
        table: "risk-2".to_owned(),
        findings: 6,
        moves: 430,
        moves_of_outcome: 1,
        stable: 5,
        changes: vec![Change {
            row: "ns-1".to_owned(),
            cell: "gives".to_owned(),
            from: "medium".to_owned(),
            to: "high".to_owned(),
            outcomes: 1,
            levels: 2,
            findings: vec![id],
        }],
        ..Sensitivity::default()
    });
    r
}

#[test]
fn the_page_shows_the_two_axes_with_what_speaks_against_them() {
    let page = html(&pictured(), None).unwrap();
    for words in [
        "Flaws of the module: <b>shown, from the host to shown, from afar</b>, <a href=#r",
        "Control of its maker: <b>nothing is known</b>",
        "Against: Patched in &#60;June&#62;. <a href=\"https://fix.example/1\"",
        "Flaws of the module: shown, from the host to shown, from afar</b>",
        "AB-2026-2: a shell on the host; https://flaw.example/2",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(!page.contains("href=\"javascript"));
}

#[test]
fn the_page_says_what_hangs_on_single_cells() {
    let page = html(&pictured(), None).unwrap();
    for words in [
        "What hangs on single cells of the table",
        "430 moves. 1 move changes the outcome of some finding. 5 findings keep their outcome under every move.",
        // What the row says, from the table of that version.
        "ns-1 <span class=\"small\">medium if sensitive yes</span>",
        "gives from medium to high",
    ] {
        assert!(page.contains(words), "{words}");
    }
    assert!(
        !html(&report(), None)
            .unwrap()
            .contains("What hangs on single cells")
    );
}

#[test]
fn the_page_draws_flows_and_sites() {
    let page = html(&pictured(), None).unwrap();
    let map = page
        .split("<svg class=\"chart wide\" role=\"img\"")
        .find(|s| s.contains("sites-wide-t"))
        .unwrap();
    let map = &map[..map.find("</svg>").unwrap()];
    // Two sites hold modules, one is on the map without; the last has no coordinates.
    assert_eq!(map.matches("<circle").count(), 3, "{map}");
    assert_eq!(map.matches("mark nothing").count(), 1);
    assert!(map.contains("Old works: no module found"));
    assert!(!map.contains("Depot East"));
    assert!(page.contains("(not on the map: no coordinates)"));
    let flow_of = |page: &str| {
        let flow = page.split("<svg class=\"chart flow\"").nth(1).unwrap();
        flow[..flow.find("</svg>").unwrap()].to_owned()
    };
    // No asset states what it serves, and the picture says so.
    let flow = flow_of(&page);
    for head in [
        "Maker",
        "Product",
        "Department",
        "Class (no service stated)",
    ] {
        assert!(flow.contains(head), "{head}");
    }
    assert!(flow.contains("maker not settled"));
    // One does: the others' is not stated.
    let mut served = pictured();
    let asset = served.findings.iter().find_map(|f| {
        let id = f.finding.subject.asset.clone();
        id.filter(|_| f.finding.presence == cellsweep_evidence::Stance::Observed)
    });
    for a in &mut served.assets {
        if Some(&a.id) == asset.as_ref() {
            a.service = Some("Street lights".to_owned());
        }
    }
    let flow = flow_of(&html(&served, None).unwrap());
    for words in [">Service<", "Street lights", "service not stated"] {
        assert!(flow.contains(words), "{words} {flow}");
    }
    // Without coordinates there is no map, without modules no flow.
    let plain = html(&report(), None).unwrap();
    assert!(!plain.contains("sites-wide-t") && plain.contains("chart flow"));
    let nothing = html(&assemble(fixture::empty()), None).unwrap();
    assert!(!nothing.contains("chart flow") && !nothing.contains("id=\"pictures\""));
}

#[test]
fn pictures_of_a_large_estate_stay_small() {
    let mut r = large(3000);
    for n in 0..5000u32 {
        r.sites.push(SiteState {
            id: format!("S-{n}"),
            name: format!("Site {n}"),
            department: None,
            latitude: Some(f64::from(n) / 100.0),
            longitude: Some(f64::from(n % 90)),
        });
    }
    for (n, f) in r.findings.iter_mut().enumerate() {
        f.finding.subject.site = Some(format!("S-{}", n % 5000));
        f.finding.product = Some(cellsweep_identify::ProductName {
            maker: Some(format!("Product maker {n}")),
            model: None,
            order_code: None,
        });
    }
    let page = html(&r, None).unwrap();
    let section = page.split("<section id=\"pictures\">").nth(1).unwrap();
    let section = &section[..section.find("</section>").unwrap()];
    assert!(section.len() < 200_000, "{}", section.len());
    assert!(section.contains("others") && section.contains("further sites are not on the map"));
}

#[test]
fn sites_and_sensitivity_leave_the_house_masked() {
    let mut r = pictured();
    redact(&mut r, Masking { sites: true }).unwrap();
    assert!(r.sites.is_empty());
    let named = &r.risk_sensitivity.as_ref().unwrap().changes[0].findings;
    assert_eq!(*named, [r.findings[0].finding.id.clone()]);
    let mut r = pictured();
    redact(&mut r, Masking::default()).unwrap();
    assert_eq!(r.sites.len(), 4);
}
