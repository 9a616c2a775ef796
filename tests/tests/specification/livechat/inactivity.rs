//! The visitor's inactivity: a reminder, then the end, and only while the last word is the operator's.

use pupitre_tests::actors::{Operator, Visitor};
use pupitre_tests::server::{Server, minutes, seconds};
use serde_json::json;

/// A conversation in which the operator has the last word, 10 minutes before it ends by itself.
async fn silent(server: &Server) -> (Operator, Visitor) {
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    visitor.says("bonjour").await;
    alice.says(&visitor, "votre numéro ?").await;
    (alice, visitor)
}

#[tokio::test]
async fn a_silent_visitor_is_reminded_and_then_the_conversation_ends() {
    let server = Server::start().await;
    let (mut alice, mut visitor) = silent(&server).await;

    server.clock.advance(minutes(9));
    let reminder = visitor.receives("timeout_announced").await;
    visitor
        .hears("Êtes-vous toujours là\u{202f}? Sans réponse de votre part, la conversation va bientôt se terminer.")
        .await;
    assert_eq!(alice.receives("timeout_announced", &visitor).await["ends_at"], reminder["ends_at"]);

    server.clock.advance(seconds(60));
    let end = visitor.receives("ended").await;
    assert_eq!((&end["reason"], &end["at"]), (&json!("timeout"), &reminder["ends_at"]));
    visitor.hears("Sans nouvelles de votre part, la conversation est terminée.").await;
    assert_eq!(alice.receives("closed", &visitor).await["reason"], "timeout");
}

#[tokio::test]
async fn a_visitor_who_waits_for_an_answer_is_never_timed_out() {
    let server = Server::start().await;
    let (mut alice, mut visitor) = silent(&server).await;
    visitor.says("42").await;
    server.clock.advance(minutes(600));
    alice.says(&visitor, "pardon pour l'attente").await;
    visitor.hears("pardon pour l'attente").await;
    let heard = visitor.socket.heard();
    assert!(heard.iter().all(|frame| frame["type"] != "timeout_announced" && frame["type"] != "ended"));
}

#[tokio::test]
async fn a_visitor_who_answers_the_reminder_is_not_timed_out() {
    let server = Server::start().await;
    let (mut alice, mut visitor) = silent(&server).await;
    server.clock.advance(minutes(9));
    visitor.receives("timeout_announced").await;
    visitor.says("je suis là").await;
    server.clock.advance(minutes(60));
    alice.says(&visitor, "merci").await;
    visitor.hears("merci").await;
    assert!(visitor.socket.heard().iter().all(|frame| frame["type"] != "ended"));
}

#[tokio::test]
async fn the_time_that_the_server_was_down_is_not_held_against_a_silent_visitor() {
    let mut server = Server::start().await;
    let (mut alice, mut visitor) = silent(&server).await;
    server.stop().await;
    server.clock.advance(minutes(30));
    server.start_again().await;
    visitor.comes_back().await;
    alice.comes_back().await;
    // Nobody could write: the silence goes on where it was.
    visitor.says("me revoilà").await;
    alice.says(&visitor, "votre numéro ?").await;
    server.clock.advance(minutes(10));
    assert_eq!(visitor.receives("ended").await["reason"], "timeout");
    assert_eq!(alice.receives("closed", &visitor).await["reason"], "timeout");
}
