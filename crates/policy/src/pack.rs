//! A pack: one instrument as data. The file format is described in `docs/policy-packs.md`.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

/// What kind of instrument a pack holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Enacted law or regulation.
    Law,
    /// A list that other instruments refer to.
    List,
    /// Recommended by a policy paper, with target dates, no legal force.
    PolicyTarget,
    /// Advice or warning of an authority.
    Advisory,
    /// Not adopted.
    Proposal,
}

impl Kind {
    /// The word used in packs and reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Law => "law",
            Self::List => "list",
            Self::PolicyTarget => "policy_target",
            Self::Advisory => "advisory",
            Self::Proposal => "proposal",
        }
    }
}

/// What a rule asks. Verbs are not to be collapsed into "banned".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verb {
    /// No contract with a matched party.
    NoContractWith,
    /// No purchase of what includes a matched item.
    NoPurchaseIncluding,
    /// No use.
    NoUse,
    /// No new authorization of equipment.
    NoNewAuthorization,
    /// No import.
    NoImport,
    /// No remote access.
    NoRemoteAccess,
    /// A declaration is due.
    MustDeclare,
    /// A report is due within a time.
    MustReportWithin,
    /// An assessment is due.
    MustAssess,
    /// Advised by an authority.
    Advised,
    /// Recommended by others.
    Recommended,
    /// Proposed, not adopted.
    Proposed,
    /// To be watched; asks nothing by itself.
    Watch,
}

impl Verb {
    /// All verbs with their words.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("no_contract_with", Self::NoContractWith),
        ("no_purchase_including", Self::NoPurchaseIncluding),
        ("no_use", Self::NoUse),
        ("no_new_authorization", Self::NoNewAuthorization),
        ("no_import", Self::NoImport),
        ("no_remote_access", Self::NoRemoteAccess),
        ("must_declare", Self::MustDeclare),
        ("must_report_within", Self::MustReportWithin),
        ("must_assess", Self::MustAssess),
        ("advised", Self::Advised),
        ("recommended", Self::Recommended),
        ("proposed", Self::Proposed),
        ("watch", Self::Watch),
    ];

    /// The word used in packs and reports.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, v)| *v == self)
            .map_or("", |(word, _)| word)
    }

    /// Forbids something.
    pub fn forbids(self) -> bool {
        matches!(
            self,
            Self::NoContractWith
                | Self::NoPurchaseIncluding
                | Self::NoUse
                | Self::NoNewAuthorization
                | Self::NoImport
                | Self::NoRemoteAccess
        )
    }

    /// Asks for an act.
    pub fn is_duty(self) -> bool {
        matches!(
            self,
            Self::MustDeclare | Self::MustReportWithin | Self::MustAssess
        )
    }
}

/// The moment of an item's life a rule reaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// About to be bought.
    Purchase,
    /// In place.
    Installed,
    /// In place in a sensitive area. A rule's stage only: an item's stage is `installed` with
    /// [`crate::Case::sensitive`].
    InstalledSensitive,
    /// Equipment authorization is applied for.
    Authorization,
    /// About to be imported.
    Import,
    /// About to be placed on a market by its maker or importer.
    MarketPlacement,
    /// A site is about to be connected to a grid or network.
    Connection,
}

impl Stage {
    /// All stages with their words.
    pub const ALL: &'static [(&'static str, Self)] = &[
        ("purchase", Self::Purchase),
        ("installed", Self::Installed),
        ("installed_sensitive", Self::InstalledSensitive),
        ("authorization", Self::Authorization),
        ("import", Self::Import),
        ("market_placement", Self::MarketPlacement),
        ("connection", Self::Connection),
    ];

    /// The word used in packs.
    pub fn as_str(self) -> &'static str {
        Self::ALL
            .iter()
            .find(|(_, v)| *v == self)
            .map_or("", |(word, _)| word)
    }

    /// In words for a sentence.
    pub fn says(self) -> &'static str {
        match self {
            Self::Purchase => "new purchases",
            Self::Installed => "installed units",
            Self::InstalledSensitive => "installed units in sensitive areas",
            Self::Authorization => "new equipment authorizations",
            Self::Import => "imports",
            Self::MarketPlacement => "placing on the market",
            Self::Connection => "new connections to a grid or network",
        }
    }
}

