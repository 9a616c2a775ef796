//! What every state must satisfy, told from operators and conversations alone.

use std::collections::BTreeSet;

use pupitre_domain::conversation::{Conversation, Phase};
use pupitre_domain::operator::{Operator, Status};
use pupitre_domain::queue::Queue;
use pupitre_domain::routing::Roster;
use pupitre_domain::timer::Deadlines;
use pupitre_domain::{ConversationId, Livechat, SkillId};

use super::moves::VISITORS;
use crate::support::visitor_id;

/// Everything below, in the order in which a failure explains most.
pub(super) fn all(livechat: &Livechat) -> Result<(), String> {
    each_conversation_is_somewhere_once(livechat)?;
    nobody_waits_in_vain(livechat)?;
    indexes_are_those_of_the_state(livechat)
}

/// May be given a conversation now. Written anew here: the rules have their own.
pub(super) fn is_free(livechat: &Livechat, operator: &Operator) -> bool {
    operator.connected_since.is_some()
        && operator.status == Status::Available
        && operator.conversations.len() < capacity_of(livechat, operator)
}

/// The operator's own capacity, else that of the livechat.
pub(super) fn capacity_of(livechat: &Livechat, operator: &Operator) -> usize {
    let shared = livechat.settings().capacity.conversations_per_operator;
    usize::try_from(operator.profile.capacity.unwrap_or(shared)).unwrap()
}

pub(super) fn has(operator: &Operator, skill: Option<&SkillId>) -> bool {
    skill.is_none_or(|skill| operator.profile.skills.contains(skill))
}

/// Live conversations that wait.
pub(super) fn waiting(livechat: &Livechat) -> Vec<(ConversationId, &Conversation)> {
    let waits = |conversation: &Conversation| conversation.phase == Phase::Waiting;
    livechat.conversations().filter(|(_, one)| waits(one)).map(|(id, one)| (*id, one)).collect()
}

fn each_conversation_is_somewhere_once(livechat: &Livechat) -> Result<(), String> {
    for (id, conversation) in livechat.conversations() {
        let desks: BTreeSet<_> = livechat
            .operators()
            .iter()
            .filter(|(_, operator)| operator.conversations.contains(id))
            .map(|(name, _)| name)
            .collect();
        let expected: BTreeSet<_> = match &conversation.phase {
            Phase::Requested => return Err(format!("{id} was requested and not answered")),
            Phase::Waiting => BTreeSet::new(),
            Phase::Assigned { operator, .. } => [operator].into(),
        };
        if desks != expected {
            return Err(format!("{id} is on the desks {desks:?}, it should be on {expected:?}"));
        }
        if livechat.conversation_of(&conversation.visitor) != Some(*id) {
            return Err(format!("{id} is not the conversation of its visitor"));
        }
        if livechat.over().contains(*id) {
            return Err(format!("{id} is live and over"));
        }
    }
    for (name, operator) in livechat.operators() {
        if let Some(id) = operator.conversations.iter().find(|id| livechat.conversation(**id).is_none()) {
            return Err(format!("{name} has {id}, which is not live"));
        }
    }
    for visitor in VISITORS {
        if let Some(id) = livechat.conversation_of(&visitor_id(visitor))
            && livechat.conversation(id).is_none_or(|live| live.visitor != visitor_id(visitor))
        {
            return Err(format!("{visitor} is said to be in {id}"));
        }
    }
    Ok(())
}

fn nobody_waits_in_vain(livechat: &Livechat) -> Result<(), String> {
    for (id, conversation) in waiting(livechat) {
        for (name, operator) in livechat.operators() {
            if is_free(livechat, operator) && has(operator, conversation.skill.as_ref()) {
                return Err(format!("{id} waits while {name} has room"));
            }
        }
    }
    Ok(())
}

fn indexes_are_those_of_the_state(livechat: &Livechat) -> Result<(), String> {
    let mut roster = Roster::default();
    for (id, operator) in livechat.operators() {
        roster.add(id, operator, livechat.settings());
    }
    let mut queue = Queue::default();
    for (id, conversation) in waiting(livechat) {
        queue.enter(conversation.place(id), conversation.skill.as_ref());
    }
    let mut deadlines = Deadlines::default();
    for (id, conversation) in livechat.conversations() {
        deadlines.moved(*id, None, conversation.timers.next().map(|(at, _)| at));
    }
    if roster != *livechat.roster() {
        return Err(format!("the roster is {:?}, it should be {roster:?}", livechat.roster()));
    }
    if queue != *livechat.queue() {
        return Err(format!("the queue is {:?}, it should be {queue:?}", livechat.queue()));
    }
    if deadlines != *livechat.deadlines() {
        return Err(format!("the deadlines are {:?}, they should be {deadlines:?}", livechat.deadlines()));
    }
    Ok(())
}
