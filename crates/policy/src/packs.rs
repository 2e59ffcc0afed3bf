//! The packs at hand: embedded ones and files, selection, and what the command shows of them.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use cellsweep_catalog::Catalog;
use cellsweep_identify::{AssetState, Finding};
use jiff::civil::Date;

use crate::case::{Case, Circumstances};
use crate::judge::judge;
use crate::load::{self, Problem};
use crate::pack::{List, Match, Pack, Rule, Within};
use crate::verdict::Verdict;

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/packs.rs"));
}

/// Why packs could not be had.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Neither an embedded pack's id nor a file.
    #[error("no pack \"{name}\": it is neither one of {known} nor a file")]
    Unknown {
        /// As given.
        name: String,
        /// Ids at hand.
        known: String,
    },
    /// A file that could not be read.
    #[error("{path}: {source}")]
    File {
        /// As given.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// Packs with mistakes.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))]
    Invalid(Vec<Problem>),
}

/// Packs in the order chosen.
#[derive(Clone, Debug, Default)]
pub struct Packs {
    packs: Vec<Pack>,
}

/// A day on which something of a pack begins, ends or is due.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Event {
    /// The day.
    pub date: Date,
    /// Pack id.
    pub pack: String,
    /// Rule id; absent: the pack's list or the pack itself.
    pub rule: Option<String>,
    /// What happens, in one neutral phrase.
    pub says: String,
}

impl Packs {
    /// Names and texts of the embedded pack files.
    pub fn files() -> &'static [(&'static str, &'static str)] {
        embedded::FILES
    }

    /// Every embedded pack, by id.
    pub fn embedded() -> Result<Self, Error> {
        let mut packs = Vec::new();
        let mut problems = Vec::new();
        for (file, text) in embedded::FILES {
            match load::load(&format!("policies/{file}"), text) {
                Ok(pack) => packs.push(pack),
                Err(more) => problems.extend(more),
            }
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        let mut all = Self { packs };
        all.resolve(&BTreeMap::new())?;
        Ok(all)
    }

    /// The chosen packs, each given by id or by path, in the order given and once each. A file may
    /// refer to the list of an embedded pack or of another file.
    pub fn select<S: AsRef<str>>(&self, names: &[S]) -> Result<Self, Error> {
        let mut chosen = Self::default();
        let mut problems = Vec::new();
        for name in names {
            let name = name.as_ref();
            let pack = if let Some(pack) = self.get(name) {
                pack.clone()
            } else if Path::new(name).is_file() {
                match check(name) {
                    Ok(pack) => pack,
                    Err(Error::Invalid(more)) => {
                        problems.extend(more);
                        continue;
                    }
                    Err(other) => return Err(other),
                }
            } else {
                return Err(Error::Unknown {
                    name: name.to_owned(),
                    known: self.ids().join(", "),
                });
            };
            if chosen.get(&pack.id).is_none() {
                chosen.packs.push(pack);
            }
        }
        if !problems.is_empty() {
            return Err(Error::Invalid(problems));
        }
        chosen.resolve(&self.lists())?;
        Ok(chosen)
    }

    fn lists(&self) -> BTreeMap<String, List> {
        self.packs
            .iter()
            .filter(|p| !p.entities.is_empty())
            .map(|p| {
                let list = List {
                    excerpt: p.excerpt.clone(),
                    editions: p.editions.clone(),
                    entities: p.entities.clone(),
                };
                (p.id.clone(), list)
            })
            .collect()
    }

    /// Gives every pack the lists its rules refer to.
    fn resolve(&mut self, others: &BTreeMap<String, List>) -> Result<(), Error> {
        let mut lists = others.clone();
        lists.append(&mut self.lists());
        let mut problems = Vec::new();
        for pack in &mut self.packs {
            for rule in &pack.rules {
                let Some(id) = rule.matching.list() else {
                    continue;
                };
                match lists.get(id) {
                    Some(list) => {
                        pack.lists.insert(id.to_owned(), list.clone());
                    }
                    None => problems.push(Problem {
                        file: format!("{}.toml", pack.id),
                        line: 1,
                        column: 1,
                        code: "pack-unknown-list",
                        message: format!(
                            "rule {} refers to the list of \"{id}\", which is not loaded or has no entity",
                            rule.id
                        ),
                    }),
                }
            }
        }
        if problems.is_empty() {
            Ok(())
        } else {
            Err(Error::Invalid(problems))
        }
    }

    /// Ids, in order.
    pub fn ids(&self) -> Vec<&str> {
        self.packs.iter().map(|p| p.id.as_str()).collect()
    }

    /// A pack by id.
    pub fn get(&self, id: &str) -> Option<&Pack> {
        self.packs.iter().find(|p| p.id == id)
    }

    /// All packs, in order. What `policy list` shows is in each pack's public fields.
    pub fn list(&self) -> &[Pack] {
        &self.packs
    }

    /// Verdicts of every pack on one item: packs in order, rules in each pack's order.
    pub fn judge(&self, case: &Case, date: Date) -> Vec<Verdict> {
        self.packs
            .iter()
            .flat_map(|p| judge(p, case, date))
            .collect()
    }

    /// Verdicts on a finding that is in place, with nothing stated beyond evidence and estate.
    pub fn judge_finding(
        &self,
        finding: &Finding,
        asset: Option<&AssetState>,
        catalog: &Catalog,
        date: Date,
    ) -> Vec<Verdict> {
        self.judge_finding_in(finding, asset, catalog, &Circumstances::default(), date)
    }

    /// Verdicts on a finding under stated circumstances, for instance about to be bought.
    pub fn judge_finding_in(
        &self,
        finding: &Finding,
        asset: Option<&AssetState>,
        catalog: &Catalog,
        given: &Circumstances,
        date: Date,
    ) -> Vec<Verdict> {
        self.judge(&Case::of_finding(finding, asset, catalog, given), date)
    }

    /// Warnings about packs confirmed too long before a day, one sentence each.
    pub fn age_warnings(&self, date: Date) -> Vec<String> {
        self.packs
            .iter()
            .filter_map(|p| p.age_warning(date))
            .collect()
    }

    /// Everything that begins, ends or is due, by day.
    pub fn timeline(&self) -> Vec<Event> {
        let mut all = Vec::new();
        for pack in &self.packs {
            let mut add = |date: Option<Date>, rule: Option<&Rule>, says: String| {
                if let Some(date) = date {
                    all.push(Event {
                        date,
                        pack: pack.id.clone(),
                        rule: rule.map(|r| r.id.clone()),
                        says,
                    });
                }
            };
            add(Some(pack.issued), None, "issued".to_owned());
            for edition in &pack.editions {
                add(Some(edition.date), None, "edition".to_owned());
            }
            for entity in &pack.entities {
                for period in &entity.listed {
                    add(Some(period.from), None, format!("listed: {}", entity.name));
                    add(
                        period.to,
                        None,
                        format!("no longer listed: {}", entity.name),
                    );
                }
            }
            for rule in &pack.rules {
                let verb = rule.verb.as_str();
                add(rule.effective, Some(rule), format!("{verb} takes effect"));
                add(
                    rule.deadline,
                    Some(rule),
                    format!("{verb}: target or last day"),
                );
                add(
                    rule.until,
                    Some(rule),
                    format!("{verb}: last day of effect"),
                );
            }
        }
        all.sort();
        all.dedup();
        all
    }

    /// A pack as readable text.
    pub fn show(&self, id: &str) -> Option<String> {
        self.get(id).map(show)
    }

    /// A rule as readable text.
    pub fn explain(&self, id: &str, rule: &str) -> Option<String> {
        let pack = self.get(id)?;
        let mut out = String::new();
        rule_text(&mut out, pack, pack.rule(rule)?);
        Some(out)
    }
}

