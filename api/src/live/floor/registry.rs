//! Which floors are followed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use domain::LivechatId;

use super::followed_floor::FollowedFloor;

type Floors = HashMap<LivechatId, Arc<FollowedFloor>>;

/// The floors that are followed. Cheap to clone.
#[derive(Clone, Default)]
pub(super) struct Registry(Arc<Mutex<Floors>>);

impl Registry {
    /// The floor of a livechat, and whether it is a new one, which nothing folds yet.
    pub(super) fn get_or_insert(&self, livechat: &LivechatId) -> (Arc<FollowedFloor>, bool) {
        let mut all = self.all();
        if let Some(floor) = all.get(livechat).filter(|floor| !floor.is_given_up()) {
            return (floor.clone(), false);
        }
        let floor = Arc::new(FollowedFloor::new(livechat.clone()));
        all.insert(livechat.clone(), floor.clone());
        (floor, true)
    }

    /// Is this floor without followers? Then only this registry and the task that folds it hold it.
    pub(super) fn is_left(&self, floor: &Arc<FollowedFloor>) -> bool {
        let _all = self.all();
        Arc::strong_count(floor) <= 2
    }

    /// Removes this floor, unless it has a new follower meanwhile. Returns whether it was removed.
    pub(super) fn let_go(&self, floor: &Arc<FollowedFloor>) -> bool {
        let mut all = self.all();
        let is_left = Arc::strong_count(floor) <= 2;
        if is_left {
            all.remove(&floor.livechat);
        }
        is_left
    }

    /// Removes this floor, unless another one has taken its place.
    pub(super) fn remove(&self, floor: &Arc<FollowedFloor>) {
        let mut all = self.all();
        if all.get(&floor.livechat).is_some_and(|current| Arc::ptr_eq(current, floor)) {
            all.remove(&floor.livechat);
        }
    }

    fn all(&self) -> MutexGuard<'_, Floors> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
