//! Checks a plan without the solver: feasibility from the schedule, the bound from the certificate. Only
//! the JSON is shared with what made the plan; the formulas here are written from `docs/plan.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde::Deserialize;
use serde_json::Value;

/// Position and period.
type At = (usize, usize);

#[derive(Deserialize)]
struct Plan {
    #[serde(default)]
    status: String,
    objective: i128,
    bound: i128,
    problem: Problem,
    schedule: Schedule,
    certificate: Certificate,
    #[serde(default)]
    shortfall: Option<Shortfall>,
}

#[derive(Deserialize)]
struct Problem {
    periods: Vec<serde::de::IgnoredAny>,
    #[serde(default)]
    cents_per_point: i64,
    #[serde(default)]
    change_cents: i64,
    #[serde(default)]
    limits: Vec<Limit>,
    sites: Vec<Site>,
    assets: Vec<Asset>,
}

/// A resource: kind and position.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum On {
    Budget(usize),
    Crew(usize),
    Stock(usize),
}

#[derive(Clone, Deserialize)]
struct Limit {
    on: On,
    from: usize,
    to: usize,
    amount: i64,
}

#[derive(Deserialize)]
struct Site {
    department: usize,
    crew: usize,
    #[serde(default)]
    visit_cents: i64,
    #[serde(default)]
    visit_minutes: i64,
    #[serde(default)]
    blackout: Vec<usize>,
}

#[derive(Deserialize)]
struct Asset {
    #[serde(default)]
    id: String,
    site: usize,
    department: usize,
    #[serde(default)]
    points: i64,
    #[serde(default)]
    deadline: Option<Deadline>,
    choices: Vec<Choice>,
    #[serde(default)]
    bridges: Vec<Bridge>,
    #[serde(default)]
    after: Vec<usize>,
    #[serde(default)]
    planned: Option<Pick>,
}

#[derive(Deserialize)]
struct Deadline {
    period: usize,
    #[serde(default)]
    binding: bool,
    #[serde(default)]
    missed_cents: i64,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    cents: i64,
    #[serde(default)]
    minutes: i64,
    #[serde(default)]
    visit: bool,
    #[serde(default)]
    crew: Option<usize>,
    earliest: usize,
    #[serde(default)]
    stock: Option<usize>,
    #[serde(default)]
    points_after: i64,
    #[serde(default)]
    meets_deadline: bool,
}

#[derive(Deserialize)]
struct Bridge {
    #[serde(default)]
    cents: i64,
    #[serde(default)]
    minutes: i64,
    #[serde(default)]
    crew: Option<usize>,
    earliest: usize,
    #[serde(default)]
    points_while: i64,
}

#[derive(Deserialize)]
struct Schedule {
    picks: Vec<Pick>,
}

#[derive(Clone, Copy, Deserialize)]
struct Pick {
    #[serde(default)]
    work: Option<At>,
    #[serde(default)]
    bridge: Option<At>,
}

#[derive(Deserialize)]
struct Certificate {
    limits: Vec<i64>,
    #[serde(default)]
    orders: Vec<i64>,
    #[serde(default)]
    rooms: Vec<Room>,
    values: Vec<i64>,
}

#[derive(Deserialize)]
struct Room {
    site: usize,
    period: usize,
    limit: usize,
    price: i64,
}

/// In a plan `limits` has positions and amounts, and `add` words; in an outcome `add` has the positions.
#[derive(Deserialize)]
struct Shortfall {
    #[serde(default)]
    limits: Vec<(usize, i64)>,
    #[serde(default)]
    add: Value,
    out_of_reach: Vec<Value>,
    schedule: Schedule,
}

fn get<T>(list: &[T], at: usize) -> anyhow::Result<&T> {
    list.get(at)
        .with_context(|| format!("position {at} of {}", list.len()))
}

