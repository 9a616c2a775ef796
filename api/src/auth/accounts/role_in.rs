//! As what somebody who is signed in calls an operation of a livechat.

use accounts::Account;
use accounts::account::Role as AccountRole;
use axum::http::HeaderMap;
use domain::LivechatId;
use domain::bilingual::{Bilingual, both};
use domain::both;

use crate::auth::rights::Operation;
use crate::auth::role::Role;
use crate::http::problem::Problem;

/// The header in which somebody with several roles says as what they call.
pub const ROLE_HEADER: &str = "pupitre-role";

/// Without that header, the first of these that the operation allows: what is done at a desk is done as its operator, and
/// more than a role that is needed is not used.
const ORDER: [AccountRole; 4] =
    [AccountRole::Operator, AccountRole::Analyst, AccountRole::Supervisor, AccountRole::Administrator];

/// The role of this account in this livechat for this operation, and the identifier that it has there: of an operator that
/// of the operator, else that of the account. A server administrator administers every livechat.
///
/// # Errors
/// 403 for a livechat in which it has no role, or for a role that it does not have there.
pub(in crate::auth) fn role_in(
    account: &Account,
    livechat: &LivechatId,
    asked: Option<AccountRole>,
    operation: Option<&Operation>,
) -> Result<(Role, String), Problem> {
    let grant = |role| account.roles.iter().find(|grant| grant.livechat == *livechat && grant.role == role);
    let has =
        |role| grant(role).is_some() || role == AccountRole::Administrator && account.server_administrator;
    let roles: Vec<AccountRole> = ORDER.into_iter().filter(|role| has(*role)).collect();
    let is_allowed = |role: AccountRole| operation.is_some_and(|one| one.roles.contains(&role.into()));
    let role =
        roles.iter().copied().find(|role| asked.map_or_else(|| is_allowed(*role), |asked| *role == asked));
    // One that is not allowed is refused as what it is.
    let role = role.or_else(|| roles.first().copied().filter(|_| asked.is_none()));
    let role = role.ok_or_else(|| Problem::forbidden(not_had(asked)))?;
    let operator = grant(role).and_then(|grant| grant.operator.as_ref());
    Ok((role.into(), operator.map_or_else(|| account.id.to_string(), ToString::to_string)))
}

/// Why somebody has no role here, or not this one.
fn not_had(asked: Option<AccountRole>) -> Bilingual {
    let Some(asked) = asked.map(AccountRole::name) else {
        return both("you have no role in this livechat", "vous n’avez aucun rôle dans ce livechat");
    };
    both!(
        "you do not have the role {asked} in this livechat",
        "vous n’avez pas le rôle {asked} dans ce livechat"
    )
}

/// The role that the request names.
///
/// # Errors
/// 422 when there is no such role.
pub(in crate::auth) fn role_asked(headers: &HeaderMap) -> Result<Option<AccountRole>, Problem> {
    headers.get(ROLE_HEADER).map(|role| read(role.to_str().unwrap_or_default())).transpose()
}

fn read(name: &str) -> Result<AccountRole, Problem> {
    AccountRole::of_name(name).ok_or_else(|| {
        Problem::field(
            "Pupitre-Role",
            both(
                "administrator, supervisor, operator or analyst",
                "administrator, supervisor, operator ou analyst",
            ),
        )
    })
}

impl From<AccountRole> for Role {
    fn from(role: AccountRole) -> Self {
        match role {
            AccountRole::Administrator => Self::Administrator,
            AccountRole::Supervisor => Self::Supervisor,
            AccountRole::Operator => Self::Operator,
            AccountRole::Analyst => Self::Analyst,
        }
    }
}

#[cfg(test)]
mod tests {
    use accounts::AccountId;
    use accounts::account::Grant;
    use axum::http::HeaderValue;
    use domain::OperatorId;
    use domain::text::Language;

    use super::*;

    fn livechat(id: &str) -> LivechatId {
        LivechatId::parse(id).unwrap()
    }

    fn account(roles: &[(&str, AccountRole)], server_administrator: bool) -> Account {
        let grant = |(of, role): &(&str, AccountRole)| Grant {
            livechat: livechat(of),
            role: *role,
            operator: (*role == AccountRole::Operator).then(|| OperatorId::parse("zoe").unwrap()),
        };
        Account {
            id: AccountId(uuid::Uuid::from_u128(7)),
            address: "zoe@example.org".to_owned().into(),
            name: "Zoé".to_owned().into(),
            language: Language::Fr,
            server_administrator,
            roles: roles.iter().map(grant).collect(),
            has_password: true,
            created: domain::Timestamp::UNIX_EPOCH,
            disabled: None,
            last_sign_in: None,
        }
    }

    fn role(
        account: &Account,
        of: &str,
        asked: Option<&'static str>,
        operation: (&str, &str),
    ) -> Result<(Role, String), u16> {
        let mut headers = HeaderMap::new();
        asked.map(|asked| headers.insert(ROLE_HEADER, HeaderValue::from_static(asked)));
        let path = format!("/api/v1/livechats/{{livechat}}{}", operation.1);
        let asked = role_asked(&headers).map_err(|problem| problem.status)?;
        role_in(account, &livechat(of), asked, Operation::at(operation.0, &path))
            .map_err(|problem| problem.status)
    }

    #[test]
    fn the_least_role_that_the_operation_allows_is_used_unless_another_is_named() {
        use AccountRole::{Administrator, Operator, Supervisor};
        let zoe = account(&[("a", Operator), ("a", Supervisor), ("b", Administrator)], false);
        let id = zoe.id.to_string();
        let messages = ("post", "/conversations/{conversation}/messages");
        assert_eq!(role(&zoe, "a", None, messages), Ok((Role::Operator, "zoe".to_owned())));
        assert_eq!(role(&zoe, "a", Some("supervisor"), messages), Ok((Role::Supervisor, id.clone())));
        assert_eq!(role(&zoe, "a", None, ("get", "/board")), Ok((Role::Supervisor, id.clone())));
        assert_eq!(role(&zoe, "b", None, ("get", "/board")), Ok((Role::Administrator, id)));
        assert_eq!(
            role(&zoe, "a", None, ("post", "/close")).unwrap().0,
            Role::Operator,
            "and is refused as one"
        );
    }

    #[test]
    fn a_role_counts_in_its_livechat_alone() {
        let zoe = account(&[("a", AccountRole::Operator)], false);
        assert_eq!(role(&zoe, "b", None, ("get", "/board")), Err(403));
        assert_eq!(role(&zoe, "a", Some("administrator"), ("get", "/board")), Err(403));
        assert_eq!(role(&zoe, "a", Some("visitor"), ("get", "/board")), Err(422));
    }

    #[test]
    fn a_server_administrator_administers_every_livechat_and_is_nothing_else_there() {
        let ada = account(&[], true);
        assert_eq!(role(&ada, "any", None, ("post", "/close")).unwrap().0, Role::Administrator);
        assert_eq!(role(&ada, "any", Some("operator"), ("get", "/desk")), Err(403));
    }
}
