//! What to ask suppliers: one question a product whose module is not settled.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use cellsweep_catalog::Catalog;
use cellsweep_identify::{AssetState, AssetStatus};
use rust_xlsxwriter::{DataValidation, XlsxError};
use sha2::{Digest, Sha256};

use crate::makers::Makers;
use crate::model::Report;
use crate::sanitise::shortened;
use crate::standing::is_there;
use crate::workbook::{Book, Column, Kind};

/// Columns of `questions.xlsx`, in order: those by which the reader of answered questions knows them.
pub use cellsweep_evidence::formats::questions::COLUMNS;

/// Most names listed in one cell or sentence; the rest is counted.
const LISTED: usize = 12;

/// One product to ask about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// From the product's maker, model and order code only, so it stays the same between runs.
    pub id: String,
    /// Items of this product (quantities added).
    pub count: u64,
    /// Count times criticality: 4 for critical, 3 high, 2 medium or not stated, 1 low; one more for
    /// each item in a sensitive area. Questions are ranked by it.
    pub weight: u64,
    /// Product maker, if named.
    pub maker: Option<String>,
    /// Product model, if named.
    pub model: Option<String>,
    /// Order code, if named.
    pub order_code: Option<String>,
    /// Sites, sorted.
    pub sites: Vec<String>,
    /// Assets, sorted.
    pub assets: Vec<String>,
    /// Candidates in words, sorted; empty: nothing is known of what is inside.
    pub candidates: Vec<String>,
    /// What would settle it, sorted.
    pub settled_by: Vec<String>,
    /// Some finding says that a module is there.
    pub module_is_there: bool,
    /// The words to send.
    pub words: String,
}

impl Question {
    /// The product in one line.
    pub fn product(&self) -> String {
        let mut out = [self.maker.as_deref(), self.model.as_deref()]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ");
        if let Some(code) = &self.order_code {
            let _ = write!(
                out,
                "{}order code {code}",
                if out.is_empty() { "" } else { ", " }
            );
        }
        if out.is_empty() {
            "equipment whose product name is not known".clone_into(&mut out);
        }
        out
    }
}

#[derive(Default)]
struct Gathered<'a> {
    count: u64,
    weight: u64,
    name: (Option<&'a str>, Option<&'a str>, Option<&'a str>),
    sites: BTreeSet<&'a str>,
    assets: BTreeSet<&'a str>,
    candidates: BTreeSet<String>,
    settled_by: BTreeSet<&'a str>,
    there: bool,
}

/// Every product with a module whose maker is not settled, and every product of an asset that was not
/// assessed; highest [`Question::weight`] first.
pub fn questions(report: &Report, catalog: Option<&Catalog>) -> Vec<Question> {
    let makers = Makers::new(report, catalog);
    let assets: BTreeMap<&str, &AssetState> =
        report.assets.iter().map(|a| (a.id.as_str(), a)).collect();
    let mut gathered: BTreeMap<String, Gathered<'_>> = BTreeMap::new();
    let mut asked: BTreeSet<&str> = BTreeSet::new();

    for f in &report.findings {
        let finding = &f.finding;
        if finding.maker().is_some() || !is_there(finding.presence) {
            continue;
        }
        let asset = finding
            .subject
            .asset
            .as_deref()
            .and_then(|id| assets.get(id).copied());
        let product = finding.product.as_ref();
        let name = match product {
            Some(p) if p.maker.is_some() || p.model.is_some() || p.order_code.is_some() => (
                p.maker.as_deref(),
                p.model.as_deref(),
                p.order_code.as_deref(),
            ),
            _ => (None, asset.and_then(|a| a.product.as_deref()), None),
        };
        let g = gathered.entry(key(name)).or_default();
        g.name = name;
        g.there = true;
        g.count = g.count.saturating_add(finding.quantity);
        g.weight = g
            .weight
            .saturating_add(finding.quantity.saturating_mul(weight(asset)));
        if let Some(id) = finding.subject.asset.as_deref() {
            g.assets.insert(id);
            asked.insert(id);
        }
        let site = finding.subject.site.as_deref();
        g.sites
            .extend(site.or_else(|| asset.and_then(|a| a.site.as_deref())));
        g.settled_by.extend(finding.settled_by.as_deref());
        for c in &finding.candidates {
            let family = c
                .family
                .as_deref()
                .map(|x| format!(" {x}"))
                .unwrap_or_default();
            g.candidates
                .insert(format!("{}{family}", makers.name(&c.maker)));
        }
    }
    for a in &report.assets {
        if a.status != AssetStatus::NotAssessed || asked.contains(a.id.as_str()) {
            continue;
        }
        let Some(product) = a.product.as_deref().filter(|p| !p.trim().is_empty()) else {
            continue;
        };
        let name = (None, Some(product), None);
        let g = gathered.entry(key(name)).or_default();
        g.name = name;
        g.count = g.count.saturating_add(1);
        g.weight = g.weight.saturating_add(weight(Some(a)));
        g.assets.insert(&a.id);
        g.sites.extend(a.site.as_deref());
        g.settled_by.extend(a.settled_by.as_deref());
    }

    let mut all: Vec<Question> = gathered
        .into_iter()
        .map(|(key, g)| {
            let mut q = Question {
                id: id(&key),
                count: g.count,
                weight: g.weight,
                maker: g.name.0.map(str::to_owned),
                model: g.name.1.map(str::to_owned),
                order_code: g.name.2.map(str::to_owned),
                sites: g.sites.into_iter().map(str::to_owned).collect(),
                assets: g.assets.into_iter().map(str::to_owned).collect(),
                candidates: g.candidates.into_iter().collect(),
                settled_by: g.settled_by.into_iter().map(str::to_owned).collect(),
                module_is_there: g.there,
                words: String::new(),
            };
            q.words = words(&q, report.organisation.as_deref());
            q
        })
        .collect();
    all.sort_by(|a, b| b.weight.cmp(&a.weight).then_with(|| a.id.cmp(&b.id)));
    all
}

