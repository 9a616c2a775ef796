//! Somebody who makes requests.

use std::sync::Arc;

use reqwest::{Method, RequestBuilder, Response};
use serde_json::Value;

use crate::patience::soon;
use crate::server::Site;

/// Somebody with a token, or without.
#[derive(Clone)]
pub struct Person {
    site: Arc<Site>,
    livechat: String,
    token: Option<String>,
}

/// Where a socket is, and the token of whoever opens it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Door {
    /// Its address.
    pub url: String,
    /// The token, sent in the header.
    pub token: Option<String>,
}

/// An address below a livechat, with a ticket.
pub fn with_ticket(path: &str, ticket: &str) -> String {
    let mark = if path.contains('?') { '&' } else { '?' };
    format!("{path}{mark}ticket={ticket}")
}

/// An answer of the server.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The media type.
    pub content_type: String,
    /// The value of `Retry-After`.
    pub retry_after: Option<String>,
    /// The value of `ETag`.
    pub etag: Option<String>,
    /// The body: JSON, or else text as a string.
    pub body: Value,
}

impl Person {
    pub(crate) fn new(site: Arc<Site>, livechat: &str, token: Option<String>) -> Self {
        Self { site, livechat: format!("/api/v1/livechats/{livechat}"), token }
    }

    pub(crate) fn bearer(site: Arc<Site>, token: &str) -> Self {
        Self { site, livechat: String::new(), token: Some(token.to_owned()) }
    }

    pub(crate) fn nobody(site: Arc<Site>) -> Self {
        Self { site, livechat: String::new(), token: None }
    }

    /// A request to an address below the livechat.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request =
            self.site.http.request(method, self.site.url("http", &format!("{}{path}", self.livechat)));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// A socket below the livechat, to be opened with the token.
    pub fn socket(&self, path: &str) -> Door {
        let url = self.site.url("ws", &format!("{}{path}", self.livechat));
        Door { url, token: self.token.clone() }
    }

    /// The same for whoever cannot send headers: an address with a ticket.
    pub async fn socket_with_ticket(&self, path: &str) -> Door {
        let ticket = self.ticket().await;
        Self { token: None, ..self.clone() }.socket(&with_ticket(path, &ticket))
    }

    /// A ticket for a live feed.
    pub async fn ticket(&self) -> String {
        let made = self.post("/tickets", &Value::Null).await.is(201);
        made["ticket"].as_str().expect("a ticket").to_owned()
    }

    /// The token.
    pub fn token(&self) -> &str {
        self.token.as_deref().expect("a token")
    }

    /// Reads.
    pub async fn get(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::GET, path)).await
    }

    /// Replaces.
    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        Answer::to(with(self.request(Method::PUT, path), body)).await
    }

    /// Replaces what has this `ETag`, and nothing else.
    pub async fn put_if_match(&self, etag: &str, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::PUT, path).header("If-Match", etag).json(body)).await
    }

    /// Changes some fields.
    pub async fn patch(&self, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::PATCH, path).json(body)).await
    }

    /// Changes some fields of what has this `ETag`, and nothing else.
    pub async fn patch_if_match(&self, etag: &str, path: &str, body: &Value) -> Answer {
        Answer::to(self.request(Method::PATCH, path).header("If-Match", etag).json(body)).await
    }

    /// Does; without a body when it is null.
    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        Answer::to(with(self.request(Method::POST, path), body)).await
    }

    /// Takes back.
    pub async fn delete(&self, path: &str) -> Answer {
        Answer::to(self.request(Method::DELETE, path)).await
    }

    /// Does, with an idempotency key.
    pub async fn post_with_key(&self, key: &str, path: &str, body: &Value) -> Answer {
        Answer::to(with(self.request(Method::POST, path).header("Idempotency-Key", key), body)).await
    }
}

/// With this body, or without any when it is null.
fn with(request: RequestBuilder, body: &Value) -> RequestBuilder {
    if body.is_null() { request } else { request.json(body) }
}

impl Answer {
    /// The answer to a request.
    pub async fn to(request: RequestBuilder) -> Self {
        Self::of(soon(request.send()).await.expect("the server answers")).await
    }

    /// This answer, read to its end.
    pub async fn of(response: Response) -> Self {
        let header = |name: &str| {
            response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned)
        };
        let (content_type, retry_after) = (header("content-type").unwrap_or_default(), header("retry-after"));
        let etag = header("etag");
        let status = response.status().as_u16();
        let text = soon(response.text()).await.expect("the answer can be read");
        let body = serde_json::from_str(&text).unwrap_or(Value::String(text));
        Self { status, content_type, retry_after, etag, body }
    }

    /// The body of an answer that must have this status.
    #[track_caller]
    pub fn is(self, status: u16) -> Value {
        assert_eq!(self.status, status, "the answer is {:#}", self.body);
        self.body
    }

    /// The body of an answer that must be a problem document with this status and code.
    #[track_caller]
    pub fn is_problem(self, status: u16, code: &str) -> Value {
        assert_eq!(self.content_type, "application/problem+json", "the answer is {self:?}");
        assert_eq!(
            (self.status, self.body["status"].as_u64(), self.body["code"].as_str()),
            (status, Some(status.into()), Some(code)),
            "the answer is {:#}",
            self.body
        );
        assert_eq!(self.body["type"], format!("urn:pupitre:problem:{code}"));
        assert!(self.body["title"].is_string() && self.body["detail"].is_string(), "{:#}", self.body);
        self.body
    }
}
