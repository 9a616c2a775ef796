//! The question, with its filters.

use std::net::IpAddr;

use domain::{Instant, LivechatId};
use journal::Position;

use super::{Deed, Entity};
use crate::database::{Select, Transaction};
use crate::error::Error;
use crate::format;
use crate::page::{PAGE_MAX, Page};
use crate::projection::Trace;

/// Which deeds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Only those to this kind of thing.
    pub entity: Option<Entity>,
    /// Only those to the thing with this identifier.
    pub entity_id: Option<String>,
    /// Only those by somebody in this role.
    pub role: Option<String>,
    /// Only those by whoever has this identifier.
    pub actor: Option<String>,
    /// Only events of one of these names; of any, when there is none.
    pub actions: Vec<String>,
    /// Only those from this address.
    pub address: Option<IpAddr>,
    /// Only those at this position or later. The time of a deed is never earlier than that of the one before
    /// it, so a moment is a position: see [`Views::audit_at`](crate::Views::audit_at).
    pub since: Position,
}

/// What the indexes leave out, since it is most of what there is: a filter for something else says so.
const MOSTLY: [(&str, &str); 3] =
    [("entity", "conversation"), ("actor", ""), ("action", "conversation.message_posted")];

/// Newest first, at most [`PAGE_MAX`].
pub(crate) async fn list(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    filter: &Filter,
    cursor: Option<Position>,
    limit: usize,
) -> Result<Page<Deed>, Error> {
    let limit = limit.clamp(1, PAGE_MAX);
    let asked = [
        filter.entity.as_ref().map(format::word).into_iter().collect(),
        filter.actor.clone().into_iter().collect(),
        filter.actions.clone(),
    ];
    let mut select = Select::from(Deed::TABLE).equal("livechat", livechat);
    for ((column, mostly), asked) in MOSTLY.into_iter().zip::<[Vec<String>; 3]>(asked) {
        let something_else = !asked.is_empty() && asked.iter().all(|asked| asked != mostly);
        select = select.any_of(column, &asked).unless_if(column, mostly, something_else);
    }
    let select = select
        .equal_if("entity_id", filter.entity_id.as_ref())
        .equal_if("role", filter.role.as_ref())
        .equal_if("address", filter.address)
        .after("position", format::position(filter.since) - 1)
        .before_if("position", cursor.map(format::position))
        .order("position DESC")
        .limit(limit + 1);
    let rows = transaction.select(select).await?;
    Ok(Page::cut(rows, limit, |row: &Deed| row.position))
}

/// The position of the first deed at this moment or later; one more than the last has, when none is.
///
/// Found by halving along the primary key, twenty-odd rows in a million: an index by time would be written with
/// every event.
pub(crate) async fn first_at(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    moment: &Instant,
) -> Result<Position, Error> {
    let deeds = || Select::from(Deed::TABLE).equal("livechat", livechat).limit(1);
    let last: Vec<Deed> = transaction.select(deeds().order("position DESC")).await?;
    let (mut low, mut high) = (1, last.first().map_or(1, |last| last.position + 1));
    while low < high {
        let middle = low + (high - low) / 2;
        let next: Vec<Deed> =
            transaction.select(deeds().after("position", middle - 1).order("position")).await?;
        match next.first() {
            Some(deed) if deed.at < *moment => low = deed.position + 1,
            Some(_) | None => high = middle,
        }
    }
    Ok(format::log_position(low))
}
