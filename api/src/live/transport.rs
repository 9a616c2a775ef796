//! How frames travel: as server-sent events, or over a WebSocket where one is asked for. The frames are the
//! same, byte for byte; an event has the position of its frame as its id.

use std::fmt::Display;

use axum::extract::{FromRequestParts, Query, WebSocketUpgrade};
use axum::http::header;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use futures::Stream;
use journal::Position;
use serde::Deserialize;
use utoipa::IntoParams;

use super::feed::Frame;
use super::frame::{Answer, text};
use super::socket::{self, Ear};
use super::{events, visitor};
use crate::auth::Caller;
use crate::problem::Problem;
use crate::server::App;
use domain::bilingual::{Bilingual, both};

/// Where to go on.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Resume {
    /// The last position seen, where it is not sent as `Last-Event-ID`; without any, the feed begins anew.
    after: Option<Position>,
}

/// The last position that a reader has seen: `Last-Event-ID`, which browsers send by themselves when they come
/// back, or else `?after=`.
#[derive(Clone, Copy, Debug)]
pub struct After(pub Option<Position>);

impl FromRequestParts<App> for After {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        const POSITION: Bilingual =
            both("a position: a whole number from 0", "une position\u{a0}: un nombre entier à partir de 0");
        if let Some(value) = parts.headers.get("last-event-id") {
            let position = value.to_str().ok().and_then(|value| value.parse().ok());
            return position
                .map(|position| Self(Some(position)))
                .ok_or_else(|| Problem::field("Last-Event-ID", POSITION));
        }
        let Query(Resume { after }) =
            Query::from_request_parts(parts, app).await.map_err(|_| Problem::field("after", POSITION))?;
        Ok(Self(after))
    }
}

/// How a reader wants to be told.
pub enum Transport {
    /// Over a WebSocket.
    Socket(WebSocketUpgrade),
    /// As server-sent events.
    Events,
}

impl FromRequestParts<App> for Transport {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        if !parts.headers.contains_key(header::UPGRADE) {
            return Ok(Self::Events);
        }
        let upgrade = WebSocketUpgrade::from_request_parts(parts, app).await;
        upgrade.map(Self::Socket).map_err(|_| socket::no_upgrade())
    }
}

impl Transport {
    /// Tells frames to somebody who only listens, until the token expires or the server stops.
    pub(crate) fn tell<E: Display + Send + 'static>(
        self,
        app: App,
        caller: Caller,
        kind: &'static str,
        frames: impl Stream<Item = Result<Frame, E>> + Send + 'static,
    ) -> Response {
        self.converse(app, caller, kind, frames, Deaf)
    }

    /// Tells frames, and does what is said over a WebSocket.
    pub(super) fn converse<E: Display + Send + 'static>(
        self,
        app: App,
        caller: Caller,
        kind: &'static str,
        frames: impl Stream<Item = Result<Frame, E>> + Send + 'static,
        ear: impl Ear + Send + 'static,
    ) -> Response {
        let admitted = match app.admission.admit(&caller) {
            Ok(admitted) => admitted,
            Err(problem) => return problem.into_response(),
        };
        let ends = admitted.ends(caller);
        match self {
            Self::Events => events::respond(&app, ends, kind, frames),
            Self::Socket(upgrade) => socket::upgrade(upgrade, move |socket| {
                let tracked = app.sockets.clone();
                tracked.track_future(async move {
                    let _open = Open::count(kind);
                    socket::run(&app, socket, frames, &ear, ends).await;
                })
            }),
        }
    }
}

/// Nothing can be said here.
struct Deaf;

impl Ear for Deaf {
    async fn hear(&self, frame: &str) -> Option<String> {
        let problem = Problem::field(
            "frame",
            both(
                "nothing: this feed only tells, and commands go over HTTP",
                "rien\u{a0}: ce flux ne fait que dire, les commandes passent par HTTP",
            ),
        );
        Some(text(&Answer::refusal(visitor::id_of(frame), problem)))
    }
}

/// A live connection, counted while it is open.
pub(super) struct Open(&'static str);

impl Open {
    pub(super) fn count(kind: &'static str) -> Self {
        metrics::gauge!("sockets_open", "kind" => kind).increment(1.0);
        Self(kind)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        metrics::gauge!("sockets_open", "kind" => self.0).decrement(1.0);
    }
}
