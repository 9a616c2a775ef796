//! The number of requests, and their outcomes.

use super::figure::Source::Contacts;
use super::figure::{Figure, NOT_OPERATOR};
use crate::contacts::Outcome::{Ended, Left, Refused, Released};

pub(super) const FIGURES: &[Figure] = &[
    Figure::count(
        "requested",
        Contacts,
        ["Demandes", "Requests"],
        ["Toutes les demandes d’opérateur.", "All requests for an operator."],
        |t| t.contacts.requested,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "requested_again",
        Contacts,
        ["Demandes renouvelées", "Requests again"],
        [
            "Demandes dans une conversation restée ouverte après une première fin.",
            "Requests in a conversation that was kept open after an end.",
        ],
        |t| t.contacts.again,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "refused",
        Contacts,
        ["Refusées", "Refused"],
        ["Demandes refusées, tous motifs.", "Requests that were refused, for whichever reason."],
        |t| t.contacts.outcome(Refused),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "refused_outside_hours",
        Contacts,
        ["Refusées hors horaires", "Refused outside hours"],
        ["Refusées avec le motif outside_hours.", "Refused with the reason outside_hours."],
        |t| t.contacts.reason(Refused, "outside_hours"),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "refused_no_operator",
        Contacts,
        ["Refusées sans opérateur", "Refused without operator"],
        ["Refusées avec le motif no_operator.", "Refused with the reason no_operator."],
        |t| t.contacts.reason(Refused, "no_operator"),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "refused_queue_full",
        Contacts,
        ["Refusées file pleine", "Refused with a full queue"],
        ["Refusées avec le motif queue_full.", "Refused with the reason queue_full."],
        |t| t.contacts.reason(Refused, "queue_full"),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "refused_queue_closed",
        Contacts,
        ["Refusées avant fermeture", "Refused before closing"],
        [
            "Refusées avec le motif queue_closed\u{a0}: la file ne prend plus personne avant la fermeture.",
            "Refused with the reason queue_closed: the queue takes nobody new before closing time.",
        ],
        |t| t.contacts.reason(Refused, "queue_closed"),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "refused_livechat_closed",
        Contacts,
        ["Refusées livechat fermé", "Refused with the livechat closed"],
        [
            "Refusées avec le motif livechat_closed\u{a0}: un administrateur a fermé le livechat.",
            "Refused with the reason livechat_closed: an administrator has closed the livechat.",
        ],
        |t| t.contacts.reason(Refused, "livechat_closed"),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "queued",
        Contacts,
        ["Mises en file", "Queued"],
        [
            "Demandes mises en file d’attente à leur arrivée\u{202f}; un retour en file n’en est pas une.",
            "Requests that were put in the queue when they came; a return to the queue is not one.",
        ],
        |t| t.contacts.queued,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "left",
        Contacts,
        ["Départs en attente", "Left"],
        [
            "left_by_choice + left_site\u{a0}: parties avant d’être décrochées, dans la file ou sur un onglet qui clignote.",
            "left_by_choice + left_site: gone before somebody picked up, in the queue or on a tab that flashed.",
        ],
        |t| t.contacts.outcome(Left),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "left_by_choice",
        Contacts,
        ["Départs volontaires", "Left by choice"],
        [
            "Le visiteur a renoncé à attendre, ou son bot pour lui.",
            "The visitor gave up waiting, or the bot on the visitor's behalf.",
        ],
        |t| t.contacts.reason(Left, "gave_up"),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "left_site",
        Contacts,
        ["Site quitté en attente", "Left the site while waiting"],
        ["Le visiteur a quitté le site pendant l’attente.", "The visitor left the site while waiting."],
        |t| t.contacts.reason(Left, "left_site"),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "left_after_answer",
        Contacts,
        ["Départs après un décroché", "Left after a pick-up"],
        [
            "left − abandoned\u{a0}: un opérateur avait décroché\u{202f}; le visiteur attendait le suivant, revenu en file ou transféré.",
            "left − abandoned: an operator had picked up; the visitor waited for the next one, back in the queue or passed on.",
        ],
        |t| t.contacts.outcome(Left) - t.contacts.abandoned,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "abandoned",
        Contacts,
        ["Abandons", "Abandoned"],
        [
            "Ni refusées ni jamais décrochées, et parties\u{a0}: de la file ou d’un onglet qui clignote, par choix ou en quittant le site.",
            "Neither refused nor ever picked up, and gone: from the queue or a tab that flashed, by choice or by leaving the site.",
        ],
        |t| t.contacts.abandoned,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "abandoned_short",
        Contacts,
        ["Abandons courts", "Short abandonments"],
        [
            "Abandons après une attente d’au plus short_abandon_seconds, qui est réglé\u{202f}; 0\u{a0}: aucun.",
            "Abandoned after a wait of at most short_abandon_seconds, a setting; 0: none.",
        ],
        |t| t.contacts.abandoned_short,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "abandoned_while_ringing",
        Contacts,
        ["Abandons pendant la sonnerie", "Abandoned while ringing"],
        [
            "Abandons alors que l’onglet d’un opérateur clignotait.",
            "Abandoned while the tab flashed on the desk of an operator.",
        ],
        |t| t.contacts.abandoned_while_ringing,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "released",
        Contacts,
        ["Libérées", "Released"],
        [
            "released_closing + released_unanswered + released_livechat_closed.",
            "released_closing + released_unanswered + released_livechat_closed.",
        ],
        |t| t.contacts.outcome(Released),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "released_closing",
        Contacts,
        ["Libérées à la fermeture", "Released at closing"],
        ["Encore en file à la fermeture.", "Still in the queue at closing time."],
        |t| t.contacts.reason(Released, "closing"),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "released_livechat_closed",
        Contacts,
        ["Libérées livechat fermé", "Released with the livechat closed"],
        [
            "Libérées avec le motif livechat_closed\u{a0}: un administrateur a fermé le livechat.",
            "Released with the reason livechat_closed: an administrator has closed the livechat.",
        ],
        |t| t.contacts.reason(Released, "livechat_closed"),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "released_unanswered",
        Contacts,
        ["Libérées sans réponse", "Released unanswered"],
        ["Personne n’a décroché à temps.", "Nobody picked up in time."],
        |t| t.contacts.reason(Released, "unanswered"),
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "answered",
        Contacts,
        ["Décrochées", "Answered"],
        ["Un opérateur a décroché, au moins une fois.", "An operator picked up, at least once."],
        |t| t.contacts.answered,
    )
    .of_operator(["Que l’opérateur a décrochées le premier.", "That the operator was the first to pick up."]),
    Figure::count(
        "answered_typed",
        Contacts,
        ["Décrochées avec réponse saisie", "Answered with a typed message"],
        [
            "Décrochées, et au moins un message saisi par une personne au nom de l’opérateur\u{202f}; ni phrase automatique, ni article.",
            "Answered, and at least one message that a person typed in the operator's voice; neither a phrase nor an article.",
        ],
        |t| t.contacts.answered_typed,
    )
    .of_operator(["Dont l’opérateur a saisi le premier message.", "Of which the operator typed the first message."]),
    Figure::count(
        "ended",
        Contacts,
        ["Terminées", "Ended"],
        [
            "Terminées sur le pupitre d’un opérateur\u{a0}: ended_by_visitor + ended_by_operator + ended_by_supervisor + ended_by_timeout.",
            "Ended, by whomever: ended_by_visitor + ended_by_operator + ended_by_supervisor + ended_by_timeout.",
        ],
        |t| t.contacts.outcome(Ended),
    )
    .of_operator(["Demandes que l’opérateur avait alors.", "Of the requests that the operator had then."]),
    Figure::count(
        "ended_by_visitor",
        Contacts,
        ["Terminées par le visiteur", "Ended by the visitor"],
        [
            "Terminées par le visiteur ou son bot.",
            "Ended by the visitor, or the bot on the visitor's behalf.",
        ],
        |t| t.contacts.reason(Ended, "visitor"),
    )
    .of_operator(["Demandes que l’opérateur avait alors.", "Of the requests that the operator had then."]),
    Figure::count(
        "ended_by_operator",
        Contacts,
        ["Terminées par l’opérateur", "Ended by the operator"],
        ["Terminées par l’opérateur en charge.", "Ended by the operator in charge."],
        |t| t.contacts.reason(Ended, "operator"),
    )
    .of_operator(["Que l’opérateur a terminées.", "That the operator ended."]),
    Figure::count(
        "ended_by_supervisor",
        Contacts,
        ["Terminées par un superviseur", "Ended by a supervisor"],
        ["Terminées par un superviseur.", "Ended by a supervisor."],
        |t| t.contacts.reason(Ended, "supervisor"),
    )
    .of_operator(["Demandes que l’opérateur avait alors.", "Of the requests that the operator had then."]),
    Figure::count(
        "ended_by_timeout",
        Contacts,
        ["Terminées par inactivité", "Ended by timeout"],
        ["Le visiteur s’est tu trop longtemps.", "The visitor was silent for too long."],
        |t| t.contacts.reason(Ended, "timeout"),
    )
    .of_operator(["Demandes que l’opérateur avait alors.", "Of the requests that the operator had then."]),
    Figure::count(
        "open",
        Contacts,
        ["En cours", "Open"],
        [
            "Pas encore finies : requested − refused − left − released − ended.",
            "Not over yet: requested − refused − left − released − ended.",
        ],
        |t| t.contacts.open,
    )
    .of_operator(["Que l’opérateur a en ce moment.", "That the operator has now."]),
    Figure::count(
        "waiting",
        Contacts,
        ["En file maintenant", "Waiting now"],
        ["En cours et dans la file en ce moment.", "Open, and in the queue at this moment."],
        |t| t.contacts.waiting,
    )
    .only(NOT_OPERATOR),
];
