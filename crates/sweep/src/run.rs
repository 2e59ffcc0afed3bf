//! Whole runs: a scan of evidence, an audit of an estate, a new assessment of an old report.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;

use cellsweep_catalog::Catalog;
use cellsweep_estate::{Diagnostic, Estate};
use cellsweep_evidence::formats::sysfs;
use cellsweep_evidence::reader::Collected;
use cellsweep_evidence::{Clue, Key, KeyKind, Limits, Mapping, Observation, Place, Stance};
use cellsweep_identify::{AssetState, Identified, Options, Remark, Seen, Stated, identify};
use cellsweep_policy::{Additions, Circumstances, Packs};
use cellsweep_report::model::{
    Edition, ReadStatus, Report, ReportFinding, SiteState, SourceError, SourceState, Tool,
};
use cellsweep_report::{Parts, assemble};
use cellsweep_risk::{Case, Sensitivity, Table};
use jiff::Timestamp;
use jiff::civil::Date;

use crate::additions::amend;
use crate::input::{Input, Unwalked, shown};
use crate::modem_manager;
use crate::progress::Progress;
use crate::read::{Reading, Stop, read_all};

/// What steers a run, beside evidence, catalogue and packs.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Threads; 0: one a core. Not part of the report: it does not change it.
    pub jobs: usize,
    /// Bounds of readers.
    pub limits: Limits,
    /// The date asked about.
    pub date: Date,
    /// When the report is made.
    pub now: Timestamp,
    /// Lowest presence reported.
    pub least: Stance,
    /// Let an estate's observed modules teach about its other rows, unless the estate says not to.
    pub learn: bool,
    /// The organisation's own risk table; `None`: the built-in one.
    pub risk_table: Option<Arc<Table>>,
    /// The organisation's waivers and overrides, for audits and assessments. They come from its own files,
    /// never from evidence or an old report.
    pub additions: Additions,
}

impl Settings {
    /// The risk table to apply; `None` only if the built-in one cannot be read, which a test excludes.
    fn table(&self) -> Option<&Table> {
        match &self.risk_table {
            Some(own) => Some(own),
            None => Table::embedded().ok(),
        }
    }

    /// Settings for today. `SOURCE_DATE_EPOCH` sets the clock, as for other reproducible outputs.
    pub fn new(date: Option<Date>) -> Self {
        let now = std::env::var("SOURCE_DATE_EPOCH")
            .ok()
            .and_then(|s| s.parse().ok())
            .and_then(|s| Timestamp::from_second(s).ok())
            .unwrap_or_else(Timestamp::now);
        // Whole seconds: nobody reads more, and a report is easier to compare.
        let now = Timestamp::from_second(now.as_second()).unwrap_or(now);
        let today = now.to_zoned(jiff::tz::TimeZone::UTC).date();
        Self {
            jobs: 0,
            limits: Limits::default(),
            date: date.unwrap_or(today),
            now,
            least: Stance::Mentioned,
            learn: true,
            risk_table: None,
            additions: Additions::default(),
        }
    }

    fn config(&self, packs: &Packs, extra: &serde_json::Value) -> serde_json::Value {
        serde_json::json!({
            "date": self.date.to_string(),
            "policies": packs.ids(),
            "least_presence": self.least.as_str(),
            "learn": self.learn,
            "waivers": self.additions.waivers.iter().map(|w| &w.id).collect::<Vec<_>>(),
            "overrides": self.additions.overrides.iter().map(|o| &o.id).collect::<Vec<_>>(),
            "limits": {
                "line_bytes": self.limits.line,
                "whole_bytes": self.limits.whole,
                "observations": self.limits.observations,
            },
            "run": extra,
        })
    }
}

/// Whose assets are spoken of.
#[derive(Clone, Copy)]
enum Scope<'a> {
    /// Nobody's: evidence alone.
    Evidence,
    /// One host's.
    Host,
    /// An estate's.
    Estate(&'a Estate),
}

/// A finished run.
#[derive(Debug)]
pub struct Run {
    /// The report.
    pub report: Report,
    /// Every observation it rests on.
    pub seen: Vec<Seen>,
}

