//! Who may do what: every route for every role, as the table in `api/src/auth/rights.rs` says. A route that is missing
//! here fails the test.

use std::collections::BTreeSet;

use api::auth::Role;
use api::auth::account_rights::AccountOperation;
use api::auth::rights::{LIVECHAT, LIVECHATS, OPERATIONS};
use pupitre_tests::actors::{Livechat, Operator};
use pupitre_tests::patience::soon;
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::{Value, json};

const ROLES: [Role; 6] =
    [Role::Visitor, Role::Operator, Role::Supervisor, Role::Analyst, Role::Administrator, Role::Integration];

/// A route below the livechat, and what each role is answered, in the order of [`ROLES`]. The visitor
/// and the operator are those of the conversation, which is picked up; 403 is `forbidden`.
type Line = (&'static str, &'static str, [u16; 6]);

const MATRIX: &[Line] = &[
    //                                          visitor operator supervisor analyst administrator integration
    ("put", "/", [403, 403, 403, 403, 200, 403]),
    ("get", "/", [403, 200, 200, 200, 200, 200]),
    ("patch", "/", [403, 403, 403, 403, 200, 403]),
    ("post", "/close", [403, 403, 403, 403, 200, 403]),
    ("post", "/reopen", [403, 403, 403, 403, 200, 403]),
    ("get", "/api-keys", [403, 403, 403, 403, 200, 403]),
    ("post", "/api-keys", [403, 403, 403, 403, 201, 403]),
    // There is no such key: administrators get this problem.
    ("get", "/api-keys/{key}", [403, 403, 403, 403, 404, 403]),
    ("patch", "/api-keys/{key}", [403, 403, 403, 403, 404, 403]),
    ("delete", "/api-keys/{key}", [403, 403, 403, 403, 404, 403]),
    ("get", "/members", [403, 403, 403, 403, 200, 403]),
    ("post", "/members", [403, 403, 403, 403, 201, 403]),
    // There is no such member: administrators get this problem.
    ("put", "/members/{account}/roles", [403, 403, 403, 403, 404, 403]),
    ("delete", "/members/{account}", [403, 403, 403, 403, 404, 403]),
    ("get", "/settings/{section}", [403, 403, 200, 403, 200, 403]),
    ("get", "/settings", [403, 403, 200, 403, 200, 403]),
    ("get", "/settings/{section}/history", [403, 403, 200, 403, 200, 403]),
    ("put", "/settings/{section}", [403, 403, 403, 403, 200, 403]),
    ("patch", "/settings/{section}", [403, 403, 403, 403, 200, 403]),
    ("post", PREVIEW, [403, 403, 200, 403, 200, 403]),
    ("put", "/operators/{operator}", [403, 403, 403, 403, 200, 403]),
    ("get", "/operators/{operator}", [403, 200, 200, 403, 200, 403]),
    ("patch", "/operators/{operator}", [403, 403, 403, 403, 200, 403]),
    ("post", "/operators/{operator}/suspend", [403, 403, 403, 403, 200, 403]),
    ("post", "/operators/{operator}/reinstate", [403, 403, 403, 403, 200, 403]),
    ("delete", "/operators/{operator}", [403, 403, 403, 403, 200, 403]),
    ("post", "/operators/{operator}/tokens", [403, 403, 403, 403, 201, 403]),
    ("put", "/operators/{operator}/status", [403, 200, 200, 403, 403, 403]),
    ("post", "/conversations", [201, 403, 403, 403, 403, 201]),
    ("get", "/conversations", [403, 403, 200, 200, 403, 403]),
    // No words are given: roles that may search get this problem.
    ("get", "/conversations/search", [403, 422, 422, 422, 422, 403]),
    ("get", "/conversations/{conversation}", [200, 200, 200, 403, 200, 403]),
    ("get", "/conversations/{conversation}/transcript", [200, 200, 200, 403, 200, 403]),
    // It is not waiting: roles that may leave get this problem.
    ("post", "/conversations/{conversation}/leave", [422, 403, 403, 403, 403, 422]),
    ("post", "/conversations/{conversation}/pick-up", [403, 200, 403, 403, 403, 403]),
    ("post", "/conversations/{conversation}/messages", [201, 201, 201, 403, 403, 201]),
    ("post", "/conversations/{conversation}/internal-messages", [403, 201, 201, 403, 403, 403]),
    // It is not waiting: a supervisor gets this problem.
    ("post", "/conversations/{conversation}/assign", [403, 403, 422, 403, 403, 403]),
    ("post", "/conversations/{conversation}/transfer", [403, 200, 200, 403, 403, 403]),
    ("post", "/conversations/{conversation}/end", [200, 200, 200, 403, 403, 200]),
    // It is not kept open: roles that may ask again or close it get this problem.
    ("post", "/conversations/{conversation}/request-again", [409, 403, 403, 403, 403, 409]),
    ("post", "/conversations/{conversation}/close", [409, 403, 409, 403, 403, 409]),
    ("post", "/conversations/{conversation}/visitor-tokens", [201, 403, 403, 403, 403, 201]),
    ("put", "/conversations/{conversation}/importance", [403, 200, 200, 403, 403, 403]),
    ("post", "/conversations/{conversation}/call-for-help", [403, 200, 403, 403, 403, 403]),
    // Nobody called: a supervisor who would take it gets this problem.
    ("post", "/conversations/{conversation}/call-for-help/take", [403, 403, 422, 403, 403, 403]),
    ("post", "/conversations/{conversation}/call-for-help/settle", [403, 200, 200, 403, 403, 403]),
    ("post", "/conversations/{conversation}/hold", [403, 200, 403, 403, 403, 403]),
    ("post", "/conversations/{conversation}/take-back", [403, 200, 403, 403, 403, 403]),
    ("post", "/conversations/{conversation}/file-requests", [403, 200, 403, 403, 403, 403]),
    // The visitor was not asked for one.
    ("post", "/conversations/{conversation}/files", [422, 201, 403, 403, 403, 422]),
    ("post", "/conversations/{conversation}/mail-copy", [403, 200, 403, 403, 403, 403]),
    ("post", "/conversations/{conversation}/articles", [403, 201, 403, 403, 403, 403]),
    ("post", "/conversations/{conversation}/surveys", [403, 200, 403, 403, 403, 403]),
    ("get", "/conversations/{conversation}/surveys", [200, 200, 403, 403, 403, 200]),
    // No survey waits: roles that may fill it in get this problem.
    ("get", "/conversations/{conversation}/survey", [404, 404, 403, 403, 403, 404]),
    ("put", "/conversations/{conversation}/survey/opened", [404, 404, 403, 403, 403, 404]),
    ("delete", "/conversations/{conversation}/survey/opened", [403, 404, 403, 403, 403, 403]),
    ("put", "/conversations/{conversation}/survey/answers", [404, 404, 403, 403, 403, 404]),
    ("post", "/conversations/{conversation}/survey/close", [404, 404, 403, 403, 403, 404]),
    ("get", "/surveys/pending", [403, 200, 403, 403, 403, 403]),
    ("get", "/desk/options", [403, 200, 200, 403, 403, 403]),
    ("post", "/desk/assistant", [403, 200, 200, 403, 403, 403]),
    ("get", "/operators", [403, 200, 200, 403, 200, 403]),
    ("get", "/knowledge", [403, 200, 200, 403, 403, 403]),
    ("get", "/canned-replies", [403, 200, 200, 403, 403, 403]),
    ("get", "/board", [403, 403, 200, 403, 200, 403]),
    ("get", "/queue", [403, 403, 200, 403, 200, 403]),
    // There are no such rows: roles that may export any get this problem.
    ("get", "/exports/{rows}", [403, 403, 404, 404, 404, 403]),
    ("get", "/audit", [403, 403, 200, 403, 200, 403]),
    ("get", "/figures", [403, 403, 200, 200, 200, 403]),
    ("get", "/figures/definitions", [403, 403, 200, 200, 200, 403]),
    ("get", "/floor", [403, 403, 200, 403, 200, 403]),
    ("get", "/floor/replay", [403, 403, 200, 403, 200, 403]),
    ("get", "/conversations/{conversation}/replay", [403, 403, 200, 403, 200, 403]),
    ("get", "/colleagues", [403, 200, 200, 403, 403, 403]),
    ("get", "/queue/live", [403, 200, 200, 403, 200, 403]),
    ("get", "/conversations/{conversation}/live", [403, 403, 200, 403, 200, 403]),
    ("post", "/tickets", [201, 201, 201, 201, 201, 201]),
    ("get", "/desk", [403, 200, 403, 403, 403, 403]),
    // This is a plain request: roles that may open the socket are told to upgrade.
    ("get", "/visitor", [422, 403, 403, 403, 403, 403]),
];

