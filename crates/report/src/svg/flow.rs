//! Flows between columns of nodes: how much of what goes where.

use std::fmt::Write as _;

use super::{escape, fitting, grouped, real};
use crate::sanitise::shortened;

/// Units across.
const WIDTH: u32 = 960;
/// Units that a column's nodes share by their values.
const ROOM: f64 = 360.0;
/// Width of a node.
const NODE: f64 = 12.0;
/// Least height of a node's line, so that its name can be read.
const LINE: f64 = 17.0;
/// Room above the nodes for the columns' heads.
const HEAD: f64 = 28.0;

/// One node.
#[derive(Clone, Debug)]
pub struct Node {
    /// Name.
    pub label: String,
    /// Drawn hatched: not settled, or not stated.
    pub hatched: bool,
}

/// A column of nodes.
#[derive(Clone, Debug)]
pub struct Column {
    /// Head.
    pub head: &'static str,
    /// Nodes from top to bottom.
    pub nodes: Vec<Node>,
}

/// Something that flows from a node of one column to one of the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Link {
    /// Column from which it flows.
    pub column: usize,
    /// Node there.
    pub from: usize,
    /// Node in the next column.
    pub to: usize,
    /// How much.
    pub value: u64,
}

/// A node on the picture.
#[derive(Clone, Copy, Debug, Default)]
struct Placed {
    top: f64,
    height: f64,
    value: u64,
    /// How much of its sides is taken by ribbons so far.
    left: f64,
    right: f64,
}

/// Draws columns and what flows between them. Nothing is drawn for links to nodes that there are not.
pub fn flow(id: &str, title: &str, columns: &[Column], links: &[Link]) -> String {
    let mut placed: Vec<Vec<Placed>> = columns
        .iter()
        .map(|c| vec![Placed::default(); c.nodes.len()])
        .collect();
    // A node is as high as what passes it: what comes in, or, in the first column, what goes out.
    for l in links {
        let side = if l.column == 0 {
            Some((l.column, l.from))
        } else {
            None
        };
        for (column, node) in side.into_iter().chain([(l.column + 1, l.to)]) {
            if let Some(p) = placed.get_mut(column).and_then(|c| c.get_mut(node)) {
                p.value = p.value.saturating_add(l.value);
            }
        }
    }
    let most = placed
        .iter()
        .map(|c| c.iter().map(|p| p.value).sum::<u64>())
        .max()
        .unwrap_or(0)
        .max(1);
    let unit = ROOM / real(most);
    let mut bottom: f64 = HEAD + 20.0;
    for column in &mut placed {
        let mut y = HEAD;
        for p in column.iter_mut() {
            p.height = (real(p.value) * unit).max(2.0);
            // A low node stands in the middle of its line.
            p.top = y + (LINE - p.height).max(0.0) / 2.0;
            y += p.height.max(LINE) + 5.0;
        }
        bottom = bottom.max(y);
    }
    let mut out = String::new();
    open(&mut out, id, title, columns, links, bottom);
    let step = (f64::from(WIDTH) - NODE) / real(columns.len().saturating_sub(1).max(1) as u64);
    let left_of = |column: usize| step * real(column as u64);
    let mut ordered: Vec<&Link> = links.iter().collect();
    ordered.sort_unstable();
    // Ribbons leave a node in the order of the nodes they go to, and arrive in the order of those they
    // come from, so that they cross as little as they can.
    let mut arrive: Vec<&Link> = ordered.clone();
    arrive.sort_unstable_by_key(|l| (l.column, l.to, l.from));
    let mut entry: std::collections::BTreeMap<(usize, usize, usize), f64> =
        std::collections::BTreeMap::new();
    for l in arrive {
        if let Some(p) = placed.get_mut(l.column + 1).and_then(|c| c.get_mut(l.to)) {
            entry.insert((l.column, l.from, l.to), p.left);
            p.left += real(l.value) * unit;
        }
    }
    for l in ordered {
        let target = placed.get(l.column + 1).and_then(|c| c.get(l.to)).copied();
        let Some(start) = placed.get_mut(l.column).and_then(|c| c.get_mut(l.from)) else {
            continue;
        };
        let (Some(end), Some(in_at)) = (target, entry.get(&(l.column, l.from, l.to))) else {
            continue;
        };
        let height = real(l.value) * unit;
        let (y1, y2) = (start.top + start.right, end.top + in_at);
        start.right += height;
        let (x1, x2) = (left_of(l.column) + NODE, left_of(l.column + 1));
        let middle = f64::midpoint(x1, x2);
        let name = |column: usize, node: usize| {
            columns
                .get(column)
                .and_then(|c| c.nodes.get(node))
                .map(|n| (n.label.as_str(), n.hatched))
                .unwrap_or_default()
        };
        let (from, hatched) = name(l.column, l.from);
        let (to, _) = name(l.column + 1, l.to);
        let class = if hatched {
            "ribbon unsettled"
        } else {
            "ribbon"
        };
        // A stroke along the middle takes half the text of an outline.
        let (y1, y2) = (y1 + height / 2.0, y2 + height / 2.0);
        let _ = write!(
            out,
            "<path class=\"{class}\" d=\"M{x1:.0} {y1:.1}C{middle:.0} {y1:.1} {middle:.0} {y2:.1} {x2:.0} {y2:.1}\" stroke-width=\"{:.1}\"><title>{}</title></path>",
            height.max(0.6),
            escape(&format!("{from} to {to}: {}", grouped(l.value))),
        );
    }
    let last = columns.len().saturating_sub(1);
    for (n, (column, nodes)) in columns.iter().zip(&placed).enumerate() {
        let x = left_of(n);
        let (at, anchor) = if n == last && n > 0 {
            (x - 7.0, "end")
        } else {
            (x + NODE + 7.0, "start")
        };
        let head_at = if n == last && n > 0 { x + NODE } else { x };
        let _ = write!(
            out,
            "<text class=\"txt dim\" x=\"{head_at:.0}\" y=\"16\" text-anchor=\"{anchor}\">{}</text>",
            escape(column.head)
        );
        for (node, p) in column.nodes.iter().zip(nodes) {
            let class = if node.hatched { "bar unsettled" } else { "bar" };
            let label = format!("{} {}", node.label, grouped(p.value));
            let _ = write!(
                out,
                "<g><title>{}</title><rect class=\"{class}\" x=\"{x:.0}\" y=\"{:.1}\" width=\"{NODE:.0}\" height=\"{:.1}\"/>\
                 <text class=\"txt on-tile\" x=\"{at:.0}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{}</text></g>",
                escape(&label),
                p.top,
                p.height,
                p.top + p.height / 2.0 + 5.0,
                fitting(&label, 205),
            );
        }
    }
    out.push_str("</svg>");
    out
}

