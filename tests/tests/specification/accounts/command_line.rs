//! `pupitre admin`: the first administrator, and the way back in.

use std::path::Path;

use accounts::link::{self, Kind};
use accounts::{Database, Error, account};
use pupitre_tests::process::{Finished, ServerProcess, run};
use pupitre_tests::store::each_store;

use super::stage::{BETTER, GOOD, by_at, checked, hasher, secret};

const PROGRAM: &str = env!("CARGO_BIN_EXE_pupitre-under-test");

async fn admin(database: &str, arguments: &[&str], input: &str) -> Finished {
    let all: Vec<&str> =
        ["admin"].iter().chain(arguments).chain(&["--database", database]).copied().collect();
    run(Path::new(PROGRAM), &all, input).await
}

/// The secret of a printed link.
fn secret_of(done: &Finished, beginning: &str) -> String {
    done.stdout.trim_end().strip_prefix(beginning).unwrap_or_else(|| panic!("{}", done.stdout)).to_owned()
}

#[tokio::test]
async fn the_first_administrator_is_made_without_a_password_and_gets_a_link() {
    let hasher = hasher().await;
    each_store(async |store| {
        let url = store.url();
        let create = ["create", "--address", "zoe@example.org", "--name", "Zoé", "--language", "en"];
        let site = ["--base-url", "https://chat.example.org"];
        let done = admin(url, &[&create[..], &site].concat(), "").await.ended(0);
        let invitation = secret_of(&done, "https://chat.example.org/sign-in#invitation=");
        let listed = admin(url, &["list"], "").await.ended(0).stdout;
        assert!(listed.contains("zoe@example.org") && listed.contains("has no password yet"), "{listed}");
        let database = Database::existing_beside(url).await.unwrap();
        let now = by_at(chrono::Utc::now());
        let redeemed = link::redeem(&database, &hasher, &now, Kind::Invitation, &invitation, &secret(GOOD))
            .await
            .unwrap();
        let zoe = account::find(&database, redeemed).await.unwrap().unwrap();
        assert!(zoe.server_administrator && zoe.has_password);
        // The way back in, also while others have the database open.
        let done = admin(url, &["reset", "ZOE@example.org"], "").await.ended(0);
        let reset = secret_of(&done, "http://127.0.0.1:8080/sign-in#reset=");
        let now = by_at(chrono::Utc::now());
        link::redeem(&database, &hasher, &now, Kind::Reset, &reset, &secret(BETTER)).await.unwrap();
        let signed_in = checked(&database, &hasher, "zoe@example.org", &secret(BETTER)).await;
        assert_eq!(signed_in.unwrap(), Some(zoe.id));
        let again = link::look(&database, now.at, Kind::Reset, &reset).await;
        assert!(matches!(again, Err(Error::Link)));
        database.close().await;
        let refused = admin(url, &create, "").await.ended(1);
        assert!(
            refused.stderr.contains("address: an address that no other account has"),
            "{}",
            refused.stderr
        );
        let refused = admin(url, &["reset", "nobody@example.org"], "").await.ended(1);
        assert!(refused.stderr.contains("an account that exists"), "{}", refused.stderr);
    })
    .await;
}

#[tokio::test]
async fn a_script_gives_the_password_on_its_input_and_a_bad_one_makes_no_account() {
    let hasher = hasher().await;
    each_store(async |store| {
        let url = store.url();
        let create = ["create", "--address", "zoe@example.org", "--name", "Zoé", "--password-stdin"];
        for bad in ["", "\n", "password1234\n"] {
            let refused = admin(url, &create, bad).await.ended(1);
            assert!(refused.stderr.contains("password: "), "{}", refused.stderr);
        }
        admin(url, &create, &format!("{GOOD}\r\n")).await.ended(0);
        let database = Database::existing_beside(url).await.unwrap();
        let signed_in = checked(&database, &hasher, "zoe@example.org", &secret(GOOD)).await;
        assert!(signed_in.unwrap().is_some());
        database.close().await;
    })
    .await;
}

#[tokio::test]
async fn a_wrong_address_of_the_database_makes_none() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/p.db", folder.path().display());
    let refused = admin(&url, &["list"], "").await.ended(1);
    assert!(refused.stderr.contains("there are no accounts in"), "{}", refused.stderr);
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn it_works_beside_a_server_that_runs() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/p.db", folder.path().display());
    let server = ServerProcess::start(Path::new(PROGRAM), &url, &folder.path().join("key")).await;
    admin(&url, &["create", "--address", "zoe@example.org", "--name", "Zoé"], "").await.ended(0);
    server.livechat("support").is_created().await;
    assert!(admin(&url, &["list"], "").await.ended(0).stdout.contains("zoe@example.org"));
}
