//! Surveys: how many were asked, how many of those were answered, and how long that took. What was answered is
//! listed question by question beside these. A survey belongs to the operator who was in charge.

use super::figure::Source::Surveys;
use super::figure::{Figure, NOT_SKILL};
use crate::figures::samples::{Value, mean};

pub(super) const FIGURES: &[Figure] = &[
    Figure::count(
        "visitor_surveys_sent",
        Surveys,
        ["Questionnaires visiteur envoyés", "Visitor surveys sent"],
        ["Questionnaires posés aux visiteurs.", "Surveys that visitors were asked."],
        |t| t.visitor_surveys.sent,
    )
    .only(NOT_SKILL),
    Figure::count(
        "visitor_surveys_answered",
        Surveys,
        ["Questionnaires visiteur répondus", "Visitor surveys answered"],
        ["Ceux d’entre eux qui ont une réponse.", "Those of them that are answered."],
        |t| t.visitor_surveys.answered,
    )
    .only(NOT_SKILL),
    Figure::ratio(
        "visitor_surveys_rate",
        Surveys,
        ["Taux de réponse des visiteurs", "Answer rate of visitors"],
        [
            "visitor_surveys_answered ÷ visitor_surveys_sent.",
            "visitor_surveys_answered ÷ visitor_surveys_sent.",
        ],
        |s| Value::ratio(s.aggregate.visitor_surveys.answered, s.aggregate.visitor_surveys.sent),
    )
    .only(NOT_SKILL),
    Figure::seconds(
        "visitor_surveys_fill_mean_s",
        Surveys,
        ["Temps de remplissage moyen des visiteurs", "Mean fill time of visitors"],
        [
            "Moyenne de\u{a0}: réponse − première ouverture, quand celle-ci est connue.",
            "Mean of: answer − first opening, where that is known.",
        ],
        |s| mean(s.aggregate.visitor_surveys.fill_ms, s.aggregate.visitor_surveys.filled),
    )
    .only(NOT_SKILL),
    Figure::ratio(
        "satisfaction_mean",
        Surveys,
        ["Satisfaction moyenne", "Mean satisfaction"],
        [
            "Moyenne des notes (1 à 5) des réponses de visiteurs, toutes questions.",
            "Mean of the ratings (1 to 5) in the answers of visitors, to whichever question.",
        ],
        |s| Value::ratio(s.aggregate.visitor_surveys.rating_sum, s.aggregate.visitor_surveys.ratings),
    )
    .only(NOT_SKILL),
    Figure::count(
        "operator_surveys_sent",
        Surveys,
        ["Questionnaires opérateur posés", "Operator surveys sent"],
        ["Questionnaires posés aux opérateurs.", "Surveys that operators were asked."],
        |t| t.operator_surveys.sent,
    )
    .only(NOT_SKILL),
    Figure::count(
        "operator_surveys_answered",
        Surveys,
        ["Questionnaires opérateur répondus", "Operator surveys answered"],
        ["Ceux d’entre eux qui ont une réponse.", "Those of them that are answered."],
        |t| t.operator_surveys.answered,
    )
    .only(NOT_SKILL),
    Figure::ratio(
        "operator_surveys_rate",
        Surveys,
        ["Taux de réponse des opérateurs", "Answer rate of operators"],
        [
            "operator_surveys_answered ÷ operator_surveys_sent.",
            "operator_surveys_answered ÷ operator_surveys_sent.",
        ],
        |s| Value::ratio(s.aggregate.operator_surveys.answered, s.aggregate.operator_surveys.sent),
    )
    .only(NOT_SKILL),
    Figure::seconds(
        "operator_surveys_fill_mean_s",
        Surveys,
        ["Temps de remplissage moyen des opérateurs", "Mean fill time of operators"],
        [
            "Moyenne de\u{a0}: réponse − première ouverture, quand celle-ci est connue.",
            "Mean of: answer − first opening, where that is known.",
        ],
        |s| mean(s.aggregate.operator_surveys.fill_ms, s.aggregate.operator_surveys.filled),
    )
    .only(NOT_SKILL),
];
