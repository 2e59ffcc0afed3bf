//! The report as a `CycloneDX` bill of materials of hardware, 1.6 or 1.7.
//!
//! An asset, or a product without one, is a `device`; the modules in it are nested in it. A finding that
//! shows no module (`supported`, `mentioned`) is a `device-driver` or `data`, so that no reader takes it
//! for hardware. What the standard has no name for stands in properties of the namespace `cellsweep:`
//! (`docs/interchange.md` lists them). 1.7 also carries verdicts as declarations: packs are standards,
//! rules their requirements, a verdict is a claim about a module.

use std::collections::BTreeMap;

use cellsweep_evidence::{KeyKind, Stance};
use cellsweep_policy::Status;
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::json::Layout;
use crate::model::{Report, ReportFinding};
use crate::standing::worst;

/// Versions of the standard that are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Version {
    /// 1.6.
    V1_6,
    /// 1.7.
    V1_7,
}

impl Version {
    const fn as_str(self) -> &'static str {
        match self {
            Self::V1_6 => "1.6",
            Self::V1_7 => "1.7",
        }
    }
}

/// The document.
///
/// # Errors
/// If a value cannot be written as JSON.
pub fn cyclonedx(report: &Report, version: Version) -> Result<String, serde_json::Error> {
    let mut hosts: BTreeMap<String, (Value, Vec<Value>)> = BTreeMap::new();
    let assets: BTreeMap<&str, _> = report.assets.iter().map(|a| (a.id.as_str(), a)).collect();
    for f in &report.findings {
        let host = host_of(f);
        let entry = hosts.entry(host.clone()).or_insert_with(|| {
            let asset = f
                .finding
                .subject
                .asset
                .as_deref()
                .and_then(|a| assets.get(a).copied());
            (host_component(&host, f, asset), Vec::new())
        });
        entry.1.push(module(f));
    }
    // Assets without a finding belong to the inventory too; their standing says what was looked at.
    for a in &report.assets {
        let host = format!("asset:{}", a.id);
        hosts.entry(host.clone()).or_insert_with(|| {
            let mut properties = vec![
                property("cellsweep:asset:id", &a.id),
                property("cellsweep:asset:status", status_word(a)),
                property("cellsweep:asset:why", &a.why),
            ];
            properties.extend(
                a.department
                    .as_deref()
                    .map(|d| property("cellsweep:asset:department", d)),
            );
            properties.extend(
                a.site
                    .as_deref()
                    .map(|s| property("cellsweep:asset:site", s)),
            );
            let component = json!({
                "type": "device",
                "bom-ref": host,
                "name": a.product.as_deref().filter(|p| !p.trim().is_empty()).unwrap_or(&a.id),
                "properties": properties,
            });
            (component, Vec::new())
        });
    }
    let components: Vec<Value> = hosts
        .into_values()
        .map(|(mut host, modules)| {
            if !modules.is_empty()
                && let Some(map) = host.as_object_mut()
            {
                map.insert("components".to_owned(), Value::Array(modules));
            }
            host
        })
        .collect();
    let mut properties = vec![
        property("cellsweep:date", &report.date),
        property(
            "cellsweep:catalog",
            &format!("{} {}", report.catalog.version, report.catalog.as_of),
        ),
    ];
    for p in &report.packs {
        properties.push(property(
            "cellsweep:pack",
            &format!(
                "{} edition {} as of {}",
                p.id.as_deref().unwrap_or_default(),
                p.version,
                p.as_of
            ),
        ));
    }
    let number = version.as_str();
    let mut document = json!({
        "$schema": format!("http://cyclonedx.org/schema/bom-{number}.schema.json"),
        "bomFormat": "CycloneDX",
        "specVersion": number,
        "serialNumber": format!("urn:uuid:{}", uuid(report)),
        "version": 1,
        "metadata": {
            "timestamp": report.generated_at,
            "tools": { "components": [{
                "type": "application",
                "name": report.tool.name,
                "version": report.tool.version,
            }]},
            "component": {
                "type": "platform",
                "bom-ref": "estate",
                "name": report.organisation.as_deref().unwrap_or("evidence"),
            },
            "properties": properties,
        },
        "components": components,
    });
    if version == Version::V1_7
        && let Some(map) = document.as_object_mut()
    {
        let (definitions, declarations) = declarations(report);
        map.insert("definitions".to_owned(), definitions);
        map.insert("declarations".to_owned(), declarations);
    }
    crate::json::value(&document, Layout::Pretty)
}

