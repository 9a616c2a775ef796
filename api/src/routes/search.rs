//! Find conversations by what was said in them.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::OperatorId;
use domain::bilingual::both;
use domain::event::Access;
use domain::settings::visitor_card::CardField;
use projections::conversations::{Question, Sort};
use projections::search::Found;
use projections::text_search::Term;
use projections::{Listing, Named};
use serde::Deserialize;
use utoipa::IntoParams;

use super::conversations::{ConversationsParams, ParamErrors, page, visitor_card, within};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::freshness::{AtLeast, must_exist};
use crate::language::ReaderLanguage;
use crate::problem::Problem;

/// The search.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes a parameter that is read with the others")]
pub struct SearchParams {
    /// Words, each of which has to be said somewhere in the conversation. `"…"` are words one after the other in
    /// one message, `word*` is the beginning of a word (2 letters at least). Case, accents and the endings of
    /// plural and feminine make no difference; words that say nothing ("le", "the") are not looked for. At most
    /// 200 characters and 16 words.
    #[param(example = "rembours* \"carte bancaire\"")]
    q: String,
}

/// Conversations in which all the words were said by the visitor or the operator, or between the visitor and the
/// bot before, newest request first: for supervisors and administrators all, for analysts those that are over, for
/// operators the segments that they took part in. Of a conversation that an operator does not read whole, those segments
/// alone are asked and shown, and it is not found by its surveys.
///
/// A page may be short, or empty, and have a `next` all the same, as in the list. That somebody searched, and how
/// many conversations were shown, is recorded before it is answered; what was looked for is not.
#[utoipa::path(
    get, path = "/conversations/search", tag = "conversations", params(SearchParams, ConversationsParams, AtLeast),
    responses(
        (status = 200, body = Listing<Found>), (status = 404, body = Problem),
        (status = 422, body = Problem, description = "Every wrong parameter, with what it allows")
    )
)]
pub async fn search(
    caller: Caller,
    State(app): State<App>,
    which: Result<Query<ConversationsParams>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
    accepted: ReaderLanguage,
) -> Result<axum::Json<Listing<Found>>, Problem> {
    caller.must_be(&[Role::Supervisor, Role::Administrator, Role::Analyst, Role::Operator])?;
    let Query(mut which) = which?;
    app.dates_as_moments(&caller.livechat, which.dates()).await?;
    let mut errors = ParamErrors::default();
    let mut filter = which.filter(&mut errors);
    if which.is_sorted() {
        errors.wrong(
            "sort",
            both(
                "absent: the newest request is first",
                "absent\u{a0}: la demande la plus récente vient d’abord",
            ),
        );
    }
    let said = match which.q.as_deref().map(Term::parse) {
        Some(Ok(terms)) => terms,
        Some(Err(wrong)) => {
            errors.wrong("q", wrong.message());
            vec![]
        }
        None => {
            errors.wrong("q", both("required", "obligatoire"));
            vec![]
        }
    };
    let (mut nobody, mut reader) = (false, None);
    match caller.role {
        Role::Analyst => filter.over_only = true,
        Role::Operator => {
            let own = OperatorId::parse(&caller.subject)?;
            nobody = filter.operator.as_ref().is_some_and(|asked| *asked != own);
            filter.operator = Some(own.clone());
            reader = Some(own);
        }
        Role::Supervisor | Role::Administrator | Role::Visitor | Role::Integration => {}
    }
    let question = Question { filter, sort: Sort::Newest, said };
    let (cursor, limit) = page(&mut errors, &which, &caller.livechat, &question);
    errors.finish()?;
    at_least?.0.reached(&app, &caller.livechat).await?;
    must_exist(&app, &caller.livechat).await?;
    if nobody {
        return Ok(axum::Json(Listing { items: vec![], next: None }));
    }
    let _place = app.questions.take(&caller.livechat).await?;
    let mut found = app.views.search(&caller.livechat, &question, cursor, limit, reader.as_ref()).await?;
    if caller.role == Role::Operator {
        let with_name = visitor_card(&app, &caller).await?.0.contains(&CardField::Name);
        let mut items = vec![];
        for mut found in found.items {
            found.conversation = within(&app, &caller, found.conversation, &found.part).await?;
            if !with_name {
                found.conversation.visitor_name = None;
            }
            if question.filter.fits(&found.conversation) {
                items.push(found);
            }
        }
        found.items = items;
    }
    let names = accepted.skill_names(&app.journal, &caller.livechat).await?;
    found.items.iter_mut().for_each(|found| found.conversation.name_skills(&names));
    app.record_access(&caller, Access::Search { shown: found.items.len() }).await?;
    Ok(axum::Json(found))
}
