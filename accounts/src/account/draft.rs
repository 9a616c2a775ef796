//! What is typed for an account, and its check: every wrong field is named at once.

use std::collections::BTreeSet;

use domain::bilingual::both;
use domain::both;
use domain::field::{Check, FieldError};
use domain::text::{Address, Language, Name};
use domain::{LivechatId, OperatorId};
use serde::Deserialize;
use utoipa::ToSchema;

use super::keys::{address_key, folded, search_key};
use super::role::{Grant, Role};
use crate::error::Error;
use crate::limits::ROLES_MAX;

/// What an account is to be.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = AccountDraft)]
pub struct Draft {
    /// The e-mail address: one mailbox, at most 254 characters.
    pub address: String,
    /// The name: 1 to 100 characters on one line.
    pub name: String,
    /// The language of its pages and mails.
    #[serde(default)]
    pub language: Language,
    /// May create livechats, and give roles in all of them.
    #[serde(default)]
    pub server_administrator: bool,
    /// Its roles: at most 1,000, each once.
    #[serde(default)]
    pub roles: Vec<Grant>,
}

/// A draft that is as it has to be.
#[derive(Clone, Debug)]
pub(super) struct Checked {
    pub(super) address: String,
    pub(super) address_key: String,
    pub(super) name: String,
    pub(super) name_key: String,
    pub(super) search_key: String,
    pub(super) language: Language,
    pub(super) server_administrator: bool,
    pub(super) roles: Vec<Grant>,
}

impl Draft {
    /// Tidies the texts, and names every wrong field.
    pub(super) fn checked(self) -> Result<Checked, Error> {
        let mut check = Check::new();
        let address = read(&mut check, "address", Address::parse(self.address.trim()), Address::as_str);
        let name = read(&mut check, "name", Name::parse(self.name), Name::as_str);
        check_roles(&mut check, &self.roles);
        check.finish().map_err(Error::Wrong)?;
        Ok(Checked {
            address_key: address_key(&address),
            name_key: folded(&name),
            search_key: search_key(&name, &address),
            address,
            name,
            language: self.language,
            server_administrator: self.server_administrator,
            roles: self.roles,
        })
    }
}

impl Checked {
    /// Its roles, in the order in which an account has them.
    pub(super) fn sorted_roles(&self) -> Vec<Grant> {
        let mut roles = self.roles.clone();
        roles.sort();
        roles
    }
}

/// The text as it is kept; what is wrong with it is said of `field`.
fn read<T>(check: &mut Check, field: &str, parsed: Result<T, FieldError>, text: fn(&T) -> &str) -> String {
    match parsed {
        Ok(value) => text(&value).to_owned(),
        Err(error) => {
            check.wrong(field, error.allowed);
            String::new()
        }
    }
}

fn check_roles(check: &mut Check, roles: &[Grant]) {
    let max = ROLES_MAX;
    check.must(roles.len() <= max, "roles", both!("at most {max} roles", "{max} rôles au plus"));
    let mut seen = BTreeSet::new();
    for (index, grant) in roles.iter().take(max).enumerate() {
        let field = |name: &str| format!("roles[{index}].{name}");
        // What is read from JSON may be as old logs have it.
        if let Err(error) = LivechatId::parse(grant.livechat.as_str()) {
            check.wrong(field("livechat"), error.allowed);
        }
        let first = seen.insert((&grant.livechat, grant.role));
        check.must(
            first,
            &field("role"),
            both("each role of a livechat once", "chaque rôle d’un livechat une fois"),
        );
        match &grant.operator {
            Some(operator) if grant.role == Role::Operator => {
                if let Err(error) = OperatorId::parse(operator.as_str()) {
                    check.wrong(field("operator"), error.allowed);
                }
            }
            None if grant.role != Role::Operator => {}
            Some(_) | None => check.wrong(
                field("operator"),
                both(
                    "which operator it is, of the role operator and of no other",
                    "de quel opérateur il s’agit, pour le rôle operator et pour aucun autre",
                ),
            ),
        }
    }
}
