//! Workbooks, written by a library for the test: what cannot be told by a golden pair in plain text.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "functions shared by tests are not seen as tests"
)]

use std::io::{Cursor, Write};

use cellsweep_evidence::reader::Collected;
use cellsweep_evidence::source::NoNames;
use cellsweep_evidence::{
    Clue, Head, Limits, Mapping, Place, ReadError, Source, Stance, choose, reader,
};
use rust_xlsxwriter::{Format, Workbook};

fn read(bytes: &[u8], mapping: &Mapping) -> (Collected, Result<(), ReadError>) {
    let limits = Limits::default();
    let mut source = Source::new("book.xlsx", bytes, &limits, &NoNames, mapping);
    let mut collected = Collected::default();
    let result = (reader("workbook").unwrap().read)(&mut source, &mut collected);
    (collected, result)
}

/// Three sheets: a cover page, a register with titles above the header and numbers as numbers, and a
/// list of parts.
fn book() -> Vec<u8> {
    let mut book = Workbook::new();
    let cover = book.add_worksheet().set_name("About").unwrap();
    cover.write(0, 0, "Register of the works yard").unwrap();
    let sheet = book.add_worksheet().set_name("Assets").unwrap();
    sheet.write(0, 0, "Works yard").unwrap();
    for (n, header) in ["Asset ID", "Make", "Model", "IMEI", "SIM", "Last seen"]
        .into_iter()
        .enumerate()
    {
        sheet.write(2, u16::try_from(n).unwrap(), header).unwrap();
    }
    sheet.write(4, 0, 4711).unwrap();
    sheet.write(4, 1, "Teltonika").unwrap();
    sheet.write(4, 2, "RUT241").unwrap();
    sheet.write(4, 3, 867_205_040_000_009_f64).unwrap();
    sheet.write(4, 4, 8_949_000_000_000_001_230_f64).unwrap();
    let date = Format::new().set_num_format("yyyy-mm-dd");
    sheet.write_with_format(4, 5, 46_023, &date).unwrap();
    // A cell at the far corner must cost nothing.
    sheet.write(1_048_575, 16_383, "x").unwrap();
    let parts = book.add_worksheet().set_name("Parts").unwrap();
    for (n, header) in ["Designator", "MPN", "Qty"].into_iter().enumerate() {
        parts.write(0, u16::try_from(n).unwrap(), header).unwrap();
    }
    parts.write(1, 0, "U1").unwrap();
    parts.write(1, 1, "EC25-E").unwrap();
    parts.write(1, 2, 1).unwrap();
    book.save_to_buffer().unwrap()
}

fn cell(sheet: &str, row: u64, column: &str) -> Place {
    Place::Cell {
        sheet: Some(sheet.to_owned()),
        row,
        column: column.to_owned(),
    }
}

#[test]
fn every_sheet_is_read_as_what_it_is() {
    let (collected, result) = read(&book(), &Mapping::default());
    result.unwrap();
    let all: Vec<_> = collected
        .observations
        .iter()
        .map(|o| (o.stance, o.clue, o.value.as_str(), o.place.clone()))
        .collect();
    assert_eq!(
        all,
        vec![
            (
                Stance::Declared,
                Clue::ProductMaker,
                "Teltonika",
                cell("Assets", 5, "Make")
            ),
            (
                Stance::Declared,
                Clue::ProductModel,
                "RUT241",
                cell("Assets", 5, "Model")
            ),
            (
                Stance::Declared,
                Clue::Imei,
                "867205040000009",
                cell("Assets", 5, "IMEI")
            ),
            (
                Stance::Declared,
                Clue::PartNumber,
                "EC25-E",
                cell("Parts", 2, "MPN")
            ),
            (
                Stance::Declared,
                Clue::Quantity,
                "1",
                cell("Parts", 2, "Qty")
            ),
        ]
    );
    let first = &collected.observations[0];
    assert_eq!(first.subject[0].value, "4711");
    assert_eq!(first.seen.as_deref(), Some("2026-01-01"));
    let problems: Vec<_> = collected
        .problems
        .iter()
        .map(|p| (p.code.as_str(), p.lost, p.place.clone()))
        .collect();
    assert_eq!(
        problems,
        vec![
            ("table-header-not-found", false, cell("About", 1, "")),
            (
                "iccid-destroyed-by-spreadsheet",
                true,
                cell("Assets", 5, "SIM")
            ),
        ]
    );
}

#[test]
fn the_mapping_names_the_sheet() {
    let mapping = Mapping {
        sheet: Some("parts".to_owned()),
        ..Mapping::default()
    };
    let (collected, result) = read(&book(), &mapping);
    result.unwrap();
    assert_eq!(collected.observations.len(), 2);
    assert!(collected.problems.is_empty());
}

#[test]
fn a_workbook_is_recognised() {
    let bytes = book();
    let head = Head {
        name: "anything",
        bytes: &bytes[..bytes.len().min(Head::SIZE)],
        text: "",
    };
    assert_eq!(choose(&head).map(|(r, _)| r.format), Some("workbook"));
}

