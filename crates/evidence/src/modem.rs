//! One modem as some tool or the modem itself describes it: what the readers of modem output share.

use crate::identity::{Imei, iccid_stem};
use crate::observation::{Clue, Key, KeyKind, Observation, Place, Problem, Stance};
use crate::reader::{ReadError, Sink};

/// The most different facts kept of one modem. A real modem states a few dozen; a source that
/// states more of one is not believed further.
const MOST_FACTS: usize = 512;

/// Longest value kept, in bytes. Names and revisions are far shorter.
const LONGEST_VALUE: usize = 256;

/// The value without quotes, white space and line ends around it; `None` where the tool says that
/// there is none.
pub fn stated(text: &str) -> Option<&str> {
    let value = text
        .trim_matches(|c: char| {
            c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '`')
        })
        .trim_end_matches([',', ';'])
        .trim_end_matches(['"', '\''])
        .trim();
    let word = value.trim_matches(['<', '>', '[', ']', '(', ')', '*', '#']);
    let none = value.is_empty()
        || value
            .bytes()
            .all(|b| matches!(b, b'-' | b'.' | b'*' | b'?' | b'_' | b' '))
        || (value.len() > 1 && value.bytes().all(|b| matches!(b, b'x' | b'X' | b'#')))
        || [
            "unknown",
            "n/a",
            "na",
            "none",
            "null",
            "(null)",
            "nil",
            "redacted",
            "removed",
            "hidden",
            "masked",
            "not available",
            "not set",
            "not present",
            "not supported",
            "undefined",
            "nan",
            "error",
            "censored",
            "empty",
            "snip",
        ]
        .iter()
        .any(|w| word.eq_ignore_ascii_case(w));
    (!none).then(|| cut(value))
}

/// At most [`LONGEST_VALUE`] bytes of the text, cut between characters.
fn cut(text: &str) -> &str {
    if text.len() <= LONGEST_VALUE {
        return text;
    }
    let mut end = LONGEST_VALUE;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    text.get(..end).unwrap_or_default()
}

/// The port key of a kernel path: `/sys/devices/.../usb2/2-1/2-1:1.2` is `usb:2-1`, a path that ends
/// in a PCI function is `pci:0000:01:00.0`, `/dev/ttyUSB2` is `ttyUSB2`.
pub fn port_of_path(path: &str) -> Option<String> {
    let path = path.trim().trim_end_matches('/');
    if let Some(device) = path.strip_prefix("/dev/") {
        let plain = !device.is_empty()
            && device.len() <= 32
            && device
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
        return plain.then(|| device.to_owned());
    }
    let last = path.rsplit('/').find(|p| !is_port_name(p))?;
    usb_port(last)
        .map(|p| format!("usb:{p}"))
        .or_else(|| is_pci_function(last).then(|| format!("pci:{last}")))
}

/// `2-1.7` of `2-1.7:1.2`.
fn usb_port(name: &str) -> Option<&str> {
    let port = name.split_once(':').map_or(name, |(port, _)| port);
    let (bus, path) = port.split_once('-')?;
    let digits = |s: &str| !s.is_empty() && s.bytes().all(|b| b.is_ascii_digit());
    (digits(bus) && path.split('.').all(digits)).then_some(port)
}

fn is_pci_function(name: &str) -> bool {
    let b = name.as_bytes();
    b.len() == 12
        && b.iter().enumerate().all(|(i, c)| match i {
            4 | 7 => *c == b':',
            10 => *c == b'.',
            _ => c.is_ascii_hexdigit(),
        })
}

/// `ttyUSB2`, `cdc-wdm0`, `wwan0`, `tty`, `net` at the end of a path: below the device itself.
fn is_port_name(name: &str) -> bool {
    ["tty", "cdc-wdm", "wwan", "net", "usbmisc", "wwp", "mhi"]
        .iter()
        .any(|p| name.starts_with(p))
}

