//! The specification of the livechat, as tests: one module per rule, named as in spec.md.
//!
//! A test reads *given* what came before, *when* somebody does something, *then* these facts, a
//! refusal, or nothing. [`support`] is that language. [`goldens`] holds the stored form of every event.
//! What is true after any sequence of commands is in `replay/tests/invariants`.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod support;

mod access;
mod administration;
mod api_keys;
mod assign;
mod auto_transfer;
mod before_pick_up;
mod behaviour;
mod canned_replies;
mod capacity;
mod clocks;
mod closing;
mod connection;
mod conversation_surveys;
mod desk_options;
mod disconnection;
mod end;
mod figures;
mod follow_up;
mod goldens;
mod hold;
mod hours;
mod in_use;
mod inactivity;
mod internal_messages;
mod keep_open;
mod knowledge;
mod known_failures;
mod leave;
mod livechat;
mod opening_hours;
mod pending_survey;
mod phrases;
mod phrases_said;
mod pick_up;
mod queue;
mod queue_progress;
mod register;
mod request;
mod routing;
mod search_notice;
mod segments;
mod settings;
mod settings_sections;
mod skill_queue;
mod state;
mod status;
mod survey_owners;
mod surveys;
mod texts;
mod time;
mod timer_edges;
mod tokens;
mod transfer;
mod unanswered;
mod visitor_card;
mod visitor_page;
mod visitor_presence;
mod write;
