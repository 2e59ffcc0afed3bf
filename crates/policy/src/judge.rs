//! One rule, one item, one date.
//!
//! What follows from the verbs and dates (see `docs/policy-packs.md`): a forbidding rule is
//! `restricted_from` before its first day and `prohibited` from then on; a duty is `restricted_from`
//! before and `duty_applies` after; what is advised, recommended, proposed or watched is `advisory`,
//! before and after its target date. A rule that looks and does not match is `allowed`; one that does
//! not reach the item is `not_applicable`.

use cellsweep_catalog::model::Confidence;
use cellsweep_evidence::Stance;
use cellsweep_identify::Role;
use jiff::civil::Date;

use crate::case::{Case, MakerFacts, OwnerFacts};
use crate::dates::{self, Covers};
use crate::pack::{Edition, Entity, Match, Pack, Reach, ReadWhen, Rule, Stage, Verb, Within};
use crate::verdict::{IfMaker, Status, Verdict};

/// Most candidates' reasons joined into one sentence.
const REASONS: usize = 4;

/// Applies every rule of a pack to an item on a date. One verdict a rule, in the pack's order.
pub fn judge(pack: &Pack, subject: &Case, date: Date) -> Vec<Verdict> {
    pack.rules
        .iter()
        .map(|rule| judge_rule(pack, rule, subject, date))
        .collect()
}

/// How a rule's test came out for one maker.
enum Hit {
    Yes,
    No,
    NotReached,
    Unknown,
    Read,
}

/// A test's outcome with its reason.
struct Found {
    hit: Hit,
    because: String,
    kind: &'static str,
    sources: Vec<String>,
    /// Listed for some purposes only.
    only_for: Option<String>,
}

impl Found {
    fn new(hit: Hit, kind: &'static str, because: impl Into<String>) -> Self {
        Self {
            hit,
            because: because.into(),
            kind,
            sources: Vec::new(),
            only_for: None,
        }
    }

    fn from(mut self, source: Option<&str>) -> Self {
        self.sources.extend(source.map(str::to_owned));
        self
    }
}

/// One maker's standing.
struct Standing {
    status: Status,
    /// Standing if the open condition (the contract's party) holds.
    if_status: Option<Status>,
    basis: String,
    kind: &'static str,
    sources: Vec<String>,
}

fn judge_rule(pack: &Pack, rule: &Rule, case: &Case, date: Date) -> Verdict {
    let when = match reached(pack, rule, case, date) {
        Ok(when) => when,
        Err(why) => return verdict(pack, rule, date, Status::NotApplicable, why),
    };
    if let Some(found) = without_maker(rule, case) {
        let standing = standing(rule, case, found, when);
        return settled(pack, rule, case, standing, when, date);
    }
    // A ban on contracts tests the party; where it is stated, the module's maker does not matter.
    if rule.verb == Verb::NoContractWith
        && let Some(party) = &case.supplier
    {
        let standing = standing(rule, case, test(pack, rule, case, party, when), when);
        return settled(pack, rule, case, standing, when, date);
    }
    let mut standings: Vec<(&MakerFacts, Standing)> = case
        .makers
        .iter()
        .map(|m| {
            (
                m,
                standing(rule, case, test(pack, rule, case, m, when), when),
            )
        })
        .collect();
    if standings.len() == 1
        && !case.open
        && let Some((maker, standing)) = standings.pop()
    {
        let if_maker = standing.if_status.map(|status| IfMaker {
            maker: maker.slug.clone(),
            status,
        });
        let mut out = settled(pack, rule, case, standing, when, date);
        out.if_maker.extend(if_maker);
        return out;
    }
    over_a_set(pack, rule, case, &standings, when, date)
}

