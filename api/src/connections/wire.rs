//! How the bytes of a connection travel: in the clear, or encrypted after a handshake.
//!
//! The handshake is made as soon as something is to be read, by the task of the connection: whoever is slow with it
//! holds up nobody else, and has no more time for it than for a request.

use std::io::{self, IoSlice};
use std::pin::Pin;
use std::task::{Context, Poll, Waker, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::net::TcpStream;
use tokio_rustls::Accept;
use tokio_rustls::server::TlsStream;

use super::counted::Counted;

/// The two directions of a connection.
pub(super) enum Wire {
    /// In the clear.
    Plain(TcpStream),
    /// On the way to being encrypted. Nothing has been said yet.
    Handshake(Box<Accept<Counted>>),
    /// Encrypted.
    Encrypted(Box<TlsStream<Counted>>),
    /// The handshake has failed.
    Failed,
}

impl Wire {
    /// Encrypted bytes read since the beginning; none without TLS.
    pub(super) fn encrypted_bytes_read(&self) -> Option<u64> {
        match self {
            Self::Encrypted(stream) => Some(stream.get_ref().0.read()),
            Self::Plain(_) | Self::Handshake(_) | Self::Failed => None,
        }
    }

    /// May there be bytes in a buffer here that were written and not sent yet?
    pub(super) const fn may_buffer(&self) -> bool {
        matches!(self, Self::Encrypted(_))
    }

    /// Writes the last words, as far as they can be written at once. Before the handshake is over there is nothing that
    /// the client would understand.
    pub(super) fn says(&mut self, words: &[u8]) {
        match self {
            Self::Plain(stream) => drop(stream.try_write(words)),
            Self::Encrypted(stream) => {
                let mut now = Context::from_waker(Waker::noop());
                let mut stream = Pin::new(stream.as_mut());
                if stream.as_mut().poll_write(&mut now, words).is_ready() {
                    // So that the client knows that they are whole.
                    stream.as_mut().get_mut().get_mut().1.send_close_notify();
                    let _ = stream.as_mut().poll_flush(&mut now);
                }
            }
            Self::Handshake(_) | Self::Failed => {}
        }
    }

    /// Goes on with the handshake, where there has to be one.
    fn poll_handshake(&mut self, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let Self::Handshake(handshake) = self else {
            let failed = matches!(self, Self::Failed);
            return Poll::Ready(if failed { Err(io::ErrorKind::NotConnected.into()) } else { Ok(()) });
        };
        match ready!(Pin::new(handshake.as_mut()).poll(context)) {
            Ok(stream) => {
                *self = Self::Encrypted(Box::new(stream));
                Poll::Ready(Ok(()))
            }
            Err(error) => {
                *self = Self::Failed;
                metrics::counter!("tls_handshakes_failed_total").increment(1);
                tracing::debug!(%error, "a TLS handshake failed");
                Poll::Ready(Err(error))
            }
        }
    }
}

impl AsyncRead for Wire {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        ready!(self.poll_handshake(context))?;
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_read(context, buffer),
            Self::Encrypted(stream) => Pin::new(stream.as_mut()).poll_read(context, buffer),
            Self::Handshake(_) | Self::Failed => Poll::Pending,
        }
    }
}

impl AsyncWrite for Wire {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_handshake(context))?;
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_write(context, bytes),
            Self::Encrypted(stream) => Pin::new(stream.as_mut()).poll_write(context, bytes),
            Self::Handshake(_) | Self::Failed => Poll::Pending,
        }
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        parts: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        ready!(self.poll_handshake(context))?;
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_write_vectored(context, parts),
            Self::Encrypted(stream) => Pin::new(stream.as_mut()).poll_write_vectored(context, parts),
            Self::Handshake(_) | Self::Failed => Poll::Pending,
        }
    }

    fn is_write_vectored(&self) -> bool {
        true
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Encrypted(stream) => Pin::new(stream.as_mut()).poll_flush(context),
            // Nothing is kept back.
            Self::Plain(_) | Self::Handshake(_) | Self::Failed => Poll::Ready(Ok(())),
        }
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        match &mut *self {
            Self::Plain(stream) => Pin::new(stream).poll_shutdown(context),
            Self::Encrypted(stream) => Pin::new(stream.as_mut()).poll_shutdown(context),
            Self::Handshake(handshake) => match handshake.get_mut() {
                Some(stream) => Pin::new(stream).poll_shutdown(context),
                None => Poll::Ready(Ok(())),
            },
            Self::Failed => Poll::Ready(Ok(())),
        }
    }
}
