//! The settings as resources: a revision in the `ETag`, changes made for one revision, the history, and
//! the past.

use pupitre_tests::actors::{Answer, Livechat, Person};
use pupitre_tests::server::{Server, minutes};
use reqwest::Method;
use serde_json::{Value, json};

fn capacity(conversations: i64) -> Value {
    json!({ "conversations_per_operator": conversations, "queue_per_operator": 2 })
}

#[track_caller]
fn is_at(answer: &Answer, revision: u64) {
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.etag, Some(format!("\"{revision}\"")), "{answer:?}");
}

#[tokio::test]
async fn a_section_carries_its_revision_and_so_does_its_change() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let administrator = livechat.administrator();
    is_at(&administrator.get("/settings/capacity").await, 0);
    is_at(&administrator.put("/settings/capacity", &capacity(4)).await, 1);
    is_at(&administrator.put("/settings/capacity", &capacity(5)).await, 2);
    // In force already.
    is_at(&administrator.put("/settings/capacity", &capacity(5)).await, 2);
    is_at(&livechat.supervisor().get("/settings/capacity").await, 2);
    is_at(&administrator.get("/settings/timeouts").await, 0);
}

#[tokio::test]
async fn a_client_with_the_revision_in_force_gets_304() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let supervisor = livechat.supervisor();
    let read = async |known: &'static str| {
        let request = supervisor.request(Method::GET, "/settings/capacity");
        Answer::to(request.header("If-None-Match", known)).await
    };
    let unchanged = read("\"0\"").await;
    assert_eq!(
        (unchanged.status, unchanged.etag.as_deref(), &unchanged.body),
        (304, Some("\"0\""), &json!(""))
    );
    livechat.sets("capacity", capacity(4)).await;
    is_at(&read("\"0\"").await, 1);
    assert_eq!(read("\"1\"").await.status, 304);
}

#[tokio::test]
async fn a_change_made_for_another_revision_is_refused_with_the_revision_in_force() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let administrator = livechat.administrator();
    let path = "/settings/capacity";
    is_at(&administrator.put_if_match("\"0\"", path, &capacity(4)).await, 1);
    let before = server.position("support").await;
    for stale in ["\"0\"", "\"2\""] {
        let refused = administrator.put_if_match(stale, path, &capacity(5)).await;
        let problem = refused.is_problem(412, "settings_changed");
        assert!(problem["detail"].as_str().unwrap().contains("revision 1"), "{problem}");
        let error = json!({ "field": "If-Match", "allowed": "\"1\", the revision in force" });
        assert_eq!(problem["errors"], json!([error]));
    }
    assert_eq!(server.position("support").await, before);
    is_at(&administrator.put_if_match("\"1\"", path, &capacity(5)).await, 2);
    // The same content, by somebody who has seen it.
    is_at(&administrator.put_if_match("\"2\"", path, &capacity(5)).await, 2);
    is_at(&administrator.put_if_match("*", path, &capacity(6)).await, 3);
}

#[tokio::test]
async fn of_two_administrators_at_once_one_wins_and_the_other_gets_a_conflict() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let administrator = livechat.administrator();
    for revision in 0..10 {
        let etag = format!("\"{revision}\"");
        let put = |conversations| {
            let (administrator, etag) = (administrator.clone(), etag.clone());
            async move { administrator.put_if_match(&etag, "/settings/capacity", &capacity(conversations)).await }
        };
        let low = 1 + 2 * (revision % 4);
        let (one, other) = tokio::join!(put(low), put(low + 1));
        let (winner, loser) = if one.status == 200 { (one, other) } else { (other, one) };
        is_at(&winner, u64::try_from(revision).unwrap() + 1);
        loser.is_problem(412, "settings_changed");
    }
}

#[tokio::test]
async fn a_repeated_change_is_answered_as_the_first_time_whatever_came_after() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    let administrator = livechat.administrator();
    let put = async || {
        let request = administrator.request(Method::PUT, "/settings/capacity").json(&capacity(4));
        let key = "018f0000-0000-7000-8000-000000000001";
        Answer::to(request.header("If-Match", "\"0\"").header("Idempotency-Key", key)).await
    };
    let first = put().await;
    is_at(&first, 1);
    livechat.sets("capacity", capacity(5)).await;
    assert_eq!(put().await, first);
    server.restart().await;
    assert_eq!(put().await, first);
    is_at(&administrator.get("/settings/capacity").await, 2);
}

#[tokio::test]
async fn revisions_survive_a_restart() {
    let mut server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("capacity", capacity(4)).await;
    livechat.sets("capacity", capacity(5)).await;
    let administrator = livechat.administrator();
    let before = administrator.get("/settings").await.is(200);
    server.restart().await;
    assert_eq!(administrator.get("/settings").await.is(200), before);
    is_at(&administrator.get("/settings/capacity").await, 2);
    administrator
        .put_if_match("\"1\"", "/settings/capacity", &capacity(6))
        .await
        .is_problem(412, "settings_changed");
}

