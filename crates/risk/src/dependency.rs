//! How much hangs on one maker, owner, country, engineering or line of chipsets: shares, and the
//! Herfindahl-Hirschman index (sum of squared shares), both as intervals that span every way in which
//! what is not known may fall.
//!
//! Plain counts in, plain numbers out. A [`Tally`] takes units of four kinds:
//!
//! - known: one value;
//! - one of a set: one of these values and no other;
//! - open: there is a module, whose value is anything (also one that nobody else has);
//! - optional: there may be no module at all, else as open.

use std::collections::{BTreeMap, BTreeSet};

/// Different sets kept apart in one tally; a unit of a further set counts as open, which only widens.
const SETS: usize = 512;
/// Steps towards the lower bound. Every step gives a bound that holds; more steps give a closer one.
const STEPS: usize = 200;

/// Weights of units by what they may be.
#[derive(Clone, Debug, Default)]
pub struct Tally<'a> {
    known: BTreeMap<&'a str, u64>,
    sets: BTreeMap<Vec<&'a str>, u64>,
    /// Named among the possibilities of open units.
    named: BTreeMap<&'a str, u64>,
    open: u64,
    /// Sum of the squared weights of single open items.
    open_squares: u128,
    optional: u64,
    /// Least weight of one optional item.
    least: Option<u64>,
}

/// An index in points from 0 to 10,000.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hhi {
    /// No way in which the unknown may fall gives less.
    pub low: u32,
    /// No way gives more.
    pub high: u32,
    /// Of what is known alone; absent: nothing is. It may lie outside of the interval.
    pub settled: Option<u32>,
}

/// Share of one value.
#[derive(Clone, Debug, PartialEq)]
pub struct Share<'a> {
    /// Value.
    pub value: &'a str,
    /// Weight that is known to be its.
    pub known: u64,
    /// Weight of units for which it is among what is possible, as far as it is named.
    pub possible: u64,
    /// Least share, 0 to 1.
    pub low: f64,
    /// Greatest share, 0 to 1.
    pub high: f64,
}

#[allow(clippy::cast_precision_loss)] // a ratio for people; far below 2^52
fn ratio(part: u64, of: u64) -> f64 {
    if of == 0 {
        0.0
    } else {
        part as f64 / of as f64
    }
}

impl<'a> Tally<'a> {
    /// Adds units of one value.
    pub fn add_known(&mut self, value: &'a str, weight: u64) {
        let sum = self.known.entry(value).or_default();
        *sum = sum.saturating_add(weight);
    }

    /// Adds units that are one of these values, sorted and each once.
    pub fn add_set(&mut self, values: &[&'a str], items: u64, weight: u64) {
        let total = items.saturating_mul(weight);
        match values {
            [] => self.add_open(&[], items, weight),
            [one] => self.add_known(one, total),
            _ => {
                if let Some(sum) = self.sets.get_mut(values) {
                    *sum = sum.saturating_add(total);
                } else if self.sets.len() < SETS {
                    self.sets.insert(values.to_vec(), total);
                } else {
                    self.add_open(values, items, weight);
                }
            }
        }
    }

    /// Adds items of any value, each of this weight; some possibilities may be named.
    pub fn add_open(&mut self, named: &[&'a str], items: u64, weight: u64) {
        let total = items.saturating_mul(weight);
        self.open = self.open.saturating_add(total);
        let squares = u128::from(weight) * u128::from(weight) * u128::from(items);
        self.open_squares = self.open_squares.saturating_add(squares);
        for value in named {
            let sum = self.named.entry(value).or_default();
            *sum = sum.saturating_add(total);
        }
    }

    /// Adds an item that may not be there.
    pub fn add_optional(&mut self, weight: u64) {
        if weight == 0 {
            return;
        }
        self.optional = self.optional.saturating_add(weight);
        self.least = Some(self.least.map_or(weight, |l| l.min(weight)));
    }

    /// Weight whose value is known.
    pub fn settled(&self) -> u64 {
        self.known.values().fold(0, |n, w| n.saturating_add(*w))
    }

    /// Weight of units that are one of a set, and of open ones.
    pub fn undecided(&self) -> u64 {
        self.of_sets().saturating_add(self.open)
    }

    /// Weight of items that may not be there.
    pub const fn optional(&self) -> u64 {
        self.optional
    }

    fn of_sets(&self) -> u64 {
        self.sets.values().fold(0, |n, w| n.saturating_add(*w))
    }

    /// All weight, with what may not be there.
    pub fn total(&self) -> u64 {
        self.settled()
            .saturating_add(self.undecided())
            .saturating_add(self.optional)
    }

    /// Weight for which a value is in a set.
    fn covers(&self) -> BTreeMap<&'a str, u64> {
        let mut out: BTreeMap<&'a str, u64> = BTreeMap::new();
        for (set, weight) in &self.sets {
            for value in set {
                let sum = out.entry(value).or_default();
                *sum = sum.saturating_add(*weight);
            }
        }
        out
    }

    /// Shares of every value that is known or named, largest known first. The least share is what is
    /// known against everything; the greatest also takes every set the value is in, everything open
    /// and everything that may be there.
    pub fn shares(&self) -> Vec<Share<'a>> {
        let covers = self.covers();
        let total = self.total();
        let values: BTreeSet<&'a str> = self
            .known
            .keys()
            .chain(covers.keys())
            .chain(self.named.keys())
            .copied()
            .collect();
        let of = |map: &BTreeMap<&'a str, u64>, v: &str| map.get(v).copied().unwrap_or(0);
        let mut out: Vec<Share<'a>> = values
            .into_iter()
            .map(|value| {
                let known = of(&self.known, value);
                let covered = of(&covers, value);
                let most = known
                    .saturating_add(covered)
                    .saturating_add(self.open)
                    .saturating_add(self.optional);
                Share {
                    value,
                    known,
                    possible: covered.saturating_add(of(&self.named, value)),
                    low: ratio(known, total),
                    high: ratio(most, total),
                }
            })
            .collect();
        // Stable: equal ones stay in the order of their names.
        out.sort_by_key(|s| std::cmp::Reverse((s.known, s.possible)));
        out
    }

