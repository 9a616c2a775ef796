//! Under other settings the rules decide otherwise, and people do what they did.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use domain::text::Text;
use domain::{
    Action, Actor, ConversationAction, ConversationFact, ConversationId, Fact, Flow, Livechat, OperatorId,
    Timestamp, VisitorId,
};
use pupitre_replay::what_if::{self, Change, History, Hours, Played, Question, Set, WhatIf, chart};
use rand::Rng;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::floor::{Floor, moment, operator};

/// A floor with a behaviour: times in seconds from its beginning.
struct Scene {
    floor: Floor,
    begins: Timestamp,
}

impl Scene {
    fn new(settings: &[Value], operators: &[&str]) -> Self {
        let mut floor = Floor::new(0);
        for section in settings {
            floor.sets(section.clone());
        }
        for name in operators {
            floor.registers(name, &[], Value::Null);
            floor.does(Actor::Operator(operator(name)), Action::ConnectOperator(operator(name)));
        }
        // Nine in Paris.
        floor.passes(3_600_000);
        let begins = floor.now;
        Self { floor, begins }
    }

    fn at(&mut self, second: i64) {
        let passes = (self.begins + TimeDelta::seconds(second) - self.floor.now).num_milliseconds();
        self.floor.passes(passes);
    }

    fn asks(&mut self, second: i64, n: u128) {
        self.at(second);
        let request = Floor::request(&format!("v{n}"), None);
        assert!(
            self.floor.does(visitor(n), Action::Conversation(id(n), ConversationAction::Request(request)))
        );
    }

    #[track_caller]
    fn does(&mut self, second: i64, by: Actor, action: Action) {
        self.at(second);
        assert!(self.floor.does(by, action), "at {second}");
    }

    /// An operator has the conversation from one time to another.
    fn talks(&mut self, who: &str, n: u128, picked_up: i64, ended: i64) {
        let by = Actor::Operator(operator(who));
        self.does(picked_up, by.clone(), Action::Conversation(id(n), ConversationAction::PickUp));
        self.does(ended, by, Action::Conversation(id(n), ConversationAction::End));
    }

    fn history(&mut self) -> History {
        self.floor.passes(3_600_000);
        History::of(&self.floor.id, &self.floor.log, (self.begins, self.begins + TimeDelta::hours(1)))
            .unwrap()
    }
}

fn id(n: u128) -> ConversationId {
    ConversationId(Uuid::from_u128(n))
}

fn visitor(n: u128) -> Actor {
    Actor::Visitor(VisitorId::parse(&format!("v{n}")).unwrap())
}

fn set(settings: &[&str]) -> Question {
    let set = settings.iter().map(|set| Set::parse(set).unwrap()).collect();
    Question { change: Change { set, ..Change::default() }, seed: 1, ..Question::default() }
}

fn operators(operators: i64) -> Question {
    Question { change: Change { operators, ..Change::default() }, ..Question::default() }
}

/// A figure before and after.
fn both(answer: &WhatIf, name: &str) -> (Value, Value) {
    (answer.before.total[name].clone(), answer.after.total[name].clone())
}

/// When something first happened in a conversation, in seconds from the beginning.
fn when(scene: &Scene, played: &Played, n: u128, what: impl Fn(&ConversationFact) -> bool) -> Option<i64> {
    let record = played.events.iter().find(|record| {
        matches!(&record.event.fact, Fact::Conversation { conversation, fact, .. }
            if *conversation == id(n) && what(fact))
    });
    record.map(|record| (record.event.at - scene.begins).num_seconds())
}

const ONE_AT_A_TIME: &str =
    r#"{ "capacity": { "conversations_per_operator": 1, "queue_per_operator": 10 } }"#;

fn one_at_a_time() -> Value {
    serde_json::from_str(ONE_AT_A_TIME).unwrap()
}

