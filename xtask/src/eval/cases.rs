//! The labelled cases: where they stand, what one holds, and what must hold for all of them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

/// One labelled case.
#[derive(Clone, Debug, Deserialize)]
pub struct Case {
    /// Name, unique over all files.
    pub id: String,
    /// Kind of text, for the table.
    pub format: String,
    /// The evidence.
    pub text: String,
    /// The label.
    pub truth: Truth,
}

/// A label.
#[derive(Clone, Debug, Deserialize)]
pub struct Truth {
    /// Maker, if a careful human can decide it from the text.
    #[serde(default)]
    pub maker_slug: Option<String>,
    /// Model or models, joined with `/`.
    #[serde(default)]
    pub model: Option<String>,
    /// Cellular hardware is there.
    pub present: bool,
}

/// The committed files, `tests/cases/*.jsonl`, in the order of their names.
pub fn committed() -> anyhow::Result<Vec<PathBuf>> {
    let folder = crate::root().join("tests/cases");
    let mut files: Vec<PathBuf> = fs::read_dir(&folder)
        .with_context(|| folder.display().to_string())?
        .map(|e| e.map(|e| e.path()))
        .collect::<Result<_, _>>()?;
    files.retain(|p| p.extension().is_some_and(|e| e == "jsonl"));
    files.sort();
    Ok(files)
}

/// Reads the cases of these files.
///
/// # Errors
/// A line that is no case, and an id that stands twice, with the places.
pub fn load(files: &[PathBuf]) -> anyhow::Result<Vec<Case>> {
    let mut cases: Vec<Case> = Vec::new();
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    for file in files {
        let name = file.file_name().map_or_else(
            || file.display().to_string(),
            |n| n.to_string_lossy().into_owned(),
        );
        for (number, line) in lines(file)? {
            let place = format!("{name}, line {number}");
            let case: Case = serde_json::from_str(&line).with_context(|| place.clone())?;
            if let Some(before) = places.insert(case.id.clone(), place.clone()) {
                anyhow::bail!("{place}: the id {:?} stands in {before} too", case.id);
            }
            cases.push(case);
        }
    }
    Ok(cases)
}

/// Lines that are not blank, with their numbers.
fn lines(file: &Path) -> anyhow::Result<Vec<(usize, String)>> {
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    Ok(text
        .lines()
        .enumerate()
        .filter(|(_, l)| !l.trim().is_empty())
        .map(|(n, l)| (n + 1, l.to_owned()))
        .collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use cellsweep_catalog::Catalog;
    use cellsweep_evidence::identity::luhn;

    /// Runs of digits that stand alone, with what stands before them on their line.
    fn numbers(text: &str) -> Vec<(String, String)> {
        let mut found = Vec::new();
        for line in text.lines() {
            let mut at = 0;
            while let Some(start) = line[at..].find(|c: char| c.is_ascii_digit()) {
                let start = at + start;
                let len = line[start..]
                    .find(|c: char| !c.is_ascii_digit())
                    .unwrap_or(line.len() - start);
                at = start + len;
                let before = &line[..start];
                let alone = !before.ends_with(|c: char| c.is_alphanumeric() || c == '.')
                    && !line[at..].starts_with(|c: char| c.is_alphanumeric() || c == '.');
                if alone {
                    found.push((line[start..at].to_owned(), before.to_lowercase()));
                }
            }
        }
        found
    }

    #[test]
    fn every_file_of_cases_is_well_formed() {
        let cases = load(&committed().unwrap()).unwrap();
        let catalog = Catalog::embedded().unwrap();
        let mut wrong = Vec::new();
        for case in &cases {
            if let Some(slug) = &case.truth.maker_slug {
                if catalog.maker(slug).is_none() {
                    wrong.push(format!("{}: no maker {slug:?} in the catalogue", case.id));
                }
                if !case.truth.present {
                    wrong.push(format!("{}: a maker and not present", case.id));
                }
            }
            for (number, before) in numbers(&case.text) {
                match number.len() {
                    // An IMSI has no check digit; it begins with a country's number.
                    15 => {
                        let imei = ["01", "35", "86", "99"]
                            .iter()
                            .any(|rbi| number.starts_with(rbi));
                        if imei && !before.contains("imsi") && !luhn(number.as_bytes()) {
                            wrong.push(format!("{}: {number}: check digit", case.id));
                        }
                        if &number[9..14] != "00000" {
                            wrong.push(format!("{}: {number}: not masked", case.id));
                        }
                    }
                    18..=20
                        if number.starts_with("89")
                            && &number[number.len() - 6..number.len() - 1] != "00000" =>
                    {
                        wrong.push(format!("{}: {number}: not masked", case.id));
                    }
                    _ => {}
                }
            }
        }
        assert!(wrong.is_empty(), "{wrong:#?}");
    }

    #[test]
    fn an_id_that_stands_twice_is_an_error() {
        let folder = tempfile::tempdir().unwrap();
        let line = "{\"id\":\"a\",\"format\":\"at\",\"text\":\"\",\"truth\":{\"present\":false}}\n";
        let files: Vec<PathBuf> = ["one.jsonl", "two.jsonl"]
            .iter()
            .map(|n| folder.path().join(n))
            .collect();
        for f in &files {
            fs::write(f, line).unwrap();
        }
        assert!(load(&files[..1]).is_ok());
        let error = load(&files).unwrap_err().to_string();
        assert!(error.contains("two.jsonl, line 1"), "{error}");
    }
}