/// The host in a shell prompt at the start of a line, and what was typed after it. `None` unless the
/// line has the shape `user@host:path$ command` or `[user@host path]# command`.
pub fn prompt(line: &str) -> Option<(&str, &str)> {
    let line = line.trim_start();
    let inner = line.strip_prefix('[').unwrap_or(line);
    let (user, rest) = inner.get(..floor(inner, 32)).and_then(|head| {
        let at = head.find('@')?;
        Some((inner.get(..at)?, inner.get(at + 1..)?))
    })?;
    let word = |s: &str, more: &[u8]| {
        !s.is_empty()
            && s.bytes()
                .all(|b| b.is_ascii_alphanumeric() || more.contains(&b))
    };
    if !word(user, b"-_.") {
        return None;
    }
    let end = rest.find([':', ' ', ']', '>', '#', '$'])?;
    let host = rest.get(..end)?;
    if host.len() > 63 || !word(host, b"-_.") {
        return None;
    }
    let after = rest.get(end..)?;
    let mark = after.get(..floor(after, 200))?.find(['#', '$', '>', '%'])?;
    let typed = after.get(mark + 1..)?;
    (typed.is_empty() || typed.starts_with(' ')).then_some((host, typed.trim()))
}

/// True if a host name identifies a machine and is not what an image ships with.
pub fn names_a_machine(host: &str) -> bool {
    let lower = host.to_ascii_lowercase();
    let shipped = [
        "openwrt",
        "lede",
        "localhost",
        "raspberrypi",
        "debian",
        "ubuntu",
        "mikrotik",
        "kali",
        "turris",
        "immortalwrt",
        "istoreos",
        "qwrt",
        "qmodem",
        "router",
        "dd-wrt",
        "freshtomato",
        "beaglebone",
        "buildroot",
        "pi",
        "root",
        "host",
        "hostname",
        "pc",
        "laptop",
        "localhost.localdomain",
        "openmptcprouter",
        "teltonika",
        "gl-inet",
        "mobian",
        "manjaro-arm",
        "pinephone",
        "archlinux",
        "fedora",
        "arch",
        "linux",
        "server",
        "gateway",
        "wrt",
        "x-wrt",
        "dumbwrt",
        "rooter",
        "orangepi",
        "armbian",
        "nanopi",
        "alpine",
        "libreelec",
        "xxx",
        "machine",
    ];
    lower.len() >= 3
        && !shipped.contains(&lower.as_str())
        && !lower.starts_with("openwrt")
        && !lower.starts_with("teltonika-")
        && !lower.starts_with("gl-")
}

fn floor(text: &str, at: usize) -> usize {
    let mut at = at.min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at
}

/// The IMEI in a value as digits; `None` if it is masked, short or a sentence.
pub fn imei_digits(text: &str) -> Option<String> {
    let value = stated(text)?;
    Imei::parse(value)?;
    Some(
        value
            .bytes()
            .filter(u8::is_ascii_digit)
            .map(char::from)
            .collect(),
    )
}

/// What is known so far of one modem. Facts are handed over when the modem is complete, so that all
/// its keys stand with its first fact; the same fact seen again keeps its first place.
#[derive(Debug)]
pub struct Modem {
    stance: Stance,
    facts: Vec<Observation>,
    keys: Vec<Key>,
    overflow: Option<Place>,
}

impl Modem {
    /// Nothing known yet.
    pub const fn new(stance: Stance) -> Self {
        Self {
            stance,
            facts: Vec::new(),
            keys: Vec::new(),
            overflow: None,
        }
    }

    /// True if no fact was stated; keys alone are nothing.
    pub fn is_empty(&self) -> bool {
        self.facts.is_empty()
    }

    /// The first value stated of this kind.
    pub fn first(&self, clue: Clue) -> Option<&str> {
        self.facts
            .iter()
            .find(|f| f.clue == clue)
            .map(|f| f.value.as_str())
    }

    /// Every value stated of this kind, in order.
    pub fn all(&self, clue: Clue) -> impl Iterator<Item = &str> {
        self.facts
            .iter()
            .filter(move |f| f.clue == clue)
            .map(|f| f.value.as_str())
    }

    /// States a fact; nothing happens where the value says that there is none.
    pub fn say(&mut self, clue: Clue, value: &str, place: &Place) {
        let Some(value) = stated(value) else { return };
        if self
            .facts
            .iter()
            .any(|f| f.clue == clue && f.value == value)
        {
            return;
        }
        if self.facts.len() >= MOST_FACTS {
            self.overflow.get_or_insert_with(|| place.clone());
            return;
        }
        self.facts
            .push(Observation::new(0, self.stance, clue, value, place.clone()));
    }

    /// States the IMEI, as fact and key, if the value is one.
    pub fn imei(&mut self, value: &str, place: &Place) -> bool {
        let Some(digits) = imei_digits(value) else {
            return false;
        };
        self.say(Clue::Imei, &digits, place);
        self.key(KeyKind::Imei, &digits);
        true
    }

