//! A visitor of the demonstration: asks, waits (some not for long), writes like a person, goes.

use std::sync::Arc;

use domain::event::Voice;
use tokio::time::{Duration, Instant, sleep_until};
use uuid::Uuid;

use super::floor::{Due, Floor, Turn};
use super::rng::Rng;
use crate::client::{self, Received, Socket, Trust, VisitorCommand, VisitorFrame};
use crate::loadtest::dialogue::{PlayedDialogue, Side};
use crate::loadtest::dialogue_progress::{DialogueProgress, Next};
use crate::loadtest::visitor::{Answer, Requested, request};

/// One visitor in so many leaves the queue, after this long in milliseconds.
const IMPATIENT_ONE_IN: u32 = 4;
const IMPATIENT_MILLIS: (u64, u64) = (4_000, 12_000);

/// Nobody stays longer than this without hearing anything.
const SILENCE_MAX: Duration = Duration::from_secs(300);

/// Visits the livechat once.
pub(super) async fn visit(floor: Arc<Floor>, played: Arc<PlayedDialogue>, rng: Rng) {
    floor.enter(played.clone());
    if let Err(error) = converse(&floor, &played, rng).await {
        tracing::debug!(%error, conversation.id = %played.id, "a visitor of the demonstration gave up");
    }
    floor.leave(played.id);
}

async fn converse(floor: &Floor, played: &Arc<PlayedDialogue>, mut rng: Rng) -> Result<(), client::Error> {
    let requested = request(&floor.http, &floor.paths, &floor.tokens.integration, played).await?;
    let leaves_at = match requested.outcome {
        Answer::Refused => return Ok(()),
        Answer::Waiting if rng.one_in(IMPATIENT_ONE_IN) => {
            Some(Instant::now() + rng.millis(IMPATIENT_MILLIS))
        }
        Answer::Waiting | Answer::Assigned => None,
    };
    Visitor::new(floor, played, &requested, leaves_at).talk(&mut rng).await
}

struct Visitor {
    progress: DialogueProgress,
    socket: Socket<VisitorFrame>,
    turn: Turn,
    /// When the visitor has had enough of waiting.
    leaves_at: Option<Instant>,
    is_picked_up: bool,
    is_over: bool,
}

impl Visitor {
    fn new(
        floor: &Floor,
        played: &Arc<PlayedDialogue>,
        requested: &Requested,
        leaves_at: Option<Instant>,
    ) -> Self {
        let address = floor.paths.socket(format_args!("/visitor?conversation={}", played.id));
        Self {
            progress: DialogueProgress::new(played.clone(), Side::Visitor),
            socket: Socket::new(address, &requested.visitor_token, &Trust::default(), Some(0)),
            turn: Turn::default(),
            leaves_at,
            is_picked_up: false,
            is_over: false,
        }
    }

    async fn talk(mut self, rng: &mut Rng) -> Result<(), client::Error> {
        let mut gives_up_at = Instant::now() + SILENCE_MAX;
        while !self.is_over {
            // Before the pick-up a visitor says the first line and then waits for somebody.
            let speaks = self.is_picked_up || self.progress.next() == Next::Say(0);
            let turn_at = if speaks { self.turn.plan(&self.progress, rng) } else { None };
            let at = [turn_at, self.leaves_at].into_iter().flatten().fold(gives_up_at, Instant::min);
            tokio::select! {
                received = self.socket.next() => {
                    gives_up_at = Instant::now() + SILENCE_MAX;
                    self.receive(received?);
                }
                () = sleep_until(at) => {
                    if gives_up_at <= Instant::now() {
                        break;
                    }
                    self.act().await?;
                }
            }
        }
        self.socket.close().await;
        Ok(())
    }

    async fn act(&mut self) -> Result<(), client::Error> {
        let id = Uuid::now_v7();
        if self.leaves_at.is_some_and(|at| at <= Instant::now()) {
            self.leaves_at = None;
            return self.socket.send(Some(id), &VisitorCommand::Leave { id }).await;
        }
        match self.turn.take_due() {
            None | Some(Due::Act(Next::Listen)) => Ok(()),
            Some(Due::Type) => self.socket.send(None, &VisitorCommand::Typing).await,
            Some(Due::Act(Next::Say(line))) => {
                let played = self.progress.played().clone();
                let Some(text) = played.dialogue.lines.get(line).map(|line| &line.text) else {
                    return Ok(());
                };
                self.progress.line_sent(line, id);
                self.socket.send(Some(id), &VisitorCommand::Message { id, text }).await
            }
            Some(Due::Act(Next::End)) => {
                self.progress.end_sent();
                self.socket.send(Some(id), &VisitorCommand::End { id }).await
            }
        }
    }

    fn receive(&mut self, received: Received<VisitorFrame>) {
        match received {
            Received::Connected | Received::Done(_) => {}
            Received::Problem { id, .. } => {
                if let Some(id) = id {
                    self.progress.refused(id);
                }
            }
            Received::Frame(frame) => match frame {
                VisitorFrame::Message(message) => {
                    self.progress.receive(message.number, message.from);
                    self.is_picked_up |= message.from == Voice::Operator;
                }
                VisitorFrame::PickedUp => {
                    self.is_picked_up = true;
                    self.leaves_at = None;
                }
                VisitorFrame::Ended | VisitorFrame::Left | VisitorFrame::RequestRefused => {
                    self.is_over = true;
                }
                VisitorFrame::Queued
                | VisitorFrame::Assigned
                | VisitorFrame::Transferred
                | VisitorFrame::Unknown => {}
            },
        }
    }
}
