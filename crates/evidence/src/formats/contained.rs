//! Sentences and lines of a product's own paper that say which module it contains: "built-in LTE modem
//! X", "equipped with X", `Modem: X` in its table of data. What it works with, may be fitted with, is
//! tested or compared with, is no such statement.

use std::ops::Range;

/// Labels of a line whose value is the module inside, in lower case. Labels that also stand over
/// lists of supported modems ("modems", "modules", "compatible modem") are not among them.
const LABELS: &[&str] = &[
    "modem",
    "internal modem",
    "built-in modem",
    "integrated modem",
    "embedded modem",
    "onboard modem",
    "on-board modem",
    "cellular modem",
    "lte modem",
    "4g modem",
    "5g modem",
    "gsm modem",
    "nb-iot modem",
    "lte-m modem",
    "wwan modem",
    "modem module",
    "modem model",
    "modem type",
    "modem chip",
    "modem chipset",
    "cellular module",
    "cellular modem module",
    "lte module",
    "4g module",
    "5g module",
    "gsm module",
    "gprs module",
    "gsm/gprs module",
    "nb-iot module",
    "nb-iot modem module",
    "lte-m module",
    "wwan module",
    "wwan card",
    "wwan",
    "radio module",
    "communication module",
    "wireless module",
    "cellular chip",
    "cellular chipset",
    "built-in module",
    "internal module",
    "搭載モジュール",
    "内蔵モジュール",
    "通信モジュール",
    "搭載モデム",
    "lteモジュール",
    "モデム",
    "通信模块",
    "通信模组",
    "4g模块",
    "4g模组",
    "5g模块",
    "5g模组",
    "蜂窝模块",
    "蜂窝模组",
    "内置模块",
    "内置模组",
    "模块型号",
    "模组型号",
    "mobilfunkmodul",
    "mobilfunkmodem",
    "lte-modul",
    "lte-modem",
    "gsm-modul",
    "verbautes modem",
    "eingebautes modem",
    "módem",
    "módulo celular",
    "módulo gsm",
    "module cellulaire",
    "modem cellulaire",
    "модем",
    "модуль связи",
    "встроенный модем",
    "gsm-модуль",
    "gsm модуль",
];

/// Words behind which the contained part stands, in lower case.
const CONTAINS: &[&str] = &[
    "equipped with",
    "fitted with",
    "outfitted with",
    "integrates",
    "integrated",
    "integrating",
    "incorporates",
    "incorporating",
    "built-in",
    "built in",
    "built around",
    "onboard",
    "on-board",
    "on board",
    "composed of",
    "consists of",
    "embeds",
    "embedded",
    "houses",
    "is based on",
    "powered by",
    "features",
    "featuring",
    "carries",
    "internal",
    "soldered",
    "uses the",
    "uses a",
    "uses an",
    "contains",
    "comes with",
    "includes",
    "内置",
    "采用",
    "板载",
    "搭载",
    "内蔵",
    "verbaut",
    "ausgestattet mit",
    "équipé d",
    "equipado con",
    "wyposażony w",
    "оснащен",
    "оснащён",
    "на базе",
    "встроенный",
];

/// Words that stand behind the part instead.
const CONTAINED: &[&str] = &[
    "を搭載",
    "を内蔵",
    "搭載",
    "is built in",
    "is integrated",
    "ist verbaut",
];

/// Words, without which none of the above is meant of cellular service when only a maker is named.
const CELLULAR: &[&str] = &[
    "modem",
    "lte",
    "4g",
    "5g",
    "3g",
    "2g",
    "gsm",
    "gprs",
    "umts",
    "cellular",
    "nb-iot",
    "lte-m",
    "wwan",
    "cat-m1",
    "cat",
    "モデム",
    "mobilfunk",
    "модем",
];

