//! Layers inside layers: what is opened, what is handed over, what is reported.

use std::collections::BTreeMap;
use std::io::{self, Cursor, Read, Seek, SeekFrom, Write};
use std::ops::ControlFlow;
use std::rc::Rc;

use crate::member_name::{self, Used};
use crate::meter::{Bounded, Counted, Decoded, Exact, Fault, FaultCell, Meter};
use crate::streams::{self, Trailing};
use crate::{
    Bounds, Container, HEAD, Input, Member, Problem, ReadSeek, Walked, mail, recognise, seven_zip,
    tar_archive, zip_archive,
};

/// Goes on, or ends the whole walk.
pub(crate) type Flow = ControlFlow<()>;

/// Problems kept of one walk.
const MOST_PROBLEMS: usize = 1000;

/// Bytes of a spool that stay in memory.
const SPOOL_IN_MEMORY: usize = 1 << 20;

/// One walk.
pub(crate) struct Walk<'v> {
    pub(crate) bounds: &'v Bounds,
    pub(crate) meter: Rc<Meter>,
    visit: &'v mut dyn FnMut(Member<'_>) -> Flow,
    result: Walked,
    /// Members of all layers so far, leaves or not.
    met: u64,
}

/// Where a layer stands.
#[derive(Clone, Copy)]
pub(crate) struct At<'a> {
    /// Path for people.
    pub(crate) path: &'a str,
    /// Layers around it, itself included.
    pub(crate) level: usize,
    /// Nothing but compressed streams around it: it is what the input itself is.
    outermost: bool,
}

