//! One run, from the first step to the verdict.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::task::Poll;
use std::time::Duration;

use chrono::{DateTime, TimeDelta};
use domain::Timestamp;
use journal::{Clock, Scope};
use tokio::sync::oneshot;
use tokio::time::sleep;

use super::actors::{self, Role};
use super::cluster::{Cluster, Order, Setup};
use super::faults::Faults;
use super::host::SimulatedClock;
use super::outcome::{Failure, Outcome};
use super::plan::Plan;
use super::rng::SimRng;
use super::scheduler::{Group, Scheduler, Spawner};
use super::{observers, process};

/// Steps after which a run that has not ended will not end.
const STEPS_MAX: u64 = 3_000_000;

/// The same, in the time of the run.
const TIME_MAX: Duration = Duration::from_secs(30 * 24 * 3_600);

/// How late a timer may be when no fault has occurred for this long: a second until a failed one is tried again, and
/// what a healthy database takes.
const LATE_MAX: Duration = Duration::from_secs(3);

/// The same when the clock was set: sleeps are cut short after half a minute.
const LATE_MAX_CLOCK_SET: Duration = Duration::from_secs(35);

/// By how many milliseconds the clock is set, at least and at most, when it is set by more than is held.
const STEPS_MS: [(i64, i64); 3] = [(5_001, 20_000), (60_000, 900_000), (3_600_000, 30_000_000)];

/// The longest time from recording an event until every reader has it, without faults.
const PUBLISHED_WITHIN: Duration = Duration::from_secs(1);

/// Monday, 9:00 in Paris.
fn morning() -> Timestamp {
    DateTime::from_timestamp(1_767_600_000, 0).unwrap_or_default()
}

/// Runs a plan to its end.
pub(super) fn run(seed: u64, plan: &Plan, rng: SimRng, told: bool) -> Result<Outcome, std::io::Error> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().start_paused(true).build()?;
    // From the first time on within the runtime: outside of it, the clock is the real one.
    Ok(runtime.block_on(async { Run::new(seed, plan, rng, told).finish().await }))
}

struct Run<'a> {
    seed: u64,
    plan: &'a Plan,
    rng: SimRng,
    scheduler: Scheduler,
    cluster: Cluster,
    trace: DefaultHasher,
    steps: u64,
    next_crash: u64,
    /// The last one that was cut off and lives on, and until which step.
    split: Option<(u32, u64, journal::Journal)>,
}

impl<'a> Run<'a> {
    fn new(seed: u64, plan: &'a Plan, rng: SimRng, told: bool) -> Self {
        let scheduler = Scheduler::new(rng.clone());
        let faults = Faults::of(plan.rates);
        let setup = Setup {
            livechats: plan.livechats,
            commands: plan.commands,
            limits: plan.limits,
            queue_commands_max: plan.queue_commands_max,
            told,
        };
        let clock = SimulatedClock::starting_at(morning());
        let cluster = Cluster::new(&setup, faults, rng.clone(), scheduler.spawner(), clock);
        let mut run = Self {
            seed,
            plan,
            rng,
            scheduler,
            cluster,
            trace: DefaultHasher::new(),
            steps: 0,
            next_crash: u64::MAX,
            split: None,
        };
        run.plan_crash();
        run
    }

    async fn finish(mut self) -> Outcome {
        process::start(&self.cluster);
        self.spawner().spawn(Group::People, direct(self.cluster.clone(), self.plan.clone()));
        let mut limit = std::pin::pin!(sleep(TIME_MAX));
        std::future::poll_fn(|context| {
            if limit.as_mut().poll(context).is_ready() || self.steps > STEPS_MAX {
                self.cluster.fail("somebody waits for ever".to_owned());
            }
            let ended = {
                let inner = self.cluster.inner();
                inner.finished || inner.failure.is_some()
            };
            if ended {
                return Poll::Ready(());
            }
            if self.turn(context.waker()) {
                context.waker().wake_by_ref();
            }
            Poll::Pending
        })
        .await;
        self.verdict()
    }

