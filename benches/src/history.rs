//! A log as a busy service writes it, made by the rules themselves: the same arguments give the same events.
//!
//! Conversations of about fifteen events: a request with what the bot said before, an operator who picks it
//! up, messages in turn, now and then a transfer or a mark, and the end. Several go on at once in a livechat,
//! so that their events are mixed in the log.

use std::sync::Arc;

use domain::conversation::transfer::Transfer;
use domain::event::Target;
use domain::event::{Card, HistoryAuthor, HistoryLine, Request, Visitor};
use domain::id::CommandId;
use domain::text::{Language, Name, Text};
use domain::{
    Action, Actor, Command, ConversationAction, ConversationId, Livechat, LivechatId, OperatorId, Timestamp,
    VisitorId,
};
use journal::Record;
use journal::Store;
use journal::entry::{Entry, GENESIS, WakeUp};
use uuid::Uuid;

use crate::floors;

/// Milliseconds between two steps of one conversation, about.
const PACE_MILLIS: usize = 15_000;

/// What is said, in turn: from a word to three lines.
const TEXTS: [&str; 5] = [
    "Bonjour, où en est ma commande du mois dernier ?",
    "Bonjour ! Je regarde cela tout de suite, un instant s'il vous plaît.",
    "Merci.",
    "Elle a quitté notre entrepôt lundi et le transporteur annonce une livraison jeudi avant 18 h ; vous \
     recevrez un message la veille avec un créneau de deux heures.",
    "D'accord, et si je ne suis pas là ?",
];

/// One livechat while its log is being made.
struct Floor {
    id: LivechatId,
    index: u64,
    state: Livechat,
    now: Timestamp,
    drawn: u64,
    operators: usize,
    commands: u64,
    requests: u64,
    log: Vec<Arc<Record>>,
}

/// One conversation of a floor.
struct Exchange {
    id: ConversationId,
    visitor: Actor,
    messages_left: u64,
}

/// What livechats are like.
#[derive(Clone, Copy, Debug)]
pub struct Service {
    /// Their name, before a number.
    pub name: &'static str,
    /// How many.
    pub livechats: usize,
    /// Operators of each, all of them connected.
    pub operators: usize,
    /// Conversations of each at any time.
    pub at_once: usize,
}

/// The logs of all its livechats, together `events` events or a few more: livechat by livechat, each in its
/// order.
pub fn of(service: &Service, events: usize) -> Vec<Vec<Arc<Record>>> {
    let one = |index: usize| {
        let mut floor = Floor::open(service, index);
        let mut exchanges: Vec<Option<Exchange>> = Vec::new();
        exchanges.resize_with(service.at_once, || None);
        while floor.log.len() < events / service.livechats {
            floor.pass(PACE_MILLIS / service.at_once);
            let place = floor.draw(exchanges.len());
            exchanges[place] = floor.go_on(exchanges[place].take());
        }
        floor.log
    };
    (0..service.livechats).map(one).collect()
}

/// Appends whole logs to a store.
pub async fn store(store: &dyn Store, logs: &[Vec<Arc<Record>>]) {
    const BATCH: usize = 5_000;
    for log in logs {
        let mut hash = GENESIS;
        for batch in log.chunks(BATCH) {
            let seal = |record: &Arc<Record>| {
                let entry = Entry::seal(record, &hash, WakeUp::UNKNOWN).expect("an event has a stored form");
                hash = entry.hash;
                entry
            };
            let entries: Vec<Entry> = batch.iter().map(seal).collect();
            store.append(&entries).await.expect("the log is written");
        }
    }
}

impl Floor {
    fn open(service: &Service, index: usize) -> Self {
        let mut floor = Self {
            id: LivechatId::parse(&format!("{}-{index}", service.name)).expect("an identifier"),
            index: index as u64,
            state: Livechat::default(),
            now: Timestamp::from_timestamp_millis(1_767_603_600_000).expect("a time"),
            drawn: index as u64,
            operators: service.operators,
            commands: 0,
            requests: 0,
            log: Vec::new(),
        };
        for (by, action) in floors::opening(service.operators * floors::CAPACITY) {
            floor.act(by, action);
        }
        floor
    }

