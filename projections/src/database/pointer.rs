//! The row that says which place is read.

use std::str::FromStr;

use chrono::{DateTime, Utc};
use journal::store::pool;
use sqlx::postgres::PgConnectOptions;

use super::place::Kind;
use super::{kind, postgres, sqlite};
use crate::colour::{Colour, Pointed, Spot};
use crate::error::Error;

/// A way to the pointer, with one connection that is made when it is needed.
#[derive(Clone, Debug)]
pub(crate) enum Pointer {
    Sqlite { pool: sqlx::SqlitePool, url: String },
    Postgres { pool: sqlx::PgPool, url: String },
}

const BLUE: Spot = Spot::Colour(Colour::Blue);

impl Pointer {
    pub(crate) fn new(url: &str) -> Result<Self, Error> {
        let url = url.to_owned();
        Ok(match kind(&url)? {
            Kind::Sqlite => {
                let one = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1);
                Self::Sqlite { pool: one.connect_lazy_with(sqlite::options(&url, BLUE)?), url }
            }
            Kind::Postgres => {
                let options = PgConnectOptions::from_str(&url)?;
                let options = options.options([("search_path", postgres::schema(BLUE))]);
                Self::Postgres { pool: pool(1).connect_lazy_with(options), url }
            }
        })
    }

    /// Makes the row's table if it is missing.
    pub(crate) async fn make(&self) -> Result<(), Error> {
        match self {
            Self::Sqlite { url, .. } => sqlite::make_pointer(url).await,
            Self::Postgres { url, .. } => postgres::make_pointer(url).await,
        }
    }

    /// What it says; blue when nobody has ever swapped.
    pub(crate) async fn read(&self) -> Result<Pointed, Error> {
        const READ: &str = "SELECT colour, swapped_at, program FROM pointer";
        type Row = Option<(String, DateTime<Utc>, String)>;
        let row: Row = match self {
            // Nothing has been computed from this log yet.
            Self::Sqlite { url, .. } if !sqlite::options(url, BLUE)?.get_filename().is_file() => {
                return Ok(Pointed::FIRST);
            }
            Self::Sqlite { pool, .. } => {
                let made = "SELECT count(*) > 0 FROM sqlite_master WHERE name = 'pointer'";
                if !sqlx::query_scalar::<_, bool>(made).fetch_one(pool).await? {
                    return Ok(Pointed::FIRST);
                }
                sqlx::query_as(READ).fetch_optional(pool).await?
            }
            Self::Postgres { pool, .. } => {
                let made = "SELECT to_regclass('pointer') IS NOT NULL";
                if !sqlx::query_scalar::<_, bool>(made).fetch_one(pool).await? {
                    return Ok(Pointed::FIRST);
                }
                sqlx::query_as(READ).fetch_optional(pool).await?
            }
        };
        Ok(row.map_or(Pointed::FIRST, |(colour, swapped_at, program)| Pointed {
            colour: if colour == Colour::Green.to_string() { Colour::Green } else { Colour::Blue },
            swapped_at: Some(swapped_at),
            program: Some(program),
        }))
    }

    /// Moves it; what it said before is gone.
    pub(crate) async fn set(&self, colour: Colour, at: DateTime<Utc>, program: &str) -> Result<(), Error> {
        const SET: &str = "INSERT INTO pointer (single, colour, swapped_at, program) VALUES (1, $1, $2, $3)
            ON CONFLICT (single) DO UPDATE
            SET colour = excluded.colour, swapped_at = excluded.swapped_at, program = excluded.program";
        self.make().await?;
        let colour = colour.to_string();
        match self {
            Self::Sqlite { pool, .. } => {
                sqlx::query(SET).bind(colour).bind(at).bind(program).execute(pool).await?;
            }
            Self::Postgres { pool, .. } => {
                sqlx::query(SET).bind(colour).bind(at).bind(program).execute(pool).await?;
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
