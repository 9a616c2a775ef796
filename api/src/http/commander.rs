//! The extractor for handlers of commands: the caller, and the idempotency key.

use axum::Json;
use axum::extract::FromRequestParts;
use axum::http::StatusCode;
use axum::http::request::Parts;
use domain::Action;

use crate::app::App;
use crate::auth::Caller;
use crate::http::idempotency::IdempotencyKey;
use crate::http::problem::Problem;
use crate::http::receipt::Receipt;

/// The caller of a command. Extract it before anything else: the caller is known before the path and the body are
/// looked at.
pub struct Commander {
    /// The author of the command.
    pub caller: Caller,
    /// The idempotency key of the request, or a new one.
    pub key: IdempotencyKey,
    /// The server.
    pub app: App,
}

impl FromRequestParts<App> for Commander {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let key = IdempotencyKey::from_request_parts(parts, app).await?;
        Ok(Self { caller, key, app: app.clone() })
    }
}

impl Commander {
    /// Runs a command, and answers up to where the log has to be read to see what it did.
    ///
    /// # Errors
    /// The refusal, as a problem.
    pub async fn run(&self, action: Action) -> Result<Json<Receipt>, Problem> {
        Ok(Json(self.record(action).await?.into()))
    }

    /// Runs a command that makes something new: answers 201.
    ///
    /// # Errors
    /// As [`Commander::run`].
    pub async fn create(&self, action: Action) -> Result<(StatusCode, Json<Receipt>), Problem> {
        Ok((StatusCode::CREATED, self.run(action).await?))
    }

    /// Runs a command, and gives what it recorded.
    ///
    /// # Errors
    /// As [`Commander::run`].
    pub async fn record(&self, action: Action) -> Result<journal::Receipt, Problem> {
        self.app.command(&self.caller, self.key, action).await
    }
}
