//! A key as it is stored.

use domain::LivechatId;
use domain::event::ProgramRole;
use domain::id::ApiKeyId;
use domain::text::Name;
use ipnet::IpNet;
use sqlx::FromRow;

use super::{ApiKey, Grant};
use crate::database::read_time;
use crate::error::Error;

/// The columns of a row, in every query.
pub(super) const COLUMNS: &str = "number, livechat, id, start, name, role, scopes, networks, created_at, created_by, \
                                  expires_at, last_used_at, revoked_at, revoked_by, revision";

#[derive(Debug, FromRow)]
pub(super) struct Row {
    number: i64,
    livechat: String,
    id: String,
    start: String,
    name: String,
    role: String,
    scopes: Option<String>,
    networks: String,
    created_at: i64,
    created_by: String,
    expires_at: Option<i64>,
    last_used_at: Option<i64>,
    revoked_at: Option<i64>,
    revoked_by: Option<String>,
    revision: i64,
}

impl TryFrom<Row> for ApiKey {
    type Error = Error;

    /// What a hand made unreadable is an error: a key must not give more than somebody meant it to.
    fn try_from(row: Row) -> Result<Self, Error> {
        let unreadable = || Error::Unreadable(row.id.clone());
        let networks: Result<Vec<IpNet>, _> = row.networks.split_whitespace().map(str::parse).collect();
        Ok(Self {
            number: row.number,
            livechat: LivechatId::stored(&row.livechat).map_err(|_| unreadable())?,
            id: ApiKeyId(row.id.parse().map_err(|_| unreadable())?),
            start: row.start,
            grant: Grant {
                name: Name::parse(row.name.as_str()).map_err(|_| unreadable())?,
                role: role_named(&row.role).ok_or_else(unreadable)?,
                scopes: row.scopes.map(|scopes| scopes.split_whitespace().map(str::to_owned).collect()),
                expires_at: row.expires_at.map(read_time),
                networks: networks.map_err(|_| unreadable())?,
            },
            created_at: read_time(row.created_at),
            created_by: row.created_by,
            last_used_at: row.last_used_at.map(read_time),
            revoked: row.revoked_at.map(|at| (read_time(at), row.revoked_by.unwrap_or_default())),
            revision: row.revision,
        })
    }
}

/// The name of a role in the table.
pub(super) const fn role_name(role: ProgramRole) -> &'static str {
    match role {
        ProgramRole::Integration => "integration",
        ProgramRole::Supervisor => "supervisor",
        ProgramRole::Analyst => "analyst",
    }
}

fn role_named(name: &str) -> Option<ProgramRole> {
    let all = [ProgramRole::Integration, ProgramRole::Supervisor, ProgramRole::Analyst];
    all.into_iter().find(|role| role_name(*role) == name)
}
