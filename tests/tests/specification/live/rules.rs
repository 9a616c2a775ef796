//! What the rules do by themselves, as the sockets tell it: progress in the queue, a search, transfers by
//! rule, releases, and conversations that stay open.

use std::pin::pin;

use domain::LivechatId;
use futures::StreamExt;
use journal::Scope;
use pupitre_tests::actors::Livechat;
use pupitre_tests::patience::soon;
use pupitre_tests::server::{Server, minutes, seconds};
use serde_json::json;

/// The ready-made `auto_transfer`.
const INACTIVE_SECS: i64 = 90;

/// Waits until something has happened so many times in the livechat.
async fn has_happened(server: &Server, what: &str, times: usize) {
    let id = LivechatId::parse("support").unwrap();
    let mut log = pin!(server.app().journal.follow(&id, Scope::Livechat, 0));
    let mut seen = 0;
    while seen < times {
        let record = soon(log.next()).await.unwrap().unwrap();
        seen += usize::from(record.event.fact.name() == what);
    }
}

/// One conversation for each operator, and room to wait.
async fn narrow(livechat: &Livechat) {
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 5 })).await;
}

#[tokio::test]
async fn a_waiting_visitor_is_sent_the_new_position_and_the_estimated_wait() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    narrow(&livechat).await;
    let _alice = livechat.operator("alice").await;
    let _served = livechat.visitor("v1").await;
    let mut second = livechat.visitor("v2").await;
    let mut third = livechat.visitor("v3").await;
    let queued = third.receives("queued").await;
    assert_eq!((&queued["queue_position"], &queued["wait_minutes"]), (&json!(2), &json!(10)));
    second.leaves().await;
    let advanced = third.receives("queue_advanced").await;
    assert_eq!((&advanced["queue_position"], &advanced["wait_minutes"]), (&json!(1), &json!(5)));
    third.hears("Vous êtes maintenant en position 1. Attente estimée\u{a0}: 5\u{a0}min.").await;
}

#[tokio::test]
async fn a_waiting_visitor_sees_every_position_even_those_without_a_phrase() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 10 })).await;
    let _alice = livechat.operator("alice").await;
    let _served = livechat.visitor("v1").await;
    let mut first = livechat.visitor("v2").await;
    let mut others = vec![];
    for name in ["v3", "v4", "v5", "v6", "v7"] {
        others.push(livechat.visitor(name).await);
    }
    let last = others.last_mut().unwrap();
    assert_eq!(last.receives("place").await["queue_position"], 6);
    first.leaves().await;
    assert_eq!(last.receives("queue_advanced").await["queue_position"], 5);
    others[0].leaves().await;
    let last = others.last_mut().unwrap();
    loop {
        let place = last.receives("place").await;
        if place["queue_position"] == 4 {
            assert_eq!(place["wait_minutes"], 20);
            break;
        }
    }
}

#[tokio::test]
async fn the_visitor_is_shown_that_the_operator_searches() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("statuses", json!({ "searching": true })).await;
    livechat.sets("timeouts", json!({ "auto_transfer": 0 })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    visitor.says("où est ma commande ?").await;
    alice.is_now("searching").await;
    assert_eq!(visitor.receives("searching").await["searching"], true);
    server.clock.advance(minutes(2));
    visitor.hears("Alice recherche toujours l’information. Merci de patienter.").await;
    alice.is_now("available").await;
    assert_eq!(visitor.receives("searching").await["searching"], false);
}

#[tokio::test]
async fn a_conversation_not_picked_up_goes_to_another_operator_and_the_visitor_is_notified() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.sees_tab(&visitor).await;
    let mut bob = livechat.operator("bob").await;
    server.clock.advance(seconds(INACTIVE_SECS));
    assert_eq!(visitor.receives("transferred").await["operator"], "Bob");
    visitor.hears("Bob prend le relais et va vous répondre.").await;
    assert_eq!(alice.receives("closed", &visitor).await["reason"], "transferred");
    assert_eq!(bob.sees_tab(&visitor).await["from"], "alice");
}

#[tokio::test]
async fn a_transfer_by_rule_is_silent_when_the_notice_is_off() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("timeouts", json!({ "auto_transfer_notice": false })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.sees_tab(&visitor).await;
    let mut bob = livechat.operator("bob").await;
    server.clock.advance(seconds(INACTIVE_SECS));
    bob.sees_tab(&visitor).await;
    bob.picks_up(&visitor).await;
    let welcome = visitor.hears("Bonjour, Bob est à votre écoute.").await;
    assert_eq!(welcome["number"], 1, "nothing was said before");
    assert!(visitor.socket.heard().iter().all(|frame| frame["type"] != "transferred"));
}

