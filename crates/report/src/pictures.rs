//! Pictures of the page that need the whole report: what flows from makers to services, and where the
//! sites are.

use std::collections::BTreeMap;

use crate::brief::{counted, department_of, departments_of_assets};
use crate::makers::{Makers, NOT_SETTLED};
use crate::model::Report;
use crate::risk::{OUTCOMES, reading, span};
use crate::sanitise::shortened;
use crate::standing::is_there;
use crate::svg::flow::{Column, Link, Node, flow};
use crate::svg::map::{Spot, map};
use crate::svg::{Room, grouped};

/// Nodes of a column drawn singly, by column; the others are one node.
const NODES: [usize; 4] = [8, 10, 8, 8];
/// Sites drawn singly.
const SPOTS: usize = 80;
/// Sites listed beside the map.
const SITES: usize = 200;
/// Characters of a name.
const NAME: usize = 60;

const HEADS: [&str; 3] = ["Maker", "Product", "Department"];
const SERVICE: &str = "Service";
const CLASS: &str = "Class (no service stated)";
const NOT_NAMED: &str = "product not named";
const NO_DEPARTMENT: &str = "department not stated";
const NO_CLASS: &str = "class not stated";
const NO_SERVICE: &str = "service not stated";

/// Modules from their makers through products and departments to the services of their assets; where no
/// asset states one, to the classes of assets. Empty if there are none.
pub(crate) fn flows<'a>(report: &'a Report, makers: &Makers<'a>) -> String {
    let of_asset = departments_of_assets(report);
    let stated = report.assets.iter().any(|a| a.service.is_some());
    let ends: BTreeMap<&str, String> = report
        .assets
        .iter()
        .filter_map(|a| {
            let end = if stated {
                a.service.clone()
            } else {
                a.class.as_deref().map(str::to_lowercase)
            };
            Some((a.id.as_str(), end?))
        })
        .collect();
    let (last, no_end, title) = if stated {
        (SERVICE, NO_SERVICE, "Modules from makers to services")
    } else {
        (CLASS, NO_CLASS, "Modules from makers to classes of assets")
    };
    let mut paths: BTreeMap<[String; 4], u64> = BTreeMap::new();
    for f in &report.findings {
        let finding = &f.finding;
        if !is_there(finding.presence) || finding.quantity == 0 {
            continue;
        }
        let maker = finding
            .maker()
            .map_or_else(|| NOT_SETTLED.to_owned(), |m| makers.name(m).into_owned());
        let product = finding.product.as_ref().and_then(|p| {
            let words: Vec<&str> = [p.maker.as_deref(), p.model.as_deref()]
                .into_iter()
                .flatten()
                .collect();
            (!words.is_empty()).then(|| words.join(" "))
        });
        let asset = finding.subject.asset.as_deref();
        let end = asset.and_then(|a| ends.get(a)).cloned();
        let path = [
            maker,
            product.unwrap_or_else(|| NOT_NAMED.to_owned()),
            department_of(f, &of_asset)
                .unwrap_or(NO_DEPARTMENT)
                .to_owned(),
            end.unwrap_or_else(|| no_end.to_owned()),
        ]
        .map(|text| shortened(&text, NAME));
        let sum = paths.entry(path).or_default();
        *sum = sum.saturating_add(finding.quantity);
    }
    if paths.is_empty() {
        return String::new();
    }
    let mut columns = Vec::new();
    let mut places: Vec<BTreeMap<&str, usize>> = Vec::new();
    let heads = HEADS.into_iter().chain([last]);
    for ((at, head), most) in heads.enumerate().zip(NODES) {
        let mut sums: BTreeMap<&str, u64> = BTreeMap::new();
        for (path, n) in &paths {
            if let Some(name) = path.get(at) {
                let sum = sums.entry(name).or_default();
                *sum = sum.saturating_add(*n);
            }
        }
        let vague = |name: &str| [NOT_SETTLED, NOT_NAMED, NO_DEPARTMENT, no_end].contains(&name);
        // Largest first; what is not settled last.
        let mut names: Vec<(&str, u64)> = sums.into_iter().collect();
        names.sort_by_key(|(name, n)| (vague(name), std::cmp::Reverse(*n), *name));
        let unsettled = names.iter().position(|(name, _)| vague(name));
        let settled = unsettled.unwrap_or(names.len());
        let shown = if settled > most + 1 { most } else { settled };
        let mut place = BTreeMap::new();
        let mut nodes = Vec::new();
        for (name, _) in names.iter().take(shown) {
            place.insert(*name, nodes.len());
            nodes.push(Node {
                label: (*name).to_owned(),
                hatched: false,
            });
        }
        if settled > shown {
            for (name, _) in names.iter().take(settled).skip(shown) {
                place.insert(*name, nodes.len());
            }
            nodes.push(Node {
                label: format!("{} others", grouped((settled - shown) as u64)),
                hatched: false,
            });
        }
        for (name, _) in names.iter().skip(settled) {
            place.insert(*name, nodes.len());
            nodes.push(Node {
                label: (*name).to_owned(),
                hatched: true,
            });
        }
        columns.push(Column { head, nodes });
        places.push(place);
    }
    let mut links: BTreeMap<(usize, usize, usize), u64> = BTreeMap::new();
    for (path, n) in &paths {
        for (column, pair) in path.windows(2).enumerate() {
            let [from, to] = pair else { continue };
            let node = |at: usize, name: &str| places.get(at).and_then(|p| p.get(name)).copied();
            if let (Some(from), Some(to)) = (node(column, from), node(column + 1, to)) {
                let sum = links.entry((column, from, to)).or_default();
                *sum = sum.saturating_add(*n);
            }
        }
    }
    let links: Vec<Link> = links
        .into_iter()
        .map(|((column, from, to), value)| Link {
            column,
            from,
            to,
            value,
        })
        .collect();
    flow("flows", title, &columns, &links)
}

