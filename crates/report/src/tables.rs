//! Findings, assets, sources and remarks as rows: for CSV, workbooks and the terminal.

use cellsweep_catalog::Catalog;
use cellsweep_identify::{EvidenceRole, Finding};
use rust_xlsxwriter::XlsxError;

use crate::makers::Makers;
use crate::model::{Report, ReportFinding};
use crate::risk::{self, Reading, reading};
use crate::sanitise::{cell, shortened};
use crate::standing::{
    asset_says, due, product_says, read_word, role_word, status_says, verdict_says, worst,
};
use crate::workbook::{Book, Column, Kind};

/// A column of the table of findings: name, width in a workbook, kind, and what it holds.
type FindingColumn = (
    &'static str,
    f64,
    Kind,
    for<'a> fn(&'a ReportFinding, &Makers<'a>) -> String,
);

fn text(value: Option<&String>) -> String {
    value.cloned().unwrap_or_default()
}

/// A word of a finding's risk; empty where risk is not stated.
fn risk_word(f: &ReportFinding, word: fn(Reading) -> String) -> String {
    reading(f).map(word).unwrap_or_default()
}

/// The lower (0) or upper (1) end of an area in the contract's word, or `no_basis`; empty where risk
/// is not stated.
fn area_word(f: &ReportFinding, area: usize, end: usize) -> String {
    let Some(r) = reading(f) else {
        return String::new();
    };
    risk::areas(&r.risk)
        .get(area)
        .and_then(|a| risk::level(a)?.interval.get(end).cloned())
        .unwrap_or_else(|| "no_basis".to_owned())
}