/// Reads these inputs and identifies what is in them; no estate.
pub fn scan(
    catalog: &Catalog,
    packs: &Packs,
    inputs: &[Input],
    unwalked: &[Unwalked],
    settings: &Settings,
    progress: &dyn Progress,
) -> Run {
    let reading = read_given(catalog, inputs, unwalked, settings, progress);
    let config = settings.config(packs, &serde_json::json!({ "command": "scan" }));
    finish(
        catalog,
        packs,
        Scope::Evidence,
        reading,
        Vec::new(),
        settings,
        config,
        progress,
    )
}

/// Audits an estate whose description stands in `folder`.
pub fn audit(
    catalog: &Catalog,
    packs: &Packs,
    estate: &Estate,
    folder: &Path,
    settings: &Settings,
    progress: &dyn Progress,
) -> Run {
    let files = estate.evidence_files(folder);
    let inputs: Vec<Input> = files
        .files
        .iter()
        .map(|f| Input {
            bytes: std::fs::symlink_metadata(&f.path).map_or(0, |m| m.len()),
            path: f.path.clone(),
            shown: match (f.register, &f.mapping.sheet) {
                // A workbook listed once a sheet is one source a sheet.
                (Some(_), Some(sheet)) => format!("{}#{sheet}", f.name),
                _ => f.name.clone(),
            },
            keys: f
                .asset
                .iter()
                .map(|a| Key::new(KeyKind::AssetTag, a))
                .collect(),
            department: f.department.clone(),
            format: f.as_format.clone(),
            mapping: Mapping {
                columns: f.mapping.columns.clone(),
                sheet: f.mapping.sheet.clone(),
                header_row: f.mapping.header_row,
            },
            register: f.register.is_some(),
        })
        .collect();
    let mut reading = read_given(catalog, &inputs, &[], settings, progress);
    hand_written(estate, &mut reading);
    for seen in &mut reading.seen {
        let o = &mut seen.observation;
        let id = match o.clue {
            Clue::Department => estate.department_called(&o.value).map(|d| &d.id),
            Clue::Site => estate.site_called(&o.value).map(|s| &s.id),
            _ => None,
        };
        if let Some(id) = id {
            o.value.clone_from(id);
        }
    }
    let remarks = files
        .warnings
        .iter()
        .chain(&estate.warnings)
        .map(diagnostic_remark)
        .collect();
    let config = settings.config(
        packs,
        &serde_json::json!({ "command": "audit", "estate": estate }),
    );
    finish(
        catalog,
        packs,
        Scope::Estate(estate),
        reading,
        remarks,
        settings,
        config,
        progress,
    )
}

