//! From a report and an estate to a fleet that can be simulated.

use std::collections::BTreeMap;

use cellsweep_estate::drill::{ServiceLine, StockLine};
use cellsweep_estate::{Criticality, Estate, PlanSettings};
use cellsweep_identify::{AssetState, AssetStatus};
use cellsweep_risk::drill::table::out_of_range;
use cellsweep_risk::drill::{
    Device, MOST_DEVICES, MOST_RUNS, MOST_WEEKS, Problem, Service, Spread, Table,
};

use super::{Counts, DrillError, Listed, Listing, Request, Totals, ValueUsed, Variant, Withheld};
use crate::model::{Report, ReportFinding};
use crate::plan::defaults::{Defaults, Used, cents};
use crate::standing::is_there;

/// Services kept apart; assets of further ones are one.
const SERVICES: usize = 2000;
/// Most devices of one asset, as in a plan.
const MOST_OF_ONE: u64 = 10_000;
/// Months in a year by weeks: weeks of one month.
const WEEKS_A_MONTH: f64 = 365.25 / 12.0 / 7.0;
/// Months in a period without a word of the estate, as in a plan.
const MONTHS: u8 = 3;

/// A service with what is in it.
pub(super) struct ServiceOf<'r> {
    pub(super) name: String,
    pub(super) named: bool,
    pub(super) department: Option<&'r str>,
    pub(super) class: Option<&'r str>,
    pub(super) sector: Option<&'r str>,
    pub(super) criticality: Option<Criticality>,
    pub(super) devices: u64,
    pub(super) hit: u64,
    pub(super) maybe: u64,
    pub(super) not_assessed: u64,
    pub(super) needs: f64,
}

/// A crew.
pub(super) struct CrewOf {
    pub(super) name: String,
    pub(super) minutes_a_week: f64,
    pub(super) own: bool,
}

/// A stock of spares.
pub(super) struct StockOf {
    pub(super) fits: String,
    pub(super) units: u64,
    pub(super) line: u32,
    pub(super) devices: [u64; 2],
}

/// A fleet, with what its positions mean.
pub(super) struct Built<'r> {
    pub(super) problem: Problem,
    pub(super) services: Vec<ServiceOf<'r>>,
    pub(super) crews: Vec<CrewOf>,
    pub(super) stocks: Vec<StockOf>,
    pub(super) has_stock: bool,
    pub(super) totals: Totals,
    pub(super) hit: Listing,
    pub(super) maybe: Listing,
    pub(super) not_looked_at: Listing,
    pub(super) shared_engineering: u64,
    pub(super) values: Vec<ValueUsed>,
    pub(super) replacements: Vec<Used>,
    /// Cents of a replacement, by lead time.
    pub(super) cents: Vec<i64>,
    pub(super) currency: String,
    pub(super) table: String,
    /// What is done with each device.
    pub(super) by: &'static str,
}

/// How a thing stands to what is withheld.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Standing {
    Hit,
    Maybe,
    NotHit,
    NotAssessed,
}

/// One asset, or one finding without an asset.
struct Thing<'r> {
    id: &'r str,
    asset: Option<&'r AssetState>,
    findings: Vec<&'r ReportFinding>,
    standing: Standing,
    devices: u64,
    criticality: Option<Criticality>,
    service: usize,
}

impl<'r> Thing<'r> {
    fn department(&self) -> Option<&'r str> {
        let of_finding = || self.findings.first()?.finding.subject.department.as_deref();
        stated(self.asset.and_then(|a| a.department.as_deref())).or_else(|| stated(of_finding()))
    }

    fn site(&self) -> Option<&'r str> {
        let of_finding = || self.findings.first()?.finding.subject.site.as_deref();
        stated(self.asset.and_then(|a| a.site.as_deref())).or_else(|| stated(of_finding()))
    }

    fn class(&self) -> Option<&'r str> {
        stated(self.asset.and_then(|a| a.class.as_deref()))
    }

    /// The service that the register says it serves.
    fn service_name(&self) -> Option<&'r str> {
        stated(self.asset.and_then(|a| a.service.as_deref()))
    }
}

