//! Lays stepping stones along the logs while the server runs, far behind what happens, so that the past of every
//! livechat is at hand.

use std::collections::HashMap;
use std::time::Duration;

use domain::LivechatId;
use journal::{Journal, Position};
use replay::stones::{Manner, lay};

/// How often it is looked at which logs have grown enough: the end of a log needs no stone.
const ROUND: Duration = Duration::from_secs(30);

/// Lays stones until it is dropped. Nothing depends on it: what goes wrong is told and tried again.
pub(crate) async fn keep_saving(journal: Journal) {
    let mut next: HashMap<LivechatId, Position> = HashMap::new();
    loop {
        tokio::time::sleep(ROUND).await;
        let heads = match journal.heads().await {
            Ok(heads) => heads,
            Err(error) => {
                tracing::warn!(%error, "the logs cannot be looked at for stepping stones");
                continue;
            }
        };
        for (livechat, head) in heads {
            if next.get(&livechat).is_some_and(|next| head < *next) {
                continue;
            }
            match lay(journal.store(), &livechat, Manner::BACKGROUND, |_| {}).await {
                Ok(laid) => {
                    next.insert(livechat, laid.next);
                }
                Err(error) => tracing::warn!(%livechat, %error, "no stepping stones can be laid"),
            }
        }
    }
}
