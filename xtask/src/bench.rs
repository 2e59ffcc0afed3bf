//! Benchmarks: inputs are generated from a fixed seed under `target/bench`, ours and a peer run in turns
//! in one go, and what is compared is CPU seconds (user and system) of each, because wall-clock time on
//! a shared machine says little. Nothing here is a test: no time makes anything fail.
//!
//! CPU seconds are the operating system's own count for ended children (`cutime` and `cstime` of
//! `/proc/self/stat`, in hundredths); peak memory is `VmHWM` of `/proc/PID/status`, looked at while the
//! child runs.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use anyhow::Context as _;
use cellsweep_catalog::Catalog;
use cellsweep_catalog::model::Alone;
use cellsweep_evidence::source::NoNames;
use cellsweep_evidence::{
    Clue, Limits, Mapping, Observation, Problem, ReadError, Sink, Source, identity, reader,
};
use clap::{Args, ValueEnum};

/// Arguments.
#[derive(Debug, Args)]
pub struct Bench {
    /// Which
    #[arg(value_enum)]
    name: Name,
    /// Turns
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// Size of the input as a share of the full one
    #[arg(long, default_value_t = 1.0)]
    scale: f64,
    /// The program measured; without it, target/release/cellsweep, built first
    #[arg(long)]
    program: Option<PathBuf>,
    /// Run one side of a comparison in this process (used by the benchmark itself)
    #[arg(long, hide = true)]
    side: Option<PathBuf>,
}

/// What can be measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Name {
    /// A list of five million IMEIs, from file to findings
    Imei,
    /// A register of a million rows: reading and looking products and names up, against DuckDB
    Register,
    /// Names in 200 MB of log text, against ripgrep
    Text,
    /// A line-wise inventory of a million assets judged again
    Assess,
    /// A bill of materials of a hundred thousand lines through the gate, and one part number
    Gate,
    /// A generated national estate planned, against simple rules, and checked
    Plan,
}

/// What one run took.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    /// User and system, in seconds.
    pub cpu: f64,
    /// Peak resident memory, in bytes.
    pub peak: u64,
}

/// Numbers from a seed: splitmix64.
pub struct Random(pub u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    /// Below `n`.
    pub fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }
    /// One of these.
    pub fn of<'a, T>(&mut self, all: &'a [T]) -> Option<&'a T> {
        let n = usize::try_from(self.below(all.len() as u64)).unwrap_or_default();
        all.get(n)
    }
}

/// Runs a benchmark.
pub fn run(b: &Bench) -> anyhow::Result<()> {
    if let Some(file) = &b.side {
        return register_side(file);
    }
    let folder = crate::root().join("target/bench");
    fs::create_dir_all(&folder)?;
    if b.name == Name::Plan {
        return crate::plan::bench(&folder, b.scale, 7);
    }
    let program = match &b.program {
        Some(program) => program.clone(),
        None => build("cellsweep")?,
    };
    let rounds = b.rounds.max(1);
    match b.name {
        Name::Imei => imei(&folder, &program, rounds, b.scale),
        Name::Register => register(&folder, rounds, b.scale),
        Name::Text => text(&folder, &program, rounds, b.scale),
        Name::Assess => assess(&folder, &program, rounds, b.scale),
        Name::Gate => crate::gate::bench(&folder, &program, rounds, b.scale),
        Name::Plan => Ok(()), // measured above, in this process
    }
}

/// A package built with optimisation.
pub fn build(package: &str) -> anyhow::Result<PathBuf> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["build", "--quiet", "--release", "--package", package])
        .current_dir(crate::root())
        .status()?;
    anyhow::ensure!(status.success(), "the release build failed");
    Ok(crate::root().join("target/release").join(package))
}

/// A share of a full count, at least one.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    clippy::cast_precision_loss
)] // counts of a few million
pub fn part(full: u64, scale: f64) -> u64 {
    ((full as f64 * scale) as u64).max(1)
}

#[allow(clippy::cast_precision_loss)] // for printing
pub fn millions(n: u64) -> f64 {
    n as f64 / 1e6
}

/// The file of this name, generated if it is not there yet.
pub fn input(
    folder: &Path,
    name: &str,
    make: impl FnOnce(&mut BufWriter<File>) -> anyhow::Result<()>,
) -> anyhow::Result<PathBuf> {
    let path = folder.join(name);
    if !path.exists() {
        let unfinished = folder.join(format!("{name}.part"));
        let mut out = BufWriter::with_capacity(1 << 20, File::create(&unfinished)?);
        make(&mut out)?;
        out.flush()?;
        fs::rename(&unfinished, &path)?;
    }
    Ok(path)
}

