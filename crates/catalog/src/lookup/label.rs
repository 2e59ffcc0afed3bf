//! FCC and ISED ids, TACs, numbers that identify nobody.

use std::collections::HashMap;

use super::{Catalog, nobody, one};
use crate::meaning::{Meaning, Possible};
use crate::model::{Confidence, IdKind, Placeholder, Raw};

/// Longest label text looked at, in bytes.
const LONGEST: usize = 512;

/// Labels and TACs by their plain form.
#[derive(Debug, Default)]
pub(crate) struct Labels {
    /// Plain id to maker and number.
    ids: HashMap<String, (usize, usize)>,
    /// Grantee code to maker.
    grantees: Vec<(String, usize)>,
    tacs: HashMap<String, Vec<(usize, usize)>>,
}

impl Labels {
    pub(crate) fn new(raw: &Raw) -> Self {
        let mut out = Self::default();
        for (maker, (_, file)) in raw.makers.iter().enumerate() {
            for (at, label) in file.label.iter().enumerate() {
                out.ids.insert(plain(&label.fcc), (maker, at));
                if let Some(ised) = &label.ised {
                    out.ids.insert(plain(ised), (maker, at));
                }
            }
            for code in &file.maker.fcc_grantees {
                out.grantees.push((code.to_ascii_uppercase(), maker));
            }
            for (at, tac) in file.tac.iter().enumerate() {
                out.tacs
                    .entry(tac.tac.clone())
                    .or_default()
                    .push((maker, at));
            }
        }
        // The longest code decides: `2AJYU` before a shorter one.
        out.grantees
            .sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.0.cmp(&b.0)));
        out
    }
}

fn plain(id: &str) -> String {
    id.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// The id in a label's text: `Contains FCC ID: XMR2019 03EG25G`, `IC: 10224A-201903EG25G`.
fn after_words(text: &str) -> &str {
    let upper = text.to_ascii_uppercase();
    for words in [
        "FCC ID", "FCCID", "FCC-ID", "IC ID", "ISED ID", "ISED", "IC:",
    ] {
        if let Some(at) = upper.rfind(words) {
            let rest = text.get(at + words.len()..).unwrap_or_default();
            return rest.trim_start_matches([':', ' ', '=', '#', '.', '\t']);
        }
    }
    text
}

impl Catalog {
    /// FCC or ISED id, compared without spaces, dashes and case; also the last `FCC ID:` in a label's
    /// text. A grantee code alone names a possible maker, never a cellular part.
    pub fn label(&self, id: &str) -> Option<Meaning<'_>> {
        if id.len() > LONGEST {
            return None;
        }
        let rest = after_words(id.trim());
        let line = rest.lines().next().unwrap_or_default().trim();
        let whole = plain(line);
        let first = plain(
            line.split([' ', ',', ';', '/', '|'])
                .next()
                .unwrap_or_default(),
        );
        let found = [&whole, &first]
            .into_iter()
            .find_map(|p| self.labels.ids.get(p.as_str()));
        if let Some((maker, at)) = found {
            let file = self.maker_at(*maker)?;
            let label = file.label.get(*at)?;
            let possible = vec![one(&file.maker.slug, &label.families)];
            let because = if label.not_cellular {
                format!(
                    "label id {} is a part of {} that is not cellular",
                    label.fcc, file.maker.name
                )
            } else {
                format!(
                    "label id {} is listed for {}",
                    label.fcc,
                    self.listed(&possible)
                )
            };
            return Some(Meaning {
                kind: Some(if label.not_cellular {
                    IdKind::NotCellular
                } else {
                    IdKind::Module
                }),
                possible,
                open: label.confidence == Confidence::Low,
                variant: None,
                brand: None,
                chipset: None,
                settled_by: (label.families.len() > 1).then_some("the model on the label"),
                because,
                source: &label.source,
                confidence: label.confidence,
            });
        }
        let code = if first.len() > 3 { &first } else { &whole };
        if !(6..=20).contains(&code.len()) {
            return None;
        }
        let (grantee, maker) = self
            .labels
            .grantees
            .iter()
            .find(|(grantee, _)| code.starts_with(grantee.as_str()))?;
        let file = self.maker_at(*maker)?;
        let mut out = nobody(
            format!(
                "FCC grantee code {grantee} is of {}; a grantee code alone does not prove a cellular part",
                file.maker.name
            ),
            &file.maker.source,
        );
        out.possible = vec![Possible {
            maker: &file.maker.slug,
            families: Vec::new(),
        }];
        out.settled_by = Some("the model on the label, or the filing under this id");
        Some(out)
    }

    /// A Type Allocation Code: eight digits (the first eight of an IMEI are taken).
    pub fn tac(&self, tac: &str) -> Option<Meaning<'_>> {
        let tac = tac.trim();
        if !tac.is_ascii() || tac.len() < 8 || self.placeholder(tac).is_some() {
            return None;
        }
        let tac = tac.get(..8)?;
        let found = self.labels.tacs.get(tac)?;
        let mut possible = Vec::new();
        let mut confidence = Confidence::High;
        let mut source = "";
        for (maker, at) in found {
            let file = self.maker_at(*maker)?;
            let entry = file.tac.get(*at)?;
            possible.push(one(&file.maker.slug, &entry.families));
            confidence = confidence.min(entry.confidence);
            source = &entry.source;
        }
        possible.sort();
        let because = format!("TAC {tac} was seen on {}", self.listed(&possible));
        Some(Meaning {
            kind: Some(IdKind::Module),
            possible,
            open: confidence == Confidence::Low,
            variant: None,
            brand: None,
            chipset: None,
            settled_by: None,
            because,
            source,
            confidence,
        })
    }

    /// If these digits start with a test or placeholder prefix, the longest such.
    pub fn placeholder(&self, digits: &str) -> Option<&Placeholder> {
        let digits = digits.trim();
        self.raw
            .shared
            .iter()
            .flat_map(|(_, file)| &file.placeholder)
            .filter(|p| digits.starts_with(p.prefix.as_str()))
            .max_by_key(|p| p.prefix.len())
    }
}
