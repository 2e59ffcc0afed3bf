//! Commands and answers of a modem's AT interface (ITU-T V.250, 3GPP TS 27.007, makers' own), however
//! they were logged: turns an alternation of lines into modems.

use std::collections::BTreeMap;

use crate::modem::{Modem, imei_digits, stated};
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{ReadError, Sink};

/// The name given to a command that calls for packet data: `ATDT*99#`, `ATD#777`.
const DATA_CALL: &str = "D*99#";

/// Most lines taken as the answer to one command.
const LONGEST_ANSWER: usize = 24;

/// What a command asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Asked {
    /// `ATI`, `ATI3`, `AT+SIMCOMATI`: several things in lines of their own.
    Identity(Option<u8>),
    Maker,
    Model,
    Revision,
    Serial,
    Sim,
    Other,
}

/// A command as recognised in a line.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Command {
    /// `+CGMM`, `I`, `!GSTATUS`: without `AT`, upper case, without parameters.
    name: String,
    asked: Asked,
    /// A test command (`=?`) is answered with ranges, not with facts.
    test: bool,
    /// What a chain (`AT+CGMI;+CGMM;+CGMR`) asks for, in its order; empty for a single command.
    chain: Vec<Asked>,
}

/// One fact on its way to a modem.
#[derive(Clone, Debug)]
struct Fact {
    clue: Clue,
    value: String,
    place: Place,
}

/// The command waiting for its answer, and the answer so far.
#[derive(Debug)]
struct Pending {
    command: Command,
    facts: Vec<Fact>,
    bare: Vec<(String, Place)>,
    lines: usize,
    blank: usize,
    replied: bool,
    place: Place,
}

/// A dialogue with one modem after another.
#[derive(Debug)]
pub struct Dialogue {
    stance: Stance,
    modem: Modem,
    /// What the current modem said it is, by the command that asked: another answer to the same
    /// command is another modem.
    identity: BTreeMap<(String, u8), String>,
    imei: Option<String>,
    pending: Option<Pending>,
    /// Labelled lines without a command before them, kept until enough of them stand together.
    loose: Vec<(Label, Fact)>,
    loose_gap: usize,
    /// The last bare lines without a command before them.
    recent: Vec<(String, Place)>,
    /// Commands that were closed without an answer, which may come late.
    owed: Vec<Command>,
    host: Option<String>,
    ports: Vec<String>,
    wifi: Option<Place>,
    cellular: bool,
    /// Something only a modem says or a dialogue has was read of the current modem: a reply or result, an
    /// IMEI, a revision that begins like its model. Labels of maker, model and revision alone stand in
    /// the listings of disks, batteries and processors, too.
    spoken: bool,
    /// The same of what is about to be said, which may be another modem's.
    saying: bool,
    /// Ask for that, or for a known name, before the current modem is believed.
    wary: bool,
    /// Modems that were not believed.
    pub doubted: usize,
    /// Lines that were understood as dialogue.
    pub understood: usize,
    /// Commands whose answer was understood.
    pub answered: usize,
    /// Commands seen.
    pub commands: usize,
    /// Final results seen.
    pub results: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Maker,
    Model,
    /// A model under a label that only programs talking to a modem print (`Modem Info:`).
    Named,
    Revision,
    /// A revision under a label that says it is the modem's: `Modem FW:`.
    OfModem,
    Imei,
    Serial,
    Hardware,
    Capabilities,
    /// Of Sierra Wireless: the settings for a carrier, named by the firmware they belong to.
    CarrierPri,
    /// Known, but nothing is read from it.
    Ignored,
}

impl Dialogue {
    /// A dialogue of which nothing was read yet.
    pub const fn new(stance: Stance) -> Self {
        Self {
            stance,
            modem: Modem::new(stance),
            identity: BTreeMap::new(),
            imei: None,
            pending: None,
            loose: Vec::new(),
            loose_gap: 0,
            recent: Vec::new(),
            owed: Vec::new(),
            host: None,
            ports: Vec::new(),
            wifi: None,
            cellular: false,
            spoken: false,
            saying: false,
            wary: false,
            doubted: 0,
            understood: 0,
            answered: 0,
            commands: 0,
            results: 0,
        }
    }

    /// A dialogue in a text of which nothing says that a modem speaks in it.
    pub const fn wary(stance: Stance) -> Self {
        let mut new = Self::new(stance);
        new.wary = true;
        new
    }

    /// Something beside the dialogue shows that the modem of which facts follow speaks.
    pub const fn believe(&mut self) {
        self.saying = true;
    }

    /// The current modem speaks.
    pub const fn speaks(&mut self) {
        self.spoken = true;
    }

    /// The machine the modem is attached to, from here on.
    pub fn host(&mut self, host: Option<String>) {
        self.host = host;
    }

    /// A device node the dialogue runs over.
    pub fn port(&mut self, port: &str) {
        if self.ports.len() < 16 && !self.ports.iter().any(|p| p == port) {
            self.ports.push(port.to_owned());
        }
    }

    /// False if the two state different numbers of the module.
    pub fn may_be(&self, other: &Self) -> bool {
        match (&self.imei, &other.imei) {
            (Some(a), Some(b)) => a == b,
            _ => true,
        }
    }

    /// An identity of the modem or of what it sits in.
    pub fn key(&mut self, kind: KeyKind, value: &str) {
        self.modem.key(kind, value);
    }

    /// True if nothing was learned of the current modem.
    pub fn is_empty(&self) -> bool {
        self.modem.is_empty() && self.pending.is_none() && self.loose.is_empty()
    }

    /// True if the dialogue is known to run over this port.
    pub fn runs_over(&self, port: &str) -> bool {
        self.ports.iter().any(|p| p == port)
    }

    /// The command that waits for its result, if only cellular modems take it.
    pub fn asked_of_cellular(&self) -> Option<String> {
        let name = &self.pending.as_ref()?.command.name;
        let plain = name.strip_prefix('+')?;
        is_3gpp(plain).then(|| name.clone())
    }

    /// A fact that something else than an answer states of the modem.
    pub fn state(&mut self, clue: Clue, value: &str, place: &Place) {
        self.understood += 1;
        if clue == Clue::Imei {
            self.modem.imei(value, place);
        } else {
            self.modem.say(clue, value, place);
        }
    }

    /// A fact under the name it was asked or stated by: a maker or model that differs from the last
    /// one under the same name begins another modem.
    ///
    /// # Errors
    /// From the sink.
    pub fn told(
        &mut self,
        name: &str,
        clue: Clue,
        value: &str,
        place: &Place,
        units: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        self.understood += 1;
        self.commit(name, vec![fact(clue, value, place)], units, sink)
    }

    /// Takes over what another dialogue has learned of the same modem.
    ///
    /// # Errors
    /// From the sink.
    pub fn absorb(
        &mut self,
        mut other: Self,
        units: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        other.close(true, units, sink)?;
        self.modem.merge(other.modem);
        self.cellular |= other.cellular;
        self.saying |= other.spoken || other.saying;
        for port in other.ports {
            self.port(&port);
        }
        if self.imei.is_none() {
            self.imei = other.imei;
        }
        for (name, value) in other.identity {
            self.identity.entry(name).or_insert(value);
        }
        Ok(())
    }