/// Of one section only.
const PREVIEW: &str = "/settings/phrases/preview";

/// Open to anybody.
const OPEN: &[&str] = &["/healthz", "/readyz", "/metrics"];

/// An analyst reads conversations that are over, and the one of the matrix is not.
const NOT_OVER_YET: &[(&str, Role)] = &[
    ("/conversations/{conversation}", Role::Analyst),
    ("/conversations/{conversation}/transcript", Role::Analyst),
];

#[tokio::test]
async fn each_role_may_do_what_the_matrix_says_and_nothing_else() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator_with("alice", json!({ "capacity": 10 })).await;
    // For transfers; never chosen by the rules while Alice has room.
    livechat.sets("skills", json!([{ "id": "first" }])).await;
    livechat.registers("alice", alice_profile()).await;
    livechat.registers("mallory", json!({})).await;
    let _bob = livechat.operator_with("bob", json!({ "capacity": 10 })).await;
    everything_is_switched_on(&livechat).await;
    let mut turn = 0;
    for line in MATRIX {
        for (role, expected) in ROLES.into_iter().zip(line.2) {
            turn += 1;
            let (status, body) = tried(&livechat, &mut alice, role, *line, turn).await;
            assert_eq!(status, expected, "{role:?} {} {}: {body}", line.0, line.1);
            if status == 403 {
                assert_eq!(body["code"], "forbidden", "{role:?} {} {}: {body}", line.0, line.1);
            }
        }
    }
}

