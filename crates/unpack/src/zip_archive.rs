//! zip. Decoding is the libraries'; the walk over directory and headers is our own, because what is
//! wanted here is what zip libraries refuse: archives without their directory, a directory bounded in
//! memory, members that share bytes told apart from members that do not.

use std::io::{self, BufRead, BufReader, Read, SeekFrom};

use flate2::Crc;
use flate2::bufread::DeflateDecoder;
use lzma_rust2::LzmaReader;

use crate::layer::{At, Flow, Names, Tally, Walk};
use crate::meter::{Decoded, FaultCell};
use crate::recognise::Container;
use crate::streams::{self, Trailing};
use crate::{MOST_WINDOW, ReadSeek};

/// Bytes at the end of an archive among which its end record is looked for: record and comment.
const TAIL: u64 = 22 + 65_535;

/// Bytes of member names kept of one directory.
const MOST_NAME_BYTES: usize = 64 << 20;

/// One member as its directory or its local header describes it.
#[derive(Clone, Debug, Default)]
struct Entry {
    name: Vec<u8>,
    /// Offset of its local header.
    offset: u64,
    compressed: u64,
    size: u64,
    crc: u32,
    method: u16,
    flags: u16,
    /// Unix file mode, if it has one.
    mode: u32,
    /// Shares bytes with the member before it.
    overlaps: bool,
    /// Sizes and checksum stand after the content.
    sizes_follow: bool,
}

impl Entry {
    fn encrypted(&self) -> bool {
        self.flags & 0x1 != 0 || self.method == 99
    }

    /// A directory, a link or a device: no content of its own.
    fn holds_nothing(&self) -> bool {
        let kind = self.mode & 0o170_000;
        self.name.ends_with(b"/") || (kind != 0 && kind != 0o100_000)
    }
}

fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    Some(u16::from_le_bytes(bytes.get(at..at + 2)?.try_into().ok()?))
}
fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    Some(u32::from_le_bytes(bytes.get(at..at + 4)?.try_into().ok()?))
}
fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    Some(u64::from_le_bytes(bytes.get(at..at + 8)?.try_into().ok()?))
}

pub(crate) fn walk(walk: &mut Walk<'_>, file: &mut dyn ReadSeek, at: At<'_>) -> Flow {
    let mut tally = Tally::default();
    let flow = match directory(walk, file, at) {
        Ok(Some(entries)) => listed(walk, file, at, &entries, &mut tally),
        Ok(None) => {
            walk.problem(
                "truncated",
                at.path,
                "the directory at the end is missing or damaged; members were looked for one by one"
                    .to_owned(),
                true,
            );
            unlisted(walk, file, at, &mut tally)
        }
        Err(e) => {
            walk.problem(
                "cannot-read",
                at.path,
                format!("could not be read: {e}"),
                true,
            );
            Flow::Continue(())
        }
    };
    walk.tell(at, tally);
    walk.meter.settle(at.level);
    flow
}

/// Where the directory stands.
struct End {
    entries: u64,
    size: u64,
    offset: u64,
    /// Where the directory must end.
    position: u64,
}

fn end_record(file: &mut dyn ReadSeek) -> io::Result<Option<End>> {
    let length = file.seek(SeekFrom::End(0))?;
    let tail_at = length.saturating_sub(TAIL);
    file.seek(SeekFrom::Start(tail_at))?;
    let mut tail = Vec::new();
    (&mut *file).take(TAIL).read_to_end(&mut tail)?;
    for at in memchr::memmem::rfind_iter(&tail, b"PK\x05\x06") {
        let record = tail.get(at..).unwrap_or_default();
        let (Some(entries), Some(size), Some(offset), Some(comment)) = (
            u16_at(record, 10),
            u32_at(record, 12),
            u32_at(record, 16),
            u16_at(record, 20),
        ) else {
            continue;
        };
        if record.len() < 22 + usize::from(comment) {
            continue;
        }
        let position = tail_at + at as u64;
        let end = End {
            entries: u64::from(entries),
            size: u64::from(size),
            offset: u64::from(offset),
            position,
        };
        let large = entries == u16::MAX || size == u32::MAX || offset == u32::MAX;
        return Ok(Some(if large {
            zip64_record(file, position)?.unwrap_or(end)
        } else {
            end
        }));
    }
    Ok(None)
}

