//! What an organisation adds to packs: waivers and stricter readings of its own.
//!
//! A waiver takes one rule's answer about something out of a decision, for a reason, until a day, in
//! somebody's name; the answer itself stays in every output. An override makes an answer stricter (an
//! organisation that treats a recommendation as binding). Both stand in a file of the organisation,
//! never in evidence.

use jiff::civil::Date;

use crate::load::{Log, Problem, Table, document};
use crate::verdict::{Status, Verdict};

/// Longest period of a waiver in days that is not called too broad.
const LONG: i32 = 731;

/// What a waiver or override is about. Everything stated must hold; text compares without case, `*`
/// stands for any run of characters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Scope {
    /// Pack id.
    pub pack: Option<String>,
    /// Rule id.
    pub rule: Option<String>,
    /// Maker slug.
    pub maker: Option<String>,
    /// Family.
    pub family: Option<String>,
    /// The line of a list, or the part or product as the evidence names it.
    pub text: Option<String>,
    /// Source: path of the list.
    pub source: Option<String>,
    /// Asset.
    pub asset: Option<String>,
    /// Department.
    pub department: Option<String>,
}

/// The thing a verdict is about, as far as scopes ask.
#[derive(Clone, Copy, Debug, Default)]
pub struct Thing<'a> {
    /// Makers it can be.
    pub makers: &'a [&'a str],
    /// Families it can be.
    pub families: &'a [&'a str],
    /// The line, part or product.
    pub text: &'a str,
    /// Source.
    pub source: &'a str,
    /// Asset.
    pub asset: Option<&'a str>,
    /// Department.
    pub department: Option<&'a str>,
}

impl Scope {
    /// Whether it covers this rule's answer about this thing.
    pub fn covers(&self, pack: &str, rule: &str, thing: &Thing<'_>) -> bool {
        let is = |wanted: &Option<String>, value: Option<&str>| {
            wanted
                .as_deref()
                .is_none_or(|w| value.is_some_and(|v| like(w, v)))
        };
        // A set is covered only if every possibility is.
        let all = |wanted: &Option<String>, values: &[&str]| {
            wanted
                .as_deref()
                .is_none_or(|w| !values.is_empty() && values.iter().all(|v| like(w, v)))
        };
        is(&self.pack, Some(pack))
            && is(&self.rule, Some(rule))
            && all(&self.maker, thing.makers)
            && all(&self.family, thing.families)
            && is(&self.text, Some(thing.text))
            && is(&self.source, Some(thing.source))
            && is(&self.asset, thing.asset)
            && is(&self.department, thing.department)
    }

    fn names_a_thing(&self) -> bool {
        [
            &self.maker,
            &self.family,
            &self.text,
            &self.asset,
            &self.department,
            &self.source,
        ]
        .into_iter()
        .flatten()
        .any(|s| s.chars().any(|c| c != '*'))
    }
}

/// `pattern` with `*` for any run of characters, compared without case. Linear but for the number of
/// stars, which is bounded by the length of a line of the organisation's own file.
pub fn like(pattern: &str, text: &str) -> bool {
    let (pattern, text) = (pattern.to_lowercase(), text.to_lowercase());
    let mut parts = pattern.split('*');
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = text.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = rest.get(at + part.len()..).unwrap_or_default(),
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// A waiver.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiver {
    /// Its id.
    pub id: String,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// First day.
    pub granted: Date,
    /// Last day.
    pub expires: Date,
    /// What it is about.
    pub scope: Scope,
}

/// A stricter reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Override {
    /// Its id.
    pub id: String,
    /// Who answers for it.
    pub owner: String,
    /// Why.
    pub reason: String,
    /// The status it gives.
    pub status: Status,
    /// What it is about.
    pub scope: Scope,
}

/// Waivers and overrides of an organisation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Additions {
    /// Waivers, in the order of the file.
    pub waivers: Vec<Waiver>,
    /// Overrides, in the order of the file.
    pub overrides: Vec<Override>,
}

/// Something about a waiver that a person should look at.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Remark {
    /// Stable code, one of [`crate::CODES`].
    pub code: &'static str,
    /// One sentence.
    pub message: String,
}

impl Additions {
    /// Reads a file of waivers and overrides alone.
    ///
    /// # Errors
    /// Every mistake with its line.
    pub fn load(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        Self::read(file, text, false)
    }

    /// Reads the waivers and overrides that stand in an estate file beside its own tables.
    ///
    /// # Errors
    /// Every mistake in them with its line.
    pub fn of_estate(file: &str, text: &str) -> Result<Self, Vec<Problem>> {
        Self::read(file, text, true)
    }

    /// Whether there is none.
    pub const fn is_empty(&self) -> bool {
        self.waivers.is_empty() && self.overrides.is_empty()
    }

