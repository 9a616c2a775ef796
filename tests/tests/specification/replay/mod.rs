//! A livechat as it was: at any position and at any moment, with stepping stones and without.

mod over_http;
mod past;
mod stones;

use std::sync::Arc;

use domain::LivechatId;
use journal::Store;
use pupitre_tests::server::Server;
use replay::{Past, Until};

fn support() -> LivechatId {
    LivechatId::parse("support").unwrap()
}

async fn past(server: &Server, until: Until) -> Past {
    replay::at(&server.app().journal, &support(), until).await.unwrap()
}

async fn store(server: &Server) -> Arc<dyn Store> {
    server.app().journal.store().clone()
}
