//! Which answers tell browsers to come by TLS only.

use std::net::SocketAddr;

use api::auth::{Proxies, ProxyHeader};
use api::connections::headers::ALWAYS;
use pupitre_tests::authority::{CertificateFiles, issue};
use pupitre_tests::server::Server;
use reqwest::{Method, RequestBuilder};
use serde_json::json;

use super::{connects, is_answered};

const HSTS: &str = "strict-transport-security";

async fn told(request: RequestBuilder) -> Option<String> {
    let answer = request.send().await.unwrap();
    assert_eq!(
        answer.headers().get_all(HSTS).iter().count(),
        usize::from(answer.headers().contains_key(HSTS))
    );
    answer.headers().get(HSTS).map(|value| value.to_str().unwrap().to_owned())
}

#[tokio::test]
async fn every_answer_over_tls_tells_browsers_to_come_by_tls_only() {
    let server = Server::start_encrypted(&CertificateFiles::of(&issue()), |_| {}).await;
    let livechat = server.livechat("support").await;
    let (anybody, ada) = (server.anybody(), livechat.administrator());
    for request in [
        anybody.request(Method::GET, "/healthz"),
        anybody.request(Method::GET, "/metrics"),
        anybody.request(Method::GET, "/nothing"),
        anybody.request(Method::DELETE, "/healthz"),
        livechat.stranger(None).request(Method::GET, "/board"),
        ada.request(Method::GET, "/settings/capacity"),
        ada.request(Method::PUT, "/settings/capacity").body("{"),
        ada.request(Method::PUT, "").json(&json!("x".repeat(2_000_000))),
    ] {
        assert_eq!(told(request).await.as_deref(), Some("max-age=31536000"));
    }
    // Also where no route answers.
    for (said, status) in [
        ("nothing known\r\n\r\n", "400"),
        ("GET / HTTP/1.1\r\n\r\n", "400"),
        ("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "505"),
    ] {
        let mut somebody = connects(server.address()).await;
        let said = format!("{said}GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
        let answer = is_answered(&mut somebody, &said).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status} ")), "{said}: {answer}");
        let head = answer.split("\r\n\r\n").next().unwrap();
        for name in ALWAYS.map(|(name, _)| name).into_iter().chain([HSTS]) {
            assert_eq!(head.matches(&format!("\r\n{name}: ")).count(), 1, "{name}: {head}");
        }
    }
}

#[tokio::test]
async fn the_time_is_as_configured_and_0_is_none() {
    for (seconds, expected) in [(0, None), (60, Some("max-age=60"))] {
        let server =
            Server::start_encrypted(&CertificateFiles::of(&issue()), |config| config.hsts_secs = seconds)
                .await;
        assert_eq!(told(server.anybody().request(Method::GET, "/healthz")).await.as_deref(), expected);
    }
}

#[tokio::test]
async fn in_the_clear_only_a_trusted_proxy_that_says_https_is_told() {
    let local = "127.0.0.0/8".parse().unwrap();
    let behind = async |trusted, header| {
        Server::start_with(|config| {
            config.hsts_secs = 60;
            config.proxies = Proxies { trusted, header };
        })
        .await
    };
    let asks = async |server: &Server, name: &str, value: &str| {
        told(server.anybody().request(Method::GET, "/nothing").header(name, value)).await
    };
    let server = behind(vec![local], ProxyHeader::XForwardedFor).await;
    assert_eq!(asks(&server, "x-forwarded-proto", "https").await.as_deref(), Some("max-age=60"));
    assert_eq!(asks(&server, "x-forwarded-proto", "http").await, None);
    assert_eq!(asks(&server, "forwarded", "for=192.0.2.7;proto=https").await, None);
    assert_eq!(told(server.anybody().request(Method::GET, "/healthz")).await, None);
    let server = behind(vec![local], ProxyHeader::Forwarded).await;
    assert_eq!(asks(&server, "forwarded", "for=192.0.2.7;proto=https").await.as_deref(), Some("max-age=60"));
    let server = behind(vec![], ProxyHeader::XForwardedFor).await;
    assert_eq!(asks(&server, "x-forwarded-proto", "https").await, None, "nobody is trusted");
}

#[tokio::test]
async fn the_address_of_the_metrics_is_in_the_clear_and_tells_nothing() {
    let server = Server::start_encrypted(&CertificateFiles::of(&issue()), |config| {
        config.metrics_listen = Some(SocketAddr::from(([127, 0, 0, 1], 0)));
    })
    .await;
    let url = format!("http://{}/metrics", server.metrics_address().unwrap());
    assert_eq!(told(reqwest::Client::new().get(url)).await, None);
}
