//! A visitor: requests a conversation, says the visitor's lines, ends it or sees it end.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::text::Language;
use serde::{Deserialize, Serialize};
use serde_json::json;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::sleep_until;
use uuid::Uuid;

use super::part::{Next, Part};
use super::script::{Scene, Script, Side};
use super::stage::Stage;
use crate::client::{self, Heard, Http, Paths, Socket, VisitorCommand, VisitorFrame};

/// How often a visitor who listens asks whether there is still hope.
const LOOK_UP: Duration = Duration::from_secs(1);

/// What became of a conversation.
#[derive(Debug)]
pub struct Outcome {
    /// The conversation, with what was to be said.
    pub scene: Arc<Scene>,
    /// How the request was answered; `None` when it could not be made.
    pub answer: Option<Answer>,
    /// The last position seen in it.
    pub position: u64,
}

/// How a request was answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    /// An operator had room.
    Assigned,
    /// The visitor waits.
    Waiting,
    /// Nobody will answer.
    Refused,
}

/// The answer to a request.
#[derive(Debug, Deserialize)]
pub(crate) struct Requested {
    pub(crate) outcome: Answer,
    pub(crate) visitor_token: String,
    pub(crate) position: u64,
}

/// Has the conversation from the request to the end. `place` is given back once the visitor is
/// connected, so that not everybody connects at once.
pub(super) async fn play(stage: &Stage, scene: Arc<Scene>, place: OwnedSemaphorePermit) -> Outcome {
    let mut outcome = Outcome { scene: scene.clone(), answer: None, position: 0 };
    stage.enter(scene.clone());
    match request(&stage.http, &stage.paths, &stage.tokens.integration, &scene).await {
        Err(error) => stage.tally.trouble(|| format!("{}: {error}", scene.script.name)),
        Ok(requested) => {
            stage.tally.heard();
            outcome.answer = Some(requested.outcome);
            outcome.position = requested.position;
            if requested.outcome != Answer::Refused {
                let position = Visitor::new(stage, scene.clone(), &requested).talk(place).await;
                outcome.position = outcome.position.max(position);
            }
        }
    }
    stage.leave(scene.id);
    stage.tally.over.fetch_add(1, Ordering::Relaxed);
    outcome
}

/// Requests a conversation for the visitor of a script, with a card and the exchange with the bot.
pub(crate) async fn request(
    http: &Http,
    paths: &Paths,
    integration: &str,
    scene: &Scene,
) -> Result<Requested, client::Error> {
    #[derive(Serialize)]
    struct Visitor<'a> {
        id: String,
        #[serde(skip_serializing_if = "str::is_empty")]
        name: &'a str,
    }
    let Script { visitor, language, skill, .. } = scene.script.as_ref();
    let (title, question) = match language {
        Language::Fr => ("Aide", "Je voudrais parler à un conseiller."),
        Language::En => ("Help", "I would like to talk to somebody."),
    };
    let mut body = json!({
        // One visitor has one conversation at a time, and the same name may come twice in a file.
        "visitor": Visitor { id: format!("v-{}", scene.id.simple()), name: visitor },
        "language": language,
        "card": {
            "page_url": "https://www.example.org/help", "page_title": title, "browser": "Firefox 140",
            "system": "Linux", "time_on_site_secs": 95, "variables": { "conversation": scene.script.name },
        },
        "history": [{ "author": "visitor", "text": question }],
    });
    if let Some(skill) = skill {
        body["skill"] = json!(skill);
    }
    http.post(&paths.below("/conversations"), integration, scene.id, &body).await
}

#[expect(clippy::struct_excessive_bools, reason = "what has happened so far, each by itself")]
struct Visitor<'a> {
    stage: &'a Stage,
    part: Part,
    socket: Socket<VisitorFrame>,
    end: Option<Uuid>,
    is_assigned: bool,
    is_picked_up: bool,
    is_waiting: bool,
    is_over: bool,
    heard_at: Instant,
}

impl<'a> Visitor<'a> {
    fn new(stage: &'a Stage, scene: Arc<Scene>, requested: &Requested) -> Self {
        let address = stage.paths.socket(format_args!("/visitor?conversation={}", scene.id));
        let is_waiting = requested.outcome == Answer::Waiting;
        if is_waiting {
            stage.tally.waiting.fetch_add(1, Ordering::Relaxed);
        }
        Self {
            stage,
            part: Part::new(scene, Side::Visitor),
            socket: Socket::new(address, &requested.visitor_token, Some(0)),
            end: None,
            is_assigned: false,
            is_picked_up: false,
            is_waiting,
            is_over: false,
            heard_at: Instant::now(),
        }
    }

