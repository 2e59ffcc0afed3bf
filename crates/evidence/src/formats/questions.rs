//! Answers to the questions that a report asks of suppliers and departments.
//!
//! The report writes the list with the columns [`COLUMNS`]; what comes back filled in is read here.
//! Rows without an answer yield nothing.

use crate::observation::{Clue, Key, KeyKind, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;

use super::table::kind::{self, Kind};
use super::table::{self, Field, Out, Row, Unit, cells};

/// Column names of a question list, in order. The last five are for the answer:
/// `answer_no_module` takes yes or no, `answer_date` a date as `YYYY-MM-DD`.
pub const COLUMNS: [&str; 14] = [
    "question_id",
    "asset_count",
    "product_maker",
    "product_model",
    "order_code",
    "sites",
    "candidates",
    "settled_by",
    "question",
    "answer_module_maker",
    "answer_module_model",
    "answer_no_module",
    "respondent",
    "answer_date",
];

/// The reader.
pub static READER: Reader = Reader {
    format: "questions",
    title: "answered question list",
    made_by: "questions.xlsx or questions.csv of a report, filled in",
    proves: &[Stance::Declared, Stance::Mentioned],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    match kind::sniff(head) {
        Some((Kind::Questions, sure)) => sure,
        _ => 0,
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    table::read(source, sink, |layout| {
        (kind::kind(layout) == Some(Kind::Questions)).then_some(row as table::EachRow)
    })
}

/// One question.
pub(super) fn row(row: &Row<'_>, out: &mut Out<'_>) -> Result<(), ReadError> {
    let named = row.get(Field::ModuleMaker).is_some() || row.get(Field::ModuleModel).is_some();
    let none = row.find(Field::NoModule);
    let states_none = none.as_ref().and_then(|(_, text)| cells::yes(text));
    if !named && states_none.is_none() {
        if let Some((column, text)) = &none {
            out.problem("answer-not-readable", true, row.place(*column), || {
                format!("yes or no was expected, not \"{}\"", short(text))
            });
        }
        return Ok(());
    }
    if let (true, Some(true), Some((column, _))) = (named, states_none, &none) {
        out.problem(
            "answer-contradicts-itself",
            true,
            row.place(*column),
            || "the answer names a module and says that there is none; it was not used".to_owned(),
        );
        return Ok(());
    }
    let seen = row.find(Field::Seen).and_then(|(column, text)| {
        let date = cells::date(&text);
        if date.is_none() {
            out.problem("date-not-readable", false, row.place(column), || {
                "the date of the answer was expected as YYYY-MM-DD".to_owned()
            });
        }
        date
    });
    let key = match row.get(Field::QuestionId) {
        Some(id) => Key::new(KeyKind::Row, format!("question {id}")),
        None => Key::new(
            KeyKind::Row,
            format!("question in {}", cells::row_key(row).value),
        ),
    };
    let mut unit = Unit::new(out, vec![key], seen);
    for (field, clue) in [
        (Field::Maker, Clue::ProductMaker),
        (Field::Model, Clue::ProductModel),
        (Field::OrderCode, Clue::OrderCode),
    ] {
        unit.emit_field(row, field, Stance::Declared, clue)?;
    }
    super::register::declared(row, &mut unit)?;
    if let Some((column, name)) = row.find(Field::Respondent) {
        unit.emit(
            Stance::Mentioned,
            Clue::Text,
            format!("answered by {name}"),
            row.place(column),
        )?;
    }
    Ok(())
}

fn short(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(40).collect()
}
