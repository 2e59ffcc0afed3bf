//! Limits and orders relaxed with prices: what is left falls apart into sites, and each site's own lower
//! bound comes from its dual. Together they bound every plan from below.
//!
//! One visit cannot use more than a limit allows beside the travel itself. Where that matters, because a
//! site has more work than fits into one period, it is stated for each period of the site ([`Room`]) and
//! relaxed with a price as well: without it half a visit would carry half the work of any size.

use crate::improve::Random;
use crate::model::{Model, NEVER};
use crate::problem::{Problem, Resource};
use crate::schedule::Pick;

/// Highest price of a limit: keeps products inside 64 bits.
pub(crate) const MOST_PRICE: i64 = 1_000_000_000;

/// Prices, added up where they are needed. In thousandths of a cent for each unit of the resource.
#[derive(Clone, Default)]
pub(crate) struct Prices {
    /// `[department * t + period]`, without the money itself.
    pub(crate) money: Vec<i64>,
    pub(crate) time: Vec<i64>,
    pub(crate) part: Vec<i64>,
    /// Of an asset that something comes after, for each period of its work; empty without orders.
    pub(crate) first: Vec<i64>,
    /// Of an asset that comes after something.
    pub(crate) then: Vec<i64>,
    /// Of rooms: what a unit of work costs, and what opening the visit gives; by site.
    pub(crate) rooms: Vec<Vec<Priced>>,
}

/// The work of one visit, on one limit, is at most what the limit leaves beside the travel.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Room {
    pub(crate) site: u32,
    pub(crate) period: u16,
    pub(crate) limit: u32,
    /// In the limit's units.
    pub(crate) amount: i64,
}

/// A room with its price.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Priced {
    period: usize,
    on: Resource,
    amount: i64,
    price: i64,
}

/// What a choice uses of a resource.
fn draws(m: &Model, asset: usize, choice: usize, on: Resource) -> i64 {
    let a = &m.p.assets[asset];
    let c = &a.choices[choice];
    match on {
        Resource::Budget(d) if d == a.department => c.cents,
        Resource::Crew(w) if w as usize == m.crew_of(asset, c.crew) => c.minutes,
        Resource::Stock(k) if c.stock == Some(k) => 1,
        _ => 0,
    }
}

/// Rooms of sites whose work may not fit into one visit.
pub(crate) fn rooms(m: &Model) -> Vec<Room> {
    let mut out = Vec::new();
    for (site, assets) in m.at_site.iter().enumerate() {
        let s = &m.p.sites[site];
        let mut seen: Vec<Resource> = Vec::new();
        seen.push(Resource::Crew(s.crew));
        for a in assets {
            let a = &m.p.assets[*a as usize];
            let d = Resource::Budget(a.department);
            if !seen.contains(&d) {
                seen.push(d);
            }
        }
        for on in seen {
            let all: i64 = assets
                .iter()
                .map(|a| {
                    let choices = &m.p.assets[*a as usize].choices;
                    (0..choices.len())
                        .filter(|k| choices[*k].visit)
                        .map(|k| draws(m, *a as usize, k, on))
                        .min()
                        .unwrap_or(0)
                })
                .sum();
            let (rows, who, travel) = match on {
                Resource::Budget(d) if d == s.department => (&m.budget, d, s.visit_cents),
                Resource::Budget(d) => (&m.budget, d, 0),
                Resource::Crew(c) => (&m.crew, c, s.visit_minutes),
                Resource::Stock(_) => continue,
            };
            for period in 0..m.t {
                if !m.open[site * m.t + period] {
                    continue;
                }
                for l in &rows[who as usize * m.t + period] {
                    let amount = (m.p.limits[*l as usize].amount - travel).max(0);
                    if all > amount / 2 {
                        out.push(Room {
                            site: site as u32,
                            period: period as u16,
                            limit: *l,
                            amount,
                        });
                    }
                }
            }
        }
    }
    out
}

