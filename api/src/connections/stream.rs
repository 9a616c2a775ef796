//! The bytes of one connection, with their time limits.
//!
//! A client that reads nothing for a bounded time is cut off, in the middle of an answer: what is queued for it is
//! freed, and no other client has waited. Meanwhile nothing is read from it either, so that no client can ask for more
//! than it takes, be it by requests in a row or by pings; and a WebSocket is read at a bounded pace. A client that owes
//! a request, or the rest of its head, and does not send it, is cut off too.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker, ready};

use axum::http::HeaderValue;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::time::{Instant, Sleep};

use super::pace::Pace;
use super::refusal;
use super::register::Slot;
use super::state::{State, Wait};
use super::timer::wait_until;
use super::wire::Wire;
use crate::http::problem::Problem;
use crate::limits::{LAST_WORDS_BYTES_MAX, LAST_WORDS_TIMEOUT, SLOW_READER_BYTES};

/// The first bytes of a client that speaks HTTP/2 without negotiation.
const HTTP_2: &[u8] = b"PRI * HTTP/2.0";

/// A connection with a place in the register.
pub(super) struct Stream {
    io: Wire,
    place: Slot,
    /// What an answer says about TLS where no route answers.
    hsts: Option<HeaderValue>,
    stalled: Option<Stalled>,
    /// Reads again when what is stalled has been taken.
    held_back: Option<Waker>,
    /// Rings when it has waited for too long for something to read, or to be read.
    waits: Option<Pin<Box<Sleep>>>,
    /// Bytes of a request that may be discarded at the end, so that the client reads the answer.
    unread: Option<u64>,
    /// How fast it is read since it has become a WebSocket.
    pace: Option<Pace>,
}

/// Something could not be written all at once.
struct Stalled {
    until: Pin<Box<Sleep>>,
    /// Bytes taken since, which are not enough yet to restart the time.
    taken: usize,
}

impl Stream {
    pub(super) const fn new(io: Wire, place: Slot, hsts: Option<HeaderValue>) -> Self {
        Self { io, place, hsts, stalled: None, held_back: None, waits: None, unread: None, pace: None }
    }

    pub(super) fn state(&self) -> Arc<State> {
        self.place.state.clone()
    }

    /// Notes the result of an attempt to write this many bytes.
    fn writes(
        &mut self,
        written: Poll<io::Result<usize>>,
        asked: usize,
        context: &mut Context<'_>,
    ) -> Poll<io::Result<usize>> {
        match &written {
            Poll::Ready(Ok(taken)) if *taken < asked => {
                if let Some(stalled) = &mut self.stalled {
                    stalled.taken += taken;
                    if stalled.taken >= SLOW_READER_BYTES {
                        self.stalled = None;
                    }
                }
            }
            Poll::Ready(_) => {
                self.stalled = None;
                self.reads_on();
            }
            Poll::Pending => ready!(self.stalls(context))?,
        }
        written
    }

    /// Notes the result of an attempt to flush what TLS has in its buffer, which a slow reader has to take in time too.
    /// Without TLS there is no buffer here, and nothing to note.
    fn flushes(&mut self, flushed: Poll<io::Result<()>>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &flushed {
            Poll::Ready(_) if self.io.may_buffer() => {
                self.stalled = None;
                self.reads_on();
            }
            Poll::Ready(_) => {}
            Poll::Pending => ready!(self.stalls(context))?,
        }
        flushed
    }

