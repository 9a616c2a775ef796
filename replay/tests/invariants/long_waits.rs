//! Since when what waits after the end of a conversation does so: surveys, and conversations kept open.

use std::collections::BTreeMap;

use domain::settings::surveys::Audience;
use domain::{ConversationId, LivechatFact, Timestamp};

use super::known::{Known, Stage};

/// The survey of a segment, or the conversation itself.
type Whose = Option<(u32, Audience)>;

/// Since when each deadline runs, and until when.
#[derive(Clone, Debug, Default)]
pub(super) struct LongWaits(BTreeMap<(ConversationId, Whose), (Timestamp, Timestamp)>);

/// The deadlines of one conversation: of a survey, or of itself.
fn deadlines(known: &mut Known) -> Vec<(Whose, &mut Timestamp)> {
    let surveys = known.surveys.iter_mut();
    let surveys = surveys.filter_map(|(of, asked)| Some((Some(*of), asked.closes_at.as_mut()?)));
    let kept = match &mut known.stage {
        Stage::Kept { until } => Some((None, until)),
        Stage::Requested | Stage::Waiting | Stage::Desk { .. } | Stage::Over => None,
    };
    surveys.chain(kept).collect()
}

impl LongWaits {
    /// Notes what began to wait with an event.
    pub(super) fn note(&mut self, at: Timestamp, conversations: &mut BTreeMap<ConversationId, Known>) {
        for (id, known) in conversations {
            for (whose, deadline) in deadlines(known) {
                let slot = self.0.entry((*id, whose)).or_insert((at, *deadline));
                if slot.1 != *deadline {
                    *slot = (at, *deadline);
                }
            }
        }
    }

    /// What time does to them.
    pub(super) fn time(
        &mut self,
        fact: &LivechatFact,
        at: Timestamp,
        conversations: &mut BTreeMap<ConversationId, Known>,
    ) {
        for (id, known) in conversations {
            for (whose, deadline) in deadlines(known) {
                let Some(slot) = self.0.get_mut(&(*id, whose)) else { continue };
                if let LivechatFact::ClockSetBack { from, to } = fact {
                    if slot.0 > *to {
                        *deadline -= *from - *to;
                    }
                    slot.0 = slot.0.min(*to);
                } else if let LivechatFact::Interrupted { since, until } = fact {
                    *deadline += *until - *since;
                    if until > since {
                        slot.0 = at;
                    }
                }
                slot.1 = *deadline;
            }
        }
    }
}
