//! 7z. Reading is the `sevenz-rust2` library's; what it would allocate on the archive's word alone is
//! looked at first, because a directory of a few bytes may claim to decode to gigabytes.

use std::io::{self, Read, SeekFrom};
use std::panic::{AssertUnwindSafe, catch_unwind};

use sevenz_rust2::{Archive, ArchiveEntry, BlockDecoder, EncoderMethod, Error, Password};

use crate::layer::{At, Flow, Names, Tally, Walk};
use crate::meter::Decoded;
use crate::{MOST_WINDOW, ReadSeek};

/// Largest directory, packed or not, in bytes: one of 10,000 to 20,000 members. The library needs up
/// to 200 bytes of memory for each byte of a hostile one.
const MOST_DIRECTORY: u64 = 2 << 20;

/// Method id of AES encryption.
const AES: &[u8] = &[0x06, 0xf1, 0x07, 0x01];

/// Why an archive is not opened.
struct Refused(&'static str, String);

impl From<io::Error> for Refused {
    fn from(e: io::Error) -> Self {
        if e.kind() == io::ErrorKind::UnexpectedEof {
            Self("truncated", "ends early".to_owned())
        } else {
            Self("cannot-read", format!("could not be read: {e}"))
        }
    }
}

impl From<Error> for Refused {
    fn from(e: Error) -> Self {
        match e {
            Error::Io(e, _) => e.into(),
            Error::PasswordRequired | Error::MaybeBadPassword(_) => encrypted(),
            Error::UnsupportedCompressionMethod(method) => Self(
                "unsupported-compression",
                format!("method {method} is not decoded"),
            ),
            Error::Unsupported(what) => Self("unsupported-compression", what.into_owned()),
            other => Self("damaged", format!("is not well formed: {other}")),
        }
    }
}

fn encrypted() -> Refused {
    Refused(
        "encrypted",
        "cannot be read without its password".to_owned(),
    )
}

fn defect() -> Refused {
    Refused(
        "decoder-defect",
        "made the decoder give up (a defect worth reporting)".to_owned(),
    )
}

pub(crate) fn walk(walk: &mut Walk<'_>, file: &mut dyn ReadSeek, at: At<'_>) -> Flow {
    let mut tally = Tally::default();
    let flow = match archive(file) {
        Ok(archive) => members(walk, file, at, &archive, &mut tally),
        Err(Refused(code, message)) => {
            walk.problem(code, at.path, message, true);
            Flow::Continue(())
        }
    };
    walk.tell(at, tally);
    walk.meter.settle(at.level);
    flow
}

/// The directory, once it is known to be of bearable size.
fn archive(mut file: &mut dyn ReadSeek) -> Result<Archive, Refused> {
    let length = file.seek(SeekFrom::End(0))?;
    file.seek(SeekFrom::Start(0))?;
    let mut start = [0u8; 32];
    file.read_exact(&mut start)?;
    let field = |at: usize| -> u64 {
        start
            .get(at..at + 8)
            .and_then(|b| b.try_into().ok())
            .map_or(0, u64::from_le_bytes)
    };
    let (offset, size) = (field(12), field(20));
    if start.get(8..12) == Some(&[0; 4]) || size == 0 {
        // The library would guess where the directory might be, at any price.
        return Err(Refused(
            "truncated",
            "was never finished: it has no directory".to_owned(),
        ));
    }
    if size > MOST_DIRECTORY {
        return Err(too_large());
    }
    let begins = offset.saturating_add(32);
    if begins.saturating_add(size) > length {
        return Err(Refused("truncated", "ends before its directory".to_owned()));
    }
    file.seek(SeekFrom::Start(begins))?;
    let mut directory = Vec::new();
    (&mut *file).take(size).read_to_end(&mut directory)?;
    if let Some((0x17, packed)) = directory.split_first() {
        packed_directory(packed)?;
    }
    file.seek(SeekFrom::Start(0))?;
    catch_unwind(AssertUnwindSafe(|| {
        Archive::read(&mut file, &Password::empty())
    }))
    .map_err(|_| defect())?
    .map_err(Refused::from)
}

fn too_large() -> Refused {
    Refused(
        "header-too-large",
        format!("its directory is larger than {MOST_DIRECTORY} bytes"),
    )
}

/// Looks at how a packed directory says it is packed: its size unpacked and its window.
fn packed_directory(bytes: &[u8]) -> Result<(), Refused> {
    let malformed = || {
        Refused(
            "damaged",
            "its packed directory is described in a form that is not read".to_owned(),
        )
    };
    let mut fields = Fields(bytes);
    let mut look = || -> Option<Result<(), Refused>> {
        fields.demand(0x06)?;
        fields.number()?;
        let streams = fields.number().filter(|n| *n == 1)?;
        loop {
            match fields.byte()? {
                0x00 => break,
                0x09 => {
                    for _ in 0..streams {
                        if fields.number()? > MOST_DIRECTORY {
                            return Some(Err(too_large()));
                        }
                    }
                }
                0x0a => fields.digests(streams)?,
                _ => return None,
            }
        }
        fields.demand(0x07)?;
        fields.demand(0x0b)?;
        fields.number().filter(|n| *n == 1)?;
        fields.demand(0x00)?;
        let coders = fields.number().filter(|n| (1..=4).contains(n))?;
        for _ in 0..coders {
            let flags = fields.byte()?;
            let method = fields.take(usize::from(flags & 0x0f))?;
            // Several inputs or outputs: nobody packs a directory that way.
            if flags & 0xd0 != 0 {
                return None;
            }
            let properties = if flags & 0x20 != 0 {
                let length = usize::try_from(fields.number()?).ok()?;
                fields.take(length)?
            } else {
                &[]
            };
            if let Err(refused) = window(method, properties) {
                return Some(Err(refused));
            }
        }
        for _ in 1..coders {
            fields.number()?;
            fields.number()?;
        }
        fields.demand(0x0c)?;
        for _ in 0..coders {
            if fields.number()? > MOST_DIRECTORY {
                return Some(Err(too_large()));
            }
        }
        Some(Ok(()))
    };
    look().unwrap_or_else(|| Err(malformed()))
}

/// The fields of a 7z directory.
struct Fields<'a>(&'a [u8]);

