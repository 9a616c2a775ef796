//! Where visitors are: looking at the page, away from it for long, or gone from the site; and on which page.
//! A reload is invisible, several pages count as one, and no visitor is removed who was never known to be here.

use std::pin::pin;

use api::live::attendance::Pages;
use domain::{ConversationId, LivechatId};
use futures::StreamExt;
use journal::Scope;
use pupitre_tests::actors::{ClosedPage, Livechat, Operator, Visitor};
use pupitre_tests::patience::{eventually, soon};
use pupitre_tests::server::{Server, minutes, seconds};
use serde_json::{Value, json};

const AWAY_SECS: i64 = 180;
const LEFT_SECS: i64 = 30;

/// Waits until the server knows of so many open pages of a conversation, of which so many are looked at.
async fn pages(server: &Server, conversation: &str, open: usize, looked_at: usize) {
    let (livechat, id) =
        (LivechatId::parse("support").unwrap(), ConversationId(conversation.parse().unwrap()));
    let attendance = &server.app().attendance;
    eventually("the server knows of the pages", async || {
        attendance.pages(&livechat, id) == Pages { open, looked_at }
    })
    .await;
}

/// The names of what has happened in a conversation, with where the visitor was, up to now.
async fn story(server: &Server, conversation: &str) -> Vec<String> {
    let (livechat, id) =
        (LivechatId::parse("support").unwrap(), ConversationId(conversation.parse().unwrap()));
    let records = server.records_of(&livechat, id).await;
    let names = records.iter().map(|record| {
        let fact = serde_json::to_value(&record.event.fact).unwrap();
        let presence = fact["conversation"]["fact"]["visitor_presence"]["presence"].as_str();
        let name = record.event.fact.name().trim_start_matches("conversation.");
        presence.map_or_else(|| name.to_owned(), |presence| format!("{name} {presence}"))
    });
    names.filter(|name| name != "message_posted").collect()
}

/// Waits until this has happened in the livechat so many times.
async fn has_happened(server: &Server, what: &str, times: usize) {
    let id = LivechatId::parse("support").unwrap();
    let mut log = pin!(server.app().journal.follow(&id, Scope::Livechat, 0));
    let mut seen = 0;
    while seen < times {
        let record = soon(log.next()).await.unwrap().unwrap();
        seen += usize::from(record.event.fact.name() == what);
    }
}

/// Closes the only page of a visitor, and waits until the server has noticed.
async fn closes(server: &Server, visitor: Visitor) -> ClosedPage {
    let closed = visitor.closes_page().await;
    pages(server, &closed.conversation, 0, 0).await;
    closed
}

/// The row of a conversation, up to date.
async fn row(server: &Server, livechat: &Livechat, conversation: &str) -> Value {
    let last = server.position("support").await;
    let path = format!("/conversations/{conversation}?at_least={last}");
    livechat.supervisor().get(&path).await.is(200)
}

/// Alice, who has picked up v1 and has room for no other.
async fn alice_is_busy(server: &Server) -> (Livechat, Operator, Visitor) {
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 5 })).await;
    let mut alice = livechat.operator("alice").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    (livechat, alice, visitor)
}

#[tokio::test]
async fn a_visitor_who_does_not_look_for_three_minutes_is_away_until_looking_again() {
    let server = Server::start().await;
    let (livechat, mut alice, mut visitor) = alice_is_busy(&server).await;
    let mut floor = livechat.floor().await;
    visitor.looks(false).await;
    pages(&server, &visitor.conversation, 1, 0).await;
    server.clock.advance(seconds(AWAY_SECS));
    assert_eq!(alice.receives("visitor_presence", &visitor).await["presence"], "away");
    floor.shows(|board| board["conversations"][0]["presence"] == "away").await;
    assert_eq!(livechat.desk("alice").await.snapshot["tabs"][0]["presence"], "away");
    visitor.looks(true).await;
    assert_eq!(alice.receives("visitor_presence", &visitor).await["presence"], "here");
    floor.shows(|board| board["conversations"][0]["presence"] == "here").await;
    assert!(visitor.socket.heard().iter().all(|frame| frame["type"] != "visitor_presence"));
}

