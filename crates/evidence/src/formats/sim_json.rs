//! Records of SIM platforms as JSON: arrays, pages, one record a line; flat, or nested as in
//! `deviceIds[{kind,id}]` and `sessionStatus.imei`.
//!
//! One unit a record: the innermost array item that holds a number. MSISDN and IMSI are never kept.
//!
//! Bounds: one record a line streams, each line up to `limits.line`; other JSON is held whole
//! (`limits.whole`).

use crate::json::{self, End, Scalar};
use crate::observation::{Clue, Key, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::{identity, text};

use super::table::{Field, Out, Tally, Unit, cells, fields, is_placeholder};

/// The reader.
pub static READER: Reader = Reader {
    format: "sim-json",
    title: "SIM platform records (JSON)",
    made_by: "the API or an export of a SIM platform",
    proves: &[Stance::Declared],
    enumerates: &[],
    sniff,
    read,
};

/// Most values kept of one record.
const VALUES_MOST: usize = 200;

fn sniff(head: &Head<'_>) -> u8 {
    if !head.text.trim_start().starts_with(['{', '[']) {
        return 0;
    }
    let (mut number, mut platform, mut device) = (false, 0u32, false);
    json::walk(head.text, |s| {
        let key = fields::plain(s.key);
        number |= matches!(
            key.as_str(),
            "iccid" | "iccidwithluhn" | "eid" | "deviceids"
        ) || (key == "kind" && matches!(s.value, "iccid" | "imei"));
        if matches!(
            key.as_str(),
            "msisdn"
                | "mdn"
                | "rateplan"
                | "communicationplan"
                | "simid"
                | "fleetsid"
                | "imeilock"
                | "groupid"
                | "operatorid"
                | "speedclass"
                | "serviceplan"
                | "customerorg"
                | "dateactivated"
                | "activationdate"
                | "quotastatus"
                | "currentquota"
                | "iccidwithluhn"
                | "accountname"
                | "phonenumber"
                | "networkwhitelist"
                | "lastsession"
        ) || key == "kind" && matches!(s.value, "iccid" | "imei")
        {
            platform += 1;
        }
        device |= matches!(key.as_str(), "revision" | "csq" | "cport" | "rsrp");
    });
    if !number || device {
        0
    } else if platform > 0 {
        70
    } else {
        45
    }
}

/// One record while it is read.
struct Record {
    object: u64,
    values: Vec<(Field, String, u64)>,
    /// Kind of the number that comes next in a list of kinds and numbers, or the other way round.
    kind: Option<String>,
    number: Option<(String, u64)>,
}

impl Record {
    fn add(&mut self, field: Field, value: &str, line: u64) {
        let value = value.trim();
        if self.values.len() < VALUES_MOST
            && !is_placeholder(value)
            && !self
                .values
                .iter()
                .any(|(f, v, _)| *f == field && v == value)
        {
            self.values.push((field, value.to_owned(), line));
        }
    }

    fn of(&self, field: Field) -> impl Iterator<Item = (&str, u64)> {
        self.values
            .iter()
            .filter(move |(f, _, _)| *f == field)
            .map(|(_, v, line)| (v.as_str(), *line))
    }

    fn emit(&self, out: &mut Out<'_>) -> Result<(), ReadError> {
        let mut imeis: Vec<(String, u64)> = Vec::new();
        for (text, line) in self.of(Field::Imei) {
            if let Some(imei) = cells::imei_at(text, || Place::Line(line), out)
                && !imeis.iter().any(|(i, _)| *i == imei)
            {
                imeis.push((imei, line));
            }
        }
        let mut iccids: Vec<(String, u64)> = Vec::new();
        for (text, line) in self.of(Field::Iccid) {
            if identity::iccid_stem(text).is_none() {
                continue;
            }
            // With and without check digit it is the same SIM.
            let same = |other: &str| identity::iccid_stem(other) == identity::iccid_stem(text);
            if !iccids.iter().any(|(i, _)| same(i)) {
                let digits: String = text.chars().filter(char::is_ascii_digit).collect();
                iccids.push((digits, line));
            }
        }
        let eid = self
            .of(Field::Eid)
            .find(|(t, _)| t.len() == 32 && t.bytes().all(|b| b.is_ascii_digit()));
        if imeis.is_empty() && iccids.is_empty() && eid.is_none() {
            return Ok(());
        }
        let keys = imeis
            .iter()
            .map(|(i, _)| Key::new(KeyKind::Imei, i.as_str()))
            .chain(
                iccids
                    .iter()
                    .map(|(i, _)| Key::new(KeyKind::Iccid, i.as_str())),
            )
            .collect();
        let seen = self.of(Field::Seen).find_map(|(t, _)| cells::date(t));
        let without_imei = imeis.is_empty();
        let sim_line = iccids.first().map(|(_, l)| *l).or(eid.map(|(_, l)| l));
        let mut unit = Unit::new(out, keys, seen);
        for (imei, line) in imeis {
            unit.emit(Stance::Declared, Clue::Imei, imei, Place::Line(line))?;
        }
        for (iccid, line) in iccids {
            unit.emit(Stance::Declared, Clue::Iccid, iccid, Place::Line(line))?;
        }
        if let Some((eid, line)) = eid {
            unit.emit(Stance::Declared, Clue::Eid, eid, Place::Line(line))?;
        }
        if let Some((operator, line)) = self.of(Field::Operator).next() {
            unit.emit(Stance::Declared, Clue::Sim, operator, Place::Line(line))?;
        } else if let Some(line) = sim_line.filter(|_| without_imei) {
            unit.emit(Stance::Declared, Clue::Sim, "assigned", Place::Line(line))?;
        }
        for (field, clue) in [
            (Field::AssetName, Clue::AssetName),
            (Field::Maker, Clue::ProductMaker),
            (Field::Model, Clue::ProductModel),
        ] {
            if let Some((text, line)) = self.of(field).next() {
                let text: String = text.chars().take(200).collect();
                unit.emit(Stance::Declared, clue, text, Place::Line(line))?;
            }
        }
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    if one_a_line(source.stream().fill_buf()?) {
        return lines(source, sink);
    }
    let bytes = source.whole()?;
    let text = text::decode(&bytes).ok_or_else(|| ReadError::Malformed {
        format: "sim-json",
        message: "it holds binary bytes".to_owned(),
    })?;
    let mut out = Out::new(sink);
    let result = records(&text, 0, &mut out);
    out.finish();
    result
}

/// True if the first line is a whole object and a second one follows.
fn one_a_line(start: &[u8]) -> bool {
    let mut lines = start.split(|b| *b == b'\n');
    let first = lines.next().unwrap_or_default().trim_ascii();
    let second = lines.next().unwrap_or_default().trim_ascii();
    first.starts_with(b"{")
        && second.starts_with(b"{")
        && serde_json::from_slice::<serde::de::IgnoredAny>(first).is_ok()
}

fn lines(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut tally = Tally::default();
    text::lines(source, sink, |number, line, sink| {
        let mut out = Out::resume(sink, std::mem::take(&mut tally));
        let result = records(line, number - 1, &mut out);
        tally = out.into_tally();
        result
    })?;
    Out::resume(sink, tally).finish();
    Ok(())
}

/// Reads every record of some JSON that begins after this many lines.
fn records(text: &str, before: u64, out: &mut Out<'_>) -> Result<(), ReadError> {
    let mut open: Vec<Record> = Vec::new();
    let mut result = Ok(());
    let end = json::walk(text, |s| {
        if result.is_ok() {
            result = scalar(s, before, &mut open, out);
        }
    });
    result?;
    while let Some(record) = open.pop() {
        record.emit(out)?;
    }
    if let End::Cut(line) = end {
        out.problem("json-cut", true, Place::Line(before + line), || {
            "the JSON ends inside a value; what stood before was read".to_owned()
        });
    }
    Ok(())
}

fn scalar(
    s: &Scalar<'_>,
    before: u64,
    open: &mut Vec<Record>,
    out: &mut Out<'_>,
) -> Result<(), ReadError> {
    while open
        .last()
        .is_some_and(|r| !s.objects.iter().any(|o| o.id == r.object))
    {
        if let Some(record) = open.pop() {
            record.emit(out)?;
        }
    }
    let line = before + s.line;
    let aside = s
        .path
        .iter()
        .any(|k| matches!(fields::plain(k).as_str(), "imeilock" | "previoussession"));
    if aside || s.key.is_empty() {
        return Ok(());
    }
    let in_list = s.path.last().is_some_and(|k| {
        matches!(
            fields::plain(k).as_str(),
            "deviceids" | "identifiers" | "deviceidentifiers"
        )
    });
    // An item of a list of numbers belongs to the record around it.
    let list_item = s.objects.last().filter(|_| in_list).map(|o| o.id);
    let object = s
        .objects
        .iter()
        .rev()
        .find(|o| o.item && Some(o.id) != list_item)
        .or_else(|| s.objects.first());
    let Some(object) = object else { return Ok(()) };
    if open.last().is_none_or(|r| r.object != object.id) {
        open.push(Record {
            object: object.id,
            values: Vec::new(),
            kind: None,
            number: None,
        });
    }
    let Some(record) = open.last_mut() else {
        return Ok(());
    };
    if in_list {
        match fields::plain(s.key).as_str() {
            "kind" | "type" => record.kind = Some(s.value.to_owned()),
            "id" | "value" => record.number = Some((s.value.to_owned(), line)),
            _ => {}
        }
        if let (Some(kind), Some((number, at))) = (&record.kind, &record.number) {
            if let Some(field) = fields::field(kind) {
                let (number, at) = (number.clone(), *at);
                record.add(field, &number, at);
            }
            (record.kind, record.number) = (None, None);
        }
        return Ok(());
    }
    // `sim.name` is the name of the SIM; what is deeper is about something else.
    if let Some(field) = fields::field(s.key) {
        let near = s.path.len() <= object.depth + 1;
        if near || matches!(field, Field::Imei | Field::Iccid | Field::Eid) {
            record.add(field, s.value, line);
        }
    }
    Ok(())
}
