//! Limits of rate (spec.md §Privacy and security: rate per visitor and address): a caller that asks too often is
//! refused, with the seconds after which to come again (429 with `Retry-After`; over a socket, the same problem as a
//! frame).
//!
//! Each limit is a number a minute, which may also be used up at once and then refills evenly. A caller with a good
//! token is counted by that, whatever the address: many share one. Of visitors it is the conversation of the token that
//! counts, for anybody may claim an identifier ([`CallerIdentity`](crate::auth::CallerIdentity)). Addresses count for
//! those without a token, for wrong tokens, and for all visitors together that come from one; behind a trusted proxy
//! that is the address it asks for, and of version 6 it is the /64, which is one customer. Programs on the same machine
//! are not counted by their address when their tokens are good.
//!
//! Every request counts once, whatever is answered: as its caller's where one was looked for, else as one of its
//! address ([`Counted`]).
//!
//! Memory is bounded, however many come: a limit counts in [`SLOTS`] slots, and the assignment of callers to slots is
//! drawn at random at each start, so that nobody can aim at another caller's.

use std::hash::{BuildHasher, Hash, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use accounts::AccountId;
use axum::http::Extensions;
use domain::bilingual::{Bilingual, both};
use governor::clock::{Clock, MonotonicClock};
use governor::middleware::NoOpMiddleware;
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::auth::{Caller, Role, network_of};
use crate::http::problem::Problem;

/// How many callers a limit can distinguish, approximately.
const SLOTS: u64 = 1 << 18;

/// How often unused entries are forgotten.
const FORGET_EVERY: Duration = Duration::from_secs(60);

/// How many of each there may be a minute; 0 is no limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Messages of one visitor (of one conversation) a minute, with everything else that a visitor's page records
    /// (pages of the site, answers) and invalid frames; all at once or one by one. More are refused with 429 and
    /// `Retry-After`. 0: no limit, here and below.
    pub visitor_messages: u32,
    /// The same of one operator.
    pub operator_messages: u32,
    /// Requests of one visitor a minute: with tokens of one conversation, or of one identifier at one address before
    /// there is one.
    pub visitor_requests: u32,
    /// Requests a minute of one operator, supervisor, administrator, analyst or integration.
    pub staff_requests: u32,
    /// Live feeds (sockets and event streams) that one visitor, operator or program may open a minute.
    pub feeds_opened: u32,
    /// Requests a minute from one address (of version 6, one /64) by all its visitors together, and as many without
    /// a token, preflights and wrong methods with them.
    pub address_requests: u32,
    /// Requests a minute with a wrong token, or where one is missing, from one address.
    pub wrong_tokens: u32,
}

impl Default for Limits {
    /// Far beyond what people and well-behaved programs do.
    fn default() -> Self {
        Self {
            visitor_messages: 120,
            operator_messages: 12_000,
            visitor_requests: 1_200,
            staff_requests: 300_000,
            feeds_opened: 1_200,
            address_requests: 12_000,
            wrong_tokens: 300,
        }
    }
}

impl Limits {
    /// No limits.
    pub const OFF: Self = Self {
        visitor_messages: 0,
        operator_messages: 0,
        visitor_requests: 0,
        staff_requests: 0,
        feeds_opened: 0,
        address_requests: 0,
        wrong_tokens: 0,
    };
}

/// What was counted so far.
#[derive(Debug)]
pub struct Rates {
    visitor_messages: Rate,
    operator_messages: Rate,
    visitor_requests: Rate,
    staff_requests: Rate,
    feeds_opened: Rate,
    visitors_of_address: Rate,
    anonymous: Rate,
    wrong_tokens: Rate,
}

impl Rates {
    /// Nothing was counted.
    pub fn new(limits: &Limits) -> Self {
        let (messages, requests) = (both("messages", "messages"), both("requests", "requêtes"));
        let from_there = both("requests from your address", "requêtes depuis votre adresse");
        let wrong = both("wrong tokens from your address", "jetons erronés depuis votre adresse");
        Self {
            visitor_messages: Rate::new(limits.visitor_messages, messages.clone()),
            operator_messages: Rate::new(limits.operator_messages, messages),
            visitor_requests: Rate::new(limits.visitor_requests, requests.clone()),
            staff_requests: Rate::new(limits.staff_requests, requests),
            feeds_opened: Rate::new(limits.feeds_opened, both("live feeds", "flux en direct")),
            visitors_of_address: Rate::new(limits.address_requests, from_there.clone()),
            anonymous: Rate::new(limits.address_requests, from_there),
            wrong_tokens: Rate::new(limits.wrong_tokens, wrong),
        }
    }