fn stated(text: Option<&str>) -> Option<&str> {
    text.map(str::trim).filter(|t| !t.is_empty())
}

fn of_finding(f: &ReportFinding, makers: &[Withheld]) -> Standing {
    let concerned = |slug: &str| makers.iter().any(|m| m.maker == slug);
    match f.finding.maker() {
        Some(maker) if concerned(maker) => Standing::Hit,
        Some(_) => Standing::NotHit,
        None => {
            let named = f.finding.candidates.iter().any(|c| concerned(&c.maker));
            if named || !f.finding.closed {
                Standing::Maybe
            } else {
                Standing::NotHit
            }
        }
    }
}

/// The gravest standing of the findings, and the devices it stands for.
fn standing(findings: &[&ReportFinding], makers: &[Withheld]) -> (Standing, u64) {
    let of = |wanted: Standing| {
        findings
            .iter()
            .filter(|f| of_finding(f, makers) == wanted)
            .map(|f| f.finding.quantity)
            .max()
    };
    for wanted in [Standing::Hit, Standing::Maybe, Standing::NotHit] {
        if let Some(n) = of(wanted) {
            return (wanted, n.clamp(1, MOST_OF_ONE));
        }
    }
    (Standing::NotHit, 1)
}

fn things<'r>(report: &'r Report, makers: &[Withheld]) -> Vec<Thing<'r>> {
    let mut by_asset: BTreeMap<&str, Vec<&ReportFinding>> = BTreeMap::new();
    let known: BTreeMap<&str, &AssetState> =
        report.assets.iter().map(|a| (a.id.as_str(), a)).collect();
    let mut out = Vec::new();
    let mut alone = Vec::new();
    for f in report
        .findings
        .iter()
        .filter(|f| is_there(f.finding.presence))
    {
        match f.finding.subject.asset.as_deref() {
            Some(id) if known.contains_key(id) => by_asset.entry(id).or_default().push(f),
            _ => alone.push(f),
        }
    }
    for a in &report.assets {
        let findings = by_asset.remove(a.id.as_str()).unwrap_or_default();
        let (standing, devices) = if findings.is_empty() && a.status != AssetStatus::Clear {
            (Standing::NotAssessed, 1)
        } else {
            standing(&findings, makers)
        };
        out.push(Thing {
            id: &a.id,
            asset: Some(a),
            findings,
            standing,
            devices,
            criticality: a.criticality.as_deref().and_then(Criticality::from_word),
            service: 0,
        });
    }
    for f in alone {
        let (standing, devices) = standing(&[f], makers);
        out.push(Thing {
            id: &f.finding.id,
            asset: None,
            findings: vec![f],
            standing,
            devices,
            criticality: None,
            service: 0,
        });
    }
    // Critical ones first; what is not stated stands with the medium ones.
    let rank = |c: Option<Criticality>| c.unwrap_or(Criticality::Medium);
    out.sort_by(|a, b| {
        (rank(b.criticality), a.id, a.asset.is_none()).cmp(&(
            rank(a.criticality),
            b.id,
            b.asset.is_none(),
        ))
    });
    out
}

fn totals(things: &[Thing<'_>]) -> Totals {
    let mut t = Totals::default();
    for thing in things {
        let c: &mut Counts = if thing.asset.is_some() {
            &mut t.assets
        } else {
            &mut t.without_asset
        };
        c.total += 1;
        match thing.standing {
            Standing::Hit => {
                c.hit += 1;
                t.devices_hit += thing.devices;
            }
            Standing::Maybe => {
                c.maybe += 1;
                t.devices_maybe += thing.devices;
            }
            Standing::NotHit => c.not_hit += 1,
            Standing::NotAssessed => c.not_assessed += 1,
        }
    }
    t
}

/// Whether a name is among these, or none is asked for.
fn among(list: &[String], name: Option<&str>) -> bool {
    list.is_empty() || name.is_some_and(|n| list.iter().any(|l| l.trim().eq_ignore_ascii_case(n)))
}

fn belongs(s: &ServiceLine, thing: &Thing<'_>) -> bool {
    if s.assets.iter().any(|a| a == thing.id) {
        return true;
    }
    if thing
        .service_name()
        .is_some_and(|n| n.eq_ignore_ascii_case(s.name.trim()))
    {
        return true;
    }
    let by_words = !(s.departments.is_empty() && s.classes.is_empty() && s.sites.is_empty());
    by_words
        && among(&s.departments, thing.department())
        && among(&s.classes, thing.class())
        && among(&s.sites, thing.site())
}

/// What tells services apart: the name in the register, or else department and class.
type ServiceKey<'r> = (Option<&'r str>, Option<&'r str>, Option<&'r str>);

