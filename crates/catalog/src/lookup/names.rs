//! Names of modules and makers in free text and in parts.
//!
//! One automaton over the beginnings of all family names finds the candidates, the family's own
//! expression is then tried there and nowhere else. What follows are the rules that keep encoders,
//! hashes and thread sizes out: word boundaries that part numbers have, no hexadecimal runs, and for
//! short names the maker or a cellular word near.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashMap;
use std::ops::Range;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use super::{Catalog, Lazy, squeezed};
use crate::meaning::{Meaning, NameHit, Possible};
use crate::model::{Alone, Confidence, Family, IdKind, Raw, Role};

/// How far from a name the maker or a cellular word may stand, in bytes.
const NEAR: usize = 60;
/// Longest name looked at, in bytes.
const LONGEST: usize = 64;

/// Words that make a module name plausible. Matched whole, without case.
const CELLULAR: &[&str] = &[
    "cellular",
    "modem",
    "modems",
    "lte",
    "lte-m",
    "lte module",
    "gsm",
    "gprs",
    "umts",
    "hspa",
    "hspa+",
    "wwan",
    "nb-iot",
    "nbiot",
    "cat-m",
    "cat-m1",
    "cat m1",
    "cat-1",
    "cat-4",
    "cat.4",
    "cat1",
    "cat4",
    "4g",
    "3g",
    "5g",
    "imei",
    "mobile broadband",
    "mobile network",
    "at+cgmm",
    "at+cgmi",
];

/// A family's place in the catalogue and its expression.
#[derive(Debug)]
struct Named {
    maker: usize,
    family: usize,
    /// At the start of the text, up to a boundary.
    pattern: Lazy,
}

/// The index of names.
#[derive(Debug, Default)]
pub(crate) struct Names {
    families: Vec<Named>,
    starts: Option<AhoCorasick>,
    /// Families that begin with each literal.
    of_start: Vec<Vec<usize>>,
    aliases: Option<AhoCorasick>,
    /// Maker of each alias, and whether it may be matched in free text.
    of_alias: Vec<usize>,
    cellular: Option<AhoCorasick>,
    lookalikes: Vec<Lazy>,
}

impl Names {
    pub(crate) fn new(raw: &Raw) -> Self {
        let mut out = Self::default();
        let mut literals: Vec<String> = Vec::new();
        let mut places: HashMap<&str, usize> = HashMap::new();
        for ((maker, (_, file)), starts) in raw.makers.iter().enumerate().zip(&raw.starts) {
            for ((family, known), starts) in file.family.iter().enumerate().zip(starts) {
                let at = out.families.len();
                out.families.push(Named {
                    maker,
                    family,
                    pattern: Lazy::new(format!("^(?:{})(?:[^A-Za-z0-9]|$)", known.pattern)),
                });
                for start in starts {
                    let have = *places.entry(start.as_str()).or_insert_with(|| {
                        literals.push(start.clone());
                        out.of_start.push(Vec::new());
                        literals.len() - 1
                    });
                    if let Some(list) = out.of_start.get_mut(have) {
                        list.push(at);
                    }
                }
            }
        }
        out.starts = automaton(&literals, MatchKind::Standard);
        let mut words: Vec<String> = Vec::new();
        for (maker, (_, file)) in raw.makers.iter().enumerate() {
            for alias in &file.maker.aliases {
                words.push(alias.clone());
                out.of_alias.push(maker);
            }
        }
        out.aliases = automaton(&words, MatchKind::LeftmostLongest);
        let cellular: Vec<String> = CELLULAR.iter().map(|w| (*w).to_owned()).collect();
        out.cellular = automaton(&cellular, MatchKind::LeftmostLongest);
        for (_, shared) in &raw.shared {
            for look in &shared.lookalike {
                out.lookalikes
                    .push(Lazy::new(format!("^(?:{})$", look.pattern)));
            }
        }
        out
    }
}

fn automaton(words: &[String], kind: MatchKind) -> Option<AhoCorasick> {
    if words.is_empty() {
        return None;
    }
    AhoCorasickBuilder::new()
        .ascii_case_insensitive(true)
        .match_kind(kind)
        .build(words)
        .ok()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric()
}

/// Not inside a longer word.
fn bounded(text: &[u8], at: &Range<usize>) -> bool {
    let before = at
        .start
        .checked_sub(1)
        .and_then(|i| text.get(i))
        .is_none_or(|b| !is_word(*b));
    let after = text.get(at.end).is_none_or(|b| !is_word(*b));
    before && after
}

