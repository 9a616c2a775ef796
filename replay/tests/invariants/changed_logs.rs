//! The checker of what always holds: a log that the rules wrote passes, and one that somebody has changed
//! does not.

use chrono::{DateTime, TimeDelta};
use domain::event::Profile;
use domain::event::{Card, Request, Visitor};
use domain::id::CommandId;
use domain::text::{Language, Name, Text};
use domain::{
    Action, Actor, Command, ConversationAction, ConversationFact, ConversationId, Exchange, Fact, Livechat,
    LivechatId, OperatorId, StaffId, Timestamp, VisitorId,
};
use journal::Record;
use pupitre_replay::invariants::{Checker, Invariant, Violation, state};
use uuid::Uuid;

const ID: ConversationId = ConversationId(Uuid::from_u128(1));

fn start() -> Timestamp {
    DateTime::from_timestamp(1_767_600_000, 0).unwrap()
}

/// One operator, one visitor who writes and is answered, and who falls silent until the clocks end it.
fn log() -> Vec<Record> {
    let administrator = Actor::Administrator(StaffId::parse("root").unwrap());
    let (alice, zoe) = (OperatorId::parse("alice").unwrap(), VisitorId::parse("zoe").unwrap());
    let (operator, visitor) = (Actor::Operator(alice.clone()), Actor::Visitor(zoe.clone()));
    let name = || Name::parse("Alice").unwrap();
    let profile = Profile { name: name(), skills: [].into(), capacity: Some(1), email: None, hours: None };
    let request = Request {
        visitor: Visitor::of(zoe),
        language: Language::Fr,
        skill: None,
        card: Card::default(),
        history: vec![],
    };
    let write = || Action::Conversation(ID, ConversationAction::Write(Text::parse("bonjour").unwrap()));
    let commands = [
        (0, &administrator, Action::CreateLivechat { name: name(), language: Language::Fr }),
        (0, &administrator, Action::RegisterOperator(alice.clone(), Box::new(profile))),
        (1, &operator, Action::ConnectOperator(alice)),
        (2, &visitor, Action::Conversation(ID, ConversationAction::Request(Box::new(request)))),
        (3, &operator, Action::Conversation(ID, ConversationAction::PickUp)),
        (4, &visitor, write()),
        (5, &operator, write()),
        (3_600, &Actor::System, Action::Tick),
    ];
    let mut livechat = Livechat::default();
    let mut log: Vec<Record> = vec![];
    for (index, (secs, by, action)) in commands.into_iter().enumerate() {
        let command = Command { at: start() + TimeDelta::seconds(secs), by: by.clone(), action };
        for event in livechat.handle_command(&command).unwrap() {
            log.push(Record {
                livechat: LivechatId::parse("support").unwrap(),
                position: log.len() as u64 + 1,
                command: CommandId(Uuid::from_u128(index as u128 + 1)),
                address: None,
                event,
            });
        }
    }
    log
}

fn check(log: &[Record]) -> Result<(), Box<Violation>> {
    let (mut checker, mut livechat) = (Checker::default(), Livechat::default());
    for record in log {
        domain::evolve(&mut livechat, &record.event);
        checker.check(&livechat, record)?;
    }
    state(&livechat).unwrap();
    log.last().map_or(Ok(()), |last| checker.settled(last))
}

fn place(log: &[Record], name: &str) -> usize {
    log.iter().position(|record| record.event.fact.name() == name).unwrap()
}

/// What is found when the log is changed, and where.
fn found(change: impl FnOnce(&mut Vec<Record>)) -> (Invariant, u64) {
    let mut log = log();
    change(&mut log);
    let violation = check(&log).expect_err("nothing was found");
    (violation.invariant, violation.position)
}

#[test]
fn a_log_that_the_rules_wrote_passes() {
    check(&log()).unwrap();
}

#[test]
fn a_missing_or_duplicated_record_is_found() {
    assert_eq!(found(|log| drop(log.remove(4))), (Invariant::Positions, 6));
    assert_eq!(found(|log| log.insert(4, log[4].clone())), (Invariant::Positions, 5));
}

