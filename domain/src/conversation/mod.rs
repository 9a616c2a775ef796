//! Conversations: one exchange with a visitor, from the request to the end. One file per use case; the
//! rules of the timers are `unanswered.rs`, `auto_transfer.rs`, `follow_up.rs`, `search_notice.rs` and
//! `inactivity.rs`, which [`timer_rules`] calls at each turn of a conversation.
//!
//! `requested → refused | waiting | assigned`; `waiting → assigned | left | released`; `assigned → picked
//! up`; `assigned | picked up → transferred → assigned`; `→ ended → (kept open → requested again) | closed`
//! (spec.md §The life of a conversation).
//!
//! The state of a conversation holds no message text.

pub mod assign;
pub mod auto_transfer;
pub mod call_manager;
pub mod end;
pub mod file;
pub mod follow_up;
pub mod inactivity;
pub mod keep_open;
pub mod leave;
pub mod mail_copy;
pub mod mark_important;
pub mod pick_up;
pub mod queue_progress;
mod rejection;
pub mod release;
pub mod request;
pub mod request_again;
pub mod search_notice;
pub mod send_article;
pub mod timer_rules;
pub mod transfer;
pub mod typing;
pub mod unanswered;
pub mod visitor_page;
pub mod write;
pub mod write_internally;

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::Instant;
use crate::actor::Actor;
use crate::bilingual::Bilingual;
use crate::id::{ConversationId, OperatorId, SkillId, VisitorId};
use crate::queue::Place;
use crate::text::Language;
use crate::timer::Timers;

pub use auto_transfer::Passes;
pub use call_manager::Help;
pub use rejection::Rejection;
pub use request::AboutVisitor;
pub use visitor_page::Presence;

/// A live conversation as the rules see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks, each with its own rule")]
pub struct Conversation {
    /// Who chats.
    pub visitor: VisitorId,
    /// The integration has made sure who that is: whoever else claims the identifier is another visitor.
    pub vouched: bool,
    /// What phrases can say of the visitor.
    pub about: AboutVisitor,
    /// In which language.
    pub language: Language,
    /// The skill asked for.
    pub skill: Option<SkillId>,
    /// When it was requested, or asked for again.
    pub requested_at: Instant,
    /// The how-manieth request of the livechat it was.
    pub request: u64,
    /// Messages so far.
    pub messages: u32,
    /// Where it stands.
    pub phase: Phase,
    /// Its armed timers.
    pub timers: Timers,
    /// When it was first given to an operator in this segment.
    pub assigned_at: Option<Instant>,
    /// The how-manieth segment of the conversation it is, from 1.
    pub segment: u32,
    /// Who picked it up last in this segment.
    pub picked_up_by: Option<OperatorId>,
    /// Operators who were inactive on it in this segment.
    pub tried: BTreeSet<OperatorId>,
    /// How it was passed on by rule since an operator last had a word.
    pub passes: Passes,
    /// Its operator is inactive and nobody could take it: it goes to the first who can.
    pub stranded: bool,
    /// The visitor was told by a phrase who has it now, by rule.
    pub introduced: bool,
    /// Whom the visitor was shown last: who picked up, or to whom a transfer went that was told since. Nobody before
    /// the first pick-up, nor once the visitor is back in the queue.
    pub shown: Option<OperatorId>,
    /// The visitor is not shown that another operator has it now (`auto_transfer_notice`).
    pub hidden: bool,
    /// Who had it before and has it no more: the operator of the segment before, when it was kept open, or the
    /// one who was disconnected, when it came back to the queue.
    pub previous: Option<OperatorId>,
    /// Since when the visitor waits for an answer: the first message after the operator's last.
    pub unanswered_since: Option<Instant>,
    /// The visitor has had the follow-up phrase in this silence.
    pub followed_up: bool,
    /// The visitor is shown that the operator is looking for information.
    pub searching: bool,
    /// The best position in the queue that the visitor was told.
    #[serde(rename = "told_position")]
    pub announced_position: Option<usize>,
    /// Where the visitor is.
    pub presence: Presence,
    /// Pages told so far in this segment.
    pub pages: u32,
    /// Marked as important.
    pub important: bool,
    /// The call for help that is not settled.
    pub help: Option<Help>,
    /// The operator has asked for a file that the visitor has not sent.
    pub file_requested: Option<file::Wanted>,
    /// The operator survey was answered before the end.
    pub operator_survey_done: bool,
    /// A visitor survey was sent by hand.
    pub visitor_survey_sent: bool,
}