#[tokio::test]
async fn coming_and_going_are_events_of_the_visitor() {
    let server = Server::start().await;
    let (livechat, _alice, mut visitor) = alice_is_busy(&server).await;
    visitor.looks(false).await;
    pages(&server, &visitor.conversation, 1, 0).await;
    server.clock.advance(seconds(AWAY_SECS));
    has_happened(&server, "conversation.visitor_presence", 1).await;
    let last = server.position("support").await;
    let page = livechat.supervisor().get(&format!("/audit?at_least={last}")).await.is(200);
    let entry = &page["items"][0];
    assert_eq!(
        (&entry["action"], &entry["role"], &entry["actor"], &entry["data"]["presence"]),
        (&json!("conversation.visitor_presence"), &json!("visitor"), &json!("v1"), &json!("away"))
    );
}

#[tokio::test]
async fn a_visitor_who_looks_again_within_three_minutes_was_never_away() {
    let server = Server::start().await;
    let (_livechat, _alice, mut visitor) = alice_is_busy(&server).await;
    for _ in 0..3 {
        visitor.looks(false).await;
        pages(&server, &visitor.conversation, 1, 0).await;
        server.clock.advance(seconds(AWAY_SECS - 1));
        visitor.looks(true).await;
        pages(&server, &visitor.conversation, 1, 1).await;
    }
    server.clock.advance(minutes(5));
    visitor.says("je suis là").await;
    assert_eq!(story(&server, &visitor.conversation).await, ["requested", "assigned", "picked_up"]);
}

#[tokio::test]
async fn several_pages_of_a_visitor_count_as_one() {
    let server = Server::start().await;
    let (_livechat, mut alice, mut visitor) = alice_is_busy(&server).await;
    let mut second = visitor.page(0).await;
    visitor.looks(false).await;
    pages(&server, &visitor.conversation, 2, 1).await;
    server.clock.advance(minutes(5));
    // One of them is still looked at.
    second.says(&json!({ "type": "looking", "looking": false })).await;
    pages(&server, &visitor.conversation, 2, 0).await;
    assert_eq!(story(&server, &visitor.conversation).await, ["requested", "assigned", "picked_up"]);
    server.clock.advance(seconds(AWAY_SECS));
    assert_eq!(alice.receives("visitor_presence", &visitor).await["presence"], "away");
    // The last of two that is closed is not the first.
    second.close().await;
    pages(&server, &visitor.conversation, 1, 0).await;
    server.clock.advance(seconds(LEFT_SECS));
    visitor.looks(true).await;
    assert_eq!(alice.receives("visitor_presence", &visitor).await["presence"], "here");
    let expected = ["requested", "assigned", "picked_up", "visitor_presence away", "visitor_presence here"];
    assert_eq!(story(&server, &visitor.conversation).await, expected);
}

#[tokio::test]
async fn a_page_that_is_loaded_again_is_invisible() {
    let server = Server::start().await;
    let (livechat, _alice, visitor) = alice_is_busy(&server).await;
    let waits = livechat.visitor("v2").await;
    let (visitor, waits) = (closes(&server, visitor).await, closes(&server, waits).await);
    server.clock.advance(seconds(LEFT_SECS - 1));
    let (mut visitor, mut waits) = (visitor.opens_again().await, waits.opens_again().await);
    server.clock.advance(minutes(5));
    visitor.says("me revoici").await;
    waits.says("moi aussi").await;
    assert_eq!(story(&server, &visitor.conversation).await, ["requested", "assigned", "picked_up"]);
    assert_eq!(story(&server, &waits.conversation).await, ["requested", "queued"]);
}

#[tokio::test]
async fn a_visitor_who_leaves_the_site_while_waiting_loses_the_place() {
    let server = Server::start().await;
    let (livechat, mut alice, talks) = alice_is_busy(&server).await;
    let gone = livechat.visitor("v2").await;
    let mut stays = livechat.visitor("v3").await;
    assert_eq!(stays.receives("queued").await["queue_position"], 2);
    let gone = closes(&server, gone).await;
    server.clock.advance(seconds(LEFT_SECS));
    assert_eq!(stays.receives("queue_advanced").await["queue_position"], 1);
    let expected = ["requested", "queued", "visitor_presence left_site", "left"];
    assert_eq!(story(&server, &gone.conversation).await, expected);
    let row = row(&server, &livechat, &gone.conversation).await;
    assert_eq!((&row["state"], &row["reason"]), (&json!("left"), &json!("left_site")));
    alice.ends(&talks).await;
    stays.receives("assigned").await;
    // Back too late: the page gets a problem, and nothing is recorded any more.
    let mut late = gone.opens_again().await;
    late.receives("left").await;
    late.looks(false).await;
    pages(&server, &late.conversation, 1, 0).await;
    server.clock.advance(minutes(5));
    late.looks(true).await;
    pages(&server, &late.conversation, 1, 1).await;
    assert_eq!(story(&server, &late.conversation).await, expected);
}

