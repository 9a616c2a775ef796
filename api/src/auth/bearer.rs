//! The token of a request, as every client but a browser sends it.

use axum::http::header;
use axum::http::request::Parts;

/// The token in the `Authorization` header. One that is not in ASCII is there, and is none that there could be.
pub(super) fn bearer(parts: &Parts) -> Option<&str> {
    let Ok(value) = parts.headers.get(header::AUTHORIZATION)?.to_str() else { return Some("") };
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}
