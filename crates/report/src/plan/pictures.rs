//! A plan as pictures: when each department's work is done, and what stays exposed. SVG files that stand
//! alone, follow light and dark, and say in words what they show.

use std::fmt::Write as _;

use cellsweep_plan::problem::Asset;

use super::{ActionKind, DepartmentPlan, Plan};
use crate::sanitise::shortened;
use crate::svg::{escape, grouped};

const STYLE: &str = "<style>:root{--ink:#1b1f24;--dim:#5b6570;--line:#d5dae0;--bar:#2f6f9f;\
    --soft:#9cc3de;--red:#a63d2f;--back:#fff}@media (prefers-color-scheme:dark){:root{--ink:#e8eaed;\
    --dim:#a0a8b2;--line:#3a424c;--bar:#6aaedb;--soft:#33566e;--red:#e08a7d;--back:#14181d}}\
    .b{fill:var(--back)}text{fill:var(--ink);font:13px system-ui,sans-serif}.d{fill:var(--dim);font-size:12px}\
    .h{font-weight:600;font-size:15px}.g{stroke:var(--line);stroke-width:1}.bar{fill:var(--bar)}\
    .soft{fill:var(--soft)}.mit{fill:none;stroke:var(--bar);stroke-width:1.5}\
    .n{stroke:var(--dim);stroke-width:1.5;stroke-dasharray:5 4;fill:none}\
    .r{stroke:var(--red);stroke-width:1.5}.rt{fill:var(--red);font-size:12px}\
    .p{stroke:var(--bar);stroke-width:2.5;fill:none}.e{font-size:11px}</style>";

/// Departments drawn; further ones are in the table.
const DEPARTMENTS: usize = 60;

fn open(width: u32, height: u32, title: &str, says: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {width} {height}\" \
         width=\"{width}\" height=\"{height}\" aria-labelledby=\"t d\"><title id=\"t\">{}</title>\
         <desc id=\"d\">{}</desc>{STYLE}<rect class=\"b\" width=\"{width}\" height=\"{height}\"/>\
         <text class=\"h\" x=\"16\" y=\"26\">{}</text>",
        escape(title),
        escape(&shortened(says, 2000)),
        escape(title)
    )
}

