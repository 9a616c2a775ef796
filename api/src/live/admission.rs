//! How many live feeds there may be at once (spec.md §Privacy and security: connections).
//!
//! The feeds of a person or a program ([`CallerIdentity`] distinguishes them) are limited; the oldest makes room for a
//! new one, so that pages left open somewhere, or with a connection that is dead but not closed, lock nobody out. Those
//! of an address are limited too, behind a trusted proxy as well, where connections cannot be distinguished by it;
//! there the new one is asked to come back later, since the others may belong to other callers.

use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use domain::both;
use tokio_util::sync::CancellationToken;

use super::feed_end::Reason;
use crate::auth::network_of;
use crate::auth::{Caller, CallerIdentity, Role};
use crate::connections::Limits;
use crate::http::problem::Problem;

/// Seconds after which there may be room.
const RETRY_AFTER_SECS: u32 = 10;

/// The live feeds that are open. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Admission(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    limits: Limits,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    of: HashMap<CallerIdentity, VecDeque<(u64, CancellationToken)>>,
    from: HashMap<IpAddr, u32>,
}

/// A feed that may be open, until it is dropped.
#[derive(Debug)]
pub struct Admitted {
    admission: Admission,
    number: u64,
    who: CallerIdentity,
    from: Option<IpAddr>,
    displaced: CancellationToken,
}

impl Admission {
    /// No feed is open.
    pub fn new(limits: Limits) -> Self {
        Self(Arc::new(Inner { limits, open: Mutex::default() }))
    }

