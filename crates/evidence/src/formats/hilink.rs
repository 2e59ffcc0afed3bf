//! Answers of the web interface of Huawei's HiLink sticks and routers (`/api/device/information`,
//! `/api/device/basic_information`), as XML or as programs print them in JSON.

use crate::modem::Modem;
use crate::observation::{Clue, KeyKind, Place, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "hilink",
    title: "device information of Huawei's HiLink web interface",
    made_by: "curl http://192.168.8.1/api/device/information; programs on that interface",
    proves: &[Stance::Observed],
    enumerates: &[],
    sniff,
    read,
};

/// Longest line split into elements, in bytes.
const LONGEST_LINE: usize = 16 * 1024;

/// Names of elements that only this interface has together.
const OWN: &[&str] = &[
    "WebUIVersion",
    "ProductFamily",
    "Classify",
    "supportmode",
    "workmode",
    "MacAddress1",
    "MacAddress2",
    "WanIPAddress",
    "iniversion",
    "ImeiSvn",
    "Imsi",
    "Msisdn",
    "spreadname_en",
];

fn sniff(head: &Head<'_>) -> u8 {
    if !head.text.contains("DeviceName") && !head.text.contains("devicename") {
        return 0;
    }
    let (mut named, mut own) = (false, 0usize);
    for line in head.text.lines().take(400) {
        each(line, |name, value| {
            named |= name.eq_ignore_ascii_case("DeviceName") && !value.is_empty();
            own += usize::from(OWN.contains(&name));
        });
    }
    if named && own >= 3 { 93 } else { 0 }
}

/// Elements and members of a line.
fn each(line: &str, mut tell: impl FnMut(&str, &str)) {
    let line = line.trim();
    if line.len() > LONGEST_LINE {
        return;
    }
    if line.contains('<') {
        let mut rest = line;
        while let Some((_, after)) = rest.split_once('<') {
            rest = after;
            let Some((name, inner)) = after.split_once('>') else {
                return;
            };
            let plain =
                !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
            if plain
                && let Some((value, close)) = inner.split_once('<')
                && close.strip_prefix('/').is_some_and(|c| c.starts_with(name))
            {
                let value = quick_xml::escape::unescape(value).unwrap_or_default();
                tell(name, value.trim());
            }
        }
        return;
    }
    // `"DeviceName": "E3372h-320",`, `'DeviceName': 'E3372'`, `DeviceName: E3372`.
    for part in line.trim_matches(['{', '}']).split(',') {
        if let Some((name, value)) = part.split_once(':') {
            let bare = |s: &str| s.trim().trim_matches(['"', '\'', ' ', '{', '}']).to_owned();
            let (name, value) = (bare(name), bare(value));
            if !name.is_empty() && value != "None" && value != "null" {
                tell(&name, &value);
            }
        }
    }
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut modem = Modem::new(Stance::Observed);
    let mut units = 0u64;
    text::lines(source, sink, |number, line, sink| {
        let place = Place::Line(number);
        if line.contains("<response>") {
            modem.finish(&mut units, sink)?;
        }
        each(line, |name, value| match name {
            "DeviceName" | "devicename" => {
                modem.say(Clue::ModemModel, value, &place);
                if !value.is_empty() {
                    // The interface is one maker's own.
                    let name = format!("Huawei HiLink {value}");
                    modem.say(Clue::ModemName, &name, &place);
                }
                modem.say(
                    Clue::CellularInterface,
                    "the HiLink web interface answers",
                    &place,
                );
            }
            "Imei" | "imei" => {
                modem.imei(value, &place);
            }
            "Iccid" | "iccid" => modem.iccid(value, &place),
            "SerialNumber" => modem.key(KeyKind::Serial, value),
            "HardwareVersion" => modem.say(Clue::HardwareRevision, value, &place),
            "SoftwareVersion" => modem.say(Clue::ModemRevision, value, &place),
            _ => {}
        });
        if line.contains("</response>") {
            modem.finish(&mut units, sink)?;
        }
        Ok(())
    })?;
    modem.finish(&mut units, sink)
}
