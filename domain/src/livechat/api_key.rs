//! The keys with which programs call the API: that one was made, changed or revoked, and by whom (spec.md §Privacy and
//! security, §History, audit, analysts: the audit includes it).
//!
//! The keys are kept beside the log, since a hash in a log would be there for ever. Nothing changes in the livechat, but
//! nobody can deny it.

use crate::event::{ApiKeyChange, Fact, LivechatFact};
use crate::id::ApiKeyId;

/// Whoever calls it is an administrator, and has changed the key or is about to.
pub(crate) fn decide(key: ApiKeyId, change: &ApiKeyChange) -> Vec<Fact> {
    vec![Fact::Livechat(LivechatFact::ApiKeyChanged { key, change: change.clone() })]
}
