//! Conversations: find them ([`mod@list`]), read one ([`mod@read`]). To request one is in `requests.rs`.

mod list;
mod read;

pub use list::{__path_list, list, page_limit};
pub use read::{__path_read, __path_transcript, read, transcript};
pub(super) use read::{as_told, readable};
