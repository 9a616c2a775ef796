//! Work that takes longer than some milliseconds: on threads of its own, so that the shared ones are not blocked, with
//! a share for each livechat.

use axum::body::Bytes;
use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse, Response};
use domain::LivechatId;
use serde::Serialize;

use crate::app::App;
use crate::http::problem::Problem;

impl App {
    /// Does work that may take long, once there is a thread for this livechat.
    ///
    /// # Errors
    /// `too_much_work`, 429 or 503, when there is none in time.
    pub async fn work<T: Send + 'static>(
        &self,
        livechat: &LivechatId,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Problem> {
        self.work.run(livechat, work).await
    }

    /// A JSON answer that may be long, serialized off the shared threads.
    ///
    /// # Errors
    /// As [`App::work`].
    pub async fn long_json(
        &self,
        livechat: &LivechatId,
        answer: impl Serialize + Send + 'static,
    ) -> Result<Response, Problem> {
        let written = self.work(livechat, move || serde_json::to_vec(&answer)).await?;
        let bytes = Bytes::from(written.map_err(|error| Problem::internal(&error))?);
        Ok(([(header::CONTENT_TYPE, HeaderValue::from_static("application/json"))], bytes).into_response())
    }
}
