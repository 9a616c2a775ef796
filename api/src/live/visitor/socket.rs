//! The visitor's socket: the frames to the page, and those from it.

use axum::extract::ws::WebSocket;
use domain::event::Page;
use domain::id::CommandId;
use domain::state::timers::TimerKind;
use domain::{Action, ConversationAction, ConversationId, Fact};
use futures::{StreamExt, stream};
use journal::{Position, Scope};
use uuid::Uuid;

use super::event_frames::frame;
use super::frames::VisitorCommand;
use super::hidden_transfers::HiddenTransfers;
use super::queue_position::{self, IsWaiting};
use super::snapshot::VisitorSnapshot;
use crate::app::App;
use crate::auth::Caller;
use crate::http::idempotency::IdempotencyKey;
use crate::live::admission::Admitted;
use crate::live::attendance::OpenPage;
use crate::live::cursor::Cursor;
use crate::live::frame::Frame;
use crate::live::signals::{ReceiptKind, Receiver, Sender, Signal, What};
use crate::live::socket::{self, BadFrame};
use crate::live::socket_frames::{Answer, SignalFrame, text};
use crate::live::transport::{Reset, Start};

/// Runs the socket of a page, from a position on.
pub(crate) async fn run(
    app: App,
    caller: Caller,
    (conversation, start, with_snapshot): (ConversationId, Start, bool),
    socket: WebSocket,
    (page, admitted): (OpenPage, Admitted),
) {
    let (first, after) = match Box::pin(first_frame(&app, &caller, conversation, start, with_snapshot)).await
    {
        Ok(first) => first,
        Err(error) => {
            tracing::warn!(%error, "cannot build the snapshot of a visitor’s page");
            return;
        }
    };
    metrics::gauge!("sockets_open", "kind" => "visitor").increment(1.0);
    let signals = app
        .signals
        .receive(&caller.livechat, Receiver::Visitor(conversation))
        .map(|signal| SignalFrame::of(signal, Sender::Operator));
    let waits = IsWaiting::now(&app, &caller.livechat, conversation).await;
    let places = queue_position::follow(app.clone(), caller.livechat.clone(), conversation, waits.clone());
    let log = app.journal.follow(&caller.livechat, Scope::Conversation(conversation), after);
    let log = log.inspect(move |record| {
        if let Ok(record) = record
            && let Fact::Conversation { fact, .. } = &record.event.fact
        {
            waits.note(fact);
        }
    });
    let sender = app.clone();
    let mut hidden = HiddenTransfers::at(&app, &caller.livechat, conversation, after).await;
    let frames = log.filter_map(move |record| {
        let is_hidden = record.as_ref().is_ok_and(|record| match &record.event.fact {
            Fact::Conversation { fact, .. } => hidden.hides(fact),
            Fact::Livechat(_) | Fact::Operator { .. } => false,
        });
        let frame = (!is_hidden).then(|| frame(sender.clone(), record));
        async move { frame?.await }
    });
    let frames = stream::iter(first.map(Ok)).chain(frames);
    let signals = stream::select(signals, places).map(|signal| Ok(Frame::tagged(None::<Cursor>, &signal)));
    let frames = stream::select(frames, signals);
    let ends = admitted.ends(caller.clone());
    let page = VisitorPage { app, caller, conversation, open: page };
    Box::pin(socket::run(&page.app, &page.caller, socket, frames, &page, ends)).await;
    drop(page);
    metrics::gauge!("sockets_open", "kind" => "visitor").decrement(1.0);
}

/// The whole page, if requested, or a reset, and where frames begin.
async fn first_frame(
    app: &App,
    caller: &Caller,
    conversation: ConversationId,
    start: Start,
    with_snapshot: bool,
) -> Result<(Option<Frame>, Position), journal::Error> {
    let anew = (Reset::frame(start), start.position().unwrap_or_default());
    if !with_snapshot {
        return Ok(anew);
    }
    let Some(page) = VisitorSnapshot::now(app, &caller.livechat, conversation).await? else {
        return Ok(anew);
    };
    let at = Cursor::at(&app.journal, &caller.livechat, page.position()).await?;
    Ok((Some(Frame::tagged(Some(at), &page)), page.position()))
}