#[test]
fn with_more_room_nobody_waits_and_abandoned_visitors_are_served() {
    let mut scene = Scene::new(&[one_at_a_time()], &["alice"]);
    scene.asks(0, 1);
    scene.does(
        5,
        Actor::Operator(operator("alice")),
        Action::Conversation(id(1), ConversationAction::PickUp),
    );
    scene.asks(10, 2);
    scene.asks(20, 3);
    scene.does(50, visitor(3), Action::Conversation(id(3), ConversationAction::LeaveQueue));
    scene.does(100, Actor::Operator(operator("alice")), Action::Conversation(id(1), ConversationAction::End));
    scene.talks("alice", 2, 104, 150);
    let history = scene.history();
    let answer = what_if::try_otherwise(&history, &set(&["capacity.conversations_per_operator=3"])).unwrap();
    assert_eq!(both(&answer, "requested"), (json!(3), json!(3)));
    assert_eq!(both(&answer, "wait_served_worst_s"), (json!(94), json!(5)));
    assert_eq!(both(&answer, "left"), (json!(1), json!(0)));
    assert_eq!(both(&answer, "answered"), (json!(2), json!(3)));
    assert_eq!(both(&answer, "abandonment_rate"), (json!(0.333_333), json!(0)));
    assert_eq!((answer.patience_seen, answer.patience_censored, answer.patience_median_s), (1, 2, Some(30)));
    let played = what_if::play(&history, &set(&["capacity.conversations_per_operator=3"])).unwrap();
    let picked_up = |fact: &ConversationFact| *fact == ConversationFact::Flow(Flow::PickedUp);
    let ended = |fact: &ConversationFact| fact.is_end();
    assert_eq!(when(&scene, &played, 2, picked_up), Some(14), "4 s after it was given, as then");
    assert_eq!(when(&scene, &played, 2, ended), Some(60), "46 s after the pick-up, as then");
    assert!(when(&scene, &played, 3, ended) > when(&scene, &played, 3, picked_up), "it is talked to");
}

#[test]
fn with_less_room_visitors_give_up_by_the_observed_patience() {
    let capacity = json!({ "capacity": { "conversations_per_operator": 2, "queue_per_operator": 100 } });
    let mut scene = Scene::new(&[capacity], &["alice"]);
    // Twice two are served at once while a third gives up after 20 s.
    for round in 0..10_u8 {
        let (begins, n) = (i64::from(round) * 200, u128::from(round) * 3 + 1);
        scene.asks(begins, n);
        scene.asks(begins, n + 1);
        scene.asks(begins + 1, n + 2);
        let by = Actor::Operator(operator("alice"));
        scene.does(begins + 2, by.clone(), Action::Conversation(id(n), ConversationAction::PickUp));
        scene.does(begins + 2, by, Action::Conversation(id(n + 1), ConversationAction::PickUp));
        scene.does(
            begins + 21,
            visitor(n + 2),
            Action::Conversation(id(n + 2), ConversationAction::LeaveQueue),
        );
        scene.does(
            begins + 100,
            Actor::Operator(operator("alice")),
            Action::Conversation(id(n), ConversationAction::End),
        );
        scene.does(
            begins + 100,
            Actor::Operator(operator("alice")),
            Action::Conversation(id(n + 1), ConversationAction::End),
        );
    }
    let history = scene.history();
    let answer = what_if::try_otherwise(&history, &set(&["capacity.conversations_per_operator=1"])).unwrap();
    assert_eq!(
        both(&answer, "left"),
        (json!(10), json!(20)),
        "one of the two waits, and goes after 20 s too"
    );
    assert_eq!(answer.after.total["wait_left_mean_s"], 20);
    assert_eq!(answer.after.total["requested"], 30);
}

#[test]
fn a_clock_that_is_switched_off_takes_nothing_away_and_the_operator_answers_later_than_was_seen() {
    let mut scene = Scene::new(&[json!({ "timeouts": { "auto_transfer": 60 } })], &["alice", "bob"]);
    scene.asks(0, 1);
    scene.at(200);
    let who = scene.floor.state.conversation(id(1)).unwrap().operator().unwrap().as_str().to_owned();
    scene.talks(&who, 1, 200, 230);
    let mut others = vec![];
    for n in 2..10 {
        let second = 300 + 20 * i64::try_from(n).unwrap();
        scene.asks(second, n);
        let who = scene.floor.state.conversation(id(n)).unwrap().operator().unwrap().as_str().to_owned();
        scene.talks(&who, n, second + 9, second + 15);
        others.push(who);
    }
    let history = scene.history();
    let question = set(&["timeouts.auto_transfer=0"]);
    let answer = what_if::try_otherwise(&history, &question).unwrap();
    let (before, after) = both(&answer, "transfers_inactive");
    assert!(before.as_i64().unwrap() > 0 && after == json!(0), "{before} and {after}");
    let played = what_if::play(&history, &question).unwrap();
    let picked_up = when(&scene, &played, 1, |fact| *fact == ConversationFact::Flow(Flow::PickedUp));
    assert!(picked_up.is_none_or(|second| second > 60), "{picked_up:?}");
}

