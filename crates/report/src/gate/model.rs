//! The gate's document.

use std::collections::BTreeMap;

use cellsweep_identify::{Candidate, Module};
use cellsweep_policy::{Status, Verdict};
use serde::{Deserialize, Serialize};

use crate::model::{Edition, SourceState, Tool};

/// Identifier of the JSON shape; additive minor versions keep it.
pub const SCHEMA: &str = "https://cellsweep.example/schema/gate-1";

/// The whole answer.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gate {
    /// [`SCHEMA`].
    pub schema: String,
    /// Program name and version.
    pub tool: Tool,
    /// Catalogue used.
    pub catalog: Edition,
    /// Packs used.
    #[serde(serialize_with = "crate::model::packs")]
    pub packs: Vec<Edition>,
    /// When it was made, RFC 3339 UTC.
    pub generated_at: String,
    /// Day of the purchase, `YYYY-MM-DD`.
    pub date: String,
    /// Everything that steered the run.
    pub effective_config: serde_json::Value,
    /// Exit codes that apply.
    pub exit: Vec<u8>,
    /// The gravest decision among the lines.
    pub decision: Status,
    /// Every source, read or not.
    pub sources: Vec<SourceState>,
    /// Every line, in the order of the sources.
    pub lines: Vec<Line>,
    /// Lines per decision.
    pub counts: BTreeMap<String, u64>,
    /// What else is to be said: waivers unused or past their day, packs that are old.
    #[serde(default)]
    pub remarks: Vec<Note>,
}

/// Something about the run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// Stable kebab-case code.
    pub code: String,
    /// What it does to the run.
    pub level: Level,
    /// One sentence.
    pub message: String,
}

/// What a line does to the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// Nothing against it.
    Pass,
    /// Nothing against it, and it is told nevertheless: a report's finding.
    Note,
    /// Said, and no hindrance: asked for with `-W`.
    Warn,
    /// A person has to decide.
    Hold,
    /// Not to be bought under the chosen packs, or denied with `-D`.
    Deny,
}

impl Level {
    /// The word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pass => "pass",
            Self::Note => "note",
            Self::Warn => "warn",
            Self::Hold => "hold",
            Self::Deny => "deny",
        }
    }
}

/// One line of a list, or one argument.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Source it stands in.
    pub source: String,
    /// Row or line in it, from 1; absent: the source has none.
    pub line: Option<u64>,
    /// The place in words.
    pub place: String,
    /// The line as read, shortened.
    pub text: String,
    /// Number of items.
    pub quantity: Option<u64>,
    /// The decision.
    pub decision: Status,
    /// Stable kebab-case code of the reason.
    pub code: String,
    /// What it does to the run.
    pub level: Level,
    /// The reason, in words.
    pub reason: String,
    /// `pack/rule` that decides; absent: none does.
    pub rule: Option<String>,
    /// Edition of that rule's list or instrument.
    pub edition: Option<String>,
    /// Its first day.
    pub effective: Option<String>,
    /// Its deadline.
    pub deadline: Option<String>,
    /// What is known of the module; several where the line may be delivered with any of them.
    pub modules: Vec<Module>,
    /// Every possibility, where the maker is not settled.
    #[serde(default)]
    pub candidates: Vec<Candidate>,
    /// What every chosen rule says.
    pub verdicts: Vec<Verdict>,
    /// What to ask the supplier.
    pub question: Option<String>,
    /// What else could be bought, judged by the same packs.
    #[serde(default)]
    pub alternatives: Vec<Alternative>,
    /// Waivers that took a verdict out of the decision.
    #[serde(default)]
    pub waived: Vec<Waived>,
}

/// Another choice. Nothing is said about fit beyond what its source says.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Alternative {
    /// Maker's or product maker's name, and what it is called.
    pub name: String,
    /// `same slot`, `carrier board`, `whole device`, `redesign`.
    pub kind: String,
    /// What its source says of the exchange.
    pub says: String,
    /// What must change.
    pub changes: Option<String>,
    /// Where that is said.
    pub source: String,
    /// The module's makers with the answers that were checked.
    pub answers: Vec<Answer>,
    /// The gravest verdict of the same packs.
    pub decision: Status,
    /// The rule that gives it, as `pack/rule`, and its reason.
    pub because: String,
}

/// The answers about one maker of an alternative.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// Slug.
    pub maker: String,
    /// Owner on the day, if recorded.
    pub owner: Option<String>,
    /// Slugs of makers whose engineering it shares.
    pub lineage: Vec<String>,
    /// Chipset of the family, if known.
    pub chipset: Option<String>,
}

/// A waiver at work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waived {
    /// Its id.
    pub waiver: String,
    /// Who answers for it.
    pub owner: String,
    /// Its reason.
    pub reason: String,
    /// Its last day.
    pub expires: String,
    /// `pack/rule` of the verdict.
    pub rule: String,
    /// The verdict's status without the waiver.
    pub status: Status,
}

impl Gate {
    /// Lines that do not pass.
    pub fn stopped(&self) -> impl Iterator<Item = &Line> {
        self.lines.iter().filter(|l| l.level != Level::Pass)
    }
}

impl Line {
    /// Identity of the line's finding for tools that follow findings over time: what the line says and
    /// which rule speaks, not where it stands or when it was read.
    pub fn fingerprint(&self, source: &str) -> String {
        use sha2::{Digest as _, Sha256};
        let mut hash = Sha256::new();
        for part in [
            source,
            &self.text,
            &self.code,
            self.rule.as_deref().unwrap_or(""),
        ] {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        hash.finalize()
            .iter()
            .take(16)
            .fold(String::new(), |mut out, b| {
                use std::fmt::Write as _;
                // Writing to a String cannot fail.
                let _ = write!(out, "{b:02x}");
                out
            })
    }
}
