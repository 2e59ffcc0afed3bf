//! What is at risk, as rows for the page: counts by outcome, a heat table of departments and areas,
//! and per finding the level of each area with what it rests on.

use std::collections::BTreeMap;

use cellsweep_risk::{Area, Axis, Risk, Sensitivity, Table, Which};

use crate::brief::counted;
use crate::model::ReportFinding;
use crate::risk::{
    AREAS, Cell, DepartmentRisk, LEVELS, OUTCOMES, RiskCounts, areas, bare, level, reading, says,
    span,
};
use crate::sanitise::{link, shortened};
use crate::svg::{self, Bar, Room, grouped};

/// Findings up to which the areas stand beside each finding. On a larger page equal ones are written
/// once, each finding links to them, and the page's script copies them into a finding that is opened.
pub(crate) const BESIDE_EACH: usize = 600;
/// Risks written once for all findings that share them; further ones are in the JSON.
const SHARED: usize = 400;
/// Notes on risk on the whole page; further ones are in the JSON.
const NOTES: usize = 600;
/// Drivers of one area.
const DRIVERS: usize = 12;
/// Characters of what an area rests on, beside its level.
const BESIDE: usize = 240;
/// Statements against one axis.
const AGAINST: usize = 6;
/// Moves of cells shown on the page.
const MOVES: usize = 15;
/// Characters of one driver in a note.
const DRIVER: usize = 600;

/// One line of the table of outcomes.
pub(crate) struct OutcomeRow {
    pub(crate) rank: usize,
    pub(crate) name: String,
    pub(crate) meaning: &'static str,
    pub(crate) findings: u64,
    pub(crate) modules: u64,
    pub(crate) up_to: u64,
}

/// One cell of the heat table.
pub(crate) struct HeatCell {
    pub(crate) area: &'static str,
    /// Highest level and interval in words.
    pub(crate) highest: String,
    /// Findings by level, and what may be higher.
    pub(crate) counts: String,
    /// Findings without a basis, in words; empty if there are none.
    pub(crate) no_basis: String,
    /// Sorts the highest first.
    pub(crate) order: String,
    pub(crate) class: &'static str,
}

/// One line of the heat table.
pub(crate) struct HeatRow {
    pub(crate) name: String,
    pub(crate) findings: u64,
    pub(crate) cells: Vec<HeatCell>,
}

/// One area of a finding.
pub(crate) struct AreaLine {
    pub(crate) area: &'static str,
    pub(crate) level: String,
    /// What it rests on, without where that comes from.
    pub(crate) rests_on: String,
    /// Number of the note that has it all; 0: none.
    pub(crate) note: usize,
}

/// Risk of a finding.
pub(crate) struct RiskView {
    /// Position of the outcome; 5: not stated.
    pub(crate) rank: usize,
    /// Sorts by outcome, then by how far it may reach.
    pub(crate) order: usize,
    /// What the known facts carry.
    pub(crate) outcome: String,
    /// How far it may reach; empty if that is the same.
    pub(crate) up_to: String,
    /// Row and table.
    pub(crate) row: String,
    /// The areas, where there is room beside each finding.
    pub(crate) areas: Vec<AreaLine>,
    /// The two axes and what speaks against them, likewise.
    pub(crate) axes: Vec<AxisLine>,
    /// Number of the shared list of the areas; 0: none.
    pub(crate) shared: usize,
    /// What there is instead of areas, in words.
    pub(crate) instead: &'static str,
}

/// The areas of findings that share their risk.
pub(crate) struct Shared {
    pub(crate) number: usize,
    pub(crate) head: String,
    pub(crate) areas: Vec<AreaLine>,
    pub(crate) axes: Vec<AxisLine>,
}

/// One of the two axes: flaws of the module, control of its maker.
pub(crate) struct AxisLine {
    pub(crate) axis: &'static str,
    pub(crate) says: String,
    /// Number of the note that has it all; 0: none.
    pub(crate) note: usize,
    /// What speaks against it, with where that is written.
    pub(crate) against: Vec<(String, Vec<String>)>,
}