/// The run of letters, digits, `-` and `_` around a place.
fn token(text: &[u8], at: &Range<usize>) -> Range<usize> {
    let part = |b: &u8| is_word(*b) || *b == b'-' || *b == b'_';
    let mut start = at.start;
    while let Some(before) = start.checked_sub(1) {
        if text.get(before).is_some_and(part) && at.start - before <= 128 {
            start = before;
        } else {
            break;
        }
    }
    let mut end = at.end;
    while text.get(end).is_some_and(part) && end - at.end <= 128 {
        end += 1;
    }
    start..end
}

/// A UUID, hash or other run of hexadecimal digits.
fn hexadecimal_run(token: &[u8]) -> bool {
    let hex = token.iter().filter(|b| b.is_ascii_hexdigit()).count();
    hex >= 14 && token.iter().all(|b| b.is_ascii_hexdigit() || *b == b'-')
}

/// A family found at a place.
pub(crate) struct Hit {
    pub(crate) at: Range<usize>,
    maker: usize,
    family: usize,
    sure: bool,
    maker_near: bool,
    not_cellular: bool,
}

/// Where the words that make names plausible stand.
struct Context {
    /// Places of maker names, with the maker.
    makers: Vec<(Range<usize>, usize)>,
    /// Places of cellular words; looked for when a name was found, which most texts hold none of.
    cellular: OnceCell<Vec<Range<usize>>>,
}

impl Context {
    fn maker_near(&self, at: &Range<usize>, maker: usize) -> bool {
        let first = self
            .makers
            .partition_point(|(r, _)| r.end + NEAR < at.start);
        self.makers
            .get(first..)
            .unwrap_or_default()
            .iter()
            .take_while(|(r, _)| r.start <= at.end + NEAR)
            .any(|(_, m)| *m == maker)
    }

    fn cellular_near(&self, at: &Range<usize>, look: impl FnOnce() -> Vec<Range<usize>>) -> bool {
        let cellular = self.cellular.get_or_init(look);
        let first = cellular.partition_point(|r| r.end + NEAR < at.start);
        cellular
            .get(first)
            .is_some_and(|r| r.start <= at.end + NEAR)
    }
}

/// `_` as `-`; the length does not change.
fn dashed(text: &str) -> Cow<'_, str> {
    if text.contains('_') {
        Cow::Owned(text.replace('_', "-"))
    } else {
        Cow::Borrowed(text)
    }
}

impl Catalog {
    fn context(&self, text: &str) -> Context {
        let bytes = text.as_bytes();
        let mut makers = Vec::new();
        if let Some(aliases) = &self.names.aliases {
            for found in aliases.find_iter(text) {
                let at = found.range();
                if let Some(maker) = self.names.of_alias.get(found.pattern().as_usize())
                    && (bounded(bytes, &at)
                        || !text.is_ascii() && !bytes.get(at.start).is_some_and(u8::is_ascii))
                {
                    makers.push((at, *maker));
                }
            }
        }
        Context {
            makers,
            cellular: OnceCell::new(),
        }
    }

    /// Places of cellular words.
    fn cellular(&self, text: &str) -> Vec<Range<usize>> {
        let Some(words) = &self.names.cellular else {
            return Vec::new();
        };
        words
            .find_iter(text)
            .map(|found| found.range())
            .filter(|at| bounded(text.as_bytes(), at))
            .collect()
    }

    fn family_of(&self, maker: usize, family: usize) -> Option<&Family> {
        self.maker_at(maker)?.family.get(family)
    }

