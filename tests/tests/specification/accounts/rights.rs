//! Who may do what with a session: every operation of both tables, for each kind of holder, in their own livechat and in
//! another. What a role is answered in detail is in `http/roles.rs`.

use accounts::account::{Change, Grant, Role, change};
use api::auth::account_rights::{ACCOUNT_OPERATIONS, Who};
use api::auth::rights::{LIVECHATS, OPERATIONS, Operation};
use pupitre_tests::actors::{Answer, Browser};
use pupitre_tests::patience::soon;
use pupitre_tests::server::Server;
use reqwest::Method;
use serde_json::{Value, json};

use super::desk_of_accounts::Site;
use super::stage::{GOOD, by_at, grant, operator, with_account};

/// What is asked for is never there, so that nobody changes anything.
fn made_up(path: &str) -> String {
    let id = "0190a000-0000-7000-8000-000000000000";
    let named = ["{conversation}", "{key}", "{session}", "{account}"];
    let path = named.iter().fold(path.to_owned(), |path, name| path.replace(name, id));
    path.replace("{operator}", "ghost").replace("{section}", "timeouts").replace("{rows}", "contacts")
}

/// The status, and the code of a problem.
async fn tried(page: &Browser, method: &str, path: &str) -> (u16, String) {
    let method = Method::from_bytes(method.to_uppercase().as_bytes()).unwrap();
    let response = soon(page.request(method, path).send()).await.unwrap();
    let status = response.status().as_u16();
    // What is live never ends: only refusals are read.
    let body: Value = if status < 400 { Value::Null } else { response.json().await.unwrap() };
    (status, body["code"].as_str().unwrap_or_default().to_owned())
}

async fn page(server: &Server, address: &str, roles: Vec<Grant>, administers_server: bool) -> Browser {
    let id = with_account(server, address, roles).await;
    if administers_server {
        let accounts = &server.app().accounts;
        let change_to = Change { server_administrator: Some(true), ..Change::default() };
        change(accounts.database(), &by_at(accounts.now()), id, change_to).await.unwrap();
    }
    let mut page = server.browser();
    page.signs_in(address, GOOD).await.is(201);
    page
}

#[tokio::test]
async fn a_session_opens_what_the_table_says_for_its_roles_in_their_livechat_and_in_no_other() {
    let server = Server::start().await;
    for id in ["support", "sales"] {
        server
            .livechat(id)
            .await
            .administrator()
            .put("/operators/zoe", &json!({ "name": "Zoé" }))
            .await
            .is(200);
    }
    let holders = [
        (Some(Role::Operator), false),
        (Some(Role::Supervisor), false),
        (Some(Role::Analyst), false),
        (Some(Role::Administrator), false),
        (None, false),
        (None, true),
    ];
    for (index, (role, administers_server)) in holders.into_iter().enumerate() {
        let roles = role.map(|role| match role {
            Role::Operator => operator("support", "zoe"),
            Role::Supervisor | Role::Analyst | Role::Administrator => grant("support", role),
        });
        let address = format!("person{index}@example.org");
        let page = page(&server, &address, roles.into_iter().collect(), administers_server).await;
        let acts_as = if administers_server { Some(Role::Administrator) } else { role };
        for operation in OPERATIONS.iter().filter(|operation| operation.path != LIVECHATS) {
            let may = |role: Role| operation.roles.contains(&role.into());
            let own = is_open(&page, operation, "support").await;
            assert_eq!(own, acts_as.is_some_and(may), "{role:?} {} {}", operation.method, operation.path);
            let other = is_open(&page, operation, "sales").await;
            let may_there = administers_server && may(Role::Administrator);
            assert_eq!(
                other, may_there,
                "{role:?} of another livechat {} {}",
                operation.method, operation.path
            );
        }
    }
}

/// Is the operation not refused for the role? Made-up things are refused for what they are.
async fn is_open(page: &Browser, operation: &Operation, livechat: &str) -> bool {
    // An operator reads about nobody else.
    let below = match operation.method {
        "get" => made_up(&operation.path.replace("{operator}", "zoe")),
        _ => made_up(operation.path),
    };
    let path = format!("/livechats/{livechat}{}", below.trim_end_matches('/'));
    let (status, code) = tried(page, operation.method, &path).await;
    assert_ne!(status, 401, "{} {path}: {code}", operation.method);
    assert!(status < 500, "{} {path}: {status} {code}", operation.method);
    (status, code.as_str()) != (403, "forbidden")
}

