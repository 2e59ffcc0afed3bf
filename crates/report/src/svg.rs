//! Small charts as SVG text: no scripts, no styles of their own, the same input gives the same bytes.
//!
//! Colours come from the page through classes (`.bar`, `.unsettled`, `.txt` ...), so a chart follows
//! light and dark. Every chart has `role="img"`, a title and a description. Sizes are in the chart's
//! own units; a page shows the wide form on a screen or paper and the narrow one on a phone.

pub mod flow;
pub mod map;

use std::fmt::Write as _;

use crate::sanitise::shortened;

/// Which room a chart has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Room {
    /// Screen or paper: labels beside the bars.
    Wide,
    /// Phone: labels above the bars.
    Narrow,
}

impl Room {
    const fn width(self) -> u32 {
        match self {
            Self::Wide => 760,
            Self::Narrow => 340,
        }
    }
    const fn word(self) -> &'static str {
        match self {
            Self::Wide => "wide",
            Self::Narrow => "narrow",
        }
    }
}

/// A bar.
#[derive(Clone, Debug)]
pub struct Bar {
    /// What it counts.
    pub label: String,
    /// How many.
    pub value: u64,
    /// Drawn hatched: a count of what is not settled.
    pub hatched: bool,
}

/// A day on a timeline.
#[derive(Clone, Debug)]
pub struct Mark {
    /// The day as written.
    pub day: String,
    /// How far away it is, in words.
    pub away: String,
    /// What happens.
    pub label: String,
    /// By which rule; may be empty.
    pub detail: String,
    /// How many findings it concerns.
    pub value: u64,
    /// Class of the mark: `now`, `act`, `open`, `today`.
    pub class: &'static str,
}

/// A part of a stacked bar: class and count.
pub type Part = (&'static str, u64);

/// A group of tiles in a treemap.
#[derive(Clone, Debug)]
pub struct TileGroup {
    /// What the group is.
    pub label: String,
    /// Class of its tiles: `tile`, `tile unsettled`, `tile not`.
    pub class: &'static str,
    /// Parts with their counts, largest first.
    pub tiles: Vec<(String, u64)>,
}

impl TileGroup {
    fn sum(&self) -> u64 {
        self.tiles.iter().fold(0, |n, t| n.saturating_add(t.1))
    }
}

/// Text for an element or attribute of SVG or HTML.
pub fn escape(text: &str) -> String {
    let clean = crate::sanitise::sanitise(text);
    let mut out = String::with_capacity(clean.len());
    for c in clean.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
    out
}

/// Groups of three digits with a thin space; numbers below ten thousand stay whole.
pub fn grouped(n: u64) -> String {
    let digits = n.to_string();
    if digits.len() < 5 {
        return digits;
    }
    let mut out = String::new();
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push('\u{2009}');
        }
        out.push(c);
    }
    out
}

/// Length of `value` on a scale on which `most` is `room`; at least 2 for anything but nothing.
fn length(value: u64, most: u64, room: u32) -> u32 {
    if value == 0 || most == 0 {
        return 0;
    }
    let scaled = u128::from(value) * u128::from(room) / u128::from(most);
    u32::try_from(scaled).unwrap_or(room).clamp(2, room)
}

/// `text` cut to what fits into `room` units at the charts' letter size.
pub(crate) fn fitting(text: &str, room: u32) -> String {
    let most = (room as usize * 10 / 76).max(4);
    let clean = crate::sanitise::sanitise(text);
    if clean.chars().count() <= most {
        return escape(&clean);
    }
    let cut: String = clean.chars().take(most.saturating_sub(1)).collect();
    escape(&format!("{}…", cut.trim_end()))
}

fn open(out: &mut String, id: &str, room: Room, height: u32, title: &str, description: &str) {
    let (width, word) = (room.width(), room.word());
    // Writing to a String does not fail, here and below.
    let _ = write!(
        out,
        "<svg class=\"chart {word}\" role=\"img\" viewBox=\"0 0 {width} {height}\" \
         aria-labelledby=\"{id}-{word}-t {id}-{word}-d\" xmlns=\"http://www.w3.org/2000/svg\">\
         <title id=\"{id}-{word}-t\">{}</title><desc id=\"{id}-{word}-d\">{}</desc>",
        escape(title),
        escape(&shortened(description, 1200)),
    );
}

