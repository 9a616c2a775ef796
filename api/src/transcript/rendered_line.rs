//! A line as JSON: the line itself, and its wording.

use chrono::{DateTime, FixedOffset};
use projections::transcript::LineRow;
use serde::Serialize;
use utoipa::ToSchema;

use super::entry::{Answered, Side};
use super::line_renderer::LineRenderer;
use super::shown_line::ShownLine;

/// One line, as it is stored, with its wording.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TranscriptLine {
    #[serde(flatten)]
    line: LineRow,
    /// When, by the clocks of the livechat, with the offset from UTC.
    #[schema(value_type = String, example = "2027-01-15T13:00:00.000+01:00")]
    local_time: String,
    /// The speaker, or the author where `words` leave that open; absent when the rules decided it.
    by: Option<String>,
    /// What happened, in words; absent for a message, which is in `text`.
    words: Option<String>,
    /// Its origin, for the staff: the true author, the article.
    aside: Option<String>,
    /// The questions of a survey that was answered, in its order, with their answers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    answers: Vec<Answered>,
}

impl TranscriptLine {
    /// A line, with its wording.
    pub(crate) fn of(renderer: &LineRenderer, line: ShownLine) -> Self {
        let entry = renderer.entry(&line);
        let words = (entry.side == Side::Event).then_some(entry.text);
        let (local_time, by) = (with_offset(entry.at), entry.author);
        Self { line: line.into(), local_time, by, words, aside: entry.aside, answers: entry.answers }
    }
}

fn with_offset(at: DateTime<FixedOffset>) -> String {
    at.to_rfc3339_opts(chrono::SecondsFormat::Millis, false)
}
