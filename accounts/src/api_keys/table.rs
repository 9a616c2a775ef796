//! Keys in their table: making, changing, revoking, and finding them.

use domain::LivechatId;
use domain::Timestamp;
use domain::id::ApiKeyId;
use domain::text::Name;
use ipnet::IpNet;
use sqlx::AnyPool;

use super::row::{COLUMNS, Row, role_name};
use super::{ApiKey, Changed, Created, Grant, Hash, LIVE_KEYS_MAX, Secret};
use crate::database::{Database, Transaction, stored_time};
use crate::error::Error;

/// The keys of all livechats. Cheap to clone.
#[derive(Clone, Debug)]
pub struct ApiKeys(Database);

/// Which key is meant.
type Which<'a> = (&'a LivechatId, ApiKeyId);

impl ApiKeys {
    /// The keys in this database.
    pub const fn new(database: Database) -> Self {
        Self(database)
    }

    /// Makes a key. The same id a second time gives the first one.
    ///
    /// # Errors
    /// The database.
    pub async fn create(
        &self,
        (livechat, id): Which<'_>,
        grant: &Grant,
        secret: &Secret,
        (at, by): (Timestamp, &str),
    ) -> Result<Created, Error> {
        let mut transaction = self.0.write().await?;
        if let Some(before) = found(&mut transaction, (livechat, id)).await? {
            return Ok(Created::Before(before));
        }
        if is_taken(&mut transaction, (livechat, id), &grant.name).await? {
            return Ok(Created::NameTaken);
        }
        if live(&mut transaction, livechat).await? >= LIVE_KEYS_MAX {
            return Ok(Created::TooMany);
        }
        let insert = format!(
            "INSERT INTO api_key (livechat, id, hash, start, name, name_key, role, scopes, networks, created_at, \
             created_by, expires_at, revision) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, 1) \
             RETURNING {COLUMNS}"
        );
        let row: Row = sqlx::query_as(&insert)
            .bind(livechat.as_str())
            .bind(id.to_string())
            .bind(secret.hash().to_vec())
            .bind(secret.start())
            .bind(grant.name.as_str())
            .bind(compared(&grant.name))
            .bind(role_name(grant.role))
            .bind(grant.scopes.as_ref().map(|scopes| scopes.join(" ")))
            .bind(in_words(&grant.networks))
            .bind(stored_time(at))
            .bind(by)
            .bind(grant.expires_at.map(stored_time))
            .fetch_one(&mut *transaction)
            .await?;
        counted(transaction).await?;
        Ok(Created::New(row.try_into()?))
    }

    /// Removes a key that was made just now and never shown.
    ///
    /// # Errors
    /// The database.
    pub async fn discard(&self, (livechat, id): Which<'_>) -> Result<(), Error> {
        let mut transaction = self.0.write().await?;
        sqlx::query("DELETE FROM api_key WHERE livechat = $1 AND id = $2")
            .bind(livechat.as_str())
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await?;
        counted(transaction).await
    }

    /// Gives a key another name, another end and other networks.
    ///
    /// # Errors
    /// The database.
    pub async fn change(&self, (livechat, id): Which<'_>, to: &Grant) -> Result<Changed, Error> {
        let mut transaction = self.0.write().await?;
        match found(&mut transaction, (livechat, id)).await? {
            None => return Ok(Changed::Unknown),
            Some(key) if key.revoked.is_some() => return Ok(Changed::Revoked),
            Some(_) => {}
        }
        if is_taken(&mut transaction, (livechat, id), &to.name).await? {
            return Ok(Changed::NameTaken);
        }
        let update = format!(
            "UPDATE api_key SET name = $1, name_key = $2, expires_at = $3, networks = $4, revision = revision + 1 \
             WHERE livechat = $5 AND id = $6 RETURNING {COLUMNS}"
        );
        let row: Row = sqlx::query_as(&update)
            .bind(to.name.as_str())
            .bind(compared(&to.name))
            .bind(to.expires_at.map(stored_time))
            .bind(in_words(&to.networks))
            .bind(livechat.as_str())
            .bind(id.to_string())
            .fetch_one(&mut *transaction)
            .await?;
        counted(transaction).await?;
        Ok(Changed::Done(Box::new(row.try_into()?)))
    }

    /// Revokes a key, whose hash is forgotten; one that was revoked before stays as it is. Returns it, if there is one.
    ///
    /// # Errors
    /// The database.
    pub async fn revoke(
        &self,
        (livechat, id): Which<'_>,
        (at, by): (Timestamp, &str),
    ) -> Result<Option<ApiKey>, Error> {
        let mut transaction = self.0.write().await?;
        sqlx::query(
            "UPDATE api_key SET revoked_at = $1, revoked_by = $2, hash = NULL, revision = revision + 1 \
             WHERE livechat = $3 AND id = $4 AND revoked_at IS NULL",
        )
        .bind(stored_time(at))
        .bind(by)
        .bind(livechat.as_str())
        .bind(id.to_string())
        .execute(&mut *transaction)
        .await?;
        let key = found(&mut transaction, (livechat, id)).await?;
        counted(transaction).await?;
        Ok(key)
    }

