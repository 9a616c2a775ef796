//! The members of a livechat, for its administrators (spec.md §Privacy and security).
//!
//! They see and change roles in this livechat and nothing else. The account of whoever is new is made on the way.

use accounts::account::{
    self, Administrator, Member, MemberRole, NewMember, Role, add_member, change_member, members,
    remove_member,
};
use accounts::link::Kind;
use accounts::{AccountId, Actor, By, Page};
use axum::http::StatusCode;
use domain::{Livechat, Rejection};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::accounts::named_cursor;
use crate::app::App;
use crate::auth::Caller;
use crate::http::commander::Commander;
use crate::http::page_limit::page_limit;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::request::{AccountInPath, EmptyBody, Json};
use crate::links::{Delivery, deliver};

/// Which members.
#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct MembersParams {
    /// With this role.
    #[param(inline)]
    role: Option<Role>,
    /// With this in the name or the address, without regard to case and accents: at most 254 characters.
    text: Option<String>,
    /// Where the page before said the next one starts.
    cursor: Option<String>,
    /// Members in the page: 1 to 200, 50 by default.
    limit: Option<usize>,
}

/// The roles of a member in this livechat.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MemberRoles {
    /// All of them: 1 to 4, each once.
    roles: Vec<MemberRole>,
}

/// Somebody who has become a member.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AddedMember {
    /// Who.
    member: Member,
    /// The link with which the holder of a new account chooses a password; absent for somebody who had one before.
    #[serde(skip_serializing_if = "Option::is_none")]
    invitation: Option<Delivery>,
}

/// A page of the members, by name: everybody who has a role in this livechat.
#[utoipa::path(
    get, path = "/members", tag = "members", operation_id = "list_members", params(MembersParams),
    responses((status = 200, body = Page<Member>))
)]
pub async fn list(reader: Reader<MembersParams>) -> Result<axum::Json<Page<Member>>, Problem> {
    let params = reader.allowed()?;
    let limit = page_limit(params.limit)?;
    must_be_there(&reader.app, &reader.caller).await?;
    let database = reader.app.accounts.database();
    let which = (params.role, params.text);
    let page = members(database, reader.livechat(), which, params.cursor.as_deref(), limit).await;
    Ok(axum::Json(page.map_err(named_cursor)?))
}

/// Make somebody a member, with roles in this livechat. Whoever has no account with this address yet gets one, and is
/// invited to choose a password: by mail, or with the link in the answer where the server sends no mails.
#[utoipa::path(
    post, path = "/members", tag = "members", operation_id = "add_member", request_body = NewMember,
    responses(
        (status = 201, body = AddedMember),
        (status = 409, body = Problem, description = "`account_conflict`: it is a member already, or an operator is of another account")
    )
)]
pub async fn add(
    commander: Commander,
    Json(new): Json<NewMember>,
) -> Result<(StatusCode, axum::Json<AddedMember>), Problem> {
    let Commander { caller, app, .. } = &commander;
    caller.may_call()?;
    must_be_there(app, caller).await?;
    let room = app.mail.room()?;
    let (by, bearer) = who(app, caller).await?;
    let database = app.accounts.database();
    let administrator = Administrator { by, livechat: &caller.livechat, bearer: bearer.as_deref() };
    let added = add_member(database, administrator, new).await?;
    let invitation = if added.is_new {
        let account = account::find(database, added.member.account).await?;
        let account = account.ok_or_else(AccountId::unknown)?;
        Some(deliver(app, &by, &account, Kind::Invitation, room).await?)
    } else {
        None
    };
    Ok((StatusCode::CREATED, axum::Json(AddedMember { member: added.member, invitation })))
}

/// Give a member other roles in this livechat, instead of all that it has there. Its sessions end.
#[utoipa::path(
    put, path = "/members/{account}/roles", tag = "members", operation_id = "change_member", request_body = MemberRoles,
    responses(
        (status = 200, body = Member),
        (status = 404, body = Problem, description = "`unknown_account`: nobody who is a member"),
        (status = 409, body = Problem, description = "`account_conflict`: an operator is of another account")
    )
)]
pub async fn change(
    commander: Commander,
    AccountInPath(account): AccountInPath,
    Json(MemberRoles { roles }): Json<MemberRoles>,
) -> Result<axum::Json<Member>, Problem> {
    let Commander { caller, app, .. } = &commander;
    caller.may_call()?;
    must_be_there(app, caller).await?;
    let (by, bearer) = who(app, caller).await?;
    let administrator = Administrator { by, livechat: &caller.livechat, bearer: bearer.as_deref() };
    Ok(axum::Json(change_member(app.accounts.database(), administrator, account, roles).await?))
}

/// Take a member all its roles in this livechat. Its account stays, and its sessions end.
#[utoipa::path(
    delete, path = "/members/{account}", tag = "members", operation_id = "remove_member",
    responses((status = 204), (status = 404, body = Problem, description = "`unknown_account`: nobody who is a member"))
)]
pub async fn remove(
    commander: Commander,
    AccountInPath(account): AccountInPath,
    _: EmptyBody,
) -> Result<StatusCode, Problem> {
    let Commander { caller, app, .. } = &commander;
    caller.may_call()?;
    must_be_there(app, caller).await?;
    let (by, bearer) = who(app, caller).await?;
    let administrator = Administrator { by, livechat: &caller.livechat, bearer: bearer.as_deref() };
    remove_member(app.accounts.database(), administrator, account).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Who asks, for the audit trail: the account of whoever is signed in, or what the token of anybody else names.
async fn who(app: &App, caller: &Caller) -> Result<(By, Option<String>), Problem> {
    let account = match AccountId::parse(&caller.subject) {
        Ok(id) => account::find(app.accounts.database(), id).await?,
        Err(_) => None,
    };
    let actor = account.as_ref().map_or(Actor::Bearer, |account| Actor::Account(account.id));
    let by = By { actor, at: app.accounts.now(), network_address: caller.address };
    Ok((by, account.is_none().then(|| caller.subject.clone())))
}

/// Nobody is a member of what there is not.
async fn must_be_there(app: &App, caller: &Caller) -> Result<(), Problem> {
    let look = |state: &Livechat| state.identity().map(|_| ());
    Ok(app.journal.snapshot(&caller.livechat, look).await?.1.ok_or(Rejection::UnknownLivechat)?)
}
