//! Answers: in which segments of a conversation did an operator take part (spec.md §Privacy and security)?
//!
//! The operator in charge has the whole conversation on the desk. A former one took part in the segments in which they
//! had picked up, and in the last one if it was never given to anybody else. There is no row for it: it follows from
//! [`Assignment`]. Where an older log has reused the identifier of a removed operator, the new operator inherits
//! nothing from the former one.

use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use domain::{LivechatId, OperatorId};

use crate::assignments::Assignment;
use crate::audit;
use crate::conversations::{Conversation, State};
use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::projection::Projection;
use crate::transcript::{LineRow, REQUESTED, REQUESTED_AGAIN, Transcript};

/// The part of a conversation that a reader may see, by positions in the log; nothing by default.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Part(Vec<RangeInclusive<i64>>);

impl Part {
    /// All of it, and what is still to come.
    pub fn whole() -> Self {
        Self(vec![0..=i64::MAX])
    }

    /// Is it all of it, and what is still to come?
    pub fn is_whole(&self) -> bool {
        *self == Self::whole()
    }

    /// Is it nothing?
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Is this position in it?
    pub fn contains(&self, position: i64) -> bool {
        self.0.iter().any(|range| range.contains(&position))
    }

    /// From where to read on after a position: nothing of the part is before it. None, if nothing is left.
    pub fn skip_to(&self, after: i64) -> Option<i64> {
        let next = self.0.iter().find(|range| *range.end() > after)?;
        Some(after.max(next.start().saturating_sub(1)))
    }
}

/// An operator who reads.
#[derive(Clone, Debug)]
pub(crate) struct Reader<'a> {
    operator: &'a OperatorId,
    /// From which position on the identifier is this operator's.
    since: i64,
}

impl<'a> Reader<'a> {
    pub(crate) async fn of(
        transaction: &mut Transaction,
        livechat: &LivechatId,
        operator: &'a OperatorId,
    ) -> Result<Self, Error> {
        let since = audit::operator_since(transaction, livechat, operator).await?;
        Ok(Self { operator, since })
    }
}

/// What an operator may read of a conversation.
pub(crate) async fn part_of(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    conversation: &Conversation,
    Reader { operator, since }: &Reader<'_>,
) -> Result<Part, Error> {
    let last_had = conversation.operator.as_deref() == Some(operator.as_str());
    let in_charge = matches!(conversation.state, State::Assigned | State::PickedUp);
    let is_one = conversation.segments <= 1;
    if last_had && (in_charge || (is_one && *since == 0)) {
        return Ok(Part::whole());
    }
    let assignments = Select::from(Assignment::TABLE)
        .equal("livechat", livechat)
        .equal("operator", *operator)
        .equal("conversation", &conversation.conversation)
        .after("position", *since);
    let assignments: Vec<Assignment> = transaction.select(assignments).await?;
    let last_had = last_had && (*since == 0 || !assignments.is_empty());
    let mut begun: BTreeSet<i64> = assignments
        .iter()
        .filter(|assignment| assignment.picked_up_at.is_some())
        .map(|assignment| assignment.requested_position)
        .collect();
    if is_one {
        return Ok(if begun.is_empty() && !last_had { Part(vec![]) } else { Part::whole() });
    }
    let requests = [REQUESTED, REQUESTED_AGAIN].map(str::to_owned);
    let requests = Select::from(Transcript::TABLE)
        .equal("livechat", livechat)
        .equal("conversation", &conversation.conversation)
        .any_of("kind", &requests)
        .order("position");
    // One by one: each may hold an exchange with the bot.
    let mut starts: Vec<i64> = vec![];
    transaction.for_each(requests, |line: LineRow| starts.push(line.position)).await?;
    if last_had {
        begun.extend(starts.last());
    }
    let ends = starts.iter().skip(1).map(|next| next - 1).chain([i64::MAX]);
    let segments = starts.iter().zip(ends).filter(|(start, _)| begun.contains(start));
    let part = Part(segments.map(|(start, end)| *start..=end).collect());
    Ok(if begun.len() == starts.len() { Part::whole() } else { part })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading_goes_on_where_the_next_range_begins() {
        let part = Part(vec![10..=20, 40..=i64::MAX]);
        assert_eq!([0, 12, 20, 39, 50].map(|after| part.skip_to(after)), [9, 12, 39, 39, 50].map(Some));
        assert_eq!([9, 10, 20, 21, 40].map(|at| part.contains(at)), [false, true, true, false, true]);
        assert_eq!(Part(vec![10..=20]).skip_to(20), None);
        assert_eq!(Part::whole().skip_to(0), Some(0));
        assert!(Part(vec![]).is_empty());
    }
}