    /// A command known to have been sent.
    ///
    /// # Errors
    /// From the sink.
    pub fn sent(
        &mut self,
        text: &str,
        place: &Place,
        units: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        if let Some((command, _)) = command(text) {
            self.ask(command, place, units, sink)?;
        }
        Ok(())
    }

    fn ask(
        &mut self,
        command: Command,
        place: &Place,
        units: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        self.close(true, units, sink)?;
        self.understood += 1;
        self.commands += 1;
        self.pending = Some(Pending {
            command,
            facts: Vec::new(),
            bare: Vec::new(),
            lines: 0,
            blank: 0,
            replied: false,
            place: place.clone(),
        });
        Ok(())
    }

    /// One line of dialogue, without what a logger put around it.
    ///
    /// # Errors
    /// From the sink.
    pub fn line(
        &mut self,
        text: &str,
        place: &Place,
        units: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let text =
            text.trim_matches(|c: char| c.is_whitespace() || c.is_control() || c == '\u{feff}');
        if text.is_empty() || text.starts_with("```") {
            return self.blank(units, sink);
        }
        if let Some(ok) = result(text) {
            self.results += 1;
            self.understood += 1;
            // Packet data is dialled by numbers that no telephone line has (3GPP TS 27.007, 10.2.1).
            if text.starts_with("CONNECT")
                && let Some(pending) = &mut self.pending
                && pending.command.name == DATA_CALL
            {
                self.cellular = true;
                pending.replied = true;
                pending.facts.push(fact(
                    Clue::CellularInterface,
                    "CONNECT in answer to a call for packet data",
                    place,
                ));
            }
            return self.ended(ok, units, sink);
        }
        // A logger that writes an answer and its result on one line: `+CSQ: 26,99 OK`.
        if self.pending.is_some()
            && reply(text).is_some()
            && let Some(answer) = text.strip_suffix(" OK")
        {
            self.content(answer.trim_end(), place, units, sink)?;
            self.results += 1;
            self.understood += 1;
            return self.ended(true, units, sink);
        }
        if let Some((command, rest)) = command(text).filter(|(c, rest)| !is_name(c, rest, text)) {
            let identity = matches!(command.asked, Asked::Identity(_));
            self.ask(command, place, units, sink)?;
            let rest = rest.trim();
            if rest.is_empty() {
                return Ok(());
            }
            let (rest, done) = match rest.strip_suffix(" OK") {
                Some(answer) => (answer, true),
                None => (rest, false),
            };
            self.saying |= done;
            for part in labelled_parts(rest, true) {
                // `ATI Quectel EC25 Revision: ...` or `ATI -> Quectel / EC25 / ...` on one line.
                if identity && label(part).is_none() {
                    for word in words_of_identity(part) {
                        self.content(word, place, units, sink)?;
                    }
                } else {
                    self.content(part, place, units, sink)?;
                }
            }
            if done {
                self.close(true, units, sink)?;
            }
            return Ok(());
        }
        for part in labelled_parts(text, self.pending.is_some()) {
            self.content(part, place, units, sink)?;
        }
        Ok(())
    }

    /// A final result: ends the pending command, or the late answer to one that seemed empty.
    fn ended(&mut self, ok: bool, units: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        if let Some(pending) = &mut self.pending {
            self.saying = true;
            if ok && is_dialect(&pending.command.name) {
                // A modem that does not know a command says so (V.250, 5.7.1): `OK` is an answer.
                pending.replied = true;
            }
            let empty = pending.bare.is_empty() && pending.facts.is_empty() && !pending.replied;
            let single = clue_of(pending.command.asked).is_some();
            if ok && empty && single && pending.command.chain.is_empty() && self.owed.len() < 4 {
                self.owed.push(pending.command.clone());
            }
            return self.close(ok, units, sink);
        }
        if let (true, [(value, place)]) = (ok, self.recent.as_slice())
            && !self.owed.is_empty()
        {
            let late = fact(Clue::Text, value, place);
            let command = self.owed.remove(0);
            self.recent.clear();
            if let Some(clue) = clue_of(command.asked) {
                self.answered += 1;
                self.understood += 1;
                let late = Fact { clue, ..late };
                return self.commit(&command.name, vec![late], units, sink);
            }
        }
        self.close(ok, units, sink)
    }

    fn blank(&mut self, units: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.loose_gap += 1;
        let over = self.pending.as_mut().is_some_and(|p| {
            p.blank += 1;
            p.blank > 5
        });
        if over {
            self.close(true, units, sink)
        } else {
            Ok(())
        }
    }

    /// A line that is neither empty nor a command nor a final result.
    fn content(
        &mut self,
        text: &str,
        place: &Place,
        units: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        if is_wifi(text) {
            self.wifi.get_or_insert_with(|| place.clone());
        }
        // `AT!USBINFO?` of Sierra Wireless: the strings of its USB descriptor.
        if let Some(pending) = &mut self.pending
            && pending.command.name == "!USBINFO"
            && let Some(product) = text.strip_prefix("Product:")
        {
            pending.facts.push(fact(Clue::ModemModel, product, place));
            pending.replied = true;
            pending.lines += 1;
            self.understood += 1;
            return Ok(());
        }
        if let Some((label, value)) = label(text) {
            return self.labelled(label, value, place, units, sink);
        }
        if let Some((name, value)) = reply(text) {
            return self.replied(name, value, place, units, sink);
        }
        let Some(pending) = &mut self.pending else {
            if plausible(text) {
                if self.recent.len() >= 3 {
                    self.recent.remove(0);
                }
                self.recent.push((text.to_owned(), place.clone()));
            } else {
                self.recent.clear();
            }
            self.loose_gap += 1;
            return Ok(());
        };
        pending.lines += 1;
        if pending.lines > LONGEST_ANSWER {
            return self.close(true, units, sink);
        }
        if pending.command.test || !plausible(text) || is_chatter(text) {
            return Ok(());
        }
        if !pending.command.chain.is_empty() {
            if pending.bare.len() < 16 {
                pending.bare.push((text.to_owned(), place.clone()));
                self.understood += 1;
            }
            return Ok(());
        }
        match pending.command.asked {
            Asked::Other => {}
            Asked::Identity(_) => {
                // The second line of a revision: `A7670M7_B01V01_240722` under `Revision: ...`.
                let after_revision = pending
                    .facts
                    .last()
                    .is_some_and(|f| f.clue == Clue::ModemRevision);
                let single = !text.contains(' ') && text.bytes().any(|b| b.is_ascii_digit());
                let named = pending
                    .facts
                    .iter()
                    .any(|f| matches!(f.clue, Clue::ModemManufacturer | Clue::ModemModel));
                if after_revision && named && single && imei_digits(text).is_none() {
                    pending.facts.push(fact(Clue::ModemRevision, text, place));
                    self.understood += 1;
                } else if !named {
                    pending.bare.push((text.to_owned(), place.clone()));
                    self.understood += 1;
                }
            }
            Asked::Maker | Asked::Model | Asked::Serial | Asked::Sim
                if !pending.bare.is_empty() => {}
            Asked::Revision if pending.bare.len() >= 4 => {}
            _ => {
                pending.bare.push((text.to_owned(), place.clone()));
                self.understood += 1;
            }
        }
        Ok(())
    }

