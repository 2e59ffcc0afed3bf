//! Drafts of statements that people must sign: what the report knows is filled in, everything else is a
//! blank, and nothing is concluded. One content, three renderings: Markdown, HTML, DOCX.
//!
//! - [`draft`]: a draft as data
//! - [`contents`]: which statement says what
//! - [`markdown`], [`html`], [`docx`]: the renderings

pub mod contents;
pub mod docx;
pub mod draft;
pub mod html;
pub mod markdown;

pub use contents::{Given, Kind, draft};
pub use docx::docx;
pub use draft::{BLANK, CHOICE, Draft};
pub use html::html;
pub use markdown::markdown;
