//! The steps of a survey, from being sent to its answer.

use serde::{Deserialize, Serialize};
use strum::{IntoStaticStr, VariantNames};

use super::payload::Closing;
use crate::Timestamp;
use crate::id::SurveyId;
use crate::settings::surveys::{Answers, Audience};

/// A step of a survey in a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, IntoStaticStr, VariantNames)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case", prefix = "conversation.survey_", const_into_str)]
pub enum SurveyStep {
    /// A survey waits for its answers.
    #[serde(rename = "survey_asked")]
    Asked {
        /// Who is asked.
        audience: Audience,
        /// The number of the segment of the conversation, from 1 (since version 1.1; before, segments were not
        /// distinguished, and it is read as the first).
        #[serde(default = "first_segment", skip_serializing_if = "is_first_segment")]
        segment: u32,
        /// Which survey.
        survey: SurveyId,
        /// Which version of it.
        version: u32,
    },
    /// The survey is on the screen of the visitor or operator who is asked.
    #[serde(rename = "survey_opened")]
    Opened {
        /// Who is asked.
        audience: Audience,
        /// The number of the segment of the conversation, from 1 (since version 1.1; before, segments were not
        /// distinguished, and it is read as the first).
        #[serde(default = "first_segment", skip_serializing_if = "is_first_segment")]
        segment: u32,
    },
    /// This attempt was given up; the survey still waits.
    #[serde(rename = "survey_cancelled")]
    Cancelled {
        /// Who is asked.
        audience: Audience,
        /// The number of the segment of the conversation, from 1 (since version 1.1; before, segments were not
        /// distinguished, and it is read as the first).
        #[serde(default = "first_segment", skip_serializing_if = "is_first_segment")]
        segment: u32,
    },
    /// The survey is answered.
    #[serde(rename = "survey_answered")]
    Answered {
        /// Who was asked.
        audience: Audience,
        /// The number of the segment of the conversation, from 1 (since version 1.1; before, segments were not
        /// distinguished, and it is read as the first).
        #[serde(default = "first_segment", skip_serializing_if = "is_first_segment")]
        segment: u32,
        /// Which survey.
        survey: SurveyId,
        /// Which version of it.
        version: u32,
        /// When it was opened first, if that is known.
        #[serde(default, with = "crate::timestamp::optional")]
        opened_at: Option<Timestamp>,
        /// What was answered.
        answers: Answers,
    },
    /// The survey stays unanswered.
    #[serde(rename = "survey_closed")]
    Closed {
        /// Who was asked.
        audience: Audience,
        /// The number of the segment of the conversation, from 1 (since version 1.1; before, segments were not
        /// distinguished, and it is read as the first).
        #[serde(default = "first_segment", skip_serializing_if = "is_first_segment")]
        segment: u32,
        /// Which survey.
        survey: SurveyId,
        /// Which version of it.
        version: u32,
        /// How it was closed.
        closing: Closing,
    },
}

impl SurveyStep {
    /// The number of the segment that the survey belongs to, from 1.
    pub const fn segment(&self) -> u32 {
        match self {
            Self::Asked { segment, .. }
            | Self::Opened { segment, .. }
            | Self::Cancelled { segment, .. }
            | Self::Answered { segment, .. }
            | Self::Closed { segment, .. } => *segment,
        }
    }

    /// Who is asked.
    pub const fn audience(&self) -> Audience {
        match self {
            Self::Asked { audience, .. }
            | Self::Opened { audience, .. }
            | Self::Cancelled { audience, .. }
            | Self::Answered { audience, .. }
            | Self::Closed { audience, .. } => *audience,
        }
    }

    pub(super) const fn version(&self) -> &'static str {
        if self.segment() > 1 { "1.1" } else { "1.0" }
    }
}

const fn first_segment() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_first_segment(segment: &u32) -> bool {
    *segment == 1
}