impl<'a> Fields<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn demand(&mut self, id: u8) -> Option<()> {
        (self.byte()? == id).then_some(())
    }

    fn take(&mut self, length: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(taken)
    }

    /// A number of one to nine bytes: each leading one bit of the first byte stands for one byte more.
    fn number(&mut self) -> Option<u64> {
        let first = self.byte()?;
        let more = first.leading_ones();
        let mut value = 0u64;
        for i in 0..more {
            value |= u64::from(self.byte()?) << (8 * i);
        }
        if more < 7 {
            let high = u64::from(first) & ((1 << (7 - more)) - 1);
            value |= high << (8 * more);
        }
        Some(value)
    }

    fn digests(&mut self, streams: u64) -> Option<()> {
        // Only the short form: all digests are there.
        self.demand(1)?;
        self.take(usize::try_from(streams).ok()?.checked_mul(4)?)?;
        Some(())
    }
}

/// Refuses a coder that needs more memory than is given.
fn window(method: &[u8], properties: &[u8]) -> Result<(), Refused> {
    let stated = |at: usize| {
        properties
            .get(at..at + 4)
            .and_then(|b| b.try_into().ok())
            .map_or(u64::MAX, |b| u64::from(u32::from_le_bytes(b)))
    };
    let needed = if method == AES {
        return Err(encrypted());
    } else if method == EncoderMethod::ID_LZMA || method == EncoderMethod::ID_PPMD {
        stated(1)
    } else if method == EncoderMethod::ID_LZMA2 {
        match properties.first() {
            Some(40) => u64::from(u32::MAX),
            Some(bits @ 0..40) => (2 | u64::from(bits & 1)) << (bits / 2 + 11),
            _ => u64::MAX,
        }
    } else {
        0
    };
    if needed > MOST_WINDOW {
        return Err(Refused(
            "unsupported-compression",
            "asks for a larger window than is opened".to_owned(),
        ));
    }
    Ok(())
}

/// Ends the library's own loop: the walk is over, or the member failed.
fn end() -> Error {
    Error::Other("ended".into())
}

fn members(
    walk: &mut Walk<'_>,
    mut file: &mut dyn ReadSeek,
    at: At<'_>,
    archive: &Archive,
    tally: &mut Tally,
) -> Flow {
    let mut names = Names::default();
    // Empty members belong to no block.
    for (i, entry) in archive.files.iter().enumerate() {
        let in_block = archive
            .stream_map
            .file_block_index
            .get(i)
            .copied()
            .flatten();
        if in_block.is_none() && !entry.is_directory() && !entry.is_anti_item() {
            let shown = names.take(entry.name().as_bytes(), tally);
            walk.member(&mut io::empty(), at, &shown, Some(0))?;
        }
    }
    for (index, block) in archive.blocks.iter().enumerate() {
        let refused = block
            .coders
            .iter()
            .find_map(|c| window(c.encoder_method_id(), c.properties()).err());
        let inside = |i: usize| {
            archive
                .stream_map
                .file_block_index
                .get(i)
                .copied()
                .flatten()
                == Some(index)
        };
        if let Some(Refused(code, message)) = refused {
            for (_, entry) in archive.files.iter().enumerate().filter(|(i, _)| inside(*i)) {
                let shown = names.take(entry.name().as_bytes(), tally);
                tally.add(code, &shown, true, || message.clone());
            }
            continue;
        }
        let mut flow = Flow::Continue(());
        let mut current = String::new();
        let mut faulted = false;
        let password = Password::empty();
        let mut each = |entry: &ArchiveEntry, stream: &mut dyn Read| -> Result<bool, Error> {
            // Empty members inside a block were handed over above.
            if !entry.has_stream() || entry.is_directory() {
                return Ok(true);
            }
            current = names.take(entry.name().as_bytes(), tally);
            let (mut decoded, fault) = Decoded::new(stream, &walk.meter, at.level);
            flow = walk.member(&mut decoded, at, &current, Some(entry.size()));
            if flow.is_break() {
                tally.fault(&current, &fault);
                return Err(end());
            }
            let _ = io::copy(&mut decoded, &mut io::sink());
            tally.fault(&current, &fault);
            walk.meter.settle(at.level);
            if fault.borrow().is_some() {
                // What follows in the block depends on what could not be decoded.
                faulted = true;
                return Err(end());
            }
            Ok(true)
        };
        let outcome = catch_unwind(AssertUnwindSafe(|| {
            BlockDecoder::new(1, index, archive, &password, &mut file).for_each_entries(&mut each)
        }));
        flow?;
        match outcome {
            Ok(Ok(_)) => {}
            Ok(Err(_)) if faulted => {}
            Ok(Err(e)) => {
                let Refused(code, message) = e.into();
                walk.problem(code, at.path, message, true);
            }
            Err(_) => {
                let Refused(code, message) = defect();
                walk.problem(code, at.path, message, true);
            }
        }
    }
    Flow::Continue(())
}
