//! The requests: what is refused and how, repeated commands, read models, operation.

mod audit;
mod bad_input;
mod bad_values;
mod conversations;
mod desk;
mod exchange;
mod exports;
mod idempotency;
mod internal_messages;
mod islands;
mod kept_open;
mod knowledge;
mod openapi;
mod operation;
mod paper;
mod read_models;
mod roles;
mod search;
mod settings;
mod settings_schema;
mod stepping_in;
mod surveys;
mod tokens;
mod transcripts;
mod visitor_card;
mod visitor_tokens;
