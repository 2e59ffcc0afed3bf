//! The report as data: the JSON of the contract.

use cellsweep_identify::{AssetState, Finding, Remark};
use cellsweep_policy::Verdict;
use serde::{Deserialize, Serialize};

use crate::gate::Waived;

/// Identifier of the JSON shape; additive minor versions keep it.
pub const SCHEMA: &str = "https://cellsweep.example/schema/report-1";

/// A whole report.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Report {
    /// [`SCHEMA`].
    pub schema: String,
    /// Program name and version.
    pub tool: Tool,
    /// Catalogue used.
    pub catalog: Edition,
    /// Packs used.
    #[serde(serialize_with = "packs")]
    pub packs: Vec<Edition>,
    /// When it was made, RFC 3339 UTC.
    pub generated_at: String,
    /// The date asked about, `YYYY-MM-DD`.
    pub date: String,
    /// Everything that steered the run.
    pub effective_config: serde_json::Value,
    /// Exit codes that apply.
    pub exit: Vec<u8>,
    /// Organisation's name, for an estate.
    #[serde(default)]
    pub organisation: Option<String>,
    /// Every source, read or not.
    pub sources: Vec<SourceState>,
    /// Every asset of the estate.
    pub assets: Vec<AssetState>,
    /// Findings with their verdicts.
    pub findings: Vec<ReportFinding>,
    /// What else is worth saying.
    #[serde(default)]
    pub remarks: Vec<Remark>,
    /// Counts of what was read and assessed.
    pub coverage: Coverage,
    /// Counts of what was found.
    pub summary: Summary,
    /// What the estate hangs on; absent where no estate was asked about, and in earlier reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dependency: Option<crate::dependency::Dependency>,
    /// What hangs on single cells of the risk table; absent where no estate was asked about, and in
    /// earlier reports.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub risk_sensitivity: Option<cellsweep_risk::Sensitivity>,
    /// Sites of the estate.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sites: Vec<SiteState>,
}

/// A site of the estate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SiteState {
    /// Id, by which assets and findings name it.
    pub id: String,
    /// Name.
    pub name: String,
    /// Department that runs it.
    pub department: Option<String>,
    /// Degrees north, WGS 84; present together with the longitude or not at all.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
}

/// Program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tool {
    /// Name.
    pub name: String,
    /// Version.
    pub version: String,
}

/// A dated data set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edition {
    /// Pack id; absent for the catalogue.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Version of the catalogue, or edition of a pack (there it is called `edition` in the JSON).
    #[serde(alias = "edition")]
    pub version: String,
    /// As-of date.
    pub as_of: String,
    /// SHA-256, hexadecimal.
    pub digest: String,
}

/// Writes packs with their version under the name `edition`, as the contract has it.
pub(crate) fn packs<S: serde::Serializer>(packs: &[Edition], to: S) -> Result<S::Ok, S::Error> {
    #[derive(Serialize)]
    struct Pack<'a> {
        id: &'a str,
        edition: &'a str,
        as_of: &'a str,
        digest: &'a str,
    }
    to.collect_seq(packs.iter().map(|p| Pack {
        id: p.id.as_deref().unwrap_or_default(),
        edition: &p.version,
        as_of: &p.as_of,
        digest: &p.digest,
    }))
}

/// A finding as reported.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReportFinding {
    /// The finding.
    #[serde(flatten)]
    pub finding: Finding,
    /// Verdicts of the chosen packs.
    #[serde(default)]
    pub verdicts: Vec<Verdict>,
    /// Waivers of the organisation that took a verdict out of account: it stands in `verdicts` as `exempt`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub waived: Vec<Waived>,
    /// Risk outcome, where it was assessed.
    #[serde(default)]
    pub risk: Option<serde_json::Value>,
}

/// How reading a source went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadStatus {
    /// To the end.
    Read,
    /// Partly.
    Partial,
    /// Not at all.
    Failed,
    /// No reader knows it.
    Unrecognised,
}

/// One source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceState {
    /// Path inside the evidence.
    pub path: String,
    /// Format name, if recognised.
    pub format: Option<String>,
    /// Reader name, if recognised.
    pub reader: Option<String>,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub digest: String,
    /// How it went.
    pub status: ReadStatus,
    /// Problems.
    #[serde(default)]
    pub errors: Vec<SourceError>,
}

/// One problem in a source.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceError {
    /// Where.
    pub locator: String,
    /// Stable code.
    pub code: String,
    /// One sentence.
    pub message: String,
}

/// What was read and assessed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Coverage {
    /// Sources read to the end.
    pub sources_read: u64,
    /// Sources partly read.
    pub partial: u64,
    /// Sources not read.
    pub failed: u64,
    /// Sources no reader knows.
    pub unrecognised: u64,
    /// Assets of the estate.
    pub assets_total: u64,
    /// Assets with a module.
    pub found: u64,
    /// Assets that are clear.
    pub clear: u64,
    /// Assets not assessed.
    pub not_assessed: u64,
}

/// What was found.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Summary {
    /// Modules (quantities added) of presence observed, declared or implied.
    pub modules: u64,
    /// Per settled maker slug, most first; `null` maker: not settled.
    pub by_maker: Vec<MakerCount>,
    /// Findings per verdict status (worst of each finding).
    pub by_status: std::collections::BTreeMap<String, u64>,
    /// Findings per presence.
    pub by_presence: std::collections::BTreeMap<String, u64>,
    /// Nearest deadline among the verdicts, `YYYY-MM-DD`.
    #[serde(default)]
    pub next_deadline: Option<String>,
}

/// Modules of one maker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MakerCount {
    /// Slug.
    pub maker: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Modules.
    pub modules: u64,
}
