//! Writes every output of the invented estate of the tests, or of a report that an audit wrote, into a
//! folder, to be looked at: `cargo run -p cellsweep-report --example page -- FOLDER [ASSETS|REPORT.json]`.

use std::error::Error;
use std::fs;
use std::path::PathBuf;

use cellsweep_report::json::Layout;
use cellsweep_report::redact::{Masking, redact};
use cellsweep_report::{json, markdown, questions, tables};

#[path = "../tests/fixture/mod.rs"]
#[allow(dead_code)] // the tests use all of it
mod fixture;

fn main() -> Result<(), Box<dyn Error>> {
    let mut arguments = std::env::args().skip(1);
    let folder = PathBuf::from(
        arguments
            .next()
            .unwrap_or_else(|| "page-example".to_owned()),
    );
    fs::create_dir_all(&folder)?;
    let mut report = match arguments.next() {
        Some(of) => match of.parse() {
            Ok(assets) => fixture::large(assets),
            Err(_) => serde_json::from_slice(&fs::read(of)?)?,
        },
        None => fixture::report(),
    };
    fs::write(
        folder.join("index.html"),
        cellsweep_report::html(&report, None)?,
    )?;
    fs::write(
        folder.join("report.json"),
        json::json(&report, Layout::Pretty)?,
    )?;
    fs::write(
        folder.join("questions.xlsx"),
        questions::xlsx(&report, None)?,
    )?;
    fs::write(folder.join("findings.csv"), tables::csv(&report, None)?)?;
    fs::write(folder.join("findings.xlsx"), tables::xlsx(&report, None)?)?;
    fs::write(folder.join("summary.md"), markdown::markdown(&report, None))?;
    redact(&mut report, Masking { sites: true })?;
    fs::write(
        folder.join("redacted.html"),
        cellsweep_report::html(&report, None)?,
    )?;
    Ok(())
}
