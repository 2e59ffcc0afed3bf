//! Judging line-wise inventories again: one record in, one record out, nothing held.
//!
//! Only what rules ask is read of a line; everything else is passed on byte for byte. Verdicts and risk
//! depend on few facts (maker or candidates, presence, role, the asset's class, criticality, sector and
//! sensitivity), so each combination is judged once.

use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, BufRead, Write};

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Stance;
use cellsweep_identify::{
    AssetState, AssetStatus, Candidate, Finding, Module, Role, Stated, Subject,
};
use cellsweep_policy::{Packs, Status};
use jiff::civil::Date;
use serde::Deserialize;
use serde_json::value::RawValue;

/// Longest record.
const LONGEST_LINE: u64 = 16 * 1024 * 1024;
/// Most combinations remembered; an inventory has a few thousand.
const MOST_REMEMBERED: usize = 100_000;

/// What a run of [`lines`] came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Records read.
    pub records: u64,
    /// Findings judged.
    pub findings: u64,
    /// Lines that are no record, with their number; at most 100 are listed.
    pub bad: Vec<(u64, String)>,
    /// All of those.
    pub bad_total: u64,
    /// Findings prohibited.
    pub prohibited: u64,
    /// Findings that the evidence does not decide or that need a legal reading.
    pub undecided: u64,
}

/// The facts of a line on which verdicts rest.
#[derive(Deserialize)]
struct Slim<'a> {
    #[serde(borrow, default)]
    module: Option<SlimModule<'a>>,
    #[serde(borrow, default)]
    candidates: Option<&'a RawValue>,
    presence: Option<Stance>,
    #[serde(default)]
    closed: bool,
    #[serde(default)]
    role: Option<Role>,
    #[serde(borrow, default)]
    context: Option<&'a RawValue>,
    #[serde(borrow, default)]
    verdicts: Option<&'a RawValue>,
    #[serde(borrow, default)]
    risk: Option<&'a RawValue>,
    #[serde(borrow, default)]
    waived: Option<&'a RawValue>,
    #[serde(borrow, default)]
    settled_by: Option<Cow<'a, str>>,
}

#[derive(Deserialize)]
struct SlimModule<'a> {
    #[serde(borrow, default)]
    maker: Option<Cow<'a, str>>,
    #[serde(borrow, default)]
    family: Option<Cow<'a, str>>,
}

/// What an asset lends to the judgement of its findings; a member of each finding's line.
#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, Deserialize)]
pub struct Context {
    /// Class.
    #[serde(default)]
    pub class: Option<String>,
    /// Criticality.
    #[serde(default)]
    pub criticality: Option<String>,
    /// Sector.
    #[serde(default)]
    pub sector: Option<String>,
    /// In a sensitive area.
    #[serde(default)]
    pub sensitive: Option<bool>,
    /// How it is connected.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub connection: BTreeMap<String, Vec<Stated>>,
}

struct Judged {
    verdicts: String,
    risk: String,
    prohibited: bool,
    undecided: bool,
}

/// Judges every finding of a line-wise inventory and writes every line, in order.
///
/// # Errors
/// From input and output. A line that is no record is counted, written as it was, and is no error.
pub fn lines(
    mut input: impl BufRead,
    mut out: impl Write,
    catalog: &Catalog,
    packs: &Packs,
    date: Date,
) -> io::Result<Counts> {
    let mut counts = Counts::default();
    // Looked up by key only, never iterated: its order cannot show.
    let mut remembered: HashMap<String, Judged> = HashMap::new();
    let mut line = Vec::new();
    let mut key = String::new();
    let mut number = 0u64;
    loop {
        line.clear();
        let read = io::Read::take(&mut input, LONGEST_LINE).read_until(b'\n', &mut line)?;
        if read == 0 {
            return Ok(counts);
        }
        number += 1;
        while matches!(line.last(), Some(b'\n' | b'\r')) {
            line.pop();
        }
        if line.is_empty() {
            continue;
        }
        counts.records += 1;
        let slim: Slim<'_> = match serde_json::from_slice(&line) {
            Ok(slim) => slim,
            Err(e) => {
                counts.bad_total += 1;
                if counts.bad.len() < 100 {
                    counts.bad.push((number, e.to_string()));
                }
                out.write_all(&line)?;
                out.write_all(b"\n")?;
                continue;
            }
        };
        // Only findings carry a presence; assets, remarks and sources pass.
        let (Some(presence), Some(module)) = (slim.presence, &slim.module) else {
            out.write_all(&line)?;
            out.write_all(b"\n")?;
            continue;
        };
        counts.findings += 1;
        key.clear();
        for part in [
            module.maker.as_deref().unwrap_or("?"),
            module.family.as_deref().unwrap_or("?"),
            slim.candidates.map_or("", RawValue::get),
            presence.as_str(),
            slim.context.map_or("", RawValue::get),
        ] {
            key.push_str(part);
            key.push('\u{1f}');
        }
        key.push(match slim.role {
            Some(Role::Stick) => 's',
            Some(Role::EndProduct) => 'e',
            _ => 'c',
        });
        if !remembered.contains_key(&key) {
            if remembered.len() >= MOST_REMEMBERED {
                remembered.clear();
            }
            let judged = judge(&slim, module, presence, catalog, packs, date)?;
            remembered.insert(key.clone(), judged);
        }
        let Some(judged) = remembered.get(&key) else {
            continue;
        };
        counts.prohibited += u64::from(judged.prohibited);
        counts.undecided += u64::from(judged.undecided);
        splice(&line, &slim, judged, &mut out)?;
    }
}

