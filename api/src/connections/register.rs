//! The open connections: not more in all, nor from one address, than there is room for.
//!
//! Where there is no room, the connection that has been idle the longest makes room, so that connections that are not
//! used lock no client out; only where all are in use is the new one turned away (503, with
//! `Retry-After`). The limit for an address is for one of version 4, or for the /64 of one of version 6, which is one
//! customer. It is not for trusted proxies, which speak for many, nor for programs on the same machine.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::http::StatusCode;
use domain::bilingual::{Bilingual, both};
use domain::both;

use super::ClientTimeouts;
use super::state::State;
use crate::auth::Proxies;
use crate::auth::network_of;
use crate::http::problem::Problem;

/// Connections over the limit while those that make room are being closed.
const OVERLAP: usize = 32;

/// Seconds after which a client that was turned away may come again.
const RETRY_AFTER_SECS: u32 = 5;

/// The connections. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Register(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    all_max: usize,
    /// 0: no limit.
    per_address_max: usize,
    proxies: Arc<Proxies>,
    timeouts: ClientTimeouts,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    next: u64,
    all: HashMap<u64, (IpAddr, Arc<State>)>,
    per_address: HashMap<IpAddr, usize>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Slot {
    register: Register,
    number: u64,
    pub(super) state: Arc<State>,
}

impl Register {
    /// No connections yet.
    pub fn new(
        all_max: usize,
        per_address_max: usize,
        proxies: Arc<Proxies>,
        timeouts: ClientTimeouts,
    ) -> Self {
        Self(Arc::new(Inner { all_max, per_address_max, proxies, timeouts, open: Mutex::default() }))
    }

    /// How many are connected.
    pub fn len(&self) -> usize {
        self.open().all.len()
    }

    /// Is there no connection?
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives a place to a connection from this address.
    ///
    /// # Errors
    /// What to say where there is none.
    pub(super) fn enter(&self, peer: IpAddr) -> Result<Slot, Problem> {
        let address = network_of(peer);
        let mut open = self.open();
        let from_there = open.per_address.get(&address).copied().unwrap_or_default();
        let limit = if self.is_limited(peer) { self.0.per_address_max } else { 0 };
        if limit > 0 && from_there >= limit && !open.makes_room(Some(address), from_there - limit) {
            metrics::counter!("connections_refused_total", "why" => "address").increment(1);
            return Err(too_many(both!(
                "there are {limit} connections from your address; close one",
                "il y a {limit} connexions depuis votre adresse\u{202f}; fermez-en une"
            )));
        }
        let over = open.all.len().saturating_sub(self.0.all_max);
        if open.all.len() >= self.0.all_max && !open.makes_room(None, over) {
            metrics::counter!("connections_refused_total", "why" => "all").increment(1);
            return Err(too_many(both(
                "the server has reached its limit of connections",
                "le serveur a atteint sa limite de connexions",
            )));
        }
        let (number, state) = (open.next, Arc::new(State::new(self.0.timeouts)));
        open.next += 1;
        open.all.insert(number, (address, state.clone()));
        *open.per_address.entry(address).or_default() += 1;
        metrics::gauge!("connections_open").set(float(open.all.len()));
        drop(open);
        Ok(Slot { register: self.clone(), number, state })
    }

    /// Closes the connection that has been waiting the longest, if there is one.
    pub(super) fn make_room(&self) {
        self.open().makes_room(None, 0);
    }

    fn is_limited(&self, peer: IpAddr) -> bool {
        let peer = peer.to_canonical();
        !peer.is_loopback() && !self.0.proxies.trusts(peer)
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    /// Makes the connection close that has been idle the longest, unless too many are closing already.
    fn makes_room(&self, from: Option<IpAddr>, closing: usize) -> bool {
        let there = self.all.values().filter(|(address, _)| from.is_none_or(|from| from == *address));
        let waiting = there.filter_map(|(_, state)| Some((state.settled_since()?, state)));
        let longest = waiting.min_by_key(|(since, _)| *since);
        closing < OVERLAP && longest.is_some_and(|(_, state)| state.displace())
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.register.open();
        let Some((address, _)) = open.all.remove(&self.number) else { return };
        if let Some(from_there) = open.per_address.get_mut(&address) {
            *from_there -= 1;
            if *from_there == 0 {
                open.per_address.remove(&address);
            }
        }
        metrics::gauge!("connections_open").set(float(open.all.len()));
    }
}

fn too_many(detail: Bilingual) -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE, "too_many_connections", detail).again_in(RETRY_AFTER_SECS)
}

#[expect(clippy::cast_precision_loss, reason = "far fewer than 2^52")]
const fn float(count: usize) -> f64 {
    count as f64
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    fn register(all: usize, each: usize) -> Register {
        let trusted = vec!["10.0.0.0/8".parse().unwrap()];
        let proxies = Arc::new(Proxies { trusted, ..Proxies::default() });
        Register::new(all, each, proxies, ClientTimeouts::default())
    }

    fn enters(register: &Register, address: &str) -> Result<Slot, String> {
        register.enter(address.parse().unwrap()).map_err(|problem| problem.code)
    }

    #[tokio::test(start_paused = true)]
    async fn the_longest_idle_connection_makes_room_and_a_busy_one_does_not() {
        let register = register(2, 0);
        let first = enters(&register, "192.0.2.1").unwrap();
        let busy = first.state.begin();
        let second = enters(&register, "192.0.2.2").unwrap();
        assert_eq!(enters(&register, "192.0.2.3").unwrap_err(), "too_many_connections");
        tokio::time::advance(Duration::from_secs(2)).await;
        let third = enters(&register, "192.0.2.3").unwrap();
        assert!(second.state.settled_since().is_none(), "it makes room");
        drop(second);
        let _third_is_busy = third.state.begin();
        tokio::time::advance(Duration::from_secs(2)).await;
        assert_eq!(enters(&register, "192.0.2.4").unwrap_err(), "too_many_connections");
        drop((busy, first));
        assert!(enters(&register, "192.0.2.4").is_ok());
    }

    #[test]
    fn an_address_has_its_share_and_the_proxies_have_none() {
        let register = register(100, 2);
        let mut there = vec![];
        for address in ["192.0.2.1", "2001:db8::1", "10.1.2.3", "127.0.0.1", "::ffff:10.1.2.3"] {
            there.extend([enters(&register, address).unwrap(), enters(&register, address).unwrap()]);
        }
        for more in ["192.0.2.1", "::ffff:192.0.2.1", "2001:db8::2:3"] {
            assert_eq!(enters(&register, more).unwrap_err(), "too_many_connections", "{more}");
        }
        for more in ["192.0.2.2", "2001:db8:0:1::1", "10.1.2.3", "127.0.0.1", "::1"] {
            assert!(enters(&register, more).is_ok(), "{more}");
        }
        there.truncate(0);
        assert!(register.is_empty());
        assert!(enters(&register, "192.0.2.1").is_ok());
    }
}