    /// End of the name if this family's expression matches at `start`.
    fn match_at(named: &Named, text: &str, start: usize) -> Option<usize> {
        let mut end = (start + LONGEST).min(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        let window = text.get(start..end)?;
        // Names are ASCII: anything else ends them.
        let ascii = window
            .bytes()
            .position(|b| !b.is_ascii())
            .unwrap_or(window.len());
        let window = window.get(..ascii)?;
        let found = named.pattern.get()?.find(window)?;
        let text = found.as_str();
        let boundary = text.bytes().last().is_some_and(|b| !is_word(b));
        let len = if boundary && found.end() > 0 {
            text.len() - 1
        } else {
            text.len()
        };
        (len > 0).then_some(start + len)
    }

    /// All families in the text, most specific where several match; `given` is the maker named beside
    /// it, which counts as near.
    pub(crate) fn scan(
        &self,
        text: &str,
        given: Option<usize>,
    ) -> (Vec<Hit>, Vec<(Range<usize>, usize)>) {
        let text = dashed(text);
        let bytes = text.as_bytes();
        let context = self.context(&text);
        let mut hits: Vec<Hit> = Vec::new();
        let Some(starts) = &self.names.starts else {
            return (hits, context.makers);
        };
        for found in starts.find_overlapping_iter(&*text) {
            let start = found.start();
            if start
                .checked_sub(1)
                .and_then(|i| bytes.get(i))
                .is_some_and(|b| is_word(*b))
            {
                continue;
            }
            for at in self
                .names
                .of_start
                .get(found.pattern().as_usize())
                .into_iter()
                .flatten()
            {
                let Some(named) = self.names.families.get(*at) else {
                    continue;
                };
                let Some(end) = Self::match_at(named, &text, start) else {
                    continue;
                };
                let range = start..end;
                let around = token(bytes, &range);
                if bytes.get(around.clone()).is_none_or(hexadecimal_run) {
                    continue;
                }
                let Some(family) = self.family_of(named.maker, named.family) else {
                    continue;
                };
                let maker_near =
                    given == Some(named.maker) || context.maker_near(&range, named.maker);
                let name = text.get(range.clone()).unwrap_or_default();
                let whole = text.get(around).unwrap_or_default();
                if !maker_near && self.is_lookalike(whole) {
                    continue;
                }
                let cellular = context.cellular_near(&range, || self.cellular(&text));
                hits.push(Hit {
                    sure: sure(family, name, maker_near, cellular),
                    maker: named.maker,
                    family: named.family,
                    maker_near,
                    not_cellular: family.not_cellular,
                    at: range,
                });
            }
        }
        (self.most_specific(hits), context.makers)
    }

    fn is_lookalike(&self, whole: &str) -> bool {
        self.names
            .lookalikes
            .iter()
            .any(|l| l.get().is_some_and(|re| re.is_match(whole)))
    }

    /// Of hits that overlap: the longest; of equally long ones of a maker the family with the longest
    /// name that is no series; and where the maker of one stands near, that one.
    fn most_specific(&self, mut hits: Vec<Hit>) -> Vec<Hit> {
        let name = |hit: &Hit| {
            self.family_of(hit.maker, hit.family)
                .map_or("", |f| f.name.as_str())
        };
        let series = |hit: &Hit| name(hit).to_ascii_lowercase().ends_with('x');
        hits.sort_by(|a, b| {
            a.at.start
                .cmp(&b.at.start)
                .then_with(|| b.maker_near.cmp(&a.maker_near))
                .then_with(|| b.at.end.cmp(&a.at.end))
                .then_with(|| series(a).cmp(&series(b)))
                .then_with(|| name(b).len().cmp(&name(a).len()))
                .then_with(|| name(a).cmp(name(b)))
                .then_with(|| a.maker.cmp(&b.maker))
        });
        let mut kept: Vec<Hit> = Vec::new();
        for hit in hits {
            // Kept hits are few where they overlap: look back over those only.
            let clash = kept.iter().rev().take(8).any(|have| {
                have.at.start < hit.at.end
                    && hit.at.start < have.at.end
                    && (have.maker == hit.maker
                        || have.at.start < hit.at.start
                        || have.at.end > hit.at.end
                        || have.maker_near && !hit.maker_near)
            });
            if !clash {
                kept.push(hit);
            }
        }
        kept
    }

    /// Names in free text: families, and makers' names alone (family `None`). Parts of a module maker
    /// that are not cellular are passed over.
    pub fn names(&self, text: &str) -> Vec<NameHit<'_>> {
        let (hits, makers) = self.scan(text, None);
        let mut out: Vec<NameHit<'_>> = Vec::new();
        for hit in hits {
            if hit.not_cellular {
                continue;
            }
            let Some(file) = self.maker_at(hit.maker) else {
                continue;
            };
            let Some(family) = file.family.get(hit.family) else {
                continue;
            };
            out.push(NameHit {
                text: text.get(hit.at.clone()).unwrap_or_default().to_owned(),
                at: hit.at,
                maker: &file.maker.slug,
                family: Some(&family.name),
                sure: hit.sure,
            });
        }
        for (at, maker) in makers {
            let Some(file) = self.maker_at(maker) else {
                continue;
            };
            let found = text.get(at.clone()).unwrap_or_default().to_owned();
            out.push(NameHit {
                sure: file.maker.role == Role::ModuleMaker
                    && (found.len() > 3 || found == file.maker.name),
                at,
                maker: &file.maker.slug,
                family: None,
                text: found,
            });
        }
        out.sort_by(|a, b| {
            a.at.start
                .cmp(&b.at.start)
                .then_with(|| b.at.end.cmp(&a.at.end))
                .then_with(|| a.maker.cmp(b.maker))
        });
        out
    }

