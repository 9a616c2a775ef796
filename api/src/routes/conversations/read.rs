//! Read one conversation: how it went. What was said and done in it is in `transcript.rs`.

use domain::bilingual::both;
use domain::settings::VisitorCard;
use domain::settings::visitor_card::CardField;
use domain::{ConversationFact, ConversationId, Fact, Flow, LivechatId, OperatorId};
use journal::{Position, Record};
use projections::Named;
use projections::conversations::Conversation;
use projections::participation::Part;

use crate::app::App;
use crate::auth::{Caller, Role};
use crate::http::as_of::{self, AsOfParams};
use crate::http::freshness::AtLeast;
use crate::http::language::ReaderLanguage;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::request::ConversationInPath;

/// One conversation: as it is, or, for supervisors and administrators, as it was at any past time. Operators who are
/// not in charge of it see the segments that they took part in, as they were at the end of the last of them; visitors
/// see what they know.
#[utoipa::path(
    get, path = "/conversations/{conversation}", tag = "conversations", params(AsOfParams, AtLeast),
    responses(
        (status = 200, body = Conversation),
        (status = 404, body = Problem, description = "No such conversation, or not yet at that time"),
        (status = 422, body = Problem, description = "A time that is not in the past of this livechat")
    )
)]
pub async fn read(
    reader: Reader<AsOfParams>,
    ConversationInPath(id): ConversationInPath,
    accepted: ReaderLanguage,
) -> Result<axum::Json<Conversation>, Problem> {
    let when = reader.parameters()?;
    if when.is_past() {
        reader.caller.must_be(&[Role::Supervisor, Role::Administrator])?;
    }
    let at_least = reader.at_least().await?;
    let Reader { caller, app, .. } = reader;
    if let Some(until) = when.of(&app, &caller.livechat).await? {
        let found = replay::conversation_at(app.journal.store(), &caller.livechat, id, until).await;
        let mut found = found.map_err(as_of::unreadable)?.ok_or_else(|| Problem::unknown_conversation(id))?;
        found.name_skills(&accepted.skill_names(&app.journal, &caller.livechat).await?);
        return Ok(axum::Json(found));
    }
    AtLeast { at_least }.reached(&app, &caller.livechat).await?;
    let mut found = readable(&app, &caller, id).await?.0;
    found.name_skills(&accepted.skill_names(&app.journal, &caller.livechat).await?);
    Ok(axum::Json(found))
}

/// What operators are shown of a visitor.
///
/// # Errors
/// When the log cannot be read.
pub async fn visitor_card(app: &App, caller: &Caller) -> Result<VisitorCard, Problem> {
    Ok(app.journal.peek(&caller.livechat, |state| state.settings().visitor_card.clone()).await?)
}

/// The row of a conversation. One that was just requested has none yet: it is waited for, so that a reader who knows
/// the conversation finds it.
async fn row(app: &App, livechat: &LivechatId, id: ConversationId) -> Result<Conversation, Problem> {
    if let Some(found) = app.views.conversation(livechat, id).await? {
        return Ok(found);
    }
    let first =
        app.journal.beginning(livechat, id).await?.ok_or_else(|| Problem::unknown_conversation(id))?;
    AtLeast::position(first.position).reached(app, livechat).await?;
    app.views.conversation(livechat, id).await?.ok_or_else(|| Problem::unknown_conversation(id))
}

/// A conversation that the caller may read: supervisors and administrators any, analysts those that
/// are over, operators those they are in charge of and the segments of others that they took part in, visitors
/// their own. As it went in the part of it that the caller may read, and with that part.
///
/// # Errors
/// 404 when there is none, 403 when it is not for the caller.
pub async fn readable(
    app: &App,
    caller: &Caller,
    id: ConversationId,
) -> Result<(Conversation, Part), Problem> {
    if caller.role == Role::Visitor {
        caller.may_read_as_visitor(app, id).await?;
    }
    let found = row(app, &caller.livechat, id).await?;
    let part = match caller.role {
        Role::Supervisor | Role::Administrator | Role::Visitor => Part::whole(),
        Role::Integration => Part::default(),
        Role::Operator => {
            let own = OperatorId::parse(&caller.subject)?;
            app.views.part_of(&caller.livechat, &found, &own).await?
        }
        Role::Analyst => found.ended_at.map_or_else(Part::default, |_| Part::whole()),
    };
    if part.is_empty() {
        return Err(Problem::forbidden(both(
            "you may not read this conversation",
            "vous n’avez pas accès à cette conversation",
        )));
    }
    let shown = match caller.role {
        Role::Visitor => visible_to_visitor(app, caller, id, found).await?,
        Role::Operator => {
            let found = within(app, caller, found, &part).await?;
            if visitor_card(app, caller).await?.0.contains(&CardField::Name) {
                found
            } else {
                Conversation { visitor_name: None, ..found }
            }
        }
        Role::Supervisor | Role::Administrator | Role::Analyst | Role::Integration => found,
    };
    Ok((shown, part))
}

/// How a conversation went within a part of it: what was before, between and after is left out.
///
/// # Errors
/// When the log cannot be read.
pub async fn within(
    app: &App,
    caller: &Caller,
    row: Conversation,
    part: &Part,
) -> Result<Conversation, Problem> {
    if part.is_whole() {
        return Ok(row);
    }
    let id = uuid::Uuid::parse_str(&row.conversation).map_err(|error| Problem::internal(&error))?;
    let is_visible = |record: &Record| i64::try_from(record.position).is_ok_and(|at| part.contains(at));
    as_visible(app, caller, ConversationId(id), &row, is_visible).await
}

/// How a conversation went as far as its visitor knows: neither its operator, nor what only the staff knows, nor that
/// it went to another operator where that is hidden (`auto_transfer_notice`).
async fn visible_to_visitor(
    app: &App,
    caller: &Caller,
    id: ConversationId,
    row: Conversation,
) -> Result<Conversation, Problem> {
    let row = if row.transfers > row.transfers_manual {
        as_visible(app, caller, id, &row, |record| !is_hidden_transfer(record)).await?
    } else {
        row
    };
    Ok(Conversation { operator: None, important: false, help_calls: 0, ..row })
}

const fn is_hidden_transfer(record: &Record) -> bool {
    matches!(
        &record.event.fact,
        Fact::Conversation { fact: ConversationFact::Flow(Flow::AutoTransferred { hidden: true, .. }), .. }
    )
}

async fn as_visible(
    app: &App,
    caller: &Caller,
    id: ConversationId,
    row: &Conversation,
    is_visible: impl Fn(&Record) -> bool + Send + Sync,
) -> Result<Conversation, Problem> {
    let until = Position::try_from(row.position).unwrap_or_default();
    let store = app.journal.store();
    let visible = replay::conversation_as_visible(store, &caller.livechat, id, until, is_visible).await;
    visible.map_err(as_of::unreadable)?.ok_or_else(|| Problem::unknown_conversation(id))
}
