//! Reading `estate.toml`: every mistake, each at its line.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;
use std::ops::Range;
use std::path::Path;

use jiff::civil::Date;
use serde::Deserialize as _;
use toml::Spanned;
use toml::de::{DeTable, DeValue, ValueDeserializer};

use crate::connection::{self, Connection};
use crate::diagnostic::{
    ASSET_STATED_TWICE, BAD_DATE, BAD_DRILL, BAD_GLOB, BAD_ID, BAD_PATH, BAD_PLAN, Code,
    DUPLICATE_COLUMN, DUPLICATE_ID, DUPLICATE_REGISTER, Diagnostic, EMPTY_VALUE, ESTATE_UNREADABLE,
    INCOMPLETE_COORDINATES, Lines, MISSING_KEY, NO_ASSETS, NO_POLICIES, OUT_OF_RANGE, PATH_ESCAPES,
    REGISTER_MISSING, Severity, TOML_SYNTAX, TOO_MANY_MISTAKES, TOO_MANY_PATTERNS,
    UNKNOWN_CONNECTION, UNKNOWN_CRITICALITY, UNKNOWN_DEPARTMENT, UNKNOWN_KEY, UNKNOWN_SITE,
    WRONG_TYPE,
};
use crate::drill::{DrillSettings, Fault, Places};
use crate::model::{
    Asset, Audit, ClassDefaults, Columns, Criticality, Defaults, Department, Estate,
    EvidencePattern, Located, Organisation, Register, Site,
};
use crate::pattern::{PathFault, Pattern, relative};
use crate::plan::{PlanPlaces, PlanSettings};

/// Largest estate file, in bytes. Registers belong in tables, not in the estate file.
pub const MAX_BYTES: u64 = 4 * 1024 * 1024;

/// Reads an estate file, and checks that its registers are there.
///
/// # Errors
/// Every mistake found, in the order of the file; at least one of them of severity `Error`.
pub fn load(path: &Path) -> Result<Estate, Vec<Diagnostic>> {
    let unreadable = |message: String| vec![Diagnostic::new(ESTATE_UNREADABLE, None, message)];
    let mut bytes = Vec::new();
    std::fs::File::open(path)
        .and_then(|f| f.take(MAX_BYTES + 1).read_to_end(&mut bytes))
        .map_err(|e| unreadable(format!("{}: {e}", path.display())))?;
    if bytes.len() as u64 > MAX_BYTES {
        return Err(unreadable(format!(
            "{}: larger than {MAX_BYTES} bytes, the most that is read of an estate file",
            path.display()
        )));
    }
    let text = String::from_utf8(bytes).map_err(|e| {
        let at = e.utf8_error().valid_up_to();
        unreadable(format!("{}: not UTF-8 text (byte {at})", path.display()))
    })?;
    let root = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    read(&text, Some(root))
}

/// Reads the text of an estate file; the files it names are not looked for.
///
/// # Errors
/// Every mistake found, in the order of the text; at least one of them of severity `Error`.
pub fn parse(text: &str) -> Result<Estate, Vec<Diagnostic>> {
    read(text, None)
}

fn read(text: &str, root: Option<&Path>) -> Result<Estate, Vec<Diagnostic>> {
    let mut reading = Reading {
        lines: Lines::new(text),
        diagnostics: Vec::new(),
        left_out: 0,
    };
    let (document, syntax) = DeTable::parse_recoverable(text);
    for error in &syntax {
        let span = error.span().map(|s| reading.lines.span(s));
        reading
            .diagnostics
            .push(Diagnostic::new(TOML_SYNTAX, span, error.message()));
    }
    // What a parser recovers after a syntax error may be anything: nothing more is said about it.
    let estate = if syntax.is_empty() {
        reading.estate(document.get_ref(), text.len(), root)
    } else {
        None
    };
    let mut diagnostics = reading.diagnostics;
    if reading.left_out > 0 {
        diagnostics.push(Diagnostic::new(
            TOO_MANY_MISTAKES,
            None,
            format!("{} more mistakes are not shown", reading.left_out),
        ));
    }
    diagnostics.sort_by(|a, b| {
        let place = |d: &Diagnostic| d.span.as_ref().map(|s| s.bytes.start);
        (place(a), a.code, &a.message).cmp(&(place(b), b.code, &b.message))
    });
    match estate {
        Some(mut estate) if diagnostics.iter().all(|d| d.severity == Severity::Warning) => {
            estate.warnings = diagnostics;
            Ok(estate)
        }
        _ => Err(diagnostics),
    }
}

struct Reading<'t> {
    lines: Lines<'t>,
    diagnostics: Vec<Diagnostic>,
    /// Diagnostics past [`MOST_MISTAKES`].
    left_out: usize,
}

/// Most diagnostics kept.
const MOST_MISTAKES: usize = 1000;

/// Most `[[evidence]]` sections; each costs a compiled pattern.
const MOST_PATTERNS: usize = 2000;