/// Whether the rule reaches the item at all, and on which day its purchase or presence counts.
fn reached(pack: &Pack, rule: &Rule, case: &Case, date: Date) -> Result<Date, String> {
    if matches!(case.presence, Stance::Supported | Stance::Mentioned) {
        return Err(format!(
            "No module shown: the evidence is of presence {}.",
            case.presence
        ));
    }
    if date < pack.issued {
        return Err(format!(
            "Issued on {}, after the date asked about.",
            pack.issued
        ));
    }
    if let Some(stated) = &case.given.contexts
        && !rule.binds.is_empty()
        && !rule.binds.iter().any(|b| stated.contains(b))
    {
        let stated: Vec<&str> = stated.iter().map(String::as_str).collect();
        return Err(format!(
            "Binds {}; stated for this organisation: {}.",
            rule.binds.join(", "),
            if stated.is_empty() {
                "none of them".to_owned()
            } else {
                stated.join(", ")
            }
        ));
    }
    if let Some(event) = &rule.only_if
        && !case.given.facts.contains(&event.fact)
    {
        return Err(format!(
            "Follows {}, not the presence of a module; none is stated.",
            event.says
        ));
    }
    let reaches = |s: Stage| rule.stages.contains(&s);
    let when = match case.given.stage {
        Stage::Installed | Stage::InstalledSensitive => {
            if reaches(Stage::Installed) {
                date
            } else if reaches(Stage::InstalledSensitive) {
                if case.sensitive == Some(false) {
                    return Err("Reaches installed units in sensitive areas; this one is stated not to be in one.".to_owned());
                }
                date
            } else if reaches(Stage::Purchase) {
                match case.given.bought {
                    Some(bought) if bought <= date => bought_on(rule, bought)?,
                    Some(_) => date,
                    None => {
                        return Err(format!(
                            "Reaches {}, not installed units; when this one was bought is not stated.",
                            stages(rule)
                        ));
                    }
                }
            } else {
                return Err(format!("Reaches {}, not installed units.", stages(rule)));
            }
        }
        stage if reaches(stage) => date,
        stage => {
            return Err(format!("Reaches {}, not {}.", stages(rule), stage.says()));
        }
    };
    if rule.until.is_some_and(|until| until < when) {
        return Err(match rule.until {
            Some(until) => format!("In effect until {until}."),
            None => String::new(),
        });
    }
    Ok(when)
}

/// A unit in place that was bought: what was bought before a rule's first or target day is not its
/// concern.
fn bought_on(rule: &Rule, bought: Date) -> Result<Date, String> {
    let first = if rule.verb.forbids() || rule.verb.is_duty() {
        rule.effective
    } else {
        rule.deadline.or(rule.effective)
    };
    match first {
        Some(first) if bought < first => Err(format!(
            "Reaches new purchases; this unit was bought on {bought}, before {first}."
        )),
        _ => Ok(bought),
    }
}

fn stages(rule: &Rule) -> String {
    let all: Vec<&str> = rule.stages.iter().map(|s| s.says()).collect();
    all.join(", ")
}

/// Tests that do not depend on who made the module.
fn without_maker(rule: &Rule, case: &Case) -> Option<Found> {
    let kind = rule.matching.as_str();
    match &rule.matching {
        Match::Disclosure => Some(Found::new(
            Hit::Yes,
            kind,
            "Applies to every module, whoever made it.",
        )),
        Match::PlaceOfProduction {
            categories,
            outside,
            produced_in,
        } => Some(by_production(case, categories, outside, produced_in)),
        Match::RemoteAccess { countries } => {
            let Some(parties) = &case.given.remote_access else {
                return Some(Found::new(
                    Hit::Unknown,
                    kind,
                    "Tests who can reach or administer the device and where its data goes; that is not recorded.",
                ));
            };
            let found: Vec<&str> = parties
                .iter()
                .filter(|p| countries.contains(p))
                .map(String::as_str)
                .collect();
            Some(if found.is_empty() {
                Found::new(
                    Hit::No,
                    kind,
                    format!(
                        "Parties with recorded access are seated in {}: no match with {}.",
                        or_none(parties),
                        countries.join(", ")
                    ),
                )
            } else {
                Found::new(
                    Hit::Yes,
                    kind,
                    format!(
                        "A party seated in {} has recorded access.",
                        found.join(", ")
                    ),
                )
            })
        }
        Match::Jurisdiction {
            countries,
            production_too: true,
            ..
        } => case
            .given
            .produced_in
            .iter()
            .find(|p| countries.contains(p))
            .map(|p| {
                Found::new(
                    Hit::Yes,
                    kind,
                    format!("Recorded place of production: {p}."),
                )
            }),
        _ => None,
    }
}

fn or_none(list: &[String]) -> String {
    if list.is_empty() {
        "none".to_owned()
    } else {
        list.join(", ")
    }
}

