//! Frames that mean nothing: they count like what they might have been, and a client that goes on with them is cut off.

use api::auth::Role;
use api::limits::BAD_FRAMES_MAX;
use api::rates::Limits;
use pupitre_tests::actors::Socket;
use pupitre_tests::server::Server;
use serde_json::{Value, json};
use tokio_tungstenite::tungstenite::Message;

/// What means nothing to anybody.
fn nonsense() -> Vec<Message> {
    let many = (0..6_000).map(|n| format!("\"k{n}\":1")).collect::<Vec<_>>().join(",");
    vec![
        Message::text("bonjour"),
        Message::text(""),
        Message::binary(vec![1, 2, 3]),
        Message::text("[".repeat(60_000)),
        Message::text(format!("{{{many},\"type\":\"message\"}}")),
        Message::text("x".repeat(65 * 1024)),
        Message::text(json!({ "type": "dance", "id": "0197a6d0-3f4c-7c2e-9d1b-5a4e8f0c1234" }).to_string()),
    ]
}

/// So many frames get a problem, some more get one that says it is too much, and then the socket is closed.
async fn is_cut_off_after(socket: &mut Socket, allowed: usize) {
    let kinds = nonsense();
    let mut all = kinds.iter().cycle();
    for _ in 0..allowed {
        socket.sends(all.next().unwrap().clone()).await;
        let answer = socket.hears(|frame| frame["type"] == "problem").await;
        let code = answer["problem"]["code"].as_str().unwrap();
        assert!(["malformed_json", "invalid_fields"].contains(&code), "{answer:#}");
    }
    // Nobody waits for an answer any more.
    for _ in 0..=BAD_FRAMES_MAX {
        socket.sends(Message::text("[")).await;
    }
    let answer = socket.hears(|frame| frame["problem"]["code"] == "rate_limited").await;
    assert!((1..=60).contains(&answer["problem"]["retry_after"].as_u64().unwrap()), "{answer:#}");
    assert_eq!(socket.close_code().await, Some(1008));
}

#[tokio::test]
async fn a_client_that_keeps_sending_nonsense_is_warned_and_then_disconnected() {
    let limits =
        Limits { visitor_messages: 14, operator_messages: 8, staff_requests: 14, ..Limits::default() };
    let server = Server::start_with(|config| config.rates = limits).await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    let mut adam = livechat.visitor("adam").await;
    is_cut_off_after(&mut zoe.socket, 14).await;
    // The visitor is counted, and not each page.
    let mut another = zoe.page(0).await;
    another.sends(Message::text("bonjour")).await;
    another.hears(|frame| frame["problem"]["code"] == "rate_limited").await;
    alice.picks_up(&adam).await;
    adam.says("bonjour").await;

    // Opening the desk was a command, and so was the pick-up.
    is_cut_off_after(&mut alice.socket, 6).await;
    let mut floor = Socket::open(&livechat.person(Role::Supervisor, "nora").socket("/floor")).await;
    is_cut_off_after(&mut floor, 14).await;
}

#[tokio::test]
async fn a_slip_now_and_then_does_no_harm() {
    let server = Server::start_with(|config| config.rates = Limits::default()).await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut zoe = livechat.visitor("zoe").await;
    alice.picks_up(&zoe).await;
    for frame in nonsense() {
        zoe.socket.sends(frame).await;
        let answer: Value = zoe.socket.hears(|frame| frame["type"] == "problem").await;
        assert_ne!(answer["problem"]["code"], "rate_limited", "{answer:#}");
    }
    // A message of 5,000 letters, each of them escaped, is long and means something.
    let long = format!(
        r#"{{"type":"message","id":"{}","text":"{}"}}"#,
        uuid::Uuid::now_v7(),
        r"\u00e9".repeat(5_000)
    );
    assert!(long.len() > api::limits::SHORT_FRAME_BYTES);
    zoe.socket.sends(Message::text(long)).await;
    alice.hears(&zoe, &"é".repeat(5_000)).await;
}
