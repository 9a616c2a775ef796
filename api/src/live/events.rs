//! Server-sent events: frames out as they come. The last one, `end`, says why the server ends the feed.

use std::convert::Infallible;
use std::fmt::Display;
use std::pin::Pin;
use std::time::Duration;

use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use futures::{Stream, StreamExt, stream};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;

use super::feed_end::{End, Reason};
use super::frame::Frame;
use super::open_feeds::Open;
use crate::app::App;
use crate::limits::KEEP_ALIVE;

/// The headers of a stream.
pub(super) const HEADERS: [(header::HeaderName, &str); 3] = [
    (header::CONTENT_TYPE, "text/event-stream"),
    (header::CACHE_CONTROL, "no-store"),
    // A proxy that buffers answers would delay live frames.
    (header::HeaderName::from_static("x-accel-buffering"), "no"),
];

/// The response that sends these frames until they end, it `ends` for a reason of its own, or the server stops.
pub(super) fn respond<E: Display + Send + 'static>(
    app: &App,
    ends: impl Future<Output = Reason> + Send + 'static,
    kind: &'static str,
    frames: impl Stream<Item = Result<Frame, E>> + Send + 'static,
) -> Response {
    let events = Events {
        frames: Box::pin(frames),
        ends: Box::pin(ends),
        stopping: app.stopping.clone(),
        slow_reader: app.slow_reader,
        given: None,
        _open: Open::count(kind),
    };
    let body = stream::unfold(Some(events), |events| async move {
        let mut events = events?;
        Some(match events.next().await {
            Ok((text, is_end)) => (text, (!is_end).then_some(events)),
            Err(reason) => (Frame::end(None, &End { reason }).event(), None),
        })
    });
    let body = Body::from_stream(body.map(|text| Ok::<_, Infallible>(Bytes::from(text))));
    (HEADERS, body).into_response()
}

struct Events<E> {
    frames: Pin<Box<dyn Stream<Item = Result<Frame, E>> + Send>>,
    ends: Pin<Box<dyn Future<Output = Reason> + Send>>,
    stopping: CancellationToken,
    slow_reader: Duration,
    /// When the last frame was given to the connection, which asks for the next once there is room.
    given: Option<Instant>,
    _open: Open,
}

impl<E: Display> Events<E> {
    /// The next frame, and whether it is the feed's own end.
    async fn next(&mut self) -> Result<(String, bool), Reason> {
        if self.given.is_some_and(|given| given.elapsed() > self.slow_reader) {
            metrics::counter!("slow_readers_total").increment(1);
            return Err(Reason::TooSlow);
        }
        let text = tokio::select! {
            biased;
            () = self.stopping.cancelled() => return Err(Reason::ServerStopping),
            reason = &mut self.ends => return Err(reason),
            frame = self.frames.next() => match frame {
                Some(Ok(frame)) => (frame.event(), frame.is_end()),
                Some(Err(error)) => {
                    tracing::warn!(%error, "a live feed broke off");
                    return Err(Reason::Broken);
                }
                None => return Err(Reason::Broken),
            },
            () = tokio::time::sleep(KEEP_ALIVE) => (":\n\n".to_owned(), false),
        };
        self.given = Some(Instant::now());
        Ok(text)
    }
}
