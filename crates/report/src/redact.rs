//! Masks numbers that identify one device, one SIM or one place, for a report that leaves the house.
//!
//! The whole report is walked as JSON, so that no field is missed: keys, IMEIs of modules, evidence
//! values and locators, paths, remarks, configuration. A value is masked wherever it stands. Two
//! different values stay different: where their masks would be the same, the later ones (in the order
//! of the values) get `~2`, `~3` ...; so a duplicated IMEI is still seen to be one.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use aho_corasick::{AhoCorasick, MatchKind};
use cellsweep_evidence::KeyKind;
use cellsweep_evidence::identity::{Imei, ImeiForm, luhn};
use serde_json::Value;

use crate::model::Report;

/// What else to mask.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Masking {
    /// Site names become `site-001`, `site-002` ... in the order of their names.
    pub sites: bool,
}

/// Depth of configuration and risk data that is kept; deeper data is dropped.
const DEPTH: u32 = 64;
/// Longest run of digits that is looked at as one number (an EID has 32).
const LONGEST: usize = 40;

/// Masks in place: of an IMEI the TAC stays, of an ICCID, an EID and a serial number all but the last
/// six characters, of a MAC address the maker's half. Ids of findings are numbered anew (`redacted-1`
/// ...), because an id may be made of an IMEI and a digest of one can be searched.
///
/// # Errors
/// If the report cannot be written and read back as JSON; it is then unchanged.
pub fn redact(report: &mut Report, masking: Masking) -> Result<(), serde_json::Error> {
    let masks = Masks::of(report, masking);
    let ids: BTreeMap<String, String> = report
        .findings
        .iter()
        .enumerate()
        .map(|(n, f)| (f.finding.id.clone(), format!("redacted-{}", n + 1)))
        .collect();
    let mut value = serde_json::to_value(&*report)?;
    walk(&mut value, &masks, 0);
    let mut masked: Report = serde_json::from_value(value)?;
    for (n, f) in masked.findings.iter_mut().enumerate() {
        f.finding.id = format!("redacted-{}", n + 1);
        f.finding.aka.clear();
    }
    // Ids may hold an IMEI, so that they are numbered here too; a place is as good as a name.
    if let (Some(clean), Some(original)) = (
        masked.risk_sensitivity.as_mut(),
        report.risk_sensitivity.as_ref(),
    ) {
        for (change, before) in clean.changes.iter_mut().zip(&original.changes) {
            change.findings = renumbered(&ids, &before.findings);
        }
    }
    if masking.sites {
        masked.sites.clear();
    }
    for (clean, original) in masked.remarks.iter_mut().zip(&report.remarks) {
        clean.findings = renumbered(&ids, &original.findings);
        for (id, new) in original
            .findings
            .iter()
            .filter_map(|id| Some((id, ids.get(id)?)))
        {
            if original.message.contains(id.as_str()) {
                clean.message = masks
                    .text(&original.message.replace(id.as_str(), new))
                    .into_owned();
            }
        }
    }
    *report = masked;
    Ok(())
}

/// Ids of findings as they are numbered anew.
fn renumbered(ids: &BTreeMap<String, String>, original: &[String]) -> Vec<String> {
    original
        .iter()
        .map(|id| {
            ids.get(id)
                .cloned()
                .unwrap_or_else(|| "redacted".to_owned())
        })
        .collect()
}

