//! Names of makers for slugs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use cellsweep_catalog::Catalog;
use cellsweep_identify::Finding;

use crate::model::Report;
use crate::standing::percent;

/// What to show where the maker is not settled.
pub const NOT_SETTLED: &str = "maker not settled";

/// Maker names: first as the report's own findings state them, else as the catalogue does, else the
/// slug itself.
pub struct Makers<'a> {
    stated: BTreeMap<&'a str, &'a str>,
    catalog: Option<&'a Catalog>,
}

impl<'a> Makers<'a> {
    /// Collects the names a report states.
    pub fn new(report: &'a Report, catalog: Option<&'a Catalog>) -> Self {
        let mut stated = BTreeMap::new();
        for f in &report.findings {
            let m = &f.finding.module;
            if let (Some(slug), Some(name)) = (&m.maker, &m.maker_name) {
                stated.entry(slug.as_str()).or_insert(name.as_str());
            }
        }
        for count in &report.summary.by_maker {
            if let (Some(slug), Some(name)) = (&count.maker, &count.name) {
                stated.entry(slug.as_str()).or_insert(name.as_str());
            }
        }
        Self { stated, catalog }
    }

    /// The name for a slug.
    pub fn name(&self, slug: &'a str) -> Cow<'a, str> {
        if let Some(name) = self.stated.get(slug) {
            return Cow::Borrowed(name);
        }
        match self.catalog.and_then(|c| c.maker(slug)) {
            Some(maker) => Cow::Borrowed(maker.name.as_str()),
            None => Cow::Borrowed(slug),
        }
    }

    /// What is said to be there, in a few words: `Quectel EC25 (EC25-E)`, or `maker not settled`.
    pub fn module(&self, f: &'a Finding) -> String {
        let m = &f.module;
        let mut out = match &m.maker {
            Some(slug) => self.name(slug).into_owned(),
            None => NOT_SETTLED.to_owned(),
        };
        if let Some(family) = &m.family {
            out.push(' ');
            out.push_str(family);
        }
        if let Some(variant) = m
            .variant
            .as_deref()
            .filter(|v| Some(*v) != m.family.as_deref())
        {
            out.push_str(" (");
            out.push_str(variant);
            out.push(')');
        }
        out
    }

    /// The candidates in words: `Quectel EC25, 60 %; MeiG SLM750, 30 %`.
    pub fn candidates(&self, f: &'a Finding) -> String {
        f.candidates
            .iter()
            .map(|c| {
                let family = c
                    .family
                    .as_deref()
                    .map(|x| format!(" {x}"))
                    .unwrap_or_default();
                format!(
                    "{}{family}, {}",
                    self.name(&c.maker),
                    percent(c.probability)
                )
            })
            .collect::<Vec<_>>()
            .join("; ")
    }
}
