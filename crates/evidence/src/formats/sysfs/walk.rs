//! The same from files: a live `/sys`, or a copy of one.
//!
//! A copy is evidence and may be hostile. Nothing outside the given root is read: a directory is taken
//! only if its real path lies below the root, an attribute only if it is a regular file. Where the copy
//! has no `bus/` the tree below `devices/` is searched, without following links.

use std::fs::{self, File};
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::super::chassis;
use super::super::completeness::Watched;
use super::super::device::Device;
use super::tree::{self, Tree};
use crate::observation::{Clue, KeyKind, Place, Problem, Stance};
use crate::reader::{ReadError, Sink};
use crate::source::Limits;

/// Most entries of one directory and, without `bus/`, of the whole tree.
const MOST_ENTRIES: usize = 200_000;
/// Deepest directory below `devices/`.
const DEEPEST: usize = 32;
/// Most bytes of an attribute that are read; the kernel gives at most a page.
const MOST_BYTES: usize = 4096;

/// Reads the devices of a host from its `/sys`, or from a copy of it. `root` is the directory that
/// holds `sys`, or `sys` itself. Places are paths below `/sys`.
///
/// The listing counts as complete (`Enumerated`) per bus if everything in it could be read and root hub
/// or host bridge are there.
///
/// # Errors
/// [`ReadError::Io`] if the root cannot be opened, [`ReadError::Malformed`] if no `/sys` is in it,
/// [`ReadError::Stopped`] from the sink. What cannot be read inside is a problem, not an error.
pub fn walk(root: &Path, limits: &Limits, sink: &mut dyn Sink) -> Result<(), ReadError> {
    let root = fs::canonicalize(root)?;
    let looks_right = |dir: &Path| {
        ["bus", "devices", "class"]
            .iter()
            .any(|d| dir.join(d).is_dir())
    };
    let sys = fs::canonicalize(root.join("sys"))
        .ok()
        .filter(|sys| sys.starts_with(&root) && looks_right(sys))
        .or_else(|| looks_right(&root).then(|| root.clone()));
    let Some(sys) = sys else {
        return Err(ReadError::Malformed {
            format: "sysfs",
            message: "neither sys nor bus, devices or class is in this directory".to_owned(),
        });
    };
    let mut sink = Watched::new(sink);
    let mut walk = Walk {
        root,
        sys,
        most_bytes: limits.line.min(MOST_BYTES),
        tree: Tree::default(),
    };
    let machine = walk.tree.take_unit();
    walk.machine(machine, &mut sink)?;
    let mut by_bus = false;
    for bus in ["usb", "pci"] {
        by_bus |= walk.bus(bus, &mut sink);
    }
    if !by_bus {
        walk.search(&mut sink);
    }
    for class in ["net", "wwan"] {
        walk.class(class, &mut sink);
    }
    walk.mhi(&mut sink);
    let lost = sink.lost;
    walk.tree.emit(!lost, &mut sink)
}

struct Walk {
    root: PathBuf,
    sys: PathBuf,
    most_bytes: usize,
    tree: Tree,
}

impl Walk {
    /// The place of a path.
    fn place(&self, path: &Path) -> Place {
        Place::Path(self.on_host(path))
    }

    /// The path as it is on the host: below `/sys`, whatever the root is called.
    fn on_host(&self, path: &Path) -> String {
        let below = path.strip_prefix(&self.sys).unwrap_or(path);
        let mut text = String::from("/sys");
        for component in below.components() {
            text.push('/');
            text.push_str(&component.as_os_str().to_string_lossy());
        }
        text
    }

    fn problem(&self, code: &str, path: &Path, message: &str, sink: &mut dyn Sink) {
        sink.problem(Problem::lost(code, self.place(path), message));
    }

    /// The entries of a directory in order of name; `None` if there is no such directory.
    fn entries(&self, dir: &Path, sink: &mut dyn Sink) -> Option<Vec<String>> {
        let listed = match fs::read_dir(dir) {
            Ok(listed) => listed,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return None,
            Err(e) => {
                self.problem("unreadable", dir, &e.to_string(), sink);
                return None;
            }
        };
        let mut names = Vec::new();
        for entry in listed {
            match entry {
                Ok(_) if names.len() >= MOST_ENTRIES => {
                    self.problem("too-many-entries", dir, "the rest is not read", sink);
                    break;
                }
                Ok(entry) => names.push(entry.file_name().to_string_lossy().into_owned()),
                Err(e) => {
                    self.problem("unreadable", dir, &e.to_string(), sink);
                    break;
                }
            }
        }
        names.sort_unstable();
        Some(names)
    }

