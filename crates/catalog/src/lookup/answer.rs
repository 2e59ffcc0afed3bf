//! What a modem answers about its manufacturer and model, and the AT commands it knows.

use std::collections::HashMap;

use super::{Catalog, nobody, one, squeezed};
use crate::meaning::{Meaning, Possible};
use crate::model::{Confidence, IdKind, Raw};

/// Longest answer looked at, in bytes.
const LONGEST: usize = 256;

/// Words of company names that say nothing.
const COMPANY: &[&str] = &[
    "inc",
    "incorporated",
    "ltd",
    "limited",
    "co",
    "corp",
    "corporation",
    "company",
    "gmbh",
    "ag",
    "sa",
    "sarl",
    "nv",
    "asa",
    "spa",
    "technologies",
    "technology",
    "wireless",
    "solutions",
    "solution",
    "communications",
    "international",
    "semiconductor",
];

/// Answers by their plain form.
#[derive(Debug, Default)]
pub(crate) struct Answers {
    /// Squeezed name to makers, and whether it is only an answer.
    makers: HashMap<String, usize>,
    /// Squeezed words that name nobody to file and number.
    misleading: HashMap<String, (usize, usize)>,
    /// Squeezed model or product answer to maker and number.
    strings: HashMap<String, Vec<(usize, usize)>>,
    /// Names longest first, for answers that begin with one.
    heads: Vec<(String, usize)>,
}

impl Answers {
    pub(crate) fn new(raw: &Raw) -> Self {
        let mut out = Self::default();
        for (maker, (_, file)) in raw.makers.iter().enumerate() {
            let names = file.maker.aliases.iter().chain(&file.maker.answers);
            for name in names.chain(std::iter::once(&file.maker.name)) {
                out.makers.entry(squeezed(name)).or_insert(maker);
                out.heads.push((name.to_lowercase(), maker));
            }
            if let Some(legal) = &file.maker.legal_name {
                out.makers.entry(squeezed(legal)).or_insert(maker);
            }
            for (at, answer) in file.string.iter().enumerate() {
                out.strings
                    .entry(squeezed(&answer.text))
                    .or_default()
                    .push((maker, at));
            }
        }
        out.heads
            .sort_by(|a, b| b.0.len().cmp(&a.0.len()).then_with(|| a.cmp(b)));
        for (file, (_, shared)) in raw.shared.iter().enumerate() {
            for (at, words) in shared.misleading.iter().enumerate() {
                out.misleading.insert(squeezed(&words.text), (file, at));
            }
        }
        out
    }
}

fn trimmed(text: &str) -> &str {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | ',' | ';' | '.'))
}

impl Catalog {
    /// The maker of this name, however it is spelled (`Sierra Wireless, Incorporated`).
    pub(crate) fn maker_named(&self, text: &str) -> Option<usize> {
        let text = trimmed(text);
        if text.is_empty() || text.len() > LONGEST {
            return None;
        }
        let plain = squeezed(text);
        if let Some(maker) = self.answers.makers.get(&plain) {
            return Some(*maker);
        }
        // Without the words of a company name at its end.
        let mut words: Vec<&str> = text
            .split([' ', ',', '.', '_', '(', ')'])
            .filter(|w| !w.is_empty())
            .collect();
        while words.len() > 1 {
            let last = words.last().map(|w| w.to_lowercase()).unwrap_or_default();
            if !COMPANY.contains(&last.as_str()) {
                break;
            }
            words.pop();
            if let Some(maker) = self.answers.makers.get(&squeezed(&words.concat())) {
                return Some(*maker);
            }
        }
        self.named_at_start(text).map(|(maker, _)| maker)
    }

