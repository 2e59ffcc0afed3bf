//! Lists of goods that no reader takes as they are: tables made for something else, and plain texts.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _};
use std::sync::Arc;

use cellsweep_catalog::Catalog;
use cellsweep_evidence::{Place, text};
use cellsweep_identify::Seen;
use cellsweep_report::model::{ReadStatus, SourceState};

use super::lines::{self, Item};
use crate::input::Input;
use crate::read::{Reading, Stop, read_tree};
use crate::run::Settings;

/// Most bytes read of a plain list.
const LIST_MOST: u64 = 64 << 20;
/// Most lines of a plain list.
const LINES_MOST: usize = 1_000_000;

/// Tables of products, and texts that are tables after all, are read again as lists of goods: what is
/// bought stands in columns that a register of assets does not ask for.
pub(super) fn as_goods(
    catalog: &Catalog,
    inputs: &[Input],
    settings: &Settings,
    reading: &mut Reading,
) {
    let stop = Stop::new(false);
    for input in inputs.iter().filter(|i| i.format.is_none()) {
        let Some(state) = reading.sources.iter_mut().find(|s| {
            s.path == input.shown && matches!(s.format.as_deref(), None | Some("register" | "text"))
        }) else {
            continue;
        };
        let mut again = input.clone();
        again.format = Some("bom".to_owned());
        let Some((new, seen)) = read_tree(catalog, &again, &settings.limits, &stop)
            .into_iter()
            .next()
        else {
            continue;
        };
        let table = state.format.as_deref() == Some("register");
        if seen.is_empty() || !table && !most_lines(input, &seen) {
            continue;
        }
        reading.seen.retain(|s| *s.source != *input.shown);
        reading.seen.extend(seen);
        *state = new;
    }
}

/// Most lines of the file became rows: two words that look like a header make no table of a text.
fn most_lines(input: &Input, seen: &[Seen]) -> bool {
    let rows: BTreeSet<u64> = seen
        .iter()
        .filter_map(|s| match s.observation.place {
            Place::Cell { row, .. } => Some(row),
            _ => None,
        })
        .collect();
    let lines = std::fs::File::open(&input.path).map_or(0, |file| {
        BufReader::new(file.take(LIST_MOST))
            .split(b'\n')
            .map_while(Result::ok)
            .filter(|l| !l.trim_ascii().is_empty())
            .count()
    });
    rows.len() * 2 + 1 >= lines
}

/// A text, and whether its end was cut off. `None`: it cannot be read, or is no text.
fn whole(input: &Input) -> Option<(String, bool)> {
    let file = std::fs::File::open(&input.path).ok()?;
    let mut bytes = Vec::new();
    let mut reader = BufReader::new(file).take(LIST_MOST);
    reader.read_to_end(&mut bytes).ok()?;
    let cut =
        bytes.len() as u64 == LIST_MOST && !reader.get_mut().fill_buf().unwrap_or(&[]).is_empty();
    Some((text::decode(&bytes)?.into_owned(), cut))
}

/// Lets lines of a text that a reader took apart show what stands there, not what was made of it.
pub(super) fn quote(input: &Input, items: &mut [Item]) {
    let Some((text, _)) = whole(input) else {
        return;
    };
    let mut at: BTreeMap<u64, Vec<&mut Item>> = BTreeMap::new();
    for item in items {
        if let Some(line) = item.line {
            at.entry(line).or_default().push(item);
        }
    }
    for (number, line) in (1..).zip(text.lines()) {
        let line = line.trim();
        for item in at.remove(&number).into_iter().flatten() {
            if !line.is_empty() {
                item.text = lines::shortened(line);
            }
        }
        if at.is_empty() {
            break;
        }
    }
}

/// A file without a known format: a list with one item a line.
pub(super) fn plain_list(input: &Input, state: &mut SourceState) -> Vec<Item> {
    let Some((text, mut cut)) = whole(input) else {
        return Vec::new();
    };
    let source: Arc<str> = input.shown.as_str().into();
    let mut items = Vec::new();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if items.len() == LINES_MOST {
            cut = true;
            break;
        }
        let number = n as u64 + 1;
        items.push(lines::plain(
            &source,
            Some(number),
            format!("line {number}"),
            line,
        ));
    }
    if !items.is_empty() {
        state.format = Some("list".to_owned());
        state.reader = Some("list".to_owned());
        state.status = if cut {
            ReadStatus::Partial
        } else {
            ReadStatus::Read
        };
        if cut {
            state.errors.push(crate::read::error(
                &Place::Whole,
                "too-much",
                "the list is longer than is read; its end was not looked at".to_owned(),
            ));
        }
    }
    items
}
