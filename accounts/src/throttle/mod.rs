//! Guessing is slowed down, and nobody can lock somebody else out (spec.md §Privacy and security).
//!
//! Wrong guesses are counted in series: for each account at each network, for each network, and for each account.
//!
//! | series | then | why |
//! |---|---|---|
//! | one account from one network | after 5 the next has to wait 1 s, then 2 s, 4 s, … up to 15 minutes | somebody tries out passwords of one person |
//! | one network, at all accounts | the same after 50 | somebody tries one password with everybody |
//! | one account, from all networks | after 50 the first series of every place has 1 free guess instead of 5 | many machines try out passwords of one person |
//!
//! An account is never refused as such: whatever others do, its holder gets in at once from a network that has not
//! guessed wrong, and has waited 15 minutes at most from one that has. Addresses without an account count as those with
//! one, so nothing can be learned of them. A network is an IPv4 address, or the /64 of an IPv6 address.
//!
//! A guess is counted when it begins and taken back when it was right, so that thousands at once are no way around it.
//! Who is refused may ask as often as they like: that does not make the wait longer. A series ends an hour after its
//! last guess, and one account at one network with a right one. What limits of rate do (crate `governor`: so many in so
//! much time, for everybody alike) does not grow, which is why this counts for itself.
//!
//! The series are in memory: a restart forgets them, and each server has its own.

mod network;
mod series;

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use chrono::TimeDelta;
use domain::Timestamp;

use crate::account::address_key;
use crate::limits::{
    GUESSES_FREE, GUESSES_FREE_PER_NETWORK, GUESSES_FREE_UNDER_ATTACK, GUESSES_OF_AN_ATTACK,
};
use network::network_of;
use series::Table;

/// Counts guesses. One for the whole server.
#[derive(Debug, Default)]
pub struct Throttle {
    /// Keys are hashes that nobody can aim at.
    seed: RandomState,
    tables: Mutex<Tables>,
}

#[derive(Debug, Default)]
struct Tables {
    /// One account from one network.
    places: Table,
    networks: Table,
    accounts: Table,
}

/// A guess that may be made, and counts as wrong until it is said to be right.
#[derive(Debug)]
#[must_use = "it counts as a wrong guess until `Throttle::was_right` is told otherwise"]
pub struct Guess {
    place: u64,
    network: u64,
    account: u64,
}

/// The next guess has to wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TooSoon {
    /// How long: 1 ms to 15 minutes.
    pub retry_after: TimeDelta,
}

impl Throttle {
    /// Nothing guessed yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Somebody at this network address wants to guess at the account with this e-mail address (or identifier), whether
    /// there is one or not.
    ///
    /// # Errors
    /// [`TooSoon`] when it has to wait.
    pub fn guess(&self, at: Timestamp, address: &str, from: IpAddr) -> Result<Guess, TooSoon> {
        let (address, network) = (address_key(address), network_of(from));
        let guess = Guess {
            place: self.seed.hash_one((&address, network)),
            network: self.seed.hash_one(network),
            account: self.seed.hash_one(&address),
        };
        let tables = &mut *self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        let is_attacked = tables.accounts.wrong(at, guess.account) >= GUESSES_OF_AN_ATTACK;
        let free = if is_attacked { GUESSES_FREE_UNDER_ATTACK } else { GUESSES_FREE };
        let place = tables.places.wait(at, guess.place, free);
        let network = tables.networks.wait(at, guess.network, GUESSES_FREE_PER_NETWORK);
        let retry_after = place.max(network);
        if retry_after > TimeDelta::zero() {
            return Err(TooSoon { retry_after });
        }
        tables.places.count(at, guess.place);
        tables.networks.count(at, guess.network);
        tables.accounts.count(at, guess.account);
        Ok(guess)
    }

    /// A guess was right: it does not count, and the account can be tried from that network as if for the first time.
    pub fn was_right(&self, guess: &Guess) {
        let tables = &mut *self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.places.forget(guess.place);
        tables.networks.take_back(guess.network);
        tables.accounts.take_back(guess.account);
    }

    /// A guess was not looked at, because the server could not: it does not count.
    pub fn was_not_made(&self, guess: &Guess) {
        let tables = &mut *self.tables.lock().unwrap_or_else(PoisonError::into_inner);
        tables.places.take_back(guess.place);
        tables.networks.take_back(guess.network);
        tables.accounts.take_back(guess.account);
    }
}
