//! The withholding drill: what stops, and when everything runs again, if a maker's owner withheld supply
//! from a day on. The fleet is simulated by `cellsweep-risk`; this module builds it and says the answer.

mod build;
pub mod documents;
pub mod picture;
mod withheld;

use std::collections::BTreeMap;

use cellsweep_catalog::Catalog;
use cellsweep_estate::Estate;
use cellsweep_risk::drill::{End, Fault, Outcome, Quantiles, ServiceOutcome, simulate};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::model::{Report, Tool};
use crate::plan::PlanError;
use crate::plan::defaults::Used;
use build::{Built, build};
pub use withheld::Withheld;

/// Identifier of the JSON shape; additive minor versions keep it.
pub const SCHEMA: &str = "https://cellsweep.example/schema/drill-1";
/// Runs where none are asked for.
pub const RUNS: u32 = 1000;
/// Assets listed one by one under each heading.
const LISTED: usize = 20_000;

/// What is withheld, or done.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Variant {
    /// No supply and no firmware any more.
    #[default]
    Supply,
    /// A service of the maker is switched off as well.
    ServiceOff,
    /// An update makes devices useless, and there is no supply.
    MaliciousUpdate,
    /// SIMs of another country are cut off.
    RoamingCut,
}

impl Variant {
    /// As in the JSON and on the command line.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Supply => "supply",
            Self::ServiceOff => "service-off",
            Self::MaliciousUpdate => "malicious-update",
            Self::RoamingCut => "roaming-cut",
        }
    }

    /// As a condition: what is assumed, not what anybody intends.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Supply => "withheld supply and firmware",
            Self::ServiceOff => "withheld supply, and services of its modules were switched off",
            Self::MaliciousUpdate => {
                "withheld supply, and an update under its name made modules useless"
            }
            Self::RoamingCut => "modules lost the SIMs of other countries",
        }
    }
}

/// What is asked.
#[derive(Clone, Copy, Debug)]
pub struct Request<'a> {
    /// Maker or owner, by slug or name.
    pub withhold: &'a str,
    /// From this day on; owners are those of the day.
    pub from: Date,
    /// What.
    pub variant: Variant,
    /// Runs.
    pub runs: u32,
    /// Seed: the same gives the same numbers.
    pub seed: u64,
}

/// Why there is no drill. All of them are errors of usage or configuration.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DrillError {
    /// The table of defaults.
    #[error(transparent)]
    Table(#[from] Fault),
    /// The table of costs.
    #[error(transparent)]
    Costs(#[from] PlanError),
    /// Nobody is called so.
    #[error("no maker or owner is called \"{asked}\"{}", near(suggestions))]
    Unknown {
        /// As asked.
        asked: String,
        /// Names that look like it.
        suggestions: Vec<String>,
    },
    /// Several are.
    #[error("\"{asked}\" may be {}: name one", names.join(" or "))]
    Several {
        /// As asked.
        asked: String,
        /// Who.
        names: Vec<String>,
    },
    /// An owner that owns no maker on the day.
    #[error("on {date} it owns no maker of the catalogue: {says}")]
    NotThen {
        /// The day.
        date: String,
        /// What is on record.
        says: String,
    },
    /// A figure of the estate that cannot be used.
    #[error("estate file, line {line}: [drill.values] {what}")]
    Value {
        /// Line, counted from 1.
        line: u32,
        /// What is wrong.
        what: String,
    },
    /// Too many devices.
    #[error("{0} devices are more than a drill simulates")]
    TooMany(usize),
    /// A date out of range.
    #[error("a date of the drill: {0}")]
    Date(String),
}

fn near(suggestions: &[String]) -> String {
    if suggestions.is_empty() {
        "; `cellsweep catalog list` shows the makers".to_owned()
    } else {
        format!("; did you mean {}?", suggestions.join(", "))
    }
}

/// A drill.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Drill {
    /// [`SCHEMA`].
    pub schema: String,
    /// Program name and version.
    pub tool: Tool,
    /// Organisation.
    pub organisation: Option<String>,
    /// The date of the report on which it rests, `YYYY-MM-DD`.
    pub date: String,
    /// Whom it is about.
    pub withheld: Whom,
    /// First day.
    pub from: String,
    /// What is assumed.
    pub variant: Variant,
    /// The same in words.
    pub assumed: String,
    /// Exit codes that apply.
    pub exit: Vec<u8>,
    /// Assets and modules by their standing.
    pub totals: Totals,
    /// What happens when.
    pub timeline: Timeline,
    /// Services in which something is, or may be, concerned; first those that may stop first.
    pub services: Vec<ServiceDrill>,
    /// Services in which nothing is.
    pub services_not_concerned: u64,
    /// Until everything runs without what is withheld.
    pub recovery: Recovery,
    /// Spares.
    pub stocks: Vec<StockDrill>,
    /// Assets concerned.
    pub hit: Listing,
    /// Assets that may be concerned.
    pub maybe: Listing,
    /// Assets that nobody looked at; they are in no simulation.
    pub not_looked_at: Listing,
    /// Modules of other makers with engineering of those concerned; not counted as concerned.
    pub shared_engineering: u64,
    /// Values used, each with where it comes from.
    pub values: Vec<ValueUsed>,
    /// Costs, times and lead times of replacements used.
    pub replacements: Vec<Used>,
    /// Currency of the costs.
    pub currency: String,
    /// How it was simulated.
    pub simulation: Simulation,
    /// What to know when reading it.
    pub notes: Vec<String>,
}

