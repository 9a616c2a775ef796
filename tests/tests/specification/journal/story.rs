//! A livechat without a journal: commands in, records of the log out.

use chrono::{DateTime, TimeDelta};
use domain::event::Profile;
use domain::event::{Card, Request, Visitor};
use domain::id::CommandId;
use domain::settings::{Capacity, Section, Timeouts};
use domain::text::{Language, Name, Text};
use domain::{
    Action, Actor, Command, ConversationAction, ConversationFact, ConversationId, Exchange, Fact, Livechat,
    LivechatId, OperatorId, StaffId, Timestamp, VisitorId,
};
use journal::entry::{Entry, GENESIS, Hash, WakeUp, chain};
use journal::{Position, Record};
use uuid::Uuid;

/// What has happened in a livechat so far.
#[derive(Clone)]
pub(crate) struct Story {
    pub(crate) livechat: LivechatId,
    pub(crate) state: Livechat,
    pub(crate) position: Position,
    pub(crate) hash: Hash,
    now: Timestamp,
}

impl Story {
    /// The story of a livechat that does not exist yet.
    pub(crate) fn new(livechat: &str) -> Self {
        Self {
            livechat: id(livechat),
            state: Livechat::default(),
            position: 0,
            hash: GENESIS,
            now: beginning(),
        }
    }

    /// A livechat that exists, with Alice at her desk, and the records of how it came to that.
    pub(crate) fn opened(livechat: &str) -> (Self, Vec<Entry>) {
        let mut story = Self::new(livechat);
        let entries = opening().into_iter().flat_map(|(by, action)| story.goes_on(by, action)).collect();
        (story, entries)
    }

    /// Something is done a second later. The records of it.
    pub(crate) fn goes_on(&mut self, by: Actor, action: Action) -> Vec<Entry> {
        self.now += TimeDelta::seconds(1);
        let command = CommandId(Uuid::now_v7());
        let events = self.state.handle_command(&Command { at: self.now, by, action }).unwrap();
        let mut entries = Vec::new();
        for event in events {
            self.position += 1;
            let livechat = self.livechat.clone();
            let record = Record { livechat, position: self.position, command, address: None, event };
            let entry = Entry::seal(&record, &self.hash, WakeUp::of(&self.state)).unwrap();
            self.hash = entry.hash;
            entries.push(entry);
        }
        entries
    }

    /// A livechat with one conversation, in which the visitor repeats a text until there are so many records.
    pub(crate) fn repeating(
        livechat: &str,
        text: &str,
        records: usize,
    ) -> (Self, ConversationId, Vec<Entry>) {
        let (mut story, mut entries) = Self::opened(livechat);
        let (conversation, request) = story.requests("zoe");
        entries.extend(request);
        while entries.len() < records {
            entries.extend(story.goes_on(by_visitor("zoe"), write(conversation, text)));
        }
        (story, conversation, entries)
    }

    /// A visitor asks for an operator.
    pub(crate) fn requests(&mut self, visitor: &str) -> (ConversationId, Vec<Entry>) {
        let (conversation, by, action) = request(visitor);
        (conversation, self.goes_on(by, action))
    }
}

/// When every story and every floor begins.
pub(crate) fn beginning() -> Timestamp {
    DateTime::from_timestamp_millis(1_767_603_600_000).unwrap()
}

/// What has to be done before visitors are served: a livechat, with Alice at her desk.
pub(crate) fn opening() -> Vec<(Actor, Action)> {
    let capacity = Capacity { conversations_per_operator: 10, queue_per_operator: 100 };
    vec![
        (administrator(), Action::CreateLivechat { name: name("Support"), language: Language::Fr }),
        (administrator(), change(Section::Capacity(capacity))),
        (administrator(), register("alice")),
        (by_operator("alice"), Action::ConnectOperator(operator("alice"))),
    ]
}

/// Switches off every clock but that of the visitor's inactivity.
pub(crate) fn one_clock() -> Action {
    change(Section::Timeouts(Timeouts { follow_up: 0, auto_transfer: 0, ..Timeouts::default() }))
}

fn change(section: Section) -> Action {
    Action::ChangeSettings { section: Box::new(section), expected: None }
}

/// A visitor's request for an operator.
pub(crate) fn request(visitor: &str) -> (ConversationId, Actor, Action) {
    let conversation = ConversationId(Uuid::now_v7());
    let who = Visitor::of(VisitorId::parse(visitor).unwrap());
    let request =
        Request { visitor: who, language: Language::Fr, skill: None, card: Card::default(), history: vec![] };
    (
        conversation,
        by_visitor(visitor),
        Action::Conversation(conversation, ConversationAction::Request(Box::new(request))),
    )
}

pub(crate) fn register(who: &str) -> Action {
    let profile = Profile { name: name(who), skills: [].into(), capacity: None, email: None, hours: None };
    Action::RegisterOperator(operator(who), Box::new(profile))
}

pub(crate) fn write(conversation: ConversationId, text: &str) -> Action {
    Action::Conversation(conversation, ConversationAction::Write(Text::parse(text).unwrap()))
}

pub(crate) fn id(livechat: &str) -> LivechatId {
    LivechatId::parse(livechat).unwrap()
}

pub(crate) fn operator(who: &str) -> OperatorId {
    OperatorId::parse(who).unwrap()
}

pub(crate) fn administrator() -> Actor {
    Actor::Administrator(StaffId::parse("root").unwrap())
}

pub(crate) fn by_operator(who: &str) -> Actor {
    Actor::Operator(operator(who))
}

pub(crate) fn by_visitor(who: &str) -> Actor {
    Actor::Visitor(VisitorId::parse(who).unwrap())
}

/// What somebody wrote, when that is what happened.
pub(crate) fn words(record: &Record) -> Option<&str> {
    match &record.event.fact {
        Fact::Conversation {
            fact: ConversationFact::Exchange(Exchange::MessagePosted { text, phrase: None, .. }),
            ..
        } => Some(text.reveal().as_str()),
        Fact::Livechat(_) | Fact::Operator { .. } | Fact::Conversation { .. } => None,
    }
}

/// Records that follow from each other when their payloads are changed.
pub(crate) fn chained_again(entries: Vec<Entry>, change: impl Fn(&Entry) -> String) -> Vec<Entry> {
    let mut hash = GENESIS;
    let again = |mut entry: Entry| {
        entry.payload = change(&entry);
        hash = chain(
            &hash,
            entry.position,
            [&entry.event_type, &entry.event_version, &entry.payload, &entry.metadata],
        );
        entry.hash = hash;
        entry
    };
    entries.into_iter().map(again).collect()
}

fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}