    /// Lets a feed be opened.
    ///
    /// # Errors
    /// `too_many_feeds` from this address.
    pub fn admit(&self, caller: &Caller) -> Result<Admitted, Problem> {
        let who = caller.identity();
        let from = caller.address.filter(|address| !address.is_loopback()).map(network_of);
        let limits = &self.0.limits;
        let mut open = self.open();
        if let Some(from) = from {
            let there = open.from.entry(from).or_default();
            if limits.connections_per_address > 0 && *there >= limits.connections_per_address {
                return Err(too_many(limits.connections_per_address));
            }
            *there += 1;
        }
        let number = open.next;
        open.next += 1;
        let displaced = CancellationToken::new();
        let feeds = open.of.entry(who.clone()).or_default();
        feeds.push_back((number, displaced.clone()));
        let limit = if caller.role == Role::Visitor { limits.visitor_feeds } else { limits.staff_feeds };
        if limit > 0
            && feeds.len() > limit as usize
            && let Some((_, first)) = feeds.pop_front()
        {
            metrics::counter!("feeds_displaced_total").increment(1);
            first.cancel();
        }
        drop(open);
        Ok(Admitted { admission: self.clone(), number, who, from, displaced })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Admitted {
    /// Why the feed of this caller ends, unless it ends before for another reason.
    pub(super) async fn ends(self, caller: Caller) -> Reason {
        tokio::select! {
            () = caller.expired() => Reason::TokenExpired,
            () = self.displaced.cancelled() => Reason::TooManyFeeds,
        }
    }
}

impl Drop for Admitted {
    fn drop(&mut self) {
        let mut open = self.admission.open();
        if let Some(feeds) = open.of.get_mut(&self.who) {
            feeds.retain(|(number, _)| *number != self.number);
            if feeds.is_empty() {
                open.of.remove(&self.who);
            }
        }
        if let Some(from) = self.from
            && let Some(there) = open.from.get_mut(&from)
        {
            *there -= 1;
            if *there == 0 {
                open.from.remove(&from);
            }
        }
    }
}

fn too_many(limit: u32) -> Problem {
    let detail = both!(
        "there are {limit} live feeds from your address; close one",
        "il y a {limit} flux en direct depuis votre adresse\u{202f}; fermez-en un"
    );
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_feeds", detail).again_in(RETRY_AFTER_SECS)
}

#[cfg(test)]
mod tests {
    use domain::{ConversationId, LivechatId};

    use super::*;

    fn admission() -> Admission {
        let limits =
            Limits { visitor_feeds: 2, staff_feeds: 0, connections_per_address: 3, ..Limits::default() };
        Admission::new(limits)
    }

    fn caller(role: Role, subject: &str, address: &str) -> Caller {
        Caller {
            livechat: LivechatId::parse("support").unwrap(),
            role,
            roles: &Role::ALL,
            subject: subject.to_owned(),
            expires_at: chrono::Utc::now() + chrono::TimeDelta::hours(1),
            conversation: None,
            authenticated: false,
            first_issued: chrono::Utc::now(),
            address: address.parse().ok(),
            revoked: CancellationToken::new(),
            key_retired: CancellationToken::new(),
            session: crate::auth::SessionWatch::default(),
            shown: crate::auth::Shown::Key([0; 32]),
            only_head: false,
        }
    }

    #[tokio::test]
    async fn the_first_makes_room_for_another_of_the_same_person_only() {
        let admission = admission();
        let zoe = caller(Role::Visitor, "zoe", "127.0.0.1");
        let adam = admission.admit(&caller(Role::Visitor, "adam", "127.0.0.1")).unwrap();
        let first = admission.admit(&zoe).unwrap();
        let second = admission.admit(&zoe).unwrap();
        let third = admission.admit(&zoe).unwrap();
        let displaced = [&adam, &first, &second, &third].map(|feed| feed.displaced.is_cancelled());
        assert_eq!(displaced, [false, true, false, false]);
        assert_eq!(first.ends(zoe.clone()).await, Reason::TooManyFeeds);
        drop(second);
        let _fourth = admission.admit(&zoe).unwrap();
        assert!(!third.displaced.is_cancelled(), "one was closed");
    }

    #[test]
    fn an_unauthenticated_claim_of_an_identifier_is_another_visitor() {
        let admission = admission();
        let open = |caller: &Caller| admission.admit(caller).unwrap();
        let of = |conversation: u128, address| Caller {
            conversation: Some(ConversationId(uuid::Uuid::from_u128(conversation))),
            ..caller(Role::Visitor, "zoe", address)
        };
        // One conversation is one visitor, from wherever; without one, it is the identifier at an address.
        let theirs = [of(1, "127.0.0.1"), of(1, "127.0.0.2")].map(|caller| open(&caller));
        let claimed = [caller(Role::Visitor, "zoe", "127.0.0.1"), caller(Role::Visitor, "zoe", "127.0.0.2")];
        let others: Vec<_> = [of(2, "127.0.0.1"), of(2, "127.0.0.1")]
            .iter()
            .chain(&claimed)
            .chain(&claimed)
            .map(open)
            .collect();
        assert!(theirs.iter().chain(&others).all(|feed| !feed.displaced.is_cancelled()));
        let _third = open(&of(1, "127.0.0.3"));
        let _another = open(&claimed[0]);
        let displaced = theirs.iter().chain(&others).map(|feed| feed.displaced.is_cancelled());
        assert_eq!(displaced.collect::<Vec<_>>(), [true, false, false, false, true, false, false, false]);
    }

    #[test]
    fn an_address_has_so_many_and_a_program_on_the_same_machine_as_many_as_it_likes() {
        let admission = admission();
        let from = |subject: &str, address| admission.admit(&caller(Role::Supervisor, subject, address));
        let mut there: Vec<_> = (0..3).map(|n| from(&n.to_string(), "192.0.2.1").unwrap()).collect();
        let problem = from("3", "192.0.2.1").unwrap_err();
        assert_eq!(
            (problem.status, problem.code.as_str(), problem.retry_after),
            (429, "too_many_feeds", Some(10))
        );
        assert!(from("3", "192.0.2.2").is_ok());
        there.pop();
        assert!(from("3", "192.0.2.1").is_ok());
        assert!((0..10).map(|_| from("4", "127.0.0.1")).collect::<Vec<_>>().iter().all(Result::is_ok));
        drop(there);
        assert!(admission.open().from.is_empty());
    }
}