impl Prices {
    pub(crate) fn of(m: &Model, limits: &[i64], orders: &[i64]) -> Self {
        let add = |rows: &[Vec<u32>]| {
            rows.iter()
                .map(|ls| {
                    let sum: i64 = ls.iter().map(|l| limits[*l as usize]).sum();
                    sum.min(4 * MOST_PRICE)
                })
                .collect()
        };
        let mut prices = Self {
            money: add(&m.budget),
            time: add(&m.crew),
            part: add(&m.stock),
            first: Vec::new(),
            then: Vec::new(),
            rooms: Vec::new(),
        };
        if !m.orders.is_empty() {
            prices.first = vec![0; m.p.assets.len()];
            prices.then = vec![0; m.p.assets.len()];
            for ((a, b), price) in m.orders.iter().zip(orders) {
                prices.first[*a as usize] += price;
                prices.then[*b as usize] += price;
            }
        }
        prices
    }

    /// With prices of rooms.
    fn with_rooms(mut self, m: &Model, rooms: &[Room], prices: &[i64]) -> Self {
        if !rooms.is_empty() {
            self.rooms = vec![Vec::new(); m.p.sites.len()];
            for (r, price) in rooms.iter().zip(prices).filter(|(_, price)| **price > 0) {
                self.rooms[r.site as usize].push(Priced {
                    period: r.period.into(),
                    on: m.p.limits[r.limit as usize].on,
                    amount: r.amount,
                    price: *price,
                });
            }
        }
        self
    }

    /// Price of opening a visit.
    pub(crate) fn visit(&self, m: &Model, site: usize, period: usize) -> i64 {
        if !m.open[site * m.t + period] {
            return NEVER;
        }
        let s = &m.p.sites[site];
        let money = 1000 + self.money[s.department as usize * m.t + period];
        let time = self.time[s.crew as usize * m.t + period];
        s.visit_cents
            .saturating_mul(money)
            .saturating_add(s.visit_minutes.saturating_mul(time))
            .min(NEVER)
    }
}

/// What everything costs at one site, under prices; in thousandths of a cent.
#[derive(Default)]
pub(crate) struct Columns {
    pub(crate) n: usize,
    t: usize,
    /// Work with a visit in a period: `[asset of the site * t + period]`.
    pub(crate) cost: Vec<i64>,
    pub(crate) pick: Vec<Pick>,
    /// Cheapest without a visit.
    pub(crate) other: Vec<i64>,
    pub(crate) other_pick: Vec<Pick>,
    /// Opening a visit.
    pub(crate) visit: Vec<i64>,
    until: Vec<i64>,
    bridge: Vec<Option<(u16, u16)>>,
}

impl Columns {
    pub(crate) fn fill(&mut self, m: &Model, prices: &Prices, site: usize, assets: &[u32]) {
        let t = m.t;
        self.n = assets.len();
        self.t = t;
        self.cost.clear();
        self.cost.resize(self.n * t, NEVER);
        self.pick.clear();
        self.pick.resize(self.n * t, Pick::default());
        self.other.clear();
        self.other_pick.clear();
        self.visit.clear();
        self.visit
            .extend((0..t).map(|period| prices.visit(m, site, period)));
        let rooms: &[Priced] = prices.rooms.get(site).map_or(&[], Vec::as_slice);
        for r in rooms {
            let visit = &mut self.visit[r.period];
            if *visit < NEVER {
                *visit = visit
                    .saturating_sub(r.amount.saturating_mul(r.price))
                    .max(-NEVER);
            }
        }
        for (i, at) in assets.iter().enumerate() {
            self.asset(m, prices, rooms, i, *at as usize);
        }
    }

    /// Cheapest exposure up to work in each period, with the best bridge.
    fn until(&mut self, m: &Model, prices: &Prices, at: usize) {
        let t = m.t;
        let a = &m.p.assets[at];
        let cpp = 1000 * m.p.cents_per_point;
        self.until.clear();
        self.until
            .extend((0..t).map(|period| cpp * a.points * (period as i64 + 1)));
        self.bridge.clear();
        self.bridge.resize(t, None);
        let money = &prices.money[a.department as usize * t..][..t];
        for (b, bridge) in a.bridges.iter().enumerate() {
            let time = &prices.time[m.crew_of(at, bridge.crew) * t..][..t];
            let gain = cpp * (a.points - bridge.points_while);
            let mut best = (NEVER, 0);
            for period in usize::from(bridge.earliest)..t {
                let here = (gain * period as i64)
                    .saturating_add(bridge.cents.saturating_mul(1000 + money[period]))
                    .saturating_add(bridge.minutes.saturating_mul(time[period]));
                if here < best.0 {
                    best = (here, period);
                }
                let total = best
                    .0
                    .saturating_add(cpp * (a.points + bridge.points_while * period as i64));
                if total < self.until[period] {
                    self.until[period] = total;
                    self.bridge[period] = Some((b as u16, best.1 as u16));
                }
            }
        }
    }

