//! The floor in memory with a log of its changes: it knows what has changed since any recent position (spec.md §The
//! desk, the supervisor, the visitor).
//!
//! This way a live feed waits for no table: the rows serve queries, once they are written.

use std::collections::HashMap;

use domain::text::Language;
use domain::{ConversationId, Fact, LivechatId};
use journal::{Position, Record};

use super::change_log::{ChangeLog, Rows};
use super::conversation::{FloorConversation, State};
use super::floor_state::FloorState;
use super::help::HelpCall;
use super::live_queue::LiveQueue;
use super::{Changes, FloorLivechat, FloorOperator, FloorView};
use crate::encoding;
use crate::queue::{self, QueueChanges, QueueEntry, QueueSnapshot};
use crate::skill_names::SkillNames;

/// The floor of one livechat in memory. Events come in their order, each once, from just after
/// [`LiveFloor::position`].
#[derive(Clone, Debug)]
pub struct LiveFloor {
    floor: FloorState,
    conversations: ChangeLog,
    queue: LiveQueue,
    /// The position of the last event that changed names of skills: rows that name one have to be sent again.
    skills_renamed_at: Position,
    /// Their names, by language.
    names: [SkillNames; 2],
    help_changed_at: Position,
}

impl Rows for FloorState {
    fn changed_at(&self, id: ConversationId) -> Option<Position> {
        self.conversation(id).map(at)
    }

    fn count(&self) -> usize {
        self.rows()
    }
}

impl LiveFloor {
    /// A floor on which nothing has happened.
    pub fn empty(livechat: LivechatId) -> Self {
        Self {
            floor: FloorState::empty(livechat),
            conversations: ChangeLog::new(0, std::iter::empty()),
            queue: LiveQueue::empty(),
            skills_renamed_at: 0,
            names: Default::default(),
            help_changed_at: 0,
        }
    }

    /// A floor as it is stored, with the notes of its calls for help, which no table has.
    pub fn seeded(
        livechat: LivechatId,
        snapshot: FloorView,
        notes: HashMap<ConversationId, Option<String>>,
    ) -> Self {
        let floor = FloorState::of(livechat, snapshot, notes);
        let position = floor.position();
        let waiting = floor.conversations().filter_map(|(id, row)| Some((id, at(row), QueueEntry::of(row)?)));
        Self {
            conversations: ChangeLog::new(position, floor.conversations().map(|(id, row)| (at(row), id))),
            queue: LiveQueue::of(position, waiting),
            skills_renamed_at: position,
            names: floor.about().map(names).unwrap_or_default(),
            help_changed_at: position,
            floor,
        }
    }

    /// The position in the log at which all of this holds.
    pub const fn position(&self) -> Position {
        self.floor.position()
    }

    /// The position of the last event that changed the queue.
    pub const fn queue_changed_at(&self) -> Position {
        self.queue.changed_at
    }

    /// Visitors in the queue.
    pub fn waiting(&self) -> usize {
        self.queue.len()
    }

    /// Folds the next event.
    pub fn apply(&mut self, event: &Record) {
        match &event.event.fact {
            Fact::Livechat(_) => {
                let names = self.floor.about().map(|about| about.skills.clone());
                self.floor.apply(event);
                if names.as_ref() != self.floor.about().map(|about| &about.skills) {
                    self.rename_skills(event.position);
                }
            }
            Fact::Operator { .. } => self.floor.apply(event),
            Fact::Conversation { conversation, .. } => {
                let before = self.floor.conversation(*conversation).map(Before::of);
                self.floor.apply(event);
                self.conversation_changed(*conversation, event.position, before);
            }
        }
    }

    fn rename_skills(&mut self, position: Position) {
        self.skills_renamed_at = position;
        self.names = self.floor.about().map(names).unwrap_or_default();
        if self.queue.values().any(|entry| entry.skill.is_some()) {
            self.queue.changed_at = position;
        }
    }

