//! One changed byte anywhere in a bundle is found, and so are cuts, additions and swaps; and nothing that
//! looks like a bundle makes the verifier panic.

#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing)] // in a test a panic is the message

use cellsweep_bundle::contents::Member;
use cellsweep_bundle::manifest::{FORMAT, Head, Pack, Used};
use cellsweep_bundle::verify::{Error, Signed};
use cellsweep_bundle::{PublicKey, SigningKey, verify, write};
use cellsweep_report::model::{Edition, Tool};
use proptest::prelude::*;
use sha2::{Digest as _, Sha256};

const REPORT: &str = r#"{"schema":"x","generated_at":"2026-11-24T00:00:00Z","date":"2026-11-24",
"organisation":"Alder","catalog":{"version":"7","as_of":"2026-11-01","digest":"aa"},
"packs":[{"id":"us-x","edition":"1","as_of":"2026-01-01","digest":"DIGEST"}],"findings":[{"id":"f1"}],
"sources":[{"path":"a.txt","format":null,"reader":null,"bytes":5,"digest":"bb","status":"read","errors":[]}]}"#;
const EVIDENCE: &str = "{\"path\":\"a.txt\",\"bytes\":5,\"sha256\":\"bb\",\"status\":\"read\"}\n";
const PACK: &str = "id = \"us-x\"\n";

fn sum(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut out, b| {
            write!(out, "{b:02x}").unwrap();
            out
        })
}

fn member(name: &str, text: &str) -> Member {
    Member {
        name: name.to_owned(),
        bytes: text.as_bytes().to_vec(),
        says: "for a test".to_owned(),
    }
}

fn head() -> Head {
    let tool = Tool {
        name: "cellsweep".to_owned(),
        version: "0".to_owned(),
    };
    Head {
        format: FORMAT.to_owned(),
        tool: tool.clone(),
        bundled_by: tool,
        generated_at: "2026-11-24T00:00:00Z".to_owned(),
        date: "2026-11-24".to_owned(),
        organisation: Some("Alder".to_owned()),
        catalog: Edition {
            id: None,
            version: "7".to_owned(),
            as_of: "2026-11-01".to_owned(),
            digest: "aa".to_owned(),
        },
        redacted: false,
        signer: None,
    }
}

fn members() -> Vec<Member> {
    vec![
        member("report.json", &REPORT.replace("DIGEST", &sum(PACK))),
        member("evidence.ndjson", EVIDENCE),
        member("empty.txt", ""),
        member("packs/us-x.toml", PACK),
    ]
}

fn pack() -> Pack {
    Pack {
        id: "us-x".to_owned(),
        edition: Some("1".to_owned()),
        digest: sum(PACK),
        used: Used::Judged,
        member: Some("packs/us-x.toml".to_owned()),
    }
}

fn bundle(key: Option<&SigningKey>) -> Vec<u8> {
    bundle_of(&members(), key)
}

fn bundle_of(members: &[Member], key: Option<&SigningKey>) -> Vec<u8> {
    let mut bytes = Vec::new();
    write(head(), &[pack()], members, key, &mut bytes).unwrap();
    bytes
}

fn key() -> SigningKey {
    let pair = minisign::KeyPair::generate_unencrypted_keypair().unwrap();
    let text = pair.sk.to_box(None).unwrap().into_string();
    SigningKey::open(&text, None).unwrap()
}

fn holds(bytes: &[u8], key: Option<&PublicKey>) -> bool {
    match verify(bytes, key) {
        Ok(found) => {
            assert_eq!(found.whole, found.parts.iter().all(|p| p.holds));
            found.whole
        }
        Err(Error::NotABundle) => false,
        Err(Error::Io(e)) => panic!("{e}"),
    }
}

