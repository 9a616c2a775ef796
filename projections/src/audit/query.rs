//! The question, with its filters.

use std::net::IpAddr;

use domain::{LivechatId, OperatorId, Timestamp};
use journal::Position;

use super::{AuditEntry, Entity};
use crate::database::{Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::page::{PAGE_MAX, Page};

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those to this kind of thing.
    pub entity: Option<Entity>,
    /// Only those to the thing with this identifier.
    pub entity_id: Option<String>,
    /// Only those by this role.
    pub role: Option<String>,
    /// Only those by the actor with this identifier.
    pub actor: Option<String>,
    /// Only events of one of these names; if empty, all.
    pub actions: Vec<String>,
    /// Only those from this address.
    pub address: Option<IpAddr>,
    /// Only those at this position or later. As long as no clock is set back no entry is earlier than the previous one,
    /// so a time is a position: see [`Queries::audit_at`](crate::Queries::audit_at).
    pub since: Position,
    /// Only those at this time or later.
    pub from: Option<Timestamp>,
    /// Only those before this time.
    pub until: Option<Timestamp>,
}

/// The values that the indexes leave out, since most rows have them: a filter for another value excludes them
/// explicitly.
const MOSTLY: [(&str, &str); 3] =
    [("entity", "conversation"), ("actor", ""), ("action", "conversation.message_posted")];

/// Newest first, at most [`PAGE_MAX`].
pub(crate) async fn list(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    filter: &Filter,
    cursor: Option<Position>,
    limit: usize,
) -> Result<Page<AuditEntry>, Error> {
    let limit = limit.clamp(1, PAGE_MAX);
    let asked = [
        filter.entity.as_ref().map(encoding::word).into_iter().collect(),
        filter.actor.clone().into_iter().collect(),
        filter.actions.clone(),
    ];
    let mut select = Select::from(AuditEntry::TABLE).equal("livechat", livechat);
    for ((column, mostly), asked) in MOSTLY.into_iter().zip::<[Vec<String>; 3]>(asked) {
        let something_else = !asked.is_empty() && asked.iter().all(|asked| asked != mostly);
        select = select.any_of(column, &asked).unless_if(column, mostly, something_else);
    }
    let select = select
        .equal_if("entity_id", filter.entity_id.as_ref())
        .equal_if("role", filter.role.as_ref())
        .equal_if("address", filter.address)
        .since_time_if("at", filter.from.as_ref())
        .before_time_if("at", filter.until.as_ref())
        .after("position", encoding::position(filter.since) - 1)
        .before_if("position", cursor.map(encoding::position))
        .order("position DESC");
    Ok(Page::of(transaction.page(select, limit).await?, |row: &AuditEntry| row.position))
}

/// The position from which on an identifier belongs to its present operator: 0, unless an older log reused the
/// identifier of a removed operator.
pub(crate) async fn operator_since(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    operator: &OperatorId,
) -> Result<i64, Error> {
    let entries = |actions: &[&str]| {
        let actions: Vec<String> = actions.iter().map(|action| (*action).to_owned()).collect();
        MOSTLY
            .into_iter()
            .fold(Select::from(AuditEntry::TABLE).equal("livechat", livechat), |select, (column, mostly)| {
                select.unless_if(column, mostly, true)
            })
            .equal("entity", &encoding::word(&Entity::Operator))
            .equal("entity_id", operator)
            .any_of("action", &actions)
    };
    let mut before = None;
    loop {
        let removals = entries(&["operator.removed"]).before_if("position", before);
        let removals: Vec<AuditEntry> = transaction.select(removals.order("position DESC").limit(1)).await?;
        let Some(removed) = removals.first().map(|entry| entry.position) else { return Ok(0) };
        let next = entries(&["operator.registered", "operator.reinstated"]).after("position", removed);
        let next: Vec<AuditEntry> = transaction.select(next.order("position").limit(1)).await?;
        match next.first() {
            Some(entry) if entry.action == "operator.registered" => return Ok(entry.position),
            // The same one as before the removal.
            Some(_) | None => before = Some(removed),
        }
    }
}

/// The position of the first entry at this time or later; one more than the last one has, if there is none.
pub(crate) async fn first_at(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    moment: &Timestamp,
) -> Result<Position, Error> {
    let monotonic_ranges = monotonic_ranges(transaction, livechat).await?;
    let mut first = 1;
    for (begin, end) in monotonic_ranges {
        first = bisect(transaction, livechat, moment, (begin, end)).await?;
        if first < end {
            break;
        }
    }
    Ok(encoding::log_position(first))
}

/// One more than the position of the last entry before this time; 1 when there is none.
pub(crate) async fn end_at(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    moment: &Timestamp,
) -> Result<Position, Error> {
    for (begin, end) in monotonic_ranges(transaction, livechat).await?.into_iter().rev() {
        let first = bisect(transaction, livechat, moment, (begin, end)).await?;
        if first > begin {
            return Ok(encoding::log_position(first));
        }
    }
    Ok(1)
}

/// The parts of the audit in which times never go back, each from its first position to the one after its last:
/// one, unless a clock was set back.
async fn monotonic_ranges(
    transaction: &mut Transaction,
    livechat: &LivechatId,
) -> Result<Vec<(i64, i64)>, Error> {
    let entries = || Select::from(AuditEntry::TABLE).equal("livechat", livechat);
    let last: Vec<AuditEntry> = transaction.select(entries().order("position DESC").limit(1)).await?;
    let (column, mostly) = MOSTLY[2];
    let set_back = entries().equal(column, &"livechat.clock_set_back").unless_if(column, mostly, true);
    let set_back: Vec<AuditEntry> = transaction.select(set_back.order("position")).await?;
    let begins = std::iter::once(1).chain(set_back.iter().map(|entry| entry.position));
    let end = last.first().map_or(1, |last| last.position + 1);
    let ends = set_back.iter().map(|entry| entry.position).chain([end]);
    Ok(begins.zip(ends).collect())
}

/// The first position in a range whose entry is at this time or later; the end of the range if there is none.
///
/// Found by bisection along the primary key, twenty-odd rows in a million: an index by time would be written with
/// every event.
async fn bisect(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    moment: &Timestamp,
    (mut low, mut high): (i64, i64),
) -> Result<i64, Error> {
    while low < high {
        let middle = low + (high - low) / 2;
        let next = Select::from(AuditEntry::TABLE).equal("livechat", livechat).after("position", middle - 1);
        let next: Vec<AuditEntry> = transaction.select(next.order("position").limit(1)).await?;
        match next.first() {
            Some(entry) if entry.position < high && entry.at < *moment => low = entry.position + 1,
            Some(_) | None => high = middle,
        }
    }
    Ok(low)
}