    /// The names of skills in this language.
    pub fn skill_names(&self, language: Language) -> SkillNames {
        self.names[language as usize].clone()
    }

    fn conversation_changed(&mut self, id: ConversationId, position: Position, before: Option<Before>) {
        let row = self.floor.conversation(id);
        if row.is_some() {
            self.conversations.change(id, position, &self.floor);
        } else if before.is_some() {
            self.conversations.remove(id, position);
        }
        let waited = before.as_ref().is_some_and(|before| before.waited);
        if row.and_then(Help::of) != before.and_then(|before| before.help) {
            self.help_changed_at = position;
        }
        let entry = row.and_then(QueueEntry::of);
        if waited || entry.is_some() {
            self.queue.set(id, position, entry);
        }
    }

    /// The whole floor; nothing when there is no such livechat.
    pub fn view(&self) -> Option<FloorView> {
        self.floor.view()
    }

    /// The calls for help that are not settled, oldest first.
    pub fn help(&self) -> Vec<HelpCall> {
        self.floor.help()
    }

    /// The changes that bring a floor at `after`, or any later position, up to date. Nothing when that position is too
    /// old, or not reached: then the whole floor is needed.
    pub fn changes_after(&self, after: Position) -> Option<Changes> {
        if after > self.position() {
            return None;
        }
        let (changed, removed) = self.conversations.after(after, &self.floor)?;
        let about = self.floor.about()?;
        let is_new = |position: i64| encoding::log_position(position) > after;
        let all = is_new(about.position);
        let operators = self.floor.operators().filter(|row| all || is_new(row.position));
        let mut conversations: Vec<_> =
            changed.iter().filter_map(|id| self.floor.conversation(*id)).cloned().collect();
        if self.skills_renamed_at > after {
            let rows = self.floor.conversations().map(|(_, row)| row);
            let others = rows.filter(|row| row.skill.is_some() && !is_new(row.position));
            conversations.extend(others.cloned());
        }
        Some(Changes {
            livechat: self.floor.livechat().clone(),
            after,
            position: self.position(),
            about: all.then(|| about.clone()),
            operators: operators.map(|row| FloorOperator::new(row.clone(), about)).collect(),
            conversations,
            removed: removed.iter().map(ToString::to_string).collect(),
            help: (self.help_changed_at > after).then(|| self.help()),
        })
    }

    /// The whole queue; nothing when there is no such livechat.
    pub fn queue(&self) -> Option<QueueSnapshot> {
        self.floor.about()?;
        Some(QueueSnapshot::new(self.position(), self.queue.values().cloned().collect()))
    }

    /// The changes that bring a queue at `after` up to date, as [`LiveFloor::changes_after`].
    pub fn queue_changes_after(&self, after: Position) -> Option<QueueChanges> {
        if after > self.position() {
            return None;
        }
        let (mut entered, left) = self.queue.after(after)?;
        if self.skills_renamed_at > after {
            let named = self.queue.values().filter(|entry| entry.skill.is_some());
            let others: Vec<_> = named.filter(|entry| !entered.contains(entry)).cloned().collect();
            entered.extend(others);
        }
        Some(QueueChanges {
            after,
            position: self.position(),
            waiting: self.queue.len(),
            lines: queue::lines(self.queue.values()),
            entered,
            left: left.iter().map(ToString::to_string).collect(),
        })
    }
}

/// What the change log needs to know of a conversation before an event.
struct Before {
    waited: bool,
    help: Option<Help>,
}

impl Before {
    fn of(row: &FloorConversation) -> Self {
        Self { waited: row.state == State::Waiting, help: Help::of(row) }
    }
}

/// The open call for help of a conversation, as shown.
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

/// The names of skills, by language.
fn names(about: &FloorLivechat) -> [SkillNames; 2] {
    [Language::Fr, Language::En].map(|language| SkillNames::kept(&about.skills, language))
}

fn at(row: &FloorConversation) -> Position {
    encoding::log_position(row.position)
}
