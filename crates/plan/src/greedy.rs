//! Three simple rules, to measure plans against. They share visits that are made already, keep every
//! limit, and take the first period that fits.

use crate::board::Board;
use crate::model::Model;
use crate::problem::Problem;
use crate::schedule::{Pick, Schedule};

/// Which asset is dealt with first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rule {
    /// The one with most risk points.
    HighestRisk,
    /// The one with the nearest deadline, then most risk points.
    DeadlineFirst,
    /// The one whose cheapest action costs least.
    CheapestFirst,
}

impl Rule {
    /// All of them with their names.
    pub const ALL: [(&'static str, Self); 3] = [
        ("highest risk first", Self::HighestRisk),
        ("deadline first", Self::DeadlineFirst),
        ("cheapest first", Self::CheapestFirst),
    ];
}

/// A plan by a simple rule. `problem` must have passed [`Problem::check`].
pub fn greedy(problem: &Problem, rule: Rule) -> Schedule {
    let m = Model::new(problem);
    let mut board = Board::new(&m);
    let mut order: Vec<usize> = (0..problem.assets.len()).collect();
    order.sort_by_key(|at| {
        let a = &problem.assets[*at];
        let due = a.deadline.as_ref().map_or(u16::MAX, |d| d.period);
        let cheapest = a.choices.iter().map(|c| c.cents).min().unwrap_or(i64::MAX);
        match rule {
            Rule::HighestRisk => (-a.points, 0, *at),
            Rule::DeadlineFirst => (i64::from(due), -a.points, *at),
            Rule::CheapestFirst => (cheapest, -a.points, *at),
        }
    });
    let mut stack: Vec<usize> = Vec::new();
    for at in order {
        // What must come first is dealt with first.
        stack.push(at);
        while let Some(at) = stack.last().copied() {
            let waits = problem.assets[at].after.iter().map(|a| *a as usize);
            let before = stack.len();
            stack.extend(waits.filter(|a| board.pick(*a).is_none()));
            if stack.len() == before {
                stack.pop();
                if board.pick(at).is_none() {
                    earliest(&mut board, at, rule);
                }
            }
        }
    }
    board.schedule()
}

/// Places an asset in the first period that fits.
fn earliest(board: &mut Board, at: usize, rule: Rule) {
    let m = board.m;
    let a = &m.p.assets[at];
    let mut choices: Vec<usize> = (0..a.choices.len()).collect();
    // What lowers most first; the cheapest rule takes the cheapest.
    choices.sort_by_key(|k| {
        let c = &a.choices[*k];
        match rule {
            Rule::CheapestFirst => (c.cents, c.points_after),
            _ => (c.points_after, c.cents),
        }
    });
    let placed = (0..m.t as u16).any(|period| {
        choices.iter().any(|k| {
            period >= a.choices[*k].earliest
                && board.place(
                    at,
                    Pick {
                        work: Some((*k as u16, period)),
                        bridge: None,
                    },
                )
        })
    });
    if !placed {
        board.place_or_leave(at, Pick::default());
    }
}
