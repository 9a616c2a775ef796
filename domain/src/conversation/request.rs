//! Request a conversation: by the visitor, or by the integration that hands the visitor over.
//!
//! The request itself is observed; what follows is decided by [`outcome`]: assigned to an operator
//! with room, else waiting in the queue, else refused (spec.md §Capacity, §Routing, §Opening hours).

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::keep_open::{self, Kept};
use super::{Conversation, Passes, Phase, Presence, Rejection as ConversationRejection, timer_rules};
use crate::actor::Actor;
use crate::bilingual::both;
use crate::both;
use crate::event::{ConversationFact, Fact};
use crate::field::Check;
use crate::id::{ConversationId, OperatorId, SkillId, VisitorId};
use crate::instant::{self, Instant};
use crate::limits::{
    CARD_VALUE_CHARACTERS_MAX, CARD_VARIABLES_MAX, HISTORY_LINES_MAX, PHRASE_VARIABLE_CHARACTERS_MAX,
};
use crate::livechat::Livechat;
use crate::personal::Personal;
use crate::rejection::Rejection;
use crate::text::{Address, Language, Name, Received, Rule, Text};
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
    pub email: Option<Personal<Address>>,
    /// The integration has made sure who this is, and says so: the visitor may then read the other conversations
    /// of the same identifier of which that was said, and is another visitor than whoever else claims it. Only an
    /// integration may say it (since version 1.1).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub authenticated: bool,
}

impl Visitor {
    /// A visitor of whom nothing but the identifier is known.
    pub const fn of(id: VisitorId) -> Self {
        Self { id, name: None, email: None, authenticated: false }
    }
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
    /// When, if known: from 0001-01-02 to 9999-12-30, so that it has four digits by the clocks of every place.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "crate::instant::optional")]
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
    /// The service ends soon, and nobody new enters the queue.
    QueueClosed,
    /// Outside the opening hours.
    OutsideHours,
    /// An administrator has closed the livechat.
    LivechatClosed,
}

/// What phrases can say of a visitor: personal, and short, since every live conversation has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutVisitor {
    /// The visitor's name, if known.
    pub name: Option<Personal<Name>>,
    /// The custom variables of the card that are short enough for a phrase.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Personal<String>>,
}

impl AboutVisitor {
    fn of(request: &Request) -> Self {
        let short = |(_, value): &(&String, &Personal<String>)| {
            value.reveal().chars().count() <= PHRASE_VARIABLE_CHARACTERS_MAX
        };
        let variables = request.card.variables.iter().filter(short);
        Self {
            name: request.visitor.name.clone(),
            variables: variables.map(|(name, value)| (name.clone(), value.clone())).collect(),
        }
    }
}

impl Request {
    pub(crate) fn read_texts(&mut self, texts: &mut Received) {
        texts.identifier("visitor.id", self.visitor.id.as_str());
        texts.read_if_any("visitor.name", &mut self.visitor.name);
        texts.read_if_any("visitor.email", &mut self.visitor.email);
        self.card.read_texts(texts);
        for (position, line) in self.history.iter_mut().enumerate() {
            texts.read(&format!("history[{position}].text"), &mut line.text);
        }
    }
}

