//! The members of a livechat, for its administrators.

use accounts::account::Role;
use pupitre_tests::server::Server;
use pupitre_tests::store::each_store;
use serde_json::{Value, json};

use super::desk_of_accounts::{Site, shown, signed_in};
use super::stage::{GOOD, grant, operator};

const SUPPORT: &str = "/api/v1/livechats/support/members";
const SALES: &str = "/api/v1/livechats/sales/members";

fn zoe(roles: &Value) -> Value {
    json!({ "address": "zoe@example.org", "name": "Zoé", "language": "fr", "roles": roles })
}

#[tokio::test]
async fn an_administrator_invites_changes_and_removes_members() {
    each_store(async |store| {
        let site = Site::of(Server::start_on(store.url()).await).await;
        site.server.livechat("support").await;
        let (boss, boss_id) =
            site.somebody("boss@example.org", vec![grant("support", Role::Administrator)]).await;
        let roles = json!([{ "role": "operator", "operator": "zoe" }, { "role": "supervisor" }]);
        let added = boss.post(SUPPORT, &zoe(&roles)).await.is(201);
        assert_eq!(
            added["member"]["roles"],
            json!([{ "role": "supervisor" }, { "role": "operator", "operator": "zoe" }])
        );
        let id = added["member"]["account"].as_str().unwrap().to_owned();
        let base = format!("http://{}/sign-in#invitation=", site.server.address());
        let secret = shown(&added["invitation"], &base);
        let used = json!({ "kind": "invitation", "secret": secret, "password": GOOD });
        site.server.anybody().post("/api/v1/links/use", &used).await.is(204);
        let session = signed_in(&site.server, "zoe@example.org", GOOD).await;
        let listed = boss.get(SUPPORT).await.is(200);
        assert_eq!(listed["items"].as_array().unwrap().len(), 2, "{listed}");
        assert_eq!(boss.get(&format!("{SUPPORT}?role=operator")).await.is(200)["items"][0]["account"], id);
        // Other roles end the sessions.
        let changed = json!({ "roles": [{ "role": "analyst" }] });
        let path = format!("{SUPPORT}/{id}/roles");
        assert_eq!(boss.put(&path, &changed).await.is(200)["roles"], json!([{ "role": "analyst" }]));
        session.get("/api/v1/session").await.is_problem(401, "unauthorized");
        // The same again changes nothing.
        let session = signed_in(&site.server, "zoe@example.org", GOOD).await;
        boss.put(&path, &changed).await.is(200);
        session.get("/api/v1/session").await.is(200);
        boss.delete(&format!("{SUPPORT}/{id}")).await.is(204);
        session.get("/api/v1/session").await.is_problem(401, "unauthorized");
        assert_eq!(site.account(&id).await["roles"], json!([]), "the account stays");
        boss.delete(&format!("{SUPPORT}/{id}")).await.is_problem(404, "unknown_account");
        let trail =
            site.ada.get(&format!("/api/v1/audit?account={id}&action=account.roles_changed")).await.is(200);
        let entries = trail["items"].as_array().unwrap();
        assert_eq!(entries.len(), 3, "{trail}");
        assert!(
            entries
                .iter()
                .all(|entry| entry["actor"] == boss_id && entry["details"]["livechat"] == "support")
        );
    })
    .await;
}

#[tokio::test]
async fn somebody_with_an_account_is_given_roles_without_an_invitation_and_stays_who_they_are() {
    let site = Site::start().await;
    site.server.livechat("support").await;
    let (boss, _) = site.somebody("boss@example.org", vec![grant("support", Role::Administrator)]).await;
    let (_, id) = site.somebody("zoe@example.org", vec![grant("sales", Role::Analyst)]).await;
    let before = site.account(&id).await;
    let other = json!({ "address": "ZOE@example.org", "name": "Somebody", "language": "en", "roles": [{ "role": "supervisor" }] });
    let added = boss.post(SUPPORT, &other).await.is(201);
    assert_eq!((&added["member"]["account"], &added["invitation"]), (&json!(id), &Value::Null));
    let after = site.account(&id).await;
    for kept in ["address", "name", "language", "server_administrator", "has_password"] {
        assert_eq!(after[kept], before[kept], "{kept}");
    }
    let roles =
        json!([{ "livechat": "sales", "role": "analyst" }, { "livechat": "support", "role": "supervisor" }]);
    assert_eq!(after["roles"], roles);
    // Nothing of another livechat is shown, and a member is not added twice.
    assert!(!boss.get(SUPPORT).await.is(200).to_string().contains("sales"));
    boss.post(SUPPORT, &other).await.is_problem(409, "account_conflict");
    boss.delete(&format!("{SUPPORT}/{id}")).await.is(204);
    assert_eq!(site.account(&id).await["roles"], json!([{ "livechat": "sales", "role": "analyst" }]));
}

