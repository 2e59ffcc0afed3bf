//! What terminals, loggers and authors put in front of and around a line of AT dialogue.

use std::borrow::Cow;

/// A line of a log without what the logger added.
#[derive(Debug, PartialEq, Eq)]
pub struct Bare<'a> {
    /// The dialogue itself; more than one line where line ends were written as escapes.
    pub text: Cow<'a, str>,
    /// True if it stood in quotes behind a line number, as Gammu logs answers.
    pub numbered: bool,
}

/// Words that name a direction or a speaker when a colon or an arrow follows.
const SPEAKERS: &[&str] = &[
    "send",
    "sent",
    "sending",
    "tx",
    "write",
    "writing",
    "out",
    "cmd",
    "command",
    "request",
    "recv",
    "receive",
    "received",
    "recieve",
    "recieved",
    "receiving",
    "rx",
    "read",
    "reading",
    "reply",
    "response",
    "answer",
    "resp",
    "modem",
    "serial",
    "uart",
    "gsm",
    "gprs",
    "lte",
    "4g",
    "host",
    "echo",
    "output",
    "result",
    "at_cmd",
    "at-cmd",
    "dte",
    "dce",
    "mcu",
    "module said",
    "debug",
    "info",
    "trace",
    "verbose",
    "log",
    "gammu",
    "data",
    "line",
    "got",
    "rcv",
    "rcvd",
    "cclwrite",
    "cclmatched",
    "re-sending",
    "ans",
    "rsp",
];

const ARROWS: &[&str] = &[
    "-->", "<--", "==>", "<==", ">>>", "<<<", "->", "<-", "=>", "<=", ">>", "<<", "→", "←", "»",
    "«", "▶", "◀", ">", "<",
];

/// Takes off time stamps, levels, tags, speakers, arrows, list and heading marks and quotes.
pub fn bare(line: &str) -> Bare<'_> {
    let mut rest = line.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    let mut numbered = false;
    // Set once something only a logger writes was taken off: then its tags are taken off too.
    let mut logged = false;
    for _ in 0..10 {
        let before = rest;
        if let Some(after) = time(rest) {
            rest = after;
            logged = true;
        } else if let Some(after) = level(rest).or_else(|| logcat(rest)) {
            rest = after;
            logged = true;
        } else if let Some(after) = bracketed(rest) {
            rest = after;
            logged = true;
        } else if let Some(inside) = gammu(rest) {
            rest = inside;
            numbered = true;
            break;
        } else if let Some(after) = mark(rest) {
            rest = after;
        } else if let Some(after) = speaker(rest) {
            rest = after;
            logged = true;
        } else if let Some(after) = logged
            .then(|| function(rest).or_else(|| token(rest)))
            .flatten()
        {
            rest = after;
        } else if let Some(after) = logged.then(|| tag(rest).or_else(|| device(rest))).flatten() {
            rest = after;
        } else if let Some(inside) = quoted(rest) {
            rest = inside;
        }
        if rest == before {
            break;
        }
        rest = rest.trim();
    }
    // `**Firmware:** 1.2` of a list point in markup.
    let label = rest
        .strip_prefix("**")
        .and_then(|r| r.split_once("**"))
        .filter(|(l, value)| l.len() <= 40 && (l.ends_with(':') || value.starts_with(':')));
    Bare {
        text: match label {
            Some((label, value)) => Cow::Owned(format!("{label}{value}")),
            None => unescaped(rest),
        },
        numbered,
    }
}

/// Line ends that were written out: `\r\n`, `<CR><LF>`, `^M`, `␍␊`.
pub fn unescaped(text: &str) -> Cow<'_, str> {
    if !text.contains(['\\', '<', '␍', '␊']) && !text.contains("^M") {
        return Cow::Borrowed(text);
    }
    let mut out = text.to_owned();
    for mark in [
        "\\r", "\\n", "<CR>", "<LF>", "<cr>", "<lf>", "<ln>", "\\x0d", "\\x0a", "␍", "␊", "^M",
        "\\015", "\\012",
    ] {
        if out.contains(mark) {
            out = out.replace(mark, "\n");
        }
    }
    Cow::Owned(out)
}

