//! The members of a livechat: whoever has a role in it, as its own administrators see and change them.
//!
//! Nothing here reads or changes a role in another livechat, or what an account is beside its roles: its address, its
//! password and its second factor are its holder's, and a server administrator is made by another one alone.

use chrono::{DateTime, Utc};
use domain::LivechatId;
use domain::OperatorId;
use domain::bilingual::both;
use domain::field::FieldError;
use domain::personal::Personal;
use domain::text::Language;
use serde::{Deserialize, Serialize};
use serde_json::json;
use utoipa::ToSchema;

use super::create::insert;
use super::draft::Draft;
use super::find::{by_key, in_transaction};
use super::keys::address_key;
use super::list::{Filter, list};
use super::person::Account;
use super::role::{Grant, Role};
use super::write;
use crate::account_id::AccountId;
use crate::audit::{Action, record};
use crate::by::By;
use crate::database::{Database, Transaction};
use crate::error::Error;
use crate::page::Page;
use crate::sessions::{EndReason, Ended, end_all};

const ROLES_CHANGED: Action = Action("account.roles_changed");

/// What somebody is in a livechat that is known from elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberRole {
    /// The role.
    pub role: Role,
    /// Of an operator: which one of that livechat. No two accounts are the same operator.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<OperatorId>,
}

/// Somebody with a role in a livechat, and nothing of what they are elsewhere.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Member {
    /// The identifier of the account.
    pub account: AccountId,
    /// The e-mail address.
    pub address: Personal<String>,
    /// The name.
    pub name: Personal<String>,
    /// The language of its pages and mails.
    pub language: Language,
    /// The roles in this livechat.
    pub roles: Vec<MemberRole>,
    /// Has it a password?
    pub has_password: bool,
    /// Since when the account is disabled; absent while it can sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<DateTime<Utc>>,
}

/// Who is to become a member.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The e-mail address. Whoever has an account with it keeps the name and the language of that.
    pub address: String,
    /// The name: 1 to 100 characters on one line.
    pub name: String,
    /// The language of pages and mails.
    #[serde(default)]
    pub language: Language,
    /// The roles in this livechat: 1 to 4, each once.
    pub roles: Vec<MemberRole>,
}

/// Who changes the members of a livechat, and of which one.
#[derive(Clone, Copy, Debug)]
pub struct Administrator<'a> {
    /// Who, when and from where.
    pub by: By,
    /// The livechat.
    pub livechat: &'a LivechatId,
    /// The bearer of a token, who has no account: the identifier that the token names.
    pub bearer: Option<&'a str>,
}

/// Somebody who has become a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    /// Who.
    pub member: Member,
    /// Was the account made for it?
    pub is_new: bool,
}

/// A page of the members of a livechat, by name: those with this role and this in their name or address, if that is
/// given.
///
/// # Errors
/// As of [`list()`].
pub async fn members(
    database: &Database,
    livechat: &LivechatId,
    (role, text): (Option<Role>, Option<String>),
    after: Option<&str>,
    limit: usize,
) -> Result<Page<Member>, Error> {
    let filter = Filter { livechat: Some(livechat.clone()), role, text, ..Filter::default() };
    let page = list(database, &filter, after, limit).await?;
    let items = page.items.into_iter().map(|account| Member::of(account, livechat)).collect();
    Ok(Page { items, next: page.next })
}

/// Makes somebody a member: a new account, or the one with this address.
///
/// # Errors
/// [`Error::Wrong`] names every wrong field; [`Error::Conflict`] for a member already, and for an operator that another
/// account is; the database.
pub async fn add_member(
    database: &Database,
    administrator: Administrator<'_>,
    new: NewMember,
) -> Result<Added, Error> {
    let Administrator { by, livechat, .. } = administrator;
    let mut transaction = database.write().await?;
    let Some(known) = by_key(&mut transaction, &address_key(&new.address)).await? else {
        some(&new.roles)?;
        let draft = Draft {
            address: new.address,
            name: new.name,
            language: new.language,
            server_administrator: false,
            roles: granted(livechat, new.roles),
        };
        let account = insert(&mut transaction, &by, draft).await?;
        note(&mut transaction, administrator, &account, &[]).await?;
        transaction.commit().await?;
        return Ok(Added { member: Member::of(account, livechat), is_new: true });
    };
    if known.roles.iter().any(|grant| grant.livechat == *livechat) {
        let allowed = both(
            "somebody who is no member of this livechat yet",
            "quelqu’un qui n’est pas encore membre de ce livechat",
        );
        return Err(Error::Conflict(FieldError::new("address", allowed)));
    }
    some(&new.roles)?;
    let (account, ended) = replace(&mut transaction, administrator, known, new.roles).await?;
    database.commit(transaction, ended).await?;
    Ok(Added { member: Member::of(account, livechat), is_new: false })
}