/// Horizontal bars, in the order given, each with its count.
pub fn bars(id: &str, title: &str, bars: &[Bar], room: Room) -> String {
    let width = room.width();
    let most = bars.iter().map(|b| b.value).max().unwrap_or(0);
    let count_room = 70;
    let (step, label_room, bar_top, bar_height) = match room {
        Room::Wide => (34, 200, 5, 22),
        Room::Narrow => (46, 0, 20, 18),
    };
    let bar_room = width - label_room - count_room;
    let rows = u32::try_from(bars.len()).unwrap_or(u32::MAX / step);
    let description = bars
        .iter()
        .map(|b| format!("{}: {}", b.label, b.value))
        .collect::<Vec<_>>()
        .join("; ");
    let mut out = String::new();
    open(&mut out, id, room, rows * step + 4, title, &description);
    for (n, bar) in (0u32..).zip(bars) {
        let y = n * step;
        let (label_x, label_y, anchor) = match room {
            Room::Wide => (label_room - 10, y + 21, "end"),
            Room::Narrow => (0, y + 14, "start"),
        };
        let label = fitting(
            &bar.label,
            if room == Room::Wide {
                label_room - 12
            } else {
                width
            },
        );
        let w = length(bar.value, most, bar_room);
        let class = if bar.hatched { "bar unsettled" } else { "bar" };
        let _ = write!(
            out,
            "<text class=\"txt\" x=\"{label_x}\" y=\"{label_y}\" text-anchor=\"{anchor}\">{label}</text>\
             <rect class=\"{class}\" x=\"{label_room}\" y=\"{}\" width=\"{w}\" height=\"{bar_height}\" rx=\"2\"/>\
             <text class=\"txt num\" x=\"{}\" y=\"{}\">{}</text>",
            y + bar_top,
            label_room + w + 8,
            y + bar_top + bar_height / 2 + 5,
            grouped(bar.value),
        );
    }
    out.push_str("</svg>");
    out
}

/// Days from top to bottom on a line, in the order given.
pub fn timeline(id: &str, title: &str, marks: &[Mark], room: Room) -> String {
    let width = room.width();
    let (step, line_x) = match room {
        Room::Wide => (38, 226),
        Room::Narrow => (72, 12),
    };
    let rows = u32::try_from(marks.len()).unwrap_or(u32::MAX / step);
    let description = marks
        .iter()
        .map(|m| format!("{} {}: {} {}", m.day, m.away, m.label, m.detail))
        .collect::<Vec<_>>()
        .join("; ");
    let mut out = String::new();
    let height = rows * step + 4;
    open(&mut out, id, room, height, title, &description);
    let _ = write!(
        out,
        "<line class=\"rule\" x1=\"{line_x}\" y1=\"4\" x2=\"{line_x}\" y2=\"{}\"/>",
        height - 4
    );
    let most = marks.iter().map(|m| m.value).max().unwrap_or(0);
    for (n, mark) in (0u32..).zip(marks) {
        let y = n * step + step / 2;
        let class = mark.class;
        // Area, not width, stands for the count: a mark's radius is between 5 and 11.
        let radius = 5 + length(mark.value, most, 36).isqrt();
        let _ = write!(
            out,
            "<circle class=\"mark {class}\" cx=\"{line_x}\" cy=\"{y}\" r=\"{radius}\"/>"
        );
        let (day, away) = (escape(&mark.day), escape(&mark.away));
        let room_for_text = width - line_x - 24;
        match room {
            Room::Wide => {
                let _ = write!(
                    out,
                    "<text class=\"txt num\" x=\"0\" y=\"{}\">{day}</text>\
                     <text class=\"txt dim\" x=\"{}\" y=\"{}\" text-anchor=\"end\">{away}</text>\
                     <text class=\"txt\" x=\"{}\" y=\"{}\">{}</text>",
                    y + 5,
                    line_x - 18,
                    y + 5,
                    line_x + 22,
                    y + 5,
                    fitting(&format!("{} {}", mark.label, mark.detail), room_for_text),
                );
            }
            Room::Narrow => {
                let x = line_x + 20;
                let _ = write!(
                    out,
                    "<text class=\"txt num\" x=\"{x}\" y=\"{}\">{day} <tspan class=\"dim\">{away}</tspan></text>\
                     <text class=\"txt\" x=\"{x}\" y=\"{}\">{}</text>\
                     <text class=\"txt dim\" x=\"{x}\" y=\"{}\">{}</text>",
                    y - 11,
                    y + 7,
                    fitting(&mark.label, room_for_text),
                    y + 24,
                    fitting(&mark.detail, room_for_text),
                );
            }
        }
    }
    out.push_str("</svg>");
    out
}