impl Card {
    fn read_texts(&mut self, texts: &mut Received) {
        let line = Rule::line(CARD_VALUE_CHARACTERS_MAX);
        let named = [
            ("card.page_url", &mut self.page_url),
            ("card.page_title", &mut self.page_title),
            ("card.browser", &mut self.browser),
            ("card.system", &mut self.system),
            ("card.referrer", &mut self.referrer),
            ("card.country", &mut self.country),
        ];
        for (field, value) in named {
            if let Some(value) = value {
                texts.with(line.or_blank(), field, value);
            }
        }
        // The site may add an address or a basket of several lines.
        let value_rule = Rule::text(CARD_VALUE_CHARACTERS_MAX).or_blank();
        self.variables = std::mem::take(&mut self.variables)
            .into_iter()
            .map(|(mut name, mut value)| {
                texts.with(line, "card.variables", &mut name);
                texts.with(value_rule, &format!("card.variables.{name}"), &mut value);
                (name, value)
            })
            .collect();
    }

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
        let allowed = both!(
            "at most {CARD_VALUE_CHARACTERS_MAX} characters, without NUL",
            "{CARD_VALUE_CHARACTERS_MAX} caractères au plus, sans NUL"
        );
        let fits = |value: &str| value.chars().count() <= CARD_VALUE_CHARACTERS_MAX && !value.contains('\0');
        for (field, value) in named {
            if value.as_ref().is_some_and(|value| !fits(value.reveal())) {
                check.wrong(field, allowed.clone());
            }
        }
        check.must(
            self.variables.len() <= CARD_VARIABLES_MAX,
            "card.variables",
            both("at most 50 variables", "50 variables au plus"),
        );
        for (name, value) in &self.variables {
            if !fits(name) || !fits(value.reveal()) {
                check.wrong(
                    "card.variables",
                    both!(
                        "names and values of at most {CARD_VALUE_CHARACTERS_MAX} characters, without NUL",
                        "des noms et des valeurs de {CARD_VALUE_CHARACTERS_MAX} caractères au plus, sans NUL"
                    ),
                );
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
    may_ask(livechat, by, request)?;
    let is_known = livechat.recently_ended().contains(id) || livechat.kept().contains_key(&id);
    if is_known || livechat.conversation(id).is_some() {
        return Err(ConversationRejection::Exists(id).into());
    }
    let (visitor, vouched) = (&request.visitor.id, request.visitor.authenticated);
    if let Some(live) = livechat.conversation_of(visitor, vouched) {
        return Err(ConversationRejection::AlreadyInConversation(live).into());
    }
    let requested = ConversationFact::Requested(Box::new(request.clone()));
    let mut facts = vec![Fact::conversation(id, None, requested)];
    facts.extend(livechat.kept_of(visitor, vouched).map(keep_open::closed));
    Ok(facts)
}

/// Whether `by` may ask for this at all, and whether it makes sense.
pub(super) fn may_ask(livechat: &Livechat, by: &Actor, request: &Request) -> Result<(), Rejection> {
    match by {
        Actor::Integration(_) => {}
        Actor::Visitor(visitor) if *visitor == request.visitor.id => {}
        Actor::Visitor(_)
        | Actor::Operator(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::System => {
            return Err(Rejection::Forbidden {
                role: by.role(),
                action: both(
                    "request a conversation for somebody else",
                    "demander une conversation pour quelqu’un d’autre",
                ),
            });
        }
    }
    let mut check = Check::new();
    request.card.check(&mut check);
    check.must(
        request.history.len() <= HISTORY_LINES_MAX,
        "history",
        both("at most 200 lines", "200 lignes au plus"),
    );
    check.must(
        !request.visitor.authenticated || matches!(by, Actor::Integration(_)),
        "visitor.authenticated",
        both(
            "false, or absent: only an integration vouches for a visitor",
            "false, ou absent\u{a0}: seule une intégration se porte garante d’un internaute",
        ),
    );
    for (index, line) in request.history.iter().enumerate().take(HISTORY_LINES_MAX) {
        if line.at.is_some_and(|at| !instant::is_allowed_everywhere(at)) {
            check.wrong(format!("history[{index}].at"), instant::ALLOWED_EVERYWHERE);
        }
    }
    check.finish()?;
    match &request.skill {
        Some(skill) if !livechat.settings().skills.contains(skill) => {
            Err(Rejection::UnknownSkill(skill.clone()))
        }
        Some(_) | None => Ok(()),
    }
}

pub(crate) fn evolve(livechat: &mut Livechat, at: Instant, id: ConversationId, request: &Request) {
    // A conversation that was kept open is closed by the next event; this one inherits its operator.
    let kept = livechat.kept_of(&request.visitor.id, request.visitor.authenticated);
    let kept = kept.and_then(|kept| livechat.kept.get(&kept));
    let kept = kept.map(|kept| Kept { messages: 0, segment: 0, ..kept.clone() });
    begin(livechat, at, id, request, kept);
}

/// A segment begins.
pub(super) fn begin(
    livechat: &mut Livechat,
    at: Instant,
    id: ConversationId,
    request: &Request,
    kept: Option<Kept>,
) {
    livechat.requests += 1;
    let conversation = Conversation {
        visitor: request.visitor.id.clone(),
        // Who asks again is whoever asked first, and needs not be vouched for anew.
        vouched: kept.as_ref().map_or(request.visitor.authenticated, |kept| kept.vouched),
        about: AboutVisitor::of(request),
        language: request.language,
        skill: request.skill.clone(),
        requested_at: at,
        request: livechat.requests,
        messages: kept.as_ref().map_or(0, |kept| kept.messages),
        phase: Phase::Requested,
        timers: Timers::default(),
        assigned_at: None,
        segment: kept.as_ref().map_or(0, |kept| kept.segment) + 1,
        picked_up_by: None,
        tried: BTreeSet::new(),
        passes: Passes::default(),
        stranded: false,
        introduced: false,
        shown: None,
        hidden: false,
        previous: kept.and_then(|kept| kept.operator),
        unanswered_since: None,
        followed_up: false,
        searching: false,
        announced_position: None,
        important: false,
        help: None,
        file_requested: None,
        operator_survey_done: false,
        visitor_survey_sent: false,
        presence: Presence::Here,
        pages: 0,
    };
    livechat.visitors.insert(conversation.visitor.clone(), conversation.vouched, id);
    livechat.conversations.insert(id, conversation);
    livechat.change_conversation(id, |conversation, settings| {
        timer_rules::requested(conversation, &settings.timeouts, at);
    });
}

/// What the rules answer to a request.
///
/// Nobody waits while an operator who may take the conversation has room, so a free operator is
/// nobody else's turn. The queue holds at most `queue_per_operator` × the operators who may receive, or as
/// many as the skill says; it closes `queue_closing` before the end of service.
pub(crate) fn outcome(livechat: &Livechat, id: ConversationId) -> Option<Fact> {
    let conversation = livechat.conversation(id)?;
    let skill = conversation.skill.as_ref();
    let refused = |reason| Some(Fact::conversation(id, None, ConversationFact::Refused { reason }));
    let now = livechat.clock();
    if livechat.is_shut() {
        return refused(RefusalReason::LivechatClosed);
    }
    if !livechat.is_open(skill, now) {
        return refused(RefusalReason::OutsideHours);
    }
    let previous = conversation.previous.as_ref().filter(|previous| has_room(livechat, previous, skill));
    if let Some(operator) = previous.or_else(|| livechat.roster().choose(skill)) {
        return Some(Fact::conversation(id, Some(operator.clone()), ConversationFact::Assigned));
    }
    if livechat.roster().receiving(skill) == 0 {
        return refused(RefusalReason::NoOperator);
    }
    if livechat.queue_has_closed(skill, now) {
        return refused(RefusalReason::QueueClosed);
    }
    if livechat.queue_is_full(skill) {
        return refused(RefusalReason::QueueFull);
    }
    let position = livechat.queue().len() + 1;
    Some(Fact::conversation(id, None, ConversationFact::Queued { position }))
}

fn has_room(livechat: &Livechat, id: &OperatorId, skill: Option<&SkillId>) -> bool {
    livechat
        .operator(id)
        .is_some_and(|one| one.has_room(&livechat.settings().capacity) && one.can_serve(skill))
}
