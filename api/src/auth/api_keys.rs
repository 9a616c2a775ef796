//! The keys of programs as the server checks them: from memory, so that a request costs no read of the database
//! (spec.md §Privacy and security).
//!
//! What is remembered is as good as the number of changes in the database is the same. It is looked at each second, so
//! that what another program changes counts here within one; what this server changes counts at once. A key that was
//! looked up while another was being changed is looked up again: nothing stale stays.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use accounts::api_keys::{ApiKey, ApiKeys as Table, Hash, PREFIX, Secret};
use domain::id::ApiKeyId;
use domain::{LivechatId, Timestamp};
use journal::Clock;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;

use super::Role;
use super::rights::Operation;
use crate::http::problem::Problem;
use crate::limits::{
    API_KEY_LOOKUPS_AT_ONCE, API_KEY_USE_NOTED_EVERY, API_KEYS_LOOKED_AT_EVERY, API_KEYS_REMEMBERED,
};

/// The keys of programs. Cheap to clone.
#[derive(Clone)]
pub struct ApiKeys(Arc<Inner>);

struct Inner {
    table: Table,
    clock: Arc<dyn Clock>,
    memory: Mutex<Memory>,
    /// Places to ask the database about keys that are not remembered: whoever tries wrong ones waits for those, and
    /// nobody else does.
    lookups: Semaphore,
}

#[derive(Default)]
struct Memory {
    /// Counts how often something was forgotten because it had changed.
    generation: u64,
    /// The changes in the database that are known of.
    changes: i64,
    known: HashMap<Hash, Arc<KnownKey>>,
    /// Keys with live connections.
    open: HashMap<Which, Open>,
    /// Uses that are not noted in the database yet.
    uses: HashMap<Which, Timestamp>,
}

type Which = (LivechatId, ApiKeyId);

/// What ends the live connections of a key.
struct Open {
    revision: i64,
    expires_at: Option<Timestamp>,
    ended: CancellationToken,
}

/// A key that is good, as far as the server knows.
pub struct KnownKey {
    key: ApiKey,
    /// When its use was last noted, in milliseconds since 1970.
    noted_at: AtomicI64,
}

impl KnownKey {
    /// What is known of it.
    pub const fn key(&self) -> &ApiKey {
        &self.key
    }

    /// Its holder as the author of commands, and as whom it is counted.
    pub fn subject(&self) -> String {
        format!("key:{}", self.key.id)
    }

    /// May it be used from there? An address that is not known is in no network.
    pub fn may_come_from(&self, address: Option<IpAddr>) -> bool {
        let networks = &self.key.grant.networks;
        let is_in = |address: IpAddr| networks.iter().any(|network| network.contains(&address));
        networks.is_empty() || address.is_some_and(|address| is_in(address.to_canonical()))
    }

    /// Lets only those operations pass that a program with this role may call, and of those only the ones in the
    /// scopes of the key. Everything that is not named is refused.
    ///
    /// # Errors
    /// `insufficient_scope`, naming what is missing; 403 for operations that are for people alone.
    pub fn may_call(&self, operation: Option<&Operation>) -> Result<(), Problem> {
        let grant = &self.key.grant;
        let Some(operation) = operation else { return Err(Problem::for_people_only()) };
        let scope = operation.scope();
        if operation.is_judged_later() {
            return Ok(());
        }
        if !operation.is_open_to_program(grant.role) {
            // A role that nobody may have here is refused as that role is.
            return if operation.roles.contains(&Role::from(grant.role)) {
                Err(Problem::for_people_only())
            } else {
                Err(super::not_for(grant.role.into(), operation.roles))
            };
        }
        match &grant.scopes {
            Some(scopes) if !scopes.contains(&scope) => Err(Problem::insufficient_scope(&scope)),
            _ => Ok(()),
        }
    }
}

impl ApiKeys {
    /// The keys in this table, judged by this clock.
    pub fn new(table: Table, clock: Arc<dyn Clock>) -> Self {
        let memory = Mutex::new(Memory { changes: -1, ..Memory::default() });
        let lookups = Semaphore::new(API_KEY_LOOKUPS_AT_ONCE);
        Self(Arc::new(Inner { table, clock, memory, lookups }))
    }

    /// Does this look like a key, and not like a token?
    pub fn is_one(text: &str) -> bool {
        text.starts_with(PREFIX)
    }

    /// Where they are kept. Whoever changes one there tells so with [`ApiKeys::changed`].
    pub fn table(&self) -> &Table {
        &self.0.table
    }

    /// What is known of a secret without asking anybody: its hash, unless it is mistyped.
    pub fn hash(text: &str) -> Option<Hash> {
        Secret::read(text).map(|secret| secret.hash())
    }

    /// The key whose secret has this hash, and what ends its live connections if it is for one; nothing when it is
    /// unknown, was revoked, or is over.
    ///
    /// # Errors
    /// When the database has to be asked and does not answer.
    pub async fn check(
        &self,
        hash: &Hash,
        is_live: bool,
    ) -> Result<Option<(Arc<KnownKey>, CancellationToken)>, Problem> {
        loop {
            let now = self.0.clock.now();
            let generation = {
                let mut memory = self.memory();
                if let Some(known) = memory.known.get(hash).cloned() {
                    let is_over = known.key.grant.is_over(now);
                    return Ok((!is_over).then(|| (known.clone(), memory.watch(&known.key, is_live))));
                }
                memory.generation
            };
            let _place = self.0.lookups.acquire().await.map_err(|error| Problem::internal(&error))?;
            let Some(key) = self.0.table.with_hash(hash).await? else { return Ok(None) };
            self.memory().remember(*hash, key, generation);
        }
    }

