//! Filling in: what stands for each variable, and what is left out where nothing does.
//!
//! A part of a phrase that depends on something unknown is left out, so that no phrase has a hole: the part between
//! `[[` and `]]` that names it, else the sentence that does. A name between braces that nobody knows is unknown as
//! well; braces around anything that is no name stay as they are written.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use crate::limits::MESSAGE_CHARACTERS_MAX;
use crate::personal::Personal;

/// What fills the variables of a phrase.
#[derive(Clone, Copy, Debug, Default)]
pub struct Variables<'a> {
    /// `{operator}`
    pub operator: Option<&'a str>,
    /// `{position}`, from 1
    pub position: Option<usize>,
    /// `{wait}`, in minutes
    pub wait: Option<u32>,
    /// `{visitor}`
    pub visitor: Option<&'a str>,
    /// The custom variables of the visitor card, by name.
    pub custom: Option<&'a BTreeMap<String, Personal<String>>>,
}

/// The variables of Pupitre; every other is one of the site.
pub const OWN_VARIABLES: [&str; 4] = ["operator", "position", "wait", "visitor"];

/// A phrase with its variables filled in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filled {
    /// What is said; empty when everything depends on something unknown.
    pub text: String,
    /// The parts that are left out, as they are written.
    pub left_out: Vec<String>,
    /// The variables on whose account they are.
    pub unknown: BTreeSet<String>,
}

/// Fills in the variables; what fills one in is not looked at again.
pub fn fill_in(text: &str, with: Variables<'_>) -> Filled {
    let mut filled = Filled::default();
    let without_options = optional_parts(text, with, &mut filled);
    for sentence in sentences(&without_options) {
        match part(sentence, with) {
            Ok(said) => filled.text.push_str(&said),
            Err(unknown) => filled.leave_out(sentence, unknown),
        }
    }
    filled.text = filled.text.trim_end().chars().take(MESSAGE_CHARACTERS_MAX).collect();
    filled
}

impl Filled {
    fn leave_out(&mut self, part: &str, unknown: Vec<String>) {
        self.left_out.push(part.trim().to_owned());
        self.unknown.extend(unknown);
    }
}

/// The names between braces in a text.
pub fn names(text: &str) -> impl Iterator<Item = &str> {
    pieces(text).filter_map(|piece| match piece {
        Piece::Variable(name) => Some(name),
        Piece::Text(_) => None,
    })
}

/// The text without its `[[` optional parts `]]` that name something unknown; the others lose their brackets.
fn optional_parts(text: &str, with: Variables<'_>, filled: &mut Filled) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, (inside, after))) =
        rest.split_once("[[").and_then(|(before, from)| Some((before, from.split_once("]]")?)))
    {
        kept.push_str(before);
        rest = after;
        match part(inside, with) {
            Ok(_) => kept.push_str(inside),
            Err(unknown) => {
                filled.leave_out(inside, unknown);
                // Of the spaces on both sides one is enough.
                if kept.is_empty() || kept.ends_with(char::is_whitespace) {
                    rest = rest.trim_start_matches(' ');
                }
            }
        }
    }
    kept.push_str(rest);
    kept
}

/// A part with its variables filled in, or the names of those that are unknown.
fn part(text: &str, with: Variables<'_>) -> Result<String, Vec<String>> {
    let mut said = String::with_capacity(text.len());
    let mut unknown = vec![];
    for piece in pieces(text) {
        match piece {
            Piece::Text(text) => said.push_str(text),
            Piece::Variable(name) => match value_of(name, with) {
                Some(value) => said.push_str(&value),
                None => unknown.push(name.to_owned()),
            },
        }
    }
    if unknown.is_empty() { Ok(said) } else { Err(unknown) }
}

