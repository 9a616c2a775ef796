//! The bytes of a request, and of the answer to it.
//!
//! A body has to make progress: it may stall for some seconds, and needs a least speed altogether; a slower one is
//! answered 408. A body that no handler reads (refused before it is read) is read and discarded for a while, so that
//! its sender can read the answer.

use std::pin::Pin;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes};
use http_body::{Body as _, Frame, SizeHint};
use hyper::body::Incoming;
use tokio::time::{Instant, Sleep};

use super::state::Busy;
use super::timer::wait_until;
use crate::limits::{BODY_BYTES_PER_SEC_MIN, UNREAD_BODY_BYTES_MAX, UNREAD_BODY_TIMEOUT};

/// The sender took too long.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the body did not come in time")]
pub struct TooSlow;

/// The body of a request.
pub(super) struct Paced {
    inner: Option<Incoming>,
    busy: Busy,
    /// Whether the client waits for `100 Continue`.
    waits_for_us: bool,
    begun: Option<Instant>,
    last: Instant,
    received: u64,
    timer: Option<Pin<Box<Sleep>>>,
}

impl Paced {
    pub(super) fn new(inner: Incoming, waits_for_us: bool, busy: Busy) -> Self {
        let (begun, last) = (None, Instant::now());
        Self { inner: Some(inner), busy, waits_for_us, begun, last, received: 0, timer: None }
    }

    /// When the next bytes must have come.
    fn deadline(&self, begun: Instant) -> Instant {
        let earned = std::time::Duration::from_secs(self.received / BODY_BYTES_PER_SEC_MIN);
        let timeouts = self.busy.timeouts();
        (begun + timeouts.body_grace + earned).min(self.last + timeouts.body_stall)
    }
}

impl http_body::Body for Paced {
    type Data = Bytes;
    type Error = axum::BoxError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        let this = &mut *self;
        let Some(inner) = &mut this.inner else { return Poll::Ready(None) };
        this.waits_for_us = false;
        let now = Instant::now();
        let begun = *this.begun.get_or_insert_with(|| {
            this.last = now;
            now
        });
        match Pin::new(inner).poll_frame(context) {
            Poll::Ready(Some(Ok(frame))) => {
                this.last = now;
                this.received += frame.data_ref().map_or(0, |data| data.len() as u64);
                // A trickle is not fast enough.
                if now > this.deadline(begun) {
                    this.inner = None;
                    return Poll::Ready(Some(Err(TooSlow.into())));
                }
                Poll::Ready(Some(Ok(frame)))
            }
            Poll::Ready(end) => {
                this.inner = None;
                Poll::Ready(end.map(|frame| frame.map_err(Into::into)))
            }
            Poll::Pending => {
                let until = this.deadline(begun);
                if wait_until(&mut this.timer, until, context).is_pending() {
                    return Poll::Pending;
                }
                metrics::counter!("bodies_timed_out_total").increment(1);
                this.inner = None;
                Poll::Ready(Some(Err(TooSlow.into())))
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.inner.as_ref().is_none_or(http_body::Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.as_ref().map_or_else(|| SizeHint::with_exact(0), http_body::Body::size_hint)
    }
}

impl Drop for Paced {
    fn drop(&mut self) {
        let Some(inner) = self.inner.take().filter(|inner| !inner.is_end_stream()) else { return };
        if self.waits_for_us {
            return;
        }
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(throw_away(inner, self.busy.also()));
        }
    }
}

/// Reads and discards an unwanted body.
async fn throw_away(mut body: Incoming, _busy: Busy) {
    let all = async {
        let mut thrown_away = 0;
        while thrown_away < UNREAD_BODY_BYTES_MAX
            && let Some(Ok(frame)) =
                std::future::poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await
        {
            thrown_away += frame.data_ref().map_or(0, Bytes::len);
        }
    };
    // A slower sender loses the connection.
    let _ = tokio::time::timeout(UNREAD_BODY_TIMEOUT, all).await;
}

/// The body of an answer: the connection is busy for as long as there is more of it.
pub(super) struct Answered {
    inner: Body,
    _busy: Busy,
}

impl Answered {
    pub(super) const fn new(inner: Body, busy: Busy) -> Self {
        Self { inner, _busy: busy }
    }
}

impl http_body::Body for Answered {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        Pin::new(&mut self.inner).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.inner.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.inner.size_hint()
    }
}
