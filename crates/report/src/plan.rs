//! From a report to a plan: what is done about which asset, when, at what cost, and what has to be found
//! out first. The problem is solved by `cellsweep-plan`; this module builds it and says the answer in words.

mod build;
pub mod defaults;
pub mod documents;
pub mod page;
pub mod pictures;

use std::collections::{BTreeMap, BTreeSet};

use cellsweep_estate::Estate;
use cellsweep_plan::problem::{Asset, Period, Planned};
use cellsweep_plan::shortfall::Lacking;
use cellsweep_plan::solve::limit_says;
use cellsweep_plan::{Certificate, Effort, Pick, Problem, Schedule, Solver, Status, solve};
use serde::{Deserialize, Serialize};

use crate::model::{Report, ReportFinding, Tool};
use crate::standing::product_says;
use build::{Built, Job, Means, build};
use defaults::{Defaults, Used};

/// Identifier of the JSON shape; additive minor versions keep it.
pub const SCHEMA: &str = "https://cellsweep.example/schema/plan-1";

/// Why there is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlanError {
    /// The table of defaults.
    #[error("tables/plan-1.toml: {0}")]
    Defaults(String),
    /// A date.
    #[error("a date of the plan: {0}")]
    Date(String),
    /// Orders of work in a circle.
    #[error(
        "estate file, line {line}: [[plan.order]]: this and other orders of work run in a circle"
    )]
    Order {
        /// Line of one of them, counted from 1.
        line: u32,
    },
    /// `[plan.costs]` or `[[plan.stock]]` names a value that the table does not have.
    #[error(
        "estate file, line {line}: [plan] {section}: `{id}` is no cost of {of} in tables/plan-1.toml{}",
        near(suggestions)
    )]
    UnknownValue {
        /// Line, counted from 1.
        line: u32,
        /// Part of the section.
        section: &'static str,
        /// Id.
        id: String,
        /// Of what it would have to be one.
        of: &'static str,
        /// Ids that look like it.
        suggestions: Vec<String>,
    },
    /// `[[plan.order]]` names an asset that the estate does not have.
    #[error("estate file, line {line}: [[plan.order]]: the estate has no asset `{id}`")]
    UnknownAsset {
        /// Line, counted from 1.
        line: u32,
        /// Id.
        id: String,
    },
    /// The problem cannot be planned.
    #[error(transparent)]
    Fault(#[from] cellsweep_plan::Fault),
}

fn near(suggestions: &[String]) -> String {
    if suggestions.is_empty() {
        String::new()
    } else {
        format!("; did you mean {}?", suggestions.join(", "))
    }
}

/// A plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Plan {
    /// [`SCHEMA`].
    pub schema: String,
    /// Program name and version.
    pub tool: Tool,
    /// Organisation.
    pub organisation: Option<String>,
    /// The date asked about, `YYYY-MM-DD`.
    pub date: String,
    /// How good the plan is known to be.
    pub status: Status,
    /// What solved integer programs, where the problem is small enough for one.
    #[serde(default)]
    pub solver: Solver,
    /// What is minimised, in cents: exposure priced, money spent, deadlines missed.
    pub objective: i64,
    /// No plan of this problem costs less, in cents.
    pub bound: i64,
    /// (objective - bound) / objective.
    pub gap: f64,
    /// Currency of every amount.
    pub currency: String,
    /// Months in a period.
    pub months: i64,
    /// What the objective is made of.
    pub sums: PlanSums,
    /// Departments by period.
    pub departments: Vec<DepartmentPlan>,
    /// What lacks, where binding deadlines are missed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shortfall: Option<Lack>,
    /// Everything to do, by period, department, site and asset.
    pub actions: Vec<Action>,
    /// Values used, each with where it comes from.
    pub values: Vec<Used>,
    /// Version of the table of defaults, and whence its weights.
    pub table: String,
    /// What was solved: with `schedule` and `certificate`, all that a checker needs.
    pub problem: Problem,
    /// Picks, in the order of the problem's assets.
    pub schedule: Schedule,
    /// Prices from which the bound follows.
    pub certificate: Certificate,
}

