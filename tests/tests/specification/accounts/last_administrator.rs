//! One enabled server administrator remains.

use accounts::account::{self, Change};
use futures::future::join;

use super::stage::{administrator, by, conflict, created, draft, each_database};

fn demoted() -> Change {
    Change { server_administrator: Some(false), ..Change::default() }
}

#[tokio::test]
async fn the_last_one_is_neither_disabled_nor_deleted_nor_demoted() {
    each_database(async |database| {
        let last = created(&database, administrator("a@example.org")).await;
        let gone = created(&database, administrator("b@example.org")).await;
        created(&database, draft("c@example.org")).await;
        account::disable(&database, &by(), gone.id).await.unwrap();
        assert_eq!(conflict(account::disable(&database, &by(), last.id).await), "disabled");
        assert_eq!(conflict(account::delete(&database, &by(), last.id).await), "account");
        let refused = account::change(&database, &by(), last.id, demoted()).await;
        assert_eq!(conflict(refused), "server_administrator");
        assert_eq!(account::find(&database, last.id).await.unwrap(), Some(last.clone()));
        // The disabled one is not the last, and may go.
        account::change(&database, &by(), gone.id, demoted()).await.unwrap();
        account::delete(&database, &by(), gone.id).await.unwrap();
        // With another one, the first may.
        created(&database, administrator("d@example.org")).await;
        account::delete(&database, &by(), last.id).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn two_cannot_remove_each_other() {
    each_database(async |database| {
        for round in 0..5 {
            let [a, b] = ["a", "b"].map(|name| administrator(&format!("{name}{round}@example.org")));
            let (a, b) = (created(&database, a).await, created(&database, b).await);
            let (by, change) = (by(), demoted());
            let both =
                join(account::change(&database, &by, a.id, change), account::disable(&database, &by, b.id));
            let (demoted, disabled) = both.await;
            assert_ne!(demoted.is_ok(), disabled.is_ok());
            // The next two have to be the only ones.
            for id in [a.id, b.id] {
                remove_by_hand(&database, id).await;
            }
        }
    })
    .await;
}

/// Also the last one.
async fn remove_by_hand(database: &accounts::Database, id: accounts::AccountId) {
    let mut transaction = database.write().await.unwrap();
    let delete = sqlx::query("DELETE FROM account WHERE id = $1").bind(id.to_string());
    assert_eq!(delete.execute(&mut *transaction).await.unwrap().rows_affected(), 1);
    transaction.commit().await.unwrap();
}
