//! How frames travel: as server-sent events, or over a WebSocket where one is asked for. The frames are the
//! same, byte for byte; an event has the position of its frame as its id.

use std::fmt::Display;

use axum::extract::{FromRequestParts, Query, WebSocketUpgrade};
use axum::http::request::Parts;
use axum::http::{Method, header};
use axum::response::{IntoResponse, Response};
use domain::LivechatId;
use futures::Stream;
use journal::Position;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::cursor::Cursor;
use super::events;
use super::frame::Frame;
use super::open_feeds::Open;
use super::socket::{self, BadFrame, FrameHandler};
use crate::app::App;
use crate::auth::Caller;
use crate::http::problem::Problem;
use domain::bilingual::both;

/// Where to go on.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Resume {
    /// The last position seen, where it is not sent as `Last-Event-ID`. Without any, and with one that this log does
    /// not have (of another database, or from before a backup was restored), the feed starts from the beginning.
    #[param(example = "150")]
    after: Option<String>,
}

/// The last position that a reader has seen: `Last-Event-ID`, which browsers send by themselves when they come
/// back, or else `?after=`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum After {
    /// It has seen nothing yet.
    Nothing,
    /// It has seen all up to here.
    Cursor(Cursor),
    /// It has seen a position that no log of Pupitre has.
    Unknown,
}

/// Where a feed begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Start {
    /// At the beginning.
    Anew {
        /// Whether the reader has seen something that is not of this log, and has to forget it.
        forget: bool,
    },
    /// Just after this position.
    After(Position),
}

impl FromRequestParts<App> for After {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        // A reader who has seen nothing yet sends an empty one.
        if let Some(id) = parts.headers.get("last-event-id").filter(|id| !id.is_empty()) {
            return Ok(Self::read(id.to_str().ok()));
        }
        let asked = Query::<Resume>::from_request_parts(parts, app).await;
        Ok(asked.map_or(Self::Unknown, |Query(Resume { after })| Self::of(after.as_deref())))
    }
}

impl After {
    /// From a parameter.
    pub(crate) fn of(after: Option<&str>) -> Self {
        after.filter(|after| !after.is_empty()).map_or(Self::Nothing, |after| Self::read(Some(after)))
    }

    fn read(id: Option<&str>) -> Self {
        id.and_then(|id| id.parse().ok()).map_or(Self::Unknown, Self::Cursor)
    }

    /// Where a feed of this livechat begins, as its log is now: a position that it does not have cannot be resumed
    /// from: events sent from there on would repeat what the reader has, or never come.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub(crate) async fn start(self, app: &App, livechat: &LivechatId) -> Result<Start, Problem> {
        Ok(match self {
            Self::Nothing => Start::Anew { forget: false },
            Self::Unknown => Start::Anew { forget: true },
            Self::Cursor(cursor) => {
                let is_there = cursor.is_of(app, livechat).await?;
                if is_there { Start::After(cursor.position) } else { Start::Anew { forget: true } }
            }
        })
    }
}

impl Cursor {
    /// Does the log of this livechat have it?
    async fn is_of(self, app: &App, livechat: &LivechatId) -> Result<bool, Problem> {
        let (head, ()) = app.journal.snapshot(livechat, |_| ()).await?;
        if self.mark.is_none() || self.position > head {
            return Ok(self.position <= head);
        }
        Ok(self == Self::at(&app.journal, livechat, self.position).await?)
    }
}

impl Start {
    /// The position to go on from, if there is one.
    pub(crate) const fn position(self) -> Option<Position> {
        match self {
            Self::After(position) => Some(position),
            Self::Anew { .. } => None,
        }
    }
}

/// The first frame of a feed that has no snapshot and starts from the beginning, for a reader who has seen events of
/// another log: they have to forget those, and everything is sent from the beginning.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct Reset {
    /// Before the first event.
    position: Position,
}

impl Reset {
    /// The frame, if needed.
    pub(crate) fn frame(start: Start) -> Option<Frame> {
        (start == Start::Anew { forget: true })
            .then(|| Frame::new("reset", Some(0_u64), &Self { position: 0 }))
    }
}

/// How frames reach a reader.
pub enum Transport {
    /// Over a WebSocket.
    Socket(WebSocketUpgrade),
    /// As server-sent events.
    Events,
    /// Only the head of the answer (`HEAD`): nothing is opened.
    Head,
}

impl FromRequestParts<App> for Transport {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if parts.method == Method::HEAD {
            return Ok(Self::Head);
        }
        if !parts.headers.contains_key(header::UPGRADE) {
            return Ok(Self::Events);
        }
        let upgrade = WebSocketUpgrade::from_request_parts(parts, app).await;
        upgrade.map(Self::Socket).map_err(|_| socket::no_upgrade())
    }
}

impl Transport {
    /// The whole answer, where only its head is asked for: to be given before anything is opened.
    pub(crate) fn head(&self) -> Option<Response> {
        matches!(self, Self::Head).then(|| events::HEADERS.into_response())
    }

    /// Sends frames to a reader who only listens, until the token expires or the server stops.
    pub(crate) fn tell<E: Display + Send + 'static>(
        self,
        app: App,
        caller: Caller,
        kind: &'static str,
        frames: impl Stream<Item = Result<Frame, E>> + Send + 'static,
    ) -> Response {
        self.converse(app, caller, kind, frames, ReadOnly)
    }

    /// Sends frames, and does what the client asks over a WebSocket.
    pub(crate) fn converse<E: Display + Send + 'static>(
        self,
        app: App,
        caller: Caller,
        kind: &'static str,
        frames: impl Stream<Item = Result<Frame, E>> + Send + 'static,
        handler: impl FrameHandler + Send + 'static,
    ) -> Response {
        let admitted = match app.admission.admit(&caller) {
            Ok(admitted) => admitted,
            Err(problem) => return problem.into_response(),
        };
        let ends = admitted.ends(caller.clone());
        match self {
            Self::Head => events::HEADERS.into_response(),
            Self::Events => events::respond(&app, ends, kind, frames),
            Self::Socket(upgrade) => socket::upgrade(upgrade, move |socket| {
                let tracked = app.sockets.clone();
                tracked.track_future(async move {
                    let _open = Open::count(kind);
                    socket::run(&app, &caller, socket, frames, &handler, ends).await;
                })
            }),
        }
    }
}

/// No commands are accepted here.
struct ReadOnly;

impl FrameHandler for ReadOnly {
    async fn handle(&self, frame: &str) -> Result<Option<String>, BadFrame> {
        let problem = Problem::field(
            "frame",
            both(
                "nothing: this feed is read-only; send commands over HTTP",
                "rien\u{a0}: ce flux est en lecture seule\u{202f}; envoyez les commandes par HTTP",
            ),
        );
        Err(BadFrame::of(frame, problem))
    }
}
