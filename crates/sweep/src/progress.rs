//! What a long run tells while it runs.

/// Told about each source; called from several threads.
pub trait Progress: Sync {
    /// So many sources and bytes are to be read.
    fn begin(&self, sources: usize, bytes: u64);
    /// One source has been read.
    fn read(&self, path: &str, bytes: u64);
    /// Another stage has begun.
    fn stage(&self, name: &str);
}

/// Tells nothing.
#[derive(Clone, Copy, Debug, Default)]
pub struct Silent;

impl Progress for Silent {
    fn begin(&self, _: usize, _: u64) {}
    fn read(&self, _: &str, _: u64) {}
    fn stage(&self, _: &str) {}
}
