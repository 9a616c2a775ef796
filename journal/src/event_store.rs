//! Glue: the journal as an event store of cqrs-es, for callers that run commands through `CqrsFramework`.
//!
//! The livechat is locked from `load_aggregate` to `commit`, and given out once all of it is durable:
//! the framework refuses a command without asking the journal. A context that is dropped in between
//! (a refused command, a cancelled request) may have changed the aggregate: it is loaded anew next time.

use std::collections::HashMap;

use cqrs_es::{AggregateContext, AggregateError, EventEnvelope, EventStore};
use domain::id::CommandId;
use domain::{Event, Livechat, LivechatId, Rejection};

use crate::command::append_queue::{Permit, Sealed};
use crate::error::Error;
use crate::journal::Journal;
use crate::livechats::slot::Loaded;
use crate::log::record::Record;
use crate::log::store::StoreError;

/// A livechat locked for one command.
pub struct Context {
    id: LivechatId,
    resident: Loaded,
    permit: Option<Permit>,
}

impl AggregateContext<Livechat> for Context {
    fn aggregate(&mut self) -> &mut Livechat {
        &mut self.resident.livechat
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if self.permit.is_some() {
            self.resident.generation.invalidate();
        }
    }
}

impl EventStore<Livechat> for Journal {
    type AC = Context;

    async fn load_events(&self, id: &str) -> Result<Vec<EventEnvelope<Livechat>>, AggregateError<Rejection>> {
        let id = LivechatId::parse(id).map_err(|error| AggregateError::UserError(error.into()))?;
        let mut events = vec![];
        loop {
            let records = self.read(&id, events.len() as u64, usize::MAX).await?;
            if records.is_empty() {
                return Ok(events);
            }
            events.extend(records.iter().map(|record| envelope(record)));
        }
    }

    async fn load_aggregate(&self, id: &str) -> Result<Context, AggregateError<Rejection>> {
        let id = LivechatId::parse(id).map_err(|error| AggregateError::UserError(error.into()))?;
        let journal = self.context();
        let permit = journal.queue.reserve()?;
        let resident = journal.livechats.lock(&id).await?;
        permit.after_all_before(&resident).durable().await?;
        let permit = journal.queue.reserve()?;
        Ok(Context { id, resident, permit: Some(permit) })
    }

    async fn commit(
        &self,
        events: Vec<Event>,
        mut context: Context,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<Livechat>>, AggregateError<Rejection>> {
        let journal = self.context();
        let command = metadata
            .get("command")
            .and_then(|id| uuid::Uuid::parse_str(id).ok())
            .map_or_else(|| journal.runtime.new_id(), CommandId);
        let Some(permit) = context.permit.take() else { return Err(Error::Closed.into()) };
        let id = context.id.clone();
        let mut sealed = Sealed::default();
        sealed.add(&id, &mut context.resident, (command, None), events)?;
        let records = sealed.records.clone();
        for record in &records {
            context.resident.receipts.extend(command, record.position);
        }
        journal.livechats.report_deadline(&id, &mut context.resident);
        let queued = permit.enqueue(&context.resident, sealed);
        drop(context);
        queued.durable().await?;
        Ok(records.iter().map(|record| envelope(record)).collect())
    }
}

fn envelope(record: &Record) -> EventEnvelope<Livechat> {
    EventEnvelope {
        aggregate_id: record.livechat.to_string(),
        sequence: usize::try_from(record.position).unwrap_or(usize::MAX),
        payload: record.event.clone(),
        metadata: HashMap::from([("command".to_owned(), record.command.to_string())]),
    }
}

impl From<Error> for AggregateError<Rejection> {
    fn from(error: Error) -> Self {
        match error {
            Error::Rejected(rejection) => Self::UserError(rejection),
            Error::Store(StoreError::Conflict) => Self::AggregateConflict,
            Error::Damaged { .. } | Error::Unreadable(_) => Self::DeserializationError(Box::new(error)),
            Error::Overloaded
            | Error::NotDurable(_)
            | Error::Unwritable(_)
            | Error::Closed
            | Error::Store(_) => Self::DatabaseConnectionError(Box::new(error)),
        }
    }
}
