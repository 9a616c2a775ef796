//! What part of the past is to be played, and how fast.

use std::time::Duration;

use domain::bilingual::both;
use domain::both;
use domain::{LivechatId, Timestamp};
use journal::Position;
use replay::playback::{SPEED_MAX, SPEED_MIN, Tempo};
use replay::{AsOf, Extent};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::app::App;
use crate::http::as_of;
use crate::http::problem::Problem;

/// Steps taken at once, at most.
const STEPS_MAX: usize = 1_000;

/// The longest pause that may be requested: a day.
const SKIP_IDLE_MAX: Duration = Duration::from_secs(86_400);

/// Which part of the past, and how fast.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct PlaybackQuery {
    /// From where on: a position of the log, or a time (RFC 3339). The first frame, `snapshot`, shows how it was
    /// there; from the beginning, when left out.
    from: Option<String>,
    /// Up to where: a position of the log, or a time; up to now, when left out.
    to: Option<String>,
    /// How many times as fast as it was: 0.1 to 1000; 1 when left out.
    #[param(value_type = Option<f64>, example = 10)]
    speed: Option<String>,
    /// No pause is longer than this, in real time: seconds, as `30` or `30s`, up to a day.
    #[param(example = "30s")]
    skip_idle: Option<String>,
    /// This many events at once and without pauses, after which the feed ends: 1 to 1000.
    #[param(value_type = Option<u32>)]
    steps: Option<String>,
}

/// The parameters, checked.
#[derive(Clone, Debug)]
pub(super) struct PlaybackParams {
    /// From where on; nothing where that is the beginning.
    pub(super) from: Option<AsOf>,
    /// Up to where.
    pub(super) to: AsOf,
    /// The records that this includes.
    pub(super) extent: Extent,
    /// The end of the log as it is now.
    pub(super) head: Position,
    pub(super) tempo: Tempo,
    pub(super) steps: Option<usize>,
}

impl PlaybackQuery {
    /// The requested part, of an existing livechat.
    pub(super) async fn of(&self, app: &App, livechat: &LivechatId) -> Result<PlaybackParams, Problem> {
        let (head, _) = as_of::head(app, livechat).await?;
        let from = match &self.from {
            Some(text) => Some(place(app, livechat, "from", text).await?),
            None => None,
        };
        let to = match &self.to {
            Some(text) => place(app, livechat, "to", text).await?,
            None => AsOf::Position(head),
        };
        let is_backwards = match (from, to) {
            (Some(AsOf::Position(from)), AsOf::Position(to)) => to < from,
            (Some(AsOf::Time(from)), AsOf::Time(to)) => to < from,
            (None | Some(AsOf::Position(_) | AsOf::Time(_)), _) => false,
        };
        if is_backwards {
            return Err(Problem::field("to", both("nothing before `from`", "rien avant `from`")));
        }
        let extent = to.extent(app.journal.store(), livechat, head).await.map_err(as_of::unreadable)?;
        Ok(PlaybackParams { from, to, extent, head, tempo: self.tempo()?, steps: self.steps()? })
    }

    fn tempo(&self) -> Result<Tempo, Problem> {
        let skip_idle = self.skip_idle.as_deref().map(|text| {
            let secs = text.strip_suffix('s').unwrap_or(text).parse().ok().filter(|secs: &f64| *secs >= 0.0);
            let pause = secs.and_then(|secs| Duration::try_from_secs_f64(secs).ok());
            pause.filter(|pause| *pause <= SKIP_IDLE_MAX).ok_or_else(|| {
                let max = SKIP_IDLE_MAX.as_secs();
                Problem::field(
                    "skip_idle",
                    both!(
                        "seconds, such as 30s: 0 to {max}",
                        "des secondes, telles que 30s\u{a0}: 0 à {max}"
                    ),
                )
            })
        });
        let skip_idle = skip_idle.transpose()?;
        let speed = self.speed.as_deref().map_or(Some(1.0), |speed| speed.parse().ok());
        let tempo = speed.and_then(|speed| Tempo::new(speed, skip_idle));
        tempo.ok_or_else(|| {
            Problem::field(
                "speed",
                both!("a number: {SPEED_MIN} to {SPEED_MAX}", "un nombre\u{a0}: {SPEED_MIN} à {SPEED_MAX}"),
            )
        })
    }

    fn steps(&self) -> Result<Option<usize>, Problem> {
        let steps = self.steps.as_deref().map(|text| {
            let steps = text.parse().ok().filter(|steps| (1..=STEPS_MAX).contains(steps));
            steps.ok_or_else(|| {
                Problem::field(
                    "steps",
                    both!("a whole number: 1 to {STEPS_MAX}", "un nombre entier\u{a0}: 1 à {STEPS_MAX}"),
                )
            })
        });
        steps.transpose()
    }
}

/// A position or a time.
async fn place(app: &App, livechat: &LivechatId, field: &str, text: &str) -> Result<AsOf, Problem> {
    if text.bytes().all(|byte| byte.is_ascii_digit()) {
        return as_of::position_param(app, livechat, field, text).await.map(AsOf::Position);
    }
    as_of::time_param(app, livechat, field, text).await.map(AsOf::Time)
}

impl PlaybackParams {
    /// The last position that may be played.
    pub(super) fn last(&self) -> Position {
        match self.to {
            AsOf::Position(position) => position.min(self.head),
            AsOf::Time(_) => self.head,
        }
    }

    /// The time that it begins at, when the last event before it happened at `last`.
    pub(super) fn begins_at(&self, last: Timestamp) -> Timestamp {
        match self.from {
            Some(AsOf::Time(time)) => time.max(last),
            Some(AsOf::Position(_)) | None => last,
        }
    }
}
