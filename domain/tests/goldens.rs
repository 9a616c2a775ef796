//! The stored form of every event, one file per kind and version: it never changes.
//!
//! A new kind of event does not compile until [`golden`] names its file, and the file must be the
//! stored form of one of the [`examples`]. A change of content is a new version with a new file and
//! an upcaster; the old file stays.

use std::collections::BTreeSet;
use std::path::PathBuf;

use chrono::TimeDelta;
use pupitre_domain::conversation::end::EndReason;
use pupitre_domain::conversation::request::{
    Card, HistoryAuthor, HistoryLine, RefusalReason, Request, Visitor,
};
use pupitre_domain::conversation::transfer::Target;
use pupitre_domain::event::Voice;
use pupitre_domain::operator::disconnect::DisconnectReason;
use pupitre_domain::operator::{Profile, Status};
use pupitre_domain::personal::Personal;
use pupitre_domain::settings::{Phrase, Section, Skill, Skills};
use pupitre_domain::text::{Language, Name, Note, Text};
use pupitre_domain::{Actor, ConversationFact, Event, Fact, LivechatFact, OperatorFact};
use serde_json::Value;

use crate::support::*;

/// The name of a golden and what is in it.
type Golden = (&'static str, &'static str);

macro_rules! file {
    ($name:literal) => {
        (concat!($name, ".json"), include_str!(concat!("goldens/", $name, ".json")))
    };
}

/// The golden of an event. The settings have one per section, since each is a format of its own.
fn golden(fact: &Fact) -> Golden {
    match fact {
        Fact::Livechat(fact) => match fact {
            LivechatFact::Created { .. } => file!("livechat.created-1.0"),
            LivechatFact::SettingsChanged { section } => match **section {
                Section::Capacity(_) => file!("livechat.settings_changed-1.0-capacity"),
                Section::Timeouts(_) => file!("livechat.settings_changed-1.0-timeouts"),
                Section::Phrases(_) => file!("livechat.settings_changed-1.0-phrases"),
                Section::Skills(_) => file!("livechat.settings_changed-1.0-skills"),
            },
        },
        Fact::Operator { fact, .. } => match fact {
            OperatorFact::Registered { .. } => file!("operator.registered-1.0"),
            OperatorFact::Connected => file!("operator.connected-1.0"),
            OperatorFact::Disconnected { .. } => file!("operator.disconnected-1.0"),
            OperatorFact::StatusChanged { .. } => file!("operator.status_changed-1.0"),
        },
        Fact::Conversation { fact, .. } => match fact {
            ConversationFact::Requested(_) => file!("conversation.requested-1.0"),
            ConversationFact::Refused { .. } => file!("conversation.refused-1.0"),
            ConversationFact::Queued { .. } => file!("conversation.queued-1.0"),
            ConversationFact::Assigned => file!("conversation.assigned-1.0"),
            ConversationFact::Left => file!("conversation.left-1.0"),
            ConversationFact::PickedUp => file!("conversation.picked_up-1.0"),
            ConversationFact::MessagePosted { .. } => file!("conversation.message_posted-1.0"),
            ConversationFact::Transferred { target, .. } => match target {
                Target::Operator(_) => file!("conversation.transferred-1.0"),
                Target::Skill(_) => file!("conversation.transferred-1.0-skill"),
            },
            ConversationFact::TimeoutAnnounced { .. } => file!("conversation.timeout_announced-1.0"),
            ConversationFact::Ended { .. } => file!("conversation.ended-1.0"),
        },
    }
}

/// One event of every kind, with everything it can carry.
fn examples() -> Vec<Event> {
    livechat_facts()
        .into_iter()
        .map(|fact| (administrator(), Fact::Livechat(fact)))
        .chain(operator_facts())
        .chain(conversation_facts())
        .map(|(by, fact)| Event { at: start() + TimeDelta::milliseconds(123), by, fact })
        .collect()
}

fn livechat_facts() -> Vec<LivechatFact> {
    let wording = [(Language::Fr, "Bonjour, ici {operator}."), (Language::En, "Hello, {operator} here.")];
    let name =
        [(Language::Fr, Name::parse("Ventes").unwrap()), (Language::En, Name::parse("Sales").unwrap())];
    let sections = [
        capacity(5, 4),
        timeouts(15, 90),
        phrase(Phrase::Welcome, true, &wording),
        Section::Skills(Skills(vec![Skill { id: skill("sales"), name: name.into() }])),
    ];
    let created =
        LivechatFact::Created { name: Name::parse("Service client").unwrap(), language: Language::Fr };
    let changed = |section| LivechatFact::SettingsChanged { section: Box::new(section) };
    [created].into_iter().chain(sections.into_iter().map(changed)).collect()
}

fn operator_facts() -> Vec<(Actor, Fact)> {
    let profile = Profile {
        name: Name::parse("Alice Durand").unwrap(),
        skills: [skill("billing"), skill("sales")].into(),
        capacity: Some(4),
    };
    [
        (administrator(), OperatorFact::Registered { profile }),
        (operator("alice"), OperatorFact::Connected),
        (Actor::System, OperatorFact::Disconnected { reason: DisconnectReason::ConnectionLost }),
        (supervisor(), OperatorFact::StatusChanged { status: Status::OnBreak }),
    ]
    .into_iter()
    .map(|(by, fact)| (by, Fact::Operator { operator: operator_id("alice"), fact }))
    .collect()
}

