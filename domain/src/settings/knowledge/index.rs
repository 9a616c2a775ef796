//! Full-text search over the articles.
//!
//! An [`Index`] is made once per content of the section; a search then takes well under a millisecond.
//! It shares the texts of the articles and keeps about as much again for the words. The order of the
//! hits is a function of the section and the query alone.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::{Article, Knowledge};
use crate::id::ArticleId;
use crate::limits::SEARCH_WORDS_MAX;
use crate::text::Language;
use crate::words::{Piece, Place, Sought, each_word, extract, is_ignored, sought, stem};

/// Points of a word in the title. More than any number of times in the body.
const TITLE_POINTS: u32 = 12;

/// Times a word counts in the body; more of it makes the article longer, not better.
const TIMES_IN_BODY_MAX: u32 = 5;

/// A whole word counts this many times as much as one that only starts as the query does.
const WHOLE_WORD_FACTOR: u32 = 2;

/// An article found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
pub struct Hit {
    /// The article that has the words. Where it redirects to, [`Knowledge::resolve`] tells.
    pub article: ArticleId,
    /// How well it fits; to be compared with the other hits of the same search only.
    pub score: u32,
    /// The passage of its body that has most of the words: about 240 bytes.
    pub extract: Vec<Piece>,
}

/// The words of all articles.
#[derive(Clone, Debug, Default)]
pub struct Index {
    articles: Vec<Entry>,
    /// Every word without case and accents, with its stem as a number.
    words: BTreeMap<Box<str>, u32>,
    /// Every stem, with its number.
    stems: BTreeMap<Box<str>, u32>,
    /// For each stem by number, the articles that have it.
    found: Vec<Vec<Posting>>,
}

#[derive(Clone, Debug)]
struct Entry {
    id: ArticleId,
    language: Option<Language>,
    body: Arc<str>,
    places: Vec<Place>,
}

#[derive(Clone, Copy, Debug)]
struct Posting {
    article: u32,
    in_title: bool,
    in_body: u32,
}

/// What one word of a query stands for.
#[derive(Debug)]
struct Asked {
    /// The stems of all words it may stand for.
    stems: Vec<u32>,
    /// The stem of the word as it was asked for, if there is one.
    whole: Option<u32>,
}

impl Index {
    /// Reads all articles.
    pub fn new(knowledge: &Knowledge) -> Self {
        let mut index = Self::default();
        for article in &knowledge.0 {
            index.add(article);
        }
        index
    }

    fn add(&mut self, article: &Article) {
        let position = as_u32(self.articles.len());
        each_word(&article.title, |_, folded| {
            if let Some(stem) = self.learn(folded) {
                self.posting(stem, position).in_title = true;
            }
        });
        let mut places = vec![];
        each_word(&article.body, |word, folded| {
            if let Some(stem) = self.learn(folded) {
                self.posting(stem, position).in_body += 1;
                places.push(Place { start: as_u32(word.start), end: as_u32(word.end), stem });
            }
        });
        self.articles.push(Entry {
            id: article.id.clone(),
            language: article.language,
            body: Arc::clone(&article.body),
            places,
        });
    }

    /// The number of the stem of a word, unless the word says nothing.
    fn learn(&mut self, folded: &str) -> Option<u32> {
        if is_ignored(folded) {
            return None;
        }
        if let Some(number) = self.words.get(folded) {
            return Some(*number);
        }
        let number = *self.stems.entry(stem(folded).into()).or_insert_with(|| {
            self.found.push(vec![]);
            as_u32(self.found.len() - 1)
        });
        self.words.insert(folded.into(), number);
        Some(number)
    }

    fn posting(&mut self, stem: u32, article: u32) -> &mut Posting {
        let postings = &mut self.found[stem as usize];
        // Articles are added one after the other: if this one is known, it is the last.
        if postings.last().is_none_or(|last| last.article != article) {
            postings.push(Posting { article, in_title: false, in_body: 0 });
        }
        let last = postings.len() - 1;
        &mut postings[last]
    }

