//! The server: routes, live feeds, authentication.
//!
//! Read [`server`] (how a server starts and stops), [`app`] (what every handler holds), [`http`] (how requests are read
//! and problems answered), [`routes`] (the table of URLs), then [`live`] (the sockets of visitors and desks, the feed of
//! the floor). There is no rule of the livechat and no SQL here.

pub mod app;
pub mod assistant;
pub mod auth;
pub mod connections;
pub mod csv;
pub mod export;
pub mod fair_share;
pub mod http;
pub mod knowledge;
pub mod limits;
pub mod links;
pub mod live;
pub mod mail;
pub mod metrics;
pub mod openapi;
pub mod playback;
pub mod rates;
mod read_audit;
pub mod routes;
pub mod server;
mod snapshots;
pub mod tls;
pub mod transcript;
pub mod visible_to_operator;
