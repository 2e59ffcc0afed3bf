//! Problems as integer programs, solved to the end if they are small enough.
//!
//! The columns are the picks of each asset, one is chosen, and a pick with a visit needs the visit open.
//! What the solver returns is rounded and costed with this crate's own whole numbers before it is used.

use crate::model::Model;
use crate::problem::{Problem, Resource};
use crate::program::{Kind, Program, Row, Solver};
use crate::relax::{Room, rooms};
use crate::schedule::{Pick, Schedule, sums};
use crate::solve::Effort;

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

/// A problem as a program.
struct Formulation {
    program: Program,
    /// Picks of every asset, and their columns.
    picks: Vec<Vec<(Pick, u32)>>,
    /// Column of each visit: `[site * t + period]`.
    visits: Vec<u32>,
    /// First row of the assets' choices, of the limits, of rooms and of orders. One row each, and for
    /// orders one a period unless they are for prices.
    #[cfg_attr(not(feature = "highs"), allow(dead_code))] // prices are read with HiGHS alone
    rows: [usize; 4],
}

/// Whether a program is to be solved, or asked for prices.
#[derive(Clone, Copy, PartialEq, Eq)]
enum For {
    Plan,
    /// Orders stand as the certificate has them: one row each.
    #[cfg(feature = "highs")]
    Prices,
}

/// All picks of all assets, if they are at most so many.
fn all_picks(problem: &Problem, most: usize) -> Option<Vec<Vec<Pick>>> {
    let mut all: Vec<Vec<Pick>> = Vec::with_capacity(problem.assets.len());
    let mut columns = 0;
    for at in 0..problem.assets.len() {
        let own = picks(problem, at);
        columns += own.len();
        if columns > most {
            return None;
        }
        all.push(own);
    }
    Some(all)
}

/// What a pick uses, with the period; without the visit.
fn uses(m: &Model, at: usize, pick: Pick) -> Vec<(Resource, usize, i64)> {
    let a = &m.p.assets[at];
    let mut out = Vec::new();
    if let Some((k, p)) = pick.work {
        let c = &a.choices[usize::from(k)];
        out.push((Resource::Budget(a.department), p.into(), c.cents));
        let crew = m.crew_of(at, c.crew) as u32;
        out.push((Resource::Crew(crew), p.into(), c.minutes));
        if let Some(s) = c.stock {
            out.push((Resource::Stock(s), p.into(), 1));
        }
    }
    if let Some((b, p)) = pick.bridge {
        let bridge = &a.bridges[usize::from(b)];
        out.push((Resource::Budget(a.department), p.into(), bridge.cents));
        let crew = m.crew_of(at, bridge.crew) as u32;
        out.push((Resource::Crew(crew), p.into(), bridge.minutes));
    }
    out
}

fn formulate(m: &Model, all: Vec<Vec<Pick>>, rooms: &[Room], purpose: For) -> Formulation {
    let problem = m.p;
    let t = m.t;
    let mut program = Program::default();
    let mut used: Vec<Row> = problem
        .limits
        .iter()
        .map(|l| Row {
            amount: l.amount,
            ..Row::default()
        })
        .collect();
    let mut visits = Vec::with_capacity(problem.sites.len() * t);
    for site in &problem.sites {
        for period in 0..t {
            let y = program.column(site.visit_cents, Kind::Switch);
            for l in &m.budget[site.department as usize * t + period] {
                used[*l as usize].add(y, site.visit_cents);
            }
            for l in &m.crew[site.crew as usize * t + period] {
                used[*l as usize].add(y, site.visit_minutes);
            }
            visits.push(y);
        }
    }
    // One visit carries at most what a limit leaves beside the travel.
    let mut in_room: Vec<Row> = Vec::with_capacity(rooms.len());
    let mut of_visit: Vec<Vec<usize>> = vec![Vec::new(); visits.len()];
    for (at, r) in rooms.iter().enumerate() {
        let visit = r.site as usize * t + usize::from(r.period);
        of_visit[visit].push(at);
        let mut row = Row::default();
        row.add(visits[visit], -r.amount);
        in_room.push(row);
    }
    let mut picks = Vec::with_capacity(all.len());
    let mut choices = Vec::with_capacity(all.len());
    let mut links = Vec::new();
    for (at, own) in all.into_iter().enumerate() {
        let a = &problem.assets[at];
        let mut one = Row {
            equal: true,
            amount: 1,
            ..Row::default()
        };
        let mut linked: Vec<Row> = vec![Row::default(); t];
        let mut columns = Vec::with_capacity(own.len());
        for pick in own {
            let uses = uses(m, at, pick);
            let spent = uses.iter().filter(|u| matches!(u.0, Resource::Budget(_)));
            let cents = m.exposure(at, pick.work, pick.bridge)
                + m.extras(at, pick.work)
                + spent.map(|u| u.2).sum::<i64>();
            let x = program.column(cents, Kind::Choice);
            one.add(x, 1);
            for (on, period, n) in &uses {
                let rows = match on {
                    Resource::Budget(d) => &m.budget[*d as usize * t + period],
                    Resource::Crew(c) => &m.crew[*c as usize * t + period],
                    Resource::Stock(s) => &m.stock[*s as usize * t + period],
                };
                for l in rows {
                    used[*l as usize].add(x, *n);
                }
            }
            if let Some((k, p)) = pick.work
                && a.choices[usize::from(k)].visit
            {
                linked[usize::from(p)].add(x, 1);
                for r in &of_visit[a.site as usize * t + usize::from(p)] {
                    let on = problem.limits[rooms[*r].limit as usize].on;
                    let alone = Pick {
                        bridge: None,
                        ..pick
                    };
                    for u in self::uses(m, at, alone).iter().filter(|u| u.0 == on) {
                        in_room[*r].add(x, u.2);
                    }
                }
            }
            columns.push((pick, x));
        }
        choices.push(one);
        for (period, mut row) in linked.into_iter().enumerate() {
            if !row.terms.is_empty() {
                row.terms
                    .insert(0, (visits[a.site as usize * t + period], -1));
                links.push(row);
            }
        }
        picks.push(columns);
    }
    let mut rows = [0; 4];
    program.rows = choices;
    rows[1] = program.rows.len();
    program.rows.extend(used);
    rows[2] = program.rows.len();
    program.rows.extend(in_room);
    rows[3] = program.rows.len();
    for (first, then) in &m.orders {
        order(
            &mut program.rows,
            &picks[*first as usize],
            &picks[*then as usize],
            t,
            purpose,
        );
    }
    program.rows.extend(links);
    Formulation {
        program,
        picks,
        visits,
        rows,
    }
}

