//! Parameters as they are documented: a text, a number or a word, never null, which an address or a header cannot
//! express.

use utoipa::openapi::path::Parameter;
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{OpenApi, RefOr, Schema};

use super::answers::operations;

/// The revision in a condition (RFC 9110 §13), as the extractor reads it.
const REVISION: &str = r#"^("[0-9]{1,19}"|[0-9]{1,19}|\*)$"#;

/// Removes null from every parameter, and documents the form of a revision.
pub(super) fn describe(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            operation.parameters.iter_mut().flatten().for_each(describe_one);
        }
    }
}

fn describe_one(parameter: &mut Parameter) {
    let Some(RefOr::T(schema)) = &mut parameter.schema else { return };
    if let Schema::OneOf(either) = schema {
        either.items.retain(|item| !is_null(item));
        if let [RefOr::Ref(only)] = either.items.as_slice() {
            parameter.schema = Some(RefOr::Ref(only.clone()));
        }
        return;
    }
    let Schema::Object(object) = schema else { return };
    if let SchemaType::Array(kinds) = &mut object.schema_type {
        kinds.retain(|kind| *kind != Type::Null);
        if let [only] = kinds.as_slice() {
            object.schema_type = SchemaType::Type(only.clone());
        }
    }
    if parameter.name == "If-Match" {
        object.pattern = Some(REVISION.to_owned());
    }
}

fn is_null(item: &RefOr<Schema>) -> bool {
    matches!(item, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null))
}
