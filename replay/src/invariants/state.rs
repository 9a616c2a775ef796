//! Invariants of every state between two commands, computed from operators and conversations alone.

use std::collections::BTreeMap;

use domain::conversation::queue_progress::MILESTONES;
use domain::event::Presence;
use domain::state::Operator;
use domain::state::queue::{Place, Queue};
use domain::state::routing::Roster;
use domain::state::timers::{Deadlines, TimerOwner};
use domain::state::{Conversation, Phase};
use domain::{ConversationId, Livechat, OperatorId, Timestamp};

use super::violation::{Broken, Invariant, must};

/// Checks all that a state holds, after all that follows from a command. It costs the size of the state.
///
/// # Errors
/// The first violated invariant, and what is there instead.
pub fn state(livechat: &Livechat) -> Result<(), (Invariant, String)> {
    each_conversation_is_somewhere_once(livechat)?;
    those_kept_open_are_nobody_s_work(livechat)?;
    who_may_not_be_here_is_not(livechat)?;
    what_somebody_needs_is_there(livechat)?;
    nobody_waits_in_vain(livechat)?;
    announced_positions_are_reached(livechat)?;
    every_status_is_enabled(livechat)?;
    every_survey_that_waits_is_known(livechat)?;
    indexes_are_those_of_the_state(livechat)
}

/// Live conversations that wait, oldest first.
fn waiting(livechat: &Livechat) -> Vec<(ConversationId, &Conversation)> {
    let waits = livechat.conversations().filter(|(_, one)| one.phase == Phase::Waiting);
    let mut waiting: Vec<_> = waits.map(|(id, one)| (*id, one)).collect();
    waiting.sort_unstable_by_key(|(_, one)| one.request);
    waiting
}

fn each_conversation_is_somewhere_once(livechat: &Livechat) -> Result<(), Broken> {
    let place =
        |holds, id: ConversationId, what: &str| must(holds, Invariant::Place, || format!("{id} {what}"));
    let mut desks: BTreeMap<ConversationId, &OperatorId> = BTreeMap::new();
    for (name, operator) in livechat.operators() {
        for id in &operator.conversations {
            place(desks.insert(*id, name).is_none(), *id, "is on two desks")?;
            place(livechat.conversation(*id).is_some(), *id, "is on a desk and not live")?;
        }
        let gone = operator.connected_since.is_none() && operator.lost_until.is_some();
        must(!gone, Invariant::State, || format!("{name} is lost and not connected"))?;
    }
    for (id, conversation) in livechat.conversations() {
        let expected = match &conversation.phase {
            Phase::Requested => return place(false, *id, "was requested and not answered"),
            Phase::Waiting => None,
            Phase::Assigned { operator, .. } => Some(operator),
        };
        place(desks.get(id).copied() == expected, *id, "is on another desk than its own")?;
        let of_visitor = livechat.conversation_of(&conversation.visitor, conversation.vouched);
        place(of_visitor == Some(*id), *id, "is not the conversation of its visitor")?;
        let over = livechat.recently_ended().contains(*id) || livechat.kept().contains_key(id);
        place(!over, *id, "is live and over")?;
        // One that an operator has answered goes to the next operator, whether the visitor is there or not.
        let waits = expected.is_none() || (conversation.waits_for_pick_up() && !conversation.is_answered());
        let gone = waits && conversation.presence == Presence::LeftSite;
        place(!gone, *id, "waits and the visitor has left the site")?;
    }
    let connected = livechat.operators().values().any(|one| one.connected_since.is_some());
    must(livechat.is_attended() == connected, Invariant::State, || "attended by nobody")
}

fn those_kept_open_are_nobody_s_work(livechat: &Livechat) -> Result<(), Broken> {
    for (id, kept) in livechat.kept() {
        let mine = livechat.kept_of(&kept.visitor, kept.vouched) == Some(*id);
        must(mine, Invariant::Place, || format!("{id} is kept and not for its visitor"))?;
        let elsewhere = livechat.conversation_of(&kept.visitor, kept.vouched);
        must(elsewhere.is_none(), Invariant::Place, || format!("{id} is kept for who is elsewhere"))?;
        let over = livechat.recently_ended().contains(*id);
        must(over, Invariant::Place, || format!("{id} is kept and not over"))?;
    }
    Ok(())
}

/// A suspended operator has no desk and no conversation, a removed one is forgotten, and nobody waits in a livechat that
/// is closed.
fn who_may_not_be_here_is_not(livechat: &Livechat) -> Result<(), Broken> {
    for (name, operator) in livechat.operators() {
        let at_work = operator.connected_since.is_some() || !operator.conversations.is_empty();
        must(!operator.suspended || !at_work, Invariant::Requirement, || {
            format!("{name} is suspended and at work")
        })?;
        must(!operator.removed, Invariant::Requirement, || format!("{name} was removed and is still here"))?;
    }
    let waits = livechat.is_shut() && !livechat.queue().is_empty();
    must(!waits, Invariant::WaitsInVain, || "somebody waits in a livechat that is closed")
}

