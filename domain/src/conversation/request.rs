//! Request a conversation: by the visitor, or by the integration that hands the visitor over.
//!
//! The request itself is observed; what follows is decided by [`outcome`]: assigned to an operator
//! with room, else waiting in the queue, else refused (spec.md §Capacity, §Routing).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{Conversation, Phase, Rejection as ConversationRejection};
use crate::Instant;
use crate::actor::Actor;
use crate::event::{ConversationFact, Fact};
use crate::field::Check;
use crate::id::{ConversationId, SkillId, VisitorId};
use crate::limits::{CARD_VALUE_CHARACTERS_MAX, CARD_VARIABLES_MAX, HISTORY_LINES_MAX};
use crate::livechat::Livechat;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::text::{Language, Name, Text};
use crate::timer::Timers;

/// Everything a request carries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Request {
    /// Who asks.
    pub visitor: Visitor,
    /// In which language.
    pub language: Language,
    /// The skill the operator must have.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub skill: Option<SkillId>,
    /// What is known of the visitor.
    #[serde(default, skip_serializing_if = "Card::is_empty")]
    pub card: Card,
    /// The exchange with the bot before, oldest first: at most 200 lines.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub history: Vec<HistoryLine>,
}

/// Who chats.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Visitor {
    /// As named by the site or the bot.
    pub id: VisitorId,
    /// If known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<Personal<Name>>,
    /// If known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub email: Option<Personal<Name>>,
}

/// The visitor card: facts about the visitor and the visit. Each value has at most 2,000 characters.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Card {
    /// Address of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_url: Option<Personal<String>>,
    /// Title of the page.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub page_title: Option<Personal<String>>,
    /// Browser.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub browser: Option<Personal<String>>,
    /// Operating system.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub system: Option<Personal<String>>,
    /// Where the visitor came from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub referrer: Option<Personal<String>>,
    /// Country.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<Personal<String>>,
    /// Seconds on the site before the request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub time_on_site_secs: Option<u32>,
    /// Whatever the site adds: at most 50 variables.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Personal<String>>,
}

/// One line of the exchange with the bot.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct HistoryLine {
    /// When, if known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(feature = "schema", schema(value_type = Option<String>, format = DateTime))]
    pub at: Option<Instant>,
    /// Who spoke.
    pub author: HistoryAuthor,
    /// What was said.
    pub text: Personal<Text>,
}

/// Who spoke before the operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum HistoryAuthor {
    /// The visitor.
    Visitor,
    /// The bot.
    Bot,
}

/// Why a request is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// Nobody connected may receive this conversation.
    NoOperator,
    /// As many wait as may.
    QueueFull,
}

impl Card {
    fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    fn check(&self, check: &mut Check) {
        let named = [
            ("card.page_url", &self.page_url),
            ("card.page_title", &self.page_title),
            ("card.browser", &self.browser),
            ("card.system", &self.system),
            ("card.referrer", &self.referrer),
            ("card.country", &self.country),
        ];
        let allowed = format!("at most {CARD_VALUE_CHARACTERS_MAX} characters, without NUL");
        let fits = |value: &str| value.chars().count() <= CARD_VALUE_CHARACTERS_MAX && !value.contains('\0');
        for (field, value) in named {
            if value.as_ref().is_some_and(|value| !fits(value.reveal())) {
                check.wrong(field, allowed.clone());
            }
        }
        check.must(self.variables.len() <= CARD_VARIABLES_MAX, "card.variables", "at most 50 variables");
        for (name, value) in &self.variables {
            if !fits(name) || !fits(value.reveal()) {
                check.wrong("card.variables", format!("names and values of {allowed}"));
            }
        }
    }
}

pub(crate) fn decide(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    request: &Request,
) -> Result<Vec<Fact>, Rejection> {
    match by {
        Actor::Integration(_) => {}
        Actor::Visitor(visitor) if *visitor == request.visitor.id => {}
        Actor::Visitor(_)
        | Actor::Operator(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::System => {
            return Err(Rejection::Forbidden {
                role: by.role(),
                action: "request a conversation for somebody else",
            });
        }
    }
    let mut check = Check::new();
    request.card.check(&mut check);
    check.must(request.history.len() <= HISTORY_LINES_MAX, "history", "at most 200 lines");
    check.finish()?;
    if let Some(skill) = &request.skill
        && !livechat.settings().skills.contains(skill)
    {
        return Err(Rejection::UnknownSkill(skill.clone()));
    }
    if livechat.conversation(id).is_some() || livechat.over().contains(id) {
        return Err(ConversationRejection::Exists(id).into());
    }
    if let Some(live) = livechat.conversation_of(&request.visitor.id) {
        return Err(ConversationRejection::AlreadyInConversation(live).into());
    }
    Ok(vec![Fact::conversation(id, None, ConversationFact::Requested(Box::new(request.clone())))])
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Instant, id: ConversationId, request: &Request) {
    livechat.requests += 1;
    let conversation = Conversation {
        visitor: request.visitor.id.clone(),
        language: request.language,
        skill: request.skill.clone(),
        requested_at: at,
        request: livechat.requests,
        messages: 0,
        phase: Phase::Requested,
        timers: Timers::default(),
    };
    livechat.visitors.insert(conversation.visitor.clone(), id);
    livechat.conversations.insert(id, conversation);
}

/// What the rules answer to a request.
///
/// Nobody waits while an operator who may take the conversation has room, so a free operator is
/// nobody else's turn. The queue holds at most `queue_per_operator` × the operators who may receive.
pub(crate) fn outcome(livechat: &Livechat, id: ConversationId) -> Option<Fact> {
    let conversation = livechat.conversation(id)?;
    let skill = conversation.skill.as_ref();
    if let Some(operator) = livechat.roster().choose(skill) {
        return Some(Fact::conversation(id, Some(operator.clone()), ConversationFact::Assigned));
    }
    let places = livechat.settings().capacity.places(livechat.roster().receiving(None));
    let fact = if livechat.roster().receiving(skill) == 0 {
        ConversationFact::Refused { reason: RefusalReason::NoOperator }
    } else if livechat.queue().len() >= places {
        ConversationFact::Refused { reason: RefusalReason::QueueFull }
    } else {
        ConversationFact::Queued { position: livechat.queue().len() + 1 }
    };
    Some(Fact::conversation(id, None, fact))
}
