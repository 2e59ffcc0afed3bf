//! Scoring: what a tool says of a case against its label.
//!
//! - decidable (`maker_slug` set): right if some finding of presence observed or declared names that
//!   maker and none names another;
//! - undecidable (present, no `maker_slug`): right if there is a finding and none names a maker;
//! - not present: right if there is no finding of presence observed or declared.
//!
//! Family is scored apart, on decidable cases that have a model.

use std::collections::BTreeSet;

use cellsweep_evidence::Stance;
use cellsweep_identify::Finding;

use super::cases::Truth;
use super::interval::Share;

/// How one case came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// As labelled.
    Right,
    /// Nothing wrong is said, but not what the label says.
    Missed(String),
    /// Something wrong is said.
    Wrong(String),
}

/// What a tool says about a case: makers named, and whether it says that something is there.
#[derive(Clone, Debug, Default)]
pub struct Said {
    /// Makers named.
    pub makers: BTreeSet<String>,
    /// Something cellular is there.
    pub present: bool,
}

/// What findings say of makers and presence.
pub fn said(findings: &[Finding]) -> Said {
    let strong = || findings.iter().filter(|f| f.presence <= Stance::Declared);
    Said {
        makers: strong().filter_map(|f| f.module.maker.clone()).collect(),
        present: strong().next().is_some(),
    }
}

/// Scores what was said.
pub fn score(truth: &Truth, said: &Said) -> Outcome {
    let others: Vec<&String> = said
        .makers
        .iter()
        .filter(|m| Some(m.as_str()) != truth.maker_slug.as_deref())
        .collect();
    match (&truth.maker_slug, truth.present) {
        (Some(maker), _) => {
            if !others.is_empty() {
                Outcome::Wrong(format!("names {others:?}, is {maker}"))
            } else if said.makers.contains(maker) {
                Outcome::Right
            } else if said.present {
                Outcome::Missed(format!("present, maker not named, is {maker}"))
            } else {
                Outcome::Missed(format!("nothing found, is {maker}"))
            }
        }
        (None, true) => {
            if !others.is_empty() {
                Outcome::Wrong(format!("names {others:?}, is undecidable"))
            } else if said.present {
                Outcome::Right
            } else {
                Outcome::Missed("nothing found, is present".to_owned())
            }
        }
        (None, false) => {
            if said.present {
                Outcome::Wrong(format!("says present {:?}, is not", said.makers))
            } else {
                Outcome::Right
            }
        }
    }
}

/// How the family came out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FamilyOutcome {
    /// One family, the right one.
    Settled,
    /// It is in the set.
    InSet,
    /// No family is named.
    NotNamed(String),
    /// Another is named.
    Wrong(String),
}

/// Letters and digits only, upper case.
fn plain(name: &str) -> String {
    name.chars()
        .filter(char::is_ascii_alphanumeric)
        .map(|c| c.to_ascii_uppercase())
        .collect()
}

/// Whether the family is right; `None` if the case has none.
pub fn family(truth: &Truth, findings: &[Finding]) -> Option<FamilyOutcome> {
    let maker = truth.maker_slug.as_deref()?;
    let model = truth.model.as_deref()?;
    let accepted: Vec<String> = model
        .split('/')
        .map(plain)
        .filter(|m| m.len() >= 2)
        .collect();
    let fits = |family: &str| {
        let family = plain(family);
        accepted
            .iter()
            .any(|a| family.starts_with(a.as_str()) || a.starts_with(family.as_str()))
    };
    let ours: Vec<&Finding> = findings
        .iter()
        .filter(|f| f.module.maker.as_deref() == Some(maker))
        .collect();
    let settled: Vec<&str> = ours
        .iter()
        .filter_map(|f| f.module.family.as_deref())
        .collect();
    if !settled.is_empty() {
        return Some(if settled.iter().any(|f| fits(f)) {
            FamilyOutcome::Settled
        } else {
            FamilyOutcome::Wrong(format!("{settled:?}, is {model}"))
        });
    }
    let sets: Vec<&str> = ours
        .iter()
        .flat_map(|f| f.candidates.iter())
        .filter_map(|c| c.family.as_deref())
        .flat_map(|f| f.split('/'))
        .collect();
    Some(if sets.iter().any(|f| fits(f)) {
        FamilyOutcome::InSet
    } else if sets.is_empty() {
        FamilyOutcome::NotNamed(format!("not named, is {model}"))
    } else {
        FamilyOutcome::Wrong(format!("set {sets:?}, is {model}"))
    })
}

/// Counts over cases.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// Right, missed, wrong of the decidable.
    pub decidable: [u32; 3],
    /// Likewise of the undecidable.
    pub undecidable: [u32; 3],
    /// Likewise of those where nothing is there.
    pub negative: [u32; 3],
    /// Families: settled, in the set, not named, wrong.
    pub family: [u32; 4],
}

impl Tally {
    /// One more case.
    pub fn add(&mut self, truth: &Truth, outcome: &Outcome) {
        let row = match (&truth.maker_slug, truth.present) {
            (Some(_), _) => &mut self.decidable,
            (None, true) => &mut self.undecidable,
            (None, false) => &mut self.negative,
        };
        let column = match outcome {
            Outcome::Right => 0,
            Outcome::Missed(_) => 1,
            Outcome::Wrong(_) => 2,
        };
        if let Some(cell) = row.get_mut(column) {
            *cell += 1;
        }
    }

    /// One more family.
    pub fn add_family(&mut self, outcome: &FamilyOutcome) {
        let at = match outcome {
            FamilyOutcome::Settled => 0,
            FamilyOutcome::InSet => 1,
            FamilyOutcome::NotNamed(_) => 2,
            FamilyOutcome::Wrong(_) => 3,
        };
        if let Some(cell) = self.family.get_mut(at) {
            *cell += 1;
        }
    }

    /// All that say something wrong.
    pub fn wrong(&self) -> u32 {
        self.decidable[2] + self.undecidable[2] + self.negative[2]
    }

    /// Right among all cases in which a maker is named or, on a negative, something is said to be there.
    pub fn precision(&self) -> Share {
        Share {
            hits: self.decidable[0],
            of: self.decidable[0] + self.wrong(),
        }
    }

    /// Right among the decidable.
    pub fn recall(&self) -> Share {
        of(&self.decidable)
    }

    /// Sets where only a set is right.
    pub fn sets(&self) -> Share {
        of(&self.undecidable)
    }

    /// Silence where nothing is.
    pub fn silence(&self) -> Share {
        of(&self.negative)
    }

    /// Families settled and right among the cases with a model.
    pub fn families(&self) -> Share {
        Share {
            hits: self.family[0],
            of: self.family.iter().sum(),
        }
    }

    /// Families settled and right, or in the set.
    pub fn families_or_sets(&self) -> Share {
        Share {
            hits: self.family[0] + self.family[1],
            of: self.family.iter().sum(),
        }
    }
}

fn of(row: &[u32; 3]) -> Share {
    Share {
        hits: row[0],
        of: row.iter().sum(),
    }
}
