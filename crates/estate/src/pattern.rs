//! Paths and patterns of an estate: always inside its folder, always with `/`.

use std::fmt;

use globset::{Glob, GlobBuilder, GlobMatcher};
use regex::bytes::Regex;
use serde::Serialize;

/// What is wrong with a path or a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum PathFault {
    /// Leads out of the estate's folder.
    Escapes(String),
    /// Is not a path in the form that is accepted.
    Bad(String),
    /// Is not a pattern that is understood.
    Glob(String),
}

/// Longest path or pattern, in bytes.
const LONGEST: usize = 1024;

/// Stands for `{asset}` while the pattern goes through the glob compiler; refused in patterns.
const CAPTURE: &str = "\u{1}";

/// Checks a relative path and drops `.` and empty components from it.
pub(crate) fn relative(path: &str) -> Result<String, PathFault> {
    if path.len() > LONGEST {
        return Err(PathFault::Bad(format!("longer than {LONGEST} bytes")));
    }
    if path.chars().any(char::is_control) {
        return Err(PathFault::Bad("contains a control character".to_owned()));
    }
    if path.contains('\\') {
        return Err(PathFault::Bad("contains a backslash".to_owned()));
    }
    let mut bytes = path.bytes();
    let drive = matches!((bytes.next(), bytes.next()), (Some(letter), Some(b':')) if letter.is_ascii_alphabetic());
    if path.starts_with('/') || drive {
        return Err(PathFault::Escapes("is absolute".to_owned()));
    }
    let mut kept = Vec::new();
    for component in path.split('/') {
        match component {
            "" | "." => {}
            ".." => return Err(PathFault::Escapes("climbs out with `..`".to_owned())),
            other => kept.push(other),
        }
    }
    if kept.is_empty() {
        return Err(PathFault::Bad("names no file".to_owned()));
    }
    Ok(kept.join("/"))
}

/// A path that matches a [`Pattern`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// The asset id that the path captures, if the pattern captures one.
    pub asset: Option<String>,
}

/// Which files a piece of evidence is, and how their path names the asset.
#[derive(Clone, Debug)]
pub struct Pattern {
    text: String,
    /// Components before the first that holds a wildcard; the folder to look in.
    base: String,
    glob: Glob,
    matcher: GlobMatcher,
    /// Present if the pattern has `{asset}`.
    capture: Option<Regex>,
}

impl Pattern {
    pub(crate) fn new(text: &str) -> Result<Self, PathFault> {
        let text = relative(text)?;
        let captures = text.matches("{asset}").count();
        if captures > 1 {
            return Err(PathFault::Glob("has {asset} more than once".to_owned()));
        }
        if let Some((before, after)) = text.split_once("{asset}")
            && (before.ends_with(['*', '}', ']']) || after.starts_with(['*', '{']))
        {
            // Where the asset ends would be a guess.
            return Err(PathFault::Glob(
                "has a wildcard directly beside {asset}; put a '/' or another fixed character between"
                    .to_owned(),
            ));
        }
        if captures == 1 && nested_in_braces(&text) {
            return Err(PathFault::Glob(
                "has {asset} inside an alternative".to_owned(),
            ));
        }
        let glob = build(&text.replace("{asset}", "*"))?;
        let capture = if captures == 1 {
            let form = build(&text.replace("{asset}", CAPTURE))?;
            let regex = form.regex().replace(CAPTURE, "(?P<asset>[^/]+)");
            Some(Regex::new(&regex).map_err(|e| PathFault::Glob(e.to_string()))?)
        } else {
            None
        };
        let is_wild = |c: &str| c.contains(['*', '?', '[', '{']);
        let components: Vec<&str> = text.split('/').collect();
        let fixed = components
            .iter()
            .position(|c| is_wild(c))
            .unwrap_or(components.len());
        // A pattern without wildcards names a file; the folder to look in is the one around it.
        let fixed = fixed.min(components.len().saturating_sub(1));
        let base = components.get(..fixed).unwrap_or_default().join("/");
        let matcher = glob.compile_matcher();
        Ok(Self {
            text,
            base,
            glob,
            matcher,
            capture,
        })
    }

    /// The pattern as given, without `.` and empty components.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether the path captures an asset id.
    pub fn captures_asset(&self) -> bool {
        self.capture.is_some()
    }

    /// Folder below which every match lies; empty: the estate's folder itself.
    pub(crate) fn base(&self) -> &str {
        &self.base
    }

    pub(crate) fn glob(&self) -> &Glob {
        &self.glob
    }

