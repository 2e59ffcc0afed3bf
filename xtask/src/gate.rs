//! The purchase gate over a long bill of materials, and over one part number.

use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::bench::{Cost, Random, alone, input, measure, part, scanned, show, spread};

/// Lines of the full list.
const LINES: u64 = 100_000;
/// Packs of the benchmark: lists of makers, and rules with exceptions and dates.
const PACKS: [&str; 6] = [
    "--policy",
    "us-1260h",
    "--policy",
    "us-ndaa24-805-b",
    "--policy",
    "uk-parton-2023",
];
/// Leading digits of values in the E24 series.
const E24: [u32; 24] = [
    10, 11, 12, 13, 15, 16, 18, 20, 22, 24, 27, 30, 33, 36, 39, 43, 47, 51, 56, 62, 68, 75, 82, 91,
];
/// Sizes of chips, in inches and in millimetres.
const SIZES: [(&str, &str); 4] = [
    ("0402", "1005"),
    ("0603", "1608"),
    ("0805", "2012"),
    ("1206", "3216"),
];
/// Other parts: comment, description, footprint, maker, part number.
const OTHERS: [(&str, &str, &str, &str, &str); 12] = [
    (
        "STM32L476RGT6",
        "IC MCU 32BIT 1MB FLASH 64LQFP",
        "LQFP64",
        "STMicroelectronics",
        "STM32L476RGT6",
    ),
    (
        "TPS63020DSJR",
        "IC REG BUCK BOOST ADJ 4A 14VSON",
        "DSJ0014A",
        "Texas Instruments",
        "TPS63020DSJR",
    ),
    (
        "SN74LVC1G08DBVR",
        "IC GATE AND 1CH 2-INP SOT23-5",
        "SOT23-5",
        "Texas Instruments",
        "SN74LVC1G08DBVR",
    ),
    (
        "BSS138",
        "MOSFET N-CH 50V 220MA SOT23-3",
        "SOT23",
        "onsemi",
        "BSS138LT1G",
    ),
    (
        "BAT54S",
        "DIODE ARRAY SCHOTTKY 30V SOT23-3",
        "SOT23",
        "Nexperia",
        "BAT54S,215",
    ),
    (
        "SIM8060",
        "CONN SIM CARD 8POS PUSH PUSH",
        "SIM8060",
        "Global Connector Technology",
        "SIM8060-6-1-14-00-A",
    ),
    (
        "M95256",
        "IC EEPROM 256KBIT SPI 20MHZ 8SO",
        "SO8N",
        "STMicroelectronics",
        "M95256-WMN6TP",
    ),
    (
        "USB4085",
        "CONN RCPT USB2.0 TYPE-C 16POS",
        "USB-C",
        "Global Connector Technology",
        "USB4085-GF-A",
    ),
    (
        "32.768kHz",
        "CRYSTAL 32.7680KHZ 12.5PF SMD",
        "XTAL3215",
        "Abracon",
        "ABS07-32.768KHZ-T",
    ),
    (
        "BLM18AG601",
        "FERRITE BEAD 600 OHM 0603 1LN",
        "L1608",
        "Murata",
        "BLM18AG601SN1D",
    ),
    (
        "nRF52840",
        "RF SYSTEM ON CHIP BLUETOOTH 73AQFN",
        "AQFN73",
        "Nordic Semiconductor",
        "NRF52840-QIAA-R",
    ),
    (
        "TestPoint",
        "TEST POINT PCB COMPACT",
        "TP1.0",
        "Keystone Electronics",
        "5015",
    ),
];
/// Modules: comment, description, maker, part number.
const MODULES: [(&str, &str, &str, &str); 4] = [
    (
        "EC25-AFX",
        "RF MODULE LTE CAT4 LCC",
        "Quectel Wireless Solutions",
        "EC25AFXGA-512-SGNS",
    ),
    (
        "SARA-R410M",
        "RF MODULE CELLULAR LTE CAT M1 NB1",
        "u-blox",
        "SARA-R410M-02B-03",
    ),
    (
        "LE910C1-EU",
        "RF MODULE LTE CAT1 LGA",
        "Telit Cinterion",
        "LE910C1-EU",
    ),
    (
        "SIM7600E-H",
        "RF MODULE LTE CAT4 LCC",
        "SIMCom Wireless Solutions",
        "SIM7600E-H",
    ),
];
/// One line in so many is a module.
const MODULE_EVERY: u64 = 5_000;