fn alice_profile() -> Value {
    json!({ "name": "Alice", "capacity": 10, "skills": ["first"], "email": "alice@example.org" })
}

/// So that nobody is refused for an option of the settings.
async fn everything_is_switched_on(livechat: &Livechat) {
    livechat.sets("desk", json!({ "augmented": true })).await;
    livechat
        .sets("knowledge", json!([{ "id": "returns", "title": "Returns", "body": "30 days.", "theme": "t" }]))
        .await;
    let fields = json!([{ "id": "note", "label": { "fr": "Note" }, "kind": "rating" }]);
    let survey =
        json!({ "id": "s", "name": "S", "title": { "fr": "S" }, "audience": "visitor", "fields": fields });
    livechat.sets("surveys", json!([survey])).await;
    livechat.sets("visitor_survey", json!({ "operator_may_send": true })).await;
    livechat.sets("operator_survey", json!({ "complete_button": true, "cancel_button": true })).await;
}

/// Tries a route as a role, on a conversation of its own; gives the status and the problem.
async fn tried(
    livechat: &Livechat,
    alice: &mut Operator,
    role: Role,
    (method, route, _): Line,
    turn: u32,
) -> (u16, Value) {
    let visitor = livechat.visitor(&format!("v{turn}")).await;
    alice.picks_up(&visitor).await;
    let newcomer = (method, route) == ("post", "/conversations");
    let subject = match role {
        Role::Visitor => format!("new{turn}"),
        Role::Operator => "alice".to_owned(),
        Role::Supervisor | Role::Analyst | Role::Administrator | Role::Integration => "somebody".to_owned(),
    };
    let path = route
        .strip_suffix('/')
        .unwrap_or(route)
        .replace("{section}", "timeouts")
        .replace("{operator}", whose(method, route))
        .replace("{account}", &uuid::Uuid::now_v7().to_string())
        .replace("{key}", &uuid::Uuid::now_v7().to_string())
        .replace("{conversation}", &visitor.conversation);
    let path = match route {
        "/visitor" => format!("{path}?conversation={}", visitor.conversation),
        "/knowledge" => format!("{path}?q=returns"),
        "/figures" => format!("{path}?from=2027-01-15&until=2027-01-16"),
        "/conversations/{conversation}" | "/conversations/{conversation}/transcript" if method == "get" => {
            format!("{path}?at_least={}", visitor.requested["position"])
        }
        _ => path,
    };
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let carries = !matches!(method, Method::GET | Method::DELETE);
    let body = if carries { body(route, turn) } else { Value::Null };
    let person = if role == Role::Visitor && !newcomer {
        livechat.stranger(Some(visitor.person.token().to_owned()))
    } else {
        livechat.person(role, &subject)
    };
    let request = person.request(method, &path);
    let request = if body.is_null() { request } else { request.json(&body) };
    let response = soon(request.send()).await.unwrap();
    let status = response.status().as_u16();
    if route == "/close" {
        livechat.administrator().post("/reopen", &Value::Null).await.is(200);
    }
    // What is live never ends: only refusals are read.
    let body = if status < 400 { Value::Null } else { response.json().await.unwrap() };
    let end = livechat.supervisor().post(&visitor.path("/end"), &Value::Null).await;
    assert!(matches!(end.status, 200 | 409), "{end:?}");
    (status, body)
}