    /// The articles that have all words of `query`, best first, at most `limit`.
    ///
    /// Case and accents make no difference, nor do the endings of plural and feminine; words that say
    /// nothing ("the", "le") are ignored. The last word may be unfinished. A word in the title weighs more
    /// than in the body, and a rare word more than a frequent one; articles that fit equally well come in
    /// the order of the section. With a `language`, articles in another one are left out. The first 16
    /// words count. Nothing asked for, nothing found.
    pub fn search(&self, query: &str, language: Option<Language>, limit: usize) -> Vec<Hit> {
        let asked = self.asked(query);
        if asked.is_empty() {
            return vec![];
        }
        let mut scores: Vec<Option<u32>> = self
            .articles
            .iter()
            .map(|entry| {
                (language.is_none() || entry.language.is_none() || entry.language == language).then_some(0)
            })
            .collect();
        for word in &asked {
            let points = self.points(word);
            for (score, points) in scores.iter_mut().zip(points) {
                *score = score.filter(|_| points > 0).map(|score| score.saturating_add(points));
            }
        }
        let mut best: Vec<(u32, usize)> =
            scores.into_iter().enumerate().filter_map(|(article, score)| Some((score?, article))).collect();
        best.sort_unstable_by_key(|(score, article)| (std::cmp::Reverse(*score), *article));
        best.truncate(limit);
        let answers_to = self.answers_to(&asked);
        best.into_iter()
            .map(|(score, article)| {
                let Entry { id, body, places, .. } = &self.articles[article];
                let extract = extract(body, places, |stem| answers_to[stem as usize]);
                Hit { article: id.clone(), score, extract }
            })
            .collect()
    }

    /// What each word of the query stands for.
    fn asked(&self, query: &str) -> Vec<Asked> {
        let sought = sought(query);
        let said = sought.iter().any(|word| match word {
            Sought::Word { folded, .. } => !is_ignored(folded),
            Sought::Letters { .. } => true,
        });
        let count = sought.len();
        let mut asked = vec![];
        for (at, word) in sought.iter().enumerate() {
            let is_last = at + 1 == count;
            match word {
                Sought::Word { folded, .. } => {
                    // A word that says nothing may be the beginning of one that does: "des" of "description".
                    if !is_ignored(folded) || !said && is_last {
                        asked.push(self.meant(folded, is_last));
                    }
                }
                Sought::Letters { pairs, last } if pairs.is_empty() => asked.push(self.meant(last, true)),
                Sought::Letters { pairs, .. } => {
                    asked.extend(pairs.iter().map(|pair| self.meant(pair, false)));
                }
            }
        }
        asked.truncate(SEARCH_WORDS_MAX);
        asked
    }

    fn meant(&self, word: &str, unfinished: bool) -> Asked {
        let whole = self.stems.get(stem(word).as_str()).copied();
        let mut stems: Vec<u32> = whole.into_iter().collect();
        if unfinished {
            let from = self.words.range::<str, _>((Bound::Included(word), Bound::Unbounded));
            stems.extend(from.take_while(|(known, _)| known.starts_with(word)).map(|(_, stem)| *stem));
            stems.sort_unstable();
            stems.dedup();
        }
        Asked { stems, whole }
    }

    /// The points of each article for one word; 0 without it.
    fn points(&self, word: &Asked) -> Vec<u32> {
        let mut points = vec![0; self.articles.len()];
        for stem in &word.stems {
            let factor = if word.whole == Some(*stem) { WHOLE_WORD_FACTOR } else { 1 };
            for posting in &self.found[*stem as usize] {
                let best: &mut u32 = &mut points[posting.article as usize];
                *best = (posting.points() * factor).max(*best);
            }
        }
        let found = points.iter().filter(|points| **points > 0).count();
        let rarity = 1 + self.articles.len().checked_div(found).map_or(0, usize::ilog2);
        points.into_iter().map(|points| points * rarity).collect()
    }

    /// For each stem by number, the position in the query of a word it answers to.
    fn answers_to(&self, asked: &[Asked]) -> Vec<Option<usize>> {
        let mut words = vec![None; self.found.len()];
        for (position, word) in asked.iter().enumerate() {
            word.stems.iter().for_each(|stem| words[*stem as usize] = Some(position));
        }
        words
    }
}

impl Posting {
    fn points(&self) -> u32 {
        let title = if self.in_title { TITLE_POINTS } else { 0 };
        title + self.in_body.min(TIMES_IN_BODY_MAX)
    }
}

/// A text of the settings is far shorter than 4 GiB.
fn as_u32(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
