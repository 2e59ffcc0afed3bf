//! What a reader wants to know first, as data: the answer in one sentence, days by which to act,
//! departments, and what was not assessed.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cellsweep_catalog::Catalog;
use cellsweep_identify::AssetStatus;
use cellsweep_policy::{Status, Verdict};

use crate::makers::Makers;
use crate::model::{Report, ReportFinding};
use crate::standing::{due, is_there, status_says, to_act_on, undecided, worst};
use crate::svg::grouped;

/// The answer and what stands behind it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Brief {
    /// One sentence.
    pub answer: String,
    /// What the sentence leaves out: makers, what to prepare for, what was not read.
    pub more: String,
    /// Modules of settled makers.
    pub settled: u64,
    /// Modules whose maker is not settled.
    pub unsettled: u64,
    /// Settled makers.
    pub makers: u64,
    /// Findings whose gravest verdict is `prohibited`.
    pub prohibited: u64,
    /// Findings whose gravest verdict is a later restriction or a duty.
    pub to_act_on: u64,
    /// Findings whose gravest verdict waits for a lawyer or for evidence.
    pub undecided: u64,
    /// Days, earliest first.
    pub due: Vec<Due>,
    /// Departments by name; findings and assets of none last.
    pub departments: Vec<Department>,
    /// What was not assessed, by reason, most assets first.
    pub unassessed: Vec<Unassessed>,
}

/// One day of one rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Due {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// Pack and rule.
    pub rule: String,
    /// What the day is.
    pub what: String,
    /// Class of its mark: `now`, `act`, `open`.
    pub class: &'static str,
    /// Findings concerned.
    pub findings: u64,
    /// Modules concerned.
    pub modules: u64,
}

/// One department.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Department {
    /// Name; `None`: not stated.
    pub name: Option<String>,
    /// Assets with a module.
    pub found: u64,
    /// Assets that are clear.
    pub clear: u64,
    /// Assets not assessed.
    pub not_assessed: u64,
    /// Modules.
    pub modules: u64,
    /// Of these, maker not settled.
    pub unsettled: u64,
    /// Findings prohibited, restricted or under a duty.
    pub to_act_on: u64,
}

impl Department {
    /// Assets.
    pub const fn assets(&self) -> u64 {
        self.found + self.clear + self.not_assessed
    }
}

/// Assets that were not assessed for one reason.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unassessed {
    /// Why.
    pub why: String,
    /// What would settle it.
    pub settled_by: String,
    /// How many.
    pub count: usize,
    /// Their positions among the report's assets, in the report's order.
    pub assets: Vec<usize>,
}

/// A count with its noun.
pub(crate) fn counted(n: u64, one: &str, more: &str) -> String {
    format!("{} {}", grouped(n), if n == 1 { one } else { more })
}

/// Reads a report.
pub fn brief(report: &Report, catalog: Option<&Catalog>) -> Brief {
    let mut b = Brief::default();
    for m in &report.summary.by_maker {
        if m.maker.is_some() {
            b.settled = b.settled.saturating_add(m.modules);
            b.makers += 1;
        } else {
            b.unsettled = b.unsettled.saturating_add(m.modules);
        }
    }
    for v in report.findings.iter().filter_map(worst) {
        match v.status {
            Status::Prohibited => b.prohibited += 1,
            s if to_act_on(s) => b.to_act_on += 1,
            s if undecided(s) => b.undecided += 1,
            _ => {}
        }
    }
    b.due = days(report);
    b.departments = departments(report);
    b.unassessed = unassessed(report);
    b.answer = answer(report, &b);
    b.more = more(report, &b, &Makers::new(report, catalog));
    b
}

fn answer(report: &Report, b: &Brief) -> String {
    let modules = report.summary.modules;
    let c = &report.coverage;
    // Writing to a String does not fail, here and below.
    let mut out = String::new();
    if modules == 0 {
        out.push_str("No cellular module was found in what was read");
    } else {
        let n = counted(modules, "cellular module was", "cellular modules were");
        let _ = write!(out, "{n} found");
        if c.assets_total > 0 {
            let _ = write!(
                out,
                " in {} of {}",
                grouped(c.found),
                counted(c.assets_total, "asset", "assets")
            );
        }
    }
    if report.packs.is_empty() {
        out.push_str("; no policy pack was asked");
    } else {
        let findings = match b.prohibited {
            0 => "no finding is".to_owned(),
            n => counted(n, "finding is", "findings are"),
        };
        let _ = write!(
            out,
            "; by the chosen packs, {findings} prohibited on {}",
            report.date
        );
        if b.undecided > 0 {
            let _ = write!(
                out,
                " and for {} evidence or a legal reading is missing",
                grouped(b.undecided)
            );
        }
    }
    if c.not_assessed > 0 {
        let assets = counted(c.not_assessed, "asset was", "assets were");
        let _ = write!(out, "; {assets} not assessed and may hold more");
    }
    out.push('.');
    out
}