fn by_production(
    case: &Case,
    categories: &[String],
    outside: &[String],
    produced_in: &[String],
) -> Found {
    let kind = "place_of_production";
    let Some(category) = &case.given.category else {
        return Found::new(
            Hit::Unknown,
            kind,
            format!(
                "Covers the categories {}; the product's category is not stated.",
                categories.join(", ")
            ),
        );
    };
    if !categories
        .iter()
        .any(|c| c.eq_ignore_ascii_case(category.trim()))
    {
        return Found::new(
            Hit::NotReached,
            kind,
            format!(
                "Covers the categories {}; this is stated to be \"{category}\".",
                categories.join(", ")
            ),
        );
    }
    if case.given.produced_in.is_empty() {
        return Found::new(
            Hit::Unknown,
            kind,
            format!(
                "Category {category} is covered by place of production, which is not recorded."
            ),
        );
    }
    let meant =
        |p: &String| produced_in.contains(p) || (!outside.is_empty() && !outside.contains(p));
    let places = case.given.produced_in.join(", ");
    if case.given.produced_in.iter().any(meant) {
        Found::new(
            Hit::Yes,
            kind,
            format!("Category {category}, recorded places of production {places}."),
        )
    } else {
        Found::new(
            Hit::No,
            kind,
            format!("Category {category}, recorded places of production {places}: no match."),
        )
    }
}

/// The rule's test for one maker.
fn test(pack: &Pack, rule: &Rule, case: &Case, maker: &MakerFacts, when: Date) -> Found {
    match &rule.matching {
        Match::NamedEntity { chips: true, .. } => Found::new(
            Hit::Unknown,
            "named_entity",
            "Tests the makers of the chips inside the module; no bill of materials of the module is recorded.",
        ),
        Match::NamedEntity { controlled, .. } => by_name(pack, rule, maker, when, *controlled),
        Match::ControlChain { .. } | Match::AnyListedMakerOfPack => {
            by_name(pack, rule, maker, when, Reach::Yes)
        }
        Match::Jurisdiction {
            countries,
            unsettled,
            production_too,
        } => by_jurisdiction(case, maker, when, countries, unsettled, *production_too),
        Match::Disclosure | Match::PlaceOfProduction { .. } | Match::RemoteAccess { .. } => {
            // Decided without a maker before.
            Found::new(Hit::NotReached, rule.matching.as_str(), "")
        }
    }
}

/// A company name without case, punctuation and legal form.
fn plain(name: &str) -> String {
    const FORMS: &[&str] = &[
        "co",
        "ltd",
        "limited",
        "inc",
        "llc",
        "corp",
        "corporation",
        "company",
        "plc",
        "the",
        "and",
    ];
    let lower = name.to_lowercase();
    let words: Vec<&str> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty() && !FORMS.contains(w))
        .collect();
    words.join(" ")
}

fn is_entity(entity: &Entity, maker: &MakerFacts) -> bool {
    entity.makers.contains(&maker.slug)
        || maker
            .names
            .iter()
            .map(|n| plain(n))
            .any(|n| entity_names(entity).any(|e| e == n))
}

fn entity_names(entity: &Entity) -> impl Iterator<Item = String> + '_ {
    std::iter::once(&entity.name)
        .chain(&entity.also)
        .map(|n| plain(n))
        .filter(|n| !n.is_empty())
}

/// How an owner's recorded name stands to a listed name.
enum SameName {
    No,
    /// The listed name stands among others ("X (49 %) with Y and Z"): what it holds is not plain.
    Among,
    Yes,
}

fn owner_is_entity(entity: &Entity, owner: &OwnerFacts) -> SameName {
    let whole = format!(" {} ", plain(&owner.name));
    // Tickers, shares and remarks stand in parentheses.
    let first = plain(owner.name.split('(').next().unwrap_or_default());
    let among = entity_names(entity).any(|e| whole.contains(&format!(" {e} ")));
    if among && owner.name.matches('(').count() < 2 && entity_names(entity).any(|e| e == first) {
        SameName::Yes
    } else if among {
        SameName::Among
    } else {
        SameName::No
    }
}

