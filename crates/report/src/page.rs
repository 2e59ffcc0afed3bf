//! `index.html`: the report for people, one file that loads nothing.
//!
//! All outside text passes through [`crate::sanitise`] and the template's escaping. The page's one
//! style sheet and one script are allowed by their digest, so that no other script would run even if
//! escaping failed.

use std::collections::{BTreeMap, BTreeSet};

use askama::Template;
use cellsweep_catalog::Catalog;
use cellsweep_evidence::Stance;
use cellsweep_identify::{AssetStatus, EvidenceRole};
use cellsweep_policy::{Status, Verdict};
use jiff::civil;
use sha2::{Digest as _, Sha256};

use crate::brief::{Brief, brief, counted};
use crate::hangs;
use crate::heat::{self, HeatRow, OutcomeRow, RiskNote, RiskNotes, RiskView, Shared};
use crate::makers::{Makers, NOT_SETTLED};
use crate::model::{ReadStatus, Report, ReportFinding};
use crate::pictures;
use crate::questions;
use crate::risk;
use crate::sanitise::{link, sanitise, shortened};
use crate::standing::{
    due, evidence_word, gravity, percent, product_says, read_word, status_says, verdict_says, worst,
};
use crate::svg::{self, Bar, Mark, Room, grouped};

/// A set of data older than this, in days, gets a remark.
const AGE: i64 = 90;
/// Bars shown singly; further makers are one bar.
const BARS: usize = 14;
/// Days shown on the drawn timeline; the table has all.
const MARKS: usize = 16;
/// Pieces of evidence on the whole page, shared out evenly among the findings.
const EVIDENCE: usize = 4000;
/// Pieces of evidence of one finding, at least and at most.
const EVIDENCE_OF_ONE: (usize, usize) = (2, 12);
/// Presences, strongest first.
const PRESENCES: [Stance; 5] = [
    Stance::Observed,
    Stance::Declared,
    Stance::Implied,
    Stance::Supported,
    Stance::Mentioned,
];
/// Characters of a set of candidates in a row.
const SET: usize = 200;
/// Names of assets in one list.
const ASSETS: usize = 3000;
/// Reasons shown singly.
const REASONS: usize = 40;
/// Sources without problem shown singly; the rest is counted.
const SOURCES: usize = 1500;
/// Questions on the page; the workbook has all.
const QUESTIONS: usize = 60;

struct Number {
    big: String,
    label: &'static str,
    note: String,
    class: &'static str,
}

struct MakerRow {
    name: String,
    modules: u64,
    share: String,
    owner: String,
    act: u64,
    settled: bool,
}

struct DueRow {
    day: String,
    away: String,
    what: String,
    rule: String,
    findings: u64,
    modules: u64,
    class: &'static str,
}

struct DepartmentRow {
    name: String,
    assets: u64,
    found: u64,
    clear: u64,
    not_assessed: u64,
    modules: u64,
    unsettled: u64,
    act: u64,
    bar: String,
}

struct Gap {
    count: String,
    why: String,
    settled_by: String,
    assets: Vec<String>,
    more: String,
}

struct QuestionRow {
    id: String,
    count: u64,
    product: String,
    sites: String,
    candidates: String,
    settled_by: String,
    words: String,
    weight: u64,
}

struct RemarkRow {
    message: String,
    code: String,
    places: String,
}

struct VerdictLine {
    class: &'static str,
    says: String,
    rule: String,
    days: String,
    ifs: String,
    note: usize,
}

struct EvidenceLine {
    role: &'static str,
    what: String,
    says: String,
    place: String,
}

