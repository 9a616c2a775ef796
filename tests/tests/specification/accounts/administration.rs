//! What server administrators do with accounts, over HTTP.

use accounts::account::Role;
use pupitre_tests::server::{Server, minutes};
use pupitre_tests::store::each_store;
use serde_json::{Value, json};

use super::desk_of_accounts::{Site, exists, shown, signed_in};
use super::stage::{BETTER, GOOD, grant, operator};

const INVITATION: &str = "https://chat.example.org/sign-in#invitation=";
const RESET: &str = "https://chat.example.org/sign-in#reset=";

#[tokio::test]
async fn an_account_is_made_invited_changed_disabled_and_deleted() {
    each_store(async |store| {
        let site = Site::of(Server::start_on(store.url()).await).await;
        let role = json!({ "livechat": "support", "role": "operator", "operator": "zoe" });
        let draft = json!({ "address": "zoe@example.org", "name": "Zoé", "language": "fr", "roles": [role] });
        let made = site.ada.post("/api/v1/accounts", &draft).await.is(201);
        let id = made["account"]["id"].as_str().unwrap().to_owned();
        let path = format!("/api/v1/accounts/{id}");
        assert_eq!(made["account"]["has_password"], false);
        // Where the server is reached is not said here: links begin with where it listens.
        let base = format!("http://{}/sign-in#invitation=", site.server.address());
        let secret = shown(&made["invitation"], &base);
        let anybody = site.server.anybody();
        let link = json!({ "kind": "invitation", "secret": secret });
        let holder = anybody.post("/api/v1/links/look", &link).await.is(200);
        assert_eq!(holder, json!({ "name": "Zoé", "address": "zoe@example.org", "language": "fr" }));
        let used = json!({ "kind": "invitation", "secret": secret, "password": GOOD });
        anybody.post("/api/v1/links/use", &used).await.is(204);
        anybody.post("/api/v1/links/use", &used).await.is_problem(422, "link_not_valid");
        let zoe = signed_in(&site.server, "zoe@example.org", GOOD).await;
        // Other roles end the session, another name does not.
        assert_eq!(site.ada.patch(&path, &json!({ "name": "Zoé M" })).await.is(200)["name"], "Zoé M");
        zoe.get("/api/v1/session").await.is(200);
        let changed = site.ada.patch(&path, &json!({ "roles": [] })).await.is(200);
        assert_eq!((&changed["roles"], &changed["language"]), (&json!([]), &json!("fr")));
        zoe.get("/api/v1/session").await.is_problem(401, "unauthorized");
        let zoe = signed_in(&site.server, "zoe@example.org", GOOD).await;
        assert!(
            site.ada.post(&format!("{path}/disable"), &Value::Null).await.is(200)["disabled"].is_string()
        );
        zoe.get("/api/v1/session").await.is_problem(401, "unauthorized");
        let invited = site.ada.post(&format!("{path}/invitation"), &Value::Null).await;
        invited.is_problem(409, "account_conflict");
        assert!(site.ada.post(&format!("{path}/enable"), &Value::Null).await.is(200)["disabled"].is_null());
        let zoe = signed_in(&site.server, "zoe@example.org", GOOD).await;
        let sessions = site.ada.get(&format!("{path}/sessions")).await.is(200);
        assert_eq!(sessions["items"].as_array().unwrap().len(), 1, "{sessions}");
        let ended = site.ada.delete(&format!("{path}/sessions")).await.is(200);
        assert_eq!(ended, json!({ "ended": 1 }));
        zoe.get("/api/v1/session").await.is_problem(401, "unauthorized");
        site.ada.delete(&path).await.is(204);
        assert!(!exists(&site.server, &id).await);
        site.ada.get(&path).await.is_problem(404, "unknown_account");
        let trail = site.trail(&id).await;
        assert_eq!(
            (trail[0].as_str(), trail.last().unwrap().as_str()),
            ("account.deleted", "account.created")
        );
    })
    .await;
}