/// CPU seconds of all children that have ended.
fn children() -> anyhow::Result<f64> {
    let stat = fs::read_to_string("/proc/self/stat").context("benchmarks need /proc")?;
    let after = stat.rsplit(')').next().unwrap_or_default();
    let fields: Vec<&str> = after.split_whitespace().collect();
    let ticks = |n: usize| -> f64 { fields.get(n).and_then(|t| t.parse().ok()).unwrap_or(0.0) };
    // Fields 16 and 17 of proc(5), counted from the state, which is field 3.
    Ok((ticks(13) + ticks(14)) / 100.0)
}

/// Runs a command to its end. Any exit code that `good` accepts is success.
pub fn measure(command: &mut Command, good: fn(i32) -> bool) -> anyhow::Result<Cost> {
    let before = children()?;
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("{command:?}"))?;
    let status_file = format!("/proc/{}/status", child.id());
    let mut peak = 0u64;
    let status = loop {
        if let Ok(text) = fs::read_to_string(&status_file)
            && let Some(kilobytes) = text
                .lines()
                .find_map(|l| l.strip_prefix("VmHWM:"))
                .and_then(|l| l.split_whitespace().next()?.parse::<u64>().ok())
        {
            peak = peak.max(kilobytes * 1024);
        }
        if let Some(status) = child.try_wait()? {
            break status;
        }
        sleep(Duration::from_millis(5));
    };
    if !status.code().is_some_and(good) {
        let mut said = String::new();
        if let Some(mut err) = child.stderr.take() {
            std::io::Read::read_to_string(&mut err, &mut said)?;
        }
        anyhow::bail!("{command:?} ended with {status}: {}", said.trim());
    }
    Ok(Cost {
        cpu: children()? - before,
        peak,
    })
}

/// Median, least and most.
pub fn spread(mut all: Vec<f64>) -> (f64, f64, f64) {
    all.sort_by(f64::total_cmp);
    let at = |n: usize| all.get(n).copied().unwrap_or(f64::NAN);
    (at(all.len() / 2), at(0), at(all.len().saturating_sub(1)))
}

pub fn show(name: &str, costs: &[Cost]) -> f64 {
    let (median, least, most) = spread(costs.iter().map(|c| c.cpu).collect());
    let peak = costs.iter().map(|c| c.peak).max().unwrap_or_default();
    println!(
        "  {name:<34} {median:>8.2} CPU s ({least:.2} to {most:.2}), peak {:.0} MB",
        millions(peak)
    );
    median
}

/// Ours and a peer in turns: `A B A B`.
fn turns(
    rounds: usize,
    mut ours: impl FnMut() -> anyhow::Result<Cost>,
    mut peer: Option<impl FnMut() -> anyhow::Result<Cost>>,
) -> anyhow::Result<(Vec<Cost>, Vec<Cost>)> {
    let (mut a, mut b) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        a.push(ours()?);
        if let Some(peer) = &mut peer {
            b.push(peer()?);
        }
    }
    Ok((a, b))
}

/// One program by itself.
pub fn alone(
    rounds: usize,
    ours: impl FnMut() -> anyhow::Result<Cost>,
) -> anyhow::Result<Vec<Cost>> {
    Ok(turns(rounds, ours, None::<fn() -> anyhow::Result<Cost>>)?.0)
}

fn compare(ours: &[Cost], peer: &[Cost], peer_name: &str) {
    show("cellsweep", ours);
    if peer.is_empty() {
        return;
    }
    show(peer_name, peer);
    let ratios: Vec<f64> = ours
        .iter()
        .zip(peer)
        .map(|(a, b)| a.cpu / b.cpu.max(0.01))
        .collect();
    let (median, least, most) = spread(ratios);
    println!(
        "  ratio ours / {peer_name}: {median:.2} ({least:.2} to {most:.2}); below 1 is faster"
    );
}

/// Exit codes of a scan that has done its work: findings are to be expected.
pub fn scanned(code: i32) -> bool {
    matches!(code, 0 | 1 | 3 | 5)
}

