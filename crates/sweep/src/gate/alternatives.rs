//! What else could be bought: as far as public sources say, and judged by the same packs.

use std::sync::LazyLock;

use cellsweep_catalog::Catalog;
use cellsweep_evidence::Stance;
use cellsweep_identify::{Finding, Role};
use cellsweep_policy::{Case, MakerFacts, Status, Verdict};
use cellsweep_report::gate::{Alternative, Answer};
use cellsweep_report::standing::gravity;
use serde::Deserialize;

use super::judge::Judge;

/// Most alternatives of one line.
const MOST: usize = 8;
/// Most whole devices among them.
const DEVICES: usize = 4;

/// One sourced exchange.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Swap {
    maker: String,
    families: Vec<String>,
    form: String,
    kind: String,
    to: Vec<To>,
    says: String,
    changes: Option<String>,
    source: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct To {
    maker: String,
    families: Vec<String>,
}

/// The table of exchanges.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    #[allow(dead_code)] // stands in the file for people
    version: String,
    #[allow(dead_code)] // stands in the file for people
    as_of: toml::value::Datetime,
    swap: Vec<Swap>,
}

/// Read once; what is wrong with it is found by a test.
static EMBEDDED: LazyLock<Option<Table>> =
    LazyLock::new(|| toml::from_str(include_str!("../../../../tables/alternatives-1.toml")).ok());

impl Table {
    pub(super) fn embedded() -> Option<&'static Self> {
        EMBEDDED.as_ref()
    }
}

impl Judge<'_> {
    /// Alternatives to what a line holds, those that pass first.
    pub(super) fn alternatives(
        &self,
        finding: &Finding,
        product: Option<&str>,
    ) -> Vec<Alternative> {
        let mut out = if product.is_some() {
            self.devices(finding, product.unwrap_or_default())
        } else {
            self.swaps(finding)
        };
        // The source's order within the same standing.
        out.sort_by_key(|a| gravity(Status::Allowed).abs_diff(gravity(a.decision)));
        out.truncate(MOST);
        out
    }

    fn swaps(&self, finding: &Finding) -> Vec<Alternative> {
        let Some(table) = self.table else {
            return Vec::new();
        };
        let held: Vec<(&str, &str)> = finding
            .candidates
            .iter()
            .flat_map(|c| {
                c.family
                    .as_deref()
                    .unwrap_or_default()
                    .split('/')
                    .map(|f| (c.maker.as_str(), f))
            })
            .chain(
                finding
                    .module
                    .maker
                    .as_deref()
                    .zip(finding.module.family.as_deref()),
            )
            .collect();
        let mut out: Vec<Alternative> = Vec::new();
        for swap in table.swap.iter().filter(|s| {
            held.iter()
                .any(|(m, f)| s.maker == *m && s.families.iter().any(|x| x == f))
        }) {
            for to in &swap.to {
                if held
                    .iter()
                    .any(|(m, f)| to.maker == *m && to.families.iter().any(|x| x == f))
                {
                    continue;
                }
                let makers = vec![(to.maker.clone(), to.families.clone())];
                let (decision, because, answers) = self.standing(&makers, Stance::Declared);
                let name = self
                    .catalog
                    .maker(&to.maker)
                    .map_or(to.maker.as_str(), |m| m.name.as_str());
                let one = Alternative {
                    name: format!("{name} {}", to.families.join(", ")),
                    kind: swap.kind.clone(),
                    says: format!("if it is {}: {}", swap.form, swap.says),
                    changes: swap.changes.clone(),
                    source: swap.source.clone(),
                    answers,
                    decision,
                    because,
                };
                if !out.iter().any(|o| o.name == one.name && o.kind == one.kind) {
                    out.push(one);
                }
            }
        }
        out
    }

    /// Products of the same category whose module's makers are recorded and pass the same packs.
    fn devices(&self, finding: &Finding, product: &str) -> Vec<Alternative> {
        let own = finding
            .product
            .as_ref()
            .and_then(|p| p.maker.as_deref())
            .unwrap_or_default();
        let is_this = |model: &str| product.to_lowercase().contains(&model.to_lowercase());
        let category = self
            .catalog
            .products()
            .find(|(_, p)| plain(&p.model) && is_this(&p.model))
            .map(|(_, p)| p.category.clone());
        let Some(category) = category else {
            return Vec::new();
        };
        let mut all: Vec<(bool, Alternative)> = Vec::new();
        for (maker, p) in self.catalog.products() {
            if p.category != category
                || !plain(&p.model)
                || is_this(&p.model)
                || p.optional
                || p.unknown.is_some()
                || p.inside.is_empty()
            {
                continue;
            }
            let makers: Vec<(String, Vec<String>)> = p
                .inside
                .iter()
                .map(|i| (i.maker.clone(), i.families.clone()))
                .collect();
            let (decision, because, answers) = self.standing(&makers, Stance::Implied);
            if decision != Status::Allowed {
                continue;
            }
            let inside: Vec<String> = p
                .inside
                .iter()
                .map(|i| {
                    let name = self
                        .catalog
                        .maker(&i.maker)
                        .map_or(i.maker.as_str(), |m| m.name.as_str());
                    format!("{name} {}", i.families.join(", "))
                        .trim()
                        .to_owned()
                })
                .collect();
            all.push((
                !maker.eq_ignore_ascii_case(own),
                Alternative {
                    name: format!("{maker} {}", p.model),
                    kind: "whole device".to_owned(),
                    says: format!(
                        "another {category}, recorded with {}; nothing is said about its other properties",
                        inside.join(" or ")
                    ),
                    changes: Some("the device; ask the supplier to name the module it will be delivered with".to_owned()),
                    source: self
                        .catalog
                        .source(&p.source)
                        .map_or_else(|| p.source.clone(), |s| s.url.clone().unwrap_or_else(|| s.title.clone())),
                    answers,
                    decision,
                    because,
                },
            ));
        }
        all.sort_by(|a, b| (a.0, &a.1.name).cmp(&(b.0, &b.1.name)));
        all.into_iter().take(DEVICES).map(|(_, a)| a).collect()
    }

    /// What the same packs say about one or several makers' modules, and the answers that were checked.
    fn standing(
        &self,
        makers: &[(String, Vec<String>)],
        presence: Stance,
    ) -> (Status, String, Vec<Answer>) {
        let date = self.settings.date;
        let mut facts: Vec<MakerFacts> = Vec::new();
        let mut answers: Vec<Answer> = Vec::new();
        for (slug, families) in makers {
            if facts.iter().any(|f| f.slug == *slug) {
                continue;
            }
            let family = families.first().map(String::as_str);
            let fact = MakerFacts::from_catalog(self.catalog, slug, family);
            answers.push(Answer {
                maker: slug.clone(),
                owner: self
                    .catalog
                    .owner_on(slug, &date.to_string())
                    .map(|o| o.name.clone()),
                lineage: fact.lineage.clone(),
                chipset: family.and_then(|f| chipset(self.catalog, slug, f)),
            });
            facts.push(fact);
        }
        // Whose engineering it shares is judged as well: another label is not another source.
        let shared: Vec<MakerFacts> = answers
            .iter()
            .flat_map(|a| &a.lineage)
            .map(|slug| MakerFacts::from_catalog(self.catalog, slug, None))
            .collect();
        let case = |makers: Vec<MakerFacts>| Case {
            makers,
            open: false,
            settled_by: None,
            presence,
            role: self
                .ask
                .role
                .or((presence == Stance::Implied).then_some(Role::Component)),
            sensitive: None,
            supplier: None,
            given: self.ask.given.clone(),
        };
        let worst = |verdicts: Vec<Verdict>| verdicts.into_iter().min_by_key(|v| gravity(v.status));
        let own = worst(self.packs.judge(&case(facts), date));
        let Some(own) = own else {
            return (Status::NotApplicable, "No chosen rule.".to_owned(), answers);
        };
        let because = format!("{}/{}: {}", own.pack, own.rule, own.basis);
        if own.status == Status::Allowed && !shared.is_empty() {
            let names: Vec<String> = shared.iter().map(|m| m.slug.clone()).collect();
            if let Some(v) = worst(self.packs.judge(&case(shared), date))
                && v.status != Status::Allowed
                && v.status != Status::NotApplicable
            {
                return (
                    Status::NeedsLegalReading,
                    format!(
                        "{because} It shares engineering with {}, for which {}/{} is {}; shared engineering is not control.",
                        names.join(", "),
                        v.pack,
                        v.rule,
                        v.status.as_str()
                    ),
                    answers,
                );
            }
        }
        (own.status, because, answers)
    }
}