    fn labelled(
        &mut self,
        label: Label,
        value: &str,
        place: &Place,
        units: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        // Not the modem's own revision but that of its settings.
        let of_settings = self
            .pending
            .as_ref()
            .is_some_and(|p| p.command.name == "!PRIID");
        let label = match label {
            Label::Revision | Label::OfModem | Label::Maker | Label::Model if of_settings => {
                Label::Ignored
            }
            Label::CarrierPri if !of_settings => Label::Ignored,
            other => other,
        };
        let clue = match label {
            Label::Maker => Clue::ModemManufacturer,
            Label::Model | Label::Named => Clue::ModemModel,
            Label::Revision | Label::OfModem => Clue::ModemRevision,
            Label::Imei => Clue::Imei,
            // Not a fact of its own: a key.
            Label::Serial => Clue::Slot,
            Label::Hardware => Clue::HardwareRevision,
            // `9999999_9904597_SWI9X30C_02.24.05.06_00_GENERIC_002.022_000`: the firmware it is for.
            Label::CarrierPri => {
                let Some(at) = value.find("SWI") else {
                    return Ok(());
                };
                let firmware = value.get(at..).unwrap_or_default();
                let end = firmware
                    .match_indices('_')
                    .nth(1)
                    .map_or(firmware.len(), |(end, _)| end);
                let firmware = firmware.get(..end).unwrap_or_default();
                self.understood += 1;
                let facts = vec![fact(Clue::ModemRevision, firmware, place)];
                return self.commit("!PRIID", facts, units, sink);
            }
            Label::Capabilities => Clue::CellularInterface,
            Label::Ignored => {
                if let Some(p) = &mut self.pending {
                    p.lines += 1;
                }
                return Ok(());
            }
        };
        let value = match label {
            Label::Capabilities => {
                if !value.contains("CGSM") && !value.contains("CIS") {
                    return Ok(());
                }
                self.cellular = true;
                "answers +GCAP".to_owned()
            }
            _ => value.to_owned(),
        };
        let fact = fact(clue, &value, place);
        if let Some(pending) = &mut self.pending
            && !matches!(pending.command.asked, Asked::Maker | Asked::Sim)
        {
            pending.lines += 1;
            pending.replied = true;
            pending.facts.push(fact);
            self.understood += 1;
            return Ok(());
        }
        // No command before it: other programs print `Model:` too, so a few must stand together.
        if self.loose_gap > 4 {
            self.loose.clear();
        }
        self.loose_gap = 0;
        if matches!(label, Label::Revision | Label::OfModem)
            && self.loose.is_empty()
            && !self.recent.is_empty()
            && is_revision(&value)
            && self
                .recent
                .last()
                .is_some_and(|(model, _)| share_a_stem(model, &value))
        {
            // `Quectel`, `EC25`, `Revision: EC25...` with the command cut off or echo switched off.
            let mut facts = of_bare_lines(None, &std::mem::take(&mut self.recent));
            facts.push(fact);
            self.saying = true;
            self.understood += facts.len();
            return self.commit("I", facts, units, sink);
        }
        // Another of the same kind begins another modem, and so another group.
        let again = self
            .loose
            .iter()
            .any(|(l, f)| *l == label && label != Label::Named && f.value != fact.value);
        if again {
            self.settle_loose(units, sink)?;
        }
        if self.loose.len() < 64 {
            self.loose.push((label, fact));
        }
        Ok(())
    }

    /// Takes labelled lines without a command for a modem's words if they name it and number it.
    fn settle_loose(&mut self, units: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let loose = std::mem::take(&mut self.loose);
        let has = |l: Label| loose.iter().any(|(k, _)| *k == l);
        let imei = loose
            .iter()
            .any(|(l, f)| *l == Label::Imei && imei_shaped(&f.value));
        let named = has(Label::Maker)
            || has(Label::Model)
            || has(Label::Named)
            || (has(Label::OfModem) && imei);
        let numbered = has(Label::Named)
            || has(Label::Revision)
            || has(Label::OfModem)
            || imei
            || has(Label::Capabilities);
        if named && numbered {
            let value = |l: Label| loose.iter().find(|(k, _)| *k == l).map(|(_, f)| &f.value);
            // `IMEI: see label` is no modem's word; one that was masked is.
            let imei = loose.iter().any(|(k, f)| {
                *k == Label::Imei
                    && (!f.value.contains(' ') || f.value.bytes().any(|b| b.is_ascii_digit()))
            });
            self.saying |= has(Label::Named)
                || imei
                || has(Label::Capabilities)
                || matches!(
                    (
                        value(Label::Model),
                        value(Label::Revision).or(value(Label::OfModem)),
                    ),
                    (Some(model), Some(revision)) if share_a_stem(model, revision)
                );
            self.understood += loose.len();
            self.commit(
                "I",
                loose.into_iter().map(|(_, f)| f).collect(),
                units,
                sink,
            )?;
        }
        Ok(())
    }

    fn replied(
        &mut self,
        name: &str,
        value: &str,
        place: &Place,
        units: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let plain = name.get(1..).unwrap_or_default();
        let asked = asked(name);
        if matches!(plain, "BRSF" | "BIND" | "BIA") {
            // Hands-free profile of Bluetooth: the phone is not a module.
            self.wifi.get_or_insert_with(|| place.clone());
        }
        let of_pending = self
            .pending
            .as_ref()
            .is_some_and(|p| p.command.name == name);
        let mut facts = Vec::new();
        match asked {
            _ if name == "^VERSION" => facts.extend(of_version(value, place)),
            _ if matches!(name, "^HWVER" | "#HWREV") => {
                facts.push(fact(Clue::HardwareRevision, value, place));
            }
            Asked::Maker => facts.push(fact(Clue::ModemManufacturer, value, place)),
            Asked::Model => {
                facts.extend(value.split(',').map(|m| fact(Clue::ModemModel, m, place)));
            }
            Asked::Revision => facts.push(fact(Clue::ModemRevision, value, place)),
            Asked::Serial => facts.push(fact(
                Clue::Imei,
                value.rsplit(',').next().unwrap_or(value),
                place,
            )),
            Asked::Sim => facts.push(fact(
                Clue::Iccid,
                value.rsplit(',').next().unwrap_or(value),
                place,
            )),
            Asked::Identity(_) | Asked::Other => {}
        }
        if is_3gpp(plain) && name.starts_with('+') {
            self.cellular = true;
            facts.push(fact(
                Clue::CellularInterface,
                &format!("answers AT{name}"),
                place,
            ));
        }
        if is_dialect(name) || (of_pending && !name.starts_with('+')) {
            facts.push(fact(Clue::AtDialect, name, place));
        }
        if let Some(pending) = &mut self.pending {
            pending.replied = true;
            pending.lines += 1;
            if pending.command.test {
                facts.retain(|f| f.clue == Clue::AtDialect);
            }
        }
        if facts.is_empty() {
            return Ok(());
        }
        self.saying = true;
        self.understood += 1;
        self.recent.clear();
        self.commit(name, facts, units, sink)
    }

