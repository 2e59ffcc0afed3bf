//! Which listing a line belongs to, by itself.

pub(super) use crate::formats::lspci::is_tagged;
use crate::formats::{
    at, bsd, device_names, dmesg, fwupd, hardware_listing, lspci, lsusb, mm_log, mmcli,
    mode_switch, nmcli, qmi, udevadm, usb_devices,
};

/// Listings that are told apart within one text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Usb,
    UsbTree,
    UsbDevices,
    Kernel,
    Bsd,
    Pci,
    Udev,
    Smbios,
    Modem,
    Dialogue,
    ManagerLog,
    Qmi,
    NetworkManager,
    Firmware,
    Names,
    Hardware,
    Connection,
}

/// Which lines go on with a listing beside those that only its kind has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Follows {
    Nothing,
    /// Lines indented below the first.
    Indented,
    /// Those, and the tagged lines of `lspci -vmm`.
    Function,
    /// Everything up to an empty line.
    Paragraph,
    /// Lines with a bar.
    Columns,
    /// Branches of a tree.
    Branches,
    /// The lines of an answer.
    Answer,
}

impl Kind {
    /// Formats it may be in.
    pub(super) fn formats(self) -> &'static [&'static str] {
        match self {
            Self::Usb => &["lsusb", "lsusb-v"],
            Self::UsbTree => &["lsusb-t"],
            Self::UsbDevices => &["usb-devices"],
            Self::Kernel => &["dmesg"],
            Self::Bsd => &["bsd", "usbconfig"],
            Self::Pci => &["lspci"],
            Self::Udev => &["udevadm"],
            Self::Smbios => &["dmidecode"],
            Self::Modem => &["mmcli"],
            Self::Dialogue => &["at"],
            Self::ManagerLog => &["mm-log"],
            Self::Qmi => &["qmicli", "mbimcli"],
            Self::NetworkManager => &["nmcli"],
            Self::Firmware => &["fwupd"],
            Self::Names => &["device-names"],
            Self::Hardware => &["hardware-listing"],
            Self::Connection => &["mode-switch"],
        }
    }

    /// True if the reader of this format reads such listings.
    pub(super) fn reads(self, format: &str) -> bool {
        self.formats().contains(&format)
            // Its log holds the dialogue.
            || (self == Self::Dialogue && format == "mm-log")
    }

    /// How sure a reader must be of what was set aside.
    pub(super) fn least(self) -> u8 {
        match self {
            Self::Dialogue => 70,
            _ => 55,
        }
    }

    pub(super) fn follows(self) -> Follows {
        match self {
            Self::UsbDevices | Self::Kernel | Self::ManagerLog | Self::Names | Self::Connection => {
                Follows::Nothing
            }
            Self::Usb | Self::UsbTree | Self::Bsd | Self::Udev | Self::Qmi | Self::Hardware => {
                Follows::Indented
            }
            Self::Pci => Follows::Function,
            Self::Smbios | Self::NetworkManager => Follows::Paragraph,
            Self::Modem => Follows::Columns,
            Self::Firmware => Follows::Branches,
            Self::Dialogue => Follows::Answer,
        }
    }
}

/// The line without indentation and quote marks in front; empty if it holds nothing.
pub(super) fn content(line: &str) -> &str {
    let mut rest = line;
    loop {
        let before = rest;
        rest = rest.trim_start_matches([' ', '\t', '\u{feff}']);
        // A quote mark stands alone or before a blank; `>>>>>>` begins lines of a log.
        if let Some(inside) = rest.strip_prefix('>')
            && !inside.starts_with(">>")
            && (inside.is_empty() || inside.starts_with([' ', '\t', '>']))
        {
            rest = inside;
        }
        if rest.len() == before.len() {
            break;
        }
    }
    if rest.trim().is_empty() { "" } else { rest }
}

