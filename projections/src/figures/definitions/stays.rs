//! What operators were given, and what they did with it. A stay is one time that an operator had a
//! conversation; it counts where it began.

use super::Figure;
use super::Source::Stays;

pub(super) const FIGURES: &[Figure] = &[
    Figure::count(
        "assignments",
        Stays,
        ["Affectations", "Assignments"],
        ["Fois qu’un opérateur a reçu une conversation.", "Times that an operator was given a conversation."],
        |t| t.stays.count,
    ),
    Figure::count(
        "assignments_picked_up",
        Stays,
        ["Affectations décrochées", "Assignments picked up"],
        ["Affectations que l’opérateur a décrochées.", "Assignments that the operator picked up."],
        |t| t.stays.picked_up,
    ),
    Figure::count(
        "received_by_transfer",
        Stays,
        ["Reçues par transfert", "Received by transfer"],
        ["Affectations par un transfert manuel.", "Assignments by a transfer by hand."],
        |t| t.stays.given_transferred,
    ),
    Figure::count(
        "received_for_inactivity",
        Stays,
        ["Reçues pour inactivité d’un autre", "Received for the inactivity of another"],
        [
            "Affectations parce qu’un autre opérateur était inactif.",
            "Assignments because another operator was inactive.",
        ],
        |t| t.stays.given_inactive,
    ),
    Figure::count(
        "received_for_disconnection",
        Stays,
        ["Reçues pour déconnexion d’un autre", "Received for the disconnection of another"],
        [
            "Affectations parce qu’un autre opérateur a été déconnecté.",
            "Assignments because another operator was disconnected.",
        ],
        |t| t.stays.given_disconnected,
    ),
    Figure::count(
        "passed_on",
        Stays,
        ["Passées par transfert", "Passed on"],
        ["Affectations finies par un transfert manuel.", "Assignments that a transfer by hand ended."],
        |t| t.stays.gone_transferred,
    ),
    Figure::count(
        "lost_for_inactivity",
        Stays,
        ["Retirées pour inactivité", "Lost for inactivity"],
        [
            "Affectations finies parce que l’opérateur était inactif.",
            "Assignments that ended because the operator was inactive.",
        ],
        |t| t.stays.gone_inactive,
    ),
    Figure::count(
        "lost_for_disconnection",
        Stays,
        ["Retirées pour déconnexion", "Lost for disconnection"],
        [
            "Affectations finies parce que l’opérateur a été déconnecté, vers un autre ou vers la file.",
            "Assignments that ended because the operator was disconnected, to another or to the queue.",
        ],
        |t| t.stays.gone_disconnected,
    ),
    Figure::count(
        "assignments_abandoned",
        Stays,
        ["Affectations abandonnées", "Assignments abandoned"],
        [
            "Affectations que le visiteur a quittées avant que l’opérateur décroche.",
            "Assignments that the visitor left before the operator picked up.",
        ],
        |t| t.stays.gone_left,
    ),
    Figure::count(
        "assignment_messages",
        Stays,
        ["Messages par affectation, total", "Messages in assignments"],
        [
            "Messages écrits par l’opérateur pendant ses affectations\u{202f}; ceux d’un superviseur à sa place n’en sont pas.",
            "Messages that the operator wrote during the assignments; those of a supervisor in the operator's stead are not.",
        ],
        |t| t.stays.messages,
    ),
    Figure::seconds(
        "assignment_handle_mean_s",
        Stays,
        ["Traitement moyen d’une affectation", "Mean handle time of an assignment"],
        [
            "Moyenne de\u{a0}: fin de l’affectation − décroché, des affectations décrochées et finies.",
            "Mean of: end of the assignment − pick-up, of the assignments picked up that are over.",
        ],
        |s| s.tally.stays.handle.mean(),
    ),
    Figure::seconds(
        "assignment_handle_median_s",
        Stays,
        ["Traitement médian d’une affectation", "Median handle time of an assignment"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.tally.stays.handle.percentile(50),
    ),
];
