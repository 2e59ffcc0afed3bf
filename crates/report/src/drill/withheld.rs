//! Whom a drill is about: makers by name, and makers that a company owns on the day.

use std::collections::BTreeSet;

use cellsweep_catalog::Catalog;
use cellsweep_catalog::model::{Maker, Owner};
use serde::{Deserialize, Serialize};

use super::DrillError;

/// Names that are suggested where nothing fits.
const SUGGESTIONS: usize = 5;

/// One maker concerned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Withheld {
    /// Slug.
    pub maker: String,
    /// Name.
    pub name: String,
    /// `maker`: asked for by name; `owner`: owned on the day by whom was asked for.
    pub by: String,
    /// Owner on the day, where one is on record.
    pub owner: Option<String>,
    /// Kind of control, as the source has it.
    pub kind: Option<String>,
    /// Since when.
    pub since: Option<String>,
    /// Until when.
    pub until: Option<String>,
    /// Where the ownership is written.
    pub source: Option<String>,
}

/// Letters and digits in words, lower case.
fn words(text: &str) -> Vec<String> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
        .map(str::to_lowercase)
        .collect()
}

fn begins(text: &str, with: &[String]) -> bool {
    !with.is_empty() && words(text).starts_with(with)
}

fn entry(m: &Maker, by: &str, owner: Option<&Owner>) -> Withheld {
    Withheld {
        maker: m.slug.clone(),
        name: m.name.clone(),
        by: by.to_owned(),
        owner: owner.map(|o| o.name.clone()),
        kind: owner.map(|o| o.kind.clone()),
        since: owner.and_then(|o| o.from.clone()),
        until: owner.and_then(|o| o.to.clone()),
        source: owner.map(|o| o.source.clone()),
    }
}

/// Makers concerned, by slug.
///
/// # Errors
/// Nobody is called so, several are, or the one who is owns no maker on that day.
pub fn withheld(asked: &str, date: &str, catalog: &Catalog) -> Result<Vec<Withheld>, DrillError> {
    let asked_words = words(asked);
    let letters: usize = asked_words.iter().map(|w| w.chars().count()).sum();
    if letters < 2 {
        return Err(unknown(asked, catalog));
    }
    let whole = |m: &Maker| {
        let names = [&m.slug, &m.name].into_iter().chain(&m.legal_name);
        names.chain(&m.aliases).any(|n| words(n) == asked_words)
    };
    let begun = |m: &Maker| {
        let names = [&m.slug, &m.name].into_iter().chain(&m.legal_name);
        names.into_iter().any(|n| begins(n, &asked_words))
    };
    let mut makers: Vec<&Maker> = catalog.makers().filter(|m| whole(m)).collect();
    if makers.is_empty() {
        makers = catalog.makers().filter(|m| begun(m)).collect();
    }
    if makers.len() > 1 {
        return Err(DrillError::Several {
            asked: asked.to_owned(),
            names: makers.iter().map(|m| m.slug.clone()).collect(),
        });
    }
    // A company may be on record as an owner by its registered name.
    let mut names = vec![asked_words];
    for m in &makers {
        names.push(words(&m.name));
        names.extend(m.legal_name.as_deref().map(words));
    }
    let owns = |o: &Owner| names.iter().any(|n| begins(&o.name, n));
    let mut out: Vec<Withheld> = makers
        .iter()
        .map(|m| entry(m, "maker", catalog.owner_on(&m.slug, date)))
        .collect();
    let mut owners: BTreeSet<&str> = BTreeSet::new();
    for m in catalog.makers() {
        if makers.iter().any(|known| known.slug == m.slug) {
            continue;
        }
        if let Some(o) = catalog.owner_on(&m.slug, date).filter(|o| owns(o)) {
            owners.insert(&o.name);
            out.push(entry(m, "owner", Some(o)));
        }
    }
    if makers.is_empty() && owners.len() > 1 {
        return Err(DrillError::Several {
            asked: asked.to_owned(),
            names: owners.into_iter().map(str::to_owned).collect(),
        });
    }
    if out.is_empty() {
        let then: Vec<String> = catalog
            .makers()
            .flat_map(|m| m.owner.iter().filter(|o| owns(o)).map(move |o| (m, o)))
            .map(|(m, o)| {
                let from = o.from.as_deref().map(|d| format!(" from {d}"));
                let to = o.to.as_deref().map(|d| format!(" until {d}"));
                format!(
                    "{} is on record as owner of {}{}{}",
                    o.name,
                    m.name,
                    from.unwrap_or_default(),
                    to.unwrap_or_default()
                )
            })
            .collect();
        if !then.is_empty() {
            return Err(DrillError::NotThen {
                date: date.to_owned(),
                says: then.join("; "),
            });
        }
        return Err(unknown(asked, catalog));
    }
    out.sort_by(|a, b| a.maker.cmp(&b.maker));
    Ok(out)
}

fn unknown(asked: &str, catalog: &Catalog) -> DrillError {
    let lower = asked.to_lowercase();
    let mut near: Vec<(u32, String)> = Vec::new();
    let mut add = |name: &str, as_is: &str| {
        let likeness = strsim::jaro_winkler(&lower, &name.to_lowercase());
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // from 0 to 1000
        let likeness = (likeness * 1000.0) as u32;
        if likeness >= 700 && !near.iter().any(|(_, n)| n == as_is) {
            near.push((likeness, as_is.to_owned()));
        }
    };
    for m in catalog.makers() {
        add(&m.slug, &m.slug);
        add(&m.name, &m.slug);
        for o in &m.owner {
            add(&o.name, &o.name);
        }
    }
    near.sort_by(|a, b| b.0.cmp(&a.0).then_with(|| a.1.cmp(&b.1)));
    near.truncate(SUGGESTIONS);
    DrillError::Unknown {
        asked: asked.to_owned(),
        suggestions: near.into_iter().map(|(_, n)| n).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn slugs(asked: &str, date: &str) -> Vec<String> {
        let catalog = Catalog::embedded().unwrap();
        let found = withheld(asked, date, &catalog).unwrap();
        found.into_iter().map(|w| w.maker).collect()
    }

    #[test]
    fn ownership_is_that_of_the_day() {
        assert_eq!(
            slugs("Fibocom", "2023-06-30"),
            ["fibocom", "rolling-wireless"]
        );
        assert_eq!(slugs("fibocom", "2026-11-24"), ["fibocom"]);
        assert_eq!(slugs("Semtech", "2026-11-24"), ["sierra-wireless"]);
        assert_eq!(
            slugs("Semtech Corporation", "2026-11-24"),
            ["sierra-wireless"]
        );
        let catalog = Catalog::embedded().unwrap();
        let early = withheld("EUROPASOLAR", "2020-01-01", &catalog).unwrap_err();
        assert!(
            matches!(&early, DrillError::NotThen { says, .. } if says.contains("Rolling Wireless")),
            "{early}"
        );
    }

    #[test]
    fn who_is_not_known_is_met_with_suggestions() {
        let catalog = Catalog::embedded().unwrap();
        for (asked, near) in [
            ("Quectle", "quectel"),
            ("fibcom", "fibocom"),
            ("simcon", "simcom"),
        ] {
            match withheld(asked, "2026-11-24", &catalog) {
                Err(DrillError::Unknown { suggestions, .. }) => {
                    assert!(
                        suggestions.iter().any(|s| s == near),
                        "{asked}: {suggestions:?}"
                    );
                }
                other => panic!("{asked}: {other:?}"),
            }
        }
        assert!(withheld("", "2026-11-24", &catalog).is_err());
        assert!(withheld("/", "2026-11-24", &catalog).is_err());
    }
}