/// What the objective is made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanSums {
    /// Assets that something is to be done about.
    pub assets: u64,
    /// Risk points times months, as planned.
    pub exposure_points: i64,
    /// The same if nothing were done.
    pub exposure_points_untouched: i64,
    /// What a point for a month counts, in cents.
    pub cents_per_point: i64,
    /// Money of actions and visits, in cents.
    pub spent_cents: i64,
    /// Visits to sites.
    pub visits: u64,
    /// Assets whose binding deadline is missed.
    pub missed: u64,
    /// Assets whose target date is missed.
    pub missed_targets: u64,
    /// Things to find out first.
    pub to_settle: u64,
}

/// One department.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentPlan {
    /// Id.
    pub id: String,
    /// Name.
    pub name: String,
    /// Who answers for it.
    #[serde(default)]
    pub owner: Option<String>,
    /// Things to find out first.
    pub to_settle: u64,
    /// Assets left as they are.
    pub accepted: u64,
    /// By period.
    pub periods: Vec<DepartmentPeriod>,
}

/// One department in one period.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DepartmentPeriod {
    /// Devices and modules replaced.
    pub replaced: u64,
    /// Measures put in place.
    pub mitigated: u64,
    /// Visits that the department pays for.
    pub visits: u64,
    /// Money, in cents.
    pub cents: i64,
    /// Time of people, in minutes.
    pub minutes: i64,
    /// Risk points at work in the period, per month.
    pub points: i64,
}

/// What lacks for binding deadlines.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lack {
    /// Assets whose deadline is missed.
    pub assets: Vec<String>,
    /// Of these: no period is early enough, whatever is spent.
    pub out_of_reach: Vec<String>,
    /// At least so many are missed by every plan that keeps the limits.
    #[serde(default)]
    pub least_missed: u64,
    /// What would be enough to keep the others, in words and numbers.
    pub add: Vec<LackOf>,
    /// The sums of that by kind, each with what every plan that keeps these dates needs at least.
    #[serde(default)]
    pub least: Vec<LackLeast>,
    /// Positions of limits in the problem with what is added to each.
    pub limits: Vec<(u32, i64)>,
    /// A plan that keeps them with that.
    pub schedule: Schedule,
}

/// One thing that lacks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LackOf {
    /// Of what, whose, when.
    pub of: String,
    /// How much.
    pub amount: i64,
    /// `cents`, `minutes` or `units`.
    pub unit: String,
}

/// A sum of what lacks, over all limits of a kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LackLeast {
    /// `money`, `time of crews` or `spare parts`.
    pub of: String,
    /// How much is enough.
    pub amount: i64,
    /// No less is, however much there is of the other kinds.
    pub at_least: i64,
    /// `cents`, `minutes` or `units`.
    pub unit: String,
}

/// By when, and what asks for it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// Pack and rule.
    pub rule: String,
    /// Day, `YYYY-MM-DD`, if it names one.
    pub day: Option<String>,
    /// A rule in force, or coming into force, asks it; else it is advised.
    pub binding: bool,
    /// Why, as the verdict has it.
    pub basis: String,
    /// Whether the plan keeps the day.
    pub kept: Option<bool>,
}

/// What an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ActionKind {
    /// Find out what is in it before anything else.
    Settle,
    /// Lower the exposure from afar.
    Mitigate,
    /// Replace the device.
    Replace,
    /// Replace the module.
    ModuleSwap,
    /// Leave it as it is, with an owner and an expiry.
    Accept,
}

impl Action {
    /// What is done, in words; of a mitigation also what it lowers, what it does not, and until when.
    pub fn says(&self) -> String {
        let mut out = format!("{}: {}", self.action.says(), self.what);
        if self.action == ActionKind::Mitigate {
            let or = |t: &Option<String>| t.clone().unwrap_or_else(|| "not stated".to_owned());
            out = format!(
                "{out}. Lowers {}. Does not lower {}. Holds until {}",
                or(&self.lowers),
                or(&self.leaves),
                or(&self.until)
            );
        }
        out
    }
}

