//! What a line declares: modules by their parts, else a product by its name.

use std::sync::Arc;

use cellsweep_catalog::model::IdKind;
use cellsweep_evidence::{Clue, Observation, Stance};
use cellsweep_identify::{Finding, Seen, identify};

use super::judge::Judge;
use super::{lines, words};

/// Most product names looked up in one line.
const LOOKUPS: usize = 60;
/// Most words of a product's name.
const WORDS: usize = 5;

/// Maker, model and order code as a line states them.
pub(super) type Product = (Option<String>, String, Option<String>);

/// Whether a product was looked for in a line, and the one that was found.
#[derive(Debug)]
pub(super) enum Looked {
    NotYet,
    For(Option<Product>),
}

impl Looked {
    /// The product, if one was found.
    pub(super) fn product(&self) -> Option<&Product> {
        match self {
            Self::NotYet => None,
            Self::For(product) => product.as_ref(),
        }
    }
}

impl Judge<'_> {
    /// Modules in what a line declares: by its parts, else by a product it names. `looked` takes the
    /// product, or that there is none, where one was looked for.
    pub(super) fn found(&self, seen: &[Seen], looked: &mut Looked) -> Vec<Finding> {
        let mut found = identify(self.catalog, seen, &self.options).findings;
        let named = |f: &Finding| {
            f.module.family.is_some() || f.candidates.iter().any(|c| c.family.is_some())
        };
        if found.iter().any(named) {
            return found;
        }
        // A maker and a cellular word, but no name of a module: the maker may be the device's.
        *looked = Looked::For(self.product(seen));
        let Some((maker, model, code)) = looked.product().cloned() else {
            if seen.iter().any(|s| words::is_device(&s.observation.value)) {
                found.clear();
            }
            return found;
        };
        let Some(first) = seen.first() else {
            return found;
        };
        let make = |clue: Clue, value: String| Seen {
            source: Arc::clone(&first.source),
            reader: Arc::clone(&first.reader),
            digest: Arc::clone(&first.digest),
            register: false,
            observation: Observation::new(
                0,
                Stance::Declared,
                clue,
                value,
                first.observation.place.clone(),
            ),
        };
        let mut facts: Vec<Seen> = maker
            .map(|m| make(Clue::ProductMaker, m))
            .into_iter()
            .collect();
        facts.push(make(Clue::ProductModel, model));
        facts.extend(code.map(|c| make(Clue::OrderCode, c)));
        identify(self.catalog, &facts, &self.options).findings
    }

    /// A product that the catalogue knows among the texts: its maker, model and order code.
    pub(super) fn product(&self, seen: &[Seen]) -> Option<Product> {
        let maker = seen
            .iter()
            .find(|s| matches!(s.observation.clue, Clue::PartMaker | Clue::ProductMaker))
            .map(|s| s.observation.value.clone());
        let on_board = lines::designated(seen);
        let texts: Vec<&str> = seen
            .iter()
            .filter(|s| {
                matches!(
                    s.observation.clue,
                    Clue::PartNumber
                        | Clue::PartDescription
                        | Clue::ProductModel
                        | Clue::OrderCode
                        | Clue::AssetName
                        | Clue::DeclaredModule
                )
            })
            .map(|s| s.observation.value.as_str())
            .collect();
        let mut left = LOOKUPS;
        for text in &texts {
            let words: Vec<&str> = text
                .split([' ', ',', ';', '\t'])
                .filter(|w| !w.is_empty())
                .take(24)
                .collect();
            // A part of a board is no product whose name stands among other words.
            let words: &[&str] = if on_board { &[] } else { &words };
            // Most words begin no product's name: a look at their first letters rules them out.
            let begins = self.catalog.product_beginnings(words, WORDS);
            let whole = self.catalog.product_beginnings(&[text], 1) == [true];
            let marks: Vec<(bool, bool)> = words
                .iter()
                .map(|w| {
                    (
                        w.bytes().any(|b| b.is_ascii_digit()),
                        w.bytes().any(|b| b.is_ascii_alphabetic()),
                    )
                })
                .collect();
            let windows = (1..=WORDS.min(words.len())).rev().flat_map(|length| {
                words
                    .windows(length)
                    .zip(marks.windows(length))
                    .zip(&begins)
                    .filter(|((_, marks), _)| {
                        marks.iter().any(|m| m.0) && marks.iter().any(|m| m.1)
                    })
                    .map(|((window, _), begins)| (window, begins))
            });
            let tries = std::iter::once((std::slice::from_ref(text), &whole)).chain(windows);
            for (words, may_begin) in tries {
                if left == 0 {
                    return None;
                }
                left -= 1;
                if !may_begin {
                    continue;
                }
                let model = words.join(" ");
                // Another text of the line may be the order code.
                let code = texts
                    .iter()
                    .find(|t| **t != *text && !t.contains(' '))
                    .copied();
                for maker in [maker.as_deref(), None] {
                    if self
                        .catalog
                        .product(maker, &model, code, None)
                        .is_some_and(|m| m.kind != Some(IdKind::NotCellular))
                    {
                        return Some((maker.map(str::to_owned), model, code.map(str::to_owned)));
                    }
                    if maker.is_none() {
                        break;
                    }
                }
            }
        }
        None
    }
}