fn zip64_record(file: &mut dyn ReadSeek, end: u64) -> io::Result<Option<End>> {
    let Some(locator_at) = end.checked_sub(20) else {
        return Ok(None);
    };
    let mut locator = [0u8; 20];
    file.seek(SeekFrom::Start(locator_at))?;
    file.read_exact(&mut locator)?;
    let Some(stated) = u64_at(&locator, 8).filter(|_| locator.starts_with(b"PK\x06\x07")) else {
        return Ok(None);
    };
    // With bytes before the archive the stated offset is short: the record is then right before.
    for at in [Some(stated), locator_at.checked_sub(56)]
        .into_iter()
        .flatten()
    {
        if at > locator_at {
            continue;
        }
        let mut record = [0u8; 56];
        file.seek(SeekFrom::Start(at))?;
        if file.read_exact(&mut record).is_err() || !record.starts_with(b"PK\x06\x06") {
            continue;
        }
        if let (Some(entries), Some(size), Some(offset)) = (
            u64_at(&record, 32),
            u64_at(&record, 40),
            u64_at(&record, 48),
        ) {
            return Ok(Some(End {
                entries,
                size,
                offset,
                position: at,
            }));
        }
    }
    Ok(None)
}

/// The directory's members in its own order; `None` without a directory that can be used.
fn directory(
    walk: &mut Walk<'_>,
    file: &mut dyn ReadSeek,
    at: At<'_>,
) -> io::Result<Option<Vec<Entry>>> {
    let Some(end) = end_record(file)? else {
        return Ok(None);
    };
    if end.size > end.position {
        return Ok(None);
    }
    let begins = end.position - end.size;
    // Bytes before the archive (a program that unpacks itself) shift every offset.
    let Some(shift) = begins.checked_sub(end.offset) else {
        return Ok(None);
    };
    file.seek(SeekFrom::Start(begins))?;
    let mut input = BufReader::with_capacity(64 * 1024, file.take(end.size));
    let mut entries: Vec<Entry> = Vec::new();
    let mut name_bytes = 0usize;
    let most = walk.bounds.members;
    loop {
        let mut fixed = [0u8; 46];
        match input.read_exact(&mut fixed) {
            Ok(()) if fixed.starts_with(b"PK\x01\x02") => {}
            Ok(()) => break,
            Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => break,
            Err(e) => return Err(e),
        }
        if entries.len() as u64 > most || name_bytes > MOST_NAME_BYTES {
            // One more than is read, so that the walk itself says that there were more.
            break;
        }
        let Some(mut entry) = central(&fixed) else {
            break;
        };
        let length = |at| usize::from(u16_at(&fixed, at).unwrap_or_default());
        let (name, extra, comment) = (length(28), length(30), length(32));
        let mut rest = vec![0u8; name + extra];
        if input.read_exact(&mut rest).is_err() {
            break;
        }
        zip64_extra(rest.get(name..).unwrap_or_default(), &mut entry);
        entry.offset = entry.offset.saturating_add(shift);
        rest.truncate(name);
        rest.shrink_to_fit();
        name_bytes += rest.len();
        entry.name = rest;
        io::copy(&mut (&mut input).take(comment as u64), &mut io::sink())?;
        entries.push(entry);
    }
    if entries.is_empty() && (end.entries > 0 || begins > 0) {
        return Ok(None);
    }
    // The old count has 16 bits and wraps in archives of some programs.
    let read = entries.len() as u64;
    if read <= most && read < end.entries {
        let message = format!(
            "the directory names {} members and lists {read}",
            end.entries
        );
        walk.problem("damaged", at.path, message, true);
    }
    mark_overlaps(&mut entries, begins);
    Ok(Some(entries))
}

