//! Answers: who did what, when, on what (spec.md §History, audit, analysts)?
//!
//! One row per event. No personal text: what was said, names, cards and notes are left out, so that
//! the audit can be kept and shown longer than they are.

use chrono::{DateTime, Utc};
use domain::{ConversationFact, Fact, LivechatFact, LivechatId, OperatorFact, OperatorId};
use journal::{Position, Recorded};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use utoipa::ToSchema;

use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::format;
use crate::page::{PAGE_MAX, Page};
use crate::projection::{Column, EventKey, Projection, Table};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct Audit;

/// The kind of thing something was done to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Entity {
    /// The livechat itself.
    Livechat,
    /// An operator.
    Operator,
    /// A conversation.
    Conversation,
}

/// One deed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Deed {
    /// In which livechat.
    pub livechat: String,
    /// The position of the event in the log.
    pub position: i64,
    /// When.
    #[serde(with = "format::millis")]
    pub at: DateTime<Utc>,
    /// The role of the true author: `visitor`, `operator`, `supervisor`, `administrator`,
    /// `integration`, `system`.
    pub role: String,
    /// The true author within the role; empty for the system.
    pub actor: String,
    /// The name of the event: `conversation.transferred`.
    pub action: String,
    /// The kind of thing it was done to.
    pub entity: Entity,
    /// The identifier of that thing.
    pub entity_id: String,
    /// The rest, without personal text.
    pub data: Value,
    /// The command that caused it, a UUID.
    pub command: String,
}

impl Projection for Audit {
    type Row = Deed;
    type Key = EventKey;

    const TABLE: Table = Table {
        name: "audit",
        key: &["livechat", "position"],
        columns: &[
            Column::text("livechat"),
            Column::integer("position"),
            Column::time("at"),
            Column::text("role"),
            Column::text("actor"),
            Column::text("action"),
            Column::text("entity"),
            Column::text("entity_id"),
            Column::json("data"),
            Column::text("command"),
        ],
    };

    const APPEND_ONLY: bool = true;

    fn keys(event: &Recorded) -> impl IntoIterator<Item = EventKey> {
        Some(EventKey::of(event))
    }

    fn fold(_row: Option<Deed>, key: &EventKey, event: &Recorded) -> Option<Deed> {
        let (entity, entity_id, data) = match &event.event.fact {
            Fact::Livechat(fact) => (Entity::Livechat, event.livechat.to_string(), about_livechat(fact)),
            Fact::Operator { operator, fact } => {
                (Entity::Operator, operator.to_string(), about_operator(fact))
            }
            Fact::Conversation { conversation, operator, fact } => {
                (Entity::Conversation, conversation.to_string(), about_conversation(operator.as_ref(), fact))
            }
        };
        Some(Deed {
            livechat: key.livechat.to_string(),
            position: key.position,
            at: event.event.at,
            role: event.event.by.role().to_owned(),
            actor: event.event.by.subject().to_owned(),
            action: event.event.fact.name().to_owned(),
            entity,
            entity_id,
            data,
            command: event.command.to_string(),
        })
    }
}

fn about_livechat(fact: &LivechatFact) -> Value {
    match fact {
        LivechatFact::Created { language, .. } => json!({ "language": language }),
        LivechatFact::Accessed { access } => format::json(access),
        LivechatFact::SettingsChanged { section } => json!({ "section": section.name(), "to": section }),
        LivechatFact::Opened { skill } | LivechatFact::Closed { skill } => json!({ "skill": skill }),
    }
}

fn about_operator(fact: &OperatorFact) -> Value {
    match fact {
        OperatorFact::Registered { profile } => {
            json!({ "skills": profile.skills, "capacity": profile.capacity, "hours": profile.hours })
        }
        OperatorFact::ConnectionLost { until } => json!({ "until": format::millis::text(until) }),
        OperatorFact::Connected
        | OperatorFact::Reconnected
        | OperatorFact::ShiftStarted
        | OperatorFact::ShiftEnded => json!({}),
        OperatorFact::Disconnected { reason } => json!({ "reason": reason }),
        OperatorFact::StatusChanged { status } => json!({ "status": status }),
    }
}

