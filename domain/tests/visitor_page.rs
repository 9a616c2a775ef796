//! The page that the visitor is on.

use pupitre_domain::event::Page;
use pupitre_domain::limits::{CARD_VALUE_CHARACTERS_MAX, PAGES_PER_CONVERSATION_MAX};
use pupitre_domain::state::timers::TimerKind;
use pupitre_domain::{Actor, ConversationFact, Fact, Visit};

use crate::support::*;

/// Alice talks with zoe; yann waits.
fn alice_talks_with_zoe() -> Scene {
    given([connected_with_capacity("alice", 1), asks("zoe"), picks_up("alice", "zoe"), asks("yann")])
}

fn changed(of: &str, operator: impl Into<Option<&'static str>>, page: Page) -> Fact {
    told(of, operator, ConversationFact::Visit(Visit::PageChanged { page }))
}

fn basket() -> Page {
    page("https://example.org/panier?id=7", Some("Votre panier"))
}

#[test]
fn the_visitor_goes_to_another_page_while_talking_and_while_waiting() {
    alice_talks_with_zoe()
        .when(visitor("zoe"), change_page("zoe", basket()))
        .then([changed("zoe", "alice", basket())])
        .when(visitor("yann"), change_page("yann", basket()))
        .then([changed("yann", None, basket())]);
}

#[test]
fn a_page_may_have_no_title() {
    let untitled = || page("https://example.org/", None);
    let scene = alice_talks_with_zoe().when(visitor("zoe"), change_page("zoe", untitled())).then([changed(
        "zoe",
        "alice",
        untitled(),
    )]);
    scene.restarted();
}

#[test]
fn going_back_or_loading_it_again_is_another_page() {
    alice_talks_with_zoe()
        .past([Step::Do(visitor("zoe"), change_page("zoe", basket()))])
        .when(visitor("zoe"), change_page("zoe", basket()))
        .then([changed("zoe", "alice", basket())]);
}

#[test]
fn only_the_integration_reports_it_for_the_visitor() {
    alice_talks_with_zoe().when(bot(), change_page("zoe", basket())).then([changed(
        "zoe",
        "alice",
        basket(),
    )]);
    for actor in [operator("alice"), supervisor(), administrator(), analyst(), Actor::System] {
        alice_talks_with_zoe().when(actor, change_page("zoe", basket())).then_refused("forbidden");
    }
    alice_talks_with_zoe()
        .when(visitor("yann"), change_page("zoe", basket()))
        .then_refused("not_your_conversation");
}

#[test]
fn of_a_conversation_that_is_over_kept_open_or_unknown_nothing_is_noted() {
    for keep_open in [false, true] {
        given([change(behaviour("keep_open", keep_open)), connected("alice"), asks("zoe")])
            .past([talks_to("alice", "zoe"), ends("alice", "zoe")])
            .when(visitor("zoe"), change_page("zoe", basket()))
            .then_refused("conversation_over");
    }
    alice_talks_with_zoe()
        .when(visitor("ugo"), change_page("ugo", basket()))
        .then_refused("unknown_conversation");
}

#[test]
fn address_and_title_have_1_to_2000_characters() {
    for count in [1, CARD_VALUE_CHARACTERS_MAX] {
        let fits = || page(&"é".repeat(count), Some(&"é".repeat(count)));
        alice_talks_with_zoe().when(visitor("zoe"), change_page("zoe", fits())).then([changed(
            "zoe",
            "alice",
            fits(),
        )]);
    }
    assert_eq!(CARD_VALUE_CHARACTERS_MAX, 2_000);
    for wrong in [String::new(), "é".repeat(2_001), "a\0b".to_owned()] {
        let zoe = |page: Page| alice_talks_with_zoe().when(visitor("zoe"), change_page("zoe", page));
        zoe(page(&wrong, Some("Panier"))).then_wrong(["url"]);
        zoe(page("https://example.org/", Some(&wrong))).then_wrong(["title"]);
        zoe(page(&wrong, Some(&wrong))).then_wrong(["url", "title"]);
    }
}

#[test]
fn no_clock_moves() {
    let scene = given([change(all_clocks()), connected("alice"), asks("zoe"), talks_to("alice", "zoe")])
        .past([later(seconds(20))]);
    let clocks =
        |scene: &Scene| TimerKind::ALL.iter().map(|clock| scene.due("zoe", *clock)).collect::<Vec<_>>();
    let before = clocks(&scene);
    assert!(before.iter().any(Option::is_some));
    let scene = scene.when(visitor("zoe"), change_page("zoe", basket())).then_whatever();
    assert_eq!(clocks(&scene), before);
}

#[test]
fn a_page_that_runs_in_circles_does_not_fill_the_log() {
    let mut scene = alice_talks_with_zoe();
    for _ in 0..PAGES_PER_CONVERSATION_MAX {
        scene = scene.when(visitor("zoe"), change_page("zoe", basket())).then_whatever();
    }
    scene
        .when(visitor("zoe"), change_page("zoe", basket()))
        .then_refused("too_many_pages")
        .when(visitor("yann"), change_page("yann", basket()))
        .then([changed("yann", None, basket())]);
}
