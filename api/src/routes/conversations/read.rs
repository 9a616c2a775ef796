//! Read one conversation: how it went, and what was said and done in it.

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use domain::ConversationId;
use domain::settings::VisitorCard;
use domain::settings::visitor_card::CardField;
use journal::Position;
use projections::conversations::Conversation;
use projections::transcript::{Kind, Line};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::auth::{Caller, Role};
use crate::live::visitor::must_be_own;
use crate::problem::Problem;
use crate::request::ConversationInPath;
use crate::routes::{AtLeast, query, views};
use crate::server::App;
use crate::shown;

/// One conversation.
#[utoipa::path(
    get, path = "/conversations/{conversation}", tag = "conversations", params(AtLeast),
    responses((status = 200, body = Conversation), (status = 404, body = Problem))
)]
pub async fn read(
    caller: Caller,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Conversation>, Problem> {
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    Ok(axum::Json(readable(&app, &caller, id).await?))
}

/// From where.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct After {
    /// Only lines after this position.
    #[serde(default)]
    after: Position,
}

/// What was said and done in a conversation.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Transcript {
    /// Which one.
    conversation: Uuid,
    /// The lines, in order.
    lines: Vec<Line>,
    /// The position after which to ask for more; absent at the end.
    next: Option<Position>,
}

/// What was said and done in a conversation, at most 1,000 lines at once.
#[utoipa::path(
    get, path = "/conversations/{conversation}/transcript", tag = "conversations", params(After, AtLeast),
    responses((status = 200, body = Transcript), (status = 404, body = Problem))
)]
pub async fn transcript(
    caller: Caller,
    ConversationInPath(id): ConversationInPath,
    State(app): State<App>,
    after: Result<Query<After>, QueryRejection>,
    at_least: Result<Query<AtLeast>, QueryRejection>,
) -> Result<axum::Json<Transcript>, Problem> {
    let Query(After { after }) = after.map_err(query)?;
    at_least.map_err(query)?.0.reached(&app, &caller.livechat).await?;
    readable(&app, &caller, id).await?;
    let mut page = app.views.transcript(&caller.livechat, id, after).await.map_err(views)?;
    as_told(&app, &caller, &mut page.items).await?;
    Ok(axum::Json(Transcript { conversation: id.0, lines: page.items, next: page.next }))
}

/// Leaves in the lines of a transcript what the caller may know.
///
/// # Errors
/// When the log cannot be read.
pub(in crate::routes) async fn as_told(
    app: &App,
    caller: &Caller,
    lines: &mut Vec<Line>,
) -> Result<(), Problem> {
    match caller.role {
        Role::Visitor => {
            lines.retain(|line| line.kind != Kind::InternalMessage);
            lines.iter_mut().for_each(as_told_to_the_visitor);
        }
        Role::Operator => {
            let card = visitor_card(app, caller).await?;
            for line in lines.iter_mut() {
                as_told_to_the_operator(line, &card);
            }
        }
        Role::Supervisor | Role::Administrator | Role::Analyst | Role::Integration => {}
    }
    Ok(())
}

/// What operators are shown of a visitor.
///
/// # Errors
/// When the log cannot be read.
pub(in crate::routes) async fn visitor_card(app: &App, caller: &Caller) -> Result<VisitorCard, Problem> {
    Ok(app.journal.peek(&caller.livechat, |state| state.settings().visitor_card.clone()).await?)
}

/// Of the request and of the pages, operators are told what the visitor card lists.
fn as_told_to_the_operator(line: &mut Line, card: &VisitorCard) {
    if matches!(line.kind, Kind::Requested | Kind::RequestedAgain) {
        line.data = line.data.take().and_then(|request| shown::Request::of_json(request, card));
    }
    if line.kind == Kind::PageChanged {
        line.data = line.data.take().and_then(|page| shown::Page::of_json(page, card));
    }
}

/// The visitor's transcript says what the visitor's page said: no name of staff but the one they were
/// introduced by, no note, and a supervisor who wrote in the operator's stead is the operator.
fn as_told_to_the_visitor(line: &mut Line) {
    line.operator = None;
    match line.kind {
        Kind::Requested
        | Kind::RequestedAgain
        | Kind::Refused
        | Kind::Queued
        | Kind::QueueAdvanced
        | Kind::Released
        | Kind::OperatorSearches
        | Kind::TimeoutAnnounced
        | Kind::FileRequested
        | Kind::FileSent
        | Kind::Ended
        | Kind::KeptOpen
        | Kind::Closed => {}
        Kind::InternalMessage
        | Kind::VisitorPresence
        | Kind::PageChanged
        | Kind::Assigned
        | Kind::Left
        | Kind::PickedUp
        | Kind::Message
        | Kind::Transferred
        | Kind::AutoTransferred
        | Kind::AutoTransferFailed
        | Kind::ReturnedToQueue
        | Kind::FollowedUp
        | Kind::SearchNoticed
        | Kind::ImportanceMarked
        | Kind::HelpCalled
        | Kind::HelpTaken
        | Kind::HelpDone
        | Kind::CopyMailed
        | Kind::SurveyAsked
        | Kind::SurveyOpened
        | Kind::SurveyCancelled
        | Kind::SurveyAnswered
        | Kind::SurveyClosed => line.data = None,
    }
    if line.role != "visitor" {
        line.author.clear();
    }
    if line.voice.as_deref() == Some("operator") {
        "operator".clone_into(&mut line.role);
    }
}

/// A conversation that the caller may read: supervisors and administrators any, analysts those that
/// are over, operators those they are or were last in charge of, visitors their own.
///
/// # Errors
/// 404 when there is none, 403 when it is not for the caller.
pub(in crate::routes) async fn readable(
    app: &App,
    caller: &Caller,
    id: ConversationId,
) -> Result<Conversation, Problem> {
    if caller.role == Role::Visitor {
        must_be_own(app, caller, id).await?;
    }
    let found = app.views.conversation(&caller.livechat, id).await.map_err(views)?;
    let found = found.ok_or_else(|| crate::live::frame::unknown(id))?;
    let may = match caller.role {
        Role::Supervisor | Role::Administrator | Role::Visitor => true,
        Role::Integration => false,
        Role::Operator => found.operator.as_deref() == Some(&caller.subject),
        Role::Analyst => found.ended_at.is_some(),
    };
    if !may {
        return Err(Problem::forbidden("this conversation is not for you to read"));
    }
    Ok(match caller.role {
        Role::Visitor => Conversation { operator: None, ..found },
        Role::Operator if !visitor_card(app, caller).await?.0.contains(&CardField::Name) => {
            Conversation { visitor_name: None, ..found }
        }
        Role::Operator | Role::Supervisor | Role::Administrator | Role::Analyst | Role::Integration => found,
    })
}
