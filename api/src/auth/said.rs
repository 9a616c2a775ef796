//! What a request says of who its caller is, and the refusals where that is nothing, or not good.

use axum::extract::Query;
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::bilingual::both;

use super::accounts::{Accounts, Cookie};
use super::bearer::bearer;
use super::live_routes::is_live;
use crate::app::App;
use crate::http::problem::Problem;

/// What a request says of who its caller is.
pub(crate) enum Said {
    /// The token or the key in the `Authorization` header.
    Bearer(String),
    /// The ticket in the address of a live feed, with which browsers cannot send headers.
    Ticket(String),
    /// The token in the cookie of a page.
    Cookie(String),
    /// A token in the address, where it would end up in logs: it is not even looked at.
    TokenInAddress,
    /// Nothing.
    Nothing,
}

impl Said {
    /// Is it the token of a session? Nothing is said of whether it is good.
    pub(crate) fn is_of_a_session(&self) -> bool {
        match self {
            Self::Cookie(_) => true,
            Self::Bearer(text) => Accounts::is_one(text),
            Self::Ticket(_) | Self::TokenInAddress | Self::Nothing => false,
        }
    }

    /// What a request says: the header first.
    pub(crate) fn in_request(app: &App, parts: &Parts) -> Self {
        let query = Query::<Vec<(String, String)>>::try_from_uri(&parts.uri);
        let pairs = query.map(|Query(pairs)| pairs).unwrap_or_default();
        if pairs.iter().any(|(name, _)| name == "access_token") {
            return Self::TokenInAddress;
        }
        if let Some(text) = bearer(parts) {
            return Self::Bearer(text.to_owned());
        }
        let ticket = pairs.into_iter().find(|(name, _)| name == "ticket").filter(|_| is_live(parts));
        if let Some((_, text)) = ticket {
            return Self::Ticket(text);
        }
        let cookie = Cookie::of(app, parts).read(&parts.headers);
        cookie.map_or(Self::Nothing, |text| Self::Cookie(text.to_owned()))
    }
}

pub(super) fn token_required() -> Problem {
    Problem::unauthorized(both("a bearer token is required", "un jeton est requis (Authorization: Bearer)"))
}

pub(super) fn not_valid() -> Problem {
    Problem::unauthorized(both(
        "the token is not valid, or has expired",
        "le jeton n’est pas valable ou a expiré",
    ))
}

pub(super) fn ticket_not_valid() -> Problem {
    Problem::unauthorized(both(
        "the ticket is not valid here: one is good once, for 30 seconds and for one livechat",
        "le ticket n’est pas valable ici\u{a0}: il sert une fois, pendant 30 secondes et pour un seul livechat",
    ))
}

pub(super) fn token_in_address() -> Problem {
    Problem::new(
        StatusCode::UNAUTHORIZED,
        "token_in_address",
        both(
            "a token in an address ends up in logs: send it as Authorization: Bearer; for a socket or an event stream of a \
             browser, ask POST …/tickets for a ticket and open ?ticket=…",
            "un jeton dans une adresse finit dans les journaux\u{a0}: envoyez-le dans l’en-tête Authorization\u{202f}; pour \
             une WebSocket ou un flux ouvert par un navigateur, demandez un ticket par POST …/tickets et mettez-le dans l’adresse (ticket=…)",
        ),
    )
}
