//! What people do with their own account over HTTP.

use accounts::account::Role;
use accounts::second_factor::SecondFactorRule;
use pupitre_tests::actors::Browser;
use pupitre_tests::server::{Server, seconds};
use serde_json::{Value, json};

use super::stage::{BETTER, GOOD, code, grant, with_account};

const ZOE: &str = "zoe@example.org";

async fn signed_in(server: &Server) -> Browser {
    let mut zoe = server.browser();
    zoe.signs_in(ZOE, GOOD).await.is(201);
    zoe
}

async fn stage() -> (Server, Browser) {
    let server = Server::start().await;
    with_account(&server, ZOE, vec![grant("support", Role::Supervisor)]).await;
    let zoe = signed_in(&server).await;
    (server, zoe)
}

/// Sets up an authenticator, and gives its secret and the recovery codes.
async fn enrols(server: &Server, zoe: &mut Browser) -> (String, Vec<String>) {
    let enrolment = zoe.post("/account/second-factor", &json!({ "password": GOOD })).await.is(200);
    let secret = enrolment["secret"].as_str().unwrap().to_owned();
    assert!(enrolment["url"].as_str().unwrap().starts_with("otpauth://totp/Pupitre:zoe%40example.org?"));
    let first = json!({ "code": code(&secret, server.app().accounts.now()) });
    let codes = zoe.post("/account/second-factor/confirm", &first).await.is(200);
    let codes = codes["codes"].as_array().unwrap().iter().map(|code| code.as_str().unwrap().to_owned());
    (secret, codes.collect())
}

#[tokio::test]
async fn a_name_and_a_language_can_be_changed_and_nothing_that_gives_rights() {
    let (_server, mut zoe) = stage().await;
    let changed = zoe.patch("/account", &json!({ "name": "Zoé Durand", "language": "en" })).await.is(200);
    assert_eq!((&changed["name"], &changed["language"]), (&json!("Zoé Durand"), &json!("en")));
    assert_eq!(zoe.get("/session").await.is(200)["account"]["name"], "Zoé Durand");
    for refused in [
        json!({ "roles": [] }),
        json!({ "server_administrator": true }),
        json!({ "address": "eve@example.org" }),
        json!({ "name": "" }),
        json!({ "language": "xx" }),
    ] {
        zoe.patch("/account", &refused).await.is_problem(422, "invalid_fields");
    }
}

#[tokio::test]
async fn a_new_password_takes_the_present_one_and_signs_all_other_pages_out() {
    let (server, mut zoe) = stage().await;
    let mut elsewhere = signed_in(&server).await;
    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let refused =
        zoe.put("/account/password", &change(BETTER, BETTER)).await.is_problem(422, "invalid_fields");
    assert_eq!(refused["errors"][0]["field"], "current");
    let refused =
        zoe.put("/account/password", &change(GOOD, "short")).await.is_problem(422, "invalid_fields");
    assert_eq!(refused["errors"][0]["field"], "new");
    let before = zoe.cookie().unwrap().to_owned();
    zoe.put("/account/password", &change(GOOD, BETTER)).await.is(200);
    assert_ne!(zoe.cookie().unwrap(), before);
    zoe.get("/session").await.is(200);
    zoe.patch("/account", &json!({ "language": "en" })).await.is(200);
    elsewhere.get("/session").await.is_problem(401, "unauthorized");
    server.browser().signs_in(ZOE, GOOD).await.is_problem(401, "wrong_credentials");
    server.browser().signs_in(ZOE, BETTER).await.is(201);
}

#[tokio::test]
async fn an_authenticator_is_asked_for_once_it_is_confirmed() {
    let (server, mut zoe) = stage().await;
    let wrong = json!({ "password": BETTER });
    zoe.post("/account/second-factor", &wrong).await.is_problem(422, "invalid_fields");
    zoe.post("/account/second-factor", &json!({ "password": GOOD })).await.is(200);
    zoe.post("/account/second-factor/confirm", &json!({ "code": "000000" }))
        .await
        .is_problem(422, "wrong_code");
    server.browser().signs_in(ZOE, GOOD).await.is(201);
    let (secret, recovery) = enrols(&server, &mut zoe).await;
    assert_eq!(recovery.len(), 10);
    assert_eq!(zoe.get("/session").await.is(200)["session"]["second_factor"], true);
    let state = zoe.get("/account/second-factor").await.is(200);
    assert_eq!((&state["enrolled"], &state["recovery_codes_left"]), (&json!(true), &json!(10)));
    zoe.post("/account/second-factor", &json!({ "password": GOOD }))
        .await
        .is_problem(409, "second_factor_already_enrolled");

    let mut other = server.browser();
    other.signs_in(ZOE, GOOD).await.is_problem(401, "code_needed");
    other.signs_in_with(ZOE, BETTER, "000000").await.is_problem(401, "wrong_credentials");
    let used = code(&secret, server.app().accounts.now());
    other.signs_in_with(ZOE, GOOD, &used).await.is_problem(401, "wrong_code");
    server.clock.advance(seconds(30));
    let next = code(&secret, server.app().accounts.now());
    other.signs_in_with(ZOE, GOOD, &next).await.is(201);
    server.browser().signs_in_with(ZOE, GOOD, &next).await.is_problem(401, "wrong_code");
    server.browser().signs_in_with(ZOE, GOOD, &recovery[3].to_lowercase()).await.is(201);
    server.browser().signs_in_with(ZOE, GOOD, &recovery[3]).await.is_problem(401, "wrong_code");
    assert_eq!(zoe.get("/account/second-factor").await.is(200)["recovery_codes_left"], 9);
}

