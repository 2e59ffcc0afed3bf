//! Workbooks: every text is written as text, so nothing that comes from outside becomes a formula.

use jiff::civil;
use rust_xlsxwriter::{
    Color, DataValidation, DocProperties, ExcelDateTime, Format, FormatAlign, FormatBorder,
    Workbook, XlsxError,
};

use crate::sanitise::{sanitise, shortened};

/// Rows of a sheet below its header; more go to a further sheet.
const ROWS: usize = 1_048_000;
/// Characters of one cell; the format's own limit is 32,767.
const CELL: usize = 32_000;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Text, always written as text.
    Text,
    /// A number where the text is one, else text.
    Number,
    /// A day `YYYY-MM-DD` where the text is one, else text.
    Date,
}

/// A column.
pub(crate) struct Column<'a> {
    /// Header.
    pub name: &'a str,
    /// Width in characters.
    pub width: f64,
    /// What it holds.
    pub kind: Kind,
    /// To be filled in by people.
    pub answer: bool,
}

/// A workbook being written. The same rows give the same bytes.
pub(crate) struct Book {
    workbook: Workbook,
    header: Format,
    answer_header: Format,
    text: Format,
    day: Format,
    answer: Format,
    answer_day: Format,
}

impl Book {
    /// An empty workbook, dated as the report is and not as the clock is.
    pub fn new(generated_at: &str) -> Self {
        let mut workbook = Workbook::new();
        let made = generated_at
            .get(..19)
            .and_then(|t| ExcelDateTime::parse_from_str(t).ok())
            .or_else(|| ExcelDateTime::from_ymd(2000, 1, 1).ok());
        if let Some(made) = made {
            workbook.set_properties(&DocProperties::new().set_creation_datetime(&made));
        }
        let base = Format::new().set_align(FormatAlign::Top).set_text_wrap();
        let header = Format::new()
            .set_bold()
            .set_text_wrap()
            .set_align(FormatAlign::Top)
            .set_border_bottom(FormatBorder::Thin)
            .set_background_color(Color::RGB(0x00DD_E5EE));
        let answer = base
            .clone()
            .set_background_color(Color::RGB(0x00FF_F8DC))
            .set_border(FormatBorder::Hair);
        Self {
            workbook,
            answer_header: header.clone().set_background_color(Color::RGB(0x00F3_DF9C)),
            header,
            day: base.clone().set_num_format("yyyy-mm-dd"),
            answer_day: answer.clone().set_num_format("yyyy-mm-dd"),
            text: base,
            answer,
        }
    }

    /// Adds a sheet: frozen header, filter, and validation of the named columns.
    pub fn sheet(
        &mut self,
        name: &str,
        columns: &[Column<'_>],
        rows: &[Vec<String>],
        validations: &[(&str, DataValidation)],
    ) -> Result<(), XlsxError> {
        let mut parts: Vec<&[Vec<String>]> = rows.chunks(ROWS).collect();
        if parts.is_empty() {
            parts.push(&[]);
        }
        for (n, part) in parts.into_iter().enumerate() {
            let title = if n == 0 {
                name.to_owned()
            } else {
                format!("{name} {}", n + 1)
            };
            self.part(&title, columns, part, validations)?;
        }
        Ok(())
    }

    fn part(
        &mut self,
        title: &str,
        columns: &[Column<'_>],
        rows: &[Vec<String>],
        validations: &[(&str, DataValidation)],
    ) -> Result<(), XlsxError> {
        let Self {
            workbook,
            header,
            answer_header,
            text,
            day,
            answer,
            answer_day,
        } = self;
        let sheet = workbook.add_worksheet();
        sheet.set_name(title)?;
        let last_row = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        for (c, column) in (0u16..).zip(columns) {
            sheet.set_column_width(c, column.width)?;
            let format = if column.answer {
                &*answer_header
            } else {
                &*header
            };
            sheet.write_string_with_format(0, c, column.name, format)?;
            for (name, validation) in validations {
                if *name == column.name && last_row > 0 {
                    sheet.add_data_validation(1, c, last_row, c, validation)?;
                }
            }
        }
        for (r, row) in (1u32..).zip(rows) {
            for ((c, column), value) in (0u16..).zip(columns).zip(row) {
                let format = match (column.answer, column.kind) {
                    (true, Kind::Date) => &*answer_day,
                    (true, _) => &*answer,
                    (false, Kind::Date) => &*day,
                    (false, _) => &*text,
                };
                if value.is_empty() {
                    if column.answer {
                        sheet.write_blank(r, c, format)?;
                    }
                    continue;
                }
                match column.kind {
                    Kind::Number => {
                        if let Ok(n) = value.parse::<f64>()
                            && n.is_finite()
                        {
                            sheet.write_number_with_format(r, c, n, format)?;
                            continue;
                        }
                    }
                    Kind::Date => {
                        if value.parse::<civil::Date>().is_ok()
                            && let Ok(d) = ExcelDateTime::parse_from_str(value)
                        {
                            sheet.write_datetime_with_format(r, c, &d, format)?;
                            continue;
                        }
                    }
                    Kind::Text => {}
                }
                let mut clean = sanitise(value).into_owned();
                if clean.len() > CELL {
                    clean = shortened(value, CELL / 2);
                }
                sheet.write_string_with_format(r, c, clean, format)?;
            }
        }
        let last_column = u16::try_from(columns.len().saturating_sub(1)).unwrap_or(u16::MAX);
        sheet.set_freeze_panes(1, 0)?;
        sheet.autofilter(0, 0, last_row, last_column)?;
        sheet.set_landscape();
        sheet.set_paper_size(9);
        sheet.set_print_fit_to_pages(1, 0);
        sheet.set_repeat_rows(0, 0)?;
        Ok(())
    }

    /// The file.
    pub fn finish(mut self) -> Result<Vec<u8>, XlsxError> {
        self.workbook.save_to_buffer()
    }
}