fn names_time(word: &str) -> bool {
    [
        "Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun", "Jan", "Feb", "Mar", "Apr", "May", "Jun",
        "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
    .contains(&word.trim_end_matches(','))
}

/// A month of another language in front of a day and a clock, as syslog writes it: `lug 28 10:48:13`.
fn is_local_month(word: &str, rest: &str) -> bool {
    let mut behind = rest.split_whitespace();
    let digits = |w: &str, most: usize| {
        (1..=most).contains(&w.len()) && w.bytes().all(|b| b.is_ascii_digit())
    };
    (3..=5).contains(&word.chars().count())
        && word.chars().all(|c| c.is_alphabetic() || c == '.')
        && behind.next().is_some_and(|day| digits(day, 2))
        && behind.next().is_some_and(|clock| {
            let mut parts = clock.splitn(3, ':');
            (0..2).all(|_| parts.next().is_some_and(|p| digits(p, 2)))
                && parts
                    .next()
                    .is_some_and(|p| p.get(..2).is_some_and(|s| digits(s, 2)))
        })
}

/// A time stamp with a clock in it, and a syslog sender behind it.
fn time(text: &str) -> Option<&str> {
    let open = text.starts_with(['[', '(']);
    let mut rest = if open { text.get(1..)? } else { text };
    let (mut clock, mut dated) = (false, false);
    for _ in 0..6 {
        let trimmed = rest.trim_start();
        let end = trimmed.find([' ', ']', ')', '\t']).unwrap_or(trimmed.len());
        let word = trimmed.get(..end)?;
        let core = word.trim_end_matches([':', ',', ';']);
        let digits = core.bytes().filter(u8::is_ascii_digit).count();
        let numeric = digits > 0
            && core.bytes().all(|b| {
                b.is_ascii_digit()
                    || matches!(b, b':' | b'.' | b',' | b'-' | b'/' | b'T' | b'Z' | b'+')
            });
        if names_time(word) || (!dated && !clock && is_local_month(word, trimmed.get(end..)?)) {
            dated = true;
        } else if numeric
            && core.matches(':').count() >= 1
            && digits >= 3
            && core.starts_with(|c: char| c.is_ascii_digit())
        {
            clock = true;
        } else if numeric
            && digits >= 6
            && (core.matches('-').count() == 2 || core.matches('/').count() == 2)
        {
            dated = true;
        } else if numeric
            && dated
            && digits == core.len()
            && (digits == 4 || (digits < 3 && !clock))
        {
            // A day or a year beside a month.
        } else if numeric
            && open
            && core.contains('.')
            && digits >= 5
            && core.matches('.').count() == 1
        {
            clock = true;
        } else {
            break;
        }
        rest = trimmed.get(end..)?;
        if clock && (rest.starts_with([']', ')']) || word.ends_with(':')) {
            break;
        }
    }
    if !clock {
        return None;
    }
    let mut rest = rest.trim_start();
    if open {
        rest = rest.strip_prefix([']', ')'])?;
    }
    let rest = rest.trim_start_matches(':').trim_start();
    Some(sender(rest).unwrap_or(rest))
}

/// `host daemon.info name[123]: ` in front of a message.
fn sender(text: &str) -> Option<&str> {
    let mut at = 0usize;
    for _ in 0..3 {
        let word_end = at + text.get(at..)?.find(' ')?;
        let word = text.get(at..word_end)?;
        if word.ends_with("]:") && word.contains('[') {
            return Some(text.get(word_end..)?.trim_start());
        }
        if !word
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b'_'))
        {
            return None;
        }
        at = word_end + 1;
    }
    None
}

/// `<inf> `, `I (1234) `, `INFO: `, `D/Tag: `.
fn level(text: &str) -> Option<&str> {
    if let Some(after) = text.strip_prefix('<') {
        let (word, rest) = after.split_once('>')?;
        let known = [
            "dbg", "inf", "wrn", "err", "msg", "debug", "info", "warn", "warning", "error", "trace",
        ];
        return known.contains(&word).then_some(rest);
    }
    let (first, rest) = text.split_at_checked(1)?;
    if "IWDEV".contains(first)
        && let Some(inner) = rest.strip_prefix(" (")
    {
        let (number, rest) = inner.split_once(')')?;
        if number
            .bytes()
            .all(|b| b.is_ascii_digit() || matches!(b, b':' | b'.'))
        {
            // The tag of ESP-IDF follows: `esp-modem: `.
            let rest = rest.trim_start();
            return Some(rest.split_once(": ").map_or(rest, |(tag, after)| {
                if tag.contains(' ') { rest } else { after }
            }));
        }
    }
    if let Some((word, rest)) = text.split_once(' ') {
        let word = word.trim_end_matches(':');
        if [
            "INFO", "DEBUG", "TRACE", "VERBOSE", "WARN", "WARNING", "NOTICE",
        ]
        .contains(&word)
        {
            return Some(rest);
        }
    }
    None
}