/// A piece of a phrase as it is written.
enum Piece<'a> {
    Text(&'a str),
    /// The name between braces.
    Variable(&'a str),
}

fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(name) = variable_at(rest) {
            rest = &rest[name.len() + 2..];
            return Some(Piece::Variable(name.trim()));
        }
        // Up to the next brace that begins a variable.
        let next = rest.char_indices().skip(1).find(|(at, _)| variable_at(&rest[*at..]).is_some());
        let (before, after) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(Piece::Text(before))
    })
}

/// Signs that are in the names of variables, besides letters and digits.
const SIGNS_IN_NAMES: &str = "_-. °'’/#&+€$%@";

/// The name of the variable that the text begins with, with the spaces around it. There is a letter in a name.
fn variable_at(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('{')?;
    let inside = &inside[..inside.find('}')?];
    let name = inside.trim();
    let is_letter = |one: char| one.is_alphabetic() || one == '_';
    let begins = name.starts_with(|first: char| first.is_alphanumeric() || first == '_');
    let goes_on = |one: char| one.is_alphanumeric() || SIGNS_IN_NAMES.contains(one);
    (begins && name.contains(is_letter) && name.chars().all(goes_on)).then_some(inside)
}

/// What stands for the variable `name`; `None` when it is unknown. The names of Pupitre win over those of the site.
fn value_of<'a>(name: &str, with: Variables<'a>) -> Option<Cow<'a, str>> {
    let value: Option<Cow<'a, str>> = match name {
        "operator" => with.operator.map(Into::into),
        "visitor" => with.visitor.map(Into::into),
        "position" => with.position.map(|position| position.to_string().into()),
        "wait" => with.wait.map(|minutes| minutes.to_string().into()),
        _ => with.custom.and_then(|custom| custom.get(name)).map(|value| value.reveal().as_str().into()),
    };
    value.filter(|value| !value.trim().is_empty())
}

/// The sentences of a text, each with the space after it. One ends with a mark that is followed by space and by
/// something that is not in lower case, so that an abbreviation ends none; and with its line, unless the line
/// announces with a colon what comes on the next. Quotes and brackets that close after the mark are its own.
fn sentences(text: &str) -> Vec<&str> {
    let mut all = vec![];
    let mut begin = 0;
    let mut marks = text.char_indices().peekable();
    while let Some((at, one)) = marks.next() {
        let after = at + one.len_utf8();
        let after = after + closing(&text[after..]);
        let spaces = text[after..].len() - text[after..].trim_start().len();
        let next = text[after + spaces..].chars().next();
        let before = &text[begin..at];
        let ends = match one {
            '\n' => !before.trim_end().ends_with([':', '：']),
            '。' | '！' | '？' => true,
            '.' if is_title(before) => false,
            '.' | '!' | '?' | '…' => spaces > 0 && next.is_none_or(|next| !next.is_lowercase()),
            _ => false,
        };
        if ends {
            let end = after + spaces;
            all.push(&text[begin..end]);
            begin = end;
            while marks.next_if(|(at, _)| *at < end).is_some() {}
        }
    }
    if begin < text.len() {
        all.push(&text[begin..]);
    }
    all
}

/// How much of what follows a mark closes quotes or brackets.
fn closing(after: &str) -> usize {
    let mut length = 0;
    for (at, one) in after.char_indices() {
        match one {
            '»' | '”' | '’' | '"' | ')' | ']' | '」' | '）' => length = at + one.len_utf8(),
            ' ' | '\u{a0}' | '\u{202f}' => {}
            _ => break,
        }
    }
    length
}

