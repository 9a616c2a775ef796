//! A livechat whose events have exact times, through the real rules, and its figures in each database.

use std::sync::Arc;

use domain::conversation::transfer::Transfer;
use domain::event::Profile;
use domain::event::Target;
use domain::event::{Request, Visitor};
use domain::id::CommandId;
use domain::settings::Section;
use domain::text::{Language, Name, Text};
use domain::{
    Action, Actor, Command, ConversationAction, ConversationId, Livechat, LivechatId, OperatorId, SkillId,
    StaffId, Timestamp, VisitorId,
};
use journal::Record;
use projections::figures::buckets::By;
use projections::figures::definitions::Per;
use projections::figures::{Edge, Query};
use projections::{Queries, Runner};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::projections::scratch::Scratch;

/// A livechat and its log.
pub(crate) struct Stage {
    pub(crate) id: LivechatId,
    state: Livechat,
    pub(crate) log: Vec<Arc<Record>>,
    /// What comes before each time of the story, and what after: `2026-11-24T` and `+01:00`.
    date: &'static str,
    offset: &'static str,
}

pub(crate) fn timestamp(text: &str) -> Timestamp {
    chrono::DateTime::parse_from_rfc3339(text).unwrap().to_utc()
}

pub(crate) fn operator(name: &str) -> OperatorId {
    OperatorId::parse(name).unwrap()
}

fn staff(name: &str) -> StaffId {
    StaffId::parse(name).unwrap()
}

/// The conversation of visitor `v7` is number 7.
pub(crate) fn number(n: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(n))
}

impl Stage {
    /// A livechat with these settings (sections by name), created at midnight.
    pub(crate) fn set(date: &'static str, offset: &'static str, settings: Value) -> Self {
        let id = LivechatId::parse("support").unwrap();
        let mut stage = Self { id, state: Livechat::default(), log: vec![], date, offset };
        let name = Name::parse("Support").unwrap();
        stage.act("00:00:00", Self::admin(), Action::CreateLivechat { name, language: Language::Fr });
        for section in serde_json::from_value::<Vec<Section>>(settings).unwrap() {
            let section = Box::new(section);
            stage.act("00:00:00", Self::admin(), Action::ChangeSettings { section, expected: None });
        }
        stage
    }

    /// From now on times are of another date, or by clocks that show another time.
    pub(crate) const fn dated(&mut self, date: &'static str, offset: &'static str) {
        self.date = date;
        self.offset = offset;
    }

    fn admin() -> Actor {
        Actor::Administrator(staff("ada"))
    }

    pub(crate) fn at(&self, time: &str) -> Timestamp {
        timestamp(&format!("{}T{time}{}", self.date, self.offset))
    }

    /// Does something that must be allowed. No timer may have fallen due unnoticed before.
    #[track_caller]
    pub(crate) fn act(&mut self, time: &str, by: Actor, action: Action) {
        let at = self.at(time);
        if !matches!(action, Action::Tick) {
            let before = at - chrono::TimeDelta::milliseconds(1);
            let due = self.state.clone().tick(before);
            assert!(due.is_empty(), "before {time}: {due:?}");
        }
        let story = self.state.handle_command(&Command { at, by, action });
        let events = story.unwrap_or_else(|refusal| panic!("at {time}: {refusal}"));
        let command = CommandId(Uuid::from_u128(self.log.len() as u128));
        for event in events {
            assert_eq!(event.at, at, "{event:?}");
            let position = self.log.len() as u64 + 1;
            let livechat = self.id.clone();
            self.log.push(Arc::new(Record { livechat, position, command, address: None, event }));
        }
    }

    /// Does something if it is allowed, after all timers that are due.
    pub(crate) fn freely(&mut self, at: Timestamp, by: Actor, action: Action) {
        for (by, action) in [(Actor::System, Action::Tick), (by, action)] {
            let command = CommandId(Uuid::from_u128(self.log.len() as u128));
            for event in self.state.handle_command(&Command { at, by, action }).unwrap_or_default() {
                let position = self.log.len() as u64 + 1;
                let livechat = self.id.clone();
                self.log.push(Arc::new(Record { livechat, position, command, address: None, event }));
            }
        }
    }

    /// One step of a dialogue: 0 requests, 1 is the pick-up, the last one ends it, all others are messages, by
    /// the operator in charge or by the visitor.
    pub(crate) fn steps(&mut self, at: Timestamp, id: ConversationId, step: usize, by_visitor: Option<bool>) {
        let n = id.0.as_u128();
        let own = self.state.conversation(id).and_then(|live| live.operator().cloned()).map(Actor::Operator);
        let visitor = visitor(n);
        let text = Text::parse("Bonjour").unwrap();
        match (step, by_visitor, own) {
            (0, _, _) => {
                let request = Box::new(Self::request(n, None));
                self.freely(at, visitor, Action::Conversation(id, ConversationAction::Request(request)));
            }
            (1, _, Some(own)) => self.freely(at, own, Action::Conversation(id, ConversationAction::PickUp)),
            (_, Some(true), _) => {
                self.freely(at, visitor, Action::Conversation(id, ConversationAction::Write(text)));
            }
            (_, Some(false), Some(own)) => {
                // An operator who was assigned late picks up late.
                self.freely(at, own.clone(), Action::Conversation(id, ConversationAction::PickUp));
                self.freely(at, own, Action::Conversation(id, ConversationAction::Write(text)));
            }
            (usize::MAX, None, Some(own)) => {
                self.freely(at, own, Action::Conversation(id, ConversationAction::End));
            }
            (usize::MAX, None, None) => {
                self.freely(at, visitor, Action::Conversation(id, ConversationAction::LeaveQueue));
            }
            (_, _, _) => {}
        }
    }

