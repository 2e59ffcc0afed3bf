//! Whether a listing is evidently complete: one ingredient of `clear`, so every doubt counts against it.

use std::collections::BTreeSet;

use crate::observation::{Clue, Observation, Place, Problem, Stance};
use crate::reader::{Attachment, ReadError, Sink};

/// A sink that remembers whether something was lost on the way.
pub(crate) struct Watched<'a> {
    sink: &'a mut dyn Sink,
    /// A problem by which evidence was lost has passed.
    pub(crate) lost: bool,
}

impl<'a> Watched<'a> {
    /// Watches this sink.
    pub(crate) fn new(sink: &'a mut dyn Sink) -> Self {
        Self { sink, lost: false }
    }
}

impl Sink for Watched<'_> {
    fn observe(&mut self, observation: Observation) -> Result<(), ReadError> {
        self.sink.observe(observation)
    }
    fn problem(&mut self, problem: Problem) {
        self.lost |= problem.lost;
        self.sink.problem(problem);
    }
}

/// The statement that this attachment point was listed completely, a unit of its own.
pub(crate) fn enumerated(unit: u64, what: Attachment) -> Observation {
    Observation::new(
        unit,
        Stance::Observed,
        Clue::Enumerated,
        what.as_str(),
        Place::Whole,
    )
}

/// Buses named in a listing of USB devices, and those whose root hub is in it.
///
/// A listing that lost its head, its tail or lines by a filter nearly always lost a root hub with them:
/// the kernel numbers buses from 1 without gaps and every bus has a root hub, device 1 of vendor 1d6b.
#[derive(Debug, Default)]
pub(crate) struct Buses {
    named: BTreeSet<u16>,
    rooted: BTreeSet<u16>,
    filtered: bool,
}

impl Buses {
    /// A device stands in the listing.
    pub(crate) fn device(&mut self, bus: u16, device: u16, id: &str) {
        // Real hosts have a few dozen; a hostile listing is not worth more memory.
        if self.named.len() < 1024 {
            self.named.insert(bus);
            if device == 1 && id.starts_with("1d6b:") {
                self.rooted.insert(bus);
            }
        }
    }

    /// The listing was filtered, or a device in it has no place.
    pub(crate) fn filtered(&mut self) {
        self.filtered = true;
    }

    /// Every bus from 1 on is there with its root hub.
    pub(crate) fn complete(&self) -> bool {
        !self.filtered
            && !self.rooted.is_empty()
            && self.rooted == self.named
            && self.rooted.iter().zip(1u16..).all(|(bus, n)| *bus == n)
    }
}

/// A command line, as a terminal log shows it, that lists only part: piped, or with a selecting option.
pub(crate) fn is_partial_command(line: &str, command: &str) -> bool {
    let Some(at) = line.find(command) else {
        return false;
    };
    let after = line.get(at + command.len()..).unwrap_or_default();
    after.contains('|')
        || after
            .split_whitespace()
            .any(|word| word.starts_with('-') && word.contains(['d', 's']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn root_hubs_of_all_buses_are_needed() {
        let mut buses = Buses::default();
        assert!(!buses.complete());
        buses.device(2, 1, "1d6b:0003");
        assert!(!buses.complete(), "bus 1 is missing");
        buses.device(1, 2, "2c7c:0125");
        assert!(!buses.complete(), "bus 1 has no root hub");
        buses.device(1, 1, "1d6b:0002");
        assert!(buses.complete());
        buses.filtered();
        assert!(!buses.complete());
    }

    #[test]
    fn selecting_commands() {
        assert!(is_partial_command(
            "root@r:~# lsusb | grep -i 1d6b",
            "lsusb"
        ));
        assert!(is_partial_command("$ lsusb -d 2c7c:", "lsusb"));
        assert!(is_partial_command("# lspci -nn -s00:00.0", "lspci"));
        assert!(is_partial_command("# lspci -nnd 8086:", "lspci"));
        assert!(!is_partial_command("$ lsusb", "lsusb"));
        assert!(!is_partial_command("$ lspci -nnk", "lspci"));
    }
}
