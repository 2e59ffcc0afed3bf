//! CycloneDX 1.2 to 1.7, JSON and XML: hardware components, and software that names a module.
//!
//! A component of type `device`, or with properties of the `cdx:device` taxonomy, is a declared part;
//! the one under `metadata` is the product. Other components (libraries, applications, firmware,
//! drivers) yield text of stance `supported`, and only if a name that is looked for stands in their name
//! or description. Hashes, licences and package URLs are never searched.
//!
//! Bounds: held whole (`limits.whole`); nesting is followed as deep as `crate::json` does, in XML to
//! [`DEEPEST`]. What stands before a cut or an error is kept.

use quick_xml::XmlVersion;
use quick_xml::events::{BytesStart, Event};

use crate::json::{self, End, Scalar};
use crate::observation::{Clue, Key, KeyKind, Place, Stance};
use crate::reader::{Attachment, Head, ReadError, Reader, Sink};
use crate::source::{Names, Source};
use crate::{identity, text};

use super::table::{Out, Unit, cells, is_placeholder};

/// The reader.
pub static READER: Reader = Reader {
    format: "cyclonedx",
    title: "CycloneDX bill of materials (JSON, XML)",
    made_by: "a bill-of-materials tool, or a supplier: bom.json, bom.xml",
    proves: &[Stance::Declared, Stance::Supported],
    enumerates: &[Attachment::Parts],
    sniff,
    read,
};

/// Deepest XML element that is followed.
const DEEPEST: usize = 128;
/// Property by which cellsweep's own documents say how a finding was seen.
const PRESENCE: &str = "cellsweep:presence";
/// Most properties of one component.
const PROPERTIES_MOST: usize = 200;
/// Longest text kept of one field, in bytes.
const TEXT_MOST: usize = 2000;

fn sniff(head: &Head<'_>) -> u8 {
    let holds =
        |needle: &str| memchr::memmem::find(head.text.as_bytes(), needle.as_bytes()).is_some();
    let start = head.text.trim_start();
    if (holds("\"bomFormat\"") && holds("CycloneDX")) || holds("cyclonedx.org/schema/bom") {
        return 96;
    }
    if start.starts_with('<') {
        return 0;
    }
    // A piece from the middle: digests as only this format writes them, or its references.
    if (holds("\"alg\": \"SHA-") || holds("\"alg\":\"SHA-")) && holds("\"content\"")
        || holds("\"bom-ref\"")
    {
        return 50;
    }
    0
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let names = source.names;
    let bytes = source.whole()?;
    let malformed = || ReadError::Malformed {
        format: "cyclonedx",
        message: "it holds binary bytes".to_owned(),
    };
    let text = text::decode(&bytes).ok_or_else(malformed)?;
    let mut document = Components {
        out: Out::new(sink),
        names,
        open: Vec::new(),
        product: Vec::new(),
        product_ref: None,
        product_unit: None,
    };
    let result = if text.trim_start().starts_with('<') {
        from_xml(&text, &mut document)
    } else {
        from_json(&text, &mut document)
    };
    document.out.finish();
    result
}

/// One component while it is read.
#[derive(Default)]
struct Component {
    id: u64,
    product: bool,
    line: u64,
    kind: String,
    reference: String,
    name: String,
    version: String,
    maker: String,
    supplier: String,
    description: String,
    properties: Vec<(String, String)>,
    /// Name of the property whose value comes next.
    property: String,
}

impl Component {
    fn set(&mut self, key: &str, value: &str) {
        let slot = match key {
            "type" => &mut self.kind,
            "bom-ref" => &mut self.reference,
            "name" => &mut self.name,
            "version" => &mut self.version,
            "publisher" | "author" => &mut self.supplier,
            "description" => &mut self.description,
            _ => return,
        };
        if slot.is_empty() {
            bounded(value).clone_into(slot);
        }
    }

