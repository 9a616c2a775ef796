//! The operator's desk: one live connection with everything that concerns the operator.
//!
//! Opening it connects the operator, over either transport: whoever is told of conversations is there. Over
//! server-sent events it only tells, and commands go over HTTP. Without a position it begins with a snapshot;
//! with the last position seen it goes on from there, if that is not long ago.
//!
//! Whoever resumes is told again only what is the operator's still: of a conversation that is over, or somebody
//! else's by now, that its tab is closed, and not what was said in it meanwhile. Reading that is a read of its
//! transcript, and recorded.

mod frames;

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use domain::conversation::transfer::Transfer;
use domain::event::DisconnectReason;
use domain::id::CommandId;
use domain::state::timers::TimerKind;
use domain::text::Language;
use domain::{Action, ConversationAction, ConversationId, LivechatId, OperatorId};
use futures::{Stream, StreamExt, stream};
use journal::{Position, Scope};
use uuid::Uuid;

use super::cursor::Cursor;
use super::signals::Sender;
use super::signals::{ReceiptKind, Receiver, Signal, What};
use super::socket::{self, BadFrame};
use super::socket_frames::{Answer, SignalFrame, text};
use super::stream::Frame;
use super::tab::Tab;
use super::transport::{After, Resume, Start, Transport};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::language::ReaderLanguage;
use crate::limits::DESK_RESUMES_MAX;
use crate::problem::Problem;
use crate::request::IdempotencyKey;
use crate::routes::desk::DeskOptions;

use frames::Kept;
pub use frames::{ClosedReason, DeskCommand, DeskFrame, DeskOperator, Snapshot};

/// Opens the desk, over a WebSocket, or as server-sent events where none is asked for. Either connects the
/// operator until the last one is closed.
#[utoipa::path(
    get, path = "/desk", tag = "live", params(Resume),
    responses(
        (status = 101, description = "A WebSocket: a `Snapshot`, then `DeskFrame` out and `DeskCommand` in", body = DeskFrame),
        (status = 200, description = "The same frames as events named by their type, and `end`; commands go over HTTP",
            content_type = "text/event-stream", body = DeskFrame)
    )
)]
pub async fn open(
    caller: Caller,
    State(app): State<App>,
    after: After,
    accepted: ReaderLanguage,
    transport: Transport,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Operator])?;
    let me = OperatorId::parse(&caller.subject)?;
    if let Some(head) = transport.head() {
        return Ok(head);
    }
    let desk = app.presence.open(&caller.livechat, &me);
    let connect = IdempotencyKey(CommandId(Uuid::now_v7()));
    app.command(&caller, connect, Action::ConnectOperator(me.clone())).await?;
    let start = after.start(&app, &caller.livechat).await?;
    let language = accepted.or_livechats(&app.journal, &caller.livechat).await?;
    let signals = app.signals.receive(&caller.livechat, Receiver::Desk(me.clone()));
    let signals = signals.map(|signal| SignalFrame::of(signal, Sender::Visitor));
    let waiting = app.floors.waiting(&caller.livechat).map(|waiting| SignalFrame::Queue { waiting });
    let signals = stream::select(signals, waiting).map(|signal| Ok(Frame::tagged(None::<Position>, &signal)));
    let frames = stream::select(feed(&app, &caller.livechat, &me, language, start), signals);
    // The desk is open for as long as it is told anything.
    let frames = frames.inspect(move |_| _ = &desk);
    let ear = Desk { app: app.clone(), caller: caller.clone(), me };
    Ok(transport.converse(app, caller, "desk", frames, ear))
}

/// A snapshot unless the desk resumes, then what happens after it.
fn feed(
    app: &App,
    livechat: &LivechatId,
    me: &OperatorId,
    language: Language,
    start: Start,
) -> impl Stream<Item = Result<Frame, journal::Error>> + Send + use<> {
    let (app, livechat, me) = (app.clone(), livechat.clone(), me.clone());
    let start = async move {
        let (position, first, kept) = match begin(&app, &livechat, &me, language, start).await {
            Ok(begun) => begun,
            Err(error) => return stream::once(async { Err(error) }).boxed(),
        };
        let (kept, first) = (Arc::new(kept), first.map(Ok));
        let log = app.journal.follow(&livechat, Scope::Operator(me.clone()), position);
        let rest = log.filter_map(move |record| frames::frame(app.clone(), me.clone(), kept.clone(), record));
        stream::iter(first).chain(rest).boxed()
    };
    stream::once(start).flatten()
}

/// From which position the log is told, what comes before it, and what is still the operator's.
async fn begin(
    app: &App,
    livechat: &LivechatId,
    me: &OperatorId,
    language: Language,
    start: Start,
) -> Result<(Position, Option<Frame>, Kept), journal::Error> {
    if let Start::After(position) = start {
        let look = |state: &domain::Livechat| {
            state.operator(me).map(|me| me.conversations.iter().copied().collect()).unwrap_or_default()
        };
        let (head, conversations) = app.journal.snapshot(livechat, look).await?;
        if head.saturating_sub(position) <= DESK_RESUMES_MAX {
            return Ok((position, None, Kept { head, conversations, language }));
        }
    }
    let snapshot = snapshot(app, livechat, me, language).await?;
    let position = snapshot.position;
    let at = Cursor::at(&app.journal, livechat, position).await?;
    let frame = Frame::tagged(Some(at), &snapshot);
    Ok((position, Some(frame), Kept { head: position, conversations: BTreeSet::new(), language }))
}

