//! An operator of the demonstration: picks up after a few seconds, answers like a person, now and then
//! overlooks a tab, takes a break or another status, passes a conversation on, marks one as important or calls
//! the manager. Real visitors who try the demonstration are answered too.

use std::collections::HashMap;
use std::sync::Arc;

use domain::event::Voice;
use domain::settings::Status;
use domain::text::Language;
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::time::{Duration, Instant, sleep_until};
use uuid::Uuid;

use super::floor::{Due, Floor, Turn};
use super::rng::Rng;
use crate::client::frame::Receiver;
use crate::client::{self, DeskCommand, DeskFrame, Message, Received, Socket, Tab, Trust};
use crate::loadtest::account::Account;
use crate::loadtest::dialogue::Side;
use crate::loadtest::dialogue_progress::{DialogueProgress, Next};

/// The operators: identifier, name, skills.
pub(super) const OPERATORS: [(&str, &str, &[&str]); 4] = [
    ("alice", "Alice", &["billing"]),
    ("bruno", "Bruno", &["billing", "technical"]),
    ("chloe", "Chloé", &["technical"]),
    ("david", "David", &["technical"]),
];

/// From the flashing tab to the pick-up.
const PICK_UP_MILLIS: (u64, u64) = (800, 3_000);

/// An operator works this long between breaks, and a break lasts this long. Four operators make about
/// one break a minute.
const WORK_MILLIS: (u64, u64) = (120_000, 300_000);
const BREAK_MILLIS: (u64, u64) = (15_000, 30_000);

/// One tab in so many is overlooked for so long, so that the rules give it to somebody else.
const OVERLOOKED_ONE_IN: u32 = 12;
const OVERLOOKED_MILLIS: (u64, u64) = (60_000, 60_000);

/// What an operator does between times of work. Searching, one is given conversations all the same.
const PAUSES: [Status; 6] =
    [Status::OnBreak, Status::OnBreak, Status::Phone, Status::Training, Status::Searching, Status::Searching];

/// One answer in so many is a transfer instead.
const TRANSFER_ONE_IN: u32 = 30;

/// Before one answer in so many the conversation is marked as important, or the manager is called.
const IMPORTANT_ONE_IN: u32 = 25;
const HELP_ONE_IN: u32 = 40;

/// Far enough to mean never.
const NEVER: Duration = Duration::from_secs(86_400);

/// Works for ever; ends only with an error.
pub(super) async fn work(floor: Arc<Floor>, account: Account, mut rng: Rng) -> Result<(), client::Error> {
    let mut desk = Desk {
        socket: Socket::new(floor.paths.socket("/desk"), &account.token, &Trust::default(), None),
        floor,
        me: account.operator,
        token: account.token,
        tabs: HashMap::new(),
        status: Status::Available,
        status_until: Instant::now() + rng.millis(WORK_MILLIS),
        rng,
    };
    loop {
        let at = desk.next_due();
        tokio::select! {
            received = desk.socket.next() => desk.receive(received?).await?,
            () = sleep_until(at) => desk.act().await?,
        }
    }
}

struct Desk {
    floor: Arc<Floor>,
    me: String,
    token: String,
    socket: Socket<DeskFrame>,
    tabs: HashMap<Uuid, OpenTab>,
    status: Status,
    status_until: Instant,
    rng: Rng,
}

struct OpenTab {
    language: Language,
    /// What the dialogue asks for; none when a real visitor is there.
    progress: Option<DialogueProgress>,
    turn: Turn,
    /// When to pick up, until it is done.
    pick_up_at: Option<Instant>,
    /// When to answer a real visitor.
    reply_at: Option<Instant>,
}

/// What is due in a tab.
enum Job {
    PickUp,
    Reply,
    Turn(Due),
}

impl OpenTab {
    fn next_due(&mut self, rng: &mut Rng) -> Option<Instant> {
        if self.pick_up_at.is_some() {
            return self.pick_up_at;
        }
        match &self.progress {
            Some(progress) => self.turn.plan(progress, rng),
            None => self.reply_at,
        }
    }

