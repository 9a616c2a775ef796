//! The OpenAPI document: made from the code, served, committed as `api/openapi.json`, and checked by a
//! test to be the same.

mod answers;
mod bodies;
mod bounds;
mod frames;
mod operations;
mod parameters;
mod settings;

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, Object, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, RefOr, Required, SecurityRequirement};
use utoipa::{Modify, OpenApi as _};

use projections::{Changes, QueueChanges};

use crate::auth::LIVE;
use crate::live::colleagues::Colleagues;
use crate::live::desk::{DeskFrame, DeskSays, Snapshot};
use crate::live::events::End;
use crate::live::floor::{HelpFrame, Totals};
use crate::live::frame::{Answer, SignalFrame};
use crate::live::queue::Lengths;
use crate::live::visitor::{VisitorFrame, VisitorSays};
use crate::live::visitor_snapshot::VisitorSnapshot;
use crate::playback::PlayedTo;
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
        Problem, Snapshot, DeskFrame, DeskSays, VisitorFrame, VisitorSays, Answer, SignalFrame, Changes, HelpFrame, Totals, QueueChanges,
        Lengths, End, Colleagues, VisitorSnapshot, FloorChange, PlayedTo, EmptyBody
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
pub fn document() -> OpenApi {
    complete(routes::documented().split_for_parts().1)
}

/// The whole document as text, the same whenever it is made: every object has its fields in the order of their names,
/// since extensions have none of their own.
///
/// # Errors
/// Never, as it is made.
pub fn text() -> serde_json::Result<String> {
    serde_json::to_string_pretty(&serde_json::to_value(document())?)
}

/// Writes out the routes of each section of the settings, and names the parts of each path, which the routes read through extractors of their own.
pub fn complete(mut document: OpenApi) -> OpenApi {
    settings::describe(&mut document);
    bounds::describe(&mut document);
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
    document
}

/// What types write down and their schemas do not say: counts of a conversation that are nothing yet are left out, and
/// the whole livechat of a figure is an object that holds nothing, which others are as well.
fn loosen(document: &mut OpenApi) {
    let schemas = &mut document.components.get_or_insert_default().schemas;
    if let Some(RefOr::T(Schema::Object(counts))) = schemas.get_mut("SoFar") {
        counts.required.clear();
    }
    if let Some(RefOr::T(of)) = schemas.get_mut("Of")
        && let Schema::OneOf(any) = of
    {
        let any = std::mem::take(&mut any.items).into_iter().fold(AnyOfBuilder::new(), AnyOfBuilder::item);
        *of = Schema::AnyOf(any.description(Some("What figures are of.")).build());
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
    for name in ["DeskSays", "VisitorSays"] {
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
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some(about))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}