fn by_name(pack: &Pack, rule: &Rule, maker: &MakerFacts, when: Date, controlled: Reach) -> Found {
    let (editions, entities) = list_of(pack, rule);
    let edition = edition_on(editions, when);
    let edition_words = edition.map_or_else(
        || "no edition before that day".to_owned(),
        |e| format!("edition {}", e.date),
    );
    let edition_source = edition.map(|e| e.source.as_str());
    let kind = if matches!(rule.matching, Match::ControlChain { .. }) {
        "control_chain"
    } else {
        "named_entity"
    };

    let mut other_time = None;
    for entity in entities.iter().filter(|e| is_entity(e, maker)) {
        if entity.listed_on(when) {
            let since = entity
                .listed
                .iter()
                .rev()
                .find(|p| p.from <= when)
                .map_or(when, |p| p.from);
            let mut found = Found::new(
                Hit::Yes,
                "named_entity",
                format!(
                    "{} is named in {edition_words} (listed from {since}).",
                    entity.name
                ),
            )
            .from(edition_source)
            .from(entity.source.as_deref());
            found.only_for.clone_from(&entity.only_for);
            return found;
        }
        let periods: Vec<String> = entity
            .listed
            .iter()
            .map(|p| match p.to {
                Some(to) => format!("from {} to {to}", p.from),
                None => format!("from {}", p.from),
            })
            .collect();
        other_time = Some(format!(
            "{} is listed {}",
            entity.name,
            periods.join(" and ")
        ));
    }

    let mut parent_named = None;
    for owner in &maker.owners {
        let covers = dates::covers(owner.from.as_deref(), owner.to.as_deref(), when);
        if covers == Covers::No {
            continue;
        }
        let Some((entity, same)) = entities
            .iter()
            .filter(|e| e.listed_on(when))
            .map(|e| (e, owner_is_entity(e, owner)))
            .find(|(_, same)| !matches!(same, SameName::No))
        else {
            continue;
        };
        let link = format!(
            "{} is named in {edition_words}; {} is recorded as owner of {}",
            entity.name,
            owner.name,
            title(maker)
        );
        let found = match (controlled, covers, owner.confidence) {
            (Reach::No, _, _) => {
                parent_named = Some(format!("{link}; this rule names listed entities only"));
                continue;
            }
            (_, Covers::Perhaps, _) => Found::new(
                Hit::Unknown,
                "control_chain",
                format!("{link}, but not to the day."),
            ),
            (Reach::LegalReading, _, _) => Found::new(
                Hit::Read,
                "control_chain",
                format!("{link}; whether the text reaches controlled entities must be read."),
            ),
            (Reach::Yes, _, Confidence::High) if matches!(same, SameName::Yes) => {
                Found::new(Hit::Yes, "control_chain", format!("{link}."))
            }
            (Reach::Yes, _, _) => Found::new(
                Hit::Read,
                "control_chain",
                format!(
                    "{link}, with the share not confirmed; whether that is control must be read."
                ),
            ),
        };
        return found.from(edition_source).from(Some(&owner.source));
    }

    if controlled != Reach::No
        && maker.owners.is_empty()
        && let Some(entity) = entities
            .iter()
            .find(|e| e.listed_on(when) && maker.lineage.iter().any(|l| e.makers.contains(l)))
    {
        return Found::new(
            Hit::Unknown,
            "control_chain",
            format!(
                "{} is not named in {edition_words}; it shares engineering with {}, which is named, and its owner is not recorded. Shared engineering is not control.",
                title(maker),
                entity.name
            ),
        )
        .from(edition_source);
    }
    if !maker.known {
        return Found::new(
            Hit::Unknown,
            kind,
            format!(
                "No match on {edition_words} for the name \"{}\", of which the catalogue records neither registered name nor owner.",
                maker.slug
            ),
        )
        .from(edition_source);
    }
    let owners: Vec<&str> = maker
        .owners
        .iter()
        .filter(|o| dates::covers(o.from.as_deref(), o.to.as_deref(), when) != Covers::No)
        .map(|o| o.name.as_str())
        .collect();
    let mut because = format!(
        "No match on {edition_words} by the names {}; recorded owners: {}",
        maker.names.join(", "),
        if owners.is_empty() {
            "none".to_owned()
        } else {
            owners.join(", ")
        }
    );
    let part = excerpt_of(pack, rule).map(|e| format!("of that list the pack carries {e}"));
    for more in [other_time, parent_named, part].into_iter().flatten() {
        because.push_str("; ");
        because.push_str(&more);
    }
    because.push('.');
    Found::new(Hit::No, kind, because).from(edition_source)
}

fn title(maker: &MakerFacts) -> &str {
    maker
        .names
        .first()
        .map_or(maker.slug.as_str(), String::as_str)
}

