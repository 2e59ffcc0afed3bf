//! A national estate from a seed: departments, crews of regions, sites of very different size, assets
//! with lead times, deadlines and several things that can be done. Invented throughout.

use cellsweep_plan::problem::{
    Asset, Bridge, Choice, Deadline, Kind, Limit, Party, Period, Problem, Resource, Site,
};

/// Size of the estate.
#[derive(Clone, Copy, Debug)]
pub struct Size {
    pub assets: usize,
    pub sites: usize,
    pub departments: usize,
    pub crews: usize,
    pub periods: u16,
}

impl Size {
    /// The full one.
    pub const NATIONAL: Self = Self {
        assets: 100_000,
        sites: 5_000,
        departments: 40,
        crews: 12,
        periods: 24,
    };

    /// A share of it.
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss
    )] // a share of a small count
    pub fn share(self, share: f64) -> Self {
        let of = |n: usize| ((n as f64 * share).ceil() as usize).max(1);
        Self {
            assets: of(self.assets),
            sites: of(self.sites),
            departments: of(self.departments),
            crews: of(self.crews),
            periods: self.periods,
        }
    }
}

/// splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn within(&mut self, from: i64, to: i64) -> i64 {
        from + i64::try_from(self.next() % u64::try_from(to - from + 1).unwrap_or(1)).unwrap_or(0)
    }
    fn percent(&mut self, p: i64) -> bool {
        self.within(0, 99) < p
    }
}

fn position(n: i64) -> u32 {
    u32::try_from(n).unwrap_or(0)
}

fn period(n: i64) -> u16 {
    u16::try_from(n).unwrap_or(0)
}

/// The estate of this seed.
pub fn generate(size: Size, seed: u64) -> Problem {
    let mut r = Random(seed);
    let t = i64::from(size.periods);
    let party = |what: &str, n: usize| Party {
        id: format!("{what}-{n:02}"),
        name: format!("{what} {n}"),
    };
    let mut p = Problem {
        periods: (0..size.periods)
            .map(|n| Period {
                name: format!("{}-{:02}", 2027 + n / 12, n % 12 + 1),
                ..Period::default()
            })
            .collect(),
        cents_per_point: 400,
        departments: (0..size.departments)
            .map(|n| party("department", n))
            .collect(),
        crews: (0..size.crews).map(|n| party("crew", n)).collect(),
        stocks: vec![party("spare", 0)],
        ..Problem::default()
    };
    let all = |n: usize| i64::try_from(n).unwrap_or(0);
    for n in 0..size.sites {
        // Smaller numbers are drawn more often: departments differ in size.
        let a = r.within(0, all(size.departments) - 1);
        let b = r.within(0, all(size.departments) - 1);
        p.sites.push(Site {
            id: format!("site-{n:05}"),
            department: position(a.min(b)),
            crew: position(r.within(0, all(size.crews) - 1)),
            visit_cents: r.within(150, 500) * 100,
            visit_minutes: r.within(40, 240),
            blackout: if r.percent(20) {
                let from = r.within(0, t - 1);
                (from..(from + 2).min(t)).map(period).collect()
            } else {
                Vec::new()
            },
        });
    }
    for n in 0..size.assets {
        // A third of the sites hold most of the assets.
        let any = r.within(0, all(size.sites) - 1);
        let site = if r.percent(60) { any / 3 } else { any };
        let points = match r.within(0, 99) {
            0..=49 => r.within(2, 5),
            50..=84 => r.within(5, 12),
            85..=96 => r.within(15, 35),
            _ => r.within(50, 90),
        };
        let lead = r.within(0, 5);
        let cents = r.within(90, 900) * 100;
        let mut choices = vec![Choice {
            kind: Kind::Replace,
            cents,
            minutes: r.within(20, 90),
            visit: true,
            earliest: period(lead.min(t - 1)),
            meets_deadline: true,
            ..Choice::default()
        }];
        if r.percent(12) {
            choices.push(Choice {
                kind: Kind::Swap,
                cents: cents / 3,
                minutes: r.within(45, 120),
                visit: true,
                earliest: period((lead + 2).min(t - 1)),
                stock: Some(0),
                meets_deadline: true,
                ..Choice::default()
            });
        }
        if r.percent(30) {
            choices.push(Choice {
                kind: Kind::Mitigate,
                cents: r.within(5, 40) * 100,
                minutes: r.within(10, 40),
                visit: true,
                points_after: (points * r.within(40, 70) / 100).max(1),
                ..Choice::default()
            });
        }
        let bridges = if r.percent(50) {
            vec![Bridge {
                name: "private APN with client isolation".to_owned(),
                cents: r.within(5, 30) * 100,
                minutes: r.within(5, 15),
                crew: None,
                earliest: period(r.within(0, 2).min(t - 1)),
                points_while: points * r.within(50, 80) / 100,
            }]
        } else {
            Vec::new()
        };
        let deadline = match r.within(0, 99) {
            0..=7 => Some((r.within(t / 2, t - 1), true, 20_000_000)),
            8..=19 => Some((r.within(t / 3, t - 1), false, r.within(200, 800) * 100)),
            _ => None,
        }
        .map(|(at, binding, missed_cents)| Deadline {
            period: period(at),
            day: String::new(),
            binding,
            missed_cents,
            rule: "invented/deadline".to_owned(),
        });
        let department = match p.sites.get(usize::try_from(site).unwrap_or(0)) {
            Some(s) if r.percent(85) => s.department,
            _ => position(r.within(0, all(size.departments) - 1)),
        };
        let after = if n > 0 && r.percent(1) {
            vec![position(r.within((all(n) - 500).max(0), all(n) - 1))]
        } else {
            Vec::new()
        };
        p.assets.push(Asset {
            id: format!("asset-{n:06}"),
            site: position(site),
            department,
            points,
            deadline,
            choices,
            bridges,
            after,
            planned: None,
        });
    }
    limits(&mut p, size);
    p
}

