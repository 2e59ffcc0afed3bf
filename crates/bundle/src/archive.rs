//! The container: a `tar` file (ustar) that can be written in one way only. Who knows the names and the
//! contents knows every byte of it: mode 0644, no owner, one fixed time, zero padding, two zero blocks at
//! the end and nothing after them.

use std::io::{self, Read, Write};

use tar::{EntryType, Header};

use crate::Error;

/// Bytes of a block.
pub const BLOCK: usize = 512;
/// Time of every member: 1980-01-01T00:00:00Z. The time of a run stands in the manifest; one of the year
/// 1970 makes ordinary `tar` programs warn.
const TIME: u64 = 315_532_800;
/// Longest name, in bytes.
pub const LONGEST_NAME: usize = 99;
/// Largest member, in bytes: what eleven octal digits can say.
pub const LARGEST: u64 = 0o77_777_777_777;

/// Whether a name may stand in a bundle: lower-case letters, digits and `._-`, parts divided by `/`, none
/// of them empty or beginning with a dot. No such name leaves the folder it is unpacked in.
pub fn name_fits(name: &str) -> bool {
    name.len() <= LONGEST_NAME
        && name.split('/').all(|part| {
            !part.is_empty()
                && !part.starts_with('.')
                && part
                    .bytes()
                    .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
        })
}

/// The header of a member of this name and size; none if the format has no room for them.
pub fn header(name: &str, size: u64) -> Option<[u8; BLOCK]> {
    if !name_fits(name) || size > LARGEST {
        return None;
    }
    let mut header = Header::new_ustar();
    header.set_path(name).ok()?;
    header.set_mode(0o644);
    header.set_uid(0);
    header.set_gid(0);
    header.set_size(size);
    header.set_mtime(TIME);
    header.set_entry_type(EntryType::Regular);
    header.set_cksum();
    Some(*header.as_bytes())
}

/// The size that a header names.
pub(crate) fn size_of(block: &[u8; BLOCK]) -> Option<u64> {
    Header::from_byte_slice(block).entry_size().ok()
}

/// Zero bytes that follow a content of this size.
pub(crate) fn padding(size: u64) -> usize {
    let over = usize::try_from(size % BLOCK as u64).unwrap_or(0);
    (BLOCK - over) % BLOCK
}

/// Writes a member.
///
/// # Errors
/// If the name does not fit, or from the output.
pub fn append(out: &mut impl Write, name: &str, bytes: &[u8]) -> Result<(), Error> {
    let header = header(name, bytes.len() as u64).ok_or_else(|| Error::Member {
        name: name.to_owned(),
        why: "the bundle's format has no room for this name or size",
    })?;
    out.write_all(&header)?;
    out.write_all(bytes)?;
    io::copy(
        &mut io::repeat(0).take(padding(bytes.len() as u64) as u64),
        out,
    )?;
    Ok(())
}

/// Writes the end: two zero blocks.
///
/// # Errors
/// From the output.
pub fn end(out: &mut impl Write) -> io::Result<()> {
    out.write_all(&[0; 2 * BLOCK])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn names_that_leave_the_folder_or_hide_do_not_fit() {
        for good in ["manifest.ndjson", "packs/us-1260h.toml", "a", "a-b_c.d/e"] {
            assert!(name_fits(good), "{good}");
        }
        let long = "a".repeat(100);
        for bad in [
            "",
            "/a",
            "a/",
            "a//b",
            "../a",
            "a/../b",
            ".a",
            "a/.b",
            "A",
            "a b",
            "a\\b",
            "a\nb",
            "ä",
            long.as_str(),
        ] {
            assert!(!name_fits(bad), "{bad}");
        }
    }

    #[test]
    fn an_ordinary_tar_reader_opens_it() {
        let mut bytes = Vec::new();
        append(&mut bytes, "a/b.txt", b"hello").unwrap();
        append(&mut bytes, "c", &[7; 512]).unwrap();
        end(&mut bytes).unwrap();
        assert_eq!(bytes.len(), 6 * BLOCK);
        let mut archive = tar::Archive::new(bytes.as_slice());
        let mut seen = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut content = Vec::new();
            entry.read_to_end(&mut content).unwrap();
            seen.push((entry.path().unwrap().display().to_string(), content));
        }
        assert_eq!(
            seen,
            [
                ("a/b.txt".to_owned(), b"hello".to_vec()),
                ("c".to_owned(), vec![7; 512])
            ]
        );
    }
}
