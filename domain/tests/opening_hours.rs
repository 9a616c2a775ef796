//! Opening hours at work: requests, the queue, and operators' own hours. Every story starts on Monday
//! 5 January 2026 at 10:00 in Paris.

use pupitre_domain::event::EndReason;
use pupitre_domain::event::Profile;
use pupitre_domain::event::RefusalReason::{NoOperator, OutsideHours, QueueClosed};
use pupitre_domain::event::ReleaseReason::Closing;
use pupitre_domain::settings::opening_hours::{Exception, TimeZone};
use pupitre_domain::settings::{OpeningHours, Section, Timeouts};

use crate::support::*;

/// 09:00 to 18:00 every day.
fn nine_to_six() -> Section {
    daily("09:00", "18:00")
}

/// Alice, who has one place, has picked zoe up; yann, then xena wait. The livechat closes at 18:00.
fn two_wait() -> Scene {
    given([
        change(nine_to_six()),
        connected_with_capacity("alice", 1),
        asks("zoe"),
        picks_up("alice", "zoe"),
        asks("yann"),
        asks("xena"),
    ])
}

/// Whether a visitor who asks at this moment is let in.
fn lets_in(scene: Scene, moment: &str) -> bool {
    let scene = scene.at(moment).then_whatever().when(visitor("zoe"), request("zoe")).then_whatever();
    let last = scene.log.last().unwrap();
    assert!(last.fact == assigned("zoe", "alice") || last.fact == refused("zoe", OutsideHours), "{last:?}");
    last.fact == assigned("zoe", "alice")
}

fn paris(exceptions: Vec<Exception>, ranges: &[Range<'_>]) -> Section {
    Section::OpeningHours(OpeningHours { week: Some(week(ranges)), exceptions, ..OpeningHours::default() })
}

fn in_zone(zone: &str, ranges: &[Range<'_>]) -> Section {
    let time_zone = TimeZone(zone.to_owned());
    Section::OpeningHours(OpeningHours { time_zone, week: Some(week(ranges)), exceptions: vec![] })
}

fn queue_closing(minutes: i64) -> Step {
    change(Section::Timeouts(Timeouts { queue_closing: minutes, ..clocks_off() }))
}

// The livechat.

#[test]
fn without_hours_it_is_always_open() {
    assert!(lets_in(given([connected("alice")]), "2026-01-11T03:00:00+01:00"));
}

#[test]
fn outside_the_hours_a_request_is_refused_even_with_operators_present() {
    given([change(nine_to_six()), connected("alice")])
        .at("2026-01-05T20:00:00+01:00")
        .then([closed_for_the_day(None)])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), refused("zoe", OutsideHours)]);
}

#[test]
fn outside_the_hours_and_with_nobody_there_the_reason_is_the_hours() {
    given([change(nine_to_six())])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), refused("zoe", NoOperator)])
        .at("2026-01-05T20:00:00+01:00")
        .then([closed_for_the_day(None)])
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), refused("yann", OutsideHours)]);
}

#[test]
fn the_opening_minute_is_open_and_the_closing_minute_is_closed() {
    let scene = || given([change(nine_to_six()), connected("alice")]);
    assert!(lets_in(scene(), "2026-01-05T17:59:59.999+01:00"));
    assert!(!lets_in(scene(), "2026-01-05T18:00:00+01:00"));
    assert!(!lets_in(scene(), "2026-01-06T08:59:59.999+01:00"));
    assert!(lets_in(scene(), "2026-01-06T09:00:00+01:00"));
}

#[test]
fn a_request_is_judged_by_the_calendar_even_before_the_closing_is_recorded() {
    let livechat = given([change(nine_to_six()), connected("alice")]).livechat;
    assert!(livechat.is_open(None, instant("2026-01-05T17:59:59.999+01:00")));
    assert!(!livechat.is_open(None, instant("2026-01-05T18:00:00+01:00")));
}

#[test]
fn a_day_may_have_several_ranges() {
    let scene = || {
        given([
            change(hours(&[("monday", "09:00", "12:00"), ("monday", "14:00", "18:00")])),
            connected("alice"),
        ])
    };
    assert!(lets_in(scene(), "2026-01-05T11:59:00+01:00"));
    assert!(!lets_in(scene(), "2026-01-05T12:00:00+01:00"));
    assert!(lets_in(scene(), "2026-01-05T14:00:00+01:00"));
    assert!(!lets_in(scene(), "2026-01-06T10:00:00+01:00"));
}

