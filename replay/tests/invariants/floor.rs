//! Who is there, who waits and what is open, read from a state without the code of the rules.

use domain::settings::Status;
use domain::state::{Conversation, Operator, Phase};
use domain::{ConversationId, Livechat, OperatorId, SkillId, Timestamp};

/// Connected, in a status that receives, within working hours, not suspended. Written anew here: the rules have their own.
pub(super) fn receives(operator: &Operator) -> bool {
    operator.connected_since.is_some()
        && matches!(operator.status, Status::Available | Status::Searching)
        && operator.on_shift
        && !operator.suspended
}

/// May be given a conversation now.
pub(super) fn is_free(livechat: &Livechat, operator: &Operator) -> bool {
    receives(operator)
        && operator.lost_until.is_none()
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

/// The operators who may be given a conversation with this skill now.
pub(super) fn free<'a>(
    livechat: &'a Livechat,
    skill: Option<&'a SkillId>,
) -> impl Iterator<Item = (&'a OperatorId, &'a Operator)> {
    livechat.operators().iter().filter(move |(_, one)| is_free(livechat, one) && has(one, skill))
}

/// Live conversations that wait, oldest first.
pub(super) fn waiting(livechat: &Livechat) -> Vec<(ConversationId, &Conversation)> {
    let waits = |conversation: &Conversation| conversation.phase == Phase::Waiting;
    let mut waiting: Vec<_> =
        livechat.conversations().filter(|(_, one)| waits(one)).map(|(id, one)| (*id, one)).collect();
    waiting.sort_unstable_by_key(|(_, one)| one.request);
    waiting
}

/// What the calendar says, of the skill if it has hours of its own, else of the livechat.
pub(super) fn is_open(livechat: &Livechat, skill: Option<&SkillId>, at: Timestamp) -> bool {
    let settings = livechat.settings();
    let skills = &settings.skills.0;
    let own = skills.iter().find(|one| Some(&one.id) == skill).and_then(|one| one.hours.as_ref());
    match own {
        Some(hours) => hours.calendar(&settings.opening_hours.time_zone).is_open(at),
        None => settings.opening_hours.calendar().is_open(at),
    }
}

/// When that opening ends.
pub(super) fn closes_at(livechat: &Livechat, skill: Option<&SkillId>, at: Timestamp) -> Option<Timestamp> {
    let settings = livechat.settings();
    let skills = &settings.skills.0;
    let own = skills.iter().find(|one| Some(&one.id) == skill).and_then(|one| one.hours.as_ref());
    match own {
        Some(hours) => hours.calendar(&settings.opening_hours.time_zone).closes_at(at),
        None => settings.opening_hours.calendar().closes_at(at),
    }
}