fn judge(
    slim: &Slim<'_>,
    module: &SlimModule<'_>,
    presence: Stance,
    catalog: &Catalog,
    packs: &Packs,
    date: Date,
) -> io::Result<Judged> {
    let candidates: Vec<Candidate> = match slim.candidates {
        Some(raw) => serde_json::from_str(raw.get())?,
        None => Vec::new(),
    };
    let context: Context = match slim.context {
        Some(raw) => serde_json::from_str::<Option<Context>>(raw.get())?.unwrap_or_default(),
        None => Context::default(),
    };
    let finding = Finding {
        id: String::new(),
        aka: Vec::new(),
        subject: Subject::default(),
        product: None,
        quantity: 1,
        role: slim.role.unwrap_or(Role::Component),
        module: Module {
            maker: module.maker.as_deref().map(str::to_owned),
            family: module.family.as_deref().map(str::to_owned),
            ..Module::default()
        },
        candidates,
        closed: slim.closed,
        settled_by: slim.settled_by.as_deref().map(str::to_owned),
        presence,
        maker_stance: None,
        confidence: 0.0,
        first_seen: None,
        last_seen: None,
        evidence: Vec::new(),
    };
    let asset = AssetState {
        id: String::new(),
        department: None,
        site: None,
        class: context.class,
        product: None,
        owner: None,
        status: AssetStatus::Found,
        why: String::new(),
        looked_at: Vec::new(),
        settled_by: None,
        criticality: context.criticality,
        sector: context.sector,
        service: None,
        sensitive: context.sensitive,
        connection: context.connection,
    };
    let asset = slim.context.is_some().then_some(&asset);
    let verdicts = packs.judge_finding(&finding, asset, catalog, date);
    let risk = cellsweep_risk::assess(&finding, asset, &verdicts, catalog, date);
    let any = |wanted: &[Status]| verdicts.iter().any(|v| wanted.contains(&v.status));
    Ok(Judged {
        verdicts: serde_json::to_string(&verdicts)?,
        risk: serde_json::to_string(&risk)?,
        prohibited: any(&[Status::Prohibited]),
        undecided: any(&[Status::InsufficientEvidence, Status::NeedsLegalReading]),
    })
}

/// Writes the line with its verdicts and risk exchanged, or added at its end.
fn splice(line: &[u8], slim: &Slim<'_>, judged: &Judged, out: &mut impl Write) -> io::Result<()> {
    let range = |raw: &RawValue| {
        // The value borrows from the line, so the difference of the addresses is its offset.
        let start = (raw.get().as_ptr() as usize).saturating_sub(line.as_ptr() as usize);
        start..start + raw.get().len()
    };
    let mut parts: Vec<(std::ops::Range<usize>, &str)> = Vec::new();
    if let Some(raw) = slim.verdicts {
        parts.push((range(raw), &judged.verdicts));
    }
    if let Some(raw) = slim.risk {
        parts.push((range(raw), &judged.risk));
    }
    // Waivers are the organisation's for one run, not the inventory's.
    if let Some(raw) = slim.waived {
        parts.push((range(raw), "[]"));
    }
    parts.sort_by_key(|(r, _)| r.start);
    let mut from = 0;
    for (r, text) in parts {
        out.write_all(line.get(from..r.start).unwrap_or_default())?;
        out.write_all(text.as_bytes())?;
        from = r.end;
    }
    let rest = line.get(from..).unwrap_or_default();
    let missing = [
        ("verdicts", slim.verdicts.is_none(), &judged.verdicts),
        ("risk", slim.risk.is_none(), &judged.risk),
    ];
    if missing.iter().any(|(_, m, _)| *m) {
        // The line is a JSON object: it ends in a brace, perhaps followed by blanks.
        let end = rest.iter().rposition(|b| *b == b'}').unwrap_or(rest.len());
        out.write_all(rest.get(..end).unwrap_or_default())?;
        for (name, _, text) in missing.iter().filter(|(_, m, _)| *m) {
            write!(out, ",\"{name}\":{text}")?;
        }
        out.write_all(rest.get(end..).unwrap_or_default())?;
    } else {
        out.write_all(rest)?;
    }
    out.write_all(b"\n")
}
