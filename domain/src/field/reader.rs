//! What a reader of types (serde) says of a value that it cannot read, in the words of [`FieldError`].

use super::FieldError;
use crate::bilingual::{Bilingual, both};
use crate::both;

/// The field that is wrong and what it allows. Where the path does not lead to it (a missing field, or
/// a frame that is read as a whole before its type is known), the message names it.
pub fn of_reader(path: &str, message: &str) -> FieldError {
    let message = without_place(message);
    let parent = (!matches!(path, "." | "")).then_some(path);
    let quoted = |before: &str| Some(message.strip_prefix(before)?.split_once('`')?.0);
    if let Some(missing) = quoted("missing field `") {
        let field = parent.map_or_else(|| missing.to_owned(), |parent| format!("{parent}.{missing}"));
        return FieldError::new(field, both("required", "obligatoire"));
    }
    let is_name = |text: &&str| text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let said = message.split_once(": ").filter(|(name, _)| is_name(name));
    let (name, allowed) = said.map_or((None, message), |(name, allowed)| (Some(name), allowed));
    let field = parent.or(name).or_else(|| quoted("unknown field `")).unwrap_or("body");
    FieldError::new(field, Bilingual::from_one(allowed).unwrap_or_else(|| in_words(allowed)))
}

/// The message of a deserializer for a wrong value, in words for people who have never seen the code.
fn in_words(message: &str) -> Bilingual {
    let is_of_no_kind = ["data did not match any variant", "no variant of enum", "invalid length "];
    if is_of_no_kind.iter().any(|said| message.starts_with(said)) {
        return both("a value of one of the documented forms", "une valeur d’une des formes documentées");
    }
    if let Some((word, words)) = unknown_word(message, "unknown variant `") {
        return both!("one of {words}, not {word}", "un parmi {words}, et non {word}");
    }
    if let Some((_, fields)) = unknown_word(message, "unknown field `") {
        return both!("nothing: what is known here is {fields}", "rien\u{a0}: on connaît ici {fields}");
    }
    if message.starts_with("unknown field `") {
        return both("nothing: there are no fields here", "rien\u{a0}: il n’y a aucun champ ici");
    }
    if message.starts_with("duplicate field `") {
        return both("each field once", "chaque champ une seule fois");
    }
    let wrong = message.strip_prefix("invalid type: ").or_else(|| message.strip_prefix("invalid value: "));
    let Some((found, expected)) = wrong.and_then(|wrong| wrong.rsplit_once(", expected ")) else {
        return Bilingual::same(message.to_owned());
    };
    let starts = |beginnings: &[&str]| beginnings.iter().any(|start| expected.starts_with(start));
    let (expected, attendu) = match expected {
        "i64" | "u64" | "i32" | "u32" | "i16" | "u16" | "i8" | "u8" | "isize" | "usize" => {
            ("a whole number", "un nombre entier")
        }
        "f64" | "f32" => ("a number", "un nombre"),
        "a boolean" => ("true or false", "true ou false"),
        "a sequence" => ("a list", "une liste"),
        "a map" => ("an object", "un objet"),
        "a string" => ("a text", "un texte"),
        _ if starts(&["tuple ", "a tuple ", "an array "]) => ("a list", "une liste"),
        _ if starts(&["struct ", "internally tagged enum ", "adjacently tagged enum "]) => {
            ("an object", "un objet")
        }
        _ if starts(&["enum ", "variant identifier", "field identifier", "string or map"]) => {
            ("a word or an object", "un mot ou un objet")
        }
        other => (other, other),
    };
    Bilingual::new(
        format!("{expected}, not {}", found_in(found)),
        format!("{attendu}, et non {}", trouve(found)),
    )
}

