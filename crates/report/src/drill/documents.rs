//! A drill in words: Markdown, and a table of services.

use std::fmt::Write as _;

use cellsweep_risk::drill::Quantiles;

use super::{Drill, Listing, RecoveryEnd, ServiceDrill, When};
use crate::brief::counted;
use crate::plan::documents::money;
use crate::sanitise::shortened;

/// Assets listed in the document.
const LISTED: usize = 200;

/// Outside text in a cell: one line, nothing that Markdown reads as its own.
fn cell(text: &str) -> String {
    let mut out = String::new();
    for c in shortened(text, 300).chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '\\' | '`' | '*' | '_' | '[' | ']' | '|' | '#' | '~' | '!' => {
                out.push('\\');
                out.push(c);
            }
            c => out.push(c),
        }
    }
    out
}

/// A time in words: `2027-03-01 (2027-01-10 to 2027-06-20)`.
pub fn when(w: &When) -> String {
    let day = |d: &Option<String>| d.clone().unwrap_or_else(|| "later".to_owned());
    if w.median.is_none() {
        return w.p5.as_ref().map_or_else(
            || "not in the time looked at".to_owned(),
            |early| format!("not in most runs (5th percentile {early})"),
        );
    }
    if w.p5 == w.p95 {
        return day(&w.median);
    }
    format!("{} ({} to {})", day(&w.median), day(&w.p5), day(&w.p95))
}

/// A count in words: `12 (8 to 17)`.
pub fn devices(q: &Quantiles) -> String {
    let n = |v: Option<f64>| v.map_or_else(|| "?".to_owned(), |v| format!("{v:.0}"));
    if q.p5 == q.p95 {
        return n(q.median);
    }
    format!("{} ({} to {})", n(q.median), n(q.p5), n(q.p95))
}

fn percent(share: f64) -> String {
    match share {
        s if s <= 0.0 => "0 %".to_owned(),
        s if s < 0.01 => "under 1 %".to_owned(),
        s if s > 0.99 && s < 1.0 => "over 99 %".to_owned(),
        s => format!("{:.0} %", s * 100.0),
    }
}

/// Both ends: `0 % to 40 %`.
pub fn stops(s: &ServiceDrill) -> String {
    let (low, high) = (percent(s.at_least.stops), percent(s.at_most.stops));
    if low == high {
        low
    } else {
        format!("{low} to {high}")
    }
}

/// When it first stops: the later and the earlier end, as far as it does.
pub fn first_stop(s: &ServiceDrill) -> String {
    match (&s.at_least.first_stop, &s.at_most.first_stop) {
        (None, None) => "-".to_owned(),
        (Some(w), None) => when(w),
        (None, Some(w)) => format!("at most: {}", when(w)),
        (Some(low), Some(high)) if low == high => when(low),
        (Some(low), Some(high)) => format!("{}; at most: {}", when(low), when(high)),
    }
}

/// Both ends if nothing were replaced.
pub fn stops_untouched(s: &ServiceDrill) -> String {
    let (low, high) = (
        percent(s.at_least.stops_untouched),
        percent(s.at_most.stops_untouched),
    );
    if low == high {
        low
    } else {
        format!("{low} to {high}")
    }
}

/// Totals in one sentence that adds up.
pub fn totals(d: &Drill) -> String {
    let t = &d.totals;
    let mut out = format!(
        "{}: {} concerned, {} may be (maker not settled), {} of others or clear, {} not looked at.",
        counted(t.assets.total, "asset", "assets"),
        t.assets.hit,
        t.assets.maybe,
        t.assets.not_hit,
        t.assets.not_assessed
    );
    if t.without_asset.total > 0 {
        let _ = write!(
            out,
            " Of {} without an asset: {} concerned, {} may be, {} of others.",
            counted(t.without_asset.total, "finding", "findings"),
            t.without_asset.hit,
            t.without_asset.maybe,
            t.without_asset.not_hit
        );
    }
    out
}

/// One end of the recovery in words.
pub fn recovered(r: &RecoveryEnd, currency: &str) -> String {
    format!(
        "{}: last one replaced {}; no device down from {}; {} hours of work, {} {currency} for devices",
        counted(r.devices, "device", "devices"),
        when(&r.replaced),
        when(&r.all_up),
        r.minutes / 60,
        money(r.cents)
    )
}

fn listing(out: &mut String, title: &str, list: &Listing) {
    let _ = writeln!(out, "\n## {title}: {}\n", list.count);
    if list.assets.is_empty() {
        return;
    }
    let _ = writeln!(
        out,
        "| Asset | Department | Product | Module | Service | What would settle it |\n| --- | --- | --- | --- | --- | --- |"
    );
    for a in list.assets.iter().take(LISTED) {
        let first = a.findings.first().map_or("", String::as_str);
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} |",
            cell(a.asset.as_deref().unwrap_or(first)),
            cell(a.department.as_deref().unwrap_or_default()),
            cell(a.product.as_deref().unwrap_or_default()),
            cell(&a.module),
            cell(&a.service),
            cell(a.settled_by.as_deref().unwrap_or_default()),
        );
    }
    let more = list.count.saturating_sub(LISTED as u64);
    if more > 0 {
        let _ = writeln!(out, "\n{more} more in drill.json.");
    }
}

