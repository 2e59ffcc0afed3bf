//! Records of JSON, one at a time: the items of a list, or of the lists that a page holds under known keys,
//! in one document or several after one another.
//!
//! Memory: one record, of which at most [`MOST_VALUES`] values are kept; the rest is read and dropped. A
//! list of numbers would otherwise take thirty times its length.

use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Value};

use crate::reader::ReadError;

/// Most values of one record that are kept.
pub const MOST_VALUES: usize = 4096;

/// What a record is in its document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// An item of a list.
    Item,
    /// A document by itself; without the lists it held under known keys.
    Document,
}

/// What is done with a record: where it stands, its number, its values.
pub type Each<'e> = &'e mut dyn FnMut(Place, u64, &Map<String, Value>) -> Result<(), ReadError>;

/// Hands on every record of the text that is an object; items that are none count as well, so that numbers
/// (from 1) are places in the list. Gives the line at which the JSON is not well formed, if it is not;
/// what stood before was handed on.
///
/// # Errors
/// What `each` ended with.
pub fn read(text: &str, pages: &[&str], each: Each<'_>) -> Result<Option<usize>, ReadError> {
    let mut walk = Walk {
        pages,
        each,
        number: 0,
        failed: None,
    };
    let mut rest = text;
    loop {
        let start = rest.trim_start();
        if start.is_empty() {
            return Ok(None);
        }
        let before = text.len() - start.len();
        let mut documents = serde_json::Deserializer::from_str(start);
        let outcome = Records {
            walk: &mut walk,
            document: true,
        }
        .deserialize(&mut documents);
        if let Some(failed) = walk.failed.take() {
            return Err(failed);
        }
        if let Err(e) = outcome {
            let lines = text.get(..before).unwrap_or_default().matches('\n').count();
            return Ok(Some(lines + e.line()));
        }
        let read = documents.into_iter::<IgnoredAny>().byte_offset();
        rest = start.get(read.max(1)..).unwrap_or_default();
    }
}

struct Walk<'w> {
    pages: &'w [&'w str],
    each: Each<'w>,
    number: u64,
    failed: Option<ReadError>,
}

impl Walk<'_> {
    fn record<E: serde::de::Error>(&mut self, place: Place, value: &Value) -> Result<(), E> {
        self.number += 1;
        let Value::Object(object) = value else {
            return Ok(());
        };
        (self.each)(place, self.number, object).map_err(|e| {
            self.failed = Some(e);
            E::custom("stopped")
        })
    }
}

/// A document, or what stands under the key of a page: records if it is a list. In a document an object is
/// a page or a record; under a key it is neither.
struct Records<'a, 'w> {
    walk: &'a mut Walk<'w>,
    document: bool,
}

impl<'de> DeserializeSeed<'de> for Records<'_, '_> {
    type Value = ();
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<(), D::Error> {
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Records<'_, '_> {
    type Value = ();
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("records")
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        loop {
            let mut left = MOST_VALUES;
            let Some(value) = list.next_element_seed(Kept(&mut left))? else {
                return Ok(());
            };
            self.walk.record(Place::Item, &value)?;
        }
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let mut own = Map::new();
        let mut left = if self.document { MOST_VALUES } else { 0 };
        while let Some(key) = map.next_key::<String>()? {
            if self.document && self.walk.pages.contains(&key.as_str()) {
                map.next_value_seed(Records {
                    walk: self.walk,
                    document: false,
                })?;
            } else if left > 0 {
                own.insert(key, map.next_value_seed(Kept(&mut left))?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        if self.document {
            self.walk.record(Place::Document, &Value::Object(own))?;
        }
        Ok(())
    }
    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }
    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }
    fn visit_u64<E>(self, _: u64) -> Result<(), E> {
        Ok(())
    }
    fn visit_f64<E>(self, _: f64) -> Result<(), E> {
        Ok(())
    }
    fn visit_str<E>(self, _: &str) -> Result<(), E> {
        Ok(())
    }
    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }
}

/// A value of which no more is kept than is left.
struct Kept<'l>(&'l mut usize);

impl<'de> DeserializeSeed<'de> for Kept<'_> {
    type Value = Value;
    fn deserialize<D: Deserializer<'de>>(self, d: D) -> Result<Value, D::Error> {
        *self.0 = self.0.saturating_sub(1);
        d.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Kept<'_> {
    type Value = Value;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }
    fn visit_bool<E>(self, v: bool) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_i64<E>(self, v: i64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_u64<E>(self, v: u64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_f64<E>(self, v: f64) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_str<E>(self, v: &str) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_string<E>(self, v: String) -> Result<Value, E> {
        Ok(v.into())
    }
    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }
    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut items = Vec::new();
        while *self.0 > 0 {
            let Some(item) = list.next_element_seed(Kept(self.0))? else {
                return Ok(items.into());
            };
            items.push(item);
        }
        while list.next_element::<IgnoredAny>()?.is_some() {}
        Ok(items.into())
    }
    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            if *self.0 > 0 {
                object.insert(key, map.next_value_seed(Kept(self.0))?);
            } else {
                map.next_value::<IgnoredAny>()?;
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> (Vec<String>, Option<usize>) {
        let mut found = Vec::new();
        let end = read(text, &["items"], &mut |place, number, object| {
            let keys: Vec<&str> = object.keys().map(String::as_str).collect();
            found.push(format!("{place:?} {number} {}", keys.join(",")));
            Ok(())
        })
        .unwrap_or(Some(0));
        (found, end)
    }

    #[test]
    fn lists_pages_and_documents() {
        assert_eq!(of(r#"[{"a":1},7,{"b":2}]"#).0, ["Item 1 a", "Item 3 b"]);
        assert_eq!(
            of(r#"{"size":1,"items":[{"a":1}],"other":[{"b":2}]}"#).0,
            ["Item 1 a", "Document 2 size,other"]
        );
        assert_eq!(of(r#"{"items":{"x":{"a":1}}}"#).0, ["Document 1 "]);
        assert_eq!(
            of("{\"a\":1}\n{\"b\":2}\n"),
            (vec!["Document 1 a".into(), "Document 2 b".into()], None)
        );
        assert_eq!(of("[] true \"x\" 1.5"), (vec![], None));
    }

    #[test]
    fn a_cut_keeps_what_stood_before() {
        let (found, end) = of("{\"a\":1}\n[{\"b\":2},\n{\"c\":");
        assert_eq!(found, ["Document 1 a", "Item 2 b"]);
        assert_eq!(end, Some(3));
    }

    #[test]
    fn of_a_long_record_only_so_much_is_kept() {
        let long = format!(
            "[{{\"z\":[{}1],\"y\":2}},{{\"a\":1}}]",
            "1,".repeat(100_000)
        );
        let mut kept = Vec::new();
        let end = read(&long, &[], &mut |_, _, object| {
            kept.push(
                object
                    .values()
                    .map(|v| v.as_array().map_or(1, Vec::len))
                    .sum::<usize>(),
            );
            Ok(())
        });
        assert!(matches!(end, Ok(None)));
        assert!(kept[0] <= MOST_VALUES && kept[0] > 1000, "{kept:?}");
        assert_eq!(kept[1], 1);
    }
}
