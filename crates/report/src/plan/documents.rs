//! The plan for people and trackers: Markdown, CSV, workbook, iCalendar.

use std::fmt::Write as _;

use cellsweep_plan::Status;
use rust_xlsxwriter::XlsxError;

use super::{Action, ActionKind, DepartmentPlan, Lack, Plan};
use crate::sanitise::{cell, sanitise, shortened};
use crate::workbook::{Book, Column, Kind as Cell};

/// Rows of a list in a document; further ones are in the CSV.
const LISTED: usize = 200;

/// Units of the currency, with groups of three digits.
pub fn money(cents: i64) -> String {
    let units = (cents.unsigned_abs() + 50) / 100;
    let sign = if cents < 0 { "-" } else { "" };
    format!("{sign}{}", crate::svg::grouped(units))
}

/// A department's id as a file name.
pub fn file_name(id: &str) -> String {
    let name: String = id
        .chars()
        .enumerate()
        .map(|(at, c)| {
            if c.is_ascii_alphanumeric() || matches!(c, '-' | '_') || (c == '.' && at > 0) {
                c
            } else {
                '_'
            }
        })
        .take(64)
        .collect();
    if name.is_empty() {
        "_".to_owned()
    } else {
        name
    }
}

/// How good the plan is known to be, in a sentence.
pub fn goodness(plan: &Plan) -> String {
    let what = match plan.status {
        Status::Optimal => "No better plan exists",
        Status::OptimalBySearch => "A search through all plans found none better",
        Status::Feasible => "Every limit is kept",
        Status::DeadlinesMissed => "Some binding deadlines cannot be kept",
    };
    format!(
        "{what}: objective {} {}, and none costs less than {}; gap {:.2} %.",
        money(plan.objective),
        plan.currency,
        money(plan.bound),
        plan.gap * 100.0
    )
}

/// What lacks, in sentences.
pub fn lack(lack: &Lack) -> String {
    let missed = lack.assets.len() as u64;
    let mut out = format!(
        "{missed} binding deadlines are missed: {}. {}",
        listed(&lack.assets),
        if lack.least_missed == missed {
            "No plan inside these limits misses fewer.".to_owned()
        } else {
            format!(
                "Every plan inside these limits misses {} or more.",
                lack.least_missed
            )
        }
    );
    if !lack.out_of_reach.is_empty() {
        let _ = write!(
            out,
            " No period is early enough for {}, whatever is spent: {}.",
            lack.out_of_reach.len(),
            listed(&lack.out_of_reach)
        );
    }
    if !lack.add.is_empty() {
        let add: Vec<String> = lack
            .add
            .iter()
            .take(20)
            .map(|a| format!("{} more in: {}", amount(a.amount, &a.unit), a.of))
            .collect();
        let rest = lack.add.len().saturating_sub(add.len());
        let _ = write!(out, " Enough for all others: {}", add.join("; "));
        if rest > 0 {
            let _ = write!(out, "; and {rest} further limits, in plan.json");
        }
        out.push('.');
        let proven = lack.least.iter().all(|l| l.at_least == l.amount);
        let sums: Vec<String> = lack
            .least
            .iter()
            .map(|l| {
                if l.at_least == l.amount {
                    format!("{} of {}", amount(l.amount, &l.unit), l.of)
                } else {
                    format!(
                        "{} of {}, and not less than {}",
                        amount(l.amount, &l.unit),
                        l.of,
                        amount(l.at_least, &l.unit)
                    )
                }
            })
            .collect();
        let _ = write!(
            out,
            " In all {}.{}",
            sums.join("; "),
            if proven {
                " This is the least: proven."
            } else {
                ""
            }
        );
    }
    sanitise(&out).into_owned()
}

