//! A record of the log, as readers see it.

use std::net::IpAddr;

use domain::id::CommandId;
use domain::{Actor, Event, LivechatId};
use serde::Serialize;

/// The hash of a record: SHA-256 over the previous hash and the bytes as stored.
pub type Hash = [u8; 32];

/// The sequence number of a record in the log of its livechat: from 1, without gaps. Everything that follows the log
/// says by it how far it has read.
pub type Position = u64;

/// One committed event and where it stands in the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Record {
    /// Whose log.
    pub livechat: LivechatId,
    /// Its position in that log.
    pub position: Position,
    /// The command that caused it, directly or by what followed.
    pub command: CommandId,
    /// The address from which the author gave that command, where it is kept: see [`Author`].
    #[serde(skip_serializing_if = "Option::is_none")]
    pub address: Option<IpAddr>,
    /// What happened.
    pub event: Event,
}

/// A record, with the hash that chains it to the one before.
#[derive(Clone, Debug)]
pub struct Chained {
    /// The record.
    pub record: Record,
    /// Its hash, as stored; none for a record that another writer of the common format appended.
    pub hash: Option<Hash>,
}

impl Chained {
    /// The bytes of its hash.
    pub fn hash_bytes(&self) -> &[u8] {
        self.hash.as_ref().map_or(&[], Hash::as_slice)
    }
}

/// The author of a command, and the address (spec.md §History, audit, analysts).
///
/// Addresses of staff and integrations are kept, for the audit. A visitor's is personal, and nothing depends
/// on it: leave it out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Author {
    /// Who.
    pub by: Actor,
    /// From which address, if that is to be kept.
    pub address: Option<IpAddr>,
}

impl From<Actor> for Author {
    fn from(by: Actor) -> Self {
        Self { by, address: None }
    }
}
