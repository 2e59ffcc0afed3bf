//! The manifest: one JSON object a line. Each line but the first names the SHA-256 of the line before it
//! (with its line end), the last closes the chain and has nothing of its own: so no line can be changed,
//! left out, added or moved unseen.

use cellsweep_report::json::{self, Layout};
use cellsweep_report::model::{Edition, Tool};
use serde::{Deserialize, Serialize};

use crate::{Error, Member, SigningKey, archive, sha256};

/// Name of the manifest's member, the first of a bundle.
pub const NAME: &str = "manifest.ndjson";
/// Name of the format and its version.
pub const FORMAT: &str = "cellsweep-bundle-1";
/// Largest manifest that is read, in bytes.
pub const MOST: u64 = 16 << 20;
/// What stands for the line before the first.
const NONE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What the whole bundle is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// [`FORMAT`].
    pub format: String,
    /// The program that made the report.
    pub tool: Tool,
    /// The program that made the bundle.
    pub bundled_by: Tool,
    /// When the report was made, RFC 3339 UTC.
    pub generated_at: String,
    /// The date asked about.
    pub date: String,
    /// Whose estate.
    pub organisation: Option<String>,
    /// Catalogue used.
    pub catalog: Edition,
    /// Numbers of devices and SIMs are masked.
    pub redacted: bool,
    /// Public key of the signer, as one line of text; `null`: not signed.
    pub signer: Option<String>,
}

/// A policy pack.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pack {
    /// Id.
    pub id: String,
    /// Edition, as the report names it; `null` for a pack that is only referred to.
    pub edition: Option<String>,
    /// SHA-256 of the pack's text.
    pub digest: String,
    /// `judged`: the report has its verdicts; `referred`: a judged pack uses its list.
    pub used: Used,
    /// The member with its text; `null`: the text was not at hand.
    pub member: Option<String>,
}

/// How a pack was used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Used {
    /// The report has its verdicts.
    Judged,
    /// A judged pack uses its list.
    Referred,
}

/// A member of the bundle.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Name.
    pub name: String,
    /// Size in bytes.
    pub bytes: u64,
    /// SHA-256, hexadecimal.
    pub sha256: String,
    /// What it is, in words.
    pub says: String,
}

/// One line.
#[derive(Serialize, Deserialize)]
#[serde(tag = "record", rename_all = "snake_case")]
enum Line {
    Bundle(Box<Linked<Head>>),
    Pack(Linked<Pack>),
    Member(Linked<Entry>),
    Seal(Linked<Seal>),
}

#[derive(Serialize, Deserialize)]
struct Linked<T> {
    prev: String,
    #[serde(flatten)]
    of: T,
}

#[derive(Serialize, Deserialize)]
struct Seal {
    lines: u64,
}

/// A manifest.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Manifest {
    /// The whole.
    pub head: Head,
    /// Packs, judged ones first.
    pub packs: Vec<Pack>,
    /// Members in their order.
    pub members: Vec<Entry>,
}

impl Manifest {
    pub(crate) fn of(
        mut head: Head,
        packs: &[Pack],
        members: &[Member],
        key: Option<&SigningKey>,
    ) -> Result<Self, Error> {
        head.signer = key.map(|k| k.public().text());
        let members: Vec<Entry> = members
            .iter()
            .map(|m| Entry {
                name: m.name.clone(),
                bytes: m.bytes.len() as u64,
                sha256: sha256(&m.bytes),
                says: m.says.clone(),
            })
            .collect();
        let manifest = Self {
            head,
            packs: packs.to_vec(),
            members,
        };
        let mut names = std::collections::BTreeSet::new();
        for e in &manifest.members {
            let why = if !fits(e) {
                "the bundle's format has no room for this name or size"
            } else if names.insert(&e.name) {
                continue;
            } else {
                "stands there twice"
            };
            return Err(Error::Member {
                name: e.name.clone(),
                why,
            });
        }
        Ok(manifest)
    }

