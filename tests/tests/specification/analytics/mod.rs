//! What analysts read with SQL: the views are what the catalogue says, the queries of the page answer
//! truly, and nobody reads what he was not granted.

mod administration;
pub(crate) mod analyst;
mod catalogue;
pub(crate) mod queries;
mod rights;

use projections::Runner;

use crate::projections::scratch::Scratch;
use crate::projections::story::Story;

/// A long story of two livechats.
fn story() -> Story {
    Story::of(11, 4_000)
}

/// A database that the story is in.
async fn told(scratch: &Scratch, story: &Story) {
    let database = scratch.open().await;
    let runner = Runner::new(database.clone());
    for batch in story.events.chunks(1_000) {
        runner.apply(batch).await.unwrap();
    }
    database.close().await;
}
