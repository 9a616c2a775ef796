//! Every phrase: said when it should be, silent when switched off, and what its variables become.

use pupitre_domain::event::{Request, Visitor};
use pupitre_domain::settings::Status;
use pupitre_domain::settings::{Phrase, Section, Timeouts};
use pupitre_domain::text::{Language, Name};
use pupitre_domain::{Action, Actor, ConversationAction};
use serde_json::json;

use crate::support::*;

/// What makes a phrase be said.
enum Next {
    /// Somebody does this.
    Do(Actor, Box<Action>),
    /// This much time passes.
    Later(chrono::TimeDelta),
}

fn by(actor: Actor, action: Action) -> Next {
    Next::Do(actor, Box::new(action))
}

fn clocks(change_one: impl FnOnce(&mut Timeouts)) -> Step {
    let mut timeouts = clocks_off();
    change_one(&mut timeouts);
    change(Section::Timeouts(timeouts))
}

/// A story in which this phrase is due next.
fn when_due(phrase: Phrase, wording: Step) -> (Scene, Next) {
    let scene = given_with_phrases([wording]);
    let busy = Step::All(vec![connected_with_capacity("alice", 1), asks("zoe")]);
    let talking = || Step::All(vec![connected("alice"), asks("zoe"), talks_to("alice", "zoe")]);
    match phrase {
        Phrase::Welcome => (scene.past([busy]), by(operator("alice"), pick_up("zoe"))),
        Phrase::Queued => (scene.past([busy]), by(visitor("yann"), request("yann"))),
        Phrase::QueueProgress => {
            let scene = scene.past([busy, asks("yann"), asks("xena")]);
            (scene, by(visitor("yann"), leave("yann")))
        }
        Phrase::Transferred => {
            (scene.past([talking(), connected("bob")]), by(operator("alice"), transfer_to("zoe", "bob")))
        }
        Phrase::AutoTransferred => {
            let scene = scene.past([clocks(|clocks| clocks.auto_transfer = 90), busy, connected("bob")]);
            (scene, Next::Later(seconds(90)))
        }
        Phrase::FollowUp => {
            (scene.past([clocks(|clocks| clocks.follow_up = 3), talking()]), Next::Later(minutes(3)))
        }
        Phrase::StillSearching => {
            let searching = Step::All(vec![
                change(section("statuses", json!({"searching": true}))),
                clocks(|clocks| clocks.search_notice = 2),
                talking(),
                writes("zoe"),
                Step::Do(operator("alice"), change_status("alice", Status::Searching)),
            ]);
            (scene.past([searching]), Next::Later(minutes(2)))
        }
        Phrase::OnHold => {
            let hold = Action::Conversation(conversation("zoe"), ConversationAction::Hold);
            (scene.past([talking()]), by(operator("alice"), hold))
        }
        Phrase::TimeoutWarning => (scene.past([talking()]), Next::Later(minutes(9))),
        Phrase::OperatorDisconnected => {
            let lost = Step::Do(operator("alice"), Action::LoseConnection(operator_id("alice")));
            let scene = scene.past([clocks(|clocks| clocks.disconnect_notice = 30), talking(), lost]);
            (scene, Next::Later(seconds(30)))
        }
        Phrase::EndedByOperator => (scene.past([talking()]), by(operator("alice"), end("zoe"))),
        Phrase::EndedAutomatically => (scene.past([talking(), later(minutes(9))]), Next::Later(minutes(1))),
        Phrase::KeptOpen => {
            let scene = scene.past([change(behaviour("keep_open", true)), talking()]);
            (scene, by(operator("alice"), end("zoe")))
        }
        Phrase::QueueClosed => {
            let scene = scene.past([change(daily("08:00", "18:00")), busy]);
            let scene = scene.past([clocks(|clocks| clocks.queue_closing = 600)]);
            (scene, by(visitor("yann"), request("yann")))
        }
        Phrase::NoOperator => (scene, by(visitor("zoe"), request("zoe"))),
        Phrase::QueueFull => {
            (scene.past([change(capacity(1, 0)), busy]), by(visitor("yann"), request("yann")))
        }
        Phrase::LivechatClosed => {
            let shut = Step::Do(administrator(), Action::CloseLivechat);
            (scene.past([shut]), by(visitor("zoe"), request("zoe")))
        }
        Phrase::OutsideHours => {
            (scene.past([change(daily("18:00", "19:00"))]), by(visitor("zoe"), request("zoe")))
        }
    }
}

/// The phrases said next, and the kinds of everything else that happened.
fn said_next((scene, next): (Scene, Next)) -> (Vec<Phrase>, Vec<&'static str>) {
    let before = scene.log.len();
    let scene = match next {
        Next::Do(actor, action) => scene.when(actor, *action),
        Next::Later(time) => scene.after(time),
    }
    .then_whatever();
    let happened = &scene.log[before..];
    let said = happened.iter().filter_map(|event| phrase_of(&event.fact)).collect();
    let silent = happened.iter().filter(|event| phrase_of(&event.fact).is_none());
    (said, silent.map(|event| event.fact.name()).collect())
}

#[test]
fn every_phrase_is_said_when_it_is_due_and_switched_off_leaves_all_else_as_it_is() {
    for &due in Phrase::ALL {
        let (said, happened) = said_next(when_due(due, change(phrase(due, true, &[]))));
        assert_eq!(said.iter().filter(|said| **said == due).count(), 1, "{due:?} in {said:?}");
        let (said_without, happened_without) = said_next(when_due(due, change(phrase(due, false, &[]))));
        let others: Vec<Phrase> = said.into_iter().filter(|said| *said != due).collect();
        assert_eq!((said_without, happened_without), (others, happened), "{due:?}");
    }
}

