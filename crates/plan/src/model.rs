//! A checked problem with its lookups.

use crate::problem::{Problem, Resource};

/// A price or cost so high that nothing chooses it.
pub(crate) const NEVER: i64 = 1_000_000_000_000_000_000;

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
        m
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
