//! Time that lies in the period, whenever it began: clipped at both ends, and at now.

use super::figure::Source::{AssignmentsWithin, OperatorTime};
use super::figure::{Figure, NOT_SKILL, Slice, Unit, WHOLE};
use crate::figures::samples::Value;

pub(super) const FIGURES: &[Figure] = &[
    Figure::seconds(
        "conversation_time_s",
        AssignmentsWithin,
        ["Temps de conversation", "Conversation time"],
        [
            "Somme, sur les affectations, du temps entre le décroché et la fin qui est dans la période.",
            "Sum over assignments of the time from the pick-up to the end that lies in the period.",
        ],
        |s| Some(Value::Millis(s.aggregate.time.conversation_ms)),
    )
    .adding_up(true),
    Figure::ratio(
        "simultaneity",
        AssignmentsWithin,
        ["Simultanéité", "Simultaneity"],
        [
            "conversation_time_s ÷ durée écoulée de la période\u{202f}; peut dépasser 1.",
            "conversation_time_s ÷ the part of the period that is over; may exceed 1.",
        ],
        |s| Value::ratio(s.aggregate.time.conversation_ms, s.period_ms),
    ),
    Figure::ratio(
        "occupancy",
        AssignmentsWithin,
        ["Taux d’occupation", "Occupancy"],
        [
            "conversation_time_s ÷ (reference_concurrency × online_time_s)\u{202f}; la référence est réglée.",
            "conversation_time_s ÷ (reference_concurrency × online_time_s); the reference is a setting.",
        ],
        |s| {
            Value::ratio(
                s.aggregate.time.conversation_ms,
                s.reference_concurrency * s.aggregate.time.online_ms(),
            )
        },
    )
    .only(NOT_SKILL),
    Figure {
        unit: Unit::Count,
        ..Figure::seconds(
            "operators_max",
            OperatorTime,
            ["Opérateurs connectés au plus", "Most operators connected"],
            [
                "Plus grand nombre d’opérateurs connectés au même moment, quel que soit leur statut.",
                "The most operators connected at the same moment, in whichever status.",
            ],
            |s| Some(Value::Count(s.aggregate.time.operators_max)),
        )
    }
    .only(WHOLE),
    Figure::seconds(
        "online_time_s",
        OperatorTime,
        ["Temps de connexion", "Time online"],
        [
            "Temps connecté, tous statuts\u{202f}; une connexion perdue compte jusqu’à la déconnexion.",
            "Time connected, in all statuses; a lost connection counts until the disconnection.",
        ],
        |s| Some(Value::Millis(s.aggregate.time.online_ms())),
    )
    .adding_up(true)
    .only(NOT_SKILL),
    status(
        "time_available_s",
        ["Temps disponible", "Time available"],
        ["Temps connecté dans le statut available.", "Time connected in the status available."],
        |s| Some(Value::Millis(in_status(s, "available"))),
    ),
    status(
        "time_on_break_s",
        ["Temps en pause", "Time on break"],
        ["Temps connecté dans le statut on_break.", "Time connected in the status on_break."],
        |s| Some(Value::Millis(in_status(s, "on_break"))),
    ),
    status(
        "time_training_s",
        ["Temps en formation", "Time in training"],
        ["Temps connecté dans le statut training.", "Time connected in the status training."],
        |s| Some(Value::Millis(in_status(s, "training"))),
    ),
    status(
        "time_phone_s",
        ["Temps au téléphone", "Time on the phone"],
        ["Temps connecté dans le statut phone.", "Time connected in the status phone."],
        |s| Some(Value::Millis(in_status(s, "phone"))),
    ),
    status(
        "time_with_supervisor_s",
        ["Temps avec le superviseur", "Time with the supervisor"],
        ["Temps connecté dans le statut with_supervisor.", "Time connected in the status with_supervisor."],
        |s| Some(Value::Millis(in_status(s, "with_supervisor"))),
    ),
    status(
        "time_no_new_conversation_s",
        ["Temps sans nouvelle conversation", "Time without new conversations"],
        [
            "Temps connecté dans le statut no_new_conversation.",
            "Time connected in the status no_new_conversation.",
        ],
        |s| Some(Value::Millis(in_status(s, "no_new_conversation"))),
    ),
    status(
        "time_searching_s",
        ["Temps en recherche", "Time searching"],
        ["Temps connecté dans le statut searching.", "Time connected in the status searching."],
        |s| Some(Value::Millis(in_status(s, "searching"))),
    ),
];

const fn status(
    name: &'static str,
    label: [&'static str; 2],
    formula: [&'static str; 2],
    value: fn(&Slice) -> Option<Value>,
) -> Figure {
    Figure::seconds(name, OperatorTime, label, formula, value).adding_up(true).only(NOT_SKILL)
}

fn in_status(slice: &Slice, status: &str) -> i64 {
    slice.aggregate.time.status_ms.get(status).copied().unwrap_or_default()
}
