//! From a report and an estate to a problem.

use std::collections::BTreeMap;

use cellsweep_estate::Estate;
use cellsweep_estate::plan::PlanSettings;
use cellsweep_identify::{AssetState, AssetStatus};
use cellsweep_plan::problem::{
    Asset, Bridge, Choice, Deadline, Kind, Limit, MOST, Party, Period, Problem, Resource, Site,
};
use cellsweep_policy::{Status, Verdict};
use jiff::ToSpan as _;
use jiff::civil::Date;

use super::defaults::{Defaults, Measure, Swap, Used, cents};
use super::{Due, PlanError};
use crate::model::{Report, ReportFinding};
use crate::risk::{OUTCOMES, reading};
use crate::standing::{is_there, undecided};

/// Periods without a word of the estate.
const PERIODS: u16 = 12;
/// Months in each.
const MONTHS: u8 = 3;

/// What is to be done about one asset, and with what.
pub(super) struct Job<'r> {
    /// Asset, if the findings have one.
    pub(super) asset: Option<&'r AssetState>,
    /// Findings that call for it.
    pub(super) findings: Vec<&'r ReportFinding>,
    /// Ids of the values of each choice.
    pub(super) choices: Vec<Means<'r>>,
    /// Measures of each bridge.
    pub(super) bridges: Vec<&'r Measure>,
    /// Outcome of the gravest finding.
    pub(super) outcome: &'static str,
    /// What asks for it, and by when.
    pub(super) due: Option<Due>,
    /// Risk points a month.
    pub(super) points: i64,
}

/// By what a choice is done.
pub(super) enum Means<'r> {
    /// Id of the cost.
    Replace(String),
    /// The swap.
    Swap(&'r Swap),
}

/// What has to be found out before anything is planned.
pub(super) struct Open<'r> {
    pub(super) asset: Option<&'r AssetState>,
    pub(super) finding: Option<&'r ReportFinding>,
    pub(super) question: String,
}

/// A problem, with what its positions mean.
pub(super) struct Built<'r> {
    pub(super) problem: Problem,
    pub(super) jobs: Vec<Job<'r>>,
    pub(super) open: Vec<Open<'r>>,
    pub(super) used: BTreeMap<String, Used>,
    pub(super) months: i64,
}

/// Ids in the order of their first use.
#[derive(Default)]
struct Ids {
    at: BTreeMap<String, u32>,
    list: Vec<Party>,
}

impl Ids {
    fn of(&mut self, id: &str, name: &str) -> u32 {
        if let Some(at) = self.at.get(id) {
            return *at;
        }
        let at = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        self.list.push(Party {
            id: id.to_owned(),
            name: name.to_owned(),
        });
        self.at.insert(id.to_owned(), at);
        at
    }
}

fn periods(settings: &PlanSettings, date: Date) -> Result<Vec<(Period, Date, Date)>, PlanError> {
    let months = settings.months.unwrap_or(MONTHS);
    let first = match settings.start {
        Some(day) => day,
        None => date
            .first_of_month()
            .checked_add(1.month())
            .map_err(|e| PlanError::Date(e.to_string()))?,
    };
    let mut out = Vec::new();
    for n in 0..settings.periods.unwrap_or(PERIODS) {
        let from = first
            .checked_add((i64::from(n) * i64::from(months)).months())
            .map_err(|e| PlanError::Date(e.to_string()))?;
        let to = first
            .checked_add((i64::from(n + 1) * i64::from(months)).months())
            .and_then(Date::yesterday)
            .map_err(|e| PlanError::Date(e.to_string()))?;
        let whole = from.day() == 1;
        let name = match months {
            12 if whole && from.month() == 1 => format!("{}", from.year()),
            3 if whole && from.month() % 3 == 1 => {
                format!("{}-Q{}", from.year(), (from.month() - 1) / 3 + 1)
            }
            _ if whole => format!("{}-{:02}", from.year(), from.month()),
            _ => from.to_string(),
        };
        let period = Period {
            name,
            first: from.to_string(),
            last: to.to_string(),
        };
        out.push((period, from, to));
    }
    Ok(out)
}

