//! Every version of an event ever written stays readable, for ever: old ones pass through upcasters.

use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use domain::id::CommandId;
use domain::{Event, LivechatId};

use crate::entry::Metadata;
use crate::error::Error;
use crate::recorded::{Position, Recorded};

/// The upcasters, oldest first. None is needed yet: every event is at its first version.
fn upcasters() -> &'static [Box<dyn EventUpcaster>] {
    &[]
}

/// A stored record as an event of today.
///
/// # Errors
/// [`Error::Damaged`] when the record cannot be read.
pub fn decode(stored: SerializedEvent) -> Result<Recorded, Error> {
    let livechat =
        LivechatId::parse(&stored.aggregate_id).map_err(|error| Error::Unreadable(error.to_string()))?;
    let position = stored.sequence as Position;
    let damaged = |problem: serde_json::Error| Error::Damaged {
        livechat: livechat.clone(),
        problem: format!("record {position} cannot be read: {problem}"),
    };
    let stored = upcasters().iter().fold(stored, |event, upcaster| {
        if upcaster.can_upcast(&event.event_type, &event.event_version) {
            upcaster.upcast(event)
        } else {
            event
        }
    });
    let event: Event = serde_json::from_value(stored.payload).map_err(damaged)?;
    // A record that another writer of the common format appended has no command of ours.
    let command = serde_json::from_value(stored.metadata)
        .map_or(CommandId(uuid::Uuid::nil()), |metadata: Metadata| metadata.command);
    Ok(Recorded { livechat, position, command, event })
}