/// The listing that a line is unmistakably of; `content` is what [`content`] says of it.
pub(super) fn of_line(line: &str, content: &str) -> Option<Kind> {
    let c = content;
    let first = *c.as_bytes().first()?;
    let known = match first {
        b'B' if c.starts_with("Bus ") => lsusb::begins(c).then_some(Kind::Usb),
        b'/' if c.starts_with("/:  Bus ") => Some(Kind::UsbTree),
        b'|' if c.starts_with("|__ Port ") => Some(Kind::UsbTree),
        b'[' if qmi::begins(c) => Some(Kind::Qmi),
        b'[' | b'<' if dmesg::begins(c) => Some(Kind::Kernel),
        b'H' if c.starts_with("Handle 0x") && c.contains(", DMI type ") => Some(Kind::Smbios),
        b'#' if c.starts_with("# dmidecode ") => Some(Kind::Smbios),
        b'D' if c.trim_end() == "Device Descriptor:" => Some(Kind::Usb),
        b'C' | b'I' | b'E' if c.trim_end().ends_with(" Descriptor:") => Some(Kind::Usb),
        b'i' if c.starts_with("idVendor ") && c.contains(" 0x") && !c.contains("= ") => {
            Some(Kind::Usb)
        }
        b'l' | b'P' | b'E' | b'N' | b'S' | b'A' | b'L' if udevadm::begins(c) => Some(Kind::Udev),
        b'G' | b'D' if nmcli::begins(c) => Some(Kind::NetworkManager),
        b'/' | b'{' | b'm' | b's' | b'-' | b'*' if mmcli::begins(c) => Some(Kind::Modem),
        b'0'..=b'9' | b'a'..=b'f' | b'A'..=b'F' if lspci::begins(c) => Some(Kind::Pci),
        b'S' if c.starts_with("Slot:") && lspci::begins_tagged(c) => Some(Kind::Pci),
        0xe2 if fwupd::begins(c) => Some(Kind::Firmware),
        _ => None,
    };
    if known.is_some() {
        return known;
    }
    if first.is_ascii_uppercase() && c.as_bytes().get(1) == Some(&b':') && usb_devices::begins(c) {
        return Some(Kind::UsbDevices);
    }
    if c.contains(" Device ") && lsusb::begins(c) {
        return Some(Kind::Usb);
    }
    if c.contains('|') && mmcli::begins(c) {
        return Some(Kind::Modem);
    }
    if mm_log::begins(line) {
        return Some(Kind::ManagerLog);
    }
    if dmesg::begins(c) {
        return Some(Kind::Kernel);
    }
    if mode_switch::begins(c) {
        return Some(Kind::Connection);
    }
    if device_names::begins(c) {
        return Some(Kind::Names);
    }
    if bsd::begins(c) {
        return Some(Kind::Bsd);
    }
    if hardware_listing::begins(c) {
        return Some(Kind::Hardware);
    }
    at::begins(c).then_some(Kind::Dialogue)
}

/// A fence, a heading or a command: what stood before it ends.
pub(super) fn is_boundary(content: &str) -> bool {
    let marks = content
        .bytes()
        .take_while(|b| matches!(b, b'=' | b'-' | b'#' | b'*' | b'+' | b'~' | b'`'))
        .count();
    (marks >= 3
        && (content.starts_with("```") || content.bytes().any(|b| b.is_ascii_alphanumeric())))
        || is_command(content)
}

/// Programs whose output is read here.
const PROGRAMS: &[&str] = &[
    "lsusb",
    "lspci",
    "dmesg",
    "mmcli",
    "journalctl",
    "usb-devices",
    "logread",
    "qmicli",
    "mbimcli",
    "nmcli",
    "udevadm",
    "dmidecode",
    "fwupdmgr",
    "uqmi",
    "cat",
    "sms_tool",
    "gcom",
    "ls",
    "grep",
    "minicom",
    "picocom",
    "ip",
    "uname",
    "modinfo",
    "hwinfo",
    "lshw",
    "inxi",
    "lsmod",
];

/// `$ lsusb`, `# dmesg | grep tty`: a typed command behind a bare prompt.
pub(super) fn is_command(content: &str) -> bool {
    let prompted = ["$ ", "# ", "% ", "~# ", "~$ "]
        .iter()
        .find_map(|mark| content.strip_prefix(mark));
    // Support files name the command in a heading: `===== lsusb -t =====`.
    let heading = || {
        let inside = content.trim_start_matches(['=', '-', '#', '*', '+', '~']);
        (content.len() - inside.len() >= 3).then(|| inside.trim_start())
    };
    let Some(typed) = prompted.or_else(heading) else {
        return false;
    };
    let mut words = typed.split_whitespace().filter(|w| *w != "sudo");
    words.next().is_some_and(|w| {
        let name = w.rsplit('/').next().unwrap_or(w);
        PROGRAMS.contains(&name)
    })
}

