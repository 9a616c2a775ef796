//! Close the livechat, and reopen it (spec.md §Administration). Administrators only.
//!
//! While it is closed no new visitor is admitted, whatever the opening hours: a request is refused with
//! `livechat_closed`. Visitors in the queue are released at once, with the phrase of the same name. What is
//! on a desk goes on to its end by the rules; nothing goes back to the queue. Operators may stay, and everything can be
//! read. Once reopened, it is as before. The events are `shut` and `reopened`, since `closed` is what the opening hours
//! do.

use crate::event::{Fact, LivechatFact};
use crate::state::Livechat;

/// Close it.
pub(crate) fn shut(livechat: &Livechat) -> Vec<Fact> {
    if livechat.is_shut() { vec![] } else { vec![Fact::Livechat(LivechatFact::Shut)] }
}

/// Reopen it.
pub(crate) fn reopen(livechat: &Livechat) -> Vec<Fact> {
    if livechat.is_shut() { vec![Fact::Livechat(LivechatFact::Reopened)] } else { vec![] }
}