    /// One of so many, in an order that looks random (Knuth's linear congruence).
    fn draw(&mut self, among: usize) -> usize {
        self.drawn =
            self.drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.drawn >> 33).expect("a small number") % among
    }

    fn pass(&mut self, millis: usize) {
        self.now += chrono::TimeDelta::milliseconds(i64::try_from(millis).expect("a pause"));
        if self.state.next_deadline().is_some_and(|deadline| deadline <= self.now) {
            self.act(Actor::System, Action::Tick);
        }
    }

    /// The next step of a conversation, or a new one.
    fn go_on(&mut self, exchange: Option<Exchange>) -> Option<Exchange> {
        let Some(mut exchange) = exchange else { return Some(self.request()) };
        let id = exchange.id;
        // Over by a timer.
        let live = self.state.conversation(id)?;
        let picked_up = live.answering().is_some();
        let Some(operator) = live.operator().cloned() else { return Some(exchange) };
        let (operator, colleague) = (Actor::Operator(operator), self.colleague());
        if !picked_up {
            self.act(operator, Action::Conversation(id, ConversationAction::PickUp));
            return Some(exchange);
        }
        if exchange.messages_left == 0 {
            self.act(operator, Action::Conversation(id, ConversationAction::End));
            return None;
        }
        let what = self.draw(60);
        if what == 0 {
            self.act(
                operator,
                Action::Conversation(
                    id,
                    ConversationAction::Transfer(Transfer { to: colleague, note: None, force: false }),
                ),
            );
        } else if what == 1 {
            self.act(operator, Action::Conversation(id, ConversationAction::MarkImportant(true)));
        } else {
            let by =
                if exchange.messages_left.is_multiple_of(2) { exchange.visitor.clone() } else { operator };
            let text = TEXTS[self.draw(TEXTS.len())];
            self.act(
                by,
                Action::Conversation(id, ConversationAction::Write(Text::parse(text).expect("a text"))),
            );
            exchange.messages_left -= 1;
        }
        Some(exchange)
    }

    fn colleague(&mut self) -> Target {
        let index = self.draw(self.operators);
        Target::Operator(OperatorId::parse(&format!("operator-{index}")).expect("an identifier"))
    }

    fn request(&mut self) -> Exchange {
        self.requests += 1;
        let visitor = VisitorId::parse(&format!("visitor-{}", self.requests)).expect("an identifier");
        // As a UUID of version 7 is: the time, then what distinguishes it from others of the same time.
        let millis = u64::try_from(self.now.timestamp_millis()).expect("after 1970");
        let number = self.index << 40 | self.requests;
        let id = ConversationId(Uuid::from_u64_pair(
            millis << 16 | 0x7000 | (self.requests & 0xfff),
            0x8000_0000_0000_0000 | number,
        ));
        let text = |text| Text::parse(text).expect("a text").into();
        let line = |author, said| HistoryLine { at: Some(self.now), author, text: text(said) };
        let request = Request {
            visitor: Visitor {
                name: Some(Name::parse("Zoé d'Été").expect("a name").into()),
                ..Visitor::of(visitor.clone())
            },
            language: Language::Fr,
            skill: None,
            card: Card {
                page_url: Some("https://www.exemple.fr/commandes/suivi".to_owned().into()),
                browser: Some("Firefox 128".to_owned().into()),
                ..Card::default()
            },
            history: vec![
                line(HistoryAuthor::Bot, "Bonjour, que puis-je faire pour vous ?"),
                line(HistoryAuthor::Visitor, "Parler à quelqu'un"),
            ],
        };
        let visitor = Actor::Visitor(visitor);
        self.act(visitor.clone(), Action::Conversation(id, ConversationAction::Request(Box::new(request))));
        let messages_left = 6 + self.draw(9) as u64;
        Exchange { id, visitor, messages_left }
    }

    /// Does something, if the rules allow it, and records what happened.
    fn act(&mut self, by: Actor, action: Action) {
        self.commands += 1;
        // A conversation is named by its request.
        let id = if let Action::Conversation(conversation, ConversationAction::Request(_)) = &action {
            conversation.0
        } else {
            floors::number(self.index << 40 | self.commands)
        };
        let command = Command { at: self.now, by, action };
        for event in self.state.handle_command(&command).unwrap_or_default() {
            let position = self.log.len() as u64 + 1;
            let livechat = self.id.clone();
            self.log.push(Arc::new(Record {
                livechat,
                position,
                command: CommandId(id),
                address: None,
                event,
            }));
        }
    }
}
