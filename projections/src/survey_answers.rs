//! Answers: what was answered to the surveys (spec.md §Operator survey, §Visitor survey)?
//!
//! One row per survey that is settled: answered, or closed without an answer. A row is the event that
//! settled it, so that each segment of a conversation and each audience has its own. Free text among the
//! answers is personal.

use chrono::{DateTime, Utc};
use domain::settings::surveys::Audience;
use domain::{ConversationFact, Fact, LivechatId, SurveyId};
use journal::{Position, Recorded};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::format;
use crate::page::{PAGE_MAX, Page};
use crate::projection::{Column, EventKey, Projection, Table};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct SurveyAnswers;

/// How one survey went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct SurveyAnswer {
    /// In which livechat.
    pub livechat: String,
    /// The position in the log of the event that settled it.
    pub position: i64,
    /// About which conversation, a UUID.
    pub conversation: String,
    /// The operator who was in charge.
    pub operator: Option<String>,
    /// Who was asked: `operator`, `visitor`.
    pub audience: String,
    /// Which survey.
    pub survey: String,
    /// Which version of it: the answers are to its fields.
    pub version: i64,
    /// When it was first on the screen of whoever answered, if that is known.
    #[serde(with = "format::millis_option")]
    pub opened_at: Option<DateTime<Utc>>,
    /// When it was answered, or closed.
    #[serde(with = "format::millis")]
    pub at: DateTime<Utc>,
    /// How it was closed: `by_hand`, `expired`; absent when it was answered.
    pub closing: Option<String>,
    /// What was answered, by field, as in `{"satisfaction": {"rating": 4}}`; absent when it was closed.
    pub answers: Option<Value>,
}

impl Projection for SurveyAnswers {
    type Row = SurveyAnswer;
    type Key = EventKey;

    const TABLE: Table = Table {
        name: "survey_answers",
        key: &["livechat", "position"],
        columns: &[
            Column::text("livechat"),
            Column::integer("position"),
            Column::text("conversation"),
            Column::text("operator"),
            Column::text("audience"),
            Column::text("survey"),
            Column::integer("version"),
            Column::time("opened_at"),
            Column::time("at"),
            Column::text("closing"),
            Column::json("answers"),
        ],
    };

    const APPEND_ONLY: bool = true;

    fn keys(event: &Recorded) -> impl IntoIterator<Item = EventKey> {
        matches!(
            &event.event.fact,
            Fact::Conversation {
                fact: ConversationFact::SurveyAnswered { .. } | ConversationFact::SurveyClosed { .. },
                ..
            }
        )
        .then(|| EventKey::of(event))
    }

    fn fold(row: Option<SurveyAnswer>, key: &EventKey, event: &Recorded) -> Option<SurveyAnswer> {
        let Fact::Conversation { conversation, operator, fact } = &event.event.fact else { return row };
        let settled = |audience: Audience, survey: &SurveyId, version: u32| SurveyAnswer {
            livechat: key.livechat.to_string(),
            position: key.position,
            conversation: conversation.to_string(),
            operator: operator.as_ref().map(ToString::to_string),
            audience: format::word(&audience),
            survey: survey.to_string(),
            version: i64::from(version),
            opened_at: None,
            at: event.event.at,
            closing: None,
            answers: None,
        };
        if let ConversationFact::SurveyAnswered { audience, survey, version, opened_at, answers } = fact {
            let answers = Some(format::json(answers));
            Some(SurveyAnswer { opened_at: *opened_at, answers, ..settled(*audience, survey, *version) })
        } else if let ConversationFact::SurveyClosed { audience, survey, version, closing } = fact {
            Some(SurveyAnswer {
                closing: Some(format::word(closing)),
                ..settled(*audience, survey, *version)
            })
        } else {
            row
        }
    }
}

/// Which surveys.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those of this survey.
    pub survey: Option<SurveyId>,
    /// Only those that this audience was asked.
    pub audience: Option<Audience>,
}

/// Newest first, at most [`PAGE_MAX`].
pub(crate) async fn list(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    filter: &Filter,
    cursor: Option<Position>,
    limit: usize,
) -> Result<Page<SurveyAnswer>, Error> {
    let limit = limit.clamp(1, PAGE_MAX);
    let select = Select::from(SurveyAnswers::TABLE)
        .equal("livechat", livechat)
        .equal_if("survey", filter.survey.as_ref())
        .equal_if("audience", filter.audience.as_ref().map(format::word))
        .before_if("position", cursor.map(format::position))
        .order("position DESC")
        .limit(limit + 1);
    let rows = transaction.select(select).await?;
    Ok(Page::cut(rows, limit, |row: &SurveyAnswer| row.position))
}
