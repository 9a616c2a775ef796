//! One-time links on their way to whoever may use them: by mail, or shown to whoever asked for them where no mails are
//! sent; and the link with which the first server administrator is made.
//!
//! What a link is and how it is used up is in `accounts::link`; `letters.rs` says what stands in the mails.

mod delivery;
mod hourly;
mod letters;
mod of_server;
mod reset_limits;
mod resets;
mod setup;

pub use delivery::{Delivery, deliver};
pub use of_server::Links;
pub use reset_limits::ResetLimits;
pub use resets::ask_reset;
pub use setup::Setup;
pub(crate) use setup::address as setup_address;