/// Looks at this host, or at a copy of its `/sys` below `root`. Nothing is written.
pub fn host(catalog: &Catalog, packs: &Packs, root: &Path, settings: &Settings) -> Run {
    let mut found = Collected::default();
    let outcome = sysfs::walk(root, &settings.limits, &mut found);
    let name = ["proc/sys/kernel/hostname", "etc/hostname"]
        .iter()
        .find_map(|p| std::fs::read_to_string(root.join(p)).ok())
        .map(|n| n.trim().to_owned())
        .filter(|n| !n.is_empty() && n.len() < 256)
        .unwrap_or_else(|| "this-host".to_owned());
    let mut state = answered("/sys", "sysfs", &found, 0);
    if found.problems.iter().any(|p| p.lost) {
        state.status = ReadStatus::Partial;
    }
    if let Err(e) = outcome {
        state.status = if found.observations.is_empty() {
            ReadStatus::Failed
        } else {
            ReadStatus::Partial
        };
        state.errors.push(SourceError {
            locator: Place::Whole.to_string(),
            code: "cannot-read".to_owned(),
            message: e.to_string(),
        });
    }
    if state.status != ReadStatus::Read {
        found.observations.retain(|o| o.clue != Clue::Enumerated);
    }
    let key = Key::new(KeyKind::AssetTag, &name);
    let mut sources = vec![state];
    // Only the running host has a running ModemManager.
    let asked = (root == Path::new("/")).then(|| modem_manager::ask(&settings.limits));
    let mut seen: Vec<Seen> = found
        .observations
        .into_iter()
        .map(|mut observation| {
            observation.subject.push(key.clone());
            Seen {
                source: "/sys".into(),
                reader: "sysfs".into(),
                digest: "".into(),
                register: false,
                observation,
            }
        })
        .collect();
    // The host itself, so that it is an asset also when nothing is in the tree.
    seen.push(Seen {
        source: "/sys".into(),
        reader: "sysfs".into(),
        digest: "".into(),
        register: false,
        observation: Observation::new(
            u64::MAX,
            Stance::Mentioned,
            Clue::AssetName,
            &name,
            Place::Whole,
        )
        .about(vec![key.clone()]),
    });
    let answer = asked
        .as_ref()
        .map_or("not asked: a captured tree", modem_manager::Asked::as_str)
        .to_owned();
    match asked {
        Some(modem_manager::Asked::Answered { found, text }) => {
            sources.push(answered(
                modem_manager::SOURCE,
                "mmcli",
                &found,
                text.len() as u64,
            ));
            seen.extend(found.observations.into_iter().map(|mut observation| {
                observation.subject.push(key.clone());
                Seen {
                    source: modem_manager::SOURCE.into(),
                    reader: "mmcli".into(),
                    digest: "".into(),
                    register: false,
                    observation,
                }
            }));
        }
        Some(modem_manager::Asked::Failed(why)) => {
            let mut state = answered(modem_manager::SOURCE, "mmcli", &Collected::default(), 0);
            state.status = ReadStatus::Failed;
            state.errors.push(SourceError {
                locator: Place::Whole.to_string(),
                code: "cannot-read".to_owned(),
                message: why,
            });
            sources.push(state);
        }
        _ => {}
    }
    let reading = Reading { sources, seen };
    let config = settings.config(
        packs,
        &serde_json::json!({ "command": "host", "modem_manager": answer }),
    );
    finish(
        catalog,
        packs,
        Scope::Host,
        reading,
        Vec::new(),
        settings,
        config,
        &crate::Silent,
    )
}

/// A part of a host that was asked, as a source that was read whole.
fn answered(path: &str, format: &str, found: &Collected, bytes: u64) -> SourceState {
    SourceState {
        path: path.to_owned(),
        format: Some(format.to_owned()),
        reader: Some(format.to_owned()),
        bytes,
        digest: String::new(),
        status: ReadStatus::Read,
        errors: found
            .problems
            .iter()
            .map(|p| SourceError {
                locator: p.place.to_string(),
                code: p.code.clone(),
                message: p.message.clone(),
            })
            .collect(),
    }
}

/// Identifies stored observations again, under this catalogue, and judges them.
pub fn reidentify(
    catalog: &Catalog,
    packs: &Packs,
    estate: Option<&Estate>,
    sources: Vec<SourceState>,
    seen: Vec<Seen>,
    settings: &Settings,
    config: serde_json::Value,
) -> Run {
    let reading = Reading { sources, seen };
    finish(
        catalog,
        packs,
        estate.map_or(Scope::Evidence, Scope::Estate),
        reading,
        Vec::new(),
        settings,
        config,
        &crate::Silent,
    )
}

/// Judges an old report under other packs or on another date; needs no evidence.
pub fn assess(report: &mut Report, catalog: &Catalog, packs: &Packs, settings: &Settings) {
    let assets: BTreeMap<&str, &AssetState> =
        report.assets.iter().map(|a| (a.id.as_str(), a)).collect();
    let mut used = BTreeSet::new();
    for f in &mut report.findings {
        let asset = f
            .finding
            .subject
            .asset
            .as_deref()
            .and_then(|a| assets.get(a).copied());
        f.finding.module.owner = f
            .finding
            .module
            .maker
            .as_deref()
            .and_then(|m| catalog.owner_on(m, &settings.date.to_string()))
            .map(|o| o.name.clone());
        judge(f, asset, catalog, packs, settings, &mut used);
    }
    report.packs = editions(packs, settings.date);
    report.date = settings.date.to_string();
    report.generated_at = settings.now.to_string();
    report
        .remarks
        .retain(|r| r.code != "pack-old" && !r.code.starts_with("waiver-"));
    report.remarks.extend(age_remarks(packs, settings.date));
    report.remarks.extend(addition_remarks(settings, &used));
    report.effective_config = settings.config(
        packs,
        &serde_json::json!({ "command": "assess", "before": report.effective_config }),
    );
    cellsweep_report::assemble::recount(report);
    // Owners are those of the new date. Whether there is an estate shows in its assets.
    report.dependency = if report.assets.is_empty() {
        None
    } else {
        cellsweep_report::dependency::dependency(report, catalog, None)
    };
    report.risk_sensitivity = (!report.assets.is_empty())
        .then(|| sensitivity(report, catalog, settings))
        .flatten();
}

