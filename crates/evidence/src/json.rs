//! A walk over JSON that keeps line numbers and survives what logs and copied terminals do to it:
//! several values after one another, text before them, a missing end. `serde_json` gives neither
//! places nor the part before an error.

/// Deepest nesting followed; what lies deeper is walked over without being reported.
const DEEPEST: usize = 64;

/// One scalar with where it stands.
#[derive(Debug, PartialEq, Eq)]
pub struct Scalar<'a> {
    /// Keys of the objects around it, outermost first; array positions are left out.
    pub path: &'a [String],
    /// Number of the innermost object around it, counted from 1 in order of opening; 0 outside.
    pub object: u64,
    /// The objects around it, outermost first.
    pub objects: &'a [Around],
    /// Number of the top-level value, counted from 0.
    pub document: u64,
    /// Its own key; empty for an array item.
    pub key: &'a str,
    /// The value, unescaped; numbers and words as written.
    pub value: &'a str,
    /// True if it was written in quotes.
    pub quoted: bool,
    /// Line, counted from 1.
    pub line: u64,
}

/// An object around a scalar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Around {
    /// Number of the object, counted from 1 in order of opening.
    pub id: u64,
    /// True if the object is an item of an array.
    pub item: bool,
    /// Number of keys in front of it, the length of its own path.
    pub depth: usize,
}

/// How a walk ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Every bracket was closed.
    Closed,
    /// The text ended inside a value, on this line.
    Cut(u64),
}

struct Frame {
    object: bool,
    id: u64,
    key: Option<String>,
    pushed: bool,
}

/// Walks every value that starts with a bracket; other text between values is skipped.
pub fn walk(text: &str, mut each: impl FnMut(&Scalar<'_>)) -> End {
    let bytes = text.as_bytes();
    let mut at = 0usize;
    let mut line = 1u64;
    let mut frames: Vec<Frame> = Vec::new();
    let mut too_deep = 0usize;
    let mut path: Vec<String> = Vec::new();
    let mut objects = 0u64;
    let mut around: Vec<Around> = Vec::new();
    let mut document = 0u64;
    while let Some(&b) = bytes.get(at) {
        match b {
            b'\n' => {
                line += 1;
                at += 1;
            }
            b'{' | b'[' => {
                if frames.len() >= DEEPEST {
                    too_deep += 1;
                } else {
                    // A key in front names what is inside.
                    let key = frames.last_mut().and_then(|f| f.key.take());
                    let pushed = key.is_some();
                    path.extend(key);
                    let id = if b == b'{' {
                        objects += 1;
                        around.push(Around {
                            id: objects,
                            item: frames.last().is_some_and(|f| !f.object),
                            depth: path.len(),
                        });
                        objects
                    } else {
                        frames.last().map_or(0, |f| f.id)
                    };
                    frames.push(Frame {
                        object: b == b'{',
                        id,
                        key: None,
                        pushed,
                    });
                }
                at += 1;
            }
            b'}' | b']' => {
                if too_deep > 0 {
                    too_deep -= 1;
                } else if let Some(frame) = frames.pop() {
                    if frame.pushed {
                        path.pop();
                    }
                    if frame.object {
                        around.pop();
                    }
                    if frames.is_empty() {
                        document += 1;
                    }
                }
                at += 1;
            }
            b'"' if !frames.is_empty() => {
                let started = line;
                let from = at;
                at += 1;
                let mut escaped = false;
                let mut closed = false;
                while let Some(&c) = bytes.get(at) {
                    at += 1;
                    match c {
                        _ if escaped => escaped = false,
                        b'\\' => escaped = true,
                        b'"' => {
                            closed = true;
                            break;
                        }
                        b'\n' => line += 1,
                        _ => {}
                    }
                }
                if !closed {
                    return End::Cut(line);
                }
                if too_deep > 0 {
                    continue;
                }
                let raw = text.get(from..at).unwrap_or("\"\"");
                let value: String =
                    serde_json::from_str(raw).unwrap_or_else(|_| raw.trim_matches('"').to_owned());
                let Some(frame) = frames.last_mut() else {
                    continue;
                };
                let colon = bytes
                    .get(at..)
                    .unwrap_or_default()
                    .iter()
                    .find(|c| !c.is_ascii_whitespace())
                    == Some(&b':');
                if frame.object && frame.key.is_none() && colon {
                    frame.key = Some(value);
                } else {
                    let key = frame.key.take().unwrap_or_default();
                    let object = frame.id;
                    each(&Scalar {
                        path: &path,
                        object,
                        objects: &around,
                        document,
                        key: &key,
                        value: &value,
                        quoted: true,
                        line: started,
                    });
                }
            }
            b',' => {
                if too_deep == 0
                    && let Some(frame) = frames.last_mut()
                {
                    frame.key = None;
                }
                at += 1;
            }
            b':' => at += 1,
            _ if b.is_ascii_whitespace() || frames.is_empty() => at += 1,
            _ => {
                let from = at;
                while bytes.get(at).is_some_and(|c| {
                    !c.is_ascii_whitespace()
                        && !matches!(c, b',' | b'}' | b']' | b'{' | b'[' | b'"' | b':')
                }) {
                    at += 1;
                }
                let value = text.get(from..at).unwrap_or_default();
                if too_deep == 0
                    && let Some(frame) = frames.last_mut()
                {
                    let key = frame.key.take().unwrap_or_default();
                    let object = frame.id;
                    each(&Scalar {
                        path: &path,
                        object,
                        objects: &around,
                        document,
                        key: &key,
                        value,
                        quoted: false,
                        line,
                    });
                }
            }
        }
    }
    if frames.is_empty() {
        End::Closed
    } else {
        End::Cut(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(text: &str) -> (Vec<(String, String, u64)>, End) {
        let mut found = Vec::new();
        let end = walk(text, |s| {
            let mut path = s.path.join("/");
            path.push('/');
            path.push_str(s.key);
            found.push((path, s.value.to_owned(), s.line));
        });
        (found, end)
    }

    #[test]
    fn lines_and_paths() {
        let (found, end) =
            all("$ cmd\n{\"a\":{\"b\":[\"x\",\n2]},\n\"c\":null}\n{\"d\":\"\\u0041\"}");
        assert_eq!(end, End::Closed);
        assert_eq!(
            found,
            [
                ("a/b/".to_owned(), "x".to_owned(), 2),
                ("a/b/".to_owned(), "2".to_owned(), 3),
                ("/c".to_owned(), "null".to_owned(), 4),
                ("/d".to_owned(), "A".to_owned(), 5),
            ]
        );
    }

    #[test]
    fn a_cut_value_keeps_what_was_before() {
        let (found, end) = all("{\"a\":\"1\",\n\"b\":\"tw");
        assert_eq!(found, [("/a".to_owned(), "1".to_owned(), 1)]);
        assert_eq!(end, End::Cut(2));
    }

    #[test]
    fn nesting_is_bounded() {
        let (found, _) = all(&("[".repeat(100_000) + "1"));
        assert!(found.is_empty());
    }
}
