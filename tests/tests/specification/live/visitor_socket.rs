//! The visitor's socket: everything after a position, once, whatever happens to the connection.

use api::auth::{Role, VisitorPass};
use chrono::{TimeDelta, Utc};
use domain::{ConversationId, LivechatId, VisitorId};
use pupitre_tests::actors::{Operator, Socket, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

async fn in_conversation(server: &Server) -> (Operator, Visitor) {
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    (alice, visitor)
}

fn after(position: u64, frames: &[Value]) -> Vec<Value> {
    frames.iter().filter(|frame| frame["position"].as_u64() > Some(position)).cloned().collect()
}

#[tokio::test]
async fn resumed_at_any_position_it_tells_exactly_what_came_after() {
    let server = Server::start().await;
    let (mut alice, mut visitor) = in_conversation(&server).await;
    visitor.says("bonjour").await;
    let before_last = alice.says(&visitor, "que puis-je pour vous ?").await;
    let mut pages = vec![];
    for position in 0..=before_last {
        pages.push((position, visitor.page(position).await));
    }
    // Said while all are open: whatever comes twice or out of place comes before it.
    visitor.says("fin").await;
    visitor.hears("fin").await;
    let full = visitor.socket.logged();
    let kinds: Vec<_> = full.iter().map(|frame| frame["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["assigned", "picked_up", "message", "message", "message", "message"]);
    for (position, mut page) in pages {
        page.hears(|frame| frame["text"] == "fin").await;
        assert_eq!(page.logged(), after(position, &full), "after {position}");
    }
}

#[tokio::test]
async fn a_restart_of_the_server_loses_and_repeats_nothing() {
    let mut server = Server::start().await;
    let (mut alice, mut visitor) = in_conversation(&server).await;
    let mut told = vec![];
    for turn in 0..3 {
        visitor.says(&format!("avant {turn}")).await;
        alice.says(&visitor, &format!("réponse {turn}")).await;
        server.restart().await;
        // What the old connection had sent before it was cut.
        visitor.socket.close_code().await;
        told.extend(visitor.socket.logged());
        alice.comes_back().await;
        visitor.comes_back().await;
    }
    visitor.says("fin").await;
    visitor.hears("fin").await;
    told.extend(visitor.socket.logged());
    let mut fresh = visitor.page(0).await;
    fresh.hears(|frame| frame["text"] == "fin").await;
    assert_eq!(told, fresh.logged());
}

#[tokio::test]
async fn own_messages_reach_every_connection_with_the_id_of_their_command() {
    let server = Server::start().await;
    let (_alice, mut visitor) = in_conversation(&server).await;
    let mut second_tab = visitor.page(0).await;
    let id = uuid::Uuid::now_v7().to_string();
    let position = visitor.socket.does(json!({ "type": "message", "id": id, "text": "bonjour" })).await;
    let frame = visitor.hears("bonjour").await;
    assert_eq!((&frame["command"], &frame["position"]), (&json!(id), &json!(position)));
    assert_eq!(second_tab.hears(|frame| frame["text"] == "bonjour").await, frame);
}

#[tokio::test]
async fn typing_is_sent_both_ways_and_not_recorded() {
    let server = Server::start().await;
    let (mut alice, mut visitor) = in_conversation(&server).await;
    let before = server.position("support").await;
    visitor.types().await;
    let frame = alice.receives("typing", &visitor).await;
    assert_eq!(frame, json!({ "type": "typing", "conversation": visitor.conversation, "from": "visitor" }));
    alice.types(&visitor).await;
    assert_eq!(visitor.receives("typing").await, json!({ "type": "typing", "from": "operator" }));
    assert_eq!(server.position("support").await, before);
    visitor.says("bonjour").await;
    let mut again = visitor.page(0).await;
    again.hears(|frame| frame["text"] == "bonjour").await;
    assert!(again.heard().iter().all(|frame| frame["type"] != "typing"), "a signal is not repeated");
}

#[tokio::test]
async fn typing_in_the_conversation_of_another_operator_is_sent_to_nobody() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut bob = livechat.operator_with("bob", json!({})).await;
    bob.is_now("on_break").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    bob.types(&visitor).await;
    // Bob's frames are heard one after the other: the signal has been dealt with when this is answered.
    bob.is_now("available").await;
    alice.types(&visitor).await;
    visitor.receives("typing").await;
    alice.says(&visitor, "bonjour").await;
    visitor.hears("bonjour").await;
    assert_eq!(visitor.socket.heard().iter().filter(|frame| frame["type"] == "typing").count(), 1);
}

#[tokio::test]
async fn it_opens_only_for_the_visitor_of_the_conversation() {
    let server = Server::start().await;
    let (alice, visitor) = in_conversation(&server).await;
    let livechat = server.uncreated("support");
    let page = format!("/visitor?conversation={}", visitor.conversation);
    for (who, status, code) in [
        (livechat.person(Role::Visitor, "v2"), 403, "not_your_conversation"),
        (livechat.supervisor(), 403, "forbidden"),
        (alice.person.clone(), 403, "forbidden"),
        (livechat.stranger(None), 401, "unauthorized"),
        (livechat.stranger(Some("nonsense".to_owned())), 401, "unauthorized"),
    ] {
        let refusal = Socket::try_open(&who.socket(&page)).await.err().expect("it is refused");
        refusal.is_problem(status, code);
    }
    // The token of one conversation opens no other one, whether that is there or not.
    let nowhere = ConversationId(uuid::Uuid::now_v7());
    let unknown = format!("/visitor?conversation={nowhere}");
    let refusal = Socket::try_open(&visitor.person.socket(&unknown)).await.err().expect("it is refused");
    refusal.is_problem(403, "not_your_conversation");
    let pass =
        VisitorPass { visitor: VisitorId::parse("v1").unwrap(), conversation: nowhere, authenticated: false };
    let (support, until) = (LivechatId::parse("support").unwrap(), Utc::now() + TimeDelta::hours(1));
    let (token, _) = server.app().key.issue_to_visitor(&support, &pass, None, until).unwrap();
    let person = livechat.stranger(Some(token));
    let refusal = Socket::try_open(&person.socket(&unknown)).await.err().expect("it is refused");
    refusal.is_problem(404, "unknown_conversation");
}

#[tokio::test]
async fn it_can_be_opened_when_the_conversation_is_over() {
    let server = Server::start().await;
    let (mut alice, mut visitor) = in_conversation(&server).await;
    alice.ends(&visitor).await;
    visitor.receives("ended").await;
    let mut page = visitor.page(0).await;
    assert_eq!(page.hears(|frame| frame["type"] == "ended").await["reason"], "operator");
}
