//! How a value that comes in is tidied, and what it has to be then.
//!
//! | | a name | a line | a text |
//! |---|---|---|---|
//! | line breaks | refused | refused | kept, all written as a line feed |
//! | tabs | refused | refused | kept |
//! | other controls | refused | refused | dropped; NUL refused |
//! | embedded directions | refused | refused | kept, each ended on its line |
//! | overrides of directions | refused | refused | dropped |
//! | private and unassigned characters | refused | kept | kept |
//! | invisible ones that do nothing | dropped | dropped | kept, but for selectors and tags; dropped at both ends |
//! | blanks | dropped at both ends, one in a row | the same | dropped at both ends |
//! | more than 4 accents on a letter, or 10 signs | refused | refused | dropped after the 16th |
//! | form | NFC | NFC | as written |
//!
//! Each has to show something then, and to be within its length, in characters (code points). [`super::invisible`]
//! says where an invisible character does something. An accent that is written over and over counts as one, whatever
//! its script, and nothing invisible in between begins a new letter.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;

use super::address::is_address;
use super::character::{Class, class, is_accent, is_right_to_left};
use super::direction::balanced;
use super::invisible::does_something;
use crate::bilingual::Bilingual;
use crate::both;
use crate::limits::{ADDRESS_CHARACTERS_MAX, NAME_MARKS_MAX, NAME_SIGNS_MAX, TEXT_MARKS_MAX};

/// What a value has to be.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Rule {
    kind: Kind,
    max: usize,
    may_be_blank: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Name,
    Line,
    Text,
    Address,
}

impl Rule {
    /// An e-mail address.
    pub(crate) const ADDRESS: Self =
        Self { kind: Kind::Address, max: ADDRESS_CHARACTERS_MAX, may_be_blank: false };

    /// The name of a person or thing.
    pub(crate) const fn name(max: usize) -> Self {
        Self { kind: Kind::Name, max, may_be_blank: false }
    }

    /// A title, a label, a theme.
    pub(crate) const fn line(max: usize) -> Self {
        Self { kind: Kind::Line, max, may_be_blank: false }
    }

    /// What a person wrote, possibly several lines.
    pub(crate) const fn text(max: usize) -> Self {
        Self { kind: Kind::Text, max, may_be_blank: false }
    }

    /// The same, or nothing: what shows nothing is read as an empty text.
    pub(crate) const fn or_blank(self) -> Self {
        Self { may_be_blank: true, ..self }
    }

    /// The value as it is kept, if it is what it has to be.
    pub(crate) fn read(self, value: &str) -> Option<Cow<'_, str>> {
        let tidy = if is_plain(value) {
            Cow::Borrowed(value)
        } else {
            Cow::Owned(match self.kind {
                Kind::Name | Kind::Line => line(value, self.kind == Kind::Line)?,
                Kind::Text => text(value)?,
                Kind::Address => value.nfc().collect(),
            })
        };
        if !shows_something(&tidy) {
            return self.may_be_blank.then_some(Cow::Borrowed(""));
        }
        let fits = tidy.len() <= self.max || tidy.chars().count() <= self.max;
        (fits && (self.kind != Kind::Address || is_address(&tidy))).then_some(tidy)
    }

    /// What is allowed, in words.
    pub(crate) fn allowed(self) -> Bilingual {
        let max = self.max;
        match (self.kind, self.may_be_blank) {
            (Kind::Name | Kind::Line, false) => both!(
                "1 to {max} characters on one line, of which some can be seen; no tabs, controls or changes of \
                 direction",
                "1 à {max} caractères sur une ligne, dont certains visibles\u{202f}; ni tabulation, ni caractère de \
                 commande, ni changement de sens"
            ),
            (Kind::Name | Kind::Line, true) => both!(
                "at most {max} characters on one line; no tabs, controls or changes of direction",
                "{max} caractères au plus sur une ligne\u{202f}; ni tabulation, ni caractère de commande, ni \
                 changement de sens"
            ),
            (Kind::Text, false) => both!(
                "1 to {max} characters, of which some can be seen, without NUL",
                "1 à {max} caractères, dont certains visibles, sans NUL"
            ),
            (Kind::Text, true) => {
                both!("at most {max} characters, without NUL", "{max} caractères au plus, sans NUL")
            }
            (Kind::Address, _) => both!(
                "one e-mail address as name@example.org, of at most {max} characters",
                "une seule adresse e-mail, comme nom@exemple.fr, de {max} caractères au plus"
            ),
        }
    }
}

