//! A visitor of the demonstration: asks, waits (some not for long), writes like a person, goes.

use std::sync::Arc;

use domain::event::Voice;
use tokio::time::{Duration, Instant, sleep_until};
use uuid::Uuid;

use super::chance::Chance;
use super::floor::{Due, Floor, Turn};
use crate::client::{self, Heard, Socket, VisitorCommand, VisitorFrame};
use crate::simulate::part::{Next, Part};
use crate::simulate::script::{Scene, Side};
use crate::simulate::visitor::{Answer, Requested, request};

/// One visitor in so many leaves the queue, after this long in milliseconds.
const IMPATIENT_ONE_IN: u64 = 4;
const IMPATIENT_MILLIS: (u64, u64) = (4_000, 12_000);

/// Nobody stays longer than this without hearing anything.
const PATIENCE: Duration = Duration::from_secs(300);

/// Visits the livechat once.
pub async fn visit(floor: Arc<Floor>, scene: Arc<Scene>, chance: Chance) {
    floor.enter(scene.clone());
    if let Err(error) = converse(&floor, &scene, chance).await {
        tracing::debug!(%error, conversation.id = %scene.id, "a visitor of the demonstration gave up");
    }
    floor.leave(scene.id);
}

async fn converse(floor: &Floor, scene: &Arc<Scene>, mut chance: Chance) -> Result<(), client::Error> {
    let requested = request(&floor.http, &floor.paths, &floor.tokens.integration, scene).await?;
    let leaves_at = match requested.outcome {
        Answer::Refused => return Ok(()),
        Answer::Waiting if chance.one_in(IMPATIENT_ONE_IN) => {
            Some(Instant::now() + chance.millis(IMPATIENT_MILLIS))
        }
        Answer::Waiting | Answer::Assigned => None,
    };
    Visitor::new(floor, scene, &requested, leaves_at).talk(&mut chance).await
}

struct Visitor {
    part: Part,
    socket: Socket<VisitorFrame>,
    turn: Turn,
    /// When the visitor has had enough of waiting.
    leaves_at: Option<Instant>,
    is_picked_up: bool,
    is_over: bool,
}

impl Visitor {
    fn new(floor: &Floor, scene: &Arc<Scene>, requested: &Requested, leaves_at: Option<Instant>) -> Self {
        let address = floor.paths.socket(format_args!("/visitor?conversation={}", scene.id));
        Self {
            part: Part::new(scene.clone(), Side::Visitor),
            socket: Socket::new(address, &requested.visitor_token, Some(0)),
            turn: Turn::default(),
            leaves_at,
            is_picked_up: false,
            is_over: false,
        }
    }

    async fn talk(mut self, chance: &mut Chance) -> Result<(), client::Error> {
        let mut gives_up_at = Instant::now() + PATIENCE;
        while !self.is_over {
            // Before the pick-up a visitor says the first line and then waits for somebody.
            let speaks = self.is_picked_up || self.part.next() == Next::Say(0);
            let turn_at = if speaks { self.turn.plan(&self.part, chance) } else { None };
            let at = [turn_at, self.leaves_at].into_iter().flatten().fold(gives_up_at, Instant::min);
            tokio::select! {
                heard = self.socket.next() => {
                    gives_up_at = Instant::now() + PATIENCE;
                    self.hear(heard?);
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
                let scene = self.part.scene().clone();
                let Some(text) = scene.script.lines.get(line).map(|line| &line.text) else { return Ok(()) };
                self.part.says(line, id);
                self.socket.send(Some(id), &VisitorCommand::Message { id, text }).await
            }
            Some(Due::Act(Next::End)) => {
                self.part.ends();
                self.socket.send(Some(id), &VisitorCommand::End { id }).await
            }
        }
    }

    fn hear(&mut self, heard: Heard<VisitorFrame>) {
        match heard {
            Heard::Connected | Heard::Done(_) => {}
            Heard::Problem { id, .. } => {
                if let Some(id) = id {
                    self.part.refused(id);
                }
            }
            Heard::Frame(frame) => match frame {
                VisitorFrame::Message(message) => {
                    self.part.hear(message.number, message.from);
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