/// The visitor's page at the other end.
struct VisitorPage {
    app: App,
    caller: Caller,
    conversation: ConversationId,
    open: OpenPage,
}

impl socket::FrameHandler for VisitorPage {
    async fn handle(&self, frame: &str) -> Result<Option<String>, BadFrame> {
        let said = Box::pin(socket::said(&self.app, &self.caller, frame)).await?;
        let asked = |what| Action::Conversation(self.conversation, what);
        let (id, action) = match said {
            VisitorCommand::Message { id, text } => (id, asked(ConversationAction::Write(text))),
            VisitorCommand::Leave { id } => (id, asked(ConversationAction::LeaveQueue)),
            VisitorCommand::End { id } => (id, asked(ConversationAction::End)),
            VisitorCommand::Typing => {
                signal(&self.app, &self.caller, self.conversation, What::Typing).await;
                return Ok(None);
            }
            VisitorCommand::Delivered { number } => {
                let delivered = What::Receipt(ReceiptKind::Delivered, number);
                signal(&self.app, &self.caller, self.conversation, delivered).await;
                return Ok(None);
            }
            VisitorCommand::Read { number } => {
                let read = What::Receipt(ReceiptKind::Read, number);
                signal(&self.app, &self.caller, self.conversation, read).await;
                return Ok(None);
            }
            VisitorCommand::Looking { looking } => {
                self.open.is_looked_at(looking);
                return Ok(None);
            }
            VisitorCommand::Page { url, title } => {
                return Ok(Box::pin(self.goes_to(Page { url, title })).await);
            }
        };
        // Boxed, so that a socket that waits does not hold the room for it.
        let done = Box::pin(self.app.command(&self.caller, IdempotencyKey(CommandId(id)), action)).await;
        Ok(Some(text(&Answer::to(id, done))))
    }
}

impl VisitorPage {
    /// Records another page, unless it is the last one. Only a refusal is answered.
    async fn goes_to(&self, page: Page) -> Option<String> {
        if !self.open.is_now(&page) {
            return None;
        }
        let key = IdempotencyKey(CommandId(Uuid::now_v7()));
        let change = Action::Conversation(self.conversation, ConversationAction::ChangePage(page));
        let refusal = self.app.command(&self.caller, key, change).await.err()?;
        self.open.is_nowhere();
        Some(text(&Answer::refusal(None, refusal)))
    }
}

/// Signals the visitor's actions to the operator in charge; for messages, only existing ones. Typing is recorded too,
/// while a timer counts the visitor's silence.
async fn signal(app: &App, caller: &Caller, conversation: ConversationId, what: What) {
    let live = app.journal.peek(&caller.livechat, |state| {
        let live = state.conversation(conversation)?;
        let clocks = [TimerKind::VisitorInactivity, TimerKind::FollowUp];
        let clock_runs = clocks.into_iter().any(|clock| live.timers.deadline(clock).is_some());
        let (makes_sense, counts) = match what {
            What::Typing => (true, clock_runs),
            What::Receipt(_, number) => ((1..=live.messages).contains(&number), false),
        };
        Some((live.operator().filter(|_| makes_sense).cloned()?, counts, live.messages))
    });
    let Ok(Some((operator, counts, messages))) = live.await else { return };
    if what == What::Typing {
        app.signals.types(&caller.livechat, conversation, Sender::Visitor, messages);
    }
    app.signals.send(&caller.livechat, Receiver::Desk(operator), Signal { conversation, what });
    if counts {
        let key = IdempotencyKey(CommandId(Uuid::now_v7()));
        if let Err(problem) =
            app.command(caller, key, Action::Conversation(conversation, ConversationAction::Type)).await
        {
            tracing::debug!(code = problem.code, "typing was not recorded");
        }
    }
}