#[test]
fn somebody_more_works_like_a_colleague_and_somebody_fewer_is_not_there() {
    let mut scene = Scene::new(&[one_at_a_time()], &["alice", "bob"]);
    for n in 1..=3 {
        scene.asks(i64::try_from(n).unwrap() * 10, n);
    }
    scene.talks("alice", 1, 40, 100);
    scene.talks("bob", 2, 102, 160);
    scene.talks("alice", 3, 170, 200);
    let history = scene.history();
    let more = what_if::try_otherwise(&history, &operators(1)).unwrap();
    assert_eq!(both(&more, "operators_max"), (json!(2), json!(3)));
    assert_eq!(both(&more, "wait_served_worst_s"), (json!(140), json!(70)));
    let played = what_if::play(&history, &operators(1)).unwrap();
    let has_worked = played.events.iter().any(|record| {
        record.event.by == Actor::Operator(operator("added-1"))
            && record.event.fact.name() == "conversation.picked_up"
    });
    assert!(has_worked);
    let fewer = what_if::try_otherwise(&history, &operators(-1)).unwrap();
    assert_eq!(both(&fewer, "operators_max"), (json!(2), json!(1)));
    assert!(fewer.after.total["wait_served_worst_s"].as_f64() > Some(70.0));
    let (first, now) = (scene.floor.log[0].event.at, scene.floor.now);
    let whole = History::of(&scene.floor.id, &scene.floor.log, (first, now)).unwrap();
    for (count, there) in [(-1, 1), (1, 3)] {
        let answer = what_if::try_otherwise(&whole, &operators(count)).unwrap();
        assert_eq!(answer.after.total["operators_max"], there, "also from before anybody was there");
        assert_eq!(answer.acts_refused, 0, "{count}");
    }
    let told = |question| what_if::try_otherwise(&history, &question).unwrap_err().to_string();
    assert!(told(operators(-2)).contains("fewer than the 2 who were connected"));
    assert!(told(operators(1_000_000)).contains("at most"));
}

#[test]
fn outside_other_hours_they_are_refused() {
    let mut scene = Scene::new(&[], &["alice"]);
    scene.asks(0, 1);
    scene.talks("alice", 1, 10, 60);
    // Half past nine.
    scene.asks(1_800, 2);
    scene.talks("alice", 2, 1_810, 1_900);
    let history = scene.history();
    let hours = Hours::parse("mon-fri 08:00-09:15").unwrap();
    let question =
        Question { change: Change { hours: Some(hours), ..Change::default() }, ..Question::default() };
    let answer = what_if::try_otherwise(&history, &question).unwrap();
    assert_eq!(both(&answer, "refused_outside_hours"), (json!(0), json!(1)));
    assert_eq!(both(&answer, "answered"), (json!(2), json!(1)));
}

#[test]
fn a_refusal_names_what_is_not_allowed() {
    let mut scene = Scene::new(&[], &["alice"]);
    scene.asks(0, 1);
    let history = scene.history();
    let error = what_if::play(&history, &set(&["capacity.conversations_per_operator=11"])).unwrap_err();
    assert_eq!(error.to_string(), "capacity.conversations_per_operator: 1 to 10 conversations");
    let error = what_if::play(&history, &set(&["operator_survey.survey=none"])).unwrap_err();
    assert!(error.to_string().contains("survey"), "{error}");
    let (at, log) = (moment("2026-11-24T07:00:00Z"), &scene.floor.log);
    assert!(History::of(&scene.floor.id, log, (at, at)).is_err(), "an empty period");
    assert!(History::of(&scene.floor.id, &[], (at, at + TimeDelta::hours(1))).is_err(), "no such livechat");
}

#[test]
fn the_rules_hold_whatever_is_otherwise_and_the_same_seed_gives_the_same_answer() {
    for seed in 0..8 {
        let mut floor = Floor::new(1_000 + seed);
        floor.furnish();
        floor.bustles(200);
        let from = floor.now;
        floor.bustles(800);
        let history = History::of(&floor.id, &floor.log, (from, floor.now)).unwrap();
        let most = floor.random.random_range(1..=10);
        let question = Question {
            change: Change {
                set: [
                    format!("capacity.conversations_per_operator={most}"),
                    format!("capacity.queue_per_operator={}", floor.random.random_range(0..20)),
                    format!("timeouts.auto_transfer={}", floor.random.random_range(0..3) * 30),
                    format!("timeouts.visitor_inactivity={}", floor.random.random_range(0..2) * 3),
                    format!("behaviour.keep_open={}", floor.random.random::<bool>()),
                ]
                .iter()
                .map(|set| Set::parse(set).unwrap())
                .collect(),
                operators: [-1, 0, 2][usize::try_from(seed).unwrap() % 3],
                hours: None,
            },
            seed,
            ..Question::default()
        };
        let played = what_if::play(&history, &question).unwrap();
        assert_eq!(played.events, what_if::play(&history, &question).unwrap().events, "seed {seed}");
        assert!(!played.is_history(&history), "seed {seed}: something is otherwise");
        let mut state = Livechat::default();
        let before = floor.log.iter().take_while(|record| record.event.at < from);
        before.for_each(|record| domain::evolve(&mut state, &record.event));
        let mut loads: BTreeMap<OperatorId, usize> = BTreeMap::new();
        for record in &played.events {
            domain::evolve(&mut state, &record.event);
            if let Fact::Conversation {
                operator: Some(operator),
                fact: ConversationFact::Flow(Flow::Assigned),
                ..
            } = &record.event.fact
            {
                let load = state.operator(operator).unwrap().load();
                assert!(load <= most, "seed {seed}: {operator} has {load}");
                loads.insert(operator.clone(), load);
            }
        }
        assert!(!loads.is_empty(), "seed {seed}");
    }
}

