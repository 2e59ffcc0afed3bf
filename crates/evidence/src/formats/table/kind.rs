//! Which of the table formats a header belongs to.

use std::cell::Cell;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use super::delimited::{delimiter, rows_of};
use super::{Field, Layout, cells, find_header, markdown};
use crate::identity::{Imei, ImeiForm};
use crate::reader::Head;
use crate::source::Mapping;

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Assets or products.
    Register,
    /// SIMs and the modules they were seen in.
    SimList,
    /// Answers to questions.
    Questions,
    /// Parts of a board.
    Bom,
}

/// What the rows under this header are; `None`: nothing that is known.
pub fn kind(layout: &Layout) -> Option<Kind> {
    if layout.has(Field::QuestionId)
        && layout.count(&[Field::ModuleMaker, Field::ModuleModel, Field::NoModule]) >= 2
    {
        return Some(Kind::Questions);
    }
    let part = layout.count(&[
        Field::Designator,
        Field::Value,
        Field::PartNumber,
        Field::Footprint,
        Field::Description,
        Field::NotFitted,
        Field::Fitted,
    ]);
    let asset = layout.count(&[
        Field::AssetTag,
        Field::Host,
        Field::Serial,
        Field::Imei,
        Field::Mac,
        Field::Department,
        Field::Site,
    ]);
    if (layout.has(Field::Designator) && part >= 2 && asset <= 1)
        || (layout.has(Field::PartNumber)
            && asset == 0
            && (part >= 2 || layout.count(&[Field::Maker, Field::Quantity]) >= 1))
    {
        return Some(Kind::Bom);
    }
    let product = layout.count(&[
        Field::AssetTag,
        Field::Maker,
        Field::Model,
        Field::OrderCode,
        Field::Serial,
        Field::Host,
        Field::Site,
        Field::Department,
        Field::AssetClass,
        Field::Module,
        Field::ModuleModel,
        Field::Comms,
    ]);
    let subscription =
        layout.count(&[
            Field::Iccid,
            Field::Imei,
            Field::Eid,
            Field::Imsi,
            Field::Msisdn,
            Field::Operator,
        ]) + usize::from(layout.count(&[Field::SimPlatform, Field::Apn, Field::SimAddress]) > 0);
    let numbered = layout.has(Field::Iccid) || layout.has(Field::Imei);
    if numbered && (product == 0 || subscription > product) {
        return Some(Kind::SimList);
    }
    let names_something = layout.count(&[
        Field::Maker,
        Field::Model,
        Field::OrderCode,
        Field::Module,
        Field::ModuleMaker,
        Field::ModuleModel,
        Field::AssetTag,
        Field::Host,
        Field::Serial,
        Field::AssetName,
        Field::CommsModel,
    ]) >= 1;
    names_something.then_some(Kind::Register)
}

/// A kind and how sure it is.
type Answer = Option<(Kind, u8)>;

/// What the head holds and how sure that is; `None`: no table of a known kind.
///
/// A header alone is not enough: the rows below it must look like rows of a table, since names such as
/// "name, model, serial" also stand in sentences.
pub fn sniff(head: &Head<'_>) -> Option<(Kind, u8)> {
    // Every table format asks this of the same head, one after the other: the last answer is kept.
    thread_local! {
        static LAST: Cell<Option<(u64, Answer)>> = const { Cell::new(None) };
    }
    let mut hasher = DefaultHasher::new();
    head.text.hash(&mut hasher);
    let digest = hasher.finish();
    if let Some((known, answer)) = LAST.get()
        && known == digest
    {
        return answer;
    }
    let answer = look(head.text);
    LAST.set(Some((digest, answer)));
    answer
}

