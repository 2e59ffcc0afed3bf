//! Device trees as text: the source of a board's tree, and what `dtc` prints of a running system's or of
//! a compiled one.
//!
//! A board's tree says which parts its makers placed: a modem below the serial port it hangs on is
//! declared (bindings of Zephyr, `dts/bindings/modem`, of the PinePhone's kernel, and of Nordic's systems in
//! package). An overlay or a part shared by boards says so only for who uses it: that is `supported`. A
//! node that is switched off is none, and a document on bindings is no tree.

use crate::observation::{Clue, Observation, Place, Problem, Stance};
use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;
use crate::text;

/// The reader.
pub static READER: Reader = Reader {
    format: "device-tree",
    title: "Device tree of a board, as text",
    made_by: "dtc -I fs -O dts /proc/device-tree; dtc -I dtb -O dts FILE; the source of a board",
    proves: &[Stance::Declared, Stance::Supported],
    enumerates: &[],
    sniff,
    read,
};

/// Deepest nesting of nodes that is followed; real trees have about ten levels.
const DEEPEST: usize = 64;
/// Longest statement kept, in bytes; longer ones are keys and tables of registers.
const LONGEST_STATEMENT: usize = 4096;
/// Most strings of one property.
const MOST_STRINGS: usize = 16;

/// Vendor prefixes of module makers and the names they stand for (`Documentation/devicetree/bindings/
/// vendor-prefixes.yaml` of Linux, the same list of Zephyr).
const MAKERS: &[(&str, &str)] = &[
    ("quectel", "Quectel"),
    ("simcom", "SIMCom"),
    ("swir", "Sierra Wireless"),
    ("swi", "Sierra Wireless"),
    ("gemalto", "Gemalto"),
    ("murata", "Murata"),
    ("u-blox", "u-blox"),
    ("ublox", "u-blox"),
    ("telit", "Telit"),
    ("wnc", "WNC"),
    ("sqn", "Sequans"),
    ("fibocom", "Fibocom"),
    ("nordic", "Nordic Semiconductor"),
];

fn sniff(head: &Head<'_>) -> u8 {
    let tree = head.has_extension("dts")
        || head.has_extension("dtsi")
        || head.has_extension("overlay")
        || head.has_extension("dtso");
    let text = head.text;
    let version = head.lines().take(400).any(|l| l.trim() == "/dts-v1/;");
    if version {
        return 92;
    }
    // A part of a tree has no version; its name says what it is.
    let nodes = head.count_lines(|l| l.trim_end().ends_with('{'));
    if tree && nodes > 0 && text.contains("compatible") {
        85
    } else {
        0
    }
}

/// A node that is open.
#[derive(Debug, Default)]
struct Node {
    name: String,
    compatible: Vec<String>,
    place: Place,
    /// `status` is something else than `okay`.
    off: bool,
    /// It has properties that only nodes of modems have (`mdm-power-gpios`).
    wired: bool,
    /// A part of a tree, or a child, is switched off with it.
    off_above: bool,
}

/// What a finished tree holds.
struct Modem {
    maker: Option<&'static str>,
    part: String,
    place: Place,
}

#[derive(Default)]
struct Tree {
    open: Vec<Node>,
    /// Nodes deeper than are followed.
    deeper: usize,
    statement: String,
    /// Bytes of the statement that were not kept.
    cut: bool,
    /// In a comment of several lines.
    comment: bool,
    /// It has a version, and so is whole.
    whole: bool,
    overlay: bool,
    model: Option<(String, Place)>,
    modems: Vec<Modem>,
    /// More modems than are kept.
    more: bool,
}

/// Most modems of one tree.
const MOST_MODEMS: usize = 64;

impl Tree {
    fn line(&mut self, line: &str, place: &Place, sink: &mut dyn Sink) {
        let text = line.trim_start();
        // Lines of the preprocessor.
        if !self.comment
            && text.starts_with('#')
            && [
                "#include", "#define", "#if", "#endif", "#else", "#undef", "#elif",
            ]
            .iter()
            .any(|d| text.starts_with(d))
        {
            return;
        }
        let mut chars = line.chars().peekable();
        let mut quoted = false;
        while let Some(c) = chars.next() {
            if self.comment {
                if c == '*' && chars.peek() == Some(&'/') {
                    chars.next();
                    self.comment = false;
                }
                continue;
            }
            if quoted {
                self.push(c);
                if c == '\\' {
                    if let Some(next) = chars.next() {
                        self.push(next);
                    }
                } else if c == '"' {
                    quoted = false;
                }
                continue;
            }
            match c {
                '"' => {
                    quoted = true;
                    self.push(c);
                }
                '/' if chars.peek() == Some(&'/') => break,
                '/' if chars.peek() == Some(&'*') => {
                    chars.next();
                    self.comment = true;
                }
                '{' => self.begin(place, sink),
                '}' => self.end(),
                ';' => self.property(place),
                _ => self.push(c),
            }
        }
        self.push(' ');
    }