struct FindingRow {
    module: String,
    set: String,
    maker_at: usize,
    presence_at: usize,
    asset: String,
    place: String,
    product: String,
    quantity: u64,
    presence: &'static str,
    confidence: String,
    status: String,
    rank: usize,
    class: &'static str,
    due: String,
    reason: String,
    id: String,
    facts: Vec<(&'static str, String)>,
    verdicts: Vec<VerdictLine>,
    no_match: String,
    risk: RiskView,
    evidence: Vec<EvidenceLine>,
    pieces: String,
    more: String,
}

struct Note {
    number: usize,
    rule: String,
    basis: String,
    detail: String,
    links: Vec<String>,
    texts: Vec<String>,
}

struct SourceRow {
    path: String,
    status: &'static str,
    class: &'static str,
    format: String,
    bytes: String,
    digest: String,
    problems: Vec<String>,
}

struct EditionRow {
    id: String,
    version: String,
    as_of: String,
    digest: String,
    age: String,
}

#[derive(Template)]
#[template(path = "page.html")]
struct Page<'a> {
    csp: String,
    css: &'a str,
    js: &'a str,
    hatching: &'static str,
    title: String,
    organisation: String,
    date: String,
    generated: String,
    tool: String,
    answer: String,
    more: String,
    numbers: Vec<Number>,
    maker_charts: String,
    makers: Vec<MakerRow>,
    timeline: String,
    dues: Vec<DueRow>,
    has_packs: bool,
    two_things: &'static str,
    outcomes: Vec<OutcomeRow>,
    outcome_chart: String,
    heat: Vec<HeatRow>,
    heat_total: HeatRow,
    risk_tables: String,
    risk_not_stated: String,
    risk_notes: Vec<RiskNote>,
    shared: Vec<Shared>,
    outcome_names: Vec<(usize, String)>,
    dependency: Option<hangs::View>,
    sensitivity: Option<heat::SensitivityView>,
    flows: String,
    sites: Option<pictures::SiteView>,
    has_assets: bool,
    departments: Vec<DepartmentRow>,
    gaps: Vec<Gap>,
    further_gaps: String,
    not_assessed: u64,
    clear: Vec<String>,
    clear_more: String,
    clear_count: u64,
    questions: Vec<QuestionRow>,
    further_questions: String,
    remarks: Vec<RemarkRow>,
    findings: Vec<FindingRow>,
    presences: Vec<&'static str>,
    statuses: Vec<(usize, &'static str)>,
    maker_names: Vec<String>,
    notes: Vec<Note>,
    sources: Vec<SourceRow>,
    further_sources: String,
    coverage: [(u64, &'static str); 4],
    editions: Vec<EditionRow>,
    exits: String,
    config: String,
}

fn clean(text: &str) -> String {
    shortened(text, 400)
}

fn opt(text: Option<&String>) -> String {
    text.map(|t| clean(t)).unwrap_or_default()
}

/// The page. `catalog` names makers that the report itself does not name.
///
/// # Errors
/// If the template cannot be rendered.
pub fn html(report: &Report, catalog: Option<&Catalog>) -> Result<String, askama::Error> {
    // Line ends as a browser sees them, or the digests would not fit.
    let css = include_str!("../templates/page.css").replace("\r\n", "\n");
    let js = include_str!("../templates/page.js").replace("\r\n", "\n");
    let makers = Makers::new(report, catalog);
    let b = brief(report, catalog);
    let today = report.date.parse::<civil::Date>().ok();
    let mut notes = Notes::default();
    let maker_names: Vec<String> = report
        .findings
        .iter()
        .map(|f| maker_name(f.finding.maker(), &makers))
        .collect::<BTreeSet<_>>()
        .into_iter()
        .collect();
    let presences: Vec<&'static str> = PRESENCES
        .into_iter()
        .filter(|p| report.findings.iter().any(|f| f.finding.presence == *p))
        .map(Stance::as_str)
        .collect();
    let statuses: BTreeMap<usize, &'static str> = report
        .findings
        .iter()
        .filter_map(worst)
        .map(|v| (gravity(v.status), status_says(v.status)))
        .collect();
    let mut risk_notes = RiskNotes::new(report.findings.len());
    let mut findings = findings(report, &makers, &mut notes, &mut risk_notes);
    let risks = risk::counts(report);
    let outcomes = heat::outcome_rows(&risks);
    let outcome_names: BTreeMap<usize, String> = findings
        .iter()
        .map(|f| (f.risk.rank, f.risk.outcome.clone()))
        .collect();
    for (row, f) in findings.iter_mut().zip(&report.findings) {
        let name = maker_name(f.finding.maker(), &makers);
        row.maker_at = maker_names.binary_search(&name).unwrap_or_default();
        row.presence_at = presences
            .iter()
            .position(|p| *p == row.presence)
            .unwrap_or_default();
    }
    let (gaps, further_gaps) = gaps(report, &b);
    let (sources, further_sources) = sources(report);
    let (clear, clear_more) = asset_list(
        report,
        (0..)
            .zip(&report.assets)
            .filter_map(|(n, a)| (a.status == AssetStatus::Clear).then_some(n)),
    );
    let (questions, further_questions) = question_rows(report, catalog);
    let dues = dues(&b, today);
    let c = &report.coverage;
    let organisation = report
        .organisation
        .as_deref()
        .map(clean)
        .unwrap_or_default();
    let page = Page {
        csp: format!(
            "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
            digest(&css),
            digest(&js)
        ),
        css: &css,
        js: &js,
        hatching: svg::HATCHING,
        title: if organisation.is_empty() {
            "Cellular modules".to_owned()
        } else {
            format!("Cellular modules in {organisation}")
        },
        organisation,
        date: clean(&report.date),
        generated: clean(&report.generated_at),
        tool: clean(&format!("{} {}", report.tool.name, report.tool.version)),
        answer: sanitise(&b.answer).into_owned(),
        more: sanitise(&b.more).into_owned(),
        numbers: numbers(report, &b, today),
        maker_charts: maker_charts(report, &makers),
        makers: maker_rows(report, &makers),
        timeline: timeline(&dues, &report.date),
        dues,
        has_packs: !report.packs.is_empty(),
        two_things: risk::TWO_THINGS,
        outcome_chart: heat::outcome_chart(&outcomes),
        outcomes,
        heat: heat::heat_rows(&risks),
        heat_total: heat::heat_total(&risks),
        risk_tables: clean(&risks.tables.iter().cloned().collect::<Vec<_>>().join(", ")),
        risk_not_stated: if risks.not_stated == 0 {
            String::new()
        } else {
            counted(risks.not_stated, "finding has", "findings have")
        },
        risk_notes: risk_notes.list,
        shared: risk_notes.shared,
        outcome_names: outcome_names.into_iter().collect(),
        dependency: hangs::view(report, &makers),
        sensitivity: heat::sensitivity(report.risk_sensitivity.as_ref()),
        flows: pictures::flows(report, &makers),
        sites: pictures::sites(report),
        has_assets: !report.assets.is_empty(),
        departments: department_rows(&b),
        gaps,
        further_gaps,
        not_assessed: c.not_assessed,
        clear,
        clear_more,
        clear_count: c.clear,
        questions,
        further_questions,
        remarks: report
            .remarks
            .iter()
            .map(|r| RemarkRow {
                message: clean(&r.message),
                code: clean(&r.code),
                places: clean(&questions::listed(&r.places)),
            })
            .collect(),
        presences,
        statuses: statuses.into_iter().collect(),
        maker_names,
        findings,
        notes: notes.list,
        sources,
        further_sources,
        coverage: [
            (c.sources_read, "read to the end"),
            (c.partial, "partly read"),
            (c.failed, "not read"),
            (c.unrecognised, "no reader knows them"),
        ],
        editions: editions(report, today),
        exits: report
            .exit
            .iter()
            .filter_map(|code| crate::Exit::PRECEDENCE.iter().find(|e| e.code() == *code))
            .map(|e| format!("{} ({})", e.code(), e.says()))
            .collect::<Vec<_>>()
            .join("; "),
        config: shortened(&report.effective_config.to_string(), 4000),
    };
    page.render()
}

/// SHA-256 in base 64, as a content security policy wants it.
fn digest(text: &str) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let sum = Sha256::digest(text.as_bytes());
    let mut out = String::new();
    for three in sum.chunks(3) {
        let byte = |n: usize| u32::from(three.get(n).copied().unwrap_or(0));
        let bits = byte(0) << 16 | byte(1) << 8 | byte(2);
        for n in 0..4usize {
            if n > three.len() {
                out.push('=');
                continue;
            }
            let index = bits >> (18 - 6 * n) & 63;
            out.push(LETTERS.get(index as usize).copied().map_or('=', char::from));
        }
    }
    out
}

/// Days from one date to another.
fn days_between(from: civil::Date, to: civil::Date) -> Option<i64> {
    from.until(to).ok().map(|span| i64::from(span.get_days()))
}

/// How far a day is from the date asked about, in words.
fn away(day: &str, today: Option<civil::Date>) -> String {
    let days = day
        .parse::<civil::Date>()
        .ok()
        .zip(today)
        .and_then(|(day, today)| days_between(today, day));
    let plural = |n: i64, one: &str| {
        if n == 1 {
            format!("1 {one}")
        } else {
            format!("{n} {one}s")
        }
    };
    let span = |n: i64| {
        if n < 90 {
            plural(n, "day")
        } else if n < 730 {
            plural((n + 15) / 30, "month")
        } else {
            plural(n / 365, "year")
        }
    };
    match days {
        None => String::new(),
        Some(0) => "on the date asked about".to_owned(),
        Some(n) if n > 0 => format!("in {}", span(n)),
        Some(n) => format!("{} ago", span(n.saturating_neg())),
    }
}

fn numbers(report: &Report, b: &Brief, today: Option<civil::Date>) -> Vec<Number> {
    let c = &report.coverage;
    let next = report.summary.next_deadline.as_deref();
    let act = match (report.packs.is_empty(), b.prohibited, b.to_act_on) {
        (true, ..) => "–".to_owned(),
        (false, p, a) => format!("{} / {}", grouped(p), grouped(a)),
    };
    vec![
        Number {
            big: grouped(report.summary.modules),
            label: "modules found",
            note: if b.unsettled > 0 {
                format!("of {} the maker is not settled", grouped(b.unsettled))
            } else {
                String::new()
            },
            class: "",
        },
        Number {
            big: grouped(b.makers),
            label: if b.makers == 1 { "maker" } else { "makers" },
            note: "counted where the maker is settled".to_owned(),
            class: "",
        },
        Number {
            big: if c.assets_total == 0 {
                "–".to_owned()
            } else {
                grouped(c.not_assessed)
            },
            label: "assets not assessed",
            note: if c.assets_total == 0 {
                "no list of assets was given".to_owned()
            } else {
                format!(
                    "of {}; not assessed is not clear",
                    counted(c.assets_total, "asset", "assets")
                )
            },
            class: if c.not_assessed > 0 { "not" } else { "" },
        },
        Number {
            big: act,
            label: "prohibited / to act on",
            note: if report.packs.is_empty() {
                "no policy pack was asked".to_owned()
            } else if b.undecided > 0 {
                format!(
                    "findings on {}; {} more undecided",
                    clean(&report.date),
                    grouped(b.undecided)
                )
            } else {
                format!("findings on {}", clean(&report.date))
            },
            class: if b.prohibited > 0 {
                "now"
            } else if b.to_act_on > 0 {
                "act"
            } else {
                ""
            },
        },
        Number {
            big: next.map_or_else(|| "none".to_owned(), clean),
            label: "next deadline",
            note: next.map_or_else(
                || "no later day among the verdicts".to_owned(),
                |d| away(d, today),
            ),
            class: "day",
        },
    ]
}

fn maker_name<'a>(slug: Option<&'a str>, makers: &Makers<'a>) -> String {
    slug.map_or_else(|| NOT_SETTLED.to_owned(), |slug| clean(&makers.name(slug)))
}

fn maker_charts<'a>(report: &'a Report, makers: &Makers<'a>) -> String {
    let mut settled: Vec<Bar> = Vec::new();
    let mut unsettled = 0u64;
    for m in &report.summary.by_maker {
        match &m.maker {
            Some(slug) => settled.push(Bar {
                label: maker_name(Some(slug), makers),
                value: m.modules,
                hatched: false,
            }),
            None => unsettled = unsettled.saturating_add(m.modules),
        }
    }
    if settled.is_empty() && unsettled == 0 {
        return String::new();
    }
    if settled.len() > BARS + 1 {
        let rest = settled.split_off(BARS);
        settled.push(Bar {
            label: format!("{} further makers", rest.len()),
            value: rest.iter().fold(0u64, |n, b| n.saturating_add(b.value)),
            hatched: false,
        });
    }
    if unsettled > 0 {
        settled.push(Bar {
            label: NOT_SETTLED.to_owned(),
            value: unsettled,
            hatched: true,
        });
    }
    let title = "Modules by maker";
    [Room::Wide, Room::Narrow]
        .map(|room| svg::bars("makers", title, &settled, room))
        .concat()
}

