//! Knowledge: the articles that operators look up, where they redirect.

use pupitre_domain::ArticleId;
use pupitre_domain::settings::knowledge::{Article, Knowledge};
use serde_json::json;

use crate::support::wrong_fields;

fn article(id: &str, title: &str, body: &str) -> Article {
    serde_json::from_value(json!({"id": id, "title": title, "body": body, "theme": "Aide"})).unwrap()
}

fn id(id: &str) -> ArticleId {
    ArticleId::parse(id).unwrap()
}

fn redirects(from: &str, to: &str) -> Article {
    Article { redirects_to: Some(id(to)), ..article(from, "Renvoi", "") }
}

fn wrong(articles: impl IntoIterator<Item = Article>) -> Vec<String> {
    let knowledge = Knowledge(articles.into_iter().collect());
    wrong_fields(|check| knowledge.check(check))
}

// What an article is.

#[test]
fn an_article_needs_no_language_and_no_redirection_and_no_key_is_invented() {
    let plain = article("a", "Titre", "Texte");
    assert!(plain.language.is_none() && plain.redirects_to.is_none());
    assert!(wrong([plain]).is_empty());
    let invented = json!({"id": "a", "title": "A", "body": "a", "theme": "t", "author": "me"});
    assert!(serde_json::from_value::<Article>(invented).is_err());
}

#[test]
fn every_wrong_field_of_every_article_is_named() {
    let longest =
        Article { theme: "é".repeat(100), ..article("a", &"é".repeat(100), &"é".repeat(10_000)) };
    let bad = Article { theme: String::new(), ..article("b", &"é".repeat(101), &"é".repeat(10_001)) };
    assert_eq!(
        wrong([longest, bad, article("c", "a\0b", "")]),
        [
            "knowledge[1].title",
            "knowledge[1].body",
            "knowledge[1].theme",
            "knowledge[2].title",
            "knowledge[2].body",
        ]
    );
}

#[test]
fn each_article_once_at_most_500_and_a_mebibyte_of_text() {
    assert_eq!(wrong([article("a", "A", "a"), article("a", "A", "a")]), ["knowledge[1].id"]);
    let many = |count: usize, body: &str| {
        let body = body.to_owned();
        (0..count).map(move |n| article(&format!("a{n}"), "A", &body))
    };
    assert!(wrong(many(500, &"x".repeat(2_000))).is_empty());
    assert_eq!(wrong(many(501, "x")), ["knowledge"]);
    assert_eq!(wrong(many(500, &"x".repeat(2_200))), ["knowledge"]);
}

// Redirections.

#[test]
fn an_article_that_redirects_needs_no_text_of_its_own() {
    assert!(wrong([redirects("a", "b"), article("b", "B", "b")]).is_empty());
}

#[test]
fn a_redirection_leads_to_another_article_of_the_knowledge() {
    assert_eq!(
        wrong([redirects("a", "a"), redirects("b", "nowhere"), article("c", "C", "c")]),
        ["knowledge[0].redirects_to", "knowledge[1].redirects_to"]
    );
}

#[test]
fn redirections_do_not_go_round_in_a_circle() {
    // "d" leads into the circle and is not part of it.
    assert_eq!(
        wrong([redirects("a", "b"), redirects("b", "c"), redirects("c", "a"), redirects("d", "a")]),
        ["knowledge[0].redirects_to", "knowledge[1].redirects_to", "knowledge[2].redirects_to"]
    );
}

#[test]
fn redirections_are_followed_to_the_article_that_answers() {
    let knowledge = Knowledge(vec![redirects("a", "b"), redirects("b", "c"), article("c", "C", "c")]);
    for (from, redirected) in [("a", true), ("b", true), ("c", false)] {
        let resolved = knowledge.resolve(&id(from)).unwrap();
        assert_eq!((resolved.article.id.as_str(), resolved.redirected), ("c", redirected));
    }
    assert_eq!(knowledge.resolve(&id("d")), None);
}

#[test]
fn knowledge_that_was_never_checked_leads_nowhere_rather_than_for_ever() {
    let circle = Knowledge(vec![redirects("a", "b"), redirects("b", "a"), redirects("c", "nowhere")]);
    assert_eq!(circle.resolve(&id("a")), None);
    assert_eq!(circle.resolve(&id("c")), None);
}
