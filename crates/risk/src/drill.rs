//! What happens to a fleet of devices if its spares end on a day: failures, stock, lead times and the
//! real capacity of crews, simulated many times.
//!
//! Plain numbers in, plain numbers out. Every draw is a function of the seed, the run, the device and
//! what is drawn (splitmix64), so that two problems that differ in one thing meet the same luck: more
//! stock or more capacity is then better, or equal, in every single run and not only on average.

pub mod table;

use std::cmp::Reverse;
use std::collections::BinaryHeap;

use serde::{Deserialize, Serialize};

pub use table::{Fault, Spread, Table, Value};

/// Most devices that are simulated.
pub const MOST_DEVICES: usize = 1_000_000;
/// Most runs.
pub const MOST_RUNS: u32 = 10_000;
/// Longest horizon, in weeks.
pub const MOST_WEEKS: usize = 20 * 53;
/// Weeks in a year.
const YEAR: f64 = 365.25 / 7.0;

/// One device that is, or may be, concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Device {
    /// Not settled: concerned at the upper end only.
    pub maybe: bool,
    /// Position of its service.
    pub service: u32,
    /// Position of the crew that replaces it.
    pub crew: u32,
    /// Position of the lead time of its replacement.
    pub lead: u32,
    /// Position of its failure rate.
    pub rate: u32,
    /// Position of the stock of spares that fit, if there is one.
    pub stock: Option<u32>,
    /// Minutes of work to replace it, with its part of a visit.
    pub minutes: f32,
    /// Share of such devices that stop at once, at the lower and at the upper end.
    pub stops: [f32; 2],
}

/// One service.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Service {
    /// All of its devices, concerned or not.
    pub devices: u32,
    /// Share of them below which it counts as stopped.
    pub needs: f64,
}

/// What is simulated.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// Devices in the order in which they are replaced, within what has arrived.
    pub devices: Vec<Device>,
    /// Services.
    pub services: Vec<Service>,
    /// Minutes of work a week, by crew.
    pub crews: Vec<f64>,
    /// Weeks from order to arrival, by lead time, before they stretch.
    pub leads: Vec<f64>,
    /// By how much lead times stretch; drawn for each lead time.
    pub stretch: Spread,
    /// Share of a crew's minutes that is there; drawn for each crew.
    pub available: Spread,
    /// Failures a year, by rate; drawn for each rate.
    pub rates: Vec<Spread>,
    /// Spares, by stock.
    pub stocks: Vec<u64>,
    /// Whether a spare of the same maker brings a device back.
    pub spares_help: bool,
    /// Weeks from failure until a spare is fitted.
    pub spare_weeks: f64,
    /// Weeks looked at.
    pub weeks: usize,
    /// Runs.
    pub runs: u32,
    /// Seed.
    pub seed: u64,
}

/// Which end of what is not known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Only what is settled is concerned, and the least of it stops at once.
    AtLeast,
    /// What may be concerned is, and the most of it stops at once.
    AtMost,
}

/// 5th percentile, median and 95th percentile over the runs; `None`: not within reach (a crew without
/// time, or beyond the horizon).
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Quantiles {
    /// One run in twenty is at or below.
    pub p5: Option<f64>,
    /// Half of the runs are at or below.
    pub median: Option<f64>,
    /// Nineteen runs in twenty are at or below.
    pub p95: Option<f64>,
}

/// One service over the runs.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceOutcome {
    /// Share of runs in which it stops within the horizon.
    pub stops: f64,
    /// Weeks until it first stops, over the runs in which it does.
    pub first_stop: Option<Quantiles>,
    /// Weeks until it runs for good, over the same runs; `None` in it: not within the horizon.
    pub back: Option<Quantiles>,
    /// Most of its devices down in one week.
    pub most_down: Quantiles,
}

/// A simulation.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// Devices concerned.
    pub devices: u64,
    /// Devices down on the day.
    pub at_once: Quantiles,
    /// Devices down at the end of each week, from the day on.
    pub down: Vec<Quantiles>,
    /// Weeks until the last of each stock has been asked for in vain; over all runs, `None`: never
    /// within the horizon.
    pub stock_ends: Vec<Quantiles>,
    /// Services.
    pub services: Vec<ServiceOutcome>,
    /// Weeks until each crew's last device is replaced.
    pub crews: Vec<Quantiles>,
    /// Weeks until the last device is replaced.
    pub replaced: Quantiles,
    /// Weeks until no device is down any more.
    pub all_up: Quantiles,
}