/// A rectangle: left, top, width, height.
type Area = [f64; 4];

#[allow(clippy::cast_precision_loss)] // places on a picture
const fn real(n: u64) -> f64 {
    n as f64
}

/// Cuts an area into parts of these sizes, as near to squares as rows allow; sizes largest first.
fn cut(sizes: &[u64], area: Area) -> Vec<Area> {
    let total = sizes.iter().fold(0u64, |n, s| n.saturating_add(*s));
    let mut out = Vec::with_capacity(sizes.len());
    if total == 0 {
        return out;
    }
    let [mut x, mut y, mut w, mut h] = area;
    let unit = w * h / real(total);
    let mut rest = sizes;
    while !rest.is_empty() {
        let side = w.min(h).max(1e-9);
        // The worst ratio of sides in a row of the first n; the row grows while it gets no worse.
        let worst = |n: usize| {
            let row = rest.get(..n).unwrap_or_default();
            let sum = real(row.iter().sum()) * unit;
            let across = sum / side;
            row.iter()
                .map(|s| {
                    let along = (real(*s) * unit / across.max(1e-9)).max(1e-9);
                    (along / across.max(1e-9)).max(across / along)
                })
                .fold(0.0, f64::max)
        };
        let mut taken = 1;
        while taken < rest.len() && worst(taken + 1) <= worst(taken) {
            taken += 1;
        }
        let (row, after) = rest.split_at(taken);
        rest = after;
        let across = real(row.iter().sum()) * unit / side;
        let mut at = 0.0;
        for s in row {
            let along = real(*s) * unit / across.max(1e-9);
            out.push(if w >= h {
                [x, y + at, across, along]
            } else {
                [x + at, y, along, across]
            });
            at += along;
        }
        if w >= h {
            x += across;
            w = (w - across).max(0.0);
        } else {
            y += across;
            h = (h - across).max(0.0);
        }
    }
    out
}

/// Areas for counts: groups largest first, their parts inside. What has no room for its name is in the
/// description and in the table beside.
pub fn treemap(id: &str, title: &str, groups: &[TileGroup], room: Room) -> String {
    let width = room.width();
    let height = match room {
        Room::Wide => 380,
        Room::Narrow => 460,
    };
    let description = groups
        .iter()
        .map(|g| {
            let parts = g.tiles.iter().map(|(label, n)| format!("{label} {n}"));
            format!(
                "{}: {} ({})",
                g.label,
                g.sum(),
                parts.collect::<Vec<_>>().join(", ")
            )
        })
        .collect::<Vec<_>>()
        .join("; ");
    let mut out = String::new();
    open(&mut out, id, room, height, title, &description);
    let sums: Vec<u64> = groups.iter().map(TileGroup::sum).collect();
    let whole = [0.0, 0.0, f64::from(width), f64::from(height)];
    for (group, [x, y, w, h]) in groups.iter().zip(cut(&sums, whole)) {
        let (class, label) = (
            group.class,
            format!("{} {}", group.label, grouped(group.sum())),
        );
        // The head of a group takes a line, if there is room for one.
        let head = if h > 46.0 && w > 46.0 { 22.0 } else { 0.0 };
        let sizes: Vec<u64> = group.tiles.iter().map(|t| t.1).collect();
        let inner = [
            x + 2.0,
            y + 2.0 + head,
            (w - 4.0).max(0.0),
            (h - head - 4.0).max(0.0),
        ];
        let _ = write!(
            out,
            "<g><title>{}</title><rect class=\"tiles\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
            escape(&label),
            x + 1.0,
            y + 1.0,
            (w - 2.0).max(0.0),
            (h - 2.0).max(0.0)
        );
        if head > 0.0 {
            let _ = write!(
                out,
                "<text class=\"txt num\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                x + 8.0,
                y + 17.0,
                fitting(&label, whole_units((w - 14.0) * 0.86)),
            );
        }
        for ((name, n), [x, y, w, h]) in group.tiles.iter().zip(cut(&sizes, inner)) {
            let _ = write!(
                out,
                "<g><title>{}</title><rect class=\"{class}\" x=\"{:.1}\" y=\"{:.1}\" width=\"{:.1}\" height=\"{:.1}\"/>",
                escape(&format!("{}, {name}: {}", group.label, grouped(*n))),
                x + 1.0,
                y + 1.0,
                (w - 2.0).max(0.0),
                (h - 2.0).max(0.0)
            );
            if w > 64.0 && h > 24.0 {
                let _ = write!(
                    out,
                    "<text class=\"txt on-tile\" x=\"{:.1}\" y=\"{:.1}\">{}</text>",
                    x + 7.0,
                    y + 18.0,
                    fitting(&format!("{name} {}", grouped(*n)), whole_units(w - 12.0)),
                );
            }
            out.push_str("</g>");
        }
        out.push_str("</g>");
    }
    out.push_str("</svg>");
    out
}

