//! Eagle schematics and boards (XML, Eagle 6 and later).
//!
//! Only parts that stand on a sheet or board are read; library entries count as far as a placed part
//! refers to them (attributes of its technology). A part marked `populate="no"` is mentioned.
//!
//! Bounds: held whole (`limits.whole`), at most [`NODES_MOST`] nodes; a document that declares entities
//! is refused, since their expansion is not bounded by the size of the file.

use std::collections::{BTreeMap, BTreeSet};

use roxmltree::{Document, Node, ParsingOptions};

use crate::observation::{Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

use super::kicad::Part;
use super::table::Out;

/// The reader.
pub static READER: Reader = Reader {
    format: "eagle",
    title: "Eagle schematic or board",
    made_by: "Autodesk (CadSoft) Eagle 6 or later: .sch, .brd",
    proves: &[Stance::Declared, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

/// Most nodes of a document.
const NODES_MOST: u32 = 4_000_000;

fn sniff(head: &Head<'_>) -> u8 {
    let start = head
        .text
        .get(..head.text.len().min(2000))
        .unwrap_or(head.text);
    if start.trim_start().starts_with('<')
        && (start.contains("<!DOCTYPE eagle") || start.contains("<eagle version"))
    {
        return 96;
    }
    // An excerpt of the list of parts.
    if head.count_lines(|l| part_line(l).is_some()) >= 2 {
        return 80;
    }
    0
}

/// The element of a line that is one part of a schematic: `<part name="U1" ... deviceset="..." .../>`.
fn part_line(line: &str) -> Option<&str> {
    let line = line.trim();
    let part = line.starts_with("<part name=\"")
        && line.contains(" library=\"")
        && line.contains(" deviceset=\"");
    (part && line.ends_with('>') && line.matches('<').count() == 1).then_some(line)
}

/// A list of parts around the lines of an excerpt that are parts; the others are left empty, so that the
/// numbers of lines stay.
fn of_excerpt(text: &str) -> Option<String> {
    let mut whole = String::from("<eagle><parts>");
    let mut parts = 0usize;
    for line in text.lines() {
        if let Some(part) = part_line(line) {
            let open = part.trim_end_matches('>').trim_end_matches('/');
            whole.push_str(open);
            whole.push_str("/>");
            parts += 1;
        }
        whole.push('\n');
    }
    whole.push_str("</parts></eagle>");
    (parts > 0).then_some(whole)
}

fn malformed(message: impl Into<String>) -> ReadError {
    ReadError::Malformed {
        format: "eagle",
        message: message.into(),
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let bytes = source.whole()?;
    let text = text::decode(&bytes).ok_or_else(|| malformed("it holds binary bytes"))?;
    if text.contains("<!ENTITY") {
        return Err(malformed("it declares entities, which no Eagle file does"));
    }
    let options = ParsingOptions {
        allow_dtd: true,
        nodes_limit: NODES_MOST,
        ..ParsingOptions::default()
    };
    let excerpt = if text.contains("<eagle") {
        None
    } else {
        of_excerpt(&text)
    };
    let text = excerpt.as_deref().unwrap_or(&text);
    let document =
        Document::parse_with_options(text, options).map_err(|e| malformed(e.to_string()))?;
    if !document.root_element().has_tag_name("eagle") {
        return Err(malformed("its root is not eagle"));
    }
    let lines = Lines::new(text);
    let mut out = Out::new(sink);
    let technologies = technologies(&document);
    let instances: BTreeSet<&str> = document
        .descendants()
        .filter(|n| n.has_tag_name("instance"))
        .filter_map(|n| n.attribute("part"))
        .collect();
    // Eagle keeps no part in the list that stands on no sheet; an excerpt may leave the sheets out.
    let without_sheets = !document.descendants().any(|n| n.has_tag_name("sheets"));
    for node in document.descendants() {
        if node.has_tag_name("part") {
            let name = node.attribute("name").unwrap_or_default();
            if without_sheets || instances.contains(name) {
                schematic_part(node, name, &technologies, &lines).emit(&mut out)?;
            }
        } else if node.has_tag_name("element")
            && node
                .parent_element()
                .is_some_and(|p| p.has_tag_name("elements"))
        {
            board_part(node, &lines).emit(&mut out)?;
        }
    }
    out.finish();
    if !without_sheets
        && instances.is_empty()
        && document.descendants().any(|n| n.has_tag_name("part"))
    {
        sink.problem(Problem::note(
            "no-part-placed",
            Place::Whole,
            "parts are listed and none of them stands on a sheet",
        ));
    }
    Ok(())
}

/// Library, device set, device, technology.
type Technology<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Attributes of every technology of the libraries.
fn technologies<'a>(
    document: &'a Document<'_>,
) -> BTreeMap<Technology<'a>, Vec<(&'a str, &'a str)>> {
    let mut all = BTreeMap::new();
    for node in document
        .descendants()
        .filter(|n| n.has_tag_name("technology"))
    {
        let mut names = [""; 3];
        for above in node.ancestors().take(12) {
            let at = match above.tag_name().name() {
                "device" => 2,
                "deviceset" => 1,
                "library" => 0,
                _ => continue,
            };
            if let Some(name) = names.get_mut(at) {
                *name = above.attribute("name").unwrap_or_default();
            }
        }
        let attributes: Vec<(&str, &str)> = node
            .children()
            .filter(|n| n.has_tag_name("attribute"))
            .filter_map(|n| Some((n.attribute("name")?, n.attribute("value")?)))
            .collect();
        if !attributes.is_empty() {
            let [library, set, device] = names;
            let technology = node.attribute("name").unwrap_or_default();
            all.insert((library, set, device, technology), attributes);
        }
    }
    all
}

fn schematic_part(
    node: Node<'_, '_>,
    name: &str,
    technologies: &BTreeMap<Technology<'_>, Vec<(&str, &str)>>,
    lines: &Lines,
) -> Part {
    let of = |name: &str| node.attribute(name).unwrap_or_default();
    let (set, device, technology) = (of("deviceset"), of("device"), of("technology"));
    // In the name of a device set `*` stands for the technology and `?` for the device.
    let mut symbol = if set.contains('*') {
        set.replace('*', technology)
    } else {
        set.to_owned()
    };
    if symbol.contains('?') {
        symbol = symbol.replace('?', device);
    }
    let mut part = Part {
        line: lines.of(node.range().start),
        reference: name.to_owned(),
        value: of("value").to_owned(),
        symbol,
        ..Part::default()
    };
    let key = (of("library"), set, device, technology);
    for (name, value) in technologies.get(&key).into_iter().flatten() {
        part.set(name, value);
    }
    own_attributes(node, &mut part);
    part.unfitted = node.children().any(|n| {
        n.has_tag_name("variant")
            && n.attribute("name") == Some("")
            && n.attribute("populate") == Some("no")
    });
    part
}

fn board_part(node: Node<'_, '_>, lines: &Lines) -> Part {
    let of = |name: &str| node.attribute(name).unwrap_or_default().to_owned();
    let mut part = Part {
        line: lines.of(node.range().start),
        reference: of("name"),
        value: of("value"),
        unfitted: node.attribute("populate") == Some("no"),
        ..Part::default()
    };
    own_attributes(node, &mut part);
    part
}

fn own_attributes(node: Node<'_, '_>, part: &mut Part) {
    for attribute in node.children().filter(|n| n.has_tag_name("attribute")) {
        let (name, value) = (attribute.attribute("name"), attribute.attribute("value"));
        // Every element of a board repeats its name and value as attributes for their place on it.
        if let (Some(name), Some(value)) = (name, value)
            && !matches!(name, "NAME" | "VALUE")
        {
            part.set(name, value);
        }
    }
}

/// Where each line begins: a library that counts from the start of the text for every place would make
/// a long document quadratic.
struct Lines(Vec<usize>);

impl Lines {
    fn new(text: &str) -> Self {
        Self(memchr::memchr_iter(b'\n', text.as_bytes()).collect())
    }
    /// Line of a byte offset, counted from 1.
    fn of(&self, offset: usize) -> u64 {
        self.0.partition_point(|end| *end < offset) as u64 + 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reader::Collected;
    use crate::source::{Limits, Mapping, NoNames};

    #[test]
    fn deep_nesting_neither_overflows_nor_is_quadratic() {
        let deep = 200_000;
        let text = format!(
            "<eagle version=\"9\">{}{}</eagle>",
            "<a>".repeat(deep),
            "</a>".repeat(deep)
        );
        let (limits, mapping) = (Limits::default(), Mapping::default());
        let mut source = Source::new("x.sch", text.as_bytes(), &limits, &NoNames, &mapping);
        let mut collected = Collected::default();
        let _ = (READER.read)(&mut source, &mut collected);
        assert!(collected.observations.is_empty());
    }
}