/// Rows for the order of two assets' work.
fn order(rows: &mut Vec<Row>, first: &[(Pick, u32)], then: &[(Pick, u32)], t: usize, purpose: For) {
    // Columns come in order: those of the first asset have the lower numbers.
    if purpose == For::Plan {
        // Work on the second up to a period needs the first's not to lie later.
        for period in 0..t {
            let mut row = Row {
                amount: 1,
                ..Row::default()
            };
            for (pick, x) in first {
                if pick.work.is_some_and(|(_, p)| usize::from(p) > period) {
                    row.add(*x, 1);
                }
            }
            for (pick, x) in then {
                if pick.work.is_some_and(|(_, p)| usize::from(p) <= period) {
                    row.add(*x, 1);
                }
            }
            rows.push(row);
        }
    } else {
        // The first's period is at most the second's; without work they are the first of all and after
        // the last.
        let mut row = Row::default();
        for (pick, x) in first {
            row.add(*x, pick.work.map_or(0, |(_, p)| i64::from(p)));
        }
        for (pick, x) in then {
            row.add(*x, -pick.work.map_or(t as i64, |(_, p)| i64::from(p)));
        }
        rows.push(row);
    }
}

impl Formulation {
    /// Values of the columns for a plan.
    fn values_of(&self, m: &Model, schedule: &Schedule) -> Vec<f64> {
        let mut values = vec![0.0; self.program.columns.len()];
        for (at, (own, pick)) in self.picks.iter().zip(&schedule.picks).enumerate() {
            if let Some((_, x)) = own.iter().find(|(p, _)| p == pick) {
                values[*x as usize] = 1.0;
            }
            let a = &m.p.assets[at];
            if let Some((k, p)) = pick.work
                && a.choices[usize::from(k)].visit
            {
                values[self.visits[a.site as usize * m.t + usize::from(p)] as usize] = 1.0;
            }
        }
        values
    }
}

/// A plan from an integer program.
pub(crate) struct Exact {
    pub(crate) schedule: Schedule,
    /// The solver says that none is better.
    pub(crate) ended: bool,
}

/// The best plan, if the problem has few enough columns and the solver finds one no worse than `known`.
pub(crate) fn solve(problem: &Problem, effort: &Effort, known: &Schedule) -> Option<Exact> {
    let all = all_picks(problem, effort.most_columns())?;
    let m = Model::new(problem);
    // The pure-Rust solver is faster without them.
    let rooms = match effort.solver.resolved() {
        Solver::Highs => rooms(&m),
        _ => Vec::new(),
    };
    let f = formulate(&m, all, &rooms, For::Plan);
    let start = f.values_of(&m, known);
    let answer = f.program.solve(effort.solver, Some(&start))?;
    let mut schedule = Schedule::default();
    for own in &f.picks {
        let chosen = own.iter().find(|(_, x)| answer.is_on(*x))?;
        schedule.picks.push(chosen.0);
    }
    let (found, broken) = sums(problem, &schedule);
    let (known_sums, _) = sums(problem, known);
    // The solver is not trusted: what it says is used only if it holds and is no worse.
    (broken.is_none() && found.objective <= known_sums.objective).then_some(Exact {
        schedule,
        ended: answer.ended,
    })
}

/// Prices of the linear relaxation from HiGHS, in thousandths of a cent: of limits, of orders and of rooms,
/// and the values of assets.
#[cfg(feature = "highs")]
pub(crate) fn prices(m: &Model, effort: &Effort) -> Option<crate::relax::Dual> {
    let all = all_picks(m.p, effort.most_columns())?;
    let rooms = rooms(m);
    let f = formulate(m, all, &rooms, For::Prices);
    let relaxed = crate::highs::relax(&f.program)?;
    let thousandths = |x: f64| (x * 1000.0).round() as i64;
    let paid = |from: usize, n: usize| -> Vec<i64> {
        let of = relaxed.prices.iter().skip(from).take(n);
        of.map(|x| thousandths(-x).max(0)).collect()
    };
    let [_, limits, in_rooms, orders] = f.rows;
    let of_rooms = paid(in_rooms, rooms.len());
    Some(crate::relax::Dual {
        limits: paid(limits, m.p.limits.len()),
        orders: paid(orders, m.orders.len()),
        rooms: rooms
            .into_iter()
            .zip(of_rooms)
            .filter(|r| r.1 > 0)
            .collect(),
        values: relaxed.prices[..m.p.assets.len()]
            .iter()
            .map(|x| thousandths(*x))
            .collect(),
        bound: 0,
    })
}
