//! Requests that nobody will answer: a phrase says why.

use pupitre_tests::server::Server;
use serde_json::json;

#[tokio::test]
async fn without_an_operator_who_may_receive_the_request_is_refused() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut nobody_there = livechat.visitor("v1").await;
    assert_eq!(nobody_there.requested["outcome"], "refused");
    assert_eq!(nobody_there.requested["reason"], "no_operator");
    assert_eq!(nobody_there.receives("request_refused").await["reason"], "no_operator");
    nobody_there.hears("Aucun conseiller n’est disponible pour le moment.").await;

    let mut alice = livechat.operator("alice").await;
    alice.is_now("on_break").await;
    let on_break = livechat.visitor("v1").await;
    assert_eq!(on_break.requested["reason"], "no_operator");
}

#[tokio::test]
async fn without_an_operator_who_has_the_skill_the_request_is_refused() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("skills", json!([{ "id": "billing" }])).await;
    let _alice = livechat.operator("alice").await;
    let request = json!({ "visitor": { "id": "v1" }, "language": "en", "skill": "billing" });
    let mut visitor = livechat.requests(request).await;
    assert_eq!(visitor.requested["reason"], "no_operator");
    visitor.hears("No adviser is available at the moment.").await;
}

#[tokio::test]
async fn when_the_queue_is_full_the_request_is_refused() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 1 })).await;
    let _alice = livechat.operator("alice").await;
    let _first = livechat.visitor("v1").await;
    let second = livechat.visitor("v2").await;
    assert_eq!(second.requested["outcome"], "waiting");
    let mut third = livechat.visitor("v3").await;
    assert_eq!(
        (&third.requested["outcome"], &third.requested["reason"]),
        (&json!("refused"), &json!("queue_full"))
    );
    assert_eq!(third.receives("request_refused").await["reason"], "queue_full");
    third.hears("Trop de personnes attendent déjà. Merci de réessayer dans quelques minutes.").await;
}

#[tokio::test]
async fn without_a_queue_a_visitor_is_refused_when_all_are_busy() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 0 })).await;
    let _alice = livechat.operator("alice").await;
    let _first = livechat.visitor("v1").await;
    assert_eq!(livechat.visitor("v2").await.requested["reason"], "queue_full");
}

#[tokio::test]
async fn a_visitor_in_a_conversation_cannot_request_another() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let _alice = livechat.operator("alice").await;
    let _visitor = livechat.visitor("v1").await;
    let again = json!({ "visitor": { "id": "v1" }, "language": "fr" });
    let answer = livechat.integration().post("/conversations", &again).await;
    answer.is_problem(409, "already_in_conversation");
}
