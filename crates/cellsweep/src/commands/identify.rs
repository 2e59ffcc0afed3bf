//! `cellsweep identify TEXT`: everything the catalogue makes of one identifier or string.

use cellsweep_catalog::{Catalog, Meaning};
use cellsweep_evidence::identity::{Imei, ImeiForm};
use cellsweep_report::sanitise::sanitise;
use clap::Args;

use crate::exit::Exit;
use crate::out::Out;

/// Arguments.
#[derive(Debug, Args)]
pub struct Identify {
    /// USB or PCI id, revision, model, FCC ID, TAC, IMEI, part number, product
    #[arg(required = true, num_args = 1..)]
    text: Vec<String>,

    /// As JSON
    #[arg(long)]
    json: bool,
}

/// One way to read the text.
struct Reading<'a> {
    kind: &'static str,
    meaning: Meaning<'a>,
}

/// Explains.
pub fn run(c: &Identify, catalog: &Catalog, out: &mut Out) -> anyhow::Result<Exit> {
    let text = c.text.join(" ");
    let text = text.trim();
    let readings = readings(catalog, text);
    if c.json {
        let rows: Vec<_> = readings.iter().map(|r| as_json(catalog, r)).collect();
        out.line(serde_json::to_string_pretty(&rows)?)?;
        return Ok(if rows.is_empty() {
            Exit::Nothing
        } else {
            Exit::Done
        });
    }
    if let Some(note) = imei_note(catalog, text) {
        out.line(note)?;
    }
    if readings.is_empty() {
        out.line(format!(
            "Nothing in the catalogue (as of {}) matches \"{}\". That is no statement about what it is.",
            catalog.as_of(),
            sanitise(text)
        ))?;
        return Ok(Exit::Nothing);
    }
    for r in &readings {
        print(catalog, r, out)?;
    }
    Ok(Exit::Done)
}

fn readings<'a>(catalog: &'a Catalog, text: &str) -> Vec<Reading<'a>> {
    let lower = text.to_ascii_lowercase();
    let mut all: Vec<Reading<'a>> = Vec::new();
    let mut add = |kind: &'static str, meaning: Option<Meaning<'a>>| {
        if let Some(meaning) = meaning
            && !all.iter().any(|r| r.meaning.because == meaning.because)
        {
            all.push(Reading { kind, meaning });
        }
    };
    let id = |s: &str| {
        s.split_once(':').is_some_and(|(a, b)| {
            [a, b]
                .iter()
                .all(|p| p.len() == 4 && p.bytes().all(|b| b.is_ascii_hexdigit()))
        })
    };
    let ids: Vec<&str> = lower.split_whitespace().filter(|w| id(w)).collect();
    match ids.as_slice() {
        [] => {}
        [pci, subsystem] => {
            add("PCI id", catalog.pci(pci));
            add("PCI subsystem", catalog.subsystem(pci, subsystem));
        }
        [one, ..] => {
            add("USB id", catalog.usb(one));
            add("PCI id", catalog.pci(one));
        }
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    if digits.len() == text.len() && digits.len() == 8 {
        add("Type Allocation Code", catalog.tac(text));
    } else if let Some(imei) = Imei::parse(text) {
        add("TAC of the IMEI", catalog.tac(imei.tac()));
    }
    if ids.is_empty() && digits.len() != text.len() {
        add("FCC or ISED id", catalog.label(text));
        add("firmware revision", catalog.revision(text));
        add("model answer", catalog.model_answer(text));
        add("part number", catalog.part(None, text));
        add("manufacturer answer", catalog.manufacturer_answer(text));
        add("AT dialect", catalog.dialect(text));
        add("product", catalog.product(None, text, None, None));
        if let Some((maker, model)) = text.split_once(' ') {
            add("product", catalog.product(Some(maker), model, None, None));
        }
    }
    all
}

