//! The floor in memory: seeded with the rows, then folded event by event with the same folds, and able to
//! tell what has changed since any recent position (spec.md §The desk, the supervisor, the visitor).
//!
//! A live feed waits for no table that way: the rows serve queries, once they are written.

use std::collections::{BTreeMap, HashMap};

use domain::text::Language;
use domain::{ConversationId, LivechatId};
use journal::{Position, Record};

use super::change_log::ChangeLog;
use super::conversations::State;
use super::help::{HelpCall, HelpStep};
use super::{
    Changes, FloorConversation, FloorConversations, FloorLivechat, FloorLivechats, FloorOperator,
    FloorOperators, FloorView, OperatorRow,
};
use crate::encoding;
use crate::projection::{ConversationKey, OperatorKey, Projection};
use crate::queue::{self, QueueChanges, QueueEntry, QueueSnapshot};
use crate::skill_names::SkillNames;

/// The floor of one livechat in memory. Events come in their order, each once, from just after
/// [`LiveFloor::position`].
#[derive(Clone, Debug)]
pub struct LiveFloor {
    livechat: LivechatId,
    position: Position,
    about: Option<Box<FloorLivechat>>,
    operators: BTreeMap<OperatorKey, Box<OperatorRow>>,
    conversations: ChangeLog<FloorConversation>,
    queue: ChangeLog<QueueEntry>,
    queue_changed_at: Position,
    /// The position of the last event that changed what skills are called: rows that name one have to be sent again.
    skills_renamed_at: Position,
    /// What they are called, by language.
    names: [SkillNames; 2],
    /// The notes of the calls for help that are not settled.
    help: HashMap<ConversationId, Option<String>>,
    help_changed_at: Position,
}

impl LiveFloor {
    /// A floor on which nothing has happened.
    pub fn empty(livechat: LivechatId) -> Self {
        Self {
            livechat,
            position: 0,
            about: None,
            operators: BTreeMap::new(),
            conversations: ChangeLog::new(0, std::iter::empty()),
            queue: ChangeLog::new(0, std::iter::empty()),
            queue_changed_at: 0,
            skills_renamed_at: 0,
            names: Default::default(),
            help: HashMap::new(),
            help_changed_at: 0,
        }
    }

    /// A floor as it is stored, with the notes of its calls for help, which no table has.
    pub fn seeded(
        livechat: LivechatId,
        snapshot: FloorView,
        notes: HashMap<ConversationId, Option<String>>,
    ) -> Self {
        let position = snapshot.position;
        let rows = snapshot.conversations.into_iter();
        let rows: Vec<_> = rows.filter_map(|row| Some((id_of(&row)?, row))).collect();
        let waiting = rows.iter().filter_map(|(id, row)| Some((*id, at(row), QueueEntry::of(row)?)));
        let queue = ChangeLog::new(position, waiting.collect::<Vec<_>>().into_iter());
        let operator = |operator: FloorOperator| {
            let id = domain::OperatorId::stored(&operator.row.operator).ok()?;
            Some((OperatorKey { livechat: livechat.clone(), operator: id }, Box::new(operator.row)))
        };
        Self {
            position,
            names: names(&snapshot.livechat),
            about: Some(Box::new(snapshot.livechat)),
            operators: snapshot.operators.into_iter().filter_map(operator).collect(),
            conversations: ChangeLog::new(position, rows.into_iter().map(|(id, row)| (id, at(&row), row))),
            queue,
            queue_changed_at: position,
            skills_renamed_at: position,
            help: notes,
            help_changed_at: position,
            livechat,
        }
    }

    /// The position in the log that all of this is as of.
    pub const fn position(&self) -> Position {
        self.position
    }

    /// The position of the last event that changed the queue.
    pub const fn queue_changed_at(&self) -> Position {
        self.queue_changed_at
    }

    /// Visitors in the queue.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Folds the next event.
    pub fn apply(&mut self, event: &Record) {
        for key in FloorLivechats::keys(event) {
            let names = self.about.as_ref().map(|about| about.skills.clone());
            self.about = FloorLivechats::fold(self.about.take(), &key, event);
            if names.as_ref() != self.about.as_ref().map(|about| &about.skills) {
                self.rename_skills(event.position);
            }
        }
        for key in FloorOperators::keys(event) {
            if let Some(row) = FloorOperators::fold(self.operators.remove(&key), &key, event) {
                self.operators.insert(key, row);
            }
        }
        for key in FloorConversations::keys(event) {
            self.apply_to_conversation(&key, event);
        }
        self.position = event.position;
    }

    fn rename_skills(&mut self, position: Position) {
        self.skills_renamed_at = position;
        self.names = self.about.as_deref().map(names).unwrap_or_default();
        if self.queue.values().any(|entry| entry.skill.is_some()) {
            self.queue_changed_at = position;
        }
    }

    /// What skills are called in this language.
    pub fn skill_names(&self, language: Language) -> SkillNames {
        self.names[language as usize].clone()
    }

