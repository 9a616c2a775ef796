//! Events in, rows out: everything that is read is computed here from the log.
//!
//! A projection answers one question, in one file that holds its row, its pure fold
//! `(row, event) -> row`, its table and its queries:
//!
//! | file | question |
//! |---|---|
//! | [`board`] | what does the floor look like now? |
//! | [`queue`] | who waits, in which order? |
//! | [`conversations`] | which conversations were there, and how did each go? |
//! | [`transcript`] | what was said and done in a conversation? |
//! | [`audit`] | who did what, when, on what? |
//! | [`settings`] | what were the settings at any moment, and who changed what? |
//! | [`outbox`] | which mails are waiting to be sent? |
//! | [`search`] | in which conversations was this said? |
//! | [`survey_answers`] | what was answered to the surveys? |
//! | [`contacts`] | how did each request for an operator go? |
//! | [`stays`] | which operator had which conversation, from when to when? |
//! | [`operator_time`] | which operator was connected in which status, from when to when? |
//! | [`figures`] | how much, how fast, how well, in any period? |
//! | [`export`] | all rows of a table in a period, to take away |
//! | [`analytics`] | whatever analysts ask in SQL |
//!
//! Read [`projection`] first (what a projection is), then [`runner`] (a batch of events becomes rows
//! and a checkpoint in one transaction), [`mod@follow`] (which batches, for ever) and [`views`] (the
//! queries). [`operation`] is for whoever runs it: how far is it, is it right, build it anew beside and
//! swap. The folds need no database: [`projection::Memory`] runs them in a map.
//!
//! Invariant: a row is a function of the events that name its key, so that everything here can be
//! thrown away and computed again. Nothing here rejects a fact, sends a command or reads a clock.

#![warn(missing_docs)]

mod ahead;
pub mod analytics;
pub mod audit;
mod backoff;
pub mod board;
mod colour;
pub mod contacts;
mod control;
pub mod conversations;
mod database;
mod difference;
mod error;
pub mod export;
pub mod figures;
pub mod follow;
mod follower;
mod format;
mod log;
pub mod operation;
pub mod operator_names;
pub mod operator_time;
pub mod outbox;
mod page;
mod parked;
pub mod participation;
mod progress;
pub mod projection;
pub mod queue;
pub mod runner;
pub mod search;
pub mod settings;
mod skill_names;
mod stage;
pub mod stays;
pub mod survey_answers;
mod told_by;
pub mod transcript;
pub mod views;
mod vigil;
mod watch;

pub use board::{
    Board, BoardConversation, BoardLivechat, BoardOperator, Changes, Floor, HelpCall, LiveBoard,
};
pub use colour::{Colour, Pointed};
pub use database::Database;
pub use difference::Difference;
pub use error::Error;
pub use figures::Today;
pub use follow::follow;
pub use log::{BoxError, Log};
pub use page::{Listing, PAGE_MAX, Page};
pub use parked::Parked;
pub use progress::CatchingUp;
pub use projection::{Memory, Projection, Trace, Traces};
pub use queue::{QueueChanges, QueuePlace, QueueSnapshot};
pub use runner::{Runner, VERSION};
pub use skill_names::{Named, SkillNames};
pub use told_by::ToldBy;
pub use views::Views;