/// Alice has room for one, v1, whose tab flashes; v2 waits.
async fn a_tab_flashes(server: &Server) -> (Livechat, Operator, Visitor, Visitor) {
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 5 })).await;
    livechat.sets("timeouts", json!({ "auto_transfer": 0, "unanswered": 0 })).await;
    let alice = livechat.operator("alice").await;
    let flashes = livechat.visitor("v1").await;
    let waits = livechat.visitor("v2").await;
    (livechat, alice, flashes, waits)
}

/// The desk gets a frame that the tab of this visitor is gone, and why.
async fn receives_that_it_is_gone(alice: &mut Operator, conversation: &str, reason: &str) {
    let frame = alice.socket.hears(|frame| frame["type"] == "closed").await;
    assert_eq!((&frame["conversation"], &frame["reason"]), (&json!(conversation), &json!(reason)));
}

#[tokio::test]
async fn a_visitor_who_leaves_the_site_while_the_tab_flashes_frees_the_place() {
    let server = Server::start().await;
    let (livechat, mut alice, gone, mut waits) = a_tab_flashes(&server).await;
    let gone = closes(&server, gone).await;
    server.clock.advance(seconds(LEFT_SECS));
    waits.receives("assigned").await;
    receives_that_it_is_gone(&mut alice, &gone.conversation, "left_site").await;
    let expected = ["requested", "assigned", "visitor_presence left_site", "left"];
    assert_eq!(story(&server, &gone.conversation).await, expected);
    let row = row(&server, &livechat, &gone.conversation).await;
    assert_eq!((&row["state"], &row["reason"]), (&json!("left"), &json!("left_site")));
    // The same visitor may ask again at once, and is given a token to go on with.
    let request = json!({ "visitor": { "id": "v1" }, "language": "fr" });
    let answer = livechat.integration().post("/conversations", &request).await.is(201);
    assert!(answer["visitor_token"].is_string(), "{answer:#}");
}

#[tokio::test]
async fn a_page_that_is_loaded_again_while_the_tab_flashes_is_invisible() {
    let server = Server::start().await;
    let (_livechat, mut alice, visitor, _waits) = a_tab_flashes(&server).await;
    let closed = closes(&server, visitor).await;
    server.clock.advance(seconds(LEFT_SECS - 1));
    let visitor = closed.opens_again().await;
    server.clock.advance(minutes(5));
    alice.picks_up(&visitor).await;
    assert_eq!(story(&server, &visitor.conversation).await, ["requested", "assigned", "picked_up"]);
}

#[tokio::test]
async fn a_visitor_who_gives_up_before_the_pick_up_leaves_the_desk_for_that_reason() {
    let server = Server::start().await;
    let (livechat, mut alice, mut gives_up, mut waits) = a_tab_flashes(&server).await;
    gives_up.leaves().await;
    receives_that_it_is_gone(&mut alice, &gives_up.conversation, "gave_up").await;
    waits.receives("assigned").await;
    // The integration ends the other for the visitor: the same.
    let end = format!("/conversations/{}/end", waits.conversation);
    livechat.integration().post(&end, &Value::Null).await.is(200);
    receives_that_it_is_gone(&mut alice, &waits.conversation, "gave_up").await;
    for conversation in [&gives_up.conversation, &waits.conversation] {
        let row = row(&server, &livechat, conversation).await;
        assert_eq!((&row["state"], &row["reason"]), (&json!("left"), &json!("gave_up")));
    }
}

#[tokio::test]
async fn a_page_closed_during_downtime_keeps_an_offered_conversation() {
    let mut server = Server::start().await;
    let (_livechat, mut alice, flashes, _waits) = a_tab_flashes(&server).await;
    server.restart().await;
    alice.comes_back().await;
    server.clock.advance(minutes(5));
    assert_eq!(story(&server, &flashes.conversation).await, ["requested", "assigned"]);
}

#[tokio::test]
async fn a_visitor_who_leaves_on_purpose_gave_up() {
    let server = Server::start().await;
    let (livechat, _alice, _visitor) = alice_is_busy(&server).await;
    let mut leaves = livechat.visitor("v2").await;
    leaves.leaves().await;
    let row = row(&server, &livechat, &leaves.conversation).await;
    assert_eq!((&row["state"], &row["reason"]), (&json!("left"), &json!("gave_up")));
    let closed = closes(&server, leaves).await;
    server.clock.advance(minutes(1));
    let _others = livechat.visitor("v3").await;
    assert_eq!(story(&server, &closed.conversation).await, ["requested", "queued", "left"]);
}

