//! What is promised when the server is killed at any moment.

mod kill;