    /// A timer fires at this very time.
    #[track_caller]
    pub(crate) fn timer(&mut self, time: &str) {
        let before = self.log.len();
        self.act(time, Actor::System, Action::Tick);
        assert!(self.log.len() > before, "nothing was due at {time}");
    }

    pub(crate) fn registers(&mut self, id: &str, skills: &[&str]) {
        let skills = skills.iter().map(|skill| SkillId::parse(skill).unwrap()).collect();
        let profile =
            Profile { name: Name::parse(id).unwrap(), skills, capacity: None, email: None, hours: None };
        self.act("00:00:00", Self::admin(), Action::RegisterOperator(operator(id), Box::new(profile)));
    }

    #[track_caller]
    pub(crate) fn requests(&mut self, time: &str, n: u128, skill: Option<&str>) {
        let request = Self::request(n, skill);
        self.act(
            time,
            visitor(n),
            Action::Conversation(number(n), ConversationAction::Request(Box::new(request))),
        );
    }

    #[track_caller]
    pub(crate) fn requests_again(&mut self, time: &str, n: u128) {
        let request = Self::request(n, None);
        self.act(
            time,
            visitor(n),
            Action::Conversation(number(n), ConversationAction::RequestAgain(Box::new(request))),
        );
    }

    fn request(n: u128, skill: Option<&str>) -> Request {
        Request {
            history: vec![],
            visitor: Visitor::of(VisitorId::parse(&format!("v{n}")).unwrap()),
            language: Language::Fr,
            skill: skill.map(|skill| SkillId::parse(skill).unwrap()),
            card: domain::event::Card::default(),
        }
    }

    /// An operator does something.
    #[track_caller]
    pub(crate) fn does(&mut self, time: &str, who: &str, action: Action) {
        self.act(time, Actor::Operator(operator(who)), action);
    }

    #[track_caller]
    pub(crate) fn supervises(&mut self, time: &str, action: Action) {
        self.act(time, Actor::Supervisor(staff("sophie")), action);
    }

    #[track_caller]
    pub(crate) fn writes(&mut self, time: &str, who: &str, n: u128) {
        self.does(
            time,
            who,
            Action::Conversation(number(n), ConversationAction::Write(Text::parse("Bonjour").unwrap())),
        );
    }

    #[track_caller]
    pub(crate) fn visitor_does(&mut self, time: &str, n: u128, action: Action) {
        self.act(time, visitor(n), action);
    }

    #[track_caller]
    pub(crate) fn visitor_writes(&mut self, time: &str, n: u128) {
        self.visitor_does(
            time,
            n,
            Action::Conversation(number(n), ConversationAction::Write(Text::parse("Merci").unwrap())),
        );
    }

    #[track_caller]
    pub(crate) fn transfers(&mut self, time: &str, who: &str, n: u128, to: &str) {
        let transfer = Transfer { to: Target::Operator(operator(to)), note: None, force: false };
        self.does(time, who, Action::Conversation(number(n), ConversationAction::Transfer(transfer)));
    }

    /// The views of each database that holds what happened.
    pub(crate) async fn views(&self) -> Vec<(Scratch, Queries)> {
        let mut all = vec![];
        for scratch in Scratch::each().await {
            let database = scratch.open().await;
            Runner::new(database.clone()).apply(&self.log).await.unwrap();
            all.push((scratch, Queries::new(database)));
        }
        all
    }

    /// A question about a period.
    pub(crate) fn asks(from: &str, until: &str, by: By, per: Per, now: &str) -> Query {
        let edge = |text: &str| Edge::Time(timestamp(text));
        let now = timestamp(now);
        Query { from: edge(from), until: edge(until), by, per, service_level_secs: None, now }
    }
}

fn visitor(n: u128) -> Actor {
    Actor::Visitor(VisitorId::parse(&format!("v{n}")).unwrap())
}

/// The rows of an answer, as JSON.
pub(crate) async fn rows(views: &Queries, livechat: &LivechatId, query: &Query) -> Vec<Value> {
    let report = views.figures(livechat, query).await.unwrap().expect("there is such a livechat");
    let report = serde_json::to_value(report.expect("the period has figures")).unwrap();
    report["rows"].as_array().unwrap().clone()
}

/// Two surveys: a rating and a text for visitors, a choice for operators.
pub(crate) fn surveys() -> Value {
    let label = json!({ "fr": "Alors ?" });
    json!([
        { "id": "satisfaction", "name": "Satisfaction", "title": label, "audience": "visitor", "fields": [
            { "id": "note", "label": label, "kind": "rating" },
            { "id": "avis", "label": label, "kind": "long_text" },
        ] },
        { "id": "bilan", "name": "Bilan", "title": label, "audience": "operator", "fields": [
            { "id": "motif", "label": label, "kind": "single_choice", "choices": [
                { "id": "panne", "label": label }, { "id": "facture", "label": label },
            ] },
        ] },
    ])
}