/// `[INFO]`, `[ttyUSB2/at]`, `(ttyUSB2): `.
fn bracketed(text: &str) -> Option<&str> {
    let close = match text.as_bytes().first()? {
        b'[' => ']',
        b'(' => ')',
        _ => return None,
    };
    let end = text.find(close)?;
    let inside = text.get(1..end)?;
    let plain = !inside.is_empty()
        && inside.len() <= 40
        && inside.bytes().all(|b| {
            b.is_ascii_alphanumeric()
                || matches!(
                    b,
                    b' ' | b'_' | b'-' | b'.' | b'/' | b':' | b'|' | b',' | b'+'
                )
        });
    let rest = text.get(end + 1..)?.trim_start().trim_start_matches(':');
    // `[I]-[ril.sendat] AT+CSQ`
    let rest = rest
        .strip_prefix('-')
        .filter(|r| r.starts_with('['))
        .unwrap_or(rest);
    (plain && !rest.trim().is_empty()).then_some(rest)
}

/// `2 "OK"` as Gammu numbers the lines of an answer.
fn gammu(text: &str) -> Option<&str> {
    let (number, rest) = text.split_once(' ')?;
    if number.len() > 3 || !number.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    rest.trim().strip_prefix('"')?.strip_suffix('"')
}

/// Markdown headings, list points and emphasis, terminal prompts.
fn mark(text: &str) -> Option<&str> {
    let hashes = text.trim_start_matches('#');
    if hashes.len() < text.len() && hashes.starts_with(' ') {
        return Some(hashes);
    }
    // `00> `: channel of a debug probe (SEGGER RTT).
    if let Some((channel, rest)) = text.split_once("> ")
        && channel.len() == 2
        && channel.bytes().all(|b| b.is_ascii_digit())
    {
        return Some(rest);
    }
    // Prompt of a shell on a microcontroller, the direction in the log of Android's radio layer.
    if let Some(rest) = ["uart:~$ ", "shell:~$ ", "rtt:~$ ", "AT> ", "AT< "]
        .iter()
        .find_map(|m| text.strip_prefix(m))
    {
        return Some(rest);
    }
    // `ttyUSB1<*1>: Modem Identifier: ATI -- Manufacturer: ZTE CORPORATION` of wvdialconf.
    if let Some((tty, rest)) = text.split_once(">: Modem Identifier: ")
        && tty.starts_with("tty")
        && tty.len() <= 24
    {
        return Some(rest);
    }
    if let Some(rest) = chunk(text) {
        return Some(rest);
    }
    if let Some(rest) = ["- ", "* ", "• ", "$ ", "| ", "~ "]
        .iter()
        .find_map(|m| text.strip_prefix(m))
    {
        return Some(rest);
    }
    let arrow = ARROWS.iter().find_map(|a| text.strip_prefix(a))?;
    // `<CR>` is no arrow, and an arrow stands apart or in front of a command or reply.
    let level = text.starts_with('<')
        && arrow
            .split_once('>')
            .is_some_and(|(w, _)| w.len() <= 5 && w.bytes().all(|b| b.is_ascii_alphabetic()));
    (!level).then_some(arrow)
}

/// `AT RX (16): <cr><ln>u-blox`: a piece of what went over the line, with its length.
fn chunk(text: &str) -> Option<&str> {
    let rest = text
        .strip_prefix("AT RX (")
        .or_else(|| text.strip_prefix("AT TX ("))?;
    let (length, rest) = rest.split_once("):")?;
    length
        .trim()
        .bytes()
        .all(|b| b.is_ascii_digit())
        .then_some(rest)
}

/// `D/RILC    ( 1234): `, `01-02 10:11:12.123  1234  5678 D RILC    : ` of Android's log.
fn logcat(text: &str) -> Option<&str> {
    let b = text.as_bytes();
    if b.get(1) == Some(&b'/') && matches!(b.first(), Some(b'V' | b'D' | b'I' | b'W' | b'E')) {
        let (front, rest) = text.split_once("): ")?;
        let pid = front.rsplit_once('(')?.1.trim();
        return (front.len() <= 48 && pid.bytes().all(|b| b.is_ascii_digit())).then_some(rest);
    }
    if b.get(2) == Some(&b'-') && b.get(5) == Some(&b' ') && b.get(8) == Some(&b':') {
        let (front, rest) = text.split_once(": ")?;
        let words: Vec<&str> = front.split_whitespace().take(7).collect();
        let level = words.get(4).is_some_and(|w| w.len() == 1);
        return (level && words.len() <= 6).then_some(rest);
    }
    None
}

