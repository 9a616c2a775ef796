//! The desk as server-sent events: the same frames as over the socket, and commands go over HTTP.

use pupitre_tests::actors::{Feed, Transport};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn both_transports_carry_the_same_frames() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    let mut desks = vec![];
    for transport in Transport::BOTH {
        let mut desk = Feed::follow(&alice.person, transport, "/desk", None).await;
        assert_eq!(desk.next_of(&["snapshot"]).await.data["operator"]["id"], "alice");
        desks.push(desk);
    }
    let mut visitor = livechat.visitor("v1").await;
    alice.person.post(&visitor.path("/pick-up"), &Value::Null).await.is(200);
    visitor.says("bonjour").await;
    alice.person.post(&visitor.path("/messages"), &json!({ "text": "bonjour !" })).await.is(201);
    alice.person.post(&visitor.path("/end"), &Value::Null).await.is(200);
    let mut followed = vec![];
    for desk in &mut desks {
        let mut frames = vec![];
        while frames.last().is_none_or(|frame: &pupitre_tests::actors::FeedFrame| frame.name != "closed") {
            let frame = desk.next().await;
            // Signals are not in the log.
            if frame.id.is_some() {
                frames.push(frame);
            }
        }
        followed.push(frames);
    }
    assert_eq!(followed[0], followed[1]);
    let names: Vec<&str> = followed[0].iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(names, ["opened", "picked_up", "message", "message", "message", "closed"]);

    let middle = followed[0][2].id;
    let mut resumed = Feed::follow(&alice.person, Transport::Events, "/desk", middle).await;
    let mut frame = resumed.next().await;
    while frame.id.is_none() {
        frame = resumed.next().await;
    }
    // What was said in it is not the operator's any more.
    assert_eq!(frame, followed[0][5]);
}

#[tokio::test]
async fn it_connects_the_operator_for_as_long_as_it_is_open() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.registers("alice", json!({})).await;
    let token = livechat.administrator().post("/operators/alice/tokens", &Value::Null).await.is(201);
    let alice = livechat.stranger(token["token"].as_str().map(str::to_owned));
    let mut floor = livechat.floor().await;
    floor.shows(|board| board["operators"][0]["connected_since"].is_null()).await;
    let mut desk = Feed::follow(&alice, Transport::Events, "/desk", None).await;
    desk.next_of(&["snapshot"]).await;
    floor.shows(|board| board["operators"][0]["connected_since"].is_string()).await;
    assert_eq!(livechat.visitor("v1").await.requested["outcome"], "assigned");
    drop(desk);
    floor.shows(|board| board["operators"][0]["connection_lost_since"].is_string()).await;
}

#[tokio::test]
async fn the_length_of_the_queue_is_sent_when_it_changes() {
    for transport in Transport::BOTH {
        let server = Server::start().await;
        let livechat = server.livechat("support").await;
        livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 2 })).await;
        let alice = livechat.operator("alice").await;
        let mut desk = Feed::follow(&alice.person, transport, "/desk", None).await;
        assert_eq!(desk.next_of(&["queue"]).await.data["waiting"], 0);
        let _served = livechat.visitor("v1").await;
        let mut waits = livechat.visitor("v2").await;
        assert_eq!(desk.next_of(&["queue"]).await.data["waiting"], 1);
        waits.leaves().await;
        assert_eq!(desk.next_of(&["queue"]).await.data["waiting"], 0);
    }
}
