//! A draft as DOCX, to be filled in with a word processor.

use std::io::Cursor;

use docx_rs::{
    AbstractNumbering, Docx, Footer, IndentLevel, Level, LevelJc, LevelText, NumberFormat,
    Numbering, NumberingId, PageMargin, PageNum, PageOrientationType, Paragraph, Run, RunFonts,
    Shading, SpecialIndentType, Start, Style, StyleType, Table, TableCell, TableLayoutType,
    TableRow, WidthType,
};

use super::draft::{BLANK, Block, CHOICE, Draft, Line, Span};

/// Width of the text on a landscape A4 page, in twentieths of a point.
const WIDTH: usize = 14_400;
/// The list.
const LIST: usize = 2;

/// The draft as a DOCX file. The same draft gives the same bytes.
///
/// # Errors
/// If the file cannot be put together.
pub fn docx(draft: &Draft) -> Result<Vec<u8>, std::io::Error> {
    let font = || RunFonts::new().ascii("Arial").hi_ansi("Arial").cs("Arial");
    let heading = |id: &str, name: &str, size: usize| {
        Style::new(id, StyleType::Paragraph)
            .name(name)
            .based_on("Normal")
            .size(size)
            .bold()
    };
    let mut doc = Docx::new()
        .created_at(&draft.made)
        .updated_at(&draft.made)
        .default_fonts(font())
        .default_size(20)
        .page_size(16_838, 11_906)
        .page_orient(PageOrientationType::Landscape)
        .page_margin(PageMargin {
            top: 1_000,
            left: 1_200,
            bottom: 1_000,
            right: 1_200,
            header: 500,
            footer: 500,
            gutter: 0,
        })
        .add_style(heading("Heading1", "heading 1", 30))
        .add_style(heading("Heading2", "heading 2", 24))
        .add_abstract_numbering(
            AbstractNumbering::new(LIST).add_level(
                Level::new(
                    0,
                    Start::new(1),
                    NumberFormat::new("bullet"),
                    LevelText::new("•"),
                    LevelJc::new("left"),
                )
                .indent(
                    Some(420),
                    Some(SpecialIndentType::Hanging(280)),
                    None,
                    None,
                ),
            ),
        )
        .add_numbering(Numbering::new(LIST, LIST))
        .footer(
            Footer::new().add_paragraph(
                Paragraph::new()
                    .add_run(run("DRAFT, not signed. Page "))
                    .add_page_num(PageNum::new()),
            ),
        )
        .add_paragraph(
            Paragraph::new()
                .style("Heading1")
                .add_run(run(&format!("DRAFT: {}", draft.title))),
        );
    for b in &draft.blocks {
        doc = match b {
            Block::Heading(text) => doc.add_paragraph(
                Paragraph::new()
                    .style("Heading2")
                    .keep_next(true)
                    .add_run(run(text)),
            ),
            Block::Text(line) => doc.add_paragraph(paragraph(line, None)),
            Block::Items(lines) => lines.iter().fold(doc, |doc, line| {
                doc.add_paragraph(
                    paragraph(line, None).numbering(NumberingId::new(LIST), IndentLevel::new(0)),
                )
            }),
            // A paragraph behind it keeps two tables apart.
            Block::Table(t) => doc
                .add_table(table(&t.columns, &t.rows))
                .add_paragraph(Paragraph::new()),
        };
    }
    let mut out = Cursor::new(Vec::new());
    doc.build().pack(&mut out).map_err(std::io::Error::other)?;
    Ok(out.into_inner())
}

fn table(columns: &[&'static str], rows: &[Vec<Line>]) -> Table {
    let width = WIDTH / columns.len().max(1);
    let cell = |p: Paragraph| {
        TableCell::new()
            .width(width, WidthType::Dxa)
            .add_paragraph(p)
    };
    let head = TableRow::new(
        columns
            .iter()
            .map(|name| {
                cell(Paragraph::new().add_run(run(name).bold().size(16)))
                    .shading(Shading::new().fill("E7E6E6"))
            })
            .collect(),
    )
    .cant_split();
    let rows = rows.iter().map(|row| {
        TableRow::new(
            row.iter()
                .map(|line| cell(paragraph(line, Some(16))))
                .collect(),
        )
        .cant_split()
    });
    Table::new(std::iter::once(head).chain(rows).collect())
        .set_grid(vec![width; columns.len()])
        .width(WIDTH, WidthType::Dxa)
        .layout(TableLayoutType::Fixed)
}

fn paragraph(line: &Line, size: Option<usize>) -> Paragraph {
    line.0.iter().fold(Paragraph::new(), |p, span| {
        let run = match span {
            Span::Text(text) | Span::Link(text) => run(text),
            Span::Strong(text) => run(text).bold(),
            Span::Blank => run(BLANK),
            Span::Choice => run(CHOICE),
        };
        p.add_run(match size {
            Some(size) => run.size(size),
            None => run,
        })
    })
}

/// Text that XML can hold: what acts was made harmless before; two code points that are no characters
/// are left.
fn run(text: &str) -> Run {
    Run::new().add_text(text.replace(['\u{fffe}', '\u{ffff}'], "\u{fffd}"))
}