    /// Talks until the end, and tells the last position seen.
    async fn talk(mut self, place: OwnedSemaphorePermit) -> u64 {
        if let Err(error) = self.talk_to_the_end(place).await {
            let name = &self.part.scene().script.name;
            self.stage.tally.trouble(|| format!("{name}: the visitor: {error}"));
        }
        self.stop_waiting();
        self.stage.tally.counted().undelivered += self.part.unheard();
        self.stage.tally.socket(self.socket.reconnections(), self.socket.doubled());
        let position = self.socket.position();
        self.socket.close().await;
        position
    }

    async fn talk_to_the_end(&mut self, place: OwnedSemaphorePermit) -> Result<(), client::Error> {
        let mut place = Some(place);
        while !self.is_over {
            let look_up = Instant::now() + LOOK_UP;
            let next = self.part.next();
            let due = match next {
                Next::Say(line) => Some(self.stage.due(self.part.scene(), line)),
                Next::End if self.is_assigned => Some(Instant::now()),
                Next::End | Next::Listen => None,
            };
            tokio::select! {
                heard = self.socket.next() => self.hear(heard?, &mut place),
                () = sleep_until(due.unwrap_or(look_up).min(look_up).into()) => {
                    if due.is_none_or(|due| due > Instant::now()) {
                        self.despair();
                        continue;
                    }
                    match next {
                        Next::Say(line) => self.say(line).await?,
                        Next::End => self.end().await?,
                        Next::Listen => {}
                    }
                }
            }
        }
        Ok(())
    }

    async fn say(&mut self, line: usize) -> Result<(), client::Error> {
        let scene = self.part.scene().clone();
        let Some(text) = scene.script.lines.get(line).map(|line| &line.text) else { return Ok(()) };
        let id = Uuid::now_v7();
        self.part.says(line, id);
        self.stage.tally.sent.fetch_add(1, Ordering::Relaxed);
        if self.socket.connected_since().is_some() {
            scene.sent(line);
        }
        self.socket.send(Some(id), &VisitorCommand::Message { id, text }).await
    }

    async fn end(&mut self) -> Result<(), client::Error> {
        let id = Uuid::now_v7();
        self.part.ends();
        self.end = Some(id);
        self.socket.send(Some(id), &VisitorCommand::End { id }).await
    }

    fn hear(&mut self, heard: Heard<VisitorFrame>, place: &mut Option<OwnedSemaphorePermit>) {
        self.heard_at = Instant::now();
        self.stage.tally.heard();
        match heard {
            Heard::Connected => {
                drop(place.take());
                if let Some(line) = self.part.sending() {
                    self.part.scene().disturbed(line);
                }
            }
            Heard::Done(_) => {}
            Heard::Problem { id, problem } => self.refused(id, &problem),
            Heard::Frame(frame) => self.hear_frame(frame),
        }
    }

    fn hear_frame(&mut self, frame: VisitorFrame) {
        match frame {
            VisitorFrame::Message(message) => {
                let (arrival, line) = self.part.hear(message.number, message.from);
                self.stage.tally.arrived(arrival);
                let scene = self.part.scene();
                if let Some(took) = line.and_then(|line| scene.took(line, self.socket.connected_since())) {
                    self.stage.tally.counted().latencies.record(took);
                }
            }
            VisitorFrame::Assigned => {
                self.is_assigned = true;
                self.stop_waiting();
            }
            VisitorFrame::PickedUp => {
                if !std::mem::replace(&mut self.is_picked_up, true) {
                    self.stage.tally.counted().waits.record(self.part.scene().origin.elapsed());
                }
            }
            VisitorFrame::Ended | VisitorFrame::Left | VisitorFrame::RequestRefused => self.is_over = true,
            VisitorFrame::Queued | VisitorFrame::Transferred | VisitorFrame::Unknown => {}
        }
    }

    fn refused(&mut self, id: Option<Uuid>, problem: &client::Problem) {
        let name = &self.part.scene().script.name;
        self.stage.tally.trouble(|| format!("{name}: the visitor: {problem}"));
        if id.is_some_and(|id| self.part.refused(id).is_some()) {
            self.stage.tally.counted().refused += 1;
        } else if id.is_some() && id == self.end {
            self.is_over = true;
        }
    }

    /// Gives up when what has to come does not come.
    fn despair(&mut self) {
        let silence = if self.is_waiting { self.stage.tally.silence() } else { self.heard_at.elapsed() };
        if silence > self.stage.patience {
            let name = &self.part.scene().script.name;
            self.stage.tally.trouble(|| format!("{name}: nothing heard for {} s", silence.as_secs()));
            self.is_over = true;
        }
    }

    fn stop_waiting(&mut self) {
        if std::mem::take(&mut self.is_waiting) {
            self.stage.tally.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
