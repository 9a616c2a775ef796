//! Events in, rows out: every read model is computed here from the log.
//!
//! A projection answers one question, in one file that holds its row, its pure fold
//! `(row, event) -> row`, its table and its queries:
//!
//! | file | question |
//! |---|---|
//! | [`floor`] | what does the floor look like now? |
//! | [`queue`] | which visitors are waiting, in which order? |
//! | [`conversations`] | which conversations were there, and how did each go? |
//! | [`transcript`] | what was said and done in a conversation? |
//! | [`audit`] | who did what, when, to what? |
//! | [`settings`] | what were the settings at any time, and who changed what? |
//! | [`outbox`] | which mails are waiting to be sent? |
//! | [`search`] | in which conversations was this said? |
//! | [`knowledge_index`] | which articles of the knowledge answer this? |
//! | [`survey_answers`] | what was answered to the surveys? |
//! | [`contacts`] | how did each request for an operator go? |
//! | [`assignments`] | which operator had which conversation, from when to when? |
//! | [`operator_time`] | which operator was connected in which status, from when to when? |
//! | [`figures`] | how much, how fast, how well, in any period? |
//! | [`export`] | all rows of a table in a period, to take away |
//! | [`analytics`] | whatever analysts ask in SQL |
//!
//! Read [`projection`] first (what a projection is), then [`runner`] (a batch of events becomes rows
//! and a checkpoint in one transaction), [`subscription`] (which batches, forever) and [`queries`] (what
//! can be asked). [`maintenance`] is for operators of the server: check how far behind the rows are and whether they
//! are right, rebuild them in the other slot and swap. The folds need no database: [`projection::Memory`] runs them in
//! a map.
//!
//! Invariant: a row is a function of the events that name its key, so everything here can be thrown away and
//! computed again. Nothing here rejects a fact, sends a command or reads a clock.

#![warn(missing_docs)]

#[macro_use]
mod row;
#[macro_use]
mod contact_metrics;

pub mod analytics;
pub mod assignments;
pub mod audit;
pub mod contacts;
pub mod conversations;
mod database;
mod encoding;
mod error;
mod event_source;
pub mod export;
pub mod figures;
pub mod floor;
mod json_diff;
pub mod knowledge_index;
pub mod maintenance;
pub mod operator_names;
pub mod operator_time;
pub mod outbox;
mod page;
pub mod participation;
mod progress;
pub mod projection;
pub mod queries;
pub mod queue;
mod requested_by;
pub mod runner;
pub mod search;
pub mod settings;
mod skill_names;
mod slot;
mod sql_errors;
pub mod subscription;
pub mod survey_answers;
pub mod text_search;
pub mod transcript;

pub use database::Database;
pub use error::Error;
pub use event_source::{BoxError, EventSource};
pub use figures::Today;
pub use floor::{
    Changes, FloorConversation, FloorLivechat, FloorOperator, FloorState, FloorView, HelpCall, LiveFloor,
};
pub use json_diff::Difference;
pub use page::{Listing, PAGE_MAX, Page};
pub use progress::CatchingUp;
pub use projection::{HistoryRow, HistoryRows, Memory, Projection};
pub use queries::Queries;
pub use queue::{QueueChanges, QueuePlace, QueueSnapshot};
pub use requested_by::RequestedBy;
pub use runner::{Runner, VERSION};
pub use skill_names::{Named, SkillNames};
pub use slot::{ActiveSlot, Slot};
pub use subscription::{Parked, follow};
