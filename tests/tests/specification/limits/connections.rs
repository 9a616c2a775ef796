//! Connections: silent ones are closed, idle ones make room, and ambiguous requests are refused.

use std::time::Duration;

use api::connections;
use api::limits::SOCKET_BYTES_PER_SEC;
use pupitre_tests::actors::{Bytes, RawAnswer};
use pupitre_tests::patience::soon;
use pupitre_tests::server::Server;

use super::{IMPATIENT, SHORT};

#[tokio::test]
async fn a_connection_that_says_nothing_or_half_of_something_is_closed() {
    let server = Server::start_with(|config| config.timeouts = IMPATIENT).await;
    let mut silent = server.bytes().await;
    let mut half = server.bytes().await;
    half.sends("GET /healthz HTTP/1.1\r\nHost: x\r\nX").await;
    let mut idle = server.bytes().await;
    idle.asks("GET", "/healthz", "").await;
    assert_eq!(idle.answer().await.status, 200);
    let mut half_of_the_second = server.bytes().await;
    half_of_the_second.asks("GET", "/healthz", "").await;
    assert_eq!(half_of_the_second.answer().await.status, 200);
    half_of_the_second.sends("GET /he").await;

    half.answer().await.is_problem(408, "request_too_slow");
    half_of_the_second.answer().await.is_problem(408, "request_too_slow");
    assert_eq!(silent.closes().await, b"");
    assert_eq!(half.closes().await, b"");
    assert_eq!(idle.closes().await, b"");
}

#[tokio::test]
async fn a_head_that_comes_little_by_little_gains_no_time() {
    let server = Server::start_with(|config| config.timeouts = IMPATIENT).await;
    let mut slow = server.bytes().await;
    slow.sends("GET /healthz HTTP/1.1\r\nHost: x\r\nX-Slow: ").await;
    // It is written until the server, which was sent no end of it, closes.
    let taken = slow.floods_slowly(b"x").await;
    assert!(taken < 200, "{taken} bytes were waited for");
}

#[tokio::test]
async fn a_connection_in_use_is_not_closed() {
    let server = Server::start_with(|config| {
        config.timeouts.first_head = SHORT;
        config.timeouts.head = SHORT;
    })
    .await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let mut floor = livechat.floor().await;
    let mut silent = server.bytes().await;
    assert_eq!(silent.closes().await, b"", "the others had as much time");
    let mut again = server.bytes().await;
    assert_eq!(again.closes().await, b"");
    let position = visitor.says("bonjour").await;
    floor.caught_up(position).await;
}

#[tokio::test]
async fn an_idle_connection_makes_room_and_where_all_are_busy_the_new_one_gets_503() {
    let server = Server::start_with(|config| {
        config.connections = connections::Limits { connections: 3, ..connections::Limits::default() };
    })
    .await;
    // Half a head and none at all: neither locks anybody out.
    let mut first = server.bytes().await;
    first.sends("GET /healthz HT").await;
    let (_second, _third) = (server.bytes().await, server.bytes().await);
    soon(async { while asks(&server).await.status != 200 {} }).await;
    assert_eq!(first.closes().await, b"");

    let server = Server::start_with(|config| {
        config.connections = connections::Limits { connections: 2, ..connections::Limits::default() };
    })
    .await;
    let livechat = server.uncreated("support");
    let (token, mut feeds) = (livechat.supervisor().token().to_owned(), vec![]);
    for _ in 0..2 {
        let mut feed = server.bytes().await;
        let bearer = format!("Authorization: Bearer {token}\r\n");
        feed.asks("GET", "/api/v1/livechats/support/floor", &bearer).await;
        feeds.push(feed);
    }
    let problem = soon(async {
        loop {
            let answer = asks(&server).await;
            if answer.status == 503 {
                return answer;
            }
        }
    });
    let problem = problem.await;
    problem.is_problem(503, "too_many_connections");
    assert_eq!(problem.header("retry-after"), Some("5"));
    assert_eq!(problem.header("x-content-type-options"), Some("nosniff"));
    feeds.pop();
    soon(async { while asks(&server).await.status != 200 {} }).await;
}

