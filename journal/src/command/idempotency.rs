//! The same command twice is done once: the second time it gets the answer of the first, read from the log.

use domain::{Command, LivechatId, Rejection};

use super::receipt::Receipt;
use crate::error::Error;
use crate::livechats::receipts::Span;
use crate::log::record::Position;
use crate::log_reader::LogReader;

/// The receipt of a command that was executed before, read from the log.
///
/// The same id for another command, or from another author, is refused.
pub(super) async fn receipt(
    log: &LogReader,
    livechat: &LivechatId,
    span: Span,
    command: &Command,
) -> Result<Receipt, Error> {
    if span.count == 0 {
        return Ok(Receipt { position: span.first - 1, records: vec![] });
    }
    let (count, mut records) = (span.count as usize, vec![]);
    while records.len() < count {
        let next = span.first + records.len() as Position;
        let more = log.read(livechat, next - 1, count - records.len()).await?;
        if more.is_empty() {
            let problem = format!("record {next} cannot be read");
            return Err(Error::Damaged { livechat: livechat.clone(), problem });
        }
        records.extend(more);
    }
    let first = records.first().map(|first| &first.event);
    if !first.is_some_and(|first| first.by == command.by && command.action.is_recorded_as(&first.fact)) {
        return Err(Rejection::KeyUsed.into());
    }
    Ok(Receipt { position: span.first + Position::from(span.count) - 1, records })
}
