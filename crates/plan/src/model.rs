//! A checked problem with its lookups.

use crate::problem::{Problem, Resource};

/// A price or cost so high that nothing chooses it.
pub(crate) const NEVER: i64 = 1_000_000_000_000_000_000;

/// Highest sum of prices.
const MOST_SUM: i64 = 4_000_000_000;
/// Most that money, time or order of one thing may come to under prices, in thousandths of a cent.
const MOST_PRICED: i64 = 200_000_000_000_000_000;

/// Lookups over a problem.
pub(crate) struct Model<'p> {
    pub(crate) p: &'p Problem,
    /// Number of periods.
    pub(crate) t: usize,
    /// Limits on a department's money in a period: `[department * t + period]`.
    pub(crate) budget: Vec<Vec<u32>>,
    pub(crate) crew: Vec<Vec<u32>>,
    pub(crate) stock: Vec<Vec<u32>>,
    /// Assets of each site, in the order of the problem.
    pub(crate) at_site: Vec<Vec<u32>>,
    /// Orders of work: first, then.
    pub(crate) orders: Vec<(u32, u32)>,
    /// Assets that come after each asset; empty if there are no orders at all.
    pub(crate) then: Vec<Vec<u32>>,
    /// Whether a site is open: `[site * t + period]`.
    pub(crate) open: Vec<bool>,
    /// What the search for prices reads of each asset, site after site.
    pub(crate) items: Vec<Item>,
    /// Where an asset stands in `items`.
    pub(crate) item_of: Vec<u32>,
    /// Choices of all items, one after the other.
    pub(crate) acts: Vec<Act>,
    /// Bridges of all items.
    pub(crate) aids: Vec<Aid>,
    /// What a cent that is spent counts by itself, in thousandths of a cent.
    pub(crate) own: i64,
    /// Highest sum of prices for a unit of money or time in one period, in thousandths of a cent: with it
    /// the price of anything here stays far inside 64 bits.
    pub(crate) most_price: i64,
    /// Highest price of an order for each period.
    pub(crate) most_order: i64,
}

/// An asset in the units of the search: thousandths of a cent.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Item {
    /// For each period that it stays exposed.
    pub(crate) exposed: i64,
    /// If the deadline is missed.
    pub(crate) missed: i64,
    /// Last period that keeps the deadline; `u16::MAX` without one.
    pub(crate) due: u16,
    pub(crate) department: u32,
    /// Choices, from and to, in [`Model::acts`].
    pub(crate) acts: (u32, u32),
    /// Bridges, from and to, in [`Model::aids`].
    pub(crate) aids: (u32, u32),
    /// What a difference from an earlier plan counts, and that plan.
    pub(crate) planned: Option<(i64, Option<(u16, u16)>)>,
}

/// A choice.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Act {
    pub(crate) cents: i64,
    pub(crate) minutes: i64,
    /// For each period afterwards, in thousandths of a cent.
    pub(crate) after: i64,
    pub(crate) crew: u32,
    /// `u32::MAX` without one.
    pub(crate) stock: u32,
    pub(crate) earliest: u16,
    pub(crate) visit: bool,
    pub(crate) meets: bool,
}

/// A bridge.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Aid {
    pub(crate) cents: i64,
    pub(crate) minutes: i64,
    /// For each period while it stands, in thousandths of a cent.
    pub(crate) during: i64,
    pub(crate) crew: u32,
    pub(crate) earliest: u16,
}

impl<'p> Model<'p> {
    pub(crate) fn new(p: &'p Problem) -> Self {
        let t = p.periods.len();
        let mut m = Self {
            p,
            t,
            budget: vec![Vec::new(); p.departments.len() * t],
            crew: vec![Vec::new(); p.crews.len() * t],
            stock: vec![Vec::new(); p.stocks.len() * t],
            at_site: vec![Vec::new(); p.sites.len()],
            orders: Vec::new(),
            then: Vec::new(),
            open: vec![true; p.sites.len() * t],
            items: Vec::with_capacity(p.assets.len()),
            item_of: vec![0; p.assets.len()],
            acts: Vec::new(),
            aids: Vec::new(),
            own: 1000,
            most_price: MOST_SUM,
            most_order: MOST_SUM,
        };
        for (at, l) in p.limits.iter().enumerate() {
            let (list, who) = match l.on {
                Resource::Budget(d) => (&mut m.budget, d),
                Resource::Crew(c) => (&mut m.crew, c),
                Resource::Stock(s) => (&mut m.stock, s),
            };
            for period in l.from..=l.to {
                list[who as usize * t + usize::from(period)].push(at as u32);
            }
        }
        for (at, s) in p.sites.iter().enumerate() {
            for period in &s.blackout {
                m.open[at * t + usize::from(*period)] = false;
            }
        }
        for (at, a) in p.assets.iter().enumerate() {
            m.at_site[a.site as usize].push(at as u32);
            m.orders.extend(a.after.iter().map(|b| (*b, at as u32)));
        }
        if !m.orders.is_empty() {
            m.then = vec![Vec::new(); p.assets.len()];
            for (first, then) in &m.orders {
                m.then[*first as usize].push(*then);
            }
        }
        m.flatten();
        m
    }