/// Type allocation codes: those of the catalogue, then made-up ones up to 2,000.
fn codes(catalog: &Catalog, random: &mut Random) -> Vec<String> {
    let mut codes: Vec<String> = catalog
        .makers()
        .filter_map(|m| catalog.file(&m.slug))
        .flat_map(|f| f.tac.iter().map(|t| t.tac.clone()))
        .collect();
    codes.sort();
    codes.dedup();
    while codes.len() < 2000 {
        codes.push(format!("{:08}", 35_000_000 + random.below(60_000_000)));
    }
    codes
}

/// An IMEI: code, serial number, check digit.
fn write_imei(code: &str, serial: u64, into: &mut String) {
    into.clear();
    let _ = write!(into, "{code}{serial:06}");
    let mut with = into.clone();
    for digit in '0'..='9' {
        with.truncate(14);
        with.push(digit);
        if identity::luhn(with.as_bytes()) {
            break;
        }
    }
    into.clone_from(&with);
}

fn imei(folder: &Path, program: &Path, rounds: usize, scale: f64) -> anyhow::Result<()> {
    let catalog = Catalog::embedded()?;
    let full = part(5_000_000, scale);
    let make = |rows: u64| {
        let codes = codes(&catalog, &mut Random(1));
        input(folder, &format!("imeis-{rows}.txt"), |out| {
            let mut text = String::new();
            for n in 0..rows {
                // Each number once: its place among the codes and its serial follow from n.
                let at = usize::try_from(n).unwrap_or_default() % codes.len();
                let code = codes.get(at).map_or("35000000", String::as_str);
                write_imei(code, n / 2000 + 1, &mut text);
                writeln!(out, "{text}")?;
            }
            Ok(())
        })
    };
    println!(
        "imei: a list of IMEIs, `cellsweep scan FILE --format ndjson`, findings to a null device"
    );
    let mut peaks = Vec::new();
    for rows in [full / 5, full] {
        let file = make(rows.max(1))?;
        let costs = alone(rounds, || {
            let mut c = Command::new(program);
            c.args(["scan", "--format", "ndjson"]).arg(&file);
            measure(&mut c, scanned)
        })?;
        let cpu = show(&format!("{rows} lines"), &costs);
        println!(
            "  {:<34} {:>8.2} million lines a CPU second",
            "",
            millions(rows) / cpu
        );
        peaks.push(costs.iter().map(|c| c.peak).max().unwrap_or_default());
    }
    if let [small, large] = peaks.as_slice() {
        #[allow(clippy::cast_precision_loss)] // bytes a line, for printing
        let each = large.saturating_sub(*small) as f64 / (full - full / 5).max(1) as f64;
        println!("  memory: {each:.1} bytes a further line");
    }
    Ok(())
}

const PLACES: [&str; 8] = [
    "Harbour",
    "Depot",
    "Mill Lane",
    "Station",
    "Quarry",
    "Bridge",
    "Upper Dam",
    "Market",
];
const PLAIN: [(&str, &str); 6] = [
    ("HP", "ProDesk 600 G6"),
    ("Dell", "Latitude 5420"),
    ("Schneider Electric", "Modicon M221"),
    ("Epson", "WF-C5790"),
    ("APC", "SMT1500"),
    ("Siemens", "S7-1200"),
];

/// A register: one row in ten is a product of the catalogue, one in fifty names a module in its notes.
fn register_file(folder: &Path, catalog: &Catalog, rows: u64) -> anyhow::Result<PathBuf> {
    let products: Vec<(String, String)> = catalog
        .products()
        // A model is an expression; some are a plain name.
        .filter(|(_, p)| {
            p.model
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b' ' || b == b'-')
        })
        .map(|(maker, p)| (maker.to_owned(), p.model.clone()))
        .collect();
    let families = names(catalog);
    input(folder, &format!("register-{rows}.csv"), |out| {
        let mut random = Random(2);
        writeln!(
            out,
            "Asset Tag,Name,Manufacturer,Model,Serial Number,Site,Notes"
        )?;
        for n in 0..rows {
            let (maker, model) = if random.below(10) == 0 {
                random
                    .of(&products)
                    .map_or(("", ""), |(a, b)| (a.as_str(), b.as_str()))
            } else {
                random.of(&PLAIN).copied().unwrap_or_default()
            };
            let place = random.of(&PLACES).copied().unwrap_or_default();
            let notes = if random.below(50) == 0 {
                format!(
                    "LTE modem {} replaced in spring",
                    random.of(&families).map_or("", String::as_str)
                )
            } else {
                "checked at the last inspection".to_owned()
            };
            let serial = random.next();
            writeln!(
                out,
                "A-{n:07},{place} unit {},{},{},SN{serial:016X},{place},{notes}",
                n % 97,
                maker.replace(',', " "),
                model.replace([',', '"'], " ")
            )?;
        }
        Ok(())
    })
}