/// A verdict for which a module is replaced or mitigated: a rule forbids it, now or later, or advises
/// against it.
fn calls(v: &Verdict) -> bool {
    matches!(
        v.status,
        Status::Prohibited | Status::RestrictedFrom | Status::Advisory
    )
}

/// By when, if the verdict names a day: the deadline, or the first day of a restriction.
fn due(v: &Verdict) -> Due {
    let binding = matches!(v.status, Status::Prohibited | Status::RestrictedFrom);
    let day = match v.status {
        Status::RestrictedFrom => v.deadline.as_ref().or(v.effective.as_ref()),
        _ => v.deadline.as_ref(),
    };
    Due {
        rule: format!("{}/{}", v.pack, v.rule),
        day: day.cloned(),
        binding,
        basis: v.basis.clone(),
        kept: None,
    }
}

/// Builds.
pub(super) fn build<'r>(
    report: &'r Report,
    estate: &Estate,
    defaults: &'r Defaults,
) -> Result<Built<'r>, PlanError> {
    let none = PlanSettings::default();
    let settings = estate.plan.as_ref().unwrap_or(&none);
    let date: Date = report
        .date
        .parse()
        .map_err(|e: jiff::Error| PlanError::Date(e.to_string()))?;
    let periods = periods(settings, date)?;
    let months = i64::from(settings.months.unwrap_or(MONTHS));
    let used = defaults.used(Some(settings));
    known(report, settings, &used)?;
    let last = u16::try_from(periods.len())
        .unwrap_or(u16::MAX)
        .saturating_sub(1);
    let start = periods.first().map(|p| p.1);
    // The first period that begins when so many weeks have passed; none if the plan ends before.
    let after_weeks = |weeks: i64| -> Option<u16> {
        if weeks == 0 {
            return Some(0);
        }
        let day = start?.checked_add(weeks.weeks()).ok()?;
        let at = periods.iter().position(|(_, from, _)| *from >= day)?;
        u16::try_from(at).ok()
    };

    let mut stocks = Ids::default();
    for line in &settings.stock {
        let what = used.get(&line.part).map_or("", |u| u.what.as_str());
        stocks.of(&line.part, what);
    }
    let mut departments = Ids::default();
    for d in &estate.departments {
        departments.of(&d.id, &d.name);
    }
    let mut crews = Ids::default();
    for (at, c) in settings.crew.iter().enumerate() {
        crews.of(&format!("crew-{at}"), &c.name);
    }
    let assets: BTreeMap<&str, &AssetState> =
        report.assets.iter().map(|a| (a.id.as_str(), a)).collect();

    // Findings by asset; those without one stand alone.
    let mut groups: BTreeMap<(bool, &str), Vec<&ReportFinding>> = BTreeMap::new();
    for f in &report.findings {
        if !is_there(f.finding.presence) {
            continue;
        }
        let key = match f.finding.subject.asset.as_deref() {
            Some(id) => (true, id),
            None => (false, f.finding.id.as_str()),
        };
        groups.entry(key).or_default().push(f);
    }
    let mut open = Vec::new();
    let mut jobs: Vec<Job<'r>> = Vec::new();
    for ((_, id), findings) in &groups {
        let asset = assets.get(id).copied();
        let acting: Vec<&ReportFinding> = findings
            .iter()
            .copied()
            .filter(|f| f.finding.maker().is_some() && f.verdicts.iter().any(calls))
            .collect();
        if acting.is_empty() {
            for f in findings {
                if f.finding.maker().is_none() || f.verdicts.iter().any(|v| undecided(v.status)) {
                    open.push(Open {
                        asset,
                        finding: Some(f),
                        question: question(f),
                    });
                }
            }
            continue;
        }
        jobs.push(job(asset, acting, defaults));
    }
    for a in &report.assets {
        if a.status == AssetStatus::NotAssessed {
            open.push(Open {
                asset: Some(a),
                finding: None,
                question: a.settled_by.clone().unwrap_or_else(|| a.why.clone()),
            });
        }
    }
    // What comes first stands first in the list.
    let position: BTreeMap<String, usize> = jobs
        .iter()
        .enumerate()
        .filter_map(|(at, j)| Some((j.asset?.id.clone(), at)))
        .collect();
    let mut orders: Vec<(usize, usize)> = Vec::new();
    let mut lines: Vec<u32> = Vec::new();
    for (n, o) in settings.order.iter().enumerate() {
        if let (Some(first), Some(then)) = (position.get(&o.first), position.get(&o.then)) {
            orders.push((*first, *then));
            let place = settings.places.order.get(n);
            lines.push(place.map_or(0, |s| s.start.line));
        }
    }
    let (jobs, orders) = sorted(jobs, &orders, &lines)?;

    let mut problem = Problem {
        periods: periods.iter().map(|p| p.0.clone()).collect(),
        cents_per_point: settings
            .price_of_risk
            .map_or(defaults.weights.cents_per_point, cents),
        ..Problem::default()
    };
    let mut sites: BTreeMap<String, u32> = BTreeMap::new();
    let visit = used.get("visit");
    for (at, job) in jobs.iter().enumerate() {
        let subject = job.findings.first().map(|f| &f.finding.subject);
        let own = job
            .asset
            .and_then(|a| a.department.as_deref())
            .or_else(|| subject?.department.as_deref())
            .unwrap_or("department not stated");
        let department = departments.of(own, own);
        let site = job
            .asset
            .and_then(|a| a.site.as_deref())
            .or_else(|| subject?.site.as_deref());
        // Without a site nobody knows that a visit is shared.
        let key = site.map_or_else(|| format!("\u{0}{at}"), str::to_owned);
        let site_at = if let Some(at) = sites.get(&key) {
            *at
        } else {
            let known = site.and_then(|s| estate.site(s));
            let pays = known
                .and_then(|s| s.department.as_deref())
                .map_or(department, |d| departments.of(d, d));
            let of_department = departments
                .list
                .get(pays as usize)
                .map(|d| d.id.clone())
                .unwrap_or_default();
            let crew = settings
                .crew
                .iter()
                .position(|c| site.is_some_and(|s| c.sites.iter().any(|x| x == s)))
                .or_else(|| {
                    settings
                        .crew
                        .iter()
                        .position(|c| c.departments.contains(&of_department))
                });
            let crew = match crew.and_then(|c| settings.crew.get(c).map(|line| (c, line))) {
                Some((c, line)) => crews.of(&format!("crew-{c}"), &line.name),
                None => crews.of(&of_department, &format!("people of {of_department}")),
            };
            let blackout = (0..)
                .zip(&periods)
                .filter(|(_, (_, from, to))| {
                    settings.blackout.iter().any(|b| {
                        (b.departments.contains(&of_department)
                            || site.is_some_and(|s| b.sites.iter().any(|x| x == s)))
                            && half(*from, *to, b.from, b.to)
                    })
                })
                .map(|(n, _)| n)
                .collect();
            let at = u32::try_from(problem.sites.len()).unwrap_or(u32::MAX);
            problem.sites.push(Site {
                id: site.unwrap_or("site not stated").to_owned(),
                department: pays,
                crew,
                visit_cents: visit.map_or(0, |v| v.cents),
                visit_minutes: visit.map_or(0, |v| v.minutes),
                blackout,
            });
            sites.insert(key, at);
            at
        };
        let quantity = job
            .findings
            .iter()
            .map(|f| f.finding.quantity)
            .max()
            .unwrap_or(1);
        let quantity = i64::try_from(quantity).unwrap_or(MOST).clamp(1, 10_000);
        let points = job.points * months * quantity;
        let mut asset = Asset {
            id: job
                .asset
                .map(|a| a.id.clone())
                .or_else(|| Some(job.findings.first()?.finding.id.clone()))
                .unwrap_or_default(),
            site: site_at,
            department,
            points,
            ..Asset::default()
        };
        for means in &job.choices {
            let (id, kind) = match means {
                Means::Replace(id) => (id.as_str(), Kind::Replace),
                Means::Swap(s) => (s.id.as_str(), Kind::Swap),
            };
            let Some(value) = used.get(id) else { continue };
            // A choice that no period allows still stands in the list: positions must agree.
            let earliest = after_weeks(value.lead_weeks).unwrap_or(last.saturating_add(1));
            asset.choices.push(Choice {
                kind,
                cents: (value.cents * quantity).min(MOST),
                minutes: (value.minutes * quantity).min(MOST),
                visit: true,
                earliest,
                stock: stocks.at.get(id).copied(),
                meets_deadline: true,
                ..Choice::default()
            });
        }
        for m in &job.bridges {
            let Some(value) = used.get(&m.id) else {
                continue;
            };
            asset.bridges.push(Bridge {
                name: m.what.clone(),
                cents: (value.cents * quantity).min(MOST),
                minutes: (value.minutes * quantity).min(MOST),
                crew: None,
                earliest: after_weeks(value.lead_weeks).unwrap_or(last.saturating_add(1)),
                points_while: share(points, m.keeps),
            });
        }
        if let Some(due) = &job.due
            && let Some(day) = due.day.as_deref().and_then(|d| d.parse::<Date>().ok())
            && let Some(keeps) = periods.iter().rposition(|(_, _, to)| *to <= day)
            && periods.last().is_some_and(|(_, _, to)| day < *to)
        {
            asset.deadline = Some(Deadline {
                period: u16::try_from(keeps).unwrap_or(last),
                day: day.to_string(),
                binding: due.binding,
                missed_cents: if due.binding {
                    defaults.weights.missed_binding_cents
                } else {
                    defaults.weights.missed_target_cents
                },
                rule: due.rule.clone(),
            });
        }
        problem.assets.push(asset);
    }
    for (first, then) in orders {
        if let Some(a) = problem.assets.get_mut(then) {
            a.after.push(u32::try_from(first).unwrap_or(0));
        }
    }
    limits(&mut problem, settings, &departments, &periods);
    deliveries(&mut problem, settings, &stocks, &periods);
    problem.stocks = stocks.list;
    problem.departments = departments.list;
    problem.crews = crews.list;
    Ok(Built {
        problem,
        jobs,
        open,
        used,
        months,
    })
}

