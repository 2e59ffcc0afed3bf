//! Containers to members: archives, compressed streams and mail, opened in process, bounded, nested.
//!
//! [`walk`] hands every leaf member to a visitor as a path, a bounded stream and a size where the
//! container states one. Levels of nesting are separated by `!` in the path:
//! `bundle.tar.gz!logs/old.zip!syslog`. A compressed stream that holds another container adds no
//! level; one that holds a plain file yields that file, named without the compression's ending.
//!
//! Nothing is started, nothing is written where a name of the evidence says so, no link is followed.
//! Names are text for people: parts that climb (`..`), root markers, control characters and characters
//! that turn the direction of writing are replaced before anybody sees them.
//!
//! # Formats
//!
//! | format | how it is read |
//! | --- | --- |
//! | tar (v7, ustar, pax, GNU long names) | streaming; sparse members as stored, holes not filled in |
//! | gzip, bzip2, xz, zstd | streaming; several streams in one file, padding and trailing bytes |
//! | zip (zip64; stored, deflate, bzip2, lzma, xz, zstd) | random access; without its directory by local headers |
//! | 7z (copy, LZMA, LZMA2, PPMd, deflate, bzip2, filters) | random access |
//! | mail (MIME) and mbox | streaming; every part that is no multipart, bodies included |
//!
//! Office documents, Java archives and Android packages are zips but documents to a reader of their
//! own: they are leaves here. RAR, CAB, LZ4, lzip, `compress`, ar and cpio are recognised and refused.
//!
//! # Memory
//!
//! A walk holds, for each open layer, at most 64 KiB of look-ahead, the decoder's own window and, for
//! a zip, its directory of [`Bounds::members`] entries. Windows are bounded by [`MOST_WINDOW`]; a
//! stream that asks for more is refused. A 7z directory may be 2 MiB. What needs random access and
//! comes from a stream is spooled: the first MiB in memory, the rest in an anonymous temporary file
//! of at most [`Bounds::member_bytes`].

mod layer;
mod mail;
mod member_name;
mod meter;
mod recognise;
mod seven_zip;
mod streams;
mod tar_archive;
mod zip_archive;

use std::io::{Read, Seek};
use std::ops::ControlFlow;

pub use recognise::{Container, HEAD, recognise};

/// Largest dictionary or window of a compressed stream, in bytes.
pub const MOST_WINDOW: u64 = 128 << 20;

/// How much of a container is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// Most layers inside each other; a compressed stream is one, the archive in it another.
    pub depth: usize,
    /// Most members of all layers together.
    pub members: u64,
    /// Most bytes decoded by all layers together.
    pub total_bytes: u64,
    /// Most bytes decoded for each byte of input, once [`Bounds::floor`] is passed.
    pub ratio: u64,
    /// Bytes decoded before the ratio counts.
    pub floor: u64,
    /// Most bytes of one leaf member, and of one spooled archive.
    pub member_bytes: u64,
}

impl Default for Bounds {
    fn default() -> Self {
        Self {
            depth: 8,
            members: 200_000,
            total_bytes: 8 << 30,
            ratio: 1000,
            floor: 64 << 20,
            member_bytes: 2 << 30,
        }
    }
}

/// One leaf member, handed to the visitor.
pub struct Member<'a> {
    /// Path for people: outer name and inner names, `!` between levels. Never a path to open.
    pub path: &'a str,
    /// Size in bytes, if the container states it; not to be trusted.
    pub bytes: Option<u64>,
    /// The content. An error means that the rest of this member cannot be had; what was read stands.
    pub stream: &'a mut dyn Read,
}

/// A layer or member that was refused, damaged or corrected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// Stable kebab-case code; all of them are in [`CODES`].
    pub code: &'static str,
    /// Path of the layer or member, as in [`Member::path`].
    pub path: String,
    /// One plain sentence.
    pub message: String,
    /// True if content was lost by it.
    pub lost: bool,
}

/// Every problem code with its meaning.
pub const CODES: &[(&str, &str)] = &[
    ("cannot-read", "the input itself could not be read"),
    (
        "checksum-mismatch",
        "a member's content differs from its checksum",
    ),
    (
        "damaged",
        "a layer is not well formed; what could be read was",
    ),
    ("decoder-defect", "a decoder gave up in a way it should not"),
    (
        "duplicate-member",
        "several members have one name; all were read",
    ),
    ("encrypted", "content cannot be read without a password"),
    (
        "expansion-limit",
        "decoding yields more than the bounds allow",
    ),
    (
        "header-too-large",
        "a header or directory is larger than the bounds allow",
    ),
    (
        "member-limit",
        "there are more members than the bounds allow",
    ),
    (
        "member-overlap",
        "members share bytes, which no honest archive does",
    ),
    (
        "member-path-unsafe",
        "a name leads outside or holds control characters",
    ),
    (
        "member-too-large",
        "a member is larger than the bounds allow",
    ),
    ("more-problems", "there were more problems than are listed"),
    ("sparse-not-expanded", "a sparse member was read as stored"),
    ("too-deep", "layers are nested deeper than the bounds allow"),
    ("trailing-data", "bytes follow the end of a layer"),
    ("truncated", "a layer ends early"),
    (
        "unsupported-compression",
        "the method or container is not supported",
    ),
];

/// What walking came to.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Walked {
    /// Containers of the input itself, outermost first: `["gzip", "tar"]`. Empty: it is none.
    pub layers: Vec<&'static str>,
    /// Leaf members handed over.
    pub members: u64,
    /// Bytes decoded.
    pub bytes: u64,
    /// What was refused, damaged or corrected, in the order met.
    pub problems: Vec<Problem>,
    /// The visitor ended the walk.
    pub stopped: bool,
}

/// Readable from any position.
pub trait ReadSeek: Read + Seek {}
impl<T: Read + Seek> ReadSeek for T {}

/// What is walked.
pub enum Input<'a> {
    /// Bytes in order.
    Stream(&'a mut dyn Read),
    /// A file or a buffer: saves the spool for formats that need random access.
    Seekable(&'a mut dyn ReadSeek),
}

/// Hands every leaf member of the input to `visit`, in the container's own order, until it breaks.
/// An input that is no container is handed over itself. Never fails: what could not be opened is a
/// [`Problem`].
pub fn walk(
    input: Input<'_>,
    name: &str,
    bounds: &Bounds,
    visit: &mut dyn FnMut(Member<'_>) -> ControlFlow<()>,
) -> Walked {
    layer::walk(input, name, bounds, visit)
}