    /// Ends the answer to the pending command.
    fn close(&mut self, ok: bool, units: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.settle_loose(units, sink)?;
        self.recent.clear();
        let Some(pending) = self.pending.take() else {
            return Ok(());
        };
        if !ok {
            return Ok(());
        }
        let Pending {
            command,
            mut facts,
            bare,
            replied,
            place,
            ..
        } = pending;
        let labelled = facts
            .iter()
            .any(|f| matches!(f.clue, Clue::Imei | Clue::CellularInterface))
            || facts
                .iter()
                .zip(facts.iter().skip(1))
                .any(|(a, b)| a.clue != b.clue);
        match command.asked {
            _ if !command.chain.is_empty() => {
                // One line for each part, or nothing can be told.
                if bare.len() == command.chain.len() {
                    let parts = command.chain.iter().zip(&bare);
                    facts.extend(
                        parts.filter_map(|(a, (v, p))| clue_of(*a).map(|clue| fact(clue, v, p))),
                    );
                }
            }
            Asked::Identity(n) => {
                let mut named = of_bare_lines(n, &bare);
                named.append(&mut facts);
                facts = named;
            }
            Asked::Maker => facts.extend(
                bare.first()
                    .map(|(v, p)| fact(Clue::ModemManufacturer, v, p)),
            ),
            Asked::Model => {
                // `"L850 LTE Module","L850"`: a quoted list of names.
                if let Some((value, place)) = bare.first() {
                    let names = value.split("\",\"").filter(|_| value.starts_with('"'));
                    facts.extend(names.map(|m| fact(Clue::ModemModel, m, place)));
                    if !value.starts_with('"') {
                        facts.push(fact(Clue::ModemModel, value, place));
                    }
                }
            }
            Asked::Revision => {
                facts.extend(bare.iter().map(|(v, p)| fact(Clue::ModemRevision, v, p)));
            }
            Asked::Serial => facts.extend(bare.first().map(|(v, p)| fact(Clue::Imei, v, p))),
            Asked::Sim => facts.extend(bare.first().map(|(v, p)| fact(Clue::Iccid, v, p))),
            Asked::Other => {}
        }
        let answered = replied || !bare.is_empty();
        if answered {
            self.answered += 1;
            // `ATI` begins names; its answer is one's if a label or number stands in it.
            self.saying |= !matches!(command.asked, Asked::Identity(_) | Asked::Other)
                || (matches!(command.asked, Asked::Identity(_)) && (labelled || alike(&facts)))
                || is_dialect(&command.name);
            if is_dialect(&command.name) {
                facts.push(fact(Clue::AtDialect, &command.name, &place));
            }
            if is_3gpp(command.name.get(1..).unwrap_or_default())
                && !command.test
                && !facts.is_empty()
            {
                self.cellular = true;
                facts.push(fact(
                    Clue::CellularInterface,
                    &format!("answers AT{}", command.name),
                    &place,
                ));
            }
        }
        self.commit(&command.name, facts, units, sink)
    }

    /// Adds facts that belong together to the current modem, or to a new one if they contradict what
    /// the current one said of itself.
    fn commit(
        &mut self,
        name: &str,
        facts: Vec<Fact>,
        units: &mut u64,
        sink: &mut dyn Sink,
    ) -> Result<(), ReadError> {
        let stem = |v: &str| v.get(..14).map(str::to_owned);
        let imei = facts
            .iter()
            .filter(|f| f.clue == Clue::Imei)
            .find_map(|f| imei_digits(&f.value))
            .and_then(|d| stem(&d));
        let other = match (&imei, &self.imei) {
            (Some(new), Some(old)) => new != old,
            _ => facts.iter().any(|f| {
                let rank = match f.clue {
                    Clue::ModemManufacturer => 0u8,
                    Clue::ModemModel => 1,
                    _ => return false,
                };
                stated(&f.value).is_some_and(|new| {
                    self.identity
                        .get(&(name.to_owned(), rank))
                        .is_some_and(|old| !old.split('\n').any(|o| o.eq_ignore_ascii_case(new)))
                })
            }),
        };
        let strange = matches!(asked(name), Asked::Identity(_)) || name == "I";
        if other || (strange && imei.is_none() && self.is_another_model(&facts)) {
            self.end(units, sink)?;
        }
        self.spoken |= std::mem::take(&mut self.saying);
        if imei.is_some() {
            self.imei = imei;
        }
        for f in facts {
            match f.clue {
                Clue::Imei => {
                    self.modem.imei(&f.value, &f.place);
                }
                Clue::Iccid => self.modem.iccid(&f.value, &f.place),
                Clue::Slot => self.modem.key(KeyKind::ModuleSerial, &f.value),
                Clue::CellularInterface => {
                    if self.modem.first(Clue::CellularInterface).is_none() {
                        self.modem.say(f.clue, &f.value, &f.place);
                    }
                }
                Clue::ModemRevision => {
                    let value = f.value.trim();
                    let value = value.strip_prefix("REVISION ").unwrap_or(value);
                    self.modem.say(f.clue, value, &f.place);
                }
                _ => {
                    let rank = u8::from(f.clue != Clue::ModemManufacturer);
                    if matches!(f.clue, Clue::ModemManufacturer | Clue::ModemModel)
                        && let Some(value) = stated(&f.value)
                    {
                        let said = self.identity.entry((name.to_owned(), rank)).or_default();
                        if said.len() < 1024 {
                            said.push('\n');
                            said.push_str(value);
                        }
                    }
                    self.modem.say(f.clue, &f.value, &f.place);
                }
            }
        }
        Ok(())
    }

    /// True if a whole answer to `ATI` names a model that has nothing in common with any named so
    /// far. Answers to different commands differ in small things (`EG25`, `EG25-G`) on one modem.
    fn is_another_model(&self, facts: &[Fact]) -> bool {
        let squeezed = |v: &str| -> String {
            v.chars()
                .filter(char::is_ascii_alphanumeric)
                .map(|c| c.to_ascii_lowercase())
                .collect()
        };
        let numbered = |v: &String| v.bytes().any(|b| b.is_ascii_digit());
        let known: Vec<String> = self
            .modem
            .all(Clue::ModemModel)
            .map(squeezed)
            .filter(numbered)
            .collect();
        let new: Vec<String> = facts
            .iter()
            .filter(|f| f.clue == Clue::ModemModel)
            .map(|f| squeezed(&f.value))
            .filter(numbered)
            .collect();
        let alike = |a: &String, b: &String| {
            a.contains(b.as_str())
                || b.contains(a.as_str())
                || a.get(..4).is_some_and(|front| b.starts_with(front))
        };
        !known.is_empty()
            && !new.is_empty()
            && !new.iter().any(|n| known.iter().any(|k| alike(n, k)))
    }

    /// Hands over the current modem.
    fn end(&mut self, units: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.identity.clear();
        self.owed.clear();
        self.imei = None;
        let mut modem = std::mem::replace(&mut self.modem, Modem::new(self.stance));
        let wifi = self.wifi.take();
        let cellular = std::mem::take(&mut self.cellular);
        let spoken = std::mem::take(&mut self.spoken);
        if self.wary && !spoken && !cellular && !modem.is_empty() {
            self.doubted += 1;
            return Ok(());
        }
        if let Some(place) = wifi
            && !cellular
        {
            if !modem.is_empty() {
                sink.problem(Problem::note(
                    "at-not-cellular",
                    place,
                    "the answers are those of a Wi-Fi or Bluetooth module; none was taken for a modem",
                ));
            }
            return Ok(());
        }
        for port in &self.ports {
            modem.key(KeyKind::Port, port);
        }
        if let Some(host) = &self.host {
            modem.key(KeyKind::Host, host);
        }
        modem.finish(units, sink)
    }

