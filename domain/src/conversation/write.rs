//! Write: a message by the visitor, the operator, or a supervisor in the operator's stead.
//!
//! The visitor may write from the request on, also while waiting; the operator once the conversation
//! is picked up. An integration writes in the visitor's voice.

use super::timer_rules;
use crate::Timestamp;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::Source;
use crate::event::{ConversationFact, Exchange, Fact, Voice};
use crate::id::ConversationId;
use crate::limits::MESSAGES_PER_CONVERSATION_MAX;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::settings::Phrase;
use crate::state::Livechat;
use crate::state::Phase;
use crate::text::Text;

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    text: &Text,
) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    let voice = match by {
        Actor::Visitor(_) | Actor::Integration(_) => {
            super::roles::visitor_side(conversation, id, by, both("write here", "écrire ici"))?;
            Voice::Visitor
        }
        Actor::Operator(_) => {
            super::roles::operator_in_charge(conversation, id, by, both("write here", "écrire ici"))?;
            if matches!(conversation.phase, Phase::Assigned { picked_up: false, .. }) {
                return Err(ConversationRejection::NotPickedUp(id).into());
            }
            Voice::Operator
        }
        Actor::Supervisor(_) => {
            if conversation.operator().is_none() {
                return Err(ConversationRejection::NotAssigned(id).into());
            }
            Voice::Operator
        }
        Actor::Administrator(_) | Actor::Analyst(_) | Actor::System => {
            return Err(Rejection::Forbidden {
                role: by.role(),
                action: both("write in a conversation", "écrire dans une conversation"),
            });
        }
    };
    if conversation.messages >= MESSAGES_PER_CONVERSATION_MAX {
        return Err(ConversationRejection::TooLong(id).into());
    }
    Ok(vec![Fact::conversation(
        id,
        conversation.operator().cloned(),
        ConversationFact::Exchange(Exchange::MessagePosted {
            number: conversation.messages + 1,
            voice,
            phrase: None,
            text: text.clone().into(),
            source: None,
        }),
    )])
}

/// The message of a phrase, in the visitor's language, if the phrase is switched on. It may come right after the end
/// of the conversation.
pub(crate) fn phrase_message(
    livechat: &Livechat,
    id: ConversationId,
    phrase: Phrase,
    position: Option<usize>,
) -> Option<Fact> {
    let about = livechat.phrase_context(id)?;
    let text = livechat.phrase_text(phrase, &about, position)?;
    Some(Fact::conversation(
        id,
        about.operator.cloned(),
        ConversationFact::Exchange(Exchange::MessagePosted {
            number: about.messages + 1,
            voice: Voice::System,
            phrase: Some(phrase),
            text: text.into(),
            source: None,
        }),
    ))
}

pub(crate) fn evolve(
    livechat: &mut Livechat,
    at: Timestamp,
    id: ConversationId,
    number: u32,
    speaker: Option<Voice>,
) {
    livechat.change_conversation(id, |conversation, _| conversation.messages = number);
    if let Some(speaker) = speaker {
        note_activity(livechat, at, id, speaker);
    }
}

/// The effect of a message or a file on the timers.
pub(crate) fn note_activity(livechat: &mut Livechat, at: Timestamp, id: ConversationId, speaker: Voice) {
    let searching = livechat.operator_searches(id);
    livechat.change_conversation(id, |conversation, settings| match speaker {
        Voice::Visitor => timer_rules::visitor_wrote(conversation, &settings.timeouts, at, searching),
        Voice::Operator => timer_rules::operator_wrote(conversation, &settings.timeouts, at),
        Voice::System => {}
    });
}

/// Whose message it is, for the clocks: an article is the operator's answer in any voice; a phrase is nobody's.
pub(crate) const fn speaker(voice: Voice, source: Option<&Source>) -> Option<Voice> {
    match (voice, source) {
        (_, Some(_)) => Some(Voice::Operator),
        (Voice::Visitor | Voice::Operator, None) => Some(voice),
        (Voice::System, None) => None,
    }
}