fn look(text: &str) -> Option<(Kind, u8)> {
    if text.is_empty() || text.trim_start().starts_with(['{', '<']) {
        return None;
    }
    let no_mapping = Mapping::default();
    if markdown::holds_table(text) {
        return markdown::layouts(text)
            .iter()
            .filter(|l| known(l) >= 3 || l.has(Field::PartNumber))
            .find_map(kind)
            .map(|k| (k, 60));
    }
    if is_program(text) {
        return None;
    }
    let delimiter = delimiter(text);
    let rows = rows_of(text, delimiter, 60);
    let layout = find_header(&rows, &no_mapping, None)?;
    let kind = kind(&layout)?;
    if !is_header(&layout, &rows) {
        return None;
    }
    let Some(header_row) = layout.header_row else {
        return by_content(&rows).then_some((kind, 60));
    };
    let width = layout.columns.len();
    let below: Vec<usize> = rows
        .iter()
        .filter(|r| r.number > header_row)
        .take(20)
        .map(super::Record::len)
        .collect();
    if width == 1 {
        // `imei` on a line of its own, then numbers.
        let numbers = rows
            .iter()
            .filter(|r| r.number > header_row)
            .filter(|r| {
                cells::number_kind(&r.text(0)).is_some() || cells::is_scientific(&r.text(0))
            })
            .count();
        return (kind == Kind::SimList && numbers * 2 > below.len()).then_some((kind, 70));
    }
    let fitting = below
        .iter()
        .filter(|n| **n + 2 >= width && **n <= width + 2 && **n > 1)
        .count();
    if below.is_empty() || fitting * 10 < below.len() * 7 {
        return None;
    }
    let known = known(&layout);
    // Two words also meet by chance, in a sentence or a line of a program.
    if known <= 2
        && (below.iter().any(|n| *n != width)
            || layout.columns.iter().any(|c| c.header.len() > 40)
            || layout.count(&WEAK) == known)
    {
        return None;
    }
    Some((
        kind,
        match (kind, known) {
            (Kind::Questions, _) => 95,
            (_, 0..=2) => 55,
            (_, 3) => 65,
            _ => 75,
        },
    ))
}

/// Words with which lines of programs begin.
const STATEMENTS: &[&str] = &[
    "import ",
    "from ",
    "def ",
    "class ",
    "return ",
    "return;",
    "#include",
    "#define",
    "function ",
    "var ",
    "let ",
    "const ",
    "public ",
    "private ",
    "static ",
    "fn ",
    "pub ",
    "use ",
    "package ",
    "elif ",
    "if (",
    "for (",
    "while (",
    "} else",
    "self.",
    "@",
    "//",
    "/*",
    "<?php",
    "#!/",
];

/// True for the text of a program: `name, model, serial = row` has the names and the commas of a header.
fn is_program(text: &str) -> bool {
    let lines = || text.lines().filter(|l| !l.trim().is_empty()).take(60);
    let statements = lines()
        .filter(|l| {
            let l = l.trim_start();
            STATEMENTS.iter().any(|s| l.starts_with(s))
        })
        .count();
    statements >= 2 && statements * 12 >= lines().count()
}

/// True unless the row is words of a sentence or a line of a program, or stands among rows like itself.
fn is_header(layout: &Layout, rows: &[super::Record]) -> bool {
    let Some(at) = layout.header_row else {
        return true;
    };
    let width = layout.columns.len();
    let odd = layout.columns.iter().any(|c| {
        let h = c.header.trim();
        h.starts_with(['\'', '`', '{', '\\'])
            || h.ends_with(['\'', '`', '='])
            // `Serial No.` is a name, four words and a full stop are a sentence.
            || (h.ends_with('.') && h.split_whitespace().count() > 3)
    });
    // Titles and dates of an export stand above its header, rows of data do not.
    let alike = rows
        .iter()
        .filter(|r| r.number < at && width > 2 && r.len() + 1 >= width)
        .filter(|r| (0..r.len()).filter(|n| !r.text(*n).is_empty()).count() * 2 > width)
        .count();
    !odd && alike <= 1
}

/// Names that stand in many tables that have nothing to do with assets.
const WEAK: [Field; 13] = [
    Field::Service,
    Field::Segmentation,
    Field::RemoteAccess,
    Field::FirmwareChannel,
    Field::Cloud,
    Field::Passes,
    Field::SupportUntil,
    Field::AssetName,
    Field::Quantity,
    Field::Department,
    Field::Value,
    Field::Description,
    Field::AssetClass,
];

/// Number of columns that are known.
fn known(layout: &Layout) -> usize {
    layout.columns.iter().filter(|c| c.field.is_some()).count()
}

/// Rows without a header that are numbers: most cells of some column have the shape of an IMEI or ICCID,
/// and a third of them prove it by a check digit or the start of an ICCID.
fn by_content(rows: &[super::Record]) -> bool {
    let width = rows
        .iter()
        .map(super::Record::len)
        .max()
        .unwrap_or_default();
    (0..width.min(20)).any(|n| {
        let (mut shaped, mut proved) = (0usize, 0usize);
        for row in rows {
            let text = row.text(n);
            match cells::number_kind(&text) {
                Some(Field::Iccid) => {
                    shaped += 1;
                    proved += 1;
                }
                Some(_) => {
                    shaped += 1;
                    proved +=
                        usize::from(Imei::parse(&text).is_some_and(|i| {
                            matches!(i.form, ImeiForm::Checked | ImeiForm::Repaired)
                        }));
                }
                None => {}
            }
        }
        shaped * 5 >= rows.len() * 3 && proved * 3 >= rows.len()
    })
}
