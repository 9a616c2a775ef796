//! Signing in over HTTP: what a page and a program are given, what is refused, and how they go on.

use accounts::account::Role;
use chrono::TimeDelta;
use pupitre_tests::server::{Server, seconds};
use reqwest::{Method, header};
use serde_json::{Value, json};

use super::stage::{BETTER, GOOD, grant, operator, with_account};
use pupitre_tests::actors::Answer;

const ZOE: &str = "zoe@example.org";

/// Zoé, an operator and supervisor of `support` that is there.
async fn stage() -> Server {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    livechat.administrator().put("/operators/zoe", &json!({ "name": "Zoé" })).await.is(200);
    let roles = vec![operator("support", "zoe"), grant("support", Role::Supervisor)];
    with_account(&server, ZOE, roles).await;
    server
}

async fn program(server: &Server) -> Value {
    let body = json!({ "address": ZOE, "password": GOOD, "on": "program" });
    server.browser().post("/session", &body).await.is(201)["tokens"].clone()
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap_or_else(|| panic!("{name} in {value:#}"))
}

#[tokio::test]
async fn a_page_is_given_a_cookie_that_scripts_do_not_see_and_works_with_it() {
    let server = stage().await;
    let body = json!({ "address": " ZOE@example.org ", "password": GOOD });
    let response = server.browser().request(Method::POST, "/session").json(&body).send().await.unwrap();
    assert_eq!(response.status(), 201);
    let line = response.headers()[header::SET_COOKIE].to_str().unwrap().to_owned();
    assert!(line.starts_with("pupitre=pup_s_"), "{line}");
    assert!(line.contains("; HttpOnly; SameSite=Lax") && line.contains("; Path=/;"), "{line}");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "no-store");
    let signed_in: Value = response.json().await.unwrap();
    assert!(signed_in.get("tokens").is_none(), "a page sees no token");
    assert!(!signed_in.to_string().contains("pup_s_"), "{signed_in:#}");

    let mut zoe = server.browser();
    let signed_in = zoe.signs_in(ZOE, GOOD).await.is(201);
    assert_eq!(signed_in["account"]["name"], "Zoé Martin");
    assert_eq!(signed_in["account"]["roles"].as_array().unwrap().len(), 2);
    zoe.get("/livechats/support/board").await.is(200);
    assert_eq!(zoe.get("/session").await.is(200)["session"]["current"], true);
    zoe.post("/livechats/support/conversations/0190a000-0000-7000-8000-000000000000/pick-up", &Value::Null)
        .await
        .is_problem(404, "unknown_conversation");
}

#[tokio::test]
async fn the_wrong_password_an_unknown_address_and_a_disabled_account_are_refused_alike() {
    let server = stage().await;
    let disabled = with_account(&server, "max@example.org", vec![]).await;
    let accounts = server.app().accounts.clone();
    accounts::account::disable(accounts.database(), &super::stage::by_at(accounts.now()), disabled)
        .await
        .unwrap();
    let mut browser = server.browser();
    let mut refusals = vec![];
    for (address, password) in
        [(ZOE, BETTER), ("nobody@example.org", GOOD), ("max@example.org", GOOD), ("", "")]
    {
        let refused = browser.signs_in(address, password).await;
        refusals.push(refused.clone().is_problem(401, "wrong_credentials"));
        assert_eq!(browser.cookie(), None);
    }
    refusals.dedup();
    assert_eq!(refusals.len(), 1, "{refusals:#?}");
}

#[tokio::test]
async fn guessing_has_to_wait_and_the_right_password_gets_in_after_that() {
    let server = stage().await;
    let mut browser = server.browser();
    for _ in 0..5 {
        browser.signs_in(ZOE, BETTER).await.is_problem(401, "wrong_credentials");
    }
    let refused = browser.signs_in(ZOE, GOOD).await;
    assert_eq!(refused.retry_after.as_deref(), Some("1"));
    refused.is_problem(429, "too_many_guesses");
    browser.signs_in("nobody@example.org", GOOD).await.is_problem(401, "wrong_credentials");
    server.clock.advance(seconds(1));
    browser.signs_in(ZOE, GOOD).await.is(201);
}

#[tokio::test]
async fn a_program_has_short_tokens_and_renews_them() {
    let server = stage().await;
    let tokens = program(&server).await;
    let livechat = server.uncreated("support");
    let first = livechat.stranger(Some(text(&tokens, "access_token").to_owned()));
    first.get("/board").await.is(200);
    let mut browser = server.browser();
    let renew = json!({ "refresh_token": text(&tokens, "refresh_token") });
    let next = browser.post("/session/refresh", &renew).await.is(200);
    assert_eq!(browser.post("/session/refresh", &renew).await.is(200), next, "an answer that was lost");
    livechat.stranger(Some(text(&next, "access_token").to_owned())).get("/board").await.is(200);
    first.get("/board").await.is(200);
    server.clock.advance(seconds(600));
    first.get("/board").await.is_problem(401, "unauthorized");
    // Somebody has a copy: nobody can tell who.
    browser.post("/session/refresh", &renew).await.is_problem(401, "session_ended");
    let renew = json!({ "refresh_token": text(&next, "refresh_token") });
    browser.post("/session/refresh", &renew).await.is_problem(401, "session_ended");
}

