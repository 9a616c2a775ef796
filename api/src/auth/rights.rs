//! Which role may call what: the one table of operations and roles.
//!
//! A role that is not in the line of an operation is always answered 403. One that is may still be refused for other
//! reasons: another visitor's conversation, an option that is switched off, a conversation that is not over yet. Reads
//! and a few commands use this table ([`Caller::may_call`](super::Caller::may_call)); other commands are decided by the
//! rules of the domain, which know the roles too. The OpenAPI document names the roles from here, and
//! `tests/tests/specification/http/roles.rs` tries every line with every role.

use axum::http::{Extensions, Method};

use axum::extract::MatchedPath;

use super::role::Role;
use Role::{Administrator, Analyst, Integration, Operator, Supervisor, Visitor};

/// An operation of the API, and the roles that may call it.
#[derive(Clone, Copy, Debug)]
pub struct Operation {
    /// The method, in small letters as in the OpenAPI document.
    pub method: &'static str,
    /// The path below the livechat; `/` is the livechat itself.
    pub path: &'static str,
    /// The roles that may call it.
    pub roles: &'static [Role],
    /// The roles whose body is read at all; all others are refused before that. Never fewer than `roles`.
    pub senders: &'static [Role],
}

/// Where the livechats are. Whatever is there or below takes a token.
pub const LIVECHATS: &str = "/api/v1/livechats";

/// The path of a livechat, which every other path of the table is below.
pub const LIVECHAT: &str = "/api/v1/livechats/{livechat}";

const STAFF: &[Role] = &[Operator, Supervisor, Analyst, Administrator, Integration];
const ADMINISTRATION: &[Role] = &[Administrator];
const MANAGEMENT: &[Role] = &[Supervisor, Administrator];
const DESK: &[Role] = &[Operator, Supervisor];
const OPERATORS: &[Role] = &[Operator];
const SUPERVISORS: &[Role] = &[Supervisor];
const PARTICIPANTS: &[Role] = &[Visitor, Operator, Supervisor, Integration];
const VISITOR_SIDE: &[Role] = &[Visitor, Integration];
const BOTH_SIDES: &[Role] = &[Visitor, Operator, Integration];
const FIGURES: &[Role] = &[Supervisor, Administrator, Analyst];
const READERS: &[Role] = &[Visitor, Operator, Supervisor, Analyst, Administrator];

/// Roles that may send a body to the operations of a desk; the rules decide what each may do there.
const AT_WORK: &[Role] = &[Operator, Supervisor, Administrator, Integration];

