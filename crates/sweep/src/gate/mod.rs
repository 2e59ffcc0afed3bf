//! "May we buy this?": every line of a list, judged by packs as a purchase.
//!
//! "Not recognised" is not "clear". A line of a parts list in which nothing cellular is recognised passes,
//! because in such a list a module is a line of its own, and the reason says that this is what the
//! catalogue knows. A product of which nothing is known does not pass: what is inside it is to be asked.

mod alternatives;
mod lines;
mod words;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::io::{BufRead as _, BufReader, Read as _};
use std::sync::Arc;

use cellsweep_catalog::Catalog;
use cellsweep_catalog::model::IdKind;
use cellsweep_evidence::{Clue, Observation, Place, Stance, text};
use cellsweep_identify::{Candidate, Finding, Module, Options, Role, Seen, identify};
use cellsweep_policy::waiver::Thing;
use cellsweep_policy::{Additions, Case, Circumstances, Packs, Status, Verdict};
use cellsweep_report::gate::model::{Note, SCHEMA};
use cellsweep_report::gate::{Gate, Level, Line, Waived};
use cellsweep_report::model::{Edition, ReadStatus, SourceState, Tool};
use cellsweep_report::standing::gravity;

use self::alternatives::Table;
use self::lines::Item;
use self::words::Speaks;
use crate::input::{Input, Unwalked};
use crate::progress::Progress;
use crate::read::{Reading, Stop, read_all, read_tree};
use crate::run::{Settings, editions, fail_unwalked};

/// Most bytes read of a plain list.
const LIST_MOST: u64 = 64 << 20;
/// Most lines of a plain list.
const LINES_MOST: usize = 1_000_000;
/// Most product names looked up in one line.
const LOOKUPS: usize = 60;
/// Most different lines remembered as holding nothing that is recognised.
const REMEMBERED: usize = 200_000;

/// Maker, model and order code as a line states them.
type Product = (Option<String>, String, Option<String>);

/// The code of a line in which nothing is recognised and which passes.
const NOTHING: &str = "no-module-recognised";

/// What a line says, whole.
fn said(item: &Item) -> String {
    let mut key = String::from(if item.part_of_board || item.not_fitted {
        "part"
    } else {
        "goods"
    });
    for s in &item.declared {
        if s.observation.clue == Clue::Quantity {
            continue;
        }
        key.push('\n');
        key.push_str(s.observation.clue.as_str());
        key.push(' ');
        key.push_str(&s.observation.value);
    }
    key
}

