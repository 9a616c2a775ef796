//! The colleagues, live: the operators who are online, what each is doing, and which have room (spec.md §Desk options,
//! `list_operators`). Operators are shown them while the option is on; supervisors always.
//!
//! The whole list is sent whenever it has changed, at most once a second: the page shows it as a list of choices.

use std::collections::BTreeMap;
use std::time::Duration;

use chrono::{DateTime, Utc};
use domain::settings::{DeskOption, Settings, Status};
use domain::state::Operator;
use domain::text::Language;
use domain::{Actor, Livechat, LivechatId, OperatorId, SkillId};
use futures::{Stream, stream};
use journal::Position;
use projections::SkillNames;
use serde::Serialize;
use utoipa::ToSchema;

use super::cursor::Cursor;
use super::frame::Frame;
use crate::app::App;

/// How often the list is refreshed.
const LOOK: Duration = Duration::from_secs(1);

/// An operator.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
#[schema(example = json!({
    "operator": "alice", "name": "Alice", "skills": ["returns"], "skill_names": { "returns": "Returns" },
    "status": "available",
    "since": "2027-01-15T09:00:00Z", "load": 2, "capacity": 3, "has_room": true, "suspended": false
}))]
pub struct Online {
    /// The operator.
    operator: OperatorId,
    /// The name visitors see.
    name: String,
    /// What the operator can be asked about.
    skills: Vec<SkillId>,
    /// The names of these skills, by identifier, in the language of the reader.
    skill_names: BTreeMap<String, String>,
    /// What the operator is doing.
    status: Status,
    /// Since when the desk is open; null when none is, which only administrators are shown.
    since: Option<DateTime<Utc>>,
    /// Conversations now.
    load: usize,
    /// Conversations at once.
    capacity: usize,
    /// Whether a conversation can be transferred there now.
    has_room: bool,
    /// Whether the operator may neither connect nor be given anything.
    suspended: bool,
}

impl Online {
    pub(crate) fn of(id: &OperatorId, operator: &Operator, settings: &Settings, names: &SkillNames) -> Self {
        Self {
            operator: id.clone(),
            name: operator.profile.name.to_string(),
            skills: operator.profile.skills.iter().cloned().collect(),
            skill_names: names.all(operator.profile.skills.iter().map(SkillId::as_str)),
            status: operator.status,
            since: operator.connected_since,
            load: operator.load(),
            capacity: operator.capacity(&settings.capacity),
            has_room: operator.has_room(&settings.capacity),
            suspended: operator.suspended,
        }
    }
}

/// The operators who are online.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Colleagues {
    /// The position in the log at which this holds.
    position: Position,
    /// Whether operators may see which colleagues are online: `desk.list_operators`.
    listed: bool,
    /// The operators who are online, by identifier, at most 1,000; none while they may not be seen.
    operators: Vec<Online>,
}

/// At most this many operators are listed.
const COLLEAGUES_MAX: usize = 1_000;

impl Colleagues {
    fn of(state: &Livechat, by: &Actor, language: Language) -> (bool, Vec<Online>) {
        if state.settings().desk.allow(DeskOption::ListOperators, by).is_err() {
            return (false, vec![]);
        }
        let online = state.operators().iter().filter(|(_, operator)| operator.connected_since.is_some());
        let shown = online.take(COLLEAGUES_MAX);
        let settings = state.settings();
        let names = SkillNames::new(&settings.skills, language);
        (true, shown.map(|(id, operator)| Online::of(id, operator, settings, &names)).collect())
    }
}

/// The whole list, whenever it has changed.
pub(crate) fn frames(
    app: App,
    livechat: LivechatId,
    by: Actor,
    language: Language,
) -> impl Stream<Item = Result<Frame, journal::Error>> + Send {
    stream::unfold((app, livechat, by, None), move |(app, livechat, by, mut sent)| async move {
        loop {
            if sent.is_some() {
                tokio::time::sleep(LOOK).await;
            }
            let seen =
                match app.journal.snapshot(&livechat, |state| Colleagues::of(state, &by, language)).await {
                    Ok(seen) => seen,
                    Err(error) => return Some((Err(error), (app, livechat, by, sent))),
                };
            let (position, now) = seen;
            if sent.as_ref() == Some(&now) {
                continue;
            }
            let (listed, operators) = now.clone();
            sent = Some(now);
            let list = Colleagues { position, listed, operators };
            let at = Cursor::at(&app.journal, &livechat, position).await;
            return Some((at.map(|at| Frame::new("colleagues", Some(at), &list)), (app, livechat, by, sent)));
        }
    })
}
