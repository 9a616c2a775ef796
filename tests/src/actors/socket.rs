//! A WebSocket: what is said and what is heard, frame by frame.

use futures::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::{Request, Response};
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async_tls_with_config};
use uuid::Uuid;

use super::Answer;
use super::person::Door;
use crate::authority::connector;
use crate::patience::{PATIENCE, soon};

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// One connection.
pub struct Socket {
    stream: Stream,
    /// The position it was opened after.
    after: u64,
    heard: Vec<Value>,
    // One for each of `heard`: whether somebody asked for it.
    asked_for: Vec<bool>,
}

impl Socket {
    /// Connects.
    pub async fn open(door: &Door) -> Self {
        match Self::try_open(door).await {
            Ok(socket) => socket,
            Err(answer) => panic!("the socket is refused: {answer:?}"),
        }
    }

    /// Connects, or gives the server's refusal.
    ///
    /// # Errors
    /// The refusal.
    pub async fn try_open(door: &Door) -> Result<Self, Answer> {
        match connect(request(door)).await {
            Ok((stream, _)) => Ok(Self { stream, after: after(&door.url), heard: vec![], asked_for: vec![] }),
            Err(Error::Http(response)) => {
                let (parts, body) = (*response).into_parts();
                let content_type = parts.headers.get("content-type").and_then(|value| value.to_str().ok());
                Err(Answer {
                    status: parts.status.as_u16(),
                    content_type: content_type.unwrap_or_default().to_owned(),
                    retry_after: None,
                    etag: None,
                    body: serde_json::from_slice(&body.unwrap_or_default()).unwrap_or_default(),
                })
            }
            Err(error) => panic!("the socket cannot be opened: {error}"),
        }
    }

    /// Connects, asking to be answered in a language.
    pub async fn open_in(door: &Door, language: &str) -> Self {
        let mut request = request(door);
        request.headers_mut().insert("Accept-Language", language.parse().expect("a header"));
        let (stream, _) = connect(request).await.expect("the socket opens");
        Self { stream, after: after(&door.url), heard: vec![], asked_for: vec![] }
    }

    /// Everything heard so far, in order.
    pub fn heard(&self) -> &[Value] {
        &self.heard
    }

    /// Sends anything at all.
    pub async fn sends(&mut self, message: Message) {
        soon(self.stream.send(message)).await.expect("the socket takes a frame");
    }

    /// Sends a frame.
    pub async fn says(&mut self, frame: &Value) {
        self.sends(Message::text(frame.to_string())).await;
    }

    /// Gives a command and waits for its answer, `done` or `problem`.
    pub async fn asks(&mut self, mut command: Value) -> Value {
        if command["id"].is_null() {
            command["id"] = Value::from(Uuid::now_v7().to_string());
        }
        self.says(&command).await;
        self.hears(|frame| {
            matches!(frame["type"].as_str(), Some("done" | "problem")) && frame["id"] == command["id"]
        })
        .await
    }

    /// Gives a command that must be done, and tells its position.
    pub async fn does(&mut self, command: Value) -> u64 {
        let answer = self.asks(command).await;
        assert_eq!(answer["type"], "done", "{answer:#}");
        answer["position"].as_u64().expect("a position")
    }

    /// Gives a command that must be refused with this code.
    pub async fn is_refused(&mut self, command: Value, code: &str) -> Value {
        let answer = self.asks(command).await;
        assert_eq!((&answer["type"], &answer["problem"]["code"]), (&json!("problem"), &json!(code)));
        answer["problem"].clone()
    }

    /// The first frame like this that nobody has asked for yet, waiting for it if need be.
    pub async fn hears(&mut self, like: impl Fn(&Value) -> bool) -> Value {
        loop {
            let mut waiting =
                self.heard.iter().zip(&mut self.asked_for).filter(|(_, asked_for)| !**asked_for);
            if let Some((frame, asked_for)) = waiting.find(|(frame, _)| like(frame)) {
                *asked_for = true;
                return frame.clone();
            }
            let more = tokio::time::timeout(PATIENCE, self.next()).await.unwrap_or_else(|_| {
                panic!("nothing like that within {PATIENCE:?}; heard: {:#?}", self.heard);
            });
            assert!(more, "the socket was closed; heard until then: {:#?}", self.heard);
        }
    }

    /// Reads one frame; whether there was one before the close.
    async fn next(&mut self) -> bool {
        loop {
            match self.stream.next().await {
                Some(Ok(Message::Text(text))) => {
                    self.heard.push(serde_json::from_str(&text).expect("frames are JSON"));
                    self.asked_for.push(false);
                    return true;
                }
                Some(Ok(Message::Close(_)) | Err(_)) | None => return false,
                Some(Ok(_)) => {}
            }
        }
    }

    /// Reads until the server closes, and tells the close code, if it gave one.
    pub async fn close_code(&mut self) -> Option<u16> {
        soon(async {
            loop {
                match self.stream.next().await {
                    Some(Ok(Message::Close(frame))) => return frame.map(|frame| frame.code.into()),
                    Some(Ok(Message::Text(text))) => {
                        self.heard.push(serde_json::from_str(&text).expect("frames are JSON"));
                        self.asked_for.push(false);
                    }
                    Some(Ok(_)) => {}
                    Some(Err(_)) | None => return None,
                }
            }
        })
        .await
    }

    /// Closes, and waits until the server has noticed.
    pub async fn close(mut self) -> Vec<Value> {
        // The server may have closed first.
        let _ = self.stream.close(None).await;
        self.close_code().await;
        self.heard
    }

    /// What came from the log, in order.
    pub fn logged(&self) -> Vec<Value> {
        self.heard.iter().filter(|frame| !frame["at"].is_null()).cloned().collect()
    }

    /// The position to resume after: of the snapshot, or of the last frame that came from the log; before
    /// any, the one it was opened after.
    pub fn last_position(&self) -> u64 {
        let told = |frame: &&Value| !frame["at"].is_null() || frame["type"] == "snapshot";
        let last = self.heard.iter().rfind(told);
        last.and_then(|frame| frame["position"].as_u64()).unwrap_or(self.after)
    }
}

/// The position in the address of a socket.
fn after(url: &str) -> u64 {
    let digits = url.rsplit_once("after=").map(|(_, rest)| rest.split('&').next().unwrap_or_default());
    digits.and_then(|digits| digits.parse().ok()).unwrap_or_default()
}

/// What is sent to open a socket.
pub(super) fn request(door: &Door) -> Request {
    let mut request = door.url.as_str().into_client_request().expect("an address");
    if let Some(token) = &door.token {
        request.headers_mut().insert("Authorization", format!("Bearer {token}").parse().expect("a header"));
    }
    request
}

/// Connects, in the clear or by TLS, as the address says.
pub(super) async fn connect(request: Request) -> Result<(Stream, Response), Error> {
    soon(Box::pin(connect_async_tls_with_config(request, None, false, Some(connector())))).await
}
