//! What a token says.

use chrono::{DateTime, Utc};
use domain::{ConversationId, LivechatId, OperatorId, VisitorId};
use serde::{Deserialize, Serialize};

use crate::auth::role::Role;

/// What a token says.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Claims {
    /// The only livechat it is good for.
    pub livechat: LivechatId,
    /// What its bearer is.
    pub role: Role,
    /// The identifier of its bearer, within the role.
    pub sub: String,
    /// When it was issued, in seconds since 1970.
    pub iat: i64,
    /// Until when it is good, in seconds since 1970.
    pub exp: i64,
    /// Of a visitor: the only conversation that it is good for. Without it, it is good for requesting one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<ConversationId>,
    /// For a visitor: the integration that handed the visitor over vouches for the identity.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub authenticated: bool,
    /// Of a visitor: when the first of the tokens was issued that this one renews, in seconds since 1970; absent if it
    /// renews none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub renews: Option<i64>,
    /// As of which change of the staff an operator's token was issued; it is valid until a later change revokes the
    /// operator's tokens. A token without it, as signed on the command line, is valid as long as the operator is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<u64>,
}

/// What a visitor's token opens (spec.md §Privacy and security).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VisitorPass {
    /// The identifier that the visitor claims.
    pub visitor: VisitorId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The integration vouches for it.
    pub authenticated: bool,
}

impl Claims {
    /// When the first of these tokens was issued, each of which renewed the previous one.
    pub fn first_issued(&self) -> DateTime<Utc> {
        DateTime::from_timestamp(self.renews.unwrap_or(self.iat), 0).unwrap_or_default()
    }

    /// What the token of a role says that is issued now.
    pub(super) fn of(livechat: &LivechatId, role: Role, subject: &str, expires_at: DateTime<Utc>) -> Self {
        Self {
            livechat: livechat.clone(),
            role,
            sub: subject.to_owned(),
            iat: Utc::now().timestamp(),
            exp: expires_at.timestamp(),
            conversation: None,
            authenticated: false,
            renews: None,
            staff: None,
        }
    }

    /// What an operator's token says, as of a change of the staff.
    pub(super) fn of_operator(
        livechat: &LivechatId,
        operator: &OperatorId,
        expires_at: DateTime<Utc>,
        staff: u64,
    ) -> Self {
        Self { staff: Some(staff), ..Self::of(livechat, Role::Operator, operator.as_str(), expires_at) }
    }

    /// What a visitor's token says, which may renew tokens of which the first was issued at `renews`.
    pub(super) fn of_visitor(
        livechat: &LivechatId,
        pass: &VisitorPass,
        renews: Option<DateTime<Utc>>,
        expires_at: DateTime<Utc>,
    ) -> Self {
        Self {
            conversation: Some(pass.conversation),
            authenticated: pass.authenticated,
            renews: renews.map(|first| first.timestamp()),
            ..Self::of(livechat, Role::Visitor, pass.visitor.as_str(), expires_at)
        }
    }
}