/// What a level rests on, once for all findings of which it holds.
pub(crate) struct RiskNote {
    pub(crate) number: usize,
    pub(crate) head: String,
    pub(crate) drivers: Vec<String>,
    pub(crate) more: String,
}

/// Notes on risk, each once.
#[derive(Default)]
pub(crate) struct RiskNotes {
    beside_each: bool,
    numbers: BTreeMap<String, usize>,
    pub(crate) list: Vec<RiskNote>,
    shares: BTreeMap<String, usize>,
    pub(crate) shared: Vec<Shared>,
}

impl RiskNotes {
    /// No notes yet, for a page of so many findings.
    pub(crate) fn new(findings: usize) -> Self {
        Self {
            beside_each: findings <= BESIDE_EACH,
            ..Self::default()
        }
    }

    /// Number of the shared list of a risk; 0 if there are too many.
    fn share(&mut self, risk: &Risk, head: String) -> usize {
        let areas_of = areas(risk);
        let key = format!("{risk:?}");
        if let Some(number) = self.shares.get(&key) {
            return *number;
        }
        if self.shared.len() == SHARED {
            return 0;
        }
        let number = self.shared.len() + 1;
        let areas = self.lines(areas_of);
        let axes = self.axes(risk);
        self.shared.push(Shared {
            number,
            head,
            areas,
            axes,
        });
        self.shares.insert(key, number);
        number
    }

    fn lines(&mut self, areas: [&Area; 4]) -> Vec<AreaLine> {
        AREAS
            .iter()
            .zip(areas)
            .map(|(area, a)| {
                let Some(a) = level(a) else {
                    return AreaLine {
                        area,
                        level: "no basis".to_owned(),
                        rests_on: String::new(),
                        note: 0,
                    };
                };
                let [low, high] = &a.interval;
                let words = span(low, high);
                let rests_on = a
                    .drivers
                    .iter()
                    .take(DRIVERS)
                    .map(|d| bare(d))
                    .collect::<Vec<_>>()
                    .join("; ");
                AreaLine {
                    area,
                    rests_on: shortened(&rests_on, BESIDE),
                    note: self.number(area, &words, &a.row, &a.drivers),
                    level: words,
                }
            })
            .collect()
    }

    fn axes(&mut self, risk: &Risk) -> Vec<AxisLine> {
        let of = [
            (Which::Flaws, "Flaws of the module", &risk.flaws),
            (Which::Control, "Control of its maker", &risk.control),
        ];
        of.into_iter()
            .filter_map(|(which, axis, known)| {
                let (says, note) = match known.as_ref()? {
                    Axis::NoBasis(_) => ("nothing is known".to_owned(), 0),
                    Axis::Known(range) => {
                        let [low, high] = &range.interval;
                        let words = if low == high {
                            axis_says(low)
                        } else {
                            format!("{} to {}", axis_says(low), axis_says(high))
                        };
                        let note = self.number(axis, &words, "", &range.drivers);
                        (words, note)
                    }
                };
                let against = risk
                    .counter_evidence
                    .iter()
                    .filter(|c| c.axis == which)
                    .take(AGAINST)
                    .map(|c| {
                        let links = c.sources.iter().filter_map(|s| link(s));
                        (
                            shortened(&c.says, DRIVER),
                            links.map(str::to_owned).collect(),
                        )
                    })
                    .collect();
                Some(AxisLine {
                    axis,
                    says,
                    note,
                    against,
                })
            })
            .collect()
    }

    fn number(&mut self, area: &str, words: &str, row: &str, drivers: &[String]) -> usize {
        if drivers.is_empty() {
            return 0;
        }
        let key = format!(
            "{area}\u{1f}{words}\u{1f}{row}\u{1f}{}",
            drivers.join("\u{1f}")
        );
        if let Some(number) = self.numbers.get(&key) {
            return *number;
        }
        if self.list.len() == NOTES {
            return 0;
        }
        let number = self.list.len() + 1;
        let more = drivers.len().saturating_sub(DRIVERS);
        self.list.push(RiskNote {
            number,
            head: if row.is_empty() {
                format!("{area}: {words}")
            } else {
                format!("{area}: {words} (row {})", shortened(row, 60))
            },
            drivers: drivers
                .iter()
                .take(DRIVERS)
                .map(|d| shortened(d, DRIVER))
                .collect(),
            more: if more == 0 {
                String::new()
            } else {
                format!("{more} more in report.json")
            },
        });
        self.numbers.insert(key, number);
        number
    }
}

