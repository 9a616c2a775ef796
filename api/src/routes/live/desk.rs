//! The operator's desk ([`crate::live::desk`]).

use axum::extract::State;
use axum::response::Response;
use domain::id::CommandId;
use domain::{Action, OperatorId};
use futures::{StreamExt, stream};
use journal::Position;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::idempotency::IdempotencyKey;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::live::desk::{Desk, DeskFrame, feed};
use crate::live::frame::Frame;
use crate::live::signals::{Receiver, Sender};
use crate::live::socket_frames::SignalFrame;
use crate::live::transport::{After, Resume, Transport};

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
    // The desk is open for as long as frames are sent to it.
    let frames = frames.inspect(move |_| _ = &desk);
    let desk_end = Desk { app: app.clone(), caller: caller.clone(), me };
    Ok(transport.converse(app, caller, "desk", frames, desk_end))
}
