//! How long a command takes to be decided and applied, from 10 to 100,000 live conversations.
//!
//! The promise: at most 2 µs for a message, flat. One measurement is two messages: a visitor's, which
//! stops the clock of inactivity, and an operator's in another conversation, which starts it. Both
//! conversations are drawn over all, so that a large livechat is measured with its cache misses. The
//! commands are made outside the measured part; what happened is dropped outside too, since the
//! journal keeps it.

#![expect(clippy::unwrap_used, reason = "a benchmark fails by panicking")]

use std::time::Duration;

use chrono::TimeDelta;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use domain::event::Profile;
use domain::event::{Card, Request, Visitor};
use domain::text::{Language, Name, Text};
use domain::{
    Action, Actor, Command, ConversationAction, ConversationId, Livechat, OperatorId, StaffId, Timestamp,
    VisitorId,
};
use uuid::Uuid;

/// Pairs of messages made at once, outside the measured part.
const BATCH: usize = 1_000;

/// Conversations per operator.
const CAPACITY: usize = 10;

/// One conversation and its two sides.
#[derive(Clone)]
struct Exchange {
    id: ConversationId,
    visitor: Actor,
    operator: Actor,
}

/// A livechat in full swing: every operator has picked up as many conversations as fit.
#[derive(Clone)]
struct Floor {
    livechat: Livechat,
    exchanges: Vec<Exchange>,
    now: Timestamp,
    drawn: u64,
    text: Text,
    /// Messages so far.
    messages: usize,
}

fn message(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("message");
    group.throughput(Throughput::Elements(2));
    for conversations in [10, 1_000, 100_000] {
        let fresh = Floor::with(conversations);
        let mut floor = fresh.clone();
        group.bench_function(BenchmarkId::from_parameter(conversations), |bencher| {
            bencher.iter_custom(|iterations| {
                let mut spent = Duration::ZERO;
                for begun in (0..iterations).step_by(BATCH) {
                    let pairs = usize::try_from(iterations - begun).unwrap().min(BATCH);
                    spent += floor.exchange(pairs);
                    // A conversation takes 10,000 messages; the average one is kept far from that.
                    if floor.messages > conversations * 4_000 {
                        floor = fresh.clone();
                    }
                }
                spent
            });
        });
    }
    group.finish();
}

/// One of all, in an order that looks random (Knuth's linear congruence).
fn draw<'a>(exchanges: &'a [Exchange], drawn: &mut u64) -> &'a Exchange {
    *drawn = drawn.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    &exchanges[usize::try_from(*drawn >> 33).unwrap() % exchanges.len()]
}

/// A message, a millisecond after the one before.
fn write(id: ConversationId, by: &Actor, now: &mut Timestamp, text: &Text) -> Command {
    *now += TimeDelta::milliseconds(1);
    Command {
        at: *now,
        by: by.clone(),
        action: Action::Conversation(id, ConversationAction::Write(text.clone())),
    }
}

impl Floor {
    /// So many pairs of messages, and how long they took.
    fn exchange(&mut self, pairs: usize) -> Duration {
        let Self { livechat, exchanges, now, drawn, text, messages } = self;
        let commands: Vec<[Command; 2]> = (0..pairs)
            .map(|_| {
                let visitors = draw(exchanges, drawn);
                let operators = draw(exchanges, drawn);
                [
                    write(visitors.id, &visitors.visitor, now, text),
                    write(operators.id, &operators.operator, now, text),
                ]
            })
            .collect();
        let mut told = Vec::with_capacity(2 * pairs);
        let started = std::time::Instant::now();
        for command in commands.iter().flatten() {
            told.push(livechat.handle_command(command).unwrap());
        }
        let spent = started.elapsed();
        *messages += told.len();
        spent
    }

    fn with(conversations: usize) -> Self {
        let mut floor = Self {
            livechat: Livechat::default(),
            exchanges: Vec::with_capacity(conversations),
            now: Timestamp::UNIX_EPOCH + TimeDelta::days(20_000),
            drawn: 1,
            messages: 0,
            text: Text::parse("Bonjour, où en est ma commande du mois dernier ?").unwrap(),
        };
        let administrator = Actor::Administrator(StaffId::parse("ada").unwrap());
        let name = Name::parse("Service client").unwrap();
        floor.does(&administrator, Action::CreateLivechat { name, language: Language::Fr });
        for index in 0..conversations.div_ceil(CAPACITY) {
            let id = OperatorId::parse(&format!("operator-{index}")).unwrap();
            let profile = Profile {
                name: Name::parse("Alice").unwrap(),
                skills: [].into(),
                capacity: Some(i64::try_from(CAPACITY).unwrap()),
                email: None,
                hours: None,
            };
            floor.does(&administrator, Action::RegisterOperator(id.clone(), Box::new(profile)));
            floor.does(&Actor::Operator(id.clone()), Action::ConnectOperator(id));
        }
        for index in 0..conversations {
            floor.begin(index);
        }
        floor
    }

    /// A visitor asks and is picked up; the visitor's word is the first.
    fn begin(&mut self, index: usize) {
        let visitor = VisitorId::parse(&format!("visitor-{index}")).unwrap();
        // Spread as random identifiers are.
        let id = ConversationId(Uuid::from_u128(
            (index as u128 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15_f39c_c060_5ced_c835),
        ));
        let request = Request {
            visitor: Visitor::of(visitor.clone()),
            language: Language::Fr,
            skill: None,
            card: Card::default(),
            history: vec![],
        };
        let visitor = Actor::Visitor(visitor);
        self.does(&visitor, Action::Conversation(id, ConversationAction::Request(Box::new(request))));
        let operator = Actor::Operator(self.livechat.conversation(id).unwrap().operator().unwrap().clone());
        self.does(&operator, Action::Conversation(id, ConversationAction::PickUp));
        self.exchanges.push(Exchange { id, visitor, operator });
    }

    fn does(&mut self, by: &Actor, action: Action) {
        self.now += TimeDelta::milliseconds(1);
        self.livechat.handle_command(&Command { at: self.now, by: by.clone(), action }).unwrap();
    }
}

criterion_group!(benches, message);
criterion_main!(benches);
