//! Lists and their filters.

use std::collections::BTreeSet;

use accounts::Database;
use accounts::account::{self, Draft, Filter, Role};
use domain::LivechatId;

use super::stage::{administrator, by, created, draft, each_database, grant, operator, wrong_fields};

/// The names of all pages, one after the other.
async fn names(database: &Database, filter: &Filter, rows: usize) -> Vec<String> {
    let (mut names, mut after) = (vec![], None);
    loop {
        let page = account::list(database, filter, after.as_deref(), rows).await.unwrap();
        assert!(page.items.len() <= rows);
        names.extend(page.items.into_iter().map(|account| account.name.0));
        after = page.next;
        if after.is_none() {
            return names;
        }
        assert_eq!(names.len() % rows, 0, "a page that is not the last one is full");
    }
}

#[tokio::test]
async fn pages_of_any_size_have_everybody_once_by_name() {
    each_database(async |database| {
        for name in ["zoé", "Émile", "anna", "Anna", "ZOE", "bob", "Éric"] {
            let number = names(&database, &Filter::default(), 200).await.len();
            let address = format!("p{number}@example.org");
            created(&database, Draft { name: name.to_owned(), ..draft(&address) }).await;
        }
        let whole = names(&database, &Filter::default(), 200).await;
        let sorted: Vec<_> = ["anna", "Anna", "bob", "Émile", "Éric", "zoé", "ZOE"].map(str::to_owned).into();
        assert_eq!(whole.len(), 7);
        assert_eq!(whole[2..5], sorted[2..5]);
        assert_eq!(whole.iter().collect::<BTreeSet<_>>(), sorted.iter().collect());
        for rows in 1..=8 {
            assert_eq!(names(&database, &Filter::default(), rows).await, whole, "{rows}");
        }
    })
    .await;
}

#[tokio::test]
async fn who_is_created_or_deleted_meanwhile_hides_nobody_else() {
    each_database(async |database| {
        let mut ids = vec![];
        for name in ["b", "d", "f"] {
            let address = format!("{name}@example.org");
            ids.push(created(&database, Draft { name: name.to_owned(), ..draft(&address) }).await.id);
        }
        let page = account::list(&database, &Filter::default(), None, 2).await.unwrap();
        assert_eq!(page.items.iter().map(|account| account.id).collect::<Vec<_>>(), ids[..2]);
        account::delete(&database, &by(), ids[1]).await.unwrap();
        for name in ["a", "e"] {
            let address = format!("{name}@example.org");
            created(&database, Draft { name: name.to_owned(), ..draft(&address) }).await;
        }
        let next = account::list(&database, &Filter::default(), page.next.as_deref(), 2).await.unwrap();
        let found: Vec<_> = next.items.into_iter().map(|account| account.name.0).collect();
        assert_eq!((found, next.next), (vec!["e".to_owned(), "f".to_owned()], None));
    })
    .await;
}

#[tokio::test]
async fn filters_find_those_who_meet_all_of_them() {
    each_database(async |database| {
        let named = |name: &str, roles| {
            let address = format!("{name}@example.org");
            Draft { name: format!("Prénom {name}"), roles, ..draft(&address) }
        };
        created(&database, named("anna", vec![operator("support", "anna"), grant("sales", Role::Analyst)]))
            .await;
        created(&database, named("bob", vec![grant("support", Role::Analyst)])).await;
        let carl = created(&database, named("c_rl", vec![operator("support", "carl")])).await;
        account::disable(&database, &by(), carl.id).await.unwrap();
        created(&database, administrator("root@example.com")).await;
        let found = async |filter: Filter| {
            let all = names(&database, &filter, 1).await;
            all.iter().map(|name| name.replace("Prénom ", "")).collect::<Vec<_>>().join(" ")
        };
        let all = Filter::default;
        let livechat = |id| Some(LivechatId::parse(id).unwrap());
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(found(Filter { livechat: livechat("support"), ..all() }).await, "anna bob c_rl");
        assert_eq!(found(Filter { livechat: livechat("sales"), ..all() }).await, "anna");
        assert_eq!(found(Filter { livechat: livechat("other"), ..all() }).await, "");
        assert_eq!(found(Filter { role: Some(Role::Analyst), ..all() }).await, "anna bob");
        let analysts = Filter { livechat: livechat("support"), role: Some(Role::Analyst), ..all() };
        assert_eq!(found(analysts.clone()).await, "bob");
        assert_eq!(found(Filter { disabled: Some(true), ..analysts }).await, "");
        assert_eq!(found(Filter { disabled: Some(true), ..all() }).await, "c_rl");
        assert_eq!(found(Filter { disabled: Some(false), ..all() }).await, "anna bob Zoé Martin");
        assert_eq!(found(Filter { server_administrator: Some(true), ..all() }).await, "Zoé Martin");
        assert_eq!(found(Filter { server_administrator: Some(false), ..all() }).await, "anna bob c_rl");
        assert_eq!(found(Filter { text: text("PRENOM b"), ..all() }).await, "bob");
        assert_eq!(found(Filter { text: text("example.COM"), ..all() }).await, "Zoé Martin");
        assert_eq!(found(Filter { text: text("c_rl"), ..all() }).await, "c_rl");
        assert_eq!(found(Filter { text: text("b_b"), ..all() }).await, "");
        assert_eq!(found(Filter { text: text("%"), ..all() }).await, "");
        assert_eq!(found(Filter { text: text("!"), ..all() }).await, "");
    })
    .await;
}

#[tokio::test]
async fn a_page_out_of_range_or_after_something_else_is_refused() {
    each_database(async |database| {
        let list = async |filter: Filter, after: Option<&str>, rows| {
            wrong_fields(account::list(&database, &filter, after, rows).await)
        };
        let all = Filter::default;
        assert_eq!(list(all(), None, 0).await, ["limit"]);
        assert_eq!(list(all(), None, 201).await, ["limit"]);
        for cursor in ["", "x", "AAAA", "é", "17"] {
            assert_eq!(list(all(), Some(cursor), 10).await, ["after"], "{cursor}");
        }
        let text = Some("a".repeat(255));
        assert_eq!(list(Filter { text, ..all() }, None, 10).await, ["text"]);
        let text = Some("a\0".to_owned());
        assert_eq!(list(Filter { text, ..all() }, None, 10).await, ["text"]);
    })
    .await;
}