#[test]
fn a_range_past_midnight_closes_the_morning_after() {
    let scene = || given([change(hours(&[("monday", "20:00", "02:00")])), connected("alice")]);
    assert!(lets_in(scene(), "2026-01-05T23:59:59+01:00"));
    assert!(lets_in(scene(), "2026-01-06T01:59:59+01:00"));
    assert!(!lets_in(scene(), "2026-01-06T02:00:00+01:00"));
    scene().at("2026-01-06T03:00:00+01:00").then([opened(None), closed_for_the_day(None)]);
}

#[test]
fn an_exception_replaces_the_ranges_of_its_date() {
    let holiday = || {
        let exceptions = vec![exception("2026-01-06", &[]), exception("2026-01-11", &[("10:00", "12:00")])];
        let monday_to_friday = &every_day("09:00", "18:00")[..5];
        given([change(paris(exceptions, monday_to_friday)), connected("alice")])
    };
    assert!(!lets_in(holiday(), "2026-01-06T10:00:00+01:00"), "a holiday");
    assert!(lets_in(holiday(), "2026-01-07T10:00:00+01:00"), "the day after");
    assert!(!lets_in(holiday(), "2026-01-10T10:00:00+01:00"), "a Saturday");
    assert!(lets_in(holiday(), "2026-01-11T10:00:00+01:00"), "a Sunday with a special opening");
    assert!(!lets_in(holiday(), "2026-01-11T12:00:00+01:00"), "its end");
}

#[test]
fn opening_and_closing_are_recorded_at_their_minute_and_the_next_is_always_known() {
    let scene = given([change(nine_to_six())]);
    assert_eq!(scene.livechat.next_deadline(), Some(instant("2026-01-05T18:00:00+01:00")));
    let scene = scene
        .at("2026-01-05T17:59:59+01:00")
        .then_nothing()
        .at("2026-01-05T18:00:00+01:00")
        .then([closed_for_the_day(None)]);
    assert_eq!(scene.livechat.next_deadline(), Some(instant("2026-01-06T09:00:00+01:00")));
    scene.at("2026-01-06T08:59:59+01:00").then_nothing().at("2026-01-06T09:00:00+01:00").then([opened(None)]);
}

#[test]
fn a_server_that_was_down_for_days_records_every_opening_and_closing_it_missed() {
    given([change(nine_to_six())])
        .restarted()
        .at("2026-01-07T10:00:00+01:00")
        .then([closed_for_the_day(None), opened(None), closed_for_the_day(None), opened(None)])
        .restarted()
        .at("2026-01-07T17:59:00+01:00")
        .then_nothing();
}

// The nights on which the clocks change.

#[test]
fn in_the_spring_night_what_closes_in_the_hour_that_is_skipped_closes_when_it_is_skipped() {
    given([
        later(instant("2026-03-29T00:00:00+01:00") - start()),
        change(hours(&[("sunday", "00:00", "02:30")])),
    ])
    .at("2026-03-29T01:59:59+01:00")
    .then_nothing()
    .at("2026-03-29T03:00:00+02:00")
    .then([closed_for_the_day(None)]);
}

#[test]
fn in_the_spring_night_a_morning_opens_by_the_new_time() {
    let scene = given([later(instant("2026-03-28T12:00:00+01:00") - start()), change(nine_to_six())])
        .at("2026-03-28T18:00:00+01:00")
        .then([closed_for_the_day(None)]);
    assert_eq!(scene.livechat.next_deadline(), Some(instant("2026-03-29T09:00:00+02:00")));
}

#[test]
fn in_the_autumn_night_what_closes_in_the_hour_that_comes_twice_closes_the_first_time() {
    given([
        later(instant("2026-10-25T00:00:00+02:00") - start()),
        change(hours(&[("sunday", "00:00", "02:30")])),
    ])
    .at("2026-10-25T02:29:59+02:00")
    .then_nothing()
    .at("2026-10-25T02:30:00+02:00")
    .then([closed_for_the_day(None)])
    .at("2026-10-25T02:30:00+01:00")
    .then_nothing();
}

