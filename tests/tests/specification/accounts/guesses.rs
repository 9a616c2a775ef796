//! How guessing is slowed, and that nobody is locked out. No database is needed, and no real time passes.

use std::net::{IpAddr, Ipv4Addr};

use accounts::throttle::{Throttle, TooSoon};
use chrono::TimeDelta;
use domain::Timestamp;

use super::stage::after;

const VICTIM: &str = "zoe@example.org";

fn place(number: u32) -> IpAddr {
    Ipv4Addr::from(0x0a00_0000 + number).into()
}

fn at(secs: i64) -> Timestamp {
    after(TimeDelta::seconds(secs))
}

/// The seconds that a guess has to wait; nothing when it is let through, and wrong.
fn wait(throttle: &Throttle, secs: i64, address: &str, from: IpAddr) -> Option<i64> {
    throttle.guess(at(secs), address, from).err().map(|TooSoon { retry_after }| retry_after.num_seconds())
}

#[test]
fn after_five_wrong_guesses_each_further_one_waits_twice_as_long() {
    let throttle = Throttle::new();
    for _ in 0..5 {
        assert_eq!(wait(&throttle, 0, VICTIM, place(1)), None);
    }
    let mut now = 0;
    for secs in [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 900, 900, 900] {
        // Asking meanwhile makes it no longer, however the address is written.
        assert_eq!(wait(&throttle, now, " ZOE@example.org", place(1)), Some(secs));
        assert_eq!(wait(&throttle, now + secs - 1, VICTIM, place(1)), Some(1));
        now += secs;
        assert_eq!(wait(&throttle, now, VICTIM, place(1)), None, "{secs}");
    }
    // An hour after the last one, all is forgotten.
    for _ in 0..5 {
        assert_eq!(wait(&throttle, now + 3_600, VICTIM, place(1)), None);
    }
    assert_eq!(wait(&throttle, now + 3_600, VICTIM, place(1)), Some(1));
}

#[test]
fn whatever_others_do_the_holder_gets_in_from_another_network() {
    let throttle = Throttle::new();
    for secs in 0..10_000 {
        for attacker in 0..20 {
            let _ = throttle.guess(at(secs), VICTIM, place(attacker));
        }
    }
    let right = throttle.guess(at(10_000), VICTIM, place(99)).unwrap();
    throttle.was_right(&right);
    // Who then mistypes once waits for a second, and gets in.
    assert_eq!(wait(&throttle, 10_000, VICTIM, place(99)), None);
    assert_eq!(wait(&throttle, 10_000, VICTIM, place(99)), Some(1));
    assert!(throttle.guess(at(10_001), VICTIM, place(99)).is_ok());
}

#[test]
fn many_networks_that_guess_at_one_account_get_one_guess_each() {
    let throttle = Throttle::new();
    let mut made = 0;
    for number in 0..1_000 {
        for _ in 0..10 {
            made += u32::from(throttle.guess(at(0), VICTIM, place(number)).is_ok());
        }
    }
    // Five each until 50 were wrong, then one each.
    assert_eq!(made, 50 + 990);
    // Nobody else is concerned.
    for _ in 0..5 {
        assert_eq!(wait(&throttle, 0, "anna@example.org", place(2_000)), None);
    }
}

#[test]
fn one_network_that_tries_everybody_waits_after_fifty() {
    let throttle = Throttle::new();
    for number in 0..50 {
        assert_eq!(wait(&throttle, 0, &format!("p{number}@example.org"), place(1)), None);
    }
    assert_eq!(wait(&throttle, 0, "another@example.org", place(1)), Some(1));
    assert_eq!(wait(&throttle, 0, "another@example.org", place(2)), None);
    // An account of one's own does not help.
    let right = throttle.guess(at(1), "mine@example.org", place(1)).unwrap();
    throttle.was_right(&right);
    assert_eq!(wait(&throttle, 1, "another@example.org", place(1)), Some(1));
    assert_eq!(wait(&throttle, 2, "another@example.org", place(1)), None);
    assert_eq!(wait(&throttle, 2, "another@example.org", place(1)), Some(2));
}

#[test]
fn all_addresses_of_one_ipv6_network_count_as_one() {
    let throttle = Throttle::new();
    for number in 0..5 {
        assert_eq!(wait(&throttle, 0, VICTIM, format!("2001:db8::{number}").parse().unwrap()), None);
    }
    assert_eq!(wait(&throttle, 0, VICTIM, "2001:db8::9:9".parse().unwrap()), Some(1));
    assert_eq!(wait(&throttle, 0, VICTIM, "2001:db8:0:1::1".parse().unwrap()), None);
}

#[test]
fn thousands_at_once_are_no_way_around_it_and_right_ones_do_not_count() {
    let throttle = Throttle::new();
    let begun: Vec<_> = (0..1_000).filter_map(|_| throttle.guess(at(0), VICTIM, place(1)).ok()).collect();
    assert_eq!(begun.len(), 5);
    for guess in &begun {
        throttle.was_not_made(guess);
    }
    for _ in 0..1_000 {
        let guess = throttle.guess(at(0), VICTIM, place(1)).unwrap();
        throttle.was_right(&guess);
    }
    for _ in 0..5 {
        assert_eq!(wait(&throttle, 0, VICTIM, place(1)), None);
    }
}

#[test]
fn a_clock_that_is_set_back_makes_nobody_wait_for_longer() {
    let throttle = Throttle::new();
    for _ in 0..5 {
        assert_eq!(wait(&throttle, 1_000_000, VICTIM, place(1)), None);
    }
    assert_eq!(wait(&throttle, 0, VICTIM, place(1)), Some(1));
}
