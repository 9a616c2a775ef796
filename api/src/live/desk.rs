//! The operator's desk: one live connection with everything that concerns the operator.
//!
//! Opening it connects the operator. Without a position it begins with a snapshot; with the last
//! position seen it goes on from there.

use std::sync::Arc;

use axum::extract::ws::WebSocket;
use axum::extract::{Query, State, WebSocketUpgrade};
use axum::response::Response;
use chrono::{DateTime, Utc};
use domain::conversation::end::EndReason;
use domain::conversation::transfer::{Target, Transfer};
use domain::id::CommandId;
use domain::operator::Status;
use domain::operator::disconnect::DisconnectReason;
use domain::personal::Personal;
use domain::text::{Note, Text};
use domain::{Action, ConversationFact, ConversationId, Fact, LivechatId, OperatorFact, OperatorId};
use futures::{Stream, StreamExt, stream};
use journal::{Position, Recorded, Scope};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use super::frame::{Answer, From, Logged, SignalFrame, text};
use super::presence::OpenDesk;
use super::signals::{Receiver, Signal};
use super::socket;
use super::tab::Tab;
use super::visitor::id_of;
use crate::auth::{Caller, Role};
use crate::problem::Problem;
use crate::request::{IdempotencyKey, parse};
use crate::server::App;

/// Where to go on.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
pub struct Resume {
    /// The last position seen; without it the desk begins with a snapshot.
    after: Option<Position>,
}

/// What a desk is told.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum DeskFrame {
    /// A conversation was assigned or transferred here.
    Opened {
        /// Everything about it.
        tab: Box<Tab>,
    },
    /// A conversation is no longer here.
    Closed {
        /// Which one.
        conversation: Uuid,
        /// Why.
        reason: ClosedReason,
    },
    /// The operator, on this desk or another, picked it up.
    PickedUp {
        /// Which one.
        conversation: Uuid,
    },
    /// Somebody said something; the operator's own messages are told as well.
    Message {
        /// Where.
        conversation: Uuid,
        /// The how-manieth of the conversation, from 1 without gaps.
        number: u32,
        /// In whose voice.
        from: From,
        /// What was said.
        #[schema(value_type = String)]
        text: Text,
        /// The id of the command that sent it.
        command: Uuid,
    },
    /// The conversation ends soon if the visitor stays silent.
    TimeoutAnnounced {
        /// Which one.
        conversation: Uuid,
        /// When.
        ends_at: DateTime<Utc>,
    },
    /// The operator's status changed.
    Status {
        /// The new one.
        status: Status,
    },
}

/// Why a conversation left a desk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ClosedReason {
    /// The visitor ended it.
    Visitor,
    /// The operator ended it.
    Operator,
    /// A supervisor ended it.
    Supervisor,
    /// The visitor was silent for too long.
    Timeout,
    /// Another operator has it now.
    Transferred,
}

/// The first frame of a desk that does not resume.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[serde(tag = "type", rename = "snapshot")]
pub struct Snapshot {
    /// Up to where the log is told.
    position: Position,
    /// The operator.
    operator: Me,
    /// The conversations on the desk.
    tabs: Vec<Tab>,
    /// Visitors in the queue.
    waiting: usize,
}

/// The operator of a desk.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Me {
    #[schema(value_type = String)]
    id: OperatorId,
    name: String,
    status: Status,
    /// Conversations at once.
    capacity: usize,
    /// Conversations now.
    load: usize,
}