#[test]
fn in_the_autumn_night_what_is_open_through_that_hour_is_open_both_times() {
    let scene = || {
        given([
            later(instant("2026-10-25T00:00:00+02:00") - start()),
            change(hours(&[("sunday", "02:00", "03:00")])),
            connected("alice"),
        ])
    };
    assert!(lets_in(scene(), "2026-10-25T02:15:00+02:00"));
    assert!(lets_in(scene(), "2026-10-25T02:59:59+01:00"));
    assert!(!lets_in(scene(), "2026-10-25T03:00:00+01:00"));
}

// Closing time.

#[test]
fn at_closing_time_those_who_wait_are_released_oldest_first() {
    let scene = two_wait().at("2026-01-05T18:00:00+01:00").then([
        closed_for_the_day(None),
        released("yann", Closing),
        released("xena", Closing),
    ]);
    assert!(scene.waiting().is_empty());
    scene.when(visitor("yann"), write("yann", "?")).then_refused("conversation_over");
}

#[test]
fn released_visitors_are_notified_that_the_service_is_closed() {
    let closed = "Notre service est fermé pour le moment. Merci de revenir aux heures d’ouverture.";
    given_with_phrases([
        change(nine_to_six()),
        connected_with_capacity("alice", 1),
        asks("zoe"),
        asks("yann"),
    ])
    .at("2026-01-05T18:00:00+01:00")
    .then_said([closed])
    .when(visitor("wim"), request("wim"))
    .then_said([closed]);
}

#[test]
fn conversations_on_a_desk_continue_after_closing_time_picked_up_or_not() {
    let scene = given([
        change(nine_to_six()),
        connected("alice"),
        asks("zoe"),
        picks_up("alice", "zoe"),
        asks("yann"),
        connected("bob"),
    ])
    .at("2026-01-05T19:00:00+01:00")
    .then([closed_for_the_day(None)]);
    scene
        .when(operator("alice"), pick_up("yann"))
        .then([picked_up("yann", "alice")])
        .when(operator("alice"), transfer_to("zoe", "bob"))
        .then([transferred("zoe", "alice", "bob")])
        .when(visitor("zoe"), end("zoe"))
        .then([left_the_desk("zoe", "bob")]);
}

#[test]
fn a_visitor_left_without_operators_after_closing_time_is_released() {
    let evening =
        given([change(nine_to_six()), connected("alice"), asks("zoe"), connected("bob"), asks("yann")])
            .past([picks_up("alice", "zoe"), signs_out("bob")])
            .at("2026-01-05T18:05:00+01:00")
            .then([closed_for_the_day(None)]);
    evening.when(operator("alice"), disconnect("alice")).then([
        operator_signed_out("alice"),
        released_from("zoe", "alice", Closing),
        released_from("yann", "alice", Closing),
    ]);
}

#[test]
fn a_visitor_who_returned_to_the_queue_after_closing_time_is_released_when_the_last_operator_goes() {
    let evening = given([
        change(nine_to_six()),
        connected_with_capacity("alice", 1),
        connected_with_capacity("bob", 1),
        asks("zoe"),
        asks("yann"),
    ]);
    let bob_has_gone = evening
        .at("2026-01-05T18:05:00+01:00")
        .then([closed_for_the_day(None)])
        .when(operator("bob"), disconnect("bob"))
        .then([operator_signed_out("bob"), returned_to_queue("yann", "bob", 1)]);
    bob_has_gone.when(operator("alice"), disconnect("alice")).then([
        operator_signed_out("alice"),
        released_from("zoe", "alice", Closing),
        released("yann", Closing),
    ]);
}

#[test]
fn a_closing_during_downtime_releases_waiting_visitors() {
    two_wait().restarted().at("2026-01-06T10:00:00+01:00").then([
        closed_for_the_day(None),
        released("yann", Closing),
        released("xena", Closing),
        opened(None),
    ]);
}

// The queue closes before.

#[test]
fn queue_closing_minutes_before_the_end_nobody_new_waits() {
    let scene = || two_wait().past([queue_closing(10), change(capacity(3, 100))]);
    scene()
        .past([later(instant("2026-01-05T17:49:59+01:00") - start())])
        .when(visitor("wim"), request("wim"))
        .then([requested("wim"), queued("wim", 3)]);
    let closing = scene().past([later(instant("2026-01-05T17:50:00+01:00") - start())]);
    assert_eq!(closing.waiting(), ["yann", "xena"], "those who wait stay");
    closing
        .when(visitor("wim"), request("wim"))
        .then([requested("wim"), refused("wim", QueueClosed)])
        .past([connected_with_capacity("bob", 3)])
        .when(visitor("vera"), request("vera"))
        .then([requested("vera"), assigned("vera", "bob")]);
}

