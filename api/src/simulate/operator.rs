//! An operator: picks up every tab at once and says the operators' lines of its script.

use std::collections::HashMap;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use domain::settings::Status;
use tokio::sync::mpsc;
use tokio::time::{sleep_until, timeout};
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::part::{Next, Part};
use super::script::Side;
use super::setup::Account;
use super::stage::Stage;
use crate::client::{self, DeskCommand, DeskFrame, Heard, Message, Problem, Socket, Tab};

/// How long a sign-out may take.
const SIGN_OUT_MAX: Duration = Duration::from_secs(5);

/// Far enough to mean never.
const NEVER: Duration = Duration::from_secs(86_400);

/// Works at a desk until cancelled. Tells `ready` once conversations can come.
pub(super) async fn work(
    stage: &Stage,
    account: &Account,
    ready: mpsc::Sender<()>,
    cancel: &CancellationToken,
) -> Result<(), client::Error> {
    let socket = Socket::new(stage.paths.socket("/desk"), &account.token, None);
    let mut desk = Desk {
        stage,
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
            heard = desk.socket.next() => match heard {
                Ok(heard) => desk.hear(heard).await?,
                Err(error) => break Err(error),
            },
            () = sleep_until(due.into()) => desk.act().await?,
        }
    };
    stage.tally.socket(desk.socket.reconnections(), desk.socket.doubled());
    if worked.is_ok() {
        desk.sign_out().await;
    }
    worked
}

struct Desk<'a> {
    stage: &'a Stage,
    name: &'a str,
    socket: Socket<DeskFrame>,
    tabs: HashMap<Uuid, OpenTab>,
    /// What was asked and not answered, by command.
    commands: HashMap<Uuid, (Uuid, Asked)>,
    ready: Option<mpsc::Sender<()>>,
}

struct OpenTab {
    /// None: left over from an earlier run, to be ended.
    part: Option<Part>,
    opened_at: Instant,
    picked_up: bool,
    ending: bool,
    /// The desk came back, and has been told nothing of this conversation since.
    away: bool,
}

#[derive(Clone, Copy)]
enum Asked {
    PickUp,
    Message,
    End,
}

impl OpenTab {
    /// What to do next, and when.
    fn next(&self, stage: &Stage) -> Option<(Instant, Next)> {
        if !self.picked_up || self.ending {
            return None;
        }
        let Some(part) = &self.part else { return Some((self.opened_at, Next::End)) };
        match part.next() {
            Next::Say(line) => Some((stage.due(part.scene(), line), Next::Say(line))),
            Next::End => Some((self.opened_at, Next::End)),
            Next::Listen => None,
        }
    }
}

