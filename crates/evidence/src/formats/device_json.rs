//! JSON in which an application, a cloud or a gateway keeps the state of a device with a modem: device
//! twins and shadows, telemetry, controllers, configuration that carries the state, alone or inside a log,
//! a remark of a program or a string of other JSON.
//!
//! No product is known here. An object is a modem's state if what it holds proves itself: an IMEI with a
//! right check digit beside a SIM's number or what only a radio measures; or a key that says modem and
//! beside it a strength, a registration or a link that is up. Maker, model and revision are taken from the
//! same object. Records of SIM platforms, telephones, schemas and examples are none of these.

use std::collections::{BTreeMap, BTreeSet};

use super::modem_status::{is_registered, is_strength, shows_examples, words};
use crate::identity::{Imei, ImeiForm, iccid_stem};
use crate::json;
use crate::modem::{Modem, stated};
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::{Names, Source};
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "device-json",
    title: "JSON with the state of a device that has a modem, of whatever application",
    made_by: "device twins and shadows, telemetry, controllers, APIs of gateways",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Most values kept of one text.
const VALUES_MOST: usize = 200_000;
/// Most values kept of one object.
const OBJECT_MOST: usize = 400;
/// JSON inside strings of JSON is followed this deep.
const WITHIN_MOST: usize = 2;
/// Most objects gathered around one modem.
const AROUND_MOST: usize = 64;

/// Keys that only telephones and their management have.
const HANDSET_KEYS: &[&str] = &[
    "osversion",
    "operatingsystem",
    "androidversion",
    "androidid",
    "iosversion",
    "phonenumber",
    "udid",
    "jailbroken",
    "jailbreak",
    "enrolleddatetime",
    "ismanaged",
    "complianceState",
    "wifimacaddress",
    "handset",
    "phonemodel",
];

/// Words of brands and lines of telephones.
const HANDSETS: &[&str] = &[
    "apple",
    "iphone",
    "ipad",
    "ios",
    "ipados",
    "samsung",
    "galaxy",
    "pixel",
    "xiaomi",
    "redmi",
    "oneplus",
    "oppo",
    "vivo",
    "realme",
    "honor",
    "motorola",
    "android",
    "hmd",
    "infinix",
    "tecno",
    "htc",
    "blackberry",
];

/// Keys of the records of SIM platforms.
const PLATFORM_KEYS: &[&str] = &[
    "msisdn",
    "mdn",
    "rateplan",
    "communicationplan",
    "simid",
    "fleetsid",
    "imeilock",
    "serviceplan",
    "dateactivated",
    "activationdate",
    "quotastatus",
    "accountname",
    "tariff",
    "subscription",
    "subscriptionid",
];

/// Names of objects that stand beside the modem's own and speak of the same thing.
const SIBLINGS: &[&str] = &[
    "sim",
    "signal",
    "network",
    "cellular",
    "cell",
    "radio",
    "modem",
    "lte",
    "gsm",
    "mobile",
    "wwan",
    "connectivity",
    "roam",
    "dev",
];

struct Stated {
    key: Vec<String>,
    value: String,
    line: u64,
}

#[derive(Default)]
struct Object {
    parent: Option<usize>,
    /// Words of the keys it stands under, the innermost last.
    name: Vec<String>,
    values: Vec<Stated>,
}

#[derive(Default)]
struct Objects {
    all: Vec<Object>,
    children: BTreeMap<usize, Vec<usize>>,
    kept: usize,
    lost: Option<u64>,
}

