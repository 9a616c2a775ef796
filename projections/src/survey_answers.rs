//! Answers: what was answered to the surveys (spec.md §Operator survey, §Visitor survey)?
//!
//! A pending survey has a row of [`PendingSurveys`]; a settled one (answered, or closed without an answer) has a
//! [`SurveyAnswer`], which the other row emits. At most one waits per segment of a conversation and audience. Free text
//! among the answers is personal.

use chrono::{DateTime, Utc};
use domain::settings::surveys::Audience;
use domain::{ConversationFact, ConversationId, Fact, LivechatId, SurveyId, SurveyStep};
use journal::{Position, Record};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::database::{Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::page::{PAGE_MAX, Page};
use crate::projection::{HistoryRow, HistoryRows, Projection, Table};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct PendingSurveys;

row! {
    table "pending_surveys", key [livechat, conversation, segment, audience];

    /// A survey that waits for its answers.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct PendingSurvey {
        /// In which livechat.
        pub livechat: String,
        /// About which conversation, a UUID.
        pub conversation: String,
        /// The number of the segment that it is about, from 1.
        pub segment: i64,
        /// Who is asked: `operator`, `visitor`.
        pub audience: String,
        /// The operator who had picked that segment up.
        pub operator: Option<String>,
        /// Which survey.
        pub survey: String,
        /// Which version of it.
        pub version: i64,
        /// When it was asked.
        #[serde(with = "encoding::millis")]
        pub asked_at: DateTime<Utc>,
        /// The position in the log of the event that asked it.
        pub position: i64,
    }
}

/// The key of a survey that waits.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct PendingKey {
    /// In which livechat.
    pub livechat: LivechatId,
    /// About which conversation.
    pub conversation: ConversationId,
    /// About which segment of it.
    pub segment: u32,
    /// Who is asked.
    pub audience: Audience,
}

row! {
    table "survey_answers", key [livechat, position];

    /// The outcome of one survey.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
    pub struct SurveyAnswer {
        /// In which livechat.
        pub livechat: String,
        /// The position in the log of the event that settled it.
        pub position: i64,
        /// About which conversation, a UUID.
        pub conversation: String,
        /// The number of the segment that it is about, from 1; 1 also where the log is too old to record it.
        pub segment: i64,
        /// The operator who had picked that segment up.
        pub operator: Option<String>,
        /// Who was asked: `operator`, `visitor`.
        pub audience: String,
        /// Which survey.
        pub survey: String,
        /// Which version of it: the answers are to its fields.
        pub version: i64,
        /// When it was asked.
        #[serde(with = "encoding::millis")]
        pub asked_at: DateTime<Utc>,
        /// When it was first on the screen of the respondent, if known.
        #[serde(with = "encoding::millis_option")]
        pub opened_at: Option<DateTime<Utc>>,
        /// When it was answered, or closed.
        #[serde(with = "encoding::millis")]
        pub at: DateTime<Utc>,
        /// How it was closed: `by_hand`, `expired`, `replaced`; absent when it was answered.
        pub closing: Option<String>,
        /// What was answered, by field, as in `{"satisfaction": {"rating": 4}}`; absent when it was closed.
        pub answers: Option<Value>,
    }
}

impl Projection for PendingSurveys {
    type Row = PendingSurvey;
    type Key = PendingKey;

    const TABLE: Table = PendingSurvey::TABLE;

    fn keys(event: &Record) -> impl IntoIterator<Item = PendingKey> {
        let Fact::Conversation { conversation, fact, .. } = &event.event.fact else { return None };
        if let ConversationFact::Survey(
            SurveyStep::Asked { audience, segment, .. }
            | SurveyStep::Answered { audience, segment, .. }
            | SurveyStep::Closed { audience, segment, .. },
        ) = fact
        {
            let (livechat, conversation) = (event.livechat.clone(), *conversation);
            Some(PendingKey { livechat, conversation, segment: *segment, audience: *audience })
        } else {
            None
        }
    }

    fn fold(
        _row: Option<Box<PendingSurvey>>,
        key: &PendingKey,
        event: &Record,
    ) -> Option<Box<PendingSurvey>> {
        let Fact::Conversation { operator, fact, .. } = &event.event.fact else { return None };
        let ConversationFact::Survey(SurveyStep::Asked { survey, version, .. }) = fact else { return None };
        Some(Box::new(PendingSurvey {
            livechat: key.livechat.to_string(),
            conversation: key.conversation.to_string(),
            segment: i64::from(key.segment),
            audience: encoding::word(&key.audience),
            operator: operator.as_ref().map(ToString::to_string),
            survey: survey.to_string(),
            version: i64::from(*version),
            asked_at: event.event.at,
            position: encoding::position(event.position),
        }))
    }

    /// Its outcome, once it is settled.
    fn emit(before: Option<&PendingSurvey>, _key: &PendingKey, event: &Record, history: &mut HistoryRows) {
        let Fact::Conversation { fact, .. } = &event.event.fact else { return };
        let Some(before) = before else { return };
        let settled = SurveyAnswer::of(before, event);
        if let ConversationFact::Survey(SurveyStep::Answered { opened_at, answers, .. }) = fact {
            let answers = Some(encoding::json(answers));
            history.push(&SurveyAnswer { opened_at: *opened_at, answers, ..settled });
        } else if let ConversationFact::Survey(SurveyStep::Closed { closing, .. }) = fact {
            history.push(&SurveyAnswer { closing: Some(encoding::word(closing)), ..settled });
        }
    }
}

impl HistoryRow for SurveyAnswer {
    const TABLE: Table = Self::TABLE;
}

impl SurveyAnswer {
    fn of(pending: &PendingSurvey, event: &Record) -> Self {
        Self {
            livechat: pending.livechat.clone(),
            position: encoding::position(event.position),
            conversation: pending.conversation.clone(),
            segment: pending.segment,
            operator: pending.operator.clone(),
            audience: pending.audience.clone(),
            survey: pending.survey.clone(),
            version: pending.version,
            asked_at: pending.asked_at,
            opened_at: None,
            at: event.event.at,
            closing: None,
            answers: None,
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
    let select = Select::from(SurveyAnswer::TABLE)
        .equal("livechat", livechat)
        .equal_if("survey", filter.survey.as_ref())
        .equal_if("audience", filter.audience.as_ref().map(encoding::word))
        .before_if("position", cursor.map(encoding::position))
        .order("position DESC");
    Ok(Page::of(transaction.page(select, limit).await?, |row: &SurveyAnswer| row.position))
}