    /// The index; absent: there is nothing at all.
    pub fn hhi(&self) -> Option<Hhi> {
        let total = self.total();
        if total == 0 {
            return None;
        }
        let known = self.settled();
        let settled = (known > 0).then(|| {
            let squares = self.known.values().fold(0u128, |n, w| n + square(*w));
            points(squares * 10_000, square(known), false)
        });
        let squares = self.most();
        let high = points(squares * 10_000, square(total), true);
        let low = if self.undecided() == 0 && self.optional == 0 {
            settled.unwrap_or(0)
        } else {
            self.least().min(high)
        };
        Some(Hhi { low, high, settled })
    }

    /// A sum of squares that no way exceeds. The sum of the j greatest values is at most a number that
    /// is found for each j; the weights that reach all of these at once have the greatest sum of
    /// squares (it is Schur-convex). What is open, or may be there, goes to the greatest.
    fn most(&self) -> u128 {
        let covers = self.covers();
        let sets = self.of_sets();
        let values: BTreeSet<&'a str> = self.known.keys().chain(covers.keys()).copied().collect();
        let of = |map: &BTreeMap<&'a str, u64>, v: &str| map.get(v).copied().unwrap_or(0);
        let down = |mut list: Vec<u64>| {
            list.sort_unstable_by(|a, b| b.cmp(a));
            list
        };
        let known = down(values.iter().map(|v| of(&self.known, v)).collect());
        let covered = down(values.iter().map(|v| of(&covers, v)).collect());
        let both = down(
            values
                .iter()
                .map(|v| of(&self.known, v).saturating_add(of(&covers, v)))
                .collect(),
        );
        let all = self.settled().saturating_add(sets);
        let free = self.open.saturating_add(self.optional);
        let (mut k, mut c, mut b) = (0u64, 0u64, 0u64);
        let mut before = 0u64;
        let mut squares = 0u128;
        let mut first = free;
        for ((one, two), three) in known.iter().zip(&covered).zip(&both) {
            k = k.saturating_add(*one);
            c = c.saturating_add(*two);
            b = b.saturating_add(*three);
            let reach = k.saturating_add(c.min(sets)).min(b).min(all);
            squares += square((reach - before).saturating_add(first));
            first = 0;
            before = reach;
        }
        // No value at all: everything may be one.
        squares + square(first)
    }

