//! The index over the catalogue, and the look-ups.
//!
//! Every look-up is deterministic, takes hostile text and runs in time linear in it. Regular
//! expressions are compiled when first needed.
//!
//! - [`bus`]: USB, PCI and subsystem ids
//! - [`answer`]: manufacturer and model answers, AT dialects
//! - [`revision`]: firmware revision grammars
//! - [`chipset`]: whose silicon
//! - [`names`]: names in free text and in parts
//! - [`label`]: FCC and ISED ids, TACs, placeholders
//! - [`network`]: hosts that are asked for, blocks of MAC addresses
//! - [`product`]: products and what may be inside
//! - [`browse`]: listing, searching, counting

pub mod answer;
pub mod browse;
pub mod bus;
pub mod chipset;
pub mod label;
pub mod names;
pub mod network;
pub mod product;
pub mod revision;

use std::collections::HashMap;
use std::sync::OnceLock;

use regex::Regex;

use crate::meaning::{Meaning, Possible};
use crate::model::{
    Confidence, Family, IdKind, Maker, MakerFile, Owner, Raw, SharedFile, SourceEntry,
};

/// A pattern, compiled when first used.
#[derive(Debug)]
pub(crate) struct Lazy {
    text: String,
    compiled: OnceLock<Option<Regex>>,
    alone: OnceLock<bool>,
}

impl Lazy {
    pub(crate) fn new(text: String) -> Self {
        Self {
            text,
            compiled: OnceLock::new(),
            alone: OnceLock::new(),
        }
    }

    /// As it was written.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The expression; `None` if it does not compile, which the catalogue check reports.
    pub(crate) fn get(&self) -> Option<&Regex> {
        self.compiled
            .get_or_init(|| {
                regex::RegexBuilder::new(&self.text)
                    .case_insensitive(true)
                    .size_limit(1 << 20)
                    .build()
                    .ok()
            })
            .as_ref()
    }

    /// True if a match says something without its maker's name beside it: the expression fixes at
    /// least five characters, six if anything may follow.
    pub(crate) fn tells_alone(&self) -> bool {
        *self.alone.get_or_init(|| {
            regex_syntax::parse(&self.text).is_ok_and(|hir| {
                let least = hir.properties().minimum_len().unwrap_or(0);
                least >= 5 + usize::from(hir.properties().maximum_len().is_none())
            })
        })
    }
}

/// Where an entry stands: a maker's file or a shared file, and its number there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Entry {
    Own { maker: usize, at: usize },
    Shared { file: usize, at: usize },
}

/// The loaded catalogue.
#[derive(Debug, Default)]
pub struct Catalog {
    pub(crate) raw: Raw,
    slugs: HashMap<String, usize>,
    sources: HashMap<String, usize>,
    pub(crate) buses: bus::Buses,
    pub(crate) answers: answer::Answers,
    pub(crate) revisions: Vec<revision::Grammar>,
    pub(crate) names: names::Names,
    pub(crate) labels: label::Labels,
    pub(crate) network: network::Network,
    pub(crate) products: product::Products,
}

impl Catalog {
    pub(crate) fn from_raw(raw: Raw) -> Catalog {
        let slugs = raw
            .makers
            .iter()
            .enumerate()
            .rev()
            .map(|(at, (_, file))| (file.maker.slug.clone(), at))
            .collect();
        let sources = raw
            .sources
            .source
            .iter()
            .enumerate()
            .map(|(at, s)| (s.id.clone(), at))
            .collect();
        Catalog {
            buses: bus::Buses::new(&raw),
            answers: answer::Answers::new(&raw),
            revisions: revision::grammars(&raw),
            names: names::Names::new(&raw),
            labels: label::Labels::new(&raw),
            network: network::Network::new(&raw),
            products: product::Products::new(&raw),
            slugs,
            sources,
            raw,
        }
    }

    /// Version of the catalogue, `YYYY.MM.DD`.
    pub fn version(&self) -> &str {
        &self.raw.sources.version
    }

    /// Date the facts were last looked at, `YYYY-MM-DD`.
    pub fn as_of(&self) -> &str {
        &self.raw.sources.as_of
    }

    /// SHA-256 over the files, hexadecimal; joined with `+` where a directory extends the built-in.
    pub fn digest(&self) -> &str {
        &self.raw.digest
    }

