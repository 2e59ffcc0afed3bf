//! Which container a prefix begins.

use std::collections::BTreeSet;

use tar::Header;

/// Bytes of a source that recognition looks at, at most.
pub const HEAD: usize = 64 * 1024;

/// A kind of container.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Container {
    /// tar, any flavour.
    Tar,
    /// zip that is no document.
    Zip,
    /// 7z.
    SevenZip,
    /// gzip stream.
    Gzip,
    /// bzip2 stream.
    Bzip2,
    /// xz stream.
    Xz,
    /// Zstandard stream.
    Zstd,
    /// One mail message.
    Mail,
    /// Several mail messages.
    Mbox,
    /// A container that is known but not opened; the name is for people.
    Unsupported(&'static str),
}

impl Container {
    /// The word used in reports.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Tar => "tar",
            Self::Zip => "zip",
            Self::SevenZip => "7z",
            Self::Gzip => "gzip",
            Self::Bzip2 => "bzip2",
            Self::Xz => "xz",
            Self::Zstd => "zstd",
            Self::Mail => "mail",
            Self::Mbox => "mbox",
            Self::Unsupported(name) => name,
        }
    }

    /// True for one compressed stream, which has no members of its own.
    pub(crate) const fn is_stream(self) -> bool {
        matches!(self, Self::Gzip | Self::Bzip2 | Self::Xz | Self::Zstd)
    }
}

/// First bytes that tell a container.
const MAGIC: &[(&[u8], Container)] = &[
    (&[0x1f, 0x8b, 0x08], Container::Gzip),
    (b"7z\xbc\xaf\x27\x1c", Container::SevenZip),
    (&[0xfd, b'7', b'z', b'X', b'Z', 0], Container::Xz),
    (&[0x28, 0xb5, 0x2f, 0xfd], Container::Zstd),
    (b"Rar!\x1a\x07", Container::Unsupported("rar")),
    (b"MSCF\0\0\0\0", Container::Unsupported("cab")),
    (&[0x04, 0x22, 0x4d, 0x18], Container::Unsupported("lz4")),
    (b"LZIP\x01", Container::Unsupported("lzip")),
    (&[0x1f, 0x9d, 0x90], Container::Unsupported("compress")),
    (b"!<arch>\n", Container::Unsupported("ar")),
    (b"070701", Container::Unsupported("cpio")),
    (b"070702", Container::Unsupported("cpio")),
];

/// The container that these first bytes (at most [`HEAD`]) begin; `None` for anything else, also for
/// documents in zip form. The name only helps where content leaves a doubt.
pub fn recognise(head: &[u8], name: &str) -> Option<Container> {
    for (magic, container) in MAGIC {
        if head.starts_with(magic) {
            return Some(*container);
        }
    }
    if let [b'B', b'Z', b'h', b'1'..=b'9', rest @ ..] = head {
        // The magic number of a block or of the end of an empty stream.
        let block = [0x31, 0x41, 0x59, 0x26, 0x53, 0x59];
        let end = [0x17, 0x72, 0x45, 0x38, 0x50, 0x90];
        if rest.starts_with(&block) || rest.starts_with(&end) {
            return Some(Container::Bzip2);
        }
    }
    if head.starts_with(b"PK\x03\x04") {
        return (!is_document(head, name)).then_some(Container::Zip);
    }
    // An empty zip, and one written in parts of which this is the first.
    if head.starts_with(b"PK\x05\x06") || head.starts_with(b"PK\x07\x08PK\x03\x04") {
        return Some(Container::Zip);
    }
    if is_tar(head) {
        return Some(Container::Tar);
    }
    if is_mbox(head) {
        return Some(Container::Mbox);
    }
    is_mail(head, name).then_some(Container::Mail)
}

/// A header block whose checksum is right. A block of zeros has none.
fn is_tar(head: &[u8]) -> bool {
    head.get(..512).is_some_and(checksum_is_right)
}

/// True if the checksum of a tar header block is right.
pub(crate) fn checksum_is_right(block: &[u8]) -> bool {
    let (Some(before), Some(after)) = (block.get(..148), block.get(156..512)) else {
        return false;
    };
    let header = Header::from_byte_slice(block.get(..512).unwrap_or_default());
    let Ok(stated) = header.cksum() else {
        return false;
    };
    let bytes = || before.iter().chain(after).copied();
    let unsigned: u32 = 8 * 32 + bytes().map(u32::from).sum::<u32>();
    // Some old programs added the bytes as signed.
    let signed: i32 = 8 * 32 + bytes().map(|b| i32::from(b.cast_signed())).sum::<i32>();
    stated == unsigned || i64::from(stated) == i64::from(signed)
}

/// Names of the local headers found in a prefix of a zip.
fn names(head: &[u8]) -> Vec<&[u8]> {
    memchr::memmem::find_iter(head, b"PK\x03\x04")
        .filter_map(|at| {
            let length = head.get(at + 26..at + 28)?;
            let length = usize::from(u16::from_le_bytes(length.try_into().ok()?));
            head.get(at + 30..at + 30 + length)
        })
        .take(256)
        .collect()
}

