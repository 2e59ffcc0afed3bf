//! A line in which no cellular module is recognised.

use cellsweep_evidence::{Clue, Stance};
use cellsweep_identify::Role;
use cellsweep_policy::waiver::Thing;
use cellsweep_policy::{Case, Status, Verdict};
use cellsweep_report::gate::{Line, Waived};
use cellsweep_report::standing::gravity;

use super::codes::NOTHING;
use super::judge::{Judge, Weight};
use super::lines::Item;
use super::product::Looked;
use super::words::{self, Speaks};

impl Judge<'_> {
    /// `looked`: the product that was looked for, if one was.
    pub(super) fn nothing_recognised(&mut self, item: &Item, looked: Looked, line: &mut Line) {
        let named = self.named_maker(item);
        if let Some((slug, weight)) = named {
            let name = self
                .catalog
                .maker(&slug)
                .map_or(slug.clone(), |m| m.name.clone());
            line.decision = if weight.decision == Status::Advisory {
                Status::Advisory
            } else {
                Status::NeedsLegalReading
            };
            line.rule = weight.rule;
            "maker-named".clone_into(&mut line.code);
            if let Some(v) = &weight.verdict {
                line.edition.clone_from(&v.edition);
                line.effective.clone_from(&v.effective);
                line.reason = format!(
                    "No cellular module is recognised in this line; it states {name} as maker. {} Whether the rule reaches what is not a cellular module is not judged here.",
                    v.basis
                );
            }
            line.verdicts = weight.verdicts;
            line.waived = weight.waived;
            return;
        }
        if self.optional(item, looked, line) {
            return;
        }
        match words::speaks(&item.text) {
            Speaks::Cellular if !item.not_fitted => {
                let case = Case {
                    makers: Vec::new(),
                    open: true,
                    settled_by: None,
                    presence: Stance::Declared,
                    role: self.ask.role,
                    sensitive: None,
                    supplier: None,
                    given: self.ask.given.clone(),
                };
                let thing = Thing {
                    text: &item.text,
                    source: &item.source,
                    ..Thing::default()
                };
                let weight = self.weigh(&case, &thing);
                line.decision = match weight.decision {
                    Status::Allowed if !weight.waived.is_empty() => Status::Allowed,
                    Status::Allowed | Status::NotApplicable | Status::Exempt => {
                        Status::InsufficientEvidence
                    }
                    other => other,
                };
                line.rule = weight.rule;
                line.verdicts = weight.verdicts;
                line.waived = weight.waived;
                "cellular-not-identified".clone_into(&mut line.code);
                line.reason = "The line speaks of cellular radio; which module it is is not known."
                    .to_owned();
                line.question = Some(format!(
                    "Which cellular module (maker, model, hardware revision, FCC ID) is {} or is in it?",
                    item.text
                ));
            }
            Speaks::Plain(is) => {
                NOTHING.clone_into(&mut line.code);
                line.reason = format!("Read as {is}: no cellular module recognised in this line.");
            }
            _ if item.part_of_board || item.not_fitted => {
                NOTHING.clone_into(&mut line.code);
                line.reason = format!(
                    "No cellular module recognised in this line of a parts list. That is what the catalogue of {} knows.",
                    self.catalog.as_of()
                );
            }
            _ => {
                let thing = Thing {
                    text: &item.text,
                    source: &item.source,
                    ..Thing::default()
                };
                "product-not-known".clone_into(&mut line.code);
                line.decision = Status::InsufficientEvidence;
                line.reason = format!(
                    "The catalogue of {} knows nothing of this product: whether a cellular module is inside is not known.",
                    self.catalog.as_of()
                );
                line.question = Some(format!(
                    "Does {} hold, or can it be fitted with, a cellular module, and which (maker, model, hardware revision, FCC ID)?",
                    item.text
                ));
                let on = self.settings.date;
                if let Some(w) = self.ask.additions.waivers.iter().find(|w| {
                    w.granted <= on
                        && on <= w.expires
                        && w.scope.text.is_some()
                        && w.scope.covers("gate", "product-not-known", &thing)
                }) {
                    self.used.insert(w.id.clone());
                    line.decision = Status::Allowed;
                    line.waived.push(Waived {
                        waiver: w.id.clone(),
                        owner: w.owner.clone(),
                        reason: w.reason.clone(),
                        expires: w.expires.to_string(),
                        rule: "gate/product-not-known".to_owned(),
                        status: Status::InsufficientEvidence,
                    });
                }
            }
        }
    }

    /// A product in which a cellular module is optional: what may be fitted is judged, and whether one is
    /// is to be asked.
    fn optional(&mut self, item: &Item, looked: Looked, line: &mut Line) -> bool {
        let looked = match looked {
            Looked::NotYet => self.product(&item.declared),
            Looked::For(product) => product,
        };
        let Some((maker, model, code)) = looked else {
            return false;
        };
        let catalog = self.catalog;
        let Some(meaning) = catalog.product(maker.as_deref(), &model, code.as_deref(), None) else {
            return false;
        };
        let mut case = Case {
            makers: meaning
                .possible
                .iter()
                .map(|p| {
                    let family = p.families.first().copied();
                    cellsweep_policy::MakerFacts::from_catalog(catalog, p.maker, family)
                })
                .collect(),
            open: meaning.open || meaning.possible.is_empty(),
            settled_by: meaning.settled_by.map(str::to_owned),
            presence: Stance::Implied,
            role: self.ask.role.or(Some(Role::Component)),
            sensitive: None,
            supplier: None,
            given: self.ask.given.clone(),
        };
        case.makers.dedup_by(|a, b| a.slug == b.slug);
        let makers: Vec<&str> = meaning.possible.iter().map(|p| p.maker).collect();
        let thing = Thing {
            makers: if case.open { &[] } else { &makers },
            text: &item.text,
            source: &item.source,
            ..Thing::default()
        };
        let weight = self.weigh(&case, &thing);
        let mut names: Vec<String> = makers
            .iter()
            .map(|slug| {
                catalog
                    .maker(slug)
                    .map_or_else(|| (*slug).to_owned(), |m| m.name.clone())
            })
            .collect();
        names.sort();
        names.dedup();
        let known = if names.is_empty() {
            "whose is not recorded".to_owned()
        } else {
            format!("recorded with {}", names.join(", "))
        };
        "module-optional".clone_into(&mut line.code);
        line.decision = if weight.decision == Status::Allowed {
            Status::Allowed
        } else {
            Status::InsufficientEvidence
        };
        line.reason = format!(
            "{model} can be fitted with a cellular module, {known}; whether and which is not said."
        );
        line.rule = weight.rule;
        line.verdicts = weight.verdicts;
        line.waived = weight.waived;
        if line.decision != Status::Allowed {
            line.question = Some(format!(
                "Is {model} delivered with a cellular module, and with which (maker, model, hardware revision, FCC ID)?"
            ));
        }
        true
    }

    /// A maker that the line states and that a chosen pack names, though nothing cellular is recognised.
    fn named_maker(&mut self, item: &Item) -> Option<(String, Weight)> {
        let slug = item
            .declared
            .iter()
            .filter(|s| matches!(s.observation.clue, Clue::PartMaker | Clue::ProductMaker))
            .find_map(|s| {
                self.catalog
                    .manufacturer_answer(&s.observation.value)
                    .and_then(|m| m.maker().map(str::to_owned))
            })
            .or_else(|| {
                // A plain list has no column for it: the name stands in the text.
                self.catalog
                    .names(&item.text)
                    .into_iter()
                    .find(|n| n.family.is_none() && n.sure)
                    .map(|n| n.maker.to_owned())
            })?;
        let makers = [slug.as_str()];
        let thing = Thing {
            makers: &makers,
            text: &item.text,
            source: &item.source,
            ..Thing::default()
        };
        let mut case = Case::of_maker(
            cellsweep_policy::MakerFacts::from_catalog(self.catalog, &slug, None),
            self.ask.given.clone(),
        );
        case.presence = Stance::Declared;
        case.role = self.ask.role;
        let mut weight = self.weigh(&case, &thing);
        let by_name = |v: &Verdict| {
            matches!(
                v.match_kind.as_str(),
                "named_entity" | "control_chain" | "any_listed_maker_of_pack"
            )
        };
        weight.verdicts.retain(|v| {
            by_name(v)
                && !matches!(
                    v.status,
                    Status::Allowed | Status::NotApplicable | Status::InsufficientEvidence
                )
        });
        let worst = weight
            .verdicts
            .iter()
            .min_by_key(|v| gravity(v.status))?
            .clone();
        weight.decision = worst.status;
        weight.rule = Some(format!("{}/{}", worst.pack, worst.rule));
        weight.verdict = Some(worst);
        Some((slug, weight))
    }
}