#[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss)] // points are small counts
fn share(points: i64, keeps: f64) -> i64 {
    ((points as f64 * keeps.clamp(0.0, 1.0)).ceil() as i64).clamp(0, points)
}

/// Whether half of the days of a period, or more, fall into a time.
fn half(from: Date, to: Date, begin: Date, end: Date) -> bool {
    let days = |a: Date, b: Date| (b - a).get_days() + 1;
    let (a, b) = (from.max(begin), to.min(end));
    a <= b && 2 * days(a, b) >= days(from, to)
}

fn limits(
    problem: &mut Problem,
    settings: &PlanSettings,
    departments: &Ids,
    periods: &[(Period, Date, Date)],
) {
    let last = u16::try_from(periods.len())
        .unwrap_or(u16::MAX)
        .saturating_sub(1);
    for b in &settings.budget {
        let Some(d) = departments.at.get(&b.department) else {
            continue;
        };
        let on = Resource::Budget(*d);
        let amount = cents(b.amount);
        if b.from.is_none() && b.to.is_none() {
            problem.limits.extend((0..=last).map(|n| Limit {
                on,
                from: n,
                to: n,
                amount,
            }));
            continue;
        }
        let inside = |day: Date| b.from.is_none_or(|f| f <= day) && b.to.is_none_or(|t| day <= t);
        let mut at = (0u16..)
            .zip(periods)
            .filter(|(_, (_, from, _))| inside(*from))
            .map(|(n, _)| n);
        if let Some(from) = at.next() {
            problem.limits.push(Limit {
                on,
                from,
                to: at.last().unwrap_or(from),
                amount,
            });
        }
    }
    for (c, line) in (0u32..).zip(&settings.crew) {
        problem.limits.extend((0..=last).map(|n| Limit {
            on: Resource::Crew(c),
            from: n,
            to: n,
            amount: cents(line.hours) * 60 / 100,
        }));
    }
}

