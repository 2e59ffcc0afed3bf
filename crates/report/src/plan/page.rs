//! The plan, and each department's part of it, as one HTML file that loads nothing and prints well.
//!
//! All outside text passes through [`crate::sanitise`] and the template's escaping; the one style sheet is
//! allowed by its digest, and no script is.

use std::collections::BTreeMap;

use askama::Template;
use ct_codecs::{Base64, Encoder as _};
use sha2::{Digest as _, Sha256};

use super::documents::{file_name, goodness, lack, listed, money};
use super::{Action, ActionKind, DepartmentPlan, Plan, pictures};
use crate::sanitise::{sanitise, shortened};
use crate::svg::grouped;

const CSS: &str = include_str!("../../templates/plan.css");
/// Rows of a table on a page; the workbook beside it has all.
const LISTED: usize = 1000;

#[derive(Template)]
#[template(path = "plan.html")]
struct Page {
    title: String,
    when: String,
    says: Vec<String>,
    lack: Option<String>,
    numbers: Vec<Number>,
    pictures: Vec<String>,
    parts: Vec<Part>,
    footer: String,
    css: String,
    css_digest: String,
}

struct Number {
    big: String,
    label: &'static str,
    note: String,
}

/// A table. A column is its name and its class: `n` numbers, `d` days, `w` sentences.
struct Part {
    heading: &'static str,
    lead: String,
    columns: Vec<(String, &'static str)>,
    rows: Vec<Row>,
    more: String,
}

struct Row {
    link: Option<String>,
    cells: Vec<String>,
}

fn clean(text: &str) -> String {
    shortened(text, 600)
}

fn columns(names: &[(&str, &'static str)]) -> Vec<(String, &'static str)> {
    names.iter().map(|(n, c)| ((*n).to_owned(), *c)).collect()
}

/// A picture inside a page: the page has the style, and ids are there once.
fn inside(svg: &str, at: usize) -> String {
    let svg = match (svg.find("<style>"), svg.find("</style>")) {
        (Some(from), Some(to)) if from < to => {
            let (head, rest) = (svg.get(..from), svg.get(to + "</style>".len()..));
            format!("{}{}", head.unwrap_or_default(), rest.unwrap_or_default())
        }
        _ => svg.to_owned(),
    };
    // The first of each is the drawing's own: names come after it, escaped.
    svg.replacen(
        "aria-labelledby=\"t d\"",
        &format!("aria-labelledby=\"t{at} d{at}\""),
        1,
    )
    .replacen("<title id=\"t\">", &format!("<title id=\"t{at}\">"), 1)
    .replacen("<desc id=\"d\">", &format!("<desc id=\"d{at}\">"), 1)
}

impl Page {
    fn new(plan: &Plan, title: String) -> Self {
        // Line ends as a browser sees them, or the digest would not fit.
        let css = CSS.replace("\r\n", "\n");
        Self {
            title,
            when: format!(
                "{}, plan as of {}",
                clean(plan.organisation.as_deref().unwrap_or("the estate")),
                plan.date
            ),
            says: Vec::new(),
            lack: None,
            numbers: Vec::new(),
            pictures: Vec::new(),
            parts: Vec::new(),
            footer: format!(
                "Made by {} {}. Costs, times and weights are listed with their sources in plan.md and the workbook; \
                 what has no public figure is marked as an assumption.",
                plan.tool.name, plan.tool.version
            ),
            // Standard base64 of a sum cannot fail; without it the page is plain.
            css_digest: Base64::encode_to_string(Sha256::digest(css.as_bytes()))
                .unwrap_or_default(),
            css,
        }
    }
}

/// The whole plan.
///
/// # Errors
/// If the template cannot be filled in.
pub fn whole(plan: &Plan) -> Result<String, askama::Error> {
    let mut page = Page::new(plan, "Plan: what is done, when".to_owned());
    let s = &plan.sums;
    page.says = vec![goodness(plan)];
    page.lack = plan.shortfall.as_ref().map(lack);
    page.numbers = vec![
        Number {
            big: grouped(s.assets),
            label: "assets to act on",
            note: format!("in {} visits", grouped(s.visits)),
        },
        Number {
            big: format!("{} {}", money(s.spent_cents), sanitise(&plan.currency)),
            label: "cost",
            note: "actions and visits".to_owned(),
        },
        Number {
            big: grouped(s.exposure_points.unsigned_abs()),
            label: "point-months exposed",
            note: format!(
                "{} if nothing were done",
                grouped(s.exposure_points_untouched.unsigned_abs())
            ),
        },
        Number {
            big: grouped(s.to_settle),
            label: "to find out first",
            note: "nothing is replaced on a guess".to_owned(),
        },
    ];
    page.pictures = vec![
        inside(&pictures::gantt(plan), 0),
        inside(&pictures::burn_down(plan), 1),
    ];
    let mut heads = columns(&[
        ("department", ""),
        ("settle", "n"),
        ("accept", "n"),
        ("cost", "n"),
    ]);
    heads.extend(plan.problem.periods.iter().map(|p| (p.name.clone(), "n")));
    let rows = plan.departments.iter().map(|d| {
        let mut cells = vec![
            clean(&d.name),
            grouped(d.to_settle),
            grouped(d.accepted),
            money(d.periods.iter().map(|p| p.cents).sum()),
        ];
        cells.extend(d.periods.iter().map(|p| match (p.replaced, p.mitigated) {
            (0, 0) => "–".to_owned(),
            (r, 0) => grouped(r),
            (r, m) => format!("{} +{}m", grouped(r), grouped(m)),
        }));
        Row {
            link: Some(format!("departments/{}.html", file_name(&d.id))),
            cells,
        }
    });
    page.parts.push(Part {
        heading: "Departments by period",
        lead: "Devices and modules replaced; +m: measures put in place from afar.".to_owned(),
        rows: rows.collect(),
        columns: heads,
        more: String::new(),
    });
    let rows = plan.values.iter().map(|v| Row {
        link: None,
        cells: vec![
            clean(&v.what),
            money(v.cents),
            v.minutes.to_string(),
            v.lead_weeks.to_string(),
            clean(&v.source),
        ],
    });
    page.parts.push(Part {
        heading: "Values used",
        lead: format!(
            "One risk point for one month counts {} {}. Table {}.",
            money(s.cents_per_point),
            sanitise(&plan.currency),
            clean(&plan.table)
        ),
        rows: rows.collect(),
        columns: columns(&[
            ("what", ""),
            ("cost", "n"),
            ("minutes", "n"),
            ("lead, weeks", "n"),
            ("from", "w"),
        ]),
        more: String::new(),
    });
    page.render()
}

fn due(a: &Action) -> String {
    a.due.as_ref().map_or_else(String::new, |d| {
        let kept = match d.kept {
            Some(true) => ", kept",
            Some(false) => ", missed",
            None => "",
        };
        format!(
            "{} {}{kept}",
            if d.binding { "binding" } else { "advised" },
            d.day.as_deref().unwrap_or("without a day")
        )
    })
}

fn further(n: usize) -> String {
    match n.saturating_sub(LISTED) {
        0 => String::new(),
        more => format!(
            "{} more are in the workbook beside this page.",
            grouped(more as u64)
        ),
    }
}

/// One department.
///
/// # Errors
/// If the template cannot be filled in.
pub fn department(plan: &Plan, d: &DepartmentPlan) -> Result<String, askama::Error> {
    let mut page = Page::new(plan, format!("{}: what is done, when", clean(&d.name)));
    if let Some(owner) = &d.owner {
        page.says.push(format!("Answers for it: {}.", clean(owner)));
    }
    let total =
        |of: &dyn Fn(&super::DepartmentPeriod) -> i64| d.periods.iter().map(of).sum::<i64>();
    let replaced: u64 = d.periods.iter().map(|p| p.replaced).sum();
    let measures: u64 = d.periods.iter().map(|p| p.mitigated).sum();
    let visits: u64 = d.periods.iter().map(|p| p.visits).sum();
    page.numbers = vec![
        Number {
            big: grouped(replaced),
            label: "to replace",
            note: format!("{} measures from afar meanwhile", grouped(measures)),
        },
        Number {
            big: format!(
                "{} {}",
                money(total(&|p| p.cents)),
                sanitise(&plan.currency)
            ),
            label: "cost",
            note: format!("with {} visits", grouped(visits)),
        },
        Number {
            big: grouped(((total(&|p| p.minutes) + 59) / 60).unsigned_abs()),
            label: "hours of work",
            note: "with travel".to_owned(),
        },
        Number {
            big: grouped(d.to_settle),
            label: "to find out first",
            note: "nothing is replaced on a guess".to_owned(),
        },
        Number {
            big: grouped(d.accepted),
            label: "accepted",
            note: "left as they are, with an owner and an end".to_owned(),
        },
    ];
    if replaced + measures > 0 {
        page.pictures = vec![
            inside(&pictures::gantt_of(plan, d), 0),
            inside(&pictures::burn_down_of(plan, d), 1),
        ];
    }
    let rows = plan
        .problem
        .periods
        .iter()
        .zip(&d.periods)
        .map(|(p, c)| Row {
            link: None,
            cells: vec![
                p.name.clone(),
                format!("{} to {}", p.first, p.last),
                grouped(c.replaced),
                grouped(c.mitigated),
                grouped(c.visits),
                money(c.cents),
                ((c.minutes + 59) / 60).to_string(),
                c.points.to_string(),
            ],
        });
    page.parts.push(Part {
        heading: "By period",
        lead: String::new(),
        rows: rows.collect(),
        columns: columns(&[
            ("period", "d"),
            ("days", "d"),
            ("replaced", "n"),
            ("from afar", "n"),
            ("visits", "n"),
            ("cost", "n"),
            ("hours", "n"),
            ("risk points a month", "n"),
        ]),
        more: String::new(),
    });
    let of = |kinds: &[ActionKind]| -> Vec<&Action> {
        plan.actions
            .iter()
            .filter(|a| {
                let own = a.department.as_deref().unwrap_or("department not stated");
                own == d.id && kinds.contains(&a.action)
            })
            .collect()
    };
    todo(
        &mut page,
        &of(&[
            ActionKind::Mitigate,
            ActionKind::Replace,
            ActionKind::ModuleSwap,
        ]),
    );
    measures_of(&mut page, &of(&[ActionKind::Mitigate]));
    accepted(&mut page, &of(&[ActionKind::Accept]));
    open(&mut page, &of(&[ActionKind::Settle]));
    page.render()
}

fn todo(page: &mut Page, all: &[&Action]) {
    if all.is_empty() {
        return;
    }
    let rows = all.iter().take(LISTED).map(|a| Row {
        link: None,
        cells: vec![
            a.by.clone().unwrap_or_default(),
            clean(a.asset.as_deref().unwrap_or("no asset")),
            clean(&format!("{}: {}", a.action.says(), a.what)),
            clean(&format!("{}, {}", a.product, a.module)),
            clean(a.site.as_deref().unwrap_or("not stated")),
            money(a.cents),
            clean(&due(a)),
            format!("{} of {}", a.points_after, a.points_before),
        ],
    });
    page.parts.push(Part {
        heading: "To do",
        lead: "Points: what stays of an asset's risk points a month.".to_owned(),
        rows: rows.collect(),
        columns: columns(&[
            ("by", "d"),
            ("asset", ""),
            ("what", "w"),
            ("product, module", ""),
            ("site", ""),
            ("cost", "n"),
            ("due", ""),
            ("points", "d"),
        ]),
        more: further(all.len()),
    });
}

/// What each measure lowers, what it does not, and until when: once for all assets that get it.
fn measures_of(page: &mut Page, all: &[&Action]) {
    if all.is_empty() {
        return;
    }
    let mut groups: BTreeMap<[&str; 4], Vec<String>> = BTreeMap::new();
    for a in all {
        let key = [
            a.what.as_str(),
            a.lowers.as_deref().unwrap_or("not stated"),
            a.leaves.as_deref().unwrap_or("not stated"),
            a.until.as_deref().unwrap_or("not stated"),
        ];
        let name = a.asset.clone().unwrap_or_else(|| "no asset".to_owned());
        groups.entry(key).or_default().push(name);
    }
    let rows = groups.iter().map(|(key, assets)| {
        let mut cells: Vec<String> = key.iter().map(|t| clean(t)).collect();
        cells.push(clean(&format!("{}: {}", assets.len(), listed(assets))));
        Row { link: None, cells }
    });
    page.parts.push(Part {
        heading: "Measures from afar",
        lead: "What each lowers until the work is done, what it does not lower, and until when it holds."
            .to_owned(),
        rows: rows.collect(),
        columns: columns(&[
            ("measure", "w"),
            ("lowers", "w"),
            ("does not lower", "w"),
            ("holds until", "w"),
            ("assets", "w"),
        ]),
        more: String::new(),
    });
}

fn accepted(page: &mut Page, all: &[&Action]) {
    if all.is_empty() {
        return;
    }
    let rows = all.iter().take(LISTED).map(|a| Row {
        link: None,
        cells: vec![
            clean(a.asset.as_deref().unwrap_or("no asset")),
            clean(&format!("{}, {}", a.product, a.module)),
            clean(a.owner.as_deref().unwrap_or("nobody named")),
            a.until.clone().unwrap_or_default(),
            a.points_after.to_string(),
        ],
    });
    page.parts.push(Part {
        heading: "Accepted until the plan ends",
        lead: "Left as they are; whoever answers for each confirms that, and looks again before it expires."
            .to_owned(),
        rows: rows.collect(),
        columns: columns(&[
            ("asset", ""),
            ("product, module", ""),
            ("owner", ""),
            ("expires", "d"),
            ("points", "n"),
        ]),
        more: further(all.len()),
    });
}

fn open(page: &mut Page, all: &[&Action]) {
    if all.is_empty() {
        return;
    }
    let mut groups: BTreeMap<(String, String), Vec<String>> = BTreeMap::new();
    for a in all {
        let key = (
            a.question.clone().unwrap_or_default(),
            format!("{}, {}", a.product, a.module),
        );
        let name = a.asset.clone().unwrap_or_else(|| "no asset".to_owned());
        groups.entry(key).or_default().push(name);
    }
    let rows = groups
        .iter()
        .take(LISTED)
        .map(|((question, product), assets)| Row {
            link: None,
            cells: vec![
                clean(question),
                clean(product),
                grouped(assets.len() as u64),
                clean(&listed(assets)),
            ],
        });
    page.parts.push(Part {
        heading: "To settle first",
        lead: "Nothing is replaced on a guess. One question often settles many.".to_owned(),
        rows: rows.collect(),
        columns: columns(&[
            ("question", "w"),
            ("product, module", ""),
            ("assets", "n"),
            ("which", ""),
        ]),
        more: further(groups.len()),
    });
}
