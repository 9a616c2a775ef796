//! The OpenAPI document: made from the code, served, committed as `api/openapi.json`, and checked by a
//! test to be the same. Each route documents itself; [`base`] is what there is before any route, and [`complete`] adds
//! what follows from all of them. The whole document is made by [`routes::document`](crate::routes::document).

mod answers;
mod bodies;
mod bounds;
mod flat;
mod frames;
mod operations;
mod parameters;
mod path_parameters;
mod schemas;
mod settings;

use serde_json::Value;
use utoipa::openapi::security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{OpenApi, SecurityRequirement};
use utoipa::{Modify, OpenApi as _};

use domain::event::MarkChange;
use projections::{Changes, QueueChanges};

use crate::auth::account_rights::AccountOperation;
use crate::auth::rights::LIVECHATS;
use crate::http::problem::Problem;
use crate::http::request::EmptyBody;
use crate::live::colleagues::Colleagues;
use crate::live::desk::{DeskCommand, DeskFrame, Snapshot};
use crate::live::feed_end::End;
use crate::live::floor::QueueLengths;
use crate::live::floor::{HelpFrame, Totals};
use crate::live::socket_frames::{Answer, SignalFrame};
use crate::live::transport::Reset;
use crate::live::visitor::VisitorSnapshot;
use crate::live::visitor::{VisitorCommand, VisitorFrame};
use crate::playback::PlaybackEnd;
use crate::playback::floor::FloorChange;

#[derive(utoipa::OpenApi)]
#[openapi(
    info(
        title = "Pupitre",
        description = "Livechat between the visitors of a web site and human operators. \
            Every command may carry an `Idempotency-Key` (a UUID): repeated with the same key, it is done once. \
            Errors are problem documents (RFC 9457) with a stable `code`."
    ),
    components(schemas(
        Problem, Snapshot, DeskFrame, MarkChange, DeskCommand, VisitorFrame, VisitorCommand, Answer, SignalFrame, Changes, HelpFrame, Totals, QueueChanges,
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
        let cookie =
            ApiKeyValue::with_description("__Host-pupitre", "The session of a page; `pupitre` without TLS");
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
        let either = ["bearer", "cookie"].map(|name| SecurityRequirement::new(name, Vec::<String>::new()));
        document.security = Some(either.into());
    }
}

/// The document before any route.
pub fn base() -> OpenApi {
    Document::openapi()
}

/// Writes out the routes of each section of the settings, names the parts of each path, which the routes read through
/// extractors of their own, and adds the bounds of every value.
pub fn complete(mut document: OpenApi) -> Value {
    answers::describe(&mut document);
    settings::describe(&mut document);
    operations::name(&mut document);
    bodies::describe(&mut document);
    parameters::describe(&mut document);
    open_to_all(&mut document);
    frames::describe(&mut document);
    schemas::describe(&mut document);
    path_parameters::describe(&mut document);
    let mut document = serde_json::to_value(document).unwrap_or_else(|error| {
        tracing::error!(%error, "cannot serialize the OpenAPI document");
        Value::Null
    });
    schemas::rename(&mut document);
    schemas::omit_defaults(&mut document);
    bounds::describe(&mut document);
    flat::describe(&mut document);
    document
}

/// Routes that are not in the table of rights need no token.
fn open_to_all(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        if !path.starts_with(LIVECHATS) && AccountOperation::at("get", path).is_none() {
            item.get.iter_mut().for_each(|operation| operation.security = Some(vec![]));
        }
    }
}