/// Gives a member other roles instead of all that it has in this livechat. Sessions of the account end.
///
/// # Errors
/// [`Error::Unknown`] for whoever is no member; else as of [`add_member`].
pub async fn change_member(
    database: &Database,
    administrator: Administrator<'_>,
    account: AccountId,
    roles: Vec<MemberRole>,
) -> Result<Member, Error> {
    let mut transaction = database.write().await?;
    let known = member(&mut transaction, administrator.livechat, account).await?;
    some(&roles)?;
    let (account, ended) = replace(&mut transaction, administrator, known, roles).await?;
    database.commit(transaction, ended).await?;
    Ok(Member::of(account, administrator.livechat))
}

/// Takes a member all its roles in this livechat. The account stays, and its sessions end.
///
/// # Errors
/// [`Error::Unknown`] for whoever is no member; the database.
pub async fn remove_member(
    database: &Database,
    administrator: Administrator<'_>,
    account: AccountId,
) -> Result<(), Error> {
    let mut transaction = database.write().await?;
    let known = member(&mut transaction, administrator.livechat, account).await?;
    let (_, ended) = replace(&mut transaction, administrator, known, vec![]).await?;
    database.commit(transaction, ended).await
}

/// A member of the livechat; whoever has no role in it is as unknown as whoever does not exist.
async fn member(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    account: AccountId,
) -> Result<Account, Error> {
    let account = in_transaction(transaction, account).await?;
    let is_member = account.roles.iter().any(|grant| grant.livechat == *livechat);
    if is_member { Ok(account) } else { Err(AccountId::unknown()) }
}

/// Replaces the roles of an account in this livechat, and ends its sessions. What changes nothing is not recorded.
async fn replace(
    transaction: &mut Transaction,
    administrator: Administrator<'_>,
    before: Account,
    roles: Vec<MemberRole>,
) -> Result<(Account, Ended), Error> {
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        before.roles.iter().cloned().partition(|grant| grant.livechat == *administrator.livechat);
    // Those of this livechat come first, so that a wrong one is named by its place among them.
    let mut all = granted(administrator.livechat, roles);
    all.extend(elsewhere);
    let draft = Draft {
        address: before.address.reveal().clone(),
        name: before.name.reveal().clone(),
        language: before.language,
        server_administrator: before.server_administrator,
        roles: all,
    };
    let draft = draft.checked()?;
    if draft.sorted_roles() == before.roles {
        return Ok((before, Ended::default()));
    }
    write::roles(transaction, before.id, &draft.roles).await?;
    let account = in_transaction(transaction, before.id).await?;
    note(transaction, administrator, &account, &here).await?;
    let reason = EndReason::RolesChanged;
    let ended = end_all(transaction, account.id, None, reason, administrator.by.at).await?;
    Ok((account, ended))
}

/// Writes into the audit trail which roles somebody has now in this livechat.
async fn note(
    transaction: &mut Transaction,
    administrator: Administrator<'_>,
    account: &Account,
    before: &[Grant],
) -> Result<(), Error> {
    let Administrator { by, livechat, bearer } = administrator;
    let after: Vec<&Grant> = account.roles.iter().filter(|grant| grant.livechat == *livechat).collect();
    let mut details = json!({ "livechat": livechat, "before": before, "after": after });
    if let Some(bearer) = bearer {
        details["bearer"] = bearer.into();
    }
    record(transaction, &by, ROLES_CHANGED, Some(account.id), &details).await
}

fn granted(livechat: &LivechatId, roles: Vec<MemberRole>) -> Vec<Grant> {
    let grant = |MemberRole { role, operator }| Grant { livechat: livechat.clone(), role, operator };
    roles.into_iter().map(grant).collect()
}

/// A member has a role.
fn some(roles: &[MemberRole]) -> Result<(), Error> {
    if roles.is_empty() {
        let allowed = both("at least one role", "au moins un rôle");
        return Err(Error::wrong(FieldError::new("roles", allowed)));
    }
    Ok(())
}

impl Member {
    fn of(account: Account, livechat: &LivechatId) -> Self {
        let here = account.roles.into_iter().filter(|grant| grant.livechat == *livechat);
        Self {
            account: account.id,
            address: account.address,
            name: account.name,
            language: account.language,
            roles: here.map(|grant| MemberRole { role: grant.role, operator: grant.operator }).collect(),
            has_password: account.has_password,
            disabled: account.disabled,
        }
    }
}