impl Objects {
    fn gather(&mut self, text: &str, first: u64, above: Option<usize>, key: &str, depth: usize) {
        let base = self.all.len();
        let mut numbers: BTreeMap<u64, usize> = BTreeMap::new();
        let mut within: Vec<(usize, String, String, u64)> = Vec::new();
        json::walk(text, |s| {
            let line = first + s.line - 1;
            let mut at = above;
            for around in s.objects {
                let parent = at;
                at = Some(*numbers.entry(around.id).or_insert_with(|| {
                    let mut name = if parent == above {
                        words(key)
                    } else {
                        Vec::new()
                    };
                    if let Some(own) = around.depth.checked_sub(1).and_then(|d| s.path.get(d)) {
                        name = words(own);
                    }
                    self.all.push(Object {
                        parent,
                        name,
                        values: Vec::new(),
                    });
                    self.all.len() - 1
                }));
            }
            let Some(at) = at else { return };
            if self.kept >= VALUES_MOST {
                self.lost.get_or_insert(line);
                return;
            }
            if s.quoted
                && depth < WITHIN_MOST
                && s.value.starts_with(['{', '['])
                && s.value.contains("\":")
            {
                within.push((at, s.key.to_owned(), s.value.to_owned(), line));
                return;
            }
            let Some(object) = self.all.get_mut(at) else {
                return;
            };
            if s.key.is_empty() || s.key.len() > 64 || object.values.len() >= OBJECT_MOST {
                return;
            }
            let Some(value) = stated(s.value) else { return };
            self.kept += 1;
            object.values.push(Stated {
                key: words(s.key),
                value: value.to_owned(),
                line,
            });
        });
        for (at, key, value, line) in within {
            self.gather(&value, line, Some(at), &key, depth + 1);
        }
        for at in base..self.all.len() {
            if let Some(parent) = self.all.get(at).and_then(|o| o.parent) {
                let below = self.children.entry(parent).or_default();
                if !below.contains(&at) && below.len() < AROUND_MOST {
                    below.push(at);
                }
            }
        }
    }

    fn get(&self, at: usize) -> &[Stated] {
        self.all.get(at).map_or(&[], |o| &o.values)
    }

    /// The object, what is below it, and, for one that is not named a modem's, what stands beside it.
    fn around(&self, at: usize, beside: bool) -> BTreeSet<usize> {
        let mut out = BTreeSet::new();
        let mut open = vec![at];
        while let Some(next) = open.pop() {
            if out.len() < AROUND_MOST && out.insert(next) {
                open.extend(self.children.get(&next).into_iter().flatten());
            }
        }
        if beside && let Some(parent) = self.all.get(at).and_then(|o| o.parent) {
            out.insert(parent);
            for sibling in self.children.get(&parent).into_iter().flatten() {
                let named = self
                    .all
                    .get(*sibling)
                    .is_some_and(|o| o.name.iter().any(|w| SIBLINGS.contains(&w.as_str())));
                if named && out.len() < AROUND_MOST {
                    out.insert(*sibling);
                }
            }
        }
        out
    }
}

fn is_modem_word(word: &str) -> bool {
    matches!(
        word,
        "modem"
            | "modems"
            | "cellular"
            | "wwan"
            | "lte"
            | "gsm"
            | "umts"
            | "gprs"
            | "5g"
            | "4g"
            | "3g"
            | "nbiot"
            | "ltem"
    )
}

/// True of objects under a key that asks for something, or shows how something would look.
fn is_wished(name: &[String]) -> bool {
    name.iter().any(|w| {
        matches!(
            w.as_str(),
            "desired"
                | "example"
                | "examples"
                | "schema"
                | "properties"
                | "default"
                | "defaults"
                | "template"
        )
    })
}

fn joined(key: &[String]) -> String {
    key.concat()
}

fn has(key: &[String], words: &[&str]) -> bool {
    key.iter().any(|w| words.contains(&w.as_str()))
}

/// An IMEI with a right check digit, none of those that specifications and manuals print.
fn imei(value: &str) -> bool {
    Imei::parse(value).is_some_and(|i| {
        matches!(i.form, ImeiForm::Checked | ImeiForm::WithSoftwareVersion)
            && !is_specimen(i.digits())
    })
}

/// Numbers printed as examples: 3GPP TS 23.003, GSMA TS.06, encyclopedias; runs and repeats of digits.
fn is_specimen(digits: &str) -> bool {
    let b = digits.as_bytes();
    let same = b.windows(2).filter(|w| w.first() == w.get(1)).count();
    [
        "49015420323751",
        "35693803564380",
        "35209900176148",
        "12345678901234",
        "01234567890123",
    ]
    .contains(&digits)
        || same >= 12
        || digits.starts_with("123456")
        || digits.starts_with("012345")
        || digits.starts_with("000000")
}