/// Judges an old report's findings as items under stated circumstances (about to be imported, part of
/// an application), on the report's own date. Verdicts and packs of the report are replaced; risk and
/// everything else stay.
pub fn assess_as(
    report: &mut Report,
    catalog: &Catalog,
    packs: &Packs,
    given: &Circumstances,
    date: Date,
) {
    let assets: BTreeMap<&str, &AssetState> =
        report.assets.iter().map(|a| (a.id.as_str(), a)).collect();
    for f in &mut report.findings {
        let asset = f
            .finding
            .subject
            .asset
            .as_deref()
            .and_then(|a| assets.get(a).copied());
        f.verdicts = packs.judge_finding_in(&f.finding, asset, catalog, given, date);
        f.waived.clear();
    }
    report.packs = editions(packs, date);
    cellsweep_report::assemble::recount(report);
}

#[allow(clippy::too_many_arguments)] // the parts of a run, each once
fn finish(
    catalog: &Catalog,
    packs: &Packs,
    scope: Scope<'_>,
    reading: Reading,
    mut remarks: Vec<Remark>,
    settings: &Settings,
    config: serde_json::Value,
    progress: &dyn Progress,
) -> Run {
    progress.stage("identifying");
    let options = Options {
        date: Some(settings.date.to_string()),
        least: Some(settings.least),
        learn: settings.learn
            && match scope {
                Scope::Estate(estate) => estate.audit.learn != Some(false),
                Scope::Evidence | Scope::Host => false,
            },
    };
    let Identified {
        findings,
        mut assets,
        remarks: more,
    } = identify(catalog, &reading.seen, &options);
    remarks.extend(more);
    match scope {
        Scope::Estate(estate) => {
            for a in &mut assets {
                complete(estate, a);
            }
            unbound(&reading, &mut remarks);
        }
        Scope::Host => {}
        // Without an estate, nobody says which assets there are.
        Scope::Evidence => assets.clear(),
    }
    progress.stage("judging");
    let by_id: BTreeMap<&str, &AssetState> = assets.iter().map(|a| (a.id.as_str(), a)).collect();
    let mut used = BTreeSet::new();
    let findings = findings
        .into_iter()
        .map(|finding| {
            let asset = finding
                .subject
                .asset
                .as_deref()
                .and_then(|a| by_id.get(a).copied());
            let mut f = ReportFinding {
                finding,
                verdicts: Vec::new(),
                waived: Vec::new(),
                risk: None,
            };
            judge(&mut f, asset, catalog, packs, settings, &mut used);
            f
        })
        .collect();
    remarks.extend(age_remarks(packs, settings.date));
    remarks.extend(addition_remarks(settings, &used));
    remarks.sort_by(|a, b| (&a.code, &a.assets, &a.message).cmp(&(&b.code, &b.assets, &b.message)));
    let mut report = assemble(Parts {
        tool: tool(),
        catalog: version(catalog),
        packs: editions(packs, settings.date),
        generated_at: settings.now.to_string(),
        date: settings.date.to_string(),
        effective_config: config,
        organisation: match scope {
            Scope::Estate(estate) => Some(estate.organisation.name.clone()),
            Scope::Host | Scope::Evidence => None,
        },
        sources: reading.sources,
        assets,
        findings,
        remarks,
    });
    if let Scope::Estate(estate) = scope {
        report.dependency =
            cellsweep_report::dependency::dependency(&report, catalog, estate.plan.as_ref());
        report.risk_sensitivity = sensitivity(&report, catalog, settings);
        report.sites = sites(estate);
    }
    Run {
        report,
        seen: reading.seen,
    }
}