const FINDING: [FindingColumn; 44] = [
    ("id", 22.0, Kind::Text, |f, _| f.finding.id.clone()),
    ("asset", 18.0, Kind::Text, |f, _| {
        text(f.finding.subject.asset.as_ref())
    }),
    ("department", 20.0, Kind::Text, |f, _| {
        text(f.finding.subject.department.as_ref())
    }),
    ("site", 20.0, Kind::Text, |f, _| {
        text(f.finding.subject.site.as_ref())
    }),
    ("product_maker", 18.0, Kind::Text, |f, _| {
        text(f.finding.product.as_ref().and_then(|p| p.maker.as_ref()))
    }),
    ("product_model", 20.0, Kind::Text, |f, _| {
        text(f.finding.product.as_ref().and_then(|p| p.model.as_ref()))
    }),
    ("order_code", 18.0, Kind::Text, |f, _| {
        text(
            f.finding
                .product
                .as_ref()
                .and_then(|p| p.order_code.as_ref()),
        )
    }),
    ("quantity", 9.0, Kind::Number, |f, _| {
        f.finding.quantity.to_string()
    }),
    ("role", 12.0, Kind::Text, |f, _| {
        role_word(f.finding.role).to_owned()
    }),
    ("presence", 11.0, Kind::Text, |f, _| {
        f.finding.presence.as_str().to_owned()
    }),
    ("maker", 16.0, Kind::Text, |f, _| {
        text(f.finding.module.maker.as_ref())
    }),
    ("maker_name", 18.0, Kind::Text, |f, m| {
        f.finding
            .module
            .maker
            .as_deref()
            .map(|s| m.name(s).into_owned())
            .unwrap_or_default()
    }),
    ("family", 14.0, Kind::Text, |f, _| {
        text(f.finding.module.family.as_ref())
    }),
    ("variant", 18.0, Kind::Text, |f, _| {
        text(f.finding.module.variant.as_ref())
    }),
    ("firmware", 24.0, Kind::Text, |f, _| {
        text(f.finding.module.firmware.as_ref())
    }),
    ("imei", 18.0, Kind::Text, |f, _| {
        f.finding.module.imei.join(" ")
    }),
    ("brand", 14.0, Kind::Text, |f, _| {
        text(f.finding.module.brand.as_ref())
    }),
    ("lineage", 14.0, Kind::Text, |f, _| {
        text(f.finding.module.lineage.as_ref())
    }),
    ("chipset", 16.0, Kind::Text, |f, _| {
        text(f.finding.module.chipset.as_ref())
    }),
    ("owner", 24.0, Kind::Text, |f, _| {
        text(f.finding.module.owner.as_ref())
    }),
    ("form_factor", 12.0, Kind::Text, |f, _| {
        text(f.finding.module.form_factor.as_ref())
    }),
    ("radio", 16.0, Kind::Text, |f, _| {
        f.finding.module.radio.join("; ")
    }),
    ("confidence", 11.0, Kind::Number, |f, _| {
        format!("{:.3}", f.finding.confidence)
    }),
    ("candidates", 36.0, Kind::Text, |f, m| {
        m.candidates(&f.finding)
    }),
    ("settled_by", 36.0, Kind::Text, |f, _| {
        text(f.finding.settled_by.as_ref())
    }),
    ("status", 22.0, Kind::Text, |f, _| {
        worst(f)
            .map(|v| v.status.as_str().to_owned())
            .unwrap_or_default()
    }),
    ("due", 12.0, Kind::Date, |f, _| {
        f.verdicts
            .iter()
            .filter_map(due)
            .min()
            .unwrap_or_default()
            .to_owned()
    }),
    ("verdicts", 44.0, Kind::Text, |f, _| {
        f.verdicts
            .iter()
            .map(|v| format!("{}/{}: {}", v.pack, v.rule, verdict_says(v)))
            .collect::<Vec<_>>()
            .join("; ")
    }),
    ("first_seen", 12.0, Kind::Date, |f, _| {
        text(f.finding.first_seen.as_ref())
    }),
    ("last_seen", 12.0, Kind::Date, |f, _| {
        text(f.finding.last_seen.as_ref())
    }),
    ("evidence_count", 10.0, Kind::Number, |f, _| {
        f.finding.evidence.len().to_string()
    }),
    ("contradicting", 10.0, Kind::Number, |f, _| {
        let against = |e: &&cellsweep_identify::Evidence| e.role == EvidenceRole::Against;
        f.finding
            .evidence
            .iter()
            .filter(against)
            .count()
            .to_string()
    }),
    ("evidence", 60.0, Kind::Text, |f, _| reason(&f.finding)),
    ("keys", 36.0, Kind::Text, |f, _| {
        f.finding
            .subject
            .keys
            .iter()
            .map(|k| format!("{}={}", k.kind.as_str(), k.value))
            .collect::<Vec<_>>()
            .join("; ")
    }),
    ("outcome", 14.0, Kind::Text, |f, _| {
        risk_word(f, |r| r.risk.outcome)
    }),
    ("outcome_up_to", 14.0, Kind::Text, |f, _| {
        risk_word(f, |r| r.risk.outcome_up_to)
    }),
    ("national_security", 14.0, Kind::Text, |f, _| {
        area_word(f, 0, 0)
    }),
    ("national_security_up_to", 14.0, Kind::Text, |f, _| {
        area_word(f, 0, 1)
    }),
    ("economic", 12.0, Kind::Text, |f, _| area_word(f, 1, 0)),
    ("economic_up_to", 12.0, Kind::Text, |f, _| {
        area_word(f, 1, 1)
    }),
    ("privacy", 12.0, Kind::Text, |f, _| area_word(f, 2, 0)),
    ("privacy_up_to", 12.0, Kind::Text, |f, _| area_word(f, 2, 1)),
    ("values_rights", 12.0, Kind::Text, |f, _| area_word(f, 3, 0)),
    ("values_rights_up_to", 12.0, Kind::Text, |f, _| {
        area_word(f, 3, 1)
    }),
];

/// The evidence that carries the finding, in one sentence.
pub(crate) fn reason(f: &Finding) -> String {
    f.evidence.first().map_or_else(String::new, |e| {
        let words = if e.says.is_empty() {
            String::new()
        } else {
            format!(": {}", e.says)
        };
        format!(
            "{} {}{words} ({}, {})",
            e.clue, e.value, e.source, e.locator
        )
    })
}

