//! Which role may call what: the one table of operations and roles.
//!
//! A role that is not in the line of an operation is always answered 403. One that is may still be refused for other
//! reasons: another visitor's conversation, an option that is switched off, a conversation that is not over yet. Reads
//! and a few commands use this table ([`Caller::may_call`](super::Caller::may_call)); other commands are decided by the
//! rules of the domain, which know the roles too. The OpenAPI document names the roles from here, and
//! `tests/tests/specification/http/roles.rs` tries every line with every role.
//!
//! The keys of programs are judged by the same lines: a key has one of three roles ([`Operation::is_open_to_program`]),
//! and may be limited to scopes, which are what the lines are about ([`Operation::scope`]). What is not named is refused.

use std::collections::BTreeSet;

use axum::http::{Extensions, Method};
use domain::event::ProgramRole;

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
    /// The roles that may call it; of others not even the body is read.
    pub roles: &'static [Role],
}

/// Where the livechats are. Whatever is there or below takes a token.
pub const LIVECHATS: &str = "/api/v1/livechats";

/// The path of a livechat, which every other path of the table is below.
pub const LIVECHAT: &str = "/api/v1/livechats/{livechat}";

/// Where tickets for live feeds are.
const TICKETS: &str = "/tickets";

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

/// Every operation that takes a token.
pub const OPERATIONS: &[Operation] = &[
    get(LIVECHATS, STAFF),
    put("/", ADMINISTRATION),
    get("/", STAFF),
    patch("/", ADMINISTRATION),
    post("/close", ADMINISTRATION),
    post("/reopen", ADMINISTRATION),
    get("/api-keys", ADMINISTRATION),
    post("/api-keys", ADMINISTRATION),
    get("/api-keys/{key}", ADMINISTRATION),
    patch("/api-keys/{key}", ADMINISTRATION),
    delete("/api-keys/{key}", ADMINISTRATION),
    get("/members", ADMINISTRATION),
    post("/members", ADMINISTRATION),
    put("/members/{account}/roles", ADMINISTRATION),
    delete("/members/{account}", ADMINISTRATION),
    get("/settings", MANAGEMENT),
    get("/settings/{section}", MANAGEMENT),
    put("/settings/{section}", ADMINISTRATION),
    patch("/settings/{section}", ADMINISTRATION),
    get("/settings/{section}/history", MANAGEMENT),
    post("/settings/phrases/preview", MANAGEMENT),
    get("/operators", &[Operator, Supervisor, Administrator]),
    put("/operators/{operator}", ADMINISTRATION),
    get("/operators/{operator}", &[Administrator, Supervisor, Operator]),
    patch("/operators/{operator}", ADMINISTRATION),
    delete("/operators/{operator}", ADMINISTRATION),
    post("/operators/{operator}/suspend", ADMINISTRATION),
    post("/operators/{operator}/reinstate", ADMINISTRATION),
    post("/operators/{operator}/tokens", ADMINISTRATION),
    put("/operators/{operator}/status", DESK),
    post("/conversations", VISITOR_SIDE),
    get("/conversations", &[Supervisor, Analyst]),
    get("/conversations/search", &[Supervisor, Administrator, Analyst, Operator]),
    get("/conversations/{conversation}", READERS),
    get("/conversations/{conversation}/transcript", READERS),
    post("/conversations/{conversation}/request-again", VISITOR_SIDE),
    post("/conversations/{conversation}/leave", VISITOR_SIDE),
    post("/conversations/{conversation}/pick-up", OPERATORS),
    post("/conversations/{conversation}/messages", PARTICIPANTS),
    post("/conversations/{conversation}/internal-messages", DESK),
    post("/conversations/{conversation}/assign", SUPERVISORS),
    post("/conversations/{conversation}/transfer", DESK),
    post("/conversations/{conversation}/end", PARTICIPANTS),
    post("/conversations/{conversation}/close", &[Visitor, Supervisor, Integration]),
    post("/conversations/{conversation}/visitor-tokens", VISITOR_SIDE),
    put("/conversations/{conversation}/importance", DESK),
    post("/conversations/{conversation}/call-for-help", OPERATORS),
    post("/conversations/{conversation}/call-for-help/take", SUPERVISORS),
    post("/conversations/{conversation}/call-for-help/settle", DESK),
    post("/conversations/{conversation}/hold", OPERATORS),
    post("/conversations/{conversation}/take-back", OPERATORS),
    post("/conversations/{conversation}/file-requests", OPERATORS),
    post("/conversations/{conversation}/files", BOTH_SIDES),
    post("/conversations/{conversation}/mail-copy", OPERATORS),
    post("/conversations/{conversation}/articles", OPERATORS),
    post("/conversations/{conversation}/surveys", OPERATORS),
    get("/conversations/{conversation}/surveys", BOTH_SIDES),
    get("/conversations/{conversation}/survey", BOTH_SIDES),
    put("/conversations/{conversation}/survey/opened", BOTH_SIDES),
    delete("/conversations/{conversation}/survey/opened", OPERATORS),
    put("/conversations/{conversation}/survey/answers", BOTH_SIDES),
    post("/conversations/{conversation}/survey/close", BOTH_SIDES),
    get("/surveys/pending", OPERATORS),
    get("/desk/options", DESK),
    post("/desk/assistant", DESK),
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
    post(TICKETS, &Role::ALL),
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
    Operation { method, path, roles }
}

