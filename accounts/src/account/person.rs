//! An account, as it is read.

use chrono::{DateTime, Utc};
use domain::personal::Personal;
use domain::text::Language;
use serde::Serialize;
use utoipa::ToSchema;

use super::role::Grant;
use crate::account_id::AccountId;

/// A person who signs in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Account {
    /// Its identifier.
    pub id: AccountId,
    /// The e-mail address, as typed. No two accounts have the same one, compared without case and in NFKC.
    pub address: Personal<String>,
    /// The name.
    pub name: Personal<String>,
    /// The language of its pages and mails.
    pub language: Language,
    /// May create livechats, and give roles in all of them.
    pub server_administrator: bool,
    /// Its roles, by livechat.
    pub roles: Vec<Grant>,
    /// Has it a password?
    pub has_password: bool,
    /// Since when it exists.
    pub created: DateTime<Utc>,
    /// Since when it is disabled; absent while it can sign in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub disabled: Option<DateTime<Utc>>,
    /// When it signed in last.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_sign_in: Option<DateTime<Utc>>,
}