/// Money and time: enough for all in the whole time, never for all at once.
fn limits(p: &mut Problem, size: Size) {
    let t = i64::from(size.periods);
    let mut cents = vec![0i64; size.departments];
    let mut minutes = vec![0i64; size.crews];
    let mut swaps = 0;
    let add = |list: &mut Vec<i64>, at: u32, n: i64| {
        if let Some(x) = list.get_mut(at as usize) {
            *x += n;
        }
    };
    for a in &p.assets {
        let Some(s) = p.sites.get(a.site as usize) else {
            continue;
        };
        if let Some(c) = a.choices.first() {
            add(&mut cents, a.department, c.cents);
            add(&mut minutes, s.crew, c.minutes);
        }
        swaps += i64::from(a.choices.iter().any(|c| c.kind == Kind::Swap));
    }
    for s in &p.sites {
        add(&mut cents, s.department, s.visit_cents);
        add(&mut minutes, s.crew, s.visit_minutes);
    }
    for (at, c) in (0..).zip(cents) {
        // Half a year's money at a time.
        for from in (0..t).step_by(6) {
            p.limits.push(Limit {
                on: Resource::Budget(at),
                from: period(from),
                to: period((from + 5).min(t - 1)),
                amount: c * 11 / 10 * 6 / t,
            });
        }
    }
    for (at, m) in (0..).zip(minutes) {
        for n in 0..t {
            p.limits.push(Limit {
                on: Resource::Crew(at),
                from: period(n),
                to: period(n),
                amount: m * 13 / 10 / t,
            });
        }
    }
    // Spares come in over time: what is used up to a period was delivered by then.
    for n in 0..t {
        p.limits.push(Limit {
            on: Resource::Stock(0),
            from: 0,
            to: period(n),
            amount: swaps * (n + 1) / t / 2,
        });
    }
}