/// An IMSI: a mobile country code of an operator, or of a global one, in front.
pub(super) fn is_imsi(value: &str) -> bool {
    (14..=15).contains(&value.len())
        && value.bytes().all(|b| b.is_ascii_digit())
        && (value.starts_with(['2', '3', '4', '5', '6', '7']) || value.starts_with("901"))
        && !value.starts_with("23456")
}

/// An ICCID: telecommunications, and as many digits as one has.
pub(super) fn is_iccid(value: &str) -> bool {
    let digits = value.trim_end_matches(['f', 'F']);
    digits.starts_with("89")
        && (18..=20).contains(&digits.len())
        && digits.bytes().all(|b| b.is_ascii_digit())
        && iccid_stem(value).is_some()
        && !digits.contains("1234567890")
}

/// `wwan0`, `ccmni2`, `rmnet_data0`, `cdc-wdm0`.
pub(super) fn is_cellular_port(value: &str) -> bool {
    let value = value.strip_prefix("/dev/").unwrap_or(value);
    [
        "wwan",
        "ccmni",
        "rmnet_data",
        "rmnet_usb",
        "rmnet_mhi",
        "cdc-wdm",
        "wwan_",
    ]
    .iter()
    .any(|front| {
        value.strip_prefix(front).is_some_and(|n| {
            !n.is_empty() && n.len() <= 3 && n.bytes().all(|b| b.is_ascii_digit() || b == b'.')
        })
    })
}

/// `2c7c:0125`.
fn usb_id(value: &str) -> Option<String> {
    let (vendor, product) = value.split_once(':')?;
    let hex = |s: &str| s.len() == 4 && s.bytes().all(|b| b.is_ascii_hexdigit());
    (hex(vendor) && hex(product)).then(|| value.to_ascii_lowercase())
}

/// What a module's maker calls a firmware: capital letters and digits in one long word.
fn is_revision(value: &str) -> bool {
    let head = value.split(['_', ' ', '/']).next().unwrap_or_default();
    head.len() >= 9
        && !value.contains(' ')
        && head
            .bytes()
            .all(|b| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'-' || b == b'.')
        && head.bytes().filter(u8::is_ascii_uppercase).count() >= 4
        && head.bytes().filter(u8::is_ascii_digit).count() >= 3
}

fn is_up(value: &str) -> bool {
    let value = value.to_ascii_lowercase();
    matches!(
        value.as_str(),
        "ready"
            | "connected"
            | "connecting"
            | "registered"
            | "online"
            | "attached"
            | "up"
            | "enabled"
            | "active"
            | "activated"
            | "true"
            | "roaming"
            | "in_service"
    )
}

/// What was seen among the objects around one modem.
#[derive(Default)]
struct Seen {
    named: bool,
    imei: bool,
    card: bool,
    /// Measured by a radio of a mobile network only.
    radio: bool,
    /// Measured by any radio.
    strength: bool,
    registered: bool,
    service: bool,
    link: bool,
    handset: bool,
    platform: bool,
    up: bool,
    /// A modem's firmware is stated as such.
    firmware: bool,
}

impl Seen {
    fn counts(&self) -> bool {
        if self.handset {
            return false;
        }
        let measured = self.radio || self.registered || self.named && self.strength;
        if self.platform && !measured {
            return false;
        }
        self.link
            || self.imei && (self.named || self.card || measured || self.service)
            || self.named && (measured || self.up && self.service)
            || self.card && self.radio
            || self.firmware && (measured || self.strength || self.service || self.card)
    }
}

/// `"modemFirmware": "EG91NAFBR05A07M4G"`: firmware under a key that says it is a modem's.
fn is_modem_firmware(v: &Stated) -> bool {
    let of_modem = v
        .key
        .iter()
        .any(|w| matches!(w.as_str(), "modem" | "module" | "cellular" | "wwan"));
    let long = (8..=64).contains(&v.value.len())
        && v.value.bytes().filter(u8::is_ascii_digit).count() >= 3
        && v.value.bytes().filter(u8::is_ascii_uppercase).count() >= 2;
    of_modem && has(&v.key, &["firmware", "fw", "revision"]) && long
}

/// The object says that it is a link of a mobile network.
fn is_cellular_link(values: &[Stated]) -> bool {
    values.iter().any(|v| {
        has(&v.key, &["kind", "type", "technology", "medium"])
            && matches!(
                v.value.to_ascii_lowercase().as_str(),
                "gsm" | "lte" | "cellular" | "wwan" | "5g" | "modem"
            )
    })
}