#[test]
fn every_phrase_is_in_force_in_the_words_of_the_administrator_at_once() {
    for &due in Phrase::ALL {
        let (scene, next) = when_due(due, change(phrase(due, true, &[])));
        let scene = scene.past([change(phrase(due, true, &[(Language::Fr, "Mes mots.")]))]);
        let before = scene.log.len();
        let scene = match next {
            Next::Do(actor, action) => scene.when(actor, *action),
            Next::Later(time) => scene.after(time),
        }
        .then_whatever();
        let said = scene.log[before..].iter().find(|event| phrase_of(&event.fact) == Some(due)).unwrap();
        assert_eq!(text_of(&said.fact), Some("Mes mots."), "{due:?}");
    }
}

// Variables.

/// Every variable, one that nobody has, each in a part of its own, and braces that are no variable.
const TEMPLATE: &str = "[[{operator}]]|[[{position}]]|[[{wait}]]|[[{visitor}]]|[[{contract}]]|[[{nobody}]]|{}|\
                        [[{ operator }]]|[[{{operator}}]]|{";

fn zoe_martin() -> Request {
    let mut request = plain_request("zoe", None);
    request.visitor = Visitor { name: Some(Name::parse("Zoé Martin").unwrap().into()), ..request.visitor };
    request.card.variables.insert("contract".into(), "C-12 {visitor}".to_owned().into());
    request
}

#[test]
fn while_waiting_position_wait_and_the_visitor_are_known_and_no_operator() {
    given_with_phrases([
        change(phrase(Phrase::Queued, true, &[(Language::Fr, TEMPLATE)])),
        connected_with_capacity("alice", 1),
        asks("yann"),
    ])
    .when(visitor("zoe"), request_with("zoe", zoe_martin()))
    .then_said(["|1|5|Zoé Martin|C-12 {visitor}||{}|||{"]);
}

#[test]
fn on_a_desk_the_operator_is_known_by_name_and_there_is_no_position() {
    given_with_phrases([
        change(phrase(Phrase::Welcome, true, &[(Language::Fr, TEMPLATE)])),
        connected_as("alice", named("Alice Durand")),
        Step::Do(visitor("zoe"), request_with("zoe", zoe_martin())),
    ])
    .when(operator("alice"), pick_up("zoe"))
    .then_said(["Alice Durand|||Zoé Martin|C-12 {visitor}||{}|Alice Durand|{Alice Durand}|{"]);
}

#[test]
fn after_a_transfer_the_operator_is_the_new_one() {
    given_with_phrases([
        connected_as("alice", named("Alice")),
        asks("zoe"),
        connected_as("bob", named("Bob")),
    ])
    .when(operator("alice"), transfer_to("zoe", "bob"))
    .then_said(["Votre conversation est confiée à Bob."]);
}

#[test]
fn the_last_words_still_know_the_visitor_and_the_operator() {
    given_with_phrases([
        change(phrase(Phrase::EndedByOperator, true, &[(Language::Fr, "{visitor}, {operator}, {contract}")])),
        connected_as("alice", named("Alice")),
        Step::Do(visitor("zoe"), request_with("zoe", zoe_martin())),
        picks_up("alice", "zoe"),
    ])
    .when(operator("alice"), end("zoe"))
    .then_said(["Zoé Martin, Alice, C-12 {visitor}"]);
}

#[test]
fn a_visitor_without_a_name_and_a_variable_too_long_for_a_phrase_are_left_out() {
    let mut long = plain_request("zoe", None);
    long.card.variables.insert("contract".into(), "é".repeat(201).into());
    long.card.variables.insert("basket".into(), "é".repeat(200).into());
    let said = format!("abc{}", "é".repeat(200));
    given_with_phrases([change(phrase(
        Phrase::NoOperator,
        true,
        &[(Language::Fr, "a[[{visitor}]]b[[{contract}]]c[[{basket}]]")],
    ))])
    .when(visitor("zoe"), request_with("zoe", long))
    .then_said([&said]);
}

#[test]
fn the_names_of_pupitre_win_over_those_of_the_site() {
    let mut clash = zoe_martin();
    clash.card.variables.insert("operator".into(), "nobody".to_owned().into());
    given_with_phrases([
        connected_as("alice", named("Alice")),
        Step::Do(visitor("zoe"), request_with("zoe", clash)),
    ])
    .when(operator("alice"), pick_up("zoe"))
    .then_said(["Bonjour, Alice est à votre écoute."]);
}

#[test]
fn what_a_phrase_becomes_is_never_longer_than_a_message_nor_empty() {
    let mut long = plain_request("zoe", None);
    long.card.variables.insert("v".into(), "é".repeat(200).into());
    let many = "{v}".repeat(300);
    let scene = given_with_phrases([change(phrase(Phrase::NoOperator, true, &[(Language::Fr, &many)]))])
        .when(visitor("zoe"), request_with("zoe", long))
        .then_whatever();
    assert_eq!(text_of(&scene.log.last().unwrap().fact).unwrap().chars().count(), 5_000);
    given_with_phrases([change(phrase(Phrase::NoOperator, true, &[(Language::Fr, "{operator}")]))])
        .when(visitor("zoe"), request("zoe"))
        .then_said(["Aucun conseiller n’est disponible pour le moment."]);
}

#[test]
fn a_transfer_by_rule_is_announced_unless_the_notice_is_off() {
    let moves = |told| {
        let scene = given_with_phrases([
            clocks(|clocks| {
                clocks.auto_transfer = 90;
                clocks.auto_transfer_notice = told;
            }),
            connected_as("alice", named("Alice")),
            asks("zoe"),
            connected_as("bob", named("Bob")),
        ]);
        scene.after(seconds(90))
    };
    moves(true).then_said(["Bob prend le relais et va vous répondre."]);
    moves(false).then_said([]);
}