/// Parts: what is used up to a period was there by its first day.
fn deliveries(
    problem: &mut Problem,
    settings: &PlanSettings,
    stocks: &Ids,
    periods: &[(Period, Date, Date)],
) {
    for (id, at) in &stocks.at {
        let of = settings.stock.iter().filter(|s| s.part == *id);
        problem
            .limits
            .extend((0u16..).zip(periods).map(|(n, (_, first, _))| {
                let there = of
                    .clone()
                    .filter(|s| s.from.is_none_or(|day| day <= *first));
                Limit {
                    on: Resource::Stock(*at),
                    from: 0,
                    to: n,
                    amount: there.map(|s| i64::from(s.count)).sum(),
                }
            }));
    }
}

/// Whether everything that `[plan]` names is there.
fn known(
    report: &Report,
    settings: &PlanSettings,
    used: &BTreeMap<String, Used>,
) -> Result<(), PlanError> {
    let places = &settings.places;
    let line = |span: Option<&cellsweep_estate::Span>| span.map_or(0, |s| s.start.line);
    let costs = settings.costs.keys();
    let costs = costs.map(|id| ("costs", id, line(places.costs.get(id))));
    let stock = settings.stock.iter().enumerate();
    let stock = stock.map(|(n, s)| ("stock", &s.part, line(places.stock.get(n))));
    for (section, id, line) in costs.chain(stock) {
        let fits =
            |id: &str| section == "costs" || id.starts_with("replace.") || id.starts_with("swap.");
        if !used.contains_key(id) || !fits(id) {
            let mut close: Vec<(f64, &String)> = used
                .keys()
                .filter(|k| fits(k))
                .map(|k| (strsim::jaro_winkler(id, k), k))
                .filter(|(near, _)| *near > 0.85)
                .collect();
            close.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.cmp(b.1)));
            return Err(PlanError::UnknownValue {
                line,
                section,
                id: id.clone(),
                of: if section == "costs" {
                    "anything"
                } else {
                    "a device or module"
                },
                suggestions: close.into_iter().take(3).map(|(_, k)| k.clone()).collect(),
            });
        }
    }
    if !settings.order.is_empty() {
        let assets: std::collections::BTreeSet<&str> =
            report.assets.iter().map(|a| a.id.as_str()).collect();
        for (n, o) in settings.order.iter().enumerate() {
            for id in [&o.first, &o.then] {
                if !assets.contains(id.as_str()) {
                    return Err(PlanError::UnknownAsset {
                        line: line(places.order.get(n)),
                        id: id.clone(),
                    });
                }
            }
        }
    }
    Ok(())
}

