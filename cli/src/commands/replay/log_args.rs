//! Where in which log: what the players share.

use std::sync::Arc;

use ::replay::AsOf;
use domain::{ConversationId, LivechatId, timestamp};
use journal::Store;
use journal::store::open_existing;

use crate::commands::database::Database;
use crate::commands::failure::Failure;

/// A position of the log, or a time.
pub(super) fn until(text: &str) -> Result<AsOf, String> {
    if let Ok(position) = text.parse() {
        return Ok(AsOf::Position(position));
    }
    let time = chrono::DateTime::parse_from_rfc3339(text).map(|at| at.to_utc());
    let time =
        time.map_err(|_| "a position of the log, or a time such as 2026-01-31T09:00:00Z".to_owned())?;
    if timestamp::is_allowed(time) { Ok(AsOf::Time(time)) } else { Err(timestamp::ALLOWED.to_string()) }
}

/// Opens a log that is there.
///
/// # Errors
/// When it is not.
pub(super) async fn open(database: &Database) -> Result<Arc<dyn Store>, Failure> {
    Ok(open_existing(&database.database).await?)
}

/// The livechat that is meant: the one that is named, or the only one there is.
///
/// # Errors
/// When there is no such livechat, or there are several.
pub(super) async fn livechat(store: &dyn Store, named: Option<&str>) -> Result<LivechatId, Failure> {
    let named = named.map(LivechatId::parse).transpose()?;
    let mut heads = store.read().heads().await?;
    heads.retain(|head| named.as_ref().is_none_or(|named| *named == head.livechat));
    match (named, heads.len()) {
        (Some(named), 0) => Err(format!("there is no log of {named}").into()),
        (None, 0) => Err("the log is empty".into()),
        (_, 1) => Ok(heads.remove(0).livechat),
        (_, more) => Err(format!("there are {more} livechats: name one with --livechat").into()),
    }
}

/// The livechat of a conversation.
///
/// # Errors
/// When there is no such conversation.
pub(super) async fn livechat_of(
    store: &dyn Store,
    named: Option<&str>,
    id: ConversationId,
) -> Result<LivechatId, Failure> {
    let named = named.map(LivechatId::parse).transpose()?;
    for head in store.read().heads().await? {
        let is_wanted = named.as_ref().is_none_or(|named| *named == head.livechat);
        if is_wanted && !store.read().conversation(&head.livechat, id, 0, 1).await?.is_empty() {
            return Ok(head.livechat);
        }
    }
    Err(format!("there is no conversation {id}").into())
}
