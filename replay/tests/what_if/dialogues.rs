//! Dialogues of people, played at the times at which they were written: what came of them comes of them again.

use std::path::Path;

use chrono::TimeDelta;
use domain::text::Text;
use domain::{Action, Actor, ConversationAction, ConversationId};
use pupitre_replay::what_if::{self, Change, History, Question, Set};
use serde_json::Value;
use uuid::Uuid;

use crate::floor::{Floor, operator};

/// So many dialogues, a few at once, each with the pauses that people made.
fn played(dialogues: &str, limit: usize) -> Floor {
    let mut floor = Floor::new(0);
    for name in ["alice", "bob", "carl"] {
        floor.registers(name, &[], Value::Null);
        floor.does(Actor::Operator(operator(name)), Action::ConnectOperator(operator(name)));
    }
    let mut steps = vec![];
    for (number, line) in dialogues.lines().take(limit).enumerate() {
        let dialogue: Value = serde_json::from_str(line).unwrap();
        let begins = i64::try_from(number).unwrap() * 70;
        let first = dialogue["at"].as_i64().unwrap();
        steps.push((begins, number, 0, None, None));
        let mut at = begins + 15;
        steps.push((at, number, 1, None, None));
        for (index, message) in dialogue["messages"].as_array().unwrap().iter().take(30).enumerate() {
            at = at.max(begins + (message["at"].as_i64().unwrap() - first).min(1_500)) + 4;
            let text: String = message["text"].as_str().unwrap().chars().take(1_000).collect();
            steps.push((at, number, 2 + index, Some(message["from"] == "visitor"), Some(text)));
        }
        steps.push((at + 40, number, usize::MAX, None, None));
    }
    steps.sort_unstable();
    let start = floor.now;
    for (second, number, step, by_visitor, text) in steps {
        let at = start + TimeDelta::seconds(second);
        let passes = (at - floor.now).num_milliseconds();
        floor.passes(passes);
        act(&mut floor, number, step, by_visitor, text);
    }
    floor.passes(3_600_000);
    floor
}

fn act(floor: &mut Floor, number: usize, step: usize, by_visitor: Option<bool>, text: Option<String>) {
    let id = ConversationId(Uuid::from_u128(number as u128 + 1));
    let visitor = format!("v{number}");
    let request = Floor::request(&visitor, None);
    let visitor = Actor::Visitor(request.visitor.id.clone());
    let own = floor.state.conversation(id).and_then(|live| live.operator().cloned()).map(Actor::Operator);
    let text = text.and_then(|text| Text::parse(text).ok());
    match (step, by_visitor, own, text) {
        (0, ..) => floor.does(visitor, Action::Conversation(id, ConversationAction::Request(request))),
        (1, _, Some(own), _) => floor.does(own, Action::Conversation(id, ConversationAction::PickUp)),
        (_, Some(true), _, Some(text)) => {
            floor.does(visitor, Action::Conversation(id, ConversationAction::Write(text)))
        }
        (_, Some(false), Some(own), Some(text)) => {
            floor.does(own.clone(), Action::Conversation(id, ConversationAction::PickUp));
            floor.does(own, Action::Conversation(id, ConversationAction::Write(text)))
        }
        (usize::MAX, _, Some(own), _) => floor.does(own, Action::Conversation(id, ConversationAction::End)),
        (usize::MAX, _, None, _) => {
            floor.does(visitor, Action::Conversation(id, ConversationAction::LeaveQueue))
        }
        _ => false,
    };
}

fn files() -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
    let files = ["cli/demo/dialogues.jsonl", "../shared/data/ubuntu-support.jsonl"];
    let read = files.iter().filter_map(|file| {
        let text = std::fs::read_to_string(root.join(file)).ok();
        if text.is_none() {
            eprintln!("SKIPPED: {file} is not here");
        }
        Some(((*file).to_owned(), text?))
    });
    read.collect()
}

#[test]
fn what_people_said_comes_out_as_it_was() {
    for (file, dialogues) in files() {
        let floor = played(&dialogues, 400);
        let (first, last) = (floor.log[0].event.at, floor.now);
        let third = (last - first) / 3;
        assert!(floor.log.len() > 100, "{file}");
        for period in [(first, last), (first + third, first + third * 2)] {
            let history = History::of(&floor.id, &floor.log, period).unwrap();
            let played = what_if::play(&history, &Question::default()).unwrap();
            if let Some((then, now)) = played.difference(&history) {
                panic!("{file}: then {then:?}\nand now {now:?}");
            }
        }
    }
}

#[test]
fn more_conversations_at_once_shorten_the_queue_of_people_who_said_what_they_said() {
    // In the few of the other file nobody waits.
    for (file, dialogues) in files().into_iter().filter(|(file, _)| file.contains("ubuntu")) {
        let floor = played(&dialogues, 400);
        let history = History::of(&floor.id, &floor.log, (floor.log[0].event.at, floor.now)).unwrap();
        let ask = |value: &str| {
            let set = vec![Set::parse(&format!("capacity.conversations_per_operator={value}")).unwrap()];
            let question = Question { change: Change { set, ..Change::default() }, ..Question::default() };
            what_if::try_otherwise(&history, &question).unwrap()
        };
        let (fewer, more) = (ask("1"), ask("10"));
        let count = |figures: &serde_json::Map<String, Value>, name: &str| figures[name].as_i64().unwrap();
        let lost = |figures| count(figures, "left") + count(figures, "refused");
        let total = |answer: &what_if::WhatIf| (answer.before.total.clone(), answer.after.total.clone());
        let ((before, less), (_, most)) = (total(&fewer), total(&more));
        println!("{file}: {} {} {}", lost(&less), lost(&before), lost(&most));
        assert_eq!(count(&less, "requested"), count(&before, "requested"));
        assert_eq!(count(&most, "requested"), count(&before, "requested"));
        assert!(lost(&less) > lost(&before), "{file}: {less:?}");
        assert!(lost(&most) <= lost(&before), "{file}: {most:?}");
    }
}
