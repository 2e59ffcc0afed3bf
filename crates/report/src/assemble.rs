//! Puts the parts of a run together and counts.

use std::collections::BTreeMap;

use cellsweep_identify::{AssetState, AssetStatus, Remark};

use crate::exit;
use crate::model::{
    Coverage, Edition, MakerCount, ReadStatus, Report, ReportFinding, SCHEMA, SourceState, Summary,
    Tool,
};
use crate::standing::{due, is_there, worst};

/// What a run yields, before it is counted.
#[derive(Clone, Debug)]
pub struct Parts {
    /// Program name and version.
    pub tool: Tool,
    /// Catalogue used.
    pub catalog: Edition,
    /// Packs used, in the order to be shown.
    pub packs: Vec<Edition>,
    /// When the report is made, RFC 3339 UTC.
    pub generated_at: String,
    /// The date asked about, `YYYY-MM-DD`.
    pub date: String,
    /// Everything that steered the run.
    pub effective_config: serde_json::Value,
    /// Organisation's name, for an estate.
    pub organisation: Option<String>,
    /// Every source, read or not.
    pub sources: Vec<SourceState>,
    /// Every asset of the estate; empty where there is no estate.
    pub assets: Vec<AssetState>,
    /// Findings with their verdicts.
    pub findings: Vec<ReportFinding>,
    /// What else is worth saying.
    pub remarks: Vec<Remark>,
}

/// Makes the report: coverage, summary and exit codes are computed; the order of sources, assets,
/// findings and remarks is kept as given.
pub fn assemble(parts: Parts) -> Report {
    let mut report = Report {
        schema: SCHEMA.to_owned(),
        tool: parts.tool,
        catalog: parts.catalog,
        packs: parts.packs,
        generated_at: parts.generated_at,
        date: parts.date,
        effective_config: parts.effective_config,
        exit: Vec::new(),
        organisation: parts.organisation,
        sources: parts.sources,
        assets: parts.assets,
        findings: parts.findings,
        remarks: parts.remarks,
        coverage: Coverage::default(),
        summary: Summary::default(),
        dependency: None,
        risk_sensitivity: None,
        sites: Vec::new(),
    };
    recount(&mut report);
    report
}

/// Computes coverage, summary and exit codes anew: for a report whose verdicts were renewed.
pub fn recount(report: &mut Report) {
    report.coverage = coverage(&report.sources, &report.assets);
    report.summary = summary(&report.findings, &report.date);
    report.exit = exit::codes(report);
}

/// Counts sources and assets by their standing.
pub fn coverage(sources: &[SourceState], assets: &[AssetState]) -> Coverage {
    let mut c = Coverage {
        assets_total: assets.len() as u64,
        ..Coverage::default()
    };
    for s in sources {
        match s.status {
            ReadStatus::Read => c.sources_read += 1,
            ReadStatus::Partial => c.partial += 1,
            ReadStatus::Failed => c.failed += 1,
            ReadStatus::Unrecognised => c.unrecognised += 1,
        }
    }
    for a in assets {
        match a.status {
            AssetStatus::Found => c.found += 1,
            AssetStatus::Clear => c.clear += 1,
            AssetStatus::NotAssessed => c.not_assessed += 1,
        }
    }
    c
}

/// Counts findings. Modules are quantities of findings whose presence is observed, declared or
/// implied; `date` is the day asked about, deadlines before it are not the next one.
pub fn summary(findings: &[ReportFinding], date: &str) -> Summary {
    let mut s = Summary::default();
    let mut makers: BTreeMap<Option<&str>, MakerCount> = BTreeMap::new();
    for f in findings {
        let finding = &f.finding;
        *s.by_presence
            .entry(finding.presence.as_str().to_owned())
            .or_default() += 1;
        if let Some(v) = worst(f) {
            *s.by_status.entry(v.status.as_str().to_owned()).or_default() += 1;
        }
        for v in &f.verdicts {
            if let Some(day) = due(v).filter(|d| *d >= date)
                && s.next_deadline.as_deref().is_none_or(|next| day < next)
            {
                s.next_deadline = Some(day.to_owned());
            }
        }
        if !is_there(finding.presence) {
            continue;
        }
        s.modules = s.modules.saturating_add(finding.quantity);
        let count = makers.entry(finding.maker()).or_insert_with(|| MakerCount {
            maker: finding.module.maker.clone(),
            name: finding.module.maker_name.clone(),
            modules: 0,
        });
        count.modules = count.modules.saturating_add(finding.quantity);
        if count.name.is_none() {
            count.name.clone_from(&finding.module.maker_name);
        }
    }
    s.by_maker = makers.into_values().collect();
    // Stable: equal counts stay in the order of their slugs, not settled first among them.
    s.by_maker.sort_by_key(|m| std::cmp::Reverse(m.modules));
    s
}
