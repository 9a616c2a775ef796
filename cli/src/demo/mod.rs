//! A livechat that lives: invented visitors and operators on a real server, for ever.
//!
//! Read in this order: [`play`] below (the operators, and the arrivals of visitors), `visitor`, `operator`, and
//! `rng` (what they do at random). The sockets are those of [`crate::client`], the turns those of
//! [`crate::loadtest::dialogue_progress`].
//!
//! Invariant: the demonstration uses nothing but the public API.

mod floor;
mod operator;
mod rng;
mod visitor;

use std::sync::Arc;
use std::time::Duration;

use domain::text::Language;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::client::{self, Http, Paths, Trust};
use crate::loadtest::account::Account;
use crate::loadtest::dialogue::{Dialogue, PlayedDialogue};
use crate::loadtest::{Tokens, file, setup};

use floor::Floor;
use operator::OPERATORS;
use rng::Rng;

/// The livechat of the demonstration.
pub const LIVECHAT: &str = "demo";

/// What is said: eight invented dialogues, half of them French.
const DIALOGUES: &str = include_str!("../../demo/dialogues.jsonl");

/// Between two arrivals, in milliseconds: with the groups, nearly all that four operators can take.
const ARRIVALS_MILLIS: (u64, u64) = (2_500, 6_500);

/// One arrival in so many brings a whole group, so that a queue is seen.
const GROUP_ONE_IN: u32 = 12;
const GROUP: u64 = 5;

/// The pause before the demonstration begins again after a failure.
const BEGIN_AGAIN: Duration = Duration::from_secs(2);

/// Why the demonstration cannot begin.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The embedded dialogues cannot be read.
    #[error("the dialogues of the demonstration cannot be read: {0}")]
    Dialogues(#[from] file::Error),
    /// The livechat cannot be prepared.
    #[error(transparent)]
    Server(#[from] client::Error),
}

/// Keeps the livechat [`LIVECHAT`] alive until cancelled. `tokens` are for that livechat, and have to be
/// good for as long as it shall live. A server that goes away is waited for.
///
/// # Errors
/// When the server refuses to prepare the livechat.
pub async fn play(server: &str, tokens: Tokens, cancel: CancellationToken) -> Result<(), Error> {
    let dialogues: Vec<Arc<Dialogue>> = file::parse(DIALOGUES)?.into_iter().map(Arc::new).collect();
    let playing = async {
        let mut rng = Rng::new(1);
        loop {
            let floor = Arc::new(Floor::new(
                Http::new(&Trust::default())?,
                Paths::new(server, LIVECHAT)?,
                tokens.clone(),
            ));
            let accounts = match prepare(&floor).await {
                Ok(accounts) => accounts,
                Err(client::Error::GivenUp { .. }) => continue,
                Err(error) => return Err(error.into()),
            };
            // The tokens of the operators expire; beginning again gets new ones.
            if let Err(error) = keep_alive(&floor, accounts, &dialogues, &mut rng).await {
                tracing::warn!(%error, "the demonstration begins again");
            }
            tokio::time::sleep(BEGIN_AGAIN).await;
        }
    };
    cancel.run_until_cancelled(playing).await.unwrap_or(Ok(()))
}

/// Plays until an operator fails.
async fn keep_alive(
    floor: &Arc<Floor>,
    accounts: Vec<Account>,
    dialogues: &[Arc<Dialogue>],
    rng: &mut Rng,
) -> Result<(), client::Error> {
    // Dropped with this function, which ends them.
    let (mut operators, mut visitors) = (JoinSet::new(), JoinSet::new());
    for account in accounts {
        operators.spawn(operator::work(floor.clone(), account, rng.split()));
    }
    loop {
        tokio::select! {
            () = tokio::time::sleep(rng.millis(ARRIVALS_MILLIS)) => {}
            Some(Ok(failed)) = operators.join_next() => return failed,
        }
        let group = if rng.one_in(GROUP_ONE_IN) { GROUP } else { 1 };
        for _ in 0..group {
            let Some(dialogue) = rng.pick(dialogues) else { return Ok(()) };
            let played = Arc::new(PlayedDialogue::new(Uuid::now_v7(), dialogue.clone()));
            visitors.spawn(visitor::visit(floor.clone(), played, rng.split()));
        }
        while visitors.try_join_next().is_some() {}
    }
}

/// Creates the livechat, its settings and its operators.
async fn prepare(floor: &Floor) -> Result<Vec<Account>, client::Error> {
    let Floor { http, paths, tokens, .. } = floor;
    let token = &tokens.administrator;
    setup::create(http, paths, token, "Démonstration", Language::Fr).await?;
    let settings: [(&str, Value); 4] = [
        ("capacity", json!({ "conversations_per_operator": 2, "queue_per_operator": 2 })),
        // Short, so that the clocks are seen at work: an operator who overlooks a tab loses it soon.
        (
            "timeouts",
            json!({
                "visitor_inactivity": 3, "timeout_reminder": 60, "follow_up": 1, "search_notice": 1,
                "auto_transfer": 20, "disconnect_notice": 15,
            }),
        ),
        ("statuses", json!({ "training": true, "phone": true, "searching": true })),
        (
            "skills",
            json!([
                { "id": "billing", "name": { "fr": "Facturation", "en": "Billing" } },
                { "id": "technical", "name": { "fr": "Technique", "en": "Technical" } },
            ]),
        ),
    ];
    for (section, content) in settings {
        let path = paths.below(format_args!("/settings/{section}"));
        http.put::<IgnoredAny>(&path, token, &content).await?;
    }
    let mut accounts = Vec::with_capacity(OPERATORS.len());
    for (operator, name, skills) in OPERATORS {
        let profile = json!({ "name": name, "skills": skills, "capacity": null });
        accounts.push(setup::register(http, paths, token, operator, &profile).await?);
    }
    Ok(accounts)
}
