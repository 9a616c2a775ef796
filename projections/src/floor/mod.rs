//! Answers: what does the floor look like now, which operators are there, what is each one doing, and which
//! conversations are live (spec.md §The desk, the supervisor, the visitor)?
//!
//! Three tables, one per kind of thing: [`livechats`], [`operators`], [`conversations`]. The floor is
//! read in one transaction, so that all of it is from one position. [`floor_state`] folds the same rows in memory, for
//! the past; [`live_floor`] adds a log of its changes, for feeds that cannot wait for tables.

mod change_log;
mod changes;
pub mod conversation;
pub mod conversations;
pub mod floor_state;
pub mod help;
pub mod live_floor;
mod live_queue;
pub mod livechats;
pub mod operator;
pub mod operators;
pub mod responses;
pub mod running_totals;
pub mod shares;
pub mod view;

use domain::LivechatId;

use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::projection::Projection;
use crate::runner::checkpoint;

pub use changes::Changes;
pub use conversation::FloorConversation;
pub use conversations::FloorConversations;
pub use floor_state::FloorState;
pub use help::{HelpCall, HelpStep};
pub use live_floor::LiveFloor;
pub use livechats::{FloorLivechat, FloorLivechats};
pub use operator::{FloorOperator, OperatorRow};
pub use operators::FloorOperators;
pub use view::FloorView;

/// Reads the whole floor; nothing when there is no such livechat.
pub(crate) async fn read(
    transaction: &mut Transaction,
    livechat: &LivechatId,
) -> Result<Option<FloorView>, Error> {
    let of = |table| Select::from(table).equal("livechat", livechat);
    let position = checkpoint::position(transaction, livechat).await?;
    let about: Vec<FloorLivechat> = transaction.select(of(FloorLivechats::TABLE)).await?;
    let Some(about) = about.into_iter().next() else { return Ok(None) };
    let operators: Vec<OperatorRow> = transaction.select(of(FloorOperators::TABLE).order("operator")).await?;
    let conversations: Vec<FloorConversation> =
        transaction.select(of(FloorConversations::TABLE).order("requested_position")).await?;
    Ok(Some(FloorView::of(position, about, operators.into_iter(), conversations)))
}
