//! The settings in the OpenAPI document: each section is a resource of its own, so that a generated client
//! has a type for each, and its schema documents what the rules themselves check.
//!
//! The routes are written once, for `{section}`. Defaults come from the ready-made settings; ranges and
//! units of numbers from the checks of the section. A field's own description is kept: it describes numbers in lists,
//! which the ready-made settings do not have.

use std::collections::BTreeMap;

use domain::field::Range;
use domain::settings::{SectionName, Settings};
use domain::text::Language;
use projections::settings::content;
use serde_json::Value;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::path::{Operation, Parameter, PathItem};
use utoipa::openapi::schema::Components;
use utoipa::openapi::{OpenApi, Ref, RefOr, Schema};

type Schemas = BTreeMap<String, RefOr<Schema>>;

/// The part of a path that stands for a section.
const PART: &str = "{section}";

/// Describes every section and writes its routes out.
pub(super) fn describe(document: &mut OpenApi) {
    let schemas = &mut document.components.get_or_insert_with(Components::new).schemas;
    for name in SectionName::ALL {
        if let Some(component) = component_of(schemas, *name) {
            let section = Settings::default().section(*name);
            give_defaults(schemas, &component, &content(&section), true);
            for range in section.ranges() {
                give_range(schemas, &component, &range);
            }
        }
    }
    let templates: Vec<String> =
        document.paths.paths.keys().filter(|path| path.contains(PART)).cloned().collect();
    for template in templates {
        let Some(item) = document.paths.paths.remove(&template) else { continue };
        for name in SectionName::ALL {
            let component = component_of(&document.components.get_or_insert_default().schemas, *name);
            let schema = component.as_deref().map(Ref::from_schema_name);
            let of_content = schema.filter(|_| template.ends_with(PART));
            let path = template.replace(PART, &name.to_string());
            document.paths.paths.insert(path, written_out(item.clone(), *name, of_content));
        }
    }
}

/// The name of the schema of a section: that of the field of the settings with its name.
fn component_of(schemas: &Schemas, name: SectionName) -> Option<String> {
    let RefOr::T(Schema::Object(settings)) = schemas.get("Settings")? else { return None };
    let RefOr::Ref(section) = settings.properties.get(&name.to_string())? else { return None };
    target(section)
}

fn target(reference: &Ref) -> Option<String> {
    reference.ref_location.strip_prefix("#/components/schemas/").map(str::to_owned)
}

/// Adds the defaults to a schema, down to the last field.
fn give_defaults(schemas: &mut Schemas, component: &str, default: &Value, whole: bool) {
    // Removed meanwhile, since its fields may refer to other schemas.
    let Some(mut schema) = schemas.remove(component) else { return };
    if let RefOr::T(Schema::Object(object)) = &mut schema {
        for (key, field) in &mut object.properties {
            let Some(default) = default.get(key) else { continue };
            match field {
                RefOr::Ref(reference) => {
                    if let Some(component) = target(reference) {
                        give_defaults(schemas, &component, default, false);
                    }
                }
                RefOr::T(field) => set_default(field, default),
            }
        }
    }
    if let (true, RefOr::T(schema)) = (whole, &mut schema) {
        set_default(schema, default);
    }
    schemas.insert(component.to_owned(), schema);
}

fn set_default(schema: &mut Schema, default: &Value) {
    let told = match schema {
        Schema::Array(schema) => &mut schema.default,
        Schema::Object(schema) => &mut schema.default,
        Schema::OneOf(schema) => &mut schema.default,
        Schema::AllOf(schema) => &mut schema.default,
        Schema::AnyOf(schema) => &mut schema.default,
        _ => return,
    };
    told.get_or_insert_with(|| default.clone());
}

/// Adds the range and the unit of a number.
fn give_range(schemas: &mut Schemas, component: &str, range: &Range) {
    let mut component = component.to_owned();
    let mut path = range.field.as_str();
    while let Some((parent, rest)) = path.split_once('.') {
        let Some(RefOr::T(Schema::Object(object))) = schemas.get(&component) else { return };
        let Some(RefOr::Ref(reference)) = object.properties.get(parent) else { return };
        let Some(next) = target(reference) else { return };
        (component, path) = (next, rest);
    }
    let Some(RefOr::T(Schema::Object(object))) = schemas.get_mut(&component) else { return };
    let Some(RefOr::T(Schema::Object(field))) = object.properties.get_mut(path) else { return };
    field.minimum = field.minimum.take().or_else(|| number(&range.minimum));
    field.maximum = field.maximum.take().or_else(|| number(&range.maximum));
    let unit = range.unit.text(Language::En).split(" (").next().unwrap_or_default();
    let mut extensions = Extensions::builder().add("x-unit", unit).build();
    extensions.merge(field.extensions.take().unwrap_or_default());
    field.extensions = Some(extensions);
}

fn number(text: &str) -> Option<utoipa::Number> {
    text.parse().map(utoipa::Number::Int).ok().or_else(|| text.parse().map(utoipa::Number::Float).ok())
}

/// The routes of one section.
fn written_out(mut item: PathItem, name: SectionName, of_content: Option<Ref>) -> PathItem {
    let name = name.to_string();
    item.parameters = item.parameters.map(|all| all.into_iter().filter(is_no_section).collect());
    for operation in [&mut item.get, &mut item.put, &mut item.patch].into_iter().flatten() {
        operation.operation_id = operation.operation_id.take().map(|id| id.replace(PART, &name));
        operation.summary = operation.summary.take().map(|text| text.replace(PART, &name));
        operation.parameters =
            operation.parameters.take().map(|all| all.into_iter().filter(is_no_section).collect());
    }
    if let Some(schema) = of_content {
        if let Some(body) = item.put.as_mut().and_then(|put| put.request_body.as_mut()) {
            body.content.values_mut().for_each(|content| content.schema = Some(schema.clone().into()));
        }
        if let Some(RefOr::T(answer)) = item.get.as_mut().and_then(answer_of) {
            answer.content.values_mut().for_each(|content| content.schema = Some(schema.clone().into()));
        }
    }
    item
}

fn answer_of(operation: &mut Operation) -> Option<&mut RefOr<utoipa::openapi::Response>> {
    operation.responses.responses.get_mut("200")
}

fn is_no_section(parameter: &Parameter) -> bool {
    parameter.name != "section"
}
