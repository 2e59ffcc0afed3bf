//! What lacks where binding deadlines cannot all be kept: how many are missed at least, and how little more
//! money, time or parts would keep them.
//!
//! Only assets with a binding deadline count here; everything else can be left as it is. What would be
//! added is minimised over their placements, small problems as integer programs, others by prices: going
//! over a limit is allowed and costs, so no price rises above that cost, and the same relaxation as that of
//! the plan bounds from below what has to be added.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::board::Board;
use crate::model::Model;
use crate::problem::{Asset, Limit, Problem, Resource};
use crate::program::{Kind, Program, Row, Solver};
use crate::relax::{Dual, search};
use crate::schedule::{Pick, Schedule, sums};
use crate::solve::Effort;

/// What lacks for the binding deadlines that are missed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shortfall {
    /// Assets, by position.
    pub assets: Vec<u32>,
    /// No period is early enough for these, whatever is spent.
    pub out_of_reach: Vec<u32>,
    /// At least so many binding deadlines are missed by every plan that keeps the limits.
    pub least_missed: u64,
    /// What has to be added to limits, by position, so that `schedule` keeps all other deadlines.
    pub add: Vec<(u32, i64)>,
    /// The sums of `add`, each with what is needed at least.
    pub least: Vec<Least>,
    /// The plan with that added.
    pub schedule: Schedule,
}

/// Of one kind of resource: what is added in all, and what every plan that keeps these deadlines needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Least {
    /// Of what.
    pub kind: Lacking,
    /// Cents, minutes or units that are enough, added over all limits.
    pub added: i64,
    /// No less is enough, however much there is of the other kinds.
    pub at_least: i64,
}

/// A kind of resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Lacking {
    /// Money, in cents.
    Budget,
    /// Time of crews, in minutes.
    Crew,
    /// Spare parts, in units.
    Stock,
}

impl Lacking {
    const ALL: [Self; 3] = [Self::Budget, Self::Crew, Self::Stock];

    /// The kind of a limit.
    pub const fn of(on: Resource) -> Self {
        match on {
            Resource::Budget(_) => Self::Budget,
            Resource::Crew(_) => Self::Crew,
            Resource::Stock(_) => Self::Stock,
        }
    }

    /// What a unit counts against the other kinds, where one can stand for another: a minute as 100 cents,
    /// a part as 10,000.
    pub const fn weight(self) -> i64 {
        match self {
            Self::Budget => 1,
            Self::Crew => 100,
            Self::Stock => 10_000,
        }
    }
}

/// Choice and period of an asset that is worked on.
type Work = (u16, u16);

/// Thousandths of a cent by which one unit is weighed in the search: whole prices are fine enough then.
const UNIT: i64 = 1_000_000;
/// What not keeping a deadline counts, so that no site chooses it.
const NOT_KEPT: i64 = 1_000_000_000_000_000;

