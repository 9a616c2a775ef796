//! `auto_transfer_notice` off: a visitor who has met an operator is shown no other, in no frame, phrase or transcript,
//! until a change that is announced.

use pupitre_tests::actors::{Operator, Visitor};
use pupitre_tests::server::{Server, seconds};
use serde_json::json;

/// The ready-made `auto_transfer`.
const INACTIVE_SECS: i64 = 90;

/// Alice has greeted and answered the visitor, who waits for the next answer in vain; bob and carol are there.
async fn alice_is_silent(server: &Server, notice: bool) -> (Operator, Operator, Visitor) {
    let livechat = server.livechat("support").await;
    livechat.sets("timeouts", json!({ "auto_transfer_notice": notice })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "que puis-je pour vous ?").await;
    let bob = livechat.operator("bob").await;
    visitor.says("ma commande ?").await;
    server.clock.advance(seconds(INACTIVE_SECS));
    alice.receives("closed", &visitor).await;
    (alice, bob, visitor)
}

/// Bob has it now, picks it up and answers.
async fn bob_answers(bob: &mut Operator, visitor: &mut Visitor) {
    bob.sees_tab(visitor).await;
    bob.picks_up(visitor).await;
    bob.says(visitor, "la voilà").await;
    visitor.hears("la voilà").await;
}

/// The phrases that have named operators to the visitor.
fn introductions(visitor: &Visitor) -> Vec<&str> {
    let texts = visitor.socket.heard().iter().filter_map(|frame| frame["text"].as_str());
    texts.filter(|text| text.starts_with("Bonjour") || text.contains("relais")).collect()
}

/// Everything that the visitor can read of the conversation, whichever way: what each way shows.
async fn all_that_is_shown(visitor: &Visitor) -> Vec<(String, String)> {
    let mut shown = vec![("the open page".to_owned(), json!(visitor.socket.heard()).to_string())];
    let last = visitor.socket.last_position();
    for after in 0..last {
        let mut page = visitor.page(after).await;
        page.hears(|frame| frame["text"] == "la voilà" || frame["position"] == last).await;
        shown.push((format!("a page after {after}"), json!(page.logged()).to_string()));
    }
    let snapshot = format!("/visitor?conversation={}&snapshot=true", visitor.conversation);
    let mut page = pupitre_tests::actors::Socket::open(&visitor.person.socket(&snapshot)).await;
    let snapshot = page.hears(|frame| frame["type"] == "snapshot").await;
    shown.push(("the snapshot".to_owned(), snapshot.to_string()));
    for format in ["json", "text", "html"] {
        let path = visitor.path(&format!("/transcript?format={format}&at_least={last}"));
        let answer = visitor.person.request(reqwest::Method::GET, &path).send().await.unwrap();
        assert_eq!(answer.status(), 200, "{format}");
        shown.push((format!("the transcript as {format}"), answer.text().await.unwrap()));
    }
    shown
}

#[tokio::test]
async fn the_visitor_sees_no_other_operator_over_any_interface() {
    let server = Server::start().await;
    let (mut alice, mut bob, mut visitor) = alice_is_silent(&server, false).await;
    bob_answers(&mut bob, &mut visitor).await;
    for (way, shown) in all_that_is_shown(&visitor).await {
        let shown_in_lower_case = shown.to_lowercase();
        assert!(!shown_in_lower_case.contains("bob"), "{way} shows {shown}");
        assert!(!shown.contains("transferred"), "{way} shows {shown}");
    }
    let picked_up = visitor.socket.heard().iter().filter(|frame| frame["type"] == "picked_up");
    assert_eq!(picked_up.count(), 1);
    assert_eq!(introductions(&visitor), ["Bonjour, Alice est à votre écoute."]);

    // The staff knows.
    let staff = server.uncreated("support").supervisor();
    let lines = staff.get(&visitor.path("/transcript")).await.is(200).to_string();
    assert!(lines.contains("auto_transferred") && lines.to_lowercase().contains("bob"), "{lines}");

    // A change by hand is announced, and the new operator introduced.
    bob.transfers(&visitor, json!({ "operator": "alice" }), None).await;
    assert_eq!(visitor.receives("transferred").await["operator"], "Alice");
    alice.sees_tab(&visitor).await;
    alice.picks_up(&visitor).await;
    visitor.hears("Bonjour, Alice est à votre écoute.").await;
}

#[tokio::test]
async fn it_stays_hidden_through_a_restart() {
    let mut server = Server::start().await;
    let (_alice, mut bob, mut visitor) = alice_is_silent(&server, false).await;
    bob.sees_tab(&visitor).await;
    server.restart().await;
    bob.comes_back().await;
    visitor.comes_back().await;
    bob.picks_up(&visitor).await;
    bob.says(&visitor, "la voilà").await;
    visitor.hears("la voilà").await;
    for (way, shown) in all_that_is_shown(&visitor).await {
        assert!(!shown.to_lowercase().contains("bob"), "{way} shows {shown}");
    }
}

#[tokio::test]
async fn with_notice_the_visitor_gets_one_phrase_and_no_further_greeting() {
    let server = Server::start().await;
    let (_alice, mut bob, mut visitor) = alice_is_silent(&server, true).await;
    assert_eq!(visitor.receives("transferred").await["operator"], "Bob");
    bob_answers(&mut bob, &mut visitor).await;
    let told = ["Bonjour, Alice est à votre écoute.", "Bob prend le relais et va vous répondre."];
    assert_eq!(introductions(&visitor), told);
}
