//! Presence: an operator is connected from the first desk to the last. A lost desk has the time of the
//! setting `disconnect_notice` to come back, in which nobody notices; a sign-out has none.

use std::pin::pin;

use domain::{Fact, LivechatId};
use futures::StreamExt;
use journal::Scope;
use pupitre_tests::actors::{Livechat, Operator};
use pupitre_tests::patience::soon;
use pupitre_tests::server::{Server, minutes, seconds};
use serde_json::{Value, json};

/// The ready-made `disconnect_notice`.
const NOTICE_SECS: i64 = 30;

/// The phrase about a lost operator.
const DISCONNECTED: &str = "La connexion de votre conseiller est interrompue.";
const TAKEN_OVER: &str = "Bob prend le relais et va vous répondre.";

/// The names of what happened to an operator, oldest first, up to now.
async fn names(server: &Server, livechat: &Livechat, operator: &str) -> Vec<String> {
    let last = server.position(&livechat.id).await;
    let filter = format!("/audit?entity=operator&entity_id={operator}&at_least={last}");
    let page = livechat.supervisor().get(&filter).await.is(200);
    let entry = |entry: &Value| {
        let reason = entry["data"]["reason"].as_str().map(|reason| format!(" {reason}"));
        let action =
            entry["action"].as_str().unwrap().trim_start_matches("operator.").trim_start_matches("livechat.");
        format!("{action}{}", reason.unwrap_or_default())
    };
    page["items"].as_array().unwrap().iter().rev().map(entry).collect()
}

/// Waits until this has happened to an operator so many times.
async fn has_happened(server: &Server, livechat: &Livechat, operator: &str, what: &str, times: usize) {
    let id = LivechatId::parse(&livechat.id).unwrap();
    let like = |fact: &Fact| matches!(fact, Fact::Operator { operator: id, .. } if id.as_str() == operator);
    let mut log = pin!(server.app().journal.follow(&id, Scope::Livechat, 0));
    let mut seen = 0;
    while seen < times {
        let fact = soon(log.next()).await.unwrap().unwrap().event.fact.clone();
        if like(&fact) && fact.name() == format!("operator.{what}") {
            seen += 1;
        }
    }
}

/// Closes the desk, and waits until the rules know that it is lost.
async fn is_lost(server: &Server, livechat: &Livechat, operator: Operator) {
    let id = operator.id.clone();
    operator.socket.close().await;
    has_happened(server, livechat, &id, "connection_lost", 1).await;
}

/// The time is over in which a lost desk may come back.
async fn is_given_up(server: &Server, livechat: &Livechat, operator: &str) {
    server.clock.advance(seconds(NOTICE_SECS));
    has_happened(server, livechat, operator, "disconnected", 1).await;
}

#[tokio::test]
async fn an_operator_whose_last_desk_is_closed_is_disconnected_when_the_time_is_over() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    is_lost(&server, &livechat, alice).await;
    server.clock.advance(seconds(NOTICE_SECS - 1));
    // Nobody is refused because a page is being loaded again.
    let mut waits = livechat.visitor("v1").await;
    assert_eq!(waits.requested["outcome"], "waiting");
    server.clock.advance(seconds(1));
    has_happened(&server, &livechat, "alice", "disconnected", 1).await;
    let expected =
        ["registered", "token_issued", "connected", "connection_lost", "disconnected connection_lost"];
    assert_eq!(names(&server, &livechat, "alice").await, expected);
    assert_eq!(livechat.visitor("v2").await.requested["reason"], "no_operator");
    let alice = livechat.desk("alice").await;
    waits.receives("assigned").await;
    assert_eq!(alice.snapshot["tabs"][0]["conversation"], waits.conversation.as_str());
}

#[tokio::test]
async fn an_operator_with_another_desk_stays_connected() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let first = livechat.operator("alice").await;
    let mut second = livechat.desk("alice").await;
    let bob = livechat.operator("bob").await;
    first.socket.close().await;
    is_lost(&server, &livechat, bob).await;
    is_given_up(&server, &livechat, "bob").await;
    let visitor = livechat.visitor("v1").await;
    second.sees_tab(&visitor).await;
    let expected = ["registered", "token_issued", "connected", "token_issued"];
    assert_eq!(names(&server, &livechat, "alice").await, expected);
}