async fn snapshot(
    app: &App,
    livechat: &LivechatId,
    me: &OperatorId,
    language: Language,
) -> Result<Snapshot, journal::Error> {
    let (position, (operator, conversations, waiting, options)) = app
        .journal
        .snapshot(livechat, |state| {
            let known = state.operator(me);
            let operator = DeskOperator::of(state, me, language);
            let conversations: Vec<ConversationId> =
                known.map(|known| known.conversations.iter().copied().collect()).unwrap_or_default();
            (operator, conversations, state.queue().len(), DeskOptions::of(state.settings(), language))
        })
        .await?;
    let mut tabs = Vec::with_capacity(conversations.len());
    for conversation in conversations {
        tabs.extend(Tab::at(app, livechat, conversation, position, language).await?);
    }
    Ok(Snapshot { position, operator, options: Box::new(options), tabs, waiting })
}

/// The operator's desk at the other end.
struct Desk {
    app: App,
    caller: Caller,
    me: OperatorId,
}

impl socket::FrameHandler for Desk {
    async fn handle(&self, frame: &str) -> Result<Option<String>, BadFrame> {
        let me = &self.me;
        let said = Box::pin(socket::said(&self.app, &self.caller, frame)).await?;
        let (id, action) = match said {
            DeskCommand::PickUp { id, conversation } => {
                (id, Action::Conversation(ConversationId(conversation), ConversationAction::PickUp))
            }
            DeskCommand::Message { id, conversation, text } => {
                (id, Action::Conversation(ConversationId(conversation), ConversationAction::Write(text)))
            }
            DeskCommand::InternalMessage { id, conversation, text } => (
                id,
                Action::Conversation(ConversationId(conversation), ConversationAction::WriteInternally(text)),
            ),
            DeskCommand::Transfer { id, conversation, to, note, force } => (
                id,
                Action::Conversation(
                    ConversationId(conversation),
                    ConversationAction::Transfer(Transfer { to, note, force }),
                ),
            ),
            DeskCommand::End { id, conversation } => {
                (id, Action::Conversation(ConversationId(conversation), ConversationAction::End))
            }
            DeskCommand::Status { id, status } => (id, Action::ChangeStatus(me.clone(), status)),
            DeskCommand::SignOut { id } => {
                (id, Action::DisconnectOperator(me.clone(), DisconnectReason::SignedOut))
            }
            DeskCommand::Typing { conversation } => {
                signal_typing(&self.app, &self.caller, me, ConversationId(conversation)).await;
                return Ok(None);
            }
            DeskCommand::Delivered { conversation, number } => {
                self.has(conversation, ReceiptKind::Delivered, number).await;
                return Ok(None);
            }
            DeskCommand::Read { conversation, number } => {
                self.has(conversation, ReceiptKind::Read, number).await;
                return Ok(None);
            }
        };
        let done = self.app.command(&self.caller, IdempotencyKey(CommandId(id)), action).await;
        Ok(Some(text(&Answer::to(id, done))))
    }
}

impl Desk {
    /// Tells the visitor how far the messages have come, if the conversation is this operator's and has so many.
    async fn has(&self, conversation: Uuid, receipt: ReceiptKind, number: u32) {
        let id = ConversationId(conversation);
        let mine = self.app.journal.peek(&self.caller.livechat, |state| {
            state.conversation(id).is_some_and(|live| {
                live.operator() == Some(&self.me) && (1..=live.messages).contains(&number)
            })
        });
        if mine.await.unwrap_or_default() {
            let signal = Signal { conversation: id, what: What::Receipt(receipt, number) };
            self.app.signals.send(&self.caller.livechat, Receiver::Visitor(id), signal);
        }
    }
}

/// Tells the visitor, if the conversation is this operator's, and the rules when they are interested.
async fn signal_typing(app: &App, caller: &Caller, me: &OperatorId, conversation: ConversationId) {
    let mine = app.journal.peek(&caller.livechat, |state| {
        state.conversation(conversation).filter(|live| live.operator() == Some(me)).map(|live| {
            (live.stranded || live.timers.deadline(TimerKind::AutoTransfer).is_some(), live.messages)
        })
    });
    let Ok(Some((clock_runs, messages))) = mine.await else { return };
    app.signals.types(&caller.livechat, conversation, Sender::Operator, messages);
    app.signals.send(
        &caller.livechat,
        Receiver::Visitor(conversation),
        Signal { conversation, what: What::Typing },
    );
    if clock_runs {
        let key = IdempotencyKey(CommandId(Uuid::now_v7()));
        if let Err(problem) =
            app.command(caller, key, Action::Conversation(conversation, ConversationAction::Type)).await
        {
            tracing::debug!(code = problem.code, "typing was not recorded");
        }
    }
}