/// A ZIP with these parts, deflated.
fn archive(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in parts {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

#[test]
fn what_expands_too_far_is_not_opened() {
    let zeros = vec![b' '; 70 * 1024 * 1024];
    let bytes = archive(&[("xl/sharedStrings.xml", &zeros)]);
    assert!(bytes.len() < 1024 * 1024);
    let (collected, result) = read(&bytes, &Mapping::default());
    assert!(collected.observations.is_empty());
    let message = result.unwrap_err().to_string();
    assert!(message.contains("expands to more than"), "{message}");
}

#[test]
fn open_document_cells_and_repeats() {
    let content = br#"<?xml version="1.0"?><office:document-content
 xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0"
 xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0"
 xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0"><office:body><office:spreadsheet>
<table:table table:name="Ger&#228;te">
<table:table-row table:number-rows-repeated="2"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
<table:table-row><table:table-cell office:value-type="string"><text:p>Asset</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="2"/>
<table:table-cell office:value-type="string"><text:p>Mod<text:span>el</text:span></text:p></table:table-cell>
<table:table-cell office:value-type="string"><text:p>IMEI</text:p></table:table-cell></table:table-row>
<table:table-row table:number-rows-repeated="2"><table:table-cell office:value-type="float" office:value="12"><text:p>12,00</text:p></table:table-cell>
<table:table-cell table:number-columns-repeated="2"/>
<table:table-cell office:value-type="string"><office:annotation><text:p>a remark</text:p></office:annotation><text:p>RUT &amp; 955</text:p></table:table-cell>
<table:table-cell office:value-type="float" office:value="867205040000009"/></table:table-row>
<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>
</table:table></office:spreadsheet></office:body></office:document-content>"#;
    let bytes = archive(&[
        (
            "mimetype",
            b"application/vnd.oasis.opendocument.spreadsheet",
        ),
        ("content.xml", content),
    ]);
    let (collected, result) = read(&bytes, &Mapping::default());
    result.unwrap();
    let all: Vec<_> = collected
        .observations
        .iter()
        .map(|o| (o.unit, o.clue, o.value.as_str(), o.place.clone()))
        .collect();
    let place = |row, column| cell("Geräte", row, column);
    assert_eq!(
        all,
        vec![
            (0, Clue::ProductModel, "RUT & 955", place(4, "Model")),
            (0, Clue::Imei, "867205040000009", place(4, "IMEI")),
            (1, Clue::ProductModel, "RUT & 955", place(5, "Model")),
            (1, Clue::Imei, "867205040000009", place(5, "IMEI")),
        ]
    );
    assert!(collected.problems.is_empty(), "{:?}", collected.problems);
}

#[test]
fn a_cut_workbook_is_a_problem_and_not_a_panic() {
    let bytes = book();
    for end in (0..bytes.len()).step_by(97) {
        let mut cut = bytes[..end].to_vec();
        if !cut.starts_with(b"PK\x03\x04") {
            continue;
        }
        assert!(read(&cut, &Mapping::default()).1.is_err());
        // Damage in the middle of a whole file.
        cut = bytes.clone();
        for byte in cut.iter_mut().skip(end).take(8) {
            *byte ^= 0xa5;
        }
        let _ = read(&cut, &Mapping::default());
    }
}

#[test]
fn the_format_before_2007_is_recognised_and_refused_with_a_reason() {
    let mut bytes = vec![0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1];
    bytes.resize(2048, 0);
    let head = Head {
        name: "inventory.xls",
        bytes: &bytes,
        text: "",
    };
    assert_eq!(choose(&head).map(|(r, _)| r.format), Some("workbook"));
    let message = read(&bytes, &Mapping::default()).1.unwrap_err().to_string();
    assert!(message.contains("save it as XLSX or CSV"), "{message}");
}

#[test]
fn the_mapping_names_columns_and_the_header_row() {
    let text = "Model;Serial\nexport of\nPlace;Thing;No\nYard;RUT955;77\n";
    let mapping = Mapping {
        columns: [("place", "site"), ("Thing", "model"), ("NO", "asset_tag")]
            .into_iter()
            .map(|(header, field)| (header.to_owned(), field.to_owned()))
            .collect(),
        header_row: Some(3),
        ..Mapping::default()
    };
    let limits = Limits::default();
    let mut source = Source::new("x.csv", text.as_bytes(), &limits, &NoNames, &mapping);
    let mut collected = Collected::default();
    (reader("register").unwrap().read)(&mut source, &mut collected).unwrap();
    let all: Vec<_> = collected
        .observations
        .iter()
        .map(|o| (o.clue, o.value.as_str()))
        .collect();
    assert_eq!(
        all,
        vec![(Clue::ProductModel, "RUT955"), (Clue::Site, "Yard")]
    );
    assert_eq!(collected.observations[0].subject[0].value, "77");
}

#[test]
fn many_like_problems_are_counted() {
    let mut text = String::from("imei,iccid\n");
    for _ in 0..1500 {
        text.push_str("8.67E+14,8949000000000001230\n");
    }
    let (limits, mapping) = (Limits::default(), Mapping::default());
    let mut source = Source::new("x.csv", text.as_bytes(), &limits, &NoNames, &mapping);
    let mut collected = Collected::default();
    (reader("sim-list").unwrap().read)(&mut source, &mut collected).unwrap();
    assert_eq!(collected.problems.len(), 1001);
    let last = &collected.problems[1000];
    assert!(
        last.lost && last.message.starts_with("500 more"),
        "{last:?}"
    );
}
