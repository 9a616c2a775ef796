//! On hold: the operator in charge puts a conversation on hold and takes it back. No clock of it runs meanwhile.

use pupitre_domain::event::{EndReason, Voice};
use pupitre_domain::settings::{Section, Timeouts};
use pupitre_domain::{Action, Attention, ConversationAction, Fact, Notice};

use crate::support::*;

fn hold(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::Hold)
}

fn take_back(of: &str) -> Action {
    Action::Conversation(conversation(of), ConversationAction::TakeBack)
}

fn put_on_hold(of: &str, operator: &'static str) -> Fact {
    told(of, operator, Attention::PutOnHold.into())
}

fn taken_back(of: &str, operator: &'static str) -> Fact {
    told(of, operator, Attention::TakenBack.into())
}

fn holds(name: &str, of: &str) -> Step {
    Step::Do(operator(name), hold(of))
}

fn takes_back(name: &str, of: &str) -> Step {
    Step::Do(operator(name), take_back(of))
}

/// Every clock on but that of the phrase.
fn silent_clocks() -> Section {
    Section::Timeouts(Timeouts { unanswered: 30, hold_phrase: 0, ..Timeouts::default() })
}

/// Alice has picked up and had the last word with zoe, under these clocks.
fn talking(clocks: Section) -> Scene {
    given([change(clocks), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
}

// What it does.

#[test]
fn the_operator_in_charge_puts_a_conversation_on_hold_and_takes_it_back() {
    talking(silent_clocks())
        .when(operator("alice"), hold("zoe"))
        .then([put_on_hold("zoe", "alice")])
        .when(operator("alice"), take_back("zoe"))
        .then([taken_back("zoe", "alice")]);
}

#[test]
fn what_is_on_hold_already_or_not_at_all_changes_nothing() {
    talking(silent_clocks())
        .when(operator("alice"), take_back("zoe"))
        .then_nothing()
        .past([holds("alice", "zoe")])
        .when(operator("alice"), hold("zoe"))
        .then_nothing();
}

#[test]
fn what_the_operator_says_takes_it_back() {
    talking(silent_clocks())
        .past([holds("alice", "zoe")])
        .when(operator("alice"), write("zoe", "Me revoilà"))
        .then([posted("zoe", "alice", 2, Voice::Operator, "Me revoilà"), taken_back("zoe", "alice")]);
    talking(silent_clocks())
        .past([holds("alice", "zoe")])
        .when(supervisor(), write("zoe", "Me revoilà"))
        .then([posted("zoe", "alice", 2, Voice::Operator, "Me revoilà"), taken_back("zoe", "alice")]);
}

#[test]
fn a_word_of_the_visitor_leaves_it_on_hold() {
    talking(silent_clocks())
        .past([holds("alice", "zoe")])
        .when(visitor("zoe"), write("zoe", "Vous êtes là ?"))
        .then([posted("zoe", "alice", 2, Voice::Visitor, "Vous êtes là ?")])
        .when(operator("alice"), take_back("zoe"))
        .then([taken_back("zoe", "alice")]);
}

#[test]
fn it_counts_for_the_load_all_the_same() {
    given([change(capacity(1, 5)), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .past([holds("alice", "zoe")])
        .when(visitor("lea"), request("lea"))
        .then([requested("lea"), queued("lea", 1)]);
}

// Who may.

#[test]
fn nobody_else_does_it_and_nobody_before_the_pick_up() {
    talking(silent_clocks())
        .past([connected("bob")])
        .when(operator("bob"), hold("zoe"))
        .then_refused("not_your_conversation");
    for by in [visitor("zoe"), bot(), supervisor(), administrator(), analyst()] {
        talking(silent_clocks()).when(by.clone(), hold("zoe")).then_refused("forbidden");
        talking(silent_clocks())
            .past([holds("alice", "zoe")])
            .when(by, take_back("zoe"))
            .then_refused("forbidden");
    }
    given([connected("alice"), asks("zoe")])
        .when(operator("alice"), hold("zoe"))
        .then_refused("not_picked_up");
    given([connected("alice")]).when(operator("alice"), hold("zoe")).then_refused("unknown_conversation");
    talking(silent_clocks())
        .past([ends("alice", "zoe")])
        .when(operator("alice"), hold("zoe"))
        .then_refused("conversation_over");
}

// The clocks.

#[test]
fn on_hold_no_clock_runs_however_long() {
    talking(silent_clocks()).past([holds("alice", "zoe")]).after(minutes(600)).then_nothing();
    talking(silent_clocks())
        .past([writes("zoe"), connected("bob"), holds("alice", "zoe")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn a_visitor_who_owes_an_answer_has_the_whole_time_again_once_it_is_taken_back() {
    talking(only(|clocks| {
        (clocks.visitor_inactivity, clocks.timeout_reminder, clocks.follow_up) = (10, 0, 0);
    }))
    .past([later(minutes(9)), holds("alice", "zoe"), later(minutes(30)), takes_back("alice", "zoe")])
    .after(minutes(10) - seconds(1))
    .then_nothing()
    .after(seconds(1))
    .then([ended("zoe", "alice", EndReason::Timeout)]);
    talking(only(|clocks| clocks.follow_up = 3))
        .past([later(minutes(2)), holds("alice", "zoe"), later(minutes(30)), takes_back("alice", "zoe")])
        .after(minutes(3) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([followed_up("zoe", "alice")]);
}

#[test]
fn a_visitor_who_was_followed_up_in_this_silence_is_not_again() {
    talking(only(|clocks| clocks.follow_up = 3))
        .past([later(minutes(3)), holds("alice", "zoe"), takes_back("alice", "zoe")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn an_operator_who_owes_an_answer_has_the_whole_time_again_once_it_is_taken_back() {
    for word in [later(seconds(80)), Step::All(vec![])] {
        talking(only(|clocks| clocks.auto_transfer = 90))
            .past([connected("bob"), writes("zoe"), word, holds("alice", "zoe"), later(minutes(30))])
            .past([takes_back("alice", "zoe")])
            .after(seconds(89))
            .then_nothing()
            .after(seconds(1))
            .then([moved_from_inactive("zoe", "alice", "bob")]);
    }
}

#[test]
fn a_word_of_the_visitor_while_on_hold_starts_the_clock_only_when_it_is_taken_back() {
    talking(only(|clocks| clocks.auto_transfer = 90))
        .past([connected("bob"), holds("alice", "zoe"), writes("zoe"), later(minutes(30))])
        .past([takes_back("alice", "zoe")])
        .after(seconds(89))
        .then_nothing()
        .after(seconds(1))
        .then([moved_from_inactive("zoe", "alice", "bob")]);
}

#[test]
fn what_nobody_could_take_is_given_to_nobody_while_it_is_on_hold() {
    talking(only(|clocks| clocks.auto_transfer = 90))
        .past([writes("zoe"), later(seconds(90)), holds("alice", "zoe")])
        .when(operator("bob"), connect("bob"))
        .then_refused("unknown_operator")
        .past([registered("bob", profile(&[], None))])
        .when(operator("bob"), connect("bob"))
        .then([operator_connected("bob")]);
}

#[test]
fn a_restart_and_an_outage_leave_it_on_hold() {
    talking(silent_clocks())
        .past([holds("alice", "zoe")])
        .restarted()
        .after(minutes(600))
        .then_nothing()
        .when(operator("alice"), take_back("zoe"))
        .then([taken_back("zoe", "alice")]);
}

// How it ends otherwise.

#[test]
fn a_transfer_ends_it_and_the_new_operator_has_the_usual_time() {
    talking(only(|clocks| clocks.auto_transfer = 90))
        .past([holds("alice", "zoe"), connected("bob"), transfers("alice", "zoe", "bob")])
        .after(seconds(90))
        .then([moved_from_inactive("zoe", "bob", "alice")]);
}

#[test]
fn an_operator_who_signs_out_keeps_nobody_on_hold() {
    talking(only(|clocks| (clocks.visitor_inactivity, clocks.timeout_reminder) = (10, 0)))
        .past([change(without_transfer_on_disconnect()), holds("alice", "zoe")])
        .when(operator("alice"), disconnect("alice"))
        .then([operator_signed_out("alice"), taken_back("zoe", "alice")])
        .after(minutes(10))
        .then([ended("zoe", "alice", EndReason::Timeout)]);
}

#[test]
fn the_visitor_may_leave_and_the_operator_end_it_as_ever() {
    talking(silent_clocks()).past([holds("alice", "zoe")]).when(visitor("zoe"), end("zoe")).then([ended(
        "zoe",
        "alice",
        EndReason::Visitor,
    )]);
    talking(silent_clocks()).past([holds("alice", "zoe")]).when(operator("alice"), end("zoe")).then([ended(
        "zoe",
        "alice",
        EndReason::Operator,
    )]);
}

// The phrase.

fn still_on_hold(of: &str, operator: &'static str) -> Fact {
    told(of, operator, Notice::StillOnHold.into())
}

fn every(period: i64) -> Section {
    only(|clocks| clocks.hold_phrase = period)
}

#[test]
fn the_visitor_is_told_at_once_and_again_as_long_as_it_lasts() {
    const SAID: &str = "Alice vous a mis en attente et revient vers vous. Merci de patienter.";
    let talking =
        given_with_phrases([change(every(3)), connected("alice"), asks("zoe"), talks_to("alice", "zoe")]);
    talking
        .when(operator("alice"), hold("zoe"))
        .then_said([SAID])
        .after(minutes(3) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then_said([SAID])
        .after(minutes(3))
        .then_said([SAID])
        .past([takes_back("alice", "zoe")])
        .after(minutes(60))
        .then_nothing();
}

#[test]
fn with_0_the_visitor_is_told_only_once() {
    talking(every(0)).past([holds("alice", "zoe")]).after(minutes(600)).then_nothing();
}

#[test]
fn it_is_an_event_even_where_the_phrase_is_switched_off() {
    talking(every(3)).past([holds("alice", "zoe")]).after(minutes(3)).then([still_on_hold("zoe", "alice")]);
}

#[test]
fn the_next_phrase_comes_in_as_long_as_the_setting_says_then() {
    talking(every(3))
        .past([holds("alice", "zoe"), change(every(10))])
        .after(minutes(3))
        .then([still_on_hold("zoe", "alice")])
        .after(minutes(10) - seconds(1))
        .then_nothing()
        .after(seconds(1))
        .then([still_on_hold("zoe", "alice")])
        .past([change(every(0))])
        .after(minutes(10))
        .then([still_on_hold("zoe", "alice")])
        .after(minutes(600))
        .then_nothing();
}

#[test]
fn a_restart_keeps_the_time_and_an_outage_is_not_counted() {
    talking(every(3))
        .past([holds("alice", "zoe"), later(minutes(2))])
        .restarted()
        .after(minutes(1))
        .then([still_on_hold("zoe", "alice")]);
}

#[test]
fn once_it_is_transferred_or_over_the_phrase_is_said_no_more() {
    talking(every(3))
        .past([holds("alice", "zoe"), connected("bob"), transfers("alice", "zoe", "bob")])
        .after(minutes(600))
        .then_nothing();
    talking(every(3)).past([holds("alice", "zoe"), ends("alice", "zoe")]).after(minutes(600)).then_nothing();
}

#[test]
fn the_period_is_0_to_1440_minutes() {
    for (period, wrong) in [(-1, true), (0, false), (1_440, false), (1_441, true)] {
        let timeouts = Timeouts { hold_phrase: period, ..Timeouts::default() };
        let outcome = given([]).when(administrator(), settings(Section::Timeouts(timeouts)));
        if wrong {
            outcome.then_wrong(["hold_phrase"]);
        } else {
            outcome.then_whatever();
        }
    }
}
