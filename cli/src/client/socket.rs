//! One connection that heals itself.
//!
//! It reconnects with the last position seen and sends again every command that was not answered,
//! with the same id. What the server delivers twice is dropped and counted.
//!
//! [`Socket::next`] may be cancelled at any await: everything it needs to go on is in the socket.

use std::borrow::Cow;
use std::collections::VecDeque;
use std::marker::PhantomData;
use std::time::Duration;

use backon::{BackoffBuilder, ExponentialBackoff};
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use tokio::net::TcpStream;
use tokio::time::{Instant, sleep_until, timeout};
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::header::AUTHORIZATION;
use tokio_tungstenite::tungstenite::http::{HeaderValue, Request};
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{self, Utf8Bytes};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};
use uuid::Uuid;

use super::error::{Error, Problem, retryable};
use super::http::problem;
use super::{PAUSE_MAX, RETRIES, Trust, UNREACHABLE_MAX, with_causes};

const CONNECT_MAX: Duration = Duration::from_secs(5);

/// A command unanswered on a connection that seems alive is sent again after this long.
const ANSWER_MAX: Duration = Duration::from_secs(10);

/// Frames are small and sockets are many: the library's 128 KiB for each would be most of the memory.
const BUFFER_BYTES: usize = 4 * 1024;

/// What a socket received.
#[derive(Debug)]
pub enum Received<F> {
    /// The connection is up, for the first time or again.
    Connected,
    /// The server said something.
    Frame(F),
    /// The command is done.
    Done(Uuid),
    /// The command is refused, and would be again.
    Problem {
        /// Which command, when the server could tell.
        id: Option<Uuid>,
        /// Why.
        problem: Problem,
    },
}

/// A connection whose frames are `F`.
#[derive(Debug)]
pub struct Socket<F> {
    address: String,
    token: String,
    trust: Trust,
    /// The last position seen; before the first, what to ask for.
    position: Option<u64>,
    /// What the server said to resume after, which also distinguishes its log from another.
    resume_after: Option<String>,
    stream: Option<WebSocketStream<MaybeTlsStream<TcpStream>>>,
    /// Commands not answered yet, oldest first.
    pending: VecDeque<Pending>,
    pauses: ExponentialBackoff,
    attempt_at: Instant,
    connected_at: Instant,
    success_at: Instant,
    last_failure: String,
    connections: u64,
    doubled: u64,
    frames: PhantomData<fn() -> F>,
}

#[derive(Debug)]
struct Pending {
    id: Uuid,
    frame: Utf8Bytes,
    again_at: Instant,
}

/// What is looked at in every frame before it is read as an `F`.
#[derive(Deserialize)]
struct Envelope<'a> {
    #[serde(rename = "type", borrow)]
    kind: Cow<'a, str>,
    position: Option<u64>,
    #[serde(borrow)]
    resume_after: Option<Cow<'a, str>>,
    id: Option<Uuid>,
    at: Option<serde::de::IgnoredAny>,
}

impl<F: DeserializeOwned> Socket<F> {
    /// A socket that will connect when it is first asked for [`next`](Self::next). Without
    /// `position` the server begins with a snapshot where there is one.
    pub fn new(address: String, token: &str, trust: &Trust, position: Option<u64>) -> Self {
        let now = Instant::now();
        Self {
            address,
            token: token.to_owned(),
            trust: trust.clone(),
            position,
            resume_after: None,
            stream: None,
            pending: VecDeque::new(),
            pauses: RETRIES.build(),
            attempt_at: now,
            connected_at: now,
            success_at: now,
            last_failure: String::new(),
            connections: 0,
            doubled: 0,
            frames: PhantomData,
        }
    }

    /// The last position seen.
    pub fn position(&self) -> u64 {
        self.position.unwrap_or(0)
    }

    /// Since when the connection is up, if it is.
    pub fn connected_since(&self) -> Option<std::time::Instant> {
        self.stream.as_ref().map(|_| self.connected_at.into_std())
    }