/// The editions and names a rule looks in.
fn list_of<'p>(pack: &'p Pack, rule: &Rule) -> (&'p [Edition], &'p [Entity]) {
    match rule.matching.list() {
        None => (&pack.editions, &pack.entities),
        Some(id) => pack.lists.get(id).map_or((&[], &[]), |l| {
            (l.editions.as_slice(), l.entities.as_slice())
        }),
    }
}

/// Which part of a longer list the pack carries, if it is not the whole.
fn excerpt_of<'p>(pack: &'p Pack, rule: &Rule) -> Option<&'p str> {
    match rule.matching.list() {
        None => pack.excerpt.as_deref(),
        Some(id) => pack.lists.get(id)?.excerpt.as_deref(),
    }
}

fn edition_on(editions: &[Edition], on: Date) -> Option<&Edition> {
    editions.iter().rev().find(|e| e.date <= on)
}

fn by_jurisdiction(
    case: &Case,
    maker: &MakerFacts,
    when: Date,
    countries: &[String],
    unsettled: &[String],
    production_too: bool,
) -> Found {
    let kind = "jurisdiction";
    let meant = |seat: &[String]| seat.iter().find(|c| countries.contains(c)).cloned();
    if let Some(country) = meant(&maker.seat) {
        return Found::new(
            Hit::Yes,
            kind,
            format!("{} is registered in {country}.", title(maker)),
        )
        .from(maker.seat_source.as_deref());
    }
    let mut doubt: Option<Found> = None;
    for owner in &maker.owners {
        let covers = dates::covers(owner.from.as_deref(), owner.to.as_deref(), when);
        let Some(country) = meant(&owner.seat) else {
            continue;
        };
        let says = format!(
            "{} ({country}) is recorded as owner of {}",
            owner.name,
            title(maker)
        );
        match (covers, owner.confidence) {
            (Covers::No, _) => {}
            (Covers::Yes, Confidence::High | Confidence::Medium) => {
                return Found::new(Hit::Yes, kind, format!("{says}.")).from(Some(&owner.source));
            }
            (Covers::Yes, Confidence::Low) => {
                doubt = Some(
                    Found::new(
                        Hit::Unknown,
                        kind,
                        format!("{says} by a single weak source."),
                    )
                    .from(Some(&owner.source)),
                );
            }
            (Covers::Perhaps, _) => {
                doubt = Some(
                    Found::new(Hit::Unknown, kind, format!("{says}, but not to the day."))
                        .from(Some(&owner.source)),
                );
            }
        }
    }
    if let Some(doubt) = doubt {
        return doubt;
    }
    if maker.seat.is_empty() {
        return Found::new(
            Hit::Unknown,
            kind,
            format!("Where {} is registered is not recorded.", title(maker)),
        );
    }
    if let Some(country) = maker.seat.iter().find(|c| unsettled.contains(c)) {
        return Found::new(
            Hit::Unknown,
            kind,
            format!(
                "{} is registered in {country}; whether the text means it is not settled.",
                title(maker)
            ),
        );
    }
    if production_too && case.given.produced_in.is_empty() {
        return Found::new(
            Hit::Unknown,
            kind,
            format!(
                "{} is registered in {}; places of design, manufacture and supply are tested too and are not recorded.",
                title(maker),
                maker.seat.join(", ")
            ),
        );
    }
    let owners: Vec<String> = maker
        .owners
        .iter()
        .filter(|o| dates::covers(o.from.as_deref(), o.to.as_deref(), when) != Covers::No)
        .map(|o| {
            if o.seat.is_empty() {
                o.name.clone()
            } else {
                format!("{} ({})", o.name, o.seat.join(", "))
            }
        })
        .collect();
    Found::new(
        Hit::No,
        kind,
        format!(
            "{} is registered in {}; recorded owners: {}: no match with {}.",
            title(maker),
            maker.seat.join(", "),
            or_none(&owners),
            countries.join(", ")
        ),
    )
    .from(maker.seat_source.as_deref())
}

