//! An operator: picks up every tab at once and says the operators' lines of its dialogue.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::settings::Status;
use tokio::sync::mpsc;
use tokio::time::{sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::account::Account;
use super::dialogue::Side;
use super::dialogue_progress::{DialogueProgress, Next};
use super::shared::Shared;
use crate::client::{self, DeskCommand, DeskFrame, Message, Problem, Received, Socket, Tab};

/// How long a sign-out may take.
const SIGN_OUT_MAX: Duration = Duration::from_secs(5);

/// Far enough to mean never.
const NEVER: Duration = Duration::from_secs(86_400);

/// Works at a desk until cancelled. Notifies `ready` once conversations can come.
pub(super) async fn work(
    shared: &Shared,
    account: &Account,
    ready: mpsc::Sender<()>,
    cancel: &CancellationToken,
) -> Result<(), client::Error> {
    let socket = Socket::new(shared.paths.socket("/desk"), &account.token, &shared.trust, None);
    let mut desk = Desk {
        shared,
        name: &account.operator,
        socket,
        tabs: HashMap::new(),
        commands: HashMap::new(),
        ready: Some(ready),
    };
    let worked = loop {
        let due = desk.next_due();
        tokio::select! {
            () = cancel.cancelled() => break Ok(()),
            received = desk.socket.next() => match received {
                Ok(received) => desk.receive(received).await?,
                Err(error) => break Err(error),
            },
            () = sleep_until(due.into()) => desk.act().await?,
        }
    };
    shared.tally.socket(desk.socket.reconnections(), desk.socket.doubled());
    if worked.is_ok() {
        desk.sign_out().await;
    }
    worked
}

struct Desk<'a> {
    shared: &'a Shared,
    name: &'a str,
    socket: Socket<DeskFrame>,
    tabs: HashMap<Uuid, OpenTab>,
    /// What was asked and not answered, by command.
    commands: HashMap<Uuid, (Uuid, PendingCommand)>,
    ready: Option<mpsc::Sender<()>>,
}

struct OpenTab {
    /// None: left over from an earlier run, to be ended.
    progress: Option<DialogueProgress>,
    opened_at: Instant,
    picked_up: bool,
    ending: bool,
    /// The desk has reconnected, and has received nothing about this conversation since.
    away: bool,
}

#[derive(Clone, Copy)]
enum PendingCommand {
    PickUp,
    Message,
    End,
}

impl OpenTab {
    /// What to do next, and when.
    fn next(&self, shared: &Shared) -> Option<(Instant, Next)> {
        if !self.picked_up || self.ending {
            return None;
        }
        let Some(progress) = &self.progress else { return Some((self.opened_at, Next::End)) };
        match progress.next() {
            Next::Say(line) => Some((shared.due(progress.played(), line), Next::Say(line))),
            Next::End => Some((self.opened_at, Next::End)),
            Next::Listen => None,
        }
    }
}

