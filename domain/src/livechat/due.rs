//! Which timer fires now?

use super::service_hours;
use crate::Timestamp;
use crate::actor::Actor;
use crate::conversation::{auto_transfer, follow_up, inactivity, keep_open, release, search_notice};
use crate::event::{Event, Fact};
use crate::id::ConversationId;
use crate::operator::{lose_connection, shift};
use crate::state::Livechat;
use crate::state::timers::{TimerKind, TimerOwner};
use crate::survey;

/// What the first timer that has fallen due by `now` makes happen; nothing when none has. Call again
/// after applying it, until nothing is due: one timer may cancel the next.
///
/// Timers fire in the order of their deadlines; of those that fall due together, in the order of
/// [`TimerOwner`], and of one conversation's in the order of [`TimerKind`].
pub fn due(livechat: &Livechat, now: Timestamp) -> Vec<Event> {
    let Some((deadline, owner)) = livechat.deadlines.first() else { return vec![] };
    if deadline > now {
        return vec![];
    }
    let fact = match owner {
        TimerOwner::LostOperator(id) => Some(lose_connection::due(id.clone())),
        TimerOwner::Conversation(id) => of_conversation(livechat, *id, now),
        TimerOwner::Shift(id) => shift::due(livechat, id),
        TimerOwner::OpeningHours(skill) => Some(service_hours::due(livechat, skill.as_ref())),
        TimerOwner::Survey(key) => survey::close::due(livechat, *key),
        TimerOwner::Kept(id) => Some(keep_open::closed(*id)),
    };
    fact.into_iter().map(|fact| Event { at: now, by: Actor::System, fact }).collect()
}

fn of_conversation(livechat: &Livechat, id: ConversationId, now: Timestamp) -> Option<Fact> {
    let conversation = livechat.conversation(id)?;
    let (_, kind) = conversation.timers.next()?;
    match kind {
        TimerKind::Unanswered => Some(release::unanswered(id, conversation)),
        TimerKind::AutoTransfer => auto_transfer::due(livechat, id, conversation),
        TimerKind::FollowUp => Some(follow_up::due(id, conversation)),
        TimerKind::SearchNotice => Some(search_notice::due(livechat, id, conversation, now)),
        TimerKind::TimeoutReminder => Some(inactivity::remind(id, conversation)),
        TimerKind::VisitorInactivity => Some(inactivity::end(id, conversation)),
    }
}