/// Words by which the sentence speaks of something else than what is inside.
const HEDGES: &[&str] = &[
    "support",
    "supports",
    "supported",
    "supporting",
    "compatible",
    "compatibility",
    "optional",
    "optionally",
    "option",
    "may",
    "might",
    "could",
    "könnte",
    "könnten",
    "dürfte",
    "sollte",
    "würde",
    "wäre",
    "can",
    "should",
    "would",
    "if",
    "when",
    "such",
    "e.g",
    "eg",
    "example",
    "examples",
    "like",
    "or",
    "either",
    "similar",
    "tested",
    "test",
    "testing",
    "instead",
    "unlike",
    "not",
    "no",
    "never",
    "without",
    "isn't",
    "doesn't",
    "don't",
    "versus",
    "vs",
    "than",
    "compared",
    "comparison",
    "recommend",
    "recommended",
    "want",
    "need",
    "needs",
    "wish",
    "planned",
    "plan",
    "plans",
    "future",
    "todo",
    "library",
    "libraries",
    "driver",
    "drivers",
    "sketch",
    "patch",
    "commit",
    "fix",
    "fixes",
    "fixed",
    "add",
    "adds",
    "added",
    "plugin",
    "quirk",
    "i",
    "i'm",
    "i've",
    "we",
    "my",
    "you",
    "your",
    "his",
    "our",
    "they",
    "other",
    "others",
    "various",
    "any",
    "some",
    "several",
    "many",
    "which",
    "what",
    "how",
    "why",
    "replace",
    "replaced",
    "replacement",
    "alternative",
    "alternatives",
    "previous",
    "previously",
    "earlier",
    "old",
    "external",
    "datasheet",
    "manual",
    "guide",
    "tutorial",
    "emulate",
    "emulator",
    "simulated",
    "mock",
    "fake",
    "designed",
    "works",
    "work",
    "via",
    "unknown",
    "tbd",
    "n/a",
    "none",
    "todo:",
    "series",
    "variants",
    "versions",
    "available",
    "sold",
    "buy",
    "price",
    "choose",
    "select",
    "selected",
    "selectable",
    "对应",
    "支持",
    "可选",
    "兼容",
    "対応",
    "wahlweise",
    "unterstützt",
    "kompatibel",
    "поддерживает",
];

/// Hedges that a line `Modem: X` may have all the same.
const IN_VALUES: &[&str] = &[
    "for", "via", "support", "supports", "series", "can", "cat", "no", "i", "some",
];

/// The module that a line says is inside, if it says so; `names` are the places in it where names of
/// interest stand.
pub(super) fn declared(line: &str, names: &[Range<usize>]) -> Option<String> {
    if line.len() > 2000 || names.is_empty() || is_code(line) {
        return None;
    }
    labelled(line, names).or_else(|| told(line, names))
}

/// A statement of a data sheet that declares a modem and not whose: the point `- Built-in 4G modem with
/// ...`, the sentence `Equipped with a built-in 4G modem, it ...`.
pub(super) fn unnamed(line: &str) -> Option<&str> {
    if line.len() > 2000 || is_code(line) {
        return None;
    }
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || "-*•·+".contains(c));
    if text.len() < line.trim_start().len() && line.len() <= 300 {
        let lower = text.to_ascii_lowercase();
        if let Some(end) = modem_of_nobody(&lower)
            && !is_hedged(&lower)
        {
            return text.get(..end);
        }
    }
    line.split_inclusive(['.', '!', '?', '。'])
        .take(64)
        .find_map(told_of_nobody)
}

/// A sentence that says what its subject is equipped with.
fn told_of_nobody(sentence: &str) -> Option<&str> {
    let lower = sentence.to_ascii_lowercase();
    let mut from = 0usize;
    let at = ["equipped with ", "fitted with ", "comes with ", "features "]
        .iter()
        .find_map(|lead| lower.find(lead).map(|at| (at, at + lead.len())))
        .map(|(start, end)| {
            from = start;
            end
        })?;
    // "Most of them are equipped with ..." speaks of many things.
    let before = lower.get(..from)?.trim_end();
    if ["are", "be", "being", "were", "not"]
        .iter()
        .any(|w| before.ends_with(w))
    {
        return None;
    }
    let rest = lower.get(at..)?;
    let bare = rest
        .strip_prefix("a ")
        .or_else(|| rest.strip_prefix("an "))
        .or_else(|| rest.strip_prefix("its own "))?;
    let start = at + (rest.len() - bare.len());
    let end = start + modem_of_nobody(bare)?;
    let hedged = is_hedged(&lower)
        || words(&lower).any(|w| {
            [
                "some", "many", "most", "usually", "support", "supports", "would", "i", "my",
            ]
            .contains(&w.as_str())
        });
    (!hedged).then(|| sentence.get(start..end)).flatten()
}

/// Where `built-in 4G modem` ends in a text that begins with it, in lower case.
fn modem_of_nobody(lower: &str) -> Option<usize> {
    let from = ["built-in ", "integrated ", "internal ", "embedded "]
        .iter()
        .find_map(|w| lower.strip_prefix(w))?;
    let mut words = from.split(' ').map(|w| w.trim_end_matches([',', '.', ';']));
    let radio = words.next()?;
    if ![
        "2g", "3g", "4g", "5g", "lte", "4g/lte", "lte/4g", "gsm", "gprs", "cellular", "nb-iot",
        "lte-m",
    ]
    .contains(&radio)
        || !words
            .next()
            .is_some_and(|w| matches!(w, "modem" | "module"))
    {
        return None;
    }
    lower
        .find("modem")
        .map(|at| at + 5)
        .or_else(|| lower.find("module").map(|at| at + 6))
}

