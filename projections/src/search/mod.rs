//! Answers: in which conversations was this said (spec.md §History, audit, analysts)?
//!
//! [`lines`] is the index: one row per message and per line of the exchange with the bot, with the stems of its
//! words; a full-text index of the database finds the rows by stem. [`query`] is how a term is looked for, [`find`]
//! how conversations are found, and [`extract`] what is shown of them.
//!
//! Words are folded and stemmed, and what is looked for is understood, by [`crate::text_search`] alone. Both databases compare stems byte by byte, so that they give the same answers.

mod extract;
pub(crate) mod find;
pub mod lines;
pub(crate) mod query;

pub use extract::{Extract, Speaker};
pub use find::Found;
pub use lines::{SearchLine, SearchLines};