#[tokio::test]
async fn a_token_opens_only_what_it_is_for() {
    let server = stage().await;
    let tokens = program(&server).await;
    let livechat = server.uncreated("support");
    let mut zoe = server.browser();
    zoe.signs_in(ZOE, GOOD).await.is(201);
    let page = zoe.cookie().unwrap().split_once('=').unwrap().1.to_owned();
    // The token of a page is for its cookie, where scripts cannot take it from.
    for token in [text(&tokens, "refresh_token"), &page, "pup_a_", "pup_s_x", "pup_a_AAAA"] {
        livechat.stranger(Some(token.to_owned())).get("/board").await.is_problem(401, "unauthorized");
    }
    let refresh = |token: &str| json!({ "refresh_token": token });
    for token in [text(&tokens, "access_token"), &page, "", "é"] {
        server.browser().post("/session/refresh", &refresh(token)).await.is_problem(401, "token_not_valid");
    }
}

#[tokio::test]
async fn a_session_opens_the_livechats_in_which_its_holder_has_a_role_and_no_other() {
    let server = stage().await;
    server.livechat("sales").await;
    let mut zoe = server.browser();
    zoe.signs_in(ZOE, GOOD).await.is(201);
    for other in ["sales", "nothing-here"] {
        zoe.get(&format!("/livechats/{other}/board")).await.is_problem(403, "forbidden");
        zoe.get(&format!("/livechats/{other}")).await.is_problem(403, "forbidden");
    }
    zoe.post("/livechats/support/close", &Value::Null).await.is_problem(403, "forbidden");
}

#[tokio::test]
async fn who_has_several_roles_says_as_what_they_call() {
    let server = stage().await;
    let mut zoe = server.browser();
    zoe.signs_in(ZOE, GOOD).await.is(201);
    let as_role = async |role: &str, path: &str| {
        let request = zoe.request(Method::GET, path).header("Pupitre-Role", role);
        Answer::to(request).await
    };
    as_role("supervisor", "/livechats/support/board").await.is(200);
    as_role("operator", "/livechats/support/board").await.is_problem(403, "forbidden");
    as_role("administrator", "/livechats/support/board").await.is_problem(403, "forbidden");
    let wrong = as_role("root", "/livechats/support/board").await.is_problem(422, "invalid_fields");
    assert_eq!(wrong["errors"][0]["field"], "Pupitre-Role");
}

#[tokio::test]
async fn a_request_that_another_site_makes_a_browser_send_does_nothing() {
    let server = stage().await;
    let mut zoe = server.browser();
    zoe.signs_in(ZOE, GOOD).await.is(201);
    let name = json!({ "name": "Eve" });
    zoe.without_csrf_token().patch("/account", &name).await.is_problem(403, "forged_request");
    let other = {
        let mut other = server.browser();
        other.signs_in(ZOE, GOOD).await.is(201)["csrf_token"].as_str().unwrap().to_owned()
    };
    let page = zoe.clone();
    let forged = |header: &'static str, value: &str| {
        page.request(Method::PATCH, "/account").header(header, value).json(&name)
    };
    for (header, value) in [
        ("Origin", "https://evil.example"),
        ("Origin", "null"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Sec-Fetch-Site", "same-site"),
    ] {
        Answer::to(forged(header, value)).await.is_problem(403, "forged_request");
    }
    let of_another_session = zoe.without_csrf_token();
    for token in [other.as_str(), "", "AAAA", &other[1..]] {
        let request = of_another_session.request(Method::PATCH, "/account");
        Answer::to(request.header("X-CSRF-Token", token).json(&name)).await.is_problem(403, "forged_request");
    }
    let sign_in = json!({ "address": ZOE, "password": GOOD });
    let request = server.browser().request(Method::POST, "/session").header("Origin", "https://evil.example");
    Answer::to(request.json(&sign_in)).await.is_problem(403, "forged_request");
    assert_eq!(zoe.get("/account").await.is(200)["name"], "Zoé Martin");
    let own = format!("http://{}", server.address());
    Answer::to(forged("Origin", &own)).await.is(200);
    // A program's token is sent by nobody but the program.
    let tokens = program(&server).await;
    let request = server.browser().request(Method::PATCH, "/account");
    Answer::to(request.bearer_auth(text(&tokens, "access_token")).json(&name)).await.is(200);
}

#[tokio::test]
async fn signing_out_ends_the_session_and_takes_the_cookie_away() {
    let server = stage().await;
    let mut zoe = server.browser();
    zoe.signs_in(ZOE, GOOD).await.is(201);
    let before = zoe.clone();
    zoe.delete("/session", &Value::Null).await.is(204);
    assert_eq!(zoe.cookie(), None);
    before.clone().get("/session").await.is_problem(401, "unauthorized");
    zoe.get("/session").await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn a_page_that_is_idle_for_long_is_signed_out_and_a_restart_signs_nobody_out() {
    let mut server = stage().await;
    let mut zoe = server.browser();
    zoe.signs_in(ZOE, GOOD).await.is(201);
    server.restart().await;
    zoe.get("/session").await.is(200);
    server.clock.advance(TimeDelta::hours(11));
    zoe.get("/session").await.is(200);
    server.clock.advance(TimeDelta::hours(11));
    zoe.get("/session").await.is(200);
    server.clock.advance(TimeDelta::hours(12));
    zoe.get("/session").await.is_problem(401, "unauthorized");
}

#[tokio::test]
async fn an_operator_who_is_not_registered_in_the_livechat_is_not_one() {
    let server = stage().await;
    with_account(&server, "max@example.org", vec![operator("support", "max")]).await;
    let mut max = server.browser();
    max.signs_in("max@example.org", GOOD).await.is(201);
    max.get("/livechats/support/canned-replies").await.is_problem(401, "unauthorized");
    server
        .uncreated("support")
        .administrator()
        .put("/operators/max", &json!({ "name": "Max" }))
        .await
        .is(200);
    max.get("/livechats/support/canned-replies").await.is(200);
}
