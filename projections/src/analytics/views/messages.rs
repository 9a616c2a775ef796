//! What was said, without the words and with them.

use crate::analytics::catalogue::{Column, Sql, View};

/// One row per message, without what it says.
pub(super) const MESSAGES: View = View {
    name: "messages",
    comment: "Each message of each conversation, without what it says: when, by whom, in which voice, how long.",
    personal: false,
    source: Sql::Same("transcript"),
    only: Some(Sql::Same("kind IN ('message', 'internal_message')")),
    columns: &[
        Column::livechat(),
        Column::text("conversation", "Of which conversation, a UUID."),
        Column::integer("position", "Its position in the log of the livechat."),
        Column::time("at", "When."),
        Column::text(
            "kind",
            "message, or internal_message: between operator and supervisor, which the visitor never sees.",
        ),
        Column::integer(
            "number",
            "The number of the message within the conversation, from 1; null: internal.",
        ),
        Column::text("voice", "In whose voice it was heard: visitor, operator or system; null: internal."),
        Column::text(
            "role",
            "The role of the true author: visitor, operator, supervisor, administrator, integration or system.",
        ),
        Column::text("author", "The identifier of the true author within the role; empty for the system."),
        Column::text("operator", "The operator in charge; null: nobody."),
        Column::text("phrase", "Which phrase of the settings it was; null: somebody's own words."),
        Column::integer("characters", "How long it is, in characters.").is("CAST(length(text) AS bigint)"),
    ],
};

/// One row per line, with what it says.
pub(super) const TRANSCRIPTS: View = View {
    name: "transcripts",
    comment: "Each line of each conversation with what it says: messages, and everything else that happened.",
    personal: true,
    source: Sql::Same("transcript"),
    only: None,
    columns: &[
        Column::livechat(),
        Column::text("conversation", "Of which conversation, a UUID."),
        Column::integer("position", "The position of the event in the log of the livechat."),
        Column::time("at", "When."),
        Column::text("kind", "What happened: requested, message, transferred, ended and so on."),
        Column::integer(
            "number",
            "The number of the message within the conversation, from 1; null: no message.",
        ),
        Column::text("voice", "In whose voice it was heard: visitor, operator or system; null: not heard."),
        Column::text("role", "The role of the true author."),
        Column::text("author", "The identifier of the true author within the role; empty for the system."),
        Column::text("operator", "The operator in charge after it; null: nobody."),
        Column::text("phrase", "Which phrase of the settings it was."),
        Column::text("text", "What was said. Personal."),
        Column::json(
            "data",
            "What else there is to tell, by kind: the visitor, the card and the exchange with the bot for a request, \
             notes, files, answers. Personal.",
        ),
    ],
};
