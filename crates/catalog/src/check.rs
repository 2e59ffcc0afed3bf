//! What must hold for the catalogue's files beyond their shape: names are unique, references resolve,
//! every fact has a source, expressions compile and match their own examples.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::Path;

use regex::Regex;

use crate::files::{self, FileError, Text, line_at};
use crate::model::{
    Alone, BusId, Candidate, Confidence, MakerFile, ProductFile, Raw, SharedFile, SharedId,
};
use crate::starts::starts;

/// Something wrong in a catalogue file.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    /// File, relative to the catalogue directory.
    pub file: String,
    /// Line, from 1; 0: the file as a whole.
    pub line: usize,
    /// Stable kebab-case code.
    pub code: &'static str,
    /// What is wrong.
    pub message: String,
}

impl From<FileError> for Problem {
    fn from(e: FileError) -> Self {
        Problem {
            file: e.file,
            line: e.line,
            code: "catalog-syntax",
            message: e.message,
        }
    }
}

/// Checks a catalogue directory (laid out as the project's `catalog/`); sorted by place. Empty:
/// nothing is wrong.
pub fn check(dir: &Path) -> Vec<Problem> {
    match files::texts(dir) {
        Ok(texts) => check_texts(&texts),
        Err(e) => vec![e.into()],
    }
}

/// Checks catalogue files given as name and text.
pub fn check_texts(texts: &[Text]) -> Vec<Problem> {
    let (raw, errors) = files::parse(texts);
    let mut check = Check {
        texts: texts
            .iter()
            .map(|(name, text)| (name.as_str(), text.as_str()))
            .collect(),
        families: HashMap::new(),
        unrecorded: raw
            .sources
            .source
            .iter()
            .map(|s| (s.id.as_str(), s.to_be_resourced))
            .collect(),
        used: BTreeSet::new(),
        out: errors.into_iter().map(Problem::from).collect(),
    };
    for (_, file) in &raw.makers {
        check.families.insert(
            file.maker.slug.as_str(),
            file.family.iter().map(|f| f.name.as_str()).collect(),
        );
    }
    check.sources(&raw);
    check.unique(&raw);
    for (name, file) in &raw.makers {
        check.maker(name, file);
    }
    for (name, file) in &raw.shared {
        check.shared(name, file);
    }
    for (name, file) in &raw.products {
        check.products(name, file);
    }
    check.patterns(&raw);
    let Check {
        used,
        mut out,
        texts,
        ..
    } = check;
    for source in &raw.sources.source {
        if !used.contains(source.id.as_str()) {
            let text = texts.get("sources.toml").copied().unwrap_or_default();
            out.push(Problem {
                file: "sources.toml".to_owned(),
                line: line_of(text, &source.id),
                code: "unused-source",
                message: format!("nothing rests on the source {}", source.id),
            });
        }
    }
    out.sort();
    out.dedup();
    out
}

struct Check<'a> {
    texts: HashMap<&'a str, &'a str>,
    families: HashMap<&'a str, BTreeSet<&'a str>>,
    /// Source ids, and whether their path was not kept.
    unrecorded: HashMap<&'a str, bool>,
    used: BTreeSet<&'a str>,
    out: Vec<Problem>,
}

/// Line of the last place where the words stand as a value.
fn line_of(text: &str, words: &str) -> usize {
    let quoted = [format!("\"{words}\""), format!("'{words}'")];
    let found = quoted.iter().filter_map(|q| text.rfind(q.as_str())).max();
    found
        .or_else(|| text.rfind(words))
        .map_or(0, |at| line_at(text, at))
}

impl<'a> Check<'a> {
    fn say(&mut self, file: &str, near: &str, code: &'static str, message: String) {
        let text = self.texts.get(file).copied().unwrap_or_default();
        let line = line_of(text, near);
        self.out.push(Problem {
            file: file.to_owned(),
            line,
            code,
            message,
        });
    }

    fn sources(&mut self, raw: &'a Raw) {
        let mut seen = BTreeSet::new();
        for source in &raw.sources.source {
            if !seen.insert(source.id.as_str()) {
                self.say(
                    "sources.toml",
                    &source.id,
                    "duplicate-source",
                    format!("the source {} is there twice", source.id),
                );
            }
            if source.url.is_none() && !source.to_be_resourced {
                self.say(
                    "sources.toml",
                    &source.id,
                    "source-without-place",
                    format!(
                        "the source {} has no URL and is not to be re-sourced",
                        source.id
                    ),
                );
            }
            if !is_date(&source.as_of) {
                self.say(
                    "sources.toml",
                    &source.id,
                    "bad-date",
                    format!("as_of of {} is no date YYYY-MM-DD", source.id),
                );
            }
        }
    }