    /// A maker by its slug.
    pub fn maker(&self, slug: &str) -> Option<&Maker> {
        self.maker_file(slug).map(|file| &file.maker)
    }

    pub(crate) fn maker_file(&self, slug: &str) -> Option<&MakerFile> {
        self.slugs
            .get(slug)
            .and_then(|at| self.raw.makers.get(*at))
            .map(|(_, file)| file)
    }

    pub(crate) fn maker_at(&self, at: usize) -> Option<&MakerFile> {
        self.raw.makers.get(at).map(|(_, file)| file)
    }

    pub(crate) fn shared_at(&self, at: usize) -> Option<&SharedFile> {
        self.raw.shared.get(at).map(|(_, file)| file)
    }

    /// A family by its maker's slug and its name, compared without case.
    pub fn family(&self, maker: &str, name: &str) -> Option<&Family> {
        self.maker_file(maker)?
            .family
            .iter()
            .find(|f| f.name.eq_ignore_ascii_case(name))
    }

    /// Owner of a maker on a date `YYYY-MM-DD` (or `YYYY`, `YYYY-MM`: its first day). A period counts
    /// from the first to the last day its dates may mean; where two periods touch, the later one.
    pub fn owner_on(&self, maker: &str, date: &str) -> Option<&Owner> {
        let day = first_day(date);
        self.maker(maker)?
            .owner
            .iter()
            .filter(|o| o.from.as_deref().is_none_or(|from| first_day(from) <= day))
            .filter(|o| o.to.as_deref().is_none_or(|to| day <= last_day(to)))
            .max_by_key(|o| o.from.as_deref().map(first_day))
    }

    /// A source by its id. A reference that joins several ids with `; ` gives the first.
    pub fn source(&self, id: &str) -> Option<&SourceEntry> {
        id.split("; ")
            .find_map(|part| self.sources.get(part))
            .and_then(|at| self.raw.sources.source.get(*at))
    }

    /// `Quectel EC25, EG25-G`.
    pub(crate) fn listed(&self, possible: &[Possible<'_>]) -> String {
        let mut out = String::new();
        for (at, one) in possible.iter().enumerate() {
            if at > 0 {
                out.push_str(if at + 1 == possible.len() {
                    " or "
                } else {
                    ", "
                });
            }
            out.push_str(self.maker(one.maker).map_or(one.maker, |m| m.name.as_str()));
            if !one.families.is_empty() {
                out.push(' ');
                out.push_str(&one.families.join(", "));
            }
        }
        out
    }

    /// What a maker's part is where nothing says more: some makers' names also stand on sticks.
    pub(crate) fn kind_of(&self, maker: &str, families: &[&str]) -> IdKind {
        let sticks = self.maker_file(maker).is_some_and(|f| {
            f.usb
                .iter()
                .any(|u| matches!(u.kind, IdKind::Stick | IdKind::ModuleOrStick))
        });
        if families.is_empty() && sticks {
            IdKind::ModuleOrStick
        } else {
            IdKind::Module
        }
    }
}

/// Families of one maker.
pub(crate) fn one<'a>(maker: &'a str, families: &'a [String]) -> Possible<'a> {
    Possible {
        maker,
        families: families.iter().map(String::as_str).collect(),
    }
}

/// A meaning that names nobody.
pub(crate) fn nobody(because: String, source: &str) -> Meaning<'_> {
    Meaning {
        kind: None,
        possible: Vec::new(),
        open: true,
        variant: None,
        brand: None,
        chipset: None,
        settled_by: None,
        because,
        source,
        confidence: Confidence::Medium,
    }
}

/// The earliest day a date of any precision may mean.
fn first_day(date: &str) -> String {
    match date.len() {
        4 => format!("{date}-01-01"),
        7 => format!("{date}-01"),
        _ => date.to_owned(),
    }
}

/// The latest day a date of any precision may mean (the 31st stands for any month's end).
fn last_day(date: &str) -> String {
    match date.len() {
        4 => format!("{date}-12-31"),
        7 => format!("{date}-31"),
        _ => date.to_owned(),
    }
}

/// Letters and digits only, lower case: for comparing names however they are spelled.
pub(crate) fn squeezed(text: &str) -> String {
    text.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}