    fn spawner(&self) -> Spawner {
        self.scheduler.spawner()
    }

    /// One step, and what is checked after it. Returns whether any task could go on.
    fn turn(&mut self, root: &std::task::Waker) -> bool {
        let Some(task) = self.scheduler.step(root) else { return false };
        task.hash(&mut self.trace);
        self.steps += 1;
        self.cluster.observe();
        let is_set = self.plan.rates.clock_set > 0 || self.plan.rates.clock_stepped > 0;
        let late = if is_set { LATE_MAX_CLOCK_SET } else { LATE_MAX };
        self.cluster.nothing_is_overdue(late);
        if self.split.as_ref().is_some_and(|(_, until, _)| *until <= self.steps) {
            self.end_split();
        }
        let ordered = self.cluster.inner().order.take();
        if ordered == Some(Order::Crash) {
            self.crash(false);
        } else if self.plan.crash_at == Some(self.steps)
            || (self.steps >= self.next_crash && self.cluster.faults.rates().crash_steps > 0)
        {
            self.crash(self.rng.chance(self.cluster.faults.rates().split));
        }
        true
    }

    fn plan_crash(&mut self) {
        let average = usize::try_from(self.plan.rates.crash_steps).unwrap_or(0);
        self.next_crash =
            if average == 0 { u64::MAX } else { self.steps + 1 + self.rng.below(2 * average) as u64 };
    }

    /// The process crashes at whatever await each of its tasks stands; what is durable stays. Or it is cut off from
    /// everything but the database, and lives on for a while beside the one that takes its place.
    fn crash(&mut self, lives_on: bool) {
        self.plan_crash();
        self.end_split();
        let Some(server) = self.cluster.inner().server.take() else { return };
        let crashed = server.number;
        let disk_crashes = !self.plan.disk_goes_on || self.rng.chance(300);
        self.cluster
            .tell(|| format!("process {crashed} {}", if lives_on { "is cut off" } else { "crashes" }));
        self.scheduler.crash(|group| group == Group::Requests(crashed));
        if lives_on {
            let until = self.steps + 1 + self.rng.below(2_000) as u64;
            self.split = Some((crashed, until, server.journal));
            self.cluster.faults.note(|counts| counts.splits += 1);
        } else {
            self.scheduler
                .crash(|group| group == Group::Core(crashed) || (disk_crashes && group == Group::Disk));
            drop(server);
            self.cluster.faults.note(|counts| counts.crashes += 1);
        }
        let cluster = self.cluster.clone();
        let downtime = if self.rng.chance(self.cluster.faults.rates().down_long) {
            self.cluster.faults.note(|counts| counts.outages += 1);
            self.rng.millis(600_000, 7_200_000)
        } else if self.rng.chance(150) {
            self.rng.millis(0, 300_000)
        } else {
            self.rng.millis(0, 3_000)
        };
        self.spawner().spawn(Group::People, async move {
            sleep(downtime).await;
            process::start(&cluster);
        });
    }

    /// The one that was cut off crashes, too.
    fn end_split(&mut self) {
        if let Some((number, _, journal)) = self.split.take() {
            self.scheduler.crash(|group| group == Group::Core(number));
            drop(journal);
            self.cluster.faults.note(|_| ());
        }
    }

    fn verdict(mut self) -> Outcome {
        let (mut counts, failure, story) = {
            let logs = self.cluster.disk.logs();
            for (livechat, log) in logs.iter() {
                (livechat.as_str(), log.head.position, log.head.hash).hash(&mut self.trace);
            }
            let mut inner = self.cluster.inner();
            let mut counts = self.cluster.faults.state().counts;
            counts.events = logs.values().map(|log| log.head.position).sum();
            counts.commands = inner.history.len() as u64;
            (counts, inner.failure.take(), inner.story.take().unwrap_or_default())
        };
        counts.steps = self.steps;
        counts.seconds = self.cluster.clock.elapsed().as_secs();
        let (seed, step) = (self.seed, self.steps);
        // Whatever still stands crashes before the runtime does, and in order.
        self.scheduler.crash(|_| true);
        self.cluster.inner().server = None;
        let failure = failure.map(|what| Failure { seed, step, what });
        Outcome { seed, counts, trace: self.trace.finish(), failure, story }
    }
}

