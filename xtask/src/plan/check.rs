//! Checks a plan without the solver: feasibility from the schedule, the bound from the certificate. Only
//! the JSON is shared with what made the plan; the formulas here are written from `docs/plan.md`.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, ensure};
use serde_json::Value;

/// A number at a key; absent means nothing.
fn number(v: &Value, key: &str) -> i128 {
    v.get(key).and_then(Value::as_i64).map_or(0, i128::from)
}

fn index(v: &Value, key: &str) -> anyhow::Result<usize> {
    let n = v.get(key).and_then(Value::as_u64);
    usize::try_from(n.with_context(|| format!("no `{key}` in {v}"))?).map_err(Into::into)
}

fn list<'a>(v: &'a Value, key: &str) -> &'a [Value] {
    v.get(key)
        .and_then(Value::as_array)
        .map_or(&[], Vec::as_slice)
}

fn get<T>(list: &[T], at: usize) -> anyhow::Result<&T> {
    list.get(at)
        .with_context(|| format!("position {at} of {}", list.len()))
}

/// Position and period of a pair, if the pick has it.
fn pair(pick: &Value, key: &str) -> anyhow::Result<Option<(usize, usize)>> {
    let Some(two) = pick.get(key).and_then(Value::as_array) else {
        return Ok(None);
    };
    let at = |n: usize| -> anyhow::Result<usize> {
        let n = get(two, n)?.as_u64().context("no number")?;
        usize::try_from(n).map_err(Into::into)
    };
    Ok(Some((at(0)?, at(1)?)))
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

/// A resource: kind and position.
type On = (String, usize);

struct Instance<'v> {
    periods: usize,
    price: i128,
    change: i128,
    sites: &'v [Value],
    assets: &'v [Value],
    limits: Vec<(On, usize, usize, i128)>,
    /// Limits that cover a resource in a period.
    rows: BTreeMap<(On, usize), Vec<usize>>,
}

impl<'v> Instance<'v> {
    fn read(problem: &'v Value, more: &[Value]) -> anyhow::Result<Self> {
        let periods = list(problem, "periods").len();
        let mut limits = Vec::new();
        let mut rows: BTreeMap<(On, usize), Vec<usize>> = BTreeMap::new();
        for (at, l) in list(problem, "limits").iter().enumerate() {
            let on = l
                .get("on")
                .and_then(Value::as_object)
                .context("limit on what")?;
            let (kind, who) = on.iter().next().context("limit on what")?;
            let on = (kind.clone(), usize::try_from(who.as_u64().context("who")?)?);
            let (from, to) = (index(l, "from")?, index(l, "to")?);
            ensure!(from <= to && to < periods, "limit {at}: periods");
            for t in from..=to {
                rows.entry((on.clone(), t)).or_default().push(at);
            }
            limits.push((on, from, to, number(l, "amount")));
        }
        for add in more {
            let at = get(add.as_array().context("pair")?, 0)?
                .as_u64()
                .context("limit")?;
            let n = get(add.as_array().context("pair")?, 1)?
                .as_i64()
                .context("amount")?;
            let limit = limits.get_mut(usize::try_from(at)?).context("limit")?;
            limit.3 += i128::from(n);
        }
        Ok(Self {
            periods,
            price: number(problem, "cents_per_point"),
            change: number(problem, "change_cents"),
            sites: list(problem, "sites"),
            assets: list(problem, "assets"),
            limits,
            rows,
        })
    }

    fn crew(&self, asset: &Value, thing: &Value) -> anyhow::Result<usize> {
        match thing.get("crew").and_then(Value::as_u64) {
            Some(c) => Ok(usize::try_from(c)?),
            None => index(get(self.sites, index(asset, "site")?)?, "crew"),
        }
    }

    fn closed(&self, site: usize, t: usize) -> bool {
        self.sites.get(site).is_some_and(|s| {
            list(s, "blackout")
                .iter()
                .any(|b| b.as_u64() == u64::try_from(t).ok())
        })
    }