    fn asset(&mut self, m: &Model, prices: &Prices, rooms: &[Priced], i: usize, at: usize) {
        self.until(m, prices, at);
        let t = m.t;
        let a = &m.p.assets[at];
        let last = t - 1;
        let cpp = 1000 * m.p.cents_per_point;
        let first = prices.first.get(at).copied().unwrap_or(0);
        let then = prices.then.get(at).copied().unwrap_or(0);
        let mut other = self.until[last] + 1000 * m.extras(at, None) - then * t as i64;
        let mut other_pick = Pick {
            work: None,
            bridge: self.bridge[last],
        };
        let money = &prices.money[a.department as usize * t..][..t];
        let plain = a.deadline.is_none() && a.planned.is_none();
        for (k, c) in a.choices.iter().enumerate() {
            let time = &prices.time[m.crew_of(at, c.crew) * t..][..t];
            for period in usize::from(c.earliest)..t {
                if c.visit && self.visit[period] == NEVER {
                    continue;
                }
                let work = Some((k as u16, period as u16));
                let mut cost = self.until[period]
                    + cpp * c.points_after * (last - period) as i64
                    + if plain { 0 } else { 1000 * m.extras(at, work) }
                    + (first - then) * period as i64;
                cost = cost
                    .saturating_add(c.cents.saturating_mul(1000 + money[period]))
                    .saturating_add(c.minutes.saturating_mul(time[period]));
                if let Some(s) = c.stock {
                    cost = cost.saturating_add(prices.part[s as usize * t + period]);
                }
                if c.visit {
                    for r in rooms.iter().filter(|r| r.period == period) {
                        cost = cost.saturating_add(draws(m, at, k, r.on).saturating_mul(r.price));
                    }
                }
                let pick = Pick {
                    work,
                    bridge: self.bridge[period],
                };
                if !c.visit {
                    if cost < other {
                        other = cost;
                        other_pick = pick;
                    }
                } else if cost < self.cost[i * t + period] {
                    self.cost[i * t + period] = cost.min(NEVER);
                    self.pick[i * t + period] = pick;
                }
            }
        }
        self.other.push(other);
        self.other_pick.push(other_pick);
    }

    /// Raises the value of each asset as far as the visits pay for it (dual ascent of an uncapacitated
    /// facility location problem). `slack` holds what is left of each visit's price. The values added
    /// up, and visits that pay by themselves, are at most what the site costs at best: returned is what
    /// the latter take away.
    pub(crate) fn ascend(&self, values: &mut Vec<i64>, slack: &mut Vec<i64>) -> i128 {
        let t = self.t;
        values.clear();
        slack.clear();
        slack.extend(self.visit.iter().map(|v| (*v).max(0)));
        for i in 0..self.n {
            let least = self.cost[i * t..][..t].iter().copied().min();
            values.push(least.unwrap_or(NEVER).min(self.other[i]));
        }
        // Slack only shrinks and what is paid for only grows: a value that is stopped stays stopped.
        let mut active: Vec<u32> = (0..self.n as u32).collect();
        while !active.is_empty() {
            active.retain(|i| {
                let i = *i as usize;
                let value = &mut values[i];
                let v = *value;
                let other = self.other[i];
                if v >= other {
                    return false;
                }
                let costs = &self.cost[i * t..][..t];
                let mut next = other;
                let mut room = NEVER;
                for (c, s) in costs.iter().zip(slack.iter()) {
                    if *c > v {
                        next = next.min(*c);
                    } else {
                        room = room.min(*s);
                    }
                }
                let by = (next - v).min(room);
                if by <= 0 {
                    return false;
                }
                for (c, s) in costs.iter().zip(slack.iter_mut()) {
                    if *c <= v {
                        *s -= by;
                    }
                }
                *value = v + by;
                true
            });
        }
        self.visit.iter().map(|v| i128::from((*v).min(0))).sum()
    }

