//! The options that all these commands share.

use std::sync::Arc;

use crate::commands::database::Database;
use crate::commands::failure::Failure;
use crate::commands::stored_log::StoredLog;
use api::server::views_beside;

/// The log, its projections, and the form of the output.
#[derive(Debug, clap::Args)]
pub(super) struct Target {
    #[command(flatten)]
    log: Database,
    /// Where the projections are kept, as `serve` has it. By default beside the log.
    #[arg(long, env = "PUPITRE_VIEWS")]
    views: Option<String>,
    /// Print one JSON object.
    #[arg(long)]
    pub(super) json: bool,
}

impl Target {
    pub(super) fn views(&self) -> String {
        self.views.clone().unwrap_or_else(|| views_beside(&self.log.database))
    }

    /// Opens the log, which has to be there.
    pub(super) async fn open(&self) -> Result<Arc<StoredLog>, Failure> {
        StoredLog::open(&self.log.database).await.map(Arc::new)
    }
}
