//! The floor for whoever asks once: what a feed of it would begin with, from the same memory.
//!
//! No table is waited for, and none is read while somebody follows the floor or has asked within the last
//! minute.

use domain::bilingual::both;
use domain::{LivechatId, Rejection};
use journal::Position;
use projections::{FloorView, HelpCall};
use serde::Serialize;
use tokio::time::timeout;
use utoipa::ToSchema;

use super::live_floors::LiveFloors;
use crate::limits::AT_LEAST_WAIT;
use crate::problem::Problem;

/// The whole floor at one position of the log.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct FloorNow {
    /// Who is there, what each is doing, which conversations are live, and who waits.
    #[serde(flatten)]
    pub board: FloorView,
    /// The calls for help that are not settled, oldest first.
    pub help: Vec<HelpCall>,
}

impl LiveFloors {
    /// The floor as of now, and as of `at_least`, which is waited for (spec.md §The desk, the supervisor, the
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
                // Perhaps it was created a moment ago.
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

    /// Why a floor was given up: what is wrong with the livechat, if anything is.
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