    /// Picks that fit the slack of the dual: visits that are paid for, without those that do not help.
    pub(crate) fn picks(&self, slack: &[i64], out: &mut Vec<Pick>) {
        let t = self.t;
        let mut open: Vec<usize> = (0..t)
            .filter(|p| slack[*p] == 0 && self.visit[*p] < NEVER)
            .collect();
        let best = |i: usize, open: &[usize], without: usize| {
            open.iter()
                .filter(|p| **p != without)
                .map(|p| self.cost[i * t + p])
                .min()
                .unwrap_or(NEVER)
                .min(self.other[i])
        };
        // The latest first: late work is worth least.
        let mut at = open.len();
        while at > 0 {
            at -= 1;
            let p = open[at];
            let mut loss = 0i64;
            for i in 0..self.n {
                let with = best(i, &open, NONE);
                if self.cost[i * t + p] <= with {
                    loss = loss.saturating_add(best(i, &open, p) - with);
                }
            }
            if loss < self.visit[p] {
                open.remove(at);
            }
        }
        out.clear();
        for i in 0..self.n {
            let mut least = self.other[i];
            let mut pick = self.other_pick[i];
            for p in &open {
                if self.cost[i * t + p] < least {
                    least = self.cost[i * t + p];
                    pick = self.pick[i * t + p];
                }
            }
            out.push(pick);
        }
    }
}

const NONE: usize = usize::MAX;
/// One of so many parts of the mean is the latest round.
const SHARE: usize = 10;

/// Prices with the bound that they give.
#[derive(Clone, Default)]
pub(crate) struct Dual {
    /// Of each limit, in thousandths of a cent for each unit.
    pub(crate) limits: Vec<i64>,
    /// Of each order.
    pub(crate) orders: Vec<i64>,
    /// Of each room.
    pub(crate) rooms: Vec<(Room, i64)>,
    /// Of each asset, in thousandths of a cent.
    pub(crate) values: Vec<i64>,
    /// Their sum less what the limits are worth, in thousandths of a cent.
    pub(crate) bound: i128,
    /// What the prices' own picks were on the way, one round drawn for each site: taken together they
    /// use about what there is.
    pub(crate) drawn: Vec<Pick>,
}

/// One evaluation: values of all assets, and the use of limits and orders at the prices' own picks.
struct Look<'m, 'p> {
    m: &'m Model<'p>,
    columns: Columns,
    site_values: Vec<i64>,
    slack: Vec<i64>,
    picks: Vec<Pick>,
    seen: Vec<bool>,
    /// Use of each limit.
    used: Vec<i64>,
    /// Period of each asset's work as the first of an order, and as the second.
    first_at: Vec<i64>,
    then_at: Vec<i64>,
    rooms: Vec<Room>,
    /// Rooms of each site, from and to.
    of_site: Vec<(usize, usize)>,
    /// Work in a room, less the room if the visit is made.
    over: Vec<i64>,
    drawn: Vec<Pick>,
    random: Random,
}

impl<'m, 'p> Look<'m, 'p> {
    fn new(m: &'m Model<'p>) -> Self {
        let rooms = rooms(m);
        let ordered = if m.orders.is_empty() {
            0
        } else {
            m.p.assets.len()
        };
        Self {
            m,
            columns: Columns::default(),
            site_values: Vec::new(),
            slack: Vec::new(),
            picks: Vec::new(),
            seen: vec![false; m.t],
            used: vec![0; m.p.limits.len()],
            first_at: vec![0; ordered],
            then_at: vec![0; ordered],
            of_site: {
                let mut at = 0;
                (0..m.p.sites.len())
                    .map(|site| {
                        let from = at;
                        while at < rooms.len() && rooms[at].site as usize == site {
                            at += 1;
                        }
                        (from, at)
                    })
                    .collect()
            },
            over: vec![0; rooms.len()],
            drawn: vec![Pick::default(); m.p.assets.len()],
            random: Random(7),
            rooms,
        }
    }

