//! Live connections end with the session of their holder, within a second of real time: revoked, disabled, another role,
//! here or by another process.

use accounts::account::{self, Change, Role};
use accounts::sessions::{EndReason, SessionId};
use accounts::{AccountId, Database};
use pupitre_tests::actors::{Feed, Person, Transport};
use pupitre_tests::server::Server;
use serde_json::{Value, json};
use tokio::time::{Duration, timeout};

use super::stage::{GOOD, by_at, grant, with_account};

const ZOE: &str = "zoe@example.org";

/// Zoé, who supervises `support` with a program, and its session.
struct Stage {
    server: Server,
    account: AccountId,
    session: SessionId,
    zoe: Person,
}

async fn stage() -> Stage {
    let server = Server::start().await;
    let livechat = server.livechat("support").await;
    let account = with_account(&server, ZOE, vec![grant("support", Role::Supervisor)]).await;
    let body = json!({ "address": ZOE, "password": GOOD, "on": "program" });
    let signed_in = server.browser().post("/session", &body).await.is(201);
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let session = SessionId::of(text(&signed_in["session"]["id"]).parse().unwrap());
    let zoe = livechat.stranger(Some(text(&signed_in["tokens"]["access_token"])));
    Stage { server, account, session, zoe }
}

impl Stage {
    /// Follows the floor, does something, and sees both feeds end within a second.
    async fn ends(self, what: impl AsyncFnOnce(&Self)) {
        let mut feeds = vec![];
        for transport in Transport::BOTH {
            feeds.push(Feed::follow(&self.zoe, transport, "/floor", None).await);
        }
        what(&self).await;
        for mut feed in feeds {
            timeout(Duration::from_secs(1), feed.ends()).await.expect("the feed ends within a second");
        }
        self.zoe.get("/board").await.is_problem(401, "unauthorized");
    }

    /// The accounts as another process opens them.
    async fn elsewhere(&self) -> Database {
        Database::beside(self.server.database()).await.unwrap()
    }
}

#[tokio::test]
async fn of_a_session_that_is_revoked() {
    stage()
        .await
        .ends(async |stage| {
            let accounts = &stage.server.app().accounts;
            let by = by_at(accounts.now());
            assert!(
                accounts.sessions().end(stage.account, stage.session, EndReason::Revoked, &by).await.unwrap()
            );
        })
        .await;
}

#[tokio::test]
async fn of_an_account_that_is_disabled() {
    stage()
        .await
        .ends(async |stage| {
            let accounts = &stage.server.app().accounts;
            account::disable(accounts.database(), &by_at(accounts.now()), stage.account).await.unwrap();
        })
        .await;
}

#[tokio::test]
async fn of_an_account_whose_roles_change() {
    stage()
        .await
        .ends(async |stage| {
            let accounts = &stage.server.app().accounts;
            let roles = Some(vec![grant("support", Role::Analyst)]);
            let change = Change { roles, ..Change::default() };
            account::change(accounts.database(), &by_at(accounts.now()), stage.account, change)
                .await
                .unwrap();
        })
        .await;
}

#[tokio::test]
async fn of_an_account_that_another_process_disables_or_deletes() {
    for delete in [false, true] {
        stage()
            .await
            .ends(async |stage| {
                let database = stage.elsewhere().await;
                let by = by_at(stage.server.app().accounts.now());
                if delete {
                    account::delete(&database, &by, stage.account).await.unwrap();
                } else {
                    account::disable(&database, &by, stage.account).await.unwrap();
                }
                database.close().await;
            })
            .await;
    }
}

#[tokio::test]
async fn those_of_others_go_on() {
    let stage = stage().await;
    with_account(&stage.server, "max@example.org", vec![grant("support", Role::Supervisor)]).await;
    let body = json!({ "address": "max@example.org", "password": GOOD, "on": "program" });
    let tokens = stage.server.browser().post("/session", &body).await.is(201)["tokens"].clone();
    let max = stage.server.uncreated("support").stranger(tokens["access_token"].as_str().map(str::to_owned));
    let mut of_max = Feed::follow(&max, Transport::Socket, "/floor", None).await;
    stage
        .ends(async |stage| {
            let accounts = &stage.server.app().accounts;
            account::disable(accounts.database(), &by_at(accounts.now()), stage.account).await.unwrap();
        })
        .await;
    assert!(timeout(Duration::from_millis(1_200), of_max.ends()).await.is_err());
}
