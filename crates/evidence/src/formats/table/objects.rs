//! A record of JSON as a row of a table: nested keys become dotted headers.

use serde_json::{Map, Value};

use super::{Column, Layout, MAX_COLUMNS, ROW_BYTES, Record, Row, fields};

/// Deepest nesting whose values become cells.
const DEEPEST: usize = 4;
/// Most items of a list of plain values that are kept.
const MOST_ITEMS: usize = 64;

/// One record with the header it has by itself.
pub struct Object {
    layout: Layout,
    record: Record,
}

impl Object {
    /// The record of this number, counted from 1.
    pub fn new(object: &Map<String, Value>, number: u64) -> Self {
        let mut cells: Vec<(String, String)> = Vec::new();
        flatten(object, "", 0, &mut cells);
        let mut record = Record::default();
        record.restart(number);
        let mut columns = Vec::new();
        let mut bytes = 0;
        for (header, value) in cells {
            bytes += value.len();
            if columns.len() >= MAX_COLUMNS || bytes > ROW_BYTES {
                break;
            }
            record.push(value.as_bytes());
            let field = fields::field(&header);
            columns.push(Column { header, field });
        }
        Self {
            // A number, since the headers are the record's own.
            layout: Layout::new(None, Some(0), columns),
            record,
        }
    }

    /// As a row.
    pub fn row(&self) -> Row<'_> {
        Row {
            layout: &self.layout,
            record: &self.record,
        }
    }
}

fn flatten(
    object: &Map<String, Value>,
    before: &str,
    depth: usize,
    out: &mut Vec<(String, String)>,
) {
    for (key, value) in object {
        if out.len() >= MAX_COLUMNS {
            return;
        }
        let header = if before.is_empty() {
            key.clone()
        } else {
            format!("{before}.{key}")
        };
        match value {
            Value::Null => {}
            Value::Object(inner) => match inner.get("display_value") {
                // A reference of ServiceNow: what people see, not the link.
                Some(Value::String(shown)) => out.push((header, shown.clone())),
                None if depth < DEEPEST => flatten(inner, &header, depth + 1, out),
                _ => {}
            },
            Value::Array(items) => {
                let plain: Vec<String> = items.iter().take(MOST_ITEMS).filter_map(scalar).collect();
                if !plain.is_empty() {
                    out.push((header, plain.join("; ")));
                }
            }
            _ => out.extend(scalar(value).map(|text| (header, text))),
        }
    }
}

/// A plain value as text.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(yes) => Some(yes.to_string()),
        _ => None,
    }
}
