//! Sentences and remarks that say of a device with its ids that it is attached: "the modem shows up as
//! 2c7c:0125", "per dmesg: idVendor=1410, idProduct=9032", the message of a laptop that refuses a card,
//! the line of a driver of macOS. What says that something is supported, an example or a rule is none.

use super::hex_id;

/// Longest line looked at, in bytes.
const LONGEST: usize = 600;
/// Most words of a line looked at.
const MOST_WORDS: usize = 160;

/// Words that say that a device is there, in lower case.
const ATTACHED: &[&str] = &[
    "detected",
    "enumerat",
    "plugged in",
    "plugged into",
    "attached as",
    "is attached",
    "is connected",
    "connected as",
    "shows up",
    "showed up",
    "shows as",
    "appears as",
    "appeared as",
    "appears in",
    "identified as",
    "identifies as",
    "identifies itself",
    "recognized as",
    "recognised as",
    "comes up as",
    "came up as",
    "reports itself",
    "installed",
    "per `dmesg`",
    "per dmesg",
    "per `lsusb`",
    "per lsusb",
    "dmesg shows",
    "dmesg says",
    "lsusb shows",
    "lsusb says",
    "lsusb reports",
    "lsusb gives",
    "according to lsusb",
    "i see it as",
    "my modem is",
    "the device:",
    "my device:",
    "my card is",
    "the modem is a",
    "the card is a",
    "mine is",
    "识别为",
    "检测到",
    "已插入",
    "erkannt als",
    "wird erkannt",
    "als erkannt",
    "reconnu comme",
    "detectado como",
    "определяется как",
    "определился как",
];

/// Words behind which nothing of that is meant, in lower case: whole words, and beginnings of words.
const HEDGES: &[&str] = &[
    "if",
    "should",
    "would",
    "could",
    "may",
    "might",
    "can",
    "e.g",
    "example",
    "examples",
    "such",
    "like",
    "other",
    "others",
    "usually",
    "typically",
    "normally",
    "rule",
    "rules",
    "udev",
    "alias",
    "patch",
    "commit",
    "add",
    "added",
    "adds",
    "adding",
    "quirk",
    "quirks",
    "match",
    "matches",
    "test",
    "tests",
    "fake",
    "mock",
    "dummy",
    "default",
    "defaults",
    "known",
    "list",
    "table",
    "not",
    "never",
    "no",
    "instead",
    "either",
    "or",
    "whether",
    "unless",
    "expected",
    "once",
    "todo",
    "support",
    "supports",
    "supported",
    "unsupported",
    "supporting",
    "detects",
    "phone",
    "blacklist",
    "whitelist",
    "z.b",
    "wenn",
    "falls",
    "例如",
    "支持",
    "如果",
];

/// A word of a line: where it begins and ends.
struct Word<'l> {
    text: &'l str,
    from: usize,
    to: usize,
}

/// The USB id of a device that the line says is attached, and the name in quotes behind it.
pub(super) fn device(line: &str) -> Option<(String, Option<&str>)> {
    if line.len() > LONGEST || line.contains("VID_") {
        return None;
    }
    if let Some(id) = driver_start(line).or_else(|| refused(line)) {
        return Some((id, None));
    }
    let lower = line.to_lowercase();
    if !ATTACHED.iter().any(|w| lower.contains(w)) || hedged(&lower) {
        return None;
    }
    let words = words(line);
    let mut found: Option<(String, usize)> = None;
    for at in 0..words.len() {
        if let Some((id, end)) = labelled(&words, at).or_else(|| pair(line, &words, at)) {
            // Two ids in one sentence: a change of one into the other, or a list.
            if found.as_ref().is_some_and(|(have, _)| *have != id) {
                return None;
            }
            found = Some((id, end));
        }
    }
    let (id, end) = found?;
    let name = line.get(end..).and_then(|rest| {
        let (front, rest) = rest.split_once('"')?;
        let (name, _) = rest.split_once('"')?;
        (front.trim_matches([',', ' ', '(', ':', '-']).is_empty() && (3..=48).contains(&name.len()))
            .then_some(name)
    });
    Some((id, name))
}

fn hedged(lower: &str) -> bool {
    lower.contains(['?', '|'])
        || lower.contains("n't ")
        || lower
            .split(|c: char| !(c.is_alphanumeric() || c == '.'))
            .map(|w| w.trim_end_matches('.'))
            .any(|w| HEDGES.contains(&w))
        || ["例如", "支持", "如果"].iter().any(|h| lower.contains(h))
}

/// Runs of letters and digits.
fn words(line: &str) -> Vec<Word<'_>> {
    let mut out = Vec::new();
    let mut from: Option<usize> = None;
    for (at, c) in line.char_indices().chain([(line.len(), ' ')]) {
        if c.is_alphanumeric() || c == '_' {
            from.get_or_insert(at);
        } else if let Some(start) = from.take() {
            if out.len() >= MOST_WORDS {
                break;
            }
            out.push(Word {
                text: line.get(start..at).unwrap_or_default(),
                from: start,
                to: at,
            });
        }
    }
    out
}

fn is(word: Option<&Word<'_>>, names: &[&str]) -> bool {
    word.is_some_and(|w| names.iter().any(|n| w.text.eq_ignore_ascii_case(n)))
}

