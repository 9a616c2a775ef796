//! A link is used once.

use accounts::account::{self, Change};
use accounts::link::{self, Kind};
use accounts::password::Hasher;
use accounts::{AccountId, Database, Error, Secret};
use chrono::TimeDelta;
use futures::future::join_all;

use super::stage::{
    BETTER, GOOD, after, by, by_at, checked, conflict, created, draft, each_database, hasher, secret,
    wrong_fields,
};

async fn issued(database: &Database, id: AccountId, kind: Kind) -> String {
    link::issue(database, &by(), id, kind).await.unwrap().secret.reveal()
}

async fn redeem(
    database: &Database,
    hasher: &Hasher,
    kind: Kind,
    link: &str,
    typed: &str,
    minutes: i64,
) -> Result<AccountId, Error> {
    let by = by_at(after(TimeDelta::minutes(minutes)));
    link::redeem(database, hasher, &by, kind, link, &secret(typed)).await
}

#[tokio::test]
async fn a_link_sets_the_password_once() {
    let hasher = hasher().await;
    each_database(async |database| {
        let zoe = created(&database, draft("zoe@example.org")).await;
        let link = issued(&database, zoe.id, Kind::Invitation).await;
        assert_eq!(link::look(&database, by().at, Kind::Invitation, &link).await.unwrap().id, zoe.id);
        // A password that is refused leaves the link as it is.
        let refused = redeem(&database, &hasher, Kind::Invitation, &link, "short", 1).await;
        assert_eq!(wrong_fields(refused), ["password"]);
        assert_eq!(redeem(&database, &hasher, Kind::Invitation, &link, GOOD, 1).await.unwrap(), zoe.id);
        let signed_in = checked(&database, &hasher, "zoe@example.org", &secret(GOOD)).await;
        assert_eq!(signed_in.unwrap(), Some(zoe.id));
        let again = redeem(&database, &hasher, Kind::Invitation, &link, BETTER, 1).await;
        assert!(matches!(again, Err(Error::Link)), "{again:?}");
        let signed_in = checked(&database, &hasher, "zoe@example.org", &secret(BETTER)).await;
        assert_eq!(signed_in.unwrap(), None);
    })
    .await;
}

#[tokio::test]
async fn every_link_that_is_not_valid_is_refused_alike_and_without_any_work() {
    let hasher = hasher().await;
    each_database(async |database| {
        let zoe = created(&database, draft("zoe@example.org")).await;
        let replaced = issued(&database, zoe.id, Kind::Reset).await;
        let invitation = issued(&database, zoe.id, Kind::Invitation).await;
        let reset = issued(&database, zoe.id, Kind::Reset).await;
        let before = hasher.hashes();
        for (kind, link, minutes) in [
            (Kind::Reset, &replaced, 1),
            (Kind::Reset, &reset, 60),
            (Kind::Invitation, &invitation, 7 * 24 * 60),
            (Kind::Invitation, &reset, 1),
            (Kind::Reset, &Secret::draw().unwrap().reveal(), 1),
            (Kind::Reset, &String::new(), 1),
            (Kind::Reset, &"é".repeat(10_000), 1),
        ] {
            let refused = redeem(&database, &hasher, kind, link, GOOD, minutes).await;
            assert!(matches!(refused, Err(Error::Link)), "{kind:?} {refused:?}");
        }
        assert_eq!(hasher.hashes(), before);
        // What else ends a link: that the account is disabled, gets another address, or a password in another way.
        account::disable(&database, &by(), zoe.id).await.unwrap();
        assert!(matches!(redeem(&database, &hasher, Kind::Reset, &reset, GOOD, 1).await, Err(Error::Link)));
        assert_eq!(conflict(link::issue(&database, &by(), zoe.id, Kind::Reset).await), "account");
        account::enable(&database, &by(), zoe.id).await.unwrap();
        assert!(matches!(redeem(&database, &hasher, Kind::Reset, &reset, GOOD, 1).await, Err(Error::Link)));
        let reset = issued(&database, zoe.id, Kind::Reset).await;
        let change = Change { address: Some("other@example.org".to_owned()), ..Change::default() };
        account::change(&database, &by(), zoe.id, change).await.unwrap();
        assert!(matches!(redeem(&database, &hasher, Kind::Reset, &reset, GOOD, 1).await, Err(Error::Link)));
        let (reset, invitation) =
            (issued(&database, zoe.id, Kind::Reset).await, issued(&database, zoe.id, Kind::Invitation).await);
        redeem(&database, &hasher, Kind::Reset, &reset, GOOD, 59).await.unwrap();
        let refused = redeem(&database, &hasher, Kind::Invitation, &invitation, BETTER, 60).await;
        assert!(matches!(refused, Err(Error::Link)), "{refused:?}");
    })
    .await;
}

#[tokio::test]
async fn of_many_who_use_a_link_at_once_one_succeeds() {
    let hasher = hasher().await;
    each_database(async |database| {
        let zoe = created(&database, draft("zoe@example.org")).await;
        let link = issued(&database, zoe.id, Kind::Reset).await;
        let words: Vec<String> = (0..8).map(|number| format!("{GOOD} and {number} suns")).collect();
        let using = words.iter().map(|typed| redeem(&database, &hasher, Kind::Reset, &link, typed, 1));
        let answers = join_all(using).await;
        let winners: Vec<&String> =
            words.iter().zip(&answers).filter(|(_, answer)| answer.is_ok()).map(|(typed, _)| typed).collect();
        assert_eq!(winners.len(), 1, "{answers:?}");
        assert!(answers.iter().all(|answer| matches!(answer, Ok(_) | Err(Error::Link))), "{answers:?}");
        let signed_in = checked(&database, &hasher, "zoe@example.org", &secret(winners[0])).await;
        assert_eq!(signed_in.unwrap(), Some(zoe.id));
    })
    .await;
}

#[tokio::test]
async fn the_secret_of_a_link_is_stored_nowhere_and_stands_behind_the_hash_sign() {
    each_database(async |database| {
        let zoe = created(&database, draft("zoe@example.org")).await;
        let link = link::issue(&database, &by(), zoe.id, Kind::Invitation).await.unwrap();
        let secret = link.secret.reveal();
        let expected = format!("https://chat.example.org/sign-in#invitation={secret}");
        assert_eq!(link.address("https://chat.example.org/"), expected);
        assert!(!format!("{link:?}").contains(&secret));
        let hash: Vec<u8> =
            sqlx::query_scalar("SELECT hash FROM one_time_link").fetch_one(database.read()).await.unwrap();
        assert_eq!(hash, link.secret.hash());
        let details: Vec<String> =
            sqlx::query_scalar("SELECT details FROM account_audit").fetch_all(database.read()).await.unwrap();
        assert!(details.iter().all(|details| !details.contains(&secret)), "{details:?}");
    })
    .await;
}