/// What hangs on single cells of the risk table for the findings of a report.
pub fn sensitivity(report: &Report, catalog: &Catalog, settings: &Settings) -> Option<Sensitivity> {
    let table = settings.table()?;
    let assets: BTreeMap<&str, &AssetState> =
        report.assets.iter().map(|a| (a.id.as_str(), a)).collect();
    let cases = report.findings.iter().map(|f| Case {
        finding: &f.finding,
        asset: f
            .finding
            .subject
            .asset
            .as_deref()
            .and_then(|a| assets.get(a).copied()),
        verdicts: &f.verdicts,
    });
    Some(cellsweep_risk::sensitivity(
        table,
        cases,
        catalog,
        settings.date,
    ))
}

fn sites(estate: &Estate) -> Vec<SiteState> {
    estate
        .sites
        .iter()
        .map(|s| SiteState {
            id: s.id.clone(),
            name: s.name.clone(),
            department: s.department.clone(),
            latitude: s.latitude,
            longitude: s.longitude,
        })
        .collect()
}

fn judge(
    f: &mut ReportFinding,
    asset: Option<&AssetState>,
    catalog: &Catalog,
    packs: &Packs,
    settings: &Settings,
    used: &mut BTreeSet<String>,
) {
    f.verdicts = packs.judge_finding(&f.finding, asset, catalog, settings.date);
    f.risk = settings.table().and_then(|table| {
        let risk = cellsweep_risk::assess_with(
            table,
            &f.finding,
            asset,
            &f.verdicts,
            catalog,
            settings.date,
        );
        serde_json::to_value(risk).ok()
    });
    // Risk rests on what the rules say, not on what the organisation waives.
    amend(&settings.additions, f, settings.date, used);
}

pub(crate) fn editions(packs: &Packs, date: Date) -> Vec<Edition> {
    packs
        .list()
        .iter()
        .map(|p| Edition {
            id: Some(p.id.clone()),
            version: p
                .edition_on(date)
                .map_or_else(|| p.as_of.to_string(), |e| e.date.to_string()),
            as_of: p.as_of.to_string(),
            digest: p.digest.clone(),
        })
        .collect()
}

fn age_remarks(packs: &Packs, date: Date) -> Vec<Remark> {
    packs
        .age_warnings(date)
        .into_iter()
        .map(|message| remark("pack-old", message))
        .collect()
}

/// Waivers that are unused, past their day or too broad.
fn addition_remarks(settings: &Settings, used: &BTreeSet<String>) -> Vec<Remark> {
    settings
        .additions
        .remarks(used, settings.date)
        .into_iter()
        .map(|r| remark(r.code, r.message))
        .collect()
}

fn remark(code: &str, message: String) -> Remark {
    Remark {
        code: code.to_owned(),
        assets: Vec::new(),
        findings: Vec::new(),
        message,
        places: Vec::new(),
    }
}

fn diagnostic_remark(d: &Diagnostic) -> Remark {
    let mut r = remark(d.code, d.message.clone());
    if let Some(span) = &d.span {
        r.places
            .push(format!("estate.toml, line {}", span.start.line));
    }
    r
}

/// Criticality, sector and sensitivity from the estate, where the rows do not say.
fn complete(estate: &Estate, a: &mut AssetState) {
    use cellsweep_estate::Criticality;
    let own = a.criticality.as_deref().and_then(Criticality::from_word);
    let (class, department) = (a.class.as_deref(), a.department.as_deref());
    if own.is_some() || a.criticality.is_none() {
        a.criticality = estate
            .criticality(own, class, department)
            .map(|c| c.as_str().to_owned());
    }
    a.sensitive = estate.sensitive(a.sensitive, a.site.as_deref(), class, department);
    for (key, (value, from)) in estate.connection(a.site.as_deref(), class, department) {
        a.connection
            .entry(key.to_owned())
            .or_insert_with(|| vec![Stated { value, from }]);
    }
    let department = department.and_then(|d| estate.department(d));
    if a.sector.is_none() {
        a.sector = department.and_then(|d| d.sector.clone());
    }
    if a.owner.is_none() {
        a.owner = department.and_then(|d| d.owner.clone());
    }
}