    /// The real directory behind an entry, if it lies below the root.
    fn inside(&self, path: &Path, sink: &mut dyn Sink) -> Option<PathBuf> {
        match fs::canonicalize(path) {
            Ok(real) if real.starts_with(&self.root) => real.is_dir().then_some(real),
            Ok(_) => {
                self.problem(
                    "link-outside-root",
                    path,
                    "the link leads out of the tree",
                    sink,
                );
                None
            }
            Err(e) => {
                self.problem("unreadable", path, &e.to_string(), sink);
                None
            }
        }
    }

    /// The contents of an attribute; `None` if there is none.
    fn contents(&self, path: &Path) -> io::Result<Option<String>> {
        // Not a link, a pipe or a device: opening one may leave the tree or never return.
        if !fs::symlink_metadata(path).is_ok_and(|m| m.is_file()) {
            return Ok(None);
        }
        let mut bytes = Vec::new();
        File::open(path)?
            .take(self.most_bytes as u64)
            .read_to_end(&mut bytes)?;
        Ok(Some(String::from_utf8_lossy(&bytes).into_owned()))
    }

    /// The same, a failure reported.
    fn text(&self, path: &Path, sink: &mut dyn Sink) -> Option<String> {
        match self.contents(path) {
            Ok(text) => text,
            Err(e) => {
                self.problem("unreadable", path, &e.to_string(), sink);
                None
            }
        }
    }

    /// Reads everything of a device, interface or network interface; `name` is what the host calls it.
    fn device(&mut self, dir: &Path, place: &Path, sink: &mut dyn Sink) {
        let path = self.on_host(dir);
        for file in tree::FILES {
            let Some(name) = tree::attribute_name(file) else {
                continue;
            };
            if let Some(value) = self.text(&dir.join(file), sink) {
                let place = self.place(&place.join(file));
                let value = value.lines().next().unwrap_or_default();
                self.tree.attribute(&path, name, value, &place, sink);
            }
        }
        self.bound(dir, place, sink);
    }

    /// The driver, from its link and from the uevent.
    fn bound(&mut self, dir: &Path, place: &Path, sink: &mut dyn Sink) {
        let path = self.on_host(dir);
        if let Ok(target) = fs::read_link(dir.join("driver"))
            && let Some(driver) = target.file_name()
        {
            let place = self.place(&place.join("driver"));
            self.tree
                .attribute(&path, "driver", &driver.to_string_lossy(), &place, sink);
        }
        if let Some(text) = self.text(&dir.join("uevent"), sink) {
            let place = self.place(&place.join("uevent"));
            for line in text.lines() {
                if let Some((key, value)) = line.split_once('=') {
                    self.tree.property(&path, key, value, &place, sink);
                }
            }
        }
    }

    /// Everything in `bus/NAME/devices`; false if there is no such directory.
    fn bus(&mut self, bus: &str, sink: &mut dyn Sink) -> bool {
        let dir = self.sys.join("bus").join(bus).join("devices");
        let Some(names) = self.entries(&dir, sink) else {
            return false;
        };
        for name in names {
            let known = tree::is_usb_device(&name)
                || tree::is_interface(&name)
                || tree::is_pci_address(&name);
            if !known {
                continue;
            }
            let entry = dir.join(&name);
            let Some(real) = self.inside(&entry, sink) else {
                self.tree.partial();
                continue;
            };
            // The real directory has the same name, unless the copy was made by hand.
            let real = if real
                .file_name()
                .is_some_and(|n| n.to_string_lossy() == name)
            {
                real
            } else {
                entry.clone()
            };
            self.device(&real, &entry, sink);
        }
        true
    }