#[tokio::test]
async fn an_operation_on_accounts_is_open_to_whom_the_table_says() {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    with_account(&server, "zoe@example.org", vec![grant("support", Role::Administrator)]).await;
    let _ada = page(&server, "ada@example.org", vec![], true).await;
    for operation in ACCOUNT_OPERATIONS {
        let path = made_up(operation.path.strip_prefix("/api/v1").unwrap());
        let is_for_all = operation.who == Who::Anybody;
        let anybody = tried(&server.browser(), operation.method, &path).await;
        assert_eq!(anybody == (401, "unauthorized".to_owned()), !is_for_all, "{operation:?}: {anybody:?}");
        // A token that the server signed is for a livechat.
        let token = livechat.administrator().token().to_owned();
        let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).unwrap();
        let request = server.browser().request(method, &path).bearer_auth(token);
        let is_refused = soon(request.send()).await.unwrap().status() == 401;
        assert_eq!(is_refused, !is_for_all && operation.path != LIVECHATS, "{operation:?}");
        // Each has a session of its own: one of the operations ends it.
        for (address, is_server_administrator) in [("zoe@example.org", false), ("ada@example.org", true)] {
            let mut page = server.browser();
            page.signs_in(address, GOOD).await.is(201);
            let (status, code) = tried(&page, operation.method, &path).await;
            let may = is_server_administrator || operation.who != Who::ServerAdministrator;
            assert_eq!((status, code.as_str()) != (403, "forbidden"), may, "{operation:?}: {status} {code}");
            assert!(status < 500 && (is_for_all || status != 401), "{operation:?}: {status} {code}");
        }
    }
}

#[test]
fn every_operation_on_accounts_is_documented_with_what_it_may_be_refused_for() {
    let document = api::routes::document();
    for operation in ACCOUNT_OPERATIONS {
        let documented = &document["paths"][operation.path][operation.method];
        assert!(documented.is_object(), "{operation:?}");
        for status in ["403", "429", "503"] {
            assert!(documented["responses"][status].is_object(), "{operation:?}: {status}");
        }
        let is_open = documented["security"] == json!([]);
        assert_eq!(is_open, operation.who == Who::Anybody, "{operation:?}");
        assert!(documented["responses"]["401"].is_object() || is_open, "{operation:?}");
    }
}

#[tokio::test]
async fn every_route_of_administration_is_for_server_administrators_alone() {
    let site = Site::start().await;
    let support = site.server.livechat("support").await;
    let (boss, id) = site.somebody("boss@example.org", vec![grant("support", Role::Administrator)]).await;
    let (zoe, _) = site.somebody("zoe@example.org", vec![]).await;
    let token = site.server.bearer(support.administrator().token());
    let of_administration = ACCOUNT_OPERATIONS.iter().filter(|one| one.who == Who::ServerAdministrator);
    let mut tried = 0;
    for operation in of_administration {
        tried += 1;
        let path = operation.path.replace("{account}", &id);
        let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).unwrap();
        let callers = [
            ("nobody", site.server.anybody(), 401),
            ("token", token.clone(), 401),
            ("boss", boss.clone(), 403),
            ("zoe", zoe.clone(), 403),
        ];
        for (name, caller, expected) in callers {
            // Nobody's body is read who may not send one.
            let request = caller.request(method.clone(), &path).body("{");
            let answer = Answer::to(request).await;
            assert_eq!(answer.status, expected, "{name} {} {path}: {}", operation.method, answer.body);
        }
    }
    assert!(tried >= 13, "{tried}");
    assert_eq!(site.account(&id).await["name"], "Zoé Martin", "nothing was changed");
    site.ada.get("/api/v1/accounts").await.is(200);
}

#[tokio::test]
async fn what_is_open_to_anybody_takes_no_page_of_another_site() {
    let site = Site::start().await;
    for operation in ACCOUNT_OPERATIONS.iter().filter(|one| one.who == Who::Anybody) {
        let method = Method::from_bytes(operation.method.to_uppercase().as_bytes()).unwrap();
        let request = site.server.anybody().request(method, operation.path);
        let request = request.header("Origin", "https://evil.example.org").json(&json!({}));
        Answer::to(request).await.is_problem(403, "forged_request");
    }
}
