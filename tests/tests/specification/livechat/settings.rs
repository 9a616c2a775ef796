//! The settings, from the creation on. A change takes effect at once; timers already running keep their
//! deadline.

use pupitre_tests::server::{Server, minutes};
use serde_json::json;

#[tokio::test]
async fn a_raised_capacity_serves_the_queue_at_once() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 2 })).await;
    let mut alice = livechat.operator("alice").await;
    let _first = livechat.visitor("v1").await;
    let mut second = livechat.visitor("v2").await;
    second.receives("queued").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 2, "queue_per_operator": 2 })).await;
    second.receives("assigned").await;
    alice.sees_tab(&second).await;
}

#[tokio::test]
async fn a_lowered_capacity_takes_no_conversation_away() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let mut first = livechat.visitor("v1").await;
    let _second = livechat.visitor("v2").await;
    livechat.sets("capacity", json!({ "conversations_per_operator": 1, "queue_per_operator": 2 })).await;
    alice.picks_up(&first).await;
    alice.says(&first, "toujours là").await;
    first.hears("toujours là").await;
    assert_eq!(livechat.visitor("v3").await.requested["outcome"], "waiting");
}

#[tokio::test]
async fn a_new_phrase_is_said_from_now_on_and_one_switched_off_is_not() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    livechat.sets("phrases", json!({ "welcome": { "text": { "fr": "{operator} vous écoute." } } })).await;
    let mut first = livechat.visitor("v1").await;
    alice.picks_up(&first).await;
    first.hears("Alice vous écoute.").await;

    livechat.sets("phrases", json!({ "welcome": { "enabled": false } })).await;
    let mut second = livechat.visitor("v2").await;
    alice.picks_up(&second).await;
    alice.says(&second, "bonjour").await;
    assert_eq!(second.hears("bonjour").await["number"], 1, "nothing was said before");
}

#[tokio::test]
async fn a_running_timer_keeps_its_deadline_and_a_new_one_takes_the_new_value() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("timeouts", json!({ "visitor_inactivity": 10, "timeout_reminder": 0 })).await;
    let mut alice = livechat.operator("alice").await;
    let mut before = livechat.visitor("v1").await;
    alice.picks_up(&before).await;
    alice.says(&before, "bonjour").await;
    livechat.sets("timeouts", json!({ "visitor_inactivity": 5, "timeout_reminder": 0 })).await;
    let mut after = livechat.visitor("v2").await;
    alice.picks_up(&after).await;
    alice.says(&after, "bonjour").await;

    server.clock.advance(minutes(5));
    let first_end = after.receives("ended").await;
    server.clock.advance(minutes(5));
    let second_end = before.receives("ended").await;
    assert_eq!((&first_end["reason"], &second_end["reason"]), (&json!("timeout"), &json!("timeout")));
    assert!(first_end["at"].as_str() < second_end["at"].as_str(), "{first_end} {second_end}");
}

#[tokio::test]
async fn the_settings_in_force_can_be_read_section_by_section() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let administrator = livechat.administrator();
    let read = async |section: &str| administrator.get(&format!("/settings/{section}")).await.is(200);
    assert_eq!(read("capacity").await, json!({ "conversations_per_operator": 3, "queue_per_operator": 2 }));
    let timeouts = json!({
        "visitor_inactivity": 10, "timeout_reminder": 60, "follow_up": 3, "search_notice": 2, "hold_phrase": 2,
        "auto_transfer": 90, "auto_transfer_notice": true, "disconnect_notice": 30, "unanswered": 0,
        "pending_survey": 30, "queue_closing": 10,
    });
    assert_eq!(read("timeouts").await, timeouts);
    assert_eq!(read("phrases").await, json!({}));
    livechat.sets("skills", json!([{ "id": "billing", "name": { "fr": "Facturation" } }])).await;
    assert_eq!(read("skills").await, json!([{ "id": "billing", "name": { "fr": "Facturation" } }]));
}

#[tokio::test]
async fn a_livechat_cannot_be_created_again_as_something_else() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let before = server.position("support").await;
    livechat.is_created().await;
    let other = json!({ "name": "Assistance", "language": "fr" });
    livechat.administrator().put("", &other).await.is_problem(409, "livechat_exists");
    assert_eq!(server.position("support").await, before);
}
