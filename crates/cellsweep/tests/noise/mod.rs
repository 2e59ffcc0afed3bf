//! Inputs that look like evidence and hold no module, from a seed.

/// Numbers from a seed: splitmix64.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n.max(1)
    }
    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        let n = usize::try_from(self.below(all.len() as u64)).unwrap_or_default();
        all.get(n).copied().unwrap_or_default()
    }
    fn byte(&mut self) -> u8 {
        u8::try_from(self.below(256)).unwrap_or_default()
    }
}

/// Words of logs, inventories and part lists, none of which names a cellular module.
const WORDS: &[&str] = &[
    "ethernet",
    "switch",
    "port",
    "M66",
    "N10",
    "EC11",
    "encoder",
    "G510",
    "keyboard",
    "HL7",
    "message",
    "M95256",
    "EEPROM",
    "resistor",
    "10k",
    "0603",
    "U3",
    "J1",
    "bridge",
    "link",
    "up",
    "down",
    "error",
    "warning",
    "timeout",
    "usb",
    "hub",
    "1d6b:0002",
    "8087:0029",
    "046d:c52b",
    "Bluetooth",
    "Wi-Fi",
    "adapter",
    "serial",
    "console",
    "ttyS0",
    "firmware",
    "1.2.3",
    "2026-03-01",
    "10:22:31",
    "10.0.0.7",
    "3c:52:82:11:22:33",
    "kernel:",
    "systemd[1]:",
    "started",
    "stopped",
    "Dell",
    "HP",
    "Lenovo",
    "printer",
    "monitor",
    "desk",
    "chair",
    "router",
    "rack",
    "L7",
    "BG",
    "hours",
    "SC20",
    "screw",
    "M3",
    "level",
    "GPS",
    "antenna",
    "RP-SMA",
    "quantity",
    "model",
    "maker",
    "serial number",
    "asset",
    "site",
    "north",
    "south",
    "SIM",
    "card",
    "holder",
    "module",
    "board",
    "rev",
    "B2",
    "deadbeef",
    "ffffffff",
];

/// Headers of formats that readers recognise, with nothing of a module after them.
const HEADS: &[&str] = &[
    "",
    "",
    "Asset Tag,Manufacturer,Model,Serial,Site\n",
    "Reference,Value,Footprint,Qty\n",
    "Bus 001 Device 001: ID 1d6b:0002 Linux Foundation 2.0 root hub\n",
    "00:00.0 Host bridge: Intel Corporation Device 9b61 (rev 0c)\n",
    "[    0.000000] Linux version 6.1.0\n",
    "{\"bomFormat\": \"CycloneDX\", \"components\": [",
    "<?xml version=\"1.0\"?><eagle><drawing>",
    "(kicad_sch (version 20230121) ",
    "# dmidecode 3.3\nGetting SMBIOS data from sysfs.\n",
    "P: /devices/pci0000:00/0000:00:14.0/usb1\n",
    "T:  Bus=01 Lev=00 Prnt=00 Port=00 Cnt=00 Dev#=  1 Spd=480 MxCh=12\n",
    "iccid,imei,operator\n",
    "hostname gw-1\ninterface Ethernet0\n",
];

/// The bytes of an input: words under a header, printable noise, digits, or bytes.
pub fn input(seed: u64) -> Vec<u8> {
    let mut r = Random(seed);
    let length = 200 + r.below(4000);
    let mut out: Vec<u8> = Vec::new();
    match r.below(5) {
        0 | 1 => {
            out.extend_from_slice(r.of(HEADS).as_bytes());
            let separator = r.of(&[" ", ",", ";", "\t", ": ", "\", \""]);
            while (out.len() as u64) < length {
                for _ in 0..=r.below(9) {
                    out.extend_from_slice(r.of(WORDS).as_bytes());
                    out.extend_from_slice(separator.as_bytes());
                }
                out.push(b'\n');
            }
        }
        2 => {
            while (out.len() as u64) < length {
                let c = 32 + u8::try_from(r.below(95)).unwrap_or_default();
                out.push(if r.below(40) == 0 { b'\n' } else { c });
            }
        }
        3 => {
            // Upper-case letters and digits in groups: what part numbers and serial numbers look like.
            while (out.len() as u64) < length {
                for _ in 0..3 + r.below(9) {
                    let n = usize::try_from(r.below(36)).unwrap_or_default();
                    out.extend(b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789".get(n));
                }
                out.push(if r.below(6) == 0 { b'\n' } else { b' ' });
            }
        }
        _ => {
            while (out.len() as u64) < length {
                out.push(r.byte());
            }
        }
    }
    out
}

/// A file name for it.
pub fn name(seed: u64) -> &'static str {
    let mut r = Random(seed ^ 0x5eed);
    r.of(&[
        "notes.txt",
        "table.csv",
        "log",
        "dump.bin",
        "parts.csv",
        "bom.json",
        "board.sch",
        "lsusb.txt",
        "assets.tsv",
        "x.xml",
        "dmesg.txt",
        "list.md",
    ])
}