impl ActionKind {
    /// Words for people.
    pub const fn says(self) -> &'static str {
        match self {
            Self::Settle => "settle what it is",
            Self::Mitigate => "mitigate",
            Self::Replace => "replace the device",
            Self::ModuleSwap => "replace the module",
            Self::Accept => "accept",
        }
    }
}

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Action {
    /// What.
    pub action: ActionKind,
    /// Asset, if there is one.
    pub asset: Option<String>,
    /// Findings that call for it.
    pub findings: Vec<String>,
    /// Product.
    pub product: String,
    /// Class of asset.
    pub class: Option<String>,
    /// Module in words.
    pub module: String,
    /// Department.
    pub department: Option<String>,
    /// Site.
    pub site: Option<String>,
    /// Who does it or answers for it.
    pub owner: Option<String>,
    /// Period.
    pub period: Option<String>,
    /// First day on which it can be done.
    pub from: Option<String>,
    /// Last day.
    pub by: Option<String>,
    /// In words.
    pub what: String,
    /// Money without the visit, in cents.
    pub cents: i64,
    /// Time without the visit, in minutes.
    pub minutes: i64,
    /// Somebody travels to the site; the visit is shared by all work there in the period.
    pub visit: bool,
    /// By when, and what asks for it.
    pub due: Option<Due>,
    /// Outcome of the risk table.
    pub outcome: Option<String>,
    /// Risk points a month before.
    pub points_before: i64,
    /// Risk points a month afterwards.
    pub points_after: i64,
    /// Until when it holds: of a mitigation in words, of an acceptance its last day.
    pub until: Option<String>,
    /// What a mitigation lowers.
    #[serde(default)]
    pub lowers: Option<String>,
    /// What it does not lower.
    pub leaves: Option<String>,
    /// What to ask.
    pub question: Option<String>,
    /// Id of the value by which it is costed.
    pub value: Option<String>,
}

/// Plans.
///
/// # Errors
/// There is nothing that could be planned: see [`PlanError`].
pub fn make(
    report: &Report,
    estate: &Estate,
    before: Option<&Plan>,
    effort: &Effort,
) -> Result<Plan, PlanError> {
    let table = Defaults::embedded()?;
    let mut built = build(report, estate, table)?;
    if let Some(before) = before {
        keep(&mut built.problem, before, table.weights.change_cents);
    }
    let currency = estate
        .plan
        .as_ref()
        .and_then(|p| p.currency.clone())
        .unwrap_or_else(|| table.currency.clone());
    for value in built.used.values_mut() {
        if currency != table.currency && !value.own {
            let note = format!("; a figure in {}, not converted", table.currency);
            value.source.push_str(&note);
        }
    }
    let built = built;
    let outcome = solve(&built.problem, effort)?;
    let problem = &built.problem;
    let mut actions = actions(&built, &outcome.schedule, estate);
    actions.sort_by(|a, b| {
        let key = |x: &Action| {
            (
                x.from.clone().unwrap_or_else(|| "9999".to_owned()),
                x.action,
                x.department.clone(),
                x.site.clone(),
                x.asset.clone(),
                x.findings.clone(),
            )
        };
        key(a).cmp(&key(b))
    });
    let periods = i64::try_from(problem.periods.len()).unwrap_or(0);
    let untouched: i64 = problem.assets.iter().map(|a| a.points * periods).sum();
    let shortfall = outcome.shortfall.as_ref().map(|s| {
        let name = |at: &u32| {
            problem
                .assets
                .get(*at as usize)
                .map(|a| a.id.clone())
                .unwrap_or_default()
        };
        Lack {
            assets: s.assets.iter().map(name).collect(),
            out_of_reach: s.out_of_reach.iter().map(name).collect(),
            add: s
                .add
                .iter()
                .map(|(l, amount)| LackOf {
                    of: limit_says(problem, *l as usize),
                    amount: *amount,
                    unit: match problem.limits.get(*l as usize).map(|l| l.on) {
                        Some(cellsweep_plan::problem::Resource::Crew(_)) => "minutes",
                        Some(cellsweep_plan::problem::Resource::Stock(_)) => "units",
                        _ => "cents",
                    }
                    .to_owned(),
                })
                .collect(),
            least_missed: s.least_missed,
            least: s
                .least
                .iter()
                .map(|l| {
                    let (of, unit) = match l.kind {
                        Lacking::Budget => ("money", "cents"),
                        Lacking::Crew => ("time of crews", "minutes"),
                        Lacking::Stock => ("spare parts", "units"),
                    };
                    LackLeast {
                        of: of.to_owned(),
                        amount: l.added,
                        at_least: l.at_least,
                        unit: unit.to_owned(),
                    }
                })
                .collect(),
            limits: s.add.clone(),
            schedule: s.schedule.clone(),
        }
    });
    Ok(Plan {
        schema: SCHEMA.to_owned(),
        tool: report.tool.clone(),
        organisation: report.organisation.clone(),
        date: report.date.clone(),
        status: outcome.status,
        solver: outcome.solver,
        objective: outcome.objective,
        bound: outcome.bound,
        gap: outcome.gap,
        currency,
        months: built.months,
        sums: PlanSums {
            assets: problem.assets.len() as u64,
            exposure_points: outcome.sums.exposure_points,
            exposure_points_untouched: untouched,
            cents_per_point: problem.cents_per_point,
            spent_cents: outcome.sums.spent_cents,
            visits: outcome.sums.visits,
            missed: outcome.sums.missed,
            missed_targets: outcome.sums.missed_targets,
            to_settle: built.open.len() as u64,
        },
        departments: departments(&built, &outcome.schedule, estate),
        shortfall,
        actions,
        values: built.used.into_values().collect(),
        table: format!(
            "{} ({}); {}",
            table.version, table.as_of, table.weights.basis
        ),
        problem: built.problem,
        schedule: outcome.schedule,
        certificate: outcome.certificate,
    })
}