/// A shell command that sends an AT command to a modem.
pub(super) fn asks_a_modem(typed: &str) -> bool {
    at::command_in(typed).is_some_and(at::dialogue::is_telling)
}

/// A final result of an AT command.
pub(super) fn ends_answer(content: &str) -> bool {
    at::dialogue::is_final(content.trim())
}

/// Whether a line goes on with an AT dialogue: an answer, a result or a reply with its name.
pub(super) fn continues_answer(content: &str, since: usize, blank: usize, settled: bool) -> bool {
    if blank > 3 || since > 60 {
        return false;
    }
    let named = content.starts_with(['+', '^', '#', '!', '$', '%', '*']) && content.contains(':');
    named || ends_answer(content) || (!settled && since <= 24)
}

/// A mark that something was left out.
pub(super) fn is_left_out(content: &str) -> bool {
    let word = content
        .trim()
        .trim_matches(['[', ']', '(', ')', '<', '>', '-', '*', ' ']);
    matches!(
        word,
        "..." | "…" | ".." | "snip" | "cut" | "snipped" | "SNIP" | "truncated"
    ) || word.starts_with("lines omitted")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(line: &str) -> Option<Kind> {
        of_line(line, content(line))
    }

    #[test]
    fn lines_that_only_one_listing_has() {
        for (line, expected) in [
            ("> Bus 001 Device 003: ID 2c7c:0125 Quectel", Kind::Usb),
            (
                "* Lenovo X280: `Bus 001 Device 003: ID 2cb7:0210 Fibocom`",
                Kind::Usb,
            ),
            (
                ">> [Sa Jun 17 20:09:49 2023] iosm 0000:05:00.0: msg timeout",
                Kind::Kernel,
            ),
            (
                "    /:  Bus 02.Port 1: Dev 1, Class=root_hub, Driver=xhci",
                Kind::UsbTree,
            ),
            (
                "T:  Bus=01 Lev=01 Prnt=01 Port=00 Cnt=01 Dev#=  3 Spd=480",
                Kind::UsbDevices,
            ),
            (
                "[   12.345678] usb 1-1: new high-speed USB device",
                Kind::Kernel,
            ),
            (
                "Nov  2 10:11:12 gw kernel: usb 1-1: Product: X",
                Kind::Kernel,
            ),
            (
                "option 1-1:1.0: GSM modem (1-port) converter detected",
                Kind::Kernel,
            ),
            (
                "01:00.0 Wireless controller [0d40]: Intel [8086:7560]",
                Kind::Pci,
            ),
            ("P: /devices/pci0000:00/usb1/1-1", Kind::Udev),
            ("  Hardware |  manufacturer: QUECTEL", Kind::Modem),
            (
                "    /org/freedesktop/ModemManager1/Modem/0 [q] EC25",
                Kind::Modem,
            ),
            ("modem.generic.model : EC25", Kind::Modem),
            ("AT+CGMM", Kind::Dialogue),
            ("ati", Kind::Dialogue),
            ("[12:00:01.123] TX: AT+QGMR", Kind::Dialogue),
            ("[/dev/cdc-wdm0] Device model retrieved:", Kind::Qmi),
            ("GENERAL.DEVICE:    cdc-wdm0", Kind::NetworkManager),
            (
                "Nov  2 10:11:12 gw ModemManager[812]: <info> x",
                Kind::ManagerLog,
            ),
        ] {
            assert_eq!(kind(line), Some(expected), "{line}");
        }
    }

    #[test]
    fn words_that_no_listing_is_made_of() {
        for line in [
            "Bus 3 leaves at noon",
            "AT the end",
            "In a listing the line Bus 001 Device 003: ID 2c7c:0125 Quectel stands for the modem",
            "ATI Radeon model X550",
            "Status | open",
            "P: 5",
            "I: agree",
            "AT+CGMM asks the module for the name of its model",
            "- [ ] buy milk",
            "",
        ] {
            assert_eq!(kind(line), None, "{line}");
        }
    }

    #[test]
    fn headings_fences_and_commands_end_a_listing() {
        for line in [
            "```",
            "=== lsusb ===",
            "--- dmesg ---",
            "$ lsusb -t",
            "# sudo mmcli -m 0",
        ] {
            assert!(is_boundary(line), "{line}");
        }
        for line in ["-----------", "# comment", "Quectel"] {
            assert!(!is_boundary(line), "{line}");
        }
    }
}