    /// The key of a livechat with this id, revoked or not.
    ///
    /// # Errors
    /// The database.
    pub async fn find(&self, (livechat, id): Which<'_>) -> Result<Option<ApiKey>, Error> {
        let query = format!("SELECT {COLUMNS} FROM api_key WHERE livechat = $1 AND id = $2");
        let query = sqlx::query_as::<_, Row>(&query).bind(livechat.as_str()).bind(id.to_string());
        query.fetch_optional(self.reader()).await?.map(ApiKey::try_from).transpose()
    }

    /// The key with this secret, if it is not revoked; whether it is over is not looked at.
    ///
    /// # Errors
    /// The database.
    pub async fn with_hash(&self, hash: &Hash) -> Result<Option<ApiKey>, Error> {
        let query = format!("SELECT {COLUMNS} FROM api_key WHERE hash = $1");
        let query = sqlx::query_as::<_, Row>(&query).bind(hash.to_vec());
        query.fetch_optional(self.reader()).await?.map(ApiKey::try_from).transpose()
    }

    /// The keys of a livechat, the newest first, revoked ones among them: at most `limit`, made before the one with
    /// the number `before`.
    ///
    /// # Errors
    /// The database.
    pub async fn page(
        &self,
        livechat: &LivechatId,
        before: Option<i64>,
        limit: i64,
    ) -> Result<Vec<ApiKey>, Error> {
        let query = format!(
            "SELECT {COLUMNS} FROM api_key WHERE livechat = $1 AND number < $2 ORDER BY number DESC LIMIT $3"
        );
        let query = sqlx::query_as::<_, Row>(&query).bind(livechat.as_str());
        let rows = query.bind(before.unwrap_or(i64::MAX)).bind(limit).fetch_all(self.reader()).await?;
        rows.into_iter().map(ApiKey::try_from).collect()
    }

    /// Notes when keys were last used.
    ///
    /// # Errors
    /// The database.
    pub async fn note_uses(&self, uses: &[(LivechatId, ApiKeyId, Timestamp)]) -> Result<(), Error> {
        if uses.is_empty() {
            return Ok(());
        }
        let mut transaction = self.0.write().await?;
        for (livechat, id, at) in uses {
            sqlx::query(
                "UPDATE api_key SET last_used_at = $1 WHERE livechat = $2 AND id = $3 \
                 AND (last_used_at IS NULL OR last_used_at < $1)",
            )
            .bind(stored_time(*at))
            .bind(livechat.as_str())
            .bind(id.to_string())
            .execute(&mut *transaction)
            .await?;
        }
        Ok(transaction.commit().await?)
    }

    /// How many times a key was made, changed or revoked, by whichever program.
    ///
    /// # Errors
    /// The database.
    pub async fn changes(&self) -> Result<i64, Error> {
        Ok(sqlx::query_scalar("SELECT changes FROM api_key_changes").fetch_one(self.reader()).await?)
    }

    const fn reader(&self) -> &AnyPool {
        self.0.read()
    }
}

async fn found(transaction: &mut Transaction, (livechat, id): Which<'_>) -> Result<Option<ApiKey>, Error> {
    let query = format!("SELECT {COLUMNS} FROM api_key WHERE livechat = $1 AND id = $2");
    let query = sqlx::query_as::<_, Row>(&query).bind(livechat.as_str()).bind(id.to_string());
    query.fetch_optional(&mut **transaction).await?.map(ApiKey::try_from).transpose()
}

/// Does another key of the livechat have this name, which is not revoked?
async fn is_taken(
    transaction: &mut Transaction,
    (livechat, id): Which<'_>,
    name: &Name,
) -> Result<bool, Error> {
    let others: i64 = sqlx::query_scalar(
        "SELECT COUNT(*) FROM api_key WHERE livechat = $1 AND name_key = $2 AND id <> $3 AND revoked_at IS NULL",
    )
    .bind(livechat.as_str())
    .bind(compared(name))
    .bind(id.to_string())
    .fetch_one(&mut **transaction)
    .await?;
    Ok(others > 0)
}

/// How many keys of the livechat are not revoked.
async fn live(transaction: &mut Transaction, livechat: &LivechatId) -> Result<i64, Error> {
    let query = sqlx::query_scalar("SELECT COUNT(*) FROM api_key WHERE livechat = $1 AND revoked_at IS NULL");
    Ok(query.bind(livechat.as_str()).fetch_one(&mut **transaction).await?)
}

/// Counts the change, and commits it.
async fn counted(mut transaction: Transaction) -> Result<(), Error> {
    sqlx::query("UPDATE api_key_changes SET changes = changes + 1").execute(&mut *transaction).await?;
    Ok(transaction.commit().await?)
}

/// A name as it is compared.
fn compared(name: &Name) -> String {
    name.as_str().to_lowercase()
}

/// Networks as they are stored.
fn in_words(networks: &[IpNet]) -> String {
    networks.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}
