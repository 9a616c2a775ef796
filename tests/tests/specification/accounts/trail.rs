//! What the audit trail keeps.

use accounts::account::{self, Change, Draft, Role};
use accounts::audit::{self, Filter};
use accounts::link::{self, Kind};
use accounts::{Actor, By};
use serde_json::json;

use super::stage::{
    GOOD, administrator, by, created, draft, each_database, grant, hasher, secret, wrong_fields,
};

#[tokio::test]
async fn everything_done_with_an_account_is_in_the_trail_without_who_it_is() {
    let hasher = hasher().await;
    each_database(async |database| {
        let root = created(&database, administrator("root@example.org")).await;
        let by = By { actor: Actor::Account(root.id), ..by() };
        let zoe = account::create(&database, &by, draft("zoe@example.org")).await.unwrap();
        let link = link::issue(&database, &by, zoe.id, Kind::Invitation).await.unwrap();
        let typed = secret(GOOD);
        link::redeem(&database, &hasher, &by, Kind::Invitation, &link.secret.reveal(), &typed).await.unwrap();
        let change = Change {
            name: Some("Zoé Durand".to_owned()),
            roles: Some(vec![grant("support", Role::Analyst)]),
            ..Change::default()
        };
        // What changes nothing is not recorded.
        for _ in 0..2 {
            account::change(&database, &by, zoe.id, change.clone()).await.unwrap();
            account::disable(&database, &by, zoe.id).await.unwrap();
        }
        account::enable(&database, &by, zoe.id).await.unwrap();
        let mut transaction = database.write().await.unwrap();
        account::signed_in(&mut transaction, &by, zoe.id).await.unwrap();
        transaction.commit().await.unwrap();
        account::delete(&database, &by, zoe.id).await.unwrap();

        let of_zoe = Filter { account: Some(zoe.id), ..Filter::default() };
        let page = audit::list(&database, &of_zoe, None, 200).await.unwrap();
        let actions: Vec<&str> = page.items.iter().rev().map(|entry| &entry.action[..]).collect();
        let expected = [
            "account.created",
            "account.link_issued",
            "account.password_set",
            "account.changed",
            "account.disabled",
            "account.enabled",
            "account.signed_in",
            "account.deleted",
        ];
        assert_eq!(actions, expected);
        for entry in &page.items {
            let actor = if entry.action == "account.password_set" { zoe.id } else { root.id };
            assert_eq!((&entry.actor_kind[..], entry.actor.clone()), ("account", Some(actor.to_string())));
            assert_eq!(entry.network_address.as_deref(), Some("192.0.2.7"));
            assert_eq!((entry.at, entry.account.clone()), (by.at, Some(zoe.id.to_string())));
        }
        let analyst = json!({ "livechat": "support", "role": "analyst" });
        let changed = json!({ "name": true, "roles": { "before": [], "after": [analyst] } });
        assert_eq!(page.items[4].details, changed);
        let text = serde_json::to_string(&page).unwrap();
        for personal in ["Zo", "Durand", "example.org", GOOD, &link.secret.reveal(), "argon2"] {
            assert!(!text.contains(personal), "{personal} is in {text}");
        }
    })
    .await;
}

#[tokio::test]
async fn a_refused_change_leaves_no_entry() {
    each_database(async |database| {
        let root = created(&database, administrator("root@example.org")).await;
        let all = Filter::default();
        let before = audit::list(&database, &all, None, 200).await.unwrap();
        assert!(account::delete(&database, &by(), root.id).await.is_err());
        assert!(account::create(&database, &by(), draft("root@example.org")).await.is_err());
        let taken = Draft { address: "x@example.org".to_owned(), name: String::new(), ..draft("") };
        assert!(account::create(&database, &by(), taken).await.is_err());
        assert_eq!(audit::list(&database, &all, None, 200).await.unwrap(), before);
    })
    .await;
}

#[tokio::test]
async fn the_trail_is_read_in_pages_and_by_filters() {
    each_database(async |database| {
        let mut ids = vec![];
        for number in 0..7 {
            ids.push(created(&database, draft(&format!("p{number}@example.org"))).await.id);
        }
        account::disable(&database, &by(), ids[3]).await.unwrap();
        let created_ones = Filter { action: Some("account.created".to_owned()), ..Filter::default() };
        let (mut found, mut after) = (vec![], None);
        loop {
            let page = audit::list(&database, &created_ones, after.as_deref(), 3).await.unwrap();
            found.extend(page.items.into_iter().filter_map(|entry| entry.account));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        let expected: Vec<String> = ids.iter().rev().map(ToString::to_string).collect();
        assert_eq!(found, expected);
        let nobody = Filter { actor: Some(ids[0].to_string()), ..Filter::default() };
        assert_eq!(audit::list(&database, &nobody, None, 3).await.unwrap().items, []);
        for (after, rows, field) in [(None, 0, "limit"), (None, 201, "limit"), (Some("x"), 3, "after")] {
            let refused = audit::list(&database, &nobody, after, rows).await;
            assert_eq!(wrong_fields(refused), [field]);
        }
    })
    .await;
}

#[tokio::test]
async fn no_entry_can_be_changed_or_deleted() {
    each_database(async |database| {
        created(&database, draft("a@example.org")).await;
        for statement in
            ["UPDATE account_audit SET action = 'x'", "DELETE FROM account_audit WHERE sequence = 1"]
        {
            let mut transaction = database.write().await.unwrap();
            let refused = sqlx::query(statement).execute(&mut *transaction).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{refused}");
        }
    })
    .await;
}
