//! What is promised when the server is killed at any time.

mod kill;
