//! One call over HTTP, retried with the same key until the server answers it.

use std::fmt::Display;
use std::time::{Duration, Instant};

use backon::Retryable;
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Method, Response, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::error::{Error, Problem, retryable};
use super::{RETRIES, Trust, UNREACHABLE_MAX, with_causes};

/// One attempt may take this long; a read that waits for the projections takes up to 5 s.
const ATTEMPT_MAX: Duration = Duration::from_secs(10);

/// A live feed carries at least a comment every 15 s; longer silence means that the server is gone.
const SILENCE_MAX: Duration = Duration::from_secs(40);

/// The longest pause a server may ask for with `Retry-After`.
const RETRY_AFTER_MAX: Duration = Duration::from_secs(5);

/// An HTTP client for one server. Clones share the connections.
#[derive(Clone, Debug)]
pub struct Http {
    client: reqwest::Client,
}

/// The addresses of one livechat on one server.
#[derive(Clone, Debug)]
pub struct Paths {
    http: String,
    socket: String,
}

impl Paths {
    /// The addresses of `livechat` on the server at `server` (`http://host:port`).
    ///
    /// # Errors
    /// When `server` is neither `http://…` nor `https://…`.
    pub fn new(server: &str, livechat: &str) -> Result<Self, Error> {
        let wrong = |reason: &str| Error::Address { address: server.to_owned(), reason: reason.to_owned() };
        let url = reqwest::Url::parse(server).map_err(|error| wrong(&error.to_string()))?;
        let socket = match url.scheme() {
            "http" => "ws",
            "https" => "wss",
            _ => return Err(wrong("it must begin with http:// or https://")),
        };
        let place = server.trim_end_matches('/');
        let (_, host) = place.split_once("://").ok_or_else(|| wrong("it has no host"))?;
        Ok(Self {
            http: format!("{place}/api/v1/livechats/{livechat}"),
            socket: format!("{socket}://{host}/api/v1/livechats/{livechat}"),
        })
    }

    /// The livechat itself, over HTTP.
    pub fn livechat(&self) -> &str {
        &self.http
    }

    /// Something below the livechat, over HTTP: `below("/floor")`.
    pub fn below(&self, path: impl Display) -> String {
        format!("{}{path}", self.http)
    }

    /// A socket of the livechat: `socket("/desk")`.
    pub fn socket(&self, path: impl Display) -> String {
        format!("{}{path}", self.socket)
    }
}

/// How one attempt failed.
enum Failed {
    /// For good.
    Finally(Error),
    /// Another attempt may succeed.
    ForNow {
        why: String,
        /// Which the server may have asked for.
        pause: Duration,
    },
}

impl Http {
    /// A client with its own pool of connections.
    ///
    /// # Errors
    /// When the system offers no TLS.
    pub fn new(trust: &Trust) -> Result<Self, Error> {
        reqwest::Client::builder()
            .use_preconfigured_tls(trust.config())
            .connect_timeout(ATTEMPT_MAX)
            .read_timeout(SILENCE_MAX)
            .tcp_nodelay(true)
            .build()
            .map(|client| Self { client })
            .map_err(|error| Error::Address { address: String::new(), reason: with_causes(&error) })
    }

    /// The client underneath, for answers that have no end.
    pub const fn streaming(&self) -> &reqwest::Client {
        &self.client
    }

    /// Reads `url`.
    ///
    /// # Errors
    /// When the server refuses, or cannot be reached for a minute.
    pub async fn get<T: DeserializeOwned>(&self, url: &str, token: &str) -> Result<T, Error> {
        self.call(Method::GET, url, token, None, None::<&()>).await
    }

    /// Replaces what is at `url`; the same twice changes nothing.
    ///
    /// # Errors
    /// When the server refuses, or cannot be reached for a minute.
    pub async fn put<T: DeserializeOwned>(
        &self,
        url: &str,
        token: &str,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        self.call(Method::PUT, url, token, Some(Uuid::now_v7()), Some(body)).await
    }

    /// Sends the command `key`, which happens once however often it is sent.
    ///
    /// # Errors
    /// When the server refuses, or cannot be reached for a minute.
    pub async fn post<T: DeserializeOwned>(
        &self,
        url: &str,
        token: &str,
        key: Uuid,
        body: &impl Serialize,
    ) -> Result<T, Error> {
        self.call(Method::POST, url, token, Some(key), Some(body)).await
    }