fn look(objects: &Objects, around: &BTreeSet<usize>, own: usize) -> Seen {
    let mut seen = Seen::default();
    for at in around {
        let Some(object) = objects.all.get(*at) else {
            continue;
        };
        let named = object.name.iter().any(|w| is_modem_word(w));
        seen.named |= named && *at == own;
        let kind_of_cellular = is_cellular_link(&object.values);
        for v in &object.values {
            let key = joined(&v.key);
            let lower = v.value.to_ascii_lowercase();
            let of_modem = named || v.key.iter().any(|w| is_modem_word(w));
            seen.handset |= HANDSET_KEYS.contains(&key.as_str())
                || has(
                    &v.key,
                    &[
                        "manufacturer",
                        "brand",
                        "vendor",
                        "model",
                        "os",
                        "platform",
                        "name",
                        "type",
                    ],
                ) && words(&v.value)
                    .iter()
                    .any(|w| HANDSETS.contains(&w.as_str()));
            seen.firmware |= is_modem_firmware(v);
            seen.platform |= PLATFORM_KEYS.contains(&key.as_str());
            let is_imei_key =
                key.contains("imei") || key == "equipmentidentifier" || key == "equipmentid";
            if imei(&v.value) && (is_imei_key || of_modem && has(&v.key, &["serial", "id", "esn"]))
            {
                seen.imei = true;
            } else if (key.contains("ccid") || has(&v.key, &["sim", "uicc"])) && is_iccid(&v.value)
                || (key.contains("imsi") || key == "cimi") && is_imsi(&v.value)
            {
                seen.card = true;
            } else if has(
                &v.key,
                &["rsrp", "rsrq", "rscp", "ecio", "ecno", "csq", "rsrpdbm"],
            ) && is_strength(&v.value)
                && !matches!(v.value.as_str(), "0" | "99")
            {
                seen.radio = true;
            } else if (has(&v.key, &["rssi", "signal", "sinr", "snr"])
                || key == "dbm" && object.name.iter().any(|w| w == "signal"))
                && is_strength(&v.value)
                && v.value != "0"
            {
                seen.strength = true;
            } else if of_modem
                && (key.contains("regist") || key.contains("creg"))
                && is_registered(&v.value)
            {
                seen.registered = true;
            } else if (key.contains("operator")
                || key.contains("plmn")
                || key.contains("carrier")
                || key == "cops"
                || key == "apn"
                || key.contains("mccmnc")
                || key.contains("cellid")
                || key == "lac"
                || key.contains("earfcn"))
                && v.value != "0"
                || has(
                    &v.key,
                    &[
                        "technology",
                        "rat",
                        "act",
                        "accesstechnology",
                        "networktype",
                        "mode",
                        "tech",
                        "type",
                    ],
                ) && [
                    "lte", "nb-iot", "cat-m1", "gsm", "umts", "wcdma", "hspa", "edge", "5g",
                    "nr5g", "4g", "eutran", "2g", "3g",
                ]
                .iter()
                .any(|t| lower.contains(t))
            {
                seen.service = true;
            }
            // `"lte_state": "ready"`, `"modem": "connected"`.
            if of_modem
                && has(&v.key, &["state", "status", "connection"])
                && is_up(&v.value)
                && !matches!(lower.as_str(), "true" | "enabled" | "active")
            {
                seen.link = true;
            }
            seen.up |= is_up(&v.value)
                && has(
                    &v.key,
                    &[
                        "state",
                        "status",
                        "up",
                        "powered",
                        "connected",
                        "enable",
                        "enabled",
                    ],
                );
            // `"IfName": "ccmni2"` beside what is up.
            let port = is_cellular_port(&v.value)
                && has(
                    &v.key,
                    &[
                        "if",
                        "interface",
                        "iface",
                        "ifname",
                        "device",
                        "dev",
                        "netdev",
                        "port",
                        "name",
                        "wan",
                    ],
                )
                || kind_of_cellular && has(&v.key, &["state", "status"]);
            if port {
                seen.link |= object.values.iter().any(|o| {
                    is_up(&o.value)
                        && (has(
                            &o.key,
                            &[
                                "enable",
                                "enabled",
                                "status",
                                "state",
                                "up",
                                "connected",
                                "gateway",
                                "active",
                            ],
                        ) || joined(&o.key).contains("enable"))
                });
            }
        }
    }
    seen
}

