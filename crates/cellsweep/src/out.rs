//! Printing: one place for colour, quietness, broken pipes and the cleaning of outside text.

use std::io::{self, IsTerminal as _, Write};
use std::path::Path;
use std::time::Duration;

use cellsweep_sweep::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// Standard output and standard error.
pub struct Out {
    /// What goes here carries no colour codes: answers are text, JSON or workbooks.
    stdout: io::BufWriter<io::Stdout>,
    stderr: anstream::AutoStream<io::Stderr>,
    quiet: u8,
}

impl Out {
    /// Opens both.
    pub fn new(color: clap::ColorChoice, quiet: u8) -> Self {
        let choice = |terminal: bool| match color {
            clap::ColorChoice::Always => anstream::ColorChoice::Always,
            clap::ColorChoice::Never => anstream::ColorChoice::Never,
            clap::ColorChoice::Auto => {
                let plain = std::env::var_os("NO_COLOR").is_some_and(|v| !v.is_empty());
                if terminal && !plain {
                    anstream::ColorChoice::Auto
                } else {
                    anstream::ColorChoice::Never
                }
            }
        };
        let err = choice(io::stderr().is_terminal());
        Self {
            stdout: io::BufWriter::new(io::stdout()),
            stderr: anstream::AutoStream::new(io::stderr(), err),
            quiet,
        }
    }

    /// A line that is the answer.
    pub fn line(&mut self, text: impl AsRef<str>) -> io::Result<()> {
        writeln!(self.stdout, "{}", text.as_ref())
    }

    /// Bytes that are the answer.
    pub fn bytes(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.stdout.write_all(bytes)
    }

    /// Standard output, buffered.
    pub fn writer(&mut self) -> &mut impl Write {
        &mut self.stdout
    }

    /// Writes what is buffered.
    pub fn flush(&mut self) -> io::Result<()> {
        self.stdout.flush()
    }

    /// A line about the run, on standard error.
    pub fn note(&mut self, text: &str) {
        if self.quiet == 0 {
            // Nothing sensible can be done if standard error is gone.
            let _ = writeln!(self.stderr, "{text}");
        }
    }

    /// An error, on standard error.
    pub fn error(&mut self, text: &str) {
        let _ = writeln!(self.stderr, "\x1b[1;31merror\x1b[0m: {text}");
    }

    /// A mistake in the estate file, with the line it stands in.
    pub fn diagnostic(&mut self, file: &Path, text: &str, d: &cellsweep_estate::Diagnostic) {
        use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
        let level = match d.severity {
            cellsweep_estate::Severity::Error => Level::ERROR,
            cellsweep_estate::Severity::Warning => Level::WARNING,
        };
        let name = file.display().to_string();
        let title = level.primary_title(d.message.as_str()).id(d.code);
        let mut group = match &d.span {
            Some(span) => {
                let start = span.bytes.start.min(text.len());
                let end = span.bytes.end.clamp(start, text.len());
                title.element(
                    Snippet::source(text)
                        .path(name.as_str())
                        .annotation(AnnotationKind::Primary.span(start..end)),
                )
            }
            None => title.element(annotate_snippets::Padding),
        };
        if let Some(help) = &d.help {
            group = group.element(Level::HELP.message(help.as_str()));
        }
        let report = [group];
        let _ = writeln!(self.stderr, "{}", Renderer::styled().render(&report));
    }

    /// Progress, shown only at a terminal.
    pub fn progress(&self) -> Bar {
        let bar = if self.quiet == 0 && io::stderr().is_terminal() {
            ProgressBar::new(0)
        } else {
            ProgressBar::hidden()
        };
        if let Ok(style) =
            ProgressStyle::with_template("{msg:>12} {bar:30} {bytes}/{total_bytes} {eta}")
        {
            bar.set_style(style);
        }
        Bar(bar)
    }
}

/// True if the error is a closed output: the reader has seen enough, which is success.
pub fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|e| {
        e.downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::BrokenPipe)
    })
}

/// A progress bar.
pub struct Bar(ProgressBar);

impl Progress for Bar {
    fn begin(&self, _: usize, bytes: u64) {
        self.0.set_length(bytes);
        self.0.set_message("reading");
        self.0.enable_steady_tick(Duration::from_millis(200));
    }
    fn read(&self, _: &str, bytes: u64) {
        self.0.inc(bytes);
    }
    fn stage(&self, name: &str) {
        self.0.set_message(name.to_owned());
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

/// A plain table with these headings, as wide as the terminal.
pub fn table(headings: &[&str]) -> comfy_table::Table {
    let mut table = comfy_table::Table::new();
    table
        .load_style(comfy_table::presets::NOTHING)
        .set_content_arrangement(comfy_table::ContentArrangement::Dynamic)
        .set_header(headings);
    let width = std::env::var("COLUMNS").ok().and_then(|c| c.parse().ok());
    table.set_width(width.unwrap_or(if io::stdout().is_terminal() { 110 } else { 160 }));
    table
}
