//! What differs between two contents of a section, for people who read its history.
//!
//! A list whose entries have an `id` is compared entry by entry, so that one that is added or moved does
//! not make all that follow it look changed; any other list is one value.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// One thing that differs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Difference {
    /// Where: a JSON Pointer, in which an entry of a list is named by its `id`; empty for the whole. A list
    /// whose order changed is named itself, with the ids in their order before and after.
    #[schema(example = "/conversations_per_operator")]
    pub path: String,
    /// What was there before; absent when nothing was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Value>,
    /// What is there after; absent when nothing is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Value>,
}

/// Everything that differs, in the order of the paths.
pub(crate) fn between(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = vec![];
    compare("", Some(before), Some(after), &mut found);
    found
}

fn compare(path: &str, before: Option<&Value>, after: Option<&Value>, found: &mut Vec<Difference>) {
    if before == after {
        return;
    }
    if let (Some(Value::Object(before)), Some(Value::Object(after))) = (before, after) {
        return compare_fields(path, before, after, found);
    }
    if let (Some(before), Some(after)) = (before.and_then(Entries::of), after.and_then(Entries::of)) {
        return before.compare(path, &after, found);
    }
    found.push(Difference { path: path.to_owned(), before: before.cloned(), after: after.cloned() });
}

fn compare_fields(
    path: &str,
    before: &Map<String, Value>,
    after: &Map<String, Value>,
    found: &mut Vec<Difference>,
) {
    let new = after.keys().filter(|key| !before.contains_key(*key));
    let mut keys: Vec<&String> = before.keys().chain(new).collect();
    keys.sort_unstable();
    for key in keys {
        compare(&below(path, key), before.get(key), after.get(key), found);
    }
}

/// The path of the member `key` of the value at `path` (RFC 6901).
fn below(path: &str, key: &str) -> String {
    format!("{path}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// The entries of a list that have an `id` each.
struct Entries<'a> {
    order: Vec<&'a str>,
    by_id: BTreeMap<&'a str, &'a Value>,
}

impl<'a> Entries<'a> {
    fn of(list: &'a Value) -> Option<Self> {
        let named = |entry: &'a Value| Some((entry.get("id")?.as_str()?, entry));
        let entries: Vec<_> = list.as_array()?.iter().map(named).collect::<Option<_>>()?;
        let order = entries.iter().map(|(id, _)| *id).collect();
        let by_id: BTreeMap<_, _> = entries.into_iter().collect();
        Some(Self { order, by_id })
    }

    fn compare(&self, path: &str, after: &Self, found: &mut Vec<Difference>) {
        // Entries that were removed, or added at the end, do not change the order.
        let kept = self.order.iter().filter(|id| after.by_id.contains_key(*id));
        let added = after.order.iter().filter(|id| !self.by_id.contains_key(*id));
        if !kept.chain(added).eq(&after.order) {
            let ids = |order: &[&str]| Some(Value::from(order.to_vec()));
            found.push(Difference {
                path: path.to_owned(),
                before: ids(&self.order),
                after: ids(&after.order),
            });
        }
        let new = after.by_id.keys().filter(|id| !self.by_id.contains_key(*id));
        let mut ids: Vec<_> = self.by_id.keys().chain(new).collect();
        ids.sort_unstable();
        for id in ids {
            let (before, after) = (self.by_id.get(id).copied(), after.by_id.get(id).copied());
            compare(&below(path, id), before, after, found);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// `path: before → after`, with `-` for nothing.
    #[expect(clippy::needless_pass_by_value, reason = "reads as two literals")]
    fn told(before: Value, after: Value) -> Vec<String> {
        let or_nothing = |value: Option<Value>| value.map_or("-".to_owned(), |value| value.to_string());
        let line = |d: Difference| format!("{}: {} → {}", d.path, or_nothing(d.before), or_nothing(d.after));
        between(&before, &after).into_iter().map(line).collect()
    }

    #[test]
    fn equal_contents_do_not_differ() {
        assert!(told(json!({ "a": [1, { "id": "x" }] }), json!({ "a": [1, { "id": "x" }] })).is_empty());
    }

    #[test]
    fn only_differences_are_reported_with_their_path() {
        let before = json!({ "a": 1, "b": { "c": true, "d/e": "x" }, "gone": null });
        let after = json!({ "a": 1, "b": { "c": false, "d/e": "y" }, "new": [] });
        let expected = ["/b/c: true → false", r#"/b/d~1e: "x" → "y""#, "/gone: null → -", "/new: - → []"];
        assert_eq!(told(before, after), expected);
    }

    #[test]
    fn an_entry_put_in_front_does_not_make_the_others_look_changed() {
        let before = json!([{ "id": "b", "n": 1 }, { "id": "c" }]);
        let after = json!([{ "id": "a" }, { "id": "b", "n": 2 }, { "id": "c" }]);
        let expected = [r#": ["b","c"] → ["a","b","c"]"#, r#"/a: - → {"id":"a"}"#, "/b/n: 1 → 2"];
        assert_eq!(told(before, after), expected);
    }

    #[test]
    fn appending_or_removing_an_item_changes_no_order() {
        let before = json!({ "list": [{ "id": "a" }, { "id": "b" }] });
        let after = json!({ "list": [{ "id": "b" }, { "id": "c" }] });
        let expected = [r#"/list/a: {"id":"a"} → -"#, r#"/list/c: - → {"id":"c"}"#];
        assert_eq!(told(before, after), expected);
    }

    #[test]
    fn any_other_list_is_one_value() {
        assert_eq!(told(json!({ "days": [1, 2] }), json!({ "days": [0, 1, 2] })), ["/days: [1,2] → [0,1,2]"]);
    }
}
