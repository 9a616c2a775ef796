//! A conversation to be played: its lines, and what is known while it is played.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use domain::event::Voice;
use domain::text::{Language, Text};
use domain::{Action, ConversationAction, ConversationId};
use serde::Deserialize;
use uuid::Uuid;

/// The side that says a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Side {
    /// The visitor.
    Visitor,
    /// Whichever operator has the conversation.
    Operator,
}

impl Side {
    /// The voice in which the others receive this side.
    pub const fn voice(self) -> Voice {
        match self {
            Self::Visitor => Voice::Visitor,
            Self::Operator => Voice::Operator,
        }
    }
}

/// One message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Not before this long after the beginning of the conversation, in time of the file.
    pub after: Duration,
    /// Which side says it.
    pub side: Side,
    /// What.
    pub text: String,
}

/// A text as a server keeps it: tidied as every text of a command is; nothing, if a message must not be that.
pub fn as_kept(text: &str) -> Option<String> {
    let message = ConversationAction::Write(Text::parse(text).ok()?);
    let received = Action::Conversation(ConversationId(Uuid::nil()), message).received().ok()?;
    let Action::Conversation(_, ConversationAction::Write(text)) = received else { return None };
    Some(text.to_string())
}

/// One conversation of a file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Dialogue {
    /// Its name in the file.
    pub name: String,
    /// When it begins, in seconds of the file's own calendar.
    pub begins_at_secs: i64,
    /// The visitor's name.
    pub visitor: String,
    /// The visitor's language.
    pub language: Language,
    /// The skill it asks for.
    pub skill: Option<String>,
    /// The messages, oldest first; none is empty.
    pub lines: Vec<Line>,
    /// Messages of the file left out because they are empty.
    pub empty: usize,
}

impl Dialogue {
    /// How long it lasts, in time of the file.
    pub fn lasts(&self) -> Duration {
        self.lines.last().map_or(Duration::ZERO, |line| line.after)
    }

    /// The side that ends it: the one with the last message.
    pub fn ended_by(&self) -> Side {
        self.lines.last().map_or(Side::Visitor, |line| line.side)
    }
}

/// A dialogue being played as one conversation. Both sides look at it, neither locks it.
#[derive(Debug)]
pub struct PlayedDialogue {
    /// The conversation, which is the key of its request.
    pub id: Uuid,
    /// What is played.
    pub dialogue: Arc<Dialogue>,
    /// When it was requested.
    pub origin: Instant,
    lines: Box<[Sent]>,
}

/// What became of one line.
#[derive(Debug, Default)]
struct Sent {
    /// Microseconds after the origin, plus one; 0 when not sent, or not on a live connection.
    at: AtomicU64,
    /// The server refused it: nobody waits for it any more.
    abandoned: AtomicBool,
}

impl PlayedDialogue {
    /// A conversation that begins now.
    pub fn new(id: Uuid, dialogue: Arc<Dialogue>) -> Self {
        let lines = dialogue.lines.iter().map(|_| Sent::default()).collect();
        Self { id, dialogue, origin: Instant::now(), lines }
    }

    /// The line to be received after `received` lines.
    pub fn line_after(&self, received: usize) -> Option<usize> {
        let mut lines = (0..self.lines.len()).filter(|line| !self.is_abandoned(*line));
        lines.nth(received)
    }

    /// How many lines can still be received in all.
    pub fn audible(&self) -> usize {
        (0..self.lines.len()).filter(|line| !self.is_abandoned(*line)).count()
    }

    /// Records that `line` leaves now on a live connection.
    pub fn sent(&self, line: usize) {
        if let Some(sent) = self.lines.get(line) {
            let micros = u64::try_from(self.origin.elapsed().as_micros()).unwrap_or(u64::MAX - 1);
            sent.at.store(micros + 1, Ordering::Relaxed);
        }
    }

    /// Records that the connection was lost while `line` was on its way: its delivery says nothing
    /// about the server.
    pub fn disturbed(&self, line: usize) {
        if let Some(sent) = self.lines.get(line) {
            sent.at.store(0, Ordering::Relaxed);
        }
    }

    /// Records that the server refused `line` for good.
    pub fn abandon(&self, line: usize) {
        if let Some(sent) = self.lines.get(line) {
            sent.abandoned.store(true, Ordering::Relaxed);
        }
    }

    /// How long `line` took until now, received on a connection that is up since `connected_since`; `None`
    /// when a connection was lost on the way.
    pub fn took(&self, line: usize, connected_since: Option<Instant>) -> Option<Duration> {
        let micros = self.lines.get(line)?.at.load(Ordering::Relaxed).checked_sub(1)?;
        let sent_at = self.origin + Duration::from_micros(micros);
        (connected_since? <= sent_at).then(|| sent_at.elapsed())
    }

    fn is_abandoned(&self, line: usize) -> bool {
        self.lines.get(line).is_some_and(|sent| sent.abandoned.load(Ordering::Relaxed))
    }
}