    fn read(file: &str, text: &str, shared: bool) -> Result<Self, Vec<Problem>> {
        document(file, text, "the file of waivers", |top, log| {
            if shared {
                top.share();
            }
            let mut out = Self::default();
            let mut ids: Vec<String> = Vec::new();
            let mut once = |id: &str, at: usize, log: &mut Log<'_>| {
                if !id.is_empty() && ids.iter().any(|i| i == id) {
                    log.add(
                        at,
                        "pack-duplicate-id",
                        format!("\"{id}\" stands there twice"),
                    );
                }
                ids.push(id.to_owned());
            };
            for mut table in top.tables(log, "waiver") {
                let at = table.span.start;
                let waiver = Waiver {
                    id: table.need(log, "id"),
                    owner: table.need(log, "owner"),
                    reason: table.need(log, "reason"),
                    granted: table.need_date(log, "granted"),
                    expires: table.need_date(log, "expires"),
                    scope: scope(&mut table, log),
                };
                once(&waiver.id, at, log);
                if waiver.expires < waiver.granted || days(waiver.granted, waiver.expires) > 3653 {
                    log.add(
                        at,
                        "waiver-period",
                        "a waiver ends after it starts and within ten years",
                    );
                }
                table.end(log);
                out.waivers.push(waiver);
            }
            for mut table in top.tables(log, "override") {
                let at = table.span.start;
                let statuses: Vec<(&str, Status)> =
                    Status::ALL.iter().map(|s| (s.as_str(), *s)).collect();
                if table.get("status").is_none() {
                    table.missing(log, "status");
                }
                let status = table.word(log, "status", &statuses);
                if status.is_some_and(|s| strictness(s) < strictness(Status::Advisory)) {
                    log.add(
                        at,
                        "override-not-stricter",
                        "an override only makes an answer stricter; to lower one write a waiver",
                    );
                }
                let stricter = Override {
                    id: table.need(log, "id"),
                    owner: table.need(log, "owner"),
                    reason: table.need(log, "reason"),
                    status: status.unwrap_or(Status::Prohibited),
                    scope: scope(&mut table, log),
                };
                once(&stricter.id, at, log);
                if stricter.scope.pack.is_none() {
                    table.missing(log, "pack");
                }
                table.end(log);
                out.overrides.push(stricter);
            }
            out
        })
    }

    /// The waiver that covers this answer on this day.
    pub fn waiver(&self, pack: &str, rule: &str, thing: &Thing<'_>, on: Date) -> Option<&Waiver> {
        self.waivers
            .iter()
            .find(|w| w.granted <= on && on <= w.expires && w.scope.covers(pack, rule, thing))
    }

    /// The stricter status this organisation gives an answer. `None`: none, or the answer is as strict
    /// already, or the rule does not reach the thing or does not match it.
    pub fn stricter(
        &self,
        pack: &str,
        rule: &str,
        status: Status,
        thing: &Thing<'_>,
    ) -> Option<&Override> {
        if matches!(
            status,
            Status::NotApplicable | Status::Allowed | Status::Exempt
        ) {
            return None;
        }
        self.overrides.iter().find(|o| {
            strictness(o.status) > strictness(status) && o.scope.covers(pack, rule, thing)
        })
    }

    /// Makes verdicts about a thing as strict as the organisation reads them, and returns which of them,
    /// by number, a waiver covers on this day. `used` takes the ids that met something.
    pub fn amend(
        &self,
        verdicts: &mut [Verdict],
        thing: &Thing<'_>,
        on: Date,
        used: &mut std::collections::BTreeSet<String>,
    ) -> Vec<(usize, &Waiver)> {
        let mut waived = Vec::new();
        for (n, v) in verdicts.iter_mut().enumerate() {
            if let Some(o) = self.stricter(&v.pack, &v.rule, v.status, thing) {
                used.insert(o.id.clone());
                v.basis = format!(
                    "{} By the organisation's own decision ({}, {}: {}).",
                    v.basis, o.id, o.owner, o.reason
                );
                v.status = o.status;
            }
            if !matches!(v.status, Status::Allowed | Status::NotApplicable)
                && let Some(w) = self.waiver(&v.pack, &v.rule, thing, on)
            {
                used.insert(w.id.clone());
                waived.push((n, w));
            }
        }
        waived
    }

    /// What should be looked at: waivers past their day, too broad, or never used. `used`: ids that
    /// met something in this run.
    pub fn remarks(&self, used: &std::collections::BTreeSet<String>, on: Date) -> Vec<Remark> {
        let mut out = Vec::new();
        for w in &self.waivers {
            let mut say = |code, message| out.push(Remark { code, message });
            if on > w.expires {
                say(
                    "waiver-expired",
                    format!(
                        "The waiver {} of {} ended on {} and changes nothing.",
                        w.id, w.owner, w.expires
                    ),
                );
            } else if !used.contains(&w.id) {
                say(
                    "waiver-unused",
                    format!(
                        "The waiver {} of {} met nothing in this run.",
                        w.id, w.owner
                    ),
                );
            }
            if !w.scope.names_a_thing() {
                say(
                    "waiver-too-broad",
                    format!(
                        "The waiver {} of {} names no maker, family, line, source, asset or department: it covers whatever the rule meets.",
                        w.id, w.owner
                    ),
                );
            } else if w.scope.pack.is_none() {
                say(
                    "waiver-too-broad",
                    format!(
                        "The waiver {} of {} names no pack: it covers every rule, also of packs chosen later.",
                        w.id, w.owner
                    ),
                );
            } else if days(w.granted, w.expires) > LONG {
                say(
                    "waiver-too-broad",
                    format!(
                        "The waiver {} of {} runs from {} to {}, longer than two years.",
                        w.id, w.owner, w.granted, w.expires
                    ),
                );
            }
        }
        for o in &self.overrides {
            if !used.contains(&o.id) {
                out.push(Remark {
                    code: "waiver-unused",
                    message: format!(
                        "The override {} of {} met nothing in this run.",
                        o.id, o.owner
                    ),
                });
            }
        }
        out.sort();
        out
    }
}