#[tokio::test]
async fn a_reset_for_somebody_else_is_good_for_an_hour_and_once() {
    let site = Site::start().await;
    let (zoe, id) = site.somebody("zoe@example.org", vec![]).await;
    let path = format!("/api/v1/accounts/{id}/password-reset");
    let first = shown(&site.ada.post(&path, &Value::Null).await.is(201), RESET);
    let second = shown(&site.ada.post(&path, &Value::Null).await.is(201), RESET);
    let anybody = site.server.anybody();
    let used =
        |secret: &str, password: &str| json!({ "kind": "reset", "secret": secret, "password": password });
    let replaced = anybody.post("/api/v1/links/use", &used(&first, BETTER)).await;
    let refused = replaced.is_problem(422, "link_not_valid");
    // A password that is refused leaves the link as it is.
    let weak = anybody.post("/api/v1/links/use", &used(&second, "password1234")).await;
    assert_eq!(weak.is_problem(422, "invalid_fields")["errors"][0]["field"], "password");
    zoe.get("/api/v1/session").await.is(200);
    anybody.post("/api/v1/links/use", &used(&second, BETTER)).await.is(204);
    zoe.get("/api/v1/session").await.is_problem(401, "unauthorized");
    signed_in(&site.server, "zoe@example.org", BETTER).await;
    let late = shown(&site.ada.post(&path, &Value::Null).await.is(201), RESET);
    site.server.clock.advance(minutes(61));
    // Expired, mistyped and of another kind are one and the same refusal.
    let invitation = json!({ "kind": "invitation", "secret": late });
    for wrong in
        [json!({ "kind": "reset", "secret": late }), json!({ "kind": "reset", "secret": "x" }), invitation]
    {
        let answer = anybody.post("/api/v1/links/look", &wrong).await.is_problem(422, "link_not_valid");
        assert_eq!(answer, refused);
    }
}

