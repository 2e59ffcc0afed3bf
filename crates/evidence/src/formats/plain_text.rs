//! Text of unknown kind: lines in which a name of interest stands, and certification numbers.

use std::collections::BTreeMap;
use std::ops::Range;

use super::attached;
use super::contained;
use super::device::Device;
use super::device_functions::Functions;
use super::device_reply;
use super::owned::Prose;
use crate::observation::{Clue, Observation, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "text",
    title: "any text",
    made_by: "a log, a note, a manual, a script: text that no other reader knows",
    proves: &[Stance::Observed, Stance::Declared, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

/// Most characters of an excerpt.
const EXCERPT: usize = 160;
/// Most lines given for one and the same name.
const SAME_MOST: u32 = 50;
/// Most different names that are counted apart.
const NAMES_MOST: usize = 10_000;

/// Most statements of what is inside that are kept.
const INSIDE_MOST: usize = 8;
/// More different modules than that are a list of products.
const PRODUCTS_MOST: usize = 2;

/// Most devices that a text says are attached; more is a list.
const ATTACHED_MOST: usize = 3;

/// Files of programs and their history, by their names.
fn is_program(name: &str) -> bool {
    let file = name
        .rsplit(['/', '\\'])
        .next()
        .unwrap_or(name)
        .to_ascii_lowercase();
    let (stem, extension) = file.rsplit_once('.').unwrap_or((&file, ""));
    [
        "c", "h", "cc", "cpp", "hpp", "py", "js", "ts", "rs", "go", "java", "kt", "lua", "pl",
        "sh", "ino", "rules", "conf", "cfg", "ini", "yaml", "yml", "toml", "patch", "diff", "po",
        "pot", "xml", "json", "css", "ipynb", "rb", "php", "swift", "mk", "bb", "dts", "dtsi",
        "service", "hwdb", "ids",
    ]
    .contains(&extension)
        || [
            "changelog",
            "changes",
            "news",
            "copyright",
            "history",
            "releases",
        ]
        .iter()
        .any(|n| stem.contains(n))
}

/// The hits of a line as they stand behind a label put in front of it.
fn shifted(line: &str, hits: &[Range<usize>]) -> Vec<Range<usize>> {
    let cut = line.len() - line.trim_start().len();
    hits.iter()
        .filter(|h| h.start >= cut)
        .map(|h| h.start - cut + 7..h.end - cut + 7)
        .collect()
}

fn sniff(head: &Head<'_>) -> u8 {
    if head.text.trim().is_empty() { 0 } else { 5 }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let names = source.names;
    if memchr::memchr(0, source.stream().fill_buf()?).is_some() {
        return Err(ReadError::Malformed {
            format: "text",
            message: "it holds binary bytes".to_owned(),
        });
    }
    let mut unit = 0u64;
    let mut told: BTreeMap<String, u32> = BTreeMap::new();
    let mut more = 0u64;
    let mut last = Place::Whole;
    // What a product's own paper says is inside; a page of many products is a list.
    let mut inside: Vec<Observation> = Vec::new();
    let paper = !is_program(source.name);
    let mut prose = Prose::default();
    // A label alone on its line, whose value is on the next.
    let mut label = false;
    // Devices that the text says are attached, and those whose functions it lists.
    let mut attached: Vec<(String, Option<String>, Place)> = Vec::new();
    let mut functions = Functions::default();
    text::lines(source, sink, |number, line, sink| {
        for mark in labels(line) {
            sink.observe(Observation::new(
                unit,
                mark.stance,
                mark.clue,
                mark.number,
                Place::Line(number),
            ))?;
            unit += 1;
        }
        if paper {
            prose.line(number, line, names);
            if let Some((id, name)) = attached::device(line)
                && attached.len() <= ATTACHED_MOST
                && !attached.iter().any(|(have, ..)| *have == id)
            {
                attached.push((id, name.map(str::to_owned), Place::Line(number)));
            }
            functions.line(line, &Place::Line(number));
            if let Some(facts) = device_reply::facts(line) {
                device_reply::emit(facts, &Place::Line(number), &mut unit, sink)?;
            }
        }
        let hits = names.find(line);
        if paper {
            functions.port(line, !hits.is_empty(), &Place::Line(number));
        }
        if paper && inside.len() < INSIDE_MOST {
            let found = if label {
                contained::declared(&format!("modem: {}", line.trim()), &shifted(line, &hits))
            } else {
                contained::declared(line, &hits)
                    .or_else(|| contained::unnamed(line).map(str::to_owned))
            };
            if let Some(found) = found
                && !inside.iter().any(|o| o.value == found)
            {
                inside.push(Observation::new(
                    unit,
                    Stance::Declared,
                    Clue::DeclaredModule,
                    found,
                    Place::Line(number),
                ));
                unit += 1;
            }
        }
        if !line.trim().is_empty() {
            label = line
                .trim()
                .strip_suffix(':')
                .is_some_and(contained::is_label);
        }
        let mut shown = 0usize;
        for hit in hits {
            // Names that the excerpt before already shows are in it.
            if hit.start < shown {
                continue;
            }
            let name = line.get(hit.clone()).unwrap_or_default().to_lowercase();
            if told.len() >= NAMES_MOST && !told.contains_key(&name) {
                more += 1;
                last = Place::Line(number);
                continue;
            }
            let count = told.entry(name).or_default();
            *count = count.saturating_add(1);
            if *count > SAME_MOST {
                more += 1;
                last = Place::Line(number);
                continue;
            }
            let range = around(line, &hit);
            shown = range.end;
            sink.observe(Observation::new(
                unit,
                Stance::Mentioned,
                Clue::Text,
                clean(line.get(range).unwrap_or_default()),
                Place::Line(number),
            ))?;
            unit += 1;
        }
        Ok(())
    })?;
    let mut stated: Vec<String> = Vec::new();
    if inside.len() <= PRODUCTS_MOST {
        for found in inside {
            stated.push(found.value.clone());
            sink.observe(found)?;
        }
        for own in prose.finish(names) {
            if !stated.iter().any(|s| s.contains(&own.words)) {
                sink.observe(Observation::new(
                    unit,
                    Stance::Declared,
                    Clue::DeclaredModule,
                    own.words,
                    Place::Line(own.line),
                ))?;
                unit += 1;
            }
        }
    }
    if attached.len() <= ATTACHED_MOST {
        for (id, name, place) in attached {
            let mut device = Device::new(unit);
            unit += 1;
            device.fact(Clue::UsbId, &id, place.clone());
            device.text(Clue::UsbProduct, &name.unwrap_or_default(), place);
            device.emit(sink)?;
        }
    }
    functions.finish(&mut unit, sink)?;
    if more > 0 {
        sink.problem(Problem::note(
            "name-repeated",
            last,
            format!("{more} more lines with names already given {SAME_MOST} times, up to here"),
        ));
    }
    Ok(())
}

/// The part of a line around a hit: at most [`EXCERPT`] characters, the hit in the middle.
fn around(line: &str, hit: &Range<usize>) -> Range<usize> {
    let length = line
        .get(hit.clone())
        .map_or(0, |h| h.chars().count())
        .min(EXCERPT);
    let room = EXCERPT - length;
    let before: usize = line
        .get(..hit.start)
        .unwrap_or_default()
        .chars()
        .rev()
        .take(room / 2)
        .map(char::len_utf8)
        .sum();
    let start = hit.start - before;
    let end = line
        .get(start..)
        .unwrap_or_default()
        .char_indices()
        .nth(EXCERPT)
        .map_or(line.len(), |(at, _)| start + at);
    start..end
}

/// Control characters become spaces; runs of white space one.
fn clean(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for word in text
        .split(|c: char| c.is_whitespace() || c.is_control())
        .filter(|w| !w.is_empty())
    {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push_str(word);
    }
    out
}

/// A certification number found in a line.
struct Label {
    clue: Clue,
    number: String,
    stance: Stance,
}

/// `Contains FCC ID: XMR201903EG25G`, `FCC ID: ...`, `IC: 10224A-201903EG25G`. Only a line that says
/// "contains" speaks of a module inside; without it the number may be the product's own.
fn labels(line: &str) -> Vec<Label> {
    let mut found = Vec::new();
    for (mark, clue) in [
        ("FCC ID", Clue::FccId),
        ("FCCID", Clue::FccId),
        ("IC", Clue::IsedId),
    ] {
        let mut from = 0usize;
        while let Some(at) = find(line, mark, from) {
            from = at + mark.len();
            let before = line.get(..at).unwrap_or_default();
            if before
                .chars()
                .next_back()
                .is_some_and(char::is_alphanumeric)
            {
                continue;
            }
            let rest = line.get(from..).unwrap_or_default();
            let rest = rest.trim_start();
            let rest = rest.strip_prefix("ID").map_or(rest, str::trim_start);
            let marked = rest.starts_with([':', '=', '#']);
            let rest = rest.trim_start_matches([':', '=', '#', ' ', '\t', '"', '\'']);
            let number: String = rest
                .chars()
                .take_while(|c| c.is_ascii_alphanumeric() || *c == '-')
                .take(24)
                .collect();
            let number = number.trim_end_matches('-').to_ascii_uppercase();
            let good = match clue {
                Clue::FccId => is_fcc_id(&number),
                // The two letters stand for much else: only with a colon.
                _ => marked && is_ised_id(&number),
            };
            if good && found.len() < 16 {
                let stance = if find(before, "contains", 0).is_some() {
                    Stance::Declared
                } else {
                    Stance::Mentioned
                };
                found.push(Label {
                    clue,
                    number,
                    stance,
                });
            }
        }
    }
    found
}

/// Finds ASCII text without case, from a byte offset.
fn find(line: &str, needle: &str, from: usize) -> Option<usize> {
    let hay = line.as_bytes();
    let first = needle.bytes().next()?;
    let rest = hay.get(from..)?;
    memchr::memchr2_iter(first.to_ascii_lowercase(), first.to_ascii_uppercase(), rest)
        .map(|at| from + at)
        .find(|at| {
            hay.get(*at..*at + needle.len())
                .is_some_and(|w| w.eq_ignore_ascii_case(needle.as_bytes()))
        })
}

/// Grantee code of three characters that begins with a letter, or of five that begins with a digit,
/// then a product code of up to 14 characters (47 CFR 2.926).
fn is_fcc_id(text: &str) -> bool {
    let grantee = if text.starts_with(|c: char| c.is_ascii_digit()) {
        5
    } else {
        3
    };
    let product = text.len().saturating_sub(grantee);
    (1..=14).contains(&product)
        && text.len() >= 5
        && text.bytes().any(|b| b.is_ascii_digit())
        && text
            .get(..grantee)
            .is_some_and(|g| g.bytes().all(|b| b.is_ascii_alphanumeric()))
}

/// Company number of up to five digits and a letter or two, a dash, up to 11 characters.
fn is_ised_id(text: &str) -> bool {
    let Some((company, product)) = text.split_once('-') else {
        return false;
    };
    let digits = company.bytes().take_while(u8::is_ascii_digit).count();
    let letters = company.len() - digits;
    (2..=5).contains(&digits)
        && letters <= 2
        && company.bytes().skip(digits).all(|b| b.is_ascii_uppercase())
        && (1..=14).contains(&product.len())
        && product.bytes().any(|b| b.is_ascii_alphanumeric())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(line: &str) -> Vec<(Clue, String, Stance)> {
        labels(line)
            .into_iter()
            .map(|l| (l.clue, l.number, l.stance))
            .collect()
    }

    #[test]
    fn only_contains_declares() {
        assert_eq!(
            found("Contains FCC ID: XMR201903EG25G / IC: 10224A-201903EG25G"),
            vec![
                (Clue::FccId, "XMR201903EG25G".to_owned(), Stance::Declared),
                (
                    Clue::IsedId,
                    "10224A-201903EG25G".to_owned(),
                    Stance::Declared
                ),
            ]
        );
        assert_eq!(
            found("FCC ID: 2AJYU-8PYA003"),
            vec![(Clue::FccId, "2AJYU-8PYA003".to_owned(), Stance::Mentioned)]
        );
        assert!(found("the FCC ID is on the label").is_empty());
        assert!(found("topic: 12-34").is_empty());
        assert!(found("IC 555 timer").is_empty());
    }

    #[test]
    fn excerpts_are_bounded_in_characters() {
        let line = format!("{}ec25-e{}", "ä".repeat(300), "ö".repeat(300));
        let at = line.find("ec25-e").unwrap();
        let range = around(&line, &(at..at + 6));
        let excerpt = line.get(range).unwrap();
        assert_eq!(excerpt.chars().count(), EXCERPT);
        assert!(excerpt.contains("ec25-e"));
    }
}
