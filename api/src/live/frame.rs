//! A frame of a feed, with the position of the log that it leads to, whatever the transport. It says in `resume_after`
//! what to give back as `after`: the same as the id of the event.

use axum::extract::ws::Utf8Bytes;
use domain::Timestamp;
use journal::{Position, Record};
use serde::Serialize;

use super::cursor::Cursor;
use super::socket_frames::text;

/// The name of the last frame.
const END: &str = "end";

/// A frame as it is sent. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The name of the event, where it is not the `type` in the frame itself.
    name: Option<&'static str>,
    /// Where to resume after it; a frame without one does not move the position.
    at: Option<Cursor>,
    text: Utf8Bytes,
}

impl Frame {
    /// A frame of this type.
    pub fn new(name: &'static str, at: Option<impl Into<Cursor>>, what: &impl Serialize) -> Self {
        let at = at.map(Into::into);
        let kind = format!(r#""type":"{name}""#);
        let first = [Some(kind), at.map(resume_after)];
        Self { name: Some(name), at, text: begun_with(first, text(what)).into() }
    }

    /// The last frame of a feed: it gives the reason for the end.
    pub fn end(at: Option<Cursor>, what: &impl Serialize) -> Self {
        Self::new(END, at, what)
    }

    /// Is it the last one?
    pub(super) fn is_end(&self) -> bool {
        self.name == Some(END)
    }

    /// A frame that contains its type.
    pub fn tagged(at: Option<impl Into<Cursor>>, what: &impl Serialize) -> Self {
        let at = at.map(Into::into);
        Self { name: None, at, text: begun_with([at.map(resume_after)], text(what)).into() }
    }

    /// A frame for an event: it contains its type, and the position and time of the event.
    pub(super) fn of_event(record: &Record, what: &impl Serialize) -> Self {
        Self::tagged(Some(record), &Logged { position: record.position, at: record.event.at, what })
    }

    /// The frame as a server-sent event.
    pub(super) fn event(&self) -> String {
        let name = self.name.unwrap_or_else(|| type_of(&self.text));
        let id = self.at.map(|at| format!("id: {at}\n")).unwrap_or_default();
        // JSON has no line feeds between its quotes, and none was written outside of them.
        format!("event: {name}\n{id}data: {}\n\n", self.text.as_str())
    }
}

/// A frame that comes from the log.
#[derive(Serialize)]
struct Logged<T> {
    /// Its place in the log of the livechat.
    position: Position,
    /// When it happened.
    at: Timestamp,
    /// What happened.
    #[serde(flatten)]
    what: T,
}

/// What to give back as `after`, which a socket has no event id for.
fn resume_after(at: Cursor) -> String {
    format!(r#""resume_after":"{at}""#)
}

/// An object that has these fields before its own.
fn begun_with<const FIELDS: usize>(first: [Option<String>; FIELDS], json: String) -> String {
    let mut text = String::with_capacity(json.len() + 64);
    for field in first.into_iter().flatten() {
        text.push(if text.is_empty() { '{' } else { ',' });
        text.push_str(&field);
    }
    if text.is_empty() {
        return json;
    }
    let rest = json.strip_prefix('{').unwrap_or(&json);
    if !rest.starts_with('}') {
        text.push(',');
    }
    text.push_str(rest);
    text
}

/// The type of a frame.
fn type_of(text: &str) -> &str {
    #[derive(serde::Deserialize)]
    struct Typed<'a> {
        #[serde(rename = "type", borrow)]
        kind: &'a str,
    }
    serde_json::from_str::<Typed<'_>>(text).map_or("message", |typed| typed.kind)
}

impl From<Frame> for Utf8Bytes {
    fn from(frame: Frame) -> Self {
        frame.text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_frame_says_its_type_and_is_an_event_of_that_name() {
        #[derive(Serialize)]
        struct Nothing {}
        assert_eq!(
            Frame::new("end", None::<Position>, &Nothing {}).event(),
            "event: end\ndata: {\"type\":\"end\"}\n\n"
        );
        let one = serde_json::json!({ "one": "a\nb" });
        let expected =
            "event: change\nid: 7\ndata: {\"type\":\"change\",\"resume_after\":\"7\",\"one\":\"a\\nb\"}\n\n";
        assert_eq!(Frame::new("change", Some(7_u64), &one).event(), expected);
        let tagged = serde_json::json!({ "position": 7, "type": "opened" });
        let at = Cursor { position: 7, mark: Some(0xf) };
        assert_eq!(
            Frame::tagged(Some(at), &tagged).event(),
            "event: opened\nid: 7-0000000f\n\
             data: {\"resume_after\":\"7-0000000f\",\"position\":7,\"type\":\"opened\"}\n\n"
        );
        let untold = Frame::tagged(None::<Cursor>, &tagged).event();
        assert_eq!(untold, "event: opened\ndata: {\"position\":7,\"type\":\"opened\"}\n\n");
    }
}
