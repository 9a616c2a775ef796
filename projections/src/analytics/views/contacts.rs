//! Requests and their outcomes, and the assignments of operators.

use crate::analytics::catalogue::{Column, Sql, View, elapsed_ms, so_far_ms};
use crate::contact_metrics::{ContactMetrics, Metric};
use crate::row::{count, joined};

/// One row per request that has ended.
pub(super) const CONTACTS: View = View {
    name: "contacts",
    comment: "Each request for an operator that is over, and how it went: one segment of a conversation. The \
              figures are computed from these rows.",
    personal: false,
    source: Sql::Same("contacts"),
    only: None,
    columns: &joined::<_, { count(CONTACT_PARTS) }>(CONTACT_PARTS, Column::livechat()),
};

/// The columns of contacts: a metric that is new comes after all of them.
const CONTACT_PARTS: &[&[Column]] = &[
    CONTACT,
    &metrics::<{ ContactMetrics::FIRST.len() }>(ContactMetrics::FIRST),
    CONTACT_RESPONSES,
    HELP_CALLS,
    CONTACT_COMPUTED,
    NEW_METRICS,
];

const LATER: &[Column] = &metrics::<{ ContactMetrics::LATER.len() }>(ContactMetrics::LATER);
const HELP_CALLS: &[Column] = LATER.split_at(1).0;
const NEW_METRICS: &[Column] = LATER.split_at(1).1;

const fn metrics<const COUNT: usize>(metrics: &[Metric]) -> [Column; COUNT] {
    let mut columns = [Column::livechat(); COUNT];
    let mut index = 0;
    while index < COUNT {
        columns[index] = Column::integer(metrics[index].name, metrics[index].meaning);
        index += 1;
    }
    columns
}

const CONTACT: &[Column] = &[
    Column::livechat(),
    Column::integer("position", "The position of its end in the log of the livechat."),
    Column::text("conversation", "The conversation it is a segment of, a UUID."),
    Column::integer(
        "requested_position",
        "The position of the request: with the livechat, it names the contact.",
    ),
    Column::text("visitor", "The identifier of the visitor: the same person has the same one."),
    Column::text("language", "The language of the visitor: fr or en."),
    Column::text("skill", "The skill asked for by the request; null: none."),
    Column::flag("again", "Asked for again after the conversation was kept open."),
    Column::time("requested_at", "When it was requested."),
    Column::flag("queued", "The visitor was put in the queue at the request."),
    Column::text("outcome", "How it went: refused, left (before somebody picked up), released or ended."),
    Column::text(
        "reason",
        "Refused: outside_hours, no_operator or queue_full. Left: gave_up or left_site. Released: unanswered or \
         closing. Ended: visitor, operator, supervisor or timeout.",
    ),
    Column::text("first_operator", "Who was given it first; null: nobody."),
    Column::text("last_operator", "Who was given it last; null: nobody."),
    Column::text("answered_by", "Who picked it up first; null: nobody."),
    Column::time("assigned_at", "When an operator was given it first; null: never."),
    Column::time("picked_up_at", "When it was picked up first; null: never."),
    Column::time(
        "first_answer_at",
        "When the visitor first had a message that a person typed in the operator's voice; null: never.",
    ),
    Column::time(
        "first_reply_at",
        "When the visitor first had any answer: that, an article, or a phrase once it was picked up; null: never.",
    ),
    Column::time("ended_at", "When it was over, in whichever way."),
    Column::integer(
        "wait_ms",
        "Milliseconds from the request to the first pick-up, or to the end without one.",
    ),
    Column::integer(
        "answer_ms",
        "Milliseconds from the request to the first pick-up; null: never picked up.",
    )
    .computed(elapsed_ms("requested_at", "picked_up_at")),
    Column::integer("first_answer_ms", "Milliseconds from the request to first_answer_at; null: never.")
        .computed(elapsed_ms("requested_at", "first_answer_at")),
    Column::integer("first_reply_ms", "Milliseconds from the request to first_reply_at; null: never.")
        .computed(elapsed_ms("requested_at", "first_reply_at")),
    Column::integer("duration_ms", "Milliseconds from the request to the end.")
        .computed(elapsed_ms("requested_at", "ended_at")),
    Column::integer("handle_ms", "Milliseconds for which it was picked up, summed over operators."),
];

const CONTACT_RESPONSES: &[Column] = &[
    Column::integer(
        "responses",
        "Answers to the visitor: how often a word of the visitor was followed by one.",
    ),
    Column::integer(
        "response_ms",
        "Milliseconds the visitor waited for them, from the first unanswered word on: the sum.",
    ),
    Column::integer("response_worst_ms", "Milliseconds of the slowest of them."),
    Column::flag("important", "Marked as important at the end."),
];

