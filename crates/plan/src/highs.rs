//! HiGHS as a back end: integer programs within a limit of work, and the prices of relaxed ones.

use std::num::NonZeroU32;

use highs::{Col, HighsModelStatus, HighsSolutionStatus, Model, RowProblem, Sense, SolvedModel};

use crate::program::{Answer, Kind, Program};

/// Most nodes of the search. A limit of time would give another plan on another machine.
const NODES: i32 = 1000;

/// Values and prices of a program without whole numbers.
pub(crate) struct Relaxed {
    /// Of every row: what one unit more of its amount would change, in the units of the costs.
    pub(crate) prices: Vec<f64>,
}

fn model(program: &Program, whole: bool) -> Option<Model> {
    let mut p = RowProblem::default();
    let columns: Vec<Col> = program
        .columns
        .iter()
        .map(|c| match c.kind {
            Kind::Choice | Kind::Switch if whole => p.add_integer_column(c.cost as f64, 0.0..=1.0),
            Kind::Switch => p.add_column(c.cost as f64, 0.0..=1.0),
            // What is chosen adds up to one: an upper bound would only take of the price of that.
            Kind::Choice | Kind::Amount => p.add_column(c.cost as f64, 0.0..),
        })
        .collect();
    for row in &program.rows {
        let terms = row.terms.iter();
        let terms: Vec<(Col, f64)> = terms
            .map(|(x, n)| (columns[*x as usize], *n as f64))
            .collect();
        let amount = row.amount as f64;
        if row.equal {
            p.add_row(amount..=amount, terms);
        } else {
            p.add_row(..=amount, terms);
        }
    }
    let mut model = Model::try_new(p).ok()?;
    model.make_quiet();
    model.set_sense(Sense::Minimise);
    // One thread and one seed: the same problem gives the same answer.
    model.set_threads(NonZeroU32::MIN);
    model.try_set_option("random_seed", 0i32).ok()?;
    Some(model)
}

fn run(model: Model) -> Option<SolvedModel> {
    model.try_solve().ok()
}

/// Integer values.
pub(crate) fn solve(program: &Program, start: Option<&[f64]>) -> Option<Answer> {
    let mut model = model(program, true)?;
    model.try_set_option("mip_max_nodes", NODES).ok()?;
    // Costs are whole: what is less than one apart is equal.
    model.try_set_option("mip_rel_gap", 0.0).ok()?;
    model.try_set_option("mip_abs_gap", 0.5).ok()?;
    if let Some(start) = start {
        model.try_set_solution(Some(start), None, None, None).ok()?;
    }
    let solved = run(model)?;
    let ended = solved.status() == HighsModelStatus::Optimal;
    if solved.primal_solution_status() != HighsSolutionStatus::Feasible {
        return None;
    }
    Some(Answer {
        values: solved.get_solution().columns().to_vec(),
        ended,
    })
}

/// Prices of the rows, without whole numbers.
pub(crate) fn relax(program: &Program) -> Option<Relaxed> {
    let solved = run(model(program, false)?)?;
    if solved.status() != HighsModelStatus::Optimal {
        return None;
    }
    Some(Relaxed {
        prices: solved.get_solution().dual_rows().to_vec(),
    })
}
