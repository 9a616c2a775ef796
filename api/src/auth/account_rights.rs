//! Who may call what of the routes that are not of one livechat: the one table of them, beside that of
//! [`rights`](super::rights) for the routes of a livechat. What is not named is refused.

use axum::extract::MatchedPath;
use axum::http::{Extensions, Method};

use super::rights::LIVECHATS;

/// Who may call an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Whoever knows what it asks for.
    Anybody,
    /// Whoever is signed in, for themselves.
    SignedIn,
    /// Server administrators.
    ServerAdministrator,
}

/// An operation on accounts, and who may call it.
#[derive(Clone, Copy, Debug)]
pub struct AccountOperation {
    /// The method, in small letters as in the OpenAPI document.
    pub method: &'static str,
    /// The path.
    pub path: &'static str,
    /// Who may call it.
    pub who: Who,
    /// May it be called by somebody who still has to set up a second factor?
    pub is_of_second_factor: bool,
}

/// Every operation on accounts.
pub const ACCOUNT_OPERATIONS: &[AccountOperation] = &[
    anybody("post", "/api/v1/session"),
    on_the_way("get", "/api/v1/session"),
    on_the_way("delete", "/api/v1/session"),
    anybody("post", "/api/v1/session/refresh"),
    own("get", "/api/v1/account"),
    own("patch", "/api/v1/account"),
    on_the_way("put", "/api/v1/account/password"),
    on_the_way("get", "/api/v1/account/second-factor"),
    on_the_way("post", "/api/v1/account/second-factor"),
    on_the_way("post", "/api/v1/account/second-factor/confirm"),
    own("delete", "/api/v1/account/second-factor"),
    own("post", "/api/v1/account/recovery-codes"),
    own("get", "/api/v1/account/sessions"),
    own("delete", "/api/v1/account/sessions"),
    own("delete", "/api/v1/account/sessions/{session}"),
    own("get", LIVECHATS),
    administration("get", "/api/v1/accounts"),
    administration("post", "/api/v1/accounts"),
    administration("get", "/api/v1/accounts/{account}"),
    administration("patch", "/api/v1/accounts/{account}"),
    administration("delete", "/api/v1/accounts/{account}"),
    administration("post", "/api/v1/accounts/{account}/disable"),
    administration("post", "/api/v1/accounts/{account}/enable"),
    administration("post", "/api/v1/accounts/{account}/invitation"),
    administration("post", "/api/v1/accounts/{account}/password-reset"),
    administration("get", "/api/v1/accounts/{account}/sessions"),
    administration("delete", "/api/v1/accounts/{account}/sessions"),
    administration("delete", "/api/v1/accounts/{account}/second-factor"),
    administration("get", "/api/v1/audit"),
    anybody("post", "/api/v1/links/look"),
    anybody("post", "/api/v1/links/use"),
    anybody("post", "/api/v1/password-resets"),
    anybody("post", "/api/v1/setup"),
];

const fn anybody(method: &'static str, path: &'static str) -> AccountOperation {
    AccountOperation { method, path, who: Who::Anybody, is_of_second_factor: true }
}

/// Of one's own account.
const fn own(method: &'static str, path: &'static str) -> AccountOperation {
    AccountOperation { method, path, who: Who::SignedIn, is_of_second_factor: false }
}

/// Of everybody's accounts.
const fn administration(method: &'static str, path: &'static str) -> AccountOperation {
    AccountOperation { method, path, who: Who::ServerAdministrator, is_of_second_factor: false }
}

/// Of one's own account, and needed to set up a second factor.
const fn on_the_way(method: &'static str, path: &'static str) -> AccountOperation {
    AccountOperation { method, path, who: Who::SignedIn, is_of_second_factor: true }
}

impl AccountOperation {
    /// The operation at a path as the router matches it.
    pub fn at(method: &str, path: &str) -> Option<&'static Self> {
        let method = if method.eq_ignore_ascii_case("head") { "get" } else { method };
        ACCOUNT_OPERATIONS.iter().find(|one| one.path == path && one.method.eq_ignore_ascii_case(method))
    }

    /// The operation that a request was matched to.
    pub fn of(method: &Method, extensions: &Extensions) -> Option<&'static Self> {
        Self::at(method.as_str(), extensions.get::<MatchedPath>()?.as_str())
    }
}
