//! Keys of programs: make one, list them, read one, change it, revoke it (spec.md §Privacy and security).
//!
//! What is done is recorded in the log of the livechat, with the id of the command, beside being done in the table of
//! keys. A key is made before that is recorded, and removed again if it cannot be; it is revoked after. Either way the
//! repeated command ends with both.

mod asked;
mod shown;

use accounts::api_keys::{ApiKey, Changed, Created, LIVE_KEYS_MAX, Secret};
use axum::http::StatusCode;
use domain::bilingual::both;
use domain::event::ApiKeyChange;
use domain::field::FieldError;
use domain::id::ApiKeyId;
use domain::{Action, Livechat, LivechatId, Rejection, both};
use projections::Page;
use serde::Deserialize;
use tracing::Instrument;
use utoipa::IntoParams;

use self::asked::{ApiKeyPatch, NewApiKey};
use self::shown::{NewApiKeyAnswer, ShownApiKey};
use crate::app::App;
use crate::http::commander::Commander;
use crate::http::page_limit::page_limit;
use crate::http::problem::Problem;
use crate::http::reader::Reader;
use crate::http::request::{ApiKeyInPath, EmptyBody, Json};

/// Make a key for a program. Its secret is in this answer, and nowhere else.
///
/// Repeated with the same `Idempotency-Key`, the answer is 200 with the same key and no secret: whoever has lost the
/// first answer revokes the key and makes another.
#[utoipa::path(
    post, path = "/api-keys", tag = "api-keys", operation_id = "create_api_key", request_body = NewApiKey,
    responses(
        (status = 201, body = NewApiKeyAnswer),
        (status = 200, body = NewApiKeyAnswer, description = "It was made before, by the same command"),
        (status = 409, body = Problem, description = "`api_key_name_taken`: of another key that is not revoked"),
        (status = 422, body = Problem, description = "Every wrong field; or `too_many_api_keys`")
    )
)]
pub async fn create(
    commander: Commander,
    Json(asked): Json<NewApiKey>,
) -> Result<(StatusCode, axum::Json<NewApiKeyAnswer>), Problem> {
    commander.caller.may_call()?;
    let now = commander.app.journal.clock().now();
    let grant = asked.read(now)?;
    must_be_there(&commander.app, &commander.caller.livechat).await?;
    to_the_end(async move {
        let Commander { caller, app, key } = &commander;
        let (id, secret) = (ApiKeyId(key.0.0), Secret::draw()?);
        let which = (&caller.livechat, id);
        let made = app.api_keys.table().create(which, &grant, &secret, (now, &caller.subject)).await?;
        let (made, secret) = match made {
            Created::New(made) => (made, Some(secret)),
            Created::Before(made) => (made, None),
            Created::NameTaken => return Err(name_taken()),
            Created::TooMany => return Err(too_many()),
        };
        let (name, role, scopes, terms) =
            (grant.name.clone(), grant.role, grant.scopes.clone(), grant.terms());
        let change = ApiKeyChange::Created { name, role, scopes, terms };
        if let Err(problem) = commander.record(Action::RecordApiKey(id, change)).await {
            if secret.is_some() {
                app.api_keys.table().discard(which).await?;
            }
            return Err(problem);
        }
        let status = if secret.is_some() { StatusCode::CREATED } else { StatusCode::OK };
        Ok((status, axum::Json(NewApiKeyAnswer::of(made, secret.as_ref(), now))))
    })
    .await
}

/// Which keys.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListParams {
    /// Where the page before said the next one starts.
    cursor: Option<u64>,
    /// Keys in the page: 1 to 200, 50 by default.
    limit: Option<usize>,
}

/// The keys of the livechat, the newest first; those that expired or were revoked are among them, for the audit.
#[utoipa::path(
    get, path = "/api-keys", tag = "api-keys", operation_id = "list_api_keys", params(ListParams),
    responses((status = 200, body = Page<ShownApiKey>))
)]
pub async fn list(reader: Reader<ListParams>) -> Result<axum::Json<Page<ShownApiKey>>, Problem> {
    let params = reader.allowed()?;
    let limit = page_limit(params.limit)?;
    must_be_there(&reader.app, reader.livechat()).await?;
    let before = params.cursor.map(|cursor| i64::try_from(cursor).unwrap_or(i64::MAX));
    // One more tells whether there is another page.
    let asked = i64::try_from(limit + 1).unwrap_or(i64::MAX);
    let mut keys = reader.app.api_keys.table().page(reader.livechat(), before, asked).await?;
    let has_more = keys.len() > limit;
    keys.truncate(limit);
    let next = keys.last().filter(|_| has_more).and_then(|key| u64::try_from(key.number).ok());
    let now = reader.app.journal.clock().now();
    let items = keys.into_iter().map(|key| ShownApiKey::of(key, now)).collect();
    Ok(axum::Json(Page { items, next }))
}

/// A key, without its secret, which nobody can be shown again.
#[utoipa::path(
    get, path = "/api-keys/{key}", tag = "api-keys", operation_id = "read_api_key",
    responses((status = 200, body = ShownApiKey), (status = 404, body = Problem, description = "`unknown_api_key`"))
)]
pub async fn read(
    reader: Reader,
    ApiKeyInPath(id): ApiKeyInPath,
) -> Result<axum::Json<ShownApiKey>, Problem> {
    reader.allowed()?;
    let key = found(&reader.app, (reader.livechat(), id)).await?;
    Ok(axum::Json(ShownApiKey::of(key, reader.app.journal.clock().now())))
}