    /// Ends the dialogue.
    ///
    /// # Errors
    /// From the sink.
    pub fn finish(&mut self, units: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.close(true, units, sink)?;
        self.end(units, sink)?;
        self.ports.clear();
        Ok(())
    }
}

/// True for a command that asks what a modem is or how it is attached, and is no part of a sentence.
pub(crate) fn is_telling(text: &str) -> bool {
    let Some((command, rest)) = command(text) else {
        return false;
    };
    let plain = command.name.get(1..).unwrap_or_default();
    let known = match command.asked {
        Asked::Identity(_) => command.name.len() > 2 || rest.trim().is_empty(),
        Asked::Other => is_dialect(&command.name) || is_3gpp(plain),
        _ => true,
    };
    known && rest.split_whitespace().count() <= 5
}

/// True for a line that states maker, model or revision under a label.
pub(crate) fn states_identity(text: &str) -> bool {
    label(text.trim()).is_some_and(|(label, _)| {
        matches!(
            label,
            Label::Maker | Label::Model | Label::Named | Label::Revision | Label::OfModem
        )
    })
}

/// True for a final result of a command.
pub(crate) fn is_final(text: &str) -> bool {
    result(text).is_some()
}

fn fact(clue: Clue, value: &str, place: &Place) -> Fact {
    Fact {
        clue,
        value: value.to_owned(),
        place: place.clone(),
    }
}

/// The clue of a single answer.
fn clue_of(asked: Asked) -> Option<Clue> {
    Some(match asked {
        Asked::Maker => Clue::ModemManufacturer,
        Asked::Model => Clue::ModemModel,
        Asked::Revision => Clue::ModemRevision,
        Asked::Serial => Clue::Imei,
        Asked::Sim => Clue::Iccid,
        Asked::Identity(_) | Asked::Other => return None,
    })
}

/// A line of the answer to `AT^VERSION?`: `EXTS:21.200.07.00.00` is the firmware, `EXTH` the hardware,
/// `BDT` a build date.
fn of_version(value: &str, place: &Place) -> Option<Fact> {
    let (what, value) = value.split_once(':')?;
    match what.trim() {
        "EXTS" | "INTS" => Some(fact(Clue::ModemRevision, value, place)),
        "EXTH" | "INTH" => Some(fact(Clue::HardwareRevision, value, place)),
        _ => None,
    }
}

fn imei_shaped(value: &str) -> bool {
    // Masked numbers are still a sign that a modem speaks.
    value.trim().chars().filter(char::is_ascii_digit).count() >= 2
}

/// The unlabelled lines of an answer to `ATI`: maker, model, revision; or one line alone.
fn of_bare_lines(n: Option<u8>, bare: &[(String, Place)]) -> Vec<Fact> {
    let mut facts = Vec::new();
    let digit = |s: &str| s.bytes().any(|b| b.is_ascii_digit());
    // `ATI1` and others answer check sums and result codes.
    let bare: Vec<&(String, Place)> = bare
        .iter()
        .filter(|(v, _)| !v.bytes().all(|b| b.is_ascii_digit()))
        .collect();
    match (n, bare.as_slice()) {
        (None | Some(0 | 3), [(only, place)]) if !digit(only) => {
            facts.push(fact(Clue::ModemManufacturer, only, place));
        }
        (None | Some(0 | 4), [(only, place)]) => {
            // `SIM800 R14.18`: model and release.
            match only.split_once(" R") {
                Some((model, release)) if release.starts_with(|c: char| c.is_ascii_digit()) => {
                    facts.push(fact(Clue::ModemModel, model, place));
                    facts.push(fact(Clue::ModemRevision, only, place));
                }
                _ => facts.push(fact(Clue::ModemModel, only, place)),
            }
        }
        (None | Some(0), [(maker, at), (model, place), rest @ ..]) => {
            facts.push(fact(Clue::ModemManufacturer, maker, at));
            facts.push(fact(Clue::ModemModel, model, place));
            for (value, place) in rest.iter().take(2).filter(|(v, _)| digit(v)) {
                facts.push(fact(Clue::ModemRevision, value, place));
            }
        }
        (Some(9), [(revision, place), ..]) if digit(revision) => {
            facts.push(fact(Clue::ModemRevision, revision, place));
        }
        _ => {}
    }
    facts
}

/// `ATI Radeon X550`: a name that begins like a command. An answer on the same line has a label, marks
/// between its parts, a result, or a sign that parts it from the command.
fn is_name(command: &Command, rest: &str, text: &str) -> bool {
    let rest = rest.trim();
    if !matches!(command.asked, Asked::Identity(_)) || rest.is_empty() {
        return false;
    }
    let answered = rest.ends_with(" OK")
        || [" / ", " | ", ", ", "\\r", "->", ": "]
            .iter()
            .any(|m| text.contains(m));
    !answered
}

/// Maker and model of an answer that was written on one line.
fn words_of_identity(part: &str) -> Vec<&str> {
    let part = part.trim().trim_end_matches(['/', '|', ',']).trim();
    for mark in [" / ", " | ", ", "] {
        if part.contains(mark) {
            return part.split(mark).map(str::trim).collect();
        }
    }
    if part.split_whitespace().count() == 2 {
        return part.split_whitespace().collect();
    }
    vec![part]
}

/// True if one of the revisions begins like one of the models.
fn alike(facts: &[Fact]) -> bool {
    let of = |clue: Clue| facts.iter().filter(move |f| f.clue == clue);
    of(Clue::ModemModel).any(|m| {
        of(Clue::ModemRevision).any(|r| is_revision(&r.value) && share_a_stem(&m.value, &r.value))
    })
}

/// True if a revision begins like the model: `EC25` and `EC25EFAR06A06M4G`.
fn share_a_stem(model: &str, revision: &str) -> bool {
    let squeezed = |v: &str| -> String {
        v.chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|c| c.to_ascii_uppercase())
            .collect()
    };
    let (model, revision) = (squeezed(model), squeezed(revision));
    model.bytes().any(|b| b.is_ascii_digit())
        && model.get(..3).is_some_and(|stem| {
            stem.starts_with(|c: char| c.is_ascii_alphabetic()) && revision.starts_with(stem)
        })
}

/// A final result: `Some(true)` for success, `Some(false)` for failure.
fn result(text: &str) -> Option<bool> {
    match text {
        "OK" | "ok" | "CONNECT" => return Some(true),
        "ERROR"
        | "error"
        | "NO CARRIER"
        | "NO ANSWER"
        | "NO DIALTONE"
        | "BUSY"
        | "COMMAND NOT SUPPORT"
        | "NOT SUPPORTED" => {
            return Some(false);
        }
        _ => {}
    }
    // `CONNECT 100000000`: with the speed of the line.
    if text
        .strip_prefix("CONNECT ")
        .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_digit()) && r.len() <= 24)
    {
        return Some(true);
    }
    (text.starts_with("+CME ERROR")
        || text.starts_with("+CMS ERROR")
        || text.starts_with("CME ERROR"))
    .then_some(false)
}

