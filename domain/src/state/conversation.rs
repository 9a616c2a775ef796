//! The state of a conversation: live, or kept open between two segments. It holds no message text.

use std::collections::{BTreeMap, BTreeSet};

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use super::queue::Place;
use super::timers::{Adjustment, Timers};
use crate::Timestamp;
use crate::event::{Marks, Presence, Request};
use crate::id::{ConversationId, OperatorId, SkillId, VisitorId};
use crate::limits::{AUTO_TRANSFER_SECS_MAX, PHRASE_VARIABLE_CHARACTERS_MAX};
use crate::personal::Personal;
use crate::text::{Language, Name, Note};

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
    pub requested_at: Timestamp,
    /// The sequence number of the request in the livechat.
    pub request: u64,
    /// Messages so far.
    pub messages: u32,
    /// Where it stands.
    pub phase: Phase,
    /// Its armed timers.
    pub timers: Timers,
    /// When it was first given to an operator in this segment.
    pub assigned_at: Option<Timestamp>,
    /// The number of its segment, from 1.
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
    pub unanswered_since: Option<Timestamp>,
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
    /// The marks of the staff.
    pub marks: Marks,
    /// The operator has asked for a file that the visitor has not sent.
    pub file_requested: Option<WantedFile>,
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
            Phase::Assigned { operator, picked_up: true, .. } => Some(operator),
        }
    }

    /// Whether the visitor waits for somebody to pick up, in the queue or on a tab that flashes.
    pub const fn waits_for_pick_up(&self) -> bool {
        self.answering().is_none()
    }

    /// Moves its timers, and the times that it remembers, when time did not go on as usual.
    pub(crate) fn adjust(&mut self, now: Timestamp, adjustment: Adjustment) {
        self.timers.adjust(now, adjustment);
        self.requested_at = adjustment.past_time(self.requested_at);
        let own = [&mut self.assigned_at, &mut self.unanswered_since].into_iter().flatten();
        for time in own.chain(self.marks.times()) {
            *time = adjustment.past_time(*time);
        }
    }

    /// Whether it waits in the queue.
    pub const fn is_waiting(&self) -> bool {
        matches!(self.phase, Phase::Waiting)
    }
}

/// How a conversation was passed on from inactive operators since one last had a word.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passes {
    /// How often.
    pub all: u32,
    /// How often to somebody who had been tried already.
    pub again: u32,
    /// The visitor is to be told of the last one.
    pub told: bool,
    /// Of whom the visitor was told meanwhile, by a greeting or by the phrase of this transfer.
    pub known: BTreeSet<OperatorId>,
}

impl Passes {
    /// How long the operator who has it now may be inactive.
    pub(crate) fn patience(&self, wait: TimeDelta) -> TimeDelta {
        let longest = TimeDelta::seconds(AUTO_TRANSFER_SECS_MAX).max(wait);
        (wait * 2_i32.pow(self.again.min(12))).min(longest)
    }

    /// It goes to somebody, who was tried already or not.
    pub(crate) const fn go_on(&mut self, tried: bool) {
        self.told = self.all == 0 || !tried;
        self.all += 1;
        self.again += tried as u32;
    }
}

/// A file that the operator has asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WantedFile {
    /// What it is, as the operator says.
    pub note: Option<Personal<Note>>,
}

impl WantedFile {
    pub(crate) fn is_for(&self, note: &Personal<Note>) -> bool {
        self.note.as_ref() == Some(note)
    }
}

/// What phrases can say of a visitor: personal, and short, since every live conversation has it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AboutVisitor {
    /// The visitor's name, if known.
    pub name: Option<Personal<Name>>,
    /// The custom variables of the card that are short enough for a phrase.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub variables: BTreeMap<String, Personal<String>>,
}

impl AboutVisitor {
    pub(crate) fn of(request: &Request) -> Self {
        let short = |(_, value): &(&String, &Personal<String>)| {
            value.reveal().chars().count() <= PHRASE_VARIABLE_CHARACTERS_MAX
        };
        let variables = request.card.variables.iter().filter(short);
        Self {
            name: request.visitor.name.clone(),
            variables: variables.map(|(name, value)| (name.clone(), value.clone())).collect(),
        }
    }
}

/// A conversation between two segments.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// Who chats.
    pub visitor: VisitorId,
    /// The integration has made sure who that is.
    pub vouched: bool,
    /// Who picked it up last, in the segment that ended or before.
    pub operator: Option<OperatorId>,
    /// The skill asked for in the last segment, which stays defined as long as this is kept.
    #[serde(default)]
    pub skill: Option<SkillId>,
    /// The number of the segment that has ended.
    pub segment: u32,
    /// Messages so far.
    pub messages: u32,
    /// Until when the visitor may ask again.
    pub until: Timestamp,
}
