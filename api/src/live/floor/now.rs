//! The floor, requested once: the first frame of a feed of it, from the same memory.
//!
//! No table is waited for, and none is read while the floor has followers or was asked for within the last minute.

use domain::bilingual::both;
use domain::{LivechatId, Rejection};
use journal::Position;
use tokio::time::timeout;

use super::frames::FloorNow;
use super::live_floors::LiveFloors;
use crate::http::problem::Problem;
use crate::limits::AT_LEAST_WAIT;

impl LiveFloors {
    /// The current floor, no older than `at_least`, for which it waits (spec.md §The desk, the supervisor, the
    /// visitor).
    ///
    /// # Errors
    /// 404 when there is no such livechat; 503 when the log or the rows cannot be read, or when the position is
    /// not reached in time.
    pub async fn now(&self, livechat: &LivechatId, at_least: Option<Position>) -> Result<FloorNow, Problem> {
        self.complete(livechat).await?;
        let live = self.live(livechat);
        let reached = async {
            tokio::select! {
                reached = live.reached(at_least.unwrap_or_default()) => Some(reached),
                () = live.over() => None,
            }
        };
        match timeout(AT_LEAST_WAIT, reached).await {
            Ok(Some(())) => match live.now() {
                Some(now) => Ok(now),
                // It may have been created just now.
                None => match timeout(AT_LEAST_WAIT, self.ready(&live)).await {
                    Ok(Ok(())) => live.now().ok_or_else(|| Rejection::UnknownLivechat.into()),
                    Ok(Err(_)) => Err(self.unreadable(livechat).await),
                    Err(_) => Err(Problem::not_reached_yet(at_least.unwrap_or_default())),
                },
            },
            Ok(None) => Err(self.unreadable(livechat).await),
            Err(_) => Err(Problem::not_reached_yet(at_least.unwrap_or_default())),
        }
    }

    /// Why a floor was given up: the error of the livechat, if any.
    async fn unreadable(&self, livechat: &LivechatId) -> Problem {
        match self.look_at(livechat).await {
            Err(error) => error.into(),
            Ok(()) => Problem::unavailable(
                "database_unavailable",
                both("the floor cannot be read", "le plateau ne peut pas être lu"),
            ),
        }
    }
}
