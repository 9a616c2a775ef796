//! Knowledge (spec.md §Knowledge, canned replies, skills): the articles that operators look up.
//!
//! Here: what an article is, and where its redirection leads. The search in their texts is a read model, outside of the
//! rules.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::bilingual::both;
use crate::both;
use crate::field::Check;
use crate::id::ArticleId;
use crate::limits::{ARTICLE_CHARACTERS_MAX, ARTICLES_MAX, NAME_CHARACTERS_MAX, SECTION_BYTES_MAX};
use crate::text::{Language, Received, Rule};

/// The knowledge section: at most 500 articles, and 1 MiB of text in all; none by default.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(transparent)]
pub struct Knowledge(pub Vec<Article>);

/// One article.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Article {
    /// Its identifier, unique in the livechat.
    pub id: ArticleId,
    /// Its title: 1 to 100 characters.
    pub title: String,
    /// Its text: 1 to 10,000 characters; may be empty in an article that redirects.
    #[serde(default)]
    #[cfg_attr(feature = "schema", schema(value_type = String))]
    pub body: Arc<str>,
    /// What it is about: 1 to 100 characters.
    pub theme: String,
    /// The language it is written in; without one it is found in every language.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<Language>,
    /// The article that answers in its place. It may itself redirect, but not in a circle.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirects_to: Option<ArticleId>,
}

/// The article that answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved<'a> {
    /// The article at the end of the redirections.
    pub article: &'a Article,
    /// Was there a redirection?
    pub redirected: bool,
}

impl Knowledge {
    pub(super) fn read_texts(&mut self, texts: &mut Received) {
        let line = Rule::line(NAME_CHARACTERS_MAX);
        for (position, article) in self.0.iter_mut().enumerate() {
            let path = format!("knowledge[{position}]");
            let body = Rule::text(ARTICLE_CHARACTERS_MAX);
            let body = if article.redirects_to.is_some() { body.or_blank() } else { body };
            texts.identifier(&format!("{path}.id"), article.id.as_str());
            texts.with(line, &format!("{path}.title"), &mut article.title);
            texts.with(body, &format!("{path}.body"), &mut article.body);
            texts.with(line, &format!("{path}.theme"), &mut article.theme);
        }
    }

    /// Names every wrong field, as in `knowledge[0].redirects_to`.
    pub fn check(&self, check: &mut Check) {
        if self.0.len() > ARTICLES_MAX {
            return check.wrong(
                "knowledge",
                both!("at most {ARTICLES_MAX} articles", "{ARTICLES_MAX} articles au plus"),
            );
        }
        check.must(
            self.0.iter().map(Article::bytes).sum::<usize>() <= SECTION_BYTES_MAX,
            "knowledge",
            both("at most 1 MiB of text in all", "1 Mio de texte au plus en tout"),
        );
        let mut first_of = BTreeMap::new();
        for (position, article) in self.0.iter().enumerate() {
            let path = format!("knowledge[{position}]");
            let first = *first_of.entry(&article.id).or_insert(position);
            check.must(
                first == position,
                &format!("{path}.id"),
                both("each article once", "chaque article une seule fois"),
            );
            article.check(&path, check);
        }
        let next_of = |article: &Article| first_of.get(article.redirects_to.as_ref()?).copied();
        let next: Vec<Option<usize>> = self.0.iter().map(next_of).collect();
        for (position, article) in self.0.iter().enumerate() {
            let field = format!("knowledge[{position}].redirects_to");
            if article.redirects_to.as_ref() == Some(&article.id) {
                check.wrong(field, both("another article", "un autre article"));
            } else if article.redirects_to.is_some() && next[position].is_none() {
                check.wrong(
                    field,
                    both("an article of the knowledge", "un article de la base de connaissances"),
                );
            } else if is_in_a_circle(position, &next) {
                check.wrong(
                    field,
                    both(
                        "an article that does not lead back to this one",
                        "un article qui ne ramène pas à celui-ci",
                    ),
                );
            }
        }
    }

    /// The article of this id.
    pub fn get(&self, id: &ArticleId) -> Option<&Article> {
        self.0.iter().find(|article| article.id == *id)
    }

    /// Follows the redirections of an article to the one that answers. `None` when there is no such
    /// article.
    pub fn resolve(&self, id: &ArticleId) -> Option<Resolved<'_>> {
        let mut article = self.get(id)?;
        let mut steps = 0;
        while let Some(next) = &article.redirects_to {
            steps += 1;
            // Never in knowledge that was checked.
            if steps > self.0.len() {
                return None;
            }
            article = self.get(next)?;
        }
        Some(Resolved { article, redirected: steps > 0 })
    }
}

impl Article {
    fn check(&self, path: &str, check: &mut Check) {
        check.text(format!("{path}.title"), &self.title, NAME_CHARACTERS_MAX);
        if !self.body.is_empty() || self.redirects_to.is_none() {
            check.text(format!("{path}.body"), &self.body, ARTICLE_CHARACTERS_MAX);
        }
        check.text(format!("{path}.theme"), &self.theme, NAME_CHARACTERS_MAX);
    }

    fn bytes(&self) -> usize {
        self.title.len() + self.body.len() + self.theme.len()
    }
}

/// Do the redirections lead from this article back to itself?
fn is_in_a_circle(start: usize, next: &[Option<usize>]) -> bool {
    let followed = std::iter::successors(next[start], |position| next[*position]);
    followed.take(next.len()).any(|position| position == start)
}
