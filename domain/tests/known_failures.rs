//! What other livechats are known to get wrong, each as a story that goes right here.

use pupitre_domain::event::EndReason;
use pupitre_domain::event::RefusalReason::{NoOperator, OutsideHours};
use pupitre_domain::event::Voice;
use pupitre_domain::settings::Status::Available;
use pupitre_domain::settings::opening_hours::{Exception, TimeRange, Week};
use pupitre_domain::settings::{OpeningHours, Section};
use pupitre_domain::state::timers::TimerKind::{AutoTransfer, FollowUp, TimeoutReminder, VisitorInactivity};
use pupitre_domain::{Action, Actor, ConversationAction, Timestamp};

use crate::support::*;

fn load(scene: &Scene, name: &str) -> usize {
    scene.livechat.operator(&operator_id(name)).unwrap().load()
}

fn with(scene: &Scene, visitor: &str) -> String {
    scene.operator_of(visitor).unwrap_or_else(|| "nobody".to_owned())
}

// Two operators take one conversation at once.

#[test]
fn two_operators_pick_up_one_conversation_at_once_and_one_has_it() {
    given([connected("alice"), asks("zoe"), connected("bob")])
        .when(operator("bob"), pick_up("zoe"))
        .then_refused("not_your_conversation")
        .when(operator("alice"), pick_up("zoe"))
        .then([picked_up("zoe", "alice")]);
}

#[test]
fn the_pick_up_that_comes_after_a_transfer_is_refused_and_the_receiver_has_it_alone() {
    let scene = given([connected("alice"), asks("zoe"), connected("bob"), transfers("alice", "zoe", "bob")])
        .when(operator("alice"), pick_up("zoe"))
        .then_refused("not_your_conversation")
        .when(operator("bob"), pick_up("zoe"))
        .then([picked_up("zoe", "bob")]);
    assert_eq!((load(&scene, "alice"), load(&scene, "bob")), (0, 1));
}

#[test]
fn the_pick_up_that_comes_with_the_transfer_by_rule_is_refused() {
    let scene = given([change(only(|clocks| clocks.auto_transfer = 90)), connected("alice"), asks("zoe")])
        .past([connected("bob"), later(seconds(90))])
        .when(operator("alice"), pick_up("zoe"))
        .then_refused("not_your_conversation");
    assert_eq!((load(&scene, "alice"), load(&scene, "bob")), (0, 1));
}

// Capacity exceeded.

#[test]
fn a_burst_of_requests_at_one_instant_fills_everybody_and_exceeds_nobody() {
    let names: Vec<String> = (0..20).map(|n| format!("visitor-{n}")).collect();
    let mut scene = given([change(capacity(2, 2)), connected("alice"), connected_with_capacity("bob", 5)]);
    for name in &names {
        scene = scene.when(visitor(name), request(name)).then_whatever();
    }
    assert_eq!((load(&scene, "alice"), load(&scene, "bob")), (2, 5));
    assert_eq!(scene.waiting(), names[7..11]);
}

#[test]
fn a_transfer_does_not_exceed_the_capacity_of_the_receiver() {
    let scene = given([connected_with_capacity("alice", 1), asks("zoe"), connected_with_capacity("bob", 1)])
        .past([asks("yann")]);
    scene.clone().when(operator("alice"), transfer_to("zoe", "bob")).then_refused("operator_has_no_room");
    scene.when(supervisor(), transfer_to("zoe", "bob")).then_refused("operator_has_no_room");
}

#[test]
fn a_transfer_by_rule_and_a_disconnection_do_not_exceed_the_capacity_of_others() {
    let clocks = only(|clocks| (clocks.auto_transfer, clocks.disconnect_notice) = (90, 30));
    let scene = given([change(clocks), connected_with_capacity("alice", 2), asks("zoe"), asks("xena")])
        .past([connected_with_capacity("bob", 1)])
        .past([later(seconds(90))]);
    assert_eq!((load(&scene, "alice"), load(&scene, "bob")), (1, 1));
    let scene = scene.past([signs_out("alice")]);
    assert_eq!((load(&scene, "alice"), load(&scene, "bob")), (0, 1));
    assert_eq!(scene.waiting().len(), 1);
}

#[test]
fn a_load_that_rises_while_the_capacity_is_lowered_stops_at_the_capacity() {
    let scene = given([change(capacity(3, 5)), connected("alice"), asks("zoe"), change(capacity(2, 5))])
        .past([asks("yann"), asks("xena"), registered("alice", profile(&[], Some(1))), asks("wim")])
        .past([picks_up("alice", "zoe"), ends("alice", "zoe")]);
    assert_eq!(load(&scene, "alice"), 1);
    assert_eq!(scene.waiting(), ["xena", "wim"]);
}

