//! The keys of a server: all of them check tokens, the newest signs them.

use std::iter;

use chrono::{DateTime, TimeDelta, Utc};

use super::error::KeyError;
use super::key::{Key, KeyId};
use crate::limits::{KEY_HANDOVER, KEYS_MAX};

/// The keys.
#[derive(Clone, Debug)]
pub struct Ring {
    former: Vec<Former>,
    signing: Key,
}

/// A key that no longer signs.
#[derive(Clone, Debug)]
pub struct Former {
    /// The key.
    pub key: Key,
    /// Until when it checks what it has signed.
    pub checks_until: DateTime<Utc>,
}

/// What changed when a key was added.
#[derive(Clone, Debug)]
pub struct Rotation {
    /// The ring since.
    pub ring: Ring,
    /// Those whose time was over, which are dropped.
    pub dropped: Vec<KeyId>,
}

impl Ring {
    /// One key, which signs, and those that did, oldest first.
    pub(super) const fn new(former: Vec<Former>, signing: Key) -> Self {
        Self { former, signing }
    }

    /// The key that signs.
    pub const fn signing(&self) -> &Key {
        &self.signing
    }

    /// Those that signed before, oldest first.
    pub fn former(&self) -> &[Former] {
        &self.former
    }

    /// Every key, oldest first.
    pub fn keys(&self) -> impl Iterator<Item = &Key> {
        self.former.iter().map(|former| &former.key).chain(iter::once(&self.signing))
    }

    /// The key of this id, if it checks at this time.
    pub(super) fn find(&self, id: &KeyId, now: DateTime<Utc>) -> Option<&Key> {
        self.checking(now).find(|key| key.id() == id)
    }

    /// The key of tokens that name none, because they were signed when there was only one.
    pub(super) fn oldest(&self, now: DateTime<Utc>) -> Option<&Key> {
        self.checking(now).next()
    }

    fn checking(&self, now: DateTime<Utc>) -> impl Iterator<Item = &Key> {
        let former = self.former.iter().filter(move |former| former.checks_until > now);
        former.map(|former| &former.key).chain(iter::once(&self.signing))
    }

    /// With a new key, which signs from now on; the one before goes on checking for `keep`, and a little longer, until
    /// a server that runs has noticed. Those whose time is over are dropped.
    ///
    /// # Errors
    /// [`KeyError::Full`].
    pub(super) fn rotated(self, keep: TimeDelta, now: DateTime<Utc>) -> Result<Rotation, KeyError> {
        let before = Former { key: self.signing, checks_until: now + keep + KEY_HANDOVER };
        let (mut former, over): (Vec<_>, Vec<_>) =
            self.former.into_iter().partition(|former| former.checks_until > now);
        former.push(before);
        if former.len() >= KEYS_MAX {
            return Err(KeyError::Full);
        }
        let dropped = over.into_iter().map(|former| former.key.id().clone()).collect();
        Ok(Rotation { ring: Self::new(former, Key::random(now)), dropped })
    }

    /// Without a key whose time is over; `at_once`, whether it is over or not.
    ///
    /// # Errors
    /// [`KeyError::Signs`], [`KeyError::Unknown`], or [`KeyError::Checks`] when its time is not over.
    pub(super) fn without(mut self, id: &KeyId, at_once: bool, now: DateTime<Utc>) -> Result<Self, KeyError> {
        if self.signing.id() == id {
            return Err(KeyError::Signs(id.clone()));
        }
        let Some(at) = self.former.iter().position(|former| former.key.id() == id) else {
            return Err(KeyError::Unknown(id.clone()));
        };
        let retired = self.former.remove(at);
        if retired.checks_until > now && !at_once {
            return Err(KeyError::Checks(id.clone(), retired.checks_until));
        }
        Ok(self)
    }

    /// The same ring in the place of another: whoever awaits the retirement of a key that both have goes on awaiting it,
    /// and whoever awaits that of a key that only the other has is told.
    pub(super) fn in_place_of(self, before: &Self) -> Self {
        let awaited = |key: Key| {
            let known = before.keys().find(|known| known.id() == key.id());
            match known.map(|known| known.retired().clone()) {
                // One that was given more time after its end begins anew.
                Some(retired) if !retired.is_cancelled() => key.awaited(retired),
                _ => key,
            }
        };
        let former = self.former.into_iter();
        let former = former.map(|former| Former { key: awaited(former.key), ..former }).collect();
        let ring = Self::new(former, awaited(self.signing));
        for gone in before.keys().filter(|known| ring.keys().all(|key| key.id() != known.id())) {
            gone.retired().cancel();
        }
        ring
    }

    /// Tells those who await the retirement of a key whose time is over.
    pub(super) fn end_overdue(&self, now: DateTime<Utc>) {
        for former in self.former.iter().filter(|former| former.checks_until <= now) {
            former.key.retired().cancel();
        }
    }
}

#[cfg(test)]
mod tests {
    use tokio_util::sync::CancellationToken;