    fn flatten(&mut self) {
        let p = self.p;
        let cpp = 1000 * p.cents_per_point;
        let mut largest = 1;
        for assets in &self.at_site {
            for at in assets {
                let at = *at as usize;
                let a = &p.assets[at];
                self.item_of[at] = self.items.len() as u32;
                let (acts, aids) = (self.acts.len() as u32, self.aids.len() as u32);
                for c in &a.choices {
                    largest = largest.max(c.cents + c.minutes);
                    self.acts.push(Act {
                        cents: c.cents,
                        minutes: c.minutes,
                        after: cpp * c.points_after,
                        crew: self.crew_of(at, c.crew) as u32,
                        stock: c.stock.unwrap_or(u32::MAX),
                        earliest: c.earliest,
                        visit: c.visit,
                        meets: c.meets_deadline,
                    });
                }
                for b in &a.bridges {
                    largest = largest.max(b.cents + b.minutes);
                    self.aids.push(Aid {
                        cents: b.cents,
                        minutes: b.minutes,
                        during: cpp * b.points_while,
                        crew: self.crew_of(at, b.crew) as u32,
                        earliest: b.earliest,
                    });
                }
                self.items.push(Item {
                    exposed: cpp * a.points,
                    missed: a.deadline.as_ref().map_or(0, |d| 1000 * d.missed_cents),
                    due: a.deadline.as_ref().map_or(u16::MAX, |d| d.period),
                    department: a.department,
                    acts: (acts, self.acts.len() as u32),
                    aids: (aids, self.aids.len() as u32),
                    planned: a.planned.map(|x| (1000 * p.change_cents, x.work)),
                });
            }
        }
        self.most_price = MOST_SUM.min(MOST_PRICED / largest);
        let mut orders = vec![0i64; p.assets.len()];
        for (first, then) in &self.orders {
            orders[*first as usize] += 1;
            orders[*then as usize] += 1;
        }
        let most = orders.iter().copied().max().unwrap_or(0).max(1);
        self.most_order = MOST_SUM.min(MOST_PRICED / (most * self.t.max(1) as i64));
    }

    /// Exposure of an asset in cents, until work in `period` (`None`: never), with a bridge from a period.
    pub(crate) fn exposure(
        &self,
        asset: usize,
        work: Option<(u16, u16)>,
        bridge: Option<(u16, u16)>,
    ) -> i64 {
        let a = &self.p.assets[asset];
        let last = self.t as i64 - 1;
        let (done, after) = match work {
            Some((c, period)) => (
                i64::from(period),
                a.choices[usize::from(c)].points_after * (last - i64::from(period)),
            ),
            None => (last, 0),
        };
        let until = match bridge {
            Some((b, from)) => {
                a.points * (i64::from(from) + 1)
                    + a.bridges[usize::from(b)].points_while * (done - i64::from(from))
            }
            None => a.points * (done + 1),
        };
        (until + after) * self.p.cents_per_point
    }

    /// What missing the deadline and differing from an earlier plan count, in cents.
    pub(crate) fn extras(&self, asset: usize, work: Option<(u16, u16)>) -> i64 {
        let a = &self.p.assets[asset];
        let mut cents = 0;
        if let Some(d) = &a.deadline {
            let kept = work.is_some_and(|(c, period)| {
                period <= d.period && a.choices[usize::from(c)].meets_deadline
            });
            if !kept {
                cents += d.missed_cents;
            }
        }
        if let Some(planned) = &a.planned
            && planned.work != work
        {
            cents += self.p.change_cents;
        }
        cents
    }

    /// Money and time that the work on an asset takes, without the visit.
    pub(crate) fn crew_of(&self, asset: usize, own: Option<u32>) -> usize {
        own.unwrap_or(self.p.sites[self.p.assets[asset].site as usize].crew) as usize
    }
}
