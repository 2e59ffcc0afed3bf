//! What is to be planned: assets with what can be done about them, sites, periods and limits.
//!
//! Money is in cents of one currency, time of people in minutes, risk in points for each period that an
//! asset stays exposed. Everything is a whole number, so that two programs get the same sums.

use serde::{Deserialize, Serialize};

/// Most periods of a problem.
pub const MOST_PERIODS: usize = 120;
/// Most assets of a problem.
pub const MOST_ASSETS: usize = 2_000_000;
/// Largest amount of a single thing (cents, minutes, points): keeps sums inside 64 bits.
pub const MOST: i64 = 1_000_000_000;
/// Largest amount of a limit.
pub const MOST_LIMIT: i64 = 1_000_000_000_000;

/// A whole problem. Positions (`site`, `department` ...) count from 0 in the lists here.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Problem {
    /// Periods in order, all of them planned over.
    pub periods: Vec<Period>,
    /// What one risk point for one period counts in the objective, in cents.
    pub cents_per_point: i64,
    /// What each action counts that differs from an earlier plan, in cents.
    #[serde(default)]
    pub change_cents: i64,
    /// Departments: whose money is spent.
    pub departments: Vec<Party>,
    /// Crews: whose time is spent.
    pub crews: Vec<Party>,
    /// Kinds of spare parts.
    #[serde(default)]
    pub stocks: Vec<Party>,
    /// What may be spent when.
    #[serde(default)]
    pub limits: Vec<Limit>,
    /// Sites.
    pub sites: Vec<Site>,
    /// Assets.
    pub assets: Vec<Asset>,
}

/// A period of the plan.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Name, such as `2027-Q1`.
    pub name: String,
    /// First day, `YYYY-MM-DD`.
    pub first: String,
    /// Last day, `YYYY-MM-DD`.
    pub last: String,
}

/// A department, crew or kind of spare part.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Party {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
}

/// What a limit is on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Resource {
    /// Money of a department, in cents.
    Budget(u32),
    /// Time of a crew, in minutes.
    Crew(u32),
    /// Spare parts of a kind, in units.
    Stock(u32),
}

/// The use of a resource over some periods is at most an amount.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Of what.
    pub on: Resource,
    /// First period.
    pub from: u16,
    /// Last period.
    pub to: u16,
    /// Cents, minutes or units.
    pub amount: i64,
}

/// A place that is travelled to. One visit in a period serves all its assets.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Site {
    /// Id.
    pub id: String,
    /// Department that pays for visits.
    pub department: u32,
    /// Crew that travels.
    pub crew: u32,
    /// Money for one visit, whatever is done there, in cents.
    pub visit_cents: i64,
    /// Time for travel and access, in minutes.
    pub visit_minutes: i64,
    /// Periods in which nobody may work there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub blackout: Vec<u16>,
}

/// An asset with a module to act on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Asset {
    /// Id.
    pub id: String,
    /// Where it is.
    pub site: u32,
    /// Whose money its actions spend.
    pub department: u32,
    /// Risk points for each period until something is done; the period of the work counts.
    pub points: i64,
    /// By when it must be dealt with, if a rule says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub deadline: Option<Deadline>,
    /// What can be done, once. Without any of it the asset is left as it is.
    pub choices: Vec<Choice>,
    /// What can lower its exposure from afar until then, at most one of them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub bridges: Vec<Bridge>,
    /// Assets whose work may not come later than the work on this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub after: Vec<u32>,
    /// What an earlier plan says; a difference counts [`Problem::change_cents`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub planned: Option<Planned>,
}

/// A deadline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// Last period that keeps it.
    pub period: u16,
    /// The day itself, `YYYY-MM-DD`.
    pub day: String,
    /// A rule in force asks it: a plan that misses it is said to be infeasible. Else it is a target.
    pub binding: bool,
    /// What missing it counts in the objective, in cents.
    pub missed_cents: i64,
    /// Pack and rule.
    pub rule: String,
}

/// What kind of thing is done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// The device is replaced.
    #[default]
    Replace,
    /// Its module is replaced.
    Swap,
    /// The exposure is lowered and the module stays.
    Mitigate,
}

/// One thing that can be done about an asset, in one period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What.
    pub kind: Kind,
    /// Money without the visit, in cents.
    pub cents: i64,
    /// Time without the visit, in minutes.
    pub minutes: i64,
    /// Somebody must be at the site.
    pub visit: bool,
    /// Crew, where it is not the site's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crew: Option<u32>,
    /// First period in which it can be done: lead time.
    pub earliest: u16,
    /// Spare part that it uses up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stock: Option<u32>,
    /// Risk points for each period afterwards.
    pub points_after: i64,
    /// Whether the deadline is kept by it.
    pub meets_deadline: bool,
}

