//! A livechat as it was: at any position and at any time, with state snapshots and without.

mod over_http;
mod pages;
mod past;
mod playback;
mod program;
mod snapshots;
mod verify;

use domain::LivechatId;
use pupitre_tests::server::Server;
use replay::{AsOf, StateAt};

fn support() -> LivechatId {
    LivechatId::parse("support").unwrap()
}

async fn past(server: &Server, until: AsOf) -> StateAt {
    replay::at(&server.app().journal, &support(), until).await.unwrap()
}