/// Whom a drill is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Whom {
    /// As asked.
    pub asked: String,
    /// Makers concerned.
    pub makers: Vec<Withheld>,
}

/// How it was simulated.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Simulation {
    /// Runs.
    pub runs: u32,
    /// Seed.
    pub seed: u64,
    /// Weeks looked at.
    pub weeks: u64,
    /// Version of the table.
    pub table: String,
    /// Whether spares of the withheld kind bring devices back in this variant.
    pub spares_help: bool,
    /// What the numbers are.
    pub interval: String,
}

/// Counts that add up to all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counts {
    /// Concerned.
    pub hit: u64,
    /// Not settled: may be concerned.
    pub maybe: u64,
    /// Of others, or clear.
    pub not_hit: u64,
    /// Not looked at.
    pub not_assessed: u64,
    /// All.
    pub total: u64,
}

/// What is concerned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Assets of the estate.
    pub assets: Counts,
    /// Findings that belong to no asset of the estate.
    pub without_asset: Counts,
    /// Devices that are concerned: assets with their quantities.
    pub devices_hit: u64,
    /// Devices that may be.
    pub devices_maybe: u64,
}

/// A time: weeks from the first day, and days.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct When {
    /// In weeks.
    pub weeks: Quantiles,
    /// 5th percentile as a day; absent: not within reach.
    pub p5: Option<String>,
    /// Median.
    pub median: Option<String>,
    /// 95th percentile.
    pub p95: Option<String>,
}

/// What happens when.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Timeline {
    /// Devices down on the first day, at least.
    pub at_once_at_least: Quantiles,
    /// Devices down on the first day, at most.
    pub at_once_at_most: Quantiles,
    /// Points in time.
    pub points: Vec<Point>,
    /// Events, earliest first.
    pub events: Vec<Event>,
}

/// Devices down.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Point {
    /// Weeks from the first day.
    pub week: u64,
    /// The day.
    pub day: String,
    /// Of those settled.
    pub at_least: Quantiles,
    /// With those that may be concerned.
    pub at_most: Quantiles,
    /// Of those settled, if nothing were replaced.
    pub untouched_at_least: Quantiles,
    /// With those that may be concerned, if nothing were replaced.
    pub untouched_at_most: Quantiles,
}

/// An event.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Day: of the median at the upper end where there is one, else at the lower.
    pub day: Option<String>,
    /// What.
    pub what: String,
    /// If only what is settled is concerned.
    pub at_least: Option<When>,
    /// If what may be concerned is.
    pub at_most: Option<When>,
}

/// One service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceDrill {
    /// Name, or department and class.
    pub service: String,
    /// The estate names it.
    pub named: bool,
    /// Department, if there is one.
    pub department: Option<String>,
    /// Class of assets, if there is one.
    pub class: Option<String>,
    /// Highest criticality of its assets.
    pub criticality: Option<String>,
    /// Sector.
    pub sector: Option<String>,
    /// All of its devices.
    pub devices: u64,
    /// Concerned.
    pub hit: u64,
    /// May be concerned.
    pub maybe: u64,
    /// Not looked at; taken to run.
    pub not_assessed: u64,
    /// Share of its devices below which it counts as stopped.
    pub needs: f64,
    /// If only what is settled is concerned.
    pub at_least: ServiceEnd,
    /// If what may be concerned is.
    pub at_most: ServiceEnd,
}

