//! The language of the tests: `given(what came before).when(who, what).then(facts)`.
//!
//! A conversation is named after its visitor. [`given`] switches the phrases off, and every clock but the
//! visitor's inactivity, so that a test reads only the facts of its rule; [`given_with_phrases`] leaves the
//! phrases as they are ready made, and [`given_ready_made`] everything.

mod desk;
pub(crate) mod examples;
mod facts;
mod steps;
mod timing;

use chrono::{DateTime, TimeDelta};
use pupitre_domain::field::Check;
use pupitre_domain::livechat::Outage;
use pupitre_domain::{Action, Actor, Command, ConversationId, Event, Fact, Livechat, Rejection, Timestamp};
use pupitre_domain::{OperatorId, SkillId, StaffId, VisitorId};
use serde::Serialize;
use uuid::Uuid;

pub(crate) use desk::*;
pub(crate) use facts::*;
pub(crate) use steps::*;
pub(crate) use timing::*;

/// A livechat at some moment of a story.
#[derive(Clone)]
pub(crate) struct Scene {
    pub(crate) livechat: Livechat,
    pub(crate) log: Vec<Event>,
    now: Timestamp,
}

/// What came of one command.
pub(crate) struct Outcome {
    scene: Scene,
    by: Actor,
    result: Result<Vec<Event>, Rejection>,
}

/// A livechat after these steps, with the phrases switched off.
pub(crate) fn given<const N: usize>(past: [Step; N]) -> Scene {
    Scene::nowhere().past([open(), without_phrases(), change(timeouts(10, 60))]).past(past)
}

/// A livechat after these steps, with the ready-made phrases.
pub(crate) fn given_with_phrases<const N: usize>(past: [Step; N]) -> Scene {
    Scene::nowhere().past([open(), change(timeouts(10, 60))]).past(past)
}

/// A livechat after these steps, with the ready-made settings.
pub(crate) fn given_ready_made<const N: usize>(past: [Step; N]) -> Scene {
    Scene::nowhere().past([open()]).past(past)
}

/// Nothing has ever happened.
pub(crate) fn given_nothing() -> Scene {
    Scene::nowhere()
}

/// The fields that `check` finds wrong, in order.
pub(crate) fn wrong_fields(check: impl FnOnce(&mut Check)) -> Vec<String> {
    let mut errors = Check::new();
    check(&mut errors);
    errors.finish().err().unwrap_or_default().into_iter().map(|error| error.field).collect()
}

/// The moment every story starts at.
pub(crate) fn start() -> Timestamp {
    DateTime::from_timestamp_millis(1_767_603_600_000).unwrap()
}

impl Scene {
    fn nowhere() -> Self {
        Self { livechat: Livechat::default(), log: vec![], now: start() }
    }

    /// Goes on with steps that must all be accepted.
    pub(crate) fn past<const N: usize>(self, steps: [Step; N]) -> Self {
        steps.into_iter().fold(self, Self::step)
    }

    fn step(mut self, step: Step) -> Self {
        match step {
            Step::Do(by, action) => {
                let told = format!("{by:?} {action:?}");
                let Outcome { scene, result, .. } = self.when(by, action);
                assert!(result.is_ok(), "given: {told} was refused: {result:?}");
                scene
            }
            Step::Later(time) => self.after(time).scene,
            Step::ClockSetBack(time) => {
                self.now -= time;
                self
            }
            Step::All(steps) => steps.into_iter().fold(self, Self::step),
        }
    }

    /// Somebody does something, now.
    pub(crate) fn when(mut self, by: Actor, action: Action) -> Outcome {
        let before = self.livechat.clone();
        let command = Command { at: self.now, by: by.clone(), action };
        let result = self.livechat.handle_command(&command);
        match &result {
            Ok(events) => self.log.extend(events.iter().cloned()),
            Err(_) => assert!(self.livechat == before, "a refused command changed the state"),
        }
        Outcome { scene: self, by, result }
    }

    /// Time passes, and what falls due happens.
    pub(crate) fn after(mut self, time: TimeDelta) -> Outcome {
        self.now += time;
        self.when(Actor::System, Action::Tick)
    }

    /// The server stops and starts: all that is left is the log as stored.
    pub(crate) fn restarted(mut self) -> Self {
        let stored = serde_json::to_string(&self.log).unwrap();
        let log: Vec<Event> = serde_json::from_str(&stored).unwrap();
        let livechat = fold(&log);
        assert!(livechat == self.livechat, "the log does not tell the same state");
        self.livechat = livechat;
        self
    }

    /// The server falls, and is back after this long: it knows until when it was up.
    pub(crate) fn down_for(self, time: TimeDelta) -> Outcome {
        let since = Some(self.now);
        self.back_after(time, since)
    }