    /// The maker whose name the text begins with, and the rest behind it.
    fn named_at_start<'t>(&self, text: &'t str) -> Option<(usize, &'t str)> {
        let lower = text.to_lowercase();
        if lower.len() != text.len() {
            return None;
        }
        for (head, maker) in &self.answers.heads {
            if lower.starts_with(head.as_str()) {
                let rest = text.get(head.len()..)?;
                if !rest.chars().next().is_some_and(char::is_alphanumeric) {
                    return Some((*maker, rest));
                }
            }
        }
        None
    }

    /// What stands behind this maker's own name where the text begins with it, and whether it does.
    pub fn behind_maker<'t>(&self, text: &'t str, maker: &str) -> (&'t str, bool) {
        let text = trimmed(text);
        if text.len() > LONGEST {
            return ("", false);
        }
        match self.named_at_start(text) {
            Some((at, rest)) if self.maker_at(at).is_some_and(|f| f.maker.slug == maker) => (
                rest.trim_start_matches([' ', '_', '-', ',', ':', '.']),
                true,
            ),
            _ => (text, false),
        }
    }

    /// Words that name nobody.
    pub(crate) fn says_nothing(&self, text: &str) -> bool {
        self.answers
            .misleading
            .contains_key(&squeezed(trimmed(text)))
    }

    fn misleading(&self, text: &str) -> Option<Meaning<'_>> {
        let (file, at) = self.answers.misleading.get(&squeezed(trimmed(text)))?;
        let words = self.shared_at(*file)?.misleading.get(*at)?;
        let mut out = nobody(
            format!(
                "the answer {:?} names no module maker: {}",
                trimmed(text),
                words.is
            ),
            &words.source,
        );
        out.chipset = words.chipset.as_deref();
        out.brand = words.brand.as_deref();
        out.settled_by = Some("firmware revision, model answer or bus id");
        Some(out)
    }

    /// A manufacturer answer (AT+CGMI, mmcli manufacturer, iManufacturer): a maker, or words that name
    /// nobody.
    pub fn manufacturer_answer(&self, text: &str) -> Option<Meaning<'_>> {
        if text.len() > LONGEST {
            return None;
        }
        if let Some(nobody) = self.misleading(text) {
            return Some(nobody);
        }
        let maker = self.maker_named(text)?;
        let file = self.maker_at(maker)?;
        let (hits, _) = self.scan(text, Some(maker));
        let family = hits
            .iter()
            .filter_map(|h| self.hit_family(h))
            .find(|(m, f)| *m == file.maker.slug && !f.not_cellular)
            .map(|(_, f)| f.name.as_str());
        let lower = trimmed(text).to_lowercase();
        let brand = file
            .maker
            .brand
            .iter()
            .filter(|b| squeezed(&lower).starts_with(&squeezed(&b.name)))
            .max_by_key(|b| b.name.len())
            .filter(|_| squeezed(&lower) != squeezed(&file.maker.name));
        Some(Meaning {
            kind: None,
            possible: vec![Possible {
                maker: &file.maker.slug,
                families: family.into_iter().collect(),
            }],
            open: false,
            variant: None,
            brand: brand.map(|b| b.name.as_str()),
            chipset: None,
            settled_by: None,
            because: format!("the manufacturer answer names {}", file.maker.name),
            source: &file.maker.source,
            confidence: if file.maker.confidence == Confidence::Low {
                Confidence::Low
            } else {
                Confidence::Medium.max(file.maker.confidence)
            },
        })
    }

    /// A product string of a device whose vendor id or manufacturer string already names `maker`: a
    /// family of that maker anywhere in it counts (`GSW_GM800_123456`).
    pub fn model_answer_beside(&self, text: &str, maker: &str) -> Option<Meaning<'_>> {
        if text.len() > LONGEST {
            return None;
        }
        let slug = self.maker(maker)?.slug.as_str();
        let at = *self.slugs.get(slug)?;
        let (hits, _) = self.scan(text, Some(at));
        let own: Vec<_> = hits
            .iter()
            .filter(|h| {
                self.hit_family(h)
                    .is_some_and(|(m, f)| m == slug && !f.not_cellular)
            })
            .collect();
        self.hits_meaning(text, &own)
    }

    /// A model answer (AT+CGMM, mmcli model, iProduct).
    pub fn model_answer(&self, text: &str) -> Option<Meaning<'_>> {
        if text.len() > LONGEST {
            return None;
        }
        // ModemManager shows `L850 LTE Module","L850`: the answers of two commands joined.
        let mut parts = text
            .split("\",\"")
            .flat_map(|p| p.split("\", \""))
            .map(trimmed);
        if text.contains("\",\"") || text.contains("\", \"") {
            return parts.find_map(|p| self.one_model(p).filter(|m| !m.possible.is_empty()));
        }
        if let Some(several) = self.several_models(trimmed(text)) {
            return Some(several);
        }
        self.one_model(trimmed(text))
    }

    /// `EM7455/EM7430`: names parted by a stroke are a set, if each is one.
    pub(super) fn several_models(&self, text: &str) -> Option<Meaning<'_>> {
        let parts: Vec<&str> = text.split(['/', '|']).map(str::trim).collect();
        // A name is a word with a letter and a digit; `L850 LTE` and dates are none.
        let name = |p: &&str| {
            (3..=24).contains(&p.len())
                && !p.contains(' ')
                && p.bytes().any(|b| b.is_ascii_alphabetic())
                && p.bytes().any(|b| b.is_ascii_digit())
        };
        if !(2..=6).contains(&parts.len()) || !parts.iter().all(name) {
            return None;
        }
        let mut found: Option<Meaning<'_>> = None;
        for part in parts {
            let one = self
                .one_model(part)
                .filter(|m| m.possible.iter().any(|p| !p.families.is_empty()))?;
            let Some(all) = &mut found else {
                found = Some(one);
                continue;
            };
            for possible in one.possible {
                match all.possible.iter_mut().find(|p| p.maker == possible.maker) {
                    Some(known) => {
                        for family in possible.families {
                            if !known.families.contains(&family) {
                                known.families.push(family);
                            }
                        }
                    }
                    None => all.possible.push(possible),
                }
            }
            all.open |= one.open;
            all.variant = None;
        }
        let mut found = found?;
        found.because = format!("the model answer \"{text}\" names one of several");
        Some(found)
    }

    fn one_model(&self, text: &str) -> Option<Meaning<'_>> {
        if let Some(nobody) = self.misleading(text) {
            return Some(nobody);
        }
        if let Some(found) = self.model_string(text) {
            return Some(found);
        }
        if let Some(found) = dell_number(text).and_then(|n| self.model_string(n)) {
            return Some(found);
        }
        if let Some(found) = self.model_with_id(text) {
            return Some(found);
        }
        let (hint, rest) = match self.named_at_start(text) {
            Some((maker, rest)) => (
                Some(maker),
                rest.trim_start_matches([' ', '_', '-', ',', ':']),
            ),
            None => (None, text),
        };
        let rest = without_words(rest);
        if let Some(found) = self.whole_name(rest, hint) {
            return Some(found);
        }
        if let Some(maker) = hint {
            // The maker's name stands there; the string itself may be listed (`Rolling Module`).
            let file = self.maker_at(maker)?;
            let variant = (!rest.is_empty() && rest.bytes().any(|b| b.is_ascii_digit()))
                .then(|| rest.to_owned());
            return Some(Meaning {
                kind: None,
                possible: vec![Possible {
                    maker: &file.maker.slug,
                    families: Vec::new(),
                }],
                open: false,
                variant,
                brand: None,
                chipset: None,
                settled_by: None,
                because: format!(
                    "the model answer names {}, but no known family",
                    file.maker.name
                ),
                source: &file.maker.source,
                confidence: Confidence::Medium,
            });
        }
        // `0 [SDXBAAGHA-IDP _SN:...]`: words that name nobody with a number behind them.
        let head = text.split([' ', '[', '(']).next().unwrap_or_default();
        let head = head.split("_SN").next().unwrap_or_default();
        if !head.is_empty()
            && head != text
            && let Some(nobody) = self.misleading(head)
        {
            return Some(nobody);
        }
        // A name inside a longer description.
        let hits = self.scan(text, None).0;
        let sure: Vec<_> = hits.iter().filter(|h| self.hit_counts(h)).collect();
        self.hits_meaning(text, &sure)
    }

    /// A string the catalogue lists as a model or product answer.
    fn model_string(&self, text: &str) -> Option<Meaning<'_>> {
        let found = self.answers.strings.get(&squeezed(text))?;
        let mut possible = Vec::new();
        let mut confidence = Confidence::High;
        let mut source = "";
        let mut brand = None;
        for (maker, at) in found {
            let file = self.maker_at(*maker)?;
            let answer = file.string.get(*at)?;
            possible.push(one(&file.maker.slug, &answer.families));
            confidence = confidence.min(answer.confidence);
            source = &answer.source;
        }
        if text.get(..3).is_some_and(|t| t.eq_ignore_ascii_case("DW5")) {
            brand = Some("Dell");
        }
        possible.sort();
        Some(Meaning {
            kind: Some(IdKind::Module),
            because: format!(
                "the model answer {text:?} is listed for {}",
                self.listed(&possible)
            ),
            possible,
            open: confidence == Confidence::Low,
            variant: None,
            brand,
            chipset: None,
            settled_by: None,
            source,
            confidence,
        })
    }

    /// `MBIM [8086:7560]`, `Cinterion PID 0x00F1 USB Mobile Broadband`.
    fn model_with_id(&self, text: &str) -> Option<Meaning<'_>> {
        if let Some((_, rest)) = text.split_once('[')
            && let Some((id, _)) = rest.split_once(']')
            && id.len() == 9
        {
            let mut out = self.pci(id).or_else(|| self.usb(id))?;
            out.because = format!("the model answer carries an id only: {}", out.because);
            return Some(out);
        }
        let upper = text.to_ascii_uppercase();
        let at = upper.find("PID 0X")?;
        let pid = upper.get(at + 6..at + 10)?;
        let (maker, _) = self.named_at_start(text)?;
        let file = self.maker_at(maker)?;
        let mut vendors = file.maker.usb_vendors.iter();
        let exact = vendors.find_map(|vid| {
            let id = format!("{vid}:{}", pid.to_ascii_lowercase());
            file.usb.iter().any(|u| u.id == id).then_some(id)
        })?;
        let mut out = self.usb(&exact)?;
        out.because = format!(
            "the model answer carries a product id only: {}",
            out.because
        );
        Some(out)
    }

    /// The whole string is a family's name, with or without its tail.
    fn whole_name(&self, text: &str, hint: Option<usize>) -> Option<Meaning<'_>> {
        if text.len() < 2 {
            return None;
        }
        let (hits, _) = self.scan(text, hint);
        let mut whole: Vec<_> = hits
            .iter()
            .filter(|h| h.at.start == 0 && self.hit_family(h).is_some_and(|(_, f)| !f.not_cellular))
            .filter(|h| h.at.end == text.len() || hint.is_some() || self.hit_counts(h))
            .collect();
        if let Some(hint) = hint.and_then(|m| self.maker_at(m)) {
            let slug = hint.maker.slug.as_str();
            whole.retain(|h| self.hit_family(h).is_some_and(|(m, _)| m == slug));
        }
        self.hits_meaning(text, &whole)
    }

    fn hits_meaning(&self, text: &str, hits: &[&super::names::Hit]) -> Option<Meaning<'_>> {
        let mut possible: Vec<Possible<'_>> = Vec::new();
        let mut confidence = Confidence::High;
        let mut source = "";
        let mut variant = None;
        for hit in hits {
            let (maker, family) = self.hit_family(hit)?;
            match possible.iter_mut().find(|p| p.maker == maker) {
                Some(have) if have.families.contains(&family.name.as_str()) => {}
                Some(have) => have.families.push(&family.name),
                None => possible.push(Possible {
                    maker,
                    families: vec![&family.name],
                }),
            }
            confidence = confidence.min(family.confidence);
            if source.is_empty() {
                source = &family.source;
                let name = text.get(hit.at.clone()).unwrap_or_default();
                if !name.eq_ignore_ascii_case(&family.name) {
                    variant = Some(name.to_owned());
                }
            }
        }
        if possible.is_empty() {
            return None;
        }
        possible.sort();
        Some(Meaning {
            kind: Some(IdKind::Module),
            because: format!(
                "the model answer {text:?} is a name of {}",
                self.listed(&possible)
            ),
            open: confidence == Confidence::Low,
            settled_by: (possible.len() > 1).then_some("the manufacturer answer or the revision"),
            possible,
            variant,
            brand: None,
            chipset: None,
            source,
            confidence,
        })
    }

    /// A vendor-specific AT command or reply: `AT+QENG="servingcell"`, `+GTPKGVER: ...`, `!GSTATUS?`.
    /// Commands that several makers share give a set; some name only the chipset.
    pub fn dialect(&self, token: &str) -> Option<Meaning<'_>> {
        let token = token.trim();
        let token = match token.get(..2) {
            Some(at) if at.eq_ignore_ascii_case("at") => token.get(2..)?,
            _ => token,
        };
        if token.len() < 3 || token.len() > LONGEST {
            return None;
        }
        let command: String = token
            .chars()
            .enumerate()
            .take_while(|(at, c)| *at == 0 || c.is_ascii_alphanumeric() || *c == '_')
            .map(|(_, c)| c.to_ascii_uppercase())
            .take(24)
            .collect();
        if command.len() < 3
            || !command
                .as_bytes()
                .get(1)
                .is_some_and(u8::is_ascii_alphabetic)
        {
            return None;
        }
        // The longest prefix decides; equal ones are a set.
        let mut longest = 0;
        let mut makers: Vec<&str> = Vec::new();
        let mut source = "";
        for (_, file) in &self.raw.makers {
            for prefix in &file.maker.at_dialect {
                if !command.starts_with(&prefix.to_ascii_uppercase()) || prefix.len() < longest {
                    continue;
                }
                if prefix.len() > longest {
                    longest = prefix.len();
                    makers.clear();
                    source = &file.maker.source;
                }
                if !makers.contains(&file.maker.slug.as_str()) {
                    makers.push(&file.maker.slug);
                }
            }
        }
        let shared = self
            .raw
            .shared
            .iter()
            .flat_map(|(_, file)| &file.dialect)
            .filter(|d| command.starts_with(&d.prefix.to_ascii_uppercase()))
            .max_by_key(|d| d.prefix.len());
        if let Some(shared) = shared.filter(|d| d.prefix.len() > longest) {
            let mut possible: Vec<Possible<'_>> = shared
                .makers
                .iter()
                .map(|m| Possible {
                    maker: m,
                    families: Vec::new(),
                })
                .collect();
            possible.sort();
            let mut out = nobody(
                if possible.is_empty() {
                    format!("the AT command {command} names a chipset, not a module maker")
                } else {
                    format!(
                        "the AT command {command} belongs to a dialect of several makers: {}",
                        self.listed(&possible)
                    )
                },
                &shared.source,
            );
            out.possible = possible;
            out.chipset = shared.chipset.as_deref();
            return Some(out);
        }
        if makers.is_empty() {
            return None;
        }
        makers.sort_unstable();
        let possible: Vec<Possible<'_>> = makers
            .into_iter()
            .map(|maker| Possible {
                maker,
                families: Vec::new(),
            })
            .collect();
        Some(Meaning {
            kind: None,
            open: false,
            because: format!(
                "the AT command {command} belongs to the dialect of {}",
                self.listed(&possible)
            ),
            settled_by: (possible.len() > 1).then_some("the manufacturer answer or the revision"),
            possible,
            variant: None,
            brand: None,
            chipset: None,
            source,
            confidence: Confidence::Medium,
        })
    }
}

/// Dell's number of a card, with which it also answers: `DW5811e Snapdragon X7 LTE`.
fn dell_number(text: &str) -> Option<&str> {
    let number = text.split([' ', '_', '(']).next()?;
    let digits = number
        .get(..2)
        .filter(|head| head.eq_ignore_ascii_case("dw"))
        .and(number.get(2..6))?;
    digits.bytes().all(|b| b.is_ascii_digit()).then_some(number)
}

/// Without the words that stand behind a model's name.
fn without_words(text: &str) -> &str {
    let mut text = text.trim();
    loop {
        let cut = [
            "module",
            "modem",
            "lte",
            "5g",
            "4g",
            "3g",
            "lte-a",
            "mini pcie",
            "minipcie",
        ]
        .iter()
        .find_map(|word| {
            let at = text.len().checked_sub(word.len())?;
            let tail = text.get(at..)?;
            let head = text.get(..at)?;
            (tail.eq_ignore_ascii_case(word) && head.ends_with(' ')).then_some(head)
        });
        match cut {
            Some(head) => text = head.trim_end(),
            None => return text,
        }
    }
}