#[test]
fn time_that_goes_back_is_found() {
    let changed = found(|log| {
        let at = place(log, "conversation.picked_up");
        log[at].event.at = start();
    });
    assert_eq!(changed.0, Invariant::Time);
}

#[test]
fn a_message_that_is_numbered_otherwise_is_found() {
    let changed = found(|log| {
        let message = log.iter_mut().rev().find_map(|record| {
            if let Fact::Conversation {
                fact: ConversationFact::Exchange(Exchange::MessagePosted { number, .. }),
                ..
            } = &mut record.event.fact
            {
                Some(number)
            } else {
                None
            }
        });
        *message.unwrap() += 1;
    });
    assert_eq!(changed.0, Invariant::Messages);
}

#[test]
fn a_conversation_that_is_given_away_twice_or_goes_on_after_its_end_is_found() {
    let again = |name: &str, log: &mut Vec<Record>| {
        let mut record = log[place(log, name)].clone();
        let last = log.last().unwrap();
        (record.position, record.event.at, record.command) =
            (last.position + 1, last.event.at, CommandId(Uuid::from_u128(99)));
        record.event.by = Actor::System;
        log.push(record);
    };
    assert_eq!(found(|log| again("conversation.assigned", log)).0, Invariant::Life);
    assert_eq!(found(|log| again("conversation.picked_up", log)).0, Invariant::Life);
    assert_eq!(found(|log| again("conversation.requested", log)).0, Invariant::Life);
}

#[test]
fn a_conversation_assigned_to_an_absent_operator_is_found() {
    let changed = found(|log| {
        let at = place(log, "conversation.assigned");
        if let Fact::Conversation { operator, .. } = &mut log[at].event.fact {
            *operator = Some(OperatorId::parse("bob").unwrap());
        }
    });
    assert_eq!(changed.0, Invariant::Place);
}

#[test]
fn a_timer_that_fires_early_or_not_at_all_is_found() {
    let early = found(|log| {
        let at = place(log, "conversation.followed_up");
        for record in &mut log[at..] {
            record.event.at = start() + TimeDelta::seconds(6);
        }
    });
    assert_eq!(early.0, Invariant::TimerEarly);
    let late = found(|log| {
        let at = place(log, "conversation.followed_up");
        let mut record = log[place(log, "operator.registered")].clone();
        (record.position, record.event.at) = (log[at].position, log[at].event.at);
        record.command = CommandId(Uuid::from_u128(98));
        log.truncate(at);
        log.push(record);
    });
    assert_eq!(late.0, Invariant::TimerOverdue);
}

#[test]
fn checking_continues_after_a_violation_and_finds_the_next() {
    let mut log = log();
    let messages: Vec<usize> =
        (0..log.len()).filter(|at| log[*at].event.fact.name() == "conversation.message_posted").collect();
    let [first, .., last] = messages[..] else { panic!("{messages:?}") };
    let mut changed = vec![];
    for at in [first, last] {
        if let Fact::Conversation {
            fact: ConversationFact::Exchange(Exchange::MessagePosted { number, .. }),
            ..
        } = &mut log[at].event.fact
        {
            *number += 7;
            changed.push(log[at].position);
        }
    }
    let (mut checker, mut livechat) = (Checker::default(), Livechat::default());
    let mut found = vec![];
    for record in &log {
        domain::evolve(&mut livechat, &record.event);
        found.extend(checker.check_on(&livechat, record).map(|one| (one.invariant, one.position)));
    }
    let first = found.iter().find(|(_, position)| *position == changed[0]);
    let last = found.iter().find(|(_, position)| *position == changed[1]);
    assert!(first.is_some() && last.is_some(), "{found:?} of {changed:?}");
    assert!(found.iter().all(|(invariant, _)| *invariant == Invariant::Messages), "{found:?}");
    assert_eq!(checker.position(), log.last().unwrap().position, "it went to the end");
}