/// A word of an axis for people.
fn axis_says(word: &str) -> String {
    match word {
        "none" => "none on public record".to_owned(),
        "local" => "shown, from the host".to_owned(),
        "sim" => "shown, by the SIM".to_owned(),
        "remote" => "shown, from afar".to_owned(),
        "no_match" => "no match under the chosen packs".to_owned(),
        "advisory" => "advised against".to_owned(),
        other => says(other),
    }
}

/// What an outcome asks, in this project's words.
const fn meaning(outcome: usize) -> &'static str {
    match outcome {
        0 => "work on it now, before other work",
        1 => "work on it before the next planned maintenance",
        2 => "work on it with the next planned maintenance",
        3 => "no work needs to be planned for it now",
        _ => {
            "nothing is known on which a statement could rest, or no module is shown; this is not the same as defer"
        }
    }
}

fn outcome_word(at: usize) -> String {
    OUTCOMES.get(at).map(|w| says(w)).unwrap_or_default()
}

pub(crate) fn outcome_rows(counts: &RiskCounts) -> Vec<OutcomeRow> {
    (0..)
        .zip(counts.outcomes)
        .map(|(rank, c)| OutcomeRow {
            rank,
            name: outcome_word(rank),
            meaning: meaning(rank),
            findings: c.findings,
            modules: c.modules,
            up_to: c.up_to,
        })
        .collect()
}

pub(crate) fn outcome_chart(rows: &[OutcomeRow]) -> String {
    let bars: Vec<Bar> = rows
        .iter()
        .map(|r| Bar {
            label: r.name.clone(),
            value: r.findings,
            hatched: r.rank + 1 == OUTCOMES.len(),
        })
        .collect();
    [Room::Wide, Room::Narrow]
        .map(|room| svg::bars("outcomes", "Findings by outcome", &bars, room))
        .concat()
}

fn heat_cell(area: &'static str, cell: &Cell) -> HeatCell {
    let word = |at: usize| LEVELS.get(at).copied().unwrap_or_default();
    let counts: Vec<String> = LEVELS
        .iter()
        .zip(cell.levels)
        .filter(|(_, n)| *n > 0)
        .map(|(word, n)| format!("{} {}", grouped(n), says(word)))
        .collect();
    let mut counts = counts.join(", ");
    if cell.open > 0 {
        counts.push_str("; of these ");
        counts.push_str(&grouped(cell.open));
        counts.push_str(" may be higher");
    }
    let of_highest = cell
        .highest
        .and_then(|(low, _)| cell.levels.get(low).copied())
        .unwrap_or(0)
        .min(999_999);
    HeatCell {
        area,
        highest: cell
            .highest
            .map_or_else(|| "no basis".to_owned(), |(l, h)| span(word(l), word(h))),
        counts,
        no_basis: if cell.no_basis > 0 {
            format!("{} no basis", grouped(cell.no_basis))
        } else {
            String::new()
        },
        order: cell.highest.map_or_else(
            || "99".to_owned(),
            |(l, h)| format!("{l}{h}.{:06}", 999_999 - of_highest),
        ),
        class: match cell.highest {
            Some((0, _)) => "h0",
            Some((1, _)) => "h1",
            Some((2, _)) => "h2",
            Some(_) => "h3",
            None => "",
        },
    }
}

fn heat_row(name: String, d: &DepartmentRisk) -> HeatRow {
    HeatRow {
        name,
        findings: d.findings,
        cells: AREAS
            .iter()
            .zip(&d.cells)
            .map(|(area, cell)| heat_cell(area, cell))
            .collect(),
    }
}