fn finding_rows<'a>(report: &'a Report, makers: &Makers<'a>) -> Vec<Vec<String>> {
    report
        .findings
        .iter()
        .map(|f| FINDING.iter().map(|(.., value)| value(f, makers)).collect())
        .collect()
}

/// `findings.csv`: RFC 4180, header first, one row a finding; text that a spreadsheet program would
/// take for a formula begins with an apostrophe.
///
/// # Errors
/// If a row cannot be written.
pub fn csv(report: &Report, catalog: Option<&Catalog>) -> Result<Vec<u8>, csv::Error> {
    let makers = Makers::new(report, catalog);
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    out.write_record(FINDING.iter().map(|c| c.0))?;
    for row in finding_rows(report, &makers) {
        out.write_record(row.iter().map(|v| cell(v).into_owned()))?;
    }
    out.into_inner()
        .map_err(|e| csv::Error::from(e.into_error()))
}

fn plain(name: &'static str, width: f64) -> Column<'static> {
    Column {
        name,
        width,
        kind: Kind::Text,
        answer: false,
    }
}

/// `findings.xlsx`: sheets findings, assets, sources, remarks, and sensitivity of an estate.
///
/// # Errors
/// If the workbook cannot be written.
pub fn xlsx(report: &Report, catalog: Option<&Catalog>) -> Result<Vec<u8>, XlsxError> {
    let makers = Makers::new(report, catalog);
    let mut book = Book::new(&report.generated_at);

    let columns: Vec<Column<'_>> = FINDING
        .iter()
        .map(|(name, width, kind, _)| Column {
            name,
            width: *width,
            kind: *kind,
            answer: false,
        })
        .collect();
    book.sheet("findings", &columns, &finding_rows(report, &makers), &[])?;

    let columns = [
        plain("id", 18.0),
        plain("department", 22.0),
        plain("site", 22.0),
        plain("class", 14.0),
        plain("product", 26.0),
        plain("owner", 22.0),
        plain("status", 14.0),
        plain("why", 50.0),
        plain("settled_by", 44.0),
        plain("looked_at", 40.0),
        plain("criticality", 12.0),
        plain("sector", 16.0),
        plain("sensitive", 10.0),
        plain("service", 22.0),
    ];
    let rows: Vec<Vec<String>> = report
        .assets
        .iter()
        .map(|a| {
            vec![
                a.id.clone(),
                text(a.department.as_ref()),
                text(a.site.as_ref()),
                text(a.class.as_ref()),
                text(a.product.as_ref()),
                text(a.owner.as_ref()),
                asset_says(a.status).to_owned(),
                a.why.clone(),
                text(a.settled_by.as_ref()),
                a.looked_at.join("; "),
                text(a.criticality.as_ref()),
                text(a.sector.as_ref()),
                match a.sensitive {
                    Some(true) => "yes".to_owned(),
                    Some(false) => "no".to_owned(),
                    None => String::new(),
                },
                text(a.service.as_ref()),
            ]
        })
        .collect();
    book.sheet("assets", &columns, &rows, &[])?;

    let mut columns = vec![
        plain("path", 50.0),
        plain("status", 14.0),
        plain("format", 18.0),
        plain("reader", 18.0),
        plain("bytes", 14.0),
        plain("sha256", 40.0),
        plain("problems", 70.0),
    ];
    if let Some(bytes) = columns.get_mut(4) {
        bytes.kind = Kind::Number;
    }
    let rows: Vec<Vec<String>> = report
        .sources
        .iter()
        .map(|s| {
            vec![
                s.path.clone(),
                read_word(s.status).to_owned(),
                text(s.format.as_ref()),
                text(s.reader.as_ref()),
                s.bytes.to_string(),
                s.digest.clone(),
                s.errors
                    .iter()
                    .map(|e| format!("{} ({}): {}", e.locator, e.code, e.message))
                    .collect::<Vec<_>>()
                    .join("\n"),
            ]
        })
        .collect();
    book.sheet("sources", &columns, &rows, &[])?;

    let columns = [
        plain("code", 26.0),
        plain("message", 70.0),
        plain("assets", 30.0),
        plain("findings", 30.0),
        plain("places", 50.0),
    ];
    let rows: Vec<Vec<String>> = report
        .remarks
        .iter()
        .map(|r| {
            vec![
                r.code.clone(),
                r.message.clone(),
                r.assets.join("; "),
                r.findings.join("; "),
                r.places.join("; "),
            ]
        })
        .collect();
    book.sheet("remarks", &columns, &rows, &[])?;
    if let Some(s) = &report.risk_sensitivity {
        let mut columns = vec![
            plain("row", 40.0),
            plain("cell", 18.0),
            plain("from", 16.0),
            plain("to", 16.0),
            plain("outcomes_changed", 12.0),
            plain("levels_changed", 12.0),
            plain("findings", 60.0),
        ];
        for number in columns.iter_mut().skip(4).take(2) {
            number.kind = Kind::Number;
        }
        let rows: Vec<Vec<String>> = s
            .changes
            .iter()
            .map(|c| {
                vec![
                    c.row.clone(),
                    c.cell.clone(),
                    c.from.clone(),
                    c.to.clone(),
                    c.outcomes.to_string(),
                    c.levels.to_string(),
                    c.findings.join("; "),
                ]
            })
            .collect();
        book.sheet("sensitivity", &columns, &rows, &[])?;
    }
    book.finish()
}

/// One finding for the terminal; every text is sanitised.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// Finding id.
    pub id: String,
    /// Asset, or the strongest key where no asset is known.
    pub subject: String,
    /// Department and site.
    pub place: String,
    /// Product.
    pub product: String,
    /// Quantity.
    pub quantity: u64,
    /// Maker, family, variant, or `maker not settled`.
    pub module: String,
    /// Candidates with probabilities, where the maker is not settled.
    pub candidates: String,
    /// Presence in the contract's word.
    pub presence: &'static str,
    /// Confidence, 0 to 1.
    pub confidence: f64,
    /// Gravest verdict in words; empty where no pack was asked.
    pub status: String,
    /// Day by which to act, if any.
    pub due: String,
    /// Evidence that carries it.
    pub reason: String,
}

