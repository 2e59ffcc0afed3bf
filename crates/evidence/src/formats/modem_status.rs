//! The state of a modem as some router, gateway or program prints it: labels and values, one a line or
//! in JSON or XML, in words that differ from one maker to the next.
//!
//! Labels are taken word by word, not by the dialect. So that a data sheet or a list of telephones is
//! not taken for a modem, two things must come together: a label that speaks of a modem (or a heading
//! above that does), and something only a running one has, an IMEI with a right check digit, a signal
//! strength in numbers, a state of registration, or a port of the system (`cell_mgmt module_info` of Moxa:
//! `AT_port: /dev/ttyUSB2`, as in the examples of Moxa's own repositories).

use crate::formats::at::is_written_for_programs;
use crate::formats::at::prefix::bare;
use crate::identity::{Imei, ImeiForm};
use crate::modem::{Modem, imei_digits, stated};
use crate::observation::{Clue, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::{Names, Source};
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "modem-status",
    title: "state of a modem as a router, gateway or program prints it: labels and values",
    made_by: "status pages and commands of gateways; telemetry; logs of programs",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Longest line looked at, in bytes.
const LONGEST_LINE: usize = 4096;
/// Labels in one line, for JSON without line ends.
const MOST_PAIRS: usize = 64;
/// Lines without a label of interest after which another modem may be meant.
const FAR: u64 = 60;

/// What a label asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    Maker,
    Model,
    Revision,
    Hardware,
    Imei,
    Iccid,
    /// Signal strength.
    Signal,
    /// State of registration or attachment.
    Registration,
    /// State of the packet data connection.
    Data,
    /// What kind of connection it is.
    Kind,
    /// Device node or network interface of the modem.
    Port,
}

/// A label: what it asks for, and whether it says that it is the modem's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Asked {
    label: Label,
    of_modem: bool,
}

/// The words of a label: `modemFirmware`, `Model IMEI`, `equipment-identifier`.
pub(super) fn words(label: &str) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut lower = false;
    for c in label.chars() {
        if !c.is_alphanumeric() {
            lower = false;
            out.push(String::new());
            continue;
        }
        if out.is_empty() || (c.is_uppercase() && lower) {
            out.push(String::new());
        }
        lower = c.is_lowercase() || c.is_ascii_digit();
        if let Some(word) = out.last_mut() {
            word.extend(c.to_lowercase());
        }
    }
    out.retain(|w| !w.is_empty());
    // `MODEMVENDOR=QUECTEL`: a variable of a shell.
    if let [one] = out.as_slice()
        && let Some(rest) = one.strip_prefix("modem")
        && ["vendor", "model", "imei", "firmware", "revision"].contains(&rest)
    {
        return vec!["modem".to_owned(), rest.to_owned()];
    }
    out
}

/// True of words that name a modem or the radio it is.
fn is_modem_word(word: &str) -> bool {
    matches!(
        word,
        "modem" | "modems" | "cellular" | "wwan" | "module" | "lte" | "gsm" | "umts" | "5g" | "4g"
    )
}

/// True if a word of it is of mobile networks alone. A module may be of any radio.
fn says_cellular(label: &str) -> bool {
    words(label).iter().any(|w| {
        w != "module" && is_modem_word(w)
            || matches!(
                w.as_str(),
                "rsrp"
                    | "rsrq"
                    | "rscp"
                    | "ecio"
                    | "csq"
                    | "sinr"
                    | "imei"
                    | "imsi"
                    | "iccid"
                    | "apn"
            )
    })
}

