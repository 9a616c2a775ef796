//! The assistant of the augmented operator (spec.md §Desk options, `augmented`): who answers in the private
//! box on the desk.
//!
//! [`Assistant`] is a port: a server is given one in its configuration. [`FromArticles`] is built in and
//! needs nothing. Neither a question nor an answer is recorded anywhere, and the visitor sees neither.

mod articles;

use std::sync::Arc;

use async_trait::async_trait;
use domain::settings::knowledge::Article;
use domain::text::{Language, Note};
use domain::{ArticleId, LivechatId, OperatorId};
use serde::Serialize;
use utoipa::ToSchema;

use crate::knowledge::Library;

pub use articles::FromArticles;

/// Somebody who answers operators. Answers are waited for as long as `limits::ASSISTANT_TIMEOUT`.
#[async_trait]
pub trait Assistant: Send + Sync {
    /// Answers one question.
    ///
    /// # Errors
    /// When there can be no answer now; the operator is told to ask again.
    async fn answer(&self, question: Question) -> Result<Answer, Unavailable>;
}

/// A question, and what is at hand to answer it.
#[derive(Clone, Debug)]
pub struct Question {
    /// In which livechat.
    pub livechat: LivechatId,
    /// Who asks; nobody when it is a supervisor.
    pub operator: Option<OperatorId>,
    /// In which language to answer.
    pub language: Language,
    /// What is asked: 1 to 500 characters.
    pub text: Note,
    /// The articles of the livechat.
    pub library: Arc<Library>,
}

/// What the assistant says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AssistantAnswer)]
#[schema(example = json!({
    "text": "\"Returns\" (orders) says: A parcel can be returned within 30 days.",
    "sources": [{ "article": "returns", "title": "Returns", "theme": "orders" }]
}))]
pub struct Answer {
    /// For the operator only.
    pub text: String,
    /// The articles it comes from, best first; none when nothing was found.
    pub sources: Vec<Source>,
}

/// Where an answer comes from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = AssistantSource)]
pub struct Source {
    /// The article that answers, after redirections: the one to send.
    pub article: ArticleId,
    /// Its title.
    pub title: String,
    /// Its theme.
    pub theme: String,
}

impl From<&Article> for Source {
    fn from(article: &Article) -> Self {
        Self { article: article.id.clone(), title: article.title.clone(), theme: article.theme.clone() }
    }
}

/// The assistant cannot answer now.
#[derive(Debug, thiserror::Error)]
#[error("the assistant does not answer: {0}")]
pub struct Unavailable(pub String);