fn central(fixed: &[u8; 46]) -> Option<Entry> {
    Some(Entry {
        flags: u16_at(fixed, 8)?,
        method: u16_at(fixed, 10)?,
        crc: u32_at(fixed, 16)?,
        compressed: u64::from(u32_at(fixed, 20)?),
        size: u64::from(u32_at(fixed, 24)?),
        // Made on Unix: the upper half of the external attributes is the file mode.
        mode: if fixed.get(5) == Some(&3) {
            u32_at(fixed, 38)? >> 16
        } else {
            0
        },
        offset: u64::from(u32_at(fixed, 42)?),
        ..Entry::default()
    })
}

/// Sizes and offset that did not fit into 32 bits.
fn zip64_extra(mut extra: &[u8], entry: &mut Entry) {
    while let (Some(id), Some(length)) = (u16_at(extra, 0), u16_at(extra, 2)) {
        let field = extra.get(4..4 + usize::from(length)).unwrap_or_default();
        if id == 1 {
            let mut at = 0;
            for value in [&mut entry.size, &mut entry.compressed, &mut entry.offset] {
                if *value == u64::from(u32::MAX)
                    && let Some(large) = u64_at(field, at)
                {
                    *value = large;
                    at += 8;
                }
            }
            return;
        }
        extra = extra.get(4 + usize::from(length)..).unwrap_or_default();
    }
}

/// Marks members whose bytes another one has already, in order of position.
fn mark_overlaps(entries: &mut [Entry], directory: u64) {
    let mut order: Vec<usize> = (0..entries.len()).collect();
    order.sort_by_key(|i| entries.get(*i).map(|e| (e.offset, *i)));
    let mut taken = 0u64;
    for i in order {
        if let Some(entry) = entries.get_mut(i) {
            let end = entry
                .offset
                .saturating_add(30 + entry.name.len() as u64)
                .saturating_add(entry.compressed);
            if entry.offset < taken || end > directory {
                entry.overlaps = true;
            } else {
                taken = end;
            }
        }
    }
}

fn listed(
    walk: &mut Walk<'_>,
    file: &mut dyn ReadSeek,
    at: At<'_>,
    entries: &[Entry],
    tally: &mut Tally,
) -> Flow {
    let mut names = Names::default();
    for entry in entries {
        if entry.holds_nothing() {
            continue;
        }
        let shown = names.take(&entry.name, tally);
        if entry.overlaps {
            tally.add("member-overlap", &shown, true, || {
                "its bytes belong to another member or to the directory".to_owned()
            });
            continue;
        }
        if refused(entry, &shown, tally) {
            continue;
        }
        let header = file
            .seek(SeekFrom::Start(entry.offset))
            .and_then(|_| local(file));
        let Ok(Some((_, header_size))) = header else {
            tally.add("damaged", &shown, true, || {
                "its own header is missing or damaged".to_owned()
            });
            continue;
        };
        if file
            .seek(SeekFrom::Start(entry.offset.saturating_add(header_size)))
            .is_err()
        {
            tally.add("truncated", &shown, true, || "ends early".to_owned());
            continue;
        }
        let input = BufReader::with_capacity(32 * 1024, (&mut *file).take(entry.compressed));
        one(walk, input, at, entry, &shown, tally)?;
    }
    Flow::Continue(())
}

/// Reports a member that is not decoded.
fn refused(entry: &Entry, shown: &str, tally: &mut Tally) -> bool {
    if entry.encrypted() {
        tally.add("encrypted", shown, true, || {
            "cannot be read without its password".to_owned()
        });
        return true;
    }
    if !matches!(entry.method, 0 | 8 | 12 | 14 | 93 | 95) {
        tally.add("unsupported-compression", shown, true, || {
            format!("compressed by method {}", entry.method)
        });
        return true;
    }
    false
}

/// Decodes one member and hands it on.
fn one(
    walk: &mut Walk<'_>,
    input: impl BufRead,
    at: At<'_>,
    entry: &Entry,
    shown: &str,
    tally: &mut Tally,
) -> Flow {
    let (mut decoded, fault) = Decoded::new(
        Checked::new(method(entry, input), Some((entry.size, entry.crc))),
        &walk.meter,
        at.level,
    );
    let flow = walk.member(&mut decoded, at, shown, Some(entry.size));
    if flow.is_continue() {
        let _ = io::copy(&mut decoded, &mut io::sink());
    }
    settled(walk, at, shown, &fault, tally);
    flow
}

