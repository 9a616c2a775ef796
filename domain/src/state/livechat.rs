//! The livechat: everything that has to be true at once, and the two methods that keep its indexes.

use std::collections::{BTreeMap, BTreeSet};

use foldhash::HashMap;
use serde::{Deserialize, Serialize};

use crate::Timestamp;
use crate::event::Profile;
use crate::id::{ConversationId, OperatorId, SkillId, SurveyId, VisitorId};
use crate::rejection::{ConversationRejection, Rejection};
use crate::settings::phrases::Variables;
use crate::settings::surveys::{Audience, Survey, Versions};
use crate::settings::{Phrase, SectionName, Settings};
use crate::text::{Language, Name, Text};

use super::conversation::{Conversation, Kept, Phase};
use super::estimated_wait::ServiceTimes;
use super::open_services::ServiceHours;
use super::operator::Operator;
use super::phrase_context::PhraseContext;
use super::queue::{Place, Queue};
use super::recently_ended::RecentlyEnded;
use super::routing::Roster;
use super::survey::{Pending, SurveyKey};
use super::timers::{Deadlines, TimerOwner};
use super::visitors::Visitors;

/// The state of one livechat, a fold of its events.
///
/// Decisions never depend on the iteration order of a `HashMap`: those are only looked up.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Livechat {
    pub(crate) identity: Option<Identity>,
    /// Whether an administrator has closed it.
    pub(crate) shut: bool,
    /// The time of the last event.
    pub(crate) clock: Timestamp,
    pub(crate) settings: Settings,
    /// How many times each section was changed; a section that never was is not in it.
    pub(crate) revisions: BTreeMap<SectionName, u64>,
    pub(crate) operators: BTreeMap<OperatorId, Operator>,
    /// Those who were removed, as they were last: nobody else is given their identifiers.
    pub(crate) former: BTreeMap<OperatorId, Profile>,
    /// How many times the staff was changed: a profile given, somebody suspended or removed.
    pub(crate) staffing: u64,
    /// How many of them are connected.
    pub(crate) connected: usize,
    #[serde(serialize_with = "crate::sorted_map::serialize")]
    pub(crate) conversations: HashMap<ConversationId, Conversation>,
    /// The live conversation of each visitor.
    pub(crate) visitors: Visitors,
    /// How many conversations were ever requested.
    pub(crate) requests: u64,
    pub(crate) queue: Queue,
    pub(crate) roster: Roster,
    /// Conversations whose operators are inactive and which nobody could take, oldest first.
    pub(crate) stranded: BTreeSet<Place>,
    pub(crate) deadlines: Deadlines,
    /// When each deadline of an operator, a survey or a conversation kept open was set.
    #[serde(with = "pairs")]
    pub(crate) armed: BTreeMap<TimerOwner, Timestamp>,
    #[serde(rename = "over")]
    pub(crate) recently_ended: RecentlyEnded,
    /// Conversations kept open between two segments.
    pub(crate) kept: BTreeMap<ConversationId, Kept>,
    pub(crate) kept_by_visitor: Visitors,
    /// Surveys that wait for answers.
    #[serde(with = "pairs")]
    pub(crate) surveys_pending: BTreeMap<SurveyKey, Pending>,
    /// The numbers of versions given so far.
    pub(crate) survey_numbers: Versions,
    /// The surveys in force and those that wait for answers in an older version, which is what those answers
    /// are checked against.
    #[serde(with = "pairs")]
    pub(crate) survey_versions: BTreeMap<(SurveyId, u32), Survey>,
    #[serde(rename = "openings")]
    pub(crate) service_hours: ServiceHours,
    #[serde(rename = "service")]
    pub(crate) service_times: ServiceTimes,
}

/// Maps whose keys are not text, as lists of pairs.
mod pairs {
    use std::collections::BTreeMap;

    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<K, V, S>(map: &BTreeMap<K, V>, serializer: S) -> Result<S::Ok, S::Error>
    where
        K: Serialize,
        V: Serialize,
        S: Serializer,
    {
        serializer.collect_seq(map)
    }

