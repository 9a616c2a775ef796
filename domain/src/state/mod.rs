//! The state of one livechat, and the indexes kept with it.
//!
//! Data and lookups only: what may be done, and what follows, is decided in `conversation/`, `operator/`, `survey/`
//! and `livechat/`. Invariant: the indexes (roster, queue, deadlines) are functions of the rest of the state, because
//! operators and conversations change only through `change_operator` and `change_conversation`, which maintain them.

mod capacity;
mod conversation;
mod estimated_wait;
mod livechat;
mod open_services;
mod opening_hours;
mod operator;
mod phrase_context;
pub mod queue;
mod recently_ended;
pub mod routing;
pub mod survey;
pub mod timers;
mod visitors;

pub use conversation::{AboutVisitor, Conversation, Kept, Passes, Phase, WantedFile};
pub use estimated_wait::ServiceTimes;
pub use livechat::{Identity, Livechat};
pub use open_services::ServiceHours;
pub(crate) use open_services::ServiceState;
pub use operator::Operator;
pub use recently_ended::RecentlyEnded;

/// The version of the state, for those who keep it: to be raised with every change of what a state holds
/// or of how an event changes it. A golden in `domain/tests/states` notices most changes.
pub const STATE_VERSION: i32 = 9;
