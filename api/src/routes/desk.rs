//! What the desk shows besides conversations: its options, the operators online, the canned replies.

use std::ops::Bound;

use axum::response::{IntoResponse, Response};
use domain::both;
use domain::settings::DeskOption;
use domain::settings::canned_replies::Theme;
use domain::text::Language;
use domain::{Livechat, OperatorId, Rejection, ReplyId};
use projections::knowledge_index::search_canned_replies;
use projections::text_search::Term;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::live::colleagues::Online;
use crate::live::desk::DeskOptions;

/// What the desk may show. The server checks each of it by itself.
#[utoipa::path(
    get, path = "/desk/options", tag = "desk",
    responses((status = 200, body = DeskOptions))
)]
pub async fn options(
    Reader { caller, app, .. }: Reader,
    accepted: ReaderLanguage,
) -> Result<axum::Json<DeskOptions>, Problem> {
    let language = accepted.or_livechats(&app.journal, &caller.livechat).await?;
    let look = |state: &Livechat| DeskOptions::of(state.settings(), language);
    Ok(axum::Json(at_work(&app, &caller, None, look).await?))
}

/// Which operators.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OperatorsParams {
    /// Those after this identifier: the last one of the page before.
    #[param(value_type = Option<String>)]
    after: Option<OperatorId>,
    /// How many: 1 to 1,000, 1,000 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The operators, by identifier: those online, for operators while `desk.list_operators` is on and for supervisors; all
/// registered ones, for administrators.
#[utoipa::path(
    get, path = "/operators", tag = "operators", params(OperatorsParams),
    responses(
        (status = 200, body = Vec<Online>),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off")
    )
)]
pub async fn operators(
    reader: Reader<OperatorsParams>,
    accepted: ReaderLanguage,
) -> Result<Response, Problem> {
    let OperatorsParams { after, limit } = reader.parameters()?;
    let Reader { caller, app, .. } = reader;
    let limit = limit.unwrap_or(OPERATORS_PAGE_MAX);
    if !(1..=OPERATORS_PAGE_MAX).contains(&limit) {
        return Err(Problem::field(
            "limit",
            both!("1 to {OPERATORS_PAGE_MAX} operators", "1 à {OPERATORS_PAGE_MAX} opérateurs"),
        ));
    }
    let everybody = caller.role == Role::Administrator;
    let names = accepted.skill_names(&app.journal, &caller.livechat).await?;
    let look = |state: &Livechat| {
        let start = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let all = state.operators().range::<OperatorId, _>((start, Bound::Unbounded));
        let shown = all.filter(|(_, operator)| everybody || operator.connected_since.is_some());
        let shown = shown.take(usize::try_from(limit).unwrap_or(0));
        shown.map(|(id, operator)| Online::of(id, operator, state.settings(), &names)).collect::<Vec<_>>()
    };
    if everybody {
        let look = |state: &Livechat| state.identity().map(|_| look(state));
        let all = app.journal.snapshot(&caller.livechat, look).await?.1;
        return Ok(axum::Json(all.ok_or(Rejection::UnknownLivechat)?).into_response());
    }
    Ok(axum::Json(at_work(&app, &caller, Some(DeskOption::ListOperators), look).await?).into_response())
}

/// Operators in one answer: a whole floor, in some milliseconds.
const OPERATORS_PAGE_MAX: i64 = 1_000;

/// Which canned replies, and in which language.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RepliesParams {
    /// The visitor's language, `fr` or `en`; the livechat's by default.
    #[param(value_type = Option<String>)]
    language: Option<Language>,
    /// Only those in whose title or text all of it is said: words, `"words one after the other"`, `beginn*`, as in a
    /// search of articles and conversations; at most 200 characters and 16 words. All, where it is blank.
    #[param(max_length = 200, example = "refund")]
    q: Option<String>,
}

/// Canned replies of one theme.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "theme": "Greetings", "replies": [{ "id": "hello", "title": "Hello", "text": "Hello, how can I help?" }]
}))]
#[schema(as = RepliesOfTheme)]
pub struct Replies {
    /// Its name.
    theme: String,
    /// At least one, in the order of the settings; of a search, best first.
    replies: Vec<Reply>,
}

/// A canned reply.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reply {
    /// Which one.
    id: ReplyId,
    /// What operators find it by.
    title: String,
    /// The text to send, in the visitor's language or else in the livechat's.
    text: String,
}

/// The published canned replies, by theme: operators while `desk.canned_replies` is on, and supervisors. One
/// that is written neither in the language asked for nor in the livechat's is left out. With `q` they are searched, as
/// articles and conversations are.
#[utoipa::path(
    get, path = "/canned-replies", tag = "desk", params(RepliesParams),
    responses(
        (status = 200, body = Vec<Replies>),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off")
    )
)]
pub async fn canned_replies(reader: Reader<RepliesParams>) -> Result<axum::Json<Vec<Replies>>, Problem> {
    let RepliesParams { language, q } = reader.parameters()?;
    let Reader { caller, app, .. } = reader;
    let terms = match q.filter(|q| !q.trim().is_empty()) {
        Some(q) => Some(Term::parse(&q).map_err(|wrong| Problem::field("q", wrong.message()))?),
        None => None,
    };
    let look = |state: &Livechat| {
        let own = state.identity().map(|identity| identity.language).unwrap_or_default();
        (state.settings().canned_replies.clone(), own)
    };
    let (replies, own) = at_work(&app, &caller, Some(DeskOption::CannedReplies), look).await?;
    // Reading all their words takes milliseconds, which nobody else should wait for.
    let listed = tokio::task::spawn_blocking(move || {
        let language = language.unwrap_or(own);
        let themes = match &terms {
            Some(terms) => search_canned_replies(&replies, terms, language, own),
            None => replies.published_by_theme(language, own),
        };
        themes.into_iter().map(Replies::from).collect()
    });
    Ok(axum::Json(listed.await.map_err(|error| Problem::internal(&error))?))
}

impl From<Theme<'_>> for Replies {
    fn from(Theme { theme, replies }: Theme<'_>) -> Self {
        let replies = replies.into_iter().map(|ready| Reply {
            id: ready.id.clone(),
            title: ready.title.to_owned(),
            text: ready.text.to_owned(),
        });
        Self { theme: theme.to_owned(), replies: replies.collect() }
    }
}

/// Looks at the livechat for an operator, if `option` is on, or for a supervisor.
async fn at_work<T>(
    app: &App,
    caller: &Caller,
    option: Option<DeskOption>,
    look: impl FnOnce(&Livechat) -> T,
) -> Result<T, Problem> {
    caller.may_call()?;
    let by = caller.actor()?;
    let seen = app.journal.snapshot(&caller.livechat, |state| {
        if state.identity().is_none() {
            return Err(Rejection::UnknownLivechat);
        }
        if let Some(option) = option {
            state.settings().desk.allow(option, &by)?;
        }
        Ok(look(state))
    });
    Ok(seen.await?.1?)
}
