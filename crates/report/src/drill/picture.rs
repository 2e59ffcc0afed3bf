//! A drill as a picture: devices down over time with its interval, and when services stop. An SVG file
//! that stands alone, follows light and dark, and says in words what it shows.

use std::fmt::Write as _;

use super::{Drill, ServiceDrill, When};
use crate::sanitise::shortened;
use crate::svg::{escape, fitting, grouped};

const STYLE: &str = "<style>:root{--ink:#1b1f24;--dim:#5b6570;--line:#d5dae0;--bar:#2f6f9f;\
    --soft:#bcd6e8;--open:#b58a1b;--wide:#f2e6c2;--red:#a63d2f;--back:#fff}\
    @media (prefers-color-scheme:dark){:root{--ink:#e8eaed;--dim:#a0a8b2;--line:#3a424c;--bar:#7ab6df;\
    --soft:#2c4a60;--open:#d8af45;--wide:#3b3318;--red:#e08a7d;--back:#14181d}}\
    svg{max-width:100%;height:auto;background:var(--back)}\
    .b{fill:var(--back)}text{fill:var(--ink);font:15px system-ui,sans-serif}.d{fill:var(--dim);font-size:14px}\
    .h{font-weight:600;font-size:18px}.g{stroke:var(--line);stroke-width:1}\
    .hi{fill:var(--wide);stroke:var(--open);stroke-width:1}.lo{fill:var(--soft);stroke:none}\
    .hm{fill:none;stroke:var(--open);stroke-width:2;stroke-dasharray:6 4}\
    .lm{fill:none;stroke:var(--bar);stroke-width:2.5}\
    .im{fill:none;stroke:var(--dim);stroke-width:1.5;stroke-dasharray:2 4}\
    .sb{fill:var(--bar)}.sh{fill:none;stroke:var(--open);stroke-width:1.5;stroke-dasharray:6 4}\
    .m{stroke:var(--red);stroke-width:1.5}.mt{fill:var(--red);font-size:14px}</style>";

const WIDTH: u32 = 760;
const LEFT: f64 = 64.0;
const RIGHT: f64 = 740.0;
const TOP: f64 = 148.0;
const BOTTOM: f64 = 368.0;
/// Services drawn; further ones are in the document.
const SERVICES: usize = 12;

/// What is drawn on the time axis.
struct Axis {
    weeks: f64,
    most: f64,
}

impl Axis {
    fn x(&self, week: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * (week / self.weeks).clamp(0.0, 1.0)
    }

    fn y(&self, devices: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * (devices / self.most).clamp(0.0, 1.0)
    }
}

fn median(w: Option<&When>) -> Option<f64> {
    w.and_then(|w| w.weeks.median)
}

