//! Dependency as rows for the page and lines for the summary.

use std::collections::BTreeMap;

use crate::brief::{counted, department_of, departments_of_assets};
use crate::dependency::{Dependency, Index, Part, Second, Shares, WEIGHTS};
use crate::makers::{Makers, NOT_SETTLED};
use crate::model::Report;
use crate::sanitise::shortened;
use crate::standing::is_there;
use crate::svg::{self, Room, TileGroup, grouped};
use cellsweep_identify::AssetStatus;

/// Makers drawn singly; further ones are one group.
const GROUPS: usize = 16;
/// Departments of a group drawn singly; further ones are one tile.
const TILES: usize = 12;
/// Services listed on the page.
const SERVICES: usize = 300;
/// Sectors and departments listed on the page.
const PARTS: usize = 120;

pub(crate) struct DimensionRow {
    pub(crate) by: &'static str,
    /// Label, order, words.
    pub(crate) hhi: Vec<(&'static str, u32, String)>,
    pub(crate) largest: String,
}

pub(crate) struct PartRow {
    pub(crate) name: String,
    pub(crate) kind: &'static str,
    pub(crate) settled: u64,
    pub(crate) undecided: u64,
    pub(crate) not_assessed: u64,
    pub(crate) hhi: String,
    pub(crate) order: u32,
    pub(crate) maker: String,
    pub(crate) country: String,
}

pub(crate) struct ServiceRow {
    pub(crate) name: String,
    pub(crate) answer: &'static str,
    pub(crate) rank: usize,
    pub(crate) why: String,
    pub(crate) settled: u64,
    pub(crate) undecided: u64,
    pub(crate) not_assessed: u64,
}

/// Dependency for the page.
pub(crate) struct View {
    pub(crate) table: String,
    pub(crate) map: String,
    pub(crate) dimensions: Vec<DimensionRow>,
    pub(crate) parts: Vec<PartRow>,
    pub(crate) further: String,
    pub(crate) second: String,
    pub(crate) services: Vec<ServiceRow>,
    pub(crate) notes: Vec<String>,
}

/// A dimension for people.
fn says(by: &str) -> &'static str {
    match by {
        "maker" => "Maker",
        "owner" => "Owner",
        "country" => "Country of control",
        "lineage" => "Engineering (lineage)",
        "chipset" => "Line of chipsets",
        _ => "Other",
    }
}

/// An answer for people.
pub(crate) const fn answer(second: Second) -> &'static str {
    match second {
        Second::None => "none",
        Second::NotKnown => "not known",
        Second::Shown => "shown",
    }
}

pub(crate) fn index(hhi: Option<Index>) -> String {
    match hhi {
        None => "nothing to count".to_owned(),
        Some(h) if h.low == h.high => grouped(h.low.into()),
        Some(h) => format!("{} to {}", grouped(h.low.into()), grouped(h.high.into())),
    }
}

fn percent(share: f64, up: bool) -> String {
    let n = share * 100.0;
    let whole = if up { n.ceil() } else { n.floor() };
    format!("{whole:.0}")
}

/// Largest values with their intervals: `Quectel 25 to 67 %`.
pub(crate) fn largest(shares: &Shares, most: usize) -> String {
    let list: Vec<String> = shares
        .values
        .iter()
        .filter(|v| v.known > 0)
        .take(most)
        .map(|v| {
            let (low, high) = (percent(v.low, false), percent(v.high, true));
            let name = shortened(&v.name, 60);
            if low == high {
                format!("{name} {low} %")
            } else {
                format!("{name} {low} to {high} %")
            }
        })
        .collect();
    if list.is_empty() {
        "none is known".to_owned()
    } else {
        list.join("; ")
    }
}

fn of<'a>(part: &'a Part, by: &str, weight: &str) -> Option<&'a Shares> {
    part.shares
        .iter()
        .find(|s| s.by == by && s.weight == weight)
}

/// Second sources in one sentence.
pub(crate) fn second_says(d: &Dependency) -> String {
    let count = |a: Second| {
        let n = d.second_sources.iter().filter(|s| s.second_source == a);
        n.count() as u64
    };
    format!(
        "Of {} (assets of one class in one department) a second source is shown for {}, none for {}, and not known for {}. A second maker with the same owner, engineering or line of chipsets is no second source.",
        counted(d.second_sources.len() as u64, "service", "services"),
        count(Second::Shown),
        count(Second::None),
        count(Second::NotKnown)
    )
}

