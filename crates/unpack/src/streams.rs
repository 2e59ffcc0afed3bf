//! Compressed streams: several in a row, padding, and what follows them.

use std::cell::Cell;
use std::error::Error;
use std::io::{self, BufRead, BufReader, Read};
use std::rc::Rc;

use bzip2::bufread::BzDecoder;
use flate2::bufread::GzDecoder;
use lzma_rust2::XzReader;
use ruzstd::decoding::errors::{FrameDecoderError, FrameHeaderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use crate::MOST_WINDOW;
use crate::recognise::Container;

/// Set when bytes that are no part of the stream follow it.
pub(crate) type Trailing = Rc<Cell<bool>>;

/// A decoder of the container, which is a compressed stream.
pub(crate) fn decoder<'a>(
    container: Container,
    input: impl Read + 'a,
    trailing: &Trailing,
) -> Box<dyn Read + 'a> {
    let input = BufReader::with_capacity(32 * 1024, input);
    let trailing = Rc::clone(trailing);
    match container {
        Container::Bzip2 => Box::new(Row::<_, BzDecoder<_>>::new(input, trailing)),
        Container::Xz => Box::new(Row::<_, XzReader<_>>::new(input, trailing)),
        Container::Zstd => Box::new(Zstd::new(input, trailing)),
        _ => Box::new(Row::<_, GzDecoder<_>>::new(input, trailing)),
    }
}

/// A decoder that ends with its stream and gives the input back.
trait One<R>: Read {
    /// First byte of a stream.
    const FIRST: u8;
    fn open(input: R) -> Self;
    fn give_back(self) -> R;
}

impl<R: BufRead> One<R> for GzDecoder<R> {
    const FIRST: u8 = 0x1f;
    fn open(input: R) -> Self {
        GzDecoder::new(input)
    }
    fn give_back(self) -> R {
        self.into_inner()
    }
}

impl<R: BufRead> One<R> for BzDecoder<R> {
    const FIRST: u8 = b'B';
    fn open(input: R) -> Self {
        BzDecoder::new(input)
    }
    fn give_back(self) -> R {
        self.into_inner()
    }
}

impl<R: BufRead> One<R> for XzReader<R> {
    const FIRST: u8 = 0xfd;
    fn open(input: R) -> Self {
        // The limit counts the decoder's own overhead too.
        let kib = u32::try_from(MOST_WINDOW / 1024 + 1024).unwrap_or(u32::MAX);
        XzReader::new_mem_limit(input, false, kib)
    }
    fn give_back(self) -> R {
        self.into_inner()
    }
}

/// Streams in a row, decoded as one.
struct Row<R, D> {
    now: State<R, D>,
    /// A stream has been read to its end.
    later: bool,
    /// The current stream has yielded something.
    begun: bool,
    trailing: Trailing,
}

enum State<R, D> {
    Decoding(D),
    Between(R),
    Ended,
}

impl<R: BufRead, D: One<R>> Row<R, D> {
    fn new(input: R, trailing: Trailing) -> Self {
        Self {
            now: State::Decoding(D::open(input)),
            later: false,
            begun: false,
            trailing,
        }
    }
}

/// Skips zeros, which tapes and block devices leave behind; the next byte, if any.
fn after_padding(input: &mut impl BufRead) -> io::Result<Option<u8>> {
    loop {
        let available = input.fill_buf()?;
        if available.is_empty() {
            return Ok(None);
        }
        let zeros = available.iter().position(|b| *b != 0);
        let byte = zeros.and_then(|at| available.get(at).copied());
        let skipped = zeros.unwrap_or(available.len());
        input.consume(skipped);
        if byte.is_some() {
            return Ok(byte);
        }
    }
}