/// Family names as they are written: those that name a module by themselves.
fn names(catalog: &Catalog) -> Vec<String> {
    let mut all: Vec<String> = catalog
        .makers()
        .filter_map(|m| catalog.file(&m.slug))
        .flat_map(|f| &f.family)
        .filter(|f| f.alone == Alone::Safe)
        .map(|f| f.name.clone())
        .filter(|n| n.len() >= 4 && n.is_ascii())
        .collect();
    all.sort();
    all.dedup();
    all
}

/// Our side of the register comparison, in a process of its own: reads every row, looks its product up
/// and looks for names in its texts.
fn register_side(file: &Path) -> anyhow::Result<()> {
    struct Looking<'a> {
        catalog: &'a Catalog,
        maker: String,
        unit: u64,
        rows: u64,
        products: u64,
        names: u64,
    }
    impl Sink for Looking<'_> {
        fn observe(&mut self, o: Observation) -> Result<(), ReadError> {
            if self.rows == 0 || o.unit != self.unit {
                self.unit = o.unit;
                self.rows += 1;
                self.maker.clear();
            }
            match o.clue {
                Clue::ProductMaker => self.maker = o.value,
                Clue::ProductModel => {
                    let maker = Some(self.maker.as_str()).filter(|m| !m.is_empty());
                    self.products +=
                        u64::from(self.catalog.product(maker, &o.value, None, None).is_some());
                    self.names += u64::from(!self.catalog.names(&o.value).is_empty());
                }
                Clue::AssetName | Clue::DeclaredModule | Clue::Text => {
                    self.names += u64::from(!self.catalog.names(&o.value).is_empty());
                }
                _ => {}
            }
            Ok(())
        }
        fn problem(&mut self, _: Problem) {}
    }
    let catalog = Catalog::embedded()?;
    let (limits, mapping) = (Limits::default(), Mapping::default());
    let mut source = Source::new(
        "register.csv",
        File::open(file)?,
        &limits,
        &NoNames,
        &mapping,
    );
    let reader = reader("register").context("the register reader")?;
    let mut sink = Looking {
        catalog: &catalog,
        maker: String::new(),
        unit: 0,
        rows: 0,
        products: 0,
        names: 0,
    };
    (reader.read)(&mut source, &mut sink)?;
    println!(
        "{} rows, {} with a product of the catalogue, {} texts with a name",
        sink.rows, sink.products, sink.names
    );
    Ok(())
}

fn register(folder: &Path, rounds: usize, scale: f64) -> anyhow::Result<()> {
    let catalog = Catalog::embedded()?;
    let rows = part(1_000_000, scale);
    let file = register_file(folder, &catalog, rows)?;
    let mut alternation: Vec<String> = names(&catalog).iter().map(|n| escaped(n)).collect();
    // Models are expressions already.
    alternation.extend(catalog.products().map(|(_, p)| p.model.clone()));
    alternation.sort();
    alternation.dedup();
    let expression = folder.join("register-names.txt");
    fs::write(
        &expression,
        format!("(?i)\\b(?:{})\\b", alternation.join("|")),
    )?;
    let script = folder.join("register-duckdb.py");
    fs::write(&script, DUCKDB)?;
    println!(
        "register: {rows} rows; ours reads the table and looks up products and names, DuckDB reads the same table with one thread and matches the same columns against one alternation of the same {} names",
        alternation.len()
    );
    let python = Command::new("python3")
        .args(["-c", "import duckdb"])
        .stderr(Stdio::null())
        .status();
    let peer = python.is_ok_and(|s| s.success());
    if !peer {
        println!("  DuckDB is not here: `pip install duckdb`; ours alone");
    }
    // `cargo xtask` itself is a build without optimisation: our side must not be measured in it.
    let own = build("xtask")?;
    let (a, b) = turns(
        rounds,
        || {
            let mut c = Command::new(&own);
            c.args(["bench", "register", "--side"]).arg(&file);
            measure(&mut c, |code| code == 0)
        },
        peer.then_some(|| {
            let mut c = Command::new("python3");
            c.args([&script, &file, &expression]);
            measure(&mut c, |code| code == 0)
        }),
    )?;
    compare(&a, &b, "DuckDB");
    Ok(())
}