/// One end of a service.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ServiceEnd {
    /// Share of runs in which it stops.
    pub stops: f64,
    /// When it first stops, in these.
    pub first_stop: Option<When>,
    /// When it runs for good, in these.
    pub back: Option<When>,
    /// Most of its devices down at once.
    pub most_down: Quantiles,
    /// Share of runs in which it stops if nothing were replaced.
    pub stops_untouched: f64,
    /// When it would first stop, in these.
    pub first_stop_untouched: Option<When>,
}

/// Until everything runs without what is withheld.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Recovery {
    /// What is done with each device.
    pub by: String,
    /// If only what is settled is concerned.
    pub at_least: RecoveryEnd,
    /// If what may be concerned is.
    pub at_most: RecoveryEnd,
}

/// One end of a recovery.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct RecoveryEnd {
    /// Devices.
    pub devices: u64,
    /// When the last is replaced.
    pub replaced: When,
    /// When no device is down any more.
    pub all_up: When,
    /// Crews.
    pub crews: Vec<CrewDrill>,
    /// Work, in minutes.
    pub minutes: i64,
    /// Money for devices, in cents; visits are not in it.
    pub cents: i64,
}

/// One crew.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CrewDrill {
    /// Name.
    pub name: String,
    /// Hours a week, if all of them are there.
    pub hours_a_week: f64,
    /// The estate states them.
    pub own: bool,
    /// Devices it replaces.
    pub devices: u64,
    /// Work, in minutes.
    pub minutes: i64,
    /// When it is done.
    pub done: When,
}

/// One stock of spares.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct StockDrill {
    /// What it fits.
    pub fits: String,
    /// Units.
    pub units: u64,
    /// Line of the estate file.
    pub line: u32,
    /// Devices concerned that it fits, and those that may be.
    pub devices: [u64; 2],
    /// When a device first asks for a spare in vain.
    pub ends_at_least: When,
    /// The same with those that may be concerned.
    pub ends_at_most: When,
    /// If nothing were replaced.
    pub ends_untouched_at_least: When,
    /// The same with those that may be concerned.
    pub ends_untouched_at_most: When,
}

/// Assets under one heading.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listing {
    /// All of them.
    pub count: u64,
    /// One by one, as far as there is room.
    pub assets: Vec<Listed>,
    /// Further ones.
    pub further: u64,
}

impl Listing {
    fn add(&mut self, one: impl FnOnce() -> Listed) {
        self.count += 1;
        if self.assets.len() < LISTED {
            self.assets.push(one());
        } else {
            self.further += 1;
        }
    }
}

/// One asset.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Asset; absent: the finding belongs to none.
    pub asset: Option<String>,
    /// Findings.
    pub findings: Vec<String>,
    /// Department.
    pub department: Option<String>,
    /// Site.
    pub site: Option<String>,
    /// Product.
    pub product: Option<String>,
    /// Module in words, or candidates.
    pub module: String,
    /// Devices.
    pub quantity: u64,
    /// Service.
    pub service: String,
    /// What would settle it.
    pub settled_by: Option<String>,
}

/// A value as used.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ValueUsed {
    /// Id.
    pub id: String,
    /// In words.
    pub what: String,
    /// Unit.
    pub unit: String,
    /// Lowest.
    pub low: f64,
    /// Most frequent.
    pub typical: f64,
    /// Highest.
    pub high: f64,
    /// Where it comes from.
    pub source: String,
    /// The estate's own.
    pub own: bool,
}

