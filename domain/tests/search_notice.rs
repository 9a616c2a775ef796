//! `search_notice`: the visitor waits for an answer of an operator who is in the status `searching`. Every
//! 2 minutes here, as by default.

use pupitre_domain::settings::Section;
use pupitre_domain::settings::Status::{Available, OnBreak, Searching};
use pupitre_domain::state::timers::TimerKind::SearchNotice;

use crate::support::*;

fn two_minutes() -> Section {
    only(|clocks| clocks.search_notice = 2)
}

/// Alice has picked zoe up.
fn zoe_talks() -> Scene {
    given([change(two_minutes()), change(every_status()), connected("alice"), asks("zoe")])
        .past([picks_up("alice", "zoe")])
}

/// Zoe waits for an answer, and alice has just begun to search.
fn alice_searches() -> Scene {
    zoe_talks().past([writes("zoe"), takes("alice", Searching)])
}

#[test]
fn a_visitor_whose_operator_searches_gets_the_phrase_and_again_as_long_as_it_lasts() {
    alice_searches()
        .after(minutes(2) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([search_noticed("zoe", "alice", start() + minutes(4))])
        .after(minutes(2))
        .then([search_noticed("zoe", "alice", start() + minutes(6))]);
    given_with_phrases([change(two_minutes()), change(every_status()), connected("alice"), asks("zoe")])
        .past([picks_up("alice", "zoe"), writes("zoe"), takes("alice", Searching)])
        .after(minutes(2))
        .then_said(["Alice recherche toujours l’information. Merci de patienter."]);
}

#[test]
fn the_clock_runs_from_the_entry_into_the_status_if_that_is_later_than_the_message() {
    zoe_talks()
        .past([writes("zoe"), later(minutes(1)), takes("alice", Searching)])
        .after(minutes(1))
        .then_nothing()
        .after(minutes(1))
        .then([search_noticed("zoe", "alice", start() + minutes(5))]);
}

#[test]
fn the_clock_runs_from_the_visitors_last_message_if_that_is_later() {
    let scene = zoe_talks().past([takes("alice", Searching), later(minutes(1)), writes("zoe")]);
    assert_eq!(scene.due("zoe", SearchNotice), Some(minutes(3)));
    let scene = scene.past([later(minutes(1)), writes("zoe")]);
    assert_eq!(scene.due("zoe", SearchNotice), Some(minutes(4)));
}

#[test]
fn the_clock_runs_from_the_pick_up_if_that_is_later_than_both() {
    let scene = given([change(two_minutes()), change(every_status()), connected("alice"), asks("zoe")])
        .past([writes("zoe"), takes("alice", Searching), later(minutes(5))]);
    assert_eq!(scene.due("zoe", SearchNotice), None);
    let scene = scene.past([picks_up("alice", "zoe")]);
    assert_eq!(scene.due("zoe", SearchNotice), Some(minutes(7)));
}

#[test]
fn a_visitor_who_does_not_wait_for_an_answer_gets_nothing() {
    zoe_talks().past([takes("alice", Searching)]).after(minutes(60)).then_nothing();
    zoe_talks().past([answers("alice", "zoe"), takes("alice", Searching)]).after(minutes(60)).then_nothing();
}

#[test]
fn the_answer_stops_it_and_the_next_message_starts_it_anew() {
    alice_searches()
        .past([later(minutes(2)), answers("alice", "zoe")])
        .after(minutes(60))
        .then_nothing()
        .past([writes("zoe")])
        .after(minutes(2))
        .then([search_noticed("zoe", "alice", start() + minutes(66))]);
}

#[test]
fn another_status_stops_it() {
    for status in [Available, OnBreak] {
        alice_searches().past([takes("alice", status)]).after(minutes(60)).then_nothing();
    }
}

#[test]
fn the_status_switched_off_stops_it() {
    alice_searches()
        .past([change(Section::Statuses(pupitre_domain::settings::Statuses::default()))])
        .after(minutes(60))
        .then_nothing();
}

#[test]
fn it_concerns_every_visitor_of_that_operator_who_waits() {
    zoe_talks()
        .past([asks("yann"), picks_up("alice", "yann"), asks("xena"), picks_up("alice", "xena")])
        .past([writes("zoe"), takes("alice", Searching), later(seconds(1)), writes("xena")])
        .after(minutes(2))
        .then([
            search_noticed("zoe", "alice", start() + minutes(4) + seconds(1)),
            search_noticed("xena", "alice", start() + minutes(4) + seconds(1)),
        ]);
}

#[test]
fn a_transfer_stops_it_until_a_receiver_who_searches_has_picked_up() {
    alice_searches()
        .past([connected("bob"), takes("bob", Searching), transfers("alice", "zoe", "bob")])
        .after(minutes(60))
        .then_nothing()
        .past([picks_up("bob", "zoe")])
        .after(minutes(2))
        .then([search_noticed("zoe", "bob", start() + minutes(64))]);
}

#[test]
fn the_return_to_the_queue_and_the_end_stop_it() {
    for stop in [signs_out("alice"), ends("alice", "zoe")] {
        alice_searches().past([stop]).after(minutes(600)).then_nothing();
    }
}

#[test]
fn the_search_of_an_absent_operator_is_not_announced() {
    let scene = alice_searches().past([change(without_transfer_on_disconnect()), signs_out("alice")]);
    scene.clone().after(minutes(60)).then_nothing();
    scene.clone().past([writes("zoe")]).after(minutes(60)).then_nothing();
    scene.past([later(minutes(10)), comes_back("alice")]).after(minutes(2)).then([search_noticed(
        "zoe",
        "alice",
        start() + minutes(14),
    )]);
}

#[test]
fn the_visitor_is_shown_that_the_operator_searches_as_long_as_that_is_so() {
    zoe_talks()
        .when(operator("alice"), change_status("alice", Searching))
        .then([status_changed("alice", Searching), shown_searching("zoe", "alice", true)])
        .when(operator("alice"), change_status("alice", Available))
        .then([status_changed("alice", Available), shown_searching("zoe", "alice", false)]);
    given([change(every_status()), connected("alice"), takes("alice", Searching), asks("zoe")])
        .when(operator("alice"), pick_up("zoe"))
        .then([picked_up("zoe", "alice"), shown_searching("zoe", "alice", true)]);
}

#[test]
fn a_visitor_who_keeps_an_operator_who_is_gone_is_not_shown_a_search() {
    alice_searches()
        .past([change(without_transfer_on_disconnect())])
        .when(operator("alice"), disconnect("alice"))
        .then([operator_signed_out("alice"), shown_searching("zoe", "alice", false)])
        .when(operator("alice"), connect("alice"))
        .then([operator_connected("alice"), shown_searching("zoe", "alice", true)]);
}

#[test]
fn after_a_long_time_down_it_is_said_once_and_not_once_per_period() {
    alice_searches()
        .restarted()
        .after(minutes(600))
        .then([search_noticed("zoe", "alice", start() + minutes(602))])
        .restarted()
        .after(minutes(2))
        .then([search_noticed("zoe", "alice", start() + minutes(604))]);
}

#[test]
fn with_search_notice_0_nobody_is_notified() {
    given([change(only(|_| ())), change(every_status()), connected("alice"), asks("zoe")])
        .past([picks_up("alice", "zoe"), writes("zoe"), takes("alice", Searching)])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn a_running_clock_keeps_its_deadline_when_the_setting_changes_and_the_next_period_is_the_new() {
    alice_searches()
        .past([change(only(|clocks| clocks.search_notice = 5))])
        .after(minutes(2))
        .then([search_noticed("zoe", "alice", start() + minutes(7))]);
    alice_searches()
        .past([change(only(|_| ()))])
        .after(minutes(2))
        .then([search_noticed_last("zoe", "alice")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn it_is_at_most_a_day() {
    let set = |minutes| settings(only(|clocks| clocks.search_notice = minutes));
    for wrong in [-1, 1_441] {
        given([]).when(administrator(), set(wrong)).then_wrong(["search_notice"]);
    }
    let scene = alice_searches().past([Step::Do(administrator(), set(1_440)), writes("zoe")]);
    assert_eq!(scene.due("zoe", SearchNotice), Some(minutes(1_440)));
}
