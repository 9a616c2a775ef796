//! What a batch changed on the board of one livechat, for live feeds.

use domain::LivechatId;
use journal::Position;
use serde::Serialize;
use utoipa::ToSchema;

use crate::board::{BoardConversation, BoardLivechat, BoardOperator, HelpCall, OperatorRow};
use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::projection::{LivechatKey, Projection};
use crate::{board, runner::tables::Tables};

/// What to put into a board as of any earlier position, no earlier than the changes before, to have it
/// as of this one.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Changes {
    /// Of which livechat.
    #[schema(value_type = String)]
    pub livechat: LivechatId,
    /// The position in the log that the rows before were as of: whoever is not there yet has missed
    /// something.
    pub after: Position,
    /// The position in the log that these rows are as of.
    pub position: Position,
    /// The livechat itself, if it changed.
    pub about: Option<BoardLivechat>,
    /// Operators who changed; all of them when the livechat changed, since their capacity may have.
    pub operators: Vec<BoardOperator>,
    /// Conversations that began or changed.
    pub conversations: Vec<BoardConversation>,
    /// Conversations that are over, UUIDs.
    pub removed: Vec<String>,
    /// All calls for help that are not settled, oldest first, if any of them changed; told live only, since
    /// no table has their notes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub help: Option<Vec<HelpCall>>,
}

impl Changes {
    /// Rows changed that nobody was told of: whoever is not at this position has to read the board again.
    pub(crate) fn missed(livechat: LivechatId, position: Position) -> Self {
        let (operators, conversations, removed) = (vec![], vec![], vec![]);
        Self {
            livechat,
            after: position,
            position,
            about: None,
            operators,
            conversations,
            removed,
            help: None,
        }
    }

    pub(crate) async fn of(
        transaction: &mut Transaction,
        tables: &Tables,
        livechat: &LivechatId,
        after: Position,
        position: Position,
    ) -> Result<Self, Error> {
        let key = LivechatKey { livechat: livechat.clone() };
        let about = tables.livechats.get(&key);
        let about_changed = tables.livechats.changed_rows().any(|(changed, _)| *changed == key);
        let operators: Vec<OperatorRow> = if about_changed {
            let of_livechat = Select::from(board::BoardOperators::TABLE).equal("livechat", livechat);
            transaction.select(of_livechat.order("operator")).await?
        } else {
            let changed = tables.operators.changed_rows();
            changed.filter(|(key, _)| key.livechat == *livechat).map(|(_, row)| row.clone()).collect()
        };
        let with_capacity = |row| about.map(|about| BoardOperator::new(row, about));
        Ok(Self {
            livechat: livechat.clone(),
            after,
            position,
            about: about.filter(|_| about_changed).cloned(),
            operators: operators.into_iter().filter_map(with_capacity).collect(),
            conversations: tables
                .board
                .changed_rows()
                .filter(|(key, _)| key.livechat == *livechat)
                .map(|(_, row)| row.clone())
                .collect(),
            removed: tables
                .board
                .gone_keys()
                .filter(|key| key.livechat == *livechat)
                .map(|key| key.conversation.to_string())
                .collect(),
            help: None,
        })
    }
}
