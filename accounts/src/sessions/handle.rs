//! The sessions of a server: its database, its keys and its options.

use std::sync::Arc;

use domain::Timestamp;

use crate::database::Database;
use crate::server_keys::ServerKeys;

use super::feed::EndedFeed;
use super::options::SessionOptions;
use super::session::Session;

/// The sessions of a server. Cheap to clone. What is kept in memory is kept by the handle of the database, which all
/// its clones share: a process opens its database once, else what one handle ends stays in the memory of the other for
/// some seconds.
#[derive(Clone, Debug)]
pub struct Sessions {
    pub(crate) database: Database,
    pub(crate) keys: Arc<ServerKeys>,
    pub(crate) options: SessionOptions,
}

impl Sessions {
    /// The sessions in this database. Check the options before ([`SessionOptions::check`]).
    pub const fn of(database: Database, keys: Arc<ServerKeys>, options: SessionOptions) -> Self {
        Self { database, keys, options }
    }

    /// How long sessions and tokens live.
    pub const fn options(&self) -> &SessionOptions {
        &self.options
    }

    /// When a session ends that is used all the time.
    pub fn ends_at(&self, session: &Session) -> Timestamp {
        session.created_at + self.options.lifetime(session.kind)
    }

    /// The sessions that end from now on. Ask for it before you check a token.
    pub fn ended(&self) -> EndedFeed {
        self.database.live().follow()
    }
}
