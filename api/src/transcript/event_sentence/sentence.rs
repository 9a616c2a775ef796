//! A sentence, and the parts that several have in common.

use domain::personal::Personal;
use domain::text::{Language, Note};

use crate::transcript::wording::{colon, pick, quoted};

/// What happened, in words.
pub(in crate::transcript) struct Sentence {
    /// The words.
    pub(in crate::transcript) text: String,
    /// Whether they leave open who did it, so that the staff reads the author beside them.
    pub(in crate::transcript) leaves_author_open: bool,
}

impl Sentence {
    /// A sentence that says all there is to say.
    pub(super) fn complete(text: impl Into<String>) -> Self {
        Self { text: text.into(), leaves_author_open: false }
    }

    /// A sentence that leaves open who did it.
    pub(super) fn by_author(text: impl Into<String>) -> Self {
        Self { text: text.into(), leaves_author_open: true }
    }
}

/// A sentence with something after a comma, if there is something.
pub(super) fn with(sentence: &str, before: &str, what: Option<String>) -> String {
    what.map_or_else(|| sentence.to_owned(), |what| format!("{sentence}, {before}{what}"))
}

/// A sentence with a position in the queue.
pub(super) fn at_position(sentence: &str, position: usize, language: Language) -> String {
    with(sentence, pick(language, "en position ", "at position "), Some(position.to_string()))
}

/// A sentence with the note that somebody wrote, if there is one.
pub(super) fn noted(sentence: &str, note: Option<&Personal<Note>>, language: Language) -> String {
    let note = note.map(|note| note.reveal().to_string()).filter(|note| !note.is_empty());
    note.map_or_else(
        || sentence.to_owned(),
        |note| format!("{sentence}{}{}", colon(language), quoted(&note, language)),
    )
}
