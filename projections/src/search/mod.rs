//! Answers: in which conversations was this said (spec.md §History, audit, analysts)?
//!
//! [`lines`] is the index: one row per message and per line of the exchange with the bot, with the stems of its
//! words; a full-text index of the database finds the rows by stem. [`query`] is what is looked for, [`find`]
//! how it is found, and [`extract`] what is shown of it.
//!
//! Words are folded and stemmed by [`domain::words`] alone, in what is said and in what is looked for. Both
//! databases compare stems byte by byte, so that they give the same answers.

mod extract;
pub(crate) mod find;
pub mod lines;
pub mod query;

pub use extract::{Extract, Speaker};
pub use find::Found;
pub use lines::{SearchLine, SearchLines};
pub use query::{CHARACTERS_MAX, PREFIX_CHARACTERS_MIN, TERMS_MAX, Term, Wrong};
