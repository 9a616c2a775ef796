//! Answers: what were the settings at any time, and who changed what (spec.md §Settings)?
//!
//! One row per change, with the whole section after it. The revision of a section is how many times it
//! was changed, so it is counted and not kept: a row is a function of its event alone.

use chrono::{DateTime, Utc};
use domain::settings::surveys::Survey;
use domain::settings::{Section, SectionName, Settings as AllSettings};
use domain::{Fact, LivechatFact, LivechatId, SurveyId, Timestamp};
use journal::{Position, Record};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::database::{Select, Transaction};
use crate::encoding;
use crate::error::Error;
use crate::floor::{FloorLivechat, FloorLivechats};
use crate::json_diff::{self, Difference};
use crate::page::{PAGE_MAX, Page};
use crate::projection::{Projection, Table};

/// The projection.
#[derive(Clone, Copy, Debug)]
pub struct Settings;

row! {
    table "settings", key [livechat, section, position];

    /// One change of one section, as the table holds it.
    #[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
    pub struct SettingsRow {
        /// In which livechat.
        pub livechat: String,
        /// The name of the section.
        pub section: String,
        /// The position of the event in the log.
        pub position: i64,
        /// When.
        #[serde(with = "encoding::millis")]
        pub at: DateTime<Utc>,
        /// The role of the author.
        pub role: String,
        /// The author within the role.
        pub actor: String,
        /// The whole section after the change, by its name.
        pub content: Value,
    }
}

/// The key of a change.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ChangeKey {
    /// In which livechat.
    pub livechat: LivechatId,
    /// Of which section.
    pub section: SectionName,
    /// The position of the event in the log.
    pub position: i64,
}

/// A section at some time.
#[derive(Clone, Debug, PartialEq)]
pub struct Revision {
    /// How many times it had been changed; 0 for the ready-made one.
    pub revision: u64,
    /// Its content then.
    pub section: Section,
}

/// One change of a section.
#[derive(Clone, Debug, PartialEq, Serialize, ToSchema)]
pub struct Change {
    /// The revision that the change made: 1 for the first change of the section.
    pub revision: u64,
    /// When.
    #[serde(with = "encoding::millis")]
    pub at: DateTime<Utc>,
    /// Who.
    pub author: Author,
    /// What differs from the revision before.
    pub changes: Vec<Difference>,
    /// The position of the event in the log.
    pub position: Position,
}

/// Who changed something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
pub struct Author {
    /// The role of the author.
    #[schema(example = "administrator")]
    pub role: String,
    /// The author within the role.
    pub id: String,
}

impl Projection for Settings {
    type Row = SettingsRow;
    type Key = ChangeKey;

    const TABLE: Table = SettingsRow::TABLE;

    const APPEND_ONLY: bool = true;

    fn keys(event: &Record) -> impl IntoIterator<Item = ChangeKey> {
        changed(event).map(|section| ChangeKey {
            livechat: event.livechat.clone(),
            section: section.name(),
            position: encoding::position(event.position),
        })
    }

    fn fold(_row: Option<Box<SettingsRow>>, key: &ChangeKey, event: &Record) -> Option<Box<SettingsRow>> {
        Some(Box::new(SettingsRow {
            livechat: key.livechat.to_string(),
            section: key.section.to_string(),
            position: key.position,
            at: event.event.at,
            role: event.event.by.role().to_owned(),
            actor: event.event.by.subject().to_owned(),
            content: encoding::json(changed(event)?),
        }))
    }
}

fn changed(event: &Record) -> Option<&Section> {
    match &event.event.fact {
        Fact::Livechat(LivechatFact::SettingsChanged { section, .. }) => Some(section),
        Fact::Livechat(
            LivechatFact::Created { .. }
            | LivechatFact::Accessed { .. }
            | LivechatFact::TokenIssued { .. }
            | LivechatFact::ApiKeyChanged { .. }
            | LivechatFact::Opened { .. }
            | LivechatFact::Closed { .. }
            | LivechatFact::IdentityChanged { .. }
            | LivechatFact::Shut
            | LivechatFact::Reopened
            | LivechatFact::ClockSetBack { .. }
            | LivechatFact::Interrupted { .. },
        )
        | Fact::Operator { .. }
        | Fact::Conversation { .. } => None,
    }
}

impl SettingsRow {
    /// The section, with defaults for fields that it did not have yet.
    fn section(&self) -> Result<Section, Error> {
        Section::deserialize(&self.content)
            .map_err(|source| Error::Row { table: Settings::TABLE.name, source })
    }
}

