//! Limits and orders relaxed with prices: what is left falls apart into sites, and each site's own lower
//! bound comes from its dual. Together they bound every plan from below.
//!
//! One visit cannot use more than a limit allows beside the travel itself. Where that matters, because a
//! site has more work than fits into one period, it is stated for each period of the site ([`Room`]) and
//! relaxed with a price as well: without it half a visit would carry half the work of any size.

use crate::model::{Item, Model, NEVER};
use crate::problem::{Problem, Resource};
use crate::round::Pool;
use crate::schedule::Pick;

/// Highest price of a limit: keeps products inside 64 bits.
pub(crate) const MOST_PRICE: i64 = 1_000_000_000;

/// Prices, added up where they are needed. In thousandths of a cent for each unit of the resource.
#[derive(Clone, Default)]
pub(crate) struct Prices {
    /// `[department * t + period]`, with the money itself.
    pub(crate) money: Vec<i64>,
    pub(crate) time: Vec<i64>,
    pub(crate) part: Vec<i64>,
    /// Of each item, for each period of its work: as what comes first, and as what comes after something;
    /// empty without orders.
    pub(crate) slope: Vec<(i64, i64)>,
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
        let add = |rows: &[Vec<u32>], own: i64| {
            rows.iter()
                .map(|ls| {
                    let sum: i64 = ls.iter().map(|l| limits[*l as usize]).sum();
                    own + sum.min(m.most_price)
                })
                .collect()
        };
        let mut prices = Self {
            money: add(&m.budget, m.own),
            time: add(&m.crew, 0),
            part: add(&m.stock, 0),
            slope: Vec::new(),
            rooms: Vec::new(),
        };
        if !m.orders.is_empty() {
            prices.slope = vec![(0, 0); m.items.len()];
            for ((a, b), price) in m.orders.iter().zip(orders) {
                prices.slope[m.item_of[*a as usize] as usize].0 += price;
                prices.slope[m.item_of[*b as usize] as usize].1 += price;
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
        let money = self.money[s.department as usize * m.t + period];
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
    /// The choice that costs this.
    which: Vec<u16>,
    /// The bridge until then; empty if nothing here has one.
    bridge: Vec<Option<(u16, u16)>>,
    /// Cheapest without a visit.
    pub(crate) other: Vec<i64>,
    pub(crate) other_pick: Vec<Pick>,
    /// Opening a visit.
    pub(crate) visit: Vec<i64>,
    until: Vec<i64>,
    line: Vec<i64>,
}

impl Columns {
    /// Work with a visit in a period, as it costs least.
    pub(crate) fn pick(&self, i: usize, period: usize) -> Pick {
        Pick {
            work: Some((self.which[i * self.t + period], period as u16)),
            bridge: self.bridge_at(i, period),
        }
    }

    fn bridge_at(&self, i: usize, period: usize) -> Option<(u16, u16)> {
        self.bridge.get(i * self.t + period).copied().flatten()
    }

    /// Of all assets of a site.
    pub(crate) fn fill(&mut self, m: &Model, prices: &Prices, site: usize) {
        let n = m.at_site[site].len();
        let first = m.at_site[site]
            .first()
            .map_or(0, |a| m.item_of[*a as usize] as usize);
        self.fill_items(m, prices, site, first, n);
    }

    /// Of one asset.
    pub(crate) fn fill_one(&mut self, m: &Model, prices: &Prices, asset: usize) {
        let site = m.p.assets[asset].site as usize;
        self.fill_items(m, prices, site, m.item_of[asset] as usize, 1);
    }

    fn fill_items(&mut self, m: &Model, prices: &Prices, site: usize, first: usize, n: usize) {
        let t = m.t;
        self.n = n;
        self.t = t;
        self.cost.clear();
        self.cost.resize(n * t, NEVER);
        self.which.clear();
        self.which.resize(n * t, 0);
        self.bridge.clear();
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
        self.until.resize(t, 0);
        self.line.resize(t, 0);
        let items = &m.items[first..first + n];
        if items.iter().any(|x| x.aids.0 < x.aids.1) {
            self.bridge.resize(n * t, None);
        }
        for (i, item) in items.iter().enumerate() {
            let orders = prices.slope.get(first + i).copied().unwrap_or((0, 0));
            self.item(m, prices, rooms, i, item, orders);
        }
        for (period, visit) in self.visit.iter().enumerate() {
            if *visit == NEVER {
                for i in 0..n {
                    self.cost[i * t + period] = NEVER;
                }
            }
        }
    }

    /// Cheapest exposure up to work in each period, with the best bridge.
    fn until(&mut self, m: &Model, prices: &Prices, i: usize, item: &Item) {
        let t = m.t;
        let mut sum = 0;
        for u in &mut self.until {
            sum += item.exposed;
            *u = sum;
        }
        let money = &prices.money[item.department as usize * t..][..t];
        for (b, aid) in m.aids[item.aids.0 as usize..item.aids.1 as usize]
            .iter()
            .enumerate()
        {
            let time = &prices.time[aid.crew as usize * t..][..t];
            let gain = item.exposed - aid.during;
            let mut best = (NEVER, 0);
            for period in usize::from(aid.earliest)..t {
                let here =
                    gain * period as i64 + aid.cents * money[period] + aid.minutes * time[period];
                if here < best.0 {
                    best = (here, period);
                }
                let total = best.0 + item.exposed + aid.during * period as i64;
                if total < self.until[period] {
                    self.until[period] = total;
                    self.bridge[i * t + period] = Some((b as u16, best.1 as u16));
                }
            }
        }
    }

    fn item(
        &mut self,
        m: &Model,
        prices: &Prices,
        rooms: &[Priced],
        i: usize,
        item: &Item,
        orders: (i64, i64),
    ) {
        self.until(m, prices, i, item);
        let t = m.t;
        let last = t - 1;
        let (first, then) = orders;
        let change = item.planned.map_or(0, |(change, _)| change);
        let keeps = |work: Option<(u16, u16)>| item.planned.is_some_and(|(_, w)| w == work);
        let mut other = self.until[last] + item.missed - then * t as i64;
        if !keeps(None) {
            other += change;
        }
        let mut other_pick = Pick {
            work: None,
            bridge: self.bridge_at(i, last),
        };
        let money = &prices.money[item.department as usize * t..][..t];
        let row = &mut self.cost[i * t..][..t];
        let which = &mut self.which[i * t..][..t];
        for (k, act) in m.acts[item.acts.0 as usize..item.acts.1 as usize]
            .iter()
            .enumerate()
        {
            let from = usize::from(act.earliest);
            if from >= t {
                continue;
            }
            let time = &prices.time[act.crew as usize * t..][from..t];
            let by = first - then - act.after;
            let mut linear = act.after * last as i64 + by * from as i64 + change;
            if !act.meets {
                linear += item.missed;
            }
            let line = &mut self.line[from..t];
            for (((x, until), money), time) in line
                .iter_mut()
                .zip(&self.until[from..t])
                .zip(&money[from..t])
                .zip(time)
            {
                *x = until + linear + act.cents * money + act.minutes * time;
                linear += by;
            }
            if act.stock != u32::MAX {
                let part = &prices.part[act.stock as usize * t..][from..t];
                for (x, part) in line.iter_mut().zip(part) {
                    *x += part;
                }
            }
            if act.meets {
                let late = (usize::from(item.due) + 1).saturating_sub(from);
                for x in line.iter_mut().skip(late) {
                    *x += item.missed;
                }
            }
            if let Some((change, Some((c, p)))) = item.planned
                && usize::from(c) == k
                && usize::from(p) >= from
            {
                line[usize::from(p) - from] -= change;
            }
            if act.visit {
                for r in rooms.iter().filter(|r| r.period >= from) {
                    let n = match r.on {
                        Resource::Budget(d) if d == item.department => act.cents,
                        Resource::Crew(w) if w == act.crew => act.minutes,
                        _ => continue,
                    };
                    let x = &mut line[r.period - from];
                    *x = x.saturating_add(n.saturating_mul(r.price)).min(NEVER);
                }
                for ((x, row), which) in line.iter().zip(&mut row[from..]).zip(&mut which[from..]) {
                    if x < row {
                        *row = *x;
                        *which = k as u16;
                    }
                }
            } else {
                for (p, x) in line.iter().enumerate() {
                    if *x < other {
                        other = *x;
                        other_pick = Pick {
                            work: Some((k as u16, (p + from) as u16)),
                            bridge: None,
                        };
                    }
                }
            }
        }
        if let Some((_, p)) = other_pick.work {
            other_pick.bridge = self.bridge_at(i, p.into());
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
        let mut active: Vec<u32> = (0..self.n as u32).collect();
        self.raise(&mut active, values, slack);
        self.visit.iter().map(|v| i128::from((*v).min(0))).sum()
    }

    /// Raises the values of some assets as far as slack allows, in turns.
    fn raise(&self, active: &mut Vec<u32>, values: &mut [i64], slack: &mut [i64]) {
        let t = self.t;
        // Slack only shrinks and what is paid for only grows: a value that is stopped stays stopped.
        while !active.is_empty() {
            active.retain(|i| {
                let i = *i as usize;
                let value = &mut values[i];
                let v = *value;
                let mut next = self.other[i];
                if v >= next {
                    return false;
                }
                let costs = &self.cost[i * t..][..t];
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
    }

    /// Where an asset pays for several of the visits that are made, its value is lowered a step so that
    /// others can rise instead (dual adjustment). The sum of values never falls.
    pub(crate) fn adjust(&self, values: &mut [i64], slack: &mut [i64], open: &[usize]) {
        let t = self.t;
        let mut active: Vec<u32> = Vec::new();
        for i in 0..self.n {
            let v = values[i];
            let costs = &self.cost[i * t..][..t];
            if open.iter().filter(|p| costs[**p] < v).count() < 2 {
                continue;
            }
            let low = costs.iter().copied().filter(|c| *c < v).max().unwrap_or(v);
            for (c, s) in costs.iter().zip(slack.iter_mut()) {
                if *c < v {
                    *s += v - low;
                }
            }
            values[i] = low;
            // First those that a single visit has stopped, then this one, then all.
            active.clear();
            for (k, value) in values.iter().enumerate() {
                if k == i || *value >= self.other[k] {
                    continue;
                }
                let theirs = &self.cost[k * t..][..t];
                let mut stops = open.iter().filter(|p| theirs[**p] <= *value);
                if let (Some(p), None) = (stops.next(), stops.next())
                    && costs[*p] < v
                {
                    active.push(k as u32);
                }
            }
            self.raise(&mut active, values, slack);
            active.push(i as u32);
            self.raise(&mut active, values, slack);
            if values[i] < v {
                active.extend(0..self.n as u32);
                self.raise(&mut active, values, slack);
            }
        }
    }

    /// Visits that are paid for, without those that do not help.
    pub(crate) fn paid(&self, slack: &[i64], open: &mut Vec<usize>) {
        let t = self.t;
        open.clear();
        open.extend((0..t).filter(|p| slack[*p] == 0 && self.visit[*p] < NEVER));
        // The latest first: late work is worth least.
        let mut at = open.len();
        while at > 0 {
            at -= 1;
            let p = open[at];
            let mut loss = 0i64;
            for i in 0..self.n {
                let costs = &self.cost[i * t..][..t];
                let here = costs[p];
                let mut rest = self.other[i];
                if here >= rest {
                    continue;
                }
                for q in open.iter() {
                    if *q != p {
                        rest = rest.min(costs[*q]);
                    }
                }
                loss = loss.saturating_add((rest - here).max(0));
                if loss >= self.visit[p] {
                    break;
                }
            }
            if loss < self.visit[p] {
                open.remove(at);
            }
        }
    }

    /// Visits closed, opened or put elsewhere one at a time as long as that lowers what the site costs.
    pub(crate) fn exchange(&self, open: &mut Vec<usize>) {
        let t = self.t;
        let mut lose = vec![0i64; t];
        let mut now: Vec<(i64, i64, usize)> = Vec::with_capacity(self.n);
        for _ in 0..2 * t {
            // Cheapest of each asset, second cheapest, and the visit of the cheapest.
            now.clear();
            for i in 0..self.n {
                let costs = &self.cost[i * t..][..t];
                let mut x = (self.other[i], self.other[i], t);
                for p in open.iter() {
                    let c = costs[*p];
                    if c < x.0 {
                        x = (c, x.0, *p);
                    } else {
                        x.1 = x.1.min(c);
                    }
                }
                now.push(x);
            }
            let mut best = (0, t, t);
            lose.fill(0);
            for x in now.iter().filter(|x| x.2 < t) {
                lose[x.2] = lose[x.2].saturating_add(x.1 - x.0);
            }
            for q in open.iter() {
                let gain = self.visit[*q].saturating_sub(lose[*q]);
                if gain > best.0 {
                    best = (gain, t, *q);
                }
            }
            for p in 0..t {
                if self.visit[p] == NEVER || open.contains(&p) {
                    continue;
                }
                let mut gain = -self.visit[p];
                lose.fill(0);
                for (i, (first, second, q)) in now.iter().enumerate() {
                    let c = self.cost[i * t + p];
                    if c < *first {
                        gain = gain.saturating_add(first - c);
                    } else if *q < t {
                        lose[*q] = lose[*q].saturating_add(c.min(*second) - first);
                    }
                }
                if gain > best.0 {
                    best = (gain, p, t);
                }
                for q in open.iter() {
                    let swap = gain.saturating_add(self.visit[*q].saturating_sub(lose[*q]));
                    if swap > best.0 {
                        best = (swap, p, *q);
                    }
                }
            }
            let (_, opens, closes) = best;
            if opens == t && closes == t {
                break;
            }
            open.retain(|p| *p != closes);
            if opens < t {
                open.push(opens);
            }
        }
        open.sort_unstable();
    }

    /// Best picks with these visits.
    pub(crate) fn picks(&self, open: &[usize], out: &mut Vec<Pick>) {
        let t = self.t;
        out.clear();
        for i in 0..self.n {
            let mut least = self.other[i];
            let mut best = None;
            for p in open {
                if self.cost[i * t + p] < least {
                    least = self.cost[i * t + p];
                    best = Some(*p);
                }
            }
            out.push(best.map_or(self.other_pick[i], |p| self.pick(i, p)));
        }
    }
}

/// Most that the latest round has in the mean of the directions, at first and at the end.
const MOST_SHARE: f64 = 0.1;
const LEAST_SHARE: f64 = 0.01;
/// How far above the best bound the aim is, at most: as a share of it.
const AIM: f64 = 0.05;
/// Most passes of the dual adjustment of a site.
const ADJUSTMENTS: usize = 3;

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
}

/// One evaluation: values of all assets, and the use of limits and orders at the prices' own picks.
struct Look<'m, 'p> {
    m: &'m Model<'p>,
    columns: Columns,
    site_values: Vec<i64>,
    slack: Vec<i64>,
    picks: Vec<Pick>,
    /// Visits made at a site.
    open: Vec<usize>,
    /// Money and time that the picks use, `[department * t + period]` and so on.
    money: Vec<i64>,
    time: Vec<i64>,
    part: Vec<i64>,
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
    pool: Pool,
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
            open: Vec::new(),
            money: vec![0; m.budget.len()],
            time: vec![0; m.crew.len()],
            part: vec![0; m.stock.len()],
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
            pool: Pool::new(m),
            rooms,
        }
    }

    fn at(
        &mut self,
        limits: &[i64],
        orders: &[i64],
        rooms: &[i64],
        values: &mut [i64],
        keep: bool,
    ) -> i128 {
        let m = self.m;
        let prices = Prices::of(m, limits, orders).with_rooms(m, &self.rooms, rooms);
        self.money.fill(0);
        self.time.fill(0);
        self.part.fill(0);
        let mut bound: i128 = 0;
        for (site, assets) in m.at_site.iter().enumerate() {
            if assets.is_empty() {
                continue;
            }
            self.columns.fill(m, &prices, site);
            bound += self.columns.ascend(&mut self.site_values, &mut self.slack);
            self.columns.paid(&self.slack, &mut self.open);
            for _ in 0..ADJUSTMENTS {
                let before: i128 = self.site_values.iter().map(|v| i128::from(*v)).sum();
                self.columns
                    .adjust(&mut self.site_values, &mut self.slack, &self.open);
                self.columns.paid(&self.slack, &mut self.open);
                if before == self.site_values.iter().map(|v| i128::from(*v)).sum() {
                    break;
                }
            }
            self.columns.exchange(&mut self.open);
            self.columns.picks(&self.open, &mut self.picks);
            if keep {
                self.pool.add(site, &self.picks);
            }
            for (at, v) in assets.iter().zip(&self.site_values) {
                values[*at as usize] = *v;
                bound += i128::from(*v);
            }
            self.tally(site, assets);
        }
        for (at, (l, price)) in m.p.limits.iter().zip(limits).enumerate() {
            bound -= i128::from(l.amount) * i128::from(*price);
            let (list, who) = match l.on {
                Resource::Budget(d) => (&self.money, d),
                Resource::Crew(c) => (&self.time, c),
                Resource::Stock(k) => (&self.part, k),
            };
            let row = &list[who as usize * m.t..][..m.t];
            self.used[at] = row[l.from.into()..=l.to.into()].iter().sum();
        }
        bound
    }

    /// Adds up what the picks of a site use.
    fn tally(&mut self, site: usize, assets: &[u32]) {
        let m = self.m;
        let t = m.t;
        let (from, to) = self.of_site[site];
        self.over[from..to].fill(0);
        let first = assets.first().map_or(0, |a| m.item_of[*a as usize]) as usize;
        let s = &m.p.sites[site];
        for period in &self.open {
            self.money[s.department as usize * t + period] += s.visit_cents;
            self.time[s.crew as usize * t + period] += s.visit_minutes;
        }
        for ((at, item), pick) in assets.iter().zip(&m.items[first..]).zip(&self.picks) {
            let money = item.department as usize * t;
            if let Some((k, period)) = pick.work {
                let act = &m.acts[item.acts.0 as usize + usize::from(k)];
                let here = usize::from(period);
                self.money[money + here] += act.cents;
                self.time[act.crew as usize * t + here] += act.minutes;
                if act.stock != u32::MAX {
                    self.part[act.stock as usize * t + here] += 1;
                }
                if act.visit {
                    for r in from..to {
                        if self.rooms[r].period == period {
                            let on = m.p.limits[self.rooms[r].limit as usize].on;
                            self.over[r] += draws(m, *at as usize, k.into(), on);
                        }
                    }
                }
            }
            if let Some((b, from)) = pick.bridge {
                let aid = &m.aids[item.aids.0 as usize + usize::from(b)];
                let here = usize::from(from);
                self.money[money + here] += aid.cents;
                self.time[aid.crew as usize * t + here] += aid.minutes;
            }
            if !self.first_at.is_empty() {
                let at = *at as usize;
                self.first_at[at] = pick.work.map_or(0, |(_, p)| i64::from(p));
                self.then_at[at] = pick.work.map_or(t as i64, |(_, p)| i64::from(p));
            }
        }
        for r in from..to {
            let period = usize::from(self.rooms[r].period);
            if self.open.contains(&period) || self.columns.visit[period] < 0 {
                self.over[r] -= self.rooms[r].amount;
            }
        }
    }
}

/// These prices and values with the bound that they give, the values raised as far as visits pay for it.
#[cfg(feature = "highs")]
pub(crate) fn valued(m: &Model, mut dual: Dual) -> Dual {
    for price in &mut dual.limits {
        *price = (*price).clamp(0, MOST_PRICE.min(m.most_price));
    }
    for price in &mut dual.orders {
        *price = (*price).clamp(0, MOST_PRICE.min(m.most_order));
    }
    let (rooms, room_prices): (Vec<Room>, Vec<i64>) = dual
        .rooms
        .iter()
        .map(|(r, price)| (*r, (*price).clamp(0, MOST_PRICE)))
        .unzip();
    let prices = Prices::of(m, &dual.limits, &dual.orders).with_rooms(m, &rooms, &room_prices);
    let mut columns = Columns::default();
    let mut bound: i128 = 0;
    let mut values: Vec<i64> = Vec::new();
    for (site, assets) in m.at_site.iter().enumerate() {
        if assets.is_empty() {
            continue;
        }
        columns.fill(m, &prices, site);
        values.clear();
        let mut slack = columns.visit.clone();
        for (i, at) in assets.iter().enumerate() {
            let v = dual.values[*at as usize].min(columns.other[i]);
            values.push(v);
            for (s, c) in slack.iter_mut().zip(&columns.cost[i * m.t..]) {
                *s = s.saturating_sub(v.saturating_sub(*c).max(0));
            }
        }
        // What is below nothing already is taken off once; nothing more is taken from it.
        let mut left: Vec<i64> = slack.iter().map(|s| (*s).max(0)).collect();
        let mut active: Vec<u32> = (0..assets.len() as u32).collect();
        columns.raise(&mut active, &mut values, &mut left);
        bound += slack.iter().map(|s| i128::from((*s).min(0))).sum::<i128>();
        for (at, v) in assets.iter().zip(&values) {
            dual.values[*at as usize] = *v;
            bound += i128::from(*v);
        }
    }
    for (l, price) in m.p.limits.iter().zip(&dual.limits) {
        bound -= i128::from(l.amount) * i128::from(*price);
    }
    dual.rooms = rooms.into_iter().zip(room_prices).collect();
    dual.bound = bound;
    dual
}

/// Searches prices for the highest bound (volume algorithm); `upper` is the cost of a known plan, in
/// cents. `try_plan` is called with good prices now and then and returns the cost of a better plan. The
/// pool has what sites would do in the later rounds. With `caps` a limit may be exceeded and its price is
/// at most that.
pub(crate) fn search(
    p: &Problem,
    m: &Model,
    rounds: usize,
    start: Option<&Dual>,
    caps: Option<&[i64]>,
    mut upper: i64,
    mut try_plan: impl FnMut(&[i64], &[i64]) -> i64,
) -> (Dual, Pool) {
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
    let most = |at: usize| match at {
        at if at < rows => {
            let cap = caps.and_then(|c| c.get(at)).copied();
            cap.unwrap_or(MOST_PRICE).min(m.most_price)
        }
        at if at < priced => MOST_PRICE.min(m.most_order),
        // Where going over a limit is allowed, rooms do not hold.
        _ if caps.is_some() => 0,
        _ => MOST_PRICE,
    };
    let whole = |x: &[f64]| -> Vec<i64> {
        x.iter()
            .zip(&scale)
            .enumerate()
            .map(|(at, (x, s))| ((x / s).round() as i64).clamp(0, most(at)))
            .collect()
    };
    let mut best = Dual::default();
    let mut step = 0.1;
    let mut most_share = MOST_SHARE;
    let mut checkpoint = 0i128;
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
        let bound = look.at(limits, orders, rooms, &mut values, round >= rounds / 3);
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
        // How far the latest direction agrees with the mean, and how much of it goes in: as much as makes
        // the new mean shortest, inside bounds.
        let mut agrees = 0.0;
        match &mut mean {
            None => {
                mean = Some(over.clone());
            }
            Some(mean) => {
                let (mut vg, mut vv, mut gg) = (0.0, 0.0, 0.0);
                for ((m, o), c) in mean.iter().zip(&over).zip(&centre) {
                    if *m > 0.0 || *c > 0.0 {
                        vg += m * o;
                        vv += m * m;
                        gg += o * o;
                    }
                }
                agrees = vg;
                let apart = vv - 2.0 * vg + gg;
                let best = if apart > 0.0 {
                    (vv - vg) / apart
                } else {
                    most_share
                };
                let share = if best < 0.0 {
                    most_share / 10.0
                } else {
                    best.clamp(most_share / 10.0, most_share)
                };
                for (m, o) in mean.iter_mut().zip(&over) {
                    *m = share * o + (1.0 - share) * *m;
                }
            }
        }
        if better {
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
            };
            centre.clone_from(&trial);
            since = 0;
            if agrees >= 0.0 {
                step = f64::min(step * 1.3, 2.0);
            }
        } else {
            since += 1;
            if since.is_multiple_of(8) {
                step *= 0.67;
            }
        }
        if round % 50 == 49 {
            // Where little was gained lately, the mean forgets more slowly.
            if (best.bound - checkpoint) as f64 <= 0.005 * best.bound as f64 {
                most_share = (most_share * 0.7).max(LEAST_SHARE);
            }
            checkpoint = best.bound;
        }
        if round == 20 || (round > 0 && round % 80 == 0) {
            upper = upper.min(try_plan(&best.limits, &best.orders));
        }
        let above = (i128::from(upper) * 1000 - best.bound) as f64;
        let aim = AIM * f64::max(best.bound.unsigned_abs() as f64, 100.0 * upper as f64);
        let distance = above.min(aim);
        if distance <= 0.0 || all == 0 {
            break;
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
    (best, look.pool)
}
