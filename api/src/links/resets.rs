//! Requests for another password, of whoever has forgotten theirs.
//!
//! The answer is the same and takes the same time whether the address has an account or not: everything else is done after
//! it, in the background, and within limits ([`super::ResetLimits`]).

use accounts::link::Kind;
use accounts::{By, account};

use super::delivery::deliver;
use crate::app::App;
use crate::auth::network_of;
use crate::http::problem::Problem;

/// Somebody asks for another password of the account with this e-mail address, if there is one.
pub fn ask_reset(app: &App, by: By, address: String) {
    let Ok(turn) = app.links.resets.at_once.clone().try_acquire_owned() else {
        count("dropped");
        return;
    };
    let app = app.clone();
    tokio::spawn(async move {
        let outcome = send(&app, by, &address).await.unwrap_or_else(|problem| {
            tracing::warn!(code = %problem.code, "a link for another password was not sent");
            "failed"
        });
        count(outcome);
        drop(turn);
    });
}

/// Sends the link. Says what came of it.
async fn send(app: &App, by: By, address: &str) -> Result<&'static str, Problem> {
    let limits = &app.links.resets;
    // Without mails nobody could be sent a link, and nobody is shown one without having signed in.
    if !app.mail.is_sent() {
        return Ok("no_mail");
    }
    if by.network_address.is_some_and(|from| !limits.networks.allows(&network_of(from))) {
        return Ok("limited");
    }
    let found = account::by_address(app.accounts.database(), address).await?;
    let Some(account) = found.filter(|account| account.disabled.is_none()) else {
        return Ok("no_account");
    };
    if !limits.accounts.allows(&account.id) {
        return Ok("limited");
    }
    let room = app.mail.room()?;
    deliver(app, &by, &account, Kind::Reset, room).await?;
    Ok("sent")
}

fn count(outcome: &'static str) {
    metrics::counter!("password_resets_total", "outcome" => outcome).increment(1);
}
