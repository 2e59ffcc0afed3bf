//! What happens to a fleet of devices if its spares end on a day.

pub mod table;

pub use table::{Fault, Spread, Table, Value};
