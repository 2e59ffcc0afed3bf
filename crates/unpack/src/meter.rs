//! Counting and stopping: every decoded byte of every layer passes here.

use std::cell::{Cell, RefCell};
use std::io::{self, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;

use crate::Bounds;

/// What one walk has used of its bounds. Shared by the readers of all layers, which are nested into
/// each other; hence the cells.
pub(crate) struct Meter {
    total: u64,
    ratio: u64,
    floor: u64,
    /// Bytes read of the input itself (its whole size where that is known).
    pub(crate) input: Cell<u64>,
    /// Bytes decoded, all layers.
    pub(crate) decoded: Cell<u64>,
    /// Set once a bound of the whole walk is passed: nothing is decoded after that.
    pub(crate) spent: Cell<bool>,
    /// The outermost level that has failed and not yet been reported: layers inside it see its error
    /// and must not report it as theirs.
    failed: Cell<Option<usize>>,
}

impl Meter {
    pub(crate) fn new(bounds: &Bounds) -> Rc<Self> {
        Rc::new(Self {
            total: bounds.total_bytes,
            ratio: bounds.ratio,
            floor: bounds.floor,
            input: Cell::new(0),
            decoded: Cell::new(0),
            spent: Cell::new(false),
            failed: Cell::new(None),
        })
    }

    /// Counts decoded bytes; the sentence to report if a bound is passed.
    fn count(&self, bytes: u64) -> Option<String> {
        let decoded = self.decoded.get().saturating_add(bytes);
        self.decoded.set(decoded);
        if decoded > self.total {
            self.spent.set(true);
            return Some(format!(
                "decodes to more than {} bytes, the most that is opened of one input",
                self.total
            ));
        }
        if decoded > self.floor && decoded > self.input.get().saturating_mul(self.ratio) {
            self.spent.set(true);
            return Some(format!(
                "decodes to more than {} times the input's size",
                self.ratio
            ));
        }
        None
    }

    /// True if this level is the one to report an error met now.
    pub(crate) fn owns(&self, level: usize) -> bool {
        match self.failed.get() {
            Some(outer) if outer < level => false,
            _ => {
                self.failed.set(Some(level));
                true
            }
        }
    }

    /// This level is done: what failed in it or inside it has been reported.
    pub(crate) fn settle(&self, level: usize) {
        if self.failed.get().is_some_and(|at| at >= level) {
            self.failed.set(None);
        }
    }
}

/// Why a stream ended before its end.
#[derive(Clone, Debug)]
pub(crate) struct Fault {
    pub(crate) code: &'static str,
    pub(crate) message: String,
    /// An outer layer's fault: reported there.
    pub(crate) carried: bool,
}

impl Fault {
    /// The fault that an error of a decoder amounts to.
    pub(crate) fn of(error: &io::Error) -> Self {
        let text = error.to_string();
        let (code, message) = match error.kind() {
            io::ErrorKind::UnexpectedEof => ("truncated", "ends early".to_owned()),
            io::ErrorKind::OutOfMemory => (
                "unsupported-compression",
                "asks for a larger window than is opened".to_owned(),
            ),
            io::ErrorKind::Unsupported => ("unsupported-compression", text),
            _ if text.contains("checksum") || text.contains("CRC") => (
                "checksum-mismatch",
                "content differs from its checksum".to_owned(),
            ),
            _ => ("damaged", format!("is not well formed: {text}")),
        };
        Self {
            code,
            message,
            carried: false,
        }
    }

    fn error(&self) -> io::Error {
        let kind = match self.code {
            "truncated" => io::ErrorKind::UnexpectedEof,
            _ => io::ErrorKind::InvalidData,
        };
        io::Error::new(kind, self.message.clone())
    }
}

/// Where a reader leaves its fault for the layer that made it.
pub(crate) type FaultCell = Rc<RefCell<Option<Fault>>>;

/// A decoder's output: counted, with an error that stays.
pub(crate) struct Decoded<R> {
    inner: R,
    meter: Rc<Meter>,
    level: usize,
    fault: FaultCell,
}

impl<R: Read> Decoded<R> {
    /// Wraps a decoder of this level; the fault is left in the returned cell.
    pub(crate) fn new(inner: R, meter: &Rc<Meter>, level: usize) -> (Self, FaultCell) {
        let fault = FaultCell::default();
        (
            Self {
                inner,
                meter: Rc::clone(meter),
                level,
                fault: Rc::clone(&fault),
            },
            fault,
        )
    }

    fn fail(&self, mut fault: Fault) -> io::Error {
        fault.carried = !self.meter.owns(self.level);
        let error = fault.error();
        *self.fault.borrow_mut() = Some(fault);
        error
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = &*self.fault.borrow() {
            return Err(fault.error());
        }
        if self.meter.spent.get() {
            return Err(io::Error::other("the bounds of this input are spent"));
        }
        // Decoders of foreign formats have panicked on hostile input before; a panic costs this layer,
        // never the walk. The decoder is not touched again.
        let Ok(result) = catch_unwind(AssertUnwindSafe(|| self.inner.read(buffer))) else {
            return Err(self.fail(Fault {
                code: "decoder-defect",
                message: "made the decoder give up (a defect worth reporting)".to_owned(),
                carried: false,
            }));
        };
        match result {
            Ok(n) => match self.meter.count(n as u64) {
                None => Ok(n),
                Some(message) => Err(self.fail(Fault {
                    code: "expansion-limit",
                    message,
                    carried: false,
                })),
            },
            Err(e) if e.kind() == io::ErrorKind::Interrupted => Err(e),
            Err(e) => Err(self.fail(Fault::of(&e))),
        }
    }
}

/// The input itself: counted, with an error that stays.
pub(crate) struct Counted<'a> {
    pub(crate) inner: &'a mut dyn Read,
    pub(crate) meter: Rc<Meter>,
    pub(crate) fault: FaultCell,
}

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if let Some(fault) = &*self.fault.borrow() {
            return Err(fault.error());
        }
        match self.inner.read(buffer) {
            Ok(n) => {
                self.meter.input.set(self.meter.input.get() + n as u64);
                Ok(n)
            }
            Err(e) if e.kind() == io::ErrorKind::Interrupted => Err(e),
            Err(e) => {
                self.meter.owns(0);
                let fault = Fault {
                    code: "cannot-read",
                    message: format!("could not be read: {e}"),
                    carried: false,
                };
                *self.fault.borrow_mut() = Some(fault);
                Err(e)
            }
        }
    }
}