/// Puts what an earlier plan says beside each asset that is still there, where it is still possible.
fn keep(problem: &mut Problem, before: &Plan, change_cents: i64) {
    let old: BTreeMap<&str, (&Asset, &Pick)> = before
        .problem
        .assets
        .iter()
        .zip(&before.schedule.picks)
        .map(|(a, p)| (a.id.as_str(), (a, p)))
        .collect();
    let now: BTreeMap<&str, u16> = problem
        .periods
        .iter()
        .map(|p| p.first.as_str())
        .zip(0..)
        .collect();
    for a in &mut problem.assets {
        let Some((was, pick)) = old.get(a.id.as_str()) else {
            continue;
        };
        let work = pick.work.and_then(|(k, when)| {
            let kind = was.choices.get(usize::from(k))?.kind;
            let k = a.choices.iter().position(|c| c.kind == kind)?;
            let first = &before.problem.periods.get(usize::from(when))?.first;
            Some((u16::try_from(k).ok()?, *now.get(first.as_str())?))
        });
        // Work that was planned for a time now past has no place to keep.
        if work.is_some() || pick.work.is_none() {
            a.planned = Some(Planned { work });
        }
    }
    problem.change_cents = change_cents;
}

fn module_says(f: &ReportFinding) -> String {
    let m = &f.finding.module;
    let maker = m.maker_name.as_deref().or(m.maker.as_deref());
    match (maker, m.family.as_deref()) {
        (Some(maker), Some(family)) => format!("{maker} {family}"),
        (Some(maker), None) => maker.to_owned(),
        (None, _) if f.finding.candidates.is_empty() => "maker not known".to_owned(),
        (None, _) => {
            let mut all: Vec<&str> = f
                .finding
                .candidates
                .iter()
                .map(|c| c.maker.as_str())
                .collect();
            all.sort_unstable();
            all.dedup();
            format!("one of {}", all.join(", "))
        }
    }
}

fn owner_of(estate: &Estate, department: Option<&str>, own: Option<&str>) -> Option<String> {
    own.map(str::to_owned)
        .or_else(|| estate.department(department?)?.owner.clone())
}

