//! From what sites would do under many prices to one choice for each site that fits together.
//!
//! Every round of the search for prices leaves, for each site, what it would do best. Some of these are
//! kept; one is chosen for each site so that limits are kept as far as possible, by steps of one site at a
//! time that may be worse at first and ever less so (simulated annealing). What does not fit in the end is
//! repaired elsewhere.

use crate::improve::Random;
use crate::model::Model;
use crate::problem::Resource;
use crate::schedule::Pick;

/// Most kept of each site.
const MOST: usize = 16;
/// Steps for each site.
const STEPS: usize = 3000;
/// Most steps in all.
const ALL_STEPS: usize = 15_000_000;

/// What sites would do.
pub(crate) struct Pool {
    /// Of each site: picks of its assets, one after the other.
    ways: Vec<Vec<Pick>>,
    /// Where the next one goes when there are as many as are kept.
    next: Vec<usize>,
}

/// One way of one site.
struct Way {
    /// In thousandths of a cent, with what orders count.
    cost: i64,
    /// Limits with what it uses of them, from and to in a common list.
    uses: (u32, u32),
}

impl Pool {
    pub(crate) fn new(m: &Model) -> Self {
        Self {
            ways: vec![Vec::new(); m.at_site.len()],
            next: vec![0; m.at_site.len()],
        }
    }

    /// Keeps a way, if it is not kept already.
    pub(crate) fn add(&mut self, site: usize, picks: &[Pick]) {
        if picks.is_empty() {
            return;
        }
        let ways = &mut self.ways[site];
        if ways.chunks_exact(picks.len()).any(|w| w == picks) {
            return;
        }
        if ways.len() < MOST * picks.len() {
            ways.extend_from_slice(picks);
        } else {
            let next = &mut self.next[site];
            ways[*next * picks.len()..][..picks.len()].copy_from_slice(picks);
            *next = (*next + 1) % MOST;
        }
    }

    /// One way for each site. `limits` and `orders` are prices; `fixed` is what a unit over each limit
    /// counts, where that is given.
    pub(crate) fn choose(
        &self,
        m: &Model,
        limits: &[i64],
        orders: &[i64],
        fixed: Option<&[i64]>,
        seed: u64,
    ) -> Vec<Pick> {
        let mut slope = vec![0i64; m.p.assets.len()];
        for ((first, then), price) in m.orders.iter().zip(orders) {
            slope[*first as usize] += price;
            slope[*then as usize] -= price;
        }
        let mut list: Vec<(u32, i64)> = Vec::new();
        let mut all: Vec<Vec<Way>> = Vec::with_capacity(self.ways.len());
        for (site, ways) in self.ways.iter().enumerate() {
            let n = m.at_site[site].len().max(1);
            let of = ways.chunks_exact(n);
            all.push(of.map(|w| way(m, site, w, &slope, &mut list)).collect());
        }
        let busy: Vec<usize> = (0..all.len()).filter(|s| all[*s].len() > 1).collect();
        let fines: Vec<f64> = match fixed {
            Some(fixed) => fixed.iter().map(|n| *n as f64).collect(),
            None => fines(m, limits),
        };
        let mut left: Vec<i64> = m.p.limits.iter().map(|l| l.amount).collect();
        let mut chosen = vec![0usize; all.len()];
        // At first what is cheapest under the prices.
        for (site, ways) in all.iter().enumerate() {
            let priced = |w: &Way| {
                let uses = &list[w.uses.0 as usize..w.uses.1 as usize];
                let sum: i128 = uses
                    .iter()
                    .map(|(l, n)| i128::from(*n) * i128::from(limits[*l as usize]))
                    .sum();
                sum + i128::from(w.cost)
            };
            let best = (0..ways.len()).min_by_key(|k| priced(&ways[*k]));
            chosen[site] = best.unwrap_or(0);
            if let Some(w) = ways.get(chosen[site]) {
                for (l, n) in &list[w.uses.0 as usize..w.uses.1 as usize] {
                    left[*l as usize] -= n;
                }
            }
        }
        let steps = ALL_STEPS.min(STEPS * busy.len());
        let weight = |s: &usize| {
            let w = &all[*s][chosen[*s]];
            let uses = &list[w.uses.0 as usize..w.uses.1 as usize];
            let over = uses.iter().map(|(l, n)| *n as f64 * fines[*l as usize]);
            match fixed {
                Some(_) => over.sum::<f64>(),
                None => w.cost as f64,
            }
        };
        let typical = busy.iter().map(weight).sum::<f64>() / busy.len().max(1) as f64;
        let mut random = Random(seed);
        let mut fine_times = 1.0;
        let mut warmth = 0.0;
        for step in 0..steps {
            if step % 4096 == 0 {
                let rest = 1.0 - step as f64 / steps as f64;
                warmth = typical * WARMTH * rest * rest;
                if fixed.is_none() {
                    fine_times = 1.0 + 3.0 * (1.0 - rest);
                }
            }
            let site = busy[random.below(busy.len())];
            let ways = &all[site];
            let now = chosen[site];
            let to = random.below(ways.len());
            if to == now {
                continue;
            }
            let (was, will) = (&ways[now], &ways[to]);
            let mut fine = 0.0;
            for (l, n) in &list[was.uses.0 as usize..was.uses.1 as usize] {
                let l = *l as usize;
                fine -= fines[l] * ((-left[l]).max(0) as f64 - (-left[l] - n).max(0) as f64);
                left[l] += n;
            }
            for (l, n) in &list[will.uses.0 as usize..will.uses.1 as usize] {
                let l = *l as usize;
                fine += fines[l] * ((n - left[l]).max(0) as f64 - (-left[l]).max(0) as f64);
                left[l] -= n;
            }
            let worse = (will.cost - was.cost) as f64 + fine * fine_times;
            // A threshold drawn anew each time: most often near nothing.
            let chance = random.below(1 << 20) as f64 / f64::from(1 << 20);
            if worse <= warmth * chance * chance {
                chosen[site] = to;
            } else {
                for (l, n) in &list[will.uses.0 as usize..will.uses.1 as usize] {
                    left[*l as usize] += n;
                }
                for (l, n) in &list[was.uses.0 as usize..was.uses.1 as usize] {
                    left[*l as usize] -= n;
                }
            }
        }
        let mut out = vec![Pick::default(); m.p.assets.len()];
        for (site, assets) in m.at_site.iter().enumerate() {
            let mut picks = self.ways[site].chunks_exact(assets.len().max(1));
            if let Some(picks) = picks.nth(chosen[site]) {
                for (at, pick) in assets.iter().zip(picks) {
                    out[*at as usize] = *pick;
                }
            }
        }
        out
    }
}