fn asked(label: &str) -> Option<Asked> {
    let words = words(label);
    if words.is_empty() || words.len() > 8 {
        return None;
    }
    let has = |w: &str| words.iter().any(|have| have == w);
    let of_modem = words.iter().any(|w| is_modem_word(w));
    // Words of the router, the SIM card or a program, not of the modem.
    let other = [
        "router",
        "bootloader",
        "kernel",
        "app",
        "application",
        "sdk",
        "config",
        "desired",
        "min",
        "max",
        "threshold",
        "supported",
        "required",
        "allowed",
        "latest",
        "available",
        "update",
        "new",
        "minimum",
        "driver",
        "library",
        "svn",
        "lock",
        "parent",
        "old",
        "boot",
    ]
    .iter()
    .any(|w| has(w));
    let label = if other {
        return None;
    } else if has("imei")
        || (words.len() == 2 && has("equipment") && (has("id") || has("identifier")))
    {
        Label::Imei
    } else if has("iccid") || (has("circuit") && has("card")) {
        Label::Iccid
    } else if ["rssi", "rsrp", "rsrq", "sinr", "csq", "rscp", "ecio"]
        .iter()
        .any(|w| has(w))
        || (has("signal")
            && ["strength", "quality", "level", "stat"]
                .iter()
                .any(|w| has(w)))
    {
        Label::Signal
    } else if has("registration")
        || has("registered")
        || (has("register") && has("state"))
        || (has("attach") && has("state"))
        || (has("network") && has("status"))
    {
        Label::Registration
    } else if has("packet") && has("data") && has("connection") {
        Label::Data
    } else if (has("port") && (has("at") || has("qmi"))) || (has("wwan") && has("node")) {
        return Some(Asked {
            label: Label::Port,
            of_modem: false,
        });
    } else if has("cellular") && (has("controller") || has("profile")) {
        Label::Kind
    } else if ["manufacturer", "manufacture", "vendor", "vender"]
        .iter()
        .any(|w| has(w))
        && !["date", "year", "id"].iter().any(|w| has(w))
    {
        Label::Maker
    } else if has("hardware") || has("hw") {
        Label::Hardware
    } else if has("revision")
        || has("firmware")
        || has("fw")
        || (of_modem && (has("version") || has("software")))
    {
        Label::Revision
    } else if has("model")
        || (has("equipment") && has("information"))
        || (of_modem && (has("name") || has("type") || has("product")))
        || matches!(words.as_slice(), [one] if one == "modem" || one == "module")
    {
        Label::Model
    } else if ["interface", "transport", "upstream", "wan", "uplink"]
        .iter()
        .any(|w| has(w))
        || matches!(words.as_slice(), [one] if one == "type")
    {
        Label::Kind
    } else {
        return None;
    };
    Some(Asked { label, of_modem })
}

/// Labels and values of a line.
fn pairs(line: &str) -> Vec<(&str, String)> {
    let line = line.trim();
    if line.is_empty() || line.len() > LONGEST_LINE {
        return Vec::new();
    }
    // `<Imei>359...</Imei>`.
    if let Some(rest) = line.strip_prefix('<') {
        let found = rest.split_once('>').and_then(|(name, rest)| {
            let value = rest.strip_suffix(&format!("</{name}>"))?;
            let value = quick_xml::escape::unescape(value).ok()?;
            Some((name, value.trim().to_owned()))
        });
        return found.into_iter().collect();
    }
    // JSON: pieces between commas and brackets outside quotes. In quotes may be a label and a value.
    let mut out = Vec::new();
    let quoted = line.contains('"') || line.ends_with(',') || line.contains('\'');
    let mut pieces: Vec<&str> = Vec::new();
    if quoted {
        let (mut from, mut within) = (0usize, None);
        for (at, c) in line.char_indices() {
            match (within, c) {
                (None, '"' | '\'') => within = Some(c),
                (Some(q), c) if q == c => within = None,
                (None, ',' | '{' | '}' | '[' | ']') => {
                    pieces.extend(line.get(from..at));
                    from = at + 1;
                }
                _ => {}
            }
            if pieces.len() >= MOST_PAIRS {
                break;
            }
        }
        pieces.extend(line.get(from..));
    } else {
        pieces.push(line);
    }
    for piece in pieces {
        let piece = piece.trim();
        let whole = piece
            .strip_prefix('"')
            .and_then(|p| p.strip_suffix('"'))
            .filter(|p| !p.contains('"'))
            .unwrap_or(piece);
        let Some((label, value)) = whole
            .split_once(": ")
            .or_else(|| whole.split_once([':', '=', '\t']))
        else {
            continue;
        };
        let label = label.trim().trim_matches(['"', '\'']).trim();
        let value = value.trim().trim_matches(['"', '\'']).trim();
        if label.len() <= 64 && !label.is_empty() && !value.contains(['%', '{', '$', '<']) {
            out.push((label, value.to_owned()));
        }
    }
    out
}