fn actions(built: &Built<'_>, schedule: &Schedule, estate: &Estate) -> Vec<Action> {
    let problem = &built.problem;
    let period = |at: u16| problem.periods.get(usize::from(at));
    let end = problem.periods.last().map(|p| p.last.clone());
    let first = problem.periods.first();
    let mut out = Vec::new();
    for ((asset, job), pick) in problem.assets.iter().zip(&built.jobs).zip(&schedule.picks) {
        let blank = blank(built, asset, job, estate);
        let base = asset.points / built.months;
        if let Some((b, from)) = pick.bridge
            && let Some(bridge) = asset.bridges.get(usize::from(b))
            && let Some(measure) = job.bridges.get(usize::from(b))
        {
            out.push(Action {
                action: ActionKind::Mitigate,
                what: measure.what.clone(),
                cents: bridge.cents,
                minutes: bridge.minutes,
                points_after: bridge.points_while / built.months,
                until: Some(measure.until.clone()),
                lowers: Some(measure.lowers.clone()),
                leaves: Some(measure.leaves.clone()),
                value: Some(measure.id.clone()),
                ..at(&blank, period(from))
            });
        }
        match pick.work {
            Some((k, when)) => {
                let (Some(choice), Some(means)) = (
                    asset.choices.get(usize::from(k)),
                    job.choices.get(usize::from(k)),
                ) else {
                    continue;
                };
                let (action, what, id, leaves) = match means {
                    Means::Replace(id) => {
                        let what = built.used.get(id).map_or("", |u| u.what.as_str());
                        (
                            ActionKind::Replace,
                            format!("replace by a device whose module no chosen pack names (costed as {what})"),
                            id.clone(),
                            None,
                        )
                    }
                    Means::Swap(s) => (
                        ActionKind::ModuleSwap,
                        format!("module for {}; changes with it: {}", s.to, s.changes),
                        s.id.clone(),
                        None,
                    ),
                };
                out.push(Action {
                    action,
                    what,
                    cents: choice.cents,
                    minutes: choice.minutes,
                    visit: choice.visit,
                    points_after: choice.points_after / built.months,
                    leaves,
                    value: Some(id),
                    due: kept(job.due.clone(), period(when)),
                    ..at(&blank, period(when))
                });
            }
            None => out.push(Action {
                action: ActionKind::Accept,
                what: "left as it is in this plan; whoever answers for it confirms that, and looks again before it expires".to_owned(),
                points_after: base,
                until: end.clone(),
                due: job.due.clone().map(|d| Due {
                    kept: d.day.as_ref().map(|_| false),
                    ..d
                }),
                ..at(&blank, first)
            }),
        }
    }
    for open in &built.open {
        let subject = open.finding.map(|f| &f.finding.subject);
        let department = open
            .asset
            .and_then(|a| a.department.clone())
            .or_else(|| subject?.department.clone());
        out.push(Action {
            action: ActionKind::Settle,
            asset: open.asset.map(|a| a.id.clone()),
            findings: open
                .finding
                .map(|f| f.finding.id.clone())
                .into_iter()
                .collect(),
            product: open.finding.map_or_else(
                || {
                    open.asset
                        .and_then(|a| a.product.clone())
                        .unwrap_or_default()
                },
                |f| product_says(&f.finding),
            ),
            class: open.asset.and_then(|a| a.class.clone()),
            module: open
                .finding
                .map_or_else(|| "not assessed".to_owned(), module_says),
            owner: owner_of(
                estate,
                department.as_deref(),
                open.asset.and_then(|a| a.owner.as_deref()),
            ),
            site: open
                .asset
                .and_then(|a| a.site.clone())
                .or_else(|| subject?.site.clone()),
            department,
            period: first.map(|p| p.name.clone()),
            from: first.map(|p| p.first.clone()),
            by: first.map(|p| p.last.clone()),
            what: "find out what it is; nothing is replaced on a guess".to_owned(),
            cents: 0,
            minutes: 0,
            visit: false,
            due: None,
            outcome: None,
            points_before: 0,
            points_after: 0,
            until: None,
            lowers: None,
            leaves: None,
            question: Some(open.question.clone()),
            value: None,
        });
    }
    out
}

fn blank(built: &Built<'_>, asset: &Asset, job: &Job<'_>, estate: &Estate) -> Action {
    let department = built
        .problem
        .departments
        .get(asset.department as usize)
        .map(|d| d.id.clone());
    let mut modules: Vec<String> = job.findings.iter().map(|f| module_says(f)).collect();
    modules.sort();
    modules.dedup();
    Action {
        action: ActionKind::Accept,
        asset: job.asset.map(|a| a.id.clone()),
        findings: job.findings.iter().map(|f| f.finding.id.clone()).collect(),
        product: job
            .asset
            .and_then(|a| a.product.clone())
            .or_else(|| job.findings.first().map(|f| product_says(&f.finding)))
            .unwrap_or_default(),
        class: job.asset.and_then(|a| a.class.clone()),
        module: modules.join("; "),
        owner: owner_of(
            estate,
            department.as_deref(),
            job.asset.and_then(|a| a.owner.as_deref()),
        ),
        department,
        site: built
            .problem
            .sites
            .get(asset.site as usize)
            .map(|s| s.id.clone()),
        period: None,
        from: None,
        by: None,
        what: String::new(),
        cents: 0,
        minutes: 0,
        visit: false,
        due: job.due.clone(),
        outcome: Some(job.outcome.to_owned()),
        points_before: asset.points / built.months,
        points_after: 0,
        until: None,
        lowers: None,
        leaves: None,
        question: None,
        value: None,
    }
}

