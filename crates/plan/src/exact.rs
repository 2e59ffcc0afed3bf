//! Small problems as integer programs, solved to the end by `microlp`.
//!
//! The columns are the picks of each asset, one is chosen, and a pick with a visit needs the visit open.
//! What the solver returns is rounded and costed with this crate's own whole numbers before it is used.

use microlp::{ComparisonOp, LinearExpr, OptimizationDirection, Problem as Program, Variable};

use crate::model::Model;
use crate::problem::{Problem, Resource};
use crate::schedule::{Pick, Schedule, sums};

/// All picks of an asset, in a fixed order.
pub fn picks(problem: &Problem, asset: usize) -> Vec<Pick> {
    let t = problem.periods.len() as u16;
    let Some(a) = problem.assets.get(asset) else {
        return Vec::new();
    };
    let blackout = |p: &u16| problem.sites[a.site as usize].blackout.contains(p);
    let mut works = vec![None];
    for (k, c) in a.choices.iter().enumerate() {
        for period in c.earliest..t {
            if !c.visit || !blackout(&period) {
                works.push(Some((k as u16, period)));
            }
        }
    }
    let mut out = Vec::new();
    for work in works {
        out.push(Pick { work, bridge: None });
        for (b, bridge) in a.bridges.iter().enumerate() {
            for from in bridge.earliest..work.map_or(t, |(_, p)| p + 1) {
                out.push(Pick {
                    work,
                    bridge: Some((b as u16, from)),
                });
            }
        }
    }
    out
}

/// The best plan, if the problem has at most so many columns and the solver reaches its end.
pub fn solve(problem: &Problem, most_columns: usize, known: &Schedule) -> Option<Schedule> {
    let m = Model::new(problem);
    let t = m.t;
    let mut all: Vec<Vec<Pick>> = Vec::with_capacity(problem.assets.len());
    let mut columns = 0;
    for at in 0..problem.assets.len() {
        let own = picks(problem, at);
        columns += own.len();
        if columns > most_columns {
            return None;
        }
        all.push(own);
    }
    let mut program = Program::new(OptimizationDirection::Minimize);
    let mut uses: Vec<Vec<(Variable, f64)>> = vec![Vec::new(); problem.limits.len()];
    // A variable stands once in a row: work and bridge may draw on the same limit.
    let mut draw = |l: u32, x: Variable, n: i64| {
        let row = &mut uses[l as usize];
        match row.last_mut() {
            Some((last, sum)) if *last == x => *sum += n as f64,
            _ => row.push((x, n as f64)),
        }
    };
    let mut visits = Vec::new();
    for s in 0..problem.sites.len() {
        for period in 0..t {
            let site = &problem.sites[s];
            let y = program.add_binary_var(site.visit_cents as f64);
            for l in &m.budget[site.department as usize * t + period] {
                draw(*l, y, site.visit_cents);
            }
            for l in &m.crew[site.crew as usize * t + period] {
                draw(*l, y, site.visit_minutes);
            }
            visits.push(y);
        }
    }
    let mut variables = Vec::new();
    for (at, own) in all.iter().enumerate() {
        let a = &problem.assets[at];
        let mut one = LinearExpr::empty();
        let mut linked: Vec<LinearExpr> = vec![LinearExpr::empty(); t];
        let mut xs = Vec::new();
        for pick in own {
            let mut cents = m.exposure(at, pick.work, pick.bridge) + m.extras(at, pick.work);
            let mut spent: Vec<(Resource, usize, i64)> = Vec::new();
            if let Some((k, p)) = pick.work {
                let c = &a.choices[usize::from(k)];
                cents += c.cents;
                spent.push((Resource::Budget(a.department), p.into(), c.cents));
                spent.push((
                    Resource::Crew(m.crew_of(at, c.crew) as u32),
                    p.into(),
                    c.minutes,
                ));
                if let Some(s) = c.stock {
                    spent.push((Resource::Stock(s), p.into(), 1));
                }
            }
            if let Some((b, p)) = pick.bridge {
                let bridge = &a.bridges[usize::from(b)];
                cents += bridge.cents;
                spent.push((Resource::Budget(a.department), p.into(), bridge.cents));
                let crew = m.crew_of(at, bridge.crew) as u32;
                spent.push((Resource::Crew(crew), p.into(), bridge.minutes));
            }
            let x = program.add_binary_var(cents as f64);
            one.add(x, 1.0);
            if let Some((k, p)) = pick.work
                && a.choices[usize::from(k)].visit
            {
                linked[usize::from(p)].add(x, 1.0);
            }
            for (on, period, n) in spent {
                let rows = match on {
                    Resource::Budget(d) => &m.budget[d as usize * t + period],
                    Resource::Crew(c) => &m.crew[c as usize * t + period],
                    Resource::Stock(s) => &m.stock[s as usize * t + period],
                };
                for l in rows {
                    draw(*l, x, n);
                }
            }
            xs.push(x);
        }
        program.add_constraint(one, ComparisonOp::Eq, 1.0);
        for (period, mut sum) in linked.into_iter().enumerate() {
            sum.add(visits[a.site as usize * t + period], -1.0);
            program.add_constraint(sum, ComparisonOp::Le, 0.0);
        }
        variables.push(xs);
    }
    for (l, sum) in problem.limits.iter().zip(uses) {
        program.add_constraint(&sum[..], ComparisonOp::Le, l.amount as f64);
    }
    // Work on the second up to a period needs the first's not to lie later.
    for (first, then) in &m.orders {
        let (first, then) = (*first as usize, *then as usize);
        for period in 0..t {
            let mut sum = LinearExpr::empty();
            for (pick, x) in all[then].iter().zip(&variables[then]) {
                if pick.work.is_some_and(|(_, p)| usize::from(p) <= period) {
                    sum.add(*x, 1.0);
                }
            }
            for (pick, x) in all[first].iter().zip(&variables[first]) {
                if pick.work.is_some_and(|(_, p)| usize::from(p) > period) {
                    sum.add(*x, 1.0);
                }
            }
            program.add_constraint(sum, ComparisonOp::Le, 1.0);
        }
    }
    let solution = program.solve().ok()?.into_solution().ok()?;
    let mut schedule = Schedule::default();
    for (own, xs) in all.iter().zip(&variables) {
        let chosen = own
            .iter()
            .zip(xs)
            .find(|(_, x)| solution.var_value(**x) > 0.5)?;
        schedule.picks.push(*chosen.0);
    }
    let (found, broken) = sums(problem, &schedule);
    let (known_sums, _) = sums(problem, known);
    // The solver is not trusted: what it says is used only if it holds and is no worse.
    (broken.is_none() && found.objective <= known_sums.objective).then_some(schedule)
}
