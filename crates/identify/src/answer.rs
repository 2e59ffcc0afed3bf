//! Answers to question lists: what a supplier says of a product holds for every asset that is one.

use std::collections::BTreeMap;

use cellsweep_evidence::{Clue, KeyKind};

use crate::finding::Remark;
use crate::link::Unit;
use crate::seen::Seen;

/// Readers whose rows may be answers; a workbook holds sheets of several kinds.
const ANSWERS: &[&str] = &["questions", "workbook"];

/// One answer: the order code it is about, what it says, and whether anything was of its product.
struct Answer<'a> {
    order_code: Option<String>,
    facts: Vec<&'a Seen>,
    used: bool,
}

/// Hands each answer to the units that name its product, and takes the answers' own units away: an
/// answer speaks of products, it is no thing of its own.
pub fn spread<'a>(units: &mut Vec<Unit<'a>>, remarks: &mut Vec<Remark>) {
    let is_answer = |u: &Unit<'_>| {
        u.seen
            .first()
            .is_some_and(|s| ANSWERS.contains(&&*s.reader))
            && u.written
                .iter()
                .any(|k| k.kind == KeyKind::Row && k.value.starts_with("question "))
    };
    if !units.iter().any(is_answer) {
        return;
    }
    let mut answers: BTreeMap<String, Vec<Answer<'a>>> = BTreeMap::new();
    units.retain(|u| {
        if !is_answer(u) {
            return true;
        }
        if let Some(product) = product(u) {
            let facts = u
                .seen
                .iter()
                .copied()
                .filter(|s| {
                    matches!(
                        s.observation.clue,
                        Clue::DeclaredModule
                            | Clue::DeclaredNone
                            | Clue::CellularInterface
                            | Clue::Text
                    )
                })
                .collect();
            answers.entry(product).or_default().push(Answer {
                order_code: order_code(u),
                facts,
                used: false,
            });
        }
        false
    });
    for unit in units.iter_mut() {
        let Some(given) = product(unit).and_then(|p| answers.get_mut(&p)) else {
            continue;
        };
        let code = order_code(unit);
        for answer in given {
            // An answer about one order code says nothing about another.
            if answer.order_code.is_none() || answer.order_code == code {
                unit.seen.extend(answer.facts.iter().copied());
                answer.used = true;
            }
        }
    }
    for answer in answers.into_values().flatten() {
        if let (false, Some(first)) = (answer.used, answer.facts.first()) {
            remarks.push(Remark {
                code: "answer-without-product".to_owned(),
                assets: Vec::new(),
                findings: Vec::new(),
                message: "this answer speaks of a product that stands in no other evidence"
                    .to_owned(),
                places: vec![format!("{}, {}", first.source, first.observation.place)],
            });
        }
    }
}

fn value(unit: &Unit<'_>, clue: Clue) -> Option<String> {
    unit.seen
        .iter()
        .find(|s| s.observation.clue == clue)
        .map(|s| {
            s.observation
                .value
                .chars()
                .filter(|c| c.is_alphanumeric())
                .flat_map(char::to_lowercase)
                .collect::<String>()
        })
        .filter(|v| !v.is_empty())
}

/// Maker and model as one word: a list may hold both in one cell.
fn product(unit: &Unit<'_>) -> Option<String> {
    let model = value(unit, Clue::ProductModel)?;
    let maker = value(unit, Clue::ProductMaker).unwrap_or_default();
    Some(if model.starts_with(&maker) {
        model
    } else {
        format!("{maker}{model}")
    })
}

fn order_code(unit: &Unit<'_>) -> Option<String> {
    value(unit, Clue::OrderCode)
}
