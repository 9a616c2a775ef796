//! Which passwords are accepted, and how they are checked.

use std::time::{Duration, Instant};

use accounts::account::{self, Account};
use accounts::password::{self, Hasher, Parameters};
use accounts::{Database, Error};
use futures::future::join_all;

use super::stage::{BETTER, GOOD, by, checked, created, draft, each_database, hasher, secret, wrong_fields};

async fn verified(database: &Database, hasher: &Hasher, address: &str, typed: &str) -> bool {
    checked(database, hasher, address, &secret(typed)).await.unwrap().is_some()
}

async fn stored(database: &Database, account: &Account) -> String {
    let select = sqlx::query_scalar("SELECT password_hash FROM account WHERE id = $1");
    select.bind(account.id.to_string()).fetch_one(database.read()).await.unwrap()
}

#[tokio::test]
async fn a_password_is_12_to_256_characters_and_not_easily_guessed() {
    let hasher = hasher().await;
    each_database(async |database| {
        let zoe = created(&database, draft("zoe.martin@example.org")).await;
        let set = async |typed: &str| password::set(&database, &hasher, &by(), zoe.id, &secret(typed)).await;
        let long: String = GOOD.chars().cycle().take(256).collect();
        for bad in [
            "",
            "kT9#vq2!xLp",
            "passwordpassword",
            "123456789012",
            "azertyuiop12",
            "aaaaaaaaaaaaaaaa",
            "zoe.martin@example.org",
            "ZoeMartin2026",
            "zoemartinzoemartin",
            "PupitreLivechat1",
            &format!("{long}x"),
            // 14 characters as typed, 11 in NFC.
            "e\u{301}k9 u\u{302}zQ e\u{301}!7",
        ] {
            assert_eq!(wrong_fields(set(bad).await), ["password"], "{bad}");
        }
        assert!(!verified(&database, &hasher, "zoe.martin@example.org", "").await);
        for good in [GOOD, "kT9#vq2!xLpZ", &long] {
            set(good).await.unwrap();
            assert!(verified(&database, &hasher, "ZOE.martin@example.org", good).await, "{good}");
            assert!(!verified(&database, &hasher, "zoe.martin@example.org", &format!("{good} ")).await);
            assert!(!verified(&database, &hasher, "zoe.martin@example.org", &good.to_uppercase()).await);
        }
        let hash = stored(&database, &zoe).await;
        assert!(hash.starts_with("$argon2id$v=19$m=7168,t=5,p=1$"), "{hash}");
    })
    .await;
}

#[tokio::test]
async fn a_password_is_the_same_from_every_keyboard() {
    let hasher = hasher().await;
    each_database(async |database| {
        let zoe = created(&database, draft("zoe@example.org")).await;
        let composed = "été brûlé sur 9 moulins";
        let decomposed = "e\u{301}te\u{301} bru\u{302}le\u{301} sur 9 moulins";
        password::set(&database, &hasher, &by(), zoe.id, &secret(decomposed)).await.unwrap();
        assert!(verified(&database, &hasher, "zoe@example.org", composed).await);
        assert!(verified(&database, &hasher, "zoe@example.org", decomposed).await);
        assert!(!verified(&database, &hasher, "zoe@example.org", "ete brule sur 9 moulins").await);
    })
    .await;
}

#[tokio::test]
async fn a_hash_of_other_parameters_is_replaced_at_the_next_sign_in() {
    let old = hasher().await;
    let new = Hasher::new(Parameters::default(), Some(1)).await.unwrap();
    each_database(async |database| {
        let zoe = created(&database, draft("zoe@example.org")).await;
        password::set(&database, &old, &by(), zoe.id, &secret(GOOD)).await.unwrap();
        let before = stored(&database, &zoe).await;
        assert!(!verified(&database, &new, "zoe@example.org", BETTER).await);
        assert!(verified(&database, &old, "zoe@example.org", GOOD).await);
        assert_eq!(stored(&database, &zoe).await, before);
        assert!(verified(&database, &new, "zoe@example.org", GOOD).await);
        let after = stored(&database, &zoe).await;
        assert!(after.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{after}");
        assert!(verified(&database, &new, "zoe@example.org", GOOD).await);
        assert_eq!(stored(&database, &zoe).await, after);
    })
    .await;
}

#[tokio::test]
async fn who_cannot_sign_in_costs_as_much_as_a_wrong_password() {
    let hasher = hasher().await;
    each_database(async |database| {
        let zoe = created(&database, draft("zoe@example.org")).await;
        created(&database, draft("invited@example.org")).await;
        let gone = created(&database, draft("gone@example.org")).await;
        for account in [&zoe, &gone] {
            password::set(&database, &hasher, &by(), account.id, &secret(GOOD)).await.unwrap();
        }
        account::disable(&database, &by(), gone.id).await.unwrap();
        let addresses = ["zoe@example.org", "invited@example.org", "gone@example.org", "nobody@example.org"];
        // The quickest of many is what the work itself takes, however busy the machine is.
        let mut quickest = [Duration::MAX; 4];
        for _ in 0..15 {
            for (address, quickest) in addresses.iter().zip(&mut quickest) {
                let (before, begin) = (hasher.hashes(), Instant::now());
                // The right one, for whoever is disabled.
                let typed = if *address == "gone@example.org" { GOOD } else { BETTER };
                assert!(!verified(&database, &hasher, address, typed).await, "{address}");
                *quickest = begin.elapsed().min(*quickest);
                assert_eq!(hasher.hashes(), before + 1, "{address}");
            }
        }
        let (least, most) = (quickest.iter().min().unwrap(), quickest.iter().max().unwrap());
        assert!(*most < *least * 3 / 2, "{addresses:?} took {quickest:?}");
        account::enable(&database, &by(), gone.id).await.unwrap();
        assert!(verified(&database, &hasher, "gone@example.org", GOOD).await);
    })
    .await;
}

#[tokio::test]
async fn a_flood_of_sign_ins_is_told_to_come_back_and_leaves_the_rest_alone() {
    let hasher = Hasher::new(Parameters::default(), Some(1)).await.unwrap();
    each_database(async |database| {
        let typed = secret(GOOD);
        let flood = (0..100).map(|_| checked(&database, &hasher, "a@example.org", &typed));
        let answers = join_all(flood).await;
        let busy = answers.iter().filter(|answer| matches!(answer, Err(Error::Busy))).count();
        // One at work and 32 that wait; a few more have a turn while others still ask the database.
        assert!((34..=67).contains(&busy), "{busy}");
        assert!(answers.into_iter().all(|answer| matches!(answer, Ok(None) | Err(Error::Busy))));
    })
    .await;
}
