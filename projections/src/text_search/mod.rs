//! The words of a text, as a search compares them: without case, accents or endings, in French and in
//! English alike. [`fold`] says what is one letter in which script, and [`runs`] what a word is in those that have
//! no spaces.
//!
//! Endings are taken off lightly (plural, feminine, `-y`/`-ies`): enough that "résiliations" finds
//! "résiliation", little enough that nothing surprising is found. One rule serves both languages, since a query does
//! not state its language. Transcripts, articles and canned replies are searched by the same rule: [`query`] is the
//! syntax of a query, and which words it matches.

mod excerpt;
mod fold;
mod query;
mod runs;
mod words;

pub use excerpt::{Fragment, passage};
pub(crate) use excerpt::{NOT_MEANT, TokenSpan, excerpt};
pub use query::{Term, Wrong};
pub use runs::Word;
pub(crate) use words::known_by;
pub use words::{each_stem, each_word, is_ignored, stem};