#[tokio::test]
async fn a_conversation_that_an_operator_has_goes_on_and_the_visitor_may_come_back() {
    let server = Server::start().await;
    let (_livechat, mut alice, visitor) = alice_is_busy(&server).await;
    let closed = closes(&server, visitor).await;
    server.clock.advance(seconds(LEFT_SECS));
    has_happened(&server, "conversation.visitor_presence", 1).await;
    let mut visitor = closed.opens_again().await;
    has_happened(&server, "conversation.visitor_presence", 2).await;
    let expected =
        ["requested", "assigned", "picked_up", "visitor_presence left_site", "visitor_presence here"];
    assert_eq!(story(&server, &visitor.conversation).await, expected);
    alice.says(&visitor, "vous revoilà").await;
    visitor.hears("vous revoilà").await;
}

#[tokio::test]
async fn a_visitor_who_has_left_the_site_does_not_wait_for_another_operator() {
    let server = Server::start().await;
    let (livechat, mut alice, visitor) = alice_is_busy(&server).await;
    let closed = closes(&server, visitor).await;
    server.clock.advance(seconds(LEFT_SECS));
    has_happened(&server, "conversation.visitor_presence", 1).await;
    alice.socket.does(json!({ "type": "sign_out" })).await;
    let frame = alice.socket.hears(|frame| frame["type"] == "closed").await;
    assert_eq!(
        (&frame["conversation"], &frame["reason"]),
        (&json!(closed.conversation), &json!("left_site"))
    );
    let row = row(&server, &livechat, &closed.conversation).await;
    assert_eq!((&row["state"], &row["reason"]), (&json!("left"), &json!("left_site")));
}

#[tokio::test]
async fn a_visitor_who_never_opened_a_page_is_never_gone() {
    let server = Server::start().await;
    let (livechat, _alice, _visitor) = alice_is_busy(&server).await;
    let request = json!({ "visitor": { "id": "v2" }, "language": "fr" });
    let answer = livechat.integration().post("/conversations", &request).await.is(201);
    assert_eq!(answer["outcome"], "waiting");
    server.clock.advance(minutes(10));
    livechat.visitor("v3").await;
    assert_eq!(story(&server, answer["conversation"].as_str().unwrap()).await, ["requested", "queued"]);
}

#[tokio::test]
async fn a_restart_removes_no_visitor_and_counts_those_who_return() {
    let mut server = Server::start().await;
    let (livechat, mut alice, visitor) = alice_is_busy(&server).await;
    let silent = livechat.visitor("v2").await;
    let back = livechat.visitor("v3").await;
    server.restart().await;
    alice.comes_back().await;
    let back = back.closes_page().await.opens_again().await;
    pages(&server, &back.conversation, 1, 1).await;
    server.clock.advance(minutes(5));
    let back = closes(&server, back).await;
    server.clock.advance(seconds(LEFT_SECS));
    has_happened(&server, "conversation.left", 1).await;
    assert_eq!(story(&server, &silent.conversation).await, ["requested", "queued"]);
    let expected = ["requested", "queued", "visitor_presence left_site", "left"];
    assert_eq!(story(&server, &back.conversation).await, expected);
    assert_eq!(story(&server, &visitor.conversation).await, ["requested", "assigned", "picked_up"]);
}

#[tokio::test]
async fn a_visitor_who_was_away_before_a_restart_is_here_when_the_page_comes_back() {
    let mut server = Server::start().await;
    let (_livechat, _alice, mut visitor) = alice_is_busy(&server).await;
    visitor.looks(false).await;
    pages(&server, &visitor.conversation, 1, 0).await;
    server.clock.advance(seconds(AWAY_SECS));
    has_happened(&server, "conversation.visitor_presence", 1).await;
    server.restart().await;
    visitor.comes_back().await;
    has_happened(&server, "conversation.visitor_presence", 2).await;
    let expected = ["requested", "assigned", "picked_up", "visitor_presence away", "visitor_presence here"];
    assert_eq!(story(&server, &visitor.conversation).await, expected);
}

