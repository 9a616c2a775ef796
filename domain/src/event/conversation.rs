//! What happens to a conversation, in the order of its life.

use serde::{Deserialize, Serialize};

use super::file::File;
use super::page::{Page, Presence};
use super::payload::{Cause, Closing, EndReason, RefusalReason, ReleaseReason, Source, Target};
use super::request::Request;
use crate::Instant;
use crate::id::{OperatorId, SurveyId};
use crate::personal::Personal;
use crate::settings::Phrase;
use crate::settings::surveys::{Answers, Audience};
use crate::text::{Address, Note, Text};

/// What happens to a conversation.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConversationFact {
    /// A visitor asks for an operator. Refused, queued or assigned always follows at once.
    Requested(Box<Request>),
    /// The visitor of a conversation that was kept open asks again: a new segment begins.
    RequestedAgain(Box<Request>),
    /// Nobody will answer: the conversation is over.
    Refused {
        /// Why.
        reason: RefusalReason,
    },
    /// The visitor waits.
    Queued {
        /// The visitor's position at that time, from 1.
        position: usize,
    },
    /// The visitor who waits has come to a position that is told.
    QueueAdvanced {
        /// The position now, from 1.
        position: usize,
    },
    /// An operator has it on the desk, flashing until picked up.
    Assigned,
    /// A supervisor took it from the queue and put it on the desk of an operator.
    AssignedByHand {
        /// Past the receiver's capacity, status or skills.
        forced: bool,
    },
    /// The visitor gave up waiting for somebody to pick up, in the queue or on a tab that flashes, or, by the
    /// system, left the site: the conversation is over.
    Left,
    /// Nobody answered, and nobody will: the conversation is over.
    Released {
        /// Why.
        reason: ReleaseReason,
    },
    /// The operator opened the flashing tab and takes the conversation in charge.
    PickedUp,
    /// Somebody said something.
    MessagePosted {
        /// The sequence number of the message in the conversation, from 1 and without gaps.
        number: u32,
        /// In whose voice the others see it; the true author is the event's.
        voice: Voice,
        /// Which phrase it was, when Pupitre said it.
        phrase: Option<Phrase>,
        /// What was said.
        text: Personal<Text>,
        /// The knowledge article it was taken from (since version 1.1).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        source: Option<Source>,
    },
    /// The operator in charge or a supervisor said something that the visitor never sees.
    InternalMessagePosted {
        /// What was said.
        text: Personal<Text>,
    },
    /// The visitor has been away from the page for long, is back, or has left the site.
    VisitorPresence {
        /// Where the visitor is now.
        presence: Presence,
    },
    /// The visitor has gone to another page of the site.
    PageChanged {
        /// Which one.
        page: Page,
    },
    /// The operator is writing to a visitor who waits for an answer: the clock of the automatic transfer
    /// starts again. Older logs have it; today it is `Typing`.
    OperatorTyped,
    /// Somebody is writing whose silence a clock counts: it starts again at `until`. Recorded when a signal comes that
    /// the record before does not cover, and not for every key.
    Typing {
        /// Who writes: the visitor or the operator.
        voice: Voice,
        /// Until when this record stands for whoever writes.
        #[serde(with = "crate::instant")]
        until: Instant,
    },
    /// The conversation moved from one operator to another, because somebody wanted so.
    Transferred {
        /// Who had it.
        from: OperatorId,
        /// What was asked for: that operator, or anyone with that skill.
        target: Target,
        /// For the receiver only.
        note: Option<Personal<Note>>,
        /// A supervisor pushed it past the receiver's capacity or status.
        forced: bool,
    },
    /// The conversation moved from one operator to another by rule.
    AutoTransferred {
        /// Who had it.
        from: OperatorId,
        /// Why.
        cause: Cause,
        /// The visitor is not shown, by `auto_transfer_notice` (since version 1.1).
        #[serde(default, skip_serializing_if = "is_false")]
        hidden: bool,
    },
    /// The operator is inactive, and nobody else has room: it stays, and goes to the first who has.
    AutoTransferFailed {
        /// When it is tried again at the latest; older logs have it, today it is left open.
        #[serde(default, with = "crate::instant::optional")]
        again_at: Option<Instant>,
    },
    /// The operator was disconnected and nobody has room: back to the queue, with the time of the request.
    ReturnedToQueue {
        /// Who had it.
        from: OperatorId,
        /// The position, from 1.
        position: usize,
    },
    /// The visitor did not reply to the operator for long: the follow-up phrase is due.
    FollowedUp,
    /// The operator is looking for information: the search phrase is due.
    SearchNoticed {
        /// When the next one comes, if this lasts; never, when the phrase was switched off meanwhile.
        #[serde(default, with = "crate::instant::optional")]
        again_at: Option<Instant>,
    },
    /// The operator has begun to look for information, or has stopped: the visitor is shown.
    OperatorSearches {
        /// Whether it is so.
        searching: bool,
    },
    /// The visitor has been silent for long and was warned.
    TimeoutAnnounced {
        /// When the livechat ends if the visitor stays silent.
        #[serde(with = "crate::instant")]
        ends_at: Instant,
    },
    /// Marked as important, or not any more.
    ImportanceMarked {
        /// Whether it is.
        important: bool,
    },
    /// The operator asks the manager for help.
    HelpCalled {
        /// What it is about.
        note: Option<Personal<Note>>,
    },
    /// A supervisor takes care of the call for help.
    HelpTaken,
    /// The call for help is settled.
    HelpDone,
    /// The operator asks the visitor for a file.
    FileRequested {
        /// Which one.
        note: Option<Personal<Note>>,
    },
    /// A file was sent; here is what is known of it.
    FileSent {
        /// Whose.
        voice: Voice,
        /// What is known of it.
        file: File,
    },
    /// The operator wants a copy at the operator's own address.
    CopyMailed {
        /// The address.
        to: Personal<Address>,
    },
    /// A survey waits for its answers.
    SurveyAsked {
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
    /// The survey is on the screen of whoever is asked.
    SurveyOpened {
        /// Who is asked.
        audience: Audience,
        /// The number of the segment of the conversation, from 1 (since version 1.1; before, segments were not
        /// distinguished, and it is read as the first).
        #[serde(default = "first_segment", skip_serializing_if = "is_first_segment")]
        segment: u32,
    },
    /// This attempt was given up; the survey still waits.
    SurveyCancelled {
        /// Who is asked.
        audience: Audience,
        /// The number of the segment of the conversation, from 1 (since version 1.1; before, segments were not
        /// distinguished, and it is read as the first).
        #[serde(default = "first_segment", skip_serializing_if = "is_first_segment")]
        segment: u32,
    },
    /// The survey is answered.
    SurveyAnswered {
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
        #[serde(default, with = "crate::instant::optional")]
        opened_at: Option<Instant>,
        /// What was answered.
        answers: Answers,
    },
    /// The survey stays unanswered.
    SurveyClosed {
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
    /// The livechat is over.
    Ended {
        /// Why.
        reason: EndReason,
    },
    /// The conversation stays open after the end of the livechat: the visitor goes on with the bot.
    KeptOpen {
        /// Until when the visitor may ask again.
        #[serde(with = "crate::instant")]
        until: Instant,
    },
    /// The conversation that was kept open is over.
    Closed,
}

const fn first_segment() -> u32 {
    1
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_first_segment(segment: &u32) -> bool {
    *segment == 1
}

/// In whose voice a message is heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Voice {
    /// The visitor's.
    Visitor,
    /// The operator's (a supervisor may borrow it).
    Operator,
    /// Pupitre's.
    System,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "as serde calls it")]