    async fn call<T: DeserializeOwned>(
        &self,
        method: Method,
        url: &str,
        token: &str,
        key: Option<Uuid>,
        body: Option<&impl Serialize>,
    ) -> Result<T, Error> {
        let start = Instant::now();
        let called = (|| self.attempt(&method, url, token, key, body))
            .retry(RETRIES)
            .when(|failed| matches!(failed, Failed::ForNow { .. }) && start.elapsed() <= UNREACHABLE_MAX)
            .adjust(|failed, pause| match failed {
                Failed::ForNow { pause: asked, .. } => pause.map(|pause| pause.max(*asked)),
                Failed::Finally(_) => pause,
            })
            .await;
        called.map_err(|failed| match failed {
            Failed::Finally(error) => error,
            Failed::ForNow { why, .. } => Error::GivenUp { what: format!("{method} {url}"), last: why },
        })
    }

    async fn attempt<T: DeserializeOwned>(
        &self,
        method: &Method,
        url: &str,
        token: &str,
        key: Option<Uuid>,
        body: Option<&impl Serialize>,
    ) -> Result<T, Failed> {
        let mut request = self.client.request(method.clone(), url).bearer_auth(token).timeout(ATTEMPT_MAX);
        if let Some(key) = key {
            request = request.header("Idempotency-Key", key.to_string());
        }
        if let Some(body) = body {
            request = request.json(body);
        }
        match request.send().await {
            Ok(response) => answer(response, || format!("{method} {url}")).await,
            Err(error) if error.is_builder() => {
                let reason = with_causes(&error);
                Err(Failed::Finally(Error::Address { address: url.to_owned(), reason }))
            }
            Err(error) => Err(Failed::ForNow { why: with_causes(&error), pause: Duration::ZERO }),
        }
    }
}

/// Understands an answer.
async fn answer<T: DeserializeOwned>(response: Response, what: impl Fn() -> String) -> Result<T, Failed> {
    let status = response.status();
    let pause = retry_after(response.headers());
    // A connection that broke in the middle: whether the command was done, the same key will tell.
    let broken = |error: reqwest::Error| Failed::ForNow { why: with_causes(&error), pause };
    let bytes = response.bytes().await.map_err(broken)?;
    if status.is_success() {
        return serde_json::from_slice(&bytes)
            .map_err(|error| Failed::Finally(Error::Unexpected { what: what(), reason: error.to_string() }));
    }
    let problem = problem(status, &bytes);
    if retryable(status.as_u16()) {
        return Err(Failed::ForNow { why: problem.to_string(), pause });
    }
    Err(Failed::Finally(Error::Refused { what: what(), problem: Box::new(problem) }))
}

/// The problem in a refusal; whatever was not sent is made up from the status.
pub(crate) fn problem(status: StatusCode, body: &[u8]) -> Problem {
    let mut problem: Problem = serde_json::from_slice(body).unwrap_or_default();
    problem.status = status.as_u16();
    if problem.title.is_empty() {
        status.canonical_reason().unwrap_or("refused").clone_into(&mut problem.title);
    }
    problem
}

fn retry_after(headers: &HeaderMap) -> Duration {
    let asked = headers.get(RETRY_AFTER).and_then(|seconds| seconds.to_str().ok()?.trim().parse().ok());
    asked.map_or(Duration::ZERO, Duration::from_secs).min(RETRY_AFTER_MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_of_a_livechat() {
        let paths = Paths::new("http://127.0.0.1:8080/", "support").unwrap();
        assert_eq!(paths.below("/floor"), "http://127.0.0.1:8080/api/v1/livechats/support/floor");
        assert_eq!(paths.socket("/desk"), "ws://127.0.0.1:8080/api/v1/livechats/support/desk");
        assert!(Paths::new("ftp://example.org", "support").is_err());
        assert!(Paths::new("localhost", "support").is_err());
    }

    #[test]
    fn a_refusal_without_a_problem_is_named_by_its_status() {
        let problem = problem(StatusCode::BAD_GATEWAY, b"<html>");
        assert_eq!((problem.status, problem.title.as_str()), (502, "Bad Gateway"));
        assert!(problem.is_retryable());
    }
}
