//! Mails, as options.

use std::path::PathBuf;

use api::mail::{MailServer, Options};
use url::Url;

use crate::commands::failure::Failure;

/// Which mail server takes the mails.
#[derive(Clone, Debug, clap::Args)]
#[group(skip)]
pub(super) struct MailOptions {
    /// The mail server: `smtps://USER:PASSWORD@HOST:PORT` or `smtp://…`, which changes over to TLS unless it is on this
    /// machine or `?tls=never` is added. Without one, no mails are sent, and administrators are shown the links instead.
    /// What is given here is in the list of processes: with a password, use --smtp-file or the environment.
    #[arg(long, env = "PUPITRE_SMTP", value_name = "URL", hide_env_values = true, requires = "mail_from")]
    smtp: Option<String>,
    /// A file with that address, readable by its owner only.
    #[arg(
        long,
        env = "PUPITRE_SMTP_FILE",
        value_name = "FILE",
        conflicts_with = "smtp",
        requires = "mail_from"
    )]
    smtp_file: Option<PathBuf>,
    /// In whose name mails are sent: `ADDRESS` or `NAME <ADDRESS>`.
    #[arg(long, env = "PUPITRE_MAIL_FROM", value_name = "ADDRESS")]
    mail_from: Option<String>,
    /// Where browsers reach the server: what links begin with. By default the address to listen on.
    #[arg(long, env = "PUPITRE_BASE_URL", value_name = "URL")]
    base_url: Option<Url>,
}

impl MailOptions {
    /// How mails are sent, if they are.
    pub(super) fn read(&self) -> Result<Option<Options>, Failure> {
        let server: MailServer = match (&self.smtp, &self.smtp_file) {
            (Some(smtp), _) => smtp.parse()?,
            (None, Some(file)) => MailServer::from_file(file)?,
            (None, None) => return Ok(None),
        };
        let from = self.mail_from.as_deref().unwrap_or_default();
        let from = from.parse().map_err(|_| "--mail-from: ADDRESS or NAME <ADDRESS>")?;
        Ok(Some(Options::new(server, from)))
    }

    /// Where browsers reach the server, if that is said.
    pub(super) fn base_url(&self) -> Option<String> {
        self.base_url.as_ref().map(ToString::to_string)
    }
}
