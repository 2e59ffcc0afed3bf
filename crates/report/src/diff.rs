//! What changed between two reports, and how far an organisation is on its way to its deadlines.
//!
//! A finding that is no longer in the report is not a module that was removed: that is only so where a
//! source that showed it was read again, or the asset is clear. Everything else was not looked at again.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use cellsweep_identify::AssetStatus;
use cellsweep_policy::Status;
use serde::{Deserialize, Serialize};

use crate::cyclonedx::module_name;
use crate::model::{ReadStatus, Report, ReportFinding};
use crate::sanitise::{sanitise, shortened};
use crate::standing::{due, is_there, to_act_on, undecided, worst};

/// Identifier of the JSON shape; additive minor versions keep it.
pub const SCHEMA: &str = "https://cellsweep.example/schema/diff-1";

/// What changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Diff {
    /// [`SCHEMA`].
    pub schema: String,
    /// Day of the first report.
    pub before: String,
    /// Day of the second.
    pub after: String,
    /// Exit codes that apply.
    pub exit: Vec<u8>,
    /// Findings that the first report did not have.
    pub new: Vec<Item>,
    /// Findings that the second does not have.
    pub gone: Vec<Gone>,
    /// Findings that both have, with what differs.
    pub changed: Vec<Changed>,
    /// Findings that both have and in which nothing differs.
    pub same: u64,
    /// Assets whose standing differs.
    pub assets: Vec<AssetChange>,
    /// Packs and catalogue that differ: a changed verdict may come from them.
    pub rules: Vec<String>,
    /// Deadlines with what was open then and is now.
    pub deadlines: Vec<Deadline>,
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Item {
    /// Its id.
    pub id: String,
    /// Asset.
    pub asset: Option<String>,
    /// Module in words.
    pub module: String,
    /// Modules it stands for.
    pub quantity: u64,
    /// Presence.
    pub presence: String,
    /// Gravest verdict.
    pub status: Option<Status>,
    /// Its `pack/rule`.
    pub rule: Option<String>,
}

/// A finding that is no longer there.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Gone {
    /// The finding as it was.
    #[serde(flatten)]
    pub item: Item,
    /// `not_seen_again`: a source that showed it was read again; `asset_clear`; `not_looked_at_again`.
    pub why: String,
}

/// A finding with what differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Changed {
    /// The finding as it is.
    #[serde(flatten)]
    pub item: Item,
    /// What differs.
    pub what: Vec<Change>,
}

/// One difference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// What: `maker`, `firmware`, `verdict us-1260h/listed` ...
    pub field: String,
    /// Before.
    pub before: String,
    /// After.
    pub after: String,
}

/// An asset whose standing differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AssetChange {
    /// Asset id.
    pub id: String,
    /// Standing before; absent: it was not in the report.
    pub before: Option<AssetStatus>,
    /// Standing after; absent: it is not in the report.
    pub after: Option<AssetStatus>,
}

/// A day and how much is still open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Deadline {
    /// `YYYY-MM-DD`.
    pub day: String,
    /// `pack/rule`.
    pub rule: String,
    /// Days from the second report's day; negative: past.
    pub days_left: i64,
    /// Modules concerned in the first report.
    pub before: u64,
    /// Modules concerned in the second.
    pub after: u64,
    /// Modules that came to it.
    pub added: u64,
    /// Modules that are gone and were looked at again.
    pub removed: u64,
    /// Modules that are gone and were not looked at again.
    pub lost_sight_of: u64,
}

fn item(f: &ReportFinding) -> Item {
    let v = worst(f);
    let mut module = module_name(f);
    if let Some(maker) = f.finding.module.maker_name.as_deref()
        && !module.starts_with(maker)
    {
        module = format!("{maker} {module}");
    }
    Item {
        id: f.finding.id.clone(),
        asset: f.finding.subject.asset.clone(),
        module,
        quantity: f.finding.quantity,
        presence: f.finding.presence.as_str().to_owned(),
        status: v.map(|v| v.status),
        rule: v.map(|v| format!("{}/{}", v.pack, v.rule)),
    }
}

