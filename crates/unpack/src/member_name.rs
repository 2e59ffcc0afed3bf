//! Names of members, made fit to be shown.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

/// Longest name shown, in characters.
const LONGEST: usize = 1024;

/// A name made fit to be shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Shown {
    /// The name: relative, forward slashes, no `.` and `..`, no control characters; never empty.
    pub(crate) text: String,
    /// What was wrong with it as written, if anything.
    pub(crate) wrong: Option<&'static str>,
}

/// True for characters that do not print or that turn the direction of writing.
fn deceives(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// The name as people may see it.
pub(crate) fn shown(name: &[u8]) -> Shown {
    let name = String::from_utf8_lossy(name);
    let mut wrong = None;
    if name.starts_with(['/', '\\']) || name.get(1..2) == Some(":") {
        wrong = Some("is absolute");
    }
    let mut text = String::with_capacity(name.len().min(LONGEST));
    let mut length = 0usize;
    'parts: for part in name.split(['/', '\\']) {
        let part = if part == ".." {
            wrong = Some("leads outside");
            "__"
        } else {
            part
        };
        if part.is_empty() || part == "." {
            continue;
        }
        if !text.is_empty() {
            text.push('/');
        }
        for c in part.chars() {
            length += 1;
            if length > LONGEST {
                text.push('\u{2026}');
                break 'parts;
            }
            if deceives(c) {
                wrong = Some("holds characters that do not print");
                text.push('\u{fffd}');
            } else {
                text.push(c);
            }
        }
    }
    if text.is_empty() {
        "unnamed".clone_into(&mut text);
    }
    Shown { text, wrong }
}

/// Names already used in one layer, by hash, so that a layer of many members stays small in memory.
#[derive(Default)]
pub(crate) struct Used(BTreeMap<u64, u32>);

impl Used {
    /// Makes a second and later member of one name tell itself apart; true if it had to.
    pub(crate) fn distinguish(&mut self, name: &mut String) -> bool {
        let mut hasher = DefaultHasher::new();
        name.hash(&mut hasher);
        let count = self.0.entry(hasher.finish()).or_default();
        *count += 1;
        if *count > 1 {
            use std::fmt::Write as _;
            let _ = write!(name, "#{count}");
        }
        *count > 1
    }
}

/// Endings that a compressed stream adds, with what stays of the name.
const ENDINGS: &[(&str, &str)] = &[
    ("tgz", ".tar"),
    ("tbz2", ".tar"),
    ("tbz", ".tar"),
    ("txz", ".tar"),
    ("tzst", ".tar"),
    ("gz", ""),
    ("bz2", ""),
    ("xz", ""),
    ("zst", ""),
    ("zstd", ""),
];

/// The name of what a compressed stream of this path holds: its last part without the ending.
pub(crate) fn uncompressed(path: &str) -> String {
    let last = path.rsplit(['/', '!']).next().unwrap_or(path);
    if let Some((stem, ending)) = last.rsplit_once('.') {
        for (compressed, rest) in ENDINGS {
            if ending.eq_ignore_ascii_case(compressed) && !stem.is_empty() {
                return format!("{stem}{rest}");
            }
        }
    }
    if last.is_empty() {
        "content".to_owned()
    } else {
        last.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(name: &str) -> String {
        shown(name.as_bytes()).text
    }

    #[test]
    fn ordinary_names_stay() {
        assert_eq!(text("./etc/config/network"), "etc/config/network");
        assert_eq!(shown(b"./a").wrong, None);
        assert_eq!(text("Größe.txt"), "Größe.txt");
        assert_eq!(text("a..b/...c"), "a..b/...c");
    }

    #[test]
    fn names_that_lead_outside_do_not() {
        assert_eq!(text("../../etc/passwd"), "__/__/etc/passwd");
        assert_eq!(
            shown(b"/etc/passwd"),
            Shown {
                text: "etc/passwd".into(),
                wrong: Some("is absolute")
            }
        );
        assert_eq!(text("..\\..\\x"), "__/__/x");
        assert!(shown(b"C:\\x").wrong.is_some());
        assert_eq!(
            text("a\u{1b}[2Jb\n\u{202e}c"),
            "a\u{fffd}[2Jb\u{fffd}\u{fffd}c"
        );
        assert_eq!(text("/"), "unnamed");
        assert_eq!(text(&"x".repeat(5000)).chars().count(), 1025);
    }

    #[test]
    fn second_of_a_name_is_told_apart() {
        let mut used = Used::default();
        let (mut a, mut b, mut c) = ("n".to_owned(), "n".to_owned(), "m".to_owned());
        assert!(!used.distinguish(&mut a));
        assert!(used.distinguish(&mut b));
        assert!(!used.distinguish(&mut c));
        assert_eq!((a.as_str(), b.as_str(), c.as_str()), ("n", "n#2", "m"));
    }

    #[test]
    fn a_compressed_file_is_named_without_its_ending() {
        assert_eq!(uncompressed("logs/x.log.gz"), "x.log");
        assert_eq!(uncompressed("a!b/c.TGZ"), "c.tar");
        assert_eq!(uncompressed("noending"), "noending");
        assert_eq!(uncompressed(".gz"), ".gz");
    }
}
