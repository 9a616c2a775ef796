//! The people of one livechat at the other end of real sockets: visitors who write on demand, desks
//! and supervisors who note what reaches them, and when.

use std::borrow::Cow;
use std::sync::Arc;
use std::time::Duration;

use api::auth::{Keys, Role};
use chrono::TimeDelta;
use domain::LivechatId;
use futures::stream::{SplitSink, SplitStream};
use futures::{SinkExt, StreamExt};
use reqwest::Method;
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::io::AsyncWriteExt;
use tokio::net::{TcpSocket, TcpStream};
use tokio::sync::{Mutex, mpsc};
use tokio::time::Instant;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};
use uuid::Uuid;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// What people write begins with this, and then the number of the message.
const MARK: &str = "message ";

/// Where the people come.
#[derive(Clone)]
pub struct Place {
    address: String,
    livechat: LivechatId,
    key: Keys,
    http: reqwest::Client,
}

/// A message that reached a desk.
#[derive(Clone, Copy, Debug)]
pub struct Arrived {
    /// Which one.
    pub number: usize,
    /// Its position in the log.
    pub position: u64,
    /// When.
    pub at: Instant,
}

/// A change that reached a supervisor.
#[derive(Clone, Copy, Debug)]
pub struct Changed {
    /// From which position it leads.
    pub after: u64,
    /// To which.
    pub position: u64,
    /// When.
    pub at: Instant,
}

#[derive(Deserialize)]
struct DeskFrame<'a> {
    #[serde(rename = "type", borrow)]
    kind: &'a str,
    position: Option<u64>,
    #[serde(borrow)]
    text: Option<Cow<'a, str>>,
    tab: Option<Tab>,
}

#[derive(Deserialize)]
struct Tab {
    conversation: Uuid,
}

#[derive(Deserialize)]
struct FloorFrame<'a> {
    #[serde(rename = "type", borrow)]
    kind: &'a str,
    after: Option<u64>,
    position: Option<u64>,
}

impl Place {
    /// A livechat at this address (`127.0.0.1:8080`), whose tokens this key signs.
    pub fn new(address: String, livechat: &str, key: Keys) -> Self {
        let livechat = LivechatId::parse(livechat).expect("an identifier");
        Self { address, livechat, key, http: reqwest::Client::new() }
    }

    fn token(&self, role: Role, subject: &str) -> String {
        self.key.issue(&self.livechat, role, subject, TimeDelta::hours(1)).expect("a token").0
    }

    fn url(&self, scheme: &str, path: &str) -> String {
        format!("{scheme}://{}/api/v1/livechats/{}{path}", self.address, self.livechat)
    }

    /// Asks for something that must be answered.
    pub async fn ask(&self, role: Role, method: Method, path: &str, body: Option<Value>) -> Value {
        let request =
            self.http.request(method, self.url("http", path)).bearer_auth(self.token(role, "somebody"));
        let request = match body {
            Some(body) => request.json(&body),
            None => request,
        };
        let answer = request.send().await.expect("an answer");
        let status = answer.status();
        let body = answer.text().await.expect("the answer");
        assert!(status.is_success(), "{path}: {status} {body}");
        serde_json::from_str(&body).unwrap_or_default()
    }