/// Does it end with a title or an initial, after which a full stop ends nothing?
fn is_title(before: &str) -> bool {
    let word = before.rsplit(|one: char| !one.is_alphanumeric()).next().unwrap_or_default();
    let is_initial = word.chars().count() == 1 && word.chars().all(char::is_uppercase);
    is_initial || ["MM", "Me", "Dr", "Pr", "Mr", "Mrs", "Ms", "St"].contains(&word)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALICE: Variables<'_> =
        Variables { operator: Some("Alice"), position: Some(2), wait: None, visitor: None, custom: None };

    fn said(text: &str) -> String {
        fill_in(text, ALICE).text
    }

    #[test]
    fn what_is_known_is_filled_in_and_what_fills_it_in_is_not_looked_at_again() {
        let with = Variables { operator: Some("{position} {"), position: Some(2), ..Variables::default() };
        assert_eq!(fill_in("{operator} {position}", with).text, "{position} { 2");
    }

    #[test]
    fn a_sentence_that_depends_on_something_unknown_is_left_out() {
        assert_eq!(said("Position {position}. Attente\u{a0}: {wait}\u{a0}min."), "Position 2.");
        assert_eq!(said("Attente\u{a0}: {wait} min. Position {position}."), "Position 2.");
        assert_eq!(
            said("Un instant\u{202f}! {visitor}, patientez\u{202f}? Merci."),
            "Un instant\u{202f}! Merci."
        );
        assert_eq!(said("Ligne {wait}\nPosition {position}"), "Position 2");
        assert_eq!(said("お待ちください。あと{wait}分です。"), "お待ちください。");
        assert_eq!(said("Bonjour {visitor}."), "");
    }

    #[test]
    fn an_abbreviation_ends_no_sentence() {
        assert_eq!(said("Encore {wait} min. d’attente. Merci."), "Merci.");
    }

    #[test]
    fn a_title_a_colon_and_a_closing_quote_end_no_sentence_alone() {
        assert_eq!(said("M. {visitor}, merci. Un instant."), "Un instant.");
        assert_eq!(said("Dr. {visitor} (J. {visitor}). Un instant."), "Un instant.");
        assert_eq!(said("Attente estimée\u{a0}:\n{wait}\u{a0}min.\nMerci."), "Merci.");
        assert_eq!(said("«\u{a0}Bonjour {visitor}.\u{a0}» Merci."), "Merci.");
        assert_eq!(said("(Attente\u{a0}: {wait} min.) Merci."), "Merci.");
        assert_eq!(said("“{visitor}!” Position {position}."), "Position 2.");
    }

    #[test]
    fn a_part_between_double_brackets_is_left_out_alone() {
        assert_eq!(said("Bonjour[[ {visitor}]], {operator} vous écoute."), "Bonjour, Alice vous écoute.");
        assert_eq!(said("Position {position}[[ sur {contrat}]]."), "Position 2.");
        assert_eq!(said("[[{operator} vous écoute.]]"), "Alice vous écoute.");
        assert_eq!(said("[simple] [[ouvert"), "[simple] [[ouvert");
    }

    #[test]
    fn a_name_that_nobody_knows_is_never_shown_raw() {
        let filled = fill_in("Merci. Votre contrat {contrat} est suivi.", ALICE);
        assert_eq!(filled.text, "Merci.");
        assert_eq!(filled.left_out, ["Votre contrat {contrat} est suivi."]);
        assert_eq!(filled.unknown, BTreeSet::from(["contrat".to_owned()]));
        for name in
            ["{ contrat }", "{n° client}", "{1er}", "{client/contrat}", "{prix €}", "{договор}", "{契約}"]
        {
            assert_eq!(said(&format!("Merci. Votre {name} est suivi.")), "Merci.", "{name}");
        }
        let custom = BTreeMap::from([("n° client".to_owned(), "42".to_owned().into())]);
        let with = Variables { custom: Some(&custom), ..ALICE };
        assert_eq!(fill_in("Client {n° client} et { n° client }.", with).text, "Client 42 et 42.");
    }

    #[test]
    fn braces_around_no_name_stay_and_an_empty_value_is_none() {
        assert_eq!(said("Accolades {} { } {1} {a: 1} {"), "Accolades {} { } {1} {a: 1} {");
        let custom = BTreeMap::from([("contrat".to_owned(), " ".to_owned().into())]);
        let with = Variables { custom: Some(&custom), ..ALICE };
        assert_eq!(fill_in("Contrat {contrat}. Merci.", with).text, "Merci.");
    }
}