    /// Without `bus/`: every directory below `devices/` that is named like a device.
    fn search(&mut self, sink: &mut dyn Sink) {
        let mut left = MOST_ENTRIES;
        let mut open = vec![(self.sys.join("devices"), 0usize)];
        while let Some((dir, depth)) = open.pop() {
            let Some(names) = self.entries(&dir, sink) else {
                continue;
            };
            for name in names.iter().rev() {
                let path = dir.join(name);
                if !fs::symlink_metadata(&path).is_ok_and(|m| m.is_dir()) {
                    continue;
                }
                if left == 0 || depth >= DEEPEST {
                    self.problem("too-many-entries", &path, "the rest is not read", sink);
                    self.tree.partial();
                    return;
                }
                left -= 1;
                open.push((path, depth + 1));
            }
            let last = |dir: &Path| dir.file_name().map(|n| n.to_string_lossy().into_owned());
            let name = last(&dir).unwrap_or_default();
            let parent = dir.parent().and_then(last).unwrap_or_default();
            if tree::is_usb_device(&name)
                || tree::is_interface(&name)
                || tree::is_pci_address(&name)
            {
                self.device(&dir.clone(), &dir, sink);
            } else if matches!(parent.as_str(), "net" | "wwan") {
                self.interface(&dir.clone(), &dir, sink);
            }
        }
    }

    /// Network interfaces, interfaces of the kernel's WWAN class.
    fn class(&mut self, class: &str, sink: &mut dyn Sink) {
        let dir = self.sys.join("class").join(class);
        for name in self.entries(&dir, sink).unwrap_or_default() {
            let entry = dir.join(&name);
            // `bonding_masters` is a file; ports of a WWAN device are listed beside it.
            if class == "wwan" && !name.bytes().next_back().is_some_and(|b| b.is_ascii_digit()) {
                continue;
            }
            if let Some(real) = self.inside(&entry, sink) {
                self.interface(&real, &entry, sink);
            }
        }
    }

    fn interface(&mut self, dir: &Path, place: &Path, sink: &mut dyn Sink) {
        let path = self.on_host(dir);
        let below = self.place(place);
        self.tree.wireless(&path, &below, sink);
        for name in ["type", "address"] {
            if let (Some(value), Some(name)) =
                (self.text(&dir.join(name), sink), tree::attribute_name(name))
            {
                let place = self.place(&place.join(name));
                self.tree.attribute(&path, name, &value, &place, sink);
            }
        }
        self.bound(dir, place, sink);
    }

    /// Channels of modems on PCI.
    fn mhi(&mut self, sink: &mut dyn Sink) {
        let dir = self.sys.join("bus").join("mhi").join("devices");
        for name in self.entries(&dir, sink).unwrap_or_default() {
            let entry = dir.join(&name);
            if let Some(real) = self.inside(&entry, sink) {
                let place = self.place(&entry);
                let path = self.on_host(&real);
                self.tree.wireless(&path, &place, sink);
            }
        }
    }

    /// Make, model, serial number and kind of the machine.
    fn machine(&mut self, unit: u64, sink: &mut dyn Sink) -> Result<(), ReadError> {
        let dir = self.sys.join("class").join("dmi").join("id");
        if !dir.exists() {
            return Ok(());
        }
        let Some(real) = self.inside(&dir, sink) else {
            return Ok(());
        };
        let mut device = Device::with_stance(unit, Stance::Declared);
        for (file, clue) in [
            ("sys_vendor", Some(Clue::ProductMaker)),
            ("product_name", Some(Clue::ProductModel)),
            ("chassis_type", Some(Clue::AssetClass)),
            ("product_serial", None),
        ] {
            // The serial number is for root only: that it cannot be read loses no device.
            let Ok(Some(value)) = self.contents(&real.join(file)) else {
                continue;
            };
            let place = self.place(&dir.join(file));
            let value = value.trim();
            match clue {
                Some(Clue::AssetClass) => {
                    if let Some(class) = value.parse().ok().and_then(chassis::class_of_number) {
                        device.fact(Clue::AssetClass, class, place);
                    }
                }
                Some(clue) if !chassis::is_filler(value) => device.fact(clue, value, place),
                None if !chassis::is_filler(value) => device.key(KeyKind::Serial, value),
                _ => {}
            }
        }
        device.emit(sink)
    }
}
