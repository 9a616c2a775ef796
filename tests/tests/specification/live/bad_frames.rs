//! Frames that are wrong: each is answered with a problem, nothing is recorded, and the socket goes on.

use pupitre_tests::actors::Socket;
use pupitre_tests::server::Server;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;
use uuid::Uuid;

async fn refusal(socket: &mut Socket, frame: Message) -> Value {
    socket.sends(frame).await;
    socket.hears(|frame| frame["type"] == "problem").await
}

/// Frames that are wrong from anybody.
async fn is_strict(socket: &mut Socket) {
    let text = |value: Value| Message::text(value.to_string());
    let id = Uuid::now_v7().to_string();
    for (what, frame, code, field) in [
        ("not JSON", Message::text("bonjour"), "malformed_json", None),
        ("nothing", Message::text(""), "malformed_json", None),
        ("binary", Message::binary(vec![1, 2, 3]), "invalid_fields", Some("frame")),
        ("too large", Message::text("x".repeat(65 * 1024)), "invalid_fields", Some("frame")),
        ("an unknown type", text(json!({ "type": "dance", "id": id })), "invalid_fields", Some("type")),
        ("no type", text(json!({ "id": id })), "invalid_fields", Some("type")),
        ("no id", text(json!({ "type": "message", "text": "bonjour" })), "invalid_fields", Some("id")),
    ] {
        let answer = refusal(socket, frame).await;
        assert_eq!(answer["problem"]["code"], code, "{what}: {answer:#}");
        if let Some(field) = field {
            assert_eq!(answer["problem"]["errors"][0]["field"], field, "{what}: {answer:#}");
        }
        let named = what.contains("type").then_some(id.as_str());
        assert_eq!(answer["id"].as_str(), named, "{what}: a problem names the command: {answer:#}");
    }
}

#[tokio::test]
async fn a_visitor_who_sends_nonsense_gets_a_problem() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let before = server.position("support").await;

    is_strict(&mut visitor.socket).await;
    for text in [String::new(), "é".repeat(5_001)] {
        let wrong = json!({ "type": "message", "text": text });
        let problem = visitor.socket.is_refused(wrong, "invalid_fields").await;
        assert_eq!(problem["errors"][0]["field"], "text", "{problem:#}");
        assert!(problem["errors"][0]["allowed"].as_str().unwrap().contains("1 to 5000 characters"));
    }
    let unknown_field = json!({ "type": "message", "text": "a", "colour": "red" });
    let problem = visitor.socket.is_refused(unknown_field, "invalid_fields").await;
    assert_eq!(problem["errors"][0]["field"], "colour", "{problem:#}");
    visitor.socket.is_refused(json!({ "type": "leave" }), "not_waiting").await;
    assert_eq!(server.position("support").await, before);
    visitor.says("bonjour").await;
    alice.hears(&visitor, "bonjour").await;
}

#[tokio::test]
async fn a_desk_that_sends_nonsense_gets_a_problem() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut bob = livechat.operator("bob").await;
    let visitor = livechat.visitor("v1").await;
    let c = visitor.conversation.as_str();
    alice.sees_tab(&visitor).await;
    let before = server.position("support").await;

    is_strict(&mut alice.socket).await;
    let early = json!({ "type": "message", "conversation": c, "text": "bonjour" });
    alice.socket.is_refused(early, "not_picked_up").await;
    alice.socket.is_refused(json!({ "type": "end", "conversation": c }), "not_picked_up").await;
    let unknown = json!({ "type": "pick_up", "conversation": Uuid::now_v7().to_string() });
    alice.socket.is_refused(unknown, "unknown_conversation").await;
    bob.socket.is_refused(json!({ "type": "pick_up", "conversation": c }), "not_your_conversation").await;
    let transfer = |to: Value| json!({ "type": "transfer", "conversation": c, "to": to });
    alice.socket.is_refused(transfer(json!({ "operator": "nobody" })), "unknown_operator").await;
    alice.socket.is_refused(transfer(json!({ "operator": "alice" })), "already_there").await;
    alice.socket.is_refused(transfer(json!({ "skill": "magic" })), "unknown_skill").await;
    let long = json!({ "type": "transfer", "conversation": c, "to": { "operator": "bob" }, "note": "x".repeat(501) });
    let problem = alice.socket.is_refused(long, "invalid_fields").await;
    assert!(problem["errors"][0]["allowed"].as_str().unwrap().contains("1 to 500 characters"), "{problem:#}");
    let status = json!({ "type": "status", "status": "asleep" });
    alice.socket.is_refused(status, "invalid_fields").await;
    assert_eq!(server.position("support").await, before);
    alice.picks_up(&visitor).await;
}

#[tokio::test]
async fn a_transfer_to_somebody_who_cannot_take_it_is_refused() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("skills", json!([{ "id": "billing" }])).await;
    let mut alice = livechat.operator_with("alice", json!({ "skills": ["billing"] })).await;
    let mut bob = livechat.operator_with("bob", json!({ "capacity": 1 })).await;
    livechat.registers("carol", json!({})).await;
    let billing = json!({ "visitor": { "id": "v1" }, "language": "fr", "skill": "billing" });
    let visitor = livechat.requests(billing).await;
    let before = server.position("support").await;
    let transfer =
        |to: Value| json!({ "type": "transfer", "conversation": visitor.conversation.as_str(), "to": to });
    let to_bob = transfer(json!({ "operator": "bob" }));
    alice.socket.is_refused(to_bob.clone(), "operator_lacks_skill").await;
    alice.socket.is_refused(transfer(json!({ "operator": "carol" })), "operator_not_receiving").await;
    alice.socket.is_refused(transfer(json!({ "skill": "billing" })), "nobody_free").await;
    assert_eq!(server.position("support").await, before);

    bob.is_now("on_break").await;
    alice.socket.is_refused(to_bob, "operator_not_receiving").await;
    let forced = json!({ "to": { "operator": "bob" }, "force": true });
    livechat.supervisor().post(&visitor.path("/transfer"), &forced).await.is(200);
    assert_eq!(bob.sees_tab(&visitor).await["from"], "alice");
}
