//! The names of schemas, and facts that the types do not express.

use serde_json::Value;
use utoipa::openapi::schema::{AdditionalProperties, AnyOfBuilder, Schema};
use utoipa::openapi::{OpenApi, RefOr};

/// Adds to schemas what their types do not express.
pub(super) fn describe(document: &mut OpenApi) {
    close_commands(document);
    loosen(document);
}

/// Schemas by names that are clear to readers of the document alone: types are named within their modules.
const RENAMED: &[(&str, &str)] = &[
    ("Answered", "AnsweredQuestion"),
    ("Answering", "ArticleAnswer"),
    ("BTreeMap", "SharesByOperator"),
    ("By", "FiguresInterval"),
    ("Change", "SettingsChange"),
    ("Changes", "FloorChanges"),
    ("Definitions", "FigureDefinitions"),
    ("End", "FeedEnd"),
    ("Exception", "OpeningHoursException"),
    ("Found", "FoundConversation"),
    ("Kind", "TranscriptLineKind"),
    ("Line", "StoredTranscriptLine"),
    ("Listing_Conversation", "ConversationsPage"),
    ("Listing_Found", "FoundConversationsPage"),
    ("Of", "FiguresSubject"),
    ("Online", "OnlineOperator"),
    ("Owes", "TurnToAnswer"),
    ("Page_AuditEntry", "AuditPage"),
    ("Page_Change", "SettingsHistoryPage"),
    ("Page_LivechatInfo", "LivechatsPage"),
    ("Per", "FiguresBreakdown"),
    ("Piece", "ExtractPiece"),
    ("Preview", "PhrasePreview"),
    ("Report", "FiguresReport"),
    ("Requested", "RequestResult"),
    ("Reset", "FeedReset"),
    ("Responses", "ResponseTimes"),
    ("Row", "FiguresRow"),
    ("Snapshot", "DeskSnapshot"),
    ("Target", "TransferTarget"),
    ("Today", "TodaysTotals"),
    ("Totals", "TotalsFrame"),
    ("Unit", "FigureUnit"),
    ("Words", "BilingualText"),
    ("Written", "PostedMessage"),
    ("u64", "Position"),
];

fn renamed(name: &str) -> Option<&'static str> {
    RENAMED.iter().find(|(from, _)| *from == name).map(|(_, to)| *to)
}

/// Gives schemas their names.
pub(super) fn rename(document: &mut Value) {
    let schemas = document.pointer_mut("/components/schemas").and_then(Value::as_object_mut);
    if let Some(schemas) = schemas {
        for (from, to) in RENAMED {
            if let Some(schema) = schemas.remove(*from) {
                schemas.insert((*to).to_owned(), schema);
            }
        }
    }
    rename_references(document);
}

fn rename_references(value: &mut Value) {
    match value {
        Value::Object(fields) => {
            if let Some(Value::String(reference)) = fields.get_mut("$ref")
                && let Some(to) = reference.strip_prefix("#/components/schemas/").and_then(renamed)
            {
                *reference = format!("#/components/schemas/{to}");
            }
            fields.values_mut().for_each(rename_references);
        }
        Value::Array(items) => items.iter_mut().for_each(rename_references),
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

/// Schemas of counts, in which zeros are left out.
const LEFT_OUT_WHEN_NOTHING: [&str; 2] = ["RunningTotals", "SharesByOperator"];

/// Removes the defaults of fields that may be left out of an answer: generators take a field with a default for
/// one that is always there. A default of null for an optional field is redundant.
pub(super) fn omit_defaults(document: &mut Value) {
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

/// Frames of clients accept only the listed fields, which their schemas do not express by themselves.
fn close_commands(document: &mut OpenApi) {
    let components = document.components.get_or_insert_default();
    for name in ["DeskCommand", "VisitorCommand"] {
        let Some(RefOr::T(Schema::OneOf(commands))) = components.schemas.get_mut(name) else { continue };
        for one in &mut commands.items {
            if let RefOr::T(Schema::Object(object)) = one {
                object.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
            }
        }
    }
}