    /// The lines.
    pub(crate) fn text(&self) -> Result<String, Error> {
        let mut text = String::new();
        let mut prev = NONE.to_owned();
        let mut lines = 0;
        let mut add = |make: &dyn Fn(String) -> Line| -> Result<(), Error> {
            // Names are outside text: what would act on a terminal is escaped.
            let line = json::value(&make(prev.clone()), Layout::Compact)?;
            prev = sha256(line.as_bytes());
            text.push_str(&line);
            lines += 1;
            Ok(())
        };
        add(&|prev| {
            Line::Bundle(Box::new(Linked {
                prev,
                of: self.head.clone(),
            }))
        })?;
        for p in &self.packs {
            add(&|prev| {
                Line::Pack(Linked {
                    prev,
                    of: p.clone(),
                })
            })?;
        }
        for m in &self.members {
            add(&|prev| {
                Line::Member(Linked {
                    prev,
                    of: m.clone(),
                })
            })?;
        }
        text.push_str(&seal(&prev, lines));
        Ok(text)
    }

    /// Reads a manifest and checks its chain. What is wrong is said in one sentence.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let mut prev = NONE.to_owned();
        let mut head = None;
        let mut packs = Vec::new();
        let mut members: Vec<Entry> = Vec::new();
        let mut lines = 0u64;
        let mut rest = text;
        while let Some((line, after)) = rest.split_once('\n') {
            let n = lines + 1;
            let parsed: Line =
                serde_json::from_str(line).map_err(|e| format!("line {n} is no record: {e}"))?;
            let (linked, last) = match &parsed {
                Line::Bundle(l) => (&l.prev, false),
                Line::Pack(l) => (&l.prev, false),
                Line::Member(l) => (&l.prev, false),
                Line::Seal(l) => (&l.prev, true),
            };
            if *linked != prev {
                return Err(format!(
                    "the chain breaks at line {n}: it names another line before it than there is"
                ));
            }
            match parsed {
                Line::Bundle(l) if lines == 0 => head = Some(l.of),
                Line::Pack(l) if lines > 0 && members.is_empty() => packs.push(l.of),
                Line::Member(l) if lines > 0 => members.push(l.of),
                Line::Seal(_) if lines > 0 => {}
                _ => return Err(format!("line {n} is not where such a record stands")),
            }
            if last {
                // The last line has no follower that names its hash: it is made anew and compared.
                if !after.is_empty() {
                    return Err("there is text after the last line".to_owned());
                }
                if format!("{line}\n") != seal(&prev, lines) {
                    return Err("the last line does not close the chain".to_owned());
                }
                let head = head.ok_or("there is no first line")?;
                let manifest = Self {
                    head,
                    packs,
                    members,
                };
                manifest.sound()?;
                return Ok(manifest);
            }
            let mut whole = String::with_capacity(line.len() + 1);
            whole.push_str(line);
            whole.push('\n');
            prev = sha256(whole.as_bytes());
            lines += 1;
            rest = after;
        }
        Err("it ends before its last line".to_owned())
    }

    /// What the lines must fulfil together.
    fn sound(&self) -> Result<(), String> {
        if self.head.format != FORMAT {
            return Err(format!("the format is not {FORMAT}"));
        }
        let mut names = std::collections::BTreeSet::new();
        for m in &self.members {
            if !fits(m) {
                return Err("a member has a name or size that no bundle has".to_owned());
            }
            if !names.insert(m.name.as_str()) {
                return Err(format!("{} stands there twice", m.name));
            }
        }
        for p in &self.packs {
            if let Some(member) = &p.member {
                let text = self.members.iter().find(|m| m.name == *member);
                if text.is_none_or(|m| m.sha256 != p.digest) {
                    return Err(format!(
                        "the text of the pack that {member} should have is another one"
                    ));
                }
            }
        }
        Ok(())
    }
}

fn fits(e: &Entry) -> bool {
    archive::header(&e.name, e.bytes).is_some()
        && e.name != NAME
        && e.name != crate::signature::NAME
        && e.sha256.len() == 64
}

fn seal(prev: &str, lines: u64) -> String {
    format!("{{\"record\":\"seal\",\"prev\":\"{prev}\",\"lines\":{lines}}}\n")
}
