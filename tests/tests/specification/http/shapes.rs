//! What is JSON and means nothing is answered 422 with the field and what is allowed; only what is not JSON is 400.
//! The words are those of the documents, never those of the code.

use api::auth::Role;
use pupitre_tests::actors::{Answer, Person};
use reqwest::Method;
use serde_json::{Value, json};
use uuid::Uuid;

use super::bad_input::Scene;

async fn sent(
    who: &Person,
    method: Method,
    path: &str,
    kind: Option<&str>,
    body: impl Into<Vec<u8>>,
) -> Answer {
    let request = who.request(method, path).body(body.into());
    Answer::to(match kind {
        Some(kind) => request.header("Content-Type", kind),
        None => request,
    })
    .await
}

#[tokio::test]
async fn valid_json_that_means_nothing_names_the_field() {
    let Scene { server, livechat, alice, visitor, .. } = Scene::set().await;
    let (admin, bot, alice) = (livechat.administrator(), livechat.integration(), &alice.person);
    let before = server.position("support").await;
    let (transfer, answers) = (visitor.path("/transfer"), visitor.path("/survey/answers"));
    let visitor_named = |language: Value| json!({ "visitor": { "id": "v" }, "language": language });
    for (who, method, path, body, field) in [
        (&bot, "POST", "/conversations", visitor_named(json!(null)), "language"),
        (&bot, "POST", "/conversations", visitor_named(json!(5)), "language"),
        (&bot, "POST", "/conversations", visitor_named(json!(["fr"])), "language"),
        (&bot, "POST", "/conversations", json!({ "visitor": ["v"], "language": "fr" }), "visitor"),
        (&bot, "POST", "/conversations", json!([{ "id": "v" }, "fr"]), "body"),
        (
            &bot,
            "POST",
            "/conversations",
            json!({ "visitor": { "id": "v" }, "language": "fr", "card": [] }),
            "card",
        ),
        (&bot, "POST", "/conversations", json!(null), "body"),
        (alice, "PUT", "/operators/alice/status", json!({ "status": null }), "status"),
        (alice, "PUT", "/operators/alice/status", json!(["on_break"]), "body"),
        (alice, "PUT", "/operators/alice/status", json!({ "status": { "on_break": null } }), "status"),
        (alice, "POST", &transfer, json!({ "to": null }), "to"),
        (alice, "POST", &transfer, json!({}), "to"),
        (alice, "POST", &transfer, json!({ "to": {} }), "to"),
        (alice, "POST", &transfer, json!({ "to": "operator" }), "to"),
        (alice, "POST", &transfer, json!({ "to": { "operator": "bob", "skill": "fr" } }), "to"),
        (alice, "POST", &transfer, json!({ "to": { "operator": "bob" }, "force": 1 }), "force"),
        (alice, "PUT", &answers, json!({ "answers": { "mood": null } }), "answers.mood"),
        (alice, "PUT", &answers, json!({ "answers": { "mood": { "rating": "5" } } }), "answers.mood.rating"),
        (&admin, "PUT", "/settings/visitor_card", json!(["name", true]), "visitor_card[1]"),
        (&admin, "PUT", "/settings/capacity", json!([3, 2]), "body"),
        (&admin, "PUT", "/settings/capacity", json!({ "queue_per_operator": 2.0 }), "queue_per_operator"),
        (&admin, "PUT", "/settings/capacity", json!({ "queue_per_operator": "2" }), "queue_per_operator"),
        (&admin, "PUT", "/operators/carol", json!(["Carol"]), "body"),
        (
            &admin,
            "PUT",
            "/operators/carol",
            json!({ "name": "Carol", "hours": { "week": [] } }),
            "hours.week",
        ),
    ] {
        let answer =
            sent(who, method.parse().unwrap(), path, Some("application/json"), body.to_string()).await;
        let problem = answer.is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["field"], field, "{body}: {problem:#}");
        let told = problem.to_string();
        for code in ["struct", "variant", "tuple", "expected internally", "at line", "untagged", "i64", "u64"]
        {
            assert!(!told.contains(code), "{body}: {told}");
        }
    }
    assert_eq!(server.position("support").await, before);
}

