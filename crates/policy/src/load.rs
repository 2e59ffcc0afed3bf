//! Reading a pack file: every mistake is collected, each with its line.

use std::collections::BTreeSet;
use std::fmt;
use std::ops::Range;

use jiff::civil::Date;
use sha2::{Digest, Sha256};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use crate::dates;
use crate::pack::{
    Edition, Entity, Exception, Kind, LegalReading, Listed, Match, OnlyIf, Pack, Reach, ReadWhen,
    Rule, Source, Stage, Test, TestMaker, Verb, Within,
};
use crate::verdict::Status;

/// Largest pack file read, in bytes.
pub const MAX_BYTES: usize = 1 << 20;

/// Stable codes of everything that can be wrong with a pack, with what each means.
pub const CODES: &[(&str, &str)] = &[
    ("pack-syntax", "the file is not TOML"),
    ("pack-too-large", "the file is larger than a pack may be"),
    ("pack-missing-key", "a required key is absent"),
    ("pack-unknown-key", "a key has no meaning here"),
    ("pack-wrong-type", "a value has the wrong type"),
    ("pack-empty", "a value or list is empty"),
    ("pack-unknown-word", "a word is not one of those allowed"),
    (
        "pack-bad-date",
        "a date is not a day of the calendar written YYYY-MM-DD",
    ),
    (
        "pack-bad-id",
        "an id is not lower-case letters, digits and single hyphens",
    ),
    (
        "pack-id-not-file-name",
        "the id differs from the file's name",
    ),
    ("pack-duplicate-id", "an id is used twice"),
    ("pack-bad-country", "a country is not two capital letters"),
    (
        "pack-period-order",
        "a period ends before it starts, or periods overlap",
    ),
    (
        "pack-period-without-edition",
        "a listing starts or ends on a day that is no edition",
    ),
    (
        "pack-edition-order",
        "editions are not in the order of their dates",
    ),
    (
        "pack-edition-after-as-of",
        "an edition is later than the pack's as-of date",
    ),
    (
        "pack-verb-not-for-kind",
        "only enacted law forbids or obliges",
    ),
    (
        "pack-no-entities",
        "a rule matches by name and there is no list of names",
    ),
    (
        "pack-within-missing",
        "a duty to report within a time states no time",
    ),
    (
        "pack-dates-contradict",
        "a rule ends or is due before it takes effect",
    ),
    (
        "pack-test-unknown-rule",
        "a test names a rule the pack does not have",
    ),
    (
        "pack-unknown-list",
        "a rule refers to the list of a pack that is not loaded",
    ),
    (
        "pack-test-failed",
        "a case of the pack's own comes out otherwise",
    ),
    ("pack-rule-untested", "a rule has no case of its own"),
    (
        "waiver-period",
        "a waiver ends before it starts, or has no end within ten years",
    ),
    (
        "override-not-stricter",
        "an override may only make a rule's answer stricter; to lower it takes a waiver",
    ),
    (
        "waiver-expired",
        "a waiver's last day has passed; it changes nothing any more",
    ),
    (
        "waiver-unused",
        "a waiver or override that met nothing in this run: it may be gone, or its scope mistyped",
    ),
    (
        "waiver-too-broad",
        "a waiver that names neither a thing nor a rule, or runs for more than two years",
    ),
];

/// One mistake in a pack file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// File as given.
    pub file: String,
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// Stable code, one of [`CODES`].
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {} [{}]",
            self.file, self.line, self.column, self.message, self.code
        )
    }
}

impl std::error::Error for Problem {}

type Value<'i> = Spanned<DeValue<'i>>;

/// Collects problems and turns offsets into lines.
pub(crate) struct Log<'t> {
    file: &'t str,
    text: &'t str,
    line_starts: Vec<usize>,
    problems: Vec<Problem>,
}

impl Log<'_> {
    pub(crate) fn add(&mut self, at: usize, code: &'static str, message: impl Into<String>) {
        let line = self.line(at);
        let start = self.line_starts.get(line - 1).copied().unwrap_or(0);
        let column = self
            .text
            .get(start..at.min(self.text.len()))
            .map_or(0, |s| s.chars().count());
        self.problems.push(Problem {
            file: self.file.to_owned(),
            line,
            column: column + 1,
            code,
            message: message.into(),
        });
    }

    fn line(&self, at: usize) -> usize {
        self.line_starts.partition_point(|s| *s <= at).max(1)
    }
}

