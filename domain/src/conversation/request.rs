//! Request a conversation: by the visitor, or by the integration that hands the visitor over.
//!
//! The request itself is observed; what follows is decided by [`outcome`]: assigned to an operator
//! with room, else waiting in the queue, else refused (spec.md §Capacity, §Routing, §Opening hours).

use crate::event::Marks;
use crate::event::RefusalReason;
use crate::event::Request;
use crate::state::AboutVisitor;
use std::collections::BTreeSet;

use super::keep_open;
use super::queue_closing;
use super::timer_rules;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::Presence;
use crate::event::{ConversationFact, Fact, Flow};
use crate::field::Check;
use crate::id::{ConversationId, OperatorId, SkillId};
use crate::limits::HISTORY_LINES_MAX;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::state::Kept;
use crate::state::Livechat;
use crate::state::timers::Timers;
use crate::state::{Conversation, Passes, Phase};
use crate::timestamp::{self, Timestamp};

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
    let requested = ConversationFact::Flow(Flow::Requested(Box::new(request.clone())));
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
        if line.at.is_some_and(|at| !timestamp::is_allowed_everywhere(at)) {
            check.wrong(format!("history[{index}].at"), timestamp::ALLOWED_EVERYWHERE);
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

pub(crate) fn evolve(livechat: &mut Livechat, at: Timestamp, id: ConversationId, request: &Request) {
    // A conversation that was kept open is closed by the next event; this one inherits its operator.
    let kept = livechat.kept_of(&request.visitor.id, request.visitor.authenticated);
    let kept = kept.and_then(|kept| livechat.kept.get(&kept));
    let kept = kept.map(|kept| Kept { messages: 0, segment: 0, ..kept.clone() });
    begin(livechat, at, id, request, kept);
}

/// A segment begins.
pub(super) fn begin(
    livechat: &mut Livechat,
    at: Timestamp,
    id: ConversationId,
    request: &Request,
    kept: Option<Kept>,
) {
    livechat.requests += 1;
    let conversation = Conversation {
        visitor: request.visitor.id.clone(),
        // The visitor who asks again is the one who asked first, and need not be vouched for again.
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
        marks: Marks::default(),
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

/// The outcome of a request by the rules.
///
/// No visitor waits while an eligible operator has room, so a free operator takes nobody else's turn. The queue holds
/// at most `queue_per_operator` × the operators who may receive, or as many as the skill says; it closes
/// `queue_closing` before the end of service.
pub(crate) fn outcome(livechat: &Livechat, id: ConversationId) -> Option<Fact> {
    let conversation = livechat.conversation(id)?;
    let skill = conversation.skill.as_ref();
    let refused =
        |reason| Some(Fact::conversation(id, None, ConversationFact::Flow(Flow::Refused { reason })));
    let now = livechat.clock();
    if livechat.is_shut() {
        return refused(RefusalReason::LivechatClosed);
    }
    if !livechat.is_open(skill, now) {
        return refused(RefusalReason::OutsideHours);
    }
    let previous = conversation.previous.as_ref().filter(|previous| has_room(livechat, previous, skill));
    if let Some(operator) = previous.or_else(|| livechat.roster().choose(skill)) {
        return Some(Fact::conversation(id, Some(operator.clone()), ConversationFact::Flow(Flow::Assigned)));
    }
    if livechat.roster().receiving(skill) == 0 {
        return refused(RefusalReason::NoOperator);
    }
    if queue_closing::has_closed(livechat, skill, now) {
        return refused(RefusalReason::QueueClosed);
    }
    if livechat.queue_is_full(skill) {
        return refused(RefusalReason::QueueFull);
    }
    let position = livechat.queue().len() + 1;
    Some(Fact::conversation(id, None, ConversationFact::Flow(Flow::Queued { position })))
}

fn has_room(livechat: &Livechat, id: &OperatorId, skill: Option<&SkillId>) -> bool {
    livechat
        .operator(id)
        .is_some_and(|one| one.has_room(&livechat.settings().capacity) && one.can_serve(skill))
}
