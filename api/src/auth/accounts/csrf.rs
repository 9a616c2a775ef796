//! Requests that another site makes a browser send.
//!
//! A cookie is sent whoever causes the request, so a request that changes something and is known by its cookie has to show
//! that a page of this server made it: it comes from this origin, and carries a token that only such a page was given
//! (OWASP, Cross-Site Request Forgery Prevention: signed double submit, and the origin).

use accounts::sessions::{SessionId, csrf_token_is_valid};
use axum::http::request::Parts;
use axum::http::{Method, StatusCode, header};
use domain::bilingual::both;

use super::known::Accounts;
use crate::http::problem::Problem;

/// The header in which a page sends its token.
pub const CSRF_HEADER: &str = "x-csrf-token";

/// Lets a request pass that is known by the cookie of this session only if a page of this server made it.
///
/// # Errors
/// `forged_request`.
pub(in crate::auth) fn check(
    accounts: &Accounts,
    session: SessionId,
    parts: &Parts,
    is_live: bool,
) -> Result<(), Problem> {
    let only_reads = matches!(parts.method, Method::GET | Method::HEAD);
    // A socket has neither a preflight nor such a header.
    if only_reads && !is_live {
        return Ok(());
    }
    must_be_from_own_page(parts)?;
    if only_reads {
        return Ok(());
    }
    let token = parts.headers.get(CSRF_HEADER).and_then(|token| token.to_str().ok());
    let is_ours = token.is_some_and(|token| csrf_token_is_valid(accounts.keys(), session, token));
    if is_ours { Ok(()) } else { Err(forged()) }
}

/// Refuses a request that a page of another site made, as browsers tell; programs tell nothing.
///
/// # Errors
/// `forged_request`.
pub(super) fn must_be_from_own_page(parts: &Parts) -> Result<(), Problem> {
    let text = |name: &str| parts.headers.get(name).map(|value| value.to_str().unwrap_or_default());
    if text("sec-fetch-site").is_some_and(|site| !matches!(site, "same-origin" | "none")) {
        return Err(forged());
    }
    let Some(origin) = text(header::ORIGIN.as_str()) else { return Ok(()) };
    let host = text(header::HOST.as_str()).unwrap_or_default();
    let is_own =
        origin.split_once("://").is_some_and(|(_, of)| !host.is_empty() && of.eq_ignore_ascii_case(host));
    if is_own { Ok(()) } else { Err(forged()) }
}

fn forged() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "forged_request",
        both(
            "a request that is known by its cookie has to come from a page of this server, with the header X-CSRF-Token",
            "une requête reconnue à son cookie doit venir d’une page de ce serveur, avec l’en-tête X-CSRF-Token",
        ),
    )
}
