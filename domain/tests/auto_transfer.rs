//! `auto_transfer`: a conversation that is not picked up, or in which a message of the visitor is
//! unanswered, goes to another operator. 90 seconds here, as by default.

use chrono::TimeDelta;
use pupitre_domain::Action;
use pupitre_domain::event::EndReason;
use pupitre_domain::settings::Status;
use pupitre_domain::settings::phrases::Wording;
use pupitre_domain::settings::{Phrase, Phrases, Section, Timeouts};
use pupitre_domain::state::timers::TimerKind::AutoTransfer;
use pupitre_domain::text::Language;

use crate::support::*;

fn ninety_seconds() -> Section {
    only(|clocks| clocks.auto_transfer = 90)
}

/// Zoe is on alice's desk, which flashes; bob is free.
fn zoe_flashes() -> Scene {
    given([change(ninety_seconds()), connected("alice"), asks("zoe"), connected("bob")])
}

/// Alice has picked zoe up; bob is free.
fn zoe_talks() -> Scene {
    zoe_flashes().past([picks_up("alice", "zoe")])
}

/// Alice, bob and carol have one place each; zoe flashes at alice's.
fn three_of_one_place() -> Scene {
    given([change(ninety_seconds()), connected_with_capacity("alice", 1), asks("zoe")])
        .past([connected_with_capacity("bob", 1), connected_with_capacity("carol", 1)])
}

// What starts the clock, and what stops it.

#[test]
fn a_conversation_that_is_not_picked_up_goes_to_another_operator() {
    let scene = zoe_flashes()
        .after(seconds(89))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("bob"));
}

