//! Whose sessions need a second factor.

use crate::account::{Account, Role};

/// Who has to have a second factor. Whoever has one is asked for it at each sign-in, whatever the rule.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecondFactorRule {
    /// Nobody has to.
    #[default]
    Optional,
    /// Server administrators, and administrators of a livechat.
    Administrators,
    /// Everybody who signs in.
    Everybody,
}

impl SecondFactorRule {
    /// Has the holder of this account to have one?
    pub fn asks(self, account: &Account) -> bool {
        match self {
            Self::Optional => false,
            Self::Administrators => {
                let administers = |role| role == Role::Administrator;
                account.server_administrator || account.roles.iter().any(|grant| administers(grant.role))
            }
            Self::Everybody => true,
        }
    }
}
