//! Limits of time and number: they hold during handshakes, and for whoever reads too slowly behind TLS.

use std::time::Duration;

use api::connections::{self, ClientTimeouts};
use pupitre_tests::actors::Bytes;
use pupitre_tests::authority::{CertificateFiles, issue};
use pupitre_tests::patience::soon;
use pupitre_tests::server::Server;
use tokio::io::AsyncWriteExt;

use super::{connects, hears_out, is_answered};

const SHORT: Duration = Duration::from_millis(800);

/// The first bytes of a handshake: a record of 512 bytes, of which 4 have come.
const HALF: [u8; 9] = [22, 3, 1, 2, 0, 1, 0, 1, 0xFC];

async fn server(change: impl FnOnce(&mut api::server::Config)) -> Server {
    Server::start_encrypted(&CertificateFiles::of(&issue()), change).await
}

async fn begins(server: &Server) -> Bytes {
    let mut half = server.bytes().await;
    half.sends(HALF).await;
    half
}

#[tokio::test]
async fn a_handshake_that_does_not_go_on_is_cut_off_and_the_requests_of_others_are_answered() {
    let server = server(|config| config.timeouts.first_head = SHORT).await;
    let mut silent = server.bytes().await;
    let mut slow = vec![];
    for _ in 0..20 {
        slow.push(begins(&server).await);
    }
    let mut little_by_little = begins(&server).await;
    let trickle = async { little_by_little.floods_slowly(b"x").await };
    let others = async {
        for _ in 0..20 {
            assert_eq!(server.anybody().get("/healthz").await.status, 200);
        }
    };
    let (taken, ()) = tokio::join!(trickle, others);
    assert!(taken < 200, "{taken} bytes were waited for");
    assert_eq!(silent.closes().await, b"");
    for mut half in slow {
        assert_eq!(half.closes().await, b"", "nothing is said before the handshake is over");
    }
}

#[tokio::test]
async fn handshakes_count_as_connections_and_make_room() {
    let server = server(|config| {
        config.connections = connections::Limits { connections: 3, ..connections::Limits::default() };
    })
    .await;
    let mut first = begins(&server).await;
    let (_second, _third) = (begins(&server).await, server.bytes().await);
    let answered = async || {
        let asked = server.anybody().request(reqwest::Method::GET, "/healthz").send().await;
        asked.is_ok_and(|answer| answer.status() == 200)
    };
    soon(async { while !answered().await {} }).await;
    assert_eq!(first.closes().await, b"");
}

#[tokio::test]
async fn whoever_finds_no_room_is_told_so_over_tls() {
    let server = server(|config| {
        config.connections = connections::Limits { connections: 2, ..connections::Limits::default() };
    })
    .await;
    let token = server.uncreated("support").supervisor().token().to_owned();
    let mut feeds = vec![];
    for _ in 0..2 {
        let mut feed = connects(server.address()).await;
        let asks = format!(
            "GET /api/v1/livechats/support/floor HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {token}\r\n\r\n"
        );
        feed.write_all(asks.as_bytes()).await.unwrap();
        feeds.push(feed);
    }
    let refused = soon(async {
        loop {
            let mut another = connects(server.address()).await;
            let answer = is_answered(&mut another, super::LAST_REQUEST).await;
            if !answer.starts_with("HTTP/1.1 200 ") && !answer.is_empty() {
                return answer;
            }
        }
    });
    let refused = refused.await;
    assert!(refused.starts_with("HTTP/1.1 503 "), "{refused}");
    for part in [
        "too_many_connections",
        "\r\nretry-after: 5\r\n",
        "\r\nstrict-transport-security: max-age=31536000\r\n",
    ] {
        assert!(refused.contains(part), "{part}: {refused}");
    }
}

#[tokio::test]
async fn a_head_that_does_not_come_in_time_is_answered_408() {
    let server = server(|config| config.timeouts.head = SHORT).await;
    let mut slow = connects(server.address()).await;
    let answer = is_answered(&mut slow, "GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow").await;
    assert!(answer.starts_with("HTTP/1.1 408 "), "{answer}");
    assert!(answer.contains("request_too_slow"), "{answer}");
}

#[tokio::test]
async fn a_connection_without_a_request_is_closed() {
    let server = server(|config| config.timeouts.first_head = SHORT).await;
    let mut idle = connects(server.address()).await;
    assert_eq!(hears_out(&mut idle).await, "");
}

#[tokio::test]
async fn nothing_is_kept_for_somebody_who_asks_and_never_reads() {
    let server = server(|config| {
        config.slow_reader = SHORT;
        config.timeouts = ClientTimeouts { idle: Duration::from_secs(3_600), ..ClientTimeouts::default() };
    })
    .await;
    for requests in [1, 100] {
        let mut never_reads = connects(server.address()).await;
        let asks = "GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(requests);
        let mut taken = 0;
        soon(async {
            while let Ok(more) = never_reads.write(asks.as_bytes()).await {
                taken += more;
                if never_reads.flush().await.is_err() {
                    break;
                }
            }
        })
        .await;
        assert!(taken < 24 * 1024 * 1024, "{taken} bytes of requests were taken");
    }
    assert_eq!(server.anybody().get("/healthz").await.status, 200);
}