/// Assets written by hand in the estate file, as rows of a register.
fn hand_written(estate: &Estate, reading: &mut Reading) {
    for (n, asset) in estate.assets.iter().enumerate() {
        let unit = n as u64;
        let place = Place::Line(u64::from(asset.id.span.start.line));
        let mut keys = vec![Key::new(KeyKind::AssetTag, &asset.id.value)];
        keys.extend(asset.serial.iter().map(|s| Key::new(KeyKind::Serial, s)));
        let facts = [
            (Clue::AssetClass, Some(asset.class.clone())),
            (Clue::Department, Some(asset.department.clone())),
            (Clue::Site, asset.site.clone()),
            (Clue::AssetName, asset.name.clone()),
            (Clue::Service, asset.service.clone()),
            (
                Clue::Criticality,
                asset.criticality.map(|c| c.as_str().to_owned()),
            ),
            (
                Clue::Sensitive,
                asset
                    .sensitive
                    .map(|s| if s { "yes" } else { "no" }.to_owned()),
            ),
            (Clue::ProductMaker, asset.maker.clone()),
            (Clue::ProductModel, asset.model.clone()),
        ];
        let facts = facts
            .into_iter()
            .filter_map(|(clue, value)| Some((clue, value?, place.clone())));
        let connection = asset.connection.0.iter().map(|(key, stated)| {
            let line = Place::Line(u64::from(stated.span.start.line));
            (Clue::Connection, format!("{key}={}", stated.value), line)
        });
        for (clue, value, place) in facts.chain(connection) {
            reading.seen.push(Seen {
                source: "estate.toml".into(),
                reader: "estate".into(),
                digest: "".into(),
                register: true,
                observation: Observation::new(unit, Stance::Declared, clue, value, place)
                    .about(keys.clone()),
            });
        }
    }
}

/// Says which evidence was read and belongs to no asset of the estate.
fn unbound(reading: &Reading, remarks: &mut Vec<Remark>) {
    let mut tagged: BTreeMap<&str, bool> = BTreeMap::new();
    for s in &reading.seen {
        let has = s.observation.subject.iter().any(|k| {
            matches!(
                k.kind,
                KeyKind::AssetTag
                    | KeyKind::Serial
                    | KeyKind::Host
                    | KeyKind::Imei
                    | KeyKind::Iccid
            )
        });
        *tagged.entry(&s.source).or_default() |= has;
    }
    for state in &reading.sources {
        if matches!(state.status, ReadStatus::Read | ReadStatus::Partial)
            && tagged.get(state.path.as_str()) == Some(&false)
        {
            let mut r = remark(
                "evidence-unbound",
                "this evidence was read and nothing says which asset it was taken from".to_owned(),
            );
            r.places.push(state.path.clone());
            remarks.push(r);
        }
    }
}

/// Everything that a run was given, read; what could not be walked stands after it, as failed.
pub(crate) fn read_given(
    catalog: &Catalog,
    inputs: &[Input],
    unwalked: &[Unwalked],
    settings: &Settings,
    progress: &dyn Progress,
) -> Reading {
    let stop = Stop::new(false);
    let mut reading = read_all(
        catalog,
        inputs,
        settings.jobs,
        &settings.limits,
        progress,
        &stop,
    );
    reading.sources.extend(unwalked.iter().map(|u| SourceState {
        path: u.shown.clone(),
        format: None,
        reader: None,
        bytes: 0,
        digest: String::new(),
        status: ReadStatus::Failed,
        errors: vec![SourceError {
            locator: Place::Whole.to_string(),
            code: "cannot-open".to_owned(),
            message: u.message.clone(),
        }],
    }));
    reading
}

/// This program, as documents name it.
pub(crate) fn tool() -> Tool {
    Tool {
        name: "cellsweep".to_owned(),
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }
}

/// The catalogue used, as documents name it.
pub(crate) fn version(catalog: &Catalog) -> Edition {
    Edition {
        id: None,
        version: catalog.version().to_owned(),
        as_of: catalog.as_of().to_owned(),
        digest: catalog.digest().to_owned(),
    }
}

/// The folder that an estate file stands in.
pub fn folder_of(estate: &Path) -> &Path {
    match estate.parent() {
        Some(p) if !p.as_os_str().is_empty() => p,
        _ => Path::new("."),
    }
}

/// A path for messages.
pub fn name_of(path: &Path) -> String {
    shown(path)
}
