//! A file of records, read from its beginning: each livechat from its first record on, in any mixture.
//!
//! Invariant: a record that is given out follows those given out before it.

use std::io::{BufRead, Read};

use super::checks::Tails;
use super::error::Error;
use super::record_line::{self, LINE_BYTES_MAX};
use crate::log::store::StoredRecord;

/// The records of a file.
pub(super) struct FileReader<R> {
    file: R,
    line: Vec<u8>,
    number: u64,
    tails: Tails,
    /// Bytes of the lines given out so far.
    bytes: u64,
}

impl<R: BufRead> FileReader<R> {
    pub(super) fn of(file: R) -> Self {
        Self { file, line: Vec::new(), number: 0, tails: Tails::default(), bytes: 0 }
    }

    /// The next record; `None` at the end of the file.
    pub(super) fn next(&mut self) -> Result<Option<StoredRecord>, Error> {
        if self.advance()? { self.record().map(Some) } else { Ok(None) }
    }

    /// The next record whose line has its end. What a writer left of a line when it was interrupted is as
    /// good as the end of the file; but a file that ends in anything else is not one of ours to cut.
    pub(super) fn next_whole(&mut self) -> Result<Option<StoredRecord>, Error> {
        if !self.advance()? {
            return Ok(None);
        }
        if self.is_whole() {
            return self.record().map(Some);
        }
        if self.line.iter().zip(record_line::BEGINNING).all(|(byte, expected)| byte == expected) {
            return Ok(None);
        }
        Err(self.wrong("it is no record, and the file ends in it".to_owned()))
    }

    /// Something is wrong with the line that was read last.
    pub(super) fn wrong(&self, what: String) -> Error {
        Error::Line { line: self.number, what }
    }

    /// Where each livechat ends so far.
    pub(super) const fn tails(&self) -> &Tails {
        &self.tails
    }

    /// Where each livechat ends, and how many bytes that took.
    pub(super) fn into_tails(self) -> (Tails, u64) {
        (self.tails, self.bytes)
    }

    /// Reads a line; false when there is none.
    fn advance(&mut self) -> Result<bool, Error> {
        self.line.clear();
        let limit = LINE_BYTES_MAX as u64 + 1;
        let bytes = self.file.by_ref().take(limit).read_until(b'\n', &mut self.line)?;
        self.number += 1;
        if self.number == 1
            && let Some(kind) = taken_for_export(&self.line)
        {
            return Err(self.wrong(format!("the file is no export of a log: it {kind}")));
        }
        if bytes > LINE_BYTES_MAX {
            return Err(self.wrong(format!("it is longer than {LINE_BYTES_MAX} bytes")));
        }
        Ok(bytes > 0)
    }

    /// The file.
    pub(super) fn into_file(self) -> R {
        self.file
    }

    /// The record of the line that was read last.
    fn record(&mut self) -> Result<StoredRecord, Error> {
        let stored = match record_line::read(&self.line) {
            Ok(stored) => stored,
            Err(what) if self.is_whole() => return Err(self.wrong(what)),
            Err(_) => return Err(self.wrong("it is incomplete: the file ends in it".to_owned())),
        };
        self.tails.follow(&stored).map_err(|problem| self.wrong(problem.to_string()))?;
        self.bytes += self.line.len() as u64;
        Ok(stored)
    }

    fn is_whole(&self) -> bool {
        self.line.ends_with(b"\n")
    }
}

/// The kind of a file that begins like this and is often taken for an export by mistake.
fn taken_for_export(beginning: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 8] = [
        (b"\x1f\x8b", "is compressed by gzip; decompress it first"),
        (b"\x28\xb5\x2f\xfd", "is compressed by zstd; decompress it first"),
        (b"\xfd7zXZ\0", "is compressed by xz; decompress it first"),
        (b"BZh", "is compressed by bzip2; decompress it first"),
        (b"PK\x03\x04", "is a ZIP archive; unpack it first"),
        (b"SQLite format 3\0", "is a SQLite database; a log in it is named by --database"),
        (b"\xef\xbb\xbf", "begins with a byte order mark: another program has changed it"),
        (b"\xff\xfe", "is text in UTF-16: another program has changed it"),
    ];
    KINDS.iter().find(|(mark, _)| beginning.starts_with(mark)).map(|(_, kind)| *kind)
}
