//! Invitations and resets by mail, in a real exchange with a mail server.

use std::time::{Duration, Instant};

use pupitre_tests::mailbox::Mailbox;
use pupitre_tests::patience::{consistently, eventually};
use pupitre_tests::server::Server;
use serde_json::{Value, json};

use super::desk_of_accounts::{Site, by_mail, signed_in};
use super::stage::{BETTER, GOOD};

const INVITATION: &str = "https://chat.example.org/sign-in#invitation=";
const RESET: &str = "https://chat.example.org/sign-in#reset=";

/// Invites somebody who reads this language.
async fn invites(site: &Site, address: &str, language: &str) -> Value {
    let draft = json!({ "address": address, "name": "Zoé Martin", "language": language });
    site.ada.post("/api/v1/accounts", &draft).await.is(201)["invitation"].clone()
}

#[tokio::test]
async fn an_invitation_comes_by_mail_in_the_language_of_its_holder_and_to_nobody_else() {
    let mailbox = Mailbox::open().await;
    let site = Site::start_with(&mailbox).await;
    for (number, language, subject, word) in [
        (0, "fr", "Votre compte Pupitre", "Bonjour Zoé Martin,"),
        (1, "en", "Your account on Pupitre", "Hello Zoé Martin,"),
    ] {
        let address = format!("zoe.{language}@example.org");
        let told = invites(&site, &address, language).await;
        assert_eq!((&told["sent_to_mail"], &told["link"]), (&json!(true), &Value::Null));
        let mail = mailbox.mail(number).await;
        assert_eq!(
            (mail.from.as_str(), mail.to.as_slice()),
            ("chat@example.org", [address.clone()].as_slice())
        );
        assert_eq!(mail.header("Subject").as_deref(), Some(subject));
        assert_eq!(mail.header("Auto-Submitted").as_deref(), Some("auto-generated"));
        assert!(mail.text().contains(word), "{}", mail.text());
        let used = json!({ "kind": "invitation", "secret": mail.secret(INVITATION), "password": GOOD });
        site.server.anybody().post("/api/v1/links/use", &used).await.is(204);
        signed_in(&site.server, &address, GOOD).await;
    }
}

#[tokio::test]
async fn a_mail_that_is_put_off_is_tried_again_and_one_that_is_refused_is_not() {
    let mailbox = Mailbox::refusing(&["451 later", "421 not now", "550 no such user zoe"]).await;
    let site = Site::start_with(&mailbox).await;
    invites(&site, "zoe@example.org", "en").await;
    // Put off twice, refused for good at the third try.
    eventually("the mail was tried three times", async || mailbox.tries() == 3).await;
    consistently("it is not tried again", Duration::from_millis(200), async || mailbox.tries() == 3).await;
    assert_eq!(mailbox.count(), 0);
    invites(&site, "max@example.org", "en").await;
    assert_eq!(mailbox.mail(0).await.to, ["max@example.org"]);
}

#[tokio::test]
async fn the_mail_server_is_told_user_and_password() {
    let mailbox = Mailbox::open().await;
    let url = mailbox.url_for("pupitre%40example.org", "s3cr%3At");
    let site = Site::of(Server::start_with(|config| by_mail(config, &url)).await).await;
    invites(&site, "zoe@example.org", "fr").await;
    let expected = ("pupitre@example.org".to_owned(), "s3cr:t".to_owned());
    assert_eq!(mailbox.mail(0).await.credentials, Some(expected));
}

#[tokio::test]
async fn whoever_forgot_the_password_gets_a_link_by_mail_and_others_are_answered_alike() {
    let mailbox = Mailbox::open().await;
    let site = Site::start_with(&mailbox).await;
    site.somebody("zoe@example.org", vec![]).await;
    let (_, disabled) = site.somebody("max@example.org", vec![]).await;
    site.ada.post(&format!("/api/v1/accounts/{disabled}/disable"), &Value::Null).await.is(200);
    let asks = async |address: &str| {
        let asked = json!({ "address": address });
        site.server.anybody().post("/api/v1/password-resets", &asked).await
    };
    let known = asks("ZOE@example.org").await;
    assert_eq!((known.status, &known.body), (202, &json!({ "asked": true })));
    for other in ["nobody@example.org", "max@example.org", "no address"] {
        assert_eq!(asks(other).await, known, "{other}");
    }
    let mail = mailbox.mail(0).await;
    assert_eq!(mail.to, ["zoe@example.org"]);
    assert_eq!(mail.header("Subject").as_deref(), Some("Votre mot de passe Pupitre"));
    let used = json!({ "kind": "reset", "secret": mail.secret(RESET), "password": BETTER });
    site.server.anybody().post("/api/v1/links/use", &used).await.is(204);
    signed_in(&site.server, "zoe@example.org", BETTER).await;
    assert_eq!(mailbox.count(), 1);
}

#[tokio::test]
async fn nobody_fills_the_mailbox_of_somebody_else() {
    let mailbox = Mailbox::open().await;
    let site = Site::start_with(&mailbox).await;
    site.somebody("zoe@example.org", vec![]).await;
    for _ in 0..20 {
        let asked = json!({ "address": "zoe@example.org" });
        site.server.anybody().post("/api/v1/password-resets", &asked).await.is(202);
    }
    mailbox.mail(4).await;
    consistently("five mails an hour are all", Duration::from_millis(200), async || mailbox.count() == 5)
        .await;
}

#[tokio::test]
async fn without_a_mail_server_a_forgotten_password_is_answered_alike_and_nothing_is_issued() {
    let site = Site::start().await;
    let (_, id) = site.somebody("zoe@example.org", vec![]).await;
    let before = site.trail(&id).await;
    for address in ["zoe@example.org", "nobody@example.org"] {
        let asked = json!({ "address": address });
        let answer = site.server.anybody().post("/api/v1/password-resets", &asked).await;
        assert_eq!(answer.is(202), json!({ "asked": true }));
    }
    let unchanged = async || site.trail(&id).await == before;
    consistently("nothing is issued", Duration::from_millis(200), unchanged).await;
}

/// How long the answer takes, in the middle of many.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

#[tokio::test]
async fn the_time_of_the_answer_does_not_tell_whether_there_is_an_account() {
    let mailbox = Mailbox::open().await;
    let site = Site::start_with(&mailbox).await;
    site.somebody("zoe@example.org", vec![]).await;
    let anybody = site.server.anybody();
    let (mut known, mut unknown) = (vec![], vec![]);
    // In turns, so that what the machine does besides is in both.
    for _ in 0..200 {
        for (address, times) in [("zoe@example.org", &mut known), ("nil@example.org", &mut unknown)] {
            let asked = json!({ "address": address });
            let begun = Instant::now();
            anybody.post("/api/v1/password-resets", &asked).await.is(202);
            times.push(begun.elapsed());
        }
    }
    let (known, unknown) = (median(known), median(unknown));
    println!("known {known:?}, unknown {unknown:?}");
    let apart = known.abs_diff(unknown);
    // A look-up or a mail would be a large part of the answer.
    assert!(apart < known.max(unknown) / 3 + Duration::from_micros(200), "{known:?} and {unknown:?}");
}
