//! Firmware revision grammars: the strongest clue there is.

use super::{Catalog, Lazy, squeezed};
use crate::meaning::{Meaning, Possible};
use crate::model::{Confidence, MakerFile, Raw};

/// Longest revision looked at, in bytes.
const LONGEST: usize = 256;

/// One grammar of one maker.
#[derive(Debug)]
pub(crate) struct Grammar {
    maker: usize,
    at: usize,
    pattern: Lazy,
}

pub(crate) fn grammars(raw: &Raw) -> Vec<Grammar> {
    let mut out = Vec::new();
    for (maker, (_, file)) in raw.makers.iter().enumerate() {
        for (at, revision) in file.revision.iter().enumerate() {
            out.push(Grammar {
                maker,
                at,
                pattern: Lazy::new(revision.pattern.clone()),
            });
        }
    }
    out
}

/// What one maker's grammars say together.
struct Said<'a> {
    maker: &'a str,
    families: Vec<&'a str>,
    variant: Option<String>,
    source: &'a str,
    confidence: Confidence,
}

impl Catalog {
    /// A firmware revision as a modem answers it (AT+CGMR, ATI, mmcli). One line or several; a
    /// leading `Revision:` and quotes are passed over.
    pub fn revision(&self, text: &str) -> Option<Meaning<'_>> {
        let text = cleaned(text);
        if text.len() < 4 || text.len() > LONGEST {
            return None;
        }
        let mut said: Vec<Said<'_>> = Vec::new();
        for grammar in &self.revisions {
            let Some(captures) = grammar.pattern.get().and_then(|re| re.captures(&text)) else {
                continue;
            };
            let file = self.maker_at(grammar.maker)?;
            let rule = file.revision.get(grammar.at)?;
            let mut families: Vec<&str> = rule.families.iter().map(String::as_str).collect();
            let mut variant = captures.name("variant").map(|v| v.as_str().to_owned());
            if let Some(glued) = captures.name("family") {
                if let Some((family, found)) = unglued(file, glued.as_str()) {
                    families = vec![family];
                    variant = variant.or(found);
                } else {
                    families.clear();
                }
            }
            let new = Said {
                maker: &file.maker.slug,
                families,
                variant,
                source: &rule.source,
                confidence: rule.confidence,
            };
            match said.iter_mut().find(|have| have.maker == new.maker) {
                None => said.push(new),
                // The grammar that names families says more than the maker's general one.
                Some(have) if have.families.is_empty() && !new.families.is_empty() => *have = new,
                Some(_) => {}
            }
        }
        if said.is_empty() {
            return self.revision_by_name(&text);
        }
        said.sort_by(|a, b| a.maker.cmp(b.maker));
        let source = said.first().map_or("", |s| s.source);
        let confidence = said
            .iter()
            .map(|s| s.confidence)
            .min()
            .unwrap_or(Confidence::Low);
        let variant = if said.len() == 1 {
            said.first().and_then(|s| s.variant.clone())
        } else {
            None
        };
        let possible: Vec<Possible<'_>> = said
            .into_iter()
            .map(|s| Possible {
                maker: s.maker,
                families: s.families,
            })
            .collect();
        let kind = match possible.as_slice() {
            [only] => Some(self.kind_of(only.maker, &only.families)),
            _ => Some(crate::model::IdKind::Module),
        };
        let because = if possible.len() == 1 {
            format!(
                "the firmware revision {text} has the form of {}",
                self.listed(&possible)
            )
        } else {
            format!(
                "the firmware revision {text} has a form used by several: {}",
                self.listed(&possible)
            )
        };
        Some(Meaning {
            kind,
            open: confidence == Confidence::Low,
            settled_by: (possible.len() > 1).then_some("the model answer or the bus id"),
            possible,
            variant,
            brand: None,
            chipset: None,
            because,
            source,
            confidence,
        })
    }

    /// A revision that begins with an unmistakable module name.
    fn revision_by_name(&self, text: &str) -> Option<Meaning<'_>> {
        if let Some(several) = self.several_models(text.trim()) {
            return Some(several);
        }
        let hit = self
            .names(text)
            .into_iter()
            .find(|h| h.sure && h.at.start == 0)?;
        let family = hit.family?;
        let known = self.family(hit.maker, family)?;
        let possible = vec![Possible {
            maker: hit.maker,
            families: vec![family],
        }];
        Some(Meaning {
            kind: Some(crate::model::IdKind::Module),
            because: format!(
                "the firmware revision {text} begins with the name of {}",
                self.listed(&possible)
            ),
            possible,
            open: known.confidence == Confidence::Low,
            variant: (!hit.text.eq_ignore_ascii_case(family)).then_some(hit.text),
            brand: None,
            chipset: None,
            settled_by: None,
            source: &known.source,
            confidence: known.confidence.min(Confidence::Medium),
        })
    }
}

fn cleaned(text: &str) -> String {
    let text = text.trim().trim_matches(['"', '\'']).trim();
    let text = match text.get(..9) {
        Some(head) if head.eq_ignore_ascii_case("revision:") => text.get(9..).unwrap_or_default(),
        _ => text,
    };
    let mut out = String::with_capacity(text.len().min(LONGEST));
    for word in text.split(['\r', '\n', '\t']) {
        let word = word.trim();
        if !word.is_empty() {
            if !out.is_empty() {
                out.push(' ');
            }
            out.push_str(word);
        }
        if out.len() > LONGEST {
            break;
        }
    }
    out
}

/// The family whose name, without hyphens, the glued text begins with (`EG25GGB` is EG25-G), and the
/// variant as the maker writes it, where the rest tells.
fn unglued<'a>(file: &'a MakerFile, glued: &str) -> Option<(&'a str, Option<String>)> {
    let glued = squeezed(glued);
    let mut best: Option<(&str, usize)> = None;
    for family in &file.family {
        if family.not_cellular {
            continue;
        }
        let name = squeezed(&family.name);
        if glued.starts_with(&name) && best.is_none_or(|(_, len)| name.len() > len) {
            best = Some((&family.name, name.len()));
        }
    }
    let (family, taken) = best?;
    let known = file.family.iter().find(|f| f.name == family)?;
    let mut variant: Option<(String, usize)> = None;
    for name in &known.variants {
        let plain = squeezed(name);
        if glued.starts_with(&plain) && variant.as_ref().is_none_or(|(_, len)| plain.len() > *len) {
            variant = Some((name.clone(), plain.len()));
        }
    }
    // Quectel ends the glued name with two letters for the hardware: what stands before is the region.
    let rest = glued.get(taken..).unwrap_or_default();
    if file.maker.slug == "quectel" && rest.len() > 2 {
        let region = rest.get(..rest.len() - 2).unwrap_or_default();
        let whole = taken + region.len();
        if variant.as_ref().is_none_or(|(_, len)| whole > *len) {
            let joint = if family.contains('-') { "" } else { "-" };
            variant = Some((
                format!("{family}{joint}{}", region.to_ascii_uppercase()),
                whole,
            ));
        }
    } else if file.maker.slug == "quectel" && variant.is_none() && family.contains('-') {
        variant = Some((family.to_owned(), taken));
    }
    let variant = variant
        .map(|(name, _)| name)
        .filter(|v| !v.eq_ignore_ascii_case(family) || family.contains('-'));
    Some((family, variant))
}
