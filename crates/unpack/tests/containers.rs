//! Containers as people make them, opened.

// A test may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

mod build;

use build::{
    MAIL, bzip2, codes, gzip, mbox, open, open_within, paths, seven_zip, tar, tar_raw, xz, zip,
    zip_piped, zstd,
};
use cellsweep_unpack::{Bounds, Container, recognise};

const LISTING: &[u8] = b"Bus 001 Device 002: ID 2c7c:0125 Quectel Wireless Solutions Co., Ltd.\n";
const TWO: &[(&str, &[u8])] = &[
    ("etc/config/network", b"config interface\n"),
    ("lsusb.txt", LISTING),
];

fn is_two(seen: &build::Seen, outer: &str) {
    assert_eq!(
        paths(seen),
        [
            format!("{outer}!etc/config/network"),
            format!("{outer}!lsusb.txt")
        ]
    );
    assert_eq!(seen[0].1, b"config interface\n");
    assert_eq!(seen[1].1, LISTING);
    assert!(seen.iter().all(|(_, _, failed)| !failed));
}

#[test]
fn archives() {
    for (bytes, name, layers) in [
        (tar(TWO), "a.tar", vec!["tar"]),
        (gzip(&tar(TWO)), "a.tar.gz", vec!["gzip", "tar"]),
        (bzip2(&tar(TWO)), "a.tar.bz2", vec!["bzip2", "tar"]),
        (xz(&tar(TWO)), "a.tar.xz", vec!["xz", "tar"]),
        (zstd(&tar(TWO)), "a.tar.zst", vec!["zstd", "tar"]),
        (zip(TWO, true), "a.zip", vec!["zip"]),
        (zip(TWO, false), "a.zip", vec!["zip"]),
        (zip_piped(TWO), "a.zip", vec!["zip"]),
        (seven_zip(TWO), "a.7z", vec!["7z"]),
        (gzip(&zip(TWO, true)), "a.zip.gz", vec!["gzip", "zip"]),
    ] {
        let (seen, walked) = open(&bytes, name);
        is_two(&seen, name);
        assert_eq!(walked.layers, layers);
        assert_eq!(codes(&walked), [""; 0], "{name}");
        assert_eq!(walked.members, 2);
        assert!(!walked.stopped);
    }
}

#[test]
fn one_compressed_file_is_named_without_the_ending() {
    for (bytes, name) in [
        (gzip(LISTING), "x.log.gz"),
        (bzip2(LISTING), "x.log.bz2"),
        (xz(LISTING), "x.log.xz"),
        (zstd(LISTING), "x.log.zst"),
    ] {
        let (seen, walked) = open(&bytes, name);
        assert_eq!(seen, [(format!("{name}!x.log"), LISTING.to_vec(), false)]);
        assert!(walked.problems.is_empty());
    }
}

#[test]
fn several_streams_in_one_file_padding_and_what_follows() {
    let doubled = [LISTING, LISTING].concat();
    for (one, name) in [
        (gzip as fn(&[u8]) -> Vec<u8>, "x.gz"),
        (bzip2, "x.bz2"),
        (xz, "x.xz"),
        (zstd, "x.zst"),
    ] {
        let two = [one(LISTING), one(LISTING)].concat();
        let (seen, walked) = open(&two, name);
        assert_eq!(seen[0].1, doubled, "{name}");
        assert!(walked.problems.is_empty(), "{name}: {:?}", walked.problems);

        let padded = [two.clone(), vec![0; 512]].concat();
        let (seen, walked) = open(&padded, name);
        assert_eq!(seen[0].1, doubled, "{name}");
        assert!(walked.problems.is_empty(), "{name}: {:?}", walked.problems);

        for tail in [&b"garbage"[..], &two[..1], b"\x1f\x8bgarbage"] {
            let trailed = [two.as_slice(), b"\0\0\0\0", tail].concat();
            let (seen, walked) = open(&trailed, name);
            assert_eq!(seen[0].1, doubled, "{name}");
            assert!(!walked.problems.is_empty());
        }
        let trailed = [two.as_slice(), b"some other text"].concat();
        let (seen, walked) = open(&trailed, name);
        assert_eq!(seen[0].1, doubled, "{name}");
        assert!(!seen[0].2, "{name}: what follows is not the file's");
        assert_eq!(codes(&walked), ["trailing-data"], "{name}");
        assert!(!walked.problems[0].lost);
    }
}

