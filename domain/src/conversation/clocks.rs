//! The turns of a conversation, and what each does to its clocks.
//!
//! | turn | `unanswered` | `auto_transfer` | `follow_up`, `inactivity` | `search_notice` |
//! |---|---|---|---|---|
//! | requested | starts | | | |
//! | assigned | | starts | | |
//! | picked up | stops | starts anew if a message is unanswered, else stops | | starts if searching and unanswered |
//! | visitor writes | | starts unless it runs | stop | starts anew if searching |
//! | operator types | | starts anew if it runs | | |
//! | operator writes | | stops once picked up | start anew | stops |
//! | moved to another operator | | starts anew | stop | stops |
//! | back to the queue | | stops | stop | stops |
//!
//! Phrases are nobody's word; a file is a word of whoever sends it, and so is the operator's question for
//! one. A clock that starts takes the setting in force then and keeps its deadline.

use super::{Conversation, auto_transfer, follow_up, inactivity, search_notice, unanswered};
use crate::Instant;
use crate::settings::Timeouts;
use crate::timer::{TimerKind, Timers};

pub(crate) fn requested(conversation: &mut Conversation, timeouts: &Timeouts, at: Instant) {
    conversation.timers = Timers::default();
    unanswered::start(conversation, timeouts, at);
}

pub(crate) fn assigned(conversation: &mut Conversation, timeouts: &Timeouts, at: Instant) {
    auto_transfer::start(conversation, timeouts, at);
}

pub(crate) fn picked_up(conversation: &mut Conversation, timeouts: &Timeouts, at: Instant, searching: bool) {
    unanswered::stop(conversation);
    if conversation.unanswered_since.is_some() {
        auto_transfer::start(conversation, timeouts, at);
        if searching {
            search_notice::start(conversation, timeouts, at);
        }
    } else {
        auto_transfer::stop(conversation);
    }
}

pub(crate) fn visitor_wrote(
    conversation: &mut Conversation,
    timeouts: &Timeouts,
    at: Instant,
    searching: bool,
) {
    conversation.unanswered_since.get_or_insert(at);
    inactivity::stop(conversation);
    follow_up::stop(conversation);
    conversation.followed_up = false;
    if conversation.operator().is_some() && conversation.timers.deadline(TimerKind::AutoTransfer).is_none() {
        auto_transfer::start(conversation, timeouts, at);
    }
    if searching && conversation.answering().is_some() {
        search_notice::start(conversation, timeouts, at);
    }
}

pub(crate) fn operator_typed(conversation: &mut Conversation, timeouts: &Timeouts, at: Instant) {
    auto_transfer::start(conversation, timeouts, at);
}

pub(crate) fn operator_wrote(conversation: &mut Conversation, timeouts: &Timeouts, at: Instant) {
    conversation.unanswered_since = None;
    inactivity::restart(conversation, timeouts, at);
    if !conversation.followed_up {
        follow_up::restart(conversation, timeouts, at);
    }
    search_notice::stop(conversation);
    // A supervisor may write before the operator has picked up, who is still expected to.
    if conversation.answering().is_some() {
        auto_transfer::stop(conversation);
    }
}

pub(crate) fn moved(conversation: &mut Conversation, timeouts: &Timeouts, at: Instant) {
    silence(conversation);
    auto_transfer::start(conversation, timeouts, at);
}

pub(crate) const fn back_to_queue(conversation: &mut Conversation) {
    silence(conversation);
    auto_transfer::stop(conversation);
}

/// The new operator has said nothing yet, and searches for nothing yet.
const fn silence(conversation: &mut Conversation) {
    inactivity::stop(conversation);
    follow_up::stop(conversation);
    search_notice::stop(conversation);
}