#[test]
fn a_bundle_holds_and_says_who_signed() {
    let found = verify(bundle(None).as_slice(), None).unwrap();
    assert!(found.whole, "{:?}", found.parts);
    assert_eq!(found.signed, Signed::Not);
    assert_eq!(found.sources.len(), 1);
    let (mine, other) = (key(), key());
    let signed = bundle(Some(&mine));
    let found = verify(signed.as_slice(), None).unwrap();
    assert!(found.whole, "{:?}", found.parts);
    assert_eq!(found.signed, Signed::ByKeyInBundle);
    assert_eq!(found.key_id, Some(mine.public().id()));
    let found = verify(signed.as_slice(), Some(&mine.public())).unwrap();
    assert!(found.whole && found.signed == Signed::ByGivenKey);
    let found = verify(signed.as_slice(), Some(&other.public())).unwrap();
    assert!(!found.whole && found.signed == Signed::Wrong);
    // Who asks for a signature does not get by without one.
    let found = verify(bundle(None).as_slice(), Some(&mine.public())).unwrap();
    assert!(!found.whole && found.signed == Signed::Wrong);
}

#[test]
fn every_changed_byte_is_found() {
    let mine = key();
    let given = mine.public();
    for (bytes, key) in [
        (bundle(None), None),
        (bundle(Some(&mine)), None),
        (bundle(Some(&mine)), Some(&given)),
    ] {
        assert!(holds(&bytes, key));
        let mut changed = bytes.clone();
        for at in 0..bytes.len() {
            // Each byte once; the lowest bit, the case of letters or all bits in turn.
            {
                changed[at] = bytes[at] ^ [0x01, 0x20, 0xff][at % 3];
                assert!(
                    !holds(&changed, key),
                    "byte {at} of {}: {:#04x} -> {:#04x} was not found",
                    bytes.len(),
                    bytes[at],
                    changed[at]
                );
            }
            changed[at] = bytes[at];
        }
    }
}

#[test]
fn every_cut_and_every_addition_is_found() {
    let mine = key();
    for bytes in [bundle(None), bundle(Some(&mine))] {
        for length in 0..bytes.len() {
            assert!(!holds(&bytes[..length], None), "cut to {length}");
        }
        for more in [&[0u8][..], &[0; 512], &[0; 1024], b"x"] {
            let mut longer = bytes.clone();
            longer.extend_from_slice(more);
            assert!(!holds(&longer, None), "{} bytes more", more.len());
            for at in (0..bytes.len()).step_by(97) {
                let mut longer = bytes.clone();
                longer.splice(at..at, more.iter().copied());
                assert!(!holds(&longer, None), "{} more at {at}", more.len());
            }
        }
    }
}

#[test]
fn members_that_contradict_each_other_do_not_hold_however_well_summed() {
    let change = |name: &str, from: &str, to: &str| {
        let mut all = members();
        for m in &mut all {
            if m.name == name {
                let text = String::from_utf8(m.bytes.clone()).unwrap();
                assert!(text.contains(from));
                m.bytes = text.replace(from, to).into_bytes();
            }
        }
        let bytes = bundle_of(&all, None);
        let found = verify(bytes.as_slice(), None).unwrap();
        let wrong: Vec<&str> = found
            .parts
            .iter()
            .filter(|p| !p.holds)
            .map(|p| p.name.as_str())
            .collect();
        wrong.join(" ")
    };
    let disagree = "members agree";
    assert_eq!(change("evidence.ndjson", "bb", "cc"), disagree);
    assert_eq!(change("evidence.ndjson", "a.txt", "b.txt"), disagree);
    assert_eq!(change("evidence.ndjson", "read", "partial"), disagree);
    assert_eq!(change("evidence.ndjson", "{", ""), disagree);
    assert_eq!(change("report.json", "Alder", "Birch"), disagree);
    assert_eq!(change("report.json", "2026-11-01", "2026-11-02"), disagree);
    assert_eq!(change("report.json", "us-x", "us-y"), disagree);
    assert_eq!(change("report.json", "}]}", "}]"), disagree);
    assert_eq!(change("packs/us-x.toml", "id", "ID"), "manifest.ndjson");
}

#[test]
fn a_signature_does_not_pass_to_another_bundle() {
    let mine = key();
    let one = bundle(Some(&mine));
    let mut all = members();
    all[2].bytes = b"more".to_vec();
    let two = bundle_of(&all, Some(&mine));
    // The signature's member stands right after the manifest's in both.
    let place = |bytes: &[u8]| {
        let at = bytes
            .windows(23)
            .position(|w| w == b"manifest.ndjson.minisig")
            .unwrap();
        at..at + 1024
    };
    let mut mixed = two.clone();
    mixed[place(&two)].copy_from_slice(&one[place(&one)]);
    let found = verify(mixed.as_slice(), Some(&mine.public())).unwrap();
    assert!(!found.whole && found.signed == Signed::Wrong);
}