/// Binding deadlines that `schedule` misses, and what would have to be added for them to be kept.
pub(crate) fn shortfall(problem: &Problem, schedule: &Schedule, effort: &Effort) -> Shortfall {
    let m = Model::new(problem);
    let binding: Vec<usize> = (0..problem.assets.len())
        .filter(|at| {
            let d = problem.assets[*at].deadline.as_ref();
            d.is_some_and(|d| d.binding)
        })
        .collect();
    let kept = |at: usize| keeps(&problem.assets[at], schedule.picks[at].work);
    let reach = Reach::new(&m, &binding, &kept);
    let part = part(problem, &reach.assets);
    let mut q = Model::new(&part);
    q.own = 0;
    for item in &mut q.items {
        item.missed = NOT_KEPT;
    }
    let options: Vec<Vec<Work>> = reach
        .assets
        .iter()
        .map(|at| reach.options(&m, *at))
        .collect();
    let weigh = |kind: Option<Lacking>| -> Vec<i64> {
        let of = part.limits.iter().map(|l| Lacking::of(l.on));
        of.map(|k| match kind {
            None => k.weight(),
            Some(kind) => i64::from(kind == k),
        })
        .collect()
    };
    // From the plan: what it keeps stays, what it misses goes where it adds least.
    let weights = weigh(None);
    let mut over = Over::new(&q, &weights);
    let mut begin = vec![None; part.assets.len()];
    for (n, at) in reach.assets.iter().enumerate() {
        let work = schedule.picks[*at].work;
        if kept(*at) && work.is_some_and(|w| options[n].contains(&w)) {
            begin[n] = work;
            over.put(n, work, 1);
        }
    }
    over.place(&mut begin, &options);
    over.descend(&mut begin, &options);
    let mut best = (over.total(), begin);
    // From prices: what sites would do where going over costs.
    let caps: Vec<i64> = weights.iter().map(|w| w * UNIT / 100).collect();
    let (_, pool) = bound(&q, &caps, best.0, effort.rounds / 2);
    let picks = pool.choose(&q, &caps, &[], Some(&caps), effort.seed);
    let mut other: Vec<Option<Work>> = picks
        .iter()
        .zip(&options)
        .map(|(p, o)| p.work.filter(|w| o.contains(w)))
        .collect();
    let mut over = Over::new(&q, &weights);
    over.take_in_order(&mut other);
    over.place(&mut other, &options);
    over.descend(&mut other, &options);
    if over.total() < best.0 {
        best = (over.total(), other);
    }
    let columns: usize = options.iter().map(Vec::len).sum();
    let small = columns <= effort.most_columns();
    if small
        && best.0 > 0
        && let Some(exact) = program(&q, &options, &weights, effort.solver)
        && exact.over <= best.0
    {
        best = (exact.over, exact.works);
    }
    let (_, works) = best;
    // The plan with it: these first, then all else that still fits.
    let mut over = Over::new(&q, &weights);
    for (n, work) in works.iter().enumerate() {
        over.put(n, *work, 1);
    }
    let add = over.add();
    let mut out = Shortfall {
        assets: binding
            .iter()
            .filter(|at| !kept(**at))
            .map(|at| *at as u32)
            .collect(),
        out_of_reach: reach.out.iter().map(|at| *at as u32).collect(),
        ..Shortfall::default()
    };
    for kind in Lacking::ALL {
        let of = add.iter().filter(|(l, _)| {
            let on = part.limits[*l as usize].on;
            Lacking::of(on) == kind
        });
        let added: i64 = of.map(|(_, n)| *n).sum();
        if added == 0 {
            continue;
        }
        let alone = weigh(Some(kind));
        let exact = if small {
            let least = program(&q, &options, &alone, effort.solver);
            least.filter(|p| p.ended).map(|p| p.over)
        } else {
            None
        };
        let at_least = exact.unwrap_or_else(|| {
            let caps: Vec<i64> = alone.iter().map(|w| w * UNIT).collect();
            bound(&q, &caps, added, effort.rounds / 2).0
        });
        out.least.push(Least {
            kind,
            added,
            at_least: at_least.clamp(0, added),
        });
    }
    let missed = out.assets.len() as i64;
    // Where something has to be added, not all can be kept without.
    let some = i64::from(out.least.iter().any(|l| l.at_least > 0));
    let out_of_reach = reach.out.len() as i64;
    let counted = least_missed(&part, out_of_reach, missed, effort.rounds / 2);
    out.least_missed = counted.max((out_of_reach + some).unsigned_abs());
    out.schedule = filled(problem, schedule, &reach.assets, &works, &add);
    out.add = add;
    out
}

fn keeps(a: &Asset, work: Option<Work>) -> bool {
    match (&a.deadline, work) {
        (Some(d), Some((k, t))) => t <= d.period && a.choices[usize::from(k)].meets_deadline,
        _ => false,
    }
}

/// Which binding deadlines can be kept at all, and from when on.
struct Reach {
    /// Those that can, in order.
    assets: Vec<usize>,
    out: Vec<usize>,
    /// First period that orders of work leave, for every asset of the problem.
    low: Vec<u16>,
}

