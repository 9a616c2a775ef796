//! Operator survey (spec.md §Operator survey): what the operator fills in about a conversation.

use serde::{Deserialize, Serialize};

use crate::id::SurveyId;

/// The operator survey section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct OperatorSurvey {
    /// Which survey the operator gets at the end of each conversation, one for operators; none by default.
    pub survey: Option<SurveyId>,
    /// Whether it can be filled in before the end: no by default.
    pub complete_button: bool,
    /// Whether an attempt can be given up; the conversation stays where it is: no by default.
    pub cancel_button: bool,
    /// Whether it can be closed without an answer: no by default.
    pub closable_unanswered: bool,
}
