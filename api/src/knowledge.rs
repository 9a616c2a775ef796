//! The articles of each livechat, ready to be searched.
//!
//! The words of the articles are read once per content of the section, off the asynchronous threads: that
//! takes tens of milliseconds for 1 MiB of text. What is kept is compared with the section before each
//! search, so a change of the articles is seen by the next one.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

use domain::settings::DeskOption;
use domain::settings::Knowledge;
use domain::settings::knowledge::Article;
use domain::text::Language;
use domain::{Actor, LivechatId, Rejection};
use journal::Journal;
use projections::knowledge_index::{Hit, Index};
use projections::text_search::Term;

use crate::fair_share::FairShare;
use crate::http::problem::Problem;
use crate::limits::LIBRARIES_KEPT;

/// Articles with their words.
#[derive(Debug)]
pub struct Library {
    articles: Knowledge,
    words: Index,
}

/// An article found.
#[derive(Clone, Debug)]
pub struct Found<'a> {
    /// The article that has the words.
    pub article: &'a Article,
    /// The article that answers in its place, or the same one.
    pub answers: &'a Article,
    /// How well it fits, and which passage.
    pub hit: Hit,
}

impl Library {
    /// Reads the words of all articles.
    pub fn new(articles: Knowledge) -> Self {
        let words = Index::new(&articles);
        Self { articles, words }
    }

    /// The articles in which each term is said, best first, at most `limit`; see [`Index::search`].
    pub fn search(&self, terms: &[Term], language: Option<Language>, limit: usize) -> Vec<Found<'_>> {
        let found = |hit: Hit| {
            let article = self.articles.get(&hit.article)?;
            let answers = self.articles.resolve(&hit.article)?.article;
            Some(Found { article, answers, hit })
        };
        self.words.search(terms, language, limit).into_iter().filter_map(found).collect()
    }
}

/// The libraries of the livechats whose articles were searched last. Cheap to clone.
#[derive(Clone)]
pub struct Libraries {
    kept: Arc<Mutex<HashMap<LivechatId, Kept>>>,
    /// For the reading.
    work: FairShare,
}

struct Kept {
    library: Arc<Library>,
    used: Instant,
}

/// The result of a look at a livechat.
struct Seen {
    language: Language,
    /// The articles, when they are not those that are kept.
    articles: Option<Knowledge>,
}

impl Libraries {
    /// None yet; to read one is work that takes long.
    pub fn new(work: FairShare) -> Self {
        Self { kept: Arc::default(), work }
    }

    /// The articles of a livechat as they are now, and the language of the livechat, for `by`, who needs the desk
    /// option `option`.
    ///
    /// # Errors
    /// 403 when the option is switched off, 404 when there is no such livechat.
    pub async fn of(
        &self,
        journal: &Journal,
        livechat: &LivechatId,
        by: &Actor,
        option: DeskOption,
    ) -> Result<(Arc<Library>, Language), Problem> {
        let kept = self.kept(livechat);
        let seen = journal.snapshot(livechat, |state| {
            let identity = state.identity().ok_or(Rejection::UnknownLivechat)?;
            state.settings().desk.allow(option, by)?;
            let articles = &state.settings().knowledge;
            let same = kept.as_ref().is_some_and(|library| library.articles == *articles);
            let articles = (!same).then(|| articles.clone());
            Ok::<_, Rejection>(Seen { language: identity.language, articles })
        });
        let Seen { language, articles } = seen.await?.1?;
        let library = match (kept, articles) {
            (Some(library), None) => library,
            (_, articles) => self.read(livechat, articles.unwrap_or_default()).await?,
        };
        Ok((library, language))
    }

    fn kept(&self, livechat: &LivechatId) -> Option<Arc<Library>> {
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let kept = all.get_mut(livechat)?;
        kept.used = Instant::now();
        Some(kept.library.clone())
    }

    async fn read(&self, livechat: &LivechatId, articles: Knowledge) -> Result<Arc<Library>, Problem> {
        let library = self.work.run(livechat, move || Arc::new(Library::new(articles))).await?;
        let mut all = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let unused = all.iter().min_by_key(|(_, kept)| kept.used).map(|(id, _)| id.clone());
        if let Some(unused) = unused.filter(|_| all.len() >= LIBRARIES_KEPT && !all.contains_key(livechat)) {
            all.remove(&unused);
        }
        all.insert(livechat.clone(), Kept { library: library.clone(), used: Instant::now() });
        Ok(library)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn article(id: &str, redirects_to: Option<&str>) -> Article {
        serde_json::from_value(serde_json::json!({
            "id": id, "title": id, "body": "parcel", "theme": "t", "redirects_to": redirects_to
        }))
        .unwrap()
    }

    #[test]
    fn an_article_found_says_which_one_answers() {
        let library = Library::new(Knowledge(vec![article("a", Some("b")), article("b", None)]));
        let found = library.search(&Term::parse("parcel").unwrap(), None, 10);
        let pairs: Vec<_> =
            found.iter().map(|one| (one.article.id.as_str(), one.answers.id.as_str())).collect();
        assert_eq!(pairs, [("a", "b"), ("b", "b")]);
    }
}