/// Weight of one item by the asset's criticality as the estate writes it.
fn weight(asset: Option<&AssetState>) -> u64 {
    let word = asset
        .and_then(|a| a.criticality.as_deref())
        .unwrap_or_default()
        .trim()
        .to_lowercase();
    let base = match word.as_str() {
        "critical" | "very high" | "vital" | "essential" => 4,
        "high" | "important" => 3,
        "low" | "minor" | "none" => 1,
        _ => 2,
    };
    base + u64::from(asset.and_then(|a| a.sensitive) == Some(true))
}

/// Product names are compared without case and space.
fn key(name: (Option<&str>, Option<&str>, Option<&str>)) -> String {
    let plain = |part: Option<&str>| {
        part.unwrap_or_default()
            .split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .to_lowercase()
    };
    // Maker and model are one name: a register often writes both into one cell.
    let name_only = format!("{} {}", plain(name.0), plain(name.1));
    format!("{}\u{1f}{}", name_only.trim(), plain(name.2))
}

fn id(key: &str) -> String {
    let digest = Sha256::digest(key.as_bytes());
    let mut out = "q-".to_owned();
    for byte in digest.iter().take(5) {
        // Writing to a String does not fail, here and below.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

/// Up to [`LISTED`] items and how many more there are.
pub fn listed(items: &[String]) -> String {
    let mut out = items
        .iter()
        .take(LISTED)
        .map(|s| shortened(s, 200))
        .collect::<Vec<_>>()
        .join("; ");
    if let Some(more) = items.len().checked_sub(LISTED).filter(|n| *n > 0) {
        let _ = write!(out, "; and {more} more");
    }
    out
}

fn words(q: &Question, organisation: Option<&str>) -> String {
    let product = shortened(&q.product(), 200);
    let we = organisation.map_or_else(
        || "We operate".to_owned(),
        |o| format!("{} operates", shortened(o, 120)),
    );
    let items = match q.count {
        1 => "one item".to_owned(),
        n => format!("{n} items"),
    };
    let mut out = format!("{we} {items} of this product: {product}. ");
    out.push_str(if q.module_is_there {
        "Please state for the cellular module inside: manufacturer, exact model and variant, \
         firmware version, and FCC ID or other type-approval number of the module itself. "
    } else {
        "Please state whether it contains, or has been delivered with, a cellular module. If it \
         does, please state the module's manufacturer, exact model and variant, firmware version, \
         and FCC ID or other type-approval number of the module itself. "
    });
    out.push_str(
        "If more than one module has been fitted under the same product name or order code, please \
         state which serial numbers, batches or hardware revisions hold which. \
         Please also state who confirms this, and the date. Thank you.",
    );
    out
}

/// `questions.xlsx`: one row a question, answer columns empty.
///
/// # Errors
/// If the workbook cannot be written.
pub fn xlsx(report: &Report, catalog: Option<&Catalog>) -> Result<Vec<u8>, XlsxError> {
    let widths = [
        14.0, 8.0, 18.0, 24.0, 20.0, 30.0, 34.0, 36.0, 70.0, 22.0, 22.0, 14.0, 22.0, 14.0,
    ];
    let columns: Vec<Column> = COLUMNS
        .iter()
        .zip(widths)
        .map(|(name, width)| Column {
            name,
            width,
            kind: match *name {
                "asset_count" => Kind::Number,
                "answer_date" => Kind::Date,
                _ => Kind::Text,
            },
            answer: name.starts_with("answer_") || *name == "respondent",
        })
        .collect();
    let rows: Vec<Vec<String>> = questions(report, catalog)
        .into_iter()
        .map(|q| {
            let mut row = vec![
                q.id,
                q.count.to_string(),
                q.maker.unwrap_or_default(),
                q.model.unwrap_or_default(),
                q.order_code.unwrap_or_default(),
                listed(&q.sites),
                listed(&q.candidates),
                listed(&q.settled_by),
                q.words,
            ];
            row.resize(COLUMNS.len(), String::new());
            row
        })
        .collect();
    let mut book = Book::new(&report.generated_at);
    let yes_no = DataValidation::new()
        .allow_list_strings(&["yes", "no"])?
        .set_error_title("yes or no")?
        .set_error_message("Write yes if there is no cellular module in this product, else no.")?
        .set_input_title("No module inside?")?
        .set_input_message("yes: the product holds no cellular module")?;
    book.sheet(
        "questions",
        &columns,
        &rows,
        &[("answer_no_module", yes_no)],
    )?;
    book.finish()
}