    fn at(&mut self, limits: &[i64], orders: &[i64], rooms: &[i64], values: &mut [i64]) -> i128 {
        let m = self.m;
        let prices = Prices::of(m, limits, orders).with_rooms(m, &self.rooms, rooms);
        self.used.fill(0);
        let mut bound: i128 = 0;
        for (site, assets) in m.at_site.iter().enumerate() {
            if assets.is_empty() {
                continue;
            }
            self.columns.fill(m, &prices, site, assets);
            bound += self.columns.ascend(&mut self.site_values, &mut self.slack);
            self.columns.picks(&self.slack, &mut self.picks);
            // As the mean forgets: the latest round has a share, what was before keeps the rest.
            if self.random.below(SHARE) == 0 {
                for (at, pick) in assets.iter().zip(&self.picks) {
                    self.drawn[*at as usize] = *pick;
                }
            }
            for (at, v) in assets.iter().zip(&self.site_values) {
                values[*at as usize] = *v;
                bound += i128::from(*v);
            }
            self.tally(site, assets);
        }
        for (l, price) in m.p.limits.iter().zip(limits) {
            bound -= i128::from(l.amount) * i128::from(*price);
        }
        bound
    }

    fn spend(&mut self, department: u32, crew: usize, period: usize, cents: i64, minutes: i64) {
        let m = self.m;
        for l in &m.budget[department as usize * m.t + period] {
            self.used[*l as usize] += cents;
        }
        for l in &m.crew[crew * m.t + period] {
            self.used[*l as usize] += minutes;
        }
    }

    fn tally(&mut self, site: usize, assets: &[u32]) {
        let m = self.m;
        self.seen.fill(false);
        let (from, to) = self.of_site[site];
        self.over[from..to].fill(0);
        for (i, at) in assets.iter().enumerate() {
            let at = *at as usize;
            let pick = self.picks[i];
            let a = &m.p.assets[at];
            if let Some((k, period)) = pick.work {
                let c = &a.choices[usize::from(k)];
                let period = usize::from(period);
                self.spend(
                    a.department,
                    m.crew_of(at, c.crew),
                    period,
                    c.cents,
                    c.minutes,
                );
                if let Some(s) = c.stock {
                    for l in &m.stock[s as usize * m.t + period] {
                        self.used[*l as usize] += 1;
                    }
                }
                if c.visit && !std::mem::replace(&mut self.seen[period], true) {
                    let s = &m.p.sites[site];
                    self.spend(
                        s.department,
                        s.crew as usize,
                        period,
                        s.visit_cents,
                        s.visit_minutes,
                    );
                }
            }
            if let Some((b, from)) = pick.bridge {
                let bridge = &a.bridges[usize::from(b)];
                self.spend(
                    a.department,
                    m.crew_of(at, bridge.crew),
                    from.into(),
                    bridge.cents,
                    bridge.minutes,
                );
            }
            if let Some((k, period)) = pick.work
                && a.choices[usize::from(k)].visit
            {
                let (from, to) = self.of_site[site];
                for r in from..to {
                    if self.rooms[r].period == period {
                        let on = m.p.limits[self.rooms[r].limit as usize].on;
                        self.over[r] += draws(m, at, k.into(), on);
                    }
                }
            }
            if !self.first_at.is_empty() {
                self.first_at[at] = pick.work.map_or(0, |(_, p)| i64::from(p));
                self.then_at[at] = pick.work.map_or(m.t as i64, |(_, p)| i64::from(p));
            }
        }
        for r in from..to {
            let period = usize::from(self.rooms[r].period);
            if self.seen[period] || self.columns.visit[period] < 0 {
                self.over[r] -= self.rooms[r].amount;
            }
        }
    }
}

