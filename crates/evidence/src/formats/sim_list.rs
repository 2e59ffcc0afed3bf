//! Lists of SIMs and IMEIs: exports of SIM platforms, plain files of one number a line.
//!
//! The subscriber's number and identity (MSISDN, IMSI) are never kept.

use crate::observation::{Clue, Key, KeyKind, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;

use super::register;
use super::table::kind::{self, Kind};
use super::table::{self, Field, Out, Row, Unit, cells, connection};

/// The reader.
pub static READER: Reader = Reader {
    format: "sim-list",
    title: "SIM or IMEI list",
    made_by: "an export of a SIM platform, or a file of one IMEI or ICCID a line",
    proves: &[Stance::Declared],
    enumerates: &[],
    sniff,
    read,
};

fn sniff(head: &Head<'_>) -> u8 {
    match kind::sniff(head) {
        Some((Kind::SimList, sure)) => sure,
        _ => 0,
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    table::read(source, sink, |_| Some(row))
}

/// One SIM, or one module.
pub(super) fn row(row: &Row<'_>, out: &mut Out<'_>) -> Result<(), ReadError> {
    let imeis = cells::imeis(row, out);
    // A list of IMEIs and nothing else, millions of lines long: there is nothing else to look for.
    if let ([column], [(at, only)]) = (row.layout.columns.as_slice(), imeis.as_slice())
        && column.field == Some(Field::Imei)
    {
        let keys = vec![Key::new(KeyKind::Imei, only.as_str())];
        let place = row.place(*at);
        return Unit::new(out, keys, None).emit(Stance::Declared, Clue::Imei, only.as_str(), place);
    }
    let iccids = cells::iccids(row, out);
    let eid = register::eid(row);
    if imeis.is_empty() && iccids.is_empty() && eid.is_none() {
        return Ok(());
    }
    let keys = cells::asset_keys(row, &imeis, &iccids);
    let seen = row.get(Field::Seen).and_then(|d| cells::date(&d));
    let mut unit = Unit::new(out, keys, seen);
    let without_imei = imeis.is_empty();
    for (column, imei) in imeis {
        unit.emit(Stance::Declared, Clue::Imei, imei, row.place(column))?;
    }
    let mut sim_place = None;
    for (column, iccid) in iccids {
        let place = row.place(column);
        sim_place.get_or_insert_with(|| place.clone());
        unit.emit(Stance::Declared, Clue::Iccid, iccid, place)?;
    }
    if let Some((column, eid)) = eid {
        let place = row.place(column);
        sim_place.get_or_insert_with(|| place.clone());
        unit.emit(Stance::Declared, Clue::Eid, eid, place)?;
    }
    if let Some((column, operator)) = row.find(Field::Operator) {
        unit.emit(
            Stance::Declared,
            Clue::Sim,
            operator.as_ref(),
            row.place(column),
        )?;
    } else if let Some(place) = sim_place.filter(|_| without_imei) {
        unit.emit(Stance::Declared, Clue::Sim, "assigned", place)?;
    }
    for (field, clue) in [
        (Field::Maker, Clue::ProductMaker),
        (Field::Model, Clue::ProductModel),
        (Field::AssetName, Clue::AssetName),
        (Field::Department, Clue::Department),
        (Field::Site, Clue::Site),
    ] {
        unit.emit_field(row, field, Stance::Declared, clue)?;
    }
    connection::emit(row, &mut unit)?;
    register::declared(row, &mut unit)?;
    register::handset(row, &mut unit)
}