/// Measures both.
pub fn bench(folder: &Path, program: &Path, rounds: usize, scale: f64) -> anyhow::Result<()> {
    let lines = part(LINES, scale);
    let file = bill(folder, lines)?;
    println!(
        "gate: {lines} lines of a bill of materials ({:.0} MB), `cellsweep gate FILE {}`",
        crate::bench::millions(fs::metadata(&file)?.len()),
        PACKS.join(" ")
    );
    let run = |what: &Path, format: &str| -> anyhow::Result<Cost> {
        let mut c = Command::new(program);
        c.arg("gate").arg(what).args(PACKS);
        c.args([
            "--date",
            "2026-11-24",
            "--format",
            format,
            "-o",
            "/dev/null",
        ]);
        measure(&mut c, scanned)
    };
    for format in ["sarif", "json"] {
        show(format, &alone(rounds, || run(&file, format))?);
    }
    let mut seconds = Vec::new();
    for _ in 0..rounds.max(5) {
        let began = Instant::now();
        run(Path::new("EC25-E"), "json")?;
        seconds.push(began.elapsed().as_secs_f64() * 1000.0);
    }
    let (median, least, most) = spread(seconds);
    println!(
        "  one part number, from start to end    {median:.0} ms of wall-clock time ({least:.0} to {most:.0}; measured in steps of 5)"
    );
    Ok(())
}

/// A bill of materials with the columns that Altium exports. Most rows are resistors and capacitors of
/// many values, each with its own designators.
fn bill(folder: &Path, lines: u64) -> anyhow::Result<std::path::PathBuf> {
    input(folder, &format!("bill-{lines}.csv"), |out| {
        let mut random = Random(5);
        let (mut r, mut c, mut u) = (1u64, 1u64, 1u64);
        writeln!(
            out,
            "\"Comment\",\"Description\",\"Designator\",\"Footprint\",\"LibRef\",\"Quantity\",\"Manufacturer 1\",\"Manufacturer Part Number 1\""
        )?;
        for n in 0..lines {
            if n % MODULE_EVERY == MODULE_EVERY / 2 {
                let (comment, says, maker, number) = *random.of(&MODULES).unwrap_or(&MODULES[0]);
                writeln!(
                    out,
                    "\"{comment}\",\"{says}\",\"U{u}\",\"LCC\",\"{comment}\",\"1\",\"{maker}\",\"{number}\""
                )?;
                u += 1;
                continue;
            }
            let value = *random.of(&E24).unwrap_or(&10);
            let decade = random.below(5);
            let (inch, metric) = *random.of(&SIZES).unwrap_or(&SIZES[0]);
            let count = 1 + random.below(4);
            match random.below(10) {
                0..5 => {
                    let ohms = resistance(value, decade);
                    let names = designators("R", &mut r, count);
                    writeln!(
                        out,
                        "\"{ohms}\",\"RES SMD {ohms} OHM 1% 1/16W {inch}\",\"{names}\",\"RESC{metric}X40N\",\"RES-{inch}\",\"{count}\",\"Yageo\",\"RC{inch}FR-07{ohms}L\""
                    )?;
                }
                5..9 => {
                    let exponent = 1 + decade;
                    let volts = *random.of(&[6u32, 10, 16, 25, 50]).unwrap_or(&16);
                    let names = designators("C", &mut c, count);
                    writeln!(
                        out,
                        "\"{}\",\"CAP CER {} {volts}V X7R {inch}\",\"{names}\",\"CAPC{metric}X55N\",\"CAP-{inch}\",\"{count}\",\"Kemet\",\"C{inch}C{value}{exponent}K{}RACTU\"",
                        capacitance(value, exponent),
                        capacitance(value, exponent),
                        volts % 10
                    )?;
                }
                _ => {
                    let (comment, says, footprint, maker, number) =
                        *random.of(&OTHERS).unwrap_or(&OTHERS[0]);
                    let names = designators("U", &mut u, 1);
                    writeln!(
                        out,
                        "\"{comment}\",\"{says}\",\"{names}\",\"{footprint}\",\"{comment}\",\"1\",\"{maker}\",\"{number}\""
                    )?;
                }
            }
        }
        Ok(())
    })
}

fn designators(letter: &str, next: &mut u64, count: u64) -> String {
    let names: Vec<String> = (*next..*next + count)
        .map(|n| format!("{letter}{n}"))
        .collect();
    *next += count;
    names.join(", ")
}

/// `4K7`, `47R`, `470K`: as part numbers write a value of two digits and a decade from ohms.
fn resistance(value: u32, decade: u64) -> String {
    let (letter, shift) = match decade {
        0 => ('R', 0),
        1 => ('R', 1),
        2 => ('K', -1),
        3 => ('K', 0),
        _ => ('K', 1),
    };
    match shift {
        -1 => format!("{}{letter}{}", value / 10, value % 10),
        0 => format!("{value}{letter}"),
        _ => format!("{value}0{letter}"),
    }
}

/// Two digits and an exponent of picofarads, in words.
fn capacitance(value: u32, exponent: u64) -> String {
    let picofarads = u64::from(value) * 10u64.pow(u32::try_from(exponent).unwrap_or(0));
    match picofarads {
        0..1_000 => format!("{picofarads}pF"),
        1_000..1_000_000 => format!("{}nF", picofarads / 1_000),
        _ => format!("{}uF", picofarads / 1_000_000),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_written_as_parts_lists_write_them() {
        assert_eq!(resistance(47, 2), "4K7");
        assert_eq!(resistance(10, 3), "10K");
        assert_eq!(capacitance(10, 4), "100nF");
        let mut next = 3;
        assert_eq!(designators("R", &mut next, 2), "R3, R4");
        assert_eq!(next, 5);
    }
}
