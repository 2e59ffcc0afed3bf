//! Words and ranks of verdicts, presences and assets, as every output shows them.

use cellsweep_evidence::Stance;
use cellsweep_identify::{AssetStatus, EvidenceRole, Finding, Role};
use cellsweep_policy::{Status, Verdict};

use crate::model::{ReadStatus, ReportFinding};

/// Verdict statuses, gravest first.
pub const GRAVEST: [Status; 9] = [
    Status::Prohibited,
    Status::RestrictedFrom,
    Status::DutyApplies,
    Status::NeedsLegalReading,
    Status::InsufficientEvidence,
    Status::Advisory,
    Status::Exempt,
    Status::Allowed,
    Status::NotApplicable,
];

/// Rank of a status, 0 the gravest.
pub fn gravity(status: Status) -> usize {
    GRAVEST
        .iter()
        .position(|s| *s == status)
        .unwrap_or(GRAVEST.len())
}

/// Words for people.
pub const fn status_says(status: Status) -> &'static str {
    match status {
        Status::Prohibited => "prohibited",
        Status::RestrictedFrom => "restricted from a later date",
        Status::DutyApplies => "a duty applies",
        Status::Advisory => "advised, no law",
        Status::Allowed => "looked at and allowed",
        Status::Exempt => "an exception applies",
        Status::NeedsLegalReading => "needs a legal reading",
        Status::InsufficientEvidence => "the evidence does not decide",
        Status::NotApplicable => "no match",
    }
}

/// One verdict in words, with date and edition where they say something.
pub fn verdict_says(v: &Verdict) -> String {
    let edition = || {
        v.edition
            .as_deref()
            .map(|e| format!(" on edition {e}"))
            .unwrap_or_default()
    };
    match v.status {
        Status::NotApplicable => format!("no match{}", edition()),
        Status::RestrictedFrom => match &v.effective {
            Some(day) => format!("restricted from {day}"),
            None => status_says(v.status).to_owned(),
        },
        other => status_says(other).to_owned(),
    }
}

/// True for a status on which somebody must act, now or by a date.
pub const fn to_act_on(status: Status) -> bool {
    matches!(
        status,
        Status::Prohibited | Status::RestrictedFrom | Status::DutyApplies
    )
}

/// True for a status that waits for a lawyer or for evidence.
pub const fn undecided(status: Status) -> bool {
    matches!(
        status,
        Status::NeedsLegalReading | Status::InsufficientEvidence
    )
}

/// The gravest verdict of a finding; `None` if no pack spoke.
pub fn worst(finding: &ReportFinding) -> Option<&Verdict> {
    finding
        .verdicts
        .iter()
        .min_by_key(|v| (gravity(v.status), due(v).unwrap_or("9999")))
}

/// The day by which a verdict asks to act: its deadline, or the first day of a later restriction.
/// `None` for verdicts that ask nothing.
pub fn due(v: &Verdict) -> Option<&str> {
    match v.status {
        Status::RestrictedFrom => v.deadline.as_deref().or(v.effective.as_deref()),
        Status::Prohibited
        | Status::DutyApplies
        | Status::NeedsLegalReading
        | Status::InsufficientEvidence
        | Status::Advisory => v.deadline.as_deref(),
        Status::Allowed | Status::Exempt | Status::NotApplicable => None,
    }
}

/// True if the presence says that a module is there.
pub const fn is_there(presence: Stance) -> bool {
    matches!(
        presence,
        Stance::Observed | Stance::Declared | Stance::Implied
    )
}

/// The word of the JSON contract.
pub const fn asset_word(status: AssetStatus) -> &'static str {
    match status {
        AssetStatus::Found => "found",
        AssetStatus::Clear => "clear",
        AssetStatus::NotAssessed => "not_assessed",
    }
}

/// Words for people.
pub const fn asset_says(status: AssetStatus) -> &'static str {
    match status {
        AssetStatus::Found => "found",
        AssetStatus::Clear => "clear",
        AssetStatus::NotAssessed => "not assessed",
    }
}

/// The word of the JSON contract.
pub const fn read_word(status: ReadStatus) -> &'static str {
    match status {
        ReadStatus::Read => "read",
        ReadStatus::Partial => "partial",
        ReadStatus::Failed => "failed",
        ReadStatus::Unrecognised => "unrecognised",
    }
}

/// The word of the JSON contract.
pub const fn role_word(role: Role) -> &'static str {
    match role {
        Role::Component => "component",
        Role::EndProduct => "end_product",
        Role::Stick => "stick",
    }
}

/// The word of the JSON contract.
pub const fn evidence_word(role: EvidenceRole) -> &'static str {
    match role {
        EvidenceRole::Primary => "primary",
        EvidenceRole::Supporting => "supporting",
        EvidenceRole::Against => "against",
    }
}

/// Product maker, model and order code in one line; empty if no product is named.
pub fn product_says(finding: &Finding) -> String {
    let Some(p) = &finding.product else {
        return String::new();
    };
    let mut out = [p.maker.as_deref(), p.model.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" ");
    if let Some(code) = &p.order_code {
        if !out.is_empty() {
            out.push(' ');
        }
        out.push('(');
        out.push_str(code);
        out.push(')');
    }
    out
}

/// Probability as whole percent; never 100 for less than certainty, never 0 for more than nothing.
pub fn percent(p: f64) -> String {
    if !p.is_finite() || p <= 0.0 {
        return "0 %".to_owned();
    }
    if p >= 1.0 {
        return "100 %".to_owned();
    }
    format!("{:.0} %", (p * 100.0).round().clamp(1.0, 99.0))
}
