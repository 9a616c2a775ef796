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

use super::dialogue::{Dialogue, PlayedDialogue, Side};
use super::dialogue_progress::{DialogueProgress, Next};
use super::shared::Shared;
use crate::client::{self, Http, Paths, Received, Socket, VisitorCommand, VisitorFrame};

/// How often a listening visitor checks whether something can still come.
const LOOK_UP: Duration = Duration::from_secs(1);

/// What became of a conversation.
#[derive(Debug)]
pub struct Outcome {
    /// The conversation, with what was to be said.
    pub played: Arc<PlayedDialogue>,
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
pub(super) async fn play(
    shared: &Shared,
    played: Arc<PlayedDialogue>,
    place: OwnedSemaphorePermit,
) -> Outcome {
    let mut outcome = Outcome { played: played.clone(), answer: None, position: 0 };
    shared.enter(played.clone());
    match request(&shared.http, &shared.paths, &shared.tokens.integration, &played).await {
        Err(error) => shared.tally.trouble(|| format!("{}: {error}", played.dialogue.name)),
        Ok(requested) => {
            shared.tally.received();
            outcome.answer = Some(requested.outcome);
            outcome.position = requested.position;
            if requested.outcome != Answer::Refused {
                let position = Visitor::new(shared, played.clone(), &requested).talk(place).await;
                outcome.position = outcome.position.max(position);
            }
        }
    }
    shared.leave(played.id);
    shared.tally.over.fetch_add(1, Ordering::Relaxed);
    outcome
}

/// Requests a conversation for the visitor of a dialogue, with a card and the exchange with the bot.
pub(crate) async fn request(
    http: &Http,
    paths: &Paths,
    integration: &str,
    played: &PlayedDialogue,
) -> Result<Requested, client::Error> {
    #[derive(Serialize)]
    struct Visitor<'a> {
        id: String,
        #[serde(skip_serializing_if = "str::is_empty")]
        name: &'a str,
    }
    let Dialogue { visitor, language, skill, .. } = played.dialogue.as_ref();
    let (title, question) = match language {
        Language::Fr => ("Aide", "Je voudrais parler à un conseiller."),
        Language::En => ("Help", "I would like to talk to somebody."),
    };
    let mut body = json!({
        // One visitor has one conversation at a time, and the same name may come twice in a file.
        "visitor": Visitor { id: format!("v-{}", played.id.simple()), name: visitor },
        "language": language,
        "card": {
            "page_url": "https://www.example.org/help", "page_title": title, "browser": "Firefox 140",
            "system": "Linux", "time_on_site_secs": 95, "variables": { "conversation": played.dialogue.name },
        },
        "history": [{ "author": "visitor", "text": question }],
    });
    if let Some(skill) = skill {
        body["skill"] = json!(skill);
    }
    http.post(&paths.below("/conversations"), integration, played.id, &body).await
}

#[expect(clippy::struct_excessive_bools, reason = "what has happened so far, each by itself")]
struct Visitor<'a> {
    shared: &'a Shared,
    progress: DialogueProgress,
    socket: Socket<VisitorFrame>,
    end: Option<Uuid>,
    is_assigned: bool,
    is_picked_up: bool,
    is_waiting: bool,
    is_over: bool,
    received_at: Instant,
}

impl<'a> Visitor<'a> {
    fn new(shared: &'a Shared, played: Arc<PlayedDialogue>, requested: &Requested) -> Self {
        let address = shared.paths.socket(format_args!("/visitor?conversation={}", played.id));
        let is_waiting = requested.outcome == Answer::Waiting;
        if is_waiting {
            shared.tally.waiting.fetch_add(1, Ordering::Relaxed);
        }
        Self {
            shared,
            progress: DialogueProgress::new(played, Side::Visitor),
            socket: Socket::new(address, &requested.visitor_token, &shared.trust, Some(0)),
            end: None,
            is_assigned: false,
            is_picked_up: false,
            is_waiting,
            is_over: false,
            received_at: Instant::now(),
        }
    }

    /// Talks until the end, and returns the last position seen.
    async fn talk(mut self, place: OwnedSemaphorePermit) -> u64 {
        if let Err(error) = self.talk_to_the_end(place).await {
            let name = &self.progress.played().dialogue.name;
            self.shared.tally.trouble(|| format!("{name}: the visitor: {error}"));
        }
        self.stop_waiting();
        self.shared.tally.counted().undelivered += self.progress.missing();
        self.shared.tally.socket(self.socket.reconnections(), self.socket.doubled());
        let position = self.socket.position();
        self.socket.close().await;
        position
    }

