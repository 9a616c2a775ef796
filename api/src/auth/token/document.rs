//! The content of a key file: the bytes of one secret, as a server creates it, or after the first rotation a JSON document
//! with several.
//!
//! A document has a field of its own name, and whatever begins as an object and has that is a document: a damaged one is
//! not taken for a secret.

use std::path::Path;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::error::KeyError;
use super::key::Key;
use super::ring::{Former, Ring};

/// The field that makes a document one: its version, which is written first.
const MARK: &str = "\"pupitre_keys\"";

/// The version of what this program writes.
const VERSION: u32 = 1;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    pupitre_keys: u32,
    signing: Signing,
    former: Vec<Checking>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Signing {
    secret: Secret,
    made_at: DateTime<Utc>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Checking {
    secret: Secret,
    made_at: DateTime<Utc>,
    checks_until: DateTime<Utc>,
}

/// Any bytes, written in base64 (RFC 4648 §4).
#[derive(Clone, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
struct Secret(Vec<u8>);

impl TryFrom<String> for Secret {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        STANDARD.decode(text).map(Self).map_err(|_| "not base64")
    }
}

impl From<Secret> for String {
    fn from(Secret(bytes): Secret) -> Self {
        STANDARD.encode(bytes)
    }
}

/// Only what tells which version it is.
#[derive(Deserialize)]
struct Version {
    pupitre_keys: u32,
}

/// Are these the bytes of a document?
pub(super) fn is_document(bytes: &[u8]) -> bool {
    let has_mark = || bytes.windows(MARK.len()).any(|part| part == MARK.as_bytes());
    bytes.trim_ascii_start().starts_with(b"{") && has_mark()
}

/// The ring in the file at `path`, last written at `written_at`.
///
/// # Errors
/// [`KeyError::Short`], [`KeyError::Damaged`], [`KeyError::OtherVersion`].
pub(super) fn parse(bytes: &[u8], path: &Path, written_at: DateTime<Utc>) -> Result<Ring, KeyError> {
    let name = || path.display().to_string();
    if !is_document(bytes) {
        let only = Key::of(bytes, written_at).ok_or_else(|| KeyError::Short(name()))?;
        return Ok(Ring::new(vec![], only));
    }
    // The text of these errors may quote a secret.
    let damaged = |error: &serde_json::Error| KeyError::Damaged(name(), error.line(), error.column());
    if serde_json::from_slice::<Version>(bytes).is_ok_and(|version| version.pupitre_keys != VERSION) {
        return Err(KeyError::OtherVersion(name()));
    }
    let document: Document = serde_json::from_slice(bytes).map_err(|error| damaged(&error))?;
    let key =
        |Secret(bytes): &Secret, made_at| Key::of(bytes, made_at).ok_or_else(|| KeyError::Short(name()));
    let former = document.former.iter();
    let former = former.map(|former| {
        let key = key(&former.secret, former.made_at)?;
        Ok(Former { key, checks_until: former.checks_until })
    });
    let former = former.collect::<Result<_, KeyError>>()?;
    Ok(Ring::new(former, key(&document.signing.secret, document.signing.made_at)?))
}