/// Part of `room` that `value` is of `most`; at least 2 for anything but nothing.
fn part(value: i64, most: i64, room: u32) -> u32 {
    if value <= 0 || most <= 0 {
        return 0;
    }
    let scaled = i128::from(value) * i128::from(room) / i128::from(most);
    u32::try_from(scaled).unwrap_or(room).clamp(2, room)
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// A row of the picture of work: in each period how many are replaced and how many measures are put in place.
struct Row {
    name: String,
    cells: Vec<(u64, u64)>,
}

/// When each department's work is done: a row a department, a bar from its first to its last work, a
/// filled cell for each period with the number replaced.
pub fn gantt(plan: &Plan) -> String {
    let rows = plan.departments.iter().map(|d| Row {
        name: d.name.clone(),
        cells: d
            .periods
            .iter()
            .map(|p| (p.replaced, p.mitigated))
            .collect(),
    });
    let all = |_: &Asset| true;
    rows_of(plan, rows, &all, "departments")
}

/// The same for one department: a row a site.
pub fn gantt_of(plan: &Plan, department: &DepartmentPlan) -> String {
    let periods = &plan.problem.periods;
    let mut sites: std::collections::BTreeMap<&str, Vec<(u64, u64)>> =
        std::collections::BTreeMap::new();
    for a in &plan.actions {
        let own = a.department.as_deref().unwrap_or("department not stated");
        let at = periods
            .iter()
            .position(|p| Some(&p.name) == a.period.as_ref());
        let (true, Some(at)) = (own == department.id, at) else {
            continue;
        };
        let adds = match a.action {
            ActionKind::Replace | ActionKind::ModuleSwap => (1, 0),
            ActionKind::Mitigate => (0, 1),
            ActionKind::Settle | ActionKind::Accept => continue,
        };
        let site = a.site.as_deref().unwrap_or("site not stated");
        let cells = sites
            .entry(site)
            .or_insert_with(|| vec![(0, 0); periods.len()]);
        if let Some(cell) = cells.get_mut(at) {
            cell.0 += adds.0;
            cell.1 += adds.1;
        }
    }
    let rows = sites.into_iter().map(|(name, cells)| Row {
        name: name.to_owned(),
        cells,
    });
    let of = position(plan, department);
    let own = |a: &Asset| Some(a.department) == of;
    rows_of(plan, rows, &own, "sites")
}

fn position(plan: &Plan, department: &DepartmentPlan) -> Option<u32> {
    let mut all = (0u32..).zip(&plan.problem.departments);
    all.find(|(_, d)| d.id == department.id).map(|(at, _)| at)
}

fn rows_of(
    plan: &Plan,
    rows: impl Iterator<Item = Row>,
    counts: &dyn Fn(&Asset) -> bool,
    of: &str,
) -> String {
    let periods = &plan.problem.periods;
    let shown: Vec<Row> = rows
        .filter(|r| r.cells.iter().any(|(r, m)| r + m > 0))
        .collect();
    let left = 230;
    let cell = (900 / count(periods.len()).max(1)).clamp(14, 84);
    let width = left + cell * count(periods.len()) + 30;
    let rows = count(shown.len().min(DEPARTMENTS));
    let height = 96 + rows * 30 + 40;
    let said: Vec<String> = shown
        .iter()
        .map(|d| {
            let work: Vec<String> = d
                .cells
                .iter()
                .zip(periods)
                .filter(|(c, _)| c.0 > 0)
                .map(|(c, p)| format!("{} in {}", c.0, p.name))
                .collect();
            format!(
                "{}: {}",
                d.name,
                if work.is_empty() {
                    "nothing replaced".to_owned()
                } else {
                    work.join(", ")
                }
            )
        })
        .collect();
    let mut out = open(
        width.max(560),
        height,
        "When devices and modules are replaced",
        &said.join(". "),
    );
    out.push_str("<text class=\"d\" x=\"16\" y=\"46\">number: assets replaced; +m or outlined: measures put in place from afar; line: last day asked for</text>");
    let most = shown
        .iter()
        .flat_map(|d| d.cells.iter().map(|c| c.0))
        .max()
        .unwrap_or(1);
    // Names of periods, as many as have room.
    let every = (64 / cell.max(1) + 1).max(1);
    for (at, p) in (0u32..).zip(periods) {
        let x = left + at * cell;
        if at % every == 0 {
            let _ = write!(
                out,
                "<text class=\"d\" x=\"{}\" y=\"74\">{}</text>",
                x + 3,
                escape(&p.name)
            );
        }
        let _ = write!(
            out,
            "<line class=\"g\" x1=\"{x}\" y1=\"80\" x2=\"{x}\" y2=\"{}\"/>",
            84 + rows * 30
        );
    }
    for (row, d) in (0u32..).zip(shown.iter().take(DEPARTMENTS)) {
        let y = 88 + row * 30;
        let _ = write!(
            out,
            "<text x=\"16\" y=\"{}\">{}</text>",
            y + 15,
            escape(&shortened(&d.name, 28))
        );
        let busy: Vec<u32> = (0u32..)
            .zip(&d.cells)
            .filter(|(_, (r, m))| r + m > 0)
            .map(|(at, _)| at)
            .collect();
        if let (Some(first), Some(last)) = (busy.first(), busy.last()) {
            let _ = write!(
                out,
                "<rect class=\"soft\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"4\"/>",
                left + first * cell,
                y + 8,
                (last - first + 1) * cell
            );
        }
        for (at, (replaced, mitigated)) in (0u32..).zip(d.cells.iter().copied()) {
            let x = left + at * cell + 2;
            if mitigated > 0 && replaced == 0 {
                let _ = write!(
                    out,
                    "<rect class=\"mit\" x=\"{x}\" y=\"{y}\" width=\"{}\" height=\"20\" rx=\"2\"><title>{} measures</title></rect>",
                    cell - 4,
                    mitigated
                );
            }
            if replaced > 0 {
                // Darker where more is done, in four steps.
                let step = 40 + 15 * (replaced * 3 / most.max(1));
                let _ = write!(
                    out,
                    "<rect class=\"b\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"20\"/><rect class=\"bar\" fill-opacity=\"0.{step}\" x=\"{x}\" y=\"{y}\" width=\"{w}\" height=\"20\" rx=\"2\"/>",
                    w = cell - 4
                );
            }
            if replaced > 0 && cell >= 28 {
                let _ = write!(
                    out,
                    "<text x=\"{}\" y=\"{}\">{}</text>",
                    x + 4,
                    y + 15,
                    replaced
                );
            }
            if mitigated > 0 && cell >= 64 {
                let _ = write!(
                    out,
                    "<text class=\"e\" text-anchor=\"end\" x=\"{}\" y=\"{}\">+{}m</text>",
                    x + cell - 8,
                    y + 14,
                    mitigated
                );
            }
        }
    }
    for (day, x) in deadlines(plan, counts, left, cell) {
        let _ = write!(
            out,
            "<line class=\"r\" x1=\"{x}\" y1=\"78\" x2=\"{x}\" y2=\"{y}\"/><text class=\"rt\" text-anchor=\"end\" x=\"{x}\" y=\"{}\">{}</text>",
            102 + rows * 30,
            escape(&day),
            y = 88 + rows * 30
        );
    }
    if shown.len() > DEPARTMENTS {
        let _ = write!(
            out,
            "<text class=\"d\" x=\"16\" y=\"{}\">{} more {of}</text>",
            height - 10,
            shown.len() - DEPARTMENTS
        );
    }
    out.push_str("</svg>");
    out
}

/// Days of deadlines inside the plan, at the end of the last period that keeps them.
fn deadlines(
    plan: &Plan,
    counts: &dyn Fn(&Asset) -> bool,
    left: u32,
    cell: u32,
) -> Vec<(String, u32)> {
    let mut days = std::collections::BTreeMap::new();
    for a in plan.problem.assets.iter().filter(|a| counts(a)) {
        if let Some(d) = &a.deadline {
            days.insert(d.period, d.day.clone());
        }
    }
    days.into_iter()
        .map(|(p, day)| (day, left + (u32::from(p) + 1) * cell))
        .collect()
}

/// What stays exposed at the end of each period, as planned and if nothing were done.
pub fn burn_down(plan: &Plan) -> String {
    let left_of = |at: usize| -> i64 {
        let cells = plan.departments.iter().filter_map(|d| d.periods.get(at));
        cells.map(|c| c.points).sum()
    };
    let points: Vec<i64> = (0..plan.problem.periods.len()).map(left_of).collect();
    burn(plan, &points, &|_| true)
}

/// The same for one department.
pub fn burn_down_of(plan: &Plan, department: &DepartmentPlan) -> String {
    let points: Vec<i64> = department.periods.iter().map(|c| c.points).collect();
    let of = position(plan, department);
    burn(plan, &points, &|a: &Asset| Some(a.department) == of)
}

fn burn(plan: &Plan, points: &[i64], counts: &dyn Fn(&Asset) -> bool) -> String {
    let periods = &plan.problem.periods;
    let n = count(periods.len()).max(1);
    let span = plan.months.max(1);
    // As the departments' own sums: each asset's points a month in whole numbers.
    let assets = plan.problem.assets.iter().filter(|a| counts(a));
    let untouched: i64 = assets.map(|a| a.points / span).sum();
    let most = points.iter().copied().max().unwrap_or(0).max(untouched);
    let (left, height, base) = (70, 340, 280);
    let step = (840 / n).clamp(8, 84);
    let width = (left + step * n + 40).max(560);
    let said: Vec<String> = periods
        .iter()
        .zip(points)
        .map(|(p, v)| format!("{}: {v}", p.name))
        .collect();
    let mut out = open(
        width,
        height,
        "Risk points at work in each period",
        &format!("Untouched: {untouched}. As planned: {}", said.join(", ")),
    );
    out.push_str("<text class=\"d\" x=\"16\" y=\"46\">points a month; dashed: if nothing were done; work counts from the period after it</text>");
    let room = 210u32;
    for quarter in 0..=4u32 {
        let y = base - room * quarter / 4;
        let value = most * i64::from(quarter) / 4;
        let _ = write!(
            out,
            "<line class=\"g\" x1=\"{left}\" y1=\"{y}\" x2=\"{x2}\" y2=\"{y}\"/><text class=\"d\" text-anchor=\"end\" x=\"{}\" y=\"{}\">{}</text>",
            left - 8,
            y + 4,
            grouped(value.unsigned_abs()),
            x2 = left + step * n
        );
    }
    let every = (64 / step.max(1) + 1).max(1);
    let mut line = String::new();
    for (at, (p, v)) in (0u32..).zip(periods.iter().zip(points)) {
        let x = left + at * step;
        let h = part(*v, most, room);
        let _ = write!(
            out,
            "<rect class=\"soft\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{h}\"><title>{}: {v}</title></rect>",
            x + 2,
            base - h,
            step.saturating_sub(4).max(2),
            escape(&p.name)
        );
        let _ = write!(
            line,
            "{}{},{} {},{}",
            if at == 0 { "" } else { " " },
            x,
            base - h,
            x + step,
            base - h
        );
        if at % every == 0 {
            let _ = write!(
                out,
                "<text class=\"d\" x=\"{}\" y=\"{}\">{}</text>",
                x + 2,
                base + 18,
                escape(&p.name)
            );
        }
    }
    let y = base - part(untouched, most, room);
    let _ = write!(
        out,
        "<polyline class=\"p\" points=\"{line}\"/><line class=\"n\" x1=\"{left}\" y1=\"{y}\" x2=\"{}\" y2=\"{y}\"/>",
        left + step * n
    );
    for (day, x) in deadlines(plan, counts, left, step) {
        let _ = write!(
            out,
            "<line class=\"r\" x1=\"{x}\" y1=\"64\" x2=\"{x}\" y2=\"{base}\"/><text class=\"rt\" text-anchor=\"end\" x=\"{x}\" y=\"{}\">{}</text>",
            base + 36,
            escape(&day)
        );
    }
    out.push_str("</svg>");
    out
}
