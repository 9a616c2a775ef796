//! A feed: frames with the position of the log that each leads to, whatever the transport. Each says in `resume_after`
//! what to give back as `after`: the same as the id of the event.
//!
//! A frame is written once, however many read it. A reader who falls behind is not given what it missed one
//! by one: it is given the difference between where it stands and now, each row once. So there is nothing to
//! keep for a slow reader, and nothing to lose.

use std::sync::Arc;

use axum::extract::ws::Utf8Bytes;
use domain::text::Language;
use futures::{Stream, stream};
use journal::Position;
use serde::Serialize;
use tokio::sync::broadcast::{self, error::RecvError};

use super::cursor::Cursor;
use super::live_floors::{Live, LiveFloors};
use super::socket_frames::text;

/// The name of the last frame.
const END: &str = "end";

/// A frame as it is sent. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Frame {
    /// The name of the event, where it is not the `type` that the frame says itself.
    name: Option<&'static str>,
    /// Where to resume after it; a frame without one moves nothing.
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

    /// The last frame of a feed: it says why there is no other.
    pub fn end(at: Option<Cursor>, what: &impl Serialize) -> Self {
        Self::new(END, at, what)
    }

    /// Is it the last one?
    pub(super) fn is_end(&self) -> bool {
        self.name == Some(END)
    }

    /// A frame that says its type itself.
    pub fn tagged(at: Option<impl Into<Cursor>>, what: &impl Serialize) -> Self {
        let at = at.map(Into::into);
        Self { name: None, at, text: begun_with([at.map(resume_after)], text(what)).into() }
    }

    /// The frame as a server-sent event.
    pub(super) fn event(&self) -> String {
        let name = self.name.unwrap_or_else(|| type_of(&self.text));
        let id = self.at.map(|at| format!("id: {at}\n")).unwrap_or_default();
        // JSON has no line feeds between its quotes, and none was written outside of them.
        format!("event: {name}\n{id}data: {}\n\n", self.text.as_str())
    }
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

/// The type that a frame says.
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

/// Why a feed broke off: its reader has to come back.
#[derive(Clone, Copy, Debug, thiserror::Error)]
#[error("the feed broke off")]
pub struct Broken;

/// What a feed shows, and in which language skills are named.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct View {
    /// What of the floor.
    pub of: FeedScope,
    /// The reader's language.
    pub language: Language,
}

/// What a feed shows of a floor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FeedScope {
    /// All of it: for supervisors.
    Floor,
    /// Who waits.
    Queue,
    /// How many wait, and for what: for operators.
    QueueLengths,
}

impl View {
    /// How many there are.
    pub(super) const COUNT: usize = 6;

    /// Those of this, in every language.
    pub(super) fn each(of: FeedScope) -> impl Iterator<Item = Self> {
        [Language::Fr, Language::En].into_iter().map(move |language| Self { of, language })
    }

    /// Its place among all.
    pub(super) const fn place(self) -> usize {
        2 * self.of as usize + self.language as usize
    }
}

/// What is passed on to all who follow a view.
#[derive(Clone, Debug)]
pub(super) enum Update {
    /// Leads from any position from `after` on to `position`.
    Change { after: Position, position: Position, frame: Frame },
    /// Stands out before the change that leads to `position`, and includes it.
    Alert { after: Position, position: Position, frame: Frame },
    /// Moves nothing.
    Totals(Frame),
}

/// Follows a view from just after a position, or from a snapshot.
pub(super) fn follow(
    floors: &LiveFloors,
    livechat: &domain::LivechatId,
    view: View,
    after: Option<Position>,
) -> impl Stream<Item = Result<Frame, Broken>> + Send + use<> {
    let live = floors.live(livechat);
    let updates = live.subscribe(view);
    let (floors, totals) = (floors.clone(), view.of == FeedScope::Floor);
    let follower =
        Follower { floors, live, updates, view, reached: after, begun: false, behind: true, totals };
    stream::unfold(Some(follower), |follower| async move {
        let mut follower = follower?;
        match follower.next().await {
            Ok(frame) => Some((Ok(frame), Some(follower))),
            Err(broken) => Some((Err(broken), None)),
        }
    })
}

struct Follower {
    floors: LiveFloors,
    live: Arc<Live>,
    updates: broadcast::Receiver<Update>,
    view: View,
    /// Up to where the reader has been told; nothing before the snapshot.
    reached: Option<Position>,
    /// Whether the floor was waited for.
    begun: bool,
    /// Whether the difference to now has to be told before going on live.
    behind: bool,
    /// Whether the reader, who resumes, has yet to be told today's totals.
    totals: bool,
}

impl Follower {
    async fn next(&mut self) -> Result<Frame, Broken> {
        if !self.begun {
            self.floors.ready(&self.live).await?;
            if self.view.of == FeedScope::Floor {
                self.floors.counted(&self.live).await;
            }
            self.begun = true;
        }
        loop {
            if std::mem::take(&mut self.behind) {
                let caught_up = self.live.catch_up(self.view, self.reached);
                if let Some((position, frame)) = caught_up {
                    // A snapshot has them.
                    self.totals &= self.reached.is_some();
                    self.reached = Some(position);
                    return Ok(frame);
                }
                // A position that this log has not reached is none to go on from.
                self.reached = self.reached.filter(|reached| *reached <= self.live.position());
            }
            if std::mem::take(&mut self.totals)
                && let Some(frame) = self.live.totals()
            {
                return Ok(frame);
            }
            if let Some(frame) = self.receive().await? {
                return Ok(frame);
            }
        }
    }

    /// What comes next, if it is for this reader.
    async fn receive(&mut self) -> Result<Option<Frame>, Broken> {
        let update = tokio::select! {
            update = self.updates.recv() => update,
            () = self.live.over() => return Err(Broken),
        };
        let Some(reached) = self.reached else {
            // Now there is something to show.
            self.behind = true;
            return Ok(None);
        };
        match update {
            Ok(Update::Totals(frame)) => return Ok(Some(frame)),
            Ok(Update::Change { position, .. } | Update::Alert { position, .. }) if position <= reached => {}
            Ok(Update::Change { after, position, frame }) if after <= reached => {
                self.reached = Some(position);
                return Ok(Some(frame));
            }
            Ok(Update::Alert { after, frame, .. }) if after <= reached => return Ok(Some(frame)),
            Ok(Update::Change { .. } | Update::Alert { .. }) | Err(RecvError::Lagged(_)) => {
                self.behind = true;
            }
            Err(RecvError::Closed) => return Err(Broken),
        }
        Ok(None)
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