/// Reads one pack file and says everything that is wrong with it. Lists of other packs that it refers
/// to are looked for when it is selected.
pub fn check(path: &str) -> Result<Pack, Error> {
    let file = |source| Error::File {
        path: path.to_owned(),
        source,
    };
    let size = std::fs::metadata(path).map_err(file)?.len();
    if size > load::MAX_BYTES as u64 {
        return Err(Error::Invalid(vec![Problem {
            file: path.to_owned(),
            line: 1,
            column: 1,
            code: "pack-too-large",
            message: format!("a pack has at most {} bytes", load::MAX_BYTES),
        }]));
    }
    let bytes = std::fs::read(path).map_err(file)?;
    let text = String::from_utf8(bytes).map_err(|e| {
        Error::Invalid(vec![Problem {
            file: path.to_owned(),
            line: 1,
            column: 1,
            code: "pack-syntax",
            message: format!("not UTF-8 from byte {}", e.utf8_error().valid_up_to()),
        }])
    })?;
    load::load(path, &text).map_err(Error::Invalid)
}

fn line(out: &mut String, label: &str, text: &str) {
    // Writing to a String cannot fail.
    let _ = writeln!(out, "{label:<12} {text}");
}

fn show(pack: &Pack) -> String {
    let mut out = String::new();
    let _ = writeln!(out, "{}: {}", pack.id, pack.title);
    line(&mut out, "jurisdiction", &pack.jurisdiction);
    line(&mut out, "issuer", &pack.issuer);
    let kind = match pack.kind {
        crate::pack::Kind::Law => "law",
        crate::pack::Kind::List => "list that other instruments refer to",
        crate::pack::Kind::PolicyTarget => "policy target, no legal force",
        crate::pack::Kind::Advisory => "advice, no legal force",
        crate::pack::Kind::Proposal => "proposal, not adopted",
    };
    line(&mut out, "kind", kind);
    line(&mut out, "issued", &pack.issued.to_string());
    line(&mut out, "as of", &pack.as_of.to_string());
    if let Some(citation) = &pack.citation {
        line(&mut out, "citation", citation);
    }
    if let Some(note) = &pack.note {
        line(&mut out, "note", note);
    }
    for edition in &pack.editions {
        let citation = edition.citation.as_deref().unwrap_or("");
        line(
            &mut out,
            "edition",
            format!("{} {citation}", edition.date).trim_end(),
        );
    }
    for entity in &pack.entities {
        let periods: Vec<String> = entity
            .listed
            .iter()
            .map(|p| match p.to {
                Some(to) => format!("{} to {to}", p.from),
                None => format!("from {}", p.from),
            })
            .collect();
        line(
            &mut out,
            "entity",
            &format!("{} ({})", entity.name, periods.join("; ")),
        );
    }
    for rule in &pack.rules {
        out.push('\n');
        rule_text(&mut out, pack, rule);
    }
    out.push('\n');
    for source in &pack.sources {
        line(&mut out, "source", &source.url);
    }
    out
}

