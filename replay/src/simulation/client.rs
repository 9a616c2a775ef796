//! How people send requests: over a network that loses, duplicates and reorders them, to a process that may crash at
//! any await. A client without an answer repeats the request with the same id, until the answer is final.

use std::time::Duration;

use domain::id::CommandId;
use domain::{Action, Actor, ConversationAction, ConversationId, LivechatId};
use futures::future::{Either, select};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::cluster::Cluster;
use super::scheduler::Group;

/// Milliseconds that a message takes over the network, at most, when nothing is wrong with it.
const NETWORK_MS: u64 = 3;

/// How long clients wait for an answer, in milliseconds: some are impatient, none waits longer than a writer.
const PATIENCE_MS: (u64, u64) = (2_000, 40_000);

/// Asks until it is answered.
pub(super) async fn ask(cluster: &Cluster, livechat: &LivechatId, by: Actor, action: Action) {
    // As the API does: a conversation is named by the command that requests it.
    let id = if let Action::Conversation(ConversationId(id), ConversationAction::Request(_)) = &action {
        CommandId(*id)
    } else {
        cluster.rng.command()
    };
    cluster.inner().history.begin(id, livechat.clone(), by, action);
    let mut tries = 0_u64;
    loop {
        cluster.up().await;
        if tries > 0 {
            cluster.faults.state().counts.repeated += 1;
            cluster.inner().history.asks_again(id);
        }
        tries += 1;
        if is_answered(cluster, id).await {
            return late_double(cluster, id);
        }
        sleep(cluster.rng.millis(10, 1_000)).await;
    }
}

/// Sends a request, perhaps twice, and waits for an answer.
async fn is_answered(cluster: &Cluster, id: CommandId) -> bool {
    let rates = cluster.faults.rates();
    let (answer, answered) = oneshot::channel();
    let (leave, left) = oneshot::channel();
    let Some(()) = send(cluster, id, Some(answer), Some(left), NETWORK_MS) else { return false };
    if cluster.rng.chance(rates.doubled) {
        overlaps(cluster, id);
        let late = if cluster.rng.chance(500) { NETWORK_MS } else { 5_000 };
        if send(cluster, id, None, None, late).is_some() {
            cluster.faults.state().counts.repeated += 1;
        }
    }
    let patience = if cluster.rng.chance(rates.abandoned) {
        cluster.rng.millis(0, 50)
    } else {
        cluster.rng.millis(PATIENCE_MS.0, PATIENCE_MS.1)
    };
    match timeout(patience, answered).await {
        Ok(Ok(is_final)) => is_final,
        Ok(Err(_)) => false,
        Err(_) => {
            // A client that goes away cancels the request, or abandons it.
            if cluster.rng.chance(500) {
                let _ = leave.send(());
                cluster.faults.state().counts.abandoned += 1;
            } else {
                overlaps(cluster, id);
            }
            false
        }
    }
}

fn overlaps(cluster: &Cluster, id: CommandId) {
    if let Some(asked) = cluster.inner().history.get_mut(id) {
        asked.overlapping = true;
    }
}

/// A request reaches the process that runs now, if one does.
fn send(
    cluster: &Cluster,
    id: CommandId,
    answer: Option<oneshot::Sender<bool>>,
    left: Option<oneshot::Receiver<()>>,
    late_ms: u64,
) -> Option<()> {
    let (journal, number) = cluster.server()?;
    let (livechat, by, action) = {
        let mut inner = cluster.inner();
        let asked = inner.history.get_mut(id)?;
        (asked.livechat.clone(), asked.by.clone(), asked.action.clone())
    };
    let cluster = cluster.clone();
    cluster.spawner.clone().spawn(Group::Requests(number), async move {
        sleep(cluster.rng.millis(0, late_ms)).await;
        let execution = Box::pin(journal.execute(&livechat, id, by, action));
        let done = match left {
            None => execution.await,
            Some(left) => match select(execution, left).await {
                Either::Left((done, _)) => done,
                Either::Right((Ok(()), _)) => return,
                // The client will not leave any more.
                Either::Right((Err(_), execution)) => execution.await,
            },
        };
        let judged = cluster.inner().history.answered(id, &done, &cluster.disk);
        if cluster.inner().story.is_some() {
            let told = match &done {
                Ok(receipt) => format!("done at {}, {} records", receipt.position, receipt.records.len()),
                Err(error) => error.to_string(),
            };
            cluster.tell(|| format!("{livechat} answers {id}: {told}"));
        }
        let is_final = judged.unwrap_or_else(|what| {
            cluster.fail(format!("{livechat}: {what}"));
            true
        });
        sleep(cluster.rng.millis(0, NETWORK_MS)).await;
        if cluster.rng.chance(cluster.faults.rates().answer_lost) {
            cluster.faults.state().counts.answers_lost += 1;
            // The line stays open, and silent.
            sleep(Duration::from_secs(60)).await;
        }
        if let Some(answer) = answer {
            // The caller may have gone.
            let _ = answer.send(is_final);
        }
    });
    Some(())
}

/// A copy of a finished request arrives late.
fn late_double(cluster: &Cluster, id: CommandId) {
    let was_done = cluster.inner().history.get_mut(id).is_some_and(|asked| asked.is_done());
    if was_done && cluster.rng.chance(cluster.faults.rates().doubled) {
        let cluster = cluster.clone();
        cluster.spawner.clone().spawn(Group::People, async move {
            sleep(cluster.rng.millis(100, 120_000)).await;
            if send(&cluster, id, None, None, NETWORK_MS).is_some() {
                cluster.faults.state().counts.repeated += 1;
            }
        });
    }
}
