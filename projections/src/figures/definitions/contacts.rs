//! How many requests there were, and how they went.

use super::Source::Contacts;
use super::{Figure, NOT_OPERATOR};
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
    Figure::count(
        "messages",
        Contacts,
        ["Messages", "Messages"],
        [
            "messages_visitor + messages_operator + messages_automatic.",
            "messages_visitor + messages_operator + messages_automatic.",
        ],
        |t| t.contacts.messages_visitor + t.contacts.messages_operator + t.contacts.messages_system,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "messages_visitor",
        Contacts,
        ["Messages du visiteur", "Messages of visitors"],
        ["Messages au nom du visiteur.", "Messages in the visitor's voice."],
        |t| t.contacts.messages_visitor,
    )
    .of_operator(["Reçus pendant que l’opérateur avait la conversation.", "While the operator had the conversation."]),
    Figure::count(
        "messages_operator",
        Contacts,
        ["Messages d’opérateur", "Messages of operators"],
        [
            "Messages au nom de l’opérateur, articles et superviseurs compris.",
            "Messages in the operator's voice, articles and supervisors included.",
        ],
        |t| t.contacts.messages_operator,
    )
    .of_operator(["Écrits par l’opérateur lui-même.", "That the operator wrote."]),
    Figure::count(
        "messages_automatic",
        Contacts,
        ["Messages automatiques", "Automatic messages"],
        [
            "Messages de Pupitre entre la demande et la fin\u{202f}; ce qui est dit à la fin ou au refus ne compte pas.",
            "Messages of Pupitre from the request to the end; what is said at the end or with a refusal does not count.",
        ],
        |t| t.contacts.messages_system,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "transfers",
        Contacts,
        ["Transferts", "Transfers"],
        [
            "transfers_to_operator + transfers_to_skill + transfers_inactive + transfers_disconnected.",
            "transfers_to_operator + transfers_to_skill + transfers_inactive + transfers_disconnected.",
        ],
        |t| {
            let c = &t.contacts;
            c.transfers_to_operator + c.transfers_to_skill + c.transfers_inactive + c.transfers_disconnected
        },
    )
    .of_operator(["Somme des mêmes, pour l’opérateur.", "The sum of the same, for the operator."]),
    Figure::count(
        "transfers_to_operator",
        Contacts,
        ["Transferts à un opérateur", "Transfers to an operator"],
        ["Transferts manuels à un opérateur.", "Transfers by hand to an operator."],
        |t| t.contacts.transfers_to_operator,
    )
    .of_operator(["Que l’opérateur a faits.", "That the operator made."]),
    Figure::count(
        "transfers_to_skill",
        Contacts,
        ["Transferts à une compétence", "Transfers to a skill"],
        ["Transferts manuels à une compétence.", "Transfers by hand to a skill."],
        |t| t.contacts.transfers_to_skill,
    )
    .of_operator(["Que l’opérateur a faits.", "That the operator made."]),
    Figure::count(
        "transfers_forced",
        Contacts,
        ["Transferts forcés", "Forced transfers"],
        [
            "Ceux des transferts manuels qu’un superviseur a forcés.",
            "Those of the transfers by hand that a supervisor forced.",
        ],
        |t| t.contacts.transfers_forced,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "transfers_inactive",
        Contacts,
        ["Transferts pour inactivité", "Transfers for inactivity"],
        [
            "Transferts automatiques\u{a0}: l’opérateur n’a pas décroché ou répondu à temps.",
            "Automatic transfers: the operator did not pick up or answer in time.",
        ],
        |t| t.contacts.transfers_inactive,
    )
    .of_operator(["Conversations retirées à l’opérateur.", "Taken from the operator."]),
    Figure::count(
        "transfers_disconnected",
        Contacts,
        ["Transferts pour déconnexion", "Transfers for disconnection"],
        [
            "Transferts automatiques\u{a0}: l’opérateur a été déconnecté.",
            "Automatic transfers: the operator was disconnected.",
        ],
        |t| t.contacts.transfers_disconnected,
    )
    .of_operator(["Conversations retirées à l’opérateur.", "Taken from the operator."]),
    Figure::count(
        "returns_to_queue",
        Contacts,
        ["Retours en file", "Returns to the queue"],
        [
            "L’opérateur a été déconnecté et personne n’avait de place.",
            "The operator was disconnected and nobody had room.",
        ],
        |t| t.contacts.returns_to_queue,
    )
    .of_operator(["Conversations retirées à l’opérateur.", "Taken from the operator."]),
    Figure::count(
        "important",
        Contacts,
        ["Importantes", "Important"],
        ["Marquées importantes à la fin, ou maintenant.", "Marked as important at the end, or now."],
        |t| t.contacts.important,
    )
    .of_operator(["Que l’opérateur avait à la fin, ou a maintenant.", "That the operator had at the end, or has now."]),
    Figure::count(
        "help_calls",
        Contacts,
        ["Appels au manager", "Calls for help"],
        ["Appels d’un opérateur au manager.", "Calls of operators for the manager."],
        |t| t.contacts.help_calls,
    )
    .of_operator(["Appels de l’opérateur.", "Calls of the operator."]),
];
