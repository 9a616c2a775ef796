//! A page in a browser: it keeps the cookie that it is given, and sends the token against forged requests along.

use std::sync::Arc;

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use super::Answer;
use crate::patience::soon;
use crate::server::Site;

/// A page of this server, signed in or not.
#[derive(Clone)]
pub struct Browser {
    site: Arc<Site>,
    /// As a browser sends it: `name=value`.
    cookie: Option<String>,
    csrf: Option<String>,
}

impl Browser {
    pub(crate) const fn new(site: Arc<Site>) -> Self {
        Self { site, cookie: None, csrf: None }
    }

    /// Signs in.
    pub async fn signs_in(&mut self, address: &str, password: &str) -> Answer {
        self.post("/session", &json!({ "address": address, "password": password })).await
    }

    /// Signs in with a code besides.
    pub async fn signs_in_with(&mut self, address: &str, password: &str, code: &str) -> Answer {
        self.post("/session", &json!({ "address": address, "password": password, "code": code })).await
    }

    /// Reads.
    pub async fn get(&mut self, path: &str) -> Answer {
        self.send(Method::GET, path, &Value::Null).await
    }

    /// Does.
    pub async fn post(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, body).await
    }

    /// Replaces.
    pub async fn put(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, body).await
    }

    /// Changes some fields.
    pub async fn patch(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::PATCH, path, body).await
    }

    /// Takes back.
    pub async fn delete(&mut self, path: &str, body: &Value) -> Answer {
        self.send(Method::DELETE, path, body).await
    }

    /// A request as this page makes it, to an address below `/api/v1`.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let only_reads = method == Method::GET;
        let mut request = self.site.http.request(method, self.site.url("http", &format!("/api/v1{path}")));
        if let Some(cookie) = &self.cookie {
            request = request.header("Cookie", cookie);
        }
        if let (Some(csrf), true) = (&self.csrf, !only_reads) {
            request = request.header("X-CSRF-Token", csrf);
        }
        request
    }

    /// Sends what [`Self::request`] makes, and keeps what is given for the next ones.
    pub async fn send(&mut self, method: Method, path: &str, body: &Value) -> Answer {
        let mut request = self.request(method, path);
        if !body.is_null() {
            request = request.json(body);
        }
        let response = soon(request.send()).await.expect("the server answers");
        for line in response.headers().get_all("set-cookie") {
            let pair = line.to_str().expect("a cookie").split(';').next().unwrap_or_default();
            self.cookie = (!pair.ends_with('=')).then(|| pair.to_owned());
        }
        let answer = Answer::of(response).await;
        if let Some(csrf) = answer.body["csrf_token"].as_str() {
            self.csrf = Some(csrf.to_owned());
        }
        answer
    }

    /// The cookie, as the browser sends it.
    pub fn cookie(&self) -> Option<&str> {
        self.cookie.as_deref()
    }

    /// The same page, which does not know the token against forged requests.
    #[must_use]
    pub fn without_csrf_token(&self) -> Self {
        Self { csrf: None, ..self.clone() }
    }
}