/// What a test's outcome means under the rule's verb and dates.
fn standing(rule: &Rule, case: &Case, found: Found, when: Date) -> Standing {
    let mut out = Standing {
        status: Status::Allowed,
        if_status: None,
        basis: found.because,
        kind: found.kind,
        sources: found.sources,
    };
    match found.hit {
        Hit::No => return out,
        Hit::NotReached => {
            out.status = Status::NotApplicable;
            return out;
        }
        Hit::Unknown => {
            out.status = Status::InsufficientEvidence;
            return out;
        }
        Hit::Read => {
            out.status = Status::NeedsLegalReading;
            return out;
        }
        Hit::Yes => {}
    }
    if let Some(exception) = rule
        .exceptions
        .iter()
        .find(|e| case.given.facts.contains(&e.fact) && e.until.is_none_or(|until| when <= until))
    {
        out.status = Status::Exempt;
        add(
            &mut out.basis,
            &format!("Exception stated: {}.", exception.says),
        );
        return out;
    }
    if let Some(purposes) = found.only_for {
        out.status = Status::NeedsLegalReading;
        add(
            &mut out.basis,
            &format!("Named for these purposes only: {purposes}."),
        );
        return out;
    }
    if let Some(reading) = &rule.needs_legal_reading
        && reading
            .unless_fact
            .as_ref()
            .is_none_or(|fact| !case.given.facts.contains(fact))
        && (reading.when == ReadWhen::Always
            || !matches!(case.role, Some(Role::EndProduct | Role::Stick)))
    {
        out.status = Status::NeedsLegalReading;
        add(&mut out.basis, &reading.reason);
        if let Some(effective) = rule.effective.filter(|e| when < *e) {
            add(&mut out.basis, &format!("If reached: from {effective}."));
        }
        return out;
    }
    out.status = by_date(rule, when, &mut out.basis);
    if rule.stages.contains(&Stage::InstalledSensitive)
        && !rule.stages.contains(&Stage::Installed)
        && matches!(
            case.given.stage,
            Stage::Installed | Stage::InstalledSensitive
        )
        && case.sensitive.is_none()
    {
        out.status = Status::InsufficientEvidence;
        add(
            &mut out.basis,
            "Reaches units in sensitive areas; whether this one is in such an area is not stated.",
        );
    } else if rule.verb == Verb::NoContractWith && case.supplier.is_none() {
        out.if_status = Some(out.status);
        out.status = Status::InsufficientEvidence;
        add(
            &mut out.basis,
            "The rule tests the party the contract is with, which is not stated.",
        );
    }
    out
}

fn add(basis: &mut String, sentence: &str) {
    if !basis.is_empty() {
        basis.push(' ');
    }
    basis.push_str(sentence);
}

fn by_date(rule: &Rule, when: Date, basis: &mut String) -> Status {
    let not_yet = rule.effective.filter(|e| when < *e);
    if rule.verb.forbids() || rule.verb.is_duty() {
        if let Some(effective) = not_yet {
            add(basis, &format!("In effect from {effective}."));
            return Status::RestrictedFrom;
        }
        if let Some(effective) = rule.effective {
            add(basis, &format!("In effect since {effective}."));
        }
        if !rule.exceptions.is_empty() {
            let all: Vec<&str> = rule.exceptions.iter().map(|e| e.says.as_str()).collect();
            add(
                basis,
                &format!("Exceptions not stated here: {}.", all.join("; ")),
            );
        }
        return if rule.verb.forbids() {
            Status::Prohibited
        } else {
            Status::DutyApplies
        };
    }
    match rule.verb {
        Verb::Advised => add(basis, "Advice, not law."),
        Verb::Recommended => add(basis, "Recommendation, not law."),
        Verb::Proposed => add(basis, "Proposal, not adopted."),
        _ => add(basis, "Forbids nothing by itself."),
    }
    match rule.deadline {
        Some(target) if when > target => {
            add(basis, &format!("Its target date {target} has passed."));
        }
        Some(target) => add(basis, &format!("Its target date is {target}.")),
        None => {}
    }
    Status::Advisory
}

