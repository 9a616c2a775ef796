//! The OpenAPI document: made from the code, served, committed as `api/openapi.json`, and checked by a
//! test to be the same.

mod answers;
mod bodies;
mod bounds;
mod flat;
mod frames;
mod operations;
mod parameters;
mod settings;

use serde_json::Value;
use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, KnownFormat, Object, ObjectBuilder, Schema, SchemaFormat, Type,
};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, Required, SecurityRequirement};
use utoipa::{Modify, OpenApi as _};

use projections::{Changes, QueueChanges};

use crate::auth::LIVE;
use crate::live::colleagues::Colleagues;
use crate::live::desk::{DeskCommand, DeskFrame, Snapshot};
use crate::live::feed_end::End;
use crate::live::floor::{HelpFrame, Totals};
use crate::live::queue::QueueLengths;
use crate::live::socket_frames::{Answer, SignalFrame};
use crate::live::transport::Reset;
use crate::live::visitor::{VisitorCommand, VisitorFrame};
use crate::live::visitor_snapshot::VisitorSnapshot;
use crate::playback::PlaybackEnd;
use crate::playback::floor::FloorChange;
use crate::problem::Problem;
use crate::request::EmptyBody;
use crate::routes;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Pupitre",
        description = "Livechat between the visitors of a web site and human operators. \
            Every command may carry an `Idempotency-Key` (a UUID): repeated with the same key, it is done once. \
            Errors are problem documents (RFC 9457) with a stable `code`."
    ),
    components(schemas(
        Problem, Snapshot, DeskFrame, DeskCommand, VisitorFrame, VisitorCommand, Answer, SignalFrame, Changes, HelpFrame, Totals, QueueChanges,
        QueueLengths, End, Reset, Colleagues, VisitorSnapshot, FloorChange, PlaybackEnd, EmptyBody
    )),
    modifiers(&Bearer)
)]
struct Document;

struct Bearer;

impl Modify for Bearer {
    fn modify(&self, document: &mut OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
        document.security = Some(vec![SecurityRequirement::new("bearer", Vec::<String>::new())]);
    }
}

/// What the document says before any route.
pub fn base() -> OpenApi {
    Document::openapi()
}

/// The whole document.
pub fn document() -> Value {
    complete(routes::documented().split_for_parts().1)
}

/// The whole document as text, the same whenever it is made: every object has its fields in the order of their names,
/// since extensions have none of their own.
///
/// # Errors
/// Never, as it is made.
pub fn text() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&document())
}

/// Writes out the routes of each section of the settings, names the parts of each path, which the routes read through
/// extractors of their own, and tells what everything may measure.
pub fn complete(mut document: OpenApi) -> Value {
    settings::describe(&mut document);
    operations::name(&mut document);
    bodies::describe(&mut document);
    answers::describe(&mut document);
    parameters::describe(&mut document);
    open_to_all(&mut document);
    frames::describe(&mut document);
    close_what_is_said(&mut document);
    loosen(&mut document);
    for (path, item) in &mut document.paths.paths {
        let parameters =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(parameter);
        item.parameters.get_or_insert_default().extend(parameters);
        if is_live(path) {
            item.parameters.get_or_insert_default().push(access_token());
        }
    }
    let mut document = serde_json::to_value(document).unwrap_or_else(|error| {
        tracing::error!(%error, "cannot serialize the OpenAPI document");
        Value::Null
    });
    rename(&mut document);
    omit_defaults(&mut document);
    bounds::describe(&mut document);
    flat::describe(&mut document);
    document
}

/// Schemas that are named after a type of the language, by what they are.
const RENAMED: [(&str, &str); 2] = [("u64", "Position"), ("BTreeMap", "SharesByOperator")];

fn rename(document: &mut Value) {
    for (from, to) in RENAMED {
        let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
        if let Some(schemas) = schemas
            && let Some(schema) = schemas.remove(from)
        {
            schemas.insert(to.to_owned(), schema);
        }
        let reference = |name: &str| format!("#/components/schemas/{name}");
        refer(document, &reference(from), &reference(to));
    }
}

fn refer(value: &mut Value, from: &str, to: &str) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref")
                && reference == from
            {
                to.clone_into(reference);
            }
            fields.values_mut().for_each(|field| refer(field, from, to));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| refer(item, from, to)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What figures are of: the whole livechat is an object that holds nothing, which others are as well.
fn loosen(document: &mut OpenApi) {
    let schemas = &mut document.components.get_or_insert_default().schemas;
    if let Some(RefOr::T(of)) = schemas.get_mut("Of")
        && let Schema::OneOf(any) = of
    {
        let any = std::mem::take(&mut any.items).into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item);
        *of = Schema::AnyOf(any.description(Some("What figures are of.")).build());
    }
}

/// Schemas of counts, of which those that are nothing yet are left out.
const LEFT_OUT_WHEN_NOTHING: [&str; 2] = ["RunningTotals", "SharesByOperator"];

/// Takes the defaults of fields that may be left out of an answer as well: generators take a field with a default for
/// one that is always there. That nothing is the default of what may be left out needs no saying.
fn omit_defaults(document: &mut Value) {
    let Some(schemas) = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut) else {
        return;
    };
    for (name, schema) in schemas {
        omit_defaults_in(schema, LEFT_OUT_WHEN_NOTHING.contains(&name.as_str()));
    }
}

fn omit_defaults_in(value: &mut Value, all: bool) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::Object(properties)) = fields.get_mut("properties") {
                for property in properties.values_mut().filter_map(Value::as_object_mut) {
                    if all || property.get("default").is_some_and(Value::is_null) {
                        property.remove("default");
                    }
                }
            }
            fields.values_mut().for_each(|field| omit_defaults_in(field, all));
        }
        Value::Array(items) => items.iter_mut().for_each(|item| omit_defaults_in(item, all)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// What is not below a livechat asks for no token.
fn open_to_all(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        if !path.contains("{livechat}") {
            item.get.iter_mut().for_each(|operation| operation.security = Some(vec![]));
        }
    }
}

/// Frames that clients say take no other fields than those that are listed, which their schemas do not say by
/// themselves.
fn close_what_is_said(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    for name in ["DeskCommand", "VisitorCommand"] {
        let Some(RefOr::T(Schema::OneOf(said))) = components.schemas.get_mut(name) else { continue };
        for one in &mut said.items {
            if let RefOr::T(Schema::Object(object)) = one {
                object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            }
        }
    }
}

/// Sockets and event streams take the token in the address as well.
fn access_token() -> Parameter {
    ParameterBuilder::new()
        .name("access_token")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(
            "The token, for browsers, which cannot send headers with a socket or an event stream.",
        ))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}

/// What identifiers are made of (spec.md §Names, lines, texts, addresses).
const IDENTIFIER: &str = r"^\.{0,63}[A-Za-z0-9_@:-][A-Za-z0-9._@:-]{0,63}$";

fn is_live(path: &str) -> bool {
    path.split_once("{livechat}").is_some_and(|(_, below)| LIVE.contains(&below))
}

fn parameter(name: &str) -> Parameter {
    let about = match name {
        "livechat" => "the livechat that the token is for",
        "operator" => "the id of an operator",
        "conversation" => "the id of a conversation, a UUID",
        "rows" => "what is taken: `contacts`, `stays`, `operator_time`, `surveys` or `conversations`",
        _ => "",
    };
    let text = ObjectBuilder::new().schema_type(Type::String);
    let schema = match name {
        "conversation" => text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid))),
        "livechat" | "operator" => text.pattern(Some(IDENTIFIER)),
        _ => text,
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(about))
        .schema(Some(schema))
        .build()
}
