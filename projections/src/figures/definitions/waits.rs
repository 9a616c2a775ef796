//! How long visitors waited, for whom and for what, and how long it took. A percentile is by nearest rank: the
//! smallest value that at least that percentage of the values does not exceed. Which contacts are answered in time, and
//! which are abandoned, `figures/aggregate.rs` decides.

use super::figure::Source::Contacts;
use super::figure::{Figure, NOT_OPERATOR};
use crate::figures::samples::{Value, mean};

pub(super) const FIGURES: &[Figure] = &[
    Figure::seconds(
        "wait_served_mean_s",
        Contacts,
        ["Attente moyenne des servis", "Mean wait of those served"],
        [
            "Moyenne de\u{a0}: premier décroché − demande, des demandes décrochées.",
            "Mean of: first pick-up − request, of those answered.",
        ],
        |s| s.aggregate.contacts.wait_served.mean(),
    )
    .of_operator(["Des demandes que l’opérateur a décrochées le premier.", "Of the requests that the operator was the first to pick up."]),
    Figure::seconds(
        "wait_served_median_s",
        Contacts,
        ["Attente médiane des servis", "Median wait of those served"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.aggregate.contacts.wait_served.percentile(50),
    )
    .of_operator(["Des demandes que l’opérateur a décrochées le premier.", "Of the requests that the operator was the first to pick up."]),
    Figure::seconds(
        "wait_served_p90_s",
        Contacts,
        ["Attente des servis, 90e centile", "90th percentile of the wait of those served"],
        [
            "90e centile (rang le plus proche) de la même durée.",
            "90th percentile (nearest rank) of the same.",
        ],
        |s| s.aggregate.contacts.wait_served.percentile(90),
    )
    .of_operator(["Des demandes que l’opérateur a décrochées le premier.", "Of the requests that the operator was the first to pick up."]),
    Figure::seconds(
        "wait_served_worst_s",
        Contacts,
        ["Pire attente des servis", "Worst wait of those served"],
        ["Maximum de la même durée.", "Greatest of the same."],
        |s| s.aggregate.contacts.wait_served.max(),
    )
    .of_operator(["Des demandes que l’opérateur a décrochées le premier.", "Of the requests that the operator was the first to pick up."]),
    Figure::seconds(
        "wait_left_mean_s",
        Contacts,
        ["Attente moyenne avant départ", "Mean wait of those who left"],
        [
            "Moyenne de\u{a0}: départ − demande, des abandons.",
            "Mean of: leaving − request, of those abandoned.",
        ],
        |s| s.aggregate.contacts.wait_left.mean(),
    )
    .only(NOT_OPERATOR),
    Figure::seconds(
        "wait_left_median_s",
        Contacts,
        ["Attente médiane avant départ", "Median wait of those who left"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.aggregate.contacts.wait_left.percentile(50),
    )
    .only(NOT_OPERATOR),
    Figure::seconds(
        "wait_left_p90_s",
        Contacts,
        ["Attente avant départ, 90e centile", "90th percentile of the wait of those who left"],
        [
            "90e centile (rang le plus proche) de la même durée.",
            "90th percentile (nearest rank) of the same.",
        ],
        |s| s.aggregate.contacts.wait_left.percentile(90),
    )
    .only(NOT_OPERATOR),
    Figure::seconds(
        "wait_left_worst_s",
        Contacts,
        ["Pire attente avant départ", "Worst wait of those who left"],
        ["Maximum de la même durée.", "Greatest of the same."],
        |s| s.aggregate.contacts.wait_left.max(),
    )
    .only(NOT_OPERATOR),
    Figure::seconds(
        "pick_up_mean_s",
        Contacts,
        ["Délai moyen de décroché", "Mean time to the pick-up"],
        ["Autre nom de wait_served_mean_s.", "Another name of wait_served_mean_s."],
        |s| s.aggregate.contacts.wait_served.mean(),
    )
    .of_operator(["Des demandes que l’opérateur a décrochées le premier.", "Of the requests that the operator was the first to pick up."]),
    Figure::seconds(
        "pick_up_median_s",
        Contacts,
        ["Délai médian de décroché", "Median time to the pick-up"],
        ["Autre nom de wait_served_median_s.", "Another name of wait_served_median_s."],
        |s| s.aggregate.contacts.wait_served.percentile(50),
    )
    .of_operator(["Des demandes que l’opérateur a décrochées le premier.", "Of the requests that the operator was the first to pick up."]),
    Figure::seconds(
        "pick_up_p90_s",
        Contacts,
        ["Délai de décroché, 90e centile", "90th percentile of the time to the pick-up"],
        ["Autre nom de wait_served_p90_s.", "Another name of wait_served_p90_s."],
        |s| s.aggregate.contacts.wait_served.percentile(90),
    )
    .of_operator(["Des demandes que l’opérateur a décrochées le premier.", "Of the requests that the operator was the first to pick up."]),
    Figure::seconds(
        "pick_up_worst_s",
        Contacts,
        ["Pire délai de décroché", "Worst time to the pick-up"],
        ["Autre nom de wait_served_worst_s.", "Another name of wait_served_worst_s."],
        |s| s.aggregate.contacts.wait_served.max(),
    )
    .of_operator(["Des demandes que l’opérateur a décrochées le premier.", "Of the requests that the operator was the first to pick up."]),
    Figure::seconds(
        "time_to_assignment_mean_s",
        Contacts,
        ["Délai moyen d’affectation", "Mean time to the assignment"],
        [
            "Moyenne de\u{a0}: première affectation − demande, des demandes affectées à un opérateur, décrochées ou non.",
            "Mean of: first assignment − request, of the requests that an operator was given, picked up or not.",
        ],
        |s| s.aggregate.contacts.to_assignment.mean(),
    )
    .only(NOT_OPERATOR),
    Figure::seconds(
        "time_to_assignment_median_s",
        Contacts,
        ["Délai médian d’affectation", "Median time to the assignment"],
        [
            "Médiane (rang le plus proche) de la même durée.",
            "Median (nearest rank) of the same.",
        ],
        |s| s.aggregate.contacts.to_assignment.percentile(50),
    )
    .only(NOT_OPERATOR),
    Figure::seconds(
        "time_to_assignment_p90_s",
        Contacts,
        ["Délai d’affectation, 90e centile", "90th percentile of the time to the assignment"],
        [
            "90e centile (rang le plus proche) de la même durée.",
            "90th percentile (nearest rank) of the same.",
        ],
        |s| s.aggregate.contacts.to_assignment.percentile(90),
    )
    .only(NOT_OPERATOR),
    Figure::seconds(
        "time_to_assignment_worst_s",
        Contacts,
        ["Pire délai d’affectation", "Worst time to the assignment"],
        [
            "Maximum de la même durée.",
            "Greatest of the same.",
        ],
        |s| s.aggregate.contacts.to_assignment.max(),
    )
    .only(NOT_OPERATOR),
    Figure::ratio(
        "abandonment_rate",
        Contacts,
        ["Taux d’abandon", "Abandonment rate"],
        ["abandoned ÷ (requested − refused).", "abandoned ÷ (requested − refused)."],
        |s| Value::ratio(s.aggregate.contacts.abandoned, s.aggregate.contacts.taken_in),
    )
    .only(NOT_OPERATOR),
    Figure::ratio(
        "abandonment_rate_without_short",
        Contacts,
        ["Taux d’abandon hors abandons courts", "Abandonment rate without short ones"],
        [
            "(abandoned − abandoned_short) ÷ (requested − refused − abandoned_short).",
            "(abandoned − abandoned_short) ÷ (requested − refused − abandoned_short).",
        ],
        |s| {
            let contacts = &s.aggregate.contacts;
            let short = contacts.abandoned_short;
            Value::ratio(contacts.abandoned - short, contacts.taken_in - short)
        },
    )
    .only(NOT_OPERATOR),
    Figure::ratio(
        "service_level",
        Contacts,
        ["Niveau de service", "Service level"],
        [
            "Décrochées en N secondes ou moins après la demande ÷ (requested − refused)\u{202f}; N est demandé, sinon réglé (service_level_seconds).",
            "Answered within N seconds of the request ÷ (requested − refused); N is asked for, else the setting service_level_seconds.",
        ],
        |s| Value::ratio(s.aggregate.contacts.answered_in_time, s.aggregate.contacts.taken_in),
    )
    .of_operator(["Part de celles que l’opérateur a décrochées le premier.", "The share of those that the operator was the first to pick up."]),
    Figure::seconds(
        "first_answer_mean_s",
        Contacts,
        ["Première réponse saisie, moyenne", "Mean time to the first typed answer"],
        [
            "Moyenne de\u{a0}: premier message saisi par une personne au nom de l’opérateur − demande\u{202f}; phrases automatiques et articles exclus.",
            "Mean of: first message that a person typed in the operator's voice − request; automatic phrases and articles excluded.",
        ],
        |s| s.aggregate.contacts.first_answer.mean(),
    )
    .of_operator(["Des demandes dont l’opérateur a saisi le premier message.", "Of the requests of which the operator typed the first message."]),
    Figure::seconds(
        "first_answer_median_s",
        Contacts,
        ["Première réponse saisie, médiane", "Median time to the first typed answer"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.aggregate.contacts.first_answer.percentile(50),
    )
    .of_operator(["Des demandes dont l’opérateur a saisi le premier message.", "Of the requests of which the operator typed the first message."]),
    Figure::seconds(
        "first_reply_mean_s",
        Contacts,
        ["Première réponse, phrases comprises, moyenne", "Mean time to the first answer, phrases included"],
        [
            "Moyenne de\u{a0}: premier message au nom de l’opérateur, ou première phrase automatique une fois décroché − demande.",
            "Mean of: first message in the operator's voice, or first automatic phrase once it is picked up − request.",
        ],
        |s| s.aggregate.contacts.first_reply.mean(),
    )
    .of_operator(["De l’auteur de cette réponse, ou de l’opérateur qui avait la conversation si c’est une phrase.", "Of the author of that answer, or of the operator in charge when it is a phrase."]),
    Figure::seconds(
        "first_reply_median_s",
        Contacts,
        ["Première réponse, phrases comprises, médiane", "Median time to the first answer, phrases included"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.aggregate.contacts.first_reply.percentile(50),
    )
    .of_operator(["De l’auteur de cette réponse, ou de l’opérateur qui avait la conversation si c’est une phrase.", "Of the author of that answer, or of the operator in charge when it is a phrase."]),
    Figure::seconds(
        "duration_mean_s",
        Contacts,
        ["Durée moyenne d’un segment", "Mean duration of a segment"],
        [
            "Moyenne de\u{a0}: fin − demande, des demandes décrochées et finies.",
            "Mean of: end − request, of those answered that are over.",
        ],
        |s| s.aggregate.contacts.duration.mean(),
    )
    .only(NOT_OPERATOR),
    Figure::seconds(
        "duration_median_s",
        Contacts,
        ["Durée médiane d’un segment", "Median duration of a segment"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.aggregate.contacts.duration.percentile(50),
    )
    .only(NOT_OPERATOR),
    Figure::seconds(
        "duration_worst_s",
        Contacts,
        ["Durée du plus long segment", "Duration of the longest segment"],
        ["Maximum de la même durée.", "Greatest of the same."],
        |s| s.aggregate.contacts.duration.max(),
    )
    .only(NOT_OPERATOR),
    Figure::seconds(
        "handle_time_mean_s",
        Contacts,
        ["Durée moyenne de traitement", "Mean handle time"],
        [
            "Moyenne du temps passé décroché, tous opérateurs ensemble, des demandes décrochées et finies.",
            "Mean of the time picked up, over all operators together, of those answered that are over.",
        ],
        |s| s.aggregate.contacts.handle.mean(),
    )
    .of_operator(["Temps décroché par cet opérateur, des demandes qu’il a décrochées et qui sont finies.", "The time for which this operator had picked up, of those that this operator picked up that are over."]),
    Figure::seconds(
        "handle_time_median_s",
        Contacts,
        ["Durée médiane de traitement", "Median handle time"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.aggregate.contacts.handle.percentile(50),
    )
    .of_operator(["Temps décroché par cet opérateur, des demandes qu’il a décrochées et qui sont finies.", "The time for which this operator had picked up, of those that this operator picked up that are over."]),
    Figure::count(
        "responses",
        Contacts,
        ["Réponses", "Responses"],
        [
            "Fois qu’une parole du visiteur (message ou fichier) a été suivie d’une parole de l’opérateur (message, article, fichier ou demande de fichier).",
            "Samples that a word of the visitor (message or file) was followed by one of the operator (message, article, file or question for one).",
        ],
        |t| t.contacts.responses,
    )
    .of_operator(["Données par l’opérateur.", "Given by the operator."]),
    Figure::seconds(
        "response_time_mean_s",
        Contacts,
        ["Temps de réponse moyen", "Mean response time"],
        [
            "Somme ÷ responses de\u{a0}: réponse − première parole du visiteur depuis la dernière de l’opérateur, même dite en file.",
            "Sum ÷ responses of: response − first word of the visitor since the operator's last, even one said in the queue.",
        ],
        |s| mean(s.aggregate.contacts.response_ms, s.aggregate.contacts.responses),
    )
    .of_operator(["Des réponses données par l’opérateur.", "Of the responses that the operator gave."]),
    Figure::seconds(
        "response_time_worst_s",
        Contacts,
        ["Pire temps de réponse", "Worst response time"],
        ["Maximum de la même durée.", "Greatest of the same."],
        |s| (s.aggregate.contacts.responses > 0).then_some(Value::Millis(s.aggregate.contacts.response_worst_ms)),
    )
    .of_operator(["Des réponses données par l’opérateur.", "Of the responses that the operator gave."]),
];
