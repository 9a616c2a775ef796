//! What a command needs on its way.

use std::sync::Arc;

use super::append_queue::AppendQueue;
use crate::clock::Clock;
use crate::livechats::loading::Livechats;
use crate::livechats::snapshots::Snapshots;
use crate::log::store::Store;
use crate::log_reader::LogReader;
use crate::outage::Outages;
use crate::runtime::Runtime;
use crate::timekeeper::handle::Timekeeper;

/// What a command needs on its way.
pub(crate) struct Context {
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) runtime: Arc<dyn Runtime>,
    pub(crate) log: LogReader,
    pub(crate) livechats: Livechats,
    pub(crate) snapshots: Snapshots,
    pub(crate) queue: Arc<AppendQueue>,
    pub(crate) outages: Arc<Outages>,
    pub(crate) timekeeper: Timekeeper,
}