/// Packs as standards with their rules as requirements, and verdicts as claims about modules. A rule
/// that does not reach a finding claims nothing.
fn declarations(report: &Report) -> (Value, Value) {
    let mut rules: BTreeMap<&str, BTreeMap<&str, Vec<String>>> = BTreeMap::new();
    let mut claims = Vec::new();
    for f in &report.findings {
        for v in &f.verdicts {
            let of_rule = rules
                .entry(&v.pack)
                .or_default()
                .entry(&v.rule)
                .or_default();
            if v.status == Status::NotApplicable {
                continue;
            }
            let reference = format!("claim:{}:{}/{}", f.finding.id, v.pack, v.rule);
            claims.push(json!({
                "bom-ref": reference,
                "target": format!("finding:{}", f.finding.id),
                "predicate": format!("{}/{}: {}", v.pack, v.rule, v.status.as_str()),
                "reasoning": v.basis,
            }));
            of_rule.push(reference);
        }
    }
    let standards: Vec<Value> = report
        .packs
        .iter()
        .map(|p| {
            let id = p.id.as_deref().unwrap_or_default();
            let requirements: Vec<Value> = rules
                .get(id)
                .into_iter()
                .flatten()
                .map(|(rule, _)| {
                    json!({
                        "bom-ref": format!("rule:{id}/{rule}"),
                        "identifier": format!("{id}/{rule}"),
                    })
                })
                .collect();
            json!({
                "bom-ref": format!("pack:{id}"),
                "name": id,
                "version": p.version,
                "description": format!("policy pack as of {}, SHA-256 {}", p.as_of, p.digest),
                "requirements": requirements,
            })
        })
        .collect();
    let map: Vec<Value> = rules
        .iter()
        // Only requirements that a standard above lists can be referred to.
        .filter(|(pack, _)| report.packs.iter().any(|p| p.id.as_deref() == Some(**pack)))
        .flat_map(|(pack, rules)| {
            rules
                .iter()
                .filter(|(_, claims)| !claims.is_empty())
                .map(move |(rule, claims)| {
                    json!({ "requirement": format!("rule:{pack}/{rule}"), "claims": claims })
                })
        })
        .collect();
    (
        json!({ "standards": standards }),
        json!({
            "assessors": [{ "bom-ref": "assessor", "thirdParty": false }],
            "attestations": [{
                "summary": "Verdicts of a program on the date of this document; not an affirmation, not signed, not legal advice.",
                "assessor": "assessor",
                "map": map,
            }],
            "claims": claims,
        }),
    )
}

fn status_word(a: &cellsweep_identify::AssetState) -> &'static str {
    match a.status {
        cellsweep_identify::AssetStatus::Found => "found",
        cellsweep_identify::AssetStatus::Clear => "clear",
        cellsweep_identify::AssetStatus::NotAssessed => "not_assessed",
    }
}

fn property(name: &str, value: &str) -> Value {
    json!({ "name": name, "value": value })
}

/// What a finding is nested in: its asset, else the thing itself.
fn host_of(f: &ReportFinding) -> String {
    match &f.finding.subject.asset {
        Some(asset) => format!("asset:{asset}"),
        None => format!("host:{}", f.finding.id),
    }
}

