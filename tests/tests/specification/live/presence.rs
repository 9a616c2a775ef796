//! Presence: an operator is connected from the first desk to the last, with a grace for a page reload.
//!
//! That something does *not* happen is shown by the grace of another operator, which began later and
//! is over: no test here waits for the time to pass.

use std::time::Duration;

use pupitre_tests::actors::{Livechat, Operator, Person};
use pupitre_tests::server::Server;
use serde_json::Value;

const GRACE: Duration = Duration::from_millis(500);

/// The names of what happened to an operator, oldest first, up to now.
async fn events(server: &Server, livechat: &Livechat, operator: &str) -> Vec<(u64, String)> {
    let last = server.position(&livechat.id).await;
    let supervisor: Person = livechat.supervisor();
    let filter = format!("/audit?entity=operator&entity_id={operator}&at_least={last}");
    let page = supervisor.get(&filter).await.is(200);
    let deed = |deed: &Value| {
        let reason = deed["data"]["reason"].as_str().map(|reason| format!(" {reason}"));
        let action = deed["action"].as_str().unwrap().trim_start_matches("operator.");
        (deed["position"].as_u64().unwrap(), format!("{action}{}", reason.unwrap_or_default()))
    };
    page["items"].as_array().unwrap().iter().rev().map(deed).collect()
}

async fn names(server: &Server, livechat: &Livechat, operator: &str) -> Vec<String> {
    events(server, livechat, operator).await.into_iter().map(|(_, name)| name).collect()
}

/// Waits until the floor shows that an operator is no longer connected.
async fn is_gone(server: &Server, livechat: &Livechat, operator: &str) {
    let mut floor = livechat.floor().await;
    floor.caught_up(server.position(&livechat.id).await).await;
    let gone = |board: &Value| {
        let operators = board["operators"].as_array().unwrap();
        operators.iter().any(|row| row["operator"] == operator && row["connected_since"].is_null())
    };
    floor.shows(gone).await;
}

async fn leaves(operator: Operator) {
    operator.socket.close().await;
}

#[tokio::test]
async fn an_operator_whose_last_desk_is_closed_is_disconnected_after_the_grace() {
    let server = Server::start_with_grace(GRACE).await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    let started = std::time::Instant::now();
    leaves(alice).await;
    is_gone(&server, &livechat, "alice").await;
    assert!(started.elapsed() >= GRACE);
    let expected = ["registered", "connected", "disconnected connection_lost"];
    assert_eq!(names(&server, &livechat, "alice").await, expected);
    let refused = livechat.visitor("v1").await;
    assert_eq!(refused.requested["reason"], "no_operator");
}

#[tokio::test]
async fn an_operator_with_another_desk_stays_connected() {
    let server = Server::start_with_grace(GRACE).await;
    let livechat = server.livechat("support").await;
    let first = livechat.operator("alice").await;
    let _second = livechat.desk("alice").await;
    let bob = livechat.operator("bob").await;
    leaves(first).await;
    leaves(bob).await;
    is_gone(&server, &livechat, "bob").await;
    assert_eq!(names(&server, &livechat, "alice").await, ["registered", "connected"]);
}

#[tokio::test]
async fn a_page_reload_is_invisible() {
    let server = Server::start_with_grace(GRACE).await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    let bob = livechat.operator("bob").await;
    leaves(alice).await;
    let _reloaded = livechat.desk("alice").await;
    leaves(bob).await;
    is_gone(&server, &livechat, "bob").await;
    assert_eq!(names(&server, &livechat, "alice").await, ["registered", "connected"]);
}

#[tokio::test]
async fn every_loss_is_given_the_whole_grace() {
    let server = Server::start_with_grace(GRACE).await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    let bob = livechat.operator("bob").await;
    leaves(alice).await;
    let reloaded = livechat.desk("alice").await;
    leaves(bob).await;
    // Alice's second loss comes after Bob's; her first, before.
    livechat.floor().await.next().await;
    leaves(reloaded).await;
    is_gone(&server, &livechat, "bob").await;
    is_gone(&server, &livechat, "alice").await;
    let lost = async |operator: &str| events(&server, &livechat, operator).await.last().unwrap().clone();
    let (alice, bob) = (lost("alice").await, lost("bob").await);
    assert_eq!(
        (alice.1.as_str(), bob.1.as_str()),
        ("disconnected connection_lost", "disconnected connection_lost")
    );
    assert!(bob.0 < alice.0, "Alice was given the rest of the grace of her first loss only");
}

#[tokio::test]
async fn a_deliberate_sign_out_is_given_no_grace() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    alice.socket.does(serde_json::json!({ "type": "sign_out" })).await;
    let expected = ["registered", "connected", "disconnected signed_out"];
    assert_eq!(names(&server, &livechat, "alice").await, expected);
    assert_eq!(livechat.visitor("v1").await.requested["reason"], "no_operator");
}

#[tokio::test]
async fn after_a_restart_an_operator_who_does_not_come_back_is_disconnected() {
    let mut server = Server::start_with_grace(Duration::from_secs(2)).await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let _bob = livechat.operator("bob").await;
    server.restart().await;
    alice.comes_back().await;
    is_gone(&server, &livechat, "bob").await;
    let expected = ["registered", "connected", "disconnected connection_lost"];
    assert_eq!(names(&server, &livechat, "bob").await, expected);
    assert_eq!(names(&server, &livechat, "alice").await, ["registered", "connected"]);
}

#[tokio::test]
async fn running_conversations_stay_with_an_operator_who_is_disconnected() {
    let server = Server::start_with_grace(GRACE).await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    leaves(alice).await;
    is_gone(&server, &livechat, "alice").await;
    visitor.says("vous êtes là ?").await;
    let alice = livechat.desk("alice").await;
    let messages = alice.snapshot["tabs"][0]["messages"].as_array().unwrap();
    assert_eq!(messages.last().unwrap()["text"], "vous êtes là ?");
}
