//! What is done for accounts from time to time.

use std::time::Duration;

use accounts::sessions::Notice;
use tokio::time::{MissedTickBehavior, interval};

use super::known::Accounts;
use crate::limits::{SESSIONS_CLEANED_UP_EVERY, SESSIONS_LOOKED_AT_EVERY};

impl Accounts {
    /// Ends live connections when their sessions end, here or by another process, cleans up, and follows the keys of the
    /// server; in an endless loop.
    pub async fn keep_up(self) {
        let mut ended = self.sessions().ended();
        let mut each_second = every(SESSIONS_LOOKED_AT_EVERY);
        let mut now_and_then = every(SESSIONS_CLEANED_UP_EVERY);
        let mut changes = None;
        loop {
            let done = tokio::select! {
                notice = ended.next() => {
                    match notice {
                        Some(Notice::Ended(ended)) => self.inner().open.end(ended.session),
                        Some(Notice::CheckAgain) => changes = None,
                        None => return,
                    }
                    Ok(())
                }
                _ = each_second.tick() => self.look_elsewhere(&mut changes).await,
                _ = now_and_then.tick() => self.tidy_up().await,
            };
            if let Err(error) = done {
                tracing::warn!(%error, "the accounts could not be looked at; they are again in a second");
            }
        }
    }

    /// Ends what another process has ended.
    async fn look_elsewhere(&self, seen: &mut Option<i64>) -> Result<(), accounts::sessions::Error> {
        self.follow_keys().await?;
        let changes = self.sessions().changes().await?;
        if *seen == Some(changes) {
            return Ok(());
        }
        let before = self.inner().open.sessions();
        let alive = self.sessions().not_ended().await?;
        self.inner().open.end_all_but(&alive, &before);
        *seen = Some(changes);
        Ok(())
    }

    /// Takes over the keys of the server when they have changed. What is encrypted with one that is gone is encrypted anew
    /// first.
    async fn follow_keys(&self) -> Result<(), accounts::sessions::Error> {
        let (now, before) = (self.inner().signing.of_accounts().all(), self.inner().keys.all());
        let ids =
            |keys: &[accounts::ServerKey]| keys.iter().map(|key| key.id().to_owned()).collect::<Vec<_>>();
        if ids(&now) == ids(&before) {
            return Ok(());
        }
        let gone = before.iter().filter(|key| now.iter().all(|one| one.id() != key.id()));
        let both = now.iter().chain(gone).cloned().collect();
        if let Err(error) = self.inner().keys.replace(both) {
            tracing::error!(%error, "the accounts keep the keys they have");
            return Ok(());
        }
        while self.second_factors().reseal().await.map_err(failed)?.more {}
        if let Err(error) = self.inner().keys.replace(now.to_vec()) {
            tracing::error!(%error, "the accounts keep the keys they have");
        }
        Ok(())
    }

    async fn tidy_up(&self) -> Result<(), accounts::sessions::Error> {
        let now = self.now();
        self.sessions().note_open(self.inner().open.sessions(), now);
        while self.sessions().clean_up(now).await?.more {}
        while self.second_factors().clean_up(now).await.map_err(failed)?.more {}
        Ok(())
    }
}

fn failed(error: accounts::second_factor::Error) -> accounts::sessions::Error {
    match error {
        accounts::second_factor::Error::Failed(error) => error.into(),
        // Nothing here is anybody's request.
        accounts::second_factor::Error::Refused(_) => accounts::Error::Sealed.into(),
    }
}

fn every(period: Duration) -> tokio::time::Interval {
    let mut ticks = interval(period);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
