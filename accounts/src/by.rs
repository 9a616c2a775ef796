//! Who asks for a change, when, and from where: what every change is given, and the audit trail keeps.

use std::net::IpAddr;

use domain::Timestamp;
use uuid::Uuid;

use crate::account_id::AccountId;

/// Who asks for a change, when, and from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct By {
    /// Who.
    pub actor: Actor,
    /// When.
    pub at: Timestamp,
    /// From which network address; none from the command line.
    pub network_address: Option<IpAddr>,
}

/// Who did something with an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Actor {
    /// The holder of an account, or of a link that was sent to it.
    Account(AccountId),
    /// A program with a key of its own.
    ApiKey(Uuid),
    /// The bearer of a token for a livechat, which the integration of its site issued: who that is, is said where it is
    /// recorded.
    Bearer,
    /// Whoever can start the program on the machine of the server.
    CommandLine,
    /// The server itself, by a rule.
    System,
    /// Somebody who has proved nothing yet.
    Anybody,
}

impl Actor {
    /// The kind, as stored.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Account(_) => "account",
            Self::ApiKey(_) => "api_key",
            Self::Bearer => "bearer",
            Self::CommandLine => "command_line",
            Self::System => "system",
            Self::Anybody => "anybody",
        }
    }

    /// Which one of its kind.
    pub fn id(self) -> Option<String> {
        match self {
            Self::Account(account) => Some(account.to_string()),
            Self::ApiKey(key) => Some(key.to_string()),
            Self::Bearer | Self::CommandLine | Self::System | Self::Anybody => None,
        }
    }
}