async fn asks(server: &Server) -> RawAnswer {
    let mut somebody = server.bytes().await;
    somebody.asks("GET", "/healthz", "Connection: close\r\n").await;
    somebody.answer().await
}

#[tokio::test]
async fn a_malformed_request_is_refused_with_a_problem_document() {
    let server = Server::start().await;
    let long = "x".repeat(70_000);
    for (what, sent, status, code) in [
        ("no HTTP", "\u{16}\u{3}\u{1} hello\r\n\r\n".to_owned(), 400, "malformed_request"),
        ("an unknown version", "GET / HTTP/3.0\r\nHost: x\r\n\r\n".to_owned(), 400, "malformed_request"),
        ("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_owned(), 505, "http_version"),
        ("no host", "GET / HTTP/1.1\r\n\r\n".to_owned(), 400, "malformed_request"),
        ("two hosts", "GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n".to_owned(), 400, "malformed_request"),
        (
            "two lengths",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab".to_owned(),
            400,
            "malformed_request",
        ),
        (
            "a negative length",
            "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n".to_owned(),
            400,
            "malformed_request",
        ),
        (
            "an encoding that does not end in chunks",
            "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n".to_owned(),
            400,
            "malformed_request",
        ),
        (
            "chunks in HTTP/1.0",
            "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n".to_owned(),
            400,
            "malformed_request",
        ),
        ("a long head", format!("GET / HTTP/1.1\r\nHost: x\r\nX: {long}\r\n\r\n"), 431, "headers_too_large"),
        (
            "many fields",
            format!("GET / HTTP/1.1\r\nHost: x\r\n{}\r\n", "X: y\r\n".repeat(200)),
            431,
            "headers_too_large",
        ),
    ] {
        let mut somebody = server.bytes().await;
        somebody.sends(sent).await;
        let answer = somebody.answer().await;
        assert_eq!(answer.status, status, "{what}: {answer:?}");
        answer.is_problem(status, code);
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{what}: {answer:?}");
        assert_eq!(answer.header("cache-control"), Some("no-store"), "{what}: {answer:?}");
    }
}

#[tokio::test]
async fn two_bodies_in_one_are_not_taken_for_two_requests() {
    let server = Server::start().await;
    let mut somebody = server.bytes().await;
    // Where both are given, the chunks count; what follows is the next request and not a part of the first.
    let hidden = "GET /hidden HTTP/1.1\r\nHost: x\r\n\r\n";
    let length = 5 + hidden.len();
    let head = format!(
        "POST /healthz HTTP/1.1\r\nHost: x\r\nContent-Length: {length}\r\nTransfer-Encoding: chunked\r\n"
    );
    somebody.sends(format!("{head}\r\n0\r\n\r\n{hidden}")).await;
    somebody.answer().await.is_problem(405, "method_not_allowed");
    // Whatever comes then is the answer to what was sent as chunked, or nothing at all.
    let rest = String::from_utf8(somebody.closes_or_answers().await).unwrap();
    assert!(rest.is_empty() || rest.starts_with("HTTP/1.1 404 "), "{rest}");
}

#[tokio::test]
async fn methods_that_are_not_known_are_refused_and_nothing_is_sent_back() {
    let server = Server::start().await;
    for (method, path) in
        [("TRACE", "/healthz"), ("BREW", "/healthz"), ("PROPFIND", "/"), ("TRACK", "/metrics")]
    {
        let mut somebody = server.bytes().await;
        somebody.asks(method, path, "X-Secret: never echoed\r\n").await;
        let answer = somebody.answer().await;
        answer.is_problem(405, "method_not_allowed");
        assert!(!String::from_utf8_lossy(&answer.body).contains("never echoed"));
    }
    let mut somebody = server.bytes().await;
    somebody.sends("CONNECT pupitre:80 HTTP/1.1\r\nHost: pupitre\r\n\r\n").await;
    assert!([400, 404, 405].contains(&somebody.answer().await.status));
}

#[tokio::test]
async fn nothing_is_kept_for_somebody_who_asks_and_asks_and_never_reads() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let visitor = livechat.visitor("v1").await;
    let mut requests = server.bytes().await;
    let taken = requests.floods(&b"GET /api/v1/openapi.json HTTP/1.1\r\nHost: x\r\n\r\n".repeat(100)).await;
    assert!(taken < FLOOD_BYTES_MAX, "{taken} bytes of requests were taken");

    let mut pings = socket(&server, &visitor.conversation, visitor.person.token()).await;
    // 125 bytes in each, masked with zeros.
    let ping = [&[0x89, 0xFD, 0, 0, 0, 0][..], &[b'p'; 125][..]].concat();
    let taken = pings.floods_for(FLOOD, &ping.repeat(500)).await;
    assert!(taken < FLOOD_BYTES_MAX, "{taken} bytes of pings were taken");

    let mut nonsense = socket(&server, &visitor.conversation, visitor.person.token()).await;
    let frame = [&[0x81, 0x88, 0, 0, 0, 0][..], &b"nonsense"[..]].concat();
    let taken = nonsense.floods_for(FLOOD, &frame.repeat(500)).await;
    assert!(taken < FLOOD_BYTES_MAX, "{taken} bytes of nonsense were taken");
}

