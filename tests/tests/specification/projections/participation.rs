//! Rights to read, where an old log has registered somebody else under the identifier of an operator who was
//! removed (spec.md §Administration).

use std::sync::Arc;

use chrono::TimeDelta;
use domain::event::Profile;
use domain::event::{Card, Request, Visitor};
use domain::id::CommandId;
use domain::text::{Language, Name, Text};
use domain::{
    Action, Actor, Command, ConversationAction, ConversationId, Event, Fact, Livechat, LivechatId,
    OperatorFact, OperatorId, StaffId, Timestamp, VisitorId, evolve,
};
use journal::Record;
use projections::conversations::{Filter, Question, Sort};
use projections::participation::Part;
use projections::text_search::Term;
use projections::{Queries, Runner};
use uuid::Uuid;

use super::scratch::Scratch;
use super::story::{operator, slug};

/// A log that people make.
struct Past {
    livechat: LivechatId,
    state: Livechat,
    now: Timestamp,
    events: Vec<Arc<Record>>,
}

fn ada() -> Actor {
    Actor::Administrator(StaffId::parse("ada").unwrap())
}

fn alice() -> OperatorId {
    operator("alice")
}

fn called(name: &str) -> Box<Profile> {
    let name = Name::parse(name).unwrap();
    Box::new(Profile { name, skills: [].into(), capacity: None, email: None, hours: None })
}

fn id(number: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(number))
}

impl Past {
    fn begin() -> Self {
        let now = Timestamp::from_timestamp_millis(1_795_388_339_123).unwrap();
        let mut past = Self { livechat: slug("support"), state: Livechat::default(), now, events: vec![] };
        let name = Name::parse("Support").unwrap();
        past.does(ada(), Action::CreateLivechat { name, language: Language::Fr });
        past
    }

    fn does(&mut self, by: Actor, action: Action) {
        self.now += TimeDelta::seconds(1);
        let story = self.state.handle_command(&Command { at: self.now, by, action }).unwrap();
        for event in story {
            self.note(event);
        }
    }

    /// What the rules would not do any more.
    fn once_did(&mut self, fact: Fact) {
        let event = Event { at: self.now, by: ada(), fact };
        evolve(&mut self.state, &event);
        self.note(event);
    }

    fn note(&mut self, event: Event) {
        let position = self.events.len() as u64 + 1;
        let (livechat, command) = (self.livechat.clone(), CommandId(Uuid::from_u128(position.into())));
        self.events.push(Arc::new(Record { livechat, position, command, address: None, event }));
    }

    /// Alice talks with a visitor, to the end.
    fn alice_has(&mut self, number: u128) {
        let visitor = VisitorId::parse(&format!("v{number}")).unwrap();
        let request = Request {
            visitor: Visitor::of(visitor.clone()),
            language: Language::Fr,
            skill: None,
            card: Card::default(),
            history: vec![],
        };
        let visitor = Actor::Visitor(visitor);
        self.does(
            visitor.clone(),
            Action::Conversation(id(number), ConversationAction::Request(Box::new(request))),
        );
        self.does(Actor::Operator(alice()), Action::Conversation(id(number), ConversationAction::PickUp));
        self.does(
            visitor.clone(),
            Action::Conversation(id(number), ConversationAction::Write(Text::parse("licornes").unwrap())),
        );
        self.does(visitor, Action::Conversation(id(number), ConversationAction::End));
    }

    async fn on(&self, scratch: &Scratch) -> Queries {
        let database = scratch.open().await;
        Runner::new(database.clone()).apply(&self.events).await.unwrap();
        Queries::new(database)
    }
}

async fn part(views: &Queries, number: u128) -> Part {
    let row = views.conversation(&slug("support"), id(number)).await.unwrap().unwrap();
    views.part_of(&slug("support"), &row, &alice()).await.unwrap()
}

/// The conversations that Alice finds.
async fn found(views: &Queries) -> Vec<u128> {
    let filter = Filter { operator: Some(alice()), ..Filter::default() };
    let question = Question { filter, sort: Sort::Oldest, said: Term::parse("licornes").unwrap() };
    let page = views.search(&slug("support"), &question, None, 50, Some(&alice())).await.unwrap();
    let ids = page.items.iter().map(|found| Uuid::parse_str(&found.conversation.conversation).unwrap());
    ids.map(|id| id.as_u128()).collect()
}

#[tokio::test]
async fn what_the_former_one_had_is_not_for_the_later_one() {
    for scratch in Scratch::each().await {
        let mut past = Past::begin();
        past.does(ada(), Action::RegisterOperator(alice(), called("Alice")));
        past.does(Actor::Operator(alice()), Action::ConnectOperator(alice()));
        past.alice_has(1);
        past.does(ada(), Action::RemoveOperator(alice(), None));
        let registered = OperatorFact::Registered { profile: called("Alicia") };
        past.once_did(Fact::Operator { operator: alice(), fact: registered });
        past.does(Actor::Operator(alice()), Action::ConnectOperator(alice()));
        past.alice_has(2);
        let views = past.on(&scratch).await;
        assert!(part(&views, 1).await.is_empty(), "{}", scratch.kind);
        assert!(part(&views, 2).await.is_whole(), "{}", scratch.kind);
        assert_eq!(found(&views).await, [2], "{}", scratch.kind);
    }
}

#[tokio::test]
async fn an_operator_removed_and_reinstated_has_everything_again() {
    for scratch in Scratch::each().await {
        let mut past = Past::begin();
        past.does(ada(), Action::RegisterOperator(alice(), called("Alice")));
        past.does(Actor::Operator(alice()), Action::ConnectOperator(alice()));
        past.alice_has(1);
        for _ in 0..2 {
            past.does(ada(), Action::RemoveOperator(alice(), None));
            past.does(ada(), Action::ReinstateOperator(alice()));
        }
        past.does(Actor::Operator(alice()), Action::ConnectOperator(alice()));
        past.alice_has(2);
        let views = past.on(&scratch).await;
        assert_eq!(found(&views).await, [1, 2], "{}", scratch.kind);
    }
}

#[tokio::test]
async fn of_two_operators_in_turn_the_last_one_counts_even_after_being_reinstated() {
    for scratch in Scratch::each().await {
        let mut past = Past::begin();
        past.does(ada(), Action::RegisterOperator(alice(), called("Alice")));
        past.does(Actor::Operator(alice()), Action::ConnectOperator(alice()));
        past.alice_has(1);
        past.does(ada(), Action::RemoveOperator(alice(), None));
        let registered = OperatorFact::Registered { profile: called("Alicia") };
        past.once_did(Fact::Operator { operator: alice(), fact: registered });
        past.does(Actor::Operator(alice()), Action::ConnectOperator(alice()));
        past.alice_has(2);
        past.does(ada(), Action::RemoveOperator(alice(), None));
        past.does(ada(), Action::ReinstateOperator(alice()));
        let views = past.on(&scratch).await;
        assert_eq!(found(&views).await, [2], "{}", scratch.kind);
    }
}