/// Runs the drill.
///
/// # Errors
/// Usage and configuration: see [`DrillError`].
pub fn make(
    report: &Report,
    estate: &Estate,
    catalog: &Catalog,
    request: &Request<'_>,
) -> Result<Drill, DrillError> {
    let makers = withheld::withheld(request.withhold, &request.from.to_string(), catalog)?;
    let built = build(report, estate, &makers, request)?;
    let at_least = simulate(&built.problem, End::AtLeast);
    let at_most = simulate(&built.problem, End::AtMost);
    // The same fleet and the same luck, if nothing were replaced: what spares alone carry.
    let mut idle = built.problem.clone();
    idle.crews.fill(0.0);
    let outcomes = Outcomes {
        untouched: [simulate(&idle, End::AtLeast), simulate(&idle, End::AtMost)],
        at_least,
        at_most,
    };
    drop(idle);
    let days = Days::new(request.from, built.problem.weeks)?;
    let services = services(&built, &outcomes, &days);
    // Where spares do not help there is nothing to say of their end.
    let stocks = if built.problem.spares_help {
        stocks(&built, &outcomes, &days)
    } else {
        Vec::new()
    };
    let recovery = Recovery {
        by: built.by.to_owned(),
        at_least: recovery(&built, &outcomes.at_least, End::AtLeast, &days),
        at_most: recovery(&built, &outcomes.at_most, End::AtMost, &days),
    };
    let timeline = timeline(request, &outcomes, &services, &stocks, &recovery, &days);
    let concerned = services.len() as u64;
    Ok(Drill {
        schema: SCHEMA.to_owned(),
        tool: report.tool.clone(),
        organisation: report.organisation.clone(),
        date: report.date.clone(),
        withheld: Whom {
            asked: request.withhold.to_owned(),
            makers,
        },
        from: request.from.to_string(),
        variant: request.variant,
        assumed: format!("if {} {}", request.withhold, request.variant.says()),
        exit: exits(report, &built, request.variant),
        totals: built.totals,
        timeline,
        services,
        services_not_concerned: (built.services.len() as u64).saturating_sub(concerned),
        recovery,
        stocks,
        notes: notes(&built, request, report),
        hit: built.hit,
        maybe: built.maybe,
        not_looked_at: built.not_looked_at,
        shared_engineering: built.shared_engineering,
        values: built.values,
        replacements: built.replacements,
        currency: built.currency,
        simulation: Simulation {
            runs: built.problem.runs,
            seed: built.problem.seed,
            weeks: built.problem.weeks as u64,
            table: built.table,
            spares_help: built.problem.spares_help,
            interval: "p5 and p95 hold 90 % of the runs, from the 5th to the 95th percentile; \
                       at_least counts what is settled, at_most also what may be concerned"
                .to_owned(),
        },
    })
}

fn exits(report: &Report, built: &Built<'_>, variant: Variant) -> Vec<u8> {
    let mut out = Vec::new();
    if report.exit.contains(&4) {
        out.push(4);
    }
    let t = &built.totals;
    let open = t.assets.maybe + t.assets.not_assessed + t.without_asset.maybe > 0;
    let ends = variant != Variant::Supply
        && built
            .problem
            .devices
            .iter()
            .any(|d| d.stops[0] < d.stops[1]);
    if open || ends {
        out.push(5);
    }
    if report.exit.contains(&3) {
        out.push(3);
    }
    if out.is_empty() {
        out.push(0);
    }
    out
}

fn notes(built: &Built<'_>, request: &Request<'_>, report: &Report) -> Vec<String> {
    let mut out = vec![
        "A drill says what would follow from an assumption. It is no statement about what anybody intends."
            .to_owned(),
        "Modules whose maker is not settled are never counted as one or the other: they are in at_most and not in at_least."
            .to_owned(),
        format!(
            "Assets not looked at: {}. They are in no simulation and are taken to run.",
            built.totals.assets.not_assessed
        ),
        "\"If nothing were replaced\" is the same fleet with the same luck and no recovery: what spares alone carry."
            .to_owned(),
        "A spare fitted is of the withheld kind: it is replaced later as the device would be. Replaced devices are not counted as spares."
            .to_owned(),
        "Crews work through what has arrived, critical assets first, and beside that nothing else; hours for fitting spares are not taken from theirs. Budgets, blackouts, orders of work and [[plan.stock]] of [plan], and waivers, which change what rules say and not what stops, are not part of a drill."
            .to_owned(),
    ];
    if request.variant == Variant::Supply {
        out.push(
            "Without firmware nothing stops at once; what is found later stays uncorrected until a device is replaced."
                .to_owned(),
        );
    }
    if request.variant == Variant::RoamingCut {
        out.push(
            "Only SIMs are cut: devices do not fail more often, and spares do not help. A SIM is of another country if its number begins with 89 and not with the estate's sim_country; without sim_country, or without a SIM in the evidence, it may or may not be."
                .to_owned(),
        );
    }
    if request.variant == Variant::ServiceOff {
        out.push("Spares need the same services: they are not counted in this variant.".to_owned());
    }
    if built.services.iter().any(|s| !s.named) {
        out.push(
            "Where the estate names no service, all assets of a class in a department are one."
                .to_owned(),
        );
    }
    if !built.has_stock {
        out.push("The estate states no spares ([[drill.stock]]): none are counted.".to_owned());
    }
    if built.shared_engineering > 0 {
        out.push(format!(
            "{} further modules, of other makers, share engineering with those concerned; whether their supply would end as well is not known, and they are not counted.",
            built.shared_engineering
        ));
    }
    if report.exit.contains(&3) {
        out.push("The report rests on evidence that was read in part.".to_owned());
    }
    out
}

