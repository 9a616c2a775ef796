//! What is in a stone: the state of the rules and the rows of the floor, compressed.
//!
//! Names of fields and of operators are repeated a thousand times in it: compression takes nine tenths away, and
//! it is read back at a gigabyte a second, which is why it is zstd.

use domain::livechat::STATE_VERSION;
use domain::{Livechat, LivechatId};
use journal::store::Stone;
use projections::Floor;
use serde::{Deserialize, Serialize};

use crate::error::Error;
use crate::past::Past;

/// The version of the form here.
const FORMAT: i32 = 1;

/// The fastest level that finds all those repetitions.
const LEVEL: i32 = 3;

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
pub fn write_down(past: &Past, record_hash: Vec<u8>) -> Result<Stone, Error> {
    let kept = Kept { livechat: &past.livechat, floor: &past.floor };
    let unwritable = |error: &dyn std::fmt::Display| Error::Unwritable(error.to_string());
    let content = rmp_serde::to_vec_named(&kept).map_err(|error| unwritable(&error))?;
    let content = zstd::bulk::compress(&content, LEVEL).map_err(|error| unwritable(&error))?;
    let mut stone = Stone {
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
pub fn open(livechat: &LivechatId, stone: &Stone) -> Result<Past, Unusable> {
    if stone.version != version() {
        return Err(Unusable::Foreign);
    }
    if stone.checksum != stone.expected_checksum(livechat) {
        return Err(Unusable::Damaged);
    }
    // Unpacked as a whole: a slice is read three times as quickly as a stream.
    let unpacked = zstd::stream::decode_all(&stone.content[..]).map_err(|_| Unusable::Unreadable)?;
    let Found { livechat, floor } = rmp_serde::from_slice(&unpacked).map_err(|_| Unusable::Unreadable)?;
    if floor.position() != stone.position
        || livechat.clock().timestamp_millis() != stone.at.timestamp_millis()
    {
        return Err(Unusable::Unreadable);
    }
    Ok(Past { position: stone.position, livechat, floor })
}