/// Exactly so many bytes of a stream; its end before that is an error.
pub(crate) struct Exact<'a> {
    pub(crate) inner: &'a mut dyn Read,
    pub(crate) left: u64,
    /// The stream ended early.
    pub(crate) short: bool,
}

impl Read for Exact<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let want = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let Some(window) = buffer.get_mut(..want) else {
            return Ok(0);
        };
        if window.is_empty() {
            return Ok(0);
        }
        let n = self.inner.read(window)?;
        if n == 0 {
            self.short = true;
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "ends early"));
        }
        self.left = self.left.saturating_sub(n as u64);
        Ok(n)
    }
}

/// At most so many bytes; more is an error.
pub(crate) struct Bounded<'a> {
    pub(crate) inner: &'a mut dyn Read,
    pub(crate) left: u64,
    /// There was more.
    pub(crate) over: bool,
}

impl Read for Bounded<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            // One byte tells a member that just fits from one that is cut.
            if !self.over && self.inner.read(&mut [0u8; 1])? == 0 {
                return Ok(0);
            }
            self.over = true;
            return Err(io::Error::new(
                io::ErrorKind::FileTooLarge,
                "larger than is opened of one member",
            ));
        }
        let want = usize::try_from(self.left)
            .unwrap_or(usize::MAX)
            .min(buffer.len());
        let n = self
            .inner
            .read(buffer.get_mut(..want).unwrap_or_default())?;
        self.left = self.left.saturating_sub(n as u64);
        Ok(n)
    }
}
