//! The committed outcomes, against which every run is held.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use anyhow::Context as _;

use super::score::{FamilyOutcome, Outcome};

/// Outcome of each case by its id: `right`, `right, family settled`, `missed` ...
pub type Baseline = BTreeMap<String, String>;

/// The word for one case.
pub fn word(outcome: &Outcome, family: Option<&FamilyOutcome>) -> String {
    let mut word = match outcome {
        Outcome::Right => "right",
        Outcome::Missed(_) => "missed",
        Outcome::Wrong(_) => "wrong",
    }
    .to_owned();
    match family {
        Some(FamilyOutcome::Settled) => word.push_str(", family settled"),
        Some(FamilyOutcome::InSet) => word.push_str(", family in the set"),
        Some(FamilyOutcome::NotNamed(_) | FamilyOutcome::Wrong(_)) | None => {}
    }
    word
}

/// How good a word is, and how good its family part.
fn rank(word: &str) -> (u8, u8) {
    let (outcome, family) = word.split_once(", ").unwrap_or((word, ""));
    let outcome = match outcome {
        "right" => 2,
        "missed" => 1,
        _ => 0,
    };
    let family = match family {
        "family settled" => 2,
        "family in the set" => 1,
        _ => 0,
    };
    (outcome, family)
}

/// Reads it; a file that is not there is empty.
pub fn read(path: &Path) -> anyhow::Result<Baseline> {
    match fs::read_to_string(path) {
        Ok(text) => serde_json::from_str(&text).with_context(|| path.display().to_string()),
        Err(e) if e.kind() == std::io::ErrorKind::NotFound => Ok(Baseline::new()),
        Err(e) => Err(e).with_context(|| path.display().to_string()),
    }
}

/// Writes it, a case a line.
pub fn write(path: &Path, now: &Baseline) -> anyhow::Result<()> {
    let mut text = serde_json::to_string_pretty(now)?;
    text.push('\n');
    fs::write(path, text).with_context(|| path.display().to_string())
}

/// What got worse: a case that was right and is not, a family that was settled or in the set and is
/// less, a case that is gone.
pub fn worse(before: &Baseline, now: &Baseline) -> Vec<String> {
    let mut out = Vec::new();
    for (id, was) in before {
        let Some(is) = now.get(id) else {
            out.push(format!("{id}: was {was:?}; the case is gone"));
            continue;
        };
        let (was_rank, is_rank) = (rank(was), rank(is));
        if is_rank.0 < was_rank.0 || is_rank.1 < was_rank.1 {
            out.push(format!("{id}: was {was:?}, is {is:?}"));
        }
    }
    out
}

/// What got better or is new, and so is worth committing.
pub fn better(before: &Baseline, now: &Baseline) -> usize {
    now.iter()
        .filter(|(id, is)| before.get(*id).is_none_or(|was| was != *is))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(pairs: &[(&str, &str)]) -> Baseline {
        pairs
            .iter()
            .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
            .collect()
    }

    #[test]
    fn whatever_gets_worse_is_told() {
        let before = of(&[
            ("a", "right, family settled"),
            ("b", "right"),
            ("c", "missed"),
            ("d", "missed"),
            ("e", "right, family in the set"),
        ]);
        let now = of(&[
            ("a", "right, family in the set"),
            ("b", "missed"),
            ("c", "wrong"),
            ("d", "right"),
            ("e", "right, family settled"),
            ("f", "wrong"),
        ]);
        let told = worse(&before, &now);
        assert_eq!(told.len(), 3, "{told:?}");
        assert!(told[0].starts_with("a:"));
        assert!(told[1].starts_with("b:"));
        assert!(told[2].starts_with("c:"));
        assert_eq!(worse(&before, &before), Vec::<String>::new());
        assert_eq!(worse(&of(&[("z", "missed")]), &now).len(), 1);
    }
}
