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
//! | invisible ones that join nothing | dropped | dropped | kept; dropped at both ends |
//! | blanks | dropped at both ends, one in a row | the same | dropped at both ends |
//! | more than 4 accents on a letter | refused | refused | dropped after the 16th |
//! | form | NFC | NFC | as written |
//!
//! Each has to show something then, and to be within its length, in characters (code points). A joiner, a selector
//! of a form, or the letters of a flag stay where they do something, so that emoji, Persian and the scripts of
//! India are what they were; elsewhere they are a hiding place.

use std::borrow::Cow;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::canonical_combining_class;

use super::address::is_address;
use super::character::{Class, class, is_right_to_left, may_be_joined};
use super::direction::balanced;
use crate::bilingual::Bilingual;
use crate::both;
use crate::limits::{ADDRESS_CHARACTERS_MAX, NAME_MARKS_MAX, TEXT_MARKS_MAX};

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

    /// What somebody or something is called.
    pub(crate) const fn name(max: usize) -> Self {
        Self { kind: Kind::Name, max, may_be_blank: false }
    }

    /// A title, a label, a theme.
    pub(crate) const fn line(max: usize) -> Self {
        Self { kind: Kind::Line, max, may_be_blank: false }
    }

    /// What somebody wrote, of several lines perhaps.
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

/// Tidies a line; `None` for one that would not stay one, or would turn what stands beside it.
fn line(value: &str, may_be_private: bool) -> Option<String> {
    let right_to_left = value.chars().any(is_right_to_left);
    let mut kept = Kept::default();
    let mut blank = None;
    // Variants of Chinese characters first, or they would lose their form.
    for character in value.cjk_compat_variants().nfc() {
        let class = class(character);
        match class {
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
            Class::Hidden => continue,
            Class::DirectionMark if !right_to_left || kept.ends_with(class) => continue,
            Class::Mark if kept.is_empty() => continue,
            Class::Joiner | Class::Selector | Class::Tag
                if blank.is_some() || !kept.takes(character, class) =>
            {
                continue;
            }
            Class::Shown
            | Class::Mark
            | Class::DirectionMark
            | Class::Joiner
            | Class::Selector
            | Class::Tag
            | Class::Reserved => {}
        }
        if let Some(blank) = blank.take() {
            kept.push(blank, Class::Blank);
        }
        kept.push(character, class);
        if kept.accents > NAME_MARKS_MAX {
            return None;
        }
    }
    Some(kept.text)
}

/// Tidies a text; `None` for what cannot be stored.
fn text(value: &str) -> Option<String> {
    let mut kept = Kept::default();
    let mut characters = value.chars().peekable();
    while let Some(character) = characters.next() {
        let class = class(character);
        match class {
            Class::Control if character == '\0' => return None,
            Class::Control | Class::Override | Class::Never => {}
            Class::Break => {
                if character == '\r' && characters.peek() == Some(&'\n') {
                    continue;
                }
                kept.push('\n', class);
            }
            Class::Selector | Class::Tag if !kept.takes(character, class) => {}
            Class::Mark if kept.accents >= TEXT_MARKS_MAX => {}
            Class::Shown
            | Class::Mark
            | Class::Blank
            | Class::Tab
            | Class::Joiner
            | Class::Selector
            | Class::Tag
            | Class::DirectionMark
            | Class::Direction
            | Class::Hidden
            | Class::Reserved => kept.push(character, class),
        }
    }
    let at_an_end = |c| matches!(class(c), Class::Break | Class::Blank | Class::Tab | Class::Hidden);
    let lines: Vec<Cow<'_, str>> = kept.text.trim_matches(at_an_end).split('\n').map(balanced).collect();
    Some(lines.join("\n"))
}

/// What is kept so far.
#[derive(Default)]
struct Kept {
    text: String,
    last: Option<(char, Class)>,
    /// Accents on the last letter, one over the other.
    accents: usize,
}

impl Kept {
    const fn is_empty(&self) -> bool {
        self.text.is_empty()
    }

    fn ends_with(&self, class: Class) -> bool {
        self.last.is_some_and(|(_, last)| last == class)
    }

    /// Does a character that is nothing by itself do something here?
    fn takes(&self, character: char, class: Class) -> bool {
        let Some((last, of_last)) = self.last else { return false };
        match class {
            Class::Joiner => may_be_joined(last) && last != character,
            Class::Selector => matches!(of_last, Class::Shown | Class::Mark),
            Class::Tag => last == '\u{1F3F4}' || of_last == Class::Tag,
            Class::Shown
            | Class::Mark
            | Class::Blank
            | Class::Break
            | Class::Tab
            | Class::Control
            | Class::DirectionMark
            | Class::Direction
            | Class::Override
            | Class::Hidden
            | Class::Reserved
            | Class::Never => true,
        }
    }

    fn push(&mut self, character: char, class: Class) {
        // Letters that stand below others in the scripts of Asia count as marks, and are none to be afraid of.
        let accent = class == Class::Mark && canonical_combining_class(character) != 0;
        match class {
            Class::Mark if accent => self.accents += 1,
            Class::Mark | Class::Hidden | Class::Selector => {}
            Class::Shown
            | Class::Blank
            | Class::Break
            | Class::Tab
            | Class::Control
            | Class::Joiner
            | Class::Tag
            | Class::DirectionMark
            | Class::Direction
            | Class::Override
            | Class::Reserved
            | Class::Never => self.accents = 0,
        }
        self.text.push(character);
        self.last = Some((character, class));
    }
}
