//! The newest state of a livechat as a snapshot, so that loading it reads the end of its log only.
//!
//! One that was made by another version of the code, that is damaged, or that stands at a record which is not in the
//! log is ignored, and the whole log is folded instead.

use domain::state::STATE_VERSION;
use domain::{Livechat, LivechatId};
use serde::{Deserialize, Serialize};

use super::receipts::Receipts;
use crate::log::entry::Hash;
use crate::log::record::Position;
use crate::log::store::{Read, Snapshot, StoreError, Unusable};

/// The version of what is stored beside the state of the rules.
const FORMAT: i32 = 3;

/// The code that can read it: it changes with the state of the rules and with the format here.
fn version() -> String {
    format!("{STATE_VERSION}.{FORMAT}")
}

/// What is in the snapshot, to be written.
#[derive(Serialize)]
struct ContentRef<'a> {
    livechat: &'a Livechat,
    receipts: &'a Receipts,
}

/// What is in the snapshot, as it was read.
#[derive(Deserialize)]
struct Content {
    livechat: Livechat,
    receipts: Receipts,
}

/// A copy of a livechat, apart from the one that goes on: cheap to take, expensive to serialize.
pub(super) struct StateCopy {
    pub(super) livechat: Livechat,
    pub(super) receipts: Receipts,
    pub(super) position: Position,
    pub(super) hash: Hash,
}

impl StateCopy {
    /// Serializes it.
    ///
    /// # Errors
    /// When the state has no stored form, which no state lacks.
    pub(super) fn serialize(&self, livechat: &LivechatId) -> Result<Snapshot, rmp_serde::encode::Error> {
        let content =
            rmp_serde::to_vec_named(&ContentRef { livechat: &self.livechat, receipts: &self.receipts })?;
        let record = (self.position, self.livechat.clock(), self.hash.to_vec());
        Ok(Snapshot::new(livechat, version(), record, content))
    }

    /// What a snapshot holds, or why it cannot be used.
    pub(super) async fn open(
        log: &dyn Read,
        livechat: &LivechatId,
        snapshot: &Snapshot,
    ) -> Result<Result<Self, Unusable>, StoreError> {
        let Content { livechat: state, receipts } = match content(livechat, snapshot) {
            Ok(content) => content,
            Err(why) => return Ok(Err(why)),
        };
        let Ok(hash) = Hash::try_from(snapshot.record_hash.as_slice()) else {
            return Ok(Err(Unusable::Damaged));
        };
        if !log.holds(livechat, snapshot).await? {
            return Ok(Err(Unusable::NotInLog));
        }
        Ok(Ok(Self { livechat: state, receipts, position: snapshot.position, hash }))
    }
}

/// The state in the newest snapshot of a livechat, if this program made it and it is whole. Whether it is what the log
/// says is another question.
///
/// # Errors
/// Why it cannot be used.
pub fn newest_state(livechat: &LivechatId, snapshot: &Snapshot) -> Result<Livechat, Unusable> {
    content(livechat, snapshot).map(|content| content.livechat)
}

fn content(livechat: &LivechatId, snapshot: &Snapshot) -> Result<Content, Unusable> {
    rmp_serde::from_slice(snapshot.content(livechat, &version())?).map_err(|_| Unusable::Unreadable)
}
