//! What is asked of a key, read and judged: every wrong field is named with what it allows.

use accounts::api_keys::Grant;
use chrono::{SubsecRound, TimeDelta};
use domain::bilingual::{Bilingual, both};
use domain::event::ProgramRole;
use domain::field::FieldError;
use domain::text::Name;
use domain::{Rejection, Timestamp, both};
use ipnet::IpNet;
use serde::{Deserialize, Deserializer};
use utoipa::ToSchema;

use crate::auth::rights::scopes_of;
use crate::http::problem::Problem;
use crate::limits::{API_KEY_DAYS_MAX, API_KEY_NETWORKS_MAX, API_KEY_SCOPES_MAX};

/// A key to be made.
#[derive(Clone, Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewApiKey {
    /// What it is called, so that people know what it is for: no other key of the livechat has this name, in capital or
    /// small letters, but revoked ones.
    name: Name,
    /// The role that it gives. Programs with the role `supervisor` or `analyst` only read.
    role: ProgramRole,
    /// What it is limited to, as `conversations:write` or `figures:read`; without it, it may do all that a program with
    /// its role may.
    scopes: Option<Vec<String>>,
    /// When it expires, within ten years; without it, it is good until it is revoked.
    #[schema(format = DateTime)]
    expires_at: Option<String>,
    /// The networks that it may be used from, as `192.0.2.0/24` or a single address; everywhere if there are none.
    #[serde(default)]
    networks: Vec<String>,
}

/// What is to be changed.
#[derive(Clone, Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyPatch {
    /// What it is called.
    name: Option<Name>,
    /// When it expires; `null` for never.
    #[serde(default)]
    #[schema(value_type = Option<String>, format = DateTime)]
    expires_at: Given<String>,
    /// The networks that it may be used from; `null` or none for everywhere.
    #[serde(default)]
    #[schema(value_type = Option<Vec<String>>)]
    networks: Given<Vec<String>>,
}

/// A patch that was read.
#[derive(Clone, Debug)]
pub(super) struct Changes {
    name: Option<Name>,
    expires_at: Given<Timestamp>,
    networks: Given<Vec<IpNet>>,
}

/// A field of a patch: absent, `null`, or a value.
#[derive(Clone, Debug, Default)]
enum Given<T> {
    #[default]
    Absent,
    Null,
    Value(T),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Given<T> {
    fn deserialize<D: Deserializer<'de>>(field: D) -> Result<Self, D::Error> {
        Ok(Option::deserialize(field)?.map_or(Self::Null, Self::Value))
    }
}

impl<T> Given<T> {
    fn read<U>(&self, read: impl FnOnce(&T) -> Result<U, FieldError>) -> Result<Given<U>, FieldError> {
        Ok(match self {
            Self::Absent => Given::Absent,
            Self::Null => Given::Null,
            Self::Value(value) => Given::Value(read(value)?),
        })
    }
}

impl NewApiKey {
    pub(super) fn read(&self, now: Timestamp) -> Result<Grant, Problem> {
        let mut wrong = vec![];
        let name = read(&mut wrong, name(&self.name));
        let scopes = read(&mut wrong, self.scopes.as_deref().map(|all| scopes(self.role, all)).transpose());
        let end = self.expires_at.as_deref().map(|text| end(text, now)).transpose();
        let expires_at = read(&mut wrong, end);
        let networks = read(&mut wrong, networks(&self.networks));
        match (name, scopes, expires_at, networks) {
            (Some(name), Some(scopes), Some(expires_at), Some(networks)) => {
                Ok(Grant { name, role: self.role, scopes, expires_at, networks })
            }
            _ => Err(Rejection::Invalid(wrong).into()),
        }
    }
}

impl ApiKeyPatch {
    pub(super) fn read(&self, now: Timestamp) -> Result<Changes, Problem> {
        let mut wrong = vec![];
        let name = read(&mut wrong, self.name.as_ref().map(name).transpose());
        let expires_at = read(&mut wrong, self.expires_at.read(|text| end(text, now)));
        let networks = read(&mut wrong, self.networks.read(|list| networks(list)));
        match (name, expires_at, networks) {
            (Some(name), Some(expires_at), Some(networks)) => Ok(Changes { name, expires_at, networks }),
            _ => Err(Rejection::Invalid(wrong).into()),
        }
    }
}

