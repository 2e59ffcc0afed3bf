//! From a problem to an outcome with its certificate.

use serde::{Deserialize, Serialize};

use crate::board::Board;
use crate::exact;
use crate::greedy::{Rule, greedy};
use crate::improve::{Builder, construct, from_picks, improve, prices, sweep};
use crate::model::Model;
use crate::problem::{Fault, Problem, Resource};
use crate::program::Solver;
use crate::relax::{Dual, search};
use crate::schedule::{Schedule, Sums, sums};
use crate::shortfall::{Shortfall, shortfall};

/// How hard to try; the same effort gives the same plan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Effort {
    /// Rounds of the search for prices.
    pub rounds: usize,
    /// Turns of taking out and building anew, for each site.
    pub turns_per_site: usize,
    /// Most turns in all.
    pub turns: usize,
    /// Ends when the gap is at most this, in millionths.
    pub gap_millionths: i64,
    /// Columns up to which integer programs are solved by the pure-Rust solver.
    pub exact_columns: usize,
    /// Columns up to which they are solved by HiGHS.
    pub highs_columns: usize,
    /// What solves them.
    pub solver: Solver,
    /// Seed of the search.
    pub seed: u64,
}

impl Default for Effort {
    fn default() -> Self {
        Self {
            rounds: 400,
            turns_per_site: 1500,
            turns: 120_000,
            gap_millionths: 500,
            exact_columns: 400,
            highs_columns: 4000,
            solver: Solver::Auto,
            seed: 1,
        }
    }
}

impl Effort {
    /// Columns up to which integer programs are solved in this build.
    pub const fn most_columns(&self) -> usize {
        match self.solver.resolved() {
            Solver::Highs => self.highs_columns,
            _ => self.exact_columns,
        }
    }
}

/// How good the plan is known to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// No better plan exists: the bound of the certificate is the plan's cost.
    Optimal,
    /// A search through all plans found none better; the certificate alone shows the gap stated.
    OptimalBySearch,
    /// It keeps every limit and binding deadline; at most the gap can be saved.
    Feasible,
    /// Some binding deadlines are missed; the shortfall names them and what is lacking.
    DeadlinesMissed,
}

/// Prices from which the bound can be recomputed: a feasible point of the dual of the linear relaxation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Certificate {
    /// Price of each limit, in thousandths of a cent for each cent, minute or unit.
    pub limits: Vec<i64>,
    /// Price of each order of work for each period, as the assets' `after` lists name them in turn.
    pub orders: Vec<i64>,
    /// Price of rooms: the work of one visit, on one limit, is at most what that leaves beside the
    /// travel. In thousandths of a cent for each cent or minute.
    pub rooms: Vec<RoomPrice>,
    /// Value of each asset, in thousandths of a cent.
    pub values: Vec<i64>,
}

/// Price of one room.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoomPrice {
    /// Site, by position.
    pub site: u32,
    /// Period.
    pub period: u16,
    /// Limit, by position.
    pub limit: u32,
    /// Price.
    pub price: i64,
}

/// A plan with what is known about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Outcome {
    /// How good it is known to be.
    pub status: Status,
    /// What solved integer programs, where the problem is small enough for one.
    pub solver: Solver,
    /// Cost of the plan: exposure priced, money spent, deadlines missed; in cents.
    pub objective: i64,
    /// No plan costs less, in cents.
    pub bound: i64,
    /// (objective - bound) / objective.
    pub gap: f64,
    /// Sums.
    pub sums: Sums,
    /// What is done.
    pub schedule: Schedule,
    /// Whence the bound.
    pub certificate: Certificate,
    /// What lacks, if binding deadlines are missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<Shortfall>,
}

/// Share that could be saved at most.
pub fn gap(objective: i64, bound: i64) -> f64 {
    if objective <= bound {
        0.0
    } else {
        (objective - bound) as f64 / objective.max(1) as f64
    }
}

