//! Verdicts on findings with the built-in catalogue and packs, and the choosing of packs.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests fail loudly, as tests do

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Stance;
use cellsweep_identify::{
    AssetState, AssetStatus, Candidate, Finding, Module, Role, finding::Subject,
};
use cellsweep_policy::{Circumstances, Error, Packs, Status, Verdict, dates};

fn finding(maker: Option<&str>, presence: Stance) -> Finding {
    Finding {
        id: "f".to_owned(),
        aka: Vec::new(),
        subject: Subject::default(),
        product: None,
        quantity: 1,
        role: Role::Component,
        module: Module {
            maker: maker.map(str::to_owned),
            ..Module::default()
        },
        candidates: Vec::new(),
        closed: false,
        settled_by: None,
        presence,
        maker_stance: None,
        confidence: 0.9,
        first_seen: None,
        last_seen: None,
        evidence: Vec::new(),
    }
}

fn asset(sensitive: Option<bool>) -> AssetState {
    AssetState {
        id: "a".to_owned(),
        department: None,
        site: None,
        class: Some("router".to_owned()),
        product: None,
        owner: None,
        status: AssetStatus::Found,
        why: String::new(),
        looked_at: Vec::new(),
        settled_by: None,
        criticality: None,
        sector: None,
        sensitive,
        ..AssetState::default()
    }
}

fn packs(ids: &[&str]) -> Packs {
    let all = Packs::embedded().unwrap_or_else(|e| panic!("{e}"));
    all.select(ids).unwrap_or_else(|e| panic!("{e}"))
}

fn status(verdicts: &[Verdict], rule: &str) -> Status {
    verdicts.iter().find(|v| v.rule == rule).unwrap().status
}

fn catalog() -> Catalog {
    Catalog::embedded().unwrap_or_else(|e| panic!("{e}"))
}

#[test]
fn an_installed_unit_under_the_policy_targets() {
    let (packs, catalog) = (packs(&["uk-parton-2023"]), catalog());
    let today = dates::day("2026-11-24").unwrap();
    let f = finding(Some("quectel"), Stance::Observed);
    let v = packs.judge_finding(&f, Some(&asset(Some(true))), &catalog, today);
    assert_eq!(v.len(), 3);
    assert_eq!(status(&v, "no-new-purchase"), Status::NotApplicable);
    assert_eq!(status(&v, "replace-in-sensitive-areas"), Status::Advisory);
    assert_eq!(status(&v, "mitigation-plan"), Status::Advisory);
    assert_eq!(v[1].deadline.as_deref(), Some("2025-12-31"));
    let v = packs.judge_finding(&f, Some(&asset(None)), &catalog, today);
    assert_eq!(
        status(&v, "replace-in-sensitive-areas"),
        Status::InsufficientEvidence
    );
    let v = packs.judge_finding(
        &finding(Some("sierra-wireless"), Stance::Observed),
        None,
        &catalog,
        today,
    );
    assert_eq!(status(&v, "mitigation-plan"), Status::Allowed);
    let v = packs.judge_finding_in(&f, None, &catalog, &Circumstances::purchase(), today);
    assert_eq!(status(&v, "no-new-purchase"), Status::Advisory);
}

#[test]
fn the_built_in_owners_count_by_date() {
    let (packs, catalog) = (packs(&["uk-parton-2023"]), catalog());
    let f = finding(Some("rolling-wireless"), Stance::Observed);
    let on = |d: &str| packs.judge_finding(&f, None, &catalog, dates::day(d).unwrap());
    let before = on("2024-07-25");
    assert_eq!(status(&before, "mitigation-plan"), Status::Advisory);
    assert!(
        before[2].basis.contains("Fibocom Wireless Inc."),
        "{}",
        before[2].basis
    );
    // After the sale neither seat nor a Chinese owner is recorded.
    assert_eq!(
        status(&on("2024-07-26"), "mitigation-plan"),
        Status::InsufficientEvidence
    );
}

/// A "no match" says when no owner is recorded, and a link that is recorded without a confirmed share is
/// neither "no match" nor control.
#[test]
fn no_match_says_when_no_owner_is_recorded() {
    let (packs, catalog) = (packs(&["us-1260h"]), catalog());
    let on = dates::day("2026-11-22").unwrap();
    let f = finding(Some("lierda"), Stance::Declared);
    let v = packs.judge_finding(&f, None, &catalog, on);
    assert!(
        v[0].basis.starts_with("No match on edition 2026-06-08")
            && v[0].basis.contains("recorded owners: none"),
        "{}",
        v[0].basis
    );
    let f = finding(Some("china-mobile-onemo"), Stance::Declared);
    let v = packs.judge_finding(&f, None, &catalog, on);
    assert_eq!(v[0].status, Status::NeedsLegalReading, "{}", v[0].basis);
}