/// splitmix64's mixing of one number.
const fn mix(mut z: u64) -> u64 {
    z = z.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

/// Draws of one run.
#[derive(Clone, Copy)]
struct Luck(u64);

/// What is drawn.
#[derive(Clone, Copy)]
enum Of {
    Crew = 1,
    Lead = 2,
    Rate = 3,
    Stop = 4,
    Life = 5,
}

impl Luck {
    const fn of_run(seed: u64, run: u32) -> Self {
        Self(mix(mix(seed) ^ run as u64))
    }

    /// A number from 0 to 1, neither of the two.
    #[allow(clippy::cast_precision_loss)] // 53 bits fit
    fn draw(self, of: Of, which: u32, again: u32) -> f64 {
        let key = ((of as u64) << 56) ^ (u64::from(again) << 32) ^ u64::from(which);
        let bits = mix(self.0 ^ mix(key)) >> 11;
        (bits as f64 + 0.5) / 9_007_199_254_740_992.0
    }
}

/// A time that sorts; times are never negative and never not a number.
const fn order(time: f64) -> u64 {
    time.to_bits()
}

fn quantiles(values: &mut [f64]) -> Quantiles {
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: usize| {
        let n = values.len();
        let i = (n * share).div_ceil(100).saturating_sub(1);
        values.get(i).copied().filter(|v| v.is_finite())
    };
    Quantiles {
        p5: at(5),
        median: at(50),
        p95: at(95),
    }
}

/// Devices of one crew and one lead time, in the order of their replacement: a range of [`Ready::list`].
struct Batch {
    lead: usize,
    from: usize,
    to: usize,
}

/// Devices concerned, laid out for the runs.
struct Ready {
    /// Device, and its position in the problem, which keys its luck.
    list: Vec<(Device, u32)>,
    /// Batches, by crew.
    crews: Vec<Vec<Batch>>,
}

fn ready(problem: &Problem, end: End) -> Ready {
    let mut order: Vec<(u32, u32, u32)> = (0u32..)
        .zip(&problem.devices)
        .filter(|(_, d)| end == End::AtMost || !d.maybe)
        .map(|(n, d)| (d.crew, d.lead, n))
        .collect();
    order.sort_unstable();
    let mut out = Ready {
        list: Vec::with_capacity(order.len()),
        crews: (0..problem.crews.len()).map(|_| Vec::new()).collect(),
    };
    let mut before = None;
    for (crew, lead, n) in order {
        let Some(device) = problem.devices.get(n as usize) else {
            continue;
        };
        let at = out.list.len();
        out.list.push((*device, n));
        let Some(batches) = out.crews.get_mut(crew as usize) else {
            continue;
        };
        match batches.last_mut() {
            Some(batch) if before == Some((crew, lead)) => batch.to = at + 1,
            _ => batches.push(Batch {
                lead: lead as usize,
                from: at,
                to: at + 1,
            }),
        }
        before = Some((crew, lead));
    }
    out
}

/// What is kept of all runs.
struct Kept {
    at_once: Vec<f64>,
    /// Devices down, run by run.
    down: Vec<u32>,
    stocks: Vec<Vec<f64>>,
    crews: Vec<Vec<f64>>,
    replaced: Vec<f64>,
    all_up: Vec<f64>,
    stops: Vec<Vec<(f64, f64)>>,
    most_down: Vec<Vec<f64>>,
}

/// Weeks in which a device is down: from the first, before the second.
#[derive(Clone, Copy)]
struct Outage {
    service: u32,
    from: f64,
    to: f64,
}

/// Simulates one end.
pub fn simulate(problem: &Problem, end: End) -> Outcome {
    let ready = ready(problem, end);
    let runs = problem.runs.clamp(1, MOST_RUNS);
    let weeks = problem.weeks.clamp(1, MOST_WEEKS);
    let points = weeks + 1;
    let mut kept = Kept {
        at_once: Vec::new(),
        down: Vec::with_capacity(runs as usize * points),
        stocks: vec![Vec::new(); problem.stocks.len()],
        crews: vec![Vec::new(); problem.crews.len()],
        replaced: Vec::new(),
        all_up: Vec::new(),
        stops: vec![Vec::new(); problem.services.len()],
        most_down: vec![Vec::new(); problem.services.len()],
    };
    let mut when = vec![f64::INFINITY; ready.list.len()];
    let mut curves = Curves::new(problem.services.len(), points);
    for run in 0..runs {
        let luck = Luck::of_run(problem.seed, run);
        replacements(problem, &ready, luck, &mut when, &mut kept);
        let outages = outages(problem, &ready, end, luck, &when, &mut kept, weeks);
        let last = outages.iter().map(|o| o.to).fold(0.0, f64::max);
        kept.all_up.push(last);
        let now = outages.iter().filter(|o| o.from <= 0.0).count();
        kept.at_once.push(count(now));
        curves.add(problem, &outages, &mut kept);
    }
    outcome(problem, &ready, kept, runs, points)
}

#[allow(clippy::cast_precision_loss)] // counts of devices
const fn count(n: usize) -> f64 {
    n as f64
}

/// When each device is replaced. A crew works through what has arrived, in the order of arrival and
/// then of the problem, without a break.
fn replacements(problem: &Problem, ready: &Ready, luck: Luck, when: &mut [f64], kept: &mut Kept) {
    let arrivals: Vec<f64> = (0u32..)
        .zip(&problem.leads)
        .map(|(n, weeks)| weeks * problem.stretch.at(luck.draw(Of::Lead, n, 0)))
        .collect();
    let mut latest: f64 = 0.0;
    for (((n, minutes), batches), ends) in (0u32..)
        .zip(&problem.crews)
        .zip(&ready.crews)
        .zip(&mut kept.crews)
    {
        let a_week = minutes * problem.available.at(luck.draw(Of::Crew, n, 0));
        let arrival = |b: &Batch| arrivals.get(b.lead).copied().unwrap_or(0.0);
        let mut order: Vec<&Batch> = batches.iter().collect();
        order.sort_by(|a, b| arrival(a).total_cmp(&arrival(b)));
        let mut t: f64 = 0.0;
        for batch in order {
            t = t.max(arrival(batch));
            let devices = ready.list.get(batch.from..batch.to).unwrap_or_default();
            let times = when.get_mut(batch.from..batch.to).unwrap_or_default();
            for ((device, _), time) in devices.iter().zip(times) {
                t = if a_week > 0.0 {
                    t + f64::from(device.minutes) / a_week
                } else {
                    f64::INFINITY
                };
                *time = t;
            }
        }
        if !batches.is_empty() {
            ends.push(t);
            latest = latest.max(t);
        }
    }
    kept.replaced.push(latest);
}

/// What is down from when to when, until it is replaced or a spare is fitted.
fn outages(
    problem: &Problem,
    ready: &Ready,
    end: End,
    luck: Luck,
    when: &[f64],
    kept: &mut Kept,
    weeks: usize,
) -> Vec<Outage> {
    let horizon = count(weeks);
    let rates: Vec<f64> = (0u32..)
        .zip(&problem.rates)
        .map(|(n, r)| r.at(luck.draw(Of::Rate, n, 0)) / YEAR)
        .collect();
    // The chance to fail at all within the horizon spares most logarithms.
    let fails: Vec<f64> = rates.iter().map(|r| 1.0 - (-r * horizon).exp()).collect();
    let mut left: Vec<u64> = problem.stocks.clone();
    let mut ended: Vec<f64> = vec![f64::INFINITY; left.len()];
    let mut out = Vec::new();
    let mut events: BinaryHeap<Reverse<(u64, u32, u32)>> = BinaryHeap::new();
    for (at, (device, key)) in (0u32..).zip(&ready.list) {
        let share = f64::from(match end {
            End::AtLeast => device.stops[0],
            End::AtMost => device.stops[1],
        });
        if share > 0.0 && luck.draw(Of::Stop, *key, 0) < share {
            events.push(Reverse((order(0.0), at, 0)));
            continue;
        }
        let chance = fails.get(device.rate as usize).copied().unwrap_or(0.0);
        let u = luck.draw(Of::Life, *key, 0);
        if u < chance {
            let rate = rates.get(device.rate as usize).copied().unwrap_or(0.0);
            let t = -(1.0 - u).ln() / rate;
            if when.get(at as usize).is_some_and(|r| t < *r) {
                events.push(Reverse((order(t), at, 0)));
            }
        }
    }
    while let Some(Reverse((bits, at, lives))) = events.pop() {
        let t = f64::from_bits(bits);
        let (Some((device, key)), Some(replaced)) =
            (ready.list.get(at as usize), when.get(at as usize).copied())
        else {
            continue;
        };
        let stock = device.stock.filter(|_| problem.spares_help);
        let spare = stock.and_then(|s| left.get_mut(s as usize));
        let mut to = replaced;
        match spare {
            Some(n) if *n > 0 => {
                *n -= 1;
                let up = t + problem.spare_weeks;
                to = to.min(up);
                // The spare is of the same kind: it lives, and is replaced, as the device would be.
                let rate = rates.get(device.rate as usize).copied().unwrap_or(0.0);
                if rate > 0.0 {
                    let u = luck.draw(Of::Life, *key, lives + 1);
                    let next = up - (1.0 - u).ln() / rate;
                    if next < replaced && next < horizon {
                        events.push(Reverse((order(next), at, lives + 1)));
                    }
                }
            }
            Some(_) => {
                if let Some(e) = stock.and_then(|s| ended.get_mut(s as usize)) {
                    *e = e.min(t);
                }
            }
            None => {}
        }
        out.push(Outage {
            service: device.service,
            from: t,
            to,
        });
    }
    for (all, e) in kept.stocks.iter_mut().zip(ended) {
        all.push(e);
    }
    out
}

/// Devices down by week, of everything and of each service, for one run at a time.
struct Curves {
    points: usize,
    all: Vec<i32>,
    services: Vec<i32>,
    touched: Vec<u32>,
    is_touched: Vec<bool>,
}

impl Curves {
    fn new(services: usize, points: usize) -> Self {
        Self {
            points,
            all: vec![0; points + 1],
            services: vec![0; services * (points + 1)],
            touched: Vec::new(),
            is_touched: vec![false; services],
        }
    }

    /// The first week whose end is at or after a time; at most the number of weeks looked at.
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // clamped
    fn week(&self, t: f64) -> usize {
        t.ceil().clamp(0.0, count(self.points)) as usize
    }

    fn add(&mut self, problem: &Problem, outages: &[Outage], kept: &mut Kept) {
        let row = self.points + 1;
        self.all.fill(0);
        for o in outages {
            let (from, to) = (self.week(o.from), self.week(o.to));
            let service = o.service as usize;
            let start = service * row;
            for (list, base) in [(&mut self.all, 0), (&mut self.services, start)] {
                if let Some(n) = list.get_mut(base + from) {
                    *n += 1;
                }
                if let Some(n) = list.get_mut(base + to) {
                    *n -= 1;
                }
            }
            if let Some(t) = self.is_touched.get_mut(service)
                && !*t
            {
                *t = true;
                self.touched.push(o.service);
            }
        }
        let mut now = 0i32;
        for change in self.all.iter().take(self.points) {
            now += change;
            kept.down.push(now.unsigned_abs());
        }
        for s in std::mem::take(&mut self.touched) {
            let at = s as usize;
            if let Some(t) = self.is_touched.get_mut(at) {
                *t = false;
            }
            let (Some(service), Some(changes)) = (
                problem.services.get(at),
                self.services.get_mut(at * row..(at + 1) * row),
            ) else {
                continue;
            };
            // Down beyond this, too few are up.
            let most = f64::from(service.devices) * (1.0 - service.needs) + 1e-9;
            let (mut now, mut worst) = (0i32, 0i32);
            let (mut first, mut last) = (None, None);
            for (week, change) in changes.iter_mut().take(self.points).enumerate() {
                now += *change;
                worst = worst.max(now);
                if f64::from(now) > most {
                    first = first.or(Some(week));
                    last = Some(week);
                }
            }
            changes.fill(0);
            if let Some(all) = kept.most_down.get_mut(at) {
                all.push(f64::from(worst));
            }
            if let (Some(first), Some(last), Some(all)) = (first, last, kept.stops.get_mut(at)) {
                let back = if last + 1 >= self.points {
                    f64::INFINITY
                } else {
                    count(last + 1)
                };
                all.push((count(first), back));
            }
        }
    }
}

fn outcome(problem: &Problem, ready: &Ready, mut kept: Kept, runs: u32, points: usize) -> Outcome {
    let mut column = Vec::with_capacity(runs as usize);
    let down = (0..points)
        .map(|week| {
            column.clear();
            column.extend(
                kept.down
                    .iter()
                    .skip(week)
                    .step_by(points)
                    .map(|n| f64::from(*n)),
            );
            quantiles(&mut column)
        })
        .collect();
    let services = kept
        .stops
        .iter()
        .zip(&mut kept.most_down)
        .map(|(stops, most)| {
            // Runs in which nothing of it was down.
            most.resize(runs as usize, 0.0);
            let mut firsts: Vec<f64> = stops.iter().map(|s| s.0).collect();
            let mut backs: Vec<f64> = stops.iter().map(|s| s.1).collect();
            let any = !stops.is_empty();
            ServiceOutcome {
                stops: count(stops.len()) / f64::from(runs),
                first_stop: any.then(|| quantiles(&mut firsts)),
                back: any.then(|| quantiles(&mut backs)),
                most_down: quantiles(most),
            }
        })
        .collect();
    debug_assert_eq!(problem.services.len(), kept.stops.len());
    Outcome {
        devices: ready.list.len() as u64,
        at_once: quantiles(&mut kept.at_once),
        down,
        stock_ends: kept.stocks.iter_mut().map(|s| quantiles(s)).collect(),
        services,
        crews: kept.crews.iter_mut().map(|c| quantiles(c)).collect(),
        replaced: quantiles(&mut kept.replaced),
        all_up: quantiles(&mut kept.all_up),
    }
}

#[cfg(test)]
// Small numbers of a test lose nothing.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
mod tests {
    use super::*;

    /// A small fleet from a number: everything that may differ does.
    fn problem(seed: u64) -> Problem {
        let mut state = mix(seed);
        let mut next = |n: u64| {
            state = mix(state);
            state % n
        };
        let n = |v: u64| u32::try_from(v).unwrap();
        let devices = (0..60 + next(60))
            .map(|_| Device {
                maybe: next(4) == 0,
                service: n(next(4)),
                crew: n(next(2)),
                lead: n(next(3)),
                rate: n(next(2)),
                stock: (next(3) > 0).then(|| n(next(2))),
                minutes: 30.0 + next(400) as f32,
                stops: if next(2) == 0 { [0.0, 0.5] } else { [0.2, 1.0] },
            })
            .collect();
        Problem {
            devices,
            services: (0..4)
                .map(|_| Service {
                    devices: 20 + n(next(30)),
                    needs: 0.5 + next(5) as f64 / 10.0,
                })
                .collect(),
            crews: vec![200.0 + next(600) as f64, 100.0 + next(300) as f64],
            leads: vec![4.0, 12.0, 26.0],
            stretch: Spread {
                low: 1.0,
                typical: 1.2,
                high: 2.0,
            },
            available: Spread {
                low: 0.6,
                typical: 0.8,
                high: 1.0,
            },
            rates: vec![
                Spread {
                    low: 0.05,
                    typical: 0.2,
                    high: 0.6,
                },
                Spread::fixed(0.4),
            ],
            stocks: vec![next(6), next(6)],
            spares_help: true,
            spare_weeks: 1.0,
            weeks: 156,
            runs: 40,
            seed,
        }
    }

    /// Whether a time is at or before another; none is after all.
    fn sooner(a: Option<f64>, b: Option<f64>) -> bool {
        match (a, b) {
            (_, None) => true,
            (None, Some(_)) => false,
            (Some(a), Some(b)) => a <= b + 1e-9,
        }
    }

    fn all_sooner(a: &Quantiles, b: &Quantiles) -> bool {
        sooner(a.p5, b.p5) && sooner(a.median, b.median) && sooner(a.p95, b.p95)
    }

    /// The better problem is nowhere worse.
    fn no_worse(better: &Problem, worse: &Problem) {
        for end in [End::AtLeast, End::AtMost] {
            let (b, w) = (simulate(better, end), simulate(worse, end));
            assert!(all_sooner(&b.all_up, &w.all_up));
            assert!(all_sooner(&b.replaced, &w.replaced));
            for (b, w) in b.down.iter().zip(&w.down) {
                assert!(all_sooner(b, w));
            }
            for (b, w) in b.services.iter().zip(&w.services) {
                assert!(b.stops <= w.stops + 1e-12);
                assert!(all_sooner(&b.most_down, &w.most_down));
            }
        }
    }

    /// First stops of a service over all runs, those that never come last.
    fn firsts(p: &Problem, service: usize) -> Vec<f64> {
        let mut one = p.clone();
        one.runs = 1;
        (0..20)
            .map(|seed| {
                one.seed = seed;
                let s = simulate(&one, End::AtMost).services[service];
                s.first_stop.and_then(|q| q.median).unwrap_or(f64::INFINITY)
            })
            .collect()
    }

    #[test]
    fn more_stock_never_makes_anything_later_or_stop_earlier() {
        for seed in 0..12 {
            let less = problem(seed);
            let mut more = less.clone();
            for s in &mut more.stocks {
                *s += 1 + seed % 3;
            }
            no_worse(&more, &less);
            for service in 0..4 {
                for (m, l) in firsts(&more, service).iter().zip(firsts(&less, service)) {
                    assert!(*m >= l, "a service stops earlier with more spares");
                }
            }
        }
    }

    #[test]
    fn more_capacity_never_lengthens_the_recovery() {
        for seed in 0..12 {
            let less = problem(seed);
            let mut more = less.clone();
            for c in &mut more.crews {
                *c *= 1.25;
            }
            no_worse(&more, &less);
            // Shorter lead times as well.
            let mut sooner = less.clone();
            for l in &mut sooner.leads {
                *l *= 0.5;
            }
            assert!(all_sooner(
                &simulate(&sooner, End::AtMost).replaced,
                &simulate(&less, End::AtMost).replaced
            ));
        }
    }

    #[test]
    fn what_may_be_concerned_only_adds() {
        for seed in 0..12 {
            let p = problem(seed);
            let (low, high) = (simulate(&p, End::AtLeast), simulate(&p, End::AtMost));
            assert!(low.devices <= high.devices);
            assert_eq!(high.devices as usize, p.devices.len());
            for (l, h) in low.down.iter().zip(&high.down) {
                assert!(all_sooner(l, h));
            }
            assert!(all_sooner(&low.replaced, &high.replaced));
            for (l, h) in low.services.iter().zip(&high.services) {
                assert!(l.stops <= h.stops);
            }
        }
    }

    #[test]
    fn the_same_seed_gives_the_same_numbers_and_another_does_not() {
        let p = problem(3);
        assert_eq!(simulate(&p, End::AtMost), simulate(&p, End::AtMost));
        let mut other = p.clone();
        other.seed = 4;
        assert_ne!(simulate(&p, End::AtMost), simulate(&other, End::AtMost));
    }

    #[test]
    fn nothing_fails_and_nobody_works() {
        let mut p = problem(1);
        for d in &mut p.devices {
            d.stops = [0.0, 0.0];
        }
        p.rates = vec![Spread::fixed(0.0); 2];
        p.crews = vec![0.0, 0.0];
        let o = simulate(&p, End::AtMost);
        assert_eq!(o.all_up.p95, Some(0.0));
        assert_eq!(o.replaced.p5, None);
        assert!(o.down.iter().all(|q| q.p95 == Some(0.0)));
        assert!(o.stock_ends.iter().all(|q| q.p5.is_none()));
        // Nothing at all.
        p.devices.clear();
        let o = simulate(&p, End::AtMost);
        assert_eq!((o.devices, o.replaced.median), (0, Some(0.0)));
    }

    #[test]
    fn a_plain_case_by_hand() {
        // Ten devices, all stop at once; two spares; one crew that replaces one device a week from week 4.
        let device = Device {
            crew: 0,
            minutes: 60.0,
            stock: Some(0),
            stops: [1.0, 1.0],
            ..Device::default()
        };
        let p = Problem {
            devices: vec![device; 10],
            services: vec![Service {
                devices: 10,
                needs: 0.5,
            }],
            crews: vec![60.0],
            leads: vec![4.0],
            stretch: Spread::fixed(1.0),
            available: Spread::fixed(1.0),
            rates: vec![Spread::fixed(0.0)],
            stocks: vec![2],
            spares_help: true,
            spare_weeks: 1.0,
            weeks: 52,
            runs: 3,
            seed: 1,
        };
        let o = simulate(&p, End::AtLeast);
        let at = |week: usize| o.down[week].median.unwrap();
        // Ten down on the day; the spares go to the first two, from week 1 on; they are replaced in weeks
        // 5 and 6 as well, so that the third comes back in week 7 and the last in week 14.
        assert_eq!(
            (at(0), at(1), at(6), at(7), at(13), at(14)),
            (10.0, 8.0, 8.0, 7.0, 1.0, 0.0)
        );
        assert_eq!(o.replaced.median, Some(14.0));
        assert_eq!(o.all_up.median, Some(14.0));
        assert_eq!(o.stock_ends[0].median, Some(0.0));
        let s = o.services[0];
        assert_eq!((s.stops, s.first_stop.unwrap().median), (1.0, Some(0.0)));
        // More than half are up once five are down: after week 9.
        assert_eq!(s.back.unwrap().median, Some(9.0));
    }
}