impl Operation {
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

    /// What a key of a program has to name, if it is limited to some scopes: what the first step of the path is about,
    /// and whether it is read or written, as `conversations:write`. The livechat itself is `livechat`.
    pub fn scope(&self) -> String {
        let first = self.path.strip_prefix('/').and_then(|path| path.split('/').next());
        let about = match first {
            None | Some("") => "livechat",
            Some(_) if self.path == LIVECHATS => "livechat",
            Some(first) => first,
        };
        format!("{about}:{}", if self.is_read() { "read" } else { "write" })
    }

    /// Whether it only gives a ticket: what that opens is judged when it is opened, so that no scope is needed here.
    pub fn is_judged_later(&self) -> bool {
        self.path == TICKETS
    }

    /// May a key with this role call it? An integration does what its role may; the others only read.
    pub fn is_open_to_program(&self, role: ProgramRole) -> bool {
        let is_allowed = match role {
            ProgramRole::Integration => true,
            ProgramRole::Supervisor | ProgramRole::Analyst => self.is_read(),
        };
        is_allowed && self.roles.contains(&role.into())
    }

    fn is_read(&self) -> bool {
        self.method == "get"
    }

    /// The operation that a request was matched to.
    pub fn of(method: &Method, extensions: &Extensions) -> Option<&'static Self> {
        Self::at(method.as_str(), extensions.get::<MatchedPath>()?.as_str())
    }
}

/// The scopes that a key with this role may be limited to.
pub fn scopes_of(role: ProgramRole) -> BTreeSet<String> {
    let open = OPERATIONS.iter().filter(|operation| operation.is_open_to_program(role));
    let open = open.filter(|operation| !operation.is_judged_later());
    open.map(Operation::scope).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scopes_of_a_program_are_what_its_role_may_do_and_never_the_keys_themselves() {
        let scopes = |role| scopes_of(role).into_iter().collect::<Vec<_>>().join(" ");
        assert_eq!(scopes(ProgramRole::Integration), "conversations:read conversations:write livechat:read");
        assert_eq!(
            scopes(ProgramRole::Analyst),
            "conversations:read exports:read figures:read livechat:read"
        );
        assert_eq!(
            scopes(ProgramRole::Supervisor),
            "audit:read board:read canned-replies:read colleagues:read conversations:read desk:read exports:read \
             figures:read floor:read knowledge:read livechat:read operators:read queue:read settings:read"
        );
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
