//! What is known of a file that was sent. Its bytes are not kept here.

use std::ops::RangeInclusive;

use serde::{Deserialize, Serialize};

use crate::bilingual::both;
use crate::field::{Check, FieldError};
use crate::limits::FILE_BYTES_MAX;
use crate::personal::Personal;
use crate::text::{Name, Received};

const BYTES: RangeInclusive<u64> = 1..=FILE_BYTES_MAX;

/// What is known of a file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Its name, without a path: 1 to 100 characters.
    pub name: Personal<Name>,
    /// Its size in bytes: 1 to 20,971,520.
    pub bytes: u64,
    /// Its media type, as `application/pdf`.
    pub media_type: String,
}

impl File {
    /// A name is shown beside the file, and becomes a file name on the reader's disk.
    pub(crate) fn read_texts(&mut self, texts: &mut Received) {
        texts.read("name", &mut self.name);
        let dots = self.name.reveal().as_str().chars().all(|c| c == '.');
        texts.must(
            !dots,
            "name",
            both("a name that is more than dots", "un nom qui ne soit pas que des points"),
        );
    }

    pub(crate) fn check(&self) -> Result<(), Vec<FieldError>> {
        let mut check = Check::new();
        let name = self.name.reveal().as_str();
        check.must(
            !name.contains(['/', '\\']) && !name.chars().any(char::is_control),
            "name",
            both("a name without a path", "un nom sans chemin"),
        );
        check.range("bytes", &self.bytes, &BYTES, both("bytes", "octets"));
        check.must(
            is_media_type(&self.media_type),
            "media_type",
            both("a media type as application/pdf", "un type de média tel que application/pdf"),
        );
        check.finish()
    }
}

fn is_media_type(value: &str) -> bool {
    let token = |part: &str| {
        (1..=127).contains(&part.len())
            && part.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$&-^_.+".contains(&b))
    };
    value.split_once('/').is_some_and(|(kind, name)| token(kind) && token(name))
}