#[tokio::test]
async fn a_page_reload_is_invisible_to_visitors() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "un instant").await;
    is_lost(&server, &livechat, alice).await;
    server.clock.advance(seconds(NOTICE_SECS - 1));
    let mut alice = livechat.desk("alice").await;
    assert_eq!(alice.snapshot["tabs"][0]["picked_up"], true);
    // The time is long over, but the desk is back.
    server.clock.advance(minutes(1));
    alice.says(&visitor, "me revoici").await;
    visitor.hears("me revoici").await;
    let expected =
        ["registered", "token_issued", "connected", "connection_lost", "token_issued", "reconnected"];
    assert_eq!(names(&server, &livechat, "alice").await, expected);
    let heard = visitor.socket.logged().iter().map(|frame| frame["type"].to_string()).collect::<Vec<_>>();
    assert_eq!(heard, ["\"assigned\"", "\"picked_up\"", "\"message\"", "\"message\"", "\"message\""]);
}

#[tokio::test]
async fn every_loss_is_given_the_whole_time() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    is_lost(&server, &livechat, alice).await;
    server.clock.advance(seconds(NOTICE_SECS - 1));
    let reloaded = livechat.desk("alice").await;
    reloaded.socket.close().await;
    has_happened(&server, &livechat, "alice", "connection_lost", 2).await;
    server.clock.advance(seconds(NOTICE_SECS - 1));
    let _again = livechat.desk("alice").await;
    let comes = ["registered", "token_issued", "connected"];
    let comes_back = ["connection_lost", "token_issued", "reconnected"];
    let lost_twice = [comes, comes_back, comes_back].concat();
    assert_eq!(names(&server, &livechat, "alice").await, lost_twice);
}

#[tokio::test]
async fn an_operator_whose_desk_is_lost_is_given_nothing_new_until_it_is_back() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    is_lost(&server, &livechat, alice).await;
    let mut first = livechat.visitor("v1").await;
    assert_eq!(first.requested["outcome"], "waiting");
    let mut bob = livechat.operator("bob").await;
    first.receives("assigned").await;
    bob.picks_up(&first).await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 2 })).await;
    let mut second = livechat.visitor("v2").await;
    assert_eq!(second.requested["outcome"], "waiting");
    let alice = livechat.desk("alice").await;
    second.receives("assigned").await;
    assert_eq!(alice.snapshot["tabs"][0]["conversation"], second.conversation.as_str());
}

#[tokio::test]
async fn the_visitor_of_a_lost_operator_is_notified_and_goes_to_another() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "un instant").await;
    let mut bob = livechat.operator("bob").await;
    is_lost(&server, &livechat, alice).await;
    is_given_up(&server, &livechat, "alice").await;
    assert_eq!(visitor.hears(DISCONNECTED).await["from"], "system");
    assert_eq!(visitor.receives("transferred").await["operator"], "Bob");
    visitor.hears(TAKEN_OVER).await;
    let tab = bob.sees_tab(&visitor).await;
    assert_eq!((&tab["from"], &tab["picked_up"]), (&json!("alice"), &json!(false)));
    bob.picks_up(&visitor).await;
    bob.says(&visitor, "je suis Bob").await;
    visitor.hears("je suis Bob").await;
    assert_eq!(livechat.desk("alice").await.snapshot["tabs"], json!([]), "it is not given back");
}

#[tokio::test]
async fn the_conversation_of_a_lost_operator_waits_when_nobody_has_room() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 2 })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let mut bob = livechat.operator("bob").await;
    let busy = livechat.visitor("v2").await;
    bob.picks_up(&busy).await;
    bob.says(&busy, "bonjour").await;
    let mut later = livechat.visitor("v3").await;
    assert_eq!(later.receives("queued").await["queue_position"], 1);

    let desk = alice.socket.last_position();
    is_lost(&server, &livechat, alice).await;
    is_given_up(&server, &livechat, "alice").await;
    visitor.hears(DISCONNECTED).await;
    let back = visitor.receives("queue_advanced").await;
    assert_eq!(back["queue_position"], 1, "before those who asked later: {back}");
    assert_eq!(back["wait_minutes"], 5, "{back}");

    // The desk that reconnects gets what it missed: the conversation left it, and came again.
    let mut alice = livechat.desk("alice").await;
    assert_eq!(alice.snapshot["tabs"][0]["conversation"], visitor.conversation.as_str());
    let mut resumed = alice.desk(desk).await;
    let closed = resumed.hears(|frame| frame["type"] == "closed").await;
    assert_eq!(
        (&closed["conversation"], &closed["reason"]),
        (&json!(visitor.conversation), &json!("returned_to_queue"))
    );
    alice.picks_up(&visitor).await;
    bob.ends(&busy).await;
    bob.sees_tab(&later).await;
}

