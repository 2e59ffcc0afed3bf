//! Findings as CSV for an import set of `ServiceNow`, with the attribute names of its configuration
//! items (`cmdb_ci`, `cmdb_ci_hardware`); what those have no name for stands in columns that begin with
//! `u_`, as that system's own additions do.
//!
//! A finding that shows no module has no class and `u_shows_module` is `no`: an import makes no item of it.

use crate::cyclonedx::module_name;
use crate::model::{Report, ReportFinding};
use crate::sanitise::cell;
use crate::standing::{is_there, worst};
use cellsweep_evidence::KeyKind;

/// Columns, in order.
pub const COLUMNS: [&str; 26] = [
    "correlation_id",
    "name",
    "sys_class_name",
    "manufacturer",
    "model_number",
    "firmware_version",
    "serial_number",
    "asset_tag",
    "location",
    "department",
    "short_description",
    "first_discovered",
    "last_discovered",
    "discovery_source",
    "u_shows_module",
    "u_presence",
    "u_confidence",
    "u_quantity",
    "u_maker",
    "u_candidates",
    "u_settled_by",
    "u_in_product",
    "u_imei",
    "u_standing",
    "u_verdicts",
    "u_evidence",
];

/// The table, with a header, UTF-8, lines ended by CR LF.
///
/// # Errors
/// If it cannot be put together.
pub fn csv(report: &Report) -> Result<Vec<u8>, csv::Error> {
    let mut out = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    out.write_record(COLUMNS)?;
    for f in &report.findings {
        let row = row(f);
        out.write_record(row.iter().map(|text| cell(text).into_owned()))?;
    }
    out.into_inner()
        .map_err(|e| csv::Error::from(e.into_error()))
}

fn row(f: &ReportFinding) -> [String; 26] {
    let finding = &f.finding;
    let m = &finding.module;
    let there = is_there(finding.presence);
    let text = |t: &Option<String>| t.clone().unwrap_or_default();
    let product = finding.product.as_ref().map_or_else(String::new, |p| {
        [&p.maker, &p.model, &p.order_code]
            .into_iter()
            .flatten()
            .map(String::as_str)
            .collect::<Vec<_>>()
            .join(" ")
    });
    // The module's own serial; the device's is another item's.
    let serial = finding
        .subject
        .keys
        .iter()
        .find(|k| k.kind == KeyKind::ModuleSerial)
        .map(|k| k.value.clone())
        .unwrap_or_default();
    let candidates: Vec<String> = finding
        .candidates
        .iter()
        .map(|c| match &c.family {
            Some(family) => format!("{} {family} {}", c.maker, c.probability),
            None => format!("{} {}", c.maker, c.probability),
        })
        .collect();
    let verdicts: Vec<String> = f
        .verdicts
        .iter()
        .map(|v| format!("{}/{}: {}", v.pack, v.rule, v.status.as_str()))
        .collect();
    let evidence: Vec<String> = finding
        .evidence
        .iter()
        .map(|e| format!("{}, {}: {} {}", e.source, e.locator, e.clue, e.value))
        .collect();
    [
        finding.id.clone(),
        module_name(f),
        if there { "cmdb_ci_hardware" } else { "" }.to_owned(),
        text(&m.maker_name),
        m.variant
            .clone()
            .or_else(|| m.family.clone())
            .unwrap_or_default(),
        text(&m.firmware),
        serial,
        text(&finding.subject.asset),
        text(&finding.subject.site),
        text(&finding.subject.department),
        if there {
            "cellular module"
        } else {
            "no module shown"
        }
        .to_owned(),
        text(&finding.first_seen),
        text(&finding.last_seen),
        "cellsweep".to_owned(),
        if there { "yes" } else { "no" }.to_owned(),
        finding.presence.as_str().to_owned(),
        finding.confidence.to_string(),
        finding.quantity.to_string(),
        text(&m.maker),
        candidates.join("; "),
        text(&finding.settled_by),
        product,
        m.imei.join("; "),
        worst(f).map_or_else(String::new, |v| v.status.as_str().to_owned()),
        verdicts.join("; "),
        evidence.join("; "),
    ]
}