/// Rows for the page; `None` if the report states no dependency.
pub(crate) fn view<'a>(report: &'a Report, makers: &Makers<'a>) -> Option<View> {
    let d = report.dependency.as_ref()?;
    let dimensions = if d.estate.settled + d.estate.undecided + d.estate.not_assessed == 0 {
        Vec::new()
    } else {
        d.estate
            .shares
            .iter()
            .filter(|s| s.weight == "count")
            .map(|s| DimensionRow {
                by: says(&s.by),
                hhi: ["Counted", "By criticality", "By weeks"]
                    .into_iter()
                    .zip(WEIGHTS)
                    .map(|(label, w)| {
                        let hhi = of(&d.estate, &s.by, w).and_then(|s| s.hhi);
                        (label, hhi.map_or(0, |h| h.high), index(hhi))
                    })
                    .collect(),
                largest: largest(s, 3),
            })
            .collect()
    };
    let sectors = d.sectors.iter().map(|p| part_row(p, "sector"));
    let departments = d.departments.iter().map(|p| part_row(p, "department"));
    let all: Vec<PartRow> = sectors.chain(departments).collect();
    let further = d.further + all.len().saturating_sub(PARTS) as u64;
    let mut services: Vec<ServiceRow> = d
        .second_sources
        .iter()
        .map(|s| ServiceRow {
            name: shortened(
                &format!(
                    "{}, {}",
                    s.department.as_deref().unwrap_or("department not stated"),
                    s.class.as_deref().unwrap_or("class not stated")
                ),
                100,
            ),
            answer: answer(s.second_source),
            rank: s.second_source as usize,
            why: shortened(&s.why, 200),
            settled: s.settled,
            undecided: s.undecided,
            not_assessed: s.not_assessed,
        })
        .collect();
    // Stable: within an answer in the order of departments.
    services.sort_by_key(|s| s.rank);
    services.truncate(SERVICES);
    Some(View {
        table: shortened(&d.table, 60),
        map: map(report, makers),
        dimensions,
        parts: all.into_iter().take(PARTS).collect(),
        further: if further == 0 {
            String::new()
        } else {
            format!(
                "{} in report.json.",
                counted(further, "further part is", "further parts are")
            )
        },
        second: second_says(d),
        services,
        notes: d.notes.iter().map(|n| shortened(n, 600)).collect(),
    })
}

fn part_row(p: &Part, kind: &'static str) -> PartRow {
    let maker = of(p, "maker", "count");
    let country = of(p, "country", "count");
    let hhi = maker.and_then(|s| s.hhi);
    PartRow {
        name: p
            .name
            .as_deref()
            .map_or_else(|| "not stated".to_owned(), |n| shortened(n, 80)),
        kind,
        settled: p.settled,
        undecided: p.undecided,
        not_assessed: p.not_assessed,
        hhi: index(hhi),
        order: hhi.map_or(0, |h| h.high),
        maker: maker.map(|s| largest(s, 1)).unwrap_or_default(),
        country: country.map(|s| largest(s, 1)).unwrap_or_default(),
    }
}

/// Modules by maker and department, and assets not assessed, as areas.
fn map<'a>(report: &'a Report, makers: &Makers<'a>) -> String {
    const NONE: &str = "not stated";
    let of_asset = departments_of_assets(report);
    let mut settled: BTreeMap<&str, BTreeMap<&str, u64>> = BTreeMap::new();
    let mut open: BTreeMap<&str, u64> = BTreeMap::new();
    let mut not: BTreeMap<&str, u64> = BTreeMap::new();
    for f in &report.findings {
        if !is_there(f.finding.presence) {
            continue;
        }
        let department = department_of(f, &of_asset).unwrap_or(NONE);
        let of = match f.finding.maker() {
            Some(maker) => settled.entry(maker).or_default(),
            None => &mut open,
        };
        let n = of.entry(department).or_default();
        *n = n.saturating_add(f.finding.quantity);
    }
    for a in &report.assets {
        if a.status == AssetStatus::NotAssessed {
            *not.entry(a.department.as_deref().unwrap_or(NONE))
                .or_default() += 1;
        }
    }
    let group = |label: String, class: &'static str, of: BTreeMap<&str, u64>| {
        let mut tiles: Vec<(String, u64)> =
            of.into_iter().map(|(d, n)| (shortened(d, 40), n)).collect();
        tiles.sort_by_key(|t| std::cmp::Reverse(t.1));
        if tiles.len() > TILES + 1 {
            let rest = tiles.split_off(TILES);
            let sum = rest.iter().fold(0u64, |n, t| n.saturating_add(t.1));
            tiles.push((format!("{} further departments", rest.len()), sum));
        }
        TileGroup {
            label,
            class,
            tiles,
        }
    };
    let mut groups: Vec<TileGroup> = settled
        .into_iter()
        .map(|(maker, of)| group(shortened(&makers.name(maker), 40), "tile", of))
        .collect();
    let sum = |g: &TileGroup| g.tiles.iter().fold(0u64, |n, t| n.saturating_add(t.1));
    groups.sort_by_key(|g| std::cmp::Reverse(sum(g)));
    if groups.len() > GROUPS + 1 {
        let rest = groups.split_off(GROUPS);
        groups.push(TileGroup {
            label: "Further makers".to_owned(),
            class: "tile",
            tiles: vec![(
                format!("{} makers", rest.len()),
                rest.iter().fold(0u64, |n, g| n.saturating_add(sum(g))),
            )],
        });
    }
    if !open.is_empty() {
        groups.push(group(NOT_SETTLED.to_owned(), "tile unsettled", open));
    }
    if !not.is_empty() {
        groups.push(group("assets not assessed".to_owned(), "tile not", not));
    }
    groups.retain(|g| sum(g) > 0);
    if groups.is_empty() {
        return String::new();
    }
    groups.sort_by_key(|g| std::cmp::Reverse(sum(g)));
    let title = "Modules by maker and department, and assets not assessed";
    [Room::Wide, Room::Narrow]
        .map(|room| svg::treemap("hangs", title, &groups, room))
        .concat()
}
