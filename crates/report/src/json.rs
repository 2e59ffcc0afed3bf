//! The report as JSON, as it was: text is kept, characters that act on a terminal or on the direction
//! of text are written as escapes, which any JSON reader turns back.

use std::collections::BTreeMap;
use std::io;

use cellsweep_identify::Stated;
use serde::Serialize;
use serde_json::ser::{CharEscape, CompactFormatter, Formatter, PrettyFormatter, Serializer};

use crate::model::Report;
use crate::sanitise::{acts, is_plainly_quiet};

/// How JSON is laid out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// One line.
    Compact,
    /// Two spaces a level.
    Pretty,
}

/// The report as one JSON document with a line end.
///
/// # Errors
/// If a value cannot be written as JSON.
pub fn json(report: &Report, layout: Layout) -> Result<String, serde_json::Error> {
    let mut out = match layout {
        Layout::Compact => escaped(report, CompactFormatter)?,
        Layout::Pretty => escaped(report, PrettyFormatter::new())?,
    };
    out.push('\n');
    Ok(out)
}

/// One line of the line-wise form.
#[derive(Serialize)]
#[serde(tag = "record", rename_all = "snake_case")]
enum Line<'a> {
    Finding {
        #[serde(flatten)]
        finding: &'a crate::model::ReportFinding,
        /// What the asset lends to the judgement, so that a line can be judged again by itself.
        #[serde(skip_serializing_if = "Option::is_none")]
        context: Option<Context<'a>>,
    },
    Asset(&'a cellsweep_identify::AssetState),
    Remark(&'a cellsweep_identify::Remark),
    Source(&'a crate::model::SourceState),
}

/// The asset's facts on which verdicts and risk rest.
#[derive(Serialize)]
struct Context<'a> {
    class: Option<&'a str>,
    criticality: Option<&'a str>,
    sector: Option<&'a str>,
    sensitive: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    connection: Option<&'a BTreeMap<String, Vec<Stated>>>,
}

/// One finding, asset, remark or source a line, each with its kind under `record`; findings first.
///
/// # Errors
/// If a value cannot be written as JSON.
pub fn ndjson(report: &Report) -> Result<String, serde_json::Error> {
    let assets: BTreeMap<&str, _> = report.assets.iter().map(|a| (a.id.as_str(), a)).collect();
    let lines = report
        .findings
        .iter()
        .map(|finding| {
            let asset = finding
                .finding
                .subject
                .asset
                .as_deref()
                .and_then(|a| assets.get(a));
            let context = asset.map(|a| Context {
                class: a.class.as_deref(),
                criticality: a.criticality.as_deref(),
                sector: a.sector.as_deref(),
                sensitive: a.sensitive,
                connection: Some(&a.connection).filter(|c| !c.is_empty()),
            });
            Line::Finding { finding, context }
        })
        .chain(report.assets.iter().map(Line::Asset))
        .chain(report.remarks.iter().map(Line::Remark))
        .chain(report.sources.iter().map(Line::Source));
    let mut out = String::new();
    for line in lines {
        out.push_str(&escaped(&line, CompactFormatter)?);
        out.push('\n');
    }
    Ok(out)
}

/// Any document in the same way.
///
/// # Errors
/// If a value cannot be written as JSON.
pub fn value<T: Serialize>(value: &T, layout: Layout) -> Result<String, serde_json::Error> {
    let mut out = match layout {
        Layout::Compact => escaped(value, CompactFormatter)?,
        Layout::Pretty => escaped(value, PrettyFormatter::new())?,
    };
    out.push('\n');
    Ok(out)
}

fn escaped<T: Serialize, F: Formatter>(value: &T, inner: F) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::new();
    value.serialize(&mut Serializer::with_formatter(
        &mut bytes,
        Escaping { inner },
    ))?;
    String::from_utf8(bytes).map_err(|e| serde_json::Error::io(io::Error::other(e)))
}

/// A layout that also escapes characters that act.
struct Escaping<F> {
    inner: F,
}

macro_rules! hand_on {
    ($($name:ident($($arg:ident: $type:ty),*);)*) => {$(
        fn $name<W: ?Sized + io::Write>(&mut self, w: &mut W $(, $arg: $type)*) -> io::Result<()> {
            self.inner.$name(w $(, $arg)*)
        }
    )*};
}

impl<F: Formatter> Formatter for Escaping<F> {
    hand_on! {
        begin_array();
        end_array();
        begin_array_value(first: bool);
        end_array_value();
        begin_object();
        end_object();
        begin_object_key(first: bool);
        end_object_key();
        begin_object_value();
        end_object_value();
        write_char_escape(c: CharEscape);
    }

    fn write_string_fragment<W: ?Sized + io::Write>(
        &mut self,
        w: &mut W,
        fragment: &str,
    ) -> io::Result<()> {
        if is_plainly_quiet(fragment) {
            return self.inner.write_string_fragment(w, fragment);
        }
        let mut rest = fragment;
        while let Some((at, c)) = rest.char_indices().find(|(_, c)| acts(*c)) {
            w.write_all(rest.get(..at).unwrap_or_default().as_bytes())?;
            let mut units = [0u16; 2];
            for unit in c.encode_utf16(&mut units) {
                write!(w, "\\u{unit:04x}")?;
            }
            rest = rest.get(at + c.len_utf8()..).unwrap_or_default();
        }
        w.write_all(rest.as_bytes())
    }
}
