//! Answers: which articles of the knowledge answer this?
//!
//! Terms and the words they match are the same as in transcripts ([`Term`]); only here the best come first. An
//! [`Index`] is made once per content of the section; a search then takes well under a millisecond. It shares the texts
//! of the articles and keeps about as much again for the words. The order of the hits is a function of the section and
//! the query alone.

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use crate::text_search::{
    Fragment, NOT_MEANT, Term, TokenSpan, Word, each_word, excerpt, is_ignored, known_by, stem,
};
use domain::id::ArticleId;
use domain::settings::canned_replies::{CannedReplies, Ready, Theme};
use domain::settings::knowledge::{Article, Knowledge};
use domain::text::Language;

/// Points of a word in the title. More than any number of times in the body.
const TITLE_POINTS: u32 = 12;

/// Times a word counts in the body; more of it makes the article longer, not better.
const TIMES_IN_BODY_MAX: u32 = 5;

/// A whole word counts this many times as much as one that only has the beginning.
const WHOLE_WORD_FACTOR: u32 = 2;

/// An article found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
pub struct Hit {
    /// The article that has the words. [`Knowledge::resolve`] follows its redirection.
    pub article: ArticleId,
    /// How well it fits; to be compared with the other hits of the same search only.
    pub score: u32,
    /// The passage of its body that has most of the words: about 240 bytes.
    pub extract: Vec<Fragment>,
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
    /// The stems of the words of its title.
    title: Vec<u32>,
    /// The words of its body.
    places: Vec<TokenSpan>,
}

#[derive(Clone, Copy, Debug)]
struct Posting {
    article: u32,
    in_title: bool,
    in_body: u32,
}

