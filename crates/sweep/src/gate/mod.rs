//! "May we buy this?": every line of a list, judged by packs as a purchase.
//!
//! "Not recognised" is not "clear". A line of a parts list in which nothing cellular is recognised passes,
//! because in such a list a module is a line of its own, and the reason says that this is what the
//! catalogue knows. A product of which nothing is known does not pass: what is inside it is to be asked.

mod alternatives;
mod codes;
mod judge;
mod lines;
mod lists;
mod module;
mod product;
mod unknown;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use cellsweep_catalog::Catalog;
use cellsweep_identify::{Options, Role, Seen};
use cellsweep_policy::{Additions, Circumstances, Packs, Status};
use cellsweep_report::gate::model::{Note, SCHEMA};
use cellsweep_report::gate::{Gate, Level, Line};
use cellsweep_report::model::{ReadStatus, SourceState};
use cellsweep_report::standing::gravity;

pub use self::codes::CODES;

use self::alternatives::Table;
use self::judge::Judge;
use self::lines::Item;
use crate::input::{Input, Unwalked};
use crate::progress::Progress;
use crate::run::{Settings, editions, read_given, tool, version};

/// What is asked beside the list.
#[derive(Clone, Debug)]
pub struct Ask {
    /// Circumstances of the purchase.
    pub given: Circumstances,
    /// What the lines' modules are in what is bought, where the user says so.
    pub role: Option<Role>,
    /// The organisation's waivers and overrides.
    pub additions: Additions,
    /// Levels by code, status, pack or `pack/rule`; a later one replaces an earlier one.
    pub levels: Vec<(String, Level)>,
    /// Look for alternatives.
    pub alternatives: bool,
}

impl Default for Ask {
    fn default() -> Self {
        Self {
            given: Circumstances::purchase(),
            role: None,
            additions: Additions::default(),
            levels: Vec::new(),
            alternatives: true,
        }
    }
}

/// Judges lists and arguments.
#[allow(clippy::too_many_arguments)] // the parts of a run, each once
pub fn gate(
    catalog: &Catalog,
    packs: &Packs,
    inputs: &[Input],
    unwalked: &[Unwalked],
    parts: &[String],
    ask: &Ask,
    settings: &Settings,
    progress: &dyn Progress,
) -> Gate {
    let mut reading = read_given(catalog, inputs, unwalked, settings, progress);
    lists::as_goods(catalog, inputs, settings, &mut reading);
    let mut by_source: BTreeMap<Arc<str>, Vec<Seen>> = BTreeMap::new();
    for seen in reading.seen {
        by_source
            .entry(Arc::clone(&seen.source))
            .or_default()
            .push(seen);
    }
    progress.stage("judging");
    let mut judge = Judge {
        catalog,
        packs,
        ask,
        settings,
        options: Options {
            date: Some(settings.date.to_string()),
            least: None,
            // Lines of a list teach nothing about one another.
            learn: false,
        },
        used: BTreeSet::new(),
        table: Table::embedded(),
        quiet: HashMap::new(),
    };
    let mut answers: Vec<Line> = Vec::new();
    for state in &mut reading.sources {
        let seen = by_source.remove(state.path.as_str()).unwrap_or_default();
        let input = inputs.iter().find(|i| i.shown == state.path);
        let plain =
            state.status == ReadStatus::Unrecognised || state.format.as_deref() == Some("text");
        let mut items: Vec<Item>;
        match input {
            Some(input) if plain && input.format.is_none() => {
                items = lists::plain_list(input, state);
            }
            Some(input) if seen.iter().any(lines::of_text) => {
                items = lines::lines(seen).collect();
                lists::quote(input, &mut items);
            }
            _ => {
                // A table may be long: its lines are let go one by one.
                answers.extend(lines::lines(seen).filter_map(|item| judge.line(&item)));
                continue;
            }
        }
        answers.extend(items.iter().filter_map(|item| judge.line(item)));
    }
    let argument: Arc<str> = "argument".into();
    for (n, part) in parts.iter().enumerate() {
        let item = lines::plain(&argument, None, format!("argument {}", n + 1), part);
        answers.extend(judge.line(&item));
    }
    let lines = answers;
    let used = judge.used;
    let mut counts: BTreeMap<String, u64> = BTreeMap::new();
    for l in &lines {
        *counts.entry(l.decision.as_str().to_owned()).or_default() += 1;
    }
    let level_of = |code: &str| {
        ask.levels
            .iter()
            .rev()
            .find(|(c, _)| c == code)
            .map_or(Level::Warn, |(_, l)| *l)
    };
    let mut remarks: Vec<Note> = ask
        .additions
        .remarks(&used, settings.date)
        .into_iter()
        .map(|r| Note {
            code: r.code.to_owned(),
            level: level_of(r.code),
            message: r.message,
        })
        .collect();
    remarks.extend(
        packs
            .age_warnings(settings.date)
            .into_iter()
            .map(|message| Note {
                code: "pack-old".to_owned(),
                level: level_of("pack-old"),
                message,
            }),
    );
    let exit = exit(&lines, &reading.sources, &remarks);
    let decision = lines
        .iter()
        .map(|l| l.decision)
        .min_by_key(|s| gravity(*s))
        .unwrap_or(Status::NotApplicable);
    Gate {
        schema: SCHEMA.to_owned(),
        tool: tool(),
        catalog: version(catalog),
        packs: editions(packs, settings.date),
        generated_at: settings.now.to_string(),
        date: settings.date.to_string(),
        effective_config: config(packs, ask, settings),
        exit,
        decision,
        sources: reading.sources,
        lines,
        counts,
        remarks,
    }
}

fn config(packs: &Packs, ask: &Ask, settings: &Settings) -> serde_json::Value {
    serde_json::json!({
        "command": "gate",
        "date": settings.date.to_string(),
        "policies": packs.ids(),
        "stage": ask.given.stage.says(),
        "contexts": ask.given.contexts,
        "facts": ask.given.facts,
        "supplier": ask.given.supplier,
        "category": ask.given.category,
        "produced_in": ask.given.produced_in,
        "remote_access": ask.given.remote_access,
        "role": ask.role,
        "levels": ask.levels.iter().map(|(c, l)| format!("{c}={}", l.as_str())).collect::<Vec<_>>(),
        "waivers": ask.additions.waivers.iter().map(|w| &w.id).collect::<Vec<_>>(),
        "overrides": ask.additions.overrides.iter().map(|o| &o.id).collect::<Vec<_>>(),
    })
}

/// The codes that apply, strongest first.
fn exit(lines: &[Line], sources: &[SourceState], remarks: &[Note]) -> Vec<u8> {
    let mut codes = Vec::new();
    if lines.is_empty() {
        codes.push(4);
    }
    let any = |level: Level| {
        lines.iter().any(|l| l.level == level) || remarks.iter().any(|r| r.level == level)
    };
    if any(Level::Deny) {
        codes.push(1);
    }
    if any(Level::Hold) {
        codes.push(5);
    }
    if sources.iter().any(|s| {
        matches!(
            s.status,
            ReadStatus::Partial | ReadStatus::Failed | ReadStatus::Unrecognised
        ) && !s.path.contains('!')
    }) {
        codes.push(3);
    }
    if codes.is_empty() {
        codes.push(0);
    }
    codes
}