#[test]
fn the_chart_shows_both_sides_of_every_hour() {
    let mut scene = Scene::new(&[one_at_a_time()], &["alice"]);
    scene.asks(0, 1);
    scene.does(
        5,
        Actor::Operator(operator("alice")),
        Action::Conversation(id(1), ConversationAction::PickUp),
    );
    scene.does(
        6,
        Actor::Operator(operator("alice")),
        Action::Conversation(id(1), ConversationAction::Write(Text::parse("Bonjour").unwrap())),
    );
    scene.asks(10, 2);
    scene.does(100, Actor::Operator(operator("alice")), Action::Conversation(id(1), ConversationAction::End));
    scene.talks("alice", 2, 104, 150);
    let history = scene.history();
    let answer = what_if::try_otherwise(&history, &set(&["capacity.conversations_per_operator=2"])).unwrap();
    let svg = chart::svg(&answer);
    assert!(svg.starts_with("<svg xmlns=") && svg.ends_with("</svg>\n"));
    assert!(svg.contains("capacity.conversations_per_operator=2"));
    assert!(svg.contains("2026-11-24T09:00:00+01:00: 4.5"), "the mean wait of 5 s and 4 s\n{svg}");
    assert_eq!(svg.matches("<rect").count(), svg.matches("</title></rect>").count() + 1, "and the ground");
}

#[test]
fn nobody_does_anything_while_the_server_is_down_however_it_goes_otherwise() {
    let mut scene = Scene::new(&[json!({ "timeouts": { "auto_transfer": 0 } })], &["alice", "bob"]);
    for n in 1..=4 {
        scene.asks(i64::try_from(n).unwrap() * 10, n);
    }
    for (n, who) in [(1, "alice"), (2, "bob"), (3, "alice"), (4, "bob")] {
        scene.does(
            60,
            Actor::Operator(operator(who)),
            Action::Conversation(id(n), ConversationAction::PickUp),
        );
    }
    scene.at(120);
    let fell = scene.floor.now;
    scene.floor.falls(TimeDelta::minutes(30), true);
    let back = scene.floor.now;
    for who in ["alice", "bob"] {
        scene.does(120 + 1_805, Actor::Operator(operator(who)), Action::ConnectOperator(operator(who)));
    }
    for (n, who, ended) in [(1, "alice", 1_950), (2, "bob", 1_960), (3, "alice", 2_000), (4, "bob", 2_010)] {
        scene.does(
            ended,
            Actor::Operator(operator(who)),
            Action::Conversation(id(n), ConversationAction::End),
        );
    }
    let history = scene.history();
    let unchanged = what_if::play(&history, &Question::default()).unwrap();
    assert!(unchanged.is_history(&history), "{:?}", unchanged.difference(&history));
    // One at a time, and waiting visitors are released soon: pick-ups and timers would fall into the outage.
    let set = ["capacity.conversations_per_operator=1", "timeouts.auto_transfer=90", "timeouts.unanswered=2"];
    let change =
        Change { set: set.iter().map(|set| Set::parse(set).unwrap()).collect(), ..Change::default() };
    let played = what_if::play(&history, &Question { change, ..Question::default() }).unwrap();
    assert!(!played.is_history(&history));
    let mut shown = played.events.iter().map(|record| record.event.at);
    assert!(shown.all(|at| at <= fell || at >= back), "something happened while the server was down");
    let told = |name| played.events.iter().filter(|record| record.event.fact.name() == name).count();
    assert_eq!(told("livechat.interrupted"), 1);
    assert_eq!(told("conversation.requested"), 4);
}
