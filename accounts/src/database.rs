//! The database of the accounts: a SQLite file of its own beside that of the log (`pupitre-accounts.db` beside
//! `pupitre.db`), or the schema `accounts` of the PostgreSQL database that holds the log.
//!
//! The same SQL runs on both: parameters are `$1`, columns are TEXT, whole numbers and bytes, flags are 0 and 1, times
//! are milliseconds since 1970. That is what sqlx's [`sqlx::Any`] carries, so nothing here is written twice but the
//! migrations.
//!
//! Changes are made one at a time on both ([`Database::write`]), so that what a change has read stays true until it
//! is committed, without a retry: is this the last administrator? Is the address free? They are rare and short.
//! Unlike rows of the read models they cannot be computed again: a commit is on the disk.

mod file;

use std::collections::HashSet;
use std::time::Duration;

use domain::Timestamp;
use journal::store::pool;
use sqlx::any::{AnyPoolOptions, install_default_drivers};
use sqlx::migrate::Migrator;
use sqlx::{Any, AnyConnection, AnyPool, Connection, Executor};

use crate::error::Error;
use crate::sessions::{Ended, Live, SessionId};

static SQLITE: Migrator = sqlx::migrate!("../migrations/accounts/sqlite");
static POSTGRES: Migrator = sqlx::migrate!("../migrations/accounts/postgres");

/// Connections that read.
const READERS: u32 = 4;
/// Connections that change something on PostgreSQL: one at work, and those that wait for it.
const WRITERS: u32 = 4;
/// The lock that changes take on PostgreSQL, and servers that create the schema: "accounts" in ASCII.
const LOCK: i64 = i64::from_be_bytes(*b"accounts");
/// The longest that a lock is waited for, in each database.
const BUSY_MAX: Duration = Duration::from_secs(10);

/// A transaction; dropped without a commit, it never happened.
pub type Transaction = sqlx::Transaction<'static, Any>;

/// Which of the two databases it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Sqlite,
    Postgres,
}

/// The database of the accounts. Cheap to clone; clones share their connections.
#[derive(Clone, Debug)]
pub struct Database {
    kind: Kind,
    writer: AnyPool,
    readers: AnyPool,
    /// What this process knows of sessions beside the tables.
    live: Live,
}

/// The address of the accounts of a log: a SQLite file of their own beside its file, so that neither waits for the
/// other's writes and each can be backed up and given away without the other; or the same PostgreSQL database.
pub fn accounts_beside(log: &str) -> String {
    match log.strip_prefix("sqlite:") {
        Some(rest) => {
            let (file, options) = rest.split_once('?').map_or((rest, ""), |(file, options)| (file, options));
            let file = file.strip_suffix(".db").unwrap_or(file);
            let mark = if options.is_empty() { "" } else { "?" };
            format!("sqlite:{file}-accounts.db{mark}{options}")
        }
        None => log.to_owned(),
    }
}

impl Database {
    /// Opens the accounts beside the log at `log` (`sqlite://FILE` or `postgres://…`), created if missing, and brings
    /// the tables up to date. Several programs may have them open at once.
    ///
    /// # Errors
    /// [`Error::Address`] when the address is of neither kind; the file or the database.
    pub async fn beside(log: &str) -> Result<Self, Error> {
        Self::open(&accounts_beside(log)).await
    }

    /// Opens the accounts at this very address, as [`Self::beside`] does.
    ///
    /// # Errors
    /// As [`Self::beside`].
    pub async fn open(url: &str) -> Result<Self, Error> {
        install_default_drivers();
        if url.starts_with("sqlite:") {
            Self::sqlite(url).await
        } else if url.starts_with("postgres:") || url.starts_with("postgresql:") {
            Self::postgres(url).await
        } else {
            Err(Error::Address)
        }
    }

    /// Opens the accounts beside the log at `log` if there are any, so that a slip in the address is an error and not a
    /// new database.
    ///
    /// # Errors
    /// As [`Self::beside`], and [`Error::Missing`].
    pub async fn existing_beside(log: &str) -> Result<Self, Error> {
        const IS_THERE: &str = "SELECT COUNT(*) FROM pg_namespace WHERE nspname = 'accounts'";
        let url = accounts_beside(log);
        if url.starts_with("sqlite:") {
            if let Some(missing) = file::missing(&url)? {
                return Err(Error::Missing(missing));
            }
        } else if url.starts_with("postgres") {
            install_default_drivers();
            let mut connection = AnyConnection::connect(&url).await?;
            let schemas: i64 = sqlx::query_scalar(IS_THERE).fetch_one(&mut connection).await?;
            connection.close().await?;
            if schemas == 0 {
                // The address may hold a password.
                return Err(Error::Missing("the database".to_owned()));
            }
        }
        Self::open(&url).await
    }

