//! What people open the outputs with: a spreadsheet library that is not ours, a JSON Schema validator, a
//! browser, a reader of word processor files, minisign. Needs Python with openpyxl, jsonschema and python-docx,
//! Chromium, minisign and tar: only `cargo xtask test --all` runs
//! it, and there a missing tool is a failure.
#![allow(clippy::unwrap_used, clippy::panic)] // in a test a panic is the message

use std::path::Path;
use std::process::Command;

fn wanted() -> bool {
    std::env::var_os("CELLSWEEP_TEST_ALL").is_some()
}

fn audited(folder: &Path) -> std::path::PathBuf {
    let estate =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../examples/northshire/estate.toml");
    let out = folder.join("report");
    let status = Command::new(env!("CARGO_BIN_EXE_cellsweep"))
        .args(["-q", "audit"])
        .arg(estate)
        .arg("--out")
        .arg(&out)
        .output()
        .unwrap();
    assert_eq!(
        status.status.code(),
        Some(5),
        "{}",
        String::from_utf8_lossy(&status.stderr)
    );
    out
}

fn python(script: &str, arguments: &[&Path]) -> String {
    let output = Command::new("python3")
        .arg("-c")
        .arg(script)
        .args(arguments)
        .output()
        .unwrap();
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    String::from_utf8(output.stdout).unwrap()
}

#[test]
fn workbooks_open_in_openpyxl_with_text_cells_and_a_frozen_header() {
    if !wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = audited(folder.path());
    for name in ["questions.xlsx", "findings.xlsx"] {
        let said = python(
            "import sys, openpyxl\n\
             wb = openpyxl.load_workbook(sys.argv[1])\n\
             rows = 0\n\
             for ws in wb.worksheets:\n\
             \x20   assert ws.freeze_panes, ws.title\n\
             \x20   for row in ws.iter_rows():\n\
             \x20       rows += 1\n\
             \x20       for cell in row:\n\
             \x20           assert cell.data_type != 'f', (ws.title, cell.coordinate, cell.value)\n\
             print(rows)",
            &[&out.join(name)],
        );
        assert!(said.trim().parse::<u32>().unwrap() > 20, "{name}: {said}");
    }
}

#[test]
fn the_report_is_valid_by_an_independent_validator() {
    if !wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = audited(folder.path());
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../schema/report-1.schema.json");
    python(
        "import sys, json, jsonschema\n\
         schema = json.load(open(sys.argv[1]))\n\
         jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[2])))",
        &[&schema, &out.join("report.json")],
    );
}

#[test]
fn the_page_opens_in_a_browser_and_its_script_runs() {
    if !wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let out = audited(folder.path());
    let profile = folder.path().join("profile");
    let output = Command::new("chromium")
        .args([
            "--headless",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-quic",
            "--no-first-run",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--enable-logging=stderr",
            "--dump-dom",
        ])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}", out.join("index.html").display()))
        .output()
        .unwrap();
    let page = String::from_utf8_lossy(&output.stdout);
    let log = String::from_utf8_lossy(&output.stderr);
    assert!(page.contains("Northshire Council"), "{log}");
    assert!(
        !log.contains("Content Security Policy"),
        "the page breaks its own policy: {log}"
    );
    assert!(!log.contains("Uncaught"), "{log}");
}

#[test]
fn a_bundle_opens_in_tar_and_its_signature_holds_for_minisign() {
    if !wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let done = |command: &mut Command| {
        let output = command.current_dir(folder.path()).output().unwrap();
        assert!(
            output.status.success(),
            "{}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    // A key made by minisign signs; the same program checks.
    done(Command::new("minisign").args(["-G", "-W", "-p", "k.pub", "-s", "k.key"]));
    let report = audited(folder.path());
    done(
        Command::new(env!("CARGO_BIN_EXE_cellsweep"))
            .arg("bundle")
            .arg(report)
            .args(["--key", "k.key", "--out", "a.cellsweep"]),
    );
    done(Command::new(env!("CARGO_BIN_EXE_cellsweep")).args([
        "verify",
        "a.cellsweep",
        "--pubkey",
        "k.pub",
    ]));
    done(Command::new("tar").args(["xf", "a.cellsweep"]));
    let said = done(Command::new("minisign").args(["-V", "-m", "manifest.ndjson", "-p", "k.pub"]));
    assert!(said.contains("cellsweep-bundle-1 made "), "{said}");
    // Every member and the chain, by another program's hashes.
    let said = python(
        "import sys, json, hashlib, os\n\
         os.chdir(sys.argv[1])\n\
         prev, members = '0' * 64, 0\n\
         for line in open('manifest.ndjson', 'rb'):\n\
         \x20   record = json.loads(line)\n\
         \x20   assert record['prev'] == prev, line\n\
         \x20   prev = hashlib.sha256(line).hexdigest()\n\
         \x20   if record['record'] == 'member':\n\
         \x20       members += 1\n\
         \x20       data = open(record['name'], 'rb').read()\n\
         \x20       assert len(data) == record['bytes'], record\n\
         \x20       assert hashlib.sha256(data).hexdigest() == record['sha256'], record\n\
         print(members)",
        &[folder.path()],
    );
    assert!(said.trim().parse::<u32>().unwrap() >= 10, "{said}");
    let evidence = std::fs::read_to_string(at("evidence.ndjson")).unwrap();
    assert!(evidence.lines().count() > 100);
    // A changed manifest fails for minisign too.
    let mut manifest = std::fs::read(at("manifest.ndjson")).unwrap();
    *manifest.get_mut(40).unwrap() ^= 1;
    std::fs::write(at("manifest.ndjson"), manifest).unwrap();
    let output = Command::new("minisign")
        .current_dir(folder.path())
        .args(["-V", "-m", "manifest.ndjson", "-p", "k.pub"])
        .output()
        .unwrap();
    assert!(!output.status.success());
}

#[test]
fn statements_open_in_a_reader_of_word_processor_files() {
    if !wanted() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let report = audited(folder.path()).join("report.json");
    for kind in [
        "far-889",
        "s1260h",
        "connected-vehicle",
        "fcc-attestation",
        "cra-component",
        "module-list",
    ] {
        let paper = folder.path().join(format!("{kind}.docx"));
        let text = folder.path().join(format!("{kind}.md"));
        for path in [&paper, &text] {
            let output = Command::new(env!("CARGO_BIN_EXE_cellsweep"))
                .args(["statement", kind])
                .arg(&report)
                .arg("-o")
                .arg(path)
                .output()
                .unwrap();
            assert!(
                output.status.success(),
                "{}",
                String::from_utf8_lossy(&output.stderr)
            );
        }
        // Every finding that shows a module, and as many blanks as the Markdown has.
        python(
            "import sys, json, docx\n\
             paper = docx.Document(sys.argv[1])\n\
             lines = [p.text for p in paper.paragraphs]\n\
             cells = [c.text for t in paper.tables for r in t.rows for c in r.cells]\n\
             assert lines[0].startswith('DRAFT: '), lines[0]\n\
             report = json.load(open(sys.argv[3]))\n\
             there = [f['id'] for f in report['findings'] if f['presence'] in ('observed', 'declared', 'implied')]\n\
             assert len(there) > 100\n\
             missing = set(there) - set(cells)\n\
             assert not missing, sorted(missing)[:5]\n\
             blank = '_' * 14\n\
             here = sum(x.count(blank) for x in lines + cells)\n\
             there = open(sys.argv[2], encoding='utf-8').read().count(blank)\n\
             assert here == there, (here, there)",
            &[&paper, &text, &report],
        );
    }
}