impl Reach {
    fn new(m: &Model, binding: &[usize], kept: &impl Fn(usize) -> bool) -> Self {
        let mut out: BTreeSet<usize> = BTreeSet::new();
        loop {
            let mut reach = Self {
                assets: Vec::new(),
                out: Vec::new(),
                low: vec![0; m.p.assets.len()],
            };
            let mut inside = vec![false; m.p.assets.len()];
            let mut more: Vec<usize> = Vec::new();
            for at in binding.iter().filter(|at| !out.contains(at)) {
                let first = m.p.assets[*at].after.iter();
                let first = first.filter(|f| inside[**f as usize]);
                reach.low[*at] = first.map(|f| reach.low[*f as usize]).max().unwrap_or(0);
                let options = reach.options(m, *at);
                if let Some(t) = options.iter().map(|o| o.1).min() {
                    reach.low[*at] = t;
                    inside[*at] = true;
                    reach.assets.push(*at);
                } else if kept(*at) {
                    // Kept as things are: what has to come first, and is missed, stands in the way.
                    let mut waits = vec![*at];
                    while let Some(b) = waits.pop() {
                        for f in &m.p.assets[b].after {
                            let f = *f as usize;
                            if inside[f] && !more.contains(&f) {
                                waits.push(f);
                                if !kept(f) {
                                    more.push(f);
                                }
                            }
                        }
                    }
                    if more.is_empty() {
                        more.push(*at);
                    }
                } else {
                    more.push(*at);
                }
            }
            if more.is_empty() {
                reach.out = out.into_iter().collect();
                return reach;
            }
            out.extend(more);
        }
    }

    /// Choices and periods that keep the deadline of an asset.
    fn options(&self, m: &Model, at: usize) -> Vec<Work> {
        let a = &m.p.assets[at];
        let Some(d) = &a.deadline else {
            return Vec::new();
        };
        let mut out = Vec::new();
        for (k, c) in a.choices.iter().enumerate().filter(|c| c.1.meets_deadline) {
            for t in c.earliest.max(self.low[at])..=d.period {
                if !c.visit || m.open[a.site as usize * m.t + usize::from(t)] {
                    out.push((k as u16, t));
                }
            }
        }
        out
    }
}

/// The problem of these assets alone, with nothing but their work.
fn part(problem: &Problem, assets: &[usize]) -> Problem {
    let mut new_at = vec![None; problem.assets.len()];
    for (n, at) in assets.iter().enumerate() {
        new_at[*at] = Some(n as u32);
    }
    Problem {
        periods: problem.periods.clone(),
        cents_per_point: 0,
        change_cents: 0,
        departments: problem.departments.clone(),
        crews: problem.crews.clone(),
        stocks: problem.stocks.clone(),
        limits: problem.limits.clone(),
        sites: problem.sites.clone(),
        assets: assets
            .iter()
            .map(|at| {
                let a = &problem.assets[*at];
                Asset {
                    after: a.after.iter().filter_map(|f| new_at[*f as usize]).collect(),
                    bridges: Vec::new(),
                    planned: None,
                    ..a.clone()
                }
            })
            .collect(),
    }
}

/// What every placement goes over the limits at least, in weights; and what sites would do.
fn bound(q: &Model, caps: &[i64], known: i64, rounds: usize) -> (i64, crate::round::Pool) {
    let upper = known.saturating_mul(UNIT / 1000).max(1);
    let start = Dual {
        limits: caps.iter().map(|c| c / 2).collect(),
        orders: vec![0; q.orders.len()],
        ..Dual::default()
    };
    let (dual, pool) = search(q.p, q, rounds, Some(&start), Some(caps), upper, |_, _| {
        upper
    });
    let up = -(-dual.bound).div_euclid(i128::from(UNIT));
    (i64::try_from(up).unwrap_or(0).max(0), pool)
}

/// No plan that keeps the limits misses fewer.
fn least_missed(part: &Problem, out_of_reach: i64, missed: i64, rounds: usize) -> u64 {
    let mut q = Model::new(part);
    q.own = 0;
    for item in &mut q.items {
        item.missed = UNIT;
    }
    let upper = (missed * (UNIT / 1000)).max(1);
    let (dual, _) = search(part, &q, rounds, None, None, upper, |_, _| upper);
    let up = i64::try_from(-(-dual.bound).div_euclid(i128::from(UNIT))).unwrap_or(0);
    (up.max(0) + out_of_reach).clamp(0, missed).unsigned_abs()
}

/// Use of limits, which may be exceeded.
struct Over<'m, 'p> {
    m: &'m Model<'p>,
    weights: &'m [i64],
    /// Below zero: exceeded.
    left: Vec<i64>,
    visits: Vec<u32>,
    at: Vec<Option<u16>>,
    /// Weight of all that is exceeded.
    sum: i64,
}