/// A table being read: keys asked for are ticked off, what is left is unknown.
pub(crate) struct Table<'t, 'i> {
    name: String,
    pub(crate) span: Range<usize>,
    map: &'t DeTable<'i>,
    asked: BTreeSet<&'static str>,
    /// Others have their own keys in it.
    shared: bool,
}

impl<'t, 'i> Table<'t, 'i> {
    pub(crate) fn new(name: impl Into<String>, span: Range<usize>, map: &'t DeTable<'i>) -> Self {
        Self {
            name: name.into(),
            span,
            map,
            asked: BTreeSet::new(),
            shared: false,
        }
    }

    pub(crate) fn get(&mut self, key: &'static str) -> Option<&'t Value<'i>> {
        self.asked.insert(key);
        self.map.get(key)
    }

    pub(crate) fn missing(&self, log: &mut Log<'_>, key: &str) {
        log.add(
            self.span.start,
            "pack-missing-key",
            format!("{} has no `{key}`", self.name),
        );
    }

    pub(crate) fn text(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
    ) -> Option<(String, Range<usize>)> {
        let value = self.get(key)?;
        let DeValue::String(text) = value.get_ref() else {
            log.add(
                value.span().start,
                "pack-wrong-type",
                format!("`{key}` must be text"),
            );
            return None;
        };
        if text.trim().is_empty() {
            log.add(
                value.span().start,
                "pack-empty",
                format!("`{key}` is empty"),
            );
            return None;
        }
        Some((text.trim().to_owned(), value.span()))
    }

    pub(crate) fn opt(&mut self, log: &mut Log<'_>, key: &'static str) -> Option<String> {
        self.text(log, key).map(|(t, _)| t)
    }

    pub(crate) fn need(&mut self, log: &mut Log<'_>, key: &'static str) -> String {
        if self.get(key).is_none() {
            self.missing(log, key);
        }
        self.opt(log, key).unwrap_or_default()
    }

    pub(crate) fn flag(&mut self, log: &mut Log<'_>, key: &'static str) -> Option<bool> {
        let value = self.get(key)?;
        if let DeValue::Boolean(b) = value.get_ref() {
            return Some(*b);
        }
        log.add(
            value.span().start,
            "pack-wrong-type",
            format!("`{key}` must be true or false"),
        );
        None
    }

    pub(crate) fn number(&mut self, log: &mut Log<'_>, key: &'static str) -> Option<u32> {
        let value = self.get(key)?;
        if let DeValue::Integer(n) = value.get_ref()
            && let Ok(n) = u32::from_str_radix(n.as_str(), n.radix())
        {
            return Some(n);
        }
        log.add(
            value.span().start,
            "pack-wrong-type",
            format!("`{key}` must be a whole number from 0"),
        );
        None
    }

    pub(crate) fn date(&mut self, log: &mut Log<'_>, key: &'static str) -> Option<Date> {
        let value = self.get(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.trim().to_owned(),
            DeValue::Datetime(date) => date.to_string(),
            _ => {
                log.add(
                    value.span().start,
                    "pack-wrong-type",
                    format!("`{key}` must be a date"),
                );
                return None;
            }
        };
        let day = dates::day(&text);
        if day.is_none() {
            log.add(
                value.span().start,
                "pack-bad-date",
                format!("`{key}`: \"{text}\" is not a day written YYYY-MM-DD"),
            );
        }
        day
    }

    pub(crate) fn need_date(&mut self, log: &mut Log<'_>, key: &'static str) -> Date {
        if self.get(key).is_none() {
            self.missing(log, key);
        }
        self.date(log, key).unwrap_or_default()
    }

