//! One file or folder a format; each exports `READER`.

pub mod lsusb;