/// The modem of these objects.
fn tell(objects: &Objects, around: &BTreeSet<usize>, own: usize, names: &dyn Names) -> Modem {
    let mut modem = Modem::new(Stance::Observed);
    let of_own = objects
        .all
        .get(own)
        .is_some_and(|o| o.name.iter().any(|w| is_modem_word(w)));
    // The model of the device itself is a module's only if its name is.
    let told = around.iter().any(|at| {
        objects.get(*at).iter().any(|v| {
            !has(&v.key, &["name", "description", "title"])
                && (!names.find(&v.value).is_empty() || is_revision(&v.value))
                && v.value.bytes().any(|b| b.is_ascii_digit())
        })
    });
    let mut vendor: Option<(&str, &Stated)> = None;
    let mut state: Option<(&str, u64)> = None;
    for at in around {
        let below = objects
            .all
            .get(*at)
            .is_some_and(|o| o.name.iter().any(|w| is_modem_word(w)) || (of_own && *at == own));
        for v in objects.get(*at) {
            let place = Place::Line(v.line);
            let key = joined(&v.key);
            let of_modem = below || v.key.iter().any(|w| is_modem_word(w));
            if imei(&v.value)
                && (key.contains("imei")
                    || key.starts_with("equipmentid")
                    || of_modem && has(&v.key, &["serial", "id", "esn"]))
            {
                modem.imei(&v.value, &place);
                continue;
            }
            if (key.contains("ccid") || has(&v.key, &["sim", "uicc"])) && is_iccid(&v.value) {
                modem.iccid(&v.value, &place);
                continue;
            }
            let hex = |s: &str| s.len() == 4 && s.bytes().all(|b| b.is_ascii_hexdigit());
            if has(
                &v.key,
                &[
                    "vendor",
                    "vid",
                    "idvendor",
                    "product",
                    "pid",
                    "idproduct",
                    "usb",
                    "vidpid",
                ],
            ) {
                if let Some(id) = usb_id(&v.value) {
                    modem.say(Clue::UsbId, &id, &place);
                    continue;
                }
                let value = v.value.strip_prefix("0x").unwrap_or(&v.value);
                if hex(value) {
                    match vendor {
                        Some((id, _)) if !has(&v.key, &["vendor", "vid", "idvendor"]) => {
                            modem.say(
                                Clue::UsbId,
                                &format!("{id}:{value}").to_ascii_lowercase(),
                                &place,
                            );
                        }
                        _ => vendor = Some((value, v)),
                    }
                    continue;
                }
            }
            let sure = !names.find(&v.value).is_empty();
            if has(
                &v.key,
                &[
                    "manufacturer",
                    "mfr",
                    "mfg",
                    "vendor",
                    "maker",
                    "make",
                    "brand",
                    "cgmi",
                ],
            ) {
                if of_modem || told {
                    modem.say(Clue::ModemManufacturer, &v.value, &place);
                }
            } else if has(
                &v.key,
                &[
                    "revision", "rev", "firmware", "fw", "version", "ver", "cgmr", "mv",
                    "software", "sw", "build",
                ],
            ) || v.key.len() == 1 && key.len() <= 3
            {
                if of_modem
                    && !has(
                        &v.key,
                        &["app", "kernel", "bootloader", "hw", "hardware", "api"],
                    )
                    || is_revision(&v.value)
                {
                    modem.say(Clue::ModemRevision, &v.value, &place);
                } else if of_modem {
                    modem.say(Clue::HardwareRevision, &v.value, &place);
                }
            } else if has(
                &v.key,
                &[
                    "model",
                    "product",
                    "module",
                    "desc",
                    "description",
                    "cgmm",
                    "modemtype",
                    "chip",
                ],
            ) || key == "modem"
                || key == "modemtype"
                || key == "modemname"
            {
                if of_modem
                    && v.value.bytes().any(|b| b.is_ascii_alphabetic())
                    && v.value.len() <= 64
                    || sure && v.value.len() <= 64
                {
                    modem.say(Clue::ModemModel, &v.value, &place);
                }
            } else if has(&v.key, &["hostname"]) && crate::modem::names_a_machine(&v.value) {
                modem.key(KeyKind::Host, &v.value);
            }
            if state.is_none() {
                let said = if has(
                    &v.key,
                    &["rsrp", "rsrq", "rscp", "rssi", "csq", "sinr", "signal"],
                ) && is_strength(&v.value)
                {
                    Some("signal reported")
                } else if key.contains("operator")
                    || key.contains("plmn")
                    || key.contains("carrier")
                {
                    Some("network reported")
                } else if is_cellular_port(&v.value) {
                    Some("has a port")
                } else if has(&v.key, &["state", "status"]) && is_cellular_link(objects.get(*at)) {
                    Some("has a link")
                } else if of_modem && is_up(&v.value) {
                    Some("states that it is up")
                } else {
                    None
                };
                state = said.map(|s| (s, v.line));
            }
        }
    }
    let (says, line) = state
        .or_else(|| {
            around
                .iter()
                .find_map(|at| objects.get(*at).first())
                .map(|v| ("state of a modem", v.line))
        })
        .unwrap_or(("state of a modem", 1));
    modem.say(Clue::CellularInterface, says, &Place::Line(line));
    modem
}