/// A strength in numbers: `-91 dBm`, `19`, `-10`.
pub(super) fn is_strength(value: &str) -> bool {
    let number = value
        .split_whitespace()
        .next()
        .unwrap_or_default()
        .trim_end_matches(',')
        .trim_end_matches("dBm")
        .trim_end_matches("dB");
    number
        .parse::<f64>()
        .is_ok_and(|n| n.is_finite() && (-160.0..=100.0).contains(&n))
}

/// A device node or network interface: `/dev/ttyUSB2`, `/dev/cdc-wdm0`, `wwan0`.
fn is_node(value: &str) -> bool {
    ["/dev/tty", "/dev/cdc-wdm", "wwan"].iter().any(|front| {
        value
            .strip_prefix(front)
            .is_some_and(|rest| rest.ends_with(|c: char| c.is_ascii_digit()))
    }) && !value.contains(char::is_whitespace)
}

/// Letters, then at least three digits, then at most a few letters: `sim7080g`.
fn is_type(value: &str) -> bool {
    let rest = value.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let tail = rest.trim_start_matches(|c: char| c.is_ascii_digit());
    value.len() - rest.len() >= 2
        && rest.len() - tail.len() >= 3
        && tail.len() <= 3
        && tail.bytes().all(|b| b.is_ascii_alphabetic())
}

fn ends_with_both(line: &str, label: &str, value: &str) -> bool {
    line.trim_end()
        .strip_suffix(value)
        .is_some_and(|front| front.ends_with(label))
}

pub(super) fn is_registered(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    [
        "registered",
        "roaming",
        "attached",
        "home network",
        "searching",
    ]
    .iter()
    .any(|w| value.contains(w))
}

/// A heading that says the labels below are a modem's.
fn heads_modem(line: &str) -> bool {
    let line = line
        .trim()
        .trim_end_matches(':')
        .trim_matches(['=', '-', '*', '#', ' ', '[', ']']);
    line.len() <= 60
        && !line.contains([':', '.', ';', '<', '>', ','])
        && words(line).iter().any(|w| is_modem_word(w))
        && words(line).len() <= 6
}

/// What has been gathered of one modem.
struct Gathered {
    modem: Modem,
    /// A label or heading speaks of a modem.
    of_modem: bool,
    /// Something only a running one has.
    runs: bool,
    /// Something only a modem of a mobile network has: modules of Wi-Fi, Bluetooth and LoRa state a
    /// strength and a revision, too.
    cellular: bool,
    /// Maker, model and revision whose labels do not say whose they are.
    loose: Vec<(Clue, String, Place)>,
    last: u64,
}

impl Gathered {
    const fn new() -> Self {
        Self {
            modem: Modem::new(Stance::Observed),
            of_modem: false,
            runs: false,
            cellular: false,
            loose: Vec::new(),
            last: 0,
        }
    }

    /// Maker, model, revision, IMEI and a signal or registration together are a modem's, whatever the
    /// labels say; an inventory of telephones has no revisions and no signal.
    fn settle(&mut self) {
        // A name of a type of module is one's whatever its label, once a label speaks of a modem.
        if self.of_modem
            && let Some(at) = self
                .loose
                .iter()
                .position(|(c, v, _)| *c == Clue::ModemModel && is_type(v))
        {
            let (clue, value, place) = self.loose.remove(at);
            self.modem.say(clue, &value, &place);
        }
        let has = |clue: Clue| self.loose.iter().any(|(c, ..)| *c == clue);
        if !self.of_modem
            && self.runs
            && has(Clue::ModemManufacturer)
            && has(Clue::ModemModel)
            && has(Clue::ModemRevision)
            && self.modem.first(Clue::Imei).is_some()
            && self.modem.first(Clue::CellularInterface).is_some()
        {
            self.of_modem = true;
            for (clue, value, place) in std::mem::take(&mut self.loose) {
                self.modem.say(clue, &value, &place);
            }
        }
    }

    /// True if this is a modem's state.
    fn counts(&self) -> bool {
        self.of_modem && self.runs
    }