/// What the number itself says.
fn imei_note(catalog: &Catalog, text: &str) -> Option<String> {
    let imei = Imei::parse(text)?;
    if let Some(p) = catalog.placeholder(imei.digits()) {
        return Some(format!(
            "A {} number: it identifies no device ({}).",
            p.is, p.source
        ));
    }
    Some(match imei.form {
        ImeiForm::Checked => "An IMEI with a right check digit.".to_owned(),
        ImeiForm::BadCheck => "Fifteen digits whose check digit is wrong for an IMEI.".to_owned(),
        ImeiForm::Bare => "Fourteen digits: an IMEI without its check digit.".to_owned(),
        ImeiForm::WithSoftwareVersion => "An IMEISV (IMEI with software version).".to_owned(),
        ImeiForm::Repaired => {
            "An IMEI that lost its leading zero; the check digit proves it.".to_owned()
        }
    })
}

fn print(catalog: &Catalog, r: &Reading<'_>, out: &mut Out) -> anyhow::Result<()> {
    let m = &r.meaning;
    let name = |slug: &str| {
        catalog
            .maker(slug)
            .map_or_else(|| slug.to_owned(), |m| m.name.clone())
    };
    let answer = match (m.maker(), m.possible.is_empty()) {
        (Some(slug), _) => name(slug),
        (None, true) => "names no module maker".to_owned(),
        (None, false) => {
            let list: Vec<String> = m.possible.iter().map(|p| name(p.maker)).collect();
            let rest = if m.open { ", or another" } else { "" };
            format!("one of: {}{rest}", list.join(", "))
        }
    };
    out.line(format!("{}: {answer}", r.kind))?;
    for p in m.possible.iter().filter(|p| !p.families.is_empty()) {
        out.line(format!(
            "  families   {}: {}",
            name(p.maker),
            p.families.join(", ")
        ))?;
    }
    let kind = m.kind.map(|k| format!("{k:?}"));
    let source = catalog.source(m.source).map_or_else(
        || m.source.to_owned(),
        |s| match &s.url {
            Some(url) => format!("{} <{url}>, looked at {}", s.title, s.as_of),
            None => format!("{}, looked at {}", s.title, s.as_of),
        },
    );
    let rows = [
        ("kind", kind),
        ("variant", m.variant.clone()),
        ("brand", m.brand.map(str::to_owned)),
        ("chipset", m.chipset.map(str::to_owned)),
        ("because", Some(m.because.clone())),
        ("settled by", m.settled_by.map(str::to_owned)),
        ("source", Some(source)),
        (
            "confidence",
            Some(format!("{:?}", m.confidence).to_lowercase()),
        ),
    ];
    for (label, value) in rows {
        if let Some(value) = value {
            out.line(format!("  {label:<10} {}", sanitise(&value)))?;
        }
    }
    if let Some(maker) = m.maker().and_then(|slug| catalog.maker(slug)) {
        for o in &maker.owner {
            out.line(format!(
                "  control    {} ({}), {} to {}; {}",
                o.name,
                o.kind,
                o.from.as_deref().unwrap_or("?"),
                o.to.as_deref().unwrap_or("no later change known"),
                o.source
            ))?;
        }
    }
    Ok(())
}

fn as_json(catalog: &Catalog, r: &Reading<'_>) -> serde_json::Value {
    let m = &r.meaning;
    serde_json::json!({
        "as": r.kind,
        "maker": m.maker(),
        "possible": m.possible.iter().map(|p| serde_json::json!({
            "maker": p.maker, "families": p.families,
        })).collect::<Vec<_>>(),
        "open": m.open,
        "kind": m.kind,
        "variant": m.variant,
        "brand": m.brand,
        "chipset": m.chipset,
        "because": m.because,
        "settled_by": m.settled_by,
        "source": catalog.source(m.source).map_or(m.source, |s| s.title.as_str()),
        "confidence": m.confidence,
    })
}