const fn is_false(value: &bool) -> bool {
    !*value
}

impl ConversationFact {
    /// Who had the conversation before, when this moves it from a desk: to another, or to the queue.
    pub const fn taken_from(&self) -> Option<&OperatorId> {
        match self {
            Self::Transferred { from, .. }
            | Self::AutoTransferred { from, .. }
            | Self::ReturnedToQueue { from, .. } => Some(from),
            Self::Requested(_)
            | Self::RequestedAgain(_)
            | Self::Refused { .. }
            | Self::Queued { .. }
            | Self::QueueAdvanced { .. }
            | Self::Assigned
            | Self::AssignedByHand { .. }
            | Self::Left
            | Self::Released { .. }
            | Self::PickedUp
            | Self::MessagePosted { .. }
            | Self::InternalMessagePosted { .. }
            | Self::VisitorPresence { .. }
            | Self::PageChanged { .. }
            | Self::OperatorTyped
            | Self::Typing { .. }
            | Self::AutoTransferFailed { .. }
            | Self::FollowedUp
            | Self::SearchNoticed { .. }
            | Self::OperatorSearches { .. }
            | Self::TimeoutAnnounced { .. }
            | Self::ImportanceMarked { .. }
            | Self::HelpCalled { .. }
            | Self::HelpTaken
            | Self::HelpDone
            | Self::FileRequested { .. }
            | Self::FileSent { .. }
            | Self::CopyMailed { .. }
            | Self::SurveyAsked { .. }
            | Self::SurveyOpened { .. }
            | Self::SurveyCancelled { .. }
            | Self::SurveyAnswered { .. }
            | Self::SurveyClosed { .. }
            | Self::Ended { .. }
            | Self::KeptOpen { .. }
            | Self::Closed => None,
        }
    }

