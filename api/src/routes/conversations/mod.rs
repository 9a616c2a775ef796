//! Conversations: one file for each thing that is done with one, named by it; find them ([`mod@list`], by
//! [`mod@params`]), read one ([`mod@read`]). To search what was said in them is in `search.rs`, to read what was said
//! in `transcript.rs`.

pub mod assign;
pub mod call_for_help;
pub mod close;
pub mod end;
pub mod hold;
pub mod leave;
pub mod list;
pub mod mail_copy;
pub mod mark_important;
mod params;
pub mod pick_up;
pub mod read;
pub mod request;
pub mod transfer;
pub mod write;
pub mod write_internally;

use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::app::App;

pub use list::page;
pub use params::{ConversationsParams, ParamErrors};
pub use read::{readable, visitor_card, within};

/// The routes of conversations.
pub fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new()
        .routes(routes!(request::request, list::list))
        .routes(routes!(request::request_again))
        .routes(routes!(read::read))
        .routes(routes!(leave::leave))
        .routes(routes!(assign::assign))
        .routes(routes!(pick_up::pick_up))
        .routes(routes!(write::write))
        .routes(routes!(write_internally::write_internally))
        .routes(routes!(transfer::transfer))
        .routes(routes!(end::end))
        .routes(routes!(close::close))
        .routes(routes!(mark_important::mark))
        .routes(routes!(call_for_help::call))
        .routes(routes!(call_for_help::take))
        .routes(routes!(call_for_help::settle))
        .routes(routes!(hold::hold))
        .routes(routes!(hold::take_back))
        .routes(routes!(mail_copy::mail))
}