/// Give a key another name, another end, or other networks: a JSON merge patch (RFC 7396). A field that is absent stays
/// as it is; `null` removes the end or the networks. Its role and its scopes stay: what needs others needs another key.
/// Its live connections are ended, and opened again under the new terms.
#[utoipa::path(
    patch, path = "/api-keys/{key}", tag = "api-keys", operation_id = "change_api_key",
    request_body(content = ApiKeyPatch, content_type = "application/merge-patch+json"),
    responses(
        (status = 200, body = ShownApiKey),
        (status = 404, body = Problem, description = "`unknown_api_key`"),
        (status = 409, body = Problem, description = "`api_key_revoked`; or `api_key_name_taken`")
    )
)]
pub async fn change(
    commander: Commander,
    ApiKeyInPath(id): ApiKeyInPath,
    Json(patch): Json<ApiKeyPatch>,
) -> Result<axum::Json<ShownApiKey>, Problem> {
    commander.caller.may_call()?;
    let now = commander.app.journal.clock().now();
    let changes = patch.read(now)?;
    to_the_end(async move {
        let Commander { caller, app, .. } = &commander;
        let which = (&caller.livechat, id);
        let grant = changes.applied_to(found(app, which).await?.grant);
        let key = match app.api_keys.table().change(which, &grant).await? {
            Changed::Done(key) => *key,
            Changed::Unknown => return Err(Problem::unknown_api_key(&id.to_string())),
            Changed::Revoked => return Err(revoked()),
            Changed::NameTaken => return Err(name_taken()),
        };
        app.api_keys.changed(&key);
        let change = ApiKeyChange::Changed { name: key.grant.name.clone(), terms: key.grant.terms() };
        commander.record(Action::RecordApiKey(id, change)).await?;
        Ok(axum::Json(ShownApiKey::of(key, now)))
    })
    .await
}

/// Revoke a key: it is refused from now on, and its live connections end. It stays in the list, without what was kept of
/// its secret. Revoking it again changes nothing.
#[utoipa::path(
    delete, path = "/api-keys/{key}", tag = "api-keys", operation_id = "revoke_api_key",
    responses((status = 200, body = ShownApiKey), (status = 404, body = Problem, description = "`unknown_api_key`"))
)]
pub async fn revoke(
    commander: Commander,
    ApiKeyInPath(id): ApiKeyInPath,
    _: EmptyBody,
) -> Result<axum::Json<ShownApiKey>, Problem> {
    commander.caller.may_call()?;
    to_the_end(async move {
        let Commander { caller, app, .. } = &commander;
        let (which, now) = ((&caller.livechat, id), app.journal.clock().now());
        let key = found(app, which).await?;
        if key.revoked.is_some() {
            return Ok(axum::Json(ShownApiKey::of(key, now)));
        }
        commander.record(Action::RecordApiKey(id, ApiKeyChange::Revoked)).await?;
        let key = app.api_keys.table().revoke(which, (now, &caller.subject)).await?.unwrap_or(key);
        app.api_keys.changed(&key);
        Ok(axum::Json(ShownApiKey::of(key, now)))
    })
    .await
}

/// Goes on with what has begun when its caller hangs up: a key must not be revoked in the log alone.
async fn to_the_end<T: Send + 'static>(
    work: impl Future<Output = Result<T, Problem>> + Send + 'static,
) -> Result<T, Problem> {
    tokio::spawn(work.in_current_span()).await.map_err(|error| Problem::internal(&error))?
}

async fn found(app: &App, which: (&LivechatId, ApiKeyId)) -> Result<ApiKey, Problem> {
    let key = app.api_keys.table().find(which).await?;
    key.ok_or_else(|| Problem::unknown_api_key(&which.1.to_string()))
}

async fn must_be_there(app: &App, livechat: &LivechatId) -> Result<(), Problem> {
    let look = |state: &Livechat| state.identity().map(|_| ());
    Ok(app.journal.snapshot(livechat, look).await?.1.ok_or(Rejection::UnknownLivechat)?)
}

fn name_taken() -> Problem {
    let allowed = both(
        "a name that no other key of this livechat has, but revoked ones",
        "un nom qu’aucune autre clé de ce livechat ne porte, hormis les clés révoquées",
    );
    let detail =
        both("another key of this livechat has this name", "une autre clé de ce livechat porte déjà ce nom");
    Problem::new(StatusCode::CONFLICT, "api_key_name_taken", detail)
        .with_fields([FieldError::new("name", allowed)])
}

fn revoked() -> Problem {
    let detail = both(
        "this key was revoked, which is for good; make another",
        "cette clé a été révoquée, définitivement\u{202f}; créez-en une autre",
    );
    Problem::new(StatusCode::CONFLICT, "api_key_revoked", detail)
}

fn too_many() -> Problem {
    let detail = both!(
        "at most {LIVE_KEYS_MAX} keys that are not revoked; revoke some",
        "{LIVE_KEYS_MAX} clés non révoquées au plus\u{202f}; révoquez-en"
    );
    Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "too_many_api_keys", detail)
}