/// Line of an order that is part of a circle: who waits for ever is followed back until somebody comes
/// again.
fn circle(waits: &[usize], orders: &[(usize, usize)], lines: &[u32]) -> u32 {
    let waiting = |at: usize| waits.get(at).is_some_and(|n| *n > 0);
    let mut seen = std::collections::BTreeSet::new();
    let mut at = (0..waits.len()).find(|at| waiting(*at)).unwrap_or(0);
    loop {
        let before = orders
            .iter()
            .position(|(first, then)| *then == at && waiting(*first));
        let Some((n, (first, _))) = before.and_then(|n| Some((n, orders.get(n)?))) else {
            return 0;
        };
        if !seen.insert(at) {
            return lines.get(n).copied().unwrap_or(0);
        }
        at = *first;
    }
}

/// Jobs so that what comes first stands first, and orders in the new positions.
type Sorted<'r> = (Vec<Job<'r>>, Vec<(usize, usize)>);

fn sorted<'r>(
    jobs: Vec<Job<'r>>,
    orders: &[(usize, usize)],
    lines: &[u32],
) -> Result<Sorted<'r>, PlanError> {
    if orders.is_empty() {
        return Ok((jobs, Vec::new()));
    }
    let mut waits = vec![0usize; jobs.len()];
    for (_, then) in orders {
        if let Some(w) = waits.get_mut(*then) {
            *w += 1;
        }
    }
    let mut ready: std::collections::BTreeSet<usize> = waits
        .iter()
        .enumerate()
        .filter(|(_, w)| **w == 0)
        .map(|(at, _)| at)
        .collect();
    let mut new_at = vec![0usize; jobs.len()];
    let mut sequence = Vec::with_capacity(jobs.len());
    while let Some(at) = ready.pop_first() {
        if let Some(n) = new_at.get_mut(at) {
            *n = sequence.len();
        }
        sequence.push(at);
        for (_, then) in orders.iter().filter(|(first, _)| *first == at) {
            if let Some(w) = waits.get_mut(*then) {
                *w -= 1;
                if *w == 0 {
                    ready.insert(*then);
                }
            }
        }
    }
    if sequence.len() < jobs.len() {
        return Err(PlanError::Order {
            line: circle(&waits, orders, lines),
        });
    }
    let mut slots: Vec<Option<Job<'r>>> = jobs.into_iter().map(Some).collect();
    let jobs = sequence
        .iter()
        .filter_map(|at| slots.get_mut(*at)?.take())
        .collect();
    let place = |at: usize| new_at.get(at).copied().unwrap_or(0);
    let orders = orders.iter().map(|(a, b)| (place(*a), place(*b))).collect();
    Ok((jobs, orders))
}

