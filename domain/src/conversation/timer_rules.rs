//! The turns of a conversation, and what each does to its timers.
//!
//! | turn | `unanswered` | `auto_transfer` | `follow_up`, `inactivity` | `search_notice` |
//! |---|---|---|---|---|
//! | requested | starts | | | |
//! | assigned | | starts | | |
//! | picked up | stops | starts anew if a message is unanswered, else stops | | starts if searching and unanswered |
//! | visitor writes | | starts unless it runs | stop | starts anew if searching |
//! | operator types | | starts anew if it runs | | |
//! | visitor types | | | start anew if they run | |
//! | operator searches, a message is unanswered | | stops, while `search_notice` runs | | starts |
//! | operator does not search any more | | starts anew, if `search_notice` ran | | stops |
//! | operator writes | | stops once picked up | start anew | stops |
//! | moved to another operator | | starts anew | stop | stops |
//! | back to the queue | | stops | stop | stops |
//!
//! Phrases do not count as messages; a file counts as a message from its sender, and so does the operator's request for
//! one. A clock that starts takes the setting in force then and keeps its deadline.

use super::auto_transfer::clock as auto_transfer;
use super::{follow_up, inactivity, unanswered};
use crate::Timestamp;
use crate::settings::Timeouts;
use crate::state::timers::{TimerKind, Timers};
use crate::state::{Conversation, Passes};

pub(crate) fn requested(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    conversation.timers = Timers::default();
    unanswered::start(conversation, timeouts, at);
}

pub(crate) fn assigned(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    auto_transfer::start(conversation, timeouts, at);
}

pub(crate) fn picked_up(
    conversation: &mut Conversation,
    timeouts: &Timeouts,
    at: Timestamp,
    searching: bool,
) {
    unanswered::stop(conversation);
    auto_transfer::stop(conversation);
    if conversation.unanswered_since.is_some() {
        waits_for_an_answer(conversation, timeouts, at, searching);
    } else {
        conversation.passes = Passes::default();
    }
}

/// The visitor waits for an answer of the operator who has picked up. An operator who searches is at work, as long as
/// the visitor is kept informed; one who does not has the time of `auto_transfer`, unless it runs already.
pub(crate) fn waits_for_an_answer(
    conversation: &mut Conversation,
    timeouts: &Timeouts,
    at: Timestamp,
    searching: bool,
) {
    if searching {
        start_search_notice(conversation, timeouts, at);
    } else {
        stop_search_notice(conversation);
    }
    if conversation.timers.deadline(TimerKind::SearchNotice).is_some() {
        auto_transfer::stop(conversation);
    } else if conversation.timers.deadline(TimerKind::AutoTransfer).is_none() && !conversation.stranded {
        auto_transfer::start(conversation, timeouts, at);
    }
}

pub(crate) fn visitor_wrote(
    conversation: &mut Conversation,
    timeouts: &Timeouts,
    at: Timestamp,
    searching: bool,
) {
    conversation.unanswered_since.get_or_insert(at);
    inactivity::stop(conversation);
    follow_up::stop(conversation);
    conversation.followed_up = false;
    if conversation.answering().is_some() {
        waits_for_an_answer(conversation, timeouts, at, searching);
    } else if conversation.operator().is_some()
        && conversation.timers.deadline(TimerKind::AutoTransfer).is_none()
        && !conversation.stranded
    {
        auto_transfer::start(conversation, timeouts, at);
    }
}

pub(crate) fn operator_typed(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    auto_transfer::start(conversation, timeouts, at);
}

pub(crate) fn operator_types(
    conversation: &mut Conversation,
    timeouts: &Timeouts,
    at: Timestamp,
    until: Timestamp,
) {
    conversation.passes = Passes::default();
    auto_transfer::start_at(conversation, timeouts, at, until);
}

pub(crate) fn visitor_types(
    conversation: &mut Conversation,
    timeouts: &Timeouts,
    at: Timestamp,
    until: Timestamp,
) {
    if conversation.timers.deadline(TimerKind::VisitorInactivity).is_some() {
        inactivity::restart_at(conversation, timeouts, at, until);
    }
    if conversation.timers.deadline(TimerKind::FollowUp).is_some() {
        follow_up::restart_at(conversation, timeouts, at, until);
    }
}

pub(crate) fn operator_wrote(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    conversation.unanswered_since = None;
    conversation.passes = Passes::default();
    inactivity::restart(conversation, timeouts, at);
    follow_up::restart(conversation, timeouts, at);
    stop_search_notice(conversation);
    // A supervisor may write before the operator has picked up; the operator is still expected to.
    if conversation.answering().is_some() {
        auto_transfer::stop(conversation);
    }
}

pub(crate) fn moved(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    leaves_desk(conversation);
    auto_transfer::start(conversation, timeouts, at);
}

pub(crate) fn back_to_queue(conversation: &mut Conversation) {
    leaves_desk(conversation);
    auto_transfer::stop(conversation);
}

/// The new operator has said nothing yet, searches for nothing yet, and has nothing on hold.
fn leaves_desk(conversation: &mut Conversation) {
    conversation.timers.moved();
    conversation.marks.moved();
}

pub(crate) fn start_search_notice(conversation: &mut Conversation, timeouts: &Timeouts, at: Timestamp) {
    conversation.timers.arm(TimerKind::SearchNotice, at, timeouts.search_notice().map(|period| at + period));
}

pub(crate) const fn stop_search_notice(conversation: &mut Conversation) {
    conversation.timers.cancel(TimerKind::SearchNotice);
}
