//! Changes of operator that a visitor is not shown (spec.md §Timeouts, `auto_transfer_notice`).
//!
//! The event of the transfer says whether it is hidden. The pick-up that follows is hidden with it, once the visitor
//! has met an operator at all; a change that is shown ends it. A visitor who waits in the queue again, or asks again,
//! counts as having met nobody.

use std::ops::ControlFlow;

use domain::{ConversationFact, ConversationId, Fact, Flow, LivechatId};
use journal::{Position, Record};

use crate::app::App;

/// The changes hidden from the visitor of a conversation, up to some position.
#[derive(Clone, Copy, Debug, Default)]
pub struct HiddenTransfers {
    /// The visitor has met an operator.
    met: bool,
    /// Another one has it since then, and the visitor does not know.
    changed: bool,
}

impl HiddenTransfers {
    /// The state after a position of the log; that of the beginning if the log cannot be read.
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

    /// Applies the next event of the conversation; returns whether that is hidden.
    pub const fn hides(&mut self, fact: &ConversationFact) -> bool {
        match fact {
            ConversationFact::Flow(fact) => self.hides_flow(fact),
            ConversationFact::Exchange(_)
            | ConversationFact::Notice(_)
            | ConversationFact::Attention(_)
            | ConversationFact::Visit(_)
            | ConversationFact::Survey(_) => false,
        }
    }

    const fn hides_flow(&mut self, fact: &Flow) -> bool {
        match fact {
            Flow::AutoTransferred { hidden: true, .. } => {
                self.changed = self.changed || self.met;
                true
            }
            Flow::PickedUp => {
                self.met = true;
                self.changed
            }
            Flow::AutoTransferred { hidden: false, .. } | Flow::Transferred { .. } => {
                self.changed = false;
                false
            }
            Flow::ReturnedToQueue { .. } | Flow::RequestedAgain(_) => {
                (self.met, self.changed) = (false, false);
                false
            }
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
            | Flow::Closed => false,
        }
    }

    /// Is another operator in charge than the visitor knows?
    pub const fn is_changed(self) -> bool {
        self.changed
    }
}