    /// States the ICCID of the SIM in it, as fact and key, if the value is one.
    pub fn iccid(&mut self, value: &str, place: &Place) {
        let Some(value) = stated(value) else { return };
        if iccid_stem(value).is_some() {
            let digits = value.trim_end_matches(['f', 'F']);
            self.say(Clue::Iccid, digits, place);
            self.key(KeyKind::Iccid, digits);
        }
    }

    /// Adds an identity.
    pub fn key(&mut self, kind: KeyKind, value: &str) {
        let Some(value) = stated(value) else { return };
        let key = Key::new(kind, value);
        if !self.keys.contains(&key) && self.keys.len() < MOST_FACTS {
            self.keys.push(key);
        }
    }

    /// Adds the port a kernel or device path stands for.
    pub fn port_path(&mut self, path: &str) {
        if let Some(port) = stated(path).and_then(port_of_path) {
            self.key(KeyKind::Port, &port);
        }
    }

    /// Adds what was stated of the same modem elsewhere.
    pub fn merge(&mut self, other: Self) {
        for fact in other.facts {
            self.say(fact.clue, &fact.value, &fact.place);
        }
        for key in other.keys {
            self.key(key.kind, &key.value);
        }
    }

    /// Hands everything over as the next unit and forgets it. A modem of which nothing was stated is
    /// no unit.
    ///
    /// # Errors
    /// From the sink.
    pub fn finish(&mut self, units: &mut u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let keys = std::mem::take(&mut self.keys);
        let mut facts = std::mem::take(&mut self.facts);
        if let Some(first) = facts.first_mut() {
            first.subject = keys;
        } else {
            return Ok(());
        }
        for mut fact in facts {
            fact.unit = *units;
            sink.observe(fact)?;
        }
        *units += 1;
        if let Some(place) = self.overflow.take() {
            sink.problem(Problem::lost(
                "modem-facts-exceeded",
                place,
                format!(
                    "more than {MOST_FACTS} different facts of one modem; the rest was not read"
                ),
            ));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nothing_are_no_values() {
        for none in [
            "unknown",
            "'unknown'",
            "--",
            "<redacted>",
            "",
            "\"\"",
            "-",
            "XXXX",
            "N/A",
            "***",
        ] {
            assert_eq!(stated(none), None, "{none}");
        }
        assert_eq!(stated(" 'u-blox'\r"), Some("u-blox"));
        assert_eq!(stated("\"EC25\","), Some("EC25"));
    }

    #[test]
    fn paths_become_ports() {
        for (path, port) in [
            (
                "/sys/devices/pci0000:00/0000:00:1d.0/usb2/2-1/2-1.7",
                Some("usb:2-1.7"),
            ),
            (
                "/sys/devices/platform/soc/xhci-hcd.3.auto/usb1/1-2/1-2:1.2",
                Some("usb:1-2"),
            ),
            (
                "/sys/devices/pci0000:00/0000:00:1c.0/0000:01:00.0",
                Some("pci:0000:01:00.0"),
            ),
            (
                "/sys/devices/pci0000:00/0000:00:14.0/usb1/1-4/1-4:1.0/usbmisc/cdc-wdm0",
                Some("usb:1-4"),
            ),
            ("/dev/ttyUSB2", Some("ttyUSB2")),
            ("/dev/../etc", None),
            ("qrtr0", None),
        ] {
            assert_eq!(port_of_path(path).as_deref(), port, "{path}");
        }
    }

    #[test]
    fn prompts() {
        assert_eq!(
            prompt("root@OpenWrt:~# mmcli -m 0"),
            Some(("OpenWrt", "mmcli -m 0"))
        );
        assert_eq!(prompt("[root@gw-17 ~]# lsusb"), Some(("gw-17", "lsusb")));
        assert_eq!(
            prompt("[admin@MikroTik] > /interface lte"),
            Some(("MikroTik", "/interface lte"))
        );
        assert_eq!(prompt("mail me@example.org: the cost is 5"), None);
        assert!(!names_a_machine("OpenWrt"));
        assert!(names_a_machine("gw-17"));
    }

    #[test]
    fn masked_numbers_are_none() {
        assert_eq!(imei_digits("869119XXXXXXXXX"), None);
        assert_eq!(imei_digits("35..."), None);
        assert_eq!(
            imei_digits("\"490154203237518\"").as_deref(),
            Some("490154203237518")
        );
    }
}
