//! The sentences of a phrase: what is left out together where something in it is unknown.
//!
//! Omitting half a sentence leaves a gap, omitting two whole ones does not. So where it is unclear whether a sentence
//! ends, it goes on:
//!
//! | | ends a sentence |
//! |---|---|
//! | `!` `?` and the like (`؟` `।` `。` `！` `።` …) | unless a small letter follows; those of ASCII with a space behind |
//! | `.` and `…` | with a space and a capital letter behind, or a letter of a script that has none |
//! | `.` behind one letter, a number or an abbreviation (`M.` `art.` `no.` `p.`) | never: a name or a number follows |
//! | the end of a line | unless a small letter follows, or such an abbreviation or a colon ends the line |
//!
//! A variable begins with neither a capital nor a small letter. Closing quotation marks and brackets belong to what
//! they close.

use icu_properties::props::{GeneralCategory, SentenceBreak};
use icu_properties::{CodePointMapData, CodePointMapDataBorrowed};
use unicode_normalization::char::is_combining_mark;

const BREAKS: CodePointMapDataBorrowed<'static, SentenceBreak> = CodePointMapData::<SentenceBreak>::new();
const CATEGORIES: CodePointMapDataBorrowed<'static, GeneralCategory> =
    CodePointMapData::<GeneralCategory>::new();

/// Abbreviations before which a name or a number may follow, in small letters and in order.
const ABBREVIATIONS: &[&str] = &[
    "approx", "appt", "apt", "art", "av", "bd", "boul", "cap", "capt", "cf", "ch", "chap", "col", "dept",
    "dr", "dra", "env", "ets", "fig", "gen", "hon", "jr", "lt", "ltd", "mgr", "mlle", "mm", "mme", "mr",
    "mrs", "ms", "mx", "no", "nos", "nr", "num", "pp", "pr", "prof", "ref", "rev", "réf", "résid", "sgt",
    "sr", "sra", "st", "ste", "tel", "tél", "vol", "vs",
];

/// What a mark at the end of a sentence is.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Mark {
    /// Ends one, as `!` does.
    Certain,
    /// May end one, as `.` does.
    Doubtful,
    /// Ends the line.
    Line,
}

fn mark(character: char) -> Option<Mark> {
    match BREAKS.get(character) {
        SentenceBreak::STerm => Some(Mark::Certain),
        SentenceBreak::ATerm => Some(Mark::Doubtful),
        SentenceBreak::Sep | SentenceBreak::CR | SentenceBreak::LF => Some(Mark::Line),
        _ if character == '…' => Some(Mark::Doubtful),
        _ => None,
    }
}

/// The sentences of a text, each with the space after it.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let mut all = vec![];
    let mut begin = 0;
    for (at, character) in text.char_indices() {
        if at >= begin
            && let Some(mark) = mark(character)
            && let Some(end) = end(&text[begin..at], mark, character, &text[at + character.len_utf8()..])
        {
            let end = at + character.len_utf8() + end;
            all.push(&text[begin..end]);
            begin = end;
        }
    }
    if begin < text.len() {
        all.push(&text[begin..]);
    }
    all
}

/// Where the sentence ends, if it does, in what comes behind its mark.
fn end(before: &str, mark: Mark, character: char, behind: &str) -> Option<usize> {
    let is_abbreviated = || is_abbreviated(before.trim_end_matches(is_doubtful));
    if mark == Mark::Line {
        let announces = before.trim_end().ends_with([':', '：']);
        let goes_on =
            announces || behind.starts_with(char::is_lowercase) || before.ends_with('.') && is_abbreviated();
        return (!goes_on).then(|| spaces(behind));
    }
    // Of several marks the last one decides: "?!", "...".
    if behind.chars().next().and_then(self::mark).is_some_and(|next| next != Mark::Line) {
        return None;
    }
    let closed = closers(behind);
    let spaces = spaces(&behind[closed..]);
    if spaces == 0 && (character.is_ascii() || character == '…') {
        return None;
    }
    let end = closed + spaces;
    let next = behind[end..].chars().find(|next| next.is_alphanumeric() || *next == '{')?;
    let ends = match mark {
        Mark::Certain => !next.is_lowercase(),
        Mark::Doubtful => next.is_alphabetic() && !next.is_lowercase() && !is_abbreviated(),
        Mark::Line => true,
    };
    ends.then_some(end)
}