fn services<'r>(things: &mut [Thing<'r>], lines: &[ServiceLine], needs: f64) -> Vec<ServiceOf<'r>> {
    let mut out: Vec<ServiceOf<'r>> = lines
        .iter()
        .map(|s| ServiceOf {
            name: s.name.clone(),
            named: true,
            department: None,
            class: None,
            sector: None,
            criticality: None,
            devices: 0,
            hit: 0,
            maybe: 0,
            not_assessed: 0,
            needs: s.needs.unwrap_or(needs),
        })
        .collect();
    let named = out.len();
    // By what the register says that the asset serves; else by department and class.
    let mut at: BTreeMap<ServiceKey<'_>, usize> = BTreeMap::new();
    for thing in things.iter_mut() {
        let key = match thing.service_name() {
            Some(name) => (Some(name), None, None),
            None => (None, thing.department(), thing.class()),
        };
        let position = lines
            .iter()
            .position(|s| belongs(s, thing))
            .or_else(|| at.get(&key).copied());
        let position = position.unwrap_or_else(|| {
            let full = at.len() >= SERVICES;
            let key = if full {
                (Some("\u{0}"), None, None)
            } else {
                key
            };
            *at.entry(key).or_insert_with(|| {
                let stated = key.0.filter(|_| !full);
                out.push(ServiceOf {
                    name: match stated {
                        Some(name) => name.to_owned(),
                        None if full => "further services".to_owned(),
                        None => format!(
                            "{}: {}",
                            key.1.unwrap_or("department not stated"),
                            key.2.unwrap_or("class not stated")
                        ),
                    },
                    named: stated.is_some(),
                    department: key.1,
                    class: key.2,
                    sector: None,
                    criticality: None,
                    devices: 0,
                    hit: 0,
                    maybe: 0,
                    not_assessed: 0,
                    needs,
                });
                out.len() - 1
            })
        });
        thing.service = position;
        let Some(s) = out.get_mut(position) else {
            continue;
        };
        s.devices += thing.devices;
        s.criticality = s.criticality.max(thing.criticality);
        s.sector = s
            .sector
            .or_else(|| stated(thing.asset.and_then(|a| a.sector.as_deref())));
        // A named service says where it stands only if all of it stands there.
        if position < named
            && s.department.is_none()
            && lines
                .get(position)
                .is_some_and(|l| l.departments.len() == 1)
        {
            s.department = thing.department();
        }
        match thing.standing {
            Standing::Hit => s.hit += thing.devices,
            Standing::Maybe => s.maybe += thing.devices,
            Standing::NotAssessed => s.not_assessed += thing.devices,
            Standing::NotHit => {}
        }
    }
    out
}

/// Values of the table with the estate's own in their place.
struct Values {
    by_id: BTreeMap<String, ValueUsed>,
}

