//! Knowledge on the desk: found, sent, and asked about.

use pupitre_tests::actors::{Livechat, Operator, Visitor};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

fn articles() -> Value {
    json!([
        { "id": "returns", "title": "Retours", "body": "Un colis se retourne sous 30 jours.", "theme": "commandes" },
        { "id": "refund", "title": "Remboursement", "body": "Voir les retours.", "theme": "commandes",
          "redirects_to": "returns" },
        { "id": "hours", "title": "Opening hours", "body": "Open on Sundays.", "theme": "shops", "language": "en" },
    ])
}

async fn at_work(server: &Server) -> (Livechat, Operator, Visitor) {
    let livechat = server.livechat("support").await;
    livechat.sets("knowledge", articles()).await;
    livechat.sets("desk", json!({ "augmented": true })).await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    (livechat, alice, visitor)
}

#[tokio::test]
async fn a_search_shows_what_was_found_and_what_would_be_sent() {
    let server = Server::start().await;
    let (_livechat, alice, _visitor) = at_work(&server).await;
    let found = alice.person.get("/knowledge?q=rembours*").await.is(200);
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");
    assert_eq!(
        (&found[0]["id"], &found[0]["title"], &found[0]["theme"]),
        (&json!("refund"), &json!("Remboursement"), &json!("commandes"))
    );
    assert_eq!(
        found[0]["answers"],
        json!({ "id": "returns", "title": "Retours", "text": "Un colis se retourne sous 30 jours." })
    );
    let found = alice.person.get("/knowledge?q=colis").await.is(200);
    assert_eq!(
        found[0]["extract"],
        json!([
            { "text": "Un ", "marked": false },
            { "text": "colis", "marked": true },
            { "text": " se retourne sous 30 jours.", "marked": false },
        ])
    );
    assert_eq!(alice.person.get("/knowledge?q=sundays&language=fr").await.is(200), json!([]));
    assert_eq!(alice.person.get("/knowledge?q=retours&limit=1").await.is(200).as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_change_of_the_articles_is_seen_by_the_next_search() {
    let server = Server::start().await;
    let (livechat, alice, _visitor) = at_work(&server).await;
    assert_eq!(alice.person.get("/knowledge?q=colis").await.is(200).as_array().unwrap().len(), 1);
    livechat.sets("knowledge", json!([])).await;
    assert_eq!(alice.person.get("/knowledge?q=colis").await.is(200), json!([]));
    livechat.sets("knowledge", articles()).await;
    assert_eq!(alice.person.get("/knowledge?q=colis").await.is(200).as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_malformed_search_is_refused_with_what_is_allowed() {
    let server = Server::start().await;
    let (_livechat, alice, _visitor) = at_work(&server).await;
    for (search, field) in
        [("q=ab&limit=0", "limit"), ("q=ab&limit=21", "limit"), ("", "q"), ("q=ab&x=1", "x")]
    {
        let problem =
            alice.person.get(&format!("/knowledge?{search}")).await.is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["field"], field, "{search}: {problem}");
    }
    let long = format!("/knowledge?q={}", "a".repeat(201));
    let problem = alice.person.get(&long).await.is_problem(422, "invalid_fields");
    assert_eq!(problem["errors"][0], json!({ "field": "q", "allowed": "at most 200 characters" }));
}

#[tokio::test]
async fn an_article_is_sent_as_a_message() {
    let server = Server::start().await;
    let (_livechat, alice, mut visitor) = at_work(&server).await;
    let sent = alice.person.post(&visitor.path("/articles"), &json!({ "article": "refund" })).await.is(201);
    assert_eq!(sent["number"], 2, "after the welcome: {sent}");
    let heard = visitor.hears("Un colis se retourne sous 30 jours.").await;
    assert_eq!(
        heard["from"], "system",
        "an answer by redirection is Pupitre's unless the settings say otherwise"
    );
    let unknown = alice.person.post(&visitor.path("/articles"), &json!({ "article": "nothing" })).await;
    unknown.is_problem(422, "unknown_article");
}

#[tokio::test]
async fn the_assistant_answers_from_the_articles_and_nobody_else_hears_it() {
    let server = Server::start().await;
    let (livechat, alice, visitor) = at_work(&server).await;
    let before = server.position("support").await;
    let asked = json!({ "question": "sous combien de jours retourner un colis ?" });
    let answer = alice.person.post("/desk/assistant", &asked).await.is(200);
    let text = answer["text"].as_str().unwrap();
    assert!(text.contains("L’article «\u{a0}Retours\u{a0}»") && text.contains("30 jours"), "{answer}");
    assert_eq!(answer["sources"][0]["article"], "returns");
    let asked = json!({ "question": "sundays", "language": "en" });
    let answer = alice.person.post("/desk/assistant", &asked).await.is(200);
    assert!(answer["text"].as_str().unwrap().contains("Open on Sundays."), "{answer}");
    let asked = json!({ "question": "éléphants" });
    let answer = alice.person.post("/desk/assistant", &asked).await.is(200);
    assert_eq!(answer["sources"], json!([]));
    assert_eq!(server.position("support").await, before, "nothing of it is recorded");
    let transcript = visitor.path(&format!("/transcript?at_least={before}"));
    let transcript = livechat.supervisor().get(&transcript).await.is(200);
    assert!(!transcript.to_string().contains("éléphants"));
    let empty = alice.person.post("/desk/assistant", &json!({ "question": "" })).await;
    assert_eq!(empty.is_problem(422, "invalid_fields")["errors"][0]["field"], "question");
}

#[tokio::test]
async fn a_section_may_have_all_the_text_that_it_may() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let administrator = livechat.administrator();
    let article = |number: usize, characters: usize| json!({ "id": format!("a{number}"), "title": "t", "body": "\\".repeat(characters), "theme": "t" });
    // Almost 1 MiB of text, twice as much when it is escaped.
    let most: Vec<Value> = (0..104).map(|number| article(number, 10_000)).collect();
    administrator.put("/settings/knowledge", &json!(most)).await.is(200);
    let more: Vec<Value> = (0..106).map(|number| article(number, 10_000)).collect();
    let problem =
        administrator.put("/settings/knowledge", &json!(more)).await.is_problem(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["field"], "knowledge", "{problem}");
    let far_too_much = json!("x".repeat(8 * 1024 * 1024));
    let problem = administrator.put("/settings/knowledge", &far_too_much).await;
    let problem = problem.is_problem(413, "body_too_large");
    assert_eq!(problem["errors"][0]["allowed"], "at most 8388608 bytes");
}