impl<'m, 'p> Over<'m, 'p> {
    fn new(m: &'m Model<'p>, weights: &'m [i64]) -> Self {
        Self {
            m,
            weights,
            left: m.p.limits.iter().map(|l| l.amount).collect(),
            visits: vec![0; m.p.sites.len() * m.t],
            at: vec![None; m.p.assets.len()],
            sum: 0,
        }
    }

    fn total(&self) -> i64 {
        self.sum
    }

    fn add(&self) -> Vec<(u32, i64)> {
        let over = self.left.iter().enumerate().filter(|(_, n)| **n < 0);
        over.map(|(l, n)| (l as u32, -n)).collect()
    }

    fn draw(&mut self, rows: &[u32], n: i64) {
        for l in rows {
            let l = *l as usize;
            let before = (-self.left[l]).max(0);
            self.left[l] -= n;
            self.sum += self.weights[l] * ((-self.left[l]).max(0) - before);
        }
    }

    /// Puts work there (`sign` 1) or takes it away (-1).
    fn put(&mut self, asset: usize, work: Option<Work>, sign: i64) {
        let m = self.m;
        let Some((k, period)) = work else { return };
        let a = &m.p.assets[asset];
        let c = &a.choices[usize::from(k)];
        let here = usize::from(period);
        self.draw(
            &m.budget[a.department as usize * m.t + here],
            sign * c.cents,
        );
        self.draw(
            &m.crew[m.crew_of(asset, c.crew) * m.t + here],
            sign * c.minutes,
        );
        if let Some(s) = c.stock {
            self.draw(&m.stock[s as usize * m.t + here], sign);
        }
        if c.visit {
            let s = &m.p.sites[a.site as usize];
            let visits = &mut self.visits[a.site as usize * m.t + here];
            let first = if sign > 0 { *visits == 0 } else { *visits == 1 };
            *visits = if sign > 0 { *visits + 1 } else { *visits - 1 };
            if first {
                self.draw(
                    &m.budget[s.department as usize * m.t + here],
                    sign * s.visit_cents,
                );
                self.draw(
                    &m.crew[s.crew as usize * m.t + here],
                    sign * s.visit_minutes,
                );
            }
        }
        self.at[asset] = (sign > 0).then_some(period);
    }

    fn in_order(&self, asset: usize, period: u16) -> bool {
        let m = self.m;
        if m.orders.is_empty() {
            return true;
        }
        let after = &m.p.assets[asset].after;
        after
            .iter()
            .all(|f| self.at[*f as usize].is_none_or(|p| p <= period))
            && m.then[asset]
                .iter()
                .all(|b| self.at[*b as usize].is_none_or(|p| period <= p))
    }

    /// Puts what is in order; the rest is taken out of the list.
    fn take_in_order(&mut self, works: &mut [Option<Work>]) {
        for (n, work) in works.iter_mut().enumerate() {
            match *work {
                Some((_, t)) if self.in_order(n, t) => self.put(n, *work, 1),
                _ => *work = None,
            }
        }
    }

    /// Puts what stands nowhere where it adds least. Orders may need what comes after to move: that is
    /// taken out and put anew.
    fn place(&mut self, works: &mut [Option<Work>], options: &[Vec<Work>]) {
        let m = self.m;
        let mut waits: BTreeSet<usize> = (0..works.len()).filter(|n| works[*n].is_none()).collect();
        while let Some(n) = waits.pop_first() {
            if let Some(work) = self.cheapest(n, &options[n]) {
                works[n] = Some(work);
                self.put(n, Some(work), 1);
                continue;
            }
            // As early as can be; what then stands out of order is put anew. Nothing can come earlier than
            // that, so that this ends.
            let Some(work) = options[n].iter().min_by_key(|o| (o.1, o.0)).copied() else {
                continue;
            };
            for f in &m.p.assets[n].after {
                let f = *f as usize;
                if works[f].is_some_and(|(_, p)| p > work.1) {
                    self.put(f, works[f], -1);
                    works[f] = None;
                    waits.insert(f);
                }
            }
            if m.then.is_empty() {
                continue;
            }
            for b in &m.then[n] {
                let b = *b as usize;
                if works[b].is_some_and(|(_, p)| p < work.1) {
                    self.put(b, works[b], -1);
                    works[b] = None;
                    waits.insert(b);
                }
            }
            works[n] = Some(work);
            self.put(n, Some(work), 1);
        }
    }