#[tokio::test]
async fn parts_of_a_message_without_end_that_are_empty_are_read_at_a_pace() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let visitor = livechat.visitor("v1").await;
    let mut parts = socket(&server, &visitor.conversation, visitor.person.token()).await;
    parts.sends([0x01, 0x80, 0, 0, 0, 0]).await;
    // What the systems keep on both ends is taken at once, and then it goes slowly.
    let empty = [0x00, 0x80, 0, 0, 0, 0].repeat(2_000);
    parts.floods_for(FLOOD, &empty).await;
    let taken = parts.floods_for(FLOOD, &empty).await;
    let pace = SOCKET_BYTES_PER_SEC.get() as usize * 5;
    assert!(taken < 3 * pace, "{taken} bytes of empty frames were taken in 5 seconds");
}

/// How long somebody sends as fast as possible.
const FLOOD: Duration = Duration::from_secs(5);

/// What the system keeps on its own for both ends of a connection is a part of it.
const FLOOD_BYTES_MAX: usize = 24 * 1024 * 1024;

async fn socket(server: &Server, conversation: &str, token: &str) -> Bytes {
    let mut socket = server.bytes().await;
    let path = format!("/api/v1/livechats/support/visitor?conversation={conversation}");
    let upgrade = format!(
        "Authorization: Bearer {token}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\
         Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
    );
    socket.asks("GET", &path, &upgrade).await;
    assert_eq!(socket.answer().await.status, 101);
    socket
}

#[tokio::test]
async fn a_message_without_end_is_not_kept() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let visitor = livechat.visitor("v1").await;
    let begun = [&[0x01, 0xFE, 0xFF, 0xFF, 0, 0, 0, 0][..], &vec![b'x'; 65_535]].concat();
    let goes_on = [&[0x00, 0xFE, 0xFF, 0xFF, 0, 0, 0, 0][..], &vec![b'x'; 65_535]].concat();
    let mut parts = socket(&server, &visitor.conversation, visitor.person.token()).await;
    parts.sends(begun).await;
    let taken = parts.floods(&goes_on).await;
    assert!(taken < FLOOD_BYTES_MAX, "{taken} bytes of one message were taken");
    // One frame that says it has 16 MiB.
    let mut large = socket(&server, &visitor.conversation, visitor.person.token()).await;
    large.sends([0x81, 0xFF, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0]).await;
    large.closes().await;
}
