//! The desk: a snapshot, then what happens, or only what happened since the last position seen.

use pupitre_tests::actors::Visitor;
use pupitre_tests::server::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn a_desk_begins_with_a_snapshot_of_everything_on_it() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 2 })).await;
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 2 })).await;
    assert_eq!(alice.snapshot["tabs"], json!([]));
    let mut first = livechat.visitor("v1").await;
    let second = livechat.visitor("v2").await;
    let _waits = livechat.visitor("v3").await;
    alice.picks_up(&first).await;
    let position = first.says("bonjour").await;

    let desk = livechat.desk("alice").await;
    let me = json!({
        "id": "alice", "name": "Alice", "skills": [], "skill_names": {}, "status": "available", "capacity": 2,
        "load": 2
    });
    assert_eq!((&desk.snapshot["operator"], &desk.snapshot["waiting"]), (&me, &json!(1)));
    assert_eq!(
        desk.snapshot["position"],
        position + 1,
        "the token of this desk was issued after what was said"
    );
    let tab = |visitor: &Visitor| {
        let tabs = desk.snapshot["tabs"].as_array().unwrap().clone();
        tabs.into_iter().find(|tab| tab["conversation"] == visitor.conversation.as_str()).unwrap()
    };
    assert_eq!((&tab(&first)["picked_up"], &tab(&second)["picked_up"]), (&json!(true), &json!(false)));
    assert_eq!(tab(&first)["messages"][1]["text"], "bonjour");
}

#[tokio::test]
async fn a_feed_sends_what_happens_after_the_snapshot_and_repeats_nothing_of_it() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    visitor.says("avant").await;
    let mut desk = livechat.desk("alice").await;
    visitor.says("après").await;
    desk.hears(&visitor, "après").await;
    let texts: Vec<_> = desk.socket.logged().iter().map(|frame| frame["text"].clone()).collect();
    assert_eq!(texts, ["après"]);
}

#[tokio::test]
async fn resumed_at_any_position_it_tells_exactly_what_came_after() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let before_alice = server.position("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut bob = livechat.operator("bob").await;
    bob.is_now("on_break").await;
    let mut stays = livechat.visitor("v1").await;
    let goes = livechat.visitor("v2").await;
    alice.picks_up(&stays).await;
    alice.picks_up(&goes).await;
    stays.says("bonjour").await;
    alice.is_now("on_break").await;
    bob.is_now("available").await;
    alice.transfers(&goes, json!({ "operator": "bob" }), None).await;
    // No longer on Alice's desk.
    bob.picks_up(&goes).await;
    bob.says(&goes, "je suis Bob").await;
    let before_last = alice.says(&stays, "presque fini").await;
    let mut desks = vec![];
    for position in 0..=before_last {
        desks.push((position, alice.desk(position).await));
    }
    stays.says("fin").await;
    alice.hears(&stays, "fin").await;
    let full = alice.socket.logged();
    let frames = serde_json::to_string(&full).unwrap();
    assert!(!frames.contains("je suis Bob") && frames.contains("transferred"), "{frames}");
    for (position, mut desk) in desks {
        desk.hears(|frame| frame["text"] == "fin").await;
        // Of what is Bob's by now, that it went away.
        let is_sent = |frame: &&Value| {
            let about = [&frame["conversation"], &frame["tab"]["conversation"]];
            frame["position"].as_u64() > Some(position)
                && (frame["type"] == "closed" || !about.contains(&&json!(goes.conversation)))
        };
        let expected: Vec<Value> = full.iter().filter(is_sent).cloned().collect();
        let (profiles, frames): (Vec<_>, Vec<_>) =
            desk.logged().into_iter().partition(|frame| frame["type"] == "profile");
        assert_eq!(frames, expected, "after {position}");
        // The snapshot had it.
        let registered = profiles.iter().map(|frame| frame["position"].as_u64().unwrap());
        let is_new = (position <= before_alice).then_some(before_alice + 1);
        assert!(registered.eq(is_new), "after {position}: {profiles:?}");
    }
}

#[tokio::test]
async fn a_restart_of_the_server_loses_and_repeats_nothing() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let mut frames = vec![];
    for turn in 0..3 {
        alice.says(&visitor, &format!("réponse {turn}")).await;
        server.restart().await;
        alice.socket.close_code().await;
        frames.extend(alice.socket.logged());
        visitor.comes_back().await;
        visitor.says(&format!("pendant l'absence {turn}")).await;
        alice.comes_back().await;
    }
    visitor.says("fin").await;
    alice.hears(&visitor, "fin").await;
    frames.extend(alice.socket.logged());
    let mut fresh = alice.desk(alice.snapshot["position"].as_u64().unwrap()).await;
    fresh.hears(|frame| frame["text"] == "fin").await;
    assert_eq!(frames, fresh.logged());
}

#[tokio::test]
async fn every_desk_of_an_operator_gets_the_same_frames() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut second = livechat.desk("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    second.receives("picked_up", &visitor).await;
    alice.says(&visitor, "bonjour").await;
    let echo = alice.hears(&visitor, "bonjour").await;
    assert_eq!(second.hears(&visitor, "bonjour").await, echo);
    alice.is_now("on_break").await;
    let status = second.socket.hears(|frame| frame["type"] == "status").await;
    assert_eq!(status["status"], "on_break");
}

#[tokio::test]
async fn a_conversation_that_is_transferred_comes_to_one_desk_and_leaves_the_other() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.sees_tab(&visitor).await;
    alice.picks_up(&visitor).await;
    let mut bob = livechat.operator("bob").await;
    alice.transfers(&visitor, json!({ "operator": "bob" }), Some("attention")).await;
    assert_eq!(alice.receives("closed", &visitor).await["reason"], "transferred");
    assert_eq!(bob.sees_tab(&visitor).await["note"], "attention");
    visitor.says("vous êtes là ?").await;
    bob.hears(&visitor, "vous êtes là ?").await;
    // And back.
    bob.transfers(&visitor, json!({ "operator": "alice" }), None).await;
    let tab = alice.sees_tab(&visitor).await;
    assert_eq!((&tab["from"], &tab["note"]), (&json!("bob"), &Value::Null));
    assert!(alice.socket.heard().iter().all(|frame| frame["text"] != "vous êtes là ?"));
    assert_eq!(
        tab["messages"].as_array().unwrap().iter().filter(|m| m["text"] == "vous êtes là ?").count(),
        1
    );
}
