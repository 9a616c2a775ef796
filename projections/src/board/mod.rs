//! Answers: what does the floor look like now, who is there, what is each one doing, and which
//! conversations are live (spec.md §The desk, the supervisor, the visitor)?
//!
//! Three tables, one per kind of thing: [`livechats`], [`operators`], [`conversations`]. The board is
//! read in one transaction, so that all of it is as of its position. [`live`] folds the same rows in memory,
//! for feeds that cannot wait for tables; [`rows`] does it for the past.

mod changes;
pub mod conversations;
pub mod help;
mod kept;
pub mod live;
pub mod livechats;
pub mod operators;
pub mod rows;
pub mod shares;
pub mod so_far;

use domain::LivechatId;
use journal::Position;
use serde::Serialize;
use utoipa::ToSchema;

use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::projection::Projection;
use crate::queue::{self, QueuePlace};
use crate::runner::checkpoint;

pub use changes::Changes;
pub use conversations::{BoardConversation, BoardConversations};
pub use help::{HelpCall, HelpStep};
pub use live::LiveBoard;
pub use livechats::{BoardLivechat, BoardLivechats};
pub use operators::{BoardOperator, BoardOperators, OperatorRow};
pub use rows::Floor;

/// The floor of one livechat.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Board {
    /// The position in the log that all of this is as of.
    pub position: Position,
    /// The livechat itself.
    pub livechat: BoardLivechat,
    /// Every registered operator, by identifier.
    pub operators: Vec<BoardOperator>,
    /// Every live conversation, oldest request first.
    pub conversations: Vec<BoardConversation>,
    /// Who waits, first to be served first.
    pub queue: Vec<QueuePlace>,
}

impl Board {
    /// The floor of these rows, each in the order in which it is shown.
    fn of(
        position: Position,
        livechat: BoardLivechat,
        operators: impl Iterator<Item = OperatorRow>,
        conversations: Vec<BoardConversation>,
    ) -> Self {
        Self {
            position,
            operators: operators
                .filter(|row| row.removed_at.is_none())
                .map(|row| BoardOperator::new(row, &livechat))
                .collect(),
            queue: queue::places(&conversations),
            conversations,
            livechat,
        }
    }
}

/// Reads the whole board; nothing when there is no such livechat.
pub(crate) async fn read(
    transaction: &mut Transaction,
    livechat: &LivechatId,
) -> Result<Option<Board>, Error> {
    let of = |table| Select::from(table).equal("livechat", livechat);
    let position = checkpoint::position(transaction, livechat).await?;
    let about: Vec<BoardLivechat> = transaction.select(of(BoardLivechats::TABLE)).await?;
    let Some(about) = about.into_iter().next() else { return Ok(None) };
    let operators: Vec<OperatorRow> = transaction.select(of(BoardOperators::TABLE).order("operator")).await?;
    let conversations: Vec<BoardConversation> =
        transaction.select(of(BoardConversations::TABLE).order("requested_position")).await?;
    Ok(Some(Board::of(position, about, operators.into_iter(), conversations)))
}