/// What a step may be worse at first, as a share of what a site costs.
const WARMTH: f64 = 0.02;

/// What a unit over a limit counts: its price, and something where it has none.
fn fines(m: &Model, limits: &[i64]) -> Vec<f64> {
    let kind = |on: Resource| match on {
        Resource::Budget(_) => 0,
        Resource::Crew(_) => 1,
        Resource::Stock(_) => 2,
    };
    let mut sums = [(1000.0, 1.0); 3];
    for (l, price) in m.p.limits.iter().zip(limits) {
        if *price > 0 {
            let s = &mut sums[kind(l.on)];
            s.0 += *price as f64;
            s.1 += 1.0;
        }
    }
    let of = m.p.limits.iter().zip(limits);
    of.map(|(l, price)| {
        let (sum, n) = sums[kind(l.on)];
        *price as f64 + 0.3 * sum / n
    })
    .collect()
}

/// Cost and uses of a way.
fn way(m: &Model, site: usize, picks: &[Pick], slope: &[i64], list: &mut Vec<(u32, i64)>) -> Way {
    let t = m.t;
    let s = &m.p.sites[site];
    let begin = list.len();
    let mut cents = 0;
    let mut counts = 0;
    let mut order = 0;
    let mut visits: Vec<u16> = Vec::new();
    let mut put = |rows: &[u32], n: i64| {
        if n > 0 {
            list.extend(rows.iter().map(|l| (*l, n)));
        }
    };
    for (at, pick) in m.at_site[site].iter().zip(picks) {
        let at = *at as usize;
        let a = &m.p.assets[at];
        counts += m.exposure(at, pick.work, pick.bridge) + m.extras(at, pick.work);
        if let Some((k, period)) = pick.work {
            let c = &a.choices[usize::from(k)];
            let here = usize::from(period);
            cents += c.cents;
            order += slope[at] * i64::from(period);
            put(&m.budget[a.department as usize * t + here], c.cents);
            put(&m.crew[m.crew_of(at, c.crew) * t + here], c.minutes);
            if let Some(k) = c.stock {
                put(&m.stock[k as usize * t + here], 1);
            }
            if c.visit && !visits.contains(&period) {
                visits.push(period);
            }
        }
        if let Some((b, from)) = pick.bridge {
            let b = &a.bridges[usize::from(b)];
            let here = usize::from(from);
            cents += b.cents;
            put(&m.budget[a.department as usize * t + here], b.cents);
            put(&m.crew[m.crew_of(at, b.crew) * t + here], b.minutes);
        }
    }
    for period in visits {
        let here = usize::from(period);
        cents += s.visit_cents;
        put(&m.budget[s.department as usize * t + here], s.visit_cents);
        put(&m.crew[s.crew as usize * t + here], s.visit_minutes);
    }
    // One entry a limit.
    list[begin..].sort_unstable();
    let mut end = begin;
    for at in begin..list.len() {
        if end > begin && list[end - 1].0 == list[at].0 {
            list[end - 1].1 += list[at].1;
        } else {
            list[end] = list[at];
            end += 1;
        }
    }
    list.truncate(end);
    Way {
        cost: 1000 * counts + m.own * cents + order,
        uses: (begin as u32, end as u32),
    }
}
