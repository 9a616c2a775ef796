//! The feed of one reader of a floor.
//!
//! A frame is written once, however many read it. A reader who falls behind is not given what they missed one
//! by one: they are sent the difference from their position to now, each row once. So nothing has to be kept for a slow
//! reader, and nothing gets lost.

use std::sync::Arc;

use futures::{Stream, stream};
use journal::Position;
use tokio::sync::broadcast::{self, error::RecvError};

use super::followed_floor::FollowedFloor;
use super::live_floors::LiveFloors;
use super::view::{Broken, FeedScope, Update, View};
use crate::live::frame::Frame;

/// Follows a view from just after a position, or from a snapshot.
pub(crate) fn follow(
    floors: &LiveFloors,
    livechat: &domain::LivechatId,
    view: View,
    after: Option<Position>,
) -> impl Stream<Item = Result<Frame, Broken>> + Send + use<> {
    let live = floors.live(livechat);
    let updates = live.subscribe(view);
    let (floors, totals) = (floors.clone(), view.of == FeedScope::Floor);
    let follower =
        Follower { floors, live, updates, view, reached: after, begun: false, behind: true, totals };
    stream::unfold(Some(follower), |follower| async move {
        let mut follower = follower?;
        match follower.next().await {
            Ok(frame) => Some((Ok(frame), Some(follower))),
            Err(broken) => Some((Err(broken), None)),
        }
    })
}

struct Follower {
    floors: LiveFloors,
    live: Arc<FollowedFloor>,
    updates: broadcast::Receiver<Update>,
    view: View,
    /// Up to where the reader has been sent everything; nothing before the snapshot.
    reached: Option<Position>,
    /// Whether it has waited for the floor.
    begun: bool,
    /// Whether the difference to now has to be sent before going on live.
    behind: bool,
    /// Whether the reader, who resumes, has yet to be sent today's totals.
    totals: bool,
}

impl Follower {
    async fn next(&mut self) -> Result<Frame, Broken> {
        if !self.begun {
            self.floors.ready(&self.live).await?;
            if self.view.of == FeedScope::Floor {
                self.floors.counted(&self.live).await;
            }
            self.begun = true;
        }
        loop {
            if std::mem::take(&mut self.behind) {
                let caught_up = self.live.catch_up(self.view, self.reached);
                if let Some((position, frame)) = caught_up {
                    // A snapshot has them.
                    self.totals &= self.reached.is_some();
                    self.reached = Some(position);
                    return Ok(frame);
                }
                // A feed cannot resume from a position that this log has not reached.
                self.reached = self.reached.filter(|reached| *reached <= self.live.position());
            }
            if std::mem::take(&mut self.totals)
                && let Some(frame) = self.live.totals()
            {
                return Ok(frame);
            }
            if let Some(frame) = self.receive().await? {
                return Ok(frame);
            }
        }
    }

    /// The next frame, if it is for this reader.
    async fn receive(&mut self) -> Result<Option<Frame>, Broken> {
        let update = tokio::select! {
            update = self.updates.recv() => update,
            () = self.live.over() => return Err(Broken),
        };
        let Some(reached) = self.reached else {
            // Now there is something to show.
            self.behind = true;
            return Ok(None);
        };
        match update {
            Ok(Update::Totals(frame)) => return Ok(Some(frame)),
            Ok(Update::Change { position, .. } | Update::Alert { position, .. }) if position <= reached => {}
            Ok(Update::Change { after, position, frame }) if after <= reached => {
                self.reached = Some(position);
                return Ok(Some(frame));
            }
            Ok(Update::Alert { after, frame, .. }) if after <= reached => return Ok(Some(frame)),
            Ok(Update::Change { .. } | Update::Alert { .. }) | Err(RecvError::Lagged(_)) => {
                self.behind = true;
            }
            Err(RecvError::Closed) => return Err(Broken),
        }
        Ok(None)
    }
}
