//! Another process serves the same database: each fences the other off, reads what it missed, and goes on.

use pupitre_tests::postgres::PrivateServer;

use super::site::Site;
use super::talk::{Message, Speaker};

async fn writes(speaker: &Speaker, name: &str) {
    for n in 0..20 {
        speaker.insists(&format!("{name}: {n}")).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_processes_that_write_to_one_livechat_do_each_command_once() {
    let Some(postgres) = PrivateServer::start_or_skip().await else { return };
    let mut first = Site::on(postgres.url()).await;
    let mut talk = first.talk("support").await;
    talk.zoe().says("before").await;
    let mut second = first.twin().await;
    let there = second.server.livechat("support").stranger(Some(talk.zoe.person.token().to_owned()));
    let (here, there, alice) = (talk.zoe(), talk.speaker(there), talk.alice());
    there.says("over there").await;

    // The first has not heard of that: it is fenced off, and knows better when the same is sent again.
    let message = Message::new("over here");
    assert!(!here.tries(&message).await);
    assert!(here.tries(&message).await);
    // Done once: sent to whichever process, it is answered as the first time.
    let position = here.sends(&message).await.is(201)["position"].clone();
    assert!(!there.tries(&Message::new("lost")).await);
    assert_eq!(there.sends(&message).await.is(201)["position"], position);

    tokio::join!(writes(&here, "here"), writes(&there, "there"), writes(&alice, "alice"));
    first.is_ready().await;
    second.is_ready().await;
    // The first has the last word, so that those who follow it have heard everything.
    here.insists("after").await;
    talk.is_whole(&first.sql().await).await;
}
