//! Reissue a visitor's token: by the integration, where the visitor has lost it, or by the visitor's page, which renews
//! it.

use axum::http::StatusCode;
use chrono::{DateTime, TimeDelta, Utc};
use domain::event::Bearer;
use domain::{Action, VisitorId, both};

use super::operators::Token;
use crate::app::App;
use crate::auth::{Caller, Role, VisitorPass};
use crate::http::commander::Commander;
use crate::http::problem::Problem;
use crate::http::request::{ConversationInPath, EmptyBody};
use crate::limits::{VISITOR_TOKEN_HOURS, VISITOR_TOKEN_RENEWALS_DAYS};

/// Reissue a visitor's token, good for 24 hours and for this conversation only.
///
/// The integration is given one for any conversation, as when the visitor has lost it; that is in the audit. A visitor
/// renews their own while it is good, until 7 days after the first; then the integration has to be asked. A repeated
/// command gets the answer of the first one: the token ends within the same 7 days.
#[utoipa::path(
    post, path = "/conversations/{conversation}/visitor-tokens", tag = "conversations",
    responses(
        (status = 201, body = Token),
        (status = 403, body = Problem, description = "Not for you; or `token_not_renewable`, it was renewed for 7 days")
    )
)]
pub async fn issue(
    commander: Commander,
    ConversationInPath(conversation): ConversationInPath,
    _: EmptyBody,
) -> Result<(StatusCode, axum::Json<Token>), Problem> {
    let Commander { caller, app, .. } = &commander;
    caller.may_call()?;
    let (pass, first) = if caller.role == Role::Visitor {
        caller.must_hold(conversation)?;
        let visitor = VisitorId::parse(&caller.subject)?;
        let pass = VisitorPass { visitor, conversation, authenticated: caller.authenticated };
        (pass, caller.first_issued)
    } else {
        let visitor = app.visitor_of(caller, conversation).await?;
        let visitor = visitor.ok_or_else(|| Problem::unknown_conversation(conversation))?;
        let bearer = Bearer::Visitor { visitor: visitor.id.clone(), conversation };
        let receipt = commander.record(Action::IssueToken(bearer)).await?;
        let pass = VisitorPass { visitor: visitor.id, conversation, authenticated: visitor.authenticated };
        (pass, app.done_at(&receipt))
    };
    let (token, expires_at) = signed(app, caller, &pass, first)?;
    Ok((StatusCode::CREATED, axum::Json(Token { token, expires_at })))
}

/// Signs a visitor's token that goes back to a first one of that time: it is good for some hours, as long as that one
/// may be renewed. Every visitor's token is signed here.
///
/// # Errors
/// 403 `token_not_renewable`.
pub(super) fn signed(
    app: &App,
    caller: &Caller,
    pass: &VisitorPass,
    first: DateTime<Utc>,
) -> Result<(String, DateTime<Utc>), Problem> {
    let now = Utc::now();
    let last = first + TimeDelta::days(VISITOR_TOKEN_RENEWALS_DAYS);
    if last <= now {
        return Err(not_renewable());
    }
    let expires_at = last.min(now + TimeDelta::hours(VISITOR_TOKEN_HOURS));
    let signed = app.key.issue_to_visitor(&caller.livechat, pass, Some(first), expires_at);
    signed.map_err(|error| Problem::internal(&error))
}

fn not_renewable() -> Problem {
    Problem::new(
        StatusCode::FORBIDDEN,
        "token_not_renewable",
        both!(
            "a token is renewed for {VISITOR_TOKEN_RENEWALS_DAYS} days at most; the integration can issue a new one",
            "un jeton se renouvelle pendant {VISITOR_TOKEN_RENEWALS_DAYS} jours au plus\u{202f}; l’intégration peut en émettre un nouveau"
        ),
    )
}
