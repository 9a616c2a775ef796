//! Who can be created and changed, and what is refused.

use accounts::account::{self, Change, Draft, Grant, Role};
use accounts::{AccountId, Error};
use domain::text::Language;
use futures::future::join_all;
use uuid::Uuid;

use super::stage::{by, conflict, created, draft, each_database, grant, operator, wrong_fields};

#[tokio::test]
async fn an_account_keeps_what_was_typed_and_is_found_however_its_address_is_written() {
    each_database(async |database| {
        let roles = vec![operator("support", "zoe"), grant("sales", Role::Supervisor)];
        let made = created(&database, Draft { roles, ..draft(" Zoé.Martin@Example.org ") }).await;
        assert_eq!(made.address.reveal(), "Zoé.Martin@Example.org");
        assert_eq!(made.name.reveal(), "Zoé Martin");
        assert_eq!(made.roles, [grant("sales", Role::Supervisor), operator("support", "zoe")]);
        assert!(!made.has_password && made.disabled.is_none() && made.last_sign_in.is_none());
        assert_eq!(made.created, by().at);
        for typed in ["zoé.martin@example.org", "ZOE\u{301}.MARTIN@EXAMPLE.ORG", "ｚoé.martin@example.org"]
        {
            assert_eq!(account::by_address(&database, typed).await.unwrap().as_ref(), Some(&made), "{typed}");
        }
        assert_eq!(account::by_address(&database, "zoe.martin@example.org").await.unwrap(), None);
        assert_eq!(account::find(&database, made.id).await.unwrap(), Some(made));
    })
    .await;
}

#[tokio::test]
async fn of_many_who_create_the_same_address_at_once_one_succeeds() {
    each_database(async |database| {
        let spelled = ["a@example.org", "A@example.org", "a@EXAMPLE.org", "A@Example.Org"];
        let creating = spelled.map(|address| async {
            let database = database.clone();
            account::create(&database, &by(), draft(address)).await
        });
        let (made, refused): (Vec<_>, Vec<_>) = join_all(creating).await.into_iter().partition(Result::is_ok);
        assert_eq!(made.len(), 1);
        assert!(refused.into_iter().all(|refused| conflict(refused) == "address"));
    })
    .await;
}

#[tokio::test]
async fn a_change_cannot_take_the_address_or_the_operator_of_another() {
    each_database(async |database| {
        created(&database, Draft { roles: vec![operator("support", "zoe")], ..draft("a@example.org") }).await;
        let other = created(&database, draft("b@example.org")).await;
        let change = async |change| account::change(&database, &by(), other.id, change).await;
        let address = Some("A@example.org".to_owned());
        assert_eq!(conflict(change(Change { address, ..Change::default() }).await), "address");
        let roles = Some(vec![grant("sales", Role::Analyst), operator("support", "zoe")]);
        assert_eq!(conflict(change(Change { roles, ..Change::default() }).await), "roles[1].operator");
        assert_eq!(account::find(&database, other.id).await.unwrap(), Some(other.clone()));
        // Its own, and the same name in another livechat.
        let (address, roles) = (Some("B@example.org".to_owned()), Some(vec![operator("sales", "zoe")]));
        let changed = change(Change { address, roles, ..Change::default() }).await.unwrap();
        assert_eq!(changed.address.reveal(), "B@example.org");
        assert_eq!(changed.roles, [operator("sales", "zoe")]);
        assert_eq!(account::find(&database, other.id).await.unwrap(), Some(changed));
    })
    .await;
}

#[tokio::test]
async fn every_wrong_field_is_named_in_both_languages() {
    each_database(async |database| {
        let roles = vec![
            grant("support", Role::Operator),
            Grant { role: Role::Analyst, ..operator("support", "zoe") },
            grant("support", Role::Analyst),
        ];
        let wrong = Draft { address: "a b".to_owned(), name: "\u{202e}".to_owned(), roles, ..draft("") };
        let refused = account::create(&database, &by(), wrong).await;
        let message = refused.as_ref().unwrap_err().message().unwrap();
        assert!(message.text(Language::Fr).contains("une seule adresse"), "{message:?}");
        assert!(message.text(Language::En).contains("one e-mail address"), "{message:?}");
        let fields = ["address", "name", "roles[0].operator", "roles[1].operator", "roles[2].role"];
        assert_eq!(wrong_fields(refused), fields);
    })
    .await;
}

#[tokio::test]
async fn what_is_unknown_is_said_to_be() {
    each_database(async |database| {
        let nobody = AccountId(Uuid::now_v7());
        for refused in [
            account::change(&database, &by(), nobody, Change::default()).await.map(drop),
            account::disable(&database, &by(), nobody).await.map(drop),
            account::enable(&database, &by(), nobody).await.map(drop),
            account::delete(&database, &by(), nobody).await,
        ] {
            assert!(matches!(refused, Err(Error::Unknown(field)) if field.field == "account"));
        }
        assert_eq!(account::find(&database, nobody).await.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn a_deleted_account_leaves_its_address_and_its_operator_to_others() {
    each_database(async |database| {
        let whole = || Draft { roles: vec![operator("support", "zoe")], ..draft("a@example.org") };
        let first = created(&database, whole()).await;
        account::delete(&database, &by(), first.id).await.unwrap();
        assert_eq!(account::find(&database, first.id).await.unwrap(), None);
        assert_ne!(created(&database, whole()).await.id, first.id);
    })
    .await;
}
