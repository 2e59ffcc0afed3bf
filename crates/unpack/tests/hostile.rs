//! Containers made to harm: the walk ends, within its bounds, and says what it did not read.

// A test may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod build;

use build::{
    MAIL, bzip2, codes, gzip, mbox, open, open_within, paths, seven_zip, tar, tar_raw, xz, zip,
    zip_piped, zstd,
};
use cellsweep_unpack::{Bounds, CODES, Walked};

const TWO: &[(&str, &[u8])] = &[
    ("one.txt", b"first member\n"),
    ("two.txt", b"second member\n"),
];

/// Small enough that a test passes them quickly.
fn small() -> Bounds {
    Bounds {
        depth: 6,
        members: 1000,
        total_bytes: 4 << 20,
        ratio: 100,
        floor: 1 << 20,
        member_bytes: 2 << 20,
    }
}

fn keeps(bounds: &Bounds, walked: &Walked) {
    // A bound is noticed at the read that passes it: one buffer more.
    let slack = 1 << 20;
    assert!(
        walked.bytes <= bounds.total_bytes + slack,
        "{} bytes",
        walked.bytes
    );
    assert!(walked.members <= bounds.members + 1);
    assert!(walked.problems.len() <= 1000);
    for problem in &walked.problems {
        assert!(
            CODES.iter().any(|(code, _)| *code == problem.code),
            "{}",
            problem.code
        );
        assert!(
            !problem.path.chars().any(char::is_control),
            "{:?}",
            problem.path
        );
    }
}

#[test]
fn codes_are_sorted_and_unique() {
    assert!(CODES.windows(2).all(|w| w[0].0 < w[1].0));
}

#[test]
fn a_bomb_of_one_layer() {
    let zeros = vec![0u8; 32 << 20];
    for (bytes, name) in [
        (gzip(&zeros), "b.gz"),
        (bzip2(&zeros), "b.bz2"),
        (xz(&zeros), "b.xz"),
        (zstd(&zeros), "b.zst"),
        (zip(&[("zeros", &zeros)], true), "b.zip"),
        (seven_zip(&[("zeros", &zeros)]), "b.7z"),
    ] {
        for seek in [false, true] {
            let (seen, walked) = open_within(&bytes, name, &small(), seek);
            keeps(&small(), &walked);
            assert!(
                codes(&walked).contains(&"expansion-limit"),
                "{name}: {:?}",
                walked.problems
            );
            assert!(seen[0].2, "{name}: the reader learns that it is not whole");
        }
    }
}

#[test]
fn a_bomb_of_many_layers() {
    // Each layer holds the one below sixteen times; unbounded, the lowest is met 16^5 times.
    let mut layer = zip(&[("zeros", &vec![0u8; 1 << 20])], true);
    for _ in 0..5 {
        let names: Vec<String> = (0..16).map(|n| format!("{n}.zip")).collect();
        let members: Vec<(&str, &[u8])> = names
            .iter()
            .map(|n| (n.as_str(), layer.as_slice()))
            .collect();
        layer = zip(&members, true);
    }
    let (_, walked) = open_within(&layer, "42.zip", &small(), true);
    keeps(&small(), &walked);
    assert!(
        codes(&walked).contains(&"expansion-limit"),
        "{:?}",
        codes(&walked)
    );

    let (_, walked) = open_within(
        &layer,
        "42.zip",
        &Bounds {
            depth: 3,
            ..small()
        },
        true,
    );
    keeps(&small(), &walked);
    assert!(codes(&walked).contains(&"too-deep") || codes(&walked).contains(&"expansion-limit"));
}

#[test]
fn layers_without_end() {
    let mut layer = b"innermost".to_vec();
    for n in 0..200 {
        layer = if n % 2 == 0 {
            gzip(&layer)
        } else {
            tar(&[("x", &layer)])
        };
    }
    let (seen, walked) = open(&layer, "x");
    assert!(seen.is_empty());
    assert_eq!(codes(&walked), ["too-deep"]);
    assert!(walked.problems[0].lost);
}

#[test]
fn a_million_members() {
    let one = tar_raw(b"n", b'0', b"");
    let mut bytes = Vec::with_capacity(512 * 1_000_000);
    for _ in 0..1_000_000 {
        bytes.extend_from_slice(&one);
    }
    let bounds = Bounds {
        members: 5000,
        ..Bounds::default()
    };
    let mut count = 0u64;
    let walked = cellsweep_unpack::walk(
        cellsweep_unpack::Input::Stream(&mut bytes.as_slice()),
        "m.tar",
        &bounds,
        &mut |_| {
            count += 1;
            std::ops::ControlFlow::Continue(())
        },
    );
    assert_eq!(count, 5000);
    assert!(!walked.stopped);
    assert_eq!(codes(&walked), ["member-limit", "duplicate-member"]);
}