    /// Points, deadline and change of doing `work` (with `bridge`), in cents.
    fn weighs(
        &self,
        a: &Value,
        work: Option<(usize, usize)>,
        bridge: Option<(usize, usize)>,
    ) -> anyhow::Result<i128> {
        let points = number(a, "points");
        let mut exposure = 0;
        let mut kept = false;
        for t in 0..self.periods {
            exposure += match (work, bridge) {
                (Some((k, when)), _) if t > when => {
                    number(get(list(a, "choices"), k)?, "points_after")
                }
                (_, Some((b, from))) if t > from => {
                    number(get(list(a, "bridges"), b)?, "points_while")
                }
                _ => points,
            };
        }
        let mut cents = exposure * self.price;
        if let Some(d) = a.get("deadline").filter(|d| d.is_object()) {
            if let Some((k, when)) = work {
                let meets =
                    get(list(a, "choices"), k)?.get("meets_deadline") == Some(&Value::Bool(true));
                kept = meets && when <= index(d, "period")?;
            }
            if !kept {
                cents += number(d, "missed_cents");
            }
        }
        if let Some(planned) = a.get("planned").filter(|p| p.is_object())
            && pair(planned, "work")? != work
        {
            cents += self.change;
        }
        Ok(cents)
    }

    /// Uses of a pick without its visit: resource, period, amount.
    fn uses(
        &self,
        a: &Value,
        work: Option<(usize, usize)>,
        bridge: Option<(usize, usize)>,
    ) -> anyhow::Result<Vec<(On, usize, i128)>> {
        let mut out = Vec::new();
        let department = index(a, "department")?;
        let mut put = |thing: &Value, t: usize| -> anyhow::Result<()> {
            out.push((("budget".to_owned(), department), t, number(thing, "cents")));
            out.push((
                ("crew".to_owned(), self.crew(a, thing)?),
                t,
                number(thing, "minutes"),
            ));
            if let Some(s) = thing.get("stock").and_then(Value::as_u64) {
                out.push((("stock".to_owned(), usize::try_from(s)?), t, 1));
            }
            Ok(())
        };
        if let Some((k, t)) = work {
            put(get(list(a, "choices"), k)?, t)?;
        }
        if let Some((b, t)) = bridge {
            put(get(list(a, "bridges"), b)?, t)?;
        }
        Ok(out)
    }

    fn visit_uses(&self, site: usize) -> anyhow::Result<[(On, i128); 2]> {
        let s = get(self.sites, site)?;
        Ok([
            (
                ("budget".to_owned(), index(s, "department")?),
                number(s, "visit_cents"),
            ),
            (
                ("crew".to_owned(), index(s, "crew")?),
                number(s, "visit_minutes"),
            ),
        ])
    }
}

/// Cost of a schedule that keeps every rule, and binding deadlines missed.
fn feasible(x: &Instance<'_>, schedule: &Value) -> anyhow::Result<(i128, usize)> {
    let picks = list(schedule, "picks");
    ensure!(picks.len() == x.assets.len(), "not every asset has a pick");
    let mut used = vec![0i128; x.limits.len()];
    let mut spend = |on: On, t: usize, n: i128| {
        for l in x.rows.get(&(on, t)).into_iter().flatten() {
            if let Some(u) = used.get_mut(*l) {
                *u += n;
            }
        }
    };
    let mut objective = 0;
    let mut missed = 0;
    let mut visits: BTreeSet<(usize, usize)> = BTreeSet::new();
    for (a, pick) in x.assets.iter().zip(picks) {
        let (work, bridge) = (pair(pick, "work")?, pair(pick, "bridge")?);
        let id = a.get("id").and_then(Value::as_str).unwrap_or("?");
        if let Some((k, t)) = work {
            let c = get(list(a, "choices"), k)?;
            ensure!(
                t < x.periods && t >= index(c, "earliest")?,
                "{id}: before its lead time"
            );
            if c.get("visit") == Some(&Value::Bool(true)) {
                let site = index(a, "site")?;
                ensure!(!x.closed(site, t), "{id}: in a blackout");
                visits.insert((site, t));
            }
            for first in list(a, "after") {
                let first = usize::try_from(first.as_u64().context("after")?)?;
                let earlier = pair(get(picks, first)?, "work")?;
                ensure!(earlier.is_none_or(|(_, p)| p <= t), "{id}: out of order");
            }
        }
        if let Some((b, t)) = bridge {
            let b = get(list(a, "bridges"), b)?;
            ensure!(
                t < x.periods && t >= index(b, "earliest")?,
                "{id}: bridge before its lead time"
            );
            ensure!(
                work.is_none_or(|(_, w)| t <= w),
                "{id}: bridge after the work"
            );
        }
        for (on, t, n) in x.uses(a, work, bridge)? {
            if on.0 == "budget" {
                objective += n;
            }
            spend(on, t, n);
        }
        objective += x.weighs(a, work, bridge)?;
        let binding = a.get("deadline").and_then(|d| d.get("binding")) == Some(&Value::Bool(true));
        if binding {
            let d = a.get("deadline").context("deadline")?;
            let kept = match work {
                Some((k, t)) => {
                    t <= index(d, "period")?
                        && get(list(a, "choices"), k)?.get("meets_deadline")
                            == Some(&Value::Bool(true))
                }
                None => false,
            };
            missed += usize::from(!kept);
        }
    }
    for (site, t) in visits {
        for (on, n) in x.visit_uses(site)? {
            if on.0 == "budget" {
                objective += n;
            }
            spend(on, t, n);
        }
    }
    for ((on, from, to, amount), used) in x.limits.iter().zip(&used) {
        ensure!(
            used <= amount,
            "{on:?}, periods {from} to {to}: {used} of {amount}"
        );
    }
    Ok((objective, missed))
}