fn settled(walk: &Walk<'_>, at: At<'_>, shown: &str, fault: &FaultCell, tally: &mut Tally) {
    tally.fault(shown, fault);
    walk.meter.settle(at.level);
}

/// The decoder of a member's method.
fn method<'a>(entry: &Entry, input: impl BufRead + 'a) -> Box<dyn Read + 'a> {
    let trailing = Trailing::default();
    match entry.method {
        0 => Box::new(input),
        8 => Box::new(DeflateDecoder::new(input)),
        12 => streams::decoder(Container::Bzip2, input, &trailing),
        14 => Box::new(Lzma::Waiting(Some(input), entry.size, entry.flags)),
        93 => streams::decoder(Container::Zstd, input, &trailing),
        _ => streams::decoder(Container::Xz, input, &trailing),
    }
}

/// LZMA as zip holds it: version, length of properties, properties, raw stream.
enum Lzma<R> {
    /// Not begun: input, size, flags of the member.
    Waiting(Option<R>, u64, u16),
    Decoding(Box<LzmaReader<R>>),
}

impl<R: Read> Read for Lzma<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Self::Waiting(input, size, flags) = self {
            let Some(mut input) = input.take() else {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "damaged header"));
            };
            let mut header = [0u8; 9];
            input.read_exact(&mut header)?;
            let window = u32_at(&header, 5).unwrap_or(u32::MAX);
            if u16_at(&header, 2) != Some(5) {
                return Err(io::Error::new(io::ErrorKind::InvalidData, "damaged header"));
            }
            if u64::from(window) > MOST_WINDOW {
                return Err(io::ErrorKind::OutOfMemory.into());
            }
            // With flag 1 the stream marks its own end.
            let size = if *flags & 2 != 0 { u64::MAX } else { *size };
            let props = header.get(4).copied().unwrap_or_default();
            *self = Self::Decoding(Box::new(LzmaReader::new_with_props(
                input, size, props, window, None,
            )?));
        }
        match self {
            Self::Decoding(reader) => reader.read(buffer),
            Self::Waiting(..) => Ok(0),
        }
    }
}

/// Compares size and checksum at the end.
struct Checked<'a> {
    inner: Box<dyn Read + 'a>,
    expected: Option<(u64, u32)>,
    size: u64,
    crc: Crc,
}

impl<'a> Checked<'a> {
    fn new(inner: Box<dyn Read + 'a>, expected: Option<(u64, u32)>) -> Self {
        Self {
            inner,
            expected,
            size: 0,
            crc: Crc::new(),
        }
    }
}

impl Read for Checked<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        self.crc.update(buffer.get(..n).unwrap_or_default());
        self.size = self.size.saturating_add(n as u64);
        if n == 0
            && !buffer.is_empty()
            && let Some((size, crc)) = self.expected.take()
        {
            if self.size < size {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            if self.size != size || self.crc.sum() != crc {
                return Err(io::Error::new(
                    io::ErrorKind::InvalidData,
                    "checksum differs",
                ));
            }
        }
        Ok(n)
    }
}

/// Reads a local header where the file stands: the member and the header's size; `None` if there is
/// none.
fn local(file: &mut dyn ReadSeek) -> io::Result<Option<(Entry, u64)>> {
    let mut fixed = [0u8; 30];
    match file.read_exact(&mut fixed) {
        Ok(()) if fixed.starts_with(b"PK\x03\x04") => {}
        Ok(()) => return Ok(None),
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        Err(e) => return Err(e),
    }
    let length = |at| usize::from(u16_at(&fixed, at).unwrap_or_default());
    let (name, extra) = (length(26), length(28));
    let mut rest = vec![0u8; name + extra];
    if file.read_exact(&mut rest).is_err() {
        return Ok(None);
    }
    let flags = u16_at(&fixed, 6).unwrap_or_default();
    let mut entry = Entry {
        flags,
        method: u16_at(&fixed, 8).unwrap_or_default(),
        crc: u32_at(&fixed, 14).unwrap_or_default(),
        compressed: u64::from(u32_at(&fixed, 18).unwrap_or_default()),
        size: u64::from(u32_at(&fixed, 22).unwrap_or_default()),
        sizes_follow: flags & 8 != 0,
        ..Entry::default()
    };
    zip64_extra(rest.get(name..).unwrap_or_default(), &mut entry);
    rest.truncate(name);
    entry.name = rest;
    Ok(Some((entry, 30 + (name + extra) as u64)))
}