/// `Send:`, `RX:`, `Recieve: `, `TX> `, `[tx]` without its brackets.
fn speaker(text: &str) -> Option<&str> {
    let end = text.find([':', '>', '<', '='])?;
    let word = text.get(..end)?.trim_end().trim_end_matches(['-', ' ']);
    if word.is_empty() || word.len() > 24 {
        return None;
    }
    let word = word.rsplit_once(' ').map_or(word, |(front, last)| {
        // `SIM7600 TX: ` and `AT command: `, but no sentence.
        if front.contains(' ') || front.eq_ignore_ascii_case("modem") {
            ""
        } else {
            last
        }
    });
    let known = SPEAKERS.iter().any(|s| s.eq_ignore_ascii_case(word));
    let rest = text
        .get(end + 1..)?
        .trim_start_matches(['>', '<', '-', '=']);
    (known && !rest.trim().is_empty()).then_some(rest)
}

/// `_processQueueRsp(): ` behind a place in source code.
fn function(text: &str) -> Option<&str> {
    let (name, rest) = text.split_once("(): ")?;
    let shaped = (2..=64).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':'));
    shaped.then_some(rest)
}

/// `Token: {OK}` of ESP-IDF's modem library.
fn token(text: &str) -> Option<&str> {
    text.strip_prefix("Token: {")?.strip_suffix('}')
}

/// `modem_quectel: ` behind a level or a time.
fn tag(text: &str) -> Option<&str> {
    let (word, rest) = text.split_once(':')?;
    let word = word.trim();
    let shaped = (2..=48).contains(&word.len())
        && word.bytes().all(|b| {
            b.is_ascii_lowercase() || b.is_ascii_digit() || matches!(b, b'_' | b'-' | b'.')
        })
        && word.starts_with(|c: char| c.is_ascii_lowercase());
    let label = [
        "manufacturer",
        "model",
        "revision",
        "imei",
        "vendor",
        "firmware",
        "fsn",
        "module",
        "ok",
        "rssi",
        "rsrp",
        "rsrq",
        "sinr",
        "csq",
        "iccid",
        "imsi",
        "operator",
    ]
    .contains(&word);
    (shaped && !label && rest.starts_with(' ')).then_some(rest)
}

/// `, GSM1: -> AT+CSQ`: the name of one of several modems and the direction, as an SMS daemon logs them.
fn device(text: &str) -> Option<&str> {
    let (name, rest) = text.trim_start_matches([',', ' ']).split_once(": ")?;
    let shaped = (1..=24).contains(&name.len())
        && name
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b'-'));
    (shaped && (rest.starts_with("-> ") || rest.starts_with("<- "))).then_some(rest)
}

/// The inside of quotes, backticks, emphasis or `b'...'` around the whole rest.
fn quoted(text: &str) -> Option<&str> {
    let text = text
        .strip_prefix('b')
        .filter(|r| r.starts_with(['\'', '"']))
        .unwrap_or(text);
    for (open, close) in [
        ("**", "**"),
        ("`", "`"),
        ("\"", "\""),
        ("'", "'"),
        ("“", "”"),
        ("«", "»"),
        ("[", "]"),
    ] {
        if let Some(inside) = text.strip_prefix(open).and_then(|r| r.strip_suffix(close))
            && !inside.is_empty()
        {
            return Some(inside);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_loggers_add_is_taken_off() {
        for (line, text) in [
            ("23:21:45.814 -> AT+SIMCOMATI", "AT+SIMCOMATI"),
            (
                "23:21:45.845 -> Model: SIMCOM_SIM7600G-H",
                "Model: SIMCOM_SIM7600G-H",
            ),
            (
                "Recieve: Manufacturer: Sierra Wireless, Incorporated",
                "Manufacturer: Sierra Wireless, Incorporated",
            ),
            ("Send:ATI", "ATI"),
            (
                "[2024-01-02 10:11:12.123] [INFO] RX: +CSQ: 30,99",
                "+CSQ: 30,99",
            ),
            ("### AT+QGMR", "AT+QGMR"),
            ("> `ATI`", "ATI"),
            (
                "[00:00:12.345,678] <inf> modem_quectel_bg9x: Revision: BG95M3LAR02A03",
                "Revision: BG95M3LAR02A03",
            ),
            ("I (3456) esp-modem: Module: BG96", "Module: BG96"),
            ("Aug 16 18:47:51 gw smsd[123]: RX: EC25", "EC25"),
            ("EC25EFAR06A06M4G", "EC25EFAR06A06M4G"),
            ("+COPS: 0,2,\"25099\",7", "+COPS: 0,2,\"25099\",7"),
            ("868371050000000", "868371050000000"),
            ("b'\\r\\nQuectel\\r\\n'", "\n\nQuectel\n\n"),
        ] {
            assert_eq!(bare(line).text, text, "{line}");
        }
    }

    #[test]
    fn gammu_numbers_answers() {
        let line = bare("Thu 2023/12/14 15:19:31: 2 \"+CGMM: \"LINUX\"\"");
        assert_eq!(line.text, "+CGMM: \"LINUX\"");
        assert!(line.numbered);
    }
}
