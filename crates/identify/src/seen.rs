//! What identification is given.

use std::sync::Arc;

use cellsweep_evidence::Observation;
use serde::{Deserialize, Serialize};

/// One observation with where it came from: a line of `observations.ndjson.zst`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seen {
    /// Path of the source inside the evidence, members after `!`, forward slashes.
    pub source: Arc<str>,
    /// Format name of the reader.
    pub reader: Arc<str>,
    /// First 16 hex digits of the source's SHA-256: tells apart things without any durable key.
    pub digest: Arc<str>,
    /// The source is a register of the estate: its rows *are* the assets.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub register: bool,
    /// The fact itself.
    #[serde(flatten)]
    pub observation: Observation,
}
