//! Changes of operator that a visitor is not shown (spec.md §Timeouts, `auto_transfer_notice`).
//!
//! The event of the transfer says whether it is hidden. The pick-up that follows is hidden with it, once the visitor
//! has met an operator at all; a change that is told ends it. Whoever waits in the queue again, or asks again, is as one
//! who has met nobody.

use std::ops::ControlFlow;

use domain::{
    Attention, ConversationFact, ConversationId, Exchange, Fact, Flow, LivechatId, Notice, SurveyStep, Visit,
};
use journal::{Position, Record};

use crate::app::App;

/// What of a conversation is hidden from its visitor, up to some position.
#[derive(Clone, Copy, Debug, Default)]
pub struct HiddenTransfers {
    /// The visitor has met an operator.
    met: bool,
    /// Another one has it since then, and the visitor does not know.
    changed: bool,
}

impl HiddenTransfers {
    /// As it is after a position of the log; as at the beginning, when that cannot be read.
    pub async fn at(app: &App, livechat: &LivechatId, id: ConversationId, after: Position) -> Self {
        let mut hidden = Self::default();
        let step = |record: Record| {
            if record.position > after {
                return ControlFlow::Break(());
            }
            if let Fact::Conversation { fact, .. } = &record.event.fact {
                hidden.hides(fact);
            }
            ControlFlow::Continue(())
        };
        if after > 0
            && let Err(error) = app.journal.each_of_conversation(livechat, id, 0, step).await
        {
            tracing::warn!(%error, "cannot read which transfers are hidden from a visitor");
        }
        hidden
    }

    /// Goes on with the next event of the conversation; tells whether that is hidden.
    pub fn hides(&mut self, fact: &ConversationFact) -> bool {
        match fact {
            ConversationFact::Flow(Flow::AutoTransferred { hidden: true, .. }) => self.changes(),
            ConversationFact::Flow(Flow::PickedUp) => self.is_picked_up(),
            ConversationFact::Flow(
                Flow::AutoTransferred { hidden: false, .. } | Flow::Transferred { .. },
            ) => {
                self.is_shown();
                false
            }
            ConversationFact::Flow(Flow::ReturnedToQueue { .. } | Flow::RequestedAgain(_)) => {
                self.waits_again();
                false
            }
            ConversationFact::Flow(
                Flow::Requested(_)
                | Flow::Refused { .. }
                | Flow::Queued { .. }
                | Flow::QueueAdvanced { .. }
                | Flow::Assigned
                | Flow::AssignedByHand { .. }
                | Flow::Left
                | Flow::Released { .. }
                | Flow::AutoTransferFailed { .. }
                | Flow::Ended { .. }
                | Flow::KeptOpen { .. }
                | Flow::Closed,
            )
            | ConversationFact::Exchange(
                Exchange::MessagePosted { .. }
                | Exchange::InternalMessagePosted { .. }
                | Exchange::OperatorTyped
                | Exchange::Typing { .. }
                | Exchange::FileRequested { .. }
                | Exchange::FileSent { .. }
                | Exchange::CopyMailed { .. },
            )
            | ConversationFact::Visit(Visit::VisitorPresence { .. } | Visit::PageChanged { .. })
            | ConversationFact::Notice(
                Notice::FollowedUp
                | Notice::SearchNoticed { .. }
                | Notice::OperatorSearches { .. }
                | Notice::TimeoutAnnounced { .. },
            )
            | ConversationFact::Attention(
                Attention::ImportanceMarked { .. }
                | Attention::HelpCalled { .. }
                | Attention::HelpTaken
                | Attention::HelpDone,
            )
            | ConversationFact::Survey(
                SurveyStep::Asked { .. }
                | SurveyStep::Opened { .. }
                | SurveyStep::Cancelled { .. }
                | SurveyStep::Answered { .. }
                | SurveyStep::Closed { .. },
            ) => false,
        }
    }

    /// Another operator has it, which is hidden.
    pub const fn changes(&mut self) -> bool {
        self.changed = self.changed || self.met;
        true
    }

    /// Whoever has it has picked it up; tells whether that is hidden.
    pub const fn is_picked_up(&mut self) -> bool {
        self.met = true;
        self.changed
    }

    /// Is somebody else in charge than the visitor knows?
    pub const fn is_changed(self) -> bool {
        self.changed
    }

    /// The visitor waits for somebody, as at the beginning.
    pub const fn waits_again(&mut self) {
        (self.met, self.changed) = (false, false);
    }

    /// The visitor is shown who has it from here on.
    pub const fn is_shown(&mut self) {
        self.changed = false;
    }
}
