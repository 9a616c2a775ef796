//! The option that names a log.

/// The log.
#[derive(Debug, clap::Args)]
pub(super) struct Database {
    /// Where the log is kept: `sqlite://FILE` or `postgres://USER@HOST/DATABASE`.
    #[arg(long, env = "PUPITRE_DATABASE", default_value = "sqlite://pupitre.db")]
    pub(super) database: String,
}