    /// The source of a fact resolves and bears its confidence.
    fn source(&mut self, file: &str, near: &str, source: &'a str, confidence: Confidence) {
        let mut recorded = false;
        for part in source.split("; ") {
            match self.unrecorded.get(part) {
                Some(unrecorded) => {
                    self.used.insert(part);
                    recorded |= !unrecorded;
                }
                None if part.contains("://") => recorded = true,
                None => self.say(
                    file,
                    near,
                    "unknown-source",
                    format!(
                        "the source {part:?} of {near} is neither an id of sources.toml nor a URL"
                    ),
                ),
            }
        }
        if !recorded && confidence == Confidence::High {
            self.say(
                file,
                near,
                "confidence-too-high",
                format!("{near} rests only on a source whose path was not kept: medium at most"),
            );
        }
    }

    /// A statement about a company: a reader must be able to follow its source.
    fn company(&mut self, file: &str, near: &str, source: &'a str) {
        self.source(file, near, source, Confidence::Medium);
        let followable = source.split("; ").any(|part| {
            self.unrecorded
                .get(part)
                .map_or(part.contains("://"), |u| !u)
        });
        if !followable {
            self.say(
                file,
                near,
                "company-fact-without-source",
                format!("the statement about {near} has no source a reader can follow"),
            );
        }
    }