    fn property(&mut self, name: &str, value: &str) {
        // How sure a document of our own is: what it only implies is not declared by being written.
        let ours = name == PRESENCE;
        if self.properties.len() < PROPERTIES_MOST && (ours || name.starts_with("cdx:device:")) {
            self.properties
                .push((name.to_owned(), bounded(value).to_owned()));
        }
    }

    fn stated(&self, name: &str) -> Option<&str> {
        self.properties
            .iter()
            .find(|(n, v)| n == name && !is_placeholder(v))
            .map(|(_, v)| v.as_str())
    }

    fn is_hardware(&self) -> bool {
        self.kind == "device"
            || self
                .properties
                .iter()
                .any(|(name, _)| name.starts_with("cdx:device:"))
                && !matches!(self.kind.as_str(), "device-driver" | "data")
    }
}

/// A value cut to what is kept.
fn bounded(text: &str) -> &str {
    let mut end = text.len().min(TEXT_MOST);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default().trim()
}

struct Components<'s> {
    out: Out<'s>,
    names: &'s dyn Names,
    open: Vec<Component>,
    /// Keys of the product, once it was read.
    product: Vec<Key>,
    product_ref: Option<String>,
    product_unit: Option<u64>,
}

impl Components<'_> {
    fn emit(&mut self, c: &Component) -> Result<(), ReadError> {
        if !c.is_hardware() {
            return self.emit_software(c);
        }
        let place = Place::Line(c.line);
        let maker = [&c.maker, &c.supplier]
            .into_iter()
            .find(|m| !is_placeholder(m));
        let mut keys: Vec<Key> = Vec::new();
        if c.product {
            if let Some(serial) = c.stated("cdx:device:serialNumber") {
                keys.push(Key::new(KeyKind::Serial, serial));
            }
            if let Some(mac) = c.stated("cdx:device:macAddress").and_then(identity::mac) {
                keys.push(Key::new(KeyKind::Mac, mac));
            }
            self.product.clone_from(&keys);
            self.product_ref = Some(c.reference.clone());
            self.product_unit = Some(self.out.units());
        } else {
            if !c.reference.is_empty() {
                keys.push(Key::new(KeyKind::BomRef, c.reference.as_str()));
            }
            keys.extend(self.product.iter().cloned());
        }
        let (maker_clue, name_clue) = if c.product {
            (Clue::ProductMaker, Clue::ProductModel)
        } else {
            (Clue::PartMaker, Clue::PartNumber)
        };
        let stance = match c.stated(PRESENCE) {
            Some("implied") => Stance::Implied,
            _ => Stance::Declared,
        };
        let mut unit = Unit::new(&mut self.out, keys, None);
        if let Some(maker) = maker {
            unit.emit(stance, maker_clue, maker.as_str(), place.clone())?;
        }
        if !is_placeholder(&c.name) {
            unit.emit(stance, name_clue, c.name.as_str(), place.clone())?;
        }
        if let Some(sku) = c.stated("cdx:device:sku") {
            let clue = if c.product {
                Clue::OrderCode
            } else {
                Clue::PartNumber
            };
            unit.emit(stance, clue, sku, place.clone())?;
        }
        if let Some(lot) = c.stated("cdx:device:lotNumber").filter(|_| c.product) {
            unit.emit(stance, Clue::Batch, lot, place.clone())?;
        }
        if !c.product && !is_placeholder(&c.description) {
            unit.emit(
                stance,
                Clue::PartDescription,
                c.description.as_str(),
                place.clone(),
            )?;
        }
        for (name, value) in &c.properties {
            let clue = match name.as_str() {
                "cdx:device:certifications:US:FCC:id" => Clue::FccId,
                "cdx:device:certifications:CA:ISED:id" => Clue::IsedId,
                _ => continue,
            };
            // The product's own number does not speak of a module inside.
            let stance = if c.product { Stance::Supported } else { stance };
            unit.emit(stance, clue, value.to_ascii_uppercase(), place.clone())?;
        }
        if !c.product && c.stated("cdx:device:function") == Some("cellular module") {
            unit.emit(
                stance,
                Clue::CellularInterface,
                "cellular module",
                place.clone(),
            )?;
        }
        if let Some(n) = c.stated("cdx:device:quantity").and_then(cells::quantity) {
            unit.emit(stance, Clue::Quantity, n.to_string(), place)?;
        }
        Ok(())
    }

    fn emit_software(&mut self, c: &Component) -> Result<(), ReadError> {
        let said = [c.name.as_str(), c.description.as_str()]
            .into_iter()
            .find(|t| !self.names.find(t).is_empty());
        let Some(said) = said else { return Ok(()) };
        let text = if said == c.name && !c.version.is_empty() {
            format!("{said} {}", c.version)
        } else {
            said.to_owned()
        };
        let text: String = text
            .chars()
            .map(|c| if c.is_control() { ' ' } else { c })
            .take(160)
            .collect();
        let mut unit = Unit::new(&mut self.out, Vec::new(), None);
        unit.emit(Stance::Supported, Clue::Text, text, Place::Line(c.line))
    }

    /// The list of parts is stated to be complete.
    fn complete(&mut self, references: &[String], line: u64) -> Result<(), ReadError> {
        let (Some(unit), Some(root)) = (self.product_unit, &self.product_ref) else {
            return Ok(());
        };
        if root.is_empty() || !references.contains(root) {
            return Ok(());
        }
        self.out.observe(crate::Observation::new(
            unit,
            Stance::Declared,
            Clue::Enumerated,
            Attachment::Parts.as_str(),
            Place::Line(line),
        ))
    }
}

