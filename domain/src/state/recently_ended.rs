//! Conversations that ended a short time ago, bounded: enough to answer a late message with "over",
//! and to post the last phrase.

use std::collections::VecDeque;
use std::sync::Arc;

use foldhash::HashMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::conversation::{AboutVisitor, Conversation};
use super::phrase_context::PhraseContext;
use crate::id::{ConversationId, OperatorId, SkillId, VisitorId};
use crate::limits::RECENTLY_ENDED_MAX;
use crate::text::Language;

/// The last conversations that ended, at most [`RECENTLY_ENDED_MAX`].
///
/// Most of a state is this: it is stored as a list, oldest first, and a copy of the state shares what does not
/// change any more.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(from = "Vec<(ConversationId, Arc<EndedConversation>)>")]
pub struct RecentlyEnded {
    order: VecDeque<ConversationId>,
    what: HashMap<ConversationId, Arc<EndedConversation>>,
}

/// What is remembered of a conversation that ended. Stored without the names of the fields, in their order: with them it would be
/// twice as long.
#[derive(Clone, Debug, PartialEq)]
#[expect(clippy::struct_excessive_bools, reason = "independent marks, as in a conversation")]
pub(crate) struct EndedConversation {
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

impl EndedConversation {
    /// Who picked it up last, or had it before if nobody did.
    pub(crate) fn last_operator(&self) -> Option<&OperatorId> {
        self.picked_up_by.as_ref().or(self.previous.as_ref())
    }
}

impl Serialize for EndedConversation {
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

impl<'de> Deserialize<'de> for EndedConversation {
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

impl Serialize for RecentlyEnded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let ended = self.order.iter().filter_map(|id| Some((id, self.what.get(id)?)));
        serializer.collect_seq(ended)
    }
}

impl From<Vec<(ConversationId, Arc<EndedConversation>)>> for RecentlyEnded {
    fn from(ended: Vec<(ConversationId, Arc<EndedConversation>)>) -> Self {
        Self { order: ended.iter().map(|(id, _)| *id).collect(), what: ended.into_iter().collect() }
    }
}

impl RecentlyEnded {
    pub(crate) fn push(&mut self, id: ConversationId, conversation: &Conversation) {
        let ended = EndedConversation {
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
            important: conversation.marks.important,
        };
        if self.what.insert(id, Arc::new(ended)).is_none() {
            self.order.push_back(id);
        }
        while self.order.len() > RECENTLY_ENDED_MAX {
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

    pub(crate) fn get(&self, id: ConversationId) -> Option<&EndedConversation> {
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
        if let Some(ended) = self.what.get_mut(&id) {
            Arc::make_mut(ended).messages = number;
        }
    }

    pub(crate) fn mark(&mut self, id: ConversationId, important: bool) {
        if let Some(ended) = self.what.get_mut(&id) {
            Arc::make_mut(ended).important = important;
        }
    }

    /// Nobody has had these conversations who has this identifier now.
    pub(crate) fn disown(&mut self, operator: &OperatorId) {
        for ended in self.what.values_mut() {
            let had = [&ended.operator, &ended.previous, &ended.picked_up_by];
            if had.into_iter().flatten().any(|had| had == operator) {
                let ended = Arc::make_mut(ended);
                let had = [&mut ended.operator, &mut ended.previous, &mut ended.picked_up_by];
                for had in had.into_iter().filter(|had| had.as_ref() == Some(operator)) {
                    *had = None;
                }
            }
        }
    }

    pub(crate) fn phrase_context(&self, id: ConversationId) -> Option<PhraseContext<'_>> {
        self.what.get(&id).map(|ended| PhraseContext {
            about: &ended.about,
            skill: ended.skill.as_ref(),
            language: ended.language,
            operator: ended.operator.as_ref(),
            presented: ended.presented.as_ref().or(ended.operator.as_ref()),
            messages: ended.messages,
        })
    }
}