fn at(action: &Action, period: Option<&Period>) -> Action {
    Action {
        period: period.map(|p| p.name.clone()),
        from: period.map(|p| p.first.clone()),
        by: period.map(|p| p.last.clone()),
        ..action.clone()
    }
}

fn kept(due: Option<Due>, period: Option<&Period>) -> Option<Due> {
    let mut due = due?;
    due.kept = match (&due.day, period) {
        (Some(day), Some(p)) => Some(p.last <= *day),
        _ => None,
    };
    Some(due)
}

/// Everything by department and period.
fn departments(built: &Built<'_>, schedule: &Schedule, estate: &Estate) -> Vec<DepartmentPlan> {
    let problem = &built.problem;
    let n = problem.periods.len();
    let mut out: Vec<DepartmentPlan> = problem
        .departments
        .iter()
        .map(|d| DepartmentPlan {
            id: d.id.clone(),
            name: d.name.clone(),
            owner: estate.department(&d.id).and_then(|d| d.owner.clone()),
            periods: vec![DepartmentPeriod::default(); n],
            ..DepartmentPlan::default()
        })
        .collect();
    let mut visits: BTreeSet<(u32, u16)> = BTreeSet::new();
    for (asset, pick) in problem.assets.iter().zip(&schedule.picks) {
        let Some(d) = out.get_mut(asset.department as usize) else {
            continue;
        };
        if let Some((k, when)) = pick.work
            && let Some(choice) = asset.choices.get(usize::from(k))
            && let Some(cell) = d.periods.get_mut(usize::from(when))
        {
            cell.replaced += 1;
            cell.cents += choice.cents;
            cell.minutes += choice.minutes;
            if choice.visit {
                visits.insert((asset.site, when));
            }
        } else {
            d.accepted += 1;
        }
        if let Some((b, when)) = pick.bridge
            && let Some(bridge) = asset.bridges.get(usize::from(b))
            && let Some(cell) = d.periods.get_mut(usize::from(when))
        {
            cell.mitigated += 1;
            cell.cents += bridge.cents;
            cell.minutes += bridge.minutes;
        }
        for (at, cell) in (0u16..).zip(d.periods.iter_mut()) {
            let after = pick.work.filter(|(_, when)| *when < at);
            let while_on = pick.bridge.filter(|(_, from)| *from < at);
            let points = match (after, while_on) {
                (Some((k, _)), _) => asset.choices.get(usize::from(k)).map(|c| c.points_after),
                (None, Some((b, _))) => asset.bridges.get(usize::from(b)).map(|b| b.points_while),
                (None, None) => Some(asset.points),
            };
            cell.points += points.unwrap_or(0) / built.months;
        }
    }
    for (site, when) in &visits {
        if let Some(site) = problem.sites.get(*site as usize)
            && let Some(d) = out.get_mut(site.department as usize)
            && let Some(cell) = d.periods.get_mut(usize::from(*when))
        {
            cell.visits += 1;
            cell.cents += site.visit_cents;
            cell.minutes += site.visit_minutes;
        }
    }
    for open in &built.open {
        let department = open
            .asset
            .and_then(|a| a.department.as_deref())
            .or_else(|| open.finding?.finding.subject.department.as_deref());
        match out.iter_mut().find(|d| Some(d.id.as_str()) == department) {
            Some(d) => d.to_settle += 1,
            None => out.push(DepartmentPlan {
                id: department.unwrap_or("department not stated").to_owned(),
                name: department.unwrap_or("department not stated").to_owned(),
                to_settle: 1,
                periods: vec![DepartmentPeriod::default(); n],
                ..DepartmentPlan::default()
            }),
        }
    }
    out.retain(|d| {
        d.to_settle > 0
            || d.accepted > 0
            || d.periods.iter().any(|p| *p != DepartmentPeriod::default())
    });
    out
}