#[test]
fn with_queue_closing_0_one_may_wait_until_the_last_moment() {
    two_wait()
        .past([change(capacity(3, 100)), later(instant("2026-01-05T17:59:59+01:00") - start())])
        .when(visitor("wim"), request("wim"))
        .then([requested("wim"), queued("wim", 3)]);
}

#[test]
fn a_livechat_that_never_closes_never_closes_its_queue() {
    given([queue_closing(1_440), connected_with_capacity("alice", 1), asks("zoe")])
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), queued("yann", 1)]);
}

#[test]
fn the_queue_of_a_skill_closes_before_the_end_of_its_own_hours() {
    let scene = given([
        queue_closing(10),
        change(list_of([skill_open("sales", &every_day("09:00", "12:00"))])),
        connected_with_skills("alice", &["sales"]),
        asks_for("zoe", "sales"),
        later(instant("2026-01-05T11:50:00+01:00") - start()),
    ]);
    scene
        .when(visitor("yann"), request_for("yann", "sales"))
        .then([requested_for("yann", "sales"), refused("yann", QueueClosed)])
        .when(visitor("xena"), request("xena"))
        .then([requested("xena"), queued("xena", 1)]);
}

// Skills with hours of their own.

/// Sales is served from 20:00 to 23:00, everything else from 09:00 to 18:00; alice and bob can do both.
fn evening_sales() -> Scene {
    given([
        change(nine_to_six()),
        change(list_of([skill_open("sales", &every_day("20:00", "23:00")), plain_skill("billing")])),
        connected_with_skills("alice", &["sales", "billing"]),
    ])
}

#[test]
fn a_skill_may_be_closed_while_the_livechat_is_open() {
    evening_sales()
        .when(visitor("zoe"), request_for("zoe", "sales"))
        .then([requested_for("zoe", "sales"), refused("zoe", OutsideHours)])
        .when(visitor("yann"), request_for("yann", "billing"))
        .then([requested_for("yann", "billing"), assigned("yann", "alice")]);
}

#[test]
fn a_skill_may_be_open_while_the_livechat_is_closed() {
    evening_sales()
        .at("2026-01-05T21:00:00+01:00")
        .then([closed_for_the_day(None), opened(Some("sales"))])
        .when(visitor("yann"), request_for("yann", "billing"))
        .then([requested_for("yann", "billing"), refused("yann", OutsideHours)])
        .when(visitor("xena"), request("xena"))
        .then([requested("xena"), refused("xena", OutsideHours)])
        .when(visitor("zoe"), request_for("zoe", "sales"))
        .then([requested_for("zoe", "sales"), assigned("zoe", "alice")]);
}

#[test]
fn each_service_releases_its_own_at_its_closing_time() {
    let scene = given([
        change(nine_to_six()),
        change(list_of([skill_open("sales", &every_day("09:00", "19:00")), plain_skill("billing")])),
        change(capacity(3, 10)),
        connected_with_skills("alice", &["sales", "billing"]),
        asks("zoe"),
        asks_for("yann", "sales"),
        asks_for("xena", "billing"),
        asks("wim"),
    ]);
    scene
        .at("2026-01-05T18:00:00+01:00")
        .then([closed_for_the_day(None), released("xena", Closing), released("wim", Closing)])
        .at("2026-01-05T19:00:00+01:00")
        .then([closed_for_the_day(Some("sales")), released("yann", Closing)]);
}

// The hours change in the middle of the day.

#[test]
fn hours_that_end_now_close_at_once_and_release_those_who_wait() {
    two_wait().when(administrator(), settings(daily("06:00", "09:30"))).then([
        settings_changed(daily("06:00", "09:30")),
        closed_for_the_day(None),
        released("yann", Closing),
        released("xena", Closing),
    ]);
}

#[test]
fn hours_that_begin_now_open_at_once() {
    given([change(daily("06:00", "09:30")), connected("alice")])
        .when(administrator(), settings(nine_to_six()))
        .then([settings_changed(nine_to_six()), opened(None)])
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), assigned("zoe", "alice")]);
}

