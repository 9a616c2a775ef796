//! Moves the subscription to the other slot when that one becomes active.

use std::sync::Arc;
use std::time::Duration;

use super::catch_up::Subscriber;
use super::coordination::{Coordination, SwitchRequest};
use super::lag::every_second;
use crate::analytics;
use crate::database::Database;
use crate::error::Error;
use crate::event_source::EventSource;
use crate::runner::{Runner, checkpoint};
use crate::slot::{Location, Slot};

/// How long a slot is left alone after a switch to it failed.
const RETRY_PAUSE: Duration = Duration::from_secs(10);

/// Watches which slot is active.
pub(super) struct SlotSwitch<'a, L> {
    pub(super) log: &'a Arc<L>,
    pub(super) database: &'a Database,
    pub(super) coordination: &'a Coordination,
}

impl<L: EventSource + 'static> SlotSwitch<'_, L> {
    /// Has the subscription move to the active slot, forever.
    pub(super) async fn follow_active_slot(&self) {
        let mut ticks = every_second();
        let mut reported = None;
        loop {
            ticks.tick().await;
            // A database that does not answer is reported by its users.
            let Ok(active) = self.database.pointer.read().await else { continue };
            if Location::Slot(active.slot) == self.database.location() {
                reported = None;
                continue;
            }
            if let Err(error) = self.request_switch(active.slot).await {
                let why = error.to_string();
                if reported.as_ref() != Some(&why) {
                    tracing::warn!(slot = %active.slot, error = why, "cannot switch to the active slot; staying here");
                    reported = Some(why);
                }
                tokio::time::sleep(RETRY_PAUSE).await;
            }
        }
    }

    async fn request_switch(&self, slot: Slot) -> Result<(), Error> {
        let next = Database::open_fitting(&self.database.url(), slot).await?;
        // Nobody empties it from here on; after the switch crash detection holds a connection to it.
        let held = next.connection().await?;
        let coordination = Coordination::default();
        let background = Subscriber::background(self.log.clone(), Runner::new(next.clone()), &coordination);
        background.catch_up().await;
        background.delete_stale_parked().await;
        let switched = self.coordination.request_switch(slot, next.clone(), coordination.parked()).await;
        if switched.is_err() {
            next.close().await;
        }
        drop(held);
        switched
    }
}

/// Switches to another slot, once its rows are as far as those that readers may have seen so far.
pub(super) async fn switch<L: EventSource + 'static>(
    subscriber: &Subscriber<'_, L>,
    request: &SwitchRequest,
) -> Result<(), Error> {
    let (next, slot) = (&request.next, request.slot);
    let coordination = Coordination::default();
    let background = Subscriber::background(subscriber.log.clone(), Runner::new(next.clone()), &coordination);
    background.catch_up().await;
    let database = subscriber.database();
    // A slot that no longer answers may be the very reason to switch.
    let read = subscriber.runner.checkpoints().await.unwrap_or_else(|_| database.progress.all());
    let reached = background.runner.checkpoints().await?;
    checkpoint::ensure_complete(slot, &reached, &read)?;
    database.adopt(next);
    analytics::install_or_log(database).await;
    tracing::info!(%slot, "the other slot of the projections is active now");
    for (livechat, position) in reached {
        database.progress.moved(&livechat, position);
    }
    Ok(())
}