    fn unique(&mut self, raw: &'a Raw) {
        let mut seen: BTreeMap<(&str, String), &str> = BTreeMap::new();
        let mut twice: Vec<(String, String, &'static str, String)> = Vec::new();
        let mut once = |file: &'a str, what: &'static str, id: &str| {
            if let Some(first) = seen.insert((what, id.to_owned()), file) {
                twice.push((
                    file.to_owned(),
                    id.to_owned(),
                    "duplicate",
                    format!("{what} {id} is there already, in {first}"),
                ));
            }
        };
        for (file, maker) in &raw.makers {
            once(file, "maker", &maker.maker.slug);
            for id in &maker.maker.usb_vendors {
                once(file, "USB vendor", id);
            }
            for id in &maker.maker.pci_vendors {
                once(file, "PCI vendor", id);
            }
            for id in &maker.maker.fcc_grantees {
                once(file, "FCC grantee", id);
            }
            for (what, ids) in [
                ("USB id", &maker.usb),
                ("PCI id", &maker.pci),
                ("PCI subsystem", &maker.subsystem),
            ] {
                for id in ids {
                    once(file, what, &id.id);
                }
            }
            for label in &maker.label {
                once(file, "FCC id", &label.fcc);
                if let Some(ised) = &label.ised {
                    once(file, "ISED id", ised);
                }
            }
            for tac in &maker.tac {
                once(file, "TAC", &tac.tac);
            }
            for answer in &maker.string {
                once(file, "answer", &answer.text.to_lowercase());
            }
        }
        for (file, shared) in &raw.shared {
            for vendor in &shared.vendor {
                once(
                    file,
                    if vendor.bus == "pci" {
                        "PCI vendor"
                    } else {
                        "USB vendor"
                    },
                    &vendor.id,
                );
            }
            for (what, ids) in [
                ("USB id", &shared.usb),
                ("PCI id", &shared.pci),
                ("PCI subsystem", &shared.subsystem),
            ] {
                for id in ids {
                    once(file, what, &id.id);
                }
            }
            for words in &shared.misleading {
                once(file, "misleading answer", &words.text.to_lowercase());
            }
            for placeholder in &shared.placeholder {
                once(file, "placeholder", &placeholder.prefix);
            }
            for host in shared.endpoint.iter().flat_map(|e| &e.hosts) {
                once(file, "host", host);
            }
            for prefix in shared.oui.iter().flat_map(|o| &o.prefixes) {
                once(file, "MAC block", prefix);
            }
        }
        for (file, products) in &raw.products {
            once(file, "product maker", &products.maker.to_lowercase());
            for product in &products.product {
                once(
                    file,
                    "product",
                    &format!("{}: {}", products.maker, product.model),
                );
            }
        }
        for (file, near, code, message) in twice {
            self.say(&file, &near, code, message);
        }
    }

    fn family_known(&mut self, file: &str, near: &str, maker: &str, family: &str) {
        match self.families.get(maker) {
            None => self.say(
                file,
                near,
                "unknown-maker",
                format!("{near}: no maker {maker}"),
            ),
            Some(families) if !families.contains(family) => self.say(
                file,
                near,
                "unknown-family",
                format!("{near}: {maker} has no family {family}"),
            ),
            Some(_) => {}
        }
    }

    fn maker_known(&mut self, file: &str, near: &str, maker: &str) {
        if !self.families.contains_key(maker) {
            self.say(
                file,
                near,
                "unknown-maker",
                format!("{near}: no maker {maker}"),
            );
        }
    }

    fn bus(&mut self, file: &str, maker: &str, ids: &'a [BusId]) {
        for id in ids {
            if !is_bus_id(&id.id) {
                self.say(
                    file,
                    &id.id,
                    "bad-id",
                    format!("{} is not four and four hex digits in lower case", id.id),
                );
            }
            self.source(file, &id.id, &id.source, id.confidence);
            for family in &id.families {
                self.family_known(file, &id.id, maker, family);
            }
        }
    }

    fn maker(&mut self, name: &str, file: &'a MakerFile) {
        let maker = &file.maker;
        let slug = maker.slug.as_str();
        self.company(name, slug, &maker.source);
        if name != format!("makers/{slug}.toml") {
            self.say(
                name,
                slug,
                "file-name",
                format!("the file of the maker {slug} is to be makers/{slug}.toml"),
            );
        }
        if !is_date(&maker.as_of) {
            self.say(
                name,
                &maker.as_of,
                "bad-date",
                format!("{} is no date", maker.as_of),
            );
        }
        for id in maker.usb_vendors.iter().chain(&maker.pci_vendors) {
            if !is_hex4(id) {
                self.say(
                    name,
                    id,
                    "bad-id",
                    format!("{id} is not four hex digits in lower case"),
                );
            }
        }
        self.owners(name, file);
        for brand in &maker.brand {
            self.company(name, &brand.name, &brand.source);
        }
        for lineage in &maker.lineage {
            self.company(name, &lineage.of, &lineage.source);
            self.maker_known(name, &lineage.of, &lineage.of);
            for family in &lineage.families {
                self.family_known(name, family, slug, family);
            }
        }
        let mut names = BTreeSet::new();
        for family in &file.family {
            self.source(name, &family.name, &family.source, family.confidence);
            if !names.insert(family.name.to_lowercase()) {
                self.say(
                    name,
                    &family.name,
                    "duplicate",
                    format!("the family {} is there already", family.name),
                );
            }
        }
        for rule in &file.revision {
            self.source(name, &rule.pattern, &rule.source, rule.confidence);
            for family in &rule.families {
                self.family_known(name, &rule.pattern, slug, family);
            }
            if rule.examples.is_empty() {
                self.say(
                    name,
                    &rule.pattern,
                    "no-example",
                    format!("the grammar {} has no example", rule.pattern),
                );
            }
            match compiled(&rule.pattern) {
                Err(message) => self.say(name, &rule.pattern, "bad-pattern", message),
                Ok(re) => {
                    for example in rule.examples.iter().filter(|e| !re.is_match(e)) {
                        self.say(
                            name,
                            example,
                            "example-fails",
                            format!(
                                "the grammar {} does not match its example {example}",
                                rule.pattern
                            ),
                        );
                    }
                }
            }
        }
        for answer in &file.string {
            self.source(name, &answer.text, &answer.source, answer.confidence);
            if !matches!(answer.field.as_str(), "model" | "product" | "manufacturer") {
                self.say(
                    name,
                    &answer.text,
                    "unknown-field",
                    format!("{}: no answer field {}", answer.text, answer.field),
                );
            }
            for family in &answer.families {
                self.family_known(name, &answer.text, slug, family);
            }
        }
        self.bus(name, slug, &file.usb);
        self.bus(name, slug, &file.pci);
        self.bus(name, slug, &file.subsystem);
        for label in &file.label {
            self.source(name, &label.fcc, &label.source, label.confidence);
            for family in &label.families {
                self.family_known(name, &label.fcc, slug, family);
            }
        }
        for tac in &file.tac {
            self.source(name, &tac.tac, &tac.source, tac.confidence);
            if tac.tac.len() != 8 || !tac.tac.bytes().all(|b| b.is_ascii_digit()) {
                self.say(
                    name,
                    &tac.tac,
                    "bad-id",
                    format!("{} is not eight digits", tac.tac),
                );
            }
            for family in &tac.families {
                self.family_known(name, &tac.tac, slug, family);
            }
        }
    }

    /// Periods run forward, and one follows the other.
    fn owners(&mut self, name: &str, file: &'a MakerFile) {
        let mut last: Option<&str> = None;
        let mut ended = true;
        for owner in &file.maker.owner {
            self.company(name, &owner.name, &owner.source);
            for date in [&owner.from, &owner.to].into_iter().flatten() {
                if !is_partial_date(date) {
                    self.say(
                        name,
                        date,
                        "bad-date",
                        format!("{date} is no date of an owner"),
                    );
                }
            }
            if let (Some(from), Some(to)) = (&owner.from, &owner.to)
                && !begins_by(from, to)
            {
                self.say(
                    name,
                    &owner.name,
                    "owner-period",
                    format!("the period of {} ends before it begins", owner.name),
                );
            }
            let follows = match (last, owner.from.as_deref()) {
                (Some(end), Some(from)) => begins_by(end, from),
                _ => true,
            };
            if !follows || !ended {
                self.say(
                    name,
                    &owner.name,
                    "owner-period",
                    format!("the period of {} overlaps the one before it", owner.name),
                );
            }
            last = owner.to.as_deref();
            ended = owner.to.is_some();
        }
    }

    fn candidates(&mut self, file: &str, near: &str, candidates: &'a [Candidate]) {
        for candidate in candidates {
            self.maker_known(file, near, &candidate.maker);
            for family in &candidate.families {
                self.family_known(file, near, &candidate.maker, family);
            }
        }
    }

    fn shared(&mut self, name: &str, file: &'a SharedFile) {
        for vendor in &file.vendor {
            self.source(name, &vendor.id, &vendor.source, Confidence::Medium);
            if !is_hex4(&vendor.id) || !matches!(vendor.bus.as_str(), "usb" | "pci") {
                self.say(
                    name,
                    &vendor.id,
                    "bad-id",
                    format!("{} {} is no vendor id", vendor.bus, vendor.id),
                );
            }
        }
        for ids in [&file.usb, &file.pci, &file.subsystem] {
            for id in ids {
                let id: &'a SharedId = id;
                if !is_bus_id(&id.id) {
                    self.say(
                        name,
                        &id.id,
                        "bad-id",
                        format!("{} is not four and four hex digits in lower case", id.id),
                    );
                }
                self.source(name, &id.id, &id.source, id.confidence);
                self.candidates(name, &id.id, &id.candidates);
            }
        }
        for words in &file.misleading {
            self.source(name, &words.text, &words.source, Confidence::Medium);
        }
        for look in &file.lookalike {
            self.source(name, &look.pattern, &look.source, Confidence::Medium);
            if let Err(message) = compiled(&look.pattern) {
                self.say(name, &look.pattern, "bad-pattern", message);
            }
        }
        for placeholder in &file.placeholder {
            self.source(
                name,
                &placeholder.prefix,
                &placeholder.source,
                Confidence::Medium,
            );
            let digits = placeholder.prefix.bytes().all(|b| b.is_ascii_digit());
            if !digits || !(2..=15).contains(&placeholder.prefix.len()) {
                self.say(
                    name,
                    &placeholder.prefix,
                    "bad-id",
                    format!("{} is no beginning of an IMEI", placeholder.prefix),
                );
            }
        }
        for endpoint in &file.endpoint {
            let near = endpoint.hosts.first().map_or("", String::as_str);
            self.source(name, near, &endpoint.source, endpoint.confidence);
            for maker in &endpoint.makers {
                self.maker_known(name, near, maker);
            }
            for host in &endpoint.hosts {
                let bare = host.strip_prefix("*.").unwrap_or(host);
                if !bare.contains('.')
                    || !bare.bytes().all(|b| {
                        b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'.' | b'-')
                    })
                {
                    self.say(
                        name,
                        host,
                        "bad-id",
                        format!("{host} is no host name in lower case"),
                    );
                }
            }
        }
        for oui in &file.oui {
            self.company(name, &oui.holder, &oui.source);
            for maker in &oui.makers {
                self.maker_known(name, &oui.holder, maker);
            }
            for prefix in &oui.prefixes {
                let hex = prefix
                    .bytes()
                    .all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'));
                if !hex || !matches!(prefix.len(), 6 | 7 | 9) {
                    self.say(
                        name,
                        prefix,
                        "bad-id",
                        format!("{prefix} is not six, seven or nine hex digits in lower case"),
                    );
                }
            }
        }
        for dialect in &file.dialect {
            self.source(name, &dialect.prefix, &dialect.source, Confidence::Medium);
            for maker in &dialect.makers {
                self.maker_known(name, &dialect.prefix, maker);
            }
        }
    }

