//! Linear programs with whole numbers as data, and what solves them: `microlp` (pure Rust), or HiGHS where
//! that is built in.
//!
//! Neither is trusted: whoever asks rounds what comes back and costs it with this crate's own whole numbers.

use serde::{Deserialize, Serialize};

/// What solves integer programs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Solver {
    /// HiGHS where it is built in, else the pure-Rust one.
    #[default]
    Auto,
    /// The pure-Rust one.
    Own,
    /// HiGHS. Without the feature `highs` that is the pure-Rust one; ask [`Solver::is_built_in`] first.
    Highs,
}

impl Solver {
    /// Whether this build has it.
    pub const fn is_built_in(self) -> bool {
        !matches!(self, Self::Highs) || cfg!(feature = "highs")
    }

    /// What is asked with it in this build: never [`Solver::Auto`].
    #[must_use]
    pub const fn resolved(self) -> Self {
        match self {
            Self::Auto | Self::Highs if cfg!(feature = "highs") => Self::Highs,
            _ => Self::Own,
        }
    }
}

/// What values a column has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// 0 or 1, one of some that add up to 1.
    Choice,
    /// 0 or 1.
    Switch,
    /// 0 or more, not whole.
    Amount,
}

/// A column with what one of it costs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Column {
    pub(crate) cost: i64,
    pub(crate) kind: Kind,
}

/// A row: the sum of its terms is at most, or exactly, an amount. A column stands once in it.
#[derive(Clone, Debug, Default)]
pub(crate) struct Row {
    pub(crate) terms: Vec<(u32, i64)>,
    pub(crate) equal: bool,
    pub(crate) amount: i64,
}

impl Row {
    /// Adds to the factor of a column; columns come in order.
    pub(crate) fn add(&mut self, column: u32, n: i64) {
        match self.terms.last_mut() {
            Some((last, sum)) if *last == column => *sum += n,
            _ => self.terms.push((column, n)),
        }
    }
}

/// What is to be minimised, under what.
#[derive(Clone, Debug, Default)]
pub(crate) struct Program {
    pub(crate) columns: Vec<Column>,
    pub(crate) rows: Vec<Row>,
}

/// Of a program.
#[derive(Clone, Debug)]
pub(crate) struct Answer {
    /// Of every column.
    pub(crate) values: Vec<f64>,
    /// The solver says that nothing costs less.
    pub(crate) ended: bool,
}

impl Answer {
    /// Whether a column of 0 or 1 is 1.
    pub(crate) fn is_on(&self, column: u32) -> bool {
        self.values.get(column as usize).is_some_and(|x| *x > 0.5)
    }
}

impl Program {
    pub(crate) fn column(&mut self, cost: i64, kind: Kind) -> u32 {
        self.columns.push(Column { cost, kind });
        self.columns.len() as u32 - 1
    }

    /// The best values, or with HiGHS the best found within its limit of work. `start` has values of every
    /// column that are possible, where some are known.
    #[cfg_attr(not(feature = "highs"), allow(unused_variables))] // `microlp` begins with nothing
    pub(crate) fn solve(&self, solver: Solver, start: Option<&[f64]>) -> Option<Answer> {
        match solver.resolved() {
            #[cfg(feature = "highs")]
            Solver::Highs => crate::highs::solve(self, start),
            _ => self.own(),
        }
    }

    fn own(&self) -> Option<Answer> {
        use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem};
        let mut p = Problem::new(OptimizationDirection::Minimize);
        let variables: Vec<_> = self
            .columns
            .iter()
            .map(|c| match c.kind {
                Kind::Choice | Kind::Switch => p.add_binary_var(c.cost as f64),
                Kind::Amount => p.add_var(c.cost as f64, (0.0, f64::INFINITY)),
            })
            .collect();
        for row in &self.rows {
            let mut sum = LinearExpr::empty();
            for (x, n) in &row.terms {
                sum.add(variables[*x as usize], *n as f64);
            }
            let how = if row.equal {
                ComparisonOp::Eq
            } else {
                ComparisonOp::Le
            };
            p.add_constraint(sum, how, row.amount as f64);
        }
        let solution = p.solve().ok()?.into_solution().ok()?;
        Some(Answer {
            values: variables.iter().map(|x| solution.var_value(*x)).collect(),
            ended: true,
        })
    }
}