    /// Does a visitor who waits come to a desk by this?
    pub const fn is_assignment(&self) -> bool {
        matches!(self, Self::Assigned | Self::AssignedByHand { .. })
    }

    /// Is the conversation, or this segment of it, over with this?
    pub const fn is_end(&self) -> bool {
        match self {
            Self::Refused { .. } | Self::Left | Self::Released { .. } | Self::Ended { .. } => true,
            Self::Requested(_)
            | Self::RequestedAgain(_)
            | Self::Queued { .. }
            | Self::QueueAdvanced { .. }
            | Self::Assigned
            | Self::AssignedByHand { .. }
            | Self::PickedUp
            | Self::MessagePosted { .. }
            | Self::InternalMessagePosted { .. }
            | Self::VisitorPresence { .. }
            | Self::PageChanged { .. }
            | Self::OperatorTyped
            | Self::Typing { .. }
            | Self::Transferred { .. }
            | Self::AutoTransferred { .. }
            | Self::AutoTransferFailed { .. }
            | Self::ReturnedToQueue { .. }
            | Self::FollowedUp
            | Self::SearchNoticed { .. }
            | Self::OperatorSearches { .. }
            | Self::TimeoutAnnounced { .. }
            | Self::ImportanceMarked { .. }
            | Self::HelpCalled { .. }
            | Self::HelpTaken
            | Self::HelpDone
            | Self::FileRequested { .. }
            | Self::FileSent { .. }
            | Self::CopyMailed { .. }
            | Self::SurveyAsked { .. }
            | Self::SurveyOpened { .. }
            | Self::SurveyCancelled { .. }
            | Self::SurveyAnswered { .. }
            | Self::SurveyClosed { .. }
            | Self::KeptOpen { .. }
            | Self::Closed => false,
        }
    }

