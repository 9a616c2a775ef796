//! Issues a link, and brings it to its holder.

use accounts::link::{self, Kind};
use accounts::{Account, By};
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use super::letters::letter;
use crate::app::App;
use crate::http::problem::Problem;
use crate::mail::Slot;

/// How a link reaches its holder.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Delivery {
    /// Is it on its way by mail? Then nobody else is shown it.
    sent_to_mail: bool,
    /// The link, where the server sends no mails: to be passed on to its holder, and to nobody else.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://chat.example.org/sign-in#invitation=…")]
    link: Option<String>,
    /// Until when it is good.
    expires: DateTime<Utc>,
}

/// Issues a link for this account, and sends it by mail in this room, where there is some.
///
/// # Errors
/// As of [`link::issue`].
pub async fn deliver(
    app: &App,
    by: &By,
    account: &Account,
    kind: Kind,
    room: Option<Slot>,
) -> Result<Delivery, Problem> {
    let link = link::issue(app.accounts.database(), by, account.id, kind).await?;
    let base = &app.links.base;
    let shown = room.is_none().then(|| link.address(base));
    if let Some(room) = room {
        room.send(letter(account, &link, base));
    }
    Ok(Delivery { sent_to_mail: shown.is_none(), link: shown, expires: link.expires })
}
