//! What a supervisor may do on somebody else's desk, over HTTP: each is done, and the log keeps the true author.

use pupitre_tests::server::Server;
use serde_json::{Value, json};

#[tokio::test]
async fn a_supervisor_steps_in() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 2 })).await;
    let mut visitor = livechat.visitor("v1").await;
    let other = livechat.visitor("v2").await;
    for conversation in [&visitor, &other] {
        alice.picks_up(conversation).await;
    }
    let mut bob = livechat.operator_with("bob", json!({ "capacity": 1 })).await;
    let supervisor = livechat.supervisor();

    let text = json!({ "text": "propose-lui un avoir" });
    supervisor.post(&visitor.path("/internal-messages"), &text).await.is(201);
    let told = alice.receives("internal_message", &visitor).await;
    assert_eq!((&told["author"], &told["text"]), (&json!("sophie"), &text["text"]));

    supervisor.post(&visitor.path("/messages"), &json!({ "text": "bonjour" })).await.is(201);
    assert_eq!(visitor.hears("bonjour").await["from"], "operator");

    let to_bob = json!({ "to": { "operator": "bob" } });
    supervisor.post(&visitor.path("/transfer"), &to_bob).await.is(200);
    bob.sees_tab(&visitor).await;
    supervisor.post(&other.path("/transfer"), &to_bob).await.is_problem(422, "operator_has_no_room");
    let forced = json!({ "to": { "operator": "bob" }, "force": true });
    supervisor.post(&other.path("/transfer"), &forced).await.is(200);
    bob.sees_tab(&other).await;

    supervisor.put("/operators/bob/status", &json!({ "status": "on_break" })).await.is(200);
    let status = bob.socket.hears(|frame| frame["type"] == "status").await;
    assert_eq!(status["status"], "on_break");

    let done = supervisor.post(&visitor.path("/end"), &Value::Null).await.is(200);
    assert_eq!(bob.receives("closed", &visitor).await["reason"], "supervisor");

    let transcript = visitor.path(&format!("/transcript?at_least={}", done["position"]));
    let transcript = supervisor.get(&transcript).await.is(200);
    let lines = transcript["lines"].as_array().unwrap();
    let of_sophie: Vec<&str> = lines
        .iter()
        .filter(|line| line["role"] == "supervisor" && line["author"] == "sophie")
        .filter_map(|line| line["kind"].as_str())
        .collect();
    assert_eq!(of_sophie, ["internal_message", "message", "transferred", "ended"]);
}
