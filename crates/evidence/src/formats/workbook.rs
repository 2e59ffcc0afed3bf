//! A workbook of which it is not said what it holds: every sheet is read as what its header shows it
//! to be.

use crate::observation::Stance;
use crate::reader::{ReadError, Reader, Sink};
use crate::source::Source;

use super::table::kind::{self, Kind};
use super::table::{self, EachRow, workbook};
use super::{bom, questions, register, sim_list};

/// The reader.
pub static READER: Reader = Reader {
    format: "workbook",
    title: "workbook (XLSX, ODS) of registers, SIM lists, answers or parts",
    made_by: "a spreadsheet program, or an export to one",
    proves: &[Stance::Declared, Stance::Mentioned],
    enumerates: &[],
    sniff: workbook::sniff,
    read,
};

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    table::read(source, sink, |layout| {
        kind::kind(layout).map(|kind| -> EachRow {
            match kind {
                Kind::Register => register::row,
                Kind::SimList => sim_list::row,
                Kind::Questions => questions::row,
                Kind::Bom => bom::row,
            }
        })
    })
}