#[test]
fn a_set_is_open_unless_it_is_said_to_be_all() {
    let (packs, catalog) = (packs(&["uk-parton-2023"]), catalog());
    let today = dates::day("2026-11-24").unwrap();
    let mut f = finding(None, Stance::Implied);
    for (maker, probability) in [("meig", 0.475), ("quectel", 0.475)] {
        f.candidates.push(Candidate {
            maker: maker.to_owned(),
            family: None,
            probability,
        });
    }
    f.closed = true;
    let v = packs.judge_finding(&f, None, &catalog, today);
    assert_eq!(status(&v, "mitigation-plan"), Status::Advisory);
    f.closed = false;
    let v = packs.judge_finding(&f, None, &catalog, today);
    assert_eq!(status(&v, "mitigation-plan"), Status::InsufficientEvidence);
    assert_eq!(v[2].if_maker.len(), 2);
}

#[test]
fn the_packs_name_makers_the_catalogue_has() {
    let catalog = catalog();
    // Named in lists, makers of other equipment: the catalogue of module makers need not have them.
    let others = ["hytera", "hikvision", "dahua", "tp-link"];
    for pack in Packs::embedded().unwrap_or_else(|e| panic!("{e}")).list() {
        for entity in &pack.entities {
            for maker in entity
                .makers
                .iter()
                .filter(|m| !others.contains(&m.as_str()))
            {
                assert!(
                    catalog.maker(maker).is_some(),
                    "{}: no maker {maker}",
                    pack.id
                );
            }
        }
    }
}

#[test]
fn packs_are_chosen_by_id_or_by_path() {
    let all = Packs::embedded().unwrap_or_else(|e| panic!("{e}"));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("mine.toml");
    let text = "id = \"mine\"\ntitle = \"Mine\"\njurisdiction = \"XX\"\nissuer = \"Us\"\nkind = \"advisory\"\nissued = 2020-01-01\nas_of = 2026-01-01\n\n[[rule]]\nid = \"one\"\ntitle = \"Ours\"\nverb = \"advised\"\nstages = [\"installed\"]\nmatch = { kind = \"named_entity\", list = \"us-1260h\" }\n\n[[source]]\nurl = \"https://example.org/\"\n";
    std::fs::write(&path, text).unwrap();
    let name = path.to_string_lossy().into_owned();
    let chosen = all.select(&["us-1260h", &name, "us-1260h"]).unwrap();
    assert_eq!(chosen.ids(), ["us-1260h", "mine"]);
    // A file alone may refer to a built-in list.
    let chosen = all.select(&[name.as_str()]).unwrap();
    let f = finding(Some("quectel"), Stance::Observed);
    let v = chosen.judge_finding(&f, None, &catalog(), dates::day("2026-11-22").unwrap());
    assert_eq!(v[0].status, Status::Advisory);
    assert_eq!(v[0].edition.as_deref(), Some("2026-06-08"));

    assert!(matches!(
        all.select(&["us-1260"]),
        Err(Error::Unknown { .. })
    ));
    std::fs::write(&path, text.replace("us-1260h", "no-list")).unwrap();
    let error = all.select(&[name.as_str()]).unwrap_err().to_string();
    assert!(error.contains("pack-unknown-list"), "{error}");
    std::fs::write(
        &path,
        text.replace("verb = \"advised\"", "verb = \"no_use\""),
    )
    .unwrap();
    let error = all.select(&[name.as_str()]).unwrap_err().to_string();
    assert!(
        error.contains("mine.toml:12:8") && error.contains("pack-verb-not-for-kind"),
        "{error}"
    );
    std::fs::write(&path, "x = 1\n".repeat(200_000)).unwrap();
    let error = cellsweep_policy::check(&name).unwrap_err().to_string();
    assert!(error.contains("pack-too-large"), "{error}");
}

#[test]
fn a_pack_can_be_read_by_people() {
    let all = Packs::embedded().unwrap_or_else(|e| panic!("{e}"));
    for id in all.ids() {
        let text = all.show(id).unwrap();
        assert!(text.contains(id) && text.lines().count() > 10, "{text}");
    }
    let text = all
        .explain("us-ndaa24-805-b", "no-purchase-including")
        .unwrap();
    assert!(
        text.contains("2027-06-30") && text.contains("41 U.S.C. 105"),
        "{text}"
    );
    assert_eq!(all.explain("us-ndaa24-805-b", "nothing"), None);
    let timeline = all.timeline();
    assert!(timeline.windows(2).all(|w| w[0] <= w[1]));
    assert!(
        timeline
            .iter()
            .any(|e| e.date.to_string() == "2025-01-07" && e.says.contains("Quectel"))
    );
    let late = dates::day("2029-01-01").unwrap();
    assert_eq!(all.age_warnings(late).len(), all.list().len());
}
