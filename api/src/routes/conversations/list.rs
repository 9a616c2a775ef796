//! Find conversations by what is known of them.

use domain::bilingual::{Bilingual, both};
use domain::{LivechatId, both};
use projections::conversations::{Conversation, Cursor, Question};
use projections::{Listing, Named, PAGE_MAX};
use serde::Deserialize;
use utoipa::IntoParams;

use super::params::{ConversationsParams, ParamErrors};
use crate::auth::Role;
use crate::http::freshness::AtLeast;
use crate::http::language::ReaderLanguage;
use crate::http::page_limit::PAGE_DEFAULT;
use crate::http::problem::Problem;
use crate::http::reader::Reader;

/// In which order.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes a parameter that is read with the others")]
pub(super) struct Order {
    /// `newest` request first, which is the default; `oldest` first; `longest_wait` first, of those whose wait
    /// is over; `last_ended` first, of those that are over.
    sort: Option<String>,
}

/// All conversations that match every given parameter.
///
/// A page may be short, or empty, and still have a `next`: when very few conversations among very many match, and no
/// index has them, a page ends after 3,000 were looked at, and the next one goes on there. Pages neither repeat nor
/// leave out a conversation because others are requested meanwhile; one that changes meanwhile is found where it is
/// then. A cursor is for the parameters it was given for.
#[utoipa::path(
    get, path = "/conversations", tag = "conversations", params(ConversationsParams, Order, AtLeast),
    responses(
        (status = 200, body = Listing<Conversation>),
        (status = 422, body = Problem, description = "Every wrong parameter, with what it allows")
    )
)]
pub async fn list(
    reader: Reader<ConversationsParams>,
    accepted: ReaderLanguage,
) -> Result<axum::Json<Listing<Conversation>>, Problem> {
    let mut params = reader.allowed()?;
    let Reader { caller, app, .. } = &reader;
    app.dates_as_times(&caller.livechat, params.dates()).await?;
    let mut errors = ParamErrors::default();
    let mut filter = params.filter(&mut errors);
    filter.over_only = caller.role == Role::Analyst;
    if params.q.is_some() {
        errors.wrong(
            "q",
            both(
                "absent: search for words with …/conversations/search",
                "absent\u{a0}: les mots se cherchent par …/conversations/search",
            ),
        );
    }
    let question = Question { filter, sort: params.sort(&mut errors), said: vec![] };
    let (cursor, limit) = page(&mut errors, &params, &caller.livechat, &question);
    errors.finish()?;
    reader.ready().await?;
    let found = app.views.conversations(&caller.livechat, &question, cursor, limit).await;
    let mut listing = found?;
    listing.items.name_skills(&accepted.skill_names(&app.journal, &caller.livechat).await?);
    Ok(axum::Json(listing))
}

/// The page that is asked for; what is wrong is noted.
pub fn page(
    errors: &mut ParamErrors,
    params: &ConversationsParams,
    livechat: &LivechatId,
    question: &Question,
) -> (Option<Cursor>, usize) {
    const CURSOR: Bilingual = both(
        "the next of a page with the same parameters and the same order",
        "le next d’une page demandée avec les mêmes paramètres et dans le même ordre",
    );
    let cursor = errors
        .value("cursor", params.cursor.as_ref(), CURSOR, |text| Cursor::parse(text, livechat, question));
    let limit =
        errors.value("limit", params.limit.as_ref(), both!("1 to {PAGE_MAX}", "1 à {PAGE_MAX}"), |text| {
            text.parse().ok().filter(|limit| (1..=PAGE_MAX).contains(limit))
        });
    (cursor, limit.unwrap_or(PAGE_DEFAULT))
}
