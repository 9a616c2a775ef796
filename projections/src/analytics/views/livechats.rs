//! The livechats and their operators, as they are now.

use crate::analytics::catalogue::{Column, Sql, View};

/// One row per livechat.
pub(super) const LIVECHATS: View = View {
    name: "livechats",
    comment: "Each livechat as it is now: those that the reader may read.",
    personal: false,
    source: Sql::Same("floor_livechats AS livechats"),
    only: None,
    columns: &[
        Column::text("livechat", "Its identifier, which every other view begins with.")
            .is("livechats.livechat"),
        Column::text("name", "Its name, for people."),
        Column::text("language", "The language phrases fall back to: fr or en."),
        Column::text("time_zone", "Its IANA time zone, as last set: days and hours are to be told in it.")
            .is("coalesce((SELECT s.content -> 'opening_hours' ->> 'time_zone' FROM settings AS s
    WHERE s.livechat = livechats.livechat AND s.section = 'opening_hours'
    ORDER BY s.position DESC LIMIT 1), 'Europe/Paris')"),
        Column::flag("open", "Within the opening hours."),
        Column::integer(
            "conversations_per_operator",
            "Conversations that an operator without a capacity of the own handles at once.",
        ),
        Column::integer(
            "queue_per_operator",
            "Visitors who may wait for each connected operator who may receive; 0: no queue.",
        ),
        Column::time("created_at", "When it was created."),
        Column::integer(
            "reference_concurrency",
            "Conversations at once that count as fully occupied, as last set: what occupancy is measured against.",
        )
        .is("coalesce(CAST((SELECT s.content -> 'figures' ->> 'reference_concurrency' FROM settings AS s
    WHERE s.livechat = livechats.livechat AND s.section = 'figures'
    ORDER BY s.position DESC LIMIT 1) AS bigint), 3)"),
        Column::integer(
            "short_abandon_seconds",
            "Seconds of waiting up to which an abandonment is short, as last set; 0: none is.",
        )
        .is("coalesce(CAST((SELECT s.content -> 'figures' ->> 'short_abandon_seconds' FROM settings AS s
    WHERE s.livechat = livechats.livechat AND s.section = 'figures'
    ORDER BY s.position DESC LIMIT 1) AS bigint), 5)"),
        Column::time(
            "shut_since",
            "Since when an administrator has closed it, whatever the hours; null: not closed. Earlier times are in audit.",
        ),
    ],
};

/// One row per operator.
pub(super) const OPERATORS: View = View {
    name: "operators",
    comment: "Each operator who was ever registered, as of now.",
    personal: false,
    source: Sql::Same("floor_operators"),
    only: None,
    columns: &[
        Column::livechat(),
        Column::text("operator", "The identifier of the operator, as in every other view."),
        Column::text("name", "The name that visitors see."),
        Column::json("skills", "What the operator can be asked about: an array of identifiers."),
        Column::integer("own_capacity", "The own capacity in conversations; null: that of the livechat."),
        Column::text(
            "status",
            "The status now: available, on_break, training, phone, with_supervisor, no_new_conversation or searching.",
        ),
        Column::time("status_since", "Since when."),
        Column::time("connected_since", "Since when a desk is open; null: none is."),
        Column::flag("on_shift", "Within the own working hours, or without such hours."),
        Column::integer("load", "Conversations on the desk now."),
        Column::time(
            "suspended_since",
            "Since when the operator may neither connect nor be given anything; null: may. Earlier times are in audit.",
        ),
        Column::time("removed_at", "When the operator was removed; null: was not."),
    ],
};
