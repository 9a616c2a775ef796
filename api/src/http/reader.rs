//! The extractor for handlers of queries: the caller, and the parameters.

use axum::extract::{FromRequestParts, Query};
use axum::http::request::Parts;
use domain::LivechatId;
use domain::event::Access;
use journal::Position;
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::app::App;
use crate::auth::Caller;
use crate::http::freshness::{AtLeast, must_exist};
use crate::http::problem::Problem;

/// The caller of a query, with its parameters `Q`. Extract it before anything else: the caller is known before the path
/// is looked at. Invalid parameters are refused when the handler takes them, after the role.
pub struct Reader<Q = NoParameters> {
    /// The caller.
    pub caller: Caller,
    /// The server.
    pub app: App,
    parameters: Result<Q, Problem>,
    at_least: Result<AtLeast, Problem>,
}

/// The parameters of a query that has none.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
pub struct NoParameters {}

impl<Q: DeserializeOwned + Send> FromRequestParts<App> for Reader<Q> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let caller = Caller::from_request_parts(parts, app).await?;
        let parameters = Query::try_from_uri(&parts.uri).map(|Query(parameters)| parameters);
        let at_least = Query::try_from_uri(&parts.uri).map(|Query(at_least)| at_least);
        Ok(Self {
            caller,
            app: app.clone(),
            parameters: parameters.map_err(Problem::from),
            at_least: at_least.map_err(Problem::from),
        })
    }
}

impl<Q: Clone> Reader<Q> {
    /// The parameters, of a role that may ask.
    ///
    /// # Errors
    /// 403 for other roles, then 422 for parameters that cannot be read.
    pub fn allowed(&self) -> Result<Q, Problem> {
        self.caller.may_call()?;
        self.parameters()
    }

    /// The parameters, whatever the role.
    ///
    /// # Errors
    /// 422 when they cannot be read.
    pub fn parameters(&self) -> Result<Q, Problem> {
        self.parameters.clone()
    }

    /// How fresh the answer has to be, at least: a position of this log.
    ///
    /// # Errors
    /// As [`AtLeast::checked`].
    pub async fn at_least(&self) -> Result<Option<Position>, Problem> {
        self.at_least.clone()?.checked(&self.app, self.livechat()).await
    }

    /// Waits until the read models are as fresh as the request asks.
    ///
    /// # Errors
    /// As [`AtLeast::reached`].
    pub async fn reached(&self) -> Result<(), Problem> {
        self.at_least.clone()?.reached(&self.app, self.livechat()).await
    }

    /// Waits until the read models are as fresh as the request asks, and have rows of this livechat.
    ///
    /// # Errors
    /// As [`Reader::reached`]; 404 when there is no such livechat.
    pub async fn ready(&self) -> Result<(), Problem> {
        self.reached().await?;
        must_exist(&self.app, self.livechat()).await
    }

    /// Records what the caller is about to be shown: see [`App::record_access`].
    ///
    /// # Errors
    /// When it cannot be recorded, and so must not be shown.
    pub async fn record(&self, access: Access) -> Result<Option<Position>, Problem> {
        self.app.record_access(&self.caller, access).await
    }

    /// The livechat that is read.
    pub const fn livechat(&self) -> &LivechatId {
        &self.caller.livechat
    }
}
