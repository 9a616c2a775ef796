//! What a link is for.

use chrono::TimeDelta;

use crate::limits::{INVITATION_LIFETIME, RESET_LIFETIME};

/// What a link is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// To set the first password.
    Invitation,
    /// To set another password instead of one that was forgotten.
    Reset,
}

impl Kind {
    /// Its name, as stored and in the address of a link.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }

    /// How long such a link is good for.
    pub const fn lifetime(self) -> TimeDelta {
        match self {
            Self::Invitation => INVITATION_LIFETIME,
            Self::Reset => RESET_LIFETIME,
        }
    }
}