/// Skills, surveys and articles are not removed while they are needed.
fn what_somebody_needs_is_there(livechat: &Livechat) -> Result<(), Broken> {
    let there = |gone: Option<String>, what: &str| {
        must(gone.is_none(), Invariant::State, || format!("{what} {}", gone.unwrap_or_default()))
    };
    let settings = livechat.settings();
    let of_operators = livechat.operators().values().flat_map(|one| &one.profile.skills);
    let of_conversations = livechat.conversations().filter_map(|(_, one)| one.skill.as_ref());
    let of_kept = livechat.kept().values().filter_map(|kept| kept.skill.as_ref());
    let mut needed = of_operators.chain(of_conversations).chain(of_kept);
    let gone = needed.find(|id| !settings.skills.0.iter().any(|one| one.id == **id));
    there(gone.map(ToString::to_string), "somebody needs a skill that is gone:")?;
    let mut chosen = settings.operator_survey.survey.iter().chain(&settings.visitor_survey.survey);
    let gone = chosen.find(|id| !settings.surveys.0.iter().any(|one| one.id == **id));
    there(gone.map(ToString::to_string), "a survey is chosen that is gone:")?;
    let articles = &settings.knowledge.0;
    let mut redirected = articles.iter().filter_map(|one| one.redirects_to.as_ref());
    let gone = redirected.find(|id| !articles.iter().any(|one| one.id == **id));
    there(gone.map(ToString::to_string), "an article redirects to one that is gone:")
}

/// A visitor who has reached a position that is announced was sent it, or a better one.
fn announced_positions_are_reached(livechat: &Livechat) -> Result<(), Broken> {
    for ((id, one), position) in waiting(livechat).into_iter().zip(1..) {
        let announced = one.announced_position;
        let holds = !MILESTONES.contains(&position) || announced.is_some_and(|best| best <= position);
        must(holds, Invariant::QueueOrder, || {
            format!("{id} is at position {position}, and {announced:?} was announced")
        })?;
    }
    Ok(())
}

fn nobody_waits_in_vain(livechat: &Livechat) -> Result<(), Broken> {
    let shared = livechat.settings().capacity.conversations_per_operator;
    let free = |one: &Operator| {
        let capacity = usize::try_from(one.profile.capacity.unwrap_or(shared)).unwrap_or(0);
        let there = one.connected_since.is_some() && one.lost_until.is_none();
        let may = one.status.receives() && one.on_shift && !one.suspended;
        there && may && one.conversations.len() < capacity
    };
    for (id, conversation) in waiting(livechat) {
        let skill = conversation.skill.as_ref();
        let could =
            |one: &Operator| free(one) && skill.is_none_or(|skill| one.profile.skills.contains(skill));
        let who = livechat.operators().iter().find(|(_, one)| could(one)).map(|(name, _)| name);
        must(who.is_none(), Invariant::WaitsInVain, || format!("{id} waits while {who:?} has room"))?;
    }
    Ok(())
}

fn every_status_is_enabled(livechat: &Livechat) -> Result<(), Broken> {
    for (name, operator) in livechat.operators() {
        let enabled = livechat.settings().statuses.enabled(operator.status);
        must(enabled, Invariant::State, || format!("{name} is in a status that is off"))?;
    }
    Ok(())
}

/// Its version can be read, and it is of a segment of a conversation that is known.
fn every_survey_that_waits_is_known(livechat: &Livechat) -> Result<(), Broken> {
    for (key, pending) in livechat.pending_surveys() {
        let survey = livechat.survey(&pending.survey, pending.version);
        let known =
            survey.is_some_and(|survey| survey.audience == key.audience && survey.version == pending.version);
        let id = key.conversation;
        must(known, Invariant::State, || format!("{id} waits for a survey of a version that is gone"))?;
        let segments = livechat.conversation(id).map(|live| live.segment);
        let is_known = segments.is_some() || livechat.recently_ended().contains(id);
        must(is_known, Invariant::State, || format!("a survey waits for {id}, which is unknown"))?;
        let was = key.segment > 0 && segments.is_none_or(|last| key.segment <= last);
        must(was, Invariant::State, || format!("{id} waits for a survey of a segment that never was"))?;
    }
    Ok(())
}

fn indexes_are_those_of_the_state(livechat: &Livechat) -> Result<(), Broken> {
    let mut roster = Roster::default();
    for (id, operator) in livechat.operators() {
        roster.add(id, operator, livechat.settings());
    }
    must(roster == *livechat.roster(), Invariant::State, || "the roster is not that of the operators")?;
    let mut queue = Queue::default();
    for (id, one) in waiting(livechat) {
        let place = Place { requested_at: one.requested_at, request: one.request, conversation: id };
        queue.enter(place, one.skill.as_ref());
    }
    must(queue == *livechat.queue(), Invariant::State, || "the queue is not that of who waits")?;
    let mut deadlines = Deadlines::default();
    for (whose, at) in all_deadlines(livechat) {
        deadlines.moved(whose, None, at);
    }
    must(deadlines == *livechat.deadlines(), Invariant::State, || "the deadlines are not those of the timers")
}

fn all_deadlines(livechat: &Livechat) -> Vec<(TimerOwner, Option<Timestamp>)> {
    let mut all = vec![];
    for (id, conversation) in livechat.conversations() {
        all.push((TimerOwner::Conversation(*id), conversation.timers.next().map(|(at, _)| at)));
    }
    for (id, operator) in livechat.operators() {
        all.push((TimerOwner::LostOperator(id.clone()), operator.lost_until));
        all.push((TimerOwner::Shift(id.clone()), operator.shift_changes_at));
    }
    for (skill, changes_at) in livechat.service_hours().changes() {
        all.push((TimerOwner::OpeningHours(skill.cloned()), changes_at));
    }
    for (key, pending) in livechat.pending_surveys() {
        all.push((TimerOwner::Survey(key), pending.closes_at));
    }
    for (id, kept) in livechat.kept() {
        all.push((TimerOwner::Kept(*id), Some(kept.until)));
    }
    all
}
