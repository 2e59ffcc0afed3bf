//! tar. Header blocks are interpreted by the `tar` library; the walk over them is our own, because
//! the library keeps a long name of any length in memory and ends at the first damaged block.

use std::io::{self, Read};

use tar::{EntryType, Header, PaxExtensions};

use crate::layer::{At, Flow, Names, Tally, Walk, skip_rest};
use crate::meter::Exact;
use crate::recognise::checksum_is_right;

const BLOCK: usize = 512;

/// Longest long name, in bytes.
const LONGEST_NAME: u64 = 64 * 1024;

/// Largest set of pax records for one member, in bytes.
const LARGEST_PAX: u64 = 1 << 20;

/// What earlier blocks said about the next member.
#[derive(Default)]
struct Extended {
    name: Option<Vec<u8>>,
    size: Option<u64>,
    sparse: bool,
}

/// How filling a block went.
enum Filled {
    Whole,
    End,
    Short,
}

fn fill(stream: &mut dyn Read, block: &mut [u8; BLOCK]) -> Filled {
    let mut got = 0usize;
    loop {
        let Some(room) = block.get_mut(got..).filter(|r| !r.is_empty()) else {
            return Filled::Whole;
        };
        match stream.read(room) {
            Ok(0) if got == 0 => return Filled::End,
            Ok(0) => return Filled::Short,
            Ok(n) => got += n,
            Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => return Filled::Short,
        }
    }
}

pub(crate) fn walk(walk: &mut Walk<'_>, stream: &mut dyn Read, at: At<'_>) -> Flow {
    let mut tally = Tally::default();
    let flow = members(walk, stream, at, &mut tally);
    walk.tell(at, tally);
    walk.meter.settle(at.level);
    flow
}

/// Reports an early end, if it is this layer's own: an error of an outer layer is reported there.
fn ends_early(walk: &mut Walk<'_>, at: At<'_>) {
    if walk.meter.owns(at.level) {
        let message = "the archive ends early".to_owned();
        walk.problem("truncated", at.path, message, true);
    }
}

fn members(walk: &mut Walk<'_>, stream: &mut dyn Read, at: At<'_>, tally: &mut Tally) -> Flow {
    let mut names = Names::default();
    let mut extended = Extended::default();
    let mut block = [0u8; BLOCK];
    let mut damaged = 0u64;
    loop {
        match fill(stream, &mut block) {
            Filled::Whole => {}
            Filled::End => break,
            Filled::Short => {
                ends_early(walk, at);
                break;
            }
        }
        if block.iter().all(|b| *b == 0) {
            // The end, or padding between archives that were written after each other.
            continue;
        }
        if !checksum_is_right(&block) {
            damaged += 1;
            extended = Extended::default();
            continue;
        }
        let header = Header::from_byte_slice(&block);
        let kind = header.entry_type();
        let Ok(stated) = header.entry_size() else {
            damaged += 1;
            continue;
        };
        let size = match kind {
            // Such members have no content, whatever some programs write there.
            EntryType::Link
            | EntryType::Symlink
            | EntryType::Char
            | EntryType::Block
            | EntryType::Directory
            | EntryType::Fifo => 0,
            EntryType::GNULongName
            | EntryType::GNULongLink
            | EntryType::XHeader
            | EntryType::XGlobalHeader => stated,
            _ => extended.size.unwrap_or(stated),
        };
        let sparse_more = kind == EntryType::GNUSparse && block.get(482).is_some_and(|b| *b != 0);
        let padding = (BLOCK as u64 - size % BLOCK as u64) % BLOCK as u64;
        let name = header.path_bytes().into_owned();
        if sparse_more && !sparse_maps(stream) {
            ends_early(walk, at);
            break;
        }
        let mut exact = Exact {
            inner: stream,
            left: size,
            short: false,
        };
        match kind {
            EntryType::GNULongName => {
                extended.name = small(&mut exact, LONGEST_NAME, tally);
            }
            EntryType::XHeader => {
                if let Some(records) = small(&mut exact, LARGEST_PAX, tally) {
                    pax(&records, &mut extended);
                }
            }
            EntryType::GNULongLink | EntryType::XGlobalHeader => {}
            // Links are not followed; directories and devices hold nothing; 'V', 'M', 'D' and 'N' are
            // labels and leftovers of multi-volume and incremental backups.
            EntryType::Link
            | EntryType::Symlink
            | EntryType::Char
            | EntryType::Block
            | EntryType::Directory
            | EntryType::Fifo => extended = Extended::default(),
            other if matches!(other.as_byte(), b'V' | b'M' | b'D' | b'N') => {
                extended = Extended::default();
            }
            _ => {
                let written = extended.name.take().unwrap_or(name);
                let shown = names.take(&written, tally);
                // A version 7 archive tells a directory by its name alone.
                if !(written.ends_with(b"/") && size == 0) {
                    if kind == EntryType::GNUSparse || extended.sparse {
                        tally.add("sparse-not-expanded", &shown, false, || {
                            "read as stored, without its holes".to_owned()
                        });
                    }
                    walk.member(&mut exact, at, &shown, Some(size))?;
                }
                extended = Extended::default();
            }
        }
        if !skip_rest(&mut exact) {
            ends_early(walk, at);
            break;
        }
        let mut exact = Exact {
            inner: stream,
            left: padding,
            short: false,
        };
        if !skip_rest(&mut exact) {
            // The last member is whole; only its padding is missing.
            break;
        }
    }
    if damaged > 0 {
        walk.problem(
            "damaged",
            at.path,
            format!("{damaged} blocks of 512 bytes are no member's; the search went on after them"),
            true,
        );
    }
    Flow::Continue(())
}

/// Skips the blocks that continue the map of a GNU sparse member.
fn sparse_maps(stream: &mut dyn Read) -> bool {
    let mut block = [0u8; BLOCK];
    loop {
        if !matches!(fill(stream, &mut block), Filled::Whole) {
            return false;
        }
        if block.get(504).is_none_or(|b| *b == 0) {
            return true;
        }
    }
}

/// The content of a small special member.
fn small(exact: &mut Exact<'_>, most: u64, tally: &mut Tally) -> Option<Vec<u8>> {
    if exact.left > most {
        let size = exact.left;
        tally.add("header-too-large", "header", true, || {
            format!("a header of {size} bytes was skipped")
        });
        return None;
    }
    let mut content = Vec::new();
    exact.read_to_end(&mut content).ok()?;
    while content.last() == Some(&0) {
        content.pop();
    }
    Some(content)
}

fn pax(records: &[u8], extended: &mut Extended) {
    for record in PaxExtensions::new(records).flatten() {
        match record.key_bytes() {
            b"path" => extended.name = Some(record.value_bytes().to_vec()),
            b"size" => {
                extended.size = record.value().ok().and_then(|v| v.parse().ok());
            }
            key if key.starts_with(b"GNU.sparse.") => {
                extended.sparse = true;
                if key == b"GNU.sparse.name" {
                    extended.name = Some(record.value_bytes().to_vec());
                }
            }
            _ => {}
        }
    }
}