/// Sums that the checker arrived at.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Checked {
    /// Cost of the schedule, in cents.
    pub objective: i128,
    /// No schedule costs less, in cents.
    pub bound: i128,
    /// Assets.
    pub assets: usize,
    /// Limits kept.
    pub limits: usize,
    /// Binding deadlines missed.
    pub missed: usize,
}

/// Something for each resource in each period.
struct Table<T> {
    periods: usize,
    budget: Vec<T>,
    crew: Vec<T>,
    stock: Vec<T>,
}

impl<T: Clone + Default> Table<T> {
    fn new(periods: usize) -> Self {
        Self {
            periods,
            budget: Vec::new(),
            crew: Vec::new(),
            stock: Vec::new(),
        }
    }

    fn at(&mut self, on: On, t: usize) -> Option<&mut T> {
        let periods = self.periods;
        let (list, who) = match on {
            On::Budget(d) => (&mut self.budget, d),
            On::Crew(c) => (&mut self.crew, c),
            On::Stock(s) => (&mut self.stock, s),
        };
        // A position that a limit names is small: the limit itself was read from the file.
        let end = who.checked_add(1)?.checked_mul(periods)?;
        if list.len() < end && who < 1_000_000 {
            list.resize(end, T::default());
        }
        list.get_mut(who * periods + t)
    }

    fn get(&self, on: On, t: usize) -> Option<&T> {
        let (list, who) = match on {
            On::Budget(d) => (&self.budget, d),
            On::Crew(c) => (&self.crew, c),
            On::Stock(s) => (&self.stock, s),
        };
        list.get(who.checked_mul(self.periods)?.checked_add(t)?)
    }
}

impl Problem {
    fn t(&self) -> usize {
        self.periods.len()
    }

    fn closed(&self, site: usize, t: usize) -> bool {
        self.sites
            .get(site)
            .is_some_and(|s| s.blackout.contains(&t))
    }

    /// Points of an asset while and after `work` and `bridge`, in cents.
    fn exposure(&self, a: &Asset, work: Option<At>, bridge: Option<At>) -> anyhow::Result<i128> {
        let t = self.t();
        // Up to and with the period of the work, or to the end.
        let until = work.map_or(t, |(_, when)| (when + 1).min(t));
        let mut points = match bridge {
            None => a.points * i64::try_from(until)?,
            Some((b, from)) => {
                let open = (from + 1).min(until);
                let during = until - open;
                a.points * i64::try_from(open)?
                    + get(&a.bridges, b)?.points_while * i64::try_from(during)?
            }
        };
        if let Some((k, _)) = work {
            points += get(&a.choices, k)?.points_after * i64::try_from(t - until)?;
        }
        Ok(i128::from(points) * i128::from(self.cents_per_point))
    }

    /// What a missed deadline and a change of an earlier plan count, in cents.
    fn extras(&self, a: &Asset, work: Option<At>) -> anyhow::Result<i128> {
        let mut cents = 0;
        if let Some(d) = &a.deadline
            && !keeps(a, d, work)?
        {
            cents += d.missed_cents;
        }
        if let Some(planned) = &a.planned
            && planned.work != work
        {
            cents += self.change_cents;
        }
        Ok(cents.into())
    }

    /// Uses of work: resource and amount.
    fn work_uses(&self, a: &Asset, c: &Choice) -> anyhow::Result<[Option<(On, i64)>; 3]> {
        let crew = c.crew.unwrap_or(get(&self.sites, a.site)?.crew);
        Ok([
            Some((On::Budget(a.department), c.cents)),
            Some((On::Crew(crew), c.minutes)),
            c.stock.map(|s| (On::Stock(s), 1)),
        ])
    }

    fn bridge_uses(&self, a: &Asset, b: &Bridge) -> anyhow::Result<[(On, i64); 2]> {
        let crew = b.crew.unwrap_or(get(&self.sites, a.site)?.crew);
        Ok([
            (On::Budget(a.department), b.cents),
            (On::Crew(crew), b.minutes),
        ])
    }

