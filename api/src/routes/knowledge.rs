//! Knowledge on the desk: search the articles, send one, ask the assistant.

use axum::http::StatusCode;
use domain::bilingual::both;
use domain::settings::DeskOption;
use domain::text::{Language, Note};
use domain::{Action, ArticleId, ConversationAction, OperatorId, both};
use projections::text_search::{Fragment, Term};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::conversations::write::{Written, written};
use crate::assistant::{Answer, Question};
use crate::auth::Role;
use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::request::{ConversationInPath, Json};
use crate::knowledge::Found;
use crate::limits::{ARTICLES_FOUND_MAX, ASSISTANT_TIMEOUT};

/// The search.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Search {
    /// Words, `"words one after the other"`, `beginn*`: as in a search of conversations, at most 200 characters and 16
    /// words.
    #[param(example = "returned parc*")]
    q: String,
    /// Only articles in this language, and those in none: `fr` or `en`. Without it, all.
    #[param(value_type = Option<String>)]
    language: Option<Language>,
    /// Articles in the answer: 1 to 20, 10 by default.
    limit: Option<usize>,
}

/// An article in which all of it is said.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "id": "refund", "title": "Refund", "theme": "orders", "extract": [
        { "text": "How to get a ", "marked": false }, { "text": "refund", "marked": true }
    ],
    "answers": { "id": "returns", "title": "Returns", "text": "A parcel can be returned within 30 days." }
}))]
pub struct FoundArticle {
    /// Its identifier: what is sent.
    id: ArticleId,
    /// Its title.
    title: String,
    /// Its theme.
    theme: String,
    /// The passage of its text that has most of the words.
    extract: Vec<Fragment>,
    /// What the visitor would get: the article at the end of the redirections, or itself.
    answers: Answering,
}

/// An article that would be sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Answering {
    /// Its identifier.
    id: ArticleId,
    /// Its title.
    title: String,
    /// Its whole text, to be read before it is sent: as one message for each 5,000 characters.
    text: String,
}

/// Search the articles, best first: operators while `desk.search_knowledge` is on, and supervisors.
#[utoipa::path(
    get, path = "/knowledge", tag = "desk", params(Search),
    responses(
        (status = 200, body = Vec<FoundArticle>),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off")
    )
)]
pub async fn search(reader: Reader<Search>) -> Result<axum::Json<Vec<FoundArticle>>, Problem> {
    let Search { q, language, limit } = reader.allowed()?;
    let (terms, limit) = checked(&q, limit)?;
    let Reader { app, caller, .. } = reader;
    let by = caller.actor()?;
    let (library, _) =
        app.libraries.of(&app.journal, &caller.livechat, &by, DeskOption::SearchKnowledge).await?;
    let found = tokio::task::spawn_blocking(move || {
        library.search(&terms, language, limit).into_iter().map(FoundArticle::from).collect()
    });
    Ok(axum::Json(found.await.map_err(|error| Problem::internal(&error))?))
}

/// What is looked for and the number of articles, if the search makes sense.
fn checked(q: &str, limit: Option<usize>) -> Result<(Vec<Term>, usize), Problem> {
    let terms = Term::parse(q).map_err(|wrong| Problem::field("q", wrong.message()))?;
    match limit.unwrap_or(10) {
        limit if (1..=ARTICLES_FOUND_MAX).contains(&limit) => Ok((terms, limit)),
        _ => Err(Problem::field("limit", both!("1 to {ARTICLES_FOUND_MAX}", "1 à {ARTICLES_FOUND_MAX}"))),
    }
}

impl From<Found<'_>> for FoundArticle {
    fn from(Found { article, answers, hit }: Found<'_>) -> Self {
        Self {
            id: article.id.clone(),
            title: article.title.clone(),
            theme: article.theme.clone(),
            extract: hit.extract,
            answers: Answering {
                id: answers.id.clone(),
                title: answers.title.clone(),
                text: answers.body.as_ref().to_owned(),
            },
        }
    }
}

/// Which article.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "article": "returns" }))]
pub struct ArticleToSend {
    /// One of the knowledge; if it redirects, the other's text is sent.
    article: ArticleId,
}

/// Send an article as an answer: the operator who has picked up, while `desk.search_knowledge` is on. Of an
/// article that redirects, the other's text is sent, in Pupitre's voice unless
/// `behaviour.redirects_as_operator` is on.
#[utoipa::path(
    post, path = "/conversations/{conversation}/articles", tag = "desk", request_body = ArticleToSend,
    responses(
        (status = 201, body = Written, example = json!({ "position": 42, "number": 7 })),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off"),
        (status = 422, body = Problem, description = "`unknown_article`, or not picked up")
    )
)]
pub async fn send(
    commander: Commander,
    ConversationInPath(id): ConversationInPath,
    Json(ArticleToSend { article }): Json<ArticleToSend>,
) -> Result<(StatusCode, axum::Json<Written>), Problem> {
    Ok(written(&commander.record(Action::Conversation(id, ConversationAction::SendArticle(article))).await?))
}

/// A question to the assistant.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({ "question": "How long can a parcel be returned?", "language": "en" }))]
pub struct AssistantQuestion {
    /// 1 to 500 characters.
    question: Note,
    /// In which language to answer: the livechat's by default.
    #[serde(default)]
    language: Option<Language>,
}

/// Ask the assistant: operators while `desk.augmented` is on, and supervisors. Nothing of it is recorded,
/// and the visitor sees nothing of it.
#[utoipa::path(
    post, path = "/desk/assistant", tag = "desk", request_body = AssistantQuestion,
    responses(
        (status = 200, body = Answer),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off"),
        (status = 503, body = Problem, description = "`assistant_unavailable`: ask again")
    )
)]
pub async fn ask(
    Reader { caller, app, .. }: Reader,
    Json(AssistantQuestion { question, language }): Json<AssistantQuestion>,
) -> Result<axum::Json<Answer>, Problem> {
    caller.may_call()?;
    let question =
        Note::parse(question.as_str()).map_err(|error| Problem::field("question", error.allowed))?;
    let by = caller.actor()?;
    let (library, own) = app.libraries.of(&app.journal, &caller.livechat, &by, DeskOption::Augmented).await?;
    let operator = if caller.role == Role::Operator { OperatorId::parse(&caller.subject).ok() } else { None };
    let livechat = caller.livechat;
    let question =
        Question { livechat, operator, language: language.unwrap_or(own), text: question, library };
    match tokio::time::timeout(ASSISTANT_TIMEOUT, app.assistant.answer(question)).await {
        Ok(Ok(answer)) => Ok(axum::Json(answer)),
        Ok(Err(error)) => Err(unavailable(&error)),
        Err(late) => Err(unavailable(&late)),
    }
}

fn unavailable(error: &dyn std::fmt::Display) -> Problem {
    tracing::warn!(%error, "the assistant does not answer");
    Problem::unavailable(
        "assistant_unavailable",
        both(
            "the assistant is not answering; try again",
            "l’assistant ne répond pas pour l’instant\u{202f}; redemandez",
        ),
    )
}
