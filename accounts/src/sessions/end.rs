//! Ends sessions: by their holder, by an administrator, or because of what happens to their account.
//!
//! What changes an account calls [`end_all`] in its own transaction and commits that with
//! [`Database::commit`](crate::Database::commit): there is no moment in which the change is made and a session lives on.

use domain::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::account_id::AccountId;
use crate::audit::{self, Action};
use crate::by::By;
use crate::database::{Transaction, stored_time};

use super::feed::EndedSession;
use super::handle::Sessions;
use super::live::Ended;
use super::refusal::Error;
use super::session::{EndReason, SessionId};

const ENDED: Action = Action("sessions.ended");

/// Ends all sessions of an account, but for one where that is named. The audit trail is left to the caller, who
/// records why. Nothing happens to sessions that have ended already.
///
/// # Errors
/// The database.
pub async fn end_all(
    transaction: &mut Transaction,
    account: AccountId,
    except: Option<SessionId>,
    reason: EndReason,
    now: Timestamp,
) -> Result<Ended, crate::Error> {
    let statement = "UPDATE session SET ended_at = $1, end_reason = $2 \
         WHERE account = $3 AND ended_at IS NULL AND id <> $4 RETURNING id";
    let name: &'static str = reason.into();
    let ids: Vec<String> = sqlx::query_scalar(statement)
        .bind(stored_time(now))
        .bind(name)
        .bind(account.to_string())
        // No session has an empty id.
        .bind(except.map(|id| id.to_string()).unwrap_or_default())
        .fetch_all(&mut **transaction)
        .await?;
    count(transaction, ids.len()).await?;
    ended(account, &ids, reason)
}

/// Ends these sessions of an account.
pub(crate) async fn end_some(
    transaction: &mut Transaction,
    account: AccountId,
    sessions: &[String],
    reason: EndReason,
    now: Timestamp,
) -> Result<Ended, Error> {
    let mut ids = vec![];
    let name: &'static str = reason.into();
    for session in sessions {
        let statement = "UPDATE session SET ended_at = $1, end_reason = $2 \
             WHERE account = $3 AND ended_at IS NULL AND id = $4 RETURNING id";
        let id: Option<String> = sqlx::query_scalar(statement)
            .bind(stored_time(now))
            .bind(name)
            .bind(account.to_string())
            .bind(session)
            .fetch_optional(&mut **transaction)
            .await?;
        ids.extend(id);
    }
    count(transaction, ids.len()).await?;
    Ok(ended(account, &ids, reason)?)
}

/// Lets other processes notice that some have ended.
async fn count(transaction: &mut Transaction, ended: usize) -> Result<(), sqlx::Error> {
    if ended > 0 {
        sqlx::query("UPDATE session_changes SET changes = changes + 1").execute(&mut **transaction).await?;
    }
    Ok(())
}

fn ended(account: AccountId, ids: &[String], reason: EndReason) -> Result<Ended, crate::Error> {
    let one = |id: &String| {
        let session = id.parse::<Uuid>().map_err(|error| sqlx::Error::Decode(Box::new(error)))?;
        Ok(EndedSession { session: SessionId::of(session), account, reason })
    };
    Ok(Ended(ids.iter().map(one).collect::<Result<_, sqlx::Error>>()?))
}

impl Sessions {
    /// Ends one session of this account: `SignedOut` by its holder, `Revoked` from the list. Says whether there was
    /// one to end; a session of somebody else is none.
    ///
    /// # Errors
    /// The database.
    pub async fn end(
        &self,
        account: AccountId,
        session: SessionId,
        reason: EndReason,
        by: &By,
    ) -> Result<bool, Error> {
        let mut transaction = self.database.write().await?;
        let ended = end_some(&mut transaction, account, &[session.to_string()], reason, by.at).await?;
        if ended.count() == 0 {
            return Ok(false);
        }
        record(&mut transaction, &ended, by).await?;
        self.database.commit(transaction, ended).await?;
        Ok(true)
    }

    /// Revokes all sessions of this account, but for one where that is named (the one of the page that asks). Gives
    /// their number.
    ///
    /// # Errors
    /// The database.
    pub async fn revoke_all(
        &self,
        account: AccountId,
        except: Option<SessionId>,
        by: &By,
    ) -> Result<usize, Error> {
        let mut transaction = self.database.write().await?;
        let ended = end_all(&mut transaction, account, except, EndReason::Revoked, by.at).await?;
        let count = ended.count();
        if count > 0 {
            record(&mut transaction, &ended, by).await?;
            self.database.commit(transaction, ended).await?;
        }
        Ok(count)
    }
}

/// Writes into the audit trail which sessions of an account were ended, and why.
pub(crate) async fn record(
    transaction: &mut Transaction,
    ended: &Ended,
    by: &By,
) -> Result<(), crate::Error> {
    let Some(first) = ended.0.first() else { return Ok(()) };
    let reason: &'static str = first.reason.into();
    let sessions: Vec<String> = ended.0.iter().map(|ended| ended.session.to_string()).collect();
    let details = json!({ "reason": reason, "sessions": sessions });
    audit::record(transaction, by, ENDED, Some(first.account), &details).await
}
