//! The words of a text, as a search compares them: without case, accents or endings, in French and in
//! English alike.
//!
//! Endings are taken off lightly (plural, feminine, `-y`/`-ies`): enough that "résiliations" finds
//! "résiliation", little enough that nothing surprising is found. One rule serves both languages, since
//! nobody says in which language a query is. Articles and transcripts are searched by the same rule.

mod extract;

use unicode_normalization::char::{decompose_compatible, is_combining_mark};

pub use extract::{Piece, Place, extract};

/// A word of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Word {
    /// Where it starts, in bytes.
    pub start: usize,
    /// Where it ends, in bytes.
    pub end: usize,
}

/// Words that say nothing of what a text is about, without accents.
const IGNORED: &[&str] = &[
    "a", "about", "ai", "an", "and", "are", "as", "at", "au", "aux", "avec", "avez", "be", "by", "c", "can",
    "ce", "ces", "cet", "cette", "comment", "d", "dans", "de", "des", "do", "does", "du", "elle", "en",
    "est", "et", "etre", "for", "from", "have", "how", "i", "il", "ils", "in", "is", "it", "its", "j", "je",
    "l", "la", "le", "les", "leur", "lui", "m", "ma", "mais", "me", "mes", "mon", "my", "n", "ne", "no",
    "nos", "not", "notre", "nous", "of", "on", "or", "ou", "our", "par", "pas", "plus", "pour", "qu",
    "quand", "que", "quel", "quelle", "qui", "s", "sa", "se", "ses", "si", "son", "sont", "sur", "t", "ta",
    "te", "tes", "that", "the", "their", "this", "to", "ton", "tu", "un", "une", "us", "vos", "votre",
    "vous", "was", "we", "what", "when", "where", "which", "who", "will", "with", "y", "you", "your",
    "yours",
];

/// Is it one of the words that say nothing?
pub fn is_ignored(folded: &str) -> bool {
    IGNORED.binary_search(&folded).is_ok()
}

/// Calls `each` with every word of `text` and its form without case and accents, in order.
pub fn each_word(text: &str, mut each: impl FnMut(Word, &str)) {
    let mut folded = String::new();
    let mut start = 0;
    for (at, character) in text.char_indices() {
        if character.is_alphanumeric() || (is_combining_mark(character) && !folded.is_empty()) {
            if folded.is_empty() {
                start = at;
            }
            fold(character, &mut folded);
        } else if !folded.is_empty() {
            each(Word { start, end: at }, &folded);
            folded.clear();
        }
    }
    if !folded.is_empty() {
        each(Word { start, end: text.len() }, &folded);
    }
}

/// Adds a character without its case and accents.
fn fold(character: char, to: &mut String) {
    if character.is_ascii() {
        return to.push(character.to_ascii_lowercase());
    }
    for lower in character.to_lowercase() {
        match lower {
            'œ' => to.push_str("oe"),
            'æ' => to.push_str("ae"),
            'ß' => to.push_str("ss"),
            // What is left are letters and digits only: "½" has a stroke, and "ℌ" is a capital again.
            _ => decompose_compatible(lower, |part| {
                if !is_combining_mark(part) && part.is_alphanumeric() {
                    to.extend(part.to_lowercase());
                }
            }),
        }
    }
}

/// The stem of a folded word. Three characters or fewer, and words with digits, stay as they are.
pub fn stem(folded: &str) -> String {
    if folded.chars().count() <= 3 || folded.bytes().any(|byte| byte.is_ascii_digit()) {
        return folded.to_owned();
    }
    let mut stem = singular(folded);
    while stem.len() > 3 && stem.ends_with('e') {
        stem.pop();
    }
    if stem.len() > 3 && stem.ends_with('y') {
        stem.pop();
        stem.push('i');
    }
    // "personnelle" and "personnel".
    if let [.., before, last] = stem.as_bytes()
        && stem.len() > 3
        && before == last
        && last.is_ascii_alphabetic()
    {
        stem.pop();
    }
    stem
}

fn singular(folded: &str) -> String {
    let as_it_is = || folded.to_owned();
    if let Some(start) = folded.strip_suffix("aux") {
        // "réseaux" and "réseau", "journaux" and "journal".
        return if start.ends_with('e') { format!("{start}au") } else { format!("{start}al") };
    }
    if folded.ends_with("oux") || folded.ends_with("eux") || !folded.ends_with("ss") && folded.ends_with('s')
    {
        let mut shorter = as_it_is();
        shorter.pop();
        return shorter;
    }
    as_it_is()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(text: &str) -> Vec<String> {
        let mut all = vec![];
        each_word(text, |word, folded| all.push(format!("{}-{} {folded}", word.start, word.end)));
        all
    }

    #[test]
    fn the_words_to_ignore_are_in_order() {
        assert!(IGNORED.is_sorted());
    }

    #[test]
    fn case_accents_and_ligatures_are_folded_and_the_place_in_the_text_is_kept() {
        assert_eq!(words("L'Été, cœur"), ["0-1 l", "2-7 ete", "9-14 coeur"]);
        assert_eq!(words("e\u{301}te\u{301}"), ["0-7 ete"]);
        assert_eq!(words("İ \u{301} — "), ["0-2 i"]);
        assert_eq!(words("½ ℌ ﷺ")[..2], ["0-2 12", "3-6 h"]);
        assert!(
            words("½ ⑴ ﷺ")
                .iter()
                .all(|word| word[word.find(' ').unwrap() + 1..].chars().all(char::is_alphanumeric))
        );
    }

    #[test]
    fn forms_of_one_word_have_one_stem() {
        for (one, other) in [
            ("contrat", "contrats"),
            ("journal", "journaux"),
            ("reseau", "reseaux"),
            ("bijou", "bijoux"),
            ("personnel", "personnelles"),
            ("employe", "employees"),
            ("company", "companies"),
            ("box", "boxes"),
            ("address", "addresses"),
            ("invoice", "invoices"),
        ] {
            assert_eq!(stem(one), stem(other), "{one} {other}");
        }
    }

    #[test]
    fn short_words_and_references_stay_as_they_are() {
        for word in ["bus", "gas", "e", "", "a320s", "日本"] {
            assert_eq!(stem(word), word);
        }
    }
}
