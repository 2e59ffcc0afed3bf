//! `summary.md`.

use std::fmt::Write as _;

use cellsweep_catalog::Catalog;

use crate::brief::{Brief, brief};
use crate::hangs;
use crate::makers::{Makers, NOT_SETTLED};
use crate::model::{Report, ReportFinding};
use crate::questions;
use crate::risk::{self, reading};
use crate::sanitise::shortened;
use crate::standing::{product_says, read_word};
use crate::tables;

/// Outside text inside Markdown: one line, no markup, no HTML, no table border.
fn md(text: &str) -> String {
    let clean = shortened(text, 600);
    let mut out = String::with_capacity(clean.len() + 8);
    for c in clean.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '{' | '}' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            // A bare address would be turned into a link by some viewers.
            ':' => out.push_str("&#58;"),
            c => out.push(c),
        }
    }
    out
}

/// The report in Markdown: the answer, counts, what is not assessed, questions, remarks, and one line
/// for every finding.
pub fn markdown(report: &Report, catalog: Option<&Catalog>) -> String {
    let makers = Makers::new(report, catalog);
    let brief: Brief = brief(report, catalog);
    let mut out = String::new();
    // Writing to a String does not fail.
    let mut line = |text: String| {
        let _ = writeln!(out, "{text}");
    };
    let title = report.organisation.as_deref().map_or_else(
        || "Cellular modules".to_owned(),
        |o| format!("Cellular modules: {}", md(o)),
    );
    line(format!("# {title}\n"));
    line(format!(
        "Date asked about: {}. Made {} by {} {}, catalogue of {}.\n",
        md(&report.date),
        md(&report.generated_at).replace("&#58;", ":"),
        md(&report.tool.name),
        md(&report.tool.version),
        md(&report.catalog.as_of),
    ));
    line(format!("{}\n", md(&brief.answer)));
    if !brief.more.is_empty() {
        line(format!("{}\n", md(&brief.more)));
    }

    line("## Whose\n".to_owned());
    line("| Maker | Modules |\n| --- | ---: |".to_owned());
    for m in &report.summary.by_maker {
        let name = m
            .maker
            .as_deref()
            .map_or_else(|| NOT_SETTLED.to_owned(), |s| makers.name(s).into_owned());
        line(format!("| {} | {} |", md(&name), m.modules));
    }

    line("\n## By when\n".to_owned());
    if brief.due.is_empty() {
        line("No verdict of the chosen packs names a day.".to_owned());
    } else {
        line("| Day | What | Pack and rule | Findings | Modules |\n| --- | --- | --- | ---: | ---: |".to_owned());
        for d in &brief.due {
            line(format!(
                "| {} | {} | {} | {} | {} |",
                md(&d.day),
                md(&d.what),
                md(&d.rule),
                d.findings,
                d.modules
            ));
        }
    }

    at_risk(report, &mut line);
    hangs_on(report, &mut line);

    line("\n## Coverage\n".to_owned());
    let c = &report.coverage;
    line(format!(
        "- Assets: {} ({} found, {} clear, {} not assessed)",
        c.assets_total, c.found, c.clear, c.not_assessed
    ));
    line(format!(
        "- Sources: {} read, {} partly read, {} failed, {} that no reader knows\n",
        c.sources_read, c.partial, c.failed, c.unrecognised
    ));
    for s in report
        .sources
        .iter()
        .filter(|s| s.status != crate::model::ReadStatus::Read)
    {
        let first = s.errors.first().map_or_else(String::new, |e| {
            format!(": {}, {}", md(&e.locator), md(&e.message))
        });
        line(format!("- {} {}{first}", md(&s.path), read_word(s.status)));
    }

    if !brief.unassessed.is_empty() {
        line("\n## Not assessed\n".to_owned());
        line("| Assets | Why | What would settle it |\n| ---: | --- | --- |".to_owned());
        for g in &brief.unassessed {
            line(format!(
                "| {} | {} | {} |",
                g.count,
                md(&g.why),
                md(&g.settled_by)
            ));
        }
    }

    let asked = questions::questions(report, catalog);
    if !asked.is_empty() {
        line("\n## Questions to suppliers\n".to_owned());
        line("| Question | Items | Product | Candidates |\n| --- | ---: | --- | --- |".to_owned());
        for q in &asked {
            line(format!(
                "| {} | {} | {} | {} |",
                md(&q.id),
                q.count,
                md(&q.product()),
                md(&questions::listed(&q.candidates))
            ));
        }
    }

    if !report.remarks.is_empty() {
        line("\n## Remarks\n".to_owned());
        for r in &report.remarks {
            line(format!("- {} ({})", md(&r.message), md(&r.code)));
        }
    }

    line("\n## Findings\n".to_owned());
    line("| Id | Where | Product | Module | Presence | Confidence | Verdict | Outcome | National security | Economic | Privacy | Values and rights |\n| --- | --- | --- | --- | --- | ---: | --- | --- | --- | --- | --- | --- |".to_owned());
    for (row, f) in tables::table(report, catalog).iter().zip(&report.findings) {
        let module = if row.candidates.is_empty() {
            row.module.clone()
        } else {
            format!("{}: {}", row.module, row.candidates)
        };
        let risks = risk_words(f);
        line(format!(
            "| {} | {} | {} | {} | {} | {:.2} | {} | {risks} |",
            md(&row.id),
            md(&row.subject),
            md(&product_says(&f.finding)),
            md(&module),
            row.presence,
            row.confidence,
            md(&row.status)
        ));
    }
    out
}

