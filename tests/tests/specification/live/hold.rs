//! On hold, as the desk, the visitor's page, the floor, the transcript and the figures show it.

use api::auth::Role;
use pupitre_tests::actors::{Livechat, Operator, Socket, Visitor};
use pupitre_tests::server::{Server, minutes, seconds};
use serde_json::{Value, json};

const SAID: &str = "Alice vous a mis en attente et revient vers vous. Merci de patienter.";

async fn talking(livechat: &Livechat) -> (Operator, Visitor) {
    livechat.sets("timeouts", json!({ "hold_phrase": 3, "visitor_inactivity": 10 })).await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("zoe").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "Un instant").await;
    (alice, visitor)
}

async fn does(alice: &Operator, visitor: &Visitor, what: &str) -> u64 {
    let answer = alice.person.post(&visitor.path(what), &Value::Null).await.is(200);
    answer["position"].as_u64().unwrap()
}

#[tokio::test]
async fn the_desk_and_the_page_show_it_and_the_visitor_is_told_again() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (mut alice, mut visitor) = talking(&livechat).await;
    does(&alice, &visitor, "/hold").await;
    let frame = alice.receives("on_hold", &visitor).await;
    assert_eq!(frame["on_hold"], json!(true), "{frame}");
    assert_eq!(visitor.receives("on_hold").await["on_hold"], json!(true));
    visitor.hears(SAID).await;
    server.clock.advance(minutes(3));
    visitor.hears(SAID).await;

    // A page that opens meanwhile, and the desk of an operator who comes back, show it too.
    let url = format!("/visitor?conversation={}&snapshot=true", visitor.conversation);
    let mut page = Socket::open(&visitor.person.socket(&url)).await;
    let snapshot = page.hears(|frame| frame["type"] == "snapshot").await;
    assert_eq!(snapshot["on_hold"], json!(true), "{snapshot}");

    does(&alice, &visitor, "/take-back").await;
    let taken_back = |frame: &Value| frame["type"] == "on_hold" && frame["on_hold"] == false;
    visitor.socket.hears(taken_back).await;
    alice.socket.hears(taken_back).await;
}

#[tokio::test]
async fn no_silence_counts_on_hold_and_a_word_of_the_operator_takes_it_back() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (mut alice, mut visitor) = talking(&livechat).await;
    does(&alice, &visitor, "/hold").await;
    server.clock.advance(minutes(60));
    visitor.says("Vous êtes là ?").await;
    server.clock.advance(minutes(60));
    let position = alice.says(&visitor, "Me revoilà").await;
    visitor.hears("Me revoilà").await;
    visitor.socket.hears(|frame| frame["type"] == "on_hold" && frame["on_hold"] == false).await;
    let board = livechat.board(position).await;
    let row = &board["conversations"][0];
    assert_eq!((&row["state"], &row["on_hold_since"]), (&json!("picked_up"), &Value::Null), "{row}");
}

#[tokio::test]
async fn the_floor_shows_since_when_and_the_figures_for_how_long() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let (mut alice, visitor) = talking(&livechat).await;
    let position = does(&alice, &visitor, "/hold").await;
    let row = livechat.board(position).await["conversations"][0].clone();
    assert!(row["on_hold_since"].is_string(), "{row}");
    server.clock.advance(seconds(90));
    does(&alice, &visitor, "/take-back").await;
    server.clock.advance(seconds(10));
    does(&alice, &visitor, "/hold").await;
    server.clock.advance(seconds(30));
    let position = alice.ends(&visitor).await;
    livechat.is_projected(position).await;

    let path = visitor.path("/transcript?format=text&lang=fr");
    let transcript = livechat.supervisor().get(&path).await.is(200).to_string();
    for line in ["Mise en attente", "Fin de la mise en attente"] {
        assert!(transcript.contains(line), "{transcript}");
    }
    let path = format!("/figures?from=2027-01-15&until=2027-01-16&per=operator&at_least={position}");
    let figures = livechat.person(Role::Analyst, "anna").get(&path).await.is(200);
    let row = figures["rows"].as_array().unwrap().iter().find(|row| row["operator"] == "alice").unwrap();
    assert_eq!(row["figures"]["hold_time_s"], json!(120), "{row}");
}

#[tokio::test]
async fn only_the_operator_in_charge_does_it_once_it_is_picked_up() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("zoe").await;
    let refused = alice.person.post(&visitor.path("/hold"), &Value::Null).await.is(422);
    assert_eq!(refused["code"], json!("not_picked_up"), "{refused}");
    alice.picks_up(&visitor).await;
    let bob = livechat.operator("bob").await;
    for what in ["/hold", "/take-back"] {
        bob.person.post(&visitor.path(what), &Value::Null).await.is(403);
    }
    let key = "0b1f4e9e-6a0e-4a52-9d1e-2f6d0a3c7b11";
    let first = alice.person.post_with_key(key, &visitor.path("/hold"), &Value::Null).await.is(200);
    let again = alice.person.post_with_key(key, &visitor.path("/hold"), &Value::Null).await.is(200);
    assert_eq!(first["position"], again["position"]);
}