impl Desk<'_> {
    fn next_due(&self) -> Instant {
        let next = self.tabs.values().filter_map(|tab| tab.next(self.shared));
        // Lines that the other side could not send are noticed at the next look, a second later.
        let look_up = if self.tabs.is_empty() { NEVER } else { Duration::from_secs(1) };
        next.map(|(due, _)| due).min().unwrap_or_else(|| Instant::now() + look_up)
    }

    /// Does everything that is due.
    async fn act(&mut self) -> Result<(), client::Error> {
        let now = Instant::now();
        let due = |(id, tab): (&Uuid, &OpenTab)| {
            tab.next(self.shared).filter(|(due, _)| *due <= now).map(|(_, next)| (*id, next))
        };
        let due: Vec<(Uuid, Next)> = self.tabs.iter().filter_map(due).collect();
        for (conversation, next) in due {
            match next {
                Next::Say(line) => self.say(conversation, line).await?,
                Next::End => self.end(conversation).await?,
                Next::Listen => {}
            }
        }
        Ok(())
    }

    async fn say(&mut self, conversation: Uuid, line: usize) -> Result<(), client::Error> {
        let Some(progress) = self.tabs.get_mut(&conversation).and_then(|tab| tab.progress.as_mut()) else {
            return Ok(());
        };
        let played = progress.played().clone();
        let Some(text) = played.dialogue.lines.get(line).map(|line| &line.text) else { return Ok(()) };
        let id = Uuid::now_v7();
        progress.line_sent(line, id);
        self.shared.tally.sent.fetch_add(1, Ordering::Relaxed);
        if self.socket.connected_since().is_some() {
            played.sent(line);
        }
        self.ask(id, conversation, PendingCommand::Message, &DeskCommand::Message { id, conversation, text })
            .await
    }

    async fn end(&mut self, conversation: Uuid) -> Result<(), client::Error> {
        if let Some(tab) = self.tabs.get_mut(&conversation) {
            tab.ending = true;
        }
        let id = Uuid::now_v7();
        self.ask(id, conversation, PendingCommand::End, &DeskCommand::End { id, conversation }).await
    }

    async fn ask(
        &mut self,
        id: Uuid,
        conversation: Uuid,
        asked: PendingCommand,
        command: &DeskCommand<'_>,
    ) -> Result<(), client::Error> {
        self.commands.insert(id, (conversation, asked));
        self.socket.send(Some(id), command).await
    }

    async fn receive(&mut self, received: Received<DeskFrame>) -> Result<(), client::Error> {
        self.shared.tally.received();
        match received {
            Received::Connected => {
                for tab in self.tabs.values_mut() {
                    tab.away = true;
                    if let Some(progress) = &tab.progress
                        && let Some(line) = progress.sending()
                    {
                        progress.played().disturbed(line);
                    }
                }
            }
            Received::Done(id) => {
                if let Some((conversation, PendingCommand::PickUp)) = self.commands.remove(&id) {
                    self.picked_up(conversation);
                }
            }
            Received::Problem { id, problem } => self.refused(id, &problem),
            Received::Frame(frame) => self.receive_frame(frame).await?,
        }
        Ok(())
    }

    async fn receive_frame(&mut self, frame: DeskFrame) -> Result<(), client::Error> {
        match frame {
            DeskFrame::Snapshot { operator, tabs } => {
                if operator.status == Status::OnBreak {
                    let id = Uuid::now_v7();
                    let command = DeskCommand::Status { id, status: Status::Available };
                    self.socket.send(Some(id), &command).await?;
                } else {
                    self.receives();
                }
                self.tabs.clear();
                for tab in tabs {
                    self.open(tab).await?;
                }
            }
            DeskFrame::Opened { tab } => self.open(tab).await?,
            DeskFrame::Closed { conversation, reason } => {
                let tab = self.tabs.remove(&conversation);
                if reason != "transferred"
                    && let Some(OpenTab { progress: Some(progress), away, .. }) = tab
                {
                    let mut counted = self.shared.tally.counted();
                    // Of a conversation that ended meanwhile, a desk only learns that it has ended.
                    if away {
                        counted.over_meanwhile += progress.missing();
                    } else {
                        counted.undelivered += progress.missing();
                    }
                }
            }
            DeskFrame::PickedUp { conversation } => self.picked_up(conversation),
            DeskFrame::Message(message) => self.receive_message(&message),
            DeskFrame::Status { status: Status::Available } => self.receives(),
            DeskFrame::Status { .. } | DeskFrame::Unknown => {}
        }
        Ok(())
    }

    async fn open(&mut self, tab: Tab) -> Result<(), client::Error> {
        let conversation = tab.conversation;
        let mut progress =
            self.shared.find(conversation).map(|played| DialogueProgress::new(played, Side::Operator));
        if let Some(progress) = &mut progress {
            for message in &tab.messages {
                self.shared.tally.arrived(progress.receive(message.number, message.from).0);
            }
        }
        let (opened_at, picked_up) = (Instant::now(), tab.picked_up);
        self.tabs
            .insert(conversation, OpenTab { progress, opened_at, picked_up, ending: false, away: false });
        if tab.picked_up {
            return Ok(());
        }
        let id = Uuid::now_v7();
        self.ask(id, conversation, PendingCommand::PickUp, &DeskCommand::PickUp { id, conversation }).await
    }

    fn receive_message(&mut self, message: &Message) {
        let tab = message.conversation.and_then(|conversation| self.tabs.get_mut(&conversation));
        let Some(OpenTab { progress: Some(progress), away, .. }) = tab else { return };
        *away = false;
        let (arrival, line) = progress.receive(message.number, message.from);
        self.shared.tally.arrived(arrival);
        let played = progress.played();
        if let Some(took) = line.and_then(|line| played.took(line, self.socket.connected_since())) {
            self.shared.tally.counted().latencies.record(took);
        }
    }

    fn picked_up(&mut self, conversation: Uuid) {
        if let Some(tab) = self.tabs.get_mut(&conversation) {
            tab.picked_up = true;
        }
    }

    fn receives(&mut self) {
        if let Some(ready) = self.ready.take() {
            // The receiver is gone only when the load test is being abandoned.
            ready.try_send(()).ok();
        }
    }

    fn refused(&mut self, id: Option<Uuid>, problem: &Problem) {
        let asked = id.and_then(|id| self.commands.remove(&id).map(|asked| (id, asked)));
        let Some((id, (conversation, asked))) = asked else {
            self.shared.tally.trouble(|| format!("operator {}: {problem}", self.name));
            return;
        };
        // Closed since: ended by the other side, or somebody else's now.
        let Some(tab) = self.tabs.get_mut(&conversation) else { return };
        let name = tab
            .progress
            .as_ref()
            .map_or("an earlier conversation", |progress| &progress.played().dialogue.name);
        self.shared.tally.trouble(|| format!("{name}: operator {}: {problem}", self.name));
        match asked {
            PendingCommand::Message => {
                if tab.progress.as_mut().is_some_and(|progress| progress.refused(id).is_some()) {
                    self.shared.tally.counted().refused += 1;
                }
            }
            PendingCommand::PickUp | PendingCommand::End => drop(self.tabs.remove(&conversation)),
        }
    }

    /// Signs out, so that nobody is given a conversation here any more.
    async fn sign_out(mut self) {
        let id = Uuid::now_v7();
        let signed_out = async {
            self.socket.send(Some(id), &DeskCommand::SignOut { id }).await?;
            loop {
                match self.socket.next().await? {
                    Received::Done(done) if done == id => return Ok::<(), client::Error>(()),
                    Received::Problem { id: Some(refused), .. } if refused == id => return Ok(()),
                    Received::Done(_)
                    | Received::Problem { .. }
                    | Received::Connected
                    | Received::Frame(_) => {}
                }
            }
        };
        // The server closes the desk by itself soon after, if this fails.
        drop(timeout(SIGN_OUT_MAX, signed_out).await);
        self.socket.close().await;
    }
}
