//! The built-in assistant: answers with what the articles say, word for word, and says which ones.
//!
//! Articles that have all words of the question come first. If there is none, the words are looked up one by
//! one, and articles that have more of them come first. Unlike a search, a question may end in an unfinished word
//! ([`Term::of_question`]), and each word that is looked up alone may be unfinished.

use std::collections::BTreeMap;
use std::fmt::Write;

use async_trait::async_trait;
use domain::ArticleId;
use domain::text::Language;
use projections::text_search::Term;

use super::{Answer, Assistant, Question, Source, Unavailable};
use crate::knowledge::{Found, Library};

/// Articles in one answer.
const ARTICLES: usize = 3;

/// Articles looked at for each single word.
const ARTICLES_PER_WORD: usize = 50;

/// Characters of a word that is looked up alone: shorter ones are the beginning of too many others.
const WORD_CHARACTERS_MIN: usize = 4;

/// Words looked up one by one.
const WORDS_MAX: usize = 16;

/// Answers from the articles of the livechat.
#[derive(Clone, Copy, Debug, Default)]
pub struct FromArticles;

#[async_trait]
impl Assistant for FromArticles {
    async fn answer(&self, question: Question) -> Result<Answer, Unavailable> {
        tokio::task::spawn_blocking(move || answer(&question))
            .await
            .map_err(|error| Unavailable(error.to_string()))
    }
}

fn answer(question: &Question) -> Answer {
    let found = best(&question.library, question.text.as_str(), question.language);
    Answer { text: text(&found, question.language), sources: sources(&found) }
}

fn best<'a>(library: &'a Library, question: &str, language: Language) -> Vec<Found<'a>> {
    let all = library.search(&Term::of_question(question), Some(language), ARTICLES);
    if all.is_empty() { with_most_words(library, question, language) } else { all }
}

fn with_most_words<'a>(library: &'a Library, question: &str, language: Language) -> Vec<Found<'a>> {
    let words = question.split(|letter: char| !letter.is_alphanumeric());
    let words = words.filter(|word| word.chars().count() >= WORD_CHARACTERS_MIN).take(WORDS_MAX);
    let mut articles: BTreeMap<&ArticleId, (u32, u32, Found<'a>)> = BTreeMap::new();
    let found = |word| library.search(&Term::of_question(word), Some(language), ARTICLES_PER_WORD);
    for found in words.flat_map(found) {
        let (words, score, _) = articles.entry(&found.article.id).or_insert_with(|| (0, 0, found.clone()));
        *words += 1;
        *score = score.saturating_add(found.hit.score);
    }
    let mut articles: Vec<_> = articles.into_values().collect();
    articles.sort_by_key(|(words, score, _)| std::cmp::Reverse((*words, *score)));
    articles.into_iter().take(ARTICLES).map(|(_, _, found)| found).collect()
}

fn text(found: &[Found<'_>], language: Language) -> String {
    if found.is_empty() {
        let nothing = match language {
            Language::Fr => "Je n’ai rien trouvé à ce sujet dans les articles.",
            Language::En => "I found nothing about this in the articles.",
        };
        return nothing.to_owned();
    }
    let mut text = String::new();
    for Found { article, answers, hit } in found {
        let passage = if article.id == answers.id && !hit.extract.is_empty() {
            hit.extract.iter().map(|piece| piece.text.as_str()).collect()
        } else {
            beginning(&answers.body)
        };
        let separator = if text.is_empty() { "" } else { "\n\n" };
        let (title, theme) = (&answers.title, &answers.theme);
        let _ = match language {
            Language::Fr => {
                write!(text, "{separator}L’article «\u{a0}{title}\u{a0}» ({theme}) dit\u{a0}: {passage}")
            }
            Language::En => write!(text, "{separator}The article “{title}” ({theme}) says: {passage}"),
        };
    }
    text
}

/// The first lines of an article that was not itself searched.
fn beginning(body: &str) -> String {
    const CHARACTERS: usize = 240;
    let mut text: String = body.chars().take(CHARACTERS).collect();
    if text.len() < body.len() {
        text.push('…');
    }
    text
}

fn sources(found: &[Found<'_>]) -> Vec<Source> {
    let mut sources: Vec<Source> = vec![];
    for one in found {
        let source = Source::from(one.answers);
        if !sources.contains(&source) {
            sources.push(source);
        }
    }
    sources
}

#[cfg(test)]
mod tests {
    use domain::settings::Knowledge;

    use super::*;

    fn library() -> Library {
        let articles = serde_json::from_value::<Knowledge>(serde_json::json!([
            { "id": "returns", "title": "Returns", "body": "A parcel can be returned within 30 days.", "theme": "orders" },
            { "id": "hours", "title": "Opening hours", "body": "We are open on Sundays.", "theme": "shops" },
            { "id": "old", "title": "Refund", "body": "", "theme": "orders", "redirects_to": "returns" },
        ]));
        Library::new(articles.unwrap())
    }

    fn asked(question: &str, language: Language) -> Answer {
        let library = library();
        let found = best(&library, question, language);
        Answer { text: text(&found, language), sources: sources(&found) }
    }

    #[test]
    fn it_quotes_the_article_and_names_it() {
        let answer = asked("parcel returned", Language::En);
        assert_eq!(
            answer.text,
            "The article “Returns” (orders) says: A parcel can be returned within 30 days."
        );
        assert_eq!(answer.sources.len(), 1);
    }

    #[test]
    fn a_question_in_full_finds_what_has_most_of_its_words() {
        let answer = asked("can customers bring back a parcel to your shops on Sundays?", Language::En);
        let ids: Vec<&str> = answer.sources.iter().map(|source| source.article.as_str()).collect();
        assert_eq!(ids.len(), 2, "{answer:?}");
    }

    #[test]
    fn an_article_that_redirects_answers_with_the_other() {
        let answer = asked("refund", Language::En);
        assert!(answer.text.contains("within 30 days"), "{answer:?}");
        assert_eq!(answer.sources[0].article.as_str(), "returns");
    }

    #[test]
    fn it_says_when_nothing_is_found_in_the_language_of_the_operator() {
        let answer = asked("éléphants", Language::Fr);
        assert_eq!(answer.text, "Je n’ai rien trouvé à ce sujet dans les articles.");
        assert!(answer.sources.is_empty());
    }
}