/// Outcome and the four areas as cells of a row: the lower end, and the upper where it is another.
fn risk_words(f: &ReportFinding) -> String {
    let Some(r) = reading(f) else {
        return ["not stated"; 5].join(" | ");
    };
    let areas = risk::areas(&r.risk).map(|a| {
        risk::level(a).map_or_else(
            || "no basis".to_owned(),
            |l| risk::span(&l.interval[0], &l.interval[1]),
        )
    });
    std::iter::once(risk::span(&r.risk.outcome, &r.risk.outcome_up_to))
        .chain(areas)
        .map(|words| md(&words))
        .collect::<Vec<_>>()
        .join(" | ")
}

/// What is at risk: findings by outcome, and by level in each area.
fn at_risk(report: &Report, line: &mut impl FnMut(String)) {
    line("\n## What it puts at risk\n".to_owned());
    let c = risk::counts(report);
    if c.all.findings == 0 {
        line("The report states no risk of any finding.".to_owned());
        return;
    }
    line(format!("{}\n", md(risk::TWO_THINGS)));
    line("| Outcome | Findings | Modules | Findings, everything unknown at its worst |\n| --- | ---: | ---: | ---: |".to_owned());
    for (word, n) in risk::OUTCOMES.iter().zip(c.outcomes) {
        line(format!(
            "| {} | {} | {} | {} |",
            risk::says(word),
            n.findings,
            n.modules,
            n.up_to
        ));
    }
    line("\n| Area | Very high | High | Medium | Low | No basis | May be higher |\n| --- | ---: | ---: | ---: | ---: | ---: | ---: |".to_owned());
    for (area, cell) in risk::AREAS.iter().zip(c.all.cells) {
        let [very_high, high, medium, low] = cell.levels;
        line(format!(
            "| {area} | {very_high} | {high} | {medium} | {low} | {} | {} |",
            cell.no_basis, cell.open
        ));
    }
    if c.not_stated > 0 {
        line(format!(
            "\nFindings whose risk is not stated: {}.",
            c.not_stated
        ));
    }
}

/// What the estate hangs on: index and largest shares by dimension, and second sources.
fn hangs_on(report: &Report, line: &mut impl FnMut(String)) {
    let Some(d) = &report.dependency else {
        return;
    };
    line("\n## What it hangs on\n".to_owned());
    line("| By | Index, 0 to 10000 | Largest known shares |\n| --- | --- | --- |".to_owned());
    for s in d.estate.shares.iter().filter(|s| s.weight == "count") {
        line(format!(
            "| {} | {} | {} |",
            md(&s.by),
            hangs::index(s.hhi),
            md(&hangs::largest(s, 3))
        ));
    }
    line(format!(
        "\nIntervals span every way in which sets that are not settled and assets not assessed may fall. {}",
        md(&hangs::second_says(d))
    ));
}
