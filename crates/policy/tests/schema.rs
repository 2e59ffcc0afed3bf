//! The schema for editors says the same as the reader: it is walked over every embedded pack, and its
//! words are the code's words.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // helpers of tests fail loudly, as tests do

use std::fs;
use std::path::Path;

use cellsweep_policy::pack::{Match, Stage, Verb};
use cellsweep_policy::{Packs, Status, load};
use serde_json::Value;

fn schema() -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/pack-1.schema.json");
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn words(list: &Value) -> Vec<&str> {
    list.as_array()
        .unwrap()
        .iter()
        .map(|v| v.as_str().unwrap())
        .collect()
}

#[test]
fn the_words_are_the_same() {
    let schema = schema();
    let defs = &schema["$defs"];
    let verbs: Vec<&str> = Verb::ALL.iter().map(|(w, _)| *w).collect();
    assert_eq!(words(&defs["rule"]["properties"]["verb"]["enum"]), verbs);
    let stages: Vec<&str> = Stage::ALL.iter().map(|(w, _)| *w).collect();
    assert_eq!(
        words(&defs["rule"]["properties"]["stages"]["items"]["enum"]),
        stages
    );
    assert_eq!(words(&defs["test"]["properties"]["stage"]["enum"]), stages);
    let status: Vec<&str> = Status::ALL.iter().map(|s| s.as_str()).collect();
    assert_eq!(words(&defs["test"]["properties"]["expect"]["enum"]), status);
    let kinds: Vec<&str> = defs["match"]["oneOf"]
        .as_array()
        .unwrap()
        .iter()
        .map(|k| k["properties"]["kind"]["const"].as_str().unwrap())
        .collect();
    assert_eq!(kinds, Match::KINDS);
}

/// Checks the parts of JSON Schema that this schema uses.
fn fits(value: &Value, schema: &Value, root: &Value, at: &str) -> Result<(), String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = root.pointer(reference.trim_start_matches('#')).unwrap();
        return fits(value, target, root, at);
    }
    for key in ["oneOf", "anyOf"] {
        if let Some(options) = schema[key].as_array() {
            let good = options
                .iter()
                .filter(|o| fits(value, o, root, at).is_ok())
                .count();
            if good == 0 || (key == "oneOf" && good != 1) {
                return Err(format!("{at}: {good} of {key} fit"));
            }
        }
    }
    if let Some(options) = schema["enum"].as_array()
        && !options.contains(value)
    {
        return Err(format!("{at}: {value} is no word of the schema"));
    }
    if !schema["const"].is_null() && schema["const"] != *value {
        return Err(format!("{at}: not {}", schema["const"]));
    }
    if let Some(kind) = schema["type"].as_str() {
        let right = match kind {
            "object" => value.is_object(),
            "array" => value.is_array(),
            "string" => value.is_string(),
            "boolean" => value.is_boolean(),
            "integer" => value.is_u64(),
            other => panic!("type {other}"),
        };
        if !right {
            return Err(format!("{at}: {value} is no {kind}"));
        }
    }
    if let (Some(items), Some(list)) = (schema.get("items"), value.as_array()) {
        for (i, item) in list.iter().enumerate() {
            fits(item, items, root, &format!("{at}[{i}]"))?;
        }
    }
    if let Some(object) = value.as_object() {
        for needed in schema["required"].as_array().into_iter().flatten() {
            if !object.contains_key(needed.as_str().unwrap()) {
                return Err(format!("{at}: no {needed}"));
            }
        }
        if let Some(properties) = schema["properties"].as_object() {
            for (key, inner) in object {
                match properties.get(key) {
                    Some(p) => fits(inner, p, root, &format!("{at}.{key}"))?,
                    None if schema["additionalProperties"] == false => {
                        return Err(format!("{at}: {key} is not in the schema"));
                    }
                    None => {}
                }
            }
        }
    }
    Ok(())
}

/// TOML as JSON, dates as text.
fn json(value: toml::Value) -> Value {
    match value {
        toml::Value::String(s) => Value::String(s),
        toml::Value::Integer(i) => i.into(),
        toml::Value::Float(f) => f.into(),
        toml::Value::Boolean(b) => b.into(),
        toml::Value::Datetime(d) => Value::String(d.to_string()),
        toml::Value::Array(a) => a.into_iter().map(json).collect(),
        toml::Value::Table(t) => t.into_iter().map(|(k, v)| (k, json(v))).collect(),
    }
}

#[test]
fn every_embedded_pack_fits_the_schema() {
    let schema = schema();
    for (file, text) in Packs::files() {
        let value = json(toml::from_str(text).unwrap());
        fits(&value, &schema, &schema, file).unwrap_or_else(|e| panic!("{e}"));
    }
}

/// Every key the schema allows is known to the reader: a pack that uses them all loads.
#[test]
fn every_key_of_the_schema_is_read() {
    let text = include_str!("every-key.toml");
    let value = json(toml::from_str(text).unwrap());
    let schema = schema();
    fits(&value, &schema, &schema, "every-key").unwrap_or_else(|e| panic!("{e}"));
    load("every-key.toml", text).unwrap_or_else(|e| panic!("{e:?}"));
    let used = |object: &Value, properties: &Value, what: &str| {
        for key in properties.as_object().unwrap().keys() {
            assert!(
                object.get(key).is_some(),
                "every-key.toml does not use {what}.{key}"
            );
        }
    };
    used(&value, &schema["properties"], "pack");
    for (what, path) in [
        ("edition", "/edition/0"),
        ("entity", "/entity/0"),
        ("listed", "/entity/0/listed/0"),
        ("rule", "/rule/0"),
        ("exception", "/rule/0/exception/0"),
        ("needs_legal_reading", "/rule/0/needs_legal_reading"),
        ("only_if", "/rule/0/only_if"),
        ("source", "/source/0"),
        ("makers", "/test/0/makers/0"),
        ("test", "/test/0"),
    ] {
        used(
            value.pointer(path).unwrap(),
            &schema["$defs"][what]["properties"],
            what,
        );
    }
}
