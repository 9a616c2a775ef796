//! How the settings changed.

use crate::analytics::catalogue::{Column, Sql, View};

/// One row per change.
pub(super) const SETTINGS_HISTORY: View = View {
    name: "settings_history",
    comment: "Each change of each section of the settings, with the whole section after it.",
    personal: false,
    source: Sql::Same("settings"),
    only: None,
    columns: &[
        Column::livechat(),
        Column::text("section", "Which section: capacity, timeouts, opening_hours and so on."),
        Column::integer("revision", "The number of the change of this section, from 1.")
            .is("row_number() OVER (PARTITION BY livechat, section ORDER BY position)"),
        Column::integer("position", "The position of the event in the log of the livechat."),
        Column::time("at", "When."),
        Column::text("role", "The role of the author."),
        Column::text("author", "The identifier of the author within the role.").is("actor"),
        Column::json("content", "The whole section after the change, by its name."),
    ],
};