/// Walks an archive without its directory: from one local header to the next.
fn unlisted(walk: &mut Walk<'_>, file: &mut dyn ReadSeek, at: At<'_>, tally: &mut Tally) -> Flow {
    let mut names = Names::default();
    let mut from = 0u64;
    loop {
        let Ok(Some(offset)) = next_header(file, from) else {
            return Flow::Continue(());
        };
        let header = file.seek(SeekFrom::Start(offset)).and_then(|_| local(file));
        let Ok(Some((entry, header_size))) = header else {
            from = offset + 4;
            continue;
        };
        let content = offset + header_size;
        from = content;
        if entry.holds_nothing() {
            continue;
        }
        let shown = names.take(&entry.name, tally);
        if refused(&entry, &shown, tally) {
            if !entry.sizes_follow {
                from = content.saturating_add(entry.compressed);
            }
            continue;
        }
        if file.seek(SeekFrom::Start(content)).is_err() {
            return Flow::Continue(());
        }
        if !entry.sizes_follow {
            let input = BufReader::with_capacity(32 * 1024, (&mut *file).take(entry.compressed));
            one(walk, input, at, &entry, &shown, tally)?;
            from = content.saturating_add(entry.compressed);
        } else if entry.method == 0 {
            // Where a stored member of unknown size ends only the directory knew.
            tally.add("truncated", &shown, true, || {
                "its size stood in the missing directory".to_owned()
            });
        } else {
            // How much the decoder took tells where the next header is to be looked for.
            let mut used = 0u64;
            let input = Used {
                inner: BufReader::with_capacity(32 * 1024, &mut *file),
                used: &mut used,
            };
            let (mut decoded, fault) = Decoded::new(method(&entry, input), &walk.meter, at.level);
            let flow = walk.member(&mut decoded, at, &shown, None);
            if flow.is_continue() {
                let _ = io::copy(&mut decoded, &mut io::sink());
            }
            drop(decoded);
            settled(walk, at, &shown, &fault, tally);
            flow?;
            // What a decoder took is not searched again, or a hostile archive could have it read many
            // times over. Decoders other than deflate read ahead by up to 32 KiB.
            from = content.saturating_add(used);
        }
    }
}

/// The next local header at or after this offset.
fn next_header(file: &mut dyn ReadSeek, from: u64) -> io::Result<Option<u64>> {
    const WINDOW: usize = 64 * 1024;
    file.seek(SeekFrom::Start(from))?;
    let mut window: Vec<u8> = Vec::with_capacity(WINDOW + 3);
    let mut at = from;
    loop {
        let got = (&mut *file).take(WINDOW as u64).read_to_end(&mut window)?;
        if let Some(found) = memchr::memmem::find(&window, b"PK\x03\x04") {
            return Ok(Some(at + found as u64));
        }
        if got == 0 {
            return Ok(None);
        }
        let keep = window.len().min(3);
        let drop = window.len() - keep;
        window.drain(..drop);
        at += drop as u64;
    }
}

/// Counts what is consumed of a buffered input.
struct Used<'u, R> {
    inner: R,
    used: &'u mut u64,
}

impl<R: BufRead> Read for Used<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        *self.used += n as u64;
        Ok(n)
    }
}

impl<R: BufRead> BufRead for Used<'_, R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.inner.fill_buf()
    }
    fn consume(&mut self, amount: usize) {
        *self.used += amount as u64;
        self.inner.consume(amount);
    }
}
