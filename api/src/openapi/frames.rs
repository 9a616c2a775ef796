//! The frames of sockets and feeds: each has one schema of all its frames, which its path refers to, and another for
//! the frames it accepts (`x-websocket-receives`).

use serde_json::json;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{
    AllOfBuilder, AnyOfBuilder, KnownFormat, ObjectBuilder, OneOfBuilder, Schema, SchemaFormat, Type,
};
use utoipa::openapi::{OpenApi, Ref, RefOr};

/// A live route: its path below a livechat, the name of its frames, their schemas, and the frames it accepts.
type Live = (&'static str, &'static str, &'static [&'static str], Option<&'static str>);

/// Every live route. Frames with a `+` have their position, their time and where to resume besides; the type of
/// the others stands behind them.
const LIVE: [Live; 8] = [
    (
        "/visitor",
        "VisitorSocketFrame",
        &[
            "VisitorSnapshot:snapshot",
            "+VisitorFrame",
            "+AttentionFrame",
            "Reset:reset",
            "SignalFrame",
            "CommandAnswer",
        ],
        Some("VisitorCommand"),
    ),
    (
        "/desk",
        "DeskFeedFrame",
        &["Snapshot:snapshot", "+DeskFrame", "+AttentionFrame", "SignalFrame", "CommandAnswer", "End:end"],
        Some("DeskCommand"),
    ),
    (
        "/floor",
        "FloorFeedFrame",
        &["FloorSnapshot:snapshot", "Changes:change", "HelpFrame:help", "Totals:totals", "End:end"],
        None,
    ),
    (
        "/queue/live",
        "QueueFeedFrame",
        &[
            "QueueSnapshot:snapshot",
            "QueueChanges:change",
            "QueueLengths:snapshot",
            "QueueLengths:change",
            "End:end",
        ],
        None,
    ),
    ("/colleagues", "ColleaguesFeedFrame", &["Colleagues:colleagues", "End:end"], None),
    (
        "/conversations/{conversation}/live",
        "ConversationFeedFrame",
        &["Reset:reset", "Line:line", "End:end"],
        None,
    ),
    (
        "/floor/replay",
        "FloorPlaybackFrame",
        &["PastFloor:snapshot", "FloorChange:change", "PlaybackEnd:end", "End:end"],
        None,
    ),
    (
        "/conversations/{conversation}/replay",
        "ConversationPlaybackFrame",
        &["PastConversation:snapshot", "TranscriptLine:line", "PlaybackEnd:end", "End:end"],
        None,
    ),
];

/// Describes the frames of every live route.
pub(super) fn describe(document: &mut OpenApi) {
    for (path, name, frames, receives) in LIVE {
        let components = document.components.get_or_insert_default();
        let all = frames.iter().fold(AnyOfBuilder::new(), |all, frame| match frame.split_once(':') {
            Some((frame, kind)) => all.item(typed(frame, kind)),
            None => match frame.strip_prefix('+') {
                Some(frame) => all.item(logged(frame)),
                None => all.item(Ref::from_schema_name(*frame)),
            },
        });
        let about = format!("Every frame of {path}.");
        components
            .schemas
            .insert(name.to_owned(), RefOr::T(Schema::AnyOf(all.description(Some(about)).build())));
        let path = format!("/api/v1/livechats/{{livechat}}{path}");
        let Some(operation) = document.paths.paths.get_mut(&path).and_then(|item| item.get.as_mut()) else {
            continue;
        };
        for (status, response) in &mut operation.responses.responses {
            let RefOr::T(response) = response else { continue };
            let (media_type, schema) = match status.as_str() {
                "101" => ("application/json", RefOr::Ref(Ref::from_schema_name(name))),
                "200" => ("text/event-stream", RefOr::T(event_of(name))),
                _ => continue,
            };
            let content = ContentBuilder::new().schema(Some(schema)).build();
            response.content.clear();
            response.content.insert(media_type.to_owned(), content);
        }
        let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let mut extensions = Extensions::builder().add("x-frames", reference(name));
        if let Some(receives) = receives {
            extensions = extensions.add("x-websocket-receives", reference(receives));
        }
        operation.extensions.get_or_insert_default().merge(extensions.build());
    }
}

/// An event stream: a text, of which each event has a frame as JSON for its data.
fn event_of(frames: &str) -> Schema {
    let text = || ObjectBuilder::new().schema_type(Type::String);
    let frame = json!({ "$ref": format!("#/components/schemas/{frames}") });
    let data = text()
        .description(Some("The frame, as JSON."))
        .content_media_type("application/json")
        .extensions(Some(Extensions::from_iter([("contentSchema", frame)])));
    let event = ObjectBuilder::new()
        .description(Some("One event of the stream (WHATWG HTML §9.2)."))
        .property("event", text().description(Some("The type of the frame.")))
        .property("id", text().description(Some("Where to go on after it: what `Last-Event-ID` takes.")))
        .property("data", data)
        .required("data");
    let whole = text().description(Some("The whole stream, for those who do not read it event by event."));
    Schema::OneOf(OneOfBuilder::new().item(event).item(whole).build())
}

/// Frames without a place in the log: nothing to resume after.
const LEAD_NOWHERE: [&str; 2] = ["End", "Totals"];

/// Where to resume after a frame, which is added when it is sent.
fn resume_after() -> ObjectBuilder {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .description(Some(
            "Give it back as `after` to resume after this frame. It is the position with a mark of the log, and \
             the id of the event. In another log (another database, one restored from a backup) it leads \
             nowhere, and the feed begins anew. A position alone is taken too, and recognises only a log that is \
             shorter.",
        ))
        .examples([json!("150-5f3a9c01")])
}

/// A frame whose type is added when it is sent.
fn typed(frame: &str, kind: &str) -> Schema {
    let kind = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([kind]));
    let mut typed = ObjectBuilder::new().property("type", kind).required("type");
    if !LEAD_NOWHERE.contains(&frame) {
        typed = typed.property("resume_after", resume_after()).required("resume_after");
    }
    Schema::AllOf(AllOfBuilder::new().item(Ref::from_schema_name(frame)).item(typed).build())
}

/// A frame that comes from the log.
fn logged(frame: &str) -> Schema {
    let integer = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64)));
    let time = ObjectBuilder::new()
        .schema_type(Type::String)
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    let place = ObjectBuilder::new()
        .property("position", integer.description(Some("Its place in the log of the livechat.")))
        .property("at", time.description(Some("When it happened.")))
        .property("resume_after", resume_after())
        .required("position")
        .required("at")
        .required("resume_after");
    Schema::AllOf(AllOfBuilder::new().item(Ref::from_schema_name(frame)).item(place).build())
}