/// A command at the start of the text and what stands behind it. `None` for words that only begin
/// with the same two letters.
fn command(text: &str) -> Option<(Command, &str)> {
    let body = text
        .strip_prefix("AT")
        .or_else(|| text.strip_prefix("at"))
        .or_else(|| text.strip_prefix("At"))?;
    if body.is_empty() {
        return Some((
            Command {
                name: String::new(),
                asked: Asked::Other,
                test: false,
                chain: Vec::new(),
            },
            "",
        ));
    }
    let first = body.chars().next()?;
    // A quoted parameter may hold blanks and colons.
    let mut quoted = false;
    let end = body
        .char_indices()
        .find(|(at, c)| {
            quoted ^= *c == '"';
            !quoted && (c.is_whitespace() || (*c == ':' && *at > 1))
        })
        .map_or(body.len(), |(at, _)| at);
    let word = body.get(..end)?;
    let rest = body
        .get(end..)?
        .trim_start_matches([':', '=', '-', '>', '→', ' ', '\t']);
    let basic = |s: &str| -> bool {
        let s = s.to_ascii_uppercase();
        let mut letters = 0usize;
        let mut digits = 0usize;
        for b in s.bytes() {
            match b {
                b'0'..=b'9' | b'?' | b'=' => digits += 1,
                b'E' | b'V' | b'X' | b'Q' | b'Z' | b'I' | b'H' | b'L' | b'M' | b'O' | b'&'
                | b'S' | b'C' | b'F' | b'D' | b'K' | b'W' => letters += 1,
                _ => return false,
            }
        }
        letters <= 1 || digits > 0
    };
    match first {
        '+' | '!' | '#' | '^' | '$' | '*' | '%' | '@' | '_' | '&' | '~' | '-' => {
            let name_end = word
                .char_indices()
                .skip(1)
                .find(|(_, c)| !(c.is_ascii_alphanumeric() || *c == '_'))
                .map_or(word.len(), |(at, _)| at);
            let name = word.get(..name_end)?.to_ascii_uppercase();
            let parameters = word.get(name_end..)?;
            let named = name.len() > 2 || first == '&';
            let shaped =
                parameters.is_empty() || parameters.starts_with(['=', '?', ';', ',', '"', '\\']);
            if !named || !shaped {
                return None;
            }
            let ranges = parameters.starts_with("=?");
            Some((
                Command {
                    asked: asked(&name),
                    chain: chain(&name, parameters),
                    name,
                    test: ranges,
                },
                rest,
            ))
        }
        'd' | 'D'
            if word.len() > 2
                && word
                    .get(1..)?
                    .starts_with(['*', 't', 'T', 'p', 'P', '0', '9', '+', '#']) =>
        {
            let data = ["*99", "*98", "#777"].iter().any(|n| word.contains(n));
            Some((
                Command {
                    name: if data { DATA_CALL } else { "D" }.to_owned(),
                    asked: Asked::Other,
                    test: false,
                    chain: Vec::new(),
                },
                rest,
            ))
        }
        _ if (1..=12).contains(&word.len()) && basic(word) => {
            let name = word.to_ascii_uppercase();
            let asked = match name.as_str() {
                "I" => Asked::Identity(None),
                _ => match name.strip_prefix('I').map(str::parse::<u8>) {
                    Some(Ok(n)) => Asked::Identity(Some(n)),
                    _ => Asked::Other,
                },
            };
            Some((
                Command {
                    name,
                    asked,
                    test: false,
                    chain: Vec::new(),
                },
                rest,
            ))
        }
        _ => None,
    }
}

/// What the parts of a chain of commands ask for; empty unless each asks for one thing of the modem.
fn chain(first: &str, parameters: &str) -> Vec<Asked> {
    let Some(rest) = parameters.strip_prefix(';') else {
        return Vec::new();
    };
    let parts: Vec<Asked> = std::iter::once(asked(first))
        .chain(rest.split(';').take(7).map(|part| {
            let end = part
                .char_indices()
                .skip(1)
                .find(|(_, c)| !c.is_ascii_alphanumeric())
                .map_or(part.len(), |(at, _)| at);
            asked(&part.get(..end).unwrap_or_default().to_ascii_uppercase())
        }))
        .collect();
    let single = |a: &Asked| !matches!(a, Asked::Other | Asked::Identity(_));
    if parts.iter().all(single) {
        parts
    } else {
        Vec::new()
    }
}

/// What a command of this name asks for.
fn asked(name: &str) -> Asked {
    match name.get(1..).unwrap_or_default() {
        "CGMI" | "GMI" | "FMI" => Asked::Maker,
        "CGMM" | "GMM" | "FMM" => Asked::Model,
        "CGMR" | "GMR" | "FMR" | "QGMR" | "GTPKGVER" | "SWPKGV" | "CFVR" | "XGENDATA" | "SWVER"
        | "VERSION" | "CGMREX" | "QVERSION" | "UGMR" | "EGMREX" => Asked::Revision,
        "CGSN" | "GSN" | "SIMEI" | "EGMR" | "IMEI" => Asked::Serial,
        "CCID" | "ICCID" | "QCCID" | "CICCID" | "NCCID" | "SCID" | "ZGETICCID" | "XCCID" => {
            Asked::Sim
        }
        "SIMCOMATI" | "LCTSW" => Asked::Identity(None),
        _ => Asked::Other,
    }
}

/// `+CREG: 0,1`: the name with its sign and the value.
fn reply(text: &str) -> Option<(&str, &str)> {
    let first = text.chars().next()?;
    if !matches!(first, '+' | '^' | '#' | '!' | '$' | '%' | '*' | '_') {
        return None;
    }
    let (name, value) = text.split_once(':')?;
    let name = name.trim_end();
    let plain = name.get(1..)?;
    let shaped = (2..=20).contains(&plain.len())
        && plain
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_')
        && plain.starts_with(|c: char| c.is_ascii_uppercase());
    shaped.then_some((name, value.trim()))
}

/// Commands of 3GPP TS 27.007 and 27.005 (without those also answered by other modems).
fn is_3gpp(plain: &str) -> bool {
    matches!(
        plain,
        "CREG"
            | "CGREG"
            | "CEREG"
            | "C5GREG"
            | "COPS"
            | "CSQ"
            | "CESQ"
            | "CGATT"
            | "CGDCONT"
            | "CGPADDR"
            | "CGACT"
            | "CGCONTRDP"
            | "CPIN"
            | "CSCA"
            | "CMGF"
            | "CMGL"
            | "CMGR"
            | "CMTI"
            | "CFUN"
            | "CNUM"
            | "CPSMS"
            | "CEDRXS"
            | "CEDRXRDP"
            | "CGAUTH"
            | "CSCON"
            | "CEMODE"
            | "CRSM"
            | "CSIM"
            | "CPOL"
            | "CGEREP"
            | "CPMS"
            | "CNMI"
            | "WS46"
            | "CGMI"
            | "CGMM"
            | "CGMR"
            | "CGSN"
            | "CUSD"
            | "CTZR"
            | "CGPIAF"
            | "CIREG"
            | "CAVIMS"
            | "CNMA"
            | "CGEV"
            | "CSCS"
    )
}