/// An amount with its unit: money in units of the currency, time in hours and minutes.
fn amount(n: i64, unit: &str) -> String {
    match unit {
        "cents" => money(n),
        "minutes" if n >= 60 => format!("{} h {} min", n / 60, n % 60),
        "minutes" => format!("{n} min"),
        _ if n == 1 => "1 part".to_owned(),
        _ => format!("{n} parts"),
    }
}

pub(super) fn listed(names: &[String]) -> String {
    let shown: Vec<&str> = names.iter().take(12).map(String::as_str).collect();
    let more = names.len().saturating_sub(shown.len());
    let mut out = shown.join(", ");
    if more > 0 {
        let _ = write!(out, " and {more} more");
    }
    out
}

/// Text in a cell of a Markdown table.
fn md(text: &str) -> String {
    shortened(text, 240)
        .replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('<', "&lt;")
}

/// The same with room for what a mitigation says.
fn md_long(text: &str) -> String {
    shortened(text, 600)
        .replace('\\', "\\\\")
        .replace('|', "\\|")
        .replace('<', "&lt;")
}

/// The whole plan on a page.
pub fn summary(plan: &Plan) -> String {
    let mut out = String::new();
    let name = plan.organisation.as_deref().unwrap_or("the estate");
    let _ = writeln!(out, "# Plan for {}, {}\n", md(name), plan.date);
    let s = &plan.sums;
    let _ = writeln!(
        out,
        "{} assets to act on; {} {} in {} visits. Exposure {} point-months, {} if nothing were done. \
         {} things to find out first: nothing is replaced on a guess.\n",
        s.assets,
        money(s.spent_cents),
        plan.currency,
        s.visits,
        s.exposure_points,
        s.exposure_points_untouched,
        s.to_settle
    );
    let _ = writeln!(out, "{}\n", goodness(plan));
    if let Some(l) = &plan.shortfall {
        let _ = writeln!(out, "{}\n", lack(l));
    }
    let _ = writeln!(
        out,
        "![When what is replaced](gantt.svg)\n\n![What stays exposed](burndown.svg)\n"
    );
    out.push_str("## Departments by period\n\nReplaced, +m put in place from afar, cost.\n\n| department | settle | accept |");
    for p in &plan.problem.periods {
        let _ = write!(out, " {} |", p.name);
    }
    out.push_str("\n| --- | --- | --- |");
    for _ in &plan.problem.periods {
        out.push_str(" --- |");
    }
    out.push('\n');
    for d in &plan.departments {
        let _ = write!(
            out,
            "| [{}](departments/{}.md) | {} | {} |",
            md(&d.name),
            file_name(&d.id),
            d.to_settle,
            d.accepted
        );
        for p in &d.periods {
            if p.replaced + p.mitigated == 0 {
                out.push_str(" - |");
            } else {
                let _ = write!(
                    out,
                    " {} +{}m, {} |",
                    p.replaced,
                    p.mitigated,
                    money(p.cents)
                );
            }
        }
        out.push('\n');
    }
    out.push_str("\n## Values used\n\n| id | what | cost | minutes | lead, weeks | from |\n| --- | --- | --- | --- | --- | --- |\n");
    for v in &plan.values {
        let _ = writeln!(
            out,
            "| `{}` | {} | {} | {} | {} | {} |",
            md(&v.id),
            md(&v.what),
            money(v.cents),
            v.minutes,
            v.lead_weeks,
            shortened(&v.source, 600).replace('|', "\\|")
        );
    }
    let _ = writeln!(
        out,
        "\nOne risk point for one month counts {} {}. Table {}.",
        money(s.cents_per_point),
        plan.currency,
        md(&plan.table)
    );
    out
}