/// What has to be asked about a finding.
fn question(f: &ReportFinding) -> String {
    let legal = f
        .verdicts
        .iter()
        .find(|v| v.status == Status::NeedsLegalReading);
    if let (Some(v), Some(_)) = (legal, f.finding.maker()) {
        return format!("legal reading of {}/{}: {}", v.pack, v.rule, v.basis);
    }
    f.finding.settled_by.clone().unwrap_or_else(|| {
        f.verdicts
            .iter()
            .find(|v| undecided(v.status))
            .map_or_else(|| "who made the module".to_owned(), |v| v.basis.clone())
    })
}

fn job<'r>(
    asset: Option<&'r AssetState>,
    findings: Vec<&'r ReportFinding>,
    defaults: &'r Defaults,
) -> Job<'r> {
    let class = asset.and_then(|a| a.class.as_deref());
    let mut choices = vec![Means::Replace(defaults.replacement(class).to_owned())];
    // A swap helps only if it takes away every module that calls for it, and there is one.
    if let [one] = findings.as_slice() {
        let module = &one.finding.module;
        choices.extend(
            defaults
                .swap
                .iter()
                .filter(|s| {
                    module.maker.as_deref() == Some(s.maker.as_str())
                        && module
                            .family
                            .as_deref()
                            .is_some_and(|f| s.families.iter().any(|x| x == f))
                        // One package only: "LCC;mPCIe" leaves open whether it is soldered.
                        && module
                            .form_factor
                            .as_deref()
                            .is_some_and(|p| s.form_factors.iter().any(|x| x == p))
                })
                .map(Means::Swap),
        );
    }
    let readings = findings.iter().filter_map(|f| reading(f));
    let rank = readings.map(|r| r.outcome).min();
    let outcome = rank
        .and_then(|r| OUTCOMES.get(r).copied())
        .unwrap_or("no_basis");
    let asks = findings
        .iter()
        .flat_map(|f| &f.verdicts)
        .filter(|v| calls(v))
        .map(due)
        .min_by_key(|d| (!d.binding, d.day.is_none(), d.day.clone(), d.rule.clone()));
    Job {
        asset,
        findings,
        choices,
        bridges: defaults.measures(class).collect(),
        outcome,
        due: asks,
        points: defaults.weights.points.get(outcome).copied().unwrap_or(1),
    }
}