    fn cheapest(&mut self, n: usize, options: &[Work]) -> Option<Work> {
        let mut best: Option<(i64, Work)> = None;
        for work in options {
            if !self.in_order(n, work.1) {
                continue;
            }
            self.put(n, Some(*work), 1);
            if best.is_none_or(|(sum, _)| self.sum < sum) {
                best = Some((self.sum, *work));
            }
            self.put(n, Some(*work), -1);
        }
        best.map(|b| b.1)
    }

    /// Moves one asset after the other to where less is exceeded, until none helps; then all of a visit.
    fn descend(&mut self, works: &mut [Option<Work>], options: &[Vec<Work>]) {
        for _ in 0..PASSES {
            let before = self.sum;
            if before == 0 {
                return;
            }
            for n in 0..works.len() {
                let Some(was) = works[n] else { continue };
                let sum = self.sum;
                self.put(n, Some(was), -1);
                let to = self.cheapest(n, &options[n]).unwrap_or(was);
                self.put(n, Some(to), 1);
                works[n] = Some(to);
                if self.sum >= sum && to != was {
                    self.put(n, Some(to), -1);
                    self.put(n, Some(was), 1);
                    works[n] = Some(was);
                }
            }
            for site in 0..self.m.at_site.len() {
                self.move_visits(site, works, options);
            }
            if self.sum == before {
                return;
            }
        }
    }

    /// Moves all that one visit does into another period, where all of it can be done.
    fn move_visits(&mut self, site: usize, works: &mut [Option<Work>], options: &[Vec<Work>]) {
        let m = self.m;
        for from in 0..m.t as u16 {
            if self.visits[site * m.t + usize::from(from)] < 2 {
                continue;
            }
            let here = |a: &u32| works[*a as usize].is_some_and(|w| w.1 == from);
            let of: Vec<usize> = m.at_site[site]
                .iter()
                .filter(|a| here(a))
                .map(|a| *a as usize)
                .collect();
            let sum = self.sum;
            let mut best: Option<(i64, u16)> = None;
            let shift = |n: usize, k: u16, to: u16| -> Option<Work> {
                let own = options[n].iter().find(|o| **o == (k, to));
                own.or_else(|| options[n].iter().find(|o| o.1 == to))
                    .copied()
            };
            let was: Vec<Option<Work>> = of.iter().map(|n| works[*n]).collect();
            for n in &of {
                self.put(*n, works[*n], -1);
            }
            for to in 0..m.t as u16 {
                let moved: Option<Vec<(usize, Work)>> = of
                    .iter()
                    .zip(&was)
                    .map(|(n, w)| {
                        let work = shift(*n, w.map_or(0, |w| w.0), to)?;
                        self.in_order(*n, to).then_some((*n, work))
                    })
                    .collect();
                let Some(moved) = moved else { continue };
                for (n, work) in &moved {
                    self.put(*n, Some(*work), 1);
                }
                if self.sum < best.map_or(sum, |b| b.0) {
                    best = Some((self.sum, to));
                }
                for (n, work) in &moved {
                    self.put(*n, Some(*work), -1);
                }
            }
            for (n, w) in of.iter().zip(&was) {
                if let (Some((_, to)), Some((k, _))) = (best, *w) {
                    works[*n] = shift(*n, k, to);
                }
                self.put(*n, works[*n], 1);
            }
        }
    }
}

/// Most passes over all assets.
const PASSES: usize = 50;

/// Where work stands in the least of all placements.
struct Placed {
    /// Weight of what is exceeded.
    over: i64,
    works: Vec<Option<Work>>,
    /// The solver says that nothing less is possible.
    ended: bool,
}