/// Nobody else is tried on an operator who is suspended or removed.
fn whose(method: &str, route: &str) -> &'static str {
    if method == "delete" || route.ends_with("/suspend") || route.ends_with("/reinstate") {
        "mallory"
    } else {
        "alice"
    }
}

fn body(route: &str, turn: u32) -> Value {
    match route {
        "/conversations/{conversation}/assign" => json!({ "operator": "bob" }),
        "/" => json!({ "name": "Support", "language": "fr" }),
        "/api-keys" => json!({ "name": format!("Bot {turn}"), "role": "integration" }),
        "/members" => json!({
            "address": format!("m{turn}@example.org"), "name": "M", "roles": [{ "role": "supervisor" }]
        }),
        "/members/{account}/roles" => json!({ "roles": [{ "role": "supervisor" }] }),
        "/api-keys/{key}" => json!({ "name": "Robot" }),
        PREVIEW => json!({ "phrase": "welcome", "language": "fr" }),
        "/settings/{section}" => json!({ "visitor_inactivity": 30, "timeout_reminder": 0 }),
        "/operators/{operator}" => alice_profile(),
        "/operators/{operator}/status" => json!({ "status": "available" }),
        "/conversations" => json!({ "visitor": { "id": format!("new{turn}") }, "language": "fr" }),
        "/conversations/{conversation}/messages" | "/conversations/{conversation}/internal-messages" => {
            json!({ "text": "bonjour" })
        }
        "/conversations/{conversation}/request-again" => {
            json!({ "visitor": { "id": format!("v{turn}") }, "language": "fr" })
        }
        "/conversations/{conversation}/importance" => json!({ "important": true }),
        "/conversations/{conversation}/files" => {
            json!({ "name": "a.pdf", "bytes": 1, "media_type": "application/pdf" })
        }
        "/conversations/{conversation}/articles" => json!({ "article": "returns" }),
        "/conversations/{conversation}/surveys" => json!({ "survey": "s" }),
        "/conversations/{conversation}/survey/answers" => json!({ "answers": {} }),
        "/desk/assistant" => json!({ "question": "returns" }),
        "/conversations/{conversation}/transfer" => json!({ "to": { "operator": "bob" } }),
        _ => Value::Null,
    }
}

#[tokio::test]
async fn every_route_of_the_document_is_in_the_matrix() {
    let document = api::routes::document();
    let mut documented = BTreeSet::new();
    for (path, item) in document["paths"].as_object().unwrap() {
        for method in item.as_object().unwrap().keys().filter(|key| *key != "parameters") {
            if let Some(route) = path.strip_prefix(LIVECHAT) {
                documented.insert((method.clone(), at_least_slash(&without_section(route)).to_owned()));
            } else {
                // What a token is for: see `administration.rs`; what a session is for: see `accounts/rights.rs`.
                let of_accounts = AccountOperation::at(method, path).is_some();
                let is_open = OPEN.contains(&path.as_str());
                assert!(of_accounts || is_open || path == LIVECHATS, "{method} {path} is in no matrix");
            }
        }
    }
    let tested =
        MATRIX.iter().map(|(method, route, _)| ((*method).to_owned(), (*route).to_owned())).collect();
    assert_eq!(documented, tested);
}