#[tokio::test]
async fn an_administrator_of_one_livechat_reaches_into_no_other_and_makes_no_server_administrator() {
    let site = Site::start().await;
    site.server.livechat("support").await;
    site.server.livechat("sales").await;
    let (boss, _) = site.somebody("boss@example.org", vec![grant("support", Role::Administrator)]).await;
    let (_, id) = site.somebody("max@example.org", vec![grant("sales", Role::Analyst)]).await;
    let roles = json!({ "roles": [{ "role": "administrator" }] });
    boss.get(SALES).await.is_problem(403, "forbidden");
    boss.post(SALES, &zoe(&json!([{ "role": "analyst" }]))).await.is_problem(403, "forbidden");
    boss.put(&format!("{SALES}/{id}/roles"), &roles).await.is_problem(403, "forbidden");
    boss.delete(&format!("{SALES}/{id}")).await.is_problem(403, "forbidden");
    // Somebody of another livechat is as unknown as nobody.
    boss.put(&format!("{SUPPORT}/{id}/roles"), &roles).await.is_problem(404, "unknown_account");
    boss.delete(&format!("{SUPPORT}/{}", site.ada_id)).await.is_problem(404, "unknown_account");
    let more = json!({ "address": "a@example.org", "name": "A", "roles": [{ "role": "analyst" }], "server_administrator": true });
    boss.post(SUPPORT, &more).await.is_problem(422, "invalid_fields");
    let elsewhere = json!({ "roles": [{ "role": "analyst", "livechat": "sales" }] });
    boss.put(&format!("{SUPPORT}/{id}/roles"), &elsewhere).await.is_problem(422, "invalid_fields");
    for path in ["/api/v1/accounts", "/api/v1/audit"] {
        boss.get(path).await.is_problem(403, "forbidden");
    }
    boss.patch(&format!("/api/v1/accounts/{id}"), &json!({ "address": "x@example.org" }))
        .await
        .is_problem(403, "forbidden");
}

#[tokio::test]
async fn wrong_roles_are_named_by_their_place() {
    let site = Site::start().await;
    site.server.livechat("support").await;
    let (_, id) = site.somebody("zoe@example.org", vec![operator("support", "zoe")]).await;
    site.somebody("max@example.org", vec![operator("support", "max")]).await;
    let path = format!("{SUPPORT}/{id}/roles");
    let none = site.ada.put(&path, &json!({ "roles": [] })).await.is_problem(422, "invalid_fields");
    assert_eq!(none["errors"][0]["field"], "roles");
    let without = json!({ "roles": [{ "role": "analyst" }, { "role": "operator" }] });
    let refused = site.ada.put(&path, &without).await.is_problem(422, "invalid_fields");
    assert_eq!(refused["errors"][0]["field"], "roles[1].operator");
    let taken = json!({ "roles": [{ "role": "operator", "operator": "max" }] });
    let refused = site.ada.put(&path, &taken).await.is_problem(409, "account_conflict");
    assert_eq!(refused["errors"][0]["field"], "roles[0].operator");
}

#[tokio::test]
async fn the_bearer_of_a_token_is_noted_as_such_and_a_livechat_that_is_not_there_has_no_members() {
    let site = Site::start().await;
    let support = site.server.livechat("support").await;
    let added = support.administrator().post("/members", &zoe(&json!([{ "role": "analyst" }]))).await.is(201);
    let id = added["member"]["account"].as_str().unwrap();
    let trail =
        site.ada.get(&format!("/api/v1/audit?account={id}&action=account.roles_changed")).await.is(200);
    let entry = &trail["items"][0];
    assert_eq!((&entry["actor_kind"], &entry["actor"]), (&json!("bearer"), &Value::Null));
    assert!(entry["details"]["bearer"].is_string(), "{entry}");
    site.ada.get(SALES).await.is_problem(404, "unknown_livechat");
    site.ada.post(SALES, &zoe(&json!([{ "role": "analyst" }]))).await.is_problem(404, "unknown_livechat");
}

#[tokio::test]
async fn somebody_who_is_signed_in_is_listed_the_livechats_where_they_have_a_role() {
    let site = Site::start().await;
    for id in ["a", "b", "c"] {
        site.server.livechat(id).await;
    }
    let roles = vec![grant("a", Role::Analyst), grant("c", Role::Analyst), grant("gone", Role::Analyst)];
    let (zoe, _) = site.somebody("zoe@example.org", roles).await;
    let ids = |page: &Value| -> Vec<String> {
        let items = page["items"].as_array().unwrap().iter();
        items.map(|item| item["livechat"].as_str().unwrap().to_owned()).collect()
    };
    assert_eq!(ids(&zoe.get("/api/v1/livechats").await.is(200)), ["a", "c"]);
    let first = site.ada.get("/api/v1/livechats?limit=2").await.is(200);
    assert_eq!((ids(&first), &first["next"]), (vec!["a".to_owned(), "b".to_owned()], &json!("b")));
    let second = site.ada.get("/api/v1/livechats?limit=2&cursor=b").await.is(200);
    assert_eq!((ids(&second), &second["next"]), (vec!["c".to_owned()], &Value::Null));
    let token = site.server.uncreated("b").administrator().token().to_owned();
    let of_token = site.server.bearer(&token).get("/api/v1/livechats").await.is(200);
    assert_eq!(ids(&of_token), ["b"], "a token is for one livechat");
    // A server administrator makes livechats, renames and closes them.
    let new = json!({ "name": "New", "language": "fr" });
    site.ada.put("/api/v1/livechats/new", &new).await.is(200);
    site.ada.patch("/api/v1/livechats/new", &json!({ "name": "Newer" })).await.is(200);
    site.ada.post("/api/v1/livechats/new/close", &Value::Null).await.is(200);
    assert_eq!(site.ada.get("/api/v1/livechats/new").await.is(200)["closed"], true);
    zoe.put("/api/v1/livechats/other", &new).await.is_problem(403, "forbidden");
}