impl Values {
    fn new(table: &Table, estate: &Estate) -> Result<Self, DrillError> {
        let mut by_id: BTreeMap<String, ValueUsed> = table
            .values
            .values()
            .filter(|v| !v.id.starts_with("weight."))
            .map(|v| {
                let used = ValueUsed {
                    id: v.id.clone(),
                    what: v.what.clone(),
                    unit: v.unit.clone(),
                    low: v.spread.low,
                    typical: v.spread.typical,
                    high: v.spread.high,
                    source: v.source.clone(),
                    own: false,
                };
                (v.id.clone(), used)
            })
            .collect();
        let Some(drill) = &estate.drill else {
            return Ok(Self { by_id });
        };
        for (id, figure) in &drill.values {
            let line = drill.places.values.get(id).map_or(0, |s| s.start.line);
            let Some(used) = by_id.get_mut(id) else {
                let known: Vec<&str> = by_id.keys().map(String::as_str).collect();
                return Err(DrillError::Value {
                    line,
                    what: format!(
                        "`{id}` is no value of the drill; there are {}",
                        known.join(", ")
                    ),
                });
            };
            let (low, typical, high) = figure.three();
            let spread = Spread { low, typical, high };
            if let Some(what) = out_of_range(&used.unit, &spread) {
                return Err(DrillError::Value {
                    line,
                    what: format!("`{id}` {what}"),
                });
            }
            (used.low, used.typical, used.high) = (low, typical, high);
            used.own = true;
            used.source = format!("the estate's own figure, line {line}; else {}", used.source);
        }
        Ok(Self { by_id })
    }

    fn spread(&self, id: &str) -> Spread {
        self.by_id.get(id).map_or(Spread::fixed(0.0), |v| Spread {
            low: v.low,
            typical: v.typical,
            high: v.high,
        })
    }

    fn typical(&self, id: &str) -> f64 {
        self.spread(id).typical
    }
}

/// Positions of things by a key, in the order of their first use.
#[derive(Default)]
struct Positions {
    at: BTreeMap<String, u32>,
}

impl Positions {
    /// Position, and whether it is new.
    fn of(&mut self, key: &str) -> (u32, bool) {
        if let Some(at) = self.at.get(key) {
            return (*at, false);
        }
        let at = u32::try_from(self.at.len()).unwrap_or(u32::MAX);
        self.at.insert(key.to_owned(), at);
        (at, true)
    }
}

fn fits(s: &StockLine, thing: &Thing<'_>, f: &ReportFinding) -> bool {
    let product = thing.asset.and_then(|a| a.product.as_deref());
    let m = &f.finding.module;
    let same = |asked: &Option<String>, is: Option<&str>| {
        asked
            .as_deref()
            .is_none_or(|a| is.is_some_and(|i| i.eq_ignore_ascii_case(a.trim())))
    };
    let holds = s.product.as_deref().is_none_or(|asked| {
        product.is_some_and(|p| p.to_lowercase().contains(&asked.trim().to_lowercase()))
    });
    holds
        && same(&s.maker, m.maker.as_deref())
        && same(&s.family, m.family.as_deref())
        && among(&s.classes, thing.class())
        && among(&s.departments, thing.department())
}

fn stock_says(s: &StockLine) -> String {
    let mut parts: Vec<String> = [&s.maker, &s.family, &s.product]
        .into_iter()
        .flatten()
        .cloned()
        .collect();
    parts.extend(s.classes.iter().cloned());
    if !s.departments.is_empty() {
        parts.push(format!("for {}", s.departments.join(", ")));
    }
    parts.join(" ")
}