#[test]
fn a_member_larger_than_the_bound() {
    let large = vec![b'x'; 3 << 20];
    let bounds = Bounds {
        total_bytes: 1 << 30,
        floor: 1 << 30,
        ..small()
    };
    for bytes in [
        tar(&[("large", &large), ("after", b"y")]),
        zip(&[("large", &large), ("after", b"y")], true),
    ] {
        let (seen, walked) = open_within(&bytes, "a", &bounds, true);
        assert_eq!(paths(&seen), ["a!large", "a!after"]);
        assert_eq!(seen[0].1.len(), 2 << 20);
        assert!(seen[0].2 && !seen[1].2);
        assert_eq!(codes(&walked), ["member-too-large"]);
    }
    let exact = vec![b'x'; 2 << 20];
    let (seen, walked) = open_within(&tar(&[("exact", &exact)]), "a", &bounds, true);
    assert!(!seen[0].2);
    assert!(walked.problems.is_empty());
}

#[test]
fn zip_members_that_share_bytes() {
    // The directory lists the first member three times.
    let whole = zip(
        &[("a.txt", b"content of a"), ("b.txt", b"content of b")],
        false,
    );
    let directory = memchr::memmem::find(&whole, b"PK\x01\x02").unwrap();
    let record = &whole[directory..directory + 46 + 5];
    let mut bytes = whole[..directory].to_vec();
    for name in [b"a.txt", b"x.txt", b"y.txt"] {
        let mut record = record.to_vec();
        record[46..].copy_from_slice(name);
        bytes.extend_from_slice(&record);
    }
    let size = u32::try_from(bytes.len() - directory).unwrap();
    bytes.extend_from_slice(b"PK\x05\x06\0\0\0\0\x03\0\x03\0");
    bytes.extend_from_slice(&size.to_le_bytes());
    bytes.extend_from_slice(&u32::try_from(directory).unwrap().to_le_bytes());
    bytes.extend_from_slice(&[0, 0]);
    let (seen, walked) = open(&bytes, "a.zip");
    assert_eq!(paths(&seen), ["a.zip!a.txt"]);
    assert_eq!(codes(&walked), ["member-overlap"]);
    assert!(walked.problems[0].message.starts_with("2 members"));
}

#[test]
fn headers_that_claim_too_much() {
    // A long name of a gigabyte, of which there is a kilobyte.
    let mut header = tar::Header::new_gnu();
    header.as_mut_bytes()[..13].copy_from_slice(b"././@LongLink");
    header.set_size(1 << 30);
    header.set_entry_type(tar::EntryType::GNULongName);
    header.set_cksum();
    let bytes = [header.as_bytes().as_slice(), &[b'x'; 1024]].concat();
    let (seen, walked) = open(&bytes, "a.tar");
    assert!(seen.is_empty());
    assert_eq!(codes(&walked), ["truncated", "header-too-large"]);

    // A 7z directory of 2^60 bytes; one that was never written.
    let mut bytes = seven_zip(TWO);
    bytes[20..28].copy_from_slice(&(1u64 << 60).to_le_bytes());
    let (_, walked) = open(&bytes, "a.7z");
    assert_eq!(codes(&walked), ["header-too-large"]);
    bytes[8..32].fill(0);
    let (_, walked) = open(&bytes, "a.7z");
    assert_eq!(codes(&walked), ["truncated"]);

    // A zip directory of 65,535 members that is not there.
    let bytes = [
        &b"PK\x03\x04"[..],
        &[0; 26],
        b"PK\x05\x06\0\0\0\0\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\0\0",
    ]
    .concat();
    let (_, walked) = open(&bytes, "a.zip");
    assert!(codes(&walked).contains(&"truncated"));

    // An xz block that wants a dictionary of 1.5 GiB: property 37, header checksum set right.
    let mut bytes = xz(b"x");
    let block = 12;
    assert_eq!(bytes[block + 2], 0x21);
    bytes[block + 4] = 37;
    let length = (usize::from(bytes[block]) + 1) * 4;
    let mut crc = flate2::Crc::new();
    crc.update(&bytes[block..block + length - 4]);
    bytes[block + length - 4..block + length].copy_from_slice(&crc.sum().to_le_bytes());
    let (seen, walked) = open(&bytes, "a.xz");
    assert!(seen.is_empty());
    assert_eq!(codes(&walked), ["unsupported-compression"]);
}

