//! What every handler holds: the log, the read models, the live state, and the limits.
//!
//! [`crate::server`] builds one and runs it; nothing here knows how.

use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{Action, Rejection};
use journal::{Journal, Receipt};
use projections::Queries;
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::assistant::Assistant;
use crate::auth::{Accounts, ApiKeys, Caller, Keys, Proxies, Revocations, Tickets};
use crate::fair_share::FairShare;
use crate::http::idempotency::IdempotencyKey;
use crate::http::problem::Problem;
use crate::knowledge::Libraries;
use crate::links::Links;
use crate::live::{Admission, Attendance, LiveFloors, Presence, Signals};
use crate::mail::Mail;
use crate::metrics::Metrics;
use crate::rates::Rates;

/// The state that every handler shares. Cheap to clone.
#[derive(Clone)]
pub struct App {
    /// The log and the livechats in memory.
    pub journal: Journal,
    /// The projections.
    pub views: Queries,
    /// The keys that sign and check tokens.
    pub key: Keys,
    /// The keys of programs.
    pub api_keys: ApiKeys,
    /// The accounts, and who is signed in.
    pub accounts: Accounts,
    /// The post.
    pub mail: Mail,
    /// One-time links on their way.
    pub links: Links,
    /// Does it speak TLS?
    pub speaks_tls: bool,
    /// The tickets that open live feeds.
    pub tickets: Tickets,
    /// Which proxies may name the client that they pass a request on for.
    pub proxies: Arc<Proxies>,
    /// Live connections of operators that have to end before their tokens do.
    pub revocations: Revocations,
    /// How many requests each caller has made.
    pub rates: Arc<Rates>,
    /// Which live feeds are open.
    pub admission: Admission,
    /// One for each byte of a body in memory.
    pub bodies: Arc<Semaphore>,
    /// Which desks are open.
    pub presence: Presence,
    /// Which pages of visitors are open.
    pub attendance: Attendance,
    /// Typing and other signals that are not recorded.
    pub signals: Signals,
    /// The floors that are followed.
    pub floors: LiveFloors,
    /// The metrics of the server.
    pub metrics: Metrics,
    /// Where `/demo` leads.
    pub landing: Option<String>,
    /// The assistant in the private box on the desk.
    pub assistant: Arc<dyn Assistant>,
    /// The articles of the livechats, ready to be searched.
    pub libraries: Libraries,
    /// How long a reader of a live feed may take to take one frame before it is cut off.
    pub slow_reader: Duration,
    /// The exports and tables that may be taken at the same time.
    pub exports: FairShare,
    /// The queries that read very many rows.
    pub questions: FairShare,
    /// The past states that may be computed at the same time.
    pub past_reads: FairShare,
    /// The playbacks that may be watched at the same time.
    pub playbacks: FairShare,
    /// The work that takes long.
    pub work: FairShare,
    /// Cancelled when the server stops.
    pub stopping: CancellationToken,
    /// Sockets, and floors that are followed, which a shutdown waits for.
    pub sockets: TaskTracker,
}

impl App {
    /// Does a command for a caller.
    ///
    /// # Errors
    /// The refusal, as a problem.
    pub async fn command(
        &self,
        caller: &Caller,
        key: IdempotencyKey,
        action: Action,
    ) -> Result<Receipt, Problem> {
        self.rates.command(caller)?;
        caller.may_change(&action)?;
        let action =
            if action.is_long() { journal::block_in_place(|| action.received()) } else { action.received() }?;
        let done = self.journal.execute(&caller.livechat, key.0, caller.author()?, action).await;
        match done {
            // The rules remember only conversations that ended recently; the log has all.
            Err(journal::Error::Rejected(Rejection::Conversation(
                domain::conversation::Rejection::Unknown(id),
            ))) if self.journal.beginning(&caller.livechat, id).await?.is_some() => {
                Err(Rejection::from(domain::conversation::Rejection::Over(id)).into())
            }
            done => Ok(done?),
        }
    }

    /// When a command was done, by the clock used for tokens: now, unless it is the repetition of an earlier one.
    pub fn done_at(&self, receipt: &Receipt) -> DateTime<Utc> {
        let clock = self.journal.clock().now();
        let ago = receipt.records.first().map(|record| clock - record.event.at).unwrap_or_default();
        Utc::now() - ago.max(TimeDelta::zero())
    }
}