/// The content of a section without its name.
pub fn content(section: &Section) -> Value {
    match encoding::json(section) {
        Value::Object(tagged) => tagged.into_iter().next().map(|(_, content)| content).unwrap_or_default(),
        other @ (Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_)) => {
            other
        }
    }
}

fn of(livechat: &LivechatId, section: SectionName) -> Select {
    Select::from(Settings::TABLE).equal("livechat", livechat).equal("section", &section)
}

/// How many times a section had been changed at a position.
pub(crate) async fn revision(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    section: SectionName,
    position: Position,
) -> Result<u64, Error> {
    transaction.count(of(livechat, section).up_to("position", encoding::position(position))).await
}

/// A section as it was at a time; nothing when the livechat had not been created.
pub(crate) async fn at(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    section: SectionName,
    moment: Timestamp,
) -> Result<Option<Revision>, Error> {
    let created = Select::from(FloorLivechats::TABLE).equal("livechat", livechat);
    let created: Vec<FloorLivechat> = transaction.select(created.up_to_time("created_at", &moment)).await?;
    if created.is_empty() {
        return Ok(None);
    }
    let last = of(livechat, section).up_to_time("at", &moment).order("position DESC").limit(1);
    let last: Vec<SettingsRow> = transaction.select(last).await?;
    let Some(row) = last.first() else {
        return Ok(Some(Revision { revision: 0, section: AllSettings::default().section(section) }));
    };
    let revision = revision(transaction, livechat, section, encoding::log_position(row.position)).await?;
    Ok(Some(Revision { revision, section: row.section()? }))
}

/// A survey in one of its versions, as it was in force at a position or before; nothing when it never was.
pub(crate) async fn survey(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    id: &SurveyId,
    version: u32,
    position: Position,
) -> Result<Option<Survey>, Error> {
    let mut before = encoding::position(position);
    loop {
        let last = of(livechat, SectionName::Surveys).before_if("position", Some(before));
        let rows: Vec<SettingsRow> = transaction.select(last.order("position DESC").limit(1)).await?;
        let Some(row) = rows.first() else { return Ok(None) };
        if let Section::Surveys(surveys) = row.section()?
            && let Some(survey) = surveys.get(id)
            && survey.version <= version
        {
            // Versions only rise: if this is an older one, so are all before.
            return Ok(Some(survey.clone()).filter(|survey| survey.version == version));
        }
        before = row.position;
    }
}

/// Bytes of the sections that are compared for a page: beyond it, the page ends, however short. A section has a
/// mebibyte at most.
const HISTORY_BYTES: usize = 4 * 1024 * 1024;

/// Newest first, at most [`PAGE_MAX`].
pub(crate) async fn history(
    transaction: &mut Transaction,
    livechat: &LivechatId,
    section: SectionName,
    cursor: Option<Position>,
    limit: usize,
) -> Result<Page<Change>, Error> {
    let limit = limit.clamp(1, PAGE_MAX);
    let mut before = cursor.map(encoding::position);
    let (mut changes, mut bytes, mut newer) = (vec![], 0, None::<SettingsRow>);
    let mut revision_of_next = None;
    // One by one, since each may be long: two are held at a time, and others have their turn in between.
    let next = loop {
        let row = of(livechat, section).before_if("position", before).order("position DESC").limit(1);
        let row = transaction.select::<SettingsRow>(row).await?.pop();
        if let Some(after) = newer.take() {
            let number = match revision_of_next {
                Some(number) => number,
                None => {
                    revision(transaction, livechat, section, encoding::log_position(after.position)).await?
                }
            };
            revision_of_next = Some(number.saturating_sub(1));
            let position = after.position;
            let (change, long) =
                journal::block_in_place(|| Change::between(after, row.as_ref(), section, number))?;
            changes.push(change);
            bytes += long;
            if changes.len() == limit || bytes > HISTORY_BYTES {
                break row.map(|_| encoding::log_position(position));
            }
        }
        let Some(row) = row else { break None };
        before = Some(row.position);
        newer = Some(row);
    };
    Ok(Page { items: changes, next })
}

impl Change {
    /// What a row changes from the previous one, and how many bytes it has; the first change is compared with the
    /// defaults.
    fn between(
        after: SettingsRow,
        before: Option<&SettingsRow>,
        section: SectionName,
        revision: u64,
    ) -> Result<(Self, usize), Error> {
        let before = match before {
            Some(before) => content(&before.section()?),
            None => content(&AllSettings::default().section(section)),
        };
        let new = content(&after.section()?);
        let change = Self {
            revision,
            at: after.at,
            author: Author { role: after.role, id: after.actor },
            changes: json_diff::between(&before, &new),
            position: encoding::log_position(after.position),
        };
        Ok((change, new.to_string().len()))
    }
}