    /// Points that no way falls below.
    #[allow(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss
    )] // from 0 to 10,000 after the clamp; what is lost is covered by the margin
    fn least(&self) -> u32 {
        let must = self.settled().saturating_add(self.undecided()) as f64;
        let squares = self.least_of_sets() + self.open_squares as f64;
        let may = self.optional as f64;
        // Each thing that is open, or may be there, is one of its own in the least case. With all that
        // may be there, or with none: between these the ratio first grows and then falls.
        let with = |z: f64| (squares + self.least.unwrap_or(0) as f64 * z) / (must + z).powi(2);
        let low = if must == 0.0 {
            with(may)
        } else {
            with(0.0).min(with(may))
        };
        (low * 10_000.0 - 1e-6).floor().clamp(0.0, 10_000.0) as u32
    }

    /// A bound below the sum of squares of what is known and in sets: the value of the convex problem
    /// in which units may be split, from below (conditional gradient; each step's linear bound holds).
    #[allow(clippy::cast_precision_loss)] // a bound with a margin; see `least`
    fn least_of_sets(&self) -> f64 {
        let mut at: BTreeMap<&'a str, usize> = BTreeMap::new();
        let values = self.known.keys().chain(self.sets.keys().flatten());
        for value in values {
            let next = at.len();
            at.entry(value).or_insert(next);
        }
        let mut fixed = vec![0.0f64; at.len()];
        for (value, weight) in &self.known {
            if let Some(n) = at.get(value).and_then(|i| fixed.get_mut(*i)) {
                *n += *weight as f64;
            }
        }
        let sets: Vec<(Vec<usize>, f64)> = self
            .sets
            .iter()
            .map(|(set, w)| {
                (
                    set.iter().filter_map(|v| at.get(v).copied()).collect(),
                    *w as f64,
                )
            })
            .collect();
        let mut now = fixed.clone();
        for (set, w) in &sets {
            for i in set {
                if let Some(n) = now.get_mut(*i) {
                    *n += w / set.len() as f64;
                }
            }
        }
        if sets.is_empty() {
            return now.iter().map(|n| n * n).sum();
        }
        let mut best = 0.0f64;
        for _ in 0..STEPS {
            let mut to = fixed.clone();
            for (set, w) in &sets {
                let size = |i: usize| now.get(i).copied().unwrap_or(0.0);
                let smallest = set
                    .iter()
                    .copied()
                    .min_by(|a, b| size(*a).total_cmp(&size(*b)));
                if let Some(n) = smallest.and_then(|i| to.get_mut(i)) {
                    *n += w;
                }
            }
            let bound: f64 = now.iter().zip(&to).map(|(n, s)| 2.0 * n * s - n * n).sum();
            best = best.max(bound);
            let along: f64 = now.iter().zip(&to).map(|(n, s)| n * (n - s)).sum();
            let length: f64 = now.iter().zip(&to).map(|(n, s)| (s - n) * (s - n)).sum();
            let value: f64 = now.iter().map(|n| n * n).sum();
            if length <= 0.0 || value - best <= value * 1e-6 {
                break;
            }
            let step = (along / length).clamp(0.0, 1.0);
            for (n, s) in now.iter_mut().zip(&to) {
                *n += step * (s - *n);
            }
        }
        best
    }
}

fn square(n: u64) -> u128 {
    u128::from(n) * u128::from(n)
}

/// Points of a ratio, rounded down or up.
fn points(above: u128, below: u128, up: bool) -> u32 {
    if below == 0 {
        return 0;
    }
    let n = if up {
        above.div_ceil(below)
    } else {
        above / below
    };
    u32::try_from(n).unwrap_or(10_000).min(10_000)
}

#[cfg(test)]
// Small numbers of a test lose nothing.
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation)]
mod tests {
    use super::*;

    /// One unit for the brute force: what it may be, and whether it may be absent.
    #[derive(Clone)]
    struct Unit {
        weight: u64,
        of: Option<Vec<&'static str>>,
        optional: bool,
    }

    const VALUES: [&str; 3] = ["a", "b", "c"];
    /// Values that only an open unit has, one for each.
    const NEW: [&str; 6] = ["n0", "n1", "n2", "n3", "n4", "n5"];

