//! Write internally: between the operator in charge and the supervisors; the visitor never sees it.

use pupitre_domain::Actor;
use pupitre_domain::event::Voice;
use pupitre_domain::limits::MESSAGE_CHARACTERS_MAX;
use pupitre_domain::settings::Status;
use pupitre_domain::state::timers::TimerKind;
use pupitre_domain::text::Text;

use crate::support::*;

/// Alice talks with zoe; bob has nobody; yann waits.
fn alice_talks_with_zoe() -> Scene {
    given([connected_with_capacity("alice", 1), connected("bob"), takes_a_break("bob")]).past([
        asks("zoe"),
        picks_up("alice", "zoe"),
        asks("yann"),
    ])
}

#[test]
fn the_operator_in_charge_and_the_supervisors_write_to_each_other() {
    let scene = alice_talks_with_zoe()
        .when(operator("alice"), write_internally("zoe", "Puis-je rembourser ?"))
        .then([posted_internally("zoe", "alice", "Puis-je rembourser ?")])
        .when(supervisor(), write_internally("zoe", "Oui."))
        .then([posted_internally("zoe", "alice", "Oui.")]);
    assert_eq!(scene.log.last().unwrap().by, supervisor());
}

#[test]
fn the_operator_may_before_the_pick_up() {
    given([connected("alice"), asks("zoe")])
        .when(operator("alice"), write_internally("zoe", "Qui est-ce ?"))
        .then([posted_internally("zoe", "alice", "Qui est-ce ?")]);
}

#[test]
fn after_a_transfer_it_is_the_new_operator_who_writes() {
    alice_talks_with_zoe()
        .past([takes("bob", Status::Available), transfers("alice", "zoe", "bob")])
        .when(operator("bob"), write_internally("zoe", "Je prends."))
        .then([posted_internally("zoe", "bob", "Je prends.")])
        .when(operator("alice"), write_internally("zoe", "Merci."))
        .then_refused("not_your_conversation");
}

#[test]
fn nobody_else_does() {
    for actor in [visitor("zoe"), visitor("yann"), administrator(), analyst(), bot(), Actor::System] {
        alice_talks_with_zoe().when(actor, write_internally("zoe", "!")).then_refused("forbidden");
    }
    alice_talks_with_zoe()
        .when(operator("bob"), write_internally("zoe", "!"))
        .then_refused("not_your_conversation");
}

#[test]
fn about_a_visitor_who_waits_there_is_nobody_to_write_to() {
    for actor in [supervisor(), operator("alice")] {
        alice_talks_with_zoe().when(actor, write_internally("yann", "!")).then_refused("not_assigned");
    }
}

#[test]
fn in_a_conversation_that_is_over_kept_open_or_unknown_it_is_refused() {
    for keep_open in [false, true] {
        let over = given([change(behaviour("keep_open", keep_open)), connected("alice"), asks("zoe")])
            .past([talks_to("alice", "zoe"), ends("alice", "zoe")]);
        for actor in [operator("alice"), supervisor()] {
            over.clone().when(actor, write_internally("zoe", "!")).then_refused("conversation_over");
        }
    }
    alice_talks_with_zoe()
        .when(supervisor(), write_internally("ugo", "!"))
        .then_refused("unknown_conversation");
}

#[test]
fn it_has_no_number_and_the_messages_of_the_conversation_go_on_without_a_gap() {
    alice_talks_with_zoe()
        .past([writes("zoe"), Step::Do(supervisor(), write_internally("zoe", "Demandez le numéro."))])
        .when(operator("alice"), write("zoe", "Quel numéro ?"))
        .then([posted("zoe", "alice", 2, Voice::Operator, "Quel numéro ?")]);
}

#[test]
fn it_is_nobodys_word_no_clock_moves_and_the_visitor_still_waits_for_an_answer() {
    let scene = given([change(all_clocks()), connected("alice"), asks("zoe"), picks_up("alice", "zoe")])
        .past([writes("zoe"), later(seconds(20))]);
    let clocks =
        |scene: &Scene| TimerKind::ALL.iter().map(|clock| scene.due("zoe", *clock)).collect::<Vec<_>>();
    let state = |scene: &Scene| scene.livechat.conversation(conversation("zoe")).unwrap().clone();
    let before = scene.clone();
    assert!(state(&before).unanswered_since.is_some() && clocks(&before).iter().any(Option::is_some));
    let after = scene
        .when(operator("alice"), write_internally("zoe", "Je cherche."))
        .then_whatever()
        .when(supervisor(), write_internally("zoe", "Vite."))
        .then_whatever();
    assert_eq!((clocks(&after), state(&after)), (clocks(&before), state(&before)));
}

#[test]
fn the_same_words_twice_are_two_messages() {
    alice_talks_with_zoe()
        .past([Step::Do(supervisor(), write_internally("zoe", "Bien."))])
        .when(supervisor(), write_internally("zoe", "Bien."))
        .then([posted_internally("zoe", "alice", "Bien.")]);
}

#[test]
fn it_has_1_to_5000_characters_without_nul() {
    let longest = "é".repeat(MESSAGE_CHARACTERS_MAX);
    for text in ["a", &longest] {
        alice_talks_with_zoe()
            .when(supervisor(), write_internally("zoe", text))
            .then([posted_internally("zoe", "alice", text)]);
    }
    for text in ["", "a\0", &format!("{longest}e")] {
        assert!(Text::parse(text).is_err(), "there is no command with such a text");
    }
}
