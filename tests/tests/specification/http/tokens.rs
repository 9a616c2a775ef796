//! Tokens: how long they are good, and where they may be given.

use api::auth::Role;
use chrono::TimeDelta;
use domain::LivechatId;
use pupitre_tests::server::Server;
use serde_json::Value;

#[tokio::test]
async fn a_socket_is_closed_when_its_token_expires() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.registers("alice", serde_json::json!({})).await;
    let support = LivechatId::parse("support").unwrap();
    let (token, _) =
        server.app().key.issue(&support, Role::Operator, "alice", TimeDelta::seconds(2)).unwrap();
    let person = livechat.stranger(Some(token));
    let mut desk = pupitre_tests::actors::Socket::open(&person.socket("/desk")).await;
    assert_eq!(desk.close_code().await, Some(1008));
}

#[tokio::test]
async fn a_token_in_the_address_is_for_sockets_and_event_streams_only() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let token = livechat.supervisor().token().to_owned();
    let nobody = livechat.stranger(None);
    nobody.get(&format!("/board?access_token={token}")).await.is_problem(401, "unauthorized");
    nobody.get(&format!("/floor?access_token=x{token}")).await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn what_a_visitor_reads_names_no_staff() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let _bob = livechat.operator("bob").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let to_bob = serde_json::json!({ "operator": "bob" });
    let position = alice.transfers(&visitor, to_bob, Some("attention")).await;
    for path in ["/transcript", ""] {
        let read: Value =
            visitor.person.get(&visitor.path(&format!("{path}?at_least={position}"))).await.is(200);
        let read = read.to_string();
        for name in ["\"alice\"", "\"bob\"", "attention"] {
            assert!(!read.contains(name), "{name} in {read}");
        }
    }
}
