//! Which logs there are to go through.

use std::collections::BTreeSet;

use domain::LivechatId;

use crate::log::record::Position;
use crate::log::store::{Read, StoreError};

/// The logs to go through.
#[derive(Debug)]
pub struct Logs {
    /// Whose. Empty when the one that was asked for has none.
    pub livechats: BTreeSet<LivechatId>,
    /// How many records they have together, as their heads say.
    pub records: Position,
}

/// Every log, or that of one livechat. A log may have lost its head, and a head its log: both count.
///
/// # Errors
/// When the database cannot be read.
pub async fn logs(log: &dyn Read, only: Option<&LivechatId>) -> Result<Logs, StoreError> {
    let heads = log.heads().await?;
    let mut livechats: BTreeSet<LivechatId> = log.logs().await?.into_iter().collect();
    livechats.extend(heads.iter().map(|head| head.livechat.clone()));
    livechats.retain(|livechat| only.is_none_or(|only| livechat == only));
    let heads = heads.iter().filter(|head| livechats.contains(&head.livechat));
    let records = heads.map(|head| head.position).sum();
    Ok(Logs { livechats, records })
}
