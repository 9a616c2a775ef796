//! Saves state snapshots along the logs while the server runs, far behind the newest events, so that the past of every
//! livechat can be read quickly.

use std::collections::HashMap;
use std::time::Duration;

use domain::LivechatId;
use journal::{Journal, Position};
use replay::snapshots::{Pace, create};

/// How often the logs are checked for growth: the end of a log needs no snapshot.
const ROUND: Duration = Duration::from_secs(30);

/// Saves snapshots until it is dropped. Nothing depends on it: failures are logged and retried.
pub(crate) async fn keep_saving(journal: Journal) {
    let mut next: HashMap<LivechatId, Position> = HashMap::new();
    loop {
        tokio::time::sleep(ROUND).await;
        let heads = match journal.heads().await {
            Ok(heads) => heads,
            Err(error) => {
                tracing::warn!(%error, "cannot read the heads of the logs for state snapshots");
                continue;
            }
        };
        for (livechat, head) in heads {
            if next.get(&livechat).is_some_and(|next| head < *next) {
                continue;
            }
            match create(journal.store(), &livechat, Pace::BACKGROUND, |_| {}).await {
                Ok(laid) => {
                    next.insert(livechat, laid.next);
                }
                Err(error) => tracing::warn!(%livechat, %error, "cannot save state snapshots"),
            }
        }
    }
}
