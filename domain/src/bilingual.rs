//! Answers in both languages (spec.md §Answers to programs): a refusal is written once, in English and in French, and
//! the code that answers picks the reader's language.
//!
//! [`both`] takes two fixed texts, and the macro [`both!`](crate::both) two that hold values, as `format!` does:
//!
//! ```
//! use pupitre_domain::both;
//! use pupitre_domain::bilingual::both;
//! use pupitre_domain::text::Language;
//!
//! let max = 200;
//! let allowed = both!("at most {max} skills", "{max} compétences au plus");
//! assert_eq!(allowed.text(Language::Fr), "200 compétences au plus");
//! assert_eq!(both("true or false", "true ou false").text(Language::En), "true or false");
//! ```
//!
//! Wherever such a text is expected, one language alone does not compile. French has the typographic apostrophe and
//! U+00A0 before `:` and inside `« »`, which a test checks for every refusal.

use std::borrow::Cow;
use std::cell::RefCell;
use std::fmt;

use crate::language::Language;

/// One text in English and in French. It prints itself in English: logs are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bilingual {
    en: Cow<'static, str>,
    fr: Cow<'static, str>,
}

/// Two fixed texts.
pub const fn both(en: &'static str, fr: &'static str) -> Bilingual {
    Bilingual { en: Cow::Borrowed(en), fr: Cow::Borrowed(fr) }
}

/// Two texts that hold values: `both!("at most {max}", "{max} au plus")`, or with names given to values as in
/// `format!`. Both texts use each value.
#[macro_export]
macro_rules! both {
    ($en:literal, $fr:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::bilingual::Bilingual::new(
            ::std::fmt::format(format_args!($en $(, $name = $value)*)),
            ::std::fmt::format(format_args!($fr $(, $name = $value)*)),
        )
    };
}

impl Bilingual {
    /// Two texts.
    pub fn new(en: impl Into<Cow<'static, str>>, fr: impl Into<Cow<'static, str>>) -> Self {
        Self { en: en.into(), fr: fr.into() }
    }

    /// A text that is the same in both languages, such as a list of names.
    pub fn same(text: impl Into<Cow<'static, str>>) -> Self {
        let text = text.into();
        Self { en: text.clone(), fr: text }
    }

    /// The text in one language.
    pub fn text(&self, language: Language) -> &str {
        match language {
            Language::En => &self.en,
            Language::Fr => &self.fr,
        }
    }

    /// The English text, for a channel that takes one text only and may end anywhere: with a reader of either language,
    /// or in a log or a terminal. The receiver can recover the French one: see [`Self::from_one`].
    pub(crate) fn as_one(&self) -> String {
        LAST_AS_ONE.set(Some(self.clone()));
        self.en.clone().into_owned()
    }

    /// Both texts of the last one that was sent as one on this thread; nothing for any other.
    pub fn from_one(text: &str) -> Option<Self> {
        LAST_AS_ONE.with_borrow(Clone::clone).filter(|last| last.en == text)
    }
}

thread_local! {
    /// A JSON reader accepts a single text per error and reports it at once.
    static LAST_AS_ONE: RefCell<Option<Bilingual>> = const { RefCell::new(None) };
}

impl fmt::Display for Bilingual {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.en)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_languages_survive_a_way_that_takes_one_text_which_is_english() {
        let told = both!("at most {max} files", "{max} fichiers au plus", max = 3);
        assert_eq!(told.as_one(), "at most 3 files");
        assert_eq!(Bilingual::from_one("at most 3 files"), Some(told.clone()));
        assert_eq!(Bilingual::from_one("true or false"), None);
        let other = both("none", "aucun");
        assert_eq!(Bilingual::from_one(&other.as_one()), Some(other));
        assert_eq!(Bilingual::from_one("at most 3 files"), None);
    }
}
