//! The rules of the livechat, pure.
//!
//! One livechat is one aggregate, one stream, one writer. Four functions are its whole behaviour:
//!
//! | function | question it answers |
//! |---|---|
//! | [`decide`] | may this command be done, and what then happened? |
//! | [`evolve`] | what is the state after this event? |
//! | [`react`] | what follows from this event by our own rules? |
//! | [`due`] | which timer fires now? |
//!
//! Read in this order: [`command`] and [`event`] (the vocabulary), [`state`] (the data and its indexes), [`livechat`]
//! (the four functions as tables), then one folder per concept ([`conversation`], [`operator`], [`survey`],
//! [`settings`]) with one file per use case. Imports go one way: use cases import state and events, and only
//! `livechat` imports use cases.
//!
//! Nothing here awaits, reads a clock, draws a random number or performs I/O: time and identifiers
//! come in with the command.

pub mod actor;
pub mod bilingual;
pub mod command;
pub mod conversation;
pub mod event;
pub mod field;
mod french;
pub mod id;
mod language;
pub mod limits;
pub mod livechat;
pub mod operator;
pub mod patch;
pub mod personal;
mod received;
pub mod rejection;
pub mod settings;
pub mod sorted_map;
pub mod state;
mod string_serde;
pub mod survey;
pub mod text;
pub mod timestamp;

pub use actor::Actor;
pub use command::{Action, Command};
pub use conversation::ConversationAction;
pub use event::{
    Attention, ConversationFact, Event, Exchange, Fact, Flow, LivechatFact, Notice, OperatorFact, SurveyStep,
    Visit,
};
pub use id::{ArticleId, ChoiceId, FieldId, ReplyId, SurveyId};
pub use id::{ConversationId, LivechatId, OperatorId, SkillId, StaffId, VisitorId};
pub use livechat::{decide, due, evolve, react};
pub use rejection::Rejection;
pub use state::Livechat;
pub use timestamp::{Timestamp, with_millis};
