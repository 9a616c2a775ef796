//! What is promised to whoever runs the projections: they are built anew beside while everything goes on, are
//! swapped without a gap and back, are compared with the log, and what cannot be stored stops one livechat
//! alone until it is tried again.

mod commands;
mod killed;
mod place;
mod poison;
mod rebuild;
mod swap;
mod traffic;
mod verify;
