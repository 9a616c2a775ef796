//! Lists entries, the latest first.

use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;
use sqlx::FromRow;
use utoipa::ToSchema;

use crate::account_id::AccountId;
use crate::database::{Database, read_time};
use crate::error::Error;
use crate::page::{self, Page};

/// What was done once.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(as = AccountAuditEntry)]
pub struct Entry {
    /// Its number: later ones have greater ones.
    pub sequence: i64,
    /// When.
    pub at: DateTime<Utc>,
    /// The kind of who did it: `account`, `api_key`, `bearer`, `command_line`, `system` or `anybody`.
    pub actor_kind: String,
    /// Which account or key did it.
    pub actor: Option<String>,
    /// What was done, as `account.created`.
    pub action: String,
    /// With which account.
    pub account: Option<String>,
    /// From which network address.
    pub network_address: Option<String>,
    /// What exactly.
    pub details: Value,
}

/// Which entries.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Filter {
    /// Done with this account.
    pub account: Option<AccountId>,
    /// Done by this account or key.
    pub actor: Option<String>,
    /// Of this kind.
    pub action: Option<String>,
}

#[derive(FromRow)]
struct Row {
    sequence: i64,
    at: i64,
    actor_kind: String,
    actor: Option<String>,
    action: String,
    account: Option<String>,
    network_address: Option<String>,
    details: String,
}

const SELECT: &str = "SELECT sequence, at, actor_kind, actor, action, account, network_address, details
    FROM account_audit
    WHERE sequence < $1 AND ($2 IS NULL OR account = $2) AND ($3 IS NULL OR actor = $3)
      AND ($4 IS NULL OR action = $4)
    ORDER BY sequence DESC LIMIT $5";

/// A page of entries, the latest first.
///
/// # Errors
/// [`Error::Wrong`] for a number of rows out of 1 to 200 or a cursor of something else; the database.
pub async fn list(
    database: &Database,
    filter: &Filter,
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Entry>, Error> {
    let limit = page::limit(limit)?;
    let before = after.map_or(Ok(i64::MAX), |cursor| cursor.parse().map_err(|_| page::wrong_cursor()))?;
    let rows: Vec<Row> = sqlx::query_as(SELECT)
        .bind(before)
        .bind(filter.account.map(|account| account.to_string()))
        .bind(filter.actor.clone())
        .bind(filter.action.clone())
        .bind(page::one_more(limit))
        .fetch_all(database.read())
        .await?;
    let entries = rows.into_iter().map(entry).collect();
    Ok(Page::of(entries, limit, |entry: &Entry| entry.sequence.to_string()))
}

fn entry(row: Row) -> Entry {
    Entry {
        sequence: row.sequence,
        at: read_time(row.at),
        actor_kind: row.actor_kind,
        actor: row.actor,
        action: row.action,
        account: row.account,
        network_address: row.network_address,
        details: serde_json::from_str(&row.details).unwrap_or_default(),
    }
}
