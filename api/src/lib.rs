//! The server: routes, live feeds, authentication, and the `pupitre` program with its subcommands.
//!
//! Read [`server`] (what a running server is made of), [`routes`] (the table of URLs), then [`live`]
//! (the sockets of visitors and desks, the feed of the floor). There is no rule of the livechat and no
//! SQL here.

mod access;
pub mod assistant;
pub mod auth;
pub mod body;
pub mod cli;
pub mod client;
mod conditions;
pub mod connections;
pub mod cross_origin;
pub mod csv;
pub mod dates;
pub mod demo;
pub mod export;
pub mod fair_share;
pub mod json;
pub mod knowledge;
pub mod language;
pub mod limits;
pub mod live;
pub mod long_work;
pub mod metrics;
pub mod openapi;
pub mod parameters;
pub mod past;
pub mod playback;
pub mod problem;
pub mod rates;
pub mod request;
pub mod routes;
pub mod section;
pub mod server;
pub mod shape;
pub mod shown;
pub mod simulate;
mod stones;
pub mod terminal;
pub mod transcript;

/// Commands make and free many small values on every core; the system's allocator makes them wait for each
/// other.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;
