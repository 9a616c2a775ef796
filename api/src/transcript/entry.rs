//! A thing said or done, in words, and the side of the page on which it is set.

use chrono::{DateTime, FixedOffset};
use serde::Serialize;
use utoipa::ToSchema;

/// A thing said or done.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    /// When, by the clocks of the livechat.
    pub at: DateTime<FixedOffset>,
    /// The side on which it is set.
    pub side: Side,
    /// The person who said or did it; none if the rules decided it, or if the text names them.
    pub author: Option<String>,
    /// Its origin, for the staff: the true author, the article.
    pub aside: Option<String>,
    /// What was said, or what happened.
    pub text: String,
    /// The questions of a survey with their answers.
    pub answers: Vec<Answered>,
}

/// The side on which an entry is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// Said by the visitor.
    Visitor,
    /// Said in the voice of the operator.
    Operator,
    /// Said by Pupitre or by the bot before.
    Automatic,
    /// Said among the staff.
    Internal,
    /// Not said: it happened.
    Event,
}

/// A question of a survey and what was answered to it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Answered {
    /// The question, in the language of the reader if there is one in it.
    pub question: String,
    /// The answer in words: `4 / 5` for a rating, the labels of what was chosen; absent when there is none.
    pub answer: Option<String>,
}
