//! Readers: each turns evidence in one format into observations.
//!
//! A reader knows its format and nothing else: no catalogue, no policy. What it emits are facts with
//! an exact place ([`Observation`]) and problems with an exact place ([`Problem`]).
//!
//! - [`observation`]: what a reader emits: one fact, its clue, its subject keys, its stance, its place
//! - [`source`]: what a reader is given: a bounded stream, the file's name, options
//! - [`reader`]: the seam itself ([`Reader`]), sniffing, and the sink
//! - [`registry`]: every reader, one line each
//! - [`sections`]: texts that hold several listings, each read by its own reader
//! - [`text`]: decoding (UTF-8, UTF-16, CP1252) and bounded line reading shared by text formats
//! - [`modem`]: one modem as a tool or the modem itself describes it, shared by readers of modem output
//! - [`json`]: a walk over JSON that keeps lines and survives cut or concatenated values
//! - [`records`]: records of JSON, one at a time, each bounded
//! - [`identity`]: shape checks of IMEI, IMEISV, ICCID and MAC values
//! - [`formats`]: one file or folder a format

pub mod formats;
pub mod identity;
pub mod json;
pub mod modem;
pub mod observation;
pub mod reader;
pub mod records;
pub mod registry;
pub mod sections;
pub mod source;
pub mod text;

pub use observation::{Clue, Key, KeyKind, Observation, Place, Problem, Stance};
pub use reader::{Attachment, Head, ReadError, Reader, Sink};
pub use registry::{READERS, choose, reader};
pub use source::{Limits, Mapping, Names, Source};