/// Codes of lines, with what each means.
pub const CODES: &[(&str, &str)] = &[
    (
        "prohibited",
        "A rule of the chosen packs forbids buying this on the day asked about.",
    ),
    (
        "restricted-from",
        "A rule of the chosen packs will forbid it, or oblige, from a later day.",
    ),
    ("duty-applies", "Buying it brings a duty with it."),
    (
        "needs-legal-reading",
        "The instrument's text must be read by a lawyer for this line.",
    ),
    (
        "insufficient-evidence",
        "The list does not say what a rule asks for.",
    ),
    (
        "maker-not-settled",
        "The line is a product or part that holds one of several makers' modules, and the rules treat them differently.",
    ),
    (
        "alternates-differ",
        "The list lets other parts be delivered in place of this one, and the rules treat them differently.",
    ),
    (
        "advisory",
        "Advised, recommended, proposed or listed; no law forbids it.",
    ),
    ("exempt", "A stated exception of the rule applies."),
    (
        "allowed",
        "A cellular module is recognised, and no chosen rule stands against it.",
    ),
    (
        "not-applicable",
        "No chosen rule reaches this purchase: choose packs or a stage that do.",
    ),
    (
        "maker-named",
        "No cellular module is recognised, and a chosen pack names the maker that the line states.",
    ),
    (
        "cellular-not-identified",
        "The line speaks of cellular radio, and which module it is is not known.",
    ),
    (
        "module-optional",
        "A product that can be fitted with a cellular module: whether and with which is to be asked.",
    ),
    (
        "product-not-known",
        "The catalogue knows nothing of this product: what is inside is to be asked.",
    ),
    (
        "no-module-recognised",
        "No cellular module is recognised in this line of a parts list. That is what the catalogue knows, not a statement that there is none.",
    ),
    (
        "not-fitted",
        "The list says that this part is not placed: nothing is bought by this line.",
    ),
];

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
    let stop = Stop::new(false);
    let mut reading = read_all(
        catalog,
        inputs,
        settings.jobs,
        &settings.limits,
        progress,
        &stop,
    );
    fail_unwalked(&mut reading, unwalked);
    as_goods(catalog, inputs, settings, &mut reading);
    let mut items: Vec<Item> = Vec::new();
    let mut by_source: BTreeMap<Arc<str>, Vec<Seen>> = BTreeMap::new();
    for seen in reading.seen {
        by_source
            .entry(Arc::clone(&seen.source))
            .or_default()
            .push(seen);
    }
    for state in &mut reading.sources {
        let seen = by_source.remove(state.path.as_str()).unwrap_or_default();
        let plain =
            state.status == ReadStatus::Unrecognised || state.format.as_deref() == Some("text");
        if plain
            && let Some(input) = inputs
                .iter()
                .find(|i| i.shown == state.path && i.format.is_none())
        {
            items.extend(plain_list(input, state));
        } else {
            items.extend(lines::lines(seen));
        }
    }
    let argument: Arc<str> = "argument".into();
    for (n, part) in parts.iter().enumerate() {
        items.push(lines::plain(
            &argument,
            None,
            format!("argument {}", n + 1),
            part,
        ));
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
    let lines: Vec<Line> = items.iter().filter_map(|item| judge.line(item)).collect();
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
        tool: Tool {
            name: "cellsweep".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        },
        catalog: Edition {
            id: None,
            version: catalog.version().to_owned(),
            as_of: catalog.as_of().to_owned(),
            digest: catalog.digest().to_owned(),
        },
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

/// Tables of products, and texts that are tables after all, are read again as lists of goods: what is
/// bought stands in columns that a register of assets does not ask for.
fn as_goods(catalog: &Catalog, inputs: &[Input], settings: &Settings, reading: &mut Reading) {
    let stop = Stop::new(false);
    for input in inputs.iter().filter(|i| i.format.is_none()) {
        let Some(state) = reading.sources.iter_mut().find(|s| {
            s.path == input.shown && matches!(s.format.as_deref(), None | Some("register" | "text"))
        }) else {
            continue;
        };
        let mut again = input.clone();
        again.format = Some("bom".to_owned());
        let Some((new, seen)) = read_tree(catalog, &again, &settings.limits, &stop)
            .into_iter()
            .next()
        else {
            continue;
        };
        let table = state.format.as_deref() == Some("register");
        if seen.is_empty() || !table && !most_lines(input, &seen) {
            continue;
        }
        reading.seen.retain(|s| *s.source != *input.shown);
        reading.seen.extend(seen);
        *state = new;
    }
}

/// Most lines of the file became rows: two words that look like a header make no table of a text.
fn most_lines(input: &Input, seen: &[Seen]) -> bool {
    let rows: BTreeSet<u64> = seen
        .iter()
        .filter_map(|s| match s.observation.place {
            Place::Cell { row, .. } => Some(row),
            _ => None,
        })
        .collect();
    let lines = std::fs::File::open(&input.path).map_or(0, |file| {
        BufReader::new(file.take(LIST_MOST))
            .split(b'\n')
            .map_while(Result::ok)
            .filter(|l| !l.trim_ascii().is_empty())
            .count()
    });
    rows.len() * 2 + 1 >= lines
}

/// A file without a known format: a list with one item a line.
fn plain_list(input: &Input, state: &mut SourceState) -> Vec<Item> {
    let Ok(file) = std::fs::File::open(&input.path) else {
        return Vec::new();
    };
    let mut bytes = Vec::new();
    let mut reader = BufReader::new(file).take(LIST_MOST);
    if reader.read_to_end(&mut bytes).is_err() {
        return Vec::new();
    }
    let Some(text) = text::decode(&bytes) else {
        return Vec::new();
    };
    let source: Arc<str> = input.shown.as_str().into();
    let mut items = Vec::new();
    let mut cut =
        bytes.len() as u64 == LIST_MOST && !reader.get_mut().fill_buf().unwrap_or(&[]).is_empty();
    for (n, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if items.len() == LINES_MOST {
            cut = true;
            break;
        }
        let number = n as u64 + 1;
        items.push(lines::plain(
            &source,
            Some(number),
            format!("line {number}"),
            line,
        ));
    }
    if !items.is_empty() {
        state.format = Some("list".to_owned());
        state.reader = Some("list".to_owned());
        state.status = if cut {
            ReadStatus::Partial
        } else {
            ReadStatus::Read
        };
        if cut {
            state.errors.push(crate::read::error(
                &Place::Whole,
                "too-much",
                "the list is longer than is read; its end was not looked at".to_owned(),
            ));
        }
    }
    items
}

struct Judge<'a> {
    catalog: &'a Catalog,
    packs: &'a Packs,
    ask: &'a Ask,
    settings: &'a Settings,
    options: Options,
    used: BTreeSet<String>,
    table: Option<&'static Table>,
    /// Reasons of lines in which nothing is recognised, by what they say: lists repeat their parts.
    quiet: HashMap<String, String>,
}

