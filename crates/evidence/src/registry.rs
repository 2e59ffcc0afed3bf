//! Every reader, one line each. Order decides only between equally sure readers: earlier wins.

use crate::formats;
use crate::reader::{Head, Reader};

/// Every reader.
pub static READERS: &[&Reader] = &[
    // An unmistakable header ends the choice, so formats of which thousands of files come go first.
    &formats::dmidecode::READER,
    &formats::lsusb::READER,
    &formats::lsusb::verbose::READER,
    &formats::lsusb::tree::READER,
    &formats::usb_devices::READER,
    &formats::dmesg::READER,
    &formats::lspci::READER,
    &formats::udevadm::READER,
    &formats::windows_pnp::READER,
    &formats::system_profiler::READER,
    &formats::usbconfig::READER,
    &formats::bsd::READER,
    &formats::usbipd::READER,
    &formats::usbpcap::READER,
    &formats::ioreg::READER,
    &formats::hilink::READER,
    &formats::netsh_mbn::READER,
    &formats::id_table::READER,
    &formats::mmcli::READER,
    &formats::at::READER,
    &formats::workbook::READER,
    &formats::cyclonedx::READER,
    &formats::spdx::READER,
    &formats::kicad::READER,
    &formats::eagle::READER,
    &formats::sim_json::READER,
    &formats::questions::READER,
    &formats::bom::READER,
    &formats::parts_json::READER,
    &formats::sim_list::READER,
    &formats::register::READER,
    &formats::plain_text::READER,
    &formats::sysfs::READER,
    &formats::mm_log::READER,
    &formats::shell_trace::READER,
    &formats::modem_json::READER,
    &formats::device_json::READER,
    &formats::qmi::QMICLI,
    &formats::qmi::MBIMCLI,
    &formats::nmcli::READER,
    &formats::fwupd::READER,
    &formats::getprop::READER,
    &formats::qcsuper::READER,
    &formats::routeros::READER,
    &formats::cisco_ios::READER,
    &formats::snmp::READER,
    &formats::openwrt::READER,
    &formats::digi_dal::READER,
    &formats::device_names::READER,
    &formats::device_tree::READER,
    &formats::hardware_listing::READER,
    &formats::mode_switch::READER,
    &formats::module_label::READER,
    &formats::connection_manager::READER,
    &formats::modem_status::READER,
    &formats::zeek::READER,
    &formats::register_json::READER,
    &formats::osquery::READER,
    &formats::suricata::READER,
    &formats::dhcp_leases::READER,
    &formats::arp_table::READER,
    &formats::dns_log::READER,
    &formats::agent_inventory::READER,
    &formats::windows_network::READER,
    &formats::lshw::READER,
    &formats::system_facts::READER,
];

/// The reader of this format name.
pub fn reader(format: &str) -> Option<&'static Reader> {
    READERS.iter().copied().find(|r| r.format == format)
}

/// From this sureness on, a magic number or an unmistakable header, no other reader is asked.
const UNMISTAKABLE: u8 = 95;

/// The reader that is surest of this head, with its sureness; `None` if none is above 0. The first that
/// is [`UNMISTAKABLE`] is taken.
pub fn choose(head: &Head<'_>) -> Option<(&'static Reader, u8)> {
    let mut best: Option<(&'static Reader, u8)> = None;
    for reader in READERS.iter().copied() {
        let sure = (reader.sniff)(head);
        if sure > best.map_or(0, |(_, s)| s) {
            best = Some((reader, sure));
        }
        if sure >= UNMISTAKABLE {
            break;
        }
    }
    best
}
