//! What a device in the field reports about itself in a line of a log or a message: the numbers of its
//! modem and SIM as strings within a string of JSON, or `imei:...,modem:...` as trackers reply.

use crate::identity::{Imei, iccid_stem, luhn};
use crate::observation::{Clue, Key, KeyKind, Observation, Place, Stance};
use crate::reader::{ReadError, Sink};

/// Longest line looked at, in bytes.
const LONGEST: usize = 64 * 1024;

/// What one device reported: the number of its modem, which is a key alone where the device is another
/// maker's than the modem and nothing else is told of it, and facts.
pub(super) type Reply = (String, Vec<(Clue, String)>);

/// The report of one device, if the line reports one.
pub(super) fn facts(line: &str) -> Option<Reply> {
    if line.len() > LONGEST {
        return None;
    }
    described(line).or_else(|| replied(line))
}

/// Hands the facts over.
pub(super) fn emit(
    reply: Reply,
    place: &Place,
    unit: &mut u64,
    sink: &mut dyn Sink,
) -> Result<(), ReadError> {
    let (imei, facts) = reply;
    for (clue, value) in facts {
        let fact = Observation::new(*unit, Stance::Observed, clue, value, place.clone());
        sink.observe(fact.about(vec![Key::new(KeyKind::Imei, imei.clone())]))?;
    }
    *unit += 1;
    Ok(())
}

/// A record of a log with a time whose text is JSON again, with the numbers of a modem and its SIM in
/// it. In the open the same two keys also stand in manuals.
fn described(line: &str) -> Option<Reply> {
    let timed = [
        "\"timestamp\":",
        "\"time\":",
        "\"ts\":",
        "\"@timestamp\":",
        "\"published_at\":",
    ]
    .iter()
    .any(|k| line.contains(k));
    if !timed {
        return None;
    }
    let value = |key: &str| {
        let (_, rest) = line.split_once(key)?;
        let rest = rest.trim_start_matches([' ', ':', '\\', '"']);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        rest.get(..digits)
    };
    let imei = value("\\\"imei\\\"")
        .filter(|d| d.len() == 15 && luhn(d.as_bytes()) && Imei::parse(d).is_some())?;
    let iccid = value("\\\"iccid\\\"").filter(|d| iccid_stem(d).is_some())?;
    Some((imei.to_owned(), vec![(Clue::Iccid, iccid.to_owned())]))
}

/// `imei:865284040000006,set version ok,...,modem:bg96mar04a02m1g_01.002.02.003#`.
fn replied(line: &str) -> Option<Reply> {
    let lower = line.to_ascii_lowercase();
    let at = ["imei:", "imei="]
        .iter()
        .find_map(|k| lower.find(k).map(|at| at + k.len()))?;
    let rest = lower.get(at..)?;
    let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
    let imei = rest
        .get(..digits)
        .filter(|d| d.len() == 15 && luhn(d.as_bytes()) && Imei::parse(d).is_some())?;
    let rest = rest.get(digits..)?;
    let end = rest
        .find(|c: char| c.is_whitespace() && c != ' ' || matches!(c, '"' | '#' | '<'))
        .unwrap_or(rest.len());
    let reply = rest.get(..end)?;
    if !reply.starts_with([',', ';']) || reply.matches([',', ';']).count() < 2 {
        return None;
    }
    let modem = reply.split([',', ';']).find_map(|part| {
        let (key, value) = part.trim().split_once([':', '='])?;
        matches!(
            key.trim(),
            "modem" | "module" | "modem_version" | "modem_fw" | "gsm" | "modemver"
        )
        .then(|| value.trim())
    })?;
    let shaped = (8..=48).contains(&modem.len())
        && !modem.contains(' ')
        && modem.bytes().any(|b| b.is_ascii_digit())
        && modem.bytes().any(|b| b.is_ascii_alphabetic());
    shaped.then(|| {
        (
            imei.to_owned(),
            vec![
                (Clue::Imei, imei.to_owned()),
                (Clue::ModemRevision, modem.to_ascii_uppercase()),
            ],
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reports() {
        let record = r#"{"timestamp":16,"payload":"{\"p\":13,\"imei\":\"352753090000009\",\"iccid\":\"89010303300014000005\"}"}"#;
        assert_eq!(
            facts(record),
            Some((
                "352753090000009".to_owned(),
                vec![(Clue::Iccid, "89010303300014000005".to_owned())]
            ))
        );
        assert_eq!(facts(&record.replace("timestamp", "sample")), None);
        assert_eq!(
            facts(
                "reply is\"imei:865284040000006,set version ok,build:1,modem:bg96mar04a02m1g_01.002#\"."
            ),
            Some((
                "865284040000006".to_owned(),
                vec![
                    (Clue::Imei, "865284040000006".to_owned()),
                    (Clue::ModemRevision, "BG96MAR04A02M1G_01.002".to_owned())
                ]
            ))
        );
        for line in [
            "imei: 15 digits, modem: any, more",
            "imei:865284040000006 is the number, modem:ec25",
            "imei:123456789012345,a,modem:bg96mar04a02m1g",
        ] {
            assert_eq!(facts(line), None, "{line}");
        }
    }
}
