//! A plan being built: what is used, what is visited, what it costs so far.

use crate::model::Model;
use crate::schedule::{Pick, Schedule};

/// State of a plan; assets are placed one by one.
pub(crate) struct Board<'m, 'p> {
    pub(crate) m: &'m Model<'p>,
    picks: Vec<Option<Pick>>,
    /// Left of each limit; never below zero.
    left: Vec<i64>,
    /// Assets worked on: `[site * t + period]`.
    visits: Vec<u32>,
    /// Cost of everything placed, in cents.
    cost: i64,
}

/// Money, time and parts of one thing in one period.
#[derive(Clone, Copy, Debug, Default)]
struct Use {
    department: usize,
    crew: usize,
    period: usize,
    cents: i64,
    minutes: i64,
    stock: Option<usize>,
}

impl<'m, 'p> Board<'m, 'p> {
    pub(crate) fn new(m: &'m Model<'p>) -> Self {
        Self {
            m,
            picks: vec![None; m.p.assets.len()],
            left: m.p.limits.iter().map(|l| l.amount).collect(),
            visits: vec![0; m.p.sites.len() * m.t],
            cost: 0,
        }
    }

    pub(crate) fn cost(&self) -> i64 {
        self.cost
    }

    pub(crate) fn pick(&self, asset: usize) -> Option<Pick> {
        self.picks[asset]
    }

    pub(crate) fn visited(&self, site: usize, period: usize) -> bool {
        self.visits[site * self.m.t + period] > 0
    }

    pub(crate) fn schedule(&self) -> Schedule {
        Schedule {
            picks: self.picks.iter().map(|p| p.unwrap_or_default()).collect(),
        }
    }

    /// What a pick uses: work, the visit if it is not made yet, the bridge.
    fn uses(&self, asset: usize, pick: Pick, opens: bool) -> [Option<Use>; 3] {
        let m = self.m;
        let a = &m.p.assets[asset];
        let mut out = [None; 3];
        if let Some((k, period)) = pick.work {
            let c = &a.choices[usize::from(k)];
            out[0] = Some(Use {
                department: a.department as usize,
                crew: m.crew_of(asset, c.crew),
                period: period.into(),
                cents: c.cents,
                minutes: c.minutes,
                stock: c.stock.map(|s| s as usize),
            });
            if opens && c.visit {
                let s = &m.p.sites[a.site as usize];
                out[1] = Some(Use {
                    department: s.department as usize,
                    crew: s.crew as usize,
                    period: period.into(),
                    cents: s.visit_cents,
                    minutes: s.visit_minutes,
                    stock: None,
                });
            }
        }
        if let Some((b, from)) = pick.bridge {
            let bridge = &a.bridges[usize::from(b)];
            out[2] = Some(Use {
                department: a.department as usize,
                crew: m.crew_of(asset, bridge.crew),
                period: from.into(),
                cents: bridge.cents,
                minutes: bridge.minutes,
                stock: None,
            });
        }
        out
    }

    /// Takes (`sign` 1) or gives back (-1); true if nothing is below zero afterwards.
    fn take(&mut self, u: &Use, sign: i64) -> bool {
        let m = self.m;
        let mut fits = true;
        for l in &m.budget[u.department * m.t + u.period] {
            let left = &mut self.left[*l as usize];
            *left -= sign * u.cents;
            fits &= *left >= 0;
        }
        for l in &m.crew[u.crew * m.t + u.period] {
            let left = &mut self.left[*l as usize];
            *left -= sign * u.minutes;
            fits &= *left >= 0;
        }
        if let Some(s) = u.stock {
            for l in &m.stock[s * m.t + u.period] {
                let left = &mut self.left[*l as usize];
                *left -= sign;
                fits &= *left >= 0;
            }
        }
        fits
    }

    /// Whether the order of work allows this.
    pub(crate) fn in_order(&self, asset: usize, period: u16) -> bool {
        let m = self.m;
        if m.orders.is_empty() {
            return true;
        }
        let at = |a: u32| self.picks[a as usize].and_then(|p| p.work).map(|w| w.1);
        m.p.assets[asset]
            .after
            .iter()
            .all(|a| at(*a).is_none_or(|p| p <= period))
            && m.then[asset]
                .iter()
                .all(|b| at(*b).is_none_or(|p| period <= p))
    }

    /// Places an asset that is not placed; false, with nothing changed, if it does not fit.
    pub(crate) fn place(&mut self, asset: usize, pick: Pick) -> bool {
        debug_assert!(self.picks[asset].is_none());
        let m = self.m;
        let site = m.p.assets[asset].site as usize;
        let visit = pick
            .work
            .filter(|(k, _)| m.p.assets[asset].choices[usize::from(*k)].visit);
        let opens = visit.is_some_and(|(_, p)| !self.visited(site, p.into()));
        if visit.is_some_and(|(_, p)| !m.open[site * m.t + usize::from(p)])
            || pick.work.is_some_and(|(_, p)| !self.in_order(asset, p))
        {
            return false;
        }
        let uses = self.uses(asset, pick, opens);
        let mut fits = true;
        for u in uses.iter().flatten() {
            fits &= self.take(u, 1);
        }
        if !fits {
            for u in uses.iter().flatten() {
                self.take(u, -1);
            }
            return false;
        }
        if let Some((_, p)) = visit {
            self.visits[site * m.t + usize::from(p)] += 1;
        }
        self.picks[asset] = Some(pick);
        self.cost += uses.iter().flatten().map(|u| u.cents).sum::<i64>()
            + m.exposure(asset, pick.work, pick.bridge)
            + m.extras(asset, pick.work);
        true
    }

    /// Places an asset as well as it goes: as picked, else without the bridge, else left as it is.
    pub(crate) fn place_or_leave(&mut self, asset: usize, pick: Pick) {
        let bare = Pick {
            work: pick.work,
            bridge: None,
        };
        let _ = self.place(asset, pick)
            || self.place(asset, bare)
            || self.place(asset, Pick::default());
    }

    /// Takes an asset off.
    pub(crate) fn lift(&mut self, asset: usize) {
        let m = self.m;
        let Some(pick) = self.picks[asset].take() else {
            return;
        };
        let site = m.p.assets[asset].site as usize;
        let mut closes = false;
        if let Some((k, p)) = pick.work
            && m.p.assets[asset].choices[usize::from(k)].visit
        {
            let here = &mut self.visits[site * m.t + usize::from(p)];
            *here -= 1;
            closes = *here == 0;
        }
        let uses = self.uses(asset, pick, closes);
        for u in uses.iter().flatten() {
            self.take(u, -1);
        }
        self.cost -= uses.iter().flatten().map(|u| u.cents).sum::<i64>()
            + m.exposure(asset, pick.work, pick.bridge)
            + m.extras(asset, pick.work);
    }
}