    pub(super) fn deserialize<'de, K, V, D>(deserializer: D) -> Result<BTreeMap<K, V>, D::Error>
    where
        K: Deserialize<'de> + Ord,
        V: Deserialize<'de>,
        D: Deserializer<'de>,
    {
        Ok(Vec::<(K, V)>::deserialize(deserializer)?.into_iter().collect())
    }
}

/// What a livechat is called.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    /// Its name.
    pub name: Name,
    /// The language phrases fall back to.
    pub language: Language,
}

impl Livechat {
    /// Its name and language, once created.
    pub const fn identity(&self) -> Option<&Identity> {
        self.identity.as_ref()
    }

    /// Has an administrator closed it?
    pub const fn is_shut(&self) -> bool {
        self.shut
    }

    /// The time of the last event.
    pub const fn clock(&self) -> Timestamp {
        self.clock
    }

    /// The settings in force.
    pub const fn settings(&self) -> &Settings {
        &self.settings
    }

    /// The revision of a section: how many times it was changed, 0 for the ready-made one.
    pub fn revision(&self, section: SectionName) -> u64 {
        self.revisions.get(&section).copied().unwrap_or_default()
    }

    /// All registered operators.
    pub const fn operators(&self) -> &BTreeMap<OperatorId, Operator> {
        &self.operators
    }

    /// One registered operator.
    pub fn operator(&self, id: &OperatorId) -> Option<&Operator> {
        self.operators.get(id)
    }

    /// Those who were removed, with their last profiles.
    pub const fn former(&self) -> &BTreeMap<OperatorId, Profile> {
        &self.former
    }

    /// Is an operator connected?
    pub const fn is_attended(&self) -> bool {
        self.connected > 0
    }

    /// How many things the state holds, whoever they concern: a measure of the memory it takes.
    pub fn entries(&self) -> usize {
        self.operators.len()
            + self.former.len()
            + self.conversations.len()
            + self.recently_ended.len()
            + self.kept.len()
            + self.surveys_pending.len()
    }

    /// One live conversation.
    pub fn conversation(&self, id: ConversationId) -> Option<&Conversation> {
        self.conversations.get(&id)
    }

    /// All live conversations, in no particular order.
    pub fn conversations(&self) -> impl Iterator<Item = (&ConversationId, &Conversation)> {
        self.conversations.iter()
    }

    /// The live conversation of the visitor with this identifier: of the one whom the integration vouched for, or of
    /// whoever claims it.
    pub fn conversation_of(&self, visitor: &VisitorId, vouched: bool) -> Option<ConversationId> {
        self.visitors.get(visitor, vouched)
    }

    /// Who waits.
    pub const fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Who may receive.
    pub const fn roster(&self) -> &Roster {
        &self.roster
    }

    /// Conversations that ended a short time ago.
    pub const fn recently_ended(&self) -> &RecentlyEnded {
        &self.recently_ended
    }

    /// The next deadline of everything that has one.
    pub const fn deadlines(&self) -> &Deadlines {
        &self.deadlines
    }