#[test]
fn hours_that_only_end_later_or_earlier_change_nothing_now() {
    let scene = two_wait()
        .when(administrator(), settings(daily("09:00", "17:00")))
        .then([settings_changed(daily("09:00", "17:00"))]);
    assert_eq!(scene.livechat.next_deadline(), Some(instant("2026-01-05T17:00:00+01:00")));
    let scene = scene
        .when(administrator(), settings(daily("09:00", "20:00")))
        .then([settings_changed(daily("09:00", "20:00"))]);
    assert_eq!(scene.livechat.next_deadline(), Some(instant("2026-01-05T20:00:00+01:00")));
}

#[test]
fn hours_taken_away_open_the_livechat_for_good() {
    let always = Section::OpeningHours(OpeningHours::default());
    let scene = given([change(daily("06:00", "09:30"))])
        .when(administrator(), settings(always.clone()))
        .then([settings_changed(always), opened(None)]);
    assert_eq!(scene.livechat.next_deadline(), None);
}

#[test]
fn another_time_zone_moves_the_hours() {
    let new_york = in_zone("America/New_York", &every_day("09:00", "18:00"));
    two_wait().when(administrator(), settings(new_york.clone())).then([
        settings_changed(new_york),
        closed_for_the_day(None),
        released("yann", Closing),
        released("xena", Closing),
    ]);
}

/// Yann waits for sales, which is open on its own while the livechat is closed.
fn yann_waits_in_the_evening() -> Scene {
    given([
        change(daily("06:00", "09:30")),
        change(list_of([skill_open("sales", &every_day("09:00", "18:00"))])),
        connected_with_skills("alice", &["sales"]),
        asks_for("zoe", "sales"),
        asks_for("yann", "sales"),
    ])
}

#[test]
fn a_skill_closed_by_a_change_of_its_hours_releases_its_waiting_visitors() {
    let closed = list_of([skill_open("sales", &every_day("20:00", "21:00"))]);
    yann_waits_in_the_evening().when(administrator(), settings(closed.clone())).then([
        settings_changed(closed),
        closed_for_the_day(Some("sales")),
        released("yann", Closing),
    ]);
}

#[test]
fn a_skill_that_falls_back_to_the_hours_of_a_closed_livechat_releases_its_waiting_visitors() {
    let skills = list_of([plain_skill("sales")]);
    yann_waits_in_the_evening()
        .when(administrator(), settings(skills.clone()))
        .then([settings_changed(skills), released("yann", Closing)]);
}

#[test]
fn a_skill_given_hours_that_close_it_releases_its_waiting_visitors() {
    let closed = list_of([skill_open("sales", &every_day("20:00", "21:00"))]);
    let scene = given([
        change(list_of([plain_skill("sales")])),
        connected_with_skills("alice", &["sales"]),
        asks_for("zoe", "sales"),
        asks_for("yann", "sales"),
        asks("xena"),
    ])
    .when(administrator(), settings(closed.clone()))
    .then([
        settings_changed(closed),
        closed_for_the_day(Some("sales")),
        released("yann", Closing),
        moved_up("xena", 1),
    ]);
    scene.at("2026-01-05T20:00:00+01:00").then([opened(Some("sales"))]);
}

// Operators' own hours.

/// A profile with one place and these hours every day.
fn on_duty(from: &str, to: &str) -> Profile {
    Profile { hours: Some(schedule(&every_day(from, to))), ..profile(&[], Some(1)) }
}

#[test]
fn after_the_end_of_service_what_runs_goes_on_and_nothing_new_comes() {
    given([connected_as("alice", on_duty("09:00", "12:00")), asks("zoe"), picks_up("alice", "zoe")])
        .at("2026-01-05T12:00:00+01:00")
        .then([shift_ended("alice")])
        .when(operator("alice"), write("zoe", "Bonjour"))
        .then([posted("zoe", "alice", 1, pupitre_domain::event::Voice::Operator, "Bonjour")])
        .when(operator("alice"), end("zoe"))
        .then([ended("zoe", "alice", EndReason::Operator)])
        .when(visitor("yann"), request("yann"))
        .then([requested("yann"), refused("yann", NoOperator)]);
}

