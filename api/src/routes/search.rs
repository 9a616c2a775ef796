//! Find conversations by what was said in them.

use domain::OperatorId;
use domain::bilingual::both;
use domain::event::Access;
use domain::settings::visitor_card::CardField;
use projections::conversations::{Cursor, Question, Sort};
use projections::search::Found;
use projections::text_search::Term;
use projections::{Listing, Named};
use serde::Deserialize;
use utoipa::IntoParams;

use super::conversations::{ConversationsParams, ParamErrors, page, visitor_card, within};
use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::freshness::AtLeast;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::reader::Reader;

/// The search.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "describes a parameter that is read with the others")]
pub struct SearchParams {
    /// Words, each of which has to be said somewhere in the conversation. `"…"` are words one after the other in
    /// one message, `word*` is the beginning of a word (2 letters at least). Case, accents and the endings of
    /// plural and feminine make no difference; stop words ("le", "the") are ignored. At
    /// most 200 characters and 16 words.
    #[param(example = "rembours* \"carte bancaire\"")]
    q: String,
}

/// Conversations in which all the words were said by the visitor or the operator, or between the visitor and the
/// bot before, newest request first: for supervisors and administrators all, for analysts those that have ended, for
/// operators the segments that they took part in. Of a conversation that an operator may not read whole, only those
/// segments are searched and shown, and it is not found by its surveys.
///
/// A page may be short, or empty, and still have a `next`, as in the list. The search, and how many conversations were
/// shown, is recorded before it is answered; the words searched for are not.
#[utoipa::path(
    get, path = "/conversations/search", tag = "conversations", params(SearchParams, ConversationsParams, AtLeast),
    responses(
        (status = 200, body = Listing<Found>),
        (status = 422, body = Problem, description = "Every wrong parameter, with what it allows")
    )
)]
pub async fn search(
    reader: Reader<ConversationsParams>,
    accepted: ReaderLanguage,
) -> Result<axum::Json<Listing<Found>>, Problem> {
    let mut params = reader.allowed()?;
    let Reader { caller, app, .. } = &reader;
    app.dates_as_times(&caller.livechat, params.dates()).await?;
    let SearchQuestion { question, cursor, limit, own, nobody } = SearchQuestion::read(&params, caller)?;
    reader.ready().await?;
    if nobody {
        return Ok(axum::Json(Listing { items: vec![], next: None }));
    }
    let _place = app.questions.take(&caller.livechat).await?;
    let mut found = app.views.search(&caller.livechat, &question, cursor, limit, own.as_ref()).await?;
    if caller.role == Role::Operator {
        found.items = visible(app, caller, &question, found.items).await?;
    }
    let names = accepted.skill_names(&app.journal, &caller.livechat).await?;
    found.items.iter_mut().for_each(|found| found.conversation.name_skills(&names));
    reader.record(Access::Search { shown: found.items.len() }).await?;
    Ok(axum::Json(found))
}

/// The scope of the search, for a caller.
struct SearchQuestion {
    question: Question,
    cursor: Option<Cursor>,
    limit: usize,
    /// The operator who asks; they are shown only the segments that they took part in.
    own: Option<OperatorId>,
    /// Whether an operator asks for the conversations of another: there are none.
    nobody: bool,
}

impl SearchQuestion {
    /// Every wrong parameter is named.
    fn read(params: &ConversationsParams, caller: &Caller) -> Result<Self, Problem> {
        let mut errors = ParamErrors::default();
        let mut filter = params.filter(&mut errors);
        if params.is_sorted() {
            errors.wrong(
                "sort",
                both(
                    "absent: the newest request is first",
                    "absent\u{a0}: la demande la plus récente vient d’abord",
                ),
            );
        }
        let said = said(params, &mut errors);
        let (mut nobody, mut own) = (false, None);
        match caller.role {
            Role::Analyst => filter.over_only = true,
            Role::Operator => {
                let caller = OperatorId::parse(&caller.subject)?;
                nobody = filter.operator.as_ref().is_some_and(|asked| *asked != caller);
                filter.operator = Some(caller.clone());
                own = Some(caller);
            }
            Role::Supervisor | Role::Administrator | Role::Visitor | Role::Integration => {}
        }
        let question = Question { filter, sort: Sort::Newest, said };
        let (cursor, limit) = page(&mut errors, params, &caller.livechat, &question);
        errors.finish()?;
        Ok(Self { question, cursor, limit, own, nobody })
    }
}

/// The words that are searched.
fn said(params: &ConversationsParams, errors: &mut ParamErrors) -> Vec<Term> {
    match params.q.as_deref().map(Term::parse) {
        Some(Ok(terms)) => terms,
        Some(Err(wrong)) => {
            errors.wrong("q", wrong.message());
            vec![]
        }
        None => {
            errors.wrong("q", both("required", "obligatoire"));
            vec![]
        }
    }
}

/// The part of the results that an operator is shown: the segments that the operator took part in, and only those
/// conversations that match by these segments alone.
async fn visible(
    app: &App,
    caller: &Caller,
    question: &Question,
    all: Vec<Found>,
) -> Result<Vec<Found>, Problem> {
    let with_name = visitor_card(app, caller).await?.0.contains(&CardField::Name);
    let mut visible = vec![];
    for mut found in all {
        found.conversation = within(app, caller, found.conversation, &found.part).await?;
        if !with_name {
            found.conversation.visitor_name = None;
        }
        if question.filter.fits(&found.conversation) {
            visible.push(found);
        }
    }
    Ok(visible)
}