    fn push(&mut self, c: char) {
        if self.statement.len() >= LONGEST_STATEMENT {
            self.cut = true;
        } else if c != ' ' && c != '\t'
            || !self.statement.is_empty() && !self.statement.ends_with(' ')
        {
            self.statement.push(if c == '\t' { ' ' } else { c });
        }
    }

    fn begin(&mut self, place: &Place, sink: &mut dyn Sink) {
        let head = std::mem::take(&mut self.statement);
        self.cut = false;
        if self.open.len() >= DEEPEST {
            if self.deeper == 0 {
                sink.problem(Problem::lost(
                    "device-tree-depth",
                    place.clone(),
                    format!("nodes are nested deeper than {DEEPEST} levels; what is in them was not read"),
                ));
            }
            self.deeper += 1;
            return;
        }
        // `modem: modem@0`, `&uart0`, `/`: the name without its label.
        let name = head.rsplit(':').next().unwrap_or_default().trim();
        let off_above = self.open.last().is_some_and(|n| n.off || n.off_above);
        self.open.push(Node {
            name: name.chars().take(64).collect(),
            place: place.clone(),
            off_above,
            ..Node::default()
        });
    }

    fn property(&mut self, place: &Place) {
        let statement = std::mem::take(&mut self.statement);
        let cut = std::mem::take(&mut self.cut);
        let statement = statement.trim();
        if self.deeper > 0 || cut {
            return;
        }
        match statement {
            "/dts-v1/" => self.whole = true,
            "/plugin/" => self.overlay = true,
            _ => {}
        }
        let top = self.open.len() == 1;
        let Some(node) = self.open.last_mut() else {
            return;
        };
        let (name, value) = statement.split_once('=').unwrap_or((statement, ""));
        match name.trim() {
            "compatible" => {
                node.compatible = strings(value);
                node.place = place.clone();
            }
            "status" => node.off = !strings(value).iter().all(|s| s == "okay" || s == "ok"),
            "model" if top && node.name == "/" => {
                if let Some(model) = strings(value).into_iter().next() {
                    self.model = Some((model, place.clone()));
                }
            }
            name if name.starts_with("mdm-") => node.wired = true,
            _ => {}
        }
    }

    fn end(&mut self) {
        self.statement.clear();
        self.cut = false;
        if self.deeper > 0 {
            self.deeper -= 1;
            return;
        }
        let Some(node) = self.open.pop() else { return };
        if node.off || node.off_above {
            return;
        }
        let Some(modem) = modem_of(&node) else { return };
        if self.modems.len() >= MOST_MODEMS {
            self.more = true;
        } else {
            self.modems.push(modem);
        }
    }

    fn finish(self, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let stance = if self.whole && !self.overlay {
            Stance::Declared
        } else {
            Stance::Supported
        };
        for (unit, modem) in (0u64..).zip(self.modems) {
            let mut say = |clue: Clue, value: &str, place: &Place| {
                sink.observe(Observation::new(unit, stance, clue, value, place.clone()))
            };
            if let Some((model, place)) = &self.model {
                say(Clue::ProductModel, model, place)?;
            }
            if let Some(maker) = modem.maker {
                say(Clue::PartMaker, maker, &modem.place)?;
                say(Clue::PartNumber, &modem.part, &modem.place)?;
            }
            say(
                Clue::PartDescription,
                &format!("cellular modem {}", modem.part),
                &modem.place,
            )?;
        }
        if self.more {
            sink.problem(Problem::lost(
                "device-tree-modems-exceeded",
                Place::Whole,
                format!("more than {MOST_MODEMS} modems in one tree; the rest was not read"),
            ));
        }
        if let Some(node) = self.open.last() {
            sink.problem(Problem::lost(
                "device-tree-cut",
                node.place.clone(),
                "the tree ends inside this node; it was not read to its end",
            ));
        }
        Ok(())
    }
}

