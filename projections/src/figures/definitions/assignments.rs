//! Assignments, and what operators did in them. An assignment is one time that an operator had a
//! conversation; it counts where it began.

use super::figure::Figure;
use super::figure::Source::Assignments;

pub(super) const FIGURES: &[Figure] = &[
    Figure::count(
        "assignments",
        Assignments,
        ["Affectations", "Assignments"],
        [
            "Fois qu’un opérateur a reçu une conversation.",
            "Samples that an operator was given a conversation.",
        ],
        |t| t.assignments.count,
    ),
    Figure::count(
        "assignments_picked_up",
        Assignments,
        ["Affectations décrochées", "Assignments picked up"],
        ["Affectations que l’opérateur a décrochées.", "Assignments that the operator picked up."],
        |t| t.assignments.picked_up,
    ),
    Figure::count(
        "received_by_transfer",
        Assignments,
        ["Reçues par transfert", "Received by transfer"],
        ["Affectations par un transfert manuel.", "Assignments by a transfer by hand."],
        |t| t.assignments.assigned_transferred,
    ),
    Figure::count(
        "received_for_inactivity",
        Assignments,
        ["Reçues pour inactivité d’un autre", "Received for the inactivity of another"],
        [
            "Affectations parce qu’un autre opérateur était inactif.",
            "Assignments because another operator was inactive.",
        ],
        |t| t.assignments.assigned_inactive,
    ),
    Figure::count(
        "received_for_disconnection",
        Assignments,
        ["Reçues pour déconnexion d’un autre", "Received for the disconnection of another"],
        [
            "Affectations parce qu’un autre opérateur a été déconnecté.",
            "Assignments because another operator was disconnected.",
        ],
        |t| t.assignments.assigned_disconnected,
    ),
    Figure::count(
        "passed_on",
        Assignments,
        ["Passées par transfert", "Passed on"],
        ["Affectations finies par un transfert manuel.", "Assignments that a transfer by hand ended."],
        |t| t.assignments.unassigned_transferred,
    ),
    Figure::count(
        "lost_for_inactivity",
        Assignments,
        ["Retirées pour inactivité", "Lost for inactivity"],
        [
            "Affectations finies parce que l’opérateur était inactif.",
            "Assignments that ended because the operator was inactive.",
        ],
        |t| t.assignments.unassigned_inactive,
    ),
    Figure::count(
        "lost_for_disconnection",
        Assignments,
        ["Retirées pour déconnexion", "Lost for disconnection"],
        [
            "Affectations finies parce que l’opérateur a été déconnecté, vers un autre ou vers la file.",
            "Assignments that ended because the operator was disconnected, to another or to the queue.",
        ],
        |t| t.assignments.unassigned_disconnected,
    ),
    Figure::count(
        "assignments_abandoned",
        Assignments,
        ["Affectations abandonnées", "Assignments abandoned"],
        [
            "Affectations que le visiteur a quittées avant que l’opérateur décroche.",
            "Assignments that the visitor left before the operator picked up.",
        ],
        |t| t.assignments.unassigned_left,
    ),
    Figure::count(
        "assignment_messages",
        Assignments,
        ["Messages par affectation, total", "Messages in assignments"],
        [
            "Messages écrits par l’opérateur pendant ses affectations\u{202f}; ceux d’un superviseur à sa place n’en sont pas.",
            "Messages that the operator wrote during the assignments; those of a supervisor in the operator's stead are not.",
        ],
        |t| t.assignments.messages,
    ),
    Figure::seconds(
        "assignment_handle_mean_s",
        Assignments,
        ["Traitement moyen d’une affectation", "Mean handle time of an assignment"],
        [
            "Moyenne de\u{a0}: fin de l’affectation − décroché, des affectations décrochées et finies.",
            "Mean of: end of the assignment − pick-up, of the assignments picked up that are over.",
        ],
        |s| s.aggregate.assignments.handle.mean(),
    ),
    Figure::seconds(
        "assignment_handle_median_s",
        Assignments,
        ["Traitement médian d’une affectation", "Median handle time of an assignment"],
        ["Médiane (rang le plus proche) de la même durée.", "Median (nearest rank) of the same."],
        |s| s.aggregate.assignments.handle.percentile(50),
    ),
];