/// Masks a plan as [`redact`] masks the report that it was made from. `report` is the report unmasked.
///
/// # Errors
/// If the plan cannot be written and read back as JSON; it is then unchanged.
pub fn redact_plan(
    plan: &mut crate::plan::Plan,
    report: &Report,
    masking: Masking,
) -> Result<(), serde_json::Error> {
    let masks = Masks::of(report, masking);
    let ids: BTreeMap<&str, String> = report
        .findings
        .iter()
        .enumerate()
        .map(|(n, f)| (f.finding.id.as_str(), format!("redacted-{}", n + 1)))
        .collect();
    let mut value = serde_json::to_value(&*plan)?;
    walk(&mut value, &masks, 0);
    let mut masked: crate::plan::Plan = serde_json::from_value(value)?;
    let hidden = |id: &String, now: &mut String| {
        if let Some(new) = ids.get(id.as_str()) {
            now.clone_from(new);
        }
    };
    for (now, was) in masked.actions.iter_mut().zip(&plan.actions) {
        now.findings
            .iter_mut()
            .zip(&was.findings)
            .for_each(|(n, w)| hidden(w, n));
    }
    // An asset that the estate does not know stands under the id of its finding.
    for (now, was) in masked.problem.assets.iter_mut().zip(&plan.problem.assets) {
        hidden(&was.id, &mut now.id);
    }
    if let (Some(now), Some(was)) = (&mut masked.shortfall, &plan.shortfall) {
        now.assets
            .iter_mut()
            .zip(&was.assets)
            .for_each(|(n, w)| hidden(w, n));
        now.out_of_reach
            .iter_mut()
            .zip(&was.out_of_reach)
            .for_each(|(n, w)| hidden(w, n));
    }
    *plan = masked;
    Ok(())
}