#[tokio::test]
async fn visitors_are_not_notified_of_a_lost_operator_when_the_notice_is_off() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("timeouts", json!({ "disconnect_notice": 0 })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "un instant").await;
    let mut bob = livechat.operator("bob").await;
    is_lost(&server, &livechat, alice).await;
    server.clock.advance(domain::operator::lose_connection::DESK_GRACE);
    bob.sees_tab(&visitor).await;
    bob.picks_up(&visitor).await;
    // The transfer tells of Bob, so that no greeting is needed.
    visitor.hears(TAKEN_OVER).await;
    bob.says(&visitor, "je suis Bob").await;
    visitor.hears("je suis Bob").await;
    let heard = visitor.socket.heard();
    assert!(heard.iter().all(|frame| frame["text"] != DISCONNECTED));
    assert!(heard.iter().all(|frame| frame["text"] != "Bonjour, Bob est à votre écoute."));
}

#[tokio::test]
async fn a_deliberate_sign_out_moves_the_conversations_at_once() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let mut bob = livechat.operator("bob").await;
    alice.socket.does(json!({ "type": "sign_out" })).await;
    bob.sees_tab(&visitor).await;
    visitor.hears(TAKEN_OVER).await;
    assert!(visitor.socket.heard().iter().all(|frame| frame["text"] != DISCONNECTED));
    assert_eq!(alice.receives("closed", &visitor).await["reason"], "transferred");
    let expected = ["registered", "token_issued", "connected", "disconnected signed_out"];
    assert_eq!(names(&server, &livechat, "alice").await, expected);
    bob.socket.does(json!({ "type": "sign_out" })).await;
    assert_eq!(livechat.visitor("v2").await.requested["reason"], "no_operator");
}

#[tokio::test]
async fn conversations_stay_with_an_operator_who_is_disconnected_when_that_is_the_setting() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("behaviour", json!({ "transfer_on_disconnect": false })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let _bob = livechat.operator("bob").await;
    is_lost(&server, &livechat, alice).await;
    is_given_up(&server, &livechat, "alice").await;
    visitor.hears(DISCONNECTED).await;
    visitor.says("vous êtes là ?").await;
    let alice = livechat.desk("alice").await;
    let messages = alice.snapshot["tabs"][0]["messages"].as_array().unwrap();
    assert_eq!(messages.last().unwrap()["text"], "vous êtes là ?");
}

#[tokio::test]
async fn after_a_restart_operators_have_the_whole_time_to_come_back() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let bob = livechat.operator("bob").await;
    server.stop().await;
    // However long the server was away: nobody could come back meanwhile.
    server.clock.advance(minutes(60));
    server.start_again().await;
    has_happened(&server, &livechat, "alice", "connection_lost", 1).await;
    has_happened(&server, &livechat, "bob", "connection_lost", 1).await;
    server.clock.advance(seconds(NOTICE_SECS - 1));
    alice.comes_back().await;
    has_happened(&server, &livechat, "alice", "reconnected", 1).await;
    server.clock.advance(seconds(1));
    has_happened(&server, &livechat, "bob", "disconnected", 1).await;
    let gone = ["registered", "token_issued", "connected", "connection_lost", "disconnected connection_lost"];
    assert_eq!(names(&server, &livechat, "bob").await, gone);
    let back = ["registered", "token_issued", "connected", "connection_lost", "reconnected"];
    assert_eq!(names(&server, &livechat, "alice").await, back);
    drop(bob);
}

#[tokio::test]
async fn the_time_of_a_lost_desk_goes_on_when_the_server_is_restarted_meanwhile() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    is_lost(&server, &livechat, alice).await;
    server.clock.advance(seconds(NOTICE_SECS - 1));
    server.restart().await;
    server.clock.advance(seconds(1));
    has_happened(&server, &livechat, "alice", "disconnected", 1).await;
    let expected =
        ["registered", "token_issued", "connected", "connection_lost", "disconnected connection_lost"];
    assert_eq!(names(&server, &livechat, "alice").await, expected);
}
