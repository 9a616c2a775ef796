//! The printable version of an exchange.

use pupitre_tests::actors::{Answer, Livechat, Operator, Person, Visitor};
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::json;

async fn talked(server: &Server) -> (Livechat, Operator, Visitor, u64) {
    let livechat = server.livechat("support").await;
    livechat.sets("opening_hours", json!({ "time_zone": "Asia/Tokyo" })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat
        .requests(json!({
            "visitor": { "id": "v1", "name": "Zoé" }, "language": "fr",
            "card": { "page_title": "Panier", "variables": { "client": "42" } },
            "history": [{ "author": "bot", "text": "Que puis-je pour vous ?" }],
        }))
        .await;
    alice.picks_up(&visitor).await;
    visitor.says("<script>alert(\"a & b\")</script>").await;
    alice.says(&visitor, "une ligne\n12:00:00  Zoé: une autre").await;
    let position = alice.ends(&visitor).await;
    (livechat, alice, visitor, position)
}

async fn printed(person: &Person, path: &str, language: &str) -> Answer {
    Answer::to(person.request(Method::GET, path).header("Accept-Language", language)).await
}

#[tokio::test]
async fn it_is_a_page_that_runs_nothing_and_escapes_everything() {
    let server = Server::start().await;
    let (_livechat, alice, visitor, position) = talked(&server).await;
    let path = visitor.path(&format!("/print?at_least={position}"));
    let response = alice.person.request(Method::GET, &path).send().await.unwrap();
    assert_eq!(response.headers()["content-type"], "text/html; charset=utf-8");
    assert!(response.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'"));
    assert_eq!(response.headers()["cache-control"], "no-store");
    let page = response.text().await.unwrap();
    assert!(page.contains("&lt;script&gt;alert(&quot;a &amp; b&quot;)&lt;/script&gt;"), "{page}");
    assert!(!page.contains("<script"), "{page}");
    for told in
        ["Que puis-je pour vous ?", "<b>Alice</b>", "<b>Zoé</b>", "Panier", "prend la conversation en charge"]
    {
        assert!(page.contains(told), "{told}: {page}");
    }
}

#[tokio::test]
async fn it_is_in_the_language_of_the_reader_and_else_in_that_of_the_livechat() {
    let server = Server::start().await;
    let (_livechat, alice, visitor, position) = talked(&server).await;
    let path = visitor.path(&format!("/print?at_least={position}"));
    for (accepted, told) in [
        ("en-GB,fr;q=0.5", "Ended by the operator"),
        ("fr", "Fin du livechat par le conseiller"),
        ("de", "Fin du livechat par le conseiller"),
    ] {
        let page = printed(&alice.person, &path, accepted).await.is(200);
        assert!(page.as_str().unwrap().contains(told), "{accepted}: {page}");
    }
}

#[tokio::test]
async fn its_times_are_those_of_the_livechat_and_say_so() {
    let server = Server::start().await;
    let (_livechat, alice, visitor, position) = talked(&server).await;
    let path = visitor.path(&format!("/print?format=text&at_least={position}"));
    let answer = printed(&alice.person, &path, "en").await;
    assert_eq!(answer.content_type, "text/plain; charset=utf-8");
    let page = answer.is(200);
    let page = page.as_str().unwrap();
    // Noon in UTC is nine in the evening in Tokyo.
    assert!(page.contains("Times are those of: Asia/Tokyo"), "{page}");
    assert!(page.contains("15 January 2027") && page.contains("\n21:00:00  Alice: une ligne\n"), "{page}");
    assert!(!page.contains("\n12:00:00"), "a second line of a message is no entry: {page}");
}

#[tokio::test]
async fn it_shows_operators_what_the_card_lists_and_supervisors_everything() {
    let server = Server::start().await;
    let (livechat, alice, visitor, position) = talked(&server).await;
    livechat.sets("visitor_card", json!(["page_title"])).await;
    let path = visitor.path(&format!("/print?format=text&at_least={position}"));
    let to_operator = printed(&alice.person, &path, "en").await.is(200);
    let to_operator = to_operator.as_str().unwrap();
    assert!(to_operator.contains("Panier") && to_operator.contains("Visitor: <script>"), "{to_operator}");
    assert!(!to_operator.contains("client: 42"), "{to_operator}");
    let to_supervisor = printed(&livechat.supervisor(), &path, "en").await.is(200);
    let to_supervisor = to_supervisor.as_str().unwrap();
    assert!(to_supervisor.contains("Name: Zoé") && to_supervisor.contains("client: 42"), "{to_supervisor}");
    let to_visitor = printed(&visitor.person, &path, "en").await.is(200);
    assert!(to_visitor.as_str().unwrap().contains("Operator: une ligne"), "no name of staff: {to_visitor}");
}

#[tokio::test]
async fn another_format_is_refused() {
    let server = Server::start().await;
    let (_livechat, alice, visitor, _) = talked(&server).await;
    alice.person.get(&visitor.path("/print?format=pdf")).await.is_problem(422, "invalid_fields");
}
