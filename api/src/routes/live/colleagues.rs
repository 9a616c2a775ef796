//! The colleagues, live: the operators who are online, what each is doing, and which have room (spec.md §Desk options,
//! `list_operators`).

use axum::extract::State;
use axum::response::Response;

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::live::colleagues::{self, Colleagues};
use crate::live::transport::{After, Resume, Transport};

/// Follows which operators are online, as server-sent events, or over a WebSocket where one is asked for: frames `colleagues`, each
/// with the whole list. A reader who resumes, from whatever position, is sent the whole list at once.
#[utoipa::path(
    get, path = "/colleagues", tag = "live", operation_id = "follow_colleagues", params(Resume),
    responses((status = 200, content_type = "text/event-stream", body = Colleagues,
        description = "Events `colleagues` and `end`; over a WebSocket the same as frames"))
)]
pub async fn follow(
    caller: Caller,
    State(app): State<App>,
    _after: After,
    accepted: ReaderLanguage,
    transport: Transport,
) -> Result<Response, Problem> {
    caller.must_be(&[Role::Operator, Role::Supervisor])?;
    let language = accepted.or_livechats(&app.journal, &caller.livechat).await?;
    let frames = colleagues::frames(app.clone(), caller.livechat.clone(), caller.actor()?, language);
    Ok(transport.tell(app, caller, "colleagues", frames))
}