impl Changes {
    pub(super) fn applied_to(&self, grant: Grant) -> Grant {
        Grant {
            name: self.name.clone().unwrap_or(grant.name),
            expires_at: match self.expires_at {
                Given::Absent => grant.expires_at,
                Given::Null => None,
                Given::Value(end) => Some(end),
            },
            networks: match &self.networks {
                Given::Absent => grant.networks,
                Given::Null => vec![],
                Given::Value(networks) => networks.clone(),
            },
            ..grant
        }
    }
}

/// The value, or nothing and one more wrong field.
fn read<T>(wrong: &mut Vec<FieldError>, value: Result<T, FieldError>) -> Option<T> {
    value.map_err(|error| wrong.push(error)).ok()
}

fn name(name: &Name) -> Result<Name, FieldError> {
    Name::parse(name.as_str())
}

fn scopes(role: ProgramRole, asked: &[String]) -> Result<Vec<String>, FieldError> {
    let known = scopes_of(role);
    let mut all: Vec<String> = asked.to_vec();
    all.sort();
    all.dedup();
    if (1..=API_KEY_SCOPES_MAX).contains(&all.len()) && all.iter().all(|scope| known.contains(scope)) {
        return Ok(all);
    }
    let known = known.into_iter().collect::<Vec<_>>().join(", ");
    Err(FieldError::new("scopes", both!("one or more of {known}", "un ou plusieurs parmi {known}")))
}

/// In the future, and not too far.
fn end(text: &str, now: Timestamp) -> Result<Timestamp, FieldError> {
    let end = chrono::DateTime::parse_from_rfc3339(text).map(|time| time.to_utc());
    match end {
        Ok(end) if now < end && end <= now + TimeDelta::days(API_KEY_DAYS_MAX) => Ok(end.trunc_subsecs(3)),
        _ => Err(FieldError::new(
            "expires_at",
            both!(
                "a time as in RFC 3339, later than now and within {API_KEY_DAYS_MAX} days",
                "un instant selon la RFC 3339, à venir dans les {API_KEY_DAYS_MAX} jours"
            ),
        )),
    }
}

fn networks(asked: &[String]) -> Result<Vec<IpNet>, FieldError> {
    const ALLOWED: Bilingual = both(
        "a network, as 192.0.2.0/24 or 2001:db8::/32, or an address",
        "un réseau, tel que 192.0.2.0/24 ou 2001:db8::/32, ou une adresse",
    );
    if asked.len() > API_KEY_NETWORKS_MAX {
        let allowed =
            both!("at most {API_KEY_NETWORKS_MAX} networks", "{API_KEY_NETWORKS_MAX} réseaux au plus");
        return Err(FieldError::new("networks", allowed));
    }
    let read = asked.iter().enumerate().map(|(index, text)| {
        network(text).ok_or_else(|| FieldError::new(format!("networks[{index}]"), ALLOWED))
    });
    read.collect()
}

/// A network without the bits of one of its hosts; a single address is a network of one.
fn network(text: &str) -> Option<IpNet> {
    let network = text.parse().or_else(|_| text.parse().map(|address: std::net::IpAddr| address.into()));
    network.ok().map(|network: IpNet| network.trunc())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_network_is_kept_without_the_bits_of_a_host() {
        let read = |text: &str| network(text).map(|network| network.to_string());
        assert_eq!(read("192.0.2.77/24").as_deref(), Some("192.0.2.0/24"));
        assert_eq!(read("192.0.2.77").as_deref(), Some("192.0.2.77/32"));
        assert_eq!(read("2001:db8::1").as_deref(), Some("2001:db8::1/128"));
        for wrong in ["", "192.0.2.0/33", "somewhere", "192.0.2.0/24 ", "10.0.0.0/8,11.0.0.0/8"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
