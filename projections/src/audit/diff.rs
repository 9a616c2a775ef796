//! What an event changed: its subject before and after it.

use domain::{Attention, ConversationFact, Fact, Flow};
use journal::Record;
use serde_json::{Value, json};

use super::{AuditEntry, subject};
use crate::conversations::{Conversation, State};
use crate::json_diff::{self, Difference};

/// Bytes of changes in one entry; the history of the section has all of them.
const CHANGES_BYTES_MAX: usize = 16 * 1024;

/// The entry of an event of a conversation. The conversation after the event is computed only where it may
/// differ: most events are messages.
pub(crate) fn of_conversation(
    before: Option<&Conversation>,
    event: &Record,
    after: impl FnOnce() -> Option<Conversation>,
) -> AuditEntry {
    let moves = matches!(&event.event.fact, Fact::Conversation { fact, .. } if moves(fact));
    let changes = if moves { between(&stand(before), &stand(after().as_ref())) } else { vec![] };
    AuditEntry::of(event, subject(event), changes)
}

/// What differs, within bounds.
pub(super) fn between(before: &Value, after: &Value) -> Vec<Difference> {
    let mut found = json_diff::between(before, after);
    if bytes(&found) > CHANGES_BYTES_MAX {
        found = found.into_iter().map(|one| path_only(one.path)).collect();
    }
    if bytes(&found) > CHANGES_BYTES_MAX {
        found = vec![path_only(String::new())];
    }
    found
}

/// Records that something differs there, but not how.
pub(super) const fn path_only(path: String) -> Difference {
    Difference { path, before: None, after: None }
}

fn bytes(changes: &[Difference]) -> usize {
    serde_json::to_string(changes).map_or(usize::MAX, |text| text.len())
}

/// The state of a conversation, and its operator.
fn stand(row: Option<&Conversation>) -> Value {
    let Some(row) = row else { return json!({}) };
    let mut stand = json!({ "state": row.state });
    if row.important {
        stand["important"] = json!(true);
    }
    let in_charge = matches!(row.state, State::Assigned | State::PickedUp);
    if let Some(operator) = row.operator.as_ref().filter(|_| in_charge) {
        stand["operator"] = json!(operator);
    }
    stand
}

/// May the event change the state of a conversation, or its operator?
const fn moves(fact: &ConversationFact) -> bool {
    match fact {
        ConversationFact::Flow(Flow::QueueAdvanced { .. } | Flow::AutoTransferFailed { .. }) => false,
        ConversationFact::Flow(_) | ConversationFact::Attention(Attention::ImportanceMarked { .. }) => true,
        ConversationFact::Attention(_)
        | ConversationFact::Exchange(_)
        | ConversationFact::Visit(_)
        | ConversationFact::Notice(_)
        | ConversationFact::Survey(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_that_are_too_long_are_listed_by_path_only() {
        let long = "x".repeat(CHANGES_BYTES_MAX);
        let body = |text: &str| json!([{ "id": "a", "body": text, "title": "t" }]);
        let found = between(&body("short"), &body(&long));
        assert_eq!(found, [path_only("/a/body".to_owned())]);
        let many = |text: &str| Value::Object((0..5_000).map(|n| (format!("key{n}"), json!(text))).collect());
        assert_eq!(between(&many("a"), &many("b")), [path_only(String::new())]);
    }
}
