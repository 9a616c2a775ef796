//! A record as a line of a file: JSON whose payload and metadata are the very bytes that are stored.
//!
//! Invariant: a line that was written is read as the same record, byte for byte, or it is not written.

use domain::LivechatId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use crate::log::chain::{Defect, Problem};
use crate::log::entry::{Hash, hex};
use crate::log::record::Position;
use crate::log::store::StoredRecord;

/// How every line begins.
pub(super) const BEGINNING: &[u8] = br#"{"livechat":""#;

/// Bytes in a line, its end included: more than any event takes, and a file without line ends must not fill
/// the memory.
pub(super) const LINE_BYTES_MAX: usize = 16 * 1024 * 1024;

#[derive(Serialize)]
struct LineWritten<'a> {
    livechat: &'a LivechatId,
    position: Position,
    r#type: &'a str,
    version: &'a str,
    payload: &'a RawValue,
    metadata: &'a RawValue,
    hash: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineRead<'a> {
    livechat: LivechatId,
    position: Position,
    r#type: String,
    version: String,
    #[serde(borrow)]
    payload: &'a RawValue,
    #[serde(borrow)]
    metadata: &'a RawValue,
    hash: String,
}

/// Adds a record to the lines in `buffer`, which is left as it was when the record cannot be carried.
///
/// # Errors
/// [`Defect::Unportable`], with why it cannot.
pub fn write(stored: &StoredRecord, buffer: &mut Vec<u8>) -> Result<(), Problem> {
    let problem = |why| Problem {
        livechat: stored.livechat.clone(),
        position: stored.position,
        defect: Defect::Unportable(why),
    };
    let before = buffer.len();
    let line = LineWritten {
        livechat: &stored.livechat,
        position: stored.position,
        r#type: &stored.event_type,
        version: &stored.event_version,
        payload: raw(&stored.payload).map_err(problem)?,
        metadata: raw(&stored.metadata).map_err(problem)?,
        hash: hex(&stored.hash),
    };
    let written = serde_json::to_writer(&mut *buffer, &line);
    buffer.push(b'\n');
    if written.is_ok() && buffer.len() - before <= LINE_BYTES_MAX {
        return Ok(());
    }
    buffer.truncate(before);
    Err(problem("its line would be too long"))
}

/// JSON that stands in a line as it is.
fn raw(json: &str) -> Result<&RawValue, &'static str> {
    let value: &RawValue = serde_json::from_str(json).map_err(|_| "it is not JSON")?;
    if value.get().len() != json.len() {
        return Err("there is white space around its JSON");
    }
    if json.contains('\n') {
        return Err("there is a line break in its JSON");
    }
    Ok(value)
}

/// The record of a line, or what is wrong with it.
///
/// # Errors
/// What is wrong, in words.
pub fn read(line: &[u8]) -> Result<StoredRecord, String> {
    let found: LineRead<'_> =
        serde_json::from_slice(line).map_err(|error| format!("it is no record: {error}"))?;
    let hash = unhex(&found.hash).ok_or("its hash is not of 64 hexadecimal digits")?;
    Ok(StoredRecord {
        livechat: found.livechat,
        position: found.position,
        event_type: found.r#type,
        event_version: found.version,
        payload: found.payload.get().to_owned(),
        metadata: found.metadata.get().to_owned(),
        hash: hash.to_vec(),
    })
}

fn unhex(text: &str) -> Option<Hash> {
    let digit = |digit: u8| char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok());
    let mut hash = Hash::default();
    if text.len() != 2 * hash.len() {
        return None;
    }
    for (byte, digits) in hash.iter_mut().zip(text.as_bytes().chunks_exact(2)) {
        *byte = digit(digits[0])? << 4 | digit(digits[1])?;
    }
    Some(hash)
}
