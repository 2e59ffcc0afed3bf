//! The pipeline: finds evidence, reads it, runs the stages. Threads, limits, progress and cancellation
//! live here and nowhere else; the result is the same for any number of threads.
//!
//! - [`codes`]: every code of a report, explained
//! - [`gate`]: lists judged as purchases, line by line
//! - [`input`]: which files are evidence, and what is known about each
//! - [`read`]: one source through its reader; a container through its members
//! - [`reassess`]: line-wise inventories judged again, streaming
//! - [`run`]: whole runs: scan, host, audit, assess
//! - [`store`]: the file `observations.ndjson.zst`
//! - [`stream`]: long lists as lines out while they are read
//! - [`progress`]: what a long run tells

mod additions;
pub mod codes;
mod container;
pub mod gate;
pub mod input;
// Without the feature only the word "not built" is left of it.
#[cfg_attr(
    not(all(target_os = "linux", feature = "modemmanager")),
    allow(dead_code)
)]
mod modem_manager;
pub mod names;
pub mod progress;
pub mod read;
pub mod reassess;
mod repeats;
pub mod run;
pub mod store;
mod stored;
pub mod stream;

pub use input::Input;
pub use progress::{Progress, Silent};
pub use read::{Reading, read_all};
pub use run::{Run, Settings};
