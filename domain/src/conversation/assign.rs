//! Assign by hand: a supervisor gives a visitor who waits to an operator (spec.md §Routing).
//!
//! Room and requirement are asked of the receiver as in a transfer, and a supervisor may force past them in the
//! same way: never to an operator who is not connected, and the event records it. Since no visitor waits while an
//! eligible operator has room, an assignment by hand usually has to be forced.

use serde::{Deserialize, Serialize};

use super::{timer_rules, transfer};
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Fact, Flow};
use crate::id::{ConversationId, OperatorId};
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::state::Livechat;

/// The command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ManualAssignment {
    /// Who should get it.
    pub operator: OperatorId,
    /// Push past room, status and skill.
    #[serde(default)]
    pub force: bool,
}

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    ManualAssignment { operator: to, force }: &ManualAssignment,
) -> Result<Vec<Fact>, Rejection> {
    match by {
        Actor::Supervisor(_) => {}
        Actor::Visitor(_)
        | Actor::Operator(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => {
            return Err(Rejection::Forbidden {
                role: by.role(),
                action: both("assign a conversation", "attribuer une conversation"),
            });
        }
    }
    let conversation = livechat.live_conversation(id)?;
    if !conversation.is_waiting() {
        return Err(ConversationRejection::NotWaiting(id).into());
    }
    let receiver = livechat.known_operator(to)?;
    let forced = match transfer::obstacle(livechat, to, receiver, conversation.skill.as_ref()) {
        None => false,
        Some(_) if *force && receiver.connected_since.is_some() => true,
        Some(obstacle) => return Err(obstacle.into()),
    };
    Ok(vec![Fact::conversation(
        id,
        Some(to.clone()),
        ConversationFact::Flow(Flow::AssignedByHand { forced }),
    )])
}

/// It is on an operator's desk, given by a supervisor or by the rules.
pub(crate) fn evolve(livechat: &mut Livechat, at: Timestamp, id: ConversationId, operator: &OperatorId) {
    livechat.put_on_desk(at, id, operator);
    livechat.change_conversation(id, |conversation, settings| {
        timer_rules::assigned(conversation, &settings.timeouts, at);
    });
}