/// Compares two reports.
pub fn diff(before: &Report, after: &Report) -> Diff {
    // Ids merged into another count as it.
    let mut old: BTreeMap<&str, &ReportFinding> = BTreeMap::new();
    for f in &before.findings {
        for id in std::iter::once(&f.finding.id).chain(&f.finding.aka) {
            old.entry(id).or_insert(f);
        }
    }
    let mut met: BTreeSet<&str> = BTreeSet::new();
    let (mut new, mut changed, mut same) = (Vec::new(), Vec::new(), 0);
    let mut pairs: BTreeMap<&str, &str> = BTreeMap::new();
    for f in &after.findings {
        let was = std::iter::once(&f.finding.id)
            .chain(&f.finding.aka)
            .find_map(|id| old.get(id.as_str()).copied());
        match was {
            None => new.push(item(f)),
            Some(was) => {
                met.insert(&was.finding.id);
                pairs.insert(&f.finding.id, &was.finding.id);
                let what = changes(was, f);
                if what.is_empty() {
                    same += 1;
                } else {
                    changed.push(Changed {
                        item: item(f),
                        what,
                    });
                }
            }
        }
    }
    let read: BTreeSet<&str> = after
        .sources
        .iter()
        .filter(|s| s.status == ReadStatus::Read)
        .map(|s| s.path.as_str())
        .collect();
    let clear: BTreeSet<&str> = after
        .assets
        .iter()
        .filter(|a| a.status == AssetStatus::Clear)
        .map(|a| a.id.as_str())
        .collect();
    let why = |f: &ReportFinding| {
        if f.finding
            .subject
            .asset
            .as_deref()
            .is_some_and(|a| clear.contains(a))
        {
            "asset_clear"
        } else if f
            .finding
            .evidence
            .iter()
            .any(|e| read.contains(e.source.as_str()))
        {
            "not_seen_again"
        } else {
            "not_looked_at_again"
        }
    };
    let gone: Vec<Gone> = before
        .findings
        .iter()
        .filter(|f| !met.contains(f.finding.id.as_str()))
        .map(|f| Gone {
            item: item(f),
            why: why(f).to_owned(),
        })
        .collect();
    let deadlines = deadlines(before, after, &pairs, &why);
    let mut exit = Vec::new();
    let fresh = || {
        new.iter()
            .chain(changed.iter().map(|c| &c.item))
            .filter_map(|i| i.status)
    };
    if fresh().any(|s| s == Status::Prohibited) {
        exit.push(1);
    }
    if fresh().any(undecided) || gone.iter().any(|g| g.why == "not_looked_at_again") {
        exit.push(5);
    }
    if exit.is_empty() {
        exit.push(0);
    }
    Diff {
        schema: SCHEMA.to_owned(),
        before: before.date.clone(),
        after: after.date.clone(),
        exit,
        new,
        gone,
        changed,
        same,
        assets: assets(before, after),
        rules: rules(before, after),
        deadlines,
    }
}

fn changes(was: &ReportFinding, is: &ReportFinding) -> Vec<Change> {
    let mut out = Vec::new();
    let mut differ = |field: &str, before: Option<String>, after: Option<String>| {
        if before != after {
            out.push(Change {
                field: field.to_owned(),
                before: before.unwrap_or_else(|| "none".to_owned()),
                after: after.unwrap_or_else(|| "none".to_owned()),
            });
        }
    };
    let (a, b) = (&was.finding, &is.finding);
    differ("maker", a.module.maker.clone(), b.module.maker.clone());
    differ("family", a.module.family.clone(), b.module.family.clone());
    differ(
        "variant",
        a.module.variant.clone(),
        b.module.variant.clone(),
    );
    differ(
        "firmware",
        a.module.firmware.clone(),
        b.module.firmware.clone(),
    );
    differ("owner", a.module.owner.clone(), b.module.owner.clone());
    differ("asset", a.subject.asset.clone(), b.subject.asset.clone());
    differ(
        "department",
        a.subject.department.clone(),
        b.subject.department.clone(),
    );
    differ(
        "quantity",
        Some(a.quantity.to_string()),
        Some(b.quantity.to_string()),
    );
    differ(
        "presence",
        Some(a.presence.as_str().to_owned()),
        Some(b.presence.as_str().to_owned()),
    );
    let names = |f: &cellsweep_identify::Finding| {
        let mut all: Vec<&str> = f.candidates.iter().map(|c| c.maker.as_str()).collect();
        all.sort_unstable();
        all.dedup();
        (f.maker().is_none() && !all.is_empty()).then(|| all.join(", "))
    };
    differ("candidates", names(a), names(b));
    let standing = |f: &ReportFinding| -> BTreeMap<String, &'static str> {
        f.verdicts
            .iter()
            .map(|v| (format!("{}/{}", v.pack, v.rule), v.status.as_str()))
            .collect()
    };
    let (old, new) = (standing(was), standing(is));
    for rule in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        differ(
            &format!("verdict {rule}"),
            old.get(rule).map(|s| (*s).to_owned()),
            new.get(rule).map(|s| (*s).to_owned()),
        );
    }
    out
}

