//! What the desk shows besides conversations: its options, who is online, the canned replies.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use chrono::{DateTime, Utc};
use domain::operator::{Operator, Status};
use domain::settings::canned_replies::Theme;
use domain::settings::surveys::Audience;
use domain::settings::{Desk, DeskOption, OperatorSurvey, Settings};
use domain::text::Language;
use domain::{Livechat, OperatorId, Rejection, ReplyId, SkillId, SurveyId};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::query;
use crate::auth::{Caller, Role};
use crate::problem::Problem;
use crate::server::App;

/// What the desk may show.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "options": {
        "print": true, "mail_to_self": true, "mark_important": true, "call_manager": true,
        "list_operators": true, "search_knowledge": true, "canned_replies": true, "request_file": true,
        "send_file": true, "augmented": false
    },
    "statuses": ["available", "on_break", "searching"],
    "operator_survey": {
        "survey": "wrap-up", "complete_button": true, "cancel_button": true, "closable_unanswered": false
    },
    "visitor_surveys": [{ "survey": "satisfaction", "name": "Satisfaction" }]
}))]
pub struct DeskOptions {
    /// What operators may do.
    options: Desk,
    /// The statuses they may take.
    statuses: Vec<Status>,
    /// The survey they fill in, and how.
    operator_survey: OperatorSurvey,
    /// The surveys they may send to a visitor by hand: none when that is switched off.
    visitor_surveys: Vec<SurveyToSend>,
}

/// A survey that can be sent.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SurveyToSend {
    /// Which one.
    survey: SurveyId,
    /// What the administrators call it.
    name: String,
}

impl DeskOptions {
    /// What these settings say.
    pub fn of(settings: &Settings) -> Self {
        let may_send = settings.visitor_survey.operator_may_send;
        let for_visitors =
            settings.surveys.0.iter().filter(|survey| may_send && survey.audience == Audience::Visitor);
        Self {
            options: settings.desk.clone(),
            statuses: Status::ALL.into_iter().filter(|status| settings.statuses.enabled(*status)).collect(),
            operator_survey: settings.operator_survey.clone(),
            visitor_surveys: for_visitors
                .map(|survey| SurveyToSend { survey: survey.id.clone(), name: survey.name.clone() })
                .collect(),
        }
    }
}

/// What the desk may show. The server checks each of it by itself.
#[utoipa::path(
    get, path = "/desk/options", tag = "desk",
    responses((status = 200, body = DeskOptions), (status = 404, body = Problem))
)]
pub async fn options(caller: Caller, State(app): State<App>) -> Result<axum::Json<DeskOptions>, Problem> {
    let look = |state: &Livechat| DeskOptions::of(state.settings());
    Ok(axum::Json(at_work(&app, &caller, None, look).await?))
}

/// An operator who is online.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "operator": "alice", "name": "Alice", "skills": ["returns"], "status": "available",
    "since": "2027-01-15T09:00:00Z", "load": 2, "capacity": 3, "has_room": true
}))]
pub struct Online {
    /// Who.
    operator: OperatorId,
    /// The name visitors see.
    name: String,
    /// What the operator can be asked about.
    skills: Vec<SkillId>,
    /// What the operator is doing.
    status: Status,
    /// Since when the desk is open.
    since: DateTime<Utc>,
    /// Conversations now.
    load: usize,
    /// Conversations at once.
    capacity: usize,
    /// Whether a conversation can be transferred there now.
    has_room: bool,
}

/// Who is online, by identifier: operators while `desk.list_operators` is on, and supervisors.
#[utoipa::path(
    get, path = "/operators", tag = "operators",
    responses(
        (status = 200, body = Vec<Online>),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off")
    )
)]
pub async fn operators(caller: Caller, State(app): State<App>) -> Result<axum::Json<Vec<Online>>, Problem> {
    let look = |state: &Livechat| {
        let all = state.operators().iter();
        all.filter_map(|(id, operator)| Online::of(id, operator, state.settings())).collect()
    };
    Ok(axum::Json(at_work(&app, &caller, Some(DeskOption::ListOperators), look).await?))
}

impl Online {
    fn of(id: &OperatorId, operator: &Operator, settings: &Settings) -> Option<Self> {
        Some(Self {
            operator: id.clone(),
            name: operator.profile.name.to_string(),
            skills: operator.profile.skills.iter().cloned().collect(),
            status: operator.status,
            since: operator.connected_since?,
            load: operator.load(),
            capacity: operator.capacity(&settings.capacity),
            has_room: operator.has_room(&settings.capacity),
        })
    }
}

/// For whom.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct For {
    /// The visitor's language, `fr` or `en`; the livechat's unless told.
    #[param(value_type = Option<String>)]
    language: Option<Language>,
}

/// Canned replies of one theme.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "theme": "Greetings", "replies": [{ "id": "hello", "title": "Hello", "text": "Hello, how can I help?" }]
}))]
pub struct Replies {
    /// Its name.
    theme: String,
    /// At least one, in the order of the settings.
    replies: Vec<Reply>,
}

/// A canned reply.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Reply {
    /// Which one.
    id: ReplyId,
    /// What operators find it by.
    title: String,
    /// The text to send, in the visitor's language or else in the livechat's.
    text: String,
}

/// The published canned replies, by theme: operators while `desk.canned_replies` is on, and supervisors. One
/// that is written neither in the language asked for nor in the livechat's is left out.
#[utoipa::path(
    get, path = "/canned-replies", tag = "desk", params(For),
    responses(
        (status = 200, body = Vec<Replies>),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off")
    )
)]
pub async fn canned_replies(
    caller: Caller,
    State(app): State<App>,
    asked: Result<Query<For>, QueryRejection>,
) -> Result<axum::Json<Vec<Replies>>, Problem> {
    let Query(For { language }) = asked.map_err(query)?;
    let look = |state: &Livechat| {
        let own = state.identity().map(|identity| identity.language).unwrap_or_default();
        let themes = state.settings().canned_replies.published_by_theme(language.unwrap_or(own), own);
        themes.into_iter().map(Replies::from).collect()
    };
    Ok(axum::Json(at_work(&app, &caller, Some(DeskOption::CannedReplies), look).await?))
}

impl From<Theme<'_>> for Replies {
    fn from(Theme { theme, replies }: Theme<'_>) -> Self {
        let replies = replies.into_iter().map(|ready| Reply {
            id: ready.id.clone(),
            title: ready.title.to_owned(),
            text: ready.text.to_owned(),
        });
        Self { theme: theme.to_owned(), replies: replies.collect() }
    }
}

/// Looks at the livechat for an operator, who needs `option`, or for a supervisor.
async fn at_work<T>(
    app: &App,
    caller: &Caller,
    option: Option<DeskOption>,
    look: impl FnOnce(&Livechat) -> T,
) -> Result<T, Problem> {
    caller.must_be(&[Role::Operator, Role::Supervisor])?;
    let by = caller.actor()?;
    let seen = app.journal.snapshot(&caller.livechat, |state| {
        if state.identity().is_none() {
            return Err(Rejection::UnknownLivechat);
        }
        if let Some(option) = option {
            state.settings().desk.allow(option, &by)?;
        }
        Ok(look(state))
    });
    Ok(seen.await?.1?)
}
