//! Clopper-Pearson intervals: exact, and honest where there are few cases.

/// Shares.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Share {
    /// Of them so many.
    pub hits: u32,
    /// Cases.
    pub of: u32,
}

impl Share {
    /// One more case.
    pub fn add(&mut self, hit: bool) {
        self.of += 1;
        self.hits += u32::from(hit);
    }

    /// 95 % interval; the whole range where there is no case.
    pub fn interval(self) -> (f64, f64) {
        let (k, n) = (self.hits, self.of);
        let low = if k == 0 {
            0.0
        } else {
            // The share at which k or more are seen in 2.5 % of all draws.
            solve(|p| at_least(k, n, p) < 0.025)
        };
        let high = if k == n {
            1.0
        } else {
            solve(|p| 1.0 - at_least(k + 1, n, p) > 0.025)
        };
        (low, high)
    }

    /// `87/98, 88.8 % (80.8 to 94.3)`.
    pub fn text(self) -> String {
        if self.of == 0 {
            return "no case".to_owned();
        }
        let (low, high) = self.interval();
        format!(
            "{}/{}, {:.1} % ({:.1} to {:.1})",
            self.hits,
            self.of,
            100.0 * f64::from(self.hits) / f64::from(self.of),
            100.0 * low,
            100.0 * high
        )
    }
}

/// The largest share for which `below` still holds, which it does from 0 up to some point.
fn solve(below: impl Fn(f64) -> bool) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if below(middle) {
            low = middle;
        } else {
            high = middle;
        }
    }
    f64::midpoint(low, high)
}

/// Probability of `k` or more hits in `n` draws.
fn at_least(k: u32, n: u32, p: f64) -> f64 {
    if p <= 0.0 {
        return if k == 0 { 1.0 } else { 0.0 };
    }
    if p >= 1.0 {
        return 1.0;
    }
    let mut ln_choose = 0.0_f64;
    let mut sum = 0.0;
    for i in 0..=n {
        if i > 0 {
            ln_choose += f64::from(n - i + 1).ln() - f64::from(i).ln();
        }
        if i >= k {
            sum += (ln_choose + f64::from(i) * p.ln() + f64::from(n - i) * (-p).ln_1p()).exp();
        }
    }
    sum.min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_intervals_are_those_of_the_tables() {
        // Published values of the exact method.
        for (hits, of, low, high) in [
            (0, 10, 0.0, 0.3085),
            (10, 10, 0.6915, 1.0),
            (5, 10, 0.1871, 0.8129),
            (1, 20, 0.0013, 0.2487),
            (95, 100, 0.8872, 0.9836),
        ] {
            let (a, b) = Share { hits, of }.interval();
            assert!((a - low).abs() < 1e-4, "{hits}/{of}: {a}");
            assert!((b - high).abs() < 1e-4, "{hits}/{of}: {b}");
        }
        assert_eq!(Share::default().text(), "no case");
    }
}
