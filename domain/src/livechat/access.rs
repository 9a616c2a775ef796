//! Access: somebody on the staff read a transcript, searched through them, or took an export (spec.md
//! §History, audit, analysts: the audit includes such reads).
//!
//! A read changes nothing. It is recorded all the same, in the same chained log as everything else, so that
//! nobody can deny it; what was found or searched for is not, since that is personal. A visitor who reads
//! the own conversation leaves no trace.

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
