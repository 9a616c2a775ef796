//! The visitor's socket: their own conversation only, from a position on.

use axum::extract::{Query, State, WebSocketUpgrade};
use axum::response::Response;
use domain::ConversationId;
use serde::Deserialize;
use utoipa::IntoParams;
use uuid::Uuid;

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::problem::Problem;
use crate::live::socket;
use crate::live::socket_frames::unknown;
use crate::live::transport::After;
use crate::live::visitor::{VisitorFrame, run};

/// Which conversation, and from where.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct Resume {
    /// The visitor's conversation.
    conversation: Uuid,
    /// The last position seen; everything is sent without one, and, after a frame `reset`, with one that is not of
    /// this log.
    #[param(example = "150")]
    after: Option<String>,
    /// Begin with a `VisitorSnapshot` of the whole page, and send only what comes after it.
    #[serde(default)]
    snapshot: bool,
}

/// Opens the visitor's socket.
#[utoipa::path(
    get, path = "/visitor", tag = "live", params(Resume),
    responses((status = 101, description = "A WebSocket of `VisitorFrame` (and a `VisitorSnapshot` first, if asked for) out and `VisitorCommand` in", body = VisitorFrame))
)]
pub async fn open(
    caller: Caller,
    State(app): State<App>,
    resume: Result<Query<Resume>, axum::extract::rejection::QueryRejection>,
    upgrade: Result<WebSocketUpgrade, axum::extract::ws::rejection::WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Visitor])?;
    let Query(resume) = resume?;
    let conversation = ConversationId(resume.conversation);
    must_be_there(&app, &caller, conversation).await?;
    let upgrade = upgrade.map_err(|_| socket::no_upgrade())?;
    let start = After::of(resume.after.as_deref()).start(&app, &caller.livechat).await?;
    let admitted = app.admission.admit(&caller)?;
    let page = app.attendance.open(&caller.livechat, conversation, &caller.actor()?);
    let begin = (conversation, start, resume.snapshot);
    Ok(socket::upgrade(upgrade, move |socket| {
        let tracked = app.sockets.clone();
        tracked.track_future(run(app, caller, begin, socket, (page, admitted)))
    }))
}

/// The conversation must exist and be the caller's.
///
/// # Errors
/// 403 when it is another visitor's, 404 when it does not exist.
async fn must_be_there(app: &App, caller: &Caller, id: ConversationId) -> Result<(), Problem> {
    caller.must_hold(id)?;
    let is_live = app.journal.peek(&caller.livechat, |state| state.conversation(id).is_some()).await?;
    if is_live || app.visitor_of(caller, id).await?.is_some() { Ok(()) } else { Err(unknown(id)) }
}
