//! The OpenAPI document: made from the code, served, committed as `api/openapi.json`, and checked by a
//! test to be the same.

mod settings;

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{Object, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, Required, SecurityRequirement};
use utoipa::{Modify, OpenApi as _};

use projections::{Changes, QueueChanges};

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
        Lengths, End, Colleagues, VisitorSnapshot, FloorChange, PlayedTo
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

/// Writes out the routes of each section of the settings, and names the parts of each path, which the routes read through extractors of their own.
pub fn complete(mut document: OpenApi) -> OpenApi {
    settings::describe(&mut document);
    for (path, item) in &mut document.paths.paths {
        let parameters =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(parameter);
        item.parameters.get_or_insert_default().extend(parameters);
    }
    document
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
