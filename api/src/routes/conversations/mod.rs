//! Conversations: one file for each thing that is done with one, named by it; find them ([`mod@list`], by
//! [`mod@params`]), read one ([`mod@read`]). To search what was said in them is in `search.rs`, to read what was said
//! in `transcript.rs`.

pub mod assign;
pub mod call_for_help;
pub mod close;
pub mod end;
pub mod leave;
mod list;
pub mod mail_copy;
pub mod mark_important;
mod params;
pub mod pick_up;
mod read;
pub mod request;
pub mod transfer;
pub mod write;
pub mod write_internally;

pub use list::{__path_list, list, page};
pub use params::{ConversationsParams, ParamErrors};
pub use read::{__path_read, read, readable, visitor_card, within};
