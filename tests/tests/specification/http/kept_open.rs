//! A conversation that is kept open: asked for again, or closed.

use pupitre_tests::actors::{Livechat, Operator, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

async fn kept(server: &Server) -> (Livechat, Operator, Visitor) {
    let livechat = server.livechat("support").await;
    livechat.sets("behaviour", json!({ "keep_open": true })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    alice.ends(&visitor).await;
    visitor.receives("kept_open").await;
    (livechat, alice, visitor)
}

#[tokio::test]
async fn the_visitor_asks_again_in_the_same_conversation_with_a_new_token() {
    let server = Server::start().await;
    let (livechat, mut alice, visitor) = kept(&server).await;
    alice.sees_tab(&visitor).await;
    let request = json!({ "visitor": { "id": "v1" }, "language": "fr" });
    let answer = livechat.integration().post(&visitor.path("/request-again"), &request).await.is(201);
    assert_eq!(answer["conversation"], visitor.conversation.as_str());
    assert_eq!(answer["outcome"], "assigned");
    alice.sees_tab(&visitor).await;
    let token = answer["visitor_token"].as_str().unwrap().to_owned();
    let written =
        livechat.stranger(Some(token)).post(&visitor.path("/messages"), &json!({ "text": "re" })).await;
    written.is(201);
    let again = livechat.integration().post(&visitor.path("/request-again"), &request).await;
    again.is_problem(409, "not_ended");
}

#[tokio::test]
async fn a_request_sent_twice_is_answered_as_the_first_time() {
    let server = Server::start().await;
    let (livechat, _alice, visitor) = kept(&server).await;
    let key = "0197a6d0-3f4c-7c2e-9d1b-5a4e8f0c1234";
    let request = json!({ "visitor": { "id": "v1" }, "language": "fr" });
    let path = visitor.path("/request-again");
    let first = livechat.integration().post_with_key(key, &path, &request).await.is(201);
    let second = livechat.integration().post_with_key(key, &path, &request).await.is(201);
    assert_eq!((&first["position"], &first["outcome"]), (&second["position"], &second["outcome"]));
}

#[tokio::test]
async fn nobody_asks_again_for_somebody_else() {
    let server = Server::start().await;
    let (livechat, _alice, visitor) = kept(&server).await;
    let other = json!({ "visitor": { "id": "v2" }, "language": "fr" });
    let asked = livechat.integration().post(&visitor.path("/request-again"), &other).await;
    asked.is_problem(403, "not_your_conversation");
}

#[tokio::test]
async fn a_conversation_that_is_closed_cannot_be_asked_for_again() {
    let server = Server::start().await;
    let (livechat, _alice, mut visitor) = kept(&server).await;
    visitor.person.post(&visitor.path("/close"), &Value::Null).await.is(200);
    visitor.receives("closed").await;
    let request = json!({ "visitor": { "id": "v1" }, "language": "fr" });
    let asked = livechat.integration().post(&visitor.path("/request-again"), &request).await;
    asked.is_problem(409, "conversation_over");
}