/// One department's plan: what, who, when, at what cost, what stays.
pub fn department(plan: &Plan, d: &DepartmentPlan) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "# {}: plan of {}\n", md(&d.name), plan.date);
    if let Some(owner) = &d.owner {
        let _ = writeln!(out, "Answers for it: {}.\n", md(owner));
    }
    let cents: i64 = d.periods.iter().map(|p| p.cents).sum();
    let minutes: i64 = d.periods.iter().map(|p| p.minutes).sum();
    let _ = writeln!(
        out,
        "Cost {} {}, {} hours of work. To settle first: {}. Accepted: {}.\n",
        money(cents),
        plan.currency,
        (minutes + 59) / 60,
        d.to_settle,
        d.accepted
    );
    out.push_str("| period | replaced | from afar | visits | cost | hours | risk points at work |\n| --- | --- | --- | --- | --- | --- | --- |\n");
    for (p, c) in plan.problem.periods.iter().zip(&d.periods) {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {} |",
            p.name,
            c.replaced,
            c.mitigated,
            c.visits,
            money(c.cents),
            (c.minutes + 59) / 60,
            c.points
        );
    }
    let mine: Vec<&Action> = plan
        .actions
        .iter()
        .filter(|a| a.department.as_deref().unwrap_or("department not stated") == d.id)
        .collect();
    let of = |kinds: &[ActionKind]| -> Vec<&Action> {
        mine.iter()
            .copied()
            .filter(|a| kinds.contains(&a.action))
            .collect()
    };
    let work = of(&[
        ActionKind::Mitigate,
        ActionKind::Replace,
        ActionKind::ModuleSwap,
    ]);
    if !work.is_empty() {
        out.push_str("\n## To do\n\n| by | what | asset | product, module | site | cost | due | residual risk points |\n| --- | --- | --- | --- | --- | --- | --- | --- |\n");
        for a in work.iter().take(LISTED) {
            let due = a.due.as_ref().map_or_else(String::new, |d| {
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
            });
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} | {} | {} | {} of {} |",
                a.by.as_deref().unwrap_or(""),
                md_long(&a.says()),
                md(a.asset.as_deref().unwrap_or("no asset")),
                md(&format!("{}, {}", a.product, a.module)),
                md(a.site.as_deref().unwrap_or("not stated")),
                money(a.cents),
                md(&due),
                a.points_after,
                a.points_before
            );
        }
        more(&mut out, work.len());
    }
    let left = of(&[ActionKind::Accept]);
    if !left.is_empty() {
        out.push_str("\n## Accepted until the plan ends\n\n| asset | product, module | owner | expires | risk points |\n| --- | --- | --- | --- | --- |\n");
        for a in left.iter().take(LISTED) {
            let _ = writeln!(
                out,
                "| {} | {} | {} | {} | {} |",
                md(a.asset.as_deref().unwrap_or("no asset")),
                md(&format!("{}, {}", a.product, a.module)),
                md(a.owner.as_deref().unwrap_or("nobody named")),
                a.until.as_deref().unwrap_or(""),
                a.points_after
            );
        }
        more(&mut out, left.len());
    }
    let open = of(&[ActionKind::Settle]);
    if !open.is_empty() {
        out.push_str("\n## To settle first\n\nNothing is replaced on a guess. One question often settles many.\n\n| question | product, module | assets |\n| --- | --- | --- |\n");
        let mut groups: std::collections::BTreeMap<(String, String), Vec<String>> =
            std::collections::BTreeMap::new();
        for a in &open {
            let key = (
                a.question.clone().unwrap_or_default(),
                format!("{}, {}", a.product, a.module),
            );
            groups
                .entry(key)
                .or_default()
                .push(a.asset.clone().unwrap_or_else(|| "no asset".to_owned()));
        }
        let n = groups.len();
        for ((question, product), assets) in groups.iter().take(LISTED) {
            let _ = writeln!(
                out,
                "| {} | {} | {}: {} |",
                md(question),
                md(product),
                assets.len(),
                md(&listed(assets))
            );
        }
        more(&mut out, n);
    }
    out
}

fn more(out: &mut String, n: usize) {
    if n > LISTED {
        let _ = writeln!(
            out,
            "\n{} more are in the CSV beside this page.",
            n - LISTED
        );
    }
}

