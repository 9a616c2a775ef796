//! The words of a text, and the runs of letters of scripts that put no spaces between words.
//!
//! In Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese nothing tells where a word ends. So a run of letters is
//! every two that follow one another, and the last one: a word within it is found by the pairs of its own letters,
//! one after the other. A letter is one with the signs on it.

use unicode_normalization::char::is_combining_mark;

use super::Word;
use super::fold::fold;
use crate::text::{has_no_spaces, is_invisible};

/// A word, or a run of letters.
#[derive(Clone, Copy, Debug)]
pub(super) enum Part<'a> {
    /// A word, folded.
    Word(Word, &'a str),
    /// The letters of a run, folded.
    Letters(&'a [Letter], &'a str),
}

/// A letter of a run: its place in the text, and in the folded run.
#[derive(Clone, Copy, Debug)]
pub(super) struct Letter {
    pub(super) place: Word,
    from: usize,
    to: usize,
}

impl Letter {
    /// As it is folded.
    pub(super) fn folded(self, run: &str) -> &str {
        &run[self.from..self.to]
    }

    /// With the next one, as they are folded.
    pub(super) fn with(self, next: Self, run: &str) -> &str {
        &run[self.from..next.to]
    }
}

/// Calls `each` with the words and runs of `text`, in order.
pub(super) fn each_part(text: &str, mut each: impl FnMut(Part<'_>)) {
    let mut open = Open::default();
    for (start, character) in text.char_indices() {
        let end = start + character.len_utf8();
        if character.is_ascii_alphanumeric() {
            open.begin(false, &mut each);
            open.letter(character, start, end);
        } else if character.is_ascii() {
            open.finish(&mut each);
        } else if matches!(character, '\u{115F}' | '\u{1160}' | '\u{3164}' | '\u{FFA0}') {
            // Fillers of Korean count as letters, and show nothing.
        } else if is_combining_mark(character) || is_part_of_syllable(character) {
            if open.has_begun() {
                open.mark(character, end);
            } else if is_part_of_syllable(character) {
                open.begin(true, &mut each);
                open.letter(character, start, end);
            }
        } else if character.is_alphanumeric() {
            open.begin(has_no_spaces(character), &mut each);
            open.letter(character, start, end);
        } else if !is_invisible(character) {
            open.finish(&mut each);
        }
    }
    open.finish(&mut each);
}

/// The second and third part of a syllable of Korean that is written in parts.
fn is_part_of_syllable(character: char) -> bool {
    ('\u{1161}'..='\u{11FF}').contains(&character)
}

/// What is being read.
#[derive(Default)]
struct Open {
    without_spaces: bool,
    word: Option<Word>,
    folded: String,
    letters: Vec<Letter>,
}

impl Open {
    const fn has_begun(&self) -> bool {
        self.word.is_some()
    }

    fn begin(&mut self, without_spaces: bool, each: &mut impl FnMut(Part<'_>)) {
        if self.without_spaces != without_spaces {
            self.finish(each);
            self.without_spaces = without_spaces;
        }
    }

    fn letter(&mut self, character: char, start: usize, end: usize) {
        let from = self.folded.len();
        fold(character, &mut self.folded);
        let to = self.folded.len();
        if self.without_spaces {
            let sounds = self.letters.last_mut().filter(|_| matches!(character, '\u{FF9E}' | '\u{FF9F}'));
            match sounds {
                // Half-width kana write their sound behind them.
                Some(last) => {
                    last.place.end = end;
                    last.to = to;
                }
                None => self.letters.push(Letter { place: Word { start, end }, from, to }),
            }
        }
        self.word = Some(Word { start: self.word.map_or(start, |word| word.start), end });
    }

    fn mark(&mut self, character: char, end: usize) {
        fold(character, &mut self.folded);
        if let Some(last) = self.letters.last_mut() {
            last.place.end = end;
            last.to = self.folded.len();
        }
        if let Some(word) = &mut self.word {
            word.end = end;
        }
    }

    fn finish(&mut self, each: &mut impl FnMut(Part<'_>)) {
        let Some(word) = self.word.take() else { return };
        if !self.letters.is_empty() {
            each(Part::Letters(&self.letters, &self.folded));
        } else if !self.folded.is_empty() {
            each(Part::Word(word, &self.folded));
        }
        self.letters.clear();
        self.folded.clear();
    }
}
