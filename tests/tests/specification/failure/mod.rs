//! What is promised when the database fails under a server that runs: nothing that was acknowledged is
//! lost or doubled, every client that is not served is told to try again, and the server, never restarted, serves
//! again by itself as soon as the database does.
//!
//! Each test has a PostgreSQL of its own, to do with as it likes, and the program in a process of its
//! own. [`site`] is the server, [`talk`] a conversation on it and the account of what was acknowledged.

mod disk_full;
mod killed;
mod out_of_connections;
mod refused_statement;
mod restarted;
mod second_writer;
mod site;
pub(crate) mod talk;
