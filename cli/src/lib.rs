//! The `pupitre` program: the command line over the server, the log, the projections and the replay, with a
//! demonstration and a load test of its own.
//!
//! Read [`commands`] (one file or folder a command), then what some of them are made of: [`client`] (how a program
//! talks to a server), [`loadtest`], [`demo`] and [`terminal`] (the floor, drawn as text).
//!
//! Invariant: nothing here is needed to run a server. [`loadtest`], [`demo`] and [`terminal`] use the public API alone.

pub mod client;
mod commands;
pub mod demo;
pub mod loadtest;
pub mod terminal;

pub use commands::main;