    fn stalls(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let timeouts = self.place.state.timeouts.reader;
        let begun = || Stalled { until: Box::pin(tokio::time::sleep(timeouts)), taken: 0 };
        let stalled = self.stalled.get_or_insert_with(begun);
        ready!(stalled.until.as_mut().poll(context));
        metrics::counter!("slow_readers_total").increment(1);
        Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, "nothing is read at the other end")))
    }

    fn reads_on(&mut self) {
        if let Some(reader) = self.held_back.take() {
            reader.wake();
        }
    }

    /// Waits until more may be read: from a WebSocket, a bounded amount at a time.
    fn may_read(&mut self, context: &mut Context<'_>) -> Poll<()> {
        if self.pace.is_none() && self.place.state.is_a_socket() {
            self.pace = Some(Pace::new());
        }
        self.pace.as_mut().map_or(Poll::Ready(()), |pace| pace.may_read(context))
    }

    /// Notes that this many bytes were read; over TLS, how many encrypted ones since there were `encrypted_before`.
    fn has_read(&mut self, bytes: usize, encrypted_before: Option<u64>) {
        let Some(pace) = &mut self.pace else { return };
        let taken = match (encrypted_before, self.io.encrypted_bytes_read()) {
            (Some(before), Some(now)) => usize::try_from(now - before).unwrap_or(usize::MAX),
            _ => bytes,
        };
        if taken > 0 {
            pace.has_read(taken);
        }
    }

    /// Waits for something to read, for as long as that is allowed.
    fn waits(&mut self, context: &mut Context<'_>) -> Poll<io::Error> {
        let (until, begun) = match self.place.state.wait(context.waker()) {
            Wait::Until { until, begun } => (until, begun),
            Wait::Unlimited => {
                self.waits = None;
                return Poll::Pending;
            }
            Wait::Over => return Poll::Ready(io::ErrorKind::ConnectionAborted.into()),
        };
        ready!(wait_until(&mut self.waits, until, context));
        metrics::counter!("connections_timed_out_total").increment(1);
        if begun {
            self.says(&refusal::head_too_slow());
        }
        Poll::Ready(io::ErrorKind::TimedOut.into())
    }

    /// Writes an answer on a connection with no other answer under way. If it cannot be written at once, it is dropped.
    fn says(&mut self, what: &Problem) {
        self.io.says(&refusal::answer(what, self.hsts.as_ref()));
        self.unread = Some(0);
    }

    /// Discards what is still coming, for a short while: closed with that unread, the system would discard the answer.
    fn throws_away(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some(mut thrown_away) = self.unread else { return Poll::Ready(()) };
        let until = match &self.waits {
            Some(waits) if thrown_away > 0 => waits.deadline(),
            Some(_) | None => Instant::now() + LAST_WORDS_TIMEOUT,
        };
        let mut bytes = [0; 1_024];
        while thrown_away < LAST_WORDS_BYTES_MAX {
            let mut buffer = ReadBuf::new(&mut bytes);
            match Pin::new(&mut self.io).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => {
                    thrown_away += buffer.filled().len() as u64;
                }
                Poll::Ready(_) => return Poll::Ready(()),
                Poll::Pending => {
                    self.unread = Some(thrown_away.max(1));
                    return wait_until(&mut self.waits, until, context);
                }
            }
        }
        Poll::Ready(())
    }
}

impl AsyncRead for Stream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        if self.stalled.is_some() {
            self.held_back = Some(context.waker().clone());
            return Poll::Pending;
        }
        ready!(self.may_read(context));
        let before = buffer.filled().len();
        let encrypted_before = self.io.encrypted_bytes_read();
        let read = Pin::new(&mut self.io).poll_read(context, buffer);
        let heard = &buffer.filled()[before..];
        self.has_read(heard.len(), encrypted_before);
        let Poll::Ready(read) = read else {
            return self.waits(context).map(Err);
        };
        read?;
        if !heard.is_empty() {
            self.place.state.heard();
        }
        if heard.starts_with(HTTP_2) {
            self.says(&refusal::only_http_1());
            return Poll::Ready(Err(io::ErrorKind::Unsupported.into()));
        }
        Poll::Ready(Ok(()))
    }
}

impl AsyncWrite for Stream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        if let Some(said) = refusal::instead_of(bytes) {
            self.says(&said);
            return Poll::Ready(Ok(bytes.len()));
        }
        let written = Pin::new(&mut self.io).poll_write(context, bytes);
        self.writes(written, bytes.len(), context)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let flushed = Pin::new(&mut self.io).poll_flush(context);
        self.flushes(flushed, context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let shut_down = Pin::new(&mut self.io).poll_shutdown(context);
        ready!(self.flushes(shut_down, context))?;
        self.throws_away(context).map(Ok)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        if let [only] = parts
            && let Some(said) = refusal::instead_of(only)
        {
            self.says(&said);
            return Poll::Ready(Ok(only.len()));
        }
        let asked = parts.iter().map(|part| part.len()).sum();
        let written = Pin::new(&mut self.io).poll_write_vectored(context, parts);
        self.writes(written, asked, context)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}
