//! The server: routes, live feeds, authentication, and the `pupitre` program with its subcommands.
//!
//! Read [`server`] (what a running server is made of), [`routes`] (the table of URLs), then [`live`]
//! (the sockets of visitors and desks, the feed of the floor). There is no rule of the livechat and no
//! SQL here.

pub mod app;
pub mod as_of;
pub mod assistant;
pub mod auth;
pub mod body;
mod conditional;
pub mod connections;
pub mod cross_origin;
pub mod csv;
pub mod dates;
pub mod export;
pub mod fair_share;
pub mod freshness;
pub mod idempotency;
pub mod json;
pub mod knowledge;
pub mod language;
pub mod limits;
pub mod live;
pub mod long_work;
pub mod metrics;
pub mod openapi;
pub mod parameters;
pub mod playback;
pub mod problem;
mod query;
pub mod rates;
mod read_audit;
pub mod request;
pub mod routes;
pub mod section;
pub mod server;
pub mod shape;
mod snapshots;
pub mod transcript;
pub mod visible_to_operator;