fn about_conversation(operator: Option<&OperatorId>, fact: &ConversationFact) -> Value {
    let moment = |at: &Option<DateTime<Utc>>| at.as_ref().map(format::millis::text);
    match fact {
        ConversationFact::Requested(request) | ConversationFact::RequestedAgain(request) => json!({
            "visitor": request.visitor.id,
            "language": request.language,
            "skill": request.skill,
            "history_lines": request.history.len(),
        }),
        ConversationFact::Refused { reason } => json!({ "reason": reason }),
        ConversationFact::Queued { position } | ConversationFact::QueueAdvanced { position } => {
            json!({ "position": position })
        }
        ConversationFact::VisitorPresence { presence } => {
            json!({ "operator": operator, "presence": presence })
        }
        ConversationFact::Assigned
        | ConversationFact::PickedUp
        | ConversationFact::InternalMessagePosted { .. }
        | ConversationFact::PageChanged { .. }
        | ConversationFact::OperatorTyped
        | ConversationFact::FollowedUp
        | ConversationFact::HelpCalled { .. }
        | ConversationFact::HelpTaken
        | ConversationFact::HelpDone
        | ConversationFact::FileRequested { .. }
        | ConversationFact::CopyMailed { .. } => json!({ "operator": operator }),
        ConversationFact::Left | ConversationFact::Closed => json!({}),
        ConversationFact::Released { reason } => json!({ "operator": operator, "reason": reason }),
        ConversationFact::MessagePosted { number, voice, phrase, source, .. } => json!({
            "operator": operator, "number": number, "voice": voice, "phrase": phrase, "source": source,
        }),
        ConversationFact::Transferred { from, target, forced, .. } => {
            json!({ "operator": operator, "from": from, "target": target, "forced": forced })
        }
        ConversationFact::AutoTransferred { from, cause } => {
            json!({ "operator": operator, "from": from, "cause": cause })
        }
        ConversationFact::AutoTransferFailed { again_at } | ConversationFact::SearchNoticed { again_at } => {
            json!({ "operator": operator, "again_at": moment(again_at) })
        }
        ConversationFact::ReturnedToQueue { from, position } => {
            json!({ "from": from, "position": position })
        }
        ConversationFact::OperatorSearches { searching } => {
            json!({ "operator": operator, "searching": searching })
        }
        ConversationFact::TimeoutAnnounced { ends_at } => {
            json!({ "operator": operator, "ends_at": format::millis::text(ends_at) })
        }
        ConversationFact::ImportanceMarked { important } => {
            json!({ "operator": operator, "important": important })
        }
        ConversationFact::FileSent { voice, file } => json!({
            "operator": operator, "voice": voice, "bytes": file.bytes, "media_type": file.media_type,
        }),
        ConversationFact::SurveyAsked { audience, survey, version }
        | ConversationFact::SurveyAnswered { audience, survey, version, .. } => json!({
            "operator": operator, "audience": audience, "survey": survey, "version": version,
        }),
        ConversationFact::SurveyOpened { audience } | ConversationFact::SurveyCancelled { audience } => {
            json!({ "operator": operator, "audience": audience })
        }
        ConversationFact::SurveyClosed { audience, survey, version, closing } => json!({
            "operator": operator,
            "audience": audience,
            "survey": survey,
            "version": version,
            "closing": closing,
        }),
        ConversationFact::Ended { reason } => json!({ "operator": operator, "reason": reason }),
        ConversationFact::KeptOpen { until } => json!({ "until": format::millis::text(until) }),
    }
}

/// Which deeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those to this kind of thing.
    pub entity: Option<Entity>,
    /// Only those to the thing with this identifier.
    pub entity_id: Option<String>,
    /// Only those by somebody in this role.
    pub role: Option<String>,
    /// Only those by whoever has this identifier.
    pub actor: Option<String>,
    /// Only events of this name.
    pub action: Option<String>,
}

/// What the indexes leave out, since it is most of what there is: a filter for something else says so.
const MOSTLY: [(&str, &str); 3] =
    [("entity", "conversation"), ("actor", ""), ("action", "conversation.message_posted")];

/// Newest first, at most [`PAGE_MAX`].
pub(crate) async fn list(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    filter: &Filter,
    cursor: Option<Position>,
    limit: usize,
) -> Result<Page<Deed>, Error> {
    let limit = limit.clamp(1, PAGE_MAX);
    let entity = filter.entity.as_ref().map(format::word);
    let mut select = Select::from(Audit::TABLE).equal("livechat", livechat);
    for ((column, mostly), asked) in MOSTLY.into_iter().zip([&entity, &filter.actor, &filter.action]) {
        select = select.equal_if(column, asked.as_ref()).unless_if(
            column,
            mostly,
            asked.as_ref().is_some_and(|asked| asked != mostly),
        );
    }
    let select = select
        .equal_if("entity_id", filter.entity_id.as_ref())
        .equal_if("role", filter.role.as_ref())
        .before_if("position", cursor.map(format::position))
        .order("position DESC")
        .limit(limit + 1);
    let rows = transaction.select(select).await?;
    Ok(Page::cut(rows, limit, |row: &Deed| row.position))
}