fn maker_rows<'a>(report: &'a Report, makers: &Makers<'a>) -> Vec<MakerRow> {
    let mut owners: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    let mut act: BTreeMap<Option<&str>, u64> = BTreeMap::new();
    for f in &report.findings {
        if let (Some(slug), Some(owner)) = (f.finding.maker(), &f.finding.module.owner) {
            owners.entry(slug).or_default().insert(clean(owner));
        }
        if worst(f).is_some_and(|v| crate::standing::to_act_on(v.status)) {
            *act.entry(f.finding.maker()).or_default() += 1;
        }
    }
    let total = report.summary.modules;
    report
        .summary
        .by_maker
        .iter()
        .map(|m| {
            let slug = m.maker.as_deref();
            MakerRow {
                name: maker_name(slug, makers),
                modules: m.modules,
                share: share(m.modules, total),
                owner: slug
                    .and_then(|s| owners.get(s))
                    .map(|o| o.iter().cloned().collect::<Vec<_>>().join("; "))
                    .unwrap_or_default(),
                act: act.get(&slug).copied().unwrap_or(0),
                settled: slug.is_some(),
            }
        })
        .collect()
}

fn share(part: u64, of: u64) -> String {
    if of == 0 {
        return String::new();
    }
    let tenths = (u128::from(part) * 2000 / u128::from(of)).div_ceil(2);
    format!("{}.{} %", tenths / 10, tenths % 10)
}

