//! A record of the log, as readers see it.

use domain::id::CommandId;
use domain::{Event, LivechatId};
use serde::Serialize;

/// The how-manieth event of its livechat a record is: from 1, without gaps. Everything that follows
/// the log names where it stands by it.
pub type Position = u64;

/// One committed event and where it stands in the log.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Recorded {
    /// Whose log.
    pub livechat: LivechatId,
    /// Its position in that log.
    pub position: Position,
    /// The command that caused it, directly or by what followed.
    pub command: CommandId,
    /// What happened.
    pub event: Event,
}
