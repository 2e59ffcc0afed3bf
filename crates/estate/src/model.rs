//! The estate as data.

use std::collections::BTreeMap;
use std::fmt;

use jiff::civil::Date;
use serde::Serialize;

use crate::connection::Connection;
use crate::diagnostic::{Diagnostic, Span};
use crate::drill::DrillSettings;
use crate::pattern::Pattern;
use crate::plan::PlanSettings;

/// A value with its place in the estate file, for those who can judge it and must point at it.
/// Serialises as the value alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it stands.
    pub span: Span,
}

impl<T: Serialize> Serialize for Located<T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.value.serialize(serializer)
    }
}

/// What an organisation says about itself.
#[derive(Clone, Debug, Serialize)]
pub struct Estate {
    /// Who.
    pub organisation: Organisation,
    /// What is asked.
    pub audit: Audit,
    /// What holds for assets of which nothing else is said.
    pub defaults: Defaults,
    /// What holds for assets of a class, by class.
    #[serde(rename = "class")]
    pub classes: BTreeMap<String, ClassDefaults>,
    /// Departments, in the order of the file.
    #[serde(rename = "department")]
    pub departments: Vec<Department>,
    /// Sites, in the order of the file.
    #[serde(rename = "site")]
    pub sites: Vec<Site>,
    /// Registers, in the order of the file. Their rows are assets.
    #[serde(rename = "register")]
    pub registers: Vec<Register>,
    /// Evidence patterns, in the order of the file: the first that matches a file takes it.
    #[serde(rename = "evidence")]
    pub evidence: Vec<EvidencePattern>,
    /// Assets written by hand, in the order of the file.
    #[serde(rename = "asset")]
    pub assets: Vec<Asset>,
    /// What it says about money, people and time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<PlanSettings>,
    /// What it says about spares and services.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub drill: Option<DrillSettings>,
    /// Doubts about the description that do not keep it from being used.
    #[serde(skip)]
    pub warnings: Vec<Diagnostic>,
}

/// `[organisation]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Organisation {
    /// Its name.
    pub name: String,
}

/// `[audit]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// Ids of the policy packs to apply. Whether they exist is for the one who has the packs to say.
    pub policies: Vec<Located<String>>,
    /// The date to judge on; absent: the caller's.
    pub date: Option<Date>,
    /// Whether observed modules teach about the estate's other rows; absent: yes.
    pub learn: Option<bool>,
}

/// `[defaults]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Defaults {
    /// Criticality.
    pub criticality: Option<Criticality>,
    /// Whether assets stand in a sensitive area.
    pub sensitive: Option<bool>,
    /// How assets are connected.
    #[serde(flatten)]
    pub connection: Connection,
}

/// `[class.NAME]`
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ClassDefaults {
    /// Criticality of assets of this class.
    pub criticality: Option<Criticality>,
    /// Whether they stand in a sensitive area.
    pub sensitive: Option<bool>,
    /// How they are connected.
    #[serde(flatten)]
    pub connection: Connection,
}

/// `[[department]]`
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Department {
    /// Id, unique among departments.
    pub id: String,
    /// Name.
    pub name: String,
    /// Sector in the organisation's or the instrument's own word (`energy`, `transport` ...).
    pub sector: Option<String>,
    /// Who answers for it: a role or a team.
    pub owner: Option<String>,
    /// Criticality of its assets.
    pub criticality: Option<Criticality>,
    /// Whether its assets stand in a sensitive area.
    pub sensitive: Option<bool>,
    /// How its assets are connected.
    #[serde(flatten)]
    pub connection: Connection,
}

/// `[[site]]`
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Site {
    /// Id, unique among sites.
    pub id: String,
    /// Name.
    pub name: String,
    /// Department that runs it.
    pub department: Option<String>,
    /// Degrees north, WGS 84; present together with the longitude or not at all.
    pub latitude: Option<f64>,
    /// Degrees east, WGS 84.
    pub longitude: Option<f64>,
    /// Whether it is a sensitive area.
    pub sensitive: Option<bool>,
    /// How assets there are connected.
    #[serde(flatten)]
    pub connection: Connection,
}

/// How the columns of a table are to be read; plain data for the reader of tables.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Columns {
    /// Header in the file -> field name.
    pub columns: BTreeMap<String, String>,
    /// Only this sheet of a workbook.
    pub sheet: Option<String>,
    /// Row of the headers, counted from 1, where it is not found by itself.
    pub header_row: Option<u64>,
}

/// `[[register]]`: a table whose rows are assets of the estate, and evidence as well.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Register {
    /// Path from the estate's folder, with `/`.
    pub file: Located<String>,
    /// Department of the rows that name none.
    pub department: Option<String>,
    /// Name of the evidence format, where it is not to be recognised. Whether it exists is for the
    /// one who has the readers to say.
    #[serde(rename = "as")]
    pub as_format: Option<Located<String>>,
    /// How to read it.
    pub columns: Columns,
}