fn dues(b: &Brief, today: Option<civil::Date>) -> Vec<DueRow> {
    b.due
        .iter()
        .map(|d| DueRow {
            day: clean(&d.day),
            away: away(&d.day, today),
            what: clean(&d.what),
            rule: clean(&d.rule),
            findings: d.findings,
            modules: d.modules,
            class: d.class,
        })
        .collect()
}

fn timeline(dues: &[DueRow], today: &str) -> String {
    if dues.is_empty() {
        return String::new();
    }
    // What comes is shown before what has been, should there be too much for one picture.
    let past = dues.iter().take_while(|d| d.day.as_str() < today).count();
    let skip = past.min(dues.len().saturating_sub(MARKS));
    let mut marks: Vec<Mark> = Vec::new();
    let mut asked = false;
    let date = |marks: &mut Vec<Mark>| {
        marks.push(Mark {
            day: clean(today),
            away: String::new(),
            label: "the date asked about".to_owned(),
            detail: String::new(),
            value: 0,
            class: "today",
        });
    };
    for d in dues.iter().skip(skip).take(MARKS) {
        if !asked && d.day.as_str() >= today {
            date(&mut marks);
            asked = true;
        }
        marks.push(Mark {
            day: d.day.clone(),
            away: d.away.clone(),
            label: format!("{}: {}", d.what, counted(d.findings, "finding", "findings")),
            detail: format!("({})", d.rule),
            value: d.findings,
            class: d.class,
        });
    }
    if !asked {
        date(&mut marks);
    }
    [Room::Wide, Room::Narrow]
        .map(|room| svg::timeline("days", "Days by which to act", &marks, room))
        .concat()
}