/// `drill.md`.
pub fn markdown(d: &Drill) -> String {
    let mut out = String::new();
    let organisation = d.organisation.as_deref().unwrap_or("Estate");
    let _ = writeln!(
        out,
        "# {}: {}, from {}\n",
        cell(organisation),
        cell(&d.assumed),
        d.from
    );
    let makers: Vec<String> = d
        .withheld
        .makers
        .iter()
        .map(|m| match &m.owner {
            Some(o) if m.by == "owner" => format!(
                "{} (owner on the day: {}, {}; {})",
                m.name,
                o,
                m.kind.as_deref().unwrap_or_default(),
                m.source.as_deref().unwrap_or_default()
            ),
            _ => m.name.clone(),
        })
        .collect();
    let _ = writeln!(out, "Makers concerned: {}.\n", cell(&makers.join("; ")));
    let _ = writeln!(out, "{}\n", totals(d));
    let t = &d.timeline;
    let _ = writeln!(
        out,
        "Down on the first day: at least {}, at most {} devices.\n",
        devices(&t.at_once_at_least),
        devices(&t.at_once_at_most)
    );
    let _ = writeln!(
        out,
        "Recovery: {}.\n\n- At least, {}.\n- At most, {}.\n",
        d.recovery.by,
        recovered(&d.recovery.at_least, &d.currency),
        recovered(&d.recovery.at_most, &d.currency)
    );
    let _ = writeln!(out, "![Timeline](drill.svg)\n");
    let _ = writeln!(
        out,
        "Dates are medians of {} simulated runs (seed {}), with the 5th and the 95th percentile. *At least* counts what is settled, *at most* also what may be concerned.",
        d.simulation.runs, d.simulation.seed
    );

    let _ = writeln!(out, "\n## What happens when\n");
    let _ = writeln!(out, "| What | At least | At most |\n| --- | --- | --- |");
    for e in &t.events {
        let say = |w: &Option<When>| w.as_ref().map_or_else(|| "-".to_owned(), when);
        if e.at_least.is_none() && e.at_most.is_none() {
            let day = e.day.clone().unwrap_or_default();
            let _ = writeln!(out, "| {} | {day} | {day} |", cell(&e.what));
        } else {
            let _ = writeln!(
                out,
                "| {} | {} | {} |",
                cell(&e.what),
                say(&e.at_least),
                say(&e.at_most)
            );
        }
    }

    let _ = writeln!(out, "\n## Services\n");
    let _ = writeln!(
        out,
        "A service counts as stopped while less than the share it needs of its devices is up. {} further have nothing concerned.\n",
        d.services_not_concerned
    );
    let _ = writeln!(
        out,
        "| Service | Criticality | Devices | Concerned | May be | Not looked at | Needs | Stops in | First stop | Stops in, if nothing were replaced |\n| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- | --- |"
    );
    for s in &d.services {
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {} | {} | {:.0} % | {} | {} | {} |",
            cell(&s.service),
            s.criticality.as_deref().unwrap_or("not stated"),
            s.devices,
            s.hit,
            s.maybe,
            s.not_assessed,
            s.needs * 100.0,
            stops(s),
            first_stop(s),
            stops_untouched(s)
        );
    }

    let _ = writeln!(out, "\n## Crews\n");
    let _ = writeln!(
        out,
        "| Crew | Hours a week | Stated by the estate | Devices | Hours of work | Done, at least | Done, at most |\n| --- | ---: | --- | ---: | ---: | --- | --- |"
    );
    for c in &d.recovery.at_most.crews {
        let low = d.recovery.at_least.crews.iter().find(|l| l.name == c.name);
        let _ = writeln!(
            out,
            "| {} | {:.1} | {} | {} to {} | {} to {} | {} | {} |",
            cell(&c.name),
            c.hours_a_week,
            if c.own { "yes" } else { "no" },
            low.map_or(0, |l| l.devices),
            c.devices,
            low.map_or(0, |l| l.minutes / 60),
            c.minutes / 60,
            low.map_or_else(|| "-".to_owned(), |l| when(&l.done)),
            when(&c.done)
        );
    }

    let _ = writeln!(out, "\n## Notes\n");
    for n in &d.notes {
        let _ = writeln!(out, "- {}", cell(n));
    }
    listing(&mut out, "Concerned", &d.hit);
    listing(&mut out, "May be concerned", &d.maybe);
    listing(&mut out, "Not looked at", &d.not_looked_at);

    let _ = writeln!(out, "\n## Values used\n");
    let _ = writeln!(
        out,
        "| Value | Unit | Low | Typical | High | Where it comes from |\n| --- | --- | ---: | ---: | ---: | --- |"
    );
    for v in &d.values {
        let _ = writeln!(
            out,
            "| {} ({}) | {} | {} | {} | {} | {} |",
            cell(&v.what),
            v.id,
            v.unit,
            v.low,
            v.typical,
            v.high,
            cell(&v.source)
        );
    }
    let _ = writeln!(
        out,
        "\n| Replacement | Cost, {} | Minutes | Weeks | Where it comes from |\n| --- | ---: | ---: | ---: | --- |",
        d.currency
    );
    for v in &d.replacements {
        let _ = writeln!(
            out,
            "| {} ({}) | {} | {} | {} | {} |",
            cell(&v.what),
            v.id,
            money(v.cents),
            v.minutes,
            v.lead_weeks,
            cell(&v.source)
        );
    }
    let _ = writeln!(out, "\nTable: {}.", d.simulation.table);
    out
}
