//! Why a command about a conversation is refused.

use crate::id::{ConversationId, OperatorId, SkillId, StaffId};

/// The refusal of a command about one conversation.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Rejection {
    /// Unknown, or ended long ago.
    #[error("there is no live conversation {0}")]
    Unknown(ConversationId),
    /// It is over: nobody can add to it.
    #[error("conversation {0} is over")]
    Over(ConversationId),
    /// The id was already used by another request.
    #[error("conversation {0} exists already")]
    Exists(ConversationId),
    /// One visitor has one live conversation at a time, so that a double click does not take two operators.
    #[error("this visitor is already in conversation {0}")]
    AlreadyInConversation(ConversationId),
    /// Another person's conversation.
    #[error("conversation {0} is not yours")]
    NotYours(ConversationId),
    /// Only a visitor who waits can leave the queue.
    #[error("conversation {0} is not waiting")]
    NotWaiting(ConversationId),
    /// Nobody is in charge yet.
    #[error("conversation {0} is not assigned to an operator")]
    NotAssigned(ConversationId),
    /// The operator has to pick up first.
    #[error("conversation {0} has not been picked up")]
    NotPickedUp(ConversationId),
    /// Only a conversation that ended and was kept open can be asked for again, or closed.
    #[error("conversation {0} has not ended")]
    NotEnded(ConversationId),
    /// Nobody called for help.
    #[error("nobody called for help in conversation {0}")]
    NoCallForHelp(ConversationId),
    /// Another supervisor takes care of it.
    #[error("supervisor {0} takes care of this call for help")]
    HelpTaken(StaffId),
    /// A visitor sends a file only when asked for one.
    #[error("no file was asked for in conversation {0}")]
    NoFileRequested(ConversationId),
    /// The operator has no address to mail to.
    #[error("operator {0} has no e-mail address in the profile")]
    NoAddress(OperatorId),
    /// No survey waits for this answer.
    #[error("no survey of conversation {0} waits for your answer")]
    NoSurvey(ConversationId),
    /// Surveys of several segments wait, and the command does not say which.
    #[error("surveys of several segments of conversation {0} wait: say which segment is meant")]
    SegmentNeeded(ConversationId),
    /// The survey was sent before.
    #[error("a survey was sent in conversation {0} already")]
    SurveySent(ConversationId),
    /// The conversation has reached its maximum length.
    #[error("conversation {0} has as many messages as a conversation may have: 10000")]
    TooLong(ConversationId),
    /// The visitor went to more pages than are recorded.
    #[error("conversation {0} has as many pages as a conversation may have: 1000")]
    TooManyPages(ConversationId),
    /// The receiver of a transfer already has it.
    #[error("operator {0} already has this conversation")]
    AlreadyThere(OperatorId),
    /// The receiver of a transfer may not receive.
    #[error("operator {0} does not receive conversations now")]
    NotReceiving(OperatorId),
    /// The receiver of a transfer has no room.
    #[error("operator {0} has no room for another conversation")]
    NoRoom(OperatorId),
    /// The receiver of a transfer lacks the skill the conversation asks for.
    #[error("operator {operator} does not have the skill {skill}")]
    MissingSkill {
        /// The receiver.
        operator: OperatorId,
        /// What the conversation asks for.
        skill: SkillId,
    },
    /// No operator with that skill has room.
    #[error("no other operator with the skill {0} has room now")]
    NobodyFree(SkillId),
}

impl Rejection {
    pub(crate) const fn code(&self) -> &'static str {
        match self {
            Self::Unknown(_) => "unknown_conversation",
            Self::Over(_) => "conversation_over",
            Self::Exists(_) => "conversation_exists",
            Self::AlreadyInConversation(_) => "already_in_conversation",
            Self::NotYours(_) => "not_your_conversation",
            Self::NotWaiting(_) => "not_waiting",
            Self::NotAssigned(_) => "not_assigned",
            Self::NotPickedUp(_) => "not_picked_up",
            Self::NotEnded(_) => "not_ended",
            Self::NoCallForHelp(_) => "no_call_for_help",
            Self::HelpTaken(_) => "help_taken",
            Self::NoFileRequested(_) => "no_file_requested",
            Self::NoAddress(_) => "no_address",
            Self::NoSurvey(_) => "no_survey",
            Self::SegmentNeeded(_) => "segment_needed",
            Self::SurveySent(_) => "survey_sent",
            Self::TooLong(_) => "conversation_too_long",
            Self::TooManyPages(_) => "too_many_pages",
            Self::AlreadyThere(_) => "already_there",
            Self::NotReceiving(_) => "operator_not_receiving",
            Self::NoRoom(_) => "operator_has_no_room",
            Self::MissingSkill { .. } => "operator_lacks_skill",
            Self::NobodyFree(_) => "nobody_free",
        }
    }
}
