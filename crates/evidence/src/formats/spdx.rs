//! SPDX 2.2 and 2.3 (JSON, tag-value) and SPDX 3 (JSON): packages whose purpose is a device, and
//! software that names a module.
//!
//! Bounds: JSON is held whole (`limits.whole`), tag-value streams. Checksums, licences and file lists
//! are never searched.

use std::collections::BTreeMap;

use crate::json::{self, End};
use crate::observation::{Clue, Key, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::{Names, Source};
use crate::text;

use super::table::{Out, Tally, Unit, is_placeholder};

/// The reader.
pub static READER: Reader = Reader {
    format: "spdx",
    title: "SPDX bill of materials (JSON, tag-value)",
    made_by: "a bill-of-materials tool, or a supplier: *.spdx, *.spdx.json",
    proves: &[Stance::Declared, Stance::Supported],
    enumerates: &[],
    sniff,
    read,
};

/// Most packages that wait for the name of their supplier, which may stand behind them.
const WAITING_MOST: usize = 100_000;
/// Most agents whose names are kept.
const AGENTS_MOST: usize = 100_000;
/// Longest text kept of one field, in characters.
const TEXT_MOST: usize = 500;

fn sniff(head: &Head<'_>) -> u8 {
    let holds =
        |needle: &str| memchr::memmem::find(head.text.as_bytes(), needle.as_bytes()).is_some();
    let start = head.text.trim_start();
    if start.starts_with('{') && (holds("\"spdxVersion\"") || holds("spdx.org/rdf/3")) {
        return 95;
    }
    if head.count_lines(|l| l.starts_with("SPDXVersion: SPDX-")) > 0 {
        return 95;
    }
    0
}

#[derive(Default)]
struct Package {
    object: u64,
    line: u64,
    /// In a list of packages, or of a type that is one.
    listed: bool,
    id: String,
    name: String,
    version: String,
    supplier: String,
    purpose: String,
    description: String,
}

impl Package {
    fn set(&mut self, key: &str, value: &str) {
        let slot = match key {
            "SPDXID" | "spdxId" | "@id" => &mut self.id,
            "name" | "PackageName" => &mut self.name,
            "versionInfo" | "packageVersion" | "software_packageVersion" | "PackageVersion" => {
                &mut self.version
            }
            "supplier" | "suppliedBy" | "PackageSupplier" => &mut self.supplier,
            "originator" | "PackageOriginator" if self.supplier.is_empty() => &mut self.supplier,
            "primaryPackagePurpose"
            | "primaryPurpose"
            | "software_primaryPurpose"
            | "PrimaryPackagePurpose" => &mut self.purpose,
            "description" | "summary" | "PackageSummary" | "PackageDescription"
                if self.description.is_empty() =>
            {
                &mut self.description
            }
            _ => return,
        };
        *slot = value.trim().chars().take(TEXT_MOST).collect();
    }

    fn emit(
        &self,
        agents: &BTreeMap<String, String>,
        names: &dyn Names,
        out: &mut Out<'_>,
    ) -> Result<(), ReadError> {
        let place = Place::Line(self.line);
        if !self.purpose.eq_ignore_ascii_case("device") {
            let said = [&self.name, &self.description]
                .into_iter()
                .find(|t| !names.find(t).is_empty());
            let Some(said) = said else { return Ok(()) };
            let text: String = format!("{said} {}", self.version)
                .chars()
                .map(|c| if c.is_control() { ' ' } else { c })
                .take(160)
                .collect();
            return Unit::new(out, Vec::new(), None).emit(
                Stance::Supported,
                Clue::Text,
                text.trim_end(),
                place,
            );
        }
        let keys = if self.id.is_empty() {
            Vec::new()
        } else {
            vec![Key::new(KeyKind::BomRef, self.id.as_str())]
        };
        let mut unit = Unit::new(out, keys, None);
        let supplier = agents.get(&self.supplier).unwrap_or(&self.supplier);
        let supplier = supplier
            .strip_prefix("Organization:")
            .or_else(|| supplier.strip_prefix("Person:"))
            .unwrap_or(supplier)
            .trim();
        if !is_placeholder(supplier)
            && !matches!(supplier, "NOASSERTION" | "NONE")
            && !supplier.contains("://")
        {
            unit.emit(Stance::Declared, Clue::PartMaker, supplier, place.clone())?;
        }
        if !is_placeholder(&self.name) {
            unit.emit(
                Stance::Declared,
                Clue::PartNumber,
                self.name.as_str(),
                place.clone(),
            )?;
        }
        if !is_placeholder(&self.description) {
            unit.emit(
                Stance::Declared,
                Clue::PartDescription,
                self.description.as_str(),
                place,
            )?;
        }
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let start = source.stream().fill_buf()?;
    let json = start
        .iter()
        .find(|b| !b.is_ascii_whitespace() && !matches!(b, 0xef | 0xbb | 0xbf))
        == Some(&b'{');
    if json || matches!(start, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        from_json(source, sink)
    } else {
        from_tags(source, sink)
    }
}

fn from_json(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let names = source.names;
    let bytes = source.whole()?;
    let text = text::decode(&bytes).ok_or_else(|| ReadError::Malformed {
        format: "spdx",
        message: "it holds binary bytes".to_owned(),
    })?;
    let mut open: Option<Package> = None;
    let mut waiting: Vec<Package> = Vec::new();
    let mut agents: BTreeMap<String, String> = BTreeMap::new();
    let mut too_many = false;
    let mut close = |package: Package, waiting: &mut Vec<Package>| {
        if package.listed {
            let of_interest = package.purpose.eq_ignore_ascii_case("device")
                || !names.find(&package.name).is_empty()
                || !names.find(&package.description).is_empty();
            if of_interest && waiting.len() < WAITING_MOST {
                waiting.push(package);
            } else {
                too_many |= of_interest;
            }
        } else if !package.id.is_empty() && !package.name.is_empty() && agents.len() < AGENTS_MOST {
            agents.insert(package.id, package.name);
        }
    };
    let end = json::walk(&text, |s| {
        let Some(list) = s.path.first() else { return };
        let older = list == "packages";
        if !older && list != "@graph" {
            return;
        }
        let Some(object) = s.objects.iter().find(|o| o.depth == 1) else {
            return;
        };
        if open.as_ref().is_none_or(|p| p.object != object.id) {
            if let Some(done) = open.take() {
                close(done, &mut waiting);
            }
            open = Some(Package {
                object: object.id,
                line: s.line,
                listed: older,
                ..Package::default()
            });
        }
        let Some(package) = &mut open else { return };
        match s.path {
            [_] => {
                if matches!(s.key, "type" | "@type") {
                    package.listed |= s.value.ends_with("Package")
                        || s.value.ends_with("Hardware")
                        || s.value.ends_with("Device");
                }
                package.set(s.key, s.value);
            }
            // A list of one supplier.
            [_, key] if key == "suppliedBy" && s.key.is_empty() => package.set(key, s.value),
            _ => {}
        }
    });
    if let Some(done) = open.take() {
        close(done, &mut waiting);
    }
    let mut out = Out::new(sink);
    for package in &waiting {
        package.emit(&agents, names, &mut out)?;
    }
    if too_many {
        out.problem("too-many-packages", true, Place::Whole, || {
            format!("packages of interest past the first {WAITING_MOST} were not read")
        });
    }
    if let End::Cut(line) = end {
        out.problem("spdx-cut", true, Place::Line(line), || {
            "the file ends inside a value; what stood before was read".to_owned()
        });
    }
    out.finish();
    Ok(())
}

fn from_tags(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let names = source.names;
    let agents = BTreeMap::new();
    let mut open: Option<Package> = None;
    let mut tally = Tally::default();
    let mut headed = false;
    // A text between marks may run over several lines and hold anything.
    let mut inside_text = false;
    text::lines(source, sink, |number, line, sink| {
        if inside_text {
            inside_text = !line.contains("</text>");
            return Ok(());
        }
        let Some((tag, value)) = line.split_once(':') else {
            return Ok(());
        };
        let (tag, value) = (tag.trim(), value.trim());
        headed |= tag == "SPDXVersion";
        inside_text = value.contains("<text>") && !value.contains("</text>");
        let value = value
            .trim_start_matches("<text>")
            .trim_end_matches("</text>");
        if matches!(tag, "PackageName" | "FileName" | "SnippetSPDXID") {
            if let Some(done) = open.take() {
                let mut out = Out::resume(sink, std::mem::take(&mut tally));
                done.emit(&agents, names, &mut out)?;
                tally = out.into_tally();
            }
            if tag == "PackageName" {
                open = Some(Package {
                    line: number,
                    ..Package::default()
                });
            }
        }
        if let Some(package) = &mut open {
            package.set(tag, value);
        }
        Ok(())
    })?;
    let mut out = Out::resume(sink, tally);
    if let Some(done) = open {
        done.emit(&agents, names, &mut out)?;
    }
    if !headed {
        out.problem("spdx-fragment", true, Place::Whole, || {
            "a piece of a file: its head is missing".to_owned()
        });
    }
    Ok(())
}
