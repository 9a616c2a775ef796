//! A WebSocket: frames out as they come, frames in one after the other.
//!
//! Reading and writing run side by side, so that a command that waits for the disk does not delay outgoing frames. Both
//! end together.
//!
//! Frames are read at a bounded pace, those that take long are parsed elsewhere, and invalid ones count like valid
//! ones: a client that keeps sending them is cut off.

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
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::sync::mpsc;
use utoipa::ToSchema;
use uuid::Uuid;

use super::feed_end::Reason;
use super::socket_frames::{Answer, text};
use crate::app::App;
use crate::auth::Caller;
use crate::http::language;
use crate::http::problem::Problem;
use crate::http::request::parse;
use crate::limits::{
    BAD_FRAMES_MAX, FRAME_BYTES_MAX, FRAME_BYTES_READ_MAX, FRAMES_AT_ONCE, FRAMES_PER_SEC, PING_EVERY,
    READ_BUFFER_BYTES, SHORT_FRAME_BYTES,
};

/// Answers that may wait to be sent before the client's next frame is read.
const ANSWERS_BACKLOG: usize = 32;

/// How fast frames are read, whatever they are: a client that sends more waits, and nothing is kept for it.
const PACE: Quota = Quota::per_second(FRAMES_PER_SEC).allow_burst(FRAMES_AT_ONCE);

/// The code with which a socket closes for another of the same person: "too many", as in HTTP.
const TOO_MANY: u16 = 4429;

/// How long a reader that was too slow has to receive the frame that says so.
const LAST_WORD: Duration = Duration::from_secs(1);

/// Upgrades to a socket whose memory is bounded, for there may be ten thousand of them, and which is answered in the
/// language that the upgrade was asked for in.
pub(crate) fn upgrade<F, R>(upgrade: WebSocketUpgrade, run: F) -> Response
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

/// The problem of an invalid WebSocket request.
pub(crate) fn no_upgrade() -> Problem {
    Problem::field("upgrade", both("a WebSocket (RFC 6455)", "une WebSocket (RFC 6455)"))
}

/// Handles the frames of a client.
pub(crate) trait FrameHandler: Sync {
    /// Runs the command of one frame, and returns the answer, if any.
    ///
    /// # Errors
    /// When the command is unknown.
    fn handle(&self, frame: &str) -> impl Future<Output = Result<Option<String>, BadFrame>> + Send;
}

/// The answer to an invalid frame.
#[derive(Debug)]
pub(crate) struct BadFrame {
    /// The id of the command that it may have been.
    id: Option<Uuid>,
    problem: Box<Problem>,
}

impl BadFrame {
    /// This frame is invalid, with the reason.
    pub(super) fn of(frame: &str, problem: Problem) -> Self {
        Self { id: id_of(frame), problem: Box::new(problem) }
    }

    /// A frame that is not even read.
    fn unread(allowed: Bilingual) -> Self {
        Self { id: None, problem: Box::new(Problem::field("frame", allowed)) }
    }
}

/// The id of a frame that is otherwise invalid, so that the client knows which one.
fn id_of(frame: &str) -> Option<Uuid> {
    #[derive(Deserialize)]
    struct OnlyId {
        id: Uuid,
    }
    serde_json::from_str::<OnlyId>(frame).ok().map(|frame| frame.id)
}

/// Parses a frame. A long one is parsed in the share of the livechat, off the shared threads.
///
/// # Errors
/// When it is invalid, or its livechat has no share left.
pub(super) async fn said<T>(app: &App, caller: &Caller, frame: &str) -> Result<T, BadFrame>
where
    T: DeserializeOwned + ToSchema + Send + 'static,
{
    let read = |frame: &str| parse(frame.as_bytes()).map_err(|problem| BadFrame::of(frame, problem));
    if frame.len() <= SHORT_FRAME_BYTES {
        return read(frame);
    }
    let long = frame.to_owned();
    match app.work(&caller.livechat, move || read(&long)).await {
        Ok(said) => said,
        Err(problem) => Err(BadFrame::of(frame, problem)),
    }
}

/// Runs a socket until either side closes it, the frames end, it `ends` for a reason of its own, the server stops, or
/// the client takes too long to take a frame.
///
/// `frames` are sent; an error in them closes the socket, and the client resumes. `handler` runs the frames of the
/// client, which are counted for `caller`.
pub(super) async fn run<E: Display>(
    app: &App,
    caller: &Caller,
    socket: WebSocket,
    frames: impl Stream<Item = Result<impl Into<Utf8Bytes>, E>> + Send,
    handler: &impl FrameHandler,
    ends: impl Future<Output = Reason> + Send,
) {
    let (sink, source) = socket.split();
    let (answers, answered) = mpsc::channel(ANSWERS_BACKLOG);
    tokio::select! {
        () = read(source, handler, answers, app, caller) => {}
        () = write(sink, frames, answered, app, ends) => {}
    }
}

async fn read(
    mut source: SplitStream<WebSocket>,
    handler: &impl FrameHandler,
    answers: mpsc::Sender<Message>,
    app: &App,
    caller: &Caller,
) {
    let (pace, mut too_many) = (RateLimiter::direct(PACE), 0);
    // A live client answers pings; one that has said nothing for three of them is gone.
    while let Ok(Some(Ok(message))) = tokio::time::timeout(PING_EVERY * 3, source.next()).await {
        if let Err(too_fast) = pace.check() {
            tokio::time::sleep(too_fast.wait_time_from(pace.clock().now())).await;
        }
        let outcome = match message {
            Message::Text(frame) if frame.len() > FRAME_BYTES_MAX => Err(BadFrame::unread(both!(
                "at most {FRAME_BYTES_MAX} bytes",
                "{FRAME_BYTES_MAX} octets au plus"
            ))),
            Message::Text(frame) => handler.handle(frame.as_str()).await,
            Message::Binary(_) => Err(BadFrame::unread(both(
                "a text frame with a JSON object",
                "une trame de texte contenant un objet JSON",
            ))),
            Message::Close(_) => return,
            Message::Ping(_) | Message::Pong(_) => Ok(None),
        };
        let answer = outcome.unwrap_or_else(|BadFrame { id, problem }| {
            let counted = app.rates.bad_frame(caller);
            too_many += u32::from(counted.is_err());
            Some(text(&Answer::refusal(id, counted.err().unwrap_or(*problem))))
        });
        if let Some(answer) = answer
            && answers.send(Message::text(answer)).await.is_err()
        {
            return;
        }
        if too_many > BAD_FRAMES_MAX {
            metrics::counter!("sockets_closed_for_bad_frames_total").increment(1);
            let word = close(close_code::POLICY, "too many frames that mean nothing");
            if answers.send(word).await.is_ok() {
                // The socket ends with that frame, and not before it is sent.
                std::future::pending::<()>().await;
            }
            return;
        }
    }
}

async fn write<E: Display>(
    mut sink: SplitSink<WebSocket, Message>,
    frames: impl Stream<Item = Result<impl Into<Utf8Bytes>, E>> + Send,
    mut answers: mpsc::Receiver<Message>,
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
            Some(answer) = answers.recv() => answer,
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

/// How a socket ends for a given reason.
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