    fn visit_uses(&self, site: usize) -> anyhow::Result<[(On, i64); 2]> {
        let s = get(&self.sites, site)?;
        Ok([
            (On::Budget(s.department), s.visit_cents),
            (On::Crew(s.crew), s.visit_minutes),
        ])
    }
}

fn keeps(a: &Asset, d: &Deadline, work: Option<At>) -> anyhow::Result<bool> {
    Ok(match work {
        Some((k, when)) => when <= d.period && get(&a.choices, k)?.meets_deadline,
        None => false,
    })
}

/// Cost of a schedule that keeps every rule and these limits, and binding deadlines missed.
fn feasible(p: &Problem, limits: &[Limit], schedule: &Schedule) -> anyhow::Result<(i128, usize)> {
    let picks = &schedule.picks;
    ensure!(picks.len() == p.assets.len(), "not every asset has a pick");
    let mut used: Table<i64> = Table::new(p.t());
    let mut spend = |on: On, t: usize, n: i64| {
        if let Some(u) = used.at(on, t) {
            *u += n;
        }
    };
    let mut objective: i128 = 0;
    let mut missed = 0;
    let mut visits: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (a, pick) in p.assets.iter().zip(picks) {
        let (work, bridge) = (pick.work, pick.bridge);
        let id = &a.id;
        if let Some((k, t)) = work {
            let c = get(&a.choices, k)?;
            ensure!(
                t < p.t() && t >= c.earliest,
                "{id}: before its lead time, or after the end"
            );
            if c.visit {
                ensure!(!p.closed(a.site, t), "{id}: in a blackout");
                visits.insert((a.site, t));
            }
            for first in &a.after {
                let earlier = get(picks, *first)?.work;
                ensure!(earlier.is_none_or(|(_, e)| e <= t), "{id}: out of order");
            }
            for (on, n) in p.work_uses(a, c)?.into_iter().flatten() {
                if matches!(on, On::Budget(_)) {
                    objective += i128::from(n);
                }
                spend(on, t, n);
            }
        }
        if let Some((b, t)) = bridge {
            let b = get(&a.bridges, b)?;
            ensure!(
                t < p.t() && t >= b.earliest,
                "{id}: bridge before its lead time, or after the end"
            );
            ensure!(
                work.is_none_or(|(_, w)| t <= w),
                "{id}: bridge after the work"
            );
            for (on, n) in p.bridge_uses(a, b)? {
                if matches!(on, On::Budget(_)) {
                    objective += i128::from(n);
                }
                spend(on, t, n);
            }
        }
        objective += p.exposure(a, work, bridge)? + p.extras(a, work)?;
        if let Some(d) = a.deadline.as_ref().filter(|d| d.binding) {
            missed += usize::from(!keeps(a, d, work)?);
        }
    }
    for (site, t) in visits {
        for (on, n) in p.visit_uses(site)? {
            if matches!(on, On::Budget(_)) {
                objective += i128::from(n);
            }
            spend(on, t, n);
        }
    }
    for l in limits {
        let used: i64 = (l.from..=l.to)
            .map(|t| used.get(l.on, t).copied().unwrap_or(0))
            .sum();
        ensure!(
            used <= l.amount,
            "{:?}, periods {} to {}: {used} of {}",
            l.on,
            l.from,
            l.to,
            l.amount
        );
    }
    Ok((objective, missed))
}