    /// How many times the connection was lost and found again.
    pub const fn reconnections(&self) -> u64 {
        self.connections.saturating_sub(1)
    }

    /// How many frames came twice.
    pub const fn doubled(&self) -> u64 {
        self.doubled
    }

    /// Sends a frame. With an `id` it is a command, sent again until it is answered; without, a
    /// signal that may be lost.
    pub async fn send(&mut self, id: Option<Uuid>, frame: &impl serde::Serialize) -> Result<(), Error> {
        let frame: Utf8Bytes = serde_json::to_string(frame).map_err(|error| self.unexpected(&error))?.into();
        if let Some(id) = id {
            if self.pending.is_empty() && self.stream.is_some() {
                // Silence before the first unanswered command is not a failure.
                self.success_at = Instant::now();
            }
            let again_at = Instant::now() + ANSWER_MAX;
            self.pending.push_back(Pending { id, frame: frame.clone(), again_at });
        }
        self.write(frame).await;
        Ok(())
    }

    /// The next thing received. Connects, reconnects and sends again as needed.
    ///
    /// # Errors
    /// When the server refuses the connection, cannot be understood, or without success for a minute.
    pub async fn next(&mut self) -> Result<Received<F>, Error> {
        loop {
            let again_at = self.pending.iter().map(|pending| pending.again_at).min();
            let Some(stream) = &mut self.stream else {
                if self.connect().await? {
                    return Ok(Received::Connected);
                }
                continue;
            };
            let again = async {
                match again_at {
                    Some(at) => sleep_until(at).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                message = stream.next() => match message {
                    Some(Ok(tungstenite::Message::Text(text))) => {
                        if let Some(received) = self.read(&text)? {
                            return Ok(received);
                        }
                    }
                    Some(Ok(tungstenite::Message::Close(_))) | None => self.lost("closed by the server".into()),
                    Some(Ok(_)) => {}
                    Some(Err(error)) => self.lost(with_causes(&error)),
                },
                () = again => self.send_again().await?,
            }
        }
    }

    /// Closes the connection politely.
    pub async fn close(mut self) {
        if let Some(mut stream) = self.stream.take() {
            // Whether the server hears the good-bye changes nothing.
            drop(timeout(Duration::from_secs(1), stream.close(None)).await);
        }
    }

    fn read(&mut self, text: &str) -> Result<Option<Received<F>>, Error> {
        let envelope: Envelope<'_> = serde_json::from_str(text).map_err(|error| self.unexpected(&error))?;
        match (envelope.kind.as_ref(), envelope.position) {
            ("done", _) => {
                self.succeeded();
                let Some(id) = envelope.id else { return Ok(None) };
                self.pending.retain(|pending| pending.id != id);
                return Ok(Some(Received::Done(id)));
            }
            ("problem", _) => return self.read_problem(text, envelope.id),
            ("snapshot" | "reset", Some(position)) => self.position = Some(position),
            (_, Some(position)) if envelope.at.is_some() => {
                if self.position.is_some_and(|seen| position <= seen) {
                    self.doubled += 1;
                    return Ok(None);
                }
                self.position = Some(position);
            }
            (_, _) => {}
        }
        if let Some(resume_after) = envelope.resume_after {
            self.resume_after = Some(resume_after.into_owned());
        }
        self.succeeded();
        serde_json::from_str(text)
            .map(|frame| Some(Received::Frame(frame)))
            .map_err(|error| self.unexpected(&error))
    }

    fn read_problem(&mut self, text: &str, id: Option<Uuid>) -> Result<Option<Received<F>>, Error> {
        #[derive(Deserialize)]
        struct Frame {
            problem: Problem,
        }
        let Frame { problem } = serde_json::from_str(text).map_err(|error| self.unexpected(&error))?;
        if problem.is_retryable() {
            self.last_failure = problem.to_string();
            let again_at = Instant::now() + self.pause();
            for pending in self.pending.iter_mut().filter(|pending| Some(pending.id) == id) {
                pending.again_at = again_at;
            }
            return Ok(None);
        }
        self.succeeded();
        self.pending.retain(|pending| Some(pending.id) != id);
        Ok(Some(Received::Problem { id, problem }))
    }

    /// One attempt to connect, when it is time.
    async fn connect(&mut self) -> Result<bool, Error> {
        sleep_until(self.attempt_at).await;
        let request = self.request()?;
        let mut config = WebSocketConfig::default();
        config.read_buffer_size = BUFFER_BYTES;
        config.write_buffer_size = BUFFER_BYTES;
        // Boxed: connecting is rare and takes 16 KiB, which every socket would carry along otherwise.
        let connector = Connector::Rustls(self.trust.shared());
        let connecting =
            Box::pin(connect_async_tls_with_config(request, Some(config), true, Some(connector)));
        match timeout(CONNECT_MAX, connecting).await {
            Ok(Ok((stream, _))) => {
                self.stream = Some(stream);
                self.connections += 1;
                self.connected_at = Instant::now();
                self.succeeded();
                for pending in &mut self.pending {
                    pending.again_at = self.connected_at;
                }
                self.send_again().await?;
                return Ok(self.stream.is_some());
            }
            Ok(Err(tungstenite::Error::Http(response))) if !retryable(response.status().as_u16()) => {
                let problem = problem(response.status(), response.body().as_deref().unwrap_or_default());
                return Err(Error::Refused { what: self.address.clone(), problem: Box::new(problem) });
            }
            Ok(Err(error)) => self.lost(with_causes(&error)),
            Err(_) => self.lost("the server does not answer".into()),
        }
        self.check_patience().map(|()| false)
    }

    fn request(&self) -> Result<Request<()>, Error> {
        let wrong = |reason: String| Error::Address { address: self.address.clone(), reason };
        let separator = if self.address.contains('?') { '&' } else { '?' };
        let position = || self.position.map(|position| position.to_string());
        let address = match self.resume_after.clone().or_else(position) {
            Some(after) => format!("{}{separator}after={after}", self.address),
            None => self.address.clone(),
        };
        let mut request = address.into_client_request().map_err(|error| wrong(with_causes(&error)))?;
        let bearer = HeaderValue::from_str(&format!("Bearer {}", self.token))
            .map_err(|_| wrong("the token is not text".into()))?;
        request.headers_mut().insert(AUTHORIZATION, bearer);
        Ok(request)
    }

    /// Sends again what is due, in the order of the first time. Each is marked after it is written,
    /// so that a cancelled call loses none.
    async fn send_again(&mut self) -> Result<(), Error> {
        self.check_patience()?;
        let now = Instant::now();
        while let Some(index) = self.pending.iter().position(|pending| pending.again_at <= now) {
            let frame = self.pending[index].frame.clone();
            self.write(frame).await;
            if self.stream.is_none() {
                break;
            }
            self.pending[index].again_at = now + ANSWER_MAX;
        }
        Ok(())
    }

    async fn write(&mut self, frame: Utf8Bytes) {
        if let Some(stream) = &mut self.stream
            && let Err(error) = stream.send(tungstenite::Message::Text(frame)).await
        {
            self.lost(with_causes(&error));
        }
    }

    fn succeeded(&mut self) {
        self.success_at = Instant::now();
        self.pauses = RETRIES.build();
    }

    /// The pause before the next attempt.
    fn pause(&mut self) -> Duration {
        self.pauses.next().unwrap_or(PAUSE_MAX)
    }

    fn lost(&mut self, why: String) {
        if self.stream.take().is_some() {
            self.success_at = Instant::now();
        }
        self.last_failure = why;
        self.attempt_at = Instant::now() + self.pause();
    }

    fn check_patience(&self) -> Result<(), Error> {
        if self.success_at.elapsed() <= UNREACHABLE_MAX {
            return Ok(());
        }
        Err(Error::GivenUp { what: self.address.clone(), last: self.last_failure.clone() })
    }

    fn unexpected(&self, error: &serde_json::Error) -> Error {
        Error::Unexpected { what: self.address.clone(), reason: error.to_string() }
    }
}