/// What a desk may say. Each command has an id; repeated with the same id, it is done once.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(tag = "type", rename_all = "snake_case", deny_unknown_fields)]
pub enum DeskSays {
    /// Open a flashing tab.
    PickUp { id: Uuid, conversation: Uuid },
    /// Write to the visitor: 1 to 5,000 characters.
    Message {
        id: Uuid,
        conversation: Uuid,
        #[schema(value_type = String)]
        text: Text,
    },
    /// Pass the conversation on, with a note for the receiver.
    Transfer {
        id: Uuid,
        conversation: Uuid,
        to: Target,
        #[serde(default)]
        #[schema(value_type = Option<String>)]
        note: Option<Personal<Note>>,
        #[serde(default)]
        force: bool,
    },
    /// End the conversation.
    End { id: Uuid, conversation: Uuid },
    /// Change the own status.
    Status { id: Uuid, status: Status },
    /// The operator is typing.
    Typing { conversation: Uuid },
    /// Leave on purpose: no grace is given.
    SignOut { id: Uuid },
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
    socket::run(socket, frames, &Desk { app, caller, me }, stopping).await;
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
        let rest = log.filter_map(move |record| frame(app.clone(), me.clone(), record));
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

async fn frame(
    app: App,
    me: OperatorId,
    record: Result<Arc<Recorded>, journal::Error>,
) -> Option<Result<String, journal::Error>> {
    let record = match record {
        Ok(record) => record,
        Err(error) => return Some(Err(error)),
    };
    let what = match &record.event.fact {
        Fact::Livechat(_) => return None,
        Fact::Operator { fact, .. } => match fact {
            OperatorFact::StatusChanged { status } => DeskFrame::Status { status: *status },
            OperatorFact::Registered { .. } | OperatorFact::Connected | OperatorFact::Disconnected { .. } => {
                return None;
            }
        },
        Fact::Conversation { conversation, operator, fact } => {
            let here = operator.as_ref() == Some(&me);
            if here && arrives(fact) {
                match Tab::at(&app.journal, &record.livechat, *conversation, record.position).await {
                    Ok(tab) => DeskFrame::Opened { tab: Box::new(tab?) },
                    Err(error) => return Some(Err(error)),
                }
            } else {
                about(conversation.0, here, fact, &record)?
            }
        }
    };
    Some(Ok(text(&Logged { position: record.position, at: record.event.at, what })))
}

/// Does a conversation come to the desk of the operator in charge by this?
const fn arrives(fact: &ConversationFact) -> bool {
    matches!(fact, ConversationFact::Assigned | ConversationFact::Transferred { .. })
}

fn about(conversation: Uuid, here: bool, fact: &ConversationFact, record: &Recorded) -> Option<DeskFrame> {
    Some(match fact {
        ConversationFact::Transferred { .. } if !here => {
            DeskFrame::Closed { conversation, reason: ClosedReason::Transferred }
        }
        ConversationFact::PickedUp => DeskFrame::PickedUp { conversation },
        ConversationFact::MessagePosted { number, voice, text, .. } => DeskFrame::Message {
            conversation,
            number: *number,
            from: (*voice).into(),
            text: text.reveal().clone(),
            command: record.command.0,
        },
        ConversationFact::TimeoutAnnounced { ends_at } => {
            DeskFrame::TimeoutAnnounced { conversation, ends_at: *ends_at }
        }
        ConversationFact::Ended { reason } => DeskFrame::Closed { conversation, reason: closed(*reason) },
        ConversationFact::Requested(_)
        | ConversationFact::Refused { .. }
        | ConversationFact::Queued { .. }
        | ConversationFact::Assigned
        | ConversationFact::Left
        | ConversationFact::Transferred { .. } => return None,
    })
}

const fn closed(reason: EndReason) -> ClosedReason {
    match reason {
        EndReason::Visitor => ClosedReason::Visitor,
        EndReason::Operator => ClosedReason::Operator,
        EndReason::Supervisor => ClosedReason::Supervisor,
        EndReason::Timeout => ClosedReason::Timeout,
    }
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

/// Tells the visitor, if the conversation is this operator's.
async fn signal_typing(app: &App, caller: &Caller, me: &OperatorId, conversation: ConversationId) {
    let mine = app.journal.peek(&caller.livechat, |state| {
        state.conversation(conversation).is_some_and(|live| live.operator() == Some(me))
    });
    if matches!(mine.await, Ok(true)) {
        app.signals.send(&caller.livechat, Receiver::Visitor(conversation), Signal(conversation));
    }
}