fn department_rows(b: &Brief) -> Vec<DepartmentRow> {
    let most = b
        .departments
        .iter()
        .map(crate::brief::Department::assets)
        .max()
        .unwrap_or(0);
    b.departments
        .iter()
        .map(|d| {
            let name = d
                .name
                .as_deref()
                .map_or_else(|| "department not stated".to_owned(), clean);
            DepartmentRow {
                bar: svg::stacked(
                    &format!(
                        "{name}: {} found, {} clear, {} not assessed",
                        d.found, d.clear, d.not_assessed
                    ),
                    &[
                        ("found", d.found),
                        ("clear", d.clear),
                        ("not", d.not_assessed),
                    ],
                    most,
                ),
                name,
                assets: d.assets(),
                found: d.found,
                clear: d.clear,
                not_assessed: d.not_assessed,
                modules: d.modules,
                unsettled: d.unsettled,
                act: d.to_act_on,
            }
        })
        .collect()
}

/// Assets by their positions, as short texts, and how many more there are.
fn asset_list(report: &Report, positions: impl Iterator<Item = usize>) -> (Vec<String>, String) {
    let mut shown = Vec::new();
    let mut more = 0u64;
    for n in positions {
        if shown.len() == ASSETS {
            more += 1;
            continue;
        }
        let Some(a) = report.assets.get(n) else {
            continue;
        };
        let about = [
            a.product.as_deref(),
            a.department.as_deref(),
            a.site.as_deref(),
        ]
        .into_iter()
        .flatten()
        .map(|t| shortened(t, 60))
        .collect::<Vec<_>>()
        .join(", ");
        let id = shortened(&a.id, 60);
        shown.push(if about.is_empty() {
            id
        } else {
            format!("{id} ({about})")
        });
    }
    let more = if more == 0 {
        String::new()
    } else {
        format!(
            "and {} more in findings.xlsx and report.json",
            grouped(more)
        )
    };
    (shown, more)
}

fn gaps(report: &Report, b: &Brief) -> (Vec<Gap>, String) {
    let shown = b
        .unassessed
        .iter()
        .take(REASONS)
        .map(|g| {
            let (assets, more) = asset_list(report, g.assets.iter().copied());
            Gap {
                count: counted(g.count as u64, "asset", "assets"),
                why: clean(&g.why),
                settled_by: clean(&g.settled_by),
                assets,
                more,
            }
        })
        .collect();
    let rest = b.unassessed.get(REASONS..).unwrap_or_default();
    let further = if rest.is_empty() {
        String::new()
    } else {
        let assets: u64 = rest.iter().map(|g| g.count as u64).sum();
        format!(
            "{} with {} are listed in findings.xlsx and report.json.",
            counted(rest.len() as u64, "further reason", "further reasons"),
            counted(assets, "asset", "assets")
        )
    };
    (shown, further)
}

