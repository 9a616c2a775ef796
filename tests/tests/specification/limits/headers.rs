//! What every answer carries, and where the metrics are.

use std::net::SocketAddr;

use api::auth::Role;
use api::connections::headers::ALWAYS;
use api::rates::Limits;
use pupitre_tests::actors::Answer;
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::json;

#[tokio::test]
async fn every_answer_has_the_headers_that_protect_it() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let visitor = livechat.visitor("zoe").await;
    let (anybody, ada, sophie) = (server.anybody(), livechat.administrator(), livechat.supervisor());
    let transcript = format!("/conversations/{}/transcript", visitor.conversation);
    let requests = [
        anybody.request(Method::GET, "/"),
        anybody.request(Method::GET, "/demo"),
        anybody.request(Method::GET, "/healthz"),
        anybody.request(Method::GET, "/readyz"),
        anybody.request(Method::GET, "/metrics"),
        anybody.request(Method::GET, "/api/v1/openapi.json"),
        anybody.request(Method::GET, "/nothing"),
        anybody.request(Method::DELETE, "/healthz"),
        anybody.request(Method::OPTIONS, "/healthz"),
        livechat.stranger(None).request(Method::GET, "/board"),
        livechat.person(Role::Visitor, "zoe").request(Method::GET, "/board"),
        sophie.request(Method::GET, "/board"),
        sophie.request(Method::GET, "/settings/weather"),
        sophie.request(Method::GET, "/audit?format=csv"),
        sophie.request(Method::GET, &format!("{transcript}?format=html")),
        sophie.request(Method::GET, &format!("{transcript}?format=text")),
        sophie.request(Method::GET, "/floor"),
        ada.request(Method::GET, "/settings/capacity"),
        ada.request(Method::PUT, "/settings/capacity").body("{"),
        ada.request(Method::PUT, "/settings/capacity").json(&json!({ "queue_per_operator": 1_000 })),
        ada.request(Method::PUT, "").json(&"x".repeat(2_000_000)),
    ];
    for request in requests {
        let response = request.send().await.unwrap();
        let what = format!("{} {}", response.status(), response.url());
        for (name, value) in ALWAYS {
            let found = response.headers().get_all(name).iter().count();
            assert_eq!(found, 1, "{name} of {what}");
            let found = &response.headers()[name];
            // A page says itself what may run on it.
            assert!(name == "content-security-policy" || found == value, "{name} of {what}: {found:?}");
        }
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "form-action 'none'"]
        {
            assert!(policy.contains(part), "{part} of {what}: {policy}");
        }
        assert!(!response.headers().contains_key("server"), "{what}");
    }
}

#[tokio::test]
async fn the_metrics_may_have_an_address_of_their_own() {
    let server = Server::start_with(|config| {
        config.metrics_listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    })
    .await;
    let address = server.metrics_address().unwrap();
    let http = reqwest::Client::new();
    let ask = |method: Method, path: &str| http.request(method, format!("http://{address}{path}"));
    let metrics = ask(Method::GET, "/metrics").send().await.unwrap();
    assert_eq!(metrics.status(), 200);
    for (name, value) in ALWAYS {
        assert_eq!(metrics.headers()[name], value, "{name}");
    }
    assert!(metrics.headers().contains_key("x-request-id"));
    for path in ["/", "/nothing", "/api/v1/openapi.json", "/api/v1/livechats/support/board"] {
        for method in [Method::GET, Method::POST, Method::OPTIONS] {
            Answer::to(ask(method, path)).await.is_problem(404, "not_found");
        }
    }
    for method in [Method::DELETE, Method::POST, Method::TRACE] {
        Answer::to(ask(method, "/metrics")).await.is_problem(405, "method_not_allowed");
    }
    let french = ask(Method::DELETE, "/metrics").header("Accept-Language", "fr");
    let french = Answer::to(french).await.is_problem(405, "method_not_allowed");
    assert_eq!(french["title"], "Méthode non autorisée");
    server.anybody().get("/metrics").await.is_problem(404, "not_found");
    let document = server.anybody().get("/api/v1/openapi.json").await.is(200);
    assert!(document["paths"]["/metrics"].is_null() && !document["paths"]["/healthz"].is_null());
    assert!(Server::start().await.metrics_address().is_none());
}

#[tokio::test]
async fn the_address_of_the_metrics_has_limits_too() {
    let server = Server::start_with(|config| {
        config.metrics_listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
        config.rates = Limits { address_requests: 3, ..Limits::default() };
    })
    .await;
    let url = format!("http://{}/metrics", server.metrics_address().unwrap());
    let http = reqwest::Client::new();
    for _ in 0..3 {
        assert_eq!(http.get(&url).send().await.unwrap().status(), 200);
    }
    for request in
        [http.get(&url), http.post(&url), http.request(Method::OPTIONS, &url), http.get(format!("{url}/x"))]
    {
        let answer = Answer::to(request).await;
        assert!(answer.retry_after.is_some());
        answer.is_problem(429, "rate_limited");
    }
}