#[test]
fn keys_open_as_the_program_writes_them() {
    // Made for this test by `minisign -G -W`: the checksum is left out.
    let text = "untrusted comment: minisign encrypted secret key\nRWQAAEIyAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA+XL1AV5KJc9jarWoowMxqW1dAlrm0VSsEiOgXNP7xX5ln82fcCJJBlF90QozvFU7W/IeSepZa/yTohlAUgzhp5pROupYoimLAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=\n";
    assert!(!SigningKey::asks(text));
    let key = SigningKey::open(text, None).unwrap();
    assert_eq!(
        key.public().text(),
        "RWT5cvUBXkolz1F90QozvFU7W/IeSepZa/yTohlAUgzhp5pROupYoimL"
    );
    assert!(holds(&bundle(Some(&key)), Some(&key.public())));
    // Halves that do not belong together sign nothing.
    let broken = SigningKey::open(&text.replace("9jarWo", "9jarWp"), None).unwrap();
    assert!(write(head(), &[pack()], &members(), Some(&broken), Vec::new()).is_err());
    for text in ["", "x", "untrusted comment: x\nRWQ=\n"] {
        assert!(SigningKey::open(text, Some("x".to_owned())).is_err());
    }
}

#[test]
fn what_is_no_bundle_is_said_to_be_none() {
    for bytes in [&b""[..], b"x", &[0; 512], &[0; 4096], b"PK\x03\x04"] {
        assert!(matches!(verify(bytes, None), Err(Error::NotABundle)));
    }
}

#[test]
fn a_size_that_would_fill_the_memory_is_refused() {
    let header = cellsweep_bundle::archive::header("manifest.ndjson", 8 << 30);
    assert!(header.is_none());
    let header = cellsweep_bundle::archive::header("manifest.ndjson", 4 << 30).unwrap();
    let endless = std::io::Read::chain(&header[..], std::io::repeat(b'{'));
    let found = verify(endless, None).unwrap();
    assert!(!found.whole);
}

#[test]
fn names_that_leave_the_folder_are_not_written() {
    for name in ["../a", "/etc/passwd", "a/../../b", "manifest.ndjson", "A b"] {
        let made = write(head(), &[], &[member(name, "x")], None, Vec::new());
        assert!(made.is_err(), "{name}");
    }
    let twice = [member("a", "x"), member("a", "y")];
    assert!(write(head(), &[], &twice, None, Vec::new()).is_err());
}

proptest! {
    #[test]
    fn nothing_makes_it_panic(
        cuts in proptest::collection::vec((0.0..1.0f64, 0.0..1.0f64, any::<Vec<u8>>()), 1..4),
        signed in any::<bool>(),
    ) {
        let mine = key();
        let mut bytes = bundle(signed.then_some(&mine));
        let whole = bytes.clone();
        for (from, to, with) in cuts {
            let place = |share: f64| {
                #[allow(clippy::cast_possible_truncation, clippy::cast_precision_loss, clippy::cast_sign_loss)]
                // a share of a length is a place
                let at = (share * bytes.len() as f64) as usize;
                at
            };
            let (from, to) = (place(from.min(to)), place(from.max(to)));
            bytes.splice(from..to, with);
        }
        prop_assert_eq!(holds(&bytes, None), bytes == whole);
    }

    #[test]
    fn no_manifest_makes_it_panic(lines in proptest::collection::vec(
        "\\{\"record\":\"(bundle|pack|member|seal|x)\"(,\"prev\":\"0{64}\")?(,\"lines\":[0-9]{1,20})?(,\"name\":\"[a-z./]{0,12}\")?\\}?", 0..5)) {
        let text = lines.join("\n") + "\n";
        let mut bytes = Vec::new();
        cellsweep_bundle::archive::append(&mut bytes, "manifest.ndjson", text.as_bytes()).unwrap();
        cellsweep_bundle::archive::end(&mut bytes).unwrap();
        prop_assert!(!holds(&bytes, None));
    }
}
