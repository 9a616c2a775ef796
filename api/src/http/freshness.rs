//! How fresh the read models must be to answer a request, and the answer while they are not.

use domain::LivechatId;
use journal::Position;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::http::as_of;
use crate::http::problem::Problem;
use crate::limits::AT_LEAST_WAIT;

/// How fresh an answer has to be.
#[derive(Clone, Copy, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AtLeast {
    /// Wait until the answer covers the log up to this position, for at most 5 seconds: 0 to the last position of
    /// the log of this livechat.
    pub at_least: Option<Position>,
}

impl AtLeast {
    /// As fresh as this position.
    pub const fn position(position: Position) -> Self {
        Self { at_least: Some(position) }
    }

    /// The requested position, if the log has it: no request waits for a position that may never come.
    ///
    /// # Errors
    /// 404 when there is no such livechat; 422 for a position beyond the end of its log, naming that end.
    pub async fn checked(self, app: &App, livechat: &LivechatId) -> Result<Option<Position>, Problem> {
        let Some(position) = self.at_least else { return Ok(None) };
        let (head, _) = as_of::head(app, livechat).await?;
        if position > head {
            return Err(Problem::field(
                "at_least",
                domain::both!(
                    "a position of this log: 0 to {head}",
                    "une position de ce journal\u{a0}: 0 à {head}"
                ),
            ));
        }
        Ok(Some(position))
    }

    /// Waits for the projections.
    ///
    /// # Errors
    /// As [`AtLeast::checked`]; 503 when they are not there in time.
    pub async fn reached(self, app: &App, livechat: &LivechatId) -> Result<(), Problem> {
        let Some(position) = self.checked(app, livechat).await? else { return Ok(()) };
        app.views.complete(livechat).await?;
        if app.views.wait_for(livechat, position, AT_LEAST_WAIT).await? {
            return Ok(());
        }
        Err(Problem::not_reached_yet(position))
    }
}

/// Distinguishes a livechat with nothing to list from one that does not exist. One that was just created has no rows
/// yet: this waits for them.
///
/// # Errors
/// 404 when there is no such livechat; 503 when its rows are not there in time.
pub async fn must_exist(app: &App, livechat: &LivechatId) -> Result<(), Problem> {
    app.views.complete(livechat).await?;
    if app.views.position(livechat).await? > 0 {
        return Ok(());
    }
    let (head, _) = as_of::head(app, livechat).await?;
    AtLeast::position(head).reached(app, livechat).await
}
