//! Prepares the livechat, its operators and their desks.

use std::collections::BTreeSet;
use std::sync::Arc;

use domain::text::Language;
use serde::Deserialize;
use serde::de::IgnoredAny;
use serde_json::{Value, json};
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::account::Account;
use super::dialogue::Dialogue;
use super::error::{Error, broken};
use super::operator;
use super::options::Options;
use super::shared::Shared;
use crate::client::{self, Http, Paths};

/// Creates the livechat with its settings and operators. What is there already is kept.
pub(super) async fn prepare(
    shared: &Shared,
    options: &Options,
    dialogues: &[Arc<Dialogue>],
) -> Result<Vec<Account>, client::Error> {
    let (http, paths, token) = (&shared.http, &shared.paths, &shared.tokens.administrator);
    let put = async |path: &str, body: Value| -> Result<(), client::Error> {
        http.put::<IgnoredAny>(&paths.below(path), token, &body).await.map(|_| ())
    };
    let skills: BTreeSet<&str> = dialogues.iter().filter_map(|dialogue| dialogue.skill.as_deref()).collect();
    create(http, paths, token, "Simulation", Language::En).await?;
    let capacity =
        json!({ "conversations_per_operator": options.capacity, "queue_per_operator": options.queue });
    put("/settings/capacity", capacity).await?;
    put("/settings/timeouts", timeouts()).await?;
    // The conversations of a desk that is lost wait for it, however long the server is away.
    put("/settings/behaviour", json!({ "transfer_on_disconnect": false })).await?;
    if !skills.is_empty() {
        let section: Vec<Value> = skills.iter().map(|skill| json!({ "id": skill })).collect();
        put("/settings/skills", section.into()).await?;
    }
    let mut accounts = Vec::with_capacity(options.operators.into());
    for number in 1..=options.operators {
        let operator = format!("op-{number:02}");
        let profile = json!({ "name": format!("Operator {number}"), "skills": skills, "capacity": null });
        accounts.push(register(http, paths, token, &operator, &profile).await?);
    }
    Ok(accounts)
}

/// No clock moves, interrupts or ends a conversation. The clock of the file runs faster than that of the
/// server, or slower; and the players are as slow as the machine that plays thousands of them, which says
/// nothing about how attentive the people of the file were. The opening hours are not touched: a livechat is
/// open until somebody says otherwise.
fn timeouts() -> Value {
    json!({
        "visitor_inactivity": 0, "timeout_reminder": 0, "follow_up": 0, "search_notice": 0,
        "auto_transfer": 0, "unanswered": 0, "queue_closing": 0,
        // The longest there is: an operator whose desk is lost when the server goes away counts as there, so
        // that nobody who asks meanwhile is refused.
        "disconnect_notice": 3_600,
    })
}

/// Creates a livechat. One that exists under another name is used as it is.
pub(crate) async fn create(
    http: &Http,
    paths: &Paths,
    token: &str,
    name: &str,
    language: Language,
) -> Result<(), client::Error> {
    let identity = json!({ "name": name, "language": language });
    match http.put::<IgnoredAny>(paths.livechat(), token, &identity).await {
        Ok(_) => Ok(()),
        Err(client::Error::Refused { problem, .. }) if problem.status == 409 => Ok(()),
        Err(error) => Err(error),
    }
}

/// Registers an operator and gets the token of the desk.
pub(crate) async fn register(
    http: &Http,
    paths: &Paths,
    token: &str,
    operator: &str,
    profile: &Value,
) -> Result<Account, client::Error> {
    #[derive(Deserialize)]
    struct Issued {
        token: String,
    }
    let path = paths.below(format_args!("/operators/{operator}"));
    http.put::<IgnoredAny>(&path, token, profile).await?;
    let Issued { token } = http.post(&format!("{path}/tokens"), token, Uuid::now_v7(), &json!({})).await?;
    Ok(Account { operator: operator.to_owned(), token })
}

/// Opens every desk and waits until all receive conversations.
pub(super) async fn open_desks(
    shared: &Arc<Shared>,
    accounts: Vec<Account>,
    cancel: &CancellationToken,
) -> Result<(usize, JoinSet<Result<(), Error>>), Error> {
    let mut tasks = JoinSet::new();
    let (ready, mut is_ready) = mpsc::channel(accounts.len().max(1));
    let desks = accounts.len();
    for account in accounts {
        let (shared, ready, cancel) = (shared.clone(), ready.clone(), cancel.clone());
        tasks.spawn(async move {
            let work = operator::work(&shared, &account, ready, &cancel).await;
            work.map_err(|reason| Error::Operator { operator: account.operator, reason })
        });
    }
    drop(ready);
    for _ in 0..desks {
        tokio::select! {
            Some(()) = is_ready.recv() => {}
            failed = tasks.join_next() => return Err(failed_desk(failed)),
        }
    }
    Ok((desks, tasks))
}

/// Why a desk has ended, which it does before it is asked to only when it has failed.
pub(super) fn failed_desk(ended: Option<Result<Result<(), Error>, tokio::task::JoinError>>) -> Error {
    match ended {
        Some(Ok(Err(error))) => error,
        Some(Err(error)) => broken(error),
        Some(Ok(Ok(()))) | None => Error::Broken("a desk closed by itself".into()),
    }
}
