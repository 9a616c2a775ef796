//! A key as it is shown: never with its secret, but once.

use accounts::api_keys::{ApiKey, Secret};
use chrono::{DateTime, Utc};
use domain::Timestamp;
use domain::event::ProgramRole;
use domain::text::Name;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

/// A key of a program.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = ApiKey)]
pub struct ShownApiKey {
    /// Its identifier.
    id: Uuid,
    /// What it is called.
    name: Name,
    /// The role that it gives.
    role: ProgramRole,
    /// The scopes that it is limited to; absent if it may do all that a program with its role may.
    #[serde(skip_serializing_if = "Option::is_none")]
    scopes: Option<Vec<String>>,
    /// The networks that it may be used from; everywhere if there are none.
    networks: Vec<String>,
    /// The first characters of its secret, to recognise it by.
    #[schema(example = "pup_k_Ab3d")]
    start: String,
    /// Whether it is good.
    state: ApiKeyState,
    /// When it was made.
    created_at: DateTime<Utc>,
    /// By which administrator.
    created_by: String,
    /// Until when it is good; absent if it does not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<DateTime<Utc>>,
    /// When it was last used, to the minute; absent if it never was.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_used_at: Option<DateTime<Utc>>,
    /// When it was revoked; absent if it was not.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_at: Option<DateTime<Utc>>,
    /// By which administrator.
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked_by: Option<String>,
}

/// Whether a key is good.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum ApiKeyState {
    /// It is.
    Active,
    /// It is over; another end makes it good again.
    Expired,
    /// It was revoked, for good.
    Revoked,
}

/// A key that was just made.
#[derive(Clone, Debug, Serialize, ToSchema)]
#[schema(as = CreatedApiKey)]
pub struct NewApiKeyAnswer {
    /// The key.
    key: ShownApiKey,
    /// To be sent as `Authorization: Bearer …`. It is not shown again: absent if this command was done before.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "pup_k_9v2mXq4TtR0bZc7JdNs1yLwEaHu5KgPf8oQi3VjBx6SA0D1w2k4")]
    secret: Option<String>,
}

impl ShownApiKey {
    pub(super) fn of(key: ApiKey, now: Timestamp) -> Self {
        let state = match &key.revoked {
            Some(_) => ApiKeyState::Revoked,
            None if key.grant.is_over(now) => ApiKeyState::Expired,
            None => ApiKeyState::Active,
        };
        let (revoked_at, revoked_by) = key.revoked.unzip();
        Self {
            id: key.id.0,
            networks: key.grant.terms().networks,
            name: key.grant.name,
            role: key.grant.role,
            scopes: key.grant.scopes,
            start: key.start,
            state,
            created_at: key.created_at,
            created_by: key.created_by,
            expires_at: key.grant.expires_at,
            last_used_at: key.last_used_at,
            revoked_at,
            revoked_by,
        }
    }
}

impl NewApiKeyAnswer {
    pub(super) fn of(key: ApiKey, secret: Option<&Secret>, now: Timestamp) -> Self {
        Self { key: ShownApiKey::of(key, now), secret: secret.map(|secret| secret.reveal().to_owned()) }
    }
}
