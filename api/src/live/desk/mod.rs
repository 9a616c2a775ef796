//! The operator's desk: one live connection with everything that concerns the operator.
//!
//! Opening it connects the operator. Without a position it begins with a snapshot; with the last
//! position seen it goes on from there.

mod frames;

use axum::extract::ws::WebSocket;
use axum::extract::{Query, State, WebSocketUpgrade};
use axum::response::Response;
use domain::conversation::transfer::Transfer;
use domain::id::CommandId;
use domain::operator::disconnect::DisconnectReason;
use domain::timer::TimerKind;
use domain::{Action, ConversationId, LivechatId, OperatorId};
use futures::{Stream, StreamExt, stream};
use journal::{Position, Scope};
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use super::frame::{Answer, From, SignalFrame, text};
use super::presence::OpenDesk;
use super::signals::{Receiver, Signal};
use super::socket;
use super::tab::Tab;
use super::visitor::id_of;
use crate::auth::{Caller, Role};
use crate::problem::Problem;
use crate::request::{IdempotencyKey, parse};
use crate::server::App;

pub use frames::{ClosedReason, DeskFrame, DeskSays, Me, Snapshot};

/// Where to go on.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
pub struct Resume {
    /// The last position seen; without it the desk begins with a snapshot.
    after: Option<Position>,
}

/// Opens the desk.
#[utoipa::path(
    get, path = "/desk", tag = "live", params(Resume),
    responses((status = 101, description = "A WebSocket: a `Snapshot`, then `DeskFrame` out and `DeskSays` in", body = DeskFrame))
)]
pub async fn open(
    caller: Caller,
    State(app): State<App>,
    resume: Result<Query<Resume>, axum::extract::rejection::QueryRejection>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Operator])?;
    let Query(resume) = resume.map_err(|error| Problem::field("query", error.body_text()))?;
    let upgrade = upgrade.map_err(|error| Problem::field("upgrade", error.body_text()))?;
    let me = OperatorId::parse(&caller.subject)?;
    let desk = app.presence.open(&caller.livechat, &me);
    let connect = IdempotencyKey(CommandId(Uuid::now_v7()));
    app.command(&caller, connect, Action::ConnectOperator(me.clone())).await?;
    Ok(socket::bounded(upgrade).on_upgrade(move |socket| {
        let tracked = app.sockets.clone();
        tracked.track_future(run(app, caller, me, resume.after, socket, desk))
    }))
}

async fn run(
    app: App,
    caller: Caller,
    me: OperatorId,
    after: Option<Position>,
    socket: WebSocket,
    desk: OpenDesk,
) {
    metrics::gauge!("sockets_open", "kind" => "desk").increment(1.0);
    let signals = app.signals.receive(&caller.livechat, Receiver::Desk(me.clone()));
    let signals = signals.map(|Signal(conversation)| {
        Ok(text(&SignalFrame::Typing { conversation: Some(conversation.0), from: From::Visitor }))
    });
    let frames = feed(&app, &caller.livechat, &me, after);
    let frames = stream::select(frames, signals);
    let stopping = app.stopping.clone();
    let token = caller.clone();
    socket::run(socket, frames, &Desk { app, caller, me }, stopping, token.expired()).await;
    drop(desk);
    metrics::gauge!("sockets_open", "kind" => "desk").decrement(1.0);
}

/// A snapshot unless the desk resumes, then what happens after it.
fn feed(
    app: &App,
    livechat: &LivechatId,
    me: &OperatorId,
    after: Option<Position>,
) -> impl Stream<Item = Result<String, journal::Error>> + Send + use<> {
    let (app, livechat, me) = (app.clone(), livechat.clone(), me.clone());
    let start = async move {
        let (position, first) = match after {
            Some(position) => (position, None),
            None => match snapshot(&app, &livechat, &me).await {
                Ok(snapshot) => (snapshot.position, Some(Ok(text(&snapshot)))),
                Err(error) => return stream::once(async { Err(error) }).boxed(),
            },
        };
        let log = app.journal.follow(&livechat, Scope::Operator(me.clone()), position);
        let rest = log.filter_map(move |record| frames::frame(app.clone(), me.clone(), record));
        stream::iter(first).chain(rest).boxed()
    };
    stream::once(start).flatten()
}