/// Endings of documents in zip form.
const DOCUMENTS: &[&str] = &[
    "xlsx", "xlsm", "xlsb", "xltx", "docx", "docm", "dotx", "pptx", "pptm", "vsdx", "ods", "odt",
    "odp", "odg", "epub", "jar", "war", "ear", "apk", "aab", "aar", "ipa", "whl", "xpi", "kmz",
    "3mf",
];

fn is_document(head: &[u8], name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, e)| e.to_ascii_lowercase());
    if ending.is_some_and(|e| DOCUMENTS.contains(&e.as_str())) {
        return true;
    }
    let names = names(head);
    if names.first() == Some(&&b"mimetype"[..]) {
        return true;
    }
    names.iter().any(|n| {
        [
            &b"[Content_Types].xml"[..],
            b"_rels/.rels",
            b"xl/workbook.xml",
            b"word/document.xml",
            b"ppt/presentation.xml",
            b"docProps/app.xml",
            b"docProps/core.xml",
            b"META-INF/MANIFEST.MF",
            b"AndroidManifest.xml",
        ]
        .contains(n)
            || n.starts_with(b"xl/worksheets/")
    })
}

/// Header fields that mail has.
const FIELDS: &[&str] = &[
    "from",
    "to",
    "subject",
    "date",
    "message-id",
    "mime-version",
    "received",
    "return-path",
    "delivered-to",
    "content-type",
    "dkim-signature",
];

/// A mail header: fields only, several of which mail has, at least one that only mail has.
fn is_mail(head: &[u8], name: &str) -> bool {
    if !head.first().is_some_and(u8::is_ascii_alphabetic) {
        return false;
    }
    let named = name
        .rsplit_once('.')
        .is_some_and(|(_, e)| e.eq_ignore_ascii_case("eml"));
    let mut known = BTreeSet::new();
    for line in head.split(|b| *b == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.first() {
            None => break,
            Some(b' ' | b'\t') => continue,
            Some(_) => {}
        }
        let Some(colon) = line.iter().position(|b| *b == b':') else {
            // The last line may be cut by the end of the prefix.
            if head.len() >= HEAD && head.ends_with(line) {
                break;
            }
            return false;
        };
        let field = line.get(..colon).unwrap_or_default();
        if field.is_empty()
            || field.len() > 76
            || !field
                .iter()
                .all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'))
        {
            return false;
        }
        let field = String::from_utf8_lossy(field).to_ascii_lowercase();
        if FIELDS.contains(&field.as_str()) {
            known.insert(field);
        }
    }
    if named {
        return !known.is_empty();
    }
    let only_mail = ["message-id", "mime-version", "received", "return-path"];
    known.len() >= 3 && only_mail.iter().any(|f| known.contains(*f))
}

/// A `From ` line with a time of day, followed by a mail header.
fn is_mbox(head: &[u8]) -> bool {
    if !head.starts_with(b"From ") {
        return false;
    }
    let Some(end) = memchr::memchr(b'\n', head) else {
        return false;
    };
    let line = head.get(..end).unwrap_or_default();
    let has_time = line.windows(5).any(
        |w| matches!(w, [a, b, b':', c, d] if [a, b, c, d].iter().all(|x| x.is_ascii_digit())),
    );
    has_time && is_mail(head.get(end + 1..).unwrap_or_default(), "message.eml")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_no_mail() {
        for text in [
            "Bus 001 Device 002: ID 2c7c:0125 Quectel Wireless Solutions Co., Ltd. EC25\n",
            "From: a\nTo: b\n\nhello\n",
            "name: x\nto: y\nsubject: z\ndate: today\n",
            "Subject: a\nFrom: b\nMessage-ID: c\nnot a header\n",
            "",
        ] {
            assert_eq!(recognise(text.as_bytes(), "x.txt"), None, "{text}");
        }
    }

    #[test]
    fn mail_is_mail() {
        let mail = b"Received: from a\n\tby b\nFrom: x@example.org\nSubject: list\nDate: Mon, 1 Jan 2024 00:00:00 +0000\n\nbody\n";
        assert_eq!(recognise(mail, "x"), Some(Container::Mail));
        let mut mbox = b"From x@example.org Mon Jan  1 00:00:00 2024\n".to_vec();
        mbox.extend_from_slice(mail);
        assert_eq!(recognise(&mbox, "x"), Some(Container::Mbox));
        assert_eq!(recognise(b"From here to there\nSubject: x\n\n", "x"), None);
    }

    #[test]
    fn magic_numbers() {
        assert_eq!(recognise(&[0x1f, 0x8b, 8, 0], ""), Some(Container::Gzip));
        assert_eq!(recognise(b"BZhello", ""), None);
        assert_eq!(
            recognise(b"Rar!\x1a\x07\x01\x00", ""),
            Some(Container::Unsupported("rar"))
        );
        assert_eq!(recognise(&[0; 512], ""), None);
    }
}
