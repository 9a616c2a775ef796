//! What is in a stone: the state of the rules and the rows of the floor, compressed.
//!
//! Names of fields and of operators are repeated a thousand times in it: compression takes nine tenths away, and
//! it is read back at a gigabyte a second, which is why it is zstd.

use std::io::{self, Write};

use domain::state::STATE_VERSION;
use domain::{Livechat, LivechatId};
use journal::store::StateSnapshot;
use projections::Floor;
use serde::{Deserialize, Serialize};
use zstd::zstd_safe;

use crate::error::Error;
use crate::past::Past;

/// The version of the form here.
const FORMAT: i32 = 1;

/// The fastest level that finds all those repetitions.
const LEVEL: i32 = 3;

/// Bytes of a stone that is unpacked, at most: a hundred times those of the largest livechat there is reason to
/// think of. What says that it has more is not believed.
const UNPACKED_MAX: usize = 1 << 30;

/// The versions of everything that makes a stone what it is: the state of the rules, the folds of the
/// projections, and the form here.
pub fn version() -> &'static str {
    static VERSION: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    VERSION.get_or_init(|| format!("{STATE_VERSION}.{}.{FORMAT}", projections::VERSION))
}

/// Why a stone is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unusable {
    /// It is of no use to this program, and there is nothing wrong with it.
    #[error("another version of the code laid it")]
    Foreign,
    /// Its bytes are not those that were laid.
    #[error("it is damaged")]
    Damaged,
    /// It stands at a record that was never written, or was written otherwise.
    #[error("it stands at a record that is not in the log")]
    Stray,
    /// Its bytes are as they were laid, and are no state.
    #[error("it cannot be read")]
    Unreadable,
}

#[derive(Serialize)]
struct Kept<'a> {
    livechat: &'a Livechat,
    floor: &'a Floor,
}

#[derive(Deserialize)]
struct Found {
    livechat: Livechat,
    floor: Floor,
}

/// A stone of a livechat as it is at a record with this hash.
///
/// # Errors
/// When the state has no stored form, which no state lacks.
pub fn write_down(past: &Past, record_hash: Vec<u8>) -> Result<StateSnapshot, Error> {
    let kept = Kept { livechat: &past.livechat, floor: &past.floor };
    let unwritable = |error: &dyn std::fmt::Display| Error::Unwritable(error.to_string());
    let content = rmp_serde::to_vec_named(&kept).map_err(|error| unwritable(&error))?;
    let content = zstd::bulk::compress(&content, LEVEL).map_err(|error| unwritable(&error))?;
    let mut stone = StateSnapshot {
        position: past.position,
        at: past.livechat.clock(),
        version: version().to_owned(),
        record_hash,
        checksum: vec![],
        content,
    };
    stone.checksum = stone.expected_checksum(past.floor.livechat());
    Ok(stone)
}

/// What a stone tells.
///
/// # Errors
/// Why it cannot be used.
pub fn open(livechat: &LivechatId, stone: &StateSnapshot) -> Result<Past, Unusable> {
    unpack(livechat, stone)?.read(stone)
}

/// What is in a stone, not yet taken apart.
#[derive(Debug)]
pub struct Unpacked(Vec<u8>);

/// What is in a stone that is as it was laid.
///
/// # Errors
/// Why it cannot be used.
pub fn unpack(livechat: &LivechatId, stone: &StateSnapshot) -> Result<Unpacked, Unusable> {
    if stone.version != version() {
        return Err(Unusable::Foreign);
    }
    if stone.checksum != stone.expected_checksum(livechat) {
        return Err(Unusable::Damaged);
    }
    // As a whole, since a slice is read three times as quickly as a stream, and into as much memory as it says.
    let bytes = zstd_safe::get_frame_content_size(&stone.content).ok().flatten();
    let bytes = bytes.and_then(|bytes| usize::try_from(bytes).ok()).filter(|bytes| *bytes <= UNPACKED_MAX);
    let bytes = bytes.ok_or(Unusable::Unreadable)?;
    zstd::bulk::decompress(&stone.content, bytes).map(Unpacked).map_err(|_| Unusable::Unreadable)
}

impl Unpacked {
    /// Takes it apart.
    ///
    /// # Errors
    /// When it is no state, or not that of its stone.
    pub fn read(&self, stone: &StateSnapshot) -> Result<Past, Unusable> {
        let Found { livechat, floor } = rmp_serde::from_slice(&self.0).map_err(|_| Unusable::Unreadable)?;
        if floor.position() != stone.position
            || livechat.clock().timestamp_millis() != stone.at.timestamp_millis()
        {
            return Err(Unusable::Unreadable);
        }
        Ok(Past { position: stone.position, livechat, floor })
    }

    /// Is it, byte for byte, what would be written down of this state? That is known in a fraction of the time in
    /// which it is taken apart. The same state may have been written in another way: before maps were stored in the
    /// order of their keys, they had none.
    pub fn tells(&self, past: &Past) -> bool {
        let kept = Kept { livechat: &past.livechat, floor: &past.floor };
        let mut rest = Rest(&self.0);
        rmp_serde::encode::write_named(&mut rest, &kept).is_ok() && rest.0.is_empty()
    }
}

/// What has still to be written; writing anything else fails.
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
        let past = Past::unborn(livechat.clone());
        let stone = write_down(&past, vec![1]).unwrap();
        let Unpacked(bytes) = unpack(&livechat, &stone).unwrap();
        assert!(Unpacked(bytes.clone()).tells(&past));

        let floor = bytes.windows(6).rposition(|bytes| bytes == b"\xa5floor").unwrap();
        let (count, rest) = bytes.split_first().unwrap();
        let (livechat, floor) = rest.split_at(floor - 1);
        let turned = Unpacked([&[*count], floor, livechat].concat());
        assert!(!turned.tells(&past));
        assert_eq!(turned.read(&stone).unwrap(), past);
        assert!(!Unpacked([&bytes[..], b"more"].concat()).tells(&past));
        assert!(!Unpacked(bytes[..bytes.len() - 1].to_vec()).tells(&past));
    }
}