/// `[[evidence]]`: files, and what they speak about.
#[derive(Clone, Debug, Serialize)]
pub struct EvidencePattern {
    /// Which files, from the estate's folder.
    pub path: Located<Pattern>,
    /// The asset that all of them speak about, where the path does not capture it.
    pub asset: Option<String>,
    /// Department they belong to.
    pub department: Option<String>,
    /// Name of the evidence format, where it is not to be recognised.
    #[serde(rename = "as")]
    pub as_format: Option<Located<String>>,
    /// How to read tables among them.
    pub columns: Columns,
}

/// `[[asset]]`: one asset written by hand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Asset {
    /// Id, the organisation's inventory number.
    pub id: Located<String>,
    /// Name.
    pub name: Option<String>,
    /// Department.
    pub department: String,
    /// Site.
    pub site: Option<String>,
    /// What kind of thing it is: `router`, `laptop`, `meter` ...
    pub class: String,
    /// Service that it serves.
    pub service: Option<String>,
    /// Its own criticality.
    pub criticality: Option<Criticality>,
    /// Whether it stands in a sensitive area.
    pub sensitive: Option<bool>,
    /// Maker of the product.
    pub maker: Option<String>,
    /// Model of the product.
    pub model: Option<String>,
    /// Serial number of the product.
    pub serial: Option<String>,
    /// How it is connected.
    #[serde(flatten)]
    pub connection: Connection,
}

/// How much depends on an asset.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Criticality {
    /// Its loss is an inconvenience.
    Low,
    /// Its loss disturbs a service.
    Medium,
    /// Its loss stops a service.
    High,
    /// Its loss endangers people or an essential service.
    Critical,
}

impl Criticality {
    /// Every level, lowest first.
    pub const ALL: [Self; 4] = [Self::Low, Self::Medium, Self::High, Self::Critical];

    /// The word used in files and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "low",
            Self::Medium => "medium",
            Self::High => "high",
            Self::Critical => "critical",
        }
    }

    /// The level of this word, without case and surrounding spaces; for cells of registers too.
    pub fn from_word(word: &str) -> Option<Self> {
        let word = word.trim();
        Self::ALL
            .into_iter()
            .find(|c| c.as_str().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Criticality {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Estate {
    /// The department with this id.
    pub fn department(&self, id: &str) -> Option<&Department> {
        self.departments.iter().find(|d| d.id == id)
    }

    /// The site with this id.
    pub fn site(&self, id: &str) -> Option<&Site> {
        self.sites.iter().find(|s| s.id == id)
    }

    /// The department that a cell of a register means: its id or its name, without case.
    pub fn department_called(&self, text: &str) -> Option<&Department> {
        let text = text.trim();
        self.departments
            .iter()
            .find(|d| d.id.eq_ignore_ascii_case(text))
            .or_else(|| self.departments.iter().find(|d| same_words(&d.name, text)))
    }

    /// The site that a cell of a register means: its id or its name, without case.
    pub fn site_called(&self, text: &str) -> Option<&Site> {
        let text = text.trim();
        self.sites
            .iter()
            .find(|s| s.id.eq_ignore_ascii_case(text))
            .or_else(|| self.sites.iter().find(|s| same_words(&s.name, text)))
    }

    /// Criticality of an asset: its own, else its class's, else its department's, else the default.
    pub fn criticality(
        &self,
        own: Option<Criticality>,
        class: Option<&str>,
        department: Option<&str>,
    ) -> Option<Criticality> {
        own.or_else(|| self.class_defaults(class)?.criticality)
            .or_else(|| self.department(department?)?.criticality)
            .or(self.defaults.criticality)
    }

    /// Whether an asset stands in a sensitive area: its own statement, else its site's, else its
    /// class's, else its department's, else the default; `None` where nobody says.
    pub fn sensitive(
        &self,
        own: Option<bool>,
        site: Option<&str>,
        class: Option<&str>,
        department: Option<&str>,
    ) -> Option<bool> {
        own.or_else(|| self.site(site?)?.sensitive)
            .or_else(|| self.class_defaults(class)?.sensitive)
            .or_else(|| self.department(department?)?.sensitive)
            .or(self.defaults.sensitive)
    }

    fn class_defaults(&self, class: Option<&str>) -> Option<&ClassDefaults> {
        self.class_section(class?).map(|(_, c)| c)
    }

    /// The section of a class, with its name as written there.
    pub(crate) fn class_section(&self, class: &str) -> Option<(&str, &ClassDefaults)> {
        let class = class.trim();
        self.classes
            .get_key_value(class)
            .or_else(|| {
                self.classes
                    .iter()
                    .find(|(k, _)| k.eq_ignore_ascii_case(class))
            })
            .map(|(k, v)| (k.as_str(), v))
    }
}

fn same_words(a: &str, b: &str) -> bool {
    a.split_whitespace()
        .map(str::to_lowercase)
        .eq(b.split_whitespace().map(str::to_lowercase))
}
