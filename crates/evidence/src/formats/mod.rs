//! One file or folder a format; each exports `READER`.

mod chassis;
mod completeness;
mod device;
mod hex_id;

pub mod at;
pub mod bom;
pub mod cisco_ios;
pub mod dmesg;
pub mod dmidecode;
pub mod fwupd;
pub mod getprop;
pub mod id_table;
pub mod lspci;
pub mod lsusb;
pub mod mm_log;
pub mod mmcli;
pub mod modem_json;
pub mod module_label;
pub mod netsh_mbn;
pub mod nmcli;
pub mod plain_text;
pub mod qcsuper;
pub mod qmi;
pub mod questions;
pub mod register;
pub mod routeros;
pub mod shell_trace;
pub mod sim_list;
pub mod sysfs;
pub mod table;
pub mod udevadm;
pub mod usb_devices;
pub mod windows_pnp;
pub mod workbook;