impl Desk<'_> {
    fn next_due(&self) -> Instant {
        let next = self.tabs.values().filter_map(|tab| tab.next(self.stage));
        // Lines that the other side could not send are noticed at the next look, a second later.
        let look_up = if self.tabs.is_empty() { NEVER } else { Duration::from_secs(1) };
        next.map(|(due, _)| due).min().unwrap_or_else(|| Instant::now() + look_up)
    }

    /// Does everything that is due.
    async fn act(&mut self) -> Result<(), client::Error> {
        let now = Instant::now();
        let due = |(id, tab): (&Uuid, &OpenTab)| {
            tab.next(self.stage).filter(|(due, _)| *due <= now).map(|(_, next)| (*id, next))
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
        let Some(part) = self.tabs.get_mut(&conversation).and_then(|tab| tab.part.as_mut()) else {
            return Ok(());
        };
        let scene = part.scene().clone();
        let Some(text) = scene.script.lines.get(line).map(|line| &line.text) else { return Ok(()) };
        let id = Uuid::now_v7();
        part.says(line, id);
        self.stage.tally.sent.fetch_add(1, Ordering::Relaxed);
        if self.socket.connected_since().is_some() {
            scene.sent(line);
        }
        self.ask(id, conversation, Asked::Message, &DeskCommand::Message { id, conversation, text }).await
    }

    async fn end(&mut self, conversation: Uuid) -> Result<(), client::Error> {
        if let Some(tab) = self.tabs.get_mut(&conversation) {
            tab.ending = true;
        }
        let id = Uuid::now_v7();
        self.ask(id, conversation, Asked::End, &DeskCommand::End { id, conversation }).await
    }

    async fn ask(
        &mut self,
        id: Uuid,
        conversation: Uuid,
        asked: Asked,
        command: &DeskCommand<'_>,
    ) -> Result<(), client::Error> {
        self.commands.insert(id, (conversation, asked));
        self.socket.send(Some(id), command).await
    }

    async fn hear(&mut self, heard: Heard<DeskFrame>) -> Result<(), client::Error> {
        self.stage.tally.heard();
        match heard {
            Heard::Connected => {
                for tab in self.tabs.values_mut() {
                    tab.away = true;
                    if let Some(part) = &tab.part
                        && let Some(line) = part.sending()
                    {
                        part.scene().disturbed(line);
                    }
                }
            }
            Heard::Done(id) => {
                if let Some((conversation, Asked::PickUp)) = self.commands.remove(&id) {
                    self.picked_up(conversation);
                }
            }
            Heard::Problem { id, problem } => self.refused(id, &problem),
            Heard::Frame(frame) => self.hear_frame(frame).await?,
        }
        Ok(())
    }

    async fn hear_frame(&mut self, frame: DeskFrame) -> Result<(), client::Error> {
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
                    && let Some(OpenTab { part: Some(part), away, .. }) = tab
                {
                    let mut counted = self.stage.tally.counted();
                    // Of what was over when it came back, a desk is told no more than that.
                    if away {
                        counted.over_meanwhile += part.unheard();
                    } else {
                        counted.undelivered += part.unheard();
                    }
                }
            }
            DeskFrame::PickedUp { conversation } => self.picked_up(conversation),
            DeskFrame::Message(message) => self.hear_message(&message),
            DeskFrame::Status { status: Status::Available } => self.receives(),
            DeskFrame::Status { .. } | DeskFrame::Unknown => {}
        }
        Ok(())
    }

    async fn open(&mut self, tab: Tab) -> Result<(), client::Error> {
        let conversation = tab.conversation;
        let mut part = self.stage.find(conversation).map(|scene| Part::new(scene, Side::Operator));
        if let Some(part) = &mut part {
            for message in &tab.messages {
                self.stage.tally.arrived(part.hear(message.number, message.from).0);
            }
        }
        let (opened_at, picked_up) = (Instant::now(), tab.picked_up);
        self.tabs.insert(conversation, OpenTab { part, opened_at, picked_up, ending: false, away: false });
        if tab.picked_up {
            return Ok(());
        }
        let id = Uuid::now_v7();
        self.ask(id, conversation, Asked::PickUp, &DeskCommand::PickUp { id, conversation }).await
    }

    fn hear_message(&mut self, message: &Message) {
        let tab = message.conversation.and_then(|conversation| self.tabs.get_mut(&conversation));
        let Some(OpenTab { part: Some(part), away, .. }) = tab else { return };
        *away = false;
        let (arrival, line) = part.hear(message.number, message.from);
        self.stage.tally.arrived(arrival);
        let scene = part.scene();
        if let Some(took) = line.and_then(|line| scene.took(line, self.socket.connected_since())) {
            self.stage.tally.counted().latencies.record(took);
        }
    }

    fn picked_up(&mut self, conversation: Uuid) {
        if let Some(tab) = self.tabs.get_mut(&conversation) {
            tab.picked_up = true;
        }
    }

    fn receives(&mut self) {
        if let Some(ready) = self.ready.take() {
            // Nobody listens any more only when the simulation is being given up.
            ready.try_send(()).ok();
        }
    }

    fn refused(&mut self, id: Option<Uuid>, problem: &Problem) {
        let asked = id.and_then(|id| self.commands.remove(&id).map(|asked| (id, asked)));
        let Some((id, (conversation, asked))) = asked else {
            self.stage.tally.trouble(|| format!("operator {}: {problem}", self.name));
            return;
        };
        // Closed since: ended by the other side, or somebody else's now.
        let Some(tab) = self.tabs.get_mut(&conversation) else { return };
        let name = tab.part.as_ref().map_or("an earlier conversation", |part| &part.scene().script.name);
        self.stage.tally.trouble(|| format!("{name}: operator {}: {problem}", self.name));
        match asked {
            Asked::Message => {
                if tab.part.as_mut().is_some_and(|part| part.refused(id).is_some()) {
                    self.stage.tally.counted().refused += 1;
                }
            }
            Asked::PickUp | Asked::End => drop(self.tabs.remove(&conversation)),
        }
    }

    /// Signs out, so that nobody is given a conversation here any more.
    async fn sign_out(mut self) {
        let id = Uuid::now_v7();
        let signed_out = async {
            self.socket.send(Some(id), &DeskCommand::SignOut { id }).await?;
            loop {
                match self.socket.next().await? {
                    Heard::Done(done) if done == id => return Ok::<(), client::Error>(()),
                    Heard::Problem { id: Some(refused), .. } if refused == id => return Ok(()),
                    Heard::Done(_) | Heard::Problem { .. } | Heard::Connected | Heard::Frame(_) => {}
                }
            }
        };
        // The server closes the desk by itself soon after, if this fails.
        drop(timeout(SIGN_OUT_MAX, signed_out).await);
        self.socket.close().await;
    }
}
