//! The content of a state snapshot: the state of the rules and the rows of the floor, compressed.
//!
//! Names of fields and of operators are repeated a thousand times in it: compression takes nine tenths away, and
//! reading it back is fast, at a gigabyte a second with zstd.

use std::io::{self, Write};

use domain::state::STATE_VERSION;
use domain::{Livechat, LivechatId};
use journal::store::{Snapshot, Unusable};
use projections::FloorState;
use serde::{Deserialize, Serialize};
use zstd::zstd_safe;

use crate::error::Error;
use crate::state_at::StateAt;

/// The version of the form here.
const FORMAT: i32 = 1;

/// The fastest level that finds all those repetitions.
const LEVEL: i32 = 3;

/// Bytes of an unpacked snapshot, at most: a hundred times those of the largest livechat imaginable. One that claims to
/// have more is not trusted.
const UNPACKED_MAX: usize = 1 << 30;

/// The versions of everything that a snapshot depends on: the state of the rules, the folds of the
/// projections, and the form here.
pub fn version() -> &'static str {
    static VERSION: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    VERSION.get_or_init(|| format!("{STATE_VERSION}.{}.{FORMAT}", projections::VERSION))
}

#[derive(Serialize)]
struct ContentRef<'a> {
    livechat: &'a Livechat,
    floor: &'a FloorState,
}

#[derive(Deserialize)]
struct Content {
    livechat: Livechat,
    floor: FloorState,
}

/// A snapshot of a livechat as it is at a record with this hash.
///
/// # Errors
/// When the state cannot be serialized, which never happens.
pub fn serialize(past: &StateAt, record_hash: Vec<u8>) -> Result<Snapshot, Error> {
    let content_ref = ContentRef { livechat: &past.livechat, floor: &past.floor };
    let unserializable = |error: &dyn std::fmt::Display| Error::Unserializable(error.to_string());
    let content = rmp_serde::to_vec_named(&content_ref).map_err(|error| unserializable(&error))?;
    let content = zstd::bulk::compress(&content, LEVEL).map_err(|error| unserializable(&error))?;
    let record = (past.position, past.livechat.clock(), record_hash);
    Ok(Snapshot::new(past.floor.livechat(), version(), record, content))
}

/// What a snapshot holds.
///
/// # Errors
/// Why it cannot be used.
pub fn open(livechat: &LivechatId, snapshot: &Snapshot) -> Result<StateAt, Unusable> {
    unpack(livechat, snapshot)?.read(snapshot)
}

/// The content of a snapshot, decompressed and not yet parsed.
#[derive(Debug)]
pub struct Unpacked(Vec<u8>);

/// Checks and decompresses a snapshot.
///
/// # Errors
/// Why it cannot be used.
pub fn unpack(livechat: &LivechatId, snapshot: &Snapshot) -> Result<Unpacked, Unusable> {
    let content = snapshot.content(livechat, version())?;
    // As a whole, since a slice is parsed three times as fast as a stream, and into a buffer of the announced size.
    let bytes = zstd_safe::get_frame_content_size(content).ok().flatten();
    let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok()).filter(|bytes| *bytes <= UNPACKED_MAX);
    let bytes = bytes.ok_or(Unusable::Unreadable)?;
    zstd::bulk::decompress(content, bytes).map(Unpacked).map_err(|_| Unusable::Unreadable)
}

impl Unpacked {
    /// Parses it.
    ///
    /// # Errors
    /// When it is not a state, or not that of its snapshot.
    pub fn read(&self, snapshot: &Snapshot) -> Result<StateAt, Unusable> {
        let Content { livechat, floor } = rmp_serde::from_slice(&self.0).map_err(|_| Unusable::Unreadable)?;
        if floor.position() != snapshot.position
            || livechat.clock().timestamp_millis() != snapshot.at.timestamp_millis()
        {
            return Err(Unusable::Unreadable);
        }
        Ok(StateAt { position: snapshot.position, livechat, floor })
    }

    /// Is it, byte for byte, the serialized form of this state? That takes a fraction of the time of parsing it.
    /// The same state may have been written in another way: before maps were stored in the
    /// order of their keys, they had no order.
    pub fn is_form_of(&self, past: &StateAt) -> bool {
        let content_ref = ContentRef { livechat: &past.livechat, floor: &past.floor };
        let mut rest = Rest(&self.0);
        rmp_serde::encode::write_named(&mut rest, &content_ref).is_ok() && rest.0.is_empty()
    }
}

/// The bytes still expected; writing anything else fails.
struct Rest<'a>(&'a [u8]);

impl Write for Rest<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0 = self.0.strip_prefix(bytes).ok_or(io::ErrorKind::InvalidData)?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_state_that_is_written_in_another_way_is_the_same_state() {
        let livechat = LivechatId::parse("support").unwrap();
        let past = StateAt::empty(livechat.clone());
        let snapshot = serialize(&past, vec![1]).unwrap();
        let Unpacked(bytes) = unpack(&livechat, &snapshot).unwrap();
        assert!(Unpacked(bytes.clone()).is_form_of(&past));

        let floor = bytes.windows(6).rposition(|bytes| bytes == b"\xa5floor").unwrap();
        let (count, rest) = bytes.split_first().unwrap();
        let (livechat, floor) = rest.split_at(floor - 1);
        let turned = Unpacked([&[*count], floor, livechat].concat());
        assert!(!turned.is_form_of(&past));
        assert_eq!(turned.read(&snapshot).unwrap(), past);
        assert!(!Unpacked([&bytes[..], b"more"].concat()).is_form_of(&past));
        assert!(!Unpacked(bytes[..bytes.len() - 1].to_vec()).is_form_of(&past));
    }
}
