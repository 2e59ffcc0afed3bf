//! What a pack says about one finding on one date.

use serde::{Deserialize, Serialize};

/// Standing of one rule for one finding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// The rule forbids it on this date.
    Prohibited,
    /// The rule will forbid it from a later date.
    RestrictedFrom,
    /// A duty (report, declare, assess) applies.
    DutyApplies,
    /// Advised or recommended, no law.
    Advisory,
    /// Looked at and allowed.
    Allowed,
    /// An exception of the rule applies.
    Exempt,
    /// The instrument's text must be read by a lawyer for this case.
    NeedsLegalReading,
    /// The evidence does not decide (a set on which the candidates differ, a missing fact).
    InsufficientEvidence,
    /// The rule does not reach this.
    NotApplicable,
}

impl Status {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Prohibited,
        Self::RestrictedFrom,
        Self::DutyApplies,
        Self::Advisory,
        Self::Allowed,
        Self::Exempt,
        Self::NeedsLegalReading,
        Self::InsufficientEvidence,
        Self::NotApplicable,
    ];

    /// The word used in reports and JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prohibited => "prohibited",
            Self::RestrictedFrom => "restricted_from",
            Self::DutyApplies => "duty_applies",
            Self::Advisory => "advisory",
            Self::Allowed => "allowed",
            Self::Exempt => "exempt",
            Self::NeedsLegalReading => "needs_legal_reading",
            Self::InsufficientEvidence => "insufficient_evidence",
            Self::NotApplicable => "not_applicable",
        }
    }
}

/// One candidate's standing, for a set.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IfMaker {
    /// Maker slug.
    pub maker: String,
    /// Standing if it is this maker.
    pub status: Status,
}

/// One rule applied to one finding on one date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// Pack id.
    pub pack: String,
    /// Rule id inside the pack.
    pub rule: String,
    /// Verb of the rule (`no_purchase_including`, `recommended` ...).
    pub verb: String,
    /// Standing.
    pub status: Status,
    /// Per candidate, where they differ.
    #[serde(rename = "if", default, skip_serializing_if = "Vec::is_empty")]
    pub if_maker: Vec<IfMaker>,
    /// First day of effect.
    pub effective: Option<String>,
    /// Day by which to act.
    pub deadline: Option<String>,
    /// How the rule matched: `named_entity`, `control_chain`, `jurisdiction` ...
    pub match_kind: String,
    /// Edition of the list or instrument used.
    pub edition: Option<String>,
    /// Why, in one neutral sentence.
    pub basis: String,
    /// References.
    #[serde(default)]
    pub sources: Vec<String>,
}