/// Where a live conversation stands, with only the data valid then.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// Asked for; the answer of the rules follows at once.
    Requested,
    /// In the queue.
    Waiting,
    /// On an operator's desk.
    Assigned {
        /// Whose.
        operator: OperatorId,
        /// Whether the operator opened the tab.
        picked_up: bool,
    },
}

impl Conversation {
    /// Its place in the queue, now or if it were to wait.
    pub const fn place(&self, id: ConversationId) -> Place {
        Place { requested_at: self.requested_at, request: self.request, conversation: id }
    }

    /// Who is in charge.
    pub const fn operator(&self) -> Option<&OperatorId> {
        match &self.phase {
            Phase::Requested | Phase::Waiting => None,
            Phase::Assigned { operator, .. } => Some(operator),
        }
    }

    /// Who is in charge as far as the visitor knows: whoever is named to the visitor.
    pub const fn presented(&self) -> Option<&OperatorId> {
        if self.hidden { self.shown.as_ref() } else { self.operator() }
    }

    /// The visitor is told that another operator has it.
    pub(crate) fn announce_change(&mut self, to: &OperatorId) {
        self.hidden = false;
        if self.shown.is_some() {
            self.shown = Some(to.clone());
        }
    }

    /// Whether an operator has picked it up in this segment.
    pub const fn is_answered(&self) -> bool {
        self.picked_up_by.is_some()
    }

    /// Who is in charge and has picked up.
    pub const fn answering(&self) -> Option<&OperatorId> {
        match &self.phase {
            Phase::Requested | Phase::Waiting | Phase::Assigned { picked_up: false, .. } => None,
            Phase::Assigned { operator, picked_up: true } => Some(operator),
        }
    }

    /// Whether the visitor waits for somebody to pick up, in the queue or on a tab that flashes.
    pub const fn waits_for_pick_up(&self) -> bool {
        self.answering().is_none()
    }

    /// Whether it waits in the queue.
    pub const fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting)
    }
}

/// The visitor of this conversation, or the integration that speaks for the visitor.
fn visitor_side(
    conversation: &Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<(), crate::Rejection> {
    match by {
        Actor::Integration(_) => Ok(()),
        Actor::Visitor(visitor) if *visitor == conversation.visitor => Ok(()),
        Actor::Visitor(_) => Err(Rejection::NotYours(id).into()),
        Actor::Operator(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::System => Err(crate::Rejection::Forbidden { role: by.role(), action }),
    }
}

/// The operator who has this conversation, if that is who acts.
fn operator_in_charge<'a>(
    conversation: &'a Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<&'a OperatorId, crate::Rejection> {
    match by {
        Actor::Operator(me) => match conversation.operator() {
            Some(operator) if operator == me => Ok(operator),
            Some(_) => Err(Rejection::NotYours(id).into()),
            None => Err(Rejection::NotAssigned(id).into()),
        },
        Actor::Visitor(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => Err(crate::Rejection::Forbidden { role: by.role(), action }),
    }
}

/// The operator who has picked this conversation up, if that is who acts.
pub(crate) fn operator_answering<'a>(
    conversation: &'a Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<&'a OperatorId, crate::Rejection> {
    operator_in_charge(conversation, id, by, action)?;
    conversation.answering().ok_or_else(|| Rejection::NotPickedUp(id).into())
}

/// The operator who has this conversation, or a supervisor.
fn operator_or_supervisor(
    conversation: &Conversation,
    id: ConversationId,
    by: &Actor,
    action: Bilingual,
) -> Result<(), crate::Rejection> {
    match by {
        Actor::Supervisor(_) => Ok(()),
        Actor::Operator(_)
        | Actor::Visitor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_)
        | Actor::System => operator_in_charge(conversation, id, by, action).map(|_| ()),
    }
}
