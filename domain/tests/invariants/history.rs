//! What the log alone says, followed event by event: who was given what, which timers run, which
//! messages were numbered how.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use pupitre_domain::conversation::Conversation;
use pupitre_domain::conversation::end::EndReason;
use pupitre_domain::conversation::transfer::Target;
use pupitre_domain::event::Voice;
use pupitre_domain::operator::Operator;
use pupitre_domain::{
    Actor, ConversationFact, ConversationId, Event, Fact, Instant, Livechat, OperatorId, SkillId,
};

use super::checks::{capacity_of, has, is_free, waiting};

#[derive(Default)]
pub(super) struct History {
    last: Option<Instant>,
    messages: BTreeMap<ConversationId, u32>,
    reminders: BTreeMap<ConversationId, Instant>,
    ends: BTreeMap<ConversationId, Instant>,
    /// Operators above their capacity for a reason that the rules allow.
    excused: BTreeSet<OperatorId>,
}

impl History {
    /// Checks an event against the state just before it, and remembers what it means for the next.
    pub(super) fn before(&mut self, livechat: &Livechat, event: &Event, tick: bool) -> Result<(), String> {
        if self.last.is_some_and(|last| event.at < last) {
            return Err("time goes backwards".into());
        }
        self.last = Some(event.at);
        match &event.fact {
            Fact::Livechat(_) | Fact::Operator { .. } => Ok(()),
            Fact::Conversation { conversation, operator, fact } => {
                self.timers(livechat, event, *conversation, fact, tick)?;
                self.messages(*conversation, fact)?;
                self.assignment(livechat, *conversation, operator.as_ref(), fact)
            }
        }
    }

    /// Who is above capacity right after an event that only an administrator can cause is excused.
    pub(super) fn after(&mut self, livechat: &Livechat, event: &Event) {
        let lowers = matches!(event.by, Actor::Administrator(_));
        for (id, operator) in livechat.operators() {
            if operator.load() <= capacity_of(livechat, operator) {
                self.excused.remove(id);
            } else if lowers {
                self.excused.insert(id.clone());
            }
        }
    }

    pub(super) fn loads_are_explained(&self, livechat: &Livechat) -> Result<(), String> {
        for (id, operator) in livechat.operators() {
            if operator.load() > capacity_of(livechat, operator) && !self.excused.contains(id) {
                return Err(format!("{id} has {} conversations without a reason", operator.load()));
            }
        }
        Ok(())
    }

    pub(super) fn nothing_is_overdue(&self, now: Instant) -> Result<(), String> {
        match self.reminders.iter().chain(&self.ends).find(|(_, deadline)| **deadline <= now) {
            Some((id, deadline)) => Err(format!("a timer of {id} was due at {deadline} and did not fire")),
            None => Ok(()),
        }
    }

    fn messages(&mut self, id: ConversationId, fact: &ConversationFact) -> Result<(), String> {
        if let ConversationFact::MessagePosted { number, .. } = fact {
            let last = self.messages.entry(id).or_default();
            if *number != *last + 1 {
                return Err(format!("message {number} after message {last}"));
            }
            *last = *number;
        }
        Ok(())
    }

    /// A timer fires once, not before its deadline, and only when time passes.
    fn timers(
        &mut self,
        livechat: &Livechat,
        event: &Event,
        id: ConversationId,
        fact: &ConversationFact,
        tick: bool,
    ) -> Result<(), String> {
        let fires = |deadline: Option<Instant>| match deadline {
            Some(deadline) if deadline <= event.at && tick => Ok(()),
            Some(deadline) => Err(format!("fired early: the deadline is {deadline}")),
            None => Err("fired a timer that does not run".to_owned()),
        };
        match fact {
            ConversationFact::TimeoutAnnounced { ends_at } => {
                if self.ends.get(&id) != Some(ends_at) {
                    return Err("announces an end that is not the one that will come".into());
                }
                fires(self.reminders.remove(&id))?;
            }
            ConversationFact::Ended { reason: EndReason::Timeout } => {
                self.reminders.remove(&id);
                fires(self.ends.remove(&id))?;
            }
            ConversationFact::MessagePosted { voice: Voice::Operator, .. } => {
                self.stop(id);
                let timeouts = &livechat.settings().timeouts;
                if timeouts.visitor_inactivity > 0 {
                    let end = event.at + TimeDelta::minutes(timeouts.visitor_inactivity);
                    self.ends.insert(id, end);
                    if timeouts.timeout_reminder > 0 {
                        let before = TimeDelta::seconds(timeouts.timeout_reminder);
                        self.reminders.insert(id, end - before);
                    }
                }
            }
            ConversationFact::MessagePosted { voice: Voice::Visitor, .. }
            | ConversationFact::Transferred { .. }
            | ConversationFact::Ended { .. } => self.stop(id),
            ConversationFact::Requested(_)
            | ConversationFact::Refused { .. }
            | ConversationFact::Queued { .. }
            | ConversationFact::Assigned
            | ConversationFact::Left
            | ConversationFact::PickedUp
            | ConversationFact::MessagePosted { voice: Voice::System, .. } => {}
        }
        Ok(())
    }

