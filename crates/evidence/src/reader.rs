//! The seam between a format and the rest.

use std::io;

use crate::observation::{Observation, Problem, Stance};
use crate::source::Source;

/// A way in which a module can be attached, which a complete listing of that attachment rules out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Attachment {
    /// USB devices.
    Usb,
    /// PCI functions.
    Pci,
    /// Every placed part of a bill of materials.
    Parts,
}

impl Attachment {
    /// The value of a [`crate::Clue::Enumerated`] observation.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usb => "usb",
            Self::Pci => "pci",
            Self::Parts => "parts",
        }
    }
}

/// One format: what it is, how it is recognised, how it is read.
#[derive(Debug)]
pub struct Reader {
    /// Stable name of the format, as in `--as FORMAT`: kebab-case.
    pub format: &'static str,
    /// One line for people.
    pub title: &'static str,
    /// How such evidence is produced: the command or the export.
    pub made_by: &'static str,
    /// The stances this reader can emit.
    pub proves: &'static [Stance],
    /// Attachment points this format lists completely (see `clear` in docs/readers.md).
    pub enumerates: &'static [Attachment],
    /// How sure it is, from a bounded prefix, that the source is in this format: 0 (no) to 100.
    /// Reference points: 95 a magic number or unmistakable header; 80 a line only this tool
    /// prints; 50 likely; 10 any text.
    pub sniff: fn(&Head<'_>) -> u8,
    /// Reads the source to its end. An error means that nothing more could be read; what was
    /// already handed to the sink stays.
    pub read: fn(&mut Source<'_>, &mut dyn Sink) -> Result<(), ReadError>,
}

/// The first bytes of a source, for recognition.
#[derive(Clone, Copy, Debug)]
pub struct Head<'a> {
    /// File name or member path.
    pub name: &'a str,
    /// The first bytes, at most [`Head::SIZE`].
    pub bytes: &'a [u8],
    /// The same decoded as text (UTF-8, UTF-16 by its mark, else CP1252); empty if it is binary.
    pub text: &'a str,
}

impl Head<'_> {
    /// Most bytes looked at.
    pub const SIZE: usize = 64 * 1024;

    /// True if the name ends with this extension, without case; `ext` has no dot.
    pub fn has_extension(&self, ext: &str) -> bool {
        std::path::Path::new(self.name)
            .extension()
            .is_some_and(|e| e.eq_ignore_ascii_case(ext))
    }

    /// The lines of the text, without their ends. Every reader goes through them, so they are found
    /// by [`memchr`], several times faster than [`str::lines`].
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        let mut rest = Some(self.text);
        std::iter::from_fn(move || {
            let text = rest.filter(|t| !t.is_empty())?;
            let (line, next) = match memchr::memchr(b'\n', text.as_bytes()) {
                Some(at) => {
                    let line = text.get(..at)?;
                    (line.strip_suffix('\r').unwrap_or(line), text.get(at + 1..))
                }
                None => (text, None),
            };
            rest = next;
            Some(line)
        })
    }

    /// Number of lines among the first 2,000 for which `test` holds.
    pub fn count_lines(&self, test: impl Fn(&str) -> bool) -> usize {
        self.lines().take(2000).filter(|l| test(l)).count()
    }
}

/// Takes what a reader finds.
pub trait Sink {
    /// Takes one fact.
    ///
    /// # Errors
    /// [`ReadError::Stopped`] if no more is wanted (limit, cancellation): the reader returns it.
    fn observe(&mut self, observation: Observation) -> Result<(), ReadError>;
    /// Takes one problem.
    fn problem(&mut self, problem: Problem);
    /// Says that what follows was found by the reader of this format, in a text that holds several
    /// listings. Sinks that do not tell readers apart ignore it.
    fn reader(&mut self, _format: &'static str) {}
}

/// Why reading ended before the end.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The stream failed.
    #[error("could not be read: {0}")]
    Io(#[source] io::Error),
    /// The format needs the whole source and it is larger than the limit.
    #[error("larger than {limit} bytes, the most that is read of this format")]
    TooLarge {
        /// The limit in bytes.
        limit: usize,
    },
    /// The source is not in the format.
    #[error("not a well-formed {format}: {message}")]
    Malformed {
        /// Format name.
        format: &'static str,
        /// What is wrong, with the place.
        message: String,
    },
    /// The sink wants no more.
    #[error("stopped: {0}")]
    Stopped(String),
}

/// A sink that keeps everything; for tests, `scan` of small inputs and benchmarks.
#[derive(Debug, Default)]
pub struct Collected {
    /// Facts in the order found.
    pub observations: Vec<Observation>,
    /// Problems in the order found.
    pub problems: Vec<Problem>,
}

impl Sink for Collected {
    fn observe(&mut self, observation: Observation) -> Result<(), ReadError> {
        self.observations.push(observation);
        Ok(())
    }
    fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }
}

#[cfg(test)]
mod tests {
    use super::Head;

    #[test]
    fn lines_are_those_of_the_standard_library() {
        for text in [
            "",
            "\n",
            "a",
            "a\n",
            "a\r\nb\r\n",
            "\n\na\r\r\n\n",
            "é\nü\r",
            "\r\n",
        ] {
            let head = Head {
                name: "",
                bytes: text.as_bytes(),
                text,
            };
            assert!(head.lines().eq(text.lines()), "{text:?}");
        }
    }
}
