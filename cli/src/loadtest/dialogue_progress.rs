//! How far one side is in a dialogue: what it has received, and therefore what it does next. Pure.
//!
//! A line is said only after everything before it was received on this side's own connection, its own
//! lines included: this is what gives the order of the messages a meaning.

use std::sync::Arc;

use domain::event::Voice;
use uuid::Uuid;

use super::dialogue::{PlayedDialogue, Side};

/// One side of one conversation.
#[derive(Debug)]
pub struct DialogueProgress {
    played: Arc<PlayedDialogue>,
    side: Side,
    /// Lines received.
    received: usize,
    /// The number of the last message, those of Pupitre included.
    number: u32,
    /// The line on its way, with its command.
    sending: Option<(usize, Uuid)>,
    ending: bool,
}

/// What a side does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// Say this line.
    Say(usize),
    /// End the livechat.
    End,
    /// Listen.
    Listen,
}

/// How a message arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrival {
    /// The one after the last.
    InOrder,
    /// One that was received before.
    Again,
    /// Some before it were not received.
    Early,
}

impl DialogueProgress {
    /// The progress of `side`, which has received nothing yet.
    pub const fn new(played: Arc<PlayedDialogue>, side: Side) -> Self {
        Self { played, side, received: 0, number: 0, sending: None, ending: false }
    }

    /// The conversation.
    pub const fn played(&self) -> &Arc<PlayedDialogue> {
        &self.played
    }

    /// What to do next, as far as this side knows.
    pub fn next(&self) -> Next {
        if self.ending || self.sending.is_some() {
            return Next::Listen;
        }
        match self.played.line_after(self.received) {
            Some(line) => match self.played.dialogue.lines.get(line) {
                Some(next) if next.side == self.side => Next::Say(line),
                Some(_) | None => Next::Listen,
            },
            None if self.played.dialogue.ended_by() == self.side => Next::End,
            None => Next::Listen,
        }
    }

    /// Records a message received on this side's connection. Also returns which line it is, if it is new
    /// and the other side's.
    pub fn receive(&mut self, number: u32, voice: Voice) -> (Arrival, Option<usize>) {
        if number <= self.number {
            return (Arrival::Again, None);
        }
        let arrival = if number == self.number + 1 { Arrival::InOrder } else { Arrival::Early };
        self.number = number;
        if voice == Voice::System {
            return (arrival, None);
        }
        let line = self.played.line_after(self.received);
        self.received += 1;
        if voice != self.side.voice() {
            return (arrival, line);
        }
        if self.sending.is_some_and(|(sending, _)| Some(sending) == line) {
            self.sending = None;
        }
        (arrival, None)
    }

    /// Records that `line` leaves as `command`.
    pub const fn line_sent(&mut self, line: usize, command: Uuid) {
        self.sending = Some((line, command));
    }

    /// Records that the end is asked for.
    pub const fn end_sent(&mut self) {
        self.ending = true;
    }

    /// The line on its way, if any.
    pub fn sending(&self) -> Option<usize> {
        self.sending.map(|(line, _)| line)
    }

    /// Records that `command` was refused. Returns the line that will never be received.
    pub fn refused(&mut self, command: Uuid) -> Option<usize> {
        let (line, _) = self.sending.filter(|(_, sending)| *sending == command)?;
        self.sending = None;
        self.played.abandon(line);
        Some(line)
    }

    /// How many lines were not received.
    pub fn missing(&self) -> usize {
        self.played.audible().saturating_sub(self.received)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use domain::text::Language;

    use super::super::dialogue::{Dialogue, Line};
    use super::*;

    fn played(sides: &[Side]) -> Arc<PlayedDialogue> {
        let lines =
            sides.iter().map(|side| Line { after: Duration::ZERO, side: *side, text: "…".into() }).collect();
        let dialogue = Dialogue {
            name: "a".into(),
            begins_at_secs: 0,
            visitor: "v".into(),
            language: Language::En,
            skill: None,
            lines,
            empty: 0,
        };
        Arc::new(PlayedDialogue::new(Uuid::nil(), Arc::new(dialogue)))
    }

    #[test]
    fn each_side_waits_for_the_other_and_for_its_own_echo() {
        let played = played(&[Side::Visitor, Side::Visitor, Side::Operator]);
        let mut visitor = DialogueProgress::new(played.clone(), Side::Visitor);
        let mut operator = DialogueProgress::new(played, Side::Operator);
        assert_eq!((visitor.next(), operator.next()), (Next::Say(0), Next::Listen));
        visitor.line_sent(0, Uuid::max());
        assert_eq!(visitor.next(), Next::Listen, "its own line is not received yet");
        assert_eq!(visitor.receive(1, Voice::Visitor), (Arrival::InOrder, None));
        assert_eq!(visitor.next(), Next::Say(1));
        assert_eq!(operator.receive(1, Voice::Visitor), (Arrival::InOrder, Some(0)));
        assert_eq!(operator.receive(2, Voice::System), (Arrival::InOrder, None));
        assert_eq!(operator.receive(3, Voice::Visitor), (Arrival::InOrder, Some(1)));
        assert_eq!(operator.next(), Next::Say(2));
        operator.line_sent(2, Uuid::max());
        operator.receive(4, Voice::Operator);
        assert_eq!((operator.next(), operator.missing()), (Next::End, 0));
        operator.end_sent();
        assert_eq!(operator.next(), Next::Listen);
    }

    #[test]
    fn a_refused_line_holds_nobody_up() {
        let played = played(&[Side::Visitor, Side::Operator]);
        let mut visitor = DialogueProgress::new(played.clone(), Side::Visitor);
        let operator = DialogueProgress::new(played, Side::Operator);
        visitor.line_sent(0, Uuid::max());
        assert_eq!(visitor.refused(Uuid::nil()), None);
        assert_eq!(visitor.refused(Uuid::max()), Some(0));
        assert_eq!((visitor.next(), operator.next()), (Next::Listen, Next::Say(1)));
    }

    #[test]
    fn a_repeated_number_is_distinguished_from_a_gap() {
        let mut visitor = DialogueProgress::new(played(&[Side::Operator; 3]), Side::Visitor);
        assert_eq!(visitor.receive(1, Voice::Operator).0, Arrival::InOrder);
        assert_eq!(visitor.receive(1, Voice::Operator), (Arrival::Again, None));
        assert_eq!(visitor.receive(3, Voice::Operator).0, Arrival::Early);
        assert_eq!(visitor.missing(), 1);
    }
}