    /// Texts with their places. One text stands for a list of one.
    pub(crate) fn texts(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
    ) -> Option<Vec<(String, Range<usize>)>> {
        let value = self.get(key)?;
        match value.get_ref() {
            DeValue::String(_) => self.text(log, key).map(|t| vec![t]),
            DeValue::Array(items) => {
                let mut all = Vec::new();
                for item in items {
                    match item.get_ref() {
                        DeValue::String(t) if !t.trim().is_empty() => {
                            all.push((t.trim().to_owned(), item.span()));
                        }
                        DeValue::String(_) => log.add(
                            item.span().start,
                            "pack-empty",
                            format!("`{key}` holds an empty text"),
                        ),
                        _ => log.add(
                            item.span().start,
                            "pack-wrong-type",
                            format!("`{key}` must hold texts"),
                        ),
                    }
                }
                Some(all)
            }
            _ => {
                log.add(
                    value.span().start,
                    "pack-wrong-type",
                    format!("`{key}` must be a list of texts"),
                );
                None
            }
        }
    }

    pub(crate) fn list(&mut self, log: &mut Log<'_>, key: &'static str) -> Vec<String> {
        self.texts(log, key)
            .unwrap_or_default()
            .into_iter()
            .map(|(t, _)| t)
            .collect()
    }

    fn need_list(&mut self, log: &mut Log<'_>, key: &'static str) -> Vec<String> {
        match self.get(key).map(Spanned::span) {
            None => self.missing(log, key),
            Some(span) => {
                let list = self.list(log, key);
                if list.is_empty() {
                    log.add(span.start, "pack-empty", format!("`{key}` is empty"));
                }
                return list;
            }
        }
        Vec::new()
    }

    fn countries(&mut self, log: &mut Log<'_>, key: &'static str) -> Vec<String> {
        let mut all = Vec::new();
        for (code, span) in self.texts(log, key).unwrap_or_default() {
            if code.len() == 2 && code.bytes().all(|b| b.is_ascii_uppercase()) {
                all.push(code);
            } else {
                log.add(
                    span.start,
                    "pack-bad-country",
                    format!("\"{code}\" is not a country code of two capital letters"),
                );
            }
        }
        all
    }

    pub(crate) fn word<T: Copy>(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
        words: &[(&str, T)],
    ) -> Option<T> {
        let (text, span) = self.text(log, key)?;
        let found = words.iter().find(|(w, _)| *w == text).map(|(_, v)| *v);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(w, _)| *w).collect();
            log.add(
                span.start,
                "pack-unknown-word",
                format!("`{key}`: \"{text}\" is none of {}", all.join(", ")),
            );
        }
        found
    }

    fn table(
        &mut self,
        log: &mut Log<'_>,
        key: &'static str,
        name: String,
    ) -> Option<Table<'t, 'i>> {
        let value = self.get(key)?;
        if let DeValue::Table(map) = value.get_ref() {
            return Some(Table::new(name, value.span(), map));
        }
        log.add(
            value.span().start,
            "pack-wrong-type",
            format!("`{key}` must be a table"),
        );
        None
    }

    /// Lets keys pass that were not asked for: others read them.
    pub(crate) fn share(&mut self) {
        self.shared = true;
    }

    pub(crate) fn tables(&mut self, log: &mut Log<'_>, key: &'static str) -> Vec<Table<'t, 'i>> {
        let mut all = Vec::new();
        let Some(value) = self.get(key) else {
            return all;
        };
        let DeValue::Array(items) = value.get_ref() else {
            log.add(
                value.span().start,
                "pack-wrong-type",
                format!("`{key}` must be a list of tables"),
            );
            return all;
        };
        for item in items {
            if let DeValue::Table(map) = item.get_ref() {
                all.push(Table::new(format!("a `{key}`"), item.span(), map));
            } else {
                log.add(
                    item.span().start,
                    "pack-wrong-type",
                    format!("`{key}` must hold tables"),
                );
            }
        }
        all
    }

    fn need_tables(&mut self, log: &mut Log<'_>, key: &'static str) -> Vec<Table<'t, 'i>> {
        match self.get(key) {
            None => self.missing(log, key),
            Some(value) => {
                if let DeValue::Array(items) = value.get_ref()
                    && items.is_empty()
                {
                    log.add(
                        value.span().start,
                        "pack-empty",
                        format!("`{key}` is empty"),
                    );
                }
            }
        }
        self.tables(log, key)
    }

    /// Reports keys that were not asked for.
    pub(crate) fn end(self, log: &mut Log<'_>) {
        if self.shared {
            return;
        }
        for (key, _) in self.map {
            if !self.asked.contains(key.get_ref().as_ref()) {
                let known: Vec<&str> = self.asked.iter().copied().collect();
                log.add(
                    key.span().start,
                    "pack-unknown-key",
                    format!(
                        "`{}` has no meaning in {}; known: {}",
                        key.get_ref(),
                        self.name,
                        known.join(", ")
                    ),
                );
            }
        }
    }
}

