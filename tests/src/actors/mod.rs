//! The people of a livechat, over real HTTP, `WebSocket`s and event streams, so that a test reads as the
//! specification: `visitor.says("bonjour")`, `alice.picks_up(&visitor)`, `floor.caught_up(position)`.
//!
//! [`Livechat`] brings them in. [`Person`] makes requests with a token, [`Browser`] with the
//! cookie of somebody who signed in; [`Visitor`] and [`Operator`]
//! have a [`Socket`] besides, [`Floor`] a [`Feed`] over either transport; [`Bytes`] speak for themselves. Whatever is awaited is looked for among the
//! frames that came already and were not asked for yet, then among those to come.

mod browser;
mod bytes;
mod feed;
mod floor;
mod livechat;
mod operator;
mod person;
mod socket;
mod visitor;

pub use browser::Browser;
pub use bytes::{Bytes, RawAnswer};
pub use feed::{Ended, Feed, FeedFrame, Transport};
pub use floor::Floor;
pub use livechat::Livechat;
pub use operator::Operator;
pub use person::{Answer, Door, Person, with_ticket};
pub use socket::Socket;
pub use visitor::{ClosedPage, Visitor};