#[tokio::test]
async fn a_second_factor_is_removed_with_a_code_and_recovery_codes_are_renewed_with_one() {
    let (server, mut zoe) = stage().await;
    let (secret, old) = enrols(&server, &mut zoe).await;
    server.clock.advance(seconds(30));
    let body = json!({ "code": code(&secret, server.app().accounts.now()) });
    let new = zoe.post("/account/recovery-codes", &body).await.is(200);
    server.browser().signs_in_with(ZOE, GOOD, &old[0]).await.is_problem(401, "wrong_code");
    server.browser().signs_in_with(ZOE, GOOD, new["codes"][0].as_str().unwrap()).await.is(201);
    zoe.delete("/account/second-factor", &body).await.is_problem(422, "wrong_code");
    server.clock.advance(seconds(30));
    let body = json!({ "code": code(&secret, server.app().accounts.now()) });
    assert_eq!(zoe.delete("/account/second-factor", &body).await.is(200)["enrolled"], false);
    server.browser().signs_in(ZOE, GOOD).await.is(201);
}

#[tokio::test]
async fn where_a_second_factor_is_required_nothing_else_can_be_done_before() {
    let server = Server::start_with(|config| {
        config.account_options.second_factor = SecondFactorRule::Administrators;
    })
    .await;
    server.livechat("support").await;
    with_account(&server, ZOE, vec![grant("support", Role::Administrator)]).await;
    with_account(&server, "max@example.org", vec![grant("support", Role::Supervisor)]).await;
    let mut max = server.browser();
    assert_eq!(max.signs_in("max@example.org", GOOD).await.is(201)["second_factor_required"], false);
    max.get("/livechats/support/board").await.is(200);

    let mut zoe = server.browser();
    assert_eq!(zoe.signs_in(ZOE, GOOD).await.is(201)["second_factor_required"], true);
    zoe.get("/livechats/support/board").await.is_problem(403, "second_factor_required");
    zoe.get("/account").await.is_problem(403, "second_factor_required");
    zoe.get("/account/sessions").await.is_problem(403, "second_factor_required");
    enrols(&server, &mut zoe).await;
    assert_eq!(zoe.get("/session").await.is(200)["second_factor_required"], false);
    zoe.get("/livechats/support/board").await.is(200);
}

#[tokio::test]
async fn sessions_are_listed_with_their_device_and_revoked_one_by_one_or_together() {
    let (server, mut zoe) = stage().await;
    let (mut phone, mut tablet) = (signed_in(&server).await, signed_in(&server).await);
    let list = zoe.get("/account/sessions").await.is(200);
    let items = list["items"].as_array().unwrap();
    assert_eq!(items.len(), 3);
    assert_eq!(items.iter().filter(|session| session["current"] == true).count(), 1);
    assert_eq!(items[0]["network_address"], "127.0.0.1");
    let of = async |page: &mut Browser| {
        page.get("/session").await.is(200)["session"]["id"].as_str().unwrap().to_owned()
    };
    let id = of(&mut phone).await;
    zoe.delete(&format!("/account/sessions/{id}"), &Value::Null).await.is(204);
    phone.get("/session").await.is_problem(401, "unauthorized");
    zoe.delete(&format!("/account/sessions/{id}"), &Value::Null).await.is_problem(404, "unknown_session");
    zoe.delete("/account/sessions/none", &Value::Null).await.is_problem(404, "unknown_session");
    assert_eq!(zoe.delete("/account/sessions", &Value::Null).await.is(200)["ended"], 1);
    tablet.get("/session").await.is_problem(401, "unauthorized");
    zoe.get("/session").await.is(200);
}

#[tokio::test]
async fn nobody_ends_somebody_else_s_session() {
    let (server, mut zoe) = stage().await;
    with_account(&server, "max@example.org", vec![]).await;
    let mut max = server.browser();
    max.signs_in("max@example.org", GOOD).await.is(201);
    let id = max.get("/session").await.is(200)["session"]["id"].as_str().unwrap().to_owned();
    zoe.delete(&format!("/account/sessions/{id}"), &Value::Null).await.is_problem(404, "unknown_session");
    max.get("/session").await.is(200);
}