/// A round number at or above.
fn round_up(n: f64) -> f64 {
    let mut step = 1.0;
    loop {
        for times in [1.0, 2.0, 5.0] {
            if n <= step * times {
                return step * times;
            }
        }
        step *= 10.0;
    }
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // counts of devices, not negative
fn whole(n: f64) -> String {
    grouped(n.max(0.0) as u64)
}

fn says(d: &Drill) -> String {
    let mut out = super::documents::totals(d);
    for p in d.timeline.points.iter().filter(|p| p.week % 52 == 0) {
        let _ = write!(
            out,
            " On {} down: at least {}, at most {}.",
            p.day,
            super::documents::devices(&p.at_least),
            super::documents::devices(&p.at_most)
        );
    }
    for s in drawn(d) {
        let _ = write!(
            out,
            " {} stops: {}, {}.",
            s.service,
            super::documents::stops(s),
            super::documents::first_stop(s)
        );
    }
    out
}

/// Services that may stop, those that do most surely first.
fn drawn(d: &Drill) -> Vec<&ServiceDrill> {
    d.services
        .iter()
        .filter(|s| s.at_most.stops > 0.0 || s.at_least.stops > 0.0)
        .take(SERVICES)
        .collect()
}

/// `drill.svg`.
pub fn timeline(d: &Drill) -> String {
    let points = &d.timeline.points;
    #[allow(clippy::cast_precision_loss)] // weeks
    let of = |week: u64| week as f64;
    let peak = points
        .iter()
        .flat_map(|p| [p.at_most.p95, p.untouched_at_most.median])
        .flatten()
        .fold(1.0, f64::max);
    let axis = Axis {
        weeks: points.last().map_or(1.0, |p| of(p.week)).max(1.0),
        most: round_up(peak),
    };
    let services = drawn(d);
    let rows = u32::try_from(services.len()).unwrap_or(0);
    let height = if rows == 0 { 410 } else { 450 + rows * 40 };
    let title = format!("Devices down from {}, {}", d.from, d.assumed);
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {WIDTH} {height}\" \
         width=\"{WIDTH}\" height=\"{height}\" aria-labelledby=\"t d\"><title id=\"t\">{}</title>\
         <desc id=\"d\">{}</desc>{STYLE}<rect class=\"b\" width=\"{WIDTH}\" height=\"{height}\"/>\
         <text class=\"h\" x=\"16\" y=\"30\">{}</text>",
        escape(&shortened(&title, 200)),
        escape(&shortened(&says(d), 2400)),
        escape(&format!("Devices down from {}", d.from))
    );
    // Writing to a String does not fail, here and below.
    let t = &d.totals.assets;
    let _ = write!(
        out,
        "<text class=\"d\" x=\"16\" y=\"52\">{}</text>\
         <text class=\"d\" x=\"16\" y=\"74\">{} assets concerned, {} may be (maker not settled), {} not looked at</text>\
         <rect class=\"lo\" x=\"16\" y=\"86\" width=\"26\" height=\"14\"/><path class=\"lm\" d=\"M16 93H42\"/>\
         <text class=\"d\" x=\"50\" y=\"98\">at least: settled</text>\
         <rect class=\"hi\" x=\"190\" y=\"86\" width=\"26\" height=\"14\"/><path class=\"hm\" d=\"M190 93H216\"/>\
         <text class=\"d\" x=\"224\" y=\"98\">at most: with what may be concerned</text>\
         <path class=\"im\" d=\"M16 117H42\"/><text class=\"d\" x=\"50\" y=\"122\">at most, if nothing were replaced</text>\
         <text class=\"d\" x=\"310\" y=\"122\">lines: medians of {} runs; areas: 5th to 95th percentile</text>",
        fitting(&d.assumed, 720),
        t.hit,
        t.maybe,
        t.not_assessed,
        d.simulation.runs
    );
    grid(&mut out, d, &axis);
    for (class, line, pick) in [("hi", "hm", true), ("lo", "lm", false)] {
        let value = |p: &super::Point| if pick { p.at_most } else { p.at_least };
        let (mut up, mut down, mut middle) = (String::new(), Vec::new(), String::new());
        for p in points {
            let q = value(p);
            let x = axis.x(of(p.week));
            let sign = if up.is_empty() { 'M' } else { 'L' };
            let _ = write!(up, "{sign}{x:.1} {:.1}", axis.y(q.p95.unwrap_or(0.0)));
            let _ = write!(
                middle,
                "{sign}{x:.1} {:.1}",
                axis.y(q.median.unwrap_or(0.0))
            );
            down.push(format!("L{x:.1} {:.1}", axis.y(q.p5.unwrap_or(0.0))));
        }
        down.reverse();
        let _ = write!(
            out,
            "<path class=\"{class}\" d=\"{up}{}Z\"/><path class=\"{line}\" d=\"{middle}\"/>",
            down.concat()
        );
    }
    let mut idle = String::new();
    for p in points {
        let sign = if idle.is_empty() { 'M' } else { 'L' };
        let y = axis.y(p.untouched_at_most.median.unwrap_or(0.0));
        let _ = write!(idle, "{sign}{:.1} {y:.1}", axis.x(of(p.week)));
    }
    let _ = write!(out, "<path class=\"im\" d=\"{idle}\"/>");
    marks(&mut out, d, &axis);
    if rows > 0 {
        rows_of_services(&mut out, &services, &axis);
    }
    out.push_str("</svg>\n");
    out
}

