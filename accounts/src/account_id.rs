//! The identifier of an account.

use std::fmt;

use chrono::Timelike;
use domain::Timestamp;
use domain::bilingual::both;
use domain::field::FieldError;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::{ContextV7, Uuid};

use crate::error::Error;

/// The identifier of an account: a UUID of version 7, which no other account ever had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, ToSchema)]
#[serde(transparent)]
pub struct AccountId(pub Uuid);

impl AccountId {
    /// One for an account that is created at this time.
    pub(crate) fn new(at: Timestamp) -> Self {
        let secs = u64::try_from(at.timestamp()).unwrap_or_default();
        Self(Uuid::new_v7(uuid::Timestamp::from_unix(ContextV7::new(), secs, at.nanosecond())))
    }

    /// Reads one.
    ///
    /// # Errors
    /// Names the field `account`.
    pub fn parse(text: &str) -> Result<Self, FieldError> {
        let allowed = both("the UUID of an account", "l’UUID d’un compte");
        text.parse().map(Self).map_err(|_| FieldError::new("account", allowed))
    }

    /// The refusal of one that no account has.
    pub fn unknown() -> Error {
        Error::Unknown(FieldError::new("account", both("an account that exists", "un compte qui existe")))
    }

    /// Reads a stored one.
    pub(crate) fn stored(text: &str) -> Result<Self, Error> {
        text.parse().map(Self).map_err(|_| Error::Stored("its id"))
    }
}

impl fmt::Display for AccountId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