#[test]
fn a_message_that_is_not_answered_takes_the_conversation_to_another_operator() {
    zoe_talks()
        .past([later(minutes(5)), writes("zoe")])
        .after(seconds(89))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn a_conversation_that_is_picked_up_and_owes_no_answer_stays() {
    zoe_talks().after(minutes(600)).then_nothing();
    zoe_talks().past([answers("alice", "zoe")]).after(minutes(600)).then_nothing();
}

#[test]
fn the_clock_runs_from_the_first_message_that_is_unanswered() {
    zoe_talks()
        .past([writes("zoe"), later(seconds(60)), writes("zoe"), later(seconds(29)), writes("zoe")])
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn a_message_before_the_pick_up_does_not_move_the_deadline() {
    zoe_flashes()
        .past([later(seconds(60)), writes("zoe")])
        .after(seconds(30))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn the_answer_stops_the_clock_and_the_next_message_starts_it_anew() {
    zoe_talks()
        .past([writes("zoe"), later(seconds(80)), answers("alice", "zoe"), later(minutes(5)), writes("zoe")])
        .after(seconds(89))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn an_article_or_a_word_of_the_supervisor_is_an_answer() {
    for answer in
        [Step::Do(operator("alice"), send_article("zoe")), Step::Do(supervisor(), write("zoe", "Bonjour"))]
    {
        zoe_talks().past([change(an_article()), writes("zoe"), answer]).after(minutes(600)).then_nothing();
    }
}

#[test]
fn a_phrase_is_no_answer() {
    given_with_phrases([change(ninety_seconds()), connected("alice"), asks("zoe"), connected("bob")])
        .past([writes("zoe"), picks_up("alice", "zoe")])
        .after(seconds(90))
        .then_said(["Alice prend le relais et va vous répondre."]);
}

#[test]
fn a_supervisor_who_answers_before_the_pick_up_does_not_excuse_the_operator() {
    zoe_flashes()
        .past([supervisor_answers("zoe")])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn the_pick_up_starts_the_clock_anew_if_a_message_waits() {
    zoe_flashes()
        .past([writes("zoe"), later(seconds(80)), picks_up("alice", "zoe")])
        .after(seconds(89))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn a_transfer_by_hand_starts_the_clock_of_the_receiver() {
    zoe_flashes()
        .past([later(seconds(60)), transfers("alice", "zoe", "bob")])
        .after(seconds(89))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "bob", "alice")]);
}

#[test]
fn a_conversation_in_the_queue_has_no_such_clock() {
    let scene = given([change(ninety_seconds()), connected_with_capacity("alice", 1), asks("yann")]).past([
        picks_up("alice", "yann"),
        asks("zoe"),
        writes("zoe"),
    ]);
    assert_eq!(scene.due("zoe", AutoTransfer), None);
    scene
        .past([later(minutes(5)), ends("alice", "yann"), connected("bob")])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn the_end_stops_the_clock() {
    zoe_talks().past([writes("zoe"), ends("alice", "zoe")]).after(minutes(600)).then_nothing();
}

// Typing.

#[test]
fn typing_starts_the_clock_anew_from_the_first_signal_to_the_last() {
    let typed_at = start() + seconds(60);
    zoe_talks()
        .past([writes("zoe"), later(seconds(60))])
        .when(operator("alice"), type_in("zoe"))
        .then([typed("zoe", "alice", typed_at + seconds(5))])
        .past([later(seconds(4))])
        .when(operator("alice"), type_in("zoe"))
        .then_nothing()
        .after(seconds(90))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn typing_counts_from_the_first_second() {
    zoe_talks()
        .past([writes("zoe"), later(seconds(1))])
        .when(operator("alice"), type_in("zoe"))
        .then([typed("zoe", "alice", start() + seconds(6))]);
}

#[test]
fn typing_is_recorded_every_5_seconds_at_most_and_more_often_where_the_clock_is_short() {
    let typed_again = |secs: i64, every: TimeDelta| {
        let scene = zoe_talks().past([change(only(|clocks| clocks.auto_transfer = secs)), writes("zoe")]);
        let scene = scene.past([later(seconds(1))]);
        let at = scene.now();
        let scene = scene.when(operator("alice"), type_in("zoe")).then([typed("zoe", "alice", at + every)]);
        let scene = scene.past([later(every)]);
        let scene = scene.when(operator("alice"), type_in("zoe")).then_nothing();
        let scene = scene.past([later(TimeDelta::milliseconds(1))]);
        let at = scene.now();
        scene.when(operator("alice"), type_in("zoe")).then([typed("zoe", "alice", at + every)]);
    };
    typed_again(90, seconds(5));
    typed_again(3_600, seconds(5));
    typed_again(10, seconds(1));
    typed_again(3, TimeDelta::milliseconds(300));
}

#[test]
fn a_visitor_who_keeps_typing_loses_nothing() {
    let mut scene = zoe_talks().past([change(only(|clocks| clocks.auto_transfer = 3)), writes("zoe")]);
    for _ in 0..600 {
        scene = scene.past([later(TimeDelta::milliseconds(500))]);
        scene = scene.when(operator("alice"), type_in("zoe")).then_whatever();
    }
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
}

#[test]
fn typing_to_a_visitor_who_does_not_wait_records_nothing() {
    zoe_talks().past([later(minutes(1))]).when(operator("alice"), type_in("zoe")).then_nothing();
    given([connected("alice"), asks("zoe"), later(minutes(1))])
        .when(operator("alice"), type_in("zoe"))
        .then_nothing();
}

#[test]
fn only_the_operator_in_charge_types() {
    let scene = zoe_talks().past([writes("zoe"), later(minutes(1))]);
    scene.clone().when(operator("bob"), type_in("zoe")).then_refused("not_your_conversation");
    for actor in [supervisor(), administrator()] {
        scene.clone().when(actor, type_in("zoe")).then_refused("forbidden");
    }
    scene
        .past([ends("alice", "zoe")])
        .when(operator("alice"), type_in("zoe"))
        .then_refused("conversation_over");
}

// To whom.

#[test]
fn it_goes_by_the_rules_of_choice_to_an_operator_who_may_receive_it() {
    given([change(skills(&["sales"])), change(ninety_seconds()), connected_with_skills("alice", &["sales"])])
        .past([asks_for("zoe", "sales"), connected("bob"), connected_with_skills("carol", &["sales"])])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "alice", "carol")]);
}

#[test]
fn it_returns_to_an_operator_who_ignored_it_only_after_all_others_have() {
    let scene = three_of_one_place()
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "alice", "bob")])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "bob", "carol")]);
    scene
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "carol", "alice")])
        .after(seconds(180))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn it_waits_for_an_operator_who_has_not_had_it_although_one_who_ignored_it_is_free() {
    three_of_one_place()
        .past([later(seconds(90)), takes_a_break("alice"), asks("yann")])
        .past([picks_up("carol", "yann"), takes("alice", Status::Available)])
        .after(seconds(90))
        .then([stays("zoe", "bob")])
        .when(operator("carol"), end("yann"))
        .then([ended("yann", "carol", EndReason::Operator), moved_from_inactive("zoe", "bob", "carol")]);
}

