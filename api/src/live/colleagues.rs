//! The colleagues, live: who is online, what each is doing, and who has room (spec.md §Desk options,
//! `list_operators`). Operators are told while the option is on; supervisors always.
//!
//! The whole list is told whenever it has changed, at most once a second: it is what the list of choices shows.

use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use domain::settings::DeskOption;
use domain::text::Language;
use domain::{Actor, Livechat, LivechatId};
use futures::{Stream, stream};
use journal::Position;
use projections::SkillNames;
use serde::Serialize;
use utoipa::ToSchema;

use super::cursor::Cursor;
use super::stream::Frame;
use super::transport::{After, Resume, Transport};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::language::ReaderLanguage;
use crate::problem::Problem;
use crate::routes::desk::Online;

/// How often is looked at who is there.
const LOOK: Duration = Duration::from_secs(1);

/// The operators who are online.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Colleagues {
    /// The position in the log that this is as of.
    position: Position,
    /// Whether operators may see who is online: `desk.list_operators`.
    listed: bool,
    /// Those who are online, by identifier, at most 1,000; none while they may not be seen.
    operators: Vec<Online>,
}

/// Who is online: at most so many are told.
const COLLEAGUES_MAX: usize = 1_000;

impl Colleagues {
    fn of(state: &Livechat, by: &Actor, language: Language) -> (bool, Vec<Online>) {
        if state.settings().desk.allow(DeskOption::ListOperators, by).is_err() {
            return (false, vec![]);
        }
        let online = state.operators().iter().filter(|(_, operator)| operator.connected_since.is_some());
        let shown = online.take(COLLEAGUES_MAX);
        let settings = state.settings();
        let names = SkillNames::new(&settings.skills, language);
        (true, shown.map(|(id, operator)| Online::of(id, operator, settings, &names)).collect())
    }
}

/// Follows who is online, as server-sent events, or over a WebSocket where one is asked for: frames `colleagues`, each
/// with the whole list. Whoever resumes, from whatever position, is told the whole list at once.
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
    let frames = frames(app.clone(), caller.livechat.clone(), caller.actor()?, language);
    Ok(transport.tell(app, caller, "colleagues", frames))
}

fn frames(
    app: App,
    livechat: LivechatId,
    by: Actor,
    language: Language,
) -> impl Stream<Item = Result<Frame, journal::Error>> + Send {
    stream::unfold((app, livechat, by, None), move |(app, livechat, by, mut told)| async move {
        loop {
            if told.is_some() {
                tokio::time::sleep(LOOK).await;
            }
            let seen =
                match app.journal.snapshot(&livechat, |state| Colleagues::of(state, &by, language)).await {
                    Ok(seen) => seen,
                    Err(error) => return Some((Err(error), (app, livechat, by, told))),
                };
            let (position, now) = seen;
            if told.as_ref() == Some(&now) {
                continue;
            }
            let (listed, operators) = now.clone();
            told = Some(now);
            let list = Colleagues { position, listed, operators };
            let at = Cursor::at(&app.journal, &livechat, position).await;
            return Some((at.map(|at| Frame::new("colleagues", Some(at), &list)), (app, livechat, by, told)));
        }
    })
}
