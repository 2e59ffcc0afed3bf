//! A draft as data, so that every rendering has the same words, the same findings and the same blanks.

use crate::sanitise::shortened;

/// A blank for a person to fill in, as every rendering shows it.
pub const BLANK: &str = "______________";
/// A box for a person to tick, as every rendering shows it.
pub const CHOICE: &str = "[ ]";
/// Longest text from outside that a draft shows, in characters.
const LONGEST: usize = 160;

/// A piece of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Span {
    /// Text.
    Text(String),
    /// Text that must not be missed.
    Strong(String),
    /// [`BLANK`].
    Blank,
    /// [`CHOICE`].
    Choice,
    /// An address that [`crate::sanitise::link`] lets through.
    Link(String),
}

/// A line of text.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Line(pub Vec<Span>);

impl Line {
    /// Text of this program: `___` is a blank, `[ ]` a box, `**...**` what must not be missed.
    /// Never for text from outside.
    pub(crate) fn fixed(text: &'static str) -> Self {
        let mut spans = Vec::new();
        for (n, part) in text.split("**").enumerate() {
            if n % 2 == 1 {
                spans.push(Span::Strong(part.to_owned()));
                continue;
            }
            for (n, part) in part.split("___").enumerate() {
                if n > 0 {
                    spans.push(Span::Blank);
                }
                for (n, part) in part.split(CHOICE).enumerate() {
                    if n > 0 {
                        spans.push(Span::Choice);
                    }
                    if !part.is_empty() {
                        spans.push(Span::Text(part.to_owned()));
                    }
                }
            }
        }
        Self(spans)
    }

    /// Text from outside: cleaned and shortened. Nothing in it is a blank or a box.
    pub(crate) fn outside(text: &str) -> Self {
        Self(vec![Span::Text(harmless(text))])
    }

    /// Text from outside, or a blank where there is none.
    pub(crate) fn or_blank(text: Option<&str>) -> Self {
        match text.map(str::trim).filter(|t| !t.is_empty()) {
            Some(text) => Self::outside(text),
            None => Self(vec![Span::Blank]),
        }
    }

    /// More behind it.
    pub(crate) fn then(mut self, more: Self) -> Self {
        for span in more.0 {
            match (self.0.last_mut(), span) {
                (Some(Span::Text(before)), Span::Text(text)) => before.push_str(&text),
                (_, span) => self.0.push(span),
            }
        }
        self
    }

    /// More text of this program behind it.
    pub(crate) fn fix(self, text: &'static str) -> Self {
        self.then(Self::fixed(text))
    }

    /// More text behind it: numbers and words made here, cleaned all the same.
    pub(crate) fn say(self, text: &str) -> Self {
        self.then(Self::outside(text))
    }

    /// An address behind it; as text if it is none.
    pub(crate) fn link(mut self, url: &str) -> Self {
        match crate::sanitise::link(url) {
            Some(url) => {
                self.0.push(Span::Link(url.to_owned()));
                self
            }
            None => self.say(url),
        }
    }
}

/// Text from outside that cannot be mistaken for a blank or a box.
fn harmless(text: &str) -> String {
    shortened(text, LONGEST)
        .replace("___", "_ _ _")
        .replace(CHOICE, "[.]")
}

/// A table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Headings.
    pub columns: Vec<&'static str>,
    /// Rows, each as long as the headings.
    pub rows: Vec<Vec<Line>>,
}

/// A part of a draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading(String),
    /// A paragraph.
    Text(Line),
    /// A list.
    Items(Vec<Line>),
    /// A table.
    Table(Table),
}

/// A draft.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What it is; every rendering says DRAFT before it.
    pub title: &'static str,
    /// When the report was made, RFC 3339.
    pub made: String,
    /// Its parts.
    pub blocks: Vec<Block>,
}

impl Draft {
    pub(crate) fn heading(&mut self, text: impl Into<String>) {
        self.blocks.push(Block::Heading(text.into()));
    }

    pub(crate) fn text(&mut self, line: Line) {
        self.blocks.push(Block::Text(line));
    }

    pub(crate) fn items(&mut self, lines: Vec<Line>) {
        if !lines.is_empty() {
            self.blocks.push(Block::Items(lines));
        }
    }

    pub(crate) fn table(&mut self, columns: Vec<&'static str>, rows: Vec<Vec<Line>>) {
        if !rows.is_empty() {
            self.blocks.push(Block::Table(Table { columns, rows }));
        }
    }

    /// Every line, in order; of tables every cell.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        self.blocks.iter().flat_map(|b| -> Vec<&Line> {
            match b {
                Block::Heading(_) => Vec::new(),
                Block::Text(line) => vec![line],
                Block::Items(lines) => lines.iter().collect(),
                Block::Table(t) => t.rows.iter().flatten().collect(),
            }
        })
    }

    /// Blanks and boxes in it.
    pub fn blanks(&self) -> (usize, usize) {
        let count = |wanted: &Span| {
            self.lines()
                .flat_map(|l| &l.0)
                .filter(|s| *s == wanted)
                .count()
        };
        (count(&Span::Blank), count(&Span::Choice))
    }
}
