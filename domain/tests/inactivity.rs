//! The visitor's inactivity: the reminder and the end. By default 10 minutes, with a reminder 60
//! seconds before.

use pupitre_domain::event::EndReason;

use crate::support::*;

/// Alice has just had the last word with zoe.
fn zoe_owes_an_answer() -> Scene {
    given([connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
}

#[test]
fn a_silent_visitor_is_reminded_and_then_the_livechat_ends() {
    zoe_owes_an_answer()
        .after(minutes(8) + seconds(59))
        .then_nothing()
        .after(seconds(1))
        .then([timeout_announced("zoe", "alice", start() + minutes(10))])
        .after(seconds(59))
        .then_nothing()
        .after(seconds(1))
        .then([ended("zoe", "alice", EndReason::Timeout)])
        .after(minutes(60))
        .then_nothing();
}

#[test]
fn the_reminder_comes_once() {
    zoe_owes_an_answer()
        .past([later(minutes(9))])
        .after(seconds(1))
        .then_nothing()
        .after(seconds(30))
        .then_nothing();
}

#[test]
fn a_visitor_who_waits_for_an_answer_is_never_timed_out() {
    zoe_owes_an_answer().past([writes("zoe")]).after(minutes(600)).then_nothing();
}

#[test]
fn a_visitor_to_whom_nobody_has_spoken_is_never_timed_out() {
    given([connected("alice"), asks("zoe"), picks_up("alice", "zoe")]).after(minutes(600)).then_nothing();
    given([connected_with_capacity("alice", 1), asks("zoe"), asks("yann")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn the_visitors_word_after_the_reminder_cancels_the_end_and_the_next_silence_is_reminded_anew() {
    zoe_owes_an_answer()
        .past([later(minutes(9)), writes("zoe")])
        .after(minutes(5))
        .then_nothing()
        .past([answers("alice", "zoe")])
        .after(minutes(9))
        .then([timeout_announced("zoe", "alice", start() + minutes(24))]);
}

#[test]
fn each_word_of_the_operator_restarts_the_clock() {
    zoe_owes_an_answer()
        .past([later(minutes(9)), answers("alice", "zoe")])
        .after(minutes(8))
        .then_nothing()
        .after(minutes(1))
        .then([timeout_announced("zoe", "alice", start() + minutes(19))]);
}

#[test]
fn a_word_of_the_supervisor_in_the_operators_stead_counts_as_the_operators() {
    given([connected("alice"), asks("zoe"), Step::Do(supervisor(), write("zoe", "Bonjour"))])
        .past([later(minutes(9))])
        .after(minutes(1))
        .then([ended("zoe", "alice", EndReason::Timeout)]);
}

#[test]
fn a_phrase_is_nobodys_word() {
    given_with_phrases([connected("alice"), asks("zoe"), talks_to("alice", "zoe"), later(minutes(9))])
        .after(seconds(60))
        .then_said(["Sans nouvelles de votre part, la conversation est terminée."]);
}

#[test]
fn a_transfer_stops_the_clock_because_the_new_operator_has_said_nothing() {
    zoe_owes_an_answer()
        .past([connected("bob"), Step::Do(operator("alice"), transfer_to("zoe", "bob"))])
        .after(minutes(600))
        .then_nothing()
        .past([talks_to("bob", "zoe"), later(minutes(9))])
        .after(minutes(1))
        .then([ended("zoe", "bob", EndReason::Timeout)]);
}

#[test]
fn with_visitor_inactivity_0_nobody_is_timed_out_or_reminded() {
    given([change(timeouts(0, 60)), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn with_timeout_reminder_0_the_livechat_ends_without_a_reminder() {
    given([change(timeouts(10, 0)), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .after(minutes(10) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([ended("zoe", "alice", EndReason::Timeout)]);
}

#[test]
fn a_running_clock_keeps_its_deadline_when_the_settings_change_and_the_next_uses_the_new() {
    zoe_owes_an_answer()
        .past([change(timeouts(1, 0))])
        .after(minutes(9))
        .then([timeout_announced("zoe", "alice", start() + minutes(10))])
        .past([answers("alice", "zoe")])
        .after(minutes(1))
        .then([ended("zoe", "alice", EndReason::Timeout)]);
}

#[test]
fn switching_the_timeout_off_leaves_a_running_clock_alone() {
    zoe_owes_an_answer().past([change(timeouts(0, 0)), later(minutes(9))]).after(minutes(1)).then([ended(
        "zoe",
        "alice",
        EndReason::Timeout,
    )]);
}

#[test]
fn a_timer_that_fell_due_while_the_server_was_down_fires_after_the_restart() {
    zoe_owes_an_answer()
        .past([later(minutes(9))])
        .restarted()
        .after(minutes(30))
        .then([ended("zoe", "alice", EndReason::Timeout)])
        .restarted()
        .after(minutes(30))
        .then_nothing();
}

#[test]
fn reminder_and_end_that_are_overdue_together_come_in_that_order() {
    let scene = zoe_owes_an_answer().restarted().after(minutes(30)).then_whatever();
    let told: Vec<&str> = scene.log.iter().rev().take(2).map(|event| event.fact.name()).collect();
    assert_eq!(told, ["conversation.ended", "conversation.timeout_announced"]);
}

#[test]
fn timers_of_several_conversations_that_fall_due_together_all_fire_in_the_order_of_their_deadlines() {
    let scene = given([
        change(timeouts(10, 0)),
        connected("alice"),
        asks("yann"),
        asks("zoe"),
        talks_to("alice", "zoe"),
        later(seconds(1)),
        talks_to("alice", "yann"),
    ])
    .after(minutes(10))
    .then_whatever();
    let over: Vec<_> = scene.log.iter().rev().take(2).map(|event| event.fact.conversation_id()).collect();
    assert_eq!(over, [Some(conversation("yann")), Some(conversation("zoe"))]);
}

#[test]
fn a_clock_that_is_set_back_delays_nothing_that_was_due_and_hastens_nothing() {
    zoe_owes_an_answer()
        .past([later(minutes(5)), writes("zoe"), answers("alice", "zoe"), clock_set_back(minutes(5))])
        .after(minutes(13))
        .then_nothing()
        .after(minutes(1))
        .then([timeout_announced("zoe", "alice", start() + minutes(15))]);
}

#[test]
fn the_place_that_a_timeout_frees_serves_the_queue_at_once() {
    given([
        change(timeouts(10, 0)),
        connected_with_capacity("alice", 1),
        asks("zoe"),
        talks_to("alice", "zoe"),
        asks("yann"),
    ])
    .after(minutes(10))
    .then([ended("zoe", "alice", EndReason::Timeout), assigned("yann", "alice")]);
}

#[test]
fn the_next_deadline_is_known_so_that_the_server_can_sleep_until_then() {
    let scene = zoe_owes_an_answer();
    assert_eq!(scene.livechat.next_deadline(), Some(start() + minutes(9)));
    let scene = scene.past([later(minutes(9))]);
    assert_eq!(scene.livechat.next_deadline(), Some(start() + minutes(10)));
    let scene = scene.past([writes("zoe")]);
    assert_eq!(scene.livechat.next_deadline(), None);
    assert_eq!(scene.now(), start() + minutes(9));
}

// Typing.

#[test]
fn a_visitor_who_is_typing_is_neither_warned_nor_timed_out_nor_followed_up() {
    let both = only(|clocks| (clocks.visitor_inactivity, clocks.follow_up) = (2, 1));
    let mut scene = zoe_owes_an_answer().past([change(both), answers("alice", "zoe"), later(seconds(10))]);
    for _ in 0..40 {
        scene = scene.when(visitor("zoe"), type_in("zoe")).then_whatever().after(seconds(20)).then_nothing();
    }
    let scene = scene.after(seconds(60)).then([followed_up("zoe", "alice")]);
    scene.after(seconds(60)).then([ended("zoe", "alice", EndReason::Timeout)]);
}

#[test]
fn the_visitors_typing_counts_from_the_first_second_to_the_last_signal() {
    let at = start() + seconds(1);
    zoe_owes_an_answer()
        .past([later(seconds(1))])
        .when(visitor("zoe"), type_in("zoe"))
        .then([visitor_typed("zoe", "alice", at + seconds(30))])
        .past([later(seconds(30))])
        .when(visitor("zoe"), type_in("zoe"))
        .then_nothing()
        .past([later(seconds(1))])
        .when(bot(), type_in("zoe"))
        .then([visitor_typed("zoe", "alice", at + seconds(61))])
        .after(minutes(9) + seconds(29))
        .then_nothing()
        .after(seconds(1))
        .then([timeout_announced("zoe", "alice", at + seconds(61) + minutes(10))]);
}

#[test]
fn typing_after_the_warning_puts_the_end_off_and_is_warned_of_anew() {
    let end = start() + minutes(9) + seconds(30) + minutes(10);
    zoe_owes_an_answer()
        .past([later(minutes(9))])
        .when(visitor("zoe"), type_in("zoe"))
        .then([visitor_typed("zoe", "alice", start() + minutes(9) + seconds(30))])
        .after(minutes(9) + seconds(30))
        .then([timeout_announced("zoe", "alice", end)])
        .after(minutes(1))
        .then([ended("zoe", "alice", EndReason::Timeout)]);
}

#[test]
fn typing_of_a_visitor_whose_silence_nobody_counts_records_nothing() {
    zoe_owes_an_answer().past([writes("zoe")]).when(visitor("zoe"), type_in("zoe")).then_nothing();
    given([connected("alice"), asks("zoe")]).when(visitor("zoe"), type_in("zoe")).then_nothing();
    let off = given([change(only(|_| ())), connected("alice"), asks("zoe"), talks_to("alice", "zoe")]);
    off.when(visitor("zoe"), type_in("zoe")).then_nothing();
    zoe_owes_an_answer().when(visitor("yann"), type_in("zoe")).then_refused("not_your_conversation");
}

// What can never act.

#[test]
fn a_follow_up_or_a_warning_that_would_come_after_the_end_is_refused_by_name() {
    let set = |inactivity, reminder, follow_up| {
        settings(only(|clocks| {
            (clocks.visitor_inactivity, clocks.timeout_reminder) = (inactivity, reminder);
            clocks.follow_up = follow_up;
        }))
    };
    for (inactivity, reminder, follow_up, wrong) in [
        (3, 0, 3, vec!["follow_up"]),
        (3, 0, 4, vec!["follow_up"]),
        (1, 60, 0, vec!["timeout_reminder"]),
        (1, 61, 1, vec!["timeout_reminder", "follow_up"]),
    ] {
        let refused = given([]).when(administrator(), set(inactivity, reminder, follow_up));
        refused.then_wrong_fields(&wrong);
    }
    for (inactivity, reminder, follow_up) in
        [(3, 179, 2), (3, 0, 0), (0, 60, 3), (0, 3_600, 1_440), (1, 59, 0)]
    {
        given([]).when(administrator(), set(inactivity, reminder, follow_up)).then_whatever();
    }
}