    pub(super) const fn name(&self) -> &'static str {
        match self {
            Self::Requested(_) => "conversation.requested",
            Self::RequestedAgain(_) => "conversation.requested_again",
            Self::Refused { .. } => "conversation.refused",
            Self::Queued { .. } => "conversation.queued",
            Self::QueueAdvanced { .. } => "conversation.queue_advanced",
            Self::Assigned => "conversation.assigned",
            Self::AssignedByHand { .. } => "conversation.assigned_by_hand",
            Self::Left => "conversation.left",
            Self::Released { .. } => "conversation.released",
            Self::PickedUp => "conversation.picked_up",
            Self::MessagePosted { .. } => "conversation.message_posted",
            Self::InternalMessagePosted { .. } => "conversation.internal_message_posted",
            Self::VisitorPresence { .. } => "conversation.visitor_presence",
            Self::PageChanged { .. } => "conversation.page_changed",
            Self::OperatorTyped => "conversation.operator_typed",
            Self::Typing { .. } => "conversation.typing",
            Self::Transferred { .. } => "conversation.transferred",
            Self::AutoTransferred { .. } => "conversation.auto_transferred",
            Self::AutoTransferFailed { .. } => "conversation.auto_transfer_failed",
            Self::ReturnedToQueue { .. } => "conversation.returned_to_queue",
            Self::FollowedUp => "conversation.followed_up",
            Self::SearchNoticed { .. } => "conversation.search_noticed",
            Self::OperatorSearches { .. } => "conversation.operator_searches",
            Self::TimeoutAnnounced { .. } => "conversation.timeout_announced",
            Self::ImportanceMarked { .. } => "conversation.importance_marked",
            Self::HelpCalled { .. } => "conversation.help_called",
            Self::HelpTaken => "conversation.help_taken",
            Self::HelpDone => "conversation.help_done",
            Self::FileRequested { .. } => "conversation.file_requested",
            Self::FileSent { .. } => "conversation.file_sent",
            Self::CopyMailed { .. } => "conversation.copy_mailed",
            Self::SurveyAsked { .. } => "conversation.survey_asked",
            Self::SurveyOpened { .. } => "conversation.survey_opened",
            Self::SurveyCancelled { .. } => "conversation.survey_cancelled",
            Self::SurveyAnswered { .. } => "conversation.survey_answered",
            Self::SurveyClosed { .. } => "conversation.survey_closed",
            Self::Ended { .. } => "conversation.ended",
            Self::KeptOpen { .. } => "conversation.kept_open",
            Self::Closed => "conversation.closed",
        }
    }

    pub(super) const fn version(&self) -> &'static str {
        match self {
            Self::MessagePosted { source: Some(_), .. }
            | Self::AutoTransferred { hidden: true, .. }
            | Self::SurveyAsked { segment: 2.., .. }
            | Self::SurveyOpened { segment: 2.., .. }
            | Self::SurveyCancelled { segment: 2.., .. }
            | Self::SurveyAnswered { segment: 2.., .. }
            | Self::SurveyClosed { segment: 2.., .. } => "1.1",
            Self::Requested(request) | Self::RequestedAgain(request) if request.visitor.authenticated => {
                "1.1"
            }
            Self::Requested(_)
            | Self::RequestedAgain(_)
            | Self::Refused { .. }
            | Self::Queued { .. }
            | Self::QueueAdvanced { .. }
            | Self::Assigned
            | Self::AssignedByHand { .. }
            | Self::Left
            | Self::Released { .. }
            | Self::PickedUp
            | Self::MessagePosted { source: None, .. }
            | Self::InternalMessagePosted { .. }
            | Self::VisitorPresence { .. }
            | Self::PageChanged { .. }
            | Self::OperatorTyped
            | Self::Typing { .. }
            | Self::Transferred { .. }
            | Self::AutoTransferred { hidden: false, .. }
            | Self::AutoTransferFailed { .. }
            | Self::ReturnedToQueue { .. }
            | Self::FollowedUp
            | Self::SearchNoticed { .. }
            | Self::OperatorSearches { .. }
            | Self::TimeoutAnnounced { .. }
            | Self::ImportanceMarked { .. }
            | Self::HelpCalled { .. }
            | Self::HelpTaken
            | Self::HelpDone
            | Self::FileRequested { .. }
            | Self::FileSent { .. }
            | Self::CopyMailed { .. }
            | Self::SurveyAsked { .. }
            | Self::SurveyOpened { .. }
            | Self::SurveyCancelled { .. }
            | Self::SurveyAnswered { .. }
            | Self::SurveyClosed { .. }
            | Self::Ended { .. }
            | Self::KeptOpen { .. }
            | Self::Closed => "1.0",
        }
    }
}
