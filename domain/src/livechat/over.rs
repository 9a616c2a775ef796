//! Conversations that ended a short time ago, bounded: enough to answer a late message with "over",
//! and to say the last phrase.

use std::collections::VecDeque;
use std::sync::Arc;

use foldhash::HashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::SpeakingTo;
use crate::conversation::{AboutVisitor, Conversation};
use crate::id::{ConversationId, OperatorId, SkillId, VisitorId};
use crate::limits::RECENTLY_OVER_MAX;
use crate::text::Language;

/// The last conversations that ended, at most [`RECENTLY_OVER_MAX`].
///
/// Most of a state is this: it is stored as a list, oldest first, and a copy of the state shares what does not
/// change any more.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "Vec<(ConversationId, Arc<Remains>)>")]
pub struct RecentlyOver {
    order: VecDeque<ConversationId>,
    what: HashMap<ConversationId, Arc<Remains>>,
}

/// What is left of a conversation. Stored without the names of the fields, in their order: with them it would be
/// twice as long.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks, as in a conversation")]
pub(crate) struct Remains {
    pub(crate) visitor: VisitorId,
    pub(crate) vouched: bool,
    about: AboutVisitor,
    language: Language,
    pub(crate) skill: Option<SkillId>,
    pub(crate) operator: Option<OperatorId>,
    /// Who was in charge as far as the visitor knew, where that was somebody else.
    presented: Option<OperatorId>,
    previous: Option<OperatorId>,
    pub(crate) messages: u32,
    pub(crate) segment: u32,
    pub(crate) picked_up_by: Option<OperatorId>,
    pub(crate) operator_survey_done: bool,
    pub(crate) visitor_survey_sent: bool,
    pub(crate) important: bool,
}

impl Remains {
    /// Who picked it up last, or had it before if nobody did.
    pub(crate) fn last_operator(&self) -> Option<&OperatorId> {
        self.picked_up_by.as_ref().or(self.previous.as_ref())
    }
}

impl Serialize for Remains {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self { about, language, skill, previous, messages, .. } = self;
        let visitor = (&self.visitor, self.vouched);
        let operator = (&self.operator, &self.presented);
        let segment = (self.segment, &self.picked_up_by);
        let flags = (self.operator_survey_done, self.visitor_survey_sent, self.important);
        let about = (&about.name, &about.variables);
        (visitor, about, language, skill, operator, previous, messages, segment, flags).serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Remains {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let (visitor, (name, variables), language, skill, operator, previous, messages, segment, flags) =
            Deserialize::deserialize(deserializer)?;
        let (visitor, vouched) = visitor;
        let (operator, presented) = operator;
        let about = AboutVisitor { name, variables };
        let (segment, picked_up_by) = segment;
        let (operator_survey_done, visitor_survey_sent, important) = flags;
        Ok(Self {
            visitor,
            vouched,
            about,
            language,
            skill,
            operator,
            presented,
            previous,
            messages,
            segment,
            picked_up_by,
            operator_survey_done,
            visitor_survey_sent,
            important,
        })
    }
}

impl Serialize for RecentlyOver {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let remains = self.order.iter().filter_map(|id| Some((id, self.what.get(id)?)));
        serializer.collect_seq(remains)
    }
}

impl From<Vec<(ConversationId, Arc<Remains>)>> for RecentlyOver {
    fn from(remains: Vec<(ConversationId, Arc<Remains>)>) -> Self {
        Self { order: remains.iter().map(|(id, _)| *id).collect(), what: remains.into_iter().collect() }
    }
}

impl RecentlyOver {
    pub(crate) fn push(&mut self, id: ConversationId, conversation: &Conversation) {
        let remains = Remains {
            visitor: conversation.visitor.clone(),
            vouched: conversation.vouched,
            about: conversation.about.clone(),
            language: conversation.language,
            skill: conversation.skill.clone(),
            operator: conversation.operator().cloned(),
            presented: conversation.presented().filter(|_| conversation.hidden).cloned(),
            previous: conversation.previous.clone(),
            messages: conversation.messages,
            segment: conversation.segment,
            picked_up_by: conversation.picked_up_by.clone(),
            operator_survey_done: conversation.operator_survey_done,
            visitor_survey_sent: conversation.visitor_survey_sent,
            important: conversation.important,
        };
        if self.what.insert(id, Arc::new(remains)).is_none() {
            self.order.push_back(id);
        }
        while self.order.len() > RECENTLY_OVER_MAX {
            if let Some(oldest) = self.order.pop_front() {
                self.what.remove(&oldest);
            }
        }
    }

    /// Forgets a conversation that goes on.
    pub(crate) fn forget(&mut self, id: ConversationId) {
        if self.what.remove(&id).is_some() {
            self.order.retain(|other| *other != id);
        }
    }

    pub(crate) fn remains(&self, id: ConversationId) -> Option<&Remains> {
        self.what.get(&id).map(Arc::as_ref)
    }

    /// Did this conversation end a short time ago?
    pub fn contains(&self, id: ConversationId) -> bool {
        self.what.contains_key(&id)
    }

    /// How many are remembered.
    pub fn len(&self) -> usize {
        self.order.len()
    }

    /// Is none remembered?
    pub fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub(crate) fn said(&mut self, id: ConversationId, number: u32) {
        if let Some(remains) = self.what.get_mut(&id) {
            Arc::make_mut(remains).messages = number;
        }
    }

    pub(crate) fn mark(&mut self, id: ConversationId, important: bool) {
        if let Some(remains) = self.what.get_mut(&id) {
            Arc::make_mut(remains).important = important;
        }
    }

    /// Nobody has had these conversations who has this identifier now.
    pub(crate) fn disown(&mut self, operator: &OperatorId) {
        for remains in self.what.values_mut() {
            let had = [&remains.operator, &remains.previous, &remains.picked_up_by];
            if had.into_iter().flatten().any(|had| had == operator) {
                let remains = Arc::make_mut(remains);
                let had = [&mut remains.operator, &mut remains.previous, &mut remains.picked_up_by];
                for had in had.into_iter().filter(|had| had.as_ref() == Some(operator)) {
                    *had = None;
                }
            }
        }
    }

    pub(crate) fn speaking_to(&self, id: ConversationId) -> Option<SpeakingTo<'_>> {
        self.what.get(&id).map(|remains| SpeakingTo {
            about: &remains.about,
            skill: remains.skill.as_ref(),
            language: remains.language,
            operator: remains.operator.as_ref(),
            presented: remains.presented.as_ref().or(remains.operator.as_ref()),
            messages: remains.messages,
        })
    }
}