/// Shares that stop at once, at the two ends.
#[allow(clippy::cast_possible_truncation)] // shares
fn stops(
    request: &Request<'_>,
    values: &Values,
    estate: &Estate,
    asset: Option<&AssetState>,
    findings: &[&ReportFinding],
) -> [f32; 2] {
    let ends = |id: &str| {
        let s = values.spread(id);
        [s.low as f32, s.high as f32]
    };
    match request.variant {
        Variant::Supply => [0.0, 0.0],
        Variant::ServiceOff => ends("stop.service-off"),
        Variant::MaliciousUpdate => {
            // Where every statement says that firmware is changed on the spot only, no update comes.
            let stated = asset.and_then(|a| a.connection.get("firmware_channel"));
            if stated.is_some_and(|s| !s.is_empty() && s.iter().all(|s| s.value == "local")) {
                [0.0, 0.0]
            } else {
                ends("stop.malicious-update")
            }
        }
        Variant::RoamingCut => {
            let [low, high] = ends("stop.roaming-cut");
            let own = estate.drill.as_ref().and_then(|d| d.sim_country.as_deref());
            let sims = findings.iter().flat_map(|f| {
                let keys = f.finding.subject.keys.iter();
                keys.filter(|k| k.kind == cellsweep_evidence::KeyKind::Iccid)
                    .map(|k| k.value.as_str())
            });
            let (mut foreign, mut seen) = (false, false);
            for sim in sims {
                // Telecommunications SIMs begin with 89 and a country code.
                let Some(rest) = sim.strip_prefix("89") else {
                    continue;
                };
                seen = true;
                foreign |= own.is_some_and(|own| !rest.starts_with(own));
            }
            match (seen && own.is_some(), foreign) {
                (true, true) => [low, high],
                (true, false) => [0.0, 0.0],
                (false, _) => [0.0, high],
            }
        }
    }
}

/// Devices alike, how many, and the crew and site whose visits they share.
type Pending<'r> = (Device, u64, Option<(u32, &'r str)>);

