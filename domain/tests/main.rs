//! The specification of the livechat, as tests: one module per rule, named as in spec.md.
//!
//! A test reads *given* what came before, *when* somebody does something, *then* these facts, a
//! refusal, or nothing. [`support`] is that language. [`goldens`] holds the stored form of every event
//! and [`invariants`] what is true after any sequence of commands.

#![expect(clippy::unwrap_used, clippy::panic, reason = "tests fail by panicking")]

mod support;

mod canned_replies;
mod capacity;
mod closing;
mod connection;
mod end;
mod goldens;
mod inactivity;
mod invariants;
mod knowledge;
mod leave;
mod livechat;
mod phrases;
mod pick_up;
mod queue;
mod register;
mod request;
mod routing;
mod segments;
mod settings;
mod state;
mod status;
mod surveys;
mod transfer;
mod visitor_card;
mod write;