    /// Counts a request with a good token; one that opens a live feed counts by itself.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn request(&self, caller: &Caller, opens_feed: bool) -> Result<(), Problem> {
        let of_caller = match (opens_feed, caller.role) {
            (true, _) => &self.feeds_opened,
            (false, Role::Visitor) => &self.visitor_requests,
            (false, _) => &self.staff_requests,
        };
        of_caller.counts(&caller.identity())?;
        match caller.address {
            Some(address) if caller.role == Role::Visitor && !address.is_loopback() => {
                self.visitors_of_address.counts(&network_of(address))
            }
            _ => Ok(()),
        }
    }

    /// Counts a request of somebody who is signed in, outside any livechat.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn person(&self, account: AccountId) -> Result<(), Problem> {
        self.staff_requests.counts(&account)
    }

    /// Counts a command; those of the staff besides operators count as the requests they are.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn command(&self, caller: &Caller) -> Result<(), Problem> {
        match caller.role {
            Role::Visitor => self.visitor_messages.counts(&caller.identity()),
            Role::Operator => self.operator_messages.counts(&caller.identity()),
            Role::Supervisor | Role::Analyst | Role::Administrator | Role::Integration => Ok(()),
        }
    }

    /// Counts an invalid frame: as the command that it may have been, or as a request for a role without commands over
    /// a socket.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn bad_frame(&self, caller: &Caller) -> Result<(), Problem> {
        match caller.role {
            Role::Visitor | Role::Operator => self.command(caller),
            Role::Supervisor | Role::Analyst | Role::Administrator | Role::Integration => {
                self.staff_requests.counts(&caller.identity())
            }
        }
    }

    /// Counts a request of which no caller is looked for.
    ///
    /// # Errors
    /// `rate_limited`.
    pub fn anonymous(&self, address: IpAddr) -> Result<(), Problem> {
        self.anonymous.counts(&network_of(address))
    }

    /// Counts a wrong token, or a missing one where it is required.
    ///
    /// # Errors
    /// `rate_limited`, which is answered instead of the actual error.
    pub fn wrong_token(&self, address: IpAddr) -> Result<(), Problem> {
        self.wrong_tokens.counts(&network_of(address))
    }

    /// Forgets unused entries, in an endless loop.
    pub async fn keep_forgetting(&self) {
        let mut now_and_then = tokio::time::interval(FORGET_EVERY);
        loop {
            now_and_then.tick().await;
            for rate in [
                &self.visitor_messages,
                &self.operator_messages,
                &self.visitor_requests,
                &self.staff_requests,
                &self.feeds_opened,
                &self.visitors_of_address,
                &self.anonymous,
                &self.wrong_tokens,
            ] {
                rate.forgets();
            }
        }
    }
}

/// Whether a request was counted by its token, or by having none. A part of the request.
#[derive(Clone, Debug, Default)]
pub struct Counted(Arc<AtomicBool>);

impl Counted {
    /// It is counted now.
    pub fn note(request: &Extensions) {
        if let Some(Self(counted)) = request.get() {
            counted.store(true, Ordering::Relaxed);
        }
    }

    /// Was it?
    pub fn was(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }
}

/// One limit.
#[derive(Debug)]
struct Rate<C: Clock = MonotonicClock> {
    what: Bilingual,
    a_minute: u32,
    drawn: RandomState,
    limiter: Option<Slots<C>>,
}

type Slots<C> = RateLimiter<u32, HashMapStateStore<u32>, C, NoOpMiddleware<<C as Clock>::Instant>>;

impl Rate {
    fn new(a_minute: u32, what: Bilingual) -> Self {
        Self::with_clock(a_minute, what, MonotonicClock)
    }
}

impl<C: Clock> Rate<C> {
    fn with_clock(a_minute: u32, what: Bilingual, clock: C) -> Self {
        let limiter = NonZeroU32::new(a_minute)
            .map(|a_minute| RateLimiter::hashmap_with_clock(Quota::per_minute(a_minute), clock));
        Self { what, a_minute, drawn: RandomState::new(), limiter }
    }

    fn counts(&self, key: &impl Hash) -> Result<(), Problem> {
        let Some(limiter) = &self.limiter else { return Ok(()) };
        let slot = u32::try_from(self.drawn.hash_one(key) % SLOTS).unwrap_or_default();
        limiter.check_key(&slot).map_err(|until| {
            let wait = until.wait_time_from(limiter.clock().now());
            Problem::rate_limited(self.a_minute, &self.what, seconds(wait))
        })
    }

    fn forgets(&self) {
        if let Some(limiter) = &self.limiter {
            limiter.retain_recent();
            limiter.shrink_to_fit();
        }
    }
}

/// Whole seconds, of which none is too few.
fn seconds(wait: Duration) -> u32 {
    let whole = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
    u32::try_from(whole.max(1)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use governor::clock::FakeRelativeClock;

    use super::*;

    #[test]
    fn a_used_up_limit_refills_evenly_and_the_reported_wait_is_true() {
        let clock = FakeRelativeClock::default();
        let rate = Rate::with_clock(30, Bilingual::same("messages"), clock.clone());
        for _ in 0..30 {
            rate.counts(&"zoe").unwrap();
        }
        let problem = rate.counts(&"zoe").unwrap_err();
        assert_eq!(
            (problem.status, problem.code.as_str(), problem.retry_after),
            (429, "rate_limited", Some(2))
        );
        assert!(rate.counts(&"adam").is_ok(), "others are not held up");
        clock.advance(Duration::from_millis(1_999));
        assert_eq!(rate.counts(&"zoe").unwrap_err().retry_after, Some(1));
        clock.advance(Duration::from_millis(1));
        assert!(rate.counts(&"zoe").is_ok());
        assert!(rate.counts(&"zoe").is_err());
        clock.advance(Duration::from_secs(3_600));
        assert_eq!((0..100).filter(|_| rate.counts(&"zoe").is_ok()).count(), 30, "no more than a minute's");
    }

    #[test]
    fn zero_is_no_limit() {
        let rate = Rate::new(0, Bilingual::same("messages"));
        assert!((0..10_000).all(|_| rate.counts(&"zoe").is_ok()));
    }

    #[test]
    fn remembered_clients_are_bounded_and_forgotten() {
        let clock = FakeRelativeClock::default();
        let rate = Rate::with_clock(1, Bilingual::same("requests"), clock.clone());
        for who in 0..2 * SLOTS {
            let _ = rate.counts(&who);
        }
        let len = |rate: &Rate<FakeRelativeClock>| rate.limiter.as_ref().map_or(0, RateLimiter::len) as u64;
        assert!(len(&rate) <= SLOTS);
        clock.advance(Duration::from_secs(120));
        rate.forgets();
        assert_eq!(len(&rate), 0);
    }
}