fn host_component(
    reference: &str,
    f: &ReportFinding,
    asset: Option<&cellsweep_identify::AssetState>,
) -> Value {
    let product = f.finding.product.as_ref();
    let name = product
        .and_then(|p| p.model.as_deref())
        .or_else(|| asset.and_then(|a| a.product.as_deref()))
        .filter(|n| !n.trim().is_empty())
        .or(f.finding.subject.asset.as_deref())
        .unwrap_or("device");
    let mut properties = Vec::new();
    if let Some(a) = asset {
        properties.push(property("cellsweep:asset:id", &a.id));
        properties.push(property("cellsweep:asset:status", status_word(a)));
        properties.extend(
            a.department
                .as_deref()
                .map(|d| property("cellsweep:asset:department", d)),
        );
        properties.extend(
            a.site
                .as_deref()
                .map(|s| property("cellsweep:asset:site", s)),
        );
    }
    if let Some(code) = product.and_then(|p| p.order_code.as_deref()) {
        properties.push(property("cdx:device:sku", code));
    }
    let mut serial = false;
    for k in &f.finding.subject.keys {
        match k.kind {
            KeyKind::Serial if !serial => {
                serial = true;
                properties.push(property("cdx:device:serialNumber", &k.value));
            }
            KeyKind::Mac => properties.push(property("cdx:device:macAddress", &k.value)),
            kind => properties.push(property(
                &format!("cellsweep:key:{}", kind.as_str()),
                &k.value,
            )),
        }
    }
    let mut component = json!({
        "type": if f.finding.presence <= Stance::Implied { "device" } else { "platform" },
        "bom-ref": reference,
        "name": name,
        "properties": properties,
    });
    if let Some(maker) = product.and_then(|p| p.maker.as_deref())
        && let Some(map) = component.as_object_mut()
    {
        map.insert("manufacturer".to_owned(), json!({ "name": maker }));
    }
    component
}

/// A name for the module: its variant, family, or that its maker is not settled.
pub(crate) fn module_name(f: &ReportFinding) -> String {
    let m = &f.finding.module;
    m.variant.as_deref().or(m.family.as_deref()).map_or_else(
        || match &m.maker_name {
            Some(maker) => format!("{maker} cellular module"),
            None => "cellular module, maker not settled".to_owned(),
        },
        str::to_owned,
    )
}

