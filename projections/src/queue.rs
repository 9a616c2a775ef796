//! Answers: who waits, in which order, since when, for which skill (spec.md §Routing)?
//!
//! No table of its own: the queue is the live conversations that wait, in the order of the request.

use chrono::{DateTime, Utc};
use domain::LivechatId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::board::conversations::State;
use crate::board::{BoardConversation, BoardConversations};
use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::format;
use crate::projection::Projection;

/// One place in the queue.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct QueuePlace {
    /// The how-manieth, from 1.
    pub position: usize,
    /// The conversation that waits, a UUID.
    pub conversation: String,
    /// Who waits.
    pub visitor: String,
    /// The visitor's name, if known.
    pub visitor_name: Option<String>,
    /// The skill asked for.
    pub skill: Option<String>,
    /// Since when.
    #[serde(with = "format::millis")]
    pub since: DateTime<Utc>,
}

/// The queue among live conversations.
pub fn places(conversations: &[BoardConversation]) -> Vec<QueuePlace> {
    let mut waiting: Vec<_> =
        conversations.iter().filter(|conversation| conversation.state == State::Waiting).collect();
    waiting.sort_unstable_by_key(|conversation| (conversation.requested_at, conversation.requested_position));
    waiting
        .into_iter()
        .zip(1..)
        .map(|(conversation, position)| QueuePlace {
            position,
            conversation: conversation.conversation.clone(),
            visitor: conversation.visitor.clone(),
            visitor_name: conversation.visitor_name.clone(),
            skill: conversation.skill.clone(),
            since: conversation.requested_at,
        })
        .collect()
}

pub(crate) async fn read(
    transaction: &mut Transaction,
    livechat: &LivechatId,
) -> Result<Vec<QueuePlace>, Error> {
    let waiting = Select::from(BoardConversations::TABLE)
        .equal("livechat", livechat)
        .equal("state", &format::word(&State::Waiting));
    Ok(places(&transaction.select::<BoardConversation>(waiting).await?))
}
