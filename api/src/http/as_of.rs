//! Screens as they were: which past time is asked for, and the livechat as it was then (spec.md §The desk, the
//! supervisor, the visitor: any of these screens *as it was* at a past time).
//!
//! Roles that may look at a screen may look at its past, and no others: that is checked before anything here.

use axum::http::StatusCode;
use chrono::SecondsFormat;
use domain::bilingual::{Bilingual, both};
use domain::both;
use domain::text::Language;
use domain::{LivechatId, Rejection, Timestamp};
use journal::Position;
use replay::{AsOf, StateAt};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::http::dates::time_in;
use crate::http::problem::Problem;

/// Which past time; now, when neither is given.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct AsOfParams {
    /// As it was at this time (RFC 3339, such as `2026-01-31T09:00:00Z`, or a date, which begins by the clocks of the
    /// livechat), from the creation of the livechat to
    /// now. What happened at exactly that time is included.
    at: Option<String>,
    /// As it was just after this position of the log, from 1 to the last one; instead of `at`.
    #[param(value_type = Option<u64>)]
    position: Option<String>,
}

impl AsOfParams {
    /// Is the past asked for?
    pub const fn is_past(&self) -> bool {
        self.at.is_some() || self.position.is_some()
    }

    /// The past time asked for; nothing when that is now.
    ///
    /// # Errors
    /// 404 when there is no such livechat; 422 when it is no time, or not one of its past.
    pub async fn of(&self, app: &App, livechat: &LivechatId) -> Result<Option<AsOf>, Problem> {
        match (&self.at, &self.position) {
            (None, None) => Ok(None),
            (Some(_), Some(_)) => Err(Problem::field(
                "position",
                both("nothing, where `at` is given", "rien, quand `at` est donné"),
            )),
            (Some(at), None) => time_param(app, livechat, "at", at).await.map(|at| Some(AsOf::Time(at))),
            (None, Some(text)) => position_param(app, livechat, "position", text)
                .await
                .map(|position| Some(AsOf::Position(position))),
        }
    }
}

/// A past time of the livechat, in a parameter.
///
/// # Errors
/// As [`AsOfParams::of`].
pub async fn time_param(
    app: &App,
    livechat: &LivechatId,
    field: &str,
    text: &str,
) -> Result<Timestamp, Problem> {
    let mut text = Some(text.to_owned());
    app.dates_as_times(livechat, [&mut text]).await?;
    let time = time_in(field, text.as_deref().unwrap_or_default())?;
    let (_, last) = head(app, livechat).await?;
    let first = app.journal.read(livechat, 0, 1).await?;
    let created = first.first().map(|record| record.event.at).ok_or(Rejection::UnknownLivechat)?;
    let now = app.journal.clock().now().max(last);
    let created = created.min(now);
    if (created..=now).contains(&time) {
        return Ok(time);
    }
    let told = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::Millis, true);
    let range = both!(
        "{from}, when the livechat was created, to {to}, which is now",
        "de {from}, la création du livechat, à {to}, l’instant présent",
        from = told(created),
        to = told(now)
    );
    Err(Problem::field(field, range))
}

/// A position of the livechat's log, in a parameter.
///
/// # Errors
/// As [`AsOfParams::of`].
pub async fn position_param(
    app: &App,
    livechat: &LivechatId,
    field: &str,
    text: &str,
) -> Result<Position, Problem> {
    let (head, _) = head(app, livechat).await?;
    let position = text.parse().ok().filter(|position| (1..=head).contains(position));
    position.ok_or_else(|| {
        Problem::field(
            field,
            both!("a position of this log: 1 to {head}", "une position de ce journal\u{a0}: 1 à {head}"),
        )
    })
}

/// Where the log of a livechat ends, and when that happened.
///
/// # Errors
/// 404 when there is no such livechat.
pub async fn head(app: &App, livechat: &LivechatId) -> Result<(Position, Timestamp), Problem> {
    let look = |state: &domain::Livechat| state.identity().map(|_| state.clock());
    let (position, clock) = app.journal.snapshot(livechat, look).await?;
    Ok((position, clock.ok_or(Rejection::UnknownLivechat)?))
}

impl App {
    /// A livechat as it was. A few are computed at once, the others wait for a while.
    ///
    /// # Errors
    /// When the log cannot be read; `too_many_past_reads` when others are computed all that time.
    pub async fn state_at(&self, livechat: &LivechatId, until: AsOf) -> Result<StateAt, Problem> {
        let _turn = self.past_reads.take(livechat).await?;
        let begun = std::time::Instant::now();
        let past = replay::at(&self.journal, livechat, until).await.map_err(unreadable)?;
        metrics::histogram!("replay_past_seconds").record(begun.elapsed());
        Ok(past)
    }
}

/// Why the past cannot be read.
pub fn unreadable(error: replay::Error) -> Problem {
    match error {
        replay::Error::Log(error) => error.into(),
        replay::Error::Record { error, .. } => (*error).into(),
        replay::Error::Store(error) => journal::Error::from(error).into(),
        replay::Error::NoLog(_) => Rejection::UnknownLivechat.into(),
        replay::Error::Queries(error) => error.into(),
        replay::Error::Unserializable(_) | replay::Error::Abandoned | replay::Error::Interrupted(_) => {
            Problem::internal(&error)
        }
    }
}

/// It did not exist yet.
pub fn not_created_yet(what: &Bilingual) -> Problem {
    let (en, fr) = (what.text(Language::En), what.text(Language::Fr));
    let detail = Bilingual::new(
        format!("{en} had not been created at that moment"),
        format!("à cet instant, {fr} n’existait pas encore"),
    );
    Problem::new(StatusCode::NOT_FOUND, "not_created_yet", detail)
}