fn module(f: &ReportFinding) -> Value {
    let finding = &f.finding;
    let m = &finding.module;
    let kind = match finding.presence {
        Stance::Observed | Stance::Declared | Stance::Implied => "device",
        Stance::Supported => "device-driver",
        Stance::Mentioned => "data",
    };
    let mut properties = vec![
        property("cdx:device:quantity", &finding.quantity.to_string()),
        property("cdx:device:function", "cellular module"),
        property("cellsweep:finding:id", &finding.id),
        property("cellsweep:presence", finding.presence.as_str()),
        property("cellsweep:confidence", &finding.confidence.to_string()),
    ];
    let mut add = |name: &str, value: Option<&str>| {
        if let Some(value) = value {
            properties.push(property(name, value));
        }
    };
    add("cellsweep:maker", m.maker.as_deref());
    add("cellsweep:family", m.family.as_deref());
    add("cellsweep:brand", m.brand.as_deref());
    add("cellsweep:lineage", m.lineage.as_deref());
    add("cellsweep:chipset", m.chipset.as_deref());
    add("cellsweep:owner", m.owner.as_deref());
    add("cellsweep:form_factor", m.form_factor.as_deref());
    add("cellsweep:settled_by", finding.settled_by.as_deref());
    add("cellsweep:first_seen", finding.first_seen.as_deref());
    add("cellsweep:last_seen", finding.last_seen.as_deref());
    for imei in &m.imei {
        properties.push(property("cellsweep:imei", imei));
    }
    for e in &finding.evidence {
        let name = match e.clue.as_str() {
            "fcc_id" => "cdx:device:certifications:US:FCC:id",
            "ised_id" => "cdx:device:certifications:CA:ISED:id",
            _ => continue,
        };
        let one = property(name, &e.value);
        if !properties.contains(&one) {
            properties.push(one);
        }
    }
    for c in &finding.candidates {
        properties.push(property(
            "cellsweep:candidate",
            &format!(
                "{}{} {}",
                c.maker,
                c.family
                    .as_deref()
                    .map(|f| format!(" {f}"))
                    .unwrap_or_default(),
                c.probability
            ),
        ));
    }
    for v in &f.verdicts {
        let mut says = v.status.as_str().to_owned();
        for (word, value) in [
            ("edition", &v.edition),
            ("effective", &v.effective),
            ("deadline", &v.deadline),
        ] {
            if let Some(value) = value {
                says.push_str("; ");
                says.push_str(word);
                says.push(' ');
                says.push_str(value);
            }
        }
        properties.push(property(
            &format!("cellsweep:verdict:{}/{}", v.pack, v.rule),
            &says,
        ));
    }
    if let Some(v) = worst(f) {
        properties.push(property("cellsweep:standing", v.status.as_str()));
    }
    let occurrences: Vec<Value> = finding
        .evidence
        .iter()
        .map(|e| {
            let mut one = json!({
                "location": e.source,
                "additionalContext": format!("{}: {} {} ({})", e.locator, e.clue, e.value, e.says),
            });
            let line = e.locator.strip_prefix("line ").map(str::parse::<u32>);
            if let (Some(Ok(line)), Some(map)) = (line, one.as_object_mut()) {
                map.insert("line".to_owned(), json!(line));
            }
            one
        })
        .collect();
    let technique = match finding.presence {
        Stance::Observed => "instrumentation",
        Stance::Declared => "manifest-analysis",
        _ => "other",
    };
    let mut component = json!({
        "type": kind,
        "bom-ref": format!("finding:{}", finding.id),
        "name": module_name(f),
        "properties": properties,
        "evidence": {
            "identity": [{
                "field": "name",
                "confidence": finding.confidence.clamp(0.0, 1.0),
                "methods": [{
                    "technique": technique,
                    "confidence": finding.confidence.clamp(0.0, 1.0),
                    "value": finding.presence.as_str(),
                }],
            }],
            "occurrences": occurrences,
        },
    });
    if let Some(map) = component.as_object_mut() {
        if let Some(maker) = &m.maker_name {
            map.insert("manufacturer".to_owned(), json!({ "name": maker }));
        }
        if kind == "device" {
            map.insert("description".to_owned(), json!("cellular module"));
        }
        if let Some(firmware) = &m.firmware {
            map.insert(
                "components".to_owned(),
                json!([{
                    "type": "firmware",
                    "bom-ref": format!("firmware:{}", finding.id),
                    "name": firmware,
                    "version": firmware,
                }]),
            );
        }
    }
    component
}

/// A UUID made of the report's own content, so that the same report gives the same document.
fn uuid(report: &Report) -> String {
    let mut hash = Sha256::new();
    hash.update(report.generated_at.as_bytes());
    hash.update(report.date.as_bytes());
    hash.update(report.catalog.digest.as_bytes());
    for s in &report.sources {
        hash.update(s.digest.as_bytes());
        hash.update(s.path.as_bytes());
    }
    for f in &report.findings {
        hash.update(f.finding.id.as_bytes());
    }
    let mut bytes = [0u8; 16];
    for (to, from) in bytes.iter_mut().zip(hash.finalize()) {
        *to = from;
    }
    // Version 8 (custom) and the variant of RFC 9562.
    if let Some(b) = bytes.get_mut(6) {
        *b = (*b & 0x0f) | 0x80;
    }
    if let Some(b) = bytes.get_mut(8) {
        *b = (*b & 0x3f) | 0x80;
    }
    let hex: String = bytes.iter().fold(String::new(), |mut out, b| {
        use std::fmt::Write as _;
        // Writing to a String cannot fail.
        let _ = write!(out, "{b:02x}");
        out
    });
    [(0, 8), (8, 12), (12, 16), (16, 20), (20, 32)]
        .iter()
        .filter_map(|(from, to)| hex.get(*from..*to))
        .collect::<Vec<_>>()
        .join("-")
}