/// How a rule tells whether something is meant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Match {
    /// A named entity, in the list's own editions.
    NamedEntity {
        /// Id of the pack whose entities and editions count; absent: this pack's own.
        list: Option<String>,
        /// Whether entities under a named one's control are meant.
        controlled: Reach,
        /// The names are those of makers of chips inside the module, not of modules.
        chips: bool,
    },
    /// Named entities and what they control, where control is the test itself. Like `NamedEntity`
    /// with `controlled = "yes"`; kept apart because the match kind is reported.
    ControlChain {
        /// Id of the pack whose entities and editions count; absent: this pack's own.
        list: Option<String>,
    },
    /// Owned by, controlled by or subject to the jurisdiction of a country.
    Jurisdiction {
        /// ISO 3166 codes.
        countries: Vec<String>,
        /// ISO 3166 codes of which the text does not say whether it means them.
        unsettled: Vec<String>,
        /// Place of design, manufacture or supply is tested too: a maker seated elsewhere is not
        /// settled until that is known.
        production_too: bool,
    },
    /// A product category by place of production, whoever the maker is.
    PlaceOfProduction {
        /// Category words as the estate or a gate file may use them.
        categories: Vec<String>,
        /// Produced anywhere but here. Empty: see `produced_in`.
        outside: Vec<String>,
        /// Produced here.
        produced_in: Vec<String>,
    },
    /// Who can reach or administer the device, or where its data goes.
    RemoteAccess {
        /// ISO 3166 codes of the parties' seats.
        countries: Vec<String>,
    },
    /// A disclosure, label or quality duty without any test of origin: reaches every module.
    Disclosure,
    /// Whatever a rule of the same pack would match by name: the duties that follow a hit.
    AnyListedMakerOfPack,
}

impl Match {
    /// All kinds' words.
    pub const KINDS: &'static [&'static str] = &[
        "named_entity",
        "control_chain",
        "jurisdiction",
        "place_of_production",
        "remote_access",
        "disclosure",
        "any_listed_maker_of_pack",
    ];

    /// The word used in packs and reports.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::NamedEntity { .. } => "named_entity",
            Self::ControlChain { .. } => "control_chain",
            Self::Jurisdiction { .. } => "jurisdiction",
            Self::PlaceOfProduction { .. } => "place_of_production",
            Self::RemoteAccess { .. } => "remote_access",
            Self::Disclosure => "disclosure",
            Self::AnyListedMakerOfPack => "any_listed_maker_of_pack",
        }
    }

    /// Pack whose list counts, if another's.
    pub fn list(&self) -> Option<&str> {
        match self {
            Self::NamedEntity { list, .. } | Self::ControlChain { list } => list.as_deref(),
            _ => None,
        }
    }
}

/// Whether a rule reaches beyond the named entities.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reach {
    /// It does.
    Yes,
    /// It does not; a named owner is mentioned and does not match.
    No,
    /// The text must be read.
    LegalReading,
}

/// When the instrument's text must be read by a lawyer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadWhen {
    /// On every match.
    Always,
    /// Where the match is a component of something else, or it is not known whether it is.
    Component,
}

/// Why a match cannot be settled without a legal reading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LegalReading {
    /// When.
    pub when: ReadWhen,
    /// The open question.
    pub reason: String,
    /// Word by which a case states that the question is answered with yes: the text was read for it.
    pub unless_fact: Option<String>,
}

/// An event that must have happened before a rule asks anything.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct OnlyIf {
    /// Word by which a case states that it has.
    pub fact: String,
    /// The event in plain words.
    pub says: String,
}

/// An exception of a rule, decided by a fact the case may state.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Exception {
    /// Word by which a case states that it holds.
    pub fact: String,
    /// The exception in plain words.
    pub says: String,
    /// Last day of the exception. Absent: open.
    pub until: Option<Date>,
}

/// A duty's time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Within {
    /// Business days, Monday to Friday.
    BusinessDays(u16),
    /// Days.
    Days(u16),
}

/// One rule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Rule {
    /// Id inside the pack.
    pub id: String,
    /// What it says, in one plain sentence.
    pub title: String,
    /// What it asks.
    pub verb: Verb,
    /// How it matches.
    #[serde(rename = "match")]
    pub matching: Match,
    /// Contexts it binds; empty: nobody by itself, or everybody.
    pub binds: Vec<String>,
    /// Stages it reaches.
    pub stages: Vec<Stage>,
    /// First day of effect. Absent: in effect since the pack's issue.
    pub effective: Option<Date>,
    /// Target or last day.
    pub deadline: Option<Date>,
    /// Last day on which it reaches (an expired waiver, a repealed rule). Absent: open.
    pub until: Option<Date>,
    /// Time of a duty, counted from the day of discovery.
    pub within: Option<Within>,
    /// The event the rule follows. Absent: none, the thing's presence is enough.
    pub only_if: Option<OnlyIf>,
    /// Exceptions.
    pub exceptions: Vec<Exception>,
    /// Where a legal reading is needed.
    pub needs_legal_reading: Option<LegalReading>,
    /// What the bound must be able to show.
    pub must_show: Vec<String>,
    /// How long records are kept, in words.
    pub retention: Option<String>,
    /// Remark for people.
    pub note: Option<String>,
    /// References; empty: the pack's.
    pub sources: Vec<String>,
}

/// An edition of a list or instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Edition {
    /// Its day.
    pub date: Date,
    /// Citation.
    pub citation: Option<String>,
    /// Reference.
    pub source: String,
}

/// A period of being listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Listed {
    /// First day listed.
    pub from: Date,
    /// First day no longer listed. Absent: still listed in the newest edition.
    pub to: Option<Date>,
}