/// Builds.
pub(super) fn build<'r>(
    report: &'r Report,
    estate: &Estate,
    makers: &[Withheld],
    request: &Request<'_>,
) -> Result<Built<'r>, DrillError> {
    let table = Table::embedded()?;
    let defaults = Defaults::embedded()?;
    let values = Values::new(table, estate)?;
    let none = PlanSettings::default();
    let plan = estate.plan.as_ref().unwrap_or(&none);
    let costs = defaults.used(Some(plan));
    let drill = estate.drill.as_ref();
    let roaming = request.variant == Variant::RoamingCut;

    let mut things = things(report, makers);
    let service_lines = drill.map(|d| d.service.as_slice()).unwrap_or_default();
    let services = services(&mut things, service_lines, values.typical("service.needs"));
    let totals = totals(&things);
    let concerned: u64 = totals.devices_hit + totals.devices_maybe;
    if usize::try_from(concerned).unwrap_or(usize::MAX) > MOST_DEVICES {
        return Err(DrillError::TooMany(
            usize::try_from(concerned).unwrap_or(usize::MAX),
        ));
    }

    let stock_lines = drill.map(|d| d.stock.as_slice()).unwrap_or_default();
    let mut stocks: Vec<StockOf> = stock_lines
        .iter()
        .enumerate()
        .map(|(n, s)| StockOf {
            fits: stock_says(s),
            units: s.units,
            line: drill
                .and_then(|d| d.places.stock.get(n))
                .map_or(0, |p| p.start.line),
            devices: [0, 0],
        })
        .collect();

    let mut built = Built {
        problem: Problem {
            devices: Vec::new(),
            services: services
                .iter()
                .map(|s| Service {
                    devices: u32::try_from(s.devices).unwrap_or(u32::MAX),
                    needs: s.needs,
                })
                .collect(),
            crews: Vec::new(),
            leads: Vec::new(),
            stretch: values.spread("lead.factor"),
            available: values.spread("crew.available"),
            rates: Vec::new(),
            stocks: stocks.iter().map(|s| s.units).collect(),
            spares_help: matches!(request.variant, Variant::Supply | Variant::MaliciousUpdate),
            spare_weeks: values.typical("spare.weeks"),
            weeks: horizon(values.typical("horizon.years")),
            runs: request.runs.clamp(1, MOST_RUNS),
            seed: request.seed,
        },
        services,
        crews: Vec::new(),
        stocks: Vec::new(),
        has_stock: !stock_lines.is_empty(),
        totals,
        hit: Listing::default(),
        maybe: Listing::default(),
        not_looked_at: Listing::default(),
        shared_engineering: 0,
        values: Vec::new(),
        replacements: Vec::new(),
        cents: Vec::new(),
        currency: plan
            .currency
            .clone()
            .unwrap_or_else(|| defaults.currency.clone()),
        table: format!("{} ({})", table.version, table.as_of),
        by: if roaming {
            "the SIM of every device is changed, by the organisation's own crews"
        } else {
            "every device is replaced by one of another owner, by the organisation's own crews"
        },
    };
    let mut crews = Positions::default();
    let mut leads = Positions::default();
    let mut rates = Positions::default();
    let mut used_ids: Vec<String> = Vec::new();
    // Work at each site by each crew: minutes and devices.
    let mut sites: BTreeMap<(u32, &str), (f64, u64)> = BTreeMap::new();
    let mut pending: Vec<Pending<'_>> = Vec::new();
    for thing in &things {
        let service = built.services.get(thing.service).map(|s| s.name.clone());
        let listed = || listed(thing, service.clone().unwrap_or_default());
        match thing.standing {
            Standing::Hit => built.hit.add(listed),
            Standing::Maybe => built.maybe.add(listed),
            Standing::NotAssessed => built.not_looked_at.add(listed),
            Standing::NotHit => {
                let shares = thing.findings.iter().filter(|f| {
                    let of = f.finding.module.lineage.as_deref();
                    of.is_some_and(|of| makers.iter().any(|m| m.maker == of))
                });
                built.shared_engineering += shares.map(|f| f.finding.quantity).sum::<u64>();
            }
        }
        if !matches!(thing.standing, Standing::Hit | Standing::Maybe) {
            continue;
        }
        let concerned: Vec<&ReportFinding> = thing
            .findings
            .iter()
            .copied()
            .filter(|f| of_finding(f, makers) == thing.standing)
            .collect();
        let crew = crew(thing, estate, plan, &values, &mut crews, &mut built);
        let id = if roaming {
            "sim"
        } else {
            defaults.replacement(thing.class())
        };
        let (minutes, weeks, cost) = if roaming {
            (
                values.typical("sim.minutes"),
                values.typical("sim.weeks"),
                cents(values.typical("sim.cost")),
            )
        } else {
            costs.get(id).map_or((0.0, 0.0, 0), |u| {
                (small(u.minutes), small(u.lead_weeks), u.cents)
            })
        };
        let (lead, new) = leads.of(id);
        if new {
            built.problem.leads.push(weeks);
            built.cents.push(cost);
            used_ids.push(id.to_owned());
        }
        let rate_id = table.failure_of(thing.class());
        let (rate, new) = rates.of(rate_id);
        if new {
            built.problem.rates.push(if roaming {
                Spread::fixed(0.0)
            } else {
                values.spread(rate_id)
            });
        }
        let stock = stock_lines
            .iter()
            .position(|s| concerned.iter().any(|f| fits(s, thing, f)));
        if let Some(s) = stock.and_then(|s| stocks.get_mut(s)) {
            let [hit, maybe] = &mut s.devices;
            *(if thing.standing == Standing::Hit {
                hit
            } else {
                maybe
            }) += thing.devices;
        }
        let site = thing.site().map(|s| (crew, s));
        if let Some(key) = site {
            let w = sites.entry(key).or_default();
            w.0 += minutes * count(thing.devices);
            w.1 += thing.devices;
        }
        #[allow(clippy::cast_possible_truncation)] // minutes of work
        let device = Device {
            maybe: thing.standing == Standing::Maybe,
            service: u32::try_from(thing.service).unwrap_or(u32::MAX),
            crew,
            lead,
            rate,
            stock: stock.and_then(|s| u32::try_from(s).ok()),
            minutes: minutes as f32,
            stops: stops(request, &values, estate, thing.asset, &concerned),
        };
        pending.push((device, thing.devices, site));
    }
    // All work of a crew at a site shares its visits.
    let visit = costs.get("visit").map_or(0.0, |v| small(v.minutes));
    let day = values.typical("visit.day").max(1.0);
    for (mut device, devices, site) in pending {
        let share = match site.and_then(|key| sites.get(&key)) {
            Some((minutes, n)) if *n > 0 => (minutes / day).ceil().max(1.0) * visit / count(*n),
            _ => visit,
        };
        #[allow(clippy::cast_possible_truncation)] // minutes of work
        {
            device.minutes += share as f32;
        }
        for _ in 0..devices {
            built.problem.devices.push(device);
        }
    }
    used_ids.push("visit".to_owned());
    used_ids.sort();
    built.replacements = used_ids
        .iter()
        .filter_map(|id| costs.get(id).cloned())
        .collect();
    built.values = values.by_id.into_values().collect();
    built.stocks = stocks;
    Ok(built)
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss
)] // clamped
fn horizon(years: f64) -> usize {
    (years * 365.25 / 7.0).round().clamp(1.0, MOST_WEEKS as f64) as usize
}