#[test]
fn multiparts_without_end() {
    use std::fmt::Write as _;
    let mut mail = "From: a\r\nSubject: b\r\nMessage-ID: c\r\n".to_owned();
    for n in 0..5000 {
        write!(
            mail,
            "Content-Type: multipart/mixed; boundary=b{n}\r\n\r\n--b{n}\r\n"
        )
        .unwrap();
    }
    mail.push_str("\r\nfinal\r\n");
    let (_, walked) = open(mail.as_bytes(), "deep.eml");
    assert!(codes(&walked).contains(&"too-deep"));
    keeps(&Bounds::default(), &walked);
    // Messages inside messages.
    let mut mail = String::new();
    for _ in 0..5000 {
        mail.push_str(
            "From: a\r\nSubject: b\r\nMessage-ID: c\r\nContent-Type: message/rfc822\r\n\r\n",
        );
    }
    let (_, walked) = open(mail.as_bytes(), "deep.eml");
    assert_eq!(codes(&walked), ["too-deep"]);
}

/// Golden containers.
fn golden() -> Vec<(&'static str, Vec<u8>)> {
    let nested = gzip(&tar(&[
        ("a.zip", &zip(TWO, true)),
        ("b.7z", &seven_zip(TWO)),
        ("c.eml", MAIL.as_bytes()),
        ("d.gz", &gzip(b"d")),
        (&"long/".repeat(40), b"long"),
    ]));
    vec![
        ("a.tar", tar(TWO)),
        ("a.tar.gz", gzip(&tar(TWO))),
        ("a.tar.bz2", bzip2(&tar(TWO))),
        ("a.tar.xz", xz(&tar(TWO))),
        ("a.tar.zst", zstd(&tar(TWO))),
        ("a.zip", zip(TWO, true)),
        ("stored.zip", zip(TWO, false)),
        ("piped.zip", zip_piped(TWO)),
        ("a.7z", seven_zip(TWO)),
        ("a.eml", MAIL.as_bytes().to_vec()),
        ("a.mbox", mbox()),
        ("nested.tgz", nested),
    ]
}

#[test]
fn cut_anywhere() {
    for (name, bytes) in golden() {
        let (whole, _) = open(&bytes, name);
        // Every length where that is cheap, else a thousand of them.
        let step = (bytes.len() / 500).max(1);
        for length in (1..bytes.len()).step_by(step) {
            let (seen, walked) = open_within(&bytes[..length], name, &small(), length % 2 == 0);
            keeps(&small(), &walked);
            for (path, content, failed) in &seen {
                if *failed || path == name {
                    continue;
                }
                // What is handed over as whole is whole, but for mail, whose end nothing marks.
                let is_mail = path.contains(".eml") || path.contains("mbox");
                let original = whole.iter().find(|(p, _, _)| p == path);
                assert!(
                    is_mail || original.is_some_and(|(_, c, _)| c == content),
                    "{name} cut at {length}: {path} passes for whole with {} bytes",
                    content.len()
                );
            }
        }
    }
}

/// A small generator with a fixed seed: the same bytes on every run.
struct Xorshift(u64);

impl Xorshift {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }
    fn below(&mut self, limit: usize) -> usize {
        usize::try_from(self.next() % limit.max(1) as u64).unwrap()
    }
}

#[test]
fn damaged_anyhow() {
    let golden = golden();
    let mut random = Xorshift(0x2545_f491_4f6c_dd1d);
    for round in 0..6000 {
        let (name, original) = &golden[round % golden.len()];
        let mut bytes = original.clone();
        for _ in 0..=random.below(5) {
            let (a, b) = (random.below(bytes.len() + 1), random.below(bytes.len() + 1));
            let (from, to) = (a.min(b), a.max(b));
            match random.below(7) {
                0 | 1 if from < bytes.len() => bytes[from] = random.next().to_le_bytes()[2],
                2 if from < bytes.len() => bytes[from] ^= 1 << random.below(8),
                3 => drop(bytes.drain(from..to)),
                4 if bytes.len() < 64 * 1024 => {
                    let piece = bytes[from..to].to_vec();
                    bytes.splice(from..from, piece);
                }
                5 => bytes.truncate(to),
                // Where lengths, offsets and counts stand.
                _ if from + 8 < bytes.len() => {
                    let value = [0, u64::MAX, 1 << 31, random.next()][random.below(4)];
                    bytes[from..from + 8].copy_from_slice(&value.to_le_bytes());
                }
                _ => {}
            }
        }
        let (_, walked) = open_within(&bytes, name, &small(), round % 2 == 0);
        keeps(&small(), &walked);
        assert!(
            !codes(&walked).contains(&"decoder-defect"),
            "round {round}, {name}: {:?}",
            walked.problems
        );
    }
}
