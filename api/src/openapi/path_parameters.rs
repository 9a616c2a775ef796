//! The parts of each path, which the routes read through extractors of their own, and the ticket in the address of live
//! routes.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{KnownFormat, Object, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{OpenApi, Required};

use crate::auth::LIVE;

/// Names the parts of each path.
pub(super) fn describe(document: &mut OpenApi) {
    for (path, item) in &mut document.paths.paths {
        let parameters =
            path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}')).map(parameter);
        item.parameters.get_or_insert_default().extend(parameters);
        if is_live(path) {
            item.parameters.get_or_insert_default().push(ticket());
        }
    }
}

/// Sockets and event streams take a ticket in the address as well.
fn ticket() -> Parameter {
    ParameterBuilder::new()
        .name("ticket")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some(
            "A ticket (`POST …/tickets`) instead of a header, which browsers cannot send with a socket or an event stream.",
        ))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}

/// The characters of identifiers (spec.md §Names, lines, texts, addresses).
pub(super) const IDENTIFIER: &str = r"^\.{0,63}[A-Za-z0-9_@:-][A-Za-z0-9._@:-]{0,63}$";

fn is_live(path: &str) -> bool {
    path.split_once("{livechat}").is_some_and(|(_, below)| LIVE.contains(&below))
}

fn parameter(name: &str) -> Parameter {
    let about = match name {
        "livechat" => "the livechat that the token is for",
        "operator" => "the id of an operator",
        "conversation" => "the id of a conversation, a UUID",
        "key" => "the id of a key, a UUID",
        "account" => "the id of an account, a UUID",
        "session" => "the id of a session, a UUID",
        "rows" => "what is taken: `contacts`, `assignments`, `operator_time`, `surveys` or `conversations`",
        _ => "",
    };
    let text = ObjectBuilder::new().schema_type(Type::String);
    let schema = match name {
        "conversation" | "key" | "account" | "session" => {
            text.format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)))
        }
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