    fn take_due(&mut self) -> Option<Job> {
        let now = Instant::now();
        if let Some(at) = self.pick_up_at {
            return (at <= now).then(|| {
                self.pick_up_at = None;
                Job::PickUp
            });
        }
        if self.reply_at.is_some_and(|at| at <= now) {
            self.reply_at = None;
            return Some(Job::Reply);
        }
        self.turn.take_due().map(Job::Turn)
    }
}

impl Desk {
    fn next_due(&mut self) -> Instant {
        let tabs = self.tabs.values_mut().filter_map(|tab| tab.next_due(&mut self.rng));
        tabs.min().unwrap_or_else(|| Instant::now() + NEVER).min(self.status_until)
    }

    async fn act(&mut self) -> Result<(), client::Error> {
        let now = Instant::now();
        if self.status_until <= now {
            let (status, lasts) = match self.status {
                Status::Available => {
                    (self.rng.pick(&PAUSES).copied().unwrap_or(Status::OnBreak), BREAK_MILLIS)
                }
                Status::OnBreak
                | Status::Training
                | Status::Phone
                | Status::WithSupervisor
                | Status::NoNewConversation
                | Status::Searching => (Status::Available, WORK_MILLIS),
            };
            self.status = status;
            self.status_until = now + self.rng.millis(lasts);
            self.tell_status().await?;
        }
        let due = |(id, tab): (&Uuid, &mut OpenTab)| tab.take_due().map(|job| (*id, job));
        let due: Vec<(Uuid, Job)> = self.tabs.iter_mut().filter_map(due).collect();
        for (conversation, job) in due {
            match job {
                Job::PickUp => {
                    let id = Uuid::now_v7();
                    self.socket.send(Some(id), &DeskCommand::PickUp { id, conversation }).await?;
                }
                Job::Reply => self.reply(conversation).await?,
                Job::Turn(Due::Type) => self.socket.send(None, &DeskCommand::Typing { conversation }).await?,
                Job::Turn(Due::Act(next)) => self.take_turn(conversation, next).await?,
            }
        }
        Ok(())
    }

    async fn tell_status(&mut self) -> Result<(), client::Error> {
        let id = Uuid::now_v7();
        self.socket.send(Some(id), &DeskCommand::Status { id, status: self.status }).await
    }

    async fn take_turn(&mut self, conversation: Uuid, next: Next) -> Result<(), client::Error> {
        if matches!(next, Next::Say(_)) {
            self.stand_out(conversation).await;
        }
        let Some(progress) = self.tabs.get_mut(&conversation).and_then(|tab| tab.progress.as_mut()) else {
            return Ok(());
        };
        let id = Uuid::now_v7();
        match next {
            Next::Say(_) if self.rng.one_in(TRANSFER_ONE_IN) => self.pass_on(conversation).await,
            Next::Say(line) => {
                let played = progress.played().clone();
                let Some(text) = played.dialogue.lines.get(line).map(|line| &line.text) else {
                    return Ok(());
                };
                progress.line_sent(line, id);
                self.socket.send(Some(id), &DeskCommand::Message { id, conversation, text }).await
            }
            Next::End => {
                progress.end_sent();
                self.socket.send(Some(id), &DeskCommand::End { id, conversation }).await
            }
            Next::Listen => Ok(()),
        }
    }

    /// Marks a conversation as important or calls the manager, once in a while. Nothing depends on it.
    async fn stand_out(&mut self, conversation: Uuid) {
        let Floor { http, paths, .. } = self.floor.as_ref();
        let path = |what: &str| paths.below(format_args!("/conversations/{conversation}/{what}"));
        let done = if self.rng.one_in(IMPORTANT_ONE_IN) {
            let important = json!({ "important": true });
            http.put::<IgnoredAny>(&path("importance"), &self.token, &important).await
        } else if self.rng.one_in(HELP_ONE_IN) {
            let note = json!({ "note": "Un geste commercial est-il possible ? / May I offer a discount?" });
            http.post::<IgnoredAny>(&path("call-for-help"), &self.token, Uuid::now_v7(), &note).await
        } else {
            return;
        };
        if let Err(error) = done {
            tracing::debug!(%error, conversation.id = %conversation, "cannot mark a conversation or call for help");
        }
    }

