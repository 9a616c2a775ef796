//! A live feed over either transport: the same frames, each with the position to resume after.

use futures::StreamExt;
use reqwest::Method;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use super::Person;
use crate::patience::soon;

/// How a feed travels.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Server-sent events.
    Events,
    /// A WebSocket.
    Socket,
}

impl Transport {
    /// Every one.
    pub const BOTH: [Self; 2] = [Self::Events, Self::Socket];
}

/// A followed feed.
pub struct Feed(Source);

enum Source {
    Events { stream: reqwest::Response, unread: Vec<u8> },
    Socket(Box<WebSocketStream<MaybeTlsStream<TcpStream>>>),
}

/// One frame. It is the same over either transport.
#[derive(Clone, Debug)]
pub struct FeedFrame {
    /// Its type.
    pub name: String,
    /// The position to resume after; none where it moves nothing.
    pub id: Option<u64>,
    /// What to resume after, where it tells more than the position: the id of an event, `resume_after` of a frame.
    pub mark: Option<String>,
    /// All of it.
    pub data: Value,
}

impl PartialEq for FeedFrame {
    fn eq(&self, other: &Self) -> bool {
        (&self.name, self.id, &self.data) == (&other.name, other.id, &other.data)
    }
}

/// How a feed ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Ended {
    /// With a last event, for this reason.
    Event(String),
    /// With a close frame of this code.
    Close(u16),
    /// Without a word.
    Cut,
}

impl Feed {
    /// Follows what is at `path`, from the beginning, or from just after a position.
    pub async fn follow(person: &Person, transport: Transport, path: &str, after: Option<u64>) -> Self {
        let after = after.map(|after| after.to_string());
        Self::resume(person, transport, path, after.as_deref()).await
    }

    /// Follows what is at `path`, from just after what a frame said.
    pub async fn resume(person: &Person, transport: Transport, path: &str, after: Option<&str>) -> Self {
        match transport {
            Transport::Events => {
                let request = person.request(Method::GET, path);
                let request = match after {
                    Some(after) => request.header("Last-Event-ID", after),
                    None => request,
                };
                let stream = soon(request.send()).await.expect("the server answers");
                assert_eq!(stream.status(), 200, "{path}");
                assert_eq!(stream.headers()["content-type"], "text/event-stream");
                Self(Source::Events { stream, unread: vec![] })
            }
            Transport::Socket => {
                let separator = if path.contains('?') { '&' } else { '?' };
                let resumed = after.map(|after| format!("{path}{separator}after={after}"));
                let path = resumed.unwrap_or_else(|| path.to_owned());
                Self(Source::Socket(Box::new(connect(&person.socket(&path)).await)))
            }
        }
    }

    /// The next frame.
    pub async fn next(&mut self) -> FeedFrame {
        match soon(self.read()).await {
            Ok(frame) => frame,
            Err(ended) => panic!("the feed goes on, instead of ending with {ended:?}"),
        }
    }

    /// The next frame, or how the feed ends.
    ///
    /// # Errors
    /// How it ends.
    pub async fn try_next(&mut self) -> Result<FeedFrame, Ended> {
        soon(self.read()).await
    }

    /// The next frame of one of these types.
    pub async fn next_of(&mut self, names: &[&str]) -> FeedFrame {
        loop {
            let frame = self.next().await;
            if names.contains(&frame.name.as_str()) {
                return frame;
            }
        }
    }

    /// Reads until the feed ends, and tells how.
    pub async fn ends(&mut self) -> Ended {
        soon(async {
            loop {
                if let Err(ended) = self.read().await {
                    return ended;
                }
            }
        })
        .await
    }

    async fn read(&mut self) -> Result<FeedFrame, Ended> {
        match &mut self.0 {
            Source::Events { stream, unread } => loop {
                while let Some(end) = unread.windows(2).position(|end| end == b"\n\n") {
                    let event: Vec<u8> = unread.drain(..end + 2).collect();
                    match event_of(std::str::from_utf8(&event).expect("the feed is UTF-8")) {
                        Some(end) if end.name == "end" => {
                            return Err(Ended::Event(end.data["reason"].as_str().expect("a reason").into()));
                        }
                        Some(frame) => return Ok(frame),
                        None => {}
                    }
                }
                let Ok(Some(more)) = stream.chunk().await else { return Err(Ended::Cut) };
                unread.extend(more);
            },
            Source::Socket(socket) => loop {
                match socket.next().await {
                    Some(Ok(Message::Text(text))) => {
                        let data: Value = serde_json::from_str(&text).expect("frames are JSON");
                        let name = data["type"].as_str().expect("a type").to_owned();
                        let mark = mark(data["resume_after"].as_str());
                        return Ok(FeedFrame { name, id: data["position"].as_u64(), mark, data });
                    }
                    Some(Ok(Message::Close(Some(close)))) => return Err(Ended::Close(close.code.into())),
                    Some(Ok(Message::Close(None)) | Err(_)) | None => return Err(Ended::Cut),
                    Some(Ok(_)) => {}
                }
            },
        }
    }
}

async fn connect(url: &str) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    match soon(Box::pin(connect_async(url))).await {
        Ok((socket, _)) => socket,
        Err(Error::Http(refusal)) => panic!("the socket is refused: {:?}", refusal.status()),
        Err(error) => panic!("the socket cannot be opened: {error}"),
    }
}

/// It tells more than the position.
fn mark(resume_after: Option<&str>) -> Option<String> {
    resume_after.filter(|id| id.contains('-')).map(str::to_owned)
}

/// A comment is no event.
fn event_of(event: &str) -> Option<FeedFrame> {
    let field = |name: &str| event.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
    let frame = FeedFrame {
        name: field("event")?.to_owned(),
        id: field("id").map(|id| {
            let position = id.split_once('-').map_or(id, |(position, _)| position);
            position.parse().expect("the id begins with a position")
        }),
        mark: mark(field("id")),
        data: serde_json::from_str(field("data")?).expect("the data is JSON"),
    };
    assert_eq!(frame.data["type"], frame.name.as_str(), "an event is named by its type");
    assert_eq!(frame.data["position"].as_u64(), frame.id, "the id is the position: {frame:?}");
    assert_eq!(frame.data["resume_after"].as_str(), field("id"), "a frame says its own id: {frame:?}");
    Some(frame)
}