fn is_hedged(lower: &str) -> bool {
    words(lower).any(|w| {
        [
            "optional",
            "optionally",
            "or",
            "may",
            "can",
            "if",
            "not",
            "no",
            "external",
        ]
        .contains(&w.as_str())
    })
}

/// Lines of programs and settings.
fn is_code(line: &str) -> bool {
    let text = line.trim();
    text.ends_with([';', '{', '}', '\\'])
        || [
            "//", "/*", "#define", "#include", "import ", "from ", "$ ", "return ", "if (", "def ",
            "<!--", ">", "$",
        ]
        .iter()
        .any(|c| text.starts_with(c))
        || text.contains("](") && text.starts_with(['-', '*', '['])
        || text.contains("==")
        || text.contains("::")
        || text.contains("= \"")
        || text.contains("('")
        || text.contains("(\"")
}

/// `- Modem: Sequans GM02SP, LTE-M ...`, `| Modem | X |`.
fn labelled(line: &str, names: &[Range<usize>]) -> Option<String> {
    let text = line.trim_start_matches(|c: char| c.is_whitespace() || "-*•|·+#>".contains(c));
    let (label, value) = text
        .split_once([':', '：'])
        .filter(|(l, _)| l.len() <= 48)
        .or_else(|| text.split_once('|').filter(|(l, _)| l.len() <= 48))?;
    if !is_label(label) {
        return None;
    }
    let start = line.len() - value.len();
    // The name stands at the head of the value.
    let front = value.len()
        - value
            .trim_start_matches(|c: char| c.is_whitespace() || "*|`\"".contains(c))
            .len();
    let first = names.iter().find(|n| n.start >= start)?;
    let lead = line.get(start + front..first.start)?;
    if lead.split_whitespace().count() > 2 || lead.contains([',', ';', '.']) {
        return None;
    }
    if words(value).any(|w| HEDGES.contains(&w.as_str()) && !IN_VALUES.contains(&w.as_str())) {
        return None;
    }
    phrase(line, first, names, true)
}

pub(super) fn is_label(label: &str) -> bool {
    let label = label
        .trim_matches(|c: char| c.is_whitespace() || "*`_\"|".contains(c))
        .to_lowercase();
    LABELS.contains(&label.as_str())
}

fn words(text: &str) -> impl Iterator<Item = String> + '_ {
    text.split(|c: char| c.is_whitespace() || ",;()[]\"“”*`".contains(c))
        .map(|w| w.trim_end_matches(['.', ':', '!', '?']).to_lowercase())
        .filter(|w| !w.is_empty())
}

/// A sentence in which a verb of containing stands before the name.
fn told(line: &str, names: &[Range<usize>]) -> Option<String> {
    for sentence in sentences(line) {
        let text = line.get(sentence.clone())?;
        let Some(first) = names
            .iter()
            .find(|n| n.start >= sentence.start && n.end <= sentence.end)
        else {
            continue;
        };
        // Hedges of scripts without blanks stand within words.
        let lower = text.to_lowercase();
        let hedged = words(text).any(|w| HEDGES.contains(&w.as_str()))
            || ["对应", "支持", "可选", "兼容", "対応"]
                .iter()
                .any(|h| lower.contains(h));
        let meant_for = line.get(sentence.start..first.start).is_some_and(|b| {
            [" for ", " for the ", " for a "]
                .iter()
                .any(|f| b.to_lowercase().ends_with(f))
        });
        if hedged
            || meant_for
            || text.contains(['?', '='])
            || text.trim_start().starts_with(['>', '"', '\''])
        {
            continue;
        }
        let before = line.get(sentence.start..first.start)?.to_lowercase();
        let after = line.get(first.end..sentence.end)?.to_lowercase();
        let near = CONTAINS.iter().any(|verb| {
            before.rfind(verb).is_some_and(|at| {
                let between = before.get(at + verb.len()..).unwrap_or_default();
                let whole = before
                    .get(..at)
                    .and_then(|b| b.chars().next_back())
                    .is_none_or(|c| !c.is_ascii_alphanumeric());
                whole && between.split_whitespace().count() <= 8 && !between.contains([';', ':'])
            })
        });
        let behind = CONTAINED.iter().any(|verb| {
            after
                .find(verb)
                .is_some_and(|at| after.get(..at).is_some_and(|b| b.chars().count() <= 24))
        });
        if (near || behind)
            && let Some(found) = phrase(line, first, names, false)
        {
            return Some(found);
        }
    }
    None
}

