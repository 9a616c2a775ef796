//! The assistant of the augmented operator (spec.md §Desk options, `augmented`): it answers in the private box on the
//! desk.
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

/// The assistant of operators. An answer may take up to `limits::ASSISTANT_TIMEOUT`.
#[async_trait]
pub trait Assistant: Send + Sync {
    /// Answers one question.
    ///
    /// # Errors
    /// When there can be no answer now; the operator is asked to try again.
    async fn answer(&self, question: Question) -> Result<Answer, Unavailable>;
}

/// A question, and the material to answer it.
#[derive(Clone, Debug)]
pub struct Question {
    /// In which livechat.
    pub livechat: LivechatId,
    /// The operator who asks; none if it is a supervisor.
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