    fn tally(units: &[Unit]) -> Tally<'static> {
        let mut t = Tally::default();
        for u in units {
            match (&u.of, u.optional) {
                (_, true) => t.add_optional(u.weight),
                (None, _) => t.add_open(&["a"], 1, u.weight),
                (Some(set), _) => t.add_set(set, 1, u.weight),
            }
        }
        t
    }

    /// Every completion: index in points and shares of the values.
    fn completions(units: &[Unit], found: &mut Vec<(f64, [f64; 3])>) {
        fn go(
            units: &[Unit],
            at: usize,
            sums: &mut BTreeMap<&'static str, u64>,
            found: &mut Vec<(f64, [f64; 3])>,
        ) {
            let Some(u) = units.get(at) else {
                let total: u64 = sums.values().sum();
                if total > 0 {
                    let squares: u64 = sums.values().map(|n| n * n).sum();
                    let share = VALUES.map(|v| *sums.get(v).unwrap_or(&0) as f64 / total as f64);
                    found.push((10_000.0 * squares as f64 / (total * total) as f64, share));
                }
                return;
            };
            let mut all: Vec<&'static str> = match &u.of {
                Some(set) if !u.optional => set.clone(),
                _ => VALUES.into_iter().chain(NEW).collect(),
            };
            if u.optional {
                go(units, at + 1, sums, found);
            }
            all.sort_unstable();
            for v in all {
                *sums.entry(v).or_default() += u.weight;
                go(units, at + 1, sums, found);
                *sums.get_mut(v).unwrap() -= u.weight;
            }
        }
        go(units, 0, &mut BTreeMap::new(), found);
    }

    #[test]
    fn the_interval_holds_every_completion() {
        let mut state = 7u64;
        let mut next = |n: u64| {
            state = state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1);
            (state >> 33) % n
        };
        let sets: [&[&'static str]; 5] = [
            &["a", "b"],
            &["a", "c"],
            &["b", "c"],
            &["a", "b", "c"],
            &["a"],
        ];
        for round in 0..300 {
            let units: Vec<Unit> = (0..=next(5))
                .map(|_| Unit {
                    weight: 1 + next(if round % 2 == 0 { 1 } else { 9 }),
                    of: match next(4) {
                        0 => None,
                        1 => Some(vec![VALUES[next(3) as usize]]),
                        _ => Some(sets[next(5) as usize].to_vec()),
                    },
                    optional: next(5) == 0,
                })
                .collect();
            let t = tally(&units);
            let hhi = t.hhi().unwrap();
            let shares = t.shares();
            let mut found = Vec::new();
            completions(&units, &mut found);
            let (mut least, mut most) = (f64::MAX, 0.0f64);
            for (points, of) in &found {
                least = least.min(*points);
                most = most.max(*points);
                for (v, share) in VALUES.iter().zip(of) {
                    if let Some(s) = shares.iter().find(|s| s.value == *v) {
                        assert!(share + 1e-9 >= s.low && *share <= s.high + 1e-9);
                    }
                }
            }
            assert!(
                f64::from(hhi.low) <= least + 1e-6 && most <= f64::from(hhi.high) + 1e-6,
                "{hhi:?} does not hold {least} to {most}"
            );
        }
    }

    #[test]
    fn where_everything_is_known_the_interval_is_a_point() {
        let mut t = Tally::default();
        t.add_known("a", 3);
        t.add_known("b", 1);
        // 9/16 + 1/16
        assert_eq!(
            t.hhi(),
            Some(Hhi {
                low: 6250,
                high: 6250,
                settled: Some(6250)
            })
        );
        assert_eq!(Tally::default().hhi(), None);
    }

    #[test]
    fn the_ends_are_reached_where_it_is_plain() {
        // Two of a, one that is a or b: 10,000 if it is a, 5,555 if it is b.
        let mut t = Tally::default();
        t.add_known("a", 2);
        t.add_set(&["a", "b"], 1, 1);
        let hhi = t.hhi().unwrap();
        assert_eq!(hhi.high, 10_000);
        assert_eq!(hhi.low, 5555);
        // Two assets not assessed beside two of a: all of a, or four shares with two of one.
        let mut t = Tally::default();
        t.add_known("a", 2);
        t.add_optional(1);
        t.add_optional(1);
        let hhi = t.hhi().unwrap();
        assert_eq!((hhi.low, hhi.high), (3749, 10_000));
    }

    #[test]
    fn more_of_a_value_never_lowers_its_share() {
        let mut t = Tally::default();
        t.add_known("a", 2);
        t.add_known("b", 3);
        t.add_open(&["b"], 2, 1);
        t.add_optional(1);
        let share = |t: &Tally<'_>| {
            let s = t.shares().into_iter().find(|s| s.value == "a").unwrap();
            (s.low, s.high)
        };
        let mut before = share(&t);
        for _ in 0..20 {
            t.add_known("a", 1);
            let now = share(&t);
            assert!(now.0 >= before.0 && now.1 >= before.1);
            before = now;
        }
    }

    #[test]
    fn too_many_sets_only_widen() {
        let names: Vec<String> = (0..600).map(|n| format!("v{n:03}")).collect();
        let mut t = Tally::default();
        for pair in names.windows(2) {
            t.add_set(&[&pair[0], &pair[1]], 1, 1);
        }
        assert_eq!(t.sets.len(), SETS);
        assert_eq!(t.undecided(), 599);
        let hhi = t.hhi().unwrap();
        assert!(hhi.low < hhi.high);
    }
}
