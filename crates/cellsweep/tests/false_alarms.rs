//! Random inputs, texts with headers of known formats among them, yield no finding above `supported`.
//! `cargo xtask false-alarms` does the same with 10,000.

mod noise;

use cellsweep_catalog::Catalog;
use cellsweep_evidence::{Limits, Stance};
use cellsweep_identify::{Options, identify};
use cellsweep_sweep::Input;
use cellsweep_sweep::read::{Stop, read_stream};

/// Findings above `supported` in a file of this name and content.
fn alarms(name: &str, bytes: &[u8]) -> Vec<String> {
    let Ok(catalog) = Catalog::embedded() else {
        return vec!["no catalogue".to_owned()];
    };
    let input = Input {
        shown: name.to_owned(),
        bytes: bytes.len() as u64,
        ..Input::default()
    };
    let (_, seen) = read_stream(
        &catalog,
        &input,
        bytes,
        &Limits::default(),
        &Stop::new(false),
    );
    identify(&catalog, &seen, &Options::default())
        .findings
        .iter()
        .filter(|f| f.presence < Stance::Supported)
        .map(|f| format!("{} {:?} {:?}", f.presence, f.module.maker, f.evidence))
        .collect()
}

#[test]
fn a_column_called_module_is_not_about_modems() {
    let courses = "Module,Owner,Site,Name\n\
                   Thermodynamics II,K. Example,North,lecture\n\
                   Billing,P. Example,South,program\n\
                   mod_ssl,P. Example,South,program\n";
    assert_eq!(
        alarms("modules.csv", courses.as_bytes()),
        Vec::<String>::new()
    );
    // The same column does name a module where one is known by its name, or the words say cellular.
    for value in ["Quectel EC25-E", "4G modem"] {
        let table = format!("Module,Owner,Site,Name\n{value},K. Example,North,pump 3\n");
        assert_eq!(alarms("modules.csv", table.as_bytes()).len(), 1, "{value}");
    }
    let modem = "Modem,Owner,Site,Name\nExample M1,K. Example,North,pump 3\n";
    assert_eq!(alarms("modems.csv", modem.as_bytes()).len(), 1);
}

#[test]
fn noise_yields_nothing() {
    let catalog = Catalog::embedded().unwrap();
    let stop = Stop::new(false);
    let mut alarms = Vec::new();
    for seed in 1..=300 {
        let bytes = noise::input(seed);
        let input = Input {
            shown: noise::name(seed).to_owned(),
            bytes: bytes.len() as u64,
            ..Input::default()
        };
        let (_, seen) = read_stream(
            &catalog,
            &input,
            bytes.as_slice(),
            &Limits::default(),
            &stop,
        );
        for f in identify(&catalog, &seen, &Options::default()).findings {
            if f.presence < Stance::Supported {
                alarms.push((seed, f.presence, f.module.maker, f.evidence));
            }
        }
    }
    assert!(alarms.is_empty(), "{alarms:#?}");
}
