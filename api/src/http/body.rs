//! The whole body of a request, in memory.
//!
//! The role of its sender and the length that it announces are looked at before any of it is read, so that nothing of a
//! refused body is kept. The memory for all requests together is bounded too: a request that comes when it is used up
//! is answered 503, however few bytes it has sent.

use axum::BoxError;
use axum::extract::Request;
use axum::http::{StatusCode, header};
use domain::bilingual::both;
use domain::both;
use domain::field::FieldError;
use futures::StreamExt;
use tokio::sync::OwnedSemaphorePermit;

use crate::app::App;
use crate::auth::rights::Operation;
use crate::auth::{Role, not_for};
use crate::connections::body::TooSlow;
use crate::http::problem::Problem;
use crate::limits::BODY_BYTES_MAX;

/// How many bytes the body of a request to this route may have, where it is not [`BODY_BYTES_MAX`].
#[derive(Clone, Copy, Debug)]
pub struct BodyLimit(pub usize);

/// The bytes, and their part of the memory that all bodies have.
pub struct Buffered {
    /// What was sent.
    pub bytes: Vec<u8>,
    reserved: Option<OwnedSemaphorePermit>,
}

impl Buffered {
    /// Reads the body of a request whose caller is known already.
    ///
    /// # Errors
    /// 403 for roles that may send none here, 413 beyond the limit, 408 when it comes too slowly, 503 when too much
    /// is being read at once.
    pub async fn read(request: Request, app: &App) -> Result<Self, Problem> {
        may_send(&request)?;
        let limit = request.extensions().get().map_or(BODY_BYTES_MAX, |BodyLimit(bytes)| *bytes);
        let length = request.headers().get(header::CONTENT_LENGTH).and_then(|length| length.to_str().ok());
        if length.and_then(|length| length.parse::<u64>().ok()).is_some_and(|length| length > limit as u64) {
            return Err(too_large(limit));
        }
        let mut whole = Self { bytes: vec![], reserved: None };
        let mut parts = request.into_body().into_data_stream();
        while let Some(part) = parts.next().await {
            let part = part.map_err(|error| unreadable(&error.into_inner()))?;
            if part.len() > limit - whole.bytes.len() {
                return Err(too_large(limit));
            }
            whole.reserve(app, part.len())?;
            whole.bytes.extend_from_slice(&part);
        }
        Ok(whole)
    }

    /// Takes this much of the memory.
    fn reserve(&mut self, app: &App, bytes: usize) -> Result<(), Problem> {
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let more = app.bodies.clone().try_acquire_many_owned(bytes).map_err(|_| {
            Problem::unavailable(
                "overloaded",
                both(
                    "too many large requests at once; try again in a moment",
                    "trop de requêtes volumineuses à la fois\u{202f}; réessayez dans un instant",
                ),
            )
        })?;
        match &mut self.reserved {
            Some(reserved) => reserved.merge(more),
            None => self.reserved = Some(more),
        }
        Ok(())
    }
}

/// Lets the caller of a request send its body, where the operation reads bodies of that role.
fn may_send(request: &Request) -> Result<(), Problem> {
    let operation = Operation::of(request.method(), request.extensions());
    match (operation, request.extensions().get::<Role>()) {
        (Some(operation), Some(role)) if !operation.roles.contains(role) => {
            Err(not_for(*role, operation.roles))
        }
        _ => Ok(()),
    }
}

fn unreadable(error: &BoxError) -> Problem {
    if error.is::<TooSlow>() {
        let detail = both("the body did not come in time", "le corps n’est pas arrivé à temps");
        Problem::new(StatusCode::REQUEST_TIMEOUT, "request_too_slow", detail)
    } else {
        let detail = both("the body did not arrive whole", "le corps n’est pas arrivé en entier");
        Problem::new(StatusCode::BAD_REQUEST, "unreadable_body", detail)
    }
}

/// The problem of a body over the limit.
fn too_large(bytes_max: usize) -> Problem {
    let error = FieldError::new("body", both!("at most {bytes_max} bytes", "{bytes_max} octets au plus"));
    Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "body_too_large", error.message()).with_fields([error])
}