    /// A part's number whose description speaks of cellular service, without a maker: what counts only
    /// beside a cellular word counts here.
    pub fn part_beside_service(&self, text: &str) -> Option<Meaning<'_>> {
        self.part(None, &format!("{} GSM modem", text.trim()))
    }

    /// A part: maker and number, value or description of a placed part, or a declared module. `None`:
    /// no module is named. A name that is not enough by itself gives an `open` meaning.
    pub fn part(&self, maker: Option<&str>, text: &str) -> Option<Meaning<'_>> {
        let text = text.trim();
        let plain = squeezed(text);
        if plain.len() < 2 || matches!(plain.as_str(), "nc" | "dnp" | "dni" | "na" | "none") {
            return None;
        }
        let given = maker.map(str::trim).filter(|m| !m.is_empty());
        let given_maker = given.and_then(|m| self.maker_named(m));
        // Another maker stands beside the name: only names that cannot be his count.
        let foreign = given.is_some() && given_maker.is_none() && !self.says_nothing(given?);
        let (hits, makers) = self.scan(text, given_maker);
        let mut sure: Vec<&Hit> = hits.iter().filter(|h| h.sure && !h.not_cellular).collect();
        if foreign {
            sure.retain(|h| {
                self.family_of(h.maker, h.family).is_some_and(|f| {
                    f.alone != Alone::Near && f.confidence != Confidence::Low || h.maker_near
                })
            });
        }
        if let Some(maker) = given_maker
            && sure.iter().any(|h| h.maker == maker)
        {
            sure.retain(|h| h.maker == maker);
        }
        if !sure.is_empty() {
            return self.part_meaning(text, &sure, false);
        }
        if let Some(hit) = hits.iter().find(|h| h.not_cellular && h.maker_near) {
            let file = self.maker_at(hit.maker)?;
            let family = file.family.get(hit.family)?;
            return Some(Meaning {
                kind: Some(IdKind::NotCellular),
                possible: vec![Possible {
                    maker: &file.maker.slug,
                    families: vec![&family.name],
                }],
                open: false,
                variant: None,
                brand: None,
                chipset: None,
                settled_by: None,
                because: format!(
                    "{} is a part of {} that is not cellular",
                    text.get(hit.at.clone()).unwrap_or_default(),
                    file.maker.name
                ),
                source: &family.source,
                confidence: family.confidence,
            });
        }
        // The whole value is a family's name that is not enough alone: a hint.
        if !foreign {
            let whole: Vec<&Hit> = hits
                .iter()
                .filter(|h| !h.not_cellular && h.at.start == 0 && h.at.end == text.len())
                .filter(|h| {
                    self.family_of(h.maker, h.family)
                        .is_some_and(|f| f.alone == Alone::Suffix)
                })
                .collect();
            if !whole.is_empty() {
                return self.part_meaning(text, &whole, true);
            }
        }
        // A module maker and a cellular word, but no name that is known.
        let near = given_maker.or_else(|| makers.first().map(|(_, m)| *m))?;
        let file = self.maker_at(near)?;
        let cellular = !self.cellular(&dashed(text)).is_empty();
        if !cellular || file.maker.role != Role::ModuleMaker || is_other_thing(text) {
            return None;
        }
        Some(Meaning {
            kind: Some(self.kind_of(&file.maker.slug, &[])),
            possible: vec![Possible {
                maker: &file.maker.slug,
                families: Vec::new(),
            }],
            open: false,
            variant: None,
            brand: None,
            chipset: None,
            settled_by: Some("the part number"),
            because: format!(
                "the part names {} and a cellular function, but no known family",
                file.maker.name
            ),
            source: &file.maker.source,
            confidence: Confidence::Medium,
        })
    }

    fn part_meaning(&self, text: &str, hits: &[&Hit], open: bool) -> Option<Meaning<'_>> {
        let mut possible: Vec<Possible<'_>> = Vec::new();
        let mut confidence = Confidence::High;
        let mut source = "";
        let mut variant = None;
        for hit in hits {
            let file = self.maker_at(hit.maker)?;
            let family = file.family.get(hit.family)?;
            match possible.iter_mut().find(|p| p.maker == file.maker.slug) {
                Some(have) => {
                    if !have.families.contains(&family.name.as_str()) {
                        have.families.push(&family.name);
                    }
                }
                None => possible.push(Possible {
                    maker: &file.maker.slug,
                    families: vec![&family.name],
                }),
            }
            if source.is_empty() {
                source = &family.source;
                let found = text.get(hit.at.clone()).unwrap_or_default();
                if !found.eq_ignore_ascii_case(&family.name) {
                    variant = Some(found.to_owned());
                }
            }
            // A maker that stands beside the name makes up for a weak source of the name.
            confidence = confidence.min(match family.confidence {
                Confidence::Low if hit.maker_near => Confidence::Medium,
                other => other,
            });
        }
        possible.sort();
        let because = if open {
            format!("{text} may be the name of {}", self.listed(&possible))
        } else {
            format!("the name of {} stands there", self.listed(&possible))
        };
        Some(Meaning {
            kind: Some(IdKind::Module),
            open: open || confidence == Confidence::Low,
            possible,
            variant,
            brand: None,
            chipset: None,
            settled_by: open.then_some("the maker of the part or its whole part number"),
            because,
            source,
            confidence: if open { Confidence::Low } else { confidence },
        })
    }
}

