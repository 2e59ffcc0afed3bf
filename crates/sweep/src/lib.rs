//! The pipeline: finds evidence, reads it, runs the stages. Threads, limits, progress and cancellation
//! live here and nowhere else; the result is the same for any number of threads.
//!
//! - [`input`]: which files are evidence, and what is known about each
//! - [`read`]: one source through its reader
//! - [`store`]: the file `observations.ndjson.zst`
//! - [`progress`]: what a long run tells

pub mod input;
pub mod names;
pub mod progress;
pub mod read;
pub mod store;

pub use input::Input;
pub use progress::{Progress, Silent};
pub use read::{Reading, read_all};