/// Can anybody see anything in it?
pub(crate) fn shows_something(value: &str) -> bool {
    value.chars().any(|c| class(c) == Class::Shown)
}

/// Printable ASCII without blanks at its ends or side by side: nothing to tidy.
fn is_plain(value: &str) -> bool {
    value.bytes().all(|b| (b' '..=b'~').contains(&b))
        && !value.starts_with(' ')
        && !value.ends_with(' ')
        && !value.contains("  ")
}

/// Tidies a line; `None` for one that would not stay a line, or would reverse what stands beside it.
fn line(value: &str, may_be_private: bool) -> Option<String> {
    let right_to_left = value.chars().any(is_right_to_left);
    // Variants of Chinese characters first, or they would lose their form.
    let all: Vec<char> = value.cjk_compat_variants().nfc().collect();
    let mut kept: Vec<char> = vec![];
    let mut blank = None;
    for (at, character) in all.iter().copied().enumerate() {
        match class(character) {
            Class::Break
            | Class::Tab
            | Class::Control
            | Class::Direction
            | Class::Override
            | Class::Never => {
                return None;
            }
            Class::Reserved if !may_be_private => return None,
            Class::Blank => {
                blank = blank.or((!kept.is_empty()).then_some(character));
                continue;
            }
            Class::Mark if kept.is_empty() => continue,
            Class::DirectionMark if !right_to_left => continue,
            Class::Joiner | Class::Selector | Class::Tag | Class::DirectionMark | Class::Hidden
                if blank.is_some() || !does_something(character, &kept, &all[at + 1..]) =>
            {
                continue;
            }
            Class::Shown
            | Class::Mark
            | Class::DirectionMark
            | Class::Joiner
            | Class::Selector
            | Class::Tag
            | Class::Hidden
            | Class::Reserved => {}
        }
        kept.extend(blank.take());
        kept.push(character);
    }
    // What stood between a letter and its accent is gone.
    let kept: String = kept.into_iter().nfc().collect();
    let mut signs = Signs::default();
    let in_bounds = kept.chars().all(|character| {
        signs.read(character);
        signs.accents <= NAME_MARKS_MAX && signs.all <= NAME_SIGNS_MAX
    });
    in_bounds.then_some(kept)
}

/// Tidies a text; `None` for what cannot be stored.
fn text(value: &str) -> Option<String> {
    let all: Vec<char> = value.chars().collect();
    let mut kept: Vec<char> = Vec::with_capacity(all.len());
    let mut signs = Signs::default();
    for (at, character) in all.iter().copied().enumerate() {
        match class(character) {
            Class::Control if character == '\0' => return None,
            Class::Control | Class::Override | Class::Never => continue,
            Class::Break if character == '\r' && all.get(at + 1) == Some(&'\n') => continue,
            Class::Selector | Class::Tag if !does_something(character, &kept, &all[at + 1..]) => continue,
            Class::Mark if signs.all >= TEXT_MARKS_MAX => continue,
            Class::Shown
            | Class::Mark
            | Class::Blank
            | Class::Break
            | Class::Tab
            | Class::Joiner
            | Class::Selector
            | Class::Tag
            | Class::DirectionMark
            | Class::Direction
            | Class::Hidden
            | Class::Reserved => {}
        }
        signs.read(character);
        kept.push(if class(character) == Class::Break { '\n' } else { character });
    }
    let kept: String = kept.into_iter().collect();
    let at_an_end = |c| matches!(class(c), Class::Break | Class::Blank | Class::Tab | Class::Hidden);
    let lines: Vec<Cow<'_, str>> = kept.trim_matches(at_an_end).split('\n').map(balanced).collect();
    Some(lines.join("\n"))
}

/// The signs on the letter that is being read.
#[derive(Default)]
struct Signs {
    all: usize,
    /// Those that are no spelling, or the same one again.
    accents: usize,
    last: Option<char>,
}

impl Signs {
    fn read(&mut self, character: char) {
        match class(character) {
            Class::Mark => {
                self.all += 1;
                self.accents += usize::from(is_accent(character) || self.last == Some(character));
                self.last = Some(character);
            }
            Class::Shown | Class::Blank | Class::Break | Class::Tab | Class::Reserved => {
                *self = Self::default();
            }
            Class::Control
            | Class::Joiner
            | Class::Selector
            | Class::Tag
            | Class::DirectionMark
            | Class::Direction
            | Class::Override
            | Class::Hidden
            | Class::Never => {}
        }
    }
}