/// A site in the table beside the map.
pub(crate) struct SiteRow {
    pub(crate) name: String,
    pub(crate) department: String,
    pub(crate) modules: u64,
    /// Gravest outcome in words.
    pub(crate) outcome: String,
    /// Sorts the gravest first.
    pub(crate) rank: usize,
    /// Why it is not on the map; empty if it is.
    pub(crate) beside: &'static str,
}

/// Sites for the page.
pub(crate) struct SiteView {
    pub(crate) map: String,
    pub(crate) rows: Vec<SiteRow>,
    pub(crate) further: String,
}

/// Modules at a site, and the gravest outcome with how far one may reach, as positions in [`OUTCOMES`].
type Found = (u64, Option<(usize, usize)>);

/// Sites of the estate with what is there; `None` where no site has coordinates.
pub(crate) fn sites(report: &Report) -> Option<SiteView> {
    report.sites.iter().find(|s| s.latitude.is_some())?;
    let mut found: BTreeMap<&str, Found> = BTreeMap::new();
    let of_asset: BTreeMap<&str, &str> = report
        .assets
        .iter()
        .filter_map(|a| Some((a.id.as_str(), a.site.as_deref()?)))
        .collect();
    for f in &report.findings {
        let subject = &f.finding.subject;
        let by_asset = || of_asset.get(subject.asset.as_deref()?).copied();
        let Some(site) = subject.site.as_deref().or_else(by_asset) else {
            continue;
        };
        if !is_there(f.finding.presence) {
            continue;
        }
        let entry = found.entry(site).or_default();
        entry.0 = entry.0.saturating_add(f.finding.quantity);
        if let Some(r) = reading(f) {
            let (outcome, up_to) = entry.1.unwrap_or((usize::MAX, usize::MAX));
            entry.1 = Some((outcome.min(r.outcome), up_to.min(r.up_to)));
        }
    }
    let mut spots = Vec::new();
    let mut rows = Vec::new();
    for site in &report.sites {
        let by_name = || found.get(site.name.as_str());
        let (modules, outcome) = found
            .get(site.id.as_str())
            .or_else(by_name)
            .copied()
            .unwrap_or_default();
        let word = |at: usize| OUTCOMES.get(at).copied().unwrap_or("no_basis");
        let says = outcome.map_or_else(
            || "outcome not stated".to_owned(),
            |(low, high)| span(word(low), word(high.min(low))),
        );
        let name = shortened(&site.name, NAME);
        rows.push(SiteRow {
            name: name.clone(),
            department: shortened(site.department.as_deref().unwrap_or_default(), NAME),
            modules,
            outcome: if modules == 0 {
                "no module found".to_owned()
            } else {
                says.clone()
            },
            rank: if modules == 0 {
                99
            } else {
                outcome.map_or(98, |(low, high)| low * 10 + high)
            },
            beside: if site.latitude.is_some() {
                ""
            } else {
                "(not on the map: no coordinates)"
            },
        });
        if let (Some(latitude), Some(longitude)) = (site.latitude, site.longitude) {
            spots.push(Spot {
                label: name,
                latitude,
                longitude,
                value: modules,
                says: if modules == 0 {
                    "no module found".to_owned()
                } else {
                    format!("{}, {says}", counted(modules, "module", "modules"))
                },
                class: match outcome.map(|(low, _)| low) {
                    Some(0) => "now",
                    Some(1) => "act",
                    Some(2) => "open",
                    _ => "none",
                },
            });
        }
    }
    // Of more sites than can be told apart, those with most modules.
    let beyond = spots.len().saturating_sub(SPOTS);
    spots.sort_by(|a, b| b.value.cmp(&a.value).then_with(|| a.label.cmp(&b.label)));
    spots.truncate(SPOTS);
    rows.sort_by(|a, b| (a.rank, &a.name).cmp(&(b.rank, &b.name)));
    let unlisted = rows.len().saturating_sub(SITES);
    rows.truncate(SITES);
    let mut further = Vec::new();
    if beyond > 0 {
        let words = counted(beyond as u64, "further site is", "further sites are");
        further.push(format!(
            "{words} not on the map: those with fewest modules."
        ));
    }
    if unlisted > 0 {
        let words = counted(unlisted as u64, "further site is", "further sites are");
        further.push(format!("{words} in report.json."));
    }
    let picture = [Room::Wide, Room::Narrow]
        .map(|room| {
            map(
                "sites",
                "Sites by modules and gravest outcome",
                &spots,
                room,
            )
        })
        .concat();
    Some(SiteView {
        map: picture,
        rows,
        further: further.join(" "),
    })
}