#[test]
fn zstd_frames_to_be_skipped() {
    let skippable = [&[0x50, 0x2a, 0x4d, 0x18, 3, 0, 0, 0][..], b"abc"].concat();
    let bytes = [zstd(LISTING), skippable, zstd(LISTING)].concat();
    let (seen, walked) = open(&bytes, "x.zst");
    assert_eq!(seen[0].1, [LISTING, LISTING].concat());
    assert!(walked.problems.is_empty());
}

#[test]
fn nested_layers_show_in_the_path() {
    let inner = zip(&[("logs/syslog.1.gz", &gzip(LISTING))], true);
    let outer = gzip(&tar(&[("old/logs.zip", &inner), ("note.txt", b"hello")]));
    let (seen, walked) = open(&outer, "site/bundle.tgz");
    assert_eq!(
        paths(&seen),
        [
            "site/bundle.tgz!old/logs.zip!logs/syslog.1.gz!syslog.1",
            "site/bundle.tgz!note.txt"
        ]
    );
    assert_eq!(seen[0].1, LISTING);
    assert!(walked.problems.is_empty());
}

#[test]
fn tar_of_every_flavour() {
    // A long name in a GNU header, and one in pax records.
    let long = format!("deep/{}/lsusb.txt", "directory/".repeat(30));
    let (seen, _) = open(&tar(&[(&long, LISTING)]), "a.tar");
    assert_eq!(paths(&seen), [format!("a.tar!{}", long.replace("//", "/"))]);

    let mut builder = tar::Builder::new(Vec::new());
    builder
        .append_pax_extensions([("path", "größe/lsusb.txt".as_bytes()), ("size", b"9")])
        .unwrap();
    let mut bytes = builder.into_inner().unwrap();
    bytes.truncate(1024);
    bytes.extend_from_slice(&tar_raw(b"short", b'0', b"123456789"));
    // Version 7: no magic, a directory by name alone, a link with a size that means nothing.
    bytes.extend_from_slice(&tar_raw(b"etc/", 0, b""));
    bytes.extend_from_slice(&tar_raw(b"link", b'2', b""));
    bytes.extend_from_slice(&tar_raw(b"plain", 0, b"x"));
    bytes.extend_from_slice(&[0; 1024]);
    // A second archive written after the first.
    bytes.extend_from_slice(&tar(&[("later", b"y")]));
    let (seen, walked) = open(&bytes, "a.tar");
    assert_eq!(
        paths(&seen),
        ["a.tar!größe/lsusb.txt", "a.tar!plain", "a.tar!later"]
    );
    assert_eq!(seen[0].1, b"123456789");
    assert!(walked.problems.is_empty(), "{:?}", walked.problems);

    let sparse = tar_raw(b"disk.img", b'S', b"data");
    let (seen, walked) = open(&sparse, "a.tar");
    assert_eq!(seen[0].1, b"data");
    assert_eq!(codes(&walked), ["sparse-not-expanded"]);
}

#[test]
fn names_never_lead_outside_and_stay_apart() {
    let bytes = [
        tar_raw(b"../../etc/passwd", b'0', b"1"),
        tar_raw(b"/etc/shadow", b'0', b"2"),
        tar_raw(b"twice", b'0', b"3"),
        tar_raw(b"twice", b'0', b"4"),
        tar_raw(b"a\x1b[2Jb", b'0', b"5"),
    ]
    .concat();
    let (seen, walked) = open(&bytes, "a.tar");
    assert_eq!(
        paths(&seen),
        [
            "a.tar!__/__/etc/passwd",
            "a.tar!etc/shadow",
            "a.tar!twice",
            "a.tar!twice#2",
            "a.tar!a\u{fffd}[2Jb"
        ]
    );
    assert_eq!(seen.iter().map(|s| s.1[0]).collect::<Vec<_>>(), b"12345");
    assert_eq!(codes(&walked), ["duplicate-member", "member-path-unsafe"]);
    assert_eq!(walked.problems[0].path, "a.tar!twice#2");
    assert_eq!(
        walked.problems[1].message,
        "3 members, the first is __/__/etc/passwd: the name as written leads outside; it is shown \
         without"
    );
    assert!(walked.problems.iter().all(|p| !p.lost));
}

#[test]
fn zip_without_its_directory() {
    for whole in [zip(TWO, true), zip(TWO, false), zip_piped(TWO)] {
        let directory = memchr::memmem::find(&whole, b"PK\x01\x02").unwrap();
        let (seen, walked) = open(&whole[..directory], "a.zip");
        is_two(&seen, "a.zip");
        assert_eq!(codes(&walked), ["truncated"]);

        // The second member is cut, the first is whole.
        let (seen, walked) = open(&whole[..directory - 30], "a.zip");
        assert_eq!(seen[0].1, b"config interface\n");
        assert!(!seen[0].2);
        assert!(seen[1].2 && seen[1].1.len() < LISTING.len());
        assert_eq!(codes(&walked), ["truncated", "truncated"]);
    }
}

