//! A live feed over either transport: the same frames, each with the position to resume after.

use eventsource_stream::{Event, EventStreamError, Eventsource};
use futures::StreamExt;
use futures::stream::BoxStream;
use reqwest::Method;
use serde_json::Value;
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};

use super::person::Door;
use super::{Person, socket};
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
    Events {
        events: BoxStream<'static, Result<Event, EventStreamError<reqwest::Error>>>,
        /// The id that a browser would resume after.
        last_id: String,
    },
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
                let events = stream.bytes_stream().eventsource().boxed();
                Self(Source::Events { events, last_id: String::new() })
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
            Source::Events { events, last_id } => {
                let Some(Ok(event)) = events.next().await else { return Err(Ended::Cut) };
                let frame = frame_of(&event, last_id);
                if frame.name == "end" {
                    return Err(Ended::Event(frame.data["reason"].as_str().expect("a reason").into()));
                }
                Ok(frame)
            }
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

async fn connect(door: &Door) -> WebSocketStream<MaybeTlsStream<TcpStream>> {
    match socket::connect(socket::request(door)).await {
        Ok((socket, _)) => socket,
        Err(Error::Http(refusal)) => panic!("the socket is refused: {:?}", refusal.status()),
        Err(error) => panic!("the socket cannot be opened: {error}"),
    }
}

/// It tells more than the position.
fn mark(resume_after: Option<&str>) -> Option<String> {
    resume_after.filter(|id| id.contains('-')).map(str::to_owned)
}

/// The frame in an event. One that moves nothing has no id, so that a browser still resumes after the last that had one.
fn frame_of(event: &Event, last_id: &mut String) -> FeedFrame {
    let data: Value = serde_json::from_str(&event.data).expect("the data is JSON");
    let own_id = data["resume_after"].as_str();
    assert_eq!(data["type"], event.event.as_str(), "an event is named by its type");
    assert_eq!(event.id, own_id.unwrap_or(last_id), "a frame says its own id: {event:?}");
    let id = own_id.map(|id| {
        let position = id.split_once('-').map_or(id, |(position, _)| position);
        position.parse().expect("the id begins with a position")
    });
    assert_eq!(data["position"].as_u64(), id, "the id is the position: {event:?}");
    let mark = mark(own_id);
    event.id.clone_into(last_id);
    FeedFrame { name: event.event.clone(), id, mark, data }
}
