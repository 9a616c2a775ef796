//! The queue: entering, being served, and leaving.

use pupitre_tests::server::Server;
use serde_json::json;

/// One conversation at a time, and so many waiting for each operator.
async fn narrow(livechat: &pupitre_tests::actors::Livechat, queue: i64) {
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": queue })).await;
}

#[tokio::test]
async fn a_visitor_waits_when_all_are_busy_and_is_served_the_instant_one_has_room() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    narrow(&livechat, 2).await;
    let mut alice = livechat.operator("alice").await;
    let first = livechat.visitor("v1").await;
    let mut second = livechat.visitor("v2").await;
    let mut third = livechat.visitor("v3").await;
    assert_eq!(
        (&second.requested["outcome"], &second.requested["queue_position"]),
        (&json!("waiting"), &json!(1))
    );
    assert_eq!(third.receives("queued").await["queue_position"], 2);
    second.hears("Tous nos conseillers sont occupés. Vous êtes en position 1.").await;

    alice.picks_up(&first).await;
    let end = alice.ends(&first).await;
    let assigned = second.receives("assigned").await;
    assert!(assigned["position"].as_u64().unwrap() <= end, "served by the very command that made room");
    alice.sees_tab(&second).await;
    let queue = livechat.supervisor().get(&format!("/queue?at_least={end}")).await.is(200);
    assert_eq!(queue[0]["visitor"], "v3", "the oldest is served first: {queue}");
    assert_eq!(queue[0]["position"], 1);
}

#[tokio::test]
async fn a_visitor_who_waits_is_served_when_an_operator_sits_down() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    narrow(&livechat, 2).await;
    let _alice = livechat.operator("alice").await;
    let _first = livechat.visitor("v1").await;
    let mut second = livechat.visitor("v2").await;
    let bob = livechat.operator("bob").await;
    second.receives("assigned").await;
    assert_eq!(bob.snapshot["tabs"][0]["conversation"], second.conversation.as_str());
    assert_eq!(bob.snapshot["operator"]["load"], 1);
}

#[tokio::test]
async fn a_visitor_who_waits_is_served_when_an_operator_comes_back_from_a_break() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    narrow(&livechat, 2).await;
    let mut alice = livechat.operator("alice").await;
    let mut bob = livechat.operator("bob").await;
    bob.is_now("on_break").await;
    let _first = livechat.visitor("v1").await;
    let mut second = livechat.visitor("v2").await;
    second.receives("queued").await;
    bob.is_now("available").await;
    second.receives("assigned").await;
    bob.sees_tab(&second).await;
    alice.is_now("on_break").await;
}

#[tokio::test]
async fn a_visitor_may_leave_the_queue_and_is_not_served_then() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    narrow(&livechat, 2).await;
    let mut alice = livechat.operator("alice").await;
    let first = livechat.visitor("v1").await;
    let mut second = livechat.visitor("v2").await;
    let mut third = livechat.visitor("v3").await;
    second.leaves().await;
    second.receives("left").await;
    alice.picks_up(&first).await;
    alice.ends(&first).await;
    third.receives("assigned").await;
    assert!(second.socket.heard().iter().all(|frame| frame["type"] != "assigned"));
    alice.picks_up(&third).await;
    third.socket.is_refused(json!({ "type": "leave" }), "not_waiting").await;
}

#[tokio::test]
async fn a_visitor_whom_nobody_free_can_serve_does_not_block_those_behind() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    narrow(&livechat, 2).await;
    livechat.sets("skills", json!([{ "id": "billing" }])).await;
    let _expert = livechat.operator_with("bob", json!({ "skills": ["billing"] })).await;
    let billing = |id: &str| json!({ "visitor": { "id": id }, "language": "fr", "skill": "billing" });
    let _served = livechat.requests(billing("v1")).await;
    let mut blocked = livechat.requests(billing("v2")).await;
    blocked.receives("queued").await;
    let mut alice = livechat.operator("alice").await;
    let behind = livechat.visitor("v3").await;
    assert_eq!(behind.requested["outcome"], "assigned");
    alice.sees_tab(&behind).await;
}

#[tokio::test]
async fn what_the_visitor_writes_while_waiting_is_on_the_tab() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    narrow(&livechat, 2).await;
    let _alice = livechat.operator("alice").await;
    let _first = livechat.visitor("v1").await;
    let mut second = livechat.visitor("v2").await;
    second.says("il y a quelqu'un ?").await;
    let bob = livechat.operator("bob").await;
    let messages = bob.snapshot["tabs"][0]["messages"].as_array().unwrap();
    assert_eq!(messages.last().unwrap()["text"], "il y a quelqu'un ?");
}
