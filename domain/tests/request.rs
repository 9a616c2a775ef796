//! Request a conversation.

use pupitre_domain::event::RefusalReason::NoOperator;
use pupitre_domain::event::{Card, HistoryAuthor, HistoryLine, Request};
use pupitre_domain::limits::{CARD_VALUE_CHARACTERS_MAX, CARD_VARIABLES_MAX, HISTORY_LINES_MAX};
use pupitre_domain::text::Text;

use crate::support::*;

#[test]
fn a_visitor_asks_and_is_given_to_an_operator_with_room() {
    given([connected("alice")])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), assigned("zoe", "alice")]);
}

#[test]
fn an_integration_asks_for_a_visitor() {
    given([connected("alice")])
        .when(bot(), request("zoe"))
        .then([requested("zoe"), assigned("zoe", "alice")]);
}

#[test]
fn with_nobody_connected_the_request_is_recorded_and_refused() {
    given([registered("alice", profile(&[], None))])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), refused("zoe", NoOperator)]);
}

#[test]
fn a_visitor_who_was_refused_may_ask_again() {
    given([asks("zoe"), connected("alice")])
        .when(visitor("zoe"), request_with("zoe again", plain_request("zoe", None)))
        .then([requested_with("zoe again", plain_request("zoe", None)), assigned("zoe again", "alice")]);
}

#[test]
fn nobody_asks_in_the_name_of_another() {
    for actor in [visitor("yann"), operator("alice"), supervisor(), administrator()] {
        given([connected("alice")]).when(actor, request("zoe")).then_refused("forbidden");
    }
}

#[test]
fn a_visitor_has_one_conversation_at_a_time_assigned_or_waiting() {
    let again = || request_with("zoe again", plain_request("zoe", None));
    given([connected("alice"), asks("zoe")])
        .when(visitor("zoe"), again())
        .then_refused("already_in_conversation");
    given([connected_with_capacity("alice", 1), asks("yann"), asks("zoe")])
        .when(visitor("zoe"), again())
        .then_refused("already_in_conversation");
}

#[test]
fn the_same_request_twice_is_the_same_conversation() {
    given([connected("alice"), asks("zoe")])
        .when(visitor("zoe"), request("zoe"))
        .then_refused("conversation_exists");
}

#[test]
fn the_id_of_a_conversation_that_is_over_is_not_used_again() {
    given([connected("alice"), asks("zoe"), picks_up("alice", "zoe"), ends("alice", "zoe")])
        .when(visitor("zoe"), request("zoe"))
        .then_refused("conversation_exists");
}

#[test]
fn a_skill_the_livechat_does_not_have_is_refused() {
    given([connected("alice")])
        .when(visitor("zoe"), request_for("zoe", "magic"))
        .then_refused("unknown_skill");
}

#[test]
fn a_request_within_every_limit_is_accepted_with_all_it_carries() {
    let full = request_of_size(CARD_VALUE_CHARACTERS_MAX, CARD_VARIABLES_MAX, HISTORY_LINES_MAX);
    given([connected("alice")])
        .when(visitor("zoe"), request_with("zoe", full.clone()))
        .then([requested_with("zoe", full), assigned("zoe", "alice")]);
}

#[test]
fn a_request_over_the_limits_names_every_wrong_field() {
    let over = request_of_size(CARD_VALUE_CHARACTERS_MAX + 1, CARD_VARIABLES_MAX + 1, HISTORY_LINES_MAX + 1);
    given([connected("alice")]).when(visitor("zoe"), request_with("zoe", over)).then_wrong([
        "card.page_url",
        "card.variables",
        "history",
    ]);
}

#[test]
fn a_card_value_holds_no_nul() {
    let mut nul = plain_request("zoe", None);
    nul.card.variables.insert("basket".into(), "1\0".to_owned().into());
    given([connected("alice")]).when(visitor("zoe"), request_with("zoe", nul)).then_wrong(["card.variables"]);
}

#[test]
fn a_history_row_has_a_time_that_every_calendar_has() {
    let said_at = |at: &str| {
        let line: HistoryLine =
            serde_json::from_value(serde_json::json!({ "at": at, "author": "bot", "text": "Bonjour" }))
                .unwrap();
        Request { history: vec![line], ..plain_request("zoe", None) }
    };
    for at in [
        "0001-01-02T00:00:00Z",
        "1969-12-31T23:59:59Z",
        "9999-12-30T23:59:59.999Z",
        "9999-12-31T12:00:00+14:00",
    ] {
        given([connected("alice")])
            .when(visitor("zoe"), request_with("zoe", said_at(at)))
            .then([requested_with("zoe", said_at(at)), assigned("zoe", "alice")]);
    }
    for at in [
        "+262142-12-31T23:59:59Z",
        "-262143-01-01T00:00:00Z",
        "+10000-01-01T00:00:00Z",
        "9999-12-31T00:00:00Z",
        "9999-12-30T23:59:59-23:59",
        "0001-01-01T23:59:59Z",
        "0001-01-02T00:00:00+00:01",
        "0000-06-01T00:00:00Z",
    ] {
        given([connected("alice")])
            .when(visitor("zoe"), request_with("zoe", said_at(at)))
            .then_wrong(["history[0].at"]);
    }
}

/// Zoe's request with a page address of so many characters, so many variables and so many lines.
fn request_of_size(characters: usize, variables: usize, lines: usize) -> Request {
    let line =
        HistoryLine { at: None, author: HistoryAuthor::Bot, text: Text::parse("Bonjour").unwrap().into() };
    Request {
        card: Card {
            page_url: Some("é".repeat(characters).into()),
            variables: (0..variables).map(|n| (format!("v{n}"), String::new().into())).collect(),
            ..Card::default()
        },
        history: vec![line; lines],
        ..plain_request("zoe", None)
    }
}