/// See [`crate::walk`].
pub(crate) fn walk(
    input: Input<'_>,
    name: &str,
    bounds: &Bounds,
    visit: &mut dyn FnMut(Member<'_>) -> Flow,
) -> Walked {
    let mut walk = Walk {
        bounds,
        meter: Meter::new(bounds),
        visit,
        result: Walked::default(),
        met: 0,
    };
    let fault = FaultCell::default();
    let at = At {
        path: name,
        level: 0,
        outermost: true,
    };
    let flow = match input {
        Input::Stream(stream) => {
            let mut counted = Counted {
                inner: stream,
                meter: Rc::clone(&walk.meter),
                fault: Rc::clone(&fault),
            };
            walk.content(&mut counted, at, None, name)
        }
        Input::Seekable(file) => walk.file(file, at, &fault),
    };
    if let Some(fault) = fault.borrow().clone() {
        walk.fault(name, &fault);
    }
    walk.result.stopped = flow.is_break() && !walk.meter.spent.get() && !walk.members_spent();
    walk.result.bytes = walk.meter.decoded.get();
    walk.result
}

impl Walk<'_> {
    fn members_spent(&self) -> bool {
        self.met > self.bounds.members
    }

    /// An input with random access.
    fn file(&mut self, file: &mut dyn ReadSeek, at: At<'_>, fault: &FaultCell) -> Flow {
        let mut head = Vec::new();
        let begun = (&mut *file)
            .take(HEAD as u64)
            .read_to_end(&mut head)
            .and_then(|_| file.seek(SeekFrom::End(0)))
            .and_then(|size| file.seek(SeekFrom::Start(0)).map(|_| size));
        match (begun, recognise(&head, at.path)) {
            (Ok(size), Some(c @ (Container::Zip | Container::SevenZip))) => {
                self.meter.input.set(size);
                self.result.layers.push(c.as_str());
                let at = At { level: 1, ..at };
                self.random(c, file, at)
            }
            (Ok(_), _) => {
                let mut stream: &mut dyn ReadSeek = file;
                let mut counted = Counted {
                    inner: &mut stream,
                    meter: Rc::clone(&self.meter),
                    fault: Rc::clone(fault),
                };
                self.content(&mut counted, at, None, at.path)
            }
            (Err(e), _) => {
                self.problem(
                    "cannot-read",
                    at.path,
                    format!("could not be read: {e}"),
                    true,
                );
                Flow::Continue(())
            }
        }
    }

    /// A member of the layer at `at`: opened if it is a container, else handed over.
    pub(crate) fn member(
        &mut self,
        stream: &mut dyn Read,
        at: At<'_>,
        name: &str,
        bytes: Option<u64>,
    ) -> Flow {
        self.met += 1;
        if self.members_spent() {
            self.problem(
                "member-limit",
                at.path,
                format!(
                    "more than {} members; the rest was not read",
                    self.bounds.members
                ),
                true,
            );
            return Flow::Break(());
        }
        let path = format!("{}!{name}", at.path);
        let inner = At {
            path: &path,
            level: at.level,
            outermost: false,
        };
        self.content(stream, inner, bytes, name)?;
        // What is decoded past a bound of the whole walk is not read on.
        if self.meter.spent.get() {
            return Flow::Break(());
        }
        Flow::Continue(())
    }

    /// Content at a path: opened if it is a container, else handed over.
    fn content(
        &mut self,
        stream: &mut dyn Read,
        at: At<'_>,
        bytes: Option<u64>,
        name: &str,
    ) -> Flow {
        let mut head = Vec::new();
        // An error stays in the stream: whoever reads on meets it there.
        let _ = (&mut *stream).take(HEAD as u64).read_to_end(&mut head);
        let container = recognise(&head, name);
        let mut whole = Cursor::new(head).chain(stream);
        match container {
            Some(container) => self.open(container, &mut whole, at, name),
            None => self.leaf(&mut whole, at.path, bytes),
        }
    }

    /// Opens a container whose members or content stand one level deeper.
    fn open(
        &mut self,
        container: Container,
        stream: &mut dyn Read,
        at: At<'_>,
        name: &str,
    ) -> Flow {
        if at.outermost {
            self.result.layers.push(container.as_str());
        }
        if at.level >= self.bounds.depth {
            self.problem(
                "too-deep",
                at.path,
                format!(
                    "{} inside {} layers, the most that are opened",
                    container.as_str(),
                    self.bounds.depth
                ),
                true,
            );
            return Flow::Continue(());
        }
        let at = At {
            level: at.level + 1,
            ..at
        };
        if container.is_stream() {
            return self.stream(container, stream, at, name);
        }
        match container {
            Container::Tar => tar_archive::walk(self, stream, at),
            Container::Mail => mail::walk_message(self, stream, at),
            Container::Mbox => mail::walk_mbox(self, stream, at),
            Container::Zip | Container::SevenZip => {
                let mut spool = tempfile::spooled_tempfile(SPOOL_IN_MEMORY);
                match self.spool(stream, &mut spool, at.path) {
                    Ok(()) => self.random(container, &mut spool, at),
                    Err(e) => {
                        let message = format!("could not be kept for reading: {e}");
                        self.problem("cannot-read", at.path, message, true);
                        Flow::Continue(())
                    }
                }
            }
            other => {
                self.problem(
                    "unsupported-compression",
                    at.path,
                    format!("{} is not opened", other.as_str()),
                    true,
                );
                Flow::Continue(())
            }
        }
    }

    /// Opens a container that needs random access.
    fn random(&mut self, container: Container, file: &mut dyn ReadSeek, at: At<'_>) -> Flow {
        if container == Container::SevenZip {
            seven_zip::walk(self, file, at)
        } else {
            zip_archive::walk(self, file, at)
        }
    }

    /// Copies a stream to where it can be read at random. A stream that ends in an error is kept as
    /// far as it goes: its layer reports the error.
    fn spool(
        &mut self,
        stream: &mut dyn Read,
        spool: &mut (impl Write + Seek),
        path: &str,
    ) -> io::Result<()> {
        let mut bounded = Bounded {
            inner: stream,
            left: self.bounds.member_bytes,
            over: false,
        };
        let mut buffer = vec![0u8; 64 * 1024];
        loop {
            match bounded.read(&mut buffer) {
                Ok(0) => break,
                Ok(n) => spool.write_all(buffer.get(..n).unwrap_or_default())?,
                Err(e) if e.kind() == io::ErrorKind::Interrupted => {}
                Err(_) => break,
            }
        }
        if bounded.over {
            self.too_large(path);
        }
        spool.seek(SeekFrom::Start(0))?;
        Ok(())
    }

    fn too_large(&mut self, path: &str) {
        self.problem(
            "member-too-large",
            path,
            format!(
                "larger than {} bytes, the most that is read of one member",
                self.bounds.member_bytes
            ),
            true,
        );
    }

    /// A compressed stream: one content, which may be a container itself.
    fn stream(
        &mut self,
        container: Container,
        stream: &mut dyn Read,
        at: At<'_>,
        name: &str,
    ) -> Flow {
        let trailing = Trailing::default();
        let (mut decoded, fault) = Decoded::new(
            streams::decoder(container, stream, &trailing),
            &self.meter,
            at.level,
        );
        let mut head = Vec::new();
        let _ = (&mut decoded).take(HEAD as u64).read_to_end(&mut head);
        let inner_name = member_name::uncompressed(name);
        let inner = recognise(&head, &inner_name);
        let nothing = head.is_empty() && fault.borrow().is_some();
        let mut whole = Cursor::new(head).chain(&mut decoded);
        let flow = match inner {
            // Not one byte could be decoded: the problem says so, a member would say nothing.
            _ if nothing => Flow::Continue(()),
            Some(inner) => self.open(inner, &mut whole, at, &inner_name),
            None => {
                let path = format!("{}!{inner_name}", at.path);
                self.met += 1;
                self.leaf(&mut whole, &path, None)
            }
        };
        if flow.is_continue() {
            // To its end, so that a damaged end and a wrong checksum are noticed.
            let _ = io::copy(&mut whole, &mut io::sink());
        }
        self.settle(at, &fault);
        if trailing.get() {
            self.problem(
                "trailing-data",
                at.path,
                format!(
                    "bytes after the end of the {} stream were not read",
                    container.as_str()
                ),
                false,
            );
        }
        flow
    }

    /// Hands a leaf over.
    fn leaf(&mut self, stream: &mut dyn Read, path: &str, bytes: Option<u64>) -> Flow {
        let mut bounded = Bounded {
            inner: stream,
            left: self.bounds.member_bytes,
            over: false,
        };
        self.result.members += 1;
        let flow = (self.visit)(Member {
            path,
            bytes,
            stream: &mut bounded,
        });
        if bounded.over {
            self.too_large(path);
        }
        flow
    }

    /// Reports a layer's fault once and makes way for the next.
    pub(crate) fn settle(&mut self, at: At<'_>, fault: &FaultCell) {
        if let Some(fault) = fault.borrow().clone() {
            self.fault(at.path, &fault);
        }
        self.meter.settle(at.level);
    }

    fn fault(&mut self, path: &str, fault: &Fault) {
        if !fault.carried {
            self.problem(fault.code, path, fault.message.clone(), true);
        }
    }

    /// Reports a problem.
    pub(crate) fn problem(&mut self, code: &'static str, path: &str, message: String, lost: bool) {
        let problems = &mut self.result.problems;
        if problems.len() < MOST_PROBLEMS {
            problems.push(Problem {
                code,
                path: path.to_owned(),
                message,
                lost,
            });
        } else if let Some(last) = problems.last_mut() {
            last.code = "more-problems";
            last.lost |= lost;
            last.message = format!("more than {MOST_PROBLEMS} problems; the rest is not listed");
        }
    }

    /// Reports what a layer tallied.
    pub(crate) fn tell(&mut self, at: At<'_>, tally: Tally) {
        for (code, entry) in tally.0 {
            if entry.count == 1 {
                let path = format!("{}!{}", at.path, entry.first);
                self.problem(code, &path, entry.message, entry.lost);
            } else {
                let message = format!(
                    "{} members, the first is {}: {}",
                    entry.count, entry.first, entry.message
                );
                self.problem(code, at.path, message, entry.lost);
            }
        }
    }
}