fn is_doubtful(character: char) -> bool {
    mark(character) == Some(Mark::Doubtful)
}

/// Does a text end in an initial, a number or an abbreviation?
fn is_abbreviated(text: &str) -> bool {
    let within = |c: char| c.is_alphanumeric() || is_combining_mark(c);
    let word = text.rsplit(|c| !within(c)).next().unwrap_or_default();
    let is_initial =
        || word.chars().count() == 1 && word.starts_with(|c: char| c.is_uppercase() || c.is_lowercase());
    let is_number = || word.chars().all(char::is_numeric);
    !word.is_empty()
        && (is_initial() || is_number() || ABBREVIATIONS.binary_search(&word.to_lowercase().as_str()).is_ok())
}

/// How much of a text closes what was opened before: marks that stand close, and those behind a space that can do
/// nothing else, as `»` in French.
fn closers(text: &str) -> usize {
    let mut end = 0;
    loop {
        let rest = &text[end..];
        let spaces = spaces(rest);
        let Some(next) = rest[spaces..].chars().next() else { return end };
        let closes = matches!(
            CATEGORIES.get(next),
            GeneralCategory::ClosePunctuation | GeneralCategory::FinalPunctuation
        );
        if !(closes || spaces == 0 && matches!(next, '"' | '\'')) {
            return end;
        }
        end += spaces + next.len_utf8();
    }
}

fn spaces(text: &str) -> usize {
    text.len() - text.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_abbreviations_are_in_order() {
        assert!(ABBREVIATIONS.is_sorted());
    }

    #[test]
    fn a_sentence_ends_with_a_mark_before_a_capital_letter() {
        for (text, first) in [
            ("Merci. Alice arrive.", "Merci. "),
            ("Attente : 2 min. Merci.", "Attente : 2 min. "),
            ("Un instant\u{202f}! {operator} arrive.", "Un instant\u{202f}! "),
            ("Vraiment ?! Oui.", "Vraiment ?! "),
            ("Hum... Oui.", "Hum... "),
            ("Hum… Oui.", "Hum… "),
            ("« Bonjour ! » Alice arrive.", "« Bonjour ! » "),
            ("(Merci.) Alice arrive.", "(Merci.) "),
            ("\"Wait!\" Alice is here.", "\"Wait!\" "),
            ("مرحبا {visitor}؟ شكرا.", "مرحبا {visitor}؟ "),
            ("नमस्ते {visitor}। धन्यवाद।", "नमस्ते {visitor}। "),
            ("お待ちください。あと{wait}分です。", "お待ちください。"),
            ("请稍候！{operator}马上就来。", "请稍候！"),
            ("「はい。」次です。", "「はい。」"),
            ("Շնորհակալություն։ Ալիս։", "Շնորհակալություն։ "),
            ("ሰላም። ደህና።", "ሰላም። "),
            ("Merci\n{visitor}\nCordialement", "Merci\n"),
            ("Merci.\n\n{visitor}", "Merci.\n\n"),
        ] {
            assert_eq!(sentences(text)[0], first);
        }
    }

    #[test]
    fn without_a_clear_end_the_sentence_continues() {
        for text in [
            "Bonjour M. {visitor}, nous arrivons.",
            "Bonjour M. Martin, {contrat} est prêt.",
            "Dear Mr. {visitor}, hello.",
            "Dear Mr. Smith, {contrat} is ready.",
            "Attente : env. {wait} min. d’attente.",
            "Voir art. {contrat} du code.",
            "Dossier no. {contrat}.",
            "Voir no. 12 de {contrat}.",
            "cf. {x}, p. {y}.",
            "Ouvert de 9 h. {x} à 18 h.",
            "Bonjour J.-P. {visitor}.",
            "J. Martin et {visitor}.",
            "Étape 1. Bonjour {visitor}.",
            "Hum… {visitor}, un instant.",
            "Version 2.{x} ok.",
            "Site www.example.org/?{x}.",
            "Quoi ? demande {visitor}.",
            "Le Dr.\nMartin et {visitor}",
            "Votre contrat {contrat}\nest prêt",
            "Merci {visitor} ! :)",
            "Merci {visitor} ! 😀",
        ] {
            assert_eq!(sentences(text), [text]);
        }
    }
}