/// What was simulated.
struct Outcomes {
    at_least: Outcome,
    at_most: Outcome,
    /// Both ends, if nothing were replaced.
    untouched: [Outcome; 2],
}

/// Days by weeks from the first.
struct Days {
    from: Date,
    weeks: usize,
}

impl Days {
    fn new(from: Date, weeks: usize) -> Result<Self, DrillError> {
        let days = i64::try_from(weeks).unwrap_or(i64::MAX).saturating_mul(7);
        // The last day is a day.
        from.checked_add(days.days())
            .map_err(|e| DrillError::Date(e.to_string()))?;
        Ok(Self { from, weeks })
    }

    #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // within 20 years, checked
    fn day(&self, weeks: f64) -> Option<String> {
        // A crew may need longer than the horizon; a day is given for four times that.
        if !weeks.is_finite() || weeks > 4.0 * self.weeks as f64 {
            return None;
        }
        let days = (weeks * 7.0).ceil() as i64;
        self.from
            .checked_add(days.days())
            .ok()
            .map(|d| d.to_string())
    }

    fn when(&self, q: Quantiles) -> When {
        let tenth = |n: Option<f64>| n.map(|n| (n * 10.0).round() / 10.0);
        When {
            p5: q.p5.and_then(|n| self.day(n)),
            median: q.median.and_then(|n| self.day(n)),
            p95: q.p95.and_then(|n| self.day(n)),
            weeks: Quantiles {
                p5: tenth(q.p5),
                median: tenth(q.median),
                p95: tenth(q.p95),
            },
        }
    }
}

fn services(built: &Built<'_>, o: &Outcomes, days: &Days) -> Vec<ServiceDrill> {
    let end = |o: &ServiceOutcome, untouched: &ServiceOutcome| {
        let share = |n: f64| (n * 1000.0).round() / 1000.0;
        ServiceEnd {
            stops: share(o.stops),
            first_stop: o.first_stop.map(|q| days.when(q)),
            back: o.back.map(|q| days.when(q)),
            most_down: o.most_down,
            stops_untouched: share(untouched.stops),
            first_stop_untouched: untouched.first_stop.map(|q| days.when(q)),
        }
    };
    let [idle_low, idle_high] = &o.untouched;
    let lows = o.at_least.services.iter().zip(&idle_low.services);
    let highs = o.at_most.services.iter().zip(&idle_high.services);
    let mut out: Vec<ServiceDrill> = built
        .services
        .iter()
        .zip(lows.zip(highs))
        .filter(|(s, _)| s.hit + s.maybe > 0)
        .map(|(s, (low, high))| ServiceDrill {
            service: s.name.clone(),
            named: s.named,
            department: s.department.map(str::to_owned),
            class: s.class.map(str::to_owned),
            criticality: s.criticality.map(|c| c.as_str().to_owned()),
            sector: s.sector.map(str::to_owned),
            devices: s.devices,
            hit: s.hit,
            maybe: s.maybe,
            not_assessed: s.not_assessed,
            needs: s.needs,
            at_least: end(low.0, low.1),
            at_most: end(high.0, high.1),
        })
        .collect();
    // Those that stop most surely first, then those with the larger part concerned.
    out.sort_by(|a, b| {
        let part =
            |s: &ServiceDrill| (u128::from(s.hit + s.maybe) << 32) / u128::from(s.devices.max(1));
        b.at_least
            .stops
            .total_cmp(&a.at_least.stops)
            .then_with(|| b.at_most.stops.total_cmp(&a.at_most.stops))
            .then_with(|| {
                let idle = |s: &ServiceDrill| s.at_most.stops_untouched;
                idle(b).total_cmp(&idle(a))
            })
            .then_with(|| part(b).cmp(&part(a)))
            .then_with(|| a.service.cmp(&b.service))
    });
    out
}

fn stocks(built: &Built<'_>, o: &Outcomes, days: &Days) -> Vec<StockDrill> {
    let ends = |o: &Outcome, at: usize| {
        let q = o.stock_ends.get(at).copied();
        days.when(q.unwrap_or_default())
    };
    let [idle_low, idle_high] = &o.untouched;
    built
        .stocks
        .iter()
        .enumerate()
        .map(|(at, s)| StockDrill {
            fits: s.fits.clone(),
            units: s.units,
            line: s.line,
            devices: s.devices,
            ends_at_least: ends(&o.at_least, at),
            ends_at_most: ends(&o.at_most, at),
            ends_untouched_at_least: ends(idle_low, at),
            ends_untouched_at_most: ends(idle_high, at),
        })
        .collect()
}