    fn products(&mut self, name: &str, file: &'a ProductFile) {
        for product in &file.product {
            let near = product.model.as_str();
            self.source(name, near, &product.source, product.confidence);
            if let Err(message) = compiled(near) {
                self.say(name, near, "bad-pattern", message);
            }
            if product.inside.is_empty() && product.unknown.is_none() {
                self.say(
                    name,
                    near,
                    "product-without-content",
                    format!("{near}: neither a module nor what is unknown is stated"),
                );
            }
            for inside in &product.inside {
                self.maker_known(name, near, &inside.maker);
                for family in &inside.families {
                    self.family_known(name, near, &inside.maker, family);
                }
                if let Some(source) = &inside.source {
                    self.source(name, near, source, Confidence::Medium);
                }
                if let Some(code) = &inside.order_code
                    && let Err(message) = compiled(code)
                {
                    self.say(name, code, "bad-pattern", message);
                }
                if inside.batch_range.is_some_and(|[from, to]| from > to) {
                    self.say(
                        name,
                        near,
                        "batch-range",
                        format!("{near}: the batch range runs backward"),
                    );
                }
            }
        }
    }

    /// A family's variants match its own expression, and no other maker's that counts alone.
    fn patterns(&mut self, raw: &'a Raw) {
        struct Tried<'a> {
            maker: &'a str,
            family: &'a str,
            re: Regex,
            starts: Vec<String>,
        }
        let mut safe: Vec<Tried<'_>> = Vec::new();
        for (file, maker) in &raw.makers {
            for family in &maker.family {
                let whole = match compiled(&format!("^(?:{})$", family.pattern)) {
                    Ok(re) => re,
                    Err(message) => {
                        self.say(file, &family.pattern, "bad-pattern", message);
                        continue;
                    }
                };
                for variant in &family.variants {
                    if !whole.is_match(&variant.replace('_', "-")) {
                        self.say(
                            file,
                            variant,
                            "variant-fails",
                            format!("{variant} does not match the pattern of {}", family.name),
                        );
                    }
                }
                if family.alone == Alone::Safe
                    && family.confidence != Confidence::Low
                    && let Ok(starts) = starts(&family.pattern)
                {
                    safe.push(Tried {
                        maker: maker.maker.slug.as_str(),
                        family: family.name.as_str(),
                        re: whole,
                        starts,
                    });
                }
            }
        }
        for (file, maker) in &raw.makers {
            for family in &maker.family {
                for variant in family.variants.iter().chain(std::iter::once(&family.name)) {
                    let upper = variant.to_ascii_uppercase();
                    let other = safe.iter().find(|t| {
                        t.maker != maker.maker.slug
                            && t.starts.iter().any(|s| upper.starts_with(s.as_str()))
                            && t.re.is_match(variant)
                    });
                    if let Some(other) = other {
                        self.say(
                            file,
                            variant,
                            "name-of-two-makers",
                            format!(
                                "{variant} also matches {} of {}, which counts alone",
                                other.family, other.maker
                            ),
                        );
                    }
                }
            }
        }
    }
}

fn compiled(pattern: &str) -> Result<Regex, String> {
    regex::RegexBuilder::new(pattern)
        .case_insensitive(true)
        .size_limit(1 << 20)
        .build()
        .map_err(|e| format!("{pattern}: {e}"))
}

fn is_hex4(id: &str) -> bool {
    id.len() == 4
        && id
            .bytes()
            .all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn is_bus_id(id: &str) -> bool {
    id.split_once(':')
        .is_some_and(|(vendor, product)| is_hex4(vendor) && is_hex4(product))
}

fn is_date(date: &str) -> bool {
    date.parse::<jiff::civil::Date>().is_ok() && date.len() == 10
}

fn is_partial_date(date: &str) -> bool {
    match date.len() {
        4 => is_date(&format!("{date}-01-01")),
        7 => is_date(&format!("{date}-01")),
        _ => is_date(date),
    }
}

/// Whether one date may lie before or on another, as far as both are precise.
fn begins_by(one: &str, other: &str) -> bool {
    let shorter = one.len().min(other.len());
    match (one.get(..shorter), other.get(..shorter)) {
        (Some(a), Some(b)) => a <= b,
        _ => false,
    }
}
