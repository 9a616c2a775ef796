//! Which timer fires now?

use super::opening_hours;
use crate::Timestamp;
use crate::actor::Actor;
use crate::conversation::{self, keep_open};
use crate::event::Event;
use crate::operator::{lose_connection, shift};
use crate::state::Livechat;
use crate::state::timers::TimerOwner;
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
        TimerOwner::Conversation(id) => conversation::due(livechat, *id, now),
        TimerOwner::Shift(id) => shift::due(livechat, id),
        TimerOwner::OpeningHours(skill) => Some(opening_hours::due(livechat, skill.as_ref())),
        TimerOwner::Survey(key) => survey::close::due(livechat, *key),
        TimerOwner::Kept(id) => Some(keep_open::closed(*id)),
    };
    fact.into_iter().map(|fact| Event { at: now, by: Actor::System, fact }).collect()
}