const CONTACT_COMPUTED: &[Column] = &[
    Column::integer(
        "assignment_ms",
        "Milliseconds from the request to the first assignment; null: never given to anybody.",
    )
    .computed(elapsed_ms("requested_at", "assigned_at")),
    Column::flag(
        "abandoned",
        "The visitor was not refused and went before an operator had picked up, from the queue or a tab that flashed.",
    )
    .is("(outcome = 'left' AND picked_up_at IS NULL)"),
    Column::text(
        "first_answer_by",
        "Who typed the first message in the operator's voice; null also when it was a supervisor.",
    ),
    Column::text(
        "first_reply_by",
        "Whose the first answer was: its author, or whoever was in charge when it was a phrase.",
    ),
    Column::text("operator_at_end", "On whose desk it was when it was over; null: in the queue."),
    Column::json(
        "operators",
        "What each operator did in it, by identifier; under an empty one what no operator did.",
    ),
];

/// One row per time that an operator had a conversation.
pub(super) const ASSIGNMENTS: View = View {
    name: "assignments",
    comment: "Each time that an operator had a conversation, once it is over.",
    personal: false,
    source: Sql::Same("assignments"),
    only: None,
    columns: &[
        Column::livechat(),
        Column::integer("position", "The position in the log of what ended it."),
        Column::text("conversation", "The conversation, a UUID."),
        Column::integer("requested_position", "The position of the request: it names the contact."),
        Column::text("skill", "The skill asked for by that request; null: none."),
        Column::text("operator", "Who had it."),
        Column::text(
            "assigned_by",
            "How it came to the operator: assigned, transferred, or from one who was inactive or disconnected.",
        ),
        Column::time("since", "When it did."),
        Column::time("picked_up_at", "When the operator picked it up; null: never."),
        Column::time("until", "When the operator did not have it any more."),
        Column::text(
            "unassigned_by",
            "Why not: transferred, inactive, disconnected, returned_to_queue, released, left (before the pick-up) or \
             ended.",
        ),
        Column::integer("duration_ms", "Milliseconds for which the operator had it.")
            .computed(elapsed_ms("since", "until")),
        Column::integer("handle_ms", "Milliseconds from the pick-up to the end; null: never picked up.")
            .computed(elapsed_ms("picked_up_at", "until")),
        Column::integer("messages", "Messages that the operator wrote meanwhile."),
        Column::integer("responses", "Answers of the operator to the visitor meanwhile."),
        Column::integer(
            "response_ms",
            "Milliseconds the visitor waited for them, from the first unanswered word on: the sum.",
        ),
        Column::integer("response_worst_ms", "Milliseconds of the slowest of them."),
    ],
};

/// One row per conversation that an operator has now.
pub(super) const OPEN_ASSIGNMENTS: View = View {
    name: "open_assignments",
    comment: "Each conversation that an operator has now: what will be a row of assignments once it is over.",
    personal: false,
    source: Sql::Same("floor_conversations"),
    only: Some(Sql::Same("operator IS NOT NULL")),
    columns: &[
        Column::livechat(),
        Column::text("conversation", "The conversation, a UUID."),
        Column::integer("requested_position", "The position of the request: it names the contact."),
        Column::text("operator", "Who has it."),
        Column::text(
            "assigned_by",
            "How it came to the operator: assigned, transferred, or from one who was inactive or disconnected.",
        ),
        Column::time("since", "When it did.").is("assigned_at"),
        Column::time("picked_up_at", "When the operator picked it up; null: not yet."),
        Column::integer("duration_ms", "Milliseconds for which the operator has had it so far.")
            .computed(so_far_ms("assigned_at")),
        Column::integer("handle_ms", "Milliseconds since the pick-up so far; null: not picked up.")
            .computed(so_far_ms("picked_up_at")),
    ],
};

/// One row per operator who is connected now.
pub(super) const OPEN_OPERATOR_TIME: View = View {
    name: "open_operator_time",
    comment: "Each operator who is connected now: what will be a row of operator_time once the status or the \
              connection is over.",
    personal: false,
    source: Sql::Same("floor_operators"),
    only: Some(Sql::Same("connected_since IS NOT NULL")),
    columns: &[
        Column::livechat(),
        Column::text("operator", "Who."),
        Column::text(
            "status",
            "In which status: available, on_break, training, phone, with_supervisor, no_new_conversation or searching.",
        ),
        Column::time("since", "From when on.").is(IN_STATUS_SINCE),
        Column::integer("duration_ms", "Milliseconds so far.").computed(so_far_ms(IN_STATUS_SINCE)),
    ],
};

/// Since when an operator is connected and in this status.
const IN_STATUS_SINCE: &str =
    "CASE WHEN connected_since > status_since THEN connected_since ELSE status_since END";

/// One row per time that an operator was in a status.
pub(super) const OPERATOR_TIME: View = View {
    name: "operator_time",
    comment: "Each time that an operator was connected in one status, once it is over.",
    personal: false,
    source: Sql::Same("operator_time"),
    only: None,
    columns: &[
        Column::livechat(),
        Column::integer("position", "The position in the log of what ended it."),
        Column::text("operator", "Who."),
        Column::text(
            "status",
            "In which status: available, on_break, training, phone, with_supervisor, no_new_conversation or searching.",
        ),
        Column::time("since", "From when on."),
        Column::time("until", "Until when."),
        Column::integer("duration_ms", "Milliseconds between the two.")
            .computed(elapsed_ms("since", "until")),
    ],
};
