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

use crate::error::Error;
use crate::journal::Journal;
use crate::queued::{Place, enqueue, seal, settle};
use crate::recorded::Recorded;
use crate::slots::Slot;
use crate::store::StoreError;

/// A livechat locked for one command.
pub struct Context {
    id: LivechatId,
    slot: OwnedMutexGuard<Slot>,
    place: Option<Place>,
    /// Given out when there is no aggregate, which `load_aggregate` rules out.
    nowhere: Livechat,
}

impl AggregateContext<Livechat> for Context {
    fn aggregate(&mut self) -> &mut Livechat {
        self.slot.loaded.as_mut().map_or(&mut self.nowhere, |loaded| &mut loaded.livechat)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        if self.place.is_some()
            && let Some(loaded) = &self.slot.loaded
        {
            loaded.fate.break_off();
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
        let place = self.reserve()?;
        let slot = self.lock(&id).await?;
        if let Some(loaded) = &slot.loaded {
            settle(enqueue(place, loaded, vec![], vec![])).await?;
        }
        let place = self.reserve()?;
        Ok(Context { id, slot, place: Some(place), nowhere: Livechat::default() })
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
            .map_or_else(|| self.host().new_id(), CommandId);
        let (mut records, mut entries) = (Vec::new(), Vec::new());
        let Some(place) = context.place.take() else { return Err(Error::Closed.into()) };
        let id = context.id.clone();
        let Some(loaded) = context.slot.loaded.as_mut() else { return Err(Error::Closed.into()) };
        seal(loaded, &id, (command, None), events, &mut records, &mut entries)?;
        for record in &records {
            loaded.receipts.extend(command, record.position);
        }
        self.tell_deadline(&id, &mut context.slot);
        let Some(loaded) = &context.slot.loaded else { return Err(Error::Closed.into()) };
        let done = enqueue(place, loaded, entries, records.clone());
        drop(context);
        settle(done).await?;
        Ok(records.iter().map(|record| envelope(record)).collect())
    }
}

fn envelope(record: &Recorded) -> EventEnvelope<Livechat> {
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