/// The text with remarks of a program taken off, if it is nothing but remarks; with `'` for `"` where a
/// program printed its own notation; with the brackets that were cut off in front.
fn opened(text: &str) -> String {
    let filled: Vec<&str> = text
        .lines()
        .map(str::trim)
        .filter(|l| !l.is_empty())
        .take(400)
        .collect();
    let mark = ["//", "*", "#"].into_iter().find(|m| {
        filled.len() >= 2
            && filled
                .iter()
                .all(|l| l.starts_with(m) || l.starts_with("/*"))
    });
    let mut out = String::with_capacity(text.len() + 8);
    for line in text.lines() {
        let mut line = line;
        if let Some(mark) = mark {
            line = line.trim_start();
            line = line
                .strip_prefix(mark)
                .unwrap_or_else(|| line.trim_start_matches(['/', '*']));
        }
        // `{'imei': '...'}` as Python prints it.
        if line.contains("':") && !line.contains('"') {
            out.push_str(&line.replace('\'', "\""));
        } else {
            out.push_str(line);
        }
        out.push('\n');
    }
    let (mut depth, mut least, mut quoted, mut escaped) = (0i64, 0i64, false, false);
    for b in out.bytes() {
        match b {
            _ if escaped => escaped = false,
            b'\\' => escaped = quoted,
            b'"' => quoted = !quoted,
            b'{' | b'[' if !quoted => depth += 1,
            b'}' | b']' if !quoted => {
                depth -= 1;
                least = least.min(depth);
            }
            b'\n' => quoted = false,
            _ => {}
        }
    }
    let begins = out.trim_start().starts_with('"') || out.trim_start().starts_with('}');
    let front = usize::try_from(-least)
        .unwrap_or(0)
        .max(usize::from(begins))
        .min(16);
    if begins && front > 0 {
        out.insert_str(0, &"{".repeat(front));
    }
    out
}

fn gather(text: &str) -> (Objects, Vec<(usize, BTreeSet<usize>)>) {
    let mut objects = Objects::default();
    objects.gather(text, 1, None, "", 0);
    let mut modems: Vec<(usize, BTreeSet<usize>)> = Vec::new();
    let mut taken: BTreeSet<usize> = BTreeSet::new();
    for at in 0..objects.all.len() {
        if taken.contains(&at) || objects.get(at).is_empty() {
            continue;
        }
        let mut wished = false;
        let mut up = Some(at);
        let mut steps = 0usize;
        while let Some(o) = up.and_then(|u| objects.all.get(u)) {
            wished |= is_wished(&o.name);
            up = o.parent;
            steps += 1;
            if steps > 70 {
                break;
            }
        }
        if wished {
            continue;
        }
        let own = BTreeSet::from([at]);
        // By itself first; then with what is below and beside it, unless several modems are there.
        let counts = look(&objects, &own, at).counts();
        let holds = objects
            .get(at)
            .iter()
            .any(|v| joined(&v.key).contains("imei") && imei(&v.value))
            || objects
                .all
                .get(at)
                .is_some_and(|o| o.name.iter().any(|w| is_modem_word(w)))
            || objects.get(at).iter().any(is_modem_firmware);
        if !counts && !holds {
            continue;
        }
        let wide = objects.around(at, true);
        let several = wide
            .iter()
            .filter(|o| {
                objects
                    .get(**o)
                    .iter()
                    .any(|v| joined(&v.key).contains("imei") && imei(&v.value))
            })
            .count()
            > 1;
        if several && !counts {
            continue;
        }
        let group = if several { own } else { wide };
        let seen = look(&objects, &group, at);
        if seen.counts() || counts && !seen.handset {
            taken.extend(group.iter().copied());
            modems.push((at, group));
        }
    }
    let modems = merged(&objects, modems);
    (objects, modems)
}

