//! Objects composed of several schemas (`allOf`), as one object each: the type of a frame beside its
//! fields, or a row that has the fields of another. Generators turn an object into a type; their results for a sum of
//! schemas differ, and some produce nothing.

use serde_json::{Map, Value, json};

/// Turns every sum of objects into one object, and every sum with a choice into a choice of objects.
pub(super) fn describe(document: &mut Value) {
    let Some(schemas) = document.pointer("/components/schemas").and_then(Value::as_object).cloned() else {
        return;
    };
    flatten(document, &schemas);
}

fn flatten(value: &mut Value, schemas: &Map<String, Value>) {
    if let Some(flat) = flat(value, schemas) {
        *value = flat;
    }
    match value {
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| flatten(field, schemas));
            for key in ["oneOf", "anyOf"] {
                if let Some(Value::Array(choices)) = fields.get_mut(key) {
                    *choices = std::mem::take(choices).into_iter().flat_map(choices_of).collect();
                }
            }
        }
        Value::Array(items) => items.iter_mut().for_each(|item| flatten(item, schemas)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// A choice within a choice, as its own choices.
fn choices_of(mut schema: Value) -> Vec<Value> {
    match schema.get_mut("oneOf") {
        Some(Value::Array(choices)) => std::mem::take(choices),
        _ => vec![schema],
    }
}

fn flat(schema: &Value, schemas: &Map<String, Value>) -> Option<Value> {
    let parts = schema.get("allOf")?.as_array()?;
    let mut choices = vec![Map::new()];
    for part in parts {
        let further = objects(part, schemas);
        let with = |choice: &Map<String, Value>| {
            further.iter().map(|object| sum(choice, object)).collect::<Vec<_>>()
        };
        choices = choices.iter().flat_map(with).collect();
    }
    let description = schema.get("description");
    let mut whole = match choices.as_slice() {
        [only] => Value::Object(only.clone()),
        several => json!({ "oneOf": several }),
    };
    if let (Some(description), Some(whole)) = (description, whole.as_object_mut()) {
        whole.insert("description".to_owned(), description.clone());
    }
    Some(whole)
}

/// The objects that a schema offers, one for a choice that leaves fields out.
fn objects(schema: &Value, schemas: &Map<String, Value>) -> Vec<Map<String, Value>> {
    let name = schema
        .get("$ref")
        .and_then(Value::as_str)
        .and_then(|path| path.strip_prefix("#/components/schemas/"));
    if let Some(target) = name.and_then(|name| schemas.get(name)) {
        return objects(target, schemas);
    }
    if let Some(flat) = flat(schema, schemas) {
        return objects(&flat, schemas);
    }
    let choices = |key: &str| schema.get(key).and_then(Value::as_array);
    if let Some(choices) = choices("oneOf") {
        return choices.iter().flat_map(|choice| objects(choice, schemas)).collect();
    }
    if let Some(choices) = choices("anyOf") {
        let mut all = choices
            .iter()
            .flat_map(|choice| objects(choice, schemas))
            .fold(Map::new(), |all, one| sum(&all, &one));
        all.remove("required");
        return vec![all];
    }
    schema.as_object().cloned().into_iter().collect()
}

/// The one object with the fields of the other besides.
fn sum(one: &Map<String, Value>, other: &Map<String, Value>) -> Map<String, Value> {
    let mut sum = one.clone();
    for (key, value) in other {
        match (sum.get_mut(key), value) {
            (Some(Value::Object(fields)), Value::Object(more)) => {
                fields.extend(more.iter().map(|(name, field)| (name.clone(), field.clone())));
            }
            (Some(Value::Array(items)), Value::Array(more)) => items.extend(more.iter().cloned()),
            (Some(_), _) => {}
            (None, _) => {
                sum.insert(key.clone(), value.clone());
            }
        }
    }
    sum
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flattened(schema: &Value) -> Value {
        let object =
            |field: &str| json!({ "type": "object", "properties": { field: {} }, "required": [field] });
        let schemas = json!({
            "A": object("a"), "B": object("b"),
            "Either": { "oneOf": [{ "$ref": "#/components/schemas/A" }, object("c")] },
            "Any": { "anyOf": [{ "$ref": "#/components/schemas/A" }, object("c")] },
            "Sum": schema,
        });
        let mut document = json!({ "components": { "schemas": schemas } });
        describe(&mut document);
        document["components"]["schemas"]["Sum"].take()
    }

    fn reference(name: &str) -> Value {
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    #[test]
    fn a_sum_of_objects_is_one_object() {
        let sum = flattened(&json!({ "allOf": [reference("A"), reference("B")], "description": "Both." }));
        let expected = json!({
            "type": "object", "properties": { "a": {}, "b": {} }, "required": ["a", "b"], "description": "Both."
        });
        assert_eq!(sum, expected);
    }

    #[test]
    fn a_sum_with_a_choice_is_a_choice() {
        let sum = flattened(
            &json!({ "oneOf": [{ "allOf": [reference("Either"), reference("B")] }, reference("A")] }),
        );
        let choices = sum["oneOf"].as_array().unwrap();
        assert_eq!(choices.len(), 3, "{sum}");
        assert_eq!(choices[0]["required"], json!(["a", "b"]));
        assert_eq!(choices[1]["required"], json!(["c", "b"]));
        assert_eq!(choices[2], reference("A"));
    }

    #[test]
    fn what_may_be_left_out_stays_so() {
        let sum = flattened(&json!({ "allOf": [reference("Any"), reference("B")] }));
        assert_eq!(sum["required"], json!(["b"]));
        assert_eq!(sum["properties"].as_object().unwrap().len(), 3, "{sum}");
    }
}
