//! The tables of the rules: what each command, event and timer leads to.
//!
//! Read [`decide`], [`evolve`], [`react`] and [`due`] as four tables: each line names a rule and the file that holds
//! it. The use cases of the livechat as a whole (its settings, hours, name) are here too. Nothing below imports this
//! module.

pub mod access;
mod aggregate;
pub mod api_key;
pub mod change_settings;
pub(crate) mod clock;
pub mod create;
mod decide;
mod due;
mod evolve;
pub mod in_use;
pub mod issue_token;
mod opening_hours;
mod react;
pub mod rename;
mod shut;

pub use clock::Outage;
pub use decide::decide;
pub use due::due;
pub use evolve::evolve;
pub use react::{apply_with_reactions, react};