// A queue that is not drained.

/// Alice, who has one place, talks with yann; zoe waits.
fn zoe_waits() -> Scene {
    given([connected_with_capacity("alice", 1), asks("yann"), picks_up("alice", "yann"), asks("zoe")])
}

#[test]
fn the_queue_is_served_by_a_change_of_status() {
    let scene = zoe_waits().past([takes_a_break("alice"), ends("alice", "yann")]);
    assert_eq!(scene.waiting(), ["zoe"]);
    scene
        .when(operator("alice"), change_status("alice", Available))
        .then([status_changed("alice", Available), assigned("zoe", "alice")]);
}

#[test]
fn the_queue_is_served_by_a_connection_and_by_a_reconnection() {
    zoe_waits()
        .past([signs_out("alice")])
        .when(operator("alice"), connect("alice"))
        .then([operator_connected("alice"), assigned("yann", "alice")]);
    zoe_waits()
        .past([loses_connection("alice"), Step::Do(visitor("yann"), end("yann"))])
        .when(operator("alice"), connect("alice"))
        .then([reconnected("alice"), assigned("zoe", "alice")]);
}

#[test]
fn the_queue_is_served_by_a_raised_capacity_of_the_livechat_or_of_an_operator() {
    given([change(capacity(1, 2)), connected("alice"), asks("yann"), asks("zoe")])
        .when(administrator(), settings(capacity(2, 2)))
        .then([settings_changed(capacity(2, 2)), assigned("zoe", "alice")]);
    zoe_waits()
        .when(administrator(), register("alice", profile(&[], Some(2))))
        .then([operator_registered("alice", profile(&[], Some(2))), assigned("zoe", "alice")]);
}

#[test]
fn the_queue_is_served_by_a_skill_that_an_operator_learns() {
    let knows = || profile(&["sales"], None);
    given([change(skills(&["sales"])), connected_with_skills("alice", &["sales"]), connected("bob")])
        .past([asks_for("zoe", "sales"), asks_for("yann", "sales")])
        .when(administrator(), register("bob", knows()))
        .then([operator_registered("bob", knows()), assigned("yann", "bob")]);
}

// First come, first served.

#[test]
fn a_skill_keeps_the_order_among_visitors_whom_one_operator_can_serve() {
    let scene = given([change(skills(&["sales"])), connected_with_skills("alice", &["sales"])])
        .past([asks("vera"), picks_up("alice", "vera")])
        .past([asks("zoe"), later(seconds(1)), asks_for("yann", "sales")])
        .past([ends("alice", "vera")]);
    assert_eq!(with(&scene, "zoe"), "alice");
    assert_eq!(scene.waiting(), ["yann"]);
}

#[test]
fn a_visitor_whom_nobody_free_can_serve_keeps_the_place_and_holds_up_nobody() {
    let scene = given([change(skills(&["sales"])), connected_with_skills("alice", &["sales"])])
        .past([connected_with_capacity("bob", 1), asks_for("wim", "sales"), asks("vera")])
        .past([picks_up("alice", "wim"), picks_up("bob", "vera"), asks_for("zoe", "sales"), asks("yann")])
        .past([ends("bob", "vera")]);
    assert_eq!(with(&scene, "yann"), "bob");
    assert_eq!(scene.waiting(), ["zoe"]);
    let scene = scene.past([asks_for("xena", "sales"), ends("alice", "wim")]);
    assert_eq!(with(&scene, "zoe"), "alice");
}

// A timer that fires for the wrong one.

