//! Whose survey it is, whatever becomes of the operator and of the livechat (spec.md §Visitor survey, last paragraph;
//! §Administration): of whoever picked the segment up last, until it is filled in.

use pupitre_domain::settings::surveys::Audience::{self, Operator, Visitor};
use pupitre_domain::survey::SurveyRef;
use pupitre_domain::{Action, Actor, ConversationAction};
use serde_json::json;

use crate::support::*;

/// Both are asked; the operator's may not be left, and can be filled in before the end.
fn alice_has_zoe() -> Scene {
    let operators = json!({"survey": "wrap_up", "complete_button": true, "pending_hours": 1});
    given([
        two_surveys(),
        change(section("operator_survey", operators)),
        change(section("visitor_survey", json!({"survey": "opinion"}))),
        connected_with_capacity("alice", 1),
        asks("zoe"),
        picks_up("alice", "zoe"),
    ])
}

/// What waits for an answer about zoe's conversation: the segment, who is asked, and about which operator.
fn waits(scene: &Scene) -> Vec<(u32, Audience, String)> {
    let about = |operator: &Option<_>| operator.as_ref().map_or_else(String::new, ToString::to_string);
    let all = scene.livechat.pending_surveys();
    all.map(|(key, pending)| (key.segment, key.audience, about(&pending.operator))).collect()
}

fn both_about(segment: u32, operator: &str) -> Vec<(u32, Audience, String)> {
    [Operator, Visitor].map(|audience| (segment, audience, operator.to_owned())).to_vec()
}

fn administers(action: fn(pupitre_domain::OperatorId) -> Action, name: &str) -> Step {
    Step::Do(administrator(), action(operator_id(name)))
}

fn answers_of_segment(by: &str, segment: u32) -> (Actor, Action) {
    let which = SurveyRef { audience: Operator, segment: Some(segment) };
    (
        operator(by),
        Action::Conversation(
            conversation("zoe"),
            ConversationAction::AnswerSurvey(which, Box::new(rated(3))),
        ),
    )
}

/// A mandatory survey stays for months and over restarts, cannot be closed, and is answered by `by` alone.
fn only_an_answer_ends_it(scene: Scene, by: &str, segment: u32) {
    let before = waits(&scene);
    let scene = scene.past([change(section("timeouts", json!({"pending_survey": 0})))]);
    let scene = scene.after(minutes(60 * 24 * 90)).then_whatever().restarted();
    let mandatory = |all: Vec<(u32, Audience, String)>| {
        all.into_iter().filter(|(_, audience, _)| *audience == Operator).collect::<Vec<_>>()
    };
    assert_eq!(mandatory(waits(&scene)), mandatory(before));
    let which = SurveyRef { audience: Operator, segment: Some(segment) };
    let close = Action::Conversation(conversation("zoe"), ConversationAction::CloseSurvey(which));
    let scene = scene.when(operator(by), close).then_option_off("operator_survey.closable_unanswered");
    for other in ["alice", "bob", "carol"].into_iter().filter(|other| *other != by) {
        let (actor, action) = answers_of_segment(other, segment);
        scene.clone().when(actor, action).then_refused("no_survey");
    }
    let (actor, action) = answers_of_segment(by, segment);
    let scene = scene.when(actor, action).then_kinds(["conversation.survey_answered"]);
    let left = mandatory(waits(&scene));
    assert!(left.iter().all(|(one, ..)| *one != segment), "{left:?}");
}

#[test]
fn after_two_transfers_it_is_the_one_who_picked_up_last() {
    let moved = || {
        let scene = alice_has_zoe().past([
            connected("bob"),
            transfers("alice", "zoe", "bob"),
            picks_up("bob", "zoe"),
        ]);
        scene.past([connected("carol"), transfers("bob", "zoe", "carol")])
    };
    let ended = moved().past([picks_up("carol", "zoe"), ends("carol", "zoe")]);
    assert_eq!(waits(&ended), both_about(1, "carol"));
    only_an_answer_ends_it(ended, "carol", 1);
    // It still flashes at carol's.
    let left = moved().past([leaves("zoe")]);
    assert_eq!(waits(&left), both_about(1, "bob"));
    only_an_answer_ends_it(left, "bob", 1);
}

#[test]
fn an_unfinished_survey_goes_to_the_last_operator_and_stays_there() {
    let opens = |name: &str| Step::Do(operator(name), open_survey("zoe", Operator));
    let moved = alice_has_zoe().past([opens("alice"), connected("bob"), transfers("alice", "zoe", "bob")]);
    // Nobody else has picked up: it is alice's.
    let left = moved.clone().past([leaves("zoe")]);
    assert_eq!(waits(&left), both_about(1, "alice"));
    only_an_answer_ends_it(left, "alice", 1);
    let ended = moved.past([picks_up("bob", "zoe"), opens("bob"), ends("bob", "zoe")]);
    assert_eq!(waits(&ended), both_about(1, "bob"));
    only_an_answer_ends_it(ended, "bob", 1);
}

