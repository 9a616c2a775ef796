//! A command that has its turn on a livechat, and the steps that it takes.

use std::net::IpAddr;
use std::sync::Arc;

use domain::id::CommandId;
use domain::{Action, Command, LivechatId, Rejection};

use super::append_queue::{Permit, Queued, Sealed};
use super::context::Context;
use super::idempotency;
use super::receipt::Receipt;
use crate::error::Error;
use crate::livechats::generation::PanicGuard;
use crate::livechats::receipts::Span;
use crate::livechats::slot::Loaded;
use crate::livechats::snapshots::Due;
use crate::log::record::{Author, Position, Record};
use crate::log::store::StoreError;
use crate::runtime::block_in_place;

/// A command that has its turn: nobody else works on its livechat.
pub(super) struct Turn<'a> {
    context: &'a Context,
    livechat: &'a LivechatId,
    id: CommandId,
    address: Option<IpAddr>,
    command: Command,
    resident: Loaded,
    permit: Permit,
    /// What was applied so far.
    sealed: Sealed,
    guard: Option<PanicGuard>,
}

/// What was decided on a command.
pub(super) struct Decision {
    /// What the command itself made happen, and what followed.
    records: Vec<Arc<Record>>,
    refusal: Option<Rejection>,
}

/// A command that is being written, while the livechat goes on.
pub(super) struct Written<'a> {
    context: &'a Context,
    livechat: &'a LivechatId,
    queued: Queued,
    snapshot: Option<Due>,
    position: Position,
    decision: Decision,
}

impl<'a> Turn<'a> {
    /// Reserves a place in the queue for a command on a livechat that is locked. Without one it is refused at once.
    pub(super) fn begin(
        context: &'a Context,
        livechat: &'a LivechatId,
        mut resident: Loaded,
        id: CommandId,
        Author { by, address }: Author,
        action: Action,
    ) -> Result<Self, Error> {
        // Only now, so that callers waiting for one livechat to load take no permits from the others.
        let permit = match context.queue.reserve() {
            Ok(permit) => permit,
            Err(error) => {
                context.livechats.report_deadline(livechat, &mut resident);
                return Err(error);
            }
        };
        let command = Command { at: context.clock.now(), by, action };
        let (sealed, guard) = (Sealed::default(), None);
        Ok(Self { context, livechat, id, address, command, resident, permit, sealed, guard })
    }

    /// Where the events of this command are, if it was executed before.
    pub(super) fn done_before(&self) -> Option<Span> {
        self.resident.receipts.get(self.id)
    }

    /// The answer of the first time, once that is durable.
    pub(super) async fn answer_again(mut self, span: Span) -> Result<Receipt, Error> {
        let queued = self.permit.after_all_before(&self.resident);
        self.context.livechats.report_deadline(self.livechat, &mut self.resident);
        drop(self.resident);
        queued.durable().await?;
        idempotency::receipt(&self.context.log, self.livechat, span, &self.command).await
    }

    /// Refuses a command that begins what the log has already, though the state has forgotten it.
    pub(super) async fn must_be_new(&mut self) -> Result<(), Error> {
        let Some((conversation, rejection)) = self.command.action.must_be_new() else { return Ok(()) };
        self.context.livechats.report_deadline(self.livechat, &mut self.resident);
        let log = self.context.store.read();
        let first = log.conversation(self.livechat, conversation, 0, 1).await?;
        match first.first() {
            None => Ok(()),
            Some(first) if first.stored.position > self.resident.generation.durable() => {
                Err(self.overtaken())
            }
            Some(_) => Err(rejection.into()),
        }
    }

    /// Another writer appended to this livechat: the state in memory is stale, and nothing can be refused because of it.
    fn overtaken(&self) -> Error {
        // What is being written meets the fence.
        if self.resident.is_settled() {
            self.context.timekeeper.retry_later(self.livechat);
            self.resident.generation.invalidate();
        }
        Error::NotDurable(StoreError::Conflict.to_string())
    }

    /// What the passing of time causes: an outage is recorded, and due timers fire.
    pub(super) fn apply_elapsed_time(&mut self) -> Result<(), Error> {
        self.guard = Some(self.resident.generation.panic_guard());
        let now = self.context.clock.now();
        self.command.at = now;
        let livechat = &mut self.resident.livechat;
        let mut events = match self.context.outages.pending(self.livechat) {
            Some(outage) => livechat.resume(outage, now),
            None => vec![],
        };
        if livechat.wakes(now) {
            events.extend(livechat.tick(now));
        }
        if events.is_empty() {
            return Ok(());
        }
        let by_itself = (self.context.runtime.new_id(), None);
        self.sealed.add(self.livechat, &mut self.resident, by_itself, events)
    }

    /// Decides the command, and applies what it makes happen and what follows. A refusal is no error here: what the
    /// passing of time has caused is written all the same.
    pub(super) fn decide(&mut self) -> Result<Decision, Error> {
        let (is_long, before) = (self.command.action.is_long(), self.sealed.records.len());
        let resident = &mut *self.resident;
        let decided = block_in_place_if(is_long, || resident.livechat.handle_command(&self.command));
        let events = match decided {
            Ok(events) => events,
            Err(refusal) => return Ok(Decision { records: vec![], refusal: Some(refusal) }),
        };
        let count = u32::try_from(events.len()).unwrap_or(u32::MAX);
        let span = Span { first: resident.position + 1, count };
        let author = (self.id, self.address);
        block_in_place_if(is_long, || self.sealed.add(self.livechat, resident, author, events))?;
        resident.receipts.remember(self.id, span);
        Ok(Decision { records: self.sealed.records[before..].to_vec(), refusal: None })
    }

    /// Queues what was applied, and unlocks the livechat.
    pub(super) fn append(mut self, decision: Decision) -> Written<'a> {
        let position = self.resident.position;
        // Reported before the batch is queued: should that fail, the writer's wake-up has the last word.
        self.context.livechats.report_deadline(self.livechat, &mut self.resident);
        let queued = self.permit.enqueue(&self.resident, self.sealed);
        let snapshot = self.context.snapshots.due(&mut self.resident);
        let (context, livechat) = (self.context, self.livechat);
        Written { context, livechat, queued, snapshot, position, decision }
    }
}

impl Written<'_> {
    /// Answers, once everything that the answer depends on is durable.
    pub(super) async fn reply(self) -> Result<Receipt, Error> {
        self.queued.durable().await?;
        self.context.outages.mark_resumed(self.livechat);
        if let Some(due) = self.snapshot {
            self.context.snapshots.save_in_background(self.livechat, due);
        }
        let Decision { records, refusal } = self.decision;
        match refusal {
            Some(refusal) => Err(refusal.into()),
            None => Ok(Receipt { position: self.position, records }),
        }
    }
}

/// Runs work, so that others go on meanwhile where it may take long.
fn block_in_place_if<T>(is_long: bool, work: impl FnOnce() -> T) -> T {
    if is_long { block_in_place(work) } else { work() }
}
