//! `follow_up`: the visitor has not replied to the operator's last message for this many minutes. 3 here,
//! as by default.

use pupitre_domain::settings::Section;
use pupitre_domain::state::timers::TimerKind::FollowUp;

use crate::support::*;

fn three_minutes() -> Section {
    only(|clocks| clocks.follow_up = 3)
}

/// Alice has just had the last word with zoe.
fn zoe_owes_an_answer() -> Scene {
    given([change(three_minutes()), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
}

#[test]
fn a_visitor_who_does_not_reply_gets_the_phrase() {
    zoe_owes_an_answer()
        .after(minutes(3) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([followed_up("zoe", "alice")]);
    given_with_phrases([change(three_minutes()), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .after(minutes(3))
        .then_said(["Avez-vous pu lire notre message\u{202f}? Nous attendons votre réponse."]);
}

#[test]
fn it_comes_once_per_silence_whatever_the_operator_writes_in_it() {
    zoe_owes_an_answer()
        .past([later(minutes(3))])
        .after(minutes(60))
        .then_nothing()
        .past([answers("alice", "zoe")])
        .after(minutes(60))
        .then_nothing();
}

#[test]
fn the_clock_runs_from_the_operators_last_message() {
    zoe_owes_an_answer()
        .past([later(minutes(2)), answers("alice", "zoe")])
        .after(minutes(3) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([followed_up("zoe", "alice")]);
}

#[test]
fn the_reply_stops_the_clock_and_the_next_silence_has_its_own_phrase() {
    zoe_owes_an_answer()
        .past([later(minutes(3)), writes("zoe")])
        .after(minutes(60))
        .then_nothing()
        .past([answers("alice", "zoe")])
        .after(minutes(3))
        .then([followed_up("zoe", "alice")]);
}

#[test]
fn a_visitor_who_waits_for_an_answer_is_never_followed_up() {
    given([change(three_minutes()), connected("alice"), asks("zoe"), picks_up("alice", "zoe")])
        .past([writes("zoe")])
        .after(minutes(600))
        .then_nothing();
    given([change(three_minutes()), connected("alice"), asks("zoe")]).after(minutes(600)).then_nothing();
}

#[test]
fn an_article_or_a_word_of_the_supervisor_counts_as_the_operators() {
    for word in
        [Step::Do(operator("alice"), send_article("zoe")), Step::Do(supervisor(), write("zoe", "Bonjour"))]
    {
        given([change(three_minutes()), change(an_article()), connected("alice"), asks("zoe")])
            .past([picks_up("alice", "zoe"), word])
            .after(minutes(3))
            .then([followed_up("zoe", "alice")]);
    }
}

#[test]
fn the_phrase_itself_is_nobodys_word() {
    let scene = given_with_phrases([change(all_clocks()), connected("alice"), asks("zoe")])
        .past([talks_to("alice", "zoe"), later(minutes(3))]);
    scene
        .past([later(minutes(6))])
        .after(minutes(1))
        .then_said(["Sans nouvelles de votre part, la conversation est terminée."]);
}

#[test]
fn a_transfer_stops_the_clock_until_the_new_operator_has_spoken() {
    zoe_owes_an_answer()
        .past([connected("bob"), transfers("alice", "zoe", "bob")])
        .after(minutes(600))
        .then_nothing()
        .past([talks_to("bob", "zoe")])
        .after(minutes(3))
        .then([followed_up("zoe", "bob")]);
}

#[test]
fn a_silence_that_had_its_phrase_before_a_transfer_has_no_other_after_it() {
    zoe_owes_an_answer()
        .past([later(minutes(3)), connected("bob"), transfers("alice", "zoe", "bob"), talks_to("bob", "zoe")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn the_return_to_the_queue_and_the_end_stop_the_clock() {
    for stop in [signs_out("alice"), ends("alice", "zoe")] {
        zoe_owes_an_answer().past([stop]).after(minutes(600)).then_nothing();
    }
}

#[test]
fn with_follow_up_0_nobody_is_followed_up() {
    given([change(only(|_| ())), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn a_running_clock_keeps_its_deadline_when_the_setting_changes_and_the_next_uses_the_new() {
    for minutes_now in [1, 0] {
        zoe_owes_an_answer()
            .past([change(only(|clocks| clocks.follow_up = minutes_now))])
            .after(minutes(3) - seconds(1))
            .then_nothing()
            .after(seconds(1))
            .then([followed_up("zoe", "alice")]);
    }
    zoe_owes_an_answer()
        .past([change(only(|clocks| clocks.follow_up = 1)), answers("alice", "zoe")])
        .after(minutes(1))
        .then([followed_up("zoe", "alice")]);
}

#[test]
fn it_comes_before_the_reminder_and_the_end_that_fall_due_with_it() {
    let together = only(|clocks| {
        (clocks.follow_up, clocks.visitor_inactivity, clocks.timeout_reminder) = (9, 10, 60);
    });
    given([change(together), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .after(minutes(9))
        .then([followed_up("zoe", "alice"), timeout_announced("zoe", "alice", start() + minutes(10))]);
}

#[test]
fn it_fires_once_after_a_restart_if_it_fell_due_meanwhile() {
    zoe_owes_an_answer()
        .restarted()
        .after(minutes(600))
        .then([followed_up("zoe", "alice")])
        .restarted()
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn it_is_at_most_a_day() {
    let set = |minutes| settings(only(|clocks| clocks.follow_up = minutes));
    for wrong in [-1, 1_441] {
        given([]).when(administrator(), set(wrong)).then_wrong(["follow_up"]);
    }
    let scene = given([Step::Do(administrator(), set(1_440)), connected("alice"), asks("zoe")])
        .past([talks_to("alice", "zoe")]);
    assert_eq!(scene.due("zoe", FollowUp), Some(minutes(1_440)));
}
