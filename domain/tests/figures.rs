//! What figures are measured against.

use pupitre_domain::settings::{Figures, Section};

use crate::support::*;

const fn figures(reference_concurrency: i64, service_level_seconds: i64) -> Section {
    Section::Figures(Figures { reference_concurrency, service_level_seconds, short_abandon_seconds: 5 })
}

const fn short_abandon(seconds: i64) -> Section {
    Section::Figures(Figures {
        reference_concurrency: 3,
        service_level_seconds: 60,
        short_abandon_seconds: seconds,
    })
}

#[test]
fn an_abandonment_is_short_up_to_five_seconds_unless_somebody_says_otherwise() {
    assert_eq!(Figures::default().short_abandon_seconds, 5);
    for allowed in [0, 60] {
        given([])
            .when(administrator(), settings(short_abandon(allowed)))
            .then([settings_changed(short_abandon(allowed))]);
    }
    for refused in [-1, 61] {
        given([])
            .when(administrator(), settings(short_abandon(refused)))
            .then_wrong(["short_abandon_seconds"]);
    }
}

#[test]
fn three_conversations_at_once_are_full_occupation_unless_somebody_says_otherwise() {
    assert_eq!(Figures::default().reference_concurrency, 3);
    let scene =
        given([]).when(administrator(), settings(figures(1, 60))).then([settings_changed(figures(1, 60))]);
    assert_eq!(scene.livechat.settings().figures.reference_concurrency, 1);
}

#[test]
fn a_visitor_should_be_answered_within_a_minute_unless_somebody_says_otherwise() {
    assert_eq!(Figures::default().service_level_seconds, 60);
    let scene =
        given([]).when(administrator(), settings(figures(3, 20))).then([settings_changed(figures(3, 20))]);
    assert_eq!(scene.livechat.settings().figures.service_level_seconds, 20);
}

#[test]
fn the_ends_of_both_ranges_are_allowed_and_what_is_beyond_is_refused() {
    for allowed in [figures(1, 1), figures(10, 3_600)] {
        given([]).when(administrator(), settings(allowed.clone())).then([settings_changed(allowed)]);
    }
    given([]).when(administrator(), settings(figures(0, 60))).then_wrong(["reference_concurrency"]);
    given([]).when(administrator(), settings(figures(11, 60))).then_wrong(["reference_concurrency"]);
    given([]).when(administrator(), settings(figures(3, 0))).then_wrong(["service_level_seconds"]);
    given([]).when(administrator(), settings(figures(3, 3_601))).then_wrong(["service_level_seconds"]);
}

#[test]
fn what_they_are_measured_against_changes_nothing_that_happens() {
    let before = given([connected_with_capacity("alice", 1), asks("zoe"), asks("yann")]);
    let after =
        before.clone().when(administrator(), settings(figures(1, 1))).then([settings_changed(figures(1, 1))]);
    assert_eq!(after.waiting(), before.waiting());
}
