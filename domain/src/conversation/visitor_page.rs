//! The visitor's page: whether the visitor looks at it, and which page it is (spec.md §The desk, the
//! supervisor, the visitor: away for more than 3 minutes, back, left the site for more than 30 s, page
//! changed).
//!
//! The component that holds the connection measures the time; only the outcome arrives here. A visitor who leaves the
//! site while waiting for a pick-up, in the queue or on a flashing tab, has left: nobody would be there to read an
//! answer. Once an operator has picked the conversation up, it goes on until its own clocks end it, also with the next
//! operator to whom it is passed on; it just does not go back to the queue.

use super::leave;
use crate::actor::Actor;
use crate::bilingual::both;
use crate::both;
use crate::event::Page;
use crate::event::Presence;
use crate::event::{ConversationFact, Fact, Visit};
use crate::field::Check;
use crate::field::fits;
use crate::id::ConversationId;
use crate::limits::{CARD_VALUE_CHARACTERS_MAX, PAGES_PER_CONVERSATION_MAX};
use crate::personal::Personal;
use crate::rejection::ConversationRejection;
use crate::rejection::Rejection;
use crate::state::Conversation;
use crate::state::Livechat;

pub(crate) fn note(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    presence: Presence,
) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    super::roles::visitor_side(
        conversation,
        id,
        by,
        both("tell where the visitor is", "dire où se trouve l’internaute"),
    )?;
    if conversation.presence == presence {
        return Ok(vec![]);
    }
    let fact = ConversationFact::Visit(Visit::VisitorPresence { presence });
    Ok(vec![Fact::conversation(id, conversation.operator().cloned(), fact)])
}

pub(crate) fn change(
    livechat: &Livechat,
    by: &Actor,
    id: ConversationId,
    page: &Page,
) -> Result<Vec<Fact>, Rejection> {
    let conversation = livechat.live_conversation(id)?;
    super::roles::visitor_side(
        conversation,
        id,
        by,
        both("tell the visitor's page", "dire sur quelle page se trouve l’internaute"),
    )?;
    let mut check = Check::new();
    let allowed = both!(
        "1 to {CARD_VALUE_CHARACTERS_MAX} characters, without NUL",
        "1 à {CARD_VALUE_CHARACTERS_MAX} caractères, sans NUL"
    );
    let wrong = |value: &Personal<String>| !fits(value.reveal(), CARD_VALUE_CHARACTERS_MAX);
    check.must(!wrong(&page.url), "url", allowed.clone());
    check.must(!page.title.as_ref().is_some_and(wrong), "title", allowed);
    check.finish()?;
    if conversation.pages >= PAGES_PER_CONVERSATION_MAX {
        return Err(ConversationRejection::TooManyPages(id).into());
    }
    let fact = ConversationFact::Visit(Visit::PageChanged { page: page.clone() });
    Ok(vec![Fact::conversation(id, conversation.operator().cloned(), fact)])
}

/// The visitor who waited for a pick-up is gone.
pub(crate) fn left_while_waiting(
    livechat: &Livechat,
    id: ConversationId,
    presence: Presence,
) -> Option<Fact> {
    let conversation = livechat.conversation(id).filter(|conversation| conversation.waits_for_pick_up())?;
    (presence == Presence::LeftSite).then(|| leave::left(id, conversation))
}

/// Whether there is a visitor who could wait.
pub(crate) const fn may_wait(conversation: &Conversation) -> bool {
    match conversation.presence {
        Presence::Here | Presence::Away => true,
        Presence::LeftSite => false,
    }
}