/// A model name and no pattern.
fn plain(model: &str) -> bool {
    model
        .chars()
        .all(|c| c.is_alphanumeric() || matches!(c, ' ' | '-' | '/' | '_'))
}

fn chipset(catalog: &Catalog, maker: &str, family: &str) -> Option<String> {
    catalog
        .family(maker, family)
        .and_then(|f| f.chipset.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_exchange_names_families_that_the_catalogue_knows() {
        let table = Table::embedded().expect("the table is well formed");
        let catalog = Catalog::embedded().unwrap();
        let mut unknown = Vec::new();
        for swap in &table.swap {
            assert!(swap.source.starts_with("https://"), "{}", swap.source);
            assert!(
                ["same slot", "carrier board", "redesign"].contains(&swap.kind.as_str()),
                "{}",
                swap.kind
            );
            let to = swap.to.iter().map(|t| (&t.maker, &t.families));
            for (maker, families) in to.chain(std::iter::once((&swap.maker, &swap.families))) {
                for family in families {
                    if catalog.family(maker, family).is_none() {
                        unknown.push(format!("{maker} {family}"));
                    }
                }
            }
        }
        assert!(unknown.is_empty(), "{unknown:?}");
    }

    /// A soldered part of another maker is never said to fit.
    #[test]
    fn no_pin_compatibility_between_makers_is_claimed() {
        let text = include_str!("../../../../tables/alternatives-1.toml");
        for swap in &Table::embedded().unwrap().swap {
            assert!(
                !swap.form.contains("soldered")
                    || swap.kind == "redesign"
                    || swap.to.iter().all(|t| t.maker == swap.maker),
                "{}",
                swap.says
            );
        }
        assert!(!text.contains("drop-in") && !text.contains("pin-compatible"));
    }
}
