//! The audit log: who did what.

use crate::analytics::catalogue::{Column, Sql, View};

/// One row per event.
pub(super) const AUDIT: View = View {
    name: "audit",
    comment: "Who did what, when, on what: one row per event of the log, without personal text.",
    personal: false,
    source: Sql::Same("audit"),
    only: None,
    columns: &[
        Column::livechat(),
        Column::integer("position", "The position of the event in the log of the livechat."),
        Column::time("at", "When."),
        Column::text(
            "role",
            "The role of the true author: visitor, operator, supervisor, administrator, analyst, integration or system.",
        ),
        Column::text("actor", "The identifier of the true author within the role; empty for the system."),
        Column::text("action", "The name of the event, such as conversation.transferred."),
        Column::text("entity", "The kind of thing it was done to: livechat, operator or conversation."),
        Column::text("entity_id", "The identifier of that thing."),
        Column::json("data", "The rest, without personal text."),
    ],
};