impl<R: BufRead, D: One<R>> Read for Row<R, D> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            match std::mem::replace(&mut self.now, State::Ended) {
                State::Ended => return Ok(0),
                State::Decoding(mut decoder) => match decoder.read(buffer) {
                    Ok(0) => {
                        self.later = true;
                        self.begun = false;
                        self.now = State::Between(decoder.give_back());
                    }
                    Ok(n) => {
                        self.begun = true;
                        self.now = State::Decoding(decoder);
                        return Ok(n);
                    }
                    // What begins like another stream and is none.
                    Err(e)
                        if self.later
                            && !self.begun
                            && matches!(
                                e.kind(),
                                io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData
                            ) =>
                    {
                        self.trailing.set(true);
                        return Ok(0);
                    }
                    Err(e) => {
                        if e.kind() == io::ErrorKind::Interrupted {
                            self.now = State::Decoding(decoder);
                        }
                        return Err(e);
                    }
                },
                State::Between(mut input) => match after_padding(&mut input)? {
                    None => return Ok(0),
                    Some(byte) if byte == D::FIRST => {
                        self.now = State::Decoding(D::open(input));
                    }
                    Some(_) => {
                        self.trailing.set(true);
                        return Ok(0);
                    }
                },
            }
        }
    }
}

/// Zstandard frames in a row; skippable frames are skipped.
struct Zstd<R> {
    input: R,
    decoder: FrameDecoder,
    live: bool,
    later: bool,
    trailing: Trailing,
}

impl<R: BufRead> Zstd<R> {
    fn new(input: R, trailing: Trailing) -> Self {
        let mut decoder = FrameDecoder::new();
        decoder.set_max_window_size(MOST_WINDOW);
        Self {
            input,
            decoder,
            live: false,
            later: false,
            trailing,
        }
    }

    /// Begins the next frame; false at the end.
    fn next_frame(&mut self) -> io::Result<bool> {
        loop {
            if self.later {
                match after_padding(&mut self.input)? {
                    None => return Ok(false),
                    Some(0x28 | 0x50..=0x5f) => {}
                    Some(_) => {
                        self.trailing.set(true);
                        return Ok(false);
                    }
                }
            }
            match self.decoder.init(&mut self.input) {
                Ok(()) => return Ok(true),
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let length = u64::from(length);
                    let skipped = io::copy(&mut (&mut self.input).take(length), &mut io::sink())?;
                    if skipped < length {
                        return Err(io::ErrorKind::UnexpectedEof.into());
                    }
                    self.later = true;
                }
                Err(FrameDecoderError::ReadFrameHeaderError(
                    ReadFrameHeaderError::BadMagicNumber(_),
                )) if self.later => {
                    self.trailing.set(true);
                    return Ok(false);
                }
                Err(e) => return Err(zstd_error(&e)),
            }
        }
    }
}

/// The error with the kind that its cause has.
fn zstd_error(error: &FrameDecoderError) -> io::Error {
    if let FrameDecoderError::FrameHeaderError(FrameHeaderError::WindowTooBig { .. })
    | FrameDecoderError::WindowSizeTooBig { .. } = error
    {
        return io::ErrorKind::OutOfMemory.into();
    }
    if matches!(error, FrameDecoderError::DictNotProvided { .. }) {
        return io::Error::new(
            io::ErrorKind::Unsupported,
            "needs a dictionary that is not here",
        );
    }
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    for _ in 0..16 {
        let Some(at) = cause else { break };
        if at
            .downcast_ref::<io::Error>()
            .is_some_and(|e| e.kind() == io::ErrorKind::UnexpectedEof)
        {
            return io::ErrorKind::UnexpectedEof.into();
        }
        cause = at.source();
    }
    let text = error.to_string();
    if text.contains("fill whole buffer") {
        return io::ErrorKind::UnexpectedEof.into();
    }
    io::Error::new(io::ErrorKind::InvalidData, text)
}

impl<R: BufRead> Read for Zstd<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        loop {
            if !self.live {
                if !self.next_frame()? {
                    return Ok(0);
                }
                self.live = true;
            }
            if self.decoder.can_collect() > 0 {
                return self.decoder.read(buffer);
            }
            if self.decoder.is_finished() {
                if let (Some(stated), Some(found)) = (
                    self.decoder.get_checksum_from_data(),
                    self.decoder.get_calculated_checksum(),
                ) && stated != found
                {
                    return Err(io::Error::new(
                        io::ErrorKind::InvalidData,
                        "checksum differs",
                    ));
                }
                self.live = false;
                self.later = true;
                continue;
            }
            self.decoder
                .decode_blocks(&mut self.input, BlockDecodingStrategy::UptoBlocks(1))
                .map_err(|e| zstd_error(&e))?;
        }
    }
}
