//! A process: how it starts from what is durable, and serves clients.

use std::sync::Arc;

use journal::{Journal, Options};
use tokio::time::{Instant, sleep};

use super::cluster::{Cluster, Server};
use super::host::Machine;
use super::observers;
use super::scheduler::Group;
use super::store::{SimulatedStore, connect};

/// A process starts from what is durable.
pub(super) fn start(cluster: &Cluster) {
    let number = {
        let mut inner = cluster.inner();
        inner.started += 1;
        inner.started
    };
    let store = SimulatedStore {
        disk: cluster.disk.clone(),
        faults: cluster.faults.clone(),
        rng: cluster.rng.clone(),
        spawner: cluster.spawner.clone(),
    };
    let machine =
        Machine { spawner: cluster.spawner.clone(), group: Group::Core(number), rng: cluster.rng.clone() };
    let options = Options {
        queue_commands_max: cluster.queue_commands_max,
        clock: Arc::new(cluster.clock.clone()),
        memory: cluster.limits,
        runtime: Arc::new(machine),
        serves: true,
    };
    let journal = Journal::over(connect(store), options);
    cluster.inner().server = Some(Server { journal: journal.clone(), number, since: None });
    cluster.tell(|| format!("process {number} starts"));
    cluster.spawner.spawn(Group::Core(number), serve(cluster.clone(), journal, number));
}

/// A process that has started records the outage, and serves; one that cannot ends, and another starts.
async fn serve(cluster: Cluster, journal: Journal, number: u32) {
    let noted = journal.note_outage().await;
    {
        let mut inner = cluster.inner();
        let Some(server) = inner.server.as_mut().filter(|server| server.number == number) else { return };
        if noted.is_ok() {
            server.since = Some(Instant::now());
        } else {
            inner.server = None;
        }
    }
    if noted.is_ok() {
        cluster.spawner.spawn(Group::Requests(number), observers::project(cluster.clone(), journal));
        cluster.up.notify_waiters();
    } else {
        cluster.tell(|| format!("process {number} cannot start"));
        drop(journal);
        sleep(cluster.rng.millis(10, 1_000)).await;
        start(&cluster);
    }
}
