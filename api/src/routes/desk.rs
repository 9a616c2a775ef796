//! What the desk shows besides conversations: its options, who is online, the canned replies.

use std::collections::BTreeMap;
use std::ops::Bound;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse, Response};
use chrono::{DateTime, Utc};
use domain::both;
use domain::settings::Status;
use domain::settings::canned_replies::Theme;
use domain::settings::surveys::Audience;
use domain::settings::{Desk, DeskOption, OperatorSurvey, Settings};
use domain::state::Operator;
use domain::text::{Language, Name};
use domain::{Livechat, OperatorId, Rejection, ReplyId, SkillId, SurveyId};
use projections::SkillNames;
use projections::knowledge_index::search_canned_replies;
use projections::text_search::Term;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::language::ReaderLanguage;
use crate::problem::Problem;

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
    "visitor_surveys": [{ "survey": "satisfaction", "name": "Satisfaction" }],
    "skills": [{ "skill": "returns", "name": "Returns", "names": { "fr": "Retours", "en": "Returns" } }]
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
    /// The skills that a conversation may be transferred to, highest priority first.
    skills: Vec<SkillToAsk>,
}

/// A skill, with its names.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SkillToAsk {
    /// Which one.
    skill: SkillId,
    /// What it is called, in the language of the reader.
    name: String,
    /// What it is called, per language; a language that is absent has no name of its own.
    #[schema(value_type = BTreeMap<Language, String>)]
    names: BTreeMap<Language, Name>,
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
    /// What these settings say to a reader of this language.
    pub fn of(settings: &Settings, language: Language) -> Self {
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
            skills: settings
                .skills
                .0
                .iter()
                .map(|skill| SkillToAsk {
                    skill: skill.id.clone(),
                    name: skill.called(language).to_owned(),
                    names: skill.name.clone(),
                })
                .collect(),
        }
    }
}

/// What the desk may show. The server checks each of it by itself.
#[utoipa::path(
    get, path = "/desk/options", tag = "desk",
    responses((status = 200, body = DeskOptions), (status = 404, body = Problem))
)]
pub async fn options(
    caller: Caller,
    State(app): State<App>,
    accepted: ReaderLanguage,
) -> Result<axum::Json<DeskOptions>, Problem> {
    let language = accepted.or_livechats(&app.journal, &caller.livechat).await?;
    let look = |state: &Livechat| DeskOptions::of(state.settings(), language);
    Ok(axum::Json(at_work(&app, &caller, None, look).await?))
}

/// An operator.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "operator": "alice", "name": "Alice", "skills": ["returns"], "skill_names": { "returns": "Returns" },
    "status": "available",
    "since": "2027-01-15T09:00:00Z", "load": 2, "capacity": 3, "has_room": true, "suspended": false
}))]
pub struct Online {
    /// Who.
    operator: OperatorId,
    /// The name visitors see.
    name: String,
    /// What the operator can be asked about.
    skills: Vec<SkillId>,
    /// What these skills are called, by identifier, in the language of the reader.
    skill_names: BTreeMap<String, String>,
    /// What the operator is doing.
    status: Status,
    /// Since when the desk is open; null when none is, which only administrators are shown.
    since: Option<DateTime<Utc>>,
    /// Conversations now.
    load: usize,
    /// Conversations at once.
    capacity: usize,
    /// Whether a conversation can be transferred there now.
    has_room: bool,
    /// Whether the operator may neither connect nor be given anything.
    suspended: bool,
}

/// Which operators.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct OperatorsParams {
    /// Those after this identifier: the last one of the page before.
    #[param(value_type = Option<String>)]
    after: Option<OperatorId>,
    /// How many: 1 to 1,000, 1,000 by default.
    #[param(minimum = 1, maximum = 1000)]
    limit: Option<i64>,
}

