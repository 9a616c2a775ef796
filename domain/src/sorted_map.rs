//! Maps without an order, stored in the order of their keys: the same state is always the same bytes.

use std::collections::HashMap;

use serde::{Serialize, Serializer};

/// Stores a map in the order of its keys; for `#[serde(serialize_with)]`.
///
/// # Errors
/// Those of the serializer.
pub fn serialize<K, V, H, S>(map: &HashMap<K, V, H>, serializer: S) -> Result<S::Ok, S::Error>
where
    K: Serialize + Ord,
    V: Serialize,
    S: Serializer,
{
    let mut entries: Vec<(&K, &V)> = map.iter().collect();
    entries.sort_unstable_by_key(|(key, _)| *key);
    serializer.collect_map(entries)
}