    /// Tries to give a conversation to a colleague. If the colleague has no room, the server says so
    /// and the conversation stays.
    async fn pass_on(&mut self, conversation: Uuid) -> Result<(), client::Error> {
        let colleagues: Vec<&str> = OPERATORS
            .iter()
            .map(|(operator, ..)| *operator)
            .filter(|operator| *operator != self.me)
            .collect();
        let Some(colleague) = self.rng.pick(&colleagues) else { return Ok(()) };
        let id = Uuid::now_v7();
        let to = Receiver::Operator(colleague);
        let note = "Peux-tu prendre la suite\u{202f}? / Could you take over?";
        self.socket.send(Some(id), &DeskCommand::Transfer { id, conversation, to, note }).await
    }

    /// Answers a real visitor.
    async fn reply(&mut self, conversation: Uuid) -> Result<(), client::Error> {
        let Some(tab) = self.tabs.get(&conversation) else { return Ok(()) };
        let text = match tab.language {
            Language::Fr => {
                "Bonjour\u{202f}! Ici une démonstration\u{a0}: je suis un opérateur inventé, mais votre message est bien arrivé."
            }
            Language::En => {
                "Hello! This is a demonstration: I am an invented operator, but your message did arrive."
            }
        };
        let id = Uuid::now_v7();
        self.socket.send(Some(id), &DeskCommand::Message { id, conversation, text }).await
    }

    async fn receive(&mut self, received: Received<DeskFrame>) -> Result<(), client::Error> {
        match received {
            Received::Connected | Received::Done(_) => {}
            Received::Problem { id, .. } => {
                for progress in self.tabs.values_mut().filter_map(|tab| tab.progress.as_mut()) {
                    id.and_then(|id| progress.refused(id));
                }
            }
            Received::Frame(frame) => match frame {
                DeskFrame::Snapshot { operator, tabs } => {
                    self.tabs.clear();
                    for tab in &tabs {
                        self.open(tab);
                    }
                    if operator.status != self.status {
                        self.tell_status().await?;
                    }
                }
                DeskFrame::Opened { tab } => self.open(&tab),
                DeskFrame::Closed { conversation, .. } => drop(self.tabs.remove(&conversation)),
                DeskFrame::PickedUp { conversation } => {
                    if let Some(tab) = self.tabs.get_mut(&conversation) {
                        tab.pick_up_at = None;
                    }
                }
                DeskFrame::Message(message) => self.receive_message(&message),
                DeskFrame::Status { status } => self.status = status,
                DeskFrame::Unknown => {}
            },
        }
        Ok(())
    }

    fn open(&mut self, tab: &Tab) {
        let mut progress =
            self.floor.find(tab.conversation).map(|played| DialogueProgress::new(played, Side::Operator));
        if let Some(progress) = &mut progress {
            for message in &tab.messages {
                progress.receive(message.number, message.from);
            }
        }
        let now = Instant::now();
        let after = if self.rng.one_in(OVERLOOKED_ONE_IN) { OVERLOOKED_MILLIS } else { PICK_UP_MILLIS };
        let pick_up_at = (!tab.picked_up).then(|| now + self.rng.millis(after));
        let reply_at = progress.is_none().then(|| now + self.rng.millis(PICK_UP_MILLIS));
        let open = OpenTab { language: tab.language, progress, turn: Turn::default(), pick_up_at, reply_at };
        self.tabs.insert(tab.conversation, open);
    }

    fn receive_message(&mut self, message: &Message) {
        let tab = message.conversation.and_then(|conversation| self.tabs.get_mut(&conversation));
        let Some(tab) = tab else { return };
        if let Some(progress) = &mut tab.progress {
            progress.receive(message.number, message.from);
        } else if message.from == Voice::Visitor && tab.reply_at.is_none() {
            tab.reply_at = Some(Instant::now() + self.rng.millis(PICK_UP_MILLIS));
        }
    }
}