    /// Whether the relative path matches; if it does, the asset it captures, if it captures one.
    /// `{asset}` takes as much as it can within its component.
    pub fn matches(&self, path: &str) -> Option<Match> {
        match &self.capture {
            None => self.matcher.is_match(path).then_some(Match { asset: None }),
            Some(regex) => {
                let asset = regex.captures(path.as_bytes())?.name("asset")?;
                Some(Match {
                    asset: Some(String::from_utf8_lossy(asset.as_bytes()).into_owned()),
                })
            }
        }
    }
}

impl fmt::Display for Pattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Serialize for Pattern {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.text)
    }
}

fn build(text: &str) -> Result<Glob, PathFault> {
    GlobBuilder::new(text)
        .literal_separator(true)
        .backslash_escape(false)
        .build()
        .map_err(|e| PathFault::Glob(e.kind().to_string()))
}

fn nested_in_braces(text: &str) -> bool {
    let before = text.split_once("{asset}").map_or("", |(b, _)| b);
    before.matches('{').count() > before.matches('}').count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The asset captured, `""` for a match without capture, `None` for no match.
    fn asset(pattern: &str, path: &str) -> Option<String> {
        let found = Pattern::new(pattern).unwrap().matches(path)?;
        Some(found.asset.unwrap_or_default())
    }

    #[test]
    fn relative_paths_stay_inside() {
        assert_eq!(relative("./a//b.csv").unwrap(), "a/b.csv");
        assert_eq!(relative("a/b..c").unwrap(), "a/b..c");
        for out in ["/etc/passwd", "../x", "a/../../x", "C:/x", "c:x", "a/.."] {
            assert!(matches!(relative(out), Err(PathFault::Escapes(_))), "{out}");
        }
        for bad in ["", ".", "a\\b", "a\nb", "./"] {
            assert!(matches!(relative(bad), Err(PathFault::Bad(_))), "{bad}");
        }
    }

    #[test]
    fn the_asset_is_captured_from_its_component() {
        let got = asset(
            "evidence/police/{asset}/*.txt",
            "evidence/police/NP-0012/lsusb.txt",
        );
        assert_eq!(got, Some("NP-0012".to_owned()));
        let got = asset("at/{asset}.log", "at/B 102.log");
        assert_eq!(got, Some("B 102".to_owned()));
        assert_eq!(asset("at/{asset}.log", "at/x/B102.log"), None);
        assert_eq!(asset("at/{asset}.log", "at/.log"), None);
        let got = asset("at/{asset}_lsusb.txt", "at/a_b_lsusb.txt");
        assert_eq!(got, Some("a_b".to_owned()));
        let got = asset("**/{asset}/dmesg", "x/y/H1/dmesg");
        assert_eq!(got, Some("H1".to_owned()));
        // Characters that mean something to a regex are themselves.
        let got = asset("a+(b)/{asset}.txt", "a+(b)/z.txt");
        assert_eq!(got, Some("z".to_owned()));
        assert_eq!(asset("a+(b)/{asset}.txt", "aa(b)/z.txt"), None);
    }

    #[test]
    fn wildcards_stay_in_their_component() {
        assert_eq!(asset("e/*.txt", "e/a.txt"), Some(String::new()));
        assert_eq!(asset("e/*.txt", "e/a/b.txt"), None);
        assert_eq!(
            asset("e/**/*.{txt,log}", "e/a/b/c.log"),
            Some(String::new())
        );
    }

    #[test]
    fn bases() {
        for (pattern, base) in [
            ("evidence/a/{asset}/*.txt", "evidence/a"),
            ("evidence/a/b.txt", "evidence/a"),
            ("*.txt", ""),
            ("b.txt", ""),
            ("e/**/x", "e"),
        ] {
            assert_eq!(Pattern::new(pattern).unwrap().base(), base, "{pattern}");
        }
    }

    #[test]
    fn refused_patterns() {
        for bad in [
            "a/{asset}*.txt",
            "a/*{asset}.txt",
            "{asset}/{asset}",
            "a/[z-a]",
            "a/{b",
            "a/{x,{asset}}/b",
        ] {
            assert!(
                matches!(Pattern::new(bad), Err(PathFault::Glob(_))),
                "{bad}"
            );
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_pattern_or_a_fault(text in ".{0,40}", path in ".{0,40}") {
            if let Ok(pattern) = Pattern::new(&text) {
                let _ = pattern.matches(&path);
                prop_assert!(!pattern.base().split('/').any(|c| c == ".."));
            }
        }

        #[test]
        fn a_capture_implies_the_glob(id in "[A-Za-z0-9 ._-]{1,12}") {
            let pattern = Pattern::new("e/{asset}/f.txt").unwrap();
            let path = format!("e/{id}/f.txt");
            prop_assert_eq!(pattern.matches(&path), Some(Match { asset: Some(id) }));
            prop_assert!(pattern.glob().compile_matcher().is_match(&path));
        }
    }
}