/// The bound: whatever the prices and values are, no schedule costs less than this.
///
/// Prices of limits make using them cost and their amounts worth; prices of rooms the same for one visit.
/// At each site every asset then costs at least its value, unless visits are made; a visit lowers that
/// by what its assets' values exceed the cost of work in it, less its own price.
fn bound(x: &Instance<'_>, certificate: &Value) -> anyhow::Result<i128> {
    let prices: Vec<i128> = list(certificate, "limits")
        .iter()
        .map(|p| p.as_i64().map_or(-1, i128::from))
        .collect();
    ensure!(
        prices.len() == x.limits.len(),
        "not every limit has a price"
    );
    ensure!(prices.iter().all(|p| *p >= 0), "a price is below nothing");
    let mut total: i128 = 0;
    for ((_, _, _, amount), price) in x.limits.iter().zip(&prices) {
        total -= amount * price;
    }
    let priced = |on: &On, t: usize| -> i128 {
        x.rows
            .get(&(on.clone(), t))
            .into_iter()
            .flatten()
            .map(|l| prices.get(*l).copied().unwrap_or(0))
            .sum()
    };
    // Orders: the first's period counts for it, the second's against it.
    let mut first = vec![0i128; x.assets.len()];
    let mut then = vec![0i128; x.assets.len()];
    let mut orders = list(certificate, "orders").iter();
    for (at, a) in x.assets.iter().enumerate() {
        for before in list(a, "after") {
            let price = orders.next().and_then(Value::as_i64).map_or(-1, i128::from);
            ensure!(price >= 0, "an order has no price");
            let before = usize::try_from(before.as_u64().context("after")?)?;
            *first.get_mut(before).context("after")? += price;
            *then.get_mut(at).context("after")? += price;
        }
    }
    // Rooms: site and period -> resource, amount beside the travel, price.
    let mut rooms: BTreeMap<(usize, usize), Vec<(On, i128, i128)>> = BTreeMap::new();
    for r in list(certificate, "rooms") {
        let (site, t, l) = (index(r, "site")?, index(r, "period")?, index(r, "limit")?);
        let price = number(r, "price");
        let (on, from, to, amount) = get(&x.limits, l)?;
        ensure!(
            price >= 0 && (*from..=*to).contains(&t),
            "a room stands where its limit does not"
        );
        let travel: i128 = x
            .visit_uses(site)?
            .iter()
            .filter(|(v, _)| v == on)
            .map(|(_, n)| *n)
            .sum();
        let left = (amount - travel).max(0);
        rooms
            .entry((site, t))
            .or_default()
            .push((on.clone(), left, price));
    }
    let values = list(certificate, "values");
    ensure!(
        values.len() == x.assets.len(),
        "not every asset has a value"
    );
    // What is left of each visit's price when its assets have taken what they gain by it.
    let mut visits: BTreeMap<(usize, usize), i128> = BTreeMap::new();
    for (at, a) in x.assets.iter().enumerate() {
        let site = index(a, "site")?;
        let mut value = values
            .get(at)
            .and_then(Value::as_i64)
            .map(i128::from)
            .context("value")?;
        let n = i128::try_from(x.periods)?;
        // Cheapest bridge for work in each period: tried one by one.
        let mut extra: Vec<Vec<(Option<(usize, usize)>, i128)>> = vec![vec![(None, 0)]; x.periods];
        for (b, bridge) in list(a, "bridges").iter().enumerate() {
            for from in index(bridge, "earliest")?..x.periods {
                let mut cents = 0;
                for (on, t, amount) in x.uses(a, None, Some((b, from)))? {
                    let own = if on.0 == "budget" { 1000 } else { 0 };
                    cents += amount * (own + priced(&on, t));
                }
                for list in extra.iter_mut().skip(from) {
                    list.push((Some((b, from)), cents));
                }
            }
        }
        let cheapest = |work: Option<(usize, usize)>| -> anyhow::Result<i128> {
            let until = work.map_or(x.periods - 1, |(_, t)| t);
            let mut least = i128::MAX;
            for (bridge, cents) in get(&extra, until)? {
                least = least.min(1000 * x.weighs(a, work, *bridge)? + cents);
            }
            Ok(least)
        };
        let (f, s) = (*get(&first, at)?, *get(&then, at)?);
        let mut without = cheapest(None)? - s * n;
        let mut with: Vec<Option<i128>> = vec![None; x.periods];
        for (k, c) in list(a, "choices").iter().enumerate() {
            let visit = c.get("visit") == Some(&Value::Bool(true));
            for t in index(c, "earliest")?..x.periods {
                if visit && x.closed(site, t) {
                    continue;
                }
                let mut cost = cheapest(Some((k, t)))? + (f - s) * i128::try_from(t)?;
                for (on, t, amount) in x.uses(a, Some((k, t)), None)? {
                    let own = if on.0 == "budget" { 1000 } else { 0 };
                    cost += amount * (own + priced(&on, t));
                    if visit {
                        for (_, _, price) in rooms
                            .get(&(site, t))
                            .into_iter()
                            .flatten()
                            .filter(|r| r.0 == on)
                        {
                            cost += amount * price;
                        }
                    }
                }
                if visit {
                    if let Some(w) = with.get_mut(t) {
                        *w = Some(w.map_or(cost, |w| w.min(cost)));
                    }
                } else {
                    without = without.min(cost);
                }
            }
        }
        // A value above what the asset costs without a visit proves nothing.
        value = value.min(without);
        total += value;
        for (t, cost) in with.iter().enumerate() {
            if let Some(cost) = cost
                && value > *cost
            {
                *visits.entry((site, t)).or_insert(0) -= value - cost;
            }
        }
    }
    for (site, t) in rooms.keys() {
        visits.entry((*site, *t)).or_insert(0);
    }
    for ((site, t), left) in visits {
        if x.closed(site, t) {
            continue;
        }
        let mut price = left;
        for (on, n) in x.visit_uses(site)? {
            let own = if on.0 == "budget" { 1000 } else { 0 };
            price += n * (own + priced(&on, t));
        }
        for (_, room, worth) in rooms.get(&(site, t)).into_iter().flatten() {
            price -= room * worth;
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
pub fn check(plan: &Value) -> anyhow::Result<Checked> {
    let problem = plan.get("problem").context("no problem")?;
    let x = Instance::read(problem, &[])?;
    let (objective, missed) =
        feasible(&x, plan.get("schedule").context("no schedule")?).context("the schedule")?;
    let bound =
        bound(&x, plan.get("certificate").context("no certificate")?).context("the certificate")?;
    ensure!(
        objective == number(plan, "objective"),
        "the schedule costs {objective}, not {}",
        number(plan, "objective")
    );
    ensure!(
        bound >= number(plan, "bound"),
        "the certificate proves {bound}, less than {}",
        number(plan, "bound")
    );
    let status = plan.get("status").and_then(Value::as_str).unwrap_or("");
    ensure!(
        (status == "deadlines_missed") == (missed > 0),
        "{missed} binding deadlines are missed and the status is {status}"
    );
    ensure!(
        status != "optimal" || objective <= bound,
        "optimal is not proven"
    );
    // What is said to be enough must be.
    if let Some(short) = plan.get("shortfall").filter(|s| s.is_object()) {
        let add = short.get("limits").or_else(|| short.get("add"));
        let more = add.and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let richer = Instance::read(problem, more)?;
        let (_, still) = feasible(&richer, short.get("schedule").context("no schedule")?)
            .context("the plan with what lacks")?;
        ensure!(
            still == list(short, "out_of_reach").len(),
            "with what lacks, {still} deadlines are still missed"
        );
    }
    Ok(Checked {
        objective,
        bound,
        assets: x.assets.len(),
        limits: x.limits.len(),
        missed,
    })
}

/// Checks a file and says so.
pub fn run(path: &Path) -> anyhow::Result<()> {
    let bytes = fs::read(path).with_context(|| path.display().to_string())?;
    let plan: Value = serde_json::from_slice(&bytes).context("no JSON")?;
    let c = check(&plan)?;
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
