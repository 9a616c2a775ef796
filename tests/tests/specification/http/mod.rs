//! The requests: what is refused and how, repeated commands, read models, operation.

mod bad_input;
mod bad_values;
mod idempotency;
mod islands;
mod openapi;
mod operation;
mod read_models;
mod roles;
mod settings;
mod settings_schema;
mod tokens;