fn rule_text(out: &mut String, pack: &Pack, rule: &Rule) {
    let _ = writeln!(out, "{}/{}: {}", pack.id, rule.id, rule.title);
    line(out, "  verb", rule.verb.as_str());
    line(out, "  match", &match_text(&rule.matching));
    if !rule.binds.is_empty() {
        line(out, "  binds", &rule.binds.join(", "));
    }
    let stages: Vec<&str> = rule.stages.iter().map(|s| s.says()).collect();
    line(out, "  reaches", &stages.join(", "));
    for (label, date) in [
        ("  effective", rule.effective),
        ("  deadline", rule.deadline),
        ("  until", rule.until),
    ] {
        if let Some(date) = date {
            line(out, label, &date.to_string());
        }
    }
    match rule.within {
        Some(Within::BusinessDays(n)) => line(out, "  within", &format!("{n} business day(s)")),
        Some(Within::Days(n)) => line(out, "  within", &format!("{n} day(s)")),
        None => {}
    }
    if let Some(event) = &rule.only_if {
        line(
            out,
            "  follows",
            &format!("{} ({})", event.says, event.fact),
        );
    }
    for exception in &rule.exceptions {
        line(
            out,
            "  exception",
            &format!("{} ({})", exception.says, exception.fact),
        );
    }
    if let Some(reading) = &rule.needs_legal_reading {
        line(out, "  open", &reading.reason);
        if let Some(fact) = &reading.unless_fact {
            line(out, "  settled by", &format!("the fact {fact}"));
        }
    }
    for show in &rule.must_show {
        line(out, "  must show", show);
    }
    if let Some(retention) = &rule.retention {
        line(out, "  retention", retention);
    }
    if let Some(note) = &rule.note {
        line(out, "  note", note);
    }
    for source in &rule.sources {
        line(out, "  source", source);
    }
}

fn match_text(m: &Match) -> String {
    match m {
        Match::NamedEntity {
            list,
            controlled,
            chips,
        } => {
            let by = match controlled {
                crate::pack::Reach::Yes => " and what a named entity controls",
                crate::pack::Reach::No => "",
                crate::pack::Reach::LegalReading => {
                    "; control by a named entity needs a legal reading"
                }
            };
            format!(
                "{} named in {}{by}",
                if *chips {
                    "maker of a chip inside the module"
                } else {
                    "entity"
                },
                list.as_deref().unwrap_or("this pack")
            )
        }
        Match::ControlChain { list } => format!(
            "entity named in {} or under its control",
            list.as_deref().unwrap_or("this pack")
        ),
        Match::Jurisdiction {
            countries,
            production_too,
            ..
        } => format!(
            "seat or owner in {}{}",
            countries.join(", "),
            if *production_too {
                ", or produced there"
            } else {
                ""
            }
        ),
        Match::PlaceOfProduction {
            categories,
            outside,
            produced_in,
        } => format!(
            "{} produced {}",
            categories.join(", "),
            if outside.is_empty() {
                format!("in {}", produced_in.join(", "))
            } else {
                format!("outside {}", outside.join(", "))
            }
        ),
        Match::RemoteAccess { countries } => {
            format!(
                "remote access or data path to parties in {}",
                countries.join(", ")
            )
        }
        Match::Disclosure => "every module, no test of origin".to_owned(),
        Match::AnyListedMakerOfPack => "entity named in this pack or under its control".to_owned(),
    }
}