const DUCKDB: &str = "\
import sys, duckdb
file, names = sys.argv[1], open(sys.argv[2]).read()
db = duckdb.connect()
db.execute('SET threads = 1')
found = db.execute('''
    SELECT count(*), count(*) FILTER (regexp_matches(\"Model\", $names)),
           count(*) FILTER (regexp_matches(\"Name\", $names))
    FROM read_csv($file, header = true, all_varchar = true)
''', {'file': file, 'names': names}).fetchone()
print(found)
";

fn escaped(name: &str) -> String {
    let mut out = String::new();
    for c in name.chars() {
        if !c.is_ascii_alphanumeric() && c != ' ' {
            out.push('\\');
        }
        out.push(c);
    }
    out
}

const LOG: [&str; 6] = [
    "systemd[1]: Started Daily apt download activities.",
    "kernel: [ 2041.118273] e1000e 0000:00:1f.6 eno1: NIC Link is Up 1000 Mbps Full Duplex, Flow Control: Rx/Tx",
    "sshd[21877]: Accepted publickey for operator from 10.20.30.40 port 51122 ssh2",
    "scada-poller[818]: rtu 0x1f3a poll ok, 24 registers in 113 ms, next in 60 s",
    "dhcpd[702]: DHCPACK on 10.20.31.77 to 3c:52:82:11:22:33 (PC-0417) via eno1",
    "postgres[1190]: LOG: checkpoint complete: wrote 4211 buffers (25.7%); 0 WAL file(s) added",
];

fn text(folder: &Path, program: &Path, rounds: usize, scale: f64) -> anyhow::Result<()> {
    let catalog = Catalog::embedded()?;
    let wanted = names(&catalog);
    let bytes = part(200_000_000, scale);
    let file = input(folder, &format!("log-{bytes}.txt"), |out| {
        let mut random = Random(3);
        let mut written = 0u64;
        let mut line = String::new();
        while written < bytes {
            line.clear();
            let second = written / 4000;
            let _ = write!(
                line,
                "2026-03-{:02}T{:02}:{:02}:{:02}Z gw-{:03} ",
                1 + second / 86_400 % 28,
                second / 3600 % 24,
                second / 60 % 60,
                second % 60,
                random.below(400)
            );
            // One line in ten thousand names a module.
            if random.below(10_000) == 0 {
                let name = random.of(&wanted).map_or("", String::as_str);
                let _ = write!(line, "netd[311]: LTE modem {name} on slot 1 is registered");
            } else {
                line.push_str(random.of(&LOG).copied().unwrap_or_default());
                let _ = write!(line, " id={:08x}", random.below(1 << 32));
            }
            writeln!(out, "{line}")?;
            written += line.len() as u64 + 1;
        }
        Ok(())
    })?;
    let list = folder.join("names.txt");
    fs::write(&list, wanted.join("\n") + "\n")?;
    println!(
        "text: {:.0} MB of log; ours `cellsweep scan FILE --as text`, the peer `rg -i -F -f names.txt` with the same {} names",
        millions(fs::metadata(&file)?.len()),
        wanted.len()
    );
    let peer = Command::new("rg")
        .arg("--version")
        .stdout(Stdio::null())
        .status()
        .is_ok_and(|s| s.success());
    if !peer {
        println!("  ripgrep is not here: `apt install ripgrep`; ours alone");
    }
    let (a, b) = turns(
        rounds,
        || {
            let mut c = Command::new(program);
            c.args(["scan", "--as", "text", "--format", "ndjson"])
                .arg(&file);
            measure(&mut c, scanned)
        },
        peer.then_some(|| {
            let mut c = Command::new("rg");
            c.args(["-j1", "-n", "-i", "-F", "-f"])
                .arg(&list)
                .arg(&file);
            measure(&mut c, |code| code <= 1)
        }),
    )?;
    compare(&a, &b, "ripgrep");
    Ok(())
}