    /// True if it is that of a modem of a mobile network, by what it states or by a name that is known.
    fn is_cellular(&self, names: &dyn Names) -> bool {
        self.cellular
            || [
                Clue::ModemManufacturer,
                Clue::ModemModel,
                Clue::ModemRevision,
            ]
            .into_iter()
            .filter_map(|c| self.modem.first(c))
            .any(|value| !names.find(value).is_empty())
    }
}

struct State {
    now: Gathered,
    heading: bool,
    units: u64,
}

impl State {
    fn line(&mut self, number: u64, line: &str) -> Option<Gathered> {
        let mut done = None;
        if self.now.last > 0 && number > self.now.last + FAR {
            done = Some(std::mem::replace(&mut self.now, Gathered::new()));
            self.heading = false;
        }
        let bare = bare(line);
        // `Module: X` and `Modem: X` look like a speaker's name to the reader of dialogues.
        let labelled = ["Module: ", "Modem: "]
            .iter()
            .find(|l| !bare.text.contains(':') && ends_with_both(line, l, &bare.text))
            .map(|l| format!("{l}{}", bare.text));
        let text: &str = labelled.as_deref().unwrap_or(&bare.text);
        let found = pairs(text);
        if found.is_empty() || found.iter().all(|(_, v)| v.is_empty()) {
            if heads_modem(text) {
                self.heading = true;
                self.now.cellular |= says_cellular(text);
            }
            return done;
        }
        let place = Place::Line(number);
        for (label, value) in found {
            let Some(asked) = asked(label) else { continue };
            if stated(&value).is_none() {
                continue;
            }
            let own = asked.of_modem
                || self.heading
                || (asked.label == Label::Kind && is_modem_word(&value.to_ascii_lowercase()));
            self.now.cellular |= says_cellular(label)
                || matches!(asked.label, Label::Iccid | Label::Port | Label::Data)
                || (asked.label == Label::Kind && says_cellular(&value))
                || (asked.label == Label::Registration && is_registered(&value));
            let clue = match asked.label {
                Label::Maker => Some(Clue::ModemManufacturer),
                Label::Model => Some(Clue::ModemModel),
                Label::Revision => Some(Clue::ModemRevision),
                Label::Hardware => Some(Clue::HardwareRevision),
                _ => None,
            };
            match asked.label {
                Label::Imei => {
                    // A number made up for a manual has no right check digit.
                    let real = Imei::parse(&value).is_some_and(|i| {
                        matches!(i.form, ImeiForm::Checked | ImeiForm::WithSoftwareVersion)
                    });
                    let Some(digits) = imei_digits(&value).filter(|_| real) else {
                        continue;
                    };
                    if self
                        .now
                        .modem
                        .first(Clue::Imei)
                        .is_some_and(|have| have != digits)
                    {
                        done = Some(std::mem::replace(&mut self.now, Gathered::new()));
                    }
                    self.now.modem.imei(&value, &place);
                    self.now.runs = true;
                    self.now.cellular = true;
                }
                Label::Iccid => self.now.modem.iccid(&value, &place),
                Label::Signal if is_strength(&value) => {
                    self.now.runs = true;
                    self.now
                        .modem
                        .say(Clue::CellularInterface, "states a signal strength", &place);
                }
                Label::Registration if is_registered(&value) => {
                    self.now.runs = true;
                    self.now
                        .modem
                        .say(Clue::CellularInterface, "states its registration", &place);
                }
                Label::Port if is_node(&value) => {
                    self.now.runs = true;
                    self.now
                        .modem
                        .say(Clue::CellularInterface, "has a port", &place);
                }
                Label::Data if value.eq_ignore_ascii_case("connected") => {
                    self.now.runs = true;
                    self.now
                        .modem
                        .say(Clue::CellularInterface, "states a data connection", &place);
                }
                // `"network_transport": "sim7080g"`: the connection by the name of the module.
                Label::Kind if self.now.of_modem && is_type(&value) => {
                    self.now.modem.say(Clue::ModemModel, &value, &place);
                }
                Label::Kind if own => {}
                Label::Kind if is_type(&value) && self.now.loose.len() < 16 => {
                    self.now
                        .loose
                        .push((Clue::ModemModel, value, place.clone()));
                }
                _ => match clue {
                    Some(clue) if own => self.now.modem.say(clue, &value, &place),
                    Some(clue) if self.now.loose.len() < 16 => {
                        self.now.loose.push((clue, value, place.clone()));
                    }
                    _ => continue,
                },
            }
            self.now.of_modem |= own;
            self.now.last = number;
        }
        self.now.settle();
        done
    }
}