async fn snapshot(app: &App, livechat: &LivechatId, me: &OperatorId) -> Result<Snapshot, journal::Error> {
    let (position, (operator, conversations, waiting)) = app
        .journal
        .snapshot(livechat, |state| {
            let known = state.operator(me);
            let operator = Me {
                id: me.clone(),
                name: known.map(|known| known.profile.name.to_string()).unwrap_or_default(),
                status: known.map(|known| known.status).unwrap_or_default(),
                capacity: known.map_or(0, |known| known.capacity(&state.settings().capacity)),
                load: known.map_or(0, domain::operator::Operator::load),
            };
            let conversations: Vec<ConversationId> =
                known.map(|known| known.conversations.iter().copied().collect()).unwrap_or_default();
            (operator, conversations, state.queue().len())
        })
        .await?;
    let mut tabs = Vec::with_capacity(conversations.len());
    for conversation in conversations {
        tabs.extend(Tab::at(&app.journal, livechat, conversation, position).await?);
    }
    Ok(Snapshot { position, operator, tabs, waiting })
}

/// The operator's desk at the other end.
struct Desk {
    app: App,
    caller: Caller,
    me: OperatorId,
}

impl socket::Ear for Desk {
    async fn hear(&self, frame: &str) -> Option<String> {
        let me = &self.me;
        let (id, action) = match parse::<DeskSays>(frame.as_bytes()) {
            Err(problem) => return Some(text(&Answer::refusal(id_of(frame), problem))),
            Ok(DeskSays::PickUp { id, conversation }) => (id, Action::PickUp(ConversationId(conversation))),
            Ok(DeskSays::Message { id, conversation, text }) => {
                (id, Action::Write(ConversationId(conversation), text))
            }
            Ok(DeskSays::InternalMessage { id, conversation, text }) => {
                (id, Action::WriteInternally(ConversationId(conversation), text))
            }
            Ok(DeskSays::Transfer { id, conversation, to, note, force }) => {
                (id, Action::Transfer(ConversationId(conversation), Transfer { to, note, force }))
            }
            Ok(DeskSays::End { id, conversation }) => (id, Action::End(ConversationId(conversation))),
            Ok(DeskSays::Status { id, status }) => (id, Action::ChangeStatus(me.clone(), status)),
            Ok(DeskSays::SignOut { id }) => {
                (id, Action::DisconnectOperator(me.clone(), DisconnectReason::SignedOut))
            }
            Ok(DeskSays::Typing { conversation }) => {
                signal_typing(&self.app, &self.caller, me, ConversationId(conversation)).await;
                return None;
            }
        };
        let done = self.app.command(&self.caller, IdempotencyKey(CommandId(id)), action).await;
        Some(text(&Answer::to(id, done)))
    }
}

/// Tells the visitor, if the conversation is this operator's, and the rules when they are interested.
async fn signal_typing(app: &App, caller: &Caller, me: &OperatorId, conversation: ConversationId) {
    let mine = app.journal.peek(&caller.livechat, |state| {
        state
            .conversation(conversation)
            .filter(|live| live.operator() == Some(me))
            .map(|live| live.timers.deadline(TimerKind::AutoTransfer).is_some())
    });
    let Ok(Some(clock_runs)) = mine.await else { return };
    app.signals.send(&caller.livechat, Receiver::Visitor(conversation), Signal(conversation));
    if clock_runs {
        let key = IdempotencyKey(CommandId(Uuid::now_v7()));
        if let Err(problem) = app.command(caller, key, Action::Type(conversation)).await {
            tracing::debug!(code = problem.code, "typing was not recorded");
        }
    }
}
