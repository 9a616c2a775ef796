//! What can go wrong.

use domain::bilingual::{Bilingual, both};
use domain::field::FieldError;
use domain::text::Language;

/// Why something could not be done with an account.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// What was asked for is wrong, field by field.
    #[error("{}", in_english(.0))]
    Wrong(Vec<FieldError>),
    /// It collides with what is there: the field, and what would be possible.
    #[error("{0}")]
    Conflict(FieldError),
    /// There is no such thing: the field that names it.
    #[error("{0}")]
    Unknown(FieldError),
    /// The link was used, replaced or has expired, its account is disabled, or it never was one: all of them alike.
    #[error("the link is no longer valid: it was used, replaced, or has expired")]
    Link,
    /// Too many passwords are being checked at this moment; in a second there is room.
    #[error("too many passwords are being checked at this moment")]
    Busy,
    /// A password could not be hashed.
    #[error("the hash of a password: {0}")]
    Hash(String),
    /// The operating system has no random numbers.
    #[error("random numbers: {0}")]
    Random(#[from] getrandom::Error),
    /// A row is not as this program writes it.
    #[error("a stored account cannot be read: {0}")]
    Stored(&'static str),
    /// The database did not answer, or refused.
    #[error("the database of the accounts: {0}")]
    Database(#[from] sqlx::Error),
    /// The tables could not be brought up to date.
    #[error("the tables of the accounts: {0}")]
    Migration(#[from] sqlx::migrate::MigrateError),
    /// The file of the accounts could not be created or locked.
    #[error("the file of the accounts: {0}")]
    File(#[from] std::io::Error),
    /// There are no accounts at this address.
    #[error("there are no accounts in {0}; `pupitre admin create` makes the first one")]
    Missing(String),
    /// The address of the database is neither `sqlite:` nor `postgres://`.
    #[error("a database address starts with sqlite:// or postgres://")]
    Address,
    /// The secret of a second factor cannot be read: its key is not among those of the server, or it was changed.
    #[error("the secret of a second factor cannot be read with the keys of this server")]
    Sealed,
    /// What is stored cannot be read: a hand has changed it.
    #[error("what is stored as {0} among the accounts cannot be read")]
    Unreadable(String),
}

impl Error {
    /// One wrong field.
    pub(crate) fn wrong(field: FieldError) -> Self {
        Self::Wrong(vec![field])
    }

    /// What the person who asked is told, in both languages; nothing when it is the server that is at fault.
    pub fn message(&self) -> Option<Bilingual> {
        match self {
            Self::Wrong(fields) => {
                let text = |language, between| {
                    let said = |field: &FieldError| field.message().text(language).to_owned();
                    fields.iter().map(said).collect::<Vec<_>>().join(between)
                };
                Some(Bilingual::new(text(Language::En, "; "), text(Language::Fr, "\u{202f}; ")))
            }
            Self::Conflict(field) | Self::Unknown(field) => Some(field.message()),
            Self::Link => Some(both(
                "this link is no longer valid: it was used, replaced, or has expired",
                "ce lien n’est plus valable\u{a0}: il a servi, a été remplacé ou a expiré",
            )),
            Self::Busy => Some(both(
                "too many people are signing in at this moment; try again in a second",
                "trop de personnes se connectent en ce moment\u{202f}; réessayez dans une seconde",
            )),
            Self::Hash(_)
            | Self::Random(_)
            | Self::Stored(_)
            | Self::Database(_)
            | Self::Migration(_)
            | Self::File(_)
            | Self::Missing(_)
            | Self::Address
            | Self::Sealed
            | Self::Unreadable(_) => None,
        }
    }
}

fn in_english(fields: &[FieldError]) -> String {
    fields.iter().map(ToString::to_string).collect::<Vec<_>>().join("; ")
}