/// `idVendor=1410, idProduct=9032`, `VID 2C7C PID 0125`, `Vendor ID: 0x2c7c, Product ID: 0x0125`,
/// `v:1199, p:9091`: the id and where it ends.
fn labelled(words: &[Word<'_>], at: usize) -> Option<(String, usize)> {
    let mut next = at;
    if is(words.get(next), &["vendor"]) && is(words.get(next + 1), &["id"]) {
        next += 2;
    } else if is(
        words.get(next),
        &["vid", "idvendor", "vendorid", "vendor_id", "vendor", "v"],
    ) {
        next += 1;
    } else {
        return None;
    }
    let vendor = hex_id::four(words.get(next)?.text)?;
    next += 1;
    if is(words.get(next), &["and"]) {
        next += 1;
    }
    if is(words.get(next), &["product", "device"]) && is(words.get(next + 1), &["id"]) {
        next += 2;
    } else if is(
        words.get(next),
        &[
            "pid",
            "idproduct",
            "productid",
            "product_id",
            "prodid",
            "product",
            "p",
        ],
    ) {
        next += 1;
    } else {
        return None;
    }
    let word = words.get(next)?;
    let product = hex_id::up_to_four(word.text)?;
    Some((format!("{vendor}:{product}"), word.to))
}

/// `2c7c:0125`, `usb:1bc7:1201`, `0x2c7c 0x0125`: the id and where it ends.
fn pair(line: &str, words: &[Word<'_>], at: usize) -> Option<(String, usize)> {
    let (a, b) = (words.get(at)?, words.get(at + 1)?);
    let between = line.get(a.to..b.from)?;
    let before = line.get(..a.from)?;
    let after = line.get(b.to..)?;
    let marked = |w: &Word<'_>| w.text.starts_with("0x") || w.text.starts_with("0X");
    let joined = match between {
        ":" => true,
        "/" | " " | ", " | " / " => marked(a) && marked(b),
        _ => false,
    };
    // A time, an address of a network or of a bus goes on.
    let alone = !before.ends_with(['-', '.', '/', '+'])
        && (!before.ends_with(':') || before.ends_with("usb:") || before.ends_with("USB:"))
        && !after.starts_with([':', '/', '+', '='])
        && !after
            .strip_prefix(['.', '-'])
            .is_some_and(|r| r.starts_with(|c: char| c.is_ascii_alphanumeric()));
    let id = (joined && alone)
        .then(|| {
            Some(format!(
                "{}:{}",
                hex_id::four(a.text)?,
                hex_id::four(b.text)?
            ))
        })
        .flatten()?;
    Some((id, b.to))
}

/// `1802: Unauthorized network card is plugged in - Power off and remove the miniPCI network card
/// (1199/68A3).`: the message with which a laptop refuses a card names it.
fn refused(line: &str) -> Option<String> {
    let lower = line.to_ascii_lowercase();
    if !(lower.contains("unauthorized") && lower.contains("card is plugged in")) {
        return None;
    }
    let (_, rest) = line.rsplit_once('(')?;
    let (inside, _) = rest.split_once(')')?;
    let (vendor, product) = inside.split_once(['/', ':'])?;
    Some(format!(
        "{}:{}",
        hex_id::four(vendor.trim())?,
        hex_id::four(product.trim())?
    ))
}

/// `FTDIUSBSerialDriver:        0 19d2fffe start - ok`: a driver of macOS takes a device.
fn driver_start(line: &str) -> Option<String> {
    let (front, _) = line
        .split_once(" start - ok")
        .filter(|(f, _)| f.contains("USBSerialDriver"))?;
    let both = front.rsplit(' ').next().filter(|w| w.len() == 8)?;
    Some(format!(
        "{}:{}",
        hex_id::four(both.get(..4)?)?,
        hex_id::four(both.get(4..)?)?
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(line: &str) -> Option<String> {
        device(line).map(|(id, _)| id)
    }

    #[test]
    fn what_is_attached() {
        for (line, found) in [
            (
                "- USB730L (per `dmesg`: idVendor=1410, idProduct=9032, \"MiFi USB730L\",",
                "1410:9032",
            ),
            (
                "The modem shows up as 2c7c:0125 on the second port.",
                "2c7c:0125",
            ),
            ("lsusb shows usb:1bc7:1201 now", "1bc7:1201"),
            ("modem detected, VID 2C7C PID 0125", "2c7c:0125"),
            ("It enumerates with 0x2c7c 0x0125", "2c7c:0125"),
            ("Detected device v:1199, p:9091", "1199:9091"),
            (
                "detected (Vendor ID: 0x2c7c, Product ID: 0x0125)",
                "2c7c:0125",
            ),
            (
                "1802: Unauthorized network card is plugged in - Power off and remove the miniPCI network card (1199/68A3).",
                "1199:68a3",
            ),
            (
                "Jul 11 computer kernel[0]: FTDIUSBSerialDriver:        0 19d2fffe start - ok",
                "19d2:fffe",
            ),
        ] {
            assert_eq!(id(line).as_deref(), Some(found), "{line}");
        }
        assert_eq!(
            device("detected as idVendor=1410 idProduct=9032, \"MiFi USB730L\""),
            Some(("1410:9032".to_owned(), Some("MiFi USB730L")))
        );
    }

    #[test]
    fn what_is_a_table_a_rule_an_example_or_no_id() {
        for line in [
            "| 2c7c:0125 | Quectel EC25 | detected |",
            "If the modem shows up as 2c7c:0125, it is in normal mode",
            "The driver detects 2c7c:0125",
            "Devices such as 2c7c:0125 are detected",
            "udev rule: idVendor=2c7c idProduct=0125 attached as ttyUSB",
            "It changed from 1199:9071 to 1199:9070 and is connected",
            "it is connected at 2001:0db8:0000:0000:0000:0000:0000:0001",
            "detected at 12:34:56",
            "2c7c:0125",
            "is 2c7c:0125 detected?",
            "not detected: 2c7c:0125",
        ] {
            assert_eq!(id(line), None, "{line}");
        }
    }
}
