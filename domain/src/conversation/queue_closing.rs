//! The queue closes before the service does (spec.md §Timeouts, `queue_closing`): who would wait beyond closing time is not
//! let in. Those who wait already keep their place until the service closes; then they are released (`release.rs`).

use crate::Timestamp;
use crate::id::SkillId;
use crate::state::Livechat;

/// Whether nobody new may enter the queue for this skill (or for none), because the service ends soon.
pub(crate) fn has_closed(livechat: &Livechat, skill: Option<&SkillId>, at: Timestamp) -> bool {
    let before = livechat.settings().timeouts.queue_closing();
    before.zip(livechat.closes_at(skill, at)).is_some_and(|(before, closes_at)| at >= closes_at - before)
}
