//! What a connection tells the rules and nobody waits for: it is told again until it is recorded.

use std::time::Duration;

use domain::id::CommandId;
use domain::{Action, Actor, LivechatId};
use journal::Journal;

/// How long a database that does not answer is left alone.
const PAUSE: Duration = Duration::from_secs(1);

/// Does a command, again every second while the log cannot be written, for as long as it is `still` so. Gives
/// whether it may be followed by another: not when it was refused, nor when the server stops.
pub(super) async fn retry_until_recorded(
    journal: &Journal,
    livechat: &LivechatId,
    by: &Actor,
    action: &Action,
    still: impl Fn() -> bool,
) -> bool {
    while still() {
        let id = CommandId(uuid::Uuid::now_v7());
        match journal.execute(livechat, id, by.clone(), action.clone()).await {
            Ok(_) => return true,
            Err(journal::Error::Closed | journal::Error::Rejected(_)) => return false,
            Err(error) => {
                tracing::warn!(%livechat, %error, "a connection that came or went is not recorded yet");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    true
}
