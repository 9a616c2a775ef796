//! An event as it is stored: its bytes, and the hash that chains it to the one before.

use std::borrow::Cow;

use std::fmt::Write;
use std::net::IpAddr;

use domain::id::CommandId;
use domain::{ConversationId, Event, Livechat, LivechatId, Timestamp};
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::log::record::{Position, Record};

pub use crate::log::record::Hash;

/// The hash before the first record.
pub const GENESIS: Hash = [0; 32];

/// A row of the log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Whose log.
    pub livechat: LivechatId,
    /// Where in it.
    pub position: Position,
    /// The stable name of the event.
    pub event_type: Cow<'static, str>,
    /// The version of its content: that of today, or an older one when the record was imported.
    pub event_version: Cow<'static, str>,
    /// The event, as JSON.
    pub payload: String,
    /// What is known about the record itself, as JSON: see [`Metadata`].
    pub metadata: String,
    /// When it is written.
    pub recorded_at: Timestamp,
    /// The conversation concerned, for readers of one conversation.
    pub conversation: Option<ConversationId>,
    /// Covers everything above but `recorded_at` and `conversation`, which repeat what is in the payload.
    pub hash: Hash,
    /// What its livechat waits for; of each livechat, that of a batch's last entry is kept with the head.
    pub wake_up: WakeUp,
}

/// What a livechat waits for, so that one that is not in memory can be woken in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct WakeUp {
    /// When its first timer fires.
    pub wake_at: Option<Timestamp>,
    /// Whether an operator is connected.
    pub attended: bool,
}

impl WakeUp {
    /// Nothing is known: the livechat is to be woken and looked at.
    pub const UNKNOWN: Self = Self { wake_at: Some(Timestamp::UNIX_EPOCH), attended: true };

    /// What a livechat waits for in this state.
    pub fn of(livechat: &Livechat) -> Self {
        Self { wake_at: livechat.next_deadline(), attended: livechat.is_attended() }
    }
}

/// What is known about a record itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Metadata {
    /// The command that caused it.
    pub command: CommandId,
    /// The address from which it was given, where that is kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
}

impl Entry {
    /// Serialises a record once, and chains it to `previous`.
    ///
    /// # Errors
    /// When the event has no JSON form, which no event of the domain lacks.
    pub fn seal(record: &Record, previous: &Hash, wake_up: WakeUp) -> Result<Self, serde_json::Error> {
        let payload = json(&record.event)?;
        let metadata = serde_json::to_string(&Metadata { command: record.command, address: record.address })?;
        let fact = &record.event.fact;
        let (event_type, event_version) = (fact.name(), fact.version());
        let hash = chain(previous, record.position, [event_type, event_version, &payload, &metadata]);
        Ok(Self {
            livechat: record.livechat.clone(),
            position: record.position,
            event_type: event_type.into(),
            event_version: event_version.into(),
            payload,
            metadata,
            recorded_at: record.event.at,
            conversation: fact.conversation_id(),
            hash,
            wake_up,
        })
    }
}

/// Room for the JSON of most events, so that it is not moved while it grows.
const PAYLOAD_BYTES: usize = 512;

/// The JSON of an event.
fn json(event: &Event) -> Result<String, serde_json::Error> {
    let mut bytes = Vec::with_capacity(PAYLOAD_BYTES);
    serde_json::to_writer(&mut bytes, event)?;
    String::from_utf8(bytes).map_err(serde::ser::Error::custom)
}

/// The hash of a record from its stored bytes. Each part is preceded by its length, so that no two
/// records share a hash by moving a boundary.
pub fn chain(previous: &Hash, position: Position, parts: [&str; 4]) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(position.to_be_bytes());
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part.as_bytes());
    }
    hasher.finalize().into()
}

/// Bytes in hexadecimal, in small letters.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(2 * bytes.len()), |mut text, byte| {
        // A string takes whatever is written to it.
        let _ = write!(text, "{byte:02x}");
        text
    })
}
