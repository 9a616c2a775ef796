//! Conversations: which ones ([`mod@which`]), find them ([`mod@list`]), read one ([`mod@read`]). To search what was
//! said in them is in `search.rs`, to read what was said in `transcript.rs`, to request one in `requests.rs`.

mod list;
mod read;
mod which;

pub(super) use list::page;
pub use list::{__path_list, list, page_limit};
pub use read::{__path_read, read};
pub(super) use read::{readable, visitor_card, within};
pub(super) use which::{Reading, Which};
