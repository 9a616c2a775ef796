//! Glue: the journal as an event store of cqrs-es, for whoever runs commands through `CqrsFramework`.
//!
//! The livechat is locked from `load_aggregate` to `commit`, and given out once all of it is durable:
//! the framework refuses a command without asking the journal. A context that is dropped in between
//! (a refused command, a cancelled request) may have changed the aggregate: it is loaded anew next time.

use std::collections::HashMap;

use cqrs_es::{AggregateContext, AggregateError, EventEnvelope, EventStore};
use domain::id::CommandId;
use domain::{Event, Livechat, LivechatId, Rejection};
use tokio::sync::OwnedMutexGuard;

use crate::append_queue::{Permit, enqueue, seal, until_durable};
use crate::error::Error;
use crate::journal::Journal;
use crate::record::Record;
use crate::slot::LivechatSlot;
use crate::store::StoreError;

/// A livechat locked for one command.
pub struct Context {
    id: LivechatId,
    slot: OwnedMutexGuard<LivechatSlot>,
    permit: Option<Permit>,
    /// Given out when there is no aggregate, which `load_aggregate` rules out.
    nowhere: Livechat,
}

impl AggregateContext<Livechat> for Context {
    fn aggregate(&mut self) -> &mut Livechat {
        self.slot.resident.as_mut().map_or(&mut self.nowhere, |resident| &mut resident.livechat)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if self.permit.is_some()
            && let Some(resident) = &self.slot.resident
        {
            resident.generation.invalidate();
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
        let permit = self.reserve()?;
        let slot = self.lock(&id).await?;
        if let Some(resident) = &slot.resident {
            until_durable(enqueue(permit, resident, vec![], vec![])).await?;
        }
        let permit = self.reserve()?;
        Ok(Context { id, slot, permit: Some(permit), nowhere: Livechat::default() })
    }

    async fn commit(
        &self,
        events: Vec<Event>,
        mut context: Context,
        metadata: HashMap<String, String>,
    ) -> Result<Vec<EventEnvelope<Livechat>>, AggregateError<Rejection>> {
        let command = metadata
            .get("command")
            .and_then(|id| uuid::Uuid::parse_str(id).ok())
            .map_or_else(|| self.runtime().new_id(), CommandId);
        let (mut records, mut entries) = (Vec::new(), Vec::new());
        let Some(permit) = context.permit.take() else { return Err(Error::Closed.into()) };
        let id = context.id.clone();
        let Some(resident) = context.slot.resident.as_mut() else { return Err(Error::Closed.into()) };
        seal(resident, &id, (command, None), events, &mut records, &mut entries)?;
        for record in &records {
            resident.receipts.extend(command, record.position);
        }
        self.report_deadline(&id, &mut context.slot);
        let Some(resident) = &context.slot.resident else { return Err(Error::Closed.into()) };
        let done = enqueue(permit, resident, entries, records.clone());
        drop(context);
        until_durable(done).await?;
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