/// The least of all placements, if the solver finds one.
fn program(q: &Model, options: &[Vec<Work>], weights: &[i64], solver: Solver) -> Option<Placed> {
    let t = q.t;
    let mut program = Program::default();
    let mut used: Vec<Row> = vec![Row::default(); q.p.limits.len()];
    let mut draw = |rows: &[u32], x: u32, n: i64| {
        for l in rows {
            used[*l as usize].add(x, n);
        }
    };
    let mut visits: Vec<Option<u32>> = vec![None; q.p.sites.len() * t];
    for (n, own) in options.iter().enumerate() {
        let site = q.p.assets[n].site as usize;
        let s = &q.p.sites[site];
        for (k, period) in own {
            let here = usize::from(*period);
            if q.p.assets[n].choices[usize::from(*k)].visit && visits[site * t + here].is_none() {
                let y = program.column(0, Kind::Switch);
                draw(
                    &q.budget[s.department as usize * t + here],
                    y,
                    s.visit_cents,
                );
                draw(&q.crew[s.crew as usize * t + here], y, s.visit_minutes);
                visits[site * t + here] = Some(y);
            }
        }
    }
    let mut columns: Vec<Vec<u32>> = Vec::new();
    for (n, own) in options.iter().enumerate() {
        let a = &q.p.assets[n];
        let mut one = Row {
            equal: true,
            amount: 1,
            ..Row::default()
        };
        let mut xs = Vec::new();
        let mut linked: Vec<Row> = vec![Row::default(); t];
        for (k, period) in own {
            let here = usize::from(*period);
            let c = &a.choices[usize::from(*k)];
            let x = program.column(0, Kind::Choice);
            one.add(x, 1);
            draw(&q.budget[a.department as usize * t + here], x, c.cents);
            draw(&q.crew[q.crew_of(n, c.crew) * t + here], x, c.minutes);
            if let Some(s) = c.stock {
                draw(&q.stock[s as usize * t + here], x, 1);
            }
            if c.visit {
                linked[here].add(x, 1);
            }
            xs.push(x);
        }
        program.rows.push(one);
        for (here, mut row) in linked.into_iter().enumerate() {
            if let Some(y) = visits[a.site as usize * t + here]
                && !row.terms.is_empty()
            {
                row.terms.insert(0, (y, -1));
                program.rows.push(row);
            }
        }
        columns.push(xs);
    }
    for ((l, weight), mut row) in q.p.limits.iter().zip(weights).zip(used) {
        if row.terms.is_empty() {
            continue;
        }
        let over = program.column(*weight, Kind::Amount);
        row.add(over, -1);
        row.amount = l.amount;
        program.rows.push(row);
    }
    for (first, then) in &q.orders {
        let (first, then) = (*first as usize, *then as usize);
        for period in 0..t {
            let mut row = Row {
                amount: 1,
                ..Row::default()
            };
            for (o, x) in options[first].iter().zip(&columns[first]) {
                if usize::from(o.1) > period {
                    row.add(*x, 1);
                }
            }
            for (o, x) in options[then].iter().zip(&columns[then]) {
                if usize::from(o.1) <= period {
                    row.add(*x, 1);
                }
            }
            program.rows.push(row);
        }
    }
    let answer = program.solve(solver, None)?;
    // Counted again in whole numbers.
    let mut over = Over::new(q, weights);
    let mut works = Vec::with_capacity(options.len());
    for (n, (own, xs)) in options.iter().zip(&columns).enumerate() {
        let chosen = own.iter().zip(xs).find(|(_, x)| answer.is_on(**x))?;
        if !over.in_order(n, chosen.0.1) {
            return None;
        }
        over.put(n, Some(*chosen.0), 1);
        works.push(Some(*chosen.0));
    }
    Some(Placed {
        over: over.total(),
        works,
        ended: answer.ended,
    })
}

/// The plan with more of some limits: these works first, then what else still fits.
fn filled(
    problem: &Problem,
    schedule: &Schedule,
    assets: &[usize],
    works: &[Option<Work>],
    add: &[(u32, i64)],
) -> Schedule {
    let mut richer = problem.clone();
    for (l, n) in add {
        let limit: &mut Limit = &mut richer.limits[*l as usize];
        limit.amount += n;
    }
    let m = Model::new(&richer);
    let mut board = Board::new(&m);
    for (at, work) in assets.iter().zip(works) {
        board.place_or_leave(
            *at,
            Pick {
                work: *work,
                bridge: None,
            },
        );
    }
    for (at, pick) in schedule.picks.iter().enumerate() {
        if board.pick(at).is_none() {
            board.place_or_leave(at, *pick);
        }
    }
    let schedule = board.schedule();
    debug_assert_eq!(sums(&richer, &schedule).1, None);
    schedule
}