/// The operators, by identifier: who is online, for operators while `desk.list_operators` is on and for supervisors;
/// everybody who is registered, for administrators.
#[utoipa::path(
    get, path = "/operators", tag = "operators", params(OperatorsParams),
    responses(
        (status = 200, body = Vec<Online>),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off")
    )
)]
pub async fn operators(
    caller: Caller,
    State(app): State<App>,
    which: Result<Query<OperatorsParams>, QueryRejection>,
    accepted: ReaderLanguage,
) -> Result<Response, Problem> {
    let Query(OperatorsParams { after, limit }) = which?;
    let limit = limit.unwrap_or(OPERATORS_PAGE_MAX);
    if !(1..=OPERATORS_PAGE_MAX).contains(&limit) {
        return Err(Problem::field(
            "limit",
            both!("1 to {OPERATORS_PAGE_MAX} operators", "1 à {OPERATORS_PAGE_MAX} opérateurs"),
        ));
    }
    let everybody = caller.role == Role::Administrator;
    let names = accepted.skill_names(&app.journal, &caller.livechat).await?;
    let look = |state: &Livechat| {
        let start = after.as_ref().map_or(Bound::Unbounded, Bound::Excluded);
        let all = state.operators().range::<OperatorId, _>((start, Bound::Unbounded));
        let shown = all.filter(|(_, operator)| everybody || operator.connected_since.is_some());
        let shown = shown.take(usize::try_from(limit).unwrap_or(0));
        shown.map(|(id, operator)| Online::of(id, operator, state.settings(), &names)).collect::<Vec<_>>()
    };
    if everybody {
        let look = |state: &Livechat| state.identity().map(|_| look(state));
        let all = app.journal.snapshot(&caller.livechat, look).await?.1;
        return Ok(axum::Json(all.ok_or(Rejection::UnknownLivechat)?).into_response());
    }
    Ok(axum::Json(at_work(&app, &caller, Some(DeskOption::ListOperators), look).await?).into_response())
}

/// Operators in one answer: a whole floor, in some milliseconds.
const OPERATORS_PAGE_MAX: i64 = 1_000;

impl Online {
    pub(crate) fn of(id: &OperatorId, operator: &Operator, settings: &Settings, names: &SkillNames) -> Self {
        Self {
            operator: id.clone(),
            name: operator.profile.name.to_string(),
            skills: operator.profile.skills.iter().cloned().collect(),
            skill_names: names.all(operator.profile.skills.iter().map(SkillId::as_str)),
            status: operator.status,
            since: operator.connected_since,
            load: operator.load(),
            capacity: operator.capacity(&settings.capacity),
            has_room: operator.has_room(&settings.capacity),
            suspended: operator.suspended,
        }
    }
}

/// For whom, and which.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct RepliesParams {
    /// The visitor's language, `fr` or `en`; the livechat's unless told.
    #[param(value_type = Option<String>)]
    language: Option<Language>,
    /// Only those in whose title or text all of it is said: words, `"words one after the other"`, `beginn*`, as in a
    /// search of articles and conversations; at most 200 characters and 16 words. All, where it is blank.
    #[param(max_length = 200, example = "refund")]
    q: Option<String>,
}

/// Canned replies of one theme.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "theme": "Greetings", "replies": [{ "id": "hello", "title": "Hello", "text": "Hello, how can I help?" }]
}))]
#[schema(as = RepliesOfTheme)]
pub struct Replies {
    /// Its name.
    theme: String,
    /// At least one, in the order of the settings; of a search, best first.
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
/// that is written neither in the language asked for nor in the livechat's is left out. With `q` they are searched, as
/// articles and conversations are.
#[utoipa::path(
    get, path = "/canned-replies", tag = "desk", params(RepliesParams),
    responses(
        (status = 200, body = Vec<Replies>),
        (status = 403, body = Problem, description = "`option_off`: the option is switched off"),
        (status = 422, body = Problem)
    )
)]
pub async fn canned_replies(
    caller: Caller,
    State(app): State<App>,
    asked: Result<Query<RepliesParams>, QueryRejection>,
) -> Result<axum::Json<Vec<Replies>>, Problem> {
    let Query(RepliesParams { language, q }) = asked?;
    let terms = match q.filter(|q| !q.trim().is_empty()) {
        Some(q) => Some(Term::parse(&q).map_err(|wrong| Problem::field("q", wrong.message()))?),
        None => None,
    };
    let look = |state: &Livechat| {
        let own = state.identity().map(|identity| identity.language).unwrap_or_default();
        (state.settings().canned_replies.clone(), own)
    };
    let (replies, own) = at_work(&app, &caller, Some(DeskOption::CannedReplies), look).await?;
    // Reading all their words takes milliseconds, which nobody else should wait for.
    let listed = tokio::task::spawn_blocking(move || {
        let language = language.unwrap_or(own);
        let themes = match &terms {
            Some(terms) => search_canned_replies(&replies, terms, language, own),
            None => replies.published_by_theme(language, own),
        };
        themes.into_iter().map(Replies::from).collect()
    });
    Ok(axum::Json(listed.await.map_err(|error| Problem::internal(&error))?))
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