#[tokio::test]
async fn an_invalid_value_is_distinguished_from_invalid_json() {
    let Scene { livechat, .. } = Scene::set().await;
    let bot = livechat.integration();
    let deep = format!("{{\"visitor\":{}{}}}", "[".repeat(3_000), "]".repeat(3_000));
    for (body, status, code) in [
        (r#"{"visitor":{"id":"v"},"language":"fr","language":"en"}"#.as_bytes(), 422, "invalid_fields"),
        (br#"{"visitor":{"id":"v"},"language":1e999}"#, 422, "invalid_fields"),
        (br#"{"visitor":{"id":"\ud800"},"language":"fr"}"#, 422, "invalid_fields"),
        (deep.as_bytes(), 422, "invalid_fields"),
        (b"", 400, "malformed_json"),
        (b"{", 400, "malformed_json"),
        (br#"{"visitor":{"id":"v"},"language":NaN}"#, 400, "malformed_json"),
        (b"{\"visitor\":{\"id\":\"\xff\"},\"language\":\"fr\"}", 400, "malformed_json"),
    ] {
        sent(&bot, Method::POST, "/conversations", Some("application/json"), body)
            .await
            .is_problem(status, code);
    }
}

#[tokio::test]
async fn bodies_are_json_by_their_type_or_say_nothing() {
    let Scene { livechat, .. } = Scene::set().await;
    let bot = livechat.integration();
    let body = || json!({ "visitor": { "id": Uuid::now_v7().to_string() }, "language": "fr" }).to_string();
    for kind in [
        None,
        Some("application/json"),
        Some("application/json; charset=UTF-8"),
        Some("application/vnd.example+json"),
        Some("application/x-www-form-urlencoded"),
    ] {
        sent(&bot, Method::POST, "/conversations", kind, body()).await.is(201);
    }
    sent(&bot, Method::POST, "/conversations", None, format!("\u{feff}{}", body())).await.is(201);
    for kind in ["text/plain", "application/xml", "multipart/form-data", "application/json; charset=utf-16"] {
        let answer = sent(&bot, Method::POST, "/conversations", Some(kind), body()).await;
        answer.is_problem(415, "unsupported_media_type");
    }
}

#[tokio::test]
async fn unknown_parameters_are_refused_wherever_they_are() {
    let Scene { livechat, visitor, alice, .. } = Scene::set().await;
    let (admin, supervisor) = (livechat.administrator(), livechat.supervisor());
    let transcript = visitor.path("/transcript");
    for (who, path) in [
        (&admin, "/settings"),
        (&admin, "/settings/capacity"),
        (&admin, "/audit"),
        (&supervisor, "/board"),
        (&supervisor, "/conversations"),
        (&supervisor, transcript.as_str()),
        (&supervisor, "/floor"),
        (&supervisor, "/floor/replay"),
        (&supervisor, "/figures/definitions"),
        (&alice.person, "/desk/options"),
    ] {
        let problem = who.get(&format!("{path}?colour=red")).await.is_problem(422, "invalid_fields");
        assert_eq!(problem["errors"][0]["field"], "colour", "{path}: {problem:#}");
    }
    let problem = supervisor.get("/conversations?limit=5&limit=6").await.is_problem(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["field"], "limit");
    let problem = supervisor.get("/conversations?limit=five").await.is_problem(422, "invalid_fields");
    assert_eq!(problem["errors"][0]["allowed"], "1 to 200", "{problem:#}");
    let problem = supervisor.get("/audit?limit=five").await.is_problem(422, "invalid_fields");
    assert!(problem["errors"][0]["allowed"].as_str().unwrap().starts_with("a whole number"), "{problem:#}");
    // A ticket is for live feeds, and nothing else.
    supervisor.get("/conversations?ticket=x").await.is_problem(422, "invalid_fields");
}

#[tokio::test]
async fn a_date_is_the_beginning_of_its_day_where_the_livechat_is() {
    let Scene { server, livechat, .. } = Scene::set().await;
    livechat.sets("opening_hours", json!({ "time_zone": "Pacific/Auckland" })).await;
    let position = server.position("support").await;
    let supervisor = livechat.supervisor();
    let listed = async |from: &str, until: &str| {
        let path =
            format!("/conversations?requested_from={from}&requested_until={until}&at_least={position}");
        supervisor.get(&path).await.is(200)["items"].as_array().unwrap().len()
    };
    assert_eq!(listed("1999-01-01", "9998-12-31").await, 2);
    assert_eq!(listed("1999-01-01", "1999-01-02").await, 0);
    for path in ["/audit?from=2024-02-30", "/conversations?requested_from=2024-2-1"] {
        livechat.supervisor().get(path).await.is_problem(422, "invalid_fields");
    }
    livechat.supervisor().get("/audit?from=1999-01-01").await.is(200);
    livechat.supervisor().get("/board?at=1999-01-01").await.is_problem(422, "invalid_fields");
}

#[tokio::test]
async fn an_item_of_a_list_has_one_name_whatever_is_wrong_with_it() {
    let Scene { server, livechat, alice: _alice, .. } = Scene::set().await;
    let admin = livechat.administrator();
    let before = server.position("support").await;
    let reply = |title: Value| json!([{ "id": "r", "title": title, "text": { "fr": "x" }, "theme": "t" }]);
    let article = |title: Value| json!([{ "id": "a", "title": title, "body": "x", "theme": "t" }]);
    let survey = |label: Value| {
        json!([{
            "id": "s", "name": "Avis", "title": { "fr": "Avis" }, "audience": "visitor",
            "fields": [{ "id": "f", "kind": "short_text", "label": { "fr": label }, "mandatory": false }],
        }])
    };
    // By its shape, and by the rules: of the same field, with the same name.
    for (section, by_shape, by_rules, field) in [
        (
            "skills",
            json!([{ "id": "a" }, { "id": "b", "queue_capacity": "5" }]),
            json!([{ "id": "a" }, { "id": "b", "queue_capacity": 5_000 }]),
            "skills[1].queue_capacity",
        ),
        ("skills", json!([{ "id": 5 }]), json!([{ "id": "two words" }]), "skills[0].id"),
        (
            "skills",
            json!([{ "id": "a", "hours": { "week": { "monday": [{ "from": 9, "to": "10:00" }] } } }]),
            json!([{ "id": "a", "hours": { "week": { "monday": [{ "from": "25:00", "to": "10:00" }] } } }]),
            "skills[0].hours.week.monday[0].from",
        ),
        ("canned_replies", reply(json!(5)), reply(json!("  ")), "canned_replies[0].title"),
        ("knowledge", article(json!(null)), article(json!("\u{200b}")), "knowledge[0].title"),
        ("surveys", survey(json!(["x"])), survey(json!(" ")), "surveys[0].fields[0].label.fr"),
        (
            "visitor_card",
            json!(["name", { "variable": 5 }]),
            json!(["name", { "variable": " " }]),
            "visitor_card[1].variable",
        ),
    ] {
        let path = format!("/settings/{section}");
        for content in [&by_shape, &by_rules] {
            for answer in [admin.put(&path, content).await, admin.patch(&path, content).await] {
                let problem = answer.is_problem(422, "invalid_fields");
                let fields: Vec<_> = problem["errors"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|error| error["field"].clone())
                    .collect();
                assert_eq!(fields, [field], "{content}: {problem:#}");
                let detail = problem["detail"].as_str().unwrap();
                assert!(detail.contains(field), "{detail}");
            }
        }
    }
    // Where both are wrong, and where no value can be made of it.
    let both = json!([{ "id": "a", "queue_capacity": 5_000, "hours": 5 }, {}]);
    let problem = admin.put("/settings/skills", &both).await.is_problem(422, "invalid_fields");
    let mut fields: Vec<_> =
        problem["errors"].as_array().unwrap().iter().filter_map(|error| error["field"].as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["skills[0].hours", "skills[0].queue_capacity", "skills[1].id"]);
    let twice = r#"[{"id":"a","id":"b"}]"#;
    let answer = sent(&admin, Method::PUT, "/settings/skills", Some("application/json"), twice).await;
    assert_eq!(answer.is_problem(422, "invalid_fields")["errors"][0]["field"], "skills[0]");
    assert_eq!(server.position("support").await, before);
}

/// The steps whose body carries nothing, as the document says, and those that only delete.
fn steps(visitor: &str) -> Vec<(Method, String, Role)> {
    let document = serde_json::to_value(api::routes::document()).unwrap();
    let mut steps = vec![];
    for (path, operations) in document["paths"].as_object().unwrap() {
        let Some(below) = path.strip_prefix("/api/v1/livechats/{livechat}") else { continue };
        let below = below.replace("{conversation}", visitor).replace("{operator}", "alice");
        // Of keys and members there are none.
        if below.contains('{') {
            continue;
        }
        for (method, operation) in operations.as_object().unwrap() {
            let body = &operation["requestBody"];
            let schema = &body["content"]["application/json"]["schema"]["$ref"];
            let is_step = schema == "#/components/schemas/EmptyBody";
            if is_step {
                assert_eq!(body["required"], false, "{path}");
                for status in ["400", "413", "415", "422"] {
                    assert!(operation["responses"][status].is_object(), "{path}: {status}");
                }
            }
            if is_step || method == "delete" {
                let roles: Vec<Role> = serde_json::from_value(operation["x-roles"].clone()).unwrap();
                let role = if roles.contains(&Role::Administrator) { Role::Administrator } else { roles[0] };
                steps.push((method.to_uppercase().parse().unwrap(), below.clone(), role));
            } else if ["post", "put", "patch"].contains(&method.as_str()) {
                assert!(body.is_object(), "{method} {path} says nothing of its body");
            }
        }
    }
    steps
}

#[tokio::test]
async fn a_step_that_carries_nothing_takes_nothing_else() {
    let Scene { server, livechat, visitor, alice: _alice, .. } = Scene::set().await;
    let before = server.position("support").await;
    let steps = steps(&visitor.conversation);
    assert!(steps.len() >= 17, "{steps:?}");
    for (method, path, role) in steps {
        let person = if role == Role::Visitor {
            livechat.stranger(Some(visitor.person.token().to_owned()))
        } else {
            livechat.person(role, "alice")
        };
        let send = async |kind, body: &str| sent(&person, method.clone(), &path, kind, body).await;
        for (body, field) in [
            (r#"{"colour":"red"}"#, "colour"),
            (r#"{"reason":null}"#, "reason"),
            ("[]", "body"),
            ("null", "body"),
            ("0", "body"),
            (r#""end""#, "body"),
            (r#"{"a":1,"a":1}"#, "body"),
        ] {
            let problem = send(Some("application/json"), body).await.is_problem(422, "invalid_fields");
            assert_eq!(problem["errors"][0]["field"], field, "{method} {path} {body}: {problem:#}");
        }
        for body in ["{", "end it", "{}{}"] {
            send(None, body).await.is_problem(400, "malformed_json");
        }
        send(Some("text/plain"), "end it").await.is_problem(415, "unsupported_media_type");
        let long = format!("{{{}}}", " ".repeat(5_000));
        send(None, &long).await.is_problem(413, "body_too_large");
    }
    assert_eq!(server.position("support").await, before);
}

#[tokio::test]
async fn nothing_is_no_body_a_blank_one_or_an_object_without_fields() {
    let Scene { livechat, mut alice, .. } = Scene::set().await;
    for (number, (kind, body)) in [
        (None, ""),
        (Some("application/json"), ""),
        (Some("application/json"), "{}"),
        (None, " { } "),
        (None, "\r\n"),
    ]
    .into_iter()
    .enumerate()
    {
        let visitor = livechat.visitor(&format!("v{}", number + 10)).await;
        alice.sees_tab(&visitor).await;
        let path = visitor.path("/pick-up");
        let key = Uuid::now_v7().to_string();
        // Repeated in another way, it is the same command.
        let mut done = vec![];
        for body in [body, "{}", ""] {
            let request = alice.person.request(Method::POST, &path).header("Idempotency-Key", &key);
            let request = match kind {
                Some(kind) => request.header("Content-Type", kind),
                None => request,
            };
            let request =
                if body.is_empty() { request.header("Content-Length", "0") } else { request.body(body) };
            done.push(Answer::to(request).await.is(200));
        }
        assert!(done.iter().all(|answer| *answer == done[0]), "{done:?}");
        alice.ends(&visitor).await;
        // So it is where something may be said.
        let visitor = livechat.visitor(&format!("v{}", number + 20)).await;
        alice.picks_up(&visitor).await;
        sent(&alice.person, Method::POST, &visitor.path("/call-for-help"), kind, body).await.is(200);
        alice.ends(&visitor).await;
    }
}
