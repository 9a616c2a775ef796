//! Optional bodies, and empty ones: documented once for all routes.

use utoipa::ToSchema;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::path::Operation;
use utoipa::openapi::request_body::{RequestBody, RequestBodyBuilder};
use utoipa::openapi::schema::{SchemaType, Type};
use utoipa::openapi::{OpenApi, Ref, RefOr, Required, Schema};

use crate::http::request::EmptyBody;

/// Documents which bodies are optional, and that a change without a body of its own takes an empty one.
///
/// The body of a `DELETE` is read in the same way but not documented: HTTP gives it no meaning.
pub(super) fn describe(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let changes = [&mut item.post, &mut item.put, &mut item.patch];
        for operation in changes.into_iter().flatten() {
            match &mut operation.request_body {
                Some(body) => leave_out_if_any(body),
                None if path.contains("{livechat}") || path.contains("{account}") => {
                    carries_nothing(operation);
                }
                None => {}
            }
        }
    }
}

/// An optional body is left out, and not `null`.
fn leave_out_if_any(body: &mut RequestBody) {
    for content in body.content.values_mut() {
        let Some(RefOr::T(Schema::OneOf(any))) = &mut content.schema else { continue };
        let all = any.items.len();
        any.items.retain(|item| !is_null(item));
        if let ([only], true) = (any.items.as_slice(), any.items.len() < all) {
            content.schema = Some(only.clone());
            body.required = Some(Required::False);
        }
    }
}

fn is_null(schema: &RefOr<Schema>) -> bool {
    matches!(schema, RefOr::T(Schema::Object(object)) if object.schema_type == SchemaType::Type(Type::Null))
}

fn carries_nothing(operation: &mut Operation) {
    let content = ContentBuilder::new().schema(Some(Ref::from_schema_name(EmptyBody::name()))).build();
    let body = RequestBodyBuilder::new()
        .description(Some("Nothing: it may be left out, and has no fields"))
        .content("application/json", content)
        .required(Some(Required::False));
    operation.request_body = Some(body.build());
}
