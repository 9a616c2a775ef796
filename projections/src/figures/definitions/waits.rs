//! How long visitors waited, for whom and for what, and how long it took. A percentile is by nearest rank: the
//! smallest value that at least so many percent of the values do not exceed.

use super::Figure;
use super::Source::Contacts;
use crate::contacts::Outcome::Left;
use crate::figures::values::Value;

pub(super) const FIGURES: &[Figure] = &[
    Figure::seconds(
        "wait_served_mean_s",
        Contacts,
        ["Attente moyenne des servis", "Mean wait of those served"],
        [
            "Moyenne de : première affectation − demande, des demandes affectées à un opérateur.",
            "Mean of: first assignment − request, of the requests that an operator was given.",
        ],
        |s| s.tally.contacts.wait_served.mean(),
    ),
    Figure::seconds(
        "wait_served_median_s",
        Contacts,
        ["Attente médiane des servis", "Median wait of those served"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.tally.contacts.wait_served.percentile(50),
    ),
    Figure::seconds(
        "wait_served_p90_s",
        Contacts,
        ["Attente des servis, 90e centile", "90th percentile of the wait of those served"],
        [
            "90e centile (rang le plus proche) de la même durée.",
            "90th percentile (nearest rank) of the same.",
        ],
        |s| s.tally.contacts.wait_served.percentile(90),
    ),
    Figure::seconds(
        "wait_served_worst_s",
        Contacts,
        ["Pire attente des servis", "Worst wait of those served"],
        ["Maximum de la même durée.", "Greatest of the same."],
        |s| s.tally.contacts.wait_served.max(),
    ),
    Figure::seconds(
        "wait_left_mean_s",
        Contacts,
        ["Attente moyenne avant départ", "Mean wait of those who left"],
        [
            "Moyenne de : départ − demande, des départs de la file jamais affectés.",
            "Mean of: leaving − request, of those who left and whom no operator was given.",
        ],
        |s| s.tally.contacts.wait_left.mean(),
    ),
    Figure::seconds(
        "wait_left_median_s",
        Contacts,
        ["Attente médiane avant départ", "Median wait of those who left"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.tally.contacts.wait_left.percentile(50),
    ),
    Figure::seconds(
        "wait_left_p90_s",
        Contacts,
        ["Attente avant départ, 90e centile", "90th percentile of the wait of those who left"],
        [
            "90e centile (rang le plus proche) de la même durée.",
            "90th percentile (nearest rank) of the same.",
        ],
        |s| s.tally.contacts.wait_left.percentile(90),
    ),
    Figure::seconds(
        "wait_left_worst_s",
        Contacts,
        ["Pire attente avant départ", "Worst wait of those who left"],
        ["Maximum de la même durée.", "Greatest of the same."],
        |s| s.tally.contacts.wait_left.max(),
    ),
    Figure::seconds(
        "pick_up_mean_s",
        Contacts,
        ["Délai moyen de décroché", "Mean time to the pick-up"],
        [
            "Moyenne de : premier décroché − demande, des demandes décrochées.",
            "Mean of: first pick-up − request, of those answered.",
        ],
        |s| s.tally.contacts.pick_up.mean(),
    ),
    Figure::seconds(
        "pick_up_median_s",
        Contacts,
        ["Délai médian de décroché", "Median time to the pick-up"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.tally.contacts.pick_up.percentile(50),
    ),
    Figure::seconds(
        "pick_up_p90_s",
        Contacts,
        ["Délai de décroché, 90e centile", "90th percentile of the time to the pick-up"],
        [
            "90e centile (rang le plus proche) de la même durée.",
            "90th percentile (nearest rank) of the same.",
        ],
        |s| s.tally.contacts.pick_up.percentile(90),
    ),
    Figure::seconds(
        "pick_up_worst_s",
        Contacts,
        ["Pire délai de décroché", "Worst time to the pick-up"],
        ["Maximum de la même durée.", "Greatest of the same."],
        |s| s.tally.contacts.pick_up.max(),
    ),
    Figure::ratio(
        "abandonment_rate",
        Contacts,
        ["Taux d'abandon", "Abandonment rate"],
        ["left ÷ (requested − refused).", "left ÷ (requested − refused)."],
        |s| Value::ratio(s.tally.contacts.outcome(Left), s.tally.contacts.taken_in()),
    ),
    Figure::ratio(
        "service_level",
        Contacts,
        ["Niveau de service", "Service level"],
        [
            "Décrochées en N secondes ou moins après la demande ÷ (requested − refused) ; N est demandé, sinon réglé (service_level_seconds).",
            "Answered within N seconds of the request ÷ (requested − refused); N is asked for, else the setting service_level_seconds.",
        ],
        |s| Value::ratio(s.tally.contacts.answered_in_time, s.tally.contacts.taken_in()),
    ),
    Figure::seconds(
        "first_answer_mean_s",
        Contacts,
        ["Première réponse saisie, moyenne", "Mean time to the first typed answer"],
        [
            "Moyenne de : premier message saisi par une personne au nom de l'opérateur − demande ; phrases automatiques et articles exclus.",
            "Mean of: first message that a person typed in the operator's voice − request; automatic phrases and articles excluded.",
        ],
        |s| s.tally.contacts.first_answer.mean(),
    ),
    Figure::seconds(
        "first_answer_median_s",
        Contacts,
        ["Première réponse saisie, médiane", "Median time to the first typed answer"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.tally.contacts.first_answer.percentile(50),
    ),
    Figure::seconds(
        "first_reply_mean_s",
        Contacts,
        ["Première réponse, phrases comprises, moyenne", "Mean time to the first answer, phrases included"],
        [
            "Moyenne de : premier message au nom de l'opérateur, ou première phrase automatique une fois décroché − demande.",
            "Mean of: first message in the operator's voice, or first automatic phrase once it is picked up − request.",
        ],
        |s| s.tally.contacts.first_reply.mean(),
    ),
    Figure::seconds(
        "first_reply_median_s",
        Contacts,
        ["Première réponse, phrases comprises, médiane", "Median time to the first answer, phrases included"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.tally.contacts.first_reply.percentile(50),
    ),
    Figure::seconds(
        "duration_mean_s",
        Contacts,
        ["Durée moyenne d'un segment", "Mean duration of a segment"],
        [
            "Moyenne de : fin − demande, des demandes décrochées et finies.",
            "Mean of: end − request, of those answered that are over.",
        ],
        |s| s.tally.contacts.duration.mean(),
    ),
    Figure::seconds(
        "duration_median_s",
        Contacts,
        ["Durée médiane d'un segment", "Median duration of a segment"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.tally.contacts.duration.percentile(50),
    ),
    Figure::seconds(
        "duration_worst_s",
        Contacts,
        ["Durée du plus long segment", "Duration of the longest segment"],
        ["Maximum de la même durée.", "Greatest of the same."],
        |s| s.tally.contacts.duration.max(),
    ),
    Figure::seconds(
        "handle_time_mean_s",
        Contacts,
        ["Durée moyenne de traitement", "Mean handle time"],
        [
            "Moyenne du temps passé décroché, tous opérateurs ensemble, des demandes décrochées et finies.",
            "Mean of the time picked up, over all operators together, of those answered that are over.",
        ],
        |s| s.tally.contacts.handle.mean(),
    ),
    Figure::seconds(
        "handle_time_median_s",
        Contacts,
        ["Durée médiane de traitement", "Median handle time"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.tally.contacts.handle.percentile(50),
    ),
];
