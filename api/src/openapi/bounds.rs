//! Bounds of texts, lists, tables and numbers in the OpenAPI document: from the limits of the rules.
//!
//! Lengths are in characters, after tidying (spec.md §Names, lines, texts, addresses). The ranges of settings come from
//! their sections.

use std::ops::RangeInclusive;

use accounts::account::Role;
use accounts::limits::ROLES_MAX;
use domain::limits::{
    ADDRESS_CHARACTERS_MAX, ARTICLE_CHARACTERS_MAX, ARTICLES_MAX, CANNED_REPLIES_MAX,
    CARD_VALUE_CHARACTERS_MAX, CARD_VARIABLES_MAX, FILE_BYTES_MAX, HISTORY_LINES_MAX, HOURS_EXCEPTIONS_MAX,
    HOURS_LABEL_CHARACTERS_MAX, HOURS_RANGES_PER_DAY_MAX, IDENTIFIER_CHARACTERS_MAX, LABEL_CHARACTERS_MAX,
    LONG_ANSWER_CHARACTERS_MAX, MESSAGE_CHARACTERS_MAX, NAME_CHARACTERS_MAX, NOTE_CHARACTERS_MAX,
    ORIGINS_MAX, PHRASE_CHARACTERS_MAX, SKILLS_MAX, SURVEY_CHOICES_MAX, SURVEY_FIELDS_MAX, SURVEYS_MAX,
};
use domain::settings::Phrase;
use domain::settings::visitor_card::CardField;
use domain::text::Language;
use serde_json::{Map, Value};

use super::path_parameters::IDENTIFIER;
use crate::limits::{
    API_KEY_NETWORKS_MAX, API_KEY_SCOPES_MAX, CODE_CHARACTERS_MAX, LINK_SECRET_CHARACTERS_MAX,
    NETWORK_CHARACTERS_MAX, SCOPE_CHARACTERS_MAX, TYPED_ADDRESS_CHARACTERS_MAX,
};
use Bound::{Characters, Entries, Items, Range};