/// An inventory as an audit writes it: a line for each asset, and for two in five a finding.
fn inventory(folder: &Path, assets: u64) -> anyhow::Result<PathBuf> {
    const MAKERS: [(&str, &str, &str); 6] = [
        ("quectel", "Quectel", "EG25-G"),
        ("fibocom", "Fibocom", "L850-GL"),
        ("telit-cinterion", "Telit Cinterion", "LE910C1"),
        ("sierra-wireless", "Sierra Wireless", "EM7455"),
        ("u-blox", "u-blox", "SARA-R4"),
        ("simcom", "SIMCom", "SIM7600"),
    ];
    const CLASSES: [&str; 5] = ["router", "meter", "vehicle", "laptop", "rtu"];
    input(folder, &format!("inventory-{assets}.ndjson"), |out| {
        let mut random = Random(4);
        for n in 0..assets {
            let class = random.of(&CLASSES).copied().unwrap_or_default();
            let criticality = ["low", "medium", "high"]
                .get(usize::try_from(random.below(3))?)
                .copied()
                .unwrap_or_default();
            let department = random.below(40);
            if random.below(5) < 2 {
                let (maker, name, family) = random.of(&MAKERS).copied().unwrap_or_default();
                writeln!(
                    out,
                    concat!(
                        r#"{{"record":"finding","id":"m-{:016x}","aka":[],"subject":{{"keys":[{{"kind":"asset_tag","value":"a-{:07}"}}],"asset":"A-{:07}","site":"S{}","department":"dept-{}"}},"#,
                        r#""product":{{"maker":"Example","model":"Gateway {}","order_code":null}},"quantity":1,"role":"component","module":{{"maker":"{}","maker_name":"{}","family":"{}","variant":null,"firmware":null,"imei":[],"brand":null,"lineage":null,"chipset":null,"owner":null,"form_factor":null,"radio":["LTE"]}},"#,
                        r#""candidates":[{{"maker":"{}","family":"{}","probability":0.95}}],"settled_by":null,"presence":"declared","confidence":0.95,"first_seen":null,"last_seen":null,"evidence":[{{"source":"registers/assets.csv","locator":"row {}, column Module","reader":"register","clue":"declared_module","value":"{} {}","says":"names {}","role":"primary"}}],"#,
                        r#""verdicts":[],"risk":{{"outcome":"no_basis"}},"context":{{"class":"{}","criticality":"{}","sector":null,"sensitive":null}}}}"#
                    ),
                    random.next(),
                    n,
                    n,
                    n % 300,
                    department,
                    n % 9,
                    maker,
                    name,
                    family,
                    maker,
                    family,
                    n + 2,
                    name,
                    family,
                    name,
                    class,
                    criticality
                )?;
            }
            writeln!(
                out,
                r#"{{"record":"asset","id":"A-{n:07}","department":"dept-{department}","site":"S{}","class":"{class}","product":"Example Gateway","owner":null,"status":"not_assessed","why":"only a register row; what is inside Example Gateway is not known","looked_at":["registers/assets.csv"],"settled_by":"the supplier's bill of materials","criticality":"{criticality}","sector":null,"sensitive":null}}"#,
                n % 300
            )?;
        }
        Ok(())
    })
}

fn assess(folder: &Path, program: &Path, rounds: usize, scale: f64) -> anyhow::Result<()> {
    let full = part(1_000_000, scale);
    println!(
        "assess: a line-wise inventory, `cellsweep assess FILE --policy us-1260h --date 2026-11-24 -o /dev/null`"
    );
    for assets in [full / 5, full] {
        let file = inventory(folder, assets.max(1))?;
        let bytes = fs::metadata(&file)?.len();
        let costs = alone(rounds, || {
            let mut c = Command::new(program);
            c.arg("assess").arg(&file).args([
                "--policy",
                "us-1260h",
                "--date",
                "2026-11-24",
                "-o",
                "/dev/null",
            ]);
            measure(&mut c, scanned)
        })?;
        let cpu = show(
            &format!("{assets} assets, {:.0} MB", millions(bytes)),
            &costs,
        );
        println!(
            "  {:<34} {:>8.0} MB a CPU second",
            "",
            millions(bytes) / cpu
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_the_same_every_time_and_have_a_right_check_digit() {
        let mut text = String::new();
        write_imei("35000000", 1, &mut text);
        assert_eq!(text.len(), 15);
        assert!(identity::luhn(text.as_bytes()));
        assert_eq!(Random(1).next(), Random(1).next());
    }

    #[test]
    fn spread_of_costs() {
        assert_eq!(spread(vec![3.0, 1.0, 2.0]), (2.0, 1.0, 3.0));
    }
}
