//! Filling in: the value of each variable, and what is left out where there is none.
//!
//! A part of a phrase that depends on something unknown is left out, so that no phrase has a hole: the part between
//! `[[` and `]]` that names it, else the sentence that does ([`sentences`](super::sentences)). Whatever stands between
//! two braces on one line is a variable, and one that nobody knows is unknown as well; empty braces stay as they are
//! written.
//!
//! A value with another direction than the phrase is isolated, so that it reverses nothing beside it.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::sentences::sentences;
use crate::limits::{CARD_VALUE_CHARACTERS_MAX, MESSAGE_CHARACTERS_MAX};
use crate::personal::Personal;
use crate::text::{Rule, isolated_in, reads_right_to_left, shows_something};

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
    /// The unknown variables that cause this.
    pub unknown: BTreeSet<String>,
}

/// Fills in the variables; what fills one in is not looked at again.
pub fn fill_in(text: &str, with: Variables<'_>) -> Filled {
    let mut filled = Filled::default();
    let written = fragments(text).filter_map(|piece| match piece {
        Fragment::Text(text) => Some(text),
        Fragment::Variable(_) => None,
    });
    let known = Known { with, right_to_left: reads_right_to_left(written.flat_map(str::chars)) };
    let without_options = optional_parts(text, known, &mut filled);
    for sentence in sentences(&without_options) {
        match part(sentence, known) {
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

/// The names of the variables in a text, as they are known.
pub fn names(text: &str) -> impl Iterator<Item = Cow<'_, str>> {
    fragments(text).filter_map(|piece| match piece {
        Fragment::Variable(name) => Some(known_as(name)),
        Fragment::Text(_) => None,
    })
}

/// What is known, and where it will stand.
#[derive(Clone, Copy)]
struct Known<'a> {
    with: Variables<'a>,
    /// The direction of the phrase.
    right_to_left: bool,
}

/// The text without its `[[` optional parts `]]` that name something unknown; the others lose their brackets.
fn optional_parts(text: &str, known: Known<'_>, filled: &mut Filled) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, (inside, after))) =
        rest.split_once("[[").and_then(|(before, from)| Some((before, from.split_once("]]")?)))
    {
        kept.push_str(before);
        rest = after;
        match part(inside, known) {
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
fn part(text: &str, known: Known<'_>) -> Result<String, Vec<String>> {
    let mut said = String::with_capacity(text.len());
    let mut unknown = vec![];
    for piece in fragments(text) {
        match piece {
            Fragment::Text(text) => said.push_str(text),
            Fragment::Variable(name) => match known.value_of(name) {
                Some(value) => said.push_str(&isolated_in(known.right_to_left, &value)),
                None => unknown.push(known_as(name).into_owned()),
            },
        }
    }
    if unknown.is_empty() { Ok(said) } else { Err(unknown) }
}

/// A piece of a phrase as it is written.
enum Fragment<'a> {
    Text(&'a str),
    /// What is between braces.
    Variable(&'a str),
}

fn fragments(text: &str) -> impl Iterator<Item = Fragment<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        if let Some(name) = variable_at(rest) {
            rest = &rest[name.len() + 2..];
            return Some(Fragment::Variable(name.trim()));
        }
        // Up to the next brace that begins a variable.
        let next = rest.char_indices().skip(1).find(|(at, _)| variable_at(&rest[*at..]).is_some());
        let (before, after) = rest.split_at(next.map_or(rest.len(), |(at, _)| at));
        rest = after;
        Some(Fragment::Text(before))
    })
}

/// The variable that the text begins with: what is between two braces on one line, and shows something.
fn variable_at(text: &str) -> Option<&str> {
    let inside = text.strip_prefix('{')?;
    let name = &inside[..inside.find(['{', '}', '\n'])?];
    (inside[name.len()..].starts_with('}') && shows_something(name)).then_some(name)
}

/// A variable as the visitor card names it, which is a line: composed, and without blanks at its ends.
fn known_as(name: &str) -> Cow<'_, str> {
    Rule::line(CARD_VALUE_CHARACTERS_MAX).read(name).unwrap_or(Cow::Borrowed(name))
}

impl<'a> Known<'a> {
    /// The value of a variable; `None` when it is unknown. The names of Pupitre win over those of the site.
    fn value_of(self, name: &str) -> Option<Cow<'a, str>> {
        let Variables { operator, position, wait, visitor, custom } = self.with;
        let known_as = known_as(name);
        let value: Option<Cow<'a, str>> = match known_as.as_ref() {
            "operator" => operator.map(Into::into),
            "visitor" => visitor.map(Into::into),
            "position" => position.map(|position| position.to_string().into()),
            "wait" => wait.map(|minutes| minutes.to_string().into()),
            // An old log may have it in another spelling.
            known_as => custom
                .and_then(|custom| custom.get(known_as).or_else(|| custom.get(name)))
                .map(|value| value.reveal().as_str().into()),
        };
        value.filter(|value| shows_something(value))
    }
}