fn grid(out: &mut String, d: &Drill, axis: &Axis) {
    // The scale ends in 1, 2 or 5 and zeros: parts of it are whole.
    let parts = match axis.most {
        n if n < 1.5 => 1u32,
        n if n < 2.5 => 2,
        _ => 5,
    };
    for part in 0..=parts {
        let n = axis.most * f64::from(part) / f64::from(parts);
        let y = axis.y(n);
        let _ = write!(
            out,
            "<line class=\"g\" x1=\"{LEFT}\" y1=\"{y:.1}\" x2=\"{RIGHT}\" y2=\"{y:.1}\"/>\
             <text class=\"d\" x=\"{}\" y=\"{:.1}\" text-anchor=\"end\">{}</text>",
            LEFT - 8.0,
            y + 5.0,
            whole(n)
        );
    }
    let years = (axis.weeks / 52.0).floor().max(1.0);
    let every = (years / 5.0).ceil().max(1.0);
    let mut year = 0.0;
    while year * 52.0 <= axis.weeks + 1e-9 {
        let x = axis.x(year * 52.0);
        let near = |p: &&super::Point| {
            #[allow(clippy::cast_precision_loss)] // weeks
            let week = p.week as f64;
            (week - year * 52.0).abs() < 0.5
        };
        let day = d.timeline.points.iter().find(near).map(|p| p.day.as_str());
        // The last line has no room for its month.
        let day = day.filter(|_| year * 52.0 < axis.weeks - 20.0);
        let _ = write!(
            out,
            "<line class=\"g\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{}\"/>\
             <text class=\"d\" x=\"{x:.1}\" y=\"{}\" text-anchor=\"start\">{}</text>",
            BOTTOM + 6.0,
            BOTTOM + 24.0,
            escape(day.and_then(|d| d.get(..7)).unwrap_or_default())
        );
        year += every;
    }
}

/// When spares end, and when the last device is replaced.
fn marks(out: &mut String, d: &Drill, axis: &Axis) {
    let mut list: Vec<(f64, &str)> = Vec::new();
    let ends = d
        .stocks
        .iter()
        .filter_map(|s| median(Some(&s.ends_at_most)).or_else(|| median(Some(&s.ends_at_least))));
    if let Some(first) = ends.reduce(f64::min) {
        list.push((first, "first spares end"));
    }
    if let Some(week) = median(Some(&d.recovery.at_least.replaced)) {
        list.push((week, "settled ones replaced"));
    }
    if d.totals.devices_maybe > 0
        && let Some(week) = median(Some(&d.recovery.at_most.replaced))
    {
        list.push((week, "all replaced"));
    }
    list.retain(|(week, _)| *week > 0.0 && *week <= axis.weeks);
    list.sort_by(|a, b| a.0.total_cmp(&b.0));
    for ((week, what), row) in list.into_iter().zip([0.0, 19.0, 38.0]) {
        let x = axis.x(week);
        let late = x > RIGHT - 190.0;
        let (at, anchor) = if late {
            (x - 6.0, "end")
        } else {
            (x + 6.0, "start")
        };
        let _ = write!(
            out,
            "<line class=\"m\" x1=\"{x:.1}\" y1=\"{TOP}\" x2=\"{x:.1}\" y2=\"{BOTTOM}\"/>\
             <text class=\"mt\" x=\"{at:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{what}</text>",
            TOP + 14.0 + row
        );
    }
}

fn rows_of_services(out: &mut String, services: &[&ServiceDrill], axis: &Axis) {
    let _ = write!(
        out,
        "<text x=\"16\" y=\"{}\">When services stop and run again (medians of the runs in which they stop)</text>",
        BOTTOM + 56.0
    );
    for (row, s) in (0u32..).zip(services) {
        let y = BOTTOM + 72.0 + f64::from(row * 40);
        let _ = write!(
            out,
            "<text x=\"16\" y=\"{:.1}\">{}</text><text class=\"d\" x=\"16\" y=\"{:.1}\">stops in {} of runs</text>",
            y + 10.0,
            fitting(&s.service, 238),
            y + 27.0,
            escape(&super::documents::stops(s))
        );
        let from = 270.0;
        let x = |week: f64| from + (RIGHT - from) * (week / axis.weeks).clamp(0.0, 1.0);
        let _ = write!(
            out,
            "<line class=\"g\" x1=\"{from}\" y1=\"{:.1}\" x2=\"{RIGHT}\" y2=\"{:.1}\"/>",
            y + 10.0,
            y + 10.0
        );
        for (class, end, top, tall) in [
            ("sh", &s.at_most, 0.0, 20.0),
            ("sb", &s.at_least, 4.0, 12.0),
        ] {
            let Some(first) = median(end.first_stop.as_ref()) else {
                continue;
            };
            let last = median(end.back.as_ref()).unwrap_or(axis.weeks);
            let _ = write!(
                out,
                "<rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{tall}\"><title>{}</title></rect>",
                x(first),
                y + top,
                (x(last) - x(first)).max(2.0),
                escape(&format!(
                    "{}: {}",
                    s.service,
                    super::documents::first_stop(s)
                ))
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_scale_are_round() {
        assert!((round_up(1.0) - 1.0).abs() < 1e-9);
        assert!((round_up(13.0) - 20.0).abs() < 1e-9);
        assert!((round_up(460.0) - 500.0).abs() < 1e-9);
        assert_eq!(whole(12_345.0), "12\u{2009}345");
    }
}