/// A named entity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entity {
    /// Name as listed.
    pub name: String,
    /// Other spellings under which owners may be recorded.
    pub also: Vec<String>,
    /// Maker slugs of the catalogue that are this entity (or a unit of it that the list names).
    pub makers: Vec<String>,
    /// Periods of listing, oldest first.
    pub listed: Vec<Listed>,
    /// Listed for some purposes only: the purposes. A match then needs a legal reading.
    pub only_for: Option<String>,
    /// Remark for people.
    pub note: Option<String>,
    /// Reference, if other than the edition's.
    pub source: Option<String>,
}

impl Entity {
    /// Whether it is listed on a day.
    pub fn listed_on(&self, on: Date) -> bool {
        self.listed
            .iter()
            .any(|p| p.from <= on && p.to.is_none_or(|to| on < to))
    }
}

/// A reference.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Source {
    /// Address or citation a reader can follow.
    pub url: String,
    /// What it is used for.
    pub says: Option<String>,
    /// Day it was last looked at.
    pub seen: Option<Date>,
}

/// A case with the expected standing, kept in the pack it tests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Test {
    /// Line of the file it starts at, from 1.
    pub line: usize,
    /// Rule judged.
    pub rule: String,
    /// Makers; one: settled.
    pub makers: Vec<TestMaker>,
    /// Others may be behind it.
    pub open: bool,
    /// Date asked about.
    pub date: Date,
    /// Stage of the item.
    pub stage: Stage,
    /// Contexts stated; absent: not stated.
    pub contexts: Option<Vec<String>>,
    /// In a sensitive area.
    pub sensitive: Option<bool>,
    /// `component`, `end_product`, `stick`.
    pub role: Option<String>,
    /// `observed`, `mentioned` ...
    pub presence: Option<String>,
    /// Contract party: a maker slug.
    pub supplier: Option<String>,
    /// Product category.
    pub category: Option<String>,
    /// Countries of production.
    pub produced_in: Vec<String>,
    /// Countries of parties with remote access; absent: not recorded.
    pub remote_access: Option<Vec<String>>,
    /// Day bought.
    pub bought: Option<Date>,
    /// Exceptions' facts that hold.
    pub facts: Vec<String>,
    /// Expected status word.
    pub expect: String,
    /// Expected deadline.
    pub deadline: Option<Date>,
    /// Why, citing the instrument.
    pub why: Option<String>,
}

/// A maker in a test: facts as plain data, so that a pack is tested without a catalogue.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct TestMaker {
    /// Slug.
    pub slug: String,
    /// Seat.
    pub seat: Option<String>,
    /// Owner's name on the date.
    pub owner: Option<String>,
    /// Owner's country.
    pub owner_seat: Option<String>,
    /// The ownership is well supported.
    pub owner_sure: bool,
}

/// One instrument.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Pack {
    /// Id, equal to the file's stem.
    pub id: String,
    /// Title.
    pub title: String,
    /// ISO 3166 code or `EU`.
    pub jurisdiction: String,
    /// Who issued it.
    pub issuer: String,
    /// What it is.
    pub kind: Kind,
    /// First day on which it existed: before it nothing is asked.
    pub issued: Date,
    /// Day up to which the pack's statements were confirmed.
    pub as_of: Date,
    /// Age in days from which a run says that the pack is old.
    pub warn_after_days: u32,
    /// What it is and is not, for people.
    pub note: Option<String>,
    /// Citation.
    pub citation: Option<String>,
    /// Where the pack carries part of a longer list: which part, in words for "no match among ...".
    pub excerpt: Option<String>,
    /// Dated editions, oldest first.
    pub editions: Vec<Edition>,
    /// Named entities.
    pub entities: Vec<Entity>,
    /// Rules.
    pub rules: Vec<Rule>,
    /// References.
    pub sources: Vec<Source>,
    /// Its own test cases.
    #[serde(skip)]
    pub tests: Vec<Test>,
    /// Other packs' lists that its rules refer to, by pack id; filled by [`crate::Packs`].
    #[serde(skip)]
    pub lists: BTreeMap<String, List>,
    /// SHA-256 of the file, hexadecimal.
    pub digest: String,
}

/// Editions and names of one list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct List {
    /// See [`Pack::excerpt`].
    pub excerpt: Option<String>,
    /// Dated editions, oldest first.
    pub editions: Vec<Edition>,
    /// Named entities.
    pub entities: Vec<Entity>,
}

impl Pack {
    /// The edition in force on a day.
    pub fn edition_on(&self, on: Date) -> Option<&Edition> {
        self.editions.iter().rev().find(|e| e.date <= on)
    }

    /// A rule by id.
    pub fn rule(&self, id: &str) -> Option<&Rule> {
        self.rules.iter().find(|r| r.id == id)
    }

    /// What to say if the pack was confirmed too long before a day.
    pub fn age_warning(&self, on: Date) -> Option<String> {
        let days = self.as_of.until(on).map_or(0, |span| span.get_days());
        if i64::from(days) <= i64::from(self.warn_after_days) {
            return None;
        }
        Some(format!(
            "Pack {} was last confirmed on {}, {days} days before {on}; later changes are not in it.",
            self.id, self.as_of
        ))
    }
}
