//! Every version of an event ever written stays readable, for ever: old ones pass through upcasters.

use cqrs_es::persist::{EventUpcaster, SerializedEvent};
use domain::Event;
use domain::id::CommandId;

use crate::error::Error;
use crate::log::entry::Metadata;
use crate::log::record::Record;
use crate::log::store::{StoredRecord, StoredRecordRef};

/// The upcasters, oldest first. None is needed yet: every event is at its first version.
fn upcasters() -> &'static [Box<dyn EventUpcaster>] {
    &[]
}

/// A stored record as an event of today.
///
/// # Errors
/// [`Error::Damaged`] when the record cannot be read.
pub fn decode(stored: &StoredRecord) -> Result<Record, Error> {
    decode_in_place(stored.borrowed())
}

/// Bytes of records that are decoded where they were read: beyond it, it takes more than a few milliseconds.
pub(crate) const SHORT_BYTES: usize = 256 * 1024;

/// [`decode`], from where the database has the bytes of the record.
///
/// # Errors
/// As [`decode`].
pub fn decode_in_place(stored: StoredRecordRef<'_>) -> Result<Record, Error> {
    let damaged = |problem: serde_json::Error| Error::Damaged {
        livechat: stored.livechat.clone(),
        problem: format!("record {} cannot be read: {problem}", stored.position),
    };
    let event: Event =
        if upcasters().iter().any(|old| old.can_upcast(stored.event_type, stored.event_version)) {
            serde_json::from_value(upcast(stored.serialized().map_err(damaged)?).payload).map_err(damaged)?
        } else {
            let event: Event = serde_json::from_str(stored.payload).map_err(damaged)?;
            // Readers of the common format go by the name, and ours by the payload.
            if event.fact.name() != stored.event_type {
                return Err(Error::Damaged {
                    livechat: stored.livechat.clone(),
                    problem: format!(
                        "record {} is called {} and tells of {}",
                        stored.position,
                        stored.event_type.escape_debug(),
                        event.fact.name()
                    ),
                });
            }
            event
        };
    // A record that another writer of the common format appended has no command of ours.
    let Metadata { command, address } = usual(stored.metadata).unwrap_or_else(|| {
        serde_json::from_str(stored.metadata)
            .unwrap_or(Metadata { command: CommandId(uuid::Uuid::nil()), address: None })
    });
    Ok(Record { livechat: stored.livechat.clone(), position: stored.position, command, address, event })
}

/// The metadata of nearly every record, a command and nothing else, in the form in which it is written here: read
/// without the generality of JSON.
fn usual(metadata: &str) -> Option<Metadata> {
    let command = metadata.strip_prefix(r#"{"command":""#)?.strip_suffix(r#""}"#)?;
    Some(Metadata { command: CommandId(uuid::Uuid::try_parse(command).ok()?), address: None })
}

fn upcast(stored: SerializedEvent) -> SerializedEvent {
    upcasters().iter().fold(stored, |event, upcaster| {
        if upcaster.can_upcast(&event.event_type, &event.event_version) {
            upcaster.upcast(event)
        } else {
            event
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_is_read_as_it_is_written_and_as_json() {
        let command = CommandId(uuid::Uuid::from_u128(0x0190_a1b2_c3d4_7000_8000_0000_0000_00ff));
        let address = Some("192.0.2.7".parse().unwrap());
        for metadata in [Metadata { command, address: None }, Metadata { command, address }] {
            let text = serde_json::to_string(&metadata).unwrap();
            assert_eq!(usual(&text), metadata.address.is_none().then(|| metadata.clone()));
            assert_eq!(serde_json::from_str::<Metadata>(&text).unwrap(), metadata);
        }
        for other in ["{}", r#"{"command":""}"#, r#"{ "command": "0190a1b2-c3d4-7000-8000-0000000000ff" }"#] {
            assert_eq!(usual(other), None, "{other}");
        }
    }
}
