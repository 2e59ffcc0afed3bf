//! The report as SPDX 3.0 (JSON-LD): modules as packages whose purpose is a device, their makers as
//! organisations, what is inside what as relationships, verdicts and evidence as annotations.

use std::collections::BTreeMap;

use cellsweep_evidence::Stance;
use serde_json::{Value, json};

use crate::cyclonedx::module_name;
use crate::json::Layout;
use crate::model::Report;

/// The document.
///
/// # Errors
/// If a value cannot be written as JSON.
pub fn spdx(report: &Report) -> Result<String, serde_json::Error> {
    let base = format!(
        "https://cellsweep.example/spdx/{}/{}",
        report.date,
        report.catalog.digest.get(..12).unwrap_or("none")
    );
    let id = |kind: &str, name: &str| format!("{base}#{kind}-{}", fragment(name));
    let info = "_:creation";
    let mut graph: Vec<Value> = vec![
        json!({
            "type": "CreationInfo",
            "@id": info,
            "specVersion": "3.0.1",
            "created": report.generated_at,
            "createdBy": [id("agent", &report.tool.name)],
        }),
        json!({
            "type": "SoftwareAgent",
            "spdxId": id("agent", &report.tool.name),
            "name": format!("{} {}", report.tool.name, report.tool.version),
            "creationInfo": info,
        }),
    ];
    let mut makers: BTreeMap<&str, &str> = BTreeMap::new();
    let mut hosts: BTreeMap<String, (String, Vec<String>)> = BTreeMap::new();
    let mut packages: Vec<Value> = Vec::new();
    let mut notes: Vec<Value> = Vec::new();
    for f in &report.findings {
        let finding = &f.finding;
        let module = id("module", &finding.id);
        let mut package = json!({
            "type": "software_Package",
            "spdxId": module,
            "creationInfo": info,
            "name": module_name(f),
            "summary": format!(
                "cellular module, {}, confidence {}, quantity {}",
                finding.presence.as_str(),
                finding.confidence,
                finding.quantity
            ),
            "software_primaryPurpose": match finding.presence {
                Stance::Observed | Stance::Declared => "device",
                // Read back, what is only implied must not count as declared.
                Stance::Implied => "other",
                Stance::Supported => "deviceDriver",
                Stance::Mentioned => "data",
            },
        });
        if let Some(map) = package.as_object_mut() {
            if let (Some(slug), Some(name)) = (&finding.module.maker, &finding.module.maker_name) {
                makers.insert(slug, name);
                map.insert("suppliedBy".to_owned(), json!(id("maker", slug)));
            }
            if let Some(firmware) = &finding.module.firmware {
                map.insert("software_packageVersion".to_owned(), json!(firmware));
            }
        }
        packages.push(package);
        let host = finding
            .subject
            .asset
            .clone()
            .or_else(|| finding.product.as_ref().and_then(|p| p.model.clone()));
        if let Some(host) = host {
            hosts
                .entry(id("asset", &host))
                .or_insert_with(|| (host, Vec::new()))
                .1
                .push(module.clone());
        }
        let mut note = |n: usize, kind: &str, statement: String| {
            notes.push(json!({
                "type": "Annotation",
                "spdxId": id(kind, &format!("{}-{n}", finding.id)),
                "creationInfo": info,
                "annotationType": "other",
                "subject": module,
                "statement": statement,
            }));
        };
        for (n, e) in finding.evidence.iter().enumerate() {
            note(
                n,
                "evidence",
                format!(
                    "evidence: {}, {}: {} {} ({})",
                    e.source, e.locator, e.clue, e.value, e.says
                ),
            );
        }
        for (n, c) in finding.candidates.iter().enumerate() {
            note(
                n,
                "candidate",
                format!(
                    "candidate: {} {} {}",
                    c.maker,
                    c.family.as_deref().unwrap_or(""),
                    c.probability
                ),
            );
        }
        for (n, v) in f.verdicts.iter().enumerate() {
            note(
                n,
                "verdict",
                format!(
                    "verdict: {}/{}: {}: {}",
                    v.pack,
                    v.rule,
                    v.status.as_str(),
                    v.basis
                ),
            );
        }
    }
    for (slug, name) in makers {
        graph.push(json!({
            "type": "Organization",
            "spdxId": id("maker", slug),
            "name": name,
            "creationInfo": info,
        }));
    }
    for (n, (host, (name, inside))) in hosts.into_iter().enumerate() {
        graph.push(json!({
            "type": "software_Package",
            "spdxId": host,
            "creationInfo": info,
            "name": name,
            // What holds the module: read back it must not count as one.
            "software_primaryPurpose": "other",
        }));
        graph.push(json!({
            "type": "Relationship",
            "spdxId": id("inside", &n.to_string()),
            "creationInfo": info,
            "from": host,
            "relationshipType": "contains",
            "to": inside,
        }));
    }
    graph.extend(packages);
    graph.extend(notes);
    let elements: Vec<Value> = graph
        .iter()
        .filter_map(|e| e.get("spdxId").cloned())
        .collect();
    let roots: Vec<Value> = report
        .findings
        .iter()
        .map(|f| json!(id("module", &f.finding.id)))
        .collect();
    let mut head = json!({
        "type": "SpdxDocument",
        "spdxId": format!("{base}#document"),
        "creationInfo": info,
        "name": report.organisation.as_deref().unwrap_or("evidence"),
        "profileConformance": ["core", "software"],
        "element": elements,
    });
    if !roots.is_empty()
        && let Some(map) = head.as_object_mut()
    {
        map.insert("rootElement".to_owned(), Value::Array(roots));
    }
    graph.push(head);
    let document = json!({
        "@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld",
        "@graph": graph,
    });
    crate::json::value(&document, Layout::Pretty)
}

/// A name as part of an address.
fn fragment(name: &str) -> String {
    let mut out = String::new();
    for b in name.bytes() {
        if b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.') {
            out.push(char::from(b));
        } else {
            use std::fmt::Write as _;
            // Writing to a String cannot fail.
            let _ = write!(out, "%{b:02X}");
        }
    }
    out
}