fn assets(before: &Report, after: &Report) -> Vec<AssetChange> {
    let of = |r: &Report| -> BTreeMap<String, AssetStatus> {
        r.assets.iter().map(|a| (a.id.clone(), a.status)).collect()
    };
    let (old, new) = (of(before), of(after));
    old.keys()
        .chain(new.keys())
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter(|id| old.get(*id) != new.get(*id))
        .map(|id| AssetChange {
            id: id.clone(),
            before: old.get(id).copied(),
            after: new.get(id).copied(),
        })
        .collect()
}

fn rules(before: &Report, after: &Report) -> Vec<String> {
    let mut out = Vec::new();
    if before.catalog.digest != after.catalog.digest {
        out.push(format!(
            "the catalogue differs ({} and {})",
            before.catalog.as_of, after.catalog.as_of
        ));
    }
    let of = |r: &Report| -> BTreeMap<String, (String, String)> {
        r.packs
            .iter()
            .map(|p| {
                (
                    p.id.clone().unwrap_or_default(),
                    (p.version.clone(), p.digest.clone()),
                )
            })
            .collect()
    };
    let (old, new) = (of(before), of(after));
    for id in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
        match (old.get(id), new.get(id)) {
            (Some(a), Some(b)) if a == b => {}
            (Some(a), Some(b)) if a.0 != b.0 => {
                out.push(format!("pack {id}: edition {} before, {} now", a.0, b.0));
            }
            (Some(_), Some(_)) => out.push(format!("pack {id}: its file differs")),
            (Some(_), None) => out.push(format!("pack {id} was chosen before and is not now")),
            (None, _) => out.push(format!("pack {id} is chosen now and was not before")),
        }
    }
    out
}

/// Modules by deadline: rules that forbid, oblige, or recommend by a day.
fn open(f: &ReportFinding) -> Vec<(String, String)> {
    if !is_there(f.finding.presence) {
        return Vec::new();
    }
    f.verdicts
        .iter()
        .filter(|v| to_act_on(v.status) || undecided(v.status) || v.status == Status::Advisory)
        .filter_map(|v| {
            let day = due(v)
                .or(v.deadline.as_deref())
                .or(v.effective.as_deref())?;
            Some((day.to_owned(), format!("{}/{}", v.pack, v.rule)))
        })
        .collect()
}

fn deadlines(
    before: &Report,
    after: &Report,
    pairs: &BTreeMap<&str, &str>,
    why: &dyn Fn(&ReportFinding) -> &'static str,
) -> Vec<Deadline> {
    let mut all: BTreeMap<(String, String), Deadline> = BTreeMap::new();
    let entry = |all: &mut BTreeMap<(String, String), Deadline>,
                 key: (String, String),
                 change: &dyn Fn(&mut Deadline)| {
        let days_left = days(&after.date, &key.0);
        let one = all.entry(key.clone()).or_insert_with(|| Deadline {
            day: key.0,
            rule: key.1,
            days_left,
            before: 0,
            after: 0,
            added: 0,
            removed: 0,
            lost_sight_of: 0,
        });
        change(one);
    };
    let still: BTreeMap<&str, &ReportFinding> = after
        .findings
        .iter()
        .filter_map(|f| pairs.get(f.finding.id.as_str()).map(|was| (*was, f)))
        .collect();
    let was: BTreeMap<&str, &ReportFinding> = before
        .findings
        .iter()
        .map(|f| (f.finding.id.as_str(), f))
        .collect();
    for f in &before.findings {
        let n = f.finding.quantity;
        for key in open(f) {
            let now = still.get(f.finding.id.as_str());
            let out = match now {
                Some(now) => !open(now).contains(&key),
                None => true,
            };
            let lost = now.is_none() && why(f) == "not_looked_at_again";
            entry(&mut all, key, &|d| {
                d.before += n;
                if out && lost {
                    d.lost_sight_of += n;
                } else if out {
                    d.removed += n;
                }
            });
        }
    }
    for f in &after.findings {
        let n = f.finding.quantity;
        let old = pairs
            .get(f.finding.id.as_str())
            .and_then(|id| was.get(id))
            .map(|f| open(f))
            .unwrap_or_default();
        for key in open(f) {
            let added = !old.contains(&key);
            entry(&mut all, key, &|d| {
                d.after += n;
                if added {
                    d.added += n;
                }
            });
        }
    }
    all.into_values().collect()
}

