//! Names of network adapters and modems as operating systems and their drivers give them, and whether
//! such a name speaks of cellular service. The bare word "modem" does not: telephone-line modems of
//! laptops are listed beside cellular ones.

use crate::source::Names;

/// Words that only cellular adapters have in their names.
const CELLULAR: &[&str] = &[
    "lte",
    "wwan",
    "hspa",
    "hsdpa",
    "hsupa",
    "umts",
    "cellular",
    "gsm",
    "gprs",
    "evdo",
    "wcdma",
    "cdma2000",
    "4g",
    "3g",
    "gobi",
    "mbim",
    "mobilfunk",
    "cellulaire",
    "celular",
];

/// Words of adapters that are something else, whatever other word stands beside: Wi-Fi cards name a
/// band "5G", and combined drivers name both.
const OTHER: &[&str] = &[
    "wifi",
    "wlan",
    "bluetooth",
    "gnss",
    "gps",
    "nmea",
    "gigabit",
    "gbe",
    "infiniband",
    "virtual",
    "miniport",
    "tap",
    "vpn",
];

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| !c.is_alphanumeric())
        .filter(|w| !w.is_empty())
}

fn has(text: &str, list: &[&str]) -> bool {
    words(text).any(|w| list.iter().any(|l| w.eq_ignore_ascii_case(l)))
}

/// True if the name is that of a Wi-Fi, Bluetooth, wired or virtual adapter.
pub(crate) fn is_other(name: &str) -> bool {
    let lower = name.to_lowercase();
    has(name, OTHER) || lower.contains("802.11") || lower.contains("wi-fi")
}

/// True if the name itself speaks of cellular service.
pub(crate) fn speaks_of_cellular(name: &str) -> bool {
    if is_other(name) {
        return false;
    }
    let lower = name.to_lowercase();
    has(name, CELLULAR)
        || lower.contains("mobile broadband")
        || lower.contains("mobile boardband")
        || lower.contains("mobile connect")
        // `5G` is a band of Wi-Fi and a speed of cables as well.
        || (has(name, &["5g"]) && has(name, &["modem", "module", "netadapter", "mobile", "nr"]))
}

/// Words that the driver of a modem gives its network adapter.
const OF_MODEM: &[&str] = &[
    "modem",
    "ndis",
    "rmnet",
    "ncm",
    "rndis",
    "mobile",
    "broadband",
];

/// True if the name holds one that is looked for and nothing in it says another kind of adapter. Makers
/// of modules make docks and wired adapters, too: the maker alone is not enough.
pub(crate) fn names_a_module(name: &str, names: &dyn Names) -> bool {
    let found = names.find(name);
    // `L850-GL`, `EM7455`: a word as models have.
    let model = name.split_whitespace().any(|w| {
        w.len() >= 4
            && w.bytes().any(|b| b.is_ascii_uppercase())
            && w.bytes().filter(u8::is_ascii_digit).count() >= 2
    });
    let lower = name.to_lowercase();
    !is_other(name)
        && !found.is_empty()
        && (model
            || has(name, OF_MODEM)
            || lower.contains("wireless ethernet")
            || lower.contains("usb ethernet")
            || lower.contains("network adapter"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_adapters() {
        for name in [
            "Sierra Wireless EM7455 Qualcomm Snapdragon X7 LTE-A",
            "Generic Mobile Broadband Adapter",
            "SDX55 5G Modem NetAdapter",
            "HUAWEI Mobile Connect - 3G Modem",
            "HP hs2340 HSPA+ Mobile Broadband Network Adapter",
        ] {
            assert!(speaks_of_cellular(name), "{name}");
        }
        for name in [
            "Agere Systems HDA Modem",
            "Standard 56000 bps Modem",
            "Realtek 8811CU Wireless LAN 802.11ac USB NIC",
            "TP-LINK Wireless 5G/2.4G Wi-Fi Adapter",
            "Realtek PCIe GbE Family Controller",
            "Bluetooth Device (Personal Area Network)",
            "WAN Miniport (PPTP)",
            "Killer E3100G 2.5 Gigabit Ethernet Controller",
            "Realtek Gaming 5G Family Controller",
        ] {
            assert!(!speaks_of_cellular(name), "{name}");
        }
    }
}
