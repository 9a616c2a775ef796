//! Access: a member of staff read a transcript, searched through them, or took an export (spec.md
//! §History, audit, analysts: the audit includes such reads).
//!
//! A read changes nothing. It is still recorded, in the same chained log as everything else, so that it cannot be
//! denied; the search terms and results are not, since they are personal. Visitors who read their own conversation
//! leave no trace.

use crate::actor::Actor;
use crate::bilingual::both;
use crate::event::Access;
use crate::event::{Fact, LivechatFact};
use crate::rejection::Rejection;

pub(crate) fn decide(by: &Actor, access: &Access) -> Result<Vec<Fact>, Rejection> {
    match by {
        Actor::Operator(_)
        | Actor::Supervisor(_)
        | Actor::Administrator(_)
        | Actor::Analyst(_)
        | Actor::Integration(_) => {
            Ok(vec![Fact::Livechat(LivechatFact::Accessed { access: access.clone() })])
        }
        Actor::Visitor(_) | Actor::System => Err(Rejection::Forbidden {
            role: by.role(),
            action: both("read as staff", "lire en tant que membre du personnel"),
        }),
    }
}