#[test]
fn the_matrix_refuses_the_roles_that_are_not_in_the_table_of_rights_and_no_others() {
    let below = OPERATIONS.iter().filter(|operation| operation.path != LIVECHATS);
    assert_eq!(below.clone().count(), MATRIX.len());
    for operation in below {
        let line = MATRIX.iter().find(|line| (line.0, line.1) == (operation.method, operation.path));
        let statuses = line.unwrap_or_else(|| panic!("{operation:?} is not in the matrix")).2;
        for (role, status) in ROLES.into_iter().zip(statuses) {
            let may = operation.roles.contains(&role) && !NOT_OVER_YET.contains(&(operation.path, role));
            assert_eq!(status != 403, may, "{role:?} {} {}", operation.method, operation.path);
        }
    }
}

#[test]
fn the_document_names_the_roles_that_may_call_an_operation() {
    let document = api::routes::document();
    for operation in OPERATIONS.iter().filter(|operation| !operation.path.contains("{section}")) {
        let path = match operation.path {
            LIVECHATS => LIVECHATS.to_owned(),
            path => format!("{LIVECHAT}{path}"),
        };
        let paths = &document["paths"];
        let item = paths.get(&path).unwrap_or_else(|| &paths[path.trim_end_matches('/')]);
        let documented = &item[operation.method];
        let roles: Vec<&str> = operation.roles.iter().map(|role| role.name()).collect();
        assert_eq!(documented["x-roles"], json!(roles), "{} {path}", operation.method);
        for status in ["401", "403", "422", "429", "503"] {
            assert!(documented["responses"][status].is_object(), "{} {path}: {status}", operation.method);
        }
    }
}

/// Each section of the settings is a route of its own in the document; the rights are the same for all.
fn without_section(route: &str) -> String {
    if route == PREVIEW {
        return route.to_owned();
    }
    let section = route.strip_prefix("/settings/").and_then(|rest| rest.split('/').next());
    section.map_or_else(
        || route.to_owned(),
        |section| route.replacen(&format!("/settings/{section}"), "/settings/{section}", 1),
    )
}

fn at_least_slash(route: &str) -> &str {
    if route.is_empty() { "/" } else { route }
}

#[tokio::test]
async fn nobody_touches_the_conversation_of_another() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let mut alice = livechat.operator("alice").await;
    let bob = livechat.operator("bob").await;
    let visitor = livechat.visitor("v1").await;
    alice.picks_up(&visitor).await;
    let stranger = livechat.person(Role::Visitor, "v2");
    let before = server.position("support").await;
    let text = json!({ "text": "bonjour" });
    let to_bob = json!({ "to": { "operator": "bob" } });
    for (step, body) in [("/messages", &text), ("/end", &Value::Null), ("/leave", &Value::Null)] {
        stranger.post(&visitor.path(step), body).await.is_problem(403, "not_your_conversation");
    }
    for (step, body) in
        [("/messages", &text), ("/end", &Value::Null), ("/pick-up", &Value::Null), ("/transfer", &to_bob)]
    {
        bob.person.post(&visitor.path(step), body).await.is_problem(403, "not_your_conversation");
    }
    let read = visitor.path(&format!("?at_least={before}"));
    stranger.get(&read).await.is_problem(403, "not_your_conversation");
    bob.person.get(&read).await.is_problem(403, "forbidden");
    bob.person.get(&visitor.path("/transcript")).await.is_problem(403, "forbidden");
    let status = json!({ "status": "on_break" });
    bob.person.put("/operators/alice/status", &status).await.is_problem(403, "forbidden");
    let forced = json!({ "to": { "operator": "bob" }, "force": true });
    alice.person.post(&visitor.path("/transfer"), &forced).await.is_problem(403, "forbidden");
    assert_eq!(server.position("support").await, before);
}
