//! Which timer fires now?

use super::Livechat;
use crate::Instant;
use crate::actor::Actor;
use crate::conversation::inactivity;
use crate::event::Event;
use crate::timer::TimerKind;

/// What the first timer that has fallen due by `now` makes happen; nothing when none has. Call again
/// after applying it, until nothing is due: one timer may cancel the next.
///
/// Timers fire in the order of their deadlines; of one conversation's timers that fall due together,
/// in the order of [`TimerKind`].
pub fn due(livechat: &Livechat, now: Instant) -> Vec<Event> {
    let Some((deadline, id)) = livechat.deadlines.first() else { return vec![] };
    if deadline > now {
        return vec![];
    }
    let Some(conversation) = livechat.conversation(id) else { return vec![] };
    let Some((_, kind)) = conversation.timers.next() else { return vec![] };
    let fact = match kind {
        TimerKind::TimeoutReminder | TimerKind::VisitorInactivity => inactivity::due(id, conversation, kind),
    };
    vec![Event { at: now, by: Actor::System, fact }]
}
