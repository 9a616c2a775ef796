//! Transfer: to an operator, or to anyone with a skill (spec.md §Routing, manual transfer).
//!
//! By the operator in charge or a supervisor, before or after pick-up. An operator chooses a colleague only
//! while the desk option `list_operators` is on; a skill can always be asked for. Room and requirement are
//! asked of the receiver; only a supervisor may force, past room, status and skill but never to an operator who is not
//! connected, and the event records it. The receiver has to pick up again.

use crate::event::Target;
use serde::{Deserialize, Serialize};

use super::timer_rules;
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::{ConversationFact, Fact, Flow};
use crate::id::{ConversationId, OperatorId, SkillId};
use crate::personal::Personal;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::DeskOption;
use crate::state::Livechat;
use crate::state::Operator;
use crate::state::Passes;
use crate::text::Note;

/// The command.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Who should get it.
    pub to: Target,
    /// For the receiver only.
    #[serde(default)]
    pub note: Option<Personal<Note>>,
    /// Push past the rules; supervisors only.
    #[serde(default)]
    pub force: bool,
}

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    transfer: &Transfer,
) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let from = match by {
        Actor::Supervisor(_) => conversation.operator().ok_or(ConversationRejection::NotAssigned(id))?,
        Actor::Operator(_) if transfer.force => {
            return Err(Rejection::Forbidden {
                role: by.role(),
                action: both("force a transfer", "forcer un transfert"),
            });
        }
        Actor::Operator(_)
        | Actor::Visitor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => super::roles::operator_in_charge(
            conversation,
            id,
            by,
            both("transfer a conversation", "transférer une conversation"),
        )?,
    };
    let (to, forced) = match &transfer.to {
        Target::Operator(to) => {
            livechat.settings().desk.allow(DeskOption::ListOperators, by)?;
            let receiver = livechat.known_operator(to)?;
            let obstacle = if to == from {
                Some(ConversationRejection::AlreadyThere(to.clone()))
            } else {
                obstacle(livechat, to, receiver, conversation.skill.as_ref())
            };
            match obstacle {
                None => (to.clone(), false),
                Some(_) if transfer.force && to != from && receiver.connected_since.is_some() => {
                    (to.clone(), true)
                }
                Some(obstacle) => return Err(obstacle.into()),
            }
        }
        Target::Skill(skill) => (somebody_with(livechat, from, skill)?, false),
    };
    Ok(vec![Fact::conversation(
        id,
        Some(to),
        ConversationFact::Flow(Flow::Transferred {
            from: from.clone(),
            target: transfer.to.clone(),
            note: transfer.note.clone(),
            forced,
        }),
    )])
}

/// What prevents giving the conversation to `to`.
pub(super) fn obstacle(
    livechat: &Livechat,
    to: &OperatorId,
    receiver: &Operator,
    skill: Option<&SkillId>,
) -> Option<ConversationRejection> {
    if !receiver.may_receive() || receiver.lost_until.is_some() {
        Some(ConversationRejection::NotReceiving(to.clone()))
    } else if !receiver.has_room(&livechat.settings().capacity) {
        Some(ConversationRejection::NoRoom(to.clone()))
    } else {
        skill
            .filter(|skill| !receiver.can_serve(Some(skill)))
            .map(|skill| ConversationRejection::MissingSkill { operator: to.clone(), skill: skill.clone() })
    }
}

/// The best-placed operator with the skill, other than the one who gives the conversation away.
fn somebody_with(livechat: &Livechat, from: &OperatorId, skill: &SkillId) -> Result<OperatorId, Rejection> {
    if !livechat.settings().skills.contains(skill) {
        return Err(Rejection::UnknownSkill(skill.clone()));
    }
    livechat
        .roster()
        .free(Some(skill))
        .find(|operator| *operator != from)
        .cloned()
        .ok_or_else(|| ConversationRejection::NobodyFree(skill.clone()).into())
}

pub(crate) fn evolve(
    livechat: &mut Livechat,
    at: Timestamp,
    id: ConversationId,
    from: &OperatorId,
    to: &OperatorId,
    target: &Target,
) {
    livechat.hand_over(at, id, from, to);
    livechat.change_conversation(id, |conversation, settings| {
        if let Target::Skill(skill) = target {
            conversation.skill = Some(skill.clone());
        }
        conversation.announce_change(to);
        conversation.passes = Passes::default();
        timer_rules::moved(conversation, &settings.timeouts, at);
    });
}
