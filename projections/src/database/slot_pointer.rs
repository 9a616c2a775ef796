//! The row that says which slot is active.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use journal::store::pool;
use sqlx::postgres::PgConnectOptions;

use super::dialect::Dialect;
use super::{postgres, sqlite};
use crate::error::Error;
use crate::slot::{ActiveSlot, Location, Slot};

/// Access to the pointer, with one connection that is opened when it is needed.
#[derive(Clone, Debug)]
pub(crate) enum SlotPointer {
    Sqlite { pool: sqlx::SqlitePool, url: String },
    Postgres { pool: sqlx::PgPool, url: String },
}

const BLUE: Location = Location::Slot(Slot::Blue);

impl SlotPointer {
    pub(crate) fn new(url: &str) -> Result<Self, Error> {
        let url = url.to_owned();
        Ok(match Dialect::of(&url)? {
            Dialect::Sqlite => {
                let one = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
                Self::Sqlite { pool: one.connect_lazy_with(sqlite::options(&url, BLUE)?), url }
            }
            Dialect::Postgres => {
                let options = PgConnectOptions::from_str(&url)?;
                let options = options.options([("search_path", postgres::schema(BLUE))]);
                Self::Postgres { pool: pool(1).connect_lazy_with(options), url }
            }
        })
    }

    /// Creates the table of the row if it is missing.
    pub(crate) async fn create(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite { url, .. } => sqlite::create_pointer(url).await,
            Self::Postgres { url, .. } => postgres::create_pointer(url).await,
        }
    }

    /// Its value; blue if the slots were never swapped.
    pub(crate) async fn read(&self) -> Result<ActiveSlot, Error> {
        const READ: &str = "SELECT colour, swapped_at, program FROM pointer";
        type Row = Option<(String, DateTime<Utc>, String)>;
        let row: Row = match self {
            // Nothing has been computed from this log yet.
            Self::Sqlite { url, .. } if !sqlite::options(url, BLUE)?.get_filename().is_file() => {
                return Ok(ActiveSlot::FIRST);
            }
            Self::Sqlite { pool, .. } => {
                let made = "SELECT count(*) > 0 FROM sqlite_master WHERE name = 'pointer'";
                if !sqlx::query_scalar::<_, bool>(made).fetch_one(pool).await? {
                    return Ok(ActiveSlot::FIRST);
                }
                sqlx::query_as(READ).fetch_optional(pool).await?
            }
            Self::Postgres { pool, .. } => {
                let made = "SELECT to_regclass('pointer') IS NOT NULL";
                if !sqlx::query_scalar::<_, bool>(made).fetch_one(pool).await? {
                    return Ok(ActiveSlot::FIRST);
                }
                sqlx::query_as(READ).fetch_optional(pool).await?
            }
        };
        Ok(row.map_or(ActiveSlot::FIRST, |(colour, swapped_at, program)| ActiveSlot {
            slot: if colour == Slot::Green.to_string() { Slot::Green } else { Slot::Blue },
            swapped_at: Some(swapped_at),
            program: Some(program),
        }))
    }

    /// Moves it; the previous value is lost.
    pub(crate) async fn set(&self, slot: Slot, at: DateTime<Utc>, program: &str) -> Result<(), Error> {
        const SET: &str = "INSERT INTO pointer (single, colour, swapped_at, program) VALUES (1, $1, $2, $3)
            ON CONFLICT (single) DO UPDATE
            SET colour = excluded.colour, swapped_at = excluded.swapped_at, program = excluded.program";
        self.create().await?;
        let slot = slot.to_string();
        match self {
            Self::Sqlite { pool, .. } => {
                sqlx::query(SET).bind(slot).bind(at).bind(program).execute(pool).await?;
            }
            Self::Postgres { pool, .. } => {
                sqlx::query(SET).bind(slot).bind(at).bind(program).execute(pool).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn close(&self) {
        match self {
            Self::Sqlite { pool, .. } => pool.close().await,
            Self::Postgres { pool, .. } => pool.close().await,
        }
    }
}

/// The active slot according to this database.
pub(crate) async fn active_slot(url: &str) -> Result<ActiveSlot, Error> {
    let pointer = SlotPointer::new(url)?;
    let active = pointer.read().await;
    pointer.close().await;
    active
}
