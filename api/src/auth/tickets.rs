//! Tickets, with which browsers open sockets and event streams (spec.md §Privacy and security).
//!
//! A browser cannot send a header with those, and what is in an address ends up in logs and histories. So the address has
//! a ticket, which whoever reads it later can do nothing with: it is good once, for half a minute and for the live feeds of
//! one livechat.
//!
//! A ticket stands for what its caller has shown, and that is judged when it is used: the feed is refused, and ends, as it
//! would with the token or the key itself. Tickets are in memory only, as hashes; a restart forgets them, and pages ask
//! for others.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chrono::{TimeDelta, Utc};
use domain::{LivechatId, Timestamp, both};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::{Caller, CallerIdentity, Role, Shown};
use crate::http::problem::Problem;
use crate::limits::{TICKET_LIFE, TICKETS_MAX, TICKETS_PER_CALLER, TICKETS_PER_VISITOR};

/// What every ticket begins with, so that one which was found somewhere is known for what it is.
const PREFIX: &str = "pup_t_";

/// The tickets that are good. Cheap to clone.
#[derive(Clone, Default)]
pub struct Tickets(Arc<Mutex<Memory>>);

impl fmt::Debug for Tickets {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Tickets").finish_non_exhaustive()
    }
}

/// The hash of a ticket. Whoever reads the memory of a server has no ticket.
type Hash = [u8; 32];

#[derive(Default)]
struct Memory {
    /// How many were ever issued.
    issued: u64,
    kept: HashMap<Hash, Kept>,
    /// The same by their number, which is the order in which they end.
    in_order: BTreeMap<u64, Hash>,
    /// The numbers of those of each caller.
    of_caller: HashMap<CallerIdentity, BTreeSet<u64>>,
}

struct Kept {
    number: u64,
    livechat: LivechatId,
    caller: CallerIdentity,
    shown: Shown,
    expires_at: Timestamp,
}

impl Tickets {
    /// A new ticket for a caller, and until when it is good: for half a minute, or as long as what the caller has shown
    /// is.
    ///
    /// # Errors
    /// 429 `too_many_tickets` when the caller has as many as it may have; 503 when all callers together do.
    pub fn issue(&self, caller: &Caller, now: Timestamp) -> Result<(String, Timestamp), Problem> {
        let random = [Uuid::new_v4().into_bytes(), Uuid::new_v4().into_bytes()].concat();
        let ticket = format!("{PREFIX}{}", URL_SAFE_NO_PAD.encode(random));
        let left = (caller.expires_at - Utc::now()).clamp(TimeDelta::zero(), TICKET_LIFE);
        let (identity, expires_at) = (caller.identity(), now + left);
        let most = if caller.role == Role::Visitor { TICKETS_PER_VISITOR } else { TICKETS_PER_CALLER };
        let mut memory = self.memory();
        memory.forget_those_over(now);
        if let Some(own) = memory.of_caller.get(&identity).filter(|own| own.len() >= most) {
            return Err(too_many(most, memory.first_ends_in(own.first(), now)));
        }
        if memory.kept.len() >= TICKETS_MAX {
            let first = memory.in_order.first_key_value().map(|(number, _)| number);
            return Err(no_room(memory.first_ends_in(first, now)));
        }
        memory.issued += 1;
        let number = memory.issued;
        let (livechat, shown) = (caller.livechat.clone(), caller.shown.clone());
        memory.of_caller.entry(identity.clone()).or_default().insert(number);
        memory.in_order.insert(number, hash(&ticket));
        memory.kept.insert(hash(&ticket), Kept { number, livechat, caller: identity, shown, expires_at });
        Ok((ticket, expires_at))
    }

    /// What the caller of a ticket has shown, if it is good here and now. It is used up, whatever comes of it.
    pub fn take(&self, ticket: &str, livechat: &str, now: Timestamp) -> Option<Shown> {
        let mut memory = self.memory();
        let kept = memory.remove(&hash(ticket))?;
        (kept.livechat.as_str() == livechat && kept.is_good(now)).then_some(kept.shown)
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Kept {
    /// One that would be good for longer than any is from before the clock was set back.
    fn is_good(&self, now: Timestamp) -> bool {
        let left = self.expires_at - now;
        left > TimeDelta::zero() && left <= TICKET_LIFE
    }
}

impl Memory {
    fn remove(&mut self, hash: &Hash) -> Option<Kept> {
        let kept = self.kept.remove(hash)?;
        self.in_order.remove(&kept.number);
        if let Some(own) = self.of_caller.get_mut(&kept.caller) {
            own.remove(&kept.number);
            if own.is_empty() {
                self.of_caller.remove(&kept.caller);
            }
        }
        Some(kept)
    }

    fn forget_those_over(&mut self, now: Timestamp) {
        while let Some((_, hash)) = self.in_order.first_key_value() {
            let hash = *hash;
            if self.kept.get(&hash).is_some_and(|kept| kept.is_good(now)) {
                return;
            }
            self.remove(&hash);
        }
    }

    /// In how many seconds this ticket is over, of which none is too few.
    fn first_ends_in(&self, number: Option<&u64>, now: Timestamp) -> u32 {
        let kept = number.and_then(|number| self.kept.get(self.in_order.get(number)?));
        let millis = kept.map_or(TICKET_LIFE, |kept| kept.expires_at - now).num_milliseconds();
        u32::try_from(millis.max(1).unsigned_abs().div_ceil(1_000)).unwrap_or(1)
    }
}

fn hash(ticket: &str) -> Hash {
    Sha256::digest(ticket).into()
}

fn too_many(most: usize, secs: u32) -> Problem {
    let detail = both!(
        "at most {most} tickets that are not used; try again in {secs} s",
        "{most} tickets inutilisés au plus\u{202f}; réessayez dans {secs}\u{a0}s"
    );
    Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_tickets", detail).again_in(secs)
}

fn no_room(secs: u32) -> Problem {
    let detail = both!(
        "there are too many tickets that are not used; try again in {secs} s",
        "il y a trop de tickets inutilisés\u{202f}; réessayez dans {secs}\u{a0}s"
    );
    Problem::unavailable("too_many_tickets", detail).again_in(secs)
}