/// What happens, in the large.
async fn direct(cluster: Cluster, plan: Plan) {
    for livechat in cluster.livechats.iter() {
        cluster
            .spawner
            .spawn(Group::People, observers::feed(cluster.clone(), livechat.clone(), Scope::Livechat));
        if let Some(Role::Operator(operator)) = Role::operator(0) {
            let scope = Scope::Operator(operator);
            cluster.spawner.spawn(Group::People, observers::feed(cluster.clone(), livechat.clone(), scope));
        }
        actors::open(&cluster, livechat, plan.operators).await;
    }
    cluster.spawner.spawn(Group::People, observers::compare(cluster.clone()));
    cluster.spawner.spawn(Group::People, set_clock(cluster.clone()));
    let mut lives = vec![];
    for livechat in cluster.livechats.iter() {
        let visitors = (0..plan.visitors).filter_map(Role::visitor);
        let operators = (0..plan.operators).filter_map(Role::operator);
        let staff = Role::supervisor().into_iter().chain(Role::administrator());
        for role in visitors.chain(operators).chain(staff) {
            // Settings change less often than people talk.
            let slow = matches!(role, Role::Supervisor(_) | Role::Administrator(_));
            let pace_ms = if slow { plan.pace_ms * 4 } else { plan.pace_ms };
            let (ended, end) = oneshot::channel::<()>();
            let life = actors::live(cluster.clone(), livechat.clone(), role, pace_ms);
            cluster.spawner.spawn(Group::People, async move {
                life.await;
                let _ = ended.send(());
            });
            lives.push(end);
        }
    }
    for end in lives {
        let _ = end.await;
    }
    // No more faults; but everything in memory is lost once more.
    cluster.faults.over();
    if plan.crashes_at_the_end {
        cluster.inner().order = Some(Order::Crash);
    }
    sleep(plan.quiet).await;
    loop {
        cluster.up().await;
        let number = cluster.server().map(|(_, number)| number);
        sleep(plan.quiet).await;
        // If it crashed meanwhile, there was no quiet period.
        if number.is_some() && cluster.server().map(|(_, number)| number) == number {
            break;
        }
    }
    // A timer that fires now has yet to reach every reader.
    let recorded = || cluster.disk.logs().values().map(|log| log.head.position).sum::<u64>();
    let mut before = None;
    while before != Some(recorded()) {
        before = Some(recorded());
        sleep(PUBLISHED_WITHIN).await;
    }
    observers::close(&cluster);
    let closed = cluster.inner().history.close();
    cluster.must(closed);
    let compared: Vec<_> = cluster.inner().oracles.values().map(super::oracle::Oracle::compare).collect();
    for compared in compared {
        cluster.must(compared);
    }
    cluster.inner().finished = true;
}

/// Sets the clock of the machine, while faults are injected.
async fn set_clock(cluster: Cluster) {
    loop {
        sleep(cluster.rng.millis(500, 60_000)).await;
        if cluster.rng.chance(cluster.faults.rates().clock_set) {
            cluster.clock.set(TimeDelta::milliseconds(cluster.rng.between(-2_000, 2_000)));
            cluster.faults.note(|counts| counts.clock_set += 1);
        }
        if cluster.rng.chance(cluster.faults.rates().clock_stepped) {
            // By a little more than is held, or by hours; most often back to about where it was before.
            let (least, most) = *cluster.rng.pick(&STEPS_MS).unwrap_or(&STEPS_MS[0]);
            let by = TimeDelta::milliseconds(cluster.rng.between(least, most));
            let is_ahead = cluster.clock.is_ahead();
            cluster.clock.set(if is_ahead == cluster.rng.chance(750) { -by } else { by });
            cluster.tell(|| format!("the clock is set to {}", cluster.clock.now()));
            cluster.faults.note(|counts| counts.clock_stepped += 1);
        }
    }
}