/// Command names that belong to a maker or chipset vendor, not to a standard.
fn is_dialect(name: &str) -> bool {
    let Some((sign, plain)) = name.split_at_checked(1) else {
        return false;
    };
    match sign {
        "+" => {
            let short_range = [
                "UBT", "UW", "UMLA", "UART", "UDDRP", "NAME", "ULOC", "UUBT", "UUW", "UUID",
            ];
            // Location by its cells and satellites, of cellular modules only.
            if matches!(plain, "ULOCGNSS" | "ULOCCELL") {
                return true;
            }
            if short_range.iter().any(|p| plain.starts_with(p)) {
                return false;
            }
            [
                "Q", "GT", "X", "SQN", "UU", "KSUP", "KCELL", "KBND", "KGSN", "KSREP", "SIMCOM",
                "SIMEI", "CGNS", "NUE", "NETOPEN",
            ]
            .iter()
            .any(|p| plain.starts_with(p) && plain.len() > 2)
                || matches!(
                    plain,
                    "CPSI"
                        | "CNSMOD"
                        | "CNMP"
                        | "CMNB"
                        | "CICCID"
                        | "CPMUTEMP"
                        | "CUSBPIDSWITCH"
                        | "CGPSINFO"
                        | "CNACT"
                        | "CNBP"
                        | "CNCFG"
                        | "SMSTATE"
                        | "SGCELLINFO"
                        | "BMTCELLINFO"
                        | "SGCELLINFOEX"
                        | "EGMR"
                        | "ERAT"
                        | "EPBSE"
                        | "ESLP"
                        | "ECELL"
                        | "MIPCALL"
                        | "NCONFIG"
                        | "NBAND"
                        | "NCCID"
                        | "NRB"
                        | "NPSMR"
                        | "UBANDMASK"
                        | "URAT"
                        | "UGPIOC"
                        | "UCGED"
                        | "UPSV"
                        | "UMNOPROF"
                        | "UDCONF"
                        | "USOCR"
                        | "UPSD"
                        | "UPSND"
                        | "UTEST"
                        | "ULSTFILE"
                        | "UFWINSTALL"
                        | "UFWUPD"
                        | "UPCHUN"
                        | "URPM"
                        | "USECCHIP"
                        | "USVCDOMAIN"
                        | "UVPS"
                        | "ZGETICCID"
                        | "ZPAS"
                        | "ZRSSI"
                        | "ZCELLINFO"
                        | "ZLTENOCELLINFO"
                        | "ZSNT"
                        | "ZCDRUN"
                        | "ZSWITCH"
                        | "ZMODE"
                        | "ZBANDI"
                        | "LCTCELLINFO"
                        | "LCTSW"
                        | "NETDEVCTL"
                        | "GMSD"
                        | "MTSM"
                        | "MUESTATS"
                        | "RNDISCALL"
                )
        }
        "^" => matches!(
            plain,
            "SYSINFO"
                | "SYSINFOEX"
                | "HCSQ"
                | "SYSSTART"
                | "SIMST"
                | "SMONI"
                | "SMONC"
                | "SCFG"
                | "SCID"
                | "SIND"
                | "MONSC"
                | "SYSCFGEX"
                | "SYSCFG"
                | "CARDMODE"
                | "DSFLOWRPT"
                | "NDISSTAT"
                | "NDISSTATQRY"
                | "NDISDUP"
                | "HWVER"
                | "CHIPTEMP"
                | "SXRAT"
                | "SCKS"
                | "SBV"
                | "SCTM"
                | "LTERSRP"
                | "CERSSI"
                | "FHVER"
                | "CSNR"
                | "LWURC"
                | "CA_INFO"
                | "DEBUG"
                | "TEMP_INFO"
                | "SETPORT"
                | "CURC"
                | "DHCP"
                | "VERSION"
                | "RSSI"
                | "ICCID"
                | "SLTEMP"
                | "BOOT"
                | "SRVST"
                | "MODE"
                | "RSSILVL"
                | "CPNSTATUS"
                | "SFSTATUS"
                | "EONS"
        ),
        "!" => matches!(
            plain,
            "GSTATUS"
                | "BAND"
                | "PRIID"
                | "UDPID"
                | "GCFUN"
                | "USBCOMP"
                | "LTEINFO"
                | "NVIMSI"
                | "PCTEMP"
                | "PCVOLT"
                | "SELRAT"
                | "ENTERCND"
                | "PACKAGE"
                | "IMPREF"
                | "CUSTOM"
                | "UDINFO"
                | "SCACT"
                | "GVER"
                | "USBPID"
                | "NRINFO"
                | "LTECA"
                | "PCINFO"
                | "PCOFFEN"
                | "RESET"
                | "UDUSBCOMP"
                | "HWID"
        ),
        "#" => matches!(
            plain,
            "SWPKGV"
                | "MONI"
                | "SERVINFO"
                | "RFSTS"
                | "QSS"
                | "FIRMWARE"
                | "CGMI"
                | "CGMM"
                | "CGMR"
                | "CGSN"
                | "BND"
                | "PSNT"
                | "CCID"
                | "HWREV"
                | "SGACT"
                | "TEMPSENS"
                | "TEMPMON"
                | "FWSWITCH"
                | "USBCFG"
                | "CFVR"
                | "BANDCFG"
                | "LCAINFO"
                | "CAINFO"
                | "WWAN"
                | "NCM"
                | "ECM"
                | "FWUPD"
                | "CIMI"
                | "CEDRXS"
                | "5GCTL"
                | "FASTBOOT"
                | "SHDN"
                | "ENHRST"
                | "CGPADDR"
                | "STN"
                | "REBOOT"
                | "SELINT"
                | "PORTCFG"
                | "USBSWITCH"
                | "DVICFG"
        ),
        "$" => plain.starts_with("QC") && plain.len() > 3,
        "%" => plain.starts_with('X') && plain.len() > 4,
        _ => false,
    }
}

/// Words of Wi-Fi and Bluetooth modules with an AT interface.
fn is_wifi(text: &str) -> bool {
    [
        "AT version:",
        "SDK version:",
        "+CWJAP",
        "+CWLAP",
        "+CWMODE",
        "+CIFSR",
        "+CWSAP",
        "AT+CWJAP",
        "AT+CWMODE",
        "AT+CWLAP",
        "+BLE",
    ]
    .iter()
    .any(|w| text.starts_with(w))
}

/// Messages a modem sends by itself, between the lines of an answer.
fn is_chatter(text: &str) -> bool {
    matches!(
        text,
        "RDY"
            | "+PBREADY"
            | "PB DONE"
            | "SMS DONE"
            | "SMS READY"
            | "Call Ready"
            | "SMS Ready"
            | "NORMAL POWER DOWN"
            | "RING"
            | "READY"
            | "APP RDY"
            | "*ATREADY: 1"
            | "POWERED DOWN"
            | "START"
            | "ready"
    ) || text.starts_with("*PSUTTZ")
        || text.starts_with("DST:")
        || text.starts_with("41A|54T")
}