fn id_is_well_formed(id: &str) -> bool {
    !id.is_empty()
        && !id.starts_with('-')
        && !id.ends_with('-')
        && !id.contains("--")
        && id
            .bytes()
            .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
}

fn id(table: &mut Table<'_, '_>, log: &mut Log<'_>) -> String {
    if table.get("id").is_none() {
        table.missing(log, "id");
        return String::new();
    }
    let Some((id, span)) = table.text(log, "id") else {
        return String::new();
    };
    if !id_is_well_formed(&id) {
        log.add(
            span.start,
            "pack-bad-id",
            format!("\"{id}\" is not lower-case letters, digits and single hyphens"),
        );
    }
    id
}

/// Reads a pack. `file` is the name shown in problems; its stem must be the pack's id.
pub fn load(file: &str, text: &str) -> Result<Pack, Vec<Problem>> {
    document(file, text, "the pack", read)
}

/// Reads a TOML document of known keys, and says everything that is wrong with it.
pub(crate) fn document<T>(
    file: &str,
    text: &str,
    what: &str,
    read: impl FnOnce(&mut Table<'_, '_>, &mut Log<'_>) -> T,
) -> Result<T, Vec<Problem>> {
    let mut line_starts = vec![0];
    line_starts.extend(text.match_indices('\n').map(|(at, _)| at + 1));
    let mut log = Log {
        file,
        text,
        line_starts,
        problems: Vec::new(),
    };
    if text.len() > MAX_BYTES {
        log.add(
            0,
            "pack-too-large",
            format!("at most {MAX_BYTES} bytes are read"),
        );
        return Err(log.problems);
    }
    let (root, errors) = DeTable::parse_recoverable(text);
    for error in &errors {
        log.add(
            error.span().map_or(0, |s| s.start),
            "pack-syntax",
            error.message().to_owned(),
        );
    }
    if !errors.is_empty() {
        // What the parser recovered would only add follow-up mistakes.
        return Err(sorted(log.problems));
    }
    let mut top = Table::new(what, 0..0, root.get_ref());
    let found = read(&mut top, &mut log);
    top.end(&mut log);
    if log.problems.is_empty() {
        Ok(found)
    } else {
        Err(sorted(log.problems))
    }
}

fn sorted(mut problems: Vec<Problem>) -> Vec<Problem> {
    problems.sort();
    problems.dedup();
    problems
}

fn read(top: &mut Table<'_, '_>, log: &mut Log<'_>) -> Pack {
    let id = id(top, log);
    let stem = log
        .file
        .rsplit(['/', '\\'])
        .next()
        .and_then(|f| f.strip_suffix(".toml"));
    if !id.is_empty() && stem.is_some_and(|s| s != id) {
        let at = top.get("id").map_or(0, |v| v.span().start);
        log.add(
            at,
            "pack-id-not-file-name",
            format!("the file is not named {id}.toml"),
        );
    }
    let title = top.need(log, "title");
    let jurisdiction = top.need(log, "jurisdiction");
    let issuer = top.need(log, "issuer");
    let kinds = [
        ("law", Kind::Law),
        ("list", Kind::List),
        ("policy_target", Kind::PolicyTarget),
        ("advisory", Kind::Advisory),
        ("proposal", Kind::Proposal),
    ];
    if top.get("kind").is_none() {
        top.missing(log, "kind");
    }
    let kind = top.word(log, "kind", &kinds);
    let issue_day = top.need_date(log, "issued");
    let as_of = top.need_date(log, "as_of");
    let warn_after_days = top.number(log, "warn_after_days").unwrap_or(90);
    let note = top.opt(log, "note");
    let citation = top.opt(log, "citation");
    let excerpt = top.opt(log, "excerpt");

    let editions = editions(top, log, as_of);
    let entities = entities(top, log, &editions);
    let rules = rules(top, log, kind, &entities);
    let sources = sources(top, log);
    let tests = tests(top, log, &rules);

    Pack {
        id,
        title,
        jurisdiction,
        issuer,
        kind: kind.unwrap_or(Kind::Proposal),
        issued: issue_day,
        as_of,
        warn_after_days,
        note,
        citation,
        excerpt,
        editions,
        entities,
        rules,
        sources,
        tests,
        lists: std::collections::BTreeMap::new(),
        digest: hex(&Sha256::digest(log.text.as_bytes())),
    }
}

fn hex(bytes: &[u8]) -> String {
    use fmt::Write as _;
    bytes.iter().fold(String::new(), |mut out, b| {
        // Writing to a String cannot fail.
        let _ = write!(out, "{b:02x}");
        out
    })
}

fn editions(top: &mut Table<'_, '_>, log: &mut Log<'_>, as_of: Date) -> Vec<Edition> {
    let mut all: Vec<Edition> = Vec::new();
    for mut table in top.tables(log, "edition") {
        let at = table.span.start;
        let edition = Edition {
            date: table.need_date(log, "date"),
            citation: table.opt(log, "citation"),
            source: table.need(log, "source"),
        };
        if all.last().is_some_and(|last| last.date >= edition.date) {
            log.add(
                at,
                "pack-edition-order",
                "editions must stand in the order of their dates",
            );
        }
        if edition.date > as_of {
            log.add(
                at,
                "pack-edition-after-as-of",
                "the edition is later than the pack's `as_of`",
            );
        }
        table.end(log);
        all.push(edition);
    }
    all
}

fn entities(top: &mut Table<'_, '_>, log: &mut Log<'_>, editions: &[Edition]) -> Vec<Entity> {
    let mut all: Vec<Entity> = Vec::new();
    for mut table in top.tables(log, "entity") {
        let at = table.span.start;
        let name = table.need(log, "name");
        let mut listed: Vec<Listed> = Vec::new();
        let periods = table.need_tables(log, "listed");
        for mut period in periods {
            let at = period.span.start;
            let from = period.need_date(log, "from");
            let to = period.date(log, "to");
            let overlaps = listed
                .last()
                .is_some_and(|last| last.to.is_none_or(|end| end > from));
            if to.is_some_and(|to| to <= from) || overlaps {
                log.add(
                    at,
                    "pack-period-order",
                    "a period must end after it starts and before the next one starts",
                );
            }
            for day in [Some(from), to].into_iter().flatten() {
                if !editions.is_empty() && !editions.iter().any(|e| e.date == day) {
                    log.add(
                        at,
                        "pack-period-without-edition",
                        format!("{day} is not the date of an edition"),
                    );
                }
            }
            period.end(log);
            listed.push(Listed { from, to });
        }
        if all.iter().any(|e| e.name == name) {
            log.add(
                at,
                "pack-duplicate-id",
                format!("the entity \"{name}\" stands there twice"),
            );
        }
        let entity = Entity {
            name,
            also: table.list(log, "also"),
            makers: table.list(log, "makers"),
            listed,
            only_for: table.opt(log, "only_for"),
            note: table.opt(log, "note"),
            source: table.opt(log, "source"),
        };
        table.end(log);
        all.push(entity);
    }
    all
}

fn rules(
    top: &mut Table<'_, '_>,
    log: &mut Log<'_>,
    kind: Option<Kind>,
    entities: &[Entity],
) -> Vec<Rule> {
    let mut all: Vec<Rule> = Vec::new();
    let tables = top.need_tables(log, "rule");
    for mut table in tables {
        let at = table.span.start;
        let id = id(&mut table, log);
        if all.iter().any(|r| r.id == id) {
            log.add(
                at,
                "pack-duplicate-id",
                format!("the rule \"{id}\" stands there twice"),
            );
        }
        if table.get("verb").is_none() {
            table.missing(log, "verb");
        }
        let verb = table.word(log, "verb", Verb::ALL);
        if let (Some(verb), Some(kind)) = (verb, kind)
            && kind != Kind::Law
            && (verb.forbids() || verb.is_duty())
        {
            let span = table.get("verb").map_or(at, |v| v.span().start);
            log.add(
                span,
                "pack-verb-not-for-kind",
                format!("`{}` in a pack that is not of kind `law`", verb.as_str()),
            );
        }
        let matching = matching(&mut table, log, entities);
        let mut stages = Vec::new();
        for (word, span) in table.texts(log, "stages").unwrap_or_default() {
            match Stage::ALL.iter().find(|(w, _)| *w == word) {
                Some((_, stage)) => stages.push(*stage),
                None => log.add(
                    span.start,
                    "pack-unknown-word",
                    format!("`stages`: \"{word}\" is no stage"),
                ),
            }
        }
        if table.get("stages").is_none() {
            table.missing(log, "stages");
        }
        let business = table.number(log, "within_business_days");
        let days = table.number(log, "within_days");
        let within = match (business, days) {
            (Some(n), _) => Some(Within::BusinessDays(u16::try_from(n).unwrap_or(u16::MAX))),
            (None, Some(n)) => Some(Within::Days(u16::try_from(n).unwrap_or(u16::MAX))),
            (None, None) => None,
        };
        if verb == Some(Verb::MustReportWithin) && within.is_none() {
            log.add(
                at,
                "pack-within-missing",
                "`must_report_within` states no time",
            );
        }
        let mut exceptions = Vec::new();
        for mut exception in table.tables(log, "exception") {
            exceptions.push(Exception {
                fact: exception.need(log, "fact"),
                says: exception.need(log, "says"),
                until: exception.date(log, "until"),
            });
            exception.end(log);
        }
        let needs_legal_reading = table
            .table(
                log,
                "needs_legal_reading",
                "`needs_legal_reading`".to_owned(),
            )
            .map(|mut reading| {
                let whens = [
                    ("always", ReadWhen::Always),
                    ("component", ReadWhen::Component),
                ];
                let when = reading
                    .word(log, "when", &whens)
                    .unwrap_or(ReadWhen::Always);
                let reason = reading.need(log, "reason");
                let unless_fact = reading.opt(log, "unless_fact");
                reading.end(log);
                LegalReading {
                    when,
                    reason,
                    unless_fact,
                }
            });
        let only_if = table
            .table(log, "only_if", "`only_if`".to_owned())
            .map(|mut event| {
                let only_if = OnlyIf {
                    fact: event.need(log, "fact"),
                    says: event.need(log, "says"),
                };
                event.end(log);
                only_if
            });
        let effective = table.date(log, "effective");
        let deadline = table.date(log, "deadline");
        let until = table.date(log, "until");
        if let Some(from) = effective
            && (until.is_some_and(|d| d < from) || deadline.is_some_and(|d| d < from))
        {
            log.add(
                at,
                "pack-dates-contradict",
                "the rule ends or is due before it takes effect",
            );
        }
        let rule = Rule {
            title: table.need(log, "title"),
            id,
            verb: verb.unwrap_or(Verb::Watch),
            matching,
            binds: table.list(log, "binds"),
            stages,
            effective,
            deadline,
            until,
            within,
            only_if,
            exceptions,
            needs_legal_reading,
            must_show: table.list(log, "must_show"),
            retention: table.opt(log, "retention"),
            note: table.opt(log, "note"),
            sources: table.list(log, "sources"),
        };
        table.end(log);
        all.push(rule);
    }
    all
}

fn matching(rule: &mut Table<'_, '_>, log: &mut Log<'_>, entities: &[Entity]) -> Match {
    if rule.get("match").is_none() {
        rule.missing(log, "match");
    }
    let Some(mut table) = rule.table(log, "match", "`match`".to_owned()) else {
        return Match::Disclosure;
    };
    let kinds: Vec<(&str, usize)> = Match::KINDS
        .iter()
        .enumerate()
        .map(|(i, w)| (*w, i))
        .collect();
    let at = table.span.start;
    if table.get("kind").is_none() {
        table.missing(log, "kind");
    }
    let kind = table
        .word(log, "kind", &kinds)
        .and_then(|i| Match::KINDS.get(i).copied());
    let by_name = |log: &mut Log<'_>, list: Option<&String>| {
        if list.is_none() && entities.is_empty() {
            log.add(
                at,
                "pack-no-entities",
                "the rule matches by name, and there is neither an `entity` nor a `list`",
            );
        }
    };
    let found = match kind {
        Some("named_entity") => {
            let list = table.opt(log, "list");
            by_name(log, list.as_ref());
            let words = [
                ("yes", Reach::Yes),
                ("no", Reach::No),
                ("legal_reading", Reach::LegalReading),
            ];
            Match::NamedEntity {
                chips: table.flag(log, "chips").unwrap_or(false),
                list,
                controlled: table.word(log, "controlled", &words).unwrap_or(Reach::No),
            }
        }
        Some("control_chain") => {
            let list = table.opt(log, "list");
            by_name(log, list.as_ref());
            Match::ControlChain { list }
        }
        Some("jurisdiction") => {
            table.need_list(log, "countries");
            Match::Jurisdiction {
                countries: table.countries(log, "countries"),
                unsettled: table.countries(log, "unsettled"),
                production_too: table.flag(log, "production_too").unwrap_or(false),
            }
        }
        Some("place_of_production") => {
            let outside = table.countries(log, "outside");
            let produced_in = table.countries(log, "produced_in");
            if outside.is_empty() && produced_in.is_empty() {
                table.missing(log, "outside` or `produced_in");
            }
            Match::PlaceOfProduction {
                categories: table.need_list(log, "categories"),
                outside,
                produced_in,
            }
        }
        Some("remote_access") => {
            table.need_list(log, "countries");
            Match::RemoteAccess {
                countries: table.countries(log, "countries"),
            }
        }
        Some("any_listed_maker_of_pack") => {
            by_name(log, None);
            Match::AnyListedMakerOfPack
        }
        // An unknown kind was reported; its keys are not judged.
        None => return Match::Disclosure,
        Some(_) => Match::Disclosure,
    };
    table.end(log);
    found
}

