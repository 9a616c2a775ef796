//! Tickets for live feeds ([`crate::auth::Tickets`]).

use axum::http::StatusCode;
use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::request::EmptyBody;

/// A ticket.
#[derive(Debug, Serialize, ToSchema)]
#[schema(example = json!({
    "ticket": "pup_t_Yq3c0nN2Q7m5m9w2b1qvCkz1v0aT8c6cJf0y3nq0x1s", "expires": "2027-01-15T12:00:30Z"
}))]
pub struct Ticket {
    /// What opens a socket or an event stream of this livechat, as `?ticket=…`: once, and no other one.
    ticket: String,
    /// Until when it is good: for 30 seconds, or as long as the token or the key is.
    expires: DateTime<Utc>,
}

/// A ticket for one live feed, for browsers, which cannot send a header with a socket or an event stream.
///
/// The feed is the caller's, and ends when it would end with the caller's token. Every request makes another ticket.
#[utoipa::path(
    post, path = "/tickets", tag = "live", operation_id = "issue_ticket",
    responses(
        (status = 201, body = Ticket),
        (status = 429, body = Problem, description = "Too many requests; or `too_many_tickets` that are not used; \
            `Retry-After` says when to come back"),
        (status = 503, body = Problem, description = "Overloaded, stopping, or cut off from the database; or \
            `too_many_tickets` of all callers that are not used; `Retry-After` says when to come back")
    )
)]
pub async fn issue(
    Reader { caller, app, .. }: Reader,
    _: EmptyBody,
) -> Result<(StatusCode, axum::Json<Ticket>), Problem> {
    caller.may_call()?;
    let (ticket, expires) = app.tickets.issue(&caller, app.journal.clock().now())?;
    Ok((StatusCode::CREATED, axum::Json(Ticket { ticket, expires })))
}