#[test]
fn the_shift_begins_and_the_queue_is_served_at_once() {
    let scene = given([
        connected_with_capacity("bob", 1),
        connected_as("alice", on_duty("12:00", "18:00")),
        asks("zoe"),
        asks("yann"),
    ]);
    assert_eq!(scene.waiting(), ["yann"]);
    scene
        .at("2026-01-05T11:59:59+01:00")
        .then_nothing()
        .at("2026-01-05T12:00:00+01:00")
        .then([shift_started("alice"), assigned("yann", "alice")]);
}

#[test]
fn an_operator_out_of_hours_takes_no_transfer_but_by_force() {
    let scene = given([connected("bob"), asks("zoe"), connected_as("alice", on_duty("12:00", "18:00"))]);
    scene.clone().when(operator("bob"), transfer_to("zoe", "alice")).then_refused("operator_not_receiving");
    scene.when(supervisor(), force_to("zoe", "alice")).then([transferred_by_force("zoe", "bob", "alice")]);
}

#[test]
fn a_night_shift_ends_in_the_morning() {
    given([connected_as("alice", on_duty("22:00", "06:00"))])
        .at("2026-01-05T22:00:00+01:00")
        .then([shift_started("alice")])
        .at("2026-01-06T05:59:59+01:00")
        .then_nothing()
        .at("2026-01-06T06:00:00+01:00")
        .then([shift_ended("alice")]);
}

#[test]
fn shifts_missed_during_downtime_are_all_recorded_and_the_operator_is_where_the_clock_says() {
    let scene = given([connected_as("alice", on_duty("09:00", "12:00"))])
        .restarted()
        .at("2026-01-07T10:00:00+01:00")
        .then([shift_ended("alice"), shift_started("alice"), shift_ended("alice"), shift_started("alice")])
        .restarted();
    assert!(scene.livechat.operator(&operator_id("alice")).unwrap().on_shift);
}

#[test]
fn a_shift_that_ended_over_the_days_the_server_was_down_has_ended() {
    let scene = given([connected_as("alice", on_duty("09:00", "12:00"))])
        .restarted()
        .at("2026-01-06T13:00:00+01:00")
        .then([shift_ended("alice"), shift_started("alice"), shift_ended("alice")]);
    assert!(!scene.livechat.operator(&operator_id("alice")).unwrap().on_shift);
}

#[test]
fn a_profile_with_other_hours_begins_or_ends_the_shift_at_once() {
    let scene = given([connected_as("alice", on_duty("09:00", "12:00"))]);
    let later_on = on_duty("14:00", "18:00");
    scene
        .when(administrator(), register("alice", later_on.clone()))
        .then([operator_registered("alice", later_on), shift_ended("alice")])
        .when(administrator(), register("alice", profile(&[], Some(1))))
        .then([operator_registered("alice", profile(&[], Some(1))), shift_started("alice")]);
}

#[test]
fn the_hours_of_operators_are_in_the_time_zone_of_the_livechat() {
    let new_york = in_zone("America/New_York", &every_day("00:00", "24:00"));
    let scene = given([connected_as("alice", on_duty("09:00", "12:00"))])
        .when(administrator(), settings(new_york.clone()))
        .then([settings_changed(new_york), shift_ended("alice")]);
    assert_eq!(scene.livechat.next_deadline(), Some(instant("2026-01-05T09:00:00-05:00")));
}

#[test]
fn a_shift_that_begins_by_a_change_of_zone_serves_the_queue() {
    let london = in_zone("Europe/London", &every_day("00:00", "24:00"));
    given([
        connected_with_capacity("bob", 1),
        connected_as("alice", on_duty("08:00", "10:00")),
        asks("zoe"),
        asks("yann"),
    ])
    .when(administrator(), settings(london.clone()))
    .then([settings_changed(london), shift_started("alice"), assigned("yann", "alice")]);
}

#[test]
fn wrong_hours_of_an_operator_are_named() {
    given([]).when(administrator(), register("alice", on_duty("09:00", "09:00"))).then_wrong([
        "hours.week.monday[0].to",
        "hours.week.tuesday[0].to",
        "hours.week.wednesday[0].to",
        "hours.week.thursday[0].to",
        "hours.week.friday[0].to",
        "hours.week.saturday[0].to",
        "hours.week.sunday[0].to",
    ]);
}
