//! One-time links: an invitation, and the reset of a forgotten password (spec.md §Privacy and security).
//!
//! The secret of a link is [`crate::secret`]. It is used once, expires, and is replaced by a newer one of its kind. A link
//! that is no longer valid is refused without telling why. The secret is in the fragment of the address, which browsers
//! send to nobody: neither a log nor a proxy nor another site gets it.

mod issue;
mod kind;
mod redeem;

pub use issue::{Link, issue};
pub use kind::Kind;
pub use redeem::{look, redeem};