#[cfg(test)]
mod tests {
    use unicode_normalization::UnicodeNormalization;

    use super::*;

    const ALICE: Variables<'_> =
        Variables { operator: Some("Alice"), position: Some(2), wait: None, visitor: None, custom: None };

    fn said(text: &str) -> String {
        fill_in(text, ALICE).text
    }

    #[test]
    fn placeholders_are_filled_in_once_and_their_values_are_not_expanded() {
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
    fn whatever_stands_between_two_braces_is_a_variable() {
        let names = [
            "contrat",
            "n° client",
            "1er achat",
            "1",
            "client’s",
            "client's",
            "a/b",
            "a: 1",
            "Côté (1)",
            "été",
            "e-mail",
            "ग्राहक",
            "ชื่อ",
            "שם",
            "名前",
            "👍",
            ".",
        ];
        for name in names {
            let custom = BTreeMap::from([(name.to_owned(), "42".to_owned().into())]);
            let with = Variables { custom: Some(&custom), ..ALICE };
            for written in [name.to_owned(), format!(" {name} "), name.nfd().collect()] {
                let text = format!("Merci. Réf. {{{written}}} notée.");
                assert_eq!(fill_in(&text, with).text, "Merci. Réf. 42 notée.", "{written}");
                let filled = fill_in(&text, ALICE);
                assert_eq!(filled.text, "Merci.", "{written}");
                assert_eq!(filled.unknown, BTreeSet::from([name.to_owned()]));
            }
        }
    }

    #[test]
    fn braces_around_nothing_stay_and_a_value_that_shows_nothing_is_none() {
        let text = "Accolades {} { } {\u{200B}} {a\nb} {";
        assert_eq!(said(text), text);
        assert_eq!(said("{{operator}}"), "{Alice}");
        for blank in ["", " ", "\u{200B}", "\u{2800}"] {
            let custom = BTreeMap::from([("contrat".to_owned(), blank.to_owned().into())]);
            let with = Variables { custom: Some(&custom), ..ALICE };
            assert_eq!(fill_in("Contrat {contrat}. Merci.", with).text, "Merci.");
        }
    }

    #[test]
    fn a_value_of_another_direction_is_set_apart() {
        let filled =
            |text: &str, operator: &str| fill_in(text, Variables { operator: Some(operator), ..ALICE }).text;
        assert_eq!(filled("{operator} : 2 minutes", "علي"), "\u{2068}علي\u{2069} : 2 minutes");
        assert_eq!(filled("Merci, {operator}.", "Zoé 2"), "Merci, Zoé 2.");
        assert_eq!(filled("{operator} {position}", "نور"), "\u{2068}نور\u{2069} 2");
        assert_eq!(filled("معك {operator}.", "علي"), "معك علي.");
        assert_eq!(filled("معك {operator}: {position}", "Alice"), "معك \u{2068}Alice\u{2069}: 2");
        assert_eq!(filled("אתם עם {operator}", "+33 6 12"), "אתם עם \u{2068}+33 6 12\u{2069}");
        assert_eq!(filled("Panier : {operator}", "שלום\nbonjour"), "Panier : \u{2068}שלום\u{2069}\nbonjour");
    }
}