    /// Waits until the server answers at all.
    pub async fn is_ready(&self) {
        let url = format!("http://{}/readyz", self.address);
        while !self.http.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Makes the livechat, with operators enough for so many conversations, `each` at once.
    pub async fn opens(&self, desks: usize, each: usize) {
        let administrator = Role::Administrator;
        let about = json!({ "name": "Service client", "language": "fr" });
        self.ask(administrator, Method::PUT, "", Some(about)).await;
        let capacity = json!({ "conversations_per_operator": each, "queue_per_operator": 100 });
        self.ask(administrator, Method::PUT, "/settings/capacity", Some(capacity)).await;
        // Nobody answers: nothing is to happen by itself because of that.
        let timeouts =
            json!({ "auto_transfer": 0, "unanswered": 0, "visitor_inactivity": 0, "timeout_reminder": 0 });
        self.ask(administrator, Method::PUT, "/settings/timeouts", Some(timeouts)).await;
        for desk in 0..desks {
            let profile = json!({ "name": format!("Operator {desk}") });
            self.ask(administrator, Method::PUT, &format!("/operators/operator-{desk}"), Some(profile)).await;
        }
    }

    async fn socket(&self, token: &str, path: &str) -> (SplitSink<Socket, Message>, SplitStream<Socket>) {
        let mut request = self.url("ws", path).into_client_request().expect("an address");
        let bearer = format!("Bearer {token}").parse().expect("a header");
        request.headers_mut().insert("Authorization", bearer);
        let (socket, _) = connect_async(request).await.expect("a socket");
        if let MaybeTlsStream::Plain(stream) = socket.get_ref() {
            stream.set_nodelay(true).expect("a socket without delay");
        }
        socket.split()
    }

    /// A desk that picks up whatever comes to it, and notes the messages.
    pub async fn desk(
        &self,
        number: usize,
        arrived: mpsc::UnboundedSender<Arrived>,
        picked_up: mpsc::UnboundedSender<()>,
    ) {
        let token = self.token(Role::Operator, &format!("operator-{number}"));
        let (mut sink, mut stream) = self.socket(&token, "/desk").await;
        tokio::spawn(async move {
            while let Some(Ok(message)) = stream.next().await {
                let at = Instant::now();
                let Message::Text(text) = message else { continue };
                let frame: DeskFrame<'_> = serde_json::from_str(&text).expect("a frame of a desk");
                if let Some(Tab { conversation }) = frame.tab {
                    let says =
                        json!({ "type": "pick_up", "id": Uuid::now_v7(), "conversation": conversation });
                    sink.send(Message::text(says.to_string())).await.expect("the socket takes a frame");
                }
                if frame.kind == "picked_up" {
                    let _ = picked_up.send(());
                }
                if let (Some(text), Some(position)) = (frame.text, frame.position)
                    && let Some(number) = text.strip_prefix(MARK).and_then(|number| number.parse().ok())
                {
                    let _ = arrived.send(Arrived { number, position, at });
                }
            }
        });
    }

    /// A visitor whose conversation is requested, and whose page is open.
    pub async fn visitor(&self, number: usize) -> Visitor {
        let request = json!({ "visitor": { "id": format!("visitor-{number}") }, "language": "fr" });
        let answer = self.ask(Role::Integration, Method::POST, "/conversations", Some(request)).await;
        assert_eq!(answer["outcome"], "assigned", "{answer}");
        let conversation = answer["conversation"].as_str().expect("a conversation");
        let token = answer["visitor_token"].as_str().expect("a token");
        let (sink, mut stream) = self.socket(token, &format!("/visitor?conversation={conversation}")).await;
        tokio::spawn(async move { while let Some(Ok(_)) = stream.next().await {} });
        Visitor(Arc::new(Mutex::new(sink)))
    }

    /// A supervisor at a WebSocket, or else at an event stream.
    pub async fn supervisor(&self, over_socket: bool) -> mpsc::UnboundedReceiver<Changed> {
        let (note, changed) = mpsc::unbounded_channel();
        let token = self.token(Role::Supervisor, "sophie");
        if over_socket {
            let (sink, mut stream) = self.socket(&token, "/floor").await;
            tokio::spawn(async move {
                // Dropped, it would close the socket.
                let _open = sink;
                while let Some(Ok(message)) = stream.next().await {
                    if let Message::Text(text) = message {
                        noted(&text, &note);
                    }
                }
            });
        } else {
            let request = self.http.get(self.url("http", "/floor")).bearer_auth(token);
            let mut stream = request.send().await.expect("an answer");
            tokio::spawn(async move {
                let mut unread = Vec::new();
                while let Ok(Some(more)) = stream.chunk().await {
                    unread.extend_from_slice(&more);
                    while let Some(end) = unread.windows(2).position(|end| end == b"\n\n") {
                        let event: Vec<u8> = unread.drain(..end + 2).collect();
                        let event = String::from_utf8(event).expect("UTF-8");
                        if let Some(data) = event.lines().find_map(|line| line.strip_prefix("data: ")) {
                            noted(data, &note);
                        }
                    }
                }
            });
        }
        changed
    }
}

impl Place {
    /// A supervisor who asks for the floor as an event stream and reads nothing at all.
    pub async fn stopped(&self) -> TcpStream {
        let socket = TcpSocket::new_v4().expect("a socket");
        socket.set_recv_buffer_size(4_096).expect("a small buffer");
        let address = self.address.parse().expect("an address");
        let mut stream = socket.connect(address).await.expect("a connection");
        let token = self.token(Role::Supervisor, "sophie");
        let path = format!("/api/v1/livechats/{}/floor", self.livechat);
        let request =
            format!("GET {path} HTTP/1.1\r\nHost: pupitre\r\nAuthorization: Bearer {token}\r\n\r\n");
        stream.write_all(request.as_bytes()).await.expect("a request");
        stream
    }
}

fn noted(text: &str, note: &mpsc::UnboundedSender<Changed>) {
    let at = Instant::now();
    let frame: FloorFrame<'_> = serde_json::from_str(text).expect("a frame of the floor");
    if let ("snapshot" | "change", Some(position)) = (frame.kind, frame.position) {
        // The receiver is gone at the end.
        let _ = note.send(Changed { after: frame.after.unwrap_or(position), position, at });
    }
}

/// A visitor with an open page.
#[derive(Clone)]
pub struct Visitor(Arc<Mutex<SplitSink<Socket, Message>>>);

impl Visitor {
    /// Writes a message, without waiting for an answer.
    pub async fn writes(&self, number: usize) {
        let says = json!({ "type": "message", "id": Uuid::now_v7(), "text": format!("{MARK}{number}") });
        let says = Message::Text(Utf8Bytes::from(says.to_string()));
        self.0.lock().await.send(says).await.expect("the socket takes a frame");
    }
}
