//! Where a reader of a feed stands, as it is sent with each frame (`resume_after`, which is the id of an event) and
//! back by a reader who resumes: `150-5f3a9c01`.
//!
//! The number is the position in the log. What follows it is the end of the name of the command that caused the event
//! there, which no other log has at that position: so a log that was restored from a backup, or recreated, is
//! recognised as another one even when it has grown beyond the position. The position alone suffices as long as the log
//! is the same.

use std::fmt;
use std::str::FromStr;

use domain::LivechatId;
use journal::{Journal, Position, Record};

/// See the module.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Everything up to here was sent.
    pub position: Position,
    /// The mark that identifies the event there, if known.
    pub mark: Option<u32>,
}

impl Cursor {
    /// The place at a position of this log, with its mark: that of the event there, before the first one none.
    ///
    /// # Errors
    /// When the log cannot be read.
    pub async fn at(
        journal: &Journal,
        livechat: &LivechatId,
        position: Position,
    ) -> Result<Self, journal::Error> {
        let Some(before) = position.checked_sub(1) else { return Ok(Self::from(position)) };
        let there = journal.read(livechat, before, 1).await?;
        let there = there.first().filter(|record| record.position == position);
        Ok(there.map_or_else(|| Self::from(position), |record| Self::from(&**record)))
    }
}

fn mark_of(record: &Record) -> u32 {
    let (_, _, _, [.., a, b, c, d]) = record.command.0.as_fields();
    u32::from_be_bytes([*a, *b, *c, *d])
}

impl From<Position> for Cursor {
    fn from(position: Position) -> Self {
        Self { position, mark: None }
    }
}

impl From<&Record> for Cursor {
    fn from(record: &Record) -> Self {
        Self { position: record.position, mark: Some(mark_of(record)) }
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.mark {
            Some(mark) => write!(f, "{}-{mark:08x}", self.position),
            None => write!(f, "{}", self.position),
        }
    }
}

/// It is not a place in any log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoCursor;

impl FromStr for Cursor {
    type Err = NoCursor;

    fn from_str(text: &str) -> Result<Self, NoCursor> {
        let digits = |text: &str, radix| {
            let are_digits = !text.is_empty() && text.chars().all(|digit| digit.is_digit(radix));
            are_digits.then(|| u64::from_str_radix(text, radix).ok()).flatten().ok_or(NoCursor)
        };
        let (position, mark) = match text.split_once('-') {
            Some((position, mark)) if mark.len() == 8 => (position, Some(digits(mark, 16)?)),
            Some(_) => return Err(NoCursor),
            None => (text, None),
        };
        let mark = mark.map(u32::try_from).transpose().map_err(|_| NoCursor)?;
        Ok(Self { position: digits(position, 10)?, mark })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_read_as_it_is_written_and_as_a_position_alone() {
        for cursor in [Cursor { position: 150, mark: Some(0xf) }, Cursor { position: 0, mark: None }] {
            assert_eq!(cursor.to_string().parse(), Ok(cursor));
        }
        assert_eq!("150-0000000f".parse(), Ok(Cursor { position: 150, mark: Some(15) }));
        let wrong =
            ["", "-", "-1", "+1", "1.5", "x", "1-", "1-f", "1-0000000g", "1-00000000f", "1-+000000f", " 1"];
        for wrong in wrong.into_iter().chain(["18446744073709551616", "1-\u{e9}\u{e9}\u{e9}\u{e9}"]) {
            assert_eq!(wrong.parse::<Cursor>(), Err(NoCursor), "{wrong}");
        }
    }
}
