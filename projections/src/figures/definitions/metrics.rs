//! What was said and done in contacts: the figures that are sums of their metrics.

use super::figure::Source::Contacts;
use super::figure::{Figure, NOT_OPERATOR};
use crate::figures::samples::Value;

pub(super) const FIGURES: &[Figure] = &[
    Figure::count(
        "messages",
        Contacts,
        ["Messages", "Messages"],
        [
            "messages_visitor + messages_operator + messages_automatic.",
            "messages_visitor + messages_operator + messages_automatic.",
        ],
        |t| t.contacts.metrics.messages_visitor + t.contacts.metrics.messages_operator + t.contacts.metrics.messages_system,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "messages_visitor",
        Contacts,
        ["Messages du visiteur", "Messages of visitors"],
        ["Messages au nom du visiteur.", "Messages in the visitor's voice."],
        |t| t.contacts.metrics.messages_visitor,
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
        |t| t.contacts.metrics.messages_operator,
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
        |t| t.contacts.metrics.messages_system,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "messages_typed",
        Contacts,
        ["Messages saisis", "Typed messages"],
        [
            "Ceux de messages_operator qu’une personne a saisis\u{a0}: ni article, ni phrase.",
            "Those of messages_operator that a person typed: neither an article nor a phrase.",
        ],
        |t| t.contacts.metrics.messages_typed,
    )
    .of_operator(["Saisis par l’opérateur lui-même.", "That the operator typed."]),
    Figure::count(
        "messages_article",
        Contacts,
        ["Messages d’articles", "Messages from articles"],
        [
            "Messages tirés d’un article de la base de connaissances, au nom de l’opérateur ou de Pupitre.",
            "Messages from an article of the knowledge base, in the operator's voice or in that of Pupitre.",
        ],
        |t| t.contacts.metrics.messages_article,
    )
    .of_operator(["Envoyés par l’opérateur.", "That the operator sent."]),
    Figure::count(
        "messages_phrase",
        Contacts,
        ["Phrases", "Phrases"],
        [
            "Phrases dites par Pupitre entre la demande et la fin\u{202f}; ce qui est dit à la fin ou au refus ne compte pas.",
            "Phrases said by Pupitre from the request to the end; what is said at the end or with a refusal does not count.",
        ],
        |t| t.contacts.metrics.messages_phrase,
    )
    .only(NOT_OPERATOR),
    Figure::count(
        "messages_internal",
        Contacts,
        ["Messages internes", "Internal messages"],
        [
            "Messages entre l’opérateur et les superviseurs, que le visiteur ne voit pas\u{202f}; messages ne les compte pas.",
            "Messages between the operator and supervisors, which the visitor never sees; not counted in messages.",
        ],
        |t| t.contacts.metrics.messages_internal,
    )
    .of_operator(["Écrits par l’opérateur.", "That the operator wrote."]),
    Figure::count(
        "transfers",
        Contacts,
        ["Transferts", "Transfers"],
        [
            "transfers_to_operator + transfers_to_skill + transfers_inactive + transfers_disconnected.",
            "transfers_to_operator + transfers_to_skill + transfers_inactive + transfers_disconnected.",
        ],
        |t| {
            let c = &t.contacts.metrics;
            c.transfers_to_operator + c.transfers_to_skill + c.transfers_inactive + c.transfers_disconnected
        },
    )
    .of_operator(["Somme des mêmes, pour l’opérateur.", "The sum of the same, for the operator."]),
    Figure::count(
        "transfers_to_operator",
        Contacts,
        ["Transferts à un opérateur", "Transfers to an operator"],
        ["Transferts manuels à un opérateur.", "Transfers by hand to an operator."],
        |t| t.contacts.metrics.transfers_to_operator,
    )
    .of_operator(["Que l’opérateur a faits.", "That the operator made."]),
    Figure::count(
        "transfers_to_skill",
        Contacts,
        ["Transferts à une compétence", "Transfers to a skill"],
        ["Transferts manuels à une compétence.", "Transfers by hand to a skill."],
        |t| t.contacts.metrics.transfers_to_skill,
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
        |t| t.contacts.metrics.transfers_forced,
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
        |t| t.contacts.metrics.transfers_inactive,
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
        |t| t.contacts.metrics.transfers_disconnected,
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
        |t| t.contacts.metrics.returns_to_queue,
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
        |t| t.contacts.metrics.help_calls,
    )
    .of_operator(["Appels de l’opérateur.", "Calls of the operator."]),
    Figure::seconds(
        "hold_time_s",
        Contacts,
        ["Temps en attente par l’opérateur", "Time on hold"],
        [
            "Temps pendant lequel un opérateur avait mis la conversation en attente, une fois cette attente finie.",
            "Time for which an operator had put the conversation on hold, once that is over.",
        ],
        |s| Some(Value::Millis(s.aggregate.contacts.metrics.hold_ms)),
    )
    .adding_up(true)
    .of_operator(["Conversations que cet opérateur a mises en attente.", "Conversations that this operator put on hold."]),
];
