//! Values out of range, of the wrong type or too long: each field is named with what it allows.

use reqwest::Method;
use serde_json::json;

use super::bad_input::{Scene, Wrong, all_are_refused};

const MALFORMED: (u16, &str) = (400, "malformed_json");
const INVALID: (u16, &str) = (422, "invalid_fields");

#[tokio::test]
async fn settings_out_of_range_are_refused_as_a_whole() {
    let Scene { server, livechat, alice: _alice, .. } = Scene::set().await;
    let administrator = livechat.administrator();
    let line = |what, section: &str, body: &str, fields| Wrong {
        what,
        who: &administrator,
        method: Method::PUT,
        path: format!("/settings/{section}"),
        header: None,
        body: body.to_owned(),
        answer: INVALID,
        fields,
    };
    let conversations: &[_] = &[("conversations_per_operator", "1 to 10 conversations")];
    let queue: &[_] = &[("queue_per_operator", "0 to 100 visitors")];
    let both: &[_] = &[conversations[0], queue[0]];
    let reminder: &[_] = &[("timeout_reminder", "shorter than visitor_inactivity")];
    let lines = [
        line("capacity 0", "capacity", r#"{"conversations_per_operator":0}"#, conversations),
        line("capacity 11", "capacity", r#"{"conversations_per_operator":11}"#, conversations),
        line(
            "capacity 10^15",
            "capacity",
            r#"{"conversations_per_operator":1000000000000000}"#,
            conversations,
        ),
        line("queue 101", "capacity", r#"{"queue_per_operator":101}"#, queue),
        line("queue -1", "capacity", r#"{"queue_per_operator":-1}"#, queue),
        line(
            "both at once",
            "capacity",
            r#"{"conversations_per_operator":0,"queue_per_operator":101}"#,
            both,
        ),
        line(
            "one good, one bad",
            "capacity",
            r#"{"conversations_per_operator":5,"queue_per_operator":101}"#,
            queue,
        ),
        line(
            "a wrong type",
            "capacity",
            r#"{"queue_per_operator":"two"}"#,
            &[("queue_per_operator", "a whole number, not the text \"two\"")],
        ),
        line("an unknown field", "capacity", r#"{"weather":1}"#, &[("weather", "nothing")]),
        line(
            "inactivity -1",
            "timeouts",
            r#"{"visitor_inactivity":-1}"#,
            &[("visitor_inactivity", "0 to 1440 minutes")],
        ),
        line(
            "reminder 3601",
            "timeouts",
            r#"{"visitor_inactivity":1440,"timeout_reminder":3601}"#,
            &[("timeout_reminder", "0 to 3600 seconds")],
        ),
        line(
            "reminder = inactivity",
            "timeouts",
            r#"{"visitor_inactivity":1,"timeout_reminder":60,"follow_up":0}"#,
            reminder,
        ),
        line(
            "reminder > inactivity",
            "timeouts",
            r#"{"visitor_inactivity":1,"timeout_reminder":61,"follow_up":0}"#,
            reminder,
        ),
        line(
            "follow-up = inactivity",
            "timeouts",
            r#"{"visitor_inactivity":3,"follow_up":3}"#,
            &[("follow_up", "shorter than visitor_inactivity")],
        ),
        line(
            "an empty phrase",
            "phrases",
            r#"{"welcome":{"text":{"fr":""}}}"#,
            &[("welcome.text.fr", "1 to 1000 characters")],
        ),
        line("a skill twice", "skills", r#"[{"id":"a"},{"id":"a"}]"#, &[("skills", "each skill once")]),
    ];
    all_are_refused(&server, &lines).await;
    let capacity = administrator.get("/settings/capacity").await.is(200);
    assert_eq!(capacity, json!({ "conversations_per_operator": 3, "queue_per_operator": 2 }));
}

#[tokio::test]
async fn a_wrong_profile_of_an_operator_is_refused() {
    let Scene { server, livechat, alice: _alice, .. } = Scene::set().await;
    let administrator = livechat.administrator();
    let line = |what, path: &str, body: &str, fields| Wrong {
        what,
        who: &administrator,
        method: Method::PUT,
        path: path.to_owned(),
        header: None,
        body: body.to_owned(),
        answer: INVALID,
        fields,
    };
    let bob = "/operators/bob";
    let capacity: &[_] = &[("capacity", "1 to 10 conversations")];
    let lines = [
        line("capacity 0", bob, r#"{"name":"Bob","capacity":0}"#, capacity),
        line("capacity 11", bob, r#"{"name":"Bob","capacity":11}"#, capacity),
        line(
            "an unknown skill",
            bob,
            r#"{"name":"Bob","skills":["magic"]}"#,
            &[("skills", "magic is not one")],
        ),
        line("no name", bob, r#"{"capacity":3}"#, &[("name", "required")]),
        line("an empty name", bob, r#"{"name":""}"#, &[("name", "1 to 100 characters")]),
        line(
            "an id with spaces",
            "/operators/two%20words",
            r#"{"name":"Bob"}"#,
            &[("operator", "1 to 64 characters")],
        ),
    ];
    all_are_refused(&server, &lines).await;
}

#[tokio::test]
async fn a_body_that_is_not_what_is_expected_is_refused() {
    let Scene { server, visitor, livechat, alice: _alice, .. } = Scene::set().await;
    let integration = livechat.integration();
    let message = |what, body: &str, answer, fields| Wrong {
        what,
        who: &visitor.person,
        method: Method::POST,
        path: visitor.path("/messages"),
        header: None,
        body: body.to_owned(),
        answer,
        fields,
    };
    let request = |what, body: &str, answer, fields| Wrong {
        who: &integration,
        path: "/conversations".to_owned(),
        ..message(what, body, answer, fields)
    };
    let length: &[_] = &[("text", "1 to 5000 characters")];
    let too_long = json!({ "text": "é".repeat(5_001) }).to_string();
    let too_large = json!({ "text": "x".repeat(1024 * 1024) }).to_string();
    let long_card = json!({
        "visitor": { "id": "v9" }, "language": "fr", "card": { "page_url": "x".repeat(2_001) }
    });
    let lines = [
        message("no body", "", MALFORMED, &[]),
        message("half a body", r#"{"text":"#, MALFORMED, &[]),
        message("two bodies", r#"{"text":"a"}{"text":"b"}"#, MALFORMED, &[]),
        message("an unknown field", r#"{"text":"a","colour":"red"}"#, INVALID, &[("colour", "nothing")]),
        message("a wrong type", r#"{"text":5}"#, INVALID, &[("text", "a text")]),
        message("no text", "{}", INVALID, &[("text", "required")]),
        message("an empty text", r#"{"text":""}"#, INVALID, length),
        message("5,001 characters", &too_long, INVALID, length),
        message("a NUL", r#"{"text":"a\u0000b"}"#, INVALID, length),
        message("more than 1 MiB", &too_large, (413, "body_too_large"), &[("body", "at most 1048576 bytes")]),
        request(
            "an unknown language",
            r#"{"visitor":{"id":"v9"},"language":"tlh"}"#,
            INVALID,
            &[("language", "one of fr, en")],
        ),
        request(
            "a bad visitor id",
            r#"{"visitor":{"id":"v 9"},"language":"fr"}"#,
            INVALID,
            &[("visitor.id", "1 to 64 characters")],
        ),
        request(
            "a long card",
            &long_card.to_string(),
            INVALID,
            &[("card.page_url", "at most 2000 characters")],
        ),
        request(
            "an unknown skill",
            r#"{"visitor":{"id":"v9"},"language":"fr","skill":"magic"}"#,
            (422, "unknown_skill"),
            &[("skill", "a skill defined in this livechat")],
        ),
    ];
    all_are_refused(&server, &lines).await;
}

#[tokio::test]
async fn bad_headers_and_query_parameters_are_refused() {
    // Alice stays at her desk.
    let Scene { server, visitor, livechat, alice: _alice, .. } = Scene::set().await;
    let supervisor = livechat.supervisor();
    let line = |what, path: &str, fields| Wrong {
        what,
        who: &supervisor,
        method: Method::GET,
        path: path.to_owned(),
        header: None,
        body: String::new(),
        answer: INVALID,
        fields,
    };
    let limit: &[_] = &[("limit", "1 to 200")];
    let key = Wrong {
        who: &visitor.person,
        method: Method::POST,
        header: Some(("Idempotency-Key", "again")),
        body: r#"{"text":"bonjour"}"#.to_owned(),
        ..line("a key that is no UUID", &visitor.path("/messages"), &[("Idempotency-Key", "a UUID")])
    };
    let page = format!("/visitor?conversation={}", visitor.conversation);
    let lines = [
        key,
        line("limit 0", "/conversations?limit=0", limit),
        line("limit 201", "/conversations?limit=201", limit),
        line("audit limit 0", "/audit?limit=0", limit),
        line("audit limit 201", "/audit?limit=201", limit),
        line("limit many", "/conversations?limit=many", limit),
        line(
            "an unknown state",
            "/conversations?state=lost",
            &[("state", "one or more of requested, waiting")],
        ),
        line("a bad cursor", "/audit?cursor=-1", &[("cursor", "a whole number")]),
        line("a bad position", "/board?at_least=soon", &[("at_least", "a whole number")]),
        line("a bad operator", "/conversations?operator=a/b", &[("operator", "1 to 64 characters")]),
        Wrong {
            who: &visitor.person,
            ..line("no conversation", "/visitor", &[("conversation", "required")])
        },
        Wrong { who: &visitor.person, ..line("no socket", &page, &[("upgrade", "")]) },
    ];
    all_are_refused(&server, &lines).await;
}
