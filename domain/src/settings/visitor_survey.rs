//! Visitor survey (spec.md §Visitor survey): what the visitor is asked about the conversation.

use serde::{Deserialize, Serialize};

use crate::id::SurveyId;

/// The visitor survey section.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct VisitorSurvey {
    /// Which survey is sent at the end of each conversation, one for visitors; none by default.
    pub survey: Option<SurveyId>,
    /// Whether the operator may send one by hand: no by default.
    pub operator_may_send: bool,
}
