//! Parses the catalogue's TOML files and embeds them. A mistake in a file ends the build with its
//! name and line.

use std::path::Path;

#[allow(dead_code, missing_docs)] // the library uses more of these than the build does
#[path = "src/model.rs"]
mod model;

#[allow(dead_code)] // as above
#[path = "src/starts.rs"]
mod starts;

#[allow(dead_code)] // as above
#[path = "src/files.rs"]
mod files;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let manifest = std::env::var("CARGO_MANIFEST_DIR")?;
    let dir = Path::new(&manifest).join("../../catalog");
    println!("cargo::rerun-if-changed={}", dir.display());
    for part in ["makers", "products", "shared"] {
        println!("cargo::rerun-if-changed={}", dir.join(part).display());
    }
    for file in ["build.rs", "src/model.rs", "src/files.rs", "src/starts.rs"] {
        println!("cargo::rerun-if-changed={file}");
    }
    let texts = files::texts(&dir)?;
    let (raw, errors) = files::parse(&texts);
    if !errors.is_empty() {
        let mut all = String::new();
        for error in &errors {
            println!("cargo::error=catalog/{error}");
            all.push_str("\ncatalog/");
            all.push_str(&error.to_string());
        }
        return Err(format!("the catalogue has mistakes:{all}").into());
    }
    let blob = postcard::to_stdvec(&raw)?;
    let out = Path::new(&std::env::var("OUT_DIR")?).join("catalog.postcard");
    std::fs::write(out, blob)?;
    Ok(())
}
