//! Calls from pages of other web sites: allowed by the livechat's setting, and by nothing else.

use api::auth::Role;
use pupitre_tests::actors::{Livechat, Person};
use pupitre_tests::patience::soon;
use pupitre_tests::server::Server;
use reqwest::header::HeaderMap;
use reqwest::{Method, StatusCode};
use serde_json::json;

const SITE: &str = "https://www.example.org";

/// What a browser gets that asks before it calls.
async fn preflight(person: &Person, origin: &str, path: &str) -> (StatusCode, HeaderMap) {
    let request = person
        .request(Method::OPTIONS, path)
        .header("Origin", origin)
        .header("Access-Control-Request-Method", "POST")
        .header("Access-Control-Request-Headers", "authorization,content-type,idempotency-key");
    let answer = soon(request.send()).await.unwrap();
    (answer.status(), answer.headers().clone())
}

/// What a page reads in the answer to a call.
async fn call(person: &Person, origin: &str) -> HeaderMap {
    soon(person.request(Method::GET, "").header("Origin", origin).send()).await.unwrap().headers().clone()
}

fn allowed(headers: &HeaderMap) -> Option<&str> {
    headers.get("access-control-allow-origin").map(|origin| origin.to_str().unwrap())
}

async fn allows(livechat: &Livechat, origins: &[&str]) {
    livechat.sets("origins", json!({ "allowed": origins })).await;
}

#[tokio::test]
async fn a_page_of_an_allowed_site_may_call_and_no_other() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let supervisor = livechat.supervisor();
    let nobody = livechat.stranger(None);
    assert_eq!(allowed(&call(&supervisor, SITE).await), None, "none is allowed by default");
    allows(&livechat, &[SITE, "http://localhost:3000"]).await;
    for origin in [SITE, "http://localhost:3000"] {
        let (status, headers) = preflight(&nobody, origin, "/conversations").await;
        assert!(status.is_success(), "{status}");
        assert_eq!(allowed(&headers), Some(origin));
        let names = headers["access-control-allow-headers"].to_str().unwrap().to_lowercase();
        assert!(names.contains("authorization") && names.contains("idempotency-key"), "{names}");
        assert!(headers["access-control-allow-methods"].to_str().unwrap().contains("PATCH"));
        let headers = call(&supervisor, origin).await;
        assert_eq!(allowed(&headers), Some(origin));
        assert!(headers["vary"].to_str().unwrap().to_lowercase().contains("origin"));
        assert!(headers["access-control-expose-headers"].to_str().unwrap().to_lowercase().contains("etag"));
    }
    for origin in [
        "https://example.org",
        "http://www.example.org",
        "https://www.example.org.evil.org",
        "null",
        "https://www.example.org:8443",
    ] {
        assert_eq!(allowed(&preflight(&nobody, origin, "/conversations").await.1), None, "{origin}");
        assert_eq!(allowed(&call(&supervisor, origin).await), None, "{origin}");
    }
    // Each livechat for itself; and none is there for a name that anybody makes up.
    let sales = server.livechat("sales").await;
    assert_eq!(allowed(&preflight(&sales.stranger(None), SITE, "").await.1), None);
    let (_, headers) = preflight(&server.anybody(), SITE, "/api/v1/livechats/nowhere/conversations").await;
    assert_eq!(allowed(&headers), None);
    allows(&livechat, &[]).await;
    assert_eq!(allowed(&call(&supervisor, SITE).await), None);
}

#[tokio::test]
async fn an_allowed_site_needs_a_token_all_the_same() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    allows(&livechat, &[SITE]).await;
    let request = livechat.stranger(None).request(Method::GET, "/board").header("Origin", SITE);
    let answer = soon(request.send()).await.unwrap();
    assert_eq!(answer.status(), StatusCode::UNAUTHORIZED);
    // The page may read why.
    assert_eq!(allowed(answer.headers()), Some(SITE));
}

#[tokio::test]
async fn a_live_connection_from_another_site_is_refused_where_any_site_is_named() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let floor = async |origin: &str| {
        let request = livechat.person(Role::Supervisor, "sophie").request(Method::GET, "/floor");
        soon(request.header("Origin", origin).send()).await.unwrap()
    };
    assert_eq!(floor("https://evil.org").await.status(), StatusCode::OK);
    allows(&livechat, &[SITE]).await;
    assert_eq!(floor(SITE).await.status(), StatusCode::OK);
    let refused = floor("https://evil.org").await;
    assert_eq!(refused.status(), StatusCode::FORBIDDEN);
    let problem: serde_json::Value = refused.json().await.unwrap();
    assert_eq!(problem["code"], "origin_not_allowed");
    // A page of this server itself.
    let own = livechat.supervisor().request(Method::GET, "").build().unwrap();
    let own = own.url().origin().ascii_serialization();
    assert_eq!(floor(&own).await.status(), StatusCode::OK);
}
