//! Issues a link.

use domain::Timestamp;
use domain::bilingual::both;
use domain::field::FieldError;
use serde_json::json;

use super::kind::Kind;
use crate::account::in_transaction;
use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::{Database, stored_time};
use crate::error::Error;
use crate::secret::Secret;

const ISSUED: Action = Action("account.link_issued");

/// A link that was issued: its secret is known to whom it is sent, and to nobody else.
#[derive(Clone, Debug)]
pub struct Link {
    /// What it is for.
    pub kind: Kind,
    /// What it proves itself with.
    pub secret: Secret,
    /// Until when it is good.
    pub expires: Timestamp,
}

impl Link {
    /// Its address, at the pages of the server at `base` (`https://chat.example.org`).
    pub fn address(&self, base: &str) -> String {
        format!("{}/sign-in#{}={}", base.trim_end_matches('/'), self.kind.name(), self.secret.reveal())
    }
}

/// Issues a link, which replaces an earlier one of its kind.
///
/// # Errors
/// [`Error::Unknown`]; [`Error::Conflict`] for an account that is disabled; the database.
pub async fn issue(database: &Database, by: &By, id: AccountId, kind: Kind) -> Result<Link, Error> {
    const REPLACE: &str =
        "INSERT INTO one_time_link (account, kind, hash, expires_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT (account, kind) DO UPDATE SET hash = excluded.hash, expires_at = excluded.expires_at";
    let link = Link { kind, secret: Secret::draw()?, expires: by.at + kind.lifetime() };
    let mut transaction = database.write().await?;
    if in_transaction(&mut transaction, id).await?.disabled.is_some() {
        let allowed = both("an account that is not disabled", "un compte qui n’est pas désactivé");
        return Err(Error::Conflict(FieldError::new("account", allowed)));
    }
    sqlx::query(REPLACE)
        .bind(id.to_string())
        .bind(kind.name())
        .bind(link.secret.hash().to_vec())
        .bind(stored_time(link.expires))
        .execute(&mut *transaction)
        .await?;
    let details = json!({ "kind": kind.name(), "expires": link.expires });
    record(&mut transaction, by, ISSUED, Some(id), &details).await?;
    transaction.commit().await?;
    Ok(link)
}
