//! Any text may come from evidence: no look-up panics, and what it says stays inside the text.

#![allow(clippy::expect_used)] // a test fails by panicking

use std::sync::LazyLock;

use cellsweep_catalog::Catalog;
use proptest::prelude::*;

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::embedded().expect("loads"));

fn ask_everything(text: &str) {
    let catalog = &*CATALOG;
    let half = text
        .char_indices()
        .nth(text.chars().count() / 2)
        .map_or(0, |(at, _)| at);
    let (head, tail) = text.split_at(half);
    for meaning in [
        catalog.usb(text),
        catalog.pci(text),
        catalog.subsystem(head, tail),
        catalog.manufacturer_answer(text),
        catalog.model_answer(text),
        catalog.revision(text),
        catalog.dialect(text),
        catalog.label(text),
        catalog.tac(text),
        catalog.part(Some(head), tail),
        catalog.part(None, text),
        catalog.product(Some(head), tail, Some(text), Some(head)),
        catalog.product(None, text, None, None),
    ]
    .into_iter()
    .flatten()
    {
        assert!(!meaning.because.is_empty());
        assert!(!meaning.source.is_empty());
        assert!(meaning.possible.is_sorted());
    }
    let _ = catalog.placeholder(text);
    for hit in catalog.names(text) {
        assert_eq!(text.get(hit.at.clone()), Some(hit.text.as_str()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn any_text(text in "\\PC{0,200}") {
        ask_everything(&text);
    }

    #[test]
    fn text_like_evidence(
        parts in prop::collection::vec(
            prop_oneof![
                Just("Quectel"), Just("EC25"), Just("-E"), Just("_"), Just(" "), Just("é"), Just("\u{0}"),
                Just("SIM7600"), Just("G-H"), Just("2c7c:0125"), Just("PID 0x00F1"), Just("["), Just("]"),
                Just("移远通信"), Just("\",\""), Just("FCC ID: XMR"), Just("\r\n"), Just("T77W968.F1."),
                Just("RUT240"), Just("Teltonika"), Just("ı"), Just("İ"), Just("AT+QENG"), Just("0049990"),
            ],
            0..12,
        )
    ) {
        ask_everything(&parts.concat());
    }
}
