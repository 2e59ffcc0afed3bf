//! One file or folder a format; each exports `READER`.

mod completeness;
mod device;
mod hex_id;

pub mod at;
pub mod dmesg;
pub mod lspci;
pub mod lsusb;
pub mod mmcli;
pub mod usb_devices;