fn days(from: &str, to: &str) -> i64 {
    let day = |text: &str| text.parse::<jiff::civil::Date>().ok();
    match (day(from), day(to)) {
        (Some(a), Some(b)) => a.until(b).map_or(0, |s| i64::from(s.get_days())),
        _ => 0,
    }
}

/// The document as JSON with a line end.
///
/// # Errors
/// If a value cannot be written as JSON.
pub fn json(diff: &Diff) -> Result<String, serde_json::Error> {
    crate::json::value(diff, crate::json::Layout::Pretty)
}

/// For people, in Markdown that also reads well on a terminal.
pub fn markdown(diff: &Diff) -> String {
    let mut out = String::new();
    let _ = writeln!(
        out,
        "# From {} to {}\n\n{} new, {} gone, {} changed, {} unchanged findings; {} assets stand differently.\n",
        diff.before,
        diff.after,
        diff.new.len(),
        diff.gone.len(),
        diff.changed.len(),
        diff.same,
        diff.assets.len()
    );
    let line = |i: &Item| {
        format!(
            "{} x{} in {} ({}{})",
            sanitise(&i.module),
            i.quantity,
            i.asset
                .as_deref()
                .map_or_else(|| i.id.clone(), |a| sanitise(a).into_owned()),
            i.presence,
            i.status
                .zip(i.rule.as_deref())
                .map(|(s, r)| format!(", {} by {r}", s.as_str()))
                .unwrap_or_default()
        )
    };
    if !diff.deadlines.is_empty() {
        out.push_str("## Deadlines\n\n");
        for d in &diff.deadlines {
            let _ = writeln!(
                out,
                "- {} ({}): {} modules, {} before; {} added, {} removed{}. {}.",
                d.day,
                d.rule,
                d.after,
                d.before,
                d.added,
                d.removed,
                if d.lost_sight_of > 0 {
                    format!(", {} not looked at again", d.lost_sight_of)
                } else {
                    String::new()
                },
                match d.days_left {
                    n if n < 0 => format!("{} days past", -n),
                    n => format!("{n} days left"),
                }
            );
        }
        out.push('\n');
    }
    if !diff.rules.is_empty() {
        out.push_str("## Rules and catalogue\n\n");
        for r in &diff.rules {
            let _ = writeln!(out, "- {}", sanitise(r));
        }
        out.push('\n');
    }
    if !diff.new.is_empty() {
        out.push_str("## New\n\n");
        for i in &diff.new {
            let _ = writeln!(out, "- {}", line(i));
        }
        out.push('\n');
    }
    if !diff.gone.is_empty() {
        out.push_str("## Gone\n\n");
        for g in &diff.gone {
            let why = match g.why.as_str() {
                "asset_clear" => "the asset is clear now",
                "not_seen_again" => "a source that showed it was read again and does not show it",
                _ => "not looked at again: this is no removal",
            };
            let _ = writeln!(out, "- {}: {why}", line(&g.item));
        }
        out.push('\n');
    }
    if !diff.changed.is_empty() {
        out.push_str("## Changed\n\n");
        for c in &diff.changed {
            let what: Vec<String> = c
                .what
                .iter()
                .map(|w| {
                    format!(
                        "{} {} -> {}",
                        w.field,
                        shortened(&w.before, 80),
                        shortened(&w.after, 80)
                    )
                })
                .collect();
            let _ = writeln!(out, "- {}: {}", line(&c.item), what.join("; "));
        }
        out.push('\n');
    }
    out
}