/// One table of the file with what to call it and where to point if it lacks something.
struct Section<'a, 'i> {
    table: &'a DeTable<'i>,
    name: String,
    span: Range<usize>,
}

type Value<'a, 'i> = &'a Spanned<DeValue<'i>>;

impl<'a, 'i> Section<'a, 'i> {
    fn get(&self, key: &str) -> Option<Value<'a, 'i>> {
        self.table.get(key)
    }
}

impl Reading<'_> {
    fn push(&mut self, diagnostic: Diagnostic) {
        if self.diagnostics.len() < MOST_MISTAKES {
            self.diagnostics.push(diagnostic);
        } else {
            self.left_out += 1;
        }
    }

    fn say(&mut self, code: &Code, span: Range<usize>, message: impl Into<String>) {
        let span = self.lines.span(span);
        self.push(Diagnostic::new(code, Some(span), message));
    }

    fn say_with_help(
        &mut self,
        code: &Code,
        span: Range<usize>,
        message: impl Into<String>,
        help: impl Into<String>,
    ) {
        let span = self.lines.span(span);
        self.push(Diagnostic::new(code, Some(span), message).help(help));
    }

    fn estate(&mut self, root: &DeTable<'_>, end: usize, folder: Option<&Path>) -> Option<Estate> {
        let whole = 0..end.min(1);
        let top = &Section {
            table: root,
            name: "the estate file".to_owned(),
            span: whole.clone(),
        };
        self.known(
            top,
            &[
                "organisation",
                "audit",
                "department",
                "site",
                "register",
                "evidence",
                "asset",
                "defaults",
                "class",
                "plan",
                "drill",
                // Read by who has the packs they are about.
                "waiver",
                "override",
            ],
        );

        let organisation = self.organisation(top);
        let audit = self.audit(top);
        let defaults = match self.table(top, "defaults") {
            Some(s) => {
                self.known_with_connection(&s, &["criticality", "sensitive"]);
                Defaults {
                    criticality: self.criticality(&s),
                    sensitive: self.boolean(&s, "sensitive"),
                    connection: self.connection(&s),
                }
            }
            None => Defaults::default(),
        };
        let classes = self.classes(top);
        let departments = self.departments(top);
        let department_ids: BTreeSet<&str> = departments.iter().map(|d| d.id.as_str()).collect();
        let sites = self.sites(top, &department_ids);
        let site_ids: BTreeSet<&str> = sites.iter().map(|s| s.id.as_str()).collect();
        let registers = self.registers(top, &department_ids, folder);
        let evidence = self.evidence(top, &department_ids);
        let assets = self.assets(top, &department_ids, &site_ids);

        let plan = self.plan(top, &department_ids, &site_ids);
        let drill = self.drill(top, &department_ids, &site_ids);

        if top.get("register").is_none() && top.get("asset").is_none() {
            self.say(
                NO_ASSETS,
                whole,
                "the estate has neither a register nor an asset",
            );
        }
        Some(Estate {
            organisation: organisation?,
            audit,
            defaults,
            classes,
            departments,
            sites,
            registers,
            evidence,
            assets,
            plan,
            drill,
            warnings: Vec::new(),
        })
    }

    fn organisation(&mut self, top: &Section<'_, '_>) -> Option<Organisation> {
        if top.get("organisation").is_none() {
            self.say_with_help(
                MISSING_KEY,
                top.span.clone(),
                "the estate file has no [organisation]",
                "begin with [organisation] and name = \"...\"",
            );
        }
        let s = &self.table(top, "organisation")?;
        self.known(s, &["name"]);
        let name = self.required(s, "name")?;
        Some(Organisation { name: name.value })
    }

    fn audit(&mut self, top: &Section<'_, '_>) -> Audit {
        let mut audit = Audit::default();
        let mut at = top.span.clone();
        let mut named = false;
        if let Some(s) = &self.table(top, "audit") {
            self.known(s, &["policies", "date", "learn"]);
            at = s.span.clone();
            audit.date = self.date(s, "date");
            audit.learn = self.boolean(s, "learn");
            if let Some(value) = s.get("policies") {
                at = value.span();
                named = value
                    .get_ref()
                    .as_array()
                    .is_none_or(|list| list.iter().len() > 0);
                match value.get_ref().as_array() {
                    None => self.wrong_type(s, "policies", value, "a list of text"),
                    Some(list) => {
                        for item in list {
                            match item.get_ref().as_str() {
                                Some(id) if !id.trim().is_empty() => audit.policies.push(Located {
                                    value: id.trim().to_owned(),
                                    span: self.lines.span(item.span()),
                                }),
                                Some(_) => {
                                    self.say(EMPTY_VALUE, item.span(), "a policy id is empty");
                                }
                                None => self.wrong_type(s, "policies", item, "text"),
                            }
                        }
                    }
                }
            }
        }
        if !named {
            self.say_with_help(
                NO_POLICIES,
                at,
                "the audit names no policy pack",
                "`cellsweep policy list` shows the packs there are",
            );
        }
        audit
    }

    fn plan(
        &mut self,
        top: &Section<'_, '_>,
        departments: &BTreeSet<&str>,
        sites: &BTreeSet<&str>,
    ) -> Option<PlanSettings> {
        let value = top.get("plan")?;
        let mut plan = match PlanSettings::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(plan) => plan,
            Err(e) => {
                let at = e.span().unwrap_or_else(|| value.span());
                self.say(BAD_PLAN, at, e.message());
                return None;
            }
        };
        let section = value.get_ref().as_table();
        let spans = |key: &str| -> Vec<Range<usize>> {
            let list = section.and_then(|t| t.get(key)?.get_ref().as_array());
            list.into_iter().flatten().map(Spanned::span).collect()
        };
        let costs = section.and_then(|t| t.get("costs")?.get_ref().as_table());
        plan.places = PlanPlaces {
            costs: costs
                .into_iter()
                .flatten()
                .map(|(id, _)| (id.get_ref().to_string(), self.lines.span(id.span())))
                .collect(),
            stock: spans("stock")
                .into_iter()
                .map(|s| self.lines.span(s))
                .collect(),
            order: spans("order")
                .into_iter()
                .map(|s| self.lines.span(s))
                .collect(),
        };
        for (key, at, fault) in plan.faults() {
            let list = value.get_ref().as_table().and_then(|t| t.get(key));
            let one = at.and_then(|n| list?.get_ref().as_array()?.get(n));
            let span = one.or(list).map_or_else(|| value.span(), Spanned::span);
            self.say(BAD_PLAN, span, fault);
        }
        for (key, field) in [
            ("budget", "department"),
            ("crew", "departments"),
            ("blackout", "departments"),
        ] {
            for (id, span) in names_in(value.get_ref(), key, field) {
                if !departments.contains(id) {
                    let message =
                        format!("[plan] names the department `{id}`, which there is none of");
                    self.say(UNKNOWN_DEPARTMENT, span, message);
                }
            }
        }
        for key in ["crew", "blackout"] {
            for (id, span) in names_in(value.get_ref(), key, "sites") {
                if !sites.contains(id) {
                    let message = format!("[plan] names the site `{id}`, which there is none of");
                    self.say(UNKNOWN_SITE, span, message);
                }
            }
        }
        Some(plan)
    }

    fn drill(
        &mut self,
        top: &Section<'_, '_>,
        departments: &BTreeSet<&str>,
        sites: &BTreeSet<&str>,
    ) -> Option<DrillSettings> {
        let value = top.get("drill")?;
        let mut drill = match DrillSettings::deserialize(ValueDeserializer::from(value.clone())) {
            Ok(drill) => drill,
            Err(e) => {
                let at = e.span().unwrap_or_else(|| value.span());
                self.say(BAD_DRILL, at, e.message());
                return None;
            }
        };
        let section = value.get_ref().as_table();
        let lines = |key: &str| -> Vec<Range<usize>> {
            let list = section.and_then(|t| t.get(key)?.get_ref().as_array());
            list.into_iter().flatten().map(Spanned::span).collect()
        };
        let (stock, service) = (lines("stock"), lines("service"));
        let values: BTreeMap<String, Range<usize>> = section
            .and_then(|t| t.get("values")?.get_ref().as_table())
            .into_iter()
            .flatten()
            .map(|(key, value)| (key.get_ref().to_string(), value.span()))
            .collect();
        let place = |fault: &Fault| match fault {
            Fault::Stock(n, _) => stock.get(*n).cloned(),
            Fault::Service(n, _) => service.get(*n).cloned(),
            Fault::Value(id, _) => values.get(id).cloned(),
            Fault::Section(_) => None,
        };
        let mut faults: Vec<(&Code, Fault)> = drill
            .faults()
            .into_iter()
            .map(|fault| (BAD_DRILL, fault))
            .collect();
        for (n, s) in drill.stock.iter().enumerate() {
            for id in s
                .departments
                .iter()
                .filter(|d| !departments.contains(d.as_str()))
            {
                let says =
                    format!("[[drill.stock]] names the department `{id}`, which there is none of");
                faults.push((UNKNOWN_DEPARTMENT, Fault::Stock(n, says)));
            }
        }
        for (n, s) in drill.service.iter().enumerate() {
            for id in s
                .departments
                .iter()
                .filter(|d| !departments.contains(d.as_str()))
            {
                let says = format!(
                    "[[drill.service]] names the department `{id}`, which there is none of"
                );
                faults.push((UNKNOWN_DEPARTMENT, Fault::Service(n, says)));
            }
            for id in s.sites.iter().filter(|d| !sites.contains(d.as_str())) {
                let says =
                    format!("[[drill.service]] names the site `{id}`, which there is none of");
                faults.push((UNKNOWN_SITE, Fault::Service(n, says)));
            }
        }
        for (code, fault) in faults {
            let at = place(&fault).unwrap_or_else(|| value.span());
            let (Fault::Stock(_, says)
            | Fault::Service(_, says)
            | Fault::Value(_, says)
            | Fault::Section(says)) = fault;
            self.say(code, at, says);
        }
        drill.places = Places {
            values: values
                .into_iter()
                .map(|(id, at)| (id, self.lines.span(at)))
                .collect(),
            stock: stock.into_iter().map(|at| self.lines.span(at)).collect(),
            service: service.into_iter().map(|at| self.lines.span(at)).collect(),
        };
        Some(drill)
    }

    fn classes(&mut self, top: &Section<'_, '_>) -> BTreeMap<String, ClassDefaults> {
        let mut classes = BTreeMap::new();
        let Some(section) = self.table(top, "class") else {
            return classes;
        };
        for (key, value) in section.table {
            let Some(table) = value.get_ref().as_table() else {
                self.wrong_type(&section, key.get_ref(), value, "a table");
                continue;
            };
            let s = &Section {
                table,
                name: format!("[class.{}]", key.get_ref()),
                span: value.span(),
            };
            self.known_with_connection(s, &["criticality", "sensitive"]);
            let defaults = ClassDefaults {
                criticality: self.criticality(s),
                sensitive: self.boolean(s, "sensitive"),
                connection: self.connection(s),
            };
            classes.insert(key.get_ref().trim().to_owned(), defaults);
        }
        classes
    }

    fn departments(&mut self, top: &Section<'_, '_>) -> Vec<Department> {
        let mut out = Vec::new();
        let mut ids = BTreeMap::new();
        for s in &self.tables(top, "department") {
            self.known_with_connection(
                s,
                &["id", "name", "sector", "owner", "criticality", "sensitive"],
            );
            let id = self.short_id(s, "id", &mut ids);
            let name = self.required(s, "name");
            let sector = self.text(s, "sector").map(|v| v.value);
            let owner = self.text(s, "owner").map(|v| v.value);
            let criticality = self.criticality(s);
            let sensitive = self.boolean(s, "sensitive");
            let connection = self.connection(s);
            // A department with an id is kept even if its name is missing, so that references to
            // it are not reported as well.
            if let Some(id) = id {
                out.push(Department {
                    name: name.map_or_else(|| id.clone(), |n| n.value),
                    id,
                    sector,
                    owner,
                    criticality,
                    sensitive,
                    connection,
                });
            }
        }
        out
    }

    fn sites(&mut self, top: &Section<'_, '_>, departments: &BTreeSet<&str>) -> Vec<Site> {
        let mut out = Vec::new();
        let mut ids = BTreeMap::new();
        for s in &self.tables(top, "site") {
            self.known_with_connection(
                s,
                &[
                    "id",
                    "name",
                    "department",
                    "latitude",
                    "longitude",
                    "sensitive",
                ],
            );
            let id = self.short_id(s, "id", &mut ids);
            let name = self.required(s, "name");
            let department = self.department(s, departments);
            let latitude = self.degrees(s, "latitude", 90.0);
            let longitude = self.degrees(s, "longitude", 180.0);
            if let (Some(alone), None, missing) | (None, Some(alone), missing) = (
                s.get("latitude"),
                s.get("longitude"),
                if s.get("latitude").is_some() {
                    "longitude"
                } else {
                    "latitude"
                },
            ) {
                self.say(
                    INCOMPLETE_COORDINATES,
                    alone.span(),
                    format!("the site has no {missing} to go with this"),
                );
            }
            let sensitive = self.boolean(s, "sensitive");
            let connection = self.connection(s);
            if let Some(id) = id {
                out.push(Site {
                    name: name.map_or_else(|| id.clone(), |n| n.value),
                    id,
                    department,
                    latitude,
                    longitude,
                    sensitive,
                    connection,
                });
            }
        }
        out
    }

    fn registers(
        &mut self,
        top: &Section<'_, '_>,
        departments: &BTreeSet<&str>,
        folder: Option<&Path>,
    ) -> Vec<Register> {
        let mut out: Vec<Register> = Vec::new();
        let mut seen: BTreeMap<(String, Option<String>), u32> = BTreeMap::new();
        for s in &self.tables(top, "register") {
            self.known(
                s,
                &["file", "department", "sheet", "header_row", "as", "columns"],
            );
            let department = self.department(s, departments);
            let as_format = self.text(s, "as");
            let columns = self.columns(s);
            let Some(file) = self.required(s, "file") else {
                continue;
            };
            let bytes = file.span.bytes.clone();
            let path = match relative(&file.value) {
                Ok(path) => path,
                Err(fault) => {
                    self.path_fault(bytes, &file.value, fault);
                    continue;
                }
            };
            if let Some(folder) = folder
                && !inside_regular(folder, &path)
            {
                self.say_with_help(
                    REGISTER_MISSING,
                    bytes.clone(),
                    format!("`{path}` is not a file in the estate's folder"),
                    "paths count from the folder of the estate file; a symbolic link is not followed",
                );
            }
            let key = (path.clone(), columns.sheet.clone());
            if let Some(line) = seen.get(&key) {
                let which = key
                    .1
                    .map_or_else(String::new, |sheet| format!(", sheet {sheet}"));
                self.say(
                    DUPLICATE_REGISTER,
                    bytes,
                    format!("`{path}`{which} is a register already (line {line})"),
                );
                continue;
            }
            seen.insert(key, file.span.start.line);
            out.push(Register {
                file: Located {
                    value: path,
                    span: file.span,
                },
                department,
                as_format,
                columns,
            });
        }
        out
    }

    fn evidence(
        &mut self,
        top: &Section<'_, '_>,
        departments: &BTreeSet<&str>,
    ) -> Vec<EvidencePattern> {
        let mut out = Vec::new();
        for (n, s) in self.tables(top, "evidence").iter().enumerate() {
            if n == MOST_PATTERNS {
                self.say(
                    TOO_MANY_PATTERNS,
                    s.span.clone(),
                    format!("this is [[evidence]] number {}", n + 1),
                );
                break;
            }
            self.known(
                s,
                &[
                    "path",
                    "asset",
                    "department",
                    "as",
                    "sheet",
                    "header_row",
                    "columns",
                ],
            );
            let asset = self.text(s, "asset");
            let department = self.department(s, departments);
            let as_format = self.text(s, "as");
            let columns = self.columns(s);
            let Some(path) = self.required(s, "path") else {
                continue;
            };
            let bytes = path.span.bytes.clone();
            let pattern = match Pattern::new(&path.value) {
                Ok(pattern) => pattern,
                Err(fault) => {
                    self.path_fault(bytes, &path.value, fault);
                    continue;
                }
            };
            if let Some(asset) = &asset
                && pattern.captures_asset()
            {
                self.say(
                    ASSET_STATED_TWICE,
                    asset.span.bytes.clone(),
                    "the path captures the asset with {asset} as well",
                );
            }
            out.push(EvidencePattern {
                path: Located {
                    value: pattern,
                    span: path.span,
                },
                asset: asset.map(|a| a.value),
                department,
                as_format,
                columns,
            });
        }
        out
    }

    fn assets(
        &mut self,
        top: &Section<'_, '_>,
        departments: &BTreeSet<&str>,
        sites: &BTreeSet<&str>,
    ) -> Vec<Asset> {
        let mut out = Vec::new();
        let mut ids: BTreeMap<String, u32> = BTreeMap::new();
        for s in &self.tables(top, "asset") {
            self.known_with_connection(
                s,
                &[
                    "id",
                    "name",
                    "department",
                    "site",
                    "class",
                    "service",
                    "criticality",
                    "sensitive",
                    "maker",
                    "model",
                    "serial",
                ],
            );
            let id = self.required(s, "id");
            if let Some(id) = &id {
                if id.value.len() > 128 || id.value.chars().any(char::is_control) {
                    self.say(
                        BAD_ID,
                        id.span.bytes.clone(),
                        "an asset id is printable text of at most 128 bytes",
                    );
                }
                self.unique(id, &mut ids);
            }
            let name = self.text(s, "name").map(|v| v.value);
            let department = self.department(s, departments);
            if s.get("department").is_none() {
                self.missing(s, "department");
            }
            let site = self.reference(s, "site", sites, UNKNOWN_SITE);
            let class = self.required(s, "class");
            let service = self.text(s, "service").map(|v| v.value);
            let criticality = self.criticality(s);
            let sensitive = self.boolean(s, "sensitive");
            let maker = self.text(s, "maker").map(|v| v.value);
            let model = self.text(s, "model").map(|v| v.value);
            let serial = self.text(s, "serial").map(|v| v.value);
            let connection = self.connection(s);
            if let (Some(id), Some(department), Some(class)) = (id, department, class) {
                out.push(Asset {
                    id,
                    name,
                    department,
                    site,
                    class: class.value,
                    service,
                    criticality,
                    sensitive,
                    maker,
                    model,
                    serial,
                    connection,
                });
            }
        }
        out
    }

    /// `columns`, `sheet` and `header_row` of a section.
    fn columns(&mut self, s: &Section<'_, '_>) -> Columns {
        let sheet = self.text(s, "sheet").map(|v| v.value);
        let mut header_row = None;
        if let Some(value) = s.get("header_row") {
            match integer(value.get_ref()) {
                Some(n) => match u64::try_from(n) {
                    Ok(n) if n >= 1 => header_row = Some(n),
                    _ => self.say(OUT_OF_RANGE, value.span(), "rows count from 1"),
                },
                None => self.wrong_type(s, "header_row", value, "a whole number"),
            }
        }
        let mut columns = BTreeMap::new();
        if let Some(value) = s.get("columns") {
            match value.get_ref().as_table() {
                None => self.wrong_type(s, "columns", value, "a table of header = \"field\""),
                Some(table) => {
                    // In the order of the file, so that it is the second of two that is pointed at.
                    let mut entries: Vec<_> = table.iter().collect();
                    entries.sort_by_key(|(key, _)| key.span().start);
                    let mut headers = BTreeSet::new();
                    let mut fields = BTreeSet::new();
                    for (header, field) in entries {
                        let Some(name) = field.get_ref().as_str() else {
                            self.wrong_type(s, "columns", field, "text, the name of a field");
                            continue;
                        };
                        let name = name.trim();
                        if name.is_empty() || header.get_ref().trim().is_empty() {
                            self.say(EMPTY_VALUE, field.span(), "a header or its field is empty");
                            continue;
                        }
                        if !headers.insert(folded(header.get_ref())) {
                            self.say(
                                DUPLICATE_COLUMN,
                                header.span(),
                                format!(
                                    "`{}` and a header above differ only in case, spaces, '-' or '_'",
                                    header.get_ref()
                                ),
                            );
                        } else if !fields.insert(name.to_owned()) {
                            self.say(
                                DUPLICATE_COLUMN,
                                field.span(),
                                format!("another header is mapped to `{name}` already"),
                            );
                        }
                        columns.insert(header.get_ref().trim().to_owned(), name.to_owned());
                    }
                }
            }
        }
        Columns {
            columns,
            sheet,
            header_row,
        }
    }

    // -- values -------------------------------------------------------------------------------------

    fn known_with_connection(&mut self, s: &Section<'_, '_>, keys: &[&str]) {
        let all: Vec<&str> = keys.iter().copied().chain(connection::KEYS).collect();
        self.known(s, &all);
    }

    /// What a section says of how assets are connected.
    fn connection(&mut self, s: &Section<'_, '_>) -> Connection {
        let mut found = BTreeMap::new();
        for (key, words) in connection::WORDS {
            let Some(text) = self.text(s, key) else {
                continue;
            };
            match word_of(words, &text.value) {
                Some(word) => {
                    found.insert(
                        key,
                        Located {
                            value: word.to_owned(),
                            span: text.span,
                        },
                    );
                }
                None => self.unknown_word(text.span.bytes, key, &text.value, words),
            }
        }
        if let Some(value) = s.get(connection::PASSES) {
            match value.get_ref().as_array() {
                None => self.wrong_type(s, connection::PASSES, value, "a list of text"),
                Some(list) => {
                    let mut words = BTreeSet::new();
                    for item in list {
                        match item.get_ref().as_str() {
                            Some(text) => match word_of(&connection::PASSING, text) {
                                Some(word) => {
                                    words.insert(word);
                                }
                                None => self.unknown_word(
                                    item.span(),
                                    connection::PASSES,
                                    text,
                                    &connection::PASSING,
                                ),
                            },
                            None => self.wrong_type(s, connection::PASSES, item, "text"),
                        }
                    }
                    if list.iter().len() == 0 {
                        self.say(
                            EMPTY_VALUE,
                            value.span(),
                            "`passes` is an empty list; leave it out where it is not known",
                        );
                    } else if !words.is_empty() {
                        found.insert(
                            connection::PASSES,
                            Located {
                                value: words.into_iter().collect::<Vec<_>>().join(", "),
                                span: self.lines.span(value.span()),
                            },
                        );
                    }
                }
            }
        }
        if let Some(date) = self.date(s, connection::SUPPORT_UNTIL)
            && let Some(value) = s.get(connection::SUPPORT_UNTIL)
        {
            found.insert(
                connection::SUPPORT_UNTIL,
                Located {
                    value: date.to_string(),
                    span: self.lines.span(value.span()),
                },
            );
        }
        Connection(found)
    }

    fn unknown_word(&mut self, at: Range<usize>, key: &str, text: &str, words: &[&str]) {
        let shown: String = text.chars().take(60).collect();
        let help = match nearest(words.iter().copied(), text) {
            Some(word) => format!("did you mean `{word}`?"),
            None => format!("one of {}", words.join(", ")),
        };
        self.say_with_help(
            UNKNOWN_CONNECTION,
            at,
            format!("`{shown}` is no word of `{key}`"),
            help,
        );
    }

    fn known(&mut self, s: &Section<'_, '_>, keys: &[&str]) {
        for key in s.table.keys() {
            let text: &str = key.get_ref();
            if keys.contains(&text) {
                continue;
            }
            let help = match nearest(keys.iter().copied(), text) {
                Some(k) => format!("did you mean `{k}`?"),
                None => format!("known here: {}", keys.join(", ")),
            };
            // A long key would make a long message and a slow comparison; its place says enough.
            let shown: String = text.chars().take(60).collect();
            self.say_with_help(
                UNKNOWN_KEY,
                key.span(),
                format!("{} has no key `{shown}`", s.name),
                help,
            );
        }
    }

    fn wrong_type(&mut self, s: &Section<'_, '_>, key: &str, value: Value<'_, '_>, wanted: &str) {
        let found = match value.get_ref() {
            DeValue::String(_) => "text",
            DeValue::Integer(_) => "a whole number",
            DeValue::Float(_) => "a number",
            DeValue::Boolean(_) => "true or false",
            DeValue::Datetime(_) => "a date or time",
            DeValue::Array(_) => "a list",
            DeValue::Table(_) => "a table",
        };
        self.say(
            WRONG_TYPE,
            value.span(),
            format!("`{key}` of {} takes {wanted}, this is {found}", s.name),
        );
    }

    fn table<'a, 'i>(&mut self, s: &Section<'a, 'i>, key: &str) -> Option<Section<'a, 'i>> {
        let value = s.get(key)?;
        let Some(table) = value.get_ref().as_table() else {
            self.wrong_type(s, key, value, "a table");
            return None;
        };
        Some(Section {
            table,
            name: format!("[{key}]"),
            span: value.span(),
        })
    }

    fn missing(&mut self, s: &Section<'_, '_>, key: &str) {
        self.say(
            MISSING_KEY,
            s.span.clone(),
            format!("{} has no `{key}`", s.name),
        );
    }

    fn required(&mut self, s: &Section<'_, '_>, key: &str) -> Option<Located<String>> {
        if s.get(key).is_none() {
            self.missing(s, key);
        }
        self.text(s, key)
    }

    /// The tables of `[[key]]`.
    fn tables<'a, 'i>(&mut self, s: &Section<'a, 'i>, key: &str) -> Vec<Section<'a, 'i>> {
        let Some(value) = s.get(key) else {
            return Vec::new();
        };
        let mut out = Vec::new();
        match value.get_ref().as_array() {
            None => self.wrong_type(s, key, value, &format!("tables, each begun with [[{key}]]")),
            Some(list) => {
                for item in list {
                    match item.get_ref().as_table() {
                        None => self.wrong_type(s, key, item, "a table"),
                        Some(table) => out.push(Section {
                            table,
                            name: format!("[[{key}]]"),
                            span: item.span(),
                        }),
                    }
                }
            }
        }
        out
    }

    /// Text that is not empty, without the spaces around it.
    fn text(&mut self, s: &Section<'_, '_>, key: &str) -> Option<Located<String>> {
        let value = s.get(key)?;
        let Some(text) = value.get_ref().as_str() else {
            self.wrong_type(s, key, value, "text in quotes");
            return None;
        };
        let text = text.trim();
        if text.is_empty() {
            self.say(
                EMPTY_VALUE,
                value.span(),
                format!("`{key}` of {} is empty", s.name),
            );
            return None;
        }
        Some(Located {
            value: text.to_owned(),
            span: self.lines.span(value.span()),
        })
    }

    fn boolean(&mut self, s: &Section<'_, '_>, key: &str) -> Option<bool> {
        let value = s.get(key)?;
        let found = value.get_ref().as_bool();
        if found.is_none() {
            self.wrong_type(s, key, value, "true or false, without quotes");
        }
        found
    }

    fn criticality(&mut self, s: &Section<'_, '_>) -> Option<Criticality> {
        let text = self.text(s, "criticality")?;
        let level = Criticality::from_word(&text.value);
        if level.is_none() {
            let words: Vec<&str> = Criticality::ALL.iter().map(|c| c.as_str()).collect();
            self.say_with_help(
                UNKNOWN_CRITICALITY,
                text.span.bytes,
                format!("`{}` is not a criticality", text.value),
                format!("one of {}", words.join(", ")),
            );
        }
        level
    }

    /// A date, written as text or as a date of TOML.
    fn date(&mut self, s: &Section<'_, '_>, key: &str) -> Option<Date> {
        let value = s.get(key)?;
        let text = match value.get_ref() {
            DeValue::String(text) => text.trim().to_owned(),
            DeValue::Datetime(date) => date.to_string(),
            _ => {
                self.wrong_type(s, key, value, "a date, YYYY-MM-DD");
                return None;
            }
        };
        // Date's own parser accepts a time of day as well; a date is all that is meant here.
        let date = (text.len() == 10)
            .then(|| text.parse::<Date>().ok())
            .flatten();
        if date.is_none() {
            self.say_with_help(
                BAD_DATE,
                value.span(),
                format!("`{key}` is not a day that exists, written YYYY-MM-DD"),
                "for example 2026-11-24",
            );
        }
        date
    }

    fn degrees(&mut self, s: &Section<'_, '_>, key: &str, most: f64) -> Option<f64> {
        let value = s.get(key)?;
        let number = match value.get_ref() {
            DeValue::Float(float) => float.as_str().parse::<f64>().ok(),
            // Degrees have three digits at most: no integer that fits is rounded.
            DeValue::Integer(_) => integer(value.get_ref())
                .and_then(|n| i32::try_from(n).ok())
                .map(f64::from)
                .or(Some(f64::INFINITY)),
            _ => {
                self.wrong_type(s, key, value, "degrees as a number");
                return None;
            }
        };
        match number {
            Some(n) if n.abs() <= most => Some(n),
            _ => {
                self.say(
                    OUT_OF_RANGE,
                    value.span(),
                    format!("`{key}` lies between -{most} and {most} degrees"),
                );
                None
            }
        }
    }

    /// An id of a department or site, checked to be new.
    fn short_id(
        &mut self,
        s: &Section<'_, '_>,
        key: &str,
        ids: &mut BTreeMap<String, u32>,
    ) -> Option<String> {
        let id = self.required(s, key)?;
        let begins_well = id.value.starts_with(|c: char| c.is_ascii_alphanumeric());
        let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
        if !begins_well || !id.value.chars().all(is_plain) || id.value.len() > 64 {
            self.say_with_help(
                BAD_ID,
                id.span.bytes.clone(),
                format!("`{}` is not an id", id.value),
                "letters, digits, '.', '_' and '-', beginning with a letter or digit, 64 at most",
            );
        }
        self.unique(&id, ids).then_some(id.value)
    }

    fn unique(&mut self, id: &Located<String>, ids: &mut BTreeMap<String, u32>) -> bool {
        if let Some(line) = ids.get(&id.value) {
            self.say(
                DUPLICATE_ID,
                id.span.bytes.clone(),
                format!("the id `{}` is taken (line {line})", id.value),
            );
            return false;
        }
        ids.insert(id.value.clone(), id.span.start.line);
        true
    }

    fn department(&mut self, s: &Section<'_, '_>, known: &BTreeSet<&str>) -> Option<String> {
        self.reference(s, "department", known, UNKNOWN_DEPARTMENT)
    }

    fn reference(
        &mut self,
        s: &Section<'_, '_>,
        key: &str,
        known: &BTreeSet<&str>,
        code: &Code,
    ) -> Option<String> {
        let id = self.text(s, key)?;
        if known.contains(id.value.as_str()) {
            return Some(id.value);
        }
        let help = match nearest(known.iter().copied(), &id.value) {
            Some(k) => format!("did you mean `{k}`?"),
            None => format!("add a [[{key}]] with this id"),
        };
        self.say_with_help(
            code,
            id.span.bytes,
            format!("there is no {key} `{}`", id.value),
            help,
        );
        None
    }

    fn path_fault(&mut self, span: Range<usize>, path: &str, fault: PathFault) {
        match fault {
            PathFault::Escapes(why) => self.say_with_help(
                PATH_ESCAPES,
                span,
                format!("`{path}` {why}"),
                "an estate reads only what lies in its own folder; copy the file there",
            ),
            PathFault::Bad(why) => {
                self.say_with_help(
                    BAD_PATH,
                    span,
                    format!("the path {why}"),
                    "write paths with '/'",
                );
            }
            PathFault::Glob(why) => {
                self.say(BAD_GLOB, span, format!("the pattern `{path}` {why}"));
            }
        }
    }
}