/// The document of a ring.
///
/// # Errors
/// When it cannot be written as JSON, which it always can.
pub(super) fn text(ring: &Ring) -> std::io::Result<String> {
    let secret = |key: &Key| Secret(key.secret().to_vec());
    let former = ring.former().iter();
    let former = former.map(|former| Checking {
        secret: secret(&former.key),
        made_at: former.key.made_at(),
        checks_until: former.checks_until,
    });
    let signing = Signing { secret: secret(ring.signing()), made_at: ring.signing().made_at() };
    let document = Document { pupitre_keys: VERSION, signing, former: former.collect() };
    let mut text = serde_json::to_string_pretty(&document)?;
    text.push('\n');
    Ok(text)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use chrono::TimeDelta;

    use super::*;

    fn two() -> Ring {
        let now = DateTime::from_timestamp(1_800_000_000, 0).unwrap();
        let bytes: Vec<u8> = (0..=255).collect();
        let only = parse(&bytes, Path::new("k"), now).unwrap();
        only.rotated(TimeDelta::hours(24), now).unwrap().ring
    }

    fn read(text: &str) -> Result<Ring, KeyError> {
        parse(text.as_bytes(), Path::new("k"), DateTime::UNIX_EPOCH)
    }

    #[test]
    fn a_document_says_what_the_ring_was() {
        let ring = two();
        let again = read(&text(&ring).unwrap()).unwrap();
        let said = |ring: &Ring| {
            let keys = ring.keys().map(|key| (key.id().clone(), key.secret().to_vec(), key.made_at()));
            let until = ring.former().iter().map(|former| former.checks_until);
            (keys.collect::<Vec<_>>(), until.collect::<Vec<_>>())
        };
        assert_eq!(said(&again), said(&ring));
        assert_eq!(again.keys().count(), 2);
        assert_eq!(text(&again).unwrap(), text(&ring).unwrap());
    }

    #[test]
    fn a_damaged_document_is_no_secret_and_its_error_tells_none() {
        let whole = text(&two()).unwrap();
        let secret = STANDARD.encode(two().former()[0].key.secret());
        for end in MARK.len() + 4..whole.trim_end().len() {
            let error = read(&whole[..end]).unwrap_err();
            assert!(matches!(error, KeyError::Damaged(..)), "{end}: {error}");
        }
        for (found, instead) in [
            ("\"signing\": {", "\"signing\": \"SECRET\", \"x\": {"),
            ("\"made_at\": \"", "\"made_at\": \"SECRET"),
            ("\"former\": [", "\"former\": [\"SECRET\","),
            ("\"secret\": \"", "\"secret\": \"SECRET!"),
            ("\"pupitre_keys\": 1", "\"pupitre_keys\": \"SECRET\""),
            ("\"pupitre_keys\": 1", "\"pupitre_keys\": 1, \"SECRET\": 1"),
        ] {
            assert!(whole.contains(found), "{found}");
            let error = read(&whole.replacen(found, instead, 1)).unwrap_err();
            assert!(matches!(error, KeyError::Damaged(..)), "{found}: {error:?}");
            for secret in ["SECRET", &secret] {
                assert!(!format!("{error} {error:?}").contains(secret), "{error:?}");
            }
        }
        let short = whole.replace(&secret, "c2hvcnQ=");
        assert!(matches!(read(&short), Err(KeyError::Short(_))));
        let newer = whole.replacen("\"pupitre_keys\": 1", "\"pupitre_keys\": 2, \"more\": {}", 1);
        assert!(matches!(read(&newer), Err(KeyError::OtherVersion(_))));
    }

    #[test]
    fn a_document_may_be_laid_out_otherwise() {
        let whole = text(&two()).unwrap();
        let compact: String = whole.split_whitespace().collect();
        assert_eq!(read(&compact).unwrap().keys().count(), 2);
        assert_eq!(read(&format!("\n {{ \n\t{}", &whole[1..])).unwrap().keys().count(), 2);
        let sorted = serde_json::from_str::<BTreeMap<String, serde_json::Value>>(&whole).unwrap();
        let sorted = serde_json::to_string(&sorted).unwrap();
        assert!(sorted.starts_with("{\"former\""));
        assert_eq!(read(&sorted).unwrap().keys().count(), 2);
    }

    #[test]
    fn whatever_else_a_file_contains_is_one_secret() {
        for bytes in [&[0; 32][..], &[255; 64], b"{\"keys\": [], \"and\": \"more than 32 bytes\"}"] {
            let ring = parse(bytes, Path::new("k"), DateTime::UNIX_EPOCH).unwrap();
            assert_eq!((ring.keys().count(), ring.signing().secret()), (1, bytes));
        }
        for bytes in [&[0; 31][..], b""] {
            let short = parse(bytes, Path::new("k"), DateTime::UNIX_EPOCH);
            assert!(matches!(short, Err(KeyError::Short(_))));
        }
    }
}