#[test]
fn it_goes_back_to_an_operator_who_ignored_it_when_the_others_may_not_receive() {
    three_of_one_place()
        .past([later(seconds(90)), takes_a_break("carol")])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "bob", "alice")]);
}

#[test]
fn a_new_request_is_a_new_segment_in_which_nobody_was_tried() {
    zoe_flashes()
        .past([later(seconds(90)), picks_up("bob", "zoe"), ends("bob", "zoe"), takes_a_break("bob")])
        .when(visitor("zoe"), request_with("zoe again", plain_request("zoe", None)))
        .then([requested_with("zoe again", plain_request("zoe", None)), assigned("zoe again", "alice")]);
}

#[test]
fn the_place_it_frees_serves_the_queue_at_once() {
    given([change(skills(&["sales"])), change(ninety_seconds()), connected_with_skills("alice", &["sales"])])
        .past([asks("zoe"), asks_for("yann", "sales"), connected("bob")])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "alice", "bob"), assigned("yann", "alice")]);
}

// Silent operators.

#[test]
fn two_silent_operators_do_not_pass_a_visitor_to_and_fro() {
    let mut scene = zoe_flashes();
    let (mut waits, mut from) = (vec![], scene.now());
    for _ in 0..8 {
        let due = start() + scene.due("zoe", AutoTransfer).unwrap();
        waits.push((due - from).num_seconds());
        from = due;
        let left = due - scene.now();
        scene = scene.past([later(left)]);
    }
    assert_eq!(waits, [90, 90, 180, 360, 720, 1_440, 2_880, 3_600]);
}

#[test]
fn the_visitor_is_notified_once_of_each_silent_operator() {
    let [alice, bob] = [("alice", "Alice"), ("bob", "Bob")].map(|(id, name)| (id, named(name)));
    let people = || [connected_as(alice.0, alice.1.clone()), asks("zoe"), connected_as(bob.0, bob.1.clone())];
    let phrases = || given_with_phrases([change(ninety_seconds())]).past(people());
    phrases()
        .after(seconds(90))
        .then_said(["Bob prend le relais et va vous répondre."])
        .after(seconds(90))
        .then_said([])
        .after(seconds(180))
        .then_said([])
        .after(seconds(360))
        .then_said([]);
}

#[test]
fn an_operator_who_picks_up_and_says_nothing_counts_as_silent() {
    let [alice, bob] = [connected_as("alice", named("Alice")), connected_as("bob", named("Bob"))];
    let scene = given_with_phrases([change(ninety_seconds()), alice, asks("zoe"), bob]);
    let scene = scene
        .when(operator("alice"), pick_up("zoe"))
        .then_said(["Bonjour, Alice est à votre écoute."])
        .past([writes("zoe")]);
    let mut scene = scene.after(seconds(90)).then_said(["Bob prend le relais et va vous répondre."]);
    // From then on the visitor hears of nobody again, and is passed on ever less often.
    let mut waits = vec![];
    for silent in ["bob", "alice"].into_iter().cycle().take(6) {
        scene = scene.when(operator(silent), pick_up("zoe")).then_said([]);
        let left = start() + scene.due("zoe", AutoTransfer).unwrap() - scene.now();
        waits.push(left.num_seconds());
        scene = scene.after(left).then_said([]);
    }
    assert_eq!(waits, [90, 180, 360, 720, 1_440, 2_880]);
    // Whoever answers is shown by the answer, and the next silence is another one.
    let scene = scene.past([talks_to("bob", "zoe"), writes("zoe")]);
    assert_eq!(scene.due("zoe", AutoTransfer).map(|due| start() + due), Some(scene.now() + seconds(90)));
    scene.after(seconds(90)).then_said(["Alice prend le relais et va vous répondre."]);
}

