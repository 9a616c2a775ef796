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
async fn a_token_in_the_address_is_refused_and_what_to_do_instead_is_said() {
    let server = Server::start().await;
    // A livechat of this name has an address that ends as a feed's does.
    for livechat in [server.livechat("support").await, server.livechat("floor").await] {
        let supervisor = livechat.supervisor();
        let nobody = livechat.stranger(None);
        for path in ["", "/board", "/conversations", "/floor", "/queue/live", "/floor/replay"] {
            let path = format!("{path}?access_token={}", supervisor.token());
            // Also beside a good one: it was sent all the same.
            for who in [&nobody, &supervisor] {
                let problem = who.get(&path).await.is_problem(401, "token_in_address");
                let detail = problem["detail"].as_str().unwrap();
                assert!(detail.contains("/tickets") && detail.contains("Authorization"), "{detail}");
            }
        }
        supervisor.get("/queue").await.is(200);
    }
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
