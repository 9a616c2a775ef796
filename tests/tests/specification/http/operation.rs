//! Operation: health, metrics, and a stop that loses nothing.

use std::collections::BTreeSet;

use pupitre_tests::actors::Socket;
use pupitre_tests::patience::soon;
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn a_server_that_runs_is_alive_and_ready() {
    let server = Server::start().await;
    let anybody = server.anybody();
    assert_eq!(anybody.get("/healthz").await.is(200), "ok\n");
    assert_eq!(anybody.get("/readyz").await.is(200), "ready\n");
    let page = anybody.get("/").await;
    assert!(page.content_type.starts_with("text/html"), "{page:?}");
    page.is(200);
}

#[tokio::test]
async fn an_unknown_parameter_is_refused_where_no_token_is_asked_for() {
    let server = Server::start().await;
    for path in ["/healthz", "/readyz", "/metrics", "/api/v1/openapi.json"] {
        let wrong = server.anybody().get(&format!("{path}?verbose")).await.is_problem(422, "invalid_fields");
        assert_eq!(wrong["errors"][0]["field"], "verbose", "{path}");
    }
    server.anybody().get("/?utm_source=mail").await.is(200);
}

#[tokio::test]
async fn the_metrics_count_what_is_done() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.supervisor().get("/settings/weather").await.is_problem(404, "unknown_section");
    let metrics = server.anybody().get("/metrics").await.is(200);
    let metrics = metrics.as_str().unwrap();
    let route = r#"route="/api/v1/livechats/{livechat}/settings/{section}",status="404""#;
    for expected in [
        "http_requests_total{",
        route,
        "http_request_seconds_bucket",
        r#"http_problems_total{code="unknown_section"}"#,
    ] {
        assert!(metrics.contains(expected), "no {expected} in:\n{metrics}");
    }
}

#[tokio::test]
async fn every_answer_has_an_id_to_look_for_in_the_logs() {
    let server = Server::start().await;
    let request = server.anybody().request(Method::GET, "/healthz");
    let response = soon(request.send()).await.unwrap();
    assert!(!response.headers()["x-request-id"].is_empty());
}

#[tokio::test]
async fn a_stop_closes_sockets_and_feeds_politely() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    let mut floor = livechat.floor().await;
    floor.next().await;
    server.stop().await;
    assert_eq!(visitor.socket.close_code().await, Some(1001));
    assert_eq!(alice.socket.close_code().await, Some(1001));
    floor.ends().await;
}

#[tokio::test]
async fn every_acknowledged_message_is_stored_once_after_a_stop_under_traffic() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;

    let (first_done, mut done) = tokio::sync::mpsc::channel(1_000);
    let writers: Vec<_> = (0..20)
        .map(|writer| {
            let (person, path, first_done) =
                (visitor.person.clone(), visitor.path("/messages"), first_done.clone());
            tokio::spawn(async move {
                let mut acknowledged = vec![];
                for turn in 0.. {
                    let text = format!("{writer}-{turn}");
                    let request = person.request(Method::POST, &path).json(&json!({ "text": text }));
                    // Once it listens no more, connections are refused.
                    let Ok(response) = request.send().await else { break };
                    match response.status().as_u16() {
                        201 => acknowledged.push(text),
                        503 => break,
                        status => panic!("answered {status}"),
                    }
                    let _ = first_done.try_send(());
                }
                acknowledged
            })
        })
        .collect();
    for _ in 0..100 {
        soon(done.recv()).await.unwrap();
    }
    server.stop().await;
    let mut acknowledged = BTreeSet::new();
    for writer in writers {
        acknowledged.extend(soon(writer).await.unwrap());
    }
    assert!(acknowledged.len() >= 100);

    server.start_again().await;
    let last = *server.of_conversation("support", &visitor.conversation).await.last().unwrap();
    visitor.socket = visitor.page(0).await;
    visitor.socket.hears(|frame| frame["position"] == last).await;
    let mut texts: Vec<_> =
        visitor.socket.heard().iter().filter_map(|frame| frame["text"].as_str()).collect();
    let all = texts.len();
    texts.sort_unstable();
    texts.dedup();
    assert_eq!(texts.len(), all, "something was written twice");
    let texts: BTreeSet<_> = texts.into_iter().map(str::to_owned).collect();
    let missing: Vec<_> = acknowledged.difference(&texts).collect();
    assert!(missing.is_empty(), "acknowledged and lost: {missing:?}");
}

#[tokio::test]
async fn a_server_that_was_stopped_listens_no_more() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let alice = livechat.operator("alice").await;
    let url = alice.person.socket("/desk");
    let request = server.anybody().request(Method::GET, "/healthz");
    server.stop().await;
    assert!(soon(request.send()).await.is_err());
    server.start_again().await;
    assert_ne!(alice.person.socket("/desk"), url, "another port, so that nobody is mixed up");
    Socket::open(&alice.person.socket("/desk")).await;
}