#[test]
fn zip_with_bytes_before_it() {
    let bytes = [&b"#!/bin/sh\nexec unzip $0\n"[..], &zip(TWO, true)].concat();
    let bytes = gzip(&tar(&[("x", &bytes)]));
    // Content decides: what begins as a program is none.
    let (seen, _) = open(&bytes, "a.tgz");
    assert_eq!(paths(&seen), ["a.tgz!x"]);
}

#[test]
fn documents_in_zip_form_are_leaves() {
    let sheet: &[(&str, &[u8])] = &[
        ("[Content_Types].xml", b"<x/>"),
        ("xl/workbook.xml", b"<x/>"),
    ];
    let text: &[(&str, &[u8])] = &[("mimetype", b"application/vnd.oasis.opendocument.text")];
    let java: &[(&str, &[u8])] = &[("META-INF/MANIFEST.MF", b"Manifest-Version: 1.0\n")];
    for members in [sheet, text, java] {
        let bytes = zip(members, true);
        assert_eq!(recognise(&bytes, "whatever"), None);
        let (seen, walked) = open(&bytes, "whatever");
        assert_eq!(seen, [("whatever".to_owned(), bytes.clone(), false)]);
        assert!(walked.layers.is_empty());
        let (seen, _) = open(&tar(&[("table", &bytes)]), "a.tar");
        assert_eq!(seen[0].1, bytes);
    }
    assert_eq!(recognise(&zip(TWO, true), "a.xlsx"), None);
    assert_eq!(recognise(&zip(TWO, true), "a.zip"), Some(Container::Zip));
}

#[test]
fn mail_and_mailboxes() {
    let (seen, walked) = open(MAIL.as_bytes(), "mail.eml");
    assert_eq!(paths(&seen), ["mail.eml!part-1.txt", "mail.eml!lsusb.txt"]);
    assert_eq!(
        String::from_utf8_lossy(&seen[0].1),
        "The listing is attached \u{2014} one line only.\n"
    );
    assert_eq!(seen[1].1, b"Bus 001 Device 002: ID 2c7c:0125\n");
    assert_eq!(walked.layers, ["mail"]);
    assert!(walked.problems.is_empty());

    let (seen, walked) = open(&mbox(), "archive.mbox");
    assert_eq!(
        paths(&seen),
        [
            "archive.mbox!message-1.eml!part-1.txt",
            "archive.mbox!message-2.eml!part-1.txt"
        ]
    );
    assert_eq!(seen[1].1, b"body 2\nFrom the field\n\n");
    assert!(walked.problems.is_empty());

    // A message in a message, with an archive attached under an encoded name.
    let attached = gzip(&tar(TWO));
    let base64 = base64(&attached);
    let inner = format!(
        "From: a@example.org\r\nSubject: inner\r\nMIME-Version: 1.0\r\n\
         Content-Type: application/gzip;\r\n name*0*=utf-8''B%C3%BC;\r\n name*1=ndel.tgz\r\n\
         Content-Transfer-Encoding: base64\r\n\r\n{base64}\r\n"
    );
    let outer = format!(
        "Received: from x\r\nFrom: b@example.org\r\nSubject: Fwd\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=one\r\n\r\n--one\r\n\
         Content-Type: multipart/alternative; boundary=two\r\n\r\n--two\r\n\r\nplain\r\n--two\r\n\
         Content-Type: text/html\r\n\r\n<p>html</p>\r\n--two--\r\nnobody reads this\r\n--one\r\n\
         Content-Type: message/rfc822\r\n\r\n{inner}--one--\r\n"
    );
    let (seen, walked) = open(outer.as_bytes(), "fwd.eml");
    assert_eq!(
        paths(&seen),
        [
            "fwd.eml!part-1.txt",
            "fwd.eml!part-2.html",
            "fwd.eml!part-3.eml!Bündel.tgz!etc/config/network",
            "fwd.eml!part-3.eml!Bündel.tgz!lsusb.txt"
        ]
    );
    assert_eq!(seen[3].1, LISTING);
    assert!(walked.problems.is_empty(), "{:?}", walked.problems);

    // Cut inside the attachment: what is there is handed over, and that it is not whole.
    let cut = MAIL.find("OiBJ").unwrap();
    let (seen, walked) = open(&MAIL.as_bytes()[..cut], "mail.eml");
    assert_eq!(seen[1].1, b"Bus 001 Device 002");
    assert!(seen[1].2);
    assert_eq!(codes(&walked), ["truncated"]);
}

fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for (n, group) in bytes.chunks(3).enumerate() {
        if n > 0 && n % 19 == 0 {
            out.push_str("\r\n");
        }
        let mut held = 0u32;
        for i in 0..3 {
            held = held << 8 | u32::from(group.get(i).copied().unwrap_or(0));
        }
        for i in 0..4 {
            if i <= group.len() {
                out.push(char::from(DIGITS[(held >> (18 - 6 * i) & 63) as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

#[test]
fn what_is_not_opened_is_said() {
    let (seen, walked) = open(b"Rar!\x1a\x07\x01\x00rest", "x.rar");
    assert!(seen.is_empty());
    assert_eq!(codes(&walked), ["unsupported-compression"]);
    assert_eq!(walked.layers, ["rar"]);
    assert!(walked.problems[0].lost);

    let mut locked = zip(TWO, true);
    // The encryption flag, in local headers and directory.
    for (magic, at) in [(&b"PK\x03\x04"[..], 6), (b"PK\x01\x02", 8)] {
        let found: Vec<usize> = memchr::memmem::find_iter(&locked, magic).collect();
        for start in found {
            locked[start + at] |= 1;
        }
    }
    let (seen, walked) = open(&locked, "locked.zip");
    assert!(seen.is_empty());
    assert_eq!(codes(&walked), ["encrypted"]);
    assert_eq!(walked.problems[0].path, "locked.zip");
    assert!(walked.problems[0].message.starts_with("2 members"));
}

#[test]
fn a_member_that_differs_from_its_checksum() {
    let mut bytes = zip(TWO, false);
    let at = memchr::memmem::find(&bytes, b"2c7c").unwrap();
    bytes[at] ^= 1;
    let (seen, walked) = open(&bytes, "a.zip");
    assert!(!seen[0].2 && seen[1].2);
    assert_eq!(codes(&walked), ["checksum-mismatch"]);
    assert_eq!(walked.problems[0].path, "a.zip!lsusb.txt");

    let mut bytes = gzip(LISTING);
    let crc = bytes.len() - 8;
    bytes[crc] ^= 1;
    let (seen, walked) = open(&bytes, "a.gz");
    assert!(seen[0].2);
    assert_eq!(codes(&walked), ["checksum-mismatch"]);
}

#[test]
fn the_visitor_ends_the_walk() {
    let bytes = gzip(&tar(TWO));
    let mut count = 0;
    let walked = cellsweep_unpack::walk(
        cellsweep_unpack::Input::Stream(&mut bytes.as_slice()),
        "a.tgz",
        &Bounds::default(),
        &mut |_| {
            count += 1;
            std::ops::ControlFlow::Break(())
        },
    );
    assert_eq!(count, 1);
    assert!(walked.stopped);
    // A visitor that reads nothing still gets every member.
    let (seen, _) = open_within(&bytes, "a.tgz", &Bounds::default(), false);
    assert_eq!(seen.len(), 2);
}

/// Routers put an archive of their file system into the archive of their logs.
#[test]
fn a_support_bundle_with_an_archive_inside_is_opened_to_its_files() {
    let inner = gzip(&tar(&[
        ("etc/board.json", b"{}\n"),
        ("etc/config/network", b"config interface\n"),
    ]));
    let bundle = gzip(&tar(&[
        ("troubleshoot/rootfs.tar.gz", inner.as_slice()),
        ("troubleshoot/logs/kernel.log.gz", gzip(LISTING).as_slice()),
        ("troubleshoot/status.json", b"{}\n"),
    ]));
    let (seen, walked) = open(&bundle, "troubleshoot.tar.gz");
    assert_eq!(
        paths(&seen),
        [
            "troubleshoot.tar.gz!troubleshoot/rootfs.tar.gz!etc/board.json",
            "troubleshoot.tar.gz!troubleshoot/rootfs.tar.gz!etc/config/network",
            "troubleshoot.tar.gz!troubleshoot/logs/kernel.log.gz!kernel.log",
            "troubleshoot.tar.gz!troubleshoot/status.json",
        ]
    );
    assert_eq!(codes(&walked), [""; 0]);
    assert_eq!(seen[2].1, LISTING);
}