/// Columns of the CSV and of the workbook, in order.
pub const COLUMNS: [&str; 26] = [
    "action",
    "asset",
    "department",
    "site",
    "owner",
    "period",
    "from",
    "by",
    "what",
    "product",
    "class",
    "module",
    "cost",
    "currency",
    "minutes",
    "visit",
    "due",
    "due_binding",
    "due_kept",
    "rule",
    "outcome",
    "points_before",
    "points_after",
    "question_or_until",
    "lowers",
    "does_not_lower",
];

/// What an action says in each column.
fn values(plan: &Plan, a: &Action) -> [String; 26] {
    let text = |t: Option<&str>| t.unwrap_or_default().to_owned();
    let yes = |b: bool| if b { "yes" } else { "no" }.to_owned();
    let due = a.due.as_ref();
    [
        a.action.says().to_owned(),
        text(a.asset.as_deref()),
        text(a.department.as_deref()),
        text(a.site.as_deref()),
        text(a.owner.as_deref()),
        text(a.period.as_deref()),
        text(a.from.as_deref()),
        text(a.by.as_deref()),
        a.what.clone(),
        a.product.clone(),
        text(a.class.as_deref()),
        a.module.clone(),
        format!("{}.{:02}", a.cents / 100, a.cents % 100),
        plan.currency.clone(),
        a.minutes.to_string(),
        yes(a.visit),
        text(due.and_then(|d| d.day.as_deref())),
        due.map(|d| yes(d.binding)).unwrap_or_default(),
        due.and_then(|d| d.kept).map(yes).unwrap_or_default(),
        text(due.map(|d| d.rule.as_str())),
        text(a.outcome.as_deref()),
        a.points_before.to_string(),
        a.points_after.to_string(),
        text(a.question.as_deref().or(a.until.as_deref())),
        text(a.lowers.as_deref()),
        text(a.leaves.as_deref()),
    ]
}

/// Actions of all departments, or of one.
fn of_department<'p>(
    plan: &'p Plan,
    department: Option<&'p str>,
) -> impl Iterator<Item = &'p Action> {
    plan.actions.iter().filter(move |a| {
        let own = a.department.as_deref().unwrap_or("department not stated");
        department.is_none_or(|d| d == own)
    })
}

/// All actions, or a department's, for trackers.
///
/// # Errors
/// None in memory.
pub fn csv(plan: &Plan, department: Option<&str>) -> Result<Vec<u8>, csv::Error> {
    let mut w = csv::Writer::from_writer(Vec::new());
    w.write_record(COLUMNS)?;
    for a in of_department(plan, department) {
        let row = values(plan, a);
        w.write_record(row.iter().map(|v| cell(v).into_owned()))?;
    }
    w.into_inner().map_err(|e| e.into_error().into())
}

