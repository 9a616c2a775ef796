//! A change of some fields: a JSON merge patch (RFC 7396), in which an absent field stays as it is and `null` removes
//! one.

use serde_json::{Map, Value};

use crate::event::Profile;
use crate::settings::Section;
use crate::text::Received;

/// A merge patch.
#[derive(Clone, Debug, PartialEq)]
pub struct Patch(pub Value);

impl Patch {
    /// `target` with the fields of the patch.
    pub fn apply(&self, target: Value) -> Value {
        merge(target, &self.0)
    }

    /// Does `profile` already say what the patch asks for? This answers a repeated patch, with others' changes in
    /// between. Texts are compared as they are stored, not as they were sent.
    pub fn holds_for(&self, profile: &Profile) -> bool {
        let patched = serde_json::to_value(profile).map(|content| self.apply(content));
        patched.and_then(serde_json::from_value::<Profile>).is_ok_and(|mut patched| {
            patched.read_texts(&mut Received::default());
            patched == *profile
        })
    }

    /// Does `section` already say what the patch asks for?
    pub fn holds_in(&self, section: &Section) -> bool {
        let name = section.name().as_str();
        let patched = serde_json::to_value(section).map(|mut stored| {
            let content = stored.get_mut(name).map(Value::take).unwrap_or_default();
            stored[name] = self.apply(content);
            stored
        });
        patched.and_then(serde_json::from_value::<Section>).is_ok_and(|mut patched| {
            patched.read_texts(&mut Received::default());
            match (&patched, section) {
                // The rules gave each survey its version.
                (Section::Surveys(new), Section::Surveys(told)) => new.content_equals(told),
                (new, told) => new == told,
            }
        })
    }
}

fn merge(target: Value, patch: &Value) -> Value {
    let Value::Object(changes) = patch else { return patch.clone() };
    let mut fields = match target {
        Value::Object(fields) => fields,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => Map::new(),
    };
    for (name, change) in changes {
        let before = fields.remove(name);
        if !change.is_null() {
            fields.insert(name.clone(), merge(before.unwrap_or_default(), change));
        }
    }
    Value::Object(fields)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_examples_of_the_standard() {
        for (target, patch, patched) in [
            (json!({"a": "b"}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "b"}), json!({"b": "c"}), json!({"a": "b", "b": "c"})),
            (json!({"a": "b"}), json!({"a": null}), json!({})),
            (json!({"a": "b", "b": "c"}), json!({"a": null}), json!({"b": "c"})),
            (json!({"a": ["b"]}), json!({"a": "c"}), json!({"a": "c"})),
            (json!({"a": "c"}), json!({"a": ["b"]}), json!({"a": ["b"]})),
            (json!({"a": {"b": "c"}}), json!({"a": {"b": "d", "c": null}}), json!({"a": {"b": "d"}})),
            (json!({"a": [{"b": "c"}]}), json!({"a": [1]}), json!({"a": [1]})),
            (json!(["a", "b"]), json!(["c", "d"]), json!(["c", "d"])),
            (json!({"a": "b"}), json!(["c"]), json!(["c"])),
            (json!({"a": "foo"}), json!(null), json!(null)),
            (json!({"a": "foo"}), json!("bar"), json!("bar")),
            (json!({"e": null}), json!({"a": 1}), json!({"e": null, "a": 1})),
            (json!([1, 2]), json!({"a": "b", "c": null}), json!({"a": "b"})),
            (json!({}), json!({"a": {"bb": {"ccc": null}}}), json!({"a": {"bb": {}}})),
        ] {
            assert_eq!(Patch(patch).apply(target), patched);
        }
    }
}
