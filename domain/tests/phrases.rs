//! Phrases: what Pupitre says by itself, and when.

use pupitre_domain::event::Request;
use pupitre_domain::settings::Phrase;
use pupitre_domain::text::Language;

use crate::support::*;

fn zoe_is_on_alices_desk() -> Scene {
    given_with_phrases([connected_with_capacity("alice", 1), asks("zoe")])
}

fn english(name: &str) -> Request {
    Request { language: Language::En, ..plain_request(name, None) }
}

#[test]
fn at_pick_up_the_visitor_is_welcomed_by_the_name_of_the_operator_once() {
    zoe_is_on_alices_desk()
        .when(operator("alice"), pick_up("zoe"))
        .then_said(["Bonjour, Alice est à votre écoute."])
        .when(operator("alice"), pick_up("zoe"))
        .then_said([]);
}

#[test]
fn on_entering_the_queue_the_visitor_learns_the_position() {
    zoe_is_on_alices_desk()
        .past([asks("yann")])
        .when(visitor("xena"), request("xena"))
        .then_said(["Tous nos conseillers sont occupés. Vous êtes en position 2."]);
}

#[test]
fn a_refusal_says_why_after_the_conversation_is_over() {
    given_with_phrases([])
        .when(visitor("zoe"), request("zoe"))
        .then_said(["Aucun conseiller n’est disponible pour le moment."]);
    zoe_is_on_alices_desk()
        .past([asks("yann"), asks("xena")])
        .when(visitor("wim"), request("wim"))
        .then_said(["Trop de personnes attendent déjà. Merci de réessayer dans quelques minutes."]);
}

#[test]
fn after_a_transfer_the_visitor_learns_the_new_name() {
    zoe_is_on_alices_desk()
        .past([connected("bob")])
        .when(operator("alice"), transfer_to("zoe", "bob"))
        .then_said(["Votre conversation est confiée à Alice."]);
}

#[test]
fn the_reminder_and_the_end_by_inactivity_are_said() {
    zoe_is_on_alices_desk()
        .past([talks_to("alice", "zoe")])
        .after(minutes(9))
        .then_said([
            "Êtes-vous toujours là\u{202f}? Sans réponse de votre part, la conversation va bientôt se terminer.",
        ])
        .after(minutes(1))
        .then_said(["Sans nouvelles de votre part, la conversation est terminée."]);
}

#[test]
fn the_end_by_operator_or_supervisor_is_said_and_the_visitors_own_is_not() {
    let scene = zoe_is_on_alices_desk().past([picks_up("alice", "zoe")]);
    let farewell = "La conversation est terminée. Merci de votre visite.";
    scene.clone().when(operator("alice"), end("zoe")).then_said([farewell]);
    scene.clone().when(supervisor(), end("zoe")).then_said([farewell]);
    scene.when(visitor("zoe"), end("zoe")).then_said([]);
}

#[test]
fn a_visitor_who_leaves_the_queue_is_sent_no_phrase() {
    zoe_is_on_alices_desk().past([asks("yann")]).when(visitor("yann"), leave("yann")).then_said([]);
}

#[test]
fn a_phrase_is_in_the_language_of_the_visitor() {
    given_with_phrases([])
        .when(visitor("zoe"), request_with("zoe", english("zoe")))
        .then_said(["No adviser is available at the moment."]);
}

#[test]
fn a_language_without_a_text_falls_back_to_that_of_the_livechat() {
    given_with_phrases([change(phrase(Phrase::NoOperator, true, &[(Language::Fr, "Fermé")]))])
        .when(visitor("zoe"), request_with("zoe", english("zoe")))
        .then_said(["Fermé"]);
}

#[test]
fn a_phrase_switched_off_is_not_said_and_the_others_are() {
    zoe_is_on_alices_desk()
        .past([change(phrase(Phrase::Welcome, false, &[]))])
        .when(operator("alice"), pick_up("zoe"))
        .then_said([])
        .when(operator("alice"), end("zoe"))
        .then_said(["La conversation est terminée. Merci de votre visite."]);
}

#[test]
fn phrases_are_messages_of_the_conversation_and_count_in_its_numbering() {
    let scene = zoe_is_on_alices_desk().past([picks_up("alice", "zoe"), writes("zoe"), ends("alice", "zoe")]);
    let numbers: Vec<u32> = scene.log.iter().filter_map(|event| number_of(&event.fact)).collect();
    assert_eq!(numbers, [1, 2, 3]);
}

#[test]
fn an_unknown_value_is_left_out_of_a_phrase() {
    given_with_phrases([change(phrase(
        Phrase::NoOperator,
        true,
        &[(
            Language::Fr,
            "Merci de votre visite. Votre conseiller, {operator}, vous répondra. À bientôt[[, {visitor}]].",
        )],
    ))])
    .when(visitor("zoe"), request("zoe"))
    .then_said(["Merci de votre visite. À bientôt."]);
}
