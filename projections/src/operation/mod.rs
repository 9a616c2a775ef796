//! For whoever runs the projections: how far are they ([`status`](status())), are they right
//! ([`verify`](verify())), build them anew beside ([`rebuild`](rebuild())) and read those instead
//! ([`swap`](swap())), and try again what could not be stored ([`retry`]).
//!
//! Everything here reads the log itself and needs no server, and none is disturbed: a server goes on writing
//! and projecting, and moves when it sees where the pointer points.
//!
//! Invariant: the place that is read is never emptied, and the pointer never points to one that lacks
//! anything that could be read before.

mod compare;
mod rebuild;
mod status;
mod swap;
mod verify;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use domain::LivechatId;
use journal::Position;

use crate::ahead::EVENTS;
use crate::colour::{Colour, Spot, pointed};
use crate::control::Control;
use crate::database::Database;
use crate::error::Error;
use crate::follower::Follower;
use crate::log::Log;
use crate::parked::{self, Parked};
use crate::runner::Runner;
use crate::runner::checkpoint::{self, VERSION};
use crate::views::Views;

pub use compare::Mismatch;
pub use rebuild::{Rebuilt, rebuild};
pub use status::{Behind, PlaceStatus, Status, status};
pub use swap::{Swapped, swap};
pub use verify::{Verified, verify};

/// Is told now and then how many events are done, and of how many.
pub type Progress<'a> = &'a (dyn Fn(u64, u64) + Send + Sync);

/// How often.
const TELL_EVERY: Duration = Duration::from_millis(100);

/// The queries over the place that is read, for those who only look: nothing is brought up to date.
///
/// # Errors
/// [`Error::Missing`] and [`Error::Foreign`] when there is nothing that this program could read; the database.
pub async fn look(url: &str) -> Result<Views, Error> {
    let colour = read_colour(url).await?;
    Ok(Views::new(open_fitting(url, colour).await?))
}

/// The livechats that are parked in the place that is read.
///
/// # Errors
/// The database, or no place at all.
pub async fn parked(url: &str) -> Result<Vec<Parked>, Error> {
    let database = read_place(url).await?;
    let parked = parked::all(&mut database.read().await?).await;
    database.close().await;
    parked
}

/// Has a parked livechat tried again, or all. A server that runs does so within seconds, else the next start
/// does. Tells how many.
///
/// # Errors
/// The database, or no place at all.
pub async fn retry(url: &str, only: Option<&LivechatId>) -> Result<usize, Error> {
    let database = read_place(url).await?;
    let released = parked::release(&database, only).await;
    database.close().await;
    released
}

async fn read_place(url: &str) -> Result<Database, Error> {
    let colour = read_colour(url).await?;
    Database::existing(url, colour).await?.ok_or(Error::Missing(colour))
}

/// The place that is read, which is there.
///
/// # Errors
/// [`Error::Missing`], or [`Error::Unread`] when only the other one is there: what `rebuild` makes of a log that no
/// server has served.
async fn read_colour(url: &str) -> Result<Colour, Error> {
    let colour = pointed(url).await?.colour;
    if exists(url, colour).await? {
        return Ok(colour);
    }
    let there = colour.other();
    Err(if exists(url, there).await? {
        Error::Unread { missing: colour, there }
    } else {
        Error::Missing(colour)
    })
}

async fn exists(url: &str, colour: Colour) -> Result<bool, Error> {
    match Database::existing(url, colour).await? {
        Some(database) => {
            database.close().await;
            Ok(true)
        }
        None => Ok(false),
    }
}

/// Opens a place that is there, if this program could go on with it.
pub(crate) async fn open_fitting(url: &str, colour: Colour) -> Result<Database, Error> {
    let database = Database::existing(url, colour).await?.ok_or(Error::Missing(colour))?;
    let found = if database.has_known_tables().await? {
        let versions = checkpoint::versions(&mut database.read().await?).await?;
        versions
            .into_iter()
            .find(|version| *version != VERSION)
            .map(|other| format!("rows of version {other}"))
    } else {
        Some("the tables of another version".to_owned())
    };
    match found {
        None => Ok(database),
        Some(found) => {
            database.close().await;
            Err(Error::Foreign { colour, expected: VERSION, found })
        }
    }
}

/// Does a place have everything that can be read so far?
pub(crate) fn complete(
    colour: Colour,
    reached: &BTreeMap<LivechatId, Position>,
    read: &BTreeMap<LivechatId, Position>,
) -> Result<(), Error> {
    let reached = |livechat: &LivechatId| reached.get(livechat).copied().unwrap_or_default();
    match read.iter().find(|(livechat, read)| reached(livechat) < **read) {
        None => Ok(()),
        Some((livechat, read)) => {
            Err(Error::Behind { colour, livechat: livechat.clone(), reached: reached(livechat), read: *read })
        }
    }
}

/// Brings a place that nobody reads up to the heads of the log, while others go on writing.
async fn catch_up(
    database: &Database,
    log: &Arc<impl Log + 'static>,
    progress: Progress<'_>,
) -> Result<(), Error> {
    let control = Control::default();
    let follower = Follower::silent(log.clone(), Runner::new(database.clone()), &control);
    let all: Position = log.heads().await.map_err(Error::Log)?.iter().map(|(_, head)| head).sum();
    let done = || {
        let mut done = 0;
        database.progress.each(|_, position| done += position);
        done
    };
    let up_to_the_heads = async {
        // What was written meanwhile is less each time; what is written now, the server projects after the swap.
        while follower.catch_up().await > EVENTS as Position {}
        follower.forget_unparked().await;
    };
    tokio::pin!(up_to_the_heads);
    let mut again = tokio::time::interval(TELL_EVERY);
    loop {
        tokio::select! {
            () = &mut up_to_the_heads => break,
            _ = again.tick() => {
                let done = done();
                progress(done, all.max(done));
            }
        }
    }
    Ok(())
}

/// The place of a colour.
const fn spot(colour: Colour) -> Spot {
    Spot::Colour(colour)
}