#[tokio::test]
async fn the_desk_and_the_board_follow_the_visitor_from_page_to_page() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let card = json!({ "page_url": "https://example.org/", "page_title": "Accueil" });
    let request = json!({ "visitor": { "id": "v1" }, "language": "fr", "card": card });
    let mut visitor = livechat.requests(request).await;
    let tab = alice.sees_tab(&visitor).await;
    assert_eq!(tab["page"], json!({ "url": "https://example.org/", "title": "Accueil" }));
    visitor.goes_to("https://example.org/panier", Some("Votre panier")).await;
    let frame = alice.receives("page_changed", &visitor).await;
    assert_eq!(frame["page"], json!({ "url": "https://example.org/panier", "title": "Votre panier" }));
    visitor.goes_to("https://example.org/aide", None).await;
    let frame = alice.receives("page_changed", &visitor).await;
    assert_eq!(frame["page"], json!({ "url": "https://example.org/aide" }));
    assert_eq!(livechat.desk("alice").await.snapshot["tabs"][0]["page"], frame["page"]);
    let board = livechat.board(server.position("support").await).await;
    let row = &board["conversations"][0];
    assert_eq!((&row["page_url"], &row["page_title"]), (&json!("https://example.org/aide"), &Value::Null));
}

#[tokio::test]
async fn a_page_reported_again_by_a_reconnected_socket_is_recorded_once() {
    let server = Server::start().await;
    let (_livechat, _alice, mut visitor) = alice_is_busy(&server).await;
    visitor.goes_to("https://example.org/", Some("Accueil")).await;
    visitor.comes_back().await;
    visitor.goes_to("https://example.org/", Some("Accueil")).await;
    // The next frame is answered once the one before it was dealt with.
    visitor.says("bonjour").await;
    let expected = ["requested", "assigned", "picked_up", "page_changed"];
    assert_eq!(story(&server, &visitor.conversation).await, expected);
    visitor.goes_to("https://example.org/", Some("Bienvenue")).await;
    visitor.says("bonjour").await;
    assert_eq!(story(&server, &visitor.conversation).await.len(), expected.len() + 1);
}

#[tokio::test]
async fn operators_see_of_a_page_what_the_visitor_card_lists() {
    let server = Server::start().await;
    let (livechat, mut alice, mut visitor) = alice_is_busy(&server).await;
    livechat.sets("visitor_card", json!(["page_title"])).await;
    visitor.goes_to("https://example.org/secret", Some("Votre panier")).await;
    let frame = alice.receives("page_changed", &visitor).await;
    assert_eq!(frame["page"], json!({ "title": "Votre panier" }));
    livechat.sets("visitor_card", json!([])).await;
    visitor.goes_to("https://example.org/secret/2", Some("Autre secret")).await;
    visitor.says("bonjour").await;
    alice.hears(&visitor, "bonjour").await;
    let desk = json!([alice.socket.heard(), livechat.desk("alice").await.snapshot]).to_string();
    let transcript = visitor.path(&format!("/transcript?at_least={}", server.position("support").await));
    let read = alice.person.get(&transcript).await.is(200).to_string();
    assert!(!desk.contains("secret") && !read.contains("secret"), "{desk} {read}");
    let all = livechat.supervisor().get(&transcript).await.is(200).to_string();
    assert!(all.contains("https://example.org/secret/2"), "{all}");
}

#[tokio::test]
async fn a_malformed_page_is_refused_by_name_and_the_socket_stays_open() {
    let server = Server::start().await;
    let (_livechat, mut alice, mut visitor) = alice_is_busy(&server).await;
    let long = "é".repeat(2_001);
    for (url, title, field) in [
        ("", None, "url"),
        (long.as_str(), None, "url"),
        ("a\0b", None, "url"),
        ("https://example.org/", Some(""), "title"),
        ("https://example.org/", Some(long.as_str()), "title"),
    ] {
        visitor.goes_to(url, title).await;
        let problem = visitor.receives("problem").await["problem"].clone();
        assert_eq!(
            (&problem["code"], &problem["errors"][0]["field"]),
            (&json!("invalid_fields"), &json!(field))
        );
        assert_eq!(
            problem["errors"][0]["allowed"],
            "1 to 2000 characters on one line, of which some can be seen; no tabs, controls or changes of \
             direction"
        );
    }
    for frame in [
        json!({ "type": "looking" }),
        json!({ "type": "looking", "looking": "yes" }),
        json!({ "type": "page" }),
    ] {
        visitor.socket.says(&frame).await;
        assert_eq!(visitor.receives("problem").await["problem"]["code"], "invalid_fields");
    }
    visitor.says("bonjour").await;
    alice.hears(&visitor, "bonjour").await;
    assert_eq!(story(&server, &visitor.conversation).await, ["requested", "assigned", "picked_up"]);
}
