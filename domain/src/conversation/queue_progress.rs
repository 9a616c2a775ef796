//! Progress in the queue (spec.md §Routing: the visitor sees position and estimated wait, updated as they
//! change; phrase `queue_progress`).
//!
//! The live position is for the page to show. The events and the phrase come when a visitor reaches one of
//! the [`MILESTONES`], so that a queue of a thousand does not send a thousand messages whenever one visitor leaves it;
//! no visitor is sent the same position twice, nor a worse one than before.

use crate::event::{ConversationFact, Fact, Flow};
use crate::state::Livechat;

/// The positions that are announced.
pub const MILESTONES: [usize; 8] = [1, 2, 3, 5, 10, 20, 50, 100];

/// The visitors who have reached a milestone now that another has left the queue.
pub(crate) fn reached(livechat: &Livechat) -> Vec<Fact> {
    let mut told = vec![];
    let mut milestones = MILESTONES.iter().peekable();
    for (index, place) in livechat.queue().iter().enumerate() {
        let position = index + 1;
        let Some(next) = milestones.peek() else { break };
        if position < **next {
            continue;
        }
        milestones.next();
        let before = livechat.conversation(place.conversation).and_then(|waits| waits.announced_position);
        if before.is_some_and(|before| before > position) {
            let fact = ConversationFact::Flow(Flow::QueueAdvanced { position });
            told.push(Fact::conversation(place.conversation, None, fact));
        }
    }
    told
}