/// The plan, or a department's, as a workbook: actions, departments by period, values used. Days and
/// numbers are typed, and nothing becomes a formula.
///
/// # Errors
/// None in memory.
pub fn workbook(plan: &Plan, department: Option<&str>) -> Result<Vec<u8>, XlsxError> {
    let mut book = Book::new(&format!("{}T00:00:00", plan.date));
    let columns: Vec<Column<'_>> = COLUMNS
        .iter()
        .map(|name| {
            let (width, kind) = match *name {
                "from" | "by" | "due" => (12.0, Cell::Date),
                "cost" | "minutes" | "points_before" | "points_after" => (10.0, Cell::Number),
                "what" | "question_or_until" | "lowers" | "does_not_lower" => (44.0, Cell::Text),
                "product" | "module" | "rule" => (28.0, Cell::Text),
                "currency" | "visit" | "due_binding" | "due_kept" => (9.0, Cell::Text),
                _ => (16.0, Cell::Text),
            };
            column(name, width, kind)
        })
        .collect();
    let rows: Vec<Vec<String>> = of_department(plan, department)
        .map(|a| values(plan, a).to_vec())
        .collect();
    book.sheet("Actions", &columns, &rows, &[])?;
    let columns = [
        column("department", 24.0, Cell::Text),
        column("period", 12.0, Cell::Text),
        column("from", 12.0, Cell::Date),
        column("to", 12.0, Cell::Date),
        column("replaced", 10.0, Cell::Number),
        column("from afar", 10.0, Cell::Number),
        column("visits", 10.0, Cell::Number),
        column("cost", 12.0, Cell::Number),
        column("minutes", 10.0, Cell::Number),
        column("risk points at work, a month", 14.0, Cell::Number),
    ];
    let mut rows = Vec::new();
    let shown = plan.departments.iter();
    for d in shown.filter(|d| department.is_none_or(|id| id == d.id)) {
        for (p, c) in plan.problem.periods.iter().zip(&d.periods) {
            rows.push(vec![
                d.name.clone(),
                p.name.clone(),
                p.first.clone(),
                p.last.clone(),
                c.replaced.to_string(),
                c.mitigated.to_string(),
                c.visits.to_string(),
                format!("{}.{:02}", c.cents / 100, c.cents % 100),
                c.minutes.to_string(),
                c.points.to_string(),
            ]);
        }
    }
    book.sheet("Periods", &columns, &rows, &[])?;
    let columns = [
        column("id", 24.0, Cell::Text),
        column("what", 44.0, Cell::Text),
        column("cost", 12.0, Cell::Number),
        column("minutes", 10.0, Cell::Number),
        column("lead, weeks", 10.0, Cell::Number),
        column("from", 70.0, Cell::Text),
    ];
    let rows: Vec<Vec<String>> = plan
        .values
        .iter()
        .map(|v| {
            vec![
                v.id.clone(),
                v.what.clone(),
                format!("{}.{:02}", v.cents / 100, v.cents % 100),
                v.minutes.to_string(),
                v.lead_weeks.to_string(),
                v.source.clone(),
            ]
        })
        .collect();
    book.sheet("Values", &columns, &rows, &[])?;
    book.finish()
}

fn column(name: &str, width: f64, kind: Cell) -> Column<'_> {
    Column {
        name,
        width,
        kind,
        answer: false,
    }
}

/// First day, what, where.
type Entry<'a> = (&'a str, ActionKind, &'a str);

/// A department's visits, measures and questions as an iCalendar file (RFC 5545): one entry for each
/// site and period, all-day.
pub fn calendar(plan: &Plan, department: &str) -> String {
    use std::collections::BTreeMap;
    let mut out = Lines::default();
    out.put("BEGIN:VCALENDAR");
    out.put("VERSION:2.0");
    out.put("PRODID:-//cellsweep//plan//EN");
    let stamp = format!("{}T000000Z", plan.date.replace('-', ""));
    let mut groups: BTreeMap<Entry<'_>, Vec<&Action>> = BTreeMap::new();
    for a in &plan.actions {
        if a.department.as_deref().unwrap_or("department not stated") != department
            || a.action == ActionKind::Accept
        {
            continue;
        }
        let Some(from) = a.from.as_deref() else {
            continue;
        };
        // Questions of a department stand in one entry.
        let site = match a.action {
            ActionKind::Settle => "",
            _ => a.site.as_deref().unwrap_or("site not stated"),
        };
        groups.entry((from, a.action, site)).or_default().push(a);
    }
    for ((from, kind, site), actions) in groups {
        let by = actions
            .first()
            .and_then(|a| a.by.as_deref())
            .unwrap_or(from);
        // The end of an all-day entry is the day after.
        let end = by
            .parse::<jiff::civil::Date>()
            .ok()
            .and_then(|d| d.tomorrow().ok())
            .map_or_else(|| by.to_owned(), |d| d.to_string());
        let day = |d: &str| d.replace('-', "");
        out.put("BEGIN:VEVENT");
        out.put(&format!(
            "UID:{}-{}-{}-{}@cellsweep",
            file_name(department),
            day(from),
            file_name(kind.says()),
            file_name(site)
        ));
        out.put(&format!("DTSTAMP:{stamp}"));
        out.put(&format!("DTSTART;VALUE=DATE:{}", day(from)));
        out.put(&format!("DTEND;VALUE=DATE:{}", day(&end)));
        let place = if site.is_empty() {
            String::new()
        } else {
            format!(" at {site}")
        };
        out.text(
            "SUMMARY",
            &format!("{}: {} assets{place}", kind.says(), actions.len()),
        );
        if !site.is_empty() {
            out.text("LOCATION", site);
        }
        let names: Vec<String> = actions
            .iter()
            .map(|a| a.asset.clone().unwrap_or_else(|| "no asset".to_owned()))
            .collect();
        out.text("DESCRIPTION", &listed(&names));
        out.put("TRANSP:TRANSPARENT");
        out.put("END:VEVENT");
    }
    out.put("END:VCALENDAR");
    out.0
}

