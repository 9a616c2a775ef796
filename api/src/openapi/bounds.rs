//! The lengths of texts in the OpenAPI document, from the limits that the rules keep.

use domain::limits::{MESSAGE_CHARACTERS_MAX, NAME_CHARACTERS_MAX, NOTE_CHARACTERS_MAX};
use utoipa::openapi::{OpenApi, RefOr, Schema};

/// The most characters of each kind of text; the least is one.
const TEXTS: [(&str, usize); 6] = [
    ("Text", MESSAGE_CHARACTERS_MAX),
    ("Name", NAME_CHARACTERS_MAX),
    ("Note", NOTE_CHARACTERS_MAX),
    ("Personal_Text", MESSAGE_CHARACTERS_MAX),
    ("Personal_Name", NAME_CHARACTERS_MAX),
    ("Personal_Note", NOTE_CHARACTERS_MAX),
];

/// Tells how long texts may be.
pub(super) fn describe(document: &mut OpenApi) {
    let schemas = &mut document.components.get_or_insert_default().schemas;
    for (name, characters_max) in TEXTS {
        if let Some(RefOr::T(Schema::Object(text))) = schemas.get_mut(name) {
            text.min_length = Some(1);
            text.max_length = Some(characters_max);
        }
    }
}