#[tokio::test]
async fn with_the_notice_off_the_visitor_never_hears_of_the_other_operator() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("timeouts", json!({ "auto_transfer_notice": false })).await;
    livechat.sets("behaviour", json!({ "keep_open": true })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    alice.says(&visitor, "bonjour").await;
    visitor.says("où est ma commande ?").await;
    let mut bob = livechat.operator("bob").await;
    server.clock.advance(seconds(INACTIVE_SECS));
    bob.sees_tab(&visitor).await;
    bob.picks_up(&visitor).await;
    bob.person.put(&visitor.path("/importance"), &json!({ "important": true })).await.is(200);
    bob.person.post(&visitor.path("/call-for-help"), &json!({})).await.is(200);
    let position = bob.says(&visitor, "je regarde").await;
    let row = visitor.person.get(&visitor.path(&format!("?at_least={position}"))).await.is(200);
    for told in ["transfers", "transfers_inactive", "help_calls"] {
        assert_eq!(row[told], 0, "{row}");
    }
    assert_eq!((&row["state"], &row["important"]), (&json!("picked_up"), &json!(false)), "{row}");
    let known = livechat.supervisor().get(&visitor.path("")).await.is(200);
    assert_eq!((&known["transfers_inactive"], &known["important"]), (&json!(1), &json!(true)), "{known}");
    let position = bob.ends(&visitor).await;
    visitor.hears("L’échange avec Alice est terminé. Vous continuez avec notre assistant.").await;
    let read = visitor.person.get(&visitor.path(&format!("/transcript?at_least={position}"))).await.is(200);
    let print = visitor.person.get(&visitor.path("/transcript?format=text")).await.is(200);
    let page = livechat.supervisor().get(&visitor.path("/transcript?format=text")).await.is(200);
    assert!(page.as_str().unwrap().contains("Bob"), "{page}");
    let frames = json!(visitor.socket.heard());
    for told in [read, print, frames] {
        let told = told.to_string();
        assert!(told.contains("Alice") && !told.contains("Bob") && !told.contains("\"bob\""), "{told}");
    }
}

#[tokio::test]
async fn an_operator_who_types_keeps_the_conversation() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    visitor.says("bonjour").await;
    let mut bob = livechat.operator("bob").await;
    for times in 1..=3 {
        server.clock.advance(seconds(INACTIVE_SECS - 1));
        alice.types(&visitor).await;
        has_happened(&server, "conversation.typing", times).await;
    }
    // Typing again at once moves nothing, and is not recorded.
    alice.types(&visitor).await;
    let position = alice.says(&visitor, "voilà").await;
    assert_eq!(server.position("support").await, position);
    visitor.says("et encore ?").await;
    server.clock.advance(seconds(INACTIVE_SECS));
    bob.sees_tab(&visitor).await;
}

#[tokio::test]
async fn a_visitor_who_waits_for_too_long_is_released() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    narrow(&livechat).await;
    livechat.sets("timeouts", json!({ "unanswered": 5, "auto_transfer": 0 })).await;
    let mut alice = livechat.operator("alice").await;
    let mut flashing = livechat.visitor("v1").await;
    let mut waiting = livechat.visitor("v2").await;
    alice.sees_tab(&flashing).await;
    server.clock.advance(minutes(5));
    for visitor in [&mut flashing, &mut waiting] {
        assert_eq!(visitor.receives("released").await["reason"], "unanswered");
        visitor.hears("Aucun conseiller n’est disponible pour le moment.").await;
    }
    assert_eq!(alice.receives("closed", &flashing).await["reason"], "released");
    waiting.socket.is_refused(json!({ "type": "message", "text": "hé !" }), "conversation_over").await;
}

#[tokio::test]
async fn a_conversation_stays_open_after_the_end_for_a_day() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("behaviour", json!({ "keep_open": true })).await;
    let mut alice = livechat.operator("alice").await;
    let mut visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    alice.ends(&visitor).await;
    visitor.receives("ended").await;
    assert_eq!(visitor.receives("kept_open").await["until"], "2027-01-16T12:00:00Z");
    assert_eq!(alice.receives("closed", &visitor).await["reason"], "operator");
    server.clock.advance(minutes(24 * 60));
    visitor.receives("closed").await;
}
