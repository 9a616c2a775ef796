//! The key with which a command may be repeated.

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use domain::bilingual::both;
use domain::id::CommandId;

use crate::http::problem::Problem;

/// The id of the command: the `Idempotency-Key` of the request, or a new one. A command repeated with
/// the same key gets the same answer as the first time and does nothing more.
#[derive(Clone, Copy, Debug)]
pub struct IdempotencyKey(pub CommandId);

impl<S: Send + Sync> FromRequestParts<S> for IdempotencyKey {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let Some(value) = parts.headers.get("idempotency-key") else {
            return Ok(Self(CommandId(uuid::Uuid::now_v7())));
        };
        value
            .to_str()
            .ok()
            .and_then(|value| uuid::Uuid::parse_str(value).ok())
            .map(|id| Self(CommandId(id)))
            .ok_or_else(|| Problem::field("Idempotency-Key", both("a UUID", "un UUID")))
    }
}