/// What a term matches.
#[derive(Debug)]
enum Meant {
    /// A word with one of these stems.
    Word {
        stems: Vec<u32>,
        /// The one of them that is the whole word, if there is one.
        whole: Option<u32>,
    },
    /// Words with these stems, one after the other, and then one with one of the last.
    Phrase { stems: Vec<u32>, last: Vec<u32> },
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
        let mut title = vec![];
        each_word(&article.title, |_, folded| {
            if let Some(stem) = self.learn(folded) {
                self.posting(stem, position).in_title = true;
                title.push(stem);
            }
        });
        let mut places = vec![];
        each_word(&article.body, |word, folded| {
            if let Some(stem) = self.learn(folded) {
                self.posting(stem, position).in_body += 1;
                let Word { start, end } = word;
                places.push(TokenSpan { start: as_u32(start), end: as_u32(end), stem });
            }
        });
        self.articles.push(Entry {
            id: article.id.clone(),
            language: article.language,
            body: Arc::clone(&article.body),
            title,
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
        let number = *self.stems.entry(known_by(stem(folded)).into()).or_insert_with(|| {
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

    /// The articles in whose title or body each term is said, best first, at most `limit`.
    ///
    /// What is in the title weighs more than in the body, and a rare word more than a frequent one; articles that
    /// fit equally well come in the order of the section. With a `language`, articles in another one are left out.
    /// An empty query finds nothing.
    pub fn search(&self, terms: &[Term], language: Option<Language>, limit: usize) -> Vec<Hit> {
        if terms.is_empty() {
            return vec![];
        }
        let meant: Vec<Meant> = terms.iter().map(|term| self.meant(term)).collect();
        let mut scores: Vec<Option<u32>> = self
            .articles
            .iter()
            .map(|entry| {
                (language.is_none() || entry.language.is_none() || entry.language == language).then_some(0)
            })
            .collect();
        for term in &meant {
            for (score, points) in scores.iter_mut().zip(self.points(term)) {
                *score = score.filter(|_| points > 0).map(|score| score.saturating_add(points));
            }
        }
        let mut best: Vec<(u32, usize)> =
            scores.into_iter().enumerate().filter_map(|(article, score)| Some((score?, article))).collect();
        best.sort_unstable_by_key(|(score, article)| (std::cmp::Reverse(*score), *article));
        best.truncate(limit);
        best.into_iter()
            .map(|(score, article)| {
                let Entry { id, body, places, .. } = &self.articles[article];
                Hit { article: id.clone(), score, extract: excerpt(body, &marked(places, &meant)) }
            })
            .collect()
    }

    fn meant(&self, term: &Term) -> Meant {
        match term {
            Term::Word(stem) => {
                let whole = self.stem(stem);
                Meant::Word { stems: whole.into_iter().collect(), whole }
            }
            Term::Prefix { begins, stem } => {
                let whole = self.stem(stem);
                let mut stems: Vec<u32> = self.beginning(begins).chain(whole).collect();
                stems.sort_unstable();
                stems.dedup();
                Meant::Word { stems, whole }
            }
            Term::Phrase { stems, open } => {
                let but_one = stems.split_last().and_then(|(last, stems)| {
                    let stems: Option<Vec<u32>> = stems.iter().map(|stem| self.stem(stem)).collect();
                    Some((
                        stems?,
                        if *open { self.beginning(last).collect() } else { vec![self.stem(last)?] },
                    ))
                });
                match but_one {
                    Some((stems, last)) => Meant::Phrase { stems, last },
                    None => Meant::Word { stems: vec![], whole: None },
                }
            }
        }
    }

    fn stem(&self, stem: &str) -> Option<u32> {
        self.stems.get(stem).copied()
    }

    /// The stems with this beginning.
    fn beginning<'a>(&'a self, begins: &'a str) -> impl Iterator<Item = u32> + 'a {
        let from = self.stems.range::<str, _>((Bound::Included(begins), Bound::Unbounded));
        from.take_while(move |(stem, _)| stem.starts_with(begins)).map(|(_, number)| *number)
    }

    /// The points of each article for one term; 0 without it.
    fn points(&self, term: &Meant) -> Vec<u32> {
        let mut points = vec![0; self.articles.len()];
        match term {
            Meant::Word { stems, whole } => {
                for stem in stems {
                    let factor = if *whole == Some(*stem) { WHOLE_WORD_FACTOR } else { 1 };
                    for posting in &self.found[*stem as usize] {
                        let best: &mut u32 = &mut points[posting.article as usize];
                        *best = (posting.points() * factor).max(*best);
                    }
                }
            }
            Meant::Phrase { stems, last } => {
                let first = stems.first().map_or(&[][..], |first| &self.found[*first as usize]);
                for Posting { article, .. } in first {
                    let Entry { title, places, .. } = &self.articles[*article as usize];
                    let body: Vec<u32> = places.iter().map(|place| place.stem).collect();
                    let (in_title, in_body) = (phrases(title, stems, last), phrases(&body, stems, last));
                    let found = Posting {
                        article: *article,
                        in_title: in_title.count() > 0,
                        in_body: as_u32(in_body.count()),
                    };
                    points[*article as usize] = found.points() * WHOLE_WORD_FACTOR;
                }
            }
        }
        let found = points.iter().filter(|points| **points > 0).count();
        let rarity = 1 + self.articles.len().checked_div(found).map_or(0, usize::ilog2);
        points.into_iter().map(|points| points * rarity).collect()
    }
}

/// Where the words of a phrase follow one another in a text.
fn phrases<'a>(text: &'a [u32], stems: &'a [u32], last: &'a [u32]) -> impl Iterator<Item = usize> + 'a {
    text.windows(stems.len() + 1).enumerate().filter_map(move |(at, window)| {
        let (end, before) = window.split_last()?;
        (before == stems && last.contains(end)).then_some(at)
    })
}

/// The words of a text, each with the number of the term it matches.
fn marked(places: &[TokenSpan], meant: &[Meant]) -> Vec<TokenSpan> {
    let text: Vec<u32> = places.iter().map(|place| place.stem).collect();
    let mut marked: Vec<TokenSpan> =
        places.iter().map(|place| TokenSpan { stem: NOT_MEANT, ..*place }).collect();
    for (number, term) in (0..).zip(meant) {
        match term {
            Meant::Word { stems, .. } => {
                let those =
                    text.iter().zip(&mut marked).filter(|(stem, _)| stems.binary_search(stem).is_ok());
                those.for_each(|(_, place)| place.stem = number);
            }
            Meant::Phrase { stems, last } => {
                for at in phrases(&text, stems, last) {
                    marked[at..=at + stems.len()].iter_mut().for_each(|place| place.stem = number);
                }
            }
        }
    }
    marked
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

/// The canned replies in whose title or text each term is said, as articles are found ([`Index::search`]): best
/// first, and themes in the order of their best reply. A reply is read in `language`, that of the visitor, or else in
/// `fallback`, that of the livechat.
pub fn search_canned_replies<'a>(
    replies: &'a CannedReplies,
    terms: &[Term],
    language: Language,
    fallback: Language,
) -> Vec<Theme<'a>> {
    let themes = replies.published_by_theme(language, fallback);
    let ready: Vec<(&str, Ready<'_>)> =
        themes.iter().flat_map(|theme| theme.replies.iter().map(|reply| (theme.theme, *reply))).collect();
    let article = |(theme, reply): &(&str, Ready<'_>)| {
        Some(Article {
            id: ArticleId::stored(reply.id.as_str()).ok()?,
            title: reply.title.to_owned(),
            body: reply.text.into(),
            theme: (*theme).to_owned(),
            language: None,
            redirects_to: None,
        })
    };
    let articles = Knowledge(ready.iter().filter_map(article).collect());
    let mut found: Vec<Theme<'_>> = vec![];
    for hit in Index::new(&articles).search(terms, None, ready.len()) {
        let is_it = |(_, reply): &&(&str, Ready<'_>)| reply.id.as_str() == hit.article.as_str();
        let Some((name, reply)) = ready.iter().find(is_it) else { continue };
        match found.iter_mut().find(|theme| theme.theme == *name) {
            Some(theme) => theme.replies.push(*reply),
            None => found.push(Theme { theme: name, replies: vec![*reply] }),
        }
    }
    found
}
