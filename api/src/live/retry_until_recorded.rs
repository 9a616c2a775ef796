//! Commands that a connection itself causes, without a waiting client: retried until they are recorded.

use std::time::Duration;

use domain::id::CommandId;
use domain::{Action, Actor, LivechatId};
use journal::Journal;

/// The pause before the next attempt.
const PAUSE: Duration = Duration::from_secs(1);

/// Executes a command, every second while the log cannot be written and `still` holds. Returns
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
                tracing::warn!(%livechat, %error, "cannot record yet that a connection opened or closed; retrying");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
    true
}