/// Plans.
///
/// # Errors
/// The problem is not one ([`Problem::check`]).
pub fn solve(problem: &Problem, effort: &Effort) -> Result<Outcome, Fault> {
    problem.check()?;
    let m = Model::new(problem);
    let mut builder = Builder::default();
    let mut best: Option<(i64, Schedule)> = None;
    let mut offer = |schedule: Schedule, cost: i64| {
        if best.as_ref().is_none_or(|(c, _)| cost < *c) {
            best = Some((cost, schedule));
        }
    };
    for (_, rule) in Rule::ALL {
        let schedule = greedy(problem, rule);
        let cost = sums(problem, &schedule).0.objective;
        offer(schedule, cost);
    }
    let upper = best.as_ref().map_or(i64::MAX / 4000, |(c, _)| *c);
    let mut found: Option<(i64, Schedule)> = None;
    let sampled = sample(problem, effort);
    // With prices from a sample, the rest of the way is short.
    let rounds = match &sampled {
        Some(_) => effort.rounds / 3,
        None => effort.rounds,
    };
    let (dual, pool) = search(
        problem,
        &m,
        rounds,
        sampled.as_ref(),
        None,
        upper,
        |limits, orders| {
            let board = construct(&m, &prices(&m, limits, orders, 10), &mut builder);
            let cost = board.cost();
            if found.as_ref().is_none_or(|(c, _)| cost < *c) {
                found = Some((cost, board.schedule()));
            }
            cost
        },
    );
    if let Some((cost, schedule)) = found
        && best.as_ref().is_none_or(|(c, _)| cost < *c)
    {
        best = Some((cost, schedule));
    }
    #[cfg(feature = "highs")]
    let dual = match effort.solver.resolved() {
        Solver::Highs => {
            let other = exact::prices(&m, effort).map(|d| crate::relax::valued(&m, d));
            other
                .filter(|other| other.bound > dual.bound)
                .unwrap_or(dual)
        }
        _ => dual,
    };
    let bound = bound_cents(&dual);
    let enough = |cost: i64| gap(cost, bound) * 1e6 <= effort.gap_millionths as f64;
    let board = construct(
        &m,
        &prices(&m, &dual.limits, &dual.orders, 10),
        &mut builder,
    );
    if best.as_ref().is_none_or(|(c, _)| board.cost() < *c) {
        best = Some((board.cost(), board.schedule()));
    }
    let chosen = pool.choose(&m, &dual.limits, &dual.orders, None, effort.seed);
    drop(pool);
    for tenths in [10, 7] {
        let board = from_picks(
            &m,
            &chosen,
            &prices(&m, &dual.limits, &dual.orders, tenths),
            &mut builder,
        );
        if best.as_ref().is_none_or(|(c, _)| board.cost() < *c) {
            best = Some((board.cost(), board.schedule()));
        }
    }
    let mut schedule = best.map(|(_, s)| s).unwrap_or_default();
    let sites = m.at_site.iter().filter(|a| !a.is_empty()).count();
    let turns = effort
        .turns
        .min(effort.turns_per_site.saturating_mul(sites));
    let mut board = replay(&m, &schedule);
    for tenths in [5, 0] {
        let prices = prices(&m, &dual.limits, &dual.orders, tenths);
        for _ in 0..3 {
            if sweep(&mut board, &prices, &mut builder, 10) == 0 {
                break;
            }
        }
    }
    improve(
        &mut board,
        &dual.limits,
        &dual.orders,
        turns,
        effort.seed,
        enough,
    );
    schedule = board.schedule();
    let mut by_search = false;
    if gap(board.cost(), bound) > 0.0
        && let Some(exact) = exact::solve(problem, effort, &schedule)
    {
        by_search = exact.ended;
        schedule = exact.schedule;
    }
    let (total, broken) = sums(problem, &schedule);
    debug_assert_eq!(broken, None);
    let shortfall = (total.missed > 0).then(|| shortfall(problem, &schedule, effort));
    let status = if total.missed > 0 {
        Status::DeadlinesMissed
    } else if total.objective <= bound {
        Status::Optimal
    } else if by_search {
        Status::OptimalBySearch
    } else {
        Status::Feasible
    };
    Ok(Outcome {
        status,
        solver: effort.solver.resolved(),
        objective: total.objective,
        bound,
        gap: gap(total.objective, bound),
        sums: total,
        schedule,
        certificate: Certificate {
            limits: dual.limits,
            orders: dual.orders,
            rooms: dual
                .rooms
                .iter()
                .map(|(r, price)| RoomPrice {
                    site: r.site,
                    period: r.period,
                    limit: r.limit,
                    price: *price,
                })
                .collect(),
            values: dual.values,
        },
        shortfall,
    })
}