fn over_a_set(
    pack: &Pack,
    rule: &Rule,
    case: &Case,
    standings: &[(&MakerFacts, Standing)],
    when: Date,
    date: Date,
) -> Verdict {
    let first = standings.first().map(|(_, s)| s.status);
    let same = standings
        .iter()
        .all(|(_, s)| Some(s.status) == first && s.if_status.is_none());
    let mut sources = Vec::new();
    for (_, s) in standings {
        sources.extend(s.sources.iter().cloned());
    }
    let reasons = || {
        let mut all: Vec<&str> = standings
            .iter()
            .take(REASONS)
            .map(|(_, s)| s.basis.as_str())
            .collect();
        if standings.len() > REASONS {
            all.push("...");
        }
        all.join(" / ")
    };
    if let Some(status) = first.filter(|_| same && !case.open) {
        let standing = Standing {
            status,
            if_status: None,
            basis: format!("For every maker it can be: {}", reasons()),
            kind: standings
                .first()
                .map_or(rule.matching.as_str(), |(_, s)| s.kind),
            sources,
        };
        return settled(pack, rule, case, standing, when, date);
    }
    let mut basis = if standings.is_empty() {
        "Who made the module is not settled, and no maker can be named.".to_owned()
    } else if case.open {
        format!(
            "Who made the module is not settled; besides the makers named others are possible. {}",
            reasons()
        )
    } else {
        format!(
            "Who made the module is not settled and the makers differ. {}",
            reasons()
        )
    };
    if let Some(how) = &case.settled_by {
        add(&mut basis, &format!("What would settle it: {how}."));
    }
    let mut out = verdict(pack, rule, date, Status::InsufficientEvidence, basis);
    out.if_maker = standings
        .iter()
        .map(|(maker, s)| IfMaker {
            maker: maker.slug.clone(),
            status: s.if_status.unwrap_or(s.status),
        })
        .collect();
    out.edition = edition(pack, rule, when);
    extend(&mut out.sources, sources);
    out
}

fn settled(
    pack: &Pack,
    rule: &Rule,
    case: &Case,
    standing: Standing,
    when: Date,
    date: Date,
) -> Verdict {
    let mut out = verdict(pack, rule, date, standing.status, standing.basis);
    standing.kind.clone_into(&mut out.match_kind);
    out.edition = edition(pack, rule, when);
    extend(&mut out.sources, standing.sources);
    if when != date {
        add(
            &mut out.basis,
            &format!("Judged on the day of purchase, {when}."),
        );
    }
    if standing.status == Status::DutyApplies
        && let Some(within) = rule.within
    {
        let from = case.given.discovered.unwrap_or(date);
        let (due, words) = match within {
            Within::BusinessDays(n) => (
                dates::business_days_after(from, n),
                format!("{n} business day{}", if n == 1 { "" } else { "s" }),
            ),
            Within::Days(n) => (
                from.saturating_add(jiff::Span::new().days(i64::from(n))),
                format!("{n} days"),
            ),
        };
        out.deadline = Some(due.to_string());
        add(
            &mut out.basis,
            &format!(
                "Due within {words} of discovery, counted from {from} without public holidays."
            ),
        );
    }
    if standing.status == Status::RestrictedFrom && out.deadline.is_none() {
        out.deadline.clone_from(&out.effective);
    }
    out
}

fn extend(to: &mut Vec<String>, more: Vec<String>) {
    for source in more {
        if !to.contains(&source) {
            to.push(source);
        }
    }
}

/// Date of the edition looked in, else of the instrument.
fn edition(pack: &Pack, rule: &Rule, on: Date) -> Option<String> {
    let (editions, _) = list_of(pack, rule);
    let by_list = matches!(
        rule.matching,
        Match::NamedEntity { .. } | Match::ControlChain { .. } | Match::AnyListedMakerOfPack
    );
    let found = if by_list {
        edition_on(editions, on)
    } else {
        pack.edition_on(on)
    };
    match found {
        Some(e) => Some(e.date.to_string()),
        None if by_list && !editions.is_empty() => None,
        None => Some(pack.issued.to_string()),
    }
}

fn verdict(pack: &Pack, rule: &Rule, date: Date, status: Status, mut basis: String) -> Verdict {
    if status != Status::NotApplicable
        && let Some(age) = pack.age_warning(date)
    {
        add(&mut basis, &age);
    }
    let mut sources = rule.sources.clone();
    if sources.is_empty() {
        sources = pack.sources.iter().map(|s| s.url.clone()).collect();
    }
    Verdict {
        pack: pack.id.clone(),
        rule: rule.id.clone(),
        verb: rule.verb.as_str().to_owned(),
        status,
        if_maker: Vec::new(),
        effective: rule.effective.map(|d| d.to_string()),
        deadline: rule.deadline.map(|d| d.to_string()),
        match_kind: rule.matching.as_str().to_owned(),
        edition: edition(pack, rule, date),
        basis,
        sources,
    }
}