/// Problems of a layer's members, one line for each code: an archive of 100,000 encrypted members
/// says so once.
#[derive(Default)]
pub(crate) struct Tally(BTreeMap<&'static str, Tallied>);

struct Tallied {
    count: u64,
    first: String,
    message: String,
    lost: bool,
}

impl Tally {
    /// Counts a problem of the member of this name.
    pub(crate) fn add(
        &mut self,
        code: &'static str,
        name: &str,
        lost: bool,
        message: impl FnOnce() -> String,
    ) {
        self.0
            .entry(code)
            .and_modify(|t| {
                t.count += 1;
                t.lost |= lost;
            })
            .or_insert_with(|| Tallied {
                count: 1,
                first: name.to_owned(),
                message: message(),
                lost,
            });
    }

    /// Counts what a decoder of the member of this name met.
    pub(crate) fn fault(&mut self, name: &str, fault: &FaultCell) {
        if let Some(fault) = &*fault.borrow()
            && !fault.carried
        {
            self.add(fault.code, name, true, || fault.message.clone());
        }
    }
}

/// Names of a layer's members: shown, told apart, tallied.
#[derive(Default)]
pub(crate) struct Names(Used);

impl Names {
    /// The name to show for a member.
    pub(crate) fn take(&mut self, name: &[u8], tally: &mut Tally) -> String {
        let shown = member_name::shown(name);
        let mut text = shown.text;
        if let Some(wrong) = shown.wrong {
            tally.add("member-path-unsafe", &text, false, || {
                format!("the name as written {wrong}; it is shown without")
            });
        }
        if self.0.distinguish(&mut text) {
            tally.add("duplicate-member", &text, false, || {
                "an earlier member has the same name; both were read".to_owned()
            });
        }
        text
    }
}

/// Reads what is left of a member; false if it ends early.
pub(crate) fn skip_rest(exact: &mut Exact<'_>) -> bool {
    let _ = io::copy(exact, &mut io::sink());
    exact.left == 0
}