fn days(from: Date, to: Date) -> i32 {
    from.until(to).map_or(i32::MAX, |span| span.get_days())
}

/// How strict a status is; larger is stricter.
fn strictness(status: Status) -> u8 {
    match status {
        Status::NotApplicable | Status::Allowed => 0,
        Status::Exempt => 1,
        Status::Advisory => 2,
        Status::InsufficientEvidence => 3,
        Status::NeedsLegalReading => 4,
        Status::DutyApplies => 5,
        Status::RestrictedFrom => 6,
        Status::Prohibited => 7,
    }
}

fn scope(table: &mut Table<'_, '_>, log: &mut Log<'_>) -> Scope {
    Scope {
        pack: table.opt(log, "pack"),
        rule: table.opt(log, "rule"),
        maker: table.opt(log, "maker"),
        family: table.opt(log, "family"),
        text: table.opt(log, "text"),
        source: table.opt(log, "source"),
        asset: table.opt(log, "asset"),
        department: table.opt(log, "department"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dates::day;

    const FILE: &str = r#"
[[waiver]]
id = "w1"
owner = "Procurement board"
reason = "spares for units that leave in 2027"
granted = 2026-01-01
expires = 2027-06-30
pack = "us-1260h"
maker = "quectel"
text = "EC25*"

[[waiver]]
id = "w2"
owner = "Nobody"
reason = "all of it"
granted = 2026-01-01
expires = 2026-03-01

[[override]]
id = "o1"
owner = "CISO"
reason = "we treat the recommendation as binding"
pack = "uk-parton-2023"
status = "prohibited"
"#;

    #[test]
    fn a_waiver_covers_what_it_names_and_no_set_that_is_wider() {
        let a = Additions::load("w.toml", FILE).unwrap();
        let on = day("2026-11-22").unwrap();
        let thing = Thing {
            makers: &["quectel"],
            text: "EC25-EUX",
            ..Thing::default()
        };
        let found = a.waiver("us-1260h", "listed", &thing, on).unwrap();
        assert_eq!(found.id, "w1");
        let set = Thing {
            makers: &["quectel", "meig"],
            ..thing
        };
        assert!(a.waiver("us-1260h", "listed", &set, on).is_none());
        assert!(a.waiver("us-ndaa24-805-b", "x", &thing, on).is_none());
        assert!(
            a.waiver("us-1260h", "listed", &thing, day("2027-07-01").unwrap())
                .is_none()
        );
        let codes: Vec<&str> = a
            .remarks(&["w1".to_owned()].into(), on)
            .iter()
            .map(|r| r.code)
            .collect();
        assert_eq!(
            codes,
            ["waiver-expired", "waiver-too-broad", "waiver-unused"]
        );
    }

    #[test]
    fn an_override_only_raises() {
        let a = Additions::load("w.toml", FILE).unwrap();
        let thing = Thing::default();
        let of = |status| a.stricter("uk-parton-2023", "no-new-purchase", status, &thing);
        assert_eq!(
            of(Status::Advisory).map(|o| o.status),
            Some(Status::Prohibited)
        );
        assert!(of(Status::Allowed).is_none());
        assert!(of(Status::NotApplicable).is_none());
        let lower = FILE.replace("status = \"prohibited\"", "status = \"allowed\"");
        let problems = Additions::load("w.toml", &lower).unwrap_err();
        assert_eq!(problems[0].code, "override-not-stricter");
        assert_eq!(problems[0].line, 19);
    }

    #[test]
    fn what_is_missing_is_said_with_its_line() {
        let problems = Additions::load("w.toml", "[[waiver]]\nid = \"a\"\nexpires = 2026-01-01\n")
            .unwrap_err();
        assert!(problems.iter().all(|p| p.line == 1), "{problems:?}");
        assert!(problems.iter().any(|p| p.message.contains("owner")));
        assert!(problems.iter().any(|p| p.message.contains("reason")));
    }

    #[test]
    fn stars() {
        assert!(like("EC25*", "ec25-eux"));
        assert!(like("*", ""));
        assert!(like("*lte*router*", "An LTE outdoor router"));
        assert!(!like("EC25", "EC25-E"));
        assert!(!like("a*a", "a"));
    }
}