/// An unknown word, followed by the known ones: `a`, `b`.
fn unknown_word(message: &str, said: &str) -> Option<(String, String)> {
    let (word, known) = message.strip_prefix(said)?.split_once("`, expected ")?;
    let known = known.strip_prefix("one of ").unwrap_or(known).replace(" or ", ", ").replace('`', "");
    Some((word.to_owned(), known))
}

fn found_in(found: &str) -> String {
    match found {
        "map" => "an object".to_owned(),
        "sequence" => "a list".to_owned(),
        text if text.starts_with("string ") && text.len() > FOUND_BYTES_MAX => "a text".to_owned(),
        other => value_of(other, "the text ", "the number "),
    }
}

fn trouve(found: &str) -> String {
    match found {
        "map" => "un objet".to_owned(),
        "sequence" => "une liste".to_owned(),
        text if text.starts_with("string ") && text.len() > FOUND_BYTES_MAX => "un texte".to_owned(),
        other => value_of(other, "le texte ", "le nombre "),
    }
}

fn value_of(found: &str, text: &str, number: &str) -> String {
    found
        .replacen("string ", text, 1)
        .replacen("integer ", number, 1)
        .replacen("floating point ", number, 1)
        .replacen("boolean ", "", 1)
        .replace('`', "")
}

/// Bytes of a wrong value that are repeated in the answer: enough to recognise it.
const FOUND_BYTES_MAX: usize = 60;

/// The message without "at line 1 column 12": the field says where.
fn without_place(message: &str) -> &str {
    message.split(" at line ").next().unwrap_or(message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_the_path_does_not_lead_to_is_named_all_the_same() {
        let named = |path, message| of_reader(path, message).field;
        assert_eq!(named(".", "missing field `text`"), "text");
        assert_eq!(named("visitor", "missing field `id`"), "visitor.id");
        assert_eq!(named(".", "unknown field `colour`, expected `text`"), "colour");
        assert_eq!(named("card.colour", "unknown field `colour`, expected `browser`"), "card.colour");
        assert_eq!(named(".", "text: 1 to 5000 characters, without NUL"), "text");
        assert_eq!(named("visitor.id", "visitor: 1 to 64 characters"), "visitor.id");
        assert_eq!(named(".", "invalid type: map, expected a string"), "body");
    }

    #[test]
    fn nothing_that_a_reader_says_has_names_of_the_code() {
        let told = |message| of_reader("field", message).allowed;
        for (message, en, fr) in [
            (
                "invalid type: string \"five\", expected i64",
                "a whole number, not the text \"five\"",
                "un nombre entier, et non le texte \"five\"",
            ),
            (
                "invalid type: integer `3`, expected struct Capacity",
                "an object, not the number 3",
                "un objet, et non le nombre 3",
            ),
            (
                "invalid type: map, expected a tuple of size 2",
                "a list, not an object",
                "une liste, et non un objet",
            ),
            ("invalid length 0, expected tuple struct TimeRange with 2 elements", FORMS.0, FORMS.1),
            ("data did not match any variant of untagged enum Field", FORMS.0, FORMS.1),
            (
                "unknown variant `sideways`, expected one of `left`, `right`, `top`",
                "one of left, right, top, not sideways",
                "un parmi left, right, top, et non sideways",
            ),
            (
                "unknown variant `up`, expected `left` or `right`",
                "one of left, right, not up",
                "un parmi left, right, et non up",
            ),
            (
                "unknown field `colour`, expected `text`",
                "nothing: what is known here is text",
                "rien\u{a0}: on connaît ici text",
            ),
            (
                "unknown field `colour`, there are no fields",
                "nothing: there are no fields here",
                "rien\u{a0}: il n’y a aucun champ ici",
            ),
            ("duplicate field `a` at line 1 column 12", "each field once", "chaque champ une seule fois"),
        ] {
            assert_eq!(told(message), Bilingual::new(en, fr), "{message}");
        }
    }

    const FORMS: (&str, &str) =
        ("a value of one of the documented forms", "une valeur d’une des formes documentées");
}
