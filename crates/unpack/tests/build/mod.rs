//! Containers built for the tests by the libraries' writers, which share no code with the walk.

// Each test file uses some of it.
#![allow(dead_code)]
// A test may panic: that is how it fails.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::{Cursor, Write};
use std::ops::ControlFlow;

use cellsweep_unpack::{Bounds, Input, Walked, walk};
use zip::CompressionMethod;
use zip::write::SimpleFileOptions;

pub fn tar(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut builder = tar::Builder::new(Vec::new());
    for (name, content) in members {
        let mut header = tar::Header::new_gnu();
        header.set_size(content.len() as u64);
        header.set_mode(0o644);
        builder.append_data(&mut header, name, *content).unwrap();
    }
    builder.into_inner().unwrap()
}

/// A ustar header with the name exactly as given, which builders refuse.
pub fn tar_raw(name: &[u8], kind: u8, content: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_entry_type(tar::EntryType::new(kind));
    header.set_cksum();
    let mut out = header.as_bytes().to_vec();
    out.extend_from_slice(content);
    out.resize(out.len().next_multiple_of(512), 0);
    out
}

pub fn gzip(content: &[u8]) -> Vec<u8> {
    let mut e = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    e.write_all(content).unwrap();
    e.finish().unwrap()
}

pub fn bzip2(content: &[u8]) -> Vec<u8> {
    let mut e = bzip2::write::BzEncoder::new(Vec::new(), bzip2::Compression::best());
    e.write_all(content).unwrap();
    e.finish().unwrap()
}

pub fn xz(content: &[u8]) -> Vec<u8> {
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut w = lzma_rust2::XzWriter::new(Vec::new(), options).unwrap();
    w.write_all(content).unwrap();
    w.finish().unwrap()
}

pub fn zstd(content: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(content, ruzstd::encoding::CompressionLevel::Fastest)
}

pub fn zip(members: &[(&str, &[u8])], deflated: bool) -> Vec<u8> {
    let mut w = zip::ZipWriter::new(Cursor::new(Vec::new()));
    let method = if deflated {
        CompressionMethod::Deflated
    } else {
        CompressionMethod::Stored
    };
    for (name, content) in members {
        w.start_file(
            *name,
            SimpleFileOptions::default().compression_method(method),
        )
        .unwrap();
        w.write_all(content).unwrap();
    }
    w.finish().unwrap().into_inner()
}

/// A deflated zip whose sizes follow the content, as programs that write to a pipe make it.
pub fn zip_piped(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut w = zip::ZipWriter::new_stream(Vec::new());
    for (name, content) in members {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Deflated);
        w.start_file(*name, options).unwrap();
        w.write_all(content).unwrap();
    }
    w.finish().unwrap().into_inner()
}

pub fn seven_zip(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut w = sevenz_rust2::ArchiveWriter::new(Cursor::new(Vec::new())).unwrap();
    for (name, content) in members {
        let entry = sevenz_rust2::ArchiveEntry::new_file(name);
        w.push_archive_entry(entry, Some(*content)).unwrap();
    }
    w.finish().unwrap().into_inner()
}

pub const MAIL: &str = "Return-Path: <operator@example.org>\r
From: Operator <operator@example.org>\r
Subject: listing of the gateway\r
Date: Mon, 1 Jan 2024 00:00:00 +0000\r
MIME-Version: 1.0\r
Content-Type: multipart/mixed;\r
\tboundary=\"frontier\"\r
\r
This is a message in several parts.\r
--frontier\r
Content-Type: text/plain; charset=utf-8\r
Content-Transfer-Encoding: quoted-printable\r
\r
The listing is attached =E2=80=94 one line=\r
 only.\r
--frontier\r
Content-Type: application/octet-stream; name=\"lsusb.txt\"\r
Content-Disposition: attachment; filename=\"lsusb.txt\"\r
Content-Transfer-Encoding: base64\r
\r
QnVzIDAwMSBEZXZpY2UgMDAy\r
OiBJRCAyYzdjOjAxMjUK\r
--frontier--\r
";

pub fn mbox() -> Vec<u8> {
    let mut out = Vec::new();
    for n in 1..=2 {
        out.extend_from_slice(b"From operator@example.org Mon Jan  1 00:00:00 2024\n");
        out.extend_from_slice(
            format!("From: a@example.org\nSubject: {n}\nMessage-ID: <{n}@example.org>\n\n")
                .as_bytes(),
        );
        out.extend_from_slice(format!("body {n}\n>From the field\n\n").as_bytes());
    }
    out
}

/// What a walk handed over: path, content as far as it could be read, whether an error ended it.
pub type Seen = Vec<(String, Vec<u8>, bool)>;

pub fn open_within(bytes: &[u8], name: &str, bounds: &Bounds, seek: bool) -> (Seen, Walked) {
    let mut found = Seen::new();
    let mut visit = |member: cellsweep_unpack::Member<'_>| {
        let mut content = Vec::new();
        let ended = member.stream.read_to_end(&mut content);
        found.push((member.path.to_owned(), content, ended.is_err()));
        ControlFlow::Continue(())
    };
    let walked = if seek {
        walk(
            Input::Seekable(&mut Cursor::new(bytes)),
            name,
            bounds,
            &mut visit,
        )
    } else {
        let mut stream = bytes;
        walk(Input::Stream(&mut stream), name, bounds, &mut visit)
    };
    (found, walked)
}

/// Walks both ways, which must agree.
pub fn open(bytes: &[u8], name: &str) -> (Seen, Walked) {
    let bounds = Bounds::default();
    let from_stream = open_within(bytes, name, &bounds, false);
    let from_file = open_within(bytes, name, &bounds, true);
    assert_eq!(from_stream, from_file, "{name}: a stream and a file differ");
    from_stream
}

pub fn paths(seen: &Seen) -> Vec<&str> {
    seen.iter().map(|(p, _, _)| p.as_str()).collect()
}

pub fn codes(walked: &Walked) -> Vec<&'static str> {
    walked.problems.iter().map(|p| p.code).collect()
}
