//! The state of one livechat, and the indexes kept with it.
//!
//! Data and lookups only: what may be done, and what follows, is decided in `conversation/`, `operator/`, `survey/`
//! and `livechat/`. Invariant: the indexes (roster, queue, deadlines) are functions of the rest of the state, because
//! operators and conversations change only through `change_operator` and `change_conversation`, which maintain them.

mod conversation;
mod livechat;
mod opening;
mod operator;
mod phrase_context;
pub mod queue;
mod recently_ended;
pub mod roster;
mod service_hours;
mod service_times;
pub mod survey;
pub mod timers;
mod visitors;

pub use conversation::{AboutVisitor, Conversation, Help, Kept, Passes, Phase, WantedFile};
pub use livechat::{Identity, Livechat};
pub use operator::Operator;
pub use recently_ended::RecentlyEnded;
pub use service_hours::ServiceHours;
pub(crate) use service_hours::ServiceState;
pub use service_times::ServiceTimes;

/// The version of the state, for those who keep it: to be raised with every change of what a state holds
/// or of how an event changes it. A golden in `domain/tests/states` notices most changes.
pub const STATE_VERSION: i32 = 8;
