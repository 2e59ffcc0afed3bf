//! Tables of ids: usb.ids, pci.ids, pnp.ids, modules.alias, hwdb, udev rules, usb_modeswitch configurations,
//! driver sources, Windows INF files. They list thousands of devices that software knows and prove that
//! none is there. They are recognised so that no other reader takes them for a listing, and yield
//! nothing.

use std::io;

use crate::reader::{Head, ReadError, Reader, Sink};
use crate::source::Source;

/// The reader.
pub static READER: Reader = Reader {
    format: "id-table",
    title: "a table of ids that software knows (usb.ids, modules.alias, hwdb, udev rules, INF)",
    made_by: "part of an operating system, a kernel or a driver package",
    proves: &[],
    enumerates: &[],
    sniff,
    read,
};

/// What hwdb.bin and modules.alias.bin begin with.
const BINARY: &[&[u8]] = &[b"KSLPHHRH", &[0xb0, 0x07, 0xf4, 0x57]];

fn sniff(head: &Head<'_>) -> u8 {
    if BINARY.iter().any(|magic| head.bytes.starts_with(magic)) {
        return 95;
    }
    // An INF file lists hardware ids just as the devices report them.
    let section = head.count_lines(|l| l.trim().eq_ignore_ascii_case("[version]"));
    let signature = head.count_lines(|l| {
        let l = l.trim().to_ascii_lowercase();
        l.starts_with("signature") && l.contains('$')
    });
    if section > 0 && signature > 0 {
        return 95;
    }
    let (mut entries, mut lines, mut codes) = (0usize, 0usize, 0usize);
    for line in head.lines().take(2000) {
        let trimmed = line.trim();
        if trimmed.is_empty() || trimmed.starts_with('#') {
            continue;
        }
        lines += 1;
        entries += usize::from(is_entry(line));
        codes += usize::from(is_code(line));
    }
    // Some of the codes look like AT commands with their answers.
    if lines >= 10 && codes * 10 >= lines * 9 {
        return 94;
    }
    // Where such lines are the bulk it is a table; where they stand among others (a terminal log with
    // `modinfo` in it, a kernel patch with a listing) a reader of those others goes first.
    match entries {
        0 => 0,
        n if n * 2 >= lines => 94,
        n if n >= 3 => 60,
        _ => 40,
    }
}

fn is_entry(line: &str) -> bool {
    is_ids_line(line)
        || is_alias(line)
        || is_hwdb(line)
        || is_rule(line)
        || is_modeswitch(line)
        || is_macro(line)
}

/// `2c7c  Quectel Wireless Solutions Co., Ltd.`, `<tab>0125  EC25 LTE modem`,
/// `<tab><tab>1cf8 3500  ...`.
fn is_ids_line(line: &str) -> bool {
    let tabs = line.len() - line.trim_start_matches('\t').len();
    let rest = line.trim_start_matches('\t');
    let four = |text: &str| {
        text.len() == 4
            && text
                .bytes()
                .all(|b| b.is_ascii_digit() || matches!(b, b'a'..=b'f'))
    };
    let Some((ids, name)) = rest.split_once("  ") else {
        return false;
    };
    tabs <= 2
        && name.starts_with(|c: char| !c.is_whitespace())
        && match ids.split_once(' ') {
            Some((vendor, device)) => tabs == 2 && four(vendor) && four(device),
            None => tabs < 2 && four(ids),
        }
}

/// `ATI<tab>Allied Telesis KK`, as in pnp.ids.
fn is_code(line: &str) -> bool {
    line.split_once('\t').is_some_and(|(code, name)| {
        code.len() == 3
            && code.bytes().all(|b| b.is_ascii_uppercase())
            && name.starts_with(|c: char| !c.is_whitespace())
    })
}

/// `alias usb:v2C7Cp0125d*dc*... option`, and the same as `modinfo` prints it.
fn is_alias(line: &str) -> bool {
    line.strip_prefix("alias")
        .map(|rest| rest.trim_start_matches(':').trim_start())
        .is_some_and(|pattern| {
            pattern.split_once(':').is_some_and(|(bus, _)| {
                (2..=12).contains(&bus.len())
                    && bus.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_')
            })
        })
}

/// `usb:v2C7Cp0125*` or a property below it.
fn is_hwdb(line: &str) -> bool {
    (line.starts_with("usb:v") || line.starts_with("pci:v") || line.starts_with("OUI:"))
        || (line.starts_with(" ID_") && line.contains('='))
}

/// `ATTRS{idVendor}=="2c7c"`; not the report of `udevadm info -a`, which has one match a line.
fn is_rule(line: &str) -> bool {
    let keys = line.matches("==\"").count() + line.matches("!=\"").count();
    let does = line.contains(", ") || line.ends_with('\\') || line.contains("GOTO=");
    keys > 0
        && does
        && ["ATTR", "ENV{", "SUBSYSTEM", "ACTION", "KERNEL", "DRIVER"]
            .iter()
            .any(|k| line.trim_start().starts_with(k))
}

fn is_modeswitch(line: &str) -> bool {
    [
        "DefaultVendor",
        "DefaultProduct",
        "TargetVendor",
        "TargetProduct",
        "TargetProductList",
        "MessageContent",
        "StandardEject",
        "CheckSuccess",
    ]
    .iter()
    .any(|k| {
        line.trim()
            .trim_start_matches(';')
            .strip_prefix(k)
            .is_some_and(|rest| rest.trim_start().starts_with('='))
    })
}

/// An entry of a driver's table in C.
fn is_macro(line: &str) -> bool {
    line.trim_start_matches([' ', '\t', '+', '-', '{'])
        .split_once('(')
        .is_some_and(|(name, _)| {
            name.starts_with("USB_DEVICE") || name.starts_with("PCI_DEVICE") || name == "USB_VPI"
        })
}

fn read(source: &mut Source<'_>, _: &mut dyn Sink) -> Result<(), ReadError> {
    io::copy(&mut source.stream(), &mut io::sink())?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries() {
        for line in [
            "2c7c  Quectel Wireless Solutions Co., Ltd.",
            "\t0125  EC25 LTE modem",
            "\t\t1cf8 3500  FM350-GL",
            "alias usb:v2C7Cp0125d*dc*dsc*dp*ic*isc*ip*in* option",
            "alias:          usb:v2C7Cp0125d*dc*dsc*dp*icFFiscFFip30in* ",
            "usb:v2C7C*",
            " ID_VENDOR_FROM_DATABASE=Quectel",
            "ATTRS{idVendor}==\"2c7c\", ATTRS{idProduct}==\"0125\", ENV{ID_MM_PORT_IGNORE}=\"1\"",
            "TargetVendor=0x12d1",
            "\t{ USB_DEVICE_INTERFACE_CLASS(QUECTEL_VENDOR_ID, QUECTEL_PRODUCT_EC25, 0xff),",
        ] {
            assert!(is_entry(line), "{line}");
        }
        for line in [
            "Bus 003 Device 003: ID 2c7c:0125 Quectel",
            "    ATTRS{idVendor}==\"2c7c\"",
            "E: ID_VENDOR_FROM_DATABASE=Quectel",
            "alias ll='ls -l'",
        ] {
            assert!(!is_entry(line), "{line}");
        }
    }
}
