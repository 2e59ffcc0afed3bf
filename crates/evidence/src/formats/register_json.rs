//! Asset registers as JSON: a list of records, a page that holds one (`result` of ServiceNow, `value` of
//! Microsoft Graph, `data`, `assets`), or one record a line. A record is read as a row of a register.
//!
//! Router management: `items` of Digi's `DeviceCore` (field names as in the tests of
//! `digidotcom/python-devicecloud`, whose exporter writes them as CSV headers as well), `items` of AirVantage
//! systems (`gateway.imei`, as programs on `/api/v1/systems` take it), `data` of Peplink InControl devices
//! (`sn`, `product_name`, `product_code`, `fw_ver`).
//!
//! Bounds: one record a line streams, each line up to `limits.line`; other JSON is held whole
//! (`limits.whole`).

use serde_json::{Map, Value};

use super::register;
use super::table::kind::{self, Kind};
use super::table::objects::Object;
use super::table::{Field, Out, Tally, fields};
use crate::json;
use crate::observation::{Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::records;
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "register-json",
    title: "asset register, CMDB or device-management export (JSON)",
    made_by: "ServiceNow table API, Microsoft Graph managedDevices, runZero assets.json or .jsonl, Snipe-IT hardware, Digi Remote Manager DeviceCore, AirVantage systems, Peplink InControl devices",
    proves: &[Stance::Declared],
    enumerates: &[],
    sniff,
    read,
};

/// Keys under which a page holds its records.
const PAGES: &[&str] = &[
    "result", "results", "value", "data", "assets", "items", "rows", "devices", "records", "hosts",
];

fn sniff(head: &Head<'_>) -> u8 {
    if !head.text.trim_start().starts_with(['{', '[']) {
        return 0;
    }
    let mut known: Vec<Field> = Vec::new();
    let (mut other, mut managed) = (false, false);
    json::walk(head.text, |s| {
        // A tree of hardware, a package, a bill of materials.
        other |= matches!(
            s.path.first().map_or(s.key, String::as_str),
            "bomFormat" | "spdxVersion" | "children" | "packages" | "components" | "modem"
        ) || s.key == "bomFormat"
            || s.path.iter().any(|p| p == "children");
        let record = s.document > 0
            || s.objects.first().is_some_and(|o| o.item)
            || s.path.first().is_some_and(|p| PAGES.contains(&p.as_str()));
        // Keys that only these platforms have.
        managed |= record
            && (matches!(s.key, "devConnectwareId" | "product_code")
                || (s.key == "imei" && s.path.last().is_some_and(|p| p == "gateway")));
        let name = if s.key == "display_value" || s.key == "name" {
            s.path.last().map_or(s.key, String::as_str)
        } else {
            s.key
        };
        if record
            && let Some(field) = fields::field(name)
            && !known.contains(&field)
        {
            known.push(field);
        }
    });
    let has = |fields: &[Field]| fields.iter().any(|f| known.contains(f));
    let asset = has(&[
        Field::AssetTag,
        Field::Serial,
        Field::Host,
        Field::Mac,
        Field::Imei,
        Field::AssetName,
    ]);
    if other || !asset {
        0
    } else if managed && known.len() >= 2 {
        56
    } else if !has(&[Field::Model]) || !has(&[Field::Maker, Field::AssetTag]) {
        0
    } else if known.len() >= 5 {
        64
    } else if known.len() >= 3 {
        48
    } else {
        0
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let start = source.stream().fill_buf()?;
    let mut first = start.split(|b| *b == b'\n');
    let one = first.next().unwrap_or_default().trim_ascii();
    let two = first.next().unwrap_or_default().trim_ascii();
    if one.starts_with(b"{")
        && two.starts_with(b"{")
        && serde_json::from_slice::<serde::de::IgnoredAny>(one).is_ok()
    {
        return lines(source, sink);
    }
    let bytes = source.whole()?;
    let text = text::decode(&bytes).unwrap_or_default();
    let mut out = Out::new(sink);
    let end = records::read(&text, PAGES, &mut |place, number, object| match place {
        records::Place::Item => record(object, number, &mut out),
        // A page by itself is no asset.
        records::Place::Document => Ok(()),
    });
    if let Ok(Some(line)) = end {
        out.problem("json-cut", true, Place::Line(line as u64), || {
            "the JSON is not well formed from here on; what stood before was read".to_owned()
        });
    }
    out.finish();
    end.map(|_| ())
}

fn lines(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut tally = Tally::default();
    text::lines(source, sink, |number, line, sink| {
        if line.trim().is_empty() {
            return Ok(());
        }
        let mut out = Out::resume(sink, std::mem::take(&mut tally));
        let result = if let Ok(Value::Object(object)) = serde_json::from_str(line) {
            record(&object, number, &mut out)
        } else {
            out.problem("json-cut", true, Place::Line(number), || {
                "this line is no whole JSON object".to_owned()
            });
            Ok(())
        };
        tally = out.into_tally();
        result
    })?;
    Out::resume(sink, tally).finish();
    Ok(())
}

fn record(object: &Map<String, Value>, number: u64, out: &mut Out<'_>) -> Result<(), ReadError> {
    let object = Object::new(object, number);
    let row = object.row();
    match kind::kind(row.layout) {
        Some(Kind::Register | Kind::SimList) => register::row(&row, out),
        _ => Ok(()),
    }
}
