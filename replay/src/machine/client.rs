//! How people ask: over a network that loses, doubles and reorders, of a process that may fall at any await.
//! Who is not answered asks again with the same id, until the answer is final.

use std::time::Duration;

use domain::id::CommandId;
use domain::{Action, Actor, ConversationId, LivechatId};
use futures::future::{Either, select};
use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};

use super::scheduler::Group;
use super::world::World;

/// Milliseconds that a message takes over the network, at most, when nothing is wrong with it.
const NETWORK_MS: u64 = 3;

/// How long an answer is waited for, in milliseconds: some are impatient, nobody waits longer than a writer.
const PATIENCE_MS: (u64, u64) = (2_000, 40_000);

/// Asks until it is answered.
pub(super) async fn ask(world: &World, livechat: &LivechatId, by: Actor, action: Action) {
    // As the API does: a conversation is named by the command that requests it.
    let id = if let Action::RequestConversation(ConversationId(id), _) = &action {
        CommandId(*id)
    } else {
        world.dice.command()
    };
    world.inner().ledger.begin(id, livechat.clone(), by, action);
    let mut tries = 0_u64;
    loop {
        world.up().await;
        if tries > 0 {
            world.faults.state().counts.repeated += 1;
            world.inner().ledger.asks_again(id);
        }
        tries += 1;
        if is_answered(world, id).await {
            return late_double(world, id);
        }
        sleep(world.dice.millis(10, 1_000)).await;
    }
}

/// Sends a request, perhaps twice, and waits for an answer.
async fn is_answered(world: &World, id: CommandId) -> bool {
    let rates = world.faults.rates();
    let (answer, answered) = oneshot::channel();
    let (leave, left) = oneshot::channel();
    let Some(()) = send(world, id, Some(answer), Some(left), NETWORK_MS) else { return false };
    if world.dice.chance(rates.doubled) {
        overlaps(world, id);
        let late = if world.dice.chance(500) { NETWORK_MS } else { 5_000 };
        if send(world, id, None, None, late).is_some() {
            world.faults.state().counts.repeated += 1;
        }
    }
    let patience = if world.dice.chance(rates.abandoned) {
        world.dice.millis(0, 50)
    } else {
        world.dice.millis(PATIENCE_MS.0, PATIENCE_MS.1)
    };
    match timeout(patience, answered).await {
        Ok(Ok(is_final)) => is_final,
        Ok(Err(_)) => false,
        Err(_) => {
            // Whoever goes away takes the request with him, or leaves it to its fate.
            if world.dice.chance(500) {
                let _ = leave.send(());
                world.faults.state().counts.abandoned += 1;
            } else {
                overlaps(world, id);
            }
            false
        }
    }
}

fn overlaps(world: &World, id: CommandId) {
    if let Some(asked) = world.inner().ledger.get_mut(id) {
        asked.overlapping = true;
    }
}

/// A request reaches the process that runs now, if one does.
fn send(
    world: &World,
    id: CommandId,
    answer: Option<oneshot::Sender<bool>>,
    left: Option<oneshot::Receiver<()>>,
    late_ms: u64,
) -> Option<()> {
    let (journal, number) = world.server()?;
    let (livechat, by, action) = {
        let mut inner = world.inner();
        let asked = inner.ledger.get_mut(id)?;
        (asked.livechat.clone(), asked.by.clone(), asked.action.clone())
    };
    let world = world.clone();
    world.spawner.clone().spawn(Group::Requests(number), async move {
        sleep(world.dice.millis(0, late_ms)).await;
        let execution = Box::pin(journal.execute(&livechat, id, by, action));
        let done = match left {
            None => execution.await,
            Some(left) => match select(execution, left).await {
                Either::Left((done, _)) => done,
                Either::Right((Ok(()), _)) => return,
                // Nobody will leave any more.
                Either::Right((Err(_), execution)) => execution.await,
            },
        };
        let judged = world.inner().ledger.answered(id, &done, &world.disk);
        if world.inner().story.is_some() {
            let told = match &done {
                Ok(receipt) => format!("done at {}, {} records", receipt.position, receipt.records.len()),
                Err(error) => error.to_string(),
            };
            world.tell(|| format!("{livechat} answers {id}: {told}"));
        }
        let is_final = judged.unwrap_or_else(|what| {
            world.fail(format!("{livechat}: {what}"));
            true
        });
        sleep(world.dice.millis(0, NETWORK_MS)).await;
        if world.dice.chance(world.faults.rates().answer_lost) {
            world.faults.state().counts.answers_lost += 1;
            // The line stays open, and silent.
            sleep(Duration::from_secs(60)).await;
        }
        if let Some(answer) = answer {
            // Whoever asked may have gone.
            let _ = answer.send(is_final);
        }
    });
    Some(())
}

/// A copy of a request that was done arrives when nobody thinks of it any more.
fn late_double(world: &World, id: CommandId) {
    let was_done = world.inner().ledger.get_mut(id).is_some_and(|asked| asked.is_done());
    if was_done && world.dice.chance(world.faults.rates().doubled) {
        let world = world.clone();
        world.spawner.clone().spawn(Group::People, async move {
            sleep(world.dice.millis(100, 120_000)).await;
            if send(&world, id, None, None, NETWORK_MS).is_some() {
                world.faults.state().counts.repeated += 1;
            }
        });
    }
}