#[tokio::test]
async fn all_sections_are_read_at_once_with_their_revisions() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.sets("timeouts", json!({ "visitor_inactivity": 5, "timeout_reminder": 0 })).await;
    let all = livechat.supervisor().get("/settings").await.is(200);
    assert_eq!(all["revisions"]["timeouts"], 1);
    assert_eq!(all["revisions"]["capacity"], 0);
    assert_eq!(all["position"], server.position("support").await);
    for name in domain::settings::SectionName::ALL {
        let one = livechat.supervisor().get(&format!("/settings/{name}")).await.is(200);
        assert_eq!(all["settings"][name.to_string()], one, "{name}");
    }
    server.uncreated("nowhere").administrator().get("/settings").await.is_problem(404, "unknown_livechat");
}

/// Created at noon; 4 conversations from 12:01, 5 from 12:02; now it is 12:03.
async fn three_minutes(server: &Server) -> (Livechat, Person) {
    let livechat = server.livechat("support").await;
    for conversations in [4, 5] {
        server.clock.advance(minutes(1));
        livechat.sets("capacity", capacity(conversations)).await;
    }
    server.clock.advance(minutes(1));
    let supervisor = livechat.supervisor();
    let last = server.position("support").await;
    livechat.is_projected(last).await;
    (livechat, supervisor)
}

#[tokio::test]
async fn a_section_is_read_as_of_any_time() {
    let mut server = Server::start().await;
    let (_livechat, supervisor) = three_minutes(&server).await;
    for _ in 0..2 {
        let at = async |time: &str| supervisor.get(&format!("/settings/capacity?at={time}")).await;
        for (time, revision, conversations) in [
            ("2027-01-15T12:00:00Z", 0, 3),
            ("2027-01-15T12:00:59.999Z", 0, 3),
            ("2027-01-15T12:01:00Z", 1, 4),
            ("2027-01-15T13:01:30%2B01:00", 1, 4),
            ("2027-01-15T12:02:00Z", 2, 5),
        ] {
            let then = at(time).await;
            is_at(&then, revision);
            assert_eq!(then.body, capacity(conversations), "{time}");
        }
        for no_past in ["2027-01-15T11:59:59.999Z", "2100-01-01T00:00:00Z", "yesterday"] {
            let wrong = at(no_past).await.is_problem(422, "invalid_fields");
            assert_eq!(wrong["errors"][0]["field"], "at", "{no_past}");
        }
        server.restart().await;
    }
    let nowhere = server.uncreated("nowhere").administrator();
    let answer = nowhere.get("/settings/capacity?at=2027-01-15T12:00:00Z").await;
    answer.is_problem(404, "unknown_livechat");
}

#[tokio::test]
async fn the_history_shows_who_changed_what_newest_first() {
    let server = Server::start().await;
    let (livechat, supervisor) = three_minutes(&server).await;
    let history =
        async |query: &str| supervisor.get(&format!("/settings/capacity/history{query}")).await.is(200);
    let change = |revision: u64, before: i64, after: i64| {
        json!({
            "revision": revision,
            "at": format!("2027-01-15T12:0{revision}:00.000Z"),
            "author": { "role": "administrator", "id": "ada" },
            "changes": [{ "path": "/conversations_per_operator", "before": before, "after": after }],
            "position": revision + 1,
        })
    };
    let (first, second) = (change(1, 3, 4), change(2, 4, 5));
    assert_eq!(history("").await, json!({ "items": [second, first], "next": null }));
    let page = history("?limit=1").await;
    assert_eq!(page["items"], json!([second]));
    let rest = history(&format!("?limit=1&cursor={}", page["next"])).await;
    assert_eq!(rest, json!({ "items": [first], "next": null }));
    assert_eq!(
        supervisor.get("/settings/skills/history").await.is(200),
        json!({ "items": [], "next": null })
    );
    supervisor.get("/settings/capacity/history?limit=201").await.is_problem(422, "invalid_fields");
    supervisor.get("/settings/weather/history").await.is_problem(404, "unknown_section");
    let nowhere = server.uncreated("nowhere").administrator();
    nowhere.get("/settings/capacity/history").await.is_problem(404, "unknown_livechat");

    let skill = |id: &str| json!({ "id": id, "name": { "fr": id } });
    livechat.sets("skills", json!([skill("billing"), skill("refunds")])).await;
    livechat.sets("skills", json!([skill("vip"), skill("billing"), skill("refunds")])).await;
    let last = server.position("support").await;
    let skills = supervisor.get(&format!("/settings/skills/history?limit=1&at_least={last}")).await.is(200);
    let expected = json!([
        { "path": "", "before": ["billing", "refunds"], "after": ["vip", "billing", "refunds"] },
        { "path": "/vip", "after": skill("vip") },
    ]);
    assert_eq!(skills["items"][0]["changes"], expected);
}

#[tokio::test]
async fn a_malformed_condition_is_refused_and_named() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let administrator = livechat.administrator();
    for malformed in ["W/\"0\"", "\"zero\"", "\"0\", \"1\""] {
        let refused = administrator.put_if_match(malformed, "/settings/capacity", &capacity(4)).await;
        let problem = refused.is_problem(400, "invalid_header");
        assert_eq!(problem["errors"][0]["field"], "If-Match", "{malformed}");
    }
    is_at(&administrator.get("/settings/capacity").await, 0);
}
