//! What all live feeds have in common: a slow client is cut off, a token that expires ends them, and so does the
//! server that stops, each with a word where there is room for one.

use api::auth::Role;
use chrono::TimeDelta;
use domain::LivechatId;
use pupitre_tests::actors::{Door, Ended, Feed, Floor, Livechat, Transport};
use pupitre_tests::patience::PATIENCE;
use pupitre_tests::server::Server;
use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpSocket;

/// Every feed but that of a conversation, and the roles that may follow it.
const FEEDS: [(&str, Role, &str); 3] = [
    ("/floor", Role::Supervisor, "sophie"),
    ("/queue/live", Role::Supervisor, "sophie"),
    ("/desk", Role::Operator, "alice"),
];

async fn attended(server: &Server) -> Livechat {
    let livechat = server.livechat("support").await;
    livechat.registers("alice", json!({})).await;
    livechat
}

#[tokio::test]
async fn a_feed_ends_when_its_token_expires() {
    let server = Server::start().await;
    let livechat = attended(&server).await;
    let support = LivechatId::parse("support").unwrap();
    for (path, role, subject) in FEEDS {
        for (transport, expected) in [
            (Transport::Events, Ended::Event("token_expired".into())),
            (Transport::Socket, Ended::Close(1008)),
        ] {
            let lifetime = TimeDelta::seconds(2);
            let (token, _) = server.app().key.issue(&support, role, subject, lifetime).unwrap();
            let person = livechat.stranger(Some(token));
            let mut feed = Feed::follow(&person, transport, path, None).await;
            assert_eq!(feed.ends().await, expected, "{path}");
        }
    }
}

#[tokio::test]
async fn a_feed_ends_when_the_server_stops_and_goes_on_at_the_next() {
    let mut server = Server::start().await;
    let livechat = attended(&server).await;
    let mut feeds = vec![];
    for (path, role, subject) in FEEDS {
        for transport in Transport::BOTH {
            let mut feed = Feed::follow(&livechat.person(role, subject), transport, path, None).await;
            let first = feed.next_of(&["snapshot"]).await;
            feeds.push((path, role, subject, transport, feed, first));
        }
    }
    server.stop().await;
    for (path, .., transport, feed, _) in &mut feeds {
        let expected = match transport {
            Transport::Events => Ended::Event("server_stopping".into()),
            Transport::Socket => Ended::Close(1001),
        };
        assert_eq!(feed.ends().await, expected, "{path}");
    }
    server.start_again().await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 2, "queue_per_operator": 1 })).await;
    for (path, role, subject, transport, _, first) in feeds {
        let person = livechat.person(role, subject);
        let mut feed = Feed::follow(&person, transport, path, first.id).await;
        match path {
            // The desk was lost and came back, and gets what it missed without a second snapshot.
            "/desk" => assert_ne!(feed.next().await.name, "snapshot"),
            "/floor" => assert!(feed.next_of(&["snapshot", "change"]).await.id > first.id),
            _ => {}
        }
    }
}

/// A reader with small buffers who asks for the floor and then reads nothing more.
async fn stopped(livechat: &Livechat, upgrade: bool) -> tokio::net::TcpStream {
    let Door { url, token } = livechat.supervisor().socket("/floor");
    let url: reqwest::Url = url.replace("ws:", "http:").parse().unwrap();
    let socket = TcpSocket::new_v4().unwrap();
    socket.set_recv_buffer_size(4_096).unwrap();
    let address = format!("127.0.0.1:{}", url.port().unwrap()).parse().unwrap();
    let mut stream = socket.connect(address).await.unwrap();
    let upgrade = if upgrade {
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    } else {
        ""
    };
    let bearer = format!("Authorization: Bearer {}\r\n", token.unwrap());
    let request = format!("GET {} HTTP/1.1\r\nHost: pupitre\r\n{bearer}{upgrade}\r\n", url.path());
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut first = [0; 12];
    stream.read_exact(&mut first).await.unwrap();
    assert_eq!(&first, if upgrade.is_empty() { b"HTTP/1.1 200" } else { b"HTTP/1.1 101" });
    stream
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_client_that_stops_reading_is_disconnected_and_holds_up_nobody() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    // Every change is large, so that the buffers on the way are soon full.
    let card = json!({ "page_url": "u".repeat(2_000), "page_title": "t".repeat(2_000) });
    let visitor =
        livechat.requests(json!({ "visitor": { "id": "v1" }, "language": "fr", "card": card })).await;
    let start = alice.picks_up(&visitor).await;
    let slow = [(stopped(&livechat, false).await, EMPTY_LINE), (stopped(&livechat, true).await, PING)];
    let mut reads = livechat.floor().await;
    reads.caught_up(start).await;
    // Until the time is over that a frame may take; the client that reads gets everything meanwhile.
    let gone = tokio::spawn(async move {
        for (stream, word) in slow {
            is_cut(stream, word).await;
        }
    });
    let mut last = start;
    let deadline = tokio::time::Instant::now() + PATIENCE * 3;
    while !gone.is_finished() {
        assert!(tokio::time::Instant::now() < deadline, "who reads nothing is cut off");
        for _ in 0..50 {
            let status = json!({ "important": last % 2 == 0 });
            let done = alice.person.put(&visitor.path("/importance"), &status).await.is(200);
            last = done["position"].as_u64().unwrap();
        }
        reads.caught_up(last).await;
    }
    gone.await.unwrap();
    assert_eq!(*reads.caught_up(last).await, livechat.board(last).await);
    let mut resumed = Floor::follow(&livechat.supervisor(), Some(start)).await;
    assert_eq!(resumed.next().await.name, "change", "and resumes where it was");
}

/// Means nothing before the next request.
const EMPTY_LINE: &[u8] = b"\r\n";
/// Means nothing on a WebSocket, but that the client is alive.
const PING: &[u8] = &[0x89, 0x80, 0, 0, 0, 0];

/// Waits, without reading, until the server has closed: from then on it takes no further word.
async fn is_cut(stream: tokio::net::TcpStream, word: &[u8]) {
    let mut pace = tokio::time::interval(std::time::Duration::from_millis(200));
    while !stream.try_write(word).is_err_and(is_gone) {
        pace.tick().await;
    }
}

#[expect(clippy::needless_pass_by_value, reason = "reads as the question it is asked with")]
fn is_gone(error: std::io::Error) -> bool {
    use std::io::ErrorKind::{BrokenPipe, ConnectionReset};
    matches!(error.kind(), BrokenPipe | ConnectionReset)
}