/// What one text says of one device is of one modem, unless several numbers show that it is not.
fn merged(
    objects: &Objects,
    modems: Vec<(usize, BTreeSet<usize>)>,
) -> Vec<(usize, BTreeSet<usize>)> {
    let holds = |group: &BTreeSet<usize>| {
        group.iter().any(|o| {
            objects
                .get(*o)
                .iter()
                .any(|v| joined(&v.key).contains("imei") && imei(&v.value))
        })
    };
    let root = |at: usize| {
        let (mut at, mut steps) = (at, 0usize);
        while let Some(parent) = objects.all.get(at).and_then(|o| o.parent) {
            at = parent;
            steps += 1;
            if steps > 200 {
                break;
            }
        }
        at
    };
    let mut by_root: BTreeMap<usize, Vec<(usize, BTreeSet<usize>)>> = BTreeMap::new();
    for modem in modems {
        by_root.entry(root(modem.0)).or_default().push(modem);
    }
    let mut out = Vec::new();
    for group in by_root.into_values() {
        let numbered = group.iter().filter(|(_, g)| holds(g)).count();
        // Without a number several may be of one kind in one gateway.
        if numbered != 1 || group.len() > 8 {
            out.extend(group);
            continue;
        }
        let own = group
            .iter()
            .find(|(_, g)| holds(g))
            .map_or(0, |(own, _)| *own);
        let all = group.into_iter().flat_map(|(_, g)| g).collect();
        out.push((own, all));
    }
    out
}

fn sniff(head: &Head<'_>) -> u8 {
    let may = [
        "imei", "iccid", "ccid", "modem", "lte", "gsm", "cellular", "wwan", "ccmni", "rmnet",
        "rsrp",
    ];
    let lower = head.text.to_ascii_lowercase();
    if !(lower.contains("\":")
        || lower.contains("\" :")
        || lower.contains("':")
        || lower.contains("\\\":"))
        || !may
            .iter()
            .any(|w| memchr::memmem::find(lower.as_bytes(), w.as_bytes()).is_some())
        || [
            "\"openapi\"",
            "\"swagger\"",
            "\"$schema\"",
            "\"$ref\"",
            "modemmanager1/modem",
        ]
        .iter()
        .any(|w| lower.contains(w))
    {
        return 0;
    }
    let text = opened(head.text);
    if shows_examples(&text) {
        return 0;
    }
    let (objects, modems) = gather(&text);
    // Numbers alone may be a record of a SIM, too.
    let measured = modems.iter().any(|(own, around)| {
        let seen = look(&objects, around, *own);
        seen.named || seen.link || seen.radio || seen.strength || seen.registered || seen.service
    });
    match (modems.is_empty(), measured) {
        (true, _) => 0,
        (false, true) => 58,
        (false, false) => 42,
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let names = source.names;
    let bytes = source.whole()?;
    let Some(text) = text::decode(&bytes) else {
        return Err(ReadError::Malformed {
            format: "device-json",
            message: "it is not text".to_owned(),
        });
    };
    let text = opened(&text);
    let (objects, modems) = gather(&text);
    let mut units = 0u64;
    for (own, around) in modems {
        tell(&objects, &around, own, names).finish(&mut units, sink)?;
    }
    if let Some(line) = objects.lost {
        sink.problem(Problem::lost(
            "json-cut",
            Place::Line(line),
            "more values than are kept of one text; what was before is read",
        ));
    }
    Ok(())
}