/// Whether the name is enough by itself here.
fn sure(family: &Family, name: &str, maker_near: bool, cellular_near: bool) -> bool {
    if maker_near {
        return true;
    }
    if family.confidence == Confidence::Low || family.not_cellular {
        return false;
    }
    let hex_only = name.bytes().all(|b| b.is_ascii_hexdigit());
    let digits = name.bytes().filter(u8::is_ascii_digit).count();
    let plausible = cellular_near && name.len() >= 4;
    match family.alone {
        Alone::Safe => !hex_only || plausible,
        Alone::Suffix => has_tail(family, name) || plausible,
        Alone::Near => plausible && digits >= 2,
    }
}

/// An order-code tail: a hyphen with letters after it, or letters glued to the family's name.
fn has_tail(family: &Family, name: &str) -> bool {
    let Some(rest) = name.get(family.name.len()..) else {
        return false;
    };
    // The family's name has its own (`EG25-G`).
    if family.name.contains('-') && rest.is_empty() {
        return true;
    }
    if !name
        .get(..family.name.len())
        .is_some_and(|head| head.eq_ignore_ascii_case(&family.name))
    {
        // The pattern allows other spellings: a hyphen with letters after it anywhere.
        return name
            .split_once('-')
            .is_some_and(|(_, t)| t.bytes().any(|b| b.is_ascii_alphabetic()));
    }
    // A word joined to it (`ec25-based`) is no order code.
    let first = rest
        .trim_start_matches('-')
        .split('-')
        .next()
        .unwrap_or_default();
    if first.len() > 3 && first.bytes().all(|b| b.is_ascii_lowercase()) {
        return false;
    }
    let letters = rest.bytes().filter(u8::is_ascii_alphabetic).count();
    let beyond_hex = rest
        .bytes()
        .any(|b| b.is_ascii_alphabetic() && !b.is_ascii_hexdigit());
    if rest.starts_with('-') {
        letters >= 1 && (beyond_hex || rest.len() <= 3)
    } else {
        letters >= 2 && beyond_hex
    }
}

impl Catalog {
    /// Maker slug and family of a hit.
    pub(crate) fn hit_family(&self, hit: &Hit) -> Option<(&str, &Family)> {
        let file = self.maker_at(hit.maker)?;
        Some((file.maker.slug.as_str(), file.family.get(hit.family)?))
    }

    /// A cellular part whose name is enough by itself.
    #[allow(clippy::unused_self)] // reads as a question about a hit of this catalogue
    pub(crate) fn hit_counts(&self, hit: &Hit) -> bool {
        hit.sure && !hit.not_cellular
    }
}

/// True if the words speak of a device that may hold a module, or of a part beside one: an `LTE router`
/// of a maker that also makes modules holds anybody's, an `LTE antenna` none.
fn is_other_thing(text: &str) -> bool {
    const OTHERS: &[&str] = &[
        "adapter",
        "amplifier",
        "antenna",
        "antennas",
        "antenne",
        "balun",
        "battery",
        "bracket",
        "cable",
        "camera",
        "charger",
        "connector",
        "controller",
        "display",
        "enclosure",
        "filter",
        "gateway",
        "holder",
        "hotspot",
        "kabel",
        "logger",
        "meter",
        "router",
        "saw",
        "socket",
        "splitter",
        "switch",
        "terminal",
        "tracker",
    ];
    text.split(|c: char| !c.is_alphanumeric())
        .any(|w| OTHERS.iter().any(|o| w.eq_ignore_ascii_case(o)))
}
