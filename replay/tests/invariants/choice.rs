//! Who should get which conversation (spec.md §Capacity, §Routing), written without the code of the rules.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use chrono::TimeDelta;
use domain::event::RefusalReason;
use domain::state::Operator;
use domain::{ConversationId, Livechat, OperatorId, SkillId, Timestamp};

use super::floor::{capacity_of, closes_at, free, has, is_open, receives, waiting};

/// What should become of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    Given(OperatorId),
    Queued(usize),
    Refused(RefusalReason),
}

/// The answer to a request for this skill, from a visitor whom `previous` had before.
pub(super) fn answer(
    livechat: &Livechat,
    skill: Option<&SkillId>,
    previous: Option<&OperatorId>,
    at: Timestamp,
) -> Answer {
    if livechat.is_shut() {
        return Answer::Refused(RefusalReason::LivechatClosed);
    }
    if !is_open(livechat, skill, at) {
        return Answer::Refused(RefusalReason::OutsideHours);
    }
    let previous = free(livechat, skill).map(|(id, _)| id).find(|id| Some(*id) == previous);
    if let Some(to) = previous.or_else(|| best(livechat, skill, |_| true)) {
        return Answer::Given(to.clone());
    }
    if !somebody_receives(livechat, skill) {
        return Answer::Refused(RefusalReason::NoOperator);
    }
    if is_closing(livechat, skill, at) {
        return Answer::Refused(RefusalReason::QueueClosed);
    }
    if is_full(livechat, skill) {
        return Answer::Refused(RefusalReason::QueueFull);
    }
    Answer::Queued(waiting(livechat).len() + 1)
}

/// Somebody may receive conversations with this skill, with room or without.
pub(super) fn somebody_receives(livechat: &Livechat, skill: Option<&SkillId>) -> bool {
    livechat.operators().values().any(|one| receives(one) && has(one, skill))
}

/// As many wait as may: for a skill with places of its own, or together for all the others.
fn is_full(livechat: &Livechat, skill: Option<&SkillId>) -> bool {
    let settings = livechat.settings();
    let own = |skill: Option<&SkillId>| {
        settings.skills.0.iter().find(|one| Some(&one.id) == skill).and_then(|one| one.queue_capacity)
    };
    let wait = |which: &dyn Fn(Option<&SkillId>) -> bool| {
        waiting(livechat).into_iter().filter(|(_, one)| which(one.skill.as_ref())).count()
    };
    let (waiting, places) = if let Some(places) = own(skill) {
        (wait(&|other| other == skill), places)
    } else {
        let receiving = livechat.operators().values().filter(|one| receives(one)).count();
        let places = settings.capacity.queue_per_operator * i64::try_from(receiving).unwrap();
        (wait(&|other| own(other).is_none()), places)
    };
    i64::try_from(waiting).unwrap() >= places
}

fn is_closing(livechat: &Livechat, skill: Option<&SkillId>, at: Timestamp) -> bool {
    let before = livechat.settings().timeouts.queue_closing;
    before > 0 && closes_at(livechat, skill, at).is_some_and(|end| end - at <= TimeDelta::minutes(before))
}

/// Among those who are free and have the skill: the best rank, unless a skill is asked for; then the lowest
/// share of the capacity in use; then whoever has waited longest for a conversation.
pub(super) fn best<'a>(
    livechat: &'a Livechat,
    skill: Option<&'a SkillId>,
    may: impl Fn(&OperatorId) -> bool,
) -> Option<&'a OperatorId> {
    let better = |(a, one): &(&OperatorId, &Operator), (b, other): &(&OperatorId, &Operator)| {
        let rank = |one| if skill.is_none() { rank(livechat, one) } else { Reverse(0) };
        let share = |one: &Operator, of: &Operator| one.load() * capacity_of(livechat, of);
        rank(one)
            .cmp(&rank(other))
            .then(share(one, other).cmp(&share(other, one)))
            .then(one.last_assigned_at.cmp(&other.last_assigned_at))
            .then(a.cmp(b))
    };
    free(livechat, skill).filter(|(id, _)| may(id)).min_by(better).map(|(id, _)| id)
}

/// How many skills are at or below the operator's best one: the more, the better.
fn rank(livechat: &Livechat, operator: &Operator) -> Reverse<usize> {
    let skills = &livechat.settings().skills.0;
    let below = skills.iter().rev().enumerate().map(|(below, skill)| (below + 1, skill));
    Reverse(below.filter(|(_, skill)| has(operator, Some(&skill.id))).map(|(n, _)| n).max().unwrap_or(0))
}

/// Of all who wait and could be served, `id` is the oldest.
pub(super) fn is_next_in_the_queue(livechat: &Livechat, id: ConversationId) -> Result<(), String> {
    let could_be = |skill| free(livechat, skill).next().is_some();
    match waiting(livechat).into_iter().find(|(_, one)| could_be(one.skill.as_ref())) {
        Some((next, _)) if next == id => Ok(()),
        next => Err(format!("it was the turn of {:?}", next.map(|(next, _)| next))),
    }
}

/// Who should get a conversation from `from`, who is inactive: somebody who was not tried; once everybody
/// who may receive it was, anybody. `None` when it should stay.
pub(super) fn best_untried<'a>(
    livechat: &'a Livechat,
    skill: Option<&'a SkillId>,
    from: &OperatorId,
    tried: &BTreeSet<OperatorId>,
) -> Option<&'a OperatorId> {
    let is_new = |id: &OperatorId| id != from && !tried.contains(id);
    let somebody_is_new =
        livechat.operators().iter().any(|(id, one)| receives(one) && has(one, skill) && is_new(id));
    if somebody_is_new { best(livechat, skill, is_new) } else { best(livechat, skill, |id| id != from) }
}
