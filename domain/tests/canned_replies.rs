//! Canned replies: the texts that operators have ready, by theme.

use pupitre_domain::settings::canned_replies::{CannedReplies, CannedReply};
use pupitre_domain::text::Language;
use serde_json::{Value, json};

use crate::support::wrong_fields;

fn reply(id: &str, theme: &str, text: Value) -> CannedReply {
    let mut reply = json!({"id": id, "title": format!("Title of {id}"), "theme": theme, "published": true});
    reply["text"] = text;
    serde_json::from_value(reply).unwrap()
}

fn draft(id: &str, theme: &str) -> CannedReply {
    CannedReply { published: false, ..reply(id, theme, json!({"fr": "…"})) }
}

fn wrong(replies: impl IntoIterator<Item = CannedReply>) -> Vec<String> {
    let replies = CannedReplies(replies.into_iter().collect());
    wrong_fields(|check| replies.check(check))
}

/// Each theme with the texts an operator may send to a visitor of this language.
fn offered(replies: &[CannedReply], language: Language) -> Value {
    let replies = CannedReplies(replies.to_vec());
    let themes = replies.published_by_theme(language, Language::Fr);
    themes
        .into_iter()
        .map(|theme| json!([theme.theme, theme.replies.into_iter().map(|r| r.text).collect::<Vec<_>>()]))
        .collect()
}

#[test]
fn a_reply_is_a_draft_until_it_is_published_and_no_key_is_invented() {
    let bare = json!({"id": "a", "title": "A", "text": {"fr": "a"}, "theme": "t"});
    assert!(!serde_json::from_value::<CannedReply>(bare.clone()).unwrap().published);
    let mut invented = bare;
    invented["shortcut"] = json!("F1");
    assert!(serde_json::from_value::<CannedReply>(invented).is_err());
}

#[test]
fn each_reply_once_and_at_most_500() {
    assert_eq!(wrong([draft("a", "t"), draft("b", "t"), draft("a", "u")]), ["canned_replies[2].id"]);
    let many = |count: usize| (0..count).map(|n| draft(&format!("r{n}"), "t"));
    assert!(wrong(many(500)).is_empty());
    assert_eq!(wrong(many(501)), ["canned_replies"]);
}

#[test]
fn a_text_is_as_long_as_a_message_and_every_wrong_field_is_named() {
    assert!(wrong([reply("a", "t", json!({"fr": "é".repeat(5_000), "en": "x"}))]).is_empty());
    let bad = CannedReply {
        title: String::new(),
        theme: "é".repeat(101),
        ..reply("b", "t", json!({"fr": "é".repeat(5_001), "en": ""}))
    };
    assert_eq!(
        wrong([draft("a", "t"), bad, reply("c", "t", json!({}))]),
        [
            "canned_replies[1].title",
            "canned_replies[1].text.fr",
            "canned_replies[1].text.en",
            "canned_replies[1].theme",
            "canned_replies[2].text",
        ]
    );
}

#[test]
fn the_replies_of_a_livechat_have_at_most_a_mebibyte_of_text() {
    let long =
        |count: usize| (0..count).map(|n| reply(&format!("r{n}"), "t", json!({"fr": "x".repeat(5_000)})));
    assert!(wrong(long(200)).is_empty());
    assert_eq!(wrong(long(210)), ["canned_replies"]);
}

#[test]
fn themes_come_in_the_order_of_their_first_reply_and_drafts_do_not_count() {
    let text = |text: &str| json!({ "fr": text });
    let replies = [
        draft("a", "Livraison"),
        reply("b", "Paiement", text("b")),
        reply("c", "Livraison", text("c")),
        reply("d", "Paiement", text("d")),
        draft("e", "Secret"),
    ];
    assert_eq!(offered(&replies, Language::Fr), json!([["Paiement", ["b", "d"]], ["Livraison", ["c"]]]));
    assert_eq!(offered(&[], Language::Fr), json!([]));
}

#[test]
fn a_reply_is_in_the_visitors_language_or_else_the_livechats_or_else_absent() {
    let replies = [
        reply("a", "t", json!({"fr": "Bonjour", "en": "Hello"})),
        reply("b", "t", json!({"fr": "Merci"})),
        reply("c", "u", json!({"en": "Bye"})),
    ];
    assert_eq!(offered(&replies, Language::En), json!([["t", ["Hello", "Merci"]], ["u", ["Bye"]]]));
    assert_eq!(offered(&replies, Language::Fr), json!([["t", ["Bonjour", "Merci"]]]));
}