/// True if the keys in front of an object make it a component.
fn is_component(path: &[String]) -> bool {
    let inner = match path {
        [first, second, rest @ ..] if first == "metadata" && second == "component" => rest,
        [first, rest @ ..] if first == "components" => rest,
        _ => return false,
    };
    inner.iter().all(|k| k == "components")
}

/// A statement about completeness while it is read.
#[derive(Default)]
struct Composition {
    id: u64,
    line: u64,
    complete: bool,
    references: Vec<String>,
}

fn from_json(text: &str, document: &mut Components<'_>) -> Result<(), ReadError> {
    let mut result = Ok(());
    let mut headed = false;
    let mut compositions: Vec<Composition> = Vec::new();
    let end = json::walk(text, |s| {
        if result.is_err() {
            return;
        }
        headed |= s.path.is_empty() && matches!(s.key, "bomFormat" | "specVersion");
        result = json_scalar(s, document, &mut compositions, headed);
    });
    result?;
    while let Some(component) = document.open.pop() {
        document.emit(&component)?;
    }
    for composition in compositions.iter().filter(|c| c.complete) {
        document.complete(&composition.references, composition.line)?;
    }
    match end {
        End::Cut(line) => {
            document
                .out
                .problem("cyclonedx-cut", true, Place::Line(line), || {
                    "the file ends inside a value; what stood before was read".to_owned()
                });
        }
        End::Closed if !headed => {
            document
                .out
                .problem("cyclonedx-fragment", true, Place::Whole, || {
                    "a piece of a file: its head is missing".to_owned()
                });
        }
        End::Closed => {}
    }
    Ok(())
}