    async fn sqlite(url: &str) -> Result<Self, Error> {
        // The file is there before SQLite opens it, so that it is private; held until the tables are up to date.
        let _alone = file::prepare(url).await?;
        let busy = BUSY_MAX.as_millis();
        // What was deleted, such as a hash, is overwritten.
        let settings = format!(
            "PRAGMA busy_timeout = {busy}; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
             PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON"
        );
        // The only connection that writes: within a program, changes wait for it in order.
        let writer = connected(pool(1).acquire_timeout(BUSY_MAX), settings.clone(), url).await?;
        SQLITE.run(&writer).await?;
        let readers = connected(pool(READERS), format!("{settings}; PRAGMA query_only = ON"), url).await?;
        Ok(Self { kind: Kind::Sqlite, writer, readers, live: Live::default() })
    }

    async fn postgres(url: &str) -> Result<Self, Error> {
        let mut connection = AnyConnection::connect(url).await?;
        let mut transaction = connection.begin().await?;
        sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *transaction).await?;
        transaction.execute("CREATE SCHEMA IF NOT EXISTS accounts").await?;
        transaction.commit().await?;
        connection.close().await?;
        let busy = BUSY_MAX.as_millis();
        let settings = format!("SET search_path TO accounts; SET lock_timeout TO {busy}");
        let writer = connected(pool(WRITERS), settings.clone(), url).await?;
        POSTGRES.run(&writer).await?;
        let readers = connected(pool(READERS), settings, url).await?;
        Ok(Self { kind: Kind::Postgres, writer, readers, live: Live::default() })
    }

    /// A transaction that changes something. There is one at a time: what it reads stays as it is until its end. On
    /// SQLite it holds the lock from its first moment (`BEGIN IMMEDIATE`), on PostgreSQL a lock of its own.
    ///
    /// Compute what takes long, such as the hash of a password, before.
    ///
    /// # Errors
    /// The database, also when others have kept it busy for ten seconds.
    pub async fn write(&self) -> Result<Transaction, Error> {
        // To its end, also when the caller leaves: a transaction that had begun and that nobody holds would stay open.
        let database = self.clone();
        let beginning = tokio::spawn(async move { database.begin().await });
        beginning.await.map_err(|_| sqlx::Error::WorkerCrashed)?
    }

    async fn begin(&self) -> Result<Transaction, Error> {
        match self.kind {
            Kind::Sqlite => Ok(self.writer.begin_with("BEGIN IMMEDIATE").await?),
            Kind::Postgres => {
                let mut transaction = self.writer.begin().await?;
                sqlx::query("SELECT pg_advisory_xact_lock($1)").bind(LOCK).execute(&mut *transaction).await?;
                Ok(transaction)
            }
        }
    }

    /// Connections for single statements that read. What has to fit together is read by one statement, or in
    /// [`Self::write`].
    pub const fn read(&self) -> &AnyPool {
        &self.readers
    }

    /// Commits a transaction that ends sessions, forgets them and tells whoever follows them. It is done to its end
    /// even when the caller does not wait for it any more, and after a commit whose outcome is not known.
    ///
    /// # Errors
    /// The database. The sessions may have ended all the same.
    pub async fn commit(&self, transaction: Transaction, ended: Ended) -> Result<(), Error> {
        self.commit_changed(transaction, HashSet::new(), ended).await
    }

    /// The same for a transaction that also changes sessions.
    pub(crate) async fn commit_changed(
        &self,
        transaction: Transaction,
        changed: HashSet<SessionId>,
        ended: Ended,
    ) -> Result<(), Error> {
        let live = self.live.clone();
        let committing = tokio::spawn(async move {
            let committed = transaction.commit().await;
            live.publish(changed, ended);
            committed
        });
        Ok(committing.await.map_err(|_| sqlx::Error::WorkerCrashed)??)
    }

    pub(crate) const fn live(&self) -> &Live {
        &self.live
    }

    /// Closes every connection, after the statements under way.
    pub async fn close(&self) {
        self.readers.close().await;
        self.writer.close().await;
    }
}

/// Connects, and gives each connection its settings.
async fn connected(options: AnyPoolOptions, settings: String, url: &str) -> Result<AnyPool, sqlx::Error> {
    let options = options.after_connect(move |connection, _| {
        let settings = settings.clone();
        Box::pin(async move {
            connection.execute(settings.as_str()).await?;
            Ok(())
        })
    });
    options.connect(url).await
}

/// A time as it is stored.
pub fn stored_time(at: Timestamp) -> i64 {
    at.timestamp_millis()
}

/// A stored time; the nearest that a calendar has, should a hand have changed it.
pub fn read_time(millis: i64) -> Timestamp {
    domain::timestamp::nearest_allowed(Timestamp::from_timestamp_millis(millis).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts_are_beside_the_log() {
        assert_eq!(accounts_beside("sqlite:///var/lib/pupitre.db"), "sqlite:///var/lib/pupitre-accounts.db");
        assert_eq!(accounts_beside("sqlite://p.db?mode=rwc"), "sqlite://p-accounts.db?mode=rwc");
        assert_eq!(accounts_beside("postgres://localhost/pupitre"), "postgres://localhost/pupitre");
    }
}