    fn apply_to_conversation(&mut self, key: &ConversationKey, event: &Record) {
        let (id, position) = (key.conversation, event.position);
        let (mut waited, mut help_before) = (false, None);
        self.conversations.change(id, position, |before| {
            if let Some(row) = &before {
                waited = row.state == State::Waiting;
                help_before = Help::of(row);
            }
            FloorConversations::fold(before, key, event)
        });
        let row = self.conversations.get(id);
        let help = row.and_then(Help::of);
        if let Some(HelpStep::Called(note)) = HelpStep::of(event) {
            self.help.insert(id, note);
        }
        if help.is_none() {
            self.help.remove(&id);
        }
        if help != help_before {
            self.help_changed_at = position;
        }
        let entry = row.and_then(QueueEntry::of);
        if (waited || entry.is_some()) && self.queue.set(id, position, entry) {
            self.queue_changed_at = position;
        }
    }

    /// The whole floor; nothing when there is no such livechat.
    pub fn view(&self) -> Option<FloorView> {
        let about = *self.about.clone()?;
        let mut conversations: Vec<_> = self.conversations.values().cloned().collect();
        conversations.sort_unstable_by_key(|row| row.requested_position);
        let operators = self.operators.values().map(|row| OperatorRow::clone(row));
        Some(FloorView::of(self.position, about, operators, conversations))
    }

    /// The calls for help that are not settled, oldest first.
    pub fn help(&self) -> Vec<HelpCall> {
        let call = |(id, note): (&ConversationId, &Option<String>)| {
            HelpCall::of(self.conversations.get(*id)?, note.clone())
        };
        let mut calls: Vec<_> = self.help.iter().filter_map(call).collect();
        HelpCall::sort(&mut calls);
        calls
    }

    /// What to apply to a floor as of `after`, or any position from there on, to have it as of now. Nothing
    /// when that position is too long ago, or not reached: then it takes the whole floor.
    pub fn changes_after(&self, after: Position) -> Option<Changes> {
        if after > self.position {
            return None;
        }
        let (conversations, removed) = self.conversations.after(after)?;
        let about = self.about.as_ref()?;
        let is_new = |position: i64| encoding::log_position(position) > after;
        let all = is_new(about.position);
        let operators = self.operators.values().filter(|row| all || is_new(row.position));
        let mut conversations: Vec<_> = conversations.into_iter().cloned().collect();
        if self.skills_renamed_at > after {
            let others =
                self.conversations.values().filter(|row| row.skill.is_some() && !is_new(row.position));
            conversations.extend(others.cloned());
        }
        Some(Changes {
            livechat: self.livechat.clone(),
            after,
            position: self.position,
            about: all.then(|| FloorLivechat::clone(about)),
            operators: operators.map(|row| FloorOperator::new(OperatorRow::clone(row), about)).collect(),
            conversations,
            removed: removed.iter().map(ToString::to_string).collect(),
            help: (self.help_changed_at > after).then(|| self.help()),
        })
    }

    /// The whole queue; nothing when there is no such livechat.
    pub fn queue(&self) -> Option<QueueSnapshot> {
        self.about.as_ref()?;
        Some(QueueSnapshot::new(self.position, self.queue.values().cloned().collect()))
    }

    /// What to put into a queue as of `after` to have it as of now, as [`LiveFloor::changes_after`].
    pub fn queue_changes_after(&self, after: Position) -> Option<QueueChanges> {
        if after > self.position {
            return None;
        }
        let (entered, left) = self.queue.after(after)?;
        let mut entered: Vec<_> = entered.into_iter().cloned().collect();
        if self.skills_renamed_at > after {
            let named = self.queue.values().filter(|entry| entry.skill.is_some());
            let others: Vec<_> = named.filter(|entry| !entered.contains(entry)).cloned().collect();
            entered.extend(others);
        }
        Some(QueueChanges {
            after,
            position: self.position,
            waiting: self.queue.len(),
            lines: queue::lines(self.queue.values()),
            entered,
            left: left.iter().map(ToString::to_string).collect(),
        })
    }
}

/// What a call for help shows that is not settled.
#[derive(PartialEq)]
struct Help {
    since: domain::Timestamp,
    taken_by: Option<String>,
    operator: Option<String>,
}

impl Help {
    fn of(row: &FloorConversation) -> Option<Self> {
        let since = row.help_called_at?;
        Some(Self { since, taken_by: row.help_taken_by.clone(), operator: row.operator.clone() })
    }
}

/// What skills are called, by language.
fn names(about: &FloorLivechat) -> [SkillNames; 2] {
    [Language::Fr, Language::En].map(|language| SkillNames::kept(&about.skills, language))
}

fn at(row: &FloorConversation) -> Position {
    encoding::log_position(row.position)
}

fn id_of(row: &FloorConversation) -> Option<ConversationId> {
    serde_json::from_value(row.conversation.clone().into()).ok()
}