/// Programs and manuals show examples. JSON ends lines as they do and is none.
pub(super) fn shows_examples(text: &str) -> bool {
    let (mut filled, mut labelled) = (0usize, 0usize);
    for line in text
        .lines()
        .take(600)
        .map(str::trim)
        .filter(|l| !l.is_empty())
    {
        filled += 1;
        labelled += usize::from(
            line.starts_with('"')
                || matches!(line, "{" | "}" | "}," | "[" | "]" | "]," | "{}" | "[]"),
        );
    }
    labelled * 3 < filled * 2 && is_written_for_programs(text)
}

fn sniff(head: &Head<'_>) -> u8 {
    // Without one of these nothing can run; most texts are sent away here.
    let lower = head.text.to_ascii_lowercase();
    let may = [
        "imei",
        "rss",
        "rsr",
        "csq",
        "sinr",
        "signal",
        "regist",
        "attach",
        "rscp",
        "ecio",
        "network",
        "packet data",
        "at_port",
        "wwan_node",
    ]
    .iter()
    .any(|w| memchr::memmem::find(lower.as_bytes(), w.as_bytes()).is_some());
    if !may || head.text.contains("ModemManager1/Modem") || shows_examples(head.text) {
        return 0;
    }
    let mut state = State {
        now: Gathered::new(),
        heading: false,
        units: 0,
    };
    let named = |g: &Gathered| {
        g.counts()
            && [
                Clue::ModemManufacturer,
                Clue::ModemModel,
                Clue::ModemRevision,
            ]
            .into_iter()
            .any(|c| g.modem.first(c).is_some())
    };
    let (mut runs, mut tells) = (false, false);
    for (n, line) in head.lines().take(2000).enumerate() {
        if let Some(done) = state.line(n as u64 + 1, line) {
            runs |= done.counts();
            tells |= named(&done);
        }
    }
    runs |= state.now.counts();
    tells |= named(&state.now);
    match (runs, tells) {
        (true, true) => 68,
        (true, false) => 40,
        _ => 0,
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut state = State {
        now: Gathered::new(),
        heading: false,
        units: 0,
    };
    let names = source.names;
    text::lines(source, sink, |number, line, sink| {
        if let Some(mut done) = state.line(number, line)
            && done.counts()
            && done.is_cellular(names)
        {
            done.modem.finish(&mut state.units, sink)?;
        }
        Ok(())
    })?;
    if state.now.counts() && state.now.is_cellular(names) {
        state.now.modem.finish(&mut state.units, sink)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_read_by_their_words() {
        let of = |l: &str| asked(l).map(|a| (a.label, a.of_modem));
        assert_eq!(of("modemFirmware"), Some((Label::Revision, true)));
        assert_eq!(of("Modem firmware"), Some((Label::Revision, true)));
        assert_eq!(of("Model IMEI"), Some((Label::Imei, false)));
        assert_eq!(
            of("Equipment information (IMEI)"),
            Some((Label::Imei, false))
        );
        assert_eq!(of("Equipment information"), Some((Label::Model, false)));
        assert_eq!(
            of("Integrated Circuit Card ID"),
            Some((Label::Iccid, false))
        );
        assert_eq!(of("manufacturer"), Some((Label::Maker, false)));
        assert_eq!(of("Module"), Some((Label::Model, true)));
        assert_eq!(of("min_rssi_threshold"), None);
        assert_eq!(of("appVersion"), None);
        assert_eq!(of("ImeiSvn"), None);
        assert_eq!(of("MODEMVENDOR"), Some((Label::Maker, true)));
        // Programs die of signals.
        assert_eq!(of("Signal"), None);
    }

    #[test]
    fn strengths_are_numbers() {
        for yes in ["-91 dBm", "19", "-10", "-90dBm", "-9 dB"] {
            assert!(is_strength(yes), "{yes}");
        }
        for no in ["Good", "xxx", "B1/B3/B7", "inf", "1e9"] {
            assert!(!is_strength(no), "{no}");
        }
    }
}
