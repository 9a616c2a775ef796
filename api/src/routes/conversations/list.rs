//! Find conversations by what is known of them.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::LivechatId;
use domain::bilingual::{Bilingual, both};
use domain::both;
use projections::conversations::{Conversation, Cursor, Question};
use projections::{Listing, Named, PAGE_MAX};
use serde::Deserialize;
use utoipa::IntoParams;

use super::params::{ConversationsParams, ParamErrors};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::freshness::{AtLeast, must_exist};
use crate::language::ReaderLanguage;
use crate::problem::Problem;

/// In which order.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes a parameter that is read with the others")]
pub(super) struct Order {
    /// `newest` request first, which is the default; `oldest` first; `longest_wait` first, of those whose wait
    /// is over; `last_ended` first, of those that are over.
    sort: Option<String>,
}

/// All conversations for which everything that is given is true.
///
/// A page may be short, or empty, and have a `next` all the same: when very few conversations among very many are
/// meant, and no index knows them, a page ends after 3,000 were looked at, and the next one goes on there. Pages
/// neither repeat nor leave out a conversation because others are requested meanwhile; one that changes meanwhile
/// is found where it is then. A cursor is for the parameters it was given for.
#[utoipa::path(
    get, path = "/conversations", tag = "conversations", params(ConversationsParams, Order, AtLeast),
    responses(
        (status = 200, body = Listing<Conversation>), (status = 404, body = Problem),
        (status = 422, body = Problem, description = "Every wrong parameter, with what it allows")
    )
)]
pub async fn list(
    caller: Caller,
    State(app): State<App>,
    which: Result<Query<ConversationsParams>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
    accepted: ReaderLanguage,
) -> Result<axum::Json<Listing<Conversation>>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Analyst])?;
    let Query(mut which) = which?;
    app.dates_as_moments(&caller.livechat, which.dates()).await?;
    let mut errors = ParamErrors::default();
    let mut filter = which.filter(&mut errors);
    filter.over_only = caller.role == Role::Analyst;
    if which.q.is_some() {
        errors.wrong(
            "q",
            both(
                "absent: search for words with …/conversations/search",
                "absent\u{a0}: les mots se cherchent par …/conversations/search",
            ),
        );
    }
    let question = Question { filter, sort: which.sort(&mut errors), said: vec![] };
    let (cursor, limit) = page(&mut errors, &which, &caller.livechat, &question);
    errors.finish()?;
    at_least?.0.reached(&app, &caller.livechat).await?;
    must_exist(&app, &caller.livechat).await?;
    let found = app.views.conversations(&caller.livechat, &question, cursor, limit).await;
    let mut listing = found?;
    listing.items.name_skills(&accepted.skill_names(&app.journal, &caller.livechat).await?);
    Ok(axum::Json(listing))
}

/// The page that is asked for; what is wrong is noted.
pub(in crate::routes) fn page(
    errors: &mut ParamErrors,
    which: &ConversationsParams,
    livechat: &LivechatId,
    question: &Question,
) -> (Option<Cursor>, usize) {
    const CURSOR: Bilingual = both(
        "the next of a page with the same parameters and the same order",
        "le next d’une page demandée avec les mêmes paramètres et dans le même ordre",
    );
    let cursor =
        errors.value("cursor", which.cursor.as_ref(), CURSOR, |text| Cursor::parse(text, livechat, question));
    let limit =
        errors.value("limit", which.limit.as_ref(), both!("1 to {PAGE_MAX}", "1 à {PAGE_MAX}"), |text| {
            text.parse().ok().filter(|limit| (1..=PAGE_MAX).contains(limit))
        });
    (cursor, limit.unwrap_or(PAGE_DEFAULT))
}

/// Rows in a page, if nothing is said.
const PAGE_DEFAULT: usize = 50;

/// The rows asked for in a page.
pub fn page_limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked.unwrap_or(PAGE_DEFAULT) {
        limit if (1..=PAGE_MAX).contains(&limit) => Ok(limit),
        _ => Err(Problem::field("limit", both!("1 to {PAGE_MAX}", "1 à {PAGE_MAX}"))),
    }
}