/// The bound: whatever the prices and values are, no schedule costs less than this.
///
/// Prices of limits make using them cost and their amounts worth; prices of rooms the same for one visit.
/// At each site every asset then costs at least its value, unless visits are made; a visit lowers that
/// by what its assets' values exceed the cost of work in it, less its own price.
fn bound(p: &Problem, certificate: &Certificate) -> anyhow::Result<i128> {
    let periods = p.t();
    ensure!(
        certificate.limits.len() == p.limits.len(),
        "not every limit has a price"
    );
    let mut total: i128 = 0;
    let mut prices: Table<i128> = Table::new(periods);
    for (l, price) in p.limits.iter().zip(&certificate.limits) {
        ensure!(*price >= 0, "a price is below nothing");
        total -= i128::from(l.amount) * i128::from(*price);
        for t in l.from..=l.to {
            *prices.at(l.on, t).context("limit on what")? += i128::from(*price);
        }
    }
    // What a use costs under prices, with the money itself.
    let priced = |on: On, t: usize, n: i64| -> i128 {
        let own = if matches!(on, On::Budget(_)) { 1000 } else { 0 };
        i128::from(n) * (own + prices.get(on, t).copied().unwrap_or(0))
    };
    // Orders: the first's period counts for it, the second's against it.
    let mut first = vec![0i128; p.assets.len()];
    let mut then = vec![0i128; p.assets.len()];
    let mut orders = certificate.orders.iter();
    for (at, a) in p.assets.iter().enumerate() {
        for before in &a.after {
            let price = *orders.next().context("an order has no price")?;
            ensure!(price >= 0, "a price is below nothing");
            *first.get_mut(*before).context("after what")? += i128::from(price);
            *then.get_mut(at).context("after")? += i128::from(price);
        }
    }
    // Rooms: site and period -> resource, amount beside the travel, price.
    let mut rooms: BTreeMap<(usize, usize), Vec<(On, i64, i64)>> = BTreeMap::new();
    for r in &certificate.rooms {
        let l = get(&p.limits, r.limit)?;
        ensure!(
            r.price >= 0 && (l.from..=l.to).contains(&r.period),
            "a room stands where its limit does not"
        );
        let travel = p.visit_uses(r.site)?;
        let travel = travel.iter().filter(|(v, _)| *v == l.on).map(|(_, n)| *n);
        let left = (l.amount - travel.sum::<i64>()).max(0);
        let here = rooms.entry((r.site, r.period)).or_default();
        here.push((l.on, left, r.price));
    }
    ensure!(
        certificate.values.len() == p.assets.len(),
        "not every asset has a value"
    );
    // What is left of each visit's price when its assets have taken what they gain by it.
    let mut visits: BTreeMap<(usize, usize), i128> = BTreeMap::new();
    let mut with: Vec<Option<i128>> = Vec::new();
    let mut bridges: Vec<(At, i128)> = Vec::new();
    for (at, (a, value)) in p.assets.iter().zip(&certificate.values).enumerate() {
        let n = i128::try_from(periods)?;
        // Every bridge in every period, with what it costs.
        bridges.clear();
        for (b, bridge) in a.bridges.iter().enumerate() {
            for from in bridge.earliest..periods {
                let cost = p.bridge_uses(a, bridge)?;
                let cost = cost.iter().map(|(on, n)| priced(*on, from, *n));
                bridges.push(((b, from), cost.sum()));
            }
        }
        // Exposure with the cheapest of them, tried one by one.
        let cheapest = |work: Option<At>| -> anyhow::Result<i128> {
            let until = work.map_or(periods - 1, |(_, t)| t);
            let mut least = 1000 * p.exposure(a, work, None)?;
            for (bridge, cost) in bridges.iter().filter(|(b, _)| b.1 <= until) {
                least = least.min(1000 * p.exposure(a, work, Some(*bridge))? + cost);
            }
            Ok(least + 1000 * p.extras(a, work)?)
        };
        let (f, s) = (*get(&first, at)?, *get(&then, at)?);
        let mut without = cheapest(None)? - s * n;
        with.clear();
        with.resize(periods, None);
        for (k, c) in a.choices.iter().enumerate() {
            let uses = p.work_uses(a, c)?;
            for t in c.earliest..periods {
                if c.visit && p.closed(a.site, t) {
                    continue;
                }
                let mut cost = cheapest(Some((k, t)))? + (f - s) * i128::try_from(t)?;
                for (on, amount) in uses.iter().flatten() {
                    cost += priced(*on, t, *amount);
                    if c.visit && !rooms.is_empty() {
                        let here = rooms.get(&(a.site, t)).into_iter().flatten();
                        for (_, _, price) in here.filter(|r| r.0 == *on) {
                            cost += i128::from(*amount) * i128::from(*price);
                        }
                    }
                }
                if c.visit {
                    if let Some(w) = with.get_mut(t) {
                        *w = Some(w.map_or(cost, |w| w.min(cost)));
                    }
                } else {
                    without = without.min(cost);
                }
            }
        }
        // A value above what the asset costs without a visit proves nothing.
        let value = i128::from(*value).min(without);
        total += value;
        for (t, cost) in with.iter().enumerate() {
            if let Some(cost) = cost
                && value > *cost
            {
                *visits.entry((a.site, t)).or_insert(0) -= value - cost;
            }
        }
    }
    for key in rooms.keys() {
        visits.entry(*key).or_insert(0);
    }
    for ((site, t), left) in visits {
        if p.closed(site, t) {
            continue;
        }
        let mut price = left;
        for (on, n) in p.visit_uses(site)? {
            price += priced(on, t, n);
        }
        for (_, room, worth) in rooms.get(&(site, t)).into_iter().flatten() {
            price -= i128::from(*room) * i128::from(*worth);
        }
        total += price.min(0);
    }
    // Costs are whole cents.
    Ok(-(-total).div_euclid(1000))
}

