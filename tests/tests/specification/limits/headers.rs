//! What every answer carries, and where the metrics are.

use std::net::SocketAddr;

use api::auth::Role;
use api::connections::headers::ALWAYS;
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
    let get = async |path: &str| reqwest::get(format!("http://{address}{path}")).await.unwrap();
    let metrics = get("/metrics").await;
    assert_eq!(metrics.headers()["x-content-type-options"], "nosniff");
    assert_eq!(metrics.status(), 200);
    for path in ["/", "/api/v1/openapi.json", "/api/v1/livechats/support/board"] {
        assert_eq!(get(path).await.status(), 404, "{path}");
    }
    server.anybody().get("/metrics").await.is_problem(404, "not_found");
    let document = server.anybody().get("/api/v1/openapi.json").await.is(200);
    assert!(document["paths"]["/metrics"].is_null() && !document["paths"]["/healthz"].is_null());
    assert!(Server::start().await.metrics_address().is_none());
}
