//! A WebSocket: frames out as they come, frames in one after the other.
//!
//! Reading and writing run side by side, so that a command that waits for the disk does not hold up
//! what others say. Both end together.

use std::fmt::Display;
use std::pin::pin;
use std::time::Duration;

use axum::extract::WebSocketUpgrade;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use axum::response::Response;
use domain::bilingual::{Bilingual, both};
use domain::both;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, Stream, StreamExt};
use governor::clock::Clock;
use governor::{Quota, RateLimiter};
use tokio::sync::mpsc;

use super::events::Reason;
use super::frame::{Answer, text};
use crate::language;
use crate::limits::{
    FRAME_BYTES_MAX, FRAME_BYTES_READ_MAX, FRAMES_AT_ONCE, FRAMES_PER_SEC, PING_EVERY, READ_BUFFER_BYTES,
};
use crate::problem::Problem;
use crate::server::App;

/// Answers that may wait to be sent before the client's next frame is read.
const ANSWERS_BACKLOG: usize = 32;

/// How fast frames are read, whatever they are: whoever sends more waits, and is not kept anything for.
const PACE: Quota = Quota::per_second(FRAMES_PER_SEC).allow_burst(FRAMES_AT_ONCE);

/// The code with which a socket closes for another of the same person: "too many", as in HTTP.
const TOO_MANY: u16 = 4429;

/// How long a reader who was too slow has to take the frame that tells so.
const LAST_WORD: Duration = Duration::from_secs(1);

/// Upgrades to a socket whose memory is bounded, for there may be ten thousand of them, and which is answered in the
/// language that the upgrade was asked for in.
pub(super) fn upgrade<F, R>(upgrade: WebSocketUpgrade, run: F) -> Response
where
    F: FnOnce(WebSocket) -> R + Send + 'static,
    R: Future<Output = ()> + Send + 'static,
{
    let reader = language::of_reader();
    upgrade
        .max_message_size(FRAME_BYTES_READ_MAX)
        .max_frame_size(FRAME_BYTES_READ_MAX)
        .read_buffer_size(READ_BUFFER_BYTES)
        .on_upgrade(move |socket| language::speaking(reader, run(socket)))
}

/// The problem of a request that asks for no WebSocket as it should.
pub(super) fn no_upgrade() -> Problem {
    Problem::field("upgrade", both("a WebSocket (RFC 6455)", "une WebSocket (RFC 6455)"))
}

/// Does what a client says.
pub(super) trait Ear: Sync {
    /// Does what one frame asks, and gives the answer, if there is one.
    fn hear(&self, frame: &str) -> impl Future<Output = Option<String>> + Send;
}

/// Runs a socket until either side closes it, the frames end, it `ends` for a reason of its own, the server stops, or
/// the client takes too long to take a frame.
///
/// `frames` is what is sent; an error in it closes the socket, and the client resumes. `ear` does what
/// a frame of the client asks.
pub(super) async fn run<E: Display>(
    app: &App,
    socket: WebSocket,
    frames: impl Stream<Item = Result<impl Into<Utf8Bytes>, E>> + Send,
    ear: &impl Ear,
    ends: impl Future<Output = Reason> + Send,
) {
    let (sink, source) = socket.split();
    let (answers, answered) = mpsc::channel(ANSWERS_BACKLOG);
    tokio::select! {
        () = read(source, ear, answers) => {}
        () = write(sink, frames, answered, app, ends) => {}
    }
}

async fn read(mut source: SplitStream<WebSocket>, ear: &impl Ear, answers: mpsc::Sender<String>) {
    let pace = RateLimiter::direct(PACE);
    // A live client answers pings; one that has said nothing for three of them is gone.
    while let Ok(Some(Ok(message))) = tokio::time::timeout(PING_EVERY * 3, source.next()).await {
        if let Err(too_fast) = pace.check() {
            tokio::time::sleep(too_fast.wait_time_from(pace.clock().now())).await;
        }
        let answer = match message {
            Message::Text(frame) if frame.len() > FRAME_BYTES_MAX => Some(wrong_frame(both!(
                "at most {FRAME_BYTES_MAX} bytes",
                "{FRAME_BYTES_MAX} octets au plus"
            ))),
            Message::Text(frame) => ear.hear(frame.as_str()).await,
            Message::Binary(_) => Some(wrong_frame(both(
                "a text frame with a JSON object",
                "une trame de texte contenant un objet JSON",
            ))),
            Message::Close(_) => return,
            Message::Ping(_) | Message::Pong(_) => None,
        };
        if let Some(answer) = answer
            && answers.send(answer).await.is_err()
        {
            return;
        }
    }
}

fn wrong_frame(allowed: Bilingual) -> String {
    text(&Answer::refusal(None, Problem::field("frame", allowed)))
}

async fn write<E: Display>(
    mut sink: SplitSink<WebSocket, Message>,
    frames: impl Stream<Item = Result<impl Into<Utf8Bytes>, E>> + Send,
    mut answers: mpsc::Receiver<String>,
    app: &App,
    ends: impl Future<Output = Reason> + Send,
) {
    let (mut frames, mut ends) = (pin!(frames), pin!(ends));
    let mut ping = tokio::time::interval(PING_EVERY);
    loop {
        let message = tokio::select! {
            frame = frames.next() => match frame {
                Some(Ok(frame)) => Message::Text(frame.into()),
                Some(Err(error)) => {
                    tracing::warn!(%error, "a live feed broke off");
                    farewell(Reason::Broken)
                }
                None => close(close_code::NORMAL, ""),
            },
            Some(answer) = answers.recv() => Message::text(answer),
            _ = ping.tick() => Message::Ping(axum::body::Bytes::new()),
            reason = &mut ends => farewell(reason),
            () = app.stopping.cancelled() => farewell(Reason::ServerStopping),
        };
        let last = matches!(message, Message::Close(_));
        match tokio::time::timeout(app.slow_reader, sink.send(message)).await {
            Ok(Ok(())) if !last => {}
            Ok(Ok(()) | Err(_)) => return,
            Err(_) => {
                metrics::counter!("slow_readers_total").increment(1);
                let word = farewell(Reason::TooSlow);
                let _ = tokio::time::timeout(LAST_WORD, sink.send(word)).await;
                return;
            }
        }
    }
}

/// How a socket ends that has a reason to end.
fn farewell(reason: Reason) -> Message {
    match reason {
        Reason::TooManyFeeds => close(TOO_MANY, "more were opened than there may be at once"),
        Reason::TokenExpired => close(close_code::POLICY, "the token has expired"),
        Reason::ServerStopping => close(close_code::AWAY, "the server is stopping; resume elsewhere"),
        Reason::TooSlow => close(close_code::AGAIN, "too slow; resume from the last position"),
        Reason::Broken => close(close_code::ERROR, "the feed broke off; resume from the last position"),
        Reason::Over | Reason::Stepped => close(close_code::NORMAL, ""),
    }
}

fn close(code: u16, reason: &'static str) -> Message {
    Message::Close(Some(CloseFrame { code, reason: reason.into() }))
}