#[test]
fn no_clock_of_silence_runs_for_a_visitor_who_waits_for_an_answer() {
    let scene = given([change(all_clocks()), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .past([later(minutes(2)), writes("zoe")]);
    for clock in [FollowUp, TimeoutReminder, VisitorInactivity] {
        assert_eq!(scene.due("zoe", clock), None);
    }
    scene.past([change(timeouts(10, 60))]).after(seconds(89)).then_nothing();
}

#[test]
fn no_clock_of_the_first_operator_fires_after_a_transfer() {
    let scene = given([change(all_clocks()), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .past([connected("bob"), later(minutes(2)), transfers("alice", "zoe", "bob")]);
    assert_eq!(scene.due("zoe", AutoTransfer), Some(minutes(2) + seconds(90)));
    scene.past([picks_up("bob", "zoe")]).after(minutes(600)).then_nothing();
}

#[test]
fn no_clock_fires_after_the_return_to_the_queue() {
    given([change(all_clocks()), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .past([signs_out("alice")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn an_unanswered_conversation_is_not_sent_back_to_an_operator_who_already_ignored_it() {
    let scene = given([change(only(|clocks| clocks.auto_transfer = 90)), connected("alice"), asks("zoe")])
        .past([connected("bob"), later(seconds(90))]);
    assert_eq!(with(&scene, "zoe"), "bob");
    let scene = scene.past([connected("carol"), later(seconds(90))]);
    assert_eq!(with(&scene, "zoe"), "carol");
}

// An operator who is not there.

#[test]
fn an_operator_whose_socket_died_does_not_stay_online() {
    let scene = given([change(only(|clocks| clocks.disconnect_notice = 30)), connected("alice")]).past([
        asks("zoe"),
        connected("bob"),
        loses_connection("alice"),
        takes_a_break("bob"),
    ]);
    assert_eq!(scene.livechat.roster().choose(None), None);
    let scene = scene.past([later(seconds(30))]);
    assert!(scene.livechat.operator(&operator_id("alice")).unwrap().connected_since.is_none());
    assert_eq!(scene.waiting(), ["zoe"]);
    scene.when(visitor("yann"), request("yann")).then([requested("yann"), refused("yann", NoOperator)]);
}

#[test]
fn no_visitor_is_stranded_when_the_last_operator_leaves_between_offer_and_first_message() {
    let scene = given([connected("alice"), asks("zoe")])
        .when(operator("alice"), disconnect("alice"))
        .then([operator_signed_out("alice"), returned_to_queue("zoe", "alice", 1)])
        .when(operator("alice"), pick_up("zoe"))
        .then_refused("not_assigned");
    scene
        .past([later(minutes(5)), registered("bob", profile(&[], None))])
        .when(operator("bob"), connect("bob"))
        .then([operator_connected("bob"), assigned("zoe", "bob")]);
    let scene = given([change(only(|clocks| clocks.unanswered = 5)), connected("alice"), asks("zoe")]);
    scene.past([signs_out("alice")]).after(minutes(5)).then([released_unanswered("zoe", None)]);
}

// A re-escalation to the previous operator.

/// Zoe's conversation with alice was kept open; bob has served somebody since and is free.
fn zoe_comes_back() -> Scene {
    given([change(kept_open()), connected_with_capacity("alice", 1), asks("zoe"), talks_to("alice", "zoe")])
        .past([ends("alice", "zoe"), connected("bob")])
}

fn asked_again(scene: Scene) -> String {
    let again = Action::Conversation(
        conversation("zoe"),
        ConversationAction::RequestAgain(Box::new(plain_request("zoe", None))),
    );
    with(&scene.past([Step::Do(visitor("zoe"), again)]), "zoe")
}

#[test]
fn a_returning_visitor_goes_to_the_previous_operator_although_it_is_anothers_turn() {
    assert_eq!(asked_again(zoe_comes_back()), "alice");
}

#[test]
fn a_returning_visitor_goes_to_another_operator_at_once_when_the_previous_one_is_away() {
    for away in [takes_a_break("alice"), signs_out("alice"), loses_connection("alice")] {
        assert_eq!(asked_again(zoe_comes_back().past([away])), "bob");
    }
}

#[test]
fn a_returning_visitor_goes_to_another_operator_at_once_when_the_previous_one_is_full() {
    let scene = zoe_comes_back().past([takes_a_break("bob"), asks("yann"), takes("bob", Available)]);
    assert_eq!(with(&scene, "yann"), "alice");
    assert_eq!(asked_again(scene), "bob");
}

#[test]
fn a_returning_visitor_goes_to_another_operator_at_once_when_the_shift_of_the_previous_one_is_over() {
    let never =
        pupitre_domain::settings::opening_hours::Schedule { week: Some(Week::default()), exceptions: vec![] };
    let hours = pupitre_domain::event::Profile { hours: Some(never), ..profile(&[], Some(1)) };
    assert_eq!(asked_again(zoe_comes_back().past([registered("alice", hours)])), "bob");
}

// The opening minute, the closing minute, a holiday, the night of a clock change.

/// Open from 09:00 to 18:00 every day but on Epiphany, and from 01:00 to 04:00 on both nights of 2026 on
/// which the clocks change; alice is there day and night.
fn open_by_day(at: &str) -> Scene {
    let day = || vec![TimeRange::parse("09:00", "18:00")];
    let week = Week {
        monday: day(),
        tuesday: day(),
        wednesday: day(),
        thursday: day(),
        friday: day(),
        saturday: day(),
        sunday: day(),
    };
    let on = |date: &str, ranges| Exception { date: date.parse().unwrap(), ranges, label: String::new() };
    let night = || vec![TimeRange::parse("01:00", "04:00")];
    let exceptions = vec![on("2026-01-06", vec![]), on("2026-03-29", night()), on("2026-10-25", night())];
    let hours = OpeningHours { week: Some(week), exceptions, ..OpeningHours::default() };
    let at: Timestamp = at.parse().unwrap();
    given([change(Section::OpeningHours(hours)), connected("alice"), later(at - start())])
}

fn is_served(at: &str) -> bool {
    with(&open_by_day(at).when(visitor("zoe"), request("zoe")).then_whatever(), "zoe") == "alice"
}

#[test]
fn the_opening_minute_is_open_and_the_one_before_is_not() {
    assert!(!is_served("2026-01-07T08:59:59.999+01:00"));
    assert!(is_served("2026-01-07T09:00:00+01:00"));
}

#[test]
fn the_closing_minute_is_closed_and_the_one_before_is_not() {
    assert!(is_served("2026-01-07T17:59:59.999+01:00"));
    assert!(!is_served("2026-01-07T18:00:00+01:00"));
}

#[test]
fn a_holiday_is_closed_all_day_with_its_reason() {
    open_by_day("2026-01-06T12:00:00+01:00")
        .when(visitor("zoe"), request("zoe"))
        .then([requested("zoe"), refused("zoe", OutsideHours)]);
    assert!(is_served("2026-01-05T12:00:00+01:00") && is_served("2026-01-07T12:00:00+01:00"));
}

#[test]
fn the_night_on_which_the_clocks_go_forward_has_two_of_those_three_hours() {
    assert!(!is_served("2026-03-29T00:59:59+01:00"));
    assert!(is_served("2026-03-29T01:00:00+01:00"));
    assert!(is_served("2026-03-29T03:00:00+02:00"));
    assert!(is_served("2026-03-29T03:59:59+02:00"));
    assert!(!is_served("2026-03-29T04:00:00+02:00"));
}

#[test]
fn the_night_on_which_the_clocks_go_back_has_four_of_those_three_hours() {
    assert!(!is_served("2026-10-25T00:59:59+02:00"));
    assert!(is_served("2026-10-25T01:00:00+02:00"));
    assert!(is_served("2026-10-25T02:30:00+02:00"));
    assert!(is_served("2026-10-25T02:30:00+01:00"));
    assert!(is_served("2026-10-25T03:59:59+01:00"));
    assert!(!is_served("2026-10-25T04:00:00+01:00"));
}

// A message to a conversation that is over.

#[test]
fn a_message_to_a_conversation_that_is_over_is_refused_from_every_side_kept_open_or_not() {
    for keep in [Step::All(vec![]), change(kept_open())] {
        let over = given([keep, connected("alice"), asks("zoe"), talks_to("alice", "zoe")]);
        let over = over.past([ends("alice", "zoe")]);
        for author in [visitor("zoe"), operator("alice"), supervisor(), bot()] {
            over.clone().when(author, write("zoe", "Encore un mot")).then_refused("conversation_over");
        }
        over.when(operator("alice"), type_in("zoe")).then_refused("conversation_over");
    }
}

#[test]
fn a_message_that_crosses_the_end_by_inactivity_is_refused_and_the_end_stands() {
    given([connected("alice"), asks("zoe"), talks_to("alice", "zoe"), later(minutes(9))])
        .after(minutes(1))
        .then([ended("zoe", "alice", EndReason::Timeout)])
        .when(visitor("zoe"), write("zoe", "Je suis là !"))
        .then_refused("conversation_over");
}

#[test]
fn a_message_to_a_conversation_asked_for_again_is_heard() {
    let again = Action::Conversation(
        conversation("zoe"),
        ConversationAction::RequestAgain(Box::new(plain_request("zoe", None))),
    );
    zoe_comes_back()
        .past([Step::Do(bot(), again)])
        .when(visitor("zoe"), write("zoe", "Me revoilà"))
        .then([posted("zoe", "alice", 2, Voice::Visitor, "Me revoilà")]);
}

#[test]
fn the_system_alone_lets_time_pass_and_it_harms_nothing_to_do_it_twice() {
    given([change(all_clocks()), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .past([later(minutes(3))])
        .when(Actor::System, Action::Tick)
        .then_nothing();
}
