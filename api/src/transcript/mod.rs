//! The transcript of a conversation for people (spec.md §History, audit, analysts): what was said and what
//! happened, in the language of the reader and the time zone of the livechat.
//!
//! [`redaction`] reduces the lines to what a reader may know; everything after it shows all it is given.
//! [`mod@entries`] turns a line into an [`entry`], in the words of [`wording`] and [`mod@event_sentence`]; [`surveys`]
//! finds the questions that were answered. [`html`] and [`text`] only format it, page by page, so that a long
//! conversation takes no more memory than a short one.

mod entries;
mod entry;
mod event_sentence;
mod format;
mod head;
mod html;
mod line_renderer;
pub mod redaction;
mod rendered_line;
mod shown_line;
mod size;
mod surveys;
mod text;
mod typesetter;
mod wording;

pub use entry::{Answered, Entry, Side};
pub use format::{Format, Paper};
pub use head::Head;
pub use line_renderer::LineRenderer;
pub use rendered_line::TranscriptLine;
pub use shown_line::{Content, Move, ShownLine};
pub use surveys::KnownSurveys;
pub use typesetter::Typesetter;