/// Every operation that takes a token.
pub const OPERATIONS: &[Operation] = &[
    get(LIVECHATS, STAFF),
    put("/", ADMINISTRATION).bodies_of(ADMINISTRATION),
    get("/", STAFF),
    patch("/", ADMINISTRATION).bodies_of(ADMINISTRATION),
    post("/close", ADMINISTRATION),
    post("/reopen", ADMINISTRATION),
    get("/settings", MANAGEMENT),
    get("/settings/{section}", MANAGEMENT),
    put("/settings/{section}", ADMINISTRATION).bodies_of(ADMINISTRATION),
    patch("/settings/{section}", ADMINISTRATION).bodies_of(ADMINISTRATION),
    get("/settings/{section}/history", MANAGEMENT),
    post("/settings/phrases/preview", MANAGEMENT),
    get("/operators", &[Operator, Supervisor, Administrator]),
    put("/operators/{operator}", ADMINISTRATION).bodies_of(ADMINISTRATION),
    get("/operators/{operator}", &[Administrator, Supervisor, Operator]),
    patch("/operators/{operator}", ADMINISTRATION).bodies_of(ADMINISTRATION),
    delete("/operators/{operator}", ADMINISTRATION).bodies_of(ADMINISTRATION),
    post("/operators/{operator}/suspend", ADMINISTRATION),
    post("/operators/{operator}/reinstate", ADMINISTRATION),
    post("/operators/{operator}/tokens", ADMINISTRATION),
    put("/operators/{operator}/status", DESK).bodies_of(AT_WORK),
    post("/conversations", VISITOR_SIDE).bodies_of(VISITOR_SIDE),
    get("/conversations", &[Supervisor, Analyst]),
    get("/conversations/search", &[Supervisor, Administrator, Analyst, Operator]),
    get("/conversations/{conversation}", READERS),
    get("/conversations/{conversation}/transcript", READERS),
    post("/conversations/{conversation}/request-again", VISITOR_SIDE).bodies_of(VISITOR_SIDE),
    post("/conversations/{conversation}/leave", VISITOR_SIDE),
    post("/conversations/{conversation}/pick-up", OPERATORS),
    post("/conversations/{conversation}/messages", PARTICIPANTS),
    post("/conversations/{conversation}/internal-messages", DESK).bodies_of(AT_WORK),
    post("/conversations/{conversation}/assign", SUPERVISORS).bodies_of(AT_WORK),
    post("/conversations/{conversation}/transfer", DESK).bodies_of(AT_WORK),
    post("/conversations/{conversation}/end", PARTICIPANTS),
    post("/conversations/{conversation}/close", &[Visitor, Supervisor, Integration]),
    post("/conversations/{conversation}/visitor-tokens", VISITOR_SIDE),
    put("/conversations/{conversation}/importance", DESK).bodies_of(AT_WORK),
    post("/conversations/{conversation}/call-for-help", OPERATORS).bodies_of(AT_WORK),
    post("/conversations/{conversation}/call-for-help/take", SUPERVISORS),
    post("/conversations/{conversation}/call-for-help/settle", DESK),
    post("/conversations/{conversation}/hold", OPERATORS),
    post("/conversations/{conversation}/take-back", OPERATORS),
    post("/conversations/{conversation}/file-requests", OPERATORS).bodies_of(AT_WORK),
    post("/conversations/{conversation}/files", BOTH_SIDES),
    post("/conversations/{conversation}/mail-copy", OPERATORS),
    post("/conversations/{conversation}/articles", OPERATORS).bodies_of(AT_WORK),
    post("/conversations/{conversation}/surveys", OPERATORS).bodies_of(AT_WORK),
    get("/conversations/{conversation}/surveys", BOTH_SIDES),
    get("/conversations/{conversation}/survey", BOTH_SIDES),
    put("/conversations/{conversation}/survey/opened", BOTH_SIDES),
    delete("/conversations/{conversation}/survey/opened", OPERATORS),
    put("/conversations/{conversation}/survey/answers", BOTH_SIDES),
    post("/conversations/{conversation}/survey/close", BOTH_SIDES),
    get("/surveys/pending", OPERATORS),
    get("/desk/options", DESK),
    post("/desk/assistant", DESK).bodies_of(AT_WORK),
    get("/knowledge", DESK),
    get("/canned-replies", DESK),
    get("/board", MANAGEMENT),
    get("/queue", MANAGEMENT),
    get("/exports/{rows}", &[Analyst, Supervisor, Administrator]),
    get("/audit", MANAGEMENT),
    get("/figures", FIGURES),
    get("/figures/definitions", FIGURES),
    get("/floor", MANAGEMENT),
    get("/floor/replay", MANAGEMENT),
    get("/colleagues", DESK),
    get("/queue/live", &[Operator, Supervisor, Administrator]),
    get("/conversations/{conversation}/live", MANAGEMENT),
    get("/conversations/{conversation}/replay", MANAGEMENT),
    get("/desk", OPERATORS),
    get("/visitor", &[Visitor]),
];

const fn get(path: &'static str, roles: &'static [Role]) -> Operation {
    operation("get", path, roles)
}

const fn put(path: &'static str, roles: &'static [Role]) -> Operation {
    operation("put", path, roles)
}

const fn patch(path: &'static str, roles: &'static [Role]) -> Operation {
    operation("patch", path, roles)
}

const fn post(path: &'static str, roles: &'static [Role]) -> Operation {
    operation("post", path, roles)
}

const fn delete(path: &'static str, roles: &'static [Role]) -> Operation {
    operation("delete", path, roles)
}

const fn operation(method: &'static str, path: &'static str, roles: &'static [Role]) -> Operation {
    Operation { method, path, roles, senders: &Role::ALL }
}

impl Operation {
    /// The same operation, which reads the bodies of these roles only.
    const fn bodies_of(self, senders: &'static [Role]) -> Self {
        Self { senders, ..self }
    }

    /// The operation at a path as the router matches it, with its parameters in braces.
    pub fn at(method: &str, path: &str) -> Option<&'static Self> {
        let below = match path.strip_prefix(LIVECHAT) {
            Some("") => "/",
            Some(below) => below,
            None => path,
        };
        let method = if method.eq_ignore_ascii_case("head") { "get" } else { method };
        OPERATIONS.iter().find(|one| one.path == below && one.method.eq_ignore_ascii_case(method))
    }

    /// The operation that a request was matched to.
    pub fn of(method: &Method, extensions: &Extensions) -> Option<&'static Self> {
        Self::at(method.as_str(), extensions.get::<MatchedPath>()?.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_that_may_call_an_operation_may_send_its_body() {
        for operation in OPERATIONS {
            for role in operation.roles {
                assert!(operation.senders.contains(role), "{operation:?}");
            }
        }
    }

    #[test]
    fn an_operation_is_found_by_its_path_and_method() {
        let roles = |method, path: &str| Operation::at(method, path).map(|operation| operation.roles);
        assert_eq!(roles("HEAD", "/api/v1/livechats/{livechat}/desk"), Some(OPERATORS));
        assert_eq!(roles("PUT", "/api/v1/livechats/{livechat}"), Some(ADMINISTRATION));
        assert_eq!(roles("GET", "/api/v1/livechats"), Some(STAFF));
        assert_eq!(roles("POST", "/api/v1/livechats/{livechat}/desk"), None);
    }
}