/// Departments in the order counted, then further ones in one line.
pub(crate) fn heat_rows(counts: &RiskCounts) -> Vec<HeatRow> {
    let mut rows: Vec<HeatRow> = counts
        .departments
        .iter()
        .map(|d| {
            let name = if d.name.is_empty() {
                "department not stated".to_owned()
            } else {
                shortened(&d.name, 400)
            };
            heat_row(name, d)
        })
        .collect();
    if let Some((n, d)) = &counts.further {
        rows.push(heat_row(
            counted(*n, "further department", "further departments"),
            d,
        ));
    }
    rows
}

/// All departments in one line.
pub(crate) fn heat_total(counts: &RiskCounts) -> HeatRow {
    heat_row("All".to_owned(), &counts.all)
}

/// One move of a cell of the table.
pub(crate) struct MoveRow {
    pub(crate) row: String,
    /// What the row says, as the table stands.
    pub(crate) says: String,
    pub(crate) cell: String,
    pub(crate) outcomes: u64,
    pub(crate) levels: u64,
}

/// What hangs on single cells of the table.
pub(crate) struct SensitivityView {
    pub(crate) says: String,
    pub(crate) moves: Vec<MoveRow>,
    pub(crate) further: String,
}

/// What hangs on single cells, for the page; `None` where it was not computed or there is nothing.
pub(crate) fn sensitivity(of: Option<&Sensitivity>) -> Option<SensitivityView> {
    let s = of.filter(|s| s.findings > 0)?;
    let mut words = format!(
        "Each cell of table {} was moved by one level, up and down: {}. {} the outcome of some finding. {}.",
        shortened(&s.table, 40),
        counted(s.moves, "move", "moves"),
        counted(s.moves_of_outcome, "move changes", "moves change"),
        counted(
            s.stable,
            "finding keeps its outcome under every move",
            "findings keep their outcome under every move"
        ),
    );
    if s.left_out > 0 {
        words.push(' ');
        words.push_str(&counted(s.left_out, "finding was", "findings were"));
        words.push_str(" not computed: there are too many different kinds.");
    }
    let table = Table::embedded().ok().filter(|t| t.version == s.table);
    let moves: Vec<MoveRow> = s
        .changes
        .iter()
        .take(MOVES)
        .map(|c| MoveRow {
            row: shortened(&c.row, 80),
            says: table
                .and_then(|t| t.row_says(&c.row))
                .map(|s| shortened(&says(&s), 200))
                .unwrap_or_default(),
            cell: shortened(
                &format!(
                    "{} from {} to {}",
                    says(&c.cell),
                    says(&c.from),
                    says(&c.to)
                ),
                120,
            ),
            outcomes: c.outcomes,
            levels: c.levels,
        })
        .collect();
    let rest = (s.changes.len() - moves.len()) as u64 + s.further;
    Some(SensitivityView {
        says: words,
        further: if rest == 0 {
            String::new()
        } else {
            format!(
                "{} something; they are in report.json and findings.xlsx as far as there is room.",
                counted(rest, "further move changes", "further moves change")
            )
        },
        moves,
    })
}

/// Risk of one finding.
pub(crate) fn view(finding: &ReportFinding, notes: &mut RiskNotes) -> RiskView {
    let mut view = RiskView {
        rank: OUTCOMES.len(),
        order: 99,
        outcome: "not stated".to_owned(),
        up_to: String::new(),
        row: String::new(),
        areas: Vec::new(),
        axes: Vec::new(),
        shared: 0,
        instead: "",
    };
    let Some(r) = reading(finding) else {
        return view;
    };
    view.rank = r.outcome;
    view.order = r.outcome * 10 + r.up_to;
    view.outcome = outcome_word(r.outcome);
    if r.up_to != r.outcome {
        view.up_to = outcome_word(r.up_to);
    }
    view.row = shortened(&format!("row {}, table {}", r.risk.row, r.risk.table), 120);
    if r.ends.iter().all(Option::is_none) {
        view.instead = "no basis in any of the four areas";
    } else if notes.beside_each {
        view.areas = notes.lines(areas(&r.risk));
        view.axes = notes.axes(&r.risk);
    } else {
        let head = format!(
            "{} ({})",
            span(&r.risk.outcome, &r.risk.outcome_up_to),
            view.row
        );
        view.shared = notes.share(&r.risk, head);
        if view.shared == 0 {
            view.instead = "its areas are in report.json";
        }
    }
    view
}