/// Sentences of a line: a full stop before a blank ends one.
fn sentences(line: &str) -> Vec<Range<usize>> {
    let mut out = Vec::new();
    let mut from = 0usize;
    for (at, _) in line
        .match_indices(". ")
        .chain(line.match_indices("。"))
        .chain(line.match_indices("! "))
        .take(64)
    {
        if at >= from {
            out.push(from..at);
            from = at + 1;
            while !line.is_char_boundary(from) {
                from += 1;
            }
        }
    }
    if from < line.len() {
        out.push(from..line.len());
    }
    out
}

/// The words of the name: a maker's with the model behind it. Of a maker alone, or with a model nobody
/// knows, only beside a word of cellular service and none of satellites or short range.
pub(super) fn phrase(
    line: &str,
    first: &Range<usize>,
    names: &[Range<usize>],
    by_label: bool,
) -> Option<String> {
    let mut end = first.end;
    let has_model = |r: &Range<usize>| {
        line.get(r.clone())
            .is_some_and(|n| n.bytes().any(|b| b.is_ascii_digit()))
    };
    let mut modelled = has_model(first);
    if modelled {
        // A suffix that the list of names has not: `BC95-G`.
        let rest = line.get(end..)?;
        let more = rest
            .bytes()
            .take_while(|b| b.is_ascii_alphanumeric() || *b == b'-')
            .count();
        end += more;
    } else {
        // Words of the maker's name and one with a digit behind it.
        let rest = line.get(end..)?;
        let mut at = end;
        for word in rest.split(' ').take(5) {
            let to = at + word.len();
            let bare = word.trim_end_matches([',', '.', ';', ')', '|', '*', '`', ':']);
            if bare.bytes().any(|b| b.is_ascii_digit()) && bare.len() >= 3 {
                end = at + bare.len();
                modelled = names
                    .iter()
                    .any(|n| n.start >= at && n.end <= to && has_model(n));
                break;
            }
            if bare.len() < word.len() {
                break;
            }
            at = to + 1;
        }
    }
    if !modelled {
        let all: Vec<String> = words(line).collect();
        let cellular = by_label || all.iter().any(|w| CELLULAR.contains(&w.as_str()));
        let other = all.iter().any(|w| {
            [
                "gps",
                "gnss",
                "wifi",
                "wi-fi",
                "bluetooth",
                "ble",
                "uwb",
                "lora",
                "lorawan",
                "zigbee",
                "antenna",
            ]
            .iter()
            .any(|o| w.contains(o))
        });
        if !cellular || other {
            return None;
        }
    }
    // Several models side by side are a list.
    let others = names
        .iter()
        .filter(|n| n.start >= end && has_model(n))
        .count();
    if others > 0 {
        return None;
    }
    let found = line.get(first.start..end)?.trim();
    (found.len() <= 64).then(|| found.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(line: &str) -> Option<String> {
        let mut names: Vec<Range<usize>> = Vec::new();
        for name in [
            "Quectel",
            "BC95",
            "SIMCom",
            "SIM7600E-H",
            "EC25",
            "Sequans",
            "RG520N",
        ] {
            names.extend(line.match_indices(name).map(|(at, n)| at..at + n.len()));
        }
        names.sort_by_key(|n| n.start);
        declared(line, &names)
    }

    #[test]
    fn what_the_product_contains() {
        for (line, found) in [
            (
                "- Modem: Sequans GM02SP, LTE-M, MQTT client inside the modem.",
                "Sequans GM02SP",
            ),
            (
                "The board is composed of BC95-G and a low-quiescent-current switch.",
                "BC95-G",
            ),
            (
                "The tracker is equipped with a SIMCom SIM7600E-H for uplink.",
                "SIMCom SIM7600E-H",
            ),
            ("Built-in LTE modem Quectel EC25.", "Quectel EC25"),
            ("| Internal modem | Quectel RG520N |", "Quectel RG520N"),
            (
                "Das Gateway ist ausgestattet mit Quectel EC25.",
                "Quectel EC25",
            ),
        ] {
            assert_eq!(of(line).as_deref(), Some(found), "{line}");
        }
    }

    #[test]
    fn what_it_may_contain_or_works_with() {
        for line in [
            "Supports the built-in Quectel EC25 and others",
            "Equipped with EC25 or SIM7600E-H",
            "A tablet that does not have a built-in Quectel EC25",
            "Supported modems: Quectel EC25",
            "I built in a Quectel EC25 yesterday",
            "Modem: see list below, e.g. Quectel EC25",
            "The integrated GNSS receiver is a Quectel L76K",
            "uses the EC25 driver",
            "An integrated test bed for EC25",
            "The optional module features Quectel EC25",
            "modem = \"Quectel EC25\"",
            "Compared with the built-in EC25 it is slow",
        ] {
            assert_eq!(of(line), None, "{line}");
        }
    }
}