fn open(out: &mut String, id: &str, title: &str, columns: &[Column], links: &[Link], height: f64) {
    let mut largest: Vec<&Link> = links.iter().collect();
    largest.sort_unstable_by_key(|l| (std::cmp::Reverse(l.value), **l));
    let label = |column: usize, node: usize| {
        columns
            .get(column)
            .and_then(|c| c.nodes.get(node))
            .map_or("", |n| n.label.as_str())
    };
    let description = largest
        .iter()
        .take(40)
        .map(|l| {
            let (from, to) = (label(l.column, l.from), label(l.column + 1, l.to));
            format!("{from} to {to}: {}", l.value)
        })
        .collect::<Vec<_>>()
        .join("; ");
    let _ = write!(
        out,
        "<svg class=\"chart flow\" role=\"img\" viewBox=\"0 0 {WIDTH} {height:.0}\" \
         aria-labelledby=\"{id}-t {id}-d\" xmlns=\"http://www.w3.org/2000/svg\">\
         <title id=\"{id}-t\">{}</title><desc id=\"{id}-d\">{}</desc>",
        escape(title),
        escape(&shortened(&description, 1200)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(head: &'static str, names: &[&str]) -> Column {
        Column {
            head,
            nodes: names
                .iter()
                .map(|n| Node {
                    label: (*n).to_owned(),
                    hatched: n.starts_with("not"),
                })
                .collect(),
        }
    }

    #[test]
    fn a_flow_has_its_nodes_its_ribbons_and_its_words() {
        let columns = [
            column("Maker", &["<b>", "not settled"]),
            column("Product", &["A & B"]),
        ];
        let link = |from, value| Link {
            column: 0,
            from,
            to: 0,
            value,
        };
        let svg = flow("f", "Flows", &columns, &[link(0, 3), link(1, 1)]);
        assert_eq!(svg.matches("<path").count(), 2);
        assert_eq!(svg.matches("<rect").count(), 3);
        assert_eq!(svg.matches("ribbon unsettled").count(), 1);
        assert!(svg.contains("&lt;b&gt; to A &amp; B: 3") && !svg.contains("<b>"));
        assert!(svg.contains("A &amp; B 4"), "a node has what passes it");
        assert!(svg.contains("role=\"img\"") && svg.contains("<desc id=\"f-d\">"));
    }

    #[test]
    fn links_to_nowhere_draw_nothing() {
        let stray = Link {
            column: 3,
            from: 9,
            to: 9,
            value: u64::MAX,
        };
        let svg = flow("f", "Flows", &[column("Maker", &["M"])], &[stray]);
        assert!(!svg.contains("<path"));
        assert!(!flow("f", "Nothing", &[], &[]).contains("<rect"));
    }
}