    /// The server falls, and is back after this long: it knows that it was up at `since`, or does not know.
    pub(crate) fn back_after(self, time: TimeDelta, since: Option<Timestamp>) -> Outcome {
        let mut scene = self.restarted();
        scene.now += time;
        let mut story = scene.livechat.resume(Outage { since, until: scene.now }, scene.now);
        story.extend(scene.livechat.tick(scene.now));
        scene.log.extend(story.iter().cloned());
        Outcome { scene, by: Actor::System, result: Ok(story) }
    }

    /// Who has the conversation of this visitor.
    pub(crate) fn operator_of(&self, visitor: &str) -> Option<String> {
        let conversation = self.livechat.conversation(conversation(visitor))?;
        conversation.operator().map(ToString::to_string)
    }

    /// The visitors who wait, oldest first.
    pub(crate) fn waiting(&self) -> Vec<String> {
        let visitor = |id| self.livechat.conversation(id).unwrap().visitor.to_string();
        self.livechat.queue().iter().map(|place| visitor(place.conversation)).collect()
    }

    /// The moment of this scene.
    pub(crate) const fn now(&self) -> Timestamp {
        self.now
    }
}

impl Outcome {
    /// Exactly these facts, in this order: the first by whoever acted, what follows by the system.
    pub(crate) fn then<const N: usize>(self, facts: [Fact; N]) -> Scene {
        let events = self.events();
        let told: Vec<Fact> = events.iter().map(|event| without_revision(&event.fact)).collect();
        assert_eq!(json(&told), json(&Vec::from(facts)), "\nleft: what happened, right: what should have");
        for (index, event) in events.iter().enumerate() {
            let author = if index == 0 { &self.by } else { &Actor::System };
            assert_eq!(&event.by, author, "{:?}", event.fact);
        }
        self.scene
    }

    /// Accepted, and nothing happens.
    pub(crate) fn then_nothing(self) -> Scene {
        self.then([])
    }

    /// Refused for the reason with this code.
    pub(crate) fn then_refused(self, code: &str) -> Scene {
        match &self.result {
            Err(rejection) => assert_eq!(rejection.code(), code, "{rejection}"),
            Ok(events) => panic!("not refused: {}", json(events)),
        }
        self.scene
    }

    /// Refused because exactly these fields are wrong.
    pub(crate) fn then_wrong<const N: usize>(self, fields: [&str; N]) -> Scene {
        self.then_wrong_fields(&fields)
    }

    /// The sentences said, as the visitor reads them.
    pub(crate) fn then_said<const N: usize>(self, sentences: [&str; N]) -> Scene {
        let said: Vec<&str> = self.events().iter().filter_map(|event| text_of(&event.fact)).collect();
        assert_eq!(said, sentences);
        self.scene
    }

    /// Whatever happened, the scene after it.
    pub(crate) fn then_whatever(self) -> Scene {
        self.events();
        self.scene
    }

    fn events(&self) -> &[Event] {
        match &self.result {
            Ok(events) => events,
            Err(rejection) => panic!("refused ({}): {rejection}", rejection.code()),
        }
    }
}

/// The state that a log tells.
pub(crate) fn fold(log: &[Event]) -> Livechat {
    let mut livechat = Livechat::default();
    for event in log {
        pupitre_domain::evolve(&mut livechat, event);
    }
    livechat
}

fn json(value: &impl Serialize) -> String {
    serde_json::to_string_pretty(value).unwrap()
}

/// The conversation of this visitor.
pub(crate) fn conversation(visitor: &str) -> ConversationId {
    let mut bytes = [0; 16];
    for (byte, letter) in bytes.iter_mut().zip(visitor.bytes()) {
        *byte = letter;
    }
    ConversationId(Uuid::from_bytes(bytes))
}

pub(crate) fn operator_id(name: &str) -> OperatorId {
    OperatorId::parse(name).unwrap()
}

pub(crate) fn visitor_id(name: &str) -> VisitorId {
    VisitorId::parse(name).unwrap()
}

pub(crate) fn skill(name: &str) -> SkillId {
    SkillId::parse(name).unwrap()
}

pub(crate) fn visitor(name: &str) -> Actor {
    Actor::Visitor(visitor_id(name))
}

pub(crate) fn operator(name: &str) -> Actor {
    Actor::Operator(operator_id(name))
}

pub(crate) fn supervisor() -> Actor {
    Actor::Supervisor(StaffId::parse("sam").unwrap())
}

pub(crate) fn administrator() -> Actor {
    Actor::Administrator(StaffId::parse("ada").unwrap())
}

pub(crate) fn analyst() -> Actor {
    Actor::Analyst(StaffId::parse("ana").unwrap())
}

pub(crate) fn bot() -> Actor {
    Actor::Integration(StaffId::parse("bot").unwrap())
}

pub(crate) const fn minutes(count: i64) -> TimeDelta {
    TimeDelta::minutes(count)
}

pub(crate) const fn seconds(count: i64) -> TimeDelta {
    TimeDelta::seconds(count)
}