/// The findings as rows for the terminal, in the report's order.
pub fn table(report: &Report, catalog: Option<&Catalog>) -> Vec<Row> {
    let makers = Makers::new(report, catalog);
    let clean = |text: &str| shortened(text, 160);
    report
        .findings
        .iter()
        .map(|f| {
            let finding = &f.finding;
            let subject = &finding.subject;
            let key = || {
                subject
                    .keys
                    .first()
                    .map(|k| format!("{} {}", k.kind.as_str().replace('_', " "), k.value))
                    .unwrap_or_default()
            };
            let place = [subject.department.as_deref(), subject.site.as_deref()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", ");
            Row {
                id: clean(&finding.id),
                subject: clean(&subject.asset.clone().unwrap_or_else(key)),
                place: clean(&place),
                product: clean(&product_says(finding)),
                quantity: finding.quantity,
                module: clean(&makers.module(finding)),
                candidates: if finding.maker().is_none() {
                    clean(&makers.candidates(finding))
                } else {
                    String::new()
                },
                presence: finding.presence.as_str(),
                confidence: finding.confidence,
                status: worst(f)
                    .map(|v| {
                        if v.status == cellsweep_policy::Status::InsufficientEvidence {
                            status_says(v.status).to_owned()
                        } else {
                            clean(&verdict_says(v))
                        }
                    })
                    .unwrap_or_default(),
                due: clean(f.verdicts.iter().filter_map(due).min().unwrap_or_default()),
                reason: clean(&reason(finding)),
            }
        })
        .collect()
}
