//! The search phrase to a visitor whose operator is looking for information (spec.md §Timeouts,
//! `search_notice`).
//!
//! It runs only while the operator who has picked up is connected, in the status `searching`, and the
//! visitor's last message is unanswered: from that message, or from the entry into the status, the
//! connection or the pick-up if that was later. It is repeated every period while this lasts; the operator's
//! message, another status or a disconnection stops it. As long as it runs the operator is at work: the clock of
//! `auto_transfer` stands still, and restarts when the search stops without an answer.
//!
//! That the operator who has picked up is looking for information is shown to the visitor, whatever the
//! setting says (spec.md §Statuses), as long as the operator is connected.

use super::auto_transfer::clock as auto_transfer;
use super::timer_rules;
use crate::Timestamp;
use crate::event::{ConversationFact, Fact, Notice};
use crate::id::{ConversationId, OperatorId};
use crate::settings::Timeouts;
use crate::state::Conversation;
use crate::state::Livechat;
use crate::state::timers::TimerKind;

/// The operator has entered a status, connected or left: starts or stops the clock of each conversation.
pub(crate) fn operator_changed(livechat: &mut Livechat, at: Timestamp, operator: &OperatorId) {
    let Some(known) = livechat.operator(operator) else { return };
    let searches = known.searches();
    for id in known.conversations.clone() {
        livechat.change_conversation(id, |conversation, settings| {
            let waits = conversation.answering().is_some() && conversation.unanswered_since.is_some();
            if waits {
                timer_rules::waits_for_an_answer(conversation, &settings.timeouts, at, searches);
            } else {
                timer_rules::stop_search_notice(conversation);
            }
        });
    }
}

/// The period is over. The next one is as long as the setting says now; there is none if it is off.
pub(crate) fn due(
    livechat: &Livechat,
    id: ConversationId,
    conversation: &Conversation,
    now: Timestamp,
) -> Fact {
    let again_at = livechat.settings().timeouts.search_notice().map(|period| now + period);
    Fact::conversation(
        id,
        conversation.operator().cloned(),
        ConversationFact::Notice(Notice::SearchNoticed { again_at }),
    )
}

pub(crate) fn evolve(
    conversation: &mut Conversation,
    timeouts: &Timeouts,
    at: Timestamp,
    again_at: Option<Timestamp>,
) {
    conversation.timers.arm(TimerKind::SearchNotice, at, again_at);
    // The search phrase is not sent again: the search no longer counts as activity.
    if again_at.is_none() {
        auto_transfer::start(conversation, timeouts, at);
    }
}

/// The visitors of this operator are shown that the search has begun or stopped.
pub(crate) fn shown(livechat: &Livechat, operator: &OperatorId) -> Vec<Fact> {
    let Some(known) = livechat.operator(operator) else { return vec![] };
    let searching = known.searches();
    let conversations = known.conversations.iter().filter_map(|id| Some((*id, livechat.conversation(*id)?)));
    conversations
        .filter(|(_, conversation)| conversation.answering().is_some() && conversation.searching != searching)
        .map(|(id, _)| show(id, operator, searching))
        .collect()
}

/// The operator who picks up is looking for information already.
pub(crate) fn shown_at_pick_up(livechat: &Livechat, id: ConversationId) -> Option<Fact> {
    let operator = livechat.conversation(id)?.answering()?;
    livechat.operator_searches(id).then(|| show(id, operator, true))
}

fn show(id: ConversationId, operator: &OperatorId, searching: bool) -> Fact {
    Fact::conversation(
        id,
        Some(operator.clone()),
        ConversationFact::Notice(Notice::OperatorSearches { searching }),
    )
}