/// What a line's verdicts come to.
struct Weight {
    decision: Status,
    rule: Option<String>,
    verdict: Option<Verdict>,
    verdicts: Vec<Verdict>,
    waived: Vec<Waived>,
    by_override: Option<String>,
}

impl Judge<'_> {
    fn line(&mut self, item: &Item) -> Option<Line> {
        let mut line = Line {
            source: item.source.to_string(),
            line: item.line,
            place: item.place.clone(),
            text: item.text.clone(),
            quantity: item.quantity,
            decision: Status::Allowed,
            code: String::new(),
            level: Level::Pass,
            reason: String::new(),
            rule: None,
            edition: None,
            effective: None,
            deadline: None,
            modules: Vec::new(),
            candidates: Vec::new(),
            verdicts: Vec::new(),
            question: None,
            alternatives: Vec::new(),
            waived: Vec::new(),
        };
        let key = item.alternates.is_empty().then(|| said(item));
        if let Some(reason) = key.as_ref().and_then(|k| self.quiet.get(k)) {
            NOTHING.clone_into(&mut line.code);
            line.reason.clone_from(reason);
            self.level(&mut line);
            return Some(line);
        }
        let mut product = None;
        let mut findings = self.found(&item.declared, &mut product);
        if item.not_fitted && !findings.is_empty() {
            line.modules = findings.into_iter().map(|f| f.module).collect();
            "not-fitted".clone_into(&mut line.code);
            line.reason =
                "The list says that this part is not placed: nothing is bought by this line."
                    .to_owned();
            self.level(&mut line);
            return Some(line);
        }
        findings.retain(|f| f.presence <= Stance::Implied);
        let alternates: Vec<Finding> = item
            .alternates
            .iter()
            .flat_map(|seen| self.found(seen, &mut None))
            .filter(|f| f.presence <= Stance::Implied)
            .collect();
        if findings.is_empty() && alternates.is_empty() {
            if item.product {
                // What the list is about is not bought by it.
                return None;
            }
            self.nothing_recognised(item, &mut line);
            if line.code == NOTHING
                && self.quiet.len() < REMEMBERED
                && let Some(key) = key
            {
                self.quiet.insert(key, line.reason.clone());
            }
        } else {
            self.recognised(item, &findings, &alternates, product.as_deref(), &mut line);
        }
        self.level(&mut line);
        Some(line)
    }

    /// Modules in what a line declares: by its parts, else by a product it names.
    fn found(&self, seen: &[Seen], product: &mut Option<String>) -> Vec<Finding> {
        let mut found = identify(self.catalog, seen, &self.options).findings;
        let named = |f: &Finding| {
            f.module.family.is_some() || f.candidates.iter().any(|c| c.family.is_some())
        };
        if found.iter().any(named) {
            return found;
        }
        // A maker and a cellular word, but no name of a module: the maker may be the device's.
        let Some((maker, model, code)) = self.product(seen) else {
            if seen.iter().any(|s| words::is_device(&s.observation.value)) {
                found.clear();
            }
            return found;
        };
        let Some(first) = seen.first() else {
            return found;
        };
        let make = |clue: Clue, value: String| Seen {
            source: Arc::clone(&first.source),
            reader: Arc::clone(&first.reader),
            digest: Arc::clone(&first.digest),
            register: false,
            observation: Observation::new(
                0,
                Stance::Declared,
                clue,
                value,
                first.observation.place.clone(),
            ),
        };
        *product = Some(model.clone());
        let mut facts: Vec<Seen> = maker
            .map(|m| make(Clue::ProductMaker, m))
            .into_iter()
            .collect();
        facts.push(make(Clue::ProductModel, model));
        facts.extend(code.map(|c| make(Clue::OrderCode, c)));
        identify(self.catalog, &facts, &self.options).findings
    }

    /// A product that the catalogue knows among the texts: its maker, model and order code.
    fn product(&self, seen: &[Seen]) -> Option<Product> {
        let maker = seen
            .iter()
            .find(|s| matches!(s.observation.clue, Clue::PartMaker | Clue::ProductMaker))
            .map(|s| s.observation.value.clone());
        let on_board = lines::designated(seen);
        let texts: Vec<&str> = seen
            .iter()
            .filter(|s| {
                matches!(
                    s.observation.clue,
                    Clue::PartNumber
                        | Clue::PartDescription
                        | Clue::ProductModel
                        | Clue::OrderCode
                        | Clue::AssetName
                        | Clue::DeclaredModule
                )
            })
            .map(|s| s.observation.value.as_str())
            .collect();
        let mut left = LOOKUPS;
        for text in &texts {
            let words: Vec<&str> = text
                .split([' ', ',', ';', '\t'])
                .filter(|w| !w.is_empty())
                .take(24)
                .collect();
            let mut tries: Vec<String> = vec![(*text).to_owned()];
            // A part of a board is no product whose name stands among other words.
            let words: &[&str] = if on_board { &[] } else { &words };
            for length in (1..=5.min(words.len())).rev() {
                for window in words.windows(length) {
                    let has = |f: fn(char) -> bool| window.iter().any(|w| w.chars().any(f));
                    if has(|c| c.is_ascii_digit()) && has(|c| c.is_ascii_alphabetic()) {
                        tries.push(window.join(" "));
                    }
                }
            }
            for model in tries {
                if left == 0 {
                    return None;
                }
                left -= 1;
                // Another text of the line may be the order code.
                let code = texts
                    .iter()
                    .find(|t| **t != *text && !t.contains(' '))
                    .copied();
                for maker in [maker.as_deref(), None] {
                    if self
                        .catalog
                        .product(maker, &model, code, None)
                        .is_some_and(|m| m.kind != Some(IdKind::NotCellular))
                    {
                        return Some((maker.map(str::to_owned), model, code.map(str::to_owned)));
                    }
                    if maker.is_none() {
                        break;
                    }
                }
            }
        }
        None
    }

    fn case(&self, finding: &Finding) -> Case {
        let mut case = Case::of_finding(finding, None, self.catalog, &self.ask.given);
        // A list names parts; whether a part is bought as such or inside something else it does not say.
        case.role = self.ask.role.or(match finding.role {
            Role::Component if finding.presence == Stance::Implied => Some(Role::Component),
            Role::Component => None,
            other => Some(other),
        });
        case
    }

    /// Verdicts on one case, after waivers and overrides.
    fn weigh(&mut self, case: &Case, thing: &Thing<'_>) -> Weight {
        let on = self.settings.date;
        let mut out = Weight {
            decision: Status::NotApplicable,
            rule: None,
            verdict: None,
            verdicts: self.packs.judge(case, on),
            waived: Vec::new(),
            by_override: None,
        };
        for v in &mut out.verdicts {
            let rule = format!("{}/{}", v.pack, v.rule);
            if let Some(o) = self
                .ask
                .additions
                .stricter(&v.pack, &v.rule, v.status, thing)
            {
                self.used.insert(o.id.clone());
                v.basis = format!(
                    "{} By the organisation's own decision ({}, {}: {}).",
                    v.basis, o.id, o.owner, o.reason
                );
                v.status = o.status;
                out.by_override = Some(o.id.clone());
            }
            let stands = !matches!(v.status, Status::Allowed | Status::NotApplicable);
            let mut status = v.status;
            if stands && let Some(w) = self.ask.additions.waiver(&v.pack, &v.rule, thing, on) {
                self.used.insert(w.id.clone());
                out.waived.push(Waived {
                    waiver: w.id.clone(),
                    owner: w.owner.clone(),
                    reason: w.reason.clone(),
                    expires: w.expires.to_string(),
                    rule: rule.clone(),
                    status: v.status,
                });
                status = Status::Allowed;
            }
            if out.verdict.is_none() || gravity(status) < gravity(out.decision) {
                out.decision = status;
                out.rule = Some(rule);
                out.verdict = Some(v.clone());
            }
        }
        out
    }

    fn recognised(
        &mut self,
        item: &Item,
        findings: &[Finding],
        alternates: &[Finding],
        product: Option<&str>,
        line: &mut Line,
    ) {
        let mut weights: Vec<Weight> = Vec::new();
        for finding in findings.iter().chain(alternates) {
            let case = self.case(finding);
            let makers: Vec<&str> = case.makers.iter().map(|m| m.slug.as_str()).collect();
            let families: Vec<&str> = finding
                .module
                .family
                .as_deref()
                .into_iter()
                .chain(
                    finding
                        .candidates
                        .iter()
                        .filter_map(|c| c.family.as_deref()),
                )
                .collect();
            let thing = Thing {
                // An open set is no maker's.
                makers: if case.open { &[] } else { &makers },
                families: &families,
                text: &item.text,
                source: &item.source,
                asset: None,
                department: None,
            };
            weights.push(self.weigh(&case, &thing));
        }
        line.modules = findings
            .iter()
            .chain(alternates)
            .map(|f| f.module.clone())
            .collect();
        line.candidates = merged(findings.iter().chain(alternates));
        let Some(worst) = weights.iter().min_by_key(|w| gravity(w.decision)) else {
            return;
        };
        line.decision = worst.decision;
        line.rule.clone_from(&worst.rule);
        if let Some(v) = &worst.verdict {
            line.edition.clone_from(&v.edition);
            line.effective.clone_from(&v.effective);
            line.deadline.clone_from(&v.deadline);
            line.reason.clone_from(&v.basis);
        }
        line.code = worst.decision.as_str().replace('_', "-");
        let differ = weights.iter().any(|w| w.decision != worst.decision);
        if differ && !alternates.is_empty() {
            line.decision = Status::InsufficientEvidence;
            "alternates-differ".clone_into(&mut line.code);
            let each: Vec<String> = findings
                .iter()
                .chain(alternates)
                .zip(&weights)
                .map(|(f, w)| {
                    format!(
                        "{}: {}",
                        self.name(&f.module, &f.candidates),
                        w.decision.as_str()
                    )
                })
                .collect();
            line.reason = format!(
                "The list lets any of these be delivered, and the chosen rules treat them differently. {}.",
                each.join("; ")
            );
            line.question = Some(format!(
                "Which of these will be delivered, and is it fixed by the order: {}?",
                findings
                    .iter()
                    .chain(alternates)
                    .map(|f| self.name(&f.module, &f.candidates))
                    .collect::<Vec<_>>()
                    .join(", ")
            ));
        } else if line.decision == Status::InsufficientEvidence
            && findings.iter().any(|f| f.maker().is_none())
        {
            "maker-not-settled".clone_into(&mut line.code);
        }
        if line.question.is_none()
            && matches!(
                line.decision,
                Status::InsufficientEvidence | Status::NeedsLegalReading | Status::NotApplicable
            )
            && let Some(f) = findings.first()
        {
            line.question = self.question(item, f, product, line.decision);
        }
        for w in weights {
            line.waived.extend(w.waived);
            line.verdicts.extend(w.verdicts);
        }
        if line.decision == Status::Allowed
            && let Some(w) = line.waived.first()
        {
            line.reason = format!(
                "Waived until {} by {} ({}): {}. Without the waiver {} would be {}.",
                w.expires,
                w.owner,
                w.waiver,
                w.reason,
                w.rule,
                w.status.as_str()
            );
        }
        if line.decision == Status::NotApplicable {
            line.reason = format!("No chosen rule reaches this purchase. {}", line.reason);
        }
        if let Some(f) = findings.first() {
            line.reason = format!("{}: {}", self.name(&f.module, &f.candidates), line.reason);
            if self.ask.alternatives && line.decision != Status::Allowed {
                line.alternatives = self.alternatives(f, product);
            }
        }
    }

    fn name(&self, module: &Module, candidates: &[Candidate]) -> String {
        let of = |slug: &str| {
            self.catalog
                .maker(slug)
                .map_or_else(|| slug.to_owned(), |m| m.name.clone())
        };
        match &module.maker {
            Some(slug) => {
                let family = module
                    .variant
                    .as_deref()
                    .or(module.family.as_deref())
                    .unwrap_or("");
                format!("{} {family}", of(slug)).trim().to_owned()
            }
            None if candidates.is_empty() => "a cellular module of a maker not named".to_owned(),
            None => {
                let mut makers: Vec<String> = candidates.iter().map(|c| of(&c.maker)).collect();
                makers.sort();
                makers.dedup();
                format!("one of {}", makers.join(", "))
            }
        }
    }

    fn question(
        &self,
        item: &Item,
        f: &Finding,
        product: Option<&str>,
        decision: Status,
    ) -> Option<String> {
        let what = product.map_or_else(|| item.text.clone(), str::to_owned);
        if f.maker().is_none() {
            let known = if f.candidates.is_empty() {
                String::new()
            } else {
                format!(" It is known with {}.", self.name(&f.module, &f.candidates))
            };
            let by = f
                .settled_by
                .as_deref()
                .map(|s| format!(" What would settle it: {s}."))
                .unwrap_or_default();
            return Some(format!(
                "Which cellular module (maker, model, hardware revision, FCC ID) is in {what} as you will deliver it, for every order code offered?{known}{by}"
            ));
        }
        (decision == Status::NeedsLegalReading).then(|| {
            format!("Is {what} delivered as a product of its own or as a component of something else, and of what?")
        })
    }

    fn nothing_recognised(&mut self, item: &Item, line: &mut Line) {
        let named = self.named_maker(item);
        if let Some((slug, weight)) = named {
            let name = self
                .catalog
                .maker(&slug)
                .map_or(slug.clone(), |m| m.name.clone());
            line.decision = if weight.decision == Status::Advisory {
                Status::Advisory
            } else {
                Status::NeedsLegalReading
            };
            line.rule = weight.rule;
            "maker-named".clone_into(&mut line.code);
            if let Some(v) = &weight.verdict {
                line.edition.clone_from(&v.edition);
                line.effective.clone_from(&v.effective);
                line.reason = format!(
                    "No cellular module is recognised in this line; it states {name} as maker. {} Whether the rule reaches what is not a cellular module is not judged here.",
                    v.basis
                );
            }
            line.verdicts = weight.verdicts;
            line.waived = weight.waived;
            return;
        }
        if self.optional(item, line) {
            return;
        }
        match words::speaks(&item.text) {
            Speaks::Cellular if !item.not_fitted => {
                let case = Case {
                    makers: Vec::new(),
                    open: true,
                    settled_by: None,
                    presence: Stance::Declared,
                    role: self.ask.role,
                    sensitive: None,
                    supplier: None,
                    given: self.ask.given.clone(),
                };
                let thing = Thing {
                    text: &item.text,
                    source: &item.source,
                    ..Thing::default()
                };
                let weight = self.weigh(&case, &thing);
                line.decision = match weight.decision {
                    Status::Allowed if !weight.waived.is_empty() => Status::Allowed,
                    Status::Allowed | Status::NotApplicable | Status::Exempt => {
                        Status::InsufficientEvidence
                    }
                    other => other,
                };
                line.rule = weight.rule;
                line.verdicts = weight.verdicts;
                line.waived = weight.waived;
                "cellular-not-identified".clone_into(&mut line.code);
                line.reason = "The line speaks of cellular radio; which module it is is not known."
                    .to_owned();
                line.question = Some(format!(
                    "Which cellular module (maker, model, hardware revision, FCC ID) is {} or is in it?",
                    item.text
                ));
            }
            Speaks::Plain(is) => {
                NOTHING.clone_into(&mut line.code);
                line.reason = format!("Read as {is}: no cellular module recognised in this line.");
            }
            _ if item.part_of_board || item.not_fitted => {
                NOTHING.clone_into(&mut line.code);
                line.reason = format!(
                    "No cellular module recognised in this line of a parts list. That is what the catalogue of {} knows.",
                    self.catalog.as_of()
                );
            }
            _ => {
                let thing = Thing {
                    text: &item.text,
                    source: &item.source,
                    ..Thing::default()
                };
                "product-not-known".clone_into(&mut line.code);
                line.decision = Status::InsufficientEvidence;
                line.reason = format!(
                    "The catalogue of {} knows nothing of this product: whether a cellular module is inside is not known.",
                    self.catalog.as_of()
                );
                line.question = Some(format!(
                    "Does {} hold, or can it be fitted with, a cellular module, and which (maker, model, hardware revision, FCC ID)?",
                    item.text
                ));
                let on = self.settings.date;
                if let Some(w) = self.ask.additions.waivers.iter().find(|w| {
                    w.granted <= on
                        && on <= w.expires
                        && w.scope.text.is_some()
                        && w.scope.covers("gate", "product-not-known", &thing)
                }) {
                    self.used.insert(w.id.clone());
                    line.decision = Status::Allowed;
                    line.waived.push(Waived {
                        waiver: w.id.clone(),
                        owner: w.owner.clone(),
                        reason: w.reason.clone(),
                        expires: w.expires.to_string(),
                        rule: "gate/product-not-known".to_owned(),
                        status: Status::InsufficientEvidence,
                    });
                }
            }
        }
    }

    /// A product in which a cellular module is optional: what may be fitted is judged, and whether one is
    /// is to be asked.
    fn optional(&mut self, item: &Item, line: &mut Line) -> bool {
        let Some((maker, model, code)) = self.product(&item.declared) else {
            return false;
        };
        let catalog = self.catalog;
        let Some(meaning) = catalog.product(maker.as_deref(), &model, code.as_deref(), None) else {
            return false;
        };
        let mut case = Case {
            makers: meaning
                .possible
                .iter()
                .map(|p| {
                    let family = p.families.first().copied();
                    cellsweep_policy::MakerFacts::from_catalog(catalog, p.maker, family)
                })
                .collect(),
            open: meaning.open || meaning.possible.is_empty(),
            settled_by: meaning.settled_by.map(str::to_owned),
            presence: Stance::Implied,
            role: self.ask.role.or(Some(Role::Component)),
            sensitive: None,
            supplier: None,
            given: self.ask.given.clone(),
        };
        case.makers.dedup_by(|a, b| a.slug == b.slug);
        let makers: Vec<&str> = meaning.possible.iter().map(|p| p.maker).collect();
        let thing = Thing {
            makers: if case.open { &[] } else { &makers },
            text: &item.text,
            source: &item.source,
            ..Thing::default()
        };
        let weight = self.weigh(&case, &thing);
        let mut names: Vec<String> = makers
            .iter()
            .map(|slug| {
                catalog
                    .maker(slug)
                    .map_or_else(|| (*slug).to_owned(), |m| m.name.clone())
            })
            .collect();
        names.sort();
        names.dedup();
        let known = if names.is_empty() {
            "whose is not recorded".to_owned()
        } else {
            format!("recorded with {}", names.join(", "))
        };
        "module-optional".clone_into(&mut line.code);
        line.decision = if weight.decision == Status::Allowed {
            Status::Allowed
        } else {
            Status::InsufficientEvidence
        };
        line.reason = format!(
            "{model} can be fitted with a cellular module, {known}; whether and which is not said."
        );
        line.rule = weight.rule;
        line.verdicts = weight.verdicts;
        line.waived = weight.waived;
        if line.decision != Status::Allowed {
            line.question = Some(format!(
                "Is {model} delivered with a cellular module, and with which (maker, model, hardware revision, FCC ID)?"
            ));
        }
        true
    }

    /// A maker that the line states and that a chosen pack names, though nothing cellular is recognised.
    fn named_maker(&mut self, item: &Item) -> Option<(String, Weight)> {
        let slug = item
            .declared
            .iter()
            .filter(|s| matches!(s.observation.clue, Clue::PartMaker | Clue::ProductMaker))
            .find_map(|s| {
                self.catalog
                    .manufacturer_answer(&s.observation.value)
                    .and_then(|m| m.maker().map(str::to_owned))
            })
            .or_else(|| {
                // A plain list has no column for it: the name stands in the text.
                self.catalog
                    .names(&item.text)
                    .into_iter()
                    .find(|n| n.family.is_none() && n.sure)
                    .map(|n| n.maker.to_owned())
            })?;
        let makers = [slug.as_str()];
        let thing = Thing {
            makers: &makers,
            text: &item.text,
            source: &item.source,
            ..Thing::default()
        };
        let mut case = Case::of_maker(
            cellsweep_policy::MakerFacts::from_catalog(self.catalog, &slug, None),
            self.ask.given.clone(),
        );
        case.presence = Stance::Declared;
        case.role = self.ask.role;
        let mut weight = self.weigh(&case, &thing);
        let by_name = |v: &Verdict| {
            matches!(
                v.match_kind.as_str(),
                "named_entity" | "control_chain" | "any_listed_maker_of_pack"
            )
        };
        weight.verdicts.retain(|v| {
            by_name(v)
                && !matches!(
                    v.status,
                    Status::Allowed | Status::NotApplicable | Status::InsufficientEvidence
                )
        });
        let worst = weight
            .verdicts
            .iter()
            .min_by_key(|v| gravity(v.status))?
            .clone();
        weight.decision = worst.status;
        weight.rule = Some(format!("{}/{}", worst.pack, worst.rule));
        weight.verdict = Some(worst);
        Some((slug, weight))
    }

    fn level(&self, line: &mut Line) {
        let status = line.decision.as_str().replace('_', "-");
        let mut names: Vec<&str> = vec![&line.code, &status];
        if let Some(rule) = &line.rule {
            names.push(rule);
            names.extend(rule.split('/').next());
        }
        line.level = self
            .ask
            .levels
            .iter()
            .rev()
            .find(|(name, _)| names.contains(&name.as_str()))
            .map_or(
                match line.decision {
                    Status::Allowed => Level::Pass,
                    Status::Prohibited => Level::Deny,
                    _ => Level::Hold,
                },
                |(_, level)| *level,
            );
    }
}

/// Every possibility of several findings, each maker and family once.
fn merged<'f>(findings: impl Iterator<Item = &'f Finding>) -> Vec<Candidate> {
    let mut out: Vec<Candidate> = Vec::new();
    for c in findings.flat_map(|f| &f.candidates) {
        if !out
            .iter()
            .any(|o| o.maker == c.maker && o.family == c.family)
        {
            out.push(c.clone());
        }
    }
    out
}