fn question_rows(report: &Report, catalog: Option<&Catalog>) -> (Vec<QuestionRow>, String) {
    let all = questions::questions(report, catalog);
    let rest = all.len().saturating_sub(QUESTIONS) as u64;
    let shown = all
        .iter()
        .take(QUESTIONS)
        .map(|q| QuestionRow {
            id: clean(&q.id),
            count: q.count,
            product: clean(&q.product()),
            sites: questions::listed(&q.sites),
            candidates: questions::listed(&q.candidates),
            settled_by: questions::listed(&q.settled_by),
            words: sanitise(&q.words).into_owned(),
            weight: q.weight,
        })
        .collect();
    let further = if rest == 0 {
        String::new()
    } else {
        format!(
            "{} in questions.xlsx.",
            counted(rest, "further question is", "further questions are")
        )
    };
    (shown, further)
}

/// Bases and references of verdicts, each once.
#[derive(Default)]
struct Notes {
    numbers: BTreeMap<(String, String, String, String, String), usize>,
    list: Vec<Note>,
}

impl Notes {
    fn number(&mut self, v: &Verdict) -> usize {
        let key = (
            format!("{}/{}", v.pack, v.rule),
            v.basis.clone(),
            v.edition.clone().unwrap_or_default(),
            v.match_kind.clone(),
            format!(
                "{}\u{1f}{}",
                v.effective.as_deref().unwrap_or_default(),
                v.sources.join("\u{1f}")
            ),
        );
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        let number = self.list.len() + 1;
        let mut detail = format!("{}; matched by {}", v.verb, v.match_kind).replace('_', " ");
        if let Some(edition) = &v.edition {
            detail.push_str("; edition ");
            detail.push_str(edition);
        }
        if let Some(day) = &v.effective {
            detail.push_str("; in effect from ");
            detail.push_str(day);
        }
        let (links, texts): (Vec<&String>, Vec<&String>) =
            v.sources.iter().partition(|s| link(s).is_some());
        self.list.push(Note {
            number,
            rule: clean(&format!("{} {}", v.pack, v.rule)),
            basis: clean(&v.basis),
            detail: clean(&detail),
            links: links
                .iter()
                .filter_map(|s| link(s))
                .map(str::to_owned)
                .collect(),
            texts: texts.iter().map(|s| clean(s)).collect(),
        });
        self.numbers.insert(key, number);
        number
    }
}

fn class_of(status: Status) -> &'static str {
    match status {
        Status::Prohibited => "now",
        Status::RestrictedFrom | Status::DutyApplies => "act",
        Status::NeedsLegalReading | Status::InsufficientEvidence => "open",
        Status::Advisory | Status::Allowed | Status::Exempt | Status::NotApplicable => "none",
    }
}

fn findings<'a>(
    report: &'a Report,
    makers: &Makers<'a>,
    notes: &mut Notes,
    risk_notes: &mut RiskNotes,
) -> Vec<FindingRow> {
    let (least, most) = EVIDENCE_OF_ONE;
    let each = EVIDENCE
        .checked_div(report.findings.len())
        .unwrap_or(most)
        .clamp(least, most);
    report
        .findings
        .iter()
        .map(|f| finding(f, makers, notes, risk_notes, each))
        .collect()
}

