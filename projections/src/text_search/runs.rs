//! The words of a text, and the runs of letters of scripts that put no spaces between words.
//!
//! In Chinese, Japanese, Korean, Thai, Lao, Khmer and Burmese nothing marks the end of a word. So a run of letters
//! counts as every two consecutive letters, and the last one: a word within it is found by the pairs of its own
//! letters, one after the other. A letter is one with the signs on it.
//!
//! An apostrophe parts an elision from a word, and so two words, where letters have capitals; it is nothing within a
//! word where they have none (`ג'ירפה`), nor before the letters of Ukrainian and Belarusian that it stands before
//! (`м'ята`). A quotation mark within a word of Hebrew is nothing either (`צה"ל`). So words are found however such a
//! mark is typed, or where it is not.

use icu_properties::props::Script;
use unicode_normalization::char::is_combining_mark;

use super::fold::fold;
use domain::text::{has_no_spaces, is_invisible, script};

/// A word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

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
        } else if is_invisible(character) || is_within_word(text, start, character) {
            // As good as not written.
        } else if character.is_ascii() || APOSTROPHES.contains(&character) {
            open.finish(&mut each);
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
        } else {
            open.finish(&mut each);
        }
    }
    open.finish(&mut each);
}

/// Apostrophes, and what is typed for them. Unicode counts some of them among letters.
const APOSTROPHES: [char; 16] =
    ['\'', '`', '´', '‘', '’', '‛', '′', 'ʹ', 'ʻ', 'ʼ', 'ʽ', 'ʾ', 'ʿ', '՚', 'ꞌ', '＇'];

/// Letters of Cyrillic that an apostrophe stands before.
const BEHIND_APOSTROPHES: [char; 6] = ['е', 'є', 'ё', 'ї', 'ю', 'я'];

/// Is the apostrophe or the quotation mark at `at` nothing, between two letters of a word? Two apostrophes in a row are
/// one quotation mark.
pub(super) fn is_within_word(text: &str, at: usize, mark: char) -> bool {
    let is_apostrophe = APOSTROPHES.contains(&mark);
    if !is_apostrophe && !matches!(mark, '"' | '“' | '”' | '„' | '‟' | '″') {
        return false;
    }
    let (before, behind) = (&text[..at], &text[at + mark.len_utf8()..]);
    let before = before.strip_suffix(mark).unwrap_or(before);
    let behind = behind.strip_prefix(mark).unwrap_or(behind);
    let is_letter = |c: &char| !is_combining_mark(*c) && !is_invisible(*c);
    let (Some(before), Some(behind)) = (before.chars().rfind(is_letter), behind.chars().find(is_letter))
    else {
        return false;
    };
    if !before.is_alphabetic() || !behind.is_alphabetic() || script(before) != script(behind) {
        return false;
    }
    match script(before) {
        Script::Hebrew => true,
        Script::Cyrillic => is_apostrophe && behind.to_lowercase().all(|c| BEHIND_APOSTROPHES.contains(&c)),
        _ => is_apostrophe && !before.is_lowercase() && !before.is_uppercase() && !has_no_spaces(before),
    }
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