#[tokio::test]
async fn accounts_are_listed_by_name_filtered_and_in_pages() {
    let site = Site::start().await;
    site.somebody("zoe@example.org", vec![operator("support", "zoe")]).await;
    site.somebody("max@example.org", vec![grant("sales", Role::Analyst)]).await;
    let addresses = async |query: &str| {
        let page = site.ada.get(&format!("/api/v1/accounts?{query}")).await.is(200);
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["address"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(addresses("").await.len(), 3);
    assert_eq!(addresses("livechat=support").await, ["zoe@example.org"]);
    assert_eq!(addresses("role=analyst").await, ["max@example.org"]);
    assert_eq!(addresses("livechat=support&role=analyst").await, [""; 0]);
    assert_eq!(addresses("server_administrator=true").await, ["ada@example.org"]);
    assert_eq!(addresses("text=MAX@").await, ["max@example.org"]);
    assert_eq!(addresses("disabled=true").await, [""; 0]);
    let (mut seen, mut query) = (vec![], "limit=1".to_owned());
    loop {
        let page = site.ada.get(&format!("/api/v1/accounts?{query}")).await.is(200);
        seen.push(page["items"][0]["address"].as_str().unwrap().to_owned());
        let Some(next) = page["next"].as_str() else { break };
        query = format!("limit=1&cursor={next}");
    }
    seen.sort();
    assert_eq!(seen, ["ada@example.org", "max@example.org", "zoe@example.org"]);
    for (query, field) in
        [("limit=0", "limit"), ("cursor=%21", "cursor"), ("role=boss", "role"), ("colour=red", "colour")]
    {
        let refused = site.ada.get(&format!("/api/v1/accounts?{query}")).await;
        assert_eq!(refused.is_problem(422, "invalid_fields")["errors"][0]["field"], field, "{query}");
    }
}

#[tokio::test]
async fn every_wrong_field_of_an_account_is_named() {
    let site = Site::start().await;
    let wrong =
        json!({ "address": "zoe", "name": "", "roles": [{ "livechat": "support", "role": "operator" }] });
    let refused = site.ada.post("/api/v1/accounts", &wrong).await.is_problem(422, "invalid_fields");
    let fields: Vec<&str> =
        refused["errors"].as_array().unwrap().iter().map(|error| error["field"].as_str().unwrap()).collect();
    assert!(fields.contains(&"name"), "{refused}");
    let taken = json!({ "address": "ADA@example.org", "name": "Ada" });
    let refused = site.ada.post("/api/v1/accounts", &taken).await.is_problem(409, "account_conflict");
    assert_eq!(refused["errors"][0]["field"], "address");
    let more = json!({ "address": "zoe@example.org", "name": "Zoé", "password": GOOD });
    site.ada.post("/api/v1/accounts", &more).await.is_problem(422, "invalid_fields");
}

#[tokio::test]
async fn the_last_server_administrator_cannot_lock_herself_out() {
    let site = Site::start().await;
    let own = format!("/api/v1/accounts/{}", site.ada_id);
    let demoted = json!({ "server_administrator": false });
    site.ada.patch(&own, &demoted).await.is_problem(409, "account_conflict");
    site.ada.post(&format!("{own}/disable"), &Value::Null).await.is_problem(409, "account_conflict");
    site.ada.delete(&own).await.is_problem(409, "account_conflict");
    // Of one's own sessions, the one that asks stays.
    let other = signed_in(&site.server, "ada@example.org", GOOD).await;
    assert_eq!(site.ada.delete(&format!("{own}/sessions")).await.is(200), json!({ "ended": 1 }));
    other.get("/api/v1/session").await.is_problem(401, "unauthorized");
    site.ada.get("/api/v1/session").await.is(200);
    // Once there is another one, she may.
    let second = json!({ "address": "eve@example.org", "name": "Eve", "server_administrator": true });
    site.ada.post("/api/v1/accounts", &second).await.is(201);
    assert_eq!(site.ada.patch(&own, &demoted).await.is(200)["server_administrator"], false);
    site.ada.get("/api/v1/accounts").await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn what_there_is_not_is_not_found() {
    let site = Site::start().await;
    let path = format!("/api/v1/accounts/{}", uuid::Uuid::now_v7());
    for step in ["", "/sessions"] {
        site.ada.get(&format!("{path}{step}")).await.is_problem(404, "unknown_account");
    }
    for step in ["/disable", "/enable", "/invitation", "/password-reset"] {
        site.ada.post(&format!("{path}{step}"), &Value::Null).await.is_problem(404, "unknown_account");
    }
    for step in ["", "/sessions", "/second-factor"] {
        site.ada.delete(&format!("{path}{step}")).await.is_problem(404, "unknown_account");
    }
    site.ada.get("/api/v1/accounts/nobody").await.is_problem(404, "unknown_account");
    let factor = format!("/api/v1/accounts/{}/second-factor", site.ada_id);
    site.ada.delete(&factor).await.is_problem(409, "second_factor_not_enrolled");
}

#[tokio::test]
async fn the_audit_trail_is_filtered_and_names_nobody() {
    let site = Site::start().await;
    let draft = json!({ "address": "zoe@example.org", "name": "Zoé" });
    let made = site.ada.post("/api/v1/accounts", &draft).await.is(201);
    let id = made["account"]["id"].as_str().unwrap();
    let secret = shown(&made["invitation"], INVITATION);
    let created = site.ada.get("/api/v1/audit?action=account.created").await.is(200);
    assert_eq!(created["items"].as_array().unwrap().len(), 2, "{created}");
    let newest = &created["items"][0];
    assert_eq!((&newest["account"], &newest["actor"]), (&json!(id), &json!(site.ada_id)));
    assert_eq!(newest["network_address"], "127.0.0.1");
    let by_ada = site.ada.get(&format!("/api/v1/audit?actor={}&limit=1", site.ada_id)).await.is(200);
    let next = by_ada["next"].as_str().unwrap();
    let second =
        site.ada.get(&format!("/api/v1/audit?actor={}&limit=1&cursor={next}", site.ada_id)).await.is(200);
    assert!(by_ada["items"][0]["sequence"].as_i64() > second["items"][0]["sequence"].as_i64());
    let all = site.ada.get("/api/v1/audit").await.is(200).to_string();
    for told in ["zoe@example.org", "Zoé", secret.as_str(), GOOD] {
        assert!(!all.contains(told), "{told} is in {all}");
    }
}