/// The modem that a node is, by its first compatible string.
fn modem_of(node: &Node) -> Option<Modem> {
    let place = node.place.clone();
    // Nordic's systems in package hold the modem beside the processor the tree is for:
    // `nordic,nrf9160-sica`.
    if let Some(part) = node.compatible.iter().find_map(|c| {
        let part = c.strip_prefix("nordic,nrf91")?;
        let (number, package) = part.split_once('-')?;
        (number.len() == 2
            && number.bytes().all(|b| b.is_ascii_digit())
            && matches!(package, "sica" | "laca" | "siaa"))
        .then(|| format!("nRF91{number}"))
    }) {
        return Some(Modem {
            maker: Some("Nordic Semiconductor"),
            part,
            place,
        });
    }
    let (vendor, part) = node
        .compatible
        .iter()
        .take(MOST_STRINGS)
        .find_map(|c| c.split_once(','))?;
    let name = node.name.split('@').next().unwrap_or_default();
    let named = ["modem", "cellular", "gsm", "wwan", "lte"].iter().any(|w| {
        name == *w || name.starts_with(&format!("{w}-")) || name.ends_with(&format!("-{w}"))
    });
    let maker = MAKERS.iter().find(|(prefix, _)| *prefix == vendor);
    let shaped = (2..=40).contains(&part.len())
        && part
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    // Below Sierra Wireless's modems stand nodes for their receiver and their sockets.
    if !shaped || part.ends_with("-gnss") || part.ends_with("-offload") {
        return None;
    }
    match maker {
        // Receivers for satellites of the same makers have neither the name nor the wires.
        Some((_, maker)) if (named || node.wired) && vendor != "nordic" => Some(Modem {
            maker: Some(*maker),
            part: part.to_owned(),
            place,
        }),
        None if node.wired || (named && matches!((vendor, part), ("zephyr", "gsm-ppp"))) => {
            Some(Modem {
                maker: None,
                part: format!("({vendor},{part})"),
                place,
            })
        }
        _ => None,
    }
}

/// The strings of a property: `"quectel,bg95", "quectel,bg9x"`.
fn strings(value: &str) -> Vec<String> {
    value
        .split('"')
        .skip(1)
        .step_by(2)
        .take(MOST_STRINGS)
        // `dtc` prints the end of a string inside a list as an escape.
        .flat_map(|s| s.split("\\0"))
        .filter(|s| !s.is_empty() && s.len() <= 128)
        .map(str::to_owned)
        .collect()
}

fn read(source: &mut Source<'_>, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let mut tree = Tree::default();
    text::lines(source, sink, |number, line, sink| {
        tree.line(line, &Place::Line(number), sink);
        Ok(())
    })?;
    tree.finish(sink)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_of_a_property() {
        assert_eq!(
            strings(r#" "quectel,bg95", "zephyr,gsm-ppp""#),
            ["quectel,bg95", "zephyr,gsm-ppp"]
        );
        assert_eq!(
            strings(r#" "quectel,eg25\0usb2c7c,125""#),
            ["quectel,eg25", "usb2c7c,125"]
        );
        assert!(strings(" <1 2 3>").is_empty());
        assert!(strings(" \"cut").len() <= 1);
    }

    #[test]
    fn receivers_and_switches_are_no_modems() {
        let node = |name: &str, compatible: &str, wired: bool| Node {
            name: name.to_owned(),
            compatible: vec![compatible.to_owned()],
            wired,
            ..Node::default()
        };
        for (n, expected) in [
            (node("modem", "quectel,eg25", false), Some("eg25")),
            (node("hl78", "swir,hl7800", true), Some("hl7800")),
            (node("gnss", "u-blox,neo-m8", false), None),
            (node("gnss", "quectel,l76", false), None),
            (node("hl7812-gnss", "swir,hl7812-gnss", true), None),
            (node("soc", "nordic,nrf9160-sica", false), Some("nRF9160")),
            (node("flash", "nordic,nrf91-flash-controller", false), None),
            (node("modem", "qcom,sc7180-mss-pil", false), None),
            (
                node("modem", "zephyr,gsm-ppp", false),
                Some("(zephyr,gsm-ppp)"),
            ),
        ] {
            assert_eq!(modem_of(&n).map(|m| m.part).as_deref(), expected, "{n:?}");
        }
    }
}