    async fn talk_to_the_end(&mut self, place: OwnedSemaphorePermit) -> Result<(), client::Error> {
        let mut place = Some(place);
        while !self.is_over {
            let look_up = Instant::now() + LOOK_UP;
            let next = self.progress.next();
            let due = match next {
                Next::Say(line) => Some(self.shared.due(self.progress.played(), line)),
                Next::End if self.is_assigned => Some(Instant::now()),
                Next::End | Next::Listen => None,
            };
            tokio::select! {
                received = self.socket.next() => self.receive(received?, &mut place),
                () = sleep_until(due.unwrap_or(look_up).min(look_up).into()) => {
                    if due.is_none_or(|due| due > Instant::now()) {
                        self.give_up_if_silent();
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
        let played = self.progress.played().clone();
        let Some(text) = played.dialogue.lines.get(line).map(|line| &line.text) else { return Ok(()) };
        let id = Uuid::now_v7();
        self.progress.line_sent(line, id);
        self.shared.tally.sent.fetch_add(1, Ordering::Relaxed);
        if self.socket.connected_since().is_some() {
            played.sent(line);
        }
        self.socket.send(Some(id), &VisitorCommand::Message { id, text }).await
    }

    async fn end(&mut self) -> Result<(), client::Error> {
        let id = Uuid::now_v7();
        self.progress.end_sent();
        self.end = Some(id);
        self.socket.send(Some(id), &VisitorCommand::End { id }).await
    }

    fn receive(&mut self, received: Received<VisitorFrame>, place: &mut Option<OwnedSemaphorePermit>) {
        self.received_at = Instant::now();
        self.shared.tally.received();
        match received {
            Received::Connected => {
                drop(place.take());
                if let Some(line) = self.progress.sending() {
                    self.progress.played().disturbed(line);
                }
            }
            Received::Done(_) => {}
            Received::Problem { id, problem } => self.refused(id, &problem),
            Received::Frame(frame) => self.receive_frame(frame),
        }
    }

    fn receive_frame(&mut self, frame: VisitorFrame) {
        match frame {
            VisitorFrame::Message(message) => {
                let (arrival, line) = self.progress.receive(message.number, message.from);
                self.shared.tally.arrived(arrival);
                let played = self.progress.played();
                if let Some(took) = line.and_then(|line| played.took(line, self.socket.connected_since())) {
                    self.shared.tally.counted().latencies.record(took);
                }
            }
            VisitorFrame::Assigned => {
                self.is_assigned = true;
                self.stop_waiting();
            }
            VisitorFrame::PickedUp => {
                if !std::mem::replace(&mut self.is_picked_up, true) {
                    self.shared.tally.counted().waits.record(self.progress.played().origin.elapsed());
                }
            }
            VisitorFrame::Ended | VisitorFrame::Left | VisitorFrame::RequestRefused => self.is_over = true,
            VisitorFrame::Queued | VisitorFrame::Transferred | VisitorFrame::Unknown => {}
        }
    }

    fn refused(&mut self, id: Option<Uuid>, problem: &client::Problem) {
        let name = &self.progress.played().dialogue.name;
        self.shared.tally.trouble(|| format!("{name}: the visitor: {problem}"));
        if id.is_some_and(|id| self.progress.refused(id).is_some()) {
            self.shared.tally.counted().refused += 1;
        } else if id.is_some() && id == self.end {
            self.is_over = true;
        }
    }

    /// Gives up when what has to come does not come.
    fn give_up_if_silent(&mut self) {
        let silence = if self.is_waiting { self.shared.tally.silence() } else { self.received_at.elapsed() };
        if silence > self.shared.silence_max {
            let name = &self.progress.played().dialogue.name;
            self.shared.tally.trouble(|| format!("{name}: nothing received for {} s", silence.as_secs()));
            self.is_over = true;
        }
    }

    fn stop_waiting(&mut self) {
        if std::mem::take(&mut self.is_waiting) {
            self.shared.tally.waiting.fetch_sub(1, Ordering::Relaxed);
        }
    }
}