/// The bound of a value.
#[derive(Clone)]
enum Bound {
    /// The characters of a text.
    Characters(RangeInclusive<usize>),
    /// The most entries of a list.
    Items(usize),
    /// The most fields of an object whose names are free.
    Entries(usize),
    /// A whole number, of what it counts: the rules name its range, beside everything else that is wrong.
    Range(RangeInclusive<u64>, &'static str),
}

/// The maximum length of a value with a form of its own: a media type, the name of a time zone, an origin.
const FORMED_CHARACTERS_MAX: usize = 255;

/// The bound of every place below `#/components/schemas/` that a reference does not lead on from, or that is
/// narrower than what its reference leads to.
fn bounds() -> Vec<(&'static str, Bound)> {
    let name = Characters(1..=NAME_CHARACTERS_MAX);
    let label = Characters(1..=LABEL_CHARACTERS_MAX);
    let fact = Characters(0..=CARD_VALUE_CHARACTERS_MAX);
    let formed = Characters(1..=FORMED_CHARACTERS_MAX);
    let day = Items(HOURS_RANGES_PER_DAY_MAX);
    let exceptions = Items(HOURS_EXCEPTIONS_MAX);
    let languages = Entries(Language::ALL.len());
    let facts = CardField::BUILT_IN.len() + CARD_VARIABLES_MAX;
    vec![
        ("Name", name.clone()),
        ("Note", Characters(1..=NOTE_CHARACTERS_MAX)),
        ("Personal_Text", Characters(1..=MESSAGE_CHARACTERS_MAX)),
        ("Personal_Name", name.clone()),
        ("Personal_Note", Characters(1..=NOTE_CHARACTERS_MAX)),
        ("Personal_Address", Characters(3..=ADDRESS_CHARACTERS_MAX)),
        ("Personal_String", Characters(0..=LONG_ANSWER_CHARACTERS_MAX)),
        ("DeskCommand/oneOf/1/properties/text", Characters(1..=MESSAGE_CHARACTERS_MAX)),
        ("DeskCommand/oneOf/2/properties/text", Characters(1..=MESSAGE_CHARACTERS_MAX)),
        ("DeskCommand/oneOf/3/properties/note", Characters(1..=NOTE_CHARACTERS_MAX)),
        ("VisitorCommand/oneOf/0/properties/text", Characters(1..=MESSAGE_CHARACTERS_MAX)),
        ("TimeZone", formed.clone()),
        ("ClockTime", Characters(5..=5)),
        ("Identity/properties/name", name.clone()),
        ("LivechatChange/properties/name", name.clone()),
        ("NewApiKey/properties/scopes", Items(API_KEY_SCOPES_MAX)),
        ("NewApiKey/properties/scopes/items", Characters(1..=SCOPE_CHARACTERS_MAX)),
        ("NewApiKey/properties/networks", Items(API_KEY_NETWORKS_MAX)),
        ("NewApiKey/properties/networks/items", Characters(2..=NETWORK_CHARACTERS_MAX)),
        ("ApiKeyPatch/properties/networks", Items(API_KEY_NETWORKS_MAX)),
        ("ApiKeyPatch/properties/networks/items", Characters(2..=NETWORK_CHARACTERS_MAX)),
        ("Profile/properties/skills", Items(SKILLS_MAX)),
        ("Request/properties/history", Items(HISTORY_LINES_MAX)),
        ("Card/properties/browser/oneOf/1", fact.clone()),
        ("Card/properties/country/oneOf/1", fact.clone()),
        ("Card/properties/page_title/oneOf/1", fact.clone()),
        ("Card/properties/page_url/oneOf/1", fact.clone()),
        ("Card/properties/referrer/oneOf/1", fact.clone()),
        ("Card/properties/system/oneOf/1", fact.clone()),
        ("Card/properties/variables", Entries(CARD_VARIABLES_MAX)),
        ("Card/properties/variables/propertyNames", fact.clone()),
        ("Card/properties/variables/additionalProperties", fact.clone()),
        ("Answers", Entries(SURVEY_FIELDS_MAX)),
        ("FieldAnswer/oneOf/2/properties/choices", Items(SURVEY_CHOICES_MAX)),
        ("FieldAnswer/oneOf/3/properties/rating", Range(1..=5, "points")),
        ("File/properties/bytes", Range(1..=FILE_BYTES_MAX, "bytes")),
        ("File/properties/media_type", formed.clone()),
        ("Article/properties/title", name.clone()),
        ("Article/properties/theme", name.clone()),
        ("Article/properties/body", Characters(0..=ARTICLE_CHARACTERS_MAX)),
        ("Knowledge", Items(ARTICLES_MAX)),
        ("CannedReplies", Items(CANNED_REPLIES_MAX)),
        ("CannedReply/properties/title", name.clone()),
        ("CannedReply/properties/theme", name.clone()),
        ("CannedReply/properties/text", languages.clone()),
        ("CannedReply/properties/text/additionalProperties", Characters(1..=MESSAGE_CHARACTERS_MAX)),
        ("VisitorCard", Items(facts)),
        ("CardField/oneOf/10/properties/variable", name.clone()),
        ("Skills", Items(SKILLS_MAX)),
        ("Skill/properties/name", languages.clone()),
        ("Skill/properties/name/additionalProperties", name.clone()),
        ("Surveys", Items(SURVEYS_MAX)),
        ("Survey/properties/name", name.clone()),
        ("Survey/properties/title", languages.clone()),
        ("Survey/properties/title/additionalProperties", label.clone()),
        ("Survey/properties/fields", Items(SURVEY_FIELDS_MAX)),
        ("Field/properties/label", languages.clone()),
        ("Field/properties/label/additionalProperties", label.clone()),
        ("Field/properties/choices", Items(SURVEY_CHOICES_MAX)),
        ("Choice/properties/label", languages.clone()),
        ("Choice/properties/label/additionalProperties", label),
        ("OpeningHours/properties/exceptions", exceptions.clone()),
        ("Schedule/properties/exceptions", exceptions),
        ("OpeningHoursException/properties/label", Characters(0..=HOURS_LABEL_CHARACTERS_MAX)),
        ("OpeningHoursException/properties/ranges", day.clone()),
        ("Week/properties/monday", day.clone()),
        ("Week/properties/tuesday", day.clone()),
        ("Week/properties/wednesday", day.clone()),
        ("Week/properties/thursday", day.clone()),
        ("Week/properties/friday", day.clone()),
        ("Week/properties/saturday", day.clone()),
        ("Week/properties/sunday", day),
        ("Origins/properties/allowed", Items(ORIGINS_MAX)),
        ("Origins/properties/allowed/items", formed),
        ("Phrases", Entries(Phrase::ALL.len())),
        ("Wording/properties/text", languages),
        ("Wording/properties/text/additionalProperties", Characters(1..=PHRASE_CHARACTERS_MAX)),
        ("PhraseExample/properties/text", Characters(1..=PHRASE_CHARACTERS_MAX)),
        ("PhraseExample/properties/operator", Characters(1..=CARD_VALUE_CHARACTERS_MAX)),
        ("PhraseExample/properties/visitor", Characters(1..=CARD_VALUE_CHARACTERS_MAX)),
        ("PhraseExample/properties/position", Range(1..=1_000_000, "places")),
        ("PhraseExample/properties/wait", Range(1..=1_000_000, "min")),
        ("PhraseExample/properties/variables", Entries(CARD_VARIABLES_MAX)),
        ("PhraseExample/properties/variables/propertyNames", fact.clone()),
        ("PhraseExample/properties/variables/additionalProperties", fact),
    ]
}

/// The same of what is asked of accounts.
fn bounds_of_accounts() -> Vec<(&'static str, Bound)> {
    let name = Characters(1..=NAME_CHARACTERS_MAX);
    let typed = Characters(1..=TYPED_ADDRESS_CHARACTERS_MAX);
    let secret = Characters(1..=LINK_SECRET_CHARACTERS_MAX);
    vec![
        ("NewSession/properties/address", Characters(0..=TYPED_ADDRESS_CHARACTERS_MAX)),
        ("NewSession/properties/code", Characters(0..=CODE_CHARACTERS_MAX)),
        ("Refresh/properties/refresh_token", Characters(0..=LINK_SECRET_CHARACTERS_MAX)),
        ("OwnAccountChange/properties/name", name.clone()),
        ("Code/properties/code", Characters(0..=CODE_CHARACTERS_MAX)),
        ("AccountDraft/properties/address", typed.clone()),
        ("AccountDraft/properties/name", name.clone()),
        ("AccountDraft/properties/roles", Items(ROLES_MAX)),
        ("AccountChange/properties/address", typed.clone()),
        ("AccountChange/properties/name", name.clone()),
        ("AccountChange/properties/roles", Items(ROLES_MAX)),
        ("NewMember/properties/address", typed.clone()),
        ("NewMember/properties/name", name.clone()),
        ("NewMember/properties/roles", Items(Role::ALL.len())),
        ("MemberRoles/properties/roles", Items(Role::ALL.len())),
        ("FirstAdministrator/properties/address", typed),
        ("FirstAdministrator/properties/name", name),
        ("FirstAdministrator/properties/secret", secret.clone()),
        ("LinkInHand/properties/secret", secret.clone()),
        ("LinkUse/properties/secret", secret),
        ("ForgottenPassword/properties/address", Characters(0..=TYPED_ADDRESS_CHARACTERS_MAX)),
    ]
}

/// Adds a bound to every value; whole numbers and identifiers without one of their own get that of their form.
pub(super) fn describe(document: &mut Value) {
    if let Some(schemas) = document.pointer_mut("/components/schemas") {
        for (place, bound) in bounds().into_iter().chain(bounds_of_accounts()) {
            if let Some(schema) = schemas.pointer_mut(&format!("/{place}")).and_then(Value::as_object_mut) {
                bound.tell(schema);
            }
        }
    }
    bound_forms(document);
}

impl Bound {
    fn tell(self, schema: &mut Map<String, Value>) {
        let mut set = |key: &str, value: Value| schema.insert(key.to_owned(), value);
        match self {
            Characters(range) => {
                if *range.start() > 0 {
                    set("minLength", (*range.start()).into());
                }
                set("maxLength", (*range.end()).into());
            }
            Items(most) => {
                set("maxItems", most.into());
            }
            Entries(most) => {
                set("maxProperties", most.into());
            }
            Range(range, unit) => {
                set("x-unit", unit.into());
                set("minimum", (*range.start()).into());
                set("maximum", (*range.end()).into());
            }
        }
    }
}

fn bound_forms(value: &mut Value) {
    match value {
        Value::Object(schema) => {
            let most = match schema.get("format").and_then(Value::as_str) {
                Some("int32") => Some(i64::from(i32::MAX)),
                Some("int64") => Some(i64::MAX),
                _ => None,
            };
            if let Some(most) = most {
                schema.entry("maximum").or_insert_with(|| most.into());
            }
            if schema.get("pattern").and_then(Value::as_str) == Some(IDENTIFIER) {
                schema.entry("maxLength").or_insert_with(|| IDENTIFIER_CHARACTERS_MAX.into());
            }
            schema.values_mut().for_each(bound_forms);
        }
        Value::Array(items) => items.iter_mut().for_each(bound_forms),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::routes::document;

    #[test]
    fn every_bound_has_its_place() {
        let document = document();
        for (place, _) in bounds() {
            let schema = document.pointer(&format!("/components/schemas/{place}"));
            assert!(schema.is_some_and(Value::is_object), "there is no {place}");
        }
    }

    /// A value with neither a bound, nor a form, nor a list of words.
    fn unbounded(
        document: &Value,
        at: &str,
        schema: &Value,
        seen: &mut BTreeSet<String>,
        found: &mut Vec<String>,
    ) {
        let Value::Object(fields) = schema else {
            for (index, item) in schema.as_array().into_iter().flatten().enumerate() {
                unbounded(document, &format!("{at}/{index}"), item, seen, found);
            }
            return;
        };
        if let Some(reference) = fields.get("$ref").and_then(Value::as_str)
            && seen.insert(reference.to_owned())
        {
            unbounded(document, reference, document.pointer(&reference[1..]).unwrap(), seen, found);
        }
        let is = |kind: &str| {
            let kinds = &schema["type"];
            kinds == kind || kinds.as_array().is_some_and(|kinds| kinds.contains(&kind.into()))
        };
        let has = |keys: &[&str]| keys.iter().any(|key| fields.contains_key(*key));
        let is_free = schema["additionalProperties"].is_object();
        let is_unbounded = is("string") && !has(&["maxLength", "enum", "format", "pattern"])
            || is("array") && !has(&["maxItems", "uniqueItems"])
            || is("integer") && !has(&["maximum"])
            || is("object") && is_free && !has(&["maxProperties"]);
        if is_unbounded {
            found.push(at.to_owned());
        }
        for (key, value) in fields.iter().filter(|(key, _)| *key != "example" && *key != "default") {
            unbounded(document, &format!("{at}/{key}"), value, seen, found);
        }
    }

    #[test]
    fn whatever_can_be_sent_is_bounded() {
        let document = document();
        let (mut seen, mut found) = (BTreeSet::new(), vec![]);
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, operation) in item.as_object().unwrap() {
                let at = format!("{method} {path}");
                unbounded(&document, &at, &operation["requestBody"], &mut seen, &mut found);
            }
        }
        for said in ["DeskCommand", "VisitorCommand"] {
            unbounded(&document, said, &document["components"]["schemas"][said], &mut seen, &mut found);
        }
        assert!(seen.len() > 50, "only {} schemas can be sent", seen.len());
        assert_eq!(found, [""; 0]);
    }

    #[test]
    fn a_whole_number_has_the_bound_of_its_format() {
        let mut schema =
            serde_json::json!({ "a": { "format": "int32" }, "b": [{ "format": "int64", "maximum": 5 }] });
        bound_forms(&mut schema);
        assert_eq!(schema["a"]["maximum"], i32::MAX);
        assert_eq!(schema["b"][0]["maximum"], 5);
    }

    #[test]
    fn an_identifier_is_short_wherever_it_is_written() {
        let document = document();
        let in_path = "/paths/~1api~1v1~1livechats~1{livechat}~1board/parameters/0/schema";
        for place in ["/components/schemas/OperatorId", "/components/schemas/Answers/propertyNames", in_path]
        {
            let schema = document.pointer(place).unwrap();
            assert_eq!(
                (&schema["pattern"], &schema["maxLength"]),
                (&IDENTIFIER.into(), &64.into()),
                "{place}"
            );
        }
    }
}