fn recovery(built: &Built<'_>, o: &Outcome, end: End, days: &Days) -> RecoveryEnd {
    let mut out = RecoveryEnd {
        devices: o.devices,
        replaced: days.when(o.replaced),
        all_up: days.when(o.all_up),
        ..RecoveryEnd::default()
    };
    let mut work: BTreeMap<usize, (u64, f64)> = BTreeMap::new();
    for d in &built.problem.devices {
        if d.maybe && end == End::AtLeast {
            continue;
        }
        let w = work.entry(d.crew as usize).or_default();
        w.0 += 1;
        w.1 += f64::from(d.minutes);
        out.cents += built.cents.get(d.lead as usize).copied().unwrap_or(0);
    }
    for (at, (devices, minutes)) in work {
        let (Some(crew), Some(done)) = (built.crews.get(at), o.crews.get(at)) else {
            continue;
        };
        #[allow(clippy::cast_possible_truncation)] // at most a million devices of some hours
        let minutes = minutes.round() as i64;
        out.minutes += minutes;
        out.crews.push(CrewDrill {
            name: crew.name.clone(),
            hours_a_week: (crew.minutes_a_week / 6.0).round() / 10.0,
            own: crew.own,
            devices,
            minutes,
            done: days.when(*done),
        });
    }
    out
}

fn timeline(
    request: &Request<'_>,
    o: &Outcomes,
    services: &[ServiceDrill],
    stocks: &[StockDrill],
    recovery: &Recovery,
    days: &Days,
) -> Timeline {
    let mut points = Vec::new();
    let [idle_low, idle_high] = &o.untouched;
    let planned = o.at_least.down.iter().zip(&o.at_most.down);
    let idle = idle_low.down.iter().zip(&idle_high.down);
    for (week, ((low, high), (idle_low, idle_high))) in (0u32..).zip(planned.zip(idle)) {
        if week > 12 && week % 4 != 0 {
            continue;
        }
        points.push(Point {
            week: u64::from(week),
            day: days.day(f64::from(week)).unwrap_or_default(),
            at_least: *low,
            at_most: *high,
            untouched_at_least: *idle_low,
            untouched_at_most: *idle_high,
        });
    }
    let mut events = Vec::new();
    let mut event = |what: String, low: Option<&When>, high: Option<&When>| {
        let day = high
            .and_then(|w| w.median.clone())
            .or_else(|| low.and_then(|w| w.median.clone()));
        events.push(Event {
            day,
            what,
            at_least: low.cloned(),
            at_most: high.cloned(),
        });
    };
    for s in stocks {
        event(
            format!("spares end: {} ({} units)", s.fits, s.units),
            Some(&s.ends_at_least),
            Some(&s.ends_at_most),
        );
        event(
            format!("spares end, if nothing were replaced: {}", s.fits),
            Some(&s.ends_untouched_at_least),
            Some(&s.ends_untouched_at_most),
        );
    }
    for s in services {
        if s.at_most.stops > 0.0 {
            event(
                format!("service stops: {}", s.service),
                s.at_least.first_stop.as_ref(),
                s.at_most.first_stop.as_ref(),
            );
        }
        if s.at_most.stops_untouched > 0.0 {
            event(
                format!("service stops, if nothing were replaced: {}", s.service),
                s.at_least.first_stop_untouched.as_ref(),
                s.at_most.first_stop_untouched.as_ref(),
            );
        }
    }
    event(
        "last device replaced".to_owned(),
        Some(&recovery.at_least.replaced),
        Some(&recovery.at_most.replaced),
    );
    event(
        "no device down any more".to_owned(),
        Some(&recovery.at_least.all_up),
        Some(&recovery.at_most.all_up),
    );
    // Stable; what has no day comes last.
    events.sort_by_key(|e| (e.day.is_none(), e.day.clone()));
    events.insert(
        0,
        Event {
            day: Some(request.from.to_string()),
            what: format!("{} {}", request.withhold, request.variant.says()),
            at_least: None,
            at_most: None,
        },
    );
    Timeline {
        at_once_at_least: o.at_least.at_once,
        at_once_at_most: o.at_most.at_once,
        points,
        events,
    }
}