/// Searches prices for the highest bound (volume algorithm); `upper` is the cost of a known plan, in
/// cents. `try_plan` is called with good prices now and then and returns the cost of a better plan.
pub(crate) fn search(
    p: &Problem,
    m: &Model,
    rounds: usize,
    start: Option<&Dual>,
    mut upper: i64,
    mut try_plan: impl FnMut(&[i64], &[i64]) -> i64,
) -> Dual {
    let mut look = Look::new(m);
    let rows = p.limits.len();
    let priced = rows + m.orders.len();
    let all = priced + look.rooms.len();
    let scale: Vec<f64> = p
        .limits
        .iter()
        .map(|l| l.amount.max(1) as f64)
        .chain(m.orders.iter().map(|_| m.t as f64))
        .chain(look.rooms.iter().map(|r| r.amount.max(1) as f64))
        .collect();
    let mut values = vec![0i64; p.assets.len()];
    // Prices times scale, so that a step means the same for money and minutes.
    let mut centre = vec![0f64; all];
    let mut mean: Option<Vec<f64>> = None;
    let whole = |x: &[f64]| -> Vec<i64> {
        x.iter()
            .zip(&scale)
            .map(|(x, s)| ((x / s).round() as i64).clamp(0, MOST_PRICE))
            .collect()
    };
    let mut best = Dual::default();
    let mut step = 0.1;
    let mut restarts = 0u32;
    let mut best_over: Vec<f64> = Vec::new();
    let mut since = 0usize;
    if let Some(start) = start {
        let rooms: std::collections::BTreeMap<_, _> = start
            .rooms
            .iter()
            .map(|(r, price)| ((r.site, r.period, r.limit), *price))
            .collect();
        let of_rooms = look.rooms.iter().map(|r| {
            let key = (r.site, r.period, r.limit);
            rooms.get(&key).copied().unwrap_or(0)
        });
        let given = start.limits.iter().chain(&start.orders).copied();
        for ((c, price), s) in centre.iter_mut().zip(given.chain(of_rooms)).zip(&scale) {
            *c = price as f64 * s;
        }
        step = 0.03;
    }
    let mut trial = centre.clone();
    for round in 0..rounds.max(1) {
        let prices = whole(&trial);
        let (limits, rest) = prices.split_at(rows);
        let (orders, rooms) = rest.split_at(priced - rows);
        let bound = look.at(limits, orders, rooms, &mut values);
        let over: Vec<f64> = p
            .limits
            .iter()
            .zip(&look.used)
            .map(|(l, u)| (u - l.amount) as f64)
            .chain(
                m.orders
                    .iter()
                    .map(|(a, b)| (look.first_at[*a as usize] - look.then_at[*b as usize]) as f64),
            )
            .chain(look.over.iter().map(|n| *n as f64))
            .zip(&scale)
            .map(|(g, s)| g / s)
            .collect();
        let better = round == 0 || bound > best.bound;
        match &mut mean {
            None => mean = Some(over.clone()),
            Some(mean) => {
                let share = 1.0 / SHARE as f64;
                for (m, o) in mean.iter_mut().zip(&over) {
                    *m = share * o + (1.0 - share) * *m;
                }
            }
        }
        if better {
            let gained = (bound - best.bound) as f64;
            best = Dual {
                limits: limits.to_vec(),
                orders: orders.to_vec(),
                rooms: look
                    .rooms
                    .iter()
                    .zip(rooms)
                    .filter(|(_, price)| **price > 0)
                    .map(|(r, price)| (*r, *price))
                    .collect(),
                values: values.clone(),
                bound,
                drawn: Vec::new(),
            };
            centre.clone_from(&trial);
            best_over.clone_from(&over);
            since = 0;
            if gained > 0.001 * bound.abs() as f64 {
                step = f64::min(step * 1.2, 2.0);
            }
        } else {
            since += 1;
            if since.is_multiple_of(8) {
                step *= 0.7;
            }
        }
        if round == 20 || (round > 0 && round % 80 == 0) {
            upper = upper.min(try_plan(&best.limits, &best.orders));
        }
        let distance = (i128::from(upper) * 1000 - best.bound) as f64;
        if distance <= 0.0 || all == 0 {
            break;
        }
        if step < 1e-4 {
            // From the best prices again, with longer steps and nothing remembered.
            restarts += 1;
            step = 0.05 / f64::from(restarts);
            mean = Some(best_over.clone());
            since = 0;
        }
        let Some(mean) = &mean else { break };
        // A price of nothing stays nothing where there is room.
        let norm: f64 = mean
            .iter()
            .zip(&centre)
            .filter(|(g, c)| **g > 0.0 || **c > 0.0)
            .map(|(g, _)| g * g)
            .sum();
        if norm <= 1e-18 {
            break;
        }
        let length = step * distance / norm;
        for ((x, c), g) in trial.iter_mut().zip(&centre).zip(mean) {
            *x = (c + length * g).max(0.0);
        }
    }
    best.drawn = look.drawn;
    best
}
