//! A report and what it rests on as members: every output is made from the report itself, so that none
//! can say something else.

use std::collections::BTreeMap;

use cellsweep_catalog::Catalog;
use cellsweep_policy::{Packs, load};
use cellsweep_report::json::{self, Layout};
use cellsweep_report::model::{Report, Tool};
use cellsweep_report::{html, markdown, questions, tables};

use crate::manifest::{self, Head, Pack, Used};
use crate::{Error, evidence, sha256};

/// Name of the report's member.
pub const REPORT: &str = "report.json";
/// Name of the member with the hashes of the evidence.
pub const EVIDENCE: &str = "evidence.ndjson";

/// One file of a bundle.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Name.
    pub name: String,
    /// Content.
    pub bytes: Vec<u8>,
    /// What it is, in words.
    pub says: String,
}

/// What goes into a bundle.
#[derive(Clone, Debug)]
pub struct Contents {
    /// The whole.
    pub head: Head,
    /// Packs, judged ones first.
    pub packs: Vec<Pack>,
    /// Members in their order.
    pub members: Vec<Member>,
}

/// The contents of a report's bundle. `texts` are pack files beside the embedded ones; a pack is taken
/// by the digest that the report names, so another edition of the same id is never put in its place.
/// The catalogue lends makers' names to the tables, if it is the one of the report.
///
/// # Errors
/// If an output cannot be made.
pub fn contents(
    report: &Report,
    redacted: bool,
    catalog: &Catalog,
    texts: &[String],
) -> Result<Contents, Error> {
    let named = (catalog.digest() == report.catalog.digest).then_some(catalog);
    let (packs, pack_members) = packs(report, texts);
    let mut members = vec![
        member(
            "readme.txt",
            "how to check this bundle",
            README.as_bytes().to_vec(),
        ),
        member(
            REPORT,
            "the report: findings, verdicts, coverage",
            json::json(report, Layout::Pretty)?.into_bytes(),
        ),
        member(
            EVIDENCE,
            "every source with its SHA-256",
            evidence::lines(report)?.into_bytes(),
        ),
        member(
            "config.json",
            "everything that steered the run",
            json::value(&report.effective_config, Layout::Pretty)?.into_bytes(),
        ),
        member(
            "index.html",
            "the report for people",
            html(report, named)
                .map_err(|e| output("index.html", &e))?
                .into_bytes(),
        ),
        member(
            "summary.md",
            "the summary",
            markdown::markdown(report, named).into_bytes(),
        ),
        member(
            "findings.csv",
            "findings as a table",
            tables::csv(report, named).map_err(|e| output("findings.csv", &e))?,
        ),
        member(
            "findings.xlsx",
            "findings as a workbook",
            tables::xlsx(report, named).map_err(|e| output("findings.xlsx", &e))?,
        ),
        member(
            "questions.xlsx",
            "what to ask suppliers",
            questions::xlsx(report, named).map_err(|e| output("questions.xlsx", &e))?,
        ),
    ];
    members.extend(pack_members);
    let head = Head {
        format: manifest::FORMAT.to_owned(),
        tool: report.tool.clone(),
        bundled_by: Tool {
            name: "cellsweep".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        generated_at: report.generated_at.clone(),
        date: report.date.clone(),
        organisation: report.organisation.clone(),
        catalog: report.catalog.clone(),
        redacted,
        signer: None,
    };
    Ok(Contents {
        head,
        packs,
        members,
    })
}

fn member(name: &str, says: &str, bytes: Vec<u8>) -> Member {
    Member {
        name: name.to_owned(),
        bytes,
        says: says.to_owned(),
    }
}

fn output(name: &'static str, why: &impl ToString) -> Error {
    Error::Output {
        name,
        why: why.to_string(),
    }
}

/// The packs of a report with their texts, and packs whose lists those use.
fn packs(report: &Report, texts: &[String]) -> (Vec<Pack>, Vec<Member>) {
    let by_digest: BTreeMap<String, &str> = Packs::files()
        .iter()
        .map(|(_, text)| *text)
        .chain(texts.iter().map(String::as_str))
        .map(|text| (sha256(text.as_bytes()), text))
        .collect();
    let by_id: BTreeMap<String, &str> = Packs::files()
        .iter()
        .map(|(_, text)| *text)
        .chain(texts.iter().map(String::as_str))
        .filter_map(|text| Some((load("pack", text).ok()?.id, text)))
        .collect();
    let mut packs = Vec::new();
    let mut members: BTreeMap<String, Member> = BTreeMap::new();
    let mut referred: BTreeMap<String, &str> = BTreeMap::new();
    let mut put = |id: &str, text: &str| -> Option<String> {
        let name = format!("packs/{id}.toml");
        // A report may name a pack as it likes; a member only as the format allows, and once.
        if !crate::archive::name_fits(&name) || members.contains_key(&name) {
            return None;
        }
        members.insert(
            name.clone(),
            member(&name, "text of a policy pack", text.as_bytes().to_vec()),
        );
        Some(name)
    };
    for edition in &report.packs {
        let id = edition.id.clone().unwrap_or_default();
        let known = by_digest.get(&edition.digest).copied();
        for list in known
            .and_then(|text| load("pack", text).ok())
            .iter()
            .flat_map(|p| &p.rules)
            .filter_map(|r| r.matching.list())
        {
            if let Some(text) = by_id.get(list) {
                referred.insert(list.to_owned(), text);
            }
        }
        packs.push(Pack {
            member: known.and_then(|text| put(&id, text)),
            id,
            edition: Some(edition.version.clone()),
            digest: edition.digest.clone(),
            used: Used::Judged,
        });
    }
    for (id, text) in referred {
        if packs.iter().any(|p| p.id == id) {
            continue;
        }
        packs.push(Pack {
            member: put(&id, text),
            id,
            edition: None,
            digest: sha256(text.as_bytes()),
            used: Used::Referred,
        });
    }
    (packs, members.into_values().collect())
}

/// What a person who unpacks a bundle reads first.
const README: &str = "\
This is an evidence bundle of cellsweep: a report and what it rests on, each file with its SHA-256 in
manifest.ndjson. The evidence itself is not here; its SHA-256 sums are in evidence.ndjson.

    cellsweep verify FILE                        every byte of the bundle
    cellsweep verify FILE --pubkey KEY           and whether the holder of KEY signed it
    cellsweep verify FILE --evidence FOLDER      and whether the evidence is still what was read

Without cellsweep, in the folder where it is unpacked:

    minisign -Vm manifest.ndjson -p KEY.pub
    jq -r 'select(.record==\"member\")|.sha256+\"  \"+.name' manifest.ndjson | sha256sum -c

A bundle without manifest.ndjson.minisig is not signed: its sums show that it is whole, not who made it.
A signature shows who signed, not that what is said is right.
";