/// Lines of an iCalendar file: CRLF, folded at 75 octets.
#[derive(Default)]
struct Lines(String);

impl Lines {
    fn put(&mut self, line: &str) {
        let mut octets = 0;
        for c in line.chars() {
            if octets + c.len_utf8() > 75 {
                self.0.push_str("\r\n ");
                octets = 1;
            }
            self.0.push(c);
            octets += c.len_utf8();
        }
        self.0.push_str("\r\n");
    }

    fn text(&mut self, name: &str, value: &str) {
        let clean = sanitise(value);
        let mut line = format!("{name}:");
        for c in clean.chars() {
            if matches!(c, '\\' | ';' | ',') {
                line.push('\\');
            }
            line.push(c);
        }
        self.put(&line);
    }
}

#[cfg(test)]
mod tests {
    use super::super::{LackLeast, LackOf};
    use super::*;

    #[test]
    fn long_lines_are_folded_and_signs_escaped() {
        let mut l = Lines::default();
        l.text("SUMMARY", &format!("a,b;c\\d\n{}", "é".repeat(60)));
        assert!(l.0.starts_with("SUMMARY:a\\,b\\;c\\\\d "));
        assert!(l.0.ends_with("\r\n"));
        for line in l.0.split("\r\n") {
            assert!(line.len() <= 75, "{}", line.len());
        }
        let unfolded = l.0.replace("\r\n ", "");
        assert!(unfolded.contains(&"é".repeat(60)));
    }

    #[test]
    fn what_lacks_is_said_as_far_as_it_is_known() {
        let mut l = Lack {
            assets: vec!["a".to_owned(), "b".to_owned()],
            least_missed: 2,
            add: vec![LackOf {
                of: "time of crew north, 2027-Q1".to_owned(),
                amount: 150,
                unit: "minutes".to_owned(),
            }],
            least: vec![LackLeast {
                of: "time of crews".to_owned(),
                amount: 150,
                at_least: 150,
                unit: "minutes".to_owned(),
            }],
            ..Lack::default()
        };
        assert_eq!(
            lack(&l),
            "2 binding deadlines are missed: a, b. No plan inside these limits misses fewer. Enough for all \
             others: 2 h 30 min more in: time of crew north, 2027-Q1. In all 2 h 30 min of time of crews. \
             This is the least: proven."
        );
        l.least_missed = 1;
        l.least[0].at_least = 90;
        let said = lack(&l);
        assert!(said.contains("misses 1 or more"), "{said}");
        assert!(
            said.ends_with("In all 2 h 30 min of time of crews, and not less than 1 h 30 min."),
            "{said}"
        );
    }

    #[test]
    fn names_of_files() {
        assert_eq!(file_name("../a b"), "_._a_b");
        assert_eq!(file_name("a.b"), "a.b");
        assert_eq!(file_name(""), "_");
    }
}