/// A mitigation from afar that holds until the work is done, or to the end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bridge {
    /// Name of the measure.
    pub name: String,
    /// Money, in cents.
    pub cents: i64,
    /// Time, in minutes.
    pub minutes: i64,
    /// Crew, where it is not the site's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub crew: Option<u32>,
    /// First period in which it can be done.
    pub earliest: u16,
    /// Risk points for each period from the next one on.
    pub points_while: i64,
}

/// What an earlier plan says of an asset.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Planned {
    /// Choice and period; absent: left as it is.
    pub work: Option<(u16, u16)>,
}

/// Why a problem cannot be planned.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// No period, or too many.
    #[error("{0} periods; between 1 and {MOST_PERIODS} can be planned")]
    Periods(usize),
    /// Too many assets.
    #[error("{0} assets; at most {MOST_ASSETS} can be planned")]
    Assets(usize),
    /// A position that is in no list.
    #[error("{what} {at}: {says}")]
    Reference {
        /// List.
        what: &'static str,
        /// Position in it.
        at: usize,
        /// What is wrong.
        says: &'static str,
    },
}

impl Problem {
    /// Checks every position and amount; what passes can be solved.
    pub fn check(&self) -> Result<(), Fault> {
        let t = self.periods.len();
        if t == 0 || t > MOST_PERIODS {
            return Err(Fault::Periods(t));
        }
        if self.assets.len() > MOST_ASSETS {
            return Err(Fault::Assets(self.assets.len()));
        }
        let fault = |what, at, says| Err(Fault::Reference { what, at, says });
        let amount = |n: i64| (0..=MOST).contains(&n);
        let department = |d: u32| (d as usize) < self.departments.len();
        let crew = |c: u32| (c as usize) < self.crews.len();
        let stock = |s: u32| (s as usize) < self.stocks.len();
        if !amount(self.cents_per_point) || !amount(self.change_cents) {
            return fault("objective", 0, "an amount is out of range");
        }
        for (at, l) in self.limits.iter().enumerate() {
            let known = match l.on {
                Resource::Budget(d) => department(d),
                Resource::Crew(c) => crew(c),
                Resource::Stock(s) => stock(s),
            };
            if !known {
                return fault("limit", at, "it is on something unknown");
            }
            if l.from > l.to || usize::from(l.to) >= t {
                return fault("limit", at, "its periods are not in the plan");
            }
            if !(0..=MOST_LIMIT).contains(&l.amount) {
                return fault("limit", at, "its amount is out of range");
            }
        }
        for (at, s) in self.sites.iter().enumerate() {
            if !department(s.department) || !crew(s.crew) {
                return fault("site", at, "its department or crew is unknown");
            }
            if !amount(s.visit_cents) || !amount(s.visit_minutes) {
                return fault("site", at, "an amount is out of range");
            }
            if s.blackout.iter().any(|p| usize::from(*p) >= t) {
                return fault("site", at, "a blackout is not in the plan");
            }
        }
        for (at, a) in self.assets.iter().enumerate() {
            if a.site as usize >= self.sites.len() || !department(a.department) {
                return fault("asset", at, "its site or department is unknown");
            }
            // Exposure over all periods, priced, must stay inside 64 bits in thousandths of a cent.
            let priced = i128::from(a.points) * i128::from(self.cents_per_point) * t as i128;
            if !amount(a.points) || priced > i128::from(MOST_LIMIT) {
                return fault("asset", at, "its points are out of range");
            }
            if let Some(d) = &a.deadline
                && (usize::from(d.period) >= t || !amount(d.missed_cents))
            {
                return fault("asset", at, "its deadline is not in the plan");
            }
            for c in &a.choices {
                if !amount(c.cents) || !amount(c.minutes) || c.points_after > a.points {
                    return fault("asset", at, "an amount of a choice is out of range");
                }
                if c.points_after < 0
                    || c.crew.is_some_and(|c| !crew(c))
                    || c.stock.is_some_and(|s| !stock(s))
                {
                    return fault("asset", at, "a choice has an unknown crew or stock");
                }
            }
            for b in &a.bridges {
                if !amount(b.cents)
                    || !amount(b.minutes)
                    || !(0..=a.points).contains(&b.points_while)
                    || b.crew.is_some_and(|c| !crew(c))
                {
                    return fault("asset", at, "a bridge is out of range");
                }
            }
            // Order in the list is order in time: no cycle can be written.
            if a.after.iter().any(|b| *b as usize >= at) {
                return fault("asset", at, "it comes after an asset further down the list");
            }
            if let Some(Planned { work: Some((c, p)) }) = a.planned
                && (usize::from(c) >= a.choices.len() || usize::from(p) >= t)
            {
                return fault("asset", at, "its earlier plan is not possible");
            }
        }
        Ok(())
    }
}