fn sources(top: &mut Table<'_, '_>, log: &mut Log<'_>) -> Vec<Source> {
    let mut all = Vec::new();
    let tables = top.need_tables(log, "source");
    for mut table in tables {
        all.push(Source {
            url: table.need(log, "url"),
            says: table.opt(log, "says"),
            seen: table.date(log, "seen"),
        });
        table.end(log);
    }
    all
}

fn tests(top: &mut Table<'_, '_>, log: &mut Log<'_>, rules: &[Rule]) -> Vec<Test> {
    let mut all = Vec::new();
    for mut table in top.tables(log, "test") {
        let line = log.line(table.span.start);
        all.push(test(&mut table, log, line, rules));
        table.end(log);
    }
    all
}

fn test(table: &mut Table<'_, '_>, log: &mut Log<'_>, line: usize, rules: &[Rule]) -> Test {
    let rule = table.need(log, "rule");
    if !rules.iter().any(|r| r.id == rule) {
        let at = table
            .get("rule")
            .map_or(table.span.start, |v| v.span().start);
        log.add(
            at,
            "pack-test-unknown-rule",
            format!("there is no rule \"{rule}\""),
        );
    }
    let mut makers = Vec::new();
    for mut maker in table.tables(log, "makers") {
        makers.push(TestMaker {
            slug: maker.need(log, "slug"),
            seat: maker.opt(log, "seat"),
            owner: maker.opt(log, "owner"),
            owner_seat: maker.opt(log, "owner_seat"),
            owner_sure: maker.flag(log, "owner_sure").unwrap_or(true),
        });
        maker.end(log);
    }
    if table.get("expect").is_none() {
        table.missing(log, "expect");
    }
    let statuses: Vec<(&str, Status)> = Status::ALL.iter().map(|s| (s.as_str(), *s)).collect();
    let expect = table
        .word(log, "expect", &statuses)
        .map_or("", Status::as_str)
        .to_owned();
    Test {
        line,
        rule,
        makers,
        open: table.flag(log, "open").unwrap_or(false),
        date: table.need_date(log, "date"),
        stage: table
            .word(log, "stage", Stage::ALL)
            .unwrap_or(Stage::Installed),
        contexts: table
            .texts(log, "contexts")
            .map(|c| c.into_iter().map(|(t, _)| t).collect()),
        sensitive: table.flag(log, "sensitive"),
        role: table.opt(log, "role"),
        presence: table.opt(log, "presence"),
        supplier: table.opt(log, "supplier"),
        category: table.opt(log, "category"),
        produced_in: table.countries(log, "produced_in"),
        remote_access: table
            .texts(log, "remote_access")
            .map(|c| c.into_iter().map(|(t, _)| t).collect()),
        bought: table.date(log, "bought"),
        facts: table.list(log, "facts"),
        expect,
        deadline: table.date(log, "deadline"),
        why: table.opt(log, "why"),
    }
}