#[allow(clippy::cast_precision_loss)] // at most a million
const fn count(n: u64) -> f64 {
    n as f64
}

#[allow(clippy::cast_precision_loss)] // minutes or weeks
const fn small(n: i64) -> f64 {
    n as f64
}

/// The crew that works at a thing: of its site, else of its department, else the department's people.
fn crew(
    thing: &Thing<'_>,
    estate: &Estate,
    plan: &PlanSettings,
    values: &Values,
    crews: &mut Positions,
    built: &mut Built<'_>,
) -> u32 {
    let site = thing.site();
    // The department that runs the site pays and sends, as in a plan.
    let department = site
        .and_then(|s| estate.site_called(s)?.department.as_deref())
        .or_else(|| {
            let own = thing.department()?;
            Some(estate.department_called(own).map_or(own, |d| d.id.as_str()))
        })
        .unwrap_or("department not stated");
    let line = plan
        .crew
        .iter()
        .position(|c| site.is_some_and(|s| c.sites.iter().any(|x| x == s)))
        .or_else(|| {
            let serves = |c: &cellsweep_estate::plan::CrewLine| {
                c.departments.iter().any(|d| d == department)
            };
            plan.crew.iter().position(serves)
        });
    let (key, name, hours_a_month, own) = match line.and_then(|n| Some((n, plan.crew.get(n)?))) {
        Some((n, c)) => {
            let months = f64::from(plan.months.unwrap_or(MONTHS).max(1));
            (format!("\u{0}{n}"), c.name.clone(), c.hours / months, true)
        }
        None => (
            department.to_owned(),
            format!("people of {department}"),
            values.typical("crew.hours"),
            false,
        ),
    };
    let (at, new) = crews.of(&key);
    if new {
        let minutes_a_week = hours_a_month * 60.0 / WEEKS_A_MONTH;
        built.problem.crews.push(minutes_a_week);
        built.crews.push(CrewOf {
            name,
            minutes_a_week,
            own,
        });
    }
    at
}

fn listed(thing: &Thing<'_>, service: String) -> Listed {
    let first = thing.findings.first().map(|f| &f.finding);
    Listed {
        asset: thing.asset.map(|a| a.id.clone()),
        findings: thing
            .findings
            .iter()
            .map(|f| f.finding.id.clone())
            .collect(),
        department: thing.department().map(str::to_owned),
        site: thing.site().map(str::to_owned),
        product: thing.asset.and_then(|a| a.product.clone()),
        module: first.map_or_else(
            || thing.asset.map(|a| a.why.clone()).unwrap_or_default(),
            |f| match f.maker() {
                Some(maker) => {
                    let name = f.module.maker_name.as_deref().unwrap_or(maker);
                    f.module
                        .family
                        .as_deref()
                        .map_or_else(|| name.to_owned(), |family| format!("{name} {family}"))
                }
                None if f.candidates.is_empty() => "maker not settled".to_owned(),
                None => {
                    let all: Vec<&str> = f.candidates.iter().map(|c| c.maker.as_str()).collect();
                    let more = if f.closed { "" } else { ", or another" };
                    format!("one of {}{more}", all.join(", "))
                }
            },
        ),
        quantity: thing.devices,
        service,
        settled_by: first
            .filter(|f| f.maker().is_none())
            .and_then(|f| f.settled_by.clone())
            .or_else(|| thing.asset.and_then(|a| a.settled_by.clone())),
    }
}
