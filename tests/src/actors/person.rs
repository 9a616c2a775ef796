//! Somebody who makes requests.

use std::sync::Arc;

use reqwest::{Method, RequestBuilder};
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

    /// The address of a socket below the livechat, with the token that browsers cannot send otherwise.
    pub fn socket(&self, path: &str) -> String {
        let mark = if path.contains('?') { '&' } else { '?' };
        let token = self.token.as_deref().map(|token| format!("{mark}access_token={token}"));
        self.site.url("ws", &format!("{}{path}{}", self.livechat, token.unwrap_or_default()))
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
        let response = soon(request.send()).await.expect("the server answers");
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