/// Checks a plan as JSON: every rule, the sums it states and the bound it states.
///
/// # Errors
/// What does not hold.
#[cfg(test)]
pub fn check(plan: &Value) -> anyhow::Result<Checked> {
    checked(&Plan::deserialize(plan)?)
}

fn checked(plan: &Plan) -> anyhow::Result<Checked> {
    let p = &plan.problem;
    ensure!(p.t() > 0, "no period");
    for (at, l) in p.limits.iter().enumerate() {
        ensure!(l.from <= l.to && l.to < p.t(), "limit {at}: periods");
    }
    let (objective, missed) = feasible(p, &p.limits, &plan.schedule).context("the schedule")?;
    let bound = bound(p, &plan.certificate).context("the certificate")?;
    ensure!(
        objective == plan.objective,
        "the schedule costs {objective}, not {}",
        plan.objective
    );
    ensure!(
        bound >= plan.bound,
        "the certificate proves {bound}, less than {}",
        plan.bound
    );
    let status = plan.status.as_str();
    ensure!(
        (status == "deadlines_missed") == (missed > 0),
        "{missed} binding deadlines are missed and the status is {status}"
    );
    ensure!(
        status != "optimal" || objective <= bound,
        "optimal is not proven"
    );
    // What is said to be enough must be.
    if let Some(short) = &plan.shortfall {
        let add = if short.limits.is_empty() {
            Vec::deserialize(&short.add).unwrap_or_default()
        } else {
            short.limits.clone()
        };
        let mut limits = p.limits.clone();
        for (at, n) in add {
            limits.get_mut(at).context("more of what")?.amount += n;
        }
        let (_, still) =
            feasible(p, &limits, &short.schedule).context("the plan with what lacks")?;
        ensure!(
            still == short.out_of_reach.len(),
            "with what lacks, {still} deadlines are still missed"
        );
    }
    Ok(Checked {
        objective,
        bound,
        assets: p.assets.len(),
        limits: p.limits.len(),
        missed,
    })
}

/// Checks a file and says so.
pub fn run(path: &Path) -> anyhow::Result<()> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let plan: Plan = serde_json::from_slice(&bytes).context("no plan")?;
    let c = checked(&plan)?;
    #[allow(clippy::cast_precision_loss)] // a percentage to print
    let gap = (c.objective - c.bound).max(0) as f64 / c.objective.max(1) as f64 * 100.0;
    println!(
        "{}: {} assets, {} limits kept, {} binding deadlines missed; objective {} cents, no plan below {}, gap {gap:.3} %",
        path.display(),
        c.assets,
        c.limits,
        c.missed,
        c.objective,
        c.bound
    );
    Ok(())
}