fn json_scalar(
    s: &Scalar<'_>,
    document: &mut Components<'_>,
    compositions: &mut Vec<Composition>,
    headed: bool,
) -> Result<(), ReadError> {
    // Components whose object is closed are complete.
    while document
        .open
        .last()
        .is_some_and(|c| !s.objects.iter().any(|o| o.id == c.id))
    {
        if let Some(component) = document.open.pop() {
            document.emit(&component)?;
        }
    }
    if let [first, ..] = s.path
        && first == "compositions"
    {
        let Some(object) = s.objects.iter().find(|o| o.depth == 1) else {
            return Ok(());
        };
        if compositions.last().is_none_or(|c| c.id != object.id) {
            compositions.push(Composition {
                id: object.id,
                line: s.line,
                ..Composition::default()
            });
        }
        if let Some(composition) = compositions.last_mut() {
            match (s.path, s.key) {
                ([_], "aggregate") => composition.complete = s.value == "complete",
                ([_, list], "") if list == "assemblies" && composition.references.len() < 1000 => {
                    composition.references.push(s.value.to_owned());
                }
                _ => {}
            }
        }
        return Ok(());
    }
    // In a piece without head a component may stand outermost.
    let loose = !headed && s.objects.first().is_some_and(|o| o.depth == 0);
    let Some(object) = s.objects.iter().rev().find(|o| {
        let path = s.path.get(..o.depth).unwrap_or_default();
        is_component(path) || (loose && path.iter().all(|k| k == "components"))
    }) else {
        return Ok(());
    };
    if document.open.last().is_none_or(|c| c.id != object.id) {
        document.open.push(Component {
            id: object.id,
            line: s.line,
            product: matches!(s.path.get(..object.depth), Some([a, b]) if a == "metadata" && b == "component"),
            ..Component::default()
        });
    }
    let Some(component) = document.open.last_mut() else {
        return Ok(());
    };
    let below = s.path.get(object.depth..).unwrap_or_default();
    match below {
        [] => component.set(s.key, s.value),
        [key] if key == "manufacturer" && s.key == "name" => {
            bounded(s.value).clone_into(&mut component.maker);
        }
        [key] if key == "supplier" && s.key == "name" => {
            bounded(s.value).clone_into(&mut component.supplier);
        }
        [key] if key == "properties" && s.key == "name" => {
            bounded(s.value).clone_into(&mut component.property);
        }
        [key] if key == "properties" && s.key == "value" => {
            let name = std::mem::take(&mut component.property);
            component.property(&name, s.value);
        }
        _ => {}
    }
    Ok(())
}