fn more(report: &Report, b: &Brief, makers: &Makers<'_>) -> String {
    let mut sentences: Vec<String> = Vec::new();
    let first = report.summary.by_maker.iter().find_map(|m| {
        let name = makers.name(m.maker.as_deref()?);
        Some(format!(
            "the largest number by {name} ({})",
            grouped(m.modules)
        ))
    });
    let open =
        (b.unsettled > 0).then(|| format!("of {} the maker is not settled", grouped(b.unsettled)));
    let whose: Vec<String> = first.into_iter().chain(open).collect();
    if !whose.is_empty() {
        sentences.push(format!("Whose: {}.", whose.join("; ")));
    }
    if b.to_act_on > 0 {
        sentences.push(format!(
            "{} under a later restriction or a duty.",
            counted(b.to_act_on, "further finding is", "further findings are")
        ));
    }
    let c = &report.coverage;
    let unread = c.partial + c.failed + c.unrecognised;
    if unread > 0 {
        sentences.push(format!(
            "{} not read completely.",
            counted(unread, "source was", "sources were")
        ));
    }
    sentences.join(" ")
}

/// The day a verdict puts on the timeline, and what it is.
fn day(v: &Verdict) -> Option<(&str, String, &'static str)> {
    match (v.status, due(v)) {
        (Status::Prohibited, None) => Some((
            v.effective.as_deref()?,
            "in effect, prohibited".to_owned(),
            "now",
        )),
        (Status::Prohibited, Some(d)) => Some((d, "prohibited, act by".to_owned(), "now")),
        (Status::RestrictedFrom, Some(d)) => Some((d, "restricted from".to_owned(), "act")),
        (Status::DutyApplies, Some(d)) => Some((d, "duty due".to_owned(), "act")),
        (s, Some(d)) => Some((d, status_says(s).to_owned(), "open")),
        (_, None) => None,
    }
}

fn days(report: &Report) -> Vec<Due> {
    let mut days: BTreeMap<(&str, String, String), Due> = BTreeMap::new();
    for f in &report.findings {
        // One rule counts a finding once a day, however many verdicts it gives.
        let mut seen: Vec<(&str, String, String)> = Vec::new();
        for v in &f.verdicts {
            let Some((day, what, class)) = day(v) else {
                continue;
            };
            let rule = format!("{} {}", v.pack, v.rule);
            let key = (day, rule.clone(), what.clone());
            if seen.contains(&key) {
                continue;
            }
            let d = days.entry(key.clone()).or_insert_with(|| Due {
                day: day.to_owned(),
                rule,
                what,
                class,
                findings: 0,
                modules: 0,
            });
            d.findings += 1;
            d.modules = d.modules.saturating_add(modules(f));
            seen.push(key);
        }
    }
    days.into_values().collect()
}

fn modules(f: &ReportFinding) -> u64 {
    if is_there(f.finding.presence) {
        f.finding.quantity
    } else {
        0
    }
}

/// Departments of the assets, by asset.
pub(crate) fn departments_of_assets(report: &Report) -> BTreeMap<&str, Option<&str>> {
    report
        .assets
        .iter()
        .map(|a| (a.id.as_str(), a.department.as_deref()))
        .collect()
}

/// The department of a finding: its own word, or that of its asset.
pub(crate) fn department_of<'a>(
    finding: &'a ReportFinding,
    of_asset: &BTreeMap<&'a str, Option<&'a str>>,
) -> Option<&'a str> {
    let subject = &finding.finding.subject;
    let by_asset = || of_asset.get(subject.asset.as_deref()?).copied().flatten();
    subject.department.as_deref().or_else(by_asset)
}

fn departments(report: &Report) -> Vec<Department> {
    let mut all: BTreeMap<Option<&str>, Department> = BTreeMap::new();
    let of_asset = departments_of_assets(report);
    for a in &report.assets {
        let d = all.entry(a.department.as_deref()).or_default();
        match a.status {
            AssetStatus::Found => d.found += 1,
            AssetStatus::Clear => d.clear += 1,
            AssetStatus::NotAssessed => d.not_assessed += 1,
        }
    }
    for f in &report.findings {
        let d = all.entry(department_of(f, &of_asset)).or_default();
        let n = modules(f);
        d.modules = d.modules.saturating_add(n);
        if f.finding.maker().is_none() {
            d.unsettled = d.unsettled.saturating_add(n);
        }
        if worst(f).is_some_and(|v| to_act_on(v.status)) {
            d.to_act_on += 1;
        }
    }
    let none = all.remove(&None);
    all.into_iter()
        .chain(none.map(|d| (None, d)))
        .map(|(name, d)| Department {
            name: name.map(str::to_owned),
            ..d
        })
        .collect()
}

fn unassessed(report: &Report) -> Vec<Unassessed> {
    let mut groups: BTreeMap<(String, &str), Vec<usize>> = BTreeMap::new();
    for (n, a) in report.assets.iter().enumerate() {
        if a.status == AssetStatus::NotAssessed {
            // One reason for many products is one reason: the list below it names the products.
            let why = match a.product.as_deref().map(str::trim) {
                Some(product) if product.len() > 2 => a.why.replace(product, "the product"),
                _ => a.why.clone(),
            };
            let settled_by = a.settled_by.as_deref().unwrap_or_default();
            groups.entry((why, settled_by)).or_default().push(n);
        }
    }
    let mut all: Vec<Unassessed> = groups
        .into_iter()
        .map(|((why, settled_by), assets)| Unassessed {
            why,
            settled_by: settled_by.to_owned(),
            count: assets.len(),
            assets,
        })
        .collect();
    all.sort_by_key(|g| std::cmp::Reverse(g.count));
    all
}