#[test]
fn an_operator_who_returns_after_an_earlier_answer_greets_once() {
    let [alice, bob] = [connected_as("alice", named("Alice")), connected_as("bob", named("Bob"))];
    let scene = given_with_phrases([change(ninety_seconds()), alice, asks("zoe"), bob]);
    let scene =
        scene.past([talks_to("alice", "zoe"), writes("zoe"), later(seconds(90)), picks_up("bob", "zoe")]);
    let scene = scene.past([later(seconds(90))]);
    let scene = scene
        .when(operator("alice"), pick_up("zoe"))
        .then_said(["Bonjour, Alice est à votre écoute."])
        .past([later(seconds(180)), picks_up("bob", "zoe"), later(seconds(360))]);
    scene.when(operator("alice"), pick_up("zoe")).then_said([]);
}

#[test]
fn a_sign_of_life_begins_anew() {
    let scene = zoe_flashes().past([later(seconds(90)), later(seconds(90)), later(seconds(180))]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("bob"));
    let scene = scene.past([picks_up("bob", "zoe"), writes("zoe")]);
    assert_eq!(scene.due("zoe", AutoTransfer).map(|due| start() + due), Some(scene.now() + seconds(90)));
}

// Searching.

#[test]
fn a_searching_operator_counts_as_working_as_long_as_the_search_is_announced() {
    let both = only(|clocks| (clocks.auto_transfer, clocks.search_notice) = (90, 2));
    let searching = || zoe_talks().past([change(both.clone()), change(every_status()), writes("zoe")]);
    let searching = || searching().past([takes("alice", Status::Searching)]);
    let period = minutes(2);
    searching()
        .after(period)
        .then([search_noticed("zoe", "alice", start() + period * 2)])
        .after(period)
        .then([search_noticed("zoe", "alice", start() + period * 3)])
        .past([takes("alice", Status::Available)])
        .after(seconds(89))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
    // Nothing is told of the search any more: it counts no more.
    searching()
        .past([change(ninety_seconds())])
        .after(period)
        .then([search_noticed_last("zoe", "alice")])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn under_any_settings_a_search_is_announced_and_loses_nobody_until_it_stops() {
    for secs in [1, 5, 59, 60, 61, 90, 119, 120, 121, 3_600] {
        for notice in [1, 2, 60, 1_440] {
            let both = only(|clocks| (clocks.auto_transfer, clocks.search_notice) = (secs, notice));
            let scene = given([change(both), change(every_status()), connected("alice"), asks("zoe")]);
            let scene =
                scene.past([picks_up("alice", "zoe"), connected("bob"), takes("alice", Status::Searching)]);
            let mut scene = scene.past([writes("zoe")]);
            for _ in 0..3 {
                let again_at = scene.now() + minutes(notice) * 2;
                scene = scene.after(minutes(notice)).then([search_noticed("zoe", "alice", again_at)]);
            }
            scene
                .past([takes("alice", Status::Available)])
                .after(seconds(secs) - TimeDelta::milliseconds(1))
                .then_nothing()
                .after(TimeDelta::milliseconds(1))
                .then([moved_from_inactive("zoe", "alice", "bob")]);
        }
    }
}

#[test]
fn searching_counts_for_nothing_where_it_is_never_announced() {
    zoe_talks()
        .past([change(every_status()), writes("zoe"), takes("alice", Status::Searching)])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn with_the_delivered_settings_the_phrase_of_the_search_is_said_before_anybody_loses_anything() {
    given_ready_made([change(every_status()), connected("alice"), asks("zoe"), picks_up("alice", "zoe")])
        .past([writes("zoe"), connected("bob"), takes("alice", Status::Searching)])
        .after(minutes(2))
        .then_said(["Alice recherche toujours l’information. Merci de patienter."]);
}

// What the visitor is shown.

#[test]
fn a_change_of_operator_that_is_not_noticed_is_hidden_and_nobody_is_greeted_twice() {
    let scene = |notice| {
        let timeouts = only(|clocks| (clocks.auto_transfer, clocks.auto_transfer_notice) = (90, notice));
        given_with_phrases([change(timeouts), connected_as("alice", named("Alice")), asks("zoe")])
            .past([connected_as("bob", named("Bob"))])
    };
    let unanswered = [picks_up("alice", "zoe"), writes("zoe"), later(seconds(90))];
    scene(false).past(unanswered).when(operator("bob"), pick_up("zoe")).then_said([]);
    let unanswered = [picks_up("alice", "zoe"), writes("zoe"), later(seconds(90))];
    scene(true).past(unanswered).when(operator("bob"), pick_up("zoe")).then_said([]);
    // Who has greeted nobody yet is not hidden.
    let hidden = scene(false).past([later(seconds(90))]);
    hidden.when(operator("bob"), pick_up("zoe")).then_said(["Bonjour, Bob est à votre écoute."]);
    // A change by hand is no secret, and the next is greeted.
    let unanswered = [picks_up("alice", "zoe"), writes("zoe"), later(seconds(90))];
    let by_hand = scene(false).past(unanswered).past([transfers("bob", "zoe", "alice")]);
    by_hand.when(operator("alice"), pick_up("zoe")).then_said(["Bonjour, Alice est à votre écoute."]);
}

/// Every phrase names the operator and nothing else; Alice has greeted zoe, and Bob has it now, which is hidden.
fn bob_has_what_was_alice_s(clocks: impl Fn(&mut Timeouts)) -> Scene {
    let text = || [(Language::Fr, "{operator} !".to_owned())].into();
    let names = Phrases(
        Phrase::ALL.iter().map(|phrase| (*phrase, Wording { enabled: true, text: text() })).collect(),
    );
    let timeouts = only(|timeouts| {
        (timeouts.auto_transfer, timeouts.auto_transfer_notice) = (90, false);
        clocks(timeouts);
    });
    given([change(Section::Phrases(names)), change(timeouts), change(every_status())])
        .past([connected_as("alice", named("Alice")), asks("zoe"), picks_up("alice", "zoe")])
        .past([writes("zoe"), connected_as("bob", named("Bob")), later(seconds(90))])
        .when(operator("bob"), pick_up("zoe"))
        .then_said([])
        .restarted()
}

#[test]
fn where_the_change_is_hidden_every_phrase_names_the_operator_the_visitor_knows() {
    let scene = bob_has_what_was_alice_s(|_| {});
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("bob"));
    // The end, kept open or not.
    scene.clone().when(operator("bob"), end("zoe")).then_said(["Alice !"]);
    let kept = scene.clone().past([change(kept_open())]).when(operator("bob"), end("zoe"));
    kept.then_said(["Alice !"]);
    // The silence of the visitor: the follow-up, the warning, the end.
    let silence = bob_has_what_was_alice_s(|clocks| {
        (clocks.follow_up, clocks.visitor_inactivity, clocks.timeout_reminder) = (3, 10, 60);
    });
    let silence = silence.past([answers("bob", "zoe")]).after(minutes(3)).then_said(["Alice !"]);
    silence.after(minutes(6)).then_said(["Alice !"]).after(minutes(1)).then_said(["Alice !"]);
    // The search.
    let search = bob_has_what_was_alice_s(|clocks| clocks.search_notice = 2);
    let search = search.past([writes("zoe"), takes("bob", Status::Searching)]);
    search.after(minutes(2)).then_said(["Alice !"]).after(minutes(2)).then_said(["Alice !"]);
    // The lost desk.
    let lost = bob_has_what_was_alice_s(|clocks| clocks.disconnect_notice = 30);
    let lost = lost
        .past([change(without_transfer_on_disconnect()), Step::Do(operator("alice"), disconnect("alice"))]);
    lost.past([loses_connection("bob")]).after(seconds(30)).then_said(["Alice !"]);
}

#[test]
fn a_published_change_names_the_operator_again() {
    let scene = bob_has_what_was_alice_s(|_| {}).past([connected_as("carol", named("Carol"))]);
    let told = scene.when(operator("bob"), transfer_to("zoe", "carol")).then_said(["Carol !"]);
    let told = told.when(operator("carol"), pick_up("zoe")).then_said(["Carol !"]);
    // Hidden again, it is Carol whom the visitor knows.
    let hidden = told.past([writes("zoe"), takes_a_break("alice"), later(seconds(90))]);
    assert_eq!(hidden.operator_of("zoe").as_deref(), Some("bob"));
    hidden.past([picks_up("bob", "zoe")]).when(operator("bob"), end("zoe")).then_said(["Carol !"]);
}

#[test]
fn a_visitor_back_in_the_queue_or_asking_again_counts_as_having_met_nobody() {
    // Alone, bob leaves; alice comes back, and does not pick up.
    let alone = bob_has_what_was_alice_s(|_| {}).past([signs_out("alice"), signs_out("bob")]);
    assert_eq!(alone.waiting(), ["zoe"]);
    let flashes = || {
        Step::All(vec![Step::Do(operator("alice"), connect("alice")), connected_as("carol", named("Carol"))])
    };
    let moved = alone.past([flashes(), later(seconds(90))]);
    assert_eq!(moved.operator_of("zoe").as_deref(), Some("carol"));
    moved.when(operator("carol"), pick_up("zoe")).then_said(["Carol !"]);
    // The next segment flashes at bob's, who does not pick up.
    let scene = bob_has_what_was_alice_s(|_| {}).past([change(kept_open()), ends("bob", "zoe")]);
    let again = request_again("zoe", plain_request("zoe", None));
    let scene = scene.past([Step::Do(visitor("zoe"), again), later(seconds(90))]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("alice"));
    scene.when(operator("alice"), pick_up("zoe")).then_said(["Alice !"]);
}

// Nobody has room.

#[test]
fn it_stays_when_nobody_has_room_and_goes_to_the_first_who_has() {
    let stranded = || {
        given([change(ninety_seconds()), connected("alice"), asks("zoe")])
            .after(seconds(90))
            .then([stays("zoe", "alice")])
            .after(minutes(600))
            .then_nothing()
    };
    stranded()
        .past([registered("bob", profile(&[], None))])
        .when(operator("bob"), connect("bob"))
        .then([operator_connected("bob"), moved_from_inactive("zoe", "alice", "bob")])
        .restarted();
    let bob_is_full =
        Step::All(vec![connected_with_capacity("bob", 1), asks("yann"), picks_up("bob", "yann")]);
    given([change(ninety_seconds()), connected_with_capacity("alice", 1), asks("zoe"), bob_is_full])
        .past([later(seconds(90))])
        .when(operator("bob"), end("yann"))
        .then([ended("yann", "bob", EndReason::Operator), moved_from_inactive("zoe", "alice", "bob")]);
}

/// Zoe flashes at alice's and nobody could take her; bob has one place, and yann in it.
fn stranded_beside_bob() -> Scene {
    let scene = given([change(skills(&["sales"])), change(ninety_seconds()), change(every_status())]);
    let scene = scene.past([connected_with_skills("alice", &["sales"]), asks_for("zoe", "sales")]);
    let bob = connected_with_skills("bob", &["sales"]);
    scene.past([bob, asks("yann"), picks_up("bob", "yann"), later(seconds(90))])
}

#[test]
fn room_is_used_at_once_however_it_comes() {
    let by_bob = |action| (operator("bob"), action);
    let by_administrator = |action| (administrator(), action);
    let ways = [
        ("the end", by_bob(end("yann"))),
        ("the visitor's end", (visitor("yann"), end("yann"))),
        ("a supervisor's end", (supervisor(), end("yann"))),
        ("more capacity", by_administrator(register("bob", profile(&["sales"], Some(2))))),
        ("a colleague", (operator("carol"), connect("carol"))),
        ("a transfer", (supervisor(), force_to("yann", "dave"))),
    ];
    for (way, (by, action)) in ways {
        let scene = stranded_beside_bob().past([
            registered("carol", profile(&["sales"], None)),
            connected_with_capacity("dave", 1),
            takes_a_break("dave"),
        ]);
        let scene = scene.when(by, action).then_whatever();
        assert_ne!(scene.operator_of("zoe").as_deref(), Some("alice"), "{way}");
    }
    // Of whoever was there all the time.
    let away = || {
        let scene = given([change(skills(&["sales"])), change(ninety_seconds()), change(every_status())]);
        scene.past([connected_with_skills("alice", &["sales"]), asks_for("zoe", "sales"), connected("bob")])
    };
    let learns = away().past([later(seconds(90)), registered("bob", profile(&["sales"], None))]);
    assert_eq!(learns.operator_of("zoe").as_deref(), Some("bob"), "a skill");
    let bob = || away().past([registered("bob", profile(&["sales"], None)), takes("bob", Status::Phone)]);
    let back = bob().past([later(seconds(90)), takes("bob", Status::Available)]);
    assert_eq!(back.operator_of("zoe").as_deref(), Some("bob"), "a status");
    let lost = away().past([registered("bob", profile(&["sales"], None)), loses_connection("bob")]);
    let lost = lost.past([later(seconds(9))]);
    let lost =
        lost.past([change(only(|clocks| clocks.auto_transfer = 1)), comes_back("bob"), later(seconds(81))]);
    assert_eq!(lost.operator_of("zoe").as_deref(), Some("bob"), "a desk");
    let capacity_of_all = given([
        change(capacity(1, 2)),
        change(ninety_seconds()),
        connected("alice"),
        asks("zoe"),
    ])
    .past([connected("bob"), asks("yann"), picks_up("bob", "yann"), later(seconds(90))]);
    assert_eq!(capacity_of_all.operator_of("zoe").as_deref(), Some("alice"));
    let capacity_of_all = capacity_of_all.past([change(capacity(2, 2))]);
    assert_eq!(capacity_of_all.operator_of("zoe").as_deref(), Some("bob"), "more capacity for all");
    let suspended = given([change(ninety_seconds()), connected("alice"), asks("zoe"), connected("bob")])
        .past([
            Step::Do(administrator(), Action::SuspendOperator(operator_id("bob"))),
            later(seconds(90)),
            Step::Do(administrator(), Action::ReinstateOperator(operator_id("bob"))),
        ]);
    assert_eq!(suspended.operator_of("zoe").as_deref(), Some("alice"));
    let suspended = suspended.past([comes_back("bob")]);
    assert_eq!(suspended.operator_of("zoe").as_deref(), Some("bob"), "a suspension that is taken back");
}

#[test]
fn a_night_in_which_nobody_comes_is_one_event() {
    let scene = stranded_beside_bob().past([writes("zoe")]);
    let told = scene.log.len();
    let scene = scene.past([later(minutes(300)), writes("zoe"), later(minutes(300))]).restarted();
    let scene = scene.after(minutes(300)).then_nothing();
    assert_eq!(scene.log.len(), told + 1, "nothing but what zoe said");
}

#[test]
fn of_those_that_wait_for_room_the_oldest_is_first_in_the_queue_or_not() {
    let scene = given([change(ninety_seconds()), connected_with_capacity("alice", 1), asks("zoe")]);
    let scene = scene.past([asks("yann"), later(seconds(90)), connected_with_capacity("bob", 1)]);
    assert_eq!(scene.operator_of("zoe").as_deref(), Some("bob"));
    assert_eq!(scene.operator_of("yann").as_deref(), Some("alice"), "in the place that became free");
}

#[test]
fn a_visitor_who_returns_to_it_keeps_it() {
    let scene = given([change(ninety_seconds()), connected("alice"), asks("zoe"), picks_up("alice", "zoe")]);
    let scene = scene.past([writes("zoe"), later(minutes(60)), writes("zoe"), later(minutes(60))]);
    let typing = scene.clone().when(operator("alice"), type_in("zoe"));
    let typing = typing.then([typed("zoe", "alice", scene.now() + seconds(5))]);
    let answered = scene.past([answers("alice", "zoe")]);
    for back in [typing, answered] {
        let back = back.past([connected("bob")]);
        assert_eq!(back.operator_of("zoe").as_deref(), Some("alice"));
    }
}

#[test]
fn an_operator_who_is_full_away_or_without_the_skill_has_no_room_for_it() {
    let full = Step::All(vec![connected_with_capacity("bob", 1), asks("yann"), picks_up("bob", "yann")]);
    let away = Step::All(vec![connected("bob"), takes_a_break("bob")]);
    let lost =
        Step::All(vec![connected("bob"), loses_connection("bob"), comes_back("bob"), signs_out("bob")]);
    for bob in [full, away, lost] {
        given([change(ninety_seconds()), connected_with_capacity("alice", 1), asks("zoe"), bob])
            .after(seconds(90))
            .then([stays("zoe", "alice")]);
    }
    given([change(skills(&["sales"])), change(ninety_seconds()), connected_with_skills("alice", &["sales"])])
        .past([asks_for("zoe", "sales"), connected("bob")])
        .after(seconds(90))
        .then([stays("zoe", "alice")]);
}

#[test]
fn after_a_long_time_down_it_is_tried_once_and_not_once_per_period() {
    given([change(ninety_seconds()), connected("alice"), asks("zoe")])
        .restarted()
        .after(minutes(600))
        .then([stays("zoe", "alice")]);
}

#[test]
fn the_answer_ends_the_trying() {
    given([
        change(ninety_seconds()),
        connected("alice"),
        asks("zoe"),
        picks_up("alice", "zoe"),
        writes("zoe"),
    ])
    .past([later(seconds(90)), answers("alice", "zoe"), connected("bob")])
    .after(minutes(600))
    .then_nothing();
}

// An operator who is away.

#[test]
fn an_operator_on_a_break_is_inactive_like_any_other() {
    zoe_talks()
        .past([takes_a_break("alice"), writes("zoe")])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn what_a_disconnected_operator_keeps_is_moved_once_the_visitor_waits() {
    let scene = given([change(without_transfer_on_disconnect()), change(ninety_seconds())]).past([
        connected("alice"),
        asks("zoe"),
        talks_to("alice", "zoe"),
        connected("bob"),
        signs_out("alice"),
    ]);
    scene.clone().after(minutes(600)).then_nothing();
    scene.past([writes("zoe")]).after(seconds(90)).then([moved_from_inactive("zoe", "alice", "bob")]);
}

// What the visitor reads, the setting, and restarts.

#[test]
fn the_visitor_is_notified_unless_auto_transfer_notice_is_off() {
    let setting = |told| only(|clocks| (clocks.auto_transfer, clocks.auto_transfer_notice) = (90, told));
    let scene =
        |told| given_with_phrases([change(setting(told)), connected("alice"), asks("zoe"), connected("bob")]);
    scene(true).after(seconds(90)).then_said(["Alice prend le relais et va vous répondre."]);
    scene(false).after(seconds(90)).then_said([]);
}

#[test]
fn the_conversation_has_to_be_picked_up_again() {
    zoe_talks()
        .past([writes("zoe"), later(seconds(90))])
        .when(operator("bob"), write("zoe", "Bonjour"))
        .then_refused("not_picked_up")
        .when(operator("alice"), write("zoe", "Bonjour"))
        .then_refused("not_your_conversation");
}

#[test]
fn with_auto_transfer_0_it_stays_for_ever() {
    given([connected("alice"), asks("zoe"), connected("bob"), writes("zoe")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn a_running_clock_keeps_its_deadline_when_the_setting_changes_and_the_next_uses_the_new() {
    zoe_flashes()
        .past([change(only(|clocks| clocks.auto_transfer = 30)), later(seconds(89))])
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")])
        .after(seconds(30))
        .then([moved_from_inactive("zoe", "bob", "alice")]);
}

#[test]
fn switched_off_while_it_runs_it_fires_and_is_not_tried_again() {
    given([change(ninety_seconds()), connected("alice"), asks("zoe"), change(only(|_| ()))])
        .after(seconds(90))
        .then([stays("zoe", "alice")])
        .past([connected("bob")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn it_fires_once_after_a_restart_if_it_fell_due_meanwhile_and_the_receiver_has_the_whole_time() {
    zoe_flashes()
        .restarted()
        .after(minutes(10))
        .then([moved_from_inactive("zoe", "alice", "bob")])
        .restarted()
        .after(seconds(89))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "bob", "alice")]);
}

#[test]
fn a_clock_of_the_machine_that_is_set_back_hastens_nothing() {
    zoe_talks()
        .past([later(minutes(5)), writes("zoe"), clock_set_back(minutes(3))])
        .after(minutes(3) + seconds(89))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn it_is_at_most_an_hour() {
    let set = |secs| settings(only(|clocks| clocks.auto_transfer = secs));
    for wrong in [-1, 3_601] {
        given([]).when(administrator(), set(wrong)).then_wrong(["auto_transfer"]);
    }
    given([Step::Do(administrator(), set(3_600)), connected("alice"), asks("zoe"), connected("bob")])
        .after(seconds(3_599))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}