    /// Notes that a key was used now; the database is told once a minute.
    pub fn note_use(&self, known: &KnownKey) {
        let now = self.0.clock.now();
        let (millis, before) = (now.timestamp_millis(), known.noted_at.load(Ordering::Relaxed));
        if millis - before < API_KEY_USE_NOTED_EVERY.num_milliseconds() {
            return;
        }
        known.noted_at.store(millis, Ordering::Relaxed);
        self.memory().uses.insert((known.key.livechat.clone(), known.key.id), now);
    }

    /// Forgets what was known of a key that is another one in the database now, and ends its live connections.
    pub fn changed(&self, key: &ApiKey) {
        let which = (key.livechat.clone(), key.id);
        let mut memory = self.memory();
        memory.generation += 1;
        memory.known.retain(|_, known| known.key.id != key.id || known.key.livechat != key.livechat);
        if let Some(open) = memory.open.remove(&which) {
            open.ended.cancel();
        }
    }

    /// Writes down uses, notices what other programs changed, and ends the connections of keys that are over; each
    /// second, in an endless loop.
    pub async fn keep_up(self) {
        let mut each_second = tokio::time::interval(API_KEYS_LOOKED_AT_EVERY);
        each_second.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
        let mut has_failed = false;
        loop {
            each_second.tick().await;
            self.end_those_over();
            let done = self.catch_up().await;
            if let Err(error) = &done
                && !has_failed
            {
                tracing::warn!(%error, "the database of the accounts does not answer; keys of programs stay as they are known");
            }
            has_failed = done.is_err();
        }
    }

    /// Writes down the uses that are not written down yet.
    ///
    /// # Errors
    /// The database; the uses are then tried again with the next ones.
    pub async fn write_uses(&self) -> Result<(), accounts::Error> {
        let uses = std::mem::take(&mut self.memory().uses);
        let all: Vec<_> = uses.iter().map(|((livechat, id), at)| (livechat.clone(), *id, *at)).collect();
        let done = self.0.table.note_uses(&all).await;
        if done.is_err() {
            let mut memory = self.memory();
            for (which, at) in uses {
                memory.uses.entry(which).or_insert(at);
            }
        }
        done
    }

    async fn catch_up(&self) -> Result<(), accounts::Error> {
        self.write_uses().await?;
        let changes = self.0.table.changes().await?;
        let open: Vec<(Which, i64)> = {
            let mut memory = self.memory();
            if memory.changes == changes {
                return Ok(());
            }
            memory.forget_all();
            memory.open.iter().map(|(which, open)| (which.clone(), open.revision)).collect()
        };
        for ((livechat, id), revision) in open {
            let key = self.0.table.find((&livechat, id)).await?;
            if key.is_none_or(|key| key.revoked.is_some() || key.revision != revision) {
                let mut memory = self.memory();
                // One that was opened meanwhile is of the key as it is now.
                if memory.open.get(&(livechat.clone(), id)).is_some_and(|open| open.revision == revision)
                    && let Some(open) = memory.open.remove(&(livechat, id))
                {
                    open.ended.cancel();
                }
            }
        }
        // Only now: if the database failed before, all of them are looked at again.
        self.memory().changes = changes;
        Ok(())
    }

    fn end_those_over(&self) {
        let now = self.0.clock.now();
        let is_over = |open: &Open| open.expires_at.is_some_and(|end| end <= now);
        for (_, open) in self.memory().open.extract_if(|_, open| is_over(open)) {
            open.ended.cancel();
        }
    }

    fn memory(&self) -> MutexGuard<'_, Memory> {
        self.0.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Memory {
    /// Keeps what the database said, unless something has changed since it was asked.
    fn remember(&mut self, hash: Hash, key: ApiKey, generation: u64) {
        if self.generation != generation {
            return;
        }
        if self.known.len() >= API_KEYS_REMEMBERED {
            let longest_ago = |known: &Arc<KnownKey>| known.noted_at.load(Ordering::Relaxed);
            let oldest = self.known.iter().min_by_key(|(_, known)| longest_ago(known)).map(|(hash, _)| *hash);
            oldest.map(|hash| self.known.remove(&hash));
        }
        let noted_at = AtomicI64::new(key.last_used_at.map_or(0, |at| at.timestamp_millis()));
        self.known.insert(hash, Arc::new(KnownKey { key, noted_at }));
    }

    /// What ends a live connection of this key; for other requests, nothing does.
    fn watch(&mut self, key: &ApiKey, is_live: bool) -> CancellationToken {
        if !is_live {
            return CancellationToken::new();
        }
        let open = self.open.entry((key.livechat.clone(), key.id)).or_insert_with(|| Open {
            revision: key.revision,
            expires_at: key.grant.expires_at,
            ended: CancellationToken::new(),
        });
        open.ended.clone()
    }

    fn forget_all(&mut self) {
        self.generation += 1;
        self.known.clear();
    }
}