    fn stop(&mut self, id: ConversationId) {
        self.reminders.remove(&id);
        self.ends.remove(&id);
    }

    /// Whoever is given a conversation has room and the skill and is the best placed, and the visitor
    /// is the oldest who can be served; or a supervisor forced it.
    fn assignment(
        &mut self,
        livechat: &Livechat,
        id: ConversationId,
        operator: Option<&OperatorId>,
        fact: &ConversationFact,
    ) -> Result<(), String> {
        let (Some(conversation), Some(to)) = (livechat.conversation(id), operator) else { return Ok(()) };
        let skill = conversation.skill.as_ref();
        match fact {
            ConversationFact::Assigned => {
                nobody_older_could_be_served(livechat, id, conversation)?;
                is_the_choice(livechat, to, skill, None)
            }
            ConversationFact::Transferred { forced: true, .. } => {
                self.excused.insert(to.clone());
                Ok(())
            }
            ConversationFact::Transferred { from, target: Target::Skill(skill), .. } => {
                is_the_choice(livechat, to, Some(skill), Some(from))
            }
            ConversationFact::Transferred { target: Target::Operator(_), .. } => {
                let receiver = livechat.operator(to).ok_or("given to nobody")?;
                let may = is_free(livechat, receiver) && has(receiver, skill);
                if may { Ok(()) } else { Err(format!("given to {to}, who may not have it")) }
            }
            ConversationFact::Requested(_)
            | ConversationFact::Refused { .. }
            | ConversationFact::Queued { .. }
            | ConversationFact::Left
            | ConversationFact::PickedUp
            | ConversationFact::MessagePosted { .. }
            | ConversationFact::TimeoutAnnounced { .. }
            | ConversationFact::Ended { .. } => Ok(()),
        }
    }
}

fn nobody_older_could_be_served(
    livechat: &Livechat,
    id: ConversationId,
    served: &Conversation,
) -> Result<(), String> {
    for (other, older) in waiting(livechat) {
        let is_older = (older.requested_at, older.request) < (served.requested_at, served.request);
        let skill = older.skill.as_ref();
        if is_older && livechat.operators().values().any(|one| is_free(livechat, one) && has(one, skill)) {
            return Err(format!("{other} is older than {id} and could be served"));
        }
    }
    Ok(())
}

/// `to` is free, has the skill, and nobody else who is and has is better placed.
fn is_the_choice(
    livechat: &Livechat,
    to: &OperatorId,
    skill: Option<&SkillId>,
    except: Option<&OperatorId>,
) -> Result<(), String> {
    let best = livechat
        .operators()
        .iter()
        .filter(|(id, one)| Some(*id) != except && is_free(livechat, one) && has(one, skill))
        .min_by(|(a, one), (b, other)| {
            let rank = |one| if skill.is_none() { rank(livechat, one) } else { Reverse(0) };
            let share = |one: &Operator, of: &Operator| one.load() * capacity_of(livechat, of);
            rank(one)
                .cmp(&rank(other))
                .then(share(one, other).cmp(&share(other, one)))
                .then(one.last_assigned_at.cmp(&other.last_assigned_at))
                .then(a.cmp(b))
        });
    match best {
        Some((best, _)) if best == to => Ok(()),
        best => Err(format!("given to {to}, should be to {:?}", best.map(|(best, _)| best))),
    }
}

/// How many skills are at or below the operator's best one: the more, the better.
fn rank(livechat: &Livechat, operator: &Operator) -> Reverse<usize> {
    let skills = &livechat.settings().skills.0;
    let below = skills.iter().rev().enumerate().map(|(below, skill)| (below + 1, skill));
    Reverse(below.filter(|(_, skill)| has(operator, Some(&skill.id))).map(|(n, _)| n).max().unwrap_or(0))
}
