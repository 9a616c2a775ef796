//! Plays a file of real conversations against a server, as visitors and operators would have had
//! them, and proves that every message arrived once and in order.
//!
//! Read in this order: [`options`] (what is asked, and the format of the file), [`run()`] below, then the
//! file ([`file`](mod@file), [`dialogue`], [`timeline`]), the players ([`dialogue_progress`], [`visitor`], [`operator`]), and the
//! proof ([`transcript`], [`compare`], [`report`]).
//!
//! Invariant: nobody speaks before having received, on an own connection, everything that was said before.

pub mod account;
pub mod compare;
pub mod dialogue;
pub mod dialogue_progress;
pub mod error;
pub mod file;
pub mod operator;
pub mod options;
pub mod progress;
pub mod report;
pub mod setup;
pub mod shared;
pub mod tally;
pub mod timeline;
pub mod transcript;
pub mod visitor;

use std::sync::Arc;
use std::time::Instant;

use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

pub use error::Error;
pub use options::{Options, Tokens};
pub use report::Report;

use dialogue::{Dialogue, PlayedDialogue};
use error::broken;
use shared::Shared;
use timeline::Timeline;
use visitor::Outcome;

/// Plays the file and reports what became of every message. Whether all is well is for the caller to ask
/// the [`Report`].
///
/// # Errors
/// When the file cannot be read, the livechat cannot be prepared, or the server is gone for a minute.
pub async fn run(options: Options, tokens: Tokens) -> Result<Report, Error> {
    let dialogues: Vec<Arc<Dialogue>> =
        file::read(&options.conversations).await?.into_iter().map(Arc::new).collect();
    let timeline = timeline::lay_out(&dialogues);
    let shared = Arc::new(Shared::new(&options, tokens, &dialogues)?);
    let operators = setup::prepare(&shared, &options, &dialogues).await?;

    let cancel = CancellationToken::new();
    let _cancel_when_dropped = cancel.clone().drop_guard();
    let (desks, mut desk_tasks) = setup::open_desks(&shared, operators, &cancel).await?;
    let repeat = usize::try_from(options.repeat).unwrap_or(usize::MAX);
    let messages: usize = dialogues.iter().map(|dialogue| dialogue.lines.len()).sum();
    let progress = progress::show(shared.clone(), messages.saturating_mul(repeat), cancel.clone());

    let start = Instant::now();
    let outcomes = tokio::select! {
        outcomes = request_all(&shared, &dialogues, &timeline, repeat, start) => outcomes?,
        // A desk ends before it is asked to only when it has failed.
        failed = desk_tasks.join_next() => return Err(setup::failed_desk(failed)),
    };
    let duration = start.elapsed();
    cancel.cancel();
    while let Some(ended) = desk_tasks.join_next().await {
        ended.map_err(broken)??;
    }
    progress.await.map_err(broken)?;

    let verified = transcript::verify(&shared, &outcomes).await?;
    Ok(Report::new(shared.tally.take(), &outcomes, verified, desks, duration))
}

/// Requests every conversation at its time, in the order of the file, and waits for the last end.
async fn request_all(
    shared: &Arc<Shared>,
    dialogues: &[Arc<Dialogue>],
    timeline: &Timeline,
    repeat: usize,
    start: Instant,
) -> Result<Vec<Outcome>, Error> {
    let mut visitors = JoinSet::new();
    let mut outcomes = Vec::with_capacity(dialogues.len().saturating_mul(repeat).min(1_000_000));
    for round in 0..repeat {
        let round_begins = timeline.lasts.saturating_mul(u32::try_from(round).unwrap_or(u32::MAX));
        for (dialogue, begins) in dialogues.iter().zip(&timeline.begins) {
            let at = start + shared.faster(round_begins + *begins);
            if at > Instant::now() {
                tokio::time::sleep_until(at.into()).await;
            }
            // The places are handed out in the order of the file, and bound how many connect at once.
            let place = shared.place().await?;
            let dialogue = dialogue.clone();
            let shared = shared.clone();
            visitors.spawn(async move {
                let played = Arc::new(PlayedDialogue::new(Uuid::now_v7(), dialogue));
                visitor::play(&shared, played, place).await
            });
            while let Some(outcome) = visitors.try_join_next() {
                outcomes.push(outcome.map_err(broken)?);
            }
        }
    }
    while let Some(outcome) = visitors.join_next().await {
        outcomes.push(outcome.map_err(broken)?);
    }
    Ok(outcomes)
}