fn conversation_facts() -> Vec<(Actor, Fact)> {
    let with_alice = Some("alice");
    let transferred = |target, forced| ConversationFact::Transferred {
        from: operator_id("bob"),
        target,
        note: Some(Note::parse("Cliente fidèle").unwrap().into()),
        forced,
    };
    let welcome = ConversationFact::MessagePosted {
        number: 3,
        voice: Voice::System,
        phrase: Some(Phrase::Welcome),
        text: Text::parse("Bonjour, Alice est à votre écoute.").unwrap().into(),
    };
    [
        (bot(), None, ConversationFact::Requested(Box::new(full_request()))),
        (Actor::System, None, ConversationFact::Refused { reason: RefusalReason::QueueFull }),
        (Actor::System, None, ConversationFact::Queued { position: 2 }),
        (Actor::System, with_alice, ConversationFact::Assigned),
        (visitor("zoe"), None, ConversationFact::Left),
        (operator("alice"), with_alice, ConversationFact::PickedUp),
        (Actor::System, with_alice, welcome),
        (supervisor(), with_alice, transferred(Target::Operator(operator_id("alice")), true)),
        (operator("bob"), with_alice, transferred(Target::Skill(skill("sales")), false)),
        (Actor::System, with_alice, ConversationFact::TimeoutAnnounced { ends_at: start() + minutes(1) }),
        (Actor::System, with_alice, ConversationFact::Ended { reason: EndReason::Timeout }),
    ]
    .into_iter()
    .map(|(by, operator, fact)| {
        (by, Fact::conversation(conversation("zoe"), operator.map(operator_id), fact))
    })
    .collect()
}

fn full_request() -> Request {
    let known = |value: &str| Some(Personal::from(value.to_owned()));
    let line = |at, author, text| HistoryLine { at, author, text: Text::parse(text).unwrap().into() };
    Request {
        visitor: Visitor {
            id: visitor_id("zoe"),
            name: Some(Name::parse("Zoé Martin").unwrap().into()),
            email: Some(Name::parse("zoe@example.org").unwrap().into()),
        },
        language: Language::Fr,
        skill: Some(skill("sales")),
        card: Card {
            page_url: known("https://example.org/panier?id=7"),
            page_title: known("Votre panier"),
            browser: known("Firefox 140"),
            system: known("Linux"),
            referrer: known("https://example.org/"),
            country: known("FR"),
            time_on_site_secs: Some(340),
            variables: [("basket".to_owned(), "129,90 €".to_owned().into())].into(),
        },
        history: vec![
            line(None, HistoryAuthor::Bot, "Que puis-je pour vous ?"),
            line(Some(start() - minutes(1)), HistoryAuthor::Visitor, "Parler à quelqu'un"),
        ],
    }
}

#[test]
fn every_event_is_stored_as_in_its_golden_and_read_back_the_same() {
    for example in examples() {
        let (name, content) = golden(&example.fact);
        let stored: Value = serde_json::from_str(content).unwrap();
        assert_eq!(serde_json::to_value(&example).unwrap(), stored, "{name}: is not stored so");
        let read: Event = serde_json::from_str(content).unwrap();
        assert!(read == example, "{name}: reads as another event");
    }
}

#[test]
fn every_kind_of_event_has_its_golden_and_every_golden_its_event() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/goldens");
    let files: BTreeSet<String> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let named: BTreeSet<String> =
        examples().iter().map(|example| golden(&example.fact).0.to_owned()).collect();
    assert_eq!(files, named);
}

#[test]
fn a_golden_is_named_after_the_event_and_its_version() {
    for Event { fact, .. } in examples() {
        let (name, kind) = (golden(&fact).0, format!("{}-{}", fact.name(), fact.version()));
        let rest = name.strip_prefix(&kind);
        assert!(rest.is_some_and(|rest| rest == ".json" || rest.starts_with('-')), "{name} is not of {kind}");
    }
}

#[test]
fn every_word_of_the_stored_form_stays_as_it_is() {
    fn words<T: serde::Serialize, const N: usize>(values: [T; N]) -> String {
        serde_json::to_string(&Vec::from(values)).unwrap().replace('"', "")
    }
    use EndReason::{Operator, Supervisor, Timeout};
    assert_eq!(
        words([EndReason::Visitor, Operator, Supervisor, Timeout]),
        "[visitor,operator,supervisor,timeout]"
    );
    assert_eq!(words([RefusalReason::NoOperator, RefusalReason::QueueFull]), "[no_operator,queue_full]");
    assert_eq!(words([Voice::Visitor, Voice::Operator, Voice::System]), "[visitor,operator,system]");
    assert_eq!(words([Status::Available, Status::OnBreak]), "[available,on_break]");
    assert_eq!(
        words([DisconnectReason::SignedOut, DisconnectReason::ConnectionLost]),
        "[signed_out,connection_lost]"
    );
    assert_eq!(
        words(Phrase::ALL),
        "[welcome,queued,transferred,timeout_warning,ended_by_operator,ended_automatically,no_operator,\
         queue_full]"
    );
}