#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // within a picture
fn whole_units(n: f64) -> u32 {
    n.clamp(0.0, 4000.0) as u32
}

/// One stacked bar that fills the width it is given; `most` is the longest bar of its table.
pub fn stacked(title: &str, parts: &[Part], most: u64) -> String {
    let room = 300;
    let mut out = format!(
        "<svg class=\"stack\" role=\"img\" viewBox=\"0 0 {room} 14\" preserveAspectRatio=\"none\" \
         xmlns=\"http://www.w3.org/2000/svg\"><title>{}</title>",
        escape(title)
    );
    let mut x = 0;
    for (class, value) in parts {
        let w = length(*value, most, room).min(room - x);
        if w > 0 {
            let _ = write!(
                out,
                "<rect class=\"{class}\" x=\"{x}\" y=\"0\" width=\"{w}\" height=\"14\"/>"
            );
        }
        x += w;
    }
    out.push_str("</svg>");
    out
}

/// The hatching that `.unsettled` and `.not` use; once a page.
pub const HATCHING: &str = "<svg class=\"defs\" width=\"0\" height=\"0\" aria-hidden=\"true\" \
    xmlns=\"http://www.w3.org/2000/svg\"><defs><pattern id=\"hatch\" width=\"6\" height=\"6\" \
    patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect class=\"hatch-back\" \
    width=\"6\" height=\"6\"/><rect class=\"hatch-line\" width=\"2.4\" height=\"6\"/></pattern>\
    <pattern id=\"hatch-not\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" \
    patternTransform=\"rotate(45)\"><rect class=\"hatch-not-back\" width=\"6\" height=\"6\"/>\
    <rect class=\"hatch-not-line\" width=\"2.4\" height=\"6\"/></pattern></defs></svg>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_labels_stay_text() {
        let bar = Bar {
            label: "<script>alert(1)</script>\u{202e}".to_owned(),
            value: 3,
            hatched: false,
        };
        for room in [Room::Wide, Room::Narrow] {
            let svg = bars(
                "m",
                "a \"title\" & <more>",
                std::slice::from_ref(&bar),
                room,
            );
            assert!(!svg.contains("<script"));
            assert!(!svg.contains('\u{202e}'));
            assert!(svg.contains("role=\"img\""));
            assert!(svg.contains("<title id=\"m-"));
            assert!(svg.contains("<desc id=\"m-"));
        }
    }

    #[test]
    fn tiles_fill_their_area_and_stay_inside() {
        let sizes = [50, 20, 10, 10, 5, 3, 1, 1];
        let parts = cut(&sizes, [10.0, 20.0, 300.0, 200.0]);
        assert_eq!(parts.len(), sizes.len());
        for ([x, y, w, h], size) in parts.iter().zip(sizes) {
            assert!((w * h - 600.0 * real(size)).abs() < 1e-6);
            assert!(*x >= 10.0 - 1e-9 && x + w <= 310.0 + 1e-6);
            assert!(*y >= 20.0 - 1e-9 && y + h <= 220.0 + 1e-6);
        }
        assert!(cut(&[], [0.0, 0.0, 1.0, 1.0]).is_empty());
        assert!(cut(&[0, 0], [0.0, 0.0, 1.0, 1.0]).is_empty());
        let group = TileGroup {
            label: "<b>".to_owned(),
            class: "tile",
            tiles: vec![("a & b".to_owned(), 3)],
        };
        let svg = treemap("t", "x", &[group], Room::Wide);
        assert!(svg.contains("&lt;b&gt;, a &amp; b: 3") && !svg.contains("<b>"));
    }

    #[test]
    fn lengths() {
        assert_eq!(length(0, 10, 300), 0);
        assert_eq!(length(1, 1_000_000, 300), 2);
        assert_eq!(length(5, 10, 300), 150);
        assert_eq!(length(u64::MAX, u64::MAX, 300), 300);
    }

    #[test]
    fn groups_of_digits() {
        assert_eq!(grouped(9999), "9999");
        assert_eq!(grouped(12_345), "12\u{2009}345");
        assert_eq!(grouped(1_234_567), "1\u{2009}234\u{2009}567");
    }
}