/// Short enough for a name or revision, and no sentence.
fn plausible(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let company = [
        "ltd.", "inc.", "corp.", "n.v.", "s.a.", "s.p.a.", "co.", "s.a.r.l.",
    ]
    .iter()
    .any(|w| lower.ends_with(w));
    let sentence = text.ends_with('.') && text.contains(' ') && !company;
    text.len() <= 120
        && text.split_whitespace().count() <= 9
        && text.bytes().any(|b| b.is_ascii_alphanumeric())
        && !text.ends_with([';', '{', '}', '?', ':'])
        && !sentence
}

/// One word with letters and digits, as revisions are.
fn is_revision(value: &str) -> bool {
    let value = value.trim();
    value.len() >= 5 && !value.contains(' ') && value.bytes().any(|b| b.is_ascii_digit())
}

const LABELS: &[(&str, Label)] = &[
    ("manufacturer", Label::Maker),
    ("modem manufacturer", Label::Maker),
    ("vendor", Label::Maker),
    ("model", Label::Model),
    ("modem model", Label::Model),
    ("module", Label::Model),
    ("module model", Label::Model),
    ("module type", Label::Model),
    ("module name", Label::Model),
    ("modem type", Label::Model),
    ("card type", Label::Model),
    ("module manufacturer", Label::Maker),
    ("module firmware", Label::OfModem),
    ("module firmware version", Label::OfModem),
    ("module revision", Label::OfModem),
    ("module imei", Label::Imei),
    ("model name", Label::Model),
    ("modem name", Label::Named),
    ("modem info", Label::Named),
    ("revision", Label::Revision),
    ("modem revision", Label::OfModem),
    ("firmware", Label::Revision),
    ("firmware version", Label::Revision),
    ("firmware revision", Label::Revision),
    ("software version", Label::Revision),
    ("modem firmware", Label::OfModem),
    ("modem firmware version", Label::OfModem),
    ("fw version", Label::Revision),
    ("modem fw", Label::OfModem),
    ("modem fw version", Label::OfModem),
    ("modem version", Label::OfModem),
    ("imei", Label::Imei),
    ("modem imei", Label::Imei),
    ("fsn", Label::Serial),
    ("hardware version", Label::Hardware),
    ("hardware revision", Label::Hardware),
    ("hw version", Label::Hardware),
    ("h/w revision", Label::Hardware),
    ("wwan device manufacturer", Label::Maker),
    ("wwan device model", Label::Model),
    ("wwan device revision", Label::OfModem),
    ("wwan device imei", Label::Imei),
    ("+gcap", Label::Capabilities),
    ("carrier pri", Label::CarrierPri),
    ("imei sv", Label::Ignored),
    ("svn", Label::Ignored),
    ("esn", Label::Ignored),
    ("meid", Label::Ignored),
    ("qcn", Label::Ignored),
    ("deviceinfo", Label::Ignored),
    ("imsi", Label::Ignored),
    ("iccid", Label::Ignored),
    ("subedition", Label::Ignored),
];

/// `Manufacturer: SIMCOM INCORPORATED`.
fn label(text: &str) -> Option<(Label, &str)> {
    let (key, value) = text.split_once(':')?;
    if key.len() > 24 {
        // `00000009 | 2012-May-10 11:39:39.640000 | WWAN device model: MF190`
        let rest = text.get(text.get(..120).unwrap_or(text).rfind(" | ")? + 3..)?;
        return rest
            .starts_with("WWAN device ")
            .then(|| label(rest))
            .flatten();
    }
    let key = key.trim().to_ascii_lowercase();
    LABELS
        .iter()
        .find(|(l, _)| *l == key)
        .map(|(_, label)| (*label, value.trim()))
}

/// Splits a line into which several labelled lines were joined.
fn labelled_parts(text: &str, within_answer: bool) -> Vec<&str> {
    const JOINED: &[&str] = &[
        "Manufacturer:",
        "Model:",
        "Revision:",
        "IMEI:",
        "IMEI SV:",
        "FSN:",
        "+GCAP:",
        "MEID:",
        "QCN:",
        "SVN:",
    ];
    let mut cuts: Vec<usize> = JOINED
        .iter()
        .flat_map(|l| text.match_indices(l).map(|(at, _)| at))
        .filter(|at| *at > 0 && text.get(..*at).is_some_and(|t| t.ends_with(' ')))
        .collect();
    // One label inside a line of other words is those words' business.
    let front = text.get(..2).unwrap_or_default();
    let joined = cuts.len() > 1 || label(text).is_some() || front.eq_ignore_ascii_case("at");
    if cuts.is_empty() || !(joined || cuts.len() == 1 && within_answer) {
        return vec![text];
    }
    cuts.sort_unstable();
    let mut parts = Vec::new();
    let mut from = 0usize;
    for at in cuts.into_iter().chain([text.len()]) {
        parts.extend(text.get(from..at).map(str::trim).filter(|p| !p.is_empty()));
        from = at;
    }
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn commands_and_words_that_are_none() {
        for (text, name, rest) in [
            ("ATI", "I", ""),
            ("ati3", "I3", ""),
            ("AT+CGMM", "+CGMM", ""),
            ("AT+CGMM RG500Q-EA", "+CGMM", "RG500Q-EA"),
            ("AT+GTPKGVER: \"18500.5001\"", "+GTPKGVER", "\"18500.5001\""),
            ("AT+QENG=\"servingcell\"", "+QENG", ""),
            ("AT!GSTATUS?", "!GSTATUS", ""),
            ("ATE0", "E0", ""),
            ("AT&F", "&F", ""),
            ("ATD*99#", "D*99#", ""),
            ("ATDT5551234", "D", ""),
        ] {
            let found = command(text).unwrap_or_else(|| panic!("{text}"));
            assert_eq!((found.0.name.as_str(), found.1), (name, rest), "{text}");
        }
        for text in ["ATTENTION", "At the end", "ATOM", "ATMEL", "at", "ATHENS"] {
            assert!(
                command(text).is_none_or(|(c, _)| c.asked == Asked::Other),
                "{text}"
            );
        }
    }

    #[test]
    fn dialects_are_not_standards() {
        for name in [
            "+QENG",
            "+GTPKGVER",
            "!GSTATUS",
            "#SWPKGV",
            "^HCSQ",
            "+CPSI",
            "+SIMCOMATI",
            "+XMCI",
        ] {
            assert!(is_dialect(name), "{name}");
        }
        for name in [
            "+CREG",
            "+CSQ",
            "+UBTLE",
            "#NOTE",
            "!IMPORTANT",
            "$PATH",
            "+NAME",
            "+UART",
        ] {
            assert!(!is_dialect(name), "{name}");
        }
    }

    #[test]
    fn joined_labels_come_apart() {
        assert_eq!(
            labelled_parts(
                "ati Manufacturer: Huawei Technologies Co.,Ltd. Model: E3372h-320 IMEI: 86",
                false
            ),
            [
                "ati",
                "Manufacturer: Huawei Technologies Co.,Ltd.",
                "Model: E3372h-320",
                "IMEI: 86"
            ]
        );
    }
}
