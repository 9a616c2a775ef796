//! What is promised to an administrator of the projections: they are rebuilt beside while everything goes on, are
//! swapped without a gap and back, are compared with the log, and what cannot be stored stops one livechat
//! alone until it is tried again.

mod commands;
mod killed;
mod poison;
mod rebuild;
mod refused_row;
mod swap;
mod traffic;
mod verify;
