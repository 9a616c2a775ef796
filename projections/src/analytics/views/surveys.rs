//! The surveys: the outcome of each, and the answers.

use crate::analytics::catalogue::{Column, Sql, View, elapsed_ms};

/// One row per survey that was asked.
pub(super) const SURVEYS: View = View {
    name: "surveys",
    comment: "Each survey that was asked, and what became of it.",
    personal: false,
    source: Sql::Same(
        "(SELECT livechat, position, conversation, operator, audience, survey, version, asked_at, opened_at,
        \"at\" AS settled_at, CASE WHEN closing IS NULL THEN 'answered' ELSE 'closed' END AS state, closing, segment
    FROM survey_answers
    UNION ALL
    SELECT livechat, position, conversation, operator, audience, survey, version, asked_at, NULL, NULL, 'asked', NULL,
        segment
    FROM pending_surveys) AS survey",
    ),
    only: None,
    columns: &[
        Column::livechat(),
        Column::integer("position", "The position in the log of what settled it, or of the question as long as it is open."),
        Column::text("conversation", "About which conversation, a UUID."),
        Column::text("operator", "The operator who had picked up the segment that it is about; null: nobody."),
        Column::text("audience", "Who is asked: operator or visitor."),
        Column::text("survey", "Which survey."),
        Column::integer("version", "Which version of it."),
        Column::text("state", "What became of it: asked (it waits), answered or closed (without an answer)."),
        Column::time("asked_at", "When it was asked."),
        Column::time("opened_at", "When it was first on the screen of whoever answered; null: not known."),
        Column::time("settled_at", "When it was answered or closed; null: it waits."),
        Column::text("closing", "How it was closed: by_hand, expired or replaced; null: it was not."),
        Column::integer("fill_ms", "Milliseconds from the opening to the answer; null: not known.")
            .computed(elapsed_ms("opened_at", "settled_at")),
        Column::integer("segment", "The number of the segment of the conversation that it is about, from 1."),
    ],
};

/// Where the answers are: one row per question that was answered.
const ANSWERS: Sql = Sql::Each {
    postgres: "survey_answers AS survey CROSS JOIN LATERAL jsonb_each(survey.answers) AS answer",
    sqlite: "survey_answers AS survey CROSS JOIN json_each(survey.answers) AS answer",
};

/// One row per question that was answered, without free text.
pub(super) const SURVEY_ANSWERS: View = View {
    name: "survey_answers",
    comment: "Each answer to each question of each survey. What was answered in free text is in survey_texts.",
    personal: false,
    source: ANSWERS,
    only: None,
    columns: &[
        Column::livechat(),
        Column::integer(
            "position",
            "The position of the event in the log: one per survey that was answered.",
        ),
        Column::text("conversation", "About which conversation, a UUID."),
        Column::text(
            "operator",
            "The operator who had picked up the segment that it is about; null: nobody.",
        ),
        Column::text("audience", "Who answered: operator or visitor."),
        Column::text("survey", "Which survey."),
        Column::integer("version", "Which version of it."),
        Column::time("at", "When it was answered."),
        Column::text("question", "Which question: the identifier of the field.").is("answer.key"),
        Column::integer("rating", "What was answered to a rating, 1 to 5; null: another kind of question.")
            .is("CAST(answer.value ->> 'rating' AS bigint)"),
        Column::text("choice", "What was chosen from a single choice or a drop-down; null: another kind.")
            .is("answer.value ->> 'choice'"),
        Column::json("choices", "What was chosen from a multiple choice: an array; null: another kind.")
            .is("answer.value -> 'choices'"),
        Column::integer("characters", "How long a text is, in characters; null: another kind.")
            .is("CAST(length(answer.value ->> 'text') AS bigint)"),
        Column::integer("segment", "The number of the segment of the conversation that it is about, from 1."),
    ],
};

/// The same for free text, with the text.
pub(super) const SURVEY_TEXTS: View = View {
    name: "survey_texts",
    comment: "Each answer to a question that asks for text.",
    personal: true,
    source: ANSWERS,
    only: Some(Sql::Same("answer.value ->> 'text' IS NOT NULL")),
    columns: &[
        Column::livechat(),
        Column::integer("position", "The position of the event in the log, as in survey_answers."),
        Column::text("conversation", "About which conversation, a UUID."),
        Column::text("question", "Which question: the identifier of the field.").is("answer.key"),
        Column::text("text", "What was answered. Personal.").is("answer.value ->> 'text'"),
    ],
};
