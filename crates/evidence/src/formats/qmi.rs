//! `qmicli` and `mbimcli`: a head line with the device, then keys with values in single quotes. The
//! two print alike, and people paste both after one another, so both readers read both.

use crate::modem::{self, Modem, port_of_path, stated};
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// `qmicli`.
pub static QMICLI: Reader = Reader {
    format: "qmicli",
    title: "qmicli: what a modem answers over QMI",
    made_by: "qmicli -d /dev/cdc-wdm0 --dms-get-manufacturer --dms-get-model ...",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff: sniff_qmi,
    read,
};

/// `mbimcli`.
pub static MBIMCLI: Reader = Reader {
    format: "mbimcli",
    title: "mbimcli: what a modem answers over MBIM",
    made_by: "mbimcli -d /dev/cdc-wdm0 --query-device-caps",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff: sniff_mbim,
    read,
};

/// Most devices kept apart in one source.
const MOST_DEVICES: usize = 256;

fn sniff_qmi(head: &Head<'_>) -> u8 {
    if head.count_lines(|l| headed(l).is_some_and(|(_, topic)| is_qmi(topic))) > 0 {
        return 88;
    }
    // mmcli's old layout has the same pairs behind a bar; a pair alone is too little, and other programs
    // print a model for every part of a machine.
    let mut kinds: Vec<String> = Vec::new();
    for line in head.lines().take(2000) {
        if line
            .trim_start()
            .starts_with(|c: char| c.is_ascii_uppercase())
            && let Some((key, _)) = quoted_pair(line)
            && matches!(
                key.as_str(),
                "manufacturer" | "model" | "revision" | "imei" | "meid" | "esn"
            )
            && !kinds.contains(&key)
        {
            kinds.push(key);
        }
    }
    if kinds.len() >= 2 { 72 } else { 0 }
}

fn sniff_mbim(head: &Head<'_>) -> u8 {
    if head.count_lines(|l| headed(l).is_some_and(|(_, topic)| is_mbim(topic))) > 0
        && head.count_lines(|l| headed(l).is_some_and(|(_, topic)| is_qmi(topic))) == 0
    {
        return 89;
    }
    let quoted = head.count_lines(|l| {
        quoted_pair(l).is_some_and(|(k, _)| {
            matches!(
                k.as_str(),
                "device type"
                    | "cellular class"
                    | "firmware info"
                    | "hardware info"
                    | "sim class"
                    | "custom data class"
            )
        })
    });
    if quoted >= 2 { 86 } else { 0 }
}

/// `[/dev/cdc-wdm0] Device model retrieved:`.
fn headed(line: &str) -> Option<(&str, &str)> {
    let rest = line.trim_start().strip_prefix('[')?;
    let (device, topic) = rest.split_once(']')?;
    (device.starts_with("/dev/") || device.starts_with("qrtr:")).then_some((device, topic.trim()))
}

/// The heading of an answer.
pub(crate) fn begins(line: &str) -> bool {
    headed(line).is_some_and(|(_, topic)| is_qmi(topic) || is_mbim(topic))
}

fn is_qmi(topic: &str) -> bool {
    let known = [
        "Device manufacturer retrieved",
        "Device model retrieved",
        "Device revision retrieved",
        "Device IDs retrieved",
        "hardware revision retrieved",
        "Device MSISDN",
        "Software version",
        "Successfully got serving system",
        "Successfully got signal",
        "Operating mode retrieved",
        "Successfully retrieved current firmware",
        "Firmware version retrieved",
        "Successfully got card status",
        "Boot image version",
        "Successfully got system info",
        "Successfully got home network",
        "Device band capabilities",
        "Device time retrieved",
        "Successfully retrieved stored",
    ];
    known.iter().any(|k| topic.contains(k))
}

fn is_mbim(topic: &str) -> bool {
    let known = [
        "Device capabilities retrieved",
        "Subscriber ready status retrieved",
        "Registration status",
        "Registration state",
        "Packet service status",
        "Radio state retrieved",
        "Signal state retrieved",
        "Connection status",
        "Device services retrieved",
        "Home provider retrieved",
    ];
    known.iter().any(|k| topic.contains(k))
}

/// `Manufacturer: 'QUALCOMM INCORPORATED'`, the key in lower case.
fn quoted_pair(line: &str) -> Option<(String, &str)> {
    if line.contains('|') {
        return None;
    }
    let (key, value) = line.trim().split_once(':')?;
    let value = value.trim();
    (key.len() <= 32 && value.len() >= 2 && value.starts_with('\'') && value.ends_with('\''))
        .then(|| (key.trim().to_ascii_lowercase(), value))
}

/// The maker whose own MBIM or QMI service a command asks, by the option's name.
fn own_service(line: &str) -> Option<&'static str> {
    if !line.contains("mbimcli ") && !line.contains("qmicli ") {
        return None;
    }
    [
        ("--quectel-", "quectel"),
        ("--sierra-", "sierra"),
        ("--telit-", "telit"),
    ]
    .iter()
    .find(|(option, _)| line.contains(option))
    .map(|(_, maker)| *maker)
}