#[test]
fn a_survey_that_was_answered_is_not_asked_of_later_operators() {
    let (by, answer) = answers_of_segment("alice", 1);
    let opened = alice_has_zoe().past([Step::Do(operator("alice"), open_survey("zoe", Operator))]);
    let scene = opened.past([Step::Do(by, answer), connected("bob"), transfers("alice", "zoe", "bob")]);
    let scene = scene.past([picks_up("bob", "zoe"), ends("bob", "zoe")]);
    assert_eq!(waits(&scene), [(1, Visitor, "bob".to_owned())]);
}

#[test]
fn a_survey_of_a_suspended_operator_stays_open_until_it_is_answered() {
    let ended = alice_has_zoe().past([ends("alice", "zoe"), administers(Action::SuspendOperator, "alice")]);
    assert_eq!(waits(&ended), both_about(1, "alice"));
    let back = ended.past([later(minutes(600)), administers(Action::ReinstateOperator, "alice")]);
    only_an_answer_ends_it(back, "alice", 1);
    // In the middle of a conversation that somebody else ends, or nobody.
    let suspended =
        || alice_has_zoe().past([connected("bob"), administers(Action::SuspendOperator, "alice")]);
    let by_bob = suspended().past([picks_up("bob", "zoe"), ends("bob", "zoe")]);
    assert_eq!(waits(&by_bob), both_about(1, "bob"));
    only_an_answer_ends_it(by_bob, "bob", 1);
    let by_zoe = suspended().past([leaves("zoe")]);
    assert_eq!(waits(&by_zoe), both_about(1, "alice"));
    only_an_answer_ends_it(by_zoe, "alice", 1);
}

#[test]
fn all_surveys_of_a_removed_operator_are_closed_and_nobody_else_is_asked() {
    let ended = alice_has_zoe()
        .past([ends("alice", "zoe"), administers(|id| Action::RemoveOperator(id, None), "alice")]);
    assert_eq!(waits(&ended), [(1, Visitor, "alice".to_owned())]);
    let removed = || {
        alice_has_zoe().past([connected("bob"), administers(|id| Action::RemoveOperator(id, None), "alice")])
    };
    let by_bob = removed().past([picks_up("bob", "zoe"), ends("bob", "zoe")]);
    assert_eq!(waits(&by_bob), both_about(1, "bob"));
    let by_zoe = removed().past([leaves("zoe")]);
    assert_eq!(waits(&by_zoe), [(1, Visitor, "alice".to_owned())]);
    // One that she had opened goes with her, and the next is bob's.
    let opened =
        alice_has_zoe().past([Step::Do(operator("alice"), open_survey("zoe", Operator)), connected("bob")]);
    let opened = opened.past([administers(|id| Action::RemoveOperator(id, None), "alice")]);
    assert_eq!(waits(&opened), []);
    let opened = opened.past([picks_up("bob", "zoe"), ends("bob", "zoe")]);
    assert_eq!(waits(&opened), both_about(1, "bob"));
}

#[test]
fn a_livechat_that_is_closed_asks_as_any_other() {
    let close = || Step::Do(administrator(), Action::CloseLivechat);
    let ended = alice_has_zoe().past([close(), ends("alice", "zoe")]);
    assert_eq!(waits(&ended), both_about(1, "alice"));
    only_an_answer_ends_it(ended, "alice", 1);
    // Nothing goes back to the queue: she is released.
    let released = alice_has_zoe().past([close(), signs_out("alice")]);
    assert_eq!(waits(&released), both_about(1, "alice"));
    only_an_answer_ends_it(released, "alice", 1);
    let waited = alice_has_zoe().past([ends("alice", "zoe"), close()]);
    only_an_answer_ends_it(waited, "alice", 1);
}

#[test]
fn each_segment_has_its_own_whatever_becomes_of_the_operators() {
    let two = || {
        let scene = alice_has_zoe().past([change(behaviour("keep_open", true)), ends("alice", "zoe")]);
        let scene = scene.past([takes_a_break("alice"), connected("bob")]);
        let again = Step::Do(visitor("zoe"), request_again("zoe", plain_request("zoe", None)));
        let scene = scene.past([again, picks_up("bob", "zoe"), connected("carol")]);
        scene.past([transfers("bob", "zoe", "carol"), picks_up("carol", "zoe"), ends("carol", "zoe")])
    };
    let all = [both_about(1, "alice"), both_about(2, "carol")].concat();
    assert_eq!(waits(&two()), all);
    only_an_answer_ends_it(two(), "alice", 1);
    only_an_answer_ends_it(two(), "carol", 2);
    let without_carol = two().past([administers(|id| Action::RemoveOperator(id, None), "carol")]);
    let left = [both_about(1, "alice"), vec![(2, Visitor, "carol".to_owned())]].concat();
    assert_eq!(waits(&without_carol), left);
    only_an_answer_ends_it(without_carol, "alice", 1);
    let suspended = two().past([administers(Action::SuspendOperator, "alice")]);
    assert_eq!(waits(&suspended), all);
    only_an_answer_ends_it(suspended, "carol", 2);
}
