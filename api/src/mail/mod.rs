//! Mails that the server sends: one person each, in plain text, by a mail server that the configuration names.
//!
//! Whoever has one to send makes a [`Letter`] and gives it to [`Mail`], which does the rest in the background: `server.rs`
//! says which mail server, `exchange.rs` speaks with it, and `post.rs` tries again. What a letter is about is not known
//! here.
//!
//! Invariant: neither addresses nor texts are in a log.

mod exchange;
mod file;
mod letter;
mod post;
mod server;
mod start_tls;
mod stream;

pub use file::FileError;
pub use letter::Letter;
pub use post::{Mail, Slot};
pub use server::{MailServer, Options, WrongServer};