    use super::*;

    fn ids(ring: &Ring) -> Vec<KeyId> {
        ring.keys().map(|key| key.id().clone()).collect()
    }

    fn ring(now: DateTime<Utc>) -> Ring {
        Ring::new(vec![], Key::random(now))
    }

    fn rotated(ring: &Ring, now: DateTime<Utc>) -> Ring {
        ring.clone().rotated(TimeDelta::hours(24), now).unwrap().ring
    }

    #[test]
    fn the_newest_key_signs_and_those_before_check_until_their_time_is_over() {
        let now = Utc::now();
        let one = ring(now);
        let two = rotated(&one, now);
        let three = rotated(&two, now + TimeDelta::hours(10));
        assert_eq!(ids(&three)[..2], ids(&two)[..]);
        assert_eq!(ids(&three)[..1], ids(&one)[..]);
        assert_eq!(three.signing().id(), &ids(&three)[2]);
        for (hours, found) in [(0, 3), (24, 3), (25, 2), (34, 2), (35, 1), (9_000, 1)] {
            let at = now + TimeDelta::hours(hours);
            assert_eq!(three.checking(at).count(), found, "after {hours} hours");
            let is_found = |id: &KeyId| three.find(id, at).is_some();
            assert_eq!(ids(&three).iter().filter(|id| is_found(id)).count(), found);
            assert_eq!(three.oldest(at).unwrap().id(), &ids(&three)[3 - found]);
        }
    }

    #[test]
    fn a_key_checks_a_little_longer_than_what_a_server_signs_that_has_not_noticed_yet() {
        let now = Utc::now();
        let two = rotated(&ring(now), now);
        assert!(two.former()[0].checks_until > now + TimeDelta::hours(24) + TimeDelta::seconds(10));
    }

    #[test]
    fn a_rotation_drops_what_is_over_and_nothing_else() {
        let now = Utc::now();
        let two = rotated(&ring(now), now);
        let three = rotated(&two, now + TimeDelta::hours(20));
        let later = three.clone().rotated(TimeDelta::hours(24), now + TimeDelta::hours(25)).unwrap();
        assert_eq!(later.dropped, ids(&three)[..1]);
        assert_eq!(ids(&later.ring)[..2], ids(&three)[1..]);
    }

    #[test]
    fn a_key_is_retired_when_its_time_is_over_or_at_once_if_that_is_said() {
        let now = Utc::now();
        let two = rotated(&ring(now), now);
        let [old, new] = &ids(&two)[..] else { panic!("two keys") };
        assert!(matches!(two.clone().without(old, false, now), Err(KeyError::Checks(..))));
        assert_eq!(ids(&two.clone().without(old, true, now).unwrap()), std::slice::from_ref(new));
        let over = two.former()[0].checks_until;
        assert_eq!(ids(&two.clone().without(old, false, over).unwrap()), std::slice::from_ref(new));
        assert!(matches!(two.clone().without(new, true, now), Err(KeyError::Signs(_))));
        let unknown = KeyId::parse("0123456789abcdef").unwrap();
        assert!(matches!(two.without(&unknown, true, now), Err(KeyError::Unknown(_))));
    }

    #[test]
    fn there_are_not_more_keys_than_a_person_can_look_through() {
        let now = Utc::now();
        let mut full = ring(now);
        for _ in 1..KEYS_MAX {
            full = rotated(&full, now);
        }
        assert_eq!(full.keys().count(), KEYS_MAX);
        assert!(matches!(full.clone().rotated(TimeDelta::hours(24), now), Err(KeyError::Full)));
        let later = rotated(&full, now + TimeDelta::hours(30));
        assert_eq!(later.keys().count(), 2);
    }

    #[test]
    fn only_those_whose_key_is_gone_are_told() {
        let now = Utc::now();
        let two = rotated(&ring(now), now);
        let retired = two.keys().map(|key| key.retired().clone()).collect::<Vec<_>>();
        // As it is read from a file, whose keys nobody awaits yet.
        let read = |ring: &Ring| {
            let again = |key: &Key| Key::of(key.secret(), key.made_at()).unwrap();
            let former = ring.former().iter();
            let former = former.map(|former| Former { key: again(&former.key), ..*former }).collect();
            Ring::new(former, again(ring.signing()))
        };
        let three = read(&rotated(&two, now)).in_place_of(&two);
        assert!(retired.iter().all(|retired| !retired.is_cancelled()));
        let without = read(&three).without(&ids(&two)[0], true, now).unwrap().in_place_of(&three);
        assert_eq!(retired.iter().map(CancellationToken::is_cancelled).collect::<Vec<_>>(), [true, false]);
        without.end_overdue(now);
        assert!(!retired[1].is_cancelled());
        without.end_overdue(now + TimeDelta::hours(25));
        assert!(retired[1].is_cancelled());
        assert!(!without.signing().retired().is_cancelled());
    }
}
