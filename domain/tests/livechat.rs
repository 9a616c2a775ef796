//! Create a livechat.

use pupitre_domain::settings::Settings;
use pupitre_domain::text::{Language, Name};
use pupitre_domain::{Fact, LivechatFact};

use crate::support::*;

#[test]
fn an_administrator_creates_a_livechat_with_the_ready_made_settings() {
    let created = Fact::Livechat(LivechatFact::Created {
        name: Name::parse("Support").unwrap(),
        language: Language::Fr,
    });
    let scene = given_nothing().when(administrator(), create("Support", Language::Fr)).then([created]);
    assert_eq!(*scene.livechat.settings(), Settings::default());
}

#[test]
fn creating_it_again_as_it_is_records_nothing() {
    given([]).when(administrator(), create("Support", Language::Fr)).then_nothing();
}

#[test]
fn creating_it_again_with_another_identity_is_refused() {
    given([]).when(administrator(), create("Sales", Language::Fr)).then_refused("livechat_exists");
    given([]).when(administrator(), create("Support", Language::En)).then_refused("livechat_exists");
}

#[test]
fn only_an_administrator_creates_a_livechat() {
    for actor in [visitor("zoe"), operator("alice"), supervisor(), bot()] {
        given_nothing().when(actor, create("Support", Language::Fr)).then_refused("forbidden");
    }
}

#[test]
fn nothing_can_be_done_in_a_livechat_that_was_not_created() {
    given_nothing().when(visitor("zoe"), request("zoe")).then_refused("unknown_livechat");
    given_nothing().when(administrator(), settings(capacity(1, 1))).then_refused("unknown_livechat");
    given_nothing().when(operator("alice"), connect("alice")).then_refused("unknown_livechat");
}

#[test]
fn time_may_pass_in_a_livechat_that_was_not_created() {
    given_nothing().after(minutes(1)).then_nothing();
}

#[test]
fn an_event_is_never_earlier_than_the_one_before_even_when_the_clock_is_set_back() {
    let scene = given([connected("alice"), asks("zoe"), clock_set_back(minutes(5)), writes("zoe")]);
    assert!(scene.log.is_sorted_by_key(|event| event.at));
    assert_eq!(scene.log.last().unwrap().at, start());
}

#[test]
fn what_somebody_did_is_observed_and_what_follows_is_decided() {
    let scene = given([connected("alice"), asks("zoe")]);
    let observed: Vec<bool> =
        scene.log.iter().rev().take(2).map(pupitre_domain::Event::is_observed).collect();
    assert_eq!(observed, [false, true], "the assignment is decided, the request before it observed");
}