fn walk(value: &mut Value, masks: &Masks, depth: u32) {
    if depth > DEPTH {
        *value = Value::Null;
        return;
    }
    match value {
        Value::String(text) => {
            if let Cow::Owned(new) = masks.text(text) {
                *text = new;
            }
        }
        Value::Array(items) => {
            for item in items {
                walk(item, masks, depth + 1);
            }
        }
        Value::Object(fields) => {
            // Names of fields can be outside text in the configuration only, but there they can.
            let renamed: Vec<(String, String)> = fields
                .keys()
                .filter_map(|k| match masks.text(k) {
                    Cow::Owned(new) if new != *k => Some((k.clone(), new)),
                    _ => None,
                })
                .collect();
            for (old, new) in renamed {
                if let Some(inner) = fields.remove(&old) {
                    fields.insert(new, inner);
                }
            }
            let identity = matches!(
                fields.get("kind").and_then(Value::as_str),
                Some("serial" | "module_serial" | "mac")
            );
            if let Some(Value::String(value)) = fields.get_mut("value").filter(|_| identity) {
                *value = masks.identity(value);
                return;
            }
            if let Some(Value::String(site)) = fields.get_mut("site") {
                *site = masks.site(site);
            }
            for (_, inner) in fields.iter_mut() {
                walk(inner, masks, depth + 1);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Value -> mask.
struct Masks {
    /// Numbers (IMEI stem, or all digits) that are known to identify something.
    numbers: BTreeMap<String, String>,
    /// Serials, MAC addresses and, if wanted, sites.
    words: BTreeMap<String, String>,
    /// The words that are looked for inside other text, with their masks in the same order.
    search: Option<(AhoCorasick, Vec<String>)>,
}

impl Masks {
    fn of(report: &Report, masking: Masking) -> Self {
        let mut numbers: BTreeSet<String> = BTreeSet::new();
        let mut words: BTreeSet<String> = BTreeSet::new();
        let mut sites: BTreeSet<String> = BTreeSet::new();
        let mut number = |text: &str| {
            let digits: String = text.chars().filter(char::is_ascii_digit).collect();
            if digits.len() >= 12 {
                numbers.insert(stem(&digits).to_owned());
            }
        };
        for f in &report.findings {
            for key in &f.finding.subject.keys {
                match key.kind {
                    KeyKind::Imei | KeyKind::Iccid => number(&key.value),
                    KeyKind::Serial | KeyKind::ModuleSerial | KeyKind::Mac => {
                        words.insert(key.value.trim().to_owned());
                    }
                    KeyKind::AssetTag
                    | KeyKind::Host
                    | KeyKind::Port
                    | KeyKind::BomRef
                    | KeyKind::Row => {}
                }
            }
            for imei in &f.finding.module.imei {
                number(imei);
            }
            for e in &f.finding.evidence {
                match e.clue.as_str() {
                    "imei" | "iccid" | "eid" => number(&e.value),
                    "mac" => {
                        words.insert(e.value.trim().to_owned());
                    }
                    "site" => {
                        sites.insert(e.value.trim().to_owned());
                    }
                    _ => {}
                }
            }
            sites.extend(f.finding.subject.site.iter().cloned());
        }
        sites.extend(report.assets.iter().filter_map(|a| a.site.clone()));
        sites.retain(|s| masking.sites && !s.is_empty());
        words.retain(|w| !w.is_empty());

        let mut taken: BTreeMap<String, u32> = BTreeMap::new();
        let mut distinct = |mask: String| {
            let n = taken.entry(mask.clone()).or_default();
            *n += 1;
            if *n == 1 { mask } else { format!("{mask}~{n}") }
        };
        let mut masked = |of: &str, mask: String| (of.to_owned(), distinct(mask));
        let numbers = numbers.iter().map(|n| masked(n, mask_number(n))).collect();
        let mut words: BTreeMap<String, String> =
            words.iter().map(|w| masked(w, mask_word(w))).collect();
        // Inside a sentence only what cannot be an ordinary word: a short serial without a digit
        // is masked where it stands as a key.
        let mut search: Vec<(String, String)> = words
            .iter()
            .filter(|(w, _)| w.len() >= 5 && w.contains(|c: char| c.is_ascii_digit()))
            .map(|(w, m)| (w.clone(), m.clone()))
            .collect();
        for (n, site) in sites.into_iter().enumerate() {
            let alias = format!("site-{:03}", n + 1);
            if site.len() >= 3 {
                search.push((site.clone(), alias.clone()));
            }
            words.insert(site, alias);
        }
        let (patterns, masks): (Vec<String>, Vec<String>) = search.into_iter().unzip();
        let search = AhoCorasick::builder()
            .match_kind(MatchKind::LeftmostLongest)
            .build(&patterns)
            .ok()
            .map(|finder| (finder, masks));
        Self {
            numbers,
            words,
            search,
        }
    }

    /// A value that is an identity by its place, however short.
    fn identity(&self, value: &str) -> String {
        match self.words.get(value.trim()) {
            Some(mask) => mask.clone(),
            None => self.text(value).into_owned(),
        }
    }

    /// A site, however short its name.
    fn site(&self, value: &str) -> String {
        match self.words.get(value).filter(|m| m.starts_with("site-")) {
            Some(alias) => alias.clone(),
            None => value.to_owned(),
        }
    }

    /// The text with everything known, and everything shaped like an IMEI, ICCID, EID or MAC address,
    /// masked.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let mut out = Cow::Borrowed(text);
        if let Some(new) = self.replace_words(&out) {
            out = Cow::Owned(new);
        }
        if let Some(new) = self.replace_macs(&out) {
            out = Cow::Owned(new);
        }
        if let Some(new) = self.replace_numbers(&out) {
            out = Cow::Owned(new);
        }
        out
    }

    fn replace_words(&self, text: &str) -> Option<String> {
        let (finder, masks) = self.search.as_ref()?;
        let mut out = String::new();
        let mut copied = 0;
        let inside = |c: Option<char>| c.is_some_and(char::is_alphanumeric);
        for hit in finder.find_iter(text) {
            let before = text.get(..hit.start()).and_then(|t| t.chars().next_back());
            let after = text.get(hit.end()..).and_then(|t| t.chars().next());
            if inside(before) || inside(after) {
                continue;
            }
            out.push_str(text.get(copied..hit.start())?);
            out.push_str(masks.get(hit.pattern().as_usize())?);
            copied = hit.end();
        }
        (copied > 0).then(|| {
            out.push_str(text.get(copied..).unwrap_or_default());
            out
        })
    }

    fn replace_macs(&self, text: &str) -> Option<String> {
        let bytes = text.as_bytes();
        let mut out = String::new();
        let mut copied = 0;
        let mut at = 0;
        while at + 17 <= bytes.len() {
            let alone = at == 0
                || !bytes
                    .get(at - 1)
                    .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b':');
            let candidate = bytes.get(at..at + 17).unwrap_or_default();
            let ends = !bytes
                .get(at + 17)
                .is_some_and(|b| b.is_ascii_alphanumeric() || *b == b':');
            if alone && ends && mac_shaped(candidate) {
                // All ASCII, so both ends are character boundaries.
                out.push_str(text.get(copied..at)?);
                let written = text.get(at..at + 17)?;
                out.push_str(
                    &self
                        .words
                        .get(written)
                        .cloned()
                        .unwrap_or_else(|| mask_word(written)),
                );
                at += 17;
                copied = at;
            } else {
                at += 1;
            }
        }
        (copied > 0).then(|| {
            out.push_str(text.get(copied..).unwrap_or_default());
            out
        })
    }

    fn replace_numbers(&self, text: &str) -> Option<String> {
        let bytes = text.as_bytes();
        let mut out = String::new();
        let mut copied = 0;
        let mut at = 0;
        while at < bytes.len() {
            if !bytes.get(at).is_some_and(u8::is_ascii_digit) {
                at += 1;
                continue;
            }
            // The longest run of digits with at most one separator between two of them.
            let mut end = at;
            let mut digits = String::new();
            let mut separated = false;
            let mut next = at;
            while let Some(b) = bytes.get(next) {
                if b.is_ascii_digit() {
                    if next > end && end > at {
                        separated = true;
                    }
                    digits.push(char::from(*b));
                    next += 1;
                    end = next;
                } else if next == end && matches!(b, b' ' | b'-' | b'/' | b'.') {
                    next += 1;
                } else {
                    break;
                }
            }
            let glued = at > 0 && bytes.get(at - 1).is_some_and(u8::is_ascii_alphabetic);
            if let Some(mask) = self.number(&digits, separated, glued) {
                out.push_str(text.get(copied..at)?);
                out.push_str(&mask);
                copied = end;
            } else if separated {
                // A date or a count may stand before the number: look at the plain runs too.
                self.plain_runs(text, at, end, &mut out, &mut copied);
            }
            at = end.max(at + 1);
        }
        (copied > 0).then(|| {
            out.push_str(text.get(copied..).unwrap_or_default());
            out
        })
    }

    fn plain_runs(&self, text: &str, from: usize, to: usize, out: &mut String, copied: &mut usize) {
        let part = text.get(from..to).unwrap_or_default();
        let mut start = 0;
        for run in part.split(|c: char| !c.is_ascii_digit()) {
            if let Some(mask) = self.number(run, false, false) {
                out.push_str(text.get(*copied..from + start).unwrap_or_default());
                out.push_str(&mask);
                *copied = from + start + run.len();
            }
            start += run.len() + 1;
        }
    }

    fn number(&self, digits: &str, separated: bool, glued: bool) -> Option<String> {
        let n = digits.len();
        if !(12..=LONGEST).contains(&n) {
            return None;
        }
        if let Some(mask) = self.numbers.get(stem(digits)) {
            return Some(mask.clone());
        }
        let shaped = if separated || glued {
            Imei::parse(digits).is_some_and(|i| i.form == ImeiForm::Checked)
                || (digits.starts_with("89") && n >= 19 && luhn(digits.as_bytes()))
        } else {
            (14..=20).contains(&n) || n == 32
        };
        shaped.then(|| mask_number(stem(digits)))
    }
}

/// What two spellings of one number have in common: 14 digits of an IMEI or IMEISV, else all.
fn stem(digits: &str) -> &str {
    match digits.len() {
        14..=16 => digits.get(..14).unwrap_or(digits),
        _ => digits,
    }
}

fn mask_number(digits: &str) -> String {
    if digits.len() == 14 {
        // TAC stays, serial number and check digit go.
        format!("{}*******", digits.get(..8).unwrap_or_default())
    } else {
        mask_word(digits)
    }
}

/// The last six letters and digits become `*`; of six or fewer, all.
fn mask_word(word: &str) -> String {
    let mut left = 6;
    let mut out: Vec<char> = word
        .chars()
        .rev()
        .map(|c| {
            if left > 0 && c.is_alphanumeric() {
                left -= 1;
                '*'
            } else {
                c
            }
        })
        .collect();
    out.reverse();
    out.into_iter().collect()
}

fn mac_shaped(bytes: &[u8]) -> bool {
    let separator = bytes.get(2).copied();
    matches!(separator, Some(b':' | b'-'))
        && bytes.len() == 17
        && bytes.iter().enumerate().all(|(i, b)| {
            if i % 3 == 2 {
                Some(*b) == separator
            } else {
                b.is_ascii_hexdigit()
            }
        })
}