fn finding<'a>(
    f: &'a ReportFinding,
    makers: &Makers<'a>,
    notes: &mut Notes,
    risk_notes: &mut RiskNotes,
    each: usize,
) -> FindingRow {
    let finding = &f.finding;
    let m = &finding.module;
    let gravest = worst(f);
    let mut verdicts: Vec<&Verdict> = f
        .verdicts
        .iter()
        .filter(|v| v.status != Status::NotApplicable)
        .collect();
    verdicts.sort_by_key(|v| gravity(v.status));
    let no_match = f
        .verdicts
        .iter()
        .filter(|v| v.status == Status::NotApplicable)
        .map(|v| match &v.edition {
            Some(edition) => format!("{} {} on edition {edition}", v.pack, v.rule),
            None => format!("{} {}", v.pack, v.rule),
        })
        .collect::<Vec<_>>()
        .join("; ");
    let subject = &finding.subject;
    let mut facts: Vec<(&'static str, String)> = Vec::new();
    let mut fact = |name: &'static str, value: String| {
        if !value.is_empty() {
            facts.push((name, value));
        }
    };
    let set = if finding.maker().is_some() {
        String::new()
    } else {
        makers.candidates(finding)
    };
    if set.chars().count() > SET {
        fact("Candidates", shortened(&set, 2000));
    }
    fact("What would settle it", opt(finding.settled_by.as_ref()));
    fact("Firmware", opt(m.firmware.as_ref()));
    fact("Brand on the label", opt(m.brand.as_ref()));
    fact("Owner of the maker", opt(m.owner.as_ref()));
    fact("Shares engineering with", opt(m.lineage.as_ref()));
    fact("Chipset", opt(m.chipset.as_ref()));
    fact("Package", opt(m.form_factor.as_ref()));
    fact("Radio", clean(&m.radio.join(", ")));
    let known = subject
        .keys
        .iter()
        .map(|k| (k.kind.as_str(), k.value.as_str()))
        .filter(|(kind, _)| *kind != "row");
    let others = m
        .imei
        .iter()
        .map(|i| ("imei", i.as_str()))
        .filter(|(_, i)| !subject.keys.iter().any(|k| k.value == *i));
    fact(
        "Known by",
        clean(
            &known
                .chain(others)
                .map(|(kind, value)| format!("{} {value}", kind.replace('_', " ")))
                .collect::<Vec<_>>()
                .join(", "),
        ),
    );
    let seen = match (&finding.first_seen, &finding.last_seen) {
        (Some(a), Some(b)) if a != b => format!("{a} to {b}"),
        (Some(a), _) | (None, Some(a)) => a.clone(),
        (None, None) => String::new(),
    };
    fact("Seen", clean(&seen));

    let against = finding
        .evidence
        .iter()
        .filter(|e| e.role == EvidenceRole::Against)
        .count() as u64;
    // A contradiction is always among what is shown.
    let mut shown: Vec<usize> = (0..finding.evidence.len()).collect();
    shown.sort_by_key(|i| {
        let against = finding
            .evidence
            .get(*i)
            .is_some_and(|e| e.role == EvidenceRole::Against);
        (*i > 0 && !against, *i)
    });
    shown.truncate(each);
    shown.sort_unstable();
    let evidence: Vec<EvidenceLine> = shown
        .iter()
        .filter_map(|i| finding.evidence.get(*i))
        .map(|e| EvidenceLine {
            role: evidence_word(e.role),
            what: format!("{} {}", e.clue.replace('_', " "), shortened(&e.value, 160)),
            says: shortened(&e.says, 320),
            place: shortened(&format!("{}, {}", e.source, e.locator), 200),
        })
        .collect();
    let rest = finding.evidence.len().saturating_sub(evidence.len()) as u64;
    let mut pieces = counted(
        finding.evidence.len() as u64,
        "piece of evidence",
        "pieces of evidence",
    );
    if against > 0 {
        pieces.push_str(", ");
        pieces.push_str(&grouped(against));
        pieces.push_str(" contradicting");
    }
    FindingRow {
        module: clean(&makers.module(finding)),
        set: shortened(&set, SET),
        maker_at: 0,
        presence_at: 0,
        asset: subject.asset.as_deref().map_or_else(
            || {
                subject.keys.first().map_or_else(
                    || "no asset known".to_owned(),
                    |k| {
                        clean(&format!(
                            "{} {}",
                            k.kind.as_str().replace('_', " "),
                            k.value
                        ))
                    },
                )
            },
            clean,
        ),
        place: clean(
            &[subject.department.as_deref(), subject.site.as_deref()]
                .into_iter()
                .flatten()
                .collect::<Vec<_>>()
                .join(", "),
        ),
        product: clean(&product_says(finding)),
        quantity: finding.quantity,
        presence: finding.presence.as_str(),
        confidence: percent(finding.confidence),
        status: gravest.map(|v| clean(&verdict_says(v))).unwrap_or_default(),
        rank: gravest.map_or(99, |v| gravity(v.status)),
        class: gravest.map_or("none", |v| class_of(v.status)),
        due: clean(f.verdicts.iter().filter_map(due).min().unwrap_or_default()),
        reason: finding.evidence.first().map_or_else(
            || "no evidence recorded".to_owned(),
            |e| shortened(&format!("{} {}", e.clue.replace('_', " "), e.value), 100),
        ),
        id: clean(&finding.id),
        facts,
        verdicts: verdicts
            .iter()
            .map(|v| VerdictLine {
                class: class_of(v.status),
                says: clean(&verdict_says(v)),
                rule: clean(&format!("{} {}", v.pack, v.rule)),
                days: v
                    .deadline
                    .as_deref()
                    .filter(|_| due(v).is_some())
                    .map(|d| clean(&format!("act by {d}")))
                    .unwrap_or_default(),
                ifs: clean(
                    &v.if_maker
                        .iter()
                        .map(|i| format!("if {}: {}", makers.name(&i.maker), status_says(i.status)))
                        .collect::<Vec<_>>()
                        .join("; "),
                ),
                note: notes.number(v),
            })
            .collect(),
        no_match: clean(&no_match),
        risk: heat::view(f, risk_notes),
        evidence,
        pieces,
        more: if rest == 0 {
            String::new()
        } else {
            format!("{} more in report.json", grouped(rest))
        },
    }
}

