//! Names of operations: unique and readable, independent of the names of their functions.

use std::collections::BTreeMap;

use utoipa::openapi::OpenApi;

use super::answers::operations;

/// Names operations by their path if their name is not unique.
pub(super) fn name(document: &mut OpenApi) {
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    for item in document.paths.paths.values_mut() {
        for (_, operation) in operations(item) {
            *known.entry(operation.operation_id.clone().unwrap_or_default()).or_default() += 1;
        }
    }
    for (path, item) in &mut document.paths.paths {
        for (_, operation) in operations(item) {
            let verb = operation.operation_id.clone().unwrap_or_default();
            if known.get(&verb).is_some_and(|times| *times > 1) {
                operation.operation_id = Some(format!("{verb}_{}", subject(path, &verb)));
            }
        }
    }
}

/// What a path is about: `…/conversations/{conversation}/survey/close` is about the `survey` when it is closed.
fn subject(path: &str, verb: &str) -> String {
    let below = path.split_once("{livechat}").map_or(path, |(_, below)| below);
    let mut words: Vec<String> = vec![];
    for part in below.split('/').filter(|part| !part.is_empty()) {
        match part.strip_prefix('{').and_then(|part| part.strip_suffix('}')) {
            // One of many: the conversation among the conversations.
            Some(one) => {
                words.pop();
                words.push(one.to_owned());
            }
            None => words.push(part.replace('-', "_")),
        }
    }
    if words.len() > 1 && words.last().is_some_and(|last| last == verb) {
        words.pop();
    }
    if words.len() > 1 && words.first().is_some_and(|first| first == "conversation") {
        words.remove(0);
    }
    if words.is_empty() { "livechat".to_owned() } else { words.join("_") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_is_about_its_last_words() {
        let below = |path: &str, verb: &str| subject(&format!("/api/v1/livechats/{{livechat}}{path}"), verb);
        assert_eq!(below("", "read"), "livechat");
        assert_eq!(below("/board", "read"), "board");
        assert_eq!(below("/conversations/{conversation}", "read"), "conversation");
        assert_eq!(below("/conversations/{conversation}/close", "close"), "conversation");
        assert_eq!(below("/conversations/{conversation}/survey/close", "close"), "survey");
        assert_eq!(below("/conversations/{conversation}/call-for-help/take", "take"), "call_for_help");
        assert_eq!(below("/conversations/search", "search"), "conversations");
    }
}