/// Sites for which prices are first looked for on a sample.
const MANY_SITES: usize = 800;
/// One of so many sites is in it.
const SAMPLE: usize = 8;

/// Prices of a large problem from a sample of its sites, with the same share of each limit.
fn sample(problem: &Problem, effort: &Effort) -> Option<Dual> {
    if problem.sites.len() < MANY_SITES {
        return None;
    }
    let inside = |site: u32| (site as usize).is_multiple_of(SAMPLE);
    let mut part = Problem {
        periods: problem.periods.clone(),
        cents_per_point: problem.cents_per_point,
        change_cents: problem.change_cents,
        departments: problem.departments.clone(),
        crews: problem.crews.clone(),
        stocks: problem.stocks.clone(),
        sites: problem.sites.clone(),
        limits: problem.limits.clone(),
        assets: Vec::new(),
    };
    // Work that the assets bring with them, in all and in the sample, for each resource.
    let mut all: std::collections::BTreeMap<Resource, (i64, i64)> =
        std::collections::BTreeMap::new();
    for a in &problem.assets {
        let here = inside(a.site);
        let mut add = |on: Resource, n: i64| {
            let sum = all.entry(on).or_default();
            sum.0 += n;
            sum.1 += if here { n } else { 0 };
        };
        if let Some(c) = a.choices.first() {
            add(Resource::Budget(a.department), c.cents);
            let site = &problem.sites[a.site as usize];
            add(Resource::Crew(c.crew.unwrap_or(site.crew)), c.minutes);
        }
        for c in &a.choices {
            if let Some(s) = c.stock {
                add(Resource::Stock(s), 1);
            }
        }
        if here {
            let mut a = a.clone();
            // Orders reach out of the sample.
            a.after.clear();
            part.assets.push(a);
        }
    }
    for l in &mut part.limits {
        let (whole, some) = all.get(&l.on).copied().unwrap_or((1, 0));
        let share = i128::from(l.amount) * i128::from(some) / i128::from(whole.max(1));
        l.amount = i64::try_from(share).unwrap_or(l.amount);
    }
    let m = Model::new(&part);
    let upper = sums(&part, &greedy(&part, Rule::DeadlineFirst)).0.objective;
    let mut builder = Builder::default();
    let (dual, _) = search(
        &part,
        &m,
        effort.rounds,
        None,
        None,
        upper,
        |limits, orders| construct(&m, &prices(&m, limits, orders, 10), &mut builder).cost(),
    );
    Some(Dual {
        limits: dual.limits,
        orders: vec![0; problem.assets.iter().map(|a| a.after.len()).sum()],
        // Rooms are as large as in the whole; their prices do not carry over.
        rooms: Vec::new(),
        ..Dual::default()
    })
}

/// Costs are whole cents, so a bound may be rounded up.
fn bound_cents(dual: &Dual) -> i64 {
    let up = -(-dual.bound).div_euclid(1000);
    i64::try_from(up).unwrap_or(i64::MIN)
}

/// A board with a plan on it.
fn replay<'m, 'p>(m: &'m Model<'p>, schedule: &Schedule) -> Board<'m, 'p> {
    let mut board = Board::new(m);
    for (at, pick) in schedule.picks.iter().enumerate() {
        board.place_or_leave(at, *pick);
    }
    board
}

/// Words for a limit: whose, of what, which periods.
pub fn limit_says(problem: &Problem, at: usize) -> String {
    let Some(l) = problem.limits.get(at) else {
        return String::new();
    };
    let name = |p: u16| {
        problem
            .periods
            .get(usize::from(p))
            .map_or("", |p| p.name.as_str())
    };
    let when = if l.from == l.to {
        name(l.from).to_owned()
    } else {
        format!("{} to {}", name(l.from), name(l.to))
    };
    let of = |list: &[crate::problem::Party], at: u32| {
        list.get(at as usize)
            .map(|p| p.name.clone())
            .unwrap_or_default()
    };
    match l.on {
        Resource::Budget(d) => format!("budget of {}, {when}", of(&problem.departments, d)),
        Resource::Crew(c) => format!("time of {}, {when}", of(&problem.crews, c)),
        Resource::Stock(s) => format!("stock of {}, {when}", of(&problem.stocks, s)),
    }
}
