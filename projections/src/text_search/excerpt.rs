//! What a hit shows of a text: the passage that has most of the words asked for, in pieces, of
//! which some are marked. Pieces need no markup and no unit of offsets.

use serde::{Deserialize, Serialize};

use super::query::Term;
use super::words::each_stem;

/// Bytes of an extract, as two or three lines of a desk.
const EXCERPT_BYTES: usize = 240;

/// Words shown before the first one marked.
const WORDS_BEFORE: usize = 5;

/// Pairs of letters that are as much as a word, where there are no spaces.
const PAIRS_OF_A_WORD: usize = 3;

/// Passages compared: a text that repeats one word all over does not slow the search down.
const PASSAGES_MAX: usize = 100;

/// A piece of an extract. All pieces one after the other are the passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[schema(as = Piece)]
pub struct Fragment {
    /// As written in the text.
    pub text: String,
    /// Is it a word asked for?
    pub marked: bool,
}

/// A word of a text with the number of the stem it has.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TokenSpan {
    /// Where it starts, in bytes.
    pub(crate) start: u32,
    /// Where it ends, in bytes.
    pub(crate) end: u32,
    /// Its stem, by the caller's numbering.
    pub(crate) stem: u32,
}

/// The number of a word that is not looked for.
pub(crate) const NOT_MEANT: u32 = u32::MAX;

/// The best passage of a text, about 240 bytes, with the matching words marked.
pub fn passage(text: &str, terms: &[Term]) -> Vec<Fragment> {
    let (mut tokens, mut stems) = (vec![], vec![]);
    each_stem(text, |word, _, stem| {
        let as_u32 = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        tokens.push(TokenSpan { start: as_u32(word.start), end: as_u32(word.end), stem: NOT_MEANT });
        stems.push(stem);
    });
    for (number, term) in (0..).zip(terms) {
        for at in term.marks(&stems) {
            tokens[at].stem = number;
        }
    }
    excerpt(text, &tokens)
}

impl TokenSpan {
    const fn start(self) -> usize {
        self.start as usize
    }

    const fn end(self) -> usize {
        self.end as usize
    }
}

/// The best passage of `body`, about 240 bytes. Each of its words, `places`, has the number of the term it matches (0
/// to 31), or [`NOT_MEANT`].
pub(crate) fn excerpt(body: &str, tokens: &[TokenSpan]) -> Vec<Fragment> {
    let asked = |stem| (stem != NOT_MEANT).then_some(stem as usize);
    let best = best_passage(tokens, &asked);
    let (first, start, end) = [some_words_before(tokens, best), best]
        .map(|first| {
            let start = if first == 0 { 0 } else { tokens.get(first).map_or(0, |token| token.start()) };
            (first, start, end_of_passage(body, start, &tokens[first.min(tokens.len())..]))
        })
        .into_iter()
        // A word that does not fit behind others begins the passage.
        .find(|(_, _, end)| tokens.get(best).is_none_or(|token| token.start() < *end))
        .unwrap_or_default();
    let mut pieces = Fragments::default();
    if start > 0 {
        pieces.push("…", false);
    }
    let mut shown = start;
    for token in tokens[first.min(tokens.len())..].iter().take_while(|token| token.start() < end) {
        if asked(token.stem).is_some() {
            // Pairs of letters have one in common.
            let begins = token.start().max(shown);
            let ends = token.end().min(end).max(begins);
            pieces.push(&body[shown..begins], false);
            pieces.push(&body[begins..ends], true);
            shown = ends;
        }
    }
    pieces.push(&body[shown..end], false);
    if end < body.len() {
        pieces.push("…", false);
    }
    pieces.0
}

/// The word some words before this one.
fn some_words_before(tokens: &[TokenSpan], best: usize) -> usize {
    let mut left = WORDS_BEFORE * PAIRS_OF_A_WORD;
    let mut first = best;
    while first > 0 {
        let overlap = tokens[first - 1].end() > tokens[first].start();
        let weight = if overlap { 1 } else { PAIRS_OF_A_WORD };
        if weight > left {
            break;
        }
        left -= weight;
        first -= 1;
    }
    first
}

/// The word that starts the passage with the most words of the query; the first such passage.
fn best_passage(tokens: &[TokenSpan], asked: &impl Fn(u32) -> Option<usize>) -> usize {
    let starts = (0..tokens.len()).filter(|at| asked(tokens[*at].stem).is_some()).take(PASSAGES_MAX);
    let mut best = (0, 0);
    for start in starts {
        let begins = tokens[start].start();
        let passage = tokens[start..]
            .iter()
            .take_while(|token| token.start() == begins || token.end() - begins <= EXCERPT_BYTES / 2);
        let found = passage.filter_map(|token| asked(token.stem)).fold(0_u32, |set, word| set | 1 << word);
        if found.count_ones() > best.1 {
            best = (start, found.count_ones());
        }
    }
    best.0
}

/// Where a passage ends: after its last word that fits, or within a word that does not fit by itself.
fn end_of_passage(body: &str, start: usize, tokens: &[TokenSpan]) -> usize {
    if body.len() - start <= EXCERPT_BYTES {
        return body.len();
    }
    let fits = |token: &&TokenSpan| token.end() - start <= EXCERPT_BYTES;
    let last = tokens.iter().take_while(fits).last().map(|token| token.end());
    last.unwrap_or_else(|| {
        let cut = start + EXCERPT_BYTES;
        (start..=cut).rev().find(|at| body.is_char_boundary(*at)).unwrap_or(start)
    })
}

/// Pieces one after the other, none empty.
#[derive(Default)]
struct Fragments(Vec<Fragment>);

impl Fragments {
    fn push(&mut self, text: &str, marked: bool) {
        match self.0.last_mut() {
            _ if text.is_empty() => {}
            Some(last) if marked == last.marked => last.text.push_str(text),
            _ => self.0.push(Fragment { text: text.to_owned(), marked }),
        }
    }
}