fn from_xml(text: &str, document: &mut Components<'_>) -> Result<(), ReadError> {
    let mut xml = quick_xml::Reader::from_str(text);
    let mut lines = LineCounter {
        text,
        at: 0,
        line: 1,
    };
    let mut path: Vec<String> = Vec::new();
    let mut words = String::new();
    let mut composition = Composition::default();
    let mut compositions: Vec<Composition> = Vec::new();
    let mut too_deep = 0usize;
    loop {
        let event = match xml.read_event() {
            Ok(event) => event,
            Err(error) => {
                let line = lines.of(usize::try_from(xml.error_position()).unwrap_or_default());
                document
                    .out
                    .problem("cyclonedx-cut", true, Place::Line(line), || {
                        format!("not well-formed here: {error}; what stood before was read")
                    });
                break;
            }
        };
        let at = usize::try_from(xml.buffer_position()).unwrap_or_default();
        match event {
            Event::Start(e) => {
                if path.len() >= DEEPEST {
                    too_deep += 1;
                    continue;
                }
                let name = e.local_name().into_inner().to_owned();
                words.clear();
                if name == "component" && is_xml_component(&path) {
                    document.open.push(Component {
                        id: path.len() as u64,
                        line: lines.of(at),
                        product: path.last().is_some_and(|p| p == "metadata"),
                        kind: attribute(&e, "type"),
                        reference: attribute(&e, "bom-ref"),
                        ..Component::default()
                    });
                } else if name == "property"
                    && let Some(component) = document.open.last_mut()
                {
                    component.property = attribute(&e, "name");
                } else if name == "composition" {
                    composition = Composition {
                        line: lines.of(at),
                        ..Composition::default()
                    };
                }
                path.push(name);
            }
            Event::Empty(e)
                if path.last().is_some_and(|p| p == "assemblies")
                    && composition.references.len() < 1000 =>
            {
                composition.references.push(attribute(&e, "ref"));
            }
            Event::Text(t) if words.len() < TEXT_MOST => words.push_str(&t.xml10_content()),
            Event::CData(t) if words.len() < TEXT_MOST => words.push_str(&t.xml10_content()),
            Event::GeneralRef(r) if words.len() < TEXT_MOST => {
                if let Ok(Some(c)) = r.resolve_char_ref() {
                    words.push(c);
                } else if let Some(known) =
                    quick_xml::escape::resolve_predefined_entity(&r.xml10_content())
                {
                    words.push_str(known);
                }
            }
            Event::End(_) if too_deep > 0 => too_deep -= 1,
            Event::End(_) => {
                let Some(name) = path.pop() else { continue };
                if name == "component"
                    && document
                        .open
                        .last()
                        .is_some_and(|c| c.id == path.len() as u64)
                {
                    if let Some(component) = document.open.pop() {
                        document.emit(&component)?;
                    }
                } else if name == "composition" {
                    compositions.push(std::mem::take(&mut composition));
                } else if name == "aggregate" {
                    composition.complete = words.trim() == "complete";
                } else if let Some(component) = document.open.last_mut() {
                    let base = usize::try_from(component.id).unwrap_or_default() + 1;
                    let below = path.get(base..).unwrap_or_default();
                    match (below, name.as_str()) {
                        ([], key) => component.set(key, &words),
                        ([key], "name") if key == "manufacturer" => {
                            bounded(&words).clone_into(&mut component.maker);
                        }
                        ([key], "name") if key == "supplier" => {
                            bounded(&words).clone_into(&mut component.supplier);
                        }
                        ([key], "property") if key == "properties" => {
                            let name = std::mem::take(&mut component.property);
                            component.property(&name, &words);
                        }
                        _ => {}
                    }
                }
                words.clear();
            }
            Event::Eof => {
                if !path.is_empty() {
                    let line = lines.of(text.len());
                    document
                        .out
                        .problem("cyclonedx-cut", true, Place::Line(line), || {
                            "the file ends inside an element; what stood before was read".to_owned()
                        });
                }
                break;
            }
            _ => {}
        }
    }
    while let Some(component) = document.open.pop() {
        document.emit(&component)?;
    }
    for composition in compositions.iter().filter(|c| c.complete) {
        document.complete(&composition.references, composition.line)?;
    }
    Ok(())
}

/// `bom > metadata` and `bom > components (> component > components)*`; not services or tools.
fn is_xml_component(path: &[String]) -> bool {
    let mut inner = match path {
        [_, last] if last == "metadata" || last == "components" => return true,
        [_, first, rest @ ..] if first == "components" => rest,
        [_, first, second, rest @ ..] if first == "metadata" && second == "component" => {
            return rest.chunks(2).all(|p| {
                matches!(p, [a, b] if a == "components" && b == "component")
                    || matches!(p, [a] if a == "components")
            }) && rest.last().is_some_and(|l| l == "components");
        }
        _ => return false,
    };
    while let [first, second, rest @ ..] = inner {
        if first != "component" || second != "components" {
            return false;
        }
        inner = rest;
    }
    inner.is_empty()
}

fn attribute(e: &BytesStart<'_>, local: &str) -> String {
    e.attributes()
        .with_checks(false)
        .flatten()
        .find(|a| a.key.local_name().into_inner() == local)
        .map(|a| match a.normalized_value(XmlVersion::Implicit1_0) {
            Ok(text) => bounded(&text).to_owned(),
            Err(_) => bounded(&a.value).to_owned(),
        })
        .unwrap_or_default()
}

/// Line numbers of offsets that only grow.
struct LineCounter<'a> {
    text: &'a str,
    at: usize,
    line: u64,
}

impl LineCounter<'_> {
    fn of(&mut self, offset: usize) -> u64 {
        if let Some(part) = self.text.as_bytes().get(self.at..offset) {
            self.line += memchr::memchr_iter(b'\n', part).count() as u64;
            self.at = offset;
        }
        self.line
    }
}