struct Answers {
    devices: Vec<(String, Modem)>,
    current: Option<usize>,
    topic: String,
    host: Option<String>,
    /// A maker's own service was asked in the line before.
    service: Option<&'static str>,
    units: u64,
}

impl Answers {
    fn enter(&mut self, device: &str, place: &Place) -> usize {
        let at = self
            .devices
            .iter()
            .position(|(d, _)| d == device)
            .unwrap_or_else(|| {
                let mut m = Modem::new(Stance::Observed);
                if let Some(host) = &self.host {
                    m.key(KeyKind::Host, host);
                }
                if let Some(port) = port_of_path(device) {
                    m.key(KeyKind::Port, &port);
                }
                if device.starts_with("qrtr:") {
                    // The bus between the processors of one chip: the modem is part of the machine's
                    // own chip, as in phones and in modules that run Android or Linux themselves.
                    m.say(Clue::HandsetProperty, "modem.bus=qrtr", place);
                }
                self.devices.push((device.to_owned(), m));
                self.devices.len() - 1
            });
        self.current = Some(at);
        at
    }

    fn line(&mut self, number: u64, line: &str, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let place = Place::Line(number);
        // `mbimcli --quectel-query-radio-state`: a service of the maker's own, if it is answered.
        if let Some(service) = own_service(line) {
            self.service = Some(service);
        } else if let Some(service) = self.service.take_if(|_| headed(line).is_some())
            && let Some((device, topic)) = headed(line)
            && (topic.contains("retrieved") || topic.contains("Successfully"))
            && self.devices.len() < MOST_DEVICES
        {
            let at = self.enter(device, &place);
            if let Some((_, m)) = self.devices.get_mut(at) {
                m.say(Clue::ModemPlugin, service, &place);
            }
        }
        if let Some((host, _)) = modem::prompt(line) {
            let host = modem::names_a_machine(host).then(|| host.to_owned());
            if host != self.host {
                self.flush(sink)?;
                self.host = host;
            }
            return Ok(());
        }
        if let Some((device, topic)) = headed(line) {
            if !is_qmi(topic) && !is_mbim(topic) {
                return Ok(());
            }
            if self.devices.len() >= MOST_DEVICES {
                self.flush(sink)?;
            }
            let at = self.enter(device, &Place::Line(number));
            self.topic = topic.to_ascii_lowercase();
            if let Some((_, m)) = self.devices.get_mut(at) {
                let name = port_of_path(device).unwrap_or_else(|| device.to_owned());
                m.say(
                    Clue::CellularInterface,
                    &format!("answers on {name}"),
                    &place,
                );
                if let Some(version) = topic.strip_prefix("Software version:") {
                    m.say(Clue::ModemRevision, version, &place);
                }
            }
            return Ok(());
        }
        let Some((key, value)) = quoted_pair(line) else {
            return Ok(());
        };
        let clue = match key.as_str() {
            "manufacturer" => Clue::ModemManufacturer,
            "model" | "hardware info" => Clue::ModemModel,
            "revision" if self.topic.contains("hardware") => Clue::HardwareRevision,
            "revision" | "firmware info" | "amss version" => Clue::ModemRevision,
            "version" if self.topic.contains("firmware version") => Clue::ModemRevision,
            "imei" | "device id" => Clue::Imei,
            "iccid" | "subscriber iccid" | "sim iccid" => Clue::Iccid,
            "registration state" | "register state" => Clue::CellularInterface,
            "device type" | "cellular class" => Clue::Driver,
            _ => return Ok(()),
        };
        let at = match self.current {
            Some(at) => at,
            None => self.enter("", &Place::Line(number)),
        };
        let Some((_, m)) = self.devices.get_mut(at) else {
            return Ok(());
        };
        match clue {
            Clue::Imei => {
                m.imei(value, &place);
            }
            Clue::Iccid => m.iccid(value, &place),
            Clue::CellularInterface => {
                if matches!(
                    stated(value),
                    Some("registered" | "home" | "roaming" | "partner")
                ) {
                    m.say(clue, "registered", &place);
                }
            }
            // Not a driver: a sign that this is a modem at all.
            Clue::Driver => {
                if m.first(Clue::CellularInterface).is_none() {
                    m.say(
                        Clue::CellularInterface,
                        &format!("{key} {}", value.trim_matches('\'')),
                        &place,
                    );
                }
            }
            // qmicli prints `0` for a model that was never set.
            Clue::ModemModel if stated(value) == Some("0") => {}
            _ => m.say(clue, value, &place),
        }
        Ok(())
    }

    fn flush(&mut self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        self.current = None;
        self.topic.clear();
        for (_, mut m) in std::mem::take(&mut self.devices) {
            m.finish(&mut self.units, sink)?;
        }
        Ok(())
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut answers = Answers {
        devices: Vec::new(),
        current: None,
        topic: String::new(),
        host: None,
        service: None,
        units: 0,
    };
    text::lines(source, sink, |number, line, sink| {
        answers.line(number, line, sink)
    })?;
    answers.flush(sink)
}