/// Names in one field of every table of a list, each with its place.
fn names_in<'v>(section: &'v DeValue<'_>, list: &str, field: &str) -> Vec<(&'v str, Range<usize>)> {
    let tables = section.as_table().and_then(|t| t.get(list));
    let tables = tables.and_then(|l| l.get_ref().as_array());
    let mut out = Vec::new();
    for table in tables.into_iter().flatten() {
        let Some(value) = table.get_ref().as_table().and_then(|t| t.get(field)) else {
            continue;
        };
        let mut put = |v: &'v Spanned<DeValue<'_>>| {
            if let Some(name) = v.get_ref().as_str() {
                out.push((name, v.span()));
            }
        };
        match value.get_ref().as_array() {
            Some(names) => names.iter().for_each(put),
            None => put(value),
        }
    }
    out
}

/// The word of a list that a text is, without case.
fn word_of(words: &[&'static str], text: &str) -> Option<&'static str> {
    let text = text.trim();
    words.iter().copied().find(|w| w.eq_ignore_ascii_case(text))
}

/// The known word that a misspelt one most likely means. Long words and long lists are not searched:
/// the comparison is quadratic in the word, and the file may be anybody's.
fn nearest<'k>(known: impl Iterator<Item = &'k str>, word: &str) -> Option<&'k str> {
    if word.len() > 64 {
        return None;
    }
    let word = word.to_lowercase();
    known
        .take(500)
        .map(|k| (strsim::damerau_levenshtein(k, &word), k))
        .filter(|(distance, k)| *distance <= 2.min(k.chars().count() / 2))
        .min()
        .map(|(_, k)| k)
}

/// Headers are compared without case, spaces, `-` and `_`, as the reader of tables does.
fn folded(header: &str) -> String {
    header
        .chars()
        .filter(|c| !c.is_whitespace() && !matches!(c, '-' | '_'))
        .flat_map(char::to_lowercase)
        .collect()
}

fn integer(value: &DeValue<'_>) -> Option<i128> {
    let integer = value.as_integer()?;
    Some(i128::from_str_radix(integer.as_str(), integer.radix()).unwrap_or(i128::MAX))
}

/// Whether the relative path leads to a regular file without a symbolic link on the way.
fn inside_regular(folder: &Path, relative: &str) -> bool {
    let mut path = folder.to_path_buf();
    for component in relative.split('/') {
        path.push(component);
        if path
            .symlink_metadata()
            .is_ok_and(|m| m.file_type().is_symlink())
        {
            return false;
        }
    }
    path.is_file()
}
