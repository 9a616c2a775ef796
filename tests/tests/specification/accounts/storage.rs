//! The files and tables.

use std::os::unix::fs::PermissionsExt;

use accounts::{Database, Error, account};
use futures::future::{join_all, try_join_all};
use pupitre_tests::store::each_store;

use super::stage::{by, created, draft};

#[tokio::test]
async fn the_files_of_accounts_are_for_their_user_alone() {
    let folder = tempfile::tempdir().unwrap();
    let database = Database::beside(&format!("sqlite://{}/p.db", folder.path().display())).await.unwrap();
    created(&database, draft("a@example.org")).await;
    let mut found = vec![];
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(entry.metadata().unwrap().permissions().mode() & 0o777, 0o600, "{:?}", entry.file_name());
        found.push(entry.file_name().into_string().unwrap());
    }
    for expected in ["p-accounts.db", "p-accounts.db-wal"] {
        assert!(found.iter().any(|name| name == expected), "{expected} is not among {found:?}");
    }
}

#[tokio::test]
async fn several_programs_may_open_and_update_the_tables_at_once() {
    each_store(async |store| {
        let opened = try_join_all((0..6).map(|_| Database::beside(store.url()))).await.unwrap();
        let creating = opened.iter().zip(0..).map(async |(database, number)| {
            account::create(database, &by(), draft(&format!("p{number}@example.org"))).await
        });
        assert!(join_all(creating).await.iter().all(Result::is_ok));
        let again = Database::existing_beside(store.url()).await.unwrap();
        let page = account::list(&again, &account::Filter::default(), None, 200).await.unwrap();
        assert_eq!(page.items.len(), 6);
        for database in opened.into_iter().chain([again]) {
            database.close().await;
        }
    })
    .await;
}

#[tokio::test]
async fn a_transaction_that_is_dropped_never_happened() {
    each_store(async |store| {
        let database = Database::beside(store.url()).await.unwrap();
        let zoe = created(&database, draft("zoe@example.org")).await;
        let mut transaction = database.write().await.unwrap();
        account::signed_in(&mut transaction, &by(), zoe.id).await.unwrap();
        drop(transaction);
        assert_eq!(account::find(&database, zoe.id).await.unwrap(), Some(zoe));
        database.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_slip_in_the_address_makes_no_new_database() {
    each_store(async |store| {
        let refused = Database::existing_beside(store.url()).await;
        assert!(matches!(refused, Err(Error::Missing(_))), "{refused:?}");
        assert!(matches!(Database::existing_beside(store.url()).await, Err(Error::Missing(_))));
    })
    .await;
    assert!(matches!(Database::beside("mysql://localhost/x").await, Err(Error::Address)));
    assert!(matches!(Database::existing_beside("x").await, Err(Error::Address)));
}
