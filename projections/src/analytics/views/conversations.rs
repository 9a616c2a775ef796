//! The conversations, and their visitors.

use crate::analytics::catalogue::{Column, Sql, View, elapsed_ms};

/// The comment of the column that records who vouches for a name.
const REQUESTED_BY: &str = "Who made the request: integration, a trusted program; or visitor, whose details are a \
                            claim that nobody has checked.";

/// One row per conversation.
pub(super) const CONVERSATIONS: View = View {
    name: "conversations",
    comment: "Each conversation, live or over. One that was kept open and asked for again is one row with several \
              segments: counts are of all, the wait and the first moments of the first, state and end of the last.",
    personal: false,
    source: Sql::Same("conversations"),
    only: None,
    columns: &[
        Column::livechat(),
        Column::text("conversation", "Its identifier, a UUID."),
        Column::text("visitor", "The identifier of the visitor: the same person has the same one."),
        Column::text("language", "The language of the visitor: fr or en."),
        Column::text(
            "skill",
            "The skill asked for, by the request or by the last transfer to a skill; null: none.",
        ),
        Column::text(
            "state",
            "Where it stands: requested, waiting, assigned, picked_up, refused, left, released, ended or kept_open.",
        ),
        Column::text(
            "reason",
            "Why it was refused (no_operator, queue_full, outside_hours), released (unanswered, closing) or ended \
             (visitor, operator, supervisor, timeout).",
        ),
        Column::text("operator", "Who is in charge, or last was; null: nobody ever was."),
        Column::flag("important", "Marked as important."),
        Column::integer("segments", "How often it was requested: 1, and one more for each time again."),
        Column::time("requested_at", "When it was first requested."),
        Column::time("last_requested_at", "When it was last requested."),
        Column::time("assigned_at", "When an operator was first given it; null: never."),
        Column::time("picked_up_at", "When an operator first picked it up; null: never."),
        Column::time("ended_at", "When it was over, in whichever way; null: it is live."),
        Column::integer(
            "wait_ms",
            "Milliseconds from the first request to the first pick-up, or to the end of the segment if there was none; \
             null: still waiting.",
        ),
        Column::integer(
            "duration_ms",
            "Milliseconds from the first request to the end of the last segment; null: it is live.",
        )
        .computed(elapsed_ms("requested_at", "ended_at")),
        Column::integer("transfers", "How often it was passed on, in whichever way."),
        Column::integer("transfers_manual", "How often somebody passed it on."),
        Column::integer(
            "transfers_inactive",
            "How often it was passed on because the operator was inactive.",
        ),
        Column::integer(
            "transfers_disconnected",
            "How often it was passed on because the operator was disconnected.",
        ),
        Column::integer("returns_to_queue", "How often it went back to the queue."),
        Column::integer("help_calls", "Calls for help to the manager."),
        Column::integer("messages_visitor", "Messages in the voice of the visitor."),
        Column::integer("messages_operator", "Messages in the voice of the operator, whoever wrote them."),
        Column::integer("messages_system", "Phrases."),
        Column::integer("files_visitor", "Files sent by the visitor."),
        Column::integer("files_operator", "Files sent by the operator."),
        Column::integer(
            "requested_position",
            "The position of the first request in the log of the livechat.",
        ),
        Column::integer("position", "The position of the last event about it."),
        Column::text("requested_by", REQUESTED_BY),
    ],
};

/// The names of visitors.
pub(super) const VISITORS: View = View {
    name: "visitors",
    comment: "The name of the visitor of each conversation in which it is known.",
    personal: true,
    source: Sql::Same("conversations"),
    only: Some(Sql::Same("visitor_name IS NOT NULL")),
    columns: &[
        Column::livechat(),
        Column::text("conversation", "Of which conversation, a UUID."),
        Column::text("visitor", "The identifier of the visitor."),
        Column::text("visitor_name", "The name. Personal."),
        Column::text("requested_by", REQUESTED_BY),
    ],
};