fn sources(report: &Report) -> (Vec<SourceRow>, String) {
    // What went wrong is always shown, what went well as far as there is room.
    let mut order: Vec<&crate::model::SourceState> = report.sources.iter().collect();
    order.sort_by_key(|s| match s.status {
        ReadStatus::Failed => 0,
        ReadStatus::Partial => 1,
        ReadStatus::Unrecognised => 2,
        ReadStatus::Read => u8::from(s.errors.is_empty()) + 3,
    });
    let rest = order.len().saturating_sub(SOURCES) as u64;
    let rows = order
        .into_iter()
        .take(SOURCES)
        .map(|s| SourceRow {
            path: clean(&s.path),
            status: read_word(s.status),
            class: match s.status {
                ReadStatus::Read => "none",
                ReadStatus::Partial => "open",
                ReadStatus::Failed => "now",
                ReadStatus::Unrecognised => "act",
            },
            format: match (&s.format, &s.reader) {
                (Some(f), Some(r)) if f != r => clean(&format!("{f} ({r})")),
                (Some(f), _) | (None, Some(f)) => clean(f),
                (None, None) => String::new(),
            },
            bytes: grouped(s.bytes),
            digest: s
                .digest
                .chars()
                .filter(char::is_ascii_hexdigit)
                .take(12)
                .collect(),
            problems: {
                let mut shown: Vec<String> = s
                    .errors
                    .iter()
                    .take(5)
                    .map(|e| clean(&format!("{}: {} ({})", e.locator, e.message, e.code)))
                    .collect();
                let more = s.errors.len().saturating_sub(5);
                if more > 0 {
                    shown.push(format!("{more} more in report.json"));
                }
                shown
            },
        })
        .collect();
    let further = if rest == 0 {
        String::new()
    } else {
        format!(
            "{} in findings.xlsx and report.json.",
            counted(rest, "further source is", "further sources are")
        )
    };
    (rows, further)
}

fn editions(report: &Report, today: Option<civil::Date>) -> Vec<EditionRow> {
    let made = report
        .generated_at
        .get(..10)
        .and_then(|d| d.parse::<civil::Date>().ok());
    // Old for the day it was used, or for the day asked about, whichever is later.
    let reference = made.max(today);
    std::iter::once(&report.catalog)
        .chain(&report.packs)
        .map(|e| {
            let days = e
                .as_of
                .parse::<civil::Date>()
                .ok()
                .zip(reference)
                .and_then(|(as_of, reference)| days_between(as_of, reference));
            EditionRow {
                id: e
                    .id
                    .as_deref()
                    .map_or_else(|| "catalogue".to_owned(), clean),
                version: clean(&e.version),
                as_of: clean(&e.as_of),
                digest: e
                    .digest
                    .chars()
                    .filter(char::is_ascii_hexdigit)
                    .take(12)
                    .collect(),
                age: match days {
                    None => "its as-of date is not known".to_owned(),
                    Some(days) if days > AGE => {
                        format!("{days} days old: look for a newer edition before relying on it")
                    }
                    Some(_) => String::new(),
                },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digest_is_base_64_of_sha_256() {
        // The digest of the empty text, as RFC 4648 writes it.
        assert_eq!(digest(""), "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=");
    }

    #[test]
    fn distance_in_words() {
        let today = "2026-11-22".parse().ok();
        assert_eq!(away("2026-11-23", today), "in 1 day");
        assert_eq!(away("2026-11-20", today), "2 days ago");
        assert_eq!(away("2027-06-30", today), "in 7 months");
        assert_eq!(away("2030-12-31", today), "in 4 years");
        assert_eq!(away("soon", today), "");
        assert_eq!(away("2026-11-22", today), "on the date asked about");
    }

    #[test]
    fn shares() {
        assert_eq!(share(1, 3), "33.3 %");
        assert_eq!(share(1, 0), "");
        assert_eq!(share(u64::MAX, u64::MAX), "100.0 %");
    }
}
