//! Write.

use pupitre_domain::event::Voice;
use pupitre_domain::limits::{MESSAGE_CHARACTERS_MAX, MESSAGES_PER_CONVERSATION_MAX};
use pupitre_domain::text::Text;

use crate::support::*;

/// Alice talks with zoe; yann waits.
fn zoe_talks_with_alice() -> Scene {
    given([connected_with_capacity("alice", 1), connected("bob"), takes_a_break("bob")]).past([
        asks("zoe"),
        picks_up("alice", "zoe"),
        asks("yann"),
    ])
}

#[test]
fn visitor_and_operator_write_and_the_messages_are_numbered_without_gaps() {
    zoe_talks_with_alice()
        .when(visitor("zoe"), write("zoe", "Bonjour"))
        .then([posted("zoe", "alice", 1, Voice::Visitor, "Bonjour")])
        .when(operator("alice"), write("zoe", "Je vous écoute"))
        .then([posted("zoe", "alice", 2, Voice::Operator, "Je vous écoute")])
        .when(visitor("zoe"), write("zoe", "Merci"))
        .then([posted("zoe", "alice", 3, Voice::Visitor, "Merci")]);
}

#[test]
fn the_integration_writes_in_the_voice_of_the_visitor() {
    zoe_talks_with_alice().when(bot(), write("zoe", "Bonjour")).then([posted(
        "zoe",
        "alice",
        1,
        Voice::Visitor,
        "Bonjour",
    )]);
}

#[test]
fn a_supervisor_writes_in_the_operators_stead_and_the_log_keeps_the_true_author() {
    let scene = zoe_talks_with_alice().when(supervisor(), write("zoe", "Un instant")).then([posted(
        "zoe",
        "alice",
        1,
        Voice::Operator,
        "Un instant",
    )]);
    assert_eq!(scene.log.last().unwrap().by, supervisor());
}

#[test]
fn a_visitor_may_write_before_the_operator_has_picked_up_but_the_operator_may_not() {
    given([connected("alice"), asks("zoe")])
        .when(visitor("zoe"), write("zoe", "Il y a quelqu'un ?"))
        .then([posted("zoe", "alice", 1, Voice::Visitor, "Il y a quelqu'un ?")])
        .when(operator("alice"), write("zoe", "Oui"))
        .then_refused("not_picked_up");
}

#[test]
fn a_supervisor_does_not_answer_in_the_stead_of_nobody() {
    zoe_talks_with_alice().when(supervisor(), write("yann", "Patience")).then_refused("not_assigned");
}

#[test]
fn nobody_writes_in_the_conversation_of_another() {
    zoe_talks_with_alice().when(visitor("yann"), write("zoe", "!")).then_refused("not_your_conversation");
    zoe_talks_with_alice().when(operator("bob"), write("zoe", "!")).then_refused("not_your_conversation");
    zoe_talks_with_alice().when(operator("alice"), write("yann", "!")).then_refused("not_assigned");
    zoe_talks_with_alice().when(administrator(), write("zoe", "!")).then_refused("forbidden");
}

#[test]
fn a_message_to_a_conversation_that_is_over_is_refused_for_everybody() {
    let scene = zoe_talks_with_alice().past([ends("alice", "zoe")]);
    for actor in [visitor("zoe"), operator("alice"), supervisor(), bot()] {
        scene.clone().when(actor, write("zoe", "Encore un mot")).then_refused("conversation_over");
    }
}

#[test]
fn a_message_to_a_conversation_nobody_heard_of_is_refused() {
    zoe_talks_with_alice().when(visitor("ugo"), write("ugo", "?")).then_refused("unknown_conversation");
}

#[test]
fn the_same_words_twice_are_two_messages() {
    zoe_talks_with_alice()
        .past([writes("zoe")])
        .when(visitor("zoe"), write("zoe", "Bonjour"))
        .then([posted("zoe", "alice", 2, Voice::Visitor, "Bonjour")]);
}

#[test]
fn a_message_has_1_to_5000_characters() {
    assert!(Text::parse("").is_err());
    assert!(Text::parse("a".repeat(MESSAGE_CHARACTERS_MAX)).is_ok());
    assert!(Text::parse("a".repeat(MESSAGE_CHARACTERS_MAX + 1)).is_err());
}

#[test]
fn a_conversation_that_is_as_long_as_one_may_be_takes_no_more() {
    let mut scene = zoe_talks_with_alice();
    for number in 1..=MESSAGES_PER_CONVERSATION_MAX {
        scene = scene.when(visitor("zoe"), write("zoe", "encore")).then([posted(
            "zoe",
            "alice",
            number,
            Voice::Visitor,
            "encore",
        )]);
    }
    scene.when(visitor("zoe"), write("zoe", "encore")).then_refused("conversation_too_long");
}
