//! Bodies: the sender and the length are checked first, it has to go on, and memory is bounded.

use api::auth::Role;
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::{Value, json};

use super::IMPATIENT;

const SECTION: &str = "/api/v1/livechats/support/settings/phrases";

#[tokio::test]
async fn a_body_without_permission_is_refused_before_it_is_sent() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.registers("somebody", json!({})).await;
    let eight_mib = 8 * 1024 * 1024;
    for role in [Role::Visitor, Role::Operator, Role::Supervisor, Role::Analyst, Role::Integration] {
        let token = livechat.person(role, "somebody").token().to_owned();
        for announced in [
            format!("Content-Length: {eight_mib}\r\n"),
            "Transfer-Encoding: chunked\r\n".to_owned(),
            format!("Content-Length: {eight_mib}\r\nExpect: 100-continue\r\n"),
        ] {
            let mut somebody = server.bytes().await;
            somebody.asks("PUT", SECTION, &format!("Authorization: Bearer {token}\r\n{announced}")).await;
            somebody.answer().await.is_problem(403, "forbidden");
        }
    }
    let visitor = livechat.person(Role::Visitor, "somebody");
    for (method, path) in [
        (Method::PUT, ""),
        (Method::PUT, "/operators/alice"),
        (Method::PUT, "/operators/alice/status"),
        (Method::POST, "/conversations/00000000-0000-7000-8000-000000000000/internal-messages"),
        (Method::POST, "/desk/assistant"),
    ] {
        let request = visitor.request(method, path).body("not even JSON");
        pupitre_tests::actors::Answer::to(request).await.is_problem(403, "forbidden");
    }
}

#[tokio::test]
async fn a_client_that_sends_a_refused_body_to_its_end_reads_the_refusal() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let large = Value::from("x".repeat(4 * 1024 * 1024));
    livechat.person(Role::Visitor, "zoe").put("/settings/phrases", &large).await.is_problem(403, "forbidden");
    livechat.stranger(None).put("/settings/phrases", &large).await.is_problem(401, "unauthorized");
    livechat.administrator().put("", &large).await.is_problem(413, "body_too_large");
}

#[tokio::test]
async fn a_body_that_is_too_long_is_refused_by_its_length_or_as_soon_as_its_chunks_exceed_it() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let token = livechat.administrator().token().to_owned();
    let bearer = format!("Authorization: Bearer {token}\r\n");
    for (path, limit) in
        [(SECTION, 8 * 1024 * 1024), ("/api/v1/livechats/support/operators/alice", 1024 * 1024)]
    {
        let mut somebody = server.bytes().await;
        somebody.asks("PUT", path, &format!("{bearer}Content-Length: {}\r\n", limit + 1)).await;
        let problem = somebody.answer().await.is_problem(413, "body_too_large");
        assert_eq!(problem["errors"][0]["allowed"], format!("at most {limit} bytes"));
        let mut somebody = server.bytes().await;
        somebody.asks("PUT", path, &format!("{bearer}Transfer-Encoding: chunked\r\n")).await;
        somebody.sends(format!("{:x}\r\n{}\r\n1\r\nx\r\n", limit, " ".repeat(limit))).await;
        somebody.answer().await.is_problem(413, "body_too_large");
    }
}

#[tokio::test]
async fn a_body_that_stalls_or_trickles_is_not_waited_for() {
    let server = Server::start_with(|config| config.timeouts = IMPATIENT).await;
    let livechat = server.livechat("support").await;
    let token = livechat.administrator().token().to_owned();
    let put = |length: &str| format!("Authorization: Bearer {token}\r\n{length}\r\n");
    for (announced, begun) in [
        ("Content-Length: 1000", ""),
        ("Content-Length: 1000", "{\"name\":"),
        ("Transfer-Encoding: chunked", ""),
        ("Transfer-Encoding: chunked", "5\r\n{\"nam"),
    ] {
        let mut somebody = server.bytes().await;
        somebody.asks("PUT", "/api/v1/livechats/support", &put(announced)).await;
        somebody.sends(begun).await;
        let answer = somebody.answer().await;
        answer.is_problem(408, "request_too_slow");
        assert_eq!(somebody.closes().await, b"");
    }
    let mut slow = server.bytes().await;
    slow.asks("PUT", "/api/v1/livechats/support", &put("Content-Length: 1000000")).await;
    let waited_for = slow.floods_slowly(b" ").await;
    assert!(waited_for < 1_000, "{waited_for} bytes were waited for");
}

#[tokio::test]
async fn a_client_that_expects_100_continue_gets_it() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let token = livechat.administrator().token().to_owned();
    let body = json!({ "name": "Alice" }).to_string();
    let mut somebody = server.bytes().await;
    let head = format!(
        "Authorization: Bearer {token}\r\nExpect: 100-continue\r\nContent-Length: {}\r\n",
        body.len()
    );
    somebody.asks("PUT", "/api/v1/livechats/support/operators/alice", &head).await;
    assert_eq!(somebody.answer().await.status, 100);
    somebody.sends(body).await;
    assert_eq!(somebody.answer().await.status, 200);
}

#[tokio::test]
async fn bodies_have_so_much_memory_together_and_give_it_back() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let bodies = server.app().bodies.clone();
    let all = bodies.available_permits();
    let others = bodies.clone().acquire_many_owned(u32::try_from(all).unwrap() - 10).await.unwrap();
    let profile = json!({ "name": "Alice" });
    let answer = livechat.administrator().put("/operators/alice", &profile).await;
    assert_eq!(answer.retry_after.as_deref(), Some("1"));
    answer.is_problem(503, "overloaded");
    drop(others);
    livechat.administrator().put("/operators/alice", &profile).await.is(200);
    livechat
        .administrator()
        .put("/operators/alice", &json!("nonsense"))
        .await
        .is_problem(422, "invalid_fields");
    assert_eq!(bodies.available_permits(), all);
}