    /// When the first timer fires.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|(at, _)| at)
    }

    pub(crate) fn known_operator(&self, id: &OperatorId) -> Result<&Operator, Rejection> {
        self.operator(id).ok_or_else(|| Rejection::UnknownOperator(id.clone()))
    }

    pub(crate) fn live_conversation(
        &self,
        id: ConversationId,
    ) -> Result<&Conversation, ConversationRejection> {
        self.conversation(id).ok_or_else(|| {
            if self.recently_ended.contains(id) || self.kept.contains_key(&id) {
                ConversationRejection::Over(id)
            } else {
                ConversationRejection::Unknown(id)
            }
        })
    }

    /// The text of a phrase, as it is now.
    pub(crate) fn phrase_text(
        &self,
        phrase: Phrase,
        to: &PhraseContext<'_>,
        position: Option<usize>,
    ) -> Option<Text> {
        let operator =
            to.presented.and_then(|id| self.operator(id)).map(|operator| operator.profile.name.as_str());
        let fallback = self.identity.as_ref().map(|identity| identity.language).unwrap_or_default();
        let wait = position.and_then(|position| self.wait_minutes(position, to.skill));
        let visitor = to.about.name.as_ref().map(|name| name.reveal().as_str());
        let with = Variables { operator, position, wait, visitor, custom: Some(&to.about.variables) };
        Text::parse(self.settings.phrases.say(phrase, to.language, fallback, with)?).ok()
    }

    /// The estimated wait at this position (from 1), in minutes, for a request with this skill or with
    /// none; `None` while nobody may receive it.
    pub fn wait_minutes(&self, position: usize, skill: Option<&SkillId>) -> Option<u32> {
        self.service_times.wait_minutes(position, self.roster.capacity(skill))
    }

    /// What phrases need to know of a conversation that is live or ended a short time ago.
    pub(crate) fn phrase_context(&self, id: ConversationId) -> Option<PhraseContext<'_>> {
        self.conversation(id)
            .map(|live| PhraseContext {
                about: &live.about,
                language: live.language,
                skill: live.skill.as_ref(),
                operator: live.operator(),
                presented: live.presented(),
                messages: live.messages,
            })
            .or_else(|| self.recently_ended.phrase_context(id))
    }

    /// Whether the operator in charge is looking for information.
    pub(crate) fn operator_searches(&self, id: ConversationId) -> bool {
        let operator = self.conversation(id).and_then(Conversation::operator);
        operator.and_then(|id| self.operator(id)).is_some_and(Operator::searches)
    }

    /// Whether as many wait as may, for a request with this skill or with none.
    pub(crate) fn queue_is_full(&self, skill: Option<&SkillId>) -> bool {
        let places = |skill: &SkillId| self.settings.skills.get(skill)?.queue_capacity;
        if let Some((skill, places)) = skill.and_then(|skill| Some((skill, places(skill)?))) {
            return self.queue.len_for(skill) >= usize::try_from(places).unwrap_or(0);
        }
        // Those who wait in places of their own take none of the places that are shared.
        let apart: usize = self
            .settings
            .skills
            .0
            .iter()
            .filter(|skill| skill.queue_capacity.is_some())
            .map(|skill| self.queue.len_for(&skill.id))
            .sum();
        self.queue.len() - apart >= self.settings.capacity.places(self.roster.receiving(None))
    }

    /// The conversation that was kept open for the visitor with this identifier: for the one whom the integration
    /// vouched for, or for whoever claims it.
    pub fn kept_of(&self, visitor: &VisitorId, vouched: bool) -> Option<ConversationId> {
        self.kept_by_visitor.get(visitor, vouched)
    }

    /// The conversations kept open between two segments.
    pub const fn kept(&self) -> &BTreeMap<ConversationId, Kept> {
        &self.kept
    }

    /// The survey that waits for its answers, of the last segment of which one does.
    pub fn pending_survey(&self, id: ConversationId, audience: Audience) -> Option<&Pending> {
        self.pending_surveys_of(id, audience).next_back().map(|(_, pending)| pending)
    }

    /// The survey of one segment that waits for its answers.
    pub fn pending_survey_of(&self, key: SurveyKey) -> Option<&Pending> {
        self.surveys_pending.get(&key)
    }

    /// The surveys of a conversation that wait for the answers of this audience, by segment.
    pub fn pending_surveys_of(
        &self,
        id: ConversationId,
        audience: Audience,
    ) -> impl DoubleEndedIterator<Item = (SurveyKey, &Pending)> {
        let of = |segment, audience| SurveyKey { conversation: id, segment, audience };
        let all = self.surveys_pending.range(of(0, Audience::Operator)..=of(u32::MAX, Audience::Visitor));
        all.map(|(key, pending)| (*key, pending)).filter(move |(key, _)| key.audience == audience)
    }

    /// All surveys that wait for answers.
    pub fn pending_surveys(&self) -> impl Iterator<Item = (SurveyKey, &Pending)> {
        self.surveys_pending.iter().map(|(key, pending)| (*key, pending))
    }

    /// One version of a survey.
    pub fn survey(&self, id: &SurveyId, version: u32) -> Option<&Survey> {
        self.survey_versions.get(&(id.clone(), version))
    }

    fn remember_surveys(&mut self) {
        let surveys = &self.settings.surveys;
        let pending = &self.surveys_pending;
        self.survey_versions.retain(|(id, version), _| {
            pending.values().any(|pending| pending.survey == *id && pending.version == *version)
        });
        let in_force = surveys.0.iter().map(|survey| ((survey.id.clone(), survey.version), survey.clone()));
        self.survey_versions.extend(in_force);
    }

    /// Changes what waits in one survey and keeps the deadlines.
    pub(crate) fn change_survey(&mut self, key: SurveyKey, change: impl FnOnce(&mut Option<Pending>)) {
        let mut slot = self.surveys_pending.remove(&key);
        let before = slot.as_ref().and_then(|pending| pending.closes_at);
        change(&mut slot);
        let after = slot.as_ref().and_then(|pending| pending.closes_at);
        self.rearm(TimerOwner::Survey(key), before, after);
        if let Some(pending) = slot {
            self.surveys_pending.insert(key, pending);
        }
    }

    /// Keeps a conversation open that has just ended.
    pub(crate) fn keep(&mut self, id: ConversationId, until: Timestamp) {
        let Some(ended) = self.recently_ended.get(id) else { return };
        let kept = Kept {
            visitor: ended.visitor.clone(),
            vouched: ended.vouched,
            operator: ended.last_operator().cloned(),
            skill: ended.skill.clone(),
            segment: ended.segment,
            messages: ended.messages,
            until,
        };
        self.kept_by_visitor.insert(kept.visitor.clone(), kept.vouched, id);
        self.rearm(TimerOwner::Kept(id), None, Some(until));
        self.kept.insert(id, kept);
    }

    /// Changes until when a conversation is kept open.
    pub(crate) fn adjust_kept(&mut self, id: ConversationId, change: impl FnOnce(&mut Timestamp)) {
        let Some(kept) = self.kept.get_mut(&id) else { return };
        let before = kept.until;
        change(&mut kept.until);
        let after = kept.until;
        self.rearm(TimerOwner::Kept(id), Some(before), Some(after));
    }

    /// Takes a conversation out of those kept open.
    pub(crate) fn no_longer_kept(&mut self, id: ConversationId) -> Option<Kept> {
        let kept = self.kept.remove(&id)?;
        self.rearm(TimerOwner::Kept(id), Some(kept.until), None);
        if self.kept_of(&kept.visitor, kept.vouched) == Some(id) {
            self.kept_by_visitor.remove(&kept.visitor, kept.vouched);
        }
        Some(kept)
    }

    /// Moves a conversation from one operator's desk to another's, where it has to be picked up.
    pub(crate) fn hand_over(
        &mut self,
        at: Timestamp,
        id: ConversationId,
        from: &OperatorId,
        to: &OperatorId,
    ) {
        self.change_operator(from, |operator| {
            operator.conversations.remove(&id);
        });
        self.put_on_desk(at, id, to);
    }

    /// Puts a conversation on an operator's desk, where it has to be picked up.
    pub(crate) fn put_on_desk(&mut self, at: Timestamp, id: ConversationId, to: &OperatorId) {
        self.change_operator(to, |operator| {
            operator.conversations.insert(id);
            operator.last_assigned_at = Some(at);
        });
        self.change_conversation(id, |conversation, _| {
            conversation.phase = Phase::Assigned { operator: to.clone(), picked_up: false };
            conversation.assigned_at.get_or_insert(at);
            conversation.announced_position = None;
            conversation.searching = false;
            conversation.introduced = false;
        });
    }

    /// Takes what an operator had last from whoever has the identifier now, who is somebody else.
    pub(crate) fn disown(&mut self, id: &OperatorId) {
        let kept = self.kept.values_mut().map(|kept| &mut kept.operator);
        let live = self.conversations.values_mut().map(|live| &mut live.previous);
        for had in kept.chain(live).filter(|had| had.as_ref() == Some(id)) {
            *had = None;
        }
        self.recently_ended.disown(id);
    }

    /// Changes one operator and keeps the roster and the deadlines. One who was removed and has nothing left is
    /// one of the former.
    pub(crate) fn change_operator(&mut self, id: &OperatorId, change: impl FnOnce(&mut Operator)) {
        let Some(operator) = self.operators.get_mut(id) else { return };
        self.roster.remove(id, operator, &self.settings);
        let before = operator.connected_since.is_some();
        let deadlines = (operator.lost_until, operator.shift_changes_at);
        change(operator);
        self.connected =
            self.connected + usize::from(operator.connected_since.is_some()) - usize::from(before);
        let gone =
            operator.removed && operator.connected_since.is_none() && operator.conversations.is_empty();
        let now = if gone { (None, None) } else { (operator.lost_until, operator.shift_changes_at) };
        if gone {
            if let Some(operator) = self.operators.remove(id) {
                self.former.insert(id.clone(), operator.profile);
            }
        } else {
            self.roster.add(id, operator, &self.settings);
        }
        if deadlines != now {
            self.rearm(TimerOwner::LostOperator(id.clone()), deadlines.0, now.0);
            self.deadlines.moved(TimerOwner::Shift(id.clone()), deadlines.1, now.1);
        }
    }

    /// Records that the next deadline of `whose` went from `before` to `after`, and since when it runs.
    fn rearm(&mut self, owner: TimerOwner, before: Option<Timestamp>, after: Option<Timestamp>) {
        if before == after {
            return;
        }
        if after.is_some() {
            self.armed.insert(owner.clone(), self.clock);
        } else {
            self.armed.remove(&owner);
        }
        self.deadlines.moved(owner, before, after);
    }

    /// Changes the settings and indexes every operator anew under them.
    pub(crate) fn change_settings(&mut self, change: impl FnOnce(&mut Settings)) {
        change(&mut self.settings);
        self.survey_numbers.note(&self.settings.surveys);
        self.remember_surveys();
        self.roster = Roster::default();
        for (id, operator) in &self.operators {
            self.roster.add(id, operator, &self.settings);
        }
    }

    /// Changes one live conversation and keeps the queue and the deadlines.
    pub(crate) fn change_conversation(
        &mut self,
        id: ConversationId,
        change: impl FnOnce(&mut Conversation, &Settings),
    ) {
        if let Some(conversation) = self.conversations.get_mut(&id) {
            let deadline = conversation.timers.next().map(|(at, _)| at);
            let waited = conversation.is_waiting();
            let place = conversation.place(id);
            let skill = if waited { conversation.skill.clone() } else { None };
            change(conversation, &self.settings);
            self.stranded.remove(&place);
            if conversation.stranded {
                self.stranded.insert(conversation.place(id));
            }
            if waited {
                self.queue.exit(&place, skill.as_ref());
            }
            if conversation.is_waiting() {
                self.queue.enter(conversation.place(id), conversation.skill.as_ref());
            }
            let next = conversation.timers.next().map(|(at, _)| at);
            self.deadlines.moved(TimerOwner::Conversation(id), deadline, next);
        }
    }

    /// Takes one conversation out of everything: it is over.
    pub(crate) fn close(&mut self, id: ConversationId) {
        let Some(conversation) = self.conversations.remove(&id) else { return };
        let deadline = conversation.timers.next().map(|(at, _)| at);
        self.deadlines.moved(TimerOwner::Conversation(id), deadline, None);
        self.stranded.remove(&conversation.place(id));
        self.visitors.remove(&conversation.visitor, conversation.vouched);
        if conversation.is_waiting() {
            self.queue.exit(&conversation.place(id), conversation.skill.as_ref());
        }
        if let Some(operator) = conversation.operator() {
            self.change_operator(operator, |operator| {
                operator.conversations.remove(&id);
            });
        }
        self.recently_ended.push(id, &conversation);
    }
}
